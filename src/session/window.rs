//! Which steps are told without playing them again: those around the cursor, and of all others the
//! rare ones. A run may last for hours, and what is told of a step takes a kilobyte and more.

use super::marks::landmarks;
use super::{Record, Session};
use crate::narrate;
use crate::raft::{Event, NodeId};
use crate::sim::{Fact, Step, StepId, Time, World};

/// What takes longer than this is passed without a stop: nobody reads what happens on the way.
pub(super) const LONG_WAY: Time = Time::ms(5_000);

/// The most records that are kept.
const MOST: usize = 3_000;

/// How many of them at least are of the steps just before the cursor, if there are so many.
pub(super) const FEWEST: usize = 100;

/// How many are left of the steps before the cursor, when there were too many.
const LATEST: usize = 1_000;

/// A leader's round of heartbeats: too common to be told, and counted where all is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Heartbeat {
    /// The step in which they were sent.
    pub step: StepId,
    /// When.
    pub at: Time,
    /// The leader.
    pub from: NodeId,
    /// To how many.
    pub to: usize,
    /// Which of the facts of the step tells that they were due.
    pub fact: usize,
}

impl Heartbeat {
    fn of(step: &Step) -> Option<Self> {
        let mut facts = step.facts.iter().enumerate();
        let (fact, from) = facts.find_map(|(place, fact)| match fact {
            Fact::Raft {
                server,
                event: Event::HeartbeatDue,
            } => Some((place, *server)),
            _ => None,
        })?;
        let sent = |fact: &&Fact| matches!(fact, Fact::Sent { .. });
        let to = step.facts.iter().filter(sent).count();
        (to > 0).then_some(Self {
            step: step.id,
            at: step.at,
            from,
            to,
            fact,
        })
    }
}

/// The records of a session, and from where to where none is missing.
#[derive(Clone, Debug, Default)]
pub(super) struct Window {
    /// In order of time.
    pub(super) records: Vec<Record>,
    /// Those that belong between them: put there when the cursor has come to rest.
    late: Vec<Record>,
    /// The heartbeats where none is missing.
    beats: Vec<Heartbeat>,
    /// After this step none is missing ...
    pub(super) from: StepId,
    /// ... up to this one.
    to: StepId,
}

impl Window {
    /// Takes in a step of the run. Where nobody stays, only if it is a rare one, seen for the first
    /// time.
    fn take_in(&mut self, step: &Step, world: &World, first: bool, stays: bool) {
        if self.from < step.id && step.id <= self.to {
            return;
        }
        if stays && step.id.0 == self.to.0 + 1 {
            self.to = step.id;
        } else if !first || !is_rare(step) {
            return;
        }
        if !narrate::has_story(step) {
            self.beats.extend(Heartbeat::of(step).filter(|_| stays));
            return;
        }
        let record = Record::story(step, world);
        match self.records.last() {
            Some(last) if last.step.id >= step.id => self.late.push(record),
            _ => self.records.push(record),
        }
        if self.records.len() + self.late.len() + self.beats.len() > MOST {
            self.thin_out();
        }
    }

    /// Starts again at a step, unless it is there already.
    fn come_to(&mut self, last: StepId) {
        self.settle();
        if last < self.from || self.to < last {
            self.records.retain(|record| is_rare(&record.step));
            self.beats.clear();
            (self.from, self.to) = (last, last);
        }
    }

    /// Puts everything in its place.
    pub(super) fn settle(&mut self) {
        if self.late.is_empty() {
            return;
        }
        self.records.append(&mut self.late);
        self.records.sort_unstable_by_key(|record| record.step.id);
        self.records.dedup_by_key(|record| record.step.id);
    }

