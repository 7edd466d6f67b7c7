//! The world: a cluster, its clients and its network, at one moment of virtual time.
//!
//! A plain value. What happens next is the least (time, kind, number) of what is due; given the
//! same scenario and the same actions it is the same everywhere, on any machine.

use super::client::Client;
use super::network::Network;
use super::roster::Roster;
use super::scenario::{Scenario, Timing};
use super::step::{Cause, Step, StepId};
use super::time::Time;
use crate::kv::ClientId;
use crate::raft::{Config, NodeId, ServerSet, Timer};

mod act;
mod clients;
mod members;
mod outside;
mod seen;
mod sent;
mod servers;
mod writes;

/// The longest log a leader lets its clients fill.
pub const MAX_LOG: u64 = 50_000;

/// A cluster, its clients and its network, at one moment.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct World {
    seed: u64,
    now: Time,
    timing: Timing,
    config: Config,
    servers: Roster,
    /// Who the cluster consisted of in the beginning.
    founders: ServerSet,
    /// Who came later, perhaps under the number of one that was there before.
    newcomers: ServerSet,
    /// Who was taken away.
    retired: ServerSet,
    clients: Vec<Client>,
    network: Network,
    last_step: StepId,
}

/// What is due next, in the order in which things due at the same moment happen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Packet,
    Written(NodeId),
    Timer(NodeId, Timer),
    Client(ClientId),
    Compaction(NodeId),
}

impl World {
    /// The beginning of a run, and what came of switching it on.
    pub fn new(scenario: &Scenario, step: &mut Step) -> Self {
        let (ids, founders) = (scenario.ids(), scenario.founders());
        let first: Vec<NodeId> = founders.iter().collect();
        let clients = (1..=usize::from(scenario.clients)).filter_map(ClientId::new);
        let mut world = Self {
            seed: scenario.seed,
            now: Time::ZERO,
            timing: scenario.timing,
            config: scenario.config,
            servers: Roster::default(),
            founders,
            newcomers: ServerSet::EMPTY,
            retired: ServerSet::EMPTY,
            clients: clients
                .map(|id| Client::new(id, first[id.slot() % first.len()], scenario.workload(id)))
                .collect(),
            network: Network::new(scenario.faults),
            last_step: StepId(0),
        };
        step.begin(StepId(0), Time::ZERO, Cause::Start, None);
        for id in ids.iter() {
            world.put(id);
        }
        for image in &scenario.disks {
            world.load_disk(image);
        }
        for id in ids.iter() {
            world.start(id, step);
        }
        for image in &scenario.disks {
            world.know_committed(image, step);
        }
        world
    }

    /// When something happens next.
    pub fn next_at(&self) -> Option<Time> {
        self.next_due().map(|(at, _)| at)
    }

    /// Lets the next thing happen, and tells of it. False if nothing ever happens any more.
    pub fn step(&mut self, step: &mut Step) -> bool {
        let Some((at, due)) = self.next_due() else {
            return false;
        };
        self.now = at;
        match due {
            Due::Packet => self.receive_next(step),
            Due::Written(server) => self.finish_write(server, step),
            Due::Timer(server, timer) => self.time_out(server, timer, step),
            Due::Client(id) => self.wake_client(id, step),
            Due::Compaction(server) => {
                self.begin(step, Cause::Compaction { server }, None);
                let keep = self.config.kept();
                self.compact(server, keep, step);
            }
        }
        true
    }

    /// Lets time pass up to `to`, before anything else is due.
    pub fn wait_until(&mut self, to: Time) {
        debug_assert!(
            self.next_at()
                .is_none_or(|next| next > to || next >= self.now)
        );
        self.now = self.now.max(to);
    }

    fn next_due(&self) -> Option<(Time, Due)> {
        let mut least = (Time::NEVER, Due::Packet);
        if let Some(at) = self.network.next_at() {
            least.0 = at;
        }
        for server in self.servers.iter() {
            if let Some(up) = server.up().filter(|up| !up.paused) {
                let written = up.disk.done_at();
                if written < least.0 {
                    least = (written, Due::Written(server.id));
                }
                let (at, timer) = up.timers.next();
                if at < least.0 {
                    least = (at, Due::Timer(server.id, timer));
                }
            }
        }
        for client in &self.clients {
            let at = client.wakes_at();
            if at < least.0 {
                least = (at, Due::Client(client.id));
            }
        }
        // Compacting is nobody's business but the server's own, so it comes last.
        if self.config.compact > 0
            && self.now < least.0
            && let Some(server) = self
                .servers
                .iter()
                .find(|server| server.wants_compaction() && !server.is_paused())
        {
            least = (self.now, Due::Compaction(server.id));
        }
        (least.0 < Time::NEVER).then_some((least.0.max(self.now), least.1))
    }

    pub(super) fn begin(&mut self, step: &mut Step, cause: Cause, parent: Option<StepId>) {
        self.last_step.0 += 1;
        step.begin(self.last_step, self.now, cause, parent);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::action::Action;

    #[test]
    fn a_cluster_elects_a_leader_and_serves_its_client() {
        let mut step = Step::default();
        let mut world = World::new(&Scenario::new(5, 7), &mut step);
        world
            .act(
                &Action::Request(ClientId::new(1).unwrap(), "x=5".parse().unwrap()),
                &mut step,
            )
            .unwrap();
        while world.now() < Time::ms(2000) {
            assert!(world.step(&mut step));
        }
        assert!(world.leader().is_some());
        let client = &world.clients()[0];
        assert_eq!(client.answered, 1);
        for server in world.servers() {
            let up = server.up().unwrap();
            assert_eq!(up.machine.get("x".parse().unwrap()), Some(5));
        }
    }
}
