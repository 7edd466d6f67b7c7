//! The other languages: each text says the same as its English twin, line for line of a page's
//! block, mark for mark of its prose.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use raftarium::check::Property;
use raftarium::course::glossary;
use raftarium::course::{self, CONTENTS};
use raftarium::narrate::{self, Language};
use raftarium::raft::Rule;
use raftarium::script;
use raftarium::sim::text::{ROLES, Verb};
use raftarium::trace;
use raftarium::view::rules::{Frame, Line};

/// The most letters of a paragraph in a script without spaces: about forty English words.
const MOST_LETTERS: usize = 90;

fn folder(language: Language) -> PathBuf {
    let lessons = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lessons");
    match language {
        Language::English => lessons,
        other => lessons.join(other.code()),
    }
}

fn text(language: Language, file: &str) -> String {
    fs::read_to_string(folder(language).join(file)).unwrap_or_default()
}

fn others() -> impl Iterator<Item = Language> {
    let all = Language::ALL.into_iter();
    all.filter(|language| *language != Language::English)
}

/// A piece of a chapter: the line of the file, what must be the same in each language, and what is
/// said in words.
#[derive(Debug)]
struct Piece {
    line: usize,
    same: String,
    said: String,
}

/// Keys of a block whose value is words.
const WORDS: [&str; 4] = ["predict:", "order:", "because:", "hint:"];

/// The pieces of a chapter: each line of a block, each paragraph, each heading.
fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let (mut within, mut paragraph) = (false, false);
    for (number, line) in text.lines().enumerate() {
        if line.starts_with("```") {
            (within, paragraph) = (line == "```page", false);
            continue;
        }
        if line.trim().is_empty() {
            paragraph = false;
            continue;
        }
        if let Some(last) = pieces.last_mut().filter(|_| paragraph) {
            last.said = format!("{} {line}", last.said);
            continue;
        }
        let (same, said) = if within { divided(line) } else { ("", line) };
        let heading = line.starts_with(['#', '>']);
        paragraph = !within && !heading;
        let same = match line.split_once(' ') {
            Some((mark, _)) if heading && !within => mark,
            _ => same,
        };
        pieces.push(Piece {
            line: number + 1,
            same: same.trim().into(),
            said: said.into(),
        });
    }
    for piece in &mut pieces {
        let marks = marks(&piece.said);
        piece.same = format!("{} {marks}", piece.same).trim().into();
    }
    pieces
}

/// What a line of a block has in every language, and its words.
fn divided(line: &str) -> (&str, &str) {
    let text = line.trim_start();
    for mark in ["+ ", "- "].into_iter().chain(WORDS) {
        if let Some(words) = text.strip_prefix(mark) {
            return (mark, words);
        }
    }
    let Some((key, value)) = text.split_once(": ") else {
        return (text, "");
    };
    match (key, value.split_once(" = ")) {
        ("button" | "card", Some((words, rest))) => (rest, words),
        ("lost", Some((rest, words))) => (rest, words),
        _ => (text, ""),
    }
}

/// What prose must name in every language, in any order: `code`, [[nouns]], how many new **terms**;
/// servers and clients; numbers.
fn marks(said: &str) -> String {
    let mut marks = BTreeSet::new();
    let mut rest = said;
    let mut plain = String::new();
    while let Some(at) = rest.find(['`', '*', '[']) {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        let ends = [("**", "**"), ("[[", "]]"), ("`", "`")];
        let found = ends.into_iter().find(|(open, _)| from.starts_with(open));
        let Some((open, close)) = found else {
            rest = &from[1..];
            continue;
        };
        let (inner, behind) = from[open.len()..].split_once(close).unwrap_or((from, ""));
        marks.insert(match open {
            "**" => "**a new word**".into(),
            "[[" => format!("[[{}]]", inner.split('|').next().unwrap_or(inner)).to_lowercase(),
            _ => format!("`{inner}`"),
        });
        plain.push(' ');
        rest = behind;
    }
    plain.push_str(rest);
    let names = plain.split(|one: char| !one.is_ascii_alphanumeric() && !"=.%".contains(one));
    let is_name = |name: &&str| name.contains(|one: char| one.is_ascii_digit());
    let names = names.map(|name| name.trim_end_matches(['.', 's', 'm', '%']));
    marks.extend(names.filter(is_name).map(String::from));
    marks.into_iter().collect::<Vec<_>>().join(" ")
}

