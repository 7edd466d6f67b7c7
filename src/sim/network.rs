//! The network: packets under way, and the faults that delay, duplicate and lose them.

use std::collections::BTreeMap;

use super::action::Path;
use super::random::{self, Purpose};
use super::step::StepId;
use super::time::Time;
use crate::kv::{Answer, ClientId, MAX_CLIENTS, Op, SessionId};
use crate::raft::{MAX_SERVERS, Message, MessageKind, NodeId, ServerSet};

/// The most packets under way at once; what is sent beyond is lost.
pub const MAX_PACKETS: usize = 4000;

/// Who can send and receive.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Address {
    /// A client.
    Client(ClientId),
    /// A server.
    Server(NodeId),
}

/// A packet's number: they are counted as they are sent.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct PacketId(pub u64);

/// Something on its way.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Packet {
    /// Its number.
    pub id: PacketId,
    /// Who sent it.
    pub from: Address,
    /// Who is to have it.
    pub to: Address,
    /// What it is.
    pub body: Body,
    /// When it was sent.
    pub sent_at: Time,
    /// When its journey ends, were nothing to stop it.
    pub arrives_at: Time,
    /// When something happens to it next: it arrives or is lost. [`Time::NEVER`]: it is held.
    pub due_at: Time,
    /// Why it will not arrive, if it will not.
    pub fate: Option<Loss>,
    /// The step that sent it.
    pub sent_by: StepId,
    /// Whether it was let go by hand, so that it is not held again.
    pub let_go: bool,
}

/// What a packet carries.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Body {
    /// One server's word to another.
    Raft(Message),
    /// A client's wish to have a session.
    Register {
        /// The client's number of it.
        serial: u32,
    },
    /// A server's answer to a client.
    Reply {
        /// Which of the client's requests it answers.
        serial: u32,
        /// The answer.
        outcome: ReplyOutcome,
    },
    /// A client's wish.
    Request {
        /// The session in which it is asked, if in one.
        session: Option<SessionId>,
        /// The client's number of it.
        serial: u32,
        /// What it is.
        op: Op,
    },
}

/// What a server tells a client.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ReplyOutcome {
    /// It is done: committed and applied.
    Answer(Answer),
    /// Ask another, or, if the server names itself, again in a moment.
    NotLeader {
        /// Whom, if the server knows.
        leader: Option<NodeId>,
    },
    /// The client has a session.
    Session(SessionId),
}

/// The kinds of packet, as pictures and the text grammar tell them apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PacketKind {
    /// AppendEntries with entries.
    Append,
    /// A reply to AppendEntries.
    AppendReply,
    /// AppendEntries without entries.
    Heartbeat,
    /// PreVote.
    PreVote,
    /// A reply to PreVote.
    PreVoteReply,
    /// ReadIndex.
    ReadIndex,
    /// A reply to ReadIndex.
    ReadIndexReply,
    /// A server's answer to a client.
    Reply,
    /// A client's request.
    Request,
    /// InstallSnapshot.
    Snapshot,
    /// A reply to InstallSnapshot.
    SnapshotReply,
    /// TimeoutNow.
    TimeoutNow,
    /// RequestVote.
    Vote,
    /// A reply to RequestVote.
    VoteReply,
}

/// Why a packet did not arrive.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Loss {
    /// Too many packets were under way.
    Crowded,
    /// Its link was cut.
    Cut,
    /// The server it was for is down.
    Down,
    /// The user dropped it.
    Dropped,
    /// The server it was for is not there any more.
    Gone,
    /// The network lost it.
    Chance,
}

/// What the network does to packets at random.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct NetworkFaults {
    /// The shortest and longest one-way journey.
    pub latency: (Time, Time),
    /// Packets lost, in 1000.
    pub loss: u16,
    /// Packets that arrive twice, in 1000.
    pub duplicate: u16,
}

/// What one link does, in one direction, where it is not as the others.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct LinkFaults {
    /// Its shortest and longest journey.
    pub latency: Option<(Time, Time)>,
    /// Packets lost, in 1000.
    pub loss: Option<u16>,
}

/// The network between servers and clients.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Network {
    /// What happens at random.
    pub faults: NetworkFaults,
    /// By sender: the servers it cannot reach.
    cut: [ServerSet; MAX_SERVERS],
    /// By client: the servers it cannot reach, nor they it.
    cut_client: [ServerSet; MAX_CLIENTS],
    /// By sender: the servers whose packets from it wait at the end of their journey.
    held: [ServerSet; MAX_SERVERS],
    /// The links that are not as the others, by sender and receiver.
    links: BTreeMap<(Address, Address), LinkFaults>,
    /// Packets under way, the next one due *last*.
    packets: Vec<Packet>,
    sent: u64,
}

