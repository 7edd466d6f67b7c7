//! What every fact and event is, in any language: how much it matters, the log entry it is about,
//! where the paper states its rule, and which earlier facts of the same step lead to it.
//!
//! One match for events and one for facts, and both leave nothing out: without a description here
//! (and a sentence in each [`super::Language`]), a new one does not compile.

use super::Weight::{self, Detail, Quiet, Story};
use super::cause::{
    asks_again, changes_or_leads, commits, counts_pre_votes, counts_votes, decides, holds_copies,
    leads_to_read, nothing, opens_session, sees_term,
};
use crate::kv::Answer;
use crate::raft::event::{
    AppendRejected, Campaign, IgnoreReason, Reading, StepDown, TimerResetReason, Unneeded,
    VoteRejected,
};
use crate::raft::membership::ChangeAborted;
use crate::raft::{Event, LogIndex, NodeId};
use crate::sim::{Address, Fact, Loss, PacketKind};

/// What a fact is, apart from its words.
#[derive(Clone, Copy)]
pub(super) struct About {
    pub(super) weight: Weight,
    /// Where Figure 2 (or another source) states the rule that acted; may be empty.
    pub(super) place: &'static str,
    /// The section of the paper, or of the dissertation; may be empty.
    pub(super) section: &'static str,
    pub(super) server: Option<NodeId>,
    pub(super) entry: Option<LogIndex>,
    /// Whether an earlier fact of the same step leads to it.
    pub(super) comes_of: fn(&Fact) -> bool,
}

const DISSERTATION: &str = "Dissertation";
const INSTALL_SNAPSHOT: &str = "Figure 13, InstallSnapshot";
const PERSISTENT: &str = "Persistent state";

fn about(weight: Weight, place: &'static str, section: &'static str) -> About {
    About {
        weight,
        place,
        section,
        server: None,
        entry: None,
        comes_of: nothing,
    }
}

fn dissertation(weight: Weight, section: &'static str) -> About {
    about(weight, DISSERTATION, section)
}

impl About {
    fn entry(self, index: LogIndex) -> Self {
        let entry = Some(index);
        Self { entry, ..self }
    }

    fn server(self, id: NodeId) -> Self {
        let server = Some(id);
        Self { server, ..self }
    }

    fn after(self, comes_of: fn(&Fact) -> bool) -> Self {
        Self { comes_of, ..self }
    }
}

/// Describes a fact.
pub(super) fn fact(fact: &Fact) -> About {
    match fact {
        Fact::Answered { server, .. } => about(Story, "", "5.3, 8").server(*server),
        Fact::Asked { server, .. } => about(Story, "", "8").server(*server).after(asks_again),
        Fact::ChangeAsked { leader, .. } => about(Story, "", "6").server(*leader),
        Fact::Crashed { server } => about(Story, PERSISTENT, "").server(*server),
        Fact::Executed {
            answer: Answer::Expired,
            server,
            index,
            ..
        } => dissertation(Story, "6.3")
            .server(*server)
            .entry(*index)
            .after(commits),
        Fact::Executed { server, index, .. } => about(Detail, "All servers 1", "5.3")
            .server(*server)
            .entry(*index)
            .after(commits),
        Fact::Expired { server, .. } => dissertation(Story, "6.3").server(*server),
        Fact::GaveUpWaiting { server, .. } => about(Story, "", "8").server(*server),
        Fact::Joined { server } | Fact::Retired { server } => about(Story, "", "6").server(*server),
        Fact::Lost {
            from,
            to,
            kind,
            why,
            ..
        } => About {
            server: server_of(*to).or_else(|| server_of(*from)),
            ..lost(*kind, *why)
        },
        Fact::NetworkChanged => about(Story, "", "5.1"),
        Fact::Raft { server, event } => self::event(event).server(*server),
        Fact::Read { server, index, .. } => dissertation(Story, "6.4")
            .server(*server)
            .entry(*index)
            .after(leads_to_read),
        Fact::RecordDropped { server, .. } => about(Story, PERSISTENT, "").server(*server),
        Fact::Redirected { from, .. } => about(Detail, "", "8").server(*from),
        Fact::Registered { server, .. } => dissertation(Story, "6.3").server(*server),
        Fact::Registers { server, .. } => {
            dissertation(Story, "6.3").server(*server).after(asks_again)
        }
        Fact::Restarted { server } => about(Story, "", "5.2").server(*server),
        Fact::Sent {
            from,
            to,
            kind,
            index,
            positive,
            ..
        } => {
            let sent = sent(*kind, *positive, *index).after(decides);
            let server = server_of(*from).or_else(|| server_of(*to));
            About { server, ..sent }
        }
        Fact::SessionEnded {
            server,
            for_session: session,
            ..
        } => {
            let ended = dissertation(Story, "6.3")
                .server(*server)
                .after(opens_session);
            ended.entry(LogIndex(session.index()))
        }
        Fact::SessionOpened {
            server, session, ..
        } => {
            let opened = dissertation(Detail, "6.3").server(*server).after(commits);
            opened.entry(LogIndex(session.index()))
        }
        Fact::Wiped { server } => about(Story, PERSISTENT, "5.6").server(*server),
        Fact::WriteBegun { server, last, .. } => about(Detail, PERSISTENT, "")
            .server(*server)
            .entry(*last)
            .after(decides),
        Fact::WriteCut { server, last, .. } => {
            about(Story, PERSISTENT, "").server(*server).entry(*last)
        }
        Fact::Written { server, last } => about(Detail, PERSISTENT, "5.3")
            .server(*server)
            .entry(*last),
    }
}

