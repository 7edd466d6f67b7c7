//! The replicated state machine: a small key-value store, and the commands it understands.
//!
//! Raft does not care what a command means; it only promises that every server applies the same
//! commands in the same order. This is the state machine that they are applied to (Figure 1 of the
//! paper). The core does not know it: it is generic over a [`StateMachine`].
//!
//! The machine also remembers, for each client, the last serial number it executed and the answer
//! it gave, so that a request which was sent twice takes effect once (§8 of the paper; §6.3 of the
//! dissertation). That memory is replicated state like any other.
//!
//! It cannot grow for ever where clients come and go. So there may be a bound: then a client opens a
//! session first, by an entry of the log, and where that is one too many, the session that was used
//! least recently is forgotten. All machines use and open sessions in the order of the log, so all
//! of them forget the same one. What a command of a forgotten session has done before nobody knows
//! any more: it is refused, not executed once more.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::Arc;

pub use crate::raft::{ClientId, MAX_CLIENTS};
use crate::raft::{ReadId, StateMachine};

/// The name of a value: 1 to 7 ASCII letters, digits or underscores, beginning with a letter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Key([u8; Self::LONGEST]);

/// What a client may ask of the machine.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Op {
    /// `x+=1`: adds to the value (an absent one counts as 0; the sum wraps) and answers the sum.
    Add {
        /// Which value.
        key: Key,
        /// How much, possibly negative.
        amount: i32,
    },
    /// `x:1>2`: sets the value to the second number if it is the first.
    CompareAndSet {
        /// Which value.
        key: Key,
        /// What it must be now.
        old: i32,
        /// What it then becomes.
        new: i32,
    },
    /// `-x`: forgets the value.
    Delete {
        /// Which value.
        key: Key,
    },
    /// `x?`: answers the value.
    Get {
        /// Which value.
        key: Key,
    },
    /// `x=5`: sets the value.
    Set {
        /// Which value.
        key: Key,
        /// What it becomes.
        value: i32,
    },
}

/// A client's session, by the index of the entry that opened it: the same on every server, and no
/// two are alike. Written `5`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SessionId(NonZeroU32);

/// A client's wish to have a session, as it stands in the log (RegisterClient of the dissertation's
/// Figure 6.1). Written `+C1`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Registration {
    /// The client that asked.
    pub client: ClientId,
    /// The client's own number of the request.
    pub serial: u32,
    /// The most sessions that are kept once this one is open; 0: however many there are. It stands
    /// in the log, so that all servers agree on it, whatever they are set to by the time they
    /// come to it.
    pub most: u8,
}

/// An operation as it stands in the log: who asked, and which of that client's requests it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Command {
    /// The client that asked.
    pub client: ClientId,
    /// The session in which it did; none where clients are remembered for ever. What is written
    /// of a log before a run begins is of no session.
    pub session: Option<SessionId>,
    /// The client's own number of the request, from 1; a retry keeps its number.
    pub serial: u32,
    /// What it asked.
    pub op: Op,
}

/// What the machine answers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Answer {
    /// A compare-and-set found another value (or none), and changed nothing.
    Differs(Option<i32>),
    /// The value was set or deleted.
    Done,
    /// The session is not known any more, and nothing was done. Whether it was done before, nobody
    /// can tell.
    Expired,
    /// The value, or that there is none.
    Value(Option<i32>),
}

/// One server's copy of the state machine. Cheap to clone: copies are shared until they differ.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct KvStore(Arc<State>);

#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
struct State {
    values: Table<Key, i32>,
    /// The clients that have asked without a session: they are remembered for ever.
    clients: Table<ClientId, Done>,
    /// The open sessions, the one that was used least recently first.
    sessions: Vec<Session>,
}

/// The smallest piece of a machine: a snapshot travels as a list of them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Item {
    /// What is remembered of a client.
    Client(ClientId, Done),
    /// A session. They come in the order in which they were used.
    Session(Session),
    /// A value.
    Value(Key, i32),
}

/// Some items of a machine in a row, as a message carries them. Copies share them.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Items(Arc<[Item]>);

/// A few pairs in the order of their keys. A tree would be no faster and weigh more in the page.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Table<K, V>(Vec<(K, V)>);

