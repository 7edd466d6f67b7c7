//! What happened between servers, clients and the network.

use super::words::{self, clock, entries, list, result, upper, wish};
use super::{action, event};
use crate::kv::Answer;
use crate::narrate::group::{first_entry, recipients};
use crate::narrate::look::{command, is_yours, kept};
use crate::raft::{LogIndex, NodeId};
use crate::sim::{Action, Address, Cause, Fact, Loss, PacketKind, Record, Step, Time, World};

/// The sentence for the fact at `place`.
pub(super) fn text(step: &Step, place: usize, world: &World) -> String {
    match &step.facts[place] {
        Fact::Answered {
            client,
            op,
            asked_at,
            server,
            answer,
            ..
        } => {
            let took = clock(step.at.saturating_sub(*asked_at));
            let result = result(op, answer);
            format!("The client {client} has its answer from {server} after {took}: {result}")
        }
        Fact::Asked {
            client,
            op,
            server,
            attempt,
            ..
        } => {
            let (wish, attempt) = (wish(op), words::attempt(*attempt));
            if is_yours(step) {
                return format!("You asked {server} for {wish} as the client {client}");
            }
            format!("The client {client} asked {server} for {wish}{attempt}")
        }
        Fact::ChangeAsked { leader, change } => action::change(*leader, *change),
        Fact::Crashed { server } => crashed(*server, step, world),
        Fact::Executed {
            server,
            index,
            client,
            answer,
            ..
        } => {
            let op = command(world, *server, *index);
            let what = op.map_or_else(String::new, |op| format!("{op} "));
            if *answer == Answer::Expired {
                return format!(
                    "{server} did not execute entry {index}, {what}of {client}: the session has expired"
                );
            }
            format!("{server} executed entry {index}, {what}of {client}: {answer}")
        }
        Fact::Expired {
            client, op, server, ..
        } => format!(
            "The client {client} learned from {server} that its session has expired: it cannot know whether {op} was executed"
        ),
        Fact::GaveUpWaiting { client, server, .. } => {
            format!("The client {client} timed out waiting for {server}")
        }
        Fact::Joined { server } => {
            format!("{server} started with an empty disk: it knows no cluster")
        }
        Fact::Lost {
            from,
            to,
            kind,
            why,
            ..
        } => lost(*from, *to, *kind, *why),
        Fact::NetworkChanged => match &step.cause {
            Cause::Action(action) => {
                action::deed(action, step).unwrap_or_else(|| "You changed the network".into())
            }
            Cause::Client(_)
            | Cause::Compaction { .. }
            | Cause::Packet { .. }
            | Cause::Start
            | Cause::Timeout { .. }
            | Cause::Written { .. } => "The network changed".into(),
        },
        Fact::Raft { server, event } => event::text(*server, event, step, world),
        Fact::Read {
            server,
            index,
            client,
            op,
            answer,
            ..
        } => {
            let result = result(op, answer);
            format!(
                "{server} answered {client}'s read from its state machine, at entry {index}: {result}"
            )
        }
        Fact::RecordDropped { server, record } => {
            let record = match record {
                Record::TermAndVote => "a new term and vote".into(),
                Record::Snapshot => "a snapshot".into(),
                Record::Entry(index) => format!("entry {index}"),
                Record::Trim => "the removal of compacted entries".into(),
            };
            format!("{server} found a half-written record on its disk and dropped it: {record}")
        }
        Fact::Redirected {
            client,
            from,
            leader,
        } => match leader {
            Some(leader) if leader == from => {
                format!("The client {client} will ask {from} again in a moment")
            }
            Some(leader) => format!("{from} redirected the client {client} to {leader}"),
            None => format!("{from} told the client {client} that it knows no leader"),
        },
        Fact::Registered {
            client,
            session,
            server,
        } => format!("The client {client} has session {session}, opened by {server}"),
        Fact::Registers {
            client,
            op,
            server,
            attempt,
            ..
        } => {
            let (wish, attempt) = (wish(op), words::attempt(*attempt));
            format!(
                "The client {client} asked {server} for a session, to ask for {wish} in it{attempt}"
            )
        }
        Fact::Restarted { server } if is_yours(step) => {
            format!("You restarted {server}: it is a follower, with what its disk has kept")
        }
        Fact::Restarted { server } => {
            format!("{server} started as a follower, with what its disk has kept")
        }
        Fact::Retired { server } => format!("You deleted {server}"),
        Fact::Sent { kind, .. } => {
            let to = list(recipients(step, place, world));
            sent(*kind, &to, &step.facts[place], world)
        }
        Fact::SessionEnded {
            server,
            session,
            client,
            for_session,
            for_client,
        } => format!(
            "{server} expired session {session} of {client}, the least recently used, for session {for_session} of {for_client}"
        ),
        Fact::SessionOpened {
            server,
            session,
            client,
        } => format!("{server} opened session {session} for {client}"),
        Fact::Wiped { server } => {
            format!("You wiped {server}'s disk: its term, vote and log are lost")
        }
        Fact::WriteBegun {
            server,
            done_at: Time::NEVER,
            ..
        } => format!("{server} began a write to its disk, which does not answer"),
        Fact::WriteBegun {
            server, done_at, ..
        } => {
            let takes = clock(done_at.saturating_sub(step.at));
            format!("{server} began a write to its disk, which takes {takes}")
        }
        Fact::WriteCut {
            server,
            last,
            unwritten,
            term,
        } => {
            let mut lost = Vec::new();
            if let Some(term) = term {
                lost.push(format!("its disk is still in term {term}"));
            }
            if unwritten > last {
                let are = if *unwritten == last.next() {
                    "is"
                } else {
                    "are"
                };
                let missing = entries(last.next(), *unwritten);
                lost.push(format!("{missing} {are} not on its disk"));
            }
            let lost = if lost.is_empty() {
                "its log lost nothing".into()
            } else {
                list(lost)
            };
            format!("{server}'s write to its disk was interrupted: {lost}")
        }
        Fact::Written {
            server,
            last: LogIndex(0),
        } => format!("{server} has its term and its vote on its disk"),
        Fact::Written { server, last } => {
            format!("{server} has everything up to entry {last} on its disk")
        }
    }
}

