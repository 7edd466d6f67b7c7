//! What the browser keeps for the next visit. It may keep nothing (private windows, embedded
//! pages); then everything works as on a first visit.

use web_sys::js_sys::Date;
use web_sys::{PerformanceNavigation, Storage};

use crate::course::Day;

/// The fewest acts with which each challenge was met.
pub const CHALLENGES: &str = "raftarium.challenges";

/// How far a learner has come in the course.
pub const COURSE: &str = "raftarium.course";

/// `off`, if a single letter shall not be a shortcut.
pub const KEYS: &str = "raftarium.keys";

/// The code of the language that was chosen, if one was.
pub const LANGUAGE: &str = "raftarium.language";

/// The runs that were kept ([`crate::ui::play::kept`]).
pub const RUNS: &str = "raftarium.runs";

/// `light` or `dark`, if the user chose.
pub const THEME: &str = "raftarium.theme";

/// Where this tab keeps the run that is open, with the address it is open at.
const HERE: &str = "raftarium.here";

/// Today, as days since 1970.
pub fn today() -> Day {
    (Date::now() / 86_400_000.0) as Day
}

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

fn of_tab() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}

fn address() -> Option<String> {
    web_sys::window()?.location().hash().ok()
}

/// Keeps what is open at this address, for when the page is loaded again; or nothing.
pub fn write_here(kept: Option<String>) {
    let (Some(storage), Some(address)) = (of_tab(), address()) else {
        return;
    };
    // As above: a full storage loses a convenience.
    let _ = match kept {
        Some(kept) => storage.set_item(HERE, &format!("{address} {kept}")),
        None => storage.remove_item(HERE),
    };
}

/// What was open at this address, if the page is loaded again.
pub fn read_here() -> Option<String> {
    let performance = web_sys::window()?.performance()?;
    if performance.navigation().type_() == PerformanceNavigation::TYPE_NAVIGATE {
        return None;
    }
    let kept = of_tab()?.get_item(HERE).ok()??;
    let (at, kept) = kept.split_once(' ')?;
    (at == address()?).then(|| kept.into())
}
