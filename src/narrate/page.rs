//! The language that the page speaks, and the page's own words in it.
//!
//! What the page says around a run (buttons, labels, titles) is written in English where it is
//! said, and looked up by that: `say("Next")`. The other languages' words stand in a file of theirs,
//! `src/lessons/zh/page.txt`, which is fetched before the page is shown. Words that it lacks are
//! shown in English.

use std::fmt::{Display, Write};
use std::sync::OnceLock;

use super::Language;

/// The language that was chosen, and its words: English and its translation, sorted.
type Chosen = (Language, Vec<(&'static str, &'static str)>);

/// It is chosen before the first sentence, and holds until the page is loaded again.
static CHOSEN: OnceLock<Chosen> = OnceLock::new();

/// Speaks this language from now on, with the page's words from its `page.txt`.
pub fn speak(language: Language, words: String) {
    let mut words = read(words.leak());
    words.sort_unstable();
    // Nobody chooses twice.
    let _ = CHOSEN.set((language, words));
}

/// The language that is spoken.
pub fn spoken() -> Language {
    CHOSEN.get().map_or(Language::English, |chosen| chosen.0)
}

/// Reads pairs of lines: English, and what it is in the other language. Empty lines and comments
/// stand between pairs.
pub fn read(text: &str) -> Vec<(&str, &str)> {
    let lines = text.lines().map(str::trim);
    let mut lines = lines.filter(|line| !line.is_empty() && !line.starts_with("# "));
    let mut pairs = Vec::new();
    while let (Some(english), Some(other)) = (lines.next(), lines.next()) {
        pairs.push((english, other));
    }
    pairs
}

/// These words in the language that is spoken.
pub fn say(english: &str) -> &str {
    find(english).unwrap_or(english)
}

/// The same where English has one word for several things: which one it is stands before it, as in
/// `room: Play`.
pub fn say_of<'a>(what: &str, english: &'a str) -> &'a str {
    find(&[what, ": ", english].concat()).unwrap_or(english)
}

fn find(key: &str) -> Option<&'static str> {
    let (_, words) = CHOSEN.get()?;
    let at = words
        .binary_search_by(|(other, _)| (*other).cmp(key))
        .ok()?;
    Some(words[at].1)
}

/// These words in the language that is spoken, with values where they have `{}`, or `{1}` for the
/// second one where the order is another.
pub fn fill(english: &str, values: &[&dyn Display]) -> String {
    filled(say(english), values)
}

fn filled(template: &str, values: &[&dyn Display]) -> String {
    let mut text = String::with_capacity(template.len());
    let (mut rest, mut next) = (template, 0);
    while let Some((before, from)) = rest.split_once('{') {
        text.push_str(before);
        let (which, behind) = from.split_once('}').unwrap_or((from, ""));
        let place: usize = which.parse().unwrap_or(next);
        if let Some(value) = values.get(place) {
            // A string takes whatever is written.
            let _ = write!(text, "{value}");
        }
        (rest, next) = (behind, place + 1);
    }
    text.push_str(rest);
    // The last value may be empty.
    text.truncate(text.trim_end().len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_and_values_stand_in_their_places() {
        let pairs = read("# Words.\nNext\n下一页\n\n{} of {} done\n{1} 中的 {0} 已完成\nlost");
        assert_eq!(pairs[0], ("Next", "下一页"));
        assert_eq!(filled(pairs[1].0, &[&1, &3]), "1 of 3 done");
        assert_eq!(filled(pairs[1].1, &[&1, &3]), "3 中的 1 已完成");
        assert_eq!(pairs.len(), 2);
        assert_eq!(filled("{} and {", &[&1]), "1 and");
        assert_eq!(filled("It broke. {}", &[&""]), "It broke.");
    }

    #[test]
    fn english_is_spoken_until_a_language_is_chosen() {
        assert_eq!(spoken(), Language::English);
        assert_eq!(say("Next"), "Next");
    }
}
