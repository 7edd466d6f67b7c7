//! What happened: the record of the steps worth telling, and any other step, played again.

use std::ops::ControlFlow;

use super::checkpoint::Checkpoint;
use super::{Pace, Session, pace};
use crate::narrate::{self, Sentence, Weight};
use crate::sim::{Fact, Step, StepId, Time, World};

/// The most steps that are played again to find what came of one: a message that is held back may
/// never arrive.
const MAX_REVIEW: u64 = 5_000;

/// A time without any packet under way is quiet from this length on: whoever watches at the first
/// speed would have to wait, so it is passed quickly.
pub const QUIET: Time = Time((Pace::FIRST * pace::LONGEST_WAIT * 1e6) as u64);

/// The most steps that are looked ahead to find the end of a quiet stretch. Where servers do no
/// more than wake and go to sleep again there is none.
const FAR_AHEAD: usize = 40;

/// A step that is worth telling, and how it is told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    /// What happened.
    pub step: Step,
    /// The same in sentences. Some look at the world as it was, so they are made on the spot.
    pub told: Vec<Sentence>,
}

impl Record {
    /// A step with what belongs to the story of it.
    pub(super) fn story(step: &Step, world: &World) -> Self {
        let mut record = Self::new(step, world);
        record.told.retain(|told| told.weight == Weight::Story);
        record
    }

    fn new(step: &Step, world: &World) -> Self {
        Self {
            step: step.clone(),
            told: narrate::sentences(narrate::spoken(), step, world),
        }
    }

    /// How the fact at `place` is told, or, without a place, the step itself.
    pub fn sentence(&self, place: Option<usize>) -> Option<&Sentence> {
        let packet = place.and_then(|place| match self.step.facts.get(place) {
            Some(Fact::Sent { packet, .. }) => Some(packet),
            _ => None,
        });
        let mut told = self.told.iter();
        told.find(|one| one.fact == place || packet.is_some_and(|id| one.packets.contains(id)))
    }
}

impl Session {
    /// Plays what happened from step `from` on again, until `look` has seen enough or the head is
    /// reached.
    pub fn review(&self, from: StepId, look: &mut dyn FnMut(&Step, &World) -> ControlFlow<()>) {
        let mut step = Step::default();
        let start = self
            .checkpoints
            .latest(|moment| moment.world.last_step() < from);
        let mut moment = match start.filter(|_| from > StepId(0)) {
            Some(moment) => moment.clone(),
            None => Checkpoint::begin(&self.recording.scenario, &mut step),
        };
        let mut flow = ControlFlow::Continue(());
        loop {
            if step.id >= from && flow.is_continue() {
                flow = look(&step, &moment.world);
            }
            let ends = flow.is_break() || moment.world.last_step() >= self.recorded;
            if ends
                || moment
                    .step(&self.recording, Time::LONGEST, &mut step)
                    .is_break()
            {
                return;
            }
        }
    }

    /// The step of that number, replayed, with all that can be told of it.
    pub fn record_of(&self, id: StepId) -> Option<Record> {
        let mut found = None;
        self.review(id, &mut |step, world| {
            found = (step.id == id).then(|| Record::new(step, world));
            ControlFlow::Break(())
        });
        found
    }

    /// The steps that came directly of step `id`, replayed, with all that can be told of them:
    /// those to which its packets and its timers led.
    pub fn effects_of(&self, id: StepId) -> Vec<Record> {
        let (mut found, mut seen) = (Vec::new(), 0);
        self.review(id, &mut |step, world| {
            if step.parent == Some(id) {
                found.push(Record::new(step, world));
            }
            seen += 1;
            if seen < MAX_REVIEW && (step.id <= id || world.is_busy_with(id)) {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        });
        found
    }

    /// How long the quiet will last: when, as things stand, something is sent or is worth telling.
    /// None if nothing ever happens any more.
    pub fn quiet_until(&self) -> Option<Time> {
        let (mut moment, mut step) = (self.present.clone(), Step::default());
        for _ in 0..FAR_AHEAD {
            let happens = moment.step(&self.recording, Time::LONGEST, &mut step);
            if happens.is_break() {
                break;
            }
            if !moment.is_idle() || narrate::has_story(&step) {
                return Some(step.at);
            }
        }
        self.next_at()
    }

    pub(super) fn record(&mut self, stays: bool) {
        self.tell(stays);
        if self.step.id <= self.recorded {
            return;
        }
        self.recorded = self.step.id;
        self.mark();
        self.checkpoints.keep(&self.present);
    }

    pub(super) fn note_quiet(&mut self, before: Time, idle: bool) {
        let now = self.now();
        if !idle || now <= self.head || now == before {
            return;
        }
        match self.quiet.last_mut() {
            Some((_, end)) if *end == before => *end = now,
            _ => self.quiet.push((before, now)),
        }
        // A stretch that ended too short to matter makes room for the next.
        if self.quiet.len() > 1 {
            let (from, to) = self.quiet[self.quiet.len() - 2];
            if to - from < QUIET {
                self.quiet.remove(self.quiet.len() - 2);
            }
        }
    }

    /// Forgets what was known of the time after the cursor.
    pub(super) fn forget_future(&mut self) {
        let (now, last) = (self.now(), self.present.world.last_step());
        self.turns += u64::from(self.head > now || self.recorded > last);
        self.head = now;
        self.recorded = self.recorded.min(last);
        self.window.forget_after(last);
        let marks = self.marks.partition_point(|mark| mark.step <= last);
        self.marks.truncate(marks);
        self.checkpoints.forget_after(last);
        let quiet = self.quiet.partition_point(|(from, _)| *from < now);
        self.quiet.truncate(quiet);
        if let Some((_, end)) = self.quiet.last_mut() {
            *end = (*end).min(now);
        }
    }

    /// The last moment before `now` at which something happened.
    pub(super) fn moment_before(&self, now: Time) -> Time {
        let last = self.last_before(now, usize::MAX, |_| true);
        last.unwrap_or(Time::ZERO)
    }
}
