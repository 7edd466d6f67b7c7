//! A broken property: the facts, and the sentence for them.

use std::fmt;

use super::property::Property;
use crate::kv::{Answer, Command, Op};
use crate::raft::{Entry, EntryId, LogIndex, NodeId, Payload, Rule, ServerSet, Term};
use crate::sim::{StepId, Time};

/// A violation: the property that was broken, when, and how.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Violation {
    /// The step that broke it.
    pub step: StepId,
    /// The time of that step.
    pub at: Time,
    /// What happened.
    pub breach: Breach,
    /// The rule that is off and would have prevented it; none if all rules are on.
    pub guard: Option<Rule>,
}

/// How a property was broken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Breach {
    /// A server applied another entry at this index than the first server that applied it.
    AppliedDifferently {
        /// The server.
        server: NodeId,
        /// The index.
        index: LogIndex,
        /// The entry that it applied.
        entry: Entry,
        /// The server that applied this index first.
        first: NodeId,
        /// The entry that was applied first.
        settled: Entry,
    },
    /// A running server's term, commit index or applied index fell.
    Backwards {
        /// The server.
        server: NodeId,
        /// The value that fell.
        what: Falling,
        /// The value before.
        from: u64,
        /// The value after.
        to: u64,
    },
    /// A repeated request took effect again.
    ExecutedTwice {
        /// The server.
        server: NodeId,
        /// The entry that repeats the request.
        index: LogIndex,
        /// The request.
        command: Command,
    },
    /// A leader lacks an entry that was committed in an earlier term.
    LeaderLacks {
        /// The leader.
        leader: NodeId,
        /// Its term.
        term: Term,
        /// Where the entry should be.
        index: LogIndex,
        /// The entry.
        settled: Entry,
        /// The term in which it was committed.
        committed_in: Term,
        /// The leader's entry there.
        found: Option<Entry>,
    },
    /// A leader overwrote or deleted an entry of its own log.
    LeaderRewrote {
        /// The leader.
        leader: NodeId,
        /// Its term.
        term: Term,
        /// The index.
        index: LogIndex,
        /// The entry before.
        had: Entry,
        /// The entry now.
        found: Option<Entry>,
    },
    /// Two logs hold an entry with the same index and term, but differ before it, or in its
    /// content.
    LogsDiffer {
        /// The two servers, the one whose log changed first.
        servers: (NodeId, NodeId),
        /// The index at which both hold an entry of the same term.
        same: LogIndex,
        /// That term.
        term: Term,
        /// The index at which they differ.
        differ: LogIndex,
    },
    /// A server executed a command, and its state machine then differs from the committed log.
    MachineDiffers {
        /// The server.
        server: NodeId,
        /// The entry that it executed.
        index: LogIndex,
        /// The command, according to the committed log.
        command: Command,
    },
    /// Two servers could be elected by groups without a common server.
    MajoritiesApart {
        /// The two servers.
        servers: (NodeId, NodeId),
        /// The group that could elect the first, and the group that could elect the second.
        groups: (ServerSet, ServerSet),
    },
    /// The last entry of a snapshot differs from the committed log.
    SnapshotDiffers {
        /// The server.
        server: NodeId,
        /// The last entry that the snapshot covers.
        last: EntryId,
        /// The entry that was committed there, if one was.
        settled: Option<Entry>,
    },
    /// A read did not return a value that was known when it was sent.
    StaleRead {
        /// The server that served it.
        server: NodeId,
        /// The read.
        command: Command,
        /// The answer that its client got.
        told: Answer,
        /// The last entry that any client knew of, through an answer, when the read was sent.
        index: LogIndex,
        /// The value of the key after that entry.
        value: Option<i32>,
    },
    /// A removed server starts an election, although its leader had time to tell it of the removal.
    Disturbed {
        /// The server.
        server: NodeId,
        /// The entry of the configuration without it.
        index: LogIndex,
    },
    /// A client waits for an answer, although nothing stands in the way.
    Starved {
        /// Its request.
        command: Command,
        /// The time since when nothing has stood in the way.
        since: Time,
    },
    /// A term has two leaders.
    TwoLeaders {
        /// The term.
        term: Term,
        /// The first leader.
        first: NodeId,
        /// The second leader.
        second: NodeId,
    },
    /// A client got an answer that no committed entry explains.
    Unfounded {
        /// The server that answered.
        server: NodeId,
        /// The request.
        command: Command,
        /// The answer.
        told: Answer,
        /// The answer according to the committed log, if the log holds the request.
        executed: Option<Answer>,
    },
    /// A write was lost although its client was told that it is done.
    WriteLost {
        /// The server that lacks it.
        server: NodeId,
        /// The index at which it was committed.
        index: LogIndex,
        /// The write.
        command: Command,
    },
}

