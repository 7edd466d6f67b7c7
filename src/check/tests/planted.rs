//! States of servers as no core of ours would leave them, one after the other.

use super::*;
use crate::kv::KvStore;
use crate::raft::configuration::Configuration;
use crate::raft::{EntryId, Log, ServerSet, Snapshot};
use crate::sim::StepId;
use crate::sim::text::{entry, server};

/// A checker that knows nothing of three servers.
fn checker() -> Checker {
    Checker::of(NodeId::first(3).collect())
}

/// A checker to which the run begins with that snapshot.
fn since(last: &str) -> Checker {
    Checker::since(NodeId::first(3).collect(), &snapshot(last))
}

/// A checker of five servers, of which the first so many are the cluster; the others are new.
fn growing(founders: usize) -> Checker {
    let mut checker = Checker::of(NodeId::first(5).collect());
    let founder = Seen::down(NodeId::first(founders).collect());
    let new = Seen::down(ServerSet::EMPTY);
    checker.seen = [vec![founder; founders], vec![new; 5 - founders]].concat();
    checker
}

/// A server in writing: `S1 down term 2 after 3:1 log 1:x=1 2 commit 2 applied 1`, or `leads 2`
/// instead of `term 2`. What is committed is applied where nothing else is said.
fn seen(text: &str) -> (NodeId, Seen) {
    seen_of(NodeId::first(3).collect(), text)
}

/// The same, of a cluster that was founded by others.
fn seen_of(founders: ServerSet, text: &str) -> (NodeId, Seen) {
    let mut words = text.split(' ').peekable();
    let id = server(words.next().unwrap()).unwrap();
    let mut seen = Seen::down(founders);
    seen.up = true;
    while let Some(word) = words.next() {
        let number = || words.clone().next().and_then(|word| word.parse().ok());
        match word {
            "down" => seen.up = false,
            "term" => seen.term = Term(number().unwrap()),
            "leads" => {
                seen.term = Term(number().unwrap());
                seen.leads = Some(seen.term);
            }
            "commit" => {
                seen.commit = LogIndex(number().unwrap());
                seen.applied = seen.commit;
            }
            "applied" => seen.applied = LogIndex(number().unwrap()),
            // A server that has never heard from anybody.
            "new" => seen.log = Log::new(ServerSet::EMPTY),
            // `voters 145`: an entry that makes S1, S4 and S5 the voters; `joint 145`: on the way.
            "voters" | "joint" => {
                let numbers = words.peek().unwrap().chars();
                let ids = numbers.map(|number| number.to_digit(10).unwrap() as usize);
                let mut next = Configuration::of(ids.filter_map(NodeId::new).collect());
                if word == "joint" {
                    next.outgoing = seen.log.configuration().voters;
                }
                let payload = Payload::Configuration(next);
                let term = seen.term;
                seen.log.append(Entry { term, payload });
            }
            "after" => seen.log = Log::after(snapshot(words.peek().unwrap())),
            "log" => {
                while let Some(word) = words.next_if(|word| word.starts_with(char::is_numeric)) {
                    let place = seen.log.last_index().0 as usize;
                    seen.log.append(entry(word, place).unwrap());
                }
            }
            _ => assert!(word.starts_with(char::is_numeric), "{word}"),
        }
    }
    (id, seen)
}

/// `3:1`: up to entry 3 of term 1.
fn snapshot(text: &str) -> Snapshot {
    let (index, term) = text.split_once(':').unwrap();
    let (index, term) = (index.parse().unwrap(), term.parse().unwrap());
    Snapshot {
        last: EntryId::new(LogIndex(index), Term(term)),
        configuration: Configuration::of(NodeId::first(3).collect()),
        machine: KvStore::default(),
    }
}

/// Shows a checker the servers, a line each, and takes down what it says, a line each.
fn told(mut checker: Checker, states: &str) -> String {
    let lines = states
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let founders = checker.seen[0].log.configuration().voters;
    for (nth, line) in (1..).zip(lines) {
        let (id, now) = seen_of(founders, line);
        let known = checker.violations().len();
        let first = checker.look(id, now, StepId(nth), Time::ms(nth)).copied();
        assert_eq!(first, checker.violations().get(known).copied());
    }
    let said = checker.violations().iter().map(|violation| {
        assert_eq!(Time::ms(violation.step.0), violation.at);
        assert_eq!(violation.guard, None);
        format!("{}: {violation}", violation.step.0)
    });
    said.collect::<Vec<_>>().join("\n")
}

