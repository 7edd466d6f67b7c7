//! The grammar in writing: what `Display` writes reads back as the same value.

use std::fmt;
use std::str::FromStr;

use crate::kv::{ClientId, MAX_CLIENTS};
use crate::raft::{Change, LogIndex, Payload, ReadMode, SendPolicy};
use crate::sim::action::{Action, ClockJump, Group, Link, PacketPick, Path};
use crate::sim::network::PacketKind;
use crate::sim::scenario::{DiskImage, Scenario, Setting};
use crate::sim::time::Time;

impl FromStr for PacketKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        KINDS
            .iter()
            .find(|(_, name)| *name == text)
            .map(|(kind, _)| *kind)
            .ok_or_else(|| {
                let names = KINDS.map(|(_, name)| name).join(", ");
                format!("\"{text}\" is no kind of packet; there are {names}")
            })
    }
}

impl PacketKind {
    /// Every kind.
    pub const ALL: [Self; 14] = {
        let mut all = [Self::Append; 14];
        let mut nth = 0;
        while nth < all.len() {
            all[nth] = KINDS[nth].0;
            nth += 1;
        }
        all
    };
}

const KINDS: [(PacketKind, &str); 14] = [
    (PacketKind::Append, "append"),
    (PacketKind::AppendReply, "append-reply"),
    (PacketKind::Heartbeat, "heartbeat"),
    (PacketKind::PreVote, "pre-vote"),
    (PacketKind::PreVoteReply, "pre-vote-reply"),
    (PacketKind::ReadIndex, "read-index"),
    (PacketKind::ReadIndexReply, "read-index-reply"),
    (PacketKind::Reply, "reply"),
    (PacketKind::Request, "request"),
    (PacketKind::Snapshot, "snapshot"),
    (PacketKind::SnapshotReply, "snapshot-reply"),
    (PacketKind::TimeoutNow, "timeout-now"),
    (PacketKind::Vote, "vote"),
    (PacketKind::VoteReply, "vote-reply"),
];

impl fmt::Display for PacketKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = KINDS
            .iter()
            .find(|(kind, _)| kind == self)
            .map_or("?", |(_, name)| name);
        f.write_str(name)
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Of(id) => id.fmt(f),
            Self::Both(a, b) => write!(f, "{a}-{b}"),
            Self::OneWay(a, b) => write!(f, "{a}>{b}"),
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Both(a, b) => write!(f, "{a}-{b}"),
            Self::OneWay(a, b) => write!(f, "{a}>{b}"),
        }
    }
}

impl fmt::Display for ClockJump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Forward(time) => time.fmt(f),
            Self::Back(time) => write!(f, "-{time}"),
        }
    }
}

