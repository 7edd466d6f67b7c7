//! ReadIndex (dissertation, 6.4): reads without an entry in the log.
//!
//! # What it adds
//!
//! A read changes nothing, so it need not be in the log. But a leader cannot just look into its
//! state machine: it may have been deposed without knowing it, and its state machine then lacks what
//! the next leader has committed. So it does this:
//!
//! - *ReadIndex 1*: it waits until it has committed an entry of its own term. Before that, it does
//!   not know how far earlier leaders had committed.
//! - *ReadIndex 2*: it notes its commit index. Everything that was answered to any client so far is
//!   at or before this index.
//! - *ReadIndex 3*: it makes sure that it still leads: a majority replies to a round of heartbeats
//!   that began after the read arrived. One round confirms all reads that wait for it. With a lease
//!   ([`super::lease`]) no round is needed.
//! - *ReadIndex 4*: when its state machine has reached the noted index, it answers.
//!
//! A follower serves reads too: it asks its leader for the index of step 2, after step 3, and waits
//! until its own state machine has reached it.
//!
//! # Why step 3 is enough
//!
//! If another server had been elected in a later term before the read arrived, a majority would
//! know this later term. One of them would be in the majority that replied to the round, and its
//! reply would have deposed this leader. So when the read arrived, this leader was the latest, and
//! its commit index covered everything that any client had been told.
//!
//! # A stale read that is prevented, by example
//!
//! S1 leads term 1; x is 1. S1 is cut off from S2 and S3 without knowing it.
//!
//! | | S1 | S2 and S3 |
//! |---|---|---|
//! | 1 | | S2 is elected in term 2 |
//! | 2 | | a client writes x=2, and is told that it is done |
//! | 3 | a client asks S1 for x | |
//! | 4 | notes its commit index, begins a round | |
//! | 5 | nobody replies: the read waits | |
//! | 6 | the link heals: S1 sees term 2, rejects the read | |
//!
//! With [`Rule::ConfirmReads`] off, S1 answers "1" in step 4. The client that knew of x=2 reads an older
//! value: that is not linearizable.
//!
//! # The stages of a read
//!
//! ```text
//!             own entry committed      a majority replied        state machine is there
//!   Settling --------------------> Confirming ------------> Applying -----------------> answered
//!                                      |
//!   at a follower:  Asked -------------+--(ReadIndexReply)--> Applying ---------------> answered
//! ```
//!
//! A leader that is deposed rejects the reads of the first two stages. In the last one the read index is
//! known to be right: this server serves the read when its state machine gets there, leader or not.
//!
//! # Hooks
//!
//! - `step` gets [`super::super::Input::Read`], and calls `advance_reads` at its end;
//! - `step_leader` handles ReadIndex; all roles handle its reply;
//! - `is_answered` notes in [`super::super::Progress::answered`] which round a follower replied to.

use crate::raft::config::SendPolicy;
use crate::raft::event::{Event, IgnoreReason, Reading};
use crate::raft::io::{Output, Outputs};
use crate::raft::machine::StateMachine;
use crate::raft::message::Message;
use crate::raft::node::{LeaderState, Node, Role};
use crate::raft::rules::Rule;
use crate::raft::types::{ClientId, LogIndex, NodeId, Round, ServerSet, Term};

/// A client's read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ReadId {
    /// The client.
    pub client: ClientId,
    /// The client's number of the request.
    pub serial: u32,
}

/// A read that waits at a server.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Read {
    /// The read.
    pub id: ReadId,
    /// The follower that asked for the read index, if this server is not to answer the client.
    pub follower: Option<NodeId>,
    /// What it waits for.
    pub stage: Stage,
}

impl Read {
    /// The round that a majority must reply to, if the read waits for one.
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
    /// The leader must commit an entry of its own term (ReadIndex 1).
    Settling,
    /// A majority must reply to this round or a later one (ReadIndex 3).
    Confirming {
        /// The commit index when the read was noted.
        index: LogIndex,
        /// The first round that began after the read arrived.
        round: Round,
    },
    /// The leader must reply with the read index.
    Asked {
        /// The leader that was asked.
        leader: NodeId,
        /// The term in which it was asked.
        term: Term,
    },
    /// The state machine must reach this entry (ReadIndex 4).
    Applying {
        /// The read index.
        index: LogIndex,
    },
}

/// The most reads that wait at a server. Clients of further reads must try again.
const MAX_READS: usize = 64;

impl<M: StateMachine> Node<M> {
    /// A client asks to read at this server.
    pub(in crate::raft) fn read(&mut self, id: ReadId, out: &mut Vec<Output<M>>) {
        let Some(leader) = self.leader() else {
            out.report(Event::NotLeader { leader: None });
            return out.push(Output::RefuseRead { id, leader: None });
        };
        if self.is_leader() {
            return self.enqueue_read(id, None, out);
        }
        let term = self.persistent.current_term;
        // The client may ask again because a message was lost: then ask the leader again too.
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
        out.report(Event::ReadAsked { leader, id });
        let message = Message::ReadIndex { term, id };
        out.send(leader, message);
    }

    /// ReadIndex, receiver: a follower asks its leader for the read index.
    pub(in crate::raft) fn read_index(
        &mut self,
        follower: NodeId,
        term: Term,
        id: ReadId,
        out: &mut Vec<Output<M>>,
    ) {
        let ours = self.persistent.current_term;
        if term < ours {
            return self.ignore(follower, IgnoreReason::OldTerm { theirs: term, ours }, out);
        }
        self.enqueue_read(id, Some(follower), out);
    }

