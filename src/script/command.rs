//! What a statement of a script asks for.

use super::condition::Condition;
use crate::sim::Time;
use crate::sim::text::{self, Names, Said, Statement, TextError};

/// A statement of a script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// `expect S3 leader`: an error if it is not true.
    Expect(Condition),
    /// `forget`: what happened so far is not told by `events`, nor counted by `count`.
    Forget,
    /// `status`, `events`, ...: prints.
    Print(Print),
    /// `run 500ms`: lets so much time pass.
    Run(Time),
    /// `run until S3 leader`: lets time pass until it is so.
    RunUntil(Condition),
    /// A statement of the grammar: something of the beginning, or something done.
    Say(Said),
    /// `step 4`: lets so many things happen.
    Step(u64),
}

/// What can be printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Print {
    /// `clients`: a line for each client.
    Clients,
    /// `count`: how many packets of each kind were sent since the last `count`.
    Count,
    /// `events`: what happened since the last `events`, the story only; `events all`: with details.
    Events {
        /// Whether with details.
        all: bool,
    },
    /// `logs`: a line for each server, with what each entry says.
    Logs,
    /// `packets`: a line for each packet under way.
    Packets,
    /// `status`: a line for each server.
    Status,
    /// `timers`: a line for each server that is up.
    Timers,
}

/// Reads a statement of a script.
pub fn parse(statement: &Statement<'_>) -> Result<Command, TextError> {
    let words: Vec<&str> = statement.text.split_whitespace().collect();
    let wrong = |word, message: String| Err(statement.error(word, message));
    let print = |print| match words.get(1) {
        None => Ok(Command::Print(print)),
        Some(extra) => Err(statement.error(1, format!("\"{extra}\" is too much here"))),
    };
    let condition = |from: usize| {
        Condition::parse(&words[from.min(words.len())..])
            .map_err(|(word, message)| statement.error(from + word, message))
    };
    match words.as_slice() {
        ["clients"] => print(Print::Clients),
        ["count", ..] => print(Print::Count),
        ["events", "all"] => Ok(Command::Print(Print::Events { all: true })),
        ["events", ..] => print(Print::Events { all: false }),
        ["expect", ..] => condition(1).map(Command::Expect),
        ["forget"] => Ok(Command::Forget),
        ["forget", extra, ..] => wrong(1, format!("\"{extra}\" is too much here")),
        ["logs", ..] => print(Print::Logs),
        ["packets", ..] => print(Print::Packets),
        ["run", "until", ..] => condition(2).map(Command::RunUntil),
        ["run"] => wrong(1, "say how long: run 500ms, or run until leader".into()),
        ["run", _, extra, ..] => wrong(2, format!("\"{extra}\" is too much here")),
        ["run", time] => match time.parse() {
            Ok(time) => Ok(Command::Run(time)),
            Err(message) => wrong(1, message),
        },
        ["status", ..] => print(Print::Status),
        ["timers", ..] => print(Print::Timers),
        ["step"] => Ok(Command::Step(1)),
        ["step", _, extra, ..] => wrong(2, format!("\"{extra}\" is too much here")),
        ["step", count] => match count.parse() {
            Ok(count) if count > 0 => Ok(Command::Step(count)),
            _ => wrong(
                1,
                format!("\"{count}\" is no number of steps: write step 4"),
            ),
        },
        _ => said(statement),
    }
}

/// A statement of the grammar; if it is none, the error names the commands too.
fn said(statement: &Statement<'_>) -> Result<Command, TextError> {
    text::parse_with(statement, Names::Any)
        .map(Command::Say)
        .map_err(|mut error| {
            if error.message.contains("is no action") {
                let commands = format!(", and the commands {COMMANDS}");
                let at = error.message.find(". Did").unwrap_or(error.message.len());
                error.message.insert_str(at, &commands);
            }
            error
        })
}

const COMMANDS: &str = "clients, count, events, expect, forget, logs, packets, run, status, step, \
    timers";
