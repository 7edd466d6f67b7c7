//! The timeline of the whole run: the roles of all servers, and what the user did.

use super::scene::Look;
use crate::raft::{MAX_SERVERS, NodeId, ServerSet};
use crate::session::{Landmark, Mark, QUIET, Session};
use crate::sim::{Scenario, Time};

/// The run from its start to the time played so far, at the resolution of the picture.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Timeline {
    /// For each server, by number, its states over time. A server that never existed has none.
    pub lanes: Vec<Vec<Stretch>>,
    /// The marks.
    pub ticks: Vec<Tick>,
    /// Idle times that are long enough to be fast-forwarded.
    pub quiet: Vec<(Time, Time)>,
    /// The time played so far.
    pub head: Time,
    /// The look of a server that neither leads nor campaigns.
    at_rest: [Look; MAX_SERVERS],
    state: State,
}

/// What a picture was made of: as long as it stays the same, so does the picture.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct State {
    ids: ServerSet,
    turns: u64,
    /// How far the run has been played, in what can be told apart.
    head: u64,
    /// The number of marks, without the frequent ones.
    marks: usize,
}

/// The number of moments that the picture can show apart.
const FINE: u64 = 600;

/// How much time is shown: more than has been played, in steps, so that the picture rests most of
/// the time.
pub fn span(head: Time) -> Time {
    let mut span = Time::ms(2000);
    while span.0 * 9 / 10 < head.0 {
        span.0 = span.0 * 3 / 2;
    }
    span
}

/// A state of a server, and its start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stretch {
    /// The start.
    pub from: Time,
    /// The role; none while the server does not exist.
    pub look: Option<Look>,
}

/// A mark on the timeline.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tick {
    /// The time.
    pub at: Time,
    /// The kind.
    pub kind: TickKind,
}

/// The kinds of marks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TickKind {
    /// The user acted.
    Action,
    /// A client got its answer.
    Answer,
    /// A server became leader.
    Leader,
}

impl Timeline {
    /// The picture of a session.
    pub fn of(session: &Session) -> Self {
        let mut timeline = Self::begin(session.scenario());
        timeline.head = session.head();
        timeline.state = State::of(session);
        let grain = Time(span(timeline.head).0 / FINE);
        for mark in session.marks() {
            timeline.take_in(mark, grain);
        }
        let quiet = session.quiet().iter().copied();
        let quiet = quiet.filter(|(from, to)| *to - *from > QUIET.max(grain));
        timeline.quiet = quiet.collect();
        timeline
    }

    /// The picture of a session now, if an eye could tell it from this one.
    pub fn anew(&self, session: &Session) -> Option<Self> {
        (self.state != State::of(session)).then(|| Self::of(session))
    }

    fn begin(scenario: &Scenario) -> Self {
        let mut timeline = Self {
            lanes: vec![Vec::new(); MAX_SERVERS],
            ..Self::default()
        };
        for server in scenario.ids().iter() {
            let founds = scenario.founders().contains(server);
            timeline.at_rest[server.slot()] = if founds {
                Look::Follower
            } else {
                Look::Outside
            };
            timeline.rest(server, Time::ZERO, Time::ZERO);
        }
        timeline
    }

    fn take_in(&mut self, mark: &Mark, grain: Time) {
        let at = mark.at;
        match mark.what {
            Landmark::Acted => self.tick(at, TickKind::Action, grain),
            Landmark::Answered => self.tick(at, TickKind::Answer, grain),
            Landmark::Elected(_) => self.tick(at, TickKind::Leader, grain),
            _ => {}
        }
        let (server, look) = match mark.what {
            Landmark::Acted | Landmark::Answered | Landmark::Broke | Landmark::Committed => return,
            Landmark::Crashed(id) => (id, Look::Down),
            Landmark::Elected(id) => (id, Look::Leader),
            Landmark::PreStood(id) => (id, Look::PreCandidate),
            Landmark::Stood(id) => (id, Look::Candidate),
            Landmark::Retired(id) => return self.change(id, at, None, grain),
            Landmark::Restarted(id) | Landmark::SteppedDown(id) => {
                return self.rest(id, at, grain);
            }
            Landmark::Joined(id) => {
                self.at_rest[id.slot()] = Look::Outside;
                return self.rest(id, at, grain);
            }
            Landmark::Configured(id, configuration) => {
                self.at_rest[id.slot()] = Look::at_rest(id, &configuration);
                // A removed leader keeps leading until it steps down.
                if self.look(id) != Some(Look::Leader) {
                    self.rest(id, at, grain);
                }
                return;
            }
        };
        self.change(server, at, Some(look), grain);
    }

