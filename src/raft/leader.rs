//! Leaders: they append what clients ask for, copy their log to everyone, and decide what is
//! committed (§5.3, §5.4.2).
//!
//! # The way of a command
//!
//! 1. `propose`: the command becomes an entry of the leader's log (Leaders 2).
//! 2. `send_to_all`: the followers are sent the entries that they lack, at once or with the next
//!    heartbeat (Leaders 3 and 1).
//! 3. `accepted` or `rejected`: each reply moves nextIndex and matchIndex (Leaders 3).
//! 4. `advance_commit`: an entry on a majority is committed, if it is of this term (Leaders 4).
//! 5. `apply_committed` in `node.rs`: it is applied, and the client is answered. The followers learn
//!    with the next AppendEntries that it is committed.
//!
//! # nextIndex and matchIndex, by example
//!
//! The leader of term 3 has `[1 1 3 3]`; a follower has `[1 1 2]`.
//!
//! | the leader sends | the reply | nextIndex | matchIndex |
//! |---|---|---|---|
//! | (after the election) | | 5 | 0 |
//! | prev 4 of term 3, no entries | rejected: at most 3 may match | 4, then 3 | 0 |
//! | prev 2 of term 1, entries 3 and 4 | accepted up to 4 | 5 | 4 |
//!
//! # Counting to a majority, by example
//!
//! Five servers; the leader of term 3 has the log `[1 1 3 3 3]` and commitIndex 2. It knows:
//!
//! | | S1 (itself) | S2 | S3 | S4 | S5 |
//! |---|---|---|---|---|---|
//! | matchIndex | 5 | 5 | 4 | 2 | 0 |
//!
//! The highest index that three servers have reached is 4: S1, S2 and S3. Entry 4 is of term 3, the
//! leader's own, so commitIndex becomes 4, and entries 3 and 4 are applied. S5 may be down for a year:
//! it is not needed. A new leader of term 4 with the same log could not commit any of it yet: entry 4
//! is of an earlier term.
//!
//! The leader's own matchIndex is what its disk holds, not what its log holds in memory. If S1 had
//! written only entry 3, the third highest of 3, 5, 4, 2, 0 would be 3.
//!
//! # Why a count is not enough (Figure 8)
//!
//! Five servers. S1 leads term 2 and copies an entry to S2: `[1 2]`. S1 crashes, and S5 is elected
//! in term 3 by S3 and S4, whose logs are `[1]`; it appends `[1 3]` and crashes. S1 leads term 4 and
//! copies its old entry to S3. Now a majority holds the entry of term 2. If S1 committed it, S5 could
//! still be elected, because its last term is 3, and overwrite it with its own. If S1 first
//! copies an entry of term 4 to a majority, S5 cannot win any more.
//!
//! # What waits, and what does not
//!
//! | | Figure 2 (`window` 0) | with a window of `n` |
//! |---|---|---|
//! | nextIndex moves | when a reply comes | when entries are sent |
//! | entries in flight | each message repeats what is not acknowledged | each entry once, in up to `n` messages |
//! | a lost message | the next one repeats its entries | the next one is rejected, and nextIndex falls |
//! | many entries to send | one batch a round trip | `n` batches a round trip |
//!
//! Both are safe for the same reason: a follower accepts only what follows an entry that it has, and
//! only a reply raises matchIndex.

use super::config::SendPolicy;
use super::configuration::{half, majority};
use super::event::{Event, IgnoreReason};
use super::io::{Output, Outputs, Timer};
use super::log::{Entries, Entry, Payload};
use super::machine::StateMachine;
use super::message::{AppendOutcome, Message};
use super::node::{Node, Role};
use super::progress::Flow;
use super::rules::Rule;
use super::types::{EntryId, LogIndex, NodeId, Round, Term};

