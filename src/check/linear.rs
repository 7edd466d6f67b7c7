//! Linearizability: whether a single machine could have given the answers that the clients got.
//!
//! To each client, each request must seem to take effect at one moment between its sending and its
//! answer (§8; Herlihy and Wing 1990). A [`History`] records requests and answers.
//! [`History::check`] looks for such moments: an order of all requests that explains every answer.
//! A request without an answer may have taken effect at any time after it was sent, or never. A
//! request of an expired session may have taken effect before its client was told so, or never:
//! after that it is refused.
//!
//! The search is Wing and Gong's (1993): try each request that may come next and whose answer fits,
//! and go back when there is none. Two optimisations are Lowe's (2017). A point of the search that
//! was visited before, with the same requests done and the same value, is not visited again. And
//! each key has a search of its own. Each client has one pending request at a time, so the requests
//! that are done are the first few of each client: their numbers identify a point.
//!
//! Entries that were in the logs when a history began may take effect without a request in it. Of
//! those that are not applied yet, the committed ones are the beginning of some server's log. So
//! there is a search for each such log, with its entries in their order.

use std::collections::BTreeSet;
use std::fmt;

use crate::kv::{Answer, ClientId, Command, Key, MAX_CLIENTS, Op};
use crate::raft::{LogIndex, Payload};
use crate::sim::{Fact, Step, Time, World};

/// The requests of a run, and their answers.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct History {
    operations: Vec<Operation>,
    /// By client: the operation without an answer yet.
    open: [Option<usize>; MAX_CLIENTS],
    /// The values of the keys when the history began.
    initial: Vec<(Key, i32)>,
    /// The entries in the logs then that were not applied. One list for each log that is not a
    /// prefix of another: the places of its commands among the operations.
    logs: Vec<Vec<usize>>,
    /// The number of answers. Only answers order requests: those sent between the same two answers
    /// may come in any order.
    answers: u64,
}

/// A request, and its outcome.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Operation {
    /// The client; none for an entry that was in a log when the history began.
    pub client: Option<ClientId>,
    /// The request.
    pub op: Op,
    /// The time when it was first sent.
    pub asked_at: Time,
    /// The time and the answer; none if it has no answer.
    pub answered: Option<(Time, Answer)>,
    /// The number of answers when it was sent.
    asked: u64,
    /// The number of its own answer, from 1.
    answer: u64,
}

/// Answers that no single machine could have given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Anomaly {
    /// The answer that no order of the earlier requests explains.
    pub operation: Operation,
}

impl History {
    /// Starts with the state of the servers of `world`.
    pub fn new(world: &World) -> Self {
        let mut history = Self::default();
        let up = world.servers().iter().filter_map(|server| server.up());
        let mut applied = LogIndex(0);
        if let Some(first) = up.max_by_key(|up| up.node.last_applied()) {
            history.initial = first.machine.values().collect();
            applied = first.node.last_applied();
        }
        let mut known: Vec<Command> = Vec::new();
        for server in world.servers() {
            let entries = server.log().iter_from(applied.next());
            let commands = entries.filter_map(|(_, entry)| match entry.payload {
                Payload::Command(command) => Some(command),
                _ => None,
            });
            let place = |command: Command| {
                let place = known.iter().position(|other| *other == command);
                place.unwrap_or_else(|| {
                    known.push(command);
                    history.begin(None, command.op, world.now());
                    known.len() - 1
                })
            };
            let log: Vec<usize> = commands.map(place).collect();
            history.logs.push(log);
        }
        let logs = history.logs.clone();
        let goes_on = |log: &Vec<usize>| {
            logs.iter()
                .any(|other| other.starts_with(log) && other != log)
        };
        history.logs.retain(|log| !goes_on(log));
        history.logs.sort_unstable();
        history.logs.dedup();
        history
    }

    /// Records the requests and answers of a step.
    pub fn note(&mut self, step: &Step) {
        for fact in &step.facts {
            match *fact {
                Fact::Asked {
                    client,
                    op,
                    attempt: 1,
                    ..
                } => self.begin(Some(client), op, step.at),
                Fact::Answered { client, answer, .. } => self.end(client, answer, step.at),
                Fact::Expired { client, .. } => self.end(client, Answer::Expired, step.at),
                _ => {}
            }
        }
    }