impl Default for NetworkFaults {
    fn default() -> Self {
        Self {
            latency: (Time::ms(10), Time::ms(20)),
            loss: 0,
            duplicate: 0,
        }
    }
}

impl Network {
    /// A whole network.
    pub fn new(faults: NetworkFaults) -> Self {
        Self {
            faults,
            cut: Default::default(),
            cut_client: Default::default(),
            held: Default::default(),
            links: BTreeMap::new(),
            packets: Vec::new(),
            sent: 0,
        }
    }

    /// Sends `body` on its way and says under which number. `nth` tells apart what is sent in one
    /// step, so that each has its own random numbers.
    pub fn send(
        &mut self,
        seed: u64,
        now: Time,
        (from, to): (Address, Address),
        body: Body,
        nth: u32,
        sent_by: StepId,
    ) -> PacketId {
        let who = from.number() << 16 | to.number() << 8 | nth & 0xff;
        let random = |purpose| random::roll(seed, purpose, who, now);
        let own = self.link_faults(from, to);
        let (low, high) = own.latency.unwrap_or(self.faults.latency);
        let loss = own.loss.unwrap_or(self.faults.loss);
        let arrives_at = now + random::between(random(Purpose::Latency), low, high);
        let doubled = random::chance(self.faults.duplicate, || random(Purpose::Duplicate));
        let fate = if self.packets.len() >= MAX_PACKETS {
            Some(Loss::Crowded)
        } else if self.is_cut(from, to) {
            Some(Loss::Cut)
        } else if random::chance(loss, || random(Purpose::Loss)) {
            Some(Loss::Chance)
        } else {
            None
        };
        self.sent += 1;
        let id = PacketId(self.sent);
        let due_at = if fate.is_some() {
            midway(now, arrives_at)
        } else {
            arrives_at
        };
        let packet = Packet {
            id,
            from,
            to,
            body,
            sent_at: now,
            arrives_at,
            due_at,
            fate,
            sent_by,
            let_go: false,
        };
        if doubled && fate.is_none() {
            let arrives_at = now + random::between(random(Purpose::DuplicateLatency), low, high);
            self.duplicate(&packet, arrives_at);
        }
        self.insert(packet);
        id
    }

    /// Sends a second copy of `packet`, arriving at `arrives_at`.
    fn duplicate(&mut self, packet: &Packet, arrives_at: Time) {
        self.sent += 1;
        let id = PacketId(self.sent);
        self.insert(Packet {
            id,
            arrives_at,
            due_at: arrives_at,
            fate: None,
            ..packet.clone()
        });
    }

    /// When something happens to a packet next.
    pub fn next_at(&self) -> Option<Time> {
        self.packets
            .last()
            .map(|packet| packet.due_at)
            .filter(|due| *due < Time::NEVER)
    }

    /// Takes out the packet that is due next.
    pub fn take_next(&mut self) -> Option<Packet> {
        self.packets.pop()
    }

    /// Whether anything is held back on purpose, or will be.
    pub fn holds_any(&self) -> bool {
        self.held.iter().any(|held| !held.is_empty())
    }

    /// Whether packets from `from` to `to` are held back.
    pub fn holds(&self, from: Address, to: Address) -> bool {
        matches!((from, to), (Address::Server(from), Address::Server(to))
            if self.held[from.slot()].contains(to))
    }

    /// Lets `packet` wait at the end of its journey until it is delivered by hand.
    pub fn park(&mut self, mut packet: Packet) {
        packet.due_at = Time::NEVER;
        self.insert(packet);
    }

    /// Holds packets from one server to another back, or lets them go (those waiting, at `now`).
    pub fn hold(&mut self, from: NodeId, to: NodeId, hold: bool, now: Time) {
        if hold {
            self.held[from.slot()].insert(to);
            return;
        }
        self.held[from.slot()].remove(to);
        let link = (Address::Server(from), Address::Server(to));
        self.reschedule(|packet| {
            let waits = (packet.from, packet.to) == link && packet.due_at == Time::NEVER;
            waits.then_some(now)
        });
    }

