//! The course: every page's answer is replayed, at several seeds. Its goal must be unmet before
//! and met after; no promise of Raft may fall, unless the page switches a rule off; each wrong
//! prediction has a run that shows it.

use std::fs;
use std::path::{Path, PathBuf};

use raftarium::course::{
    self, CONTENTS, Chapter, MOST_WORDS, Page, Place, Progress, Prose, Span, Touch,
};
use raftarium::raft::Rule;
use raftarium::session::Session;
use raftarium::sim::text::TextError;
use raftarium::sim::{Action, Time};
use raftarium::view::refs;

/// Pages whose set-up names no seed get a new one at every visit: they must hold at any.
const SEEDS: std::ops::Range<u64> = 1..13;

/// How long a learner may watch without doing anything.
const IDLE: Time = Time::ms(5_000);

/// Every chapter with the name of its file.
fn chapters() -> Vec<(String, Chapter)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lessons");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let read = |path: PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).unwrap();
        let chapter = course::read(&text).unwrap_or_else(|why| panic!("src/lessons/{name}, {why}"));
        (name, chapter)
    };
    files.into_iter().map(read).collect()
}

/// Every page with a cluster of its own, and a name for messages.
fn pages() -> Vec<(String, Page)> {
    let of = |(name, chapter): (String, Chapter)| {
        let pages = chapter.pages.into_iter();
        pages.map(move |page| (format!("src/lessons/{name}, page \"{}\"", page.title), page))
    };
    chapters().into_iter().flat_map(of).collect()
}

/// What came of something that a page says, or where it is wrong.
fn must<T>(name: &str, seed: u64, done: Result<T, TextError>) -> T {
    done.unwrap_or_else(|why| panic!("{name}, seed {seed}: {why}"))
}

/// Follows the recorded answer, as long as the session lets it; `before` looks at each moment in
/// which something is about to be done.
fn follow_answer(
    (name, page): (&str, &Page),
    seed: u64,
    session: &mut Session,
    before: impl Fn(&Session, &Action),
) {
    let mut runner = must(name, seed, page.runner(seed));
    let begun = runner.actions().len();
    must(name, seed, page.answer.follow(&mut runner));
    for (at, action) in &runner.actions()[begun..] {
        session.advance(*at);
        before(session, action);
        if !session.is_held() {
            session.act(action.clone()).unwrap();
        }
    }
    session.advance(runner.now());
}

/// No promise is broken; but where the page switches a rule off, that is for want of the rule.
fn assert_safe(name: &str, seed: u64, session: &Session) {
    let off: Vec<Rule> = session.world().config().rules.off().collect();
    let broken = session.violations();
    let told: Vec<String> = broken.iter().map(ToString::to_string).collect();
    assert_eq!(
        broken.is_empty(),
        off.is_empty(),
        "{name}, seed {seed}: {told:?}"
    );
    let for_want_of_it = |rule: Rule| off.contains(&rule);
    assert!(
        broken
            .iter()
            .all(|one| one.guard.is_some_and(for_want_of_it)),
        "{name}, seed {seed}: {off:?} is off, and {told:?}"
    );
}

#[test]
fn contents_list_every_chapter() {
    let chapters = chapters();
    assert_eq!(CONTENTS.len(), chapters.len());
    for (listed, (file, chapter)) in CONTENTS.iter().zip(&chapters) {
        assert_eq!(listed.file, file);
        assert_eq!(listed.title, chapter.title);
        assert_eq!(listed.question, chapter.question);
        assert_eq!(usize::from(listed.pages), chapter.pages.len());
        let right = chapter.pages.iter().map(|page| {
            let asked = page.prediction.as_ref()?;
            (!asked.choices.is_empty()).then_some(asked.right() as u8)
        });
        assert!(listed.right.iter().copied().eq(right), "{file}");
    }
    assert_eq!(course::read(course::FIRST).unwrap(), chapters[0].1);
    assert!(CONTENTS.is_sorted_by_key(|listed| listed.number));
}

#[allow(dead_code, unreachable_pub, reason = "the build calls main")]
#[path = "../build.rs"]
mod build;

