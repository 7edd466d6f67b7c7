//! A trace, read and checked, whoever wrote it.
//!
//! Nothing is known but what the lines say: every server's term, role, log and commit index after
//! each of its steps. That is all the properties of Figure 3 speak of.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, Read};

use serde::Deserialize;

use super::line::{Init, Item, Kind, Line, Message, Role, State, Value};
use crate::check::{Checker, Seen, Violation};
use crate::kv::{ClientId, Command, Key, KvStore, Op};
use crate::raft::{
    Entry, EntryId, Log, LogIndex, MAX_SERVERS, NodeId, Payload, ServerSet, Snapshot, Term,
};
use crate::sim::{StepId, Time};

/// The longest line that is read, in bytes.
pub const LONGEST_LINE: u64 = 1 << 24;

/// The most lines that are read.
pub const MOST_LINES: usize = 10_000_000;

/// The last index that is read: every program can write it in JSON, and nothing overflows.
pub const LAST_INDEX: u64 = 1 << 53;

/// What a trace that breaks nothing amounts to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Summary {
    /// How many servers there ever were.
    pub servers: usize,
    /// How many lines of each kind.
    pub kinds: BTreeMap<Kind, usize>,
    /// The latest term.
    pub term: u64,
    /// The last index at which anything was committed.
    pub committed: u64,
}

/// Why a trace did not pass.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Finding {
    /// A property does not hold.
    Broken {
        /// The line that broke it, from 1.
        line: usize,
        /// The property, and how: the servers are counted as the trace names them.
        violation: Box<Violation>,
        /// The same in a sentence, with the trace's own names.
        told: String,
    },
    /// It is no trace.
    Unreadable {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        message: String,
    },
}

/// Reads a trace and checks it, line by line, up to the first that breaks a property.
pub fn check(from: impl BufRead) -> Result<Summary, Finding> {
    check_up_to(from, MOST_LINES)
}

/// The same, of so many lines at most.
pub(super) fn check_up_to(mut from: impl BufRead, most: usize) -> Result<Summary, Finding> {
    let mut judge: Option<Judge> = None;
    let mut text = Vec::new();
    let mut number = 0;
    loop {
        number += 1;
        text.clear();
        let unreadable = |message: String| Finding::Unreadable {
            line: number,
            message,
        };
        let mut limited = from.by_ref().take(LONGEST_LINE + 1);
        let read = limited.read_until(b'\n', &mut text);
        if read.map_err(|why| unreadable(why.to_string()))? == 0 {
            let judge = judge.ok_or_else(|| unreadable("there is nothing in it".into()))?;
            return judge.end();
        }
        if number > most {
            return Err(unreadable(format!("a trace may have {most} lines at most")));
        }
        if text.len() as u64 > LONGEST_LINE {
            return Err(unreadable(format!(
                "it is longer than {LONGEST_LINE} bytes"
            )));
        }
        if text.trim_ascii().is_empty() {
            continue;
        }
        match &mut judge {
            None => {
                judge = Some(Judge::new(parse(&text).map_err(unreadable)?).map_err(unreadable)?)
            }
            Some(judge) => judge.take(number, parse(&text).map_err(unreadable)?)?,
        }
    }
}

fn parse<'a, T: Deserialize<'a>>(text: &'a [u8]) -> Result<T, String> {
    serde_json::from_slice(text).map_err(|why| {
        let (why, column) = (why.to_string(), why.column());
        let why = why.split(" at line ").next().unwrap_or_default();
        format!("column {column}: {why}")
    })
}

/// What is remembered of a trace.
struct Judge {
    /// By slot: who there is, and ever was.
    names: Vec<String>,
    /// The lines that tell how servers begin, as long as there is nothing else.
    opening: Option<Vec<(usize, Line)>>,
    /// The entries up to here were compacted before the trace began: nobody knows them.
    base: LogIndex,
    checker: Checker,
    /// By slot: the log, as far as the trace has told it.
    logs: Vec<Log>,
    /// By slot: the first entry that it had not compacted.
    firsts: Vec<LogIndex>,
    /// By slot: how far it has applied its log since it runs.
    applied: Vec<LogIndex>,
    values: Values,
    /// By line, from 1: the fingerprints of the messages it sent.
    sent: Vec<Vec<u64>>,
    summary: Summary,
}

