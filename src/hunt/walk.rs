//! A schedule, and a run of one, under watch.

use super::moves::HOP;
use crate::check::ghost::Ghost;
use crate::check::{Checker, Violation};
use crate::raft::Rules;
use crate::sim::{Action, Scenario, Step, Time, World};

/// What a run is determined by: how it begins, what is done and when, and how long it is watched.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Schedule {
    /// How it begins.
    pub scenario: Scenario,
    /// What is done, in order of time.
    pub actions: Vec<(Time, Action)>,
    /// How long it is watched.
    pub end: Time,
}

/// How long a client is waited with: longer than what counts as starving after any of our
/// beginnings.
const LONGEST_WAIT: Time = Time::ms(120_000);

/// A run that is being made, or made again.
#[derive(Clone, Debug)]
pub struct Walk {
    scenario: Scenario,
    world: World,
    checker: Checker,
    actions: Vec<(Time, Action)>,
    step: Step,
    /// How many steps it has taken.
    steps: u64,
    /// The first step at which a rule that is off was missed, if one was and that is looked for.
    missed: Option<u64>,
    /// Whether that is looked for.
    looks: bool,
}

impl Walk {
    /// The beginning of a run. If a rule is off, it will be known where that first mattered.
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

    /// Does something now, if it makes sense now. What is due at this very moment happens before
    /// it, as in a session.
    pub fn act(&mut self, action: Action) -> bool {
        self.wait(self.world.now());
        if self.is_broken() || self.world.check(&action).is_err() {
            return false;
        }
        self.happens(|world, step| world.act(&action, step).is_ok());
        self.actions.push((self.world.now(), action));
        true
    }

    /// Lets everything happen that is due up to `until`, or until a property is broken.
    pub fn wait(&mut self, until: Time) {
        while !self.is_broken() && self.world.next_at().is_some_and(|next| next <= until) {
            self.happens(World::step);
        }
        if !self.is_broken() {
            self.world.wait_until(until);
        }
    }

    /// Lets things happen until nothing is under way that arrives by itself, or so many packets
    /// have arrived; then up to the next full hop, so that times stay round.
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

    /// Lets time pass until every client has its answer, or until a property is broken: that one of
    /// them has waited too long, if nothing else. Ends some time where neither happens: then it is
    /// not for want of a rule that the cluster does not work.
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

    /// Lets a step happen, and looks whether it would have been another with all rules on.
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

    /// The world as it is now.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// How many steps it has taken.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// What is remembered of it.
    pub fn ghost(&self) -> &Ghost {
        self.checker.ghost()
    }

    /// How many things were done.
    pub fn moves(&self) -> usize {
        self.actions.len()
    }

    /// Whether a rule that is off was missed: with it on, something would have gone otherwise.
    pub fn has_missed(&self) -> bool {
        self.missed.is_some()
    }

    /// The property that was broken first, and how.
    pub fn violation(&self) -> Option<&Violation> {
        self.checker.violations().first()
    }

    fn is_broken(&self) -> bool {
        self.violation().is_some()
    }

    /// What has made it what it is.
    pub fn schedule(&self) -> Schedule {
        Schedule {
            scenario: self.scenario.clone(),
            actions: self.actions.clone(),
            end: self.world.now(),
        }
    }
}

impl Schedule {
    /// The same where other rules hold.
    pub fn with_rules(&self, rules: Rules) -> Self {
        let mut schedule = self.clone();
        schedule.scenario.config.rules = rules;
        schedule
    }

    /// Plays it. What makes no sense when its time comes is not done.
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
