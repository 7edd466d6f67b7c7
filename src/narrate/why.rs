//! Why it happened: the rule of the paper, with the values it was applied to.

use super::words;
use crate::raft::event::{Campaign, Denial, Ignorance, Refusal, Reset, StepDown, Unneeded};
use crate::raft::{Event, NodeId};
use crate::sim::{Fact, Loss, PacketKind};

/// The rule that made an event, in a sentence, with its values and its place in the paper.
pub fn why(event: &Event) -> String {
    let clause = event.clause();
    let place = if clause.place.is_empty() || clause.place == "Clients" {
        String::new()
    } else if clause.place == "Dissertation" {
        "dissertation, ".into()
    } else if clause.place.starts_with("Figure") {
        format!("{}; ", clause.place)
    } else {
        format!("Figure 2, {}; ", clause.place)
    };
    let here = here(event);
    let here = if here.is_empty() {
        here
    } else {
        format!(" Here: {here}.")
    };
    let sections = if clause.section.contains(',') {
        "sections"
    } else {
        "section"
    };
    format!(
        "{}{here} ({place}{sections} {})",
        clause.text, clause.section
    )
}

/// The values that decided it.
fn here(event: &Event) -> String {
    match event {
        Event::AppendAccepted {
            leader,
            first_new,
            matched,
        } if first_new <= matched => {
            let new = words::entries(*first_new, *matched);
            format!("new from {leader}: {new}")
        }
        Event::AppendAccepted {
            leader, matched, ..
        } => format!("nothing was missing, the log agrees with {leader}'s up to {matched}"),
        Event::AppendRefused { leader, reason } => match reason {
            Refusal::OldTerm { theirs, ours } => {
                format!("{leader} speaks for term {theirs}, this is term {ours}")
            }
            Refusal::PreviousDiffers { previous, own } => {
                let at = words::position(*previous);
                format!("{leader} names ({at}), the entry there is of term {own}")
            }
            Refusal::PreviousMissing { previous, last } => {
                let at = words::position(*previous);
                format!("{leader} names ({at}), the log ends at {last}")
            }
        },
        Event::Applied { index } => format!("entry {index} was next"),
        Event::BecameLeader { term, votes, of } => {
            let (share, votes) = (words::share(*votes, of), words::servers(*votes));
            format!("{votes} voted in term {term}, {share}")
        }
        Event::CaughtUp {
            learners,
            round,
            heartbeats,
        } => {
            let learners = words::servers(*learners);
            format!("{learners} in round {round}, after {heartbeats} heartbeats")
        }
        Event::CatchUpBegun {
            learners,
            round,
            target,
        } => {
            let learners = words::servers(*learners);
            format!("round {round}: {learners}, up to entry {target}")
        }
        Event::ChangeAbandoned { goal, .. } => {
            format!("it was to become {}", words::configuration(goal))
        }
        Event::ChangeRefused { .. } | Event::ChangeWaits { .. } | Event::MayNotStand => {
            String::new()
        }
        Event::Configured {
            index,
            configuration,
            ..
        } => {
            let members = words::configuration(configuration);
            format!("that is entry {index}: {members}")
        }
        Event::CommitLearned {
            leader,
            leader_commit,
            index,
        } => format!("{leader} has committed {leader_commit}, which gives {index}"),
        Event::CommitWaits { position, term } => {
            let at = words::position(*position);
            format!("the last entry on a majority is ({at}), the leader's term is {term}")
        }
        Event::Committed {
            position,
            holders,
            of,
        } => {
            let (at, share) = (words::position(*position), words::share(*holders, of));
            format!("{} hold ({at}), {share}", words::servers(*holders))
        }
        Event::Compacted { last, .. } => {
            format!("the last applied entry is {last}, so the snapshot covers all up to it")
        }
        Event::EntryAppended { position } => format!("as ({})", words::position(*position)),
        Event::EntriesDeleted {
            first,
            last,
            own,
            leader,
        } => {
            let gone = words::entries(*first, *last);
            format!("at {first} the term is {own}, the leader's {leader}; so {gone} had to go")
        }
        Event::ElectionStarted {
            term: next,
            reason: Campaign::Silence { leader },
        }
        | Event::PreVoteStarted {
            next,
            silent: leader,
        } => match leader {
            Some(leader) => format!("{leader} was silent, the next term is {next}"),
            None => format!("the next term is {next}"),
        },
        Event::ElectionStarted {
            reason: Campaign::Told { leader },
            ..
        } => format!("it was {leader}"),
        Event::ElectionStarted {
            reason: Campaign::Welcome { votes },
            ..
        } => format!("{} would", words::servers(*votes)),
        Event::HeartbeatDue => String::new(),
        Event::HandingOver { to } | Event::NotTransferred { to, .. } => format!("it would be {to}"),
        Event::TransferStarted { to, .. } => format!("it is {to}"),
        Event::Ignored { from, reason } => ignored(from, reason),
        Event::LeaderKnown { leader, term } => format!("{leader}, in term {term}"),
        Event::LoyaltyEnded { leader: None } => String::new(),
        Event::LoyaltyEnded {
            leader: Some(leader),
        } => format!("{leader} was silent"),
        Event::MatchAdvanced { follower, matched } => {
            let next = matched.next();
            format!(
                "{follower} has stored up to {matched}, so matchIndex is {matched} and nextIndex at least {next}"
            )
        }
        Event::NextLowered { follower, from, to } => {
            format!("nextIndex for {follower} was {from} and is {to} now")
        }
        Event::NotLeader { leader: None } => "none is known".into(),
        Event::NotLeader {
            leader: Some(leader),
        } => format!("it is {leader}"),
        Event::PieceStored { last, items, .. } => {
            format!("{items} items have arrived of the snapshot up to entry {last}")
        }
        Event::SnapshotInstalled { leader, last } => {
            format!("{leader}'s snapshot covers all up to entry {last}")
        }
        Event::SnapshotNeeded {
            follower,
            next,
            last,
        } => {
            format!("nextIndex for {follower} is {next}, and the snapshot covers all up to {last}")
        }
        Event::SnapshotRefused {
            leader,
            theirs,
            ours,
        } => format!("{leader} speaks for term {theirs}, this is term {ours}"),
        Event::SnapshotUnneeded { last, reason, .. } => match reason {
            Unneeded::Committed { commit } => {
                format!("the snapshot covers all up to {last}, committed is {commit}")
            }
            Unneeded::Held => format!("the log holds entry {last}, of the same term"),
        },
        Event::SteppedDown { reason } => match reason {
            StepDown::HigherTerm { from, term } => format!("{from} showed term {term}"),
            StepDown::LeaderElected { leader } => format!("it is {leader}"),
            StepDown::NoQuorum { heard } => format!("heard from {}", words::servers(*heard)),
            StepDown::Voted { candidate } => format!("it is {candidate}"),
            StepDown::Removed => String::new(),
        },
        Event::TermAdopted { from, old, new } => {
            format!("the term was {old}, {from} is in {new}")
        }
        Event::TimerReset { reason } => reset(reason),
        Event::PreVoteCounted { votes, of, .. } | Event::VoteCounted { votes, of, .. }
            if of.is_joint() =>
        {
            format!("{}: {}", words::share(*votes, of), words::servers(*votes))
        }
        Event::PreVoteCounted { votes, needed, .. } | Event::VoteCounted { votes, needed, .. } => {
            format!("{} of {needed}: {}", votes.len(), words::servers(*votes))
        }
        Event::PreVoteDenied { candidate, reason } | Event::VoteDenied { candidate, reason } => {
            match reason {
                Denial::AlreadyVoted { term, voted_for } => {
                    format!("the vote of term {term} is {voted_for}'s, not {candidate}'s")
                }
                Denial::LeaderAlive {
                    leader: Some(leader),
                } => format!("it is {leader}"),
                Denial::LeaderAlive { leader: None } => "its term has passed since".into(),
                Denial::LogBehind { theirs, ours } => {
                    let ours = words::end_of_log(*ours);
                    format!(
                        "{ours} against {candidate}'s {}",
                        words::end_of_log(*theirs)
                    )
                }
                Denial::OldTerm { theirs, ours } => {
                    format!("{candidate} asks for term {theirs}, this is term {ours}")
                }
            }
        }
        Event::PreVoteGranted {
            candidate,
            candidate_last,
            own_last,
            ..
        }
        | Event::VoteGranted {
            candidate,
            candidate_last,
            own_last,
            ..
        } => {
            let (theirs, ours) = (
                words::end_of_log(*candidate_last),
                words::end_of_log(*own_last),
            );
            format!("{candidate}'s {theirs} against {ours}")
        }
    }
}

