//! Leases (dissertation, 6.4.1): a leader that may answer reads without asking anybody.
//!
//! Whoever answers a leader's heartbeat is loyal to it for the shortest election timeout from then
//! on ([`super::loyalty`]), and votes for nobody. So when a majority has answered a round, no other
//! leader can be elected for that long after the round *began*. For as long the leader has a lease.
//!
//! That is a statement about clocks, the only one in Raft on which safety hangs: the leader's and
//! the voters'. If one may run faster than another by a quarter, a lease must be shorter than the
//! shortest election timeout by as much. Where a clock runs faster still, reads can be stale.
//!
//! A node has no clock. It starts a timer with a round; if a majority has answered that round by
//! then, it has a lease until the timer runs out. There are two such timers, so that a lease can be
//! renewed while it runs.

use super::event::Event;
use super::node::{Node, Output, Role, Timer};
use super::types::Round;

/// A leader's leases, by their timers: with which round each began.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Leases {
    begun: [Option<Round>; 2],
    /// A leader that told another to stand for election has broken its voters' loyalty itself. It
    /// may have been told long before it stands, so this leader never has a lease again.
    given_up: bool,
}

impl Leases {
    /// Their timers.
    pub(super) const TIMERS: [Timer; 2] = [Timer::EvenLease, Timer::OddLease];

    /// There are no leases any more: voters are not loyal.
    pub(super) fn forget(&mut self) {
        self.begun = [None; 2];
    }
}

impl Node {
    /// A round begins: with it a lease may.
    pub(super) fn begin_lease(&mut self, out: &mut Vec<Output>) {
        if !self.config.leases() {
            return;
        }
        let confirmed = self.confirmed_round();
        let Role::Leader(leadership) = &mut self.role else {
            return;
        };
        let (round, leases) = (leadership.round(), &mut leadership.leases);
        // The one that is not wanted: that does not run, or will run out first. One that is not
        // confirmed yet may be soon.
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

    /// Whether this leader need not ask anybody.
    pub fn has_lease(&self) -> bool {
        let Role::Leader(leadership) = &self.role else {
            return false;
        };
        if !self.config.leases() {
            return false;
        }
        let confirmed = self.confirmed_round();
        let mut begun = leadership.leases.begun.iter().flatten();
        begun.any(|round| *round <= confirmed)
    }

    /// The timer by which its lease runs out, if it has one.
    pub fn lease_timer(&self) -> Option<Timer> {
        let Role::Leader(leadership) = &self.role else {
            return None;
        };
        let confirmed = self.confirmed_round();
        let begun = leadership.leases.begun.iter().zip(Leases::TIMERS);
        let good = begun.filter_map(|(begun, timer)| Some((begun.as_ref()?, timer)));
        let good = good.filter(|(round, _)| self.config.leases() && **round <= confirmed);
        good.max_by_key(|(round, _)| **round)
            .map(|(_, timer)| timer)
    }

    /// A lease's timer ran out.
    pub(super) fn lease_ends(&mut self, timer: Timer, out: &mut Vec<Output>) {
        let had = self.has_lease();
        if let Role::Leader(leadership) = &mut self.role {
            let place = usize::from(timer == Leases::TIMERS[1]);
            leadership.leases.begun[place] = None;
        }
        if had && !self.has_lease() {
            out.push(Output::Event(Event::LeaseEnded));
        }
    }

    /// Its voters need not be loyal to it any more.
    pub(super) fn give_up_leases(&mut self, out: &mut Vec<Output>) {
        if let Role::Leader(leadership) = &mut self.role {
            leadership.leases.given_up = true;
        }
        self.stop_leases(out);
    }

    /// No lease goes on: this is not the leader any more, or one that hands over.
    pub(super) fn stop_leases(&mut self, out: &mut Vec<Output>) {
        let Role::Leader(leadership) = &mut self.role else {
            return;
        };
        for (begun, timer) in leadership.leases.begun.iter_mut().zip(Leases::TIMERS) {
            if begun.take().is_some() {
                out.push(Output::StopTimer(timer));
            }
        }
    }
}
