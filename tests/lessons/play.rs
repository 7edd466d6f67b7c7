//! Pages are played: as their answers say, and by watching.

use raftarium::course::Span;
use raftarium::course::lab::elections::Experiment;
use raftarium::course::lab::{self, Histogram, Lab, Trial};
use raftarium::session::Session;
use raftarium::sim::Time;
use raftarium::view::refs;

use super::{IDLE, SEEDS, assert_safe, follow_answer, must, pages};

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
                let lost = page.why_lost(session);
                assert!(
                    lost.is_none(),
                    "{name}, seed {seed}: {lost:?} before {action}"
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

/// A page may hold a thousand runs. What it asks for is not so at first, and can be brought about;
/// and each run that it counts can be opened, and ends as it was counted.
#[test]
fn labs_can_be_solved_and_their_runs_opened() {
    let labs: Vec<Lab> = pages().iter().filter_map(|(_, page)| page.lab).collect();
    assert!(labs.contains(&Lab::Elections) && labs.contains(&Lab::Downtime));
    for (lab, good) in [(Lab::Elections, 450), (Lab::Downtime, 195)] {
        let trials = |longest| {
            let trials = (1..=lab::RUNS).map(|seed| lab.trial(Time::ms(longest), seed));
            trials.collect::<Vec<Trial>>()
        };
        assert!(
            !lab.is_solved(&trials(lab::FIRST)),
            "{lab:?} is solved at first"
        );
        let trials = trials(good);
        assert!(lab.is_solved(&trials), "{lab:?} is not solved at {good} ms");
        for trial in trials.iter().step_by(97) {
            let mut session = lab.session(Time::ms(good), trial.seed);
            let lost = session.now();
            assert_eq!(session.world().leader(), None);
            session.advance(lost + trial.took);
            assert!(session.world().leader().is_some(), "{lab:?}, {trial:?}");
        }
    }
}

/// The lab's figure is that of the dissertation: each bar grows up to the curve, and the share of
/// split votes to the formula's.
#[test]
fn the_lab_agrees_with_the_formula() {
    for longest in [200, 250, 300, 450, 600].map(Time::ms) {
        let trials = (1..=lab::RUNS).map(|seed| Lab::Elections.trial(longest, seed));
        let trials: Vec<Trial> = trials.collect();
        let expected = Experiment::with(longest).expected();
        let gap = (lab::split_share(&trials) - expected).abs();
        assert!(gap <= 2.0, "{longest}: {gap:.1} points apart");
        let histogram = Histogram::of(longest, &trials);
        let curve: f64 = histogram.bars.iter().map(|bar| bar.expected).sum();
        assert!(
            (curve / 10.0 - (100.0 - expected)).abs() < 0.2,
            "{longest}: {curve}, {expected}"
        );
        for bar in &histogram.bars {
            // Four standard deviations of a count.
            let most = 4.0 * bar.expected.max(4.0).sqrt();
            assert!(
                (f64::from(bar.first) - bar.expected).abs() <= most,
                "{longest}: {bar:?}"
            );
        }
    }
}
