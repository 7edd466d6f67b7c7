//! One switch for each rule of Raft. All on is Raft. Any one off shows why the rule is needed.
//!
//! The core asks [`Rules::on`] at the place where the paper states the rule. Search for a rule's name
//! to find the line that keeps it.
//!
//! # How a rule reads in the code
//!
//! ```text
//! if self.rule(Rule::UpToDate) && self.is_behind(last_log, own_last) {
//!     return Some(VoteRejected::LogBehind { .. });
//! }
//! ```
//!
//! Read it as `if self.is_behind(..)`: with all rules on, the first condition is true. With the rule off,
//! the server votes for candidates that lack committed entries, and `./dev check rules` shows a run in
//! which Leader Completeness breaks.
//!
//! A few rules replace a value instead of skipping a condition, such as [`Rule::CommitMajority`]: half
//! of the servers then count as a majority.

macro_rules! rules {
    ($($(#[doc = $doc:literal])* $name:ident = $text:literal, $place:literal;)*) => {
        /// A rule of Raft that can be switched off. Links know a rule by its place in this list, so a
        /// new one goes to the end.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Rule { $($(#[doc = $doc])* $name,)* }

        impl Rule {
            /// Every rule, in the order of Figure 2.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its name in the text grammar, as in `rules off commit-own-term`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// What it says, in a sentence.
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),*).trim_start(),)* }
            }

            /// Where the paper states it.
            pub fn place(self) -> &'static str {
                match self { $(Self::$name => $place,)* }
            }
        }
    };
}

rules! {
    /// The current term survives a crash.
    PersistTerm = "persist-term", "Figure 2, persistent state";
    /// The vote survives a crash.
    PersistVote = "persist-vote", "Figure 2, persistent state";
    /// The log survives a crash.
    PersistLog = "persist-log", "Figure 2, persistent state";
    /// What a server promises is on its disk before it says so.
    SyncBeforeReply = "sync-before-reply", "Figure 2, persistent state";
    /// A leader or candidate that sees a higher term becomes a follower.
    StepDown = "step-down", "Figure 2, all servers 2";
    /// Requests of an older term are refused.
    RefuseOldTerm = "refuse-old-term", "Figure 2, AppendEntries 1 and RequestVote 1";
    /// A server grants one vote in a term.
    OneVotePerTerm = "one-vote-per-term", "Figure 2, RequestVote 2";
    /// A vote is granted only to a candidate whose log is at least as up to date.
    UpToDate = "up-to-date", "Figure 2, RequestVote 2 (section 5.4.1)";
    /// Logs are compared by their last term first, then by length.
    CompareLastTerm = "compare-last-term", "section 5.4.1";
    /// Votes of an earlier term do not count.
    IgnoreOldVotes = "ignore-old-votes", "section 5.2";
    /// Each voter counts once, however often its vote arrives.
    CountVoters = "count-voters", "section 5.2";
    /// Leaders need more than half of all servers.
    ElectionMajority = "election-majority", "Figure 2, candidates 2";
    /// A follower refuses entries unless its log holds the entry before them.
    CheckPrevious = "check-previous", "Figure 2, AppendEntries 2";
    /// A heartbeat is checked like any other AppendEntries.
    CheckHeartbeats = "check-heartbeats", "Figure 2, AppendEntries 2";
    /// Entries are deleted only where they conflict.
    DeleteOnlyConflicts = "delete-only-conflicts", "Figure 2, AppendEntries 3";
    /// A follower commits no further than the last entry the message vouches for.
    CommitOnlyChecked = "commit-only-checked", "Figure 2, AppendEntries 5";
    /// A snapshot that covers no more than what is committed already is not installed.
    IgnoreOldSnapshots = "ignore-old-snapshots", "Figure 13, InstallSnapshot 5";
    /// A log that holds the last entry of a snapshot keeps what follows it.
    RetainAfterSnapshot = "retain-after-snapshot", "Figure 13, InstallSnapshot 6";
    /// Acknowledgements of an earlier term do not count.
    IgnoreOldReplies = "ignore-old-replies", "section 5.3";
    /// An acknowledgement counts for what its message carried, not for all the log now holds.
    MatchWhatWasSent = "match-what-was-sent", "Figure 2, leaders 3";
    /// An entry is committed by more than half of all servers.
    CommitMajority = "commit-majority", "Figure 2, leaders 4";
    /// A leader counts copies only for entries of its own term.
    CommitOwnTerm = "commit-own-term", "Figure 2, leaders 4 (section 5.4.2)";
    /// The commit index never falls.
    CommitNeverFalls = "commit-never-falls", "Figure 2, volatile state";
    /// Between two configurations that differ in more than one voter comes one that needs both
    /// majorities.
    JointConsensus = "joint-consensus", "section 6";
    /// A change of configuration waits until the one before is committed.
    OneChangeAtATime = "one-change-at-a-time", "dissertation, section 4.1";
    /// A leader commits an entry of its own term before it changes the configuration.
    OwnTermBeforeChange = "own-term-before-change", "dissertation, section 4.1, as corrected in 2015";
    /// New servers get the log before they get a vote.
    CatchUpFirst = "catch-up-first", "section 6 (dissertation, section 4.2.1)";
    /// Servers that are removed are told so.
    TellTheRemoved = "tell-the-removed", "dissertation, section 4.2.3";
    /// A leader answers reads only once an entry of its own term is committed.
    ReadAfterOwnTerm = "read-after-own-term", "dissertation, section 6.4";
    /// A leader answers reads only when it is sure that it still leads.
    ConfirmReads = "confirm-reads", "dissertation, section 6.4";
    /// A lease is shorter than an election timeout by what clocks may differ.
    LeaseBound = "lease-bound", "dissertation, section 6.4.1";
    /// The machine executes a client's request once, however often it was sent.
    ExactlyOnce = "exactly-once", "section 8";
    /// The election timer restarts for a granted vote or the current leader, nothing else.
    ResetOnlyForCause = "reset-only-for-cause", "Figure 2, followers 2";
    /// A candidate whose election came to nothing tries again.
    RetryElection = "retry-election", "Figure 2, candidates 4";
    /// Every election timeout is drawn afresh.
    RandomTimeouts = "random-timeouts", "section 5.2";
    /// A request of a session that has expired is not executed.
    RefuseExpired = "refuse-expired", "dissertation, section 6.3";
}

/// The rules that are on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Rules {
    off: u64,
}

impl Rules {
    /// Whether `rule` is on.
    pub fn on(self, rule: Rule) -> bool {
        self.off & (1 << rule as u64) == 0
    }

    /// Switches `rule` on or off.
    pub fn set(&mut self, rule: Rule, on: bool) {
        let bit = 1 << rule as u64;
        self.off = if on { self.off & !bit } else { self.off | bit };
    }

    /// The rules that are off.
    pub fn off(self) -> impl Iterator<Item = Rule> {
        Rule::ALL
            .iter()
            .copied()
            .filter(move |rule| !self.on(*rule))
    }
}

impl std::str::FromStr for Rule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .iter()
            .copied()
            .find(|rule| rule.name() == text)
            .ok_or_else(|| {
                let names: Vec<_> = Self::ALL.iter().map(|rule| rule.name()).collect();
                format!("\"{text}\" is no rule; the rules are {}", names.join(", "))
            })
    }
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
