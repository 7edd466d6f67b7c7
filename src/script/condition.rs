//! What a script waits for or expects.

use crate::check::{Checker, Property};
use crate::kv::{ClientId, Key};
use crate::raft::{Configuration, Entry, LogIndex, NodeId, Payload, Progress, Role, Term};
use crate::sim::text;
use crate::sim::{PacketKind, Server, World};

/// Something that is so, or not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Condition {
    /// `leader and committed 3`: all of these.
    All(Vec<Self>),
    /// `leader or term 4`: one of these at least.
    Any(Vec<Self>),
    /// `term at least 30`: the number is reached or passed.
    AtLeast(Box<Self>),
    /// `not leader`
    Not(Box<Self>),
    /// `answered 3`: so many requests of all clients were answered.
    Answered(u32),
    /// `C1 answered 3`
    ClientAnswered(ClientId, u32),
    /// `C1 answer 5`, `C1 answer done`, `C1 answer no value`: the last answer that a client got.
    ClientAnswer(ClientId, String),
    /// `committed 3`: so far has the server that knows most committed.
    Committed(LogIndex),
    /// `leader`, `no leader`: a server that is up leads the latest term that any server is in.
    Leader(bool),
    /// `safe`: no property was broken so far.
    Safe,
    /// `S1 ...`: something of one server.
    Server(NodeId, Trait),
    /// `term 4`: the latest term any server is in.
    Term(Term),
    /// `append under way`: such a packet travels (the kinds are the grammar's).
    UnderWay(PacketKind),
    /// `violated Leader Completeness`: that property was broken.
    Violated(Property),
}

/// Something that is so of one server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Trait {
    /// `S1 applied 3`
    Applied(LogIndex),
    /// `S1 candidate`, `S1 down`, `S1 follower`, `S1 leader`, `S1 pre-candidate`, `S1 up`
    Being(Being),
    /// `S1 committed 3`
    Committed(LogIndex),
    /// `S1 log 1 1 2`, `S1 log 1 1:x=3`: just these entries; the commands where they are given.
    Log(Vec<Entry>),
    /// `S1 match S2 3`: a leader's matchIndex of a follower.
    Match(NodeId, LogIndex),
    /// `S1 next S2 4`: a leader's nextIndex of a follower.
    Next(NodeId, LogIndex),
    /// `S1 snapshot 5`: the last entry that its snapshot covers.
    Snapshot(LogIndex),
    /// `S1 members S1,S2,S3+S4`: the latest configuration in its log.
    Members(Configuration),
    /// `S1 term 4`
    Term(Term),
    /// `S1 x=5`, `S1 no x`: its copy of the state machine.
    Value(Key, Option<i32>),
    /// `S1 vote S2`, `S1 vote -`
    Vote(Option<NodeId>),
}

/// What a server can be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Being {
    /// It has asked for votes.
    Candidate,
    /// It has crashed.
    Down,
    /// It listens.
    Follower,
    /// It decides.
    Leader,
    /// It asks who would vote for it.
    PreCandidate,
    /// It runs.
    Up,
}

impl Condition {
    /// Whether it is so. With `reached`, numbers that only grow may be more than it says: who
    /// waits for entry 3 to be committed is content with 4.
    pub fn holds(&self, world: &World, checker: &Checker, reached: bool) -> bool {
        let number = |is: u64, wanted: u64| is == wanted || reached && is > wanted;
        match self {
            Self::All(all) => all.iter().all(|one| one.holds(world, checker, reached)),
            Self::Any(any) => any.iter().any(|one| one.holds(world, checker, reached)),
            Self::AtLeast(one) => one.holds(world, checker, true),
            // Numbers are exact here: "not term 3" holds in term 4.
            Self::Not(one) => !one.holds(world, checker, false),
            Self::ClientAnswer(id, wanted) => {
                let client = world.clients().get(id.slot());
                let answer = client.and_then(|client| client.last_answer);
                answer.is_some_and(|(_, answer)| answer.to_string() == *wanted)
            }
            Self::Answered(wanted) => number(answered(world), u64::from(*wanted)),
            Self::ClientAnswered(id, wanted) => {
                client(world, *id).is_some_and(|is| number(is, u64::from(*wanted)))
            }
            Self::Committed(wanted) => number(committed(world), wanted.0),
            Self::Leader(wanted) => leads(world).is_some() == *wanted,
            Self::Safe => checker.violations().is_empty(),
            Self::Term(wanted) => number(latest_term(world).0, wanted.0),
            Self::UnderWay(kind) => is_under_way(world, *kind),
            Self::Violated(property) => checker.violation_of(*property).is_some(),
            Self::Server(id, wanted) => world
                .find(*id)
                .is_some_and(|server| wanted.holds(server, number)),
        }
    }

