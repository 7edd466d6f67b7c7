//! A trace as a whole, to be looked at: judged, and shown as it was at any line.

use serde_json::{Map, Value as Json, json};

use super::check::{LONGEST_LINE, MOST_LINES, Reading, Report, Unreadable};
use super::judge::{Judge, Rule, View};
use super::line::Role;
use super::read::{Entry, Message, Reader, Server};

/// Lines between two places at which the servers are kept as they were.
const APART: usize = 256;

/// Lines shown before and after one.
const AROUND: usize = 12;

/// Entries of a log that are shown.
const SHOWN_ENTRIES: u64 = 30;

/// For how many lines a message is looked for that is under way.
const LONGEST_WAY: usize = 300;

/// For how many lines a message is under way of which nothing more is told.
const UNTOLD_WAY: usize = 8;

/// The most messages shown.
const MOST_MAIL: usize = 40;

/// The longest line that is shown as it is, in bytes.
const LONGEST_SHOWN: usize = 1_500;

/// The most turns of the servers that are told.
const MOST_TURNS: usize = 3_000;

/// A trace, kept whole.
pub struct Watch {
    text: Vec<u8>,
    /// How much of it is read.
    read: usize,
    /// Where each line ends.
    ends: Vec<usize>,
    reading: Reading,
    /// The servers as they were after every [`APART`] lines.
    kept: Vec<Vec<View>>,
}

/// A line of a trace, and the cluster after it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Moment {
    /// The line, from 1.
    pub line: usize,
    /// Whose step it is, by place.
    pub server: Option<Server>,
    /// Every server.
    pub servers: Vec<Standing>,
    /// What is under way.
    pub mail: Vec<Mail>,
    /// Lines around this one, each in words.
    pub told: Vec<(usize, String)>,
    /// This line as JSON; a long one is shortened.
    pub json: String,
}

/// A server at a moment: what is not known is none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// Its name.
    pub name: String,
    /// Its term.
    pub term: Option<u64>,
    /// Whom it voted for in that term; empty for nobody.
    pub vote: Option<String>,
    /// Its role.
    pub role: Option<Role>,
    /// The last entry it knows to be committed.
    pub commit: Option<u64>,
    /// The last entry that it has compacted, and its last one, if its log is known.
    pub log: Option<(u64, u64)>,
    /// The last of its entries: the index of the first of them, and term and value of each.
    pub entries: (u64, Vec<(u64, String)>),
}

/// A message under way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mail {
    /// Its kind, as the trace has it.
    pub t: String,
    /// From whom, by place.
    pub from: Server,
    /// To whom, by place.
    pub to: Server,
    /// Whether it says yes, where it says yes or no.
    pub positive: bool,
    /// The last of its entries, if it carries any.
    pub last: Option<u64>,
    /// The line in which it was sent.
    pub sent: usize,
    /// The line in which it arrives.
    pub arrives: usize,
    /// Whether it is lost.
    pub is_lost: bool,
}

/// When a server changed its role.
pub type Turn = (usize, Server, Role);

impl Watch {
    /// An empty trace, with room for so many bytes.
    pub fn new(bytes: usize) -> Self {
        Self {
            text: Vec::with_capacity(bytes),
            read: 0,
            ends: Vec::new(),
            reading: Reading::new(Judge::new([]).watched(), MOST_LINES),
            kept: Vec::new(),
        }
    }

    /// Adds what comes next.
    pub fn push(&mut self, text: &[u8]) {
        self.text.extend_from_slice(text);
    }

    /// From the beginning again, where these rules may be broken.
    pub fn again(&mut self, lenient: &[Rule]) {
        let judge = Judge::new(lenient.iter().copied()).watched();
        self.reading = Reading::new(judge, MOST_LINES);
        (self.read, self.ends, self.kept) = (0, Vec::new(), Vec::new());
    }

