//! How the cluster comes to consist of other servers (§6; dissertation, chapter 4).
//!
//! Servers cannot all switch at the same moment: for a while some go by the old configuration and
//! some by the new. If a majority of the one and a majority of the other have no server in common,
//! there are two clusters, and a term may have two leaders (Figure 10). There are two ways out:
//!
//! - *One server at a time*: adding or removing a single one leaves every two majorities with a
//!   server in common (dissertation, 4.1). The next change waits until the last is committed.
//! - *Joint consensus*, for any change: between the two comes C_old,new, which needs both majorities
//!   for everything (§6, Figure 11).
//!
//! A leader is told what the cluster is to be in the end, and takes the steps that lead there, each
//! an entry of its log, as soon as it may. Newcomers first receive the log without a vote, so that
//! the cluster does not have to wait for them (dissertation, 4.2.1).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::configuration::Configuration;
use super::event::{Event, StepDown};
use super::log::Payload;
use super::node::{Node, Output, Role};
use super::replication::Progress;
use super::rules::Rule;
use super::types::{EntryId, LogIndex, NodeId, ServerSet};

/// The most rounds in which newcomers are to catch up (dissertation, 4.2.1).
pub const MOST_ROUNDS: u8 = 10;

/// A round is short if so many heartbeats are enough for it. The dissertation says: an election
/// timeout, which is a few of them. A server without a clock has no other measure.
pub const SHORT_ROUND: u8 = 3;

/// After so many heartbeats without any progress a newcomer is given up.
pub const PATIENCE: u8 = 20;

/// What is wanted of the cluster.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Change {
    /// This server is to have a vote.
    Add(NodeId),
    /// This server is to receive the log, without a vote.
    Learn(NodeId),
    /// This server is to go.
    Remove(NodeId),
    /// These servers and no others are to have votes.
    Voters(ServerSet),
}

/// Why a change is not taken in hand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ChangeRejected {
    /// The leader is handing over to this server.
    HandingOver(NodeId),
    /// It is so already.
    Nothing,
    /// Nobody would have a vote.
    NoVoters,
    /// The server does not lead.
    NotLeader {
        /// Who does, as far as it knows.
        leader: Option<NodeId>,
    },
    /// An earlier change is not finished.
    UnderWay,
}

/// What a change has to wait for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Wait {
    /// The configuration in the log, at this index, is not committed.
    Configuration(LogIndex),
    /// No entry of the leader's own term is committed.
    OwnTerm,
}

/// Why a leader gave up a change.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ChangeAborted {
    /// It does not lead any more.
    LeadsNoLonger,
    /// A newcomer made no progress at all.
    NoProgress,
    /// The newcomers did not catch up in [`MOST_ROUNDS`] rounds.
    TooSlow,
}

/// A change that a leader has in hand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Underway {
    /// What the cluster is to be in the end.
    pub goal: Configuration,
    /// How the newcomers catch up, if they are at it.
    pub round: Option<CatchUp>,
}

/// A round of catching up: newcomers are to get what the leader's log held when it began. While
/// they do, more is written; so the rounds grow shorter, until one is short enough.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct CatchUp {
    /// Which round, from 1.
    pub nth: u8,
    /// What they are to get to.
    pub target: LogIndex,
    /// How many heartbeats it has taken so far.
    heartbeats: u8,
    /// Where the slowest stood at the last progress, and how many heartbeats ago that was.
    still: (LogIndex, u8),
}

impl Change {
    /// What it makes of a configuration.
    pub fn applied_to(self, current: Configuration) -> Configuration {
        let Configuration {
            voters, learners, ..
        } = current;
        let (voters, learners) = match self {
            Self::Add(id) => (voters.with(id), learners.without(id)),
            Self::Learn(id) => (voters.without(id), learners.with(id)),
            Self::Remove(id) => (voters.without(id), learners.without(id)),
            Self::Voters(voters) => (voters, learners.except(voters)),
        };
        Configuration {
            voters,
            outgoing: ServerSet::EMPTY,
            learners,
        }
    }
}