    /// Makes room: what happens all the time goes, but for the latest; then the oldest.
    fn thin_out(&mut self) {
        self.settle();
        let upto = self.records.partition_point(|one| one.step.id <= self.to);
        let latest = upto.saturating_sub(LATEST);
        let oldest = self.records[latest].step.id;
        self.from = self.from.max(StepId(oldest.0.saturating_sub(1)));
        let from = self.from;
        self.beats.retain(|beat| beat.step > from);
        let whole = from..=self.to;
        self.records
            .retain(|one| whole.contains(&one.step.id) || is_rare(&one.step));
        let too_many = self.records.len().saturating_sub(MOST / 3 * 2);
        let before = self.records.partition_point(|one| one.step.id <= from);
        self.records.drain(..too_many.min(before));
    }

    /// Forgets what came after a step.
    pub(super) fn forget_after(&mut self, last: StepId) {
        self.settle();
        let upto = self.records.partition_point(|one| one.step.id <= last);
        self.records.truncate(upto);
        self.beats.retain(|beat| beat.step <= last);
        self.to = self.to.min(last);
        self.from = self.from.min(last);
    }
}

/// Whether a step is one of those that reasons go back to, however long ago they were.
fn is_rare(step: &Step) -> bool {
    let decides = |fact: &Fact| match fact {
        Fact::Raft { event, .. } => matches!(
            event,
            Event::TermAdopted { .. } | Event::VoteDenied { .. } | Event::VoteGranted { .. }
        ),
        _ => false,
    };
    landmarks(step).any(|what| !what.is_routine()) || step.facts.iter().any(decides)
}

impl Session {
    /// Takes in the step that has just happened, for the first time or again. On a long way nobody
    /// stays at it.
    pub(super) fn tell(&mut self, stays: bool) {
        let first = self.step.id > self.recorded;
        let (step, world) = (&self.step, &self.present.world);
        self.window.take_in(step, world, first, stays);
    }

    /// Sees to it that what happened just before the cursor is told.
    pub(super) fn look_back(&mut self) {
        self.window.come_to(self.present.world.last_step());
        while self.window.from > StepId(0) && self.told_whole() < FEWEST {
            self.tell_earlier();
        }
    }

    /// How many records up to the cursor lie where none is missing.
    fn told_whole(&self) -> usize {
        let from = self.window.from;
        let records = self.records();
        let before = records.partition_point(|one| one.step.id <= from);
        self.told().saturating_sub(before)
    }

    /// After which step none is missing of those that are worth telling, up to the cursor.
    pub fn told_from(&self) -> StepId {
        self.window.from
    }

    /// The heartbeats up to the head, where no step is missing.
    pub fn heartbeats(&self) -> &[Heartbeat] {
        &self.window.beats
    }

    /// Tells the last of what lies before the steps of which none is missing. It is played twice:
    /// first to see which those are.
    pub fn tell_earlier(&mut self) {
        let upto = self.window.from;
        let mut ids = Vec::new();
        let begins = self.replay_before(upto, &mut |step, _| {
            if narrate::has_story(step) {
                ids.push(step.id);
            }
        });
        let skipped = ids.len().saturating_sub(2 * FEWEST);
        let from = match ids.get(skipped) {
            Some(first) if skipped > 0 => StepId(first.0 - 1),
            _ => begins,
        };
        let (mut earlier, mut beats) = (Vec::new(), Vec::new());
        self.replay_before(upto, &mut |step, world| {
            if step.id <= from {
            } else if narrate::has_story(step) {
                earlier.push(Record::story(step, world));
            } else {
                beats.extend(Heartbeat::of(step));
            }
        });
        self.window.beats.splice(0..0, beats);
        self.window.late.append(&mut earlier);
        self.window.settle();
        self.window.from = from;
    }

    /// Plays again what happened up to a step since the last kept moment before it. Says after which
    /// step that moment was.
    fn replay_before(&self, upto: StepId, look: &mut dyn FnMut(&Step, &World)) -> StepId {
        let mut step = Step::default();
        let start = self.checkpoints.latest(|one| one.world.last_step() < upto);
        let Some(mut moment) = start.cloned() else {
            return StepId(0);
        };
        let begins = moment.world.last_step();
        while moment.world.last_step() < upto {
            let happens = moment.step(&self.recording, Time::LONGEST, &mut step);
            if happens.is_break() {
                break;
            }
            look(&step, &moment.world);
        }
        begins
    }
}