/// Describes what happened inside a server.
fn event(event: &Event) -> About {
    match event {
        Event::AppendAccepted {
            first_new,
            match_index,
            ..
        } => {
            // Else a heartbeat, or entries that were there already.
            let weight = if first_new > match_index {
                Quiet
            } else {
                Story
            };
            about(weight, "AppendEntries 4", "5.3").entry(*match_index)
        }
        Event::AppendRefused { reason, .. } => match reason {
            AppendRejected::OldTerm { .. } => about(Story, "AppendEntries 1", "5.1"),
            AppendRejected::PreviousDiffers { previous, .. }
            | AppendRejected::PreviousMissing { previous, .. } => {
                about(Story, "AppendEntries 2", "5.3").entry(previous.index)
            }
        },
        Event::Applied { index, .. } => about(Quiet, "All servers 1", "5.3")
            .entry(*index)
            .after(commits),
        Event::BecameLeader { .. } => about(Story, "Candidates 2", "5.2").after(counts_votes),
        Event::CatchUpBegun { .. } | Event::CaughtUp { .. } => dissertation(Story, "4.2.1"),
        Event::ChangeAbandoned { reason, .. } => match reason {
            ChangeAborted::LeadsNoLonger => about(Story, "", "6"),
            ChangeAborted::NoProgress | ChangeAborted::TooSlow => dissertation(Story, "4.2.1"),
        },
        Event::ChangeRefused { .. } | Event::ChangeWaits { .. } => dissertation(Story, "4.1"),
        Event::CommitLearned { index, .. } => about(Story, "AppendEntries 5", "5.3").entry(*index),
        Event::CommitWaits { position, .. } => {
            let waits = about(Story, "Leaders 4", "5.4.2").after(holds_copies);
            waits.entry(position.index)
        }
        Event::Committed { position, .. } => {
            let committed = about(Story, "Leaders 4", "5.3, 5.4.2").after(holds_copies);
            committed.entry(position.index)
        }
        Event::Compacted { last, .. } => about(Story, "Figure 12", "7").entry(*last),
        Event::Configured { index, again, .. } => About {
            entry: (index.0 > 0).then_some(*index),
            ..about(if *again { Story } else { Detail }, "", "6")
        },
        Event::ElectionStarted { reason, .. } => {
            let (place, section) = match reason {
                Campaign::Silence { .. } => ("Followers 2, Candidates 1", "5.2"),
                Campaign::Told { .. } => (DISSERTATION, "3.10"),
                Campaign::Welcome { .. } => (DISSERTATION, "9.6"),
            };
            about(Story, place, section).after(counts_pre_votes)
        }
        Event::EntriesDeleted { first, .. } => about(Story, "AppendEntries 3", "5.3").entry(*first),
        Event::EntryAppended { position } => {
            let appended = about(Story, "Leaders 2", "5.3").after(changes_or_leads);
            appended.entry(position.index)
        }
        Event::HandingOver { .. }
        | Event::NotTransferred { .. }
        | Event::TransferStarted { .. } => dissertation(Story, "3.10"),
        Event::HeartbeatDue => about(Quiet, "Leaders 1", "5.2"),
        Event::Ignored { reason, .. } => ignored(reason),
        Event::LeaderKnown { .. } => about(Story, "Followers 1", "5.2"),
        Event::LeaseEnded => dissertation(Detail, "6.4.1"),
        Event::MatchAdvanced { match_index, .. } => {
            about(Detail, "Leaders 3", "5.3").entry(*match_index)
        }
        Event::MayNotStand => dissertation(Story, "4.2.2"),
        Event::MinElectionTimeoutEnded { .. } => dissertation(Detail, "4.2.3, 9.6"),
        Event::NextLowered { to, .. } => about(Story, "Leaders 3", "5.3").entry(*to),
        Event::NotLeader { .. } => about(Story, "Clients", "8"),
        Event::PieceStored { last, .. } => {
            about(Detail, "Figure 13, InstallSnapshot 3 and 4", "7").entry(*last)
        }
        Event::PreVoteCounted { .. } => dissertation(Detail, "9.6"),
        Event::PreVoteDenied { .. }
        | Event::PreVoteGranted { .. }
        | Event::PreVoteStarted { .. } => dissertation(Story, "9.6"),
        Event::ReadAsked { .. }
        | Event::ReadGivenUp { .. }
        | Event::ReadHeld { .. }
        | Event::ReadsConfirmed { .. } => dissertation(Story, "6.4"),
        Event::ReadIndexKnown { index, .. } => dissertation(Story, "6.4").entry(*index),
        Event::ReadNoted { index, how, .. } => {
            let section = match how {
                Reading::Lease => "6.4.1",
                Reading::Round(_) | Reading::Unconfirmed => "6.4",
            };
            dissertation(Story, section).entry(*index)
        }
        Event::SnapshotInstalled { last, .. } => {
            about(Story, "Figure 13, InstallSnapshot 7 and 8", "7").entry(*last)
        }
        Event::SnapshotNeeded { last, .. } => about(Story, INSTALL_SNAPSHOT, "7").entry(*last),
        Event::SnapshotRefused { .. } => about(Story, "Figure 13, InstallSnapshot 1", "7"),
        Event::SnapshotUnneeded { last, reason, .. } => {
            let place = match reason {
                Unneeded::Committed { .. } => "Figure 13, InstallSnapshot 5",
                Unneeded::Held => "Figure 13, InstallSnapshot 6",
            };
            about(Story, place, "7").entry(*last)
        }
        Event::SteppedDown { reason } => {
            let (place, section) = match reason {
                StepDown::HigherTerm { .. } => ("All servers 2", "5.1"),
                StepDown::LeaderElected { .. } => ("Candidates 3", "5.2"),
                StepDown::NoQuorum { .. } => (DISSERTATION, "6.2"),
                StepDown::Removed => ("", "6"),
                StepDown::Voted { .. } => (DISSERTATION, "9.6"),
            };
            about(Story, place, section).after(sees_term)
        }
        Event::TermAdopted { .. } => about(Detail, "All servers 2", "5.1"),
        Event::TimerReset { reason } => timer(reason),
        Event::VoteCounted { .. } => about(Detail, "Candidates 2", "5.2"),
        Event::VoteDenied { reason, .. } => match reason {
            VoteRejected::AlreadyVoted { .. } => about(Story, "RequestVote 2", "5.2"),
            VoteRejected::LeaderAlive { .. } => dissertation(Story, "4.2.3"),
            VoteRejected::LogBehind { .. } => about(Story, "RequestVote 2", "5.4.1"),
            VoteRejected::OldTerm { .. } => about(Story, "RequestVote 1", "5.1"),
        },
        Event::VoteGranted { .. } => about(Story, "RequestVote 2", "5.2, 5.4.1"),
    }
}

