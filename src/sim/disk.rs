//! A server's disk: writing takes time, and a crash loses what was not written.
//!
//! One write is under way at a time, and takes with it all that was asked for until it began; what
//! is asked for meanwhile goes with the next one. What a server promises (a vote, an
//! acknowledgement) waits until the write that it depends on is done. When nothing is being
//! written, the disk has all that the server has; and where disks take no time, that is always.

use super::step::StepId;
use super::time::Time;
use crate::raft::{EntryId, Log, LogIndex, Message, NodeId, Persistent};

/// The longest that a write may take.
pub const LONGEST_WRITE: Time = Time::ms(1_000);

/// A running server's disk.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Disk {
    /// What is on it. None where writing takes no time: then it has what the server has.
    content: Option<Box<Persistent>>,
    /// Most disks have nothing to do most of the time.
    writing: Option<Box<Writing>>,
}

/// A write under way.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Writing {
    /// When it began.
    pub begun: Time,
    /// When it will be done.
    pub done_at: Time,
    /// The step that asked for it.
    pub asked_by: StepId,
    /// What will be on the disk then.
    content: Persistent,
    /// What is to be sent then.
    held: Vec<Promise>,
    /// If another write was asked for since: by which step, and what waits for that one.
    next: Option<(StepId, Vec<Promise>)>,
}

/// A message that waits for a write, and for whom it is.
pub type Promise = (NodeId, Message);

/// One of the parts that a write consists of. They reach the disk one after the other.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Record {
    /// The term, and the vote in it.
    TermAndVote,
    /// The snapshot, in a file of its own.
    Snapshot,
    /// Entries that the snapshot covers are dropped.
    Trim,
    /// An entry of the log. What stood at its index, and after it, is overwritten.
    Entry(LogIndex),
}

/// What a crash leaves of a server that was writing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Remains {
    pub(super) disk: Persistent,
    /// The record of which a part was written. It fails its checksum when the disk is read again.
    pub(super) torn: Option<Record>,
}

impl Disk {
    /// Whether a write that `step` asked for is not done yet.
    pub fn is_busy_with(&self, step: StepId) -> bool {
        self.writing.as_ref().is_some_and(|writing| {
            let next = writing.next.as_ref();
            writing.asked_by == step || next.is_some_and(|(asked_by, _)| *asked_by == step)
        })
    }

    /// The write under way.
    pub fn writing(&self) -> Option<&Writing> {
        self.writing.as_deref()
    }

    /// Whether writing takes time.
    pub(super) fn takes_time(&self) -> bool {
        self.content.is_some()
    }

    /// Lets writing take time from now on, or none. The server has `content`, and so has the disk
    /// if it is not busy.
    pub(super) fn set(&mut self, takes_time: bool, content: &Persistent) {
        match (takes_time, &self.content, &self.writing) {
            (true, None, _) => self.content = Some(Box::new(content.clone())),
            (false, _, None) => self.content = None,
            _ => {}
        }
    }

    /// When the write under way is done.
    pub(super) fn done_at(&self) -> Time {
        let writing = self.writing.as_ref();
        writing.map_or(Time::NEVER, |writing| writing.done_at)
    }

    /// Changes when the write under way is done: never, or in `time` if it was never.
    pub(super) fn reschedule(&mut self, now: Time, time: Time) {
        if let Some(writing) = &mut self.writing
            && (time == Time::NEVER || writing.done_at == Time::NEVER)
        {
            writing.done_at = now + time;
        }
    }

    /// Begins to write `content`, from one moment to the other. `held` waits for it.
    pub(super) fn begin(
        &mut self,
        (begun, done_at): (Time, Time),
        asked_by: StepId,
        content: Persistent,
        held: Vec<Promise>,
    ) {
        self.writing = Some(Box::new(Writing {
            begun,
            done_at,
            asked_by,
            content,
            held,
            next: None,
        }));
    }

    /// If a write is under way, makes sure that `content` will be on the disk after it, or after
    /// another one.
    pub(super) fn ask_again(&mut self, asked_by: StepId, content: &Persistent) -> bool {
        if let Some(writing) = &mut self.writing
            && writing.content != *content
        {
            writing.next.get_or_insert((asked_by, Vec::new()));
        }
        self.writing.is_some()
    }

