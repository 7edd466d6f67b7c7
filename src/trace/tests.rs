//! What is written reads back and passes; what is wrong is told, with its line.

use std::fs;
use std::path::Path;

use super::line::{Init, Kind, Line, Message};
use super::*;
use crate::check::{Property, Violation};
use crate::hunt::Schedule;
use crate::script::Runner;
use crate::sim::Time;
use crate::sim::text::{parse_run, statements};

/// The trace of a run up to `end`, its client history, and how it first breaks a property.
fn play(text: &str, end: Time) -> (String, String, Option<Violation>) {
    let (scenario, actions) = parse_run(text).unwrap_or_else(|error| panic!("{error}"));
    let (trace, played) = write(&Schedule {
        scenario,
        actions,
        end,
    });
    let first = played.checker.violations().first().copied();
    (trace, clients::write(&played.history), first)
}

fn write(schedule: &Schedule) -> (String, Played) {
    let mut trace = Vec::new();
    let played = super::play(schedule, Some(&mut trace)).unwrap_or_else(|why| panic!("{why}"));
    (String::from_utf8(trace).unwrap(), played)
}

/// The run of a script, as it is recorded on the command line.
fn recorded(path: &Path) -> Schedule {
    let text = fs::read_to_string(path).unwrap();
    let mut runner = Runner::default();
    for statement in statements(&text) {
        let done = runner.execute(&statement);
        done.unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    }
    Schedule {
        end: runner.now() + Time::ms(2_000),
        scenario: runner.scenario().clone(),
        actions: runner.actions().to_vec(),
    }
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
        let broken = broken.unwrap_or_else(|| panic!("{rule}: nothing is broken"));
        assert_eq!(broken.property(), property, "{rule}");
        let Err(Finding::Broken {
            line,
            violation,
            told,
        }) = check(trace.as_bytes())
        else {
            panic!("{rule}: nothing was found in\n{trace}");
        };
        assert_eq!(violation.property(), property, "{told}");
        assert_eq!(violation.at, broken.at, "line {line}: {told}");
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

/// Whatever was found without a rule: its trace is one, and what Figure 3 promises and the run
/// breaks is broken in the trace too.
#[test]
fn the_trace_of_every_hunt_is_read_and_judged() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hunts");
    let mut joined = 0;
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let (trace, played) = write(&recorded(&path));
        let found = check(trace.as_bytes());
        if let Err(unreadable @ Finding::Unreadable { .. }) = &found {
            panic!("{}: {unreadable}", path.display());
        }
        let figure = |broken: &Violation| Property::FIGURE_3.contains(&broken.property());
        if let Some(broken) = played.checker.violations().iter().find(|it| figure(it)) {
            assert!(found.is_err(), "{}: {broken}", path.display());
        }
        let begin: Init = serde_json::from_str(trace.lines().next().unwrap()).unwrap();
        joined += usize::from(begin.servers.len() < played.world.servers().len());
    }
    assert!(joined > 2, "in some a server joins");
}

#[test]
fn who_joins_and_who_comes_back_begins_with_an_empty_disk() {
    let (trace, _, broken) = play(
        "servers 3 · seed 4 · clients 1
        client C1 writes x every 100ms
        at 1s add S4
        at 3s remove S3 · at 5s retire S3 · at 6s add S3",
        Time::ms(9_000),
    );
    assert_eq!(broken, None);
    for (name, begins) in [("n3", 1), ("n4", 1)] {
        let begin = format!("{{\"e\":\"restart\",\"n\":\"{name}\"");
        let lines = trace.lines().filter(|line| line.starts_with(&begin));
        assert_eq!(lines.count(), begins, "{name}");
    }
    let summary = check(trace.as_bytes()).unwrap_or_else(|finding| panic!("{finding}"));
    assert_eq!(summary.servers, 4);
}

