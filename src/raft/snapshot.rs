//! How a log is kept short (§7; dissertation, chapter 5).
//!
//! Each server compacts its own log, when it likes: what is committed is settled, so two servers
//! that compact up to the same entry arrive at the same state, and nobody need be asked. Only when
//! a leader has compacted what a follower still needs does it send its snapshot, in pieces
//! (Figure 13).

use super::event::{Event, IgnoreReason, Unneeded};
use super::log::{Log, Snapshot};
use super::message::{Message, Piece, SnapshotOutcome};
use super::node::{Node, Output, Role};
use super::replication::{AppendSource, Flow};
use super::rules::Rule;
use super::types::{EntryId, LogIndex, NodeId, Round, Term};
use crate::kv::{Item, KvStore};

/// A snapshot on its way to a follower, as its leader knows.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Outgoing {
    /// The snapshot as it was when a first piece of it arrived. The leader may have a later one by
    /// now, but if it began anew with each, it might never end.
    snapshot: Snapshot,
    /// How many of its items have arrived.
    arrived: u32,
}

/// What a follower has of a snapshot that it is being sent. It is only in memory: whoever crashes
/// before the end still has its old log and snapshot, and is sent all of the new one again.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Incoming {
    /// The term of the leader that sends it.
    term: Term,
    last: EntryId,
    items: Vec<Item>,
}

/// Compacting.
impl Node {
    /// §7: a snapshot replaces the entries that led to it. `machine` is the state machine, into
    /// which all was put that this server ever asked to be applied. So the snapshot ends with the
    /// last applied entry: what is not committed cannot get into one.
    pub(super) fn compact(&mut self, machine: KvStore, keep: usize, out: &mut Vec<Output>) {
        if !self.can_compact() {
            return;
        }
        let last = self.last_applied;
        let log = &mut self.persistent.log;
        let first = log.snapshot().last.index.next();
        log.compact(last, machine, keep);
        out.push(Output::Event(Event::Compacted { first, last }));
        out.push(Output::Persist);
    }

    /// Whether it has applied anything since its last snapshot.
    pub fn can_compact(&self) -> bool {
        self.last_applied > self.persistent.log.snapshot().last.index
    }

    /// Whether it has so much after its last snapshot that it should take another.
    pub fn wants_compaction(&self) -> bool {
        let covered = self.persistent.log.snapshot().last.index;
        let enough = u64::from(self.config.compact);
        enough > 0 && self.last_applied.0 >= covered.0 + enough
    }

    /// InstallSnapshot 8: the state machine goes on from the snapshot. What it covers counts as
    /// committed and applied, and should the log still hold some of its entries, they are not put
    /// into the machine again.
    pub(super) fn restore(&mut self, out: &mut Vec<Output>) {
        let snapshot = self.persistent.log.snapshot();
        out.push(Output::Restore(snapshot.machine.clone()));
        self.last_applied = snapshot.last.index;
        self.commit_index = snapshot.last.index;
    }
}

/// The leader's side of InstallSnapshot.
impl Node {
    /// Sends the piece that a follower needs next of a snapshot that it needs. Sent again with every
    /// round until it is answered, it is a heartbeat too.
    pub(super) fn send_piece(&mut self, to: NodeId, out: &mut Vec<Output>) {
        let term = self.persistent.current_term;
        let most = self.config.chunk.into();
        let Role::Leader(leadership) = &mut self.role else {
            return;
        };
        let round = leadership.round();
        let progress = leadership.progress_mut(to);
        let snapshot = self.persistent.log.snapshot();
        match &mut progress.flow {
            Flow::Snapshot(transfer) if transfer.arrived > 0 => {}
            Flow::Snapshot(transfer) => transfer.snapshot = snapshot.clone(),
            Flow::Probe { .. } | Flow::Replicate { .. } => {
                progress.flow = Flow::Snapshot(Outgoing {
                    snapshot: snapshot.clone(),
                    arrived: 0,
                });
                out.push(Output::Event(Event::SnapshotNeeded {
                    follower: to,
                    next: progress.next,
                    last: snapshot.last.index,
                }));
            }
        }
        if let Flow::Snapshot(transfer) = &progress.flow {
            let piece = transfer.piece(most);
            let message = Message::InstallSnapshot { term, round, piece };
            out.push(Output::Send { to, message });
        }
    }

    /// InstallSnapshot, answer: go on with the next piece, or with the log.
    pub(super) fn snapshot_reply(
        &mut self,
        follower: NodeId,
        (term, round): (Term, Round),
        last: LogIndex,
        outcome: SnapshotOutcome,
        out: &mut Vec<Output>,
    ) {
        if !self.is_answered(follower, term, round, out) {
            return;
        }
        let offset = match outcome {
            SnapshotOutcome::Installed { match_index } => {
                return self.accepted(follower, match_index, out);
            }
            SnapshotOutcome::Received { offset } => offset,
        };
        let Role::Leader(leadership) = &mut self.role else {
            return;
        };
        match &mut leadership.progress_mut(follower).flow {
            Flow::Snapshot(transfer) if transfer.last() == last => {
                // Who has less than before has crashed, or answered a copy of an earlier piece. It
                // is sent what it lacks in the next round. If every answer were answered, each
                // copy of one would send the rest of the snapshot again.
                let goes_on = offset > transfer.arrived;
                transfer.arrived = offset.min(transfer.size());
                if goes_on {
                    self.send_piece(follower, out);
                }
            }
            _ => self.ignore(follower, IgnoreReason::NotSending, out),
        }
    }
}

impl Outgoing {
    /// The last entry that the snapshot covers.
    pub fn last(&self) -> LogIndex {
        self.snapshot.last.index
    }

