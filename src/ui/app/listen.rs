//! Events that no component hears of.

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{EventTarget, MediaQueryList};
use yew::prelude::*;

use super::{App, Msg};

/// Hears of something that no component hears of, as long as it is kept.
pub(super) type Listener = Closure<dyn FnMut(JsValue)>;

/// Listens to the keys, the width of the window, the address, the leaving.
pub(super) fn listen(ctx: &Context<App>) -> (bool, Vec<Listener>) {
    let Some(window) = web_sys::window() else {
        return (false, Vec::new());
    };
    let mut listeners = Vec::new();
    let mut listen = |target: &EventTarget, name: &str, make: Box<dyn Fn(JsValue) -> Msg>| {
        let link = ctx.link().clone();
        let heard = Listener::new(move |event| link.send_message(make(event)));
        let _ = target.add_event_listener_with_callback(name, heard.as_ref().unchecked_ref());
        listeners.push(heard);
    };
    listen(
        &window,
        "keydown",
        Box::new(|event| Msg::Key(event.unchecked_into())),
    );
    listen(&window, "hashchange", Box::new(|_| Msg::Link));
    listen(&window, "pagehide", Box::new(|_| Msg::Leaving));
    if let Some(document) = window.document() {
        // A phone may end a hidden tab without another word.
        listen(&document, "visibilitychange", Box::new(|_| Msg::Leaving));
    }
    let media = window.match_media("(max-width: 820px)").ok().flatten();
    let compact = media.as_ref().is_some_and(MediaQueryList::matches);
    if let Some(media) = media {
        let query = media.clone();
        let changed = move |_| Msg::Compact(query.matches());
        listen(&media, "change", Box::new(changed));
    }
    (compact, listeners)
}
