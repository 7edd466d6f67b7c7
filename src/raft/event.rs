//! What a server did, and why: each fact with the values that decided it.
//!
//! Consensus needs no events. They are how a learner, a checker and a test see into the core: the
//! page's "why?", the golden scripts and the screen reader's sentences are made from them. The
//! sentences, and the rule of the paper behind each event, are in `narrate`.
//!
//! # How to read one
//!
//! An event is a fact, with the values that were compared. `VoteDenied` with `LogBehind { theirs, ours }`
//! says all that RequestVote 2 looked at, so "why?" can be answered later without the server. An event
//! is reported where the rule acts, in the order in which the rules act: `TermAdopted`, then
//! `SteppedDown`, then `VoteGranted`. A rule that is switched off reports nothing.

use super::configuration::Configuration;
use super::ext::membership::{ChangeAborted, ChangeRejected, Wait};
use super::ext::read::ReadId;
use super::types::{EntryId, LogIndex, NodeId, Round, ServerSet, Term};

/// Something that happened inside a server.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "most fields have the names of Figure 2")]
pub enum Event {
    // Terms and roles.
    /// A server saw a later term and adopted it (All servers 2).
    TermAdopted { from: NodeId, old: Term, new: Term },
    /// A leader or candidate became a follower.
    SteppedDown { reason: StepDown },
    /// A server restarted its election timer.
    TimerReset { reason: TimerResetReason },
    /// A server did not use a message.
    Ignored { from: NodeId, reason: IgnoreReason },

    // Elections.
    /// A server became candidate (Candidates 1).
    ElectionStarted { term: Term, reason: Campaign },
    /// A server without a vote did not start an election when its election timer expired.
    MayNotStand,
    /// A server granted its vote (RequestVote 2).
    VoteGranted {
        candidate: NodeId,
        term: Term,
        /// currentTerm of the voter.
        ours: Term,
        /// votedFor of the voter, before.
        voted_for: Option<NodeId>,
        /// lastLogIndex and lastLogTerm of the candidate.
        candidate_last: EntryId,
        /// The last entry of the voter's log.
        own_last: EntryId,
    },
    /// A server rejected a vote request.
    VoteDenied {
        candidate: NodeId,
        /// The candidate's term.
        term: Term,
        /// currentTerm of the voter.
        ours: Term,
        /// votedFor of the voter.
        voted_for: Option<NodeId>,
        reason: VoteRejected,
    },
    /// A candidate counted a reply.
    VoteCounted {
        voter: NodeId,
        granted: bool,
        /// The votes so far, its own included.
        votes: ServerSet,
        /// The number of votes that it needs.
        needed: u8,
        /// The configuration whose majority it needs.
        of: Configuration,
    },
    /// A candidate has the votes of a majority (Candidates 2).
    BecameLeader {
        term: Term,
        /// The votes, its own included.
        votes: ServerSet,
        /// The configuration whose majority it needed.
        of: Configuration,
    },
    /// A server learned who leads its term (Followers 1, Candidates 3).
    LeaderKnown { leader: NodeId, term: Term },
    /// A server became pre-candidate.
    PreVoteStarted {
        /// The term of the election that it would start.
        next: Term,
        /// The leader that was silent, if one was known.
        silent: Option<NodeId>,
    },
    /// A server said that it would grant its vote.
    PreVoteGranted {
        candidate: NodeId,
        /// The term of the election.
        next: Term,
        /// The last entry of the pre-candidate's log.
        candidate_last: EntryId,
        /// The last entry of the voter's log.
        own_last: EntryId,
    },
    /// A server said that it would not grant its vote.
    PreVoteDenied {
        candidate: NodeId,
        reason: VoteRejected,
    },
    /// A pre-candidate counted a reply.
    PreVoteCounted {
        voter: NodeId,
        granted: bool,
        /// The pre-votes so far, its own included.
        votes: ServerSet,
        /// The number of pre-votes that it needs.
        needed: u8,
        /// The configuration whose majority it needs.
        of: Configuration,
    },
    /// The minimum election timeout elapsed without a message from a leader: the server would elect
    /// another one.
    MinElectionTimeoutEnded { leader: Option<NodeId> },