    /// What one link does, in that direction, where it is not as the others.
    pub fn link_faults(&self, from: Address, to: Address) -> LinkFaults {
        self.links.get(&(from, to)).copied().unwrap_or_default()
    }

    /// Changes what some links do; `everyone` are all that there are.
    pub fn change_faults(
        &mut self,
        path: Path,
        everyone: &[Address],
        change: impl Fn(&mut LinkFaults),
    ) {
        let mut at = |from, to| {
            let mut faults = self.link_faults(from, to);
            change(&mut faults);
            if faults == LinkFaults::default() {
                self.links.remove(&(from, to));
            } else {
                self.links.insert((from, to), faults);
            }
        };
        match path {
            Path::OneWay(from, to) => at(from, to),
            Path::Both(a, b) => {
                at(a, b);
                at(b, a);
            }
            Path::All => {
                let is_client = |one: &Address| matches!(one, Address::Client(_));
                for from in everyone {
                    for to in everyone {
                        if from != to && !(is_client(from) && is_client(to)) {
                            at(*from, *to);
                        }
                    }
                }
            }
        }
    }

    /// Lets everything that waits before a server arrive now, but for what is held.
    pub fn wake(&mut self, server: NodeId, now: Time) {
        let to = Address::Server(server);
        let held = self.held;
        self.reschedule(|packet| {
            let is_held = !packet.let_go
                && matches!(packet.from, Address::Server(from) if held[from.slot()].contains(server));
            (packet.to == to && packet.due_at == Time::NEVER && !is_held).then_some(now)
        });
    }

    /// Mends all links of a server, those of clients too.
    pub fn heal_server(&mut self, id: NodeId) {
        self.cut[id.slot()] = ServerSet::EMPTY;
        for row in self.cut.iter_mut().chain(&mut self.cut_client) {
            row.remove(id);
        }
    }

    /// Cuts the way from one server to another; what is on it is lost.
    pub fn cut(&mut self, from: NodeId, to: NodeId, now: Time) {
        self.cut[from.slot()].insert(to);
        self.lose_on(Address::Server(from), Address::Server(to), now);
    }

    /// Cuts a client off from a server, both ways.
    pub fn cut_client(&mut self, client: ClientId, server: NodeId, now: Time) {
        self.cut_client[client.slot()].insert(server);
        self.lose_on(Address::Client(client), Address::Server(server), now);
        self.lose_on(Address::Server(server), Address::Client(client), now);
    }

    /// Mends the way from one server to another.
    pub fn heal(&mut self, from: NodeId, to: NodeId) {
        self.cut[from.slot()].remove(to);
    }

    /// Forgets a server that is gone: what was under way from it and to it, and how its links were.
    pub fn forget(&mut self, id: NodeId) {
        let gone = Address::Server(id);
        self.links
            .retain(|(from, to), _| *from != gone && *to != gone);
        self.packets
            .retain(|packet| packet.from != gone && packet.to != gone);
        (self.cut[id.slot()], self.held[id.slot()]) = Default::default();
        let rows = self.cut.iter_mut().chain(&mut self.held);
        for row in rows.chain(&mut self.cut_client) {
            row.remove(id);
        }
    }

    /// Mends everything.
    pub fn heal_all(&mut self) {
        self.cut = Default::default();
        self.cut_client = Default::default();
    }

    /// Whether nothing sent from `from` reaches `to`.
    pub fn is_cut(&self, from: Address, to: Address) -> bool {
        match (from, to) {
            (Address::Server(from), Address::Server(to)) => self.cut[from.slot()].contains(to),
            (Address::Client(client), Address::Server(server))
            | (Address::Server(server), Address::Client(client)) => {
                self.cut_client[client.slot()].contains(server)
            }
            (Address::Client(_), Address::Client(_)) => false,
        }
    }

    /// The packets under way, the next one due last.
    pub fn packets(&self) -> &[Packet] {
        &self.packets
    }

    /// The packets under way, in the order in which they were sent.
    pub fn as_sent(&self) -> Vec<&Packet> {
        let mut packets: Vec<&Packet> = self.packets.iter().collect();
        packets.sort_unstable_by_key(|packet| packet.id);
        packets
    }

    /// The packet of that number, if it is under way.
    pub fn packet(&self, id: PacketId) -> Option<&Packet> {
        self.packets.iter().find(|packet| packet.id == id)
    }

    /// Loses a packet now.
    pub fn drop_packet(&mut self, id: PacketId, now: Time) {
        self.change(id, |packet| {
            packet.fate = Some(Loss::Dropped);
            packet.due_at = now;
        });
    }

