//! Membership changes (§6; dissertation, chapter 4): servers that join and leave.
//!
//! # What it adds
//!
//! Servers cannot all switch at the same time: for a while some use the old configuration and some
//! the new one. If a majority of the old and a majority of the new configuration have no server in
//! common, a term may have two leaders (Figure 10). There are two solutions:
//!
//! - *One server at a time*: after adding or removing a single voter, any two majorities still share
//!   a server (dissertation, 4.1). The next change waits until this one is committed.
//! - *Joint consensus*, for any change: between the two comes a configuration C_old,new, which needs
//!   both majorities for every decision (§6, Figure 11).
//!
//! An administrator names the final configuration. The leader takes the steps that lead there, each
//! of them an entry of its log, as soon as it is safe. New voters first receive the log without a
//! vote, as learners, so that the cluster does not have to wait for them (dissertation, 4.2.1).
//!
//! # By example
//!
//! S1, S2 and S3 are voters. An administrator asks for S1, S4 and S5. The leader appends, one after
//! the other, each when the one before is committed:
//!
//! 1. `S1,S2,S3` with the learners S4 and S5: they receive the log;
//! 2. when they have caught up, C_old,new: majorities of `S1,S2,S3` and of `S1,S4,S5`;
//! 3. C_new: `S1,S4,S5`. S2 and S3 receive the log until it is committed.
//!
//! If the leader crashes in between, the next leader finds the configuration in its log. It completes
//! a joint one (step 3); the administrator asks again for the rest.
//!
//! Which servers form a majority is pure arithmetic: [`super::super::configuration`].
//!
//! # Hooks
//!
//! - `step` gets [`super::super::Input::ChangeMembership`], and calls `pursue_change` at its end;
//! - `heartbeat` calls `time_catch_up`; `leave_role` aborts a change;
//! - `start_leading` calls `note_leaving`, so that removed servers still receive the log;
//! - `election_timeout` asks `may_campaign`.

use std::fmt;

use crate::raft::configuration::Configuration;
use crate::raft::event::{Event, StepDown};
use crate::raft::io::{Output, Outputs};
use crate::raft::log::Payload;
use crate::raft::machine::StateMachine;
use crate::raft::node::{Node, Role};
use crate::raft::progress::Progress;
use crate::raft::rules::Rule;
use crate::raft::types::{EntryId, LogIndex, NodeId, ServerSet};

#[cfg(test)]
mod tests;

/// The number of rounds in which learners must catch up (dissertation, 4.2.1).
pub const MOST_ROUNDS: u8 = 10;

/// The number of heartbeats in a round that is short enough. The dissertation compares the round
/// with an election timeout, which is a few heartbeats; a node without a clock can only count them.
pub const SHORT_ROUND: u8 = 3;

/// After this many heartbeats without any progress of a server that joins or leaves, the leader no
/// longer waits for it: it aborts the change, or lets the removed server go.
pub const PATIENCE: u8 = 20;

/// A change that an administrator asks for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Change {
    /// Make this server a voter.
    Add(NodeId),
    /// Make this server a learner: it receives the log and has no vote.
    Learn(NodeId),
    /// Remove this server.
    Remove(NodeId),
    /// Make exactly these servers the voters.
    Voters(ServerSet),
}

/// Why a leader rejects a change.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ChangeRejected {
    /// The leader transfers its leadership to this server.
    HandingOver(NodeId),
    /// The change changes nothing.
    Nothing,
    /// No voter would remain.
    NoVoters,
    /// The server does not lead.
    NotLeader {
        /// The leader, as far as the server knows.
        leader: Option<NodeId>,
    },
    /// Another change is in progress.
    UnderWay,
}

/// What the next step of a change waits for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Wait {
    /// The latest configuration, the entry at this index, must be committed.
    Configuration(LogIndex),
    /// An entry of the leader's own term must be committed.
    OwnTerm,
}

/// Why a leader aborted a change.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ChangeAborted {
    /// It leads no more.
    LeadsNoLonger,
    /// A learner made no progress for [`PATIENCE`] heartbeats.
    NoProgress,
    /// The learners did not catch up in [`MOST_ROUNDS`] rounds.
    TooSlow,
}

