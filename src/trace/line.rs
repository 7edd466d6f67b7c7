//! The lines of a trace, as data. Field names are the format's; `docs/trace.md` tells them.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::kv::{Command, Registration};
use crate::raft::{self, AppendOutcome, Entries, Entry, NodeId, Payload, SnapshotOutcome};
use crate::sim::Server;

/// The first line: who there is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Init {
    /// `"init"`.
    pub e: Kind,
    /// The servers' names.
    pub servers: Vec<String>,
    /// Who of them founded the cluster: the voters of the first configuration.
    pub founders: Vec<String>,
    /// Whether a field of the state that is missing is as it was.
    #[serde(default)]
    pub changes: bool,
    /// Whether a read of a follower waits until a majority has confirmed the leader since.
    #[serde(default, skip_serializing_if = "is_false")]
    pub rounds: bool,
}

/// Every other line: one step of one server.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Line {
    /// What kind of step.
    pub e: Kind,
    /// Which server.
    pub n: String,
    /// When, in microseconds of virtual time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<u64>,
    /// The message it received, as it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub m: Option<Message>,
    /// Where that was sent: the line, from 1, and the place in its `out`, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub src: Option<(usize, usize)>,
    /// Whether its disk was lost before it started.
    #[serde(default, skip_serializing_if = "is_false")]
    pub wiped: bool,
    /// The server after the step, if it changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub s: Option<State>,
    /// What it sent.
    #[serde(default)]
    pub out: Vec<Message>,
}

/// The kinds of line.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The first line.
    Init,
    /// The log was compacted.
    Compact,
    /// A message for the server was lost.
    Drop,
    /// A client's command was taken into the log.
    Propose,
    /// A message was received.
    Recv,
    /// The server started from its disk.
    Restart,
    /// A leader sent what was due.
    Send,
    /// Anything else that changed the server.
    Tick,
    /// The election timer ran out.
    Timeout,
}

/// What of a server's state is told: what is missing is as it was.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct State {
    /// Its term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<u64>,
    /// Who has its vote in that term; empty for nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vote: Option<String>,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The index of the first entry that is not compacted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<u64>,
    /// Its entries from there on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<Vec<Item>>,
    /// What it has from that index on; before it nothing changed.
    #[serde(default, rename = "+", skip_serializing_if = "Option::is_none")]
    pub change: Option<(u64, Vec<Item>)>,
    /// The last entry it knows to be committed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<u64>,
    /// Who the cluster consisted of before `first`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<String>,
}

/// What a server is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Role {
    /// A candidate.
    C,
    /// A follower.
    F,
    /// A leader.
    L,
}

/// An entry: its term and its value.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Item(pub u64, pub Value);

/// What an entry says. Ours say `"C1.3 x=5"` (the third request of C1) or `"no-op"`.
pub type Value = String;

/// A message.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Message {
    /// Its kind.
    pub t: String,
    /// Who sent it.
    pub f: String,
    /// For whom.
    pub to: String,
    /// The sender's term.
    pub term: u64,
    /// The last entry's index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub li: Option<u64>,
    /// The last entry's term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lt: Option<u64>,
    /// Whether the vote is granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub g: Option<bool>,
    /// The index of the entry before `es`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pi: Option<u64>,
    /// Its term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pt: Option<u64>,
    /// Entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub es: Option<Vec<Item>>,
    /// What the leader has committed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub c: Option<u64>,
    /// Whether the entries were stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ok: Option<bool>,
    /// Up to where the logs agree; 0 when the entries were refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mi: Option<u64>,
    /// What the message carries besides.
    #[serde(flatten)]
    pub more: BTreeMap<String, serde_json::Value>,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

impl Kind {
    /// The kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "init" => Self::Init,
            "compact" => Self::Compact,
            "drop" => Self::Drop,
            "propose" => Self::Propose,
            "recv" => Self::Recv,
            "restart" => Self::Restart,
            "send" => Self::Send,
            "tick" => Self::Tick,
            "timeout" => Self::Timeout,
            _ => return None,
        })
    }
}

/// A server's name in a trace: `n1` for S1.
pub fn name(id: NodeId) -> String {
    format!("n{}", id.number())
}

impl Role {
    /// What a server is.
    pub fn of(server: &Server) -> Self {
        match server.node().map(|node| node.role()) {
            Some(raft::Role::Leader(_)) => Self::L,
            Some(raft::Role::Candidate { .. }) => Self::C,
            _ => Self::F,
        }
    }
}

