//! A simulated cluster: servers, clients and a network in virtual time.
//!
//! [`Scenario`] is where a run begins, [`World`] a moment of it, [`Action`] what somebody outside
//! does to it, [`Step`] one thing that happened. Time is counted in microseconds, everything is an
//! integer, and everything random is hashed from the seed ([`random`]); so the same scenario and actions
//! give the same run everywhere.

pub mod action;
pub mod client;
pub mod disk;
pub mod fingerprint;
pub mod network;
pub mod random;
pub mod rng;
pub mod roster;
pub mod scenario;
pub mod server;
pub mod step;
pub mod text;
pub mod time;
pub mod world;

pub use action::{Action, ClockJump, ClockRate, Group, Link, PacketPick, Path};
pub use client::{Client, PendingRequest, QueuedRequest, Stage, Workload};
pub use disk::{Disk, Record};
pub use fingerprint::Fingerprint;
pub use network::{
    Address, Body, LinkFaults, Loss, Network, NetworkFaults, Packet, PacketId, PacketKind,
    ReplyOutcome,
};
pub use rng::Rng;
pub use roster::Roster;
pub use scenario::{DiskImage, Scenario, Setting, Setup, Timing};
pub use server::{Condition, Server, Up};
pub use step::{Cause, Fact, Step, StepId};
pub use time::Time;
pub use world::World;