impl fmt::Display for ChangeRejected {
    /// The end of a sentence: `it does not lead, S2 does`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HandingOver(to) => write!(f, "it is handing over to {to}"),
            Self::NoVoters => f.write_str("nobody would have a vote"),
            Self::NotLeader { leader: None } => {
                f.write_str("it does not lead, and knows of no leader")
            }
            Self::NotLeader {
                leader: Some(leader),
            } => write!(f, "it does not lead, {leader} does"),
            Self::Nothing => f.write_str("it is so already"),
            Self::UnderWay => f.write_str("it has a change in hand already"),
        }
    }
}

impl CatchUp {
    fn begin(nth: u8, target: LogIndex) -> Self {
        Self {
            nth,
            target,
            heartbeats: 0,
            still: (LogIndex(0), 0),
        }
    }
}

/// The leader's side.
impl Node {
    /// Why this server would not take the change in hand, if it would not.
    pub fn objection(&self, change: Change) -> Option<ChangeRejected> {
        let Role::Leader(leadership) = &self.role else {
            let leader = self.leader();
            return Some(ChangeRejected::NotLeader { leader });
        };
        let current = self.persistent.log.configuration();
        let under_way = leadership.change.is_some() || current.is_joint();
        let goal = change.applied_to(current);
        if goal.voters.is_empty() {
            Some(ChangeRejected::NoVoters)
        } else if let Some(to) = self.transfer_to() {
            Some(ChangeRejected::HandingOver(to))
        } else if under_way && self.rule(Rule::OneChangeAtATime) {
            Some(ChangeRejected::UnderWay)
        } else {
            (goal == current).then_some(ChangeRejected::Nothing)
        }
    }

    /// An administrator wants the cluster changed.
    pub(super) fn change_membership(&mut self, change: Change, out: &mut Vec<Output>) {
        if let Some(reason) = self.objection(change) {
            return out.push(Output::Event(Event::ChangeRefused { reason }));
        }
        let goal = change.applied_to(self.persistent.log.configuration());
        if let Role::Leader(leadership) = &mut self.role {
            leadership.change = Some(Underway { goal, round: None });
        }
        if let Some(reason) = self.must_wait() {
            out.push(Output::Event(Event::ChangeWaits { goal, reason }));
        }
    }

    /// Takes the next step of a change, if it may. Looked at after everything that happens.
    pub(super) fn pursue_change(&mut self, out: &mut Vec<Output>) {
        let Role::Leader(leadership) = &self.role else {
            return;
        };
        let current = self.persistent.log.configuration();
        let is_settled = self.persistent.log.configured().0 <= self.commit_index;
        if is_settled && !current.all_voters().contains(self.id) {
            // §6: it has led a cluster that it is no part of, without counting itself, just until
            // that was certain. With its last word everyone knows.
            self.broadcast(out);
            return self.become_follower(StepDown::Removed, out);
        }
        let change = leadership.change;
        if (change.is_some() || current.is_joint() || !is_settled)
            && self.must_wait() == Some(Wait::OwnTerm)
            && self.persistent.log.last().term < self.persistent.current_term
        {
            // Nobody may ever ask for anything, and then nothing of this term is ever committed.
            self.append_own(Payload::Noop, out);
            self.pass_on(out);
            out.push(Output::Persist);
        }
        let goal = match change {
            Some(change) => change.goal,
            // Whoever leads in a joint configuration brings it to its end, though another began.
            None if current.is_joint() => Configuration {
                outgoing: ServerSet::EMPTY,
                ..current
            },
            None => return,
        };
        if goal == current {
            if is_settled && let Role::Leader(leadership) = &mut self.role {
                leadership.change = None;
            }
        } else if self.must_wait().is_none()
            && self.transfer_to().is_none()
            && let Some(next) = self.step_towards(goal, current, out)
        {
            self.append_configuration(next, out);
        }
    }

