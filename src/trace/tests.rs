//! What is written reads back and passes; what is wrong is told, with its line.

use super::line::{Kind, Line, Message};
use super::*;
use crate::check::{Checker, History, Property};
use crate::sim::text::parse_run;
use crate::sim::{Step, Time, World};

/// The trace of a run up to `end`, its client history, and the first property it breaks.
fn play(text: &str, end: Time) -> (String, String, Option<Property>) {
    let (scenario, actions) = parse_run(text).unwrap_or_else(|error| panic!("{error}"));
    let mut step = Step::default();
    let mut world = World::new(&scenario, &mut step);
    let (mut checker, mut history) = (Checker::new(&world), History::new(&world));
    let (mut recorder, init, mut lines) = Recorder::new(&world);
    let mut actions = actions.iter().peekable();
    while world.now() < end {
        let next = world.next_at().unwrap_or(end);
        match actions.next_if(|(at, _)| *at < next) {
            Some((at, action)) => {
                world.wait_until(*at);
                world.act(action, &mut step).unwrap();
            }
            None => _ = world.step(&mut step),
        }
        recorder.note(&world, &step, &mut lines);
        history.note(&step);
        if checker.observe(&world, &step).is_some() {
            break;
        }
    }
    let lines = lines.iter().map(|line| format!("{line}\n"));
    let trace = format!("{init}\n{}", lines.collect::<String>());
    let broken = checker.violations().first().map(|first| first.property());
    (trace, clients::write(&history), broken)
}

const WEATHER: &str = "servers 5 · seed 3 · clients 2
    config loss=10% duplicate=10% latency=1..60ms send=at-once window=4
    client C1 writes x every 40ms
    at 900ms crash S1 · isolate S2
    at 1500ms restart S1 · crash S3 · hold S4>S5 · request C2 x:3>4 · request C2 y?
    at 2500ms heal · wipe S3 · release all";

#[test]
fn a_run_of_ours_passes() {
    let (trace, _, broken) = play(WEATHER, Time::ms(4_000));
    assert_eq!(broken, None);
    let summary = check(trace.as_bytes()).unwrap_or_else(|finding| panic!("{finding}"));
    assert_eq!(summary.servers, 5);
    assert!(summary.committed > 5 && summary.term > 1, "{summary}");
    for kind in [
        Kind::Timeout,
        Kind::Send,
        Kind::Recv,
        Kind::Propose,
        Kind::Drop,
        Kind::Restart,
    ] {
        assert!(summary.kinds.contains_key(&kind), "no {kind}: {summary}");
    }
}

#[test]
fn a_run_with_snapshots_passes() {
    let (trace, _, broken) = play(
        "servers 3 · seed 2 · clients 2
        config loss=5% duplicate=10% send=at-once compact=4 chunk=1
        client C1 writes x every 40ms · client C2 writes y every 60ms
        at 500ms crash S1 · at 1500ms restart S1
        at 2000ms crash S2 · wipe S2 · at 2100ms restart S2",
        Time::ms(4_000),
    );
    assert_eq!(broken, None);
    let summary = check(trace.as_bytes()).unwrap_or_else(|finding| panic!("{finding}"));
    assert!(summary.kinds[&Kind::Compact] > 10, "{summary}");
    for kind in ["IS", "ISR"] {
        assert!(trace.contains(&format!("{{\"t\":\"{kind}\"")), "no {kind}");
    }
}

#[test]
fn every_line_reads_as_it_was_written_and_follows_from_those_before() {
    let (trace, ..) = play(WEATHER, Time::ms(4_000));
    let mut sent: Vec<Vec<Message>> = vec![Vec::new()];
    let mut copies = 0;
    let mut seen = std::collections::BTreeSet::new();
    for text in trace.lines().skip(1) {
        let line: Line = serde_json::from_str(text).unwrap();
        assert_eq!(line.to_string(), text);
        assert_eq!(line.m.is_some(), matches!(line.e, Kind::Recv | Kind::Drop));
        if let (Some(message), Some((at, place))) = (&line.m, line.src) {
            assert_eq!(&sent[at - 1][place - 1], message, "{text}");
            copies += usize::from(!seen.insert((at, place)));
        }
        sent.push(line.out);
    }
    assert!(copies > 10, "the network doubles packets");
}

