//! Which lines of the panel a fact shows at work, with the values that the core compared.
//!
//! One match for facts, one for messages and one for events, and all leave nothing out: a new event
//! does not compile before its lines are named here. The values are those in the event; nothing is
//! compared a second time.

use super::lines::Line;
use super::reasons::{
    append_refused, election, entry, ignored, logs, name, pre_vote_denied, range, refused, share,
    stepped_down, timer, vote_denied,
};
use crate::kv::Answer;
use crate::narrate::{fill, say};
use crate::raft::event::{Reading, Unneeded};
use crate::raft::{EntryId, Event, LogIndex, NodeId, Role};
use crate::sim::{Address, Fact, PacketKind, Step, World};

/// A line at work.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Act {
    /// Which line.
    pub line: Line,
    /// The server that went by it.
    pub server: NodeId,
    /// To whom a message went, if one did.
    pub to: Option<Address>,
    /// The values, as the core had them: `4 > 2`.
    pub values: String,
    /// Whether the condition of the line was true, if it has one.
    pub holds: Option<bool>,
}

/// A line with its values, before it is known whose.
pub(super) type Found = (Line, String, Option<bool>);

/// The lines that the fact at `place` shows at work. `world` is the world as the step left it.
pub fn acts(step: &Step, place: usize, world: &World) -> Vec<Act> {
    let (server, to, found) = match &step.facts[place] {
        Fact::Raft { server, event } => (*server, None, of_event(*server, event, step, place)),
        Fact::Sent {
            from: Address::Server(server),
            to,
            kind,
            index,
            next,
            positive,
            ..
        } => {
            let node = world.find(*server).and_then(|server| server.node());
            let follows = node.is_some_and(|node| matches!(node.role(), Role::Follower { .. }));
            let sent = of_message(*kind, *index, *next, *positive, follows);
            (*server, Some(*to), sent.into_iter().collect())
        }
        Fact::WriteBegun { server, last, .. } => {
            let values = fill("writes up to entry {}", &[&last]);
            (*server, None, vec![(Line::OnDisk, values, None)])
        }
        Fact::Written { server, last } => {
            let values = fill("has up to entry {}", &[&last]);
            (*server, None, vec![(Line::OnDisk, values, None)])
        }
        Fact::Executed {
            server,
            answer: Answer::Expired,
            client,
            ..
        } => {
            let values = fill("{}'s session", &[&client]);
            (*server, None, vec![(Line::Sessions3, values, Some(true))])
        }
        Fact::Read { server, index, .. } => {
            let values = format!("lastApplied = {index}");
            (*server, None, vec![(Line::ReadIndex4, values, Some(true))])
        }
        Fact::SessionOpened {
            server,
            session,
            client,
        } => {
            let values = fill("{}: entry {}", &[&client, &session.index()]);
            (*server, None, vec![(Line::Sessions1, values, None)])
        }
        Fact::SessionEnded { server, client, .. } => {
            let values = fill("{}'s ends", &[&client]);
            (*server, None, vec![(Line::Sessions2, values, None)])
        }
        Fact::Answered { .. }
        | Fact::Asked { .. }
        | Fact::ChangeAsked { .. }
        | Fact::Crashed { .. }
        | Fact::Executed { .. }
        | Fact::Expired { .. }
        | Fact::GaveUpWaiting { .. }
        | Fact::Joined { .. }
        | Fact::Lost { .. }
        | Fact::NetworkChanged
        | Fact::RecordDropped { .. }
        | Fact::Redirected { .. }
        | Fact::Registered { .. }
        | Fact::Registers { .. }
        | Fact::Restarted { .. }
        | Fact::Retired { .. }
        | Fact::Sent { .. }
        | Fact::Wiped { .. }
        | Fact::WriteCut { .. } => return Vec::new(),
    };
    let act = |(line, values, holds)| Act {
        line,
        server,
        to,
        values,
        holds,
    };
    found.into_iter().map(act).collect()
}