    fn enqueue_read(&mut self, id: ReadId, follower: Option<NodeId>, out: &mut Vec<Output<M>>) {
        // A repeated request keeps its place: its read index is fixed when it first arrives.
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
            out.report(Event::ReadHeld { id, term });
        }
        self.reads.push(Read {
            id,
            follower,
            stage: Stage::Settling,
        });
    }

    /// ReadIndex, reply: the follower's state machine must reach this index.
    pub(in crate::raft) fn read_index_reply(
        &mut self,
        leader: NodeId,
        term: Term,
        id: ReadId,
        index: LogIndex,
        out: &mut Vec<Output<M>>,
    ) {
        let asked = Stage::Asked { leader, term };
        let waits = |read: &&mut Read| read.id == id && read.stage == asked;
        let Some(read) = self.reads.iter_mut().find(waits) else {
            return self.ignore(leader, IgnoreReason::ReadOver, out);
        };
        read.stage = Stage::Applying { index };
        let applied = self.last_applied;
        out.report(Event::ReadIndexKnown {
            leader,
            id,
            index,
            applied,
        });
    }

    /// At the end of each step with waiting reads: drop those that cannot be confirmed any more, and
    /// move the others on.
    pub(in crate::raft) fn advance_reads(&mut self, out: &mut Vec<Output<M>>) {
        self.give_up_reads(out);
        if self.is_leader() {
            self.note_reads(out);
            self.confirm_reads(out);
        }
        // ReadIndex 4: the state machine has reached the read index.
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

    /// Reads that wait for a leader that leads no more are rejected: the client asks the next one.
    fn give_up_reads(&mut self, out: &mut Vec<Output<M>>) {
        let (leads, leader) = (self.is_leader(), self.leader());
        let current_term = self.persistent.current_term;
        self.reads.retain(|read| {
            let stays = match read.stage {
                Stage::Settling | Stage::Confirming { .. } => leads,
                Stage::Asked {
                    leader: asked,
                    term,
                } => leader == Some(asked) && term == current_term,
                Stage::Applying { .. } => true,
            };
            if !stays && read.follower.is_none() {
                let id = read.id;
                out.report(Event::ReadGivenUp { id, leader });
                out.push(Output::RefuseRead { id, leader });
            }
            stays
        });
    }

    /// ReadIndex 1: the leader has committed an entry of its own term.
    fn may_note_reads(&self) -> bool {
        let committed = self.persistent.log.term(self.commit_index);
        committed == Some(self.persistent.current_term) || !self.rule(Rule::ReadAfterOwnTerm)
    }

    /// ReadIndex 2, and the part of step 3 that needs no message.
    fn note_reads(&mut self, out: &mut Vec<Output<M>>) {
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
        let round = self.role.leading().round.next();
        for read in &mut self.reads {
            if read.stage != Stage::Settling {
                continue;
            }
            let how = sure.unwrap_or(Reading::Round(round));
            let id = read.id;
            out.report(Event::ReadNoted { id, index, how });
            // Round 0 is confirmed from the beginning.
            let round = if sure.is_some() { Round(0) } else { round };
            read.stage = Stage::Confirming { index, round };
        }
    }

    /// ReadIndex 3: a majority has replied to a round that began after the read arrived. So there
    /// was no later leader when the read arrived.
    fn confirm_reads(&mut self, out: &mut Vec<Output<M>>) {
        let confirmed = self.confirmed_round();
        let leader = self.role.leading();
        let (own, voters) = (self.id, self.configuration().all_voters());
        let term = self.persistent.current_term;
        let mut reported = None;
        self.reads.retain_mut(|read| {
            let Stage::Confirming { index, round } = read.stage else {
                return true;
            };
            if round > confirmed {
                return true;
            }
            // One event for all reads of a round.
            if round > Round(0) && reported != Some(round) {
                reported = Some(round);
                let servers = leader.answered(voters, round).without(own);
                out.report(Event::ReadsConfirmed { round, servers });
            }
            let Some(to) = read.follower else {
                read.stage = Stage::Applying { index };
                return true;
            };
            let id = read.id;
            let message = Message::ReadIndexReply { term, id, index };
            out.send(to, message);
            false
        });
    }

    /// Reads that arrive while a round is in progress wait for the next round. It begins with the
    /// next heartbeat; or, if the leader sends at once, when a majority has replied to the one in
    /// progress.
    fn begin_read_round(&mut self, out: &mut Vec<Output<M>>) {
        let Role::Leader(leader) = &self.role else {
            return;
        };
        if self.config.send == SendPolicy::OnHeartbeat {
            return;
        }
        let (mut in_progress, mut wanted) = (false, false);
        for read in &self.reads {
            if let Stage::Confirming { round, .. } = read.stage {
                let has_begun = round <= leader.round;
                in_progress |= has_begun;
                wanted |= !has_begun;
            }
        }
        if wanted && !in_progress {
            self.broadcast(out);
        }
    }

    /// The latest round that a majority has replied to. The leader itself counts as replied.
    pub(in crate::raft) fn confirmed_round(&self) -> Round {
        let Role::Leader(leader) = &self.role else {
            return Round(0);
        };
        self.configuration().reached_by_quorum(|id| {
            if id == self.id {
                Round(u64::MAX)
            } else {
                leader.progress(id).answered
            }
        })
    }

    /// The reads that wait at this server.
    pub fn reads(&self) -> &[Read] {
        &self.reads
    }
}

impl<M: StateMachine> LeaderState<M> {
    /// The servers that have replied to this round or a later one.
    fn answered(&self, servers: ServerSet, round: Round) -> ServerSet {
        let answered = |id: &NodeId| self.progress(*id).answered >= round;
        servers.iter().filter(answered).collect()
    }
}