    /// Marks a moment, unless one like it stands at the same place.
    fn tick(&mut self, at: Time, kind: TickKind, grain: Time) {
        let same = self.ticks.iter().rev().take(8);
        let mut same = same.filter(|tick| tick.kind == kind);
        if same.next().is_none_or(|tick| tick.at + grain <= at) {
            self.ticks.push(Tick { at, kind });
        }
    }

    fn look(&self, server: NodeId) -> Option<Look> {
        self.lanes.get(server.slot())?.last()?.look
    }

    fn rest(&mut self, server: NodeId, at: Time, grain: Time) {
        self.change(server, at, Some(self.at_rest[server.slot()]), grain);
    }

    fn change(&mut self, server: NodeId, at: Time, look: Option<Look>, grain: Time) {
        let Some(lane) = self.lanes.get_mut(server.slot()) else {
            return;
        };
        // A state that was too short to be seen is replaced by the next one.
        let seen = |last: &mut Stretch| last.from + grain > at && last.from > Time::ZERO;
        if lane.pop_if(seen).is_some() && lane.last().is_some_and(|last| last.look == look) {
            return;
        }
        if lane.last().is_none_or(|last| last.look != look) {
            lane.push(Stretch { from: at, look });
        }
    }
}

impl State {
    fn of(session: &Session) -> Self {
        let head = session.head();
        let fine = (span(head).0 / FINE).max(1);
        Self {
            ids: session.scenario().ids(),
            turns: session.turns(),
            head: head.0 / fine,
            marks: session.rare_marks(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::text::parse_action;

    /// The states of S1 in a run of two seconds.
    fn lane(text: &str) -> Vec<Option<Look>> {
        stretches(text).iter().map(|stretch| stretch.look).collect()
    }

    fn stretches(text: &str) -> Vec<Stretch> {
        let mut session = Session::read(text).unwrap();
        session.advance(Time::ms(2_000));
        Timeline::of(&session).lanes[0].clone()
    }

    #[test]
    fn a_leader_that_removed_itself_is_outside() {
        use Look::{Candidate, Follower, Leader, Outside};
        let led = [Follower, Candidate, Leader].map(Some);
        assert_eq!(lane("servers 3\n timeout S1"), led);
        let text = "servers 3\n timeout S1\n at 200ms remove S1";
        assert_eq!(lane(text), [led.as_slice(), &[Some(Outside)]].concat());
        // It leads until its removal is committed, after two message delays or more.
        assert!(stretches(text)[3].from >= Time::ms(220));
    }
    /// The picture does not grow with the length of the run.
    #[test]
    fn a_long_run_is_drawn_no_finer_than_can_be_seen() {
        let text = "servers 3 · seed 1 · clients 2 · client C1 writes x every 60ms · client C2 writes y every 60ms\ntimeout S1";
        let mut session = Session::read(text).unwrap();
        let mut sizes = Vec::new();
        for minutes in [1, 2] {
            for nth in 0..60 {
                session.advance(Time::ms(minutes * 60_000 - 60_000 + nth * 1_000));
                let deed = ["crash S3", "restart S3"][nth as usize % 2];
                session.act(parse_action(deed).unwrap()).unwrap();
            }
            let timeline = Timeline::of(&session);
            assert!(timeline.anew(&session).is_none());
            let stretches: usize = timeline.lanes.iter().map(Vec::len).sum();
            sizes.push((stretches, timeline.ticks.len(), timeline.quiet.len()));
        }
        let fine = FINE as usize;
        for (stretches, ticks, quiet) in sizes {
            assert!(
                stretches < 200 && ticks < 3 * fine && quiet < fine,
                "{stretches} {ticks} {quiet}"
            );
        }
    }
}