/// A change in progress.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Underway {
    /// The final configuration.
    pub goal: Configuration,
    /// The current round of catching up, while learners catch up.
    pub round: Option<CatchUp>,
}

/// A round of catching up: the learners must receive what the leader's log held when the round
/// began. More entries arrive meanwhile, so another round follows, which is shorter, until one is
/// short enough.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct CatchUp {
    /// The number of the round, from 1.
    pub nth: u8,
    /// The last entry of the leader's log when the round began.
    pub target: LogIndex,
    /// The number of heartbeats since then.
    heartbeats: u8,
    wait: Standstill,
}

/// How long the slowest of some servers has made no progress.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
struct Standstill {
    /// Its match_index at its last progress.
    match_index: LogIndex,
    /// The number of heartbeats since then.
    heartbeats: u8,
}

/// The servers that the latest configurations removed. They receive the log until they hold their
/// removal and are told that it is committed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(in crate::raft) struct Leaving {
    /// The servers.
    pub(in crate::raft) servers: ServerSet,
    /// How long they have made no progress since their removal was committed.
    wait: Standstill,
}

impl Change {
    /// The configuration that results when this change is applied to `current`.
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

impl Standstill {
    /// Counts a heartbeat. Returns whether the leader has waited long enough.
    fn outlasts_patience(&mut self, slowest: LogIndex) -> bool {
        if slowest > self.match_index {
            *self = Self {
                match_index: slowest,
                heartbeats: 0,
            };
        } else {
            self.heartbeats += 1;
        }
        self.heartbeats > PATIENCE
    }
}

impl CatchUp {
    fn begin(nth: u8, target: LogIndex) -> Self {
        Self {
            nth,
            target,
            heartbeats: 0,
            wait: Standstill::default(),
        }
    }
}

/// The steps of a change.
impl<M: StateMachine> Node<M> {
    /// Why this server would reject the change, if it would.
    pub fn change_rejected(&self, change: Change) -> Option<ChangeRejected> {
        let Role::Leader(leader) = &self.role else {
            let leader = self.leader();
            return Some(ChangeRejected::NotLeader { leader });
        };
        let current = self.configuration();
        let under_way = leader.change.is_some() || current.is_joint();
        let goal = change.applied_to(current);
        if goal.voters.is_empty() {
            Some(ChangeRejected::NoVoters)
        } else if let Some(to) = self.transferee() {
            Some(ChangeRejected::HandingOver(to))
        } else if under_way && self.rule(Rule::OneChangeAtATime) {
            Some(ChangeRejected::UnderWay)
        } else {
            (goal == current).then_some(ChangeRejected::Nothing)
        }
    }

    /// An administrator asks for a change. `pursue_change` takes the first step at the end of this
    /// step, unless it must wait.
    pub(in crate::raft) fn change_membership(&mut self, change: Change, out: &mut Vec<Output<M>>) {
        if let Some(reason) = self.change_rejected(change) {
            return out.report(Event::ChangeRefused { reason });
        }
        let goal = change.applied_to(self.configuration());
        self.role.leading_mut().change = Some(Underway { goal, round: None });
        if let Some(reason) = self.must_wait() {
            out.report(Event::ChangeWaits { goal, reason });
        }
    }

    /// Takes the next step of a change, if it is safe. Called at the end of every step.
    pub(in crate::raft) fn pursue_change(&mut self, out: &mut Vec<Output<M>>) {
        let Role::Leader(leader) = &self.role else {
            return;
        };
        let change = leader.change;
        let current = self.configuration();
        let is_settled = self.persistent.log.configured().0 <= self.commit_index;
        if is_settled && !current.all_voters().contains(self.id) {
            // §6: a leader that removed itself leads, without counting itself, until C_new is
            // committed; then it steps down. Its last message says that C_new is committed.
            self.broadcast(out);
            return self.become_follower(StepDown::Removed, out);
        }
        if change.is_some() || current.is_joint() || !is_settled {
            self.append_noop_if_needed(out);
        }
        let goal = match change {
            Some(change) => change.goal,
            // A new leader that finds a joint configuration completes the change.
            None if current.is_joint() => Configuration {
                outgoing: ServerSet::EMPTY,
                ..current
            },
            None => return,
        };
        if goal == current {
            if is_settled {
                self.role.leading_mut().change = None;
            }
        } else if self.must_wait().is_none()
            && self.transferee().is_none()
            && let Some(next) = self.next_configuration(goal, current, out)
        {
            self.append_configuration(next, out);
        }
    }

