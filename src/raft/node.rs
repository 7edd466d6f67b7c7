//! A server's state (Figure 2, State) and the rules that hold for all servers.

use serde::{Deserialize, Serialize};

use super::config::Config;
use super::configuration::Configuration;
use super::event::{Event, IgnoreReason, StepDown, TimerResetReason, TransferError};
use super::log::{Entry, Log, Payload};
use super::membership::{Change, ChangeAborted};
use super::message::Message;
use super::read::{Read, ReadId};
use super::replication::{AppendSource, LeaderState};
use super::rules::Rule;
use super::snapshot::Incoming;
use super::types::{EntryId, LogIndex, MAX_SERVERS, NodeId, ServerSet, Term};
use crate::kv::{Command, KvStore, Registration};

/// What a server must have on disk before it answers anyone: all that survives a crash.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Persistent {
    /// The latest term it has seen.
    pub current_term: Term,
    /// Who has its vote in that term.
    pub voted_for: Option<NodeId>,
    /// Its log.
    pub log: Log,
}

/// What a server is at the moment, with what only such a server knows.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "a box would allocate whenever a world is copied"
)]
pub enum Role {
    /// It listens.
    Follower {
        /// The leader of its term, once it has heard from it.
        leader: Option<NodeId>,
    },
    /// It has asked for votes.
    Candidate {
        /// Who has given theirs, itself included.
        votes: ServerSet,
        /// How many votes came in; more than voters only with [`Rule::CountVoters`] off.
        counted: u8,
    },
    /// It decides.
    Leader(LeaderState),
    /// It has asked whether an election would be welcome; only with [`Config::pre_vote`].
    PreCandidate {
        /// Who would vote for it, itself included.
        votes: ServerSet,
    },
}

/// A timer that a server may ask for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Timer {
    /// How long to wait for word from a leader; of random length.
    Election,
    /// How long a leader lets its followers wait.
    Heartbeat,
    /// One of the two lease timers, by which a leader knows how long its lease lasts: the shortest
    /// election timeout, less what clocks may differ by.
    EvenLease,
    /// How long after a word from its leader a follower helps nobody else to lead: the shortest
    /// election timeout.
    MinElection,
    /// The other lease timer.
    OddLease,
    /// How long a leader tries to hand over; the longest election timeout.
    Transfer,
}

impl Timer {
    /// All of them; of those that run out at the same moment, the first comes first.
    pub const ALL: [Self; 6] = [
        Self::Election,
        Self::Heartbeat,
        Self::EvenLease,
        Self::MinElection,
        Self::OddLease,
        Self::Transfer,
    ];
}

/// What can happen to a server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Input {
    /// The log is to be compacted.
    Compact {
        /// The state machine, with all in it that was to be applied.
        machine: KvStore,
        /// How many of the entries that the snapshot covers stay in the log all the same.
        keep: usize,
    },
    /// A message arrived.
    Message {
        /// Who sent it.
        from: NodeId,
        /// What it says.
        message: Message,
    },
    /// All that was asked to be persisted up to here is on disk.
    Persisted {
        /// The term, with the vote that was given in it.
        term: Term,
        /// The log up to this position.
        last: EntryId,
    },
    /// An administrator wants the cluster to be another.
    ChangeMembership(Change),
    /// A client wants this done.
    Propose(Command),
    /// A client wants to read, not through the log.
    Read(ReadId),
    /// A client wants to have a session.
    Register(Registration),
    /// A timer ran out.
    Timeout(Timer),
    /// Somebody wants this server to lead instead of this one.
    Transfer(NodeId),
}

