//! A thousand elections at once: how often a vote is split, measured and by the formula.

use crate::raft::{Event, NodeId};
use crate::sim::{Action, Scenario, Setting, Step, Time, World};

/// Servers of the experiment; one of them is down.
const SERVERS: u8 = 5;

/// How long each message takes.
const LATENCY: Time = Time::ms(20);

/// The shortest election timeout.
const SHORTEST: Time = Time::ms(150);

/// How many elections are held.
pub const ELECTIONS: u64 = 1_000;

/// How many elections in a hundred may be split for the learner to be content.
pub const CONTENT: f64 = 5.0;

/// How many elections in a hundred were split.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Splits {
    /// The longest election timeout, in milliseconds.
    pub longest: u64,
    /// As it was measured.
    pub measured: f64,
    /// As thesis 9.2 has it.
    pub expected: f64,
}

/// Holds [`ELECTIONS`] elections among four of five servers, with timeouts of 150 ms to `longest`
/// milliseconds (151 at least), each with the luck of another seed.
pub fn split_votes(longest: u64) -> Splits {
    let longest = longest.max(SHORTEST.0 / 1000 + 1);
    let mut step = Step::default();
    let split = (1..=ELECTIONS).filter(|seed| is_split(*seed, longest, &mut step));
    let measured = split.count() as f64 * 100.0 / ELECTIONS as f64;
    let range = Time::ms(longest) - SHORTEST;
    Splits {
        longest,
        measured,
        expected: 100.0 * formula(LATENCY.0 as f64 / range.0 as f64),
    }
}

/// Whether the first election ends without a leader.
fn is_split(seed: u64, longest: u64, step: &mut Step) -> bool {
    let mut scenario = Scenario::new(SERVERS, seed);
    scenario.clients = 0;
    scenario.set(Setting::Election(SHORTEST, Time::ms(longest)));
    scenario.set(Setting::Latency(LATENCY, LATENCY));
    let mut world = World::new(&scenario, step);
    let down = NodeId::first(SERVERS.into()).last();
    if let Some(down) = down {
        let crashed = world.act(&Action::Crash(down), step);
        debug_assert!(crashed.is_ok());
    }
    while world.step(step) {
        for (_, event) in step.events() {
            match event {
                Event::BecameLeader { .. } => return false,
                Event::ElectionStarted { term, .. } if term.0 > 1 => return true,
                _ => {}
            }
        }
    }
    false
}

/// The share of split votes among four live servers of five (thesis 9.2): so many that the first
/// candidate lacks votes time out within one journey of the first. `l` is the journey's length as
/// a share of the range of timeouts.
fn formula(l: f64) -> f64 {
    let l = l.min(1.0);
    let both = |k: i32, ways: f64| ways * l.powi(k) * (1.0 - l).powi(4 - k);
    both(2, 6.0) + both(3, 4.0) + both(4, 1.0)
}
