//! The settings of a run, tried on many crashes of its leader, as Play does it.

use raftarium::course::lab::Trial;
use raftarium::course::lab::crashes::Crashes;
use raftarium::course::lab::elections::Experiment;
use raftarium::session::Session;
use raftarium::sim::{Action, Time};

fn crashes(text: &str) -> Crashes {
    Crashes::of(Session::read(text).unwrap().world())
}

fn split(text: &str, trials: u64) -> f64 {
    let crashes = crashes(text);
    let split = (1..=trials).filter(|seed| crashes.trial(*seed).split);
    split.count() as f64 * 100.0 / trials as f64
}

/// Where one of five is down and messages take equally long, the formula of the thesis (9.2) holds.
#[test]
fn votes_are_split_as_often_as_computed() {
    for latency in [10, 20, 30] {
        let text = format!("servers 5\nconfig latency={latency}ms");
        let expected = Experiment {
            servers: 5,
            down: 1,
            latency: Time::ms(latency),
            longest: Time::ms(300),
        };
        let (measured, expected) = (split(&text, 4_000), expected.expected());
        println!("{latency} ms: {measured:.1} %, computed {expected:.1} %");
        assert!(
            (measured - expected).abs() < 3.0,
            "{latency} ms: {measured:.1} % instead of {expected:.1} %"
        );
    }
}

/// What the page's readers ask: servers a round trip of 80 ms apart. etcd's advice, ten round trips,
/// is enough; the figures of the paper are not.
#[test]
fn longer_timeouts_split_fewer_votes() {
    let of = |timeout: &str| {
        split(
            &format!("servers 5\nconfig latency=40ms heartbeat=80ms timeout={timeout}"),
            400,
        )
    };
    let (paper, etcd) = (of("150..300ms"), of("800..1600ms"));
    println!("150-300 ms: {paper} %, 800-1600 ms: {etcd} %");
    assert!(paper > 15.0 && etcd < 5.0);
}

#[test]
fn a_run_that_is_opened_is_the_one_that_was_counted() {
    let crashes = crashes("servers 5\nconfig latency=20..40ms loss=5% prevote=on disk=2..5ms");
    let mut split = 0;
    for seed in 1..=60 {
        let Trial { took, .. } = crashes.trial(seed);
        let mut session = crashes.session(seed);
        let crash = session.now();
        assert!(matches!(session.actions(), [(at, Action::Crash(_))] if *at == crash));
        session.advance(Time(crash.0 + took.0 - 1));
        assert_eq!(session.world().leader(), None, "seed {seed}");
        session.advance(crash + took);
        assert!(session.world().leader().is_some(), "seed {seed}");
        split += u32::from(crashes.trial(seed).split);
    }
    assert!((1..60).contains(&split), "{split} of 60");
}

#[test]
fn members_settings_and_lasting_faults_are_those_of_the_run() {
    let mut session = Session::read(
        "servers 3 · seed 5
        config latency=5ms timeout=200..250ms
        at 0ms timeout S1
        at 100ms add S4
        at 400ms skew S2 2/1 · slow-disk S3 20ms · slow S1>S4 80ms · lossy S3-S4 30% · rules off confirm-reads
        at 500ms fail-disk S1 · cut S1-S2 · pause S3 · crash S2",
    )
    .unwrap();
    session.advance(Time::ms(500));
    let crashes = Crashes::of(session.world());
    let tried = crashes.session(1);
    let (now, then) = (session.world(), tried.world());
    assert_eq!(then.setup(), now.setup());
    assert_eq!(then.configuration().voters, now.configuration().voters);
    let [two, three] = [1, 2].map(|slot| &then.servers()[slot]);
    assert_eq!(two.clock, now.servers()[1].clock);
    assert_eq!(three.disk_time, now.servers()[2].disk_time);
    for (a, b) in [(1, 4), (4, 1), (3, 4), (4, 3), (1, 2)] {
        let [a, b] = [a, b].map(|n| raftarium::raft::NodeId::new(n).unwrap().into());
        assert_eq!(
            then.network().link_faults(a, b),
            now.network().link_faults(a, b)
        );
        assert!(!then.network().is_cut(a, b));
    }
    assert!(
        then.servers()
            .iter()
            .all(|server| !server.is_paused() && !server.disk_fails())
    );
    assert_eq!(
        then.servers()
            .iter()
            .filter(|server| !server.is_up())
            .count(),
        1
    );
}

/// No answer comes before the next election timeout: nobody is ever elected.
#[test]
fn timeouts_shorter_than_a_round_trip_elect_nobody() {
    let crashes = crashes("servers 5\nconfig latency=40ms timeout=60..70ms");
    let trial = crashes.trial(1);
    assert_eq!(trial.took, crashes.given_up());
    assert!(crashes.session(1).actions().is_empty());
}
