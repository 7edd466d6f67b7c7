//! The course: every page's answer is replayed, at several seeds. Its goal must be unmet before
//! and met after; no promise of Raft may fall, unless the page switches a rule off; each wrong
//! prediction that has a run has one that shows it.

use std::fs;
use std::path::{Path, PathBuf};

use raftarium::course::{self, Chapter, Page};
use raftarium::raft::Rule;
use raftarium::session::Session;
use raftarium::sim::text::TextError;
use raftarium::sim::{Action, Time};

mod contents;
mod coverage;
mod glossary;
mod languages;
mod lint;
mod play;
mod quiz;
mod waiting;
mod words;
mod worlds;
mod wrong_acts;

/// Pages whose set-up names no seed get a new one at every visit: they must hold at any.
const SEEDS: std::ops::Range<u64> = 1..13;

/// How long a learner may watch without doing anything.
const IDLE: Time = Time::ms(5_000);

/// Every chapter with the name of its file.
fn chapters() -> Vec<(String, Chapter)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lessons");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .collect();
    files.sort();
    let read = |path: PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).unwrap();
        let chapter = course::read(&text).unwrap_or_else(|why| panic!("src/lessons/{name}, {why}"));
        (name, chapter)
    };
    files.into_iter().map(read).collect()
}

/// Every page, and a name for messages: its file, its line and its heading.
fn pages() -> Vec<(String, Page)> {
    let of = |(name, chapter): (String, Chapter)| {
        let pages = chapter.pages.into_iter();
        pages.map(move |page| {
            let (line, title) = (page.line, &page.title);
            (
                format!("src/lessons/{name}, line {line}, \"{title}\""),
                page,
            )
        })
    };
    chapters().into_iter().flat_map(of).collect()
}

/// What came of something that a page says, or where it is wrong.
fn must<T>(name: &str, seed: u64, done: Result<T, TextError>) -> T {
    done.unwrap_or_else(|why| panic!("{name}, seed {seed}: {why}"))
}

/// Follows the recorded answer, as long as the session lets it; `before` looks at each moment in
/// which something is about to be done.
fn follow_answer(
    (name, page): (&str, &Page),
    seed: u64,
    session: &mut Session,
    before: impl Fn(&Session, &Action),
) {
    let mut runner = must(name, seed, page.runner(seed));
    let begun = runner.actions().len();
    must(name, seed, page.answer.follow(&mut runner));
    for (at, action) in &runner.actions()[begun..] {
        session.advance(*at);
        before(session, action);
        if !session.is_held() {
            session.act(action.clone()).unwrap();
        }
    }
    session.advance(runner.now());
}

/// No promise is broken; but where the page switches a rule off, that is for want of the rule.
fn assert_safe(name: &str, seed: u64, session: &Session) {
    let off: Vec<Rule> = session.world().config().rules.off().collect();
    let broken = session.violations();
    let told: Vec<String> = broken.iter().map(ToString::to_string).collect();
    assert_eq!(
        broken.is_empty(),
        off.is_empty(),
        "{name}, seed {seed}: {told:?}"
    );
    let for_want_of_it = |rule: Rule| off.contains(&rule);
    assert!(
        broken
            .iter()
            .all(|one| one.guard.is_some_and(for_want_of_it)),
        "{name}, seed {seed}: {off:?} is off, and {told:?}"
    );
}
