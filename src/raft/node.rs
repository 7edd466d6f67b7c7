//! One server: its state (Figure 2, State), what every server does (Figure 2, Rules for Servers),
//! and the four transitions between roles.
//!
//! # The State box
//!
//! | Figure 2 | here | survives a crash |
//! |---|---|---|
//! | currentTerm, votedFor, log\[\] | [`Persistent`] | yes |
//! | commitIndex, lastApplied | [`Node`] | no: learned again from a leader |
//! | nextIndex\[\], matchIndex\[\] | [`LeaderState`], [`Progress`] | no: new after each election |
//! | "follower, candidate, leader" | [`Role`] | no: every server starts as a follower |
//!
//! The three persistent fields are what a server promised. If it forgot its term or its vote, it
//! could vote twice in a term, and a term could have two leaders. If it forgot entries that it
//! acknowledged, a committed entry could be lost.
//!
//! # One step
//!
//! 1. The input is handled: a message, a timer, a client.
//! 2. Entries that became committed are applied (All servers 1).
//! 3. The extensions that wait for a commit go on: a membership change, then reads.
//! 4. In debug builds, the invariants are asserted.
//!
//! # The rule for terms, by example
//!
//! S1 leads term 3 and is cut off; the others elect S2 in term 4. The link heals.
//!
//! | what arrives | at | what happens |
//! |---|---|---|
//! | AppendEntries of term 3 from S1 | S2 | it is rejected, and the reply says term 4 |
//! | that reply, of term 4 | S1 | All servers 2: S1 enters term 4 as a follower, without a vote in it |
//! | AppendEntries of term 4 from S2 | S1 | S1 follows S2, and deletes its own uncommitted entries |
//! | a late acknowledgement of term 3 | S1 | ignored: S1 leads no more |
//!
//! No server was told "you are deposed". It is enough that every message carries a term.
//!
//! # What a crash loses, by example
//!
//! A candidate of term 5 crashes after its vote for itself is on disk, and before any reply. It restarts
//! as a follower of term 5 that has voted. It cannot vote for another candidate of term 5, and counts no
//! reply to its old requests: the candidacy was volatile, the vote was not.
//!
//! # The transitions
//!
//! ```text
//!                 times out                       times out: next term
//!   start         (with Pre-Vote: first asks)       +-----+
//!     |       +-----------------------------+       |     v
//!     v       |                             v       |
//!   follower -+- pre-candidate ----------> candidate ----------> leader
//!     ^  ^             |    majority would    |   majority votes    |
//!     |  +-------------+    vote for it       |                     |
//!     +---------------------------------------+---------------------+
//!       a later term, or the term's leader        a later term
//! ```

use super::config::Config;
use super::event::{Campaign, Event, IgnoreReason, StepDown, TimerResetReason, TransferError};
use super::ext::check_quorum::QuorumCheck;
use super::ext::lease::Leases;
use super::ext::membership::{ChangeAborted, Leaving, Underway};
use super::ext::read::Read;
use super::ext::snapshot::Incoming;
use super::ext::transfer::LeadershipTransfer;
use super::io::{Input, Output, Outputs, Timer};
use super::log::{Log, Payload};
use super::machine::StateMachine;
use super::message::Message;
use super::progress::Progress;
use super::rules::Rule;
use super::types::{EntryId, LogIndex, MAX_SERVERS, NodeId, Round, ServerSet, Term};
use crate::Machine;

/// Figure 2, persistent state on all servers: it is on disk before a server answers a request.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Persistent<M: StateMachine = Machine> {
    /// currentTerm: the latest term that the server has seen. It starts at 0 and never falls.
    pub current_term: Term,
    /// votedFor: the candidate that has the server's vote in the current term.
    pub voted_for: Option<NodeId>,
    /// log\[\]: the entries, with the snapshot that replaces the first of them.
    pub log: Log<M>,
}

/// One server. Its fields are Figure 2's State box, and what the extensions remember.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Node<M: StateMachine = Machine> {
    pub(super) id: NodeId,
    pub(super) config: Config,
    /// Persistent state.
    pub(super) persistent: Persistent<M>,
    /// commitIndex: the highest entry known to be committed. Volatile: after a restart the server
    /// learns it again from its leader.
    pub(super) commit_index: LogIndex,
    /// lastApplied: the highest entry applied to the state machine. Volatile.
    pub(super) last_applied: LogIndex,
    pub(super) role: Role<M>,
    /// Whether it heard from a leader within the minimum election timeout
    /// ([`super::ext::check_quorum`]).
    pub(super) heard_from_leader: bool,
    /// The reads that wait at this server ([`super::ext::read`]).
    pub(super) reads: Vec<Read>,
    /// The part of a snapshot received so far ([`super::ext::snapshot`]).
    pub(super) incoming: Option<Incoming<M>>,
}

