//! One of each thing that can happen, for the tests of languages.

use crate::kv::{Answer, ClientId, Op, SessionId};
use crate::raft::event::{
    AppendRejected, Campaign, IgnoreReason, Reading, StepDown, TimerResetReason, TransferError,
    Unneeded, VoteRejected,
};
use crate::raft::membership::{ChangeAborted, ChangeRejected, Wait};
use crate::raft::{
    Change, Configuration, EntryId, Event, LogIndex, NodeId, ReadId, Round, ServerSet, Term, Timer,
};
use crate::sim::text::parse_action;
use crate::sim::{Cause, Fact, Loss, PacketId, PacketKind, Record, Scenario, Step, Time, World};

pub(super) fn s(number: usize) -> NodeId {
    NodeId::new(number).unwrap()
}

pub(super) fn set(numbers: &[usize]) -> ServerSet {
    numbers.iter().map(|number| s(*number)).collect()
}

pub(super) fn at(index: u64, term: u64) -> EntryId {
    EntryId::new(LogIndex(index), Term(term))
}

pub(super) fn client(number: usize) -> ClientId {
    ClientId::new(number).unwrap()
}

/// A step with these facts, in a world of three servers that has just begun.
pub(super) fn step(cause: Cause, facts: Vec<Fact>) -> (Step, World) {
    let mut step = Step::default();
    let world = World::new(&Scenario::new(3, 1), &mut step);
    step.at = Time::ms(40);
    step.cause = cause;
    step.facts = facts;
    (step, world)
}

/// Events inside S1: each variant, with each of its reasons.
pub(super) fn events() -> Vec<Event> {
    let mut all = elections();
    all.extend(replication());
    all.extend(timers_and_terms());
    all.extend(membership());
    all.extend(reads_and_transfers());
    all.extend(snapshots());
    all.extend(ignored());
    assert_each_variant(&all);
    all
}

fn of() -> Configuration {
    Configuration::of(set(&[1, 2, 3]))
}

fn joint() -> Configuration {
    Configuration {
        voters: set(&[1, 2, 4]),
        outgoing: set(&[1, 2, 3]),
        learners: ServerSet::EMPTY,
    }
}

fn elections() -> Vec<Event> {
    let candidate = s(2);
    let (candidate_last, own_last) = (at(3, 1), at(3, 1));
    let mut all = vec![
        Event::ElectionStarted {
            term: Term(2),
            reason: Campaign::Silence {
                leader: None,
                again: false,
            },
        },
        Event::ElectionStarted {
            term: Term(2),
            reason: Campaign::Silence {
                leader: Some(s(2)),
                again: false,
            },
        },
        Event::ElectionStarted {
            term: Term(2),
            reason: Campaign::Told { leader: s(2) },
        },
        Event::ElectionStarted {
            term: Term(2),
            reason: Campaign::Welcome {
                votes: set(&[1, 2]),
            },
        },
        Event::BecameLeader {
            term: Term(2),
            votes: set(&[1, 2]),
            of: of(),
        },
        Event::VoteGranted {
            candidate,
            term: Term(2),
            ours: Term(2),
            voted_for: None,
            candidate_last,
            own_last,
        },
        Event::VoteGranted {
            candidate,
            term: Term(2),
            ours: Term(2),
            voted_for: None,
            candidate_last: at(1, 2),
            own_last,
        },
        Event::VoteGranted {
            candidate,
            term: Term(2),
            ours: Term(2),
            voted_for: None,
            candidate_last: at(2, 1),
            own_last,
        },
        Event::PreVoteGranted {
            candidate,
            next: Term(2),
            candidate_last,
            own_last,
        },
        Event::PreVoteStarted {
            next: Term(2),
            silent: Some(s(2)),
        },
    ];
    for granted in [true, false] {
        let votes = if granted { set(&[1, 2]) } else { set(&[1]) };
        let (voter, needed) = (s(2), 2);
        all.push(Event::VoteCounted {
            voter,
            granted,
            votes,
            needed,
            of: of(),
        });
        all.push(Event::PreVoteCounted {
            voter,
            granted,
            votes,
            needed,
            of: joint(),
        });
    }
    let (theirs, ours) = (Term(1), Term(2));
    for reason in [
        VoteRejected::AlreadyVoted {
            term: Term(2),
            voted_for: s(1),
        },
        VoteRejected::AlreadyVoted {
            term: Term(2),
            voted_for: s(3),
        },
        VoteRejected::LeaderAlive { leader: Some(s(1)) },
        VoteRejected::LeaderAlive { leader: Some(s(3)) },
        VoteRejected::LeaderAlive { leader: None },
        VoteRejected::LogBehind {
            theirs: at(0, 0),
            ours: at(3, 2),
        },
        VoteRejected::LogBehind {
            theirs: at(1, 1),
            ours: at(3, 2),
        },
        VoteRejected::OldTerm { theirs, ours },
    ] {
        all.push(Event::VoteDenied {
            candidate,
            term: Term(2),
            ours: Term(2),
            voted_for: None,
            reason,
        });
    }
    let reason = VoteRejected::OldTerm { theirs, ours };
    all.push(Event::PreVoteDenied { candidate, reason });
    all
}

