//! Entries and messages of raft-rs in the words of the trace.

use raft::prelude::{Entry, Message, MessageType};
use serde_json::{Value, json};

/// A new leader's first entry has no data.
pub(crate) fn entry(entry: &Entry) -> Value {
    match entry.data.is_empty() {
        true => json!([entry.term, "no-op"]),
        false => json!([entry.term, String::from_utf8_lossy(&entry.data)]),
    }
}

pub(crate) fn message(sent: &Message) -> Value {
    let (kind, more) = match sent.get_msg_type() {
        MessageType::MsgRequestVote => ("RV", json!({"li": sent.index, "lt": sent.log_term})),
        MessageType::MsgRequestVoteResponse => ("RVR", json!({"g": !sent.reject})),
        MessageType::MsgRequestPreVote => (
            "PV",
            json!({"term": sent.term - 1, "next": sent.term, "li": sent.index, "lt": sent.log_term}),
        ),
        // A pre-vote that is granted carries the term that it is about.
        MessageType::MsgRequestPreVoteResponse if !sent.reject => {
            ("PVR", json!({"term": null, "next": sent.term, "g": true}))
        }
        MessageType::MsgRequestPreVoteResponse => ("PVR", json!({"g": false})),
        MessageType::MsgAppend => (
            "AE",
            json!({"pi": sent.index, "pt": sent.log_term, "c": sent.commit,
                "es": sent.entries.iter().map(entry).collect::<Vec<_>>()}),
        ),
        MessageType::MsgAppendResponse if sent.reject => ("AER", json!({"ok": false, "mi": 0})),
        MessageType::MsgAppendResponse => ("AER", json!({"ok": true, "mi": sent.index})),
        MessageType::MsgSnapshot => {
            let last = sent.get_snapshot().get_metadata();
            (
                "IS",
                json!({"li": last.index, "lt": last.term, "done": true}),
            )
        }
        MessageType::MsgTimeoutNow => ("TN", json!({})),
        // Heartbeats are apart from AppendEntries here.
        MessageType::MsgHeartbeat => ("heartbeat", json!({"c": sent.commit})),
        MessageType::MsgHeartbeatResponse => ("heartbeat-reply", json!({})),
        other => return json!({"t": format!("{other:?}"), "f": sent.from, "to": sent.to}),
    };
    let mut told = json!({"t": kind, "f": sent.from, "to": sent.to, "term": sent.term});
    if let (Some(told), Value::Object(more)) = (told.as_object_mut(), more) {
        told.extend(more);
    }
    told
}
