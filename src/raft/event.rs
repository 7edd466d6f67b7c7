//! What a server did, and why: each fact with the values that decided it.
//!
//! Events are not needed for consensus. They are how a learner, a checker and a test see into the
//! core: the page's "why?", the golden tests' lines and the screen reader's sentences are all
//! drawn from them. What they say, and which rule of the paper acted, stands in `narrate`.

use super::configuration::Configuration;
use super::ext::membership::{ChangeAborted, ChangeRejected, Wait};
use super::ext::read::ReadId;
use super::types::{EntryId, LogIndex, NodeId, Round, ServerSet, Term};

/// Something that happened inside a server.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Event {
    /// A follower stored entries of the leader.
    AppendAccepted {
        /// Who sent them.
        leader: NodeId,
        /// The first entry that was new; past `match_index` when none was.
        first_new: LogIndex,
        /// The last entry the message vouched for.
        match_index: LogIndex,
    },
    /// A follower refused entries.
    AppendRefused {
        /// Who sent them.
        leader: NodeId,
        /// Why.
        reason: AppendRejected,
    },
    /// A server put a command into its state machine.
    Applied {
        /// Which entry.
        index: LogIndex,
    },
    /// A candidate has its majority.
    BecameLeader {
        /// The term it leads.
        term: Term,
        /// Who voted for it, itself included.
        votes: ServerSet,
        /// Of whom a majority was needed.
        of: Configuration,
    },
    /// New servers have caught up: they may have a vote.
    CaughtUp {
        /// Which.
        learners: ServerSet,
        /// The round that was short enough.
        round: u8,
        /// How many heartbeats it took.
        heartbeats: u8,
    },
    /// New servers are to catch up with what the leader's log holds at this moment.
    CatchUpBegun {
        /// Which.
        learners: ServerSet,
        /// How many times it has been so, this time included.
        round: u8,
        /// The last entry of the leader's log.
        target: LogIndex,
    },
    /// A leader gave up a change of configuration.
    ChangeAbandoned {
        /// What the cluster should have become.
        goal: Configuration,
        /// Why.
        reason: ChangeAborted,
    },
    /// A change of configuration was not taken in hand.
    ChangeRefused {
        /// Why.
        reason: ChangeRejected,
    },
    /// A change of configuration cannot begin yet.
    ChangeWaits {
        /// What the cluster is to become.
        goal: Configuration,
        /// What it waits for.
        reason: Wait,
    },
    /// A follower learned from its leader how far the log is committed.
    CommitLearned {
        /// Who told.
        leader: NodeId,
        /// What the leader has committed.
        leader_commit: LogIndex,
        /// What this server may now commit.
        index: LogIndex,
    },
    /// Entries are on a majority, but the last of them is of an earlier term: not committed yet.
    CommitWaits {
        /// The last entry on a majority.
        position: EntryId,
        /// The leader's own term.
        term: Term,
    },
    /// A server replaced entries of its log by a snapshot of its state machine.
    Compacted {
        /// The first of them.
        first: LogIndex,
        /// The last of them.
        last: LogIndex,
    },
    /// A leader committed entries.
    Committed {
        /// The last of them.
        position: EntryId,
        /// Who holds it, the leader included.
        holders: ServerSet,
        /// Of whom a majority was needed.
        of: Configuration,
    },
    /// A server goes by another configuration, because another is now the latest in its log.
    Configured {
        /// The entry that says so; 0 if it came with a snapshot, or is the founding one again.
        index: LogIndex,
        /// The configuration.
        configuration: Configuration,
        /// Whether it had gone by it before: what came after it in the log was deleted.
        again: bool,
    },
    /// A leader put an entry into its own log.
    EntryAppended {
        /// Where, and in which term.
        position: EntryId,
    },
    /// A follower deleted entries that conflict with the leader's.
    EntriesDeleted {
        /// The first of them.
        first: LogIndex,
        /// The last of them.
        last: LogIndex,
        /// The term this server had at `first`.
        own: Term,
        /// The term the leader has there.
        leader: Term,
    },
    /// A server begins an election.
    ElectionStarted {
        /// The new term.
        term: Term,
        /// Why.
        reason: Campaign,
    },
    /// A leader that hands over takes no requests.
    HandingOver {
        /// To whom.
        to: NodeId,
    },
    /// A leader told its followers that it is there (and what it has committed).
    HeartbeatDue,
    /// A message was of no use.
    Ignored {
        /// Who sent it.
        from: NodeId,
        /// Why it was not used.
        reason: IgnoreReason,
    },
    /// A server learned who leads its term.
    LeaderKnown {
        /// The leader.
        leader: NodeId,
        /// The term.
        term: Term,
    },
    /// A leader has no lease any more.
    LeaseEnded,
    /// A server has not heard from a leader for the shortest election timeout, and would help to
    /// elect another.
    MinElectionTimeoutEnded {
        /// The leader, if it knows of one.
        leader: Option<NodeId>,
    },
    /// A leader learned how far a follower's log agrees with its own.
    MatchAdvanced {
        /// Which follower.
        follower: NodeId,
        /// Up to which entry.
        match_index: LogIndex,
    },
    /// A server without a vote had no word from a leader, and does not stand for election.
    MayNotStand,
    /// A leader goes back in its log to find where a follower agrees with it.
    NextLowered {
        /// Which follower.
        follower: NodeId,
        /// What it would have sent next.
        from: LogIndex,
        /// What it sends next.
        to: LogIndex,
    },
    /// A server that is not the leader was asked to append.
    NotLeader {
        /// The leader it knows of.
        leader: Option<NodeId>,
    },
    /// A leader does not hand over: not at all, or not any more.
    NotTransferred {
        /// To whom it should have.
        to: NodeId,
        /// Why not.
        reason: TransferError,
    },
    /// A pre-candidate counted an answer.
    PreVoteCounted {
        /// Whose.
        voter: NodeId,
        /// Whether it would vote for it.
        granted: bool,
        /// Who would, by now.
        votes: ServerSet,
        /// How many must.
        needed: u8,
        /// Of whom.
        of: Configuration,
    },
    /// A server would not vote for another.
    PreVoteDenied {
        /// For whom.
        candidate: NodeId,
        /// Why.
        reason: VoteRejected,
    },
    /// A server would vote for another.
    PreVoteGranted {
        /// For whom.
        candidate: NodeId,
        /// In which term.
        next: Term,
        /// The last entry of the pre-candidate's log.
        candidate_last: EntryId,
        /// The last entry of its own.
        own_last: EntryId,
    },
    /// A server asks whether an election would be welcome.
    PreVoteStarted {
        /// The term it would stand in.
        next: Term,
        /// The leader it had not heard from, if it knew one.
        silent: Option<NodeId>,
    },
    /// A follower stored a piece of a snapshot.
    PieceStored {
        /// Who sent it.
        leader: NodeId,
        /// The last entry that the snapshot covers.
        last: LogIndex,
        /// How many of the snapshot's items it has by now.
        items: u32,
    },
    /// A follower replaced its log and its state machine by a snapshot.
    SnapshotInstalled {
        /// Who sent it.
        leader: NodeId,
        /// The last entry that it covers.
        last: LogIndex,
    },
    /// A leader has compacted what a follower needs, and begins to send its snapshot.
    SnapshotNeeded {
        /// Which follower.
        follower: NodeId,
        /// What it would have to be sent next.
        next: LogIndex,
        /// The last entry that the snapshot covers.
        last: LogIndex,
    },
    /// A follower refused a snapshot: the sender's term has passed.
    SnapshotRefused {
        /// Who sent it.
        leader: NodeId,
        /// The sender's term.
        theirs: Term,
        /// The receiver's.
        ours: Term,
    },
    /// A follower needs no snapshot.
    SnapshotUnneeded {
        /// Who sent it.
        leader: NodeId,
        /// The last entry that it covers.
        last: LogIndex,
        /// Why.
        reason: Unneeded,
    },
    /// A follower asks its leader how far it must be to serve a read.
    ReadAsked {
        /// Which leader.
        leader: NodeId,
        /// Which read.
        id: ReadId,
    },
    /// A server will not serve a read: what it was waiting for will not come.
    ReadGivenUp {
        /// Which.
        id: ReadId,
        /// The leader it knows of.
        leader: Option<NodeId>,
    },
    /// A leader has committed nothing of its own term yet, and lets a read wait.
    ReadHeld {
        /// Which.
        id: ReadId,
        /// Its term.
        term: Term,
    },
    /// A follower knows how far it must be to serve a read.
    ReadIndexKnown {
        /// Who told.
        leader: NodeId,
        /// Which read.
        id: ReadId,
        /// How far.
        index: LogIndex,
        /// How far it is.
        applied: LogIndex,
    },
    /// A leader remembers for a read how far it has committed.
    ReadNoted {
        /// Which.
        id: ReadId,
        /// How far.
        index: LogIndex,
        /// What makes it sure that it leads.
        how: Reading,
    },
    /// A leader is sure that it led when the reads that wait for a round were asked.
    ReadsConfirmed {
        /// The round.
        round: Round,
        /// Who has answered it.
        servers: ServerSet,
    },
    /// A leader or candidate became a follower.
    SteppedDown {
        /// What made it.
        reason: StepDown,
    },
    /// A server saw a later term and adopted it.
    TermAdopted {
        /// Who sent it.
        from: NodeId,
        /// The term it was in.
        old: Term,
        /// The term it is in.
        new: Term,
    },
    /// A server began to wait a whole election timeout afresh.
    TimerReset {
        /// Why it may.
        reason: TimerResetReason,
    },
    /// A leader began to hand over.
    TransferStarted {
        /// To whom.
        to: NodeId,
        /// Whether that server's log is not known to be complete yet.
        lags: bool,
    },
    /// A candidate counted an answer.
    VoteCounted {
        /// Whose.
        voter: NodeId,
        /// Whether it is a vote.
        granted: bool,
        /// Who has voted for it by now.
        votes: ServerSet,
        /// How many it needs.
        needed: u8,
        /// Of whom.
        of: Configuration,
    },
    /// A server refused its vote.
    VoteDenied {
        /// To whom.
        candidate: NodeId,
        /// Why.
        reason: VoteRejected,
    },
    /// A server gave its vote.
    VoteGranted {
        /// To whom.
        candidate: NodeId,
        /// For which term.
        term: Term,
        /// The last entry of the candidate's log.
        candidate_last: EntryId,
        /// The last entry of the voter's.
        own_last: EntryId,
    },
}

