//! A schedule, and its run with checkers.

use super::moves::HOP;
use crate::check::ghost::Ghost;
use crate::check::{Checker, Violation};
use crate::raft::Rules;
use crate::sim::{Action, Scenario, Step, Time, World};

/// Everything that determines a run: its scenario, its timed actions, and its end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Schedule {
    /// The initial state.
    pub scenario: Scenario,
    /// The actions, in the order of their times.
    pub actions: Vec<(Time, Action)>,
    /// The time up to which it is played.
    pub end: Time,
}

/// The longest wait for an answer. It is longer than the time after which [`Checker`] reports a
/// starved client, in every scenario of a hunt.
const LONGEST_WAIT: Time = Time::ms(120_000);

/// A run in progress: a new one, or the replay of a schedule.
#[derive(Clone, Debug)]
pub struct Walk {
    scenario: Scenario,
    world: World,
    checker: Checker,
    actions: Vec<(Time, Action)>,
    step: Step,
    /// The number of steps so far.
    steps: u64,
    /// The first step at which a rule that is off mattered. Only with `looks`.
    missed: Option<u64>,
    /// Whether each step is compared with a twin that has all rules on.
    looks: bool,
}

impl Walk {
    /// The start of a run. If a rule is off, the run records the first step at which it mattered.
    pub fn new(scenario: Scenario) -> Self {
        let looks = scenario.config.rules != Rules::default();
        Self::begin(scenario, looks)
    }

    fn begin(scenario: Scenario, looks: bool) -> Self {
        let mut step = Step::default();
        let world = World::new(&scenario, &mut step);
        let checker = Checker::new(&world);
        Self {
            scenario,
            world,
            checker,
            actions: Vec::new(),
            step,
            steps: 0,
            missed: None,
            looks,
        }
    }

    /// Does an action now, if it makes sense now, and returns whether it did. Steps that are due at the
    /// same time happen first, as in a session.
    pub fn act(&mut self, action: Action) -> bool {
        self.wait(self.world.now());
        if self.is_broken() || self.world.check(&action).is_err() {
            return false;
        }
        self.happens(|world, step| world.act(&action, step).is_ok());
        self.actions.push((self.world.now(), action));
        true
    }

    /// Plays all steps up to `until`, or until a property breaks.
    pub fn wait(&mut self, until: Time) {
        while !self.is_broken() && self.world.next_at().is_some_and(|next| next <= until) {
            self.happens(World::step);
        }
        if !self.is_broken() {
            self.world.wait_until(until);
        }
    }

    /// Plays until no packet travels, or until this many packets have arrived. Then waits for the next
    /// multiple of [`HOP`], so that times stay round.
    pub fn wait_until_quiet(&mut self, packets: usize) {
        for _ in 0..packets {
            match self.world.network().next_at() {
                Some(at) if !self.is_broken() => self.wait(at),
                _ => break,
            }
        }
        let now = self.world.now().0;
        self.wait(Time(now.next_multiple_of(HOP.0)));
    }

    /// Plays until every client has its answer, or until a property breaks (at the latest Progress,
    /// when a client has waited too long). Gives up after [`LONGEST_WAIT`]: then something other than
    /// a rule keeps the cluster from working.
    pub fn wait_until_answered(&mut self) {
        let end = self.world.now() + LONGEST_WAIT;
        while !self.is_broken() && self.world.now() < end && self.is_asked() {
            match self.world.next_at() {
                Some(at) => self.wait(at),
                None => return,
            }
        }
    }

    fn is_asked(&self) -> bool {
        let mut clients = self.world.clients().iter();
        clients.any(|client| client.current.is_some())
    }

    /// Does a step, and compares it with the same step with all rules on.
    fn happens(&mut self, what: impl Fn(&mut World, &mut Step) -> bool) {
        self.steps += 1;
        let rules = self.scenario.config.rules;
        let looks = self.looks && self.missed.is_none();
        let twin = looks.then(|| self.world.clone());
        what(&mut self.world, &mut self.step);
        if let Some(mut twin) = twin {
            twin.keep(Rules::default());
            what(&mut twin, &mut Step::default());
            twin.keep(rules);
            if twin != self.world {
                self.missed = Some(self.steps);
            }
        }
        self.checker.observe(&self.world, &self.step);
    }

    /// The current state.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The number of steps so far.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The ghost state of the checkers.
    pub fn ghost(&self) -> &Ghost {
        self.checker.ghost()
    }

    /// The number of actions so far.
    pub fn moves(&self) -> usize {
        self.actions.len()
    }

    /// Whether a rule that is off has mattered: with it on, a step would have been another.
    pub fn has_missed(&self) -> bool {
        self.missed.is_some()
    }

    /// The first violation.
    pub fn violation(&self) -> Option<&Violation> {
        self.checker.violations().first()
    }

    fn is_broken(&self) -> bool {
        self.violation().is_some()
    }

    /// The schedule of this run.
    pub fn schedule(&self) -> Schedule {
        Schedule {
            scenario: self.scenario.clone(),
            actions: self.actions.clone(),
            end: self.world.now(),
        }
    }
}

impl Schedule {
    /// The same schedule with other rules.
    pub fn with_rules(&self, rules: Rules) -> Self {
        let mut schedule = self.clone();
        schedule.scenario.config.rules = rules;
        schedule
    }

    /// Plays it. Skips the actions that make no sense at their time.
    pub fn play(&self) -> Walk {
        let mut walk = Walk::begin(self.scenario.clone(), false);
        for (at, action) in &self.actions {
            walk.wait(*at);
            walk.act(action.clone());
        }
        walk.wait(self.end);
        walk
    }
}