/// Values that are not written as ours are, each with a number of its own.
#[derive(Default)]
struct Values {
    numbers: BTreeMap<Value, i32>,
    names: Vec<Value>,
}

impl Judge {
    fn new(init: Init) -> Result<Self, String> {
        let names = init.servers;
        if init.e != Kind::Init || names.is_empty() || names.len() > MAX_SERVERS {
            return Err(format!(
                "the first line is {{\"e\":\"init\",\"servers\":[..]}} with 1 to {MAX_SERVERS} names"
            ));
        }
        if (1..names.len()).any(|nth| names[..nth].contains(&names[nth])) {
            return Err("two servers have the same name".into());
        }
        Ok(Self {
            names,
            opening: Some(Vec::new()),
            base: LogIndex(0),
            checker: Checker::of(everybody()),
            logs: vec![Log::new(everybody()); MAX_SERVERS],
            firsts: vec![LogIndex(1); MAX_SERVERS],
            applied: vec![LogIndex(0); MAX_SERVERS],
            values: Values::default(),
            sent: Vec::new(),
            summary: Summary::default(),
        })
    }

    fn take(&mut self, number: usize, line: Line) -> Result<(), Finding> {
        if line.s.first > LAST_INDEX {
            return Err(Finding::Unreadable {
                line: number,
                message: format!("the last index that is read is {LAST_INDEX}"),
            });
        }
        if let Some(opening) = &mut self.opening {
            let begins = opening.iter().all(|(_, other)| other.n != line.n);
            if line.e == Kind::Restart && begins && opening.len() < MAX_SERVERS {
                opening.push((number, line));
                return Ok(());
            }
            self.open()?;
        }
        self.follow(number, &line)
    }

    /// Takes in how servers begin: together, as what one of them has compacted is known of none.
    fn open(&mut self) -> Result<(), Finding> {
        let opening = self.opening.take().unwrap_or_default();
        let gone = opening
            .iter()
            .map(|(_, line)| line.s.first.saturating_sub(1));
        if let Some(gone) = gone.max().filter(|gone| *gone > 0) {
            self.base = LogIndex(gone);
            self.checker = Checker::since(everybody(), &compacted(self.base));
        }
        for (number, line) in &opening {
            self.follow(*number, line)?;
        }
        Ok(())
    }

    fn end(mut self) -> Result<Summary, Finding> {
        self.open()?;
        self.summary.servers = self.names.len();
        Ok(self.summary)
    }

    fn follow(&mut self, number: usize, line: &Line) -> Result<(), Finding> {
        let unreadable = |message: String| Finding::Unreadable {
            line: number,
            message,
        };
        let id = self.server(&line.n).map_err(unreadable)?;
        self.post(number, line).map_err(unreadable)?;
        let when = (StepId(number as u64), Time(line.at.unwrap_or(0)));
        let mut found = None;
        if line.e == Kind::Restart {
            // It was down in between: what it knows may be less.
            self.applied[id.slot()] = LogIndex(0);
            let down = self.down(id);
            self.look(&mut found, id, down, when);
        }
        if let Some(before) = self.before_compaction(id, &line.s) {
            self.look(&mut found, id, before, when);
        }
        let seen = self.see(id, &line.s).map_err(unreadable)?;
        *self.summary.kinds.entry(line.e).or_default() += 1;
        self.summary.term = self.summary.term.max(seen.term.0);
        self.summary.committed = self.summary.committed.max(seen.applied.0);
        self.applied[id.slot()] = seen.applied;
        self.look(&mut found, id, seen, when);
        match found {
            None => Ok(()),
            Some(violation) => Err(Finding::Broken {
                line: number,
                told: self.tell(&violation),
                violation: Box::new(violation),
            }),
        }
    }

    /// Shows the checker a server, and keeps the first that it ever finds.
    fn look(
        &mut self,
        found: &mut Option<Violation>,
        id: NodeId,
        seen: Seen,
        (nth, at): (StepId, Time),
    ) {
        let violation = self.checker.look(id, seen, nth, at).copied();
        *found = found.or(violation);
    }

