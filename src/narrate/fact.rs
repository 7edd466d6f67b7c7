//! What happened between servers, clients and the network, and what was done from outside.

use super::group::{first_entry, recipients};
use super::{event, membership, words};
use crate::kv::{Answer, ClientId, Op};
use crate::raft::{LogIndex, NodeId, Payload, Rule};
use crate::sim::{
    Action, Address, Cause, Fact, Link, Loss, PacketId, PacketKind, PacketPick, Record, Step, World,
};

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
            let (result, took) = (words::result(op, answer), step.at.saturating_sub(*asked_at));
            format!("The client {client} has its answer from {server}, after {took}: {result}")
        }
        Fact::Asked {
            client,
            op,
            server,
            attempt,
            ..
        } => {
            let asked = format!("The client {client} asked {server} for {}", words::wish(op));
            match attempt {
                0 | 1 => asked,
                attempt => format!("{asked} (attempt {attempt})"),
            }
        }
        Fact::Expired {
            client, op, server, ..
        } => format!(
            "The client {client} learned from {server} that its session has expired: nobody knows whether {op} was done"
        ),
        Fact::ChangeAsked { leader, change } => membership::asked(*leader, *change),
        Fact::Crashed { server } => crashed(*server, step, world),
        Fact::Executed {
            server,
            index,
            client,
            answer: Answer::Expired,
            ..
        } => {
            let op =
                command(world, *server, *index).map_or_else(String::new, |op| format!("{op} "));
            format!(
                "{server} did not execute entry {index}, {op}of {client}: its session has expired"
            )
        }
        Fact::Executed {
            server,
            index,
            client,
            answer,
            ..
        } => match command(world, *server, *index) {
            Some(op) => format!("{server} executed entry {index}, {op} of {client}: {answer}"),
            None => format!("{server} executed entry {index}, of {client}: {answer}"),
        },
        Fact::GaveUpWaiting { client, server, .. } => {
            format!("The client {client} gave up waiting for {server}")
        }
        Fact::Joined { server } => {
            format!("{server} was switched on: its disk is empty, and it knows of no cluster")
        }
        Fact::Lost {
            from,
            to,
            kind,
            why,
            ..
        } => lost(*from, *to, *kind, *why),
        Fact::NetworkChanged => {
            super::action(step).map_or_else(|| "The network changed".into(), links)
        }
        Fact::Raft { server, event } => event::text(*server, event, step, world),
        Fact::Redirected {
            client,
            from,
            leader: Some(leader),
        } if leader == from => format!("The client {client} will ask {from} again in a moment"),
        Fact::Redirected {
            client,
            from,
            leader: Some(leader),
        } => format!("{from} sent the client {client} on to {leader}"),
        Fact::Redirected {
            client,
            from,
            leader: None,
        } => format!("{from} could not tell the client {client} who leads"),
        Fact::Registers {
            client,
            op,
            server,
            attempt,
            ..
        } => {
            let asked = format!(
                "The client {client} asked {server} for a session, to ask for {} in it",
                words::wish(op)
            );
            match attempt {
                0 | 1 => asked,
                attempt => format!("{asked} (attempt {attempt})"),
            }
        }
        Fact::Registered {
            client,
            session,
            server,
        } => format!("The client {client} has session {session}, opened by {server}"),
        Fact::SessionEnded {
            server,
            session,
            client,
            for_session,
            for_client,
        } => format!(
            "{server} forgot session {session} of {client}, the one used least recently, for session {for_session} of {for_client}"
        ),
        Fact::SessionOpened {
            server,
            session,
            client,
        } => format!("{server} opened session {session} for {client}"),
        Fact::Retired { server } => format!("{server} was taken away"),
        Fact::Read {
            server,
            index,
            client,
            op,
            answer,
            ..
        } => {
            let result = words::result(op, answer);
            format!(
                "{server} answered {client}'s read from its state machine, at entry {index}: {result}"
            )
        }
        Fact::Restarted { server } => {
            format!("{server} started from its disk, as a follower")
        }
        Fact::RecordDropped { server, record } => {
            let record = match record {
                Record::TermAndVote => "a new term and vote".into(),
                Record::Snapshot => "a snapshot".into(),
                Record::Entry(index) => format!("entry {index}"),
                Record::Trim => "what was compacted".into(),
            };
            format!("{server} found a torn record on its disk, half of {record}, and dropped it")
        }
        Fact::Sent {
            packet, from, kind, ..
        } => {
            let to = words::list(recipients(step, place, world));
            sent(*from, &to, *kind, *packet, &step.facts[place], world)
        }
        Fact::WriteBegun {
            server, done_at, ..
        } => {
            let takes = done_at.saturating_sub(step.at);
            format!("{server} writes to its disk, which takes {takes}")
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
            match unwritten.0.saturating_sub(last.0) {
                0 => {}
                1 => lost.push(format!("entry {unwritten} is not on its disk")),
                _ => lost.push(format!(
                    "{} are not on its disk",
                    words::entries(last.next(), *unwritten)
                )),
            }
            let lost = if lost.is_empty() {
                "nothing of its log is lost".into()
            } else {
                words::list(lost)
            };
            format!("{server} was cut short while it was writing: {lost}")
        }
        Fact::Written {
            server,
            last: LogIndex(0),
        } => format!("{server} has its term and its vote on its disk"),
        Fact::Written { server, last } => {
            format!("{server} has everything up to entry {last} on its disk")
        }
        Fact::Wiped { server } => format!("{server} lost its disk: term, vote and log are gone"),
    }
}

