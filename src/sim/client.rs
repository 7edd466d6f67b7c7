//! A client: it finds the leader, asks, waits, and asks again (§8).
//!
//! It sends one request at a time, to the server it believes to lead. A server that does not lead
//! names the one that does, if it knows; a server that does not answer is given up after a while,
//! and the next one is asked. Requests are numbered, and a retry keeps its number, so that the
//! state machine can tell it from a new request.
//!
//! Where machines do not remember clients for ever, it opens a session before it asks for anything
//! (dissertation, 6.3). If it is then told that the session has expired, it cannot know whether the
//! request was executed: it lets that be, and opens another session for the next.

use std::collections::VecDeque;

use super::step::StepId;
use super::time::Time;
use crate::kv::{Answer, ClientId, Key, Op, SessionId};
use crate::raft::{Config, NodeId, ServerSet};

/// The most requests that wait their turn at one client; more are not taken.
pub const MAX_QUEUE: usize = 20;

/// How often in a row a client lets itself be sent on.
const MOST_SENT_ON: u8 = 4;

/// A client of the cluster.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Client {
    /// Which client.
    pub id: ClientId,
    /// The server it believes to be the leader.
    pub target: NodeId,
    /// What it is busy with.
    pub current: Option<PendingRequest>,
    /// What it will ask next.
    pub queue: VecDeque<QueuedRequest>,
    /// What it does by itself.
    pub workload: Option<Workload>,
    /// The last answer it got, and to what.
    pub last_answer: Option<(Op, Answer)>,
    /// How many of its requests were answered.
    pub answered: u32,
    /// Its session, as far as it knows.
    pub session: Option<SessionId>,
    serial: u32,
    /// How far it has come in the directory of servers.
    place: NodeId,
    /// How often in a row it was sent on.
    sent_on: u8,
}

/// Something a client wants.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct QueuedRequest {
    /// What.
    pub op: Op,
    /// Of which server, if not of the leader.
    pub from: Option<NodeId>,
}

/// A request that is not answered yet.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct PendingRequest {
    /// Its number.
    pub serial: u32,
    /// What is wanted.
    pub op: Op,
    /// How it is sent.
    pub stage: Stage,
    /// Which server is asked, if not the one that is believed to lead.
    pub from: Option<NodeId>,
    /// When it was first sent.
    pub asked_at: Time,
    /// The step that sent it last, or found nobody to send it to.
    pub since: StepId,
    /// How often it was sent.
    pub attempts: u32,
    /// When the client sends it again.
    pub retry_at: Time,
    /// Whether it is waiting for a server, rather than for a moment to try the next.
    pub waiting: bool,
}

/// How far a client has come with a request.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Stage {
    /// It asks for it, in its session or without one.
    Asking(Option<SessionId>),
    /// It opens a session first.
    Opening,
}

/// Something a client does by itself: it writes 1, 2, 3, ... to a key, one at a time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Workload {
    /// Where it writes.
    pub key: Key,
    /// How long after the last write it begins the next.
    pub every: Time,
    /// What it writes next.
    pub next: i32,
    /// When it writes next.
    pub next_at: Time,
}

impl Client {
    /// A client that knows of one server, with nothing to do but its habit.
    pub fn new(id: ClientId, target: NodeId, workload: Option<Workload>) -> Self {
        Self {
            id,
            target,
            current: None,
            queue: VecDeque::new(),
            workload,
            last_answer: None,
            answered: 0,
            session: None,
            serial: 0,
            place: target,
            sent_on: 0,
        }
    }

    /// Writes this by itself from now on, or nothing. It goes on counting where it was.
    pub fn write_by_itself(&mut self, writes: Option<(Key, Time)>, now: Time) {
        let next = self.workload.map_or(1, |workload| workload.next);
        self.workload = writes.map(|(key, every)| Workload {
            key,
            every,
            next,
            next_at: now + every,
        });
    }

    /// Takes numbers after `serial` for its requests: up to there they are in somebody's log, from
    /// before the run began.
    pub fn number_after(&mut self, serial: u32) {
        self.serial = self.serial.max(serial);
    }

    /// Why it takes no more requests, if it takes none.
    pub(super) fn check_room(&self) -> Result<(), String> {
        if self.queue.len() < MAX_QUEUE {
            return Ok(());
        }
        Err(format!(
            "{} has {MAX_QUEUE} requests waiting already",
            self.id
        ))
    }