    /// Judges the lines of the next so many bytes, as far as they are there. False when no whole line
    /// is left.
    pub fn work(&mut self, bytes: usize) -> bool {
        let from = self.read;
        let until = self.text.len().min(self.read.saturating_add(bytes));
        while self.read < until && !self.reading.is_over() {
            let rest = &self.text[self.read..];
            match rest.iter().position(|byte| *byte == b'\n') {
                Some(end) => self.line(end + 1),
                None if rest.len() as u64 > LONGEST_LINE => self.line(rest.len()),
                None => break,
            }
        }
        self.read > from && !self.is_over()
    }

    /// There is no more.
    pub fn end(&mut self) {
        self.work(usize::MAX);
        let rest = self.text.len() - self.read;
        if rest > 0 && !self.is_over() {
            self.line(rest);
        }
        self.reading.end();
    }

    /// Whether nothing more is read, whatever comes.
    pub fn is_over(&self) -> bool {
        self.reading.is_over()
    }

    fn line(&mut self, length: usize) {
        let line = self.read..self.read + length;
        self.read = line.end;
        self.reading.line(&self.text[line.clone()]);
        if !self.reading.is_over() {
            self.ends.push(line.end);
            if self.ends.len().is_multiple_of(APART) {
                self.kept.push(self.reading.judge.states());
            }
        }
    }

    /// How many bytes are read, and how many lines.
    pub fn progress(&self) -> (usize, usize) {
        (self.read, self.ends.len())
    }

    /// What came of it.
    pub fn report(&self) -> Result<Report, Unreadable> {
        self.reading.report()
    }

    /// The names of the servers.
    pub fn names(&self) -> Vec<String> {
        let reader = self.reading.judge.reader();
        let names = (0..reader.servers()).map(|server| reader.name(server).to_owned());
        names.collect()
    }

    /// When servers changed their roles.
    pub fn turns(&self) -> &[Turn] {
        let turns = self.reading.judge.trail().map(|trail| &*trail.turns);
        let turns = turns.unwrap_or_default();
        &turns[..turns.len().min(MOST_TURNS)]
    }

    /// A line, from 1, without its end.
    fn text_of(&self, line: usize) -> &[u8] {
        let end = |line: usize| line.checked_sub(1).and_then(|nth| self.ends.get(nth));
        match end(line) {
            Some(until) => {
                let text = &self.text[end(line - 1).copied().unwrap_or(0)..*until];
                text.strip_prefix(b"\xef\xbb\xbf")
                    .unwrap_or(text)
                    .trim_ascii()
            }
            None => &[],
        }
    }

