//! Leadership transfer (dissertation, 3.10): a leader makes a follower of its choice the leader.
//!
//! # What it adds
//!
//! An administrator wants to stop the leader's machine, or prefers a leader in another place.
//! Waiting for an election timeout would be slow, and any server could win. So the leader
//!
//! 1. stops accepting proposals;
//! 2. sends the transferee the entries that its log lacks;
//! 3. sends it TimeoutNow: start an election at once.
//!
//! From there on it is an ordinary election, safe for the ordinary reasons. The transferee wins it,
//! because its log is complete and no other server campaigns. If it does not lead after an election
//! timeout, the old leader goes on.
//!
//! # Why a transfer ends the leases
//!
//! With CheckQuorum, voters ignore vote requests while they hear from a leader. The election of a
//! transfer says that it is one, and they vote. So from the moment that TimeoutNow is sent, another
//! server can be elected at any time, and no lease holds.
//!
//! # By example
//!
//! S1 leads term 3 and transfers to S2, whose log lacks entry 9.
//!
//! | | S1 | S2 |
//! |---|---|---|
//! | 1 | rejects proposals from now on, sends entry 9 | |
//! | 2 | | stores it, replies: match 9 |
//! | 3 | sends TimeoutNow, ends its leases | |
//! | 4 | | term 4: votes for itself, asks S1 and S3 |
//! | 5 | sees term 4: follower, votes for S2 | |
//! | 6 | | leads term 4 |
//!
//! If S2 crashes in step 4, S1 knows nothing of term 4. Its transfer timer expires, and it accepts
//! proposals again.
//!
//! # Hooks
//!
//! - `step` gets [`super::super::Input::Transfer`]; `timeout` ends a transfer that takes too long;
//! - `propose` and `change_membership` reject while a transfer is in progress;
//! - `accepted` calls `send_timeout_now_if_complete` for the transferee;
//! - all roles handle TimeoutNow.

use crate::raft::event::{Campaign, Event, IgnoreReason, TransferError};
use crate::raft::io::{Output, Outputs, Timer};
use crate::raft::machine::StateMachine;
use crate::raft::message::Message;
use crate::raft::node::{LeaderState, Node, Role};
use crate::raft::types::{NodeId, Term};

/// A leadership transfer in progress.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct LeadershipTransfer {
    /// The server that is to lead.
    pub transferee: NodeId,
    /// Whether its log was complete, and TimeoutNow was sent.
    pub timeout_now_sent: bool,
}

impl<M: StateMachine> LeaderState<M> {
    pub(in crate::raft) fn transfers_to(&self, id: NodeId) -> bool {
        self.transfer
            .is_some_and(|transfer| transfer.transferee == id)
    }
}

/// The leader's side.
impl<M: StateMachine> Node<M> {
    /// An administrator asks for `transferee` to lead. Asking for the leader itself cancels a
    /// transfer.
    pub(in crate::raft) fn transfer_leadership(
        &mut self,
        transferee: NodeId,
        out: &mut Vec<Output<M>>,
    ) {
        let (own, to) = (self.id, transferee);
        let voters = self.configuration().voters;
        let Role::Leader(leader) = &mut self.role else {
            let leader = self.leader();
            return out.report(Event::NotLeader { leader });
        };
        let reason = match leader.transfer {
            Some(_) if to == own => return self.end_transfer(TransferError::Cancelled, out),
            None if to == own => Some(TransferError::LeadsAlready),
            // The same request again does not extend the time limit.
            Some(transfer) if transfer.transferee == to => Some(TransferError::UnderWay),
            _ if !voters.contains(to) => Some(TransferError::NoVoter),
            _ => None,
        };
        if let Some(reason) = reason {
            return out.report(Event::NotTransferred { to, reason });
        }
        leader.transfer = Some(LeadershipTransfer {
            transferee,
            timeout_now_sent: false,
        });
        let lags = leader.progress(to).match_index < self.persistent.log.last_index();
        out.report(Event::TransferStarted { to, lags });
        out.push(Output::SetTimer(Timer::Transfer));
        if lags {
            self.send_append(to, out);
        }
        self.send_timeout_now_if_complete(out);
    }

    /// Transfer 1: the transferee must hold the leader's whole log: then no server rejects it a vote.
    pub(in crate::raft) fn send_timeout_now_if_complete(&mut self, out: &mut Vec<Output<M>>) {
        let last = self.persistent.log.last_index();
        let leader = self.role.leading_mut();
        let Some(LeadershipTransfer {
            transferee,
            timeout_now_sent: false,
        }) = leader.transfer
        else {
            return;
        };
        if leader.progress(transferee).match_index == last {
            leader.transfer = Some(LeadershipTransfer {
                transferee,
                timeout_now_sent: true,
            });
            self.give_up_leases(out);
            let term = self.persistent.current_term;
            out.send(transferee, Message::TimeoutNow { term });
        }
    }

    /// The transfer took too long, or was cancelled: the leader goes on.
    pub(in crate::raft) fn end_transfer(
        &mut self,
        reason: TransferError,
        out: &mut Vec<Output<M>>,
    ) {
        if let Role::Leader(leader) = &mut self.role
            && let Some(LeadershipTransfer { transferee: to, .. }) = leader.transfer.take()
        {
            out.push(Output::StopTimer(Timer::Transfer));
            out.report(Event::NotTransferred { to, reason });
        }
    }

    /// The server that this leader transfers its leadership to.
    pub fn transferee(&self) -> Option<NodeId> {
        match &self.role {
            Role::Leader(leader) => leader.transfer.map(|transfer| transfer.transferee),
            _ => None,
        }
    }
}

/// The transferee's side.
impl<M: StateMachine> Node<M> {
    /// Transfer 2: the receiver of TimeoutNow: start an election as if the election timer had expired, and without a
    /// pre-vote: the leader agrees to be deposed.
    pub(in crate::raft) fn timeout_now(
        &mut self,
        leader: NodeId,
        term: Term,
        out: &mut Vec<Output<M>>,
    ) {
        let ours = self.persistent.current_term;
        if term < ours {
            return self.ignore(leader, IgnoreReason::OldTerm { theirs: term, ours }, out);
        }
        if !self.configuration().voters.contains(self.id) {
            return self.ignore(leader, IgnoreReason::NoVoter, out);
        }
        if self.is_leader() {
            return self.ignore(leader, IgnoreReason::RivalLeader, out);
        }
        self.forget_leader_contact(out);
        self.start_election(Campaign::Told { leader }, out);
    }
}
