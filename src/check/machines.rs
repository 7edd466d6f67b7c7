//! State Machine Safety, and the guarantees for clients: a committed entry stays, takes effect
//! once, and explains every answer.

use super::checker::{Applied, Breaches, Change, Checker};
use super::ghost::{Effect, Settled};
use super::violation::{Breach, Falling};
use crate::kv::{Answer, Command, Key, Op};
use crate::raft::{LogIndex, NodeId, Payload, Rules};
use crate::sim::{Fact, Server, Step, World};

impl Checker {
    /// Figure 2, State: term, commitIndex and lastApplied of a running server never fall.
    pub(super) fn check_backwards(&self, change: &Change, breaches: &mut Breaches) {
        let (before, now) = (&change.before, &change.now);
        if !before.up || !now.up {
            return;
        }
        for (what, from, to) in [
            (Falling::Term, before.term.0, now.term.0),
            (Falling::Commit, before.commit.0, now.commit.0),
            (Falling::Applied, before.applied.0, now.applied.0),
        ] {
            if to < from {
                let server = change.server;
                breaches.push(Breach::Backwards {
                    server,
                    what,
                    from,
                    to,
                });
            }
        }
    }

    /// Records the entries that the server is the first to commit, and how far its log equals the
    /// committed entries.
    pub(super) fn settle(&mut self, change: &mut Change, rules: Rules, breaches: &mut Breaches) {
        let now = &mut change.now;
        while self.ghost.last() < now.commit
            && let Some(entry) = now.log.get(self.ghost.last().next())
        {
            self.ghost.settle(*entry, now.term, change.server, rules);
            let index = self.ghost.last();
            if let Some(settled) = self.ghost.at(index) {
                self.check_later_leaders(index, settled, breaches);
            }
        }
        let log = &now.log;
        // Entries that are compacted, or unknown, cannot be compared any more.
        now.agreed = now.agreed.max(log.base().index).max(self.ghost.base());
        let agrees = |settled: &Settled, index| log.get(index) == Some(&settled.entry);
        while let next = now.agreed.next()
            && let Some(settled) = self.ghost.at(next)
            && agrees(settled, next)
        {
            now.agreed = next;
        }
    }

    /// State Machine Safety for a snapshot, whose entries cannot be compared: its last entry must
    /// be the committed one. Its values are checked when they are restored.
    pub(super) fn check_snapshot(&self, change: &Change, breaches: &mut Breaches) {
        let last = change.now.log.snapshot().last;
        if last == change.before.log.snapshot().last || last.index <= self.ghost.base() {
            return;
        }
        let settled = self.ghost.at(last.index).map(|settled| settled.entry);
        if settled.map(|entry| entry.term) != Some(last.term) {
            breaches.push(Breach::SnapshotDiffers {
                server: change.server,
                last,
                settled,
            });
        }
    }

    /// State Machine Safety (§5.4.3): all servers apply the same entries. Returns what the server
    /// applied in this step, if it was right.
    pub(super) fn check_applied(
        &self,
        change: &Change,
        breaches: &mut Breaches,
    ) -> Option<Applied> {
        let (before, now) = (&change.before, &change.now);
        // The entries that it applied earlier must still be there.
        if now.applied <= before.applied && now.applied <= now.agreed {
            return None;
        }
        let server = change.server;
        // Up to `agreed` the entries are known to be the same.
        let mut index = now.agreed.next();
        while index <= now.applied {
            if let (Some(settled), Some(entry)) = (self.ghost.at(index), now.log.get(index))
                && settled.entry != *entry
            {
                breaches.push(Breach::AppliedDifferently {
                    server,
                    index,
                    entry: *entry,
                    first: settled.server,
                    settled: settled.entry,
                });
                breaches.extend(self.lost_write(server, index, &settled.entry));
                return None;
            }
            index = index.next();
        }
        (now.applied > before.applied).then(|| Applied {
            first: before.applied.next(),
            last: now.applied,
            restored: change.is_restored(),
        })
    }

