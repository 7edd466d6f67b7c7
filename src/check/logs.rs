//! Leader Append-Only and Log Matching: what may happen to logs.

use super::checker::{Breaches, Change, Checker};
use super::violation::Breach;
use crate::raft::{LogIndex, NodeId};

impl Checker {
    /// Leader Append-Only (§5.3): whoever led before the step, and is still in that term, has
    /// everything it had.
    pub(super) fn check_own_log(&self, change: &Change, breaches: &mut Breaches) {
        let (before, now) = (&change.before, &change.now);
        let Some(term) = before.leads.filter(|term| now.up && *term == now.term) else {
            return;
        };
        let index = change.kept.next();
        if let Some(had) = before.log.get(index) {
            breaches.push(Breach::LeaderRewrote {
                leader: change.server,
                term,
                index,
                had: *had,
                found: now.log.get(index).copied(),
            });
        }
    }

    /// Log Matching (§5.3): two logs that hold an entry of the same index and term are identical
    /// up to it.
    ///
    /// It held before the step, and only what comes after `kept` is new. So: find the last new
    /// entry that another log has too, by its term; from there back to `kept` all must be equal,
    /// and if what stands at `kept` is of the same term in both, then so is, as it was before the
    /// step, everything before it.
    pub(super) fn check_other_logs(&self, change: &Change, breaches: &mut Breaches) {
        let (log, kept) = (&change.now.log, change.kept);
        if log.last_index() <= kept {
            return;
        }
        for (id, seen) in NodeId::first(self.seen.len()).zip(&self.seen) {
            let shorter = log.last_index().min(seen.log.last_index());
            // What one of them has compacted cannot be compared.
            let both = log.first_index().max(seen.log.first_index());
            if id == change.server {
                continue;
            }
            let down = |from: LogIndex, to: LogIndex| (to.0..=from.0).rev().map(LogIndex);
            let Some(same) = down(shorter, kept.next().max(both))
                .find(|index| log.term(*index) == seen.log.term(*index))
            else {
                continue;
            };
            let differ =
                down(same, kept.max(both)).find(|index| log.get(*index) != seen.log.get(*index));
            if let (Some(differ), Some(term)) = (differ, log.term(same)) {
                breaches.push(Breach::LogsDiffer {
                    servers: (change.server, id),
                    same,
                    term,
                    differ,
                });
            }
        }
    }
}
