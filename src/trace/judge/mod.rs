//! Each step of a trace, compared with what Raft allows from the state before.
//!
//! A line says what a server is *after* a step. The judge knows what it was before, what it received
//! and what the others did, and looks for a rule that the step breaks. What a trace does not say is
//! unknown: it breaks nothing. One file for each group of rules:
//!
//! - `terms`: terms rise, and how; what is of an earlier term is refused;
//! - `votes`: who may be voted for;
//! - `elections`: who may stand, and who may lead;
//! - `logs`: what a log may hold, and where entries come from;
//! - `appends`: how a log may change; `snapshots`: what compacting may do to it;
//! - `commits`: what may be committed;
//! - `restarts`: what must survive a crash;
//! - `mail`: what was received was sent; `requests` and `replies`: what may be sent;
//! - `membership`: how the cluster may change;
//! - `pending`: what a trace without messages proves only later;
//! - `moments`: how the servers were at any line.

mod appends;
mod commits;
mod elections;
mod log;
mod logs;
mod mail;
mod membership;
mod memory;
mod moments;
mod pending;
mod replies;
mod requests;
mod restarts;
mod rules;
mod shown;
mod snapshots;
mod terms;
mod topics;
mod votes;

use std::collections::{BTreeMap, BTreeSet};

use super::line::{Kind, Role};
use super::read::{Entry, Head, Members, Message, Reader, Server, Step, everybody};
use log::Log;
use memory::Memory;
pub(super) use memory::View;
pub(super) use moments::Trail;
use pending::Pending;
pub use rules::Rule;
pub use topics::TOPICS;

/// The most verdicts that are kept.
const MOST_VERDICTS: usize = 1_000;

/// A step that no rule of Raft allows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// The line, from 1.
    pub line: usize,
    /// The server.
    pub server: String,
    /// The rule that it breaks.
    pub rule: Rule,
    /// What it did, and why it may not, in a sentence with both values.
    pub told: String,
}

/// What a trace amounts to.
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
    /// Whether it tells what servers sent.
    pub has_messages: bool,
    /// What it tells of, a bit for each of [`TOPICS`].
    pub topics: u16,
}

/// An entry that was committed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Committed {
    entry: Entry,
    /// In which term, by whom, in which line.
    term: u64,
    server: Server,
    line: usize,
}

/// An entry that some log had: its value, the term before it, and who had it first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Position {
    value: u32,
    before: Option<u64>,
    server: Server,
    line: usize,
}

/// A leader, and its log when it was elected.
#[derive(Clone, Debug)]
struct Elected {
    term: u64,
    server: Server,
    log: Option<Log>,
}

/// Reads a trace, line by line, and judges it.
#[derive(Clone, Debug, Default)]
pub struct Judge {
    reader: Reader,
    head: Option<Head>,
    /// Rules that may be broken.
    lenient: BTreeSet<Rule>,
    /// How often each of them was.
    used: BTreeMap<Rule, usize>,
    servers: Vec<Memory>,
    /// By term: who led it.
    led: BTreeMap<u64, Server>,
    elected: Vec<Elected>,
    /// By index and term.
    positions: BTreeMap<(u64, u64), Position>,
    /// By index.
    committed: BTreeMap<u64, Committed>,
    /// By line: what was sent in it.
    sent: BTreeMap<usize, Vec<Message>>,
    /// All that was sent, as numbers, and where it was sent last.
    posted: BTreeMap<u64, (usize, usize)>,
    /// By line: the line in which what it received was sent. Only where reads need rounds.
    causes: BTreeMap<usize, usize>,
    /// Whether each line up to here says what was sent.
    all_is_told: bool,
    /// Whether any line says what was sent or received.
    has_messages: bool,
    pending: Vec<Pending>,
    verdicts: Vec<Verdict>,
    summary: Summary,
    /// What is kept for those who look at the trace later, if anybody will.
    trail: Option<Box<Trail>>,
}

/// A step, with the state before and after it.
struct Moment<'a> {
    line: usize,
    id: Server,
    kind: Kind,
    /// Whether this is how the server begins: nothing is known from before.
    opens: bool,
    /// What made the server change.
    cause: Cause<'a>,
    before: View,
    after: View,
    /// The line in which what it received was sent. Only where reads need rounds.
    source: Option<usize>,
    out: Option<&'a [Message]>,
}

/// What made a server change.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Cause<'a> {
    /// Nobody else: a timer, a client, an operator.
    Own,
    /// A message.
    Message(&'a Message),
    /// The trace does not say: it may have been a message.
    Unknown,
}