fn replication() -> Vec<Event> {
    let leader = s(2);
    let accepted = |first, last| Event::AppendAccepted {
        leader,
        term: Term(2),
        ours: Term(2),
        previous: at(first - 1, 1),
        first_new: LogIndex(first),
        match_index: LogIndex(last),
    };
    let refused = |reason| Event::AppendRefused {
        leader,
        term: Term(2),
        ours: Term(2),
        reason,
    };
    let learned = |leader_commit, index| Event::CommitLearned {
        leader,
        leader_commit: LogIndex(leader_commit),
        known: LogIndex(3),
        last_new: LogIndex(index),
        index: LogIndex(index),
    };
    let committed = |of| Event::Committed {
        position: at(6, 2),
        term: Term(2),
        known: LogIndex(5),
        holders: set(&[1, 2]),
        of,
    };
    vec![
        accepted(4, 6),
        accepted(7, 6),
        accepted(1, 0),
        refused(AppendRejected::OldTerm {
            theirs: Term(1),
            ours: Term(2),
        }),
        refused(AppendRejected::PreviousDiffers {
            previous: at(4, 2),
            own: Term(1),
        }),
        refused(AppendRejected::PreviousMissing {
            previous: at(5, 1),
            last: LogIndex(3),
        }),
        refused(AppendRejected::PreviousMissing {
            previous: at(5, 1),
            last: LogIndex(0),
        }),
        Event::Applied {
            index: LogIndex(4),
            commit: LogIndex(4),
        },
        learned(6, 6),
        learned(8, 6),
        Event::CommitWaits {
            position: at(2, 2),
            term: Term(4),
        },
        committed(of()),
        committed(joint()),
        committed(Configuration::of(set(&[1]))),
        committed(Configuration::of(set(&[2]))),
        Event::EntryAppended { position: at(7, 2) },
        Event::EntriesDeleted {
            first: LogIndex(4),
            last: LogIndex(6),
            own: Term(2),
            leader: Term(3),
        },
        Event::MatchAdvanced {
            follower: s(2),
            match_index: LogIndex(4),
        },
        Event::NextLowered {
            follower: s(2),
            from: LogIndex(6),
            to: LogIndex(4),
        },
        Event::NotLeader { leader: None },
        Event::NotLeader { leader: Some(s(2)) },
        Event::HeartbeatDue,
    ]
}

