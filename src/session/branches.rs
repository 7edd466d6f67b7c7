//! Branches: the runs that acting in the past has put aside. They share the beginnings of what was
//! done ([`Recording`](super::recording::Recording)); none keeps a world of its own.

use std::sync::Arc;

use super::recording::{Goals, Parting, Tip};
use super::{Checkpoint, Session};
use crate::check::Property;
use crate::raft::{LogIndex, NodeId, Term};
use crate::sim::{Action, Step, Time};

/// The most branches that are kept beside the present run. One more, and the oldest without a name
/// of the user's goes.
pub const MAX_BRANCHES: usize = 12;

/// The longest name of a branch, in characters.
pub const LONGEST_NAME: usize = 40;

/// The number of a run among all of a session. It stays the same when runs are exchanged.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct RunId(pub u32);

/// A run of the session, and where its cursor stands.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) label: Label,
    pub(super) tip: Tip,
    pub(super) goals: Goals,
    pub(super) cursor: Time,
    pub(super) head: Time,
}

/// What a run is known by.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Label {
    pub(super) id: RunId,
    /// The name that the user gave it.
    pub(super) name: Option<Arc<str>>,
}

/// A run that was put aside, and what it had come to.
#[derive(Clone, Debug)]
pub(super) struct Aside {
    pub(super) run: Run,
    pub(super) outcome: Outcome,
}

/// A branch as it is kept outside of a session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Kept {
    /// How many actions it begins with that the present run begins with, too.
    pub(super) shared: usize,
    pub(super) others: Vec<(Time, Action)>,
    pub(super) head: Time,
    /// Empty, if it has none.
    pub(super) name: String,
}

/// What a run has come to, at its head.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// Who leads, and in which term.
    pub leader: Option<(NodeId, Term)>,
    /// The last entry that is committed.
    pub committed: LogIndex,
    /// The property that was broken first, if one was, and when.
    pub broken: Option<(Property, Time)>,
}

/// A branch as it is seen from the present run.
#[derive(Clone, Debug)]
pub struct Branch<'a> {
    /// Its number.
    pub id: RunId,
    /// The name that the user gave it.
    pub name: Option<&'a str>,
    /// Where it parts from the present run.
    pub parting: Parting<'a>,
    /// What was done last in it.
    pub last: Option<&'a (Time, Action)>,
    /// How far it was played.
    pub head: Time,
    /// What it has come to by then.
    pub outcome: &'a Outcome,
}

impl Outcome {
    pub(super) fn of(moment: &Checkpoint) -> Self {
        let world = &moment.world;
        let leader = world.leader();
        let term = |id| world.server(id).node().map(|node| (id, node.term()));
        let broken = moment.checker.violations().first();
        Self {
            leader: leader.and_then(term),
            committed: moment.checker.ghost().last(),
            broken: broken.map(|violation| (violation.property(), violation.at)),
        }
    }
}