    fn begin(&mut self, client: Option<ClientId>, op: Op, at: Time) {
        if let Some(client) = client {
            self.open[client.slot()] = Some(self.operations.len());
        }
        self.operations.push(Operation {
            client,
            op,
            asked_at: at,
            answered: None,
            asked: self.answers,
            answer: u64::MAX,
        });
    }

    fn end(&mut self, client: ClientId, answer: Answer, at: Time) {
        if let Some(place) = self.open[client.slot()].take() {
            self.answers += 1;
            let operation = &mut self.operations[place];
            operation.answered = Some((at, answer));
            operation.answer = self.answers;
        }
    }

    /// The values of the keys when the history began.
    pub fn initial(&self) -> &[(Key, i32)] {
        &self.initial
    }

    /// All requests, in the order in which they were sent.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// Looks for an order of the requests that explains all answers.
    pub fn check(&self) -> Result<(), Anomaly> {
        let mut logs = self.logs.iter();
        let first = logs.next().map_or(&[][..], |log| log);
        let mut found = self.check_with(first);
        for log in logs {
            if found.is_err() {
                found = self.check_with(log);
            }
        }
        found
    }

    /// The same, if the first entries of this log are those that are committed.
    fn check_with(&self, log: &[usize]) -> Result<(), Anomaly> {
        let mut keys: Vec<Key> = Vec::new();
        for operation in &self.operations {
            let key = operation.op.key();
            if !keys.contains(&key) {
                keys.push(key);
                let initial = self.initial.iter().find(|(other, _)| *other == key);
                Search::new(self, key, log).run(initial.map(|(_, value)| *value))?;
            }
        }
        Ok(())
    }
}

/// The search for an order of the requests about one key.
struct Search<'a> {
    /// By client, its requests in their order; the last line is the log.
    lines: Vec<Vec<&'a Operation>>,
}

/// A point of the search: the number of requests of each line that are done, and the resulting
/// value.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Point {
    behind: Vec<usize>,
    value: Option<i32>,
}

impl<'a> Search<'a> {
    fn new(history: &'a History, key: Key, log: &[usize]) -> Self {
        let mut lines = vec![Vec::new(); MAX_CLIENTS + 1];
        let asks = |operation: &&Operation| operation.op.key() == key;
        for operation in history.operations.iter().filter(asks) {
            if let Some(client) = operation.client {
                lines[client.slot()].push(operation);
            }
        }
        let stood = log.iter().map(|place| &history.operations[*place]);
        lines[MAX_CLIENTS].extend(stood.filter(asks));
        Self { lines }
    }

    fn run(&self, initial: Option<i32>) -> Result<(), Anomaly> {
        let mut seen = BTreeSet::new();
        let mut open = vec![Point {
            behind: vec![0; self.lines.len()],
            value: initial,
        }];
        // The answer that stopped the search at the point furthest in the history.
        let mut obstacle: Option<&Operation> = None;
        while let Some(point) = open.pop() {
            let Some(first_answered) = self.first_answered(&point) else {
                return Ok(());
            };
            if obstacle.is_none_or(|other| other.answer < first_answered.answer) {
                obstacle = Some(first_answered);
            }
            for line in 0..self.lines.len() {
                // A request that was sent after an answer comes after the request that was
                // answered.
                let next = self.next(&point, line);
                let next = next.filter(|next| next.asked < first_answered.answer);
                let values = next.map(|next| next.leaves(point.value));
                for value in values.into_iter().flatten().flatten() {
                    let mut behind = point.behind.clone();
                    behind[line] += 1;
                    let then = Point { behind, value };
                    if seen.insert(then.clone()) {
                        open.push(then);
                    }
                }
            }
        }
        let operation = *obstacle.expect("a search ends at once if nothing was answered");
        Err(Anomaly { operation })
    }

