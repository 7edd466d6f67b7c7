//! Reads that do not go through the log.

use super::words;
use crate::raft::event::Reading;
use crate::raft::{Event, NodeId, ReadId};

/// The sentence for an event about a read inside `id`.
pub(super) fn text(server: NodeId, event: &Event) -> String {
    let whose = |id: &ReadId| format!("{}'s read", id.client);
    match event {
        Event::LeaseEnded => format!("{server} has no lease any more"),
        Event::ReadAsked { leader, id } => {
            format!(
                "{server} asks {leader} how far it must be to serve {}",
                whose(id)
            )
        }
        Event::ReadGivenUp { id, leader: None } => {
            format!("{server} gives up {}: it knows of no leader", whose(id))
        }
        Event::ReadGivenUp {
            id,
            leader: Some(leader),
        } => format!("{server} gives up {}: {leader} leads now", whose(id)),
        Event::ReadHeld { id, term } => format!(
            "{server} lets {} wait: it has committed nothing of its term {term} yet",
            whose(id)
        ),
        Event::ReadIndexKnown {
            leader,
            id,
            index,
            applied,
        } => {
            let learned = format!(
                "{server} learned from {leader} that {} must see entry {index}",
                whose(id)
            );
            if index <= applied {
                format!("{learned}, which it has applied")
            } else {
                format!("{learned}: it has applied {applied} and waits")
            }
        }
        Event::ReadNoted { id, index, how } => {
            let noted = format!("{server} notes that {} must see entry {index}", whose(id));
            match how {
                Reading::Lease => format!("{noted}; it has a lease, and asks nobody"),
                Reading::Round(_) => {
                    format!("{noted}, and waits until a majority confirms that it leads")
                }
                Reading::Unconfirmed => format!("{noted}, and does not ask whether it still leads"),
            }
        }
        Event::ReadsConfirmed { servers, .. } => format!(
            "{server} knows that it led when it was asked to read: {} answered since",
            words::servers(*servers)
        ),
        _ => String::new(),
    }
}
