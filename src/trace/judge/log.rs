//! A log, as far as a trace tells it.

use std::rc::Rc;

use super::super::read::{Entry, Members, Message, Reader};
use crate::raft::chunks::Chunks;
use crate::raft::configuration::majority;

/// A log. Cheap to clone, however long it is.
#[derive(Clone, Debug)]
pub(in crate::trace) struct Log {
    entries: Chunks<Entry>,
    /// The term of the entry before the first one, if that is known.
    base_term: Option<u64>,
    /// The configurations in it, and where: first the one that held before all of them, if it is
    /// known.
    members: Rc<Vec<(u64, Members)>>,
}

/// Why a log does not take the entries of a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Mismatch {
    /// It ends before the entry before them.
    Missing,
    /// That entry has this term here.
    Differs(u64),
}

impl Log {
    /// An empty log.
    pub(super) fn new(members: Option<Members>) -> Self {
        Self::after(0, Some(0), members)
    }

    /// A log of which the entries up to `base` are compacted.
    pub(super) fn after(base: u64, term: Option<u64>, members: Option<Members>) -> Self {
        Self {
            entries: Chunks::starting_at(base as usize),
            base_term: if base == 0 { Some(0) } else { term },
            members: Rc::new(members.map(|members| (0, members)).into_iter().collect()),
        }
    }

    /// The index before its first entry.
    pub(in crate::trace) fn base(&self) -> u64 {
        self.entries.start() as u64
    }

    /// The index of its last entry.
    pub(in crate::trace) fn last(&self) -> u64 {
        self.entries.end() as u64
    }

    /// The entry at `index`.
    pub(in crate::trace) fn get(&self, index: u64) -> Option<Entry> {
        let place = usize::try_from(index.checked_sub(1)?).ok()?;
        self.entries.get(place).copied()
    }

    /// The term at `index`, if it is known: 0 at 0.
    pub(super) fn term(&self, index: u64) -> Option<u64> {
        match index {
            0 => Some(0),
            _ if index == self.base() => self.base_term,
            _ => self.get(index).map(|entry| entry.term),
        }
    }

    /// Index and term of its last entry, if the term is known.
    pub(super) fn end(&self) -> Option<(u64, u64)> {
        let last = self.last();
        self.term(last).map(|term| (last, term))
    }

    /// Whether it has that entry, if that is known.
    pub(super) fn holds(&self, index: u64, term: u64) -> Option<bool> {
        if index > self.last() {
            return Some(false);
        }
        self.term(index).map(|own| own == term)
    }

    /// The index up to which both are the same, as far as both are known.
    pub(in crate::trace) fn common(&self, other: &Self) -> u64 {
        self.entries.common(&other.entries) as u64
    }

    /// Whether both hold the same, as far as neither has compacted.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.last() == other.last() && self.common(other) >= self.last()
    }

    pub(super) fn push(&mut self, entry: Entry, reader: &Reader) {
        self.entries.push(entry);
        if let Some(members) = reader.members(entry.value) {
            let last = self.last();
            Rc::make_mut(&mut self.members).push((last, members));
        }
    }

    /// Removes the entry at `index` and all after it.
    pub(super) fn truncate(&mut self, index: u64) {
        if index > self.last() {
            return;
        }
        self.entries.truncate(index.saturating_sub(1) as usize);
        let stays = |(at, _): &(u64, Members)| *at == 0 || *at < index;
        if !self.members.iter().all(stays) {
            Rc::make_mut(&mut self.members).retain(stays);
        }
    }

    /// Forgets the entries before `first`. Those after its end were never there.
    pub(super) fn forget_before(&mut self, first: u64) {
        if first > self.base() + 1 && first <= self.last() + 1 {
            self.base_term = self.term(first - 1);
            self.entries.forget_before((first - 1) as usize);
        }
    }

    /// Tells the term of the entry before the first one, where it was not known.
    pub(super) fn learn_base(&mut self, term: Option<u64>) {
        self.base_term = self.base_term.or(term);
    }

    /// From `index` on there are these entries and no others.
    pub(super) fn put(&mut self, index: u64, entries: &[Entry], reader: &Reader) {
        let held = |(nth, entry): &(usize, &Entry)| self.get(index + *nth as u64) == Some(**entry);
        let known = entries.iter().enumerate().take_while(held).count();
        self.truncate(index + known as u64);
        for entry in &entries[known..] {
            self.push(*entry, reader);
        }
    }

    /// The configuration by which its server counts, and where it stands.
    pub(super) fn members(&self) -> Option<(u64, Members)> {
        self.members.last().copied()
    }

    /// The same of its beginning up to `index`.
    pub(in crate::trace) fn members_at(&self, index: u64) -> Option<(u64, Members)> {
        let mut latest = self.members.iter().rev();
        latest.find(|(at, _)| *at <= index).copied()
    }

    /// The configurations after `index`, and the one at it.
    pub(super) fn members_since(&self, index: u64) -> impl Iterator<Item = Members> + '_ {
        let first = self.members.iter().rposition(|(at, _)| *at <= index);
        self.members[first.unwrap_or(0)..]
            .iter()
            .map(|(_, members)| *members)
    }

    /// What AppendEntries makes of it (Figure 2), if the request is told in full.
    pub(super) fn append(
        &self,
        request: &Message,
        reader: &Reader,
    ) -> Option<Result<Self, Mismatch>> {
        let (Some(previous), Some(term), Some(entries)) = (request.pi, request.pt, &request.es)
        else {
            return None;
        };
        if previous > self.last() {
            return Some(Err(Mismatch::Missing));
        }
        match self.term(previous) {
            Some(own) if own != term && previous >= self.base() => {
                return Some(Err(Mismatch::Differs(own)));
            }
            _ => {}
        }
        let mut log = self.clone();
        for (index, entry) in (previous + 1..).zip(entries.iter()) {
            match log.term(index) {
                _ if index <= log.base() => continue,
                Some(own) if own == entry.term => continue,
                Some(_) => log.truncate(index),
                None => {}
            }
            log.push(*entry, reader);
        }
        Some(Ok(log))
    }
}

impl Members {
    /// Whether these servers are a majority: in a joint configuration, of both.
    pub(super) fn has_quorum(self, servers: u64) -> bool {
        let size = |voters: u64| voters.count_ones() as usize;
        let most = |voters: u64| size(servers & voters) >= majority(size(voters));
        most(self.voters) && (self.outgoing == 0 || most(self.outgoing))
    }

    /// Everyone with a vote.
    pub(super) fn all_voters(self) -> u64 {
        self.voters | self.outgoing
    }
}