/// A value of a running server that never falls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Falling {
    /// lastApplied.
    Applied,
    /// commitIndex.
    Commit,
    /// currentTerm.
    Term,
}

impl Violation {
    /// The property that was broken.
    pub fn property(&self) -> Property {
        self.breach.property()
    }
}

impl Breach {
    /// The property that it breaks.
    pub fn property(&self) -> Property {
        match self {
            Self::AppliedDifferently { .. }
            | Self::MachineDiffers { .. }
            | Self::SnapshotDiffers { .. } => Property::StateMachineSafety,
            Self::Backwards { .. } => Property::NeverBackwards,
            Self::ExecutedTwice { .. } => Property::ExactlyOnce,
            Self::LeaderLacks { .. } => Property::LeaderCompleteness,
            Self::LeaderRewrote { .. } => Property::LeaderAppendOnly,
            Self::LogsDiffer { .. } => Property::LogMatching,
            Self::MajoritiesApart { .. } => Property::ConfigurationSafety,
            Self::StaleRead { .. } => Property::LinearizableReads,
            Self::Disturbed { .. } | Self::Starved { .. } => Property::Progress,
            Self::TwoLeaders { .. } => Property::ElectionSafety,
            Self::Unfounded { .. } | Self::WriteLost { .. } => Property::AcknowledgedWrites,
        }
    }

    /// The servers that it names.
    pub fn servers(&self) -> ServerSet {
        let (one, other) = match *self {
            Self::Starved { .. } => return ServerSet::EMPTY,
            Self::AppliedDifferently { server, first, .. } => (server, first),
            Self::LogsDiffer { servers, .. } | Self::MajoritiesApart { servers, .. } => servers,
            Self::TwoLeaders { first, second, .. } => (first, second),
            Self::Backwards { server, .. }
            | Self::Disturbed { server, .. }
            | Self::ExecutedTwice { server, .. }
            | Self::MachineDiffers { server, .. }
            | Self::SnapshotDiffers { server, .. }
            | Self::StaleRead { server, .. }
            | Self::Unfounded { server, .. }
            | Self::WriteLost { server, .. } => (server, server),
            Self::LeaderLacks { leader, .. } | Self::LeaderRewrote { leader, .. } => {
                (leader, leader)
            }
        };
        ServerSet::EMPTY.with(one).with(other)
    }

    /// The index of the entry that it names, if it names one.
    pub fn index(&self) -> Option<LogIndex> {
        match *self {
            Self::AppliedDifferently { index, .. }
            | Self::Disturbed { index, .. }
            | Self::ExecutedTwice { index, .. }
            | Self::LeaderLacks { index, .. }
            | Self::LeaderRewrote { index, .. }
            | Self::MachineDiffers { index, .. }
            | Self::StaleRead { index, .. }
            | Self::WriteLost { index, .. } => Some(index),
            Self::LogsDiffer { differ, .. } => Some(differ),
            Self::SnapshotDiffers { last, .. } => Some(last.index),
            Self::Backwards { .. }
            | Self::MajoritiesApart { .. }
            | Self::Starved { .. }
            | Self::TwoLeaders { .. }
            | Self::Unfounded { .. } => None,
        }
    }
}