    // Replication.
    /// A leader's heartbeat timer expired (Leaders 1).
    HeartbeatDue,
    /// A leader appended an entry to its log (Leaders 2).
    EntryAppended { position: EntryId },
    /// A server that does not lead got a proposal.
    NotLeader { leader: Option<NodeId> },
    /// A follower accepted AppendEntries (AppendEntries 4).
    AppendAccepted {
        leader: NodeId,
        /// The leader's term.
        term: Term,
        /// currentTerm of the follower.
        ours: Term,
        /// prevLogIndex and prevLogTerm: the follower has this entry.
        previous: EntryId,
        /// The first entry that was not in its log; larger than `match_index` if there was none.
        first_new: LogIndex,
        match_index: LogIndex,
    },
    /// A follower rejected AppendEntries (AppendEntries 1 and 2).
    AppendRefused {
        leader: NodeId,
        /// The leader's term.
        term: Term,
        /// currentTerm of the follower.
        ours: Term,
        reason: AppendRejected,
    },
    /// A follower deleted conflicting entries (AppendEntries 3).
    EntriesDeleted {
        first: LogIndex,
        last: LogIndex,
        /// The term that this server had at `first`.
        own: Term,
        /// The term that the leader has at `first`.
        leader: Term,
    },
    /// A leader's match_index for a follower rose (Leaders 3).
    MatchAdvanced {
        follower: NodeId,
        match_index: LogIndex,
    },
    /// A leader's next_index for a follower fell (Leaders 3).
    NextLowered {
        follower: NodeId,
        from: LogIndex,
        to: LogIndex,
    },

    // Commitment.
    /// A leader committed entries (Leaders 4).
    Committed {
        /// The last committed entry.
        position: EntryId,
        /// The leader's own term.
        term: Term,
        /// commitIndex before.
        known: LogIndex,
        /// The servers that hold it, the leader included.
        holders: ServerSet,
        /// The configuration whose majority was needed.
        of: Configuration,
    },
    /// A majority holds entries, but the last of them is of an earlier term: not committed yet.
    CommitWaits {
        /// The last entry on a majority.
        position: EntryId,
        /// The leader's own term.
        term: Term,
    },
    /// A follower learned what is committed (AppendEntries 5).
    CommitLearned {
        leader: NodeId,
        leader_commit: LogIndex,
        /// commitIndex before.
        known: LogIndex,
        /// The index of the last new entry: nothing is known beyond.
        last_new: LogIndex,
        /// The follower's new commit index.
        index: LogIndex,
    },
    /// A server asked its caller to apply an entry (All servers 1).
    Applied {
        index: LogIndex,
        /// commitIndex.
        commit: LogIndex,
    },

    // Snapshots.
    /// A server replaced entries by a snapshot.
    Compacted { first: LogIndex, last: LogIndex },
    /// A leader needs a snapshot for a follower, because the entry to send next is compacted.
    SnapshotNeeded {
        follower: NodeId,
        /// next_index for the follower.
        next: LogIndex,
        /// The last entry that the snapshot covers.
        last: LogIndex,
    },
    /// A follower stored a piece of a snapshot (InstallSnapshot 3).
    PieceStored {
        leader: NodeId,
        /// The last entry that the snapshot covers.
        last: LogIndex,
        /// The number of items stored so far.
        items: u32,
    },
    /// A follower replaced its log and its state machine by a snapshot (InstallSnapshot 7 and 8).
    SnapshotInstalled {
        leader: NodeId,
        /// The last entry that the snapshot covers.
        last: LogIndex,
    },
    /// A follower rejected a snapshot of an earlier term (InstallSnapshot 1).
    SnapshotRefused {
        leader: NodeId,
        theirs: Term,
        ours: Term,
    },
    /// A follower did not need a snapshot.
    SnapshotUnneeded {
        leader: NodeId,
        /// The last entry that the snapshot covers.
        last: LogIndex,
        reason: Unneeded,
    },

