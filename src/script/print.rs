//! A moment of the world in readable lines.

use std::fmt::Write;

use super::command::Print;
use super::notation::entry;
use crate::kv::Item;
use crate::raft::{
    AppendOutcome, Configuration, EntryId, Log, LogIndex, Message, Node, NodeId, Role,
    SnapshotOutcome, Term, Timer,
};
use crate::sim::{Body, Client, Loss, Packet, ReplyOutcome, Stage, Time, World};

/// What can be printed of a moment alone: nothing, for what happened before it.
pub fn world(what: Print, world: &World) -> String {
    match what {
        Print::Clients => clients(world),
        Print::Logs => logs(world),
        Print::Packets => packets(world),
        Print::Status => status(world),
        Print::Timers => timers(world),
        Print::Count | Print::Events { .. } => String::new(),
    }
}

/// A line for each server: what Figure 2 gives it, and its copy of the machine.
///
/// `members` is the latest configuration in the log, where that is not the founding one; `next` is
/// the leader's nextIndex for the others; `match` its matchIndex, where that is not just
/// one less.
pub fn status(world: &World) -> String {
    lines(world.servers().iter().map(|s| server(world, s.id)))
}

/// The line of one server.
pub fn server(world: &World, id: NodeId) -> String {
    let server = world.server(id);
    let disk = server.persistent();
    let being = match server.node().map(Node::role) {
        None => "down",
        Some(Role::Candidate { .. }) => "candidate",
        Some(Role::PreCandidate { .. }) => "pre-candidate",
        Some(Role::Follower { .. }) if disk.log.configuration().learners.contains(id) => "learner",
        Some(Role::Follower { .. }) => "follower",
        Some(Role::Leader(_)) => "leader",
    };
    let vote = disk
        .voted_for
        .map_or_else(|| "-".into(), |id| id.to_string());
    let (term, compacted) = (disk.current_term, compacted(&disk.log));
    let log = terms(&disk.log);
    let mut line = format!("{id} {being:9}  term {term} vote {vote:2} {compacted}log {log}");
    let Some(up) = server.up() else {
        return line;
    };
    let (commit, applied) = (up.node.commit_index(), up.node.last_applied());
    append(
        &mut line,
        format_args!("  commit {commit} applied {applied}"),
    );
    if up.paused {
        line.push_str("  paused");
    }
    append(&mut line, format_args!("{}", known(&up.node)));
    let members = up.node.log().configuration();
    if members == Configuration::default() {
        line.push_str("  members -");
    } else if members != Configuration::of(world.founders()) {
        append(&mut line, format_args!("  members {members}"));
    }
    for (place, session) in up.machine.sessions().enumerate() {
        let gap = if place == 0 { "  sessions " } else { " " };
        append(&mut line, format_args!("{gap}{}", Item::Session(*session)));
    }
    for (place, (key, value)) in up.machine.values().enumerate() {
        let gap = if place == 0 { "  " } else { " " };
        append(&mut line, format_args!("{gap}{key}={value}"));
    }
    line
}

/// A line for each server that is up: when its timer was started and when it runs out.
pub fn timers(world: &World) -> String {
    let running = world.servers().iter().filter_map(|server| {
        let (id, timers) = (server.id, &server.up()?.timers);
        let running = Timer::ALL.into_iter().filter_map(|timer| {
            let name = match timer {
                Timer::Election => "election timer",
                Timer::Heartbeat => "heartbeat timer",
                Timer::EvenLease | Timer::OddLease => "lease",
                Timer::MinElection => "loyalty",
                Timer::Transfer => "transfer",
            };
            let running = timers.get(timer);
            let (set_at, deadline) = (running.set_at, running.deadline);
            (deadline < Time::NEVER).then(|| format!("{name} from {set_at} to {deadline}"))
        });
        let running: Vec<String> = running.collect();
        Some(match running.as_slice() {
            [] => format!("{id} no timer"),
            running => format!("{id} {}", running.join(", ")),
        })
    });
    lines(running)
}

