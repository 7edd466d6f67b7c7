//! The world: a cluster, its clients and its network, at one moment of virtual time.
//!
//! A plain value. What happens next is the least (time, kind, number) of what is due; given the
//! same scenario and the same actions it is the same everywhere, on any machine.

use std::hash::{Hash, Hasher};

use super::action::{Action, Group, Link, PacketPick};
use super::client::{Client, MAX_QUEUE, PendingRequest, QueuedRequest, Stage};
use super::network::{Address, Body, Loss, Network, Packet, ReplyOutcome};
use super::random::{self, Purpose};
use super::roster::Roster;
use super::scenario::{DiskImage, Scenario, Setting, Setup, Timing};
use super::server::{Condition, Running, Server, Up, Waiting};
use super::step::{Cause, Fact, Step, StepId};
use super::time::Time;
use crate::kv::{Answer, ClientId, Command, Item, Key, KvStore, Op, Registration};
use crate::raft::{
    AppendOutcome, Config, Entry, Event, Input, Log, LogIndex, Message, Node, NodeId, Output,
    Payload, ReadId, Rule, Rules, ServerSet, Snapshot, Term, Timer,
};

mod members;
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
            if let Some(up) = server.up() {
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
            && let Some(server) = self.servers.iter().find(|server| server.wants_compaction())
        {
            least = (self.now, Due::Compaction(server.id));
        }
        (least.0 < Time::NEVER).then_some((least.0.max(self.now), least.1))
    }

    fn begin(&mut self, step: &mut Step, cause: Cause, parent: Option<StepId>) {
        self.last_step.0 += 1;
        step.begin(self.last_step, self.now, cause, parent);
    }
}

/// What happens by itself.
impl World {
    fn receive_next(&mut self, step: &mut Step) {
        let Some(packet) = self.network.take_next() else {
            return;
        };
        let (from, to, kind) = (packet.from, packet.to, packet.kind());
        let cause = Cause::Packet {
            packet: packet.id,
            from,
            to,
            kind,
        };
        self.begin(step, cause, Some(packet.sent_by));
        if packet.fate.is_none() && self.network.holds(from, to) && !packet.let_go {
            return self.network.park(packet);
        }
        if let Some(why) = packet.fate.or_else(|| self.missing(to)) {
            step.facts.push(Fact::Lost {
                packet: packet.id,
                from,
                to,
                kind,
                why,
            });
            return;
        }
        match (from, to) {
            (_, Address::Client(client)) => self.reach_client(client, packet, step),
            (Address::Server(from), Address::Server(to)) => {
                if let Body::Raft(message) = packet.body {
                    self.tell(to, Input::Message { from, message }, step);
                }
            }
            (Address::Client(client), Address::Server(to)) => match packet.body {
                Body::Register { serial } => self.take_registration(to, client, serial, step),
                Body::Request {
                    session,
                    serial,
                    op,
                } => {
                    let command = Command {
                        client,
                        session,
                        serial,
                        op,
                    };
                    self.take_request(to, command, step);
                }
                Body::Raft(_) | Body::Reply { .. } => {}
            },
        }
    }

    /// Why nobody receives what is sent to `address`, if nobody does.
    fn missing(&self, address: Address) -> Option<Loss> {
        let Address::Server(id) = address else {
            return None;
        };
        match self.find(id) {
            None => Some(Loss::Gone),
            Some(server) => (!server.is_up()).then_some(Loss::Down),
        }
    }

    fn time_out(&mut self, server: NodeId, timer: Timer, step: &mut Step) {
        let set_by = self
            .server(server)
            .up()
            .map(|up| up.timers.get(timer).set_by);
        self.begin(step, Cause::Timeout { server, timer }, set_by);
        self.fire(server, timer, step);
    }

    fn fire(&mut self, server: NodeId, timer: Timer, step: &mut Step) {
        if let Some(up) = self.servers.up_mut(server) {
            up.timers.stop(timer);
            self.tell(server, Input::Timeout(timer), step);
        }
    }