    fn next(&self, point: &Point, line: usize) -> Option<&'a Operation> {
        self.lines[line].get(point.behind[line]).copied()
    }

    /// The request that was answered first, among those not done at `point`.
    fn first_answered(&self, point: &Point) -> Option<&'a Operation> {
        let next = (0..self.lines.len()).filter_map(|line| self.next(point, line));
        let answered = next.filter(|operation| operation.answered.is_some());
        answered.min_by_key(|operation| operation.answer)
    }
}

impl Operation {
    /// The values that a key may hold after this request, if that explains its answer. If the
    /// outcome is unknown, the value before it is one of them.
    fn leaves(&self, value: Option<i32>) -> [Option<Option<i32>>; 2] {
        let (answer, after) = match self.op {
            Op::Add { amount, .. } => {
                let sum = value.unwrap_or(0).wrapping_add(amount);
                (Answer::Value(Some(sum)), Some(sum))
            }
            Op::CompareAndSet { old, new, .. } if value == Some(old) => (Answer::Done, Some(new)),
            Op::CompareAndSet { .. } => (Answer::Differs(value), value),
            Op::Delete { .. } => (Answer::Done, None),
            Op::Get { .. } => (Answer::Value(value), value),
            Op::Set { value, .. } => (Answer::Done, Some(value)),
        };
        match self.answered {
            Some((_, Answer::Expired)) => [Some(value), Some(after)],
            Some((_, told)) if told != answer => [None, None],
            _ => [Some(after), None],
        }
    }
}