/// What a server in its role knows of others.
fn known(node: &Node) -> String {
    match node.role() {
        Role::Follower { leader: None } => String::new(),
        Role::Follower {
            leader: Some(leader),
        } => format!("  leader {leader}"),
        Role::Candidate { votes, .. } | Role::PreCandidate { votes } => format!("  votes {votes}"),
        Role::Leader(leadership) => {
            let (mut next, mut match_index) = (String::new(), String::new());
            let members = node.configuration().members();
            for id in members.without(node.id()).iter() {
                let progress = leadership.progress(id);
                append(&mut next, format_args!(" {id}={}", progress.next_index));
                if progress.match_index.next() != progress.next_index {
                    append(
                        &mut match_index,
                        format_args!(" {id}={}", progress.match_index),
                    );
                }
            }
            let part = |name, list: String| {
                if list.is_empty() {
                    list
                } else {
                    format!("  {name}{list}")
                }
            };
            let to = leadership
                .transfer
                .map_or_else(String::new, |transfer| format!(" {}", transfer.transferee));
            part("next", next) + &part("match", match_index) + &part("hands over to", to)
        }
    }
}

/// A line for each server: its log with what the entries say, after the snapshot if it has one.
/// What stands left of `|` the server knows to be committed; `-` is an empty entry.
pub fn logs(world: &World) -> String {
    lines(world.servers().iter().map(|server| {
        let commit = server.node().map(Node::commit_index);
        let mut line = format!("{} {}", server.id, compacted(server.log()));
        line.truncate(line.trim_end().len());
        if commit == Some(server.log().base().index) {
            line.push_str(" |");
        }
        for (index, entry) in server.log().iter() {
            append(&mut line, format_args!(" {}", self::entry(entry)));
            if commit == Some(index) {
                line.push_str(" |");
            }
        }
        line
    }))
}

/// `snapshot 5:2 ` if a snapshot covers all up to entry 5, which is of term 2, and with `from 4 `
/// behind if some of these entries are still in the log.
fn compacted(log: &Log) -> String {
    let (last, first) = (log.snapshot().last, log.first_index());
    if last.index == LogIndex(0) {
        String::new()
    } else if first == last.index.next() {
        format!("snapshot {}:{} ", last.index, last.term)
    } else {
        format!("snapshot {}:{} from {first} ", last.index, last.term)
    }
}

/// The terms of a log's entries. A long log is told by runs: `1×40 3×2` are forty entries of
/// term 1 and two of term 3.
fn terms(log: &Log) -> String {
    const LONG: usize = 16;
    if log.is_empty() {
        return "-".into();
    }
    if log.len() <= LONG {
        let terms: Vec<String> = log
            .iter()
            .map(|(_, entry)| entry.term.to_string())
            .collect();
        return terms.join(" ");
    }
    let mut runs: Vec<(Term, usize)> = Vec::new();
    for (_, entry) in log.iter() {
        match runs.last_mut() {
            Some((term, count)) if *term == entry.term => *count += 1,
            _ => runs.push((entry.term, 1)),
        }
    }
    let runs: Vec<String> = runs
        .iter()
        .map(|(term, count)| format!("{term}×{count}"))
        .collect();
    runs.join(" ")
}

/// A line for each client.
pub fn clients(world: &World) -> String {
    lines(world.clients().iter().map(client))
}

fn client(client: &Client) -> String {
    let mut line = match client.current {
        None => format!("{} idle, would ask {}", client.id, client.target),
        Some(errand) => {
            let verb = if errand.waiting { "asks" } else { "will ask" };
            let (op, serial, attempts) = (errand.op, errand.serial, errand.attempts);
            let (id, target) = (client.id, client.asks());
            let what = match errand.stage {
                Stage::Asking(_) => op.to_string(),
                Stage::Opening => format!("a session, then for {op}"),
            };
            format!("{id} {verb} {target} for {what} (request {serial}, attempt {attempts})")
        }
    };
    if let Some(session) = client.session {
        append(&mut line, format_args!("  session {session}"));
    }
    append(&mut line, format_args!("  answered {}", client.answered));
    if let Some((op, answer)) = client.last_answer {
        append(&mut line, format_args!(", last {op}: {answer}"));
    }
    if !client.queue.is_empty() {
        let wishes: Vec<String> = client
            .queue
            .iter()
            .map(|wish| wish.op.to_string())
            .collect();
        append(&mut line, format_args!("  then {}", wishes.join(" ")));
    }
    line
}

/// A line for each packet under way, in the order in which they arrive.
pub fn packets(world: &World) -> String {
    if world.network().packets().is_empty() {
        return "nothing is under way".into();
    }
    lines(world.network().packets().iter().rev().map(packet))
}

fn packet(packet: &Packet) -> String {
    let way = format!("{}>{}", packet.from, packet.to);
    let (kind, says) = (packet.kind().to_string(), body(&packet.body));
    let end = match packet.fate {
        None if packet.is_held() => "is held".into(),
        None => format!("arrives at {}", packet.due_at),
        Some(why) => format!("is lost at {}{}", packet.due_at, lost(why)),
    };
    format!("{way:5} {kind:12}  {says}  {end}")
}

