//! The lines behind each reason, and how values are written.

use super::acts::Found;
use super::lines::Line;
use crate::narrate::{fill, say};
use crate::raft::event::{
    AppendRejected, Campaign, IgnoreReason, StepDown, TimerResetReason, VoteRejected,
};
use crate::raft::membership::ChangeRejected;
use crate::raft::{Configuration, EntryId, LogIndex, NodeId, ServerSet};

pub(super) fn append_refused(terms: String, reason: &AppendRejected) -> Vec<Found> {
    let (old, previous) = match reason {
        AppendRejected::OldTerm { .. } => (true, None),
        AppendRejected::PreviousDiffers { previous, own } => {
            let EntryId { index, term } = previous;
            (
                false,
                Some(fill("entry {}: {} ≠ {}", &[&index, &own, &term])),
            )
        }
        AppendRejected::PreviousMissing { previous, last } => (
            false,
            Some(fill("entry {}: log ends at {}", &[&previous.index, &last])),
        ),
    };
    let first = (Line::AppendEntries1, terms, Some(old));
    let second = previous.map(|values| (Line::AppendEntries2, values, Some(true)));
    std::iter::once(first).chain(second).collect()
}

pub(super) fn vote_denied(
    terms: String,
    voted_for: Option<NodeId>,
    reason: &VoteRejected,
) -> Vec<Found> {
    let vote = |holds| {
        let values = format!("votedFor = {}", name(voted_for));
        (Line::RequestVote2Vote, values, Some(holds))
    };
    let first = |holds| (Line::RequestVote1, terms.clone(), Some(holds));
    match reason {
        VoteRejected::OldTerm { .. } => vec![first(true)],
        VoteRejected::AlreadyVoted { .. } => vec![first(false), vote(false)],
        VoteRejected::LogBehind { theirs, ours } => {
            let log = (
                Line::RequestVote2Log,
                logs(*theirs, '≥', *ours),
                Some(false),
            );
            vec![first(false), vote(true), log]
        }
        VoteRejected::LeaderAlive { leader } => {
            vec![(
                Line::CheckQuorum2,
                fill("heard {}", &[&name(*leader)]),
                Some(true),
            )]
        }
    }
}

pub(super) fn pre_vote_denied(reason: &VoteRejected) -> String {
    match reason {
        VoteRejected::AlreadyVoted { voted_for, .. } => format!("votedFor = {voted_for}"),
        VoteRejected::LeaderAlive { leader } => fill("heard {}", &[&name(*leader)]),
        VoteRejected::LogBehind { theirs, ours } => logs(*theirs, '≥', *ours),
        VoteRejected::OldTerm { theirs, ours } => format!("{theirs} < {ours}"),
    }
}

/// An election begins: why, and what follows from it.
pub(super) fn election(id: NodeId, term: u64, reason: &Campaign) -> Vec<Found> {
    let why = match reason {
        Campaign::Silence { again: true, .. } => (
            Line::Candidates4,
            say("election timer expired").into(),
            Some(true),
        ),
        Campaign::Silence { leader, .. } => (
            Line::Followers2,
            fill("silent: {}", &[&name(*leader)]),
            Some(true),
        ),
        Campaign::Told { leader } => (Line::Transfer2, fill("from {}", &[&leader]), None),
        Campaign::Welcome { votes } => (Line::PreVote3, format!("{votes}"), Some(true)),
    };
    let before = term.saturating_sub(1);
    vec![
        why,
        (Line::Candidates1, fill("term {} + 1", &[&before]), None),
        (Line::CurrentTerm, format!("{before} → {term}"), None),
        (Line::VotedFor, format!("→ {id}"), None),
    ]
}