fn ignored(from: &NodeId, reason: &Ignorance) -> String {
    match reason {
        Ignorance::EarlierSnapshot => format!("{from} sent this before the one that is arriving"),
        Ignorance::ElectionOver => format!("{from} answered too late"),
        Ignorance::LeaderAlive {
            leader: Some(leader),
        } => format!("it is {leader}, not {from}"),
        Ignorance::LeaderAlive { leader: None } => format!("{from} has lost touch"),
        Ignorance::LeadsNoLonger => format!("{from} answered a leader that is none any more"),
        Ignorance::NoVoter => format!("{from} wanted it to"),
        Ignorance::OldTerm { theirs, ours } => {
            format!("{from} answered in term {theirs}, this is term {ours}")
        }
        Ignorance::NotSending => format!("{from} answered a piece sent earlier"),
        Ignorance::OtherPiece { offset, next } => {
            format!("the piece begins at item {offset}, item {next} is next")
        }
        Ignorance::Overtaken => format!("{from}'s refusal is older than its last answer"),
        Ignorance::RivalLeader => format!("{from} leads it too"),
    }
}

fn reset(reason: &Reset) -> String {
    match reason {
        Reset::Campaign => "an election began".into(),
        Reset::HeardLeader(leader) => format!("word from {leader}, the leader"),
        Reset::HeardQuorum(heard) => format!("heard from {}", words::servers(*heard)),
        Reset::NoLongerLeader => "a leader has no election timer; a follower needs one".into(),
        Reset::Started => "the server has just started".into(),
        Reset::SpokenTo(from) => format!("{from} spoke; with the rule on that is no reason"),
        Reset::Voted(candidate) => format!("{candidate} was given the vote"),
    }
}

