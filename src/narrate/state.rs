//! What there is, rather than what happened: an entry, a message under way, a role; with what
//! decides about it.

use super::clause::{Clause, clause};
use super::language::Language;
use crate::check::ghost::Settled;
use crate::raft::configuration::majority;
use crate::raft::{Configuration, EntryId, Event, LogIndex, Node, NodeId, Role, ServerSet, Term};
use crate::sim::{Fact, Packet, World};

/// Whether an entry is committed, and if not, why not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Its server knows that it is committed.
    Known,
    /// It is committed, and this server was the first to know; the entry's own does not know.
    KnownTo(NodeId),
    /// Another entry was committed, or leads, in its place: this server's, of this term.
    Replaced(NodeId, Term),
    /// The leader has not enough copies: who has it, as far as the leader knows.
    Missing {
        /// The leader.
        leader: NodeId,
        /// Who has it.
        holders: ServerSet,
        /// Of whom a majority is needed.
        of: Configuration,
        /// The number of voters that must still store it.
        missing: usize,
    },
    /// A majority has it, but its term is older than the leader's.
    OldTerm {
        /// The leader.
        leader: NodeId,
        /// Who has it.
        holders: ServerSet,
        /// Of whom a majority is needed.
        of: Configuration,
        /// The entry's term.
        term: Term,
        /// The leader's.
        leader_term: Term,
    },
    /// There is no leader.
    NoLeader,
}

/// Where a message is that has not arrived yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Journey {
    /// The user holds it back.
    Held,
    /// It will be lost.
    Lost,
    /// It will arrive.
    UnderWay,
}

/// What an entry of a server's log says, and who made it (none: it is older than the run).
pub fn entry(
    language: Language,
    world: &World,
    id: NodeId,
    position: EntryId,
    maker: Option<NodeId>,
) -> String {
    let entry = world.server(id).log().get(position.index);
    let payload = entry.map(|entry| entry.payload);
    language.words().entry(id, position, payload, maker)
}

/// Whether an entry of a server's log is committed; if not, what is missing for that, and on whom
/// it is. With the rule that decides. `settled` is what was ever committed at its index.
pub fn commitment(
    language: Language,
    world: &World,
    id: NodeId,
    position: EntryId,
    settled: Option<&Settled>,
) -> (Clause, String) {
    let standing = standing(world, id, position, settled);
    let fact = Fact::Raft {
        server: id,
        event: deciding(position, &standing),
    };
    let text = language.words().standing(id, &standing);
    (clause(language, &fact), text)
}

fn standing(world: &World, id: NodeId, position: EntryId, settled: Option<&Settled>) -> Standing {
    let EntryId { index, term } = position;
    let node = world.server(id).node();
    if node.is_some_and(|node| node.commit_index() >= index) {
        return Standing::Known;
    }
    match settled {
        Some(settled) if settled.entry.term == term => return Standing::KnownTo(settled.server),
        Some(settled) => return Standing::Replaced(settled.server, settled.entry.term),
        None => {}
    }
    let Some(leader) = world.leader().and_then(|id| world.server(id).node()) else {
        return Standing::NoLeader;
    };
    match leader.role() {
        Role::Leader(state) if leader.log().holds(position) => {
            let of = leader.configuration();
            let holders = state.holders(of.all_voters(), index);
            let leader_term = leader.term();
            let leader = leader.id();
            if of.has_quorum(holders) && term < leader_term {
                Standing::OldTerm {
                    leader,
                    holders,
                    of,
                    term,
                    leader_term,
                }
            } else {
                let holding = holders.and(of.voters).len();
                Standing::Missing {
                    leader,
                    holders,
                    of,
                    missing: majority(of.voters.len()).saturating_sub(holding),
                }
            }
        }
        _ => Standing::Replaced(leader.id(), leader.term()),
    }
}

/// The values behind an event, where its sentence has no room for them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Values {
    /// A follower's log matches up to this index.
    Match(LogIndex),
    /// The last entries of a candidate's log and of the voter's.
    LogEnds {
        /// The candidate or pre-candidate.
        candidate: NodeId,
        /// The last entry of its log.
        theirs: EntryId,
        /// The last entry of the voter's log.
        ours: EntryId,
    },
}