/// Why an election begins.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Campaign {
    /// Nothing was heard from a leader for an election timeout.
    Silence {
        /// The leader, if one was known.
        leader: Option<NodeId>,
    },
    /// The leader hands over to it.
    Told {
        /// Which leader.
        leader: NodeId,
    },
    /// A majority said that it would be welcome.
    Welcome {
        /// Who would vote, the candidate included.
        votes: ServerSet,
    },
}

/// Why a leader does not hand over.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TransferError {
    /// Somebody called it off.
    Cancelled,
    /// The leader itself was named.
    LeadsAlready,
    /// The target has no vote.
    NoVoter,
    /// It was not over within an election timeout.
    TooLate,
    /// It is doing so already.
    UnderWay,
}

/// What makes a leader sure that it leads, when it is to serve a read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reading {
    /// It has a lease.
    Lease,
    /// A majority will answer this round, or a later one.
    Round(Round),
    /// Nothing (only with [`super::Rule::ConfirmReads`] off).
    Unconfirmed,
}

/// Why entries were refused.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AppendRejected {
    /// The sender's term has passed.
    OldTerm {
        /// The sender's.
        theirs: Term,
        /// The receiver's.
        ours: Term,
    },
    /// The entry before has another term here.
    PreviousDiffers {
        /// The entry before, as the leader has it.
        previous: EntryId,
        /// The term it has here.
        own: Term,
    },
    /// The entry before is missing.
    PreviousMissing {
        /// The entry before.
        previous: EntryId,
        /// Where this log ends.
        last: LogIndex,
    },
}

