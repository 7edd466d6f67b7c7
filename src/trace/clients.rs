//! What clients asked and were answered, one JSON object a line, for linearizability checkers.

use std::fmt::Write;

use serde::Serialize;

use crate::check::History;
use crate::check::linear::Operation;
use crate::kv::{Answer, Op};

/// One operation.
#[derive(Serialize)]
struct Line {
    /// Which client; 0 for what stood in the logs when the run began.
    c: usize,
    op: &'static str,
    k: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    v: Option<String>,
    /// What came of it; none if nobody knows.
    o: Option<String>,
    call: u64,
    ret: Option<u64>,
    /// When its client was told that its session had expired: until then it may have taken effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    expired: Option<u64>,
}

/// A history in writing: first what the keys held when it began, then what was asked, in the order
/// in which it was.
pub fn write(history: &History) -> String {
    let mut text = String::new();
    let initial = history.initial().iter().map(|(key, value)| Line {
        c: 0,
        op: "put",
        k: key.to_string(),
        v: Some(value.to_string()),
        o: Some("ok".into()),
        call: 0,
        ret: Some(0),
        expired: None,
    });
    for line in initial.chain(history.operations().iter().map(line)) {
        if let Ok(line) = serde_json::to_string(&line) {
            let _ = writeln!(text, "{line}");
        }
    }
    text
}

fn line(operation: &Operation) -> Line {
    let (op, v) = match operation.op {
        Op::Add { amount, .. } => ("add", Some(amount.to_string())),
        Op::CompareAndSet { old, new, .. } => ("cas", Some(format!("{old}>{new}"))),
        Op::Delete { .. } => ("delete", None),
        Op::Get { .. } => ("get", None),
        Op::Set { value, .. } => ("put", Some(value.to_string())),
    };
    // Its client was told that nobody knows what became of it.
    let answered = operation
        .answered
        .filter(|(_, answer)| *answer != Answer::Expired);
    Line {
        c: operation.client.map_or(0, |client| client.slot() + 1),
        op,
        k: operation.op.key().to_string(),
        v,
        o: answered.map(|(_, answer)| said(answer)),
        call: operation.asked_at.0,
        ret: answered.map(|(at, _)| at.0),
        expired: operation
            .answered
            .filter(|(_, answer)| *answer == Answer::Expired)
            .map(|(at, _)| at.0),
    }
}

/// An answer; the value of a key that has none is empty.
fn said(answer: Answer) -> String {
    match answer {
        Answer::Done => "ok".into(),
        Answer::Differs(_) => "fail".into(),
        Answer::Expired => String::new(),
        Answer::Value(value) => value.map(|value| value.to_string()).unwrap_or_default(),
    }
}
