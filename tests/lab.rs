//! `raftarium-lab` as its users meet it: what it prints, and its exit code.

use std::io::Write;
use std::process::{Command, Output, Stdio};

/// Figure 2's majority is missing: half of two servers elect.
const BROKEN: &str = "servers 2\nrules off election-majority\ntimeout S1\ntimeout S2\n";

fn lab(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_raftarium-lab"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    // It may not want its input.
    let _ = child
        .stdin
        .take()
        .expect("it is piped")
        .write_all(input.as_bytes());
    child.wait_with_output().expect("it ends")
}

fn said(output: &[u8]) -> &str {
    std::str::from_utf8(output).expect("it is text")
}

#[test]
fn what_holds_is_exit_code_0() {
    let output = lab(&["run", "-", "--for", "1s"], "servers 3\n");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(said(&output.stdout).starts_with("Nothing is broken"));
    assert!(output.stderr.is_empty(), "{output:?}");

    let output = lab(&["rules"], "");
    assert_eq!(output.status.code(), Some(0));
    assert!(said(&output.stdout).contains("commit-own-term"));

    let output = lab(
        &[
            "hunt",
            "--schedules",
            "50",
            "--jobs",
            "2",
            "--seeds",
            "0..3",
        ],
        "",
    );
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(said(&output.stdout).starts_with("6 hunts, 300 schedules"));
}

#[test]
fn what_breaks_is_exit_code_1_with_the_schedule_and_its_link() {
    let output = lab(&["run", "-"], BROKEN);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(said(&output.stdout).contains("Election Safety is broken"));

    let hunt = ["hunt", "--off", "election-majority", "--servers", "3"];
    let output = lab(&hunt, "");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let told = said(&output.stdout);
    assert!(told.contains("rules off election-majority"), "{told}");
    let link = told.lines().find(|line| line.starts_with("#/run/"));
    let again = lab(&["replay", link.expect("there is a link")], "");
    assert_eq!(again.status.code(), Some(1), "{again:?}");
    assert!(said(&again.stdout).contains("Election Safety is broken"));

    let output = lab(&[&hunt[..], &["--json"]].concat(), "");
    let line: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(line["found"]["property"], "Election Safety");
}

#[test]
fn shards_share_the_hunts_among_them() {
    let seeds = |shard: &str| {
        let hunt = [
            "hunt",
            "--json",
            "--all",
            "--schedules",
            "5",
            "--seeds",
            "0..4",
            "--shard",
        ];
        let output = lab(&[&hunt[..], &[shard]].concat(), "");
        let lines = said(&output.stdout).lines().map(|line| {
            let hunt: serde_json::Value = serde_json::from_str(line).expect("it is JSON");
            (
                hunt["seed"].as_u64().unwrap(),
                hunt["servers"].as_u64().unwrap(),
            )
        });
        lines.collect::<Vec<_>>()
    };
    let mut all = [seeds("0/3"), seeds("1/3"), seeds("2/3")].concat();
    all.sort_unstable();
    assert_eq!(all, seeds("0/1"));
    assert_eq!(all.len(), 8);
}

#[test]
fn what_it_writes_it_can_check() {
    let folder = tempfile();
    let trace = folder.join("trace.jsonl");
    let history = folder.join("history.jsonl");
    let (trace, history) = (trace.to_str().unwrap(), history.to_str().unwrap());
    let run = ["run", "-", "--trace", trace, "--history", history];
    lab(&run, "servers 3\ntimeout S1\nrun 100ms\nrequest C1 x=1\n");
    let output = lab(&["check", trace], "");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(
        std::fs::read_to_string(history)
            .unwrap()
            .contains("\"ret\"")
    );
    let whole = std::fs::read_to_string(trace).unwrap();
    let lie = whole.replace("\"role\":\"F\"", "\"role\":\"L\"");
    assert_eq!(lab(&["check", "-"], &lie).status.code(), Some(1));
    std::fs::remove_dir_all(folder).unwrap();
}

fn tempfile() -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("raftarium-lab-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn bad_input_is_exit_code_2_and_one_line_that_says_what_is_wrong() {
    let cases: &[(&[&str], &str, &str)] = &[
        (&["fly"], "", "there is no command \"fly\""),
        (&["run"], "", "a script is missing"),
        (&["run", "no/such/file"], "", "no/such/file: No such file"),
        (&["run", "-"], "servers 3\ncrash S4", "-, line 2"),
        (&["run", "-", "--seed", "x"], "", "--seed is a whole number"),
        (&["replay", "#/run/nonsense"], "", "link"),
        (&["hunt", "--off", "gravity"], "", "\"gravity\" is no rule"),
        (
            &["hunt", "--servers", "12"],
            "",
            "--servers is a number from 1 to 9",
        ),
        (&["hunt", "--seeds", "5..5"], "", "--seeds is a range"),
        (
            &["hunt", "--shard", "4/4"],
            "",
            "--shard is a part of a whole",
        ),
        (
            &["hunt", "--property", "Luck"],
            "",
            "there is no property \"Luck\"",
        ),
        (&["hunt", "--fast"], "", "there is no option --fast"),
        (&["check", "-"], "{}", "line 1"),
    ];
    for (arguments, input, why) in cases {
        let output = lab(arguments, input);
        let told = said(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        assert!(
            told.starts_with("raftarium-lab: ") && told.contains(why),
            "{arguments:?}: {told}"
        );
        assert_eq!(told.lines().count(), 1, "{arguments:?}: {told}");
    }
}
