//! What came of what: between the facts of a step, and from one step to the next.

use crate::raft::event::TimerResetReason;
use crate::raft::{Event, Timer};
use crate::sim::{Cause, Fact, Step};

/// The earlier fact of the same step of which the fact at `place` came. None: it came directly of
/// what made the step happen.
pub fn origin(step: &Step, place: usize) -> Option<usize> {
    let nearest = |leads: fn(&Fact) -> bool| step.facts[..place].iter().rposition(leads);
    match &step.facts[place] {
        Fact::Asked { .. } | Fact::Registers { .. } => nearest(|fact| {
            matches!(
                fact,
                Fact::Answered { .. }
                    | Fact::Expired { .. }
                    | Fact::GaveUpWaiting { .. }
                    | Fact::Redirected { .. }
                    | Fact::Registered { .. }
            )
        }),
        Fact::Executed { .. } | Fact::SessionOpened { .. } => nearest(commits),
        Fact::Raft { event, .. } => match event {
            Event::Applied { .. } => nearest(commits),
            Event::BecameLeader { .. } => nearest(|fact| {
                is(fact, |event| {
                    matches!(
                        event,
                        Event::VoteCounted { .. } | Event::ElectionStarted { .. }
                    )
                })
            }),
            Event::Committed { .. } | Event::CommitWaits { .. } => nearest(|fact| {
                is(fact, |event| {
                    matches!(
                        event,
                        Event::MatchAdvanced { .. } | Event::EntryAppended { .. }
                    )
                })
            }),
            Event::ElectionStarted { .. } => {
                nearest(|fact| is(fact, |event| matches!(event, Event::PreVoteCounted { .. })))
            }
            Event::EntryAppended { .. } => nearest(|fact| {
                matches!(fact, Fact::ChangeAsked { .. })
                    || is(fact, |event| matches!(event, Event::BecameLeader { .. }))
            }),
            Event::SteppedDown { .. } => {
                nearest(|fact| is(fact, |event| matches!(event, Event::TermAdopted { .. })))
            }
            Event::TimerReset {
                reason:
                    TimerResetReason::Campaign
                    | TimerResetReason::NoLongerLeader
                    | TimerResetReason::Voted(_),
            } => nearest(decides),
            _ => None,
        },
        Fact::Read { .. } => nearest(|fact| {
            let sure = is(fact, |event| {
                matches!(
                    event,
                    Event::ReadsConfirmed { .. }
                        | Event::ReadNoted { .. }
                        | Event::ReadIndexKnown { .. }
                )
            });
            sure || commits(fact)
        }),
        Fact::SessionEnded { .. } => nearest(|fact| matches!(fact, Fact::SessionOpened { .. })),
        Fact::Sent { .. } | Fact::WriteBegun { .. } => nearest(decides),
        Fact::Answered { .. }
        | Fact::ChangeAsked { .. }
        | Fact::Crashed { .. }
        | Fact::Expired { .. }
        | Fact::GaveUpWaiting { .. }
        | Fact::Joined { .. }
        | Fact::Lost { .. }
        | Fact::NetworkChanged
        | Fact::RecordDropped { .. }
        | Fact::Redirected { .. }
        | Fact::Registered { .. }
        | Fact::Restarted { .. }
        | Fact::Retired { .. }
        | Fact::Wiped { .. }
        | Fact::WriteCut { .. }
        | Fact::Written { .. } => None,
    }
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
            // A second copy has a number of its own.
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

fn commits(fact: &Fact) -> bool {
    is(fact, |event| {
        matches!(event, Event::Committed { .. } | Event::CommitLearned { .. })
    })
}

/// Whether it is more than a message, a timer or a note of what another fact did.
fn decides(fact: &Fact) -> bool {
    let notes = is(fact, |event| {
        matches!(event, Event::TimerReset { .. } | Event::Applied { .. })
    });
    !notes && !matches!(fact, Fact::Sent { .. } | Fact::WriteBegun { .. })
}
