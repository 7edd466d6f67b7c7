//! Scripts: text in, a run of the cluster and readable text out.
//!
//! A script is statements of the one grammar ([`crate::sim::text`]) and, between them, commands
//! that let time pass, print and expect. Golden tests, lessons' answers and the console are
//! scripts.
//!
//! ```text
//! servers 3 · seed 7                # the beginning, as in any scenario
//! run until leader                  # or: run 500ms, run until committed 3, step 4
//! at 400ms crash S1                 # the world runs until then; without "at": now
//! crash leader                      # the server that leads then; also "follower", "down", "paused", "all"
//! status                            # a line for each server; logs, clients, packets, count
//! #> S1 down       term 1 ...       # in a golden script: what was printed
//! events                            # the story since the last "events", in [`notation`]; "events all": details too
//! forget                            # what happened so far shall not be told
//! expect S2 leader                  # an error if it is not true; "not", "and", "or", "at least"
//! expect leader within 2s           # or "for 2s": at some moment, or all the time
//! expect refused add S5             # an error if that can be done now
//! ```
//!
//! [`goal`] puts such conditions, and things that happen, in order: what a learner is to bring
//! about. What "run until" waits for and what "expect" expects are the same [`Condition`]s. Every wait
//! has a limit, in virtual time ([`LONGEST_RUN`]) and in steps.

mod command;
mod complete;
mod condition;
pub mod goal;
pub mod notation;
pub mod print;
mod runner;
mod timed;

pub use command::{Command, Print, Span, is_command, parse};
pub use complete::{COMMANDS, CONDITIONS, complete};
pub use condition::Condition;
pub use goal::{Goal, Watch};
pub use runner::{LONGEST_RUN, MOST_STEPS, Runner};
pub use timed::Timed;

use crate::sim::text::{TextError, statements};

/// How a line begins that holds what a script printed.
pub const PRINTED: &str = "#>";

/// Runs a script and returns it with what it printed below each line that prints; what stood
/// there before is replaced. A golden script is one that this leaves as it is.
pub fn golden(text: &str) -> Result<String, TextError> {
    let mut runner = Runner::new();
    let mut printed: Vec<(usize, String)> = Vec::new();
    for statement in statements(text) {
        let output = runner.execute(&statement)?;
        if !output.is_empty() {
            printed.push((statement.line, output));
        }
    }
    let mut result = String::with_capacity(text.len());
    for (number, line) in text.lines().enumerate() {
        if line.starts_with(PRINTED) {
            continue;
        }
        result.push_str(line.trim_end());
        result.push('\n');
        for (_, output) in printed.iter().filter(|(line, _)| *line == number + 1) {
            for line in output.lines() {
                let gap = if line.is_empty() { "" } else { " " };
                result.push_str(&format!("{PRINTED}{gap}{line}\n"));
            }
        }
    }
    Ok(result)
}

#[cfg(test)]
mod tests;