fn ignored(reason: &IgnoreReason) -> About {
    match reason {
        IgnoreReason::EarlierSnapshot => about(Detail, "Figure 13, InstallSnapshot 5", "7"),
        IgnoreReason::ElectionOver => about(Detail, "Candidates 2", "5.2"),
        // Else a server would ask for votes, and nothing would be said of the replies.
        IgnoreReason::LeaderAlive { .. } => dissertation(Story, "4.2.3, 6.2"),
        IgnoreReason::LeadsNoLonger | IgnoreReason::Overtaken => about(Detail, "Leaders 3", "5.3"),
        IgnoreReason::NoVoter => dissertation(Detail, "4.2.1"),
        IgnoreReason::NotSending => about(Detail, INSTALL_SNAPSHOT, "7"),
        IgnoreReason::OldTerm { .. } => about(Detail, "All servers 2", "5.1"),
        IgnoreReason::OtherPiece { .. } => about(Detail, "Figure 13, InstallSnapshot 3", "7"),
        IgnoreReason::ReadOver => dissertation(Detail, "6.4"),
        IgnoreReason::RivalLeader => about(Detail, "Figure 3, Election Safety", "5.2"),
    }
}

fn timer(reason: &TimerResetReason) -> About {
    match reason {
        TimerResetReason::HeardQuorum(_) => dissertation(Quiet, "6.2"),
        TimerResetReason::HeardLeader(_) | TimerResetReason::Started => {
            about(Quiet, "Followers 2", "5.2")
        }
        TimerResetReason::SpokenTo(_) => about(Detail, "Followers 2", "5.2"),
        TimerResetReason::Campaign
        | TimerResetReason::NoLongerLeader
        | TimerResetReason::Voted(_) => about(Detail, "Followers 2", "5.2").after(decides),
    }
}

