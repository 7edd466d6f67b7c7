//! One line of history: what happened, what made it happen, and what came of it.

use super::action::Action;
use super::disk::Record;
use super::network::{Address, Loss, PacketId, PacketKind};
use super::time::Time;
use crate::kv::{Answer, ClientId, Op, SessionId};
use crate::raft::{Change, Event, LogIndex, NodeId, Output, Term, Timer};

/// The number of a step, from 1 in the order they happened. 0 is the start of the run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct StepId(pub u64);

/// A step of the world. Its buffers are meant to be used again for the next.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Step {
    /// Its number.
    pub id: StepId,
    /// When.
    pub at: Time,
    /// What happened.
    pub cause: Cause,
    /// The step that led to it: the one that sent the packet, started the timer, or sent the
    /// request that a client has waited for long enough.
    pub parent: Option<StepId>,
    /// What came of it, in causal order.
    pub facts: Vec<Fact>,
    /// What the server wants done and the world has not done yet.
    pub(super) outputs: Vec<Output>,
}

/// What makes a step happen.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Cause {
    /// Somebody outside did something.
    Action(Box<Action>),
    /// A client's own clock: it has something to ask, or has waited long enough.
    Client(ClientId),
    /// A server has more to compact than its configuration wants.
    Compaction {
        /// Which.
        server: NodeId,
    },
    /// A packet arrived, or was lost.
    Packet {
        /// Which.
        packet: PacketId,
        /// From whom.
        from: Address,
        /// To whom.
        to: Address,
        /// Of what kind.
        kind: PacketKind,
    },
    /// The run began.
    #[default]
    Start,
    /// A server's disk has done a write.
    Written {
        /// Whose.
        server: NodeId,
    },
    /// A server's timer ran out.
    Timeout {
        /// Whose.
        server: NodeId,
        /// Which.
        timer: Timer,
    },
}

