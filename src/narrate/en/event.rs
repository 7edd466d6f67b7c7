//! What happened inside a server.

use std::cmp::Ordering;

use super::membership::{aborted, caught_up, change_rejected, configured, not_leader};
use super::words::{
    self, configuration, count, entries, leader_name, list, position, servers, share, tally,
};
use crate::narrate::look::{self, is_forced_timeout, is_heartbeat, payload};
use crate::narrate::was_leader;
use crate::raft::event::{
    AppendRejected, Campaign, IgnoreReason, Reading, StepDown, TimerResetReason, TransferError,
    Unneeded, VoteRejected,
};
use crate::raft::membership::Wait;
use crate::raft::{Configuration, EntryId, Event, LogIndex, NodeId, Payload, Rule, ServerSet};
use crate::sim::{Step, World};

/// The sentence for an event inside `id`.
pub(super) fn text(id: NodeId, event: &Event, step: &Step, world: &World) -> String {
    match event {
        Event::AppendAccepted {
            leader,
            first_new,
            match_index,
            ..
        } => accepted(id, *leader, *first_new, *match_index),
        Event::AppendRefused { leader, reason, .. } => rejected(id, *leader, reason, step),
        Event::Applied { index, .. } => format!("{id} applied entry {index} to its state machine"),
        Event::BecameLeader { term, votes, of } => {
            let votes = votes.and(of.all_voters());
            let (share, votes) = (share(votes, of), servers(votes));
            format!("{id} became leader of term {term}: {votes} voted for it, {share}")
        }
        Event::CatchUpBegun {
            learners,
            round,
            target,
        } => {
            let learners = servers(*learners);
            format!("{id} brings {learners} up to date with entry {target} (round {round})")
        }
        Event::CaughtUp {
            learners,
            heartbeats,
            ..
        } => caught_up(id, *learners, *heartbeats),
        Event::ChangeAbandoned { goal, reason } => aborted(id, goal, *reason, world),
        Event::ChangeRefused { reason } => {
            format!("{id} rejected the change: {}", change_rejected(reason))
        }
        Event::ChangeWaits { goal, reason } => {
            let goal = configuration(goal);
            let until = match reason {
                Wait::Configuration(index) => {
                    format!("entry {index}, the current configuration, is committed")
                }
                Wait::OwnTerm => "an entry of its own term is committed".into(),
            };
            format!("{id} will change the cluster to {goal} as soon as {until}")
        }
        Event::CommitLearned {
            leader,
            leader_commit,
            index,
            ..
        } => {
            let learned = format!("{id} learned from {leader} that entry {index} is committed");
            if leader_commit > index && world.config().rules.on(Rule::CommitOnlyChecked) {
                format!(
                    "{learned} ({leader} has committed entry {leader_commit}, but this message checked {id}'s log only up to entry {index})"
                )
            } else {
                learned
            }
        }
        Event::CommitWaits {
            position: EntryId { index, term: old },
            term,
        } => format!(
            "{id} does not commit entry {index} yet: a majority has it, but it is from term {old} and {id} leads term {term}"
        ),
        Event::Committed {
            position,
            holders,
            of,
            ..
        } => committed(id, *position, *holders, of, world),
        Event::Compacted { first, last } => {
            let gone = entries(*first, *last);
            format!("{id} compacted its log: a snapshot of its state machine replaces {gone}")
        }
        Event::Configured {
            index,
            configuration,
            again,
        } => configured(id, *index, configuration, *again),
        Event::ElectionStarted { term, reason } => {
            let reason = match reason {
                Campaign::Silence { leader, .. } => expired(id, *leader, step),
                Campaign::Told { leader } => format!("{leader} transfers leadership to {id}"),
                Campaign::Welcome { votes } => {
                    let of = world.server(id).log().configuration();
                    let (would, all) = (count(votes.len()), count(of.voters.len()));
                    format!("{id} would get {would} votes of {all}")
                }
            };
            format!("{reason}: it became a candidate in term {term} and voted for itself")
        }
        Event::EntriesDeleted {
            first,
            last,
            own,
            leader,
        } => {
            let gone = entries(*first, *last);
            format!(
                "{id} deleted {gone}: its entry {first} is from term {own}, the leader's from term {leader}"
            )
        }
        Event::EntryAppended { position } => appended(id, *position, world),
        Event::HandingOver { to } => format!(
            "{id} rejected {}'s request: it is transferring leadership to {to}",
            client(step)
        ),
        Event::HeartbeatDue => {
            format!("{id}'s heartbeat timer expired: it sends AppendEntries to all servers")
        }
        Event::Ignored { from, reason } => ignored(id, *from, reason),
        Event::LeaderKnown { leader, term } => {
            format!("{id} learned that {leader} leads term {term}")
        }
        Event::LeaseEnded => format!("{id}'s lease expired"),
        Event::MatchAdvanced {
            follower,
            match_index,
        } => {
            format!("{id} learned that {follower}'s log matches its own up to entry {match_index}")
        }
        Event::MayNotStand => {
            format!("{id}'s election timer expired: it has no vote, so it stays a follower")
        }
        Event::MinElectionTimeoutEnded { leader } => format!(
            "{id} has not heard from {} for the minimum election timeout: it may vote for another server",
            leader_name(*leader)
        ),
        Event::NextLowered { follower, from, to } => {
            format!("{id} lowered nextIndex for {follower} from {from} to {to}")
        }
        Event::NotLeader { leader } => {
            format!(
                "{id} rejected {}'s request: {}",
                client(step),
                not_leader(*leader)
            )
        }
        Event::NotTransferred { to, reason } => not_transferred(id, *to, *reason),
        Event::PieceStored {
            leader,
            last,
            items,
        } => {
            let items = match items {
                1 => "one item".into(),
                items => format!("{items} items"),
            };
            format!(
                "{id} stored a chunk of {leader}'s snapshot up to entry {last}: it has {items} now"
            )
        }
        Event::PreVoteCounted {
            voter,
            granted,
            votes,
            needed,
            of,
        } => {
            let tally = tally(*votes, *needed, of);
            let would = if *granted { "would" } else { "would not" };
            format!("{voter} {would} vote for {id}: {id} would have {tally}")
        }
        Event::PreVoteDenied { candidate, reason } => {
            let because = vote_rejected(id, *candidate, reason);
            format!("{id} denied {candidate} its pre-vote: {because}")
        }
        Event::PreVoteGranted {
            candidate,
            next,
            candidate_last,
            own_last,
        } => {
            let reason = up_to_date(id, *candidate, candidate_last, own_last);
            format!("{id} granted {candidate} its pre-vote for term {next}{reason}")
        }
        Event::PreVoteStarted { next, silent } => {
            let expired = expired(id, *silent, step);
            format!("{expired}: it asks for pre-votes for term {next}")
        }
        Event::ReadAsked { leader, id: read } => {
            format!(
                "{id} asked {leader} for the read index of {}'s read",
                read.client
            )
        }
        Event::ReadGivenUp { id: read, leader } => {
            let because = match leader {
                None => "it knows no leader".into(),
                Some(leader) => format!("{leader} is the leader now"),
            };
            format!("{id} gave up {}'s read: {because}", read.client)
        }
        Event::ReadHeld { id: read, term } => format!(
            "{id} delays {}'s read: it has committed no entry of its term {term} yet",
            read.client
        ),
        Event::ReadIndexKnown {
            leader,
            id: read,
            index,
            applied,
        } => {
            let learned = format!(
                "{id} learned from {leader} that the read index of {}'s read is {index}",
                read.client
            );
            if index <= applied {
                format!("{learned}: it has applied that entry")
            } else {
                format!("{learned}: it has applied only entry {applied} and waits")
            }
        }
        Event::ReadNoted {
            id: read,
            index,
            how,
        } => {
            let how = match how {
                Reading::Lease => "its lease shows that it still leads",
                Reading::Round(_) => "it waits until a majority confirms that it still leads",
                Reading::Unconfirmed => "it does not check whether it still leads",
            };
            format!(
                "{id} set the read index of {}'s read to {index}: {how}",
                read.client
            )
        }
        Event::ReadsConfirmed { servers, .. } => format!(
            "{id} confirmed that it still led when the read arrived: {} replied since then",
            words::servers(*servers)
        ),
        Event::SnapshotInstalled { leader, last } => format!(
            "{id} installed {leader}'s snapshot up to entry {last}: it replaced its log and its state machine"
        ),
        Event::SnapshotNeeded {
            follower,
            next,
            last,
        } => format!(
            "{id} began to send {follower} its snapshot up to entry {last}: {follower} needs entry {next}, which is compacted"
        ),
        Event::SnapshotRefused {
            leader,
            theirs,
            ours,
        } => format!(
            "{id} rejected {leader}'s snapshot: {}",
            old_term(id, *leader, theirs, ours)
        ),
        Event::SnapshotUnneeded {
            leader,
            last,
            reason,
        } => {
            let because = match reason {
                Unneeded::Committed { commit } => format!("it has committed entry {commit}"),
                Unneeded::Held => "its log has that entry".into(),
            };
            format!("{id} did not need {leader}'s snapshot up to entry {last}: {because}")
        }
        Event::SteppedDown { reason } => stepped_down(id, reason, step),
        Event::TermAdopted { from, old, new } => {
            format!("{id} changed from term {old} to term {new}: {from}'s message has that term")
        }
        Event::TimerReset { reason } => {
            format!("{id} reset its election timer: {}", timer_reset(reason))
        }
        Event::TransferStarted { to, lags } => {
            let first = if *lags {
                format!(": {to}'s log must catch up first")
            } else {
                String::new()
            };
            format!("{id} accepts no more requests and transfers leadership to {to}{first}")
        }
        Event::VoteCounted {
            voter,
            granted,
            votes,
            needed,
            of,
        } => {
            let counted = if *granted {
                "has the vote of"
            } else {
                "did not get the vote of"
            };
            let tally = tally(*votes, *needed, of);
            format!("{id} {counted} {voter}: it has {tally}")
        }
        Event::VoteDenied {
            candidate, reason, ..
        } => {
            let because = vote_rejected(id, *candidate, reason);
            format!("{id} denied {candidate} its vote: {because}")
        }
        Event::VoteGranted {
            candidate,
            term,
            candidate_last,
            own_last,
            ..
        } => {
            let reason = up_to_date(id, *candidate, candidate_last, own_last);
            format!("{id} voted for {candidate} in term {term}{reason}")
        }
    }
}