    /// What the next step of a change has to wait for, if for anything.
    fn must_wait(&self) -> Option<Wait> {
        let log = &self.persistent.log;
        // The correction of 2015 (raft-dev): an uncommitted change of an earlier leader may still
        // be around. Once something of this term is committed, nobody who has only that change can
        // be elected any more.
        let committed = log.term(self.commit_index).unwrap_or_default();
        if committed < self.persistent.current_term && self.rule(Rule::OwnTermBeforeChange) {
            return Some(Wait::OwnTerm);
        }
        // Of two uncommitted changes the second could have a majority apart from that of the
        // configuration before the first (dissertation, 4.1).
        let (index, _) = log.configured();
        if index > self.commit_index && self.rule(Rule::OneChangeAtATime) {
            return Some(Wait::Configuration(index));
        }
        None
    }

    /// The configuration that comes next on the way to `goal`, if the time for it has come.
    fn step_towards(
        &mut self,
        goal: Configuration,
        current: Configuration,
        out: &mut Vec<Output>,
    ) -> Option<Configuration> {
        if current.is_joint() {
            return Some(goal);
        }
        let newcomers = goal.voters.except(current.voters);
        if !newcomers.is_empty() && self.rule(Rule::CatchUpFirst) {
            let learners = current.learners.or(newcomers);
            if learners != current.learners {
                return Some(Configuration {
                    learners,
                    ..current
                });
            }
            if !self.have_caught_up(newcomers, out) {
                return None;
            }
        }
        // One voter more or less: the majorities overlap as they are.
        let changed = newcomers.or(current.voters.except(goal.voters));
        if changed.len() > 1 && self.rule(Rule::JointConsensus) {
            return Some(Configuration {
                outgoing: current.voters,
                ..goal
            });
        }
        Some(goal)
    }

    /// Whether the newcomers could vote without keeping the cluster waiting (dissertation, 4.2.1):
    /// whether the time they took for their last round was short.
    fn have_caught_up(&mut self, newcomers: ServerSet, out: &mut Vec<Output>) -> bool {
        let last = self.persistent.log.last_index();
        let Role::Leader(leadership) = &mut self.role else {
            return false;
        };
        let slowest = leadership.slowest(newcomers);
        let Some(Underway { round, .. }) = &mut leadership.change else {
            return false;
        };
        let begin = |nth| {
            let event = Event::CatchUpBegun {
                learners: newcomers,
                round: nth,
                target: last,
            };
            (CatchUp::begin(nth, last), Output::Event(event))
        };
        let CatchUp {
            nth,
            target,
            heartbeats,
            ..
        } = *round.get_or_insert_with(|| {
            let (first, event) = begin(1);
            out.push(event);
            first
        });
        if slowest < target {
            return false;
        }
        let is_short = heartbeats <= SHORT_ROUND;
        if is_short {
            *round = None;
            out.push(Output::Event(Event::CaughtUp {
                learners: newcomers,
                round: nth,
                heartbeats,
            }));
        } else if nth < MOST_ROUNDS {
            let (next, event) = begin(nth + 1);
            *round = Some(next);
            out.push(event);
        } else {
            self.abandon_change(ChangeAborted::TooSlow, out);
        }
        is_short
    }

    /// Heartbeats are the only clock a leader has. Whoever gets nowhere while many of them go by
    /// is not waited for: it may be down.
    pub(super) fn time_catch_up(&mut self, out: &mut Vec<Output>) {
        let voters = self.persistent.log.configuration().voters;
        let Role::Leader(leadership) = &mut self.role else {
            return;
        };
        let Some(Underway {
            goal,
            round: Some(mut round),
        }) = leadership.change
        else {
            return;
        };
        let slowest = leadership.slowest(goal.voters.except(voters));
        round.heartbeats = round.heartbeats.saturating_add(1);
        let (stood_at, heartbeats) = round.still;
        round.still = match slowest > stood_at {
            true => (slowest, 0),
            false => (stood_at, heartbeats + 1),
        };
        leadership.change = Some(Underway {
            goal,
            round: Some(round),
        });
        if round.still.1 > PATIENCE {
            self.abandon_change(ChangeAborted::NoProgress, out);
        }
    }

