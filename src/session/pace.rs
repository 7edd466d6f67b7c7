//! How fast virtual time passes while a person watches.
//!
//! Seconds are not the unit of attention, events are. While packets travel, time runs at about the
//! chosen speed, so that each is seen for about a second at the first one; while nothing is under
//! way and everyone only waits, it runs as much faster as it takes for the wait to be short.

use super::Session;
use crate::sim::{StepId, Time};

/// The longest a person is made to wait while nothing happens, in seconds of the wall clock.
pub const LONGEST_WAIT: f64 = 1.4;

/// How long a packet is on its way at [`Pace::FIRST`], in seconds of the wall clock. The network's
/// luck gives them longer and shorter ways: where one cannot have its time without another losing
/// its own, the shorter way decides, as what is missed cannot be understood.
pub const HOP: (f64, f64) = (0.8, 1.2);

/// How much slower than chosen time may run, so that even the shortest way is seen.
const SLOWER: f64 = 4.0;

/// A speed: so many seconds of the run in one second of the wall clock.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Pace {
    /// The chosen speed.
    pub speed: f64,
    crossing: Option<Crossing>,
    /// What of a microsecond has passed.
    rest: f64,
}

/// A quiet stretch that is being crossed.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Crossing {
    end: Time,
    rate: f64,
    /// The step after which its end was looked for.
    seen: StepId,
}

impl Pace {
    /// The speed a newcomer sees.
    pub const FIRST: f64 = 1.0 / 50.0;

    /// Above this speed nobody can follow every packet, and time runs evenly.
    pub const READABLE: f64 = 0.2;

    /// At `speed`.
    pub fn new(speed: f64) -> Self {
        Self {
            speed,
            crossing: None,
            rest: 0.0,
        }
    }

    /// Lets a session go on by `wall` seconds of watching. Speed changes where something happens,
    /// not a frame later; and it goes no further than to the step that breaks a property.
    pub fn play(&mut self, session: &mut Session, mut wall: f64) {
        let broken = session.violations().len();
        while wall > 0.0 && session.violations().len() == broken {
            let (now, rate) = (session.now(), self.rate(session));
            let passes = wall * rate * 1e6 + self.rest;
            let to = now + Time(passes as u64);
            let next = session.next_at().filter(|next| *next <= to);
            session.advance(next.unwrap_or(to));
            self.rest = 0.0;
            match next {
                Some(next) if session.now() == next && now < next => {
                    wall -= (next - now).as_secs() / rate;
                }
                // What is due at this very moment takes no time.
                Some(next) if next == now && session.next_at() != Some(now) => {}
                Some(_) => return,
                None => {
                    self.rest = passes.fract();
                    return;
                }
            }
        }
    }

    /// Whether quiet time is being crossed faster than the chosen speed.
    pub fn is_hurrying(&self) -> bool {
        self.crossing
            .is_some_and(|crossing| crossing.rate > self.speed * 1.01)
    }

    /// Seconds of the run in a second of the wall clock, just now.
    pub fn rate(&mut self, session: &Session) -> f64 {
        if session.is_idle() {
            return self.cross(session);
        }
        self.crossing = None;
        if self.speed > Self::READABLE {
            return self.speed;
        }
        let (shortest, longest) = session.journeys();
        let slower = self.speed / Self::FIRST;
        let least = longest.as_secs() / HOP.1 * slower;
        let most = (shortest.as_secs() / HOP.0 * slower).max(self.speed / SLOWER);
        self.speed.max(least).min(most)
    }

    /// The rate at which a quiet stretch is crossed as a whole.
    fn cross(&mut self, session: &Session) -> f64 {
        let (now, seen) = (session.now(), session.world().last_step());
        let known = self.crossing.filter(|crossing| now < crossing.end);
        if let Some(crossing) = known.filter(|crossing| crossing.seen == seen) {
            return crossing.rate;
        }
        let Some(end) = session.quiet_until() else {
            return self.speed;
        };
        let rate = match known {
            Some(crossing) if crossing.end == end => crossing.rate,
            _ => (end.saturating_sub(now).as_secs() / LONGEST_WAIT).max(self.speed),
        };
        self.crossing = Some(Crossing { end, rate, seen });
        rate
    }
}
