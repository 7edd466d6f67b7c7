//! Raftarium: a Raft cluster alive in a browser page.
//!
//! The map of the house. Each layer knows only those above it in this list:
//!
//! - [`raft`]: one server's protocol. Knows no clock, no chance, no network, no disk, no command.
//! - [`kv`]: the replicated key-value store and its commands.
//! - [`sim`]: servers, clients and a network in virtual time. Knows of nobody watching.
//! - [`check`]: what must hold at every step.
//! - [`hunt`]: the search for a schedule that breaks it. Natively in the program
//!   `raftarium-lab`, on all cores.
//! - [`trace`]: runs on paper, for other checkers, and other implementations' runs, judged.
//! - [`narrate`]: what happened, in sentences, and why.
//! - [`script`]: the text grammar with commands to run and to expect: golden tests and lessons.
//! - [`session`]: play, go to any moment, act in the past, undo, share.
//! - [`course`]: chapters to act on, read from the texts in `src/lessons`.
//! - [`view`]: pictures of a session as plain data. Knows no way to draw them.
//! - [`ui`]: the page. The only layer that knows Yew and the browser.
//!
//! To learn Raft, read [`raft`]. To follow a click, start at [`ui`].
pub mod check;
pub mod course;
pub mod hunt;
pub mod kv;
pub mod narrate;
pub mod raft;
pub mod script;
pub mod session;
pub mod sim;
pub mod trace;
pub mod ui;
pub mod view;

/// The state machine that this program replicates: what [`raft`]'s types stand for where none is named.
pub type Machine = kv::KvStore;
