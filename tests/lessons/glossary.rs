//! The glossary: every term is marked or used on the page that it names, and every marked word is a
//! term.

use raftarium::course::glossary::{self, Word};
use raftarium::course::{Page, Place, Prose, Span, exists};

use super::chapters;

/// The most words of an explanation.
const LONGEST: usize = 30;

const TEXT: &str = include_str!("../../src/lessons/words.txt");

fn words() -> Vec<Word> {
    let words = glossary::read(TEXT);
    for (number, line) in TEXT.lines().enumerate() {
        assert!(
            glossary::read(line).len() == 1,
            "src/lessons/words.txt, line {}: write names | page | what it means, as in term | 0/1 | A number.",
            number + 1
        );
    }
    words
}

/// The chapter's title and all that the page says.
fn says(title: &str, page: &Page) -> String {
    let prose = |prose: &[Prose]| {
        let spans = prose.iter().flatten().map(Span::written);
        spans.collect::<Vec<_>>().join(" ")
    };
    let asked = page.prediction.iter().flat_map(|asked| &asked.choices);
    let asked: Vec<String> = asked
        .map(|it| format!("{} {}", it.text, it.because))
        .collect();
    let (before, after) = (prose(&page.before), prose(&page.after));
    format!(
        "{title} {} {before} {} {after}",
        page.title,
        asked.join(" ")
    )
}

#[test]
fn terms_are_explained_where_the_glossary_says() {
    let chapters = chapters();
    let words = words();
    let name = |word: &Word| word.names[0].to_lowercase();
    assert!(
        words.is_sorted_by_key(name),
        "src/lessons/words.txt: sort the lines"
    );
    for word in &words {
        let (name, place) = (&word.names[0], word.place);
        assert!(
            exists(place),
            "src/lessons/words.txt: {name}: there is no page {place}"
        );
        let chapter = &chapters[usize::from(place.chapter)].1;
        let page = &chapter.pages[usize::from(place.page) - 1];
        let said = says(&chapter.title, page).to_lowercase();
        assert!(
            word.names
                .iter()
                .any(|name| said.contains(&name.to_lowercase())),
            "src/lessons/words.txt: {name}: page {place} does not say it: name the page that does"
        );
        let count = word.text.split_whitespace().count();
        assert!(
            count <= LONGEST,
            "src/lessons/words.txt: {name}: {count} words, {LONGEST} at most"
        );
    }
}

#[test]
fn marked_words_are_in_the_glossary_with_their_page() {
    let words = words();
    for (number, (file, chapter)) in chapters().into_iter().enumerate() {
        for (nth, page) in chapter.pages.iter().enumerate() {
            let place = Place {
                chapter: number as u16,
                page: nth as u16 + 1,
            };
            for span in page.before.iter().chain(&page.after).flatten() {
                let Span::Term(term) = span else { continue };
                let word = glossary::find(&words, term);
                assert!(
                    word.is_some_and(|word| word.place == place),
                    "src/lessons/{file}, line {}: ** marks \"{term}\": add it to src/lessons/words.txt, as {term} | {place} | ...",
                    page.line
                );
            }
        }
    }
}