/// Why anything that came of a step came of it: the rule of the paper where Raft decided, and
/// otherwise what the network, the client or the user did.
pub fn why_of(fact: &Fact) -> String {
    match fact {
        Fact::Raft { event, .. } => why(event),
        Fact::Answered { .. } => "A leader answers when the entry is committed and its state machine has executed \
            it: from then on the change cannot be lost (sections 5.3 and 8)."
            .into(),
        Fact::Asked { attempt: 1, .. } => {
            "Clients send their requests to the server that led when they last heard (section 8).".into()
        }
        Fact::Asked { .. } => "No answer may mean that it was never done, or that only the answer was lost. So the \
            client asks again under the same number, and the machine executes a number once (section 8)."
            .into(),
        Fact::ChangeAsked { .. } => "Configurations are entries of the log, so only the leader can change them (section 6)."
            .into(),
        Fact::Crashed { .. } => "A crash takes everything but the disk: the term, the vote and the log survive \
            (Figure 2, persistent state). What is committed the server learns anew."
            .into(),
        Fact::Executed { .. } => {
            "Committed commands go into every server's state machine, in the order of the log (section 5.3).".into()
        }
        Fact::GaveUpWaiting { .. } => "A client cannot tell a slow server from a dead one. After a while it asks \
            another (section 8)."
            .into(),
        Fact::Joined { .. } => "A new server takes part in nothing before a leader sends it the log, and with it who \
            belongs to the cluster (section 6)."
            .into(),
        Fact::Lost { why, .. } => lost(*why).into(),
        Fact::NetworkChanged => "Raft expects that links fail: messages may be lost, late, doubled and out of order, \
            and nothing it promises depends on them (section 5.1)."
            .into(),
        Fact::Redirected { .. } => {
            "Only the leader takes requests. The others say who it is, as far as they know (section 8).".into()
        }
        Fact::Retired { .. } => "Once it is committed that the cluster goes on without a server, nobody needs it any \
            more (section 6)."
            .into(),
        Fact::RecordDropped { .. } => "A record of which only a part was written fails its checksum. Nothing was promised \
            yet that rests on it, so it may be dropped (Figure 2, persistent state)."
            .into(),
        Fact::Restarted { .. } => "All servers start as followers, with what is on their disk (section 5.2).".into(),
        Fact::Sent { kind, .. } => sent(*kind).into(),
        Fact::WriteBegun { .. } => "Term, vote and log must be on disk before a server promises anything that rests on \
            them: a vote, an acknowledgement (Figure 2, persistent state). Only what a leader sends need not wait for \
            its own disk (dissertation, section 10.2.1)."
            .into(),
        Fact::WriteCut { .. } => "A crash loses what is not on disk. Nobody was told of it yet, so nobody counts on it \
            (Figure 2, persistent state)."
            .into(),
        Fact::Written { .. } => "What is on disk survives a crash: now the answers that rest on it may leave, and a \
            leader counts its own copy (Figure 2, persistent state; section 5.3)."
            .into(),
        Fact::Wiped { .. } => "Raft counts on disks: a server that forgets its vote or its log may break what it \
            promised (section 5.6 and Figure 2, persistent state)."
            .into(),
    }
}

