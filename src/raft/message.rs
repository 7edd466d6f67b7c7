//! What servers send each other: the RPCs of Figure 2, the one of Figure 13, and the extensions'.
//!
//! The paper uses RPCs: a request, and a reply that the RPC layer matches to it. Here a message is
//! just a message. It may be lost, late, duplicate or out of order, so each reply says what it is
//! about. The paper's leaderId and candidateId are the sender.
//!
//! # The messages
//!
//! | message | from | to | the reply | waits for the disk |
//! |---|---|---|---|---|
//! | AppendEntries | leader | members | AppendEntriesReply | the reply |
//! | RequestVote | candidate | voters | RequestVoteReply | both |
//! | InstallSnapshot | leader | a member that lags far | InstallSnapshotReply | the reply |
//! | PreVote | pre-candidate | voters | PreVoteReply | no |
//! | TimeoutNow | leader | the transferee | none: it starts an election | no |
//! | ReadIndex | follower | leader | ReadIndexReply | no |
//!
//! A message waits for the disk if it promises what a crash must not undo
//! ([`Message::needs_durable_state`]). A lost request is repeated by its sender alone: by a leader with
//! its next heartbeat, by a candidate with its next election.

use super::configuration::Configuration;
use super::ext::read::ReadId;
use super::log::Entries;
use super::machine::StateMachine;
use super::types::{EntryId, LogIndex, Round, Term};
use crate::Machine;

/// A message from one server to another. The fields have the names of Figure 2.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Message<M: StateMachine = Machine> {
    /// AppendEntries RPC, arguments: a leader copies its log to a follower (§5.3). Without entries it
    /// is a heartbeat (§5.2).
    AppendEntries {
        /// term: the leader's term.
        term: Term,
        /// prevLogIndex and prevLogTerm: the entry immediately preceding the new ones.
        prev_log: EntryId,
        /// entries\[\]: the entries to store; none in a heartbeat.
        entries: Entries<M>,
        /// leaderCommit: the leader's commitIndex.
        leader_commit: LogIndex,
        /// The leader's round; the reply repeats it.
        round: Round,
    },
    /// AppendEntries RPC, results.
    AppendEntriesReply {
        /// term: the follower's currentTerm, for the leader to update itself.
        term: Term,
        /// The round of the request.
        round: Round,
        /// success, or why not.
        outcome: AppendOutcome,
    },
    /// RequestVote RPC, arguments: a candidate asks for a vote (§5.2).
    RequestVote {
        /// term: the candidate's term.
        term: Term,
        /// lastLogIndex and lastLogTerm: the candidate's last log entry (§5.4).
        last_log: EntryId,
        /// Whether a leadership transfer started this election. Then servers that hear from a leader
        /// vote too (dissertation, 3.10 and 4.2.3).
        leadership_transfer: bool,
    },
    /// RequestVote RPC, results.
    RequestVoteReply {
        /// term: the voter's currentTerm, for the candidate to update itself.
        term: Term,
        /// voteGranted: true means that the candidate received the vote.
        granted: bool,
    },
    /// InstallSnapshot RPC, arguments: a leader sends a piece of its snapshot to a follower that
    /// needs compacted entries (§7).
    InstallSnapshot {
        /// term: the leader's term.
        term: Term,
        /// The leader's round; the reply repeats it.
        round: Round,
        /// lastIncludedIndex, lastIncludedTerm, offset, data\[\] and done.
        piece: Piece<M>,
    },
    /// InstallSnapshot RPC, results.
    InstallSnapshotReply {
        /// term: the follower's currentTerm, for the leader to update itself.
        term: Term,
        /// The round of the request.
        round: Round,
        /// The last entry that the snapshot covers: it says which snapshot.
        last: LogIndex,
        /// How far the snapshot has arrived.
        outcome: SnapshotOutcome,
    },
    /// A server asks whether it would get a vote (dissertation, 9.6).
    PreVote {
        /// The term of the election: the one after the server's own.
        next_term: Term,
        /// The last entry of the server's log.
        last_log: EntryId,
    },
    /// The reply to [`Message::PreVote`].
    PreVoteReply {
        /// The voter's currentTerm.
        term: Term,
        /// The term of the election.
        next_term: Term,
        /// Whether the voter would grant its vote.
        granted: bool,
    },
    /// A leader asks the transferee to start an election at once (dissertation, 3.10).
    TimeoutNow {
        /// The leader's term.
        term: Term,
    },
    /// A follower that serves a read asks the leader for the read index (dissertation, 6.4).
    ReadIndex {
        /// The follower's term.
        term: Term,
        /// The read.
        id: ReadId,
    },
    /// The reply to [`Message::ReadIndex`].
    ReadIndexReply {
        /// The leader's term.
        term: Term,
        /// The read.
        id: ReadId,
        /// The index that the follower's state machine must reach.
        index: LogIndex,
    },
}

