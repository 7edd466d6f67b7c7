//! The first step at which two runs differ.

use std::ops::ControlFlow;

use super::Session;
use super::checkpoint::Checkpoint;
use super::recording::Recording;
use crate::sim::{Step, Time, World};

/// A step of one of two runs, and the world as it left it.
pub type Happened = (Step, World);

/// A run that is played again beside another.
struct Replay<'a> {
    moment: Checkpoint,
    recording: &'a Recording,
    head: Time,
    step: Step,
}

impl Replay<'_> {
    fn step(&mut self) -> ControlFlow<()> {
        self.moment.step(self.recording, self.head, &mut self.step)
    }

    fn happened(&self) -> Happened {
        (self.step.clone(), self.moment.world.clone())
    }
}

impl Session {
    /// The first step of each of two runs at which they differ: when it happened, why, or what came
    /// of it. One that has no step any more, up to its head, has none. None: they are the same.
    pub fn first_difference(&self, other: &Self) -> Option<[Option<Happened>; 2]> {
        let mut runs = self.side_by_side(other);
        loop {
            let [one, two] = &mut runs;
            let ended = [one.step().is_break(), two.step().is_break()];
            match ended {
                [true, true] => return None,
                [false, false] if is_like(&one.step, &two.step) => {}
                [ended, other_ended] => {
                    let [one, two] = [&*one, &*two];
                    return Some([
                        (!ended).then(|| one.happened()),
                        (!other_ended).then(|| two.happened()),
                    ]);
                }
            }
        }
    }

    /// Both runs, at the last kept moment up to which they are surely the same.
    fn side_by_side<'a>(&'a self, other: &'a Self) -> [Replay<'a>; 2] {
        let same = self.scenario() == other.scenario();
        let both = self.actions().iter().zip(other.actions());
        let shared = both.take_while(|(one, two)| one == two).count();
        let next = [self, other].map(|session| session.actions().get(shared).map(|next| next.0));
        let parts_at = next.into_iter().flatten().min().unwrap_or(Time::NEVER);
        let surely =
            |moment: &Checkpoint| same && moment.acted <= shared && moment.world.now() < parts_at;
        let start = self
            .checkpoints
            .latest(surely)
            .filter(|found| surely(found));
        [self, other].map(|session| {
            let mut step = Step::default();
            let begin = || Checkpoint::begin(session.scenario(), &mut step);
            Replay {
                moment: start.cloned().unwrap_or_else(begin),
                recording: &session.recording,
                head: session.head,
                step: Step::default(),
            }
        })
    }
}

/// Whether the same happened.
fn is_like(one: &Step, two: &Step) -> bool {
    (one.at, &one.cause, &one.facts) == (two.at, &two.cause, &two.facts)
}
