//! Faults, planted in healthy traces: each is caught at its line, with the rule that it breaks.

use raftarium::hunt::Schedule;
use raftarium::sim::Time;
use raftarium::sim::text::parse_run;
use raftarium::trace;
use raftarium::trace::watch::Watch;
use serde_json::{Value as Json, json};

/// Two terms, a follower that missed some, a conflict, a crash.
const PLAIN: &str = "servers 3 · clients 2 · seed 2
    config latency=10ms timeout=100s heartbeat=50ms patience=100s send=at-once
    timeout S1
    at 100ms request C1 x=1
    at 200ms isolate S1 · request C1 x=2
    at 300ms timeout S2
    at 400ms request C2 y=3
    at 500ms heal
    at 700ms crash S3
    at 800ms restart S3
    at 900ms request C2 y=4";

/// Pre-votes, snapshots, reads of followers, a transfer.
const PARTS: &str = "servers 3 · clients 2 · seed 2
    config latency=10ms timeout=100s heartbeat=50ms patience=100s send=at-once prevote=on read=index compact=3 chunk=1
    timeout S1
    at 100ms request C1 x=1 · request C2 y=1
    at 200ms isolate S3 · request C1 x=2
    at 300ms request C1 x=3
    at 400ms request C1 x=4 · request C2 z=4
    at 600ms heal
    at 900ms read C2 x from S2
    at 1000ms transfer S2
    at 1300ms request C1 x=9";

/// A change of members through a joint configuration.
const JOINT: &str = "servers 5 · clients 1 · seed 2
    config latency=10ms timeout=100s heartbeat=50ms patience=100s send=at-once
    timeout S1
    at 200ms members S1 S2 S3
    at 1000ms request C1 x=9";

fn written(text: &str) -> Vec<Json> {
    let (scenario, actions) = parse_run(text).unwrap_or_else(|why| panic!("{why}"));
    let schedule = Schedule {
        scenario,
        actions,
        end: Time::ms(1_600),
    };
    let mut paper = Vec::new();
    trace::play(&schedule, Some(&mut paper)).unwrap_or_else(|why| panic!("{why}"));
    let lines = paper
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty());
    lines
        .map(|line| serde_json::from_slice(line).expect("it is JSON"))
        .collect()
}

/// A line is meant by parts of it, such as `e=recv n=n2 m.t=AE`, and which of those that have them.
fn find(trace: &[Json], what: &str, nth: usize) -> usize {
    let has = |line: &Json, part: &str| {
        let (path, value) = part.split_once('=').expect("field=value");
        let mut here = line;
        for key in path.split('.') {
            here = match key.parse::<usize>() {
                Ok(place) => &here[place],
                Err(_) => &here[key],
            };
        }
        match (value, here) {
            ("*", here) => !here.is_null(),
            ("-", here) => here.is_null(),
            ("[]", here) => here.as_array().is_some_and(Vec::is_empty),
            ("[*]", here) => here.as_array().is_some_and(|list| !list.is_empty()),
            (value, Json::String(text)) => text == value,
            (value, here) => format!("{here}") == value,
        }
    };
    let mut found =
        (0..trace.len()).filter(|at| what.split(' ').all(|part| has(&trace[*at], part)));
    found
        .nth(nth)
        .unwrap_or_else(|| panic!("no line {nth} with {what}"))
}

/// Sets a field, as `s.term`, to a value; null takes it away.
fn set(line: &mut Json, path: &str, value: Json) {
    let mut here = line;
    for key in path.split('.') {
        here = match key.parse::<usize>() {
            Ok(place) => &mut here[place],
            Err(_) => &mut here[key],
        };
    }
    *here = value;
}

/// What is done to a trace.
enum Fault {
    /// These fields of a line are set.
    Set(&'static str, usize, Vec<(&'static str, Json)>),
    /// A line is added after that one.
    Add(&'static str, usize, Json),
}

use Fault::{Add, Set};

fn put(field: &'static str, value: Json) -> Vec<(&'static str, Json)> {
    vec![(field, value)]
}

