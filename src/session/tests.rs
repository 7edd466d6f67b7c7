use super::*;
use crate::sim::text::parse_action;

fn act(session: &mut Session, text: &str) {
    session
        .act(parse_action(text).unwrap())
        .unwrap_or_else(|why| panic!("{text}: {why}"));
}

fn played() -> Session {
    let mut session = Session::new(Scenario::new(5, 7));
    session.advance(Time::ms(600));
    act(&mut session, "request C1 x=5");
    session.advance(Time::ms(900));
    let leader = session.world().leader().unwrap();
    act(&mut session, &format!("crash {leader}"));
    session.advance(Time::ms(2500));
    session
}

#[test]
fn any_moment_can_be_seen_again_just_as_it_was() {
    let mut session = Session::new(Scenario::new(5, 7));
    let mut seen = Vec::new();
    for ms in (0..30_000).step_by(370) {
        session.advance(Time::ms(ms));
        seen.push((Time::ms(ms), session.world().fingerprint()));
    }
    let (back, leaps) = (seen.iter().rev(), seen.iter().step_by(20));
    for (at, fingerprint) in back.chain(&seen).chain(&seen[..1]).chain(leaps) {
        session.seek(*at);
        assert_eq!(session.world().fingerprint(), *fingerprint, "at {at}");
    }
}

#[test]
fn a_session_reads_as_it_is_written() {
    let session = played();
    let mut copy = Session::read(&session.write()).unwrap();
    copy.seek(session.now());
    assert_eq!(copy.world().fingerprint(), session.world().fingerprint());
    assert_eq!(copy.write(), session.write());
}

#[test]
fn a_session_travels_in_a_link() {
    let session = played();
    let link = link::write(&session);
    assert!(link.len() < 140, "{} characters: {link}", link.len());
    let copy = link::read(&link).unwrap();
    assert_eq!(copy.world().fingerprint(), session.world().fingerprint());
}

#[test]
fn a_link_holds_the_bound_on_sessions() {
    let mut scenario = Scenario::new(3, 7);
    scenario.config.sessions = 2;
    let mut session = Session::new(scenario);
    act(&mut session, "config sessions=1");
    session.advance(Time::ms(2500));
    let link = link::write(&session);
    let copy = link::read(&link).unwrap();
    assert_eq!(copy.scenario(), session.scenario());
    assert_eq!(copy.world().fingerprint(), session.world().fingerprint());
    assert_eq!(link::write(&copy), link);
}

#[test]
fn a_damaged_link_is_refused_in_one_sentence() {
    let link = link::write(&played());
    let why = |text: &str| link::read(text).unwrap_err();
    assert!(why("").contains("cut short"));
    assert!(why(&link[..link.len() - 4]).contains("damaged"));
    assert!(why(&link.replacen(&link[9..10], "*", 1)).contains("does not belong"));
    assert!(why(&format!("Q{}", &link[1..])).contains("version"));
    assert!(why(&"A".repeat(link::LONGEST_LINK + 1)).contains("too long"));
}

#[test]
fn a_refused_action_is_told_with_its_place_and_changes_nothing() {
    let error =
        Session::read("servers 3\nconfig loss=1%\nat 5ms crash S1\nat 9ms crash S1").unwrap_err();
    assert_eq!((error.line, error.column), (4, 1));
    assert!(error.message.contains("S1 is down"));

    let mut session = played();
    let (before, actions) = (session.world().fingerprint(), session.actions().len());
    assert!(session.act(parse_action("crash S9").unwrap()).is_err());
    assert_eq!(
        (session.world().fingerprint(), session.actions().len()),
        (before, actions)
    );
}

#[test]
fn an_action_in_the_past_makes_another_future_and_undo_returns() {
    let mut session = played();
    let old = session.world().fingerprint();
    session.seek(Time::ms(700));
    act(&mut session, "isolate S2");
    assert_eq!(session.head(), Time::ms(700));
    assert_eq!(
        session.ghosts().last(),
        Some(Ghost {
            from: Time::ms(700),
            to: Time::ms(2500)
        })
    );
    session.advance(Time::ms(2500));
    let new = session.world().fingerprint();
    assert_ne!(new, old);

    assert!(session.undo());
    assert_eq!(
        (session.now(), session.head()),
        (Time::ms(700), Time::ms(2500))
    );
    session.seek(Time::ms(2500));
    assert_eq!(session.world().fingerprint(), old);

    assert!(session.redo());
    session.seek(Time::ms(2500));
    assert_eq!(session.world().fingerprint(), new);
}

#[test]
fn steps_back_undo_steps_forward() {
    let mut session = played();
    session.seek(Time::ms(650));
    session.step_forward(false);
    let mut moments = vec![(session.now(), session.world().fingerprint())];
    for _ in 0..20 {
        session.step_forward(false);
        moments.push((session.now(), session.world().fingerprint()));
    }
    for moment in moments.iter().rev().skip(1) {
        session.step_back(false);
        assert_eq!((session.now(), session.world().fingerprint()), *moment);
    }
}

#[test]
fn a_step_that_was_not_recorded_is_found_by_replay() {
    let session = played();
    let mut found = 0;
    for id in (1..session.world().last_step().0).step_by(13) {
        let record = session.record_of(StepId(id)).unwrap();
        assert_eq!(record.step.id, StepId(id));
        found += 1;
    }
    assert!(found > 20);
    assert_eq!(session.record_of(StepId(u64::MAX)), None);
}

#[test]
fn checkpoints_stay_few_however_long_the_run() {
    let mut session = Session::new(Scenario::new(3, 1));
    session.advance(Time::ms(1_500_000));
    assert!(session.checkpoints.moments.len() < checkpoint::MAX_CHECKPOINTS);
    let end = session.world().fingerprint();
    session.seek(Time::ms(750_000));
    session.seek(Time::ms(1_500_000));
    assert_eq!(session.world().fingerprint(), end);
}

#[test]
fn actions_at_one_moment_are_all_done() {
    let mut session = Session::new(Scenario::new(3, 1));
    session.advance(Time::ms(400));
    while session.world().network().packets().is_empty() {
        session.step_forward(false);
    }
    let packet = session.world().network().packets()[0].clone();
    act(&mut session, &format!("drop {}>{}", packet.from, packet.to));
    act(&mut session, "cut S1-S2");
    act(&mut session, "crash S3");
    assert_eq!(session.present.acted, 3);
    assert!(!session.world().servers()[2].is_up());
    let copy = Session::read(&session.write()).unwrap();
    assert_eq!(copy.world().fingerprint(), session.world().fingerprint());
}
