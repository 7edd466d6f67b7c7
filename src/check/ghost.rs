//! Ghost state: the leader of each term, and every entry that was ever committed.

use std::sync::Arc;

use crate::kv::{Answer, ClientId, Command, Key, KvStore, MAX_CLIENTS, Op, SessionId, Standing};
use crate::raft::chunks::Chunks;
use crate::raft::{Entry, Log, LogIndex, NodeId, Payload, Rule, Rules, Snapshot, Term};

/// The ghost state of a run. Cheap to clone: copies share it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ghost {
    /// All leaders so far, by term.
    leaders: Arc<Vec<Elected>>,
    /// All committed entries, from index 1, or after the snapshot that the run began with.
    settled: Chunks<Settled>,
    /// A reference machine that executes each committed command once.
    machine: KvStore,
    /// By client: its last executed request, the index, and the answer.
    executed: [Option<(u32, LogIndex, Answer)>; MAX_CLIENTS],
    /// By client: its last answered request.
    acknowledged: [u32; MAX_CLIENTS],
    /// The requests whose clients were told that their session has expired.
    unknown: Arc<Vec<(ClientId, u32)>>,
    /// The machine at the start of the run.
    start: KvStore,
    /// By key, in the order of keys: the last entry that writes it.
    written: Arc<Vec<(Key, LogIndex)>>,
    /// The last entry that some client knows of, through an answer.
    known: LogIndex,
    /// By client: the last entry that any client knew of when its pending request was sent.
    known_when_asked: [LogIndex; MAX_CLIENTS],
}

/// A server that was elected.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Elected {
    /// The term that it leads.
    pub term: Term,
    /// The server.
    pub server: NodeId,
    /// Its log when it was elected. After that a leader only appends.
    pub log: Log,
}

/// A committed entry, as the first server that committed it had it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Settled {
    /// The entry.
    pub entry: Entry,
    /// The term of the server that committed it first.
    pub term: Term,
    /// The server that committed it first.
    pub server: NodeId,
    /// The result of executing it; none for an entry without a command.
    pub effect: Option<Effect>,
}

/// The result of executing a committed command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Effect {
    /// The answer.
    pub answer: Answer,
    /// The value of its key afterwards.
    pub value: Option<i32>,
    /// Whether the request had been executed before, so that this one has no effect.
    pub repeat: bool,
    /// The entry before this one that writes the same key; 0 if there is none.
    pub before: LogIndex,
}

/// The value that a read should have returned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stale {
    /// The last entry that any client knew of when the read was sent.
    pub known: LogIndex,
    /// The value of its key after that entry.
    pub value: Option<i32>,
}

impl Ghost {
    /// The ghost state at the start of a run. If the run begins with a snapshot, the entries that
    /// it covers are unknown.
    pub fn new(snapshot: &Snapshot) -> Self {
        Self {
            settled: Chunks::starting_at(snapshot.last.index.0 as usize),
            machine: snapshot.machine.clone(),
            start: snapshot.machine.clone(),
            ..Self::default()
        }
    }

    /// Records an election. Returns the other leader if the term has one already.
    pub fn leads(&mut self, elected: Elected) -> Option<NodeId> {
        let term = elected.term;
        match self.leaders.binary_search_by_key(&term, |other| other.term) {
            Ok(place) => Some(self.leaders[place].server).filter(|first| *first != elected.server),
            Err(place) => {
                Arc::make_mut(&mut self.leaders).insert(place, elected);
                None
            }
        }
    }

    /// The leaders of later terms than `term`, the latest first.
    pub fn elected_after(&self, term: Term) -> impl Iterator<Item = &Elected> {
        let latest = self.leaders.iter().rev();
        latest.take_while(move |elected| elected.term > term)
    }

