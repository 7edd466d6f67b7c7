//! The log: the numbered list of entries that the servers agree on (§5.3).
//!
//! A log cannot grow for ever: a [`Snapshot`] of the state machine replaces the entries that led to it
//! (§7; dissertation, chapter 5). So a log is a snapshot and the entries after it. The first snapshot
//! is empty and covers no entry.
//!
//! Invariants: terms never fall along a log, and an index has one entry.
//!
//! # The parts of a log
//!
//! ```text
//!   index        1   2   3   4   5   6   7   8
//!              +---+---+---+---+---+---+---+---+
//!   term       | 1 | 1 | 1 | 2 | 2 | 4 | 4 | 4 |
//!              +---+---+---+---+---+---+---+---+
//!                dropped   |  held               |
//!                       base      snapshot.last  last
//!                     (3 of 1)      (5 of 2)   (8 of 4)
//! ```
//!
//! Entries 1 to 5 are in the snapshot. Entries 4 and 5 are held all the same, for a follower that lags
//! a little: it is sent entries, and needs no snapshot. Of entry 3, the base, only index and term are
//! left. That suffices for AppendEntries 2 when entry 4 is the first to be sent.
//!
//! # Skipping a term, by example
//!
//! A follower lacks the end of its leader's log and has entries of its own. The leader of term 4 has
//! `[1 1 1 4 4 4]`, the follower `[1 1 1 2 2 2 2]`.
//!
//! 1. The leader sends `prev_log` 6 of term 4. The follower has term 2 there, and rejects. Its hint is
//!    [`Log::last_not_after`] (6, term 4): its entry 6 of term 2. Beyond its term 2 nothing can match.
//! 2. The leader looks for its own last entry that is not after the hint: entry 3 of term 1, because it
//!    has no entry of term 2. It sends `prev_log` 3 of term 1, and the follower accepts.
//!
//! Figure 2 alone would need three rejections: 6, 5, 4. With thousands of entries in a term, the
//! difference is thousands of round trips (end of §5.3).
//!
//! # A configuration that is rolled back
//!
//! A configuration is used as soon as its entry is in the log (§6). So deleting that entry goes back to
//! the configuration before it. `latest` is the one in use; [`Log::truncate`] finds the earlier one.

use std::sync::Arc;

use super::chunks::Chunks;
use super::configuration::Configuration;
use super::machine::StateMachine;
use super::types::{EntryId, LogIndex, ServerSet, Term};
use crate::Machine;

/// One entry of the log.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Entry<M: StateMachine = Machine> {
    /// The term of the leader that appended it.
    pub term: Term,
    /// The content.
    pub payload: Payload<M>,
}

/// The content of an entry.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Payload<M: StateMachine = Machine> {
    /// A client's command for the state machine.
    Command(M::Command),
    /// The members of the cluster from this entry on (§6).
    Configuration(Configuration),
    /// Nothing. A new leader appends it, to have an entry of its own term to commit (§8).
    Noop,
    /// A client opens a session (dissertation, 6.3). A log that a scenario begins with has none.
    Register(M::Registration),
}

// Not derived: an entry is copied, although the state machine is not.
impl<M: StateMachine> Copy for Entry<M> {}

impl<M: StateMachine> Copy for Payload<M> {}

/// Consecutive entries in a message. Copies share them. Without entries it needs no memory.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Entries<M: StateMachine = Machine>(Option<Arc<[Entry<M>]>>);

/// The state machine as of some entry. It replaces all entries up to that one (§7, Figure 12).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Snapshot<M: StateMachine = Machine> {
    /// lastIncludedIndex and lastIncludedTerm: the last entry that it replaces.
    pub last: EntryId,
    /// The configuration as of that entry.
    pub configuration: Configuration,
    /// The state machine after that entry, with the clients' sessions.
    pub machine: M,
}

