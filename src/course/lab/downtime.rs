//! Figure 16 of the paper: how long a cluster is without a leader when its leader crashes.
//!
//! The paper's cluster of five is played as its section 9.3 describes it. The leader has just sent
//! everyone a heartbeat, so that all election timers begin together; the servers' logs differ in
//! length, so that not everyone can be elected; and the heartbeat interval is half the shortest
//! election timeout. The paper's servers need some 15 ms to broadcast, its disks included. Here a
//! message takes 3 ms and a disk no time: so the figures are the paper's within a quarter.

use super::{Beginning, RUNS, SHORTEST, Trial, run_to, until_elected};
use crate::raft::NodeId;
use crate::sim::text::parse_run;
use crate::sim::{Action, Link, Time, World};

/// If so many of a thousand crashes are over within this time, the learner may be content.
pub const CONTENT: [(usize, Time); 2] = [(500, Time::ms(145)), (990, Time::ms(350))];

/// Longer than this nobody waits.
pub const GIVEN_UP: Time = Time::ms(10_000);

/// Clusters whose leader crashes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outage {
    /// The shortest election timeout.
    pub shortest: Time,
    /// The longest one.
    pub longest: Time,
}

impl Outage {
    /// The one of the lab.
    pub fn with(longest: Time) -> Self {
        Self {
            shortest: SHORTEST,
            longest,
        }
    }

    /// How long one cluster is without a leader.
    pub fn trial(&self, seed: u64) -> Trial {
        let (_, world) = self.crash(seed);
        self.elect(seed, world)
    }

    pub(super) fn beginning(&self, seed: u64) -> Beginning {
        self.crash(seed).0
    }

    /// A cluster in the moment in which its leader has crashed, and how it came there.
    fn crash(&self, seed: u64) -> (Beginning, World) {
        let interval = Time(self.shortest.0 / 2);
        let text = format!(
            "servers 5 · seed {seed} · clients 0
            config timeout={}..{} heartbeat={interval} latency=3ms no-op=off
            S1 term 1 log 1 1 1 1 1
            S2 term 1 log 1 1 1 1 1
            S3 term 1 log 1 1 1 1
            S4 term 1 log 1 1 1
            S5 term 1 log 1 1",
            self.shortest, self.longest
        );
        let (scenario, _) = parse_run(&text).expect("the lab's own text can be read");
        let (mut beginning, mut world) = Beginning::of(scenario);
        let first = NodeId::first(1).next().expect("there is a first server");
        beginning.act(&mut world, Action::Timeout(first));
        // Its first word to all as their leader is that heartbeat.
        until_elected(&mut world, Time::NEVER);
        // It hears no answer, and so brings nobody's log up to date.
        for other in NodeId::first(5).skip(1) {
            beginning.act(&mut world, Action::Cut(Link::OneWay(other, first)));
        }
        // "The leader was crashed uniformly randomly within its heartbeat interval."
        let crash = world.now() + Time(interval.0 * (2 * seed + 1) / (2 * RUNS));
        run_to(&mut world, crash);
        beginning.act(&mut world, Action::Crash(first));
        (beginning, world)
    }

    fn elect(&self, seed: u64, mut world: World) -> Trial {
        let crash = world.now();
        let split = until_elected(&mut world, crash + GIVEN_UP);
        Trial {
            seed,
            took: world.now().min(crash + GIVEN_UP) - crash,
            split,
            points: Vec::new(),
        }
    }
}
