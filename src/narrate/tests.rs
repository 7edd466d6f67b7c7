use super::*;
use crate::kv::{Answer, ClientId};
use crate::raft::event::{AppendRejected, Campaign, StepDown, VoteRejected};
use crate::raft::{Configuration, EntryId, ServerSet, Term, Timer};
use crate::sim::text::parse_run;
use crate::sim::{PacketId, Scenario, Time};

fn s(number: usize) -> NodeId {
    NodeId::new(number).unwrap()
}

fn set(numbers: &[usize]) -> ServerSet {
    numbers.iter().map(|number| s(*number)).collect()
}

fn at(index: u64, term: u64) -> EntryId {
    EntryId::new(LogIndex(index), Term(term))
}

/// What a step with these facts tells, in a world of five servers.
fn tell(cause: Cause, facts: Vec<Fact>) -> Vec<String> {
    let mut step = Step::default();
    let world = World::new(&Scenario::new(5, 1), &mut step);
    step.cause = cause;
    step.facts = facts;
    let told = sentences(&step, &world);
    told.into_iter().map(|sentence| sentence.text).collect()
}

fn tell_event(server: usize, event: Event) -> String {
    let timer = Timer::Election;
    let cause = Cause::Timeout {
        server: s(server),
        timer,
    };
    let server = s(server);
    tell(cause, vec![Fact::Raft { server, event }]).concat()
}

#[test]
fn events_are_told_with_their_values() {
    let table = [
        (
            3,
            Event::VoteGranted {
                candidate: s(1),
                term: Term(2),
                candidate_last: at(3, 1),
                own_last: at(3, 1),
            },
            "S3 granted its vote to S1 for term 2: its log is just as up to date",
        ),
        (
            3,
            Event::VoteGranted {
                candidate: s(1),
                term: Term(2),
                candidate_last: at(1, 2),
                own_last: at(3, 1),
            },
            "S3 granted its vote to S1 for term 2: its log is more up to date",
        ),
        (
            4,
            Event::VoteDenied {
                candidate: s(1),
                reason: VoteRejected::LogBehind {
                    theirs: at(1, 1),
                    ours: at(3, 2),
                },
            },
            "S4 refused S1 its vote: its own last entry (index 3, term 2) is later than the candidate's (index 1, term 1)",
        ),
        (
            4,
            Event::VoteDenied {
                candidate: s(1),
                reason: VoteRejected::AlreadyVoted {
                    term: Term(2),
                    voted_for: s(4),
                },
            },
            "S4 refused S1 its vote: it voted for itself in term 2",
        ),
        (
            5,
            Event::CommitLearned {
                leader: s(1),
                leader_commit: LogIndex(6),
                index: LogIndex(6),
            },
            "S5 learned from S1 that entry 6 is committed",
        ),
        (
            1,
            Event::Committed {
                position: at(6, 2),
                holders: set(&[1, 3, 4]),
                of: Configuration::of(set(&[1, 2, 3, 4, 5])),
            },
            "S1 committed entry 6: S1, S3 and S4 of five servers hold it",
        ),
        (
            2,
            Event::ElectionStarted {
                term: Term(2),
                reason: Campaign::Silence { leader: Some(s(1)) },
            },
            "S2's election timer ran out with no word from S1: it becomes a candidate in term 2 and votes for itself",
        ),
        (
            1,
            Event::BecameLeader {
                term: Term(2),
                votes: set(&[1, 2, 5]),
                of: Configuration::of(set(&[1, 2, 3, 4, 5])),
            },
            "S1 leads term 2: S1, S2 and S5 voted for it, three of five",
        ),
        (
            2,
            Event::AppendRefused {
                leader: s(1),
                reason: AppendRejected::PreviousMissing {
                    previous: at(5, 1),
                    last: LogIndex(3),
                },
            },
            "S2 refused S1's entries: they follow entry 5, and S2's log ends at 3",
        ),
        (
            2,
            Event::EntriesDeleted {
                first: LogIndex(4),
                last: LogIndex(6),
                own: Term(2),
                leader: Term(3),
            },
            "S2 deleted entries 4 to 6: its entry 4 is of term 2, the leader's of term 3",
        ),
        (
            1,
            Event::SteppedDown {
                reason: StepDown::HigherTerm {
                    from: s(3),
                    term: Term(3),
                },
            },
            "S1 gave up its candidacy: S3 is in a later term, 3",
        ),
    ];
    for (server, event, expected) in table {
        assert_eq!(tell_event(server, event), expected);
    }
}

#[test]
fn who_led_is_told_from_who_was_a_candidate() {
    let (from, term) = (s(3), Term(3));
    let down = Event::SteppedDown {
        reason: StepDown::HigherTerm { from, term },
    };
    let waits = Event::TimerReset {
        reason: TimerResetReason::NoLongerLeader,
    };
    let facts = [down, waits].map(|event| Fact::Raft {
        server: s(1),
        event,
    });
    assert_eq!(
        tell(Cause::Start, facts.to_vec())[1],
        "S1 stopped leading: S3 is in a later term, 3"
    );
}

