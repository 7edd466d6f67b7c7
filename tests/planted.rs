//! Faults, planted in healthy traces: each is caught at its line, with the rule that it breaks.
//! `tests/planted.txt` is the table of them.

use raftarium::hunt::Schedule;
use raftarium::sim::Time;
use raftarium::sim::text::parse_run;
use raftarium::trace::watch::Watch;
use raftarium::trace::{self, Rule};
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

/// A candidate that is behind, a follower that has to be brought up to date, a leader with entries
/// that are lost, and one with an entry of an earlier term.
const BEHIND: &str = "servers 3 · clients 3 · seed 2
    config latency=10ms timeout=100s heartbeat=50ms patience=100s send=at-once
    timeout S1
    at 100ms request C1 x=1
    at 200ms isolate S3 · request C1 x=2 · request C2 y=2
    at 401ms heal
    at 402ms timeout S3
    at 500ms timeout S2
    at 700ms request C1 x=3
    at 712ms request C2 y=3 · request C3 z=3
    at 743ms isolate S2
    at 800ms timeout S1
    at 1000ms heal";

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

/// A line of the table: `rule | run | line | change`.
#[derive(Clone, Copy, Debug)]
struct Fault<'a> {
    rule: &'a str,
    run: &'a str,
    /// Which line of the run: what it has, and `#2` if it is the second of those.
    place: &'a str,
    /// `field=value ; field=value` sets fields, `then {..}` adds a line after that one.
    change: &'a str,
}

fn faults() -> Vec<Fault<'static>> {
    let lines = include_str!("planted.txt").lines();
    let rows = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let read = |row: &'static str| {
        let mut cells = row.split(" | ");
        let mut cell = || cells.next().unwrap_or_else(|| panic!("four cells: {row}"));
        Fault {
            rule: cell(),
            run: cell(),
            place: cell(),
            change: cell(),
        }
    };
    rows.map(read).collect()
}

fn json(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|why| panic!("{why}: {text}"))
}

/// Plants a fault, and says in which line, from 1.
fn plant(fault: Fault<'_>, lines: &mut Vec<Json>) -> usize {
    let (what, nth) = fault.place.split_once(" #").unwrap_or((fault.place, "1"));
    let nth: usize = nth.parse().expect("a number");
    let at = find(lines, what, nth - 1);
    let Some(added) = fault.change.strip_prefix("then ") else {
        for part in fault.change.split(" ; ") {
            let (field, value) = part.split_once('=').expect("field=value");
            set(&mut lines[at], field, json(value));
        }
        return at + 1;
    };
    let added: Vec<Json> = added.split(" then ").map(json).collect();
    let count = added.len();
    lines.splice(at + 1..at + 1, added);
    // What comes after is told where it was.
    for later in &mut lines[at + 1 + count..] {
        if let Some(source) = later["src"][0]
            .as_u64()
            .filter(|from| *from > at as u64 + 1)
        {
            later["src"][0] = json!(source + count as u64);
        }
    }
    at + 1 + count
}

/// A run as somebody tells it who has no messages: what happened, and the server afterwards.
fn bare(mut lines: Vec<Json>) -> Vec<Json> {
    for fields in lines.iter_mut().filter_map(Json::as_object_mut) {
        for message in ["m", "src", "out"] {
            fields.remove(message);
        }
    }
    lines
}

/// The healthy runs: ours, and of other implementations, with what those do on purpose.
fn runs() -> Vec<(&'static str, Vec<Json>, &'static [Rule])> {
    let foreign = |text: &str| text.lines().map(json).collect();
    vec![
        ("plain", written(PLAIN), &[]),
        ("parts", written(PARTS), &[]),
        ("joint", written(JOINT), &[]),
        ("behind", written(BEHIND), &[]),
        ("bare", bare(written(BEHIND)), &[]),
        (
            "raft-rs",
            foreign(include_str!("traces/raft-rs.jsonl")),
            &[Rule::CommitFromLeader],
        ),
        (
            "openraft",
            foreign(include_str!("traces/openraft.jsonl")),
            &[
                Rule::VoteAsked,
                Rule::CommitOnlyChecked,
                Rule::StartAsFollower,
            ],
        ),
    ]
}

