//! Figure 16 of the paper: how long a cluster is without a leader when its leader crashes.
//!
//! The paper's cluster of five is played as its section 9.3 describes it. The leader has just sent
//! everyone a heartbeat, so that all election timers begin together; the servers' logs differ in
//! length, so that not everyone can be elected; and the heartbeat interval is half the shortest
//! election timeout. The paper's servers need some 15 ms to broadcast, its disks included. Here a
//! message takes 3 ms and a disk no time: so the figures are the paper's within a quarter.

use raftarium::raft::{Event, NodeId};
use raftarium::sim::text::parse_run;
use raftarium::sim::{Action, Link, Step, Time, World};

const TRIALS: u64 = 1_000;

/// Longer than this nobody waits.
const GIVEN_UP: Time = Time::ms(10_000);

/// How long it took, in many trials, from the shortest to the longest.
struct Downtimes(Vec<Time>);

impl Downtimes {
    /// With election timeouts of so many milliseconds.
    fn with(low: u64, high: u64, trials: u64) -> Self {
        let mut times: Vec<Time> = (1..=trials).map(|seed| trial(low, high, seed)).collect();
        times.sort_unstable();
        let all = Self(times);
        println!(
            "{low}-{high} ms: {} to {}, median {}, mean {:.1}ms",
            all.shortest(),
            all.longest(),
            all.median(),
            all.mean()
        );
        all
    }

    fn shortest(&self) -> Time {
        self.0[0]
    }

    fn median(&self) -> Time {
        self.0[self.0.len() / 2]
    }

    fn longest(&self) -> Time {
        self.0[self.0.len() - 1]
    }

    fn mean(&self) -> f64 {
        let sum: u64 = self.0.iter().map(|time| time.0).sum();
        sum as f64 / self.0.len() as f64 / 1000.0
    }
}

/// How long one cluster is without a leader.
fn trial(low: u64, high: u64, seed: u64) -> Time {
    let interval = Time::ms(low / 2);
    let text = format!(
        "servers 5 · seed {seed} · clients 0
        config timeout={low}..{high}ms heartbeat={interval} latency=3ms no-op=off
        S1 term 1 log 1 1 1 1 1
        S2 term 1 log 1 1 1 1 1
        S3 term 1 log 1 1 1 1
        S4 term 1 log 1 1 1
        S5 term 1 log 1 1"
    );
    let (scenario, _) = parse_run(&text).unwrap();
    let mut step = Step::default();
    let mut world = World::new(&scenario, &mut step);
    let first = NodeId::new(1).unwrap();
    let mut act = |world: &mut World, action| world.act(&action, &mut step).unwrap();
    act(&mut world, Action::Timeout(first));
    // Its first word to all as their leader is that heartbeat.
    elect(&mut world, Time::NEVER);
    // It hears no answer, and so brings nobody's log up to date.
    for other in NodeId::first(5).skip(1) {
        act(&mut world, Action::Cut(Link::OneWay(other, first)));
    }
    // "The leader was crashed uniformly randomly within its heartbeat interval."
    let crash = world.now() + Time(interval.0 * (2 * seed + 1) / (2 * TRIALS));
    while world.next_at().is_some_and(|at| at <= crash) {
        world.step(&mut Step::default());
    }
    world.wait_until(crash);
    act(&mut world, Action::Crash(first));
    elect(&mut world, crash + GIVEN_UP) - crash
}

/// Lets time pass until there is a new leader, and says when that is.
fn elect(world: &mut World, latest: Time) -> Time {
    let mut step = Step::default();
    while world.now() < latest {
        world.step(&mut step);
        let mut events = step.events();
        if events.any(|(_, event)| matches!(event, Event::BecameLeader { .. })) {
            return world.now();
        }
    }
    latest
}

/// The upper graph.
#[test]
fn a_little_randomness_is_enough() {
    // "In the absence of randomness, leader election consistently took longer than 10 seconds in
    // our tests due to many split votes."
    let none = Downtimes::with(150, 150, TRIALS / 10);
    assert_eq!(none.shortest(), GIVEN_UP);
    // "Adding just 5 ms of randomness helps significantly, resulting in a median downtime of
    // 287 ms."
    let [one, five, most, fifty, widest] =
        [151, 155, 175, 200, 300].map(|high| Downtimes::with(150, high, TRIALS));
    assert!((230..=345).contains(&(five.median().0 / 1000)));
    assert!(one.median() > Time::ms(5 * 287));
    // "Using more randomness improves worst-case behavior: with 50 ms of randomness the worst-case
    // completion time (over 1000 trials) was 513 ms."
    assert!(one.longest() > five.longest());
    assert!(five.longest() > most.longest());
    assert!(most.longest() > fifty.longest());
    assert!((410..=620).contains(&(fifty.longest().0 / 1000)));
    // "Thus, the smallest possible downtime was about half of the minimum election timeout."
    for times in [five, most, fifty, widest] {
        assert!((75..=95).contains(&(times.shortest().0 / 1000)));
    }
}

/// The lower graph.
#[test]
fn shorter_timeouts_make_shorter_outages() {
    // "Downtime can be reduced by reducing the election timeout."
    let all = [12, 25, 50, 100, 150].map(|low| Downtimes::with(low, 2 * low, TRIALS));
    for pair in all.windows(2) {
        assert!(pair[0].mean() < pair[1].mean());
        assert!(pair[0].median() < pair[1].median());
    }
    // "With an election timeout of 12–24 ms, it takes only 35 ms on average to elect a leader (the
    // longest trial took 152 ms)."
    assert!((28.0..=42.0).contains(&all[0].mean()));
    assert!((100..=180).contains(&(all[0].longest().0 / 1000)));
}