    /// Turns to the next server in the directory, such as DNS, that lists all there are
    /// (dissertation, 6.1).
    pub fn look_up(&mut self, servers: ServerSet) {
        let next = servers.iter().find(|id| *id > self.place);
        let next = next.or_else(|| servers.iter().next());
        self.place = next.unwrap_or(self.place);
        self.target = self.place;
        self.sent_on = 0;
    }

    /// Turns to a server that another named as the leader. False if it was sent on too often:
    /// servers that have missed much may name each other for ever.
    pub fn follow(&mut self, leader: NodeId) -> bool {
        self.sent_on += 1;
        if self.sent_on > MOST_SENT_ON {
            return false;
        }
        self.target = leader;
        true
    }

    /// When it has something to do by its own clock.
    pub fn wakes_at(&self) -> Time {
        let retry = self.current.map_or(Time::NEVER, |errand| errand.retry_at);
        let workload = self
            .workload
            .map_or(Time::NEVER, |workload| workload.next_at);
        retry.min(workload)
    }

    /// If its habit is due, it wants to write the next number.
    pub fn follow_habit(&mut self, now: Time) {
        if let Some(workload) = &mut self.workload
            && workload.next_at <= now
        {
            workload.next_at = now + workload.every;
            if self.queue.is_empty() && self.current.is_none() {
                let (key, value) = (workload.key, workload.next);
                let op = Op::Set { key, value };
                self.queue.push_back(QueuedRequest { op, from: None });
                workload.next = workload.next.wrapping_add(1);
            }
        }
    }

    /// Begins the next request, if none is pending.
    pub fn begin_next(&mut self, now: Time, config: &Config) -> bool {
        if self.current.is_some() {
            return false;
        }
        let Some(QueuedRequest { op, from }) = self.queue.pop_front() else {
            return false;
        };
        self.serial += 1;
        let stage = match self.session {
            None if config.needs_session(op.is_read()) => Stage::Opening,
            session => Stage::Asking(session.filter(|_| config.needs_session(op.is_read()))),
        };
        self.current = Some(PendingRequest {
            serial: self.serial,
            op,
            stage,
            from,
            asked_at: now,
            since: StepId(0),
            attempts: 0,
            retry_at: Time::NEVER,
            waiting: false,
        });
        true
    }

    /// The server to ask.
    pub fn asks(&self) -> NodeId {
        let from = self.current.and_then(|errand| errand.from);
        from.unwrap_or(self.target)
    }

    /// Records that the pending request was sent: by which step, and when it times out.
    pub fn sent(&mut self, since: StepId, retry_at: Time) {
        if let Some(errand) = &mut self.current {
            errand.since = since;
            errand.attempts += 1;
            errand.waiting = true;
            errand.retry_at = retry_at;
        }
    }

    /// The answer of `server`, if it is to the pending request.
    pub fn answered(
        &mut self,
        server: NodeId,
        serial: u32,
        answer: Answer,
    ) -> Option<PendingRequest> {
        let errand = self.current.take_if(|errand| errand.serial == serial)?;
        // A read at a server of its choice says nothing of who leads.
        if errand.from.is_none() {
            self.stay_with(server);
        }
        // What nobody knows the outcome of is not answered.
        match answer {
            Answer::Expired => self.session = None,
            _ => self.answered += 1,
        }
        self.last_answer = Some((errand.op, answer));
        Some(errand)
    }

    /// Notes that the session it was opening is open. What it wants is now asked for, under a
    /// number of its own. False if that is not what it waits for.
    pub fn opened(&mut self, server: NodeId, serial: u32, session: SessionId) -> bool {
        let Some(errand) = self
            .current
            .as_mut()
            .filter(|errand| errand.serial == serial)
        else {
            return false;
        };
        self.serial += 1;
        (errand.serial, errand.attempts) = (self.serial, 0);
        errand.stage = Stage::Asking(Some(session));
        self.session = Some(session);
        self.stay_with(server);
        true
    }

    /// It has found who leads.
    fn stay_with(&mut self, server: NodeId) {
        (self.target, self.place, self.sent_on) = (server, server, 0);
    }

    /// The pending request, if it is time to send it again.
    pub fn overdue(&self, now: Time) -> Option<PendingRequest> {
        self.current.filter(|errand| errand.retry_at <= now)
    }

    /// Whether it is waiting for an answer to that request.
    pub fn awaits(&self, serial: u32) -> bool {
        self.current
            .is_some_and(|errand| errand.serial == serial && errand.waiting)
    }
}
