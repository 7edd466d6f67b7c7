//! One server's Raft: the whole protocol, as a function from what happens to what to do about it.
//!
//! # Raft in a page
//!
//! Some servers keep the same *log*: a list of commands. Each puts the log's commands, in order,
//! into a *state machine*, so all machines go through the same states. The difficulty is to agree
//! on the log while servers crash and messages are lost, doubled, late and out of order.
//!
//! Raft elects a *leader*, lets it alone decide what comes next in the log, and copies the log to
//! the *followers*. Time is divided into *terms*, each with one leader at most. When followers
//! hear nothing from a leader for a while, one becomes *candidate* in the next term and asks for
//! votes; more than half of all servers make it leader ([`election`]). An entry that more than
//! half of all servers hold, made in the leader's own term, is *committed*: no later leader can
//! lack it, because nobody votes for a log that is less complete than their own, and any two
//! majorities share a server ([`replication`]).
//!
//! # How to read this
//!
//! Keep Figure 2 of the paper beside it. [`Persistent`] and [`Role`] are its State box, split by
//! who has what: a follower *has* no `next`. [`Node::step`] is its rules. Every rule stands in one
//! place, with its section and the reason, and where a rule can be switched off for a lesson
//! ([`Rule`]) the switch is asked right there.
//!
//! - [`types`]: terms, indexes, sets of servers; [`configuration`]: who belongs to the cluster, and
//!   what a majority of it is;
//! - [`log`] (kept in [`chunks`] that copies share), [`message`], [`config`], [`rules`]: the
//!   nouns;
//! - [`node`]: the state, and the rules for all servers;
//! - [`election`]: how a server comes to lead;
//! - [`pre_vote`], [`check_quorum`]: how not to disturb a leader that is alive ([`loyalty`]), and
//!   when a leader is of no use;
//! - [`transfer`]: how a leader hands over to another;
//! - [`read`]: how to read without writing to the log; [`lease`]: and without asking anybody;
//! - [`replication`]: how a log comes to be shared, and when an entry is committed;
//! - `snapshot`: how a log is kept short;
//! - [`membership`]: how servers come and go;
//! - [`event`]: what happened and why, for whoever watches.
//!
//! # What is not here
//!
//! - No clock. A node asks for a timer ([`Output::SetTimer`]) and is told when it ran out
//!   ([`Input::Timeout`]); how long that takes is the world's affair, and so is the randomness of
//!   election timeouts. "S3 times out first" is an ordinary input.
//! - No I/O. Messages, disk writes and commands for the machine are outputs, in causal order: a
//!   promise ([`Message::is_promise`]) behind an [`Output::Persist`] may leave only when that write
//!   is on disk.
//! - No errors. Any message is acceptable at any time; the protocol says what to make of it.

pub mod chunks;
pub mod config;
pub mod configuration;
pub mod event;
pub mod ext;
pub mod io;
pub mod log;
pub mod message;
pub mod node;
pub mod progress;
pub mod rules;
pub mod types;

mod candidate;
mod follower;
mod leader;

#[cfg(test)]
mod tests;

pub use config::{Config, ReadMode, SendPolicy};
pub use configuration::Configuration;
pub use event::Event;
pub use ext::membership::{self, Change};
pub use ext::read::{Read, ReadId, Stage};
pub use ext::snapshot::Outgoing;
pub use ext::transfer::LeadershipTransfer;
pub use io::{Input, Output, Timer};
pub use log::{Entries, Entry, Log, Payload, Snapshot};
pub use message::{AppendOutcome, Message, MessageKind, Piece, SnapshotOutcome};
pub use node::{LeaderState, Node, Persistent, Role};
pub use progress::{Flow, Progress};
pub use rules::{Rule, Rules};
pub use types::{EntryId, LogIndex, MAX_SERVERS, NodeId, Round, ServerSet, Term};
