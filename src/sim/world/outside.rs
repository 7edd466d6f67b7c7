//! What somebody outside does.

use super::World;
use crate::kv::{ClientId, Item, Op};
use crate::raft::{Input, Log, LogIndex, Node, NodeId, Payload, Rules, Snapshot, Timer};
use crate::sim::action::{Action, ClockJump, Group, Link, PacketPick, Path};
use crate::sim::client::QueuedRequest;
use crate::sim::network::{Address, Network, Packet};
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
            Action::Client(client, writes) => {
                let now = self.now;
                self.clients[client.slot()].write_by_itself(*writes, now);
            }
            Action::Compact(id) => self.compact(*id, 0, step),
            Action::Configure(setting) => self.configure(*setting),
            Action::Crash(id) => {
                self.crash(*id, step);
            }
            Action::FailDisk(id, fails) => {
                if let Some(server) = self.servers.find_mut(*id) {
                    server.disk_time = fails.then_some(Time::NEVER);
                }
                self.set_disk(*id);
            }
            Action::Jump(id, jump) => self.jump(*id, *jump),
            Action::Lossy(path, loss) => {
                let everyone = self.everyone();
                let network = &mut self.network;
                network.change_faults(*path, &everyone, |faults| faults.loss = *loss);
            }
            Action::Pause(id) | Action::Resume(id) => {
                let paused = matches!(action, Action::Pause(_));
                if let Some(up) = self.servers.up_mut(*id) {
                    up.paused = paused;
                }
                if !paused {
                    self.network.wake(*id, self.now);
                }
            }
            Action::Slow(path, latency) => {
                let everyone = self.everyone();
                let network = &mut self.network;
                network.change_faults(*path, &everyone, |faults| faults.latency = *latency);
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
            Action::RequestTo(client, op, server) => {
                let wish = QueuedRequest {
                    op: *op,
                    from: Some(*server),
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
        let awake = |id: NodeId| {
            up(id)?;
            let paused = self.server(id).is_paused();
            (!paused)
                .then_some(())
                .ok_or_else(|| format!("{id} is paused: resume it first"))
        };
        let leader_is_awake = || self.leader().map_or(Ok(()), awake);
        let client = |id: ClientId| {
            let count = self.clients.len();
            let found = self.clients.get(id.slot());
            found.ok_or_else(|| match count {
                0 => format!("there is no {id}: nobody is a client"),
                _ => format!("there is no {id}: the clients are C1 to C{count}"),
            })
        };
        let anybody = |address: Address| match address {
            Address::Client(id) => client(id).map(|_| ()),
            Address::Server(id) => known(id),
        };
        match action {
            Action::Change(change) => leader_is_awake().and_then(|()| self.check_change(*change)),
            Action::Client(id, _) => client(*id).map(|_| ()),
            Action::FailDisk(id, fails) => {
                known(*id)?;
                match (fails, self.server(*id).disk_fails()) {
                    (true, true) => Err(format!("the disk of {id} fails already")),
                    (false, false) => Err(format!("the disk of {id} does not fail")),
                    _ => Ok(()),
                }
            }
            Action::Jump(id, _) => up(*id),
            Action::Lossy(path, _) | Action::Slow(path, _) => match path {
                Path::All => Ok(()),
                Path::Both(a, b) | Path::OneWay(a, b) => anybody(*a).and_then(|()| anybody(*b)),
            },
            Action::Pause(id) => awake(*id),
            Action::Resume(id) => {
                up(*id)?;
                let paused = self.server(*id).is_paused();
                paused
                    .then_some(())
                    .ok_or_else(|| format!("{id} is not paused"))
            }
            Action::Compact(id) => {
                awake(*id)?;
                let compacts = self.server(*id).node().is_some_and(Node::can_compact);
                let why = || format!("{id} has applied nothing since its last snapshot");
                compacts.then_some(()).ok_or_else(why)
            }
            Action::Crash(id) => up(*id),
            Action::Retire(id) => known(*id).and_then(|()| self.check_retirement(*id)),
            Action::Restart(id) | Action::Wipe(id) => down(*id),
            Action::Isolate(id) | Action::Skew(id, _) | Action::SlowDisk(id, _) => known(*id),
            Action::Timeout(id) | Action::SetTimer(id, _) => {
                awake(*id)?;
                // But for one that leads with CheckQuorum.
                let timer = |up: &Up| up.timers.get(Timer::Election).deadline < Time::NEVER;
                let runs = self.server(*id).up().is_some_and(timer);
                let why = || format!("{id} leads: a leader has no election timer");
                runs.then_some(()).ok_or_else(why)
            }
            Action::Cut(link) | Action::Heal(link) | Action::Hold(link) | Action::Release(link) => {
                match link {
                    Link::All => Ok(()),
                    Link::Of(id) => known(*id),
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
            Action::Read(id, _, server) | Action::RequestTo(id, _, server) => {
                known(*server).and_then(|()| client(*id)?.check_room())
            }
            Action::Request(id, _) => client(*id)?.check_room(),
            Action::Transfer(to) => {
                known(*to)?;
                leader_is_awake()?;
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

    /// A clock jumps: timers that run on it have that much less, or more, to go.
    fn jump(&mut self, id: NodeId, jump: ClockJump) {
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

    /// All servers and clients.
    fn everyone(&self) -> Vec<Address> {
        let servers = self.ids();
        let clients = self.clients.iter().map(|client| Address::from(client.id));
        servers.iter().map(Address::from).chain(clients).collect()
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
            Action::Heal(Link::Of(id)) => self.network.heal_server(*id),
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