/// A server's log. Indexes start at 1. Cheap to clone, however long it is.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Log<M: StateMachine = Machine> {
    snapshot: Snapshot<M>,
    /// The entry before the first one held. It is not behind the snapshot's last entry, but may be
    /// before it: some entries that the snapshot covers stay, for followers that lag a little.
    base: EntryId,
    /// The last entry, held or compacted. Every message needs it, so it is stored.
    last: EntryId,
    entries: Chunks<Entry<M>>,
    /// The latest configuration, and the index of its entry; 0 if it is the snapshot's.
    latest: (LogIndex, Configuration),
}

impl<M: StateMachine> Log<M> {
    /// An empty log, in a cluster of `voters`.
    pub fn new(voters: ServerSet) -> Self {
        Self::after(Snapshot {
            configuration: Configuration::of(voters),
            ..Snapshot::default()
        })
    }

    /// A log with nothing but a snapshot.
    pub fn after(snapshot: Snapshot<M>) -> Self {
        Self {
            base: snapshot.last,
            last: snapshot.last,
            entries: Chunks::starting_at(snapshot.last.index.0 as usize),
            latest: (LogIndex(0), snapshot.configuration),
            snapshot,
        }
    }

    /// Appends an entry and returns its index. A configuration is used from now on, before it is
    /// committed: the other servers that have it use it already (§6).
    pub fn append(&mut self, entry: Entry<M>) -> LogIndex {
        self.entries.push(entry);
        let index = self.last.index.next();
        self.last = EntryId::new(index, entry.term);
        if let Payload::Configuration(configuration) = entry.payload {
            self.latest = (index, configuration);
        }
        index
    }

    /// Deletes the entry at `index` and all that follow it. What is compacted stays. If the latest
    /// configuration is deleted, the one before it is used again.
    pub fn truncate(&mut self, index: LogIndex) {
        self.entries.truncate(index.previous().0 as usize);
        let last = LogIndex(self.entries.end() as u64);
        self.last = EntryId::new(last, self.term(last).unwrap_or_default());
        if self.latest.0 >= index {
            self.latest = self.configured_by(index.previous());
        }
    }

    /// Makes `machine` the snapshot up to `index`, and drops the entries up to there except the last
    /// `keep`. Does nothing if the snapshot covers `index` already, or the log does not reach it.
    pub fn compact(&mut self, index: LogIndex, machine: M, keep: usize) {
        let Some(term) = self
            .term(index)
            .filter(|_| index > self.snapshot.last.index)
        else {
            return;
        };
        self.snapshot = Snapshot {
            last: EntryId { index, term },
            configuration: self.configured_by(index).1,
            machine,
        };
        self.drop_up_to(LogIndex(index.0.saturating_sub(keep as u64)));
    }

    /// Drops the entries up to `index`, as far as the snapshot covers them.
    pub fn drop_up_to(&mut self, index: LogIndex) {
        let index = index.min(self.snapshot.last.index);
        if let Some(term) = self.term(index).filter(|_| index > self.base.index) {
            self.base = EntryId { index, term };
            self.entries.forget_before(index.0 as usize);
        }
    }

    /// The snapshot. At first it covers no entry.
    pub fn snapshot(&self) -> &Snapshot<M> {
        &self.snapshot
    }

    /// The entry before the first one held; [`EntryId::ZERO`] if none was dropped.
    pub fn base(&self) -> EntryId {
        self.base
    }

    /// The index of the first entry it holds, or would hold.
    pub fn first_index(&self) -> LogIndex {
        self.base.index.next()
    }

    /// The number of entries held.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no entry is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// lastLogIndex: the index of the last entry, held or compacted; 0 if there never was one.
    pub fn last_index(&self) -> LogIndex {
        self.last.index
    }

    /// lastLogIndex and lastLogTerm: the last entry, held or compacted; [`EntryId::ZERO`] if there
    /// never was one.
    pub fn last(&self) -> EntryId {
        self.last
    }

    /// The entry at `index`.
    pub fn get(&self, index: LogIndex) -> Option<&Entry<M>> {
        let place = usize::try_from(index.0.checked_sub(1)?).ok()?;
        self.entries.get(place)
    }

