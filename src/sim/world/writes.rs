//! Disks: when a write is done, and what waits for it.

use super::World;
use crate::raft::{Message, NodeId, Rule};
use crate::sim::disk::Promise;
use crate::sim::network::Body;
use crate::sim::random::{self, Purpose};
use crate::sim::step::{Cause, Fact, Step, StepId};
use crate::sim::time::Time;

impl World {
    /// Writes what a server has by now to its disk, and says whether that is done at once. A disk
    /// that is busy will do it afterwards.
    pub(super) fn write(&mut self, id: NodeId, step: &mut Step) -> bool {
        let (now, time) = (self.now, self.write_time(id));
        let Some(up) = self.servers.up_mut(id) else {
            return false;
        };
        if !up.disk.takes_time() {
            return true;
        }
        if up.disk.ask_again(step.id, up.node.persistent()) {
            return false;
        }
        if time == Time::ZERO {
            up.disk.replace(up.node.persistent().clone());
            return true;
        }
        self.begin_write(id, (now, now + time), (step.id, Vec::new()), step);
        false
    }

    /// Begins a write of all that a server has by now. What is held waits for it.
    fn begin_write(
        &mut self,
        id: NodeId,
        (now, done_at): (Time, Time),
        (asked_by, held): (StepId, Vec<Promise>),
        step: &mut Step,
    ) {
        if let Some(up) = self.servers.up_mut(id) {
            let content = up.node.persistent().clone();
            let last = content.log.last_index();
            up.disk.begin((now, done_at), asked_by, content, held);
            step.facts.push(Fact::WriteBegun {
                server: id,
                last,
                done_at,
            });
        }
    }

    /// How long the next write of a server takes.
    fn write_time(&self, id: NodeId) -> Time {
        let (low, high) = self.timing.disk;
        match self.server(id).disk_time {
            Some(time) => time,
            None if high == Time::ZERO => high,
            None => {
                let bits = random::roll(self.seed, Purpose::Disk, id.number() as u32, self.now);
                random::between(bits, low, high)
            }
        }
    }

    /// A write is done: what waited for it goes out, the server learns of it, and the next one
    /// begins if one was asked for meanwhile.
    pub(super) fn finish_write(&mut self, id: NodeId, step: &mut Step) {
        let up = self.servers.up_mut(id);
        let Some(writing) = up.and_then(|up| up.disk.finish()) else {
            return;
        };
        self.begin(step, Cause::Written { server: id }, Some(writing.asked_by));
        let written = writing.content().written();
        step.facts.push(Fact::Written {
            server: id,
            last: writing.last().index,
        });
        let (held, next) = writing.into_promises();
        for (to, message) in held {
            self.send(id, to, Body::Raft(message), step);
        }
        if let Some(next) = next {
            let time = self.write_time(id);
            self.begin_write(id, (self.now, self.now + time), next, step);
        }
        self.tell(id, written, step);
        self.set_disk(id);
    }

    /// Sends a message, when all that it rests on is on disk.
    pub(super) fn send_when_written(
        &mut self,
        id: NodeId,
        to: NodeId,
        message: Message,
        step: &mut Step,
    ) {
        let waits = message.needs_durable_state() && self.config.rules.on(Rule::SyncBeforeReply);
        let up = self.servers.up_mut(id).filter(|_| waits);
        let promise = match up {
            Some(up) => up.disk.hold((to, message)),
            None => Some((to, message)),
        };
        if let Some((to, message)) = promise {
            self.send(id, to, Body::Raft(message), step);
        }
    }

    /// Lets a server's disk take time, or none, as it is set.
    pub(super) fn set_disk(&mut self, id: NodeId) {
        let high = self.timing.disk.1;
        let (now, time) = (self.now, self.write_time(id));
        let Some(server) = self.servers.find_mut(id) else {
            return;
        };
        let slow = server.disk_time.unwrap_or(high) > Time::ZERO;
        if let Some(up) = server.up_mut() {
            up.disk.set(slow, up.node.persistent());
            up.disk.reschedule(now, time);
        }
    }

    /// Stops a server. What it was writing is lost, but for what had reached the disk.
    pub(super) fn crash(&mut self, id: NodeId, step: &mut Step) {
        let (now, forgetful) = (self.now, self.new_disk(id));
        let Some(server) = self.servers.find_mut(id) else {
            return;
        };
        let (had, unwritten) = (server.term(), server.log().last_index());
        let writing = server.up().is_some_and(|up| up.disk.writing().is_some());
        server.crash(now, forgetful);
        step.facts.push(Fact::Crashed { server: id });
        let (term, last) = (server.term(), server.log().last_index());
        if writing {
            step.facts.push(Fact::WriteCut {
                server: id,
                last,
                unwritten,
                term: Some(term).filter(|term| *term < had),
            });
        }
    }
}
