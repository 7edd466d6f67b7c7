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

use std::fmt;
use std::str::FromStr;

use super::action::{Action, ClockRate, Group, Link, PacketPick};
use super::network::{Address, PacketKind};
use super::scenario::{DiskImage, Scenario, Setting};
use super::time::Time;
use crate::machine::{ClientId, Command, Key, MAX_CLIENTS, Op};
use crate::raft::{Entry, LogIndex, MAX_SERVERS, NodeId, Payload, SendPolicy, Term};

/// The longest text that is read, in bytes.
pub const LONGEST_TEXT: usize = 200_000;

/// The most entries a disk image may have.
const MAX_ENTRIES: usize = 1_000;

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
    Habit(ClientId, Key, Time),
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
    /// An error about this statement, at the `word`th of its words (from 0).
    pub fn error(&self, word: usize, message: impl Into<String>) -> TextError {
        let begins = self.text.split_whitespace().nth(word).map_or(0, |found| {
            let offset = found.as_ptr() as usize - self.text.as_ptr() as usize;
            self.text[..offset].chars().count()
        });
        TextError {
            line: self.line,
            column: self.column + begins,
            message: message.into(),
        }
    }
}

/// Reads one statement.
pub fn parse(statement: &Statement<'_>) -> Result<Said, TextError> {
    let mut words = Words::new(statement.text);
    let said = words.said().and_then(|said| match words.next() {
        None => Ok(said),
        Some(extra) => Err(format!("\"{extra}\" is too much here")),
    });
    said.map_err(|message| statement.error(words.at(), message))
}

/// Reads an action that stands alone, as in the console.
pub fn parse_action(text: &str) -> Result<Action, String> {
    let mut words = Words::new(text);
    let action = words.action()?;
    match words.next() {
        None => Ok(action),
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
            said => scenario
                .tell(said)
                .map_err(|message| statement.error(0, message))?,
        }
    }
    Ok((scenario, actions))
}

