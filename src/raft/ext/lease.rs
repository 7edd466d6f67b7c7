//! Leases (dissertation, 6.4.1): a leader answers reads without sending a message.
//!
//! # What it adds
//!
//! A server that replied to a leader's heartbeat votes for no other server within the minimum
//! election timeout ([`super::check_quorum`]). So when a majority has replied to a round, no other
//! leader can be elected for that long after the round *began*. For this time the leader has a
//! lease: it knows that it leads.
//!
//! This is the only place in Raft where safety depends on clocks. If one clock may run faster than
//! another by a quarter, a lease must be shorter than the minimum election timeout by as much. If a
//! clock runs even faster, reads can be stale.
//!
//! A node has no clock. It starts a timer when a round begins. If a majority has replied to that
//! round, the leader has a lease until the timer expires. There are two such timers, so that a
//! lease can be renewed while it runs.
//!
//! # By example
//!
//! The minimum election timeout is 150 ms and clocks may differ by a quarter, so a lease lasts 120
//! ms. A round begins at 1000 ms; S2 replies, which completes a majority of three. S2 received the
//! round after 1000 ms, so by its own clock it elects no other leader before 1150 ms. Even if its
//! clock runs faster by a quarter, that is after 1120 ms, when the lease ends.
//!
//! # Hooks
//!
//! - `send_to_all` begins a lease with each round, if [`super::super::Config::leases`] is on;
//! - `timeout` ends it; `leave_role` and a leadership transfer end it early;
//! - [`super::read`] asks [`Node::has_lease`].

use crate::raft::event::Event;
use crate::raft::io::{Output, Outputs, Timer};
use crate::raft::machine::StateMachine;
use crate::raft::node::{Node, Role};
use crate::raft::types::Round;

/// A leader's leases.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(in crate::raft) struct Leases {
    /// For each of the two timers: the round that began when it was started.
    begun: [Option<Round>; 2],
    /// TimeoutNow was sent: voters may now elect the transferee, at any later time. So this leader
    /// never has a lease again.
    given_up: bool,
}

impl Leases {
    /// The two timers.
    pub(in crate::raft) const TIMERS: [Timer; 2] = [Timer::EvenLease, Timer::OddLease];

    /// Ends all leases: their timers mean nothing any more.
    pub(in crate::raft) fn forget(&mut self) {
        self.begun = [None; 2];
    }
}

impl<M: StateMachine> Node<M> {
    /// A round begins, and a lease may begin with it.
    pub(in crate::raft) fn begin_lease(&mut self, out: &mut Vec<Output<M>>) {
        if !self.config.leases() {
            return;
        }
        let confirmed = self.confirmed_round();
        let leader = self.role.leading_mut();
        let (round, leases) = (leader.round, &mut leader.leases);
        // Use the timer that does not run, or the one that expires first if a majority has
        // confirmed both. A lease that is not confirmed yet may be soon.
        let place = match leases.begun {
            _ if leases.given_up => return,
            [None, _] => 0,
            [_, None] => 1,
            [Some(even), Some(odd)] if even.max(odd) <= confirmed => usize::from(odd < even),
            _ => return,
        };
        leases.begun[place] = Some(round);
        out.push(Output::SetTimer(Leases::TIMERS[place]));
    }

    /// Whether this leader may answer reads at once.
    pub fn has_lease(&self) -> bool {
        self.lease_timer().is_some()
    }

    /// The timer with which its lease expires, if it has one.
    pub fn lease_timer(&self) -> Option<Timer> {
        let Role::Leader(leader) = &self.role else {
            return None;
        };
        if !self.config.leases() {
            return None;
        }
        let confirmed = self.confirmed_round();
        let begun = leader.leases.begun.iter().zip(Leases::TIMERS);
        begun
            .filter_map(|(round, timer)| Some(((*round)?, timer)))
            .filter(|(round, _)| *round <= confirmed)
            .max_by_key(|(round, _)| *round)
            .map(|(_, timer)| timer)
    }

    /// A lease timer expired.
    pub(in crate::raft) fn lease_timeout(&mut self, timer: Timer, out: &mut Vec<Output<M>>) {
        let had = self.has_lease();
        if let Role::Leader(leader) = &mut self.role {
            leader.leases.begun[usize::from(timer == Leases::TIMERS[1])] = None;
        }
        if had && !self.has_lease() {
            out.report(Event::LeaseEnded);
        }
    }

    /// TimeoutNow is about to be sent.
    pub(in crate::raft) fn give_up_leases(&mut self, out: &mut Vec<Output<M>>) {
        self.role.leading_mut().leases.given_up = true;
        self.stop_leases(out);
    }

    /// Ends all leases: this server stops leading, or transfers its leadership.
    pub(in crate::raft) fn stop_leases(&mut self, out: &mut Vec<Output<M>>) {
        let leases = &mut self.role.leading_mut().leases;
        for (begun, timer) in leases.begun.iter_mut().zip(Leases::TIMERS) {
            if begun.take().is_some() {
                out.push(Output::StopTimer(timer));
            }
        }
    }
}