    /// A change waits for an entry of the leader's own term. Without no-ops there may never be one,
    /// if no client asks for anything: so append one now.
    fn append_noop_if_needed(&mut self, out: &mut Vec<Output<M>>) {
        let has_none = self.persistent.log.last().term < self.persistent.current_term;
        if has_none && self.must_wait() == Some(Wait::OwnTerm) {
            self.append_own(Payload::Noop, out);
            self.send_new_entries(out);
            out.push(Output::Persist);
        }
    }

    /// Membership 1: what the next step of a change must wait for.
    fn must_wait(&self) -> Option<Wait> {
        let log = &self.persistent.log;
        // The correction of 2015 (raft-dev): an uncommitted change of an earlier leader may still
        // exist on some servers. Once an entry of this term is committed, no server that has only
        // that change can be elected.
        let committed = log.term(self.commit_index).unwrap_or_default();
        if committed < self.persistent.current_term && self.rule(Rule::OwnTermBeforeChange) {
            return Some(Wait::OwnTerm);
        }
        // Of two uncommitted changes, the second may have a majority that shares no server with a
        // majority of the configuration before the first (dissertation, 4.1).
        let (index, _) = log.configured();
        if index > self.commit_index && self.rule(Rule::OneChangeAtATime) {
            return Some(Wait::Configuration(index));
        }
        None
    }

    /// The next configuration on the way from `current` to `goal`, unless learners must catch up
    /// first.
    fn next_configuration(
        &mut self,
        goal: Configuration,
        current: Configuration,
        out: &mut Vec<Output<M>>,
    ) -> Option<Configuration> {
        // From C_old,new to C_new.
        if current.is_joint() {
            return Some(goal);
        }
        // Membership 2: new voters are learners first.
        let new_voters = goal.voters.except(current.voters);
        if !new_voters.is_empty() && self.rule(Rule::CatchUpFirst) {
            let learners = current.learners.or(new_voters);
            if learners != current.learners {
                return Some(Configuration {
                    learners,
                    ..current
                });
            }
            if !self.have_caught_up(new_voters, out) {
                return None;
            }
        }
        // From C_old to C_old,new, if more than one voter changes. With one, the majorities of C_old
        // and C_new share a server anyway.
        let changed = new_voters.or(current.voters.except(goal.voters));
        if changed.len() > 1 && self.rule(Rule::JointConsensus) {
            return Some(Configuration {
                outgoing: current.voters,
                ..goal
            });
        }
        Some(goal)
    }

    /// Membership 3: appends a configuration. It is an entry like any other, but it is used from now on, before it
    /// is committed (§6).
    fn append_configuration(&mut self, next: Configuration, out: &mut Vec<Output<M>>) {
        let new_members = next.members().except(self.configuration().members());
        let next_index = self.persistent.log.last_index().next();
        // Nothing is known about a new member's log, even if it was a member before.
        let leader = self.role.leading_mut();
        for id in new_members.iter() {
            *leader.progress_mut(id) = Progress::starting_at(next_index);
        }
        let EntryId { index, .. } = self.append_own(Payload::Configuration(next), out);
        out.report(Event::Configured {
            index,
            configuration: next,
            again: false,
        });
        self.note_leaving();
        self.send_new_entries(out);
        out.push(Output::Persist);
    }

    /// Gives up a change, unless its goal is reached.
    pub(in crate::raft) fn abort_change(
        &mut self,
        reason: ChangeAborted,
        out: &mut Vec<Output<M>>,
    ) {
        let current = self.configuration();
        if let Some(Underway { goal, .. }) = self.role.leading_mut().change.take()
            && goal != current
        {
            out.report(Event::ChangeAbandoned { goal, reason });
        }
    }

