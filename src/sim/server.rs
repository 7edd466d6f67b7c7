//! A server as the world holds it: a Raft node with its timers and its state machine, or, when it
//! is down, just its disk.

use super::action::ClockRate;
use super::disk::{Disk, Record};
use super::network::Address;
use super::step::{Fact, Step, StepId};
use super::time::Time;
use crate::kv::{Answer, ClientId, Command, Key, KvStore, Registration, SessionId, Standing};
use crate::raft::{
    Config, EntryId, Log, LogIndex, Node, NodeId, Output, Persistent, ReadId, Rule, Term, Timer,
};

/// A server of the world.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Server {
    /// Which server.
    pub id: NodeId,
    /// How fast its clock runs.
    pub clock: ClockRate,
    /// How long its disk takes for a write, if not as long as the others'. [`Time::NEVER`]: it
    /// completes no write.
    pub disk_time: Option<Time>,
    /// The record that a crash has torn on its disk, until it is started again.
    pub torn: Option<Record>,
    /// Whether it runs.
    pub condition: Condition,
}

/// Whether a server runs.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "most servers are up most of the time"
)]
pub enum Condition {
    /// A crashed server *is* its disk.
    Down(Persistent),
    /// It runs.
    Up(Up),
}

/// What a running server consists of.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Up {
    /// Its Raft.
    pub node: Node,
    /// Its copy of the state machine.
    pub machine: KvStore,
    /// Its timers.
    pub timers: Timers,
    /// The clients that wait for their commands to be committed.
    pub waiting: Vec<Waiting>,
    /// What its disk is doing.
    pub disk: Disk,
    /// The reads it is to serve, and of what.
    pub reads: Vec<(ReadId, Key)>,
    /// Whether its process is stopped.
    pub paused: bool,
}

/// A client that a leader owes an answer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Waiting {
    /// The entry with its command.
    pub position: EntryId,
    /// Which client.
    pub client: ClientId,
    /// The client's number of the request.
    pub serial: u32,
}

/// A server's timers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Timers {
    running: [Running; Timer::ALL.len()],
    /// The one that runs out first.
    first: Timer,
}

/// A timer, running or not.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Running {
    /// When it runs out; [`Time::NEVER`] when it does not run.
    pub deadline: Time,
    /// When it was started.
    pub set_at: Time,
    /// By which step.
    pub set_by: StepId,
}

impl Server {
    /// Its node, if it runs.
    pub fn node(&self) -> Option<&Node> {
        self.up().map(|up| &up.node)
    }

    /// What it consists of, if it runs.
    pub fn up(&self) -> Option<&Up> {
        match &self.condition {
            Condition::Up(up) => Some(up),
            Condition::Down(_) => None,
        }
    }

    pub(super) fn up_mut(&mut self) -> Option<&mut Up> {
        match &mut self.condition {
            Condition::Up(up) => Some(up),
            Condition::Down(_) => None,
        }
    }

    /// What survives a crash: the running node's, or the disk.
    pub fn persistent(&self) -> &Persistent {
        match &self.condition {
            Condition::Up(up) => up.node.persistent(),
            Condition::Down(disk) => disk,
        }
    }

    /// Its log.
    pub fn log(&self) -> &Log {
        &self.persistent().log
    }

    /// Its term.
    pub fn term(&self) -> Term {
        self.persistent().current_term
    }

    /// Whether it runs.
    pub fn is_up(&self) -> bool {
        matches!(self.condition, Condition::Up(_))
    }

    /// Whether its process is stopped.
    pub fn is_paused(&self) -> bool {
        self.up().is_some_and(|up| up.paused)
    }

    /// Whether its disk completes no write.
    pub fn disk_fails(&self) -> bool {
        self.disk_time == Some(Time::NEVER)
    }

    /// Whether it runs and leads its term.
    pub fn is_leader(&self) -> bool {
        self.node().is_some_and(Node::is_leader)
    }

    /// Whether it is to compact its log by itself.
    pub(super) fn wants_compaction(&self) -> bool {
        self.node().is_some_and(Node::wants_compaction)
    }

