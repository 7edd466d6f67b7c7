//! The space-time chart: a lane for each server and client, and the messages between them.
//!
//! A chart shows one window of the run. It is made by playing the window again from the nearest
//! checkpoint, so nothing is kept for it, however long the run is. While the window stays the same,
//! only what is new is played ([`Charting`]).

use std::collections::BTreeMap;

use super::scene::Look;
use super::why::Moment;
use crate::raft::{Event, LogIndex, Term};
use crate::session::{Review, Session};
use crate::sim::{Address, Cause, Fact, Packet, PacketId, PacketKind, Step, Time, World};

/// The shortest idle time that is folded.
const SILENCE: Time = Time::ms(60);

/// The part of a folded idle time that is left at each of its ends.
const EDGE: Time = Time::ms(5);

/// In windows of this length or longer, heartbeats and their replies are counted, not drawn.
const MANY: Time = Time::ms(1_500);

/// How many times longer than what it shows a window may be, for its idle times are folded.
const LONGEST: u64 = 3;

/// The chart of one window of a run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Chart {
    /// The start of the window.
    pub from: Time,
    /// The end of the window.
    pub to: Time,
    /// The time shown, if nothing is folded.
    pub span: Time,
    /// The clients, then the servers, in the order of their numbers.
    pub lanes: Vec<Lane>,
    /// The messages that travelled in the window, in the order of sending.
    pub messages: Vec<Message>,
    /// The heartbeats and their replies that are counted, not drawn.
    pub heartbeats: usize,
    /// The idle times.
    pub silences: Vec<(Time, Time)>,
}

/// A client or a server over time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lane {
    /// The client or server.
    pub who: Address,
    /// Its states over time: its role and term, each with its start.
    pub spells: Vec<Spell>,
    /// The marks on the lane.
    pub marks: Vec<Mark>,
}

/// A state of a server, and its start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Spell {
    /// The start.
    pub from: Time,
    /// The role; none while the server does not exist.
    pub look: Option<Look>,
    /// The term.
    pub term: Term,
}

/// A mark on a lane.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mark {
    /// The time.
    pub at: Time,
    /// The kind.
    pub kind: MarkKind,
    /// The question that "why?" asks about it.
    pub moment: Moment,
}

/// The kinds of marks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MarkKind {
    /// From here on, the server knows that the entries up to this one are committed.
    Commit(LogIndex),
    /// A candidate counted a reply to its request for votes, or for pre-votes.
    Vote {
        /// Whether the vote was granted.
        granted: bool,
        /// The votes so far, its own included.
        votes: u8,
        /// The voters.
        voters: u8,
        /// Whether the votes are a majority with this one.
        decides: bool,
    },
    /// A server crashed.
    Crash,
    /// A server restarted.
    Restart,
}

/// A message over time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Message {
    /// Its number.
    pub id: PacketId,
    /// The sender.
    pub from: Address,
    /// The receiver.
    pub to: Address,
    /// The kind of message.
    pub kind: PacketKind,
    /// The time of sending.
    pub sent_at: Time,
    /// The time of arrival, past or expected.
    pub arrives_at: Time,
    /// The time at which it was lost, if it was.
    pub lost_at: Option<Time>,
    /// The question about it: the fact that sent it, if that is in the part that was replayed.
    pub moment: Option<Moment>,
}

impl Chart {
    /// The chart from one time to another, as far as the run has been played.
    pub fn of(session: &Session, from: Time, to: Time) -> Self {
        let span = to.saturating_sub(from);
        Charting::default().made(session, (from, to), span, span > MANY)
    }

    /// The lane of a client or a server, counted from above.
    pub fn lane(&self, who: Address) -> Option<usize> {
        self.lanes.iter().position(|lane| lane.who == who)
    }

    /// The share of the width before `at`, from 0 to 1.
    pub fn place(&self, at: Time) -> f64 {
        let shown = |until: Time| {
            let length = until.max(self.from) - self.from;
            let folded = self.silences.iter().map(|(from, to)| {
                let inside = until.clamp(*from, *to) - *from;
                inside.0 as f64 * (1.0 - self.fold() / (*to - *from).0 as f64)
            });
            length.0 as f64 - folded.sum::<f64>()
        };
        shown(at.min(self.to)) / shown(self.to).max(1.0)
    }

    /// The time for which a folded idle time is drawn: 8 % of the time shown. It does not depend on
    /// what is in the window, so nothing moves before a new one.
    fn fold(&self) -> f64 {
        (self.span.0 as f64 * 0.08).clamp(1.0, SILENCE.0 as f64)
    }

    /// The time by which the idle times shorten the picture.
    fn saved(&self) -> Time {
        let saved = |(from, to): &(Time, Time)| (*to - *from).0 as f64 - self.fold();
        Time(self.silences.iter().map(saved).sum::<f64>() as u64)
    }

