//! How far a learner has come; kept as a line of text: `at 5/2 cut=lab done 0/1 0/2 guess 0/2=1
//! back 0/2=0@20789 quiz 20788=01-2`.

use std::fmt;
use std::str::FromStr;

use super::{Cut, Memory, Sitting, cut};

/// What the words of the text are about that follow one of these.
const KEYS: [&str; 5] = ["at", "done", "guess", "back", "quiz"];

/// The most sittings of the quiz that are kept.
const MOST_SITTINGS: usize = 20;

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
    sittings: Vec<Sitting>,
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

    /// The sittings of the quiz, the first one first. Only the last can be under way.
    pub fn sittings(&self) -> &[Sitting] {
        &self.sittings
    }

    /// Notes how far a sitting of the quiz has come, in place of the one that was under way.
    pub fn sit(&mut self, sitting: Sitting) {
        self.sittings.retain(|other| other.day.is_some());
        self.sittings.push(sitting);
        // The first one and the latest are what is compared.
        if self.sittings.len() > MOST_SITTINGS {
            self.sittings.remove(1);
        }
    }

    /// Reads what `Display` wrote. What makes no sense (a text of another version, or damaged) is
    /// passed over: the rest is worth keeping.
    pub fn read(text: &str) -> Self {
        Self::read_words(text).0
    }

    /// Takes in what `Display` wrote elsewhere. What was done here is kept: first guesses, and the
    /// better of two results.
    ///
    /// # Errors
    /// The first word that makes no sense; an empty one if the text has no words at all. Then
    /// nothing has changed.
    pub fn import(&mut self, text: &str) -> Result<(), String> {
        match Self::read_words(text) {
            (_, Some(word)) => Err(word.into()),
            (other, None) if other == Self::default() => Err(String::new()),
            (other, None) => {
                self.join(other);
                Ok(())
            }
        }
    }

    fn join(&mut self, other: Self) {
        self.at = other.at.or(self.at);
        self.cut = other.cut.or(self.cut);
        for place in other.done {
            self.finish(place);
        }
        for (place, guess) in other.guesses {
            self.note_guess(place, guess.into());
        }
        self.memory.join(other.memory);
        let mut own = std::mem::take(&mut self.sittings);
        let own_open = own.pop_if(|last| last.day.is_none());
        let mut others = other.sittings;
        let open = own_open.or_else(|| others.pop_if(|last| last.day.is_none()));
        others.retain(|other| other.day.is_some() && !own.contains(other));
        own.append(&mut others);
        own.sort_by_key(|sitting| sitting.day);
        for sitting in own.into_iter().chain(open) {
            self.sit(sitting);
        }
    }

    /// What the words say, and the first of them that makes no sense.
    fn read_words(text: &str) -> (Self, Option<&str>) {
        let mut progress = Self::default();
        let (mut key, mut bad) = ("", None);
        for word in text.split_ascii_whitespace().take(10_000) {
            if KEYS.contains(&word) {
                key = word;
            } else if !progress.take(key, word) {
                bad = bad.or(Some(word));
                // A key of another version, perhaps: what follows it is of another version, too.
                key = if word.contains(['=', '/']) { key } else { "" };
            }
        }
        (progress, bad)
    }

    /// Takes in a word behind a key, if it makes sense.
    fn take(&mut self, key: &str, word: &str) -> bool {
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        if name == "cut" {
            self.cut = cut(value);
            return true;
        }
        if key == "quiz" {
            let sitting = Sitting::read(name, value);
            return sitting.map(|sitting| self.sit(sitting)).is_some();
        }
        let Ok(place) = name.parse::<Place>() else {
            return false;
        };
        match key {
            "at" => self.at = Some(place),
            "done" => self.finish(place),
            "back" => return self.memory.read(place, value),
            "guess" => match value.parse::<u8>() {
                Ok(guess) => self.note_guess(place, guess.into()),
                Err(_) => return false,
            },
            _ => return false,
        }
        true
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
        write!(f, " back{}", self.memory)?;
        if self.sittings.is_empty() {
            return Ok(());
        }
        f.write_str(" quiz")?;
        self.sittings.iter().try_for_each(|it| it.fmt(f))
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

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "at 5/2 cut=lab done 0/1 0/2 guess 0/2=1 back 0/2=0@20789 quiz 20788=01-2 now=0";

    #[test]
    fn what_was_written_is_read_again() {
        assert_eq!(Progress::read(TEXT).to_string(), TEXT);
        // What makes no sense is passed over.
        let damaged = "at 5/2 stars 9 7/1 done 0/1 x/y guess 0/1=many 0/2=1 quiz soon=1 20788=1";
        let kept = "at 5/2 done 0/1 guess 0/2=1 back quiz 20788=1";
        assert_eq!(Progress::read(damaged).to_string(), kept);
    }

    #[test]
    fn a_file_is_joined_to_what_was_done_here() {
        let here = "at 1/1 done 0/1 1/1 guess 0/2=0 back 0/2=2@20800 quiz 20700=1 now=2";
        let mut progress = Progress::read(here);
        assert_eq!(progress.import(TEXT), Ok(()));
        let both = "at 5/2 cut=lab done 0/1 1/1 0/2 guess 0/2=0 back 0/2=2@20800 \
                    quiz 20700=1 20788=01-2 now=2";
        assert_eq!(progress.to_string(), both);
        // The second time nothing is new.
        assert_eq!(progress.import(TEXT), Ok(()));
        assert_eq!(progress.to_string(), both);
    }

    #[test]
    fn a_file_of_something_else_changes_nothing_and_is_told_by_its_first_odd_word() {
        let mut progress = Progress::read(TEXT);
        let cases = [
            ("", ""),
            (" \n", ""),
            ("servers 3", "servers"),
            ("done 0/1 guess 0/1=many", "0/1=many"),
            ("at 5/2 done 0/1 <html>", "<html>"),
            ("back 0/2=soon", "0/2=soon"),
            ("quiz 1=xyz", "1=xyz"),
        ];
        for (text, word) in cases {
            assert_eq!(progress.import(text), Err(word.into()), "{text}");
            assert_eq!(progress.to_string(), TEXT);
        }
    }
}
