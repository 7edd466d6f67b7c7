//! What happened inside a server.

use super::{at, entries, maybe, name, says, set};
use crate::raft::event::{
    AppendRejected, Campaign, IgnoreReason, Reading, StepDown, TimerResetReason, TransferError,
    Unneeded, VoteRejected,
};
use crate::raft::membership::{ChangeAborted, ChangeRejected, Wait};
use crate::raft::{Event, NodeId, ReadId};
use crate::sim::{Cause, Step, World};

pub(super) fn notation(id: NodeId, event: &Event, step: &Step, world: &World) -> String {
    // What came of a message that arrived: `S3 <- S1 RequestVote`.
    let from = |sender: NodeId| arrival(id, sender, step);
    match event {
        Event::AppendAccepted {
            leader,
            first_new,
            match_index,
            ..
        } if first_new <= match_index => {
            format!(
                "{}: stored {}",
                from(*leader),
                entries(*first_new, *match_index)
            )
        }
        Event::AppendAccepted {
            leader,
            match_index,
            ..
        } => format!("{}: match={match_index}", from(*leader)),
        Event::AppendRefused { leader, reason, .. } => {
            format!("{}: rejected, {}", from(*leader), append_rejected(reason))
        }
        Event::Applied { index, .. } => format!("{id} applied {index}"),
        Event::BecameLeader { term, votes, of } => {
            format!(
                "{id} leads t{term}: votes={} of={of}",
                set(votes.and(of.all_voters()))
            )
        }
        Event::CaughtUp {
            learners,
            round,
            heartbeats,
        } => format!(
            "{id} caught up {}: round={round} heartbeats={heartbeats}",
            set(*learners)
        ),
        Event::CatchUpBegun {
            learners,
            round,
            target,
        } => format!(
            "{id} catch-up {} round={round} target={target}",
            set(*learners)
        ),
        Event::ChangeAbandoned { goal, reason } => {
            let reason = match reason {
                ChangeAborted::LeadsNoLonger => "not leader",
                ChangeAborted::NoProgress => "no progress",
                ChangeAborted::TooSlow => "too slow",
            };
            format!("{id} change to {goal} aborted: {reason}")
        }
        Event::ChangeRefused { reason } => {
            format!("{id} change rejected: {}", change_rejected(reason))
        }
        Event::ChangeWaits { goal, reason } => match reason {
            Wait::Configuration(index) => format!("{id} change to {goal} waits: commit of {index}"),
            Wait::OwnTerm => format!("{id} change to {goal} waits: commit of own term"),
        },
        Event::CommitLearned {
            leader,
            leader_commit,
            index,
            ..
        } => format!(
            "{}: commit={index} leader-commit={leader_commit}",
            from(*leader)
        ),
        Event::CommitWaits { position, term } => {
            format!(
                "{id} commit waits {}: on a majority, not of t{term}",
                at(*position)
            )
        }
        Event::Committed {
            position,
            holders,
            of,
            ..
        } => {
            let says = says(world, id, position.index);
            format!(
                "{id} commit={}{says}: holders={} of={of}",
                at(*position),
                set(*holders)
            )
        }
        Event::Compacted { first, last } => format!("{id} compacted {}", entries(*first, *last)),
        Event::Configured {
            index,
            configuration,
            again,
        } => {
            let source = match index.0 {
                0 if *again => "founding".into(),
                0 => "snapshot".into(),
                _ => format!("entry {index}"),
            };
            let again = if *again { ", again" } else { "" };
            format!("{id} configuration {configuration}: {source}{again}")
        }
        Event::EntryAppended { position } => {
            format!(
                "{id} appended {}{}",
                at(*position),
                says(world, id, position.index)
            )
        }
        Event::EntriesDeleted {
            first,
            last,
            own,
            leader,
        } => format!(
            "{id} deleted {}: own t{own}, leader t{leader}",
            entries(*first, *last)
        ),
        Event::ElectionStarted { term, reason } => {
            let reason = match reason {
                Campaign::Silence { leader, .. } => {
                    format!("election timeout, leader={}", maybe(*leader))
                }
                Campaign::Told { leader } => format!("TimeoutNow from {leader}"),
                Campaign::Welcome { votes } => {
                    let of = world.server(id).log().configuration();
                    format!("pre-votes={} of={of}", set(*votes))
                }
            };
            format!("{id} candidate t{term}: {reason}")
        }
        Event::HandingOver { to } => format!("{}: rejected, transfer to {to}", request(id, step)),
        Event::HeartbeatDue => format!("{id} heartbeat timeout"),
        Event::Ignored {
            from: sender,
            reason,
        } => {
            format!("{}: ignored, {}", from(*sender), ignored(id, reason))
        }
        Event::LeaderKnown { leader, term } => format!("{id} follows {leader} t{term}"),
        Event::LeaseEnded => format!("{id} lease expired"),
        Event::MatchAdvanced {
            follower,
            match_index,
        } => format!("{id} match {follower}={match_index}"),
        Event::MayNotStand => format!("{id} election timeout: no vote"),
        Event::MinElectionTimeoutEnded { leader } => {
            format!("{id} minimum election timeout, leader={}", maybe(*leader))
        }
        Event::NextLowered { follower, from, to } => {
            format!("{id} next {follower}={to}, was {from}")
        }
        Event::NotLeader { leader } => {
            format!("{}: rejected, leader={}", request(id, step), maybe(*leader))
        }
        Event::NotTransferred { to, reason } => {
            let reason = match reason {
                TransferError::Cancelled => "cancelled",
                TransferError::LeadsAlready => "leads already",
                TransferError::NoVoter => "no vote",
                TransferError::TooLate => "timed out",
                TransferError::UnderWay => "in progress",
            };
            format!("{id} transfer to {to}: {reason}")
        }
        Event::PieceStored {
            leader,
            last,
            items,
        } => format!("{} last={last}: items={items}", from(*leader)),
        Event::PreVoteCounted {
            voter,
            granted,
            votes,
            needed,
            of,
        }
        | Event::VoteCounted {
            voter,
            granted,
            votes,
            needed,
            of,
        } => {
            let granted = if *granted { "granted" } else { "rejected" };
            let (from, votes) = (from(*voter), set(*votes));
            format!("{from}: {granted}, votes={votes} needed={needed} of={of}")
        }
        Event::PreVoteDenied { candidate, reason }
        | Event::VoteDenied {
            candidate, reason, ..
        } => {
            format!("{}: rejected, {}", from(*candidate), vote_rejected(reason))
        }
        Event::PreVoteGranted {
            candidate,
            next: term,
            candidate_last,
            own_last,
        }
        | Event::VoteGranted {
            candidate,
            term,
            candidate_last,
            own_last,
            ..
        } => {
            let (from, last, own) = (from(*candidate), at(*candidate_last), at(*own_last));
            format!("{from} t{term} last={last} own={own}: granted")
        }
        Event::PreVoteStarted { next, silent } => {
            format!(
                "{id} pre-candidate t{next}: election timeout, leader={}",
                maybe(*silent)
            )
        }
        Event::ReadAsked { leader, id: read } => {
            format!("{id} read {} asks {leader}", number(read))
        }
        Event::ReadGivenUp { id: read, leader } => {
            format!(
                "{id} read {} aborted: leader={}",
                number(read),
                maybe(*leader)
            )
        }
        Event::ReadHeld { id: read, term } => {
            format!("{id} read {} waits: no commit in t{term}", number(read))
        }
        Event::ReadIndexKnown {
            leader,
            id: read,
            index,
            applied,
        } => format!(
            "{}: read {} index={index} applied={applied}",
            from(*leader),
            number(read)
        ),
        Event::ReadNoted {
            id: read,
            index,
            how,
        } => {
            let how = match how {
                Reading::Lease => "lease".into(),
                Reading::Round(round) => format!("round {}", round.0),
                Reading::Unconfirmed => "unconfirmed".into(),
            };
            format!("{id} read {} index={index}: {how}", number(read))
        }
        Event::ReadsConfirmed { round, servers } => {
            format!("{id} reads confirmed: round {}, {}", round.0, set(*servers))
        }
        Event::SnapshotInstalled { leader, last } => {
            format!("{} last={last}: installed", from(*leader))
        }
        Event::SnapshotNeeded {
            follower,
            next,
            last,
        } => format!("{id} snapshot to {follower}: next={next} last={last}"),
        Event::SnapshotRefused {
            leader,
            theirs,
            ours,
        } => format!("{}: rejected, t{theirs} < t{ours}", from(*leader)),
        Event::SnapshotUnneeded {
            leader,
            last,
            reason,
        } => {
            let reason = match reason {
                Unneeded::Committed { commit } => format!("commit={commit}"),
                Unneeded::Held => "in the log".into(),
            };
            format!("{} last={last}: not needed, {reason}", from(*leader))
        }
        Event::SteppedDown { reason } => {
            let was = if crate::narrate::was_leader(id, step) {
                "leader"
            } else {
                "candidate"
            };
            format!("{id} {was} -> follower: {}", step_down(reason))
        }
        Event::TermAdopted { from, old, new } => format!("{id} t{old} -> t{new} from {from}"),
        Event::TimerReset { reason } => format!("{id} election timer: {}", timer(reason)),
        Event::TransferStarted { to, lags } => {
            let lags = if *lags { "log lags" } else { "log complete" };
            format!("{id} transfer to {to}: started, {lags}")
        }
    }
}