impl Judge {
    /// A judge that lets these rules be broken.
    pub fn new(lenient: impl IntoIterator<Item = Rule>) -> Self {
        Self {
            lenient: lenient.into_iter().collect(),
            all_is_told: true,
            ..Self::default()
        }
    }

    /// Takes in the line of that number. An error says why it is no line of a trace.
    pub fn read(&mut self, line: usize, text: &[u8]) -> Result<(), String> {
        if self.head.is_none() {
            let head = self.reader.head(text)?;
            self.head = Some(head);
            self.welcome(true);
            return Ok(());
        }
        let step = self.reader.step(text)?;
        self.welcome(false);
        self.step(line, &step)
    }

    /// Whether it has read the first line.
    pub fn has_begun(&self) -> bool {
        self.head.is_some()
    }

    /// Judges what is left to judge.
    pub fn end(&mut self) {
        self.settle_all();
        self.verdicts.sort_by_key(|verdict| verdict.line);
        self.summary.servers = self.reader.servers();
        self.summary.has_messages = self.has_messages;
    }

    /// The steps that no rule allows, by line.
    pub fn verdicts(&self) -> &[Verdict] {
        &self.verdicts
    }

    /// The rules that may be broken, and how often they were.
    pub fn lenient(&self) -> impl Iterator<Item = (Rule, usize)> + '_ {
        let used = |rule: &Rule| self.used.get(rule).copied().unwrap_or(0);
        self.lenient.iter().map(move |rule| (*rule, used(rule)))
    }

    /// What the trace amounts to.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// Makes room for servers that were named for the first time.
    fn welcome(&mut self, first: bool) {
        for id in self.servers.len()..self.reader.servers() {
            let memory = self.beginning(id, first);
            self.servers.push(memory);
        }
    }

    /// How a server begins. Who founded the cluster knows the others; who comes later has to be told.
    fn beginning(&self, id: Server, first: bool) -> Memory {
        let head = self.head.as_ref();
        let founders = head.map_or(0, |head| head.founders);
        let members = (founders >> id & 1 == 1).then_some(Members {
            voters: founders,
            ..Members::default()
        });
        match self.begins_in_the_middle() || first && !self.is_traced(id) {
            true => Memory::default(),
            false => Memory::new(Log::new(members)),
        }
    }

    /// Whether nothing is known of a server before its first line.
    fn begins_in_the_middle(&self) -> bool {
        self.head.as_ref().is_some_and(|head| head.middle)
    }

    /// Whether the trace has the steps of a server.
    fn is_traced(&self, id: Server) -> bool {
        self.head
            .as_ref()
            .is_some_and(|head| head.traced >> id & 1 == 1)
    }

    /// Whether it has the steps of everyone.
    fn everyone_is_traced(&self) -> bool {
        let all = everybody(self.reader.servers());
        self.head
            .as_ref()
            .is_some_and(|head| head.traced & all == all)
    }

    fn step(&mut self, line: usize, step: &Step) -> Result<(), String> {
        let id = step.server;
        self.has_messages |= step.received.is_some()
            || step.source.is_some()
            || step.out.as_ref().is_some_and(|out| !out.is_empty());
        let origin = self.origin(step);
        let received = step.received.as_ref().or(origin.as_ref());
        let before = self.servers[id].now.clone();
        let (starts, middle) = (step.kind == Kind::Restart, self.begins_in_the_middle());
        let opens = (starts || middle) && !self.servers[id].is_seen;
        let after = self.shown(step, &before)?;
        self.check_mail(step)?;
        let cause = match (step.kind, received) {
            (Kind::Recv, Some(message)) => Cause::Message(message),
            (Kind::Recv, None) => Cause::Unknown,
            (Kind::Tick, _) if !self.has_messages => Cause::Unknown,
            _ => Cause::Own,
        };
        let moment = Moment {
            line,
            id,
            kind: step.kind,
            opens,
            cause,
            before,
            after,
            source: self.source(line, step),
            out: step.out.as_deref(),
        };
        self.judge_mail(&moment, step, origin.as_ref());
        match step.kind {
            _ if opens && middle => self.take_as_it_is(&moment),
            Kind::Restart => self.judge_start(&moment, step.wiped),
            _ => self.judge_step(&moment),
        }
        self.judge_log(&moment);
        self.judge_committed(&moment);
        self.take_note(&moment);
        self.judge_sent(&moment);
        self.settle(id);
        self.note_trail(&moment, step);
        self.count(&moment, step);
        Ok(())
    }

    /// Notes where the message of a step was sent, if reads need rounds.
    fn source(&mut self, line: usize, step: &Step) -> Option<usize> {
        if !self.head.as_ref().is_some_and(|head| head.rounds) {
            return None;
        }
        let (source, _) = self.whence(step)?;
        self.causes.insert(line, source);
        Some(source)
    }

    /// Everything but a start.
    fn judge_step(&mut self, moment: &Moment<'_>) {
        self.judge_terms(moment);
        self.judge_vote(moment);
        self.hear(moment);
        self.judge_candidacy(moment);
        self.judge_election(moment);
        self.judge_append(moment);
        self.judge_members(moment);
        self.judge_commit(moment);
    }

    /// How a server is where a trace begins in the middle of a run.
    fn take_as_it_is(&mut self, moment: &Moment<'_>) {
        let (Some(term), Some(role)) = (moment.after.term, moment.after.role) else {
            return;
        };
        if role != Role::F {
            let memory = &mut self.servers[moment.id];
            memory.campaigns.insert(term, None);
        }
        if role == Role::L {
            self.led.entry(term).or_insert(moment.id);
        }
    }

    /// Keeps what the step made of the server.
    fn take_note(&mut self, moment: &Moment<'_>) {
        let memory = &mut self.servers[moment.id];
        memory.is_seen = true;
        if let Some(term) = moment.after.term {
            memory.terms.insert(term, ());
            if let Some(Some(vote)) = moment.after.vote {
                memory.voted.insert(term, vote);
            }
        }
        memory.now = moment.after.clone();
        // What a server had on disk before its first line is not known.
        if !(moment.opens && self.begins_in_the_middle()) {
            self.note_durable(moment);
        }
    }

    fn count(&mut self, moment: &Moment<'_>, step: &Step) {
        *self.summary.kinds.entry(moment.kind).or_default() += 1;
        self.summary.term = self.summary.term.max(moment.after.term.unwrap_or(0));
        self.summary.committed = self.summary.committed.max(moment.after.commit.unwrap_or(0));
        self.summary.topics |= self.topics(step);
        match &step.out {
            Some(out) => self.post(moment.line, out),
            None => self.all_is_told = false,
        }
    }

    /// Says that a step breaks a rule: the first of a line, unless that rule may be broken.
    fn blame(&mut self, line: usize, server: Server, rule: Rule, told: String) {
        if self.lenient.contains(&rule) {
            *self.used.entry(rule).or_default() += 1;
            return;
        }
        let is_first = self
            .verdicts
            .iter()
            .rev()
            .take(4)
            .all(|other| other.line != line);
        if is_first && self.verdicts.len() < MOST_VERDICTS {
            let server = self.reader.name(server).to_owned();
            self.verdicts.push(Verdict {
                line,
                server,
                rule,
                told,
            });
        }
    }

    fn name(&self, server: Server) -> &str {
        self.reader.name(server)
    }

    /// Some servers, as `n1, n2`; nobody.
    fn names(&self, servers: u64) -> String {
        match self.reader.names_of(servers) {
            names if names.is_empty() => "nobody".into(),
            names => names.join(", "),
        }
    }

    fn entry(&self, entry: Entry) -> String {
        format!("{} of term {}", self.reader.value(entry.value), entry.term)
    }
}

impl std::fmt::Display for Verdict {
    /// `line 812: n2 granted its vote to n3 ..., but ...: §5.4.1 (up-to-date)`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            line, rule, told, ..
        } = self;
        write!(
            f,
            "line {line}: {told}: {} ({})",
            rule.section(),
            rule.name()
        )
    }
}

impl Summary {
    /// How many lines of each kind: `80 recv, 40 send`.
    pub fn told_kinds(&self) -> String {
        let kinds = self
            .kinds
            .iter()
            .map(|(kind, count)| format!("{count} {kind}"));
        kinds.collect::<Vec<_>>().join(", ")
    }
}

impl std::fmt::Display for Summary {
    /// `5 servers, 120 steps (80 recv, 40 send), up to term 3, committed up to entry 17`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let lines: usize = self.kinds.values().sum();
        let many =
            |count: usize, what| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
        write!(
            f,
            "{}, {} ({}), up to term {}, committed up to entry {}",
            many(self.servers, "server"),
            many(lines, "step"),
            self.told_kinds(),
            self.term,
            self.committed
        )
    }
}
