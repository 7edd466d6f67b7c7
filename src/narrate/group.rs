//! What a step sends to several at once is one thing, and told once.

use crate::raft::{LogIndex, Message};
use crate::sim::{Address, Body, Fact, PacketId, Step, World};

/// Whether an earlier fact of the step tells this one too: the same thing sent to somebody else.
pub fn is_told_before(step: &Step, place: usize, world: &World) -> bool {
    let same = |earlier: &Fact| is_same(earlier, &step.facts[place], world);
    step.facts[..place].iter().any(same)
}

/// Everyone to whom the step sent what the fact at `place` sent.
pub fn recipients<'a>(
    step: &'a Step,
    place: usize,
    world: &'a World,
) -> impl Iterator<Item = Address> + 'a {
    let rest = step.facts[place..].iter();
    rest.filter_map(move |fact| match fact {
        Fact::Sent { to, .. } if is_same(fact, &step.facts[place], world) => Some(*to),
        _ => None,
    })
}

/// The packets of which the sentence for the fact at `place` tells.
pub(super) fn packets(step: &Step, place: usize, world: &World) -> Vec<PacketId> {
    let mut packets = Vec::new();
    for fact in &step.facts[place..] {
        match fact {
            Fact::Sent { packet, .. } if is_same(fact, &step.facts[place], world) => {
                packets.push(*packet);
            }
            _ => {}
        }
    }
    if let Fact::Lost { packet, .. } = &step.facts[place] {
        packets.push(*packet);
    }
    packets
}

fn is_same(one: &Fact, other: &Fact, world: &World) -> bool {
    let essence = |fact: &Fact| match fact {
        Fact::Sent {
            packet,
            from,
            kind,
            term,
            index,
            positive,
            ..
        } => Some((
            *from,
            *kind,
            *term,
            *index,
            *positive,
            first_entry(world, *packet),
        )),
        _ => None,
    };
    // The first entry costs a search, so it is compared last.
    matches!((one, other), (Fact::Sent { .. }, Fact::Sent { .. })) && essence(one) == essence(other)
}

/// The first entry that a packet carries, if it carries any and is still under way.
pub fn first_entry(world: &World, packet: PacketId) -> Option<LogIndex> {
    match &world.network().packet(packet)?.body {
        Body::Raft(Message::AppendEntries {
            prev_log: previous,
            entries,
            ..
        }) if !entries.is_empty() => Some(previous.index.next()),
        _ => None,
    }
}
