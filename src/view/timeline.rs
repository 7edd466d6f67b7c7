//! The run as a whole: who was what when, and what the user did.

use super::scene::Look;
use crate::raft::{Event, MAX_SERVERS, NodeId, ServerSet};
use crate::session::{Ghost, QUIET, Session};
use crate::sim::{Cause, Fact, Scenario, Step, StepId, Time};

/// The run from its start to its head. It is kept up as the run grows, not made anew.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Timeline {
    /// For each server, by its number, the stretches during which it was the same. Who was never
    /// there has none.
    pub lanes: Vec<Vec<Stretch>>,
    /// What stands out.
    pub ticks: Vec<Tick>,
    /// Stretches without anything under way, long enough to be passed quickly.
    pub quiet: Vec<(Time, Time)>,
    /// Futures that were put aside.
    pub ghosts: Vec<Ghost>,
    /// How far the run has been played.
    pub head: Time,
    /// What each server is when it neither leads nor wants to.
    at_rest: [Look; MAX_SERVERS],
    /// Who was there in the beginning.
    ids: ServerSet,
    read: usize,
    last: Option<StepId>,
}

/// A server was one thing from some moment on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stretch {
    /// Since when.
    pub from: Time,
    /// What; nothing while it is not there.
    pub look: Option<Look>,
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
        if seen.flatten() != self.last || self.ids != session.scenario().ids() {
            *self = Self::begin(session.scenario());
        }
        for record in &records[self.read..] {
            self.take_in(&record.step);
        }
        self.read = records.len();
        self.last = records.last().map(|record| record.step.id);
        self.head = session.head();
        let quiet = session.quiet().iter().copied();
        self.quiet = quiet.filter(|(from, to)| *to - *from > QUIET).collect();
        self.ghosts = session.ghosts().collect();
    }

    fn begin(scenario: &Scenario) -> Self {
        let mut timeline = Self {
            lanes: vec![Vec::new(); MAX_SERVERS],
            ids: scenario.ids(),
            ..Self::default()
        };
        for server in scenario.ids().iter() {
            let founds = scenario.founders().contains(server);
            timeline.at_rest[server.slot()] = if founds {
                Look::Follower
            } else {
                Look::Outside
            };
            timeline.rest(server, Time::ZERO);
        }
        timeline
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
                Fact::Joined { server } => {
                    self.at_rest[server.slot()] = Look::Outside;
                    self.rest(*server, step.at);
                    continue;
                }
                Fact::Restarted { server } => {
                    self.rest(*server, step.at);
                    continue;
                }
                Fact::Retired { server } => {
                    self.change(*server, step.at, None);
                    continue;
                }
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
                    Event::Configured { configuration, .. } => {
                        self.at_rest[server.slot()] = Look::at_rest(*server, configuration);
                        // Whoever leads goes on, though it be removed, until it steps down.
                        if self.look(*server) != Some(Look::Leader) {
                            self.rest(*server, step.at);
                        }
                        continue;
                    }
                    Event::SteppedDown { .. } => {
                        self.rest(*server, step.at);
                        continue;
                    }
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
            self.change(server, step.at, Some(look));
        }
    }

    fn look(&self, server: NodeId) -> Option<Look> {
        self.lanes.get(server.slot())?.last()?.look
    }

    fn rest(&mut self, server: NodeId, at: Time) {
        self.change(server, at, Some(self.at_rest[server.slot()]));
    }

    fn change(&mut self, server: NodeId, at: Time, look: Option<Look>) {
        if let Some(lane) = self.lanes.get_mut(server.slot())
            && lane.last().is_none_or(|last| last.look != look)
        {
            lane.push(Stretch { from: at, look });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What S1 was, one after the other, in a run of two seconds.
    fn lane(text: &str) -> Vec<Option<Look>> {
        stretches(text).iter().map(|stretch| stretch.look).collect()
    }

    fn stretches(text: &str) -> Vec<Stretch> {
        let mut session = Session::read(text).unwrap();
        session.advance(Time::ms(2_000));
        let mut timeline = Timeline::default();
        timeline.update(&session);
        timeline.lanes[0].clone()
    }

    #[test]
    fn a_leader_that_removed_itself_is_outside() {
        use Look::{Candidate, Follower, Leader, Outside};
        let led = [Follower, Candidate, Leader].map(Some);
        assert_eq!(lane("servers 3\n timeout S1"), led);
        let text = "servers 3\n timeout S1\n at 200ms remove S1";
        assert_eq!(lane(text), [led.as_slice(), &[Some(Outside)]].concat());
        // It leads until that is committed, two journeys later at least.
        assert!(stretches(text)[3].from >= Time::ms(220));
    }
}
