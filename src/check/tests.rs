//! Planted violations: every property is broken once, and found.

mod planted;

use super::ghost::{Ghost, Stale};
use super::*;
use crate::kv::{Answer, ClientId, Command, Key, Op};
use crate::raft::{Entry, LogIndex, NodeId, Payload, Rule, Rules, Term};
use crate::sim::text::{parse_action, parse_run};
use crate::sim::{Cause, Step, Time, World};

/// Nothing happens by itself, and nothing is lost: what happens is what the script says.
const STILL: &str = "config timeout=100s · config heartbeat=50s · config patience=100s
    config latency=10ms · config send=at-once · config no-op=off\n";

/// A run under watch.
struct Run {
    world: World,
    step: Step,
    checker: Checker,
    history: History,
}

impl Run {
    /// Plays a run to a second after its last action.
    fn of(text: &str) -> Self {
        let (scenario, actions) = parse_run(text).unwrap_or_else(|error| panic!("{error}"));
        let mut step = Step::default();
        let world = World::new(&scenario, &mut step);
        let checker = Checker::new(&world);
        let history = History::new(&world);
        let mut run = Self {
            world,
            step,
            checker,
            history,
        };
        run.look();
        for (at, action) in &actions {
            run.until(*at);
            run.world.wait_until(*at);
            run.world
                .act(action, &mut run.step)
                .unwrap_or_else(|why| panic!("{action}: {why}"));
            run.look();
        }
        let last = actions.last().map_or(Time::ZERO, |(at, _)| *at);
        run.until(last + Time::ms(1000));
        run
    }

    fn until(&mut self, end: Time) {
        while self.world.next_at().is_some_and(|at| at <= end) {
            self.world.step(&mut self.step);
            self.look();
        }
    }

    fn look(&mut self) {
        self.checker.observe(&self.world, &self.step);
        self.history.note(&self.step);
    }

    /// The first property that was broken.
    fn broken(&self) -> Option<Property> {
        Some(self.checker.violations().first()?.property())
    }

    fn said(&self) -> String {
        let said = self.checker.violations().first().map(|v| v.to_string());
        said.unwrap_or_default()
    }
}

/// The script breaks the property with the rule off, and nothing with it on.
fn check(rule: Rule, property: Property, script: &str) -> Run {
    let off = Run::of(&format!("{STILL} rules off {rule}\n{script}"));
    let found = off.checker.violations().first();
    let found = found.unwrap_or_else(|| panic!("with {rule} off nothing was broken"));
    assert_eq!(found.property(), property, "{found}");
    assert_eq!(found.guard, Some(rule), "{found}");
    let on = Run::of(&format!("{STILL}{script}"));
    assert_eq!(on.said(), "", "with all rules on");
    off
}

#[test]
fn two_leaders_in_a_term_break_election_safety() {
    let script = "servers 3\n timeout S1 · timeout S2";
    let run = check(Rule::OneVotePerTerm, Property::ElectionSafety, script);
    assert_eq!(
        run.said(),
        "Election Safety is broken: S1 and S2 were both elected leader of term 1. \
         The rule one-vote-per-term (Figure 2, RequestVote 2) is off."
    );
    let breach = run.checker.violations()[0].breach;
    assert_eq!(breach.servers().to_string(), "S1 S2");
}

#[test]
fn a_forgotten_vote_breaks_election_safety() {
    check(
        Rule::PersistVote,
        Property::ElectionSafety,
        "servers 3
        at 0ms cut S1-S2 · cut S2>S3 · timeout S1
        at 11ms crash S3 · restart S3 · heal · cut S1-S2 · timeout S2",
    );
}

/// Figure 8 with three servers: an entry of term 1 is on a majority in term 3, and is overwritten
/// in term 4.
const FIGURE_8: &str = "servers 3 · clients 3
    at 0ms timeout S1
    at 100ms isolate S1 · request C1 x=1
    at 200ms crash S1 · heal · timeout S3
    at 300ms isolate S3 · request C3 y=2
    at 400ms crash S3 · heal · restart S1 · timeout S1
    at 500ms timeout S1
    at 600ms crash S1 · restart S3 · timeout S3
    at 700ms timeout S3";

