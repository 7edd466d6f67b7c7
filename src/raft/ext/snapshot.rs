//! Snapshots (§7; dissertation, chapter 5): a log that does not grow for ever.
//!
//! # What it adds
//!
//! A snapshot of the state machine replaces the entries that led to it. Each server compacts its own
//! log, whenever it likes: committed entries never change, so two servers that compact up to the
//! same entry reach the same state, and no agreement is needed.
//!
//! A leader may have compacted entries that a follower still needs. Then it sends its snapshot
//! instead, in pieces (Figure 13, InstallSnapshot).
//!
//! # Why no agreement is needed
//!
//! | | entries | last included | state |
//! |---|---|---|---|
//! | S1 before | `x=1 x=2 y=3` | 0 | |
//! | S1 after compacting up to 2 | `y=3` | 2 | x is 2 |
//! | S2 does not compact | `x=1 x=2 y=3` | 0 | |
//!
//! S1 and S2 still have the same history: the snapshot is what entries 1 and 2 led to. AppendEntries
//! 2 needs only the index and the term of the last included entry, and the snapshot has both.
//!
//! # Sending one, by example
//!
//! A leader has compacted up to entry 90 and has entries 91 to 100. A follower comes back with entries 1
//! to 50. The snapshot has 20 items, and a message carries 8.
//!
//! | the leader sends | the follower |
//! |---|---|
//! | InstallSnapshot, offset 0, 8 items | stores them, replies 8 |
//! | InstallSnapshot, offset 8, 8 items | the message is lost |
//! | the same, with the next heartbeat | stores them, replies 16 |
//! | InstallSnapshot, offset 16, 4 items, done | replaces log and state machine, replies: match 90 |
//! | AppendEntries, prev 90, entries 91 to 100 | accepts up to 100 |
//!
//! If the leader crashes in the middle, the next leader begins with its own snapshot. If that ends with
//! the same entry, the pieces that arrived are still good, because it is the same state.
//!
//! # Hooks
//!
//! - `step` gets [`super::super::Input::Compact`]; `start` restores the state machine from the disk;
//! - `send_to_all` and `send_append` call `send_piece` where nextIndex is compacted;
//! - all roles handle InstallSnapshot, a leader its reply;
//! - [`super::super::Flow::Snapshot`] is how a leader sends meanwhile.

use crate::Machine;
use crate::raft::event::{Event, IgnoreReason, Unneeded};
use crate::raft::follower::AppendSource;
use crate::raft::io::{Output, Outputs};
use crate::raft::log::{Log, Snapshot};
use crate::raft::machine::StateMachine;
use crate::raft::message::{Message, Piece, SnapshotOutcome};
use crate::raft::node::Node;
use crate::raft::progress::Flow;
use crate::raft::rules::Rule;
use crate::raft::types::{EntryId, LogIndex, NodeId, Term};

/// A snapshot that a leader sends to a follower.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Outgoing<M: StateMachine = Machine> {
    /// The snapshot that the leader had when the first piece arrived. The leader may have a later one
    /// by now; but a transfer that started again with each of them might never end.
    snapshot: Snapshot<M>,
    /// The number of items that have arrived.
    arrived: u32,
}

/// The part of a snapshot that a follower has received. It is only in memory: after a crash the
/// follower still has its old log and snapshot, and receives the new snapshot from the beginning.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(in crate::raft) struct Incoming<M: StateMachine = Machine> {
    /// The term of the leader that sends it.
    term: Term,
    /// The last entry that the snapshot covers.
    last: EntryId,
    items: Vec<M::Item>,
}

/// Compaction.
impl<M: StateMachine> Node<M> {
    /// Compaction (§7): a snapshot replaces the entries that led to it. `machine` is the state machine with all
    /// entries applied that this server asked to apply. So the snapshot ends with the last applied
    /// entry, and no uncommitted entry can get into one.
    pub(in crate::raft) fn compact(&mut self, machine: M, keep: usize, out: &mut Vec<Output<M>>) {
        if !self.can_compact() {
            return;
        }
        // Nothing behind last_applied may go: the state machine does not have it yet.
        let last = self.last_applied;
        let log = &mut self.persistent.log;
        let first = log.snapshot().last.index.next();
        log.compact(last, machine, keep);
        out.report(Event::Compacted { first, last });
        out.push(Output::Persist);
    }

    /// Whether it has applied an entry since its last snapshot.
    pub fn can_compact(&self) -> bool {
        self.last_applied > self.persistent.log.snapshot().last.index
    }

    /// Whether it has applied as many entries since its last snapshot as
    /// [`super::super::Config::compact`] allows.
    pub fn wants_compaction(&self) -> bool {
        let covered = self.persistent.log.snapshot().last.index;
        let limit = u64::from(self.config.compact);
        limit > 0 && self.last_applied.0 >= covered.0 + limit
    }

