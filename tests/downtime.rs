//! Figure 16 of the paper: how long a cluster is without a leader when its leader crashes. How the
//! paper's cluster is played stands in `src/course/lab/downtime.rs`.

use raftarium::course::lab::RUNS as TRIALS;
use raftarium::course::lab::downtime::{GIVEN_UP, Outage};
use raftarium::sim::Time;

/// How long it took, in many trials, from the shortest to the longest.
struct Downtimes(Vec<Time>);

impl Downtimes {
    /// With election timeouts of so many milliseconds.
    fn with(low: u64, high: u64, trials: u64) -> Self {
        let outage = Outage {
            shortest: Time::ms(low),
            longest: Time::ms(high),
        };
        let mut times: Vec<Time> = (1..=trials).map(|seed| outage.trial(seed).took).collect();
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
