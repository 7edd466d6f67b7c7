//! What a run is determined by: the truth of a session. Everything else is a cache of it.

use std::sync::Arc;

use crate::script::Goal;
use crate::sim::{Action, Scenario, StepId, Time};

/// What runs are determined by: all that was ever done, and which way through it is the present run.
#[derive(Clone, Debug)]
pub(super) struct Recording {
    pub(super) scenario: Scenario,
    /// The way from the beginning to the tip.
    pub(super) actions: Vec<(Time, Action)>,
    pub(super) goals: Goals,
    /// A tree: runs that begin alike share their beginnings.
    deeds: Vec<Deed>,
    tip: Tip,
}

/// Something that was done, after something else.
#[derive(Clone, Debug)]
struct Deed {
    after: Tip,
    /// How many were done before it.
    depth: usize,
    what: (Time, Action),
}

/// The last thing that was done in a run, by its place among all; none if nothing was.
pub(super) type Tip = Option<usize>;

/// What is watched for, and from which step on.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Goals {
    pub(super) from: StepId,
    pub(super) all: Vec<Arc<Goal>>,
}

/// Where another run parts from the present one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Parting<'a> {
    /// How many actions both begin with.
    pub shared: usize,
    /// What is done next in the present run.
    pub here: Option<&'a (Time, Action)>,
    /// What is done next in the other.
    pub there: Option<&'a (Time, Action)>,
}

impl Parting<'_> {
    /// When they part: never, if neither has another action.
    pub fn at(&self) -> Time {
        let next = [self.here, self.there].into_iter().flatten();
        next.map(|(at, _)| *at).min().unwrap_or(Time::NEVER)
    }
}

impl Recording {
    /// A run in which nobody does anything.
    pub(super) fn new(scenario: Scenario) -> Self {
        Self {
            scenario,
            actions: Vec::new(),
            goals: Goals::default(),
            deeds: Vec::new(),
            tip: None,
        }
    }

    /// Where the present run ends.
    pub(super) fn tip(&self) -> Tip {
        self.tip
    }

    /// Does something when `acted` actions of the present run have been done, instead of the rest.
    pub(super) fn act(&mut self, acted: usize, what: (Time, Action)) {
        while self.depth(self.tip) > acted {
            self.tip = self.before(self.tip);
        }
        self.actions.truncate(acted);
        self.tip = Some(self.deed(self.tip, &what));
        self.actions.push(what);
    }

    /// The tip of a run that begins with `shared` actions of the present one and goes on with others.
    pub(super) fn graft(&mut self, shared: usize, others: &[(Time, Action)]) -> Tip {
        let mut tip = self.tip;
        while self.depth(tip) > shared {
            tip = self.before(tip);
        }
        for other in others {
            tip = Some(self.deed(tip, other));
        }
        tip
    }

    /// Makes the run that ends with `tip` the present one.
    pub(super) fn go_to(&mut self, tip: Tip) {
        self.actions.truncate(self.parting(tip).shared);
        let rest = self.rest(tip, self.actions.len());
        self.actions.extend(rest);
        self.tip = tip;
    }

    /// What is done in the run that ends with `tip`, after its first `shared` actions.
    pub(super) fn rest(&self, tip: Tip, shared: usize) -> Vec<(Time, Action)> {
        let (mut rest, mut place) = (Vec::new(), tip);
        while let Some(deed) = place.map(|place| &self.deeds[place]) {
            if deed.depth < shared {
                break;
            }
            rest.push(deed.what.clone());
            place = deed.after;
        }
        rest.reverse();
        rest
    }

    /// What was done last in the run that ends with `tip`.
    pub(super) fn last(&self, tip: Tip) -> Option<&(Time, Action)> {
        tip.map(|place| &self.deeds[place].what)
    }

    /// Where the run that ends with `tip` parts from the present one.
    pub(super) fn parting(&self, tip: Tip) -> Parting<'_> {
        let (mut here, mut there) = (self.tip, tip);
        let (mut next_here, mut next_there) = (None, None);
        while here != there {
            let (one, other) = (self.depth(here), self.depth(there));
            if one >= other {
                next_here = here;
                here = self.before(here);
            }
            if other >= one {
                next_there = there;
                there = self.before(there);
            }
        }
        let what = |tip: Tip| tip.map(|place| &self.deeds[place].what);
        Parting {
            shared: self.depth(here),
            here: what(next_here),
            there: what(next_there),
        }
    }

    /// The deed after `after`: what was done before in the same place is the same deed.
    fn deed(&mut self, after: Tip, what: &(Time, Action)) -> usize {
        let same = |deed: &Deed| deed.after == after && deed.what == *what;
        self.deeds.iter().position(same).unwrap_or_else(|| {
            self.deeds.push(Deed {
                after,
                depth: self.depth(after),
                what: what.clone(),
            });
            self.deeds.len() - 1
        })
    }

    /// How many actions the run that ends with `tip` has.
    fn depth(&self, tip: Tip) -> usize {
        tip.map_or(0, |place| self.deeds[place].depth + 1)
    }

    fn before(&self, tip: Tip) -> Tip {
        self.deeds[tip?].after
    }
}