/// The last request of a client that was executed, and what was answered.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Done {
    serial: u32,
    answer: Answer,
}

/// An open session.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Session {
    /// Which.
    pub id: SessionId,
    /// Whose.
    pub client: ClientId,
    /// What was executed in it last, if anything was.
    last: Option<Done>,
}

/// What a machine can tell of a command before it executes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// It was executed before, and this was the answer.
    Done(Answer),
    /// Its session is not known any more, so whether it was executed is not known either.
    Expired,
    /// It was not executed before.
    New,
}

impl<K: Ord + Copy, V: Copy> Table<K, V> {
    fn place(&self, key: K) -> Result<usize, usize> {
        self.0.binary_search_by_key(&key, |(key, _)| *key)
    }

    fn get(&self, key: K) -> Option<V> {
        self.place(key).ok().map(|place| self.0[place].1)
    }

    fn set(&mut self, key: K, value: V) {
        match self.place(key) {
            Ok(place) => self.0[place].1 = value,
            Err(place) => self.0.insert(place, (key, value)),
        }
    }

    fn remove(&mut self, key: K) {
        if let Ok(place) = self.place(key) {
            self.0.remove(place);
        }
    }
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl KvStore {
    /// Executes a committed command and answers it. Not one whose session has expired.
    ///
    /// With `exactly_once`, a command whose serial number this client's session has already seen
    /// is not executed again; it gets the answer it got the first time.
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
            None => state.clients.set(command.client, done),
        }
        answer
    }

    /// Executes a command whose session has expired, as if it were new. It may be the second time,
    /// and it will not be remembered.
    pub fn apply_expired(&mut self, command: &Command) -> Answer {
        execute(&mut Arc::make_mut(&mut self.0).values, command.op)
    }

    /// What it can tell of a command.
    pub fn standing(&self, command: &Command) -> Standing {
        let last = match command.session {
            None => self.0.clients.get(command.client),
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

    /// Opens the session `id`, and says which ones were forgotten for it: those that were used
    /// least recently.
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

    /// The open sessions, the one that was used least recently first.
    pub fn sessions(&self) -> impl Iterator<Item = &Session> {
        self.0.sessions.iter()
    }

    /// All that it is, in an order that depends on nothing else: values, then who is remembered.
    pub fn items(&self) -> impl Iterator<Item = Item> + '_ {
        let State {
            values,
            clients,
            sessions,
        } = &*self.0;
        let values = values
            .0
            .iter()
            .map(|(key, value)| Item::Value(*key, *value));
        let clients = clients.0.iter();
        let clients = clients.map(|(client, done)| Item::Client(*client, *done));
        let sessions = sessions.iter().copied().map(Item::Session);
        values.chain(clients).chain(sessions)
    }

    /// How many items it has.
    pub fn size(&self) -> usize {
        self.0.values.0.len() + self.0.clients.0.len() + self.0.sessions.len()
    }

    /// The items from the `first` on (from 0), `most` at most.
    pub fn piece(&self, first: usize, most: usize) -> Items {
        Items(self.items().skip(first).take(most).collect())
    }

    /// The value of a key.
    pub fn get(&self, key: Key) -> Option<i32> {
        self.0.values.get(key)
    }

    /// All values, in the order of their keys.
    pub fn values(&self) -> impl Iterator<Item = (Key, i32)> + '_ {
        self.0.values.0.iter().copied()
    }
}