impl fmt::Display for Anomaly {
    /// `No order of the requests explains that C2 was answered "5" to x?, asked at 2s.`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Operation {
            client,
            op,
            asked_at,
            answered,
            ..
        } = self.operation;
        f.write_str("No order of the requests explains that ")?;
        if let (Some(client), Some((at, answer))) = (client, answered) {
            write!(f, "{client} was answered \"{answer}\" at {at} ")?;
        }
        write!(f, "to {op}, asked at {asked_at}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::Scenario;

    /// A history as text: `1 x=5` is sent by C1, `1: done` is its answer.
    fn history(text: &str) -> History {
        let mut history = History::default();
        for (line, at) in text.split(", ").zip(1..) {
            let client = |number: &str| ClientId::new(number.parse().unwrap()).unwrap();
            if let Some((number, answer)) = line.split_once(": ") {
                let answer = match answer.strip_prefix("not ") {
                    Some(value) => Answer::Differs(value.parse().ok()),
                    None if answer == "done" => Answer::Done,
                    None if answer == "expired" => Answer::Expired,
                    None => Answer::Value(answer.parse().ok()),
                };
                history.end(client(number), answer, Time::ms(at));
            } else {
                let (number, op) = line.split_once(' ').unwrap();
                history.begin(Some(client(number)), op.parse().unwrap(), Time::ms(at));
            }
        }
        history
    }

    #[test]
    fn histories_that_one_machine_explains() {
        for text in [
            "1 x?, 1: none",
            "1 x=5, 1: done, 2 x?, 2: 5",
            // Overlapping requests may come in any order.
            "1 x=5, 2 x?, 2: none, 1: done",
            "1 x=5, 2 x?, 2: 5, 1: done",
            "1 x=1, 2 x=2, 1: done, 2: done, 3 x?, 3: 1, 3 x?, 3: 1",
            "1 x+=1, 2 x+=1, 1: 2, 2: 1",
            // A request without an answer may have happened, or not, or later.
            "1 x=5, 2 x?, 2: 5",
            "1 x=5, 2 x?, 2: none",
            "1 x=5, 2 x?, 2: none, 2 x?, 2: none, 2 x?, 2: 5",
            "1 x=5, 2 x=6, 2: done, 2 x:6>7, 2: not 5",
            "1 x=1, 1: done, 1 -x, 1: done, 1 x:1>2, 1: not none, 1 x?, 1: none",
            "1 x=1, 1: done, 2 x:1>2, 2: done, 3 x?, 3: 2",
            // After its session has expired, the outcome of a request is unknown.
            "1 x=5, 1: expired, 1 x?, 1: 5",
            "1 x=5, 1: expired, 1 x?, 1: none",
            "1 x=1, 1: done, 1 x+=1, 2 x?, 2: 2, 1: expired, 1 x+=1, 1: 3",
            "1 x=5, 1: expired, 1 x=6, 1: expired, 2 x?, 2: 5",
            // Keys are independent.
            "1 x=1, 1: done, 2 y?, 2: none, 2 x?, 2: 1",
        ] {
            assert_eq!(history(text).check(), Ok(()), "{text}");
        }
    }

    #[test]
    fn histories_that_no_machine_explains() {
        for (text, culprit) in [
            ("1 x=5, 1: done, 2 x?, 2: none", "x?"),
            ("1 x?, 1: 5", "x?"),
            // A read that returns the new value, and then one that returns the old.
            ("1 x=5, 2 x?, 2: 5, 3 x?, 3: none, 1: done", "x?"),
            // A write that takes effect, is overwritten, and takes effect again.
            (
                "1 x=5, 2 x?, 2: 5, 2 x=6, 2: done, 2 x?, 2: 6, 2 x?, 2: 5",
                "x?",
            ),
            ("1 x+=1, 1: 1, 1 x+=1, 1: 3", "x+=1"),
            // Once its client was told that the session has expired, it takes effect no more.
            ("1 x=5, 1: expired, 1 x?, 1: none, 1 x?, 1: 5", "x?"),
            ("1 x=5, 1: expired, 1 x=6, 1: done, 2 x?, 2: 5", "x?"),
            ("1 x+=1, 1: expired, 1 x?, 1: 2", "x?"),
            ("1 x+=1, 2 x+=1, 1: 1, 2: 1", "x+=1"),
            ("1 x=1, 1: done, 2 x:1>2, 2: not 7", "x:1>2"),
            ("1 x=1, 1: done, 2 x:1>2, 2: not 1", "x:1>2"),
            ("1 x=1, 1: done, 2 x:2>3, 2: done", "x:2>3"),
            ("1 x=1, 1: done, 2 x:1>2, 2: done, 3 x?, 3: 1", "x?"),
            ("1 x=1, 1: done, 1 -x, 1: done, 2 x?, 2: 1", "x?"),
            // The first answer without an explanation, not the last.
            ("1 x?, 1: 5, 1 x=1, 1: done, 1 x?, 1: 6", "x?"),
            (
                "1 x=1, 2 x=2, 1: done, 2: done, 3 x?, 3: 1, 3 x?, 3: 2",
                "x?",
            ),
        ] {
            let anomaly = history(text).check().expect_err(text);
            assert_eq!(anomaly.operation.op.to_string(), culprit, "{text}");
        }
        let anomaly = history("1 x=5, 1: done, 2 x?, 2: none")
            .check()
            .unwrap_err();
        assert_eq!(
            anomaly.to_string(),
            "No order of the requests explains that C2 was answered \"no value\" at 4ms to x?, \
             asked at 3ms."
        );
    }

    #[test]
    fn long_histories_take_no_longer_for_each_request() {
        let mut text = String::from("5 x=0");
        for nth in 1..2_000 {
            text += &format!(", 1 x={nth}, 2 x?, 3 y+=1, 1: done, 2: {nth}, 3: {nth}");
        }
        let history = history(&text);
        assert_eq!(history.operations().len(), 5_998);
        assert_eq!(history.check(), Ok(()));
    }

    /// The history of a run of five seconds.
    fn played(text: &str, seed: u64) -> History {
        let (scenario, actions) = crate::sim::text::parse_run(text).unwrap();
        let mut step = Step::default();
        let mut world = World::new(&Scenario { seed, ..scenario }, &mut step);
        let mut history = History::new(&world);
        let mut actions = actions.iter().peekable();
        while world.now() < Time::ms(5_000) {
            let next = world.next_at().unwrap_or(Time(u64::MAX));
            match actions.next_if(|(at, _)| *at < next) {
                Some((at, action)) => {
                    world.wait_until(*at);
                    world.act(action, &mut step).unwrap();
                }
                None => _ = world.step(&mut step),
            }
            history.note(&step);
        }
        history
    }

    #[test]
    fn what_stood_in_the_logs_may_take_effect() {
        let text = "servers 3 · clients 1
            S1 term 1 log 1:x=1 1:x=2 1:y=3 commit 1
            S2 term 1 log 1:x=1 1:x=2 commit 1
            S3 term 1 log 1:x=1 commit 1
            at 1s request C1 x?\n at 2s request C1 y?";
        let mut ends = BTreeSet::new();
        for seed in 0..40 {
            let history = played(text, seed);
            assert_eq!(history.check(), Ok(()));
            assert_eq!(history.operations().len(), 4);
            let answers = history.operations().iter().filter_map(|o| o.answered);
            let answers = answers.map(|(_, answer)| answer.to_string());
            ends.insert(answers.collect::<Vec<_>>());
        }
        assert!(
            ends.len() > 1,
            "some leaders had the third entry, some not: {ends:?}"
        );
    }

    /// S1 is cut off but still leads. It answers from its machine after S2 has committed x=5.
    #[test]
    fn what_a_server_has_applied_does_not_take_effect_again() {
        for known in ["commit 0", "commit 1"] {
            let text = format!(
                "servers 3 · clients 2 · config timeout=100s heartbeat=50s patience=100s
                config latency=10ms send=at-once read=index · rules off confirm-reads
                S1 term 1 log 1:x=4 commit 1
                S2 term 1 log 1:x=4 {known}
                S3 term 1 log 1:x=4 {known}
                timeout S1
                at 100ms isolate S1 · timeout S2
                at 200ms request C2 x=5
                at 210ms request C2 x=5
                at 1s heal · read C1 x from S1"
            );
            let anomaly = played(&text, 1).check().expect_err(&text);
            assert_eq!(anomaly.operation.op.to_string(), "x?", "{text}");
        }
    }

    #[test]
    fn what_stood_in_a_log_takes_effect_in_its_order() {
        let log: String = (1..=60).map(|nth| format!(" 1:x={nth}")).collect();
        let servers: String = (1..=3)
            .map(|id| format!("S{id} term 1 log{log}\n"))
            .collect();
        let text = format!("servers 3 · clients 1\n {servers} at 2s request C1 x?");
        let mut history = played(&text, 1);
        let told = |history: &History| history.operations().last().unwrap().answered.unwrap().1;
        assert_eq!(told(&history), Answer::Value(Some(60)));
        assert_eq!((history.check(), history.logs.len()), (Ok(()), 1));
        // An answer that no order explains is soon found, among many orders.
        let last = history.operations.last_mut().unwrap();
        last.answered = last.answered.map(|(at, _)| (at, Answer::Value(Some(61))));
        assert!(history.check().is_err());
    }

    #[test]
    fn of_logs_that_differ_one_is_committed() {
        let text = "servers 3 · clients 1
            S1 term 1 log 1:x=1 1:x=2
            S2 term 2 log 1:x=1 2:x=3 2:x=4
            S3 term 1 log 1:x=1";
        let history = played(text, 1);
        let op = |place: &usize| history.operations[*place].op.to_string();
        let logs: Vec<Vec<String>> = history
            .logs
            .iter()
            .map(|log| log.iter().map(op).collect())
            .collect();
        assert_eq!(logs, [vec!["x=1", "x=2"], vec!["x=1", "x=3", "x=4"]]);
        for (told, explained) in [(1, true), (2, true), (3, true), (4, true), (5, false)] {
            let mut history = history.clone();
            let client = ClientId::new(1).unwrap();
            history.begin(Some(client), "x?".parse().unwrap(), Time::ms(6_000));
            history.end(client, Answer::Value(Some(told)), Time::ms(6_001));
            assert_eq!(history.check().is_ok(), explained, "{told}");
        }
        // x=2 and x=3 are never both committed.
        let mut history = history.clone();
        let client = ClientId::new(1).unwrap();
        for told in [2, 3] {
            history.begin(Some(client), "x?".parse().unwrap(), Time::ms(6_000));
            history.end(client, Answer::Value(Some(told)), Time::ms(6_001));
        }
        assert!(history.check().is_err());
    }
}