/// A server's role, with the state that only this role has: a follower *has* no nextIndex. A leader's
/// state is large, but not boxed: a box would allocate whenever a world is copied.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Role<M: StateMachine = Machine> {
    /// It answers requests from leaders and candidates.
    Follower {
        /// The leader of the current term, once it is known.
        leader: Option<NodeId>,
    },
    /// It asks for votes.
    Candidate {
        /// The servers that voted for it, itself included.
        votes: ServerSet,
        /// The number of votes that came in. Equal to the number of voters, unless
        /// [`Rule::CountVoters`] is off.
        counted: u8,
    },
    /// It decides the log of its term.
    Leader(LeaderState<M>),
    /// It asks whether it could win an election (only with [`Config::pre_vote`]).
    PreCandidate {
        /// The servers that would vote for it, itself included.
        votes: ServerSet,
    },
}

/// Figure 2, volatile state on leaders: reinitialized after each election.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct LeaderState<M: StateMachine = Machine> {
    /// nextIndex\[\] and matchIndex\[\], by the slot of the server, itself included.
    pub(super) progress: [Progress<M>; MAX_SERVERS],
    /// The last entry that a majority holds, committed or not.
    pub(super) on_majority: LogIndex,
    /// The number of times that it has sent to everyone.
    pub(super) round: Round,
    pub(super) quorum_check: QuorumCheck,
    /// The leadership transfer in progress (dissertation, 3.10).
    pub transfer: Option<LeadershipTransfer>,
    /// The change of membership in progress (§6).
    pub(super) change: Option<Underway>,
    /// The servers that still have to be told of their removal.
    pub(super) leaving: Leaving,
    pub(super) leases: Leases,
}

impl<M: StateMachine> Persistent<M> {
    /// The disk of a new server, in a cluster of `voters`.
    pub fn new(voters: ServerSet) -> Self {
        Self {
            current_term: Term(0),
            voted_for: None,
            log: Log::new(voters),
        }
    }

    /// The input to give the node when all of this is on disk.
    pub fn written(&self) -> Input<M> {
        Input::Persisted {
            term: self.current_term,
            last: self.log.last(),
        }
    }
}

impl<M: StateMachine> Node<M> {
    /// Starts a server from its disk. Every server starts as a follower (§5.2).
    pub fn start(
        id: NodeId,
        config: Config,
        persistent: Persistent<M>,
        out: &mut Vec<Output<M>>,
    ) -> Self {
        let mut node = Self {
            id,
            config,
            persistent,
            commit_index: LogIndex(0),
            last_applied: LogIndex(0),
            role: Role::Follower { leader: None },
            heard_from_leader: false,
            reads: Vec::new(),
            incoming: None,
        };
        // What the snapshot covers was committed and applied before the crash.
        if node.persistent.log.snapshot().last.index > LogIndex(0) {
            node.restore(out);
        }
        node.reset_election_timer(TimerResetReason::Started, out);
        node.assume_leader_contact(out);
        node
    }

    /// Sets the commit index of a server that has just started, at most to the end of its log. Only
    /// for scenarios that begin in the middle: a real server learns it from its leader.
    pub fn resume(&mut self, commit: LogIndex, out: &mut Vec<Output<M>>) {
        let known = commit.min(self.persistent.log.last_index());
        self.commit_index = self.commit_index.max(known);
        self.apply_committed(out);
    }

    /// Handles one input, and appends to `out` what the caller must do.
    ///
    /// This is the whole interface: it is deterministic, it cannot fail, and it does no I/O.
    pub fn step(&mut self, input: Input<M>, out: &mut Vec<Output<M>>) {
        match input {
            Input::Message { from, message } => self.receive(from, message, out),
            Input::Timeout(timer) => self.timeout(timer, out),
            Input::Propose(command) => self.propose(Payload::Command(command), out),
            Input::Persisted { term, last } => self.persisted(term, last, out),
            // The extensions.
            Input::Register(registration) => self.propose(Payload::Register(registration), out),
            Input::Read(id) => self.read(id, out),
            Input::ChangeMembership(change) => self.change_membership(change, out),
            Input::Transfer(transferee) => self.transfer_leadership(transferee, out),
            Input::Compact { machine, keep } => self.compact(machine, keep, out),
        }
        // All servers 1, after everything that may have moved commitIndex.
        self.apply_committed(out);
        self.pursue_change(out);
        if !self.reads.is_empty() {
            self.advance_reads(out);
        }
        self.assert_invariants();
    }