    /// The idle times before `end`: no message travels and no state changes.
    fn silences(&self, end: Time) -> Vec<(Time, Time)> {
        let within = |at: Time| at.clamp(self.from, end);
        let journeys = self.messages.iter().map(|message| {
            let ends = message.lost_at.unwrap_or(message.arrives_at);
            (within(message.sent_at), within(ends))
        });
        let spells = self.lanes.iter().flat_map(|lane| &lane.spells);
        let marks = self.lanes.iter().flat_map(|lane| &lane.marks);
        let moments = spells
            .map(|spell| spell.from)
            .chain(marks.map(|mark| mark.at));
        let mut busy: Vec<(Time, Time)> = journeys
            .chain(moments.map(|at| (within(at), within(at))))
            .chain([(end, end)])
            .collect();
        busy.sort_unstable();
        let (mut silences, mut until) = (Vec::new(), self.from);
        for (from, to) in busy {
            if from.saturating_sub(until) > SILENCE {
                silences.push((until + EDGE, from - EDGE));
            }
            until = until.max(to);
        }
        silences
    }
}

/// The chart of a window that is looked at while the run goes on: what was played of it once is not
/// played again.
#[derive(Default)]
pub struct Charting(Option<(Review, Making)>);

impl Charting {
    /// The window from `from` on that shows `span`. Where idle times are folded it is longer, up to
    /// [`LONGEST`] times. `whole`: with every message, however many there are.
    pub fn chart(&mut self, session: &Session, from: Time, span: Time, whole: bool) -> Chart {
        let many = !whole && span > MANY;
        let longest = from + Time(span.0.saturating_mul(LONGEST));
        let mut to = from + span;
        loop {
            let chart = self.made(session, (from, to), span, many);
            let longer = (from + span + chart.saved()).min(longest);
            if longer <= to {
                return chart;
            }
            to = longer;
        }
    }

    fn made(
        &mut self,
        session: &Session,
        (from, to): (Time, Time),
        span: Time,
        many: bool,
    ) -> Chart {
        let known = self.0.take();
        let known = known.filter(|(review, making)| making.from == from && review.is_of(session));
        let begun = || {
            let review = session.review_since(from)?;
            let making = Making::new(from, review.world());
            Some((review, making))
        };
        let Some((mut review, mut making)) = known.or_else(begun) else {
            return Chart::default();
        };
        while review.go_on(session, to) {
            making.take_in(review.step(), review.world());
        }
        let mut chart = making.chart(review.world(), (to, span), many);
        chart.silences = chart.silences(session.head().clamp(from, to));
        self.0 = Some((review, making));
        chart
    }
}

/// A chart in the making.
struct Making {
    from: Time,
    lanes: Vec<Lane>,
    /// All known messages by number, also those outside the window.
    messages: BTreeMap<PacketId, Message>,
    /// The last known state of each server: its role, term and commit index.
    known: BTreeMap<Address, (Option<Look>, Term, LogIndex)>,
    /// Whether the window has started.
    begun: bool,
}

impl Making {
    /// Nothing yet, at a moment before the window.
    fn new(from: Time, world: &World) -> Self {
        let under_way = world.network().as_sent().into_iter();
        let messages = under_way.map(|packet| (packet.id, message(packet, None)));
        let mut making = Self {
            from,
            lanes: Vec::new(),
            messages: messages.collect(),
            known: BTreeMap::new(),
            begun: false,
        };
        making.look(world, Time::ZERO, None);
        making
    }

    fn take_in(&mut self, step: &Step, world: &World) {
        if step.at >= self.from {
            self.begin();
        }
        for (place, fact) in step.facts.iter().enumerate() {
            let moment = (step.id, Some(place));
            match fact {
                Fact::Sent { packet, .. } => {
                    if let Some(sent) = world.network().packet(*packet) {
                        self.messages.insert(*packet, message(sent, Some(moment)));
                    }
                }
                Fact::Lost { packet, .. } => {
                    if let Some(lost) = self.messages.get_mut(packet) {
                        lost.lost_at = Some(step.at);
                    }
                }
                Fact::Crashed { server } => {
                    self.mark((*server).into(), step, place, MarkKind::Crash)
                }
                Fact::Restarted { server } => {
                    self.mark((*server).into(), step, place, MarkKind::Restart);
                }
                Fact::Raft { server, event } => {
                    if let Some(counted) = counted(event) {
                        self.mark((*server).into(), step, place, counted);
                    }
                }
                _ => {}
            }
        }
        if let Cause::Packet { packet, .. } = step.cause
            && let Some(came) = self.messages.get_mut(&packet)
        {
            came.arrives_at = step.at;
        }
        self.look(world, step.at, Some(step));
    }

