//! How fast virtual time passes while a person watches.
//!
//! Seconds are not the unit of attention, events are. While packets travel, time runs at the
//! chosen speed; while nothing is under way and everyone only waits, it runs as much faster as it
//! takes for the wait to be short.

use super::Session;
use crate::sim::Time;

/// The longest a person is made to wait while nothing happens, in seconds of the wall clock.
const LONGEST_WAIT: f64 = 1.2;

/// A speed: so many seconds of the run in one second of the wall clock.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Pace {
    /// The chosen speed.
    pub speed: f64,
    /// Whether quiet time is compressed.
    pub adaptive: bool,
    /// While a quiet stretch is being crossed: when it ends, and how fast it is crossed.
    crossing: Option<(Time, f64)>,
}

impl Pace {
    /// The slowest and fastest speed.
    pub const SLOWEST: f64 = 1.0 / 200.0;
    /// The fastest speed.
    pub const FASTEST: f64 = 10.0;

    /// Quiet time compressed, at `speed`.
    pub fn new(speed: f64) -> Self {
        Self {
            speed,
            adaptive: true,
            crossing: None,
        }
    }

    /// How far the run has come after `wall` seconds more of watching.
    pub fn after(&mut self, session: &Session, wall: f64) -> Time {
        let now = session.now();
        let rate = self.rate(session);
        let mut to = now + Time((wall * rate * 1e6) as u64);
        // Speed changes where the quiet ends, not a frame later.
        if let Some((end, _)) = self.crossing {
            to = to.min(end);
        }
        to
    }

    /// Seconds of the run in a second of the wall clock, just now.
    pub fn rate(&mut self, session: &Session) -> f64 {
        let now = session.now();
        if !self.adaptive || !session.is_idle() {
            self.crossing = None;
            return self.speed;
        }
        let Some(next) = session.next_at() else {
            return self.speed;
        };
        match self.crossing {
            Some((end, rate)) if end == next && now < end => rate,
            _ => {
                let gap = next.saturating_sub(now).as_secs();
                let rate = self.speed.max(gap / LONGEST_WAIT);
                self.crossing = Some((next, rate));
                rate
            }
        }
    }

    /// Whether quiet time is being crossed faster than the chosen speed.
    pub fn is_hurrying(&self) -> bool {
        self.crossing
            .is_some_and(|(_, rate)| rate > self.speed * 1.01)
    }
}