fn lost(why: Loss) -> &'static str {
    match why {
        Loss::Crowded => " (crowded)",
        Loss::Cut => " (cut)",
        Loss::Down => " (down)",
        Loss::Dropped => " (dropped)",
        Loss::Gone => " (gone)",
        Loss::Chance => "",
    }
}

fn body(body: &Body) -> String {
    match body {
        Body::Raft(message) => self::message(message),
        Body::Reply {
            serial,
            outcome: ReplyOutcome::Answer(answer),
        } => format!("request {serial}: {answer}"),
        Body::Reply {
            serial,
            outcome: ReplyOutcome::NotLeader { leader },
        } => match leader {
            Some(leader) => format!("request {serial}: ask {leader}"),
            None => format!("request {serial}: no leader known"),
        },
        Body::Reply {
            serial,
            outcome: ReplyOutcome::Session(session),
        } => format!("request {serial}: session {session}"),
        Body::Register { serial } => format!("request {serial}: a session"),
        Body::Request {
            session: None,
            serial,
            op,
        } => format!("request {serial}: {op}"),
        Body::Request {
            session: Some(session),
            serial,
            op,
        } => format!("request {serial} in session {session}: {op}"),
    }
}

fn message(message: &Message) -> String {
    match message {
        Message::AppendEntries {
            term,
            prev_log: previous,
            entries,
            leader_commit: commit,
            ..
        } => {
            let mut text = format!(
                "term {term}  previous {} of term {}",
                previous.index, previous.term
            );
            if !entries.is_empty() {
                let entries: Vec<String> = entries.iter().map(entry).collect();
                append(&mut text, format_args!("  entries {}", entries.join(" ")));
            }
            append(&mut text, format_args!("  commit {commit}"));
            text
        }
        Message::AppendEntriesReply { term, outcome, .. } => match outcome {
            AppendOutcome::Accepted { match_index } => {
                format!("term {term}  agrees up to {match_index}")
            }
            AppendOutcome::Refused { previous, hint } => {
                let (index, of) = (hint.index, hint.term);
                format!("term {term}  refuses after {previous}, may agree at {index} of term {of}")
            }
        },
        Message::InstallSnapshot { term, piece, .. } => {
            let (last, offset) = (piece.last, piece.offset);
            let mut text = format!("term {term}  snapshot {}:{}", last.index, last.term);
            if !(offset == 0 && piece.done) {
                let end = if piece.done { ", the last piece" } else { "" };
                append(&mut text, format_args!("  from item {offset}{end}"));
            }
            let items: Vec<String> = piece.items.iter().map(ToString::to_string).collect();
            append(&mut text, format_args!("  {}", items.join(" ")));
            text
        }
        Message::InstallSnapshotReply {
            term,
            last,
            outcome,
            ..
        } => match outcome {
            SnapshotOutcome::Installed { match_index } => {
                format!("term {term}  snapshot {last}  agrees up to {match_index}")
            }
            SnapshotOutcome::Received { offset } => {
                format!("term {term}  snapshot {last}  needs item {offset}")
            }
        },
        Message::RequestVote {
            term,
            last_log: last,
            leadership_transfer,
        } => {
            let EntryId { index, term: of } = last;
            let order = if *leadership_transfer {
                "  on the leader's order"
            } else {
                ""
            };
            format!("term {term}  last entry {index} of term {of}{order}")
        }
        Message::ReadIndex { term, id } => format!("term {term}  {} {}", id.client, id.serial),
        Message::ReadIndexReply { term, id, index } => {
            format!("term {term}  {} {}  index {index}", id.client, id.serial)
        }
        Message::TimeoutNow { term } => format!("term {term}"),
        Message::PreVote {
            next_term: next,
            last_log: last,
        } => {
            let EntryId { index, term } = last;
            format!("for term {next}  last entry {index} of term {term}")
        }
        Message::PreVoteReply {
            term,
            next_term: next,
            granted,
        } => {
            let would = if *granted { "granted" } else { "refused" };
            format!("term {term}  {would} for term {next}")
        }
        Message::RequestVoteReply { term, granted } => {
            format!(
                "term {term}  {}",
                if *granted { "granted" } else { "refused" }
            )
        }
    }
}

fn append(line: &mut String, words: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = line.write_fmt(words);
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    let mut text = String::new();
    for line in lines {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
