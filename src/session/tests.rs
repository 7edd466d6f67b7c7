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
    let branch = session.branches().next().unwrap();
    assert_eq!(
        (branch.parting.at(), branch.head),
        (Time::ms(700), Time::ms(2500))
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
    assert_eq!(session.branches().count(), 0, "it is the present again");

    assert!(session.redo());
    assert_eq!(session.branches().count(), 1);
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

/// A run that was changed twice in the past: what it was before is in two branches.
fn branched() -> Session {
    let mut session = played();
    session.seek(Time::ms(700));
    act(&mut session, "isolate S2");
    session.advance(Time::ms(1800));
    session.seek(Time::ms(650));
    act(&mut session, "crash S3");
    session.advance(Time::ms(1500));
    session
}

/// Each branch: when it parts, how far it went, its name, and the world at its end.
fn seen(session: &Session) -> Vec<(Time, Time, Option<String>, u64)> {
    let of = |branch: Branch<'_>| {
        let other = session.of_branch(branch.id).unwrap();
        let (parts_at, name) = (branch.parting.at(), branch.name.map(Into::into));
        (parts_at, branch.head, name, other.world().fingerprint())
    };
    session.branches().map(of).collect()
}

#[test]
fn a_branch_is_exchanged_with_the_present_run_and_back() {
    let mut session = branched();
    let (before, present) = (seen(&session), session.world().fingerprint());
    assert_eq!(before.len(), 2);
    assert_eq!((before[0].0, before[0].1), (Time::ms(650), Time::ms(2500)));
    let id = session.branches().next().unwrap().id;
    assert!(session.take_branch(id));
    assert_eq!(session.now(), Time::ms(1500), "the moment stays");
    assert_eq!(session.head(), Time::ms(2500));
    session.seek(Time::ms(2500));
    assert_eq!(session.world().fingerprint(), before[0].3);

    let id = session.branches().next().unwrap().id;
    assert!(session.take_branch(id));
    session.seek(Time::ms(1500));
    assert_eq!(session.world().fingerprint(), present);
    assert_eq!(seen(&session), before);
}

#[test]
fn undo_takes_back_what_became_of_branches() {
    let mut session = branched();
    let before = seen(&session);
    let ids: Vec<RunId> = session.branches().map(|branch| branch.id).collect();
    assert!(session.name_branch(ids[0], "  the   first  "));
    assert_eq!(session.branches().next().unwrap().name, Some("the first"));
    assert!(session.delete_branch(ids[1]));
    assert!(session.take_branch(ids[0]));
    assert_eq!(session.branches().count(), 1);
    for _ in 0..3 {
        assert!(session.undo());
    }
    assert_eq!(seen(&session), before);
    assert!(session.undo(), "the crash of S3");
    assert_eq!(session.branches().count(), 1);
    for _ in 0..4 {
        assert!(session.redo());
    }
    assert_eq!(session.branches().count(), 1);
    assert_eq!(session.actions().len(), 2);
    let crash = session.branches().next().unwrap();
    assert_eq!(crash.parting.there.unwrap().1.to_string(), "crash S3");
    assert!(!session.delete_branch(RunId(99)));
}

#[test]
fn what_was_done_before_at_the_same_place_is_the_same_run() {
    let mut session = branched();
    let before = seen(&session);
    assert!(session.undo());
    act(&mut session, "crash S3");
    assert_eq!(seen(&session), before);
    session.seek(Time::ms(300));
    act(&mut session, "crash S4");
    assert_eq!(session.branches().count(), 3);
    let crash_s3 = session.branches().last().unwrap().id;
    assert!(session.take_branch(crash_s3));
    session.seek(Time::ms(649));
    act(&mut session, "crash S4");
    assert_eq!(session.branches().count(), 4);
}

#[test]
fn branches_stay_few() {
    let mut session = played();
    for nth in 0..20 {
        session.seek(Time::ms(600 - nth));
        act(&mut session, "request C1 y=1");
        if nth == 2 {
            let id = session.branches().next().unwrap().id;
            session.name_branch(id, "kept");
        }
        session.advance(Time::ms(610));
    }
    assert_eq!(session.branches().count(), MAX_BRANCHES);
    assert_eq!(session.branches().next().unwrap().name, Some("kept"));
}

#[test]
fn a_link_holds_the_branches() {
    let mut session = branched();
    let id = session.branches().last().unwrap().id;
    session.name_branch(id, "S2 alone");
    session.seek(Time::ms(900));
    let link = link::write(&session);
    let copy = link::read(&link).unwrap();
    assert_eq!(seen(&copy), seen(&session));
    assert_eq!((copy.now(), copy.head()), (session.now(), session.head()));
    assert_eq!(copy.world().fingerprint(), session.world().fingerprint());
    assert_eq!(link::write(&copy), link);
}

#[test]
fn branches_that_do_not_fit_into_a_link_are_kept_elsewhere() {
    let mut session = Session::new(Scenario::new(3, 1));
    for nth in 0..1_500 {
        session.advance(Time(1_000_000 + 777 * nth));
        act(&mut session, ["cut S1-S2", "heal S1-S2"][nth as usize % 2]);
    }
    session.seek(Time::ms(500));
    act(&mut session, "crash S3");
    let link = link::write(&session);
    assert!(link.len() < 200, "{}", link.len());
    assert_eq!(link::read(&link).unwrap().branches().count(), 0);
    let whole = link::read_whole(&link::write_whole(&session)).unwrap();
    assert_eq!(seen(&whole), seen(&session));
}

/// Three clients write all the time.
fn busy() -> Session {
    let text = "servers 3 · seed 1 · clients 3\nclient C1 writes x every 120ms\n\
                client C2 writes y every 120ms\nclient C3 writes z every 120ms\nat 0ms timeout S1";
    Session::read(text).unwrap()
}

