//! What happened inside a server.

use std::cmp::Ordering;

use super::{membership, words};
use crate::raft::event::{
    AppendRejected, Campaign, IgnoreReason, StepDown, TimerResetReason, TransferError, Unneeded,
    VoteRejected,
};
use crate::raft::{Configuration, EntryId, Event, LogIndex, NodeId, Payload, Rule, ServerSet};
use crate::sim::{Action, Cause, PacketKind, Step, World};

/// The sentence for an event inside `id`.
pub(super) fn text(id: NodeId, event: &Event, step: &Step, world: &World) -> String {
    match event {
        Event::AppendAccepted {
            leader,
            first_new,
            match_index,
        } => accepted(id, *leader, *first_new, *match_index),
        Event::AppendRefused { leader, reason } => refused(id, *leader, reason, step),
        Event::Applied { index } => format!("{id} applied entry {index} to its state machine"),
        Event::BecameLeader { term, votes, of } => {
            let votes = votes.and(of.all_voters());
            let (share, votes) = (words::share(votes, of), words::servers(votes));
            format!("{id} leads term {term}: {votes} voted for it, {share}")
        }
        Event::CaughtUp { .. }
        | Event::CatchUpBegun { .. }
        | Event::ChangeAbandoned { .. }
        | Event::ChangeRefused { .. }
        | Event::ChangeWaits { .. }
        | Event::Configured { .. }
        | Event::MayNotStand => membership::text(id, event, world),
        Event::CommitLearned {
            leader,
            leader_commit,
            index,
        } => {
            let learned = format!("{id} learned from {leader} that entry {index} is committed");
            if leader_commit > index && world.config().rules.on(Rule::CommitOnlyChecked) {
                // It was told of more, but may trust only what the message vouched for.
                format!(
                    "{learned} ({leader} has committed entry {leader_commit}, but {id} is only known to agree up to {index})"
                )
            } else {
                learned
            }
        }
        Event::CommitWaits { position, term } => {
            let EntryId { index, term: old } = position;
            format!(
                "{id} does not commit entry {index} yet: a majority holds it, but it is of term {old} and {id} leads term {term}"
            )
        }
        Event::Committed {
            position,
            holders,
            of,
        } => committed(id, *position, *holders, of, world),
        Event::Compacted { first, last } => {
            let gone = words::entries(*first, *last);
            format!("{id} compacted its log: a snapshot of its state machine stands for {gone}")
        }
        Event::EntryAppended { position } => appended(id, *position, world),
        Event::EntriesDeleted {
            first,
            last,
            own,
            leader,
        } => {
            let gone = words::entries(*first, *last);
            format!(
                "{id} deleted {gone}: its entry {first} is of term {own}, the leader's of term {leader}"
            )
        }
        Event::ElectionStarted { term, reason } => {
            let of = world.server(id).log().configuration();
            let reason = match reason {
                Campaign::Silence { leader } => ran_out(id, *leader, step),
                Campaign::Told { leader } => format!("{leader} hands over to {id}"),
                Campaign::Welcome { votes } => {
                    let (would, all) = (words::count(votes.len()), words::count(of.voters.len()));
                    format!("{id} would get {would} votes of {all}")
                }
            };
            format!("{reason}: it becomes a candidate in term {term} and votes for itself")
        }
        Event::HandingOver { to } => {
            format!(
                "{id} refused {}'s request: it is handing over to {to}",
                asker(step)
            )
        }
        Event::HeartbeatDue => format!("{id}'s heartbeat timer ran out: it sends to everyone"),
        Event::Ignored { from, reason } => ignored(id, *from, reason),
        Event::LeaderKnown { leader, term } => {
            format!("{id} learned that {leader} leads term {term}")
        }
        Event::MinElectionTimeoutEnded { leader } => {
            let leader = leader.map_or_else(|| "a leader".into(), |leader| leader.to_string());
            format!(
                "{id} has not heard from {leader} for the shortest election timeout: it would vote for another"
            )
        }
        Event::MatchAdvanced {
            follower,
            match_index,
        } => {
            format!(
                "{id} knows that {follower}'s log agrees with its own up to entry {match_index}"
            )
        }
        Event::NextLowered { follower, from, to } => {
            format!(
                "{id} goes back in its log for {follower}: it sends from entry {to} on, not {from}"
            )
        }
        Event::NotTransferred { to, reason } => not_transferred(id, *to, *reason),
        Event::NotLeader { leader } => {
            let refused = format!("{id} refused {}'s request", asker(step));
            match leader {
                None => format!("{refused}: it does not lead, and knows of no leader"),
                Some(leader) => format!("{refused}: it does not lead, {leader} does"),
            }
        }
        Event::PreVoteCounted {
            voter,
            granted,
            votes,
            needed,
            of,
        } => {
            let tally = words::tally(*votes, *needed, of);
            let would = if *granted { "would" } else { "would not" };
            format!("{voter} {would} vote for {id}: it would have {tally}")
        }
        Event::PreVoteDenied { candidate, reason } => {
            format!(
                "{id} would not vote for {candidate}: {}",
                denial(id, *candidate, reason)
            )
        }
        Event::PreVoteGranted {
            candidate,
            next,
            candidate_last,
            own_last,
        } => {
            let reason = up_to_date(candidate_last, own_last);
            format!("{id} would vote for {candidate} in term {next}{reason}")
        }
        Event::PreVoteStarted { next, silent } => {
            let ran_out = ran_out(id, *silent, step);
            format!("{ran_out}: it asks who would vote for it in term {next}")
        }
        Event::PieceStored {
            leader,
            last,
            items,
        } => format!(
            "{id} stored a piece of {leader}'s snapshot up to entry {last}: it has {items} items of it"
        ),
        Event::SnapshotInstalled { leader, last } => format!(
            "{id} installed {leader}'s snapshot: its state machine is where entry {last} leads to, and its log begins after it"
        ),
        Event::SnapshotNeeded {
            follower,
            next,
            last,
        } => format!(
            "{id} begins to send {follower} its snapshot up to entry {last}: entry {next}, which {follower} needs next, is compacted"
        ),
        Event::SnapshotRefused {
            leader,
            theirs,
            ours,
        } => format!(
            "{id} refused {leader}'s snapshot: {leader} is in term {theirs}, and {id} in term {ours} already"
        ),
        Event::SnapshotUnneeded {
            leader,
            last,
            reason,
        } => {
            let because = match reason {
                Unneeded::Committed { commit } => format!("it has committed entry {commit}"),
                Unneeded::Held => "its log holds that entry".into(),
            };
            format!("{id} had no need of {leader}'s snapshot up to entry {last}: {because}")
        }
        Event::LeaseEnded
        | Event::ReadAsked { .. }
        | Event::ReadGivenUp { .. }
        | Event::ReadHeld { .. }
        | Event::ReadIndexKnown { .. }
        | Event::ReadNoted { .. }
        | Event::ReadsConfirmed { .. } => super::read::text(id, event),
        Event::SteppedDown { reason } => stepped_down(id, reason, step),
        Event::TermAdopted { from, old, new } => {
            format!("{id} went from term {old} to term {new}, which {from} has reached")
        }
        Event::TimerReset { reason } => timer_reset(id, reason),
        Event::TransferStarted { to, lags } => {
            let first = if *lags {
                ": it brings its log up to date first"
            } else {
                ""
            };
            format!("{id} takes no more requests and hands over to {to}{first}")
        }
        Event::VoteCounted {
            voter,
            granted,
            votes,
            needed,
            of,
        } => {
            let came = if *granted {
                "has the vote of"
            } else {
                "was refused by"
            };
            let tally = words::tally(*votes, *needed, of);
            format!("{id} {came} {voter}: it has {tally}")
        }
        Event::VoteDenied { candidate, reason } => {
            let because = denial(id, *candidate, reason);
            format!("{id} refused {candidate} its vote: {because}")
        }
        Event::VoteGranted {
            candidate,
            term,
            candidate_last,
            own_last,
        } => {
            let reason = up_to_date(candidate_last, own_last);
            format!("{id} granted its vote to {candidate} for term {term}{reason}")
        }
    }
}

