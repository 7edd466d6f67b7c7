//! How a log comes to be shared (§5.3), and when an entry is committed (§5.4.2).

use std::collections::VecDeque;

use super::check_quorum::Hearing;
use super::config::SendPolicy;
use super::configuration::{half, majority};
use super::event::{AppendRejected, Event, IgnoreReason, StepDown, TimerResetReason};
use super::lease::Leases;
use super::log::{Entries, Entry, Payload};
use super::membership::Underway;
use super::message::{AppendOutcome, Message};
use super::node::{Node, Output, Role, Timer};
use super::rules::Rule;
use super::snapshot::Outgoing;
use super::transfer::LeadershipTransfer;
use super::types::{EntryId, LogIndex, NodeId, Round, ServerSet, Term};

/// What a leader alone keeps (Figure 2, volatile state on leaders).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct LeaderState {
    /// How far each server is, itself included, by its slot.
    progress: [Progress; Node::SLOTS],
    /// The last entry that a majority holds, committed or not.
    on_majority: LogIndex,
    /// How often it has turned to everyone.
    round: Round,
    pub(super) hearing: Hearing,
    /// Whom it is handing over to, if it is (dissertation, 3.10).
    pub handover: Option<LeadershipTransfer>,
    /// The change of configuration that it has in hand.
    pub(super) change: Option<Underway>,
    /// Servers that belong to the cluster no more, and are to be told so.
    pub(super) leaving: ServerSet,
    pub(super) leases: Leases,
}

/// How far a server is, as its leader knows.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Progress {
    /// What to send it next: a guess, corrected by refusals.
    pub next: LogIndex,
    /// Up to where its log is known to agree with the leader's: a measurement, and what commits.
    pub match_index: LogIndex,
    /// How it is sent to.
    pub flow: Flow,
    /// The latest round it has answered: when that round began, it had no other leader.
    pub answered: Round,
}

/// How a leader sends to a follower. What is waited for is limited in each way, so that a follower
/// that never answers costs no more the longer it is silent.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Flow {
    /// `next` is a guess. With a [`super::Config::window`], one message, and the same again with
    /// each heartbeat until it is answered.
    Probe {
        /// Whether there was that message.
        asked: bool,
    },
    /// `next` is right. With a [`super::Config::window`], messages go out ahead of the answers, so
    /// many at most.
    Replicate {
        /// The last entry of each message under way, in the order in which they were sent.
        under_way: VecDeque<LogIndex>,
    },
    /// It needs what is compacted: a snapshot, piece by piece, and no entries meanwhile.
    Snapshot(Outgoing),
}

impl Default for Flow {
    fn default() -> Self {
        Self::Probe { asked: false }
    }
}

/// Who sent AppendEntries or InstallSnapshot, in which of its rounds: the answer goes there.
#[derive(Clone, Copy)]
pub(super) struct AppendSource {
    pub(super) leader: NodeId,
    pub(super) round: Round,
}

impl LeaderState {
    /// §5.3: a new leader supposes that everyone is as far as itself, and knows of nobody's log
    /// but its own.
    pub(super) fn new(own: NodeId, last: LogIndex) -> Self {
        let mut leadership = Self {
            progress: std::array::from_fn(|_| Progress {
                next: last.next(),
                ..Progress::default()
            }),
            on_majority: LogIndex(0),
            round: Round(0),
            hearing: Hearing::default(),
            handover: None,
            change: None,
            leaving: ServerSet::EMPTY,
            leases: Leases::default(),
        };
        leadership.progress[own.slot()].match_index = last;
        leadership
    }

    /// How far a server is.
    pub fn progress(&self, id: NodeId) -> &Progress {
        &self.progress[id.slot()]
    }

    pub(super) fn progress_mut(&mut self, id: NodeId) -> &mut Progress {
        &mut self.progress[id.slot()]
    }

