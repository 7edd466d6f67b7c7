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
use crate::machine::{ClientId, Command, Key, Op};
use crate::raft::{Entry, Log, LogIndex, MAX_SERVERS, NodeId, Payload, ServerSet, Term};
use crate::sim::{StepId, Time};

/// The longest line that is read, in bytes.
pub const LONGEST_LINE: u64 = 1 << 24;

/// The most lines that are read.
pub const MOST_LINES: usize = 10_000_000;

/// What a trace that breaks nothing amounts to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Summary {
    /// How many servers.
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
        /// The property, and how: the servers are counted as the first line names them.
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
pub fn check(mut from: impl BufRead) -> Result<Summary, Finding> {
    let mut judge: Option<Judge> = None;
    let mut text = Vec::new();
    for number in 1..=MOST_LINES {
        text.clear();
        let unreadable = |message: String| Finding::Unreadable {
            line: number,
            message,
        };
        let mut limited = from.by_ref().take(LONGEST_LINE);
        let read = limited.read_until(b'\n', &mut text);
        if read.map_err(|why| unreadable(why.to_string()))? == 0 {
            let done = judge.ok_or_else(|| unreadable("there is nothing in it".into()))?;
            return Ok(done.summary);
        }
        if text.len() as u64 == LONGEST_LINE {
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
    Err(Finding::Unreadable {
        line: MOST_LINES,
        message: format!("a trace may have {MOST_LINES} lines at most"),
    })
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
    names: Vec<String>,
    checker: Checker,
    /// By slot: the log, as far as the trace has told it.
    logs: Vec<Log>,
    /// By slot: the first entry that it had not compacted.
    firsts: Vec<LogIndex>,
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
        let voters: ServerSet = NodeId::first(names.len()).collect();
        Ok(Self {
            checker: Checker::of(voters),
            logs: vec![Log::new(voters); names.len()],
            firsts: vec![LogIndex(1); names.len()],
            values: Values::default(),
            sent: Vec::new(),
            summary: Summary {
                servers: names.len(),
                ..Summary::default()
            },
            names,
        })
    }

    fn take(&mut self, number: usize, line: Line) -> Result<(), Finding> {
        let unreadable = |message: String| Finding::Unreadable {
            line: number,
            message,
        };
        let id = self.server(&line.n).map_err(unreadable)?;
        self.post(number, &line).map_err(unreadable)?;
        let seen = self.see(id, &line.s).map_err(unreadable)?;
        *self.summary.kinds.entry(line.e).or_default() += 1;
        self.summary.term = self.summary.term.max(seen.term.0);
        self.summary.committed = self.summary.committed.max(seen.commit.0);
        let (nth, at) = (StepId(number as u64), Time(line.at.unwrap_or(0)));
        if line.e == Kind::Restart {
            // It was down in between: what it knows may be less.
            let mut down = seen.clone();
            (down.up, down.leads) = (false, None);
            (down.commit, down.applied) = (LogIndex(0), LogIndex(0));
            self.checker.look(id, down, nth, at);
        }
        match self.checker.look(id, seen, nth, at).copied() {
            None => Ok(()),
            Some(violation) => Err(Finding::Broken {
                line: number,
                told: self.tell(&violation),
                violation: Box::new(violation),
            }),
        }
    }

    fn server(&self, name: &str) -> Result<NodeId, String> {
        let place = self.names.iter().position(|known| known == name);
        let id = place.and_then(|place| NodeId::new(place + 1));
        id.ok_or_else(|| format!("the first line names no server \"{name}\""))
    }

    /// Notes what was sent, and that what was received was sent.
    fn post(&mut self, number: usize, line: &Line) -> Result<(), String> {
        if let Some(message) = &line.m {
            if message.to != line.n {
                return Err(format!("{} received a message for {}", line.n, message.to));
            }
            self.server(&message.f)?;
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
        if commit > last {
            let name = &self.names[id.slot()];
            return Err(format!(
                "{name} has committed up to {commit}, but its log ends at {last}"
            ));
        }
        if !state.vote.is_empty() {
            self.server(&state.vote)?;
        }
        let mut seen = Seen::down(NodeId::first(self.names.len()).collect());
        seen.up = true;
        seen.term = Term(state.term);
        seen.leads = (state.role == Role::L).then_some(seen.term);
        (seen.commit, seen.applied) = (commit, commit);
        seen.log = log;
        Ok(seen)
    }

    /// The server's log: what the trace tells of it, and before that what was compacted. Only
    /// committed entries may be, so they are known.
    fn log(&mut self, id: NodeId, state: &State) -> Result<Log, String> {
        let first = LogIndex(state.first.max(1));
        let log = &mut self.logs[id.slot()];
        let known = std::mem::replace(&mut self.firsts[id.slot()], first);
        for index in (known.0..first.0).map(LogIndex) {
            let settled = self.checker.ghost().at(index).ok_or_else(|| {
                format!("entries before {first} are gone, but {index} was never committed")
            })?;
            // A snapshot replaces what was there.
            if log.get(index) != Some(&settled.entry) {
                log.truncate(index);
                log.append(settled.entry);
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
    /// `5 servers, 120 lines (80 recv, 40 send), 3 terms, committed up to 17`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: usize = self.kinds.values().sum();
        let kinds = self
            .kinds
            .iter()
            .map(|(kind, count)| format!("{count} {kind}"));
        write!(
            f,
            "{} servers, {lines} steps ({}), up to term {}, committed up to entry {}",
            self.servers,
            kinds.collect::<Vec<_>>().join(", "),
            self.term,
            self.committed
        )
    }
}