    /// The server of that name. Who has none yet joins now.
    fn server(&mut self, name: &str) -> Result<NodeId, String> {
        if let Some(id) = self.find(name) {
            return Ok(id);
        }
        let id = NodeId::new(self.names.len() + 1);
        let id = id.ok_or_else(|| {
            format!("\"{name}\" is a server too many: a trace may have {MAX_SERVERS} at most")
        })?;
        self.names.push(name.to_owned());
        Ok(id)
    }

    fn find(&self, name: &str) -> Option<NodeId> {
        let place = self.names.iter().position(|known| known == name);
        place.and_then(|place| NodeId::new(place + 1))
    }

    /// The server of that name, which must have been named before.
    fn known(&self, name: &str) -> Result<NodeId, String> {
        let id = self.find(name);
        id.ok_or_else(|| format!("no line up to here names a server \"{name}\""))
    }

    /// Notes what was sent, and that what was received was sent.
    fn post(&mut self, number: usize, line: &Line) -> Result<(), String> {
        if let Some(message) = &line.m {
            if message.to != line.n {
                return Err(format!("{} received a message for {}", line.n, message.to));
            }
            self.known(&message.f)?;
            if let Some((at, place)) = line.src {
                let sent = at.checked_sub(1).and_then(|at| self.sent.get(at));
                let found = place.checked_sub(1).and_then(|place| sent?.get(place));
                if found != Some(&fingerprint(message)) {
                    return Err(format!(
                        "no such message was sent in line {at}, at place {place}"
                    ));
                }
            }
        }
        for message in &line.out {
            // Whoever joins may be sent something before it has done anything.
            self.server(&message.to)?;
            if message.f != line.n {
                return Err(format!("{} sent a message of {}", line.n, message.f));
            }
        }
        self.sent.resize(number - 1, Vec::new());
        self.sent.push(line.out.iter().map(fingerprint).collect());
        Ok(())
    }

    /// The server as the line shows it.
    fn see(&mut self, id: NodeId, state: &State) -> Result<Seen, String> {
        let log = self.log(id, state)?;
        let (last, commit) = (log.last_index(), LogIndex(state.commit));
        // What it has applied and lost is for the checker to tell.
        if commit > last && self.applied[id.slot()] <= last {
            let name = &self.names[id.slot()];
            return Err(format!(
                "{name} has committed up to {commit}, but its log ends at {last}"
            ));
        }
        if !state.vote.is_empty() {
            self.known(&state.vote)?;
        }
        Ok(running(state, log, commit))
    }

    /// The server while it is down, with the log that it is known to have.
    fn down(&self, id: NodeId) -> Seen {
        let mut seen = Seen::down(everybody());
        seen.log = self.logs[id.slot()].clone();
        seen
    }

    /// The server as it was for a moment, if in one step it has committed what nobody had before,
    /// and compacted it.
    fn before_compaction(&self, id: NodeId, state: &State) -> Option<Seen> {
        let (log, gone) = (&self.logs[id.slot()], LogIndex(state.first).previous());
        let is_new = gone > self.checker.ghost().last() && gone.0 <= state.commit;
        (is_new && log.get(gone).is_some()).then(|| running(state, log.clone(), gone))
    }

    /// The server's log: what the trace tells of it, and before that what was compacted. Only
    /// committed entries may be, so they are known, but for those from before the trace.
    fn log(&mut self, id: NodeId, state: &State) -> Result<Log, String> {
        let first = LogIndex(state.first.max(1));
        let gone = first.previous().min(self.base);
        let log = &mut self.logs[id.slot()];
        if log.base().index != gone {
            *log = after(gone);
        }
        let known = std::mem::replace(&mut self.firsts[id.slot()], first);
        for index in (known.max(gone.next()).0..first.0).map(LogIndex) {
            match self.checker.ghost().at(index) {
                // A snapshot replaces what was there.
                Some(settled) if log.get(index) != Some(&settled.entry) => {
                    log.truncate(index);
                    log.append(settled.entry);
                }
                Some(_) => {}
                // It has compacted entries of its own that nobody has committed.
                None if log.get(first.previous()).is_some() => {
                    log.compact(first.previous(), KvStore::default(), 0);
                    break;
                }
                None => {
                    return Err(format!(
                        "entries before {first} are gone, but {index} was never committed"
                    ));
                }
            }
        }
        let mut index = first;
        for Item(term, value) in &state.log {
            let entry = Entry {
                term: Term(*term),
                payload: self.values.payload(value)?,
            };
            if log.get(index) != Some(&entry) {
                log.truncate(index);
                log.append(entry);
            }
            index = index.next();
        }
        log.truncate(index);
        Ok(log.clone())
    }

