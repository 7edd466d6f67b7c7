//! What the browser keeps for the next visit. It may keep nothing (private windows, embedded
//! pages); then everything works as on a first visit.

use web_sys::Storage;

/// How far a learner has come in the course.
pub const COURSE: &str = "raftarium.course";

/// The runs that were kept ([`super::kept`]).
pub const RUNS: &str = "raftarium.runs";

/// `light` or `dark`, if the user chose.
pub const THEME: &str = "raftarium.theme";

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// What is kept under a name.
pub fn read(name: &str) -> Option<String> {
    storage()?.get_item(name).ok()?
}

/// Keeps something under a name, if the browser lets it.
pub fn write(name: &str, text: &str) {
    if let Some(storage) = storage() {
        // A full or forbidden storage loses a convenience, nothing else.
        let _ = storage.set_item(name, text);
    }
}
