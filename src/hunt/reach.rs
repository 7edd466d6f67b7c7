//! What may come next, and what can be reached from here: a search of all orders in which messages
//! arrive and election timers expire, up to so many steps.
//!
//! The search deepens: all ways of one step, then of two, and so on, so what it finds first is
//! shortest. It keeps a number for each state that it has left and not the state, so it needs little
//! memory. A message that is not delivered on a way is lost on it. Two states are alike if all servers
//! and all messages under way are: times do not matter, because every order is tried.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use crate::check::{Checker, Property};
use crate::raft::NodeId;
use crate::sim::{
    Action, Address, Fingerprint, Link, Packet, PacketPick, Scenario, Step, Time, World,
};

/// What is searched for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Aim {
    /// This property is broken.
    Broken(Property),
    /// This server leads.
    Leads(NodeId),
}

/// The most steps that a search may go.
pub const MOST_STEPS: u8 = 16;

/// The most states that a search visits.
pub const MOST_STATES: u64 = 5_000_000;

/// How a search ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The aim is reached by these steps, and by no shorter way.
    Found(Vec<Action>),
    /// It is not reached within the limit.
    Not,
    /// Too many states: it is not reached within so many steps.
    TooMany(u8),
}

/// A search.
#[derive(Clone, Debug)]
pub struct Search {
    aim: Aim,
    limit: u8,
    /// How many steps the ways have at present.
    depth: u8,
    /// The states on the way, the first one first.
    way: Vec<State>,
    /// Each state that was left, with how many steps were left there.
    seen: BTreeMap<u64, u8>,
    visited: u64,
    outcome: Option<Outcome>,
}

/// A state on the way, with the steps that are left to try.
#[derive(Clone, Debug)]
struct State {
    world: World,
    checker: Checker,
    moves: Vec<Action>,
    /// The one that is being tried, from the end.
    taken: Option<Action>,
}

/// Every step that can happen next: each message arrives, each election timer expires.
pub fn moves(world: &World) -> Vec<Action> {
    let arrivals = world.network().as_sent().into_iter().filter(|packet| {
        let to = match packet.to {
            Address::Server(id) => world.find(id),
            Address::Client(_) => return true,
        };
        packet.fate.is_none() && to.is_some_and(|server| server.is_up() && !server.is_paused())
    });
    let arrivals = arrivals.map(|packet| Action::Deliver(pick(world, packet)));
    let stand = world.servers().iter();
    let stand = stand.filter(|server| server.is_up() && !server.is_paused() && !server.is_leader());
    let timeouts = stand.map(|server| Action::Timeout(server.id));
    arrivals.chain(timeouts).collect()
}

/// A packet as a person would point at it.
pub fn pick(world: &World, packet: &Packet) -> PacketPick {
    let way = |packet: &Packet| (packet.from, packet.to, packet.kind());
    let alike = |other: &&Packet| way(other) == way(packet) && other.id < packet.id;
    let before = world.network().packets().iter().filter(alike).count();
    PacketPick {
        from: packet.from,
        to: packet.to,
        kind: Some(packet.kind()),
        nth: (before + 1).min(255) as u8,
    }
}

/// Does something, and lets happen what it makes due at once; `look` hears of each step.
pub fn take(world: &mut World, action: &Action, look: &mut dyn FnMut(&World, &Step)) -> bool {
    let mut step = Step::default();
    if world.act(action, &mut step).is_err() {
        return false;
    }
    look(world, &step);
    while world.next_at().is_some_and(|at| at <= world.now()) && world.step(&mut step) {
        look(world, &step);
    }
    true
}

impl Aim {
    /// Whether it is reached.
    fn is_met(self, world: &World, checker: &Checker) -> bool {
        match self {
            Self::Broken(property) => checker.violation_of(property).is_some(),
            Self::Leads(id) => world.find(id).is_some_and(|server| server.is_leader()),
        }
    }
}

impl Search {
    /// A search from `world`, at most `limit` steps far, which are [`MOST_STEPS`] at most.
    pub fn new(world: &World, checker: &Checker, aim: Aim, limit: u8) -> Self {
        let mut search = Self {
            aim,
            limit: limit.min(MOST_STEPS),
            depth: 1,
            way: vec![State::new(world.clone(), checker.clone())],
            seen: BTreeMap::new(),
            visited: 1,
            outcome: None,
        };
        if aim.is_met(world, checker) {
            search.outcome = Some(Outcome::Found(Vec::new()));
        }
        search
    }