#[test]
fn a_new_chapter_is_listed_with_no_other_change() {
    let folder = std::env::temp_dir().join(format!("raftarium-lessons-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let texts = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lessons");
    for entry in fs::read_dir(texts).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
    }
    let before = build::contents(&folder);
    fs::write(
        folder.join("98-dummy.md"),
        "# A dummy\n\n## One\n\nWords.\n",
    )
    .unwrap();
    let after = build::contents(&folder);
    fs::remove_dir_all(&folder).unwrap();
    let listed = r#"Listed { number: 98, title: "A dummy", question: "", pages: 1, minutes: 2, right: &[None], file: "98-dummy.md" }"#;
    assert!(
        !before.contains(listed) && after.contains(listed),
        "{after}"
    );
    assert!(after.matches("Listed {").count() == CONTENTS.len() + 1);
}

#[test]
fn answers_meet_goals_that_were_unmet_before() {
    let mut replayed = 0;
    for (name, page) in pages() {
        if page.goal.is_none() {
            continue;
        }
        for seed in SEEDS {
            let mut session = must(&name, seed, page.session(seed));
            assert!(
                !page.is_met(&session),
                "{name}, seed {seed}: the goal is met at once"
            );
            session.hold_at(None);
            follow_answer((&name, &page), seed, &mut session, |session, action| {
                assert!(
                    !page.is_met(session),
                    "{name}, seed {seed}: met before {action}"
                );
            });
            let status = raftarium::script::print::status(session.world());
            assert!(
                page.is_met(&session),
                "{name}, seed {seed}: not met by the answer\n{status}"
            );
            assert_safe(&name, seed, &session);
            replayed += 1;
        }
    }
    assert!(replayed > 100, "{replayed} answers");
}

#[test]
fn goals_are_not_met_by_waiting() {
    for (name, page) in pages() {
        for seed in SEEDS {
            let mut session = must(&name, seed, page.session(seed));
            session.hold_at(None);
            session.advance(session.now() + IDLE);
            assert!(!page.is_met(&session), "{name}, seed {seed}: met by itself");
        }
    }
}

#[test]
fn time_does_not_pass_a_question() {
    for (name, page) in pages() {
        if page.prediction.is_none() {
            continue;
        }
        for seed in SEEDS {
            let mut session = must(&name, seed, page.session(seed));
            follow_answer((&name, &page), seed, &mut session, |_, _| {});
            assert!(
                session.is_held() && page.asks(&session),
                "{name}, seed {seed}: never asked"
            );
            assert!(
                !page.is_met(&session),
                "{name}, seed {seed}: the outcome is seen before"
            );
            let held = session.now();
            session.advance(held + IDLE);
            session.step_forward(true);
            assert_eq!(
                session.now(),
                held,
                "{name}, seed {seed}: time passes the question"
            );
            session.hold_at(None);
            session.advance(held + Time::ms(50));
            assert!(session.now() > held);
        }
    }
}

#[test]
fn wrong_predictions_have_a_run_that_shows_it() {
    let mut shown = 0;
    for (name, page) in pages() {
        let Some(asked) = page.prediction.as_ref().filter(|it| it.cards.is_empty()) else {
            continue;
        };
        assert_eq!(
            asked.choices.iter().filter(|choice| choice.right).count(),
            1,
            "{name}"
        );
        for (nth, choice) in asked
            .choices
            .iter()
            .enumerate()
            .filter(|(_, choice)| !choice.right)
        {
            let name = format!("{name}, \"{}\"", choice.text);
            for seed in SEEDS {
                let run = must(&name, seed, page.counter_run(nth, seed));
                let (mut session, to) = (run.session, run.until);
                let length = to - session.now();
                assert!(length > Time::ZERO, "{name}: nothing to be seen");
                assert!(
                    length < Time::ms(3_000),
                    "{name}: {length} is long to watch"
                );
                session.advance(to);
                assert_safe(&name, seed, &session);
                shown += 1;
            }
        }
    }
    assert!(shown > 100, "{shown} runs");
}