#[test]
fn figure_8_breaks_leader_completeness() {
    let run = check(Rule::CommitOwnTerm, Property::LeaderCompleteness, FIGURE_8);
    let Breach::LeaderLacks {
        term,
        index,
        committed_in,
        found,
        ..
    } = run.checker.violations()[0].breach
    else {
        panic!("{}", run.said());
    };
    assert_eq!((term, index, committed_in), (Term(4), LogIndex(1), Term(3)));
    assert_eq!(found.map(|entry| entry.term), Some(Term(2)));
    assert!(
        run.said()
            .contains("has y=2 of term 2 at index 1, but x=1 of term 1 was committed there")
    );
}

/// S2's answer of term 1 reaches S1 in term 3, when both logs have changed.
#[test]
fn an_old_acknowledgement_breaks_leader_completeness() {
    let run = check(
        Rule::IgnoreOldReplies,
        Property::LeaderCompleteness,
        "servers 5 · clients 5
        at 0ms timeout S1
        at 100ms cut S1-S3 · cut S1-S4 · cut S1-S5 · hold S2>S1
        at 110ms request C1 a=1 · request C2 b=2 · request C3 c=3
        at 200ms cut S1>S2 · cut S2-S5 · timeout S5
        at 300ms request C4 d=4
        at 400ms heal S1-S5 · request C5 e=5
        at 500ms heal S1-S3 · timeout S1
        at 600ms request C5 f=6 · cut S1-S5
        at 700ms release S2>S1
        at 800ms timeout S4
        at 900ms timeout S4",
    );
    let said = "S4 leads term 4 and has nothing at index 3, but f=6 of term 3 was committed there";
    assert!(run.said().contains(said), "{}", run.said());
}

#[test]
fn an_empty_log_that_wins_breaks_leader_completeness_and_loses_a_write() {
    let run = check(
        Rule::UpToDate,
        Property::LeaderCompleteness,
        "servers 3
        at 0ms timeout S1
        at 100ms isolate S3 · request C1 x=1
        at 200ms heal · timeout S3",
    );
    let lost = run.checker.violation_of(Property::AcknowledgedWrites);
    assert!(lost.is_some_and(|lost| {
        lost.to_string()
            .contains("C1 got the answer that x=1 is done")
    }));
}

/// S1 goes by a cluster of its own choice, S1, S4 and S5; the others by all five. S2 could be
/// elected too, but only by S4 and S5 besides itself, and S1 needs one of these. S3, with the longer
/// log, has more to choose from.
#[test]
fn whoever_has_the_most_supporters_shows_that_majorities_are_apart() {
    let script = "servers 5\n config send=at-once
        timeout S1 · at 100ms request C1 y=1 · at 200ms cut S1-S2 · cut S1-S4 · cut S1-S5 · request C1 x=1
        at 300ms cut S1-S3 · members S1 S4 S5";
    let run = check(Rule::JointConsensus, Property::ConfigurationSafety, script);
    let breach = run.checker.violations()[0].breach;
    assert_eq!(breach.servers().to_string(), "S1 S3");
}

#[test]
fn a_stale_tail_under_a_bare_heartbeat_breaks_state_machine_safety() {
    check(
        Rule::CheckHeartbeats,
        Property::StateMachineSafety,
        "servers 3
        S1 term 1 log 1:x=1
        S2 term 2 log 2:y=2 commit 1
        S3 term 2 log 2:y=2 commit 1
        cut S3>S2 · timeout S3",
    );
}

#[test]
fn entries_after_a_gap_break_log_matching() {
    check(
        Rule::CheckPrevious,
        Property::LogMatching,
        "servers 3
        S1 term 1 log 1:x=1
        S2 term 2 log 2:y=2
        S3 term 2 log 2:y=2
        at 0ms timeout S3
        at 100ms request C1 z=3",
    );
}

#[test]
fn logs_that_say_different_things_in_one_term_break_log_matching() {
    let same_term = Run::of("servers 3\n S1 term 1 log 1:x=1\n S2 term 1 log 1:x=2");
    assert_eq!(same_term.broken(), Some(Property::LogMatching));
    let before = Run::of("servers 3\n S1 term 2 log 1 2\n S2 term 2 log 2 2");
    assert_eq!(before.broken(), Some(Property::LogMatching));
    assert!(
        before
            .said()
            .contains("S2 and S1 both have an entry of term 2 at index 2")
    );
    assert_eq!(
        before.checker.violations()[0].breach.index(),
        Some(LogIndex(1))
    );
}

