//! What happened, in plain English: a sentence for every fact of a step, with the values that
//! decided it, true at any seed.
//!
//! The event list and the screen reader speak these sentences. They are made only when somebody
//! asks for them; [`is_story`] and [`has_story`] say without making any whether a fact belongs to
//! the story at all. Golden scripts print values instead ([`crate::script::notation`]).

mod cause;
mod event;
mod fact;
mod group;
mod membership;
mod read;
mod state;
mod why;
mod words;

pub use cause::{origin, trigger};
pub use event::was_leader;
pub use group::{first_entry, is_told_before, recipients};
pub use state::{commitment, entry, following, journey};
pub use why::{NOTHING, OUTSIDE, clause, source, values};

use crate::kv::Answer;
use crate::raft::event::{IgnoreReason, TimerResetReason};
use crate::raft::{EntryId, Event, LogIndex, NodeId};
use crate::sim::{Action, Address, Cause, Fact, Loss, PacketId, PacketKind, Step, World};

/// A sentence about something that came of a step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sentence {
    /// The sentence, without its full stop.
    pub text: String,
    /// How much it matters.
    pub weight: Weight,
    /// The server it is about, if it is about one.
    pub server: Option<NodeId>,
    /// The fact it tells, by its place in [`Step::facts`] (the first of those it tells together);
    /// none when it tells what was done from outside, or that nothing came of something.
    pub fact: Option<usize>,
    /// The log entry it is about, if it is about one.
    pub entry: Option<EntryId>,
    /// The packets it tells of, sent or lost.
    pub packets: Vec<PacketId>,
}

/// How much a sentence matters to somebody who is learning.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Weight {
    /// Heartbeats and their replies, and what another sentence says already.
    Quiet,
    /// How it works: timers, acknowledgements, terms adopted.
    Detail,
    /// What happens: elections, entries, commits, answers, failures, repairs.
    Story,
}

/// Tells a step. `world` is the world as the step left it. There is always something to tell.
pub fn sentences(step: &Step, world: &World) -> Vec<Sentence> {
    let mut told: Vec<Sentence> = fact::deed(step, world).into_iter().collect();
    for (place, fact) in step.facts.iter().enumerate() {
        // What is sent to many is told once.
        if is_told_before(step, place, world) {
            continue;
        }
        let (server, index) = subject(fact);
        told.push(Sentence {
            text: fact::text(step, place, world),
            weight: weight(fact),
            server,
            fact: Some(place),
            entry: server.zip(index).and_then(|(server, index)| {
                let term = world.server(server).log().term(index)?;
                (index > LogIndex(0)).then_some(EntryId { index, term })
            }),
            packets: group::packets(step, place, world),
        });
    }
    if told.is_empty() {
        told.push(fact::nothing(step, world));
    }
    told
}

/// Whether a step has anything to tell to somebody who is learning.
pub fn has_story(step: &Step) -> bool {
    match &step.cause {
        Cause::Action(_) | Cause::Start => true,
        Cause::Client(_)
        | Cause::Compaction { .. }
        | Cause::Written { .. }
        | Cause::Packet { .. }
        | Cause::Timeout { .. } => step.facts.iter().any(is_story),
    }
}

/// Whether a fact belongs to the story.
pub fn is_story(fact: &Fact) -> bool {
    weight(fact) == Weight::Story
}

/// How much a fact matters.
pub fn weight(fact: &Fact) -> Weight {
    match fact {
        Fact::Answered { .. }
        | Fact::Asked { .. }
        | Fact::ChangeAsked { .. }
        | Fact::Crashed { .. }
        | Fact::Executed {
            answer: Answer::Expired,
            ..
        }
        | Fact::Expired { .. }
        | Fact::GaveUpWaiting { .. }
        | Fact::Joined { .. }
        | Fact::NetworkChanged
        | Fact::RecordDropped { .. }
        | Fact::Read { .. }
        | Fact::Registered { .. }
        | Fact::Registers { .. }
        | Fact::Restarted { .. }
        | Fact::Retired { .. }
        | Fact::SessionEnded { .. }
        | Fact::Wiped { .. }
        | Fact::WriteCut { .. } => Weight::Story,
        Fact::Executed { .. }
        | Fact::Redirected { .. }
        | Fact::SessionOpened { .. }
        | Fact::WriteBegun { .. }
        | Fact::Written { .. } => Weight::Detail,
        Fact::Lost { kind, why, .. } => match (kind, why) {
            (_, Loss::Dropped) | (PacketKind::Request | PacketKind::Reply, _) => Weight::Story,
            (
                PacketKind::Append
                | PacketKind::PreVote
                | PacketKind::PreVoteReply
                | PacketKind::ReadIndex
                | PacketKind::ReadIndexReply
                | PacketKind::Snapshot
                | PacketKind::TimeoutNow
                | PacketKind::Vote
                | PacketKind::VoteReply,
                _,
            ) => Weight::Detail,
            (PacketKind::Heartbeat | PacketKind::AppendReply | PacketKind::SnapshotReply, _) => {
                Weight::Quiet
            }
        },
        Fact::Raft { event, .. } => event_weight(event),
        Fact::Sent { kind, positive, .. } => match kind {
            PacketKind::Append | PacketKind::Snapshot => Weight::Detail,
            PacketKind::Reply if *positive => Weight::Story,
            PacketKind::PreVote | PacketKind::TimeoutNow | PacketKind::Vote => Weight::Story,
            // The fact that made the reply says more than that it was sent.
            PacketKind::AppendReply
            | PacketKind::Heartbeat
            | PacketKind::PreVoteReply
            | PacketKind::ReadIndex
            | PacketKind::ReadIndexReply
            | PacketKind::Reply
            | PacketKind::Request
            | PacketKind::SnapshotReply
            | PacketKind::VoteReply => Weight::Quiet,
        },
    }
}

