//! The golden scripts: each file in `tests/scripts` is a lesson in one behaviour, a script with
//! what it prints below each line that prints.
//!
//! `UPDATE_SCRIPTS=1 cargo test --test scripts` writes down what they print now. Read the
//! difference before you keep it.

use std::fs;
use std::path::{Path, PathBuf};

use raftarium::script::{Runner, golden};
use raftarium::session::Session;
use raftarium::sim::text::{statements, write_run};

#[test]
fn golden_scripts_print_what_they_say() {
    let update = std::env::var_os("UPDATE_SCRIPTS").is_some();
    let files = files();
    let failures: Vec<String> = files
        .iter()
        .filter_map(|path| check(path, update).err())
        .collect();
    println!(
        "{} golden scripts, {} as they should be",
        files.len(),
        files.len() - failures.len()
    );
    assert!(
        failures.is_empty(),
        "{} of {} golden scripts are not as they should be \
         (UPDATE_SCRIPTS=1 writes down what they print now)\n\n{}",
        failures.len(),
        files.len(),
        failures.join("\n")
    );
}

/// A student should be able to read each of them as a lesson.
#[test]
fn golden_scripts_say_what_they_show_and_where_the_paper_says_it() {
    for path in files() {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.display();
        let head: Vec<&str> = text
            .lines()
            .take_while(|line| line.starts_with("# "))
            .collect();
        assert!(
            head.len() >= 2,
            "{name} begins with two lines of comment at least"
        );
        assert!(
            head.iter().any(|line| line.contains('§')),
            "{name} names the section of the paper"
        );
        assert!(
            text.lines()
                .all(|line| line.starts_with("#>") || line.chars().count() <= 100),
            "{name} has a line too long to read"
        );
    }
}

/// What a script does can be opened in the page: a session with the same actions at the same times
/// comes to the same moment.
#[test]
fn golden_scripts_are_runs_that_a_session_repeats() {
    for path in files() {
        let text = fs::read_to_string(&path).unwrap();
        let mut runner = Runner::new();
        for statement in statements(&text).chain(statements("run 0ms")) {
            runner.execute(&statement).unwrap();
        }
        let (scenario, actions) = (runner.scenario().clone(), runner.actions().to_vec());
        let written = write_run(&scenario, &actions);
        let mut session = Session::read(&written).unwrap();
        session.advance(runner.world().now());
        assert_eq!(
            session.world().fingerprint(),
            runner.world().fingerprint(),
            "{}\n{written}",
            path.display()
        );
    }
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts");
    let entries = fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

fn check(path: &Path, update: bool) -> Result<(), String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let expected = fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
    let actual = golden(&expected).map_err(|error| format!("{name}, {error}\n"))?;
    if actual == expected {
        return Ok(());
    }
    if update {
        return fs::write(path, actual).map_err(|error| format!("{name}: {error}"));
    }
    Err(format!("{name}:\n{}", difference(&expected, &actual)))
}

/// The lines that differ, `-` as the file has them and `+` as they are printed now, with the
/// lines before them.
fn difference(expected: &str, actual: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), actual.lines().collect());
    let start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let tail = |lines: &[&str]| lines.len() - start;
    let same_end = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let end = same_end.min(tail(&old)).min(tail(&new));
    let mut text = String::new();
    for line in &old[start.saturating_sub(3)..start] {
        text.push_str(&format!("    {line}\n"));
    }
    for line in &old[start..old.len() - end] {
        text.push_str(&format!("  - {line}\n"));
    }
    for line in &new[start..new.len() - end] {
        text.push_str(&format!("  + {line}\n"));
    }
    format!("{text}  (from line {})\n", start + 1)
}
