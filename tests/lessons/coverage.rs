//! What the course must cover, and which pages do. `UPDATE_COVERAGE=1` writes `docs/coverage.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use super::chapters;

/// A mark and what it stands for, a line each.
const MARKS: &str = include_str!("coverage.txt");

/// The tables, by how their marks begin.
const TABLES: [(&str, &str, &str); 3] = [
    ("Wrong beliefs, and the pages that cure them", "M", "belief"),
    (
        "Statements, and the pages that say and show them",
        "S",
        "statement",
    ),
    (
        "Questions of the Raft user study, and the pages that ask them",
        "UQ",
        "question",
    ),
];

fn marks() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = MARKS.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(' '))
}

/// Whether a mark is of the table whose marks begin so.
fn is_of(mark: &str, begins: &str) -> bool {
    let number = mark.strip_prefix(begins);
    number.is_some_and(|number| number.parse::<u8>().is_ok())
}

#[test]
fn everything_is_covered_and_the_table_says_where() {
    let mut pages: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (file, chapter) in chapters() {
        let number: u16 = file.split('-').next().unwrap().parse().unwrap();
        for (nth, page) in chapter.pages.iter().enumerate() {
            for mark in &page.covers {
                let known = marks().any(|(known, _)| known == mark);
                let line = page.line;
                assert!(
                    known,
                    "src/lessons/{file}, line {line}: covers: \"{mark}\" is no mark: see tests/lessons/coverage.txt"
                );
                let place = format!("{number}/{} {}", nth + 1, page.title);
                pages.entry(mark.clone()).or_default().push(place);
            }
        }
    }
    for (mark, text) in marks() {
        assert!(
            pages.contains_key(mark),
            "no page covers {mark} ({text}): write one, with covers: {mark}"
        );
    }
    let mut table = String::from(
        "# What the course covers\n\nWritten by `UPDATE_COVERAGE=1 cargo test --test lessons coverage`, \
         from the `covers:` lines of the pages.\nThe questions are those of Diego Ongaro's Raft user study \
         (dissertation, appendix A; CC BY 3.0 US).\n",
    );
    for (title, begins, what) in TABLES {
        let _ = write!(
            table,
            "\n## {title}\n\n| | {what} | pages |\n|---|---|---|\n"
        );
        for (mark, text) in marks().filter(|(mark, _)| is_of(mark, begins)) {
            let _ = writeln!(table, "| {mark} | {text} | {} |", pages[mark].join("<br>"));
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/coverage.md");
    if env::var_os("UPDATE_COVERAGE").is_some() {
        fs::write(&path, &table).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == table,
        "docs/coverage.md is old: UPDATE_COVERAGE=1 cargo test --test lessons coverage"
    );
}