    // InstallSnapshot 8: reset state machine using snapshot contents. What the snapshot covers counts
    // as committed and applied. If the log still holds some of these entries, they are not applied
    // again.
    pub(in crate::raft) fn restore(&mut self, out: &mut Vec<Output<M>>) {
        let snapshot = self.persistent.log.snapshot();
        out.push(Output::Restore(snapshot.machine.clone()));
        self.last_applied = snapshot.last.index;
        self.commit_index = snapshot.last.index;
    }
}

/// InstallSnapshot RPC, the leader's side.
impl<M: StateMachine> Node<M> {
    /// InstallSnapshot, sender: the piece that the follower needs next. It is sent again with each round until the
    /// follower replies, so it serves as a heartbeat too.
    pub(in crate::raft) fn send_piece(&mut self, to: NodeId, out: &mut Vec<Output<M>>) {
        let term = self.persistent.current_term;
        let most = self.config.chunk.into();
        let leader = self.role.leading_mut();
        let round = leader.round;
        let progress = leader.progress_mut(to);
        let snapshot = self.persistent.log.snapshot();
        match &mut progress.flow {
            Flow::Snapshot(outgoing) if outgoing.arrived > 0 => {}
            Flow::Snapshot(outgoing) => outgoing.snapshot = snapshot.clone(),
            Flow::Probe { .. } | Flow::Replicate { .. } => {
                progress.flow = Flow::Snapshot(Outgoing {
                    snapshot: snapshot.clone(),
                    arrived: 0,
                });
                out.report(Event::SnapshotNeeded {
                    follower: to,
                    next: progress.next_index,
                    last: snapshot.last.index,
                });
            }
        }
        if let Flow::Snapshot(outgoing) = &progress.flow {
            let piece = outgoing.piece(most);
            let message = Message::InstallSnapshot { term, round, piece };
            out.send(to, message);
        }
    }

    /// InstallSnapshot, results: go on with the next piece, or with the log.
    pub(in crate::raft) fn snapshot_reply(
        &mut self,
        follower: NodeId,
        last: LogIndex,
        outcome: SnapshotOutcome,
        out: &mut Vec<Output<M>>,
    ) {
        let offset = match outcome {
            SnapshotOutcome::Installed { match_index } => {
                // A follower has committed more than its leader holds only if a disk was lost.
                let match_index = match_index.min(self.persistent.log.last_index());
                return self.accepted(follower, match_index, out);
            }
            SnapshotOutcome::Received { offset } => offset,
        };
        let progress = self.role.leading_mut().progress_mut(follower);
        match &mut progress.flow {
            Flow::Snapshot(outgoing) if outgoing.last() == last => {
                // A follower that has less than before has crashed, or replied to a duplicate. It is
                // sent what it lacks in the next round. A leader that sent the next piece for every
                // reply would send the rest of the snapshot again for each duplicate.
                let advances = offset > outgoing.arrived;
                outgoing.arrived = offset.min(outgoing.size());
                if advances {
                    self.send_piece(follower, out);
                }
            }
            _ => self.ignore(follower, IgnoreReason::NotSending, out),
        }
    }
}

impl<M: StateMachine> Outgoing<M> {
    /// The last entry that the snapshot covers.
    pub fn last(&self) -> LogIndex {
        self.snapshot.last.index
    }

    /// The number of items that have arrived.
    pub fn arrived(&self) -> u32 {
        self.arrived
    }

    /// The number of items that the snapshot has.
    pub fn size(&self) -> u32 {
        self.snapshot.machine.size() as u32
    }

    fn piece(&self, most: usize) -> Piece<M> {
        let items = self.snapshot.machine.piece(self.arrived as usize, most);
        Piece {
            last: self.snapshot.last,
            configuration: self.snapshot.configuration,
            offset: self.arrived,
            done: self.arrived as usize + items.len() >= self.size() as usize,
            items,
        }
    }
}

/// InstallSnapshot RPC, receiver implementation.
impl<M: StateMachine> Node<M> {
    pub(in crate::raft) fn install_snapshot(
        &mut self,
        source: AppendSource,
        term: Term,
        piece: &Piece<M>,
        out: &mut Vec<Output<M>>,
    ) {
        let leader = source.leader;
        let last = piece.last;
        // InstallSnapshot 1 (§5.1): reply immediately if term < currentTerm.
        if self.is_stale(term) {
            let (theirs, ours) = (term, self.persistent.current_term);
            out.report(Event::SnapshotRefused {
                leader,
                theirs,
                ours,
            });
            let nothing = SnapshotOutcome::Received { offset: 0 };
            return self.reply_snapshot(source, last.index, nothing, out);
        }
        // Like AppendEntries: the sender leads the current term.
        self.follow(leader, out);
        let outcome = match self.has_already(leader, last, out) {
            Some(match_index) => SnapshotOutcome::Installed { match_index },
            None => self.store_piece(leader, term, piece, out),
        };
        self.reply_snapshot(source, last.index, outcome, out);
    }

