//! `raftarium-lab` as its users meet it: what it prints, and its exit code.

use std::io::{BufRead, BufReader, Write};
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
    let told = said(&output.stdout);
    assert!(told.contains("Election Safety is broken"), "{told}");
    let link = told.lines().last().expect("it says something");
    let again = lab(&["replay", link], "");
    assert!(
        said(&again.stdout).contains("Election Safety is broken"),
        "{link}"
    );

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
    let folder = tempfile("checks");
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
    let lie = whole.replace("\"mi\":1", "\"mi\":9");
    assert_eq!(lab(&["check", "-"], &lie).status.code(), Some(1));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_a_script_expects_in_vain_is_exit_code_1_and_on_paper() {
    let folder = tempfile("vain");
    let trace = folder.join("trace.jsonl");
    let trace = trace.to_str().unwrap();
    for (vain, why) in [
        ("expect S2 leader", "-, line 3, column 8: this is not true"),
        (
            "run until term 9",
            "-, line 3, column 11: this did not happen",
        ),
    ] {
        let script = format!("servers 3\ntimeout S1\n{vain}\nstatus\n");
        let output = lab(&["run", "-", "--trace", trace], &script);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let told = said(&output.stdout);
        assert!(told.contains(why), "{told}");
        assert!(!told.contains("Nothing is broken"), "{told}");
        assert_eq!(lab(&["check", trace], "").status.code(), Some(0));
        std::fs::remove_file(trace).unwrap();
    }
    std::fs::remove_dir_all(folder).unwrap();
    let output = lab(&["run", "-"], "servers 3\nexpect S9 leader");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

#[test]
fn help_is_everywhere_and_names_the_properties() {
    for arguments in [
        &["--help"][..],
        &["-h"],
        &["help"],
        &["run", "--help"],
        &["hunt", "-h"],
    ] {
        let output = lab(arguments, "");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        let told = said(&output.stdout);
        assert!(
            told.starts_with("usage: ") && told.contains("state-machine-safety"),
            "{told}"
        );
    }
    let output = lab(&[], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    assert!(said(&output.stderr).contains("usage: raftarium-lab <command>"));
}

/// The examples of the help are read as commands, and their files are there.
#[test]
fn the_examples_of_the_help_are_real() {
    let output = lab(&["--help"], "");
    let told = said(&output.stdout);
    let (_, examples) = told.split_once("Examples:\n").expect("it has examples");
    let examples: Vec<&str> = examples
        .lines()
        .take_while(|line| !line.is_empty())
        .collect();
    assert!(examples.len() >= 5, "{told}");
    for words in examples.iter().map(|line| line.split_whitespace()) {
        for word in words.filter(|word| word.starts_with("tests/")) {
            assert!(std::path::Path::new(word).is_file(), "{word}");
        }
    }
}

#[test]
fn shells_complete_commands_and_their_options() {
    for shell in ["bash", "zsh", "fish"] {
        let output = lab(&["completions", shell], "");
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let told = said(&output.stdout);
        for word in ["check-rules", "whole-logs", "lenient", "completions"] {
            assert!(told.contains(word), "{shell}: {word} is not in {told}");
        }
    }
    let output = lab(&["completions", "bash"], "");
    let asked = "\nCOMP_WORDS=(raftarium-lab run --se); COMP_CWORD=2; _raftarium_lab\necho ${COMPREPLY[*]}\n\
                 COMP_WORDS=(raftarium-lab re); COMP_CWORD=1; _raftarium_lab\necho ${COMPREPLY[*]}";
    let script = said(&output.stdout).to_owned() + asked;
    match Command::new("bash").args(["-c", &script]).output() {
        Ok(output) => assert_eq!(
            said(&output.stdout),
            "--seed --seeds\nreplay\n",
            "{output:?}"
        ),
        Err(_) => println!("bash is not at hand"),
    }
}

#[test]
fn links_are_replayed_from_files_and_told_to_programs() {
    let output = lab(&["run", "-", "--json"], BROKEN);
    let run: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let folder = tempfile("links");
    let file = folder.join("links.txt");
    let link = run["link"].as_str().expect("it has one");
    std::fs::write(&file, format!("{link}\n\n{link}\n")).unwrap();
    let output = lab(&["replay", file.to_str().unwrap(), "--json"], "");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let replayed: Vec<serde_json::Value> = said(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).expect("it is JSON"))
        .collect();
    assert_eq!(replayed.len(), 2);
    for replay in replayed {
        assert_eq!(replay["violations"][0]["property"], "Election Safety");
        assert_eq!(
            (&replay["held"], &replay["file"]),
            (&false.into(), &link.into())
        );
    }
    std::fs::remove_dir_all(folder).unwrap();
}

/// What stands after `#>` is all that is printed: no line more, and none less.
#[test]
fn golden_lines_are_compared_to_the_last() {
    let script = "servers 2\ntimeout S1\nrun 200ms\nlogs\n";
    let printed = said(&lab(&["run", "-"], script).stdout).to_owned();
    let mut golden: Vec<String> = printed.lines().map(|line| format!("#> {line}")).collect();
    // The last line is said of the run, not printed by the script.
    golden.pop();
    assert!(golden.len() > 1, "{printed}");
    let run = |lines: &[String]| lab(&["run", "-"], &(script.to_owned() + &lines.join("\n")));
    assert_eq!(run(&golden).status.code(), Some(0));
    let output = run(&golden[..golden.len() - 1]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(
        said(&output.stdout).contains("the script says"),
        "{output:?}"
    );
    golden.push("#> S9 leads".into());
    assert_eq!(run(&golden).status.code(), Some(1));
}

#[test]
fn who_reads_may_leave_before_the_end() {
    let (reader, writer) = std::io::pipe().expect("there are pipes");
    drop(reader);
    let output = Command::new(env!("CARGO_BIN_EXE_raftarium-lab"))
        .arg("rules")
        .stdout(writer)
        .stderr(Stdio::piped())
        .output()
        .expect("it ends");
    assert_eq!(output.status.code(), Some(141), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
}

#[test]
fn a_campaign_may_be_as_large_as_it_likes_and_tells_what_it_has() {
    let hunt = ["hunt", "--off", "election-majority", "--jobs", "2"];
    let large = ["--seeds", "5..100000000000", "--servers", "3"];
    let output = lab(&[&hunt[..], &large].concat(), "");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let told = said(&output.stdout);
    assert!(told.contains("Seed 5, 3 servers"), "{told}");
    assert!(told.contains("1 hunt, "), "{told}");

    // It is ended long before its end.
    let all = ["--all", "--json", "--seeds", "0..100000000000"];
    let mut child = Command::new(env!("CARGO_BIN_EXE_raftarium-lab"))
        .args([&hunt[..], &all].concat())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    let told = lines.take(4).map(|line| {
        let line: serde_json::Value = serde_json::from_str(&line.unwrap()).expect("it is JSON");
        (
            line["seed"].as_u64().unwrap(),
            line["servers"].as_u64().unwrap(),
        )
    });
    assert_eq!(told.collect::<Vec<_>>(), [(0, 3), (0, 5), (1, 3), (1, 5)]);
    child.kill().expect("it can be ended");
    child.wait().expect("it ends");
}

#[test]
fn traces_are_judged_as_they_come() {
    let head = "{\"e\":\"init\",\"servers\":[\"a\",\"b\",\"c\"]}\n";
    let votes = |whom: &str| {
        format!(
            "{{\"e\":\"tick\",\"n\":\"b\",\"s\":{{\"term\":1,\"vote\":\"{whom}\",\"role\":\"F\"}}}}\n"
        )
    };
    let stands = |who: &str| {
        format!(
            "{{\"e\":\"timeout\",\"n\":\"{who}\",\"s\":{{\"term\":1,\"vote\":\"{who}\",\"role\":\"C\"}}}}\n"
        )
    };
    let twice = [head, &stands("a"), &stands("c"), &votes("a"), &votes("c")].concat();
    let output = lab(&["check", "-"], &twice);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let told = said(&output.stdout);
    let first = "line 5: b voted for c in term 1, but it had voted for a in that term: §5.2 (one-vote-per-term)\n";
    assert!(told.starts_with(first), "{told}");
    let output = lab(&["check", "-", "--lenient", "one-vote-per-term"], &twice);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(said(&output.stdout).contains("Let pass: one-vote-per-term (1 times)."));
    let output = lab(&["check", "-", "--json"], &twice);
    let line: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(line["verdicts"][0]["line"], 5);
    let cut = &twice[..twice.len() - 20];
    let output = lab(&["check", "-"], cut);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(
        said(&output.stdout).contains("Line 5 is cut off"),
        "{output:?}"
    );
    let output = lab(&["check", "--rules"], "");
    assert!(said(&output.stdout).contains("up-to-date"), "{output:?}");
}

#[test]
fn histories_are_judged() {
    let put =
        "{\"c\":1,\"op\":\"put\",\"k\":\"x\",\"v\":\"1\",\"o\":\"ok\",\"call\":0,\"ret\":10}\n";
    let get = |told: &str| {
        format!("{{\"c\":2,\"op\":\"get\",\"k\":\"x\",\"o\":\"{told}\",\"call\":11,\"ret\":12}}\n")
    };
    for (told, code) in [("1", 0), ("", 1)] {
        let output = lab(&["check", "--history", "-"], &[put, &get(told)].concat());
        assert_eq!(output.status.code(), Some(code), "{output:?}");
    }
}

#[test]
fn a_script_that_sees_what_it_expects_is_exit_code_0() {
    let output = lab(
        &["run", "-"],
        &format!("{BROKEN}run 100ms\nexpect violated Election Safety\n"),
    );
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(
        said(&output.stdout).contains("As the script expects."),
        "{output:?}"
    );
    // What it says that it prints is compared.
    let output = lab(&["run", "-"], "servers 3\nstatus\n#> nonsense\n");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(
        said(&output.stdout).contains("the script says \"#> nonsense\""),
        "{output:?}"
    );
}

#[test]
fn one_script_runs_with_many_seeds() {
    let output = lab(
        &["run", "-", "--seeds", "3..6", "--json", "--for", "1s"],
        "servers 3\n",
    );
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let lines = said(&output.stdout).lines().map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).expect("it is JSON");
        assert!(
            line["link"]
                .as_str()
                .is_some_and(|link| link.starts_with("#/run/"))
        );
        line["seed"].as_u64()
    });
    assert_eq!(lines.collect::<Vec<_>>(), [Some(3), Some(4), Some(5)]);
}