#[test]
fn what_is_told_is_bounded_however_long_the_run() {
    let mut session = busy();
    for nth in 0..200 {
        session.advance(Time::ms(1_000 * nth));
        assert!(session.records().len() <= 3_000);
    }
    act(&mut session, "crash S2");
    session.advance(Time::ms(400_000));
    assert!(session.records().len() <= 3_000);
    assert!(session.told() >= window::FEWEST);
    let crash = |record: &Record| record.step.at == Time::ms(199_000);
    assert!(session.records().iter().any(crash), "what is rare stays");
    let stands: usize = session.marks().len();
    assert!(stands > 2_000, "{stands} marks");
}

#[test]
fn what_lies_before_the_cursor_is_told_wherever_it_is() {
    let mut session = busy();
    let mut told = Vec::new();
    for nth in 0..40 {
        session.advance(Time::ms(1_000 * nth));
        let last = session.records()[..session.told()].iter().rev().take(50);
        let texts = |record: &Record| (record.step.id, record.told.clone());
        told.push((session.now(), last.map(texts).collect::<Vec<_>>()));
    }
    let mut jumped = busy();
    jumped.advance(Time::ms(120_000));
    for session in [&mut session, &mut jumped] {
        for (at, before) in told.iter().rev().chain(&told) {
            session.seek(*at);
            let last = session.records()[..session.told()].iter().rev().take(50);
            let now: Vec<_> = last
                .map(|record| (record.step.id, record.told.clone()))
                .collect();
            assert_eq!(now, *before, "at {at}");
        }
    }
    // Step by step back beyond what is told.
    jumped.seek(Time::ms(60_000));
    for _ in 0..400 {
        let now = jumped.now();
        jumped.step_back(true);
        assert!(jumped.now() < now);
        let here = jumped.records()[..jumped.told()].last().unwrap();
        assert_eq!(here.step.at, jumped.now());
    }
}

#[test]
fn time_leads_to_the_next_of_its_kind_and_to_the_one_before() {
    let mut session = Session::read("servers 3 · seed 1 · clients 1\nat 0ms timeout S1\nat 400ms crash S1\nat 900ms request C1 x=1").unwrap();
    session.seek(Time::ms(0));
    let is_leader = |session: &Session, nth: usize| {
        let leader = session.world().leader().map(crate::raft::NodeId::number);
        assert_eq!(leader, Some(nth));
    };
    assert!(session.go_on(Stop::Election));
    is_leader(&session, 1);
    let first = session.now();
    // The second lies beyond what was played.
    assert!(session.go_on(Stop::Election));
    let second = session.now();
    assert!(second > Time::ms(400));
    assert!(session.go_back(Stop::Election));
    assert_eq!(session.now(), first);
    assert!(!session.go_back(Stop::Election));
    assert!(!session.go_on(Stop::Violation));
    assert_eq!(session.now(), first, "it stays where there is none");
    assert!(session.go_on(Stop::Commit) && session.now() > first);
    let arrives = session.world().next_at();
    assert!(session.go_on(Stop::Message));
    assert_eq!(Some(session.now()), arrives);
    let s3 = crate::raft::NodeId::first(3).last().unwrap();
    assert!(session.go_on(Stop::Server(s3)));
    let there = session.now();
    assert!(session.go_on(Stop::Server(s3)) && session.go_back(Stop::Server(s3)));
    assert_eq!(session.now(), there);
    // From the election back to what made it happen.
    session.seek(second);
    let mut steps = 0;
    while session.go_back(Stop::Thread) {
        steps += 1;
    }
    assert!(steps > 2 && session.now() < Time::ms(500), "{steps} causes");
    assert!(session.go_on(Stop::Thread));
}

#[test]
fn bookmarks_travel_with_the_session() {
    let mut session = played();
    session.seek(Time::ms(900));
    assert!(session.bookmark());
    session.seek(Time::ms(500));
    assert!(session.bookmark());
    let copy = link::read(&link::write(&session)).unwrap();
    assert_eq!(copy.bookmarks(), session.bookmarks());
    assert_eq!(copy.bookmarks()[1].at, Time::ms(900));
    assert!(copy.bookmarks()[1].name.starts_with("You crashed"));
    assert!(session.bookmark(), "the second time takes it away");
    assert_eq!(session.bookmarks().len(), 1);
}

#[test]
fn what_was_known_of_a_future_is_known_again_after_undo() {
    let mut session = busy();
    session.advance(Time::ms(90_000));
    let known = |session: &Session| {
        let moments = session.checkpoints.moments.iter();
        let moments: Vec<StepId> = moments.map(|moment| moment.world.last_step()).collect();
        let quiet = session
            .quiet
            .iter()
            .filter(|(from, to)| *to - *from > QUIET);
        let marks = (session.marks.len(), session.marks.last().copied());
        (
            moments,
            marks,
            quiet.copied().collect::<Vec<_>>(),
            session.head,
        )
    };
    let before = known(&session);
    session.seek(Time::ms(30_000));
    act(&mut session, "crash S2");
    session.advance(Time::ms(45_000));
    let other = known(&session);
    for _ in 0..2 {
        assert!(session.undo());
        assert_eq!(known(&session), before);
        assert!(session.redo());
        assert_eq!(known(&session), other);
    }
    let branch = session.branches().next().unwrap().id;
    assert!(session.take_branch(branch));
    assert_eq!(known(&session), before);
    session.seek(Time::ms(90_000));
    let mut again = busy();
    again.advance(Time::ms(90_000));
    assert_eq!(session.world().fingerprint(), again.world().fingerprint());
}