    fn compact(&mut self, id: NodeId, keep: usize, step: &mut Step) {
        if let Some(up) = self.server(id).up() {
            let machine = up.machine.clone();
            self.tell(id, Input::Compact { machine, keep }, step);
        }
    }

    /// Lets a server know of something, and does what it then wants done.
    fn tell(&mut self, id: NodeId, input: Input, step: &mut Step) {
        let Some(up) = self.servers.up_mut(id) else {
            return;
        };
        let mut outputs = std::mem::take(&mut step.outputs);
        up.node.step(input, &mut outputs);
        step.outputs = outputs;
        self.carry_out(id, step);
    }

    /// Does what a server wants done. Where its disk takes no time, a write is done as soon as it is
    /// asked for.
    fn carry_out(&mut self, id: NodeId, step: &mut Step) {
        let mut outputs = std::mem::take(&mut step.outputs);
        while !outputs.is_empty() {
            let mut wrote = false;
            for output in outputs.drain(..) {
                match output {
                    Output::Persist => wrote |= self.write(id, step),
                    output => self.carry_out_one(id, output, step),
                }
            }
            if wrote && let Some(up) = self.servers.up_mut(id) {
                let written = up.node.persistent().written();
                up.node.step(written, &mut outputs);
            }
        }
        step.outputs = outputs;
    }

    fn carry_out_one(&mut self, id: NodeId, output: Output, step: &mut Step) {
        match output {
            Output::Apply { index, entry } => self.apply(id, index, entry, step),
            Output::Event(event) => step.facts.push(Fact::Raft { server: id, event }),
            Output::ResetElectionTimer(reason) => {
                self.set_timer(id, Timer::Election, step.id);
                let event = Event::TimerReset { reason };
                step.facts.push(Fact::Raft { server: id, event });
            }
            Output::Restore(machine) => self.restore(id, machine),
            Output::Send { to, message } => self.send_when_written(id, to, message, step),
            Output::RefuseRead { id: read, leader } => self.refuse_read(id, read, leader, step),
            Output::ServeRead(read) => self.serve_read(id, read, step),
            Output::SetTimer(timer) => self.set_timer(id, timer, step.id),
            Output::StopTimer(timer) => {
                if let Some(up) = self.servers.up_mut(id) {
                    up.timers.stop(timer);
                }
            }
            // A proposal is answered where it is made; a write is begun where outputs are drained.
            Output::Accept(_) | Output::Refuse { .. } | Output::Persist => {}
        }
    }

    fn apply(&mut self, id: NodeId, index: LogIndex, entry: Entry, step: &mut Step) {
        let Some(up) = self.servers.up_mut(id) else {
            return;
        };
        let owed = up
            .waiting
            .iter()
            .position(|waiting| waiting.position.index == index);
        let owed = owed.map(|place| up.waiting.remove(place));
        let (client, serial, outcome) = match entry.payload {
            Payload::Command(command) => {
                let answer = up.execute(&command);
                let Command { client, serial, .. } = command;
                step.facts.push(Fact::Executed {
                    server: id,
                    index,
                    client,
                    serial,
                    answer,
                });
                (client, serial, ReplyOutcome::Answer(answer))
            }
            Payload::Register(wish) => match up.open_session(id, &wish, index, step) {
                Some(session) => (wish.client, wish.serial, ReplyOutcome::Session(session)),
                None => return,
            },
            Payload::Configuration(_) | Payload::Noop => return,
        };
        // The entry a client waits for may have been overwritten by another at the same index.
        if owed.is_some_and(|owed| owed.position.term == entry.term) {
            self.send(id, client, Body::Reply { serial, outcome }, step);
        }
    }

    /// The state machine goes on from a snapshot. What it covers is not executed here any more, so
    /// nobody who waits for it has an answer from here.
    fn restore(&mut self, id: NodeId, machine: KvStore) {
        if let Some(up) = self.servers.up_mut(id) {
            let covered = up.node.log().snapshot().last.index;
            up.waiting
                .retain(|waiting| waiting.position.index > covered);
            up.machine = machine;
        }
    }

