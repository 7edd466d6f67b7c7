use super::*;

const LINES: &str = concat!(
    r#"{"e":"init","servers":["a","b"]}"#,
    "\n\n",
    r#"{"e":"timeout","n":"a","s":{"term":1,"vote":"a","role":"C","log":[],"commit":0},"out":[{"t":"RV","to":"b","term":1,"li":0,"lt":0}]}"#,
    "\n",
    r#"{"e":"recv","n":"b","m":{"t":"RV","f":"a","to":"b","term":1,"li":0,"lt":0},"s":{"term":1,"vote":"a","role":"F","log":[],"commit":0},"out":[{"t":"RVR","to":"a","term":1,"g":true}]}"#,
    "\n",
    r#"{"e":"recv","n":"a","m":{"t":"RVR","f":"b","to":"a","term":1,"g":true},"s":{"term":1,"vote":"a","role":"L","log":[[1,"x"]],"commit":0},"out":[]}"#,
    "\n",
);

fn watched(text: &str) -> Watch {
    let mut watch = Watch::new(text.len());
    for piece in text.as_bytes().chunks(7) {
        watch.push(piece);
        watch.work(usize::MAX);
    }
    watch.end();
    watch
}

#[test]
fn a_moment_shows_the_servers_the_mail_and_the_lines_around() {
    let mut watch = watched(LINES);
    assert_eq!(watch.report().unwrap().verdicts, []);
    assert_eq!(
        (watch.names(), watch.progress().1),
        (vec!["a".into(), "b".into()], 5)
    );
    let moment = watch.moment(4);
    let told: Vec<&str> = moment.told.iter().map(|(_, told)| &**told).collect();
    assert_eq!(
        told,
        [
            "the servers are named",
            "",
            "a: the election timer runs out · stands for election · term 1",
            "b receives RV of a, term 1, log up to (0, term 0) · term 1 · votes for a",
            "a receives RVR of b, term 1, yes · leads · log up to 1",
        ]
    );
    // The request arrives in this line; the reply will in the next one.
    let mail: Vec<_> = moment
        .mail
        .iter()
        .map(|mail| (&*mail.t, mail.sent, mail.arrives))
        .collect();
    assert_eq!(mail, [("RV", 3, 4), ("RVR", 4, 5)]);
    assert_eq!(moment.servers[0].role, Some(Role::C));
    let last = watch.moment(99);
    assert_eq!((last.line, last.servers[0].role), (5, Some(Role::L)));
    assert_eq!(last.servers[0].entries, (1, vec![(1, "x".into())]));
    assert_eq!(watch.turns(), [(3, 0, Role::C), (5, 0, Role::L)]);
}

#[test]
fn what_is_packed_or_in_another_alphabet_is_told() {
    for (text, told) in [
        (&b"\x1f\x8b\x08trace"[..], "gzip"),
        (b"PK\x03\x04trace", "zip"),
        (b"\xff\xfe{\0", "UTF-16"),
        (&[0; 100], "zeros"),
        (b"<html>", "JSON"),
    ] {
        let mut watch = Watch::new(0);
        watch.push(text);
        watch.end();
        let why = watch.report().unwrap_err();
        assert!(why.line == 1 && why.message.contains(told), "{why}");
    }
}

#[test]
fn a_rule_that_is_broken_on_purpose_is_judged_again() {
    let text = LINES.replace("\"g\":true},\"s\"", "\"g\":false},\"s\"");
    let mut watch = watched(&text);
    let report = watch.report().unwrap();
    let rule = report.verdicts[0].rule;
    watch.again(&[rule]);
    watch.end();
    let again = watch.report().unwrap();
    assert_eq!(again.lenient, [(rule, 1)]);
    assert!(again.verdicts.iter().all(|verdict| verdict.rule != rule));
}