impl Session {
    /// The runs that were put aside, the oldest first.
    pub fn branches(&self) -> impl Iterator<Item = Branch<'_>> {
        self.aside.iter().map(|aside| Branch {
            id: aside.run.label.id,
            name: aside.run.label.name.as_deref(),
            parting: self.recording.parting(aside.run.tip),
            last: self.recording.last(aside.run.tip),
            head: aside.run.head,
            outcome: &aside.outcome,
        })
    }

    /// What the present run has come to, at its head.
    pub fn outcome(&self) -> Outcome {
        if self.now() >= self.head {
            return Outcome::of(&self.present);
        }
        let start = self
            .checkpoints
            .latest(|moment| moment.world.now() <= self.head);
        let start = start.filter(|start| start.world.now() > self.now());
        let (mut moment, mut step) = (start.unwrap_or(&self.present).clone(), Step::default());
        while moment
            .step(&self.recording, self.head, &mut step)
            .is_continue()
        {}
        Outcome::of(&moment)
    }

    /// Exchanges a branch with the present run. The cursor stays at its moment, as far as there is
    /// anything of the branch's own to be seen there.
    pub fn take_branch(&mut self, id: RunId) -> bool {
        let Some(place) = self.place(id) else {
            return false;
        };
        self.remember();
        let now = self.now();
        let mut run = self.aside[place].run.clone();
        let parts_at = self.recording.parting(run.tip).at();
        run.cursor = now.max(parts_at).min(run.head);
        let past = Aside {
            outcome: self.outcome(),
            run: self.run(),
        };
        Arc::make_mut(&mut self.aside)[place] = past;
        self.go_to(run);
        true
    }

    /// Gives a branch a name; an empty one takes the name away.
    pub fn name_branch(&mut self, id: RunId, name: &str) -> bool {
        let Some(place) = self.place(id) else {
            return false;
        };
        self.remember();
        Arc::make_mut(&mut self.aside)[place].run.label.name = clean(name);
        true
    }

    /// Forgets a branch, until undo brings it back.
    pub fn delete_branch(&mut self, id: RunId) -> bool {
        let Some(place) = self.place(id) else {
            return false;
        };
        self.remember();
        Arc::make_mut(&mut self.aside).remove(place);
        true
    }

    /// A branch as a session of its own, its cursor at its head.
    pub fn of_branch(&self, id: RunId) -> Option<Self> {
        let mut run = self.aside[self.place(id)?].run.clone();
        run.cursor = run.head;
        let mut other = self.clone();
        other.aside = Arc::default();
        other.forget_undo();
        other.go_to(run);
        Some(other)
    }

    /// Keeps the present run as a branch, as what is done next begins another. The one after it has
    /// no name yet.
    pub(super) fn put_aside(&mut self) {
        let outcome = self.outcome();
        let aside = Arc::make_mut(&mut self.aside);
        let run = Run {
            label: std::mem::take(&mut self.label),
            tip: self.recording.tip(),
            goals: self.recording.goals.clone(),
            cursor: self.present.world.now(),
            head: self.head,
        };
        if aside.len() == MAX_BRANCHES {
            let oldest = aside.iter().position(|one| one.run.label.name.is_none());
            aside.remove(oldest.unwrap_or(0));
        }
        aside.push(Aside { run, outcome });
        self.label.id = self.fresh_id();
    }

    /// Forgets the branch that the present run has become: there is only one of each.
    pub(super) fn forget_same(&mut self) {
        let tip = self.recording.tip();
        if self.aside.iter().any(|aside| aside.run.tip == tip) {
            Arc::make_mut(&mut self.aside).retain(|aside| aside.run.tip != tip);
        }
    }

    /// The present run.
    pub(super) fn run(&self) -> Run {
        Run {
            label: self.label.clone(),
            tip: self.recording.tip(),
            goals: self.recording.goals.clone(),
            cursor: self.now(),
            head: self.head,
        }
    }

    /// Makes another run the present one, and plays it up to where it had been.
    pub(super) fn go_to(&mut self, run: Run) {
        let same = run.tip == self.recording.tip() && run.goals == self.recording.goals;
        if !same {
            let parting = self.recording.parting(run.tip);
            let (shared, parts_at) = (parting.shared, parting.at());
            self.restore(|moment| moment.acted <= shared && moment.world.now() <= parts_at);
            let (left, known) = (self.spare(), self.spare.take());
            self.forget_future();
            self.recording.go_to(run.tip);
            self.recording.goals = run.goals;
            self.take_up(known);
            self.spare = left;
        }
        self.label = run.label;
        // Play it again up to where it had been, so that its future can be seen, then go back.
        if self.head < run.head {
            self.seek(run.head);
        }
        self.seek(run.cursor);
    }

    /// Adds a branch that was kept elsewhere: after `shared` actions of the present run it goes on
    /// with others. Refused, with the reason, if one of them makes no sense.
    pub(super) fn add_branch(&mut self, kept: Kept) -> Result<(), String> {
        let tip = self.recording.graft(kept.shared, &kept.others);
        let known = self.aside.iter().any(|aside| aside.run.tip == tip);
        if known || tip == self.recording.tip() || self.aside.len() == MAX_BRANCHES {
            return Ok(());
        }
        let label = Label {
            id: self.fresh_id(),
            name: clean(&kept.name),
        };
        let parts_at = self.recording.parting(tip).at();
        let mut other = self.clone();
        other.go_to(Run {
            label,
            tip: self.recording.graft(kept.shared, &[]),
            cursor: parts_at,
            head: parts_at,
            ..self.run()
        });
        for (at, action) in kept.others {
            other.advance(at);
            other.act(action)?;
        }
        other.advance(kept.head);
        let run = Run { tip, ..other.run() };
        let outcome = Outcome::of(&other.present);
        Arc::make_mut(&mut self.aside).push(Aside { run, outcome });
        Ok(())
    }

    /// Takes over the branches and the bookmarks of a session whose present run is the same.
    pub fn adopt(&mut self, other: &Self) {
        self.bookmarks.clone_from(&other.bookmarks);
        for branch in other.kept() {
            // What was done in the other session can be done here.
            let _ = self.add_branch(branch);
        }
    }

    /// The branches as they are kept elsewhere.
    pub(super) fn kept(&self) -> impl Iterator<Item = Kept> {
        self.aside.iter().map(|Aside { run, .. }| {
            let shared = self.recording.parting(run.tip).shared;
            Kept {
                shared,
                others: self.recording.rest(run.tip, shared),
                head: run.head,
                name: run.label.name.as_deref().unwrap_or_default().into(),
            }
        })
    }

    fn place(&self, id: RunId) -> Option<usize> {
        self.aside.iter().position(|aside| aside.run.label.id == id)
    }

    fn fresh_id(&self) -> RunId {
        let used = self.aside.iter().map(|aside| aside.run.label.id);
        RunId(used.chain([self.label.id]).max().map_or(0, |id| id.0) + 1)
    }
}

/// A name as it is kept: one line, and not too long.
pub(super) fn clean(name: &str) -> Option<Arc<str>> {
    let words: Vec<&str> = name.split_whitespace().collect();
    let name: String = words.join(" ").chars().take(LONGEST_NAME).collect();
    let name = name.trim_end();
    (!name.is_empty()).then(|| name.into())
}