    /// A message: first the rule for terms, which is the same for every role; then the role's own
    /// rules for the message.
    ///
    /// The order matters. After the rule for terms, the message's term is never later than
    /// currentTerm, so the role's rules only have to tell an equal term from an earlier one. A request
    /// of an earlier term is rejected, so that its sender learns the later term from the reply. A reply
    /// of an earlier term is ignored, because it says nothing about this term.
    fn receive(&mut self, from: NodeId, message: Message<M>, out: &mut Vec<Output<M>>) {
        // CheckQuorum: an unwanted vote request is ignored together with its term.
        if self.ignores_vote_request(&message) {
            let leader = self.leader();
            return self.ignore(from, IgnoreReason::LeaderAlive { leader }, out);
        }
        if message.carries_senders_term() {
            self.observe_term(from, message.term(), out);
        }
        // Followers 2 names the two causes that restart the timer; with the rule off, anything does.
        if !self.rule(Rule::ResetOnlyForCause) && !self.is_leader() {
            self.reset_election_timer(TimerResetReason::SpokenTo(from), out);
        }
        match self.role {
            Role::Follower { .. } => self.step_follower(from, message, out),
            Role::PreCandidate { .. } | Role::Candidate { .. } => {
                self.step_candidate(from, message, out);
            }
            Role::Leader(_) => self.step_leader(from, message, out),
        }
    }

    fn timeout(&mut self, timer: Timer, out: &mut Vec<Output<M>>) {
        match timer {
            Timer::Election if self.is_leader() => self.check_quorum(out),
            Timer::Election => self.election_timeout(out),
            Timer::Heartbeat => self.heartbeat(out),
            Timer::MinElection => self.min_election_timeout(out),
            Timer::EvenLease | Timer::OddLease => self.lease_timeout(timer, out),
            Timer::Transfer => self.end_transfer(TransferError::TooLate, out),
        }
    }

    // All servers 2 (§5.1): if a request or a response contains a term T > currentTerm, set
    // currentTerm = T and convert to follower. Terms are a logical clock: this is how a server finds
    // out that its information is stale.
    fn observe_term(&mut self, from: NodeId, term: Term, out: &mut Vec<Output<M>>) {
        let follows = matches!(self.role, Role::Follower { .. });
        if term > self.persistent.current_term && (follows || self.rule(Rule::StepDown)) {
            self.become_follower(StepDown::HigherTerm { from, term }, out);
        }
    }

    // All servers 1 (§5.3): if commitIndex > lastApplied, increment lastApplied and apply
    // log[lastApplied] to the state machine. All servers apply the same entries in the same order.
    fn apply_committed(&mut self, out: &mut Vec<Output<M>>) {
        while self.last_applied < self.commit_index {
            let index = self.last_applied.next();
            // It is absent only if, with a rule off, a committed entry was deleted.
            let Some(entry) = self.persistent.log.get(index).copied() else {
                return;
            };
            self.last_applied = index;
            out.push(Output::Apply { index, entry });
            let commit = self.commit_index;
            out.report(Event::Applied { index, commit });
        }
    }

    /// A write has reached the disk. Now a candidate may count its own vote, and a leader its own
    /// copy of the entries: both could be lost in a crash before.
    fn persisted(&mut self, term: Term, last: EntryId, out: &mut Vec<Output<M>>) {
        // A write of an earlier term says nothing about the vote of this one.
        if term == self.persistent.current_term {
            self.lead_if_elected(out);
        }
        self.count_own_copy(last, out);
    }
}

