//! How long a learner waits who acts at once, at the speed at which the page begins.

use raftarium::course::Page;
use raftarium::session::Session;
use raftarium::session::pace::Pace;
use raftarium::sim::{Action, Time};

use super::{SEEDS, must, pages};

/// The longest wait for Done, as the median over the seeds; in seconds.
const LONGEST: f64 = 15.0;

/// The longest wait in all of chapter 0, and for its first reward; in seconds.
const FIRST_CHAPTER: f64 = 60.0;
const FIRST_REWARD: f64 = 8.0;

/// A frame, in seconds.
const FRAME: f64 = 1.0 / 120.0;

/// For how long the page plays until its goal is met, if everything is done at the moment at which
/// the answer does it; in seconds.
fn wait(name: &str, page: &Page, seed: u64) -> f64 {
    let mut session = must(name, seed, page.session(seed));
    session.hold_at(None);
    let mut runner = must(name, seed, page.runner(seed));
    let begun = runner.actions().len();
    must(name, seed, page.answer.follow(&mut runner));
    let mut pace = Pace::new(Pace::FIRST);
    let mut waited = 0.0;
    for (at, action) in &runner.actions()[begun..] {
        waited += play(&mut session, &mut pace, *at, page);
        session.act(action.clone()).unwrap();
    }
    waited + play(&mut session, &mut pace, runner.now(), page)
}

/// Plays up to a moment, or to Done.
fn play(session: &mut Session, pace: &mut Pace, to: Time, page: &Page) -> f64 {
    let mut waited = 0.0;
    while session.now() < to && !page.is_met(session) {
        pace.play(session, FRAME);
        waited += FRAME;
    }
    waited
}

fn median(mut waits: Vec<f64>) -> f64 {
    waits.sort_by(f64::total_cmp);
    waits[waits.len() / 2]
}

#[test]
fn nobody_waits_long_for_done() {
    let mut first = Vec::new();
    for (name, page) in pages() {
        if page.goal.is_none() {
            continue;
        }
        let waits = SEEDS.map(|seed| wait(&name, &page, seed)).collect();
        let wait = median(waits);
        assert!(
            wait <= LONGEST,
            "{name}: {wait:.1} s of waiting: begin the set-up later, or make the goal nearer"
        );
        if name.contains("/00-") {
            first.push(wait);
        }
    }
    let all: f64 = first.iter().sum();
    assert!(
        first[0] <= FIRST_REWARD,
        "the first reward comes after {:.1} s",
        first[0]
    );
    assert!(all <= FIRST_CHAPTER, "chapter 0 is {all:.1} s of waiting");
}

/// The luck of the first page is pinned, but not the moment of the learner's first act.
#[test]
fn no_split_vote_delays_the_first_reward() {
    let (name, page) = pages().swap_remove(0);
    for later in (0..2_000).step_by(5) {
        let mut session = must(&name, 1, page.session(1));
        session.advance(session.now() + Time::ms(later));
        let leader = session.world().leader().expect("nothing has happened yet");
        session.act(Action::Crash(leader)).unwrap();
        let end = session.now() + Time::ms(5_000);
        let waited = play(&mut session, &mut Pace::new(Pace::FIRST), end, &page);
        assert!(
            waited <= FIRST_REWARD,
            "{name}: who clicks after {later} ms waits {waited:.1} s"
        );
    }
}
