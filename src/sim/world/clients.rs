//! Clients: what they ask for, and what they make of the answers.

use super::World;
use crate::kv::{Answer, ClientId};
use crate::sim::client::{PendingRequest, QueuedRequest, Stage};
use crate::sim::network::{Address, Body, Packet, ReplyOutcome};
use crate::sim::step::{Cause, Fact, Step};

/// Clients.
impl World {
    pub(super) fn wake_client(&mut self, id: ClientId, step: &mut Step) {
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

    pub(super) fn want(&mut self, id: ClientId, wish: QueuedRequest, step: &mut Step) {
        self.clients[id.slot()].queue.push_back(wish);
        self.begin_next_request(id, step);
    }

    pub(super) fn begin_next_request(&mut self, id: ClientId, step: &mut Step) {
        if self.clients[id.slot()].begin_next(self.now, &self.config) {
            self.ask(id, step);
        }
    }

    pub(super) fn ask(&mut self, id: ClientId, step: &mut Step) {
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

    pub(super) fn reach_client(&mut self, id: ClientId, packet: Packet, step: &mut Step) {
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