/// Every fault: in which run, where, what, and the rule that it breaks.
fn faults() -> Vec<(&'static str, Fault, &'static str)> {
    let tick = |server: &str, state: Json| json!({"e": "tick", "n": server, "s": state, "out": []});
    let sends = |server: &str, message: Json| json!({"e": "send", "n": server, "out": [message]});
    let receives = |server: &str, message: Json, state: Json, out: Json| json!({"e": "recv", "n": server, "m": message, "s": state, "out": out});
    let mut faults = vec![
        // The mail.
        (PLAIN, Set("m.t=AER", 0, put("m.mi", json!(7))), "unaltered"),
        (
            PLAIN,
            Set("m.t=AE m.es=[*]", 0, put("m.es", json!([[1, "other"]]))),
            "unaltered",
        ),
        (
            PLAIN,
            Set("m.t=AE m.es=[*]", 2, put("m.pt", json!(9))),
            "unaltered",
        ),
        (PLAIN, Set("m.t=AE", 3, put("m.c", json!(9))), "unaltered"),
        (
            PLAIN,
            Set("m.t=RVR", 0, put("m.g", json!(false))),
            "unaltered",
        ),
        (PLAIN, Set("m.t=RV", 0, put("m.li", json!(3))), "unaltered"),
        (
            PLAIN,
            Set("m.t=AER", 1, put("src", json!([2, 9]))),
            "sent-before-received",
        ),
        (
            PLAIN,
            Set("m.t=AER", 1, put("src", json!([500, 1]))),
            "sent-before-received",
        ),
        (
            PLAIN,
            Set("m.t=AE", 1, vec![("n", json!("n1")), ("out", json!([]))]),
            "sent-before-received",
        ),
        (
            PLAIN,
            Add(
                "e=init",
                0,
                receives(
                    "n1",
                    json!({"t": "RVR", "f": "n2", "to": "n1", "term": 0, "g": true}),
                    Json::Null,
                    json!([]),
                ),
            ),
            "sent-before-received",
        ),
        // Terms.
        (
            PLAIN,
            Add("m.t=AE s.commit=2", 0, tick("n2", json!({"term": 0}))),
            "term-never-falls",
        ),
        (
            PLAIN,
            Add(
                "m.t=AE s.commit=2",
                0,
                tick("n2", json!({"term": 7, "vote": ""})),
            ),
            "term-rises",
        ),
        (
            PLAIN,
            Set("e=timeout n=n2", 0, put("s.term", json!(5))),
            "term-rises",
        ),
        (
            PLAIN,
            Set("m.t=AE n=n1 s.term=2", 0, put("s", json!({"role": "F"}))),
            "adopt-term",
        ),
        (
            PLAIN,
            Set("m.t=AE n=n1 s.term=2", 0, put("s.role", json!("L"))),
            "adopt-term",
        ),
        (
            PLAIN,
            Add(
                "m.t=AE n=n1 s.term=2",
                0,
                receives(
                    "n3",
                    json!({"t": "AE", "f": "n1", "to": "n3", "term": 1, "pi": 2, "pt": 1, "es": [[1, "C1.2 x=2"]], "c": 2}),
                    json!({"+": [3, [[1, "C1.2 x=2"]]]}),
                    json!([]),
                ),
            ),
            "refuse-old-term",
        ),
        // Votes.
        (
            PLAIN,
            Add("m.t=RV n=n3 s.term=1", 0, tick("n3", json!({"vote": "n3"}))),
            "one-vote-per-term",
        ),
        (
            PLAIN,
            Add("m.t=RV n=n3 s.term=1", 0, tick("n3", json!({"vote": ""}))),
            "one-vote-per-term",
        ),
        (
            PLAIN,
            Set("m.t=RV n=n3 s.term=1", 0, put("s.vote", json!("n2"))),
            "vote-asked",
        ),
        (
            PLAIN,
            Add("m.t=AE n=n1 s.term=2", 0, tick("n1", json!({"vote": "n2"}))),
            "vote-asked",
        ),
        (
            PLAIN,
            Set("m.t=RV n=n3 s.term=1", 0, put("s.vote", Json::Null)),
            "vote-reply",
        ),
        // Elections.
        (
            PLAIN,
            Set("e=timeout n=n2", 0, put("s", json!({"role": "C"}))),
            "new-term",
        ),
        (
            PLAIN,
            Add(
                "e=timeout n=n2",
                0,
                json!({"e": "timeout", "n": "n2", "out": []}),
            ),
            "new-term",
        ),
        (
            PLAIN,
            Set("e=timeout n=n2", 0, put("s.vote", json!("n3"))),
            "vote-for-itself",
        ),
        (
            PLAIN,
            Set("e=timeout n=n2", 0, put("s.vote", json!(""))),
            "vote-for-itself",
        ),
        (
            PLAIN,
            Add("e=timeout n=n1", 0, tick("n1", json!({"role": "L"}))),
            "election-majority",
        ),
        (
            PLAIN,
            Add("e=timeout n=n2", 0, tick("n2", json!({"role": "L"}))),
            "election-majority",
        ),
        (
            PLAIN,
            Add("m.t=RV n=n3 s.term=1", 0, tick("n3", json!({"role": "L"}))),
            "candidate-first",
        ),
        (
            PLAIN,
            Add("m.t=RV n=n3 s.term=2", 0, tick("n3", json!({"role": "L"}))),
            "candidate-first",
        ),
        // Logs.
        (
            PLAIN,
            Set(
                "e=propose n=n1",
                0,
                put("s.+", json!([2, [[0, "C1.1 x=1"]]])),
            ),
            "own-term-entries",
        ),
        (
            PLAIN,
            Set(
                "e=propose n=n1",
                0,
                put("s.+", json!([2, [[4, "C1.1 x=1"]]])),
            ),
            "own-term-entries",
        ),
        (
            PLAIN,
            Set("e=propose n=n2", 0, put("s.+", json!([3, []]))),
            "leader-append-only",
        ),
        (
            PLAIN,
            Set(
                "e=propose n=n2",
                0,
                put("s.+", json!([2, [[2, "a"], [2, "b"], [2, "c"]]])),
            ),
            "leader-append-only",
        ),
        (
            PLAIN,
            Add(
                "m.t=AE n=n3 s.commit=2",
                0,
                tick("n3", json!({"+": [3, [[1, "a"]]]})),
            ),
            "log-changes",
        ),
        (
            PLAIN,
            Add(
                "m.t=AE n=n3 s.commit=2",
                0,
                json!({"e": "propose", "n": "n3", "s": {"+": [3, [[1, "a"]]]}, "out": []}),
            ),
            "log-changes",
        ),
        (
            PLAIN,
            Add(
                "m.t=AE n=n3 s.commit=2",
                0,
                tick("n3", json!({"+": [1, []], "commit": 2})),
            ),
            "log-changes",
        ),
        (
            PLAIN,
            Set(
                "m.t=AE m.es=[*] n=n3",
                1,
                put("s.+", json!([2, [[1, "other"]]])),
            ),
            "entries-of-request",
        ),
        (
            PLAIN,
            Set(
                "m.t=AE m.es=[*] n=n3",
                1,
                put("s.+", json!([2, [[1, "C1.1 x=1"], [1, "more"]]])),
            ),
            "entries-of-request",
        ),
        (
            PLAIN,
            Set("m.t=AE m.es=[*] n=n3", 1, put("s", json!({"+": [1, []]}))),
            "delete-only-conflicts",
        ),
        (
            PLAIN,
            Set(
                "m.t=AE n=n1 s.term=2",
                0,
                put("s.+", json!([4, [[2, "C2.1 y=3"]]])),
            ),
            "delete-conflicts",
        ),
        (
            PLAIN,
            Set("m.t=AE m.es=[] n=n3", 1, put("s", json!({"+": [2, []]}))),
            "delete-only-conflicts",
        ),
        // Commits.
        (
            PLAIN,
            Add(
                "m.t=AER n=n1 s.commit=2",
                0,
                tick("n1", json!({"commit": 1})),
            ),
            "commit-never-falls",
        ),
        (
            PLAIN,
            Add(
                "m.t=AE n=n3 s.commit=2",
                0,
                tick("n3", json!({"commit": 1})),
            ),
            "commit-never-falls",
        ),
        (
            PLAIN,
            Set("e=propose n=n1", 0, put("s.commit", json!(2))),
            "commit-majority",
        ),
        (
            PLAIN,
            Add(
                "m.t=AE n=n3 s.+=* s.term=-",
                0,
                tick("n3", json!({"commit": 1})),
            ),
            "commit-from-leader",
        ),
        (
            PLAIN,
            Set("m.t=AE m.es=[*] n=n3", 1, put("s.commit", json!(2))),
            "commit-from-leader",
        ),
        // Crashes.
        (
            PLAIN,
            Set("e=restart n=n3", 0, put("s.role", json!("L"))),
            "start-as-follower",
        ),
        (
            PLAIN,
            Set("e=restart n=n3", 0, put("s.role", json!("C"))),
            "start-as-follower",
        ),
        (
            PLAIN,
            Set("e=restart n=n3", 0, put("s.term", json!(1))),
            "persist-term",
        ),
        (
            PLAIN,
            Set("e=restart n=n3", 0, put("s.term", json!(3))),
            "term-rises",
        ),
        (
            PLAIN,
            Set("e=restart n=n3", 0, put("s.vote", json!(""))),
            "persist-vote",
        ),
        (
            PLAIN,
            Set("e=restart n=n3", 0, put("s.vote", json!("n3"))),
            "persist-vote",
        ),
        (
            PLAIN,
            Set("e=restart n=n3", 0, put("s.+", json!([3, []]))),
            "persist-log",
        ),
        (
            PLAIN,
            Set("e=restart n=n3", 0, put("s.+", json!([4, [[2, "other"]]]))),
            "persist-log",
        ),
        (
            PLAIN,
            Set("e=restart n=n3", 0, put("wiped", json!(true))),
            "start-empty",
        ),
        // Requests.
        (
            PLAIN,
            Add(
                "e=timeout n=n2",
                0,
                sends(
                    "n3",
                    json!({"t": "AE", "f": "n3", "to": "n1", "term": 1, "pi": 0, "pt": 0, "es": [], "c": 0}),
                ),
            ),
            "append-by-leader",
        ),
        (
            PLAIN,
            Add(
                "e=propose n=n1",
                0,
                sends(
                    "n1",
                    json!({"t": "AE", "f": "n1", "to": "n2", "term": 1, "pi": 1, "pt": 3, "es": [], "c": 0}),
                ),
            ),
            "append-previous",
        ),
        (
            PLAIN,
            Add(
                "e=propose n=n1",
                0,
                sends(
                    "n1",
                    json!({"t": "AE", "f": "n1", "to": "n2", "term": 1, "pi": 8, "pt": 1, "es": [], "c": 0}),
                ),
            ),
            "append-previous",
        ),
        (
            PLAIN,
            Set("e=propose n=n1", 0, put("out.0.es", json!([[1, "other"]]))),
            "append-entries",
        ),
        (
            PLAIN,
            Set("e=propose n=n1", 0, put("out.1.c", json!(2))),
            "append-commit",
        ),
        (
            PLAIN,
            Set("e=timeout n=n2", 0, put("out.0.li", json!(7))),
            "request-last-entry",
        ),
        (
            PLAIN,
            Set("e=timeout n=n2", 0, put("out.1.lt", json!(2))),
            "request-last-entry",
        ),
        (
            PLAIN,
            Add(
                "e=timeout n=n1",
                0,
                sends(
                    "n2",
                    json!({"t": "RV", "f": "n2", "to": "n3", "term": 0, "li": 0, "lt": 0}),
                ),
            ),
            "vote-request",
        ),
        (
            PLAIN,
            Set("e=timeout n=n2", 0, put("out.0.term", json!(9))),
            "message-term",
        ),
        (
            PLAIN,
            Set("m.t=AE n=n3", 0, put("out.0.term", json!(4))),
            "message-term",
        ),
        // Replies.
        (
            PLAIN,
            Set("m.t=AE n=n3", 0, put("out.0.mi", json!(4))),
            "acknowledge-stored",
        ),
        (
            PLAIN,
            Set("m.t=AE n=n3", 0, put("s", json!({}))),
            "acknowledge-stored",
        ),
        (
            PLAIN,
            Set("m.t=AE n=n1 s.term=2", 0, put("out.0.mi", json!(9))),
            "acknowledge-stored",
        ),
        (
            PLAIN,
            Set("m.t=RV n=n2", 0, put("out.0.to", json!("n3"))),
            "vote-reply",
        ),
        // Snapshots.
        (
            PARTS,
            Set(
                "e=compact",
                0,
                vec![("s.first", json!(6)), ("s.+", json!([6, []]))],
            ),
            "compact-committed",
        ),
        (
            PARTS,
            Add("e=propose n=n1", 0, tick("n1", json!({"first": 3}))),
            "compact-committed",
        ),
        (
            PARTS,
            Add(
                "m.t=IS s.first=*",
                0,
                tick("n3", json!({"first": 1, "log": []})),
            ),
            "log-changes",
        ),
        (
            PARTS,
            Add(
                "m.t=PV",
                0,
                sends(
                    "n2",
                    json!({"t": "IS", "f": "n2", "to": "n3", "term": 0, "li": 1, "lt": 1}),
                ),
            ),
            "snapshot-by-leader",
        ),
        (
            PARTS,
            Add(
                "e=propose n=n1",
                0,
                sends(
                    "n1",
                    json!({"t": "IS", "f": "n1", "to": "n3", "term": 1, "li": 2, "lt": 1}),
                ),
            ),
            "snapshot-committed",
        ),
        (
            PARTS,
            Set(
                "e=recv m.t=IS m.done=false",
                0,
                put("s", json!({"first": 8, "+": [8, []], "commit": 7})),
            ),
            "install-whole",
        ),
        // Pre-votes, transfers, reads.
        (
            PARTS,
            Add("m.t=PV", 0, tick("n2", json!({"role": "C"}))),
            "new-term",
        ),
        (
            PARTS,
            Set("m.t=PV", 0, put("s", json!({"vote": "n1"}))),
            "vote-asked",
        ),
        (
            PARTS,
            Add(
                "e=propose n=n1",
                0,
                sends("n1", json!({"t": "TN", "f": "n1", "to": "n2", "term": 1})),
            ),
            "transfer-complete",
        ),
        (
            PARTS,
            Add(
                "e=propose n=n1",
                0,
                sends("n2", json!({"t": "TN", "f": "n2", "to": "n3", "term": 1})),
            ),
            "transfer-by-leader",
        ),
    ];
    faults.extend(beyond());
    faults
}