/// The message from `sender` whose arrival made the step: `S3 <- S1 RequestVote`.
fn arrival(id: NodeId, sender: NodeId, step: &Step) -> String {
    match &step.cause {
        Cause::Packet { from, kind, .. } if *from == sender.into() => {
            format!("{id} <- {sender} {}", name(*kind))
        }
        _ => format!("{id} <- {sender}"),
    }
}

/// The client's request whose arrival made the step.
fn request(id: NodeId, step: &Step) -> String {
    match &step.cause {
        Cause::Packet { from, kind, .. } => format!("{id} <- {from} {}", name(*kind)),
        _ => format!("{id} <- - Request"),
    }
}

fn number(read: &ReadId) -> String {
    format!("{}#{}", read.client, read.serial)
}

fn append_rejected(reason: &AppendRejected) -> String {
    match reason {
        AppendRejected::OldTerm { theirs, ours } => format!("t{theirs} < t{ours}"),
        AppendRejected::PreviousDiffers { previous, own } => {
            format!("prev={} own={}@{own}", at(*previous), previous.index)
        }
        AppendRejected::PreviousMissing { previous, last } => {
            format!("prev={} last={last}", at(*previous))
        }
    }
}

fn change_rejected(reason: &ChangeRejected) -> String {
    match reason {
        ChangeRejected::HandingOver(to) => format!("transfer to {to}"),
        ChangeRejected::NoVoters => "no voters".into(),
        ChangeRejected::NotLeader { leader } => format!("not leader, leader={}", maybe(*leader)),
        ChangeRejected::Nothing => "no change".into(),
        ChangeRejected::UnderWay => "in progress".into(),
    }
}

