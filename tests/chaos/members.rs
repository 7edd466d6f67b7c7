//! Servers that come and go.

use super::Dice;
use raftarium::raft::event::{Event, StepDown};
use raftarium::raft::membership::{ChangeAborted, Wait};
use raftarium::raft::{Change, MAX_SERVERS, NodeId, Rule, ServerSet};
use raftarium::sim::{Action, World};

/// What keeps a changing cluster safe.
pub(crate) const RULES: [Rule; 3] = [
    Rule::JointConsensus,
    Rule::OneChangeAtATime,
    Rule::OwnTermBeforeChange,
];

/// Something done to the cluster's membership.
pub(super) fn action(world: &World, dice: &mut Dice) -> Action {
    // Some that are there, and one or two that are not.
    let known = NodeId::first((world.ids().len() + 2).min(MAX_SERVERS)).collect();
    let anyone = world.ids().or(known);
    let id = dice.server(anyone);
    match dice.below(10) {
        0..3 => Action::Change(Change::Add(id)),
        3 => Action::Change(Change::Learn(id)),
        4..6 => Action::Change(Change::Remove(id)),
        6 => Action::Change(Change::Remove(world.leader().unwrap_or(id))),
        7..9 => {
            let some: ServerSet = anyone.iter().filter(|_| dice.chance(2)).collect();
            Action::Change(Change::Voters(some.with(id)))
        }
        // Whoever nobody counts on may lose its disk. A voter may not: that is beyond Raft.
        _ if dice.chance(2) && world.is_forgotten(id) => Action::Wipe(id),
        _ => Action::Retire(id),
    }
}

/// What an administrator does in the end: those who belong to the cluster no more are taken away,
/// and those who were taken away do not belong to it.
pub(super) fn tidying(world: &World) -> Vec<Action> {
    let members = world.configuration().members();
    let strangers = world.ids().except(members);
    let lost = members.except(world.ids());
    let retire = strangers.iter().map(Action::Retire);
    let remove = lost.iter().map(|id| Action::Change(Change::Remove(id)));
    retire.chain(remove).collect()
}

/// What is worth counting.
pub(super) fn of_event(event: &Event) -> &'static str {
    match event {
        Event::BecameLeader { of, .. } if of.is_joint() => {
            "a leader was elected by both majorities"
        }
        Event::CaughtUp { round: 1, .. } => "new servers caught up in the first round",
        Event::CaughtUp { .. } => "new servers caught up in a later round",
        Event::ChangeAbandoned { reason, .. } => match reason {
            ChangeAborted::LeadsNoLonger => "a change was abandoned: the leader led no longer",
            ChangeAborted::NoProgress => "a change was abandoned: no progress",
            ChangeAborted::TooSlow => "",
        },
        Event::ChangeWaits { reason, .. } => match reason {
            Wait::Configuration(_) => "a change had to wait for the configuration before",
            Wait::OwnTerm => "a change had to wait for an entry of the leader's term",
        },
        Event::Committed { of, .. } if of.is_joint() => {
            "a joint configuration was committed by both majorities"
        }
        Event::Configured { again: true, .. } => "a configuration was rolled back",
        Event::Configured { .. } => "a configuration was adopted",
        Event::MayNotStand => "a server without a vote did not stand",
        Event::SteppedDown {
            reason: StepDown::Removed,
        } => "a leader was removed",
        _ => "",
    }
}
