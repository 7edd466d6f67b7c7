use super::*;

/// Runs a script to its end, and returns all that it printed.
fn run(text: &str) -> Result<String, String> {
    let mut runner = Runner::new();
    let mut printed = String::new();
    for statement in statements(text) {
        let output = runner.execute(&statement);
        printed.push_str(&output.map_err(|error| error.to_string())?);
    }
    Ok(printed)
}

fn why(text: &str) -> String {
    run(text).expect_err(text)
}

#[test]
fn conditions_hold_when_they_should() {
    let text = "servers 3 · seed 7
        S1 term 2 vote S1 log 1:x=3 2 commit 2 · S3 term 2 log 1:x=3 2
        expect S1 follower · expect S1 up · expect S1 term 2 · expect S1 vote S1 · expect S2 vote -
        expect S1 log 1 2 · expect S1 log 1:x=3 2 · expect S2 log · expect S1 committed 2
        expect S1 applied 2 · expect S1 x=3 · expect S2 no x · expect committed 2 · expect term 2
        expect no leader · expect answered 0 · expect safe · expect C1 answered 0
        crash S1 · expect S1 down · expect committed 0 · expect S1 log 1 2
        restart S1 · timeout S1 · request C1 y=-1 · run until answered 1 · expect C1 answered 1 · expect leader
        run until S1 leader · run until committed 1 · expect committed 4 · run until S2 y=-1";
    assert_eq!(run(text), Ok(String::new()));
}

#[test]
fn what_is_not_so_is_told_with_how_it_is() {
    let cases = [
        (
            "expect leader",
            "line 1, column 8: this is not true: there is no leader",
        ),
        (
            "run until leader\nexpect no leader",
            "line 2, column 8: this is not true: S4 leads",
        ),
        (
            "expect committed 1",
            "line 1, column 8: this is not true: nothing is committed",
        ),
        (
            "expect term 1",
            "line 1, column 8: this is not true: the latest term is 0",
        ),
        (
            "expect S2 leader",
            "line 1, column 8: this is not true: S2 follower   term 0 vote -  log -  commit 0 applied 0",
        ),
        (
            "expect vote under way",
            "line 1, column 8: this is not true: nothing is under way",
        ),
        (
            "timeout S1 · request C1 x=5\nexpect append under way",
            "line 2, column 8: this is not true: under way: request, vote",
        ),
        (
            "partition S1 S2 | S3 S4 | S5 · run until leader",
            "line 1, column 42: this did not happen in 60s of virtual time: there is no leader",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(why(text), expected);
    }
}

#[test]
fn mistakes_are_told_with_line_column_and_reason() {
    let cases = [
        (
            "\nrun fast",
            "line 2, column 5: \"fast\" is no time: write 312ms, 1.5s or 20us",
        ),
        (
            "run",
            "line 1, column 4: say how long: run 500ms, or run until leader",
        ),
        (
            "run 2h",
            "line 1, column 5: \"2h\" is no time: write 312ms, 1.5s or 20us",
        ),
        ("run 2s 3s", "line 1, column 8: \"3s\" is too much here"),
        (
            "run 61s",
            "line 1, column 5: this is too long: at most 60s at a time",
        ),
        (
            "step 0",
            "line 1, column 6: \"0\" is no number of steps: write step 4",
        ),
        ("status S1", "line 1, column 8: \"S1\" is too much here"),
        (
            "run 2ms · at 1ms crash S1",
            "line 1, column 14: 1ms is past: it is 2ms already",
        ),
        ("crash S1 · crash S1", "line 1, column 12: S1 is down"),
        (
            "at 5ms restart S1",
            "line 1, column 8: S1 is up: crash it first",
        ),
        (
            "run 1ms · servers 3",
            "line 1, column 11: this belongs to the beginning: write it before anything happens",
        ),
        (
            "servers 3 · expect S4 up",
            "line 1, column 20: there is no S4: the servers are S1 to S3",
        ),
        (
            "servers 3 · add S4",
            "line 1, column 13: nobody leads: only a leader can change the cluster",
        ),
        (
            "servers 3 · run until leader · add S3",
            "line 1, column 32: S1 refuses: it is so already",
        ),
        (
            "servers 3 · run until leader · retire S1",
            "line 1, column 32: S1 is still a member of the cluster: remove it first",
        ),
        (
            "servers 3 · retire S4",
            "line 1, column 13: there is no S4: the servers are S1 to S3",
        ),
        (
            "members S1 S4 S4",
            "line 1, column 15: S4 stands there twice",
        ),
        (
            "members S1 S7 · crash S6",
            "line 1, column 17: there is no S6: the servers are S1 S2 S3 S4 S5 S7",
        ),
        (
            "expect C1 answered x",
            "line 1, column 20: \"x\" is not a whole number that fits here",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(why(text), expected);
    }
    assert!(why("expect").contains("a condition is missing: write leader"));
    assert!(
        why("expect S1 sad").starts_with("line 1, column 11: \"sad\" is not a state of a server")
    );
    assert!(
        why("expect violated Murphy")
            .starts_with("line 1, column 17: \"Murphy\" is not a property")
    );
    assert!(why("run until dawn").starts_with("line 1, column 11: \"dawn\" is not a condition"));
    assert!(why("expect leader S1").ends_with("column 15: \"S1\" is too much here"));
    assert!(why("expect S1 leader soon").ends_with("column 18: \"soon\" is too much here"));
    assert!(
        why("expect safe and S1 sad").contains("column 20: \"sad\" is not a state of a server")
    );
    assert!(why("expect leader within noon").contains("column 22: \"noon\" is no time"));
    assert!(why("expect refused crash S1").contains("\"crash S1\" is not refused"));
    assert_eq!(
        why("crush S1"),
        "line 1, column 1: \"crush\" is no action. Did you mean \"crash\"?"
    );
    assert!(why("expct leader").ends_with("Did you mean \"expect\"?"));
}

#[test]
fn runs_are_limited_in_steps_too() {
    let text = "servers 9 · config heartbeat=1ms timeout=1..2ms latency=0.001ms · run 60s";
    assert!(why(text).contains("at most 1000000 at a time"));
}

#[test]
fn long_logs_are_told_by_runs() {
    let ones = " 1".repeat(30);
    let text = format!("servers 1\nS1 term 3 log{ones} 3 3\nstatus");
    assert!(run(&text).unwrap().contains(" log 1×30 3×2  commit"));
}

#[test]
fn golden_replaces_what_was_printed_and_keeps_the_rest() {
    let text = "# A comment.\nservers 1\n#> old\n\nstatus · clients\n#> older\n# Next.\n";
    let expected = "# A comment.\nservers 1\n\nstatus · clients\n\
        #> S1 follower   term 0 vote -  log -  commit 0 applied 0\n\
        #> C1 idle, would ask S1  answered 0\n# Next.\n";
    assert_eq!(golden(text).as_deref(), Ok(expected));
    assert_eq!(golden(expected).as_deref(), Ok(expected));
}
