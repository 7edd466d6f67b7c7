//! What came of what: between the facts of a step, and from one step to the next.

use super::about;
use crate::raft::{Event, Timer};
use crate::sim::{Cause, Fact, Step};

/// The earlier fact of the same step of which the fact at `place` came. None: it came directly of
/// what made the step happen.
pub fn origin(step: &Step, place: usize) -> Option<usize> {
    let comes_of = about::fact(&step.facts[place]).comes_of;
    step.facts[..place].iter().rposition(comes_of)
}

/// The fact of `parent` that made a step with this cause happen: the packet it sent, the timer it
/// set, the write it began, the client it left waiting. None: it was done from outside.
pub fn trigger(parent: &Step, cause: &Cause) -> Option<usize> {
    let facts = &parent.facts;
    match cause {
        Cause::Packet {
            packet,
            from,
            to,
            kind,
        } => {
            let sent =
                |fact: &Fact| matches!(fact, Fact::Sent { packet: sent, .. } if sent == packet);
            // A second copy has its own number.
            let like = |fact: &Fact| matches!(fact, Fact::Sent { from: a, to: b, kind: c, .. } if (a, b, c) == (from, to, kind));
            facts
                .iter()
                .position(sent)
                .or_else(|| facts.iter().position(like))
        }
        Cause::Timeout { timer, .. } => {
            let sets: fn(&Event) -> bool = match timer {
                Timer::Election | Timer::MinElection => {
                    |event| matches!(event, Event::TimerReset { .. })
                }
                Timer::EvenLease | Timer::OddLease => |event| {
                    matches!(
                        event,
                        Event::BecameLeader { .. }
                            | Event::EntryAppended { .. }
                            | Event::HeartbeatDue
                            | Event::ReadNoted { .. }
                    )
                },
                Timer::Transfer => |event| matches!(event, Event::TransferStarted { .. }),
                Timer::Heartbeat => {
                    |event| matches!(event, Event::BecameLeader { .. } | Event::HeartbeatDue)
                }
            };
            facts.iter().rposition(|fact| is(fact, sets))
        }
        Cause::Client(_) => facts.iter().rposition(|fact| {
            matches!(
                fact,
                Fact::Asked { .. } | Fact::Redirected { .. } | Fact::Registers { .. }
            )
        }),
        Cause::Written { .. } => facts
            .iter()
            .rposition(|fact| matches!(fact, Fact::WriteBegun { .. })),
        Cause::Action(_) | Cause::Compaction { .. } | Cause::Start => None,
    }
}

fn is(fact: &Fact, holds: fn(&Event) -> bool) -> bool {
    matches!(fact, Fact::Raft { event, .. } if holds(event))
}

/// Not a fact of the same step: it came directly of what made the step happen.
pub(super) fn nothing(_: &Fact) -> bool {
    false
}

/// After this a client asks, or asks again.
pub(super) fn asks_again(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::Answered { .. }
            | Fact::Expired { .. }
            | Fact::GaveUpWaiting { .. }
            | Fact::Redirected { .. }
            | Fact::Registered { .. }
    )
}

pub(super) fn commits(fact: &Fact) -> bool {
    is(fact, |event| {
        matches!(event, Event::Committed { .. } | Event::CommitLearned { .. })
    })
}

pub(super) fn counts_votes(fact: &Fact) -> bool {
    is(fact, |event| {
        matches!(
            event,
            Event::VoteCounted { .. } | Event::ElectionStarted { .. }
        )
    })
}

pub(super) fn counts_pre_votes(fact: &Fact) -> bool {
    is(fact, |event| matches!(event, Event::PreVoteCounted { .. }))
}

/// The leader learned of a copy, or made its own.
pub(super) fn holds_copies(fact: &Fact) -> bool {
    is(fact, |event| {
        matches!(
            event,
            Event::MatchAdvanced { .. } | Event::EntryAppended { .. }
        )
    })
}

/// After this a leader appends an entry that no client asked for.
pub(super) fn changes_or_leads(fact: &Fact) -> bool {
    matches!(fact, Fact::ChangeAsked { .. })
        || is(fact, |event| matches!(event, Event::BecameLeader { .. }))
}

pub(super) fn sees_term(fact: &Fact) -> bool {
    is(fact, |event| matches!(event, Event::TermAdopted { .. }))
}

/// After this a server may answer a read.
pub(super) fn leads_to_read(fact: &Fact) -> bool {
    let sure = is(fact, |event| {
        matches!(
            event,
            Event::ReadsConfirmed { .. } | Event::ReadNoted { .. } | Event::ReadIndexKnown { .. }
        )
    });
    sure || commits(fact)
}

pub(super) fn opens_session(fact: &Fact) -> bool {
    matches!(fact, Fact::SessionOpened { .. })
}

/// Whether it is more than a message, a timer or a note of what another fact did.
pub(super) fn decides(fact: &Fact) -> bool {
    let notes = is(fact, |event| {
        matches!(event, Event::TimerReset { .. } | Event::Applied { .. })
    });
    !notes && !matches!(fact, Fact::Sent { .. } | Fact::WriteBegun { .. })
}