    /// Records that `server` committed `entry` in `term`, after the last entry committed so far.
    /// With the rule off that refuses requests of expired sessions, such a request is executed, but
    /// only once: the ghost state keeps what the machines have forgotten.
    pub fn settle(&mut self, entry: Entry, term: Term, server: NodeId, rules: Rules) {
        let effect = match entry.payload {
            Payload::Command(command) => Some(self.execute(&command, rules)),
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

    fn execute(&mut self, command: &Command, rules: Rules) -> Effect {
        let (index, key) = (self.last().next(), command.op.key());
        let (executed, repeat) = match self.machine.standing(command) {
            Standing::New => (true, false),
            Standing::Done(_) => (false, true),
            Standing::Expired => {
                let repeat = self.has_executed(command);
                (!repeat && !rules.on(Rule::RefuseExpired), repeat)
            }
        };
        let answer = if executed && self.machine.standing(command) == Standing::Expired {
            self.machine.apply_expired(command)
        } else {
            self.machine.apply(command, true)
        };
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
            repeat,
            before,
        }
    }

    /// Whether a request was executed, in any session: serial numbers go on from one session to the
    /// next.
    fn has_executed(&self, command: &Command) -> bool {
        let last = self.executed[command.client.slot()];
        last.is_some_and(|(serial, ..)| command.serial <= serial)
    }

    fn last_written(&self, key: Key) -> LogIndex {
        let place = self.written.binary_search_by_key(&key, |(key, _)| *key);
        place.map_or(LogIndex(0), |place| self.written[place].1)
    }

    /// Records an answer to a client. If no committed entry explains it, returns the answer that
    /// the committed entries give, or none.
    pub fn acknowledge(&mut self, command: &Command, told: Answer) -> Result<(), Option<Answer>> {
        let slot = command.client.slot();
        self.acknowledged[slot] = self.acknowledged[slot].max(command.serial);
        match self.executed[slot] {
            // A read may have no entry. If it has one, a repeated execution may see a newer value.
            // Whether it saw enough is checked elsewhere.
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

    /// Records that a client was told that its session has expired.
    pub fn lets_be(&mut self, client: ClientId, serial: u32) {
        Arc::make_mut(&mut self.unknown).push((client, serial));
    }

    /// Records that a client sends a request: the answer must reflect all that any client knows by
    /// now.
    pub fn asks(&mut self, client: ClientId) {
        self.known_when_asked[client.slot()] = self.known;
    }

    /// Records the value that a client read: from now on it is known. If the key never had that
    /// value since the request was sent, returns the value that it had then, and the entry that was
    /// known.
    pub fn read(&mut self, client: ClientId, key: Key, told: Answer) -> Result<(), Stale> {
        let known = self.known_when_asked[client.slot()];
        let mut seen = None;
        let mut index = self.last_written(key);
        // From the last write back to the one that was the last when the request was sent.
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

    /// The entry that was committed at `index`.
    pub fn at(&self, index: LogIndex) -> Option<&Settled> {
        let place = usize::try_from(index.0.checked_sub(1)?).ok()?;
        self.settled.get(place)
    }

    /// The index before the first known entry.
    pub fn base(&self) -> LogIndex {
        LogIndex(self.settled.start() as u64)
    }

    /// The last committed index.
    pub fn last(&self) -> LogIndex {
        LogIndex(self.settled.end() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kv::Registration;

    fn client(number: usize) -> ClientId {
        ClientId::new(number).unwrap()
    }

    /// `1.2 x=5`: the second request of C1.
    fn command(text: &str) -> Command {
        let (request, op) = text.split_once(' ').unwrap();
        let (number, serial) = request.split_once('.').unwrap();
        Command {
            client: client(number.parse().unwrap()),
            session: None,
            serial: serial.parse().unwrap(),
            op: op.parse().unwrap(),
        }
    }

    fn entry(text: &str) -> Entry {
        let payload = Payload::Command(command(text));
        let term = Term(1);
        Entry { term, payload }
    }

    /// The ghost state of a run in which these entries were committed.
    fn ghost(commands: &[&str]) -> Ghost {
        let mut ghost = Ghost::default();
        for text in commands {
            ghost.settle(
                entry(text),
                Term(1),
                NodeId::new(1).unwrap(),
                Rules::default(),
            );
        }
        ghost
    }

    #[test]
    fn what_comes_of_each_entry_is_known() {
        let ghost = ghost(&[
            "1.1 x=1", "2.1 x?", "1.1 x=1", "2.2 y=7", "1.2 x+=2", "1.1 x=1",
        ]);
        let value = |value| Answer::Value(Some(value));
        let expected = [
            (Answer::Done, 1, false, 0),
            (value(1), 1, false, 1),
            (Answer::Done, 1, true, 1),
            (Answer::Done, 7, false, 0),
            (value(3), 3, false, 1),
            // It was executed long ago, and only the last answer is kept.
            (value(3), 3, true, 5),
        ];
        for (index, (answer, value, repeat, before)) in (1..).zip(expected) {
            let effect = Effect {
                answer,
                value: Some(value),
                repeat,
                before: LogIndex(before),
            };
            let settled = ghost.at(LogIndex(index)).unwrap();
            assert_eq!(settled.effect, Some(effect), "{index}");
        }
        assert_eq!((ghost.base(), ghost.last()), (LogIndex(0), LogIndex(6)));
        assert_eq!((ghost.at(LogIndex(0)), ghost.at(LogIndex(7))), (None, None));
    }

    #[test]
    fn a_session_that_has_expired_executes_nothing_but_we_remember() {
        let mut ghost = Ghost::default();
        let server = NodeId::new(1).unwrap();
        let mut settle = |payload| {
            let term = Term(1);
            ghost.settle(Entry { term, payload }, term, server, Rules::default());
        };
        let session = SessionId::opened_at(1);
        let of_the_first = |text| {
            let command = command(text);
            Payload::Command(Command { session, ..command })
        };
        for client in [client(1), client(2)] {
            let (serial, most) = (1, 1);
            settle(Payload::Register(Registration {
                client,
                serial,
                most,
            }));
            for text in ["1.2 x=1", "1.2 x=1", "1.3 x=5", "2.1 x=6"] {
                if client.slot() == 1 || text == "1.2 x=1" {
                    settle(of_the_first(text));
                }
            }
        }
        let expected = [
            None,
            Some((Answer::Done, false)),
            Some((Answer::Done, true)),
            None,
            Some((Answer::Expired, true)),
            Some((Answer::Expired, true)),
            Some((Answer::Expired, false)),
            Some((Answer::Expired, false)),
        ];
        for (index, expected) in (1..).map(LogIndex).zip(expected) {
            let effect = ghost.at(index).unwrap().effect;
            let seen = effect.map(|effect| (effect.answer, effect.repeat));
            assert_eq!(seen, expected, "{index}");
            // Only the first entry has written.
            let value = effect.map_or(Some(1), |effect| effect.value);
            assert_eq!(value, Some(1), "{index}");
            let before = effect.map_or(0, |effect| effect.before.0);
            assert_eq!(
                before,
                if index > LogIndex(2) && effect.is_some() {
                    2
                } else {
                    0
                }
            );
        }
        let told = Answer::Done;
        assert_eq!(ghost.acknowledge(&command("1.2 x=1"), told), Ok(()));
        assert_eq!(ghost.acknowledge(&command("1.3 x=5"), told), Err(None));
    }

    #[test]
    fn what_a_client_let_be_is_not_acknowledged() {
        let mut ghost = ghost(&["1.1 x=1", "1.2 x=2", "1.3 x=3"]);
        ghost.lets_be(client(1), 2);
        ghost
            .acknowledge(&command("1.3 x=3"), Answer::Done)
            .unwrap();
        let acknowledged = |text| ghost.is_acknowledged(&entry(text));
        let all = ["1.1 x=1", "1.2 x=2", "1.3 x=3"].map(acknowledged);
        assert_eq!(all, [true, false, true]);
    }

    #[test]
    fn only_what_was_committed_makes_an_answer_true() {
        let mut ghost = ghost(&["1.1 x=1", "1.2 x+=1", "2.1 y=1"]);
        let value = |value| Answer::Value(Some(value));
        for (text, told, executed) in [
            ("1.2 x+=1", value(2), Ok(())),
            ("1.2 x+=1", value(3), Err(Some(value(2)))),
            ("1.3 x+=1", value(3), Err(None)),
            // The answers of earlier requests are not kept.
            ("1.1 x=1", Answer::Done, Ok(())),
            ("2.1 y=1", Answer::Done, Ok(())),
            ("2.2 y=1", Answer::Done, Err(None)),
            ("3.1 x=1", Answer::Done, Err(None)),
            // A read may have no entry.
            ("3.2 x?", value(2), Ok(())),
            ("1.3 x?", value(9), Ok(())),
        ] {
            assert_eq!(ghost.acknowledge(&command(text), told), executed, "{text}");
        }
    }

    #[test]
    fn a_write_is_known_once_its_client_was_told() {
        let mut ghost = ghost(&["1.1 x=1", "2.1 x=2", "1.2 x=3"]);
        let (x, nobody) = ("x".parse().unwrap(), client(3));
        let none = Answer::Value(None);
        ghost.asks(nobody);
        assert_eq!(ghost.read(nobody, x, none), Ok(()));
        for (text, known) in [("2.1 x=2", 2), ("1.2 x=3", 3), ("2.1 x=2", 3)] {
            assert_eq!(ghost.acknowledge(&command(text), Answer::Done), Ok(()));
            ghost.asks(nobody);
            let stale = Stale {
                known: LogIndex(known),
                value: Some(known as i32),
            };
            assert_eq!(ghost.read(nobody, x, none), Err(stale), "{text}");
        }
    }

    #[test]
    fn only_writes_are_acknowledged_and_only_those_that_were() {
        let mut ghost = ghost(&["1.1 x=1", "1.2 x=2"]);
        assert!(!ghost.is_acknowledged(&entry("1.1 x=1")));
        ghost
            .acknowledge(&command("1.2 x=2"), Answer::Done)
            .unwrap();
        for (text, acknowledged) in [
            ("1.1 x=1", true),
            ("1.2 x=2", true),
            ("1.3 x=3", false),
            ("2.1 x=2", false),
            ("1.1 x?", false),
        ] {
            assert_eq!(ghost.is_acknowledged(&entry(text)), acknowledged, "{text}");
        }
        // A late answer to an earlier request changes nothing.
        ghost
            .acknowledge(&command("1.1 x=1"), Answer::Done)
            .unwrap();
        assert!(ghost.is_acknowledged(&entry("1.2 x=2")));
        let (term, payload) = (Term(1), Payload::Noop);
        assert!(!ghost.is_acknowledged(&Entry { term, payload }));
    }

    /// The machines keep one session. C1 opens it, and C2 opens another. Then C1 repeats, in its
    /// expired session, a request that was executed, and one that was not.
    #[test]
    fn what_the_machines_forget_is_remembered() {
        let opens = |number, serial| {
            Payload::Register(Registration {
                client: client(number),
                serial,
                most: 1,
            })
        };
        let asks = |text| {
            Payload::Command(Command {
                session: SessionId::opened_at(1),
                ..command(text)
            })
        };
        let (old, new) = (asks("1.2 x+=1"), asks("1.3 x+=1"));
        let log = [opens(1, 1), old, opens(2, 1), old, new, new];
        let value = |value| Answer::Value(Some(value));
        let expired = Answer::Expired;
        for (refuses, expected) in [
            (true, [(expired, true), (expired, false), (expired, false)]),
            (false, [(expired, true), (value(2), false), (expired, true)]),
        ] {
            let mut rules = Rules::default();
            rules.set(Rule::RefuseExpired, refuses);
            let mut ghost = Ghost::default();
            for payload in log {
                let (term, server) = (Term(1), NodeId::new(1).unwrap());
                ghost.settle(Entry { term, payload }, term, server, rules);
            }
            let effect = |index| ghost.at(LogIndex(index)).unwrap().effect;
            assert_eq!((effect(1), effect(3)), (None, None));
            assert_eq!(effect(2).unwrap().answer, value(1));
            for (index, (answer, repeat)) in (4..).zip(expected) {
                let effect = effect(index).unwrap();
                assert_eq!((effect.answer, effect.repeat), (answer, repeat), "{index}");
            }
            let last = if refuses { 1 } else { 2 };
            assert_eq!(effect(6).unwrap().value, Some(last), "never twice");
        }
    }

    #[test]
    fn a_term_has_one_first_leader() {
        let (one, two) = (NodeId::new(1).unwrap(), NodeId::new(2).unwrap());
        let mut ghost = Ghost::default();
        for (term, server, first) in [
            (2, one, None),
            (1, two, None),
            (3, two, None),
            (2, one, None),
            (2, two, Some(one)),
            (1, one, Some(two)),
            (3, two, None),
        ] {
            let elected = Elected {
                term: Term(term),
                server,
                log: Log::new(crate::raft::ServerSet::EMPTY),
            };
            assert_eq!(ghost.leads(elected), first, "{term} {server}");
        }
        let after = |term| {
            ghost
                .elected_after(Term(term))
                .map(|elected| elected.term.0)
        };
        assert_eq!(after(1).collect::<Vec<_>>(), [3, 2]);
        assert_eq!(after(3).count(), 0);
    }
}
