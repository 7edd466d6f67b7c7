//! What would make a page easy to answer without thinking, or hard to read.

use std::collections::BTreeSet;

use raftarium::course::{CONTENTS, Choice, Page, Prose, Span};

use super::{chapters, pages};

/// How many of a hundred right answers stand at each place, at least.
const FAIR: usize = 25;

/// Words that tell nothing about an answer.
const COMMON: &str = "the and its this that with for from not has have are was were will one two three does \
    them their they who all than then but only can may here there his what which when where how nothing \
    after before server servers leader";

fn choices(page: &Page) -> &[Choice] {
    page.prediction.as_ref().map_or(&[], |asked| &asked.choices)
}

#[test]
fn right_answers_stand_at_every_place() {
    let mut places = [0; 3];
    for (_, page) in pages() {
        if let ([_, _, _], Some(asked)) = (choices(&page), &page.prediction) {
            places[asked.right()] += 1;
        }
    }
    let all: usize = places.iter().sum();
    assert!(
        places.iter().all(|count| count * 100 >= all * FAIR),
        "of {all} right answers, {places:?} are first, second and third: move some"
    );
}

#[test]
fn chapters_are_numbered_without_holes() {
    for (nth, listed) in CONTENTS.iter().enumerate() {
        assert_eq!(
            usize::from(listed.number),
            nth,
            "src/lessons/{}: number it {nth}",
            listed.file
        );
    }
}

#[test]
fn every_chapter_asks_a_question_in_the_contents() {
    for listed in CONTENTS {
        let file = listed.file;
        assert!(
            listed.question.ends_with('?'),
            "src/lessons/{file}, line 2: write > and the question that the chapter answers"
        );
    }
}

#[test]
fn headings_ask_and_nothing_answers_before_the_learner() {
    for (name, page) in pages() {
        let Some(right) = choices(&page).iter().find(|choice| choice.right) else {
            continue;
        };
        assert!(
            page.title.ends_with('?'),
            "{name}: a heading above a question asks: end it with ?"
        );
        let wrong = choices(&page).iter().filter(|choice| !choice.right);
        let wrong: BTreeSet<String> = wrong.flat_map(|choice| words(&choice.text)).collect();
        let right = words(&right.text);
        let telling: Vec<&String> = right.difference(&wrong).collect();
        let said = words(&(text(&page.before) + " " + &page.title));
        let told = telling.iter().filter(|word| said.contains(**word)).count();
        assert!(
            telling.len() < 2 || told * 2 <= telling.len(),
            "{name}: {telling:?} of the right answer are in the heading or above the question: say it after Done"
        );
    }
}

/// The words by which an answer may be told.
fn words(text: &str) -> BTreeSet<String> {
    let lower = text.to_lowercase();
    let all = lower.split(|one: char| !one.is_alphanumeric() && !"=+:'".contains(one));
    let telling = all.filter(|word| word.len() > 2 && !COMMON.split(' ').any(|it| it == *word));
    telling.map(String::from).collect()
}

fn text(prose: &[Prose]) -> String {
    let spans = prose.iter().flatten().map(Span::written);
    spans.collect::<Vec<_>>().join(" ")
}

/// What a page says, in the order in which a learner reads it.
fn said(page: &Page) -> [(&[Prose], String); 2] {
    let asked = page.prediction.iter().flat_map(|asked| {
        let answers = asked.choices.iter().flat_map(|it| [&it.text, &it.because]);
        let cards = asked.cards.iter().map(|card| &card.text);
        [&asked.question].into_iter().chain(answers).chain(cards)
    });
    let asked = asked.cloned().collect::<Vec<_>>().join(" ");
    let before = format!("{} {} ", page.title, text(&page.before));
    [
        (&page.before, before),
        (&page.after, asked + " " + &text(&page.after)),
    ]
}

#[test]
fn a_word_is_marked_where_it_is_first_used() {
    let mut read = String::new();
    for (name, page) in pages() {
        for (prose, said) in said(&page) {
            for span in prose.iter().flatten() {
                let Span::Term(term) = span else { continue };
                assert!(
                    !uses(&read, term),
                    "{name}: ** marks \"{term}\", which an earlier page uses: mark it there, or not at all"
                );
            }
            read += &said;
            read += " ";
        }
    }
}

/// Whether the text has this word, or its plural.
fn uses(text: &str, term: &str) -> bool {
    let (text, term) = (text.to_lowercase(), term.to_lowercase());
    let stem = term.strip_suffix('y').unwrap_or(&term);
    let ends: &[&str] = if stem == term {
        &["", "s"]
    } else {
        &["y", "ies"]
    };
    let begins = |at: usize| !text[..at].ends_with(|one: char| one.is_alphanumeric());
    text.match_indices(stem).any(|(at, _)| {
        let rest = &text[at + stem.len()..];
        let behind = ends.iter().filter_map(|end| rest.strip_prefix(end));
        let mut whole =
            behind.map(|rest| !rest.starts_with(|one: char| one.is_alphanumeric() || one == '-'));
        begins(at) && whole.any(|whole| whole)
    })
}

#[test]
fn every_page_names_its_source() {
    for (file, chapter) in chapters() {
        for page in chapter.pages {
            let (line, title) = (page.line, &page.title);
            assert!(
                !page.source.is_empty(),
                "src/lessons/{file}, line {line}, \"{title}\": write source: and the section of the paper, as §5.2"
            );
            for piece in page.source.split(" · ") {
                let known = ["§", "Figure ", "dissertation, §", "Bendersky, part "];
                assert!(
                    known.iter().any(|one| piece.starts_with(one)),
                    "src/lessons/{file}, line {line}: \"{piece}\" is no source: write §5.2, Figure 8, \
                     dissertation, §9.6 or Bendersky, part 1, with \" · \" between"
                );
            }
        }
    }
}