fn timers_and_terms() -> Vec<Event> {
    let mut all = vec![
        Event::LeaderKnown {
            leader: s(2),
            term: Term(2),
        },
        Event::TermAdopted {
            from: s(2),
            old: Term(1),
            new: Term(3),
        },
        Event::MinElectionTimeoutEnded { leader: Some(s(2)) },
        Event::MayNotStand,
    ];
    for reason in [
        StepDown::HigherTerm {
            from: s(3),
            term: Term(3),
        },
        StepDown::LeaderElected { leader: s(2) },
        StepDown::NoQuorum {
            heard: ServerSet::EMPTY,
        },
        StepDown::NoQuorum { heard: set(&[2]) },
        StepDown::Removed,
        StepDown::Voted { candidate: s(2) },
    ] {
        all.push(Event::SteppedDown { reason });
    }
    for reason in [
        TimerResetReason::Campaign,
        TimerResetReason::HeardLeader(s(2)),
        TimerResetReason::HeardQuorum(ServerSet::EMPTY),
        TimerResetReason::HeardQuorum(set(&[2, 3])),
        TimerResetReason::NoLongerLeader,
        TimerResetReason::SpokenTo(s(3)),
        TimerResetReason::Started,
        TimerResetReason::Voted(s(2)),
    ] {
        all.push(Event::TimerReset { reason });
    }
    all
}

fn membership() -> Vec<Event> {
    let goal = Configuration::of(set(&[1, 2, 3, 4]));
    let mut all = vec![
        Event::CatchUpBegun {
            learners: set(&[4]),
            round: 1,
            target: LogIndex(5),
        },
        Event::ChangeWaits {
            goal,
            reason: Wait::Configuration(LogIndex(5)),
        },
        Event::ChangeWaits {
            goal,
            reason: Wait::OwnTerm,
        },
    ];
    for heartbeats in 0..3 {
        all.push(Event::CaughtUp {
            learners: set(&[4]),
            round: 1,
            heartbeats,
        });
    }
    for reason in [
        ChangeAborted::LeadsNoLonger,
        ChangeAborted::NoProgress,
        ChangeAborted::TooSlow,
    ] {
        all.push(Event::ChangeAbandoned { goal, reason });
    }
    for reason in [
        ChangeRejected::HandingOver(s(2)),
        ChangeRejected::NoVoters,
        ChangeRejected::NotLeader { leader: None },
        ChangeRejected::NotLeader { leader: Some(s(2)) },
        ChangeRejected::Nothing,
        ChangeRejected::UnderWay,
    ] {
        all.push(Event::ChangeRefused { reason });
    }
    for (index, again, configuration) in [
        (0, false, of()),
        (0, true, of()),
        (5, false, joint()),
        (
            5,
            true,
            Configuration {
                learners: set(&[4]),
                ..of()
            },
        ),
    ] {
        all.push(Event::Configured {
            index: LogIndex(index),
            configuration,
            again,
        });
    }
    all
}

fn reads_and_transfers() -> Vec<Event> {
    let (id, leader) = (
        ReadId {
            client: client(1),
            serial: 3,
        },
        s(2),
    );
    let known = |applied| Event::ReadIndexKnown {
        leader,
        id,
        index: LogIndex(4),
        applied: LogIndex(applied),
    };
    let mut all = vec![
        Event::ReadAsked { leader, id },
        Event::ReadGivenUp { id, leader: None },
        Event::ReadGivenUp {
            id,
            leader: Some(leader),
        },
        Event::ReadHeld { id, term: Term(3) },
        known(4),
        known(2),
        Event::ReadsConfirmed {
            round: Round(2),
            servers: set(&[2, 3]),
        },
        Event::LeaseEnded,
        Event::HandingOver { to: s(2) },
    ];
    for how in [
        Reading::Lease,
        Reading::Round(Round(2)),
        Reading::Unconfirmed,
    ] {
        let index = LogIndex(4);
        all.push(Event::ReadNoted { id, index, how });
    }
    for lags in [false, true] {
        all.push(Event::TransferStarted { to: s(2), lags });
    }
    for reason in [
        TransferError::Cancelled,
        TransferError::LeadsAlready,
        TransferError::NoVoter,
        TransferError::TooLate,
        TransferError::UnderWay,
    ] {
        all.push(Event::NotTransferred { to: s(2), reason });
    }
    all
}

