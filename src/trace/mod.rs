//! Runs on paper: what every server did, and what every client saw, one JSON object a line.
//!
//! A trace lets somebody who does not trust this program judge it (by the TLA+ specification of
//! Raft, say), and lets this program judge other implementations: [`check()`] reads a trace,
//! whoever wrote it, and looks for the first step that no rule of Raft allows. A client history is for linearizability checkers. The format is told field by
//! field in `docs/trace.md`.
//!
//! - [`line`](mod@line): the lines, as data;
//! - [`record`]: a run, written;
//! - [`mod@play`]: the same, from its beginning to its end;
//! - [`read`]: a line of a trace, whoever wrote it; `fields`: what is in its fields;
//! - [`judge`]: each step, compared with what Raft allows;
//! - [`mod@check`]: a whole trace, read and judged;
//! - [`watch`]: a whole trace, kept so that every line of it can be shown; `told`: a step in words;
//! - [`clients`]: what clients asked and were answered;
//! - [`histories`]: the same, read and checked.

pub mod check;
pub mod clients;
mod fields;
pub mod histories;
pub mod judge;
pub mod line;
pub mod play;
pub mod read;
pub mod record;
#[cfg(test)]
mod tests;
mod told;
pub mod watch;

pub use check::{Report, Unreadable, check, check_leniently};
pub use judge::{Rule, Summary, Verdict};
pub use play::{Played, play};
pub use record::Recorder;