    fn take_request(&mut self, id: NodeId, command: Command, step: &mut Step) {
        if self.server(id).log().last_index().0 >= MAX_LOG {
            return;
        }
        if let Op::Get { key } = command.op
            && !self.config.is_logged(command.op.is_read())
        {
            return self.take_read(id, command.read_id(), key, step);
        }
        let Command { client, serial, .. } = command;
        self.propose(id, Input::Propose(command), (client, serial), step);
    }

    /// A client wants to have a session. The leader says how many there may be.
    fn take_registration(&mut self, id: NodeId, client: ClientId, serial: u32, step: &mut Step) {
        let most = self.config.sessions;
        let wish = Registration {
            client,
            serial,
            most,
        };
        if self.server(id).log().last_index().0 < MAX_LOG {
            self.propose(id, Input::Register(wish), (client, serial), step);
        }
    }

    /// Lets a server put into its log what a client wants, by that number.
    fn propose(
        &mut self,
        id: NodeId,
        input: Input,
        (client, serial): (ClientId, u32),
        step: &mut Step,
    ) {
        let Some(up) = self.servers.up_mut(id) else {
            return;
        };
        up.node.step(input, &mut step.outputs);
        let mut refused = None;
        for output in &step.outputs {
            match *output {
                Output::Accept(position) => up.waiting.push(Waiting {
                    position,
                    client,
                    serial,
                }),
                Output::Refuse { leader } => refused = Some(leader),
                _ => {}
            }
        }
        self.carry_out(id, step);
        if let Some(leader) = refused {
            let outcome = ReplyOutcome::NotLeader { leader };
            self.send(id, client, Body::Reply { serial, outcome }, step);
        }
    }

    fn take_read(&mut self, id: NodeId, read: ReadId, key: Key, step: &mut Step) {
        if let Some(up) = self.servers.up_mut(id) {
            if !up.reads.iter().any(|(other, _)| *other == read) {
                up.reads.push((read, key));
            }
            self.tell(id, Input::Read(read), step);
        }
    }

    /// What the client of a read wants to know, which waits for it no more.
    fn end_read(&mut self, id: NodeId, read: ReadId) -> Option<(&Up, Key)> {
        let up = self.servers.up_mut(id)?;
        let place = up.reads.iter().position(|(other, _)| *other == read)?;
        let (_, key) = up.reads.remove(place);
        Some((up, key))
    }

    fn serve_read(&mut self, id: NodeId, read: ReadId, step: &mut Step) {
        let Some((up, key)) = self.end_read(id, read) else {
            return;
        };
        let answer = Answer::Value(up.machine.get(key));
        let ReadId { client, serial } = read;
        step.facts.push(Fact::Read {
            server: id,
            index: up.node.last_applied(),
            client,
            serial,
            op: Op::Get { key },
            answer,
        });
        let outcome = ReplyOutcome::Answer(answer);
        self.send(id, client, Body::Reply { serial, outcome }, step);
    }

    fn refuse_read(&mut self, id: NodeId, read: ReadId, leader: Option<NodeId>, step: &mut Step) {
        let ReadId { client, serial } = read;
        if self.end_read(id, read).is_some() {
            let outcome = ReplyOutcome::NotLeader { leader };
            self.send(id, client, Body::Reply { serial, outcome }, step);
        }
    }

    fn set_timer(&mut self, id: NodeId, timer: Timer, set_by: StepId) {
        let (low, high) = self.timing.election;
        let length = match timer {
            Timer::Election if !self.config.rules.on(Rule::RandomTimeouts) => low,
            Timer::Election => {
                let who = id.number() as u32;
                let bits = random::roll(self.seed, Purpose::Election, who, self.now);
                random::between(bits, low, high)
            }
            Timer::Heartbeat => self.timing.heartbeat,
            Timer::EvenLease | Timer::OddLease if !self.config.rules.on(Rule::LeaseBound) => low,
            Timer::EvenLease | Timer::OddLease => {
                Time(low.0 * 1000 / (1000 + u64::from(self.timing.drift)))
            }
            Timer::MinElection => low,
            Timer::Transfer => high,
        };
        let Some(server) = self.servers.find_mut(id) else {
            return;
        };
        let deadline = self.now + server.clock.stretch(length);
        if let Some(up) = server.up_mut() {
            up.timers.set(
                timer,
                Running {
                    deadline,
                    set_at: self.now,
                    set_by,
                },
            );
        }
    }

