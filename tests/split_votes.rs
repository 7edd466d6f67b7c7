//! How often a vote is split: as often as the dissertation computes (9.2).

use raftarium::course::lab::elections::Experiment;
use raftarium::sim::Time;

const ELECTIONS: u64 = 10_000;

/// The timeouts are 150 to 300 ms; the rest by servers, servers that are down, and latency in
/// milliseconds.
#[test]
fn split_votes_are_as_frequent_as_computed() {
    let mut shares = Vec::new();
    for (servers, down) in [(3, 0), (3, 1), (4, 0), (5, 0), (5, 1), (5, 2)] {
        for latency in [5, 10, 15, 20, 30, 50] {
            let experiment = Experiment {
                servers,
                down,
                latency: Time::ms(latency),
                longest: Time::ms(300),
            };
            let (measured, expected) = (experiment.measure(ELECTIONS), experiment.expected());
            assert!(
                (measured - expected).abs() <= 2.0,
                "{experiment:?}: {measured:.1} % instead of {expected:.1} %"
            );
            shares.push((expected * 10.0).round() as i32);
        }
    }
    // The formula itself, by the dissertation's evaluation of it, in tenths of a percent.
    assert_eq!(shares[..6], [3, 13, 28, 49, 104, 259]);
    assert_eq!(shares[24..30], [6, 24, 52, 89, 181, 407]);
}
