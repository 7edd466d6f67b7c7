//! Earlier events that an event needed, besides the cause of its step.

use crate::raft::event::{AppendRejected, Campaign, IgnoreReason, VoteRejected};
use crate::raft::{Event, LogIndex, NodeId, Term};
use crate::session::{Record, Session};
use crate::sim::{
    Action, Address, Cause, Fact, Group, Link as Between, Loss, PacketKind, Step, StepId,
};

/// The most records that are searched backwards.
const FAR: usize = 2_000;

/// The earlier events that a fact needed: the votes of a leader, the copies of a committed entry,
/// the crash of a silent leader, the vote that a server had already given.
pub(super) fn before<'a>(
    session: &'a Session,
    step: &Step,
    place: Option<usize>,
) -> Vec<(&'a Record, usize)> {
    let Some(fact) = place.and_then(|place| step.facts.get(place)) else {
        return Vec::new();
    };
    let upto = StepId(step.id.0.saturating_sub(1));
    let past = Past { session, upto };
    let found = match fact {
        Fact::Lost {
            to: Address::Server(to),
            why: Loss::Down,
            ..
        } => crash(session, upto, *to),
        Fact::Lost {
            from: Address::Server(from),
            to: Address::Server(to),
            why: Loss::Cut,
            ..
        } => cut(session, upto, *from, *to),
        Fact::Sent {
            from: Address::Server(leader),
            kind: PacketKind::Append,
            index,
            ..
        } => past.made(*leader, *index),
        Fact::Raft { server, event } => return past.before(*server, event),
        _ => None,
    };
    found.into_iter().collect()
}

type Found<'a> = Option<(&'a Record, usize)>;

/// The run up to a step.
#[derive(Clone, Copy)]
struct Past<'a> {
    session: &'a Session,
    upto: StepId,
}

impl<'a> Past<'a> {
    /// The earlier events that an event at `id` needed, besides the cause of its step.
    fn before(self, id: NodeId, event: &Event) -> Vec<(&'a Record, usize)> {
        let found: Vec<Found<'a>> = match *event {
            Event::AppendAccepted {
                leader,
                first_new,
                match_index,
                ..
            } => {
                let is_new = first_new <= match_index;
                is_new
                    .then(|| self.made(leader, match_index))
                    .into_iter()
                    .collect()
            }
            Event::AppendRefused { reason, .. } => vec![match reason {
                AppendRejected::OldTerm { ours, .. } => self.reached(id, ours),
                AppendRejected::PreviousDiffers { previous, .. } => self.got(id, previous.index),
                AppendRejected::PreviousMissing { .. } => None,
            }],
            Event::BecameLeader {
                term: of, votes, ..
            } => {
                let voters = votes.without(id);
                voters
                    .iter()
                    .map(|voter| self.vote(voter, id, of))
                    .collect()
            }
            Event::CommitLearned {
                leader,
                leader_commit,
                ..
            } => vec![self.find(&|by, event| {
                matches!(event, Event::Committed { position, .. }
                    if by == leader && position.index <= leader_commit)
            })],
            Event::Committed {
                position, holders, ..
            } => {
                let copy =
                    |holder| self.find(&|by, event| by == holder && stores(event, position.index));
                holders.without(id).iter().map(copy).collect()
            }
            Event::ElectionStarted {
                reason: Campaign::Welcome { votes },
                term: of,
            } => {
                let vote = |voter| {
                    self.find(&|by, event| {
                        matches!(event, Event::PreVoteGranted { candidate, next, .. }
                            if (by, candidate, *next) == (voter, &id, of))
                    })
                };
                votes.without(id).iter().map(vote).collect()
            }
            Event::ElectionStarted {
                reason:
                    Campaign::Silence {
                        leader: Some(leader),
                        ..
                    },
                ..
            }
            | Event::PreVoteStarted {
                silent: Some(leader),
                ..
            } => {
                let crash = crash(self.session, self.upto, leader);
                vec![crash.or_else(|| cut(self.session, self.upto, leader, id))]
            }
            Event::Ignored {
                reason: IgnoreReason::LeaderAlive { leader },
                ..
            } => vec![self.heard(id, leader)],
            Event::VoteDenied { reason, .. } | Event::PreVoteDenied { reason, .. } => {
                vec![self.denied(id, reason)]
            }
            // They needed nothing but the cause of their step.
            Event::ElectionStarted {
                reason: Campaign::Silence { leader: None, .. } | Campaign::Told { .. },
                ..
            }
            | Event::PreVoteStarted { silent: None, .. }
            | Event::Ignored {
                reason:
                    IgnoreReason::EarlierSnapshot
                    | IgnoreReason::ElectionOver
                    | IgnoreReason::LeadsNoLonger
                    | IgnoreReason::NotSending
                    | IgnoreReason::OtherPiece { .. }
                    | IgnoreReason::NoVoter
                    | IgnoreReason::Overtaken
                    | IgnoreReason::ReadOver
                    | IgnoreReason::OldTerm { .. }
                    | IgnoreReason::RivalLeader,
                ..
            }
            | Event::TermAdopted { .. }
            | Event::SteppedDown { .. }
            | Event::TimerReset { .. }
            | Event::MayNotStand
            | Event::VoteGranted { .. }
            | Event::VoteCounted { .. }
            | Event::LeaderKnown { .. }
            | Event::PreVoteGranted { .. }
            | Event::PreVoteCounted { .. }
            | Event::MinElectionTimeoutEnded { .. }
            | Event::HeartbeatDue
            | Event::EntryAppended { .. }
            | Event::NotLeader { .. }
            | Event::EntriesDeleted { .. }
            | Event::MatchAdvanced { .. }
            | Event::NextLowered { .. }
            | Event::CommitWaits { .. }
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
            | Event::LeaseEnded => Vec::new(),
        };
        found.into_iter().flatten().collect()
    }

    /// The event behind a rejected vote.
    fn denied(self, id: NodeId, reason: VoteRejected) -> Found<'a> {
        match reason {
            VoteRejected::AlreadyVoted { term, voted_for } if voted_for == id => {
                self.reached(id, term)
            }
            VoteRejected::AlreadyVoted { term, voted_for } => self.vote(id, voted_for, term),
            VoteRejected::LeaderAlive { leader } => self.heard(id, leader),
            VoteRejected::LogBehind { ours, .. } => self.got(id, ours.index),
            VoteRejected::OldTerm { ours, .. } => self.reached(id, ours),
        }
    }

    fn find(self, want: &dyn Fn(NodeId, &Event) -> bool) -> Found<'a> {
        last(self.session, self.upto, &|_, fact| match fact {
            Fact::Raft { server, event } if want(*server, event) => Some(true),
            _ => None,
        })
    }

    /// The leader appended the entry.
    fn made(self, leader: NodeId, index: LogIndex) -> Found<'a> {
        self.find(&|by, event| matches!(event, Event::EntryAppended { position } if by == leader && position.index == index))
    }

    /// A server got the entry: from a leader, or by appending it as leader.
    fn got(self, id: NodeId, index: LogIndex) -> Found<'a> {
        self.find(&|by, event| {
            let made =
                matches!(event, Event::EntryAppended { position } if position.index == index);
            by == id && (made || stores(event, index))
        })
    }

    /// A server gave its vote.
    fn vote(self, voter: NodeId, of: NodeId, in_term: Term) -> Found<'a> {
        self.find(&|by, event| {
            matches!(event, Event::VoteGranted { candidate, term, .. }
                if (by, *candidate, *term) == (voter, of, in_term))
        })
    }

    /// A server reached a term: it started an election, or saw the term in a message.
    fn reached(self, id: NodeId, reached: Term) -> Found<'a> {
        self.find(&|by, event| {
            let is_there = match event {
                Event::ElectionStarted { term, .. } => *term == reached,
                Event::TermAdopted { new, .. } => *new == reached,
                _ => false,
            };
            by == id && is_there
        })
    }

    /// A server heard from its leader; from any leader, if it knows none. A leader counts as
    /// hearing itself.
    fn heard(self, id: NodeId, from: Option<NodeId>) -> Found<'a> {
        self.find(&|by, event| {
            let heard = match event {
                Event::AppendAccepted { leader, .. } | Event::AppendRefused { leader, .. } => {
                    from.is_none_or(|from| from == *leader)
                }
                Event::BecameLeader { .. } => from == Some(id),
                _ => false,
            };
            by == id && heard
        })
    }
}

