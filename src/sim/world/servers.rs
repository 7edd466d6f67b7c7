//! What happens by itself: packets arrive, timers run out, servers do what Raft wants.

use super::sent::Sent;
use super::{MAX_LOG, World};
use crate::kv::{Answer, ClientId, Command, Key, KvStore, Op, Registration};
use crate::raft::{Entry, Event, Input, LogIndex, NodeId, Output, Payload, ReadId, Rule, Timer};
use crate::sim::network::{Address, Body, Loss, ReplyOutcome};
use crate::sim::random::{self, Purpose};
use crate::sim::server::{Running, Server, Up, Waiting};
use crate::sim::step::{Cause, Fact, Step, StepId};
use crate::sim::time::Time;

/// What happens by itself.
impl World {
    pub(super) fn receive_next(&mut self, step: &mut Step) {
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
        let held = self.network.holds(from, to) && !packet.let_go;
        if packet.fate.is_none() && (held || self.is_paused(to)) {
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

    fn is_paused(&self, address: Address) -> bool {
        match address {
            Address::Client(_) => false,
            Address::Server(id) => self.find(id).is_some_and(Server::is_paused),
        }
    }

    /// Why nobody receives what is sent to `address`, if nobody does.
    pub(super) fn missing(&self, address: Address) -> Option<Loss> {
        let Address::Server(id) = address else {
            return None;
        };
        match self.find(id) {
            None => Some(Loss::Gone),
            Some(server) => (!server.is_up()).then_some(Loss::Down),
        }
    }

    pub(super) fn time_out(&mut self, server: NodeId, timer: Timer, step: &mut Step) {
        let set_by = self
            .server(server)
            .up()
            .map(|up| up.timers.get(timer).set_by);
        self.begin(step, Cause::Timeout { server, timer }, set_by);
        self.fire(server, timer, step);
    }

    pub(super) fn fire(&mut self, server: NodeId, timer: Timer, step: &mut Step) {
        if let Some(up) = self.servers.up_mut(server) {
            up.timers.stop(timer);
            self.tell(server, Input::Timeout(timer), step);
        }
    }

    pub(super) fn compact(&mut self, id: NodeId, keep: usize, step: &mut Step) {
        if let Some(up) = self.server(id).up() {
            let machine = up.machine.clone();
            self.tell(id, Input::Compact { machine, keep }, step);
        }
    }

    /// Lets a server know of something, and does what it then wants done.
    pub(super) fn tell(&mut self, id: NodeId, input: Input, step: &mut Step) {
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
    pub(super) fn carry_out(&mut self, id: NodeId, step: &mut Step) {
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

    pub(super) fn carry_out_one(&mut self, id: NodeId, output: Output, step: &mut Step) {
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

    pub(super) fn apply(&mut self, id: NodeId, index: LogIndex, entry: Entry, step: &mut Step) {
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
    pub(super) fn restore(&mut self, id: NodeId, machine: KvStore) {
        if let Some(up) = self.servers.up_mut(id) {
            let covered = up.node.log().snapshot().last.index;
            up.waiting
                .retain(|waiting| waiting.position.index > covered);
            up.machine = machine;
        }
    }

    pub(super) fn take_request(&mut self, id: NodeId, command: Command, step: &mut Step) {
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
    pub(super) fn take_registration(
        &mut self,
        id: NodeId,
        client: ClientId,
        serial: u32,
        step: &mut Step,
    ) {
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
    pub(super) fn propose(
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

    pub(super) fn take_read(&mut self, id: NodeId, read: ReadId, key: Key, step: &mut Step) {
        if let Some(up) = self.servers.up_mut(id) {
            if !up.reads.iter().any(|(other, _)| *other == read) {
                up.reads.push((read, key));
            }
            self.tell(id, Input::Read(read), step);
        }
    }

    /// What the client of a read wants to know, which waits for it no more.
    pub(super) fn end_read(&mut self, id: NodeId, read: ReadId) -> Option<(&Up, Key)> {
        let up = self.servers.up_mut(id)?;
        let place = up.reads.iter().position(|(other, _)| *other == read)?;
        let (_, key) = up.reads.remove(place);
        Some((up, key))
    }

    pub(super) fn serve_read(&mut self, id: NodeId, read: ReadId, step: &mut Step) {
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

    pub(super) fn refuse_read(
        &mut self,
        id: NodeId,
        read: ReadId,
        leader: Option<NodeId>,
        step: &mut Step,
    ) {
        let ReadId { client, serial } = read;
        if self.end_read(id, read).is_some() {
            let outcome = ReplyOutcome::NotLeader { leader };
            self.send(id, client, Body::Reply { serial, outcome }, step);
        }
    }

    pub(super) fn set_timer(&mut self, id: NodeId, timer: Timer, set_by: StepId) {
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

    pub(super) fn send(
        &mut self,
        from: impl Into<Address>,
        to: impl Into<Address>,
        body: Body,
        step: &mut Step,
    ) {
        let (from, to) = (from.into(), to.into());
        let nth = step.facts.len() as u32;
        let sent = Sent::of(&body);
        let link = (from, to);
        let packet = self
            .network
            .send(self.seed, self.now, link, body, nth, step.id);
        let Sent {
            kind,
            term,
            index,
            next,
            positive,
        } = sent;
        step.facts.push(Fact::Sent {
            packet,
            from,
            to,
            kind,
            term,
            index,
            next,
            positive,
        });
    }
}