impl fmt::Display for Violation {
    /// `Election Safety is broken: S1 and S3 both lead term 2.` And the rule that is off, if one
    /// is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is broken: {}.", self.property(), self.breach)?;
        match self.guard {
            Some(rule) => write!(f, " The rule {rule} ({}) is off.", rule.place()),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Breach {
    /// One sentence without its full stop.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, &|op| op.to_string())
    }
}

impl Breach {
    /// The same, with another way to name operations.
    pub fn naming(&self, name: &dyn Fn(Op) -> String) -> impl fmt::Display {
        fmt::from_fn(move |f| self.write(f, name))
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, name: &dyn Fn(Op) -> String) -> fmt::Result {
        let said = |entry: Option<Entry>| match entry {
            None => "nothing".into(),
            Some(Entry { term, payload }) => match payload {
                Payload::Configuration(configuration) => {
                    format!("the configuration {configuration} of term {term}")
                }
                Payload::Noop => format!("a no-op of term {term}"),
                Payload::Register(wish) => {
                    format!("{}'s request for a session, of term {term}", wish.client)
                }
                Payload::Command(command) => format!("{} of term {term}", name(command.op)),
            },
        };
        match *self {
            Self::AppliedDifferently {
                server,
                index,
                entry,
                first,
                settled,
            } => write!(
                f,
                "at index {index}, {server} applied {}, but {first} applied {} before",
                said(Some(entry)),
                said(Some(settled))
            ),
            Self::Backwards {
                server,
                what,
                from,
                to,
            } => {
                write!(f, "the {what} of {server} fell from {from} to {to}")
            }
            Self::ExecutedTwice {
                server,
                index,
                command,
            } => write!(
                f,
                "{server} executed {} of {} again, at index {index}",
                name(command.op),
                command.client
            ),
            Self::LeaderLacks {
                leader,
                term,
                index,
                settled,
                committed_in,
                found,
            } => write!(
                f,
                "{leader} leads term {term} and has {} at index {index}, but {} was committed there in term {committed_in}",
                said(found),
                said(Some(settled))
            ),
            Self::LeaderRewrote {
                leader,
                term,
                index,
                had,
                found,
            } => write!(
                f,
                "{leader}, leader of term {term}, had {} at index {index} and now has {}",
                said(Some(had)),
                said(found)
            ),
            Self::LogsDiffer {
                servers: (a, b),
                same,
                term,
                differ,
            } => write!(
                f,
                "{a} and {b} both have an entry of term {term} at index {same}, but their logs differ at index {differ}"
            ),
            Self::MachineDiffers {
                server,
                index,
                command,
            } => write!(
                f,
                "{server} executed {} at index {index}, and its state machine now differs from the committed log",
                name(command.op)
            ),
            Self::MajoritiesApart {
                servers: (a, b),
                groups: (one, other),
            } => write!(
                f,
                "{a} could be elected by {one}, and {b} by {other}: two majorities with no server in common"
            ),
            Self::SnapshotDiffers {
                server,
                last: EntryId { index, term },
                settled,
            } => write!(
                f,
                "the snapshot of {server} ends with entry {index} of term {term}, but {} was committed there",
                said(settled)
            ),
            Self::StaleRead {
                server,
                command,
                told,
                index,
                value,
            } => write!(
                f,
                "{server} answered \"{told}\" to {} of {}, but a client already knew entry {index} when the read was sent: \
                 there the value is \"{}\", and it was never \"{told}\" after that",
                name(command.op),
                command.client,
                Answer::Value(value)
            ),
            Self::Disturbed { server, index } => write!(
                f,
                "{server} starts an election: it never received entry {index}, which removed it from the cluster"
            ),
            Self::Starved { command, since } => write!(
                f,
                "{} has waited since {since} for the answer to {}, though a majority is up and connected",
                command.client,
                name(command.op)
            ),
            Self::TwoLeaders {
                term,
                first,
                second,
            } => write!(
                f,
                "{first} and {second} were both elected leader of term {term}"
            ),
            Self::Unfounded {
                server,
                command,
                told,
                executed,
            } => {
                let (client, op) = (command.client, name(command.op));
                write!(f, "{server} answered \"{told}\" to {op} of {client}, but ")?;
                match executed {
                    Some(answer) => write!(f, "by the committed log the answer is \"{answer}\""),
                    None => f.write_str("no such request was committed"),
                }
            }
            Self::WriteLost {
                server,
                index,
                command,
            } => write!(
                f,
                "{} got the answer that {} is done, but {server} does not have it at index {index}",
                command.client,
                name(command.op)
            ),
        }
    }
}

impl fmt::Display for Falling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Applied => "applied index",
            Self::Commit => "commit index",
            Self::Term => "term",
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::kv::ClientId;
    use crate::raft::Configuration;