/// The chapters that a language has, with their texts in English and in it.
fn twins(language: Language) -> impl Iterator<Item = (&'static str, String, String)> {
    let there = CONTENTS
        .iter()
        .filter(move |it| it.twins.contains(&language.code()));
    there.map(move |it| {
        let (english, other) = (text(Language::English, it.file), text(language, it.file));
        (it.file, english, other)
    })
}

/// What is to be done about a difference.
const ADVICE: &str = "bring it in line with the English chapter, or delete the file: the chapter is then shown in English";

#[test]
fn each_chapter_has_the_same_pages_acts_answers_goals_and_marks() {
    for language in others() {
        for (file, english, other) in twins(language) {
            let name = format!("src/lessons/{}/{file}", language.code());
            let chapter = course::read(&other).unwrap_or_else(|why| panic!("{name}, {why}"));
            let (ours, theirs) = (pieces(&english), pieces(&other));
            for (our, their) in ours.iter().zip(&theirs) {
                assert!(
                    our.same == their.same,
                    "{name}, line {}: write \"{}\" and not \"{}\", as in src/lessons/{file}, line {}: {ADVICE}",
                    their.line,
                    our.same,
                    their.same,
                    our.line,
                );
            }
            assert_eq!(
                (ours.len(), chapter.pages.len()),
                (theirs.len(), course::read(&english).unwrap().pages.len()),
                "{name}: so many lines and paragraphs, so many pages: {ADVICE}"
            );
        }
    }
}

#[test]
fn translations_are_short_and_translated() {
    for language in others() {
        for (file, english, other) in twins(language) {
            let english: BTreeSet<String> =
                pieces(&english).into_iter().map(|it| it.said).collect();
            for piece in pieces(&other) {
                let (line, said) = (piece.line, &piece.said);
                let name = format!("src/lessons/{}/{file}, line {line}", language.code());
                let letters = said.chars().filter(|one| *one > '\u{2e80}').count();
                assert!(
                    letters <= MOST_LETTERS,
                    "{name}: {letters} letters, {MOST_LETTERS} at most"
                );
                let latin = said.split(|one: char| !one.is_ascii_lowercase());
                let is_english = latin.filter(|word| word.len() > 1).count() > 2;
                assert!(
                    !is_english || !english.contains(said),
                    "{name}: this is English: translate it"
                );
            }
        }
    }
}

#[test]
fn glossaries_have_the_same_terms_in_the_same_order() {
    let english = text(Language::English, "words.txt");
    for language in others() {
        let name = format!("src/lessons/{}/words.txt", language.code());
        let other = text(language, "words.txt");
        let (ours, theirs) = (glossary::read(&english), glossary::read(&other));
        for (nth, (our, their)) in ours.iter().zip(&theirs).enumerate() {
            let line = nth + 1;
            assert!(
                their.is_named(&our.names[0]),
                "{name}, line {line}: {:?} must be among the names, as in the English line {line}",
                our.names[0]
            );
            assert_eq!(
                our.place, their.place,
                "{name}, line {line}: name the same page"
            );
        }
        assert_eq!(ours.len(), theirs.len(), "{name}: a line for each term");
        for (file, english, other) in twins(language) {
            let (a, b) = (
                course::read(&english).unwrap(),
                course::read(&other).unwrap(),
            );
            for (our, their) in a.pages.iter().zip(&b.pages) {
                for (our_prose, their_prose) in
                    [(&our.before, &their.before), (&our.after, &their.after)]
                {
                    let term = |prose: &[course::Prose], words: &[glossary::Word]| {
                        let spans = prose.iter().flatten();
                        let marked = spans.filter_map(|span| match span {
                            course::Span::Term(term) => Some(term),
                            _ => None,
                        });
                        let find =
                            |term: &String| words.iter().position(|word| word.is_named(term));
                        marked.map(find).collect::<Vec<_>>()
                    };
                    assert_eq!(
                        term(our_prose, &ours),
                        term(their_prose, &theirs),
                        "src/lessons/{}/{file}, line {}: the marked word must be a name of the same line of {name}",
                        language.code(),
                        their.line
                    );
                }
            }
        }
    }
}