#[test]
fn what_is_sent_to_many_is_told_once() {
    let sent = |to: usize, kind, index| Fact::Sent {
        packet: PacketId(0),
        from: s(1).into(),
        to: s(to).into(),
        kind,
        term: Term(2),
        index: LogIndex(index),
        positive: true,
    };
    let facts = vec![
        sent(2, PacketKind::Heartbeat, 0),
        sent(3, PacketKind::Append, 7),
        sent(4, PacketKind::Heartbeat, 0),
        sent(5, PacketKind::Append, 7),
    ];
    assert_eq!(
        tell(
            Cause::Timeout {
                server: s(1),
                timer: Timer::Heartbeat
            },
            facts
        ),
        [
            "S1 sent a heartbeat to S2 and S4",
            "S1 sent its entries up to 7 to S3 and S5",
        ]
    );
}

#[test]
fn clients_are_told_of_with_what_they_asked() {
    let client = ClientId::new(1).unwrap();
    let (serial, server, op) = (1, s(1), "x=7".parse().unwrap());
    let asked = |attempt| Fact::Asked {
        client,
        serial,
        op,
        server,
        attempt,
    };
    let answered = Fact::Answered {
        client,
        serial,
        op,
        asked_at: Time::ZERO,
        server,
        answer: Answer::Done,
    };
    assert_eq!(
        tell(Cause::Client(client), vec![asked(1), asked(2), answered]),
        [
            "The client C1 asked S1 for x=7",
            "The client C1 asked S1 for x=7 (attempt 2)",
            "The client C1 has its answer from S1, after 0ms: x=7 is done",
        ]
    );
}

#[test]
fn why_names_the_rule_the_values_and_the_place() {
    let raft = |event| Fact::Raft {
        server: s(4),
        event,
    };
    let granted = raft(Event::VoteGranted {
        candidate: s(1),
        term: Term(2),
        candidate_last: at(3, 2),
        own_last: at(0, 0),
    });
    assert!(
        clause(&granted)
            .text
            .starts_with("Vote for the first who asks")
    );
    assert_eq!(
        values(&granted).as_deref(),
        Some("S1's log ends with index 3, term 2; the voter's with nothing.")
    );
    assert_eq!(
        source(&clause(&granted)),
        "Figure 2, RequestVote 2; §5.2, 5.4.1"
    );
    let refused = raft(Event::NotLeader { leader: None });
    assert_eq!(source(&clause(&refused)), "§8");
    let crashed = Fact::Crashed { server: s(1) };
    assert_eq!(source(&clause(&crashed)), "Figure 2, Persistent state");
    assert_eq!(source(&OUTSIDE), "");
    let rival = raft(Event::Ignored {
        from: s(2),
        reason: IgnoreReason::RivalLeader,
    });
    assert_eq!(source(&clause(&rival)), "Figure 3, Election Safety; §5.2");
}

/// Runs a rough day at several seeds, and looks at every sentence.
#[test]
fn every_sentence_is_well_formed() {
    let text = "servers 5 · clients 2
        config loss=5% duplicate=5% patience=150ms
        client C1 writes x every 60ms
        at 900ms isolate S1 · isolate S2 · crash S3 · request C2 y?
        at 1s heal · restart S3 · request C2 x:1>2 · request C2 -x
        at 1500ms partition S1 C2 S2 | S3 S4 S5 · timeout S1 · skew S4 3/1 · request C2 z+=1
        at 2100ms transfer S2 · request C1 z=1
        at 2200ms config prevote=on check-quorum=on
        at 2400ms config read=index · transfer S3 · transfer S4 · request C2 x? · read C2 x from S4
        at 2500ms config read=lease · read C2 y from S3 · heal · rules off up-to-date · crash S5 · wipe S5 · restart S5";
    let (mut scenario, actions) = parse_run(text).unwrap();
    let mut told = 0;
    for seed in 0..8 {
        scenario.seed = seed;
        let mut step = Step::default();
        let mut world = World::new(&scenario, &mut step);
        told += look_at(&step, &world);
        for (at, action) in &actions {
            while world.next_at().is_some_and(|next| next <= *at) {
                world.step(&mut step);
                told += look_at(&step, &world);
            }
            world.wait_until(*at);
            // A timeout is refused if the server leads just then.
            if world.act(action, &mut step).is_ok() {
                told += look_at(&step, &world);
            }
        }
    }
    assert!(told > 10_000, "{told}");
}

fn look_at(step: &Step, world: &World) -> usize {
    let told = sentences(step, world);
    for sentence in &told {
        let text = &sentence.text;
        assert!(text.starts_with(|c: char| c.is_ascii_uppercase()), "{text}");
        assert!(!text.ends_with('.') && !text.contains("  "), "{text}");
        assert!(sentence.fact.is_none_or(|place| place < step.facts.len()));
    }
    let has_one = told.iter().any(|one| one.weight == Weight::Story);
    assert!(has_story(step) || !has_one, "{told:?}");
    assert!(!told.is_empty());
    for fact in &step.facts {
        let rule = clause(fact).text;
        assert!(rule.ends_with('.') && !rule.contains("  "), "{rule}");
    }
    told.len()
}
