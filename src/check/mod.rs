//! What must hold, watched after every step.
//!
//! Raft promises the five properties of Figure 3. The [`Checker`] follows a run step by step and
//! compares what the servers *have* (terms, roles, logs, commit indexes, machines) with what it
//! remembers of the whole run: who led which term, and what was ever committed. The servers
//! themselves know neither; such memory is called ghost state. It believes no server's own account
//! of what it did, so that a core with a mistake in it is caught by what it does.
//!
//! A step happens to one server. Only that server's part is looked at, and of its log only what
//! changed, so a step costs the same early and late in a run (but for a machine that comes out of a
//! snapshot: it is compared key by key). A clone of the checker shares what
//! it remembers: it is kept with each checkpoint of the world, and rewinds with it.
//!
//! - [`property`]: what is watched, by name;
//! - [`checker`]: what changed, and in which order it is looked at;
//! - [`ghost`]: what is remembered;
//! - `configurations`: Configuration Safety;
//! - `leaders`: Election Safety, Leader Completeness;
//! - `logs`: Leader Append-Only, Log Matching;
//! - `machines`: State Machine Safety, and what clients may rely on;
//! - `progress`: whether anybody is kept waiting;
//! - [`violation`]: what is told when something does not hold;
//! - [`linear`]: whether the clients could take the cluster for one machine, asked of a whole
//!   history at a time.

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
