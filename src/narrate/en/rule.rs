//! The rules of the paper, in our words: short, as Figure 2 has them.

use crate::kv::Answer;
use crate::raft::Event;
use crate::raft::event::{
    AppendRejected, Campaign, IgnoreReason, Reading, StepDown, TimerResetReason, TransferError,
    Unneeded, VoteRejected,
};
use crate::raft::membership::ChangeAborted;
use crate::sim::{Fact, Loss, PacketKind};

/// The rule that made a fact.
pub(super) fn of(fact: &Fact) -> &'static str {
    match fact {
        Fact::Answered { .. } => {
            "The leader answers when the entry is committed and its state machine has executed it. From then on the change cannot be lost."
        }
        Fact::Asked { attempt: 1, .. } => {
            "A client sends its requests to the last leader it knows."
        }
        Fact::Asked { .. } => {
            "Without an answer, the client cannot know whether the request was executed. It retries with the same number; the state machine executes a number only once."
        }
        Fact::ChangeAsked { .. } => {
            "Configurations are log entries, so only the leader can change them."
        }
        Fact::Crashed { .. } => {
            "A crash loses everything but the disk: term, vote and log. The server learns again what is committed."
        }
        Fact::Executed {
            answer: Answer::Expired,
            ..
        } => {
            "With the session, the state machine lost the record of executed requests. Executing this one could execute it twice, so it is rejected."
        }
        Fact::Executed { .. } => {
            "Every server executes committed commands in the order of the log."
        }
        Fact::Expired { .. } => {
            "The request was executed before its session expired, or never. It will not be executed now. The client can read the value, and opens a new session for its next request."
        }
        Fact::GaveUpWaiting { .. } => {
            "A client cannot tell a slow server from a crashed one. After a timeout it asks another."
        }
        Fact::Joined { .. } => {
            "A new server does nothing until a leader sends it the log, which contains the configuration."
        }
        Fact::Lost { why, .. } => lost(*why),
        Fact::NetworkChanged => {
            "Raft expects links to fail. Messages may be lost, delayed, duplicated or reordered; safety does not depend on them."
        }
        Fact::Raft { event, .. } => self::event(event),
        Fact::Read { .. } => {
            "A read changes nothing, so it needs no log entry. The server answers from its state machine when it is sure enough that the state is current."
        }
        Fact::RecordDropped { .. } => {
            "A half-written record fails its checksum. The server has promised nothing that depends on it, so it may drop it."
        }
        Fact::Redirected { .. } => {
            "Only the leader accepts requests. The other servers name the leader, if they know it."
        }
        Fact::Registered { .. } => {
            "The index of the entry that opened a session is its number, so each session has its own. The client sends it with every request."
        }
        Fact::Registers { attempt: 1, .. } => {
            "When the number of sessions is limited, each client opens a session before its first request."
        }
        Fact::Registers { .. } => {
            "Without an answer, the session may have been opened all the same. Then there are two, and the unused one will expire."
        }
        Fact::Restarted { .. } => "Every server starts as a follower, with the state on its disk.",
        Fact::Retired { .. } => {
            "When the configuration without a server is committed, the cluster no longer needs that server."
        }
        Fact::Sent { kind, .. } => sent(*kind),
        Fact::SessionEnded { .. } => {
            "All servers use and open sessions in the order of the log, so all of them expire the same session."
        }
        Fact::SessionOpened { .. } => {
            "Sessions are opened through the log, so every server knows them."
        }
        Fact::Wiped { .. } => {
            "Raft relies on disks. A server that loses its vote or its log can break its promises."
        }
        Fact::WriteBegun { .. } => {
            "Term, vote and log must be on disk before a server sends a vote or an acknowledgement that depends on them. Only the leader's own messages need not wait."
        }
        Fact::WriteCut { .. } => {
            "A crash loses what is not on disk. No other server was told of it, so none depends on it."
        }
        Fact::Written { .. } => {
            "What is on disk survives a crash. Now the replies that depend on it may leave, and a leader counts its own copy."
        }
    }
}

