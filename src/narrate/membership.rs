//! How servers come and go.

use super::words;
use crate::raft::membership::{ChangeAborted, Wait};
use crate::raft::{Change, Configuration, Event, NodeId};
use crate::sim::World;

/// What an administrator wants of a leader.
pub(super) fn asked(leader: NodeId, change: Change) -> String {
    match change {
        Change::Add(id) => format!("{leader} was asked to give {id} a vote"),
        Change::Learn(id) => format!("{leader} was asked to make {id} a learner"),
        Change::Remove(id) => format!("{leader} was asked to remove {id} from the cluster"),
        Change::Voters(voters) => {
            let voters = words::servers(voters);
            format!("{leader} was asked to make {voters} the cluster")
        }
    }
}

/// The sentence for an event of a change of configuration inside `id`.
pub(super) fn text(id: NodeId, event: &Event, world: &World) -> String {
    match event {
        Event::CatchUpBegun {
            learners,
            round,
            target,
        } => {
            let learners = words::servers(*learners);
            format!("{id} waits until {learners} caught up with entry {target} (round {round})")
        }
        Event::CaughtUp {
            learners,
            heartbeats,
            ..
        } => {
            let them = if learners.len() == 1 { "it" } else { "each" };
            let learners = words::servers(*learners);
            let time = match heartbeats {
                0 => "before the next heartbeat".into(),
                1 => "within a heartbeat".into(),
                count => format!("within {} heartbeats", words::count(usize::from(*count))),
            };
            format!("{learners} caught up {time}: {id} may give {them} a vote")
        }
        Event::ChangeAbandoned { goal, reason } => abandoned(id, goal, *reason, world),
        Event::ChangeRefused { reason } => {
            format!("{id} does not change the cluster: {reason}")
        }
        Event::ChangeWaits { goal, reason } => {
            let goal = words::configuration(goal);
            let until = match reason {
                Wait::Configuration(index) => {
                    format!("entry {index}, the configuration before, is committed")
                }
                Wait::OwnTerm => "an entry of its own term is committed".into(),
            };
            format!("{id} is to make the cluster {goal}, and waits until {until}")
        }
        Event::Configured {
            index,
            configuration,
            again,
        } => {
            let members = words::configuration(configuration);
            let again = if *again { " again" } else { "" };
            match index.0 {
                0 if !again.is_empty() => {
                    format!("{id} goes by the founding configuration{again}: {members}")
                }
                0 => format!("{id} goes by the configuration of the snapshot: {members}"),
                _ => format!("{id} goes by the configuration of entry {index}{again}: {members}"),
            }
        }
        _ => format!("{id}'s election timer ran out: it has no vote, and does not stand"),
    }
}

fn abandoned(id: NodeId, goal: &Configuration, reason: ChangeAborted, world: &World) -> String {
    let current = world.server(id).log().configuration();
    let newcomers = words::servers(goal.voters.except(current.voters));
    let goal = words::configuration(goal);
    match reason {
        ChangeAborted::LeadsNoLonger => {
            format!("{id} does not make the cluster {goal} any more: it does not lead")
        }
        ChangeAborted::NoProgress => {
            format!("{id} gave up making the cluster {goal}: {newcomers} made no progress")
        }
        ChangeAborted::TooSlow => {
            format!("{id} gave up making the cluster {goal}: {newcomers} did not catch up")
        }
    }
}
