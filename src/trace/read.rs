//! A line of a trace, whoever wrote it, read as far as it says anything.
//!
//! What a line does not say is unknown, not wrong. What it says must make sense: an error names the
//! field, what was found, and what to write.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Map, Value as Json};

use super::fields::{LARGEST, flag, found, list, name, number, object, within_bounds};
use super::line::{Kind, Role};

/// The most servers that a trace may name.
pub const MOST_SERVERS: usize = 64;

/// The last index that a log may have here: its place must be a `usize`, of 32 bits in the page.
const LAST_INDEX: u64 = if usize::BITS < 64 {
    u32::MAX as u64 / 2
} else {
    LARGEST
};

/// A server, by its place among the names of a trace.
pub type Server = usize;

/// An entry: its term, and its value by its place among the values of a trace.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Entry {
    /// The term.
    pub term: u64,
    /// Which value.
    pub value: u32,
}

/// Some servers, a bit each.
pub type Servers = u64;

/// Who the cluster consists of, as an entry says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Members {
    /// Who has a vote.
    pub voters: Servers,
    /// The voters of the configuration that ends, while two hold at once.
    pub outgoing: Servers,
    /// Who receives the log without a vote.
    pub learners: Servers,
}

/// The first line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Head {
    /// Who founded the cluster: the voters of the first configuration.
    pub founders: Servers,
    /// Whose steps the trace has; nothing is known of the others.
    pub traced: Servers,
    /// Whether a field of the state that is missing is as it was.
    pub changes: bool,
    /// Whether a read of a follower waits until a majority has confirmed the leader since.
    pub rounds: bool,
    /// Whether it begins in the middle of a run: nothing is known of a server before its first line.
    pub middle: bool,
}

/// Every other line: one step of one server.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// What kind of step.
    pub kind: Kind,
    /// Whose.
    pub server: Server,
    /// When, in microseconds.
    pub at: Option<u64>,
    /// Whether the disk of a server that starts was lost.
    pub wiped: bool,
    /// The message it received.
    pub received: Option<Message>,
    /// Where that was sent: the line, and the place in its `out`, both from 1.
    pub source: Option<(usize, usize)>,
    /// The server after the step, if anything is said of it.
    pub state: Option<State>,
    /// What it sent, if that is said.
    pub out: Option<Vec<Message>>,
}

/// What a line says of a server.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct State {
    /// Its term.
    pub term: Option<u64>,
    /// Whom it voted for in that term, or nobody.
    pub vote: Option<Option<Server>>,
    /// Its role.
    pub role: Option<Role>,
    /// The index of the first entry that it has not compacted.
    pub first: Option<u64>,
    /// Its log, or what changed in it.
    pub log: Option<LogText>,
    /// The last entry it knows to be committed.
    pub commit: Option<u64>,
    /// Who the cluster consisted of before `first`.
    pub members: Option<Members>,
}

/// What a line says of a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LogText {
    /// All entries from `first` on.
    Whole(Vec<Entry>),
    /// From that index on there are these entries and no others; before it nothing changed.
    From(u64, Vec<Entry>),
}

/// A message, as far as it is told.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Message {
    /// Its kind.
    pub t: String,
    /// Who sent it.
    pub from: Option<Server>,
    /// For whom.
    pub to: Option<Server>,
    /// The sender's term.
    pub term: Option<u64>,
    /// The last entry's index.
    pub li: Option<u64>,
    /// Its term.
    pub lt: Option<u64>,
    /// Whether the vote is granted.
    pub g: Option<bool>,
    /// The index of the entry before `es`.
    pub pi: Option<u64>,
    /// Its term.
    pub pt: Option<u64>,
    /// Entries.
    pub es: Option<Rc<[Entry]>>,
    /// What the leader has committed.
    pub c: Option<u64>,
    /// Whether the entries were stored.
    pub ok: Option<bool>,
    /// Up to where the logs agree.
    pub mi: Option<u64>,
    /// The term that a pre-vote is about.
    pub next: Option<u64>,
    /// Whether it is the last piece of a snapshot.
    pub done: Option<bool>,
    /// Which read it is about.
    pub read: Option<String>,
    /// Who the cluster consisted of at the end of a snapshot.
    pub members: Option<Members>,
}

/// Reads lines: it knows the names and the values that it has met.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    names: Vec<String>,
    numbers: BTreeMap<String, u32>,
    values: Vec<String>,
    /// By value: the configuration that it is.
    members: Vec<Option<Members>>,
}