/// The log entry an event is about.
pub(super) fn index(event: &Event) -> Option<LogIndex> {
    match event {
        Event::AppendAccepted {
            match_index: index, ..
        }
        | Event::Applied { index }
        | Event::CommitLearned { index, .. }
        | Event::Compacted { last: index, .. }
        | Event::EntriesDeleted { first: index, .. }
        | Event::MatchAdvanced {
            match_index: index, ..
        }
        | Event::NextLowered { to: index, .. }
        | Event::PieceStored { last: index, .. }
        | Event::ReadIndexKnown { index, .. }
        | Event::ReadNoted { index, .. }
        | Event::SnapshotInstalled { last: index, .. }
        | Event::SnapshotNeeded { last: index, .. }
        | Event::SnapshotUnneeded { last: index, .. } => Some(*index),
        Event::Configured { index, .. } => (index.0 > 0).then_some(*index),
        Event::CommitWaits { position, .. }
        | Event::Committed { position, .. }
        | Event::EntryAppended { position } => Some(position.index),
        Event::AppendRefused { reason, .. } => match reason {
            AppendRejected::OldTerm { .. } => None,
            AppendRejected::PreviousDiffers { previous, .. }
            | AppendRejected::PreviousMissing { previous, .. } => Some(previous.index),
        },
        Event::BecameLeader { .. }
        | Event::CaughtUp { .. }
        | Event::CatchUpBegun { .. }
        | Event::ChangeAbandoned { .. }
        | Event::ChangeRefused { .. }
        | Event::ChangeWaits { .. }
        | Event::ElectionStarted { .. }
        | Event::HandingOver { .. }
        | Event::HeartbeatDue
        | Event::Ignored { .. }
        | Event::LeaderKnown { .. }
        | Event::LeaseEnded
        | Event::MinElectionTimeoutEnded { .. }
        | Event::MayNotStand
        | Event::NotLeader { .. }
        | Event::NotTransferred { .. }
        | Event::ReadAsked { .. }
        | Event::ReadGivenUp { .. }
        | Event::ReadHeld { .. }
        | Event::ReadsConfirmed { .. }
        | Event::PreVoteCounted { .. }
        | Event::PreVoteDenied { .. }
        | Event::PreVoteGranted { .. }
        | Event::PreVoteStarted { .. }
        | Event::SnapshotRefused { .. }
        | Event::SteppedDown { .. }
        | Event::TermAdopted { .. }
        | Event::TimerReset { .. }
        | Event::TransferStarted { .. }
        | Event::VoteCounted { .. }
        | Event::VoteDenied { .. }
        | Event::VoteGranted { .. } => None,
    }
}