    // Membership.
    /// A leader rejected a change of membership.
    ChangeRefused { reason: ChangeRejected },
    /// A change of membership cannot begin yet.
    ChangeWaits { goal: Configuration, reason: Wait },
    /// A leader aborted a change of membership.
    ChangeAbandoned {
        goal: Configuration,
        reason: ChangeAborted,
    },
    /// A server uses another configuration: the latest one in its log has changed.
    Configured {
        /// The entry with the configuration; 0 if it came with a snapshot, or is the first one.
        index: LogIndex,
        configuration: Configuration,
        /// Whether the server used it before: a later configuration was deleted from the log.
        again: bool,
    },
    /// Learners began a round of catching up.
    CatchUpBegun {
        learners: ServerSet,
        /// The number of the round, from 1.
        round: u8,
        /// The last entry of the leader's log.
        target: LogIndex,
    },
    /// Learners have caught up: they may vote.
    CaughtUp {
        learners: ServerSet,
        /// The number of the round that was short enough.
        round: u8,
        /// The number of heartbeats in that round.
        heartbeats: u8,
    },

    // Leadership transfer.
    /// A leader began to transfer its leadership.
    TransferStarted {
        to: NodeId,
        /// Whether the transferee's log is not known to be complete yet.
        lags: bool,
    },
    /// A leader rejected a proposal because it transfers its leadership.
    HandingOver { to: NodeId },
    /// A leadership transfer was rejected, or ended without success.
    NotTransferred { to: NodeId, reason: TransferError },

    // Reads.
    /// A leader noted the commit index for a read (ReadIndex 2).
    ReadNoted {
        id: ReadId,
        index: LogIndex,
        /// What confirms that the server leads.
        how: Reading,
    },
    /// A read waits until the leader has committed an entry of its own term (ReadIndex 1).
    ReadHeld { id: ReadId, term: Term },
    /// A majority confirmed the leader of the reads that wait for a round (ReadIndex 3).
    ReadsConfirmed {
        round: Round,
        /// The servers that replied.
        servers: ServerSet,
    },
    /// A follower asked its leader for a read index.
    ReadAsked { leader: NodeId, id: ReadId },
    /// A follower learned the read index.
    ReadIndexKnown {
        leader: NodeId,
        id: ReadId,
        index: LogIndex,
        /// The follower's last applied entry.
        applied: LogIndex,
    },
    /// A server rejected a waiting read: no leader can confirm it any more.
    ReadGivenUp { id: ReadId, leader: Option<NodeId> },
    /// A leader's lease expired.
    LeaseEnded,
}

/// Why an election begins.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "most fields have the names of Figure 2")]
pub enum Campaign {
    /// The election timeout elapsed without a message from a leader.
    Silence {
        leader: Option<NodeId>,
        /// Whether it was a candidate already (Candidates 4).
        again: bool,
    },
    /// The leader transfers its leadership to this server.
    Told { leader: NodeId },
    /// A majority granted a pre-vote: these servers, the candidate included.
    Welcome { votes: ServerSet },
}

/// Why a leadership transfer is rejected, or ends without success.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TransferError {
    /// It was cancelled.
    Cancelled,
    /// The transferee is the leader itself.
    LeadsAlready,
    /// The transferee has no vote.
    NoVoter,
    /// The transferee did not lead within an election timeout.
    TooLate,
    /// The same transfer is in progress.
    UnderWay,
}

/// What confirms that a leader leads when it serves a read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reading {
    /// Its lease.
    Lease,
    /// The replies of a majority to this round or a later one.
    Round(Round),
    /// Nothing (only with [`super::Rule::ConfirmReads`] off).
    Unconfirmed,
}