fn paper(lines: &[Json]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[test]
fn each_fault_is_caught_at_its_line_with_its_rule() {
    let runs = runs();
    let faults = faults();
    let mut wrong = Vec::new();
    let mut short = 0;
    for fault in &faults {
        let run = runs.iter().find(|(name, ..)| *name == fault.run);
        let (_, healthy, lenient) = run.unwrap_or_else(|| panic!("no such run: {fault:?}"));
        let mut lines = healthy.clone();
        let at = plant(*fault, &mut lines);
        let paper = paper(&lines);
        let found = match trace::check_leniently(paper.as_bytes(), lenient) {
            Err(why) => why.to_string(),
            Ok(report) => match report.verdicts.first() {
                Some(verdict) if verdict.line == at && verdict.rule.name() == fault.rule => {
                    short += usize::from(is_shared(&paper, verdict, lenient));
                    continue;
                }
                Some(verdict) => verdict.to_string(),
                None => "nothing".into(),
            },
        };
        wrong.push(format!("{fault:?}\n    in line {at}: found {found}\n"));
    }
    println!(
        "{short} of {} excerpts are shorter than their traces",
        faults.len()
    );
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.concat()
    );
    assert!(short > faults.len() / 2, "{short} excerpts are short");
}

/// Who adds a rule adds a fault that breaks it.
#[test]
fn each_rule_is_broken_by_a_fault_and_each_implementation_has_some() {
    let faults = faults();
    let planted = |rule: &&Rule| faults.iter().any(|fault| fault.rule == rule.name());
    let without: Vec<_> = Rule::ALL.iter().filter(|rule| !planted(rule)).collect();
    assert!(without.is_empty(), "no fault breaks {without:?}");
    for run in ["raft-rs", "openraft"] {
        let count = faults.iter().filter(|fault| fault.run == run).count();
        assert!(count >= 20, "{count} faults in {run}");
    }
}

/// An excerpt breaks the same rule in its last line. Returns whether it is shorter than the trace.
fn is_shared(trace: &str, verdict: &trace::Verdict, lenient: &[Rule]) -> bool {
    let mut watch = Watch::new(0);
    watch.push(trace.as_bytes());
    watch.end();
    let excerpt = watch.excerpt(verdict.line);
    let report = trace::check_leniently(excerpt.as_bytes(), lenient)
        .unwrap_or_else(|why| panic!("{why}: {excerpt}"));
    let found = report.verdicts.first().expect("it breaks a rule");
    assert_eq!((found.rule, &found.server), (verdict.rule, &verdict.server));
    excerpt.lines().count() < verdict.line
}

#[test]
fn without_the_faults_nothing_is_found() {
    for (name, lines, lenient) in runs() {
        let report = trace::check_leniently(paper(&lines).as_bytes(), lenient)
            .unwrap_or_else(|why| panic!("{why}"));
        assert_eq!(report.verdicts, [], "{name}");
    }
}

/// What is said of every run and every fault: `UPDATE_PLANTED=1` writes it. Read every difference.
#[test]
fn each_fault_is_told_with_both_values() {
    let runs = runs();
    let mut told = String::new();
    for (name, lines, lenient) in &runs {
        let report = trace::check_leniently(paper(lines).as_bytes(), lenient);
        let report = report.unwrap_or_else(|why| panic!("{why}"));
        let (looked, not) = report.summary.told();
        told += &format!("{name}: {}\n", report.summary);
        told += &format!(
            "  looked at {looked:?}, not at {not:?}; {:?}\n",
            report.lenient
        );
    }
    for fault in faults() {
        let run = runs.iter().find(|(name, ..)| *name == fault.run);
        let (name, healthy, lenient) = run.expect("there is that run");
        let mut lines = healthy.clone();
        plant(fault, &mut lines);
        let report = trace::check_leniently(paper(&lines).as_bytes(), lenient);
        let report = report.unwrap_or_else(|why| panic!("{why}"));
        let verdict = report.verdicts.first().expect("a fault is found");
        told += &format!("{name} {verdict}\n");
    }
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/planted.told.txt");
    if std::env::var("UPDATE_PLANTED").is_ok() {
        std::fs::write(golden, &told).expect("it can be written");
    }
    let known = std::fs::read_to_string(golden).unwrap_or_default();
    for (known, told) in known.lines().zip(told.lines()) {
        assert_eq!(known, told);
    }
    assert_eq!(known.lines().count(), told.lines().count());
}