    /// Visits about so many states more. Says whether it is over.
    pub fn work(&mut self, states: u64) -> bool {
        let end = self.visited + states;
        while self.outcome.is_none() && self.visited < end {
            self.advance();
        }
        self.outcome.is_some()
    }

    /// How many states it has visited; one that was reached again by a longer way is visited again.
    pub fn visited(&self) -> u64 {
        self.visited
    }

    /// How many steps the ways have that it tries at present.
    pub fn depth(&self) -> u8 {
        self.depth
    }

    /// How it ended, if it has.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    /// Takes one step further, or back.
    fn advance(&mut self) {
        let left = usize::from(self.depth) + 1 - self.way.len();
        let top = self.way.last_mut().expect("the beginning stays on the way");
        let next = (left > 0).then(|| top.moves.pop()).flatten();
        let Some(action) = next else {
            return self.retreat();
        };
        let (mut world, mut checker) = (top.world.clone(), top.checker.clone());
        let taken = take(&mut world, &action, &mut |world, step| {
            checker.observe(world, step);
        });
        if !taken {
            return;
        }
        top.taken = Some(action);
        self.visited += 1;
        if self.aim.is_met(&world, &checker) {
            let way = self.way.iter().filter_map(|state| state.taken.clone());
            self.outcome = Some(Outcome::Found(way.collect()));
            return;
        }
        // Where no step is left, nothing needs to be known of the state.
        let rest = (left - 1) as u8;
        if rest > 0 {
            let known = self.seen.entry(key(&world)).or_insert(0);
            if rest > *known {
                *known = rest;
                self.way.push(State::new(world, checker));
            }
        }
        if self.visited >= MOST_STATES {
            self.outcome = Some(Outcome::TooMany(self.depth - 1));
        }
    }

    /// Goes back a step; from the beginning, on to longer ways.
    fn retreat(&mut self) {
        if self.way.len() > 1 {
            self.way.pop();
            return;
        }
        if self.depth == self.limit {
            self.outcome = Some(Outcome::Not);
            return;
        }
        self.depth += 1;
        self.seen.clear();
        let State { world, checker, .. } = self.way.remove(0);
        self.way.push(State::new(world, checker));
    }
}

impl State {
    fn new(world: World, checker: Checker) -> Self {
        let mut moves = moves(&world);
        // They are taken from the end.
        moves.reverse();
        Self {
            world,
            checker,
            moves,
            taken: None,
        }
    }
}

/// A number that two states share only if all servers and all messages under way are alike.
fn key(world: &World) -> u64 {
    let mut hasher = Fingerprint::default();
    for server in world.servers() {
        match server.node() {
            Some(node) => node.hash(&mut hasher),
            None => server.persistent().hash(&mut hasher),
        }
    }
    let of = |packet: &Packet| {
        let mut hasher = Fingerprint::default();
        (packet.from, packet.to, &packet.body).hash(&mut hasher);
        hasher.finish()
    };
    let mut packets: Vec<u64> = world.network().packets().iter().map(of).collect();
    packets.sort_unstable();
    packets.hash(&mut hasher);
    hasher.finish()
}

/// How long lies between two steps of a way that is to be watched, the longest that works.
const PACES: [Time; 4] = [Time::ms(12), Time::ms(4), Time::ms(1), Time::ZERO];

/// A way with time between its steps, so that it can be watched: messages are held, so that none
/// arrives by itself. `scenario` and `before` are the run up to the moment `from` of the search.
pub fn watchable(
    scenario: &Scenario,
    before: &[(Time, Action)],
    from: Time,
    way: &[Action],
    aim: Aim,
) -> Vec<(Time, Action)> {
    let timed = |pace: Time| {
        let mut at = from;
        let mut actions = before.to_vec();
        if pace > Time::ZERO {
            actions.push((at, Action::Hold(Link::All)));
        }
        for action in way {
            at = at + pace;
            actions.push((at, action.clone()));
        }
        actions
    };
    let mut paces = PACES.into_iter().map(timed);
    let works = |actions: &Vec<(Time, Action)>| reaches(scenario, actions, aim);
    paces.find(works).unwrap_or_else(|| timed(Time::ZERO))
}