impl Scenario {
    /// Takes in what a statement says of the beginning.
    pub fn tell(&mut self, said: Said) -> Result<(), String> {
        match said {
            Said::Servers(count) => {
                if let Some(image) = self.disks.iter().find(|i| i.server.slot() >= count.into()) {
                    return Err(format!(
                        "{} has a disk already, so it must exist",
                        image.server
                    ));
                }
                self.servers = count;
            }
            Said::Clients(count) => self.clients = count,
            Said::Seed(seed) => self.seed = seed,
            Said::Disk(image) => {
                if image.server.slot() >= self.servers.into() {
                    let count = self.servers;
                    return Err(format!(
                        "there is no {}: the servers are S1 to S{count}",
                        image.server
                    ));
                }
                self.disks.retain(|other| other.server != image.server);
                self.disks.push(image);
            }
            Said::Habit(client, key, every) => {
                self.habits.retain(|(other, ..)| *other != client);
                self.habits.push((client, key, every));
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

    /// A setting or a rule before anything happens belongs to the beginning. False for what is
    /// neither.
    pub(crate) fn absorb(&mut self, action: &Action) -> bool {
        match action {
            Action::Configure(setting) => self.set(*setting),
            Action::Rule(rule, on) => self.config.rules.set(*rule, *on),
            _ => return false,
        }
        true
    }
}

struct Words<'a> {
    words: Vec<&'a str>,
    next: usize,
}

impl<'a> Words<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            words: text.split_whitespace().collect(),
            next: 0,
        }
    }

    /// The word that was read last, from 0.
    fn at(&self) -> usize {
        self.next.saturating_sub(1)
    }

    fn peek(&self) -> Option<&'a str> {
        self.words.get(self.next).copied()
    }

    fn next(&mut self) -> Option<&'a str> {
        let word = self.peek();
        self.next += 1;
        word
    }

    fn expect(&mut self, what: &str) -> Result<&'a str, String> {
        self.next()
            .ok_or_else(|| format!("{what} is missing at the end"))
    }

    fn read<T: FromStr>(&mut self, what: &str) -> Result<T, String> {
        let word = self.expect(what)?;
        word.parse()
            .map_err(|_| format!("\"{word}\" is not {what}"))
    }

    fn time(&mut self) -> Result<Time, String> {
        self.expect("a time like 80ms")?.parse()
    }

    fn count(&mut self, what: &str, low: usize, high: usize) -> Result<u8, String> {
        let word = self.expect(what)?;
        match word.parse::<usize>() {
            Ok(count) if (low..=high).contains(&count) => Ok(count as u8),
            _ => Err(format!("\"{word}\" is not {what} from {low} to {high}")),
        }
    }

    fn server(&mut self) -> Result<NodeId, String> {
        server(self.expect("a server like S1")?)
    }

    fn client(&mut self) -> Result<ClientId, String> {
        client(self.expect("a client like C1")?)
    }

    fn said(&mut self) -> Result<Said, String> {
        let first = self.peek().unwrap_or_default();
        match first {
            "servers" => {
                self.next();
                Ok(Said::Servers(self.count(
                    "a number of servers",
                    1,
                    MAX_SERVERS,
                )?))
            }
            "clients" => {
                self.next();
                Ok(Said::Clients(self.count(
                    "a number of clients",
                    0,
                    MAX_CLIENTS,
                )?))
            }
            "seed" => {
                self.next();
                Ok(Said::Seed(self.read("a whole number")?))
            }
            "client" => self.habit(),
            "at" => {
                self.next();
                let at = self.time()?;
                Ok(Said::Actions(Some(at), self.actions()?))
            }
            _ if server(first).is_ok() => self.disk().map(Said::Disk),
            _ => Ok(Said::Actions(None, self.actions()?)),
        }
    }

    fn habit(&mut self) -> Result<Said, String> {
        self.next();
        let client = self.client()?;
        self.keyword("writes")?;
        let key = self.expect("a key")?.parse()?;
        self.keyword("every")?;
        let every = self.time()?;
        if every < Time::ms(1) {
            return Err("a client cannot write more often than every 1ms".into());
        }
        Ok(Said::Habit(client, key, every))
    }

    fn keyword(&mut self, keyword: &str) -> Result<(), String> {
        let word = self.expect(keyword)?;
        (word == keyword)
            .then_some(())
            .ok_or_else(|| format!("\"{word}\" stands where \"{keyword}\" should"))
    }

    fn disk(&mut self) -> Result<DiskImage, String> {
        let mut image = DiskImage {
            server: self.server()?,
            term: Term(0),
            vote: None,
            entries: Vec::new(),
            commit: LogIndex(0),
        };
        while let Some(word) = self.next() {
            match word {
                "term" => image.term = Term(self.read("a term")?),
                "vote" => image.vote = Some(self.server()?),
                "commit" => image.commit = LogIndex(self.read("an index")?),
                "log" => {
                    while let Some(word) = self
                        .peek()
                        .filter(|w| w.starts_with(|c: char| c.is_ascii_digit()))
                    {
                        self.next();
                        image.entries.push(entry(word, image.entries.len())?);
                    }
                }
                _ => {
                    return Err(format!(
                        "\"{word}\" is no part of a disk: write term, vote, log or commit"
                    ));
                }
            }
        }
        image.check()?;
        Ok(image)
    }

    /// One action; or after `config` and `rules` as many as there are settings or rules.
    fn actions(&mut self) -> Result<Vec<Action>, String> {
        let mut actions = vec![self.action()?];
        while self.peek().is_some() {
            actions.push(match actions[0] {
                Action::Configure(_) => Action::Configure(setting(self.expect("a setting")?)?),
                Action::Rule(_, on) => Action::Rule(self.expect("a rule")?.parse()?, on),
                _ => break,
            });
        }
        Ok(actions)
    }

    fn action(&mut self) -> Result<Action, String> {
        let verb = self.expect("an action")?;
        Ok(match verb {
            "config" => Action::Configure(setting(self.expect("a setting like heartbeat=50ms")?)?),
            "crash" => Action::Crash(self.server()?),
            "cut" => Action::Cut(self.link()?),
            "delay" => Action::Delay(self.pick()?, self.time()?),
            "deliver" => Action::Deliver(self.pick()?),
            "drop" => Action::Drop(self.pick()?),
            "duplicate" => Action::Duplicate(self.pick()?),
            "heal" if self.peek().is_none() => Action::Heal(Link::All),
            "heal" => Action::Heal(self.link()?),
            "hold" => Action::Hold(self.link()?),
            "isolate" => Action::Isolate(self.server()?),
            "partition" => Action::Partition(self.groups()?),
            "read" => {
                let client = self.client()?;
                Action::Request(
                    client,
                    Op::Get {
                        key: self.expect("a key")?.parse()?,
                    },
                )
            }
            "release" => Action::Release(self.link()?),
            "request" => {
                let client = self.client()?;
                let rest: Vec<&str> = std::iter::from_fn(|| self.next()).collect();
                Action::Request(client, rest.join(" ").parse()?)
            }
            "restart" => Action::Restart(self.server()?),
            "rules" => {
                let on = self.on_or_off()?;
                Action::Rule(self.expect("a rule")?.parse()?, on)
            }
            "skew" => Action::Skew(self.server()?, self.rate()?),
            "timeout" => Action::Timeout(self.server()?),
            "timer" => Action::SetTimer(self.server()?, self.time()?),
            "wipe" => Action::Wipe(self.server()?),
            _ => return Err(format!("\"{verb}\" is no action; there are {ACTIONS}")),
        })
    }

    fn on_or_off(&mut self) -> Result<bool, String> {
        on_or_off(self.expect("on or off")?)
    }

    fn rate(&mut self) -> Result<ClockRate, String> {
        let word = self.expect("a rate like 2/1")?;
        let rate = word.split_once('/').and_then(|(ticks, per)| {
            Some(ClockRate {
                ticks: ticks.parse().ok()?,
                per: per.parse().ok()?,
            })
        });
        rate.filter(|rate| (1..=100).contains(&rate.ticks) && (1..=100).contains(&rate.per))
            .ok_or_else(|| format!("\"{word}\" is no rate: write 2/1 for twice as fast"))
    }

    fn link(&mut self) -> Result<Link, String> {
        let word = self.expect("a link like S1>S2, S1-S2 or all")?;
        if word == "all" {
            return Ok(Link::All);
        }
        let link = match (word.split_once('>'), word.split_once('-')) {
            (Some((a, b)), _) => Link::OneWay(server(a)?, server(b)?),
            (None, Some((a, b))) => Link::Both(server(a)?, server(b)?),
            _ => return Err(format!("\"{word}\" is no link: write S1>S2, S1-S2 or all")),
        };
        match link {
            Link::Both(a, b) | Link::OneWay(a, b) if a == b => {
                Err(format!("\"{word}\" is no link: it joins {a} to itself"))
            }
            link => Ok(link),
        }
    }

    fn pick(&mut self) -> Result<PacketPick, String> {
        let word = self.expect("a way like S1>S2")?;
        let (from, to) = word
            .split_once('>')
            .ok_or_else(|| format!("\"{word}\" is no way: write S1>S2"))?;
        let (from, to) = (address(from)?, address(to)?);
        let kind = self.peek().and_then(|word| word.parse().ok());
        if kind.is_some() {
            self.next();
        }
        let nth = self.peek().and_then(|word| word.parse().ok());
        if nth.is_some() {
            self.next();
        }
        Ok(PacketPick {
            from,
            to,
            kind,
            nth: nth.unwrap_or(1),
        })
    }

    fn groups(&mut self) -> Result<Vec<Group>, String> {
        let mut groups = vec![Group::default()];
        let mut named = Group::default();
        while let Some(word) = self.next() {
            if word == "|" {
                groups.push(Group::default());
                continue;
            }
            let group = groups.last_mut().ok_or("a group is missing")?;
            let twice = || Err(format!("{word} stands in two groups"));
            match address(word)? {
                Address::Server(id) if !named.servers.insert(id) => return twice(),
                Address::Server(id) => {
                    group.servers.insert(id);
                }
                Address::Client(id) if named.has_client(id) => return twice(),
                Address::Client(id) => {
                    named.add_client(id);
                    group.add_client(id);
                }
            }
        }
        if groups.len() < 2 {
            return Err("a partition has two sides: write S1 S2 | S3 S4 S5".into());
        }
        Ok(groups)
    }
}