pub(super) fn stores(event: &Event, index: LogIndex) -> bool {
    matches!(event, Event::AppendAccepted { first_new, match_index, .. } if (*first_new..=*match_index).contains(&index))
}

/// The crash that keeps `server` down.
fn crash(session: &Session, upto: StepId, of: NodeId) -> Option<(&Record, usize)> {
    last(session, upto, &|_, fact| match fact {
        Fact::Crashed { server } if *server == of => Some(true),
        Fact::Restarted { server } if *server == of => Some(false),
        _ => None,
    })
}

/// The cut of the link from `from` to `to`.
fn cut(session: &Session, upto: StepId, from: NodeId, to: NodeId) -> Option<(&Record, usize)> {
    last(session, upto, &|step, fact| match (&step.cause, fact) {
        (Cause::Action(action), Fact::NetworkChanged) => parts(action, from, to),
        _ => None,
    })
}

/// Whether an action cuts `from` off from `to`: yes, no, or it does not concern them.
fn parts(action: &Action, from: NodeId, to: NodeId) -> Option<bool> {
    let concerns = |link: &Between| match link {
        Between::All => true,
        Between::Of(id) => [from, to].contains(id),
        Between::Both(a, b) => [(from, to), (to, from)].contains(&(*a, *b)),
        Between::OneWay(a, b) => (from, to) == (*a, *b),
    };
    match action {
        Action::Cut(link) => concerns(link).then_some(true),
        Action::Heal(link) => concerns(link).then_some(false),
        Action::Isolate(id) => [from, to].contains(id).then_some(true),
        Action::Partition(groups) => {
            let together =
                |group: &Group| group.servers.contains(from) && group.servers.contains(to);
            Some(!groups.iter().any(together))
        }
        _ => None,
    }
}

/// The last fact up to a step for which `want` returns true; none if it returns false first.
pub(super) fn last<'a>(
    session: &'a Session,
    upto: StepId,
    want: &dyn Fn(&Step, &Fact) -> Option<bool>,
) -> Option<(&'a Record, usize)> {
    let after = since(session, upto).len();
    let records = session.records().iter().rev().skip(after);
    for record in records.take(FAR) {
        for (place, fact) in record.step.facts.iter().enumerate().rev() {
            if let Some(found) = want(&record.step, fact) {
                return found.then_some((record, place));
            }
        }
    }
    None
}

/// The records after a step.
pub(super) fn since(session: &Session, id: StepId) -> &[Record] {
    let records = session.records();
    &records[records.partition_point(|record| record.step.id <= id)..]
}