fn snapshots() -> Vec<Event> {
    let (leader, last) = (s(2), LogIndex(5));
    let unneeded = |reason| Event::SnapshotUnneeded {
        leader,
        last,
        reason,
    };
    let stored = |items| Event::PieceStored {
        leader,
        last,
        items,
    };
    vec![
        Event::Compacted {
            first: LogIndex(1),
            last,
        },
        stored(1),
        stored(3),
        Event::SnapshotInstalled { leader, last },
        Event::SnapshotNeeded {
            follower: s(3),
            next: LogIndex(2),
            last,
        },
        Event::SnapshotRefused {
            leader,
            theirs: Term(1),
            ours: Term(2),
        },
        unneeded(Unneeded::Committed {
            commit: LogIndex(6),
        }),
        unneeded(Unneeded::Held),
    ]
}

fn ignored() -> Vec<Event> {
    let reasons = [
        IgnoreReason::EarlierSnapshot,
        IgnoreReason::ElectionOver,
        IgnoreReason::LeaderAlive { leader: Some(s(1)) },
        IgnoreReason::LeaderAlive { leader: Some(s(2)) },
        IgnoreReason::LeaderAlive { leader: None },
        IgnoreReason::LeadsNoLonger,
        IgnoreReason::NoVoter,
        IgnoreReason::NotSending,
        IgnoreReason::OldTerm {
            theirs: Term(1),
            ours: Term(2),
        },
        IgnoreReason::OtherPiece { offset: 4, next: 2 },
        IgnoreReason::Overtaken,
        IgnoreReason::ReadOver,
        IgnoreReason::RivalLeader,
    ];
    let ignored = |reason| Event::Ignored { from: s(3), reason };
    reasons.into_iter().map(ignored).collect()
}

/// Facts other than events, each with what made its step happen.
pub(super) fn facts() -> Vec<(Cause, Fact)> {
    let mut all = client_facts();
    all.extend(server_facts());
    all.extend(network_facts());
    all
}

pub(super) fn by(action: &str) -> Cause {
    Cause::Action(Box::new(parse_action(action).unwrap()))
}

fn client_facts() -> Vec<(Cause, Fact)> {
    let (client, server, serial) = (client(1), s(1), 7);
    let op: Op = "x=7".parse().unwrap();
    let session = SessionId::opened_at(5).unwrap();
    let mut all = Vec::new();
    for attempt in [1, 2] {
        all.push(Fact::Asked {
            client,
            serial,
            op,
            server,
            attempt,
        });
        all.push(Fact::Registers {
            client,
            serial,
            op,
            server,
            attempt,
        });
    }
    for (op, answer) in [
        ("x=7", Answer::Done),
        ("x?", Answer::Value(Some(7))),
        ("x?", Answer::Value(None)),
        ("x:1>2", Answer::Differs(Some(3))),
        ("x:1>2", Answer::Differs(None)),
    ] {
        all.push(Fact::Answered {
            client,
            serial,
            op: op.parse().unwrap(),
            asked_at: Time::ZERO,
            server,
            answer,
        });
    }
    for leader in [None, Some(s(1)), Some(s(2))] {
        all.push(Fact::Redirected {
            client,
            from: s(1),
            leader,
        });
    }
    all.extend([
        Fact::Expired {
            client,
            serial,
            op,
            server,
        },
        Fact::GaveUpWaiting {
            client,
            serial,
            server,
        },
        Fact::Registered {
            client,
            session,
            server,
        },
    ]);
    let asked = Fact::Asked {
        client,
        serial,
        op,
        server,
        attempt: 1,
    };
    let by_user = (by("request C1 x=7"), asked);
    let by_themselves = all.into_iter().map(|fact| (Cause::Client(client), fact));
    by_themselves.chain([by_user]).collect()
}