fn vote_rejected(reason: &VoteRejected) -> String {
    match reason {
        VoteRejected::AlreadyVoted { term, voted_for } => format!("voted {voted_for} t{term}"),
        VoteRejected::LeaderAlive { leader } => format!("leader alive {}", maybe(*leader)),
        VoteRejected::LogBehind { theirs, ours } => {
            format!("last={} < own={}", at(*theirs), at(*ours))
        }
        VoteRejected::OldTerm { theirs, ours } => format!("t{theirs} < t{ours}"),
    }
}

fn ignored(id: NodeId, reason: &IgnoreReason) -> String {
    match reason {
        IgnoreReason::EarlierSnapshot => "earlier snapshot".into(),
        IgnoreReason::ElectionOver => "election over".into(),
        IgnoreReason::LeaderAlive { leader } if *leader == Some(id) => "leads".into(),
        IgnoreReason::LeaderAlive { leader } => format!("leader alive {}", maybe(*leader)),
        IgnoreReason::LeadsNoLonger => "not leader".into(),
        IgnoreReason::NoVoter => "no vote".into(),
        IgnoreReason::NotSending => "not sending".into(),
        IgnoreReason::OldTerm { theirs, ours } => format!("t{theirs} < t{ours}"),
        IgnoreReason::OtherPiece { offset, next } => format!("item={offset} needed={next}"),
        IgnoreReason::Overtaken => "overtaken".into(),
        IgnoreReason::ReadOver => "no such read".into(),
        IgnoreReason::RivalLeader => "second leader".into(),
    }
}

fn step_down(reason: &StepDown) -> String {
    match reason {
        StepDown::HigherTerm { from, term } => format!("t{term} from {from}"),
        StepDown::LeaderElected { leader } => format!("{leader} leads"),
        StepDown::NoQuorum { heard } => format!("no quorum, heard={}", set(*heard)),
        StepDown::Removed => "removed".into(),
        StepDown::Voted { candidate } => format!("voted {candidate}"),
    }
}

fn timer(reason: &TimerResetReason) -> String {
    match reason {
        TimerResetReason::Campaign => "candidate".into(),
        TimerResetReason::HeardLeader(leader) => format!("leader {leader}"),
        TimerResetReason::HeardQuorum(heard) => format!("quorum {}", set(*heard)),
        TimerResetReason::NoLongerLeader => "no longer leader".into(),
        TimerResetReason::SpokenTo(from) => format!("message from {from}"),
        TimerResetReason::Started => "started".into(),
        TimerResetReason::Voted(candidate) => format!("voted {candidate}"),
    }
}