    /// How many of its items have arrived.
    pub fn arrived(&self) -> u32 {
        self.arrived
    }

    /// How many items it has.
    pub fn size(&self) -> u32 {
        self.snapshot.machine.size() as u32
    }

    fn piece(&self, most: usize) -> Piece {
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

/// The follower's side of InstallSnapshot.
impl Node {
    /// InstallSnapshot, receiver.
    pub(super) fn install_snapshot(
        &mut self,
        caller: AppendSource,
        term: Term,
        piece: &Piece,
        out: &mut Vec<Output>,
    ) {
        let AppendSource { leader, .. } = caller;
        let (ours, last) = (self.persistent.current_term, piece.last);
        // InstallSnapshot 1 (§5.1): a leader of the past learns our term from the answer.
        if term < ours && self.rule(Rule::RefuseOldTerm) {
            let theirs = term;
            out.push(Output::Event(Event::SnapshotRefused {
                leader,
                theirs,
                ours,
            }));
            let nothing = SnapshotOutcome::Received { offset: 0 };
            return self.reply_snapshot(caller, last.index, nothing, out);
        }
        if self.is_leader() {
            return self.ignore(leader, IgnoreReason::RivalLeader, out);
        }
        self.follow(leader, out);
        let outcome = if let Some(match_index) = self.has_already(leader, last, out) {
            SnapshotOutcome::Installed { match_index }
        } else {
            self.take_in(leader, term, piece, out)
        };
        self.reply_snapshot(caller, last.index, outcome, out);
    }

    /// Whether there is no need for a snapshot: then, up to where the log is known to agree.
    fn has_already(
        &mut self,
        leader: NodeId,
        last: EntryId,
        out: &mut Vec<Output>,
    ) -> Option<LogIndex> {
        let (commit, index) = (self.commit_index, last.index);
        let unneeded = |last, reason| {
            Output::Event(Event::SnapshotUnneeded {
                leader,
                last,
                reason,
            })
        };
        // InstallSnapshot 5: what is committed is in the leader's log too, and it is more than the
        // snapshot has. A message may be late.
        if index <= commit {
            let holds = self.rule(Rule::IgnoreOldSnapshots);
            return holds.then(|| {
                out.push(unneeded(index, Unneeded::Committed { commit }));
                commit
            });
        }
        // InstallSnapshot 6: the log has all that the snapshot covers, so what follows is not to be
        // thrown away: the leader may count on it already. What a snapshot covers is committed; it is
        // not saved, as the log will be compacted there in its own time.
        if self.persistent.log.holds(last) && self.rule(Rule::RetainAfterSnapshot) {
            self.commit_index = index;
            out.push(unneeded(index, Unneeded::Held));
            out.push(Output::Event(Event::CommitLearned {
                leader,
                leader_commit: index,
                index,
            }));
            return Some(index);
        }
        None
    }

    /// InstallSnapshot 2 to 4: puts a piece where it belongs; the last one completes the snapshot.
    fn take_in(
        &mut self,
        leader: NodeId,
        term: Term,
        piece: &Piece,
        out: &mut Vec<Output>,
    ) -> SnapshotOutcome {
        let last = piece.last;
        // Snapshots that end with the same entry are the same, whoever took them: so another leader
        // may go on with one. Of one leader's two, the later is the one it is sending.
        let overtaken = |known: &Incoming| known.term == term && last.index < known.last.index;
        if self.incoming.as_ref().is_some_and(overtaken) {
            self.ignore(leader, IgnoreReason::EarlierSnapshot, out);
            return SnapshotOutcome::Received { offset: 0 };
        }
        let known = self.incoming.take().filter(|known| known.last == last);
        let mut items = known.map_or_else(Vec::new, |known| known.items);
        let next = items.len() as u32;
        if piece.offset != next {
            let offset = piece.offset;
            self.ignore(leader, IgnoreReason::OtherPiece { offset, next }, out);
        } else {
            items.extend_from_slice(&piece.items);
            out.push(Output::Event(Event::PieceStored {
                leader,
                last: last.index,
                items: items.len() as u32,
            }));
            if piece.done {
                self.install(leader, piece, items.into_iter().collect(), out);
                let match_index = last.index;
                return SnapshotOutcome::Installed { match_index };
            }
        }
        let offset = items.len() as u32;
        self.incoming = Some(Incoming { term, last, items });
        SnapshotOutcome::Received { offset }
    }

    /// InstallSnapshot 7 and 8: nothing in the log is known to agree with what the snapshot covers,
    /// so the snapshot takes the place of the whole log.
    fn install(&mut self, leader: NodeId, piece: &Piece, machine: KvStore, out: &mut Vec<Output>) {
        let last = piece.last.index;
        let before = self.configuration();
        self.persistent.log = Log::after(Snapshot {
            last: piece.last,
            configuration: piece.configuration,
            machine,
        });
        out.push(Output::Event(Event::SnapshotInstalled { leader, last }));
        if piece.configuration != before {
            out.push(Output::Event(Event::Configured {
                index: LogIndex(0),
                configuration: piece.configuration,
                again: false,
            }));
        }
        self.restore(out);
        // On disk before the answer: the leader will count on it.
        out.push(Output::Persist);
    }

    fn reply_snapshot(
        &self,
        caller: AppendSource,
        last: LogIndex,
        outcome: SnapshotOutcome,
        out: &mut Vec<Output>,
    ) {
        let message = Message::InstallSnapshotReply {
            term: self.persistent.current_term,
            round: caller.round,
            last,
            outcome,
        };
        let to = caller.leader;
        out.push(Output::Send { to, message });
    }
}