fn server_facts() -> Vec<(Cause, Fact)> {
    let (server, client, index) = (s(1), client(1), LogIndex(4));
    let session = SessionId::opened_at(5).unwrap();
    let mut all = vec![
        (by("crash S1"), Fact::Crashed { server }),
        (by("restart S1"), Fact::Restarted { server }),
        (by("wipe S1"), Fact::Wiped { server }),
        (by("retire S1"), Fact::Retired { server }),
        (by("add S4"), Fact::Joined { server: s(4) }),
    ];
    for change in [
        Change::Add(s(4)),
        Change::Learn(s(4)),
        Change::Remove(s(3)),
        Change::Voters(set(&[1, 2])),
    ] {
        let leader = server;
        all.push((by("add S4"), Fact::ChangeAsked { leader, change }));
    }
    for record in [
        Record::TermAndVote,
        Record::Snapshot,
        Record::Entry(index),
        Record::Trim,
    ] {
        let dropped = Fact::RecordDropped { server, record };
        all.push((by("restart S1"), dropped));
    }
    for (last, term) in [(6, None), (5, None), (4, Some(Term(2)))] {
        let cut = Fact::WriteCut {
            server,
            last: LogIndex(last),
            unwritten: LogIndex(6),
            term,
        };
        all.push((by("crash S1"), cut));
    }
    let written = Cause::Written { server };
    for last in [LogIndex(0), index] {
        all.push((written.clone(), Fact::Written { server, last }));
    }
    let done_at = Time::ms(45);
    let begun = Fact::WriteBegun {
        server,
        last: index,
        done_at,
    };
    all.push((written.clone(), begun));
    for answer in [Answer::Done, Answer::Expired] {
        let executed = Fact::Executed {
            server,
            index,
            client,
            serial: 7,
            answer,
        };
        all.push((written.clone(), executed));
    }
    for fact in [
        Fact::Read {
            server,
            index,
            client,
            serial: 7,
            op: "x?".parse().unwrap(),
            answer: Answer::Value(Some(7)),
        },
        Fact::SessionOpened {
            server,
            session,
            client,
        },
        Fact::SessionEnded {
            server,
            session,
            client,
            for_session: SessionId::opened_at(9).unwrap(),
            for_client: client,
        },
    ] {
        all.push((written.clone(), fact));
    }
    all
}

fn network_facts() -> Vec<(Cause, Fact)> {
    let timer = Timer::Heartbeat;
    let cause = Cause::Timeout {
        server: s(1),
        timer,
    };
    let (packet, from, to) = (PacketId(0), s(1).into(), s(2).into());
    let mut all = Vec::new();
    for action in [
        "cut S1-S2",
        "cut S1>S2",
        "heal",
        "hold S1-S2",
        "hold all",
        "release all",
        "isolate S1",
        "partition S1 | S2 S3",
    ] {
        all.push((by(action), Fact::NetworkChanged));
    }
    for why in [
        Loss::Chance,
        Loss::Crowded,
        Loss::Cut,
        Loss::Down,
        Loss::Dropped,
        Loss::Gone,
    ] {
        let kind = PacketKind::Vote;
        let lost = Fact::Lost {
            packet,
            from,
            to,
            kind,
            why,
        };
        all.push((cause.clone(), lost));
    }
    for kind in KINDS {
        for positive in [true, false] {
            let (term, index) = (Term(2), LogIndex(6));
            let sent = Fact::Sent {
                packet,
                from,
                to,
                kind,
                term,
                index,
                next: LogIndex(0),
                positive,
            };
            all.push((cause.clone(), sent));
        }
    }
    all
}

const KINDS: [PacketKind; 14] = [
    PacketKind::PreVote,
    PacketKind::PreVoteReply,
    PacketKind::TimeoutNow,
    PacketKind::ReadIndex,
    PacketKind::ReadIndexReply,
    PacketKind::Vote,
    PacketKind::VoteReply,
    PacketKind::Heartbeat,
    PacketKind::Append,
    PacketKind::AppendReply,
    PacketKind::Snapshot,
    PacketKind::SnapshotReply,
    PacketKind::Request,
    PacketKind::Reply,
];