/// The transitions between roles. A role changes here and nowhere else.
impl<M: StateMachine> Node<M> {
    /// Any role to follower: in a later term, of a new leader, or because it gives up.
    ///
    /// Before: the term of `reason` is not earlier than currentTerm. After: if the term is later, this
    /// server has no vote in it; the leader is known only if it sent the message.
    pub(super) fn become_follower(&mut self, reason: StepDown, out: &mut Vec<Output<M>>) {
        let old = self.persistent.current_term;
        let (term, leader) = match reason {
            StepDown::HigherTerm { term, .. } => (term, None),
            // Followers 1, Candidates 3: only the leader of a term sends AppendEntries in it.
            StepDown::LeaderElected { leader } => (old, Some(leader)),
            StepDown::NoQuorum { .. } | StepDown::Removed | StepDown::Voted { .. } => (old, None),
        };
        assert!(term >= old, "a server's term never falls");
        if let StepDown::HigherTerm { from, term: new } = reason {
            self.persistent.current_term = new;
            // Nobody has this server's vote in the new term.
            self.persistent.voted_for = None;
            out.report(Event::TermAdopted { from, old, new });
        }
        if !matches!(self.role, Role::Follower { .. }) {
            self.leave_role(reason, out);
        }
        self.role = Role::Follower { leader };
        if let Some(leader) = leader {
            out.report(Event::LeaderKnown { leader, term });
        }
        if term > old {
            out.push(Output::Persist);
        }
    }

    /// Follower, candidate or pre-candidate to pre-candidate.
    ///
    /// Before: it does not lead, and Pre-Vote is on. After: term and vote are as before, because a
    /// pre-vote must not disturb anyone, not even this server.
    pub(super) fn become_pre_candidate(
        &mut self,
        silent: Option<NodeId>,
        out: &mut Vec<Output<M>>,
    ) {
        assert!(!self.is_leader(), "a leader needs no election");
        assert!(self.config.pre_vote, "Pre-Vote is on");
        let next = self.persistent.current_term.next();
        let votes = ServerSet::EMPTY.with(self.id);
        self.role = Role::PreCandidate { votes };
        out.report(Event::PreVoteStarted { next, silent });
        self.reset_election_timer(TimerResetReason::Campaign, out);
    }

    /// Follower, candidate or pre-candidate to candidate of the next term.
    ///
    /// Before: it does not lead. After: it is in a new term, in which it has voted for itself.
    pub(super) fn become_candidate(&mut self, reason: Campaign, out: &mut Vec<Output<M>>) {
        assert!(!self.is_leader(), "a leader needs no election");
        // Candidates 1 (§5.2): increment currentTerm.
        let term = self.persistent.current_term.next();
        self.persistent.current_term = term;
        // Candidates 1: vote for self. The vote counts when it is on disk (`persisted`).
        self.persistent.voted_for = Some(self.id);
        let votes = ServerSet::EMPTY.with(self.id);
        self.role = Role::Candidate { votes, counted: 1 };
        out.report(Event::ElectionStarted { term, reason });
        // The term and the vote must survive a crash: otherwise this server could vote for another
        // candidate in the same term after a restart.
        out.push(Output::Persist);
        // Candidates 1: reset election timer. Its random length breaks split votes.
        self.reset_election_timer(TimerResetReason::Campaign, out);
    }

    /// Candidate to leader of its term.
    ///
    /// Before: it is a candidate, and a majority voted for it in this term. After: all its nextIndex
    /// and matchIndex are new, and it has no election timer (unless it checks its quorum).
    pub(super) fn become_leader(&mut self, out: &mut Vec<Output<M>>) {
        let Role::Candidate { votes, .. } = self.role else {
            panic!("only a candidate becomes leader");
        };
        let (term, of) = (self.persistent.current_term, self.configuration());
        out.report(Event::BecameLeader { term, votes, of });
        out.push(Output::StopTimer(Timer::Election));
        let last = self.persistent.log.last_index();
        self.role = Role::Leader(LeaderState::new(self.id, last));
        self.start_quorum_check(out);
    }

    /// Ends a leadership or a candidacy. A leader has no election timer, so it starts one. A
    /// candidate's timer goes on: only a granted vote or a leader restarts it.
    fn leave_role(&mut self, reason: StepDown, out: &mut Vec<Output<M>>) {
        let (led, transfers) = (self.is_leader(), self.transferee().is_some());
        if led {
            self.abort_change(ChangeAborted::LeadsNoLonger, out);
            self.stop_leases(out);
        }
        out.report(Event::SteppedDown { reason });
        if led {
            out.push(Output::StopTimer(Timer::Heartbeat));
            if transfers {
                out.push(Output::StopTimer(Timer::Transfer));
            }
            self.reset_election_timer(TimerResetReason::NoLongerLeader, out);
        }
    }
}