#[test]
fn different_entries_applied_at_an_index_break_state_machine_safety() {
    // While all rules hold, no text may begin with this.
    let run = Run::of(
        "servers 3\n rules off commit-majority
        S1 term 1 log 1:x=1 commit 1\n S2 term 2 log 2:y=2 commit 1",
    );
    assert_eq!(run.broken(), Some(Property::StateMachineSafety));
    assert!(
        run.said()
            .contains("at index 1, S2 applied y=2 of term 2, but S1 applied x=1")
    );
}

#[test]
fn a_leader_that_rewrites_its_log_is_caught_by_its_log() {
    let elect = |log: &str| {
        let script = format!("servers 3\n S3 term 1 log {log}\n timeout S3");
        Run::of(&format!("{STILL}{script}"))
    };
    // The same leader of the same term, and suddenly another log: no rule of ours can be switched
    // off to get there, so another world stands in for it.
    for other in ["1:x=1 1:x=3 1:x=3", "1:x=1 1:x=2", "1:x=2"] {
        let run = elect("1:x=1 1:x=2 1:x=3");
        let other = elect(other);
        assert_eq!(run.said(), "");
        // However it comes to it: what somebody outside does is no excuse.
        for step in [timeout_of_s3(&other), nothing_done(&other)] {
            let mut checker = run.checker.clone();
            checker.observe(&other.world, &step);
            let found = checker.violation_of(Property::LeaderAppendOnly);
            let found = found.expect("it is found at once");
            assert_eq!((found.step, found.at), (step.id, step.at));
        }
    }
    let mut run = elect("1:x=1");
    let longer = elect("1:x=1 1:x=2");
    run.checker.observe(&longer.world, &timeout_of_s3(&longer));
    assert_eq!(run.said(), "", "appending is what a leader does");
}

/// A step in which somebody outside did nothing that matters.
fn nothing_done(run: &Run) -> Step {
    let mut step = Step::default();
    let mut world = run.world.clone();
    let action = parse_action("heal").unwrap();
    world.act(&action, &mut step).unwrap();
    step
}

/// A step that happened to S3.
fn timeout_of_s3(run: &Run) -> Step {
    let mut step = Step::default();
    let mut world = run.world.clone();
    while !matches!(step.cause, Cause::Timeout { .. }) {
        world.step(&mut step);
    }
    assert_eq!(step.server().map(|id| id.number()), Some(3));
    step
}

#[test]
fn a_request_that_is_executed_again_breaks_exactly_once() {
    let lost_answer = |op: &str, between: &str| {
        format!(
            "config patience=100ms · servers 3 · clients 2
            at 0ms timeout S1
            at 200ms request C1 {op}
            at 231ms drop S1>C1
            at 240ms {between}"
        )
    };
    for script in [
        lost_answer("x+=1", "request C2 y=1"),
        lost_answer("x=1", "request C2 x=2"),
        lost_answer("-x", "request C2 x=2"),
    ] {
        let run = check(Rule::ExactlyOnce, Property::ExactlyOnce, &script);
        assert!(run.said().contains(" again, at index"), "{}", run.said());
    }
    // Reading again, or setting the same again, changes nothing.
    for script in [
        lost_answer("x?", "request C2 x=2"),
        lost_answer("x=1", "request C2 y=2"),
    ] {
        let off = Run::of(&format!("{STILL} rules off exactly-once\n{script}"));
        assert_eq!(off.said(), "");
    }
}

/// A value that has been wrong for long is not told again with each entry that has nothing to do
/// with it, nor after the server has compacted its log.
#[test]
fn what_went_wrong_is_told_of_the_step_in_which_it_did() {
    for between in ["heal", "compact S1 · compact S2 · compact S3"] {
        let run = Run::of(&format!(
            "{STILL} rules off exactly-once\n config patience=100ms · servers 3 · clients 2
            at 0ms timeout S1
            at 200ms request C1 x+=1
            at 231ms drop S1>C1
            at 240ms request C2 y=1
            at 600ms {between}
            at 700ms request C2 y=2"
        ));
        let found: Vec<Property> = run
            .checker
            .violations()
            .iter()
            .map(|v| v.property())
            .collect();
        let expected = [Property::ExactlyOnce, Property::AcknowledgedWrites];
        assert_eq!(found, expected, "{between}");
    }
}