    fn send(
        &mut self,
        from: impl Into<Address>,
        to: impl Into<Address>,
        body: Body,
        step: &mut Step,
    ) {
        let (from, to) = (from.into(), to.into());
        let nth = step.facts.len() as u32;
        let told = Told::of(&body);
        let link = (from, to);
        let packet = self
            .network
            .send(self.seed, self.now, link, body, nth, step.id);
        let Told {
            kind,
            term,
            index,
            positive,
        } = told;
        step.facts.push(Fact::Sent {
            packet,
            from,
            to,
            kind,
            term,
            index,
            positive,
        });
    }
}

/// Clients.
impl World {
    fn wake_client(&mut self, id: ClientId, step: &mut Step) {
        let (now, servers) = (self.now, self.ids());
        let overdue = self.clients[id.slot()].overdue(now);
        self.begin(step, Cause::Client(id), overdue.map(|errand| errand.since));
        let client = &mut self.clients[id.slot()];
        client.follow_habit(now);
        if let Some(errand) = overdue {
            if errand.waiting {
                let (serial, server) = (errand.serial, client.asks());
                step.facts.push(Fact::GaveUpWaiting {
                    client: id,
                    serial,
                    server,
                });
                match &mut client.current {
                    // It was not the leader that did not answer.
                    Some(PendingRequest {
                        from: from @ Some(_),
                        ..
                    }) => *from = None,
                    _ => client.look_up(servers),
                }
            }
            self.ask(id, step);
        } else {
            self.begin_next_request(id, step);
        }
    }

    fn want(&mut self, id: ClientId, wish: QueuedRequest, step: &mut Step) {
        self.clients[id.slot()].queue.push_back(wish);
        self.begin_next_request(id, step);
    }

    fn begin_next_request(&mut self, id: ClientId, step: &mut Step) {
        if self.clients[id.slot()].begin_next(self.now, &self.config) {
            self.ask(id, step);
        }
    }

    fn ask(&mut self, id: ClientId, step: &mut Step) {
        let retry_at = self.now + self.timing.patience;
        let client = &mut self.clients[id.slot()];
        client.sent(step.id, retry_at);
        let (server, Some(errand)) = (client.asks(), client.current) else {
            return;
        };
        let (serial, op, attempt) = (errand.serial, errand.op, errand.attempts);
        let body = match errand.stage {
            Stage::Asking(session) => {
                step.facts.push(Fact::Asked {
                    client: id,
                    serial,
                    op,
                    server,
                    attempt,
                });
                Body::Request {
                    session,
                    serial,
                    op,
                }
            }
            Stage::Opening => {
                step.facts.push(Fact::Registers {
                    client: id,
                    serial,
                    op,
                    server,
                    attempt,
                });
                Body::Register { serial }
            }
        };
        self.send(id, server, body, step);
    }

