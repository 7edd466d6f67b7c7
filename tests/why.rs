//! "Why?" has an answer for everything that happens and everything there is, in any run: random
//! clusters in bad weather are asked about every fact of their steps, every message, every entry,
//! every role, every broken property; and from every cause the way leads back.

#[allow(
    dead_code,
    reason = "only the storm is wanted here, not what follows it"
)]
mod chaos;

use chaos::Run;
use raftarium::raft::{LogIndex, NodeId, Rule};
use raftarium::session::{Record, Session};
use raftarium::sim::{Fact, StepId, Time};
use raftarium::view::why::{MOST_LINKS, Moment, Question, Why};

/// A run of that seed, played to its end; some seeds have a rule off.
fn storm(seed: u64) -> Session {
    let off: &[Rule] = match seed % 4 {
        1 => &[Rule::CommitMajority],
        2 => &[Rule::OneVotePerTerm],
        3 => &[Rule::PersistLog],
        _ => &[],
    };
    let mut run = Run::new(seed, off);
    // Whether a property breaks is not the matter here.
    let _ = run.storm();
    let mut session = Session::read(&run.text()).expect("a run reads as it was written");
    session.advance(run.world.now());
    session
}

fn ask(session: &Session, question: Question) -> Why {
    let why = Why::of(session, question).unwrap_or_else(|| panic!("no answer to {question:?}"));
    let text = &why.text;
    assert!(text.starts_with(|c: char| c.is_ascii_uppercase()), "{text}");
    assert!(text.ends_with('.') && !text.contains("  "), "{text}");
    assert!(!text.ends_with(".."), "{text}");
    if let Some(values) = &why.values {
        assert!(values.ends_with('.') && !values.contains("  "), "{values}");
    }
    assert!(why.rule.ends_with('.'), "{}", why.rule);
    for link in why.because.iter().chain(&why.led_to) {
        assert!(!link.text.is_empty());
    }
    for link in &why.because {
        assert!(link.at <= why.at, "{why:?}");
    }
    for link in &why.led_to {
        assert!(
            link.at >= why.at || matches!(question, Question::Entry(..)),
            "{why:?}"
        );
    }
    why
}

/// Asks about every fact of a step. Says how many links there were, and how many of the causes led
/// back.
fn ask_step(session: &Session, record: &Record) -> (u32, u32) {
    let mut links = (0, 0);
    let places = (0..record.step.facts.len()).map(Some);
    let outside = record
        .told
        .iter()
        .any(|told| told.fact.is_none())
        .then_some(None);
    for place in places.chain(outside) {
        let moment: Moment = (record.step.id, place);
        let why = ask(session, Question::Event(moment));
        if let Some(Fact::Raft { .. }) = place.map(|place| &record.step.facts[place]) {
            let told = format!("{} {}", why.text, why.values.as_deref().unwrap_or_default());
            assert!(
                told.contains(|c: char| c.is_ascii_digit()),
                "no values: {told}"
            );
            assert!(!why.source.is_empty(), "no source: {told}");
        }
        // Roundabout ways are found among what is told, and near by; the direct one always.
        let returns = why.because.iter().map(|cause| {
            let back = ask(session, Question::Event(cause.to));
            let found = back
                .led_to
                .iter()
                .any(|effect| effect.to.0 == record.step.id);
            (found, back.led_to.len() >= MOST_LINKS)
        });
        let returns: Vec<(bool, bool)> = returns.collect();
        let found = returns.iter().filter(|(found, _)| *found).count();
        let alone = returns.iter().all(|(_, many)| !many);
        assert!(
            found > 0 || returns.is_empty() || !alone,
            "no way back to {why:?}"
        );
        links.1 += found as u32;
        links.0 += (why.because.len() + why.led_to.len()) as u32;
    }
    links
}

