//! Followers: they answer requests from leaders and candidates (§5.2, §5.3).
//!
//! A follower decides nothing. Its two duties carry the safety of Raft: it accepts entries only
//! where its log matches the leader's (AppendEntries), and it gives one vote a term, only to a
//! candidate whose log holds everything that may be committed (RequestVote).
//!
//! # Accepting entries, by example
//!
//! A follower has the log `[1 1 2 2]`, by the terms of its entries. The leader of term 3 has
//! `[1 1 3 3 3]` and sends AppendEntries:
//!
//! | `prev_log` | entries | the follower |
//! |---|---|---|
//! | index 5, term 3 | none | rejects: it has no entry 5 (AppendEntries 2) |
//! | index 4, term 3 | 3 | rejects: its entry 4 has term 2 (AppendEntries 2) |
//! | index 2, term 1 | 3 3 3 | accepts: deletes 3 and 4 (AppendEntries 3), appends three (AppendEntries 4) |
//! | index 2, term 1 | 3 | a late duplicate: entry 3 is there already, and 4 and 5 stay |
//!
//! # Giving a vote, by example
//!
//! A follower is in term 4 and has not voted. Its log is `[1 1 2]`: the last entry is 3 of term 2.
//!
//! | the request | the follower | why |
//! |---|---|---|
//! | term 3, last entry 9 of term 3 | rejects | term 3 < 4 (RequestVote 1) |
//! | term 4, last entry 2 of term 2 | rejects | same last term, shorter log (§5.4.1) |
//! | term 4, last entry 9 of term 1 | rejects | a longer log, but an earlier last term (§5.4.1) |
//! | term 4, last entry 1 of term 3 | grants | a shorter log, but a later last term (§5.4.1) |
//! | term 4 again, from another server | rejects | it has voted in term 4 (RequestVote 2) |
//! | term 4 again, from the first one | grants | the first reply may be lost |
//! | term 5, last entry 2 of term 2 | enters term 5, rejects | All servers 2, then RequestVote 2 |
//!
//! Why the term of the last entry counts before the length: the leader of a later term knew all that
//! earlier terms had committed. A long log of an early term may be what a deposed leader wrote for
//! itself.
//!
//! # Learning what is committed, by example
//!
//! The log of a follower is `[1 1 2 2]`, and its commitIndex is 1. The leader of term 3 has the log
//! `[1 1 3 3]`, all committed, and sends AppendEntries in batches of one:
//!
//! | `prev_log` | entries | `leader_commit` | last new entry | commitIndex |
//! |---|---|---|---|---|
//! | index 2, term 1 | none | 4 | 2 | 2: entries 3 and 4 here were never the leader's |
//! | index 2, term 1 | 3 | 4 | 3 | 3: entry 4 is deleted, so there is no more |
//! | index 3, term 3 | 3 | 4 | 4 | 4 |
//! | index 2, term 1 | 3 | 2, as it is a late copy | 3 | 4: it never falls |
//!
//! With commitIndex 4 after the first message, the follower would have applied two entries of term 2,
//! and its state machine would differ for ever (AppendEntries 5).
//!
//! # What restarts the election timer
//!
//! | | restarts it | why |
//! |---|---|---|
//! | a request of the current leader | yes | the leader lives, also if the logs do not match yet |
//! | a granted vote | yes | the candidate needs the time to win |
//! | a rejected vote | no | a candidate that cannot win must not keep the others from trying |
//! | a message of an earlier term | no | its sender was deposed |
//!
//! This is Followers 2. Many who implement Raft restart the timer too often, and then nobody is elected
//! for a long time (Students' Guide to Raft, "Livelocks").
//!
//! # Accepting is a promise
//!
//! The leader counts on what a follower accepted: it may commit because of it. So the entries are on
//! disk before the reply leaves, and they are deleted only if they conflict with a later leader's.

