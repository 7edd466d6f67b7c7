//! What happened and why: logs, events, reasons, rules, properties.

pub mod events;
pub mod inspector;
pub mod logs;
pub mod promises;
pub mod rules;
pub mod why;
