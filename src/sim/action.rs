//! Everything an outsider can do to the world.

use super::network::{Address, PacketKind};
use super::scenario::Setting;
use super::time::Time;
use crate::kv::{ClientId, Key, Op};
use crate::raft::{Change, NodeId, Rule, ServerSet};

/// Something done from outside. Its text form is the grammar's; see [`super::text`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action {
    /// `add S6`, `learner S6`, `remove S1`, `members S1 S2 S6`: the leader is asked to make the
    /// cluster another. Servers that are not there yet are switched on, with an empty disk.
    Change(Change),
    /// `client C1 writes x every 300ms`, `client C1 stops`: a client writes by itself from now on, or
    /// no more.
    Client(ClientId, Option<(Key, Time)>),
    /// `compact S1`: the server replaces what it has applied by a snapshot.
    Compact(NodeId),
    /// `config latency=5..10ms`: changes a setting of the running cluster.
    Configure(Setting),
    /// `crash S1`: the server stops, keeping its disk.
    Crash(NodeId),
    /// `cut S1>S2`, `cut S1-S2`: the link carries nothing any more, one way or both.
    Cut(Link),
    /// `delay S1>S2 append 80ms`: a packet under way takes longer.
    Delay(PacketPick, Time),
    /// `deliver S1>S2 append`: a packet under way arrives now.
    Deliver(PacketPick),
    /// `drop S1>S2 append`: a packet under way is lost.
    Drop(PacketPick),
    /// `duplicate S1>S2 append`: a packet under way arrives twice.
    Duplicate(PacketPick),
    /// `fail-disk S1`, `mend-disk S1`: the server's disk completes no write, until it is mended.
    FailDisk(NodeId, bool),
    /// `heal`, `heal S1-S2`: cut links carry packets again.
    Heal(Link),
    /// `hold S1>S2`, `hold all`: packets wait at the end of their journey.
    Hold(Link),
    /// `isolate S5`: cuts all links of a server.
    Isolate(NodeId),
    /// `jump S1 500ms`, `jump S1 -500ms`: the server's clock jumps forward or back, so that its timers
    /// run out sooner or later.
    Jump(NodeId, ClockJump),
    /// `lossy S1>S2 30%`, `lossy S1-S2 off`: a link loses this share of its packets (in 1000), or as
    /// many as the others.
    Lossy(Path, Option<u16>),
    /// `partition S1 S2 C1 | S3 S4 S5`: only those in the same group reach each other. Those that
    /// are not named are in the last group.
    Partition(Vec<Group>),
    /// `pause S1`: the server's process is stopped. It keeps its memory and does nothing; messages to
    /// it wait. Its clock goes on, as it does when an operating system stops a process or a garbage
    /// collector runs: what ran out meanwhile (a lease, say) runs out as soon as it is resumed, before
    /// it reads a message.
    Pause(NodeId),
    /// `read C1 x from S3`: a client wants to read at a particular server.
    Read(ClientId, Key, NodeId),
    /// `release S1>S2`, `release all`: packets that were held arrive.
    Release(Link),
    /// `request C1 x=5`: a client wants this done.
    Request(ClientId, Op),
    /// `request C1 x=5 to S2`: a client wants this done, and asks that server first.
    RequestTo(ClientId, Op, NodeId),
    /// `restart S1`: a crashed server starts from its disk.
    Restart(NodeId),
    /// `resume S1`: a paused server goes on.
    Resume(NodeId),
    /// `retire S1`: a server that belongs to the cluster no more is taken away.
    Retire(NodeId),
    /// `rules off commit-own-term`, `rules on commit-own-term`.
    Rule(Rule, bool),
    /// `timer S1 80ms`: the server's election timer will run out in so long.
    SetTimer(NodeId, Time),
    /// `skew S3 2/1`: the server's clock runs at twice the rate.
    Skew(NodeId, ClockRate),
    /// `slow S1>S2 80ms`, `slow S1-S2 80ms..120ms`, `slow S1-S2 off`: packets on a link take this long,
    /// or as long as on the others.
    Slow(Path, Option<(Time, Time)>),
    /// `slow-disk S3 20ms`, `slow-disk S3 off`: the server's disk takes so long for a write, or as
    /// long as the others'.
    SlowDisk(NodeId, Option<Time>),
    /// `timeout S1`: the server's election timer runs out now.
    Timeout(NodeId),
    /// `transfer S2`: the leader is asked to transfer its leadership to S2. If S2 leads, it cancels a
    /// transfer.
    Transfer(NodeId),
    /// `wipe S1`: a crashed server loses its disk too.
    Wipe(NodeId),
}

/// Some of the links between servers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Link {
    /// All of them.
    All,
    /// All links between a server and the others, both ways. Written `S1`.
    Of(NodeId),
    /// Both ways between two servers.
    Both(NodeId, NodeId),
    /// From the first server to the second.
    OneWay(NodeId, NodeId),
}

/// A link or several, of clients too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Path {
    /// Every link.
    All,
    /// Both ways between two. Written `S1-C1`.
    Both(Address, Address),
    /// From the first to the second. Written `S1>C1`.
    OneWay(Address, Address),
}

/// How far a clock jumps, and in which direction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClockJump {
    /// It is later at once.
    Forward(Time),
    /// It is earlier again.
    Back(Time),
}

/// A packet under way, as a person would point at it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PacketPick {
    /// Its sender.
    pub from: Address,
    /// Its receiver.
    pub to: Address,
    /// Its kind, if that matters.
    pub kind: Option<PacketKind>,
    /// Which of those, from 1 for the one sent first.
    pub nth: u8,
}

/// One side of a partition.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Group {
    /// Its servers.
    pub servers: ServerSet,
    /// Its clients, a bit each.
    pub clients: u8,
}

/// How fast a clock runs: `ticks` of its own time in `per` of the world's; each 1 to 100.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ClockRate {
    /// Its own time.
    pub ticks: u8,
    /// The world's.
    pub per: u8,
}

impl Action {
    /// The server it is done to, if it is done to one.
    pub fn server(&self) -> Option<NodeId> {
        match self {
            Self::Compact(id)
            | Self::Crash(id)
            | Self::FailDisk(id, _)
            | Self::Jump(id, _)
            | Self::Pause(id)
            | Self::Resume(id)
            | Self::Isolate(id)
            | Self::Restart(id)
            | Self::Retire(id)
            | Self::SetTimer(id, _)
            | Self::Skew(id, _)
            | Self::SlowDisk(id, _)
            | Self::Timeout(id)
            | Self::Wipe(id)
            | Self::Change(Change::Add(id) | Change::Learn(id) | Change::Remove(id)) => Some(*id),
            _ => None,
        }
    }
}

impl Group {
    /// Whether a client is in it.
    pub fn has_client(self, id: ClientId) -> bool {
        self.clients & (1 << id.slot()) != 0
    }

    /// Puts a client in.
    pub fn add_client(&mut self, id: ClientId) {
        self.clients |= 1 << id.slot();
    }
}

impl ClockRate {
    /// A true clock.
    pub const TRUE: Self = Self { ticks: 1, per: 1 };

    /// How long the world waits while this clock counts `time`.
    pub fn stretch(self, time: Time) -> Time {
        Time(time.0 * u64::from(self.per) / u64::from(self.ticks))
    }
}