    /// How far the slowest of these servers is known to be.
    pub(super) fn slowest(&self, servers: ServerSet) -> LogIndex {
        let match_index = servers.iter().map(|id| self.progress(id).match_index);
        match_index.min().unwrap_or_default()
    }

    /// The change of configuration that it has in hand.
    pub fn change(&self) -> Option<&Underway> {
        self.change.as_ref()
    }

    /// The servers known to hold the entry at `index`.
    pub fn holders(&self, servers: ServerSet, index: LogIndex) -> ServerSet {
        servers
            .iter()
            .filter(|id| self.progress(*id).match_index >= index)
            .collect()
    }

    /// The latest of its rounds.
    pub fn round(&self) -> Round {
        self.round
    }
}

/// The leader's side.
impl Node {
    /// Leaders 1: say at once that the term has a leader. With it goes an empty entry: what earlier
    /// terms left behind cannot be committed before something of this term is (§5.4.2, §8).
    pub(super) fn begin_leading(&mut self, out: &mut Vec<Output>) {
        let no_op = self.config.no_op;
        self.keep_in_touch();
        if no_op {
            self.append_own(Payload::Noop, out);
        }
        self.broadcast(out);
        out.push(Output::SetTimer(Timer::Heartbeat));
        if no_op {
            out.push(Output::Persist);
        }
    }

    /// Leaders 2: what a client wants goes to the end of the leader's own log, uncommitted.
    pub(super) fn propose(&mut self, wish: Payload, out: &mut Vec<Output>) {
        if !self.is_leader() {
            let leader = self.leader();
            out.push(Output::Event(Event::NotLeader { leader }));
            return out.push(Output::Refuse { leader });
        }
        if let Some(to) = self.transfer_to() {
            out.push(Output::Event(Event::HandingOver { to }));
            // It may lead on: to come again is better than to run after the other.
            let leader = Some(self.id);
            return out.push(Output::Refuse { leader });
        }
        let position = self.append_own(wish, out);
        out.push(Output::Accept(position));
        self.pass_on(out);
        // A leader's entries are no promise: it may write its disk while its followers write theirs
        // (dissertation, 10.2.1). It counts itself when the write is done.
        out.push(Output::Persist);
    }

    /// Sends what is new in the log, unless that is to wait for the next heartbeat.
    pub(super) fn pass_on(&mut self, out: &mut Vec<Output>) {
        if self.config.send != SendPolicy::OnHeartbeat {
            self.turn_to_everyone(false, out);
        }
    }

    pub(super) fn append_own(&mut self, payload: Payload, out: &mut Vec<Output>) -> EntryId {
        let term = self.persistent.current_term;
        let before = self.configuration().members();
        let index = self.persistent.log.append(Entry { term, payload });
        if let Payload::Configuration(configuration) = payload {
            self.count_as_heard(configuration.members().except(before));
        }
        let position = EntryId { index, term };
        out.push(Output::Event(Event::EntryAppended { position }));
        position
    }

    /// A write has reached the disk: a candidate counts its own vote, a leader its own copy.
    pub(super) fn persisted(&mut self, term: Term, upto: EntryId, out: &mut Vec<Output>) {
        if term == self.persistent.current_term {
            self.lead_if_elected(out);
        }
        let holds = self.persistent.log.holds(upto);
        let Role::Leader(leadership) = &mut self.role else {
            return;
        };
        let own = &mut leadership.progress[self.id.slot()];
        if holds && own.match_index < upto.index {
            own.match_index = upto.index;
            self.advance_commit(out);
        }
    }

    /// Leaders 1 (§5.2): let nobody wait for word longer than a heartbeat interval.
    pub(super) fn heartbeat(&mut self, out: &mut Vec<Output>) {
        if self.is_leader() {
            out.push(Output::Event(Event::HeartbeatDue));
            self.listen(out);
            self.time_catch_up(out);
            self.broadcast(out);
            out.push(Output::SetTimer(Timer::Heartbeat));
        }
    }

