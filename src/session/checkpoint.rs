//! Moments of a run that are kept, so that any other can be reached quickly.

use std::ops::ControlFlow;

use super::recording::{Goals, Recording};
use crate::check::Checker;
use crate::script::Watch;
use crate::sim::{Packet, Scenario, Server, Step, StepId, Time, World};

/// Steps between two checkpoints, at first; doubled whenever there are [`MAX_CHECKPOINTS`].
const SPACING: u64 = 512;
pub(super) const MAX_CHECKPOINTS: usize = 256;

/// A moment of the run: all that is needed to play on from there.
#[derive(Clone, Debug)]
pub(super) struct Checkpoint {
    pub(super) world: World,
    pub(super) checker: Checker,
    /// How many of the actions have been done.
    pub(super) acted: usize,
    /// How far each goal has come, from the step on that they are watched from.
    pub(super) watches: Vec<Watch>,
}

impl Checkpoint {
    /// The beginning of a run.
    pub(super) fn begin(scenario: &Scenario, step: &mut Step) -> Self {
        let world = World::new(scenario, step);
        let checker = Checker::new(&world);
        Self {
            world,
            checker,
            acted: 0,
            watches: Vec::new(),
        }
    }

    fn step_number(&self) -> u64 {
        self.world.last_step().0
    }

    /// Whether no packet is on its way. Those that are held come first, those that are due last.
    pub(super) fn is_idle(&self) -> bool {
        let writes = |server: &Server| server.up().is_some_and(|up| up.disk.writing().is_some());
        let packets = self.world.network().packets();
        packets.last().is_none_or(Packet::is_held) && !self.world.servers().iter().any(writes)
    }

    /// Begins to watch, if it is time.
    pub(super) fn begin_watches(&mut self, goals: &Goals) {
        if self.watches.len() < goals.all.len() && self.world.last_step() >= goals.from {
            let goals = goals.all.iter().cloned();
            self.watches = goals.map(|goal| Watch::new(goal, &self.world)).collect();
        }
    }

    /// Lets the next thing up to `to` happen, whichever is first: by itself, or by the user. What
    /// happens by itself at the moment of an action happens before it.
    pub(super) fn step(
        &mut self,
        recording: &Recording,
        to: Time,
        step: &mut Step,
    ) -> ControlFlow<()> {
        self.begin_watches(&recording.goals);
        let own = self.world.next_at().unwrap_or(Time::NEVER);
        let next = recording.actions.get(self.acted);
        let acts = next.map_or(Time::NEVER, |(at, _)| (*at).max(self.world.now()));
        if own.min(acts) > to {
            self.world.wait_until(to);
            return ControlFlow::Break(());
        }
        match next {
            Some((_, action)) if acts < own => {
                self.world.wait_until(acts);
                self.acted += 1;
                // Refused actions are never stored, so what is stored is never refused.
                let done = self.world.act(action, step);
                debug_assert!(done.is_ok(), "{action}: {done:?}");
            }
            _ => {
                self.world.step(step);
            }
        }
        self.checker.observe(&self.world, step);
        for watch in &mut self.watches {
            watch.observe(&self.world, &self.checker, step);
        }
        ControlFlow::Continue(())
    }
}

/// The moments that are kept, in the order of time. The first is the beginning.
#[derive(Clone, Debug)]
pub(super) struct Checkpoints {
    pub(super) moments: Vec<Checkpoint>,
    spacing: u64,
}

impl Checkpoints {
    /// Keeps the beginning of a run.
    pub(super) fn new(beginning: Checkpoint) -> Self {
        Self {
            moments: vec![beginning],
            spacing: SPACING,
        }
    }

    /// The latest that will do; else the first.
    pub(super) fn latest(&self, will_do: impl Fn(&Checkpoint) -> bool) -> Option<&Checkpoint> {
        let found = self.moments.iter().rev().find(|moment| will_do(moment));
        found.or_else(|| self.moments.first())
    }

    /// Keeps a moment, if the last one lies far enough back.
    pub(super) fn keep(&mut self, moment: &Checkpoint) {
        let last = self.moments.last().map_or(0, Checkpoint::step_number);
        if moment.step_number() >= last + self.spacing {
            self.moments.push(moment.clone());
            self.thin_out();
        }
    }

    /// Keeps their number bounded: every other one goes, and they grow rarer.
    fn thin_out(&mut self) {
        if self.moments.len() >= MAX_CHECKPOINTS {
            let mut nth = 0;
            self.moments.retain(|_| {
                nth += 1;
                nth % 2 == 1
            });
            self.spacing *= 2;
        }
    }

    /// Forgets those after a step.
    pub(super) fn forget_after(&mut self, last: StepId) {
        self.moments
            .retain(|moment| moment.world.last_step() <= last);
    }

    /// Forgets those at which some goal was watched for.
    pub(super) fn forget_watched(&mut self) {
        self.moments.retain(|moment| moment.watches.is_empty());
    }
}
