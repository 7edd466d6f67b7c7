//! The trace: one line a step, with what changed.

use raft::prelude::{Entry, Message, MessageType};
use serde_json::{Map, Value, json};

/// A node after a step.
#[derive(Clone, Default)]
pub(crate) struct Shown {
    pub(crate) term: u64,
    pub(crate) vote: u64,
    pub(crate) role: &'static str,
    pub(crate) first: u64,
    pub(crate) entries: Vec<Entry>,
    pub(crate) commit: u64,
}

pub(crate) struct Paper {
    pub(crate) text: String,
    lines: usize,
    /// By node: what was last told of it.
    told: Vec<Shown>,
}

impl Paper {
    pub(crate) fn new(nodes: u64) -> Self {
        let names: Vec<u64> = (1..=nodes).collect();
        let begin = Shown {
            role: "F",
            first: 1,
            ..Shown::default()
        };
        Self {
            text: format!(
                "{}\n",
                json!({"e": "init", "servers": names, "changes": true})
            ),
            lines: 1,
            told: vec![begin; names.len()],
        }
    }

    /// Tells a step, and says in which line.
    pub(crate) fn step(
        &mut self,
        kind: &str,
        who: usize,
        received: Option<(Message, (usize, usize))>,
        now: Shown,
        sent: &[Message],
    ) -> usize {
        let before = std::mem::replace(&mut self.told[who], now.clone());
        let state = changes(&before, &now, kind == "restart");
        if kind == "tick" && state.is_empty() && sent.is_empty() {
            return self.lines;
        }
        let mut line = json!({"e": kind, "n": who + 1, "s": state});
        line["out"] = sent.iter().map(message).collect();
        if let Some((letter, source)) = received {
            line["m"] = message(&letter);
            line["src"] = json!([source.0, source.1]);
        }
        self.text.push_str(&format!("{line}\n"));
        self.lines += 1;
        self.lines
    }
}

fn changes(before: &Shown, now: &Shown, all: bool) -> Map<String, Value> {
    let mut state = Map::new();
    let mut tell = |name: &str, changed: bool, value: Value| {
        if changed || all {
            state.insert(name.into(), value);
        }
    };
    tell("term", before.term != now.term, json!(now.term));
    let vote = if now.vote == 0 {
        Value::Null
    } else {
        json!(now.vote)
    };
    tell(
        "vote",
        before.vote != now.vote || before.term != now.term,
        vote,
    );
    tell("role", before.role != now.role, json!(now.role));
    tell("commit", before.commit != now.commit, json!(now.commit));
    if before.first != now.first {
        state.insert("first".into(), json!(now.first));
        state.insert("log".into(), now.entries.iter().map(entry).collect());
        return state;
    }
    let same = |(a, b): &(&Entry, &Entry)| a.term == b.term && a.data == b.data;
    let common = before
        .entries
        .iter()
        .zip(&now.entries)
        .take_while(same)
        .count();
    if common < before.entries.len() || common < now.entries.len() {
        let from = now.first + common as u64;
        let entries: Value = now.entries[common..].iter().map(entry).collect();
        state.insert("+".into(), json!([from, entries]));
    }
    state
}

/// A new leader's first entry has no data.
fn entry(entry: &Entry) -> Value {
    match entry.data.is_empty() {
        true => json!([entry.term, "no-op"]),
        false => json!([entry.term, String::from_utf8_lossy(&entry.data)]),
    }
}

fn message(sent: &Message) -> Value {
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
