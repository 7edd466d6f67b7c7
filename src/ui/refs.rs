//! What belongs together lights up together: whatever is pointed at, has the focus or was tapped,
//! and everything that means the same.
//!
//! A thing bears in `data-refs` the tokens of what it is ([`crate::view::refs`]), and in `data-about`
//! of what it tells. Pointing at a thing lights what it is and all that tells of it, pointing at
//! what tells lights the things. There is one listener, and one rule of style that is put in
//! another's place, so nothing is rendered again: the rule hands down `--ref`, a colour, and each
//! component knows what to do with it.

use std::cell::RefCell;

use wasm_bindgen::JsCast;
use web_sys::{CssStyleSheet, Element, Event};
use yew::prelude::*;

use crate::ui::delegate;
use crate::view::refs::{named, names};

thread_local! {
    /// The tokens that are highlighted. The first rule of the page's style does it.
    static LIT: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Lights what belongs together with what an event came from.
pub fn light(event: &Event) {
    let pointed = delegate::around(event, "[data-refs],[data-about]");
    let lit = pointed
        .map(|pointed| selector(&pointed))
        .unwrap_or_default();
    LIT.with(|was| {
        if was.replace(lit.clone()) == lit {
            return;
        }
        let document = web_sys::window().and_then(|window| window.document());
        let sheet = document.and_then(|document| document.style_sheets().get(0));
        let Some(sheet) = sheet.and_then(|sheet| sheet.dyn_into::<CssStyleSheet>().ok()) else {
            return;
        };
        // A list without a selector is never lit, and is a rule all the same.
        let _ = sheet.delete_rule(0);
        let _ = sheet.insert_rule(&format!(":is({lit}){{--ref:var(--accent)}}"));
    });
}

/// What to light for an element.
fn selector(pointed: &Element) -> String {
    let mut selector = String::new();
    let mut add = |element: &Element, from: &str, to: &[&str]| {
        for token in element.get_attribute(from).unwrap_or_default().split(' ') {
            for name in to {
                selector.push_str(&format!("[{name}~='{token}'],"));
            }
        }
    };
    add(pointed, "data-refs", &["data-refs", "data-about"]);
    add(pointed, "data-about", &["data-refs"]);
    // A sentence also has the tokens of the servers that it names.
    let names = pointed.query_selector_all("[data-refs]");
    for nth in 0..names.as_ref().map_or(0, |names| names.length()) {
        let name = names.as_ref().ok().and_then(|names| names.get(nth));
        if let Some(name) = name {
            add(name.unchecked_ref(), "data-refs", &["data-refs"]);
        }
    }
    selector
}

/// A text whose servers and clients are nouns, in prose with a stop of the tab key at each.
pub fn told(text: &str, stops: bool) -> Vec<Html> {
    let stop = stops.then_some("0");
    let (mut parts, mut from) = (Vec::new(), 0);
    for (at, name) in names(text) {
        parts.push(text[from..at].to_owned().into());
        parts.push(
            html! { <span class="name" tabindex={stop} data-refs={named(name)}>{ name }</span> },
        );
        from = at + name.len();
    }
    parts.push(text[from..].to_owned().into());
    parts
}