#[test]
fn a_machine_that_comes_out_of_a_snapshot_otherwise_breaks_state_machine_safety() {
    // S3 has executed one entry itself, and has the other by a snapshot.
    let run = |value: i32, then: &str| {
        Run::of(&format!(
            "{STILL} config heartbeat=50ms · servers 3 · clients 1
            at 0ms timeout S1
            at 100ms request C1 x={value}
            at 300ms isolate S3
            at 400ms request C1 y=2
            at 600ms compact S1
            {then}"
        ))
    };
    let restored = |value| run(value, "at 700ms heal");
    for (value, said) in [
        (1, ""),
        (
            9,
            "State Machine Safety is broken: S3 executed x=1 at index 1, and its state machine now \
             differs from the committed log.",
        ),
    ] {
        let mut run = run(1, "");
        let mut step = Step::default();
        step.cause = Cause::Written {
            server: NodeId::new(3).unwrap(),
        };
        run.checker.observe(&restored(value).world, &step);
        assert_eq!(run.said(), said);
    }
}

#[test]
fn a_number_that_is_given_again_is_another_server() {
    let run = Run::of(
        "servers 4 · clients 1
        at 0ms timeout S1
        at 200ms remove S4
        at 500ms retire S4
        at 600ms add S4
        at 900ms request C1 x=1",
    );
    assert_eq!(run.said(), "");
    assert_eq!(run.world.servers().len(), 4);
}

#[test]
fn a_commit_index_that_falls_is_a_step_backwards() {
    let run = check(
        Rule::CommitNeverFalls,
        Property::NeverBackwards,
        "servers 3
        S1 term 1 log 1 1 commit 2
        S2 term 1 log 1 1 commit 2
        S3 term 1 log 1 1
        timeout S3",
    );
    assert!(
        run.said()
            .contains("the commit index of S1 fell from 2 to 0"),
        "{}",
        run.said()
    );
}

/// What the checker says at once, the search over the whole history finds too.
fn check_stale(rule: Rule, script: &str, said: &str) {
    let off = check(rule, Property::LinearizableReads, script);
    assert!(off.said().contains(said), "{}", off.said());
    let anomaly = off.history.check().expect_err("the history shows it");
    assert_eq!(anomaly.operation.op.to_string(), "x?");
    let on = Run::of(&format!("{STILL}{script}"));
    assert_eq!(on.history.check(), Ok(()));
}

#[test]
fn a_leader_that_does_not_know_it_was_deposed_reads_what_is_stale() {
    check_stale(
        Rule::ConfirmReads,
        "servers 3 · clients 3
        config read=index
        at 0ms timeout S1
        at 100ms request C1 x=1
        at 200ms partition S1 C2 | S2 S3 C3 · timeout S3
        at 300ms request C3 x=2
        at 400ms read C2 x from S1",
        "S1 answered \"1\" to x? of C2, but a client already knew entry 2 when the read was \
         sent: there the value is \"2\", and it was never \"1\" after that.",
    );
}

#[test]
fn a_leader_that_does_not_know_what_is_committed_reads_what_is_stale() {
    check_stale(
        Rule::ReadAfterOwnTerm,
        "servers 3 · clients 2
        config read=index
        at 0ms timeout S1
        at 100ms request C1 x=1
        at 200ms crash S1 · timeout S2
        at 300ms read C2 x from S2",
        "S2 answered \"no value\" to x? of C2, but a client already knew entry 1",
    );
}

#[test]
fn a_lease_without_a_bound_reads_what_is_stale() {
    check_stale(
        Rule::LeaseBound,
        "servers 3 · clients 3
        config read=index check-quorum=on drift=25% timeout=1s..1500ms heartbeat=500ms
        skew S2 5/4 · skew S3 5/4
        at 0ms timeout S1
        at 50ms request C1 x=1
        at 200ms config read=lease
        at 600ms partition S1 C2 | S2 S3 C3
        at 1340ms timeout S3
        at 1370ms request C3 x=2
        at 1420ms read C2 x from S1",
        "S1 answered \"1\" to x? of C2",
    );
}

