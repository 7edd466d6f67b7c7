//! What the part of an address behind `#` names, in every spelling that makes sense.

use super::{CONTENTS, Place, gallery, listed};

/// The room for the traces of others.
const FOREIGN: &str = "your-raft";

/// What an address names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Address<'a> {
    /// `#/bench`: measures the page.
    Bench,
    /// `#/contents`: the contents of the course.
    Contents,
    /// Nothing: the course, wherever the learner was.
    Course,
    /// `#/drill`: a panic on purpose, to see how it is shown.
    Drill,
    /// `#/lesson/5/2`, or `#/lesson/5` for its first page.
    Lesson(Place),
    /// `#/your-raft`: the traces of others; what stands behind it names one.
    Foreign(&'a str),
    /// `#/present/5/2`: a page for the projector, in large type.
    Present(Place),
    /// `#/print/5`: a chapter on paper.
    Print(u16),
    /// `#/quiz`: the quiz of the user study.
    Quiz,
    /// `#/be-a-server`: the learner answers the messages to a server.
    Server,
    /// `#/lecture/5/2`: the same page for the lecturer, with notes.
    Lecture(Place),
    /// `#/audience`: a window that shows what the lecturer's window shows.
    Audience,
    /// `#/play/scenarios`: the gallery.
    Gallery,
    /// `#/play`: free play.
    Play,
    /// `#/play/two-leaders`: a scenario of the gallery.
    Scenario(&'static str),
    /// `#/run/...`: a run; what stands behind is its code.
    Run(&'a str),
}

impl<'a> Address<'a> {
    /// Reads an address. What names nothing gets a sentence that says so.
    pub fn read(hash: &'a str) -> Result<Self, String> {
        let path = hash.trim_start_matches(['#', '/']);
        if let Some(run) = path.strip_prefix("run/") {
            return Ok(Self::Run(run));
        }
        let lower = path.to_ascii_lowercase();
        if let Some(rest) = lower.strip_prefix(FOREIGN)
            && (rest.is_empty() || rest.starts_with('/'))
        {
            return Ok(Self::Foreign(path[FOREIGN.len()..].trim_matches('/')));
        }
        let words: Vec<&str> = lower.split('/').filter(|word| !word.is_empty()).collect();
        match *words {
            [] | ["lesson" | "learn"] => Ok(Self::Course),
            ["bench"] => Ok(Self::Bench),
            ["drill"] => Ok(Self::Drill),
            ["contents" | "course"] => Ok(Self::Contents),
            ["quiz"] => Ok(Self::Quiz),
            ["be-a-server"] => Ok(Self::Server),
            ["audience"] => Ok(Self::Audience),
            ["present", chapter] => lesson(hash, chapter, "1").map(Self::Present),
            ["present", chapter, page] => lesson(hash, chapter, page).map(Self::Present),
            ["print", chapter] => {
                lesson(hash, chapter, "1").map(|place| Self::Print(place.chapter))
            }
            ["lecture", chapter] => lesson(hash, chapter, "1").map(Self::Lecture),
            ["lecture", chapter, page] => lesson(hash, chapter, page).map(Self::Lecture),
            ["play"] => Ok(Self::Play),
            ["play", "scenarios"] => Ok(Self::Gallery),
            ["play", name] => gallery::named(name)
                .map(Self::Scenario)
                .ok_or_else(|| nothing(hash)),
            ["lesson" | "learn", chapter] | [chapter] => {
                lesson(hash, chapter, "1").map(Self::Lesson)
            }
            ["lesson" | "learn", chapter, page] | [chapter, page] => {
                lesson(hash, chapter, page).map(Self::Lesson)
            }
            _ => Err(nothing(hash)),
        }
    }
}

fn nothing(hash: &str) -> String {
    let short: String = hash.chars().take(40).collect();
    format!("There is nothing at {short}.")
}

/// A page of a chapter, if there is one.
fn lesson(hash: &str, chapter: &str, page: &str) -> Result<Place, String> {
    let number = |text: &str| text.parse::<u16>().map_err(|_| nothing(hash));
    let (chapter, page) = (number(chapter)?, number(page)?);
    let Some(listed) = listed(chapter) else {
        let last = CONTENTS.last().map_or(0, |last| last.number);
        return Err(format!(
            "There is no chapter {chapter}: the course has chapters 0 to {last}."
        ));
    };
    if !(1..=listed.pages).contains(&page) {
        let pages = listed.pages;
        return Err(format!(
            "There is no page {page} in chapter {chapter}: it has pages 1 to {pages}."
        ));
    }
    Ok(Place { chapter, page })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sensible_spelling_of_an_address_is_read() {
        let lesson = |chapter, page| Ok(Address::Lesson(Place { chapter, page }));
        let cases = [
            ("", Ok(Address::Course)),
            ("#", Ok(Address::Course)),
            ("#/lesson/", Ok(Address::Course)),
            ("#/lesson/10", lesson(10, 1)),
            ("#/lesson/10/1/", lesson(10, 1)),
            ("#/10/1/", lesson(10, 1)),
            ("#/10", lesson(10, 1)),
            ("#/lesson/05/2", lesson(5, 2)),
            ("#/Lesson/5/02", lesson(5, 2)),
            ("#lesson/5/2", lesson(5, 2)),
            ("#/Play", Ok(Address::Play)),
            ("#/play/", Ok(Address::Play)),
            ("#play", Ok(Address::Play)),
            ("#/contents", Ok(Address::Contents)),
            ("#/quiz", Ok(Address::Quiz)),
            ("#/be-a-server", Ok(Address::Server)),
            ("#/print/13", Ok(Address::Print(13))),
            ("#/audience", Ok(Address::Audience)),
            (
                "#/present/7",
                Ok(Address::Present(Place {
                    chapter: 7,
                    page: 1,
                })),
            ),
            (
                "#/lecture/7/2",
                Ok(Address::Lecture(Place {
                    chapter: 7,
                    page: 2,
                })),
            ),
            ("#/run/AbC", Ok(Address::Run("AbC"))),
            ("#/your-raft", Ok(Address::Foreign(""))),
            ("#/Your-Raft/", Ok(Address::Foreign(""))),
            ("#/your-raft/trace/AbC", Ok(Address::Foreign("trace/AbC"))),
        ];
        for (hash, expected) in cases {
            assert_eq!(Address::read(hash), expected, "{hash}");
        }
    }

    #[test]
    fn an_address_of_nothing_is_told_in_a_sentence() {
        let last = CONTENTS.last().unwrap().number;
        let missing = format!("There is no chapter 99: the course has chapters 0 to {last}.");
        assert_eq!(Address::read("#/lesson/99/1"), Err(missing));
        let pages = listed(8).unwrap().pages;
        let missing = format!("There is no page 77 in chapter 8: it has pages 1 to {pages}.");
        assert_eq!(Address::read("#/lesson/8/77"), Err(missing));
        let nowhere = Err(String::from("There is nothing at #/moon."));
        assert_eq!(Address::read("#/moon"), nowhere);
    }
}
