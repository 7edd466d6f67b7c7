//! A part of a run that is played again, and goes on when more has happened.

use super::Session;
use super::checkpoint::Checkpoint;
use crate::sim::{Action, Scenario, Step, Time, World};

/// A run that is played again beside the session, which stays where it is.
#[derive(Clone, Debug)]
pub struct Review {
    scenario: Scenario,
    /// The actions that it has taken, from the beginning on.
    acts: Vec<(Time, Action)>,
    moment: Checkpoint,
    step: Step,
}

impl Session {
    /// A review that stands at the last kept moment before `at`.
    pub fn review_since(&self, at: Time) -> Option<Review> {
        let kept = self.checkpoints.latest(|moment| moment.world.now() < at)?;
        Some(Review {
            scenario: self.recording.scenario.clone(),
            acts: self.recording.actions[..kept.acted].to_vec(),
            moment: kept.clone(),
            step: Step::default(),
        })
    }
}

impl Review {
    /// The world where the review stands.
    pub fn world(&self) -> &World {
        &self.moment.world
    }

    /// The step that was taken last.
    pub fn step(&self) -> &Step {
        &self.step
    }

    /// Whether all that it has played is part of this session's run. Then it can go on.
    pub fn is_of(&self, session: &Session) -> bool {
        let acts = &session.recording.actions;
        let next = acts.get(self.acts.len());
        self.scenario == session.recording.scenario
            && self.world().last_step() <= session.recorded
            && acts.starts_with(&self.acts)
            && next.is_none_or(|(at, _)| *at >= self.world().now())
    }

    /// Takes the next step of the session's run; false if none has happened up to `until`.
    pub fn go_on(&mut self, session: &Session, until: Time) -> bool {
        let (moment, recording) = (&mut self.moment, &session.recording);
        let happened = moment.world.last_step() < session.recorded
            && moment.step(recording, until, &mut self.step).is_continue();
        let taken = &recording.actions[self.acts.len()..moment.acted];
        self.acts.extend_from_slice(taken);
        happened
    }
}
