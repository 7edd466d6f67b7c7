//! What the pages say.

use raftarium::course::{self, MOST_WORDS, Prose, Span, Touch};

use super::{follow_answer, pages};

/// The example of `docs/lessons.md` is a chapter, and its one page passes.
#[test]
fn the_example_of_the_documentation_is_a_chapter() {
    let text = include_str!("../../docs/lessons.md");
    let (_, example) = text.split_once("````text\n").unwrap();
    let (example, _) = example.split_once("````").unwrap();
    let chapter = course::read(example).unwrap();
    let page = &chapter.pages[0];
    let mut session = page.session(1).unwrap();
    assert!(page.asks(&session) && !page.is_met(&session));
    session.hold_at(None);
    follow_answer(("the example", page), 1, &mut session, |_, _| {});
    assert!(page.is_met(&session));
    let mut run = page.counter_run(0, 1).unwrap();
    run.session.advance(run.until);
}

fn words(prose: &[Prose]) -> usize {
    let texts = prose.iter().flatten().map(Span::written);
    texts.map(|text| text.split_whitespace().count()).sum()
}

#[test]
fn pages_are_short_and_name_what_to_touch() {
    for (name, page) in pages() {
        let new = |prose: &[Prose]| {
            let spans = prose.iter().flatten();
            spans.filter(|span| matches!(span, Span::Term(_))).count()
        };
        assert!(
            words(&page.before) <= MOST_WORDS,
            "{name}: {} words",
            words(&page.before)
        );
        assert!(
            words(&page.after) <= MOST_WORDS,
            "{name}: {} words after",
            words(&page.after)
        );
        assert!(
            new(&page.before) <= 1 && new(&page.after) <= 1,
            "{name}: one new word at a time"
        );
        for choice in page.prediction.iter().flat_map(|asked| &asked.choices) {
            let count = choice.text.split_whitespace().count();
            assert!(count <= 16, "{name}: an answer of {count} words");
            let count = choice.because.split_whitespace().count();
            assert!(count <= MOST_WORDS, "{name}: a reason of {count} words");
        }
        for hint in &page.hints {
            assert!(hint.split_whitespace().count() <= 30, "{name}: a long hint");
        }
        let said: String = page
            .before
            .iter()
            .flatten()
            .map(|span| span.written().to_lowercase() + " ")
            .collect();
        let said = said + &page.title.to_lowercase();
        for touch in &page.touch {
            let words: Vec<String> = match touch {
                Touch::Button => page
                    .buttons
                    .iter()
                    .map(|one| one.label.to_lowercase())
                    .chain([
                        "switch it on".into(),
                        "cut".into(),
                        "heal".into(),
                        "let both".into(),
                        "buttons".into(),
                    ])
                    .collect(),
                Touch::Follower => vec!["crash one".into()],
                Touch::Leader => vec!["leader".into(), "crash one".into()],
                Touch::Link => vec!["link".into()],
                Touch::Message => vec!["message".into(), "deliver".into(), "votes of".into()],
                Touch::Play => vec!["play".into()],
                Touch::Send => vec!["send".into()],
                Touch::Server(id) => vec![id.to_string().to_lowercase()],
                Touch::Step => vec!["step".into()],
            };
            assert!(
                words.iter().any(|word| said.contains(word)),
                "{name}: {touch:?} is not named"
            );
        }
        if page.goal.is_some() {
            assert!(!page.touch.is_empty(), "{name}: nothing to touch");
        }
    }
}

#[test]
fn a_mistake_in_a_chapter_is_told_with_its_place() {
    let cases = [
        (
            "",
            "line 1, column 1: the chapter has no title: write # and one",
        ),
        (
            "# A",
            "line 1, column 1: the chapter has no page: begin one with ##",
        ),
        (
            "# A\n# B",
            "line 2, column 1: a chapter has one title: begin a page with ##",
        ),
        (
            "# A\nwords",
            "line 2, column 1: this belongs to no page: begin one with a heading, ## What to do",
        ),
        ("# A\n## B\n", "line 2, column 1: this page says nothing"),
        ("# A\n## B\na **b c", "line 3, column 1: ** has no **"),
        (
            "# A\n## B\nb\n```page\n",
            "line 4, column 1: the last block does not end: write ``` below it",
        ),
        (
            "# A\n## B\nb\n```page\nsetp: x\n```",
            "line 5, column 1: \"setp:\" says nothing of a page: write setup:, tool:, time:, touch:, button:, panels:, lab:, ask:, predict:, order:, card:, goal:, lost:, hint:, answer:, source: or covers:",
        ),
        (
            "# A\n## B\nb\n```page\ngoal: crashed laeder\n```",
            "line 5, column 15: \"laeder\" is no server: write S1 to S9",
        ),
        (
            "# A\n## B\nb\n```page\ngoal: answered\n```",
            "line 6, column 1: a goal: needs an answer: that reaches it, and an answer a goal",
        ),
        (
            "# A\n## B\nb\n```page\ntouch: S1 stone\n```",
            "line 5, column 8: \"stone\" is no server: write S1 to S9; or touch leader, follower, button, link, message, play, send or step",
        ),
        (
            "# A\n## B\nb\n```page\npredict: a?\n- b\n```",
            "line 7, column 1: a prediction needs a goal: that shows the outcome",
        ),
        (
            "# A\n## B\nb\n```page\n- b\n```",
            "line 5, column 1: write predict: and the question first",
        ),
        (
            "# A\n## B\nSee [[moon]].\n\nb",
            "line 3, column 1: [[moon]] is nothing on the stage: write answer, candidate, client, entry,",
        ),
        (
            "# A\n## B\nb\n```page\ncard: a = stored\n```",
            "line 5, column 1: write order: and what to do; then card: what happens = the goal that tells it",
        ),
        (
            "# A\n## B\nb\n```page\norder: a\ncard: It is there. = storde\n```",
            "line 6, column 22: \"storde\"",
        ),
        (
            "# A\n## B\nb\n```page\norder: a\ncard: b = stored\ngoal: stored\nhint: h\nanswer: run 1s\n```",
            "line 10, column 1: an order is one of several cards, and has no answers besides",
        ),
        ("# A\n## B\nb\n```page\nbutton: Go = goo S1\n```", ""),
    ];
    for (text, expected) in cases {
        let why = course::read(text).unwrap_err().to_string();
        assert!(
            why.starts_with(expected),
            "{text:?}\n  is {why}\nnot {expected}"
        );
    }
    let wrong_setup = "# A\n## B\nb\n```page\nsetup: servers 3\nsetup: crash S4\n```";
    let chapter = course::read(wrong_setup).unwrap();
    let why = chapter.pages[0].session(1).unwrap_err();
    assert_eq!(why.line, 6, "{why}");
}
