//! Where a run begins: how many servers, with what on their disks, with which network faults.

use super::client::Workload;
use super::network::NetworkFaults;
use super::server::Server;
use super::time::Time;
use crate::kv::{ClientId, Key};
use crate::raft::configuration::majority;
use crate::raft::{
    Config, Entry, EntryId, LogIndex, MAX_SERVERS, Node, NodeId, Payload, ReadMode, Rules,
    SendPolicy, ServerSet, Term,
};

/// Everything that determines a run but what its user does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scenario {
    /// How many servers, 1 to 9.
    pub servers: u8,
    /// Who of them founds the cluster; nobody stands for all.
    pub members: ServerSet,
    /// How many clients, 0 to 5.
    pub clients: u8,
    /// What everything random in the run depends on.
    pub seed: u64,
    /// How long things take.
    pub timing: Timing,
    /// What the network does at random.
    pub faults: NetworkFaults,
    /// How the servers go about it, and which rules they keep.
    pub config: Config,
    /// Servers that do not begin with an empty disk.
    pub disks: Vec<DiskImage>,
    /// What clients do by themselves: the key they write to, and how often.
    pub workloads: Vec<(ClientId, Key, Time)>,
}

/// How long things take.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Timing {
    /// The shortest and longest election timeout (§5.2).
    pub election: (Time, Time),
    /// How often a leader sends to its followers.
    pub heartbeat: Time,
    /// How long a client waits for a server before it asks another.
    pub patience: Time,
    /// The shortest and longest time that a write to disk takes.
    pub disk: (Time, Time),
    /// How much faster one clock may run than another, in 1000, as leases suppose.
    pub drift: u16,
}

/// Everything that a [`Setting`] may change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Setup {
    /// How long things take.
    pub timing: Timing,
    /// What the network does at random.
    pub faults: NetworkFaults,
    /// How the servers go about it.
    pub config: Config,
}

/// What a server has on its disk at the start.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DiskImage {
    /// Whose disk.
    pub server: NodeId,
    /// Its term.
    pub term: Term,
    /// Its vote in that term.
    pub vote: Option<NodeId>,
    /// Its snapshot: the last entry that it covers, and the values of the state machine.
    pub snapshot: (EntryId, Vec<(Key, i32)>),
    /// Its log, after the snapshot.
    pub entries: Vec<Entry>,
    /// What it knows to be committed. A server that really starts from a disk knows of nothing;
    /// this is for scenes that begin in the middle.
    pub commit: LogIndex,
}

/// One setting, as `config` names it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Setting {
    /// `batch=64`
    Batch(u16),
    /// `check-quorum=on`
    CheckQuorum(bool),
    /// `chunk=8`
    Chunk(u16),
    /// `compact=100`, `compact=off`: 0.
    Compact(u16),
    /// `disk=2..5ms`
    Disk(Time, Time),
    /// `drift=25%`, in 1000
    Drift(u16),
    /// `duplicate=2%`, in 1000
    Duplicate(u16),
    /// `timeout=150..300ms`
    Election(Time, Time),
    /// `fast-backup=on`
    FastBackup(bool),
    /// `heartbeat=50ms`
    Heartbeat(Time),
    /// `latency=10..20ms`
    Latency(Time, Time),
    /// `loss=5%`, in 1000
    Loss(u16),
    /// `no-op=on`
    NoOp(bool),
    /// `patience=400ms`
    Patience(Time),
    /// `prevote=on`
    PreVote(bool),
    /// `read=log`, `read=index`, `read=lease`
    Read(ReadMode),
    /// `send=heartbeat`, `send=at-once`
    Send(SendPolicy),
    /// `window=16`
    Window(u16),
    /// `sessions=3`, `sessions=off`: 0.
    Sessions(u8),
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            election: (Time::ms(150), Time::ms(300)),
            heartbeat: Time::ms(50),
            patience: Time::ms(400),
            disk: (Time::ZERO, Time::ZERO),
            drift: 250,
        }
    }
}

impl Default for Scenario {
    fn default() -> Self {
        Self::new(5, 1)
    }
}

impl Scenario {
    /// A cluster of `servers` that has just been switched on, with one client.
    pub fn new(servers: u8, seed: u64) -> Self {
        Self {
            servers: servers.clamp(1, MAX_SERVERS as u8),
            members: ServerSet::EMPTY,
            clients: 1,
            seed,
            timing: Timing::default(),
            faults: NetworkFaults::default(),
            config: Config::default(),
            disks: Vec::new(),
            workloads: Vec::new(),
        }
    }

    /// All servers at the start, founders included.
    pub fn ids(&self) -> ServerSet {
        NodeId::first(self.servers.into())
            .chain(self.members.iter())
            .collect()
    }

    /// The servers that found the cluster.
    pub fn founders(&self) -> ServerSet {
        if self.members.is_empty() {
            self.ids()
        } else {
            self.members
        }
    }

    /// The habit of a client, if it has one.
    pub(super) fn workload(&self, id: ClientId) -> Option<Workload> {
        let (_, key, every) = self.workloads.iter().find(|(client, ..)| *client == id)?;
        Some(Workload {
            key: *key,
            every: *every,
            next: 1,
            next_at: *every,
        })
    }

