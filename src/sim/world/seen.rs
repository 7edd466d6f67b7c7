//! What can be seen of a world.

use std::hash::{Hash, Hasher};

use super::World;
use crate::raft::{Config, NodeId, ServerSet};
use crate::sim::client::Client;
use crate::sim::fingerprint::Fingerprint;
use crate::sim::network::Network;
use crate::sim::scenario::{Setup, Timing};
use crate::sim::server::Server;
use crate::sim::step::StepId;
use crate::sim::time::Time;

/// What can be seen.
impl World {
    /// The present moment.
    pub fn now(&self) -> Time {
        self.now
    }

    /// The seed of all that is random in it.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The servers, in the order of their numbers.
    pub fn servers(&self) -> &[Server] {
        &self.servers
    }

    /// One of the servers.
    ///
    /// # Panics
    /// If there is no such server.
    pub fn server(&self, id: NodeId) -> &Server {
        self.find(id).expect("a server that is there")
    }

    /// One of the servers, if it is there.
    pub fn find(&self, id: NodeId) -> Option<&Server> {
        self.servers.find(id)
    }

    /// The clients, in the order of their numbers.
    pub fn clients(&self) -> &[Client] {
        &self.clients
    }

    /// The network.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// How long things take.
    pub fn timing(&self) -> &Timing {
        &self.timing
    }

    /// Everything that can be set while it runs.
    pub fn setup(&self) -> Setup {
        Setup {
            timing: self.timing,
            faults: self.network.faults,
            config: self.config,
        }
    }

    /// How the servers go about it.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The number of the last step.
    pub fn last_step(&self) -> StepId {
        self.last_step
    }

    /// The leader of the latest term, among the servers that are up.
    pub fn leader(&self) -> Option<NodeId> {
        let leaders = self.servers.iter().filter(|server| server.is_leader());
        leaders
            .max_by_key(|server| server.term())
            .map(|server| server.id)
    }

    /// Whether something that `step` set going is still under way: a packet, a timer, a write, a
    /// client's waiting.
    pub fn is_busy_with(&self, step: StepId) -> bool {
        let waits = |client: &Client| client.current.is_some_and(|errand| errand.since == step);
        let runs = |server: &Server| {
            server
                .up()
                .is_some_and(|up| up.timers.is_set_by(step) || up.disk.is_busy_with(step))
        };
        let mut packets = self.network.packets().iter();
        packets.any(|packet| packet.sent_by == step)
            || self.servers.iter().any(runs)
            || self.clients.iter().any(waits)
    }

    /// All servers there are, whether the cluster counts them in or not.
    pub fn ids(&self) -> ServerSet {
        self.servers.ids()
    }

    /// Who the cluster consisted of in the beginning.
    pub fn founders(&self) -> ServerSet {
        self.founders
    }

    /// A number that two worlds share only if they are alike in everything, natively as in wasm.
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = Fingerprint::default();
        self.hash(&mut hasher);
        hasher.finish()
    }
}