impl DiskImage {
    /// What no disk of a server can look like.
    fn check(&self) -> Result<(), String> {
        if self.entries.len() > MAX_ENTRIES {
            return Err(format!(
                "the log is too long: {MAX_ENTRIES} entries at most"
            ));
        }
        if let Some(pair) = self
            .entries
            .windows(2)
            .find(|pair| pair[0].term > pair[1].term)
        {
            let (before, after) = (pair[0].term, pair[1].term);
            return Err(format!(
                "term {after} follows term {before}: terms never fall along a log"
            ));
        }
        if let Some(last) = self.entries.last().filter(|last| last.term > self.term) {
            let (last, term) = (last.term, self.term);
            return Err(format!(
                "the log holds an entry of term {last}, so the server's term cannot be {term}"
            ));
        }
        if self.commit.0 > self.entries.len() as u64 {
            return Err(format!(
                "the log ends before the committed entry {}",
                self.commit
            ));
        }
        Ok(())
    }
}

const ACTIONS: &str = "config, crash, cut, delay, deliver, drop, duplicate, heal, hold, isolate, \
    partition, read, release, request, restart, rules, skew, timeout, timer, wipe";

/// `S1`
pub(crate) fn server(word: &str) -> Result<NodeId, String> {
    let number = word
        .strip_prefix('S')
        .and_then(|number| number.parse().ok());
    number
        .and_then(NodeId::new)
        .ok_or_else(|| format!("\"{word}\" is no server: write S1 to S{MAX_SERVERS}"))
}