fn lost(why: Loss) -> &'static str {
    match why {
        Loss::Crowded => "More packets were under way than the network here carries.",
        Loss::Cut => "Its link is cut. Whoever misses the answer sends again (section 5.1).",
        Loss::Down => {
            "The server it was for is down. Requests to it are sent again until it is back (section 5.5)."
        }
        Loss::Dropped => {
            "It was dropped by hand. Whoever misses the answer sends again (section 5.1)."
        }
        Loss::Gone => "The server it was for was taken away.",
        Loss::Weather => {
            "Networks lose packets now and then. Whoever misses the answer sends again (section 5.1)."
        }
    }
}

fn sent(kind: PacketKind) -> &'static str {
    match kind {
        PacketKind::Append => {
            "A leader sends each follower the entries it lacks, and the one before them for a check (Figure 2, Leaders \
             3; section 5.3)."
        }
        PacketKind::AppendReply => {
            "A follower says whether it stored the entries (Figure 2, AppendEntries)."
        }
        PacketKind::Heartbeat => {
            "A leader sends regularly, even with nothing to store, so that nobody starts an election (Figure 2, \
             Leaders 1; section 5.2)."
        }
        PacketKind::PreVote | PacketKind::PreVoteReply => {
            "A server asks who would vote for it before it begins a new term, so that it disturbs nobody in vain \
             (dissertation, section 9.6)."
        }
        PacketKind::Reply => "A server answers whoever asked it (section 8).",
        PacketKind::Request => "Changes begin with a client's request to the leader (section 5.3).",
        PacketKind::Snapshot => {
            "A leader that has compacted what a follower needs sends it a snapshot of the state machine instead, piece by \
             piece (Figure 13; section 7)."
        }
        PacketKind::SnapshotReply => "A follower says how much of the snapshot it has (Figure 13).",
        PacketKind::TimeoutNow => {
            "A leader that hands over tells the other to stand for election now (dissertation, section 3.10)."
        }
        PacketKind::Vote => {
            "A candidate asks everyone else at once: it needs more than half of all servers (Figure 2, Candidates 1; \
             section 5.2)."
        }
        PacketKind::VoteReply => {
            "A server that is asked for its vote says yes or no (Figure 2, RequestVote)."
        }
    }
}