/// How the value of a configuration begins.
const CONFIGURATION: &str = "config ";

impl Reader {
    /// The name of a server.
    pub fn name(&self, server: Server) -> &str {
        self.names.get(server).map_or("?", String::as_str)
    }

    /// The names of these servers.
    pub fn names_of(&self, servers: Servers) -> Vec<&str> {
        let all = (0..self.servers()).filter(|server| servers >> server & 1 == 1);
        all.map(|server| self.name(server)).collect()
    }

    /// How many servers were named.
    pub fn servers(&self) -> usize {
        self.names.len()
    }

    /// A value, as JSON writes it.
    pub fn value(&self, value: u32) -> &str {
        self.values.get(value as usize).map_or("?", String::as_str)
    }

    /// The configuration that a value is.
    pub fn members(&self, value: u32) -> Option<Members> {
        self.members.get(value as usize).copied().flatten()
    }

    /// The server of that name; who has none yet gets it now.
    fn server(&mut self, name: String) -> Result<Server, String> {
        if let Some(place) = self.names.iter().position(|known| *known == name) {
            return Ok(place);
        }
        if self.names.len() == MOST_SERVERS {
            return Err(format!(
                "{name:?} is one server too many: a trace may have {MOST_SERVERS}"
            ));
        }
        self.names.push(name);
        Ok(self.names.len() - 1)
    }

    fn intern(&mut self, value: &Json) -> Result<u32, String> {
        let text = value.to_string();
        if let Some(number) = self.numbers.get(&text) {
            return Ok(*number);
        }
        let number = u32::try_from(self.values.len()).map_err(|_| "there are too many values")?;
        let members = self.configuration(value)?;
        self.values.push(text.clone());
        self.members.push(members);
        self.numbers.insert(text, number);
        Ok(number)
    }

    /// The configuration that a value is: `"config S1,S2,S3>S1,S4+S5"`, or
    /// `{"config":{"voters":[..],"outgoing":[..],"learners":[..]}}` with any names.
    fn configuration(&mut self, value: &Json) -> Result<Option<Members>, String> {
        match value {
            Json::String(text) => match text.strip_prefix(CONFIGURATION) {
                Some(text) => self.members_in(text).map(Some),
                None => Ok(None),
            },
            Json::Object(fields) if fields.len() == 1 => {
                let Some(Json::Object(lists)) = fields.get("config") else {
                    return Ok(None);
                };
                let mut list = |name: &str| match lists.get(name) {
                    None | Some(Json::Null) => Ok(0),
                    Some(names) => self.set(&format!("config.{name}"), names),
                };
                let members = Members {
                    voters: list("voters")?,
                    outgoing: list("outgoing")?,
                    learners: list("learners")?,
                };
                Ok((members.voters != 0).then_some(members))
            }
            _ => Ok(None),
        }
    }

    /// Ours: `S1,S2` stands for n1 and n2.
    fn members_in(&mut self, text: &str) -> Result<Members, String> {
        let (all, learners) = text.split_once('+').unwrap_or((text, ""));
        let (outgoing, voters) = all.split_once('>').unwrap_or(("", all));
        let mut list = |names: &str| {
            let names = names.split(',').filter(|name| !name.is_empty());
            names.into_iter().try_fold(0, |set, name| {
                let name = match name.strip_prefix('S') {
                    Some(number) if number.parse::<u8>().is_ok() => format!("n{number}"),
                    _ => name.to_owned(),
                };
                self.server(name).map(|server| set | 1 << server)
            })
        };
        Ok(Members {
            outgoing: list(outgoing)?,
            voters: list(voters)?,
            learners: list(learners)?,
        })
    }

    /// The first line.
    pub fn head(&mut self, text: &[u8]) -> Result<Head, String> {
        const WRITE: &str = "the first line is {\"e\":\"init\",\"servers\":[\"n1\",\"n2\",\"n3\"]}";
        let fields = object(text)?;
        match fields.get("e") {
            Some(Json::String(kind)) if kind == "init" => {}
            _ => return Err(format!("field \"e\" is not \"init\"; {WRITE}")),
        }
        let Some(Json::Array(names)) = fields.get("servers") else {
            return Err(format!("field \"servers\" is not a list; {WRITE}"));
        };
        if names.is_empty() || names.len() > MOST_SERVERS {
            return Err(format!(
                "field \"servers\" has {} names; name 1 to {MOST_SERVERS} servers",
                names.len()
            ));
        }
        for (nth, value) in names.iter().enumerate() {
            let name = name(&format!("servers[{nth}]"), value)?;
            if self.server(name)? != nth {
                return Err("two servers have the same name; give each its own".into());
            }
        }
        let all = everybody(names.len());
        let set = |reader: &mut Self, name: &str| match fields.get(name) {
            None | Some(Json::Null) => Ok(all),
            Some(names) => reader.set(name, names),
        };
        Ok(Head {
            founders: set(self, "founders")?,
            // Whoever is named later is traced.
            traced: match fields.get("traced") {
                None | Some(Json::Null) => Servers::MAX,
                Some(names) => self.set("traced", names)?,
            },
            changes: flag(&fields, "changes")?.unwrap_or(false),
            rounds: flag(&fields, "rounds")?.unwrap_or(false),
            middle: flag(&fields, "middle")?.unwrap_or(false),
        })
    }

