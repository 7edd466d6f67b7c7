//! What happened, in a terse notation made of values: what `events` prints.
//!
//! ```text
//! ! timeout S1                                          done by the user, as the grammar writes it
//! S1 -> S2,S3 RequestVote t2                            sent, to several at once
//! S3 <- S1 RequestVote t2 last=0@0 own=0@0: granted     what came of a message that arrived
//! S1 commit=2@1 x=5: holders=S1,S2 of=S1,S2,S3          what happened inside a server
//! ```
//!
//! `t2` is a term, `2@1` the entry at index 2 of term 1, `2..4` entries 2 to 4, `#3` a client's
//! third request, `-` nothing. Behind the colon stand the outcome and the values that decided it.
//!
//! The notation is for tests and for people who write them. It does not change when a sentence of
//! [`crate::narrate`] is put better, and it is the same in every language. The matches leave
//! nothing out: a fact without its notation does not compile.

mod breach;
mod event;

use std::fmt::Display;

use crate::check::Violation;
use crate::narrate;
use crate::raft::{Change, Entry, EntryId, LogIndex, NodeId, Payload, Rule, ServerSet};
use crate::sim::{Cause, Fact, Loss, PacketKind, Record, Step, World};

/// The line for what a user did, or for the beginning; none where the world moved by itself.
pub(super) fn deed(step: &Step, world: &World) -> Option<String> {
    match &step.cause {
        Cause::Action(action) => Some(format!("! {action}")),
        Cause::Start => Some(format!("! start {}", set(world.ids()))),
        Cause::Client(_)
        | Cause::Compaction { .. }
        | Cause::Packet { .. }
        | Cause::Timeout { .. }
        | Cause::Written { .. } => None,
    }
}

/// The line for a broken property.
pub(super) fn violation(violation: &Violation) -> String {
    let property = violation.property();
    format!(
        "violated {property}: {}",
        breach::notation(&violation.breach)
    )
}

/// The line for the fact at `place`; none where the line of what was done says it all.
pub(super) fn fact(step: &Step, place: usize, world: &World) -> Option<String> {
    Some(match &step.facts[place] {
        Fact::Answered {
            client,
            serial,
            op,
            asked_at,
            server,
            answer,
        } => {
            let took = step.at.saturating_sub(*asked_at);
            format!("{client} <- {server} Reply #{serial} {op} after {took}: {answer}")
        }
        Fact::Asked {
            client,
            serial,
            op,
            server,
            attempt,
        } => format!(
            "{client} -> {server} Request #{serial} {op}{}",
            again(*attempt)
        ),
        Fact::ChangeAsked { leader, change } => format!("{leader} change {}", wanted(*change)),
        Fact::Crashed { server } => format!("{server} crashed: kept {}", kept(step, world)),
        Fact::Executed {
            server,
            index,
            client,
            serial,
            answer,
        } => {
            let says = says(world, *server, *index);
            format!("{server} executed {index}{says} of {client}#{serial}: {answer}")
        }
        Fact::Expired {
            client,
            serial,
            op,
            server,
        } => format!("{client} <- {server} Reply #{serial} {op}: session expired"),
        Fact::GaveUpWaiting {
            client,
            serial,
            server,
        } => format!("{client} gave up on {server} #{serial}"),
        Fact::Joined { server } => format!("{server} joined"),
        Fact::Lost {
            from,
            to,
            kind,
            why,
            ..
        } => format!("{from} -> {to} {}: lost, {}", name(*kind), loss(*why)),
        Fact::NetworkChanged => return None,
        Fact::Raft { server, event } => event::notation(*server, event, step, world),
        Fact::Read {
            server,
            index,
            client,
            serial,
            op,
            answer,
        } => format!("{server} read {client}#{serial} {op} applied={index}: {answer}"),
        Fact::RecordDropped { server, record } => {
            let record = match record {
                Record::TermAndVote => "term and vote".into(),
                Record::Snapshot => "snapshot".into(),
                Record::Entry(index) => format!("entry {index}"),
                Record::Trim => "trim".into(),
            };
            format!("{server} torn record dropped: {record}")
        }
        Fact::Redirected {
            client,
            from,
            leader,
        } => format!("{client} redirected by {from}: leader={}", maybe(*leader)),
        Fact::Registered {
            client,
            session,
            server,
        } => format!("{client} <- {server} Reply: session {session}"),
        Fact::Registers {
            client,
            serial,
            op,
            server,
            attempt,
        } => {
            let again = again(*attempt);
            format!("{client} -> {server} Register #{serial} for {op}{again}")
        }
        Fact::Restarted { server } => format!("{server} restarted"),
        Fact::Retired { server } => format!("{server} retired"),
        Fact::Sent { .. } => sent(step, place, world),
        Fact::SessionEnded {
            server,
            session,
            client,
            for_session,
            for_client,
        } => format!(
            "{server} session {session} of {client} ended: session {for_session} of {for_client}"
        ),
        Fact::SessionOpened {
            server,
            session,
            client,
        } => format!("{server} session {session} of {client} opened"),
        Fact::Wiped { server } => format!("{server} wiped"),
        Fact::WriteBegun {
            server,
            last,
            done_at,
        } => format!("{server} writes up to {last} until {done_at}"),
        Fact::WriteCut {
            server,
            last,
            unwritten,
            term,
        } => {
            let term = term.map_or_else(String::new, |term| format!(" t{term}"));
            format!("{server} write cut: disk={last}{term} memory={unwritten}")
        }
        Fact::Written { server, last } => format!("{server} written up to {last}"),
    })
}

