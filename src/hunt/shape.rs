//! The abstract shape of a state, and how close it is to breaking a property.
//!
//! A state has features. One is about two servers: their roles, whose term is later, whether their
//! logs conflict, whether they reach each other. Another is about a packet that travels: its kind, how
//! late it is, whether what it says is true. Features leave out the names of servers, the numbers of
//! terms and the content of commands: states that differ only in those are the same to the search.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use super::walk::Walk;
use crate::check::ghost::Ghost;
use crate::raft::{AppendOutcome, EntryId, LogIndex, Message, Node, NodeId, Role, ServerSet, Term};
use crate::sim::{Address, Body, Fingerprint, Packet, Server, World};

/// How close a run is to breaking a property: at each stage, a lemma of the proof (§5.4.3) is broken.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Stage {
    /// No lemma is broken.
    Plain,
    /// A rule that is off has mattered: with all rules on, the run would be another.
    Missed,
    /// Two servers can be elected by majorities without a common server (dissertation, 4.1).
    Split,
    /// A leader has a lease while another server leads a later term (dissertation, 6.4.1).
    Rival,
    /// An acknowledgement travels that will mislead a leader.
    Lie,
    /// A leader counts a copy that does not exist.
    Belief,
    /// A committed entry is on no majority.
    Thin,
}

impl Stage {
    /// The number of stages.
    pub const COUNT: usize = 7;

    /// The stage of a run.
    pub fn of(walk: &Walk) -> Self {
        let (world, ghost) = (walk.world(), walk.ghost());
        if is_thin(world, ghost) {
            Self::Thin
        } else if world
            .servers()
            .iter()
            .any(|leader| errs(leader, world, ghost))
        {
            Self::Belief
        } else if lies(world, ghost) {
            Self::Lie
        } else if has_rival(world) {
            Self::Rival
        } else if walk.has_missed() && is_split(world) {
            Self::Split
        } else if walk.has_missed() {
            Self::Missed
        } else {
            Self::Plain
        }
    }
}

/// The features of a world, each as a number.
pub fn features(world: &World, ghost: &Ghost) -> Vec<u64> {
    let servers = world.servers();
    let pairs = servers.iter().flat_map(|a| {
        let others = servers.iter().filter(|b| b.id != a.id);
        others.map(|b| hash(&(relation(a, b), is_cut(a, b, world))))
    });
    let letters = letters(world).map(|(from, to, message)| {
        let late = message.term().cmp(&to.term());
        hash(&(
            role(to),
            message.kind(),
            late,
            says(message, from, to, ghost),
        ))
    });
    let mut features: Vec<u64> = pairs.chain(letters).collect();
    features.sort_unstable();
    features.dedup();
    features
}

/// The features of two servers: their roles, whose term is later, whether each log has entries that
/// the other lacks, and whether their configurations and clocks are the same.
fn relation(a: &Server, b: &Server) -> (u8, u8, Ordering, bool, bool, bool, bool) {
    let (one, other) = (a.log(), b.log());
    let common = one.common(other);
    (
        role(a),
        role(b),
        a.term().cmp(&b.term()),
        common < one.last_index(),
        common < other.last_index(),
        one.configuration() == other.configuration(),
        a.clock == b.clock,
    )
}

/// Whether the link from one to the other is cut.
fn is_cut(a: &Server, b: &Server, world: &World) -> bool {
    world.network().is_cut(a.id.into(), b.id.into())
}

fn role(server: &Server) -> u8 {
    let node = server.node();
    match node.map(|node| node.role()) {
        None => 0,
        Some(Role::Leader(_)) if node.is_some_and(|node| node.has_lease()) => 4,
        Some(Role::Leader(_)) => 1,
        Some(Role::Candidate { .. } | Role::PreCandidate { .. }) => 2,
        Some(Role::Follower { .. }) => 3,
    }
}

/// The messages that travel between servers.
fn letters(world: &World) -> impl Iterator<Item = (&Server, &Server, &Message)> {
    let packets = world.network().packets().iter();
    packets.filter_map(|packet| match packet {
        Packet {
            from: Address::Server(from),
            to: Address::Server(to),
            body: Body::Raft(message),
            ..
        } => Some((world.find(*from)?, world.find(*to)?, message)),
        _ => None,
    })
}