impl State {
    /// Notes that a session is used: of all it is now the one used most recently. Says where it is.
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
    /// The read that this command is, if it is not executed but read.
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
                Item::Client(client, done) => state.clients.set(client, done),
                Item::Session(session) => state.sessions.push(session),
                Item::Value(key, value) => state.values.set(key, value),
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

fn execute(values: &mut Table<Key, i32>, op: Op) -> Answer {
    match op {
        Op::Add { key, amount } => {
            let sum = values.get(key).unwrap_or(0).wrapping_add(amount);
            values.set(key, sum);
            Answer::Value(Some(sum))
        }
        Op::CompareAndSet { key, old, new } => match values.get(key) {
            Some(value) if value == old => {
                values.set(key, new);
                Answer::Done
            }
            other => Answer::Differs(other),
        },
        Op::Delete { key } => {
            values.remove(key);
            Answer::Done
        }
        Op::Get { key } => Answer::Value(values.get(key)),
        Op::Set { key, value } => {
            values.set(key, value);
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
        // Only `from_str` makes keys, and it takes ASCII alone.
        std::str::from_utf8(&self.0[..length]).unwrap_or("?")
    }
}

impl FromStr for Key {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let legal = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if !text.starts_with(|c: char| c.is_ascii_alphabetic()) || !text.chars().all(legal) {
            return Err(format!(
                "\"{text}\" is not a key: a key is letters, digits and _, beginning with a letter"
            ));
        }
        if text.len() > Self::LONGEST {
            return Err(format!(
                "the key \"{text}\" is too long: {} characters at most",
                Self::LONGEST
            ));
        }
        let mut bytes = [0; Self::LONGEST];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Ok(Self(bytes))
    }
}

impl Op {
    /// The key it is about.
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

impl FromStr for Op {
    type Err = String;

    /// Reads `x=5`, `x+=1`, `x-=1`, `x?`, `-x` or `x:1>2`. Spaces do not count.
    fn from_str(text: &str) -> Result<Self, String> {
        let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if let Some(key) = compact.strip_prefix('-') {
            return Ok(Self::Delete { key: key.parse()? });
        }
        if let Some(key) = compact.strip_suffix('?') {
            return Ok(Self::Get { key: key.parse()? });
        }
        if let Some((key, amount)) = compact.split_once("+=") {
            return Ok(Self::Add {
                key: key.parse()?,
                amount: number(amount)?,
            });
        }
        if let Some((key, amount)) = compact.split_once("-=") {
            let amount = number(amount)?.wrapping_neg();
            return Ok(Self::Add {
                key: key.parse()?,
                amount,
            });
        }
        if let Some((key, change)) = compact.split_once(':') {
            let (old, new) = change
                .split_once('>')
                .ok_or_else(|| format!("\"{text}\" lacks its >: write x:1>2"))?;
            let (old, new) = (number(old)?, number(new)?);
            return Ok(Self::CompareAndSet {
                key: key.parse()?,
                old,
                new,
            });
        }
        if let Some((key, value)) = compact.split_once('=') {
            return Ok(Self::Set {
                key: key.parse()?,
                value: number(value)?,
            });
        }
        Err(format!(
            "\"{text}\" is no request: write x=5, x+=1, x?, -x or x:1>2"
        ))
    }
}

fn number(text: &str) -> Result<i32, String> {
    text.parse().map_err(|_| {
        format!(
            "\"{text}\" is not a whole number from {} to {}",
            i32::MIN,
            i32::MAX
        )
    })
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{}", self.client)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The least number has no counterpart above zero.
            Self::Add { key, amount } if *amount < 0 && *amount != i32::MIN => {
                write!(f, "{key}-={}", amount.unsigned_abs())
            }
            Self::Add { key, amount } => write!(f, "{key}+={amount}"),
            Self::CompareAndSet { key, old, new } => write!(f, "{key}:{old}>{new}"),
            Self::Delete { key } => write!(f, "-{key}"),
            Self::Get { key } => write!(f, "{key}?"),
            Self::Set { key, value } => write!(f, "{key}={value}"),
        }
    }
}