    /// The term of the entry at `index`; 0 for index 0. `None` behind the end, and for dropped entries
    /// except the last of them.
    pub fn term(&self, index: LogIndex) -> Option<Term> {
        if let Some(known) = [self.last, self.base]
            .iter()
            .find(|known| known.index == index)
        {
            return Some(known.term);
        }
        self.get(index).map(|entry| entry.term)
    }

    /// Whether the log has the entry `position`, held or dropped. Every log has [`EntryId::ZERO`].
    /// Dropped entries were committed, so no leader has others in their place.
    pub fn holds(&self, position: EntryId) -> bool {
        position.index < self.base.index || self.term(position.index) == Some(position.term)
    }

    /// The entries from `first` on, at most `most`.
    pub fn slice(&self, first: LogIndex, most: usize) -> Entries<M> {
        let count = (self.last_index().next().0.saturating_sub(first.0) as usize).min(most);
        if count == 0 {
            return Entries::default();
        }
        Entries(Some(
            (0..count)
                .filter_map(|n| self.get(first.plus(n)).copied())
                .collect(),
        ))
    }

    /// All entries with their indexes, from `first` on.
    pub fn iter_from(&self, first: LogIndex) -> impl Iterator<Item = (LogIndex, &Entry<M>)> {
        (first.max(self.first_index()).0..=self.last_index().0)
            .map(LogIndex)
            .filter_map(|index| Some((index, self.get(index)?)))
    }

    /// All entries with their indexes.
    pub fn iter(&self) -> impl Iterator<Item = (LogIndex, &Entry<M>)> {
        self.iter_from(LogIndex(0))
    }

    /// The last entry at or before `index` whose term is `term` or earlier. Of the dropped entries only
    /// the last term is known: before it, any entry may match.
    ///
    /// Terms never fall along a log, so this is a binary search. With it, a leader and a follower skip a
    /// whole term with one rejection (end of §5.3).
    pub fn last_not_after(&self, index: LogIndex, term: Term) -> EntryId {
        let base = self.base;
        if index < base.index || term < base.term {
            let index = index.min(base.index.previous());
            return EntryId { index, term };
        }
        let (mut low, mut high) = (base.index.0, index.min(self.last_index()).0);
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            if self
                .term(LogIndex(middle))
                .is_some_and(|found| found <= term)
            {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        let index = LogIndex(low);
        EntryId {
            index,
            term: self.term(index).unwrap_or_default(),
        }
    }

    /// Whether neither log has changed since one was cloned from the other.
    pub fn is_shared_with(&self, other: &Self) -> bool {
        self.entries.is_shared_with(&other.entries)
    }

    /// The last index up to which both logs hold the same entries, as far as both hold them.
    pub fn common(&self, other: &Self) -> LogIndex {
        LogIndex(self.entries.common(&other.entries) as u64)
    }

    /// The latest configuration in the log.
    pub fn configuration(&self) -> Configuration {
        self.latest.1
    }

    /// The latest configuration and the index of its entry; 0 if it is the snapshot's.
    pub fn configured(&self) -> (LogIndex, Configuration) {
        self.latest
    }

    /// The latest configuration at or before `index`, and the index of its entry.
    pub fn configured_by(&self, index: LogIndex) -> (LogIndex, Configuration) {
        if self.latest.0 <= index {
            return self.latest;
        }
        // This is rare, so the log keeps no list of configurations.
        let mut entries = (self.first_index().0..=index.0).rev().map(LogIndex);
        let found = entries.find_map(|index| match self.get(index)?.payload {
            Payload::Configuration(configuration) => Some((index, configuration)),
            Payload::Command(_) | Payload::Noop | Payload::Register(_) => None,
        });
        found.unwrap_or((LogIndex(0), self.snapshot.configuration))
    }

    /// The configuration at `committed` and all later ones, the latest first. A server that knows only
    /// this much to be committed cannot tell which of them will be.
    pub fn configurations_since(
        &self,
        committed: LogIndex,
    ) -> impl Iterator<Item = Configuration> + '_ {
        let mut next = Some(self.last_index());
        std::iter::from_fn(move || {
            let (index, configuration) = self.configured_by(next?);
            next = (index > committed).then(|| index.previous());
            Some(configuration)
        })
    }
}

