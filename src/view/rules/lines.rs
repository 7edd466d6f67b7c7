//! The lines of Figure 2, in our words, and those of the extensions.

/// A box of the panel.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[allow(
    missing_docs,
    reason = "they have the names of Figure 2 and of the dissertation"
)]
pub enum Frame {
    State,
    AllServers,
    Followers,
    Candidates,
    Leaders,
    RequestVote,
    AppendEntries,
    PreVote,
    CheckQuorum,
    Reads,
    Membership,
    Transfer,
    Snapshots,
    Sessions,
}

impl Frame {
    /// Every box, in the order of the panel.
    pub const ALL: [Self; 14] = [
        Self::State,
        Self::AllServers,
        Self::Followers,
        Self::Candidates,
        Self::Leaders,
        Self::RequestVote,
        Self::AppendEntries,
        Self::PreVote,
        Self::CheckQuorum,
        Self::Reads,
        Self::Membership,
        Self::Transfer,
        Self::Snapshots,
        Self::Sessions,
    ];

    /// Its heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::State => "State",
            Self::AllServers => "Rules for servers · all",
            Self::Followers => "Rules for servers · followers",
            Self::Candidates => "Rules for servers · candidates",
            Self::Leaders => "Rules for servers · leaders",
            Self::RequestVote => "RequestVote · the receiver",
            Self::AppendEntries => "AppendEntries · the receiver",
            Self::PreVote => "Pre-Vote",
            Self::CheckQuorum => "CheckQuorum",
            Self::Reads => "ReadIndex",
            Self::Membership => "Membership",
            Self::Transfer => "Leadership transfer",
            Self::Snapshots => "Snapshots",
            Self::Sessions => "Client sessions",
        }
    }

    /// Whether it is beyond Figure 2.
    pub fn is_extension(self) -> bool {
        self >= Self::PreVote
    }
}