/// A checker says this of these states.
fn all(cases: &[(&str, &str)]) {
    for (states, said) in cases {
        assert_eq!(told(checker(), states), *said, "{states}");
    }
}

#[test]
fn election_safety() {
    let both = "Election Safety is broken: S1 and S2 were both elected leader of term 1.";
    all(&[
        ("S1 leads 1\n S2 leads 1", &format!("2: {both}")),
        ("S1 leads 1\n S2 leads 2\n S3 leads 3", ""),
        // Terms need not come in their order, nor leaders stay.
        (
            "S3 leads 2\n S1 leads 1\n S1 term 1\n S2 leads 1",
            &format!("4: {both}"),
        ),
        // A leader that comes back as the same is the same.
        ("S1 leads 1\n S1 down term 1\n S1 leads 1", ""),
        // Only the first time counts.
        (
            "S1 leads 1\n S2 leads 1\n S1 leads 2\n S2 leads 2",
            &format!("2: {both}"),
        ),
    ]);
}

#[test]
fn leader_append_only() {
    let rewrote = |found| {
        format!(
            "2: Leader Append-Only is broken: S1, leader of term 1, had y=2 of term 1 at index 2 \
             and now has {found}."
        )
    };
    let leads = |then: &str| format!("S1 leads 1 log 1:x=1 1:y=2\n {then}");
    for (then, said) in [
        ("S1 leads 1 log 1:x=1", rewrote("nothing")),
        ("S1 leads 1 log 1:x=1 1:z=3", rewrote("z=3 of term 1")),
        // In the same term it does not matter that it stopped.
        ("S1 term 1 log 1:x=1", rewrote("nothing")),
        ("S1 leads 1 log 1:x=1 1:y=2", String::new()),
        ("S1 leads 1 log 1:x=1 1:y=2 1:z=3", String::new()),
        ("S1 leads 1 after 1:1 log 1:y=2", String::new()),
        ("S1 term 2 log 1:x=1", String::new()),
        ("S1 down term 1 log 1:x=1", String::new()),
    ] {
        assert_eq!(told(since("9:9"), &leads(then)), said, "{then}");
    }
    all(&[("S1 term 1 log 1:x=1 1:y=2\n S1 term 1 log 1:x=1", "")]);
}

#[test]
fn log_matching() {
    let differ = |servers, same, term, differ| {
        format!(
            "2: Log Matching is broken: {servers} both have an entry of term {term} at index \
             {same}, but their logs differ at index {differ}."
        )
    };
    for (states, said) in [
        ("S1 log 1 2\n S2 log 2 2", differ("S2 and S1", 2, 2, 1)),
        ("S1 log 1:x=1\n S2 log 1:x=2", differ("S2 and S1", 1, 1, 1)),
        // The last index with the same term counts, and before it the last that differs.
        (
            "S1 log 1 1 1 4 5\n S3 log 2 3 1 4",
            differ("S3 and S1", 4, 4, 2),
        ),
        (
            "S1 log 1 2 2 4\n S3 log 2 2 2 3",
            differ("S3 and S1", 3, 2, 1),
        ),
        ("S1 log 1 1 2\n S2 log 1 1 3", String::new()),
        ("S1 log 1 1 2\n S2 log 1 1", String::new()),
        ("S1 log 1:x=1\n S2 log 2:x=1", String::new()),
        // What one of them has compacted cannot be compared.
        ("S1 after 1:1 log 2\n S2 log 1:x=9 2", String::new()),
        ("S1 log 1:x=9 2\n S2 after 1:1 log 2", String::new()),
        (
            "S1 after 1:1 log 2 2\n S2 log 1 1 2",
            differ("S2 and S1", 3, 2, 2),
        ),
        (
            "S1 log 1 1 2\n S2 after 1:1 log 2 2",
            differ("S2 and S1", 3, 2, 2),
        ),
        // What a server had itself does not count any more.
        ("S1 log 1:x=1\n S1 log 1:x=2", String::new()),
    ] {
        assert_eq!(told(since("9:9"), states), said, "{states}");
    }
    // It is where the log changes that is looked at.
    all(&[(
        "S1 log 1 1 2 3\n S2 log 1 1\n S2 log 1 1 1 3",
        "3: Log Matching is broken: S2 and S1 both have an entry of term 3 at index 4, but their \
         logs differ at index 3.",
    )]);
}