fn accepted(id: NodeId, leader: NodeId, first_new: LogIndex, match_index: LogIndex) -> String {
    if first_new <= match_index {
        let stored = words::entries(first_new, match_index);
        format!("{id} stored {stored} from {leader}")
    } else if match_index == LogIndex(0) {
        format!("{id} heard from {leader}, with nothing to store")
    } else {
        format!("{id} found nothing new from {leader}: its log agrees up to entry {match_index}")
    }
}

fn refused(id: NodeId, leader: NodeId, reason: &AppendRejected, step: &Step) -> String {
    let is_heartbeat = matches!(
        step.cause,
        Cause::Packet {
            kind: PacketKind::Heartbeat,
            ..
        }
    );
    let what = if is_heartbeat { "heartbeat" } else { "entries" };
    let refused = format!("{id} refused {leader}'s {what}");
    match reason {
        AppendRejected::OldTerm { theirs, ours } => {
            format!("{refused}: {leader} is in term {theirs}, and {id} in term {ours} already")
        }
        AppendRejected::PreviousDiffers { previous, own } => {
            let EntryId { index, term } = previous;
            let before = if is_heartbeat {
                ""
            } else {
                ", just before them,"
            };
            format!(
                "{refused}: at {index}{before} {leader} has an entry of term {term} and {id} one of term {own}"
            )
        }
        AppendRejected::PreviousMissing { previous, last } => {
            let index = previous.index;
            let ends = if *last == LogIndex(0) {
                format!("{id}'s log is empty")
            } else {
                format!("{id}'s log ends at {last}")
            };
            if is_heartbeat {
                format!("{refused}: it is about entry {index}, and {ends}")
            } else {
                format!("{refused}: they follow entry {index}, and {ends}")
            }
        }
    }
}

