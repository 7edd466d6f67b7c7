//! Why it happened: the rule that acted, and where it stands.
//!
//! Every fact has one: the matches below leave nothing out. The values to which the rule was
//! applied are in the sentence that tells the fact; what a sentence is too short for, [`values`]
//! adds.

use super::words;
use crate::kv::Answer;
use crate::raft::{Clause, Event};
use crate::sim::{Fact, Loss, PacketKind};

/// The rule that acted where a user did, or the run began.
pub const OUTSIDE: Clause = Clause {
    place: "",
    section: "",
    text: "Nothing in the cluster made this happen: it was done from outside.",
};

/// The rule that acted where nothing came of something.
pub const NOTHING: Clause = Clause {
    place: "",
    section: "5.1",
    text: "What is late, doubled or asked of nobody does no harm.",
};

/// The rule that made a fact: the paper's where Raft decided, and otherwise what the network, the
/// client or the user did.
pub fn clause(fact: &Fact) -> Clause {
    let (place, section, text) = match fact {
        Fact::Raft { event, .. } => return event.clause(),
        Fact::Answered { .. } => (
            "",
            "5.3, 8",
            "A leader answers when the entry is committed and its state machine has executed it: from then on the \
             change cannot be lost.",
        ),
        Fact::Asked { attempt: 1, .. } => (
            "",
            "8",
            "Clients send their requests to the server that led when they last heard.",
        ),
        Fact::Asked { .. } => (
            "",
            "8",
            "No answer may mean that it was never done, or that only the answer was lost. So the client asks again \
             under the same number, and the machine executes a number once.",
        ),
        Fact::ChangeAsked { .. } => (
            "",
            "6",
            "Configurations are entries of the log, so only the leader can change them.",
        ),
        Fact::Crashed { .. } => (
            "Persistent state",
            "",
            "A crash takes everything but the disk: the term, the vote and the log. What is committed the server \
             learns anew.",
        ),
        Fact::Executed {
            answer: Answer::Expired,
            ..
        } => (
            "Dissertation",
            "6.3",
            "With its session the machine forgot which requests it has executed. To execute this one might be to \
             execute it twice, so it is refused.",
        ),
        Fact::Expired { .. } => (
            "Dissertation",
            "6.3",
            "The request may have been executed before the session was forgotten, or never. From now on it will not \
             be: the client may look, and open another session for its next request.",
        ),
        Fact::Executed { .. } => (
            "All servers 1",
            "5.3",
            "Committed commands go into every server's state machine, in the order of the log.",
        ),
        Fact::GaveUpWaiting { .. } => (
            "",
            "8",
            "A client cannot tell a slow server from a dead one. After a while it asks another.",
        ),
        Fact::Joined { .. } => (
            "",
            "6",
            "A new server takes part in nothing before a leader sends it the log, and with it who belongs to the cluster.",
        ),
        Fact::Lost { why, .. } => lost(*why),
        Fact::NetworkChanged => (
            "",
            "5.1",
            "Raft expects that links fail: messages may be lost, late, doubled and out of order, and nothing it \
             promises depends on them.",
        ),
        Fact::Read { .. } => (
            "Dissertation",
            "6.4",
            "A read changes nothing, so it need not be in the log: when the server is sure enough, its state machine \
             answers.",
        ),
        Fact::RecordDropped { .. } => (
            "Persistent state",
            "",
            "A record of which only a part was written fails its checksum. Nothing was promised yet that rests on it, \
             so it may be dropped.",
        ),
        Fact::Redirected { .. } => (
            "",
            "8",
            "Only the leader takes requests. The others say who it is, as far as they know.",
        ),
        Fact::Registers { attempt: 1, .. } => (
            "Dissertation",
            "6.3",
            "Where only so many clients are remembered, each opens a session before it asks for anything.",
        ),
        Fact::Registers { .. } => (
            "Dissertation",
            "6.3",
            "No answer may mean that the session was opened all the same. Then there are two, and the one that nobody \
             uses will be forgotten.",
        ),
        Fact::Registered { .. } => (
            "Dissertation",
            "6.3",
            "A session is known by the index of the entry that opened it, so no two are alike. The client names it \
             with every request.",
        ),
        Fact::SessionEnded { .. } => (
            "Dissertation",
            "6.3",
            "All servers use and open sessions in the order of the log, so all of them forget the same one.",
        ),
        Fact::SessionOpened { .. } => (
            "Dissertation",
            "6.3",
            "Sessions are opened through the log, so every server knows of them.",
        ),
        Fact::Restarted { .. } => (
            "",
            "5.2",
            "All servers start as followers, with what is on their disk.",
        ),
        Fact::Retired { .. } => (
            "",
            "6",
            "Once it is committed that the cluster goes on without a server, nobody needs it any more.",
        ),
        Fact::Sent { kind, .. } => sent(*kind),
        Fact::WriteBegun { .. } => (
            "Persistent state",
            "",
            "Term, vote and log must be on disk before a server promises anything that rests on them: a vote, an \
             acknowledgement. Only what a leader sends need not wait for its own disk.",
        ),
        Fact::WriteCut { .. } => (
            "Persistent state",
            "",
            "A crash loses what is not on disk. Nobody was told of it yet, so nobody counts on it.",
        ),
        Fact::Written { .. } => (
            "Persistent state",
            "5.3",
            "What is on disk survives a crash: now the answers that rest on it may leave, and a leader counts its own \
             copy.",
        ),
        Fact::Wiped { .. } => (
            "Persistent state",
            "5.6",
            "Raft counts on disks: a server that forgets its vote or its log may break what it promised.",
        ),
    };
    Clause {
        place,
        section,
        text,
    }
}

