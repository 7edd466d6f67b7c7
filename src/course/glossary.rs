//! The glossary: the terms of the field, each in one or two sentences, with the page that teaches it.

use super::Place;

/// A term.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Word {
    /// Its names; by the first it is listed.
    pub names: Vec<String>,
    /// The page that teaches it.
    pub place: Place,
    /// What it means.
    pub text: String,
}

/// Reads the glossary: a term a line, `names, ... | page | text`. What is no term is passed over;
/// the test of the course tells of it.
pub fn read(text: &str) -> Vec<Word> {
    text.lines().filter_map(word).collect()
}

fn word(line: &str) -> Option<Word> {
    let mut parts = line.splitn(3, " | ");
    let names = parts.next()?.split(", ").map(String::from).collect();
    let place = parts.next()?.parse().ok()?;
    let text = parts.next()?.into();
    Some(Word { names, place, text })
}

impl Word {
    /// Whether this is one of its names, or the plural of one.
    pub fn is_named(&self, name: &str) -> bool {
        let lower = name.to_lowercase();
        let one = lower.strip_suffix('s').unwrap_or(&lower);
        let mut names = self.names.iter().map(|name| name.to_lowercase());
        names.any(|name| name == lower || name == one)
    }
}

/// The term of that name, or of which that is the plural.
pub fn find<'a>(words: &'a [Word], name: &str) -> Option<&'a Word> {
    words.iter().find(|word| word.is_named(name))
}

/// Where the text first names one of these terms, as a whole word: from, to, and which.
pub fn first<'a>(words: &[&'a Word], text: &str) -> Option<(usize, usize, &'a Word)> {
    let found = words.iter().flat_map(|word| {
        let names = word.names.iter();
        names.filter_map(move |name| named(text, name).map(|(from, to)| (from, to, *word)))
    });
    // Of those that begin together, the longest.
    found.min_by_key(|(from, to, _)| (*from, usize::MAX - to))
}

/// From here on come letters of scripts that put no space between words.
const UNSPACED: char = '\u{2e80}';

/// Where the text has this name as a whole word, or its plural.
fn named(text: &str, name: &str) -> Option<(usize, usize)> {
    let is_part = |one: char| one < UNSPACED && (one.is_alphanumeric() || "-=".contains(one));
    if name.starts_with(|one| one >= UNSPACED) {
        let from = text.find(name)?;
        return Some((from, from + name.len()));
    }
    text.match_indices(name).find_map(|(from, _)| {
        let to = from + name.len();
        let plural = text[to..].starts_with('s');
        let to = to + usize::from(plural);
        let whole = !text[..from].ends_with(is_part) && !text[to..].starts_with(is_part);
        whole.then_some((from, to))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_found_as_whole_words_the_longest_first() {
        let words = read("term | 0/1 | A number.\nelection timeout, timeout | 5/1 | A time.\nno");
        assert_eq!(words.len(), 2);
        assert_eq!(find(&words, "Terms").unwrap().text, "A number.");
        assert_eq!(find(&words, "determine"), None);
        let words: Vec<&Word> = words.iter().collect();
        let text = "determine election timeouts";
        let (from, to, word) = first(&words, text).unwrap();
        assert_eq!(&text[from..to], "election timeouts");
        assert_eq!(word, words[1]);
        assert_eq!(first(&words, "no-term, determined"), None);
        let words = read("任期, term | 0/1 | 一个编号。\n日志条目, 条目, entry | 5/1 | 一个命令。");
        let words: Vec<&Word> = words.iter().collect();
        let found = |text: &str| first(&words, text).map(|(from, to, _)| text[from..to].to_owned());
        assert_eq!(found("每个任期有编号").as_deref(), Some("任期"));
        assert_eq!(found("追加日志条目").as_deref(), Some("日志条目"));
        assert_eq!(found("旧term的号").as_deref(), Some("term"));
    }
}
