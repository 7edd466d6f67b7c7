//! The page: Yew components over the pictures of [`crate::view`].
//!
//! When something *happened*, the root component makes new pictures and Yew renders what differs.
//! Between events the browser moves packets and timer rings by itself, and nothing runs but the
//! clock now and then. No attribute has two owners; paused means that no frame is asked for.
//!
//! - [`app`]: the root: the rooms, what the user wants, and the way between them;
//! - [`control`]: how components act on the run;
//! - [`frame`]: the loop that lets time pass; [`motion`]: what moves meanwhile;
//! - [`geometry`]: where things are on the stage;
//! - [`learning`]: where a learner is in the course; [`lesson`]: what the page says of it;
//!   [`present`]: the course before an audience;
//! - the rest: one component a file, its style in `styles/` under the same name.

#![allow(
    missing_docs,
    unreachable_pub,
    reason = "Yew makes properties as visible as their component; they are named for what they are"
)]

mod app;
mod attention;
mod beginning;
mod bench;
mod branches;
mod breaking;
mod challenge;
mod chart;
mod compare;
mod console;
mod contents;
mod control;
mod delegate;
mod divide;
mod events;
mod fault;
mod fetch;
mod foreign;
mod frame;
mod futures;
mod gallery;
mod geometry;
mod guide;
mod help;
mod hunter;
mod icons;
mod inspector;
mod kept;
mod keys;
mod lab;
mod language;
mod learning;
mod lesson;
mod logs;
mod motion;
mod opening;
mod packet;
mod paint;
mod present;
mod presets;
mod print;
mod promises;
mod refs;
mod request;
mod rules;
mod script;
mod scrub;
mod searcher;
mod server;
mod settings;
mod share;
mod stage;
mod still;
mod storage;
mod svg;
mod task;
mod theme;
mod timebar;
mod tools;
mod topbar;
mod travel;
mod unusual;
mod why;

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
        Some(searcher::WORD) => searcher::search(&name).unwrap_or_default(),
        _ => hunter::hunt(),
    }
}
