//! Loyalty to a leader that is alive (dissertation, 4.2.3, 6.2 and 9.6).
//!
//! Whoever has heard from a leader less than the shortest election timeout ago has no reason to
//! elect another: its own election timer cannot have run out yet. A server that wants an election
//! all the same has lost touch itself. So with Pre-Vote such a follower declines, and with
//! CheckQuorum it does not even listen.
//!
//! Who has just started may have been loyal a moment ago. Where that matters (with leases,
//! [`super::lease`]) it is loyal again, though it does not know to whom.
//!
//! A node has no clock. It starts a timer of that length with every word from its leader, and is
//! loyal until it is told that the timer ran out.

use super::event::Event;
use super::node::{Node, Output, Timer};
use super::types::NodeId;

impl Node {
    /// The leader has spoken.
    pub(super) fn be_loyal(&mut self, out: &mut Vec<Output>) {
        if self.config.pre_vote || self.config.check_quorum {
            self.heard_from_leader = true;
            out.push(Output::SetTimer(Timer::MinElection));
        }
    }

    /// The server has just started.
    pub(super) fn be_loyal_to_whoever_led(&mut self, out: &mut Vec<Output>) {
        if self.config.leases() {
            self.be_loyal(out);
        }
    }

    /// The leader has not spoken for the shortest election timeout.
    pub(super) fn loyalty_ends(&mut self, out: &mut Vec<Output>) {
        self.heard_from_leader = false;
        let leader = self.leader();
        out.push(Output::Event(Event::MinElectionTimeoutEnded { leader }));
    }

    /// It gives up on its leader itself.
    pub(super) fn give_up_loyalty(&mut self, out: &mut Vec<Output>) {
        if std::mem::take(&mut self.heard_from_leader) {
            out.push(Output::StopTimer(Timer::MinElection));
        }
    }

    /// The leader it is loyal to, if it is; a leader is loyal to itself. The leader may be
    /// unknown: a new term may have been seen since it spoke.
    pub(super) fn loyal_to(&self) -> Option<Option<NodeId>> {
        (self.heard_from_leader || self.is_leader()).then(|| self.leader())
    }
}