/// Why AppendEntries was rejected.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "most fields have the names of Figure 2")]
pub enum AppendRejected {
    /// term < currentTerm (AppendEntries 1).
    OldTerm { theirs: Term, ours: Term },
    /// The entry at prevLogIndex has another term here (AppendEntries 2).
    PreviousDiffers {
        /// prevLogIndex and prevLogTerm.
        previous: EntryId,
        /// The term in this log.
        own: Term,
    },
    /// There is no entry at prevLogIndex (AppendEntries 2).
    PreviousMissing {
        /// prevLogIndex and prevLogTerm.
        previous: EntryId,
        /// The last index of this log.
        last: LogIndex,
    },
}

/// Why a vote was rejected.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "most fields have the names of Figure 2")]
pub enum VoteRejected {
    /// The server has voted for another candidate in this term (RequestVote 2).
    AlreadyVoted { term: Term, voted_for: NodeId },
    /// The server heard from a leader within the minimum election timeout.
    LeaderAlive { leader: Option<NodeId> },
    /// The candidate's log is less up-to-date (RequestVote 2).
    LogBehind {
        /// The candidate's last entry.
        theirs: EntryId,
        /// The voter's last entry.
        ours: EntryId,
    },
    /// term < currentTerm (RequestVote 1).
    OldTerm { theirs: Term, ours: Term },
}

/// Why a snapshot is not needed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "most fields have the names of Figure 2")]
pub enum Unneeded {
    /// All that it covers is committed here.
    Committed { commit: LogIndex },
    /// The log holds the last entry that it covers (InstallSnapshot 6).
    Held,
}

/// Why a message was not used.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "most fields have the names of Figure 2")]
pub enum IgnoreReason {
    /// A piece of an earlier snapshot than the one that is being received.
    EarlierSnapshot,
    /// A vote for an election that is over.
    ElectionOver,
    /// A vote request, although the server heard from a leader within the minimum election timeout.
    LeaderAlive { leader: Option<NodeId> },
    /// A reply or request for a leader, but the server does not lead.
    LeadsNoLonger,
    /// A reply about a snapshot that is not being sent any more.
    NotSending,
    /// A piece of a snapshot that does not follow the ones received so far.
    OtherPiece {
        /// The offset of the piece.
        offset: u32,
        /// The offset of the piece that is needed.
        next: u32,
    },
    /// TimeoutNow for a server that has no vote.
    NoVoter,
    /// A rejection that a later reply has made obsolete.
    Overtaken,
    /// A reply about a read that does not wait any more.
    ReadOver,
    /// A message of an earlier term.
    OldTerm { theirs: Term, ours: Term },
    /// A message of another leader of the same term. Impossible while all rules are on.
    RivalLeader,
}

/// Why a server became a follower.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "most fields have the names of Figure 2")]
pub enum StepDown {
    /// It saw a later term (All servers 2).
    HigherTerm { from: NodeId, term: Term },
    /// Another server leads its term (Candidates 3).
    LeaderElected { leader: NodeId },
    /// No majority replied to it for an election timeout; only these servers did.
    NoQuorum { heard: ServerSet },
    /// It was a pre-candidate and voted for another server.
    Voted { candidate: NodeId },
    /// It was removed from the cluster.
    Removed,
}

/// Why an election timer was restarted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TimerResetReason {
    /// It started an election or a pre-vote.
    Campaign,
    /// It heard from the leader of its term.
    HeardLeader(NodeId),
    /// It leads, and these servers and itself are a majority that replied. The set is empty when the
    /// leadership begins.
    HeardQuorum(ServerSet),
    /// It leads no more.
    NoLongerLeader,
    /// It started.
    Started,
    /// It granted its vote.
    Voted(NodeId),
    /// It received any message (only with [`super::Rule::ResetOnlyForCause`] off).
    SpokenTo(NodeId),
}
