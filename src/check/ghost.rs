//! What is remembered of a run: who led which term, and what was ever committed.

use std::sync::Arc;

use crate::machine::{Answer, Command, MAX_CLIENTS, Machine, Op};
use crate::raft::chunks::Chunks;
use crate::raft::{Entry, LogIndex, NodeId, Payload, Snapshot, Term};

/// The memory of a run. Cheap to clone: copies share it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ghost {
    /// Every leader there ever was, by term.
    leaders: Arc<Vec<(Term, NodeId)>>,
    /// Everything that was ever committed, from index 1 on, or from the end of the snapshot that
    /// the run began with.
    settled: Chunks<Settled>,
    /// A machine of our own, into which each committed command is put once.
    machine: Machine,
    /// By client: the last of its requests that was executed, and the answer.
    executed: [Option<(u32, Answer)>; MAX_CLIENTS],
    /// By client: the last of its requests that was answered.
    acknowledged: [u32; MAX_CLIENTS],
}

/// An entry that was committed, as the first server to commit it had it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Settled {
    /// The entry.
    pub entry: Entry,
    /// The term in which it was committed: that of the server that did.
    pub term: Term,
    /// Which server committed it first.
    pub server: NodeId,
    /// What comes of executing it; of an empty entry, nothing.
    pub effect: Option<Effect>,
}

/// What comes of executing a committed command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Effect {
    /// The answer.
    pub answer: Answer,
    /// The value of its key afterwards.
    pub value: Option<i32>,
    /// Whether the request had been executed before, so that nothing changes any more.
    pub repeat: bool,
}

impl Ghost {
    /// What is known when a run begins: if with a snapshot, not what led to it.
    pub fn new(snapshot: &Snapshot) -> Self {
        Self {
            settled: Chunks::starting_at(snapshot.last.index.0 as usize),
            machine: snapshot.machine.clone(),
            ..Self::default()
        }
    }

    /// Remembers that `server` leads `term`. If another did before, says who.
    pub fn leads(&mut self, term: Term, server: NodeId) -> Option<NodeId> {
        match self.leaders.binary_search_by_key(&term, |(term, _)| *term) {
            Ok(place) => Some(self.leaders[place].1).filter(|first| *first != server),
            Err(place) => {
                Arc::make_mut(&mut self.leaders).insert(place, (term, server));
                None
            }
        }
    }

    /// Who led `term` first.
    pub fn leader_of(&self, term: Term) -> Option<NodeId> {
        let place = self.leaders.binary_search_by_key(&term, |(term, _)| *term);
        place.ok().map(|place| self.leaders[place].1)
    }

    /// Remembers that `server` committed `entry` in `term`, right after what is committed already.
    pub fn settle(&mut self, entry: Entry, term: Term, server: NodeId) {
        let effect = match entry.payload {
            Payload::Command(command) => Some(self.execute(&command)),
            Payload::Configuration(_) | Payload::Noop => None,
        };
        self.settled.push(Settled {
            entry,
            term,
            server,
            effect,
        });
    }

    fn execute(&mut self, command: &Command) -> Effect {
        let repeat = command.serial <= self.machine.last_serial(command.client);
        let answer = self.machine.apply(command, true);
        if !repeat {
            self.executed[command.client.slot()] = Some((command.serial, answer));
        }
        Effect {
            answer,
            value: self.machine.get(command.op.key()),
            repeat,
        }
    }

    /// Remembers that a client was given an answer. If the cluster has committed nothing that
    /// makes it true, says what it did: the answer it gave, or nothing.
    pub fn acknowledge(&mut self, command: &Command, told: Answer) -> Result<(), Option<Answer>> {
        let slot = command.client.slot();
        self.acknowledged[slot] = self.acknowledged[slot].max(command.serial);
        // A read that was executed again may have seen what is newer: that is no lie.
        let reads = matches!(command.op, Op::Get { .. });
        match self.executed[slot] {
            Some((serial, answer)) if serial == command.serial && answer != told && !reads => {
                Err(Some(answer))
            }
            Some((serial, _)) if serial >= command.serial => Ok(()),
            _ => Err(None),
        }
    }

    /// Whether the client of this entry was told that its write is done.
    pub fn is_acknowledged(&self, entry: &Entry) -> bool {
        match entry.payload {
            Payload::Command(Command {
                op: Op::Get { .. }, ..
            })
            | Payload::Configuration(_)
            | Payload::Noop => false,
            Payload::Command(command) => command.serial <= self.acknowledged[command.client.slot()],
        }
    }

    /// What was committed at `index`.
    pub fn at(&self, index: LogIndex) -> Option<&Settled> {
        let place = usize::try_from(index.0.checked_sub(1)?).ok()?;
        self.settled.get(place)
    }

    /// The index before the first that is remembered.
    pub fn base(&self) -> LogIndex {
        LogIndex(self.settled.start() as u64)
    }

    /// The last index at which anything was committed.
    pub fn last(&self) -> LogIndex {
        LogIndex(self.settled.end() as u64)
    }
}
