//! What somebody outside does.

use super::World;
use crate::kv::{Item, Op};
use crate::raft::{Input, Log, LogIndex, Node, NodeId, Payload, Rules, Snapshot, Timer};
use crate::sim::action::{Action, Group, Link, PacketPick};
use crate::sim::client::{MAX_QUEUE, QueuedRequest};
use crate::sim::network::{Network, Packet};
use crate::sim::scenario::{DiskImage, Setting, Timing};
use crate::sim::server::{Condition, Running, Up};
use crate::sim::step::{Cause, Fact, Step, StepId};
use crate::sim::time::Time;

/// What somebody outside does.
impl World {
    /// Does what the action says, and tells what came of it. Refused with a reason, and without
    /// any effect, if it makes no sense now.
    pub fn act(&mut self, action: &Action, step: &mut Step) -> Result<(), String> {
        self.check(action)?;
        self.begin(step, Cause::Action(Box::new(action.clone())), None);
        match action {
            Action::Change(change) => self.change(*change, step),
            Action::Compact(id) => self.compact(*id, 0, step),
            Action::Configure(setting) => self.configure(*setting),
            Action::Crash(id) => {
                self.crash(*id, step);
            }
            Action::Retire(id) => {
                self.retire(*id);
                step.facts.push(Fact::Retired { server: *id });
            }
            Action::Restart(id) => {
                step.facts.push(Fact::Restarted { server: *id });
                self.start(*id, step);
            }
            Action::Transfer(to) => {
                if let Some(leader) = self.leader() {
                    self.tell(leader, Input::Transfer(*to), step);
                }
            }
            Action::Wipe(id) => {
                self.wipe(*id);
                step.facts.push(Fact::Wiped { server: *id });
            }
            Action::Timeout(id) => self.fire(*id, Timer::Election, step),
            Action::SetTimer(id, length) => self.turn_timer(*id, *length, step.id),
            Action::Skew(id, rate) => {
                if let Some(server) = self.servers.find_mut(*id) {
                    server.clock = *rate;
                }
            }
            Action::SlowDisk(id, time) => {
                if let Some(server) = self.servers.find_mut(*id) {
                    server.disk_time = *time;
                }
                self.set_disk(*id);
            }
            Action::Rule(rule, on) => {
                self.config.rules.set(*rule, *on);
                self.share_config();
            }
            Action::Read(client, key, server) => {
                let wish = QueuedRequest {
                    op: Op::Get { key: *key },
                    from: Some(*server),
                };
                self.want(*client, wish, step);
            }
            Action::Request(client, op) => {
                let wish = QueuedRequest {
                    op: *op,
                    from: None,
                };
                self.want(*client, wish, step);
            }
            Action::Cut(_)
            | Action::Heal(_)
            | Action::Hold(_)
            | Action::Release(_)
            | Action::Isolate(_)
            | Action::Partition(_) => self.change_links(action, step),
            Action::Delay(pick, delay) => {
                let id = self.picked(pick)?.id;
                self.network.delay(id, *delay, self.now);
            }
            Action::Deliver(pick) => {
                let id = self.picked(pick)?.id;
                self.network.deliver(id, self.now);
            }
            Action::Drop(pick) => {
                let id = self.picked(pick)?.id;
                self.network.drop_packet(id, self.now);
            }
            Action::Duplicate(pick) => {
                let id = self.picked(pick)?.id;
                self.network.double(id, self.now);
            }
        }
        Ok(())
    }

    /// Why the action makes no sense now, if it makes none.
    pub fn check(&self, action: &Action) -> Result<(), String> {
        let known = |id: NodeId| {
            let known = self.find(id).map(|_| ());
            known.ok_or_else(|| format!("there is no {id}: the servers are {}", self.who()))
        };
        let up = |id: NodeId| {
            known(id)?;
            self.server(id)
                .is_up()
                .then_some(())
                .ok_or_else(|| format!("{id} is down"))
        };
        let down = |id: NodeId| {
            known(id)?;
            let down = !self.server(id).is_up();
            down.then_some(())
                .ok_or_else(|| format!("{id} is up: crash it first"))
        };
        match action {
            Action::Change(change) => self.check_change(*change),
            Action::Compact(id) => {
                up(*id)?;
                let compacts = self.server(*id).node().is_some_and(Node::can_compact);
                let why = || format!("{id} has applied nothing since its last snapshot");
                compacts.then_some(()).ok_or_else(why)
            }
            Action::Crash(id) => up(*id),
            Action::Retire(id) => known(*id).and_then(|()| self.check_retirement(*id)),
            Action::Restart(id) | Action::Wipe(id) => down(*id),
            Action::Isolate(id) | Action::Skew(id, _) | Action::SlowDisk(id, _) => known(*id),
            Action::Timeout(id) | Action::SetTimer(id, _) => {
                up(*id)?;
                // But for one that leads with CheckQuorum.
                let timer = |up: &Up| up.timers.get(Timer::Election).deadline < Time::NEVER;
                let runs = self.server(*id).up().is_some_and(timer);
                let why = || format!("{id} leads: a leader has no election timer");
                runs.then_some(()).ok_or_else(why)
            }
            Action::Cut(link) | Action::Heal(link) | Action::Hold(link) | Action::Release(link) => {
                match link {
                    Link::All => Ok(()),
                    Link::Both(a, b) | Link::OneWay(a, b) => known(*a).and_then(|()| known(*b)),
                }
            }
            Action::Partition(groups) => groups
                .iter()
                .flat_map(|group| group.servers.iter())
                .try_for_each(known),
            Action::Delay(pick, _)
            | Action::Deliver(pick)
            | Action::Drop(pick)
            | Action::Duplicate(pick) => self.picked(pick).map(|_| ()),
            Action::Read(_, _, server) if known(*server).is_err() => known(*server),
            Action::Read(client, ..) | Action::Request(client, _) => {
                let count = self.clients.len();
                match self.clients.get(client.slot()) {
                    None if count == 0 => Err(format!("there is no {client}: nobody is a client")),
                    None => Err(format!(
                        "there is no {client}: the clients are C1 to C{count}"
                    )),
                    Some(client) if client.queue.len() >= MAX_QUEUE => Err(format!(
                        "{} has {MAX_QUEUE} requests waiting already",
                        client.id
                    )),
                    Some(_) => Ok(()),
                }
            }
            Action::Transfer(to) => {
                known(*to)?;
                let leads = self.leader().map(|_| ());
                leads.ok_or_else(|| "nobody leads, so nobody can hand over".into())
            }
            Action::Configure(_) | Action::Rule(..) => Ok(()),
        }
    }

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
            // Voters are loyal for another time than a lease that runs already was made for.
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

    pub(super) fn change_links(&mut self, action: &Action, step: &mut Step) {
        let now = self.now;
        match action {
            Action::Cut(link) => self.each_way(*link, |net, a, b| net.cut(a, b, now)),
            Action::Heal(Link::All) => self.network.heal_all(),
            Action::Heal(link) => self.each_way(*link, Network::heal),
            Action::Hold(link) => self.each_way(*link, |net, a, b| net.hold(a, b, true, now)),
            Action::Release(link) => self.each_way(*link, |net, a, b| net.hold(a, b, false, now)),
            Action::Isolate(id) => {
                for other in self.ids().without(*id).iter() {
                    self.each_way(Link::Both(*id, other), |net, a, b| net.cut(a, b, now));
                }
            }
            Action::Partition(groups) => self.partition(groups),
            _ => {}
        }
        step.facts.push(Fact::NetworkChanged);
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
