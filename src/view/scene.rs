//! The stage: the roles of all servers, and the messages between them.
//!
//! The place of a packet and the progress of a timer depend on the time alone, so they are not in a
//! scene. A scene changes when something happens, not while time passes.

mod marks;

use super::refs;
use crate::kv::{Answer, ClientId};
use crate::narrate::{fill, say, spoken_time};
use crate::raft::configuration::majority;
use crate::raft::{
    AppendOutcome, Configuration, Event, Log, LogIndex, Message, Node, NodeId, Payload, Read, Role,
    ServerSet, Term, Timer,
};
use crate::session::Session;
use crate::sim::{
    Address, Body, Client, ClockRate, Packet, PacketId, PacketKind, ReplyOutcome, Server, Stage,
    Time, World,
};

/// The stage at one moment.
#[derive(Clone, PartialEq, Debug)]
pub struct Scene {
    /// The servers, in the order of their numbers.
    pub servers: Vec<ServerView>,
    /// The clients, in the order of their numbers.
    pub clients: Vec<ClientView>,
    /// The packets that travel, in the order of their numbers.
    pub packets: Vec<PacketView>,
    /// Every pair of servers.
    pub links: Vec<LinkView>,
}

/// The look of a server: its role, or what else it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Look {
    /// It asks for votes.
    Candidate,
    /// It has crashed.
    Down,
    /// It is a follower.
    #[default]
    Follower,
    /// It leads.
    Leader,
    /// It is a learner: it receives the log and has no vote.
    Learner,
    /// It knows of no cluster.
    Outside,
    /// It is a pre-candidate.
    PreCandidate,
}

/// A server on the stage.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServerView {
    /// The server.
    pub id: NodeId,
    /// Its name.
    pub label: String,
    /// Its look.
    pub look: Look,
    /// Its term.
    pub term: Term,
    /// The last entry of its log.
    pub last: LogIndex,
    /// Its commit index.
    pub commit: LogIndex,
    /// When its election timer was set, and when it expires, if it runs; for a leader, its lease.
    pub timer: Option<(Time, Time)>,
    /// A second state in a few words: paused, a transfer, or that it is no member.
    pub doing: Option<String>,
    /// The rate of a skewed clock: `×2`.
    pub clock: Option<String>,
    /// What a write takes on a slow disk: `60 ms`; or that the disk fails.
    pub disk: Option<String>,
    /// The majority that it collects.
    pub quorum: Option<Quorum>,
    /// Whether a disk write is in progress.
    pub writes: bool,
}

/// How close a server is to a majority; in a joint configuration, to two.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Quorum {
    /// The tally of the voters; in a joint configuration, that of the old voters comes first.
    pub parts: Vec<Part>,
    /// What is counted: `votes`, or `hold entry 7`.
    pub what: String,
    /// Whether the votes are split: no candidate of the term can get a majority any more.
    pub split: bool,
}

/// Voters, and those of them that are counted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// The voters that are counted, the collecting server first; then the others.
    pub voters: Vec<NodeId>,
    /// The number of those that are counted.
    pub yes: usize,
    /// The number that is needed.
    pub needed: usize,
}

/// A client on the stage.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClientView {
    /// The client.
    pub id: ClientId,
    /// The server that it takes for the leader.
    pub target: NodeId,
    /// Its state, in a few words.
    pub doing: String,
    /// Whether it waits for an answer.
    pub waits: bool,
}

/// A packet on the stage.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PacketView {
    /// Its number.
    pub id: PacketId,
    /// The sender.
    pub from: Address,
    /// The receiver.
    pub to: Address,
    /// Its content, in words.
    pub title: String,
    /// The kind of message.
    pub kind: PacketKind,
    /// Whether a reply is positive; none for requests.
    pub positive: bool,
    /// The tokens of the message and of what it carries ([`refs`]).
    pub refs: String,
    /// Its label: the command of its entry, its last index, or the request of a client.
    pub label: String,
    /// The time of sending.
    pub sent_at: Time,
    /// The time of arrival.
    pub arrives_at: Time,
    /// Whether it will be lost.
    pub lost: bool,
    /// Whether it is held at the end of its link.
    pub held: bool,
}

/// The link between two servers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LinkView {
    /// The server with the lower number.
    pub a: NodeId,
    /// The other server.
    pub b: NodeId,
    /// Whether messages from `a` to `b` are lost.
    pub cut_there: bool,
    /// Whether messages from `b` to `a` are lost.
    pub cut_back: bool,
    /// How slow and lossy it is: `100 ms, 50 % lost`.
    pub note: Option<String>,
}

