//! What is remembered of each server.

use std::collections::BTreeMap;

use super::super::line::Role;
use super::super::read::{Server, Servers};
use super::log::Log;

/// A server at a moment: what is not known is none.
#[derive(Clone, Debug, Default)]
pub(in crate::trace) struct View {
    pub(in crate::trace) term: Option<u64>,
    pub(in crate::trace) vote: Option<Option<Server>>,
    pub(in crate::trace) role: Option<Role>,
    pub(in crate::trace) log: Option<Log>,
    pub(in crate::trace) commit: Option<u64>,
}

/// A server, and what it did.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    pub(super) now: View,
    /// Whether the trace has a line of it.
    pub(super) is_seen: bool,
    /// The terms it was in since it runs.
    pub(super) terms: BTreeMap<u64, ()>,
    /// By term: whom it voted for.
    pub(super) voted: BTreeMap<u64, Server>,
    /// By term in which it stood: the end of its log then.
    pub(super) campaigns: BTreeMap<u64, Option<(u64, u64)>>,
    /// The votes that it received in its term, its own among them.
    pub(super) granted: Servers,
    /// Whether all that it received since it stands is told.
    pub(super) votes_are_told: bool,
    /// By the term that a pre-vote is about: who would vote for it.
    pub(super) pre_votes: BTreeMap<u64, Servers>,
    /// As a leader: up to where others acknowledged, in its term.
    pub(super) acknowledged: BTreeMap<Server, u64>,
    /// Whether all that it received since it leads is told.
    pub(super) answers_are_told: bool,
    /// By term: up to where it stored what its leader sent.
    pub(super) stored: BTreeMap<u64, u64>,
    /// Whether all that it received since it runs is told.
    pub(super) requests_are_told: bool,
    /// The latest term that must survive a crash.
    pub(super) durable_term: u64,
    /// The vote that must survive, and its term.
    pub(super) durable_vote: Option<(u64, Server)>,
    /// Its log must survive up to here.
    pub(super) durable_log: u64,
    /// How far it had committed when it was asked for each read, and in which line that was.
    pub(super) reads: BTreeMap<(Server, String), (u64, usize)>,
    /// As a leader: the last line whose requests a server has answered.
    pub(super) answered: BTreeMap<Server, usize>,
}

impl View {
    /// Whether it leads.
    pub(super) fn leads(&self) -> bool {
        self.role == Some(Role::L)
    }

    /// Where its log ends, if that is known.
    pub(super) fn end(&self) -> Option<(u64, u64)> {
        self.log.as_ref()?.end()
    }
}

impl Memory {
    /// A server that was never there before.
    pub(super) fn new(log: Log) -> Self {
        Self {
            now: View {
                term: Some(0),
                vote: Some(None),
                role: Some(Role::F),
                log: Some(log),
                commit: Some(0),
            },
            terms: [(0, ())].into(),
            requests_are_told: true,
            ..Self::default()
        }
    }

    /// A server has answered what was sent in that line.
    pub(super) fn confirm(&mut self, from: Server, line: usize) {
        let last = self.answered.entry(from).or_default();
        *last = (*last).max(line);
    }

    /// Forgets what is lost in a crash.
    pub(super) fn crash(&mut self) {
        self.terms.clear();
        self.campaigns.clear();
        self.granted = 0;
        self.pre_votes.clear();
        self.acknowledged.clear();
        self.stored.clear();
        self.reads.clear();
        self.answered.clear();
        self.requests_are_told = true;
        (self.votes_are_told, self.answers_are_told) = (false, false);
    }
}