    /// The start of the window: the lanes start with the present states.
    fn begin(&mut self) {
        if !std::mem::replace(&mut self.begun, true) {
            self.lanes = self.present_lanes();
        }
    }

    fn present_lanes(&self) -> Vec<Lane> {
        let lanes = self.known.iter().map(|(who, (look, term, _))| {
            let spell = Spell {
                from: self.from,
                look: *look,
                term: *term,
            };
            let is_server = matches!(who, Address::Server(_));
            Lane {
                who: *who,
                spells: is_server.then_some(spell).into_iter().collect(),
                marks: Vec::new(),
            }
        });
        lanes.collect()
    }

    fn mark(&mut self, who: Address, step: &Step, place: usize, kind: MarkKind) {
        let moment = (step.id, Some(place));
        if let Some(lane) = self.lane(who) {
            lane.marks.push(Mark {
                at: step.at,
                kind,
                moment,
            });
        }
    }

    fn lane(&mut self, who: Address) -> Option<&mut Lane> {
        self.lanes.iter_mut().find(|lane| lane.who == who)
    }

    /// Records the states of all servers after a step.
    fn look(&mut self, world: &World, at: Time, step: Option<&Step>) {
        for client in world.clients() {
            self.known.entry(client.id.into()).or_default();
        }
        for server in world.servers() {
            let who: Address = server.id.into();
            let commit = server
                .node()
                .map_or(LogIndex(0), |node| node.commit_index());
            let now = (Some(Look::of(server)), server.term(), commit);
            let before = self.known.insert(who, now);
            if before == Some(now) || !self.begun {
                continue;
            }
            if self.lane(who).is_none() {
                self.lanes.push(Lane {
                    who,
                    spells: Vec::new(),
                    marks: Vec::new(),
                });
            }
            if before.is_none_or(|before| (before.0, before.1) != (now.0, now.1))
                && let Some(lane) = self.lane(who)
            {
                lane.spells.push(Spell {
                    from: at,
                    look: now.0,
                    term: now.1,
                });
            }
            if before.is_some_and(|before| before.2 < commit)
                && let Some(step) = step
            {
                let tells = |fact: &Fact| {
                    matches!(fact, Fact::Raft { server: by, event }
                    if *by == server.id && matches!(event, Event::Committed { .. } | Event::CommitLearned { .. }))
                };
                let place = step.facts.iter().position(tells).unwrap_or(0);
                self.mark(who, step, place, MarkKind::Commit(commit));
            }
        }
    }

    /// The chart of what has been played. What is under way arrives when the network says so now.
    fn chart(&mut self, world: &World, (to, span): (Time, Time), many: bool) -> Chart {
        let moving = world.network().packets().iter();
        for packet in moving.filter(|packet| !packet.is_held()) {
            if let Some(known) = self.messages.get_mut(&packet.id) {
                known.arrives_at = packet.arrives_at;
            }
        }
        let from = self.from;
        let touches = |message: &&Message| {
            let ends = message.lost_at.unwrap_or(message.arrives_at);
            message.sent_at <= to && ends >= from
        };
        let routine = |message: &Message| {
            many && message.lost_at.is_none()
                && matches!(
                    message.kind,
                    PacketKind::Heartbeat | PacketKind::AppendReply
                )
        };
        let all = self.messages.values().filter(touches).copied();
        let (counted, messages): (Vec<_>, Vec<_>) = all.partition(routine);
        let mut lanes = match self.begun {
            true => self.lanes.clone(),
            false => self.present_lanes(),
        };
        lanes.sort_unstable_by_key(|lane| lane.who);
        Chart {
            from,
            to,
            span,
            lanes,
            messages,
            heartbeats: counted.len(),
            silences: Vec::new(),
        }
    }
}

/// The mark of an event in which a candidate counts votes or pre-votes.
fn counted(event: &Event) -> Option<MarkKind> {
    let (Event::VoteCounted {
        granted,
        votes,
        needed,
        of,
        ..
    }
    | Event::PreVoteCounted {
        granted,
        votes,
        needed,
        of,
        ..
    }) = event
    else {
        return None;
    };
    Some(MarkKind::Vote {
        granted: *granted,
        votes: votes.len() as u8,
        voters: of.voters.len() as u8,
        decides: *granted && votes.len() == usize::from(*needed),
    })
}

