//! Raftarium's core, as [`super::Cluster`].

use std::collections::VecDeque;
use std::sync::{Arc, RwLock};

use raftarium::kv::{ClientId, Command};
use raftarium::raft::{
    Config, Entry, Input, Log, LogIndex, Message, Node, NodeId, Output, Payload, Persistent,
    SendPolicy, Term, Timer,
};

use super::Sending;

/// Servers, their clocks, and what is under way between them.
pub(crate) struct Cluster {
    servers: Vec<Server>,
    queue: VecDeque<Letter>,
    out: Vec<Output>,
    command: Command,
    applied: u64,
    now: u64,
    /// Where the next length of an election timeout comes from.
    random: u64,
}

/// A message under way; it first, so that it is copied in whole words.
#[repr(C)]
struct Letter {
    message: Message,
    from: NodeId,
    to: NodeId,
}

struct Server {
    node: Node,
    /// When each timer runs out, in ticks.
    deadlines: [u64; Timer::ALL.len()],
    /// Where its writes go, if anywhere.
    storage: Option<Storage>,
}

/// What raft-rs's `MemStorage` does with a write: a copy of every new entry, of the term and of the
/// vote, under a lock.
#[derive(Clone, Default)]
struct Storage(Arc<RwLock<Stored>>);

#[derive(Default)]
struct Stored {
    term: Term,
    vote: Option<NodeId>,
    entries: Vec<Entry>,
}

impl Storage {
    fn write(&self, persistent: &Persistent) {
        let mut stored = self.0.write().expect("no writer panics");
        stored.term = persistent.current_term;
        stored.vote = persistent.voted_for;
        let agreed = stored.agreed(&persistent.log);
        stored.entries.truncate(agreed);
        let new = persistent.log.iter_from(LogIndex(agreed as u64 + 1));
        stored.entries.extend(new.map(|(_, entry)| *entry));
    }
}

impl Stored {
    /// The number of stored entries that the log still has.
    fn agreed(&self, log: &Log) -> usize {
        let mut count = self.entries.len();
        while count > 0 && log.term(LogIndex(count as u64)) != Some(self.entries[count - 1].term) {
            count -= 1;
        }
        count
    }
}

impl Cluster {
    pub(crate) fn new(servers: usize, sending: Sending, stores: bool) -> Self {
        let config = Config {
            send: match sending {
                Sending::AtOnce => SendPolicy::AtOnce,
                Sending::InBatches => SendPolicy::OnHeartbeat,
            },
            window: 256,
            batch: 256,
            ..Config::default()
        };
        let mut out = Vec::new();
        let voters = NodeId::first(servers).collect();
        let start = |id| Server {
            node: Node::start(id, config, Persistent::new(voters), &mut out),
            deadlines: [u64::MAX; Timer::ALL.len()],
            storage: stores.then(Storage::default),
        };
        let mut cluster = Self {
            servers: NodeId::first(servers).map(start).collect(),
            queue: VecDeque::new(),
            out: Vec::new(),
            command: Command {
                client: ClientId::new(1).expect("there is a first client"),
                session: None,
                serial: 0,
                op: "x=5".parse().expect("a request"),
            },
            applied: 0,
            now: 0,
            random: 1,
        };
        super::Cluster::time_out(&mut cluster, 0);
        super::settle(&mut cluster);
        cluster
    }

    /// Lets something happen to a server, and does what it then wants done.
    fn step(&mut self, slot: usize, input: Input) {
        self.servers[slot].node.step(input, &mut self.out);
        while self.carry_out(slot) {
            let node = &mut self.servers[slot].node;
            node.step(node.persistent().written(), &mut self.out);
        }
    }

    /// Does what a server wants done, and says whether that was to write. Writing takes no time.
    fn carry_out(&mut self, slot: usize) -> bool {
        if self.out.is_empty() {
            return false;
        }
        let Server {
            node,
            deadlines,
            storage,
        } = &mut self.servers[slot];
        let mut wrote = false;
        for output in self.out.drain(..) {
            match output {
                Output::Send { to, message } => {
                    let from = node.id();
                    self.queue.push_back(Letter { message, from, to });
                }
                Output::ResetElectionTimer(_) => {
                    deadlines[Timer::Election as usize] =
                        self.now + election_timeout(&mut self.random);
                }
                Output::SetTimer(timer) => deadlines[timer as usize] = self.now + 1,
                Output::StopTimer(timer) => deadlines[timer as usize] = u64::MAX,
                Output::Persist => wrote = true,
                Output::Apply { entry, .. } if slot == 0 => {
                    self.applied += u64::from(matches!(entry.payload, Payload::Command(_)));
                }
                _ => {}
            }
        }
        if wrote && let Some(storage) = storage {
            storage.write(node.persistent());
        }
        wrote
    }
}

impl super::Cluster for Cluster {
    fn propose(&mut self) {
        self.command.serial += 1;
        self.step(0, Input::Propose(self.command));
    }

    fn flush(&mut self) {
        self.step(0, Input::Timeout(Timer::Heartbeat));
    }

    fn deliver(&mut self) -> bool {
        let Some(Letter { message, from, to }) = self.queue.pop_front() else {
            return false;
        };
        self.step(to.slot(), Input::Message { from, message });
        true
    }

    fn tick(&mut self) {
        self.now += 1;
        let now = self.now;
        let is_due = |deadline: &u64| *deadline <= now;
        for slot in 0..self.servers.len() {
            while let Some(place) = self.servers[slot].deadlines.iter().position(is_due) {
                self.servers[slot].deadlines[place] = u64::MAX;
                self.step(slot, Input::Timeout(Timer::ALL[place]));
            }
        }
    }

    fn time_out(&mut self, server: usize) {
        self.step(server, Input::Timeout(Timer::Election));
    }

    fn leads(&self, server: usize) -> bool {
        self.servers[server].node.is_leader()
    }

    fn applied(&self) -> u64 {
        self.applied
    }
}

/// 10 to 19 ticks, by a linear congruence.
fn election_timeout(random: &mut u64) -> u64 {
    *random = random.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
    10 + (((*random >> 32) * 10) >> 32)
}