#[test]
fn leader_completeness() {
    let lacks = "Leader Completeness is broken: S2 leads term 3 and has";
    let committed = "but x=1 of term 1 was committed there in term 2.";
    all(&[
        (
            "S1 term 2 log 1:x=1 commit 1\n S2 leads 3",
            &format!("2: {lacks} nothing at index 1, {committed}"),
        ),
        (
            "S1 term 2 log 1:x=1 commit 1\n S2 leads 3 log 2",
            &format!("2: {lacks} a no-op of term 2 at index 1, {committed}"),
        ),
        // Only the first that it lacks is told.
        (
            "S1 term 2 log 1 1:x=1 1:y=2 commit 3\n S2 leads 3 log 1",
            &format!("2: {lacks} nothing at index 2, {committed}"),
        ),
        // Committed late, when the next has a leader already.
        (
            "S2 leads 3\n S1 term 2 log 1:x=1 commit 1",
            &format!("2: {lacks} nothing at index 1, {committed}"),
        ),
        // Even if that one has stepped down since, or is down.
        (
            "S2 leads 3\n S2 term 4\n S1 term 2 log 1:x=1 commit 1",
            &format!("3: {lacks} nothing at index 1, {committed}"),
        ),
        (
            "S2 leads 3\n S2 down term 3\n S1 term 2 log 1:x=1 commit 1",
            &format!("3: {lacks} nothing at index 1, {committed}"),
        ),
        ("S1 term 2 log 1:x=1 commit 1\n S2 leads 3 log 1:x=1", ""),
        ("S2 leads 3 log 1:x=1\n S1 term 2 log 1:x=1 commit 1", ""),
        // Of the same term and of earlier ones nothing is promised.
        ("S1 term 2 log 1:x=1 commit 1\n S2 leads 2", ""),
        ("S1 term 2 log 1:x=1 commit 1\n S2 leads 1", ""),
        ("S2 leads 2\n S1 term 2 log 1:x=1 commit 1", ""),
        // Nor of those who do not lead.
        ("S1 term 2 log 1:x=1 commit 1\n S2 term 3", ""),
        ("S2 term 3\n S1 term 2 log 1:x=1 commit 1", ""),
        // What was compacted, it had.
        ("S1 term 2 log 1:x=1 commit 1\n S2 leads 3 after 1:1", ""),
        (
            "S2 leads 3 after 1:1\n S1 term 2 log 1:x=1 commit 1",
            "1: State Machine Safety is broken: the snapshot of S2 ends with entry 1 of term 1, \
             but nothing was committed there.",
        ),
        (
            "S1 term 2 log 1 1:x=1 commit 2\n S2 leads 3 after 1:1",
            &format!("2: {lacks} nothing at index 2, {committed}"),
        ),
        (
            "S3 log 1 commit 1\n S2 leads 3 after 1:1\n S1 term 2 log 1 1:x=1 commit 2",
            &format!("3: {lacks} nothing at index 2, {committed}"),
        ),
    ]);
}

#[test]
fn state_machine_safety() {
    let applied = "State Machine Safety is broken: at index 1, S2 applied y=2 of term 2, but S1 \
                   applied x=1 of term 1 before.";
    let ends = "State Machine Safety is broken: the snapshot of S2 ends with entry";
    all(&[
        (
            "S1 log 1:x=1 commit 1\n S2 log 2:y=2 commit 1",
            &format!("2: {applied}"),
        ),
        // What it applied stays there, whether it applies more or not.
        (
            "S1 log 1:x=1 commit 1\n S2 log 1:x=1 commit 1\n S2 log 2:y=2 commit 1",
            &format!("3: {applied}"),
        ),
        (
            "S1 log 1:x=1 commit 1\n S2 log 1:x=1 commit 1\n S2 log 2:y=2 2 commit 2",
            &format!("3: {applied}"),
        ),
        // Whatever it has in its log, nothing is wrong before it applies it.
        ("S1 log 1:x=1 commit 1\n S2 log 2:y=2", ""),
        (
            "S1 log 1:x=1 commit 1\n S2 log 2:y=2 commit 1 applied 0",
            "",
        ),
        (
            "S1 log 1:x=1 commit 1\n S2 log 2:y=2 commit 1 applied 0\n S2 log 2:y=2 commit 1",
            &format!("3: {applied}"),
        ),
        (
            "S1 log 1:x=1 commit 1\n S2 log 1:x=1 2 commit 2\n S3 log 1:x=1 2 commit 2",
            "",
        ),
        (
            "S1 log 1:x=1 commit 1\n S2 after 1:2",
            &format!("2: {ends} 1 of term 2, but x=1 of term 1 was committed there."),
        ),
        (
            "S1 log 1:x=1 commit 1\n S2 after 2:2",
            &format!("2: {ends} 2 of term 2, but nothing was committed there."),
        ),
        ("S1 log 1:x=1 commit 1\n S2 after 1:1", ""),
    ]);
}

