use super::*;

fn read(text: &str) -> (Scenario, Vec<(Time, Action)>) {
    parse_run(text).unwrap_or_else(|error| panic!("{error}"))
}

fn why(text: &str) -> String {
    parse_run(text).unwrap_err().to_string()
}

#[test]
fn words_are_never_joined_and_a_long_one_is_not_repeated() {
    let wrong = why("at 5ms request C1 S5 x=2");
    assert!(wrong.contains("S5"), "{wrong}");
    let wrong = why(&format!("servers 3\ncrash {}", "S".repeat(5_000)));
    assert_eq!(
        wrong,
        "line 2, column 7: this word is too long: 100 characters at most"
    );
}

#[test]
fn every_action_reads_as_it_is_written() {
    for text in [
        "add S6",
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
        "learner S6",
        "members S1 S2 S6",
        "partition S1 S2 C1 | S3 S4 S5",
        "release S1>S2",
        "request C1 x:1>2",
        "remove S1",
        "restart S3",
        "retire S1",
        "rules off commit-own-term",
        "skew S3 2/1",
        "config sessions=off",
        "timeout S1",
        "timer S1 80ms",
        "wipe S3",
        "client C1 writes x every 300ms",
        "client C1 stops",
        "fail-disk S1",
        "mend-disk S1",
        "jump S1 500ms",
        "jump S1 -500ms",
        "lossy S1>C1 2.5%",
        "lossy all off",
        "pause S1",
        "request C1 x=5 to S2",
        "resume S1",
        "slow S1-S2 80ms",
        "slow C1>S2 80ms..120ms",
        "slow all off",
        "heal S1",
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
        config sessions=3\n\
        rules off up-to-date\n\
        S1 term 6 vote S2 log 1 1:x=3 6:S1,S2>S1,S2+S3 6:S1 6:S1=4 commit 2\n\
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
        "line 2, column 10: \"crahs\" is no action. Did you mean \"crash\"?"
    );
    assert_eq!(
        why("# A recipe\nStir the flour"),
        "line 2, column 1: \"Stir\" is no action like crash, cut or request"
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
    assert!(why("crash S1 now").contains("\"now\" is no server"));
    assert!(why("timer S1 5ms now").contains("\"now\" is too much"));
    assert!(why("partition S1 S2").contains("two sides"));
    assert!(why("partition S1 | S1").contains("two groups"));
    assert!(why("cut S1-S1").contains("to itself"));
    assert!(why("config latency=20..10ms").contains("more than"));
    assert!(why("config heartbeat=0ms").contains("too short"));
    assert!(why("config loss=101%").contains("no share"));
    assert!(why("config sessions=0").contains("a number from 1 to 5"));
    assert!(why("config sessions=6").contains("a number from 1 to 5"));
    assert!(why("S1 log 1 1:+C1").contains("is no request"));
    assert!(why(&"x".repeat(LONGEST_TEXT + 1)).contains("too long"));
}

#[test]
fn whatever_is_wrong_is_told_where_it_is() {
    let cases = [
        ("crash", 6, "a server like S1 is missing at the end"),
        (
            "crash 3",
            7,
            "\"3\" is no server: write S1 to S9. Did you mean \"S3\"?",
        ),
        (
            "crash s1",
            7,
            "\"s1\" is no server: write S1 to S9. Did you mean \"S1\"?",
        ),
        (
            "cut S1->S2",
            5,
            "\"S1->S2\" is no link. Did you mean \"S1>S2\"?",
        ),
        (
            "request C1 S5 x=2",
            12,
            "\"S5\" is no request: write x=5, x+=1, x?, -x or x:1>2",
        ),
        (
            "request C1 x=5 from S2",
            16,
            "\"from\" stands where \"to\" should",
        ),
        (
            "crash leader",
            7,
            "\"leader\" names a server only while a cluster runs: write S1 to S9",
        ),
        ("S12 term 1", 1, "\"S12\" is no server: write S1 to S9"),
        (
            "at noon crash S3",
            4,
            "\"noon\" is no time: write 312ms, 1.5s or 20us",
        ),
        (
            "at 90000s heal",
            4,
            "\"90000s\" is too long: a run lasts six hours at most",
        ),
        (
            "S1 tern 4",
            4,
            "\"tern\" is no part of a disk: write term, vote, snapshot, log or commit",
        ),
        ("S1 log 0", 8, "no entry is of term 0: terms begin at 1"),
        (
            "S1 term 18446744073709551615",
            9,
            "\"18446744073709551615\" is not a term from 0 to 1000000000",
        ),
        (
            "S1 term 1 log 1:S1,S7",
            1,
            "there is no S7: the servers are S1 to S5",
        ),
        (
            "S1 log 1:S1,S2+S2",
            8,
            "\"S1,S2+S2\" has S2 as a voter and as a learner",
        ),
        ("S1 log 1:S1,", 8, "\"\" is no server: write S1 to S9"),
        ("S1 vote S7", 1, "there is no S7: the servers are S1 to S5"),
        (
            "S5 term 1; servers 3",
            12,
            "a disk names S5 already, so it must exist",
        ),
        (
            "client C2 writes x every 1s",
            1,
            "there is no C2: the number of clients is 1",
        ),
        (
            "client C1 reads x",
            11,
            "\"reads\" stands where \"writes\" should",
        ),
        (
            "config latency",
            8,
            "\"latency\" lacks its =: write heartbeat=50ms",
        ),
        (
            "config heartbeat=50ms loss=5",
            23,
            "\"5\" is no share: write 5% or 0.5%, up to 100%",
        ),
        ("rules of speed", 7, "\"of\" is neither on nor off"),
        (
            "delay S1>S2 apend 5ms",
            13,
            "\"apend\" is no kind of packet; there are append, append-reply, heartbeat, pre-vote, pre-vote-reply, read-index, read-index-reply, reply, request, snapshot, snapshot-reply, timeout-now, vote, vote-reply",
        ),
        (
            "drop S1>S2 append 0",
            19,
            "\"0\" is not a number of a packet from 1 to 255",
        ),
        ("request C1", 11, "a request like x=5 is missing at the end"),
        (
            "request C1 x is 5",
            12,
            "\"x\" is no request: write x=5, x+=1, x?, -x or x:1>2",
        ),
        (
            "skew S1 0/1",
            9,
            "\"0/1\" is no rate: write 2/1 for twice as fast",
        ),
    ];
    for (text, column, message) in cases {
        assert_eq!(
            why(text),
            format!("line 1, column {column}: {message}"),
            "{text}"
        );
    }
    // Columns count characters, and lines end as they end anywhere.
    assert!(why("servers 3 · # ä\r\nheal · crush S1").starts_with("line 2, column 8: \"crush\""));
}

#[test]
fn a_beginning_that_raft_never_comes_to_is_refused() {
    let refused = |text: &str| parse_run(text).err().map(|error| error.to_string());
    let lonely = "servers 3\nS3 term 1 log 1 1 1 commit 3";
    assert_eq!(
        refused(lonely),
        Some("line 2, column 1: S3 knows entry 3 to be committed, but S1 could be elected without it".into())
    );
    assert_eq!(refused(&format!("{lonely}\nS1 term 1 log 1 1 1")), None);
    assert_eq!(
        refused(&format!("rules off commit-majority · {lonely}")),
        None
    );
    // A later term wins elections, though a majority holds the entry.
    let rival = format!("{lonely}\nS1 term 1 log 1 1 1\nS2 term 2 log 2");
    assert!(refused(&rival).is_some_and(|why| why.contains("S2 could be elected")));
    // A snapshot holds nothing that is not committed.
    let snapshot = "servers 3\nS1 term 1 snapshot 3:1 x=3";
    assert!(refused(snapshot).is_some_and(|why| why.contains("entry 3")));
}

/// The whole grammar in one list: what a form shows can be written, and is written with that verb.
#[test]
fn every_verb_does_what_its_form_shows() {
    let mut words: Vec<&str> = Verb::ALL.iter().map(|verb| verb.word()).collect();
    for verb in Verb::ALL {
        for form in [
            verb.form().replace(['[', ']'], ""),
            verb.form().split(" [").next().unwrap().to_string(),
        ] {
            let form = form.trim_end_matches(" ...");
            if form == "drop" || form == "read C1 x" {
                continue;
            }
            let actions = parse_actions(form, Names::Fixed);
            let actions = actions.unwrap_or_else(|why| panic!("{form}: {why}"));
            assert!(
                actions.iter().all(|action| Verb::of(action) == *verb),
                "{form}"
            );
        }
    }
    words.sort_unstable();
    let known: Vec<&str> = Verb::ALL.iter().map(|verb| verb.word()).collect();
    assert_eq!(known, words, "in alphabetical order");
}

#[test]
fn a_word_that_is_nearly_right_is_suggested() {
    for (line, meant) in [
        ("kill S1", "crash"),
        ("wait 5ms", "run"),
        ("resatrt S1", "restart"),
        ("Servers 3", "servers"),
        ("servers=3", "servers 3"),
        ("nodes 3", "servers"),
        ("loss=5%", "config loss=5%"),
        ("Crash S1", "crash"),
    ] {
        let why = why(line);
        assert!(
            why.ends_with(&format!("Did you mean \"{meant}\"?")),
            "{line}: {why}"
        );
    }
    assert!(why("config los=5%").ends_with("Did you mean \"loss\"?"));
    assert!(!why("xyzzy").contains("Did you mean"));
}

#[test]
fn a_line_is_completed_from_the_grammar() {
    let mut step = crate::sim::Step::default();
    let world = World::new(&Scenario::new(3, 1), &mut step);
    let words = |text: &str| {
        let (start, found) = complete(text, text.len(), &world);
        let words: Vec<String> = found.into_iter().map(|one| one.text).collect();
        (start, words)
    };
    assert_eq!(words("cra"), (0, vec!["crash".into()]));
    assert_eq!(words("heal; pa").1, ["partition", "pause"]);
    assert_eq!(words("at 5ms crash S").1, ["S1", "S2", "S3"]);
    assert!(words("crash S1 ").1.contains(&"leader".to_string()));
    assert!(words("cut S1").1.contains(&"S1>S2".to_string()));
    assert_eq!(
        words("rules off commit-o").1,
        ["commit-only-checked", "commit-own-term"]
    );
    assert_eq!(words("config pre").1, ["prevote=on"]);
    assert_eq!(words("request C1 x=5 t").1, ["to"]);
    assert!(words("timer S1 80ms ").1.is_empty());
}

#[test]
fn several_servers_and_links_are_named_at_once() {
    let several = |text: &str| {
        let actions = parse_actions(text, Names::Fixed).unwrap();
        actions.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(several("crash S1 S2"), ["crash S1", "crash S2"]);
    assert_eq!(several("cut S1-S2 S1-S3"), ["cut S1-S2", "cut S1-S3"]);
    assert_eq!(several("hold S1 all"), ["hold S1", "hold all"]);
    assert!(
        parse_actions("crash S1 S1", Names::Fixed)
            .unwrap_err()
            .contains("twice")
    );
    assert!(
        parse_action("crash S1 S2")
            .unwrap_err()
            .contains("2 actions")
    );
}