fn event_weight(event: &Event) -> Weight {
    match event {
        // A heartbeat, or entries that were there already.
        Event::AppendAccepted {
            first_new,
            match_index,
            ..
        } if first_new > match_index => Weight::Quiet,
        Event::AppendAccepted { .. }
        | Event::AppendRefused { .. }
        | Event::BecameLeader { .. }
        | Event::CaughtUp { .. }
        | Event::CatchUpBegun { .. }
        | Event::ChangeAbandoned { .. }
        | Event::ChangeRefused { .. }
        | Event::ChangeWaits { .. }
        | Event::Configured { again: true, .. }
        | Event::CommitLearned { .. }
        | Event::CommitWaits { .. }
        | Event::Committed { .. }
        | Event::Compacted { .. }
        | Event::EntryAppended { .. }
        | Event::EntriesDeleted { .. }
        | Event::ElectionStarted { .. }
        | Event::LeaderKnown { .. }
        | Event::MayNotStand
        | Event::NextLowered { .. }
        | Event::HandingOver { .. }
        | Event::NotLeader { .. }
        | Event::NotTransferred { .. }
        | Event::PreVoteDenied { .. }
        | Event::PreVoteGranted { .. }
        | Event::PreVoteStarted { .. }
        | Event::SnapshotInstalled { .. }
        | Event::SnapshotNeeded { .. }
        | Event::SnapshotRefused { .. }
        | Event::SnapshotUnneeded { .. }
        | Event::SteppedDown { .. }
        | Event::ReadAsked { .. }
        | Event::ReadGivenUp { .. }
        | Event::ReadHeld { .. }
        | Event::ReadIndexKnown { .. }
        | Event::ReadNoted { .. }
        | Event::ReadsConfirmed { .. }
        | Event::TransferStarted { .. }
        | Event::VoteDenied { .. }
        | Event::VoteGranted { .. } => Weight::Story,
        // Else a server would ask for votes, and nothing would be told of the answers.
        Event::Ignored {
            reason: IgnoreReason::LeaderAlive { .. },
            ..
        } => Weight::Story,
        Event::Applied { .. }
        | Event::HeartbeatDue
        | Event::TimerReset {
            reason:
                TimerResetReason::HeardLeader(_)
                | TimerResetReason::HeardQuorum(_)
                | TimerResetReason::Started,
        } => Weight::Quiet,
        Event::Configured { .. }
        | Event::Ignored { .. }
        | Event::LeaseEnded
        | Event::MinElectionTimeoutEnded { .. }
        | Event::MatchAdvanced { .. }
        | Event::PreVoteCounted { .. }
        | Event::PieceStored { .. }
        | Event::TermAdopted { .. }
        | Event::TimerReset { .. }
        | Event::VoteCounted { .. } => Weight::Detail,
    }
}

/// The server and the entry that a fact is about.
fn subject(fact: &Fact) -> (Option<NodeId>, Option<LogIndex>) {
    match fact {
        Fact::Answered { server, .. }
        | Fact::Asked { server, .. }
        | Fact::Crashed { server }
        | Fact::ChangeAsked { leader: server, .. }
        | Fact::Expired { server, .. }
        | Fact::GaveUpWaiting { server, .. }
        | Fact::RecordDropped { server, .. }
        | Fact::Joined { server }
        | Fact::Registered { server, .. }
        | Fact::Registers { server, .. }
        | Fact::Restarted { server }
        | Fact::Retired { server }
        | Fact::Wiped { server } => (Some(*server), None),
        Fact::WriteBegun { server, last, .. }
        | Fact::WriteCut { server, last, .. }
        | Fact::Written { server, last } => (Some(*server), Some(*last)),
        Fact::Executed { server, index, .. } | Fact::Read { server, index, .. } => {
            (Some(*server), Some(*index))
        }
        Fact::SessionEnded {
            server,
            for_session: session,
            ..
        }
        | Fact::SessionOpened {
            server, session, ..
        } => (Some(*server), Some(LogIndex(session.index()))),
        Fact::Lost { from, to, .. } => (server_of(*to).or_else(|| server_of(*from)), None),
        Fact::NetworkChanged => (None, None),
        Fact::Raft { server, event } => (Some(*server), event::index(event)),
        Fact::Redirected { from, .. } => (Some(*from), None),
        Fact::Sent {
            from,
            to,
            kind,
            index,
            ..
        } => {
            let about_entry = matches!(
                kind,
                PacketKind::Append
                    | PacketKind::AppendReply
                    | PacketKind::Snapshot
                    | PacketKind::SnapshotReply
            );
            let server = server_of(*from).or_else(|| server_of(*to));
            (server, about_entry.then_some(*index))
        }
    }
}

fn server_of(address: Address) -> Option<NodeId> {
    match address {
        Address::Client(_) => None,
        Address::Server(id) => Some(id),
    }
}

/// The action that made the step, if one did.
fn action(step: &Step) -> Option<&Action> {
    match &step.cause {
        Cause::Action(action) => Some(action),
        Cause::Client(_)
        | Cause::Compaction { .. }
        | Cause::Written { .. }
        | Cause::Packet { .. }
        | Cause::Start
        | Cause::Timeout { .. } => None,
    }
}

#[cfg(test)]
mod tests;