#[test]
fn what_came_before_the_first_snapshot_nobody_remembers() {
    assert_eq!(told(since("2:1"), "S2 after 2:9\n S1 after 1:9"), "");
    let later = told(
        since("2:1"),
        "S1 after 2:1 log 1:x=1 commit 3\n S2 after 3:9",
    );
    assert!(later.starts_with("2: State Machine Safety"), "{later}");
    // Of a log that reaches further back, all that is remembered is looked at.
    let states = "S1 after 2:1 log 1:x=1 commit 3\n S2 log 2 2 2:y=3 commit 3";
    let later = told(since("2:1"), states);
    assert!(later.starts_with("2: State Machine Safety"), "{later}");
    assert!(later.contains("at index 3, S2 applied y=3"), "{later}");
}

#[test]
fn never_backwards() {
    let fell = |what, from, to| {
        format!("2: Never Backwards is broken: the {what} of S1 fell from {from} to {to}.")
    };
    let before = "S1 term 5 log 1 1 1 commit 3 applied 2\n";
    for (then, said) in [
        ("S1 term 4 log 1 1 1 commit 3 applied 2", fell("term", 5, 4)),
        (
            "S1 term 5 log 1 1 1 commit 2 applied 2",
            fell("commit index", 3, 2),
        ),
        (
            "S1 term 5 log 1 1 1 commit 3 applied 1",
            fell("applied index", 2, 1),
        ),
        ("S1 term 5 log 1 1 1 commit 3 applied 2", String::new()),
        ("S1 term 6 log 1 1 1 commit 3 applied 3", String::new()),
        // A server that is down knows what is on its disk, and when it is up again no more.
        ("S1 down", String::new()),
        (
            "S1 down term 5 log 1 1 1\n S1 term 5 log 1 1 1",
            String::new(),
        ),
    ] {
        assert_eq!(told(checker(), &format!("{before}{then}")), said, "{then}");
    }
}

/// What was committed in `states` and told the clients of these serials, before `then`.
fn lost(states: &str, acknowledged: &[u32], then: &str) -> Option<String> {
    let mut checker = checker();
    for line in states.lines() {
        let (id, now) = seen(line.trim());
        for (_, entry) in now.log.clone().iter() {
            checker.look(id, now.clone(), StepId(1), Time::ZERO);
            if let Payload::Command(command) = entry.payload
                && acknowledged.contains(&command.serial)
            {
                let executed = checker.ghost.acknowledge(&command, Answer::Done);
                assert_eq!(executed, Ok(()));
            }
        }
    }
    let (id, now) = seen(then);
    checker.look(id, now, StepId(2), Time::ms(2));
    let lost = checker.violation_of(Property::AcknowledgedWrites)?;
    assert_eq!((lost.step, lost.at), (StepId(2), Time::ms(2)));
    Some(lost.to_string())
}

