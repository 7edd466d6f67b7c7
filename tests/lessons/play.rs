//! Pages are played: as their answers say, and by watching.

use raftarium::course::Span;
use raftarium::course::lab::elections::Experiment;
use raftarium::course::lab::{self, Histogram, Lab, Trial, acks, commits};
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

/// A page may hold many runs. What it asks for is not so at first, and can be brought about; and
/// each run that it counts can be opened, and ends as it was counted.
#[test]
fn labs_can_be_solved_and_their_runs_opened() {
    let labs: Vec<Lab> = pages().iter().filter_map(|(_, page)| page.lab).collect();
    let good = [
        (Lab::Elections, 450),
        (Lab::Downtime, 195),
        (Lab::Acks, 30),
        (Lab::Commits, 120),
    ];
    for (lab, good) in good {
        assert!(labs.contains(&lab), "{lab:?} has no page");
        let trials = |number| {
            let trials = (1..=lab.runs()).map(|seed| lab.trial(Time::ms(number), seed));
            trials.collect::<Vec<Trial>>()
        };
        let number = lab.number();
        let (least, most, step) = number.range;
        assert!((least..=most).contains(&good) && (good - least) % step == 0);
        assert!((least..=most).contains(&number.first) && (number.first - least) % step == 0);
        assert!(
            !lab.is_solved(&trials(number.first)),
            "{lab:?} is solved at first"
        );
        let solved = trials(good);
        assert!(lab.is_solved(&solved), "{lab:?} is not solved at {good} ms");
        for (number, trials) in [(good, solved), (number.first, trials(number.first))] {
            for trial in trials.iter().step_by(33) {
                assert_opens(lab, Time::ms(number), trial);
            }
        }
    }
}

/// The run is the one that was counted.
fn assert_opens(lab: Lab, number: Time, trial: &Trial) {
    let mut session = lab.session(number, trial.seed);
    let begun = session.now();
    let committed = |session: &Session| {
        let servers = session.world().servers().iter();
        let known = servers.filter_map(|server| server.node());
        known.map(|node| node.commit_index().0).max().unwrap_or(0)
    };
    match lab {
        Lab::Elections | Lab::Downtime => {
            assert_eq!(session.world().leader(), None);
            session.advance(begun + trial.took);
            assert!(session.world().leader().is_some(), "{lab:?}, {trial:?}");
        }
        Lab::Acks => {
            let before = committed(&session);
            session.advance(begun + number + trial.took);
            assert!(committed(&session) > before, "{trial:?}");
        }
        Lab::Commits => {
            session.advance(commits::END);
            let (_, last) = *trial.points.last().unwrap();
            // Where nothing was committed after the crash, the leader that knew it is down.
            let known = committed(&session);
            assert!(known == last || commits::stands_still(trial), "{trial:?}");
            assert!(trial.points.is_sorted_by(|a, b| a.0 <= b.0 && a.1 < b.1));
        }
    }
}

/// The curve of the acknowledgements: an even number of servers is slower than one less, and the
/// slowest half of the servers does not matter.
#[test]
fn an_even_cluster_commits_later_than_one_with_a_server_less() {
    let number = Time::ms(Lab::Acks.number().first);
    let trials: Vec<Trial> = (1..=Lab::Acks.runs())
        .map(|seed| Lab::Acks.trial(number, seed))
        .collect();
    let commits = |servers: u8| {
        let medians = acks::medians(&trials, servers);
        assert_eq!(medians.len(), usize::from(servers) - 1);
        assert!(medians.is_sorted_by_key(|(took, _)| *took));
        medians[acks::needed(servers) as usize - 1].0
    };
    for odd in [3, 5, 7] {
        assert!(commits(odd) < commits(odd + 1), "{odd} servers");
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