    fn tell(&self, violation: &Violation) -> String {
        let (property, breach) = (violation.property(), &violation.breach);
        let name = |op: Op| self.values.name(op);
        let who = breach
            .servers()
            .iter()
            .map(|id| format!("{id} is {}", self.names[id.slot()]));
        format!(
            "{property} is broken: {} ({}). {}",
            breach.naming(&name),
            who.collect::<Vec<_>>().join(", "),
            property.promise()
        )
    }
}

impl Values {
    /// What an entry of that value says.
    fn payload(&mut self, value: &Value) -> Result<Payload, String> {
        let (client, key) = stand_in();
        match value.payload() {
            Some(Payload::Command(command)) if command.op.key() == key => {}
            Some(payload) => return Ok(payload),
            None => {}
        }
        let number = match self.numbers.get(value) {
            Some(number) => *number,
            None => {
                let number = i32::try_from(self.names.len()).map_err(|_| "too many values")?;
                self.names.push(value.clone());
                self.numbers.insert(value.clone(), number);
                number
            }
        };
        Ok(Payload::Command(Command {
            client,
            session: None,
            serial: number.unsigned_abs(),
            op: Op::Set { key, value: number },
        }))
    }

    fn name(&self, op: Op) -> String {
        match op {
            Op::Set { key, value } if key == stand_in().1 => {
                let name = usize::try_from(value)
                    .ok()
                    .and_then(|value| self.names.get(value));
                name.map_or_else(|| op.to_string(), |name| name.to_string())
            }
            _ => op.to_string(),
        }
    }
}

/// Whoever there may be.
fn everybody() -> ServerSet {
    NodeId::first(MAX_SERVERS).collect()
}

/// A server that runs, as a line shows it, with that log and committed up to there.
fn running(state: &State, log: Log, commit: LogIndex) -> Seen {
    let mut seen = Seen::down(everybody());
    seen.up = true;
    seen.term = Term(state.term);
    seen.leads = (state.role == Role::L).then_some(seen.term);
    (seen.commit, seen.applied) = (commit, commit.min(log.last_index()));
    seen.log = log;
    seen
}

/// An empty log of which the entries up to `gone` are compacted, and unknown.
fn after(gone: LogIndex) -> Log {
    Log::after(compacted(gone))
}

/// What is known of entries from before the trace: that they were there.
fn compacted(gone: LogIndex) -> Snapshot {
    Snapshot {
        last: EntryId::new(gone, Term(0)),
        ..Snapshot::default()
    }
}

/// The client and the key of commands that stand in for values not written as ours are.
fn stand_in() -> (ClientId, Key) {
    let client = ClientId::new(1).expect("there is a first client");
    (client, "value".parse().expect("it is a key"))
}

fn fingerprint(message: &Message) -> u64 {
    let mut hasher = DefaultHasher::new();
    format!("{message:?}").hash(&mut hasher);
    hasher.finish()
}

impl fmt::Display for Finding {
    /// `line 7: Election Safety is broken: ...`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broken { line, told, .. } => write!(f, "line {line}: {told}"),
            Self::Unreadable { line, message } => write!(f, "line {line}: {message}"),
        }
    }
}

impl fmt::Display for Summary {
    /// `5 servers, 120 steps (80 recv, 40 send), up to term 3, committed up to entry 17`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: usize = self.kinds.values().sum();
        let kinds = self
            .kinds
            .iter()
            .map(|(kind, count)| format!("{count} {kind}"));
        let many =
            |count: usize, what| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
        write!(
            f,
            "{}, {} ({}), up to term {}, committed up to entry {}",
            many(self.servers, "server"),
            many(lines, "step"),
            kinds.collect::<Vec<_>>().join(", "),
            self.term,
            self.committed
        )
    }
}