use super::event::{AppendRejected, Campaign, Event, IgnoreReason};
use super::event::{StepDown, TimerResetReason, VoteRejected};
use super::io::{Output, Outputs};
use super::log::{Entries, Entry};
use super::machine::StateMachine;
use super::message::{AppendOutcome, Message};
use super::node::{Node, Role};
use super::rules::Rule;
use super::types::{EntryId, LogIndex, NodeId, Round, Term};

/// The leader that sent AppendEntries or InstallSnapshot, and its round: the reply goes there.
#[derive(Clone, Copy)]
pub(super) struct AppendSource {
    pub(super) leader: NodeId,
    pub(super) round: Round,
}

impl<M: StateMachine> Node<M> {
    // Followers 1 (§5.2): respond to RPCs from candidates and leaders.
    //
    // A message of the current term comes from its leader or from one of its candidates. A message of
    // an earlier term is late, and the handler finds that out.
    pub(super) fn step_follower(
        &mut self,
        from: NodeId,
        message: Message<M>,
        out: &mut Vec<Output<M>>,
    ) {
        match message {
            Message::AppendEntries {
                term,
                prev_log,
                entries,
                leader_commit,
                round,
            } => {
                let source = AppendSource {
                    leader: from,
                    round,
                };
                self.append_entries(source, term, prev_log, &entries, leader_commit, out);
            }
            Message::RequestVote { term, last_log, .. } => {
                self.request_vote(from, term, last_log, out);
            }
            Message::InstallSnapshot { term, round, piece } => {
                let source = AppendSource {
                    leader: from,
                    round,
                };
                self.install_snapshot(source, term, &piece, out);
            }
            Message::PreVote {
                next_term,
                last_log,
            } => self.pre_vote(from, next_term, last_log, out),
            Message::TimeoutNow { term } => self.timeout_now(from, term, out),
            Message::ReadIndexReply { term, id, index } => {
                self.read_index_reply(from, term, id, index, out);
            }
            Message::ReadIndex { term, .. } => self.ignore_as_no_leader(from, term, out),
            // A follower has asked nothing in this term, so it waits for no reply. It may have led an
            // earlier term, or stood in it.
            Message::AppendEntriesReply { .. } | Message::InstallSnapshotReply { .. } => {
                self.ignore(from, IgnoreReason::LeadsNoLonger, out);
            }
            Message::RequestVoteReply { term, .. } => self.ignore_late_vote(from, term, out),
            Message::PreVoteReply { .. } => self.ignore(from, IgnoreReason::ElectionOver, out),
        }
    }

    // Followers 2 (§5.2): if the election timeout elapses without an AppendEntries RPC from the
    // current leader and without a vote granted: convert to candidate.
    // Candidates 4 (§5.2): if the election timeout elapses: start a new election.
    pub(super) fn election_timeout(&mut self, out: &mut Vec<Output<M>>) {
        let again = matches!(self.role, Role::Candidate { .. });
        let silent = match self.role {
            Role::Candidate { .. } if !self.rule(Rule::RetryElection) => return,
            Role::Candidate { .. } | Role::PreCandidate { .. } => None,
            Role::Follower { leader } => leader,
            Role::Leader(_) => unreachable!("a leader checks its quorum instead"),
        };
        // It would elect another leader now, so it must not protect the old one.
        self.forget_leader_contact(out);
        if !self.may_campaign() {
            return out.report(Event::MayNotStand);
        }
        if self.config.pre_vote {
            self.start_pre_vote(silent, out);
        } else {
            let leader = silent;
            self.start_election(Campaign::Silence { leader, again }, out);
        }
    }

    /// A vote reply came to a server that is no candidate: that election is over.
    pub(super) fn ignore_late_vote(&self, from: NodeId, term: Term, out: &mut Vec<Output<M>>) {
        let ours = self.persistent.current_term;
        let reason = if term < ours && self.rule(Rule::IgnoreOldVotes) {
            IgnoreReason::OldTerm { theirs: term, ours }
        } else {
            IgnoreReason::ElectionOver
        };
        self.ignore(from, reason, out);
    }

