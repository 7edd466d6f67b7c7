//! Entries and messages of openraft in the words of the trace.
//!
//! openraft counts entries from 0, and its entry 0 is the founding configuration, which no leader
//! made: it is term 0. So its indices are the paper's as they are, and entry 0 is left out.

use openraft::EntryPayload;
use openraft::raft::{
    AppendEntriesRequest, AppendEntriesResponse, InstallSnapshotRequest, InstallSnapshotResponse,
    VoteRequest, VoteResponse,
};
use serde_json::{Value, json};

use crate::types::{Entry, LogId, Types, Vote};

type Ends = (u64, u64);

pub(crate) fn entries(entries: &[Entry]) -> Vec<Value> {
    let made = entries.iter().filter(|entry| entry.log_id.index > 0);
    made.map(entry).collect()
}

fn entry(entry: &Entry) -> Value {
    let term = entry.log_id.leader_id.term;
    match &entry.payload {
        EntryPayload::Blank => json!([term, "no-op"]),
        EntryPayload::Normal(value) => json!([term, value]),
        EntryPayload::Membership(members) => {
            let voters: Vec<u64> = members.voter_ids().collect();
            json!([term, {"config": {"voters": voters}}])
        }
    }
}

/// Index and term.
fn position(id: Option<LogId>) -> (u64, u64) {
    id.map_or((0, 0), |id| (id.index, id.leader_id.term))
}

fn message(kind: &str, (from, to): Ends, vote: &Vote, more: Value) -> Value {
    let term = vote.leader_id.term;
    let mut told = json!({"t": kind, "f": from, "to": to, "term": term});
    if let (Some(told), Value::Object(more)) = (told.as_object_mut(), more) {
        told.extend(more);
    }
    told
}

pub(crate) fn vote(ends: Ends, request: &VoteRequest<u64>) -> Value {
    let (li, lt) = position(request.last_log_id);
    let more = json!({"li": li, "lt": lt});
    message("RV", ends, &request.vote, more)
}

pub(crate) fn vote_reply(ends: Ends, reply: &VoteResponse<u64>) -> Value {
    let more = json!({"g": reply.vote_granted});
    message("RVR", (ends.1, ends.0), &reply.vote, more)
}

pub(crate) fn append(ends: Ends, request: &AppendEntriesRequest<Types>) -> Value {
    let (pi, pt) = position(request.prev_log_id);
    let (commit, _) = position(request.leader_commit);
    let more = json!({"pi": pi, "pt": pt, "c": commit, "es": entries(&request.entries)});
    message("AE", ends, &request.vote, more)
}

/// The last entry that a follower has when it accepts.
pub(crate) fn last(request: &AppendEntriesRequest<Types>) -> u64 {
    let last = request.entries.last().map(|entry| entry.log_id);
    position(last.or(request.prev_log_id)).0
}

/// Who answers anything but that it knows a later term is in the term of the request. An acceptance
/// does not say up to where: it is up to the end of the request.
pub(crate) fn append_reply(
    ends: Ends,
    (asked, last): (Vote, u64),
    reply: &AppendEntriesResponse<u64>,
) -> Value {
    let (vote, stored) = match reply {
        AppendEntriesResponse::Success => (asked, Some(last)),
        AppendEntriesResponse::PartialSuccess(up_to) => (asked, Some(position(*up_to).0)),
        AppendEntriesResponse::Conflict => (asked, None),
        AppendEntriesResponse::HigherVote(later) => (*later, None),
    };
    let more = json!({"ok": stored.is_some(), "mi": stored.unwrap_or(0)});
    message("AER", (ends.1, ends.0), &vote, more)
}

pub(crate) fn snapshot(ends: Ends, request: &InstallSnapshotRequest<Types>) -> Value {
    let (li, lt) = position(request.meta.last_log_id);
    let more = json!({"li": li, "lt": lt, "done": request.done});
    message("IS", ends, &request.vote, more)
}

pub(crate) fn snapshot_reply(
    ends: Ends,
    last: Option<LogId>,
    asked: Vote,
    reply: &InstallSnapshotResponse<u64>,
) -> Value {
    let (li, _) = position(last);
    let installed = reply.vote.leader_id == asked.leader_id;
    let more = json!({"li": li, "mi": installed.then_some(li)});
    message("ISR", (ends.1, ends.0), &reply.vote, more)
}
