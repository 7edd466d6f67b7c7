//! The rules that a trace is judged by: a name, a section, a sentence each.

macro_rules! rules {
    ($($(#[doc = $doc:literal])* $name:ident = $text:literal, $section:literal, $cause:literal, $fields:literal;)*) => {
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

            /// What an implementation that breaks it has often done, in a sentence.
            pub fn cause(self) -> &'static str {
                match self { $(Self::$name => $cause,)* }
            }

            /// The fields of a line in which one sees it, with spaces between.
            pub fn fields(self) -> &'static str {
                match self { $(Self::$name => $fields,)* }
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
    SentBeforeReceived = "sent-before-received", "§5",
        "the line of the sender is written after the message is on its way. Write it first, under the server's lock.", "m src";
    /// A message arrives as it was sent.
    Unaltered = "unaltered", "§5",
        "a message is changed after it was sent, because sender and receiver share a slice or an object.", "m src";
    /// A server's term never falls.
    TermNeverFalls = "term-never-falls", "§5.1",
        "a reply or a snapshot of an old term sets the term.", "term";
    /// A term rises by one when a server stands for election, or to the term of a message.
    TermRises = "term-rises", "§5.1",
        "the term is raised twice for one election, or without a message.", "term";
    /// A server that receives a later term adopts it and becomes a follower.
    AdoptTerm = "adopt-term", "§5.1",
        "only one kind of handler compares terms. Every request and every reply must.", "term role";
    /// A request of an earlier term is refused.
    RefuseOldTerm = "refuse-old-term", "§5.1",
        "the term is compared after the request was carried out.", "term log + vote commit";
    /// A server grants one vote in a term, and keeps it until the term ends.
    OneVotePerTerm = "one-vote-per-term", "§5.2",
        "the vote is reset by something other than a new term, as by becoming a follower.", "vote";
    /// A server votes for the candidate that asked for its vote in this term.
    VoteAsked = "vote-asked", "§5.2",
        "the vote is recorded in another place than the handler of RequestVote.", "vote";
    /// A vote is granted only to a candidate whose log is at least as up to date.
    UpToDate = "up-to-date", "§5.4.1",
        "the logs are not compared, or their lengths before the last terms.", "li lt vote log + g";
    /// A server that stands for election does so in the term after its own.
    NewTerm = "new-term", "§5.2",
        "the candidate starts again when its timer runs out, but its term stays.", "term role";
    /// A candidate votes for itself.
    VoteForItself = "vote-for-itself", "§5.2",
        "the vote of the term before is kept.", "vote role";
    /// Only a server that has a vote stands for election.
    OnlyVotersStand = "only-voters-stand", "dissertation 4.2.2",
        "a learner or a removed server has a running election timer.", "role";
    /// Only a candidate becomes leader, in the term in which it stood.
    CandidateFirst = "candidate-first", "§5.2",
        "a late vote is counted by a server that is no longer a candidate.", "role term";
    /// A leader has the votes of a majority of all voters, received in its term.
    ElectionMajority = "election-majority", "§5.2",
        "votes of an earlier term are counted, or a vote is counted twice, or refusals count.", "role g term";
    /// A term has one leader at most.
    ElectionSafety = "election-safety", "§5.2",
        "a server votes twice in a term, or votes are counted across terms.", "role term";
    /// A leader has every entry that was committed in an earlier term.
    LeaderCompleteness = "leader-completeness", "§5.4",
        "votes are granted without comparing the logs.", "role log +";
    /// An entry's term is 1 or more, and never later than the term of the server that holds it.
    LegalTerm = "legal-term", "§5.3",
        "the index and the term of an entry are exchanged, or a dummy entry is written.", "log + term";
    /// Terms never fall along a log.
    TermsAlongLog = "terms-along-log", "§5.3",
        "entries are inserted or kept where they conflict.", "log +";
    /// An entry comes from the leader of its term.
    EntryOrigin = "entry-origin", "§5.3",
        "a follower takes a client's request, or an entry gets the wrong term.", "log +";
    /// A leader never deletes or overwrites entries of its log.
    LeaderAppendOnly = "leader-append-only", "§5.3",
        "a leader handles AppendEntries of its own or an old term.", "log +";
    /// A leader gives its own term to the entries that it creates.
    OwnTermEntries = "own-term-entries", "§5.3",
        "the new entry gets the term of the last one.", "log +";
    /// Two logs with an entry of the same index and term are the same up to there.
    LogMatching = "log-matching", "§5.3",
        "entries are appended without deleting those that conflict.", "log +";
    /// A follower refuses entries unless its log has the entry before them.
    CheckPrevious = "check-previous", "§5.3",
        "prevLogTerm is not compared, or the index is off by one.", "pi pt log + ok";
    /// A follower deletes entries only where they conflict with the leader's.
    DeleteOnlyConflicts = "delete-only-conflicts", "§5.3",
        "the log is cut at prevLogIndex each time. A late request then deletes good entries.", "log + pi es";
    /// A follower deletes the entries that conflict with the leader's, and all that follow.
    DeleteConflicts = "delete-conflicts", "§5.3",
        "an entry is kept because there is one at that index, whatever its term.", "log + es";
    /// A follower stores the entries of the request, all of them and no others.
    EntriesOfRequest = "entries-of-request", "§5.3",
        "entries are appended at the end of the log, not after prevLogIndex.", "log + es pi";
    /// A log changes by a client's request to the leader, or by the leader's requests.
    LogChanges = "log-changes", "§5.3",
        "the log is changed outside of the handlers that Raft has.", "log +";
    /// A commit index never falls.
    CommitNeverFalls = "commit-never-falls", "§5.3",
        "leaderCommit of a late request replaces the index. Take the larger.", "commit c";
    /// Only entries that the log has are committed.
    CommitInLog = "commit-in-log", "§5.3",
        "leaderCommit is taken although the log is shorter.", "commit c";
    /// A leader commits what a majority of all voters stores.
    CommitMajority = "commit-majority", "§5.3",
        "the majority is counted without the leader, or with old acknowledgements.", "commit mi";
    /// A leader commits by counting only entries of its own term.
    CommitOwnTerm = "commit-own-term", "§5.4.2",
        "entries of earlier terms are counted as the leader's own (Figure 8).", "commit mi";
    /// A follower commits no further than its leader's request says.
    CommitFromLeader = "commit-from-leader", "§5.3",
        "a follower commits by another message than AppendEntries.", "commit c";
    /// A follower commits no further than the last new entry of the request.
    CommitOnlyChecked = "commit-only-checked", "§5.3",
        "leaderCommit is compared with the end of the log, not with the last new entry.", "commit c";
    /// Once an entry is committed at an index, no other is at that index.
    StateMachineSafety = "state-machine-safety", "§5.4.3",
        "another rule was broken before. Look at the first finding.", "commit log +";
    /// The term survives a crash.
    PersistTerm = "persist-term", "§5.1",
        "the term is sent to others before it is on disk.", "term";
    /// The vote survives a crash.
    PersistVote = "persist-vote", "§5.2",
        "the vote is sent before it is on disk.", "vote";
    /// The entries that were acknowledged survive a crash.
    PersistLog = "persist-log", "§5.3",
        "entries are acknowledged before they are on disk.", "log + mi";
    /// A server starts as a follower.
    StartAsFollower = "start-as-follower", "§5.2",
        "the role is stored on disk.", "role";
    /// A server that is new has voted for nobody and stored nothing.
    StartEmpty = "start-empty", "§5.1",
        "the disk was not lost, or a new server gets another's state.", "term log";
    /// A message carries the term of the server that sends it.
    MessageTerm = "message-term", "§5.1",
        "a message is built before the term changes and sent after it.", "term";
    /// Only a candidate asks for votes, in the term in which it stands.
    VoteRequest = "vote-request", "§5.2",
        "requests are sent again after the election is over.", "t";
    /// A vote request names the last entry of the candidate's log.
    RequestLastEntry = "request-last-entry", "§5.4.1",
        "the request is built from the log at another moment, or the index is off by one.", "li lt";
    /// A reply grants a vote only if the server gave it.
    VoteReply = "vote-reply", "§5.2",
        "the reply is sent before the vote is recorded.", "g vote";
    /// Only the leader of a term sends AppendEntries in it.
    AppendByLeader = "append-by-leader", "§5.2",
        "the sender stepped down, but its loop still runs.", "t role";
    /// The entry before the ones sent is named as the leader's log has it.
    AppendPrevious = "append-previous", "§5.3",
        "nextIndex is off by one, or the log changed between building and sending.", "pi pt";
    /// The entries sent are those of the leader's log.
    AppendEntries = "append-entries", "§5.3",
        "entries are cut from the log at the wrong index.", "es pi";
    /// A leader tells no more committed than it has.
    AppendCommit = "append-commit", "§5.3",
        "the commit index is read at another moment than the log.", "c commit";
    /// A follower acknowledges no more than the request carried and its log has.
    AcknowledgeStored = "acknowledge-stored", "§5.3",
        "the follower acknowledges the end of its log, not the last entry of the request.", "mi log +";
    /// Only what is committed is compacted.
    CompactCommitted = "compact-committed", "§7",
        "the snapshot is taken up to the end of the log.", "first commit";
    /// Only the leader of a term sends its snapshot.
    SnapshotByLeader = "snapshot-by-leader", "§7",
        "the sender stepped down, but its loop still runs.", "t role";
    /// A snapshot ends with a committed entry of the leader's log.
    SnapshotCommitted = "snapshot-committed", "§7",
        "the snapshot is named by the end of the log.", "li lt";
    /// A snapshot that covers no more than what is committed is not installed.
    IgnoreOldSnapshots = "ignore-old-snapshots", "§7",
        "a late InstallSnapshot sets the log back. Compare it with the commit index.", "li first log";
    /// A log that has the last entry of a snapshot keeps what follows it.
    RetainAfterSnapshot = "retain-after-snapshot", "§7",
        "the whole log is thrown away on every snapshot.", "li log + first";
    /// A follower that installs a snapshot has its end and nothing else.
    InstallWhole = "install-whole", "§7",
        "the log is not emptied, or a piece is taken for the whole.", "li done first log";
    /// A change of configuration waits until the one before is committed.
    OneChangeAtATime = "one-change-at-a-time", "dissertation 4.1",
        "the leader does not look for a change in its log that waits.", "log +";
    /// A leader commits an entry of its own term before it changes the configuration.
    OwnTermBeforeChange = "own-term-before-change", "dissertation 4.1, correction of 2015",
        "the leader writes no empty entry when it is elected.", "log +";
    /// A change of more than one voter goes through a joint configuration.
    JointConsensus = "joint-consensus", "§6",
        "voters are replaced in one step. Two majorities may then have nobody in common.", "log +";
    /// A pre-vote changes neither term nor vote.
    PreVoteChangesNothing = "pre-vote-changes-nothing", "dissertation 9.6",
        "PreVote goes through the handler of RequestVote.", "term vote";
    /// A pre-vote is granted only if the vote could be.
    PreVoteUpToDate = "pre-vote-up-to-date", "dissertation 9.6",
        "the logs are not compared in a pre-vote.", "li lt g";
    /// A server stands after a pre-vote only if a majority would vote for it.
    PreVoteMajority = "pre-vote-majority", "dissertation 9.6",
        "answers to an earlier pre-vote are counted.", "role term g";
    /// Only the leader tells a server to stand for election.
    TransferByLeader = "transfer-by-leader", "dissertation 3.10",
        "the sender stepped down during the transfer.", "t role";
    /// The target of a transfer has the leader's whole log.
    TransferComplete = "transfer-complete", "dissertation 3.10",
        "TimeoutNow is sent before matchIndex has reached the end of the log.", "t";
    /// A leader serves reads only when an entry of its own term is committed.
    ReadAfterOwnTerm = "read-after-own-term", "dissertation 6.4",
        "the leader writes no empty entry when it is elected, so its commit index may be old.", "li t";
    /// A leader serves a read only when a majority has confirmed since then that it leads.
    ReadRound = "read-round", "dissertation 6.4",
        "the leader answers at once, or counts answers to earlier heartbeats.", "t r";
    /// A read sees all that was committed when it was asked.
    ReadIndex = "read-index", "dissertation 6.4",
        "the commit index is read after the round, or by the follower.", "li";
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
