//! What a trace without messages proves only later.
//!
//! A leader has a majority behind it. Where no message tells of it, the others' own lines must: a
//! voter's next line shows its vote, or the entry. If too few do, the leader's line is wrong.

use super::super::read::Server;
use super::{Judge, Members, Moment, Rule};

/// What others have to show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Proof {
    /// Their votes.
    Votes { term: u64 },
    /// An entry.
    Entry { index: u64, term: u64 },
}

/// A step that is not proven yet.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    line: usize,
    server: Server,
    members: Members,
    proof: Proof,
    /// Who has shown it, or may have: nothing is known of that server.
    shown: u64,
    /// Who may still show it in its next line.
    open: u64,
}

impl Judge {
    /// Waits for the others to show what a leader counts on.
    pub(super) fn defer(&mut self, moment: &Moment<'_>, members: Members, proof: Proof) {
        let mut pending = Pending {
            line: moment.line,
            server: moment.id,
            members,
            proof,
            shown: 1 << moment.id,
            open: 0,
        };
        for id in (0..self.servers.len()).filter(|id| members.all_voters() >> id & 1 == 1) {
            match self.shows(id, &pending) {
                Some(true) | None => pending.shown |= 1 << id,
                Some(false) if self.has_voted(id, proof) => {}
                Some(false) => pending.open |= 1 << id,
            }
        }
        if !pending.members.has_quorum(pending.shown) {
            self.pending.push(pending);
        }
    }

    /// Whether a server has the leader's vote or entry; none if nothing is known of it.
    fn shows(&self, id: Server, pending: &Pending) -> Option<bool> {
        let memory = &self.servers[id];
        match pending.proof {
            _ if id == pending.server => Some(true),
            Proof::Votes { term } => match memory.voted.get(&term) {
                Some(vote) => Some(*vote == pending.server),
                None => memory.now.vote.map(|_| false),
            },
            Proof::Entry { index, term } => memory.now.log.as_ref()?.holds(index, term),
        }
    }

    /// Whether it has voted in that term: for another, if not for the leader.
    fn has_voted(&self, id: Server, proof: Proof) -> bool {
        match proof {
            Proof::Votes { term } => self.servers[id].voted.contains_key(&term),
            Proof::Entry { .. } => false,
        }
    }

    /// A server has shown a line: that decides what hung on it.
    pub(super) fn settle(&mut self, id: Server) {
        let mut waiting = std::mem::take(&mut self.pending);
        waiting.retain_mut(|pending| {
            if pending.open >> id & 1 == 0 {
                return true;
            }
            pending.open &= !(1 << id);
            if self.shows(id, pending) != Some(false) {
                pending.shown |= 1 << id;
            }
            if pending.members.has_quorum(pending.shown) {
                return false;
            }
            let is_lost = !pending.members.has_quorum(pending.shown | pending.open);
            if is_lost {
                self.condemn(pending);
            }
            !is_lost
        });
        self.pending = waiting;
    }

    /// The trace is over: what is not proven was not so.
    pub(super) fn settle_all(&mut self) {
        for pending in std::mem::take(&mut self.pending) {
            self.condemn(&pending);
        }
    }

    fn condemn(&mut self, pending: &Pending) {
        let name = self.name(pending.server).to_owned();
        let voters = pending.members.all_voters();
        let (rule, told) = match pending.proof {
            Proof::Votes { term } => (
                Rule::ElectionMajority,
                self.too_few(&name, term, pending.shown, voters),
            ),
            Proof::Entry { index, .. } => (
                Rule::CommitMajority,
                self.too_few_hold(&name, index, pending.shown, voters),
            ),
        };
        self.blame(pending.line, pending.server, rule, told);
    }
}