    /// Whether the snapshot is not needed. If so, returns how far the log is known to match.
    fn has_already(
        &mut self,
        leader: NodeId,
        last: EntryId,
        out: &mut Vec<Output<M>>,
    ) -> Option<LogIndex> {
        let (commit, index) = (self.commit_index, last.index);
        let unneeded = |last, reason| {
            Output::Event(Event::SnapshotUnneeded {
                leader,
                last,
                reason,
            })
        };
        // InstallSnapshot 5, the other way round: a snapshot that covers no more than what is
        // committed here is late, and changes nothing.
        if index <= commit {
            let ignored = self.rule(Rule::IgnoreOldSnapshots);
            return ignored.then(|| {
                out.push(unneeded(index, Unneeded::Committed { commit }));
                commit
            });
        }
        // InstallSnapshot 6: if existing log entry has same index and term as snapshot's last
        // included entry, retain log entries following it and reply. The leader may count on these
        // entries. The snapshot is not saved: the log will be compacted there in its own time.
        if self.persistent.log.holds(last) && self.rule(Rule::RetainAfterSnapshot) {
            self.commit_index = index;
            out.push(unneeded(index, Unneeded::Held));
            out.report(Event::CommitLearned {
                leader,
                leader_commit: index,
                known: commit,
                last_new: index,
                index,
            });
            return Some(index);
        }
        None
    }

    /// Stores a piece where it belongs; the last one completes the snapshot.
    fn store_piece(
        &mut self,
        leader: NodeId,
        term: Term,
        piece: &Piece<M>,
        out: &mut Vec<Output<M>>,
    ) -> SnapshotOutcome {
        let last = piece.last;
        // InstallSnapshot 5: save snapshot file, discard any existing or partial snapshot with a
        // smaller index. Snapshots that end with the same entry are equal, whichever server took
        // them, so another leader may complete one. Of one leader's two, the later one counts.
        let is_later = |known: &Incoming<M>| known.term == term && last.index < known.last.index;
        if self.incoming.as_ref().is_some_and(is_later) {
            self.ignore(leader, IgnoreReason::EarlierSnapshot, out);
            return SnapshotOutcome::Received { offset: 0 };
        }
        // InstallSnapshot 2: create new snapshot file if first chunk (offset is 0).
        let known = self.incoming.take().filter(|known| known.last == last);
        let mut items = known.map_or_else(Vec::new, |known| known.items);
        let next = items.len() as u32;
        if piece.offset != next {
            let offset = piece.offset;
            self.ignore(leader, IgnoreReason::OtherPiece { offset, next }, out);
        } else {
            // InstallSnapshot 3: write data into snapshot file at given offset.
            items.extend_from_slice(&piece.items);
            out.report(Event::PieceStored {
                leader,
                last: last.index,
                items: items.len() as u32,
            });
            if piece.done {
                self.install(leader, piece, items.into_iter().collect(), out);
                let match_index = last.index;
                return SnapshotOutcome::Installed { match_index };
            }
        }
        // InstallSnapshot 4: reply and wait for more data chunks if done is false.
        let offset = items.len() as u32;
        self.incoming = Some(Incoming { term, last, items });
        SnapshotOutcome::Received { offset }
    }

    fn install(&mut self, leader: NodeId, piece: &Piece<M>, machine: M, out: &mut Vec<Output<M>>) {
        let last = piece.last.index;
        let before = self.configuration();
        // InstallSnapshot 7: discard the entire log. No entry of it is known to match the leader's.
        self.persistent.log = Log::after(Snapshot {
            last: piece.last,
            configuration: piece.configuration,
            machine,
        });
        out.report(Event::SnapshotInstalled { leader, last });
        // InstallSnapshot 8: ... and load snapshot's cluster configuration.
        if piece.configuration != before {
            out.report(Event::Configured {
                index: LogIndex(0),
                configuration: piece.configuration,
                again: false,
            });
        }
        self.restore(out);
        // The leader counts on this copy, so it must be on disk before the reply.
        out.push(Output::Persist);
    }

    fn reply_snapshot(
        &self,
        source: AppendSource,
        last: LogIndex,
        outcome: SnapshotOutcome,
        out: &mut Vec<Output<M>>,
    ) {
        let message = Message::InstallSnapshotReply {
            term: self.persistent.current_term,
            round: source.round,
            last,
            outcome,
        };
        out.send(source.leader, message);
    }
}
