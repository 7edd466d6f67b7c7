//! What goes into a node and what comes out: [`Input`], [`Output`], [`Timer`].
//!
//! A node has no clock, no network and no disk. Its caller owns these, gives the node one input at
//! a time, and carries out the outputs in the order in which they come. `examples/three_nodes.rs`
//! is the smallest such caller.
//!
//! # The order of outputs, by example
//!
//! A follower in term 1 receives AppendEntries of term 2 with one new entry. Its outputs, without the
//! events and the timers of extensions:
//!
//! 1. `Persist`: the term has changed. It must be on disk before a reply says "term 2".
//! 2. `ResetElectionTimer`: it heard from the leader (Followers 2).
//! 3. `Persist`: the entry is in the log.
//! 4. `Send` AppendEntriesReply, accepted: it needs durable state, so it leaves after both writes.
//! 5. `Apply`, if the message says that entries are committed.
//!
//! A caller may write once for both `Persist` outputs, and may do other things meanwhile. What it must
//! not do is send 4 before the write: if the follower then crashed, a leader would count a copy that
//! does not exist.

use super::event::{Event, TimerResetReason};
use super::ext::membership::Change;
use super::ext::read::ReadId;
use super::log::Entry;
use super::machine::StateMachine;
use super::message::Message;
use super::types::{EntryId, LogIndex, NodeId, Term};
use crate::Machine;

/// A timer that a node may ask for. The caller decides how long each one lasts.
///
/// The order of the variants is part of links and of [`Timer::ALL`]: do not change it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// The election timeout (§5.2). A new random one each time: 150 to 300 ms in the paper.
    Election,
    /// The heartbeat interval: how often a leader sends AppendEntries, even without entries.
    Heartbeat,
    /// One of two lease timers (dissertation, 6.4.1). A lease lasts for the minimum election
    /// timeout, less the clock drift that is allowed for.
    EvenLease,
    /// The minimum election timeout. While it runs, the server has heard from a leader so recently
    /// that it elects no other one (dissertation, 4.2.3).
    MinElection,
    /// The other lease timer. With two, a lease is renewed while it runs.
    OddLease,
    /// How long a leadership transfer may take: the maximum election timeout (dissertation, 3.10).
    Transfer,
}

impl Timer {
    /// All timers. When two expire at the same time, the first in this list is handled first.
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
pub enum Input<M: StateMachine = Machine> {
    /// A message arrived. It may be late, duplicate or out of order.
    Message {
        /// The server that sent it.
        from: NodeId,
        /// The message.
        message: Message<M>,
    },
    /// A timer expired.
    Timeout(Timer),
    /// A client asks for a command to be executed.
    Propose(M::Command),
    /// A write has reached the disk: everything up to this term and this entry is durable. See
    /// [`super::Persistent::written`].
    Persisted {
        /// The term. The vote of this term is durable too.
        term: Term,
        /// The last entry of the log.
        last: EntryId,
    },
    /// A client asks for a session (dissertation, 6.3).
    Register(M::Registration),
    /// A client asks to read without an entry in the log (dissertation, 6.4).
    Read(ReadId),
    /// An administrator asks for another set of servers (§6).
    ChangeMembership(Change),
    /// An administrator asks for this server to become leader (dissertation, 3.10).
    Transfer(NodeId),
    /// The caller asks for the log to be compacted (§7).
    Compact {
        /// The state machine, with everything applied that the node asked to apply.
        machine: M,
        /// How many of the entries that the snapshot covers stay in the log all the same.
        keep: usize,
    },
}

/// What a server asks its caller to do. The order matters: carry the outputs out one by one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Output<M: StateMachine = Machine> {
    /// Send a message. It may be lost.
    Send {
        /// The receiver.
        to: NodeId,
        /// The message.
        message: Message<M>,
    },
    /// Write [`super::Node::persistent`] to disk, then report [`Input::Persisted`]. A message
    /// behind this output that [needs durable state](Message::needs_durable_state) may leave only
    /// after the write.
    Persist,
    /// The entry is committed: execute it in the state machine, and answer its client.
    Apply {
        /// The index of the entry.
        index: LogIndex,
        /// The entry.
        entry: Entry<M>,
    },
    /// The proposal is in the leader's log, not committed yet.
    Accept(EntryId),
    /// The proposal is rejected: this server does not lead, or transfers its leadership.
    Refuse {
        /// The leader, as far as this server knows.
        leader: Option<NodeId>,
    },
    /// Restart the election timer, and report [`Event::TimerReset`] with this reason. It is one
    /// output, not two, because it comes with every heartbeat.
    ResetElectionTimer(TimerResetReason),
    /// Start or restart a timer.
    SetTimer(Timer),
    /// Stop a timer.
    StopTimer(Timer),
    /// Replace the state machine by the one of a snapshot.
    Restore(M),
    /// The read may be answered from the state machine as it is now.
    ServeRead(ReadId),
    /// The read is rejected: no leader is known, or too many reads wait here.
    RefuseRead {
        /// The read.
        id: ReadId,
        /// The leader, as far as this server knows. It is this server itself if the client should
        /// try again here.
        leader: Option<NodeId>,
    },
    /// A fact for observers: it asks for nothing.
    Event(Event),
}

/// Short forms of the two most frequent outputs.
pub(super) trait Outputs<M: StateMachine> {
    /// [`Output::Send`].
    fn send(&mut self, to: NodeId, message: Message<M>);

    /// [`Output::Event`].
    fn report(&mut self, event: Event);
}

impl<M: StateMachine> Outputs<M> for Vec<Output<M>> {
    fn send(&mut self, to: NodeId, message: Message<M>) {
        self.push(Output::Send { to, message });
    }

    fn report(&mut self, event: Event) {
        self.push(Output::Event(event));
    }
}
