//! Election Safety and Leader Completeness: who may lead, and what a leader's log must hold.

use super::checker::{Breaches, Change, Checker};
use super::ghost::{Elected, Settled};
use super::violation::Breach;
use crate::raft::{Entry, Log, LogIndex, NodeId, Payload, Term};

impl Checker {
    /// Election Safety (§5.2) and Leader Completeness (§5.4), when a server is elected. After that
    /// a leader only appends, which is checked separately, so its log stays complete.
    pub(super) fn check_leader(&mut self, change: &Change, breaches: &mut Breaches) {
        let Some(term) = change.now.leads else {
            return;
        };
        if change.before.leads == Some(term) {
            return;
        }
        let leader = change.server;
        let elected = Elected {
            term,
            server: leader,
            log: change.now.log.clone(),
        };
        if let Some(first) = self.ghost.leads(elected) {
            let second = leader;
            breaches.push(Breach::TwoLeaders {
                term,
                first,
                second,
            });
        }
        // Up to `agreed` the log is known to be complete.
        let log = &change.now.log;
        let mut index = change.now.agreed.next();
        let mut complete = true;
        while let Some(settled) = self.ghost.at(index) {
            if settled.term < term && lacks_entry(log, index, &settled.entry) {
                if complete {
                    breaches.push(lacks(leader, term, log, index, settled));
                }
                complete = false;
                if let Some(lost) = self.lost_write(leader, index, &settled.entry) {
                    breaches.push(lost);
                    return;
                }
            }
            index = index.next();
        }
    }

    /// Leader Completeness, when an entry is committed late: in a term after which there are
    /// leaders already. They must hold it too, even if they lead no more.
    pub(super) fn check_later_leaders(
        &self,
        index: LogIndex,
        settled: &Settled,
        breaches: &mut Breaches,
    ) {
        for Elected { term, server, log } in self.ghost.elected_after(settled.term) {
            if lacks_entry(log, index, &settled.entry) {
                breaches.push(lacks(*server, *term, log, index, settled));
            }
        }
    }

    /// The breach when `server` lacks `entry`: a lost write if its client was told that it is done.
    pub(super) fn lost_write(
        &self,
        server: NodeId,
        index: LogIndex,
        entry: &Entry,
    ) -> Option<Breach> {
        match entry.payload {
            Payload::Command(command) if self.ghost.is_acknowledged(entry) => {
                Some(Breach::WriteLost {
                    server,
                    index,
                    command,
                })
            }
            _ => None,
        }
    }
}

/// Whether a log lacks `entry` at `index`. An index that is compacted was there.
fn lacks_entry(log: &Log, index: LogIndex, entry: &Entry) -> bool {
    index > log.base().index && log.get(index) != Some(entry)
}

fn lacks(leader: NodeId, term: Term, log: &Log, index: LogIndex, settled: &Settled) -> Breach {
    Breach::LeaderLacks {
        leader,
        term,
        index,
        settled: settled.entry,
        committed_in: settled.term,
        found: log.get(index).copied(),
    }
}
