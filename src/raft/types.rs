//! Terms, indexes, servers and sets of servers. Each is a type of its own, so that an index cannot be
//! passed where a term is expected.
//!
//! # Which is later?
//!
//! Terms and indexes are ordered; entries are not, because "later" has two meanings in the paper:
//!
//! - in one log, the entry with the higher *index* is later;
//! - between two logs, §5.4.1 compares the *term* of the last entries first, then the index.
//!
//! So [`EntryId`] has no order. Code that compares says which of the two it means: `log.last().index`,
//! or `Node::is_behind`.
//!
//! # Sets of servers
//!
//! A [`ServerSet`] is a bit for each server, because majorities are counted at every reply. `and`, `or`
//! and `except` are intersection, union and difference.

use std::fmt;

/// The most servers a cluster may have.
pub const MAX_SERVERS: usize = 9;

/// The most clients a cluster may have.
pub const MAX_CLIENTS: usize = 5;

/// A client of the cluster, 1 to [`MAX_CLIENTS`]. Written `C1`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ClientId(u8);

/// A server of the cluster, 1 to [`MAX_SERVERS`]. Written `S1`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeId(u8);

/// A term: Raft's logical clock (§5.1). 0 is before the first election.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Term(pub u64);

/// An index of the log. The first entry has index 1; 0 is the place before it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct LogIndex(pub u64);

/// A leader's count of the times that it sent to everyone. A reply repeats the round of its request,
/// so that the leader knows: when this round began, the follower knew of no later term
/// (dissertation, 6.4).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Round(pub u64);

/// An entry's identity: its index and its term. By Log Matching (§5.3), two logs that both have an
/// entry with this index and term are equal up to it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct EntryId {
    /// The index of the entry.
    pub index: LogIndex,
    /// The term of the leader that appended the entry.
    pub term: Term,
}

/// A set of servers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct ServerSet(u16);

impl NodeId {
    /// The server with this number, if the number is valid.
    pub fn new(number: usize) -> Option<Self> {
        (1..=MAX_SERVERS)
            .contains(&number)
            .then_some(Self(number as u8))
    }

    /// The number, from 1.
    pub fn number(self) -> usize {
        usize::from(self.0)
    }

    /// The place in an array of all servers, from 0.
    pub fn slot(self) -> usize {
        usize::from(self.0) - 1
    }

    /// The servers 1 to `count`.
    pub fn first(count: usize) -> impl Iterator<Item = Self> {
        (1..=count.min(MAX_SERVERS)).map(|number| Self(number as u8))
    }
}

impl ClientId {
    /// The client of that number, 1 to [`MAX_CLIENTS`].
    pub fn new(number: usize) -> Option<Self> {
        (1..=MAX_CLIENTS)
            .contains(&number)
            .then_some(Self(number as u8))
    }

    /// Its place in an array of all clients, from 0.
    pub fn slot(self) -> usize {
        usize::from(self.0) - 1
    }
}

impl Term {
    /// The term after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl Round {
    /// The round after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl LogIndex {
    /// The next index.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The index before this one; 0 for 0.
    #[must_use]
    pub fn previous(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    /// The index `count` further on.
    #[must_use]
    pub fn plus(self, count: usize) -> Self {
        Self(self.0 + count as u64)
    }
}

impl EntryId {
    /// The place before the first entry.
    pub const ZERO: Self = Self {
        index: LogIndex(0),
        term: Term(0),
    };

    /// The entry at `index`, made in `term`.
    pub fn new(index: LogIndex, term: Term) -> Self {
        Self { index, term }
    }
}

impl ServerSet {
    /// No server.
    pub const EMPTY: Self = Self(0);

    /// Whether `id` is in the set.
    pub fn contains(self, id: NodeId) -> bool {
        self.0 & (1 << id.0) != 0
    }

    /// Adds `id`. Returns false if it was in the set.
    pub fn insert(&mut self, id: NodeId) -> bool {
        let before = self.0;
        self.0 |= 1 << id.0;
        before != self.0
    }

    /// Removes `id`.
    pub fn remove(&mut self, id: NodeId) {
        self.0 &= !(1 << id.0);
    }

    /// The same set with `id` in it.
    #[must_use]
    pub fn with(mut self, id: NodeId) -> Self {
        self.insert(id);
        self
    }

    /// The same set without `id`.
    #[must_use]
    pub fn without(mut self, id: NodeId) -> Self {
        self.remove(id);
        self
    }

    /// The servers that are in both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The servers that are in either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The servers that are in this set and not in the other.
    #[must_use]
    pub fn except(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The number of servers.
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether the set is empty.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The servers, in the order of their numbers.
    pub fn iter(self) -> impl Iterator<Item = NodeId> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let id = rest.trailing_zeros() as u8;
            rest &= rest.wrapping_sub(1);
            (id < 16).then_some(NodeId(id))
        })
    }
}

impl FromIterator<NodeId> for ServerSet {
    fn from_iter<I: IntoIterator<Item = NodeId>>(ids: I) -> Self {
        ids.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S{}", self.0)
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "C{}", self.0)
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for LogIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for ServerSet {
    /// `S1 S2 S5`; an empty set is `none`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("none");
        }
        for (place, id) in self.iter().enumerate() {
            let gap = if place == 0 { "" } else { " " };
            write!(f, "{gap}{id}")?;
        }
        Ok(())
    }
}
