//! The rules that a trace is judged by: a name, a section, a sentence each.

macro_rules! rules {
    ($($(#[doc = $doc:literal])* $name:ident = $text:literal, $section:literal;)*) => {
        /// A rule of Raft that a step may break.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Rule { $($(#[doc = $doc])* $name,)* }

        impl Rule {
            /// Every rule.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its name, as `--lenient` takes it.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// What it says, in a sentence.
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),*).trim_start(),)* }
            }

            /// Where it is stated: a section of the paper, or of the dissertation.
            pub fn section(self) -> &'static str {
                match self { $(Self::$name => $section,)* }
            }
        }
    };
}

rules! {
    /// A message is received only after it was sent, by the server to which it was sent.
    SentBeforeReceived = "sent-before-received", "§5";
    /// A message arrives as it was sent.
    Unaltered = "unaltered", "§5";
    /// A server's term never falls.
    TermNeverFalls = "term-never-falls", "§5.1";
    /// A term rises by one when a server stands for election, or to the term of a message.
    TermRises = "term-rises", "§5.1";
    /// A server that receives a later term adopts it and becomes a follower.
    AdoptTerm = "adopt-term", "§5.1";
    /// A request of an earlier term is refused.
    RefuseOldTerm = "refuse-old-term", "§5.1";
    /// A server grants one vote in a term, and keeps it until the term ends.
    OneVotePerTerm = "one-vote-per-term", "§5.2";
    /// A server votes for the candidate that asked for its vote in this term.
    VoteAsked = "vote-asked", "§5.2";
    /// A vote is granted only to a candidate whose log is at least as up to date.
    UpToDate = "up-to-date", "§5.4.1";
    /// A server that stands for election does so in the term after its own.
    NewTerm = "new-term", "§5.2";
    /// A candidate votes for itself.
    VoteForItself = "vote-for-itself", "§5.2";
    /// Only a server that has a vote stands for election.
    OnlyVotersStand = "only-voters-stand", "dissertation 4.2.2";
    /// Only a candidate becomes leader, in the term in which it stood.
    CandidateFirst = "candidate-first", "§5.2";
    /// A leader has the votes of a majority of all voters, received in its term.
    ElectionMajority = "election-majority", "§5.2";
    /// A term has one leader at most.
    ElectionSafety = "election-safety", "§5.2";
    /// A leader has every entry that was committed in an earlier term.
    LeaderCompleteness = "leader-completeness", "§5.4";
    /// An entry's term is 1 or more, and never later than the term of the server that holds it.
    LegalTerm = "legal-term", "§5.3";
    /// Terms never fall along a log.
    TermsAlongLog = "terms-along-log", "§5.3";
    /// An entry comes from the leader of its term.
    EntryOrigin = "entry-origin", "§5.3";
    /// A leader never deletes or overwrites entries of its log.
    LeaderAppendOnly = "leader-append-only", "§5.3";
    /// A leader gives its own term to the entries that it creates.
    OwnTermEntries = "own-term-entries", "§5.3";
    /// Two logs with an entry of the same index and term are the same up to there.
    LogMatching = "log-matching", "§5.3";
    /// A follower refuses entries unless its log has the entry before them.
    CheckPrevious = "check-previous", "§5.3";
    /// A follower deletes entries only where they conflict with the leader's.
    DeleteOnlyConflicts = "delete-only-conflicts", "§5.3";
    /// A follower deletes the entries that conflict with the leader's, and all that follow.
    DeleteConflicts = "delete-conflicts", "§5.3";
    /// A follower stores the entries of the request, all of them and no others.
    EntriesOfRequest = "entries-of-request", "§5.3";
    /// A log changes by a client's request to the leader, or by the leader's requests.
    LogChanges = "log-changes", "§5.3";
    /// A commit index never falls.
    CommitNeverFalls = "commit-never-falls", "§5.3";
    /// Only entries that the log has are committed.
    CommitInLog = "commit-in-log", "§5.3";
    /// A leader commits what a majority of all voters stores.
    CommitMajority = "commit-majority", "§5.3";
    /// A leader commits by counting only entries of its own term.
    CommitOwnTerm = "commit-own-term", "§5.4.2";
    /// A follower commits no further than its leader's request says.
    CommitFromLeader = "commit-from-leader", "§5.3";
    /// A follower commits no further than the last new entry of the request.
    CommitOnlyChecked = "commit-only-checked", "§5.3";
    /// Once an entry is committed at an index, no other is at that index.
    StateMachineSafety = "state-machine-safety", "§5.4.3";
    /// The term survives a crash.
    PersistTerm = "persist-term", "§5.1";
    /// The vote survives a crash.
    PersistVote = "persist-vote", "§5.2";
    /// The entries that were acknowledged survive a crash.
    PersistLog = "persist-log", "§5.3";
    /// A server starts as a follower.
    StartAsFollower = "start-as-follower", "§5.2";
    /// A server that is new has voted for nobody and stored nothing.
    StartEmpty = "start-empty", "§5.1";
    /// A message carries the term of the server that sends it.
    MessageTerm = "message-term", "§5.1";
    /// Only a candidate asks for votes, in the term in which it stands.
    VoteRequest = "vote-request", "§5.2";
    /// A vote request names the last entry of the candidate's log.
    RequestLastEntry = "request-last-entry", "§5.4.1";
    /// A reply grants a vote only if the server gave it.
    VoteReply = "vote-reply", "§5.2";
    /// Only the leader of a term sends AppendEntries in it.
    AppendByLeader = "append-by-leader", "§5.2";
    /// The entry before the ones sent is named as the leader's log has it.
    AppendPrevious = "append-previous", "§5.3";
    /// The entries sent are those of the leader's log.
    AppendEntries = "append-entries", "§5.3";
    /// A leader tells no more committed than it has.
    AppendCommit = "append-commit", "§5.3";
    /// A follower acknowledges no more than the request carried and its log has.
    AcknowledgeStored = "acknowledge-stored", "§5.3";
    /// Only what is committed is compacted.
    CompactCommitted = "compact-committed", "§7";
    /// Only the leader of a term sends its snapshot.
    SnapshotByLeader = "snapshot-by-leader", "§7";
    /// A snapshot ends with a committed entry of the leader's log.
    SnapshotCommitted = "snapshot-committed", "§7";
    /// A snapshot that covers no more than what is committed is not installed.
    IgnoreOldSnapshots = "ignore-old-snapshots", "§7";
    /// A log that has the last entry of a snapshot keeps what follows it.
    RetainAfterSnapshot = "retain-after-snapshot", "§7";
    /// A follower that installs a snapshot has its end and nothing else.
    InstallWhole = "install-whole", "§7";
    /// A change of configuration waits until the one before is committed.
    OneChangeAtATime = "one-change-at-a-time", "dissertation 4.1";
    /// A leader commits an entry of its own term before it changes the configuration.
    OwnTermBeforeChange = "own-term-before-change", "dissertation 4.1, correction of 2015";
    /// A change of more than one voter goes through a joint configuration.
    JointConsensus = "joint-consensus", "§6";
    /// A pre-vote changes neither term nor vote.
    PreVoteChangesNothing = "pre-vote-changes-nothing", "dissertation 9.6";
    /// A pre-vote is granted only if the vote could be.
    PreVoteUpToDate = "pre-vote-up-to-date", "dissertation 9.6";
    /// A server stands after a pre-vote only if a majority would vote for it.
    PreVoteMajority = "pre-vote-majority", "dissertation 9.6";
    /// Only the leader tells a server to stand for election.
    TransferByLeader = "transfer-by-leader", "dissertation 3.10";
    /// The target of a transfer has the leader's whole log.
    TransferComplete = "transfer-complete", "dissertation 3.10";
    /// A leader serves reads only when an entry of its own term is committed.
    ReadAfterOwnTerm = "read-after-own-term", "dissertation 6.4";
    /// A read sees all that was committed when it was asked.
    ReadIndex = "read-index", "dissertation 6.4";
}

impl std::str::FromStr for Rule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut all = Self::ALL.iter().copied();
        all.find(|rule| rule.name() == text).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|rule| rule.name()).collect();
            format!(
                "\"{text}\" is no rule of the judge; the rules are {}",
                names.join(", ")
            )
        })
    }
}
