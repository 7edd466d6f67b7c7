//! What there is to know of a server or a packet, read off the world for the closer look.

use super::scene::Look;
use crate::hunt::reach;
use crate::kv::KvStore;
use crate::narrate::{self, fill, say};
use crate::raft::{
    AppendOutcome, Change, Configuration, EntryId, Flow, Message, Node, NodeId, Role,
    SnapshotOutcome,
};
use crate::sim::{Action, Body, PacketId, PacketPick, ReplyOutcome, Server, World};

/// What is being looked at.
#[derive(Clone, PartialEq, Debug)]
pub enum Subject {
    /// A packet under way.
    Packet(PacketFacts),
    /// A server.
    Server(ServerFacts),
}

/// What there is to know of a packet.
#[derive(Clone, PartialEq, Debug)]
pub struct PacketFacts {
    /// Which.
    pub id: PacketId,
    /// How an action names it.
    pub pick: PacketPick,
    /// What it is, from whom, to whom.
    pub title: String,
    /// Names and values, as the paper calls them.
    pub fields: Vec<(&'static str, String)>,
    /// That it gets lost, in a sentence, if it does.
    pub lost: Option<String>,
}

/// What there is to know of a server.
#[derive(Clone, PartialEq, Debug)]
pub struct ServerFacts {
    /// Which.
    pub id: NodeId,
    /// Its role, in a word.
    pub role: &'static str,
    /// Whether it runs.
    pub up: bool,
    /// Whether there is anything to compact.
    pub can_compact: bool,
    /// Whether its disk has been slowed down.
    pub slow: bool,
    /// Whether it reaches no other.
    pub isolated: bool,
    /// What may become of its membership.
    pub changes: Vec<(&'static str, Action)>,
    /// Names and values, as the paper calls them.
    pub fields: Vec<(&'static str, String)>,
    /// For a leader: each follower with its next and match index.
    pub followers: Vec<(NodeId, String, String)>,
}

/// A closer look at a server.
pub fn server(world: &World, id: NodeId) -> Option<Subject> {
    let server = world.find(id)?;
    let persistent = server.persistent();
    let name = |id: Option<NodeId>| id.map_or_else(|| say("nobody").into(), |id| id.to_string());
    let mut fields = vec![
        ("currentTerm", persistent.current_term.to_string()),
        ("votedFor", name(persistent.voted_for)),
        ("last log entry", position(persistent.log.last())),
        ("members", members(persistent.log.configuration())),
    ];
    let snapshot = persistent.log.snapshot().last;
    if snapshot != EntryId::ZERO {
        fields.push(("snapshot up to", position(snapshot)));
    }
    if let Some(writing) = server.up().and_then(|up| up.disk.writing()) {
        let (last, waiting) = (writing.last().index, writing.waiting());
        let writing = fill("busy up to entry {}; {} messages wait", &[&last, &waiting]);
        fields.push(("disk", writing));
    }
    let mut followers = Vec::new();
    if let Some(node) = server.node() {
        fields.push(("commitIndex", node.commit_index().to_string()));
        fields.push(("lastApplied", node.last_applied().to_string()));
        fields.push((
            "follows",
            name(node.leader().filter(|leader| *leader != id)),
        ));
        if let Role::Leader(leadership) = node.role() {
            fields.pop();
            let members = node.configuration().members();
            for other in members.without(id).iter() {
                let progress = leadership.progress(other);
                let next = match &progress.flow {
                    Flow::Snapshot(transfer) => fill("snapshot {}", &[&transfer.last()]),
                    _ => progress.next_index.to_string(),
                };
                followers.push((other, next, progress.match_index.to_string()));
            }
        }
    }
    let sessions = server.up().map(|up| sessions(&up.machine));
    fields.extend(sessions.filter(|sessions| !sessions.1.is_empty()));
    Some(Subject::Server(ServerFacts {
        id,
        role: Look::of(server).word(),
        up: server.is_up(),
        can_compact: server.node().is_some_and(Node::can_compact),
        slow: server.disk_time.is_some(),
        isolated: is_isolated(world, id),
        changes: changes(world, id),
        fields,
        followers,
    }))
}

/// The open sessions, the one that will expire first before the others: `2 (C1), 5 (C2)`.
fn sessions(machine: &KvStore) -> (&'static str, String) {
    let sessions = machine.sessions();
    let sessions = sessions.map(|session| format!("{} ({})", session.id, session.client));
    ("sessions", sessions.collect::<Vec<_>>().join(", "))
}

/// Whether a server reaches no other.
pub fn is_isolated(world: &World, id: NodeId) -> bool {
    let cut = |other: NodeId| world.network().is_cut(id.into(), other.into());
    let others = world.ids().without(id);
    !others.is_empty() && others.iter().all(cut)
}

fn members(configuration: Configuration) -> String {
    if configuration == Configuration::default() {
        return say("none known").into();
    }
    configuration.to_string()
}

/// What may become of a server's part in the cluster, as far as it is possible at the moment.
fn changes(world: &World, id: NodeId) -> Vec<(&'static str, Action)> {
    let leads = world.leader() == Some(id);
    let votes = world.configuration().voters.contains(id);
    let node = world.find(id).and_then(Server::node);
    let hands_over = node.and_then(Node::transferee).is_some();
    // Said by the page.
    let wishes = [
        (
            votes && !leads && node.is_some(),
            "Transfer leadership to it",
            Action::Transfer(id),
        ),
        (
            leads && hands_over,
            "Cancel the transfer",
            Action::Transfer(id),
        ),
        (true, "Give it a vote", Action::Change(Change::Add(id))),
        (
            true,
            "Remove from the cluster",
            Action::Change(Change::Remove(id)),
        ),
        (true, "Delete this server", Action::Retire(id)),
    ];
    let possible = wishes
        .into_iter()
        .filter(|(wanted, _, action)| *wanted && world.check(action).is_ok());
    possible.map(|(_, label, action)| (label, action)).collect()
}

/// A closer look at a packet, if it is still under way.
pub fn packet(world: &World, id: PacketId) -> Option<Subject> {
    let packet = world.network().packet(id)?;
    let (name, fields) = contents(&packet.body);
    Some(Subject::Packet(PacketFacts {
        id,
        pick: reach::pick(world, packet),
        title: fill("{}, {} to {}", &[&say(name), &packet.from, &packet.to]),
        fields,
        lost: packet
            .fate
            .map(|_| narrate::journey(narrate::spoken(), packet)),
    }))
}

/// What the paper calls a message.
pub fn packet_name(body: Option<&Body>) -> &'static str {
    body.map_or("message", |body| contents(body).0)
}

fn contents(body: &Body) -> (&'static str, Vec<(&'static str, String)>) {
    match body {
        Body::Raft(message) => message_fields(message),
        Body::Register { serial } => (
            "Request",
            vec![
                ("request", say("a session").to_string()),
                ("its number", serial.to_string()),
            ],
        ),
        Body::Request {
            session,
            serial,
            op,
        } => {
            let mut fields = vec![
                ("request", op.to_string()),
                ("its number", serial.to_string()),
            ];
            fields.extend(session.map(|session| ("in session", session.to_string())));
            ("Request", fields)
        }
        Body::Reply { serial, outcome } => {
            let outcome = match outcome {
                ReplyOutcome::Answer(answer) => answer.to_string(),
                ReplyOutcome::NotLeader {
                    leader: Some(leader),
                } => fill("not the leader: ask {}", &[&leader]),
                ReplyOutcome::NotLeader { leader: None } => {
                    say("not the leader, and knows of none").into()
                }
                ReplyOutcome::Session(session) => fill("session {} is open", &[&session]),
            };
            (
                "Answer",
                vec![("answer", outcome), ("to request", serial.to_string())],
            )
        }
    }
}

fn message_fields(message: &Message) -> (&'static str, Vec<(&'static str, String)>) {
    let term = ("term", message.term().to_string());
    match message {
        Message::AppendEntries {
            prev_log: previous,
            entries,
            leader_commit: commit,
            ..
        } => {
            let first = previous.index.next();
            let carried = match entries.len() {
                0 => say("none: a heartbeat").into(),
                1 => fill("entry {}", &[&first]),
                count => fill("entries {} to {}", &[&first, &previous.index.plus(count)]),
            };
            let fields = vec![
                term,
                ("entry before", position(*previous)),
                ("entries", carried),
                ("leaderCommit", commit.to_string()),
            ];
            ("AppendEntries", fields)
        }
        Message::AppendEntriesReply { outcome, .. } => {
            let (success, about) = match outcome {
                AppendOutcome::Accepted { match_index } => {
                    ("yes", ("agrees up to", match_index.to_string()))
                }
                AppendOutcome::Refused { hint, .. } => ("no", ("may agree at", position(*hint))),
            };
            (
                "AppendEntries reply",
                vec![term, ("success", success.into()), about],
            )
        }
        Message::PreVote { last_log: last, .. } => (
            "PreVote",
            vec![
                ("would be term", message.term().to_string()),
                ("last log entry", position(*last)),
            ],
        ),
        Message::PreVoteReply {
            granted,
            next_term: next,
            ..
        } => {
            let granted = if *granted { say("yes") } else { say("no") };
            (
                "PreVote reply",
                vec![
                    term,
                    ("asked for term", next.to_string()),
                    ("would vote", granted.into()),
                ],
            )
        }
        Message::InstallSnapshot { piece, .. } => {
            let items: Vec<String> = piece.items.iter().map(ToString::to_string).collect();
            let done = if piece.done { say("yes") } else { say("no") };
            let fields = vec![
                term,
                ("last included", position(piece.last)),
                ("offset", piece.offset.to_string()),
                ("data", items.join(" ")),
                ("done", done.into()),
            ];
            ("InstallSnapshot", fields)
        }
        Message::InstallSnapshotReply { last, outcome, .. } => {
            let about = match outcome {
                SnapshotOutcome::Installed { match_index } => {
                    ("agrees up to", match_index.to_string())
                }
                SnapshotOutcome::Received { offset } => {
                    ("needs the piece from", offset.to_string())
                }
            };
            let fields = vec![term, ("last included", last.to_string()), about];
            ("InstallSnapshot reply", fields)
        }
        Message::RequestVote { last_log: last, .. } => (
            "RequestVote",
            vec![term, ("last log entry", position(*last))],
        ),
        Message::ReadIndex { id, .. } => {
            ("ReadIndex", vec![term, ("read of", id.client.to_string())])
        }
        Message::ReadIndexReply { id, index, .. } => (
            "ReadIndex reply",
            vec![
                term,
                ("read of", id.client.to_string()),
                ("must see entry", index.to_string()),
            ],
        ),
        Message::TimeoutNow { .. } => ("TimeoutNow", vec![term]),
        Message::RequestVoteReply { granted, .. } => {
            let granted = if *granted { say("yes") } else { say("no") };
            (
                "RequestVote reply",
                vec![term, ("voteGranted", granted.into())],
            )
        }
    }
}

fn position(position: EntryId) -> String {
    match position {
        EntryId::ZERO => say("none").into(),
        EntryId { index, term } => fill("index {}, term {}", &[&index, &term]),
    }
}
