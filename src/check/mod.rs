//! The properties that must hold, checked after every step.
//!
//! Raft guarantees the five properties of Figure 3. The [`Checker`] follows a run step by step. It
//! compares the *state* of the servers (terms, roles, logs, commit indexes, machines) with its own
//! record of the whole run: the leader of each term, and every entry that was ever committed. The
//! servers know neither; such a record is called ghost state. The checker does not use the events
//! that servers report, so a faulty core cannot hide its faults.
//!
//! A step changes one server. The checker looks only at that server, and only at the new part of its
//! log. So a step costs the same early and late in a run. (Only a machine that comes from a snapshot
//! is compared key by key.) A clone of the checker shares its record: each checkpoint of the world
//! keeps one, and a seek restores it.
//!
//! - [`property`]: the properties, by name;
//! - [`checker`]: finds what changed, and checks it in a fixed order;
//! - [`ghost`]: the ghost state;
//! - `configurations`: Configuration Safety;
//! - `leaders`: Election Safety, Leader Completeness;
//! - `logs`: Leader Append-Only, Log Matching;
//! - `machines`: State Machine Safety, and the guarantees for clients;
//! - `progress`: whether a client waits too long;
//! - [`violation`]: a broken property, and its sentence;
//! - [`linear`]: linearizability, for a whole history at a time.

pub mod checker;
mod configurations;
pub mod ghost;
mod leaders;
pub mod linear;
mod logs;
mod machines;
mod progress;
pub mod property;
#[cfg(test)]
mod tests;
pub mod violation;

pub use checker::{Checker, Seen};
pub use linear::{Anomaly, History};
pub use property::Property;
pub use violation::{Breach, Falling, Violation};