/// What a crash leaves: all that must be on disk, unless a rule is off.
fn crashed(server: NodeId, step: &Step, world: &World) -> String {
    let cut = |fact: &Fact| matches!(fact, Fact::WriteCut { .. });
    if step.facts.iter().any(cut) {
        return format!("{server} crashed, and forgets what is not on its disk");
    }
    let rules = world.config().rules;
    let kept = |rule, what| rules.on(rule).then_some(what);
    let kept: Vec<&str> = [
        kept(Rule::PersistTerm, "its term"),
        kept(Rule::PersistVote, "its vote").filter(|_| rules.on(Rule::PersistTerm)),
        kept(Rule::PersistLog, "its log"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if kept.is_empty() {
        return format!("{server} crashed, and forgets everything");
    }
    format!(
        "{server} crashed: it keeps {}, and forgets the rest",
        words::list(kept)
    )
}

fn sent(
    from: Address,
    to: &str,
    kind: PacketKind,
    packet: PacketId,
    fact: &Fact,
    world: &World,
) -> String {
    let Fact::Sent {
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
            let entries = match first_entry(world, packet) {
                Some(first) => words::entries(first, *index),
                None => format!("its entries up to {index}"),
            };
            format!("{from} sent {entries} to {to}")
        }
        PacketKind::AppendReply if *positive => {
            format!("{from} told {to} that its log agrees up to entry {index}")
        }
        PacketKind::AppendReply => format!("{from} told {to} that it refused"),
        PacketKind::Heartbeat => format!("{from} sent a heartbeat to {to}"),
        PacketKind::PreVote => {
            format!("{from} asked {to} whether it would get a vote in term {term}")
        }
        PacketKind::PreVoteReply if *positive => {
            format!("{from} told {to} that it would vote for it")
        }
        PacketKind::PreVoteReply => format!("{from} told {to} that it would not vote for it"),
        PacketKind::ReadIndex => format!("{from} asked {to} for the index of a read"),
        PacketKind::ReadIndexReply => {
            format!("{from} told {to} that the read must see entry {index}")
        }
        PacketKind::Reply if *positive && to.contains(' ') => {
            format!("{from} sent the clients {to} their answers")
        }
        PacketKind::Reply if *positive => format!("{from} sent the client {to} its answer"),
        PacketKind::Reply => format!("{from} told the client {to} that it does not lead"),
        PacketKind::Request => format!("The client {from} sent its request to {to}"),
        PacketKind::Snapshot => {
            format!("{from} sent a piece of its snapshot up to entry {index} to {to}")
        }
        PacketKind::SnapshotReply => {
            format!("{from} told {to} how much it has of the snapshot up to entry {index}")
        }
        PacketKind::TimeoutNow => format!("{from} told {to} to stand for election at once"),
        PacketKind::Vote => format!("{from} asked {to} to vote for it in term {term}"),
        PacketKind::VoteReply if *positive => format!("{from} sent its vote to {to}"),
        PacketKind::VoteReply => format!("{from} sent its refusal to {to}"),
    }
}

fn lost(from: Address, to: Address, kind: PacketKind, why: Loss) -> String {
    let what = thing(Some(kind));
    let why = match why {
        Loss::Crowded => "too much was under way".into(),
        Loss::Cut => "the link was cut".into(),
        Loss::Down => format!("{to} is down"),
        Loss::Dropped => "it was dropped".into(),
        Loss::Gone => format!("{to} is not there any more"),
        Loss::Chance => "the network lost it".into(),
    };
    format!("{what} from {from} did not reach {to}: {why}")
}

/// A packet, at the beginning of a sentence.
fn thing(kind: Option<PacketKind>) -> &'static str {
    match kind {
        None => "Something",
        Some(PacketKind::Append) => "An AppendEntries",
        Some(PacketKind::AppendReply) => "The reply to an AppendEntries",
        Some(PacketKind::Heartbeat) => "A heartbeat",
        Some(PacketKind::PreVote) => "A question for a vote",
        Some(PacketKind::PreVoteReply) => "The reply to a question for a vote",
        Some(PacketKind::ReadIndex) => "A question for a read's index",
        Some(PacketKind::ReadIndexReply) => "The reply to a question for a read's index",
        Some(PacketKind::Reply) => "An answer",
        Some(PacketKind::Request) => "A request",
        Some(PacketKind::Snapshot) => "A piece of a snapshot",
        Some(PacketKind::SnapshotReply) => "The reply to a piece of a snapshot",
        Some(PacketKind::TimeoutNow) => "A TimeoutNow",
        Some(PacketKind::Vote) => "A request for a vote",
        Some(PacketKind::VoteReply) => "The reply to a request for a vote",
    }
}

