//! What there is, rather than what happened: an entry, a message under way, a role; with what
//! decides about it.

use super::words;
use crate::check::ghost::Settled;
use crate::raft::{Clause, EntryId, Event, Node, NodeId, Payload, Role, Term};
use crate::sim::{Packet, World};

/// What an entry of a server's log says, and who made it (none: it is older than the run).
pub fn entry(world: &World, id: NodeId, position: EntryId, maker: Option<NodeId>) -> String {
    let EntryId { index, term } = position;
    let says = match world.server(id).log().get(index).map(|entry| entry.payload) {
        Some(Payload::Command(command)) => format!("{} of {}", command.op, command.client),
        Some(Payload::Configuration(configuration)) => {
            format!("who the cluster is: {configuration}")
        }
        Some(Payload::Register(wish)) => format!("that {} opens session {index}", wish.client),
        Some(Payload::Noop) | None => "nothing".into(),
    };
    let made = match maker {
        Some(maker) => format!("{maker} made it as leader of term {term}"),
        None => format!("it was made in term {term}, before this run began"),
    };
    format!("Entry {index} of {id} says {says}: {made}")
}

/// Whether an entry of a server's log is committed; if not, what is missing for that, and on whom
/// it is. With the rule that decides. `settled` is what was ever committed at its index.
pub fn commitment(
    world: &World,
    id: NodeId,
    position: EntryId,
    settled: Option<&Settled>,
) -> (Clause, String) {
    let EntryId { index, term } = position;
    let node = world.server(id).node();
    let counted = || {
        let (holders, of) = Default::default();
        let committed = Event::Committed {
            position,
            holders,
            of,
        };
        committed.clause()
    };
    if node.is_some_and(|node| node.commit_index() >= index) {
        return (counted(), format!("{id} knows that it is committed."));
    }
    match settled {
        Some(settled) if settled.entry.term == term => {
            let leader = settled.server;
            let learned = Event::CommitLearned {
                leader,
                leader_commit: index,
                index,
            };
            return (
                learned.clause(),
                format!("It is committed, as {leader} was the first to know; {id} does not know."),
            );
        }
        Some(settled) => return gives_way(position, settled.server, settled.entry.term),
        None => {}
    }
    let leads = world
        .leader()
        .and_then(|leader| world.server(leader).node());
    match leads.map(|node| (node, node.role())) {
        Some((leader, Role::Leader(leadership))) if leader.log().holds(position) => {
            let of = leader.configuration();
            let holders = leadership.holders(of.all_voters(), index);
            let (name, term_now) = (leader.id(), leader.term());
            let hold = format!(
                "It is not committed yet: as far as {name} knows, {} servers hold it, {}",
                words::share(holders, &of),
                words::servers(holders),
            );
            if of.has_quorum(holders) && term < term_now {
                let waits = Event::CommitWaits {
                    position,
                    term: term_now,
                };
                let text = format!(
                    "{hold}. But it is of term {term}, and waits until an entry of term {term_now} is on a majority."
                );
                return (waits.clause(), text);
            }
            let missing = (of.voters.len() / 2 + 1).saturating_sub(holders.and(of.voters).len());
            let more = if of.is_joint() {
                String::new()
            } else {
                format!("{} ", words::count(missing))
            };
            let all = of.all_voters().iter();
            let others = words::list(all.filter(|id| !holders.contains(*id)));
            (
                counted(),
                format!("{hold}. Missing: {more}more, of {others}."),
            )
        }
        Some((leader, _)) => gives_way(position, leader.id(), leader.term()),
        None => (
            counted(),
            "It is not committed, and only a leader can commit it: there is none.".into(),
        ),
    }
}

/// An entry that cannot stay.
fn gives_way(position: EntryId, leader: NodeId, theirs: Term) -> (Clause, String) {
    let EntryId { index, term } = position;
    let deleted = Event::EntriesDeleted {
        first: index,
        last: index,
        own: term,
        leader: theirs,
    };
    (
        deleted.clause(),
        format!("It is not committed, and gives way to what {leader} has there, in term {theirs}."),
    )
}

/// Where a message is that has not arrived yet.
pub fn journey(packet: &Packet) -> String {
    let to = packet.to;
    match packet.fate {
        None if packet.is_held() => format!("It is held back before {to}."),
        None => format!("It is on its way to {to}."),
        Some(_) => format!("It will not reach {to}: it is lost on the way."),
    }
}

/// Whom a follower follows.
pub fn following(node: &Node) -> String {
    let (id, term) = (node.id(), node.term());
    match node.leader() {
        Some(leader) => format!("{id} follows {leader}, in term {term}."),
        None => format!("{id} knows of no leader of term {term}."),
    }
}
