//! Pictures of a session, as plain data: what there is to see at a moment, and nothing of how it
//! is drawn. Everything here can be compared, so whoever draws it can tell whether it changed.
//!
//! - [`scene`]: the stage: servers, clients, packets under way, cut links;
//! - [`logs`]: the logs side by side;
//! - [`chart`]: who sent what to whom, over time;
//! - [`branches`](mod@branches): the futures that were put aside;
//! - [`compare`]: two runs side by side;
//! - [`timeline`]: who was what when;
//! - [`unusual`]: all that is off or unusual;
//! - [`why`]: why anything of it is so;
//! - [`foreign`]: the stage and the logs of another implementation, from its trace;
//! - [`facts`]: all there is to know of a server or a packet;
//! - [`rules`]: the rules of Figure 2, with what they compared in the last step;
//! - [`futures`]: all that can happen next, and what it would lead to;
//! - [`events`]: what happened, in sentences, and heartbeats folded;
//! - [`kinds`]: of what kind an event is, and the filter of the list;
//! - [`refs`]: which words and things of all these are about the same.

pub mod branches;
pub mod chart;
pub mod compare;
pub mod events;
pub mod facts;
pub mod foreign;
pub mod futures;
pub mod kinds;
pub mod logs;
pub mod refs;
pub mod rules;
pub mod scene;
pub mod timeline;
pub mod unusual;
pub mod why;

pub use chart::Chart;
pub use compare::Comparison;
pub use logs::LogTable;
pub use scene::Scene;
pub use timeline::Timeline;
pub use why::{Question, Why};