    /// Removed servers keep receiving the log until they know that the configuration that removed
    /// them is committed. A server that receives nothing would campaign, and depose the leader again
    /// and again (dissertation, 4.2.3).
    pub(in crate::raft) fn note_leaving(&mut self) {
        let log = &self.persistent.log;
        let (index, latest) = log.configured();
        let (_, before) = log.configured_by(index.previous());
        let tells = self.rule(Rule::TellTheRemoved) && index > self.commit_index;
        let removed = before.members().except(latest.members());
        let leader = self.role.leading_mut();
        let mut servers = leader.leaving.servers.except(latest.members());
        if tells {
            servers = servers.or(removed);
        }
        leader.leaving = Leaving {
            servers,
            ..Leaving::default()
        };
    }

    /// A heartbeat is sent. To a removed server that holds its removal, it says that this is
    /// committed: the server needs nothing more. One that is behind still receives the log, unless it
    /// may be down for good.
    pub(in crate::raft) fn release_removed(&mut self) {
        let (index, _) = self.persistent.log.configured();
        let leader = self.role.leading_mut();
        if leader.leaving.servers.is_empty() || index > self.commit_index {
            return;
        }
        let behind = |id: &NodeId| leader.progress(*id).match_index < index;
        let servers = leader.leaving.servers.iter().filter(behind).collect();
        let slowest = leader.slowest(servers);
        leader.leaving.servers = servers;
        if servers.is_empty() || leader.leaving.wait.outlasts_patience(slowest) {
            leader.leaving = Leaving::default();
        }
    }

    /// Reports the latest configuration, if AppendEntries has changed it: `before` is the one it
    /// had, with its index.
    pub(in crate::raft) fn report_configuration(
        &self,
        before: (LogIndex, Configuration),
        out: &mut Vec<Output<M>>,
    ) {
        let now = self.persistent.log.configured();
        if now != before {
            let (index, configuration) = now;
            out.report(Event::Configured {
                index,
                configuration,
                again: index < before.0,
            });
        }
    }

    /// Membership 4: whether this server may start an election: it must have a vote. If it lost its vote by a
    /// configuration that is not known to be committed, it may still be needed to commit that
    /// configuration (dissertation, 4.2.2).
    pub(in crate::raft) fn may_campaign(&self) -> bool {
        let mut possible = self.persistent.log.configurations_since(self.commit_index);
        possible.any(|configuration| configuration.all_voters().contains(self.id))
    }
}

/// Catching up (dissertation, 4.2.1).
impl<M: StateMachine> Node<M> {
    /// Whether the learners could vote without delaying the cluster: whether their last round was
    /// short.
    fn have_caught_up(&mut self, learners: ServerSet, out: &mut Vec<Output<M>>) -> bool {
        let last = self.persistent.log.last_index();
        let leader = self.role.leading_mut();
        let slowest = leader.slowest(learners);
        let Some(Underway { round, .. }) = &mut leader.change else {
            return false;
        };
        let begin = |nth| {
            let event = Event::CatchUpBegun {
                learners,
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
            out.report(Event::CaughtUp {
                learners,
                round: nth,
                heartbeats,
            });
        } else if nth < MOST_ROUNDS {
            let (next, event) = begin(nth + 1);
            *round = Some(next);
            out.push(event);
        } else {
            self.abort_change(ChangeAborted::TooSlow, out);
        }
        is_short
    }

    /// Counts a heartbeat of the current round. Heartbeats are the only clock that a leader has. A
    /// learner without any progress may be down: the leader does not wait for it for ever.
    pub(in crate::raft) fn time_catch_up(&mut self, out: &mut Vec<Output<M>>) {
        let voters = self.configuration().voters;
        let leader = self.role.leading_mut();
        let Some(Underway {
            goal,
            round: Some(mut round),
        }) = leader.change
        else {
            return;
        };
        let slowest = leader.slowest(goal.voters.except(voters));
        round.heartbeats = round.heartbeats.saturating_add(1);
        let is_over = round.wait.outlasts_patience(slowest);
        leader.change = Some(Underway {
            goal,
            round: Some(round),
        });
        if is_over {
            self.abort_change(ChangeAborted::NoProgress, out);
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