type Words = (&'static str, &'static str, &'static str);

fn lost(why: Loss) -> Words {
    match why {
        Loss::Crowded => (
            "",
            "",
            "More packets were under way than the network here carries.",
        ),
        Loss::Cut => (
            "",
            "5.1",
            "Its link is cut. Whoever misses the answer sends again.",
        ),
        Loss::Down => (
            "",
            "5.5",
            "The server it was for is down. Requests to it are sent again until it is back.",
        ),
        Loss::Dropped => (
            "",
            "5.1",
            "It was dropped by hand. Whoever misses the answer sends again.",
        ),
        Loss::Gone => ("", "6", "The server it was for was taken away."),
        Loss::Chance => (
            "",
            "5.1",
            "Networks lose packets now and then. Whoever misses the answer sends again.",
        ),
    }
}

fn sent(kind: PacketKind) -> Words {
    match kind {
        PacketKind::Append => (
            "Leaders 3",
            "5.3",
            "A leader sends each follower the entries it lacks, and the position of the one before them for a check.",
        ),
        PacketKind::AppendReply => (
            "AppendEntries, results",
            "5.3",
            "A follower says whether it stored the entries.",
        ),
        PacketKind::Heartbeat => (
            "Leaders 1",
            "5.2",
            "A leader sends regularly, even with nothing to store, so that nobody starts an election.",
        ),
        PacketKind::PreVote => (
            "Dissertation",
            "9.6",
            "Before it begins a term, a server asks the others whether they would vote for it.",
        ),
        PacketKind::PreVoteReply => (
            "Dissertation",
            "9.6",
            "A server that is asked whether it would give its vote says yes or no. It is no vote yet.",
        ),
        PacketKind::ReadIndex | PacketKind::ReadIndexReply => (
            "Dissertation",
            "6.4",
            "A follower serves a read when it is as far as its leader had committed when it was asked.",
        ),
        PacketKind::Reply => ("", "8", "A server answers whoever asked it."),
        PacketKind::Request => (
            "",
            "5.3",
            "Changes begin with a client's request to the leader.",
        ),
        PacketKind::Snapshot => (
            "Figure 13, InstallSnapshot",
            "7",
            "A leader that has compacted what a follower needs sends it a snapshot of the state machine instead, piece \
             by piece.",
        ),
        PacketKind::SnapshotReply => (
            "Figure 13, InstallSnapshot",
            "7",
            "A follower says how much of the snapshot it has.",
        ),
        PacketKind::TimeoutNow => (
            "Dissertation",
            "3.10",
            "A leader that hands over tells the other to stand for election now.",
        ),
        PacketKind::Vote => (
            "Candidates 1",
            "5.2",
            "A candidate asks everyone else at once: it needs more than half of all servers.",
        ),
        PacketKind::VoteReply => (
            "RequestVote, results",
            "5.2",
            "A server that is asked for its vote says yes or no.",
        ),
    }
}

/// The values that decided it, where the sentence that tells it has no room for them.
pub fn values(fact: &Fact) -> Option<String> {
    let Fact::Raft { event, .. } = fact else {
        return None;
    };
    match event {
        Event::MatchAdvanced { match_index, .. } => {
            let next = match_index.next();
            Some(format!(
                "So matchIndex is {match_index}, and nextIndex at least {next}."
            ))
        }
        Event::PreVoteGranted {
            candidate,
            candidate_last,
            own_last,
            ..
        }
        | Event::VoteGranted {
            candidate,
            candidate_last,
            own_last,
            ..
        } => {
            let (theirs, ours) = (
                words::end_of_log(*candidate_last),
                words::end_of_log(*own_last),
            );
            Some(format!(
                "{candidate}'s log ends with {theirs}; the voter's with {ours}."
            ))
        }
        _ => None,
    }
}

/// Where a rule stands: `Figure 2, RequestVote 2; §5.2, 5.4.1`.
pub fn source(clause: &Clause) -> String {
    let (figure, place) = match clause.place {
        "" | "Clients" => ("", ""),
        "Dissertation" => ("", "Dissertation"),
        place if place.starts_with("Figure") => ("", place),
        place => ("Figure 2, ", place),
    };
    let between = if place.is_empty() || clause.section.is_empty() {
        ""
    } else {
        "; "
    };
    let sign = if clause.section.is_empty() { "" } else { "§" };
    [figure, place, between, sign, clause.section].concat()
}
