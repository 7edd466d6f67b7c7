//! The replicated state machine: a small key-value store, and the commands it understands.
//!
//! Raft does not know what a command means. It guarantees that every server applies the same commands
//! in the same order. This is the state machine that they are applied to (Figure 1 of the
//! paper). The core does not know it: it is generic over a [`StateMachine`].
//!
//! The machine also keeps, for each client, the serial number of the last request that it executed,
//! and its answer. So a request that was sent twice takes effect once (§8 of the paper; §6.3 of the
//! dissertation). This is replicated state like the values.
//!
//! Where clients come and go, it must not grow without bound. With a bound, a client first opens a
//! session, by an entry of the log. If there is one too many, the least recently used session
//! expires. All machines open and use sessions in the order of the log, so the same session expires
//! on each. Nobody knows whether a request of an expired session was executed before, so it is
//! refused, not executed again.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;

mod text;

pub use crate::raft::{ClientId, MAX_CLIENTS};
use crate::raft::{ReadId, StateMachine};

/// The name of a value: 1 to 7 ASCII letters, digits or underscores, beginning with a letter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Key([u8; Self::LONGEST]);

/// An operation on the machine, as a client requests it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Op {
    /// `x+=1`: adds to the value (an absent one counts as 0; the sum wraps) and answers the sum.
    Add {
        /// The key of the value.
        key: Key,
        /// The amount to add; may be negative.
        amount: i32,
    },
    /// `x:1>2`: sets the value to the second number if it is the first.
    CompareAndSet {
        /// The key of the value.
        key: Key,
        /// The value that it must have now.
        old: i32,
        /// The value that it then gets.
        new: i32,
    },
    /// `-x`: deletes the value.
    Delete {
        /// The key of the value.
        key: Key,
    },
    /// `x?`: answers the value.
    Get {
        /// The key of the value.
        key: Key,
    },
    /// `x=5`: sets the value.
    Set {
        /// The key of the value.
        key: Key,
        /// The new value.
        value: i32,
    },
}

/// A client's session, named by the index of the entry that opened it: unique, and the same on every
/// server. Written `5`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SessionId(NonZeroU32);

/// A client's request for a session, as an entry of the log holds it (RegisterClient of the dissertation's
/// Figure 6.1). Written `+C1`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Registration {
    /// The client that asked.
    pub client: ClientId,
    /// The client's serial number of the request.
    pub serial: u32,
    /// The most sessions that are kept once this one is open; 0: no limit. It is in the log, so all
    /// servers use the same number, whatever their settings are when they apply it.
    pub most: u8,
}

/// An operation as an entry of the log holds it, with the client and its serial number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Command {
    /// The client that asked.
    pub client: ClientId,
    /// The session of the request; none where clients need no session. Entries that a scenario puts in
    /// a log have none.
    pub session: Option<SessionId>,
    /// The client's serial number of the request, from 1; a retry keeps its number.
    pub serial: u32,
    /// The operation.
    pub op: Op,
}

/// What the machine answers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Answer {
    /// A compare-and-set found another value (or none), and changed nothing.
    Differs(Option<i32>),
    /// The value was set or deleted.
    Done,
    /// The session has expired, and nothing was done. The request may have been executed before.
    Expired,
    /// The value, or that there is none.
    Value(Option<i32>),
}

/// One server's copy of the state machine. Cheap to clone: copies are shared until they differ.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct KvStore(Arc<State>);

#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
struct State {
    values: BTreeMap<Key, i32>,
    /// The clients that sent requests without a session. They are never forgotten.
    clients: BTreeMap<ClientId, Done>,
    /// The open sessions, the least recently used first.
    sessions: Vec<Session>,
}

/// The smallest part of a machine. A snapshot is a list of them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Item {
    /// The last request of a client without a session.
    Client(ClientId, Done),
    /// A session. Sessions come in the order of their last use.
    Session(Session),
    /// A value.
    Value(Key, i32),
}

/// Consecutive items of a machine, as a message carries them. Copies share them.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Items(Arc<[Item]>);

/// The last request of a client that was executed, and its answer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Done {
    serial: u32,
    answer: Answer,
}

/// An open session.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Session {
    /// The number of the session.
    pub id: SessionId,
    /// The client that opened it.
    pub client: ClientId,
    /// The last request that was executed in it.
    last: Option<Done>,
}

/// What a machine knows about a command before it executes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// It was executed before, and this was the answer.
    Done(Answer),
    /// Its session has expired, so it may have been executed or not.
    Expired,
    /// It was not executed before.
    New,
}

impl KvStore {
    /// Sessions 3: executes a committed command and returns its answer. A command of an expired session is refused.
    ///
    /// With `exactly_once`, a command with a serial number that was executed before is not executed
    /// again. It gets the answer of the first time.
    pub fn apply(&mut self, command: &Command, exactly_once: bool) -> Answer {
        let standing = self.standing(command);
        if standing == Standing::Expired {
            return Answer::Expired;
        }
        let state = Arc::make_mut(&mut self.0);
        let session = command.session.and_then(|id| state.turn_to(id));
        if let Standing::Done(answer) = standing
            && exactly_once
        {
            return answer;
        }
        let answer = execute(&mut state.values, command.op);
        let done = Done {
            serial: command.serial,
            answer,
        };
        match session {
            Some(place) => state.sessions[place].last = Some(done),
            None => {
                state.clients.insert(command.client, done);
            }
        }
        answer
    }

    /// Executes a command of an expired session as if it were new. It may be the second time, and
    /// the machine does not record it.
    pub fn apply_expired(&mut self, command: &Command) -> Answer {
        execute(&mut Arc::make_mut(&mut self.0).values, command.op)
    }

