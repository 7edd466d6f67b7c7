//! The page: Yew components over the pictures of [`crate::view`].
//!
//! When something *happened*, the root component makes new pictures and Yew renders what differs.
//! Between events the browser moves packets and timer rings by itself, and nothing runs but the
//! clock now and then. No attribute has two owners; paused means that no frame is asked for.
//!
//! - [`app`]: the root: the rooms, what the user wants, and the way between them;
//! - [`stage`]: servers, messages and clients in their places, and what moves between events;
//! - [`learn`]: the course; [`play`]: what the user does to the cluster by hand; [`foreign`]: *Your
//!   Raft*;
//! - [`time`]: the bar below, the chart, branches and futures; [`reasons`]: logs, events, why, rules;
//! - [`share`]: a moment as a link, a file, a picture;
//! - [`control`]: how components act on the run;
//! - the rest serves all of them.
//!
//! One component is one file; its style has the same name in `styles/`.

#![allow(
    missing_docs,
    unreachable_pub,
    reason = "Yew makes properties as visible as their component; they are named for what they are"
)]

mod app;
mod attention;
mod bench;
mod control;
mod delegate;
mod fault;
mod fetch;
mod foreign;
mod help;
mod icons;
mod keys;
mod language;
mod learn;
mod opening;
mod play;
mod reasons;
mod refs;
mod share;
mod stage;
mod storage;
mod task;
mod theme;
mod time;
mod topbar;

#[cfg(test)]
mod rendered;

pub use app::App;
pub use fault::catch_panics;
pub use language::{is_wanted as wants_language, start as speak};

/// What a worker does, and no page: what the first word of its name says.
pub fn work() {
    let scope: web_sys::DedicatedWorkerGlobalScope =
        wasm_bindgen::JsCast::unchecked_into(web_sys::js_sys::global());
    let name = scope.name();
    match name.split(' ').next() {
        Some(foreign::NAME) => foreign::serve(),
        // A name that no page has written says nothing.
        Some(time::searcher::WORD) => time::searcher::search(&name).unwrap_or_default(),
        _ => play::hunter::hunt(),
    }
}
