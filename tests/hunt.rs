//! The hunt: what it finds without each rule, and that it finds nothing with all of them.
//!
//! `tests/hunts` holds a schedule for each rule, as `./dev check rules --save tests/hunts` finds them.

use std::fs;
use std::path::PathBuf;

use raftarium::hunt::detections::DETECTIONS;
use raftarium::hunt::{Find, Hunt, Schedule, Tally, Target};
use raftarium::raft::{Rule, Rules};
use raftarium::script::Runner;
use raftarium::sim::Time;
use raftarium::sim::text::statements;

/// Hunts found within so many schedules are hunted again here; the others take too long.
const SHORT: u64 = 3_000;

#[test]
fn it_is_known_of_every_rule_what_breaks_without_it() {
    let known: Vec<Rule> = DETECTIONS.iter().map(|detection| detection.rule).collect();
    assert_eq!(known, Rule::ALL);
}

#[test]
fn each_schedule_breaks_its_property_without_the_rule_and_nothing_with_it() {
    for detection in DETECTIONS {
        let schedule = recorded(detection.rule);
        let off: Vec<Rule> = schedule.scenario.config.rules.off().collect();
        assert_eq!(off, [detection.rule]);
        let broken = schedule.play().violation().map(|found| found.property());
        assert_eq!(
            broken,
            Some(detection.property),
            "without {}",
            detection.rule
        );
        let safe = schedule.with_rules(Rules::default()).play();
        let broken = safe.violation();
        assert!(
            broken.is_none(),
            "with {}: {}",
            detection.rule,
            broken.unwrap()
        );
    }
}

#[test]
fn a_hunt_finds_what_breaks_and_makes_it_short() {
    for detection in DETECTIONS
        .iter()
        .filter(|detection| detection.schedules <= SHORT)
    {
        let (tally, find) = hunt(detection.target(), detection.seed);
        let find = find.unwrap_or_else(|| panic!("nothing found without {}", detection.rule));
        let actions = find.schedule.actions.len();
        println!(
            "{:<22} {:>6} schedules, {actions} actions of {}",
            detection.rule.name(),
            tally.schedules,
            find.length
        );
        assert!(actions <= find.length);
        assert_eq!(find.schedule.play().violation(), Some(&find.violation));
        assert_eq!(find.violation.property(), detection.property);
        // One action less, and it does not break.
        for nth in 0..actions {
            let mut less = find.schedule.clone();
            less.actions.remove(nth);
            let broken = less.play().violation().map(|found| found.property());
            assert_ne!(
                broken,
                Some(detection.property),
                "{}: {nth}",
                detection.rule
            );
        }
    }
}

#[test]
fn with_all_rules_nothing_breaks() {
    let mut steps = 0;
    for servers in [3, 4, 5, 7] {
        let ground = Target {
            servers,
            rules: Rules::default(),
            property: None,
            schedules: 2_000,
        };
        let (tally, find) = hunt(ground, u64::from(servers));
        assert_eq!(find, None);
        assert_eq!(tally.schedules, ground.schedules);
        assert_eq!(tally.missed, 0);
        steps += tally.steps;
    }
    println!("{steps} steps");
}

#[test]
fn the_same_seed_hunts_alike_in_portions_of_any_size() {
    let detection = DETECTIONS
        .iter()
        .find(|detection| detection.rule == Rule::UpToDate)
        .unwrap();
    let mut portions = Hunt::new(detection.target(), detection.seed);
    while !portions.work(7) {}
    let (tally, find) = hunt(detection.target(), detection.seed);
    assert_eq!(portions.tally(), tally);
    assert_eq!(portions.found(), find.as_ref());
}

fn hunt(ground: Target, seed: u64) -> (Tally, Option<Find>) {
    let mut hunt = Hunt::new(ground, seed);
    while !hunt.work(1_000_000) {}
    (hunt.tally(), hunt.found().cloned())
}

/// The schedule that was found without a rule. What it expects at its end is checked on the way.
fn recorded(rule: Rule) -> Schedule {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/hunts");
    let path = folder.join(format!("{rule}.txt"));
    let text = fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    let mut runner = Runner::default();
    for statement in statements(&text) {
        runner
            .execute(&statement)
            .unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    }
    Schedule {
        scenario: runner.scenario().clone(),
        actions: runner.actions().to_vec(),
        end: runner.world().now() + Time::ms(2_000),
    }
}