/// `C1`
pub(crate) fn client(word: &str) -> Result<ClientId, String> {
    let number = word
        .strip_prefix('C')
        .and_then(|number| number.parse().ok());
    number
        .and_then(ClientId::new)
        .ok_or_else(|| format!("\"{word}\" is no client: write C1 to C{MAX_CLIENTS}"))
}

fn address(word: &str) -> Result<Address, String> {
    match server(word) {
        Ok(id) => Ok(id.into()),
        Err(_) => client(word).map(Address::from).map_err(|_| {
            format!("\"{word}\" is nobody: write a server like S1 or a client like C1")
        }),
    }
}

fn on_or_off(word: &str) -> Result<bool, String> {
    match word {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(format!("\"{word}\" is neither on nor off")),
    }
}

/// `4`, or `4:x=3`: an entry's term, and its command where that matters.
pub(crate) fn entry(word: &str, place: usize) -> Result<Entry, String> {
    let (term, command) = match word.split_once(':') {
        Some((term, op)) => (term, Some(op)),
        None => (word, None),
    };
    let term = Term(
        term.parse()
            .map_err(|_| format!("\"{word}\" is no entry: write 4 or 4:x=3"))?,
    );
    if term == Term(0) {
        return Err("no entry is of term 0: terms begin at 1".into());
    }
    let payload = match command {
        None => Payload::Noop,
        Some(op) => {
            let client = client("C1")?;
            // Written before the run began: the serials of another life, all different.
            let serial = place as u32 + 1;
            Payload::Command(Command {
                client,
                serial,
                op: op.parse()?,
            })
        }
    };
    Ok(Entry { term, payload })
}

fn setting(word: &str) -> Result<Setting, String> {
    let (name, value) = word
        .split_once('=')
        .ok_or_else(|| format!("\"{word}\" lacks its =: write heartbeat=50ms"))?;
    let number = |low: u16, high: u16| match value.parse::<u16>() {
        Ok(number) if (low..=high).contains(&number) => Ok(number),
        _ => Err(format!(
            "{name} is a number from {low} to {high}, not \"{value}\""
        )),
    };
    Ok(match name {
        "batch" => Setting::Batch(number(1, 1000)?),
        "duplicate" => Setting::Duplicate(per_mille(value)?),
        "fast-backup" => Setting::FastBackup(on_or_off(value)?),
        "heartbeat" => Setting::Heartbeat(at_least(value.parse()?, Time::ms(1))?),
        "latency" => {
            let (low, high) = range(value)?;
            Setting::Latency(at_least(low, Time(1))?, high)
        }
        "loss" => Setting::Loss(per_mille(value)?),
        "no-op" => Setting::NoOp(on_or_off(value)?),
        "patience" => Setting::Patience(at_least(value.parse()?, Time::ms(1))?),
        "send" => Setting::Send(match value {
            "at-once" => SendPolicy::AtOnce,
            "heartbeat" => SendPolicy::OnHeartbeat,
            _ => return Err(format!("send is heartbeat or at-once, not \"{value}\"")),
        }),
        "timeout" => {
            let (low, high) = range(value)?;
            Setting::Election(at_least(low, Time::ms(1))?, high)
        }
        "window" => Setting::Window(number(0, 1000)?),
        _ => return Err(format!("\"{name}\" is no setting; there are {SETTINGS}")),
    })
}