impl<M: StateMachine> Entries<M> {
    /// One entry.
    pub fn one(entry: Entry<M>) -> Self {
        Self(Some(Arc::new([entry])))
    }
}

impl<M: StateMachine> std::ops::Deref for Entries<M> {
    type Target = [Entry<M>];

    fn deref(&self) -> &[Entry<M>] {
        self.0.as_deref().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kv::{Command, KvStore};

    fn log(terms: impl IntoIterator<Item = u64>) -> Log {
        let mut log = Log::new(ServerSet::EMPTY);
        for term in terms {
            log.append(Entry {
                term: Term(term),
                payload: Payload::Noop,
            });
        }
        log
    }

    fn terms(log: &Log) -> Vec<u64> {
        log.iter().map(|(_, entry)| entry.term.0).collect()
    }

    #[test]
    fn it_keeps_what_was_appended_across_chunks() {
        let long = log(1..=200);
        assert_eq!(terms(&long), (1..=200).collect::<Vec<_>>());
        assert_eq!(long.last(), EntryId::new(LogIndex(200), Term(200)));
        assert_eq!(long.get(LogIndex(0)), None);
        assert_eq!(long.get(LogIndex(201)), None);
    }

    #[test]
    fn truncation_removes_the_named_entry_and_all_after_it() {
        for keep in [0, 1, 63, 64, 65, 127, 128, 129, 199, 200] {
            let mut short = log(1..=200);
            short.truncate(LogIndex(keep + 1));
            assert_eq!(
                terms(&short),
                (1..=keep).collect::<Vec<_>>(),
                "keeping {keep}"
            );
            short.append(Entry {
                term: Term(999),
                payload: Payload::Noop,
            });
            assert_eq!(short.last(), EntryId::new(LogIndex(keep + 1), Term(999)));
        }
    }

    #[test]
    fn a_copy_does_not_see_what_happens_to_the_original() {
        let mut original = log(1..=130);
        let copy = original.clone();
        assert!(copy.is_shared_with(&original));
        original.truncate(LogIndex(10));
        original.append(Entry {
            term: Term(7),
            payload: Payload::Noop,
        });
        assert_eq!(terms(&copy), (1..=130).collect::<Vec<_>>());
        assert!(!copy.is_shared_with(&original));
    }

    fn machine(value: i32) -> KvStore {
        let mut machine = KvStore::default();
        let command = Command {
            client: crate::kv::ClientId::new(1).unwrap(),
            session: None,
            serial: 1,
            op: format!("x={value}").parse().unwrap(),
        };
        machine.apply(&command, true);
        machine
    }

    #[test]
    fn a_snapshot_replaces_the_entries_it_covers() {
        for (at, keep) in [
            (1, 0),
            (64, 0),
            (70, 0),
            (70, 6),
            (70, 7),
            (70, 70),
            (70, 99),
        ] {
            let mut log = log(1..=70);
            log.compact(LogIndex(at), machine(5), keep);
            let base = at.saturating_sub(keep as u64);
            assert_eq!(log.snapshot().last, EntryId::new(LogIndex(at), Term(at)));
            assert_eq!(log.snapshot().machine, machine(5));
            assert_eq!(log.base(), EntryId::new(LogIndex(base), Term(base)));
            assert_eq!(terms(&log), (base + 1..=70).collect::<Vec<_>>());
            assert_eq!(log.last(), EntryId::new(LogIndex(70), Term(70)));
            assert_eq!(log.term(LogIndex(base)), Some(Term(base)));
            assert!(log.holds(EntryId::new(LogIndex(70), Term(70))));
            assert!(!log.holds(EntryId::new(LogIndex(71), Term(70))));
            log.truncate(LogIndex(1));
            assert_eq!(log.last(), log.base(), "what is compacted stays");
        }
    }

    #[test]
    fn what_cannot_be_compacted_is_not() {
        let mut log = log(1..=10);
        log.compact(LogIndex(11), machine(1), 0);
        assert_eq!(log.snapshot().last, EntryId::ZERO, "past the end");
        log.compact(LogIndex(5), machine(1), 0);
        let compacted = log.clone();
        log.compact(LogIndex(5), machine(2), 0);
        log.compact(LogIndex(4), machine(2), 0);
        assert_eq!(log, compacted, "covered already");
    }

    #[test]
    fn what_was_dropped_is_taken_to_agree() {
        let mut log = log([1, 1, 2, 4, 4, 6]);
        log.compact(LogIndex(4), machine(1), 0);
        assert!(log.holds(EntryId::new(LogIndex(3), Term(2))));
        assert!(log.holds(EntryId::new(LogIndex(4), Term(4))));
        assert!(!log.holds(EntryId::new(LogIndex(4), Term(3))));
        assert_eq!(
            (log.term(LogIndex(4)), log.term(LogIndex(3))),
            (Some(Term(4)), None)
        );
        let find = |index, term| log.last_not_after(LogIndex(index), Term(term)).index.0;
        assert_eq!(
            (find(6, 6), find(6, 5), find(6, 4), find(4, 4)),
            (6, 5, 5, 4)
        );
        assert_eq!((find(6, 3), find(3, 6), find(0, 0)), (3, 3, 0));
    }

    #[test]
    fn a_configuration_counts_when_appended_and_is_gone_when_truncated() {
        let of = |count| Configuration::of(super::super::NodeId::first(count).collect());
        let mut log = Log::new(of(3).voters);
        let mut append = |payload| {
            log.append(Entry {
                term: Term(1),
                payload,
            })
        };
        append(Payload::Noop);
        append(Payload::Configuration(of(4)));
        append(Payload::Noop);
        append(Payload::Configuration(of(5)));
        assert_eq!(log.configured(), (LogIndex(4), of(5)));
        assert_eq!(log.configured_by(LogIndex(9)), (LogIndex(4), of(5)));
        assert_eq!(log.configured_by(LogIndex(3)), (LogIndex(2), of(4)));
        assert_eq!(log.configured_by(LogIndex(1)), (LogIndex(0), of(3)));
        let since = |index| {
            log.configurations_since(LogIndex(index))
                .collect::<Vec<_>>()
        };
        assert_eq!(since(4), [of(5)]);
        assert_eq!(since(3), [of(5), of(4)]);
        assert_eq!(since(1), [of(5), of(4), of(3)]);
        log.truncate(LogIndex(5));
        assert_eq!(log.configured(), (LogIndex(4), of(5)));
        log.truncate(LogIndex(4));
        assert_eq!(log.configured(), (LogIndex(2), of(4)));
        let mut compacted = log.clone();
        compacted.compact(LogIndex(3), KvStore::default(), 0);
        assert_eq!(compacted.snapshot().configuration, of(4));
        compacted.append(Entry {
            term: Term(2),
            payload: Payload::Configuration(of(5)),
        });
        compacted.truncate(LogIndex(4));
        assert_eq!(compacted.configured(), (LogIndex(0), of(4)));
        log.truncate(LogIndex(2));
        assert_eq!(log.configured(), (LogIndex(0), of(3)));
    }

    #[test]
    fn slices_stop_at_the_end_and_at_the_limit() {
        let log = log(1..=70);
        assert_eq!(log.slice(LogIndex(71), 9).len(), 0);
        assert_eq!(log.slice(LogIndex(64), 99).len(), 7);
        assert_eq!(log.slice(LogIndex(1), 3).len(), 3);
    }

    #[test]
    fn a_term_is_skipped_in_one_look() {
        let log = log([1, 1, 1, 4, 4, 5, 5, 6, 6, 6]);
        let find = |index, term| log.last_not_after(LogIndex(index), Term(term)).index.0;
        assert_eq!(find(10, 6), 10);
        assert_eq!(find(10, 5), 7);
        assert_eq!(find(10, 3), 3);
        assert_eq!(find(10, 0), 0);
        assert_eq!(find(99, 9), 10);
        assert_eq!(find(2, 9), 2);
    }
}
