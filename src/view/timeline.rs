//! The run as a whole: who was what when, and what the user did.

use super::scene::Look;
use crate::raft::{Event, NodeId};
use crate::session::{Ghost, Session};
use crate::sim::{Cause, Fact, Step, StepId, Time};

/// The run from its start to its head. It is kept up as the run grows, not made anew.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Timeline {
    /// For each server the stretches during which it was the same.
    pub lanes: Vec<Vec<Stretch>>,
    /// What stands out.
    pub ticks: Vec<Tick>,
    /// Stretches without anything under way.
    pub quiet: Vec<(Time, Time)>,
    /// Futures that were put aside.
    pub ghosts: Vec<Ghost>,
    /// How far the run has been played.
    pub head: Time,
    read: usize,
    last: Option<StepId>,
}

/// A server was one thing from some moment on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stretch {
    /// Since when.
    pub from: Time,
    /// What.
    pub look: Look,
}

/// Something that stands out in a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tick {
    /// When.
    pub at: Time,
    /// What.
    pub kind: TickKind,
}

/// What stands out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TickKind {
    /// The user did something.
    Action,
    /// A client got its answer.
    Answer,
    /// Somebody became leader.
    Leader,
}

impl Timeline {
    /// Whether an eye could tell it from `other`: it is drawn small, and drawing it costs.
    pub fn looks_other(&self, other: &Self) -> bool {
        let grown = self.head.saturating_sub(other.head).0;
        (self.lanes != other.lanes || self.ghosts != other.ghosts)
            || self.ticks.len() != other.ticks.len()
            || self.head < other.head
            || grown * 250 > self.head.0.max(2_000_000)
    }

    /// Takes in what has happened since the last time.
    pub fn update(&mut self, session: &Session) {
        let records = session.records();
        let seen = self
            .read
            .checked_sub(1)
            .map(|place| records.get(place).map(|record| record.step.id));
        let same_run =
            seen.flatten() == self.last && self.lanes.len() == session.world().servers().len();
        if !same_run {
            *self = Self::default();
            let servers = session.world().servers().len();
            self.lanes = vec![
                vec![Stretch {
                    from: Time::ZERO,
                    look: Look::Follower
                }];
                servers
            ];
        }
        for record in &records[self.read..] {
            self.take_in(&record.step);
        }
        self.read = records.len();
        self.last = records.last().map(|record| record.step.id);
        self.head = session.head();
        self.quiet = session.quiet().to_vec();
        self.ghosts = session.ghosts().collect();
    }

    fn take_in(&mut self, step: &Step) {
        if matches!(step.cause, Cause::Action(_)) {
            self.ticks.push(Tick {
                at: step.at,
                kind: TickKind::Action,
            });
        }
        for fact in &step.facts {
            let (server, look) = match fact {
                Fact::Crashed { server } => (*server, Look::Down),
                Fact::Restarted { server } => (*server, Look::Follower),
                Fact::Raft { server, event } => match event {
                    Event::BecameLeader { .. } => {
                        self.ticks.push(Tick {
                            at: step.at,
                            kind: TickKind::Leader,
                        });
                        (*server, Look::Leader)
                    }
                    Event::ElectionStarted { .. } => (*server, Look::Candidate),
                    Event::PreVoteStarted { .. } => (*server, Look::PreCandidate),
                    Event::SteppedDown { .. } => (*server, Look::Follower),
                    _ => continue,
                },
                Fact::Answered { .. } => {
                    self.ticks.push(Tick {
                        at: step.at,
                        kind: TickKind::Answer,
                    });
                    continue;
                }
                _ => continue,
            };
            self.change(server, step.at, look);
        }
    }

    fn change(&mut self, server: NodeId, at: Time, look: Look) {
        if let Some(lane) = self.lanes.get_mut(server.slot())
            && lane.last().is_none_or(|last| last.look != look)
        {
            lane.push(Stretch { from: at, look });
        }
    }
}