const SETTINGS: &str = "batch, duplicate, fast-backup, heartbeat, latency, loss, no-op, patience, \
    send, timeout, window";

fn at_least(time: Time, least: Time) -> Result<Time, String> {
    if time < least {
        Err(format!("{time} is too short: {least} at least"))
    } else {
        Ok(time)
    }
}

/// `150..300ms`, or one time for a range of one.
fn range(value: &str) -> Result<(Time, Time), String> {
    let Some((low, high)) = value.split_once("..") else {
        let time = value.parse()?;
        return Ok((time, time));
    };
    let unit = high.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let bare = low.ends_with(|c: char| c.is_ascii_digit());
    let low: Time = if bare {
        format!("{low}{unit}").parse()?
    } else {
        low.parse()?
    };
    let high: Time = high.parse()?;
    if low > high {
        return Err(format!(
            "\"{value}\" is no range: {low} is more than {high}"
        ));
    }
    Ok((low, high))
}

/// `5%` or `0.5%`, as so many in 1000.
fn per_mille(value: &str) -> Result<u16, String> {
    let wrong = || format!("\"{value}\" is no share: write 5% or 0.5%, up to 100%");
    let number = value.strip_suffix('%').ok_or_else(wrong)?;
    let (whole, tenth) = number.split_once('.').unwrap_or((number, "0"));
    let whole: u16 = whole.parse().map_err(|_| wrong())?;
    let tenth: u16 = tenth
        .parse()
        .ok()
        .filter(|tenth| *tenth < 10)
        .ok_or_else(wrong)?;
    let share = whole
        .checked_mul(10)
        .and_then(|share| share.checked_add(tenth));
    share.filter(|share| *share <= 1000).ok_or_else(wrong)
}

impl FromStr for PacketKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        KINDS
            .iter()
            .find(|(_, name)| *name == text)
            .map(|(kind, _)| *kind)
            .ok_or_else(|| format!("\"{text}\" is no kind of packet"))
    }
}

const KINDS: [(PacketKind, &str); 7] = [
    (PacketKind::Append, "append"),
    (PacketKind::AppendReply, "append-reply"),
    (PacketKind::Heartbeat, "heartbeat"),
    (PacketKind::Reply, "reply"),
    (PacketKind::Request, "request"),
    (PacketKind::Vote, "vote"),
    (PacketKind::VoteReply, "vote-reply"),
];

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

impl fmt::Display for PacketKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = KINDS
            .iter()
            .find(|(kind, _)| kind == self)
            .map_or("?", |(_, name)| name);
        f.write_str(name)
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Both(a, b) => write!(f, "{a}-{b}"),
            Self::OneWay(a, b) => write!(f, "{a}>{b}"),
        }
    }
}