/// The command at `index` of a server's log.
fn command(world: &World, server: NodeId, index: LogIndex) -> Option<Op> {
    match world.server(server).log().get(index)?.payload {
        Payload::Command(command) => Some(command.op),
        Payload::Configuration(_) | Payload::Noop | Payload::Register(_) => None,
    }
}

/// What was done from outside, where no fact of the step tells it.
pub(super) fn deed(step: &Step, world: &World) -> Option<super::Sentence> {
    let action = match &step.cause {
        Cause::Action(action) => Some(action.as_ref()),
        Cause::Start => None,
        Cause::Client(_)
        | Cause::Compaction { .. }
        | Cause::Written { .. }
        | Cause::Packet { .. }
        | Cause::Timeout { .. } => return None,
    };
    let text = match action {
        Some(action) => done(action, step)?,
        None => begins(world),
    };
    Some(outline(text, super::Weight::Story, step))
}

/// A step without facts, and without a deed that was told.
pub(super) fn nothing(step: &Step, world: &World) -> super::Sentence {
    let text = match &step.cause {
        Cause::Packet { packet, to, .. } if world.network().packet(*packet).is_some() => {
            format!("A message is held back before {to}")
        }
        Cause::Packet { from, to, kind, .. } => {
            format!(
                "{} from {from} reached {to}, and nothing came of it",
                thing(Some(*kind))
            )
        }
        Cause::Compaction { server } => format!("{server} had nothing to compact"),
        Cause::Written { server } => format!("{server} had nothing to write"),
        Cause::Timeout { server, .. } => {
            format!("A timer of {server} ran out, and nothing came of it")
        }
        Cause::Client(client) => format!("The client {client} had nothing to ask"),
        Cause::Action(action) => match action.as_ref() {
            Action::Drop(pick) => format!("{} was dropped", picked(pick)),
            action => format!("Done from outside: {action}"),
        },
        Cause::Start => begins(world),
    };
    outline(text, super::Weight::Quiet, step)
}

/// A sentence about a step rather than one of its facts.
fn outline(text: String, weight: super::Weight, step: &Step) -> super::Sentence {
    super::Sentence {
        text,
        weight,
        server: step.server(),
        fact: None,
        entry: None,
        packets: Vec::new(),
    }
}

