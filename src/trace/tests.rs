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

/// What a trace amounts to, each step of which is allowed.
fn allowed(trace: &str) -> Summary {
    let report = check(trace.as_bytes()).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(report.verdicts, [], "{trace}");
    report.summary
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
    let summary = allowed(&trace);
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
    let summary = allowed(&trace);
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
    let broken = |switch: &str, script: &str, property, rule| {
        let text = format!(
            "servers 3 · clients 3
            config timeout=100s heartbeat=50s patience=100s latency=10ms send=at-once no-op=off
            rules off {switch}\n{script}"
        );
        let (trace, _, broken) = play(&text, Time::ms(2_000));
        let broken = broken.unwrap_or_else(|| panic!("{switch}: nothing is broken"));
        assert_eq!(broken.property(), property, "{switch}");
        let report = check(trace.as_bytes()).unwrap_or_else(|why| panic!("{why}"));
        let found = report.verdicts.first().map(|verdict| verdict.rule);
        assert_eq!(found, Some(rule), "{switch}: {:?}", report.verdicts);
    };
    broken(
        "one-vote-per-term",
        "timeout S1 · timeout S2",
        Property::ElectionSafety,
        Rule::OneVotePerTerm,
    );
    broken(
        "up-to-date",
        "timeout S1
        at 100ms isolate S3 · request C1 x=1
        at 200ms heal · timeout S3",
        Property::LeaderCompleteness,
        Rule::UpToDate,
    );
    broken(
        "check-heartbeats",
        "S1 term 1 log 1:x=1
        S2 term 2 log 2:y=2 commit 1
        S3 term 2 log 2:y=2 commit 1
        cut S3>S2 · timeout S3",
        Property::StateMachineSafety,
        Rule::CheckPrevious,
    );
    broken(
        "check-previous",
        "S1 term 1 log 1:x=1
        S2 term 2 log 2:y=2
        S3 term 2 log 2:y=2
        at 0ms timeout S3
        at 100ms request C1 z=3",
        Property::LogMatching,
        Rule::CheckPrevious,
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
        let report = check(trace.as_bytes());
        let report = report.unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        let figure = |broken: &Violation| Property::FIGURE_3.contains(&broken.property());
        if let Some(broken) = played.checker.violations().iter().find(|it| figure(it)) {
            let is_found = !report.verdicts.is_empty();
            // A disk that was lost, and clients, are beyond the rules.
            assert!(is_found, "{}: {broken}", path.display());
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
    let summary = allowed(&trace);
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
    let summary = allowed(&trace);
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
    let state = proposed[0].s.as_ref().expect("it changed");
    assert_eq!(state.change.as_ref().map(|(first, _)| *first), Some(2));
    assert!(trace.contains("{\"t\":\"RI\""), "a follower asked");
}

#[test]
fn a_trace_may_have_as_many_lines_as_it_says_and_not_one_more() {
    let trace = "{\"e\":\"init\",\"servers\":[\"n1\"]}\n{\"e\":\"tick\",\"n\":\"n1\"}\n";
    let up_to = |most| check::check_with(trace.as_bytes(), judge::Judge::default(), most);
    assert!(up_to(2).is_ok());
    let finding = up_to(1).unwrap_err();
    let told = "line 2: a trace may have 1 lines at most";
    assert_eq!(finding.to_string(), told);
}

/// Numbers at their bounds are judged and shown; those beyond are refused.
#[test]
fn no_number_is_too_large_to_count_with() {
    let fields = ["term", "li", "lt", "pi", "pt", "c", "mi", "next"];
    for (number, is_read) in [
        (1u64 << 53, true),
        ((1 << 53) + 1, false),
        (u64::MAX, false),
    ] {
        for kind in [
            "RV", "RVR", "PV", "PVR", "AE", "AER", "IS", "ISR", "TN", "RIR",
        ] {
            for field in fields {
                let message = format!(
                    "{{\"t\":\"{kind}\",\"f\":\"alice\",\"to\":\"bob\",\"{field}\":{number},\"es\":[[{number},1]]}}"
                );
                let lines = [
                    format!(
                        "{{\"e\":\"send\",\"n\":\"alice\",\"s\":{{\"term\":{number},\"role\":\"L\",\"commit\":0}},\"out\":[{message}]}}"
                    ),
                    format!(
                        "{{\"e\":\"recv\",\"n\":\"bob\",\"m\":{message},\"src\":[2,1],\"s\":{{\"term\":1,\"vote\":\"bob\",\"role\":\"C\"}}}}"
                    ),
                    format!("{{\"e\":\"tick\",\"n\":\"carol\",\"s\":{{\"first\":{number}}}}}"),
                ];
                let lines = lines.each_ref().map(String::as_str);
                let trace = foreign(&lines);
                assert_eq!(check(trace.as_bytes()).is_ok(), is_read, "{trace}");
                let mut watch = watch::Watch::new(0);
                watch.push(trace.as_bytes());
                watch.end();
                for line in 1..=4 {
                    watch.moment(line);
                    watch.excerpt(line);
                }
            }
        }
    }
}

/// A trace of somebody else's: its first line, and these.
fn foreign(lines: &[&str]) -> String {
    let head = "{\"e\":\"init\",\"servers\":[\"alice\",\"bob\",\"carol\"]}\n".to_owned();
    head + &lines.join("\n")
}

/// The first verdict on it.
fn verdict(lines: &[&str]) -> String {
    let report = check(foreign(lines).as_bytes()).unwrap_or_else(|why| panic!("{why}"));
    report
        .verdicts
        .first()
        .map(ToString::to_string)
        .unwrap_or_default()
}

const STANDS: &str = r#"{"e":"timeout","n":"alice","s":{"term":1,"vote":"alice","role":"C","log":null,"commit":0},"out":null}"#;

/// A common fault: leaderCommit is taken over as it is, whatever the log holds.
#[test]
fn a_commit_index_beyond_the_log_is_a_step_that_no_rule_allows() {
    let beyond = r#"{"e":"tick","n":"bob","s":{"term":0,"role":"F","log":[],"commit":2}}"#;
    let told = verdict(&[beyond]);
    let wanted = "line 2: bob has committed up to 2, but its log ends at 0";
    assert!(told.starts_with(wanted), "{told}\nnot\n{wanted}");
}

#[test]
fn what_languages_write_is_read() {
    for lines in [
        &[STANDS][..],
        &["", STANDS, "  "],
        // Only some fields, and nothing at all.
        &[r#"{"e":"timeout","n":"alice","s":{"term":1}}"#],
        &[r#"{"e":"tick","n":"alice"}"#],
        // Nobody, in three ways; any value; a role in full.
        &[
            r#"{"e":"restart","n":"bob","s":{"term":3,"vote":null,"role":"follower","log":[[1,{"a":[1.5,null]}],[2,null]]}}"#,
        ],
        &[r#"{"e":"restart","n":"bob","s":{"term":3,"vote":-1,"role":"F"}}"#],
        &[r#"{"e":"restart","n":"bob","s":{"term":3,"vote":"","role":"F"}}"#],
    ] {
        assert_eq!(verdict(lines), "");
    }
    let numbers = "\u{feff}{\"e\":\"init\",\"servers\":[0,1,2]}\r\n{\"e\":\"timeout\",\"n\":1,\"s\":{\"term\":1,\"vote\":1,\"role\":\"C\"}}\r\n";
    assert_eq!(allowed(numbers).term, 1);
}

#[test]
fn a_line_that_was_cut_off_ends_a_trace() {
    let cut = &STANDS[..STANDS.len() - 20];
    let report = check(foreign(&[STANDS, cut]).as_bytes()).unwrap();
    assert_eq!(
        (report.cut_off, report.summary.kinds[&Kind::Timeout]),
        (Some(3), 1)
    );
    // In the middle it is no trace, and at the beginning neither.
    let why = check(foreign(&[cut, STANDS]).as_bytes()).unwrap_err();
    assert!(why.to_string().starts_with("line 2: column"), "{why}");
    assert!(check(&b"{\"e\":\"init\",\"serv"[..]).is_err());
}

#[test]
fn what_is_no_trace_is_told_with_its_line_and_its_field() {
    let state = |field: &str| format!("{{\"e\":\"tick\",\"n\":\"bob\",\"s\":{{{field}}}}}");
    for (line, told) in [
        (
            "[1]".to_owned(),
            "line 2: it is a list; write one JSON object a line",
        ),
        ("7".into(), "line 2: it is 7; write a JSON object"),
        (
            "{\"n\":\"bob\"}".into(),
            "line 2: field \"e\" is missing; write \"timeout\"",
        ),
        (
            "{\"e\":\"jump\",\"n\":\"bob\"}".into(),
            "line 2: field \"e\" is \"jump\"; write \"timeout\"",
        ),
        (
            "{\"e\":\"tick\"}".into(),
            "line 2: field \"n\" is missing; write the server's name",
        ),
        (
            state("\"term\":-1"),
            "line 2: field \"s.term\" is -1; write a whole number, 0 or more",
        ),
        (
            state("\"term\":18446744073709551615"),
            "line 2: field \"s.term\" is 18446744073709551615; write a whole number, 2^53 at most",
        ),
        (
            state("\"role\":\"X\""),
            "line 2: field \"s.role\" is \"X\"; write \"F\", \"C\" or \"L\"",
        ),
        (
            state("\"log\":[[1,\"a\"],[2]]"),
            "line 2: field \"s.log[1]\" is [2]; write [term, value]",
        ),
        (
            state("\"log\":{}"),
            "line 2: field \"s.log\" is {}; write a list",
        ),
        (
            state("\"+\":[0,[]]"),
            "line 2: field \"s.+[0]\" is 0; write an index, 1 or more",
        ),
        (
            state("\"+\":[5,[]]"),
            "line 2: field \"s.+\" begins at index 5, but the log of bob is known from 1 to 0",
        ),
        (
            "{\"e\":\"recv\",\"n\":\"bob\",\"m\":{\"f\":\"alice\"}}".into(),
            "line 2: field \"m.t\" is missing",
        ),
        (
            "{\"e\":\"send\",\"n\":\"bob\",\"out\":[{\"t\":\"AE\",\"f\":\"alice\"}]}".into(),
            "line 2: field \"out\" of bob has a message of alice",
        ),
        (
            "{\"e\":\"recv\",\"n\":\"bob\",\"src\":7}".into(),
            "line 2: field \"src\" is 7; write [line, place in its out]",
        ),
    ] {
        let why = check(foreign(&[&line, STANDS]).as_bytes())
            .expect_err(&line)
            .to_string();
        assert!(why.starts_with(told), "{why}\nnot\n{told}");
    }
    for (trace, told) in [
        ("", "line 1: there is nothing in it"),
        (
            "{}",
            "line 1: field \"e\" is not \"init\"; the first line is",
        ),
        (
            "[{\"e\":\"init\"}]",
            "line 1: it is a list; write one JSON object a line",
        ),
        (
            "[\n{\"e\":\"init\"}\n]",
            "line 1: a list begins here; write one JSON object a line",
        ),
        (
            "{\"e\":\"init\",\"servers\":[]}",
            "line 1: field \"servers\" has 0 names",
        ),
        (
            "{\"e\":\"init\",\"servers\":[\"a\",\"a\"]}",
            "line 1: two servers have the same name",
        ),
        (
            "{\"e\":\"init\",\"servers\":[null]}",
            "line 1: field \"servers[0]\" is null; write a server's name",
        ),
    ] {
        let why = check(trace.as_bytes()).expect_err(trace).to_string();
        assert!(why.starts_with(told), "{why}\nnot\n{told}");
    }
}

#[test]
fn a_refusal_is_no_acknowledgement_whatever_it_says() {
    let told = verdict(&[
        r#"{"e":"timeout","n":"alice","s":{"term":1,"vote":"alice","role":"C","log":[],"commit":0},"out":[{"t":"RV","to":"bob","term":1,"li":0,"lt":0}]}"#,
        r#"{"e":"recv","n":"bob","src":[2,1],"s":{"term":1,"vote":"alice","role":"F","log":[],"commit":0},"out":[{"t":"RVR","to":"alice","term":1,"g":true}]}"#,
        r#"{"e":"recv","n":"alice","src":[3,1],"s":{"term":1,"vote":"alice","role":"L","log":[[1,"x"],[1,"y"]],"commit":0},"out":[{"t":"AE","to":"bob","term":1,"pi":1,"pt":1,"es":[[1,"y"]],"c":0}]}"#,
        r#"{"e":"recv","n":"bob","src":[4,1],"s":{"term":1,"vote":"alice","role":"F","log":[],"commit":0},"out":[{"t":"AER","to":"alice","term":1,"ok":false,"mi":1}]}"#,
        r#"{"e":"recv","n":"alice","src":[5,1],"m":{"t":"AER","f":"bob","to":"alice","term":1,"ok":false,"mi":1},"s":{"term":1,"vote":"alice","role":"L","log":[[1,"x"],[1,"y"]],"commit":1},"out":[]}"#,
    ]);
    assert!(told.contains("commit-majority"), "{told}");
}

#[test]
fn a_vote_that_nobody_was_told_of_may_be_lost_in_a_crash() {
    let lines = [
        r#"{"e":"timeout","n":"alice","s":{"term":1,"vote":"alice","role":"C","log":[],"commit":0},"out":[{"t":"RV","to":"bob","term":1,"li":0,"lt":0}]}"#,
        r#"{"e":"timeout","n":"carol","s":{"term":1,"vote":"carol","role":"C","log":[],"commit":0},"out":[{"t":"RV","to":"bob","term":1,"li":0,"lt":0}]}"#,
        r#"{"e":"recv","n":"bob","m":{"t":"RV","f":"alice","to":"bob","term":1,"li":0,"lt":0},"src":[2,1],"s":{"term":1,"vote":"alice","role":"F","log":[],"commit":0},"out":[]}"#,
        r#"{"e":"restart","n":"bob","s":{"term":1,"vote":null,"role":"F","log":[],"commit":0},"out":[]}"#,
        r#"{"e":"recv","n":"bob","m":{"t":"RV","f":"carol","to":"bob","term":1,"li":0,"lt":0},"src":[3,1],"s":{"term":1,"vote":"carol","role":"F","log":[],"commit":0},"out":[{"t":"RVR","to":"carol","term":1,"g":true}]}"#,
    ];
    allowed(&foreign(&lines));
}

/// The same where a trace begins in the middle: whether others were told is not known.
#[test]
fn what_a_server_had_when_a_trace_begins_may_be_lost_in_a_crash() {
    let head = r#"{"e":"init","servers":["a","b","c"],"middle":true,"changes":true}"#;
    let begins =
        r#"{"e":"tick","n":"b","s":{"term":9,"vote":"a","role":"F","log":[[8,"x"]],"commit":0}}"#;
    let tells = r#"{"e":"send","n":"b","out":[{"t":"RVR","f":"b","to":"a","term":9,"g":true}]}"#;
    let starts = r#"{"e":"restart","n":"b","s":{"term":8,"vote":null,"log":[],"commit":0}}"#;
    allowed(&[head, begins, starts].join("\n"));
    let report = check([head, begins, tells, starts].join("\n").as_bytes()).unwrap();
    let found: Vec<_> = report.verdicts.iter().map(|found| found.rule).collect();
    assert_eq!(found, [Rule::PersistTerm]);
}

#[test]
fn a_message_without_a_term_may_be_of_the_right_one() {
    let lines = [
        r#"{"e":"init","servers":["a","b","c"],"changes":true}"#,
        r#"{"e":"timeout","n":"a","s":{"term":1,"vote":"a","role":"C"},"out":[{"t":"RV","f":"a","to":"b","term":1,"li":0,"lt":0}]}"#,
        r#"{"e":"recv","n":"b","m":{"t":"RV","f":"a","to":"b","term":1,"li":0,"lt":0},"s":{"term":1,"vote":"a"},"out":[{"t":"RVR","f":"b","to":"a","g":true}]}"#,
        r#"{"e":"recv","n":"a","m":{"t":"RVR","f":"b","to":"a","g":true},"s":{"role":"L"},"out":[]}"#,
        r#"{"e":"propose","n":"a","s":{"+":[1,[[1,"x"]]]},"out":[{"t":"AE","f":"a","to":"b","term":1,"pi":0,"pt":0,"es":[[1,"x"]],"c":0}]}"#,
        r#"{"e":"recv","n":"b","m":{"t":"AE","f":"a","to":"b","term":1,"pi":0,"pt":0,"es":[[1,"x"]],"c":0},"s":{"+":[1,[[1,"x"]]]},"out":[{"t":"AER","f":"b","to":"a","ok":true,"mi":1}]}"#,
        r#"{"e":"recv","n":"a","m":{"t":"AER","f":"b","to":"a","ok":true,"mi":1},"s":{"commit":1},"out":[]}"#,
    ];
    allowed(&lines.join("\n"));
}

/// Some record the leader that they follow where others record their vote.
#[test]
fn a_leader_that_is_recorded_as_the_vote_is_no_second_vote() {
    let lines = [
        r#"{"e":"init","servers":["a","b","c"],"changes":true}"#,
        r#"{"e":"timeout","n":"a","s":{"term":1,"vote":"a","role":"C"},"out":[{"t":"RV","f":"a","to":"b","term":1,"li":0,"lt":0}]}"#,
        r#"{"e":"timeout","n":"c","s":{"term":1,"vote":"c","role":"C"},"out":[{"t":"RV","f":"c","to":"a","term":1,"li":0,"lt":0}]}"#,
        r#"{"e":"recv","n":"b","m":{"t":"RV","f":"a","to":"b","term":1,"li":0,"lt":0},"s":{"term":1,"vote":"a"},"out":[{"t":"RVR","f":"b","to":"a","term":1,"g":true}]}"#,
        r#"{"e":"recv","n":"a","m":{"t":"RVR","f":"b","to":"a","term":1,"g":true},"s":{"role":"L"},"out":[{"t":"AE","f":"a","to":"c","term":1,"pi":0,"pt":0,"es":[],"c":0}]}"#,
        r#"{"e":"recv","n":"c","m":{"t":"AE","f":"a","to":"c","term":1,"pi":0,"pt":0,"es":[],"c":0},"s":{"role":"F","vote":"a"},"out":[]}"#,
        r#"{"e":"restart","n":"c","s":{"term":1,"vote":"a","role":"F"}}"#,
    ];
    let found = |trace: &str| {
        let report = check(trace.as_bytes()).unwrap_or_else(|why| panic!("{why}"));
        let found = report.verdicts.iter();
        found
            .map(|found| (found.line, found.rule))
            .collect::<Vec<_>>()
    };
    let trace = lines.join("\n");
    assert_eq!(found(&trace), [(6, Rule::VoteAsked)]);
    // Of another than the leader it is a second vote.
    let other = trace.replace(r#""role":"F","vote":"a""#, r#""role":"F","vote":"b""#);
    let second = (6, Rule::OneVotePerTerm);
    assert_eq!(found(&other), [second, (7, Rule::PersistVote)]);
}

#[test]
fn traces_without_messages_are_judged_by_the_states() {
    let vote =
        r#"{"e":"recv","n":"bob","s":{"term":1,"vote":"alice","role":"F","log":[],"commit":0}}"#;
    let leads =
        r#"{"e":"recv","n":"alice","s":{"term":1,"vote":"alice","role":"L","log":[],"commit":0}}"#;
    let propose = r#"{"e":"propose","n":"alice","s":{"term":1,"vote":"alice","role":"L","log":[[1,"x"]],"commit":0}}"#;
    let stores = r#"{"e":"recv","n":"bob","s":{"term":1,"vote":"alice","role":"F","log":[[1,"x"]],"commit":0}}"#;
    let commits = r#"{"e":"tick","n":"alice","s":{"term":1,"vote":"alice","role":"L","log":[[1,"x"]],"commit":1}}"#;
    assert_eq!(
        verdict(&[STANDS, vote, leads, propose, stores, commits]),
        ""
    );
    // What proves it may come later, but must come.
    assert_eq!(
        verdict(&[STANDS, leads, vote, propose, commits, stores]),
        ""
    );
    assert_eq!(
        verdict(&[STANDS, leads]),
        "line 3: alice leads term 1 with 1 of 3 votes (alice): §5.2 (election-majority)"
    );
    assert_eq!(
        verdict(&[STANDS, vote, leads, propose, commits]),
        "line 6: alice committed entry 1, which 1 of 3 voters store (alice): §5.3 (commit-majority)"
    );
    // Of a server whose steps are not in the trace nothing is known.
    let part =
        foreign(&[STANDS, leads, propose, commits]).replacen("]}", "],\"traced\":[\"alice\"]}", 1);
    assert_eq!(allowed(&part).committed, 1);
}

#[test]
fn changes_say_the_same_as_whole_logs() {
    let (scenario, actions) = parse_run(WEATHER).unwrap();
    let schedule = Schedule {
        scenario,
        actions,
        end: Time::ms(4_000),
    };
    let mut papers = [false, true].map(|whole| {
        let mut paper = Vec::new();
        play::play_whole(&schedule, Some(&mut paper), whole)
            .map(|_| paper)
            .unwrap()
    });
    let reports = papers.each_mut().map(|paper| {
        assert!(!paper.is_empty());
        check(&paper[..]).unwrap()
    });
    assert_eq!(reports[0], reports[1]);
    assert!(papers[0].len() < papers[1].len());
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
