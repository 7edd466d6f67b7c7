//! The search for a schedule that breaks a property, and for the shortest way to tell it.
//!
//! # What is searched
//!
//! A [`Schedule`] is a beginning and what is done when: servers time out, crash and start again,
//! links are cut, held and mended, packets lost, doubled and late, clients ask, the cluster changes.
//! Half of the steps are untimed ([`moves::Timing::Untimed`]): timers are long and every packet takes
//! the same time, so that nothing happens by itself. A schedule is then a few actions and a few
//! packets each, ten thousand are played in a second, and a person can follow what they find. What
//! depends on real time (leases, elections that never end) is searched for in timed steps.
//!
//! # How
//!
//! Chance alone does not do. A random schedule overwrites an entry that a majority holds (Figure 8)
//! once in thousands of runs, and one that is misled by an acknowledgement of an earlier term needs
//! a history of four terms that no random run has ever been seen to write. So the search remembers
//! where it has been and goes on from there, as fuzzers do. Three things guide it:
//!
//! - **Features.** A moment has features ([`shape`]): "a candidate whose log parts from a leader's",
//!   "an old acknowledgement under way to a leader that would be misled". Of each feature some runs
//!   are kept ([`corpus`]), and the search chooses a *feature* first, then a run that has it. So
//!   what is rarely seen is as often gone on from as what is common, and one rare thing leads to
//!   the next.
//! - **Where the rule is missed.** Every step is also done in a twin of the world in which all rules
//!   hold ([`Walk`]). Where the twins part, the rule would have made a difference. From there on a
//!   run is worth more. This needs to know nothing of the rule: a new switch is hunted as it is.
//! - **Steps of the proof.** On the way to a disaster, lemmas of the proof break first: majorities
//!   need not meet, a leader counts on a copy that is not there, what is committed is on no
//!   majority. Runs that have got so far are worth most ([`Stage`]).
//!
//! Bounded exhaustive search would find the short ones too, but its cost multiplies with each
//! action, and the schedules of the hardest rules have a dozen. Templates of schedules would find
//! what their author thought of.
//!
//! What breaks without each rule, and which hunt finds it: [`detections`].
//!
//! What is found is then made short ([`shrink`]): actions are left out, waits made round, servers
//! taken away, as long as the same property breaks.
//!
//! Everything hangs on a seed: the same seed finds the same, natively as in the page. A [`Hunt`]
//! works in portions, so that a page or a progress bar can look in between, and stop it.

pub mod corpus;
pub mod detections;
pub mod dice;
pub mod moves;
pub mod shape;
pub mod shrink;
pub mod walk;

use std::sync::Arc;

use crate::check::{Property, Violation};
use crate::raft::Rules;
use crate::sim::Time;
use corpus::Corpus;
use dice::Dice;
use moves::{SwarmConfig, Timing};
use shape::Stage;
use shrink::Shrink;
pub use walk::{Schedule, Walk};

/// Where is hunted, and for what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Target {
    /// How many servers, 1 to 9.
    pub servers: u8,
    /// Which rules hold.
    pub rules: Rules,
    /// The property that is to break first; any, if none is said.
    pub property: Option<Property>,
    /// After how many schedules the hunt ends, found or not.
    pub schedules: u64,
}

/// A hunt.
#[derive(Clone, Debug)]
pub struct Hunt {
    target: Target,
    seed: u64,
    dice: Dice,
    /// By air, living and still: what is worth going on from.
    corpora: [Corpus; 2],
    tally: Tally,
    /// By air, living and still: how many steps were taken in it.
    spent: [u64; 2],
    /// By air: in how many schedules a rule that is off was missed.
    missed: [u64; 2],
    state: State,
}

/// How far a hunt is.
#[derive(Clone, Debug)]
enum State {
    /// It looks for something.
    Searching,
    /// It has found something, and makes it short.
    Shrinking(Box<Shrink>),
    /// It has something to show, or nothing.
    Over(Option<Box<Find>>),
}

/// What a hunt has done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Schedules played.
    pub schedules: u64,
    /// Steps taken, those of shrinking not counted.
    pub steps: u64,
    /// Different features seen.
    pub features: u64,
    /// Schedules in which a rule that is off was missed.
    pub missed: u64,
}

/// What was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Find {
    /// The schedule, as short as it could be made.
    pub schedule: Schedule,
    /// What it breaks.
    pub violation: Violation,
    /// How many actions it had when it was found.
    pub length: usize,
}

/// The most actions of a schedule.
const LONGEST: usize = 40;

/// How often one looks while waiting in living air.
const GLANCE: Time = Time::ms(40);

/// How much more is spent in the only air in which a rule is missed.
const ONLY_AIR: u64 = 8;

/// The most packets that are waited for in still air until nothing is under way.
const MOST_PACKETS: usize = 30;