impl fmt::Display for PacketPick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}>{}", self.from, self.to)?;
        if let Some(kind) = self.kind {
            write!(f, " {kind}")?;
        }
        if self.nth > 1 {
            write!(f, " {}", self.nth)
        } else {
            Ok(())
        }
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clients = (1..=MAX_CLIENTS)
            .filter_map(ClientId::new)
            .filter(|id| self.has_client(*id));
        let names: Vec<String> = self
            .servers
            .iter()
            .map(|id| id.to_string())
            .chain(clients.map(|id| id.to_string()))
            .collect();
        f.write_str(&names.join(" "))
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Change(Change::Add(id)) => write!(f, "add {id}"),
            Self::Change(Change::Learn(id)) => write!(f, "learner {id}"),
            Self::Change(Change::Remove(id)) => write!(f, "remove {id}"),
            Self::Change(Change::Voters(voters)) => write!(f, "members {voters}"),
            Self::Client(client, Some((key, every))) => {
                write!(f, "client {client} writes {key} every {every}")
            }
            Self::Client(client, None) => write!(f, "client {client} stops"),
            Self::Compact(id) => write!(f, "compact {id}"),
            Self::Configure(setting) => write!(f, "config {setting}"),
            Self::Crash(id) => write!(f, "crash {id}"),
            Self::Cut(link) => write!(f, "cut {link}"),
            Self::Delay(pick, delay) => write!(f, "delay {pick} {delay}"),
            Self::Deliver(pick) => write!(f, "deliver {pick}"),
            Self::Drop(pick) => write!(f, "drop {pick}"),
            Self::Duplicate(pick) => write!(f, "duplicate {pick}"),
            Self::FailDisk(id, true) => write!(f, "fail-disk {id}"),
            Self::FailDisk(id, false) => write!(f, "mend-disk {id}"),
            Self::Heal(Link::All) => f.write_str("heal"),
            Self::Heal(link) => write!(f, "heal {link}"),
            Self::Hold(link) => write!(f, "hold {link}"),
            Self::Isolate(id) => write!(f, "isolate {id}"),
            Self::Jump(id, jump) => write!(f, "jump {id} {jump}"),
            Self::Lossy(path, Some(loss)) => write!(f, "lossy {path} {}", percent(*loss)),
            Self::Lossy(path, None) => write!(f, "lossy {path} off"),
            Self::Partition(groups) => {
                let groups: Vec<String> = groups.iter().map(|group| group.to_string()).collect();
                write!(f, "partition {}", groups.join(" | "))
            }
            Self::Pause(id) => write!(f, "pause {id}"),
            Self::Read(client, key, server) => write!(f, "read {client} {key} from {server}"),
            Self::Release(link) => write!(f, "release {link}"),
            Self::Request(client, op) => write!(f, "request {client} {op}"),
            Self::RequestTo(client, op, server) => write!(f, "request {client} {op} to {server}"),
            Self::Restart(id) => write!(f, "restart {id}"),
            Self::Resume(id) => write!(f, "resume {id}"),
            Self::Retire(id) => write!(f, "retire {id}"),
            Self::Rule(rule, on) => write!(f, "rules {} {rule}", if *on { "on" } else { "off" }),
            Self::SetTimer(id, length) => write!(f, "timer {id} {length}"),
            Self::Skew(id, rate) => write!(f, "skew {id} {}/{}", rate.ticks, rate.per),
            Self::Slow(path, Some((low, high))) if low == high => write!(f, "slow {path} {low}"),
            Self::Slow(path, Some((low, high))) => write!(f, "slow {path} {low}..{high}"),
            Self::Slow(path, None) => write!(f, "slow {path} off"),
            Self::SlowDisk(id, Some(time)) => write!(f, "slow-disk {id} {time}"),
            Self::SlowDisk(id, None) => write!(f, "slow-disk {id} off"),
            Self::Timeout(id) => write!(f, "timeout {id}"),
            Self::Transfer(id) => write!(f, "transfer {id}"),
            Self::Wipe(id) => write!(f, "wipe {id}"),
        }
    }
}

/// A share in 1000, as a percentage: `0.5%`.
pub fn percent(share: u16) -> String {
    match (share / 10, share % 10) {
        (whole, 0) => format!("{whole}%"),
        (whole, tenth) => format!("{whole}.{tenth}%"),
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let on = |on: bool| if on { "on" } else { "off" };
        match self {
            Self::Batch(batch) => write!(f, "batch={batch}"),
            Self::CheckQuorum(yes) => write!(f, "check-quorum={}", on(*yes)),
            Self::Chunk(chunk) => write!(f, "chunk={chunk}"),
            Self::Compact(0) => f.write_str("compact=off"),
            Self::Compact(entries) => write!(f, "compact={entries}"),
            Self::Disk(low, high) => write!(f, "disk={low}..{high}"),
            Self::Drift(drift) => write!(f, "drift={}", percent(*drift)),
            Self::Duplicate(duplicate) => write!(f, "duplicate={}", percent(*duplicate)),
            Self::Election(low, high) => write!(f, "timeout={low}..{high}"),
            Self::FastBackup(yes) => write!(f, "fast-backup={}", on(*yes)),
            Self::Heartbeat(every) => write!(f, "heartbeat={every}"),
            Self::Latency(low, high) => write!(f, "latency={low}..{high}"),
            Self::Loss(loss) => write!(f, "loss={}", percent(*loss)),
            Self::NoOp(yes) => write!(f, "no-op={}", on(*yes)),
            Self::Patience(patience) => write!(f, "patience={patience}"),
            Self::PreVote(yes) => write!(f, "prevote={}", on(*yes)),
            Self::Read(mode) => f.write_str(match mode {
                ReadMode::Index => "read=index",
                ReadMode::Lease => "read=lease",
                ReadMode::Log => "read=log",
            }),
            Self::Send(SendPolicy::Apart) => f.write_str("send=apart"),
            Self::Send(SendPolicy::AtOnce) => f.write_str("send=at-once"),
            Self::Send(SendPolicy::OnHeartbeat) => f.write_str("send=heartbeat"),
            Self::Sessions(0) => f.write_str("sessions=off"),
            Self::Sessions(most) => write!(f, "sessions={most}"),
            Self::Window(window) => write!(f, "window={window}"),
        }
    }
}