impl Scene {
    /// The stage at the moment of `world`.
    pub fn of(world: &World) -> Self {
        let mut servers: Vec<ServerView> = world.servers().iter().map(ServerView::of).collect();
        marks::name_those_outside(&mut servers, world);
        marks::name_split_votes(&mut servers, world);
        let there = |address| match address {
            Address::Client(_) => true,
            Address::Server(id) => world.find(id).is_some(),
        };
        let packets = world.network().as_sent().into_iter();
        let packets = packets.filter(|packet| there(packet.from) && there(packet.to));
        let packets = packets.map(PacketView::of);
        let links = links(world);
        Self {
            servers,
            clients: world.clients().iter().map(ClientView::of).collect(),
            packets: packets.collect(),
            links,
        }
    }

    /// The same, where a majority stays in sight for `window` after it was reached.
    pub fn of_session(session: &Session, window: Time) -> Self {
        let mut scene = Self::of(session.world());
        for (id, full) in reached(session, window) {
            let server = scene.servers.iter_mut().find(|server| server.id == id);
            if let Some(server) = server {
                server.quorum = Some(full);
            }
        }
        scene
    }
}

fn links(world: &World) -> Vec<LinkView> {
    let cut = |a: NodeId, b: NodeId| world.network().is_cut(a.into(), b.into());
    let mut links = Vec::new();
    for a in world.ids().iter() {
        for b in world.ids().iter().filter(|b| a < *b) {
            links.push(LinkView {
                a,
                b,
                cut_there: cut(a, b),
                cut_back: cut(b, a),
                note: marks::of_link(world, a, b),
            });
        }
    }
    links
}

impl LinkView {
    /// Whether it is cut in one direction at least.
    pub fn is_cut(&self) -> bool {
        self.cut_there || self.cut_back
    }
}

impl Look {
    /// The look of `server`.
    pub fn of(server: &Server) -> Self {
        match server.node().map(|node| node.role()) {
            None => Self::Down,
            Some(Role::Candidate { .. }) => Self::Candidate,
            Some(Role::Follower { .. }) => Self::at_rest(server.id, &server.log().configuration()),
            Some(Role::Leader(_)) => Self::Leader,
            Some(Role::PreCandidate { .. }) => Self::PreCandidate,
        }
    }

    /// The look of a server that neither leads nor campaigns.
    pub fn at_rest(id: NodeId, configuration: &Configuration) -> Self {
        if configuration.all_voters().contains(id) {
            Self::Follower
        } else if configuration.learners.contains(id) {
            Self::Learner
        } else {
            Self::Outside
        }
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        // Said by the page.
        match self {
            Self::Candidate => "candidate",
            Self::Down => "down",
            Self::Follower => "follower",
            Self::Leader => "leader",
            Self::Learner => "learner",
            Self::Outside => "outside",
            Self::PreCandidate => "pre-candidate",
        }
    }
}

impl ServerView {
    fn of(server: &Server) -> Self {
        let lease = server.node().and_then(Node::lease_timer);
        let timer = lease.unwrap_or(Timer::Election);
        let timer = server.up().map(|up| *up.timers.get(timer));
        let timer = timer.filter(|timer| timer.deadline < Time::NEVER);
        Self {
            id: server.id,
            label: server.id.to_string(),
            look: Look::of(server),
            term: server.term(),
            last: server.log().last_index(),
            commit: server
                .node()
                .map_or(LogIndex(0), |node| node.commit_index()),
            timer: timer.map(|timer| (timer.set_at, timer.deadline)),
            doing: if server.is_paused() {
                Some(say("paused").into())
            } else {
                server.node().and_then(doing)
            },
            clock: (server.clock != ClockRate::TRUE).then(|| match server.clock {
                ClockRate { ticks, per: 1 } => format!("×{ticks}"),
                ClockRate { ticks, per } => format!("×{ticks}/{per}"),
            }),
            disk: match server.disk_time {
                _ if server.disk_fails() => Some(say("fails").into()),
                time => time.map(spoken_time),
            },
            quorum: quorum(server),
            writes: server.up().is_some_and(|up| up.disk.writing().is_some()),
        }
    }

    /// The sentence for a screen reader: `S3, leader, term 4, log 5, committed 4`, or `S3, down, log
    /// 5`. Where the course has not come to `terms`, there are no numbers in it.
    pub fn name(&self, terms: bool) -> String {
        let (id, word) = (&self.label, say(self.look.word()));
        let mut name = match (terms, self.look) {
            (false, _) => format!("{id}, {word}"),
            (true, Look::Down) => fill("{}, down, log {}", &[id, &self.last]),
            (true, _) => fill(
                "{}, {}, term {}, log {}, committed {}",
                &[id, &word, &self.term, &self.last, &self.commit],
            ),
        };
        if self.look == Look::Down {
            return name;
        }
        if let Some(quorum) = &self.quorum {
            name.push_str(&format!(", {}", quorum.sentence()));
        }
        if let Some(doing) = &self.doing {
            name.push_str(&format!(", {doing}"));
        }
        if let Some(clock) = &self.clock {
            name.push_str(&format!(", {}", fill("clock {}", &[clock])));
        }
        if let Some(disk) = &self.disk {
            name.push_str(&format!(", {}", fill("disk: {}", &[disk])));
        }
        if self.writes {
            name.push_str(&format!(", {}", say("writing to its disk")));
        }
        name
    }
}