    pub(super) fn abandon_change(&mut self, reason: ChangeAborted, out: &mut Vec<Output>) {
        let current = self.persistent.log.configuration();
        if let Role::Leader(leadership) = &mut self.role
            && let Some(Underway { goal, .. }) = leadership.change.take()
            && goal != current
        {
            out.push(Output::Event(Event::ChangeAbandoned { goal, reason }));
        }
    }

    /// A configuration is an entry like any other, but counts from the moment it is in the log.
    fn append_configuration(&mut self, next: Configuration, out: &mut Vec<Output>) {
        let current = self.persistent.log.configuration();
        let last = self.persistent.log.last_index();
        if let Role::Leader(leadership) = &mut self.role {
            // Of a newcomer nothing is known, though it may have been here before.
            for id in next.members().except(current.members()).iter() {
                *leadership.progress_mut(id) = Progress {
                    next: last.next(),
                    ..Progress::default()
                };
            }
        }
        let EntryId { index, .. } = self.append_own(Payload::Configuration(next), out);
        out.push(Output::Event(Event::Configured {
            index,
            configuration: next,
            again: false,
        }));
        self.keep_in_touch();
        self.pass_on(out);
        out.push(Output::Persist);
    }
}

/// Everyone's side.
impl Node {
    /// Who belonged to the cluster by the configuration before the latest, and does not by that, is
    /// sent the log until the latest is committed. Who hears nothing would stand for election, and
    /// depose the leader again and again (dissertation, 4.2.3).
    pub(super) fn keep_in_touch(&mut self) {
        let log = &self.persistent.log;
        let (index, latest) = log.configured();
        let (_, before) = log.configured_by(index.previous());
        let tells = self.rule(Rule::TellTheRemoved) && index > self.commit_index;
        let removed = before.members().except(latest.members());
        if let Role::Leader(leadership) = &mut self.role {
            let leaving = leadership.leaving.except(latest.members());
            leadership.leaving = if tells { leaving.or(removed) } else { leaving };
        }
    }

    /// Whether this server may stand for election: whether it has a vote. If it lost its vote by a
    /// configuration that it does not know to be committed, it may be needed still, to commit that
    /// (dissertation, 4.2.2).
    pub(super) fn may_stand(&self) -> bool {
        let mut possible = self.persistent.log.configurations_since(self.commit_index);
        possible.any(|configuration| configuration.all_voters().contains(self.id))
    }
}

#[cfg(test)]
mod tests {
    use super::super::message::{AppendOutcome, Message};
    use super::super::node::{Input, Persistent, Timer};
    use super::super::types::{Round, Term};
    use super::super::{Config, Entry};
    use super::*;

    fn s(number: usize) -> NodeId {
        NodeId::new(number).unwrap()
    }

    fn servers(count: usize) -> ServerSet {
        NodeId::first(count).collect()
    }

    /// Lets something happen, with its disk in no time, and says what did.
    fn step(node: &mut Node, input: Input) -> Vec<Event> {
        let (mut out, mut events) = (Vec::new(), Vec::new());
        node.step(input, &mut out);
        while !out.is_empty() {
            let wrote = out.contains(&Output::Persist);
            events.extend(out.drain(..).filter_map(|output| match output {
                Output::Event(event) => Some(event),
                _ => None,
            }));
            if wrote {
                let written = node.persistent().written();
                node.step(written, &mut out);
            }
        }
        events
    }

    /// S1, the only server, leading.
    fn alone() -> Node {
        let disk = Persistent::new(servers(1));
        let mut node = Node::start(s(1), Config::default(), disk, &mut Vec::new());
        step(&mut node, Input::Timeout(Timer::Election));
        assert!(node.is_leader());
        node
    }

