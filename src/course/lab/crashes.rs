//! The settings of a run, tried on many crashes of its leader: how often the vote is split, and how
//! long nobody leads.

use super::{Beginning, Trial, run_to, until_elected};
use crate::raft::{NodeId, ServerSet};
use crate::session::Session;
use crate::sim::action::Path;
use crate::sim::{Action, ClockRate, Scenario, Setup, Time, World};

/// How many crashes are tried.
pub const CRASHES: u64 = 1_000;

/// The golden section, in millionths: its multiples spread evenly, however many there are.
const SPREAD: u64 = 618_034;

/// Clusters with the settings of a run, each with luck of its own.
#[derive(Clone, PartialEq, Debug)]
pub struct Crashes {
    servers: u8,
    /// Who of them is a member; nobody stands for all.
    members: ServerSet,
    setup: Setup,
    /// What is done to clocks, disks and links before anything else.
    faults: Vec<Action>,
}

impl Crashes {
    /// With the members and the settings of that world, its slow and lossy links, its clocks and
    /// disks. Everyone is up, nothing is cut, and no client writes.
    pub fn of(world: &World) -> Self {
        let voters = world.configuration().all_voters();
        let highest = voters.iter().map(NodeId::number).max().unwrap_or(1);
        let ids = NodeId::first(highest).collect();
        Self {
            servers: highest as u8,
            members: if voters == ids {
                ServerSet::EMPTY
            } else {
                voters
            },
            setup: world.setup(),
            faults: faults(world, ids),
        }
    }

    /// The shortest and the longest election timeout.
    pub fn timeout(&self) -> (Time, Time) {
        self.setup.timing.election
    }

    /// Whether they differ in the election timeout at most.
    pub fn is_alike(&self, other: &Self) -> bool {
        let mut setup = self.setup;
        setup.timing.election = other.timeout();
        (self.servers, self.members, setup) == (other.servers, other.members, other.setup)
            && self.faults == other.faults
    }

    /// Longer than this nobody waits for a leader.
    pub fn given_up(&self) -> Time {
        Time(20 * self.timeout().1.0)
    }

    /// How one crash ended. Without a leader after [`Self::given_up`], it took that long.
    pub fn trial(&self, seed: u64) -> Trial {
        let (_, mut world) = self.crash(seed);
        let crash = world.now();
        let split = until_elected(&mut world, crash + self.given_up());
        Trial {
            seed,
            took: (world.now() - crash).min(self.given_up()),
            split,
            points: Vec::new(),
        }
    }

    /// The same to be watched, from the moment of the crash.
    pub fn session(&self, seed: u64) -> Session {
        self.crash(seed).0.session()
    }

    /// A cluster in the moment in which its leader has crashed, and how it came there. If it finds no
    /// leader, nobody crashes.
    fn crash(&self, seed: u64) -> (Beginning, World) {
        let Setup {
            timing,
            faults,
            config,
        } = self.setup;
        let mut scenario = Scenario::new(self.servers, seed);
        (scenario.members, scenario.clients) = (self.members, 0);
        (scenario.timing, scenario.faults, scenario.config) = (timing, faults, config);
        let (mut beginning, mut world) = Beginning::of(scenario);
        for fault in &self.faults {
            beginning.act(&mut world, fault.clone());
        }
        until_elected(&mut world, self.given_up());
        // Everyone knows the leader by then, and it crashes anywhere between two heartbeats.
        let settled = 2 * timing.heartbeat.0 + 4 * faults.latency.1.0;
        let share = seed * SPREAD % 1_000_000;
        let crash = world.now() + Time(settled + timing.heartbeat.0 * share / 1_000_000);
        run_to(&mut world, crash);
        if let Some(leader) = world.leader() {
            beginning.act(&mut world, Action::Crash(leader));
        }
        (beginning, world)
    }
}

/// What brings about the clocks, the disks and the links of that world.
fn faults(world: &World, ids: ServerSet) -> Vec<Action> {
    let mut faults = Vec::new();
    for server in world.servers().iter().filter(|one| ids.contains(one.id)) {
        let id = server.id;
        if server.clock != ClockRate::TRUE {
            faults.push(Action::Skew(id, server.clock));
        }
        if server.disk_time.is_some() && !server.disk_fails() {
            faults.push(Action::SlowDisk(id, server.disk_time));
        }
        for other in ids.without(id).iter() {
            let link = world.network().link_faults(id.into(), other.into());
            let path = Path::OneWay(id.into(), other.into());
            if link.latency.is_some() {
                faults.push(Action::Slow(path, link.latency));
            }
            if link.loss.is_some() {
                faults.push(Action::Lossy(path, link.loss));
            }
        }
    }
    faults
}
