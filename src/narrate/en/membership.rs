//! How servers come and go.

use super::words::{configuration, count, servers};
use crate::raft::membership::{ChangeAborted, ChangeRejected};
use crate::raft::{Configuration, LogIndex, NodeId, ServerSet};
use crate::sim::World;

pub(super) fn caught_up(id: NodeId, learners: ServerSet, heartbeats: u8) -> String {
    let them = if learners.len() == 1 { "it" } else { "each" };
    let learners = servers(learners);
    let time = match heartbeats {
        0 => "before the next heartbeat".into(),
        1 => "within one heartbeat".into(),
        several => format!("within {} heartbeats", count(usize::from(several))),
    };
    format!("{learners} caught up {time}: {id} may give {them} a vote")
}

pub(super) fn configured(
    id: NodeId,
    index: LogIndex,
    members: &Configuration,
    again: bool,
) -> String {
    let again_word = if again { " again" } else { "" };
    let of = match index.0 {
        0 if again => "first configuration".into(),
        0 => "configuration of the snapshot".into(),
        _ => format!("configuration of entry {index}"),
    };
    let members = configuration(members);
    format!("{id} uses the {of}{again_word}: {members}")
}

pub(super) fn aborted(
    id: NodeId,
    goal: &Configuration,
    reason: ChangeAborted,
    world: &World,
) -> String {
    let current = world.server(id).log().configuration();
    let newcomers = servers(goal.voters.except(current.voters));
    let goal = configuration(goal);
    let because = match reason {
        ChangeAborted::LeadsNoLonger => "it is no longer the leader".into(),
        ChangeAborted::NoProgress => format!("{newcomers} made no progress"),
        ChangeAborted::TooSlow => format!("{newcomers} did not catch up in time"),
    };
    format!("{id} aborted the change to {goal}: {because}")
}

pub(super) fn change_rejected(reason: &ChangeRejected) -> String {
    match reason {
        ChangeRejected::HandingOver(to) => format!("it is transferring leadership to {to}"),
        ChangeRejected::NoVoters => "no server would have a vote".into(),
        ChangeRejected::NotLeader { leader } => not_leader(*leader),
        ChangeRejected::Nothing => "the cluster is like that already".into(),
        ChangeRejected::UnderWay => "another change is in progress".into(),
    }
}

pub(super) fn not_leader(leader: Option<NodeId>) -> String {
    match leader {
        None => "it is not the leader and knows no leader".into(),
        Some(leader) => format!("it is not the leader, {leader} is"),
    }
}
