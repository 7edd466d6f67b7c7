//! A run, written: what each step did to whom.

use std::collections::BTreeMap;

use super::line::{Init, Item, Kind, Line, Message, Role, State, item, name};
use crate::raft::{Log, LogIndex, MAX_SERVERS, NodeId, Persistent, ReadMode, ServerSet, Timer};
use crate::sim::{Action, Address, Body, Cause, Fact, PacketId, Server, Step, World};

/// Writes the lines of a run as it goes.
#[derive(Clone, Debug)]
pub struct Recorder {
    /// How many lines were written.
    lines: usize,
    /// By slot: what was last written of a server.
    known: Vec<Known>,
    /// Who was there after the last step. Who comes back later is new.
    there: ServerSet,
    /// Packets between servers that may still arrive.
    under_way: BTreeMap<PacketId, Letter>,
    /// The packets up to here were looked at.
    last_packet: PacketId,
    /// Who lost its disk, and has not started since.
    wiped: ServerSet,
    /// Who has a line.
    told: ServerSet,
    /// Whether each line has the whole state, and not only what changed.
    whole: bool,
}

/// What a trace tells of a server. The disk is kept as the server has it: a copy costs nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Known {
    disk: Persistent,
    role: Role,
    commit: LogIndex,
}

/// A message, and where the trace tells that it was sent.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Letter {
    source: (usize, usize),
    message: Message,
}

impl Recorder {
    /// Begins a trace: its first line, and one more for each server that does not begin with an
    /// empty disk.
    pub fn new(world: &World) -> (Self, Init, Vec<Line>) {
        Self::begin(world, false)
    }

    /// The same, but each line has the whole state of its server: for readers that do not follow
    /// changes.
    pub fn whole(world: &World) -> (Self, Init, Vec<Line>) {
        Self::begin(world, true)
    }

    fn begin(world: &World, whole: bool) -> (Self, Init, Vec<Line>) {
        let blank = Known {
            disk: Persistent::new(world.founders()),
            role: Role::F,
            commit: LogIndex(0),
        };
        let mut recorder = Self {
            lines: 1,
            known: vec![blank; MAX_SERVERS],
            there: world.ids(),
            under_way: BTreeMap::new(),
            last_packet: PacketId(0),
            wiped: ServerSet::EMPTY,
            told: ServerSet::EMPTY,
            whole,
        };
        let init = Init {
            e: Kind::Init,
            servers: world.ids().iter().map(name).collect(),
            founders: world.founders().iter().map(name).collect(),
            changes: !whole,
            rounds: world.config().read == ReadMode::Index,
        };
        let mut lines = Vec::new();
        recorder.note(world, &Step::default(), &mut lines);
        (recorder, init, lines)
    }

    /// Adds to `lines` what is to be told of `step`, which has just made `world` what it is.
    pub fn note(&mut self, world: &World, step: &Step, lines: &mut Vec<Line>) {
        if let Cause::Action(action) = &step.cause
            && let Action::Wipe(id) = **action
        {
            self.wiped.insert(id);
        }
        let mut sent = self.sent(world, step);
        let received = self.received(world, step);
        for server in world.servers() {
            let id = server.id;
            // A crash is told with the restart: before it, a server is as it last was.
            let known = match server.is_up() {
                true => Known::of(server),
                false => self.known[id.slot()].clone(),
            };
            let out: Vec<(PacketId, Message)> = sent
                .extract_if(.., |(from, ..)| *from == id)
                .map(|(_, packet, message)| (packet, message))
                .collect();
            let mine = received.as_ref().filter(|(to, ..)| *to == id);
            let joined = !self.there.contains(id);
            let changed = joined || self.known[id.slot()] != known;
            let restarted =
                matches!(&step.cause, Cause::Action(action) if **action == Action::Restart(id));
            if !changed && !restarted && out.is_empty() && mine.is_none() {
                continue;
            }
            let e = match mine {
                Some((_, e, _)) => *e,
                None if joined => Kind::Restart,
                None => kind(step, id, known.has_more_than(&self.known[id.slot()])),
            };
            self.lines += 1;
            for (nth, (packet, message)) in out.iter().enumerate() {
                let source = (self.lines, nth + 1);
                let message = message.clone();
                self.under_way.insert(*packet, Letter { source, message });
            }
            let letter = mine.map(|(.., letter)| letter);
            let starts = e == Kind::Restart;
            let begins = joined && self.told.contains(id);
            let wiped = starts && (begins || self.wiped.contains(id));
            if starts {
                self.wiped.remove(id);
            }
            self.told.insert(id);
            let before = &self.known[id.slot()];
            let state = match self.whole || wiped {
                true => known.state(),
                false => known.since(before, starts),
            };
            lines.push(Line {
                e,
                n: name(id),
                at: Some(step.at.0),
                m: letter.map(|letter| letter.message.clone()),
                src: letter.map(|letter| letter.source),
                wiped,
                s: (state != State::default()).then_some(state),
                out: out.into_iter().map(|(_, message)| message).collect(),
            });
            self.known[id.slot()] = known;
        }
        self.there = world.ids();
        self.find_copies(world);
    }