    /// Why it cannot be so in this world, if it cannot.
    pub fn check(&self, world: &World) -> Result<(), String> {
        let clients = world.clients().len();
        match self {
            Self::Server(id, _) if world.find(*id).is_none() => {
                Err(format!("there is no {id}: the servers are {}", world.who()))
            }
            Self::All(all) | Self::Any(all) => all.iter().try_for_each(|one| one.check(world)),
            Self::AtLeast(one) | Self::Not(one) => one.check(world),
            Self::ClientAnswered(id, _) | Self::ClientAnswer(id, _) if id.slot() >= clients => {
                Err(format!("there is no {id}: there are {clients} clients"))
            }
            Self::Answered(_)
            | Self::ClientAnswer(..)
            | Self::ClientAnswered(..)
            | Self::Committed(_)
            | Self::Leader(_)
            | Self::Safe
            | Self::Server(..)
            | Self::Term(_)
            | Self::UnderWay(_)
            | Self::Violated(_) => Ok(()),
        }
    }

    /// How it is instead, for a message.
    pub fn instead(&self, world: &World, checker: &Checker) -> String {
        match self {
            Self::All(all) => {
                let mut all = all.iter();
                let wrong = all.find(|one| !one.holds(world, checker, false));
                wrong.map_or_else(String::new, |one| one.instead(world, checker))
            }
            Self::Any(any) => {
                let all = any.iter().map(|one| one.instead(world, checker));
                all.collect::<Vec<_>>().join("; ")
            }
            Self::AtLeast(one) | Self::Not(one) => one.instead(world, checker),
            Self::ClientAnswer(id, _) => {
                let client = world.clients().get(id.slot());
                match client.and_then(|client| client.last_answer) {
                    Some((op, answer)) => format!("{id} was answered \"{answer}\" to {op}"),
                    None => format!("{id} has no answer yet"),
                }
            }
            Self::Answered(_) => format!("{} requests are answered", answered(world)),
            Self::ClientAnswered(id, _) => {
                let count = client(world, *id).unwrap_or(0);
                format!("{count} requests of {id} are answered")
            }
            Self::Committed(_) => match committed(world) {
                0 => "nothing is committed".into(),
                index => format!("entry {index} is committed"),
            },
            Self::Leader(_) => match leads(world) {
                Some(id) => format!("{id} leads"),
                None => "there is no leader".into(),
            },
            Self::Server(id, _) => super::print::server(world, *id),
            Self::Safe | Self::Violated(_) => match checker.violations() {
                [] => "no property is broken".into(),
                [first, ..] => format!("{} is broken: {}", first.property(), first.breach),
            },
            Self::Term(_) => format!("the latest term is {}", latest_term(world)),
            Self::UnderWay(_) => under_way(world),
        }
    }
}

impl Trait {
    fn holds(&self, server: &Server, number: impl Fn(u64, u64) -> bool) -> bool {
        let node = server.node();
        match self {
            Self::Applied(wanted) => {
                node.is_some_and(|node| number(node.last_applied().0, wanted.0))
            }
            Self::Being(being) => match being {
                Being::Down => node.is_none(),
                Being::Up => node.is_some(),
                Being::Candidate => {
                    node.is_some_and(|node| matches!(node.role(), Role::Candidate { .. }))
                }
                Being::Follower => {
                    node.is_some_and(|node| matches!(node.role(), Role::Follower { .. }))
                }
                Being::Leader => server.is_leader(),
                Being::PreCandidate => {
                    node.is_some_and(|node| matches!(node.role(), Role::PreCandidate { .. }))
                }
            },
            Self::Committed(wanted) => {
                node.is_some_and(|node| number(node.commit_index().0, wanted.0))
            }
            Self::Log(wanted) => {
                let log = server.log();
                log.len() == wanted.len()
                    && log
                        .iter()
                        .zip(wanted)
                        .all(|((_, is), wanted)| is_like(is, wanted))
            }
            Self::Match(other, wanted) => progress(server, *other)
                .is_some_and(|progress| number(progress.match_index.0, wanted.0)),
            Self::Next(other, wanted) => progress(server, *other)
                .is_some_and(|progress| number(progress.next_index.0, wanted.0)),
            Self::Snapshot(wanted) => number(server.log().snapshot().last.index.0, wanted.0),
            Self::Members(wanted) => server.log().configuration() == *wanted,
            Self::Term(wanted) => number(server.term().0, wanted.0),
            Self::Value(key, wanted) => server
                .up()
                .is_some_and(|up| up.machine.get(*key) == *wanted),
            Self::Vote(wanted) => server.persistent().voted_for == *wanted,
        }
    }
}

