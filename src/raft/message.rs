//! What servers say to each other: the two requests of Figure 2, the one of Figure 13, one more, and
//! their replies.

use super::configuration::Configuration;
use super::log::Entries;
use super::read::ReadId;
use super::types::{EntryId, LogIndex, Round, Term};
use crate::kv::Items;

/// A message from one server to another.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Message {
    /// A leader replicates its log; without entries it is a heartbeat (§5.3).
    AppendEntries {
        /// The leader's term.
        term: Term,
        /// The entry before the ones sent: the follower must hold it.
        previous: EntryId,
        /// What to store; none for a heartbeat.
        entries: Entries,
        /// How far the leader has committed.
        commit: LogIndex,
        /// Which of the leader's rounds it belongs to; the answer repeats it.
        round: Round,
    },
    /// The answer to [`Message::AppendEntries`].
    AppendEntriesReply {
        /// The follower's term, for a leader of the past to see.
        term: Term,
        /// The round of the request.
        round: Round,
        /// Whether it stored the entries.
        outcome: AppendOutcome,
    },
    /// A server asks whether it would get a vote (dissertation, 9.6).
    PreVote {
        /// The term it would stand in: the one after its own.
        next: Term,
        /// The last entry of its log.
        last: EntryId,
    },
    /// The answer to [`Message::PreVote`].
    PreVoteReply {
        /// The term of the server that was asked, for one of the past to see.
        term: Term,
        /// The term it was asked about.
        next: Term,
        /// Whether it would vote.
        granted: bool,
    },
    /// A leader sends a piece of its snapshot to a follower that needs what it has compacted (§7).
    InstallSnapshot {
        /// The leader's term.
        term: Term,
        /// Which of the leader's rounds it belongs to; the answer repeats it.
        round: Round,
        /// The piece.
        piece: Piece,
    },
    /// The answer to [`Message::InstallSnapshot`].
    InstallSnapshotReply {
        /// The follower's term, for a leader of the past to see.
        term: Term,
        /// The round of the request.
        round: Round,
        /// The snapshot it is about, by the last entry that it covers.
        last: LogIndex,
        /// How far it is.
        outcome: SnapshotOutcome,
    },
    /// A follower that is to serve a read asks the leader how far its state machine must come
    /// (dissertation, 6.4).
    ReadIndex {
        /// The follower's term.
        term: Term,
        /// Which read.
        id: ReadId,
    },
    /// The answer to [`Message::ReadIndex`].
    ReadIndexReply {
        /// The leader's term.
        term: Term,
        /// Which read.
        id: ReadId,
        /// All that was answered to anybody when it was asked lies up to here.
        index: LogIndex,
    },
    /// A candidate asks for a vote (§5.2).
    RequestVote {
        /// The candidate's term.
        term: Term,
        /// The last entry of its log, for the voter to compare with its own (§5.4.1).
        last: EntryId,
        /// Whether the leader itself asked for this election, so that whoever is loyal to it may
        /// vote (dissertation, 3.10 and 4.2.3).
        leadership_transfer: bool,
    },
    /// The answer to [`Message::RequestVote`].
    RequestVoteReply {
        /// The voter's term, for a candidate of the past to see.
        term: Term,
        /// Whether the candidate has the vote.
        granted: bool,
    },
    /// A leader wants another server to stand for election (dissertation, 3.10).
    TimeoutNow {
        /// The leader's term.
        term: Term,
    },
}

/// What became of an AppendEntries.
///
/// The paper's reply is a bare yes or no, match_index to its request by the RPC layer. Messages here
/// may be late, doubled and out of order, so the reply itself says what it is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AppendOutcome {
    /// Stored: the follower's log now agrees with the leader's up to here.
    Accepted {
        /// The last entry the request vouched for: `previous` plus the entries sent.
        match_index: LogIndex,
    },
    /// Refused: the follower does not hold the entry before.
    Refused {
        /// The `previous` of the request.
        previous: LogIndex,
        /// The last place at which the two logs can still agree (end of §5.3).
        hint: EntryId,
    },
}

/// A piece of a snapshot.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Piece {
    /// The last entry that the snapshot covers.
    pub last: EntryId,
    /// Who the cluster consisted of, as of that entry.
    pub configuration: Configuration,
    /// Where in the snapshot this piece begins: so many items come before it.
    pub offset: u32,
    /// The items.
    pub items: Items,
    /// Whether it is the last piece.
    pub done: bool,
}