/// The rule of the paper that made an event.
fn event(event: &Event) -> &'static str {
    match event {
        Event::AppendAccepted { .. } => {
            "If the log has the entry before the new ones, append those that it does not have yet."
        }
        Event::AppendRefused { reason, .. } => match reason {
            AppendRejected::OldTerm { .. } => "Reject a leader with an older term.",
            AppendRejected::PreviousDiffers { .. } | AppendRejected::PreviousMissing { .. } => {
                "Reject entries unless the log has the entry before them, with the same index and the same term."
            }
        },
        Event::Applied { .. } => {
            "Apply committed entries to the state machine in the order of the log."
        }
        Event::BecameLeader { .. } => {
            "A candidate with votes from a majority of all servers becomes leader."
        }
        Event::CatchUpBegun { .. } => {
            "New servers first receive the log without a vote. With a vote and an empty log, they would delay commits."
        }
        Event::CaughtUp { .. } => {
            "New servers get a vote when a round of catching up takes less than about an election timeout. Then no commit has to wait for them."
        }
        Event::ChangeAbandoned { reason, .. } => match reason {
            ChangeAborted::LeadsNoLonger => {
                "Only a leader changes the configuration. The next leader completes what is in the log; everything else must be requested again."
            }
            ChangeAborted::NoProgress | ChangeAborted::TooSlow => {
                "A server that cannot catch up gets no vote. Its vote would make the cluster less available."
            }
        },
        Event::ChangeRefused { .. } | Event::ChangeWaits { .. } => {
            "A leader makes one change at a time: after the previous change and an entry of its own term are committed."
        }
        Event::CommitLearned { .. } => {
            "Commit what the leader has committed, but only up to the last entry that this message checked."
        }
        Event::CommitWaits { .. } => {
            "A leader counts copies only of entries of its own term. An older entry may still be overwritten, even when a majority has it."
        }
        Event::Committed { .. } => {
            "An entry of the leader's own term is committed when a majority of all servers has it. All entries before it are committed too."
        }
        Event::Compacted { .. } => {
            "A server may replace applied entries by a snapshot of its state machine. It decides alone: committed entries do not change."
        }
        Event::Configured { .. } => {
            "A server always uses the latest configuration in its log, committed or not. If that entry is deleted, it uses the one before."
        }
        Event::ElectionStarted { reason, .. } => match reason {
            Campaign::Silence { .. } => {
                "After an election timeout without word from a leader: increment the term, vote for yourself, reset the timer, ask all other servers for votes."
            }
            Campaign::Told { .. } => {
                "A server that receives TimeoutNow starts an election at once, as if its election timer had expired."
            }
            Campaign::Welcome { .. } => {
                "With Pre-Vote, a server starts an election only when a majority would vote for it."
            }
        },
        Event::EntriesDeleted { .. } => {
            "If an entry conflicts with the leader's (same index, different term), delete it and all entries after it."
        }
        Event::EntryAppended { .. } => {
            "A leader first appends a request to its own log. The entry is not committed yet."
        }
        Event::HandingOver { .. } => {
            "During a leadership transfer the leader accepts no requests, so that the other server's log can catch up."
        }
        Event::HeartbeatDue => {
            "A leader sends AppendEntries to all servers regularly, even when empty, so that no server starts an election."
        }
        Event::Ignored { reason, .. } => ignored(reason),
        Event::LeaderKnown { .. } => {
            "The sender of AppendEntries is the leader of its term: follow it."
        }
        Event::LeaseEnded => {
            "A lease starts with a heartbeat round that a majority answers. It lasts for the minimum election timeout, less the possible clock drift."
        }
        Event::MatchAdvanced { .. } => {
            "When a follower has stored entries, update its matchIndex and nextIndex."
        }
        Event::MayNotStand => {
            "A server without a vote, in its latest configuration and in the last committed one it knows, starts no election."
        }
        Event::MinElectionTimeoutEnded { .. } => {
            "A server that has heard from a leader within the minimum election timeout votes for no other server. After that it may."
        }
        Event::NextLowered { .. } => {
            "When a follower rejects entries, lower its nextIndex and retry, until the logs match."
        }
        Event::NotLeader { .. } => {
            "Only the leader accepts requests. The other servers name the leader, if they know it."
        }
        Event::NotTransferred { reason, .. } => match reason {
            TransferError::TooLate => {
                "If the transfer is not done within about an election timeout, the leader aborts it and accepts requests again."
            }
            TransferError::Cancelled
            | TransferError::LeadsAlready
            | TransferError::NoVoter
            | TransferError::UnderWay => TRANSFER,
        },
        Event::TransferStarted { .. } => TRANSFER,
        Event::PieceStored { .. } => {
            "Store the chunk, reply, and wait for more chunks until the last one."
        }
        Event::PreVoteCounted { .. } => {
            "A pre-candidate starts an election when a majority of all servers would vote for it."
        }
        Event::PreVoteDenied {
            reason: VoteRejected::LeaderAlive { .. },
            ..
        } => {
            "A server that has heard from a leader within the minimum election timeout denies its pre-vote."
        }
        Event::PreVoteDenied { .. } | Event::PreVoteGranted { .. } => {
            "Grant a pre-vote if you would grant the vote: the term is not old, and the log is at least as up-to-date as yours."
        }
        Event::PreVoteStarted { .. } => {
            "Before it starts a new term, a server asks whether the others would vote for it. This changes no term, no vote and no timer."
        }
        Event::ReadAsked { .. } | Event::ReadIndexKnown { .. } => {
            "A follower asks the leader for its commit index. It serves the read when it has applied that entry."
        }
        Event::ReadGivenUp { .. } => {
            "Only the leader can give a read index. The client must ask the next leader."
        }
        Event::ReadHeld { .. } => {
            "A new leader does not know what earlier leaders committed, until it has committed an entry of its own term."
        }
        Event::ReadNoted { how, .. } => match how {
            Reading::Lease => {
                "While its lease lasts, a leader cannot have been replaced. It may answer reads without a heartbeat round."
            }
            Reading::Round(_) => {
                "The leader saves its commit index as the read index. A round of heartbeats that starts now must confirm that it still leads."
            }
            Reading::Unconfirmed => {
                "A leader must confirm that it still leads before it answers. With the rule off, it does not."
            }
        },
        Event::ReadsConfirmed { .. } => {
            "When a majority answers a heartbeat round, no later leader existed when the round began. One round confirms all reads that wait for it."
        }
        Event::SnapshotInstalled { .. } => {
            "If the log does not have the last entry of the snapshot, the snapshot replaces the whole log and the state machine."
        }
        Event::SnapshotNeeded { .. } => {
            "A leader that has compacted the next entry a follower needs sends it a snapshot instead."
        }
        Event::SnapshotRefused { .. } => "Reject a leader with an older term.",
        Event::SnapshotUnneeded { reason, .. } => match reason {
            Unneeded::Committed { .. } => {
                "This server has already committed more than the snapshot contains, so a late snapshot changes nothing."
            }
            Unneeded::Held => {
                "If the log has the last entry of the snapshot, it has all of them: keep the log, with the entries after it."
            }
        },
        Event::SteppedDown { reason } => match reason {
            StepDown::HigherTerm { .. } => "A server that sees a higher term becomes a follower.",
            StepDown::LeaderElected { .. } => {
                "A candidate that hears from a leader of its term becomes its follower."
            }
            StepDown::NoQuorum { .. } => {
                "With CheckQuorum, a leader that has not heard from a majority for an election timeout steps down. It could commit nothing."
            }
            StepDown::Removed => {
                "A leader that is not in the new configuration leads until that is committed, without counting itself. Then it steps down."
            }
            StepDown::Voted { .. } => {
                "A pre-candidate that votes for another server stops asking for pre-votes."
            }
        },
        Event::TermAdopted { .. } => {
            "Every message carries a term. A server that sees a higher term adopts it."
        }
        Event::TimerReset { reason } => match reason {
            TimerResetReason::HeardQuorum(_) => {
                "With CheckQuorum a leader has an election timer too. It resets when a majority has replied."
            }
            TimerResetReason::Campaign
            | TimerResetReason::HeardLeader(_)
            | TimerResetReason::NoLongerLeader
            | TimerResetReason::SpokenTo(_)
            | TimerResetReason::Started
            | TimerResetReason::Voted(_) => {
                "The election timer resets, to a new random length, for a granted vote or a message from the leader. Nothing else resets it."
            }
        },
        Event::VoteCounted { .. } => {
            "A candidate needs votes from a majority of all servers in the same term."
        }
        Event::VoteDenied { reason, .. } => match reason {
            VoteRejected::AlreadyVoted { .. } => "One vote in each term, first come, first served.",
            VoteRejected::LeaderAlive { .. } => {
                "A server that has heard from a leader within the minimum election timeout votes for no other server."
            }
            VoteRejected::LogBehind { .. } => {
                "Vote only for a log at least as up-to-date as your own: the later last term wins; with equal terms, the longer log."
            }
            VoteRejected::OldTerm { .. } => "Reject a candidate with an older term.",
        },
        Event::VoteGranted { .. } => {
            "Vote for the first candidate of a term whose log is at least as up-to-date as your own."
        }
    }
}