#[test]
fn a_trace_never_takes_the_place_of_its_script() {
    let folder = tempfile("input");
    let script = folder.join("run.txt");
    std::fs::write(&script, "servers 3\n").unwrap();
    let script = script.to_str().unwrap();
    let output = lab(&["run", script, "--trace", script], "");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(
        said(&output.stderr).contains("this is the script itself"),
        "{output:?}"
    );
    assert_eq!(std::fs::read_to_string(script).unwrap(), "servers 3\n");
    std::fs::remove_dir_all(folder).unwrap();
}

fn tempfile(name: &str) -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("raftarium-lab-{name}-{}", std::process::id()));
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
            &["hunt", "--property", "Random"],
            "",
            "there is no property \"Random\"",
        ),
        (&["hunt", "--fast"], "", "there is no option --fast"),
        (
            &["completions", "nu"],
            "",
            "completions for bash, zsh and fish",
        ),
        (&["check", "-"], "{}", "line 1"),
        (&["check", "-"], "[]", "write one JSON object a line"),
        (
            &["check", "-", "--lenient", "gravity"],
            "",
            "\"gravity\" is no rule of the judge",
        ),
        (&["run", "-"], "# nothing\n", "the script is empty"),
        (
            &["run", "-", "--trace", "no/such/folder/out.jsonl"],
            "servers 3\n",
            "no/such/folder/out.jsonl: No such file",
        ),
        (
            &["replay", "https://example.org/#/lesson/04/2"],
            "",
            "the address of a lesson",
        ),
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