/// What a server wants done, in causal order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Output {
    /// The proposal stands in the log, uncommitted, at this position.
    Accept(EntryId),
    /// The entry is committed: put it into the state machine.
    Apply {
        /// Where it stands.
        index: LogIndex,
        /// What it says.
        entry: Entry,
    },
    /// Not something to do: a fact for whoever watches.
    Event(Event),
    /// Write [`Node::persistent`] to disk. Of the messages behind this, none that promises
    /// ([`Message::is_promise`]) may leave before it is there.
    Persist,
    /// The proposal is refused: this is not the leader, or one that hands over.
    Refuse {
        /// Who leads, as far as this server knows.
        leader: Option<NodeId>,
    },
    /// Start the election timer afresh, and tell ([`Event::TimerReset`]) for what reason. One word for
    /// both, as it comes with every heartbeat.
    ResetElectionTimer(TimerResetReason),
    /// Replace the state machine by this: it comes from a snapshot.
    Restore(KvStore),
    /// The read is refused: nobody leads here, or there is too much to do.
    RefuseRead {
        /// Which.
        id: ReadId,
        /// Who leads, as far as this server knows; itself, if the read is to come again.
        leader: Option<NodeId>,
    },
    /// Send a message.
    Send {
        /// To whom.
        to: NodeId,
        /// What.
        message: Message,
    },
    /// The read may be answered from the state machine as it is now.
    ServeRead(ReadId),
    /// Start a timer afresh.
    SetTimer(Timer),
    /// Stop a timer.
    StopTimer(Timer),
}

/// One server.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Node {
    pub(super) id: NodeId,
    pub(super) config: Config,
    pub(super) persistent: Persistent,
    pub(super) commit_index: LogIndex,
    pub(super) last_applied: LogIndex,
    pub(super) role: Role,
    /// Whether it has heard from a leader lately ([`Timer::MinElection`]).
    pub(super) heard_from_leader: bool,
    /// The reads that wait here.
    pub(super) reads: Vec<Read>,
    /// What it has of a snapshot that it is being sent.
    pub(super) incoming: Option<Incoming>,
}

impl Persistent {
    /// The disk of a server that has never run, in a cluster made of `voters`.
    pub fn new(voters: ServerSet) -> Self {
        Self {
            current_term: Term(0),
            voted_for: None,
            log: Log::new(voters),
        }
    }

    /// What its server is told when all this is on disk.
    pub fn written(&self) -> Input {
        Input::Persisted {
            term: self.current_term,
            last: self.log.last(),
        }
    }
}

impl Node {
    /// Starts a server from its disk. All servers start as followers (§5.2); what is committed
    /// beyond its snapshot they learn anew.
    pub fn start(
        id: NodeId,
        config: Config,
        persistent: Persistent,
        out: &mut Vec<Output>,
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
        if node.persistent.log.snapshot().last.index > LogIndex(0) {
            node.restore(out);
        }
        node.reset_election_timer(TimerResetReason::Started, out);
        node.be_loyal_to_whoever_led(out);
        node
    }

    /// Takes it as known that the log is committed up to `commit` (no further than it reaches).
    /// Only for scenes that begin in the middle: a real server learns this from its leader.
    pub fn resume(&mut self, commit: LogIndex, out: &mut Vec<Output>) {
        let known = commit.min(self.persistent.log.last_index());
        self.commit_index = self.commit_index.max(known);
        self.apply_committed(out);
    }

    /// Lets something happen to the server, and adds to `out` what is to be done about it.
    pub fn step(&mut self, input: Input, out: &mut Vec<Output>) {
        match input {
            Input::Compact { machine, keep } => self.compact(machine, keep, out),
            Input::Message { from, message } => self.receive(from, message, out),
            Input::Persisted { term, last } => self.persisted(term, last, out),
            Input::ChangeMembership(change) => self.change_membership(change, out),
            Input::Propose(command) => self.propose(Payload::Command(command), out),
            Input::Read(id) => self.read(id, out),
            Input::Register(wish) => self.propose(Payload::Register(wish), out),
            Input::Timeout(Timer::Election) => self.election_timeout(out),
            Input::Timeout(Timer::Heartbeat) => self.heartbeat(out),
            Input::Timeout(timer @ (Timer::EvenLease | Timer::OddLease)) => {
                self.lease_ends(timer, out);
            }
            Input::Timeout(Timer::MinElection) => self.loyalty_ends(out),
            Input::Timeout(Timer::Transfer) => self.end_transfer(TransferError::TooLate, out),
            Input::Transfer(to) => self.transfer(to, out),
        }
        self.apply_committed(out);
        self.pursue_change(out);
        if !self.reads.is_empty() {
            self.tend_reads(out);
        }
        self.assert_sane();
    }