fn begins(world: &World) -> String {
    match world.ids().len() {
        1 => "The only server starts, as a follower".into(),
        count => format!(
            "The {} servers start, all as followers",
            words::count(count)
        ),
    }
}

fn done(action: &Action, step: &Step) -> Option<String> {
    Some(match action {
        Action::Configure(setting) => format!("From now on {setting}"),
        Action::Delay(pick, delay) => format!("{} was delayed by {delay}", picked(pick)),
        Action::Deliver(pick) => format!("{} was hurried on", picked(pick)),
        Action::Duplicate(pick) => format!("{} was doubled", picked(pick)),
        Action::Read(client, key, _) => return queued(*client, &Op::Get { key: *key }, step),
        Action::Request(client, op) => return queued(*client, op, step),
        Action::Rule(rule, true) => format!("The rule {rule} holds again"),
        Action::Rule(rule, false) => format!("The rule {rule} does not hold any more"),
        Action::SetTimer(id, length) => {
            format!("{id}'s election timer was set to run out in {length}")
        }
        Action::Skew(id, rate) => {
            format!(
                "{id}'s clock counts {} while others count {}",
                rate.ticks, rate.per
            )
        }
        Action::SlowDisk(id, Some(time)) => {
            format!("{id}'s disk takes {time} for a write from now on")
        }
        Action::SlowDisk(id, None) => format!("{id}'s disk is as fast as the others' again"),
        // What came of these is told as a fact, of this step or (a dropped packet's) of the next.
        Action::Change(_)
        | Action::Compact(_)
        | Action::Crash(_)
        | Action::Cut(_)
        | Action::Drop(_)
        | Action::Heal(_)
        | Action::Hold(_)
        | Action::Isolate(_)
        | Action::Partition(_)
        | Action::Release(_)
        | Action::Restart(_)
        | Action::Retire(_)
        | Action::Timeout(_)
        | Action::Transfer(_)
        | Action::Wipe(_) => return None,
    })
}

fn picked(pick: &PacketPick) -> String {
    format!("{} from {} to {}", thing(pick.kind), pick.from, pick.to)
}

/// A client that is busy asks later.
fn queued(client: ClientId, op: &Op, step: &Step) -> Option<String> {
    let asks = |fact: &Fact| matches!(fact, Fact::Asked { .. } | Fact::Registers { .. });
    let wish = words::wish(op);
    (!step.facts.iter().any(asks))
        .then(|| format!("The client {client} wants {wish} too, and waits with it for its answer"))
}

/// What became of the links.
fn links(action: &Action) -> String {
    let link = |link: &Link| match link {
        Link::All => "all servers".into(),
        Link::Both(a, b) => format!("{a} and {b}"),
        Link::OneWay(a, b) => format!("{a} and {b}, in that direction,"),
    };
    match action {
        Action::Cut(Link::All) => "All links between servers were cut".into(),
        Action::Cut(Link::Both(a, b)) => format!("The link between {a} and {b} was cut"),
        Action::Cut(Link::OneWay(a, b)) => format!("The link from {a} to {b} was cut"),
        Action::Heal(Link::All) => "All links carry packets again".into(),
        Action::Heal(between) => {
            format!("The link between {} carries packets again", link(between))
        }
        Action::Hold(between) => format!("Packets between {} are held back", link(between)),
        Action::Isolate(id) => format!("{id} was cut off from all other servers"),
        Action::Partition(groups) => {
            let sides: Vec<String> = groups.iter().map(ToString::to_string).collect();
            format!("The network was parted: {}", sides.join(" | "))
        }
        Action::Release(between) => format!("Packets between {} go on", link(between)),
        Action::Change(_)
        | Action::Compact(_)
        | Action::Configure(_)
        | Action::Crash(_)
        | Action::Delay(..)
        | Action::Deliver(_)
        | Action::Drop(_)
        | Action::Duplicate(_)
        | Action::Read(..)
        | Action::Request(..)
        | Action::Restart(_)
        | Action::Retire(_)
        | Action::Rule(..)
        | Action::SetTimer(..)
        | Action::Skew(..)
        | Action::SlowDisk(..)
        | Action::Timeout(_)
        | Action::Transfer(_)
        | Action::Wipe(_) => "The network changed".into(),
    }
}