    fn server(number: usize) -> NodeId {
        NodeId::new(number).unwrap()
    }

    fn command(op: &str) -> Command {
        Command {
            client: ClientId::new(3).unwrap(),
            session: None,
            serial: 7,
            op: op.parse().unwrap(),
        }
    }

    fn entry(term: u64, payload: Payload) -> Entry {
        let term = Term(term);
        Entry { term, payload }
    }

    /// One of each kind: what it breaks, whom and which entry it is about, and what is said of it.
    pub(crate) fn breaches() -> Vec<(Breach, Property, &'static str, Option<u64>, &'static str)> {
        let (server, first, index) = (server(2), server(5), LogIndex(4));
        let x = entry(6, Payload::Command(command("x=1")));
        let members = Configuration::of(ServerSet::EMPTY.with(server).with(first));
        let (told, value) = (Answer::Value(Some(8)), Some(9));
        vec![
            (
                Breach::AppliedDifferently {
                    server,
                    index,
                    entry: entry(3, Payload::Noop),
                    first,
                    settled: x,
                },
                Property::StateMachineSafety,
                "S2 S5",
                Some(4),
                "at index 4, S2 applied a no-op of term 3, but S5 applied x=1 of term 6 before",
            ),
            (
                Breach::Backwards {
                    server,
                    what: Falling::Applied,
                    from: 5,
                    to: 3,
                },
                Property::NeverBackwards,
                "S2",
                None,
                "the applied index of S2 fell from 5 to 3",
            ),
            (
                Breach::ExecutedTwice {
                    server,
                    index,
                    command: command("x+=1"),
                },
                Property::ExactlyOnce,
                "S2",
                Some(4),
                "S2 executed x+=1 of C3 again, at index 4",
            ),
            (
                Breach::LeaderLacks {
                    leader: server,
                    term: Term(7),
                    index,
                    settled: x,
                    committed_in: Term(6),
                    found: None,
                },
                Property::LeaderCompleteness,
                "S2",
                Some(4),
                "S2 leads term 7 and has nothing at index 4, but x=1 of term 6 was committed there in term 6",
            ),
            (
                Breach::LeaderRewrote {
                    leader: server,
                    term: Term(7),
                    index,
                    had: x,
                    found: Some(entry(7, Payload::Configuration(members))),
                },
                Property::LeaderAppendOnly,
                "S2",
                Some(4),
                "S2, leader of term 7, had x=1 of term 6 at index 4 and now has the configuration S2,S5 of term 7",
            ),
            (
                Breach::LogsDiffer {
                    servers: (first, server),
                    same: LogIndex(9),
                    term: Term(7),
                    differ: index,
                },
                Property::LogMatching,
                "S2 S5",
                Some(4),
                "S5 and S2 both have an entry of term 7 at index 9, but their logs differ at index 4",
            ),
            (
                Breach::MachineDiffers {
                    server,
                    index,
                    command: command("x=1"),
                },
                Property::StateMachineSafety,
                "S2",
                Some(4),
                "S2 executed x=1 at index 4, and its state machine now differs from the committed log",
            ),
            (
                Breach::MajoritiesApart {
                    servers: (first, server),
                    groups: (ServerSet::EMPTY.with(first), ServerSet::EMPTY.with(server)),
                },
                Property::ConfigurationSafety,
                "S2 S5",
                None,
                "S5 could be elected by S5, and S2 by S2: two majorities with no server in common",
            ),
            (
                Breach::SnapshotDiffers {
                    server,
                    last: EntryId::new(index, Term(5)),
                    settled: Some(x),
                },
                Property::StateMachineSafety,
                "S2",
                Some(4),
                "the snapshot of S2 ends with entry 4 of term 5, but x=1 of term 6 was committed there",
            ),
            (
                Breach::StaleRead {
                    server,
                    command: command("x?"),
                    told,
                    index,
                    value,
                },
                Property::LinearizableReads,
                "S2",
                Some(4),
                "S2 answered \"8\" to x? of C3, but a client already knew entry 4 when the read was sent: there the value is \"9\", and it was never \"8\" after that",
            ),
            (
                Breach::Disturbed { server, index },
                Property::Progress,
                "S2",
                Some(4),
                "S2 starts an election: it never received entry 4, which removed it from the cluster",
            ),
            (
                Breach::Starved {
                    command: command("x=1"),
                    since: Time::ms(9),
                },
                Property::Progress,
                "none",
                None,
                "C3 has waited since 9ms for the answer to x=1, though a majority is up and connected",
            ),
            (
                Breach::TwoLeaders {
                    term: Term(7),
                    first,
                    second: server,
                },
                Property::ElectionSafety,
                "S2 S5",
                None,
                "S5 and S2 were both elected leader of term 7",
            ),
            (
                Breach::Unfounded {
                    server,
                    command: command("x+=1"),
                    told,
                    executed: Some(Answer::Value(value)),
                },
                Property::AcknowledgedWrites,
                "S2",
                None,
                "S2 answered \"8\" to x+=1 of C3, but by the committed log the answer is \"9\"",
            ),
            (
                Breach::Unfounded {
                    server,
                    command: command("x+=1"),
                    told,
                    executed: None,
                },
                Property::AcknowledgedWrites,
                "S2",
                None,
                "S2 answered \"8\" to x+=1 of C3, but no such request was committed",
            ),
            (
                Breach::WriteLost {
                    server,
                    index,
                    command: command("x=1"),
                },
                Property::AcknowledgedWrites,
                "S2",
                Some(4),
                "C3 got the answer that x=1 is done, but S2 does not have it at index 4",
            ),
        ]
    }