/// How far a leader has brought another server.
fn progress(leader: &Server, other: NodeId) -> Option<&Progress> {
    match leader.node()?.role() {
        Role::Leader(leading) => Some(leading.progress(other)),
        _ => None,
    }
}

/// Whether an entry is as wanted; a bare term wants any command.
fn is_like(is: &Entry, wanted: &Entry) -> bool {
    let says = match (is.payload, wanted.payload) {
        (_, Payload::Noop) => true,
        (Payload::Command(is), Payload::Command(wanted)) => is.op == wanted.op,
        (is, wanted) => is == wanted,
    };
    says && is.term == wanted.term
}

fn answered(world: &World) -> u64 {
    let counts = world
        .clients()
        .iter()
        .map(|client| u64::from(client.answered));
    counts.sum()
}

fn client(world: &World, id: ClientId) -> Option<u64> {
    let client = world.clients().get(id.slot())?;
    Some(client.answered.into())
}

fn committed(world: &World) -> u64 {
    let nodes = world.servers().iter().filter_map(Server::node);
    nodes.map(|node| node.commit_index().0).max().unwrap_or(0)
}

fn is_under_way(world: &World, kind: PacketKind) -> bool {
    let packets = world.network().packets();
    packets.iter().any(|packet| packet.kind() == kind)
}