const TRANSFER: &str = "For a leadership transfer, a leader stops accepting requests, sends a voter the entries it lacks, and then sends it TimeoutNow.";

fn ignored(reason: &IgnoreReason) -> &'static str {
    match reason {
        IgnoreReason::EarlierSnapshot => {
            "Of two snapshots from the leader of a term, the later one counts."
        }
        IgnoreReason::ElectionOver => {
            "Only a candidate counts votes, and this election is decided."
        }
        IgnoreReason::LeaderAlive { .. } => {
            "With CheckQuorum, a server that has heard from a leader within the minimum election timeout ignores vote requests, with their terms."
        }
        IgnoreReason::LeadsNoLonger => "Only a leader uses the replies of followers.",
        IgnoreReason::NoVoter => "A server without a vote starts no election.",
        IgnoreReason::NotSending => {
            "The leader no longer sends this snapshot: it was installed, or not needed, or replaced by a later one."
        }
        IgnoreReason::OldTerm { .. } => {
            "A reply from an earlier term says nothing about this term."
        }
        IgnoreReason::OtherPiece { .. } => {
            "Chunks of a snapshot are stored in order. The reply says which chunk is missing."
        }
        IgnoreReason::Overtaken => {
            "A later reply already showed that the follower's log matches further than this rejection says."
        }
        IgnoreReason::ReadOver => "A read index is of use only to a pending read.",
        IgnoreReason::RivalLeader => {
            "A term has at most one leader. This can happen only with a rule off."
        }
    }
}