    /// Sends everyone what they lack, or a heartbeat.
    pub(super) fn broadcast(&mut self, out: &mut Vec<Output>) {
        self.turn_to_everyone(true, out);
    }

    /// A new round: sends everyone what they lack. Who must answer first gets nothing new; if it is
    /// time for a heartbeat, what it has not answered goes out again, or with a full window just
    /// that: a heartbeat.
    fn turn_to_everyone(&mut self, heartbeats: bool, out: &mut Vec<Output>) {
        let members = self.configuration().members();
        let Role::Leader(leadership) = &mut self.role else {
            return;
        };
        leadership.round = leadership.round.next();
        let everyone = members.or(leadership.leaving).without(self.id);
        // Who is removed hears that it is certain, and then no more.
        if heartbeats && self.persistent.log.configured().0 <= self.commit_index {
            leadership.leaving = ServerSet::EMPTY;
        }
        self.begin_lease(out);
        // Followers that are equally far get the very same entries, not copies.
        let mut shared: Option<(LogIndex, Entries)> = None;
        for to in everyone.iter() {
            let Some(progress) = self.progress_of(to) else {
                return;
            };
            let (next, waits) = (progress.next, progress.flow.waits(self.config.window));
            if waits && !heartbeats {
                continue;
            }
            let bare = match progress.flow {
                Flow::Replicate { .. } if waits => true,
                _ => heartbeats && self.config.send == SendPolicy::Apart,
            };
            if self.needs_snapshot(progress) {
                self.send_piece(to, out);
                continue;
            }
            let entries = match &shared {
                _ if bare => Entries::default(),
                Some((first, entries)) if *first == next => entries.clone(),
                _ => self.persistent.log.slice(next, self.config.batch.into()),
            };
            if !bare {
                shared = Some((next, entries.clone()));
            }
            self.send_entries(to, entries, out);
        }
    }

    /// Leaders 3: AppendEntries with the log from `next` on, and the entry before for the check; or
    /// a snapshot, if these are compacted.
    pub(super) fn send_append(&mut self, to: NodeId, out: &mut Vec<Output>) {
        let Some(progress) = self.progress_of(to) else {
            return;
        };
        if self.needs_snapshot(progress) {
            return self.send_piece(to, out);
        }
        let (next, most) = (progress.next, self.config.batch.into());
        let entries = self.persistent.log.slice(next, most);
        self.send_entries(to, entries, out);
    }
    fn send_entries(&mut self, to: NodeId, entries: Entries, out: &mut Vec<Output>) {
        let window = self.config.window;
        let Role::Leader(leadership) = &mut self.role else {
            return;
        };
        let round = leadership.round;
        let progress = &mut leadership.progress[to.slot()];
        let index = progress.next.previous();
        // By Figure 2, `next` moves only when the follower has answered. With a window it runs
        // ahead of the answers; a loss shows as a refusal, and `next` goes back.
        if window > 0 && !entries.is_empty() {
            match &mut progress.flow {
                Flow::Probe { asked } => *asked = true,
                Flow::Replicate { under_way } => {
                    progress.next = progress.next.plus(entries.len());
                    under_way.push_back(progress.next.previous());
                }
                Flow::Snapshot(_) => {}
            }
        }
        let term = self.persistent.log.term(index).unwrap_or_default();
        let message = Message::AppendEntries {
            term: self.persistent.current_term,
            previous: EntryId { index, term },
            entries,
            commit: self.commit_index,
            round,
        };
        out.push(Output::Send { to, message });
    }

    /// AppendEntries, answer (Leaders 3).
    pub(super) fn append_reply(
        &mut self,
        follower: NodeId,
        term: Term,
        round: Round,
        outcome: AppendOutcome,
        out: &mut Vec<Output>,
    ) {
        if !self.is_answered(follower, term, round, out) {
            return;
        }
        match outcome {
            AppendOutcome::Accepted { match_index } => self.accepted(follower, match_index, out),
            AppendOutcome::Refused { previous, hint } => {
                self.refused(follower, previous, hint, out);
            }
        }
    }