impl<M: StateMachine> Role<M> {
    /// The state of a leader. Only for code that runs on leaders alone.
    pub(super) fn leading(&self) -> &LeaderState<M> {
        match self {
            Self::Leader(leader) => leader,
            _ => panic!("only a leader comes here"),
        }
    }

    /// The state of a leader, to change it. Only for code that runs on leaders alone.
    pub(super) fn leading_mut(&mut self) -> &mut LeaderState<M> {
        match self {
            Self::Leader(leader) => leader,
            _ => panic!("only a leader comes here"),
        }
    }
}

impl<M: StateMachine> LeaderState<M> {
    /// nextIndex starts at the leader's last log index + 1, matchIndex at 0. Of its own log the
    /// leader knows that it matches.
    fn new(own: NodeId, last: LogIndex) -> Self {
        let mut leader = Self {
            progress: std::array::from_fn(|_| Progress::starting_at(last.next())),
            on_majority: LogIndex(0),
            round: Round(0),
            quorum_check: QuorumCheck::default(),
            transfer: None,
            change: None,
            leaving: Leaving::default(),
            leases: Leases::default(),
        };
        leader.progress[own.slot()].match_index = last;
        leader
    }

    /// The progress of a server.
    pub fn progress(&self, id: NodeId) -> &Progress<M> {
        &self.progress[id.slot()]
    }

    pub(super) fn progress_mut(&mut self, id: NodeId) -> &mut Progress<M> {
        &mut self.progress[id.slot()]
    }

    /// The lowest match_index of these servers.
    pub(super) fn slowest(&self, servers: ServerSet) -> LogIndex {
        let match_index = servers.iter().map(|id| self.progress(id).match_index);
        match_index.min().unwrap_or_default()
    }

    /// The servers known to hold the entry at `index`.
    pub fn holders(&self, servers: ServerSet, index: LogIndex) -> ServerSet {
        let holds = |id: &NodeId| self.progress(*id).match_index >= index;
        servers.iter().filter(holds).collect()
    }

    /// The change of membership in progress.
    pub fn change(&self) -> Option<&Underway> {
        self.change.as_ref()
    }

    /// The latest round.
    pub fn round(&self) -> Round {
        self.round
    }
}

/// What the rules share.
impl<M: StateMachine> Node<M> {
    /// Whether a request comes from an earlier term, and must be rejected (AppendEntries 1,
    /// RequestVote 1, InstallSnapshot 1).
    pub(super) fn is_stale(&self, term: Term) -> bool {
        term < self.persistent.current_term && self.rule(Rule::RefuseOldTerm)
    }

    pub(super) fn reset_election_timer(&self, reason: TimerResetReason, out: &mut Vec<Output<M>>) {
        out.push(Output::ResetElectionTimer(reason));
    }

    pub(super) fn ignore(&self, from: NodeId, reason: IgnoreReason, out: &mut Vec<Output<M>>) {
        out.report(Event::Ignored { from, reason });
    }

    /// Whether a rule is on. All rules on is Raft.
    pub(super) fn rule(&self, rule: Rule) -> bool {
        self.config.rules.on(rule)
    }

    /// The other servers that have a vote, in the order of their numbers. In a joint configuration
    /// these are the voters of both.
    pub(super) fn other_voters(&self) -> impl Iterator<Item = NodeId> + use<M> {
        self.configuration().all_voters().without(self.id).iter()
    }

    /// What is true between any two steps, while all rules are on.
    fn assert_invariants(&self) {
        if !cfg!(debug_assertions) || self.config.rules != super::Rules::default() {
            return;
        }
        let last = self.persistent.log.last();
        assert!(
            self.last_applied == self.commit_index,
            "every committed entry is applied at the end of a step"
        );
        assert!(
            self.commit_index <= last.index,
            "only entries of the log are committed"
        );
        assert!(
            last.term <= self.persistent.current_term,
            "no entry has a term later than currentTerm"
        );
        if matches!(self.role, Role::Candidate { .. } | Role::Leader(_)) {
            assert!(
                self.persistent.voted_for == Some(self.id),
                "a candidate or leader voted for itself"
            );
        }
        if let Role::Leader(leader) = &self.role {
            let members = self.configuration().members().without(self.id);
            for id in members.iter() {
                leader.progress(id).assert_invariant(last.index);
            }
        }
    }
}