    fn reach_client(&mut self, id: ClientId, packet: Packet, step: &mut Step) {
        let (Address::Server(server), Body::Reply { serial, outcome }) = (packet.from, packet.body)
        else {
            return;
        };
        let (now, servers) = (self.now, self.ids());
        let client = &mut self.clients[id.slot()];
        match outcome {
            ReplyOutcome::Answer(answer) => {
                let Some(errand) = client.answered(server, serial, answer) else {
                    return;
                };
                let (op, asked_at) = (errand.op, errand.asked_at);
                step.facts.push(match answer {
                    Answer::Expired => Fact::Expired {
                        client: id,
                        serial,
                        op,
                        server,
                    },
                    answer => Fact::Answered {
                        client: id,
                        serial,
                        op,
                        asked_at,
                        server,
                        answer,
                    },
                });
                self.begin_next_request(id, step);
            }
            ReplyOutcome::Session(session) => {
                if client.opened(server, serial, session) {
                    step.facts.push(Fact::Registered {
                        client: id,
                        session,
                        server,
                    });
                    self.ask(id, step);
                }
            }
            ReplyOutcome::NotLeader { leader } if client.awaits(serial) => {
                step.facts.push(Fact::Redirected {
                    client: id,
                    from: server,
                    leader,
                });
                if let Some(errand) = &mut client.current {
                    errand.from = None;
                }
                match leader {
                    Some(leader) if leader == server => {}
                    Some(leader) if client.follow(leader) => return self.ask(id, step),
                    _ => client.look_up(servers),
                }
                // There is no leader, or it is handing over: give that a moment.
                if let Some(errand) = &mut client.current {
                    errand.waiting = false;
                    errand.since = step.id;
                    errand.retry_at = now + self.timing.heartbeat;
                }
            }
            ReplyOutcome::NotLeader { .. } => {}
        }
    }
}

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

    fn start(&mut self, id: NodeId, step: &mut Step) {
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

    fn configure(&mut self, setting: Setting) {
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

    fn share_config(&mut self) {
        let config = self.config;
        self.each_node(|node| node.set_config(config));
    }

    fn each_node(&mut self, tell: impl Fn(&mut Node)) {
        for id in self.servers.ids().iter() {
            if let Some(up) = self.servers.up_mut(id) {
                tell(&mut up.node);
            }
        }
    }

    fn turn_timer(&mut self, id: NodeId, length: Time, set_by: StepId) {
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

    fn change_links(&mut self, action: &Action, step: &mut Step) {
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

    fn each_way(&mut self, link: Link, mut change: impl FnMut(&mut Network, NodeId, NodeId)) {
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

    fn partition(&mut self, groups: &[Group]) {
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

    fn picked(&self, pick: &PacketPick) -> Result<&Packet, String> {
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

    fn load_disk(&mut self, image: &DiskImage) {
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

    fn know_committed(&mut self, image: &DiskImage, step: &mut Step) {
        if let Some(up) = self.servers.up_mut(image.server) {
            up.node.resume(image.commit, &mut step.outputs);
            self.carry_out(image.server, step);
        }
    }
}

/// What can be seen.
impl World {
    /// The present moment.
    pub fn now(&self) -> Time {
        self.now
    }

    /// The seed of its luck.
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

/// FNV-1a, with `usize` written as 64 bits everywhere: the same number natively as in wasm.
pub struct Fingerprint(u64);

impl Default for Fingerprint {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fingerprint {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn write_isize(&mut self, number: isize) {
        self.write_i64(number as i64);
    }
}

/// What a packet's sending is told as.
struct Told {
    kind: super::network::PacketKind,
    term: Term,
    index: LogIndex,
    positive: bool,
}

impl Told {
    fn of(body: &Body) -> Self {
        let (term, index, positive) = match body {
            Body::Raft(message) => {
                let (index, positive) = match message {
                    Message::AppendEntries {
                        prev_log: previous,
                        entries,
                        ..
                    } => (previous.index.plus(entries.len()), true),
                    Message::AppendEntriesReply { outcome, .. } => match outcome {
                        AppendOutcome::Accepted { match_index } => (*match_index, true),
                        AppendOutcome::Refused { previous, .. } => (*previous, false),
                    },
                    Message::InstallSnapshot { piece, .. } => (piece.last.index, true),
                    Message::InstallSnapshotReply { last, .. } => (*last, true),
                    Message::PreVote { last_log: last, .. }
                    | Message::RequestVote { last_log: last, .. } => (last.index, true),
                    Message::PreVoteReply { granted, .. }
                    | Message::RequestVoteReply { granted, .. } => (LogIndex(0), *granted),
                    Message::ReadIndexReply { index, .. } => (*index, true),
                    Message::ReadIndex { .. } | Message::TimeoutNow { .. } => (LogIndex(0), true),
                };
                (message.term(), index, positive)
            }
            Body::Reply { outcome, .. } => (
                Term(0),
                LogIndex(0),
                !matches!(outcome, ReplyOutcome::NotLeader { .. }),
            ),
            Body::Register { .. } | Body::Request { .. } => (Term(0), LogIndex(0), true),
        };
        Self {
            kind: body.kind(),
            term,
            index,
            positive,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
