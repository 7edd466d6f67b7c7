//! What a server did, and why: each fact with the values that decided it.
//!
//! Events are not needed for consensus. They are how a learner, a checker and a test see into the
//! core: the page's "why?", the golden tests' lines and the screen reader's sentences are all
//! drawn from them. [`Event::clause`] names the rule of the paper that acted; there is no event
//! without one.

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

/// A rule of the paper: where Figure 2 states it and which section explains it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Clause {
    /// Where in Figure 2, for example `AppendEntries 2`; or `Dissertation` for what is only there.
    pub place: &'static str,
    /// The section of the paper (or dissertation) that explains it, for example `5.3`.
    pub section: &'static str,
    /// What it says, in our words.
    pub text: &'static str,
}

impl Event {
    /// The rule of the paper that made it happen.
    pub fn clause(&self) -> Clause {
        let (place, section, text) = match self {
            Self::AppendAccepted { .. } => (
                "AppendEntries 4",
                "5.3",
                "If the log holds the entry before the new ones, store those it does not have yet.",
            ),
            Self::AppendRefused {
                reason: AppendRejected::OldTerm { .. },
                ..
            } => (
                "AppendEntries 1",
                "5.1",
                "Refuse a leader whose term has passed.",
            ),
            Self::AppendRefused { .. } => (
                "AppendEntries 2",
                "5.3",
                "Refuse entries unless the log holds the very entry that comes before them: same index, same term.",
            ),
            Self::Applied { .. } => (
                "All servers 1",
                "5.3",
                "Apply committed entries to the state machine, in the order of the log.",
            ),
            Self::BecameLeader { .. } => (
                "Candidates 2",
                "5.2",
                "With votes from more than half of all servers, become leader.",
            ),
            Self::CaughtUp { .. } => (
                "Dissertation",
                "4.2.1",
                "New servers get a vote when they got all that the log held in less than about an election timeout: then nobody has to wait for them.",
            ),
            Self::CatchUpBegun { .. } => (
                "Dissertation",
                "4.2.1",
                "New servers first receive the log, without a vote. With a vote and an empty log they would keep entries from being committed.",
            ),
            Self::ChangeAbandoned {
                reason: ChangeAborted::LeadsNoLonger,
                ..
            } => (
                "",
                "6",
                "Only a leader changes the configuration. What is in the log already the next leader brings to its end; the rest must be asked for again.",
            ),
            Self::ChangeAbandoned { .. } => (
                "Dissertation",
                "4.2.1",
                "A server that cannot catch up gets no vote: with it the cluster would stand still more easily than without.",
            ),
            Self::ChangeRefused { .. } | Self::ChangeWaits { .. } => (
                "Dissertation",
                "4.1",
                "A leader changes the configuration one step at a time: when the one before is committed, and an entry of its own term.",
            ),
            Self::Configured { .. } => (
                "",
                "6",
                "A server always goes by the latest configuration in its log, committed or not; if that is deleted, by the one before.",
            ),
            Self::MayNotStand => (
                "Dissertation",
                "4.2.2",
                "Who has no vote, by the latest configuration and by the last it knows to be committed, waits for a leader.",
            ),
            Self::CommitLearned { .. } => (
                "AppendEntries 5",
                "5.3",
                "Commit what the leader has committed, but no further than the last entry this message vouched for.",
            ),
            Self::CommitWaits { .. } => (
                "Leaders 4",
                "5.4.2",
                "A leader counts copies only for entries of its own term. An older entry may still be overwritten, even on a majority.",
            ),
            Self::Committed { .. } => (
                "Leaders 4",
                "5.3, 5.4.2",
                "An entry of the leader's own term that more than half of all servers hold is committed, and with it all before it.",
            ),
            Self::Compacted { .. } => (
                "Figure 12",
                "7",
                "A server may replace what it has applied by a snapshot of its state machine. Each does so by itself: what is committed will not change.",
            ),
            Self::EntryAppended { .. } => (
                "Leaders 2",
                "5.3",
                "A leader appends what it is asked to its own log first. The entry is not committed yet.",
            ),
            Self::EntriesDeleted { .. } => (
                "AppendEntries 3",
                "5.3",
                "Where an entry conflicts with the leader's (same index, other term), delete it and all that follow. The leader's log decides.",
            ),
            Self::ElectionStarted {
                reason: Campaign::Told { .. },
                ..
            } => (
                "Dissertation",
                "3.10",
                "Whom the leader tells to take over stands for election at once, as if its election timer had run out.",
            ),
            Self::ElectionStarted {
                reason: Campaign::Welcome { .. },
                ..
            } => (
                "Dissertation",
                "9.6",
                "With Pre-Vote a server begins an election only when a majority said that they would vote for it.",
            ),
            Self::ElectionStarted { .. } => (
                "Followers 2, Candidates 1",
                "5.2",
                "Without word from a leader for a whole election timeout: next term, vote for yourself, restart the timer, ask everyone else.",
            ),
            Self::HandingOver { .. } => (
                "Dissertation",
                "3.10",
                "A leader that hands over takes no requests, so that the other's log can be made complete.",
            ),
            Self::HeartbeatDue => (
                "Leaders 1",
                "5.2",
                "A leader sends AppendEntries to everyone regularly, even with nothing to store, so that nobody starts an election.",
            ),
            Self::Ignored {
                reason: IgnoreReason::EarlierSnapshot,
                ..
            } => (
                "Figure 13, InstallSnapshot 5",
                "7",
                "Of two snapshots that a leader sends in its term, the later one counts.",
            ),
            Self::Ignored {
                reason: IgnoreReason::NotSending,
                ..
            } => (
                "Figure 13, InstallSnapshot",
                "7",
                "The leader sends this snapshot no longer: it has arrived, or was not needed, or a later one took its place.",
            ),
            Self::Ignored {
                reason: IgnoreReason::OtherPiece { .. },
                ..
            } => (
                "Figure 13, InstallSnapshot 3",
                "7",
                "A piece of a snapshot goes where it belongs: after those that are there. The answer says which is missing.",
            ),
            Self::Ignored {
                reason: IgnoreReason::OldTerm { .. },
                ..
            } => (
                "All servers 2",
                "5.1",
                "An answer to something said in an earlier term says nothing about this one.",
            ),
            Self::Ignored {
                reason: IgnoreReason::ElectionOver,
                ..
            } => (
                "Candidates 2",
                "5.2",
                "Votes matter to a candidate only; this election is decided.",
            ),
            Self::Ignored {
                reason: IgnoreReason::LeaderAlive { .. },
                ..
            } => (
                "Dissertation",
                "4.2.3, 6.2",
                "With CheckQuorum, who has heard from a leader within the shortest election timeout neither votes nor takes over the candidate's term.",
            ),
            Self::Ignored {
                reason: IgnoreReason::ReadOver,
                ..
            } => (
                "Dissertation",
                "6.4",
                "Who waits for no read needs no index.",
            ),
            Self::Ignored {
                reason: IgnoreReason::NoVoter,
                ..
            } => (
                "Dissertation",
                "4.2.1",
                "Who has no vote does not stand for election.",
            ),
            Self::Ignored {
                reason: IgnoreReason::LeadsNoLonger,
                ..
            } => (
                "Leaders 3",
                "5.3",
                "Followers' answers matter to a leader only.",
            ),
            Self::Ignored {
                reason: IgnoreReason::Overtaken,
                ..
            } => (
                "Leaders 3",
                "5.3",
                "A later answer already showed that the follower's log agrees further than this refusal says.",
            ),
            Self::Ignored {
                reason: IgnoreReason::RivalLeader,
                ..
            } => (
                "Figure 3, Election Safety",
                "5.2",
                "One leader in a term at most. This cannot happen unless a rule is off.",
            ),
            Self::LeaderKnown { .. } => (
                "Followers 1",
                "5.2",
                "Whoever sends AppendEntries in this term leads it: follow.",
            ),
            Self::LeaseEnded => (
                "Dissertation",
                "6.4.1",
                "A lease lasts for the shortest election timeout, less what clocks may differ, from the beginning of a round that a majority answered.",
            ),
            Self::MinElectionTimeoutEnded { .. } => (
                "Dissertation",
                "4.2.3, 9.6",
                "Who has heard from a leader within the shortest election timeout helps nobody else to lead; after that it would.",
            ),
            Self::MatchAdvanced { .. } => (
                "Leaders 3",
                "5.3",
                "When a follower has stored entries, remember how far its log is known to agree.",
            ),
            Self::NotTransferred {
                reason: TransferError::TooLate,
                ..
            } => (
                "Dissertation",
                "3.10",
                "If the other does not lead within about an election timeout, the leader goes on and takes requests again.",
            ),
            Self::NotTransferred { .. } | Self::TransferStarted { .. } => (
                "Dissertation",
                "3.10",
                "To hand over, a leader stops taking requests, sends a voter of its choice what its log lacks, and tells it to stand for election.",
            ),
            Self::NextLowered { .. } => (
                "Leaders 3",
                "5.3",
                "When a follower refuses, go back in the log and try again, until the logs agree.",
            ),
            Self::NotLeader { .. } => (
                "Clients",
                "8",
                "Only the leader takes requests; the others say who it is, as far as they know.",
            ),
            Self::PreVoteStarted { .. } => (
                "Dissertation",
                "9.6",
                "Before it begins a new term, a server asks whether the others would vote for it. Asking changes nobody's term, vote or timer.",
            ),
            Self::PreVoteCounted { .. } => (
                "Dissertation",
                "9.6",
                "A pre-candidate stands for election when more than half of all servers would vote for it.",
            ),
            Self::PreVoteDenied {
                reason: VoteRejected::LeaderAlive { .. },
                ..
            } => (
                "Dissertation",
                "9.6",
                "Who has heard from a leader within the shortest election timeout sees no need for another.",
            ),
            Self::PreVoteDenied { .. } | Self::PreVoteGranted { .. } => (
                "Dissertation",
                "9.6",
                "Say that you would vote where you would: for a term that has not passed, and a log at least as up to date as your own.",
            ),
            Self::ReadAsked { .. } | Self::ReadIndexKnown { .. } => (
                "Dissertation",
                "6.4",
                "A follower serves a read when its state machine has come as far as its leader had committed when it was asked.",
            ),
            Self::ReadGivenUp { .. } => (
                "Dissertation",
                "6.4",
                "Only who leads can say how far a read must see; the client is to ask the next leader.",
            ),
            Self::ReadHeld { .. } => (
                "Dissertation",
                "6.4",
                "A new leader does not know how far earlier ones had committed, until it has committed an entry of its own term.",
            ),
            Self::ReadNoted {
                how: Reading::Lease,
                ..
            } => (
                "Dissertation",
                "6.4.1",
                "While its lease lasts, a leader cannot have been replaced: it may answer reads without asking anybody.",
            ),
            Self::ReadNoted {
                how: Reading::Unconfirmed,
                ..
            } => (
                "Dissertation",
                "6.4",
                "A leader must make sure that it still leads before it answers. With the rule off it does not.",
            ),
            Self::ReadNoted { .. } => (
                "Dissertation",
                "6.4",
                "For a read a leader remembers its commit index, and makes sure that it leads by a round of heartbeats that begins now.",
            ),
            Self::ReadsConfirmed { .. } => (
                "Dissertation",
                "6.4",
                "When a majority has answered a round that began after the read was asked, there was no later leader then; one round serves all reads that wait for it.",
            ),
            Self::SteppedDown {
                reason: StepDown::NoQuorum { .. },
            } => (
                "Dissertation",
                "6.2",
                "A leader that has not heard from a majority for an election timeout steps down: it could commit nothing, and would keep its clients waiting.",
            ),
            Self::SteppedDown {
                reason: StepDown::Voted { .. },
            } => (
                "Dissertation",
                "9.6",
                "Who votes for another does not ask for itself any more.",
            ),
            Self::PieceStored { .. } => (
                "Figure 13, InstallSnapshot 3 and 4",
                "7",
                "Store the piece, answer, and wait for more until it is the last one.",
            ),
            Self::SnapshotInstalled { .. } => (
                "Figure 13, InstallSnapshot 7 and 8",
                "7",
                "If the log does not hold what the snapshot covers, the snapshot replaces all of it, and the state machine goes on from there.",
            ),
            Self::SnapshotNeeded { .. } => (
                "Figure 13, InstallSnapshot",
                "7",
                "A leader that no longer has the next entry a follower needs sends it a snapshot instead.",
            ),
            Self::SnapshotRefused { .. } => (
                "Figure 13, InstallSnapshot 1",
                "7",
                "Refuse a leader whose term has passed.",
            ),
            Self::SnapshotUnneeded {
                reason: Unneeded::Committed { .. },
                ..
            } => (
                "Figure 13, InstallSnapshot 5",
                "7",
                "What is committed here already is more than the snapshot has: a late one changes nothing.",
            ),
            Self::SnapshotUnneeded {
                reason: Unneeded::Held,
                ..
            } => (
                "Figure 13, InstallSnapshot 6",
                "7",
                "If the log holds the last entry that the snapshot covers, it holds all of them: keep it, and what follows.",
            ),
            Self::SteppedDown {
                reason: StepDown::Removed,
            } => (
                "",
                "6",
                "A leader that the new configuration leaves out leads, without counting itself, until that is committed. Then it steps down.",
            ),
            Self::SteppedDown {
                reason: StepDown::HigherTerm { .. },
            } => (
                "All servers 2",
                "5.1",
                "Whoever sees a later term than its own becomes a follower.",
            ),
            Self::SteppedDown {
                reason: StepDown::LeaderElected { .. },
            } => (
                "Candidates 3",
                "5.2",
                "A candidate that hears from a leader of its term has lost, and follows it.",
            ),
            Self::TermAdopted { .. } => (
                "All servers 2",
                "5.1",
                "Terms travel with every message: the later one wins, everywhere.",
            ),
            Self::TimerReset {
                reason: TimerResetReason::HeardQuorum(_),
            } => (
                "Dissertation",
                "6.2",
                "With CheckQuorum a leader has an election timer too: it restarts whenever a majority has answered.",
            ),
            Self::TimerReset { .. } => (
                "Followers 2",
                "5.2",
                "The election timer restarts, at a fresh random length, for a granted vote or for word from the leader. Nothing else.",
            ),
            Self::VoteCounted { .. } => (
                "Candidates 2",
                "5.2",
                "A candidate needs votes from more than half of all servers in one term.",
            ),
            Self::VoteDenied {
                reason: VoteRejected::OldTerm { .. },
                ..
            } => (
                "RequestVote 1",
                "5.1",
                "Refuse a candidate whose term has passed.",
            ),
            Self::VoteDenied {
                reason: VoteRejected::AlreadyVoted { .. },
                ..
            } => (
                "RequestVote 2",
                "5.2",
                "One vote in a term, first come, first served.",
            ),
            Self::VoteDenied {
                reason: VoteRejected::LeaderAlive { .. },
                ..
            } => (
                "Dissertation",
                "4.2.3",
                "Who has heard from a leader within the shortest election timeout votes for nobody else.",
            ),
            Self::VoteDenied {
                reason: VoteRejected::LogBehind { .. },
                ..
            } => (
                "RequestVote 2",
                "5.4.1",
                "Vote only for a log at least as up to date as your own: the later last term wins; with equal terms, the longer log.",
            ),
            Self::VoteGranted { .. } => (
                "RequestVote 2",
                "5.2, 5.4.1",
                "Vote for the first who asks in a term, if its log is at least as up to date as your own.",
            ),
        };
        Clause {
            place,
            section,
            text,
        }
    }
}
