//! What a node keeps when it crashes: all in memory, and at once.

use std::fmt::Debug;
use std::io::Cursor;
use std::ops::RangeBounds;
use std::sync::{Arc, Mutex, MutexGuard};

use openraft::storage::{LogFlushed, LogState, RaftLogStorage, RaftStateMachine, Snapshot};
use openraft::{
    EntryPayload, OptionalSend, RaftLogReader, RaftSnapshotBuilder, SnapshotMeta, StorageError,
    StoredMembership,
};

use crate::types::{Entry, LogId, Types, Vote};

type Meta = SnapshotMeta<u64, openraft::EmptyNode>;
type Members = StoredMembership<u64, openraft::EmptyNode>;
type Result<T> = std::result::Result<T, StorageError<u64>>;

#[derive(Default)]
pub(crate) struct Contents {
    pub(crate) vote: Option<Vote>,
    committed: Option<LogId>,
    /// The last entry that is compacted.
    pub(crate) purged: Option<LogId>,
    pub(crate) entries: Vec<Entry>,
    applied: Option<LogId>,
    members: Members,
    snapshot: Option<Meta>,
}

/// The log and the state machine. The machine only remembers what it applied last: what commands
/// mean is no matter of Raft.
#[derive(Clone, Default)]
pub(crate) struct Disk(Arc<Mutex<Contents>>);

impl Disk {
    pub(crate) fn read(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().expect("nobody panics with it")
    }
}

impl Contents {
    fn snapshot(&self) -> Option<Snapshot<Types>> {
        let meta = self.snapshot.clone()?;
        let data = format!("up to {:?}", meta.last_log_id).into_bytes();
        Some(Snapshot {
            meta,
            snapshot: Box::new(Cursor::new(data)),
        })
    }
}

impl RaftLogReader<Types> for Disk {
    async fn try_get_log_entries<R: RangeBounds<u64> + Clone + Debug + OptionalSend>(
        &mut self,
        range: R,
    ) -> Result<Vec<Entry>> {
        let disk = self.read();
        let wanted = disk.entries.iter();
        let wanted = wanted.filter(|entry| range.contains(&entry.log_id.index));
        Ok(wanted.cloned().collect())
    }
}

impl RaftLogStorage<Types> for Disk {
    type LogReader = Self;

    async fn get_log_state(&mut self) -> Result<LogState<Types>> {
        let disk = self.read();
        let last = disk.entries.last().map(|entry| entry.log_id);
        Ok(LogState {
            last_purged_log_id: disk.purged,
            last_log_id: last.or(disk.purged),
        })
    }
    async fn get_log_reader(&mut self) -> Self {
        self.clone()
    }
    async fn save_vote(&mut self, vote: &Vote) -> Result<()> {
        self.read().vote = Some(*vote);
        Ok(())
    }
    async fn read_vote(&mut self) -> Result<Option<Vote>> {
        Ok(self.read().vote)
    }
    async fn save_committed(&mut self, committed: Option<LogId>) -> Result<()> {
        self.read().committed = committed;
        Ok(())
    }
    async fn read_committed(&mut self) -> Result<Option<LogId>> {
        Ok(self.read().committed)
    }
    async fn append<I>(&mut self, entries: I, written: LogFlushed<Types>) -> Result<()>
    where
        I: IntoIterator<Item = Entry> + OptionalSend,
        I::IntoIter: OptionalSend,
    {
        self.read().entries.extend(entries);
        written.log_io_completed(Ok(()));
        Ok(())
    }
    async fn truncate(&mut self, from: LogId) -> Result<()> {
        let keep = |entry: &Entry| entry.log_id.index < from.index;
        self.read().entries.retain(keep);
        Ok(())
    }
    async fn purge(&mut self, last: LogId) -> Result<()> {
        let mut disk = self.read();
        disk.entries.retain(|entry| entry.log_id.index > last.index);
        disk.purged = Some(last);
        Ok(())
    }
}

impl RaftStateMachine<Types> for Disk {
    type SnapshotBuilder = Self;

    async fn applied_state(&mut self) -> Result<(Option<LogId>, Members)> {
        let disk = self.read();
        Ok((disk.applied, disk.members.clone()))
    }
    async fn apply<I>(&mut self, entries: I) -> Result<Vec<()>>
    where
        I: IntoIterator<Item = Entry> + OptionalSend,
        I::IntoIter: OptionalSend,
    {
        let mut disk = self.read();
        let mut results = Vec::new();
        for entry in entries {
            disk.applied = Some(entry.log_id);
            if let EntryPayload::Membership(members) = entry.payload {
                disk.members = Members::new(Some(entry.log_id), members);
            }
            results.push(());
        }
        Ok(results)
    }
    async fn get_snapshot_builder(&mut self) -> Self {
        self.clone()
    }
    async fn begin_receiving_snapshot(&mut self) -> Result<Box<Cursor<Vec<u8>>>> {
        Ok(Box::default())
    }
    async fn install_snapshot(&mut self, meta: &Meta, _: Box<Cursor<Vec<u8>>>) -> Result<()> {
        let mut disk = self.read();
        disk.applied = meta.last_log_id;
        disk.members = meta.last_membership.clone();
        disk.snapshot = Some(meta.clone());
        Ok(())
    }
    async fn get_current_snapshot(&mut self) -> Result<Option<Snapshot<Types>>> {
        Ok(self.read().snapshot())
    }
}

impl RaftSnapshotBuilder<Types> for Disk {
    async fn build_snapshot(&mut self) -> Result<Snapshot<Types>> {
        let mut disk = self.read();
        disk.snapshot = Some(Meta {
            last_log_id: disk.applied,
            last_membership: disk.members.clone(),
            snapshot_id: format!("{:?}", disk.applied),
        });
        Ok(disk.snapshot().expect("it was just taken"))
    }
}
