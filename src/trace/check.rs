//! A whole trace, read and judged.

use std::io::{BufRead, Read};

use super::judge::{Judge, Rule, Summary, Verdict};

/// The longest line that is read, in bytes.
pub const LONGEST_LINE: u64 = 1 << 24;

/// The most lines that are read.
pub const MOST_LINES: usize = 10_000_000;

/// What came of a trace.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// What it amounts to.
    pub summary: Summary,
    /// The steps that no rule allows, by line.
    pub verdicts: Vec<Verdict>,
    /// The rules that may be broken, and how often they were.
    pub lenient: Vec<(Rule, usize)>,
    /// The last line, if it was cut off: it is not judged.
    pub cut_off: Option<usize>,
    /// Where the trace could be read no further, though not before a verdict.
    pub stopped: Option<Unreadable>,
}

/// Why something is no trace.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unreadable {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

/// Reads a trace and judges each of its steps.
pub fn check(from: impl BufRead) -> Result<Report, Unreadable> {
    check_with(from, Judge::new([]), MOST_LINES)
}

/// The same, where these rules may be broken.
pub fn check_leniently(from: impl BufRead, lenient: &[Rule]) -> Result<Report, Unreadable> {
    check_with(from, Judge::new(lenient.iter().copied()), MOST_LINES)
}

/// The same, of so many lines at most.
pub(super) fn check_with(
    mut from: impl BufRead,
    mut judge: Judge,
    most: usize,
) -> Result<Report, Unreadable> {
    let mut text = Vec::new();
    let mut number = 0;
    // A line that could not be read, and why: the last one may be cut off.
    let mut wrong: Option<(usize, String)> = None;
    loop {
        number += 1;
        text.clear();
        let read = from
            .by_ref()
            .take(LONGEST_LINE + 1)
            .read_until(b'\n', &mut text);
        match read {
            Ok(0) => break,
            Ok(_) => {}
            Err(why) => return stopped(judge, number, why.to_string()),
        }
        let line = trimmed(&text, number);
        if line.is_empty() {
            continue;
        }
        if let Some((line, why)) = wrong {
            return stopped(judge, line, why);
        }
        if number > most {
            let why = format!("a trace may have {most} lines at most");
            return stopped(judge, number, why);
        }
        if text.len() as u64 > LONGEST_LINE {
            let why = format!("it is longer than {LONGEST_LINE} bytes");
            return stopped(judge, number, why);
        }
        if let Err(why) = judge.read(number, line) {
            wrong = Some((number, why));
            if !is_cut_off(line) || !judge.has_begun() {
                let (line, why) = wrong.unwrap_or_default();
                return stopped(judge, line, why);
            }
        }
    }
    if !judge.has_begun() {
        return stopped(judge, 1, "there is nothing in it".into());
    }
    let mut report = reported(judge);
    report.cut_off = wrong.map(|(line, _)| line);
    Ok(report)
}

/// A line without what editors and other systems put around it.
fn trimmed(text: &[u8], number: usize) -> &[u8] {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    match text.strip_prefix(MARK) {
        Some(rest) if number == 1 => rest.trim_ascii(),
        _ => text.trim_ascii(),
    }
}

/// Whether a line ends in the middle: JSON that needs more.
fn is_cut_off(line: &[u8]) -> bool {
    let read = serde_json::from_slice::<serde::de::IgnoredAny>(line);
    read.is_err_and(|why| why.is_eof())
}

fn reported(mut judge: Judge) -> Report {
    judge.end();
    Report {
        summary: judge.summary().clone(),
        verdicts: judge.verdicts().to_vec(),
        lenient: judge.lenient().collect(),
        cut_off: None,
        stopped: None,
    }
}

/// What is wrong with a line counts only if no step before it is.
fn stopped(judge: Judge, line: usize, message: String) -> Result<Report, Unreadable> {
    let why = Unreadable { line, message };
    let mut report = reported(judge);
    if report.verdicts.is_empty() {
        return Err(why);
    }
    report.stopped = Some(why);
    Ok(report)
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}
