//! What a moment of a run looks like from afar, and how far it is on the way to a disaster.
//!
//! A moment has features: something about two servers (what they are, whose term is later, whether
//! their logs part, whether one reaches the other), or about a packet under way (of what kind, how late, whether what it says is
//! so). They tell nothing of who is who, which terms it is, or what the commands say: two runs that
//! differ in those only are the same to a search.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use super::walk::Walk;
use crate::check::ghost::Ghost;
use crate::raft::{AppendOutcome, EntryId, LogIndex, Message, Node, NodeId, Role, ServerSet, Term};
use crate::sim::{Address, Body, Fingerprint, Packet, Server, World};

/// How far a run has got: each stage is a step of the proof (§5.4.3) that does not hold any more.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Stage {
    /// All is well.
    Plain,
    /// A rule that is off was missed: from here on the run is one that Raft would not have had.
    Missed,
    /// And two servers can be elected by majorities that do not meet (dissertation, 4.1).
    Split,
    /// A leader has a lease, and another leads a later term (dissertation, 6.4.1).
    Rival,
    /// An acknowledgement is under way that will mislead a leader.
    Lie,
    /// A leader counts on a copy that is not there.
    Belief,
    /// Something was committed that no majority holds.
    Thin,
}

impl Stage {
    /// How many there are.
    pub const COUNT: usize = 7;

    /// How far a run has got.
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

/// How two servers stand to each other: what they are, whose term is later, whether each log has
/// something that the other has not, and whether they go by the same configuration and clock.
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

/// Whether what the one sends does not reach the other.
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

/// The messages under way between servers that are there.
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

/// What a message says: yes or no; something about entries that are not committed; something about
/// entries on which the two logs do not agree. Of a snapshot: whether it is whole, and whether the
/// receiver has what it covers, but does not know that to be committed, and has more.
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

/// Whether what was committed last is on fewer disks than a quorum, by the configuration that counts
/// for it as by the latest.
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

/// Whether a leader counts on a lease while another leads a later term.
fn has_rival(world: &World) -> bool {
    let leaders = || world.servers().iter().filter(|server| server.is_leader());
    let latest = leaders().map(Server::term).max();
    let mut leases = leaders().filter(|server| server.node().is_some_and(Node::has_lease));
    leases.any(|server| Some(server.term()) < latest)
}

/// Whether two servers can each be elected, by configurations and voters that have no server in
/// common.
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

/// Whether an acknowledgement is under way to a leader that would mislead it.
fn lies(world: &World, ghost: &Ghost) -> bool {
    letters(world).any(|(from, to, message)| match message {
        Message::AppendEntriesReply {
            outcome: AppendOutcome::Accepted { match_index },
            ..
        } => to.is_leader() && misleads(to, *match_index, from, ghost),
        _ => false,
    })
}

/// Whether a leader believes of somebody what is not so.
fn errs(leader: &Server, world: &World, ghost: &Ghost) -> bool {
    let Some(Role::Leader(leadership)) = leader.node().map(|node| node.role()) else {
        return false;
    };
    world.servers().iter().any(|other| {
        let match_index = leadership.progress(other.id).match_index;
        misleads(leader, match_index, other, ghost)
    })
}

/// Whether it misleads a leader to take a server to agree with it up to `match_index`: about an entry
/// of its own term (one it has or will have), which is what it commits by.
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