fn accepted(id: NodeId, leader: NodeId, first_new: LogIndex, match_index: LogIndex) -> String {
    if first_new <= match_index {
        let stored = entries(first_new, match_index);
        format!("{id} stored {stored} from {leader}")
    } else if match_index == LogIndex(0) {
        format!("{id} heard from {leader}: there was nothing to store")
    } else {
        format!(
            "{id} heard from {leader}: nothing is new, the logs match up to entry {match_index}"
        )
    }
}

fn old_term(id: NodeId, sender: NodeId, theirs: impl ToString, ours: impl ToString) -> String {
    let (theirs, ours) = (theirs.to_string(), ours.to_string());
    format!("{sender} is in term {theirs}, and {id} is already in term {ours}")
}

fn rejected(id: NodeId, leader: NodeId, reason: &AppendRejected, step: &Step) -> String {
    let is_heartbeat = is_heartbeat(step);
    let what = if is_heartbeat { "heartbeat" } else { "entries" };
    let because = match reason {
        AppendRejected::OldTerm { theirs, ours } => old_term(id, leader, theirs, ours),
        AppendRejected::PreviousDiffers {
            previous: EntryId { index, term },
            own,
        } => format!(
            "the entry before, at index {index}, is from term {term} at {leader} and from term {own} at {id}"
        ),
        AppendRejected::PreviousMissing { previous, last } => {
            let follow = if is_heartbeat {
                "it follows"
            } else {
                "they follow"
            };
            let ends = if *last == LogIndex(0) {
                "is empty".into()
            } else {
                format!("ends at {last}")
            };
            format!("{follow} entry {}, and {id}'s log {ends}", previous.index)
        }
    };
    format!("{id} rejected {leader}'s {what}: {because}")
}