    /// Keeps a promise back until all that was asked for is written. Gives it back if that is so.
    pub(super) fn hold(&mut self, promise: Promise) -> Option<Promise> {
        let Some(writing) = &mut self.writing else {
            return Some(promise);
        };
        match &mut writing.next {
            Some((_, held)) => held.push(promise),
            None => writing.held.push(promise),
        }
        None
    }

    /// The write under way is done.
    pub(super) fn finish(&mut self) -> Option<Writing> {
        let writing = *self.writing.take()?;
        self.replace(writing.content.clone());
        Some(writing)
    }

    /// Has written, in no time.
    pub(super) fn replace(&mut self, content: Persistent) {
        self.content = Some(Box::new(content));
    }

    /// What a crash at `now` leaves, if it comes in the middle of a write: the records that were
    /// written by then. Half of the time is half of the records.
    pub(super) fn remains(&self, now: Time) -> Option<Remains> {
        let (before, writing) = (self.content.as_ref()?, self.writing.as_ref()?);
        let after = &writing.content;
        let total = writing.done_at.saturating_sub(writing.begun).0.max(1);
        let elapsed = now.saturating_sub(writing.begun).0;
        let count = records(before, after).count() as u64;
        let mut disk = Persistent::clone(before);
        let mut records = records(before, after);
        for record in records.by_ref().take((count * elapsed / total) as usize) {
            write(record, after, &mut disk);
        }
        // Of dropping entries, half is as good as nothing.
        let torn = records
            .next()
            .filter(|torn| elapsed > 0 && *torn != Record::Trim);
        if let Some(Record::Entry(index)) = torn {
            // It has begun to overwrite what was there.
            disk.log.truncate(index);
        }
        Some(Remains { disk, torn })
    }
}

impl Writing {
    /// What will be on the disk when it is done.
    pub(super) fn content(&self) -> &Persistent {
        &self.content
    }

    /// The last entry that will be on the disk when it is done.
    pub fn last(&self) -> EntryId {
        self.content.log.last()
    }

    /// How many messages wait, for this write or the next.
    pub fn waiting(&self) -> usize {
        self.held.len() + self.next.as_ref().map_or(0, |(_, held)| held.len())
    }

    /// What may be sent when it is done; and if another write was asked for, by which step, and
    /// what waits for that.
    pub(super) fn into_promises(self) -> (Vec<Promise>, Option<(StepId, Vec<Promise>)>) {
        (self.held, self.next)
    }
}

/// What a write consists of, in order.
fn records(before: &Persistent, after: &Persistent) -> impl Iterator<Item = Record> {
    let vote = |disk: &Persistent| (disk.current_term, disk.voted_for);
    let meta = (vote(before) != vote(after)).then_some(Record::TermAndVote);
    let covered = after.log.snapshot().last;
    let snapshot = (covered != before.log.snapshot().last).then_some(Record::Snapshot);
    // A log that does not go on where the snapshot ends is replaced together with it.
    let goes_on = before.log.holds(covered);
    let trim = (goes_on && before.log.base() != after.log.base()).then_some(Record::Trim);
    let kept = if goes_on {
        before.log.common(&after.log)
    } else {
        covered.index
    };
    let entries = (kept.0 + 1..=after.log.last_index().0).map(LogIndex);
    let first = meta.into_iter().chain(snapshot).chain(trim);
    first.chain(entries.map(Record::Entry))
}

/// Writes one of the records that lead to `after`.
fn write(record: Record, after: &Persistent, disk: &mut Persistent) {
    match record {
        Record::TermAndVote => {
            (disk.current_term, disk.voted_for) = (after.current_term, after.voted_for);
        }
        Record::Snapshot => {
            let snapshot = after.log.snapshot();
            if disk.log.holds(snapshot.last) {
                let (last, machine) = (snapshot.last.index, snapshot.machine.clone());
                disk.log.compact(last, machine, usize::MAX);
            } else {
                disk.log = Log::after(snapshot.clone());
            }
        }
        Record::Trim => disk.log.drop_up_to(after.log.base().index),
        Record::Entry(index) => {
            if let Some(entry) = after.log.get(index) {
                disk.log.truncate(index);
                disk.log.append(*entry);
            }
        }
    }
}