macro_rules! lines {
    ($($(#[$doc:meta])* $name:ident: $frame:ident, $label:literal, $text:literal;)*) => {
        /// A line of the panel.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[allow(missing_docs, reason = "their labels say where they stand")]
        pub enum Line { $($(#[$doc])* $name),* }

        impl Line {
            /// Every line, in the order of the panel.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The box that it stands in.
            pub const fn frame(self) -> Frame {
                match self { $(Self::$name => Frame::$frame),* }
            }

            /// Its label: it stands in a comment of `src/raft` (or `src/kv.rs`), where the line acts.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$name => $label),* }
            }

            /// What it says, in our words.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

lines! {
    CurrentTerm: State, "currentTerm", "The latest term that it has seen.";
    VotedFor: State, "votedFor", "Who has its vote in this term.";
    Log: State, "log[]", "Its entries, each with a command and a term.";
    OnDisk: State, "Persistent state", "These three are on disk before it replies.";
    CommitIndex: State, "commitIndex", "The last entry that it knows is committed.";
    LastApplied: State, "lastApplied", "The last entry that its state machine executed.";
    NextIndex: State, "nextIndex[]", "Leader: the next entry to send, for each follower.";
    MatchIndex: State, "matchIndex[]", "Leader: the last entry known to be stored, for each follower.";

    AllServers1: AllServers, "All servers 1", "While commitIndex > lastApplied: execute the next entry.";
    AllServers2: AllServers, "All servers 2", "If a message has a later term: take that term, become follower.";

    Followers1: Followers, "Followers 1", "Answer candidates and leaders.";
    Followers2: Followers, "Followers 2", "No leader and no vote given for an election timeout: become candidate.";
    Followers2Timer: Followers, "Followers 2", "Restart the election timer: the leader sent something, or it gave a vote.";

    Candidates1: Candidates, "Candidates 1", "New term, own vote, new election timer; ask all others for votes.";
    Candidates2: Candidates, "Candidates 2", "With the votes of a majority: become leader.";
    Candidates3: Candidates, "Candidates 3", "If another server leads this term: become follower.";
    Candidates4: Candidates, "Candidates 4", "If the election timer expires: start another election.";

    Leaders1: Leaders, "Leaders 1", "Send heartbeats when elected, and again before others time out.";
    Leaders2: Leaders, "Leaders 2", "Append a client's command to the log. Answer when it is executed.";
    Leaders3Send: Leaders, "Leaders 3", "Send each follower the entries from nextIndex on.";
    Leaders3Yes: Leaders, "Leaders 3", "Accepted: raise its matchIndex and nextIndex.";
    Leaders3No: Leaders, "Leaders 3", "Rejected: lower its nextIndex and try again.";
    Leaders4: Leaders, "Leaders 4", "An entry of the own term on a majority: commit up to it.";

    RequestVote1: RequestVote, "RequestVote 1", "Reject if the candidate's term is earlier.";
    RequestVote2Vote: RequestVote, "RequestVote 2", "Grant if it gave no vote to another candidate in this term,";
    RequestVote2Log: RequestVote, "RequestVote 2", "and the candidate's log is at least as up-to-date.";

    AppendEntries1: AppendEntries, "AppendEntries 1", "Reject if the leader's term is earlier.";
    AppendEntries2: AppendEntries, "AppendEntries 2", "Reject if the entry before the new ones is not in the log.";
    AppendEntries3: AppendEntries, "AppendEntries 3", "Delete the entry that differs in its term, and all after it.";
    AppendEntries4: AppendEntries, "AppendEntries 4", "Append the entries that the log does not have.";
    AppendEntries5: AppendEntries, "AppendEntries 5", "Raise commitIndex to leaderCommit, at most to the last new entry.";

    PreVote1: PreVote, "Pre-Vote 1", "Before an election: ask who would vote. The term stays.";
    PreVote2: PreVote, "Pre-Vote 2", "Say yes if it would vote and has not heard a leader lately.";
    PreVote3: PreVote, "Pre-Vote 3", "With the yes of a majority: start the election.";

    CheckQuorum1: CheckQuorum, "CheckQuorum 1", "A leader that hears no majority for an election timeout steps down.";
    CheckQuorum2: CheckQuorum, "CheckQuorum 2", "Ignore candidates while a leader was heard lately.";

    ReadIndex1: Reads, "ReadIndex 1", "Wait until an entry of the own term is committed.";
    ReadIndex2: Reads, "ReadIndex 2", "Note commitIndex for the read.";
    ReadIndex3: Reads, "ReadIndex 3", "Make sure to lead still: a majority replies, or the lease runs.";
    ReadIndex4: Reads, "ReadIndex 4", "Answer when that entry is executed.";

    Membership1: Membership, "Membership 1", "One change at a time, after an entry of the own term is committed.";
    Membership2: Membership, "Membership 2", "A new voter receives the log first, as a learner.";
    Membership3: Membership, "Membership 3", "Use the latest configuration in the log, committed or not.";
    Membership4: Membership, "Membership 4", "A server without a vote starts no election and leads no more.";

    Transfer1: Transfer, "Transfer 1", "Take no requests; send the transferee all entries, then TimeoutNow.";
    Transfer2: Transfer, "Transfer 2", "On TimeoutNow: start an election at once.";

    Compaction: Snapshots, "Compaction", "Replace executed entries by a snapshot.";
    Snapshot: Snapshots, "InstallSnapshot", "Send the snapshot if the next entry is in no log any more.";
    InstallSnapshot1: Snapshots, "InstallSnapshot 1", "Reject if the leader's term is earlier.";
    InstallSnapshot3: Snapshots, "InstallSnapshot 3", "Store each piece where it belongs.";
    InstallSnapshot5: Snapshots, "InstallSnapshot 5", "Ignore a snapshot older than what it has.";
    InstallSnapshot6: Snapshots, "InstallSnapshot 6", "If the log has the snapshot's last entry: keep what follows.";
    InstallSnapshot7: Snapshots, "InstallSnapshot 7", "Else replace the log and the state machine.";

    Sessions1: Sessions, "Sessions 1", "A client opens a session; it is an entry of the log.";
    Sessions2: Sessions, "Sessions 2", "The session used least recently makes room for a new one.";
    Sessions3: Sessions, "Sessions 3", "Execute nothing for a session that is not known any more.";
}
