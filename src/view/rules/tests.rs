use std::fs;

use super::*;
use crate::raft::event::{Campaign, VoteRejected};
use crate::raft::{EntryId, Event, LogIndex};
use crate::script::Runner;
use crate::sim::Fact;
use crate::sim::text::statements;

/// Every step of every golden script, with the worlds before and after it.
fn every_step(look: &mut dyn FnMut(&str, &Step, &World, &World)) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scripts");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let mut runner = Runner::new();
        for statement in statements(&text).chain(statements("run 0ms")) {
            runner.execute(&statement).unwrap();
        }
        let end = runner.world().now();
        let actions = runner.actions().to_vec();
        let mut session = Session::replay(runner.scenario().clone(), actions).unwrap();
        session.advance(end);
        let mut before: Option<World> = None;
        session.review(StepId(0), &mut |step, world| {
            if let Some(before) = &before {
                look(&name, step, before, world);
            }
            before = Some(world.clone());
            ControlFlow::Continue(())
        });
    }
}

#[test]
fn every_line_is_lit_by_some_golden_script() {
    let mut dark: Vec<Line> = Line::ALL.to_vec();
    every_step(&mut |_, step, _, world| {
        for (_, act) in lit(step, world) {
            dark.retain(|line| *line != act.line);
        }
    });
    assert!(dark.is_empty(), "no script lights {dark:?}");
}

#[test]
fn every_condition_is_seen_true_and_false() {
    use Line::*;
    let both = [
        RequestVote1,
        RequestVote2Vote,
        RequestVote2Log,
        AppendEntries1,
        AppendEntries2,
        AppendEntries4,
        Candidates2,
        Leaders4,
    ];
    let mut missing: Vec<(Line, bool)> = both
        .into_iter()
        .flat_map(|line| [(line, true), (line, false)])
        .collect();
    every_step(&mut |_, step, _, world| {
        for (_, act) in lit(step, world) {
            missing.retain(|(line, holds)| (*line, Some(*holds)) != (act.line, act.holds));
        }
    });
    assert!(missing.is_empty(), "never seen: {missing:?}");
}

/// The values of an event are those that the server had when it compared: its state before the
/// step, or what the step changed before.
#[test]
fn the_values_are_those_that_the_server_had() {
    let mut seen = 0;
    every_step(&mut |name, step, before, after| {
        let node = |world: &World, id| world.find(id).and_then(|server| server.node()).cloned();
        for (place, fact) in step.facts.iter().enumerate() {
            let Fact::Raft { server, event } = fact else {
                continue;
            };
            let (Some(old), Some(new)) = (node(before, *server), node(after, *server)) else {
                continue;
            };
            let adopted = step.facts[..place].iter().any(|fact| {
                matches!(
                    fact,
                    Fact::Raft {
                        event: Event::TermAdopted { .. },
                        ..
                    }
                )
            });
            let vote = if adopted {
                None
            } else {
                old.persistent().voted_for
            };
            let says = format!("{name}, {:?}: {event:?}", step.id);
            seen += 1;
            match event {
                Event::VoteGranted {
                    ours,
                    voted_for,
                    own_last,
                    candidate,
                    ..
                } => {
                    assert_eq!((*ours, *voted_for), (new.term(), vote), "{says}");
                    assert_eq!(*own_last, old.log().last(), "{says}");
                    assert_eq!(new.persistent().voted_for, Some(*candidate), "{says}");
                }
                Event::VoteDenied {
                    ours,
                    voted_for,
                    reason,
                    ..
                } => {
                    assert_eq!((*ours, *voted_for), (new.term(), vote), "{says}");
                    if let VoteRejected::LogBehind { ours, .. } = reason {
                        assert_eq!(*ours, old.log().last(), "{says}");
                    }
                }
                Event::AppendAccepted { ours, previous, .. } => {
                    assert_eq!(*ours, new.term(), "{says}");
                    let EntryId { index, term } = *previous;
                    let own = new.log().term(index).filter(|_| index > LogIndex(0));
                    assert!(own.is_none_or(|own| own == term), "{says}");
                }
                Event::AppendRefused { ours, .. } => assert_eq!(*ours, new.term(), "{says}"),
                Event::CommitLearned { known, index, .. }
                | Event::Committed {
                    known,
                    position: EntryId { index, .. },
                    ..
                } => {
                    let earlier = step.facts[..place].iter().filter_map(|fact| match fact {
                        Fact::Raft {
                            event: Event::Committed { position, .. },
                            ..
                        } => Some(position.index),
                        _ => None,
                    });
                    let was = earlier.max().unwrap_or_else(|| old.commit_index());
                    assert_eq!(*known, was, "{says}");
                    assert!(new.commit_index() >= *index, "{says}");
                }
                Event::Applied { index, commit } => {
                    assert!(index <= commit && *commit <= new.commit_index(), "{says}");
                }
                Event::ElectionStarted {
                    reason: Campaign::Silence { again, .. },
                    ..
                } => {
                    assert_eq!(
                        *again,
                        matches!(old.role(), Role::Candidate { .. }),
                        "{says}"
                    );
                }
                _ => seen -= 1,
            }
        }
    });
    assert!(seen > 1_000, "only {seen} events were looked at");
}