    fn set(&mut self, field: &str, names: &Json) -> Result<Servers, String> {
        let names = list(field, names)?;
        names.iter().enumerate().try_fold(0, |set, (nth, value)| {
            let name = name(&format!("{field}[{nth}]"), value)?;
            Ok(set | 1 << self.server(name)?)
        })
    }

    /// Any other line.
    pub fn step(&mut self, text: &[u8]) -> Result<Step, String> {
        let fields = object(text)?;
        let kind = kind(fields.get("e"))?;
        let server = match fields.get("n") {
            None => return Err("field \"n\" is missing; write the server's name".into()),
            Some(value) => self.server(name("n", value)?)?,
        };
        let state = match fields.get("s") {
            None | Some(Json::Null) => None,
            Some(Json::Object(state)) => Some(self.state(state)?),
            Some(other) => {
                return Err(found(
                    "s",
                    other,
                    "an object with term, vote, role, log, commit",
                ));
            }
        };
        let received = match fields.get("m") {
            None | Some(Json::Null) => None,
            Some(message) => Some(self.message("m", message)?),
        };
        let out = match fields.get("out") {
            None => None,
            Some(messages) => {
                let messages = list("out", messages)?.iter().enumerate();
                let read =
                    messages.map(|(nth, message)| self.message(&format!("out[{nth}]"), message));
                Some(read.collect::<Result<_, _>>()?)
            }
        };
        Ok(Step {
            kind,
            server,
            at: number(&fields, "", "at")?,
            wiped: flag(&fields, "wiped")?.unwrap_or(false),
            received,
            source: source(fields.get("src"))?,
            state,
            out,
        })
    }

    fn state(&mut self, fields: &Map<String, Json>) -> Result<State, String> {
        let vote = match fields.get("vote") {
            None => None,
            Some(Json::Null) => Some(None),
            // Votes are often numbers, and below 0 for nobody.
            Some(Json::Number(number)) if number.as_i64().is_some_and(|number| number < 0) => {
                Some(None)
            }
            Some(value) => match name("s.vote", value)? {
                name if name.is_empty() => Some(None),
                name => Some(Some(self.server(name)?)),
            },
        };
        let whole = match fields.get("log") {
            None => None,
            Some(log) => Some(LogText::Whole(self.entries("s.log", log)?)),
        };
        let change = match fields.get("+") {
            None | Some(Json::Null) => None,
            Some(change) => Some(self.change(change)?),
        };
        let members = match fields.get("config") {
            None | Some(Json::Null) => None,
            Some(Json::String(text)) => Some(self.members_in(text)?),
            Some(names @ Json::Array(_)) => Some(Members {
                voters: self.set("s.config", names)?,
                ..Members::default()
            }),
            Some(other) => return Err(found("s.config", other, "a list of names")),
        };
        let first = number(fields, "s.", "first")?.map(|first| first.max(1));
        if let Some(first) = first.filter(|first| *first > LAST_INDEX) {
            return Err(format!(
                "field \"s.first\" is {first}; the last index that is read is {LAST_INDEX}"
            ));
        }
        Ok(State {
            term: number(fields, "s.", "term")?,
            vote,
            role: role(fields.get("role"))?,
            first,
            log: whole.or(change),
            commit: number(fields, "s.", "commit")?,
            members,
        })
    }

    /// `[index, entries]`.
    fn change(&mut self, value: &Json) -> Result<LogText, String> {
        const WRITE: &str = "[index, [[term, value], ..]]: what the log has from that index on";
        let Json::Array(pair) = value else {
            return Err(found("s.+", value, WRITE));
        };
        let [from, entries] = &pair[..] else {
            return Err(found("s.+", value, WRITE));
        };
        let index = from
            .as_u64()
            .filter(|index| (1..=LAST_INDEX).contains(index));
        let index = index.ok_or_else(|| found("s.+[0]", from, "an index, 1 or more"))?;
        Ok(LogText::From(index, self.entries("s.+[1]", entries)?))
    }

