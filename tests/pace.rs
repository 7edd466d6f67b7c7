//! How long a person watches: at the first speed every message can be seen for about a second, and
//! no quiet stretch lasts longer than a second and a half, at any seed.

use std::collections::BTreeMap;

use raftarium::kv::ClientId;
use raftarium::session::pace::{HOP, LONGEST_WAIT, Pace};
use raftarium::session::{QUIET, Session};
use raftarium::sim::{Action, PacketId, Scenario, Time};

const SEEDS: u64 = 60;

/// A frame, in seconds: short, as what is measured is only seen at the end of one.
const FRAME: f64 = 1.0 / 500.0;

/// What is lost to looking at frames only, at either end.
const BLUR: f64 = 2.0 * FRAME;

/// Ways as different as those of the page's opening, and as those of a run that says nothing.
const ALIKE: (u64, u64) = (12, 18);
const USUAL: (u64, u64) = (10, 20);

/// A cluster that is written to, loses its leader and gets it back.
fn session(seed: u64, (low, high): (u64, u64)) -> Session {
    let mut scenario = Scenario::new(*[3, 5, 5, 7].get(seed as usize % 4).unwrap(), seed);
    scenario.faults.latency = (Time::ms(low), Time::ms(high));
    let writer = ClientId::new(1).unwrap();
    scenario
        .workloads
        .push((writer, "x".parse().unwrap(), Time::ms(120)));
    let mut session = Session::new(scenario);
    session.advance(Time::ms(900));
    while session.world().leader().is_none() {
        session.step_forward(true);
    }
    let leader = session.world().leader().unwrap();
    session.act(Action::Crash(leader)).unwrap();
    session.advance(session.now() + Time::ms(800));
    session.act(Action::Restart(leader)).unwrap();
    session.advance(session.now() + Time::ms(300));
    session.seek(Time::ZERO);
    session
}

/// What somebody saw who watched a run to its head: for how long each message was under way, how
/// long each quiet stretch lasted, and how long all of it; in seconds.
#[derive(Default)]
struct Seen {
    hops: Vec<f64>,
    quiet: Vec<(f64, Time)>,
    all: f64,
}

fn watch(session: &mut Session, speed: f64, frame: f64) -> Seen {
    let (mut pace, mut seen) = (Pace::new(speed), Seen::default());
    let mut under_way: BTreeMap<PacketId, f64> = BTreeMap::new();
    let mut still: Option<(f64, Time)> = None;
    let head = session.head();
    while session.now() < head {
        let before = session.world().last_step();
        pace.play(session, frame);
        seen.all += frame;
        let packets = session.world().network().packets();
        for packet in packets.iter().filter(|packet| packet.fate.is_none()) {
            under_way.entry(packet.id).or_insert(seen.all);
        }
        under_way.retain(|id, since| {
            let arrived = packets.iter().all(|packet| packet.id != *id);
            if arrived {
                seen.hops.push(seen.all - *since);
            }
            !arrived
        });
        // A stretch ends where something is sent or told.
        let happened = session.world().last_step() != before;
        if (happened || !session.is_idle())
            && let Some((since, from)) = still.take()
        {
            seen.quiet.push((seen.all - since, session.now() - from));
        }
        if session.is_idle() && still.is_none() {
            still = Some((seen.all, session.now()));
        }
    }
    seen
}

#[test]
fn a_hop_lasts_about_a_second_at_the_first_speed() {
    let (mut hops, mut long) = (0, 0);
    for seed in 0..SEEDS {
        for hop in watch(&mut session(seed, ALIKE), Pace::FIRST, FRAME).hops {
            let long_enough = hop >= HOP.0 - BLUR;
            assert!(long_enough && hop <= HOP.1 + BLUR, "seed {seed}: {hop} s");
            hops += 1;
        }
        // Where one way is twice as long as another, both cannot be: no hop is too short.
        for hop in watch(&mut session(seed, USUAL), Pace::FIRST, FRAME).hops {
            let longest = HOP.0 * 2.0 + BLUR;
            assert!(
                hop >= HOP.0 - BLUR && hop <= longest,
                "seed {seed}: {hop} s"
            );
            long += u32::from(hop > HOP.1 + BLUR);
        }
    }
    assert!(hops > 5_000, "{hops}");
    // Few of them are: one in eight was, when this was written.
    assert!(long * 5 < hops, "{long} of {hops}");
}