    /// What it knows about a command.
    pub fn standing(&self, command: &Command) -> Standing {
        let last = match command.session {
            None => self.0.clients.get(&command.client).copied(),
            Some(id) => match self.sessions().find(|session| session.id == id) {
                Some(session) => session.last,
                None => return Standing::Expired,
            },
        };
        match last {
            Some(done) if command.serial <= done.serial => Standing::Done(done.answer),
            _ => Standing::New,
        }
    }

    /// Sessions 1, and Sessions 2: opens the session `id`. Returns the sessions that expire for it: the least recently used ones.
    pub fn open(&mut self, registration: &Registration, id: SessionId) -> Vec<Session> {
        let sessions = &mut Arc::make_mut(&mut self.0).sessions;
        let room = match registration.most {
            0 => usize::MAX,
            most => usize::from(most) - 1,
        };
        let expired = sessions.len().saturating_sub(room);
        let expired = sessions.drain(..expired).collect();
        sessions.push(Session {
            id,
            client: registration.client,
            last: None,
        });
        expired
    }

    /// The open sessions, the least recently used first.
    pub fn sessions(&self) -> impl Iterator<Item = &Session> {
        self.0.sessions.iter()
    }

    /// The whole state in a fixed order: values, clients, sessions.
    pub fn items(&self) -> impl Iterator<Item = Item> + '_ {
        let State {
            values,
            clients,
            sessions,
        } = &*self.0;
        let values = values.iter();
        let values = values.map(|(key, value)| Item::Value(*key, *value));
        let clients = clients.iter();
        let clients = clients.map(|(client, done)| Item::Client(*client, *done));
        let sessions = sessions.iter().copied().map(Item::Session);
        values.chain(clients).chain(sessions)
    }

    /// The number of items.
    pub fn size(&self) -> usize {
        self.0.values.len() + self.0.clients.len() + self.0.sessions.len()
    }

    /// At most `most` items, from number `first` on (from 0).
    pub fn piece(&self, first: usize, most: usize) -> Items {
        Items(self.items().skip(first).take(most).collect())
    }

    /// The value of a key.
    pub fn get(&self, key: Key) -> Option<i32> {
        self.0.values.get(&key).copied()
    }

    /// All values, in the order of their keys.
    pub fn values(&self) -> impl Iterator<Item = (Key, i32)> + '_ {
        self.0.values.iter().map(|(key, value)| (*key, *value))
    }
}

impl State {
    /// Makes a session the most recently used one, and returns its place.
    fn turn_to(&mut self, id: SessionId) -> Option<usize> {
        let place = self.sessions.iter().position(|session| session.id == id)?;
        self.sessions[place..].rotate_left(1);
        Some(self.sessions.len() - 1)
    }
}

impl StateMachine for KvStore {
    type Command = Command;
    type Registration = Registration;
    type Item = Item;
    type Items = Items;

    fn size(&self) -> usize {
        self.size()
    }

    fn piece(&self, first: usize, most: usize) -> Items {
        self.piece(first, most)
    }
}

impl Command {
    /// The identity of this command when it is a read without an entry.
    pub fn read_id(&self) -> ReadId {
        ReadId {
            client: self.client,
            serial: self.serial,
        }
    }
}

impl Op {
    /// Whether it changes nothing.
    pub fn is_read(&self) -> bool {
        matches!(self, Self::Get { .. })
    }
}

impl FromIterator<Item> for KvStore {
    /// The machine that has these items.
    fn from_iter<I: IntoIterator<Item = Item>>(items: I) -> Self {
        let mut state = State::default();
        for item in items {
            match item {
                Item::Client(client, done) => {
                    state.clients.insert(client, done);
                }
                Item::Session(session) => state.sessions.push(session),
                Item::Value(key, value) => {
                    state.values.insert(key, value);
                }
            }
        }
        Self(Arc::new(state))
    }
}

impl std::ops::Deref for Items {
    type Target = [Item];

    fn deref(&self) -> &[Item] {
        &self.0
    }
}

fn execute(values: &mut BTreeMap<Key, i32>, op: Op) -> Answer {
    match op {
        Op::Add { key, amount } => {
            let value = values.entry(key).or_default();
            *value = value.wrapping_add(amount);
            Answer::Value(Some(*value))
        }
        Op::CompareAndSet { key, old, new } => match values.get_mut(&key) {
            Some(value) if *value == old => {
                *value = new;
                Answer::Done
            }
            other => Answer::Differs(other.copied()),
        },
        Op::Delete { key } => {
            values.remove(&key);
            Answer::Done
        }
        Op::Get { key } => Answer::Value(values.get(&key).copied()),
        Op::Set { key, value } => {
            values.insert(key, value);
            Answer::Done
        }
    }
}

impl SessionId {
    /// The session that was opened by the entry at `index`.
    pub fn opened_at(index: u64) -> Option<Self> {
        let index = u32::try_from(index).ok()?;
        NonZeroU32::new(index).map(Self)
    }

    /// The index of the entry that opened it.
    pub fn index(self) -> u64 {
        self.0.get().into()
    }
}

impl Key {
    /// The most characters a key may have.
    pub const LONGEST: usize = 7;

    /// The key as text.
    pub fn as_str(&self) -> &str {
        let length = self
            .0
            .iter()
            .position(|byte| *byte == 0)
            .unwrap_or(Self::LONGEST);
        // Only `from_str` makes keys, from ASCII characters.
        std::str::from_utf8(&self.0[..length]).unwrap_or("?")
    }
}

impl Op {
    /// Its key.
    pub fn key(&self) -> Key {
        match self {
            Self::Add { key, .. }
            | Self::CompareAndSet { key, .. }
            | Self::Delete { key }
            | Self::Get { key }
            | Self::Set { key, .. } => *key,
        }
    }
}

#[cfg(test)]
mod tests;