    /// What the step sent from server to server.
    fn sent(&self, world: &World, step: &Step) -> Vec<(NodeId, PacketId, Message)> {
        let told = step.facts.iter().filter_map(|fact| match *fact {
            Fact::Sent {
                packet,
                from: Address::Server(from),
                to: Address::Server(to),
                ..
            } => Some((packet, from, to)),
            _ => None,
        });
        told.filter_map(
            |(packet, from, to)| match &world.network().packet(packet)?.body {
                Body::Raft(message) => Some((from, packet, Message::of(from, to, message))),
                _ => None,
            },
        )
        .collect()
    }

    /// The message that ended its journey in this step, who it was for, and how it ended. One that
    /// has reached a held link waits there, and is under way still.
    fn received(&mut self, world: &World, step: &Step) -> Option<(NodeId, Kind, Letter)> {
        let Cause::Packet {
            packet,
            to: Address::Server(to),
            ..
        } = step.cause
        else {
            return None;
        };
        if world.network().packet(packet).is_some() {
            return None;
        }
        let letter = self.under_way.remove(&packet)?;
        let lost = matches!(step.facts.first(), Some(Fact::Lost { .. }));
        let kind = if lost { Kind::Drop } else { Kind::Recv };
        Some((to, kind, letter))
    }

    /// Takes note of packets that nobody sent: the network's copies of others.
    fn find_copies(&mut self, world: &World) {
        let mut last = self.last_packet;
        for packet in world.network().packets() {
            last = last.max(packet.id);
            let (Address::Server(from), Address::Server(to)) = (packet.from, packet.to) else {
                continue;
            };
            let Body::Raft(message) = &packet.body else {
                continue;
            };
            if packet.id <= self.last_packet || self.under_way.contains_key(&packet.id) {
                continue;
            }
            let message = Message::of(from, to, message);
            let original = self
                .under_way
                .values()
                .find(|letter| letter.message == message);
            if let Some(letter) = original.cloned() {
                self.under_way.insert(packet.id, letter);
            }
        }
        self.last_packet = last;
    }
}

/// What kind of step it was for a server that received nothing of another, and whose log grew or
/// not.
fn kind(step: &Step, id: NodeId, grew: bool) -> Kind {
    match &step.cause {
        Cause::Start => Kind::Restart,
        Cause::Timeout { timer, .. } => match timer {
            Timer::Election => Kind::Timeout,
            Timer::Heartbeat => Kind::Send,
            Timer::EvenLease | Timer::OddLease | Timer::MinElection | Timer::Transfer => Kind::Tick,
        },
        Cause::Packet {
            from: Address::Client(_),
            ..
        } if grew => Kind::Propose,
        Cause::Compaction { .. } => Kind::Compact,
        Cause::Action(action) => match **action {
            Action::Compact(_) => Kind::Compact,
            Action::Restart(_) => Kind::Restart,
            Action::Timeout(_) if action.server() == Some(id) => Kind::Timeout,
            _ => Kind::Tick,
        },
        _ => Kind::Tick,
    }
}

impl Known {
    fn of(server: &Server) -> Self {
        let node = server.node();
        Self {
            disk: server.persistent().clone(),
            role: Role::of(server),
            commit: node.map_or(LogIndex(0), |node| node.commit_index()),
        }
    }

    fn has_more_than(&self, other: &Self) -> bool {
        self.disk.log.last_index() > other.disk.log.last_index()
    }

    /// All of it.
    fn state(&self) -> State {
        let Persistent {
            current_term,
            voted_for,
            log,
        } = &self.disk;
        let base = log.base().index;
        let is_compacted = base > LogIndex(0);
        State {
            term: Some(current_term.0),
            vote: Some(voted_for.map(name).unwrap_or_default()),
            role: Some(self.role),
            first: is_compacted.then(|| log.first_index().0),
            log: Some(log.iter().map(|(_, entry)| item(entry)).collect()),
            commit: Some(self.commit.0),
            config: is_compacted.then(|| log.configured_by(base).1.to_string()),
            ..State::default()
        }
    }

    /// What of it is not as it was. A start tells all but the log.
    fn since(&self, before: &Self, starts: bool) -> State {
        let (own, old) = (&self.disk.log, &before.disk.log);
        if own.first_index() < old.first_index() {
            return self.state();
        }
        let changed = |it: bool| starts || it;
        let term = self.disk.current_term;
        let vote = self.disk.voted_for;
        let first = own.first_index();
        State {
            term: changed(term != before.disk.current_term).then_some(term.0),
            vote: changed(vote != before.disk.voted_for)
                .then(|| vote.map(name).unwrap_or_default()),
            role: changed(self.role != before.role).then_some(self.role),
            first: (first != old.first_index()).then_some(first.0),
            change: change(old, own),
            commit: changed(self.commit != before.commit).then_some(self.commit.0),
            ..State::default()
        }
    }
}

/// What a log has now from some index on, where it is not as it was.
fn change(old: &Log, own: &Log) -> Option<(u64, Vec<Item>)> {
    // A snapshot took its place.
    let is_new = !old.holds(own.base());
    let first = match is_new {
        true => own.first_index(),
        false => old.common(own).next(),
    };
    let same = first > old.last_index() && first > own.last_index();
    (is_new || !same).then(|| {
        let entries = own.iter_from(first);
        (first.0, entries.map(|(_, entry)| item(entry)).collect())
    })
}