#[test]
fn acknowledged_writes() {
    let one = "S1 term 2 log 1:x=1 commit 1";
    let said = |op, index| {
        Some(format!(
            "Acknowledged Writes is broken: C1 got the answer that {op} is done, but S2 does not have it \
             at index {index}."
        ))
    };
    // By a leader that does not have it, and by a server that applied something else.
    assert_eq!(lost(one, &[1], "S2 leads 3"), said("x=1", 1));
    assert_eq!(lost(one, &[1], "S2 log 2:y=2 commit 1"), said("x=1", 1));
    // Nobody was told, or there is nothing to tell.
    for then in ["S2 leads 3", "S2 log 2:y=2 commit 1"] {
        assert_eq!(lost(one, &[], then), None, "{then}");
        assert_eq!(lost("S1 term 2 log 1 commit 1", &[1], then), None, "{then}");
        assert_eq!(lost("S1 term 2 log 1:x? commit 1", &[1], then), None);
    }
    // The first of those that its client knows of, which need not be the first it lacks.
    let three = "S1 term 2 log 1 1:x=1 1:y=2 commit 3";
    assert_eq!(lost(three, &[2], "S2 leads 3"), said("x=1", 2));
    assert_eq!(lost(three, &[2], "S2 leads 3 log 3 1:x=1"), None);
    assert_eq!(lost(three, &[3], "S2 leads 3 log 3 3"), said("x=1", 2));
}

#[test]
fn what_is_given_back_is_what_was_found_first_in_the_order_of_the_properties() {
    let mut checker = checker();
    let states = [
        "S1 leads 1 log 1:x=1 commit 1",
        "S2 leads 1 log 1:y=2 commit 1",
    ];
    let mut last = None;
    for (nth, (id, now)) in (1..).zip(states.map(seen)) {
        last = checker.look(id, now, StepId(nth), Time::ms(nth)).copied();
    }
    let found: Vec<Property> = checker
        .violations()
        .iter()
        .map(Violation::property)
        .collect();
    let order = [
        Property::ElectionSafety,
        Property::LogMatching,
        Property::StateMachineSafety,
    ];
    assert_eq!(found, order);
    assert_eq!(last.map(|last| last.property()), Some(order[0]));
    for property in Property::ALL {
        let known = checker.violation_of(property).map(Violation::property);
        assert_eq!(known, order.contains(&property).then_some(property));
    }
    assert_eq!(
        ServerSet::from_iter(NodeId::first(2)),
        last.unwrap().breach.servers()
    );
}

#[test]
fn configuration_safety() {
    let apart = |step, one, other| {
        format!(
            "{step}: Configuration Safety is broken: {one}, and {other}: two majorities with no \
             server in common."
        )
    };
    for (founders, states, said) in [
        // Figure 10: three servers become five at once.
        (
            3,
            "S4 new\n S5 new\n S3 term 1 voters 12345",
            apart(3, "S1 could be elected by S1 S2", "S3 by S3 S4 S5"),
        ),
        // One voter more, or less, does no harm, and both majorities do none.
        (3, "S4 new\n S3 term 1 voters 1234", String::new()),
        (3, "S3 term 1 voters 13", String::new()),
        (3, "S4 new\n S5 new\n S3 term 1 joint 12345", String::new()),
        (3, "S4 new\n S5 new\n S3 term 1 joint 345", String::new()),
        // Two at once do, uncommitted, one after the other.
        (
            3,
            "S4 new\n S5 new\n S3 term 1 voters 1234 voters 12345",
            apart(3, "S1 could be elected by S1 S2", "S3 by S3 S4 S5"),
        ),
        // But not once the first is in a majority.
        (
            3,
            "S4 new\n S5 new\n S1 term 1 voters 1234\n S2 term 1 voters 1234
             S3 term 1 voters 1234 voters 12345",
            String::new(),
        ),
        // A new server that is down may never have been there.
        (
            3,
            "S4 new\n S5 down new\n S3 term 1 voters 12345",
            String::new(),
        ),
        // Another that is down may come back.
        (
            3,
            "S4 new\n S5 new\n S4 down term 0\n S3 term 1 voters 12345",
            apart(4, "S1 could be elected by S1 S2", "S3 by S3 S4 S5"),
        ),
        // Whoever has no vote is not elected.
        (3, "S4 new\n S5 new\n S3 term 1 voters 45", String::new()),
        // The correction of 2015: an addition of S1 beside a removal of S2, a term later.
        (
            4,
            "S5 new\n S1 term 1 voters 12345\n S2 term 2 voters 234",
            apart(3, "S1 could be elected by S1 S3 S5", "S2 by S2 S4"),
        ),
        // With an entry of that term first, S4 does not vote for S1.
        (
            4,
            "S5 new\n S1 term 1 voters 12345\n S3 term 2 log 2\n S4 term 2 log 2
             S2 term 2 log 2 voters 234",
            String::new(),
        ),
    ] {
        assert_eq!(told(growing(founders), states), said, "{states}");
    }
}