impl fmt::Display for PacketPick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}>{}", self.from, self.to)?;
        if let Some(kind) = self.kind {
            write!(f, " {kind}")?;
        }
        if self.nth > 1 {
            write!(f, " {}", self.nth)
        } else {
            Ok(())
        }
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clients = (1..=MAX_CLIENTS)
            .filter_map(ClientId::new)
            .filter(|id| self.has_client(*id));
        let names: Vec<String> = self
            .servers
            .iter()
            .map(|id| id.to_string())
            .chain(clients.map(|id| id.to_string()))
            .collect();
        f.write_str(&names.join(" "))
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configure(setting) => write!(f, "config {setting}"),
            Self::Crash(id) => write!(f, "crash {id}"),
            Self::Cut(link) => write!(f, "cut {link}"),
            Self::Delay(pick, delay) => write!(f, "delay {pick} {delay}"),
            Self::Deliver(pick) => write!(f, "deliver {pick}"),
            Self::Drop(pick) => write!(f, "drop {pick}"),
            Self::Duplicate(pick) => write!(f, "duplicate {pick}"),
            Self::Heal(Link::All) => f.write_str("heal"),
            Self::Heal(link) => write!(f, "heal {link}"),
            Self::Hold(link) => write!(f, "hold {link}"),
            Self::Isolate(id) => write!(f, "isolate {id}"),
            Self::Partition(groups) => {
                let groups: Vec<String> = groups.iter().map(|group| group.to_string()).collect();
                write!(f, "partition {}", groups.join(" | "))
            }
            Self::Release(link) => write!(f, "release {link}"),
            Self::Request(client, op) => write!(f, "request {client} {op}"),
            Self::Restart(id) => write!(f, "restart {id}"),
            Self::Rule(rule, on) => write!(f, "rules {} {rule}", if *on { "on" } else { "off" }),
            Self::SetTimer(id, length) => write!(f, "timer {id} {length}"),
            Self::Skew(id, rate) => write!(f, "skew {id} {}/{}", rate.ticks, rate.per),
            Self::Timeout(id) => write!(f, "timeout {id}"),
            Self::Wipe(id) => write!(f, "wipe {id}"),
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let on = |on: bool| if on { "on" } else { "off" };
        let share = |share: u16| match (share / 10, share % 10) {
            (whole, 0) => format!("{whole}%"),
            (whole, tenth) => format!("{whole}.{tenth}%"),
        };
        match self {
            Self::Batch(batch) => write!(f, "batch={batch}"),
            Self::Duplicate(duplicate) => write!(f, "duplicate={}", share(*duplicate)),
            Self::Election(low, high) => write!(f, "timeout={low}..{high}"),
            Self::FastBackup(yes) => write!(f, "fast-backup={}", on(*yes)),
            Self::Heartbeat(every) => write!(f, "heartbeat={every}"),
            Self::Latency(low, high) => write!(f, "latency={low}..{high}"),
            Self::Loss(loss) => write!(f, "loss={}", share(*loss)),
            Self::NoOp(yes) => write!(f, "no-op={}", on(*yes)),
            Self::Patience(patience) => write!(f, "patience={patience}"),
            Self::Send(SendPolicy::AtOnce) => f.write_str("send=at-once"),
            Self::Send(SendPolicy::OnHeartbeat) => f.write_str("send=heartbeat"),
            Self::Window(window) => write!(f, "window={window}"),
        }
    }
}

impl fmt::Display for DiskImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} term {}", self.server, self.term)?;
        if let Some(vote) = self.vote {
            write!(f, " vote {vote}")?;
        }
        if !self.entries.is_empty() {
            f.write_str(" log")?;
        }
        for entry in &self.entries {
            match entry.payload {
                Payload::Command(command) => write!(f, " {}:{}", entry.term, command.op)?,
                Payload::Noop => write!(f, " {}", entry.term)?,
            }
        }
        if self.commit > LogIndex(0) {
            write!(f, " commit {}", self.commit)
        } else {
            Ok(())
        }
    }
}

impl fmt::Display for Scenario {
    /// The statements that make it, settings only where they differ from the default.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "servers {} · seed {} · clients {}",
            self.servers, self.seed, self.clients
        )?;
        let plain = Self::new(self.servers, self.seed).settings();
        for (setting, default) in self.settings().iter().zip(plain) {
            if *setting != default {
                writeln!(f, "config {setting}")?;
            }
        }
        for rule in self.config.rules.off() {
            writeln!(f, "rules off {rule}")?;
        }
        for image in &self.disks {
            writeln!(f, "{image}")?;
        }
        for (client, key, every) in &self.habits {
            writeln!(f, "client {client} writes {key} every {every}")?;
        }
        Ok(())
    }
}

