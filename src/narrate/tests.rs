//! Each language says each thing that can happen, in the words of its `sentences.txt`.
//!
//! `UPDATE_SENTENCES=1 cargo test --lib narrate` writes down what they say now. Read the difference
//! before you keep it.

use std::fmt::Write;
use std::path::Path;

use super::samples::{self, at, s};
use super::*;
use crate::check::violation::tests::breaches;
use crate::check::{Property, Violation};
use crate::raft::event::IgnoreReason;
use crate::raft::{Term, Timer};
use crate::sim::text::{Verb, parse_run};
use crate::sim::{PacketKind, StepId, Time};

/// What a step with these facts tells, in a world that has just begun.
fn tell(language: Language, cause: Cause, facts: Vec<Fact>) -> Vec<String> {
    let (step, world) = samples::step(cause, facts);
    let told = sentences(language, &step, &world);
    told.into_iter().map(|sentence| sentence.text).collect()
}

#[test]
fn each_language_says_each_thing_that_can_happen() {
    for language in Language::ALL {
        let mut said = String::new();
        let mut rules: Vec<String> = Vec::new();
        let mut say = |cause: Cause, facts: Vec<Fact>| {
            for fact in &facts {
                let clause = clause(language, fact);
                let rule = format!("{}: {}", source(language, &clause), clause.text);
                if !rules.contains(&rule) {
                    rules.push(rule);
                }
            }
            for text in tell(language, cause, facts) {
                assert!(!text.is_empty());
                writeln!(said, "{text}").unwrap();
            }
        };
        for event in samples::events() {
            let server = s(1);
            let timer = Timer::Election;
            let expired = Cause::Timeout { server, timer };
            say(expired, vec![Fact::Raft { server, event }]);
        }
        for (cause, fact) in samples::facts() {
            say(cause, vec![fact]);
        }
        for deed in samples::DEEDS {
            say(samples::by(deed), Vec::new());
        }
        for (breach, ..) in breaches() {
            let broken = Violation {
                step: StepId(1),
                at: Time::ms(1),
                breach,
                guard: None,
            };
            writeln!(said, "{}", violation(language, &broken)).unwrap();
        }
        for property in Property::ALL {
            writeln!(said, "{property}: {}", language.words().promise(property)).unwrap();
        }
        rules.sort();
        compare(language, &format!("{said}\n{}\n", rules.join("\n")));
    }
}

/// Compares with the file, or writes it.
fn compare(language: Language, said: &str) {
    let folder = match language {
        Language::English => "en",
        Language::Chinese => "zh",
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/narrate")
        .join(folder)
        .join("sentences.txt");
    if std::env::var_os("UPDATE_SENTENCES").is_some() {
        std::fs::write(&path, said).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap();
    for (is, should) in said.lines().zip(expected.lines()) {
        assert_eq!(is, should);
    }
    assert_eq!(said.lines().count(), expected.lines().count());
}

/// The example in the form of each verb is an action, and the table above has its sentence.
#[test]
fn each_thing_that_a_user_does_is_in_the_table() {
    for verb in Verb::ALL {
        let form = verb.form().replace(" ...", "");
        let example = form.split(" [").next().unwrap_or_default();
        let Cause::Action(action) = samples::by(example) else {
            panic!("{example} is no action");
        };
        let words = Language::default().words();
        let is_said = words.deed(&action, &Step::default()).is_some();
        let mut deeds = samples::DEEDS.iter();
        let is_sampled = deeds.any(|deed| deed.split(' ').next() == Some(verb.word()));
        assert!(is_sampled || !is_said, "add \"{example}\" to DEEDS");
    }
}

#[test]
fn a_leader_that_steps_down_is_told_from_a_candidate() {
    let (from, term) = (s(3), Term(3));
    let down = Event::SteppedDown {
        reason: crate::raft::event::StepDown::HigherTerm { from, term },
    };
    let waits = Event::TimerReset {
        reason: TimerResetReason::NoLongerLeader,
    };
    let facts = [down, waits].map(|event| Fact::Raft {
        server: s(1),
        event,
    });
    assert_eq!(
        tell(Language::English, Cause::Start, facts.to_vec())[1],
        "S1 stepped down as leader: S3 has a higher term, 3"
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
        next: LogIndex(0),
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
            Language::English,
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
fn why_names_the_rule_the_values_and_the_place() {
    let english = Language::English;
    let raft = |event| Fact::Raft {
        server: s(4),
        event,
    };
    let place = |fact: &Fact| source(english, &clause(english, fact));
    let granted = raft(Event::VoteGranted {
        candidate: s(1),
        term: Term(2),
        ours: Term(2),
        voted_for: None,
        candidate_last: at(3, 2),
        own_last: at(0, 0),
    });
    assert!(
        clause(english, &granted)
            .text
            .starts_with("Vote for the first candidate")
    );
    assert_eq!(
        values(english, &granted).as_deref(),
        Some("S1's log ends with index 3, term 2; the voter's with nothing.")
    );
    assert_eq!(place(&granted), "Figure 2, RequestVote 2; §5.2, 5.4.1");
    let refused = raft(Event::NotLeader { leader: None });
    assert_eq!(place(&refused), "§8");
    let crashed = Fact::Crashed { server: s(1) };
    assert_eq!(place(&crashed), "Figure 2, Persistent state");
    assert_eq!(source(english, &outside(english)), "");
    let rival = raft(Event::Ignored {
        from: s(2),
        reason: IgnoreReason::RivalLeader,
    });
    assert_eq!(place(&rival), "Figure 3, Election Safety; §5.2");
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
    for sentence in sentences(Language::Chinese, step, world) {
        let text = &sentence.text;
        assert!(!text.ends_with('。') && !text.contains("  "), "{text}");
    }
    let told = sentences(Language::English, step, world);
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
        let rule = clause(Language::English, fact).text;
        assert!(rule.ends_with('.') && !rule.contains("  "), "{rule}");
    }
    told.len()
}