impl Quorum {
    /// The majority that `id` collects.
    fn new(
        id: NodeId,
        of: Configuration,
        yes: impl Fn(NodeId) -> bool,
        what: impl Into<String>,
    ) -> Self {
        let part = |of: ServerSet| {
            let mut voters: Vec<NodeId> = of.iter().collect();
            voters.sort_unstable_by_key(|voter| (!yes(*voter), *voter != id, *voter));
            Part {
                yes: voters.iter().filter(|voter| yes(**voter)).count(),
                needed: majority(voters.len()),
                voters,
            }
        };
        let old = of.is_joint().then(|| part(of.outgoing));
        Self {
            parts: old.into_iter().chain([part(of.voters)]).collect(),
            what: what.into(),
            split: false,
        }
    }

    /// Whether the majority is reached; in a joint configuration, both.
    pub fn is_full(&self) -> bool {
        self.parts.iter().all(|part| part.yes >= part.needed)
    }

    /// The text above its row: `2 of 5 hold x=5`, `3 of 5: a majority`.
    pub fn label(&self) -> String {
        let what = &self.what;
        match self.parts.as_slice() {
            [part] if self.is_full() => {
                fill("{} of {}: a majority", &[&part.yes, &part.voters.len()])
            }
            [part] if self.split => {
                fill("{} of {}: a split vote", &[&part.yes, &part.voters.len()])
            }
            [part] => fill("{} of {} {}", &[&part.yes, &part.voters.len(), what]),
            _ if self.is_full() => say("two majorities").into(),
            _ => what.clone(),
        }
    }

    /// `2 of 5 votes`; in a joint configuration `2 of 2 old and 1 of 2 new votes`.
    pub fn sentence(&self) -> String {
        let what = &self.what;
        match self.parts.as_slice() {
            [old, new] => fill(
                "{} of {} old and {} of {} new {}",
                &[&old.yes, &old.needed, &new.yes, &new.needed, what],
            ),
            _ => self.label(),
        }
    }
}

/// A state that the role does not show.
fn doing(node: &Node) -> Option<String> {
    if let Some(to) = node.transferee() {
        return Some(fill("hands over to {}", &[&to]));
    }
    // Said by the page.
    let plural = match node.reads().len() {
        0 if node.has_lease() => return Some(say("has a lease").into()),
        0 => return None,
        1 => "{} read waits",
        _ => "{} reads wait",
    };
    Some(fill(plural, &[&node.reads().len()]))
}

/// A candidate collects votes. A leader collects copies of its first uncommitted entry, and replies
/// that confirm its reads.
fn quorum(server: &Server) -> Option<Quorum> {
    let node = server.node()?;
    let of = node.configuration();
    match node.role() {
        Role::Candidate { votes, .. } => Some(Quorum::new(
            server.id,
            of,
            |id| votes.contains(id),
            say("votes"),
        )),
        Role::PreCandidate { votes } => Some(Quorum::new(
            server.id,
            of,
            |id| votes.contains(id),
            say("would vote for it"),
        )),
        Role::Leader(leadership) if node.commit_index() < node.log().last_index() => {
            let index = node.commit_index().next();
            let holds = |id| leadership.progress(id).match_index >= index;
            let what = hold(server.log(), index);
            Some(Quorum::new(server.id, of, holds, what))
        }
        Role::Leader(leadership) => {
            let round = node.reads().iter().find_map(Read::round)?;
            let confirms = |id| id == server.id || leadership.progress(id).answered >= round;
            let what = say("confirm that it leads");
            Some(Quorum::new(server.id, of, confirms, what))
        }
        Role::Follower { .. } => None,
    }
}

/// `hold x=5`, or `hold entry 7` where there is no command to name.
fn hold(log: &Log, index: LogIndex) -> String {
    match command(log, index) {
        Some(command) => fill("hold {}", &[&command]),
        None => fill("hold entry {}", &[&index]),
    }
}

/// The command of an entry, if it holds one.
fn command(log: &Log, index: LogIndex) -> Option<String> {
    match log.get(index)?.payload {
        Payload::Command(command) => Some(command.op.to_string()),
        Payload::Configuration(_) | Payload::Noop | Payload::Register(_) => None,
    }
}