    /// The servers after a line; and what `see` makes of each line on the way there.
    fn walk(&mut self, until: usize, mut see: impl FnMut(usize, &Passing<'_>)) {
        let from = until.saturating_sub(2 * AROUND + 1);
        let place = from / APART;
        let states = match place.checked_sub(1) {
            Some(place) => self.kept.get(place).cloned().unwrap_or_default(),
            None => Vec::new(),
        };
        let mut states = self.reading.judge.with_all(states);
        for line in place * APART + 1..=until.min(self.ends.len()) {
            let text = self.text_of(line).to_vec();
            let before = states.clone();
            let step = self.reading.judge.take_again(&mut states, &text);
            let server = step.as_ref().map(|step| step.server);
            let reader = self.reading.judge.reader();
            let told = match (&step, server) {
                _ if line < from => String::new(),
                (Some(step), Some(id)) => {
                    super::told::step(step, before.get(id), &states[id], reader)
                }
                _ if text.is_empty() => String::new(),
                _ => "the servers are named".into(),
            };
            see(
                line,
                &Passing {
                    server,
                    states: &states,
                    told,
                },
            );
        }
    }

    /// A line, and the cluster after it.
    pub fn moment(&mut self, line: usize) -> Moment {
        let line = line.clamp(1, self.ends.len().max(1));
        let mut told = Vec::new();
        let mut here = (None, Vec::new());
        self.walk(line + AROUND, |number, passing| {
            if number + AROUND >= line {
                told.push((number, passing.told.clone()));
            }
            if number == line {
                here = (passing.server, passing.states.to_vec());
            }
        });
        let (server, states) = here;
        Moment {
            line,
            server,
            servers: standings(&states, self.reading.judge.reader()),
            mail: self.mail(line),
            told,
            json: shortened(self.text_of(line)),
        }
    }

    /// What is under way after a line, and what it received.
    fn mail(&self, line: usize) -> Vec<Mail> {
        let judge = &self.reading.judge;
        let arrivals = judge.trail().map(|trail| &trail.arrivals);
        let sent = judge.sent_in(line.saturating_sub(LONGEST_WAY)..=line);
        let mail = sent.filter_map(|(whence, message)| {
            let arrival = arrivals.and_then(|arrivals| arrivals.get(&whence));
            let arrives = arrival.map_or(whence.0 + UNTOLD_WAY, |arrival| arrival.line);
            let from = message.from.or_else(|| self.sender(whence.0))?;
            (arrives >= line).then_some(Mail {
                t: message.t.clone(),
                from,
                to: message.to?,
                positive: message.g.or(message.ok) != Some(false),
                last: last_entry(message),
                sent: whence.0,
                arrives,
                is_lost: arrival.is_some_and(|arrival| arrival.is_lost),
            })
        });
        let mut mail: Vec<Mail> = mail.collect();
        let more = mail.len().saturating_sub(MOST_MAIL);
        mail.drain(..more);
        mail
    }

    /// Whose step a line is.
    fn sender(&self, line: usize) -> Option<Server> {
        let fields: Json = serde_json::from_slice(self.text_of(line)).ok()?;
        let name = match fields.get("n")? {
            Json::String(name) => name.clone(),
            other => other.to_string(),
        };
        self.names().iter().position(|known| *known == name)
    }

    /// A trace of its own that ends at `line` and breaks the same rule there: as few of the lines
    /// before it as that takes.
    pub fn excerpt(&mut self, line: usize) -> String {
        let breaks = self.reading.judge.verdicts().iter();
        let broken = breaks.clone().find(|verdict| verdict.line == line);
        let wanted = broken.map(|verdict| (verdict.rule, verdict.server.clone()));
        for steps in [10, 30, 100, 300, 1_000] {
            if steps >= line {
                break;
            }
            let text = self.excerpt_of(line, steps);
            let report = super::check(text.as_bytes());
            let same = report.is_ok_and(|report| {
                let last = report.verdicts.last();
                last.map(|verdict| (verdict.rule, verdict.server.clone())) == wanted
                    && report.verdicts.len() <= 1
            });
            if same {
                return text;
            }
        }
        let end = self.ends.get(line.wrapping_sub(1)).copied().unwrap_or(0);
        String::from_utf8_lossy(&self.text[..end]).into_owned()
    }

    /// The last so many lines up to `line`, after the servers as they were before.
    fn excerpt_of(&mut self, line: usize, steps: usize) -> String {
        let before = line - steps;
        let mut states = Vec::new();
        self.walk(before, |_, passing| states = passing.states.to_vec());
        let reader = self.reading.judge.reader();
        let head = self.reading.judge.head_line(states.len());
        let mut text = format!("{head}\n");
        let mut begun = 1;
        for (id, state) in states.iter().enumerate() {
            let line = json!({"e": "tick", "n": reader.name(id), "s": written(state, reader)});
            text.push_str(&format!("{line}\n"));
            begun += 1;
        }
        for number in before + 1..=line {
            let fields = serde_json::from_slice(self.text_of(number));
            if let Ok(Json::Object(mut fields)) = fields {
                renumber(&mut fields, before, begun);
                text.push_str(&Json::Object(fields).to_string());
            }
            text.push('\n');
        }
        text
    }
}

/// A line that one passes.
struct Passing<'a> {
    server: Option<Server>,
    states: &'a [View],
    told: String,
}

/// The line in which a message was sent has another number in an excerpt, or is not in it.
fn renumber(fields: &mut Map<String, Json>, before: usize, begun: usize) {
    let line = fields.get("src").and_then(|source| source[0].as_u64());
    match line.map(|line| line as usize) {
        Some(line) if line > before => {
            fields["src"][0] = (line - before).saturating_add(begun).into();
        }
        Some(_) => {
            fields.remove("src");
        }
        None => {}
    }
}

