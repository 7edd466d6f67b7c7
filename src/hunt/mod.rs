//! The search for a schedule that breaks a property, and the shrinking of what it finds.
//!
//! # What is searched
//!
//! A [`Schedule`] is a scenario and timed actions: election timers expire, servers crash and restart,
//! links are cut, held and healed, packets are lost, duplicated and delayed, clients send requests,
//! the configuration changes. Half of the steps are untimed ([`moves::Timing::Untimed`]): timers are
//! long and every packet takes the same time, so nothing happens without an action. A schedule is
//! then a few actions with a few packets each. Ten thousand are played in a second, and a person can
//! follow a find. What depends on real time (leases, elections that never end) is searched for in
//! timed steps.
//!
//! # How
//!
//! Random schedules alone find too little. They overwrite an entry that a majority holds (Figure 8)
//! once in thousands of runs. A leader that is misled by an acknowledgement of an earlier term needs
//! a history of four terms, which no random run has produced. So the search keeps runs and continues
//! them, as coverage-guided fuzzers do. Three things guide it:
//!
//! - **Features.** A state has features ([`shape`]): "the logs of a candidate and a leader conflict",
//!   "an old acknowledgement travels to a leader that it would mislead". Some runs are kept for each
//!   feature ([`corpus`]). The search picks a *feature* first, then a run that has it. So it continues
//!   rare states as often as common ones, and one rare state leads to the next.
//! - **Where the rule matters.** Every step is also done in a twin of the world with all rules on
//!   ([`Walk`]). When the twins differ, the rule would have made a difference, and the run is worth
//!   more from there on. This needs no knowledge of the rule: it works for every new one.
//! - **Lemmas of the proof.** Before a property breaks, lemmas of its proof break: majorities need
//!   not overlap, a leader counts a copy that does not exist, a committed entry is on no majority.
//!   Runs that got so far are worth most ([`Stage`]).
//!
//! A bounded exhaustive search would find the short schedules too. But its cost multiplies with each
//! action, and the schedules of the hardest rules have a dozen. Templates of schedules would find
//! only what their author thought of.
//!
//! [`detections`] says what breaks without each rule, and which hunt finds it.
//!
//! A find is then shrunk ([`shrink`]): actions and servers are removed and waits are rounded, as long
//! as the same property breaks.
//!
//! The result depends only on the seed, natively and in the page. A [`Hunt`] works in portions, so
//! that a page or a progress bar can look in between, and stop it.

pub mod corpus;
pub mod detections;
pub mod moves;
pub mod reach;
pub mod shape;
pub mod shrink;
pub mod walk;

use std::sync::Arc;

use crate::check::{Property, Violation};
use crate::raft::Rules;
use crate::sim::{Rng, Time};
use corpus::Corpus;
use moves::{SwarmConfig, Timing};
use shape::Stage;
use shrink::Shrink;
pub use walk::{Schedule, Walk};

/// The clusters that a hunt searches, and the property that it wants broken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Target {
    /// The number of servers, 1 to 9.
    pub servers: u8,
    /// The rules that are on.
    pub rules: Rules,
    /// The property that must break first; none: any property.
    pub property: Option<Property>,
    /// The number of schedules after which the hunt ends without a find.
    pub schedules: u64,
}

/// A hunt.
#[derive(Clone, Debug)]
pub struct Hunt {
    target: Target,
    seed: u64,
    rng: Rng,
    /// The kept runs, timed and untimed.
    corpora: [Corpus; 2],
    tally: Tally,
    /// The number of steps, timed and untimed.
    spent: [u64; 2],
    /// The number of schedules in which a rule that is off mattered, timed and untimed.
    missed: [u64; 2],
    state: State,
}

/// The state of a hunt.
#[derive(Clone, Debug)]
enum State {
    /// It plays schedules.
    Searching,
    /// It has a find, and shrinks it.
    Shrinking(Box<Shrink>),
    /// It has ended, with a find or without.
    Over(Option<Box<Find>>),
}

/// The counters of a hunt.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Schedules played.
    pub schedules: u64,
    /// Steps taken, without those of shrinking.
    pub steps: u64,
    /// Different features seen.
    pub features: u64,
    /// Schedules in which a rule that is off mattered.
    pub missed: u64,
}

/// A schedule that breaks a property.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Find {
    /// The schedule, shrunk.
    pub schedule: Schedule,
    /// The property that it breaks, and how.
    pub violation: Violation,
    /// The number of its actions before it was shrunk.
    pub length: usize,
}

/// The most actions of a schedule.
const LONGEST: usize = 40;

/// How often features are recorded during a timed wait.
const GLANCE: Time = Time::ms(40);

/// How many times more steps a timing gets if the rule matters only with it.
const ONLY_TIMING: u64 = 8;

/// The most packets that an untimed wait delivers before it ends.
const MOST_PACKETS: usize = 30;

impl Hunt {
    /// A hunt that has not started.
    pub fn new(target: Target, seed: u64) -> Self {
        Self {
            target,
            seed,
            rng: Rng::new(seed),
            corpora: Default::default(),
            tally: Tally::default(),
            spent: [0, 0],
            missed: [0, 0],
            state: State::Searching,
        }
    }