#[test]
fn a_run_that_begins_with_snapshots_passes() {
    let (trace, _, broken) = play(
        "servers 3 · clients 1 · seed 2
        config latency=10ms compact=2
        S1 term 1 snapshot 8:1 x=2 log 1:x=3 1:x=4 commit 10
        S2 term 1 snapshot 4:1 x=1 log 1:x=1 1:x=1 1:x=2 1:x=2 1:x=3 1:x=4
        S3 term 1 snapshot 8:1 x=2
        client C1 writes x every 100ms · at 2s crash S1 · wipe S1 · at 3s restart S1",
        Time::ms(5_000),
    );
    assert_eq!(broken, None);
    let summary = check(trace.as_bytes()).unwrap_or_else(|finding| panic!("{finding}"));
    assert!(summary.committed > 20, "{summary}");
}

#[test]
fn only_what_a_client_has_put_into_the_log_is_proposed() {
    let (trace, ..) = play(
        "servers 3 · clients 2 · seed 2
        config latency=10ms read=index
        timeout S1 · at 200ms request C1 x=1
        at 400ms read C1 x from S1 · read C2 x from S2",
        Time::ms(1_000),
    );
    let lines = trace.lines().skip(1);
    let lines = lines.map(|line| serde_json::from_str::<Line>(line).unwrap());
    let proposed: Vec<Line> = lines.filter(|line| line.e == Kind::Propose).collect();
    assert_eq!(proposed.len(), 1, "{trace}");
    assert_eq!(proposed[0].s.log.len(), 2);
    assert!(trace.contains("{\"t\":\"RI\""), "a follower asked");
}