    fn acknowledge(node: &mut Node, from: NodeId, match_index: u64) -> Vec<Event> {
        let message = Message::AppendEntriesReply {
            term: Term(1),
            round: Round(0),
            outcome: AppendOutcome::Accepted {
                match_index: LogIndex(match_index),
            },
        };
        step(node, Input::Message { from, message })
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let mut node = alone();
        let refused = |node: &Node, change| node.objection(change);
        assert_eq!(
            refused(&node, Change::Add(s(1))),
            Some(ChangeRejected::Nothing)
        );
        assert_eq!(
            refused(&node, Change::Remove(s(3))),
            Some(ChangeRejected::Nothing)
        );
        for change in [Change::Remove(s(1)), Change::Learn(s(1))] {
            assert_eq!(refused(&node, change), Some(ChangeRejected::NoVoters));
        }
        let add = Input::ChangeMembership(Change::Add(s(2)));
        step(&mut node, add.clone());
        assert_eq!(
            refused(&node, Change::Add(s(3))),
            Some(ChangeRejected::UnderWay)
        );
        let events = step(&mut node, Input::ChangeMembership(Change::Add(s(3))));
        let reason = ChangeRejected::UnderWay;
        assert_eq!(events, [Event::ChangeRefused { reason }]);
        assert_eq!(reason.to_string(), "it has a change in hand already");

        let disk = Persistent::new(servers(3));
        let mut follower = Node::start(s(1), Config::default(), disk, &mut Vec::new());
        let reason = ChangeRejected::NotLeader { leader: None };
        assert_eq!(step(&mut follower, add), [Event::ChangeRefused { reason }]);
    }

    #[test]
    fn nothing_else_is_begun_in_a_joint_configuration_nor_during_a_transfer() {
        let add = Input::ChangeMembership(Change::Add(s(3)));
        let mut disk = Persistent::new(servers(2));
        let joint = Configuration {
            voters: servers(1),
            outgoing: servers(2),
            learners: ServerSet::EMPTY,
        };
        let payload = Payload::Configuration(joint);
        disk.log.append(Entry {
            term: Term(0),
            payload,
        });
        let mut node = Node::start(s(1), Config::default(), disk, &mut Vec::new());
        step(&mut node, Input::Timeout(Timer::Election));
        let (term, granted) = (Term(1), true);
        let message = Message::RequestVoteReply { term, granted };
        step(
            &mut node,
            Input::Message {
                from: s(2),
                message,
            },
        );
        // It has no change in hand; but it is to end the one that it found.
        let reason = ChangeRejected::UnderWay;
        assert_eq!(
            step(&mut node, add.clone()),
            [Event::ChangeRefused { reason }]
        );
        acknowledge(&mut node, s(2), 2);
        assert!(!node.configuration().is_joint() && node.objection(Change::Add(s(3))).is_none());

        let mut node = alone();
        step(&mut node, Input::ChangeMembership(Change::Add(s(2))));
        acknowledge(&mut node, s(2), 2);
        acknowledge(&mut node, s(2), 3);
        assert_eq!(node.configuration().voters, servers(2));
        step(&mut node, Input::Transfer(s(2)));
        let reason = ChangeRejected::HandingOver(s(2));
        assert_eq!(step(&mut node, add), [Event::ChangeRefused { reason }]);
    }

    #[test]
    fn a_change_touches_one_voter_or_goes_through_a_joint_configuration() {
        let voters = |node: &Node| (node.configuration().voters, node.configuration().outgoing);
        let mut config = Config::default();
        config.rules.set(Rule::CatchUpFirst, false);
        let mut node = alone();
        node.set_config(config);
        step(&mut node, Input::ChangeMembership(Change::Add(s(2))));
        assert_eq!(voters(&node), (servers(2), ServerSet::EMPTY));
        acknowledge(&mut node, s(2), 2);
        let four = Change::Voters(servers(4));
        step(&mut node, Input::ChangeMembership(four));
        assert_eq!(voters(&node), (servers(4), servers(2)));
        // Three of four hold it, but of the old ones only one.
        acknowledge(&mut node, s(3), 3);
        acknowledge(&mut node, s(4), 3);
        assert_eq!(voters(&node), (servers(4), servers(2)));
        acknowledge(&mut node, s(2), 3);
        assert_eq!(voters(&node), (servers(4), ServerSet::EMPTY));
        assert_eq!(node.commit_index(), LogIndex(3));
    }