/// The line by which a server sends a message.
fn of_message(
    kind: PacketKind,
    index: LogIndex,
    next: LogIndex,
    positive: bool,
    follows: bool,
) -> Option<Found> {
    let answer = |said: String| follows.then_some((Line::Followers1, said, None));
    let sends = |line, said: &str| Some((line, String::from(said), None));
    match kind {
        PacketKind::Append if next == index => sends(
            Line::Leaders3Send,
            &fill("nextIndex = {}: entry {}", &[&next, &next]),
        ),
        PacketKind::Append => sends(
            Line::Leaders3Send,
            &fill("nextIndex = {}: entries {} to {}", &[&next, &next, &index]),
        ),
        PacketKind::AppendReply if positive => answer(fill("true, match {}", &[&index])),
        PacketKind::AppendReply => answer(fill("false, entry {} differs", &[&index])),
        PacketKind::Heartbeat => sends(Line::Leaders1, say("heartbeat")),
        PacketKind::PreVote => sends(Line::PreVote1, say("asks")),
        PacketKind::PreVoteReply => None,
        PacketKind::ReadIndex => sends(Line::ReadIndex2, say("asks its leader")),
        PacketKind::ReadIndexReply => sends(Line::ReadIndex2, &format!("readIndex = {index}")),
        PacketKind::Reply if positive => sends(Line::Leaders2, say("answers")),
        PacketKind::Reply | PacketKind::Request => None,
        PacketKind::Snapshot => sends(Line::Snapshot, &fill("up to entry {}", &[&index])),
        PacketKind::SnapshotReply => answer(fill("has a piece up to {}", &[&index])),
        PacketKind::TimeoutNow => sends(Line::Transfer1, "TimeoutNow"),
        PacketKind::Vote => sends(Line::Candidates1, say("asks for its vote")),
        PacketKind::VoteReply => answer(String::from(if positive {
            say("granted")
        } else {
            say("rejected")
        })),
    }
}

