//! A thousand elections: how often a vote is split, measured and by the formula.

use super::{Beginning, SHORTEST, Trial, in_ms, until_elected};
use crate::raft::NodeId;
use crate::raft::configuration::majority;
use crate::sim::{Action, Scenario, Setting, Time, World};

/// How many elections in a hundred may be split for the learner to be content.
pub const CONTENT: f64 = 5.0;

/// How many slices of a bar are summed up.
const SLICES: u32 = 16;

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

impl Experiment {
    /// The one of the lab: five servers, one down, messages of 20 ms.
    pub fn with(longest: Time) -> Self {
        Self {
            servers: 5,
            down: 1,
            latency: Time::ms(20),
            longest,
        }
    }

    /// How many elections in a hundred were split, of so many.
    pub fn measure(&self, elections: u64) -> f64 {
        let split = (1..=elections).filter(|seed| self.trial(*seed).split);
        split.count() as f64 * 100.0 / elections as f64
    }

    /// How many in a hundred are split by thesis 9.2: those in which so many that the first
    /// candidate lacks votes time out within one journey of the first. That is as likely as that
    /// so many of independent timers fall into one journey.
    pub fn expected(&self) -> f64 {
        let up = u32::from(self.servers - self.down);
        let journey = (in_ms(self.latency) / self.range()).min(1.0);
        100.0 * (1.0 - fewer_than(self.rivals(), up, journey))
    }

    /// Which share of all elections has a leader of the first term between two moments: the first
    /// timeout is that of the least of all timers, and the votes travel there and back.
    pub fn leaders_between(&self, from: Time, to: Time) -> f64 {
        let up = i32::from(self.servers - self.down);
        let share = |at: Time| {
            let timeout = in_ms(at) - 2.0 * in_ms(self.latency) - in_ms(SHORTEST);
            (timeout / self.range()).clamp(0.0, 1.0)
        };
        let (from, to) = (share(from), share(to));
        let journey = in_ms(self.latency) / self.range();
        // The chance of a rival grows while the others' time runs out: it is summed up by slices.
        let slices = (0..SLICES).map(|slice| {
            let at = |slice: u32| from + (to - from) * f64::from(slice) / f64::from(SLICES);
            let first = (1.0 - at(slice)).powi(up) - (1.0 - at(slice + 1)).powi(up);
            let left = 1.0 - (at(slice) + at(slice + 1)) / 2.0;
            let chance = if left > journey { journey / left } else { 1.0 };
            first * fewer_than(self.rivals(), up as u32 - 1, chance)
        });
        slices.sum()
    }

    /// The difference between the longest timeout and the shortest, in milliseconds.
    fn range(&self) -> f64 {
        in_ms(self.longest - SHORTEST)
    }

    /// So many others that time out with the first candidate leave it without a majority.
    fn rivals(&self) -> u32 {
        let up = u32::from(self.servers - self.down);
        up + 1 - majority(self.servers.into()) as u32
    }

    pub(super) fn beginning(&self, seed: u64) -> Beginning {
        self.begun(seed).0
    }

    fn begun(&self, seed: u64) -> (Beginning, World) {
        let mut scenario = Scenario::new(self.servers, seed);
        scenario.clients = 0;
        scenario.set(Setting::Election(SHORTEST, self.longest));
        scenario.set(Setting::Latency(self.latency, self.latency));
        let (mut beginning, mut world) = Beginning::of(scenario);
        for id in NodeId::first(self.down.into()) {
            beginning.act(&mut world, Action::Crash(id));
        }
        (beginning, world)
    }

    /// One election: when there is a leader, and whether the first one ends without.
    pub fn trial(&self, seed: u64) -> Trial {
        let (_, mut world) = self.begun(seed);
        let split = until_elected(&mut world, Time::NEVER);
        Trial {
            seed,
            took: world.now(),
            split,
            points: Vec::new(),
        }
    }
}

/// The chance that of so many independent ones, each as likely as `chance`, fewer than `most`
/// happen.
fn fewer_than(most: u32, of: u32, chance: f64) -> f64 {
    let mut ways = 1.0; // of over k
    let mut sum = 0.0;
    for k in 0..most.min(of + 1) {
        sum += ways * chance.powi(k as i32) * (1.0 - chance).powi((of - k) as i32);
        ways = ways * f64::from(of - k) / f64::from(k + 1);
    }
    sum
}
