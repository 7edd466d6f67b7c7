//! The words of a statement, and what they stand for.

mod image;

use std::str::FromStr;

use super::setting::{SETTINGS, at_least, at_most, on_or_off, per_mille, range};
use super::verbs::{Verb, did_you_mean};
use super::{Names, ROLES, Said};
use crate::kv::{ClientId, MAX_CLIENTS, Op};
use crate::raft::{Change, Configuration, MAX_SERVERS, NodeId, ServerSet, Term};
use crate::sim::action::{Action, ClockJump, ClockRate, Group, Link, PacketPick, Path};
use crate::sim::disk::LONGEST_WRITE;
use crate::sim::network::Address;
use crate::sim::time::Time;

/// The latest term a disk image may be in.
const LATEST_TERM: u64 = 1_000_000_000;

pub(crate) use image::entry;

pub(super) struct Words<'a> {
    words: Vec<&'a str>,
    next: usize,
    names: Names<'a>,
}

impl<'a> Words<'a> {
    pub(super) fn new(text: &'a str, names: Names<'a>) -> Self {
        Self {
            words: text.split_whitespace().collect(),
            next: 0,
            names,
        }
    }

    /// The word that was read last, from 0.
    pub(super) fn at(&self) -> usize {
        self.next.saturating_sub(1)
    }