/// The lines that an event inside `id` shows at work.
fn of_event(id: NodeId, event: &Event, step: &Step, place: usize) -> Vec<Found> {
    let yes = |line, values: String| (line, values, Some(true));
    let no = |line, values: String| (line, values, Some(false));
    let told = |line, values: String| (line, values, None);
    match event {
        Event::AppendAccepted {
            term,
            ours,
            previous,
            first_new,
            match_index,
            ..
        } => {
            let mut found = vec![
                no(Line::AppendEntries1, format!("{term} < {ours}")),
                no(Line::AppendEntries2, fill("has {}", &[&entry(*previous)])),
            ];
            if first_new <= match_index {
                found.push(yes(Line::AppendEntries4, range(*first_new, *match_index)));
                found.push(told(
                    Line::Log,
                    format!("+ {}", range(*first_new, *match_index)),
                ));
            } else {
                found.push(no(Line::AppendEntries4, say("nothing new").into()));
            }
            found
        }
        Event::AppendRefused {
            term, ours, reason, ..
        } => append_refused(format!("{term} < {ours}"), reason),
        Event::Applied { index, commit } => {
            let before = index.previous();
            vec![
                yes(Line::AllServers1, format!("{commit} > {before}")),
                told(Line::LastApplied, format!("{before} → {index}")),
            ]
        }
        Event::BecameLeader { votes, of, .. } => vec![
            yes(Line::Candidates2, share(*votes, of)),
            told(Line::NextIndex, say("last index + 1").into()),
            told(Line::MatchIndex, "0".into()),
        ],
        Event::CatchUpBegun {
            learners,
            round,
            target,
        } => {
            vec![told(
                Line::Membership2,
                fill("{}: round {}, up to {}", &[&learners, &round, &target]),
            )]
        }
        Event::CaughtUp {
            learners,
            round,
            heartbeats,
        } => {
            vec![yes(
                Line::Membership2,
                fill(
                    "{}: round {} in {} heartbeats",
                    &[&learners, &round, &heartbeats],
                ),
            )]
        }
        Event::ChangeAbandoned { goal, .. } => {
            vec![told(Line::Membership1, fill("not to {}", &[&goal]))]
        }
        Event::ChangeRefused { reason } => vec![no(Line::Membership1, refused(*reason))],
        Event::ChangeWaits { goal, .. } => vec![no(Line::Membership1, fill("{} waits", &[&goal]))],
        Event::CommitLearned {
            leader_commit,
            known,
            last_new,
            index,
            ..
        } => {
            let values = format!("{leader_commit} > {known}: min({leader_commit}, {last_new})");
            vec![
                yes(Line::AppendEntries5, values),
                told(Line::CommitIndex, format!("{known} → {index}")),
            ]
        }
        Event::CommitWaits { position, term } => {
            vec![no(
                Line::Leaders4,
                fill(
                    "entry {}: term {} = {}",
                    &[&position.index, &position.term, &term],
                ),
            )]
        }
        Event::Committed {
            position,
            term,
            known,
            holders,
            of,
        } => {
            let EntryId { index, term: own } = position;
            vec![
                yes(
                    Line::Leaders4,
                    fill(
                        "{} > {}, {}, term {} = {}",
                        &[&index, &known, &share(*holders, of), &own, &term],
                    ),
                ),
                told(Line::CommitIndex, format!("{known} → {index}")),
            ]
        }
        Event::Compacted { first, last } => vec![
            told(Line::Compaction, range(*first, *last)),
            told(
                Line::Log,
                fill("{} in a snapshot", &[&range(*first, *last)]),
            ),
        ],
        Event::Configured {
            configuration,
            index,
            ..
        } => {
            vec![told(
                Line::Membership3,
                fill("entry {}: {}", &[&index, &configuration]),
            )]
        }
        Event::ElectionStarted { term, reason } => election(id, term.0, reason),
        Event::EntriesDeleted {
            first,
            last,
            own,
            leader,
        } => vec![
            yes(
                Line::AppendEntries3,
                fill("entry {}: {} ≠ {}", &[&first, &own, &leader]),
            ),
            told(Line::Log, format!("− {}", range(*first, *last))),
        ],
        Event::EntryAppended { position } => vec![
            told(Line::Leaders2, entry(*position)),
            told(Line::Log, fill("+ entry {}", &[&position.index])),
        ],
        Event::HandingOver { to } => {
            vec![told(Line::Transfer1, fill("to {}: no requests", &[&to]))]
        }
        Event::HeartbeatDue => vec![told(Line::Leaders1, say("heartbeat timer expired").into())],
        Event::Ignored { reason, .. } => ignored(reason).into_iter().collect(),
        Event::LeaderKnown { leader, term } => {
            vec![told(
                Line::Followers1,
                fill("{} leads term {}", &[&leader, &term]),
            )]
        }
        Event::LeaseEnded => vec![no(Line::ReadIndex3, say("lease expired").into())],
        Event::MatchAdvanced {
            follower,
            match_index,
        } => vec![
            told(
                Line::Leaders3Yes,
                format!("{follower}: match {match_index}"),
            ),
            told(Line::MatchIndex, format!("{follower}: {match_index}")),
        ],
        Event::MayNotStand => vec![yes(Line::Membership4, say("no vote").into())],
        Event::MinElectionTimeoutEnded { .. } => {
            vec![no(Line::CheckQuorum2, say("heard no leader lately").into())]
        }
        Event::NextLowered { follower, from, to } => vec![
            told(Line::Leaders3No, format!("{follower}: {from} → {to}")),
            told(Line::NextIndex, format!("{follower}: {from} → {to}")),
        ],
        Event::NotLeader { .. } => vec![no(Line::Leaders2, say("does not lead").into())],
        Event::NotTransferred { to, .. } => vec![no(Line::Transfer1, fill("not to {}", &[&to]))],
        Event::PieceStored { items, .. } => {
            vec![told(Line::InstallSnapshot3, fill("{} items", &[&items]))]
        }
        Event::PreVoteCounted { votes, needed, .. } => {
            let won = later(step, place, id, |event| {
                matches!(event, Event::ElectionStarted { .. })
            });
            vec![(
                Line::PreVote3,
                format!("{} ≥ {needed}", votes.len()),
                Some(won),
            )]
        }
        Event::PreVoteDenied { reason, .. } => vec![no(Line::PreVote2, pre_vote_denied(reason))],
        Event::PreVoteGranted {
            candidate_last,
            own_last,
            ..
        } => {
            vec![yes(Line::PreVote2, logs(*candidate_last, '≥', *own_last))]
        }
        Event::PreVoteStarted { next, .. } => {
            vec![told(Line::PreVote1, fill("for term {}", &[&next]))]
        }
        Event::ReadAsked { leader, .. } => {
            vec![told(Line::ReadIndex2, fill("asks {}", &[&leader]))]
        }
        Event::ReadGivenUp { .. } => vec![no(Line::ReadIndex3, say("leads no more").into())],
        Event::ReadHeld { term, .. } => {
            vec![no(Line::ReadIndex1, fill("of term {}: none yet", &[&term]))]
        }
        Event::ReadIndexKnown { index, applied, .. } => {
            vec![told(
                Line::ReadIndex4,
                fill("read {}, applied {}", &[&index, &applied]),
            )]
        }
        Event::ReadNoted { index, how, .. } => {
            let how = match how {
                Reading::Lease => yes(Line::ReadIndex3, say("lease").into()),
                Reading::Round(round) => told(Line::ReadIndex3, fill("round {}", &[&round.0])),
                Reading::Unconfirmed => told(Line::ReadIndex3, say("not checked").into()),
            };
            vec![
                told(Line::ReadIndex2, format!("commitIndex = {index}")),
                how,
            ]
        }
        Event::ReadsConfirmed { servers, .. } => {
            vec![yes(Line::ReadIndex3, fill("{} replied", &[&servers]))]
        }
        Event::SnapshotInstalled { last, .. } => vec![
            told(Line::InstallSnapshot7, fill("up to entry {}", &[&last])),
            told(Line::Log, fill("a snapshot up to {}", &[&last])),
        ],
        Event::SnapshotNeeded {
            follower,
            next,
            last,
        } => {
            vec![yes(Line::Snapshot, format!("{follower}: {next} ≤ {last}"))]
        }
        Event::SnapshotRefused { theirs, ours, .. } => {
            vec![yes(Line::InstallSnapshot1, format!("{theirs} < {ours}"))]
        }
        Event::SnapshotUnneeded { last, reason, .. } => vec![match reason {
            Unneeded::Committed { commit } => {
                yes(Line::InstallSnapshot5, format!("{last} ≤ {commit}"))
            }
            Unneeded::Held => yes(Line::InstallSnapshot6, fill("entry {}", &[&last])),
        }],
        Event::SteppedDown { reason } => vec![stepped_down(reason)],
        Event::TermAdopted { old, new, .. } => vec![
            yes(Line::AllServers2, format!("{new} > {old}")),
            told(Line::CurrentTerm, format!("{old} → {new}")),
            told(Line::VotedFor, say("→ none").into()),
        ],
        Event::TimerReset { reason } => timer(reason).into_iter().collect(),
        Event::TransferStarted { to, lags } => {
            let first = if *lags {
                say("catches up first")
            } else {
                say("has all entries")
            };
            vec![told(Line::Transfer1, format!("{to} {first}"))]
        }
        Event::VoteCounted { votes, needed, .. } => {
            let won = later(step, place, id, |event| {
                matches!(event, Event::BecameLeader { .. })
            });
            vec![(
                Line::Candidates2,
                format!("{} ≥ {needed}", votes.len()),
                Some(won),
            )]
        }
        Event::VoteDenied {
            term,
            ours,
            voted_for,
            reason,
            ..
        } => vote_denied(format!("{term} < {ours}"), *voted_for, reason),
        Event::VoteGranted {
            candidate,
            term,
            ours,
            voted_for,
            candidate_last,
            own_last,
        } => vec![
            no(Line::RequestVote1, format!("{term} < {ours}")),
            yes(
                Line::RequestVote2Vote,
                format!("votedFor = {}", name(*voted_for)),
            ),
            yes(Line::RequestVote2Log, logs(*candidate_last, '≥', *own_last)),
            told(
                Line::VotedFor,
                format!("{} → {candidate}", name(*voted_for)),
            ),
        ],
    }
}

/// Whether the same server reports such an event later in the step: the core decided so.
fn later(step: &Step, place: usize, id: NodeId, is: fn(&Event) -> bool) -> bool {
    step.facts[place..]
        .iter()
        .any(|fact| matches!(fact, Fact::Raft { server, event } if *server == id && is(event)))
}