/// The kinds of packets under way, on one line: messages have one.
fn under_way(world: &World) -> String {
    let packets = world.network().packets().iter();
    let mut kinds: Vec<String> = packets.map(|packet| packet.kind().to_string()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    match kinds.is_empty() {
        true => "nothing is under way".into(),
        false => format!("under way: {}", kinds.join(", ")),
    }
}

fn latest_term(world: &World) -> Term {
    let terms = world.servers().iter().map(Server::term);
    terms.max().unwrap_or_default()
}

/// The leader of the latest term. One of an earlier term, that has not heard yet, is none.
fn leads(world: &World) -> Option<NodeId> {
    let latest = latest_term(world);
    world
        .leader()
        .filter(|id| world.server(*id).term() == latest)
}

/// Reading.
impl Condition {
    /// Reads a condition: some joined by `or`, of some joined by `and`. An error says which word is
    /// wrong.
    pub(super) fn parse(words: &[&str]) -> Result<Self, (usize, String)> {
        let any = Self::split(words, "or", |words| {
            let all = Self::split(words, "and", Self::parse_one)?;
            Ok(one_of(all, Self::All))
        })?;
        Ok(one_of(any, Self::Any))
    }

    /// Reads what stands between the words `joint`.
    fn split(
        words: &[&str],
        joint: &str,
        read: impl Fn(&[&str]) -> Result<Self, (usize, String)>,
    ) -> Result<Vec<Self>, (usize, String)> {
        let mut from = 0;
        let pieces = words.split(|word| *word == joint).map(|piece| {
            let one = read(piece).map_err(|(at, why)| (from + at, why));
            from += piece.len() + 1;
            one
        });
        pieces.collect()
    }

    /// Reads one that is joined to no other.
    pub(super) fn parse_one(words: &[&str]) -> Result<Self, (usize, String)> {
        if let ["not", rest @ ..] = words {
            let one = Self::parse_one(rest).map_err(|(at, why)| (at + 1, why))?;
            return Ok(Self::Not(Box::new(one)));
        }
        if let [before @ .., "at", "least", number] = words {
            let bare = [before, &[*number]].concat();
            let skip = |at: usize| if at < before.len() { at } else { at + 2 };
            let one = Self::parse_one(&bare).map_err(|(at, why)| (skip(at), why))?;
            return Ok(Self::AtLeast(Box::new(one)));
        }
        let said = match *words {
            ["answered", count] => Self::Answered(number(count, 1)?),
            ["committed", index] => Self::Committed(LogIndex(number(index, 1)?)),
            ["leader"] => Self::Leader(true),
            ["safe"] => Self::Safe,
            ["violated", ref name @ ..] => Self::Violated(property(name)?),
            ["no", "leader"] => Self::Leader(false),
            ["term", term] => Self::Term(Term(number(term, 1)?)),
            [kind, "under", "way"] => Self::UnderWay(kind.parse().map_err(|message| (0, message))?),
            [who, "answered", count] if who.starts_with('C') => {
                let client = text::client(who).map_err(|message| (0, message))?;
                Self::ClientAnswered(client, number(count, 2)?)
            }
            [who, "answer", ref answer @ ..] if who.starts_with('C') && !answer.is_empty() => {
                let client = text::client(who).map_err(|message| (0, message))?;
                Self::ClientAnswer(client, answer.join(" "))
            }
            ["safe" | "leader", extra, ..] | ["no", "leader", extra, ..] => {
                let place = words.iter().position(|word| *word == extra).unwrap_or(0);
                return Err((place, format!("\"{extra}\" is too much here")));
            }
            [who, ref rest @ ..] if who.starts_with('S') => {
                let server = text::server(who).map_err(|message| (0, message))?;
                let wanted = Trait::parse(rest).map_err(|(word, message)| (word + 1, message))?;
                Self::Server(server, wanted)
            }
            [] => return Err((0, format!("a condition is missing: {CONDITIONS}"))),
            [word, ..] => {
                return Err((0, format!("\"{word}\" is not a condition: {CONDITIONS}")));
            }
        };
        Ok(said)
    }
}

/// The one that there is, or all of them joined.
fn one_of(mut some: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Condition {
    match some.len() {
        1 => some.remove(0),
        _ => join(some),
    }
}

const CONDITIONS: &str = "write leader, no leader, term 4, committed 3, answered 1, \
    C1 answered 1, C1 answer 5, append under way, safe, violated Log Matching, or a server with its state (S1 leader)";

fn property(name: &[&str]) -> Result<Property, (usize, String)> {
    let name = name.join(" ");
    let mut properties = Property::ALL.into_iter();
    properties.find(|one| one.name() == name).ok_or_else(|| {
        let names = Property::ALL.map(Property::name).join(", ");
        (
            1,
            format!("\"{name}\" is not a property. The properties are {names}"),
        )
    })
}

impl Trait {
    fn parse(words: &[&str]) -> Result<Self, (usize, String)> {
        let said = match *words {
            ["applied", index] => Self::Applied(LogIndex(number(index, 1)?)),
            ["candidate"] => Self::Being(Being::Candidate),
            ["committed", index] => Self::Committed(LogIndex(number(index, 1)?)),
            ["down"] => Self::Being(Being::Down),
            ["follower"] => Self::Being(Being::Follower),
            ["leader"] => Self::Being(Being::Leader),
            ["log", ref entries @ ..] => Self::Log(
                entries
                    .iter()
                    .enumerate()
                    .map(|(place, word)| {
                        text::entry(word, place).map_err(|message| (place + 1, message))
                    })
                    .collect::<Result<_, _>>()?,
            ),
            ["members", members] => {
                Self::Members(text::configuration(members).map_err(|message| (1, message))?)
            }
            ["match", who, index] => Self::Match(
                text::server(who).map_err(|message| (1, message))?,
                LogIndex(number(index, 2)?),
            ),
            ["next", who, index] => Self::Next(
                text::server(who).map_err(|message| (1, message))?,
                LogIndex(number(index, 2)?),
            ),
            ["no", key] => Self::Value(key.parse().map_err(|message| (1, message))?, None),
            ["pre-candidate"] => Self::Being(Being::PreCandidate),
            ["term", term] => Self::Term(Term(number(term, 1)?)),
            ["snapshot", index] => Self::Snapshot(LogIndex(number(index, 1)?)),
            ["up"] => Self::Being(Being::Up),
            ["vote", "-"] => Self::Vote(None),
            ["vote", who] => Self::Vote(Some(text::server(who).map_err(|message| (1, message))?)),
            [word] if word.contains('=') => {
                let (key, value) = word.split_once('=').unwrap_or((word, ""));
                let value = number(value, 0)?;
                Self::Value(key.parse().map_err(|message| (0, message))?, Some(value))
            }
            [] => return Err((0, format!("the state of the server is missing: {TRAITS}"))),
            [word, extra, ..] if Self::parse(&[word]).is_ok() => {
                return Err((1, format!("\"{extra}\" is too much here")));
            }
            [word, ..] => {
                return Err((
                    0,
                    format!("\"{word}\" is not a state of a server: {TRAITS}"),
                ));
            }
        };
        Ok(said)
    }
}

const TRAITS: &str = "write leader, follower, candidate, pre-candidate, up, down, term 4, vote S2, vote -, \
    log 1 1 2, members S1,S2,S3+S4, snapshot 3, committed 3, applied 3, next S2 4, match S2 3, x=5 or no x";

fn number<T: std::str::FromStr>(text: &str, word: usize) -> Result<T, (usize, String)> {
    text.parse().map_err(|_| {
        (
            word,
            format!("\"{text}\" is not a whole number that fits here"),
        )
    })
}