    /// Whether a follower's answer is to this leader, in its term. If so, takes note that it came.
    pub(super) fn is_answered(
        &mut self,
        follower: NodeId,
        term: Term,
        round: Round,
        out: &mut Vec<Output>,
    ) -> bool {
        let ours = self.persistent.current_term;
        let Role::Leader(leadership) = &mut self.role else {
            self.ignore(follower, IgnoreReason::LeadsNoLonger, out);
            return false;
        };
        // What a follower held in another term may have been overwritten since (§5.3): an answer
        // from then says nothing now.
        if term < ours && self.config.rules.on(Rule::IgnoreOldReplies) {
            self.ignore(follower, IgnoreReason::OldTerm { theirs: term, ours }, out);
            return false;
        }
        // Even who refuses the entries knows of no later leader.
        if term == ours {
            let progress = leadership.progress_mut(follower);
            progress.answered = progress.answered.max(round);
            self.hear(follower, out);
        }
        true
    }

    /// The follower's log agrees up to `match_index`. Late answers arrive after newer ones, so what is
    /// known only grows.
    pub(super) fn accepted(
        &mut self,
        follower: NodeId,
        match_index: LogIndex,
        out: &mut Vec<Output>,
    ) {
        let (last, base) = (
            self.persistent.log.last_index(),
            self.persistent.log.base().index,
        );
        // What the message carried counts, not what the log holds by now (Students' Guide).
        let match_index = if self.rule(Rule::MatchWhatWasSent) {
            match_index
        } else {
            last
        };
        let window = self.config.window;
        let Role::Leader(leadership) = &mut self.role else {
            return;
        };
        let succeeds = leadership.hands_over_to(follower);
        let progress = leadership.progress_mut(follower);
        let goes_on = progress.flow.accepted(match_index, base);
        progress.next = progress.next.max(match_index.next());
        let eager = match self.config.send {
            SendPolicy::AtOnce => goes_on || window > 0,
            SendPolicy::OnHeartbeat => false,
            SendPolicy::Apart => goes_on || window > 0 || match_index <= progress.match_index,
        };
        let lags = progress.next <= last;
        let sends = lags && (eager || succeeds) && !progress.flow.waits(window);
        if progress.match_index < match_index {
            progress.match_index = match_index;
            out.push(Output::Event(Event::MatchAdvanced {
                follower,
                match_index,
            }));
            self.advance_commit(out);
        }
        if sends {
            self.send_append(follower, out);
        }
        if succeeds {
            self.hand_over_if_complete(out);
        }
    }

    /// The follower lacks the entry before `next`: go back and try again (§5.3). Never back beyond
    /// what is known to agree, nor forward: that would be an answer overtaken by another.
    fn refused(
        &mut self,
        follower: NodeId,
        previous: LogIndex,
        hint: EntryId,
        out: &mut Vec<Output>,
    ) {
        let agreed = self
            .persistent
            .log
            .last_not_after(hint.index, hint.term)
            .index;
        let Role::Leader(leadership) = &mut self.role else {
            return;
        };
        let progress = leadership.progress_mut(follower);
        let from = progress.next;
        let to = agreed.next().min(previous).max(progress.match_index.next());
        if to >= from || matches!(progress.flow, Flow::Snapshot(_)) {
            return self.ignore(follower, IgnoreReason::Overtaken, out);
        }
        *progress = Progress {
            next: to,
            match_index: progress.match_index,
            answered: progress.answered,
            ..Progress::default()
        };
        out.push(Output::Event(Event::NextLowered { follower, from, to }));
        self.send_append(follower, out);
    }

