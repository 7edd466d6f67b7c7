//! How a log is kept short (§7; dissertation, chapter 5).
//!
//! Each server compacts its own log, when it likes: what is committed is settled, so two servers
//! that compact up to the same entry arrive at the same state, and nobody need be asked.

use super::event::Event;
use super::node::{Node, Output};
use crate::machine::Machine;

impl Node {
    /// §7: a snapshot replaces the entries that led to it. `machine` is the state machine, into
    /// which all was put that this server ever asked to be applied. So the snapshot ends with the
    /// last applied entry: what is not committed cannot get into one.
    pub(super) fn compact(&mut self, machine: Machine, keep: usize, out: &mut Vec<Output>) {
        let last = self.last_applied;
        let log = &mut self.persistent.log;
        let first = log.snapshot().last.index.next();
        if last < first {
            return;
        }
        log.compact(last, machine, keep);
        out.push(Output::Event(Event::Compacted { first, last }));
        out.push(Output::Persist);
    }

    /// Puts the snapshot into the state machine: what it covers counts as committed and applied,
    /// and its entries, should the log still hold some, are not put into the machine again.
    pub(super) fn restore(&mut self, out: &mut Vec<Output>) {
        let snapshot = self.persistent.log.snapshot();
        let last = snapshot.last.index;
        if self.last_applied < last {
            out.push(Output::Restore(snapshot.machine.clone()));
            self.last_applied = last;
            self.commit_index = self.commit_index.max(last);
        }
    }
}