pub(super) fn stepped_down(reason: &StepDown) -> Found {
    match reason {
        StepDown::HigherTerm { from, term } => (
            Line::AllServers2,
            fill("{} has term {}", &[&from, &term]),
            Some(true),
        ),
        StepDown::LeaderElected { leader } => {
            (Line::Candidates3, fill("{} leads", &[&leader]), Some(true))
        }
        StepDown::NoQuorum { heard } => {
            (Line::CheckQuorum1, fill("heard {}", &[&heard]), Some(true))
        }
        StepDown::Removed => (Line::Membership4, say("no vote").into(), Some(true)),
        StepDown::Voted { candidate } => (
            Line::PreVote3,
            fill("voted for {}", &[&candidate]),
            Some(false),
        ),
    }
}

pub(super) fn timer(reason: &TimerResetReason) -> Option<Found> {
    let resets = |values: String| Some((Line::Followers2Timer, values, Some(true)));
    match reason {
        TimerResetReason::Campaign => {
            Some((Line::Candidates1, say("new election timer").into(), None))
        }
        TimerResetReason::HeardLeader(leader) => resets(fill("heard {}", &[&leader])),
        TimerResetReason::Voted(candidate) => resets(fill("voted for {}", &[&candidate])),
        TimerResetReason::SpokenTo(from) => resets(fill("any message: {}", &[&from])),
        TimerResetReason::HeardQuorum(heard) => {
            Some((Line::CheckQuorum1, fill("heard {}", &[&heard]), Some(false)))
        }
        TimerResetReason::NoLongerLeader | TimerResetReason::Started => None,
    }
}

pub(super) fn ignored(reason: &IgnoreReason) -> Option<Found> {
    match reason {
        IgnoreReason::LeaderAlive { leader } => Some((
            Line::CheckQuorum2,
            fill("heard {}", &[&name(*leader)]),
            Some(true),
        )),
        IgnoreReason::OtherPiece { offset, next } => Some((
            Line::InstallSnapshot3,
            format!("{offset} ≠ {next}"),
            Some(false),
        )),
        IgnoreReason::EarlierSnapshot => Some((
            Line::InstallSnapshot5,
            say("an earlier one").into(),
            Some(true),
        )),
        IgnoreReason::NoVoter => Some((Line::Transfer2, say("no vote").into(), Some(false))),
        IgnoreReason::OldTerm { theirs, ours } => {
            Some((Line::AllServers2, format!("{theirs} > {ours}"), Some(false)))
        }
        IgnoreReason::ElectionOver
        | IgnoreReason::LeadsNoLonger
        | IgnoreReason::NotSending
        | IgnoreReason::Overtaken
        | IgnoreReason::ReadOver
        | IgnoreReason::RivalLeader => None,
    }
}

pub(super) fn refused(reason: ChangeRejected) -> String {
    match reason {
        ChangeRejected::HandingOver(to) => fill("transfers to {}", &[&to]),
        ChangeRejected::Nothing => say("changes nothing").into(),
        ChangeRejected::NoVoters => say("no voter would remain").into(),
        ChangeRejected::NotLeader { .. } => say("does not lead").into(),
        ChangeRejected::UnderWay => say("another is under way").into(),
    }
}

/// `(term 3, 7) ≥ (term 2, 9)`: term first, then length.
pub(super) fn logs(theirs: EntryId, sign: char, ours: EntryId) -> String {
    let end = |last: EntryId| fill("(term {}, {})", &[&last.term, &last.index]);
    format!("{} {sign} {}", end(theirs), end(ours))
}

pub(super) fn entry(id: EntryId) -> String {
    fill("entry {} of term {}", &[&id.index, &id.term])
}

pub(super) fn range(first: LogIndex, last: LogIndex) -> String {
    if first == last {
        fill("entry {}", &[&first])
    } else {
        fill("entries {} to {}", &[&first, &last])
    }
}

pub(super) fn share(servers: ServerSet, of: &Configuration) -> String {
    let of = of.all_voters();
    fill("{} of {}", &[&servers.and(of).len(), &of.len()])
}

pub(super) fn name(id: Option<NodeId>) -> String {
    id.map_or_else(|| say("none").into(), |id| id.to_string())
}