fn lost(kind: PacketKind, why: Loss) -> About {
    let weight = match (kind, why) {
        (_, Loss::Dropped) | (PacketKind::Request | PacketKind::Reply, _) => Story,
        (
            PacketKind::Append
            | PacketKind::PreVote
            | PacketKind::PreVoteReply
            | PacketKind::ReadIndex
            | PacketKind::ReadIndexReply
            | PacketKind::Snapshot
            | PacketKind::TimeoutNow
            | PacketKind::Vote
            | PacketKind::VoteReply,
            _,
        ) => Detail,
        (PacketKind::Heartbeat | PacketKind::AppendReply | PacketKind::SnapshotReply, _) => Quiet,
    };
    let section = match why {
        Loss::Chance | Loss::Cut | Loss::Dropped => "5.1",
        Loss::Crowded => "",
        Loss::Down => "5.5",
        Loss::Gone => "6",
    };
    about(weight, "", section)
}

fn sent(kind: PacketKind, positive: bool, index: LogIndex) -> About {
    // The fact that made a reply says more than that it was sent.
    match kind {
        PacketKind::Append => about(Detail, "Leaders 3", "5.3").entry(index),
        PacketKind::AppendReply => about(Quiet, "AppendEntries, results", "5.3").entry(index),
        PacketKind::Heartbeat => about(Quiet, "Leaders 1", "5.2"),
        PacketKind::PreVote => dissertation(Story, "9.6"),
        PacketKind::PreVoteReply => dissertation(Quiet, "9.6"),
        PacketKind::ReadIndex | PacketKind::ReadIndexReply => dissertation(Quiet, "6.4"),
        PacketKind::Reply => about(if positive { Story } else { Quiet }, "", "8"),
        PacketKind::Request => about(Quiet, "", "5.3"),
        PacketKind::Snapshot => about(Detail, INSTALL_SNAPSHOT, "7").entry(index),
        PacketKind::SnapshotReply => about(Quiet, INSTALL_SNAPSHOT, "7").entry(index),
        PacketKind::TimeoutNow => dissertation(Story, "3.10"),
        PacketKind::Vote => about(Story, "Candidates 1", "5.2"),
        PacketKind::VoteReply => about(Quiet, "RequestVote, results", "5.2"),
    }
}

fn server_of(address: Address) -> Option<NodeId> {
    match address {
        Address::Client(_) => None,
        Address::Server(id) => Some(id),
    }
}