fn committed(
    id: NodeId,
    position: EntryId,
    holders: ServerSet,
    of: &Configuration,
    world: &World,
) -> String {
    let index = position.index;
    let what = match world.server(id).log().get(index).map(|entry| entry.payload) {
        Some(Payload::Configuration(configuration)) => {
            format!(
                ", the configuration {},",
                words::configuration(&configuration)
            )
        }
        _ => String::new(),
    };
    let committed = format!("{id} committed entry {index}{what}");
    let committed = committed.trim_end_matches(',');
    let (all, share) = (words::count(of.voters.len()), words::share(holders, of));
    let holders = words::servers(holders);
    if of.is_joint() {
        format!("{committed}: {holders} hold it, {share}")
    } else if of.voters == ServerSet::EMPTY.with(id) {
        let only = if of.learners.is_empty() {
            "server"
        } else {
            "voter"
        };
        format!("{committed}: it is the only {only}")
    } else if of.voters.len() == 1 {
        format!("{committed}: {holders}, the only voter, holds it")
    } else {
        format!("{committed}: {holders} of {all} servers hold it")
    }
}

fn appended(id: NodeId, position: EntryId, world: &World) -> String {
    let EntryId { index, term } = position;
    let log = world.server(id).log();
    let entry = log.get(index).filter(|entry| entry.term == term);
    match entry.map(|entry| entry.payload) {
        Some(Payload::Command(command)) => {
            let op = command.op;
            format!(
                "{id} appended {op} to its log as entry {index} of term {term}, not committed yet"
            )
        }
        Some(Payload::Configuration(configuration)) => {
            let members = words::configuration(&configuration);
            format!(
                "{id} appended a configuration to its log as entry {index} of term {term}, not committed yet: {members}"
            )
        }
        Some(Payload::Register(wish)) => {
            let client = wish.client;
            format!(
                "{id} appended {client}'s wish for a session to its log as entry {index} of term {term}, not committed yet"
            )
        }
        Some(Payload::Noop) => {
            format!("{id} appended entry {index}, an empty one, the first of its term {term}")
        }
        None => format!("{id} appended entry {index} of term {term} to its log"),
    }
}

/// How the candidate's log compares to the voter's.
fn up_to_date(theirs: &EntryId, ours: &EntryId) -> &'static str {
    let end = |last: &EntryId| (last.term, last.index);
    match end(theirs).cmp(&end(ours)) {
        // Only with a rule off.
        Ordering::Less => ", though its log is less up to date",
        Ordering::Equal => ": its log is just as up to date",
        Ordering::Greater => ": its log is more up to date",
    }
}

/// Why an election begins.
fn ran_out(id: NodeId, silent: Option<NodeId>, step: &Step) -> String {
    let forced = matches!(super::action(step), Some(Action::Timeout(_)));
    match silent {
        // Forced, it may have heard from its leader a moment ago.
        _ if forced => format!("{id}'s election timer was made to run out"),
        Some(leader) => format!("{id}'s election timer ran out with no word from {leader}"),
        None => format!("{id}'s election timer ran out with no word from a leader"),
    }
}

/// The client whose request arrived.
fn asker(step: &Step) -> String {
    match &step.cause {
        Cause::Packet { from, .. } => from.to_string(),
        Cause::Action(_)
        | Cause::Client(_)
        | Cause::Compaction { .. }
        | Cause::Written { .. }
        | Cause::Start
        | Cause::Timeout { .. } => "somebody".into(),
    }
}

fn ignored(id: NodeId, from: NodeId, reason: &IgnoreReason) -> String {
    match reason {
        IgnoreReason::EarlierSnapshot => {
            format!("{id} had no use for {from}'s piece of a snapshot: it is receiving a later one")
        }
        IgnoreReason::ElectionOver => {
            format!("{id} had no use for {from}'s answer: that election is over")
        }
        IgnoreReason::LeaderAlive { leader } if *leader == Some(id) => {
            format!("{id} disregards that {from} asks for votes: it leads, as far as it knows")
        }
        IgnoreReason::LeaderAlive { leader } => {
            let leader = leader.map_or_else(|| "a leader".into(), |leader| leader.to_string());
            format!("{id} disregards that {from} asks for votes: it has heard from {leader} lately")
        }
        IgnoreReason::LeadsNoLonger => {
            format!("{id} had no use for {from}'s answer: it does not lead any more")
        }
        IgnoreReason::NoVoter => format!("{id} does not take over from {from}: it has no vote"),
        IgnoreReason::OldTerm { theirs, ours } => {
            format!(
                "{id} had no use for {from}'s answer: it is from term {theirs}, and {id} is in term {ours}"
            )
        }
        IgnoreReason::NotSending => {
            format!("{id} had no use for {from}'s answer: it does not send that snapshot any more")
        }
        IgnoreReason::OtherPiece { offset, next } => {
            format!(
                "{id} had no use for {from}'s piece of a snapshot: it begins at item {offset}, and {id} needs item {next}"
            )
        }
        IgnoreReason::Overtaken => {
            format!("{id} had no use for {from}'s refusal: a later answer has overtaken it")
        }
        IgnoreReason::ReadOver => {
            format!("{id} had no use for {from}'s answer: it waits for no such read")
        }
        IgnoreReason::RivalLeader => {
            format!("{id} heard from {from}, which leads the same term: two leaders")
        }
    }
}

