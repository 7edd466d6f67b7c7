//! What there is, and the values behind what happened.

use super::words::{configuration, count, end_of_log, list, servers, share};
use crate::narrate::clause::Clause;
use crate::narrate::state::{Standing, Values};
use crate::raft::{EntryId, NodeId, Payload};

pub(super) fn entry(
    id: NodeId,
    position: EntryId,
    payload: Option<Payload>,
    maker: Option<NodeId>,
) -> String {
    let EntryId { index, term } = position;
    let says = match payload {
        Some(Payload::Command(command)) => format!("contains {} of {}", command.op, command.client),
        Some(Payload::Configuration(members)) => {
            format!("contains the configuration {}", configuration(&members))
        }
        Some(Payload::Register(wish)) => format!("opens session {index} for {}", wish.client),
        Some(Payload::Noop) | None => "is a no-op".into(),
    };
    let made = match maker {
        Some(maker) => format!("{maker} appended it first, as leader of term {term}"),
        None => format!("it is from term {term}, before this run began"),
    };
    format!("Entry {index} of {id} {says}: {made}")
}

pub(super) fn standing(id: NodeId, standing: &Standing) -> String {
    match standing {
        Standing::Known => format!("{id} knows that it is committed."),
        Standing::KnownTo(leader) => {
            format!("It is committed, and {leader} knew it first; {id} does not know it yet.")
        }
        Standing::Replaced(leader, term) => {
            format!("It is not committed, and {leader}'s entry of term {term} will replace it.")
        }
        Standing::Missing {
            leader,
            holders,
            of,
            missing,
        } => {
            let more = if of.is_joint() {
                String::new()
            } else {
                format!("{} ", count(*missing))
            };
            let all = of.all_voters().iter();
            let others = list(all.filter(|id| !holders.contains(*id)));
            format!(
                "It is not committed yet: as far as {leader} knows, {} servers have it, {}. Missing: {more}more, of {others}.",
                share(*holders, of),
                servers(*holders)
            )
        }
        Standing::OldTerm {
            leader,
            holders,
            of,
            term,
            leader_term,
        } => format!(
            "It is not committed yet: as far as {leader} knows, {} servers have it, {}. But it is from term {term}, and waits until a majority has an entry of term {leader_term}.",
            share(*holders, of),
            servers(*holders)
        ),
        Standing::NoLeader => {
            "It is not committed: only a leader can commit it, and there is no leader.".into()
        }
    }
}

pub(super) fn values(values: &Values) -> String {
    match values {
        Values::Match(index) => {
            let next = index.next();
            format!("So matchIndex is {index}, and nextIndex is at least {next}.")
        }
        Values::LogEnds {
            candidate,
            theirs,
            ours,
        } => {
            let (theirs, ours) = (end_of_log(*theirs), end_of_log(*ours));
            format!("{candidate}'s log ends with {theirs}; the voter's with {ours}.")
        }
    }
}

/// Where a rule stands: `Figure 2, RequestVote 2; §5.2, 5.4.1`.
pub(super) fn source(clause: &Clause) -> String {
    let (figure, place) = match clause.place {
        "" | "Clients" => ("", ""),
        "Dissertation" => ("", "Dissertation"),
        place if place.starts_with("Figure") => ("", place),
        place => ("Figure 2, ", place),
    };
    let between = if place.is_empty() || clause.section.is_empty() {
        ""
    } else {
        "; "
    };
    let sign = if clause.section.is_empty() { "" } else { "§" };
    [figure, place, between, sign, clause.section].concat()
}
