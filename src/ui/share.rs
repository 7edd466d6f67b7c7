//! The run as a link, in the address bar and, where the browser lets it, copied.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::control::Control;
use crate::session::link;

/// Makes the link, and says where it is.
pub fn share(control: &Control) {
    let link = format!("#/run/{}", link::write(&control.player().session));
    let Some(window) = web_sys::window() else {
        return;
    };
    // Replacing tells nobody of a change, so the page does not open its own link.
    let replaced = window
        .history()
        .and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(&link)));
    if replaced.is_err() {
        return control.say("This page may not change its address, so there is no link.");
    }
    let address = window.location().href().unwrap_or_default();
    let copied = JsFuture::from(window.navigator().clipboard().write_text(&address));
    let control = control.clone();
    // Whether it may be copied is the browser's affair; the address bar has it in any case.
    spawn_local(async move {
        control.say(match copied.await {
            Ok(_) => "The link is copied, and in the address bar.",
            Err(_) => "The link is in the address bar.",
        });
    });
}
