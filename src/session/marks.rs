//! What stands out in a run, in few words: enough to draw the run as a whole and to go from one to
//! the next, and so little that an hour of it costs nothing.

use super::Session;
use crate::raft::{Configuration, Event, NodeId};
use crate::sim::{Cause, Fact, Step, StepId, Time};

/// Something that stands out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mark {
    /// The step in which it happened.
    pub step: StepId,
    /// When.
    pub at: Time,
    /// What.
    pub what: Landmark,
}

/// What stands out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Landmark {
    /// The user did something.
    Acted,
    /// A client got its answer.
    Answered,
    /// A property broke.
    Broke,
    /// A leader committed entries.
    Committed,
    /// A server came to know another configuration.
    Configured(NodeId, Configuration),
    /// A server crashed.
    Crashed(NodeId),
    /// A server became leader.
    Elected(NodeId),
    /// A server was added.
    Joined(NodeId),
    /// A server asked who would vote for it.
    PreStood(NodeId),
    /// A server started again.
    Restarted(NodeId),
    /// A server is gone for good.
    Retired(NodeId),
    /// A leader or candidate became a follower.
    SteppedDown(NodeId),
    /// A server began an election.
    Stood(NodeId),
}

impl Landmark {
    /// What stands out in a fact, if anything does.
    fn of(fact: &Fact) -> Option<Self> {
        Some(match fact {
            Fact::Answered { .. } => Self::Answered,
            Fact::Crashed { server } => Self::Crashed(*server),
            Fact::Joined { server } => Self::Joined(*server),
            Fact::Restarted { server } => Self::Restarted(*server),
            Fact::Retired { server } => Self::Retired(*server),
            Fact::Raft { server, event } => match event {
                Event::BecameLeader { .. } => Self::Elected(*server),
                Event::Committed { .. } => Self::Committed,
                Event::Configured { configuration, .. } => {
                    Self::Configured(*server, *configuration)
                }
                Event::ElectionStarted { .. } => Self::Stood(*server),
                Event::PreVoteStarted { .. } => Self::PreStood(*server),
                Event::SteppedDown { .. } => Self::SteppedDown(*server),
                _ => return None,
            },
            _ => return None,
        })
    }

    /// Whether it happens all the time while clients write.
    pub(super) fn is_routine(self) -> bool {
        matches!(self, Self::Answered | Self::Committed)
    }
}

/// What stands out in a step.
pub(super) fn landmarks(step: &Step) -> impl Iterator<Item = Landmark> {
    let acted = matches!(step.cause, Cause::Action(_)).then_some(Landmark::Acted);
    acted
        .into_iter()
        .chain(step.facts.iter().filter_map(Landmark::of))
}

impl Session {
    /// What stands out, up to the head, in order of time.
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// How many marks there are, but for those of what happens all the time. It changes whenever the
    /// run as a whole looks other than before.
    pub fn rare_marks(&self) -> usize {
        self.rare_marks
    }

    /// Takes in the step that has just happened for the first time.
    pub(super) fn mark(&mut self) {
        let (step, at) = (self.step.id, self.step.at);
        let mark = |what| Mark { step, at, what };
        let rare = landmarks(&self.step).filter(|what| !what.is_routine());
        self.rare_marks += rare.count();
        self.marks.extend(landmarks(&self.step).map(mark));
        let broken = self.present.checker.violations();
        if broken.last().is_some_and(|last| last.step == step) {
            self.marks.push(mark(Landmark::Broke));
        }
    }
}
