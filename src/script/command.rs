//! What a statement of a script asks for.

use super::condition::Condition;
use super::runner::LONGEST_RUN;
use crate::sim::text::{self, Names, Said, Statement, TextError};
use crate::sim::{Action, Time};

/// A statement of a script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// `expect S3 leader`, `expect leader within 2s`, `expect no leader for 10s`: an error if it is not
    /// true now, at any time until then, or all the time.
    Expect(Condition, Span),
    /// `expect refused add S5`: an error if this could be done.
    ExpectRefused(Vec<Action>),
    /// `forget`: what happened so far is not told by `events`, nor counted by `count`.
    Forget,
    /// `status`, `events`, ...: prints.
    Print(Print),
    /// `run 500ms`: lets so much time pass.
    Run(Time),
    /// `run until S3 leader`, `run until S3 leader within 2s`: lets time pass until it is so.
    RunUntil(Condition, Time),
    /// A statement of the grammar: something of the beginning, or something done.
    Say(Said),
    /// `step 4`: lets so many things happen.
    Step(u64),
}

/// When something is expected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Span {
    /// Now.
    Now,
    /// At some moment from now on, before this much time has passed.
    Within(Time),
    /// From now on, until this much time has passed.
    For(Time),
}

impl Command {
    /// What it waits for or expects.
    pub fn condition(&self) -> Option<&Condition> {
        match self {
            Self::Expect(condition, _) | Self::RunUntil(condition, _) => Some(condition),
            _ => None,
        }
    }
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
    let condition = |from: usize, to: usize| {
        Condition::parse(&words[from.min(to)..to])
            .map_err(|(word, message)| statement.error(from + word, message))
    };
    let end = words.len();
    let time = |text: &str| -> Result<Time, TextError> {
        text.parse().map_err(|why| statement.error(end - 1, why))
    };
    match words.as_slice() {
        ["clients"] => print(Print::Clients),
        ["count", ..] => print(Print::Count),
        ["events", "all"] => Ok(Command::Print(Print::Events { all: true })),
        ["events", ..] => print(Print::Events { all: false }),
        ["expect", "refused", ..] => refused(statement),
        ["expect", .., "within", length] => {
            let within = Span::Within(time(length)?);
            Ok(Command::Expect(condition(1, end - 2)?, within))
        }
        ["expect", .., "for", length] => {
            let span = Span::For(time(length)?);
            Ok(Command::Expect(condition(1, end - 2)?, span))
        }
        ["expect", ..] => Ok(Command::Expect(condition(1, end)?, Span::Now)),
        ["forget"] => Ok(Command::Forget),
        ["forget", extra, ..] => wrong(1, format!("\"{extra}\" is too much here")),
        ["logs", ..] => print(Print::Logs),
        ["packets", ..] => print(Print::Packets),
        ["run", "until", .., "within", length] => {
            let limit = time(length)?;
            Ok(Command::RunUntil(condition(2, end - 2)?, limit))
        }
        ["run", "until", ..] => Ok(Command::RunUntil(condition(2, end)?, LONGEST_RUN)),
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

/// `expect refused add S5`
fn refused(statement: &Statement<'_>) -> Result<Command, TextError> {
    let mut rest = statement.text.trim_start();
    for word in ["expect", "refused"] {
        rest = rest.strip_prefix(word).unwrap_or(rest).trim_start();
    }
    let skipped = statement.text.chars().count() - rest.chars().count();
    let inner = Statement {
        text: rest,
        line: statement.line,
        column: statement.column + skipped,
    };
    match text::parse(&inner)? {
        Said::Actions(None, actions) => Ok(Command::ExpectRefused(actions)),
        _ => Err(inner.error(
            0,
            "write something that is done, as in expect refused add S5",
        )),
    }
}

/// A statement of the grammar.
fn said(statement: &Statement<'_>) -> Result<Command, TextError> {
    text::parse_with(statement, Names::Any).map(Command::Say)
}

/// Whether a word begins a command, whatever follows it.
pub fn is_command(word: &str) -> bool {
    COMMANDS.split(", ").any(|command| command == word)
}

const COMMANDS: &str = "clients, count, events, expect, forget, logs, packets, run, status, step, \
    timers";
