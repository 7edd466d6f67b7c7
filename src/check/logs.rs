//! Leader Append-Only and Log Matching: how logs may change.

use super::checker::{Breaches, Change, Checker};
use super::violation::Breach;
use crate::raft::{LogIndex, NodeId};

impl Checker {
    /// Leader Append-Only (§5.3): a server that led before the step, and is still in that term, has
    /// all its entries.
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

    /// Log Matching (§5.3): two logs that hold an entry with the same index and term are identical
    /// up to it.
    ///
    /// It held before the step, and only the entries after `kept` are new. So find the last new
    /// entry that another log holds too, by its term. From there back to `kept` all entries must be
    /// equal. If the entries at `kept` have the same term in both logs, all entries before are
    /// equal, as before the step.
    pub(super) fn check_other_logs(&self, change: &Change, breaches: &mut Breaches) {
        let (log, kept) = (&change.now.log, change.kept);
        if log.last_index() <= kept {
            return;
        }
        for (id, seen) in NodeId::first(self.seen.len()).zip(&self.seen) {
            let shorter = log.last_index().min(seen.log.last_index());
            // Entries that one of them has compacted cannot be compared.
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