    /// A request that only a leader answers came to a server that does not lead.
    pub(super) fn ignore_as_no_leader(&self, from: NodeId, term: Term, out: &mut Vec<Output<M>>) {
        let ours = self.persistent.current_term;
        let reason = if term < ours {
            IgnoreReason::OldTerm { theirs: term, ours }
        } else {
            IgnoreReason::LeadsNoLonger
        };
        self.ignore(from, reason, out);
    }
}

/// AppendEntries RPC, receiver implementation.
impl<M: StateMachine> Node<M> {
    /// The five steps of the receiver, in the order of Figure 2.
    fn append_entries(
        &mut self,
        source: AppendSource,
        term: Term,
        prev_log: EntryId,
        entries: &Entries<M>,
        leader_commit: LogIndex,
        out: &mut Vec<Output<M>>,
    ) {
        // AppendEntries 1 (§5.1): reply false if term < currentTerm. The sender was deposed; it
        // learns the later term from the reply.
        if self.is_stale(term) {
            let (theirs, ours) = (term, self.persistent.current_term);
            let reason = AppendRejected::OldTerm { theirs, ours };
            return self.reject_entries(source, term, prev_log, reason, out);
        }
        // The sender leads the current term: no other server can have won it.
        self.follow(source.leader, out);
        if let Some(reason) = self.prev_log_mismatch(prev_log, entries) {
            return self.reject_entries(source, term, prev_log, reason, out);
        }
        // The logs match up to here after this message, and nothing is known beyond.
        let match_index = prev_log.index.plus(entries.len());
        let before = self.persistent.log.configured();
        let first_new = self.store_entries(prev_log.index, entries, out);
        out.report(Event::AppendAccepted {
            leader: source.leader,
            term,
            ours: self.persistent.current_term,
            previous: prev_log,
            first_new,
            match_index,
        });
        self.report_configuration(before, out);
        if first_new <= match_index {
            // The leader counts on this copy, so it must be on disk before the reply.
            out.push(Output::Persist);
        }
        self.reply_append(source, AppendOutcome::Accepted { match_index }, out);
        // What is committed is applied at the end of the step (All servers 1).
        self.update_commit_index(source.leader, leader_commit, match_index, out);
    }

    /// A leader of the current term sent AppendEntries or InstallSnapshot: follow it, and wait a
    /// whole election timeout from now on (Followers 2).
    pub(super) fn follow(&mut self, leader: NodeId, out: &mut Vec<Output<M>>) {
        if self.leader() != Some(leader) {
            self.become_follower(StepDown::LeaderElected { leader }, out);
        }
        self.reset_election_timer(TimerResetReason::HeardLeader(leader), out);
        self.note_leader_contact(out);
    }

    // AppendEntries 2 (§5.3): reply false if log doesn't contain an entry at prevLogIndex whose term
    // matches prevLogTerm. By induction, a follower that accepts has the leader's log up to the last
    // new entry. A heartbeat is checked in the same way: its reply says "my log matches up to here".
    fn prev_log_mismatch(&self, prev_log: EntryId, entries: &Entries<M>) -> Option<AppendRejected> {
        let log = &self.persistent.log;
        // What is compacted was committed, so every leader has the same there.
        if prev_log.index < log.base().index {
            return None;
        }
        if entries.is_empty() && !self.rule(Rule::CheckHeartbeats) {
            return None;
        }
        let previous = prev_log;
        match log.term(prev_log.index) {
            None => Some(AppendRejected::PreviousMissing {
                previous,
                last: log.last_index(),
            }),
            Some(own) if own != prev_log.term && self.rule(Rule::CheckPrevious) => {
                Some(AppendRejected::PreviousDiffers { previous, own })
            }
            Some(_) => None,
        }
    }