/// A state as a line has it, in full.
fn written(state: &View, reader: &Reader) -> Json {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Option<Json>| {
        if let Some(value) = value {
            fields.insert(name.into(), value);
        }
    };
    put("term", state.term.map(Json::from));
    let vote = |vote: Option<Server>| vote.map_or(Json::Null, |vote| reader.name(vote).into());
    put("vote", state.vote.map(vote));
    put("role", state.role.map(|role| format!("{role:?}").into()));
    put("commit", state.commit.map(Json::from));
    if let Some(log) = &state.log {
        put("first", (log.base() > 0).then(|| (log.base() + 1).into()));
        let entries = (log.base() + 1..=log.last()).filter_map(|index| log.get(index));
        let entries = entries.map(|entry| json!([entry.term, value(entry, reader)]));
        put("log", Some(entries.collect()));
        let base = log.members_at(log.base());
        let named = base.map(|(_, members)| reader.names_of(members.voters));
        put("config", named.filter(|_| log.base() > 0).map(Json::from));
    }
    Json::Object(fields)
}

fn value(entry: Entry, reader: &Reader) -> Json {
    let text = reader.value(entry.value);
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

fn standings(states: &[View], reader: &Reader) -> Vec<Standing> {
    let logs = states.iter().filter_map(|state| state.log.as_ref());
    let last = logs.map(|log| log.last()).max().unwrap_or(0);
    let first = (last + 1).saturating_sub(SHOWN_ENTRIES).max(1);
    let standing = |(id, state): (usize, &View)| {
        let log = state.log.as_ref();
        let first = log.map_or(first, |log| first.max(log.base() + 1));
        let entries = log.map(|log| (first..=log.last()).filter_map(|index| log.get(index)));
        let entries = entries.into_iter().flatten();
        let shown = |entry: Entry| (entry.term, plain(reader.value(entry.value)));
        Standing {
            name: reader.name(id).into(),
            term: state.term,
            vote: state
                .vote
                .map(|vote| vote.map_or_else(String::new, |vote| reader.name(vote).into())),
            role: state.role,
            commit: state.commit,
            log: log.map(|log| (log.base(), log.last())),
            entries: (first, entries.map(shown).collect()),
        }
    };
    states.iter().enumerate().map(standing).collect()
}

/// A value as people write it: a string without its quotation marks, and not too long.
fn plain(value: &str) -> String {
    const MOST: usize = 24;
    let text = value.trim_matches('"');
    // Ours begin with the client and its number.
    let text = match text.split_once(' ') {
        Some((client, op)) if client.starts_with('C') && client.contains('.') => op,
        _ => text,
    };
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into(),
    }
}

fn last_entry(message: &Message) -> Option<u64> {
    let entries = message.es.as_ref().filter(|entries| !entries.is_empty());
    let last = entries.and_then(|entries| Some(message.pi? + entries.len() as u64));
    match &*message.t {
        "IS" => message.li,
        _ => last,
    }
}

/// A line as JSON, with the middle of long lists left out.
fn shortened(text: &[u8]) -> String {
    if text.len() <= LONGEST_SHOWN {
        return String::from_utf8_lossy(text).into_owned();
    }
    let Ok(mut line) = serde_json::from_slice(text) else {
        return String::from_utf8_lossy(&text[..LONGEST_SHOWN]).into_owned();
    };
    shorten(&mut line);
    let mut text = line.to_string();
    if let Some((end, _)) = text.char_indices().nth(2 * LONGEST_SHOWN) {
        text.truncate(end);
        text.push('…');
    }
    text
}

fn shorten(value: &mut Json) {
    match value {
        Json::Array(list) => {
            if list.len() > 8 {
                list.splice(2..list.len() - 4, [Json::from("…")]);
            }
            list.iter_mut().for_each(shorten);
        }
        Json::Object(fields) => fields.values_mut().for_each(shorten),
        _ => {}
    }
}

#[cfg(test)]
mod tests;