fn committed(
    id: NodeId,
    position: EntryId,
    holders: ServerSet,
    of: &Configuration,
    world: &World,
) -> String {
    let index = position.index;
    let committed = match payload(world, id, position) {
        Some(Payload::Configuration(members)) => format!(
            "{id} committed entry {index}, the configuration {}",
            configuration(&members)
        ),
        Some(Payload::Command(_) | Payload::Noop | Payload::Register(_)) | None => {
            format!("{id} committed entry {index}")
        }
    };
    let share = share(holders, of);
    let (all, names) = (count(of.voters.len()), servers(holders));
    if of.is_joint() {
        format!("{committed}: {names} have it, {share}")
    } else if of.voters == ServerSet::EMPTY.with(id) {
        let only = if of.learners.is_empty() {
            "server"
        } else {
            "voter"
        };
        format!("{committed}: it is the only {only}")
    } else if of.voters.len() == 1 {
        format!("{committed}: {names}, the only voter, has it")
    } else {
        format!("{committed}: {names} of {all} servers have it")
    }
}

fn appended(id: NodeId, position: EntryId, world: &World) -> String {
    let EntryId { index, term } = position;
    let what = match payload(world, id, position) {
        Some(Payload::Command(command)) => command.op.to_string(),
        Some(Payload::Configuration(members)) => {
            format!("the configuration {}", configuration(&members))
        }
        Some(Payload::Register(wish)) => format!("{}'s request for a session", wish.client),
        Some(Payload::Noop) => {
            return format!(
                "{id} appended a no-op to its log: entry {index}, the first of term {term}"
            );
        }
        None => return format!("{id} appended entry {index} of term {term} to its log"),
    };
    format!("{id} appended {what} to its log as entry {index} of term {term}, not committed yet")
}

