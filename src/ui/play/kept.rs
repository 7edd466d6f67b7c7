//! The runs that the browser keeps: the last ones that the user took a hand in.

use web_sys::js_sys::Date;

use crate::ui::storage;

/// The most runs that are kept.
const MOST: usize = 10;

/// The longest run that is kept, in characters of its link.
pub const LONGEST: usize = 60_000;

/// A run that was kept.
#[derive(Clone, PartialEq, Debug)]
pub struct Kept {
    /// When it was first kept, in milliseconds of the browser's clock: no two are the same.
    pub id: u64,
    pub title: String,
    pub link: String,
}

impl Kept {
    /// A line of the list: no title and no link has a tab.
    fn read(line: &str) -> Option<Self> {
        let mut parts = line.split('\t');
        let (id, title, link) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self {
            id: id.parse().ok()?,
            title: title.into(),
            link: link.into(),
        })
    }

    /// `2026-12-01 14:05`: the same in every country.
    pub fn when(&self) -> String {
        let date = Date::new(&(self.id as f64).into());
        let text: String = date
            .to_locale_string("sv-SE", &wasm_bindgen::JsValue::UNDEFINED)
            .into();
        text.chars().take(16).collect()
    }
}

/// Those that are kept, the latest first. What cannot be read is left out.
pub fn list() -> Vec<Kept> {
    let text = storage::read(storage::RUNS).unwrap_or_default();
    text.lines().filter_map(Kept::read).collect()
}

/// A name for a run that is kept for the first time.
pub fn fresh() -> u64 {
    Date::now() as u64
}

/// Stores a run, instead of the one with the same id.
pub fn keep(run: Kept) {
    if run.link.len() > LONGEST {
        return;
    }
    let others = list().into_iter().filter(|other| other.id != run.id);
    store([run.clone()].into_iter().chain(others).take(MOST));
}

/// Deletes the run with this id.
pub fn forget(id: u64) {
    store(list().into_iter().filter(|other| other.id != id));
}

fn store(runs: impl Iterator<Item = Kept>) {
    let lines = runs.map(|run| format!("{}\t{}\t{}", run.id, run.title, run.link));
    storage::write(storage::RUNS, &lines.collect::<Vec<_>>().join("\n"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_no_run() {
        let run = Kept::read("7\tTwo leaders\tAbC").unwrap();
        assert_eq!(
            (run.id, run.title.as_str(), run.link.as_str()),
            (7, "Two leaders", "AbC")
        );
        for line in ["", "7", "7\tTwo leaders", "seven\tTwo leaders\tAbC"] {
            assert_eq!(Kept::read(line), None, "{line}");
        }
    }
}