#[test]
fn each_label_stands_in_the_core() {
    let mut core = String::new();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/raft");
    for path in [folder.to_string(), format!("{folder}/ext")] {
        for file in fs::read_dir(path).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|end| end == "rs") {
                core.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }
    for line in Line::ALL.iter().filter(|line| !line.frame().is_extension()) {
        let label = line.label().replace("[]", r"\[\]");
        assert!(core.contains(&label), "{label}");
    }
}

/// S5's log is more up-to-date though it is shorter: the vote of the look.
fn vote() -> Session {
    let text = "servers 5\n seed 3\n clients 0\n config latency=10..20ms timeout=5s..9s\n S1 term 3 vote S5 log 1 1 1 2 2 2\n S2 term 3 vote S5 log 1 1 1 2 2\n S3 term 2 vote S1 log 1 1 1 2 2 2 2 2 2\n S4 term 3 vote S5 log 1 1 1 2\n S5 term 3 vote S5 log 1 1 1 2 2 2 3\n timeout S5";
    let mut session = Session::read(text).unwrap();
    let granted = |session: &Session| {
        let world = session.world();
        world.server(NodeId::new(3).unwrap()).term().0 == 4
    };
    while !granted(&session) {
        session.step_forward(false);
    }
    session
}

#[test]
fn the_panel_shows_the_last_step_with_its_values() {
    let session = vote();
    let panel = Panel::of(&session, None, None);
    assert_eq!(panel.server, NodeId::new(3));
    let row = |line: Line| {
        let rows = panel.boxes.iter().flat_map(|of| &of.rows);
        rows.into_iter()
            .find(|row| row.line == line)
            .unwrap()
            .clone()
    };
    let values = |line| {
        let row = row(line);
        (row.order, row.values, row.holds)
    };
    let said = |order, text: &str, holds| (Some(order), text.to_string(), holds);
    assert_eq!(values(Line::AllServers2), said(1, "4 > 2", Some(true)));
    assert_eq!(values(Line::RequestVote1), said(2, "4 < 4", Some(false)));
    assert_eq!(
        values(Line::RequestVote2Vote),
        said(3, "votedFor = none", Some(true))
    );
    assert_eq!(
        values(Line::RequestVote2Log),
        said(4, "(term 3, 7) ≥ (term 2, 9)", Some(true))
    );
    assert_eq!(values(Line::Followers2Timer).0, Some(5));
    assert_eq!(row(Line::CurrentTerm).values, "2 → 4");
    assert_eq!(row(Line::VotedFor).values, "→ S5");
    assert_eq!(row(Line::CommitIndex).values, "0");
    assert_eq!(row(Line::AppendEntries1).order, None);
}

#[test]
fn a_line_finds_its_last_event_and_the_event_its_line() {
    let session = vote();
    let moment = Panel::last(&session, Line::RequestVote2Log).unwrap();
    let panel = Panel::of(&session, None, Some(moment));
    let rows = panel.boxes.iter().flat_map(|of| &of.rows);
    let asked: Vec<Line> = rows.filter(|row| row.asked).map(|row| row.line).collect();
    assert!(asked.contains(&Line::RequestVote2Log), "{asked:?}");
    assert_eq!(Panel::last(&session, Line::AppendEntries3), None);
}