/// The majorities that were reached within `window` before now, by the server that collected them:
/// votes for a leader, copies of a committed entry. Only the latest of each server counts.
fn reached(session: &Session, window: Time) -> Vec<(NodeId, Quorum)> {
    let now = session.now();
    let mut all: Vec<(NodeId, Quorum)> = Vec::new();
    let records = session.records()[..session.told()].iter().rev();
    let recent = records.take_while(|record| record.step.at + window >= now);
    for (id, event) in recent.flat_map(|record| record.step.events()) {
        let Some(server) = session.world().find(id) else {
            continue;
        };
        let (of, yes, what) = match event {
            Event::BecameLeader { votes, of, .. } => (of, votes, say("votes").into()),
            Event::Committed {
                position,
                holders,
                of,
                ..
            } => (of, holders, hold(server.log(), position.index)),
            _ => continue,
        };
        if server.is_up() && all.iter().all(|(other, _)| *other != id) {
            all.push((id, Quorum::new(id, *of, |voter| yes.contains(voter), what)));
        }
    }
    all
}

impl ClientView {
    fn of(client: &Client) -> Self {
        let doing = match (&client.current, &client.last_answer) {
            (Some(errand), _) if errand.waiting && errand.stage == Stage::Opening => {
                say("opens a session").into()
            }
            (Some(errand), _) if errand.waiting => fill("waits for {}", &[&errand.op]),
            (Some(_), _) => say("looks for a leader").into(),
            (None, Some((op, answer))) => match answer {
                Answer::Done => fill("{} is done", &[op]),
                // Labels must be short.
                Answer::Expired => fill("{}: outcome unknown", &[op]),
                Answer::Differs(Some(value)) => fill("{} found {}", &[op, value]),
                Answer::Differs(None) => fill("{} found nothing", &[op]),
                answer => fill("{} gave {}", &[op, answer]),
            },
            (None, None) => say("idle").into(),
        };
        let waits = client.current.is_some();
        Self {
            id: client.id,
            target: client.asks(),
            doing,
            waits,
        }
    }
}

impl PacketView {
    fn of(packet: &Packet) -> Self {
        let (label, positive) = match &packet.body {
            Body::Raft(Message::AppendEntries {
                prev_log: previous,
                entries,
                ..
            }) => {
                let last = previous.index.plus(entries.len());
                let payload = entries.first().map(|first| &first.payload);
                let label = match payload {
                    None => String::new(),
                    Some(Payload::Command(command)) if entries.len() == 1 => command.op.to_string(),
                    Some(_) => last.to_string(),
                };
                (label, true)
            }
            Body::Raft(Message::AppendEntriesReply { outcome, .. }) => (
                String::new(),
                matches!(outcome, AppendOutcome::Accepted { .. }),
            ),
            Body::Raft(Message::InstallSnapshot { piece, .. }) => {
                (piece.last.index.to_string(), true)
            }
            Body::Raft(Message::ReadIndexReply { index, .. }) => (index.to_string(), true),
            Body::Raft(Message::InstallSnapshotReply { .. } | Message::ReadIndex { .. }) => {
                (String::new(), true)
            }
            Body::Raft(
                Message::PreVote { .. } | Message::RequestVote { .. } | Message::TimeoutNow { .. },
            ) => (String::new(), true),
            Body::Raft(
                Message::PreVoteReply { granted, .. } | Message::RequestVoteReply { granted, .. },
            ) => (String::new(), *granted),
            Body::Register { .. } => (format!("+{}", packet.from), true),
            Body::Request { op, .. } => (op.to_string(), true),
            Body::Reply { outcome, .. } => match outcome {
                ReplyOutcome::Answer(Answer::Expired) => ("?".into(), false),
                ReplyOutcome::Answer(_) | ReplyOutcome::Session(_) => ("ok".into(), true),
                ReplyOutcome::NotLeader { leader } => (
                    leader.map_or_else(|| "?".into(), |id| format!("→{id}")),
                    false,
                ),
            },
        };
        Self {
            id: packet.id,
            from: packet.from,
            to: packet.to,
            title: fill("{} to {}: {}", &[&packet.from, &packet.to, &packet.kind()]),
            kind: packet.kind(),
            positive,
            refs: refs::message(packet),
            label,
            sent_at: packet.sent_at,
            arrives_at: packet.arrives_at,
            lost: packet.fate.is_some(),
            held: packet.is_held(),
        }
    }

    /// The share of its path that it has travelled at `now`, from 0 to 1.
    pub fn progress(&self, now: Time) -> f32 {
        let whole = self.arrives_at.saturating_sub(self.sent_at).0.max(1) as f32;
        (now.saturating_sub(self.sent_at).0 as f32 / whole).clamp(0.0, 1.0)
    }
}