impl Message {
    /// A message that was sent from one server to another.
    pub fn of(from: NodeId, to: NodeId, message: &raft::Message) -> Self {
        let plain = Self {
            f: name(from),
            to: name(to),
            term: message.term().0,
            ..Self::default()
        };
        match message {
            raft::Message::AppendEntries {
                prev_log: previous,
                entries,
                leader_commit: commit,
                ..
            } => Self {
                t: "AE".into(),
                pi: Some(previous.index.0),
                pt: Some(previous.term.0),
                es: Some(items(entries)),
                c: Some(commit.0),
                ..plain
            },
            raft::Message::AppendEntriesReply { outcome, .. } => match outcome {
                AppendOutcome::Accepted { match_index } => Self {
                    t: "AER".into(),
                    ok: Some(true),
                    mi: Some(match_index.0),
                    ..plain
                },
                AppendOutcome::Refused { previous, hint } => Self {
                    t: "AER".into(),
                    ok: Some(false),
                    mi: Some(0),
                    pi: Some(previous.0),
                    more: [("hi", hint.index.0), ("ht", hint.term.0)]
                        .map(|(name, number)| (name.to_owned(), number.into()))
                        .into(),
                    ..plain
                },
            },
            raft::Message::InstallSnapshot { piece, .. } => Self {
                t: "IS".into(),
                li: Some(piece.last.index.0),
                lt: Some(piece.last.term.0),
                more: [
                    ("offset".to_owned(), piece.offset.into()),
                    (
                        "data".to_owned(),
                        piece.items.iter().map(ToString::to_string).collect(),
                    ),
                    ("done".to_owned(), piece.done.into()),
                    (
                        "configuration".to_owned(),
                        piece.configuration.to_string().into(),
                    ),
                ]
                .into(),
                ..plain
            },
            raft::Message::InstallSnapshotReply { last, outcome, .. } => {
                let (mi, offset) = match outcome {
                    SnapshotOutcome::Installed { match_index } => (Some(match_index.0), None),
                    SnapshotOutcome::Received { offset } => (None, Some(*offset)),
                };
                Self {
                    t: "ISR".into(),
                    li: Some(last.0),
                    mi,
                    more: offset
                        .map(|offset| ("offset".to_owned(), offset.into()))
                        .into_iter()
                        .collect(),
                    ..plain
                }
            }
            raft::Message::PreVote {
                next_term: next,
                last_log: last,
            } => Self {
                t: "PV".into(),
                term: next.0.saturating_sub(1),
                li: Some(last.index.0),
                lt: Some(last.term.0),
                ..plain
            },
            raft::Message::PreVoteReply {
                next_term: next,
                granted,
                ..
            } => Self {
                t: "PVR".into(),
                g: Some(*granted),
                more: [("next".to_owned(), next.0.into())].into(),
                ..plain
            },
            raft::Message::RequestVote { last_log: last, .. } => Self {
                t: "RV".into(),
                li: Some(last.index.0),
                lt: Some(last.term.0),
                ..plain
            },
            raft::Message::ReadIndex { id, .. } => Self {
                t: "RI".into(),
                more: read(id),
                ..plain
            },
            raft::Message::ReadIndexReply { id, index, .. } => Self {
                t: "RIR".into(),
                li: Some(index.0),
                more: read(id),
                ..plain
            },
            raft::Message::TimeoutNow { .. } => Self {
                t: "TN".into(),
                ..plain
            },
            raft::Message::RequestVoteReply { granted, .. } => Self {
                t: "RVR".into(),
                g: Some(*granted),
                ..plain
            },
        }
    }
}

/// Which read a message is about.
fn read(id: &raft::ReadId) -> BTreeMap<String, serde_json::Value> {
    [(
        "r".to_owned(),
        format!("{}.{}", id.client, id.serial).into(),
    )]
    .into()
}

fn items(entries: &Entries) -> Vec<Item> {
    entries.iter().map(item).collect()
}

/// An entry.
pub(super) fn item(entry: &Entry) -> Item {
    let value = match entry.payload {
        Payload::Command(command) => said(&command),
        Payload::Configuration(configuration) => format!("{CONFIGURATION}{configuration}"),
        Payload::Noop => NO_OP.into(),
        Payload::Register(Registration {
            client,
            serial,
            most,
        }) => format!("{client}.{serial} session, {most} at most"),
    };
    Item(entry.term.0, value)
}

/// A command: `C1.3 x=5`, or in session 2 `C1@2.3 x=5`.
fn said(command: &Command) -> String {
    let Command {
        client,
        session,
        serial,
        op,
    } = command;
    match session {
        Some(session) => format!("{client}@{session}.{serial} {op}"),
        None => format!("{client}.{serial} {op}"),
    }
}

/// How the value of a configuration begins.
const CONFIGURATION: &str = "config ";

/// The value of an empty entry.
const NO_OP: &str = "no-op";

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Init => "init",
            Self::Compact => "compact",
            Self::Drop => "drop",
            Self::Propose => "propose",
            Self::Recv => "recv",
            Self::Restart => "restart",
            Self::Send => "send",
            Self::Tick => "tick",
            Self::Timeout => "timeout",
        })
    }
}

impl fmt::Display for Init {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}