impl<M: StateMachine> Node<M> {
    pub(super) fn step_leader(
        &mut self,
        from: NodeId,
        message: Message<M>,
        out: &mut Vec<Output<M>>,
    ) {
        match message {
            // Figure 3, Election Safety: a term has one leader at most. So this comes from a
            // deposed leader, and is rejected as every server rejects it.
            Message::AppendEntries { term, .. } | Message::InstallSnapshot { term, .. } => {
                if self.is_stale(term) {
                    self.step_follower(from, message, out);
                } else {
                    self.ignore(from, IgnoreReason::RivalLeader, out);
                }
            }
            // Leaders 3: the follower accepted or rejected.
            Message::AppendEntriesReply {
                term,
                round,
                outcome,
            } => {
                if self.is_answered(from, term, round, out) {
                    self.append_reply(from, outcome, out);
                }
            }
            // A leader has voted for itself in its term, so it rejects.
            Message::RequestVote { term, last_log, .. } => {
                self.request_vote(from, term, last_log, out);
            }
            // The election is won, or it was another one.
            Message::RequestVoteReply { term, .. } => self.ignore_late_vote(from, term, out),
            // A follower that needs compacted entries has stored a piece of the snapshot.
            Message::InstallSnapshotReply {
                term,
                round,
                last,
                outcome,
            } => {
                if self.is_answered(from, term, round, out) {
                    self.snapshot_reply(from, last, outcome, out);
                }
            }
            Message::PreVote {
                next_term,
                last_log,
            } => self.pre_vote(from, next_term, last_log, out),
            Message::PreVoteReply { .. } => self.ignore(from, IgnoreReason::ElectionOver, out),
            Message::TimeoutNow { term } => self.timeout_now(from, term, out),
            Message::ReadIndex { term, id } => self.read_index(from, term, id, out),
            Message::ReadIndexReply { term, id, index } => {
                self.read_index_reply(from, term, id, index, out);
            }
        }
    }

    // Leaders 1 (§5.2): upon election, send initial empty AppendEntries RPCs (heartbeat) to each
    // server; ... An entry without a command goes with it (§8): entries of earlier terms are not
    // committed before an entry of this term is (§5.4.2).
    pub(super) fn start_leading(&mut self, out: &mut Vec<Output<M>>) {
        self.note_leaving();
        if self.config.no_op {
            self.append_own(Payload::Noop, out);
        }
        self.broadcast(out);
        out.push(Output::SetTimer(Timer::Heartbeat));
        if self.config.no_op {
            out.push(Output::Persist);
        }
    }

    // Leaders 1: ... repeat during idle periods to prevent election timeouts.
    pub(super) fn heartbeat(&mut self, out: &mut Vec<Output<M>>) {
        if self.is_leader() {
            out.report(Event::HeartbeatDue);
            self.start_quorum_check(out);
            self.time_catch_up(out);
            self.broadcast(out);
            out.push(Output::SetTimer(Timer::Heartbeat));
        }
    }

    // Leaders 2 (§5.3): if command received from client: append entry to local log, respond after
    // entry applied to state machine. The caller responds when it carries out `Output::Apply`.
    pub(super) fn propose(&mut self, payload: Payload<M>, out: &mut Vec<Output<M>>) {
        if !self.is_leader() {
            let leader = self.leader();
            out.report(Event::NotLeader { leader });
            return out.push(Output::Refuse { leader });
        }
        if let Some(to) = self.transferee() {
            out.report(Event::HandingOver { to });
            // The transfer may fail, so the client should try again here first.
            let leader = Some(self.id);
            return out.push(Output::Refuse { leader });
        }
        // The caller remembers the position. If another entry is committed there, the proposal is lost.
        let position = self.append_own(payload, out);
        out.push(Output::Accept(position));
        self.send_new_entries(out);
        // The leader writes its disk while its followers write theirs (dissertation, 10.2.1). It
        // counts its own copy when the write is done.
        out.push(Output::Persist);
    }

    /// Appends an entry to the leader's own log. A leader never deletes or overwrites an entry of
    /// its log (Figure 3, Leader Append-Only).
    pub(super) fn append_own(&mut self, payload: Payload<M>, out: &mut Vec<Output<M>>) -> EntryId {
        let term = self.persistent.current_term;
        let before = self.configuration().members();
        let index = self.persistent.log.append(Entry { term, payload });
        // A new member has had no time to reply: CheckQuorum must not depose the leader for it.
        if let Payload::Configuration(configuration) = payload {
            self.count_as_heard(configuration.members().except(before));
        }
        let position = EntryId { index, term };
        out.report(Event::EntryAppended { position });
        position
    }

    /// The leader's disk holds the log up to `last`: it counts its own copy like a follower's.
    pub(super) fn count_own_copy(&mut self, last: EntryId, out: &mut Vec<Output<M>>) {
        // The write may be from before this server became leader: then the entries may be replaced.
        let holds = self.persistent.log.holds(last);
        let Role::Leader(leader) = &mut self.role else {
            return;
        };
        let own = leader.progress_mut(self.id);
        if holds && own.match_index < last.index {
            own.match_index = last.index;
            own.next_index = own.next_index.max(last.index.next());
            self.advance_commit(out);
        }
    }
}

/// Sending the log.
impl<M: StateMachine> Node<M> {
    /// Sends new entries now, unless they wait for the next heartbeat.
    pub(super) fn send_new_entries(&mut self, out: &mut Vec<Output<M>>) {
        if self.config.send != SendPolicy::OnHeartbeat {
            self.send_to_all(false, out);
        }
    }

