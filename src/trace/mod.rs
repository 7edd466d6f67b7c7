//! Runs on paper: what every server did, and what every client saw, one JSON object a line.
//!
//! A trace lets somebody who does not trust this program judge it (by the TLA+ specification of
//! Raft, say), and lets this program judge other implementations: [`check`] reads a trace,
//! whoever wrote it, and watches over it as the [`Checker`](crate::check::Checker) watches over
//! runs of our own. A client history is for linearizability checkers. The format is told field by
//! field in `docs/trace.md`.
//!
//! - [`line`](mod@line): the lines, as data;
//! - [`record`]: a run, written;
//! - [`mod@play`]: the same, from its beginning to its end;
//! - [`judge`]: a trace, read and checked;
//! - [`clients`]: what clients asked and were answered.

pub mod clients;
pub mod judge;
pub mod line;
pub mod play;
pub mod record;
#[cfg(test)]
mod tests;

pub use judge::{Finding, Summary, check};
pub use play::{Played, play};
pub use record::Recorder;