/// A read may see what others are just writing, or not; but not first the one and then the other.
#[test]
fn what_one_read_has_seen_the_next_must_see() {
    let (one, two) = (ClientId::new(1).unwrap(), ClientId::new(2).unwrap());
    let key: Key = "x".parse().unwrap();
    let mut ghost = Ghost::default();
    let write = |ghost: &mut Ghost, serial, value| {
        let op = Op::Set { key, value };
        let payload = Payload::Command(Command {
            client: one,
            session: None,
            serial,
            op,
        });
        let term = Term(1);
        let server = NodeId::new(1).unwrap();
        ghost.settle(Entry { term, payload }, term, server, Rules::default());
    };
    let saw = |value| Answer::Value(Some(value));
    write(&mut ghost, 1, 1);
    ghost.asks(two);
    write(&mut ghost, 2, 2);
    write(&mut ghost, 3, 3);
    // Nobody was told of any of them.
    assert_eq!(ghost.read(two, key, Answer::Value(None)), Ok(()));
    assert_eq!(ghost.read(two, key, saw(2)), Ok(()));
    ghost.asks(two);
    assert_eq!(ghost.read(two, key, saw(3)), Ok(()));
    ghost.asks(one);
    let stale = |known, value| {
        Err(Stale {
            known: LogIndex(known),
            value: Some(value),
        })
    };
    assert_eq!(ghost.read(one, key, saw(2)), stale(3, 3));
    assert_eq!(ghost.read(one, key, saw(4)), stale(3, 3));
    write(&mut ghost, 4, 4);
    assert_eq!(ghost.read(one, key, saw(4)), Ok(()));
}

#[test]
fn a_disk_that_is_wiped_is_nobodys_rule() {
    let run = Run::of(&format!(
        "{STILL} servers 3
        at 0ms timeout S1
        at 100ms isolate S3 · request C1 x=1
        at 200ms crash S2 · wipe S2 · restart S2 · heal · isolate S1 · timeout S3"
    ));
    assert_eq!(run.broken(), Some(Property::LeaderCompleteness));
    assert_eq!(run.checker.violations()[0].guard, None);
}

#[test]
fn a_checker_that_was_cloned_goes_on_alike() {
    let mut run = Run::of(&format!("{STILL} rules off commit-own-term\n{FIGURE_8}"));
    let mut twin = Run {
        world: run.world.clone(),
        step: Step::default(),
        checker: run.checker.clone(),
        history: run.history.clone(),
    };
    for run in [&mut run, &mut twin] {
        run.until(Time::ms(60_000));
    }
    assert_eq!(run.checker, twin.checker);
    assert_eq!(run.world, twin.world);
}

/// Both that keep account of the clients hear that a session has expired: the request may be done or
/// not, and nobody was promised that it is.
#[test]
fn what_a_client_was_told_has_expired_is_noted() {
    let run = Run::of(
        "servers 3 · clients 2 · config sessions=1 · config latency=10ms
        at 1s request C1 x=1\n at 2s request C2 y=1
        at 3s request C1 x=2\n at 4s request C1 x=3",
    );
    let log = run.world.servers()[0].log();
    let of = |wanted: &str| {
        let wanted: Op = wanted.parse().unwrap();
        let is_wanted = |entry: &&Entry| match entry.payload {
            Payload::Command(Command { op, .. }) => op == wanted,
            _ => false,
        };
        let operations = run.history.operations().iter();
        let answer = operations
            .filter(|operation| operation.op == wanted)
            .find_map(|operation| operation.answered.map(|(_, answer)| answer));
        let mut entries = log.iter().map(|(_, entry)| entry);
        let entry = entries.find(is_wanted).unwrap();
        (answer, run.checker.ghost.is_acknowledged(entry))
    };
    assert_eq!(of("x=1"), (Some(Answer::Done), true));
    assert_eq!(of("x=2"), (Some(Answer::Expired), false));
    assert_eq!(of("x=3"), (Some(Answer::Done), true));
}