fn crashed(server: NodeId, step: &Step, world: &World) -> String {
    let crashed = if is_yours(step) {
        format!("You crashed {server}")
    } else {
        format!("{server} crashed")
    };
    let Some(kept) = kept(step, world) else {
        return format!("{crashed}: it loses what is not on its disk");
    };
    let kept = ["term", "vote", "log"].into_iter().zip(kept);
    let kept: Vec<&str> = kept
        .filter(|(_, kept)| *kept)
        .map(|(what, _)| what)
        .collect();
    if kept.is_empty() {
        return format!("{crashed}: it keeps nothing");
    }
    format!("{crashed}: it keeps its {}, and loses the rest", list(kept))
}

fn sent(kind: PacketKind, to: &str, fact: &Fact, world: &World) -> String {
    let Fact::Sent {
        packet,
        from,
        term,
        index,
        positive,
        ..
    } = fact
    else {
        return String::new();
    };
    match kind {
        PacketKind::Append => {
            let entries = match first_entry(world, *packet) {
                Some(first) => entries(first, *index),
                None => format!("its entries up to {index}"),
            };
            format!("{from} sent {entries} to {to}")
        }
        PacketKind::AppendReply if *positive => {
            format!("{from} told {to} that its log matches up to entry {index}")
        }
        PacketKind::AppendReply => format!("{from} told {to} that it rejected the entries"),
        PacketKind::Heartbeat => format!("{from} sent a heartbeat to {to}"),
        PacketKind::PreVote => format!("{from} asked {to} for a pre-vote for term {term}"),
        PacketKind::PreVoteReply if *positive => format!("{from} sent its pre-vote to {to}"),
        PacketKind::PreVoteReply => format!("{from} told {to} that it denies the pre-vote"),
        PacketKind::ReadIndex => format!("{from} asked {to} for the index of a read"),
        PacketKind::ReadIndexReply => format!("{from} told {to} the index of the read, {index}"),
        PacketKind::Reply if *positive && to.contains(' ') => {
            format!("{from} sent the clients {to} their answers")
        }
        PacketKind::Reply if *positive => format!("{from} sent the client {to} its answer"),
        PacketKind::Reply => format!("{from} told the client {to} that it is not the leader"),
        PacketKind::Request => format!("The client {from} sent its request to {to}"),
        PacketKind::Snapshot => {
            format!("{from} sent a chunk of its snapshot up to entry {index} to {to}")
        }
        PacketKind::SnapshotReply => {
            format!("{from} told {to} how much it has of the snapshot up to entry {index}")
        }
        PacketKind::TimeoutNow => format!("{from} told {to} to start an election now"),
        PacketKind::Vote => format!("{from} asked {to} for a vote in term {term}"),
        PacketKind::VoteReply if *positive => format!("{from} sent its vote to {to}"),
        PacketKind::VoteReply => format!("{from} told {to} that it denies the vote"),
    }
}