    /// Stores the new entries, and returns the index of the first one that was not there.
    ///
    /// Entries that are there already are not touched. By Log Matching, an entry with the same index
    /// and term is the same entry, so only terms are compared, not commands.
    fn store_entries(
        &mut self,
        prev_log_index: LogIndex,
        entries: &Entries<M>,
        out: &mut Vec<Output<M>>,
    ) -> LogIndex {
        if entries.is_empty() {
            return prev_log_index.next();
        }
        let log = &mut self.persistent.log;
        // With the rule off, everything behind prevLogIndex goes: also what was acknowledged.
        if !self.config.rules.on(Rule::DeleteOnlyConflicts) {
            log.truncate(prev_log_index.next());
        }
        let is_held = |(offset, entry): &(usize, &Entry<M>)| {
            log.holds(EntryId::new(prev_log_index.plus(offset + 1), entry.term))
        };
        let known = entries.iter().enumerate().take_while(is_held).count();
        let first_new = prev_log_index.plus(known + 1);
        // AppendEntries 3 (§5.3): if an existing entry conflicts with a new one (same index but
        // different terms), delete the existing entry and all that follow it. Only then: the message
        // may be late, and the entries behind it may be newer and acknowledged already.
        if let (Some(new), Some(own)) = (entries.get(known), log.term(first_new)) {
            let (last, leader) = (log.last_index(), new.term);
            log.truncate(first_new);
            out.report(Event::EntriesDeleted {
                first: first_new,
                last,
                own,
                leader,
            });
        }
        // AppendEntries 4: append any new entries not already in the log.
        for entry in entries.iter().skip(known) {
            log.append(*entry);
        }
        first_new
    }

    // AppendEntries 5 (§5.3): if leaderCommit > commitIndex, set commitIndex = min(leaderCommit, index
    // of last new entry). Why the minimum: behind the last new entry, this log may still hold entries
    // that the leader never had.
    fn update_commit_index(
        &mut self,
        leader: NodeId,
        leader_commit: LogIndex,
        last_new_entry: LogIndex,
        out: &mut Vec<Output<M>>,
    ) {
        let limit = if self.rule(Rule::CommitOnlyChecked) {
            last_new_entry
        } else {
            self.persistent.log.last_index()
        };
        let index = leader_commit.min(limit);
        let falls = index < self.commit_index && !self.rule(Rule::CommitNeverFalls);
        // A message may be late, and carry an older leaderCommit: commitIndex never falls.
        if index > self.commit_index || falls {
            let index = index.max(self.persistent.log.snapshot().last.index);
            let known = std::mem::replace(&mut self.commit_index, index);
            self.last_applied = self.last_applied.min(index);
            out.report(Event::CommitLearned {
                leader,
                leader_commit,
                known,
                last_new: last_new_entry,
                index,
            });
        }
    }

    /// Replies false, with a hint where the logs may match.
    fn reject_entries(
        &self,
        source: AppendSource,
        term: Term,
        prev_log: EntryId,
        reason: AppendRejected,
        out: &mut Vec<Output<M>>,
    ) {
        let leader = source.leader;
        out.report(Event::AppendRefused {
            leader,
            term,
            ours: self.persistent.current_term,
            reason,
        });
        // §5.3, last paragraphs: the follower helps the leader to skip a whole term with each
        // rejection. Without the hint, the leader goes back one entry at a time.
        let hint = if self.config.fast_backup {
            self.persistent
                .log
                .last_not_after(prev_log.index, prev_log.term)
        } else {
            EntryId::new(prev_log.index.previous(), prev_log.term)
        };
        let previous = prev_log.index;
        self.reply_append(source, AppendOutcome::Refused { previous, hint }, out);
    }

    /// AppendEntries RPC, results: term and success.
    fn reply_append(&self, source: AppendSource, outcome: AppendOutcome, out: &mut Vec<Output<M>>) {
        let message = Message::AppendEntriesReply {
            term: self.persistent.current_term,
            round: source.round,
            outcome,
        };
        out.send(source.leader, message);
    }
}

