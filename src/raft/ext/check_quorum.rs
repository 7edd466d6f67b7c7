//! CheckQuorum (dissertation, 6.2) and the minimum election timeout (4.2.3).
//!
//! # What it adds
//!
//! *A leader without a majority steps down.* It can commit nothing. But its clients would wait for
//! it, and the servers that still hear it would not elect another leader. A leader does not need
//! its election timer otherwise, so it serves here: it restarts whenever a majority has replied,
//! and when it expires, a majority was silent for a whole election timeout.
//!
//! *A server that heard from a leader within the minimum election timeout elects no other one.* Its
//! own election timer cannot have expired yet, so a server that wants an election has lost its
//! connection or is no member any more. With Pre-Vote such a request is rejected; with CheckQuorum
//! a RequestVote is ignored, and its term too, so that it cannot depose a leader that works. A
//! request that a leadership transfer made is the exception: it says so.
//!
//! The two belong together: servers that protect their leader need a leader that steps down when it
//! is of no use.
//!
//! A server that has just started may have heard from a leader a moment before it crashed. With
//! leases ([`super::lease`]) this matters, so it behaves as if it had.
//!
//! # By example
//!
//! S1 leads five servers and is cut off from all but S2. Without CheckQuorum it leads term 1 for ever,
//! and its clients wait. With it, no majority replies for an election timeout, and S1 becomes a
//! follower: clients ask S3, which has been elected in term 2 meanwhile.
//!
//! # Hooks
//!
//! - `become_leader` and `heartbeat` start the check, if [`super::super::Config::check_quorum`] is on;
//! - `timeout` calls `check_quorum` when the election timer of a leader expires;
//! - `is_answered` calls `hear` for each reply;
//! - `receive` asks `ignores_vote_request` before the rule for terms;
//! - `follow` calls `note_leader_contact`, `election_timeout` calls `forget_leader_contact`.

use crate::raft::event::{Event, StepDown, TimerResetReason};
use crate::raft::io::{Output, Outputs, Timer};
use crate::raft::machine::StateMachine;
use crate::raft::message::Message;
use crate::raft::node::Node;
use crate::raft::types::{NodeId, ServerSet};

/// The followers that a leader has heard from since its election timer started.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(in crate::raft) struct QuorumCheck {
    heard: ServerSet,
    /// Whether the leader's election timer runs: the option may be switched while it leads.
    active: bool,
}

/// The leader's side.
impl<M: StateMachine> Node<M> {
    /// Starts or stops the check, as [`super::super::Config::check_quorum`] says.
    pub(in crate::raft) fn start_quorum_check(&mut self, out: &mut Vec<Output<M>>) {
        let check = &mut self.role.leading_mut().quorum_check;
        if check.active == self.config.check_quorum {
            return;
        }
        check.active = self.config.check_quorum;
        if self.config.check_quorum {
            self.restart_quorum_check(out);
        } else {
            out.push(Output::StopTimer(Timer::Election));
        }
    }

    /// A follower replied in the leader's term.
    pub(in crate::raft) fn hear(&mut self, follower: NodeId, out: &mut Vec<Output<M>>) {
        let check = &mut self.role.leading_mut().quorum_check;
        if check.active {
            check.heard.insert(follower);
            if self.hears_quorum() {
                self.restart_quorum_check(out);
            }
        }
    }

    /// Servers that have just become members have had no time to reply.
    pub(in crate::raft) fn count_as_heard(&mut self, servers: ServerSet) {
        let check = &mut self.role.leading_mut().quorum_check;
        check.heard = check.heard.or(servers);
    }

    /// CheckQuorum 1: the election timer of a leader expired.
    pub(in crate::raft) fn check_quorum(&mut self, out: &mut Vec<Output<M>>) {
        if !self.config.check_quorum {
            self.role.leading_mut().quorum_check.active = false;
        } else if self.hears_quorum() {
            // The leader is a majority by itself, or there are new members.
            self.restart_quorum_check(out);
        } else {
            let heard = self.role.leading().quorum_check.heard;
            self.become_follower(StepDown::NoQuorum { heard }, out);
        }
    }

    fn restart_quorum_check(&mut self, out: &mut Vec<Output<M>>) {
        let check = &mut self.role.leading_mut().quorum_check;
        let heard = std::mem::take(&mut check.heard);
        self.reset_election_timer(TimerResetReason::HeardQuorum(heard), out);
    }

    fn hears_quorum(&self) -> bool {
        let heard = self.role.leading().quorum_check.heard;
        self.configuration().has_quorum(heard.with(self.id))
    }
}

/// The voter's side.
impl<M: StateMachine> Node<M> {
    /// CheckQuorum 2: whether a message must be ignored, with its term: it asks for a vote although a leader is
    /// alive. The election would depose that leader for nothing.
    pub(in crate::raft) fn ignores_vote_request(&self, message: &Message<M>) -> bool {
        let is_unwanted = matches!(
            message,
            Message::RequestVote {
                leadership_transfer: false,
                ..
            }
        );
        is_unwanted && self.config.check_quorum && self.live_leader().is_some()
    }

    /// The leader this server heard from within the minimum election timeout. A leader hears from
    /// itself. The inner value is `None` if the leader is unknown, because the server has seen a
    /// later term since.
    pub(in crate::raft) fn live_leader(&self) -> Option<Option<NodeId>> {
        (self.heard_from_leader || self.is_leader()).then(|| self.leader())
    }

    /// The leader has sent a message: restart the minimum election timeout.
    pub(in crate::raft) fn note_leader_contact(&mut self, out: &mut Vec<Output<M>>) {
        if self.config.pre_vote || self.config.check_quorum {
            self.heard_from_leader = true;
            out.push(Output::SetTimer(Timer::MinElection));
        }
    }

    /// The server has just started, and does not know when it last heard from a leader.
    pub(in crate::raft) fn assume_leader_contact(&mut self, out: &mut Vec<Output<M>>) {
        if self.config.leases() {
            self.note_leader_contact(out);
        }
    }

    /// The minimum election timeout elapsed.
    pub(in crate::raft) fn min_election_timeout(&mut self, out: &mut Vec<Output<M>>) {
        self.heard_from_leader = false;
        let leader = self.leader();
        out.report(Event::MinElectionTimeoutEnded { leader });
    }

    /// The server starts an election itself.
    pub(in crate::raft) fn forget_leader_contact(&mut self, out: &mut Vec<Output<M>>) {
        if std::mem::take(&mut self.heard_from_leader) {
            out.push(Output::StopTimer(Timer::MinElection));
        }
    }
}
