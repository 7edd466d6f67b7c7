//! Ways through the course that leave chapters out.

use super::{CONTENTS, Place, chapter, listed};

/// A way through some of the chapters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cut {
    /// By what the progress names it: one word.
    pub name: &'static str,
    /// Its title.
    pub title: &'static str,
    /// The chapters, in their order.
    pub chapters: &'static [u16],
}

/// All of them.
pub const CUTS: [Cut; 4] = [
    Cut {
        name: "five-minutes",
        title: "Five-minute Raft",
        chapters: &[0, 5, 8, 10],
    },
    Cut {
        name: "figure-8",
        title: "Figure 8 tonight",
        chapters: &[4, 12, 13, 15],
    },
    Cut {
        name: "operate",
        title: "Before you operate etcd",
        chapters: &[3, 16, 19, 20, 21],
    },
    Cut {
        name: "lab",
        title: "Before the lab",
        chapters: &[5, 8, 9, 11, 13, 14, 23],
    },
];

/// The cut of that name.
pub fn cut(name: &str) -> Option<&'static Cut> {
    CUTS.iter().find(|cut| cut.name == name)
}

/// The page after that one: in its chapter, or at the beginning of the next chapter of the cut, or
/// of the course.
pub fn after(place: Place, cut: Option<&Cut>) -> Option<Place> {
    if place.page < listed(place.chapter)?.pages {
        let page = place.page + 1;
        return Some(Place { page, ..place });
    }
    let chapters = CONTENTS.iter().map(|listed| listed.number);
    let mut later = chapters.filter(|number| *number > place.chapter);
    let chapter = later.find(|number| cut.is_none_or(|cut| cut.chapters.contains(number)))?;
    Some(Place { chapter, page: 1 })
}

/// The page before that one, in the whole course.
pub fn before(place: Place) -> Option<Place> {
    if place.page > 1 {
        let page = place.page - 1;
        return Some(Place { page, ..place });
    }
    let nth = chapter(place.chapter)?.checked_sub(1)?;
    Some(Place {
        chapter: CONTENTS[nth].number,
        page: CONTENTS[nth].pages,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_leads_from_its_first_chapter_to_its_last() {
        for one in &CUTS {
            assert_eq!(cut(one.name), Some(one));
            assert!(one.chapters.is_sorted());
            let mut place = Place {
                chapter: one.chapters[0],
                page: 1,
            };
            let mut went = vec![place.chapter];
            while let Some(next) = after(place, Some(one)) {
                place = next;
                went.push(place.chapter);
            }
            went.dedup();
            assert_eq!(went, one.chapters, "{}", one.title);
        }
    }
}
