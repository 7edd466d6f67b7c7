//! The quiz of the user study: its points are the study's, its pages teach it, and what its answers
//! say of the logs that it shows is what the core does with them.

use std::fs;
use std::path::Path;

use raftarium::course::quiz::{self, Item, Part, Points, Row};
use raftarium::narrate::Language;
use raftarium::raft::{LogIndex, NodeId};
use raftarium::session::Session;
use raftarium::sim::Time;

fn items(language: Language) -> Vec<Item> {
    let folder = match language {
        Language::English => "src/lessons".into(),
        other => format!("src/lessons/{}", other.code()),
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(folder)
        .join("quiz.txt");
    let text = fs::read_to_string(&path).unwrap();
    quiz::read(&text).unwrap_or_else(|why| panic!("{}, {why}", path.display()))
}

fn english() -> Vec<Item> {
    items(Language::English)
}

#[test]
fn the_points_are_those_of_the_study() {
    let most: Vec<u32> = english().iter().map(|item| item.most().0).collect();
    assert_eq!(most, [4, 6, 10, 5, 5, 10, 10, 10].map(|points| 2 * points));
    let hard: Vec<bool> = english().iter().map(|item| item.hard).collect();
    assert_eq!(hard, [false, false, false, false, false, true, true, true]);
}

#[test]
fn each_question_is_asked_by_the_page_that_it_names() {
    let pages = super::chapters();
    for (nth, item) in english().iter().enumerate() {
        let place = item.place.expect("a question names its page");
        let (_, chapter) = &pages[usize::from(place.chapter)];
        let page = &chapter.pages[usize::from(place.page) - 1];
        let mark = format!("UQ{}", nth + 1);
        assert!(page.covers.contains(&mark), "{place} does not cover {mark}");
    }
}

#[test]
fn each_part_has_one_right_answer_and_the_place_gives_nothing_away() {
    let mut places = Vec::new();
    for part in english().iter().flat_map(|item| &item.parts) {
        let most = part.most();
        let right = part.options.iter().filter(|(points, _)| *points == most);
        assert!(most > Points(0) && right.count() == 1, "{}", part.text);
        assert!(!part.because.is_empty(), "{}", part.text);
        places.push(right_place(part));
    }
    for place in 0..3 {
        let count = places.iter().filter(|other| **other == place).count();
        assert!(count * 2 < places.len() && count > 0, "{places:?}");
    }
}

fn right_place(part: &Part) -> usize {
    let most = part.most();
    let mut options = part.options.iter();
    options.position(|(points, _)| *points == most).unwrap()
}

#[test]
fn the_quiz_is_the_same_in_each_language() {
    for language in Language::ALL {
        for (our, their) in english().iter().zip(items(language)) {
            assert_eq!((our.hard, our.place), (their.hard, their.place));
            let names = |rows: &[Row]| -> Vec<Vec<Option<u64>>> {
                rows.iter().map(|row| row.terms.clone()).collect()
            };
            assert_eq!(names(&our.logs), names(&their.logs));
            assert_eq!(our.parts.len(), their.parts.len(), "{}", our.text);
            for (our, their) in our.parts.iter().zip(&their.parts) {
                assert_eq!(names(&our.logs), names(&their.logs), "{}", their.text);
                let points = |part: &Part| -> Vec<Points> {
                    part.options.iter().map(|(points, _)| *points).collect()
                };
                assert_eq!(points(our), points(their), "{}", their.text);
            }
        }
    }
}

/// Whether a single log breaks no rule: no hole, no term after a later one.
fn is_whole(row: &Row) -> bool {
    let terms: Option<Vec<u64>> = row.terms.iter().copied().collect();
    terms.is_some_and(|terms| terms.is_sorted())
}

#[test]
fn logs_that_are_called_possible_break_no_rule_and_no_others_do() {
    let items = english();
    let leader = &items[2].logs[0];
    let single = items[0].parts.iter().map(|part| (part, None));
    let beside = items[2].parts.iter().map(|part| (part, Some(leader)));
    for (part, leader) in single.chain(beside) {
        let row = &part.logs[0];
        // Log Matching: where both have the same entry, all before it is the same.
        let matches = leader.is_none_or(|leader| {
            let both = row.terms.iter().zip(&leader.terms);
            let last_common = both.clone().rposition(|(our, their)| our == their);
            both.take(last_common.map_or(0, |last| last + 1))
                .all(|(our, their)| our == their)
        });
        let yes = part.options[right_place(part)].1.starts_with("Yes");
        assert_eq!(yes, is_whole(row) && matches, "{}", part.text);
    }
}

/// The cluster of question 2, once this server's election timer has expired and some time passed.
fn after_timeout_of(server: u8) -> Session {
    let rows = &english()[1].logs;
    let logs = rows.iter().map(|row| {
        let terms: Vec<String> = row.terms.iter().flatten().map(u64::to_string).collect();
        format!("{} term 4 log {}\n", row.name, terms.join(" "))
    });
    let logs: String = logs.collect();
    let text =
        format!("servers 5\nseed 1\nclients 0\nconfig timeout=5s..9s\n{logs}timeout S{server}\n");
    let mut session = Session::read(&text).unwrap();
    session.advance(Time::ms(1_000));
    session
}

#[test]
fn the_core_elects_the_servers_that_question_2_says_and_removes_its_entries() {
    for server in 1..=5 {
        let session = after_timeout_of(server);
        let leads = session.world().leader() == NodeId::new(server.into());
        assert_eq!(leads, ![3, 4].contains(&server), "S{server}");
    }
    let session = after_timeout_of(2);
    let third = NodeId::new(3).unwrap();
    let log = session.world().find(third).unwrap().log();
    let term = |index| log.term(LogIndex(index)).map(|term| term.0);
    assert_eq!([1, 2, 3, 4].map(term), [1, 1, 3, 3].map(Some));
}