    #[test]
    fn each_breach_names_its_property_its_servers_and_its_entry() {
        let mut broken = Vec::new();
        for (breach, property, servers, index, said) in breaches() {
            assert_eq!(breach.property(), property, "{breach}");
            assert_eq!(breach.servers().to_string(), servers, "{breach}");
            assert_eq!(breach.index(), index.map(LogIndex), "{breach}");
            assert_eq!(breach.to_string(), said);
            let hidden = breach.naming(&|_| "it".into()).to_string();
            let named = ["x=1", "x+=1", "x?"]
                .iter()
                .fold(said.into(), |said: String, op| said.replace(op, "it"));
            assert_eq!(hidden, named);
            broken.push(property);
        }
        assert!(
            Property::ALL
                .iter()
                .all(|property| broken.contains(property))
        );
    }

    #[test]
    fn a_violation_says_which_rule_is_off_and_where_the_paper_has_it() {
        for (breach, property, _, _, said) in breaches() {
            for guard in [None, Some(Rule::CheckPrevious)] {
                let violation = Violation {
                    step: StepId(1),
                    at: Time::ms(1),
                    breach,
                    guard,
                };
                let off = match guard {
                    None => "",
                    Some(_) => " The rule check-previous (Figure 2, AppendEntries 2) is off.",
                };
                assert_eq!(
                    violation.to_string(),
                    format!("{property} is broken: {said}.{off}")
                );
            }
        }
    }
}