    /// Leaders 4: what a majority holds is committed, if it is of the leader's own term (§5.4.2).
    ///
    /// Why not older entries? A majority holding one does not keep a server with a later, shorter
    /// history from being elected and overwriting it (Figure 8). A majority holding an entry of
    /// *this* term does: nobody without it can be elected any more. And with it, by Log Matching,
    /// everything before it is settled.
    fn advance_commit(&mut self, out: &mut Vec<Output>) {
        let configuration = self.configuration();
        let share = if self.rule(Rule::CommitMajority) {
            majority
        } else {
            half
        };
        let own_term_only = self.rule(Rule::CommitOwnTerm);
        let Role::Leader(leadership) = &mut self.role else {
            return;
        };
        let index = configuration.reached_by(share, |id| leadership.progress(id).match_index);
        if index <= self.commit_index || index <= leadership.on_majority {
            return;
        }
        leadership.on_majority = index;
        let term = self.persistent.log.term(index).unwrap_or_default();
        let position = EntryId { index, term };
        // Terms never fall along a log: if this one is older, so are all before it.
        if own_term_only && term != self.persistent.current_term {
            let term = self.persistent.current_term;
            return out.push(Output::Event(Event::CommitWaits { position, term }));
        }
        self.commit_index = index;
        let holders = leadership.holders(configuration.all_voters(), index);
        out.push(Output::Event(Event::Committed {
            position,
            holders,
            of: configuration,
        }));
    }

    fn progress_of(&self, id: NodeId) -> Option<&Progress> {
        match &self.role {
            Role::Leader(leadership) => Some(leadership.progress(id)),
            _ => None,
        }
    }

    /// Whether a follower needs what is compacted. The entry to be sent next may be the last of
    /// that; if it is the first that is not, the check of the one before needs only its term.
    fn needs_snapshot(&self, progress: &Progress) -> bool {
        let base = self.persistent.log.base().index;
        progress.next <= base || matches!(progress.flow, Flow::Snapshot(_))
    }
}

impl Flow {
    /// Whether nothing new may be sent before an answer comes.
    fn waits(&self, window: u16) -> bool {
        match self {
            Self::Probe { asked } => window > 0 && *asked,
            Self::Replicate { under_way } => window > 0 && under_way.len() >= window.into(),
            Self::Snapshot(_) => true,
        }
    }

    /// The follower's log agrees up to `match_index`: what was on its way up to there has arrived. Says
    /// whether now is known what to send next, and was not before.
    fn accepted(&mut self, match_index: LogIndex, base: LogIndex) -> bool {
        match self {
            Self::Replicate { under_way } => {
                while under_way.front().is_some_and(|last| *last <= match_index) {
                    under_way.pop_front();
                }
                return false;
            }
            // Until it has the snapshot, or all that is compacted, only that will help it.
            Self::Snapshot(transfer) if match_index < transfer.last().min(base) => return false,
            Self::Probe { .. } | Self::Snapshot(_) => {}
        }
        let under_way = VecDeque::new();
        *self = Self::Replicate { under_way };
        true
    }
}

/// The follower's side.
impl Node {
    /// AppendEntries, receiver.
    pub(super) fn append_entries(
        &mut self,
        caller: AppendSource,
        term: Term,
        previous: EntryId,
        entries: &Entries,
        leader_commit: LogIndex,
        out: &mut Vec<Output>,
    ) {
        let leader = caller.leader;
        let ours = self.persistent.current_term;
        // AppendEntries 1 (§5.1): a leader of the past learns our term from the answer.
        if term < ours && self.rule(Rule::RefuseOldTerm) {
            let reason = AppendRejected::OldTerm { theirs: term, ours };
            return self.refuse_entries(caller, previous, reason, out);
        }
        if self.is_leader() {
            return self.ignore(leader, IgnoreReason::RivalLeader, out);
        }
        self.follow(leader, out);
        if let Some(reason) = self.mismatch(previous, entries) {
            return self.refuse_entries(caller, previous, reason, out);
        }
        let match_index = previous.index.plus(entries.len());
        let before = self.persistent.log.configured();
        let first_new = self.store(previous.index, entries, out);
        out.push(Output::Event(Event::AppendAccepted {
            leader,
            first_new,
            match_index,
        }));
        let now = self.persistent.log.configured();
        if now != before {
            let (index, configuration) = now;
            out.push(Output::Event(Event::Configured {
                index,
                configuration,
                again: index < before.0,
            }));
        }
        if first_new <= match_index {
            // On disk before the answer: the leader will count on it.
            out.push(Output::Persist);
        }
        let outcome = AppendOutcome::Accepted { match_index };
        self.reply_append(caller, outcome, out);
        self.learn_commit(leader, leader_commit, match_index, out);
    }