    fn receive(&mut self, from: NodeId, message: Message, out: &mut Vec<Output>) {
        if self.disregards(&message) {
            let leader = self.leader();
            return self.ignore(from, IgnoreReason::LeaderAlive { leader }, out);
        }
        if message.is_of_its_term() {
            self.see_term(from, message.term(), out);
        }
        if !self.rule(Rule::ResetOnlyForCause) && !self.is_leader() {
            self.reset_election_timer(TimerResetReason::SpokenTo(from), out);
        }
        match message {
            Message::RequestVote { term, last, .. } => self.request_vote(from, term, last, out),
            Message::RequestVoteReply { term, granted } => {
                self.count_vote(from, term, granted, out);
            }
            Message::AppendEntries {
                term,
                previous,
                entries,
                commit,
                round,
            } => {
                let caller = AppendSource {
                    leader: from,
                    round,
                };
                self.append_entries(caller, term, previous, &entries, commit, out);
            }
            Message::InstallSnapshot { term, round, piece } => {
                let caller = AppendSource {
                    leader: from,
                    round,
                };
                self.install_snapshot(caller, term, &piece, out);
            }
            Message::InstallSnapshotReply {
                term,
                round,
                last,
                outcome,
            } => self.snapshot_reply(from, (term, round), last, outcome, out),
            Message::AppendEntriesReply {
                term,
                round,
                outcome,
            } => {
                self.append_reply(from, term, round, outcome, out);
            }
            Message::ReadIndex { term, id } => self.read_index(from, term, id, out),
            Message::ReadIndexReply { term, id, index } => {
                self.read_index_reply(from, term, id, index, out);
            }
            Message::TimeoutNow { term } => self.timeout_now(from, term, out),
            Message::PreVote { next, last } => self.pre_vote(from, next, last, out),
            Message::PreVoteReply { next, granted, .. } => {
                self.count_pre_vote(from, next, granted, out);
            }
        }
    }

    /// All servers 2 (§5.1): a later term than its own makes anyone a follower in that term. The
    /// new term has its own vote, not yet given.
    fn see_term(&mut self, from: NodeId, term: Term, out: &mut Vec<Output>) {
        let old = self.persistent.current_term;
        let follows = matches!(self.role, Role::Follower { .. });
        if term <= old || !(follows || self.rule(Rule::StepDown)) {
            return;
        }
        self.persistent.current_term = term;
        self.persistent.voted_for = None;
        out.push(Output::Event(Event::TermAdopted {
            from,
            old,
            new: term,
        }));
        if !follows {
            self.become_follower(StepDown::HigherTerm { from, term }, out);
        }
        self.role = Role::Follower { leader: None };
        out.push(Output::Persist);
    }

    /// Leaves leadership or candidacy. A leader had no election timer, so it starts one; a
    /// candidate's is running, and stays: only a vote or a leader may restart it.
    pub(super) fn become_follower(&mut self, reason: StepDown, out: &mut Vec<Output>) {
        let (led, leadership_transfer) = (self.is_leader(), self.transfer_to().is_some());
        self.abandon_change(ChangeAborted::LeadsNoLonger, out);
        self.stop_leases(out);
        self.role = Role::Follower { leader: None };
        out.push(Output::Event(Event::SteppedDown { reason }));
        if led {
            out.push(Output::StopTimer(Timer::Heartbeat));
            if leadership_transfer {
                out.push(Output::StopTimer(Timer::Transfer));
            }
            self.reset_election_timer(TimerResetReason::NoLongerLeader, out);
        }
    }