fn message(packet: &Packet, moment: Option<Moment>) -> Message {
    Message {
        id: packet.id,
        from: packet.from,
        to: packet.to,
        kind: packet.kind(),
        sent_at: packet.sent_at,
        arrives_at: packet.arrives_at,
        lost_at: None,
        moment,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S1 leads, crashes and restarts.
    fn chart() -> Chart {
        let text = "servers 3\n client C1 writes x every 120ms\n at 50ms timeout S1\n at 400ms crash S1\n at 900ms restart S1";
        let mut session = Session::read(text).unwrap();
        session.advance(Time::ms(1_200));
        Chart::of(&session, Time::ZERO, Time::ms(1_200))
    }

    #[test]
    fn a_chart_has_every_role_and_every_mark_of_its_window() {
        let chart = chart();
        assert_eq!(chart.lanes.len(), 4);
        let first = &chart.lanes[1];
        let looks: Vec<_> = first.spells.iter().filter_map(|spell| spell.look).collect();
        for look in [Look::Follower, Look::Candidate, Look::Leader, Look::Down] {
            assert!(looks.contains(&look), "{look:?}: {looks:?}");
        }
        let at = |kind| {
            first
                .marks
                .iter()
                .find(|mark| mark.kind == kind)
                .map(|mark| mark.at)
        };
        assert_eq!(at(MarkKind::Crash), Some(Time::ms(400)));
        assert_eq!(at(MarkKind::Restart), Some(Time::ms(900)));
        assert!(at(MarkKind::Commit(LogIndex(1))).is_some());
    }

    #[test]
    fn a_message_to_a_server_that_is_down_is_lost() {
        let chart = chart();
        let lost = chart
            .messages
            .iter()
            .filter(|message| message.lost_at.is_some());
        assert!(lost.count() > 0);
        let sent: Vec<_> = chart.messages.iter().map(|message| message.id).collect();
        assert!(sent.is_sorted());
    }

    #[test]
    fn folding_keeps_the_order_of_time() {
        let chart = chart();
        let places: Vec<f64> = (0..=120).map(|at| chart.place(Time::ms(at * 10))).collect();
        assert!(places.is_sorted(), "{places:?}");
        assert_eq!((places[0], places[120]), (0.0, 1.0));
        assert!(!chart.silences.is_empty());
    }

    #[test]
    fn a_later_window_starts_as_the_run_is_then() {
        let mut session = Session::read("servers 3\n at 50ms timeout S1").unwrap();
        session.advance(Time::ms(3_000));
        let chart = Chart::of(&session, Time::ms(1_000), Time::ms(1_300));
        let leader = &chart.lanes[1].spells;
        assert_eq!(
            (leader[0].from, leader[0].look),
            (Time::ms(1_000), Some(Look::Leader))
        );
        assert!(
            chart
                .messages
                .iter()
                .all(|message| message.sent_at <= Time::ms(1_300))
        );
    }

    #[test]
    fn what_goes_on_is_what_is_made_anew() {
        let text = "servers 5\n seed 4\n client C1 writes x every 60ms\n at 50ms timeout S1";
        let mut session = Session::read(text).unwrap();
        let mut charting = Charting::default();
        let mut compare = |session: &Session, what: &str| {
            let (from, span) = (Time::ms(100), Time::ms(600));
            let on = charting.chart(session, from, span, false);
            let anew = Charting::default().chart(session, from, span, false);
            assert_eq!(on, anew, "{what}");
            on.messages.len()
        };
        let action = |text: &str| crate::sim::text::parse_action(text).unwrap();
        let mut drawn = 0;
        for at in (0..400).step_by(7) {
            session.advance(Time::ms(at));
            let now = compare(&session, "while time runs");
            assert!(now >= drawn);
            drawn = now;
        }
        session.act(action("crash S1")).unwrap();
        compare(&session, "after an act");
        session.advance(Time::ms(600));
        compare(&session, "later");
        session.seek(Time::ms(300));
        compare(&session, "in the past");
        session.act(action("crash S2")).unwrap();
        let other = compare(&session, "in another future");
        assert!(other < drawn);
        session.advance(Time::ms(500));
        compare(&session, "later there");
        session.undo();
        compare(&session, "after undo");
    }

    #[test]
    fn idle_times_make_a_window_longer_and_move_nothing_before_them() {
        let mut session =
            Session::read("servers 3\n config heartbeat=140ms timeout=500ms..800ms latency=5ms\n at 50ms timeout S1")
                .unwrap();
        session.advance(Time::ms(300));
        let (from, span) = (Time::ms(40), Time::ms(500));
        let mut charting = Charting::default();
        let early = charting.chart(&session, from, span, false);
        session.advance(Time::ms(1_200));
        let late = charting.chart(&session, from, span, false);
        assert!(early.silences.len() < late.silences.len());
        assert!(late.to > early.to && late.to > from + span);
        for at in (40..200).step_by(5) {
            let moved = early.place(Time::ms(at)) - late.place(Time::ms(at));
            assert!(moved.abs() < 1e-3, "{at} ms: {moved}");
        }
    }
}