impl fmt::Display for Item {
    /// `x=5`; `C1#7` for a client whose last request was its seventh; `C1@5#7` if it was in
    /// session 5, and `C1@5` if nothing was executed in that yet.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(client, done) => write!(f, "{client}#{}", done.serial),
            Self::Session(Session { id, client, last }) => {
                write!(f, "{client}@{id}")?;
                last.map_or(Ok(()), |done| write!(f, "#{}", done.serial))
            }
            Self::Value(key, value) => write!(f, "{key}={value}"),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Differs(Some(value)) => write!(f, "not changed: it is {value}"),
            Self::Differs(None) => f.write_str("not changed: there is no value"),
            Self::Done => f.write_str("done"),
            Self::Expired => f.write_str("session expired"),
            Self::Value(Some(value)) => write!(f, "{value}"),
            Self::Value(None) => f.write_str("no value"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn op(text: &str) -> Op {
        text.parse().unwrap()
    }

    #[test]
    fn requests_read_as_they_are_written() {
        for text in [
            "x=5",
            "x=-5",
            "x+=1",
            "x-=3",
            "x?",
            "-x",
            "x:1>2",
            "count_1=2147483647",
        ] {
            assert_eq!(op(text).to_string(), text);
        }
        assert_eq!(op(" x = 8 "), op("x=8"));
    }

    #[test]
    fn a_bad_request_is_told_why() {
        let why = |text: &str| text.parse::<Op>().unwrap_err();
        assert!(why("hello").contains("x=5"));
        assert!(why("x=a").contains("not a whole number"));
        assert!(why("x=99999999999").contains("not a whole number"));
        assert!(why("5=5").contains("beginning with a letter"));
        assert!(why("abcdefgh=1").contains("too long"));
        assert!(why("x:1").contains("lacks its >"));
    }

    #[test]
    fn a_retry_is_executed_once_and_answered_alike() {
        let mut machine = KvStore::default();
        let command = Command {
            client: ClientId::new(1).unwrap(),
            session: None,
            serial: 1,
            op: op("x+=1"),
        };
        assert_eq!(machine.apply(&command, true), Answer::Value(Some(1)));
        assert_eq!(machine.apply(&command, true), Answer::Value(Some(1)));
        assert_eq!(machine.apply(&command, false), Answer::Value(Some(2)));
    }

    /// Opens a session for a client at that index, of so many at most; who had to go?
    fn open(machine: &mut KvStore, client: usize, index: u64, most: u8) -> Vec<u64> {
        let wish = Registration {
            client: ClientId::new(client).unwrap(),
            serial: index as u32,
            most,
        };
        let expired = machine.open(&wish, SessionId::opened_at(index).unwrap());
        expired.iter().map(|session| session.id.index()).collect()
    }

    fn in_session(client: usize, session: u64, serial: u32, text: &str) -> Command {
        Command {
            client: ClientId::new(client).unwrap(),
            session: SessionId::opened_at(session),
            serial,
            op: op(text),
        }
    }

    #[test]
    fn a_retry_in_a_session_is_executed_once_and_answered_alike() {
        let mut machine = KvStore::default();
        assert!(open(&mut machine, 1, 1, 2).is_empty());
        let first = in_session(1, 1, 2, "x+=1");
        assert_eq!(machine.standing(&first), Standing::New);
        assert_eq!(machine.apply(&first, true), Answer::Value(Some(1)));
        assert_eq!(
            machine.standing(&first),
            Standing::Done(Answer::Value(Some(1)))
        );
        assert_eq!(machine.apply(&first, true), Answer::Value(Some(1)));
        let next = in_session(1, 1, 3, "x+=1");
        assert_eq!(machine.apply(&next, true), Answer::Value(Some(2)));
        assert_eq!(machine.apply(&next, false), Answer::Value(Some(3)));
        // Each session counts for itself.
        assert!(open(&mut machine, 1, 5, 2).is_empty());
        let other = in_session(1, 5, 2, "x+=1");
        assert_eq!(machine.apply(&other, true), Answer::Value(Some(4)));
    }

    #[test]
    fn a_command_of_an_unknown_session_is_refused() {
        let mut machine = KvStore::default();
        open(&mut machine, 1, 1, 1);
        let command = in_session(1, 1, 2, "x+=1");
        assert_eq!(machine.apply(&command, true), Answer::Value(Some(1)));
        assert_eq!(open(&mut machine, 2, 3, 1), [1]);
        let before = machine.clone();
        assert_eq!(machine.standing(&command), Standing::Expired);
        for exactly_once in [true, false] {
            assert_eq!(machine.apply(&command, exactly_once), Answer::Expired);
        }
        assert_eq!(machine, before, "nothing is changed");
        // Whoever executes it all the same executes it twice, and would a third time.
        let mut careless = machine.clone();
        assert_eq!(careless.apply_expired(&command), Answer::Value(Some(2)));
        assert_eq!(careless.standing(&command), Standing::Expired);
        // A session that is opened anew is another.
        open(&mut machine, 1, 4, 1);
        assert_eq!(machine.apply(&command, true), Answer::Expired);
        assert_eq!(machine.get("x".parse().unwrap()), Some(1));
    }

    #[test]
    fn the_session_used_least_recently_makes_room() {
        let mut machine = KvStore::default();
        assert!(open(&mut machine, 1, 1, 3).is_empty());
        assert!(open(&mut machine, 2, 2, 3).is_empty());
        assert!(open(&mut machine, 3, 3, 3).is_empty());
        machine.apply(&in_session(1, 1, 1, "x=1"), true);
        assert_eq!(open(&mut machine, 4, 5, 3), [2], "the first was used since");
        // A request that was executed before is a use too.
        machine.apply(&in_session(1, 1, 1, "x=1"), true);
        assert_eq!(open(&mut machine, 5, 7, 3), [3]);
        assert_eq!(open(&mut machine, 2, 8, 1), [5, 1, 7], "the bound may fall");
        assert!(open(&mut machine, 3, 9, 0).is_empty(), "or be lifted");
        // Commands without a session need no room.
        let command = Command {
            session: None,
            ..in_session(1, 1, 9, "x?")
        };
        assert_eq!(machine.apply(&command, true), Answer::Value(Some(1)));
        assert_eq!(machine.sessions().count(), 2);
    }

    #[test]
    fn sessions_travel_in_the_order_of_their_use() {
        let mut machine = KvStore::default();
        for (client, index) in [(1, 1), (2, 2), (3, 3)] {
            open(&mut machine, client, index, 3);
        }
        machine.apply(&in_session(1, 1, 7, "x=5"), true);
        let told: Vec<String> = machine.items().map(|item| item.to_string()).collect();
        assert_eq!(told, ["x=5", "C2@2", "C3@3", "C1@1#7"]);
        let mut copy: KvStore = machine.items().collect();
        assert_eq!(copy, machine);
        assert_eq!(machine.size(), 4);
        assert_eq!(open(&mut copy, 4, 9, 3), [2]);
    }

    #[test]
    fn a_machine_travels_in_pieces() {
        let mut machine = KvStore::default();
        for (serial, (client, op)) in [(1, "x=5"), (2, "y=1"), (1, "z=3"), (2, "-z")]
            .iter()
            .enumerate()
        {
            let command = Command {
                client: ClientId::new(*client).unwrap(),
                session: None,
                serial: serial as u32 + 1,
                op: self::op(op),
            };
            machine.apply(&command, true);
        }
        let told: Vec<String> = machine.items().map(|item| item.to_string()).collect();
        assert_eq!(told, ["x=5", "y=1", "C1#3", "C2#4"]);
        assert_eq!(machine.size(), 4);
        for most in 1..=5 {
            let mut items = Vec::new();
            while items.len() < machine.size() {
                items.extend_from_slice(&machine.piece(items.len(), most));
            }
            assert_eq!(items.into_iter().collect::<KvStore>(), machine);
        }
        assert!(machine.piece(4, 9).is_empty());
        assert_eq!([].into_iter().collect::<KvStore>(), KvStore::default());
    }

    #[test]
    fn the_least_amount_reads_back() {
        let op: Op = "x+=-2147483648".parse().unwrap();
        assert_eq!(op.to_string().parse(), Ok(op));
    }

    #[test]
    fn compare_and_set_changes_only_what_it_expected() {
        let mut machine = KvStore::default();
        let mut ask = |serial, text| {
            machine.apply(
                &Command {
                    client: ClientId::new(1).unwrap(),
                    session: None,
                    serial,
                    op: op(text),
                },
                true,
            )
        };
        assert_eq!(ask(1, "x:1>2"), Answer::Differs(None));
        assert_eq!(ask(2, "x=1"), Answer::Done);
        assert_eq!(ask(3, "x:1>2"), Answer::Done);
        assert_eq!(ask(4, "x:1>3"), Answer::Differs(Some(2)));
        assert_eq!(ask(5, "-x"), Answer::Done);
        assert_eq!(ask(6, "x?"), Answer::Value(None));
    }
}