fn sent(step: &Step, place: usize, world: &World) -> String {
    let Fact::Sent {
        packet,
        from,
        kind,
        term,
        index,
        positive,
        ..
    } = &step.facts[place]
    else {
        return String::new();
    };
    let to = list(narrate::recipients(step, place, world));
    let yes = |yes: &'static str, no: &'static str| if *positive { yes } else { no };

    let rest = match kind {
        PacketKind::Append => match narrate::first_entry(world, *packet) {
            Some(first) => format!(" t{term} {}", entries(first, *index)),
            None => format!(" t{term} ..{index}"),
        },
        PacketKind::AppendReply => {
            format!(" t{term} index={index}: {}", yes("accepted", "rejected"))
        }
        PacketKind::PreVoteReply | PacketKind::VoteReply => {
            format!(" t{term}: {}", yes("granted", "rejected"))
        }
        PacketKind::Reply => format!(": {}", yes("done", "not leader")),
        PacketKind::ReadIndexReply => format!(" t{term}: index={index}"),
        PacketKind::Snapshot | PacketKind::SnapshotReply => format!(" t{term} last={index}"),
        PacketKind::Request => String::new(),
        PacketKind::Heartbeat
        | PacketKind::PreVote
        | PacketKind::ReadIndex
        | PacketKind::TimeoutNow
        | PacketKind::Vote => {
            format!(" t{term}")
        }
    };
    format!("{from} -> {to} {}{rest}", name(*kind))
}

/// What a crash leaves of what the server had to keep.
fn kept(step: &Step, world: &World) -> String {
    if step
        .facts
        .iter()
        .any(|fact| matches!(fact, Fact::WriteCut { .. }))
    {
        return "what was written".into();
    }
    let rules = world.config().rules;
    let kept = [
        ("term", rules.on(Rule::PersistTerm)),
        (
            "vote",
            rules.on(Rule::PersistTerm) && rules.on(Rule::PersistVote),
        ),
        ("log", rules.on(Rule::PersistLog)),
    ];
    list(
        kept.iter()
            .filter(|(_, is_kept)| *is_kept)
            .map(|(what, _)| what),
    )
}

fn wanted(change: Change) -> String {
    match change {
        Change::Add(id) => format!("add {id}"),
        Change::Learn(id) => format!("learner {id}"),
        Change::Remove(id) => format!("remove {id}"),
        Change::Voters(voters) => format!("members {}", set(voters)),
    }
}

/// A message, as the paper (or the dissertation) names it.
fn name(kind: PacketKind) -> &'static str {
    match kind {
        PacketKind::Append => "AppendEntries",
        PacketKind::AppendReply => "AppendEntriesReply",
        PacketKind::Heartbeat => "Heartbeat",
        PacketKind::PreVote => "PreVote",
        PacketKind::PreVoteReply => "PreVoteReply",
        PacketKind::ReadIndex => "ReadIndex",
        PacketKind::ReadIndexReply => "ReadIndexReply",
        PacketKind::Reply => "Reply",
        PacketKind::Request => "Request",
        PacketKind::Snapshot => "InstallSnapshot",
        PacketKind::SnapshotReply => "InstallSnapshotReply",
        PacketKind::TimeoutNow => "TimeoutNow",
        PacketKind::Vote => "RequestVote",
        PacketKind::VoteReply => "RequestVoteReply",
    }
}

fn loss(why: Loss) -> &'static str {
    match why {
        Loss::Chance => "chance",
        Loss::Crowded => "crowded",
        Loss::Cut => "cut",
        Loss::Down => "down",
        Loss::Dropped => "dropped",
        Loss::Gone => "gone",
    }
}

/// What an entry says: `x=3`, `S1,S2,S3` for a configuration, `+C1` where a client opens a
/// session, or `-` for an empty entry.
pub(super) fn payload(payload: Payload) -> String {
    match payload {
        Payload::Command(command) => command.op.to_string(),
        Payload::Configuration(configuration) => configuration.to_string(),
        Payload::Noop => "-".into(),
        Payload::Register(registration) => registration.to_string(),
    }
}

/// The same with its term before it: `4:x=3`.
pub(super) fn entry(entry: &Entry) -> String {
    format!("{}:{}", entry.term, payload(entry.payload))
}

/// What the entry at `index` of a server's log says, after a space, if the log holds it.
fn says(world: &World, server: NodeId, index: LogIndex) -> String {
    let entry = world.server(server).log().get(index);
    entry.map_or_else(String::new, |entry| format!(" {}", payload(entry.payload)))
}

/// `3@2`: the entry at index 3, of term 2.
fn at(EntryId { index, term }: EntryId) -> String {
    format!("{index}@{term}")
}

/// `4`, `4..6`.
fn entries(first: LogIndex, last: LogIndex) -> String {
    if first == last {
        last.to_string()
    } else {
        format!("{first}..{last}")
    }
}

fn set(servers: ServerSet) -> String {
    list(servers.iter())
}

fn list<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    if items.is_empty() {
        "-".into()
    } else {
        items.join(",")
    }
}

fn maybe<T: Display>(value: Option<T>) -> String {
    list(value)
}

fn again(attempt: u32) -> String {
    match attempt {
        0 | 1 => String::new(),
        attempt => format!(" attempt={attempt}"),
    }
}