/// How the candidate's log compares to the voter's.
fn up_to_date(id: NodeId, candidate: NodeId, theirs: &EntryId, ours: &EntryId) -> String {
    let end = |last: &EntryId| (last.term, last.index);
    match end(theirs).cmp(&end(ours)) {
        // Only with a rule off.
        Ordering::Less => format!(", though {candidate}'s log is less up-to-date"),
        Ordering::Equal => format!(": {candidate}'s log is as up-to-date as {id}'s"),
        Ordering::Greater => format!(": {candidate}'s log is more up-to-date"),
    }
}

/// Why an election begins.
fn expired(id: NodeId, silent: Option<NodeId>, step: &Step) -> String {
    if is_forced_timeout(step) {
        // It may have heard from its leader a moment ago.
        return format!("You let {id}'s election timer expire");
    }
    let leader = leader_name(silent);
    format!("{id}'s election timer expired without word from {leader}")
}

/// The client whose request arrived.
fn client(step: &Step) -> String {
    look::client(step).map_or_else(|| "a client".into(), |client| client.to_string())
}

fn ignored(id: NodeId, from: NodeId, reason: &IgnoreReason) -> String {
    let (what, because) = match reason {
        IgnoreReason::EarlierSnapshot => (
            "snapshot chunk",
            "it is receiving a later snapshot".to_string(),
        ),
        IgnoreReason::ElectionOver => ("reply", "the election is over".into()),
        IgnoreReason::LeaderAlive { leader } if *leader == Some(id) => (
            "vote request",
            "it is the leader, as far as it knows".into(),
        ),
        IgnoreReason::LeaderAlive { leader } => (
            "vote request",
            format!("it heard from {} recently", leader_name(*leader)),
        ),
        IgnoreReason::LeadsNoLonger => ("reply", "it is no longer the leader".into()),
        IgnoreReason::NoVoter => ("TimeoutNow", "it has no vote".into()),
        IgnoreReason::NotSending => ("reply", "it no longer sends that snapshot".into()),
        IgnoreReason::OldTerm { theirs, ours } => (
            "reply",
            format!("the reply is from term {theirs}, and {id} is in term {ours}"),
        ),
        IgnoreReason::OtherPiece { offset, next } => (
            "snapshot chunk",
            format!("the chunk starts at item {offset}, and {id} needs item {next}"),
        ),
        IgnoreReason::Overtaken => ("rejection", "a later reply has already corrected it".into()),
        IgnoreReason::ReadOver => ("reply", "no such read is pending".into()),
        IgnoreReason::RivalLeader => (
            "entries",
            format!("{from} is a second leader of the same term"),
        ),
    };
    format!("{id} ignored {from}'s {what}: {because}")
}