#[test]
fn everything_that_happens_has_an_answer_and_every_cause_leads_back() {
    let (mut asked, mut links, mut returns) = (0, 0, 0);
    for seed in 0..12 {
        let session = storm(seed);
        let last = session.world().last_step().0;
        let ids = (0..=last).filter(|id| *id < 250 || id % 37 == 0);
        for id in ids.map(StepId) {
            let record = session.record_of(id).expect("it is a step of the run");
            assert!(!record.told.is_empty());
            let (found, back) = ask_step(&session, &record);
            links += found;
            returns += back;
            asked += record.step.facts.len() as u32;
        }
        for violation in session.violations() {
            let why = ask(&session, Question::Violation(violation.property()));
            assert_eq!(why.because.len(), 1);
        }
        assert_eq!(
            Why::of(&session, Question::Event((StepId(last + 1), None))),
            None
        );
    }
    assert!(
        asked > 5_000 && links > asked && 2 * returns > asked,
        "{asked} facts, {links} links, {returns} of them there and back"
    );
}

#[test]
fn everything_there_is_has_an_answer() {
    let (mut entries, mut packets, mut roles) = (0, 0, 0);
    for seed in 0..40 {
        let mut session = storm(seed);
        let end = session.now();
        for nth in 0..20 {
            session.seek(Time(end.0 * nth / 20 + 1));
            let world = session.world().clone();
            for server in world.servers() {
                ask(&session, Question::Role(server.id));
                roles += 1;
                for (index, entry) in server.log().iter() {
                    let why = ask(&session, Question::Entry(server.id, index));
                    assert!(
                        why.text.contains(&format!("term {}", entry.term)),
                        "{}",
                        why.text
                    );
                    let values = why.values.expect("whether it is committed");
                    assert!(values.contains("committed"), "{values}");
                    entries += 1;
                }
                let beyond = server.log().last_index().next();
                assert_eq!(Why::of(&session, Question::Entry(server.id, beyond)), None);
            }
            for packet in world.network().packets() {
                let why = ask(&session, Question::Packet(packet.id));
                assert!(why.values.is_some() || why.led_to.len() == 1, "{why:?}");
                packets += 1;
            }
            let nobody = NodeId::new(9).expect("a number");
            if world.find(nobody).is_none() {
                assert_eq!(Why::of(&session, Question::Role(nobody)), None);
                assert_eq!(
                    Why::of(&session, Question::Entry(nobody, LogIndex(1))),
                    None
                );
            }
        }
    }
    assert!(
        entries > 1_000 && packets > 500 && roles > 2_000,
        "{entries} {packets} {roles}"
    );
}

/// The sentences of what an event had to have before it.
fn because(session: &Session, sentence: &str) -> Vec<String> {
    let records = session.records();
    let found = records.iter().find_map(|record| {
        let told = record
            .told
            .iter()
            .find(|told| told.text.starts_with(sentence))?;
        Some((record.step.id, told.fact))
    });
    let (step, fact) = found.unwrap_or_else(|| panic!("nobody said: {sentence}"));
    let why = ask(session, Question::Event((step, fact)));
    why.because.into_iter().map(|link| link.text).collect()
}

/// A refused vote names the state that decided: the vote given before, the entry the candidate
/// lacks. And the chain ends in what the user did.
#[test]
fn a_refused_vote_names_what_decided_it() {
    let mut split = Session::read(
        "servers 3 · seed 1 · config latency=10ms
         at 10ms timeout S1
         at 15ms timeout S3",
    )
    .unwrap();
    split.advance(Time::ms(60));
    let denied = because(&split, "S2 denied S3 its vote: it already voted for S1");
    let vote = "S2 voted for S1 in term 1: S1's log is as up-to-date as S2's";
    assert!(denied.iter().any(|text| text == vote), "{denied:?}");
    let asked = because(&split, vote);
    assert_eq!(asked, ["S1 asked S2 and S3 for a vote in term 1"]);
    let expired =
        "You let S1's election timer expire: it became a candidate in term 1 and voted for itself";
    assert_eq!(because(&split, &asked[0]), [expired]);
    assert_eq!(because(&split, expired), [""; 0]);

    let mut behind = Session::read(
        "servers 3 · seed 1 · config latency=10ms send=at-once
         at 10ms timeout S1
         at 100ms isolate S3
         at 110ms request C1 x=5
         at 200ms crash S1 · heal
         at 210ms timeout S3",
    )
    .unwrap();
    behind.advance(Time::ms(260));
    let denied = because(&behind, "S2 denied S3 its vote: its own last entry");
    let stored = "S2 stored entry 2 from S1";
    assert!(denied.iter().any(|text| text == stored), "{denied:?}");
}
