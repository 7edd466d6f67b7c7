use super::words::ACTIONS;
use super::*;

fn read(text: &str) -> (Scenario, Vec<(Time, Action)>) {
    parse_run(text).unwrap_or_else(|error| panic!("{error}"))
}

fn why(text: &str) -> String {
    parse_run(text).unwrap_err().to_string()
}

#[test]
fn every_action_reads_as_it_is_written() {
    for text in [
        "config timeout=150ms..300ms",
        "config loss=2.5%",
        "config send=at-once",
        "crash S3",
        "cut S1>S2",
        "cut S1-S2",
        "delay S1>S2 append 80ms",
        "deliver S1>S2 vote-reply 2",
        "drop S1>S2",
        "duplicate C1>S2 request",
        "heal",
        "heal S1>S2",
        "hold all",
        "isolate S5",
        "partition S1 S2 C1 | S3 S4 S5",
        "release S1>S2",
        "request C1 x:1>2",
        "restart S3",
        "rules off commit-own-term",
        "skew S3 2/1",
        "timeout S1",
        "timer S1 80ms",
        "wipe S3",
    ] {
        assert_eq!(
            parse_action(text).map(|action| action.to_string()),
            Ok(text.to_string())
        );
    }
    let ranges = parse_action("config timeout=150..300ms").unwrap();
    assert_eq!(ranges.to_string(), "config timeout=150ms..300ms");
}

#[test]
fn a_run_reads_as_it_is_written() {
    let text = "servers 3 · seed 7 · clients 2\n\
        config latency=5ms..5ms\n\
        config window=8\n\
        rules off up-to-date\n\
        S1 term 6 vote S2 log 1 1:x=3 6 commit 2\n\
        client C1 writes x every 300ms\n\
        at 312ms crash S3\n\
        at 400ms restart S3\n";
    let (scenario, actions) = read(text);
    assert_eq!(write_run(&scenario, &actions), text);
    let short = text
        .replace("\nconfig window", " window")
        .replace("latency=5ms..5ms", "latency=5ms");
    assert_eq!(read(&short), (scenario, actions));
}

#[test]
fn a_mistake_is_told_with_its_line_and_column() {
    assert_eq!(
        why("servers 5\nat 312ms crahs S3"),
        format!("line 2, column 10: \"crahs\" is no action; there are {ACTIONS}")
    );
    assert_eq!(
        why("servers 5 · crash S12"),
        "line 1, column 19: \"S12\" is no server: write S1 to S9"
    );
    assert_eq!(
        why("servers 12"),
        "line 1, column 9: \"12\" is not a number of servers from 1 to 9"
    );
    assert!(why("S1 log 2 1").contains("terms never fall"));
    assert!(why("S1 term 1 log 1 commit 4").contains("ends before"));
    assert!(why("at 5ms crash S1\nat 4ms restart S1").contains("in order of time"));
    assert!(why("crash S1 now").contains("\"now\" is too much"));
    assert!(why("partition S1 S2").contains("two sides"));
    assert!(why("partition S1 | S1").contains("two groups"));
    assert!(why("cut S1-S1").contains("to itself"));
    assert!(why("config latency=20..10ms").contains("more than"));
    assert!(why("config heartbeat=0ms").contains("too short"));
    assert!(why("config loss=101%").contains("no share"));
    assert!(why(&"x".repeat(LONGEST_TEXT + 1)).contains("too long"));
}
