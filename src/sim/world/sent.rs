//! What is noted of a packet when it is sent.

use crate::raft::{AppendOutcome, LogIndex, Message, Term};
use crate::sim::network::{Body, PacketKind, ReplyOutcome};

/// What a packet's sending is noted as.
pub(super) struct Sent {
    pub(super) kind: PacketKind,
    pub(super) term: Term,
    pub(super) index: LogIndex,
    pub(super) next: LogIndex,
    pub(super) positive: bool,
}

impl Sent {
    pub(super) fn of(body: &Body) -> Self {
        let (term, index, positive) = match body {
            Body::Raft(message) => {
                let (index, positive) = match message {
                    Message::AppendEntries {
                        prev_log: previous,
                        entries,
                        ..
                    } => (previous.index.plus(entries.len()), true),
                    Message::AppendEntriesReply { outcome, .. } => match outcome {
                        AppendOutcome::Accepted { match_index } => (*match_index, true),
                        AppendOutcome::Refused { previous, .. } => (*previous, false),
                    },
                    Message::InstallSnapshot { piece, .. } => (piece.last.index, true),
                    Message::InstallSnapshotReply { last, .. } => (*last, true),
                    Message::PreVote { last_log: last, .. }
                    | Message::RequestVote { last_log: last, .. } => (last.index, true),
                    Message::PreVoteReply { granted, .. }
                    | Message::RequestVoteReply { granted, .. } => (LogIndex(0), *granted),
                    Message::ReadIndexReply { index, .. } => (*index, true),
                    Message::ReadIndex { .. } | Message::TimeoutNow { .. } => (LogIndex(0), true),
                };
                (message.term(), index, positive)
            }
            Body::Reply { outcome, .. } => (
                Term(0),
                LogIndex(0),
                !matches!(outcome, ReplyOutcome::NotLeader { .. }),
            ),
            Body::Register { .. } | Body::Request { .. } => (Term(0), LogIndex(0), true),
        };
        let next = match body {
            Body::Raft(Message::AppendEntries { prev_log, .. }) => prev_log.index.next(),
            _ => LogIndex(0),
        };
        Self {
            kind: body.kind(),
            term,
            index,
            next,
            positive,
        }
    }
}
