//! The language that the reader chose: English, or another one whose texts are fetched first.
//!
//! The address names it (`?lang=zh`), and else what was chosen on an earlier visit. What the browser
//! prefers is only an offer at the top of the page. The page is loaded again when the choice changes:
//! what was open stays open.

use wasm_bindgen::JsValue;
use web_sys::js_sys::Reflect;
use yew::prelude::*;

use crate::narrate::{self, Language, say};
use crate::ui::fetch;
use crate::ui::share::is_embed;
use crate::ui::storage;

/// How an address names a language.
const NAMED: &str = "lang=";

/// Speaks the language that is wanted, then goes on.
pub async fn start() {
    let language = wanted().unwrap_or_default();
    if language == Language::English {
        return;
    }
    // Without its words the page is in English, as at the first visit.
    let Some(words) = fetch::text(language, "page.txt").await else {
        return;
    };
    narrate::speak(language, words);
    let document = web_sys::window().and_then(|window| window.document());
    let root = document.and_then(|document| document.document_element());
    if let Some(root) = root {
        let _ = root.set_attribute("lang", language.code());
    }
}

/// Whether a language other than English is wanted.
pub fn is_wanted() -> bool {
    wanted().is_some_and(|language| language != Language::English)
}

fn wanted() -> Option<Language> {
    named().or_else(|| Language::of_code(&storage::read(storage::LANGUAGE)?))
}

/// The language that the address names.
fn named() -> Option<Language> {
    let search = web_sys::window()?.location().search().ok()?;
    let mut parts = search.trim_start_matches('?').split('&');
    Language::of_code(parts.find_map(|part| part.strip_prefix(NAMED))?)
}

/// The first language that the browser prefers, if nothing was chosen and the page speaks another.
fn offered() -> Option<Language> {
    if wanted().is_some() {
        return None;
    }
    let navigator = web_sys::window()?.navigator();
    let preferred = Reflect::get(&navigator, &JsValue::from_str("language")).ok()?;
    let language = Language::of_code(&preferred.as_string()?)?;
    (language != narrate::spoken()).then_some(language)
}

/// Keeps the choice and loads the page again.
fn choose(language: Language) {
    storage::write(storage::LANGUAGE, language.code());
    let Some(location) = web_sys::window().map(|window| window.location()) else {
        return;
    };
    let search = location.search().unwrap_or_default();
    let parts = search.trim_start_matches('?').split('&');
    let rest: Vec<&str> = parts.filter(|part| !part.starts_with(NAMED)).collect();
    // To set the search loads the page too.
    let _ = match named() {
        Some(_) => location.set_search(&rest.join("&")),
        None => location.reload(),
    };
}

fn button(class: &'static str, language: Language) -> Html {
    let pressed = language == narrate::spoken();
    html! {
        <button {class} lang={language.code()} aria-pressed={pressed.to_string()} disabled={pressed}
            onclick={move |_: MouseEvent| choose(language)}>{ language.name() }</button>
    }
}

/// The choice: `English · 简体中文`.
pub fn choice() -> Html {
    html! {
        <p class="languages" role="group" aria-label={say("Language")}>
            { for Language::ALL.map(|language| button("plain small", language)) }
        </p>
    }
}

/// The language that the browser prefers, as long as nothing was chosen.
pub fn offer() -> Html {
    let offered = offered().filter(|_| !is_embed());
    offered.map_or_else(Html::default, |language| {
        button("bordered small offered", language)
    })
}
