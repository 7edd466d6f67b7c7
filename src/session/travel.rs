//! Ways through time: to the next of its kind, or the one before.

use std::ops::ControlFlow;

use super::{Landmark, Mark, Session};
use crate::raft::NodeId;
use crate::sim::{Cause, Step, StepId, Time};

/// Where to stop.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stop {
    /// Where a leader commits.
    Commit,
    /// Where a server becomes leader.
    Election,
    /// Where a message arrives.
    Message,
    /// Where something happens to a server.
    Server(NodeId),
    /// At what came of what happened last, or at what it came of.
    Thread,
    /// Where a property breaks.
    Violation,
}

/// How far ahead of the head a stop is looked for.
const FAR: Time = Time::ms(60_000);

/// In how many stretches between kept moments a stop is looked for, back in time.
const STRETCHES: usize = 32;

impl Stop {
    /// Whether a mark is one.
    fn is_at(self, mark: &Mark) -> bool {
        match self {
            Self::Commit => mark.what == Landmark::Committed,
            Self::Election => matches!(mark.what, Landmark::Elected(_)),
            Self::Violation => mark.what == Landmark::Broke,
            _ => false,
        }
    }

    /// Whether it is at a step, for those that no mark tells of.
    fn is_in(self, step: &Step) -> bool {
        match self {
            Self::Message => matches!(step.cause, Cause::Packet { .. }),
            Self::Server(id) => step.server() == Some(id),
            _ => false,
        }
    }

    fn has_marks(self) -> bool {
        matches!(self, Self::Commit | Self::Election | Self::Violation)
    }
}

impl Session {
    /// Goes to the next stop after the cursor, in the run as it goes on from here. False if there is
    /// none for a minute after the head.
    pub fn go_on(&mut self, stop: Stop) -> bool {
        if stop == Stop::Thread {
            return self.follow_thread(false);
        }
        let now = self.now();
        let known = self.marks().partition_point(|mark| mark.at <= now);
        let next = self.marks()[known..].iter().find(|mark| stop.is_at(mark));
        if let Some(at) = next.map(|mark| mark.at) {
            self.seek(at);
            return true;
        }
        let begin = if stop.has_marks() { self.head() } else { now };
        self.seek(begin);
        while let Some(at) = self.next_at().filter(|at| *at <= begin + FAR) {
            let (marks, mut found) = (self.marks.len(), false);
            self.advance_seeing(at, &mut |step| found |= stop.is_in(step));
            found |= self.marks[marks..].iter().any(|mark| stop.is_at(mark));
            if found && self.now() > now {
                return true;
            }
            if self.is_held() {
                break;
            }
        }
        self.seek(now);
        false
    }

    /// Goes to the last stop before the cursor. False if there is none.
    pub fn go_back(&mut self, stop: Stop) -> bool {
        if stop == Stop::Thread {
            return self.follow_thread(true);
        }
        let now = self.now();
        let at = if stop.has_marks() {
            let before = self.marks().partition_point(|mark| mark.at < now);
            let mut before = self.marks()[..before].iter().rev();
            before.find(|mark| stop.is_at(mark)).map(|mark| mark.at)
        } else {
            self.last_before(now, STRETCHES, |step| stop.is_in(step))
        };
        if let Some(at) = at {
            self.seek(at);
        }
        at.is_some()
    }

    /// The last moment before `now` at which a step is as wanted, in so many stretches between kept
    /// moments.
    pub(super) fn last_before(
        &self,
        now: Time,
        stretches: usize,
        wanted: impl Fn(&Step) -> bool,
    ) -> Option<Time> {
        let before = self.checkpoints.moments.iter().rev();
        let mut before = before.filter(|moment| moment.world.now() < now);
        let mut until = now;
        for start in before.by_ref().take(stretches) {
            let (mut moment, mut step, mut found) = (start.clone(), Step::default(), None);
            let limit = Time(until.0.saturating_sub(1));
            while moment.step(&self.recording, limit, &mut step).is_continue() {
                if wanted(&step) {
                    found = Some(step.at);
                }
            }
            if found.is_some() {
                return found;
            }
            // What happened at the kept moment itself belongs to the stretch before.
            until = start.world.now() + Time(1);
        }
        None
    }

    /// Goes to what the last thing came of, or to what came of it, and on from there.
    fn follow_thread(&mut self, back: bool) -> bool {
        let here = self.thread.filter(|(at, _)| *at == self.now());
        let told = || self.last_told().map(|told| told.step.id);
        let last = self.present.world.last_step();
        let here = here.map_or_else(|| told().unwrap_or(last), |(_, step)| step);
        let to = if back {
            self.parent(here)
        } else {
            let effects = self.effects_of(here);
            effects
                .first()
                .map(|effect| (effect.step.at, effect.step.id))
        };
        let Some((at, step)) = to else {
            return false;
        };
        self.seek(at);
        self.thread = Some((at, step));
        true
    }

    /// The step that led to another, and when it happened.
    fn parent(&self, of: StepId) -> Option<(Time, StepId)> {
        let parent = self.step_of(of)?.parent?;
        self.step_of(parent).map(|step| (step.at, step.id))
    }

    fn step_of(&self, id: StepId) -> Option<Step> {
        let mut found = None;
        self.review(id, &mut |step, _| {
            found = (step.id == id).then(|| step.clone());
            ControlFlow::Break(())
        });
        found
    }
}