/// Whether a run reaches the aim by its last action.
fn reaches(scenario: &Scenario, actions: &[(Time, Action)], aim: Aim) -> bool {
    let end = actions.last().map_or(Time::ZERO, |(at, _)| *at);
    moment(scenario, actions, end).is_some_and(|(world, checker)| aim.is_met(&world, &checker))
}

/// The world of a run at `now`, and what was seen up to there; none if an action makes no sense.
pub fn moment(
    scenario: &Scenario,
    actions: &[(Time, Action)],
    now: Time,
) -> Option<(World, Checker)> {
    let mut step = Step::default();
    let mut world = World::new(scenario, &mut step);
    let mut checker = Checker::new(&world);
    checker.observe(&world, &step);
    let end = actions.iter().map(|(at, action)| (*at, Some(action)));
    for (at, action) in end.chain([(now, None)]) {
        while world.next_at().is_some_and(|next| next <= at) && world.step(&mut step) {
            checker.observe(&world, &step);
        }
        world.wait_until(at);
        let mut look = |world: &World, step: &Step| {
            checker.observe(world, step);
        };
        if action.is_some_and(|action| !take(&mut world, action, &mut look)) {
            return None;
        }
    }
    Some((world, checker))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raft::Rule;

    fn search(rules_off: &[Rule], aim: Aim, limit: u8) -> (Search, Scenario) {
        let mut scenario = Scenario::new(3, 1);
        scenario.clients = 0;
        for rule in rules_off {
            scenario.config.rules.set(*rule, false);
        }
        let mut step = Step::default();
        let world = World::new(&scenario, &mut step);
        let mut search = Search::new(&world, &Checker::new(&world), aim, limit);
        while !search.work(10_000) {}
        (search, scenario)
    }

    const TWO_LEADERS: Aim = Aim::Broken(Property::ElectionSafety);

    #[test]
    fn without_one_vote_per_term_a_term_has_two_leaders_in_six_steps() {
        let (search, scenario) = search(&[Rule::OneVotePerTerm], TWO_LEADERS, 6);
        let Some(Outcome::Found(way)) = search.outcome() else {
            panic!("{:?}", search.outcome());
        };
        // Two stand, one voter hears both, both hear the voter.
        assert_eq!(way.len(), 6, "{way:?}");
        let timeouts = way
            .iter()
            .filter(|action| matches!(action, Action::Timeout(_)));
        assert_eq!(timeouts.count(), 2);
        let watched = watchable(&scenario, &[], Time::ZERO, way, TWO_LEADERS);
        assert!(reaches(&scenario, &watched, TWO_LEADERS));
        assert!(watched.last().is_some_and(|(at, _)| *at > Time::ZERO));
    }

    #[test]
    fn with_one_vote_per_term_no_term_has_two_leaders_within_six_steps() {
        let (search, _) = search(&[], TWO_LEADERS, 6);
        assert_eq!(search.outcome(), Some(&Outcome::Not));
        assert!(search.visited() > 1_000, "{} states", search.visited());
        println!("{} states visited", search.visited());
    }

    #[test]
    fn a_server_leads_after_three_steps_and_not_after_two() {
        let leads = Aim::Leads(NodeId::new(3).unwrap());
        let (found, _) = search(&[], leads, 5);
        let Some(Outcome::Found(way)) = found.outcome() else {
            panic!("{:?}", found.outcome());
        };
        assert_eq!(way.len(), 3, "{way:?}");
        let (vain, _) = search(&[], leads, 2);
        assert_eq!(vain.outcome(), Some(&Outcome::Not));
    }

    #[test]
    fn every_move_can_be_made() {
        let mut session = World::new(&Scenario::new(5, 4), &mut Step::default());
        let mut step = Step::default();
        for _ in 0..400 {
            for action in moves(&session) {
                assert_eq!(session.check(&action), Ok(()), "{action:?}");
            }
            session.step(&mut step);
        }
    }

    /// `cargo test --release --lib hunt::reach -- --ignored --nocapture`
    #[test]
    #[ignore = "a measurement"]
    fn states_a_second() {
        let began = std::time::Instant::now();
        let (search, _) = search(&[], TWO_LEADERS, 8);
        let rate = search.visited() as f64 / began.elapsed().as_secs_f64();
        println!("{} states, {rate:.0} a second", search.visited());
    }
}