    /// State Machine Safety, after the right entries: the server's machine must be in the state
    /// that they lead to. Each answer must equal that of the reference machine, which executes
    /// every request once, and so must the values.
    pub(super) fn check_machine(
        &self,
        applied: Applied,
        server: &Server,
        step: &Step,
        breaches: &mut Breaches,
    ) {
        let answers = step.facts.iter().filter_map(|fact| match *fact {
            Fact::Executed {
                index,
                client,
                serial,
                answer,
                ..
            } => Some((index, (client, serial), answer)),
            _ => None,
        });
        let wrong = answers.into_iter().find_map(|(index, request, answer)| {
            let (command, effect) = self.effect_at(index)?;
            // A repeated read may return a newer value: that misleads no client.
            let reads_again = effect.repeat && matches!(command.op, Op::Get { .. });
            let same = (command.client, command.serial) == request;
            let right = same && (reads_again || answer == effect.answer);
            (!right).then_some(index)
        });
        if let Some(index) = wrong.or_else(|| self.wrong_value(applied, server)) {
            breaches.extend(self.blame(server.id, applied, index));
        }
    }

    /// The last entry of this step about a key whose value is then wrong.
    fn wrong_value(&self, applied: Applied, server: &Server) -> Option<LogIndex> {
        let machine = &server.up()?.machine;
        let first = if applied.restored {
            LogIndex(1)
        } else {
            applied.first
        };
        let last = applied.last;
        let mut later: Vec<Key> = Vec::new();
        for index in (first.0..=last.0).rev().map(LogIndex) {
            let Some((command, effect)) = self.effect_at(index) else {
                continue;
            };
            let key = command.op.key();
            if later.contains(&key) {
                continue;
            }
            if machine.get(key) != effect.value {
                return Some(index);
            }
            // Most steps apply one entry: they need no list.
            if index > first {
                later.push(key);
            }
        }
        None
    }

    /// The cause of a wrong value at `index`: a repeated request about the same key, if the step
    /// executed one; otherwise the entry itself.
    fn blame(&self, server: NodeId, applied: Applied, index: LogIndex) -> Option<Breach> {
        let (command, _) = self.effect_at(index)?;
        let earlier = (applied.first.0..=index.0).rev().map(LogIndex);
        let repeats = earlier.filter_map(|index| Some((index, self.effect_at(index)?)));
        let twice = repeats
            .filter(|(_, (other, effect))| effect.repeat && other.op.key() == command.op.key())
            .map(|(index, (command, _))| Breach::ExecutedTwice {
                server,
                index,
                command,
            })
            .next();
        twice.or(Some(Breach::MachineDiffers {
            server,
            index,
            command,
        }))
    }

    fn effect_at(&self, index: LogIndex) -> Option<(Command, Effect)> {
        let settled = self.ghost.at(index)?;
        match settled.entry.payload {
            Payload::Command(command) => Some((command, settled.effect?)),
            Payload::Configuration(_) | Payload::Noop | Payload::Register(_) => None,
        }
    }

    /// A client got an answer: a committed entry must explain it, and a read must reflect all that
    /// any client knew when it was sent.
    pub(super) fn look_at_answers(&mut self, world: &World, step: &Step) {
        for fact in &step.facts {
            match *fact {
                Fact::Asked {
                    client, attempt: 1, ..
                } => self.ghost.asks(client),
                Fact::Expired { client, serial, .. } => self.ghost.lets_be(client, serial),
                Fact::Answered {
                    client,
                    serial,
                    op,
                    server,
                    answer,
                    ..
                } => {
                    let command = Command {
                        client,
                        session: None, // whichever it was: numbers go on from one to the next
                        serial,
                        op,
                    };
                    if let Some(breach) = self.misled(server, command, answer) {
                        self.report(vec![breach], world.config().rules, step.id, step.at);
                    }
                }
                _ => {}
            }
        }
    }

