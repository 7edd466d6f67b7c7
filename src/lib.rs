//! Raftarium: a Raft cluster alive in a browser page.
pub mod check;
pub mod machine;
pub mod narrate;
pub mod raft;
pub mod script;
pub mod sim;