    /// Followers 1, Candidates 3: whoever sends AppendEntries in this term leads it.
    pub(super) fn follow(&mut self, leader: NodeId, out: &mut Vec<Output>) {
        if matches!(
            self.role,
            Role::Candidate { .. } | Role::PreCandidate { .. }
        ) {
            self.become_follower(StepDown::LeaderElected { leader }, out);
        }
        if self.leader() != Some(leader) {
            self.role = Role::Follower {
                leader: Some(leader),
            };
            let term = self.persistent.current_term;
            out.push(Output::Event(Event::LeaderKnown { leader, term }));
        }
        self.reset_election_timer(TimerResetReason::HeardLeader(leader), out);
        self.be_loyal(out);
    }

    /// AppendEntries 2 (§5.3): the consistency check. Whoever accepts has, by induction, the
    /// leader's very log up to the new entries. A heartbeat is checked like any other: it too is
    /// answered with "my log agrees up to here".
    fn mismatch(&self, previous: EntryId, entries: &Entries) -> Option<AppendRejected> {
        let log = &self.persistent.log;
        let (last, is_heartbeat) = (log.last_index(), entries.is_empty());
        // What was compacted was committed: a leader has the same.
        if previous.index < log.base().index {
            return None;
        }
        match log.term(previous.index) {
            _ if is_heartbeat && !self.rule(Rule::CheckHeartbeats) => None,
            None => Some(AppendRejected::PreviousMissing { previous, last }),
            Some(own) if own != previous.term && self.rule(Rule::CheckPrevious) => {
                Some(AppendRejected::PreviousDiffers { previous, own })
            }
            Some(_) => None,
        }
    }

    /// AppendEntries 3 and 4 (§5.3): delete what conflicts, store what is missing, and leave alone
    /// what is there. A message may be late: what follows its last entry may be newer than it, and
    /// acknowledged. Says which entry was the first that had to be stored.
    fn store(&mut self, previous: LogIndex, entries: &Entries, out: &mut Vec<Output>) -> LogIndex {
        if entries.is_empty() {
            return previous.next();
        }
        let log = &mut self.persistent.log;
        if !self.config.rules.on(Rule::DeleteOnlyConflicts) {
            log.truncate(previous.next());
        }
        let held = |(offset, entry): &(usize, &Entry)| {
            log.holds(EntryId::new(previous.plus(offset + 1), entry.term))
        };
        let known = entries.iter().enumerate().take_while(held).count();
        let first_new = previous.plus(known + 1);
        if let (Some(new), Some(own)) = (entries.get(known), log.term(first_new)) {
            let (last, leader) = (log.last_index(), new.term);
            log.truncate(first_new);
            out.push(Output::Event(Event::EntriesDeleted {
                first: first_new,
                last,
                own,
                leader,
            }));
        }
        for entry in entries.iter().skip(known) {
            log.append(*entry);
        }
        first_new
    }

