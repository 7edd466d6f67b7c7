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
    judge: Judge,
    most: usize,
) -> Result<Report, Unreadable> {
    let mut reading = Reading::new(judge, most);
    let mut text = Vec::new();
    loop {
        text.clear();
        let read = from
            .by_ref()
            .take(LONGEST_LINE + 1)
            .read_until(b'\n', &mut text);
        match read {
            Ok(0) => break,
            Ok(_) => {}
            Err(why) => {
                reading.stop(why.to_string());
                break;
            }
        }
        reading.line(&text);
        if reading.is_over() {
            break;
        }
    }
    reading.end();
    reading.report()
}

/// A trace that is being read, line by line.
pub(super) struct Reading {
    pub(super) judge: Judge,
    most: usize,
    /// The number of the last line read.
    number: usize,
    /// A line that could not be read, and why: the last one may be cut off.
    wrong: Option<Unreadable>,
    /// Why nothing more is read.
    stopped: Option<Unreadable>,
}

impl Reading {
    pub(super) fn new(judge: Judge, most: usize) -> Self {
        Self {
            judge,
            most,
            number: 0,
            wrong: None,
            stopped: None,
        }
    }

    /// Takes in the next line.
    pub(super) fn line(&mut self, text: &[u8]) {
        self.number += 1;
        let line = trimmed(text, self.number);
        if line.is_empty() {
            return;
        }
        if let Some(why) = packed(text).filter(|_| self.number == 1) {
            self.stop(why.into());
        } else if let Some(wrong) = self.wrong.take() {
            self.stopped = Some(wrong);
        } else if self.number > self.most {
            let most = self.most;
            self.stop(format!("a trace may have {most} lines at most"));
        } else if text.len() as u64 > LONGEST_LINE {
            self.stop(format!("it is longer than {LONGEST_LINE} bytes"));
        } else if let Err(message) = self.judge.read(self.number, line) {
            let why = Unreadable {
                line: self.number,
                message,
            };
            match is_cut_off(line) && self.judge.has_begun() {
                true => self.wrong = Some(why),
                false => self.stopped = Some(why),
            }
        }
    }

    /// Reads no further, for a reason that the file has.
    pub(super) fn stop(&mut self, message: String) {
        self.stopped = Some(Unreadable {
            line: self.number.max(1),
            message,
        });
    }

    /// Whether nothing more is read.
    pub(super) fn is_over(&self) -> bool {
        self.stopped.is_some()
    }

    /// There are no more lines.
    pub(super) fn end(&mut self) {
        self.judge.end();
        if !self.judge.has_begun() && !self.is_over() {
            self.number = 1;
            self.stop("there is nothing in it".into());
        }
    }

    /// What came of it. What is wrong with a line counts only if no step before it is.
    pub(super) fn report(&self) -> Result<Report, Unreadable> {
        let judge = &self.judge;
        if let (Some(why), []) = (&self.stopped, judge.verdicts()) {
            return Err(why.clone());
        }
        Ok(Report {
            summary: judge.summary().clone(),
            verdicts: judge.verdicts().to_vec(),
            lenient: judge.lenient().collect(),
            cut_off: self.wrong.as_ref().map(|wrong| wrong.line),
            stopped: self.stopped.clone(),
        })
    }
}

/// What a file is that holds no text, by how it begins.
fn packed(text: &[u8]) -> Option<&'static str> {
    Some(match text {
        [0x1f, 0x8b, ..] => "it is packed by gzip; unpack it",
        [b'P', b'K', 3, 4, ..] => "it is packed by zip; unpack it",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "it is written in UTF-16; write it in UTF-8",
        [0, ..] => "it begins with zeros; write one JSON object a line",
        _ => return None,
    })
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

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}