fn lost(from: Address, to: Address, kind: PacketKind, why: Loss) -> String {
    let why = match why {
        Loss::Chance => "the network lost it".into(),
        Loss::Crowded => "too many messages were under way".into(),
        Loss::Cut => "the link is cut".into(),
        Loss::Down => format!("{to} is down"),
        Loss::Dropped => "you dropped it".into(),
        Loss::Gone => format!("{to} was deleted"),
    };
    upper(&format!(
        "{} from {from} did not reach {to}: {why}",
        thing(kind)
    ))
}

/// A message.
pub(super) fn thing(kind: PacketKind) -> &'static str {
    match kind {
        PacketKind::Append => "an AppendEntries",
        PacketKind::AppendReply => "the reply to an AppendEntries",
        PacketKind::Heartbeat => "a heartbeat",
        PacketKind::PreVote => "a PreVote",
        PacketKind::PreVoteReply => "the reply to a PreVote",
        PacketKind::ReadIndex => "a ReadIndex",
        PacketKind::ReadIndexReply => "the reply to a ReadIndex",
        PacketKind::Reply => "an answer",
        PacketKind::Request => "a request",
        PacketKind::Snapshot => "a snapshot chunk",
        PacketKind::SnapshotReply => "the reply to a snapshot chunk",
        PacketKind::TimeoutNow => "a TimeoutNow",
        PacketKind::Vote => "a RequestVote",
        PacketKind::VoteReply => "the reply to a RequestVote",
    }
}

/// A step without facts, and without a deed that was told.
pub(super) fn no_effect(step: &Step, world: &World) -> String {
    match &step.cause {
        Cause::Packet { packet, to, .. } if world.network().packet(*packet).is_some() => {
            format!("A message is held back before {to}")
        }
        Cause::Packet { from, to, kind, .. } => upper(&format!(
            "{} from {from} reached {to} and had no effect",
            thing(*kind)
        )),
        Cause::Compaction { server } => format!("{server} had nothing to compact"),
        Cause::Written { server } => format!("{server} had nothing to write"),
        Cause::Timeout { server, .. } => format!("A timer of {server} expired and had no effect"),
        Cause::Client(client) => format!("The client {client} had nothing to ask"),
        Cause::Action(action) => match action.as_ref() {
            Action::Drop(pick) => format!("You dropped {}", action::picked(pick)),
            action => format!("You did this, and it had no effect: {action}"),
        },
        Cause::Start => start(world.ids().len()),
    }
}

pub(super) fn start(servers: usize) -> String {
    match servers {
        1 => "The only server starts as a follower".into(),
        count => format!("The {} servers start as followers", words::count(count)),
    }
}
