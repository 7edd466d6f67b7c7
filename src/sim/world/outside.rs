//! The effects of actions, one by one. Which action has which effect is in [`super::act`].

use super::World;
use crate::kv::Item;
use crate::raft::{Log, LogIndex, Node, NodeId, Payload, Rules, Snapshot, Timer};
use crate::sim::action::{ClockJump, Group, Link, PacketPick, Path};
use crate::sim::network::{Address, LinkFaults, Network, Packet};
use crate::sim::scenario::{DiskImage, Setting, Timing};
use crate::sim::server::{Condition, Running, Server};
use crate::sim::step::{Fact, Step, StepId};
use crate::sim::time::Time;

impl World {
    pub(super) fn start(&mut self, id: NodeId, step: &mut Step) {
        let Some(server) = self.servers.find_mut(id) else {
            return;
        };
        if let Some(record) = server.torn.take() {
            step.facts.push(Fact::RecordDropped { server: id, record });
        }
        server.start(self.config, &mut step.outputs);
        self.set_disk(id);
        self.carry_out(id, step);
    }

    pub(super) fn configure(&mut self, setting: Setting) {
        let clocks = |timing: &Timing| (timing.election, timing.drift);
        let before = clocks(&self.timing);
        setting.apply(&mut self.timing, &mut self.network.faults, &mut self.config);
        self.share_config();
        if clocks(&self.timing) != before {
            // A running lease was made for another minimum election timeout of the voters.
            self.each_node(Node::forget_leases);
        }
        for id in self.servers.ids().iter() {
            self.set_disk(id);
        }
    }

    /// Keeps these rules from now on, without a step that tells so: for copies of a world that are
    /// compared with one another.
    pub fn keep(&mut self, rules: Rules) {
        self.config.rules = rules;
        self.share_config();
    }

    pub(super) fn share_config(&mut self) {
        let config = self.config;
        self.each_node(|node| node.set_config(config));
    }

    pub(super) fn each_node(&mut self, tell: impl Fn(&mut Node)) {
        for id in self.servers.ids().iter() {
            if let Some(up) = self.servers.up_mut(id) {
                tell(&mut up.node);
            }
        }
    }

    /// A clock jumps: timers that run on it have that much less, or more, to go.
    pub(super) fn jump(&mut self, id: NodeId, jump: ClockJump) {
        let Some(server) = self.servers.find_mut(id) else {
            return;
        };
        let (forward, by) = match jump {
            ClockJump::Forward(by) => (true, server.clock.stretch(by)),
            ClockJump::Back(by) => (false, server.clock.stretch(by)),
        };
        if let Some(up) = server.up_mut() {
            up.timers.shift(forward, by);
        }
    }

    /// Changes something of a server, up or down.
    pub(super) fn change_server(&mut self, id: NodeId, change: impl FnOnce(&mut Server)) {
        if let Some(server) = self.servers.find_mut(id) {
            change(server);
        }
    }

    pub(super) fn set_paused(&mut self, id: NodeId, paused: bool) {
        if let Some(up) = self.servers.up_mut(id) {
            up.paused = paused;
        }
    }

    /// Changes the faults of some links between servers and clients.
    pub(super) fn change_faults(&mut self, path: Path, change: impl Fn(&mut LinkFaults)) {
        let clients = self.clients.iter().map(|client| Address::from(client.id));
        let servers = self.servers.ids();
        let everyone: Vec<Address> = servers.iter().map(Address::from).chain(clients).collect();
        self.network.change_faults(path, &everyone, change);
    }

    pub(super) fn turn_timer(&mut self, id: NodeId, length: Time, set_by: StepId) {
        let now = self.now;
        if let Some(up) = self.servers.up_mut(id) {
            let set_at = up.timers.get(Timer::Election).set_at;
            let running = Running {
                deadline: now + length,
                set_at,
                set_by,
            };
            up.timers.set(Timer::Election, running);
        }
    }

    pub(super) fn each_way(
        &mut self,
        link: Link,
        mut change: impl FnMut(&mut Network, NodeId, NodeId),
    ) {
        match link {
            Link::OneWay(a, b) => change(&mut self.network, a, b),
            Link::Both(a, b) => {
                change(&mut self.network, a, b);
                change(&mut self.network, b, a);
            }
            Link::Of(id) => {
                for other in self.ids().without(id).iter() {
                    change(&mut self.network, id, other);
                    change(&mut self.network, other, id);
                }
            }
            Link::All => {
                for a in self.ids().iter() {
                    for b in self.ids().without(a).iter() {
                        change(&mut self.network, a, b);
                    }
                }
            }
        }
    }

    pub(super) fn partition(&mut self, groups: &[Group]) {
        let now = self.now;
        self.network.heal_all();
        let last = groups.len().saturating_sub(1);
        let side = |id: NodeId| {
            groups
                .iter()
                .position(|group| group.servers.contains(id))
                .unwrap_or(last)
        };
        for a in self.ids().iter() {
            for b in self.ids().without(a).iter() {
                if side(a) != side(b) {
                    self.network.cut(a, b, now);
                }
            }
        }
        for client in &self.clients {
            // A client that is not named keeps reaching everyone.
            let Some(home) = groups.iter().position(|group| group.has_client(client.id)) else {
                continue;
            };
            for id in self.servers.ids().iter().filter(|id| side(*id) != home) {
                self.network.cut_client(client.id, id, now);
            }
        }
    }

    pub(super) fn picked(&self, pick: &PacketPick) -> Result<&Packet, String> {
        let found: Vec<&Packet> = self
            .network
            .as_sent()
            .into_iter()
            .filter(|packet| (packet.from, packet.to) == (pick.from, pick.to))
            .filter(|packet| pick.kind.is_none_or(|kind| packet.kind() == kind))
            .collect();
        let nth = usize::from(pick.nth.max(1)) - 1;
        found.get(nth).copied().ok_or_else(|| match found.len() {
            0 => format!(
                "nothing like that is under way from {} to {}",
                pick.from, pick.to
            ),
            count => format!(
                "only {count} of those are under way from {} to {}",
                pick.from, pick.to
            ),
        })
    }

    pub(super) fn load_disk(&mut self, image: &DiskImage) {
        let mut disk = self.new_disk(image.server);
        disk.current_term = image.term;
        disk.voted_for = image.vote;
        let (last, values) = &image.snapshot;
        if last.index > LogIndex(0) {
            let values = values.iter().map(|(key, value)| Item::Value(*key, *value));
            disk.log = Log::after(Snapshot {
                last: *last,
                configuration: disk.log.configuration(),
                machine: values.collect(),
            });
        }
        for entry in &image.entries {
            disk.log.append(*entry);
            if let Payload::Command(command) = entry.payload
                && let Some(client) = self.clients.get_mut(command.client.slot())
            {
                client.number_after(command.serial);
            }
        }
        if let Some(server) = self.servers.find_mut(image.server) {
            server.condition = Condition::Down(disk);
        }
    }

    pub(super) fn know_committed(&mut self, image: &DiskImage, step: &mut Step) {
        if let Some(up) = self.servers.up_mut(image.server) {
            up.node.resume(image.commit, &mut step.outputs);
            self.carry_out(image.server, step);
        }
    }
}
