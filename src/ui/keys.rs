//! What keys mean, unless they belong to the element that has the focus.

use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use crate::raft::NodeId;
use crate::session::{Stop, TimeWish};
use crate::ui::learn::learning::Wish;
use crate::ui::reasons::why::{self, Inquiry};
use crate::ui::storage;

/// What a key asks for.
pub enum Shortcut {
    /// To the next event at the chosen server, or the one before.
    Chosen {
        back: bool,
    },
    Close,
    Help,
    Page(Wish),
    Past(Inquiry),
    Server(NodeId),
    Time(TimeWish),
}

/// Why is what has the focus, or the latest event?
fn ask(event: &KeyboardEvent) -> Option<Shortcut> {
    let question = why::asked_by(event).or_else(why::latest);
    question.map(|question| Shortcut::Past(Inquiry::Ask(question)))
}

fn go(stop: Stop, back: bool) -> Option<Shortcut> {
    Some(Shortcut::Time(TimeWish::Go { stop, back }))
}

/// Whether a letter or a digit alone is a shortcut.
pub fn single_keys() -> bool {
    storage::read(storage::KEYS).as_deref() != Some("off")
}

/// Sets whether it is.
pub fn set_single_keys(on: bool) {
    storage::write(storage::KEYS, if on { "on" } else { "off" });
}

/// What this key asks for.
pub fn shortcut(event: &KeyboardEvent) -> Option<Shortcut> {
    let element = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let is = |selector| {
        let matches = element.as_ref().map(|element| element.matches(selector));
        matches.is_some_and(|matches| matches == Ok(true))
    };
    let sliding = is("input[type=range]");
    let typing = !sliding && is("input, textarea, select");
    // Space acts only where it chooses: everywhere else it plays or pauses, and Enter acts.
    let choosing = is("summary, a, [role=switch], #question button, .choice button, .quiz button");
    let reading = is(".why, .why *");
    let (key, story) = (event.key(), event.shift_key());
    if event.ctrl_key() || event.meta_key() {
        let is_undo = key.eq_ignore_ascii_case("z") && !typing;
        let wish = if story {
            TimeWish::Redo
        } else {
            TimeWish::Undo
        };
        return is_undo.then_some(Shortcut::Time(wish));
    }
    match key.as_str() {
        // The browser closes what it has opened on top.
        "Escape" if why::element(":popover-open").is_some() => None,
        "Escape" => Some(Shortcut::Close),
        _ if typing => None,
        " " if choosing => None,
        " " => Some(Shortcut::Time(TimeWish::Toggle)),
        "ArrowLeft" | "ArrowRight" if sliding => None,
        "ArrowLeft" if reading && !story => why::neighbour("because").map(Shortcut::Past),
        "ArrowRight" if reading && !story => why::neighbour("led-to").map(Shortcut::Past),
        "ArrowLeft" => Some(Shortcut::Time(TimeWish::Back { story })),
        "ArrowRight" => Some(Shortcut::Time(TimeWish::Forward { story })),
        "PageDown" => Some(Shortcut::Page(Wish::Next)),
        "PageUp" => Some(Shortcut::Page(Wish::Back)),
        letter if letter.chars().count() == 1 && !single_keys() => None,
        "?" => Some(Shortcut::Help),
        "[" | "]" => go(Stop::Thread, key == "["),
        "b" | "B" => Some(Shortcut::Time(TimeWish::Backwards)),
        "c" | "C" => go(Stop::Commit, story),
        "e" | "E" => go(Stop::Election, story),
        "k" | "K" => Some(Shortcut::Time(TimeWish::Bookmark)),
        "m" | "M" => go(Stop::Message, story),
        "s" | "S" => Some(Shortcut::Chosen { back: story }),
        "v" | "V" => go(Stop::Violation, story),
        "w" | "W" => ask(event),
        "Enter" if is("[data-packet]") => ask(event),
        digit => NodeId::new(digit.parse().ok()?).map(Shortcut::Server),
    }
}