/// The features of a message: whether a reply is positive, whether it is about uncommitted entries,
/// whether it is about entries on which the two logs differ. For a snapshot: whether it is complete,
/// and whether the receiver has all that it covers, and more, without knowing it to be committed.
fn says(message: &Message, from: &Server, to: &Server, ghost: &Ghost) -> (bool, bool, bool) {
    let common = from.log().common(to.log());
    let about = |index: LogIndex| (true, index > ghost.last(), index > common);
    match message {
        Message::AppendEntries {
            prev_log: previous,
            entries,
            ..
        } => about(previous.index.plus(entries.len())),
        Message::AppendEntriesReply {
            outcome: AppendOutcome::Accepted { match_index },
            ..
        } => about(*match_index),
        Message::InstallSnapshot { piece, .. } => {
            let commit = to.node().map(Node::commit_index).unwrap_or_default();
            let is_news = commit < piece.last.index && to.log().holds(piece.last);
            let has_more = to.log().last_index() > piece.last.index;
            (piece.done, is_news, has_more)
        }
        Message::RequestVoteReply { granted, .. } => (*granted, false, false),
        _ => (false, false, false),
    }
}

/// Whether the last committed entry is on fewer disks than a majority, of the configuration that
/// committed it and of the latest one.
fn is_thin(world: &World, ghost: &Ghost) -> bool {
    let last = ghost.last();
    let Some(settled) = ghost.at(last) else {
        return false;
    };
    let entry = EntryId::new(last, settled.entry.term);
    let holding = world
        .servers()
        .iter()
        .filter(|server| server.log().holds(entry));
    let holders: ServerSet = holding.map(|server| server.id).collect();
    world.find(settled.server).is_some_and(|committer| {
        let log = committer.log();
        let (_, then) = log.configured_by(last);
        !then.has_quorum(holders) && !log.configuration().has_quorum(holders)
    })
}

/// Whether a leader has a lease while another server leads a later term.
fn has_rival(world: &World) -> bool {
    let leaders = || world.servers().iter().filter(|server| server.is_leader());
    let latest = leaders().map(Server::term).max();
    let mut leases = leaders().filter(|server| server.node().is_some_and(Node::has_lease));
    leases.any(|server| Some(server.term()) < latest)
}

/// Whether two servers can each be elected by majorities without a common server.
fn is_split(world: &World) -> bool {
    let servers = world.servers();
    let mut pairs = servers.iter().enumerate().flat_map(|(nth, one)| {
        let others = servers[nth + 1..].iter();
        others.map(move |other| (one, other))
    });
    pairs.any(|(one, other)| {
        let (first, second) = (one.log().configuration(), other.log().configuration());
        let (electors, others) = (electors(one, world), electors(other, world));
        first != second
            && subsets(electors)
                .any(|some| first.has_quorum(some) && second.has_quorum(others.except(some)))
    })
}

/// The servers whose logs are not more up to date than that of this one (§5.4.1).
fn electors(candidate: &Server, world: &World) -> ServerSet {
    let key = |server: &Server| (server.log().last().term, server.log().last_index());
    let servers = world.servers().iter();
    let behind = servers.filter(|server| key(server) <= key(candidate));
    behind.map(|server| server.id).collect()
}

fn subsets(all: ServerSet) -> impl Iterator<Item = ServerSet> {
    let ids: Vec<NodeId> = all.iter().collect();
    (0..1usize << ids.len()).map(move |bits| {
        let chosen = ids
            .iter()
            .enumerate()
            .filter(|(nth, _)| bits >> nth & 1 == 1);
        chosen.map(|(_, id)| *id).collect()
    })
}

/// Whether an acknowledgement travels that would mislead its leader.
fn lies(world: &World, ghost: &Ghost) -> bool {
    letters(world).any(|(from, to, message)| match message {
        Message::AppendEntriesReply {
            outcome: AppendOutcome::Accepted { match_index },
            ..
        } => to.is_leader() && misleads(to, *match_index, from, ghost),
        _ => false,
    })
}

/// Whether a leader has a wrong match_index for a server.
fn errs(leader: &Server, world: &World, ghost: &Ghost) -> bool {
    let Some(Role::Leader(leadership)) = leader.node().map(|node| node.role()) else {
        return false;
    };
    world.servers().iter().any(|other| {
        let match_index = leadership.progress(other.id).match_index;
        misleads(leader, match_index, other, ghost)
    })
}

/// Whether `match_index` of a server is wrong in a way that can mislead a leader: beyond the common
/// part of the logs, at an entry of the leader's own term, which is what it commits by.
fn misleads(leader: &Server, match_index: LogIndex, other: &Server, ghost: &Ghost) -> bool {
    let (log, term) = (leader.log(), leader.term());
    let before = Term(term.0.saturating_sub(1));
    other.term() <= term
        && match_index > ghost.last()
        && match_index > log.last_not_after(log.last_index(), before).index
        && match_index > log.common(other.log())
}

fn hash(what: &impl Hash) -> u64 {
    let mut hasher = Fingerprint::default();
    what.hash(&mut hasher);
    hasher.finish()
}
