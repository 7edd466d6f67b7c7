//! The one text grammar: scenarios and actions, as golden scripts, lessons, saved sessions and the
//! console write them.
//!
//! One line is one thing; `;` and `·` join lines, `#` begins a comment. [`statements`] cuts a text
//! into statements that know their line and column; [`parse`] reads one. What is written by
//! `Display` reads back as the same value.
//!
//! ```text
//! servers 5 · seed 7 · clients 1
//! config timeout=150..300ms latency=10..20ms send=heartbeat
//! S1 term 6 vote S2 log 1 1 1 4 4:x=3 commit 3
//! client C1 writes x every 300ms
//! rules off commit-own-term
//! at 312ms crash S3
//! partition S1 S2 C1 | S3 S4 S5 C2
//! ```

mod complete;
mod setting;
#[cfg(test)]
mod tests;
mod verbs;
mod words;
mod write;

pub use complete::{Candidate, complete};
pub use verbs::{Verb, did_you_mean};
pub use write::{percent, write_run};

use std::fmt;

use super::action::Action;
use super::scenario::{DiskImage, Scenario};
use super::time::Time;
use crate::kv::{ClientId, Key};
use crate::raft::{Change, NodeId};
use crate::sim::world::World;

use words::Words;
pub(crate) use words::{client, configuration, entry, server};

/// The longest text that is read, in bytes.
pub const LONGEST_TEXT: usize = 200_000;

/// The longest word that is read, in bytes: an error names the word.
const LONGEST_WORD: usize = 100;

/// What is wrong with a text, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TextError {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// What is wrong and what to write instead, in one sentence.
    pub message: String,
}

/// A statement: a piece of text between line ends, `;` and `·`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Statement<'a> {
    /// Its words.
    pub text: &'a str,
    /// The line it stands on, from 1.
    pub line: usize,
    /// The column it begins at, from 1.
    pub column: usize,
}

/// What a statement of the grammar says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Said {
    /// Things done, and when, if it says so. One, or several settings or rules at once.
    Actions(Option<Time>, Vec<Action>),
    /// `client C1 writes x every 300ms`
    Workload(ClientId, Key, Time),
    /// `clients 2`
    Clients(u8),
    /// `S1 term 6 log 1 1 4`
    Disk(DiskImage),
    /// `seed 7`
    Seed(u64),
    /// `servers 5`
    Servers(u8),
}

/// Cuts a text into its statements; comments and empty ones are left out.
pub fn statements(text: &str) -> impl Iterator<Item = Statement<'_>> {
    text.lines().enumerate().flat_map(|(number, line)| {
        let code = line.split('#').next().unwrap_or_default();
        let mut column = 1;
        code.split([';', '·']).filter_map(move |piece| {
            let begins = column + piece.chars().take_while(|c| c.is_whitespace()).count();
            column += piece.chars().count() + 1;
            let text = piece.trim();
            (!text.is_empty()).then_some(Statement {
                text,
                line: number + 1,
                column: begins,
            })
        })
    })
}

impl Statement<'_> {
    /// An error about this statement, at the `word`th of its words (from 0), or behind the last.
    pub fn error(&self, word: usize, message: impl Into<String>) -> TextError {
        let begins = match self.text.split_whitespace().nth(word) {
            Some(found) => {
                let offset = found.as_ptr() as usize - self.text.as_ptr() as usize;
                self.text[..offset].chars().count()
            }
            None => self.text.chars().count(),
        };
        TextError {
            line: self.line,
            column: self.column + begins,
            message: message.into(),
        }
    }
}

/// The words that stand for servers wherever a statement names one, with what they mean.
pub const ROLES: &[(&str, &str)] = &[
    ("leader", "The leader of the latest term."),
    ("follower", "The first server that is up and does not lead."),
    ("down", "The first server that is down."),
    ("paused", "The first server that is paused."),
];

/// Whom a statement may name.
#[derive(Clone, Copy)]
pub enum Names<'a> {
    /// Servers by their numbers alone.
    Fixed,
    /// Roles too. Which servers they stand for does not matter: to see whether a text is well formed.
    Any,
    /// Roles too: servers of this world.
    Of(&'a World),
}

/// Reads one statement, in which servers go by their numbers.
pub fn parse(statement: &Statement<'_>) -> Result<Said, TextError> {
    parse_with(statement, Names::Fixed)
}

/// Reads one statement, in which roles may stand for servers.
pub fn parse_with(statement: &Statement<'_>, names: Names<'_>) -> Result<Said, TextError> {
    let mut all = statement.text.split_whitespace();
    if let Some(long) = all.position(|word| word.len() > LONGEST_WORD) {
        let message = format!("this word is too long: {LONGEST_WORD} characters at most");
        return Err(statement.error(long, message));
    }
    let mut words = Words::new(statement.text, names);
    let said = words.said().and_then(|said| match words.next() {
        None => Ok(said),
        Some(extra) => Err(format!("\"{extra}\" is too much here")),
    });
    said.map_err(|message| statement.error(words.at(), message))
}