impl Scenario {
    fn settings(&self) -> [Setting; 11] {
        let (timing, weather, config) = (&self.timing, &self.weather, &self.config);
        [
            Setting::Election(timing.election.0, timing.election.1),
            Setting::Heartbeat(timing.heartbeat),
            Setting::Patience(timing.patience),
            Setting::Latency(weather.latency.0, weather.latency.1),
            Setting::Loss(weather.loss),
            Setting::Duplicate(weather.duplicate),
            Setting::Send(config.send),
            Setting::NoOp(config.no_op),
            Setting::FastBackup(config.fast_backup),
            Setting::Batch(config.batch),
            Setting::Window(config.window),
        ]
    }
}

/// A run in writing: a scenario and its actions, each on a line of its own.
pub fn write_run(scenario: &Scenario, actions: &[(Time, Action)]) -> String {
    let mut text = scenario.to_string();
    for (at, action) in actions {
        text.push_str(&format!("at {at} {action}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Scenario, Vec<(Time, Action)>) {
        parse_run(text).unwrap_or_else(|error| panic!("{error}"))
    }

    fn why(text: &str) -> String {
        parse_run(text).unwrap_err().to_string()
    }

    #[test]
    fn every_action_reads_as_it_is_written() {
        for text in [
            "config timeout=150ms..300ms",
            "config loss=2.5%",
            "config send=at-once",
            "crash S3",
            "cut S1>S2",
            "cut S1-S2",
            "delay S1>S2 append 80ms",
            "deliver S1>S2 vote-reply 2",
            "drop S1>S2",
            "duplicate C1>S2 request",
            "heal",
            "heal S1>S2",
            "hold all",
            "isolate S5",
            "partition S1 S2 C1 | S3 S4 S5",
            "release S1>S2",
            "request C1 x:1>2",
            "restart S3",
            "rules off commit-own-term",
            "skew S3 2/1",
            "timeout S1",
            "timer S1 80ms",
            "wipe S3",
        ] {
            assert_eq!(
                parse_action(text).map(|action| action.to_string()),
                Ok(text.to_string())
            );
        }
        let ranges = parse_action("config timeout=150..300ms").unwrap();
        assert_eq!(ranges.to_string(), "config timeout=150ms..300ms");
    }

    #[test]
    fn a_run_reads_as_it_is_written() {
        let text = "servers 3 · seed 7 · clients 2\n\
            config latency=5ms..5ms\n\
            config window=8\n\
            rules off up-to-date\n\
            S1 term 6 vote S2 log 1 1:x=3 6 commit 2\n\
            client C1 writes x every 300ms\n\
            at 312ms crash S3\n\
            at 400ms restart S3\n";
        let (scenario, actions) = read(text);
        assert_eq!(write_run(&scenario, &actions), text);
        let short = text
            .replace("\nconfig window", " window")
            .replace("latency=5ms..5ms", "latency=5ms");
        assert_eq!(read(&short), (scenario, actions));
    }

    #[test]
    fn a_mistake_is_told_with_its_line_and_column() {
        assert_eq!(
            why("servers 5\nat 312ms crahs S3"),
            format!("line 2, column 10: \"crahs\" is no action; there are {ACTIONS}")
        );
        assert_eq!(
            why("servers 5 · crash S12"),
            "line 1, column 19: \"S12\" is no server: write S1 to S9"
        );
        assert_eq!(
            why("servers 12"),
            "line 1, column 9: \"12\" is not a number of servers from 1 to 9"
        );
        assert!(why("S1 log 2 1").contains("terms never fall"));
        assert!(why("S1 term 1 log 1 commit 4").contains("ends before"));
        assert!(why("at 5ms crash S1\nat 4ms restart S1").contains("in order of time"));
        assert!(why("crash S1 now").contains("\"now\" is too much"));
        assert!(why("partition S1 S2").contains("two sides"));
        assert!(why("partition S1 | S1").contains("two groups"));
        assert!(why("cut S1-S1").contains("to itself"));
        assert!(why("config latency=20..10ms").contains("more than"));
        assert!(why("config heartbeat=0ms").contains("too short"));
        assert!(why("config loss=101%").contains("no share"));
        assert!(why(&"x".repeat(LONGEST_TEXT + 1)).contains("too long"));
    }
}