/// The run of the answer shows the cards in the order in which they are written; the page shows
/// them in the order of the alphabet, which does not give it away.
#[test]
fn cards_happen_in_the_order_they_are_written() {
    let mut shown = 0;
    for (name, page) in pages() {
        let cards = page
            .prediction
            .as_ref()
            .map_or(&[][..], |asked| &asked.cards);
        if cards.is_empty() {
            continue;
        }
        assert!(
            !cards.is_sorted_by_key(|card| &card.text),
            "{name}: given away"
        );
        for card in cards {
            let count = card.text.split_whitespace().count();
            assert!(count <= 12, "{name}: a card of {count} words");
        }
        for seed in SEEDS {
            let mut session = must(&name, seed, page.session(seed));
            let happened = |session: &Session| -> Vec<_> {
                let cards = 0..cards.len();
                cards.map(|nth| page.happened(nth, session)).collect()
            };
            assert!(
                happened(&session).iter().all(Option::is_none),
                "{name}, seed {seed}"
            );
            session.hold_at(None);
            follow_answer((&name, &page), seed, &mut session, |_, _| {});
            let steps = happened(&session);
            assert!(
                steps.iter().all(Option::is_some),
                "{name}, seed {seed}: {steps:?}"
            );
            assert!(steps.is_sorted(), "{name}, seed {seed}: {steps:?}");
            shown += 1;
        }
    }
    assert!(shown > 0);
}

/// Nouns mean something where the page begins, at any seed.
#[test]
fn nouns_of_the_prose_are_on_the_stage() {
    let mut found = 0;
    for (name, page) in pages() {
        for span in page.before.iter().flatten() {
            let Span::Noun(noun, written) = span else {
                continue;
            };
            for seed in SEEDS {
                let session = must(&name, seed, page.session(seed));
                let (text, tokens) = refs::noun(*noun, written, session.world());
                assert!(!tokens.is_empty(), "{name}, seed {seed}: no {text}");
                found += 1;
            }
        }
    }
    assert!(found > 100, "{found} nouns");
}

/// A page may hold a thousand elections: the measured share of split votes is that of the formula
/// of the thesis, within two points, and a wide enough range makes them few.
#[test]
fn the_lab_agrees_with_the_formula() {
    assert!(pages().iter().any(|(_, page)| page.lab));
    for longest in [250, 280, 300, 350, 400, 600] {
        let splits = course::lab::split_votes(longest);
        let gap = (splits.measured - splits.expected).abs();
        assert!(gap <= 2.0, "{splits:?}");
    }
    let usual = course::lab::split_votes(300);
    assert!((usual.expected - 8.9).abs() < 0.1, "{usual:?}");
    assert!(usual.measured > course::lab::CONTENT);
    assert!(course::lab::split_votes(450).measured <= course::lab::CONTENT);
}

/// The example of `docs/lessons.md` is a chapter, and its one page passes.
#[test]
fn the_example_of_the_documentation_is_a_chapter() {
    let text = include_str!("../docs/lessons.md");
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
    let texts = prose.iter().flatten().map(|span| match span {
        Span::Code(text) | Span::Noun(_, text) | Span::Term(text) | Span::Text(text) => text,
    });
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
            .map(|span| match span {
                Span::Code(text) | Span::Noun(_, text) | Span::Term(text) | Span::Text(text) => {
                    text.to_lowercase() + " "
                }
            })
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

#[test]
fn progress_is_kept_as_text() {
    let place = |chapter, page| Place { chapter, page };
    let mut progress = Progress::default();
    progress.at = Some(place(5, 2));
    progress.finish(place(0, 1));
    progress.finish(place(0, 1));
    progress.note_guess(place(5, 1), 2);
    progress.note_guess(place(5, 1), 0);
    let text = progress.to_string();
    assert_eq!(text, "at 5/2 done 0/1 guess 5/1=2");
    assert_eq!(Progress::read(&text), progress);
    let damaged = Progress::read("at 5/2 done 0/1 0/x \u{0} guess 5/1=2 5/3=z 9=");
    assert_eq!(damaged.guess(place(5, 1)), Some(2));
    assert_eq!(damaged.at, Some(place(5, 2)));
    assert_eq!(Progress::read("??? 1/1"), Progress::default());
}