/// Every text in quotes that the sources of the page pass to `say` and `fill`.
fn said() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.join("ui"), root.join("view")];
    let mut said = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let source = fs::read_to_string(&path).unwrap();
                // Beside each fact stands its name.
                if path.ends_with("facts.rs") {
                    said.extend(first_in_brackets(&source));
                }
                said.extend(passed(&source));
            }
        }
    }
    said
}

fn passed(source: &str) -> Vec<String> {
    let calls = ["say(", "fill(", "row(", "range(", "switch("]
        .into_iter()
        .flat_map(|call| {
            source.match_indices(call).filter_map(move |(at, _)| {
                let before = source[..at].chars().next_back();
                let is_call =
                    before.is_none_or(|one| !one.is_alphanumeric() && !"._".contains(one));
                let text = source[at + call.len()..].trim_start().strip_prefix('"');
                text.filter(|_| is_call).map(literal)
            })
        });
    let listed = source
        .split("// Said by the page.\n")
        .skip(1)
        .flat_map(|table| {
            let table = table.split_once("\n\n").map_or(table, |(table, _)| table);
            let parts = table.split('"').enumerate();
            let letter = |one: char| one.is_ascii_lowercase();
            let is_words = move |text: &str| text.contains(letter) && !is_grammar(text);
            let quoted = parts.filter(move |(nth, text)| nth % 2 == 1 && is_words(text));
            quoted.map(|(_, text)| literal(text)).collect::<Vec<_>>()
        });
    let of_several = source.split("say_of(\"").skip(1).map(|call| {
        let mut parts = call.split('"');
        let (what, english) = (parts.next(), parts.nth(1));
        format!(
            "{}: {}",
            what.unwrap_or_default(),
            english.unwrap_or_default()
        )
    });
    let all = calls.chain(listed).chain(of_several);
    all.filter(|text| !text.is_empty()).collect()
}

/// Every text that stands first in brackets, but those of macros.
fn first_in_brackets(source: &str) -> Vec<String> {
    let brackets = source.match_indices('(');
    let outside = brackets.filter(|(at, _)| !source[..*at].ends_with('!'));
    let behind = outside.map(|(at, _)| source[at + 1..].trim_start());
    let texts = behind.filter_map(|text| text.strip_prefix('"'));
    let texts = texts.map(literal);
    texts
        .filter(|text| text.contains(char::is_alphabetic))
        .collect()
}

/// Whether the text is of the grammar of actions, as `read=index`.
fn is_grammar(text: &str) -> bool {
    text.contains('=') && !text.contains(' ')
}

/// A literal without what Rust needs around it: up to its end, without line breaks.
fn literal(text: &str) -> String {
    let text = text.split_once('"').map_or(text, |(text, _)| text);
    let lines = text.split("\\\n").enumerate();
    let lines = lines.map(|(nth, line)| if nth == 0 { line } else { line.trim_start() });
    lines.collect()
}

/// All that the page says and that is looked up in a language's `page.txt`.
fn wanted() -> BTreeSet<String> {
    let mut wanted = said();
    let chapters = CONTENTS.iter();
    wanted.extend(
        chapters
            .flat_map(|it| [it.title, it.question])
            .map(String::from),
    );
    wanted.extend(course::CUTS.iter().map(|cut| cut.title.into()));
    wanted.extend(Rule::ALL.iter().map(|rule| rule.sentence().into()));
    wanted.extend(["In words", "Our code"].map(String::from));
    wanted.extend(Line::ALL.iter().map(|line| line.text().into()));
    wanted.extend(Frame::ALL.iter().map(|frame| frame.title().into()));
    wanted.extend(Property::ALL.iter().map(|property| property.name().into()));
    wanted.extend(of_the_console().map(String::from));
    let judged = trace::Rule::ALL.iter();
    wanted.extend(judged.flat_map(|rule| [rule.sentence().into(), rule.cause().into()]));
    wanted.extend(trace::judge::TOPICS.map(String::from));
    wanted
}