/// RequestVote RPC, receiver implementation.
impl<M: StateMachine> Node<M> {
    /// The two steps of the receiver, in the order of Figure 2.
    pub(super) fn request_vote(
        &mut self,
        candidate: NodeId,
        term: Term,
        last_log: EntryId,
        out: &mut Vec<Output<M>>,
    ) {
        // The reply carries currentTerm, so that a candidate of an earlier term learns the later one.
        let rejected = self.vote_rejected(candidate, term, last_log);
        match rejected {
            None => self.grant_vote(candidate, term, last_log, out),
            Some(reason) => out.report(Event::VoteDenied {
                candidate,
                term,
                ours: self.persistent.current_term,
                voted_for: self.persistent.voted_for,
                reason,
            }),
        }
        let message = Message::RequestVoteReply {
            term: self.persistent.current_term,
            granted: rejected.is_none(),
        };
        out.send(candidate, message);
    }

    /// Gives the vote of this term to the candidate.
    fn grant_vote(
        &mut self,
        candidate: NodeId,
        term: Term,
        last_log: EntryId,
        out: &mut Vec<Output<M>>,
    ) {
        // Only this line and `become_candidate` give the vote of a term away.
        let voted_for = self.persistent.voted_for.replace(candidate);
        out.report(Event::VoteGranted {
            candidate,
            term,
            ours: self.persistent.current_term,
            voted_for,
            candidate_last: last_log,
            own_last: self.persistent.log.last(),
        });
        // The vote must be on disk before the reply, or a restart could give it to another
        // candidate of the same term.
        out.push(Output::Persist);
        if matches!(self.role, Role::PreCandidate { .. }) {
            self.become_follower(StepDown::Voted { candidate }, out);
        }
        // Followers 2: a granted vote restarts the election timer. A rejected one does not: a
        // candidate with an old log could keep the others from an election otherwise.
        if !self.is_leader() {
            self.reset_election_timer(TimerResetReason::Voted(candidate), out);
        }
    }

    /// The reason to reject a vote request, if there is one.
    pub(super) fn vote_rejected(
        &self,
        candidate: NodeId,
        term: Term,
        last_log: EntryId,
    ) -> Option<VoteRejected> {
        let current_term = self.persistent.current_term;
        // RequestVote 1 (§5.1): reply false if term < currentTerm.
        if self.is_stale(term) {
            let (theirs, ours) = (term, current_term);
            return Some(VoteRejected::OldTerm { theirs, ours });
        }
        // RequestVote 2 (§5.2, §5.4): if votedFor is null or candidateId, ... One vote a term: two
        // majorities share a server, so a term cannot have two leaders. The same candidate may get
        // the vote again, because the first reply may be lost.
        if let Some(voted_for) = self.persistent.voted_for
            && voted_for != candidate
            && term <= current_term
            && self.rule(Rule::OneVotePerTerm)
        {
            return Some(VoteRejected::AlreadyVoted {
                term: current_term,
                voted_for,
            });
        }
        // RequestVote 2: ... and candidate's log is at least as up-to-date as receiver's log, grant
        // vote. A committed entry is on a majority, and a winner needs a majority: at least one
        // server is in both, and it rejects a candidate without the entry.
        let own_last = self.persistent.log.last();
        if self.rule(Rule::UpToDate) && self.is_behind(last_log, own_last) {
            return Some(VoteRejected::LogBehind {
                theirs: last_log,
                ours: own_last,
            });
        }
        None
    }

    // Up-to-date (§5.4.1): if the logs have last entries with different terms, then the log with the
    // later term is more up-to-date. If the logs end with the same term, then whichever log is
    // longer is more up-to-date.
    fn is_behind(&self, theirs: EntryId, ours: EntryId) -> bool {
        if self.rule(Rule::CompareLastTerm) && theirs.term != ours.term {
            return theirs.term < ours.term;
        }
        theirs.index < ours.index
    }
}