fn stepped_down(id: NodeId, reason: &StepDown, step: &Step) -> String {
    let was = if was_leader(id, step) {
        "stepped down as leader"
    } else {
        "gave up its candidacy"
    };
    let because = match reason {
        StepDown::HigherTerm { from, term } => format!("{from} has a higher term, {term}"),
        StepDown::LeaderElected { leader } => format!("{leader} leads its term"),
        StepDown::NoQuorum { heard } => {
            let heard = list(heard.iter());
            format!("within an election timeout it heard from {heard}, which is no majority")
        }
        StepDown::Removed => "the new configuration gives it no vote".into(),
        StepDown::Voted { candidate } => format!("it voted for {candidate}"),
    };
    format!("{id} {was}: {because}")
}

fn not_transferred(id: NodeId, to: NodeId, reason: TransferError) -> String {
    match reason {
        TransferError::Cancelled => format!("{id} cancelled the leadership transfer to {to}"),
        TransferError::LeadsAlready => format!("{id} is already the leader"),
        TransferError::NoVoter => {
            format!("{id} rejected the leadership transfer: {to} has no vote")
        }
        TransferError::TooLate => format!(
            "{id} stays leader: the leadership transfer to {to} was not done within an election timeout"
        ),
        TransferError::UnderWay => format!("{id} is already transferring leadership to {to}"),
    }
}

fn timer_reset(reason: &TimerResetReason) -> String {
    match reason {
        TimerResetReason::Campaign => "it started an election".into(),
        TimerResetReason::HeardLeader(leader) => format!("it heard from its leader {leader}"),
        TimerResetReason::HeardQuorum(heard) if heard.is_empty() => {
            "it began to wait for replies from a majority".into()
        }
        TimerResetReason::HeardQuorum(heard) => {
            format!("it leads, and a majority replied ({})", servers(*heard))
        }
        TimerResetReason::NoLongerLeader => "it is no longer the leader".into(),
        TimerResetReason::SpokenTo(from) => {
            format!("it got a message from {from}, which should not reset the timer")
        }
        TimerResetReason::Started => "it just started".into(),
        TimerResetReason::Voted(candidate) => format!("it voted for {candidate}"),
    }
}

fn vote_rejected(id: NodeId, candidate: NodeId, reason: &VoteRejected) -> String {
    match reason {
        VoteRejected::AlreadyVoted { term, voted_for } if *voted_for == id => {
            format!("it voted for itself in term {term}")
        }
        VoteRejected::AlreadyVoted { term, voted_for } => {
            format!("it already voted for {voted_for} in term {term}")
        }
        VoteRejected::LeaderAlive { leader } if *leader == Some(id) => "it is the leader".into(),
        VoteRejected::LeaderAlive { leader } => {
            format!("it heard from {} recently", leader_name(*leader))
        }
        VoteRejected::LogBehind { theirs, ours } if *theirs == EntryId::ZERO => {
            let ours = position(*ours);
            format!("{candidate}'s log is empty, and its own ends with {ours}")
        }
        VoteRejected::LogBehind { theirs, ours } => {
            let (theirs, ours) = (position(*theirs), position(*ours));
            format!("its own last entry ({ours}) is later than {candidate}'s ({theirs})")
        }
        VoteRejected::OldTerm { theirs, ours } => old_term(id, candidate, theirs, ours),
    }
}