/// Of the parts beyond the paper's Figure 2, and what only the outcome shows.
fn beyond() -> Vec<(&'static str, Fault, &'static str)> {
    let tick = |server: &str, state: Json| json!({"e": "tick", "n": server, "s": state, "out": []});
    vec![
        (
            JOINT,
            Set(
                "e=tick n=n1 s.+.0=2",
                0,
                vec![
                    ("s.+", json!([2, [[1, "config S1,S2,S3"]]])),
                    ("out", json!([])),
                ],
            ),
            "joint-consensus",
        ),
        (
            JOINT,
            Set(
                "e=tick n=n1 s.+.0=2",
                0,
                vec![
                    (
                        "s.+",
                        json!([2, [[1, "config S1,S2,S3,S4,S5>S1,S2"], [1, "config S1,S2"]]]),
                    ),
                    ("out", json!([])),
                ],
            ),
            "one-change-at-a-time",
        ),
        (
            JOINT,
            Set(
                "e=recv n=n1 s.+.0=1",
                0,
                vec![
                    (
                        "s.+",
                        json!([1, [[1, {"config": {"voters": ["n1", "n2", "n3", "n4"]}}]]]),
                    ),
                    ("out", json!([])),
                ],
            ),
            "own-term-before-change",
        ),
        (
            JOINT,
            Set("e=tick n=n1 s.+.0=2", 0, vec![("s.commit", json!(2))]),
            "commit-majority",
        ),
        (
            JOINT,
            Add(
                "e=propose",
                0,
                json!({"e": "timeout", "n": "n5", "s": {"term": 2, "vote": "n5", "role": "C"}, "out": []}),
            ),
            "only-voters-stand",
        ),
        (
            PARTS,
            Set("m.t=RI", 0, put("out.0.c", json!(9))),
            "append-commit",
        ),
        (
            PARTS,
            Set("out.0.t=RIR", 0, put("out.0.li", json!(3))),
            "read-index",
        ),
        (
            PARTS,
            Add(
                "m.t=RI",
                0,
                json!({"e": "send", "n": "n1", "out": [{"t": "RIR", "f": "n1", "to": "n2", "term": 1, "li": 7, "r": "C2.3"}]}),
            ),
            "read-round",
        ),
        (
            PARTS,
            Set("out.0.t=TN", 0, put("out.0.term", json!(7))),
            "message-term",
        ),
        (
            PARTS,
            Set("m.t=TN", 0, put("s.term", json!(1))),
            "one-vote-per-term",
        ),
        (
            PARTS,
            Set("m.t=TN", 0, put("s.vote", json!("n1"))),
            "vote-asked",
        ),
        (
            PARTS,
            Set("m.t=PVR", 0, put("s.term", json!(2))),
            "term-rises",
        ),
        (
            PARTS,
            Set("e=recv m.t=IS m.done=true", 0, put("s", json!({}))),
            "acknowledge-stored",
        ),
        (
            PARTS,
            Set(
                "e=recv m.t=IS m.done=true",
                0,
                put("s", json!({"first": 6, "+": [6, []], "commit": 5})),
            ),
            "install-whole",
        ),
        (
            PLAIN,
            Add("m.t=AE n=n1 s.term=2", 0, tick("n1", json!({"role": "L"}))),
            "election-safety",
        ),
    ]
}

