//! A thousand elections at once: how often a vote is split, measured and by the formula.

use crate::raft::configuration::majority;
use crate::raft::{Event, NodeId};
use crate::sim::{Action, Scenario, Setting, Step, Time, World};

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
    /// As the formula of thesis 9.2 has it.
    pub expected: f64,
}

/// Servers that hold elections.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Experiment {
    /// How many there are, 1 to 9.
    pub servers: u8,
    /// How many of them are down.
    pub down: u8,
    /// How long each message takes.
    pub latency: Time,
    /// The longest election timeout; the shortest is 150 ms.
    pub longest: Time,
}

/// Holds [`ELECTIONS`] elections among four of five servers, with timeouts of 150 ms to `longest`
/// milliseconds (151 at least), each with the luck of another seed.
pub fn split_votes(longest: u64) -> Splits {
    let longest = longest.max(SHORTEST.0 / 1000 + 1);
    let experiment = Experiment {
        servers: 5,
        down: 1,
        latency: Time::ms(20),
        longest: Time::ms(longest),
    };
    Splits {
        longest,
        measured: experiment.measure(ELECTIONS),
        expected: experiment.expected(),
    }
}

impl Experiment {
    /// How many elections in a hundred were split, of so many.
    pub fn measure(&self, elections: u64) -> f64 {
        let mut step = Step::default();
        let split = (1..=elections).filter(|seed| self.is_split(*seed, &mut step));
        split.count() as f64 * 100.0 / elections as f64
    }

    /// How many in a hundred are split by thesis 9.2: those in which so many that the first
    /// candidate lacks votes time out within one journey of the first.
    pub fn expected(&self) -> f64 {
        let up = u32::from(self.servers - self.down);
        let range = self.longest - SHORTEST;
        let journey = (self.latency.0 as f64 / range.0 as f64).min(1.0);
        // Without these the others are no majority.
        let needed = up + 1 - majority(self.servers.into()) as u32;
        let mut ways = 1.0; // up over k
        let mut sum = 0.0;
        for k in 0..=up {
            if k >= needed {
                sum += ways * journey.powi(k as i32) * (1.0 - journey).powi((up - k) as i32);
            }
            ways = ways * f64::from(up - k) / f64::from(k + 1);
        }
        100.0 * sum
    }

    /// Whether the first election ends without a leader.
    fn is_split(&self, seed: u64, step: &mut Step) -> bool {
        let mut scenario = Scenario::new(self.servers, seed);
        scenario.clients = 0;
        scenario.set(Setting::Election(SHORTEST, self.longest));
        scenario.set(Setting::Latency(self.latency, self.latency));
        let mut world = World::new(&scenario, step);
        for id in NodeId::first(self.down.into()) {
            let crashed = world.act(&Action::Crash(id), step);
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
}