/// Whether a server that became a follower in this step led before: only then does its election
/// timer begin anew for that reason.
pub fn was_leader(id: NodeId, step: &Step) -> bool {
    step.events().any(|(server, event)| {
        let waits = matches!(
            event,
            Event::TimerReset {
                reason: TimerResetReason::NoLongerLeader
            }
        );
        server == id && waits
    })
}

fn stepped_down(id: NodeId, reason: &StepDown, step: &Step) -> String {
    let was = if was_leader(id, step) {
        "stopped leading"
    } else {
        "gave up its candidacy"
    };
    match reason {
        StepDown::HigherTerm { from, term } => {
            format!("{id} {was}: {from} is in a later term, {term}")
        }
        StepDown::LeaderElected { leader } => format!("{id} {was}: {leader} leads its term"),
        StepDown::NoQuorum { heard } => {
            let heard = words::servers(*heard);
            format!(
                "{id} {was}: for an election timeout it heard from {heard}, which is no majority"
            )
        }
        StepDown::Voted { candidate } => format!("{id} {was}: it votes for {candidate}"),
        StepDown::Removed => format!("{id} {was}: the cluster goes on without its vote"),
    }
}

fn not_transferred(id: NodeId, to: NodeId, reason: TransferError) -> String {
    match reason {
        TransferError::Cancelled => format!("{id} does not hand over to {to} after all"),
        TransferError::LeadsAlready => format!("{id} leads already"),
        TransferError::NoVoter => format!("{id} does not hand over to {to}, which has no vote"),
        TransferError::TooLate => {
            format!("{id} goes on leading: {to} has not taken over within an election timeout")
        }
        TransferError::UnderWay => format!("{id} is handing over to {to} already"),
    }
}

fn timer_reset(id: NodeId, reason: &TimerResetReason) -> String {
    let because = match reason {
        TimerResetReason::Campaign => "it began an election".into(),
        TimerResetReason::HeardLeader(leader) => format!("it heard from its leader {leader}"),
        TimerResetReason::HeardQuorum(heard) if heard.is_empty() => {
            "it listens for a majority".into()
        }
        TimerResetReason::HeardQuorum(heard) => {
            format!(
                "it leads, and a majority answers ({})",
                words::servers(*heard)
            )
        }
        TimerResetReason::NoLongerLeader => "it leads no longer".into(),
        TimerResetReason::Started => "it has just started".into(),
        TimerResetReason::SpokenTo(from) => {
            format!("{from} spoke to it, though that should be no reason")
        }
        TimerResetReason::Voted(candidate) => format!("it voted for {candidate}"),
    };
    format!("{id}'s election timer began afresh: {because}")
}

fn denial(id: NodeId, candidate: NodeId, reason: &VoteRejected) -> String {
    match reason {
        VoteRejected::AlreadyVoted { term, voted_for } if *voted_for == id => {
            format!("it voted for itself in term {term}")
        }
        VoteRejected::AlreadyVoted { term, voted_for } => {
            format!("it has voted for {voted_for} in term {term}")
        }
        VoteRejected::LeaderAlive { leader } if *leader == Some(id) => "it leads".into(),
        VoteRejected::LeaderAlive {
            leader: Some(leader),
        } => format!("it has heard from {leader} lately"),
        VoteRejected::LeaderAlive { leader: None } => "it has heard from a leader lately".into(),
        VoteRejected::LogBehind { theirs, ours } if *theirs == EntryId::ZERO => {
            let ours = words::position(*ours);
            format!("it has entries, the last of them ({ours}), and the candidate has none")
        }
        VoteRejected::LogBehind { theirs, ours } => {
            let (theirs, ours) = (words::position(*theirs), words::position(*ours));
            format!("its own last entry ({ours}) is later than the candidate's ({theirs})")
        }
        VoteRejected::OldTerm { theirs, ours } => {
            format!("{candidate} is in term {theirs}, and {id} in term {ours} already")
        }
    }
}