#[test]
fn each_fault_is_caught_at_its_line_with_its_rule() {
    let runs = [PLAIN, PARTS, JOINT].map(|text| (text, written(text)));
    let mut wrong = Vec::new();
    let mut short = 0;
    let faults = faults();
    for (nth, (text, fault, rule)) in faults.iter().enumerate() {
        let (_, healthy) = runs
            .iter()
            .find(|(run, _)| run == text)
            .expect("it is a run");
        let mut lines = healthy.clone();
        let at = match fault {
            Set(what, nth, fields) => {
                let at = find(&lines, what, *nth);
                for (field, value) in fields {
                    set(&mut lines[at], field, value.clone());
                }
                at
            }
            Add(what, nth, line) => {
                let at = find(&lines, what, *nth) + 1;
                lines.insert(at, line.clone());
                // What comes after is told where it was.
                for later in &mut lines[at + 1..] {
                    if let Some(source) = later["src"][0].as_u64().filter(|from| *from > at as u64)
                    {
                        later["src"][0] = json!(source + 1);
                    }
                }
                at
            }
        };
        let paper: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let found = match trace::check(paper.as_bytes()) {
            Err(why) => why.to_string(),
            Ok(report) => match report.verdicts.first() {
                Some(verdict) if verdict.line == at + 1 && verdict.rule.name() == *rule => {
                    short += usize::from(is_shared(&paper, verdict));
                    continue;
                }
                Some(verdict) => verdict.to_string(),
                None => "nothing".into(),
            },
        };
        wrong.push(format!(
            "{nth}: {rule} in line {}: found {found}\n    {}\n",
            at + 1,
            lines[at]
        ));
    }
    assert!(faults.len() >= 60, "{} faults", faults.len());
    println!(
        "{short} of {} excerpts are shorter than their traces",
        faults.len()
    );
    assert!(short > faults.len() / 2, "{short} excerpts are short");
    assert!(
        wrong.is_empty(),
        "{} of {} faults\n{}",
        wrong.len(),
        faults.len(),
        wrong.concat()
    );
}

/// An excerpt breaks the same rule in its last line. Returns whether it is shorter than the trace.
fn is_shared(trace: &str, verdict: &trace::Verdict) -> bool {
    let mut watch = Watch::new(0);
    watch.push(trace.as_bytes());
    watch.end();
    let excerpt = watch.excerpt(verdict.line);
    let report = trace::check(excerpt.as_bytes()).unwrap_or_else(|why| panic!("{why}: {excerpt}"));
    let found = report.verdicts.first().expect("it breaks a rule");
    assert_eq!((found.rule, &found.server), (verdict.rule, &verdict.server));
    excerpt.lines().count() < verdict.line
}

#[test]
fn without_the_faults_nothing_is_found() {
    for text in [PLAIN, PARTS, JOINT] {
        let lines = written(text);
        let paper: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let report = trace::check(paper.as_bytes()).unwrap_or_else(|why| panic!("{why}"));
        assert_eq!(report.verdicts, [], "{text}");
    }
}