/// What the console says beside the words that it offers.
fn of_the_console() -> impl Iterator<Item = &'static str> {
    let verbs = Verb::ALL.iter().map(|verb| verb.help());
    let words = ROLES
        .iter()
        .chain(&script::COMMANDS)
        .chain(&script::CONDITIONS);
    let others = ["A client.", "A kind of packet.", "A setting."];
    verbs.chain(words.map(|(_, help)| *help)).chain(others)
}

/// What the scenarios of the gallery say. It may be translated, or not yet.
fn scenarios() -> BTreeSet<String> {
    let exhibits = course::gallery::exhibits().unwrap().into_iter();
    let texts = exhibits.flat_map(|it| {
        let counter = it.counter.map(|counter| counter.name);
        [it.title, it.group, it.ask, it.hint]
            .into_iter()
            .chain(counter)
    });
    texts.collect()
}

/// The values that a text has, by their numbers.
fn places(text: &str) -> Vec<usize> {
    let inner = text
        .split('{')
        .skip(1)
        .filter_map(|part| part.split('}').next());
    let mut next = 0;
    let place = |which: &str| {
        let place = which.parse().unwrap_or(next);
        next = place + 1;
        place
    };
    let mut places: Vec<usize> = inner.map(place).collect();
    places.sort_unstable();
    places
}

#[test]
fn all_words_of_the_page_are_in_each_language_and_no_others() {
    let wanted = wanted();
    assert!(
        wanted.contains("Next") && wanted.contains("{} of {} done"),
        "{wanted:?}"
    );
    let scenarios = scenarios();
    for language in others() {
        let name = format!("src/lessons/{}/page.txt", language.code());
        let text = text(language, "page.txt");
        let words = narrate::read_words(&text);
        let there: BTreeSet<String> = words.iter().map(|(key, _)| (*key).to_string()).collect();
        let missing: Vec<_> = wanted.difference(&there).collect();
        let idle = there.difference(&wanted);
        let idle: Vec<_> = idle.filter(|text| !scenarios.contains(*text)).collect();
        assert!(
            missing.is_empty(),
            "{name}: add these, each with its translation below: {missing:#?}"
        );
        assert!(
            idle.is_empty(),
            "{name}: the page does not say these: delete them: {idle:#?}"
        );
        assert_eq!(
            there.len(),
            words.len(),
            "{name}: one line of English stands there twice"
        );
        for (english, other) in words {
            assert_eq!(
                places(english),
                places(other),
                "{name}: {english}: the same values as in English"
            );
        }
    }
}

#[test]
fn the_contents_have_the_titles_and_questions_of_the_chapters() {
    for language in others() {
        let text = text(language, "page.txt");
        let words = narrate::read_words(&text);
        for (file, english, other) in twins(language) {
            let (a, b) = (
                course::read(&english).unwrap(),
                course::read(&other).unwrap(),
            );
            for (our, their) in [(a.title, b.title), (a.question, b.question)] {
                assert!(
                    words.contains(&(our.as_str(), their.as_str())),
                    "src/lessons/{}/page.txt: write \"{their}\" below \"{our}\", as {file} has it",
                    language.code()
                );
            }
        }
    }
}

#[test]
fn a_chapter_without_a_twin_is_in_english() {
    let mut listed = CONTENTS[1];
    assert_eq!(listed.language(Language::Chinese), Language::Chinese);
    listed.twins = &[];
    assert_eq!(listed.language(Language::Chinese), Language::English);
    assert_eq!(listed.language(Language::English), Language::English);
}
