//! Moments that the user wants to come back to. They stay when the run becomes another.

use super::Session;
use super::branches::clean;
use crate::sim::Time;

/// The most bookmarks that are kept.
pub const MAX_BOOKMARKS: usize = 50;

/// A moment to come back to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bookmark {
    /// Which moment.
    pub at: Time,
    /// What had just happened then, in short.
    pub name: String,
}

impl Session {
    /// The bookmarks, in order of time.
    pub fn bookmarks(&self) -> &[Bookmark] {
        &self.bookmarks
    }

    /// Puts a bookmark at the cursor, or takes away the one that is there. False if there are too
    /// many.
    pub fn bookmark(&mut self) -> bool {
        let at = self.now();
        if self.forget_bookmark(at) {
            return true;
        }
        let told = self.last_told().and_then(|record| record.told.last());
        let name = told.map_or("the beginning", |one| one.text.as_str());
        let name = name.split_once(": ").map_or(name, |(what, _)| what).into();
        self.add_bookmark(Bookmark { at, name })
    }

    /// Takes the bookmark at a moment away. False if there is none.
    pub fn forget_bookmark(&mut self, at: Time) -> bool {
        let place = self.bookmarks.iter().position(|one| one.at == at);
        place.map(|place| self.bookmarks.remove(place)).is_some()
    }

    pub(super) fn add_bookmark(&mut self, mut bookmark: Bookmark) -> bool {
        let place = self.bookmarks.partition_point(|one| one.at < bookmark.at);
        let fits = self.bookmarks.len() < MAX_BOOKMARKS;
        if fits {
            bookmark.name = clean(&bookmark.name).as_deref().unwrap_or_default().into();
            self.bookmarks.insert(place, bookmark);
        }
        fits
    }
}
