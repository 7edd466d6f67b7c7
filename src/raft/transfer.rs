//! LeaderState transfer (dissertation, 3.10): a leader hands over to a follower of its choice.
//!
//! It is of use when the leader's machine is to be stopped, or another is better placed. Waiting
//! for an election timeout would do as well, but slowly, and the winner would be anybody. So the
//! leader takes no more requests, sends the target what its log lacks, and then tells it to stand
//! for election at once. From there it is an ordinary election, safe for the ordinary reasons; the
//! target's log is complete and nobody else stands, so it wins.
//!
//! If that does not happen within an election timeout, the leader goes on as before.

use super::event::{Campaign, Event, IgnoreReason, TransferError};
use super::message::Message;
use super::node::{Node, Output, Role, Timer};
use super::replication::LeaderState;
use super::types::{NodeId, Term};

/// A leader is handing over.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct LeadershipTransfer {
    /// To whom.
    pub to: NodeId,
    /// Whether that server's log was complete, and it was told to stand for election.
    pub told: bool,
}

impl LeaderState {
    pub(super) fn hands_over_to(&self, id: NodeId) -> bool {
        self.handover.is_some_and(|handover| handover.to == id)
    }
}

/// The leader's side.
impl Node {
    /// Somebody wants `to` to lead instead. Asking for the leader itself calls a transfer off.
    pub(super) fn transfer(&mut self, to: NodeId, out: &mut Vec<Output>) {
        let (own, voters) = (self.id, self.configuration().voters);
        let Role::Leader(leadership) = &mut self.role else {
            let leader = self.leader();
            return out.push(Output::Event(Event::NotLeader { leader }));
        };
        let reason = match leadership.handover {
            Some(_) if to == own => return self.end_transfer(TransferError::Cancelled, out),
            None if to == own => Some(TransferError::LeadsAlready),
            // The same request again does not gain it more time.
            Some(handover) if handover.to == to => Some(TransferError::UnderWay),
            _ if !voters.contains(to) => Some(TransferError::NoVoter),
            _ => None,
        };
        if let Some(reason) = reason {
            return out.push(Output::Event(Event::NotTransferred { to, reason }));
        }
        leadership.handover = Some(LeadershipTransfer { to, told: false });
        let lags = leadership.progress(to).match_index < self.persistent.log.last_index();
        out.push(Output::Event(Event::TransferStarted { to, lags }));
        out.push(Output::SetTimer(Timer::Transfer));
        if lags {
            self.send_append(to, out);
        }
        self.hand_over_if_complete(out);
    }

    /// The target must have the leader's whole log before it stands: no vote is refused it then.
    pub(super) fn hand_over_if_complete(&mut self, out: &mut Vec<Output>) {
        let (term, last) = (
            self.persistent.current_term,
            self.persistent.log.last_index(),
        );
        let Role::Leader(leadership) = &mut self.role else {
            return;
        };
        let Some(LeadershipTransfer { to, told: false }) = leadership.handover else {
            return;
        };
        if leadership.progress(to).match_index == last {
            leadership.handover = Some(LeadershipTransfer { to, told: true });
            let message = Message::TimeoutNow { term };
            self.give_up_leases(out);
            out.push(Output::Send { to, message });
        }
    }

    /// It took too long, or is called off: the leader goes on.
    pub(super) fn end_transfer(&mut self, reason: TransferError, out: &mut Vec<Output>) {
        if let Role::Leader(leadership) = &mut self.role
            && let Some(LeadershipTransfer { to, .. }) = leadership.handover.take()
        {
            out.push(Output::StopTimer(Timer::Transfer));
            out.push(Output::Event(Event::NotTransferred { to, reason }));
        }
    }

    /// Whom this leader is handing over to, if it is.
    pub fn transfer_to(&self) -> Option<NodeId> {
        match &self.role {
            Role::Leader(leadership) => leadership.handover.map(|handover| handover.to),
            _ => None,
        }
    }
}

/// The target's side.
impl Node {
    /// TimeoutNow, receiver: stand for election as if the election timer had run out, and without
    /// asking first. The leader knows that it will be deposed.
    pub(super) fn timeout_now(&mut self, leader: NodeId, term: Term, out: &mut Vec<Output>) {
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
        self.give_up_loyalty(out);
        self.stand(Campaign::Told { leader }, out);
    }
}