#[test]
fn quiet_time_never_lasts_longer_than_a_second_and_a_half() {
    let mut compressed = 0;
    for seed in 0..SEEDS {
        let mut session = session(seed, USUAL);
        for (wall, time) in watch(&mut session, Pace::FIRST, FRAME).quiet {
            assert!(wall <= LONGEST_WAIT + BLUR, "seed {seed}: {wall} s");
            assert!(wall < 1.5, "seed {seed}: {wall} s");
            compressed += u32::from(time > QUIET);
        }
    }
    assert!(compressed > 100, "{compressed}");
}

#[test]
fn the_time_bar_shows_where_time_was_compressed() {
    let mut compressed = 0;
    for seed in 0..SEEDS {
        let mut session = session(seed, USUAL);
        let mut pace = Pace::new(Pace::FIRST);
        while session.now() < session.head() {
            let (was, now) = (pace.is_hurrying(), session.now());
            pace.play(&mut session, FRAME);
            let middle = Time(now.0 + (session.now() - now).0 / 2);
            let mut quiet = session.quiet().iter();
            let shown = quiet.any(|(from, to)| (*from..=*to).contains(&middle));
            let hurried = was && pace.is_hurrying();
            assert!(shown || !hurried, "seed {seed} at {now}");
            compressed += u32::from(hurried);
        }
    }
    assert!(compressed > 10_000, "{compressed}");
}

#[test]
fn frames_may_be_long_or_short_and_packets_near_or_far() {
    let alone = |frame| watch(&mut session(3, ALIKE), Pace::FIRST, frame).all;
    let (smooth, rough) = (alone(1.0 / 240.0), alone(1.0 / 15.0));
    assert!((smooth - rough).abs() < 0.02 * smooth, "{smooth} {rough}");
    // Packets that take ten times as long are not watched ten times as long.
    for hop in watch(&mut session(3, (60, 80)), Pace::FIRST, FRAME).hops {
        assert!(hop >= HOP.0 - BLUR && hop <= HOP.1 + BLUR, "{hop} s");
    }
    // A slower speed is slower by as much; a fast one runs evenly.
    for hop in watch(&mut session(3, ALIKE), Pace::FIRST / 4.0, FRAME).hops {
        assert!(
            hop >= 4.0 * HOP.0 - BLUR && hop <= 4.0 * HOP.1 + BLUR,
            "{hop} s"
        );
    }
    let mut fast = session(3, ALIKE);
    let wall = watch(&mut fast, 1.0, FRAME).all;
    assert!((wall - fast.head().as_secs()).abs() < 0.02, "{wall}");
}

#[test]
fn a_cluster_that_only_ever_wakes_and_sleeps_goes_on() {
    let mut session = Session::new(Scenario::new(1, 1));
    session.advance(Time::ms(20_000));
    session.seek(Time::ms(10_000));
    let seen = watch(&mut session, Pace::FIRST, 1.0 / 60.0);
    assert!(seen.quiet.iter().all(|(wall, _)| *wall < 1.5));
    assert!(seen.quiet.len() > 50);
}

/// Not at the end of the frame in which that is: at a high speed much may happen after it.
#[test]
fn time_stops_at_the_step_that_breaks_something() {
    let text = "servers 2 · rules off election-majority · config timeout=1s..2s
        at 500ms timeout S1 · timeout S2";
    for speed in [Pace::FIRST, Pace::READABLE, 1.0, 5.0] {
        let mut session = Session::read(text).unwrap();
        session.seek(Time::ZERO);
        let mut pace = Pace::new(speed);
        for _ in 0..10_000 {
            if session.violations().is_empty() {
                pace.play(&mut session, 1.0 / 60.0);
            }
        }
        let broken = session.violations()[0].at;
        assert_eq!(session.now(), broken, "at speed {speed}");
        // It goes on from there, if somebody wants to see what comes of it.
        pace.play(&mut session, 1.0);
        assert!(session.now() > broken);
    }
}
