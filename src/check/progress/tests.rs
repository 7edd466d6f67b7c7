//! Whoever is in the way of a client is given as long as that takes, and not a microsecond more.

use super::super::property::Property;
use super::super::violation::Violation;
use super::*;
use crate::raft::{EntryId, LogIndex, Rule, Term};
use crate::sim::text::parse_run;
use crate::sim::{DiskImage, Scenario};

/// Things take as long as they should, but only just, and an election at most 200 ms.
const USUAL: &str = "config timeout=100..200ms · config heartbeat=50ms · config latency=10ms
    config patience=60ms · config send=at-once\n";

/// Everything takes so little that [`SHORTEST`] is longer than all of it.
const QUICK: &str = "config timeout=20..40ms · config heartbeat=5ms · config latency=1ms
    config patience=10ms · config send=at-once\n";

/// The world after the actions of a text.
fn world(text: &str) -> World {
    play(text, |_, _| {})
}

/// Plays a text up to its last action.
fn play(text: &str, mut look: impl FnMut(&World, &Step)) -> World {
    let (scenario, actions) = parse_run(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let mut step = Step::default();
    let mut world = World::new(&scenario, &mut step);
    look(&world, &step);
    for (at, action) in &actions {
        while world.next_at().is_some_and(|next| next <= *at) {
            world.step(&mut step);
            look(&world, &step);
        }
        world.wait_until(*at);
        let done = world.act(action, &mut step);
        done.unwrap_or_else(|why| panic!("{action}: {why}"));
        look(&world, &step);
    }
    world
}

/// The checker of a world in which nobody outside has done anything since.
fn calm(world: &World, since: Time) -> Checker {
    let mut checker = Checker::new(world);
    checker.calm.since = since;
    checker
}

fn server(number: usize) -> NodeId {
    NodeId::new(number).unwrap()
}

/// Whether C1 is said to starve, were nothing to happen until then.
fn starves(text: &str, calm_since: Time, now: Time) -> Option<Breach> {
    let mut world = world(text);
    world.wait_until(now);
    calm(&world, calm_since).starved(&world.clients()[0], &world)
}

#[test]
fn a_client_starves_once_everything_could_have_been_done_and_no_sooner() {
    // Forty elections, eight messages and a search through all servers, or five seconds.
    for (pace, long) in [(USUAL, Time::ms(9_200)), (QUICK, SHORTEST)] {
        let text = format!("{pace} servers 3\n at 1s request C1 x=5");
        // Both it and the calm must have lasted as long.
        for (calm, since) in [(0, 1_000), (1_000, 1_000), (3_000, 3_000)] {
            let (calm, since) = (Time::ms(calm), Time::ms(since));
            let border = since + long;
            assert_eq!(starves(&text, calm, border - Time(1)), None, "{border}");
            let breach = starves(&text, calm, border).expect("so long is enough");
            assert_eq!((breach.servers(), breach.index()), (ServerSet::EMPTY, None));
            let said = format!(
                "C1 has waited since {since} for the answer to x=5, though a majority is up and connected"
            );
            assert_eq!(breach.to_string(), said);
        }
    }
}

#[test]
fn whatever_is_in_the_way_excuses_the_servers() {
    let late = Time::ms(60_000);
    for (done, starving) in [
        ("request C1 x=5", true),
        // It asks nothing.
        ("request C2 x=5", false),
        // It does not ask the leader.
        ("read C1 x from S2", false),
        ("request C1 x=5 · crash S3", true),
        ("request C1 x=5 · crash S3 · crash S2", false),
        ("request C1 x=5 · partition S1 S2 C1 | S3 C2", true),
        ("request C1 x=5 · partition S1 S2 C2 | S3 C1", false),
        ("request C1 x=5 · cut S1>S2", false),
        // Not every answer to a read has to do with a majority.
        ("request C1 x?", true),
        ("config no-op=off · request C1 x?", true),
        ("config read=index · request C1 x?", true),
        (
            "config read=index · config no-op=off · request C1 x=5",
            true,
        ),
        // Where nobody leads, nobody will answer; a leader without a no-op answers once something
        // is written, even if there are no-ops by now.
        ("config read=index · config no-op=off · request C1 x?", true),
        (
            "config read=index · config no-op=off · timeout S1\n at 500ms request C1 x?",
            false,
        ),
        (
            "config read=index · config no-op=off · timeout S1\n at 500ms config no-op=on · request C1 x?",
            false,
        ),
        (
            "config read=index · config no-op=off · timeout S1 · request C2 x=1\n at 500ms request C1 x?",
            true,
        ),
    ] {
        let text = format!("{USUAL} servers 3 · clients 2\n at 0ms {done}");
        let found = starves(&text, Time::ZERO, late);
        assert_eq!(found.is_some(), starving, "{done}");
    }
}

#[test]
fn those_work_who_are_a_quorum_and_all_reach_each_other() {
    for (text, group) in [
        ("servers 3", "S1 S2 S3"),
        ("servers 1", "S1"),
        ("servers 3\n at 0ms crash S1", "S2 S3"),
        ("servers 4\n at 0ms crash S1 · crash S2", "none"),
        ("servers 3\n at 0ms crash S1 · crash S2 · crash S3", "none"),
        ("servers 3\n at 0ms isolate S1", "S2 S3"),
        ("servers 5\n at 0ms partition S1 S2 | S3 S4 S5", "S3 S4 S5"),
        ("servers 5\n at 0ms partition S1 S2 | S3 S4 | S5", "none"),
        // Some reach some.
        ("servers 3\n at 0ms cut S1-S2", "none"),
        ("servers 3\n at 0ms cut S1>S2", "none"),
        ("servers 3\n at 0ms isolate S3 · cut S2>S1", "none"),
        ("servers 3\n at 0ms isolate S3 · heal S3>S1", "none"),
        ("servers 3\n at 0ms isolate S3 · heal S1>S3", "none"),
        // What gets lost or has to wait may get lost or wait for ever.
        ("servers 3\n config loss=0.1%", "none"),
        ("servers 3\n config duplicate=100%", "S1 S2 S3"),
        ("servers 3\n at 0ms hold S1>S2", "none"),
        ("servers 3\n at 0ms hold S1>S2 · release S1>S2", "S1 S2 S3"),
        ("servers 3\n config timeout=100ms", "none"),
        // Somebody among them was removed and does not know it, or knows it.
        ("servers 3\n S1 term 1 log 1:S1,S2\n S2 term 1 log 1:S1,S2", "none"),
        (
            "servers 3\n S1 term 1 log 1:S1,S2\n S2 term 1 log 1:S1,S2\n S3 term 1 log 1:S1,S2",
            "none",
        ),
        (
            "servers 3\n S1 term 1 log 1:S1,S2\n S2 term 1 log 1:S1,S2\n at 0ms isolate S3",
            "S1 S2",
        ),
        // Nobody waits for voters that never had a log; for others, they do.
        (
            "servers 4 · members S1 S2\n S1 term 1 log 1:S1,S2,S3,S4\n S2 term 1 log 1:S1,S2,S3,S4
             at 0ms crash S3 · crash S4",
            "S1 S2",
        ),
        (
            "servers 4 · members S1 S2\n S1 term 1 log 1:S1,S2,S3,S4\n S2 term 1 log 1:S1,S2,S3,S4
             S3 term 1 log 1:S1,S2,S3,S4\n at 0ms crash S3 · crash S4",
            "S1 S2",
        ),
        (
            "servers 4 · members S1 S2\n S1 term 1 log 1:S1,S2,S3,S4\n S2 term 1 log 1:S1,S2,S3,S4
             S3 term 1 log 1:S1,S2,S3,S4\n S4 term 1 log 1:S1,S2,S3,S4\n at 0ms crash S3 · crash S4",
            "none",
        ),
    ] {
        let working = working_group(&world(&format!("{USUAL}{text}")));
        assert_eq!(working.unwrap_or_default().to_string(), group, "{text}");
        assert_eq!(working.is_some(), group != "none", "{text}");
    }
}

#[test]
fn a_full_log_takes_no_more() {
    for (last, works) in [(MAX_LOG - 1, true), (MAX_LOG, false)] {
        let mut scenario = Scenario::new(1, 1);
        scenario.disks.push(DiskImage {
            server: server(1),
            term: Term(1),
            vote: None,
            snapshot: (EntryId::new(LogIndex(last), Term(1)), Vec::new()),
            entries: Vec::new(),
            commit: LogIndex(last),
        });
        let world = World::new(&scenario, &mut Step::default());
        assert_eq!(working_group(&world).is_some(), works, "{last}");
    }
}

/// Each pair of settings is just this and just the other side of a border.
#[test]
fn things_take_as_long_as_they_should_up_to_the_border() {
    for (good, bad) in [
        // A heartbeat is there before anybody has lost patience.
        ("config timeout=60.001..200ms", "config timeout=60..200ms"),
        ("config heartbeat=89.999ms", "config heartbeat=90ms"),
        // So are votes, where heartbeats are not what takes longer.
        (
            "config heartbeat=5ms timeout=20.001..200ms",
            "config heartbeat=5ms timeout=20..200ms",
        ),
        // Timeouts differ by as much as votes take.
        ("config timeout=100..120ms", "config timeout=100..119.999ms"),
        // Three rounds for a client; and where entries wait for heartbeats, four of those and two
        // rounds.
        ("config patience=60ms", "config patience=59.999ms"),
        (
            "config send=heartbeat patience=240ms",
            "config send=heartbeat patience=239.999ms",
        ),
        // The longest journey counts, and the longest write.
        (
            "config latency=1..10ms timeout=60.001..200ms",
            "config latency=1..10ms timeout=60..200ms",
        ),
        (
            "config disk=1..5ms patience=90ms",
            "config disk=1..5ms patience=89.999ms",
        ),
        (
            "config patience=90ms · at 0ms slow-disk S2 5ms",
            "config patience=89.999ms · at 0ms slow-disk S2 5ms",
        ),
        // By every clock of those that are up.
        (
            "config timeout=120.002..300ms · at 0ms skew S2 2/1",
            "config timeout=120..300ms · at 0ms skew S2 2/1",
        ),
        (
            "config timeout=110.001..300ms · at 0ms skew S2 1/2",
            "config timeout=110..300ms · at 0ms skew S2 1/2",
        ),
        (
            "at 0ms skew S2 1/100 · crash S2",
            "at 0ms skew S2 1/100 · crash S3",
        ),
        (
            "at 0ms slow-disk S2 1s · crash S2",
            "at 0ms slow-disk S2 1s · crash S3",
        ),
        ("at 0ms crash S1", "at 0ms crash S1 · crash S2 · crash S3"),
    ] {
        let timely = |text: &str| is_timely(&world(&format!("{USUAL} servers 3\n {text}")));
        assert!(timely(good), "{good}");
        assert!(!timely(bad), "{bad}");
    }
}

#[test]
fn everything_is_given_its_time() {
    // Elections 8 s, 8 messages of 90 ms each, and twice round four servers of 60 ms each.
    for (text, ms) in [
        ("servers 3", 8_000 + 720 + 480),
        ("servers 5", 8_000 + 720 + 720),
        ("servers 3 · at 0ms skew S2 1/2", 16_000 + 720 + 480),
        ("servers 3 · config heartbeat=30ms", 8_000 + 560 + 480),
        ("servers 3 · config latency=1..5ms", 8_000 + 560 + 480),
        ("servers 3 · config patience=1s", 8_000 + 720 + 8_000),
        // Eleven entries behind, four in a message, there and back: five messages more.
        (
            "servers 3 · config batch=4\n S1 term 1 log 1 1 1 1 1 1 1 1 1 1 1 1\n S2 term 1 log 1 1 1\n S3 term 1 log 1",
            8_000 + 13 * 90 + 480,
        ),
    ] {
        let world = world(&format!("{USUAL}{text}"));
        assert_eq!(long_enough(&world), Time::ms(ms), "{text}");
    }
}

/// S1 has removed S4 at index 2 when S4 stands for election, and did not tell it.
const REMOVED: &str = "servers 4 · rules off tell-the-removed
    config timeout=1000..2000ms · config latency=5ms · config patience=1s · config send=at-once
    at 0ms timeout S1
    at 60ms remove S4\n";

/// Whether the server is said to disturb at the end of a text.
fn disturbs(id: usize, text: &str, calm_since: Time) -> Option<Breach> {
    let world = world(text);
    calm(&world, calm_since).disturbs(server(id), &world)
}

#[test]
fn whoever_could_have_been_told_of_its_removal_disturbs() {
    let text = format!("{REMOVED} at 400ms timeout S4");
    // Two heartbeats of 50 ms, each there and back.
    let told = Time::ms(400 - 2 * (50 + 10));
    let breach = Breach::Disturbed {
        server: server(4),
        index: LogIndex(2),
    };
    assert_eq!(disturbs(4, &text, told), Some(breach));
    assert_eq!(disturbs(4, &text, told + Time(1)), None);
    for (slower, ms) in [("skew S2 1/2", 2 * 50), ("slow-disk S3 7ms", 2 * 2 * 7)] {
        let text = format!("{REMOVED} at 400ms {slower} · timeout S4");
        let told = told - Time::ms(ms);
        assert_eq!(disturbs(4, &text, told), Some(breach), "{slower}");
        assert_eq!(disturbs(4, &text, told + Time(1)), None, "{slower}");
    }
}

#[test]
fn whoever_could_not_have_been_told_does_not_disturb() {
    let before = |text: &str| REMOVED.replace("at 60ms", &format!("{text}\n at 60ms"));
    let at_once = "rules off own-term-before-change · config no-op=off\n";
    for (id, text) in [
        // It does not stand.
        (4, format!("{REMOVED} at 200ms heal")),
        (4, format!("{REMOVED} at 200ms crash S4")),
        // It was not removed.
        (
            2,
            before("at 50ms cut S1>S2") + "at 200ms heal · timeout S2",
        ),
        // Nobody leads.
        (4, format!("{REMOVED} at 200ms crash S1 · timeout S4")),
        // That it was is not committed.
        (
            4,
            before("at 50ms cut S2>S1 · cut S3>S1") + "at 200ms heal · timeout S4",
        ),
        // It lacks more than that.
        (
            4,
            REMOVED.replace("at 0ms", "at 0ms cut S1>S4 · ") + "at 200ms heal · timeout S4",
        ),
        // It has something else before it, or there.
        (
            4,
            format!(
                "S1 term 1\n S4 term 1 log 1\n{}",
                REMOVED.replace("at 0ms", "at 0ms cut S1>S4 · ")
            ) + "at 200ms heal · timeout S4",
        ),
        (
            4,
            format!(
                "S1 term 1 log 1\n S2 term 1 log 1\n S3 term 1 log 1\n S4 term 1 log 1 1:x=1\n{at_once}{}",
                REMOVED.replace("at 0ms", "at 0ms cut S1>S4 · ")
            ) + "at 200ms heal · timeout S4",
        ),
        // Another has led since.
        (
            4,
            format!("{REMOVED} at 100ms timeout S2\n at 200ms timeout S4"),
        ),
        (4, format!("{REMOVED} at 200ms timeout S4 · timeout S4")),
        // They could not reach each other.
        (4, format!("{REMOVED} at 200ms cut S1>S4 · timeout S4")),
        (4, format!("{REMOVED} at 200ms cut S4>S1 · timeout S4")),
        (
            4,
            format!("{REMOVED} at 200ms config loss=0.1% · timeout S4"),
        ),
    ] {
        assert_eq!(disturbs(id, &text, Time::ZERO), None, "{text}");
    }
}

/// What is said of progress first, when a run is watched up to its last action.
fn watched(text: &str) -> (Option<Violation>, Vec<(Time, bool)>) {
    let mut checker: Option<Checker> = None;
    let mut steps = Vec::new();
    play(text, |world, step| {
        let checker = checker.get_or_insert_with(|| Checker::new(world));
        checker.observe(world, step);
        let looks = matches!(step.cause, Cause::Client(_) | Cause::Timeout { .. });
        steps.push((step.at, looks));
    });
    let found = checker.and_then(|checker| checker.violation_of(Property::Progress).copied());
    (found, steps)
}

#[test]
fn a_client_that_is_never_served_is_seen_at_the_first_step_that_is_late_enough() {
    // Nobody is ever elected: all timers run out at once.
    let off = format!("{USUAL} servers 3 · clients 2 · rules off random-timeouts\n");
    for (text, since) in [
        ("at 500ms request C1 x=5", 500),
        // Others may ask, and this one ask for more.
        (
            "at 500ms request C1 x=5\n at 9s read C2 y from S3 · request C1 x=6",
            500,
        ),
        // Whatever else is done begins the time anew.
        ("at 500ms request C1 x=5\n at 3s heal", 3_000),
        ("at 500ms request C1 x=5\n at 4s config batch=4", 4_000),
        ("at 500ms request C1 x=5\n at 3s skew S3 1/1", 3_000),
    ] {
        let (found, steps) = watched(&format!("{off}{text}\n at 30s heal"));
        let found = found.unwrap_or_else(|| panic!("nobody said anything: {text}"));
        let border = Time::ms(since + 9_200);
        let first = steps.iter().find(|(at, looks)| *looks && *at >= border);
        assert_eq!(first.map(|(at, _)| *at), Some(found.at), "{text}");
        assert_eq!(found.guard, Some(Rule::RandomTimeouts));
        let since = Time::ms(since);
        assert_eq!(
            found.to_string(),
            format!(
                "Progress is broken: C1 has waited since {since} for the answer to x=5, though a \
                 majority is up and connected. The rule random-timeouts (section 5.2) is off."
            )
        );
        // With the rule, it is served.
        let on = format!("{USUAL} servers 3 · clients 2\n{text}\n at 30s heal");
        assert_eq!(watched(&on).0, None);
    }
}

#[test]
fn nobody_starves_who_is_served_or_whom_nobody_can_serve() {
    let off = format!("{USUAL} servers 3 · rules off random-timeouts\n");
    for text in [
        // Somebody does something again and again.
        (0..15).fold(format!("{off} at 0ms request C1 x=5\n"), |text, nth| {
            text + &format!("at {}s heal\n", 9 * nth)
        }),
        format!("{off} at 0ms request C1 x=5 · crash S1 · crash S2\n at 30s heal"),
        format!("{off} at 0ms request C1 x=5 · cut S1>S2\n at 30s heal"),
        // The leader changes, the answers come.
        format!(
            "{USUAL} servers 5\n client C1 writes x every 100ms\n at 5s timeout S1
             at 20s crash S1\n at 40s restart S1\n at 60s heal"
        ),
    ] {
        assert_eq!(watched(&text).0, None, "{text}");
    }
}

#[test]
fn a_removed_server_is_seen_when_its_timer_runs_out() {
    let text = REMOVED.replace("rules", "clients 1 · rules");
    let (found, steps) = watched(&format!("{text} at 5s heal"));
    let found = found.expect("it disturbs");
    assert_eq!(
        found.to_string(),
        "Progress is broken: S4 starts an election: it never received entry 2, which removed it from the cluster. \
         The rule tell-the-removed (dissertation, section 4.2.3) is off."
    );
    assert_eq!(found.breach.servers().to_string(), "S4");
    assert!(found.at > Time::ms(1_000) && found.at < Time::ms(2_100));
    let step = steps.iter().position(|(at, _)| *at == found.at);
    assert_eq!(step, Some(found.step.0 as usize));
    // It may have been something else that was done after it.
    assert_eq!(
        watched(&format!("{text} at 200ms heal\n at 5s heal")).0,
        None
    );
    let told = text.replace("rules off tell-the-removed", "");
    assert_eq!(watched(&format!("{told} at 5s heal")).0, None);
}