    /// Sends everyone the entries they lack, or a heartbeat.
    pub(super) fn broadcast(&mut self, out: &mut Vec<Output<M>>) {
        self.send_to_all(true, out);
    }

    // Leaders 3 (§5.3): if last log index >= nextIndex for a follower: send AppendEntries RPC with
    // log entries starting at nextIndex.
    //
    // A follower that must reply first is skipped. If a heartbeat is due, it is sent the same
    // entries again, or with a full window an empty message.
    fn send_to_all(&mut self, heartbeat: bool, out: &mut Vec<Output<M>>) {
        let members = self.configuration().members();
        let leader = self.role.leading_mut();
        leader.round = leader.round.next();
        let receivers = members.or(leader.leaving.servers).without(self.id);
        if heartbeat {
            self.release_removed();
        }
        self.begin_lease(out);
        // Followers with the same nextIndex are sent the same entries, shared, not copied.
        let mut shared: Option<(LogIndex, Entries<M>)> = None;
        for to in receivers.iter() {
            let progress = self.role.leading().progress(to);
            let (next_index, waits) = (progress.next_index, progress.waits(self.config.window));
            if waits && !heartbeat {
                continue;
            }
            if self.needs_snapshot(to) {
                self.send_piece(to, out);
                continue;
            }
            let is_full = waits && matches!(progress.flow, Flow::Replicate { .. });
            let entries = match &shared {
                _ if is_full || heartbeat && self.config.send == SendPolicy::Apart => {
                    Entries::default()
                }
                Some((first, entries)) if *first == next_index => entries.clone(),
                _ => {
                    let most = self.config.batch.into();
                    let entries = self.persistent.log.slice(next_index, most);
                    shared = Some((next_index, entries.clone()));
                    entries
                }
            };
            self.send_entries(to, entries, out);
        }
    }

    /// Leaders 3, for one follower.
    pub(super) fn send_append(&mut self, to: NodeId, out: &mut Vec<Output<M>>) {
        if self.needs_snapshot(to) {
            return self.send_piece(to, out);
        }
        let next_index = self.role.leading().progress(to).next_index;
        let most = self.config.batch.into();
        let entries = self.persistent.log.slice(next_index, most);
        self.send_entries(to, entries, out);
    }

    /// One AppendEntries RPC: `entries` begin at the follower's nextIndex, or there are none.
    fn send_entries(&mut self, to: NodeId, entries: Entries<M>, out: &mut Vec<Output<M>>) {
        let leader = self.role.leading_mut();
        let round = leader.round;
        let progress = leader.progress_mut(to);
        let prev_log_index = progress.next_index.previous();
        progress.sent(entries.len(), self.config.window);
        let prev_log_term = self.persistent.log.term(prev_log_index).unwrap_or_default();
        let message = Message::AppendEntries {
            term: self.persistent.current_term,
            prev_log: EntryId::new(prev_log_index, prev_log_term),
            entries,
            leader_commit: self.commit_index,
            round,
        };
        out.send(to, message);
    }

    /// Whether a follower needs entries that are compacted. The first message after them needs only
    /// the term of the last of them.
    fn needs_snapshot(&self, follower: NodeId) -> bool {
        let base = self.persistent.log.base().index;
        let progress = self.role.leading().progress(follower);
        progress.next_index <= base || matches!(progress.flow, Flow::Snapshot(_))
    }
}

/// AppendEntries RPC, results: term and success.
impl<M: StateMachine> Node<M> {
    /// Whether a reply is about this term. If it is, notes that the follower replied.
    ///
    /// The round in the reply says when the request left. Since then, the follower has not seen a later
    /// term: CheckQuorum, ReadIndex and leases build on this.
    fn is_answered(
        &mut self,
        follower: NodeId,
        term: Term,
        round: Round,
        out: &mut Vec<Output<M>>,
    ) -> bool {
        let ours = self.persistent.current_term;
        // The follower may have deleted since what it stored in an earlier term (§5.3).
        if term < ours && self.rule(Rule::IgnoreOldReplies) {
            self.ignore(follower, IgnoreReason::OldTerm { theirs: term, ours }, out);
            return false;
        }
        // A rejection shows too that the follower knows of no later term.
        if term == ours {
            let progress = self.role.leading_mut().progress_mut(follower);
            progress.answered = progress.answered.max(round);
            self.hear(follower, out);
        }
        true
    }

