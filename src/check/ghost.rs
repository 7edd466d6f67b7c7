//! What is remembered of a run: who led which term, and what was ever committed.

use std::sync::Arc;

use crate::machine::{
    Answer, ClientId, Command, Key, MAX_CLIENTS, Machine, Op, SessionId, Standing,
};
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
    /// By client: the last of its requests that was executed, where, and the answer.
    executed: [Option<(u32, LogIndex, Answer)>; MAX_CLIENTS],
    /// By client: the last of its requests that was answered.
    acknowledged: [u32; MAX_CLIENTS],
    /// The requests whose clients were told that nobody knows what became of them.
    unknown: Arc<Vec<(ClientId, u32)>>,
    /// The machine at the beginning.
    start: Machine,
    /// By key, in their order: the last entry that writes it.
    written: Arc<Vec<(Key, LogIndex)>>,
    /// The last entry that some client knows of, by an answer.
    known: LogIndex,
    /// By client: the last entry that was known when it asked what it waits for.
    known_when_asked: [LogIndex; MAX_CLIENTS],
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
    /// The entry before this one that writes the same key; 0 if there is none.
    pub before: LogIndex,
}

/// What a read should have seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stale {
    /// The last entry that somebody knew of when it was asked.
    pub known: LogIndex,
    /// The value of its key then.
    pub value: Option<i32>,
}

impl Ghost {
    /// What is known when a run begins: if with a snapshot, not what led to it.
    pub fn new(snapshot: &Snapshot) -> Self {
        Self {
            settled: Chunks::starting_at(snapshot.last.index.0 as usize),
            machine: snapshot.machine.clone(),
            start: snapshot.machine.clone(),
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
            Payload::Register(wish) => {
                if let Some(id) = SessionId::opened_at(self.last().next().0) {
                    self.machine.open(&wish, id);
                }
                None
            }
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
        let (index, key) = (self.last().next(), command.op.key());
        let standing = self.machine.standing(command);
        let answer = self.machine.apply(command, true);
        let executed = standing == Standing::New;
        if executed {
            self.executed[command.client.slot()] = Some((command.serial, index, answer));
        }
        let before = self.last_written(key);
        if executed && !matches!(command.op, Op::Get { .. }) {
            let written = Arc::make_mut(&mut self.written);
            match written.binary_search_by_key(&key, |(key, _)| *key) {
                Ok(place) => written[place].1 = index,
                Err(place) => written.insert(place, (key, index)),
            }
        }
        Effect {
            answer,
            value: self.machine.get(key),
            repeat: match standing {
                Standing::Done(_) => true,
                // Its session does not remember, but we do: numbers go on from session to session.
                Standing::Expired => self.executed[command.client.slot()]
                    .is_some_and(|(serial, ..)| command.serial <= serial),
                Standing::New => false,
            },
            before,
        }
    }

    fn last_written(&self, key: Key) -> LogIndex {
        let place = self.written.binary_search_by_key(&key, |(key, _)| *key);
        place.map_or(LogIndex(0), |place| self.written[place].1)
    }

    /// Remembers that a client was given an answer. If the cluster has committed nothing that
    /// makes it true, says what it did: the answer it gave, or nothing.
    pub fn acknowledge(&mut self, command: &Command, told: Answer) -> Result<(), Option<Answer>> {
        let slot = command.client.slot();
        self.acknowledged[slot] = self.acknowledged[slot].max(command.serial);
        match self.executed[slot] {
            // A read need not be in the log, and one that is may see what is newer when it is
            // executed again: whether it saw enough is another question.
            _ if matches!(command.op, Op::Get { .. }) => Ok(()),
            Some((serial, _, answer)) if serial == command.serial && answer != told => {
                Err(Some(answer))
            }
            Some((serial, index, _)) if serial >= command.serial => {
                self.known = self.known.max(index);
                Ok(())
            }
            _ => Err(None),
        }
    }

    /// Remembers that a client was told that its session has expired.
    pub fn lets_be(&mut self, client: ClientId, serial: u32) {
        Arc::make_mut(&mut self.unknown).push((client, serial));
    }

    /// Remembers that a client asks: what is known by now, the answer must not contradict.
    pub fn asks(&mut self, client: ClientId) {
        self.known_when_asked[client.slot()] = self.known;
    }

    /// Remembers what a client read: from now on that is known. If the key had no such value at
    /// any time since the client asked, says what it had then, and which entry was known.
    pub fn read(&mut self, client: ClientId, key: Key, told: Answer) -> Result<(), Stale> {
        let known = self.known_when_asked[client.slot()];
        let mut seen = None;
        let mut index = self.last_written(key);
        // From the last write back to the one that was the last when the client asked.
        while index > known
            && let Some(effect) = self.at(index).and_then(|settled| settled.effect)
        {
            if told == Answer::Value(effect.value) {
                seen = Some(index);
            }
            index = effect.before;
        }
        let effect = self.at(index).and_then(|settled| settled.effect);
        let value = effect.map_or_else(|| self.start.get(key), |effect| effect.value);
        if told == Answer::Value(value) {
            return Ok(());
        }
        let index = seen.ok_or(Stale { known, value })?;
        self.known = self.known.max(index);
        Ok(())
    }

    /// Whether the client of this entry was told that its write is done.
    pub fn is_acknowledged(&self, entry: &Entry) -> bool {
        match entry.payload {
            Payload::Command(Command {
                op: Op::Get { .. }, ..
            })
            | Payload::Configuration(_)
            | Payload::Noop
            | Payload::Register(_) => false,
            Payload::Command(Command { client, serial, .. }) => {
                serial <= self.acknowledged[client.slot()]
                    && !self.unknown.contains(&(client, serial))
            }
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
