//! Reads that do not go through the log (dissertation, 6.4).
//!
//! A read changes nothing, so it need not be in the log. But a leader cannot just look into its
//! state machine: it may have been deposed without having heard of it, and then the machine lacks
//! what its successor has committed since. So it does this (ReadIndex):
//!
//! 1. It waits until it has committed an entry of its own term. Before that it does not know how
//!    far earlier leaders had committed.
//! 2. It remembers its commit index: what was answered to anybody so far lies before it.
//! 3. It makes sure that it leads: a majority answers a round of heartbeats that began after the
//!    read was asked. One round serves all the reads that wait for it. With a lease
//!    ([`super::lease`]) it knows already.
//! 4. When its state machine has come to that index, it may answer.
//!
//! A follower can serve reads too: it asks its leader for the index of step 2, and waits until its
//! own state machine has come there.

use super::config::SendPolicy;
use super::event::{Event, IgnoreReason, Reading};
use super::message::Message;
use super::node::{Node, Output, Role};
use super::replication::LeaderState;
use super::rules::Rule;
use super::types::{LogIndex, NodeId, Round, ServerSet, Term};
use crate::kv::{ClientId, Command};

/// A client's read: whose, and which of its requests.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ReadId {
    /// Whose.
    pub client: ClientId,
    /// The client's number of the request.
    pub serial: u32,
}

impl ReadId {
    /// The read that a command is.
    pub fn of(command: &Command) -> Self {
        let Command { client, serial, .. } = *command;
        Self { client, serial }
    }
}

/// A read that waits at a server.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Read {
    /// Which.
    pub id: ReadId,
    /// The follower that asks for the index, if not this server itself is to answer.
    pub follower: Option<NodeId>,
    /// What for.
    pub stage: Stage,
}

impl Read {
    /// The round that a majority is to answer before the read may be, if it waits for one.
    pub fn round(&self) -> Option<Round> {
        match self.stage {
            Stage::Confirming { round, .. } => Some(round),
            _ => None,
        }
    }
}

/// What a read waits for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Stage {
    /// That the leader commits an entry of its own term.
    Settling,
    /// That a majority answers this round or a later one.
    Confirming {
        /// What was committed.
        index: LogIndex,
        /// The first round that began after the read was asked.
        round: Round,
    },
    /// That the leader says how far the state machine must come.
    Asked {
        /// Which leader.
        leader: NodeId,
        /// In which term.
        term: Term,
    },
    /// That the state machine comes to this entry.
    Applying {
        /// Which.
        index: LogIndex,
    },
}

/// The most reads that wait at a server; who comes then is to come again.
const MAX_READS: usize = 64;

impl Node {
    /// A client wants to read here.
    pub(super) fn read(&mut self, id: ReadId, out: &mut Vec<Output>) {
        let Some(leader) = self.leader() else {
            out.push(Output::Event(Event::NotLeader { leader: None }));
            return out.push(Output::RefuseRead { id, leader: None });
        };
        if self.is_leader() {
            return self.take_read(id, None, out);
        }
        let term = self.persistent.current_term;
        // A client that asks again may have been waiting for a message that was lost.
        let known = self.reads.iter().find(|read| read.id == id);
        match known.map(|read| read.stage) {
            None if self.reads.len() >= MAX_READS => {
                let leader = Some(leader);
                return out.push(Output::RefuseRead { id, leader });
            }
            None => self.reads.push(Read {
                id,
                follower: None,
                stage: Stage::Asked { leader, term },
            }),
            Some(Stage::Asked { .. }) => {}
            Some(_) => return,
        }
        out.push(Output::Event(Event::ReadAsked { leader, id }));
        let message = Message::ReadIndex { term, id };
        out.push(Output::Send {
            to: leader,
            message,
        });
    }

    /// ReadIndex, receiver: a follower has a read to serve.
    pub(super) fn read_index(
        &mut self,
        follower: NodeId,
        term: Term,
        id: ReadId,
        out: &mut Vec<Output>,
    ) {
        let ours = self.persistent.current_term;
        if term < ours {
            return self.ignore(follower, IgnoreReason::OldTerm { theirs: term, ours }, out);
        }
        if !self.is_leader() {
            return self.ignore(follower, IgnoreReason::LeadsNoLonger, out);
        }
        self.take_read(id, Some(follower), out);
    }

    fn take_read(&mut self, id: ReadId, follower: Option<NodeId>, out: &mut Vec<Output>) {
        // Asked again, it was still asked before all that its index lies before.
        let same = |read: &Read| (read.id, read.follower) == (id, follower);
        if self.reads.iter().any(same) {
            return;
        }
        if self.reads.len() >= MAX_READS {
            if follower.is_none() {
                let leader = Some(self.id);
                out.push(Output::RefuseRead { id, leader });
            }
            return;
        }
        if !self.may_note_reads() {
            let term = self.persistent.current_term;
            out.push(Output::Event(Event::ReadHeld { id, term }));
        }
        self.reads.push(Read {
            id,
            follower,
            stage: Stage::Settling,
        });
    }

    /// ReadIndex, answer: this far the state machine must come.
    pub(super) fn read_index_reply(
        &mut self,
        leader: NodeId,
        term: Term,
        id: ReadId,
        index: LogIndex,
        out: &mut Vec<Output>,
    ) {
        let asked = Stage::Asked { leader, term };
        let waits = |read: &&mut Read| read.id == id && read.stage == asked;
        let Some(read) = self.reads.iter_mut().find(waits) else {
            return self.ignore(leader, IgnoreReason::ReadOver, out);
        };
        read.stage = Stage::Applying { index };
        let applied = self.last_applied;
        out.push(Output::Event(Event::ReadIndexKnown {
            leader,
            id,
            index,
            applied,
        }));
    }

