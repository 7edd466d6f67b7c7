//! Two networks that are neither whole nor parted (Howard and Abraham, "Raft does not guarantee
//! liveness in the face of network faults", 2020). In both a leader could serve everybody at all
//! times. Pre-Vote and CheckQuorum together see to it that one does; each alone does not.

use raftarium::check::Checker;
use raftarium::raft::{Event, Term};
use raftarium::sim::text::parse_run;
use raftarium::sim::{Step, Time, World};

/// How long a run is watched, once the links are as they are to stay.
const WATCHED: Time = Time::ms(60_000);

/// How often the client would write, and so how often it could have been answered.
const EVERY: Time = Time::ms(100);

/// S1, S2 and S3 reach each other; S4 reaches S2 alone, S5 reaches S3 alone. S3 leads.
const TAILS: &str =
    "timeout S3\n at 500ms cut S1-S4 · cut S1-S5 · cut S2-S5 · cut S3-S4 · cut S4-S5";

/// S1, S2 and S3 reach each other; S4, which leads, reaches S2 alone. S5 is dead.
const STRANDED: &str = "timeout S4\n at 500ms crash S5 · cut S1-S4 · cut S3-S4";

/// What became of a run.
#[derive(Debug)]
struct Outcome {
    /// Requests answered, in 100 of what could have been.
    answered: u64,
    /// How many leaders were elected.
    leaders: u64,
    /// By how much the latest term grew.
    terms: u64,
}

fn run(links: &str, pre_vote: &str, check_quorum: &str, seed: u64) -> Outcome {
    let text = format!(
        "servers 5 · clients 1 · seed {seed}
        config send=at-once latency=5..15ms prevote={pre_vote} check-quorum={check_quorum}
        client C1 writes x every {EVERY}
        {links}"
    );
    let (scenario, actions) = parse_run(&text).unwrap();
    let mut step = Step::default();
    let mut world = World::new(&scenario, &mut step);
    let mut checker = Checker::new(&world);
    let mut advance = |world: &mut World, to: Time| {
        let mut leaders = 0;
        while world.next_at().is_some_and(|at| at <= to) {
            world.step(&mut step);
            checker.observe(world, &step);
            let led = |event: &Event| matches!(event, Event::BecameLeader { .. });
            leaders += step.events().filter(|(_, event)| led(event)).count() as u64;
        }
        world.wait_until(to);
        leaders
    };
    for (at, action) in &actions {
        advance(&mut world, *at);
        world.act(action, &mut Step::default()).unwrap();
    }
    let term = |world: &World| world.servers().iter().map(|server| server.term()).max();
    let (answered, before) = (world.clients()[0].answered, term(&world));
    let end = world.now() + WATCHED;
    let leaders = advance(&mut world, end);
    let answered = u64::from(world.clients()[0].answered - answered);
    assert_eq!(checker.violations(), []);
    let Term(grown) = term(&world).unwrap();
    Outcome {
        answered: answered * 100 / (WATCHED.0 / EVERY.0),
        leaders,
        terms: grown - before.unwrap().0,
    }
}

/// Runs it at several seeds, and prints what became of them.
fn each_seed(name: &str, links: &str, (pre_vote, check_quorum): (&str, &str)) -> Vec<Outcome> {
    let outcomes: Vec<_> = (1..=10)
        .map(|seed| run(links, pre_vote, check_quorum, seed))
        .collect();
    let span = |what: fn(&Outcome) -> u64| {
        let all = outcomes.iter().map(what);
        format!("{} to {}", all.clone().min().unwrap(), all.max().unwrap())
    };
    println!(
        "{name:9} pre-vote {pre_vote:3} check-quorum {check_quorum:3}: answered {} %, {} new leaders, {} new terms",
        span(|outcome| outcome.answered),
        span(|outcome| outcome.leaders),
        span(|outcome| outcome.terms)
    );
    outcomes
}

const NEITHER: (&str, &str) = ("off", "off");
const PRE_VOTE: (&str, &str) = ("on", "off");
const CHECK_QUORUM: (&str, &str) = ("off", "on");
const BOTH: (&str, &str) = ("on", "on");

#[test]
fn with_both_the_cluster_serves_its_clients() {
    for outcome in each_seed("tails", TAILS, BOTH) {
        assert!(outcome.answered >= 95, "{outcome:?}");
        assert_eq!((outcome.leaders, outcome.terms), (0, 0));
    }
    for outcome in each_seed("stranded", STRANDED, BOTH) {
        assert!(outcome.answered >= 95, "{outcome:?}");
        assert!((1..=2).contains(&outcome.leaders), "{outcome:?}");
    }
}

#[test]
fn with_neither_those_who_hear_no_leader_depose_it_for_ever() {
    for outcome in each_seed("tails", TAILS, NEITHER) {
        assert!(outcome.leaders >= 20, "{outcome:?}");
        assert!(outcome.terms >= 60, "{outcome:?}");
        assert!(outcome.answered <= 70, "{outcome:?}");
    }
    for outcome in each_seed("stranded", STRANDED, NEITHER) {
        assert!(outcome.answered >= 95, "{outcome:?}");
    }
}

/// S2 hears from S4, and would vote for nobody else; S4 hears from S2 alone, and can commit nothing.
#[test]
fn with_pre_vote_alone_a_stranded_leader_keeps_its_place_for_ever() {
    for outcome in each_seed("tails", TAILS, PRE_VOTE) {
        assert_eq!((outcome.leaders, outcome.terms), (0, 0));
        assert!(outcome.answered >= 95, "{outcome:?}");
    }
    for outcome in each_seed("stranded", STRANDED, PRE_VOTE) {
        assert_eq!((outcome.answered, outcome.leaders), (0, 0));
    }
}

#[test]
fn with_check_quorum_alone_terms_grow_but_nobody_minds() {
    for outcome in each_seed("tails", TAILS, CHECK_QUORUM) {
        assert_eq!(outcome.leaders, 0);
        assert!(outcome.terms >= 60, "{outcome:?}");
        assert!(outcome.answered >= 95, "{outcome:?}");
    }
    for outcome in each_seed("stranded", STRANDED, CHECK_QUORUM) {
        assert!(outcome.answered >= 95, "{outcome:?}");
        assert!((1..=3).contains(&outcome.leaders), "{outcome:?}");
    }
}
