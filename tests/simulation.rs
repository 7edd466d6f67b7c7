//! Thousands of clusters in bad weather: servers crash and restart, links are cut one way and both,
//! packets are lost, doubled, late and out of order, clients write. Every property is checked after
//! every step. Then the weather clears, and the cluster must get to work again.
//!
//! A failure prints the run in the text grammar, as it can be replayed.

mod chaos;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use chaos::{Coverage, Run, SOMETIMES};
use raftarium::raft::Rule;
use raftarium::sim::text::parse_run;

/// Seeds of the main run: more than a virtual day in all.
const SEEDS: u64 = 20_000;

/// Does something for the seeds from 0 on, on all cores, until it says stop or the seeds run out.
/// Gives back what was said, in the order of the seeds.
fn for_seeds<T: Send>(seeds: u64, job: impl Fn(u64) -> (T, bool) + Sync) -> BTreeMap<u64, T> {
    let (next, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let done = Mutex::new(BTreeMap::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds {
                        return;
                    }
                    let (said, last) = job(seed);
                    stop.fetch_or(last, Ordering::Relaxed);
                    done.lock().expect("no job panics").insert(seed, said);
                }
            });
        }
    });
    done.into_inner().expect("no job panics")
}

#[test]
fn no_weather_breaks_a_property_and_every_cluster_recovers() {
    let runs = for_seeds(SEEDS, |seed| {
        let mut run = Run::new(seed, &[]);
        let result = run.storm().and_then(|()| run.recover());
        let failed = result.is_err();
        let told = result.map_err(|why| format!("seed {seed}: {why}\n{}", run.text()));
        ((told, run.coverage), failed)
    });
    let mut coverage = Coverage::default();
    for (told, seen) in runs.values() {
        if let Err(told) = told {
            panic!("{told}");
        }
        coverage.add(seen);
    }
    println!("{coverage}");
    for (what, times) in coverage.counts() {
        assert!(times > 0, "it never happened: {what}");
    }
    assert_eq!(coverage.counts().count(), SOMETIMES.len());
}

/// Each rule that keeps Raft safe, and within how many seeds a run without it must break something.
/// What breaks first, and at which seed, the test prints; both change with the weather.
///
/// Not here: `ignore-old-replies`, `retain-after-snapshot` and `lease-bound`, which random weather
/// does not find in 60,000 seeds (a test of the checker and golden scripts have schedules for them);
/// and `step-down`, `reset-only-for-cause`, `retry-election` and `random-timeouts`, without which
/// nothing becomes unsafe, only slow.
const CAUGHT: &[(Rule, u64)] = &[
    (Rule::PersistTerm, 200),
    (Rule::PersistVote, 20_000),
    (Rule::PersistLog, 200),
    (Rule::SyncBeforeReply, 5_000),
    (Rule::RefuseOldTerm, 5_000),
    (Rule::OneVotePerTerm, 200),
    (Rule::UpToDate, 200),
    (Rule::CompareLastTerm, 500),
    (Rule::IgnoreOldVotes, 10_000),
    (Rule::CountVoters, 1_000),
    (Rule::ElectionMajority, 200),
    (Rule::CheckPrevious, 200),
    (Rule::CheckHeartbeats, 500),
    (Rule::DeleteOnlyConflicts, 2_000),
    (Rule::IgnoreOldSnapshots, 10_000),
    (Rule::MatchWhatWasSent, 200),
    (Rule::CommitOnlyChecked, 1_000),
    (Rule::CommitMajority, 200),
    (Rule::CommitOwnTerm, 60_000),
    (Rule::CommitNeverFalls, 500),
    (Rule::ConfirmReads, 5_000),
    (Rule::ReadAfterOwnTerm, 500),
    (Rule::ExactlyOnce, 500),
    (Rule::RefuseExpired, 500),
    (Rule::JointConsensus, 2_500),
    (Rule::OneChangeAtATime, 500),
    (Rule::OwnTermBeforeChange, 50_000),
];

#[test]
fn a_rule_that_is_off_is_missed() {
    println!("   seed  rule                   what broke");
    for (rule, budget) in CAUGHT {
        let runs = for_seeds(*budget, |seed| {
            let mut run = Run::new(seed, &[*rule]);
            // The verdict is in what the checker found.
            let _ = run.storm();
            let broken = run.first_broken();
            (broken, broken.is_some())
        });
        let mut found = runs
            .iter()
            .filter_map(|(seed, broken)| Some((seed, (*broken)?)));
        let (seed, broken) = found
            .next()
            .unwrap_or_else(|| panic!("{rule}: not missed in {budget} seeds"));
        println!("{seed:>7}  {:<22} {broken}", rule.name());
    }
}

#[test]
fn the_same_scenario_and_actions_give_the_same_run() {
    for seed in 0..50 {
        let mut run = Run::new(seed, &[]);
        run.storm().expect("safe");
        let (scenario, actions) = parse_run(&run.text()).expect("what is written reads back");
        let again = Run::replay(&scenario, &actions, run.world.now());
        assert_eq!(again.world, run.world, "seed {seed}");
        assert_eq!(again.world.fingerprint(), run.world.fingerprint());
        assert_eq!(again.checker, run.checker, "seed {seed}");
    }
}

#[test]
fn a_world_that_was_cloned_goes_on_alike() {
    for seed in 0..50 {
        let mut run = Run::new(seed, &[]);
        run.storm().expect("safe");
        let mut twin = run.clone();
        assert_eq!(run.recover(), Ok(()));
        assert_eq!(twin.recover(), Ok(()));
        assert_eq!(run.world, twin.world, "seed {seed}");
        assert_eq!(run.world.fingerprint(), twin.world.fingerprint());
    }
}