    /// Stops it: what remains is the disk, as far as it and the rules have it written; otherwise it is
    /// like that of a server that has never run.
    pub(super) fn crash(&mut self, now: Time, forgetful: Persistent) {
        let Condition::Up(up) = &self.condition else {
            return;
        };
        let remains = up.disk.remains(now);
        self.torn = remains.as_ref().and_then(|remains| remains.torn);
        let disk = remains.map(|remains| remains.disk);
        let mut disk = disk.unwrap_or_else(|| up.node.persistent().clone());
        let rules = up.node.config().rules;
        if !rules.on(Rule::PersistTerm) {
            (disk.current_term, disk.voted_for) = (forgetful.current_term, None);
        }
        if !rules.on(Rule::PersistVote) {
            disk.voted_for = None;
        }
        if !rules.on(Rule::PersistLog) {
            disk.log = forgetful.log;
        }
        self.condition = Condition::Down(disk);
    }

    /// Starts it from its disk.
    pub(super) fn start(&mut self, config: Config, out: &mut Vec<Output>) {
        if let Condition::Down(disk) = &self.condition {
            let node = Node::start(self.id, config, disk.clone(), out);
            self.condition = Condition::Up(Up {
                node,
                machine: KvStore::default(),
                timers: Timers::stopped(),
                waiting: Vec::new(),
                disk: Disk::default(),
                reads: Vec::new(),
                paused: false,
            });
        }
    }
}

impl Up {
    /// Puts a command into its machine, as carefully as the rules have it.
    pub(super) fn execute(&mut self, command: &Command) -> Answer {
        let rules = self.node.config().rules;
        if !rules.on(Rule::RefuseExpired) && self.machine.standing(command) == Standing::Expired {
            return self.machine.apply_expired(command);
        }
        self.machine.apply(command, rules.on(Rule::ExactlyOnce))
    }

    /// The entry at `index` opens a session in its machine. Tells which, and which others end.
    pub(super) fn open_session(
        &mut self,
        server: NodeId,
        wish: &Registration,
        index: LogIndex,
        step: &mut Step,
    ) -> Option<SessionId> {
        let (session, client) = (SessionId::opened_at(index.0)?, wish.client);
        let ended = self.machine.open(wish, session);
        step.facts.push(Fact::SessionOpened {
            server,
            session,
            client,
        });
        step.facts
            .extend(ended.iter().map(|ended| Fact::SessionEnded {
                server,
                session: ended.id,
                client: ended.client,
                for_session: session,
                for_client: client,
            }));
        Some(session)
    }
}

impl Timers {
    fn stopped() -> Self {
        let stopped = Running {
            deadline: Time::NEVER,
            set_at: Time::ZERO,
            set_by: StepId(0),
        };
        Self {
            running: [stopped; Timer::ALL.len()],
            first: Timer::ALL[0],
        }
    }

    /// One of them.
    pub fn get(&self, timer: Timer) -> &Running {
        &self.running[timer as usize]
    }

    pub(super) fn set(&mut self, timer: Timer, running: Running) {
        self.running[timer as usize] = running;
        self.find_first();
    }

    pub(super) fn stop(&mut self, timer: Timer) {
        self.running[timer as usize].deadline = Time::NEVER;
        self.find_first();
    }

    /// Makes all that run run out sooner (`forward`) or later, by that time.
    pub(super) fn shift(&mut self, forward: bool, by: Time) {
        for running in &mut self.running {
            if running.deadline < Time::NEVER {
                running.deadline = if forward {
                    running.deadline.saturating_sub(by)
                } else {
                    running.deadline + by
                };
            }
        }
        self.find_first();
    }

    fn find_first(&mut self) {
        self.first = Timer::ALL[0];
        for timer in Timer::ALL {
            if self.get(timer).deadline < self.get(self.first).deadline {
                self.first = timer;
            }
        }
    }

    /// Whether one that runs was started by `step`.
    pub fn is_set_by(&self, step: StepId) -> bool {
        let mut timers = self.running.iter();
        timers.any(|timer| timer.set_by == step && timer.deadline < Time::NEVER)
    }

    /// The one that runs out first, and when.
    pub fn next(&self) -> (Time, Timer) {
        (self.get(self.first).deadline, self.first)
    }
}

impl From<NodeId> for Address {
    fn from(id: NodeId) -> Self {
        Self::Server(id)
    }
}

impl From<ClientId> for Address {
    fn from(id: ClientId) -> Self {
        Self::Client(id)
    }
}