#[test]
fn what_our_checker_finds_in_a_run_is_found_in_its_trace() {
    let broken = |rule: &str, script: &str, property| {
        let text = format!(
            "servers 3 · clients 3
            config timeout=100s heartbeat=50s patience=100s latency=10ms send=at-once no-op=off
            rules off {rule}\n{script}"
        );
        let (trace, _, broken) = play(&text, Time::ms(2_000));
        assert_eq!(broken, Some(property), "{rule}");
        let Err(Finding::Broken {
            line,
            violation,
            told,
        }) = check(trace.as_bytes())
        else {
            panic!("{rule}: nothing was found in\n{trace}");
        };
        assert_eq!(violation.property(), property, "{told}");
        assert_eq!(line, trace.lines().count(), "at the last line: {told}");
    };
    broken(
        "one-vote-per-term",
        "timeout S1 · timeout S2",
        Property::ElectionSafety,
    );
    broken(
        "up-to-date",
        "timeout S1
        at 100ms isolate S3 · request C1 x=1
        at 200ms heal · timeout S3",
        Property::LeaderCompleteness,
    );
    broken(
        "check-heartbeats",
        "S1 term 1 log 1:x=1
        S2 term 2 log 2:y=2 commit 1
        S3 term 2 log 2:y=2 commit 1
        cut S3>S2 · timeout S3",
        Property::StateMachineSafety,
    );
    broken(
        "check-previous",
        "S1 term 1 log 1:x=1
        S2 term 2 log 2:y=2
        S3 term 2 log 2:y=2
        at 0ms timeout S3
        at 100ms request C1 z=3",
        Property::LogMatching,
    );
}

/// A trace of somebody else's, a line for each server's step: `alice 2 F [[1,"a"]] 1`.
fn foreign(lines: &[&str]) -> Result<Summary, Finding> {
    let mut trace = String::from("{\"e\":\"init\",\"servers\":[\"alice\",\"bob\",\"carol\"]}\n");
    for line in lines {
        let words: Vec<&str> = line.split(' ').collect();
        let [name, term, role, log, commit] = words[..] else {
            panic!("{line}");
        };
        let (first, log) = log.split_once('@').unwrap_or(("1", log));
        trace += &format!(
            "{{\"e\":\"tick\",\"n\":\"{name}\",\"s\":{{\"term\":{term},\"vote\":\"\",\"role\":\"{role}\",\
             \"first\":{first},\"log\":{log},\"commit\":{commit}}}}}\n"
        );
    }
    check(trace.as_bytes())
}

/// What was found in it, in a sentence.
fn found(lines: &[&str]) -> String {
    foreign(lines).expect_err("something is wrong").to_string()
}

#[test]
fn traces_of_others_are_judged_by_what_their_servers_have() {
    assert!(
        foreign(&[
            "alice 1 L [[1,\"a\"]] 0",
            "bob 1 F [[1,\"a\"]] 0",
            "alice 1 L [[1,\"a\"]] 1"
        ])
        .is_ok()
    );
    for (lines, told) in [
        (
            &["alice 1 L [] 0", "bob 1 L [] 0"][..],
            "line 3: Election Safety is broken: S1 and S2 were both elected leader of term 1 \
             (S1 is alice, S2 is bob).",
        ),
        (
            &["alice 1 L [[1,7],[1,8]] 0", "alice 1 L [[1,7]] 0"],
            "line 3: Leader Append-Only is broken: S1, leader of term 1, had 8 of term 1 at index 2 and now has nothing",
        ),
        (
            &[
                "alice 2 F [[1,\"a\"],[2,\"b\"]] 0",
                "bob 2 F [[2,\"c\"],[2,\"b\"]] 0",
            ],
            "line 3: Log Matching is broken: S2 and S1 both hold an entry of term 2 at index 2, but their logs differ at index 1",
        ),
        (
            &["alice 1 L [[1,\"a\"]] 1", "bob 2 L [] 0"],
            "line 3: Leader Completeness is broken: S2 leads term 2 and has nothing at index 1, \
             where \"a\" of term 1 was committed in term 1",
        ),
        (
            &["alice 1 L [[1,\"a\"]] 1", "bob 2 F [[2,5]] 1"],
            "line 3: State Machine Safety is broken: at index 1, S2 applied 5 of term 2, but S1 had applied \"a\" of term 1",
        ),
        (
            &["alice 3 F [] 0", "alice 2 F [] 0"],
            "line 3: Never Backwards is broken: the term of S1 fell from 3 to 2",
        ),
        // Values that look like our stand-ins are still values of their own.
        (
            &[
                "alice 1 L [[1,\"C1.0_value=0\"]] 1",
                "bob 2 F [[1,\"zero\"]] 1",
            ],
            "line 3: Log Matching is broken",
        ),
    ] {
        let lines: Vec<String> = lines
            .iter()
            .map(|line| line.replace('_', "\\u0020"))
            .collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let finding = found(&lines);
        assert!(finding.starts_with(told), "{finding}\nnot\n{told}");
    }
}

#[test]
fn what_was_compacted_is_still_known() {
    let long = "[[1,1],[1,2],[1,3]]";
    let kept = foreign(&[
        &format!("alice 1 L {long} 3"),
        "alice 1 L 3@[[1,3]] 3",
        "bob 1 F 4@[] 3",
        "bob 1 F 4@[[1,4]] 3",
        "alice 1 L 3@[[1,3],[1,4]] 4",
    ]);
    assert_eq!(kept.map(|summary| summary.committed), Ok(4));
    let early = found(&["alice 1 L [[1,1]] 0", "bob 1 F 2@[] 0"]);
    assert_eq!(
        early,
        "line 3: entries before 2 are gone, but 1 was never committed"
    );
    let other = found(&[&format!("alice 1 L {long} 3"), "bob 2 F 3@[[2,9]] 3"]);
    assert!(
        other.starts_with("line 3: State Machine Safety is broken: at index 3"),
        "{other}"
    );
}