    /// `[term, value]` each; languages write null for an empty list.
    fn entries(&mut self, field: &str, value: &Json) -> Result<Vec<Entry>, String> {
        let entries = list(field, value)?.iter().enumerate();
        let entry = |(nth, entry): (usize, &Json)| {
            let wrong = || found(&format!("{field}[{nth}]"), entry, "[term, value]");
            let Json::Array(pair) = entry else {
                return Err(wrong());
            };
            let [term, value] = &pair[..] else {
                return Err(wrong());
            };
            Ok(Entry {
                term: within_bounds(term).map_err(|_| wrong())?,
                value: self.intern(value)?,
            })
        };
        entries.map(entry).collect()
    }

    fn message(&mut self, field: &str, value: &Json) -> Result<Message, String> {
        let Json::Object(fields) = value else {
            return Err(found(
                field,
                value,
                "a message as {\"t\":\"RV\",\"f\":\"n1\",\"to\":\"n2\",\"term\":1}",
            ));
        };
        let Some(Json::String(kind)) = fields.get("t") else {
            return Err(format!(
                "field \"{field}.t\" is missing; write the kind of message, as \"RV\""
            ));
        };
        let within = format!("{field}.");
        let mut who = |key: &str| match fields.get(key) {
            None | Some(Json::Null) => Ok(None),
            Some(value) => self
                .server(name(&format!("{within}{key}"), value)?)
                .map(Some),
        };
        let (from, to) = (who("f")?, who("to")?);
        let es = match fields.get("es") {
            None => None,
            Some(entries) => Some(self.entries(&format!("{within}es"), entries)?.into()),
        };
        let number = |key: &str| number(fields, &within, key);
        let flag = |key: &str| flag(fields, key).map_err(|why| format!("{within}{why}"));
        Ok(Message {
            t: kind.clone(),
            from,
            to,
            term: number("term")?,
            li: number("li")?,
            lt: number("lt")?,
            g: flag("g")?,
            pi: number("pi")?,
            pt: number("pt")?,
            es,
            c: number("c")?,
            ok: flag("ok")?,
            mi: number("mi")?,
            next: number("next")?,
            done: flag("done")?,
            read: fields.get("r").map(Json::to_string),
            members: match fields.get("configuration") {
                Some(Json::String(text)) => Some(self.members_in(text)?),
                _ => None,
            },
        })
    }
}

/// So many servers, from the first.
pub fn everybody(count: usize) -> Servers {
    Servers::MAX >> (MOST_SERVERS - count.clamp(1, MOST_SERVERS))
}

fn kind(value: Option<&Json>) -> Result<Kind, String> {
    const WRITE: &str = "\"timeout\", \"send\", \"propose\", \"recv\", \"drop\", \"restart\", \"compact\" or \"tick\"";
    match value {
        None => Err(format!("field \"e\" is missing; write {WRITE}")),
        Some(value) => {
            let kind = value.as_str().and_then(Kind::named);
            let kind = kind.filter(|kind| *kind != Kind::Init);
            kind.ok_or_else(|| found("e", value, WRITE))
        }
    }
}

fn role(value: Option<&Json>) -> Result<Option<Role>, String> {
    let Some(value) = value.filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    let role = value
        .as_str()
        .and_then(|word| match word.to_ascii_lowercase().as_str() {
            "c" | "candidate" => Some(Role::C),
            "f" | "follower" | "p" | "precandidate" | "pre-candidate" | "learner" => Some(Role::F),
            "l" | "leader" => Some(Role::L),
            _ => None,
        });
    match role {
        Some(role) => Ok(Some(role)),
        None => Err(found("s.role", value, "\"F\", \"C\" or \"L\"")),
    }
}

fn source(value: Option<&Json>) -> Result<Option<(usize, usize)>, String> {
    let Some(value) = value.filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    let place = |value: &Json| usize::try_from(value.as_u64()?).ok();
    let pair = match value.as_array().map(Vec::as_slice) {
        Some([line, nth]) => place(line).zip(place(nth)),
        _ => None,
    };
    match pair {
        Some(pair) => Ok(Some(pair)),
        None => Err(found("src", value, "[line, place in its out]")),
    }
}