impl Values {
    pub(super) fn of(fact: &Fact) -> Option<Self> {
        let Fact::Raft { event, .. } = fact else {
            return None;
        };
        Some(match *event {
            Event::MatchAdvanced { match_index, .. } => Self::Match(match_index),
            Event::PreVoteGranted {
                candidate,
                candidate_last: theirs,
                own_last: ours,
                ..
            }
            | Event::VoteGranted {
                candidate,
                candidate_last: theirs,
                own_last: ours,
                ..
            } => Self::LogEnds {
                candidate,
                theirs,
                ours,
            },
            // Their sentences say it all.
            Event::TermAdopted { .. }
            | Event::SteppedDown { .. }
            | Event::TimerReset { .. }
            | Event::Ignored { .. }
            | Event::ElectionStarted { .. }
            | Event::MayNotStand
            | Event::VoteDenied { .. }
            | Event::VoteCounted { .. }
            | Event::BecameLeader { .. }
            | Event::LeaderKnown { .. }
            | Event::PreVoteStarted { .. }
            | Event::PreVoteDenied { .. }
            | Event::PreVoteCounted { .. }
            | Event::MinElectionTimeoutEnded { .. }
            | Event::HeartbeatDue
            | Event::EntryAppended { .. }
            | Event::NotLeader { .. }
            | Event::AppendAccepted { .. }
            | Event::AppendRefused { .. }
            | Event::EntriesDeleted { .. }
            | Event::NextLowered { .. }
            | Event::Committed { .. }
            | Event::CommitWaits { .. }
            | Event::CommitLearned { .. }
            | Event::Applied { .. }
            | Event::Compacted { .. }
            | Event::SnapshotNeeded { .. }
            | Event::PieceStored { .. }
            | Event::SnapshotInstalled { .. }
            | Event::SnapshotRefused { .. }
            | Event::SnapshotUnneeded { .. }
            | Event::ChangeRefused { .. }
            | Event::ChangeWaits { .. }
            | Event::ChangeAbandoned { .. }
            | Event::Configured { .. }
            | Event::CatchUpBegun { .. }
            | Event::CaughtUp { .. }
            | Event::TransferStarted { .. }
            | Event::HandingOver { .. }
            | Event::NotTransferred { .. }
            | Event::ReadNoted { .. }
            | Event::ReadHeld { .. }
            | Event::ReadsConfirmed { .. }
            | Event::ReadAsked { .. }
            | Event::ReadIndexKnown { .. }
            | Event::ReadGivenUp { .. }
            | Event::LeaseEnded => return None,
        })
    }
}

/// An event to which the rule applies that decides about the entry.
fn deciding(position: EntryId, standing: &Standing) -> Event {
    let EntryId { index, term } = position;
    match *standing {
        Standing::Known | Standing::Missing { .. } | Standing::NoLeader => Event::Committed {
            position,
            term,
            known: index.previous(),
            holders: ServerSet::default(),
            of: Configuration::default(),
        },
        Standing::KnownTo(leader) => Event::CommitLearned {
            leader,
            leader_commit: index,
            known: index.previous(),
            last_new: index,
            index,
        },
        Standing::OldTerm { leader_term, .. } => Event::CommitWaits {
            position,
            term: leader_term,
        },
        Standing::Replaced(_, theirs) => Event::EntriesDeleted {
            first: index,
            last: index,
            own: term,
            leader: theirs,
        },
    }
}

/// Where a message is that has not arrived yet.
pub fn journey(language: Language, packet: &Packet) -> String {
    let journey = match packet.fate {
        None if packet.is_held() => Journey::Held,
        None => Journey::UnderWay,
        Some(_) => Journey::Lost,
    };
    language.words().journey(packet.to, journey)
}

/// Whom a follower follows.
pub fn following(language: Language, node: &Node) -> String {
    language
        .words()
        .following(node.id(), node.term(), node.leader())
}