/// Something that came of a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fact {
    /// A client has its answer.
    Answered {
        /// Which client.
        client: ClientId,
        /// Its number of the request.
        serial: u32,
        /// What it had asked.
        op: Op,
        /// When it first asked.
        asked_at: Time,
        /// Who answered.
        server: NodeId,
        /// What the machine said.
        answer: Answer,
    },
    /// A client sent a request, perhaps not for the first time.
    Asked {
        /// Which client.
        client: ClientId,
        /// Its number of the request.
        serial: u32,
        /// What it asks.
        op: Op,
        /// Whom it asks.
        server: NodeId,
        /// How often it has asked this, from 1.
        attempt: u32,
    },
    /// A leader was asked to make the cluster another.
    ChangeAsked {
        /// Which leader.
        leader: NodeId,
        /// What is wanted.
        change: Change,
    },
    /// A server crashed: it keeps its disk and nothing else.
    Crashed {
        /// Which.
        server: NodeId,
    },
    /// A client was told that its session has expired: it does not know whether its request was
    /// executed, and lets it be.
    Expired {
        /// Which client.
        client: ClientId,
        /// Its number of the request.
        serial: u32,
        /// What it had asked.
        op: Op,
        /// Who told it.
        server: NodeId,
    },
    /// A client has waited long enough for a server.
    GaveUpWaiting {
        /// Which client.
        client: ClientId,
        /// Its number of the request.
        serial: u32,
        /// For whom.
        server: NodeId,
    },
    /// A new server was switched on. Its disk is empty.
    Joined {
        /// Which.
        server: NodeId,
    },
    /// A packet was lost.
    Lost {
        /// Which.
        packet: PacketId,
        /// Whose.
        from: Address,
        /// For whom.
        to: Address,
        /// Of what kind.
        kind: PacketKind,
        /// Why.
        why: Loss,
    },
    /// Links were cut or mended.
    NetworkChanged,
    /// Something happened inside a server.
    Raft {
        /// Which.
        server: NodeId,
        /// What.
        event: Event,
    },
    /// A server answered a read from its state machine.
    Read {
        /// Which server.
        server: NodeId,
        /// The last entry it had applied.
        index: LogIndex,
        /// Whose read.
        client: ClientId,
        /// The client's number of it.
        serial: u32,
        /// What was asked.
        op: Op,
        /// What the machine said.
        answer: Answer,
    },
    /// A client was sent to another server.
    Redirected {
        /// Which client.
        client: ClientId,
        /// Who would not serve it.
        from: NodeId,
        /// Whom it named, if it knew.
        leader: Option<NodeId>,
    },
    /// A server put a client's command into its machine.
    Executed {
        /// Which server.
        server: NodeId,
        /// Which entry.
        index: LogIndex,
        /// Whose command.
        client: ClientId,
        /// The client's number of it.
        serial: u32,
        /// What the machine answered.
        answer: Answer,
    },
    /// A client asked for a session, perhaps not for the first time.
    Registers {
        /// Which client.
        client: ClientId,
        /// Its number of the request.
        serial: u32,
        /// What it wants it for.
        op: Op,
        /// Whom it asks.
        server: NodeId,
        /// How often it has asked this, from 1.
        attempt: u32,
    },
    /// A client has a session.
    Registered {
        /// Which client.
        client: ClientId,
        /// Which session.
        session: SessionId,
        /// Who told it.
        server: NodeId,
    },
    /// A server was taken away.
    Retired {
        /// Which.
        server: NodeId,
    },
    /// A server started from its disk.
    Restarted {
        /// Which.
        server: NodeId,
    },
    /// A server found a torn record when it started, and dropped it.
    RecordDropped {
        /// Which server.
        server: NodeId,
        /// Which record.
        record: Record,
    },
    /// A server's machine has forgotten a session, to make room for another.
    SessionEnded {
        /// Which server.
        server: NodeId,
        /// Which session.
        session: SessionId,
        /// Whose it was.
        client: ClientId,
        /// The session that was opened.
        for_session: SessionId,
        /// Whose that is.
        for_client: ClientId,
    },
    /// A server's machine has opened a session.
    SessionOpened {
        /// Which server.
        server: NodeId,
        /// Which session: the index of the entry.
        session: SessionId,
        /// Whose.
        client: ClientId,
    },
    /// A packet was sent.
    Sent {
        /// Which.
        packet: PacketId,
        /// By whom.
        from: Address,
        /// To whom.
        to: Address,
        /// Of what kind.
        kind: PacketKind,
        /// The sender's term; 0 for clients' packets.
        term: Term,
        /// The last entry it carries or acknowledges; 0 if that means nothing.
        index: LogIndex,
        /// With AppendEntries the receiver's nextIndex, prevLogIndex + 1; else 0.
        next: LogIndex,
        /// Whether it says yes (a granted vote, stored entries). True for requests.
        positive: bool,
    },
    /// A crash came in the middle of a write.
    WriteCut {
        /// Whose.
        server: NodeId,
        /// The last entry that is on the disk.
        last: LogIndex,
        /// The last entry that the server had.
        unwritten: LogIndex,
        /// The term that is on the disk, if the server was in a later one.
        term: Option<Term>,
    },
    /// A server's disk began a write.
    WriteBegun {
        /// Whose.
        server: NodeId,
        /// The last entry that it will have when that is done.
        last: LogIndex,
        /// When that will be.
        done_at: Time,
    },
    /// A server's disk has done a write.
    Written {
        /// Whose.
        server: NodeId,
        /// The last entry that it has.
        last: LogIndex,
    },
    /// A server's disk was lost.
    Wiped {
        /// Which.
        server: NodeId,
    },
}

impl Step {
    /// The server it happened to, if it happened to one.
    pub fn server(&self) -> Option<NodeId> {
        match &self.cause {
            Cause::Compaction { server }
            | Cause::Written { server }
            | Cause::Timeout { server, .. } => Some(*server),
            Cause::Packet {
                to: Address::Server(server),
                ..
            } => Some(*server),
            Cause::Action(action) => action.server(),
            _ => None,
        }
    }

    /// The events inside servers, with the server.
    pub fn events(&self) -> impl Iterator<Item = (NodeId, &Event)> {
        self.facts.iter().filter_map(|fact| match fact {
            Fact::Raft { server, event } => Some((*server, event)),
            _ => None,
        })
    }

    /// Makes it ready to tell of the next step.
    pub(super) fn begin(&mut self, id: StepId, at: Time, cause: Cause, parent: Option<StepId>) {
        self.facts.clear();
        self.outputs.clear();
        (self.id, self.at, self.cause, self.parent) = (id, at, cause, parent);
    }
}
