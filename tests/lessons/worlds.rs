//! The runs of wrong answers: each shows what the page's own run does not, most of them another
//! world, in which a rule is off and a property breaks.

use raftarium::course::Page;
use raftarium::sim::{Action, Time};

use super::{SEEDS, assert_safe, must, pages};

/// How many wrong answers have a world of their own, at least.
const WORLDS: usize = 20;

/// How long a run may be watched.
const LONGEST: Time = Time::ms(3_000);

#[test]
fn wrong_predictions_have_runs_that_show_it() {
    let mut worlds = 0;
    for (name, page) in pages() {
        let choices = page.prediction.iter().flat_map(|asked| &asked.choices);
        for (nth, choice) in choices.enumerate().filter(|(_, it)| !it.run.is_empty()) {
            let name = format!("{name}, \"{}\"", choice.text);
            worlds += usize::from(choice.run.is_other_world());
            for seed in SEEDS {
                shows(&name, &page, nth, seed);
            }
        }
    }
    assert!(worlds >= WORLDS, "{worlds} of {WORLDS} worlds");
}

/// The run is short, and breaks a property where a rule is off, for want of the rule.
fn shows(name: &str, page: &Page, nth: usize, seed: u64) {
    let run = must(name, seed, page.counter_run(nth, seed));
    let (mut session, to) = (run.session, run.until);
    let length = to - session.now();
    assert!(length > Time::ZERO, "{name}: nothing to be seen");
    assert!(length < LONGEST, "{name}: {length} is long to watch");
    session.advance(to);
    assert_safe(name, seed, &session);
    let Some(mut twin) = run.twin else { return };
    twin.seek(to);
    let broken = twin.violations();
    assert!(
        broken.is_empty() || !page_is_safe(page),
        "{name}, seed {seed}: with the rule on, {} breaks too: switch off the rule that the answer forgets",
        broken[0]
    );
}

/// Whether the page itself leaves all rules on.
fn page_is_safe(page: &Page) -> bool {
    let runner = page.runner(1).unwrap();
    runner.scenario().config.rules.off().count() == 0
}

#[test]
fn a_world_says_which_property_breaks() {
    for (name, page) in pages() {
        for choice in page.prediction.iter().flat_map(|asked| &asked.choices) {
            let (line, text) = (choice.run.line(), &choice.text);
            assert!(
                !choice.run.is_other_world() || choice.run.says("expect violated "),
                "{name}: line {line}: the run of \"{text}\" switches a rule off: end it with expect violated and the property"
            );
        }
    }
}

/// What a learner has just seen needs no button.
#[test]
fn a_run_shows_what_the_pages_own_does_not() {
    for (name, page) in pages() {
        let choices = page.prediction.iter().flat_map(|asked| &asked.choices);
        for (nth, choice) in choices.enumerate() {
            if choice.run.is_empty() || choice.run.is_other_world() {
                continue;
            }
            let (own, other) = (acts(&page, None), acts(&page, Some(nth)));
            assert!(
                !own.starts_with(&other),
                "{name}: line {}: the run of \"{}\" does what the answer does: switch off the rule that it forgets, \
                 do something else, or leave the run away",
                choice.run.line(),
                choice.text
            );
        }
    }
}

/// What is done in a page's own run, or in that of a wrong answer.
fn acts(page: &Page, wrong: Option<usize>) -> Vec<Action> {
    let mut runner = page.runner(1).unwrap();
    let begun = runner.actions().len();
    let choices = page.prediction.as_ref().map(|asked| &asked.choices);
    let run = wrong.and_then(|nth| Some(&choices?[nth].run));
    run.unwrap_or(&page.answer).follow(&mut runner).unwrap();
    let acts = runner.actions()[begun..].iter();
    acts.map(|(_, action)| action.clone()).collect()
}
