//! How far a learner has come; kept as a line of text: `at 5/2 cut=lab done 0/1 0/2 guess 0/2=1
//! back 0/2=0@20789`.

use std::fmt;
use std::str::FromStr;

use super::{Cut, Memory, cut};

/// A page of the course: the number of its chapter, and its own from 1. Written `5/2`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// The chapter's number.
    pub chapter: u16,
    /// The page, from 1.
    pub page: u16,
}

/// What was done so far.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Progress {
    /// The page that was open last.
    pub at: Option<Place>,
    /// The way through the course, if not through all of it.
    pub cut: Option<&'static Cut>,
    /// The questions that come back.
    pub memory: Memory,
    done: Vec<Place>,
    /// What was predicted: the place of the answer, from 0; of an order, how many were right.
    guesses: Vec<(Place, u8)>,
}

impl Progress {
    /// Whether the goal of that page was ever met.
    pub fn is_done(&self, place: Place) -> bool {
        self.done.contains(&place)
    }

    /// Notes that the goal of that page was met.
    pub fn finish(&mut self, place: Place) {
        if !self.is_done(place) {
            self.done.push(place);
        }
    }

    /// What was predicted on that page.
    pub fn guess(&self, place: Place) -> Option<usize> {
        let mut guesses = self.guesses.iter().filter(|(other, _)| *other == place);
        guesses.next().map(|(_, guess)| usize::from(*guess))
    }

    /// Notes what was predicted on that page. The first guess counts.
    pub fn note_guess(&mut self, place: Place, guess: usize) {
        if self.guess(place).is_none() {
            self.guesses.push((place, guess.min(255) as u8));
        }
    }

    /// Reads what `Display` wrote. What makes no sense (a text of another version, or damaged) is
    /// passed over: the rest is worth keeping.
    pub fn read(text: &str) -> Self {
        let mut progress = Self::default();
        let mut key = "";
        for word in text.split_ascii_whitespace().take(10_000) {
            let (place, guess) = word.split_once('=').unwrap_or((word, ""));
            match (key, place.parse::<Place>()) {
                ("at", Ok(place)) => progress.at = Some(place),
                ("done", Ok(place)) => progress.finish(place),
                ("back", Ok(place)) => progress.memory.read(place, guess),
                ("guess", Ok(place)) => {
                    if let Ok(guess) = guess.parse::<u8>() {
                        progress.note_guess(place, guess.into());
                    }
                }
                (_, Err(())) if place == "cut" => progress.cut = cut(guess),
                (_, Err(())) => key = word,
                _ => {}
            }
        }
        progress
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = self.at {
            write!(f, "at {place} ")?;
        }
        if let Some(cut) = self.cut {
            write!(f, "cut={} ", cut.name)?;
        }
        f.write_str("done")?;
        for place in &self.done {
            write!(f, " {place}")?;
        }
        f.write_str(" guess")?;
        for (place, guess) in &self.guesses {
            write!(f, " {place}={guess}")?;
        }
        write!(f, " back{}", self.memory)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.chapter, self.page)
    }
}

impl FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (chapter, page) = text.split_once('/').ok_or(())?;
        Ok(Self {
            chapter: chapter.parse().map_err(|_| ())?,
            page: page.parse().map_err(|_| ())?,
        })
    }
}