/// Reads one action that stands alone.
pub fn parse_action(text: &str) -> Result<Action, String> {
    let mut actions = parse_actions(text, Names::Fixed)?;
    match actions.len() {
        1 => Ok(actions.remove(0)),
        count => Err(format!("these are {count} actions: write one")),
    }
}

/// Reads a line that does something, as in the console: one action, or the same to several.
pub fn parse_actions(text: &str, names: Names<'_>) -> Result<Vec<Action>, String> {
    let mut words = Words::new(text, names);
    let actions = words.actions()?;
    match words.next() {
        None => Ok(actions),
        Some(extra) => Err(format!("\"{extra}\" is too much here")),
    }
}

/// Reads a scenario and the actions that are given for it. Actions without a time happen at the
/// time of the one before.
pub fn parse_run(text: &str) -> Result<(Scenario, Vec<(Time, Action)>), TextError> {
    if text.len() > LONGEST_TEXT {
        let message = format!("the text is too long: {LONGEST_TEXT} bytes at most");
        return Err(TextError {
            line: 1,
            column: 1,
            message,
        });
    }
    let mut scenario = Scenario::default();
    let mut actions: Vec<(Time, Action)> = Vec::new();
    let mut disk = None;
    for statement in statements(text) {
        match parse(&statement)? {
            Said::Actions(at, done) => {
                let latest = actions.last().map_or(Time::ZERO, |(at, _)| *at);
                let begun = at.is_some() || !actions.is_empty();
                let at = at.unwrap_or(latest);
                if at < latest {
                    let message = format!("{at} is before {latest}: put actions in order of time");
                    return Err(statement.error(1, message));
                }
                for action in done {
                    if begun || !scenario.absorb(&action) {
                        actions.push((at, action));
                    }
                }
            }
            Said::Workload(client, key, every) if !actions.is_empty() => {
                let latest = actions.last().map_or(Time::ZERO, |(at, _)| *at);
                actions.push((latest, Action::Client(client, Some((key, every)))));
            }
            said => {
                if let Said::Disk(_) = said {
                    disk = Some(statement);
                }
                scenario
                    .tell(said)
                    .map_err(|message| statement.error(0, message))?;
            }
        }
    }
    if let Some(disk) = disk {
        scenario.check().map_err(|why| disk.error(0, why))?;
    }
    Ok((scenario, actions))
}

impl Scenario {
    /// Takes in what a statement says of the beginning.
    pub fn tell(&mut self, said: Said) -> Result<(), String> {
        match said {
            Said::Servers(count) => {
                let mut named = self.disks.iter().flat_map(|image| image.named().iter());
                let found = |id: &NodeId| id.slot() >= count.into() && !self.members.contains(*id);
                if let Some(id) = named.find(found) {
                    return Err(format!("a disk names {id} already, so it must exist"));
                }
                self.servers = count;
            }
            Said::Clients(count) => {
                let mut busy = self.workloads.iter().map(|(client, ..)| client);
                if let Some(id) = busy.find(|id| id.slot() >= count.into()) {
                    return Err(format!(
                        "{id} has something to do already, so it must exist"
                    ));
                }
                self.clients = count;
            }
            Said::Seed(seed) => self.seed = seed,
            Said::Disk(image) => {
                let count = self.servers;
                if let Some(id) = image.named().except(self.ids()).iter().next() {
                    return Err(format!("there is no {id}: the servers are S1 to S{count}"));
                }
                self.disks.retain(|other| other.server != image.server);
                self.disks.push(image);
            }
            Said::Workload(client, key, every) => {
                if client.slot() >= self.clients.into() {
                    let count = self.clients;
                    return Err(format!(
                        "there is no {client}: the number of clients is {count}"
                    ));
                }
                self.workloads.retain(|(other, ..)| *other != client);
                self.workloads.push((client, key, every));
            }
            Said::Actions(_, actions) => {
                for action in actions {
                    if !self.absorb(&action) {
                        return Err(format!("\"{action}\" is something done, not a beginning"));
                    }
                }
            }
        }
        Ok(())
    }

    /// A setting, a rule or the members before anything happens belong to the beginning. False for
    /// everything else.
    pub(crate) fn absorb(&mut self, action: &Action) -> bool {
        match action {
            Action::Configure(setting) => self.set(*setting),
            Action::Change(Change::Voters(voters)) => self.members = *voters,
            Action::Rule(rule, on) => self.config.rules.set(*rule, *on),
            _ => return false,
        }
        true
    }
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}, column {}: {}",
            self.line, self.column, self.message
        )
    }
}

impl std::error::Error for TextError {}