impl Hunt {
    /// A hunt that has not begun.
    pub fn new(target: Target, seed: u64) -> Self {
        Self {
            target,
            seed,
            dice: Dice::new(seed),
            corpora: Default::default(),
            tally: Tally::default(),
            spent: [0, 0],
            missed: [0, 0],
            state: State::Searching,
        }
    }

    /// Hunts for about so many steps more. Says whether it is over.
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

    /// What was found, once the hunt is over.
    pub fn found(&self) -> Option<&Find> {
        match &self.state {
            State::Over(find) => find.as_deref(),
            _ => None,
        }
    }

    /// What it has done so far.
    pub fn tally(&self) -> Tally {
        Tally {
            missed: self.missed.iter().sum(),
            features: self.corpora.iter().map(Corpus::len).sum::<usize>() as u64,
            ..self.tally
        }
    }

    /// Whether something was found that is still to be made short.
    pub fn is_shrinking(&self) -> bool {
        matches!(self.state, State::Shrinking(_))
    }

    /// Plays a schedule.
    fn play_one(&mut self) {
        let air = self.air();
        let mut walk = match self.corpora[air as usize].pick(&mut self.dice) {
            Some(walk) => (*walk).clone(),
            None => self.begin(air),
        };
        let (steps, missed) = (walk.steps(), walk.has_missed());
        match air {
            Timing::Timed => self.live(&mut walk),
            Timing::Untimed => self.go_on(&mut walk),
        }
        let steps = walk.steps() - steps;
        self.spent[air as usize] += steps;
        self.tally.schedules += 1;
        self.tally.steps += steps;
        self.missed[air as usize] += u64::from(!missed && walk.has_missed());
        if let Some(violation) = walk.violation().copied()
            && self.is_wanted(violation.property())
        {
            let shrink = Shrink::new(walk.schedule(), violation);
            self.state = State::Shrinking(Box::new(shrink));
        }
    }

    /// Where to play: half the steps are taken in each air, or most in the only one in which a rule
    /// that is off was ever missed.
    fn air(&self) -> Timing {
        let [living, still] = self.spent;
        let (living, still) = match self.missed.map(|times| times > 0) {
            [false, true] => (living * ONLY_AIR, still),
            [true, false] => (living, still * ONLY_AIR),
            _ => (living, still),
        };
        if living < still {
            Timing::Timed
        } else {
            Timing::Untimed
        }
    }

    fn begin(&mut self, air: Timing) -> Walk {
        let Target { servers, rules, .. } = self.target;
        let seed = self.seed ^ (self.dice.roll() >> 40);
        let mut walk = Walk::new(moves::scenario(air, servers, rules, seed, &mut self.dice));
        if air == Timing::Timed {
            for action in moves::clocks(walk.world(), &mut self.dice) {
                walk.act(action);
            }
        }
        walk
    }

    fn is_wanted(&self, property: Property) -> bool {
        self.target.property.is_none_or(|wanted| wanted == property)
    }

    /// Goes on from where a run has got to, in still air, and keeps what is worth going on from.
    fn go_on(&mut self, walk: &mut Walk) {
        let swarm = SwarmConfig::new(Timing::Untimed, &mut self.dice);
        for _ in 0..2 + self.dice.below(10) {
            if let Some(action) = swarm.action(walk.world(), &mut self.dice) {
                walk.act(action);
            }
            match swarm.wait(walk.world(), &mut self.dice) {
                Some(time) => walk.wait(time),
                None => walk.wait_until_quiet(MOST_PACKETS),
            }
            if walk.violation().is_some() || walk.moves() >= LONGEST {
                return;
            }
            self.keep(Timing::Untimed, walk);
        }
    }

    fn keep(&mut self, air: Timing, walk: &Walk) {
        let (stage, moves) = (Stage::of(walk), walk.moves());
        let mut copy: Option<Arc<Walk>> = None;
        for feature in shape::features(walk.world(), walk.ghost()) {
            let run = || Arc::clone(copy.get_or_insert_with(|| Arc::new(walk.clone())));
            self.corpora[air as usize].add(stage, feature, moves, run, &mut self.dice);
        }
    }

    /// Goes on with real time: faults for a while. Sometimes they end then, and whoever
    /// waits for an answer must get one; that takes many steps.
    fn live(&mut self, walk: &mut Walk) {
        let swarm = SwarmConfig::new(Timing::Timed, &mut self.dice);
        for _ in 0..self.dice.below(LONGEST.saturating_sub(walk.moves()).max(1)) {
            if let Some(action) = swarm.action(walk.world(), &mut self.dice) {
                walk.act(action);
            }
            let end = swarm.wait(walk.world(), &mut self.dice);
            let end = end.unwrap_or_else(|| walk.world().now());
            // What is worth going on from may be over before the wait is.
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
        if !self.dice.once_in(4) {
            return;
        }
        for action in moves::clearing(walk.world(), &mut self.dice) {
            walk.act(action);
        }
        walk.wait_until_answered();
    }
}