/// What a user does, where no fact says what came of it.
pub(super) const DEEDS: [&str; 34] = [
    "client C1 writes x every 300ms",
    "client C1 stops",
    "config latency=5ms",
    "cut S1-S2",
    "heal",
    "heal S1>S2",
    "hold S1",
    "isolate S1",
    "partition S1 S2 C1 | S3",
    "release all",
    "fail-disk S1",
    "mend-disk S1",
    "jump S1 500ms",
    "jump S1 -500ms",
    "lossy S1-S2 30%",
    "lossy S1>S2 0.5%",
    "lossy all off",
    "pause S1",
    "resume S1",
    "request C1 x=5 to S2",
    "read C1 x from S3",
    "slow S1-S2 80ms",
    "slow S1>S2 80ms..120ms",
    "slow all off",
    "slow-disk S3 off",
    "delay S1>S2 vote 80ms",
    "deliver S1>S2 vote",
    "duplicate S1>S2 append",
    "request C1 x=5",
    "rules off commit-own-term",
    "rules on commit-own-term",
    "timer S1 80ms",
    "skew S3 2/1",
    "slow-disk S3 20ms",
];

/// Each variant of [`Event`] is there. A new one has no place in the match, and does not compile.
fn assert_each_variant(events: &[Event]) {
    let place = |event: &Event| match event {
        Event::AppendAccepted { .. } => 0,
        Event::AppendRefused { .. } => 1,
        Event::Applied { .. } => 2,
        Event::BecameLeader { .. } => 3,
        Event::CatchUpBegun { .. } => 4,
        Event::CaughtUp { .. } => 5,
        Event::ChangeAbandoned { .. } => 6,
        Event::ChangeRefused { .. } => 7,
        Event::ChangeWaits { .. } => 8,
        Event::CommitLearned { .. } => 9,
        Event::CommitWaits { .. } => 10,
        Event::Committed { .. } => 11,
        Event::Compacted { .. } => 12,
        Event::Configured { .. } => 13,
        Event::ElectionStarted { .. } => 14,
        Event::EntriesDeleted { .. } => 15,
        Event::EntryAppended { .. } => 16,
        Event::HandingOver { .. } => 17,
        Event::HeartbeatDue => 18,
        Event::Ignored { .. } => 19,
        Event::LeaderKnown { .. } => 20,
        Event::LeaseEnded => 21,
        Event::MatchAdvanced { .. } => 22,
        Event::MayNotStand => 23,
        Event::MinElectionTimeoutEnded { .. } => 24,
        Event::NextLowered { .. } => 25,
        Event::NotLeader { .. } => 26,
        Event::NotTransferred { .. } => 27,
        Event::PieceStored { .. } => 28,
        Event::PreVoteCounted { .. } => 29,
        Event::PreVoteDenied { .. } => 30,
        Event::PreVoteGranted { .. } => 31,
        Event::PreVoteStarted { .. } => 32,
        Event::ReadAsked { .. } => 33,
        Event::ReadGivenUp { .. } => 34,
        Event::ReadHeld { .. } => 35,
        Event::ReadIndexKnown { .. } => 36,
        Event::ReadNoted { .. } => 37,
        Event::ReadsConfirmed { .. } => 38,
        Event::SnapshotInstalled { .. } => 39,
        Event::SnapshotNeeded { .. } => 40,
        Event::SnapshotRefused { .. } => 41,
        Event::SnapshotUnneeded { .. } => 42,
        Event::SteppedDown { .. } => 43,
        Event::TermAdopted { .. } => 44,
        Event::TimerReset { .. } => 45,
        Event::TransferStarted { .. } => 46,
        Event::VoteCounted { .. } => 47,
        Event::VoteDenied { .. } => 48,
        Event::VoteGranted { .. } => 49,
    };
    let missing = (0..50).find(|one| !events.iter().any(|event| place(event) == *one));
    assert_eq!(missing, None, "a variant is missing");
}