#[test]
fn what_is_no_trace_is_told_with_its_line() {
    let init = "{\"e\":\"init\",\"servers\":[\"n1\",\"n2\"]}\n";
    let state = "\"s\":{\"term\":1,\"vote\":\"\",\"role\":\"F\",\"log\":[],\"commit\":0}";
    let vote = "{\"t\":\"RV\",\"f\":\"n1\",\"to\":\"n2\",\"term\":1,\"li\":0,\"lt\":0}";
    let sends = format!("{{\"e\":\"timeout\",\"n\":\"n1\",{state},\"out\":[{vote}]}}\n");
    for (trace, told) in [
        (String::new(), "line 1: there is nothing in it"),
        ("{}\n".into(), "line 1: column 2: missing field `e`"),
        ("hello\n".into(), "line 1: column 1: expected value"),
        (
            "{\"e\":\"init\",\"servers\":[]}\n".into(),
            "line 1: the first line is",
        ),
        (
            "{\"e\":\"init\",\"servers\":[\"a\",\"a\"]}\n".into(),
            "line 1: two servers have the same name",
        ),
        (
            format!("{init}\n{{\"e\":\"recv\"}}\n"),
            "line 3: column 12: missing field `n`",
        ),
        (
            format!("{init}{{\"e\":\"tick\",\"n\":\"n3\",{state}}}\n"),
            "line 2: the first line names no server \"n3\"",
        ),
        (
            format!("{init}{{\"e\":\"jump\",\"n\":\"n1\",{state}}}\n"),
            "line 2: column 11: unknown variant `jump`",
        ),
        (
            format!(
                "{init}{{\"e\":\"tick\",\"n\":\"n1\",{}}}\n",
                state.replace("\"commit\":0", "\"commit\":2")
            ),
            "line 2: n1 has committed up to 2, but its log ends at 0",
        ),
        (
            format!(
                "{init}{sends}{{\"e\":\"recv\",\"n\":\"n2\",{state},\"m\":{},\"src\":[2,1]}}\n",
                vote.replace("\"term\":1", "\"term\":2")
            ),
            "line 3: no such message was sent in line 2, at place 1",
        ),
        (
            format!(
                "{init}{sends}{{\"e\":\"recv\",\"n\":\"n1\",{state},\"m\":{vote},\"src\":[2,1]}}\n"
            ),
            "line 3: n1 received a message for n2",
        ),
    ] {
        let finding = check(trace.as_bytes()).expect_err(&trace);
        assert!(
            finding.to_string().starts_with(told),
            "{finding}\nnot\n{told}"
        );
    }
    let good = format!(
        "{init}{sends}{{\"e\":\"recv\",\"n\":\"n2\",{state},\"m\":{vote},\"src\":[2,1]}}\n"
    );
    assert!(check(good.as_bytes()).is_ok());
}

#[test]
fn histories_tell_what_clients_saw() {
    let (_, history, _) = play(
        "servers 3 · clients 2 · seed 1
        config latency=10ms send=at-once
        S1 term 1 log 1:x=4 commit 1
        S2 term 1 log 1:x=4 commit 1
        S3 term 1 log 1:x=4 1:y=9 commit 1
        timeout S1
        at 100ms request C1 x:4>5 · request C1 x? · request C2 y+=2
        at 200ms request C1 -x · request C1 x:1>2
        at 300ms request C1 x? · request C2 z=1
        at 305ms crash S1 · crash S2 · crash S3",
        Time::ms(1_000),
    );
    assert_eq!(
        history,
        "{\"c\":0,\"op\":\"put\",\"k\":\"x\",\"v\":\"4\",\"o\":\"ok\",\"call\":0,\"ret\":0}\n\
         {\"c\":0,\"op\":\"put\",\"k\":\"y\",\"v\":\"9\",\"o\":null,\"call\":0,\"ret\":null}\n\
         {\"c\":1,\"op\":\"cas\",\"k\":\"x\",\"v\":\"4>5\",\"o\":\"ok\",\"call\":100000,\"ret\":140000}\n\
         {\"c\":2,\"op\":\"add\",\"k\":\"y\",\"v\":\"2\",\"o\":\"2\",\"call\":100000,\"ret\":160000}\n\
         {\"c\":1,\"op\":\"get\",\"k\":\"x\",\"o\":\"5\",\"call\":140000,\"ret\":180000}\n\
         {\"c\":1,\"op\":\"delete\",\"k\":\"x\",\"o\":\"ok\",\"call\":200000,\"ret\":240000}\n\
         {\"c\":1,\"op\":\"cas\",\"k\":\"x\",\"v\":\"1>2\",\"o\":\"fail\",\"call\":240000,\"ret\":280000}\n\
         {\"c\":1,\"op\":\"get\",\"k\":\"x\",\"o\":null,\"call\":300000,\"ret\":null}\n\
         {\"c\":2,\"op\":\"put\",\"k\":\"z\",\"v\":\"1\",\"o\":null,\"call\":300000,\"ret\":null}\n"
    );
}