    /// Makes a packet arrive later by `delay`, or, if it was held, in `delay` from `now`.
    pub fn delay(&mut self, id: PacketId, delay: Time, now: Time) {
        self.change(id, |packet| {
            packet.arrives_at = packet.arrives_at.max(now) + delay;
            packet.due_at = packet.arrives_at;
            packet.fate = None;
        });
    }

    /// Lets a packet arrive now.
    pub fn deliver(&mut self, id: PacketId, now: Time) {
        self.change(id, |packet| {
            packet.let_go = true;
            packet.arrives_at = now.max(packet.sent_at);
            packet.due_at = packet.arrives_at;
            packet.fate = None;
        });
    }

    /// Sends a second copy of a packet, arriving a shortest journey after the first.
    pub fn double(&mut self, id: PacketId, now: Time) {
        if let Some(packet) = self.packet(id).cloned() {
            let arrives_at = packet.arrives_at.max(now) + self.faults.latency.0;
            self.duplicate(&packet, arrives_at);
        }
    }

    fn change(&mut self, id: PacketId, change: impl FnOnce(&mut Packet)) {
        if let Some(place) = self.packets.iter().position(|packet| packet.id == id) {
            let mut packet = self.packets.remove(place);
            change(&mut packet);
            self.insert(packet);
        }
    }

    fn lose_on(&mut self, from: Address, to: Address, now: Time) {
        for packet in &mut self.packets {
            if (packet.from, packet.to) == (from, to) && packet.fate.is_none() {
                packet.fate = Some(Loss::Cut);
            }
        }
        self.reschedule(|packet| {
            let hit = (packet.from, packet.to) == (from, to) && packet.fate == Some(Loss::Cut);
            hit.then(|| midway(packet.sent_at, packet.arrives_at).max(now))
        });
    }

    /// Gives some packets another time, and puts them where they then belong.
    fn reschedule(&mut self, due: impl Fn(&Packet) -> Option<Time>) {
        let mut moved = Vec::new();
        for place in (0..self.packets.len()).rev() {
            if let Some(at) = due(&self.packets[place]) {
                let mut packet = self.packets.remove(place);
                packet.due_at = at;
                moved.push(packet);
            }
        }
        for packet in moved {
            self.insert(packet);
        }
    }

    fn insert(&mut self, packet: Packet) {
        let key = (packet.due_at, packet.id);
        let place = self
            .packets
            .partition_point(|other| (other.due_at, other.id) > key);
        self.packets.insert(place, packet);
    }
}

/// Lost packets vanish half-way.
fn midway(from: Time, to: Time) -> Time {
    Time(from.0 + (to.0.saturating_sub(from.0)) / 2)
}

impl Body {
    /// Which kind of packet it makes.
    pub fn kind(&self) -> PacketKind {
        match self {
            Self::Raft(message) => match message.kind() {
                MessageKind::Append => PacketKind::Append,
                MessageKind::AppendReply => PacketKind::AppendReply,
                MessageKind::Heartbeat => PacketKind::Heartbeat,
                MessageKind::PreVote => PacketKind::PreVote,
                MessageKind::PreVoteReply => PacketKind::PreVoteReply,
                MessageKind::ReadIndex => PacketKind::ReadIndex,
                MessageKind::ReadIndexReply => PacketKind::ReadIndexReply,
                MessageKind::Snapshot => PacketKind::Snapshot,
                MessageKind::SnapshotReply => PacketKind::SnapshotReply,
                MessageKind::TimeoutNow => PacketKind::TimeoutNow,
                MessageKind::Vote => PacketKind::Vote,
                MessageKind::VoteReply => PacketKind::VoteReply,
            },
            Self::Reply { .. } => PacketKind::Reply,
            Self::Register { .. } | Self::Request { .. } => PacketKind::Request,
        }
    }
}

impl Packet {
    /// Which kind it is.
    pub fn kind(&self) -> PacketKind {
        self.body.kind()
    }

    /// Whether it waits to be delivered by hand.
    pub fn is_held(&self) -> bool {
        self.due_at == Time::NEVER
    }
}

impl Address {
    /// A number of its own among servers and clients.
    fn number(self) -> u32 {
        match self {
            Self::Server(id) => id.number() as u32,
            Self::Client(id) => 128 + id.slot() as u32,
        }
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Client(id) => id.fmt(f),
            Self::Server(id) => id.fmt(f),
        }
    }
}