    pub(super) fn peek(&self) -> Option<&'a str> {
        self.words.get(self.next).copied()
    }

    pub(super) fn next(&mut self) -> Option<&'a str> {
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
        let word = self.expect("a server like S1")?;
        self.server_called(word)
    }

    /// A server by its number or its role.
    fn server_called(&self, word: &str) -> Result<NodeId, String> {
        if !ROLES.iter().any(|(role, _)| *role == word) {
            return server(word);
        }
        let world = match self.names {
            Names::Fixed => {
                return Err(format!(
                    "\"{word}\" names a server only while a cluster runs: write S1 to S{MAX_SERVERS}"
                ));
            }
            Names::Any => return server("S1"),
            Names::Of(world) => world,
        };
        let leader = world.leader();
        let mut servers = world.servers().iter();
        let found = servers.find(|server| match word {
            "leader" => Some(server.id) == leader,
            "follower" => server.is_up() && !server.is_leader(),
            "paused" => server.is_paused(),
            _ => !server.is_up(),
        });
        found.map(|server| server.id).ok_or_else(|| match word {
            "leader" => "there is no leader now".into(),
            "follower" => "no server is a follower now".into(),
            word => format!("no server is {word} now"),
        })
    }

    /// One server or several, by number or role; `all` are those to whom it can be done.
    fn each(&mut self, make: impl Fn(NodeId) -> Action) -> Result<Vec<Action>, String> {
        if self.peek() == Some("all") {
            self.next();
            let all: Vec<Action> = match self.names {
                Names::Fixed => {
                    return Err("\"all\" names servers only while a cluster runs".into());
                }
                Names::Any => return Ok(Vec::new()),
                Names::Of(world) => {
                    let all = world.ids().iter().map(make);
                    all.filter(|action| world.check(action).is_ok()).collect()
                }
            };
            if all.is_empty() {
                return Err("there is no server to which this can be done now".into());
            }
            return Ok(all);
        }
        let mut actions = vec![make(self.server()?)];
        while self.peek().is_some() {
            let action = make(self.server()?);
            if actions.contains(&action) && !matches!(self.names, Names::Any) {
                return Err(format!("\"{}\" stands there twice", self.words[self.at()]));
            }
            actions.push(action);
        }
        Ok(actions)
    }

    /// One link or several.
    fn links(&mut self, make: impl Fn(Link) -> Action) -> Result<Vec<Action>, String> {
        let mut actions = vec![make(self.link()?)];
        while self.peek().is_some() {
            actions.push(make(self.link()?));
        }
        Ok(actions)
    }

    fn client(&mut self) -> Result<ClientId, String> {
        client(self.expect("a client like C1")?)
    }

    pub(super) fn said(&mut self) -> Result<Said, String> {
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
            "client" => match self.actions()?.pop() {
                Some(Action::Client(client, Some((key, every)))) => {
                    Ok(Said::Workload(client, key, every))
                }
                action => Ok(Said::Actions(None, action.into_iter().collect())),
            },
            "at" => {
                self.next();
                let at = self.time()?;
                Ok(Said::Actions(Some(at), self.actions()?))
            }
            _ if looks_like_a_server(first) => self.disk().map(Said::Disk),
            _ => Ok(Said::Actions(None, self.actions()?)),
        }
    }

    /// `C1 writes x every 300ms`, `C1 stops`
    fn writes(&mut self) -> Result<Action, String> {
        let client = self.client()?;
        if self.peek() == Some("stops") {
            self.next();
            return Ok(Action::Client(client, None));
        }
        self.keyword("writes")?;
        let key = self.expect("a key")?.parse()?;
        self.keyword("every")?;
        let every = self.time()?;
        if every < Time::ms(1) {
            return Err("a client cannot write more often than every 1ms".into());
        }
        Ok(Action::Client(client, Some((key, every))))
    }

    fn keyword(&mut self, keyword: &str) -> Result<(), String> {
        let word = self.expect(keyword)?;
        (word == keyword)
            .then_some(())
            .ok_or_else(|| format!("\"{word}\" stands where \"{keyword}\" should"))
    }

    /// What one line does: one action, or the same to several.
    pub(super) fn actions(&mut self) -> Result<Vec<Action>, String> {
        let word = self.expect("an action")?;
        let verb = Verb::find(word).ok_or_else(|| no_verb(word))?;
        let one = match verb {
            Verb::Add => Action::Change(Change::Add(self.server()?)),
            Verb::Client => self.writes()?,
            Verb::Compact => return self.each(Action::Compact),
            Verb::Config => return self.settings(),
            Verb::Crash => return self.each(Action::Crash),
            Verb::Cut => return self.links(Action::Cut),
            Verb::Delay => Action::Delay(self.pick()?, self.time()?),
            Verb::Deliver => Action::Deliver(self.pick()?),
            Verb::Drop => Action::Drop(self.pick()?),
            Verb::Duplicate => Action::Duplicate(self.pick()?),
            Verb::FailDisk => return self.each(|id| Action::FailDisk(id, true)),
            Verb::Heal if self.peek().is_none() => Action::Heal(Link::All),
            Verb::Heal => return self.links(Action::Heal),
            Verb::Hold => return self.links(Action::Hold),
            Verb::Isolate => return self.each(Action::Isolate),
            Verb::Jump => Action::Jump(self.server()?, self.jump()?),
            Verb::Learner => Action::Change(Change::Learn(self.server()?)),
            Verb::Lossy => Action::Lossy(self.path()?, self.unless_off(per_mille)?),
            Verb::Members => Action::Change(Change::Voters(self.servers()?)),
            Verb::MendDisk => return self.each(|id| Action::FailDisk(id, false)),
            Verb::Partition => Action::Partition(self.groups()?),
            Verb::Pause => return self.each(Action::Pause),
            Verb::Read => self.read_value()?,
            Verb::Release => return self.links(Action::Release),
            Verb::Remove => Action::Change(Change::Remove(self.server()?)),
            Verb::Request => self.request()?,
            Verb::Restart => return self.each(Action::Restart),
            Verb::Resume => return self.each(Action::Resume),
            Verb::Retire => return self.each(Action::Retire),
            Verb::Rules => return self.rules(),
            Verb::Skew => Action::Skew(self.server()?, self.rate()?),
            Verb::Slow => Action::Slow(self.path()?, self.unless_off(latency)?),
            Verb::SlowDisk => {
                let time = |word: &str| at_most(word.parse()?, LONGEST_WRITE);
                Action::SlowDisk(self.server()?, self.unless_off(time)?)
            }
            Verb::Timeout => return self.each(Action::Timeout),
            Verb::Timer => Action::SetTimer(self.server()?, self.time()?),
            Verb::Transfer => Action::Transfer(self.server()?),
            Verb::Wipe => return self.each(Action::Wipe),
        };
        Ok(vec![one])
    }

    fn settings(&mut self) -> Result<Vec<Action>, String> {
        let mut actions = Vec::new();
        while actions.is_empty() || self.peek().is_some() {
            let setting = self.expect("a setting like heartbeat=50ms")?;
            actions.push(Action::Configure(setting.parse()?));
        }
        Ok(actions)
    }

    fn rules(&mut self) -> Result<Vec<Action>, String> {
        let on = on_or_off(self.expect("on or off")?)?;
        let mut actions = Vec::new();
        while actions.is_empty() || self.peek().is_some() {
            actions.push(Action::Rule(self.expect("a rule")?.parse()?, on));
        }
        Ok(actions)
    }

    /// `C1 x`, `C1 x from S3`
    fn read_value(&mut self) -> Result<Action, String> {
        let client = self.client()?;
        let key = self.expect("a key")?.parse()?;
        if self.peek().is_none() {
            return Ok(Action::Request(client, Op::Get { key }));
        }
        self.keyword("from")?;
        Ok(Action::Read(client, key, self.server()?))
    }

    /// `C1 x=5`, `C1 x=5 to S2`
    fn request(&mut self) -> Result<Action, String> {
        let client = self.client()?;
        let op = self.wish()?;
        if self.peek().is_none() {
            return Ok(Action::Request(client, op));
        }
        self.keyword("to")?;
        Ok(Action::RequestTo(client, op, self.server()?))
    }

    /// `500ms`, `-500ms`
    fn jump(&mut self) -> Result<ClockJump, String> {
        let word = self.expect("a time like 500ms or -500ms")?;
        match word.strip_prefix('-') {
            Some(back) => back.parse().map(ClockJump::Back),
            None => word.parse().map(ClockJump::Forward),
        }
    }

    /// `off`, or something else.
    fn unless_off<T>(
        &mut self,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, String> {
        match self.expect("a value, or off,")? {
            "off" => Ok(None),
            word => read(word).map(Some),
        }
    }

    /// `S1 S2 S3`: one at least, and each once.
    fn servers(&mut self) -> Result<ServerSet, String> {
        let mut servers = ServerSet::EMPTY.with(self.server()?);
        while self.peek().is_some() {
            let id = self.server()?;
            if !servers.insert(id) {
                return Err(format!("{id} stands there twice"));
            }
        }
        Ok(servers)
    }

    /// `x=5`, also with spaces around its signs.
    fn wish(&mut self) -> Result<Op, String> {
        let first = self.next;
        let mut wish = self.expect("a request like x=5")?.to_string();
        let joins = |c: char| "=+-?:>".contains(c);
        while let Some(word) = self.peek() {
            // Two words that no sign joins are not one.
            let delete = wish == "-";
            if !delete && !wish.ends_with(joins) && !word.starts_with(joins) {
                break;
            }
            wish.push_str(word);
            self.next();
        }
        wish.parse().inspect_err(|_| self.next = first + 1)
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
        let server = |word: &str| self.server_called(word);
        let link = match (split_arrow(word)?, word.split_once('-')) {
            (Some((a, b)), _) => Link::OneWay(server(a)?, server(b)?),
            (None, Some((a, b))) => Link::Both(server(a)?, server(b)?),
            _ => Link::Of(server(word).map_err(|why| {
                if looks_like_a_server(word) || ROLES.iter().any(|(role, _)| *role == word) {
                    return why;
                }
                format!("\"{word}\" is no link: write S1>S2, S1-S2, S1 or all")
            })?),
        };
        match link {
            Link::Both(a, b) | Link::OneWay(a, b) if a == b => {
                Err(format!("\"{word}\" is no link: it joins {a} to itself"))
            }
            link => Ok(link),
        }
    }

    /// A link, of a client too.
    fn path(&mut self) -> Result<Path, String> {
        let word = self.expect("a link like S1>S2, S1-C1 or all")?;
        if word == "all" {
            return Ok(Path::All);
        }
        let path = match (split_arrow(word)?, word.split_once('-')) {
            (Some((a, b)), _) => Path::OneWay(self.address(a)?, self.address(b)?),
            (None, Some((a, b))) => Path::Both(self.address(a)?, self.address(b)?),
            _ => return Err(format!("\"{word}\" is no link: write S1>S2, S1-C1 or all")),
        };
        match path {
            Path::Both(a, b) | Path::OneWay(a, b) if a == b => {
                Err(format!("\"{word}\" is no link: it joins {a} to itself"))
            }
            Path::Both(Address::Client(_), Address::Client(_))
            | Path::OneWay(Address::Client(_), Address::Client(_)) => Err(format!(
                "\"{word}\" is no link: clients do not reach each other"
            )),
            path => Ok(path),
        }
    }

    /// A server, by its number or its role, or a client.
    fn address(&self, word: &str) -> Result<Address, String> {
        if ROLES.iter().any(|(role, _)| *role == word) {
            return self.server_called(word).map(Address::from);
        }
        address(word)
    }

    fn pick(&mut self) -> Result<PacketPick, String> {
        let word = self.expect("a path like S1>S2")?;
        let (from, to) =
            split_arrow(word)?.ok_or_else(|| format!("\"{word}\" is no path: write S1>S2"))?;
        let (from, to) = (self.address(from)?, self.address(to)?);
        let is_kind = |word: &&str| word.starts_with(|c: char| c.is_ascii_alphabetic());
        let kind = match self.peek().filter(is_kind) {
            Some(_) => Some(self.expect("a kind of packet")?.parse()?),
            None => None,
        };
        // A number of milliseconds may follow too.
        let is_count = |word: &&str| word.bytes().all(|byte| byte.is_ascii_digit());
        let nth = match self.peek().filter(is_count) {
            Some(_) => Some(self.count("a number of a packet", 1, 255)?),
            None => None,
        };
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
            match self.address(word)? {
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

/// What a line may begin with besides verbs.
const BEGINNINGS: &[&str] = &["at", "clients", "seed", "servers"];

/// What is wrong with a word where a verb should be.
fn no_verb(word: &str) -> String {
    let verbs = Verb::ALL.iter().map(|verb| verb.word());
    let known = verbs
        .chain(BEGINNINGS.iter().copied())
        .chain(COMMANDS.iter().copied());
    let near = match word.split_once('=') {
        Some((name, value)) if BEGINNINGS.contains(&name) => {
            format!(". Did you mean \"{name} {value}\"?")
        }
        Some((name, _)) if SETTINGS.iter().any(|(other, _)| *other == name) => {
            format!(". Did you mean \"config {word}\"?")
        }
        _ => did_you_mean(word, known),
    };
    // All of them would bury the sentence.
    let like = if near.is_empty() {
        " like crash, cut or request"
    } else {
        ""
    };
    format!("\"{word}\" is no action{like}{near}")
}

/// What scripts may say besides: only to suggest it.
const COMMANDS: &[&str] = &[
    "count", "events", "expect", "forget", "logs", "packets", "run", "status", "step", "timers",
];

/// `S1>S2` in its two parts, if it has a `>`.
fn split_arrow(word: &str) -> Result<Option<(&str, &str)>, String> {
    match word.split_once('>') {
        Some((from, to)) if from.ends_with(['-', '=']) => {
            let from = from.trim_end_matches(['-', '=']);
            Err(format!(
                "\"{word}\" is no link. Did you mean \"{from}>{to}\"?"
            ))
        }
        parts => Ok(parts),
    }
}

/// `80ms`, `80..120ms`
fn latency(word: &str) -> Result<(Time, Time), String> {
    let (low, high) = range(word)?;
    Ok((at_least(low, Time(1))?, high))
}

/// `S` and a number, be there such a server or not.
fn looks_like_a_server(word: &str) -> bool {
    let number = word.strip_prefix('S').unwrap_or_default();
    number.starts_with(|c: char| c.is_ascii_digit())
}

/// `S1`, or several with the signs that join them in a configuration.
fn looks_like_servers(word: &str) -> bool {
    let is_sign = |c: char| c.is_ascii_digit() || "S,>+".contains(c);
    looks_like_a_server(word) && word.chars().all(is_sign)
}

/// `S1`
pub(crate) fn server(word: &str) -> Result<NodeId, String> {
    let number = word
        .strip_prefix('S')
        .and_then(|number| number.parse().ok());
    number.and_then(NodeId::new).ok_or_else(|| {
        let digits = word.trim_start_matches(['s', 'S']);
        let meant = digits.parse().ok().and_then(NodeId::new);
        let near = meant.map_or_else(String::new, |id| format!(". Did you mean \"{id}\"?"));
        format!("\"{word}\" is no server: write S1 to S{MAX_SERVERS}{near}")
    })
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

/// A term that leaves room for all the elections to come.
fn term(word: &str) -> Result<Term, String> {
    let term = word.parse().ok().filter(|term| *term <= LATEST_TERM);
    term.map(Term)
        .ok_or_else(|| format!("\"{word}\" is not a term from 0 to {LATEST_TERM}"))
}

/// `S1,S2,S3`, `S1,S2,S3+S4` or `S1,S2,S3>S1,S4,S5`, as [`Configuration`] is written.
pub(crate) fn configuration(word: &str) -> Result<Configuration, String> {
    let set = |list: &str| -> Result<ServerSet, String> { list.split(',').map(server).collect() };
    let (voters, learners) = match word.split_once('+') {
        Some((voters, learners)) => (voters, set(learners)?),
        None => (word, ServerSet::EMPTY),
    };
    let (outgoing, voters) = match voters.split_once('>') {
        Some((outgoing, voters)) => (set(outgoing)?, voters),
        None => (ServerSet::EMPTY, voters),
    };
    let configuration = Configuration {
        voters: set(voters)?,
        outgoing,
        learners,
    };
    match learners.and(configuration.all_voters()).iter().next() {
        Some(id) => Err(format!("\"{word}\" has {id} as a voter and as a learner")),
        None => Ok(configuration),
    }
}