    /// Hunts for about this many steps more. Returns whether the hunt has ended.
    pub fn work(&mut self, steps: u64) -> bool {
        let end = self.tally.steps + steps;
        let mut rest = steps;
        loop {
            match &mut self.state {
                State::Over(_) => return true,
                State::Searching if self.tally.steps >= end => return false,
                State::Searching if self.tally.schedules >= self.target.schedules => {
                    self.state = State::Over(None);
                }
                State::Searching => self.play_one(),
                State::Shrinking(_) if rest == 0 => return false,
                State::Shrinking(shrink) => {
                    rest = rest.saturating_sub(1 + shrink.work());
                    if let Some(find) = shrink.done() {
                        self.state = State::Over(Some(Box::new(find)));
                    }
                }
            }
        }
    }

    /// The find, once the hunt has ended.
    pub fn found(&self) -> Option<&Find> {
        match &self.state {
            State::Over(find) => find.as_deref(),
            _ => None,
        }
    }

    /// Its counters so far.
    pub fn tally(&self) -> Tally {
        Tally {
            missed: self.missed.iter().sum(),
            features: self.corpora.iter().map(Corpus::len).sum::<usize>() as u64,
            ..self.tally
        }
    }

    /// Whether it has a find that it still shrinks.
    pub fn is_shrinking(&self) -> bool {
        matches!(self.state, State::Shrinking(_))
    }

    /// Plays a schedule.
    fn play_one(&mut self) {
        let timing = self.timing();
        let mut walk = match self.corpora[timing as usize].pick(&mut self.rng) {
            Some(walk) => (*walk).clone(),
            None => self.begin(timing),
        };
        let (steps, missed) = (walk.steps(), walk.has_missed());
        match timing {
            Timing::Timed => self.continue_timed(&mut walk),
            Timing::Untimed => self.continue_untimed(&mut walk),
        }
        let steps = walk.steps() - steps;
        self.spent[timing as usize] += steps;
        self.tally.schedules += 1;
        self.tally.steps += steps;
        self.missed[timing as usize] += u64::from(!missed && walk.has_missed());
        if let Some(violation) = walk.violation().copied()
            && self.is_wanted(violation.property())
        {
            let shrink = Shrink::new(walk.schedule(), violation);
            self.state = State::Shrinking(Box::new(shrink));
        }
    }

    /// The timing of the next schedule. Half of the steps have each timing. If the rule that is off
    /// has mattered with one timing only, most steps have that one.
    fn timing(&self) -> Timing {
        let [timed, untimed] = self.spent;
        let (timed, untimed) = match self.missed.map(|times| times > 0) {
            [false, true] => (timed * ONLY_TIMING, untimed),
            [true, false] => (timed, untimed * ONLY_TIMING),
            _ => (timed, untimed),
        };
        if timed < untimed {
            Timing::Timed
        } else {
            Timing::Untimed
        }
    }

    fn begin(&mut self, timing: Timing) -> Walk {
        let Target { servers, rules, .. } = self.target;
        let seed = self.seed ^ (self.rng.bits() >> 40);
        let mut walk = Walk::new(moves::scenario(timing, servers, rules, seed, &mut self.rng));
        if timing == Timing::Timed {
            for action in moves::clocks(walk.world(), &mut self.rng) {
                walk.act(action);
            }
        }
        walk
    }

    fn is_wanted(&self, property: Property) -> bool {
        self.target.property.is_none_or(|wanted| wanted == property)
    }

    /// Continues a run without timing, and keeps each state that is worth continuing from.
    fn continue_untimed(&mut self, walk: &mut Walk) {
        let swarm = SwarmConfig::new(Timing::Untimed, &mut self.rng);
        for _ in 0..2 + self.rng.below(10) {
            if let Some(action) = swarm.action(walk.world(), &mut self.rng) {
                walk.act(action);
            }
            match swarm.wait(walk.world(), &mut self.rng) {
                Some(time) => walk.wait(time),
                None => walk.wait_until_quiet(MOST_PACKETS),
            }
            if walk.violation().is_some() || walk.moves() >= LONGEST {
                return;
            }
            self.keep(Timing::Untimed, walk);
        }
    }

    fn keep(&mut self, timing: Timing, walk: &Walk) {
        let (stage, moves) = (Stage::of(walk), walk.moves());
        let mut copy: Option<Arc<Walk>> = None;
        for feature in shape::features(walk.world(), walk.ghost()) {
            let run = || Arc::clone(copy.get_or_insert_with(|| Arc::new(walk.clone())));
            self.corpora[timing as usize].add(stage, feature, moves, run, &mut self.rng);
        }
    }

    /// Continues a run with timing: faults for a while. Sometimes the faults then end, and every client
    /// must get its answer. That takes many steps.
    fn continue_timed(&mut self, walk: &mut Walk) {
        let swarm = SwarmConfig::new(Timing::Timed, &mut self.rng);
        for _ in 0..self.rng.below(LONGEST.saturating_sub(walk.moves()).max(1)) {
            if let Some(action) = swarm.action(walk.world(), &mut self.rng) {
                walk.act(action);
            }
            let end = swarm.wait(walk.world(), &mut self.rng);
            let end = end.unwrap_or_else(|| walk.world().now());
            // A state that is worth keeping may end before the wait does.
            loop {
                walk.wait(end.min(walk.world().now() + GLANCE));
                if walk.violation().is_some() {
                    return;
                }
                self.keep(Timing::Timed, walk);
                if walk.world().now() >= end {
                    break;
                }
            }
        }
        if !self.rng.once_in(4) {
            return;
        }
        for action in moves::clearing(walk.world(), &mut self.rng) {
            walk.act(action);
        }
        walk.wait_until_answered();
    }
}