/// A trace of somebody else's, a line for each server's step: `alice 2 F [[1,"a"]] 1`. A restart
/// has an exclamation mark: `alice! 2 F [] 0`.
fn foreign(lines: &[&str]) -> Result<Summary, Finding> {
    let mut trace = String::from("{\"e\":\"init\",\"servers\":[\"alice\",\"bob\",\"carol\"]}\n");
    for line in lines {
        let words: Vec<&str> = line.split(' ').collect();
        let [name, term, role, log, commit] = words[..] else {
            panic!("{line}");
        };
        let (first, log) = log.split_once('@').unwrap_or(("1", log));
        let (name, kind) = match name.strip_suffix('!') {
            Some(name) => (name, "restart"),
            None => (name, "tick"),
        };
        trace += &format!(
            "{{\"e\":\"{kind}\",\"n\":\"{name}\",\"s\":{{\"term\":{term},\"vote\":\"\",\"role\":\"{role}\",\
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
        (
            &["alice 1 L [[1,\"a\"]] 0", "bob! 1 F [[1,\"b\"]] 0"],
            "line 3: Log Matching is broken: S2 and S1",
        ),
        // What was committed is gone, or another entry.
        (
            &[
                "alice 1 L [[1,\"a\"]] 1",
                "bob 1 F [[1,\"a\"]] 1",
                "bob 1 F [] 1",
            ],
            "line 4: Never Backwards is broken: the applied index of S2 fell from 1 to 0",
        ),
        (
            &["bob 1 F [[1,\"a\"]] 1", "bob 2 F [[2,\"b\"]] 1"],
            "line 3: State Machine Safety is broken: at index 1, S2 applied \"b\" of term 2, \
             but S2 had applied \"a\" of term 1",
        ),
        (
            &["bob 1 F [[1,\"a\"],[1,\"b\"]] 1", "bob 1 F 3@[] 1"],
            "line 3: State Machine Safety is broken: the snapshot of S2 ends with entry 2 of term 1, \
             where nothing was committed",
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
    let at_once = foreign(&[
        "alice 1 L [[1,1],[1,2],[1,3]] 0",
        "alice 1 L 3@[[1,3]] 2",
        "bob 1 F 3@[] 2",
    ]);
    assert_eq!(at_once.map(|summary| summary.committed), Ok(2));
    let wrong = found(&[
        "alice 1 L [[1,1],[1,2]] 0",
        "alice 1 L 3@[] 2",
        "bob 2 L [[2,3]] 0",
    ]);
    assert!(
        wrong.starts_with("line 4: Leader Completeness is broken"),
        "{wrong}"
    );
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
fn what_was_compacted_before_the_trace_is_not_asked_for() {
    let good = foreign(&[
        "alice! 1 F [[1,1],[1,2]] 0",
        "bob! 2 F 9@[[2,9],[2,10]] 10",
        "carol! 2 F 7@[[1,7],[2,8]] 8",
        "alice 2 F 9@[] 8",
        "alice 2 F 9@[[2,9]] 9",
        "alice! 0 F [] 0",
        "carol 2 L 9@[[2,9],[2,10],[2,11]] 11",
    ]);
    assert_eq!(good.map(|summary| summary.committed), Ok(11));
    let lost = found(&[
        "bob! 2 F 9@[[2,9],[2,10]] 10",
        "alice! 2 F 9@[[2,9]] 8",
        "alice 3 L 9@[[2,9]] 8",
    ]);
    assert!(
        lost.starts_with("line 4: Leader Completeness is broken"),
        "{lost}"
    );
    // Only how servers begin: later everything is told.
    let late = found(&["alice! 1 F [] 0", "bob 1 F 2@[] 1"]);
    assert!(
        late.starts_with("line 3: entries before 2 are gone"),
        "{late}"
    );
    let far = (1u64 << 53).to_string();
    assert!(foreign(&[&format!("bob! 2 F {far}@[[2,9]] {far}")]).is_ok());
    let too_far = found(&[&format!("bob! 2 F {}@[[2,9]] 0", u64::MAX)]);
    assert!(too_far.starts_with("line 2: the last index"), "{too_far}");
}

#[test]
fn a_trace_may_have_as_many_lines_as_it_says_and_not_one_more() {
    let trace = "{\"e\":\"init\",\"servers\":[\"n1\"]}\n\n";
    assert!(judge::check_up_to(trace.as_bytes(), 2).is_ok());
    let finding = judge::check_up_to(trace.as_bytes(), 1).unwrap_err();
    let told = "line 2: a trace may have 1 lines at most";
    assert_eq!(finding.to_string(), told);
}

#[test]
fn values_that_differ_are_told_apart_or_refused() {
    let two = |one: &str, other: &str| {
        found(&[
            &format!("alice 1 F [[1,{one}]] 0"),
            &format!("bob 1 F [[1,{other}]] 0"),
        ])
    };
    for (one, other, told) in [
        (
            "18446744073709551614",
            "18446744073709551615",
            "line 3: Log Matching",
        ),
        (
            "-9223372036854775808",
            "9223372036854775808",
            "line 3: Log Matching",
        ),
        ("1", "\"1\"", "line 3: Log Matching"),
        (
            "18446744073709551616",
            "1",
            "line 2: column 100: a number is a whole one of 64 bits; write any other as a string",
        ),
        ("1", "100.0", "line 3: column 83: a number is a whole one"),
        (
            "1",
            "null",
            "line 3: column 82: a value is a string or a number",
        ),
    ] {
        let finding = two(one, other);
        assert!(finding.starts_with(told), "{finding}\nnot\n{told}");
    }
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
            format!(
                "{init}{{\"e\":\"tick\",\"n\":\"n1\",{}}}\n",
                state.replace("\"vote\":\"\"", "\"vote\":\"n3\"")
            ),
            "line 2: no line up to here names a server \"n3\"",
        ),
        (
            (1..=10).fold(init.to_owned(), |trace, nth| {
                format!("{trace}{{\"e\":\"tick\",\"n\":\"n{nth}\",{state}}}\n")
            }),
            "line 11: \"n10\" is a server too many: a trace may have 9 at most",
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