    /// At the end of each step in which reads wait: gives up those that nobody will confirm, and
    /// sees which come further.
    pub(super) fn tend_reads(&mut self, out: &mut Vec<Output>) {
        self.give_up_reads(out);
        if self.is_leader() {
            self.note_reads(out);
            self.confirm_reads(out);
        }
        let applied = self.last_applied;
        self.reads.retain(|read| match read.stage {
            Stage::Applying { index } if index <= applied => {
                out.push(Output::ServeRead(read.id));
                false
            }
            _ => true,
        });
        self.begin_read_round(out);
    }

    /// What was asked of a leader that is none any more is to be asked of the next.
    fn give_up_reads(&mut self, out: &mut Vec<Output>) {
        let (leads, leader) = (self.is_leader(), self.leader());
        let now = self.persistent.current_term;
        self.reads.retain(|read| {
            let stays = match read.stage {
                Stage::Settling | Stage::Confirming { .. } => leads,
                Stage::Asked {
                    leader: asked,
                    term,
                } => leader == Some(asked) && term == now,
                Stage::Applying { .. } => true,
            };
            if !stays && read.follower.is_none() {
                let id = read.id;
                out.push(Output::Event(Event::ReadGivenUp { id, leader }));
                out.push(Output::RefuseRead { id, leader });
            }
            stays
        });
    }

    /// Step 1: a leader knows how far earlier ones had committed once an entry of its own is.
    fn may_note_reads(&self) -> bool {
        let committed = self.persistent.log.term(self.commit_index);
        committed == Some(self.persistent.current_term) || !self.rule(Rule::ReadAfterOwnTerm)
    }

    /// Step 2, and a part of step 3: what can be known without asking anybody.
    fn note_reads(&mut self, out: &mut Vec<Output>) {
        if !self.may_note_reads() {
            return;
        }
        let index = self.commit_index;
        let sure = if !self.rule(Rule::ConfirmReads) {
            Some(Reading::Unconfirmed)
        } else if self.has_lease() {
            Some(Reading::Lease)
        } else {
            None
        };
        let Role::Leader(leadership) = &self.role else {
            return;
        };
        let round = leadership.round().next();
        for read in &mut self.reads {
            if read.stage != Stage::Settling {
                continue;
            }
            let how = sure.unwrap_or(Reading::Round(round));
            let id = read.id;
            out.push(Output::Event(Event::ReadNoted { id, index, how }));
            read.stage = Stage::Confirming {
                index,
                round: if sure.is_some() { Round(0) } else { round },
            };
        }
    }

    /// Step 3: a majority has answered a round that began after the read was asked, so when it was
    /// asked there was no later leader.
    fn confirm_reads(&mut self, out: &mut Vec<Output>) {
        let Role::Leader(leadership) = &self.role else {
            return;
        };
        let confirmed = self.confirmed_round();
        let (own, voters) = (self.id, self.configuration().all_voters());
        let term = self.persistent.current_term;
        let mut told = None;
        self.reads.retain_mut(|read| {
            let Stage::Confirming { index, round } = read.stage else {
                return true;
            };
            if round > confirmed {
                return true;
            }
            // Those that share a round are confirmed together.
            if round > Round(0) && told != Some(round) {
                told = Some(round);
                let servers = leadership.answered(voters, round).without(own);
                out.push(Output::Event(Event::ReadsConfirmed { round, servers }));
            }
            let Some(to) = read.follower else {
                read.stage = Stage::Applying { index };
                return true;
            };
            let id = read.id;
            let message = Message::ReadIndexReply { term, id, index };
            out.push(Output::Send { to, message });
            false
        });
    }

    /// Reads that came while a round was under way wait for the next. It begins with the next
    /// heartbeat; or, where a leader does not wait with what it has to send, as soon as the one
    /// under way is answered.
    fn begin_read_round(&mut self, out: &mut Vec<Output>) {
        let Role::Leader(leadership) = &self.role else {
            return;
        };
        if self.config.send == SendPolicy::OnHeartbeat {
            return;
        }
        let (mut under_way, mut wanted) = (false, false);
        for read in &self.reads {
            if let Stage::Confirming { round, .. } = read.stage {
                let begun = round <= leadership.round();
                under_way |= begun;
                wanted |= !begun;
            }
        }
        if wanted && !under_way {
            self.broadcast(out);
        }
    }

    /// The latest round that a majority has answered. Who leads need not ask itself.
    pub(super) fn confirmed_round(&self) -> Round {
        let Role::Leader(leadership) = &self.role else {
            return Round(0);
        };
        self.configuration().reached_by_quorum(|id| {
            if id == self.id {
                Round(u64::MAX)
            } else {
                leadership.progress(id).answered
            }
        })
    }

    /// The reads that wait here.
    pub fn reads(&self) -> &[Read] {
        &self.reads
    }
}

impl LeaderState {
    /// Of some servers, those that have answered a round or a later one.
    fn answered(&self, servers: ServerSet, round: Round) -> ServerSet {
        let answered = |id: &NodeId| self.progress(*id).answered >= round;
        servers.iter().filter(answered).collect()
    }
}