    #[test]
    fn newcomers_have_ten_rounds() {
        let mut node = alone();
        step(&mut node, Input::ChangeMembership(Change::Add(s(2))));
        let mut rounds = Vec::new();
        for round in 1..=u64::from(MOST_ROUNDS) {
            // While S2 gets what there is, which takes it long, more is written.
            let last = node.log().last_index().0;
            for _ in 0..=SHORT_ROUND {
                step(&mut node, Input::Timeout(Timer::Heartbeat));
            }
            let command = crate::kv::Command {
                client: crate::kv::ClientId::new(1).unwrap(),
                session: None,
                serial: round as u32,
                op: "x=1".parse().unwrap(),
            };
            step(&mut node, Input::Propose(command));
            rounds.extend(
                acknowledge(&mut node, s(2), last)
                    .into_iter()
                    .filter_map(|event| match event {
                        Event::CatchUpBegun { round, .. } => Some(round),
                        Event::ChangeAbandoned { reason, .. } => {
                            assert_eq!(reason, ChangeAborted::TooSlow);
                            Some(0)
                        }
                        _ => None,
                    }),
            );
        }
        assert_eq!(rounds, [2, 3, 4, 5, 6, 7, 8, 9, 10, 0]);
        assert_eq!(node.configuration().voters, servers(1));
        assert_eq!(node.configuration().learners, ServerSet::EMPTY.with(s(2)));
    }

    #[test]
    fn a_round_of_a_few_heartbeats_is_short_enough() {
        let mut node = alone();
        step(&mut node, Input::ChangeMembership(Change::Add(s(2))));
        for _ in 0..SHORT_ROUND {
            step(&mut node, Input::Timeout(Timer::Heartbeat));
        }
        acknowledge(&mut node, s(2), 2);
        assert_eq!(node.configuration().voters, servers(2));
    }

    #[test]
    fn a_newcomer_is_given_up_when_it_gets_nowhere_not_when_it_is_slow() {
        let mut node = alone();
        for serial in 1..=9 {
            let client = crate::kv::ClientId::new(1).unwrap();
            let (session, op) = (None, "x=1".parse().unwrap());
            let command = crate::kv::Command {
                client,
                session,
                serial,
                op,
            };
            step(&mut node, Input::Propose(command));
        }
        step(&mut node, Input::ChangeMembership(Change::Add(s(2))));
        let heartbeats = |node: &mut Node, count| {
            let beats = (0..count).flat_map(|_| step(node, Input::Timeout(Timer::Heartbeat)));
            let given_up = |event: Event| matches!(event, Event::ChangeAbandoned { .. });
            beats.filter(|event| given_up(*event)).count()
        };
        for match_index in 1..=5 {
            assert_eq!(heartbeats(&mut node, PATIENCE), 0, "{match_index}");
            acknowledge(&mut node, s(2), match_index);
        }
        assert_eq!(
            heartbeats(&mut node, PATIENCE + 1),
            0,
            "the first sees the progress"
        );
        assert_eq!(heartbeats(&mut node, 1), 1);
    }

    #[test]
    fn of_a_server_that_comes_again_nothing_is_known() {
        let mut config = Config::default();
        config.rules.set(Rule::CatchUpFirst, false);
        let mut node = alone();
        node.set_config(config);
        step(&mut node, Input::ChangeMembership(Change::Learn(s(2))));
        acknowledge(&mut node, s(2), 2);
        step(&mut node, Input::ChangeMembership(Change::Remove(s(2))));
        step(&mut node, Input::ChangeMembership(Change::Learn(s(2))));
        let Role::Leader(leadership) = node.role() else {
            panic!("it leads");
        };
        assert_eq!(leadership.progress(s(2)).match_index, LogIndex(0));
        assert_eq!(node.commit_index(), LogIndex(4));
        let last: Option<&Entry> = node.log().get(LogIndex(4));
        assert!(matches!(last.unwrap().payload, Payload::Configuration(_)));
        assert_eq!(node.log().last(), EntryId::new(LogIndex(4), Term(1)));
    }
}