fn lost(why: Loss) -> &'static str {
    match why {
        Loss::Chance => "Networks sometimes lose messages. The sender retries when no reply comes.",
        Loss::Crowded => "More messages were under way than this simulated network carries.",
        Loss::Cut => "The link is cut. The sender retries when no reply comes.",
        Loss::Down => "The receiver is down. The sender retries until it is back.",
        Loss::Dropped => "You dropped the message. The sender retries when no reply comes.",
        Loss::Gone => "The receiver was deleted.",
    }
}

fn sent(kind: PacketKind) -> &'static str {
    match kind {
        PacketKind::Append => {
            "A leader sends each follower the entries it lacks, with the index and term of the entry before them."
        }
        PacketKind::AppendReply => "A follower replies whether it stored the entries.",
        PacketKind::Heartbeat => {
            "A leader sends heartbeats regularly, so that no server starts an election."
        }
        PacketKind::PreVote => {
            "Before it starts a new term, a server asks the others whether they would vote for it."
        }
        PacketKind::PreVoteReply => {
            "A server replies whether it would grant its vote. This is not a vote yet."
        }
        PacketKind::ReadIndex | PacketKind::ReadIndexReply => {
            "A follower serves a read when it has applied what its leader had committed at the time of the request."
        }
        PacketKind::Reply => "A server replies to the client.",
        PacketKind::Request => "Changes begin with a client's request to the leader.",
        PacketKind::Snapshot => {
            "A leader that has compacted what a follower needs sends it a snapshot of the state machine, chunk by chunk."
        }
        PacketKind::SnapshotReply => "A follower replies how much of the snapshot it has.",
        PacketKind::TimeoutNow => {
            "The leader tells the server that takes over to start an election now."
        }
        PacketKind::Vote => {
            "A candidate asks all other servers at once: it needs votes from a majority of all servers."
        }
        PacketKind::VoteReply => "A server replies whether it grants its vote.",
    }
}
