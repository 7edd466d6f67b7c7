//! Writes a trace of your Raft for `raftarium-lab check` (docs/trace.md). No dependency is needed.
//! Call `step` at the end of each handler, while you still hold the server's lock.

use std::io::Write;

/// The server after a step. An entry is its term and its value.
struct State<'a> {
    term: u64,
    vote: Option<&'a str>,
    role: &'a str,
    log: &'a [(u64, &'a str)],
    commit: u64,
}

fn entries(log: &[(u64, &str)]) -> String {
    let entries = log.iter().map(|(term, value)| format!("[{term},{value:?}]"));
    format!("[{}]", entries.collect::<Vec<_>>().join(","))
}

/// A message: its kind, sender, receiver, term, and its other fields as JSON.
fn message(kind: &str, from: &str, to: &str, term: u64, fields: &str) -> String {
    format!(r#"{{"t":"{kind}","f":"{from}","to":"{to}","term":{term},{fields}}}"#)
}

/// A step; `received` is `"null"` unless the kind is `recv`.
fn step(out: &mut impl Write, kind: &str, server: &str, received: &str, s: &State, sent: &[&str]) {
    let State { term, role, commit, .. } = s;
    let (vote, log) = (s.vote.unwrap_or(""), entries(s.log));
    let sent = sent.join(",");
    writeln!(
        out,
        r#"{{"e":"{kind}","n":"{server}","m":{received},"s":{{"term":{term},"vote":"{vote}","role":"{role}","log":{log},"commit":{commit}}},"out":[{sent}]}}"#
    )
    .expect("the trace can be written");
}

/// Three servers elect n1, which commits one entry.
fn main() {
    let out = &mut std::io::stdout();
    writeln!(out, r#"{{"e":"init","servers":["n1","n2","n3"]}}"#).expect("it can be written");
    let state = |role, log, commit| State { term: 1, vote: Some("n1"), role, log, commit };
    let ask = message("RV", "n1", "n2", 1, r#""li":0,"lt":0"#);
    step(out, "timeout", "n1", "null", &state("C", &[], 0), &[&ask]);
    let yes = message("RVR", "n2", "n1", 1, r#""g":true"#);
    step(out, "recv", "n2", &ask, &state("F", &[], 0), &[&yes]);
    step(out, "recv", "n1", &yes, &state("L", &[], 0), &[]);
    let log = &[(1, "x=1")][..];
    let es = entries(log);
    let append = message("AE", "n1", "n2", 1, &format!(r#""pi":0,"pt":0,"es":{es},"c":0"#));
    step(out, "propose", "n1", "null", &state("L", log, 0), &[&append]);
    let ack = message("AER", "n2", "n1", 1, r#""ok":true,"mi":1"#);
    step(out, "recv", "n2", &append, &state("F", log, 0), &[&ack]);
    step(out, "recv", "n1", &ack, &state("L", log, 1), &[]);
}