/// The result of an AppendEntries RPC.
///
/// The paper's reply is true or false, because the RPC layer knows the request. Here the reply says
/// itself what was accepted or rejected.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AppendOutcome {
    /// success = true: the follower's log matches the leader's up to this index.
    Accepted {
        /// prevLogIndex plus the number of entries in the request.
        match_index: LogIndex,
    },
    /// success = false: the follower's log does not contain prevLogIndex with prevLogTerm.
    Refused {
        /// prevLogIndex of the request.
        previous: LogIndex,
        /// The last index at which the two logs may match (end of §5.3).
        hint: EntryId,
    },
}

/// A piece of a snapshot (Figure 13).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Piece<M: StateMachine = Machine> {
    /// lastIncludedIndex and lastIncludedTerm: the snapshot replaces all entries up to this one.
    pub last: EntryId,
    /// The configuration as of that entry.
    pub configuration: Configuration,
    /// offset: the number of items before this piece.
    pub offset: u32,
    /// data\[\]: the items of this piece.
    pub items: M::Items,
    /// done: whether this is the last piece.
    pub done: bool,
}

/// The result of an InstallSnapshot RPC.
///
/// The paper's reply has only a term, because the RPC layer knows the request. Here the reply says
/// itself how much has arrived.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SnapshotOutcome {
    /// Installed, or not needed: the follower's log matches the leader's up to this index.
    Installed {
        /// The last entry that is known to match.
        match_index: LogIndex,
    },
    /// Incomplete: the follower waits for the piece with this offset.
    Received {
        /// The number of items that the follower has.
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

impl<M: StateMachine> Message<M> {
    /// The term in the message: the sender's. In a PreVote it is the term after the sender's.
    pub fn term(&self) -> Term {
        match self {
            Self::AppendEntries { term, .. }
            | Self::AppendEntriesReply { term, .. }
            | Self::RequestVote { term, .. }
            | Self::RequestVoteReply { term, .. }
            | Self::InstallSnapshot { term, .. }
            | Self::InstallSnapshotReply { term, .. }
            | Self::PreVote {
                next_term: term, ..
            }
            | Self::PreVoteReply { term, .. }
            | Self::TimeoutNow { term }
            | Self::ReadIndex { term, .. }
            | Self::ReadIndexReply { term, .. } => *term,
        }
    }

    /// Whether [`Message::term`] is a term that a server has entered, so that everyone must adopt it
    /// (All servers 2). A pre-vote asks about a term that nobody has entered yet.
    pub(super) fn carries_senders_term(&self) -> bool {
        !matches!(
            self,
            Self::PreVote { .. } | Self::PreVoteReply { granted: true, .. }
        )
    }

    /// Whether the message promises something that its sender must not forget: its candidacy, its
    /// vote, or entries that it stored. Such a message must wait until everything before it is on
    /// disk ([`super::Output::Persist`]). A leader's own messages need not wait: it may write while
    /// its followers write (dissertation, 10.2.1).
    pub fn needs_durable_state(&self) -> bool {
        match self {
            Self::AppendEntriesReply { .. }
            | Self::RequestVote { .. }
            | Self::RequestVoteReply { .. }
            | Self::InstallSnapshotReply { .. } => true,
            Self::AppendEntries { .. }
            | Self::InstallSnapshot { .. }
            | Self::PreVote { .. }
            | Self::PreVoteReply { .. }
            | Self::TimeoutNow { .. }
            | Self::ReadIndex { .. }
            | Self::ReadIndexReply { .. } => false,
        }
    }

    /// The kind of the message.
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
