//! What was known of the future that was left last: whoever comes back to it, by undo or by a branch,
//! need not wait until all of it is played again.

use super::checkpoint::Checkpoint;
use super::recording::{Goals, Tip};
use super::{Mark, Session};
use crate::sim::{StepId, Time};

/// What was known of a run after some step: only of one, as it is a cache and no truth.
#[derive(Clone, Debug)]
pub(super) struct Spare {
    tip: Tip,
    goals: Goals,
    /// After which step, and when.
    since: (StepId, Time),
    moments: Vec<Checkpoint>,
    marks: Vec<Mark>,
    quiet: Vec<(Time, Time)>,
    recorded: StepId,
    head: Time,
}

impl Session {
    /// What is known of the present run after the cursor, unless that is nothing.
    pub(super) fn spare(&self) -> Option<Spare> {
        let (last, now) = (self.present.world.last_step(), self.now());
        let marks = self.marks.partition_point(|mark| mark.step <= last);
        let moments = &self.checkpoints.moments;
        let kept = moments.partition_point(|moment| moment.world.last_step() <= last);
        let quiet = self.quiet.partition_point(|(_, to)| *to <= now);
        (self.recorded > last).then(|| Spare {
            tip: self.recording.tip(),
            goals: self.recording.goals.clone(),
            since: (last, now),
            moments: moments[kept..].to_vec(),
            marks: self.marks[marks..].to_vec(),
            quiet: self.quiet[quiet..].to_vec(),
            recorded: self.recorded,
            head: self.head,
        })
    }

    /// Takes up what was known of the present run, if it is the one that was left last.
    pub(super) fn take_up(&mut self, spare: Option<Spare>) {
        let goals = &self.recording.goals;
        let fits = |spare: &Spare| spare.tip == self.recording.tip() && spare.goals == *goals;
        let Some(mut spare) = spare.filter(fits) else {
            return;
        };
        let (since, at) = spare.since;
        self.advance(at);
        if self.present.world.last_step() != since || self.recorded != since {
            return;
        }
        self.checkpoints.moments.append(&mut spare.moments);
        self.rare_marks += spare.marks.len();
        self.marks.append(&mut spare.marks);
        if let Some((from, _)) = spare.quiet.first() {
            let before = self.quiet.partition_point(|(begin, _)| begin < from);
            self.quiet.truncate(before);
        }
        self.quiet.append(&mut spare.quiet);
        (self.recorded, self.head) = (spare.recorded, spare.head);
    }
}