/// Why a vote was refused.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum VoteRejected {
    /// The vote of this term is given.
    AlreadyVoted {
        /// The term.
        term: Term,
        /// Who has it.
        voted_for: NodeId,
    },
    /// There is a leader: it was heard from less than the shortest election timeout ago.
    LeaderAlive {
        /// Which, if it is known.
        leader: Option<NodeId>,
    },
    /// The candidate's log lacks something this one has.
    LogBehind {
        /// The candidate's last entry.
        theirs: EntryId,
        /// The voter's last entry.
        ours: EntryId,
    },
    /// The candidate's term has passed.
    OldTerm {
        /// The candidate's.
        theirs: Term,
        /// The voter's.
        ours: Term,
    },
}

/// Why a snapshot is not needed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Unneeded {
    /// The follower has as much committed.
    Committed {
        /// How much.
        commit: LogIndex,
    },
    /// The follower's log holds the last entry that it covers.
    Held,
}

/// Why a message was not used.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum IgnoreReason {
    /// A piece came of a snapshot older than the one that is being received.
    EarlierSnapshot,
    /// A vote came for an election that is over.
    ElectionOver,
    /// A vote is asked for although there is a leader: it was heard from lately.
    LeaderAlive {
        /// Which, if it is known.
        leader: Option<NodeId>,
    },
    /// A follower's answer came to a server that does not lead any more.
    LeadsNoLonger,
    /// An answer is about a snapshot that is not being sent any more.
    NotSending,
    /// A piece of a snapshot does not follow those that are there.
    OtherPiece {
        /// Where it begins.
        offset: u32,
        /// Where the piece that is needed begins.
        next: u32,
    },
    /// It is told to stand for election, and has no vote in this cluster.
    NoVoter,
    /// A refusal was overtaken by a later answer.
    Overtaken,
    /// It is about a read that does not wait any more.
    ReadOver,
    /// It answers something said in an earlier term.
    OldTerm {
        /// The message's.
        theirs: Term,
        /// The receiver's.
        ours: Term,
    },
    /// Another leader of this server's own term: with all rules on there is none.
    RivalLeader,
}

/// Why a leader or candidate became a follower.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum StepDown {
    /// There is a later term.
    HigherTerm {
        /// Who showed it.
        from: NodeId,
        /// The term.
        term: Term,
    },
    /// Its term has a leader.
    LeaderElected {
        /// Which.
        leader: NodeId,
    },
    /// It heard from no majority for an election timeout.
    NoQuorum {
        /// Whom it heard from.
        heard: ServerSet,
    },
    /// It has just voted for another.
    Voted {
        /// For whom.
        candidate: NodeId,
    },
    /// The cluster goes on without it.
    Removed,
}

/// Why an election timer began afresh.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TimerResetReason {
    /// It began an election.
    Campaign,
    /// It heard from the leader of its term.
    HeardLeader(NodeId),
    /// It leads, and has heard from a majority: from these, and itself. Nobody: it begins to lead.
    HeardQuorum(ServerSet),
    /// It leads no longer, and begins to wait like everyone else.
    NoLongerLeader,
    /// It has just started.
    Started,
    /// It voted for a candidate.
    Voted(NodeId),
    /// It was spoken to (only with [`super::Rule::ResetOnlyForCause`] off).
    SpokenTo(NodeId),
}
