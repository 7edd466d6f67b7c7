//! What a run is determined by: the truth of a session. Everything else is a cache of it.

use std::sync::Arc;

use crate::script::Goal;
use crate::sim::{Action, Scenario, StepId, Time};

/// What a run is determined by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Recording {
    pub(super) scenario: Scenario,
    pub(super) actions: Vec<(Time, Action)>,
    pub(super) goals: Goals,
}

/// What is watched for, and from which step on.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Goals {
    pub(super) from: StepId,
    pub(super) all: Vec<Arc<Goal>>,
}

impl Recording {
    /// A run in which nobody does anything.
    pub(super) fn new(scenario: Scenario) -> Self {
        Self {
            scenario,
            actions: Vec::new(),
            goals: Goals::default(),
        }
    }

    /// How many actions two runs share from the beginning, and when they part: never, if neither
    /// has another.
    pub(super) fn parting(&self, other: &Self) -> (usize, Time) {
        let both = self.actions.iter().zip(&other.actions);
        let shared = both.take_while(|(a, b)| a == b).count();
        let next = [&self.actions, &other.actions].map(|actions| actions.get(shared));
        let parts_at = next.into_iter().flatten().map(|(at, _)| *at).min();
        (shared, parts_at.unwrap_or(Time::NEVER))
    }
}