    /// What is wrong with an answer, if it is wrong.
    fn misled(&mut self, server: NodeId, command: Command, told: Answer) -> Option<Breach> {
        if let Err(executed) = self.ghost.acknowledge(&command, told) {
            return Some(Breach::Unfounded {
                server,
                command,
                told,
                executed,
            });
        }
        let Op::Get { key } = command.op else {
            return None;
        };
        let stale = self.ghost.read(command.client, key, told).err()?;
        Some(Breach::StaleRead {
            server,
            command,
            told,
            index: stale.known,
            value: stale.value,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::ghost::Ghost;
    use crate::raft::{Entry, ServerSet, Term};
    use crate::sim::text::{client, parse_run};

    /// `C1.2 x=5`
    fn command(text: &str) -> Command {
        let (request, op) = text.split_once(' ').unwrap();
        let (name, serial) = request.split_once('.').unwrap();
        Command {
            client: client(name).unwrap(),
            session: None,
            serial: serial.parse().unwrap(),
            op: op.parse().unwrap(),
        }
    }

    const COMMITTED: [&str; 8] = [
        "C1.1 x=1",
        "C2.1 y=2",
        "C1.1 x=1",
        "C2.2 x?",
        "C1.2 x+=1",
        "C3.1 y=5",
        "C2.2 x?",
        "C3.2 z?",
    ];

    /// A server with these values has executed these of the committed entries, with these answers.
    struct Done {
        values: &'static str,
        entries: (u64, u64),
        restored: bool,
        answers: Vec<(u64, &'static str, Answer)>,
    }

    const RIGHT: Done = Done {
        values: "x=2 y=5",
        entries: (1, 8),
        restored: false,
        answers: Vec::new(),
    };

    fn found(done: &Done) -> Option<String> {
        let mut ghost = Ghost::default();
        for text in COMMITTED {
            let (term, payload) = (Term(1), Payload::Command(command(text)));
            ghost.settle(
                Entry { term, payload },
                term,
                NodeId::new(1).unwrap(),
                Rules::default(),
            );
        }
        let mut checker = Checker::of(ServerSet::EMPTY);
        checker.ghost = ghost;
        let text = format!("servers 1 · S1 term 1 snapshot 8:1 {}", done.values);
        let mut step = Step::default();
        let world = World::new(&parse_run(&text).unwrap().0, &mut step);
        let server = &world.servers()[0];
        step.facts = done
            .answers
            .iter()
            .map(|(index, text, answer)| Fact::Executed {
                server: server.id,
                index: LogIndex(*index),
                client: command(text).client,
                serial: command(text).serial,
                answer: *answer,
            })
            .collect();
        let (first, last) = done.entries;
        let applied = Applied {
            first: LogIndex(first),
            last: LogIndex(last),
            restored: done.restored,
        };
        let mut breaches = Breaches::new();
        checker.check_machine(applied, server, &step, &mut breaches);
        assert!(breaches.len() <= 1);
        breaches.first().map(|breach| breach.to_string())
    }

    fn differs(op: &str, index: u64) -> Option<String> {
        let said = "and its state machine now differs from the committed log";
        Some(format!("S1 executed {op} at index {index}, {said}"))
    }

    #[test]
    fn a_machine_must_hold_what_the_log_leads_to() {
        let twice = Some("S1 executed x=1 of C1 again, at index 3".to_string());
        for (values, entries, restored, said) in [
            ("x=2 y=5", (1, 8), false, None),
            ("x=2 y=6", (1, 8), false, differs("y=5", 6)),
            ("x=2", (6, 6), false, differs("y=5", 6)),
            ("x=2 y=5 z=1", (1, 8), false, differs("z?", 8)),
            // The last entry about a key with a wrong value is the cause.
            ("x=1 y=5", (4, 6), false, differs("x+=1", 5)),
            ("x=2 y=5", (4, 4), false, differs("x?", 4)),
            // Unless an earlier one about the same key was executed twice.
            ("x=1 y=5", (1, 6), false, twice.clone()),
            ("x=1 y=5", (3, 5), false, twice),
            // The values of other entries are checked only after a snapshot.
            ("x=2 y=6", (7, 7), false, None),
            ("x=2 y=6", (7, 7), true, differs("y=5", 6)),
            ("x=2 y=5", (7, 7), true, None),
        ] {
            let done = Done {
                values,
                entries,
                restored,
                ..RIGHT
            };
            assert_eq!(found(&done), said, "{values} {entries:?} {restored}");
        }
    }

    #[test]
    fn a_machine_must_answer_as_the_log_does() {
        let value = |value| Answer::Value(Some(value));
        for (index, text, answer, said) in [
            (2, "C2.1 y=2", Answer::Done, None),
            (2, "C2.1 y=2", value(2), differs("y=2", 2)),
            // Another request than the one in the log.
            (2, "C2.2 y=2", Answer::Done, differs("y=2", 2)),
            (2, "C3.1 y=2", Answer::Done, differs("y=2", 2)),
            (3, "C1.1 x=1", Answer::Done, None),
            (5, "C1.2 x+=1", value(2), None),
            (4, "C2.2 x?", value(1), None),
            (4, "C2.2 x?", value(2), differs("x?", 4)),
            // A repeated read may return a newer value.
            (7, "C2.2 x?", value(2), None),
            (8, "C3.3 z?", Answer::Value(None), differs("z?", 8)),
            // Nothing is known about entries that are not committed.
            (9, "C2.3 x?", value(2), None),
        ] {
            let done = Done {
                entries: (index, index - 1), // only the answer is looked at here
                answers: vec![(index, text, answer)],
                ..RIGHT
            };
            assert_eq!(found(&done), said, "{index} {text} {answer}");
        }
    }
}