impl fmt::Display for DiskImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} term {}", self.server, self.term)?;
        if let Some(vote) = self.vote {
            write!(f, " vote {vote}")?;
        }
        let (last, values) = &self.snapshot;
        if last.index > LogIndex(0) {
            write!(f, " snapshot {}:{}", last.index, last.term)?;
        }
        for (key, value) in values {
            write!(f, " {key}={value}")?;
        }
        if !self.entries.is_empty() {
            f.write_str(" log")?;
        }
        for entry in &self.entries {
            match entry.payload {
                Payload::Command(command) => write!(f, " {}:{}", entry.term, command.op)?,
                Payload::Configuration(members) => write!(f, " {}:{members}", entry.term)?,
                Payload::Noop => write!(f, " {}", entry.term)?,
                Payload::Register(wish) => write!(f, " {}:{wish}", entry.term)?,
            }
        }
        if self.commit > LogIndex(0) {
            write!(f, " commit {}", self.commit)
        } else {
            Ok(())
        }
    }
}

impl fmt::Display for Scenario {
    /// The statements that make it, settings only where they differ from the default.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "servers {} · seed {} · clients {}",
            self.servers, self.seed, self.clients
        )?;
        if !self.members.is_empty() {
            writeln!(f, "members {}", self.members)?;
        }
        let plain = Self::new(self.servers, self.seed).settings();
        for (setting, default) in self.settings().iter().zip(plain) {
            if *setting != default {
                writeln!(f, "config {setting}")?;
            }
        }
        for rule in self.config.rules.off() {
            writeln!(f, "rules off {rule}")?;
        }
        for image in &self.disks {
            writeln!(f, "{image}")?;
        }
        for (client, key, every) in &self.workloads {
            writeln!(f, "client {client} writes {key} every {every}")?;
        }
        Ok(())
    }
}

impl Scenario {
    /// All its settings, in the order in which they are written.
    pub fn settings(&self) -> [Setting; 19] {
        let (timing, faults, config) = (&self.timing, &self.faults, &self.config);
        [
            Setting::Election(timing.election.0, timing.election.1),
            Setting::Heartbeat(timing.heartbeat),
            Setting::Patience(timing.patience),
            Setting::Latency(faults.latency.0, faults.latency.1),
            Setting::Loss(faults.loss),
            Setting::Duplicate(faults.duplicate),
            Setting::Send(config.send),
            Setting::NoOp(config.no_op),
            Setting::FastBackup(config.fast_backup),
            Setting::PreVote(config.pre_vote),
            Setting::CheckQuorum(config.check_quorum),
            Setting::Read(config.read),
            Setting::Drift(timing.drift),
            Setting::Batch(config.batch),
            Setting::Window(config.window),
            Setting::Compact(config.compact),
            Setting::Chunk(config.chunk),
            Setting::Sessions(config.sessions),
            Setting::Disk(timing.disk.0, timing.disk.1),
        ]
    }
}

/// A run in writing: a scenario and its actions, each on a line of its own.
pub fn write_run(scenario: &Scenario, actions: &[(Time, Action)]) -> String {
    let mut text = scenario.to_string();
    for (at, action) in actions {
        text.push_str(&format!("at {at} {action}\n"));
    }
    text
}