    /// All servers 1 (§5.3): whatever is committed goes into the state machine, in order.
    fn apply_committed(&mut self, out: &mut Vec<Output>) {
        while self.last_applied < self.commit_index {
            let index = self.last_applied.next();
            // Absent only if a broken rule deleted what was committed.
            let Some(entry) = self.persistent.log.get(index).copied() else {
                return;
            };
            self.last_applied = index;
            out.push(Output::Apply { index, entry });
            out.push(Output::Event(Event::Applied { index }));
        }
    }

    pub(super) fn reset_election_timer(&self, reason: TimerResetReason, out: &mut Vec<Output>) {
        out.push(Output::ResetElectionTimer(reason));
    }

    pub(super) fn ignore(&self, from: NodeId, reason: IgnoreReason, out: &mut Vec<Output>) {
        out.push(Output::Event(Event::Ignored { from, reason }));
    }

    pub(super) fn rule(&self, rule: Rule) -> bool {
        self.config.rules.on(rule)
    }

    /// Everyone else who has a vote, in the order of their numbers.
    pub(super) fn other_voters(&self) -> impl Iterator<Item = NodeId> + use<> {
        self.configuration().all_voters().without(self.id).iter()
    }

    /// What holds between any two steps while no rule is off.
    fn assert_sane(&self) {
        if cfg!(debug_assertions) && self.config.rules == super::Rules::default() {
            let last = self.persistent.log.last_index();
            assert!(
                self.last_applied == self.commit_index,
                "what is committed is applied"
            );
            assert!(
                self.commit_index <= last,
                "only what the log holds is committed"
            );
            assert!(
                self.persistent.log.last().term <= self.persistent.current_term,
                "no entry comes from the future"
            );
            if !matches!(self.role, Role::Follower { .. } | Role::PreCandidate { .. }) {
                assert!(
                    self.persistent.voted_for == Some(self.id),
                    "it voted for itself"
                );
            }
        }
    }
}

/// What can be seen of a server from outside.
impl Node {
    /// Which server it is.
    pub fn id(&self) -> NodeId {
        self.id
    }

    /// What survives a crash.
    pub fn persistent(&self) -> &Persistent {
        &self.persistent
    }

    /// Its log.
    pub fn log(&self) -> &Log {
        &self.persistent.log
    }

    /// Its term.
    pub fn term(&self) -> Term {
        self.persistent.current_term
    }

    /// What it is at the moment.
    pub fn role(&self) -> &Role {
        &self.role
    }

    /// Whether it leads its term.
    pub fn is_leader(&self) -> bool {
        matches!(self.role, Role::Leader(_))
    }

    /// The leader of its term, as far as it knows.
    pub fn leader(&self) -> Option<NodeId> {
        match self.role {
            Role::Follower { leader } => leader,
            Role::Candidate { .. } | Role::PreCandidate { .. } => None,
            Role::Leader(_) => Some(self.id),
        }
    }

    /// The last entry it knows to be committed.
    pub fn commit_index(&self) -> LogIndex {
        self.commit_index
    }

    /// The last entry it has put into its state machine.
    pub fn last_applied(&self) -> LogIndex {
        self.last_applied
    }

    /// Who the cluster consists of, as far as this server is concerned: by the latest word of its
    /// log. Waiting until that is committed would not do: others go by it already (§6).
    pub fn configuration(&self) -> Configuration {
        self.persistent.log.configuration()
    }

    /// How it goes about it.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Changes how it goes about it, from now on.
    pub fn set_config(&mut self, config: Config) {
        self.config = config;
        if !config.leases() {
            self.forget_leases();
        }
    }

    /// Clocks are set otherwise from now on: no lease counts that was measured before.
    pub fn forget_leases(&mut self) {
        if let Role::Leader(leadership) = &mut self.role {
            leadership.leases.forget();
        }
    }

    /// The servers' places in an array.
    pub(super) const SLOTS: usize = MAX_SERVERS;
}