    /// AppendEntries RPC, results: success, or not.
    fn append_reply(&mut self, follower: NodeId, outcome: AppendOutcome, out: &mut Vec<Output<M>>) {
        match outcome {
            AppendOutcome::Accepted { match_index } => self.accepted(follower, match_index, out),
            AppendOutcome::Refused { previous, hint } => {
                self.rejected(follower, previous, hint, out);
            }
        }
    }

    // Leaders 3: if successful, update nextIndex and matchIndex for follower (§5.3).
    pub(super) fn accepted(
        &mut self,
        follower: NodeId,
        match_index: LogIndex,
        out: &mut Vec<Output<M>>,
    ) {
        let last = self.persistent.log.last_index();
        let base = self.persistent.log.base().index;
        // The message decides, not the log as it is now: it may have grown since (Students' Guide).
        let match_index = if self.rule(Rule::MatchWhatWasSent) {
            match_index
        } else {
            last
        };
        let window = self.config.window;
        let leader = self.role.leading_mut();
        let is_transferee = leader.transfers_to(follower);
        let progress = leader.progress_mut(follower);
        let known = progress.match_index;
        let found = progress.accepted(match_index, base);
        // Without a window, the next batch follows when the follower has confirmed the one before.
        let goes_on = found || window > 0 || match_index > known && progress.is_idle();
        let sends_on = match self.config.send {
            SendPolicy::AtOnce => goes_on,
            SendPolicy::OnHeartbeat => false,
            SendPolicy::Apart => goes_on || match_index <= known,
        };
        // Leaders 3: last log index >= nextIndex, so there is more to send.
        let lags = progress.next_index <= last;
        let sends = lags && (sends_on || is_transferee) && !progress.waits(window);
        if match_index > known {
            out.report(Event::MatchAdvanced {
                follower,
                match_index,
            });
            self.advance_commit(out);
        }
        if sends {
            self.send_append(follower, out);
        }
        if is_transferee {
            self.send_timeout_now_if_complete(out);
        }
    }

    // Leaders 3: if AppendEntries fails because of log inconsistency: decrement nextIndex and retry
    // (§5.3). Never below what is known to match, and never up: a reply that would do that is late.
    fn rejected(
        &mut self,
        follower: NodeId,
        previous: LogIndex,
        hint: EntryId,
        out: &mut Vec<Output<M>>,
    ) {
        let log = &self.persistent.log;
        let may_match = log.last_not_after(hint.index, hint.term).index;
        let progress = self.role.leading_mut().progress_mut(follower);
        let from = progress.next_index;
        let to = may_match.next().min(previous);
        let to = to.max(progress.match_index.next());
        if to >= from || matches!(progress.flow, Flow::Snapshot(_)) {
            return self.ignore(follower, IgnoreReason::Overtaken, out);
        }
        // A retry at once, not with the next heartbeat: the follower may be far behind.
        progress.rejected(to);
        out.report(Event::NextLowered { follower, from, to });
        self.send_append(follower, out);
    }

    // Leaders 4 (§5.3, §5.4): if there exists an N such that N > commitIndex, a majority of
    // matchIndex[i] >= N, and log[N].term == currentTerm: set commitIndex = N.
    //
    // Why the own term? A majority that holds an older entry does not stop a server with a later
    // last term from being elected and overwriting it (Figure 8). A majority that holds an entry of
    // this term does: no server without it can be elected. Then everything before it is committed
    // too, by Log Matching.
    fn advance_commit(&mut self, out: &mut Vec<Output<M>>) {
        let configuration = self.configuration();
        let quorum = if self.rule(Rule::CommitMajority) {
            majority
        } else {
            half
        };
        let current_term = self.persistent.current_term;
        let leader = self.role.leading_mut();
        let index = configuration.reached_by(quorum, |id| leader.progress(id).match_index);
        if index <= self.commit_index || index <= leader.on_majority {
            return;
        }
        // Each index is reported once, committed or waiting.
        leader.on_majority = index;
        let term = self.persistent.log.term(index).unwrap_or_default();
        let position = EntryId { index, term };
        // Terms never fall along a log: if this entry is of an earlier term, so are all before it.
        if term != current_term && self.config.rules.on(Rule::CommitOwnTerm) {
            let term = current_term;
            return out.report(Event::CommitWaits { position, term });
        }
        // N is found. It is applied at the end of the step, and sent with the next AppendEntries.
        let known = std::mem::replace(&mut self.commit_index, index);
        let holders = leader.holders(configuration.all_voters(), index);
        out.report(Event::Committed {
            position,
            term: current_term,
            known,
            holders,
            of: configuration,
        });
    }
}