    /// AppendEntries 5 (§5.3): commit what the leader has committed, but only what this message
    /// vouched for: beyond it the log may still hold what the leader never had.
    fn learn_commit(
        &mut self,
        leader: NodeId,
        leader_commit: LogIndex,
        match_index: LogIndex,
        out: &mut Vec<Output>,
    ) {
        let vouched = if self.rule(Rule::CommitOnlyChecked) {
            match_index
        } else {
            self.persistent.log.last_index()
        };
        let index = leader_commit.min(vouched);
        let falls = index < self.commit_index && !self.rule(Rule::CommitNeverFalls);
        if index > self.commit_index || falls {
            let index = index.max(self.persistent.log.snapshot().last.index);
            self.commit_index = index;
            self.last_applied = self.last_applied.min(index);
            out.push(Output::Event(Event::CommitLearned {
                leader,
                leader_commit,
                index,
            }));
        }
    }

    fn refuse_entries(
        &self,
        caller: AppendSource,
        previous: EntryId,
        reason: AppendRejected,
        out: &mut Vec<Output>,
    ) {
        let leader = caller.leader;
        out.push(Output::Event(Event::AppendRefused { leader, reason }));
        // Without the hint the leader goes back by one entry (§5.3). With it, past a whole term.
        let hint = if self.config.fast_backup {
            self.persistent
                .log
                .last_not_after(previous.index, previous.term)
        } else {
            EntryId {
                index: previous.index.previous(),
                term: previous.term,
            }
        };
        let outcome = AppendOutcome::Refused {
            previous: previous.index,
            hint,
        };
        self.reply_append(caller, outcome, out);
    }

    fn reply_append(&self, caller: AppendSource, outcome: AppendOutcome, out: &mut Vec<Output>) {
        let term = self.persistent.current_term;
        let message = Message::AppendEntriesReply {
            term,
            round: caller.round,
            outcome,
        };
        out.push(Output::Send {
            to: caller.leader,
            message,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::node::{Input, Persistent};
    use super::super::types::ServerSet;
    use super::super::{Config, Payload};
    use super::*;

    /// A follower whose second entry its leader never had. The leader has committed another there,
    /// which is still on its way. Meanwhile comes a bare heartbeat, as leaders send that keep them
    /// apart from entries: it vouches for the first entry only.
    #[test]
    fn a_heartbeat_commits_no_further_than_it_vouches_for() {
        let (leader, follower) = (NodeId::new(1).unwrap(), NodeId::new(2).unwrap());
        let entry = |term| Entry {
            term: Term(term),
            payload: Payload::Noop,
        };
        let message = |entries| Message::AppendEntries {
            term: Term(3),
            previous: EntryId::new(LogIndex(1), Term(1)),
            entries,
            commit: LogIndex(2),
            round: Round(1),
        };
        let (heartbeat, late) = (message(Entries::default()), message(Entries::one(entry(3))));
        let applies = |node: &mut Node, message: &Message| {
            let (mut out, message) = (Vec::new(), message.clone());
            let from = leader;
            node.step(Input::Message { from, message }, &mut out);
            let applied = out.into_iter().filter_map(|output| match output {
                Output::Apply { index, entry } => Some((index.0, entry.term.0)),
                _ => None,
            });
            applied.collect::<Vec<_>>()
        };
        for on in [true, false] {
            let mut disk = Persistent::new(ServerSet::from_iter(NodeId::first(3)));
            disk.current_term = Term(2);
            disk.log.append(entry(1));
            disk.log.append(entry(2));
            let mut config = Config::default();
            config.rules.set(Rule::CommitOnlyChecked, on);
            let mut node = Node::start(follower, config, disk, &mut Vec::new());
            if on {
                assert_eq!(applies(&mut node, &heartbeat), [(1, 1)]);
                assert_eq!(applies(&mut node, &late), [(2, 3)]);
            } else {
                // The wrong entry 2, and the right one never.
                assert_eq!(applies(&mut node, &heartbeat), [(1, 1), (2, 2)]);
                assert_eq!(applies(&mut node, &late), []);
                assert_eq!(node.log().term(LogIndex(2)), Some(Term(3)));
            }
        }
    }
}