    /// Whether Raft can come to such a beginning: what a server knows to be committed is in the log
    /// of everyone who could be elected (Leader Completeness). With rules switched off, anything
    /// goes.
    pub fn check(&self) -> Result<(), String> {
        let mut entries = self.disks.iter().flat_map(|image| &image.entries);
        let members_change =
            entries.any(|entry| matches!(entry.payload, Payload::Configuration(_)));
        if self.config.rules != Rules::default() || members_change {
            return Ok(());
        }
        for image in &self.disks {
            let committed = image.position(image.commit.max(image.snapshot.0.index));
            let lacks = |id: &NodeId| {
                let other = self.disks.iter().find(|other| other.server == *id);
                committed != EntryId::ZERO && !other.is_some_and(|other| other.holds(committed))
            };
            let mut others = self.founders().iter().filter(lacks);
            if let Some(other) = others.find(|id| self.could_be_elected(*id)) {
                return Err(format!(
                    "{} knows entry {} to be committed, but {other} could be elected without it",
                    image.server, committed.index
                ));
            }
        }
        Ok(())
    }

    /// Whether enough logs are no more up to date than a server's own (§5.4.1).
    fn could_be_elected(&self, id: NodeId) -> bool {
        let last = |id: NodeId| {
            let image = self.disks.iter().find(|image| image.server == id);
            let last = image.map_or(EntryId::ZERO, DiskImage::last);
            (last.term, last.index)
        };
        let founders = self.founders();
        let votes = founders.iter().filter(|other| last(*other) <= last(id));
        votes.count() >= majority(founders.len())
    }

    /// Changes a setting.
    pub fn set(&mut self, setting: Setting) {
        setting.apply(&mut self.timing, &mut self.faults, &mut self.config);
    }
}

impl DiskImage {
    /// What a server has on its disk, and knows to be committed.
    pub fn of(server: &Server) -> Self {
        let disk = server.persistent();
        let snapshot = disk.log.snapshot();
        let after = disk
            .log
            .iter()
            .filter(|(index, _)| *index > snapshot.last.index);
        let commit = server.node().map(Node::commit_index);
        Self {
            server: server.id,
            term: disk.current_term,
            vote: disk.voted_for,
            snapshot: (snapshot.last, snapshot.machine.values().collect()),
            entries: after.map(|(_, entry)| *entry).collect(),
            commit: commit.unwrap_or_default().max(snapshot.last.index),
        }
    }

    /// The last entry of its log.
    fn last(&self) -> EntryId {
        self.position(self.snapshot.0.index.plus(self.entries.len()))
    }

    /// The entry at that index, or the last that the snapshot covers.
    fn position(&self, index: LogIndex) -> EntryId {
        match self.entry(index) {
            Some(entry) => EntryId {
                index,
                term: entry.term,
            },
            None => self.snapshot.0,
        }
    }

    /// Whether its log holds that entry, or its snapshot covers it.
    fn holds(&self, position: EntryId) -> bool {
        position.index <= self.snapshot.0.index || self.position(position.index) == position
    }

    fn entry(&self, index: LogIndex) -> Option<&Entry> {
        let after = index.0.checked_sub(self.snapshot.0.index.0 + 1)?;
        self.entries.get(after as usize)
    }
}

impl Setup {
    /// Whether it is as these words of the grammar would set it, as in `loss=5%`.
    pub fn has(&self, words: &str) -> bool {
        let Ok(setting) = words.parse::<Setting>() else {
            return false;
        };
        let mut other = *self;
        setting.apply(&mut other.timing, &mut other.faults, &mut other.config);
        other == *self
    }
}

impl Setting {
    /// Checks that its value is in its range ([`Config::validate`]). The grammar has the same ranges.
    ///
    /// # Errors
    /// A clause that names the setting, its range, and its value.
    pub fn check(self) -> Result<(), String> {
        let mut scenario = Scenario::default();
        scenario.set(self);
        scenario.config.validate()
    }

    /// Puts it where it belongs.
    pub(super) fn apply(
        self,
        timing: &mut Timing,
        faults: &mut NetworkFaults,
        config: &mut Config,
    ) {
        match self {
            Self::Batch(batch) => config.batch = batch,
            Self::CheckQuorum(on) => config.check_quorum = on,
            Self::Chunk(chunk) => config.chunk = chunk,
            Self::Compact(entries) => config.compact = entries,
            Self::Disk(low, high) => timing.disk = (low, high),
            Self::Drift(drift) => timing.drift = drift,
            Self::Duplicate(duplicate) => faults.duplicate = duplicate,
            Self::Election(low, high) => timing.election = (low, high),
            Self::FastBackup(on) => config.fast_backup = on,
            Self::Heartbeat(every) => timing.heartbeat = every,
            Self::Latency(low, high) => faults.latency = (low, high),
            Self::Loss(loss) => faults.loss = loss,
            Self::NoOp(on) => config.no_op = on,
            Self::Patience(patience) => timing.patience = patience,
            Self::PreVote(on) => config.pre_vote = on,
            Self::Read(mode) => config.read = mode,
            Self::Send(policy) => config.send = policy,
            Self::Sessions(most) => config.sessions = most,
            Self::Window(window) => config.window = window,
        }
    }
}
