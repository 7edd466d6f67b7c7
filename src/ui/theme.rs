//! Light or dark: the system's theme holds until the reader chooses one.

use crate::ui::storage;

/// Chooses the other one.
pub fn switch_theme() {
    let Some(window) = web_sys::window() else {
        return;
    };
    let root = window
        .document()
        .and_then(|document| document.document_element());
    let Some(root) = root else { return };
    let system = window
        .match_media("(prefers-color-scheme: dark)")
        .ok()
        .flatten();
    let prefers_dark = system.is_some_and(|query| query.matches());
    let dark = root
        .get_attribute("data-theme")
        .map_or(prefers_dark, |theme| theme == "dark");
    let theme = if dark { "light" } else { "dark" };
    let _ = root.set_attribute("data-theme", theme);
    storage::write(storage::THEME, theme);
}