/// What became of a piece of a snapshot.
///
/// The paper's reply is a bare term, match_index to its request by the RPC layer. Messages here may be
/// late, doubled and out of order, so the reply itself says how much has arrived.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SnapshotOutcome {
    /// Installed, or there was no need: the follower's log agrees with the leader's up to here.
    Installed {
        /// The last entry of which that is known.
        match_index: LogIndex,
    },
    /// More is needed: the piece that begins here.
    Received {
        /// How many items the follower has.
        offset: u32,
    },
}

/// The kinds of message, for pictures and for the text grammar.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum MessageKind {
    /// AppendEntries with entries.
    Append,
    /// A reply to AppendEntries.
    AppendReply,
    /// AppendEntries without entries.
    Heartbeat,
    /// PreVote.
    PreVote,
    /// A reply to PreVote.
    PreVoteReply,
    /// ReadIndex.
    ReadIndex,
    /// A reply to ReadIndex.
    ReadIndexReply,
    /// InstallSnapshot.
    Snapshot,
    /// A reply to InstallSnapshot.
    SnapshotReply,
    /// TimeoutNow.
    TimeoutNow,
    /// RequestVote.
    Vote,
    /// A reply to RequestVote.
    VoteReply,
}

impl Message {
    /// The term it speaks of: the sender's, but for a pre-vote.
    pub fn term(&self) -> Term {
        match self {
            Self::PreVote { next: term, .. }
            | Self::PreVoteReply { term, .. }
            | Self::AppendEntries { term, .. }
            | Self::AppendEntriesReply { term, .. }
            | Self::InstallSnapshot { term, .. }
            | Self::InstallSnapshotReply { term, .. }
            | Self::ReadIndex { term, .. }
            | Self::ReadIndexReply { term, .. }
            | Self::RequestVote { term, .. }
            | Self::RequestVoteReply { term, .. }
            | Self::TimeoutNow { term } => *term,
        }
    }

    /// Whether its sender is in that term, so that whoever is behind must follow. A pre-vote asks
    /// about a term in which nobody is yet, and who grants it says no more than that.
    pub(super) fn is_of_its_term(&self) -> bool {
        !matches!(
            self,
            Self::PreVote { .. } | Self::PreVoteReply { granted: true, .. }
        )
    }

    /// Whether it promises something that its sender must not forget: a candidacy, a vote, an
    /// acknowledgement. Such a message leaves when all that it rests on is on disk. What a leader
    /// sends need not wait: it may write while its followers do (dissertation, 10.2.1).
    pub fn is_promise(&self) -> bool {
        match self {
            Self::AppendEntriesReply { .. }
            | Self::InstallSnapshotReply { .. }
            | Self::RequestVote { .. }
            | Self::RequestVoteReply { .. } => true,
            Self::AppendEntries { .. }
            | Self::InstallSnapshot { .. }
            | Self::PreVote { .. }
            | Self::PreVoteReply { .. }
            | Self::ReadIndex { .. }
            | Self::ReadIndexReply { .. }
            | Self::TimeoutNow { .. } => false,
        }
    }

    /// Which kind it is.
    pub fn kind(&self) -> MessageKind {
        match self {
            Self::AppendEntries { entries, .. } if entries.is_empty() => MessageKind::Heartbeat,
            Self::AppendEntries { .. } => MessageKind::Append,
            Self::AppendEntriesReply { .. } => MessageKind::AppendReply,
            Self::PreVote { .. } => MessageKind::PreVote,
            Self::PreVoteReply { .. } => MessageKind::PreVoteReply,
            Self::InstallSnapshot { .. } => MessageKind::Snapshot,
            Self::InstallSnapshotReply { .. } => MessageKind::SnapshotReply,
            Self::ReadIndex { .. } => MessageKind::ReadIndex,
            Self::ReadIndexReply { .. } => MessageKind::ReadIndexReply,
            Self::RequestVote { .. } => MessageKind::Vote,
            Self::RequestVoteReply { .. } => MessageKind::VoteReply,
            Self::TimeoutNow { .. } => MessageKind::TimeoutNow,
        }
    }
}
