//! What a sentence needs to know besides the fact it tells, in any language.

use crate::kv::Op;
use crate::raft::{EntryId, LogIndex, NodeId, Payload, Rule};
use crate::sim::{Action, Address, Cause, Fact, PacketKind, Step, World};

/// The command at `index` of a server's log.
pub(super) fn command(world: &World, server: NodeId, index: LogIndex) -> Option<Op> {
    match world.server(server).log().get(index)?.payload {
        Payload::Command(command) => Some(command.op),
        Payload::Configuration(_) | Payload::Noop | Payload::Register(_) => None,
    }
}

/// What an entry of a server's log says, if the log still has it.
pub(super) fn payload(world: &World, server: NodeId, entry: EntryId) -> Option<Payload> {
    let found = world.server(server).log().get(entry.index)?;
    (found.term == entry.term).then_some(found.payload)
}

/// Whether the user made the step, with something other than a change of the cluster.
pub(super) fn is_yours(step: &Step) -> bool {
    matches!(&step.cause, Cause::Action(action) if !matches!(**action, Action::Change(_)))
}

/// Whether the user let an election timer expire.
pub(super) fn is_forced_timeout(step: &Step) -> bool {
    matches!(&step.cause, Cause::Action(action) if matches!(**action, Action::Timeout(_)))
}

/// Whether a heartbeat made the step.
pub(super) fn is_heartbeat(step: &Step) -> bool {
    matches!(
        step.cause,
        Cause::Packet {
            kind: PacketKind::Heartbeat,
            ..
        }
    )
}

/// The client whose request arrived.
pub(super) fn client(step: &Step) -> Option<Address> {
    match &step.cause {
        Cause::Packet { from, .. } => Some(*from),
        Cause::Action(_)
        | Cause::Client(_)
        | Cause::Compaction { .. }
        | Cause::Written { .. }
        | Cause::Start
        | Cause::Timeout { .. } => None,
    }
}

/// Whether a busy client sends a request of the user later.
pub(super) fn waits(step: &Step) -> bool {
    let asks = |fact: &Fact| matches!(fact, Fact::Asked { .. } | Fact::Registers { .. });
    !step.facts.iter().any(asks)
}

/// What a crash leaves of term, vote and log: all that must be on disk, unless a rule is off. None
/// where it came in the middle of a write.
pub(super) fn kept(step: &Step, world: &World) -> Option<[bool; 3]> {
    let cut = |fact: &Fact| matches!(fact, Fact::WriteCut { .. });
    let rules = world.config().rules;
    let term = rules.on(Rule::PersistTerm);
    let vote = term && rules.on(Rule::PersistVote);
    (!step.facts.iter().any(cut)).then_some([term, vote, rules.on(Rule::PersistLog)])
}
