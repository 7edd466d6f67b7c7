//! What keeps the house in order: layers, lengths, words. `ARCHITECTURE.md` says why.

use std::fs;
use std::path::{Path, PathBuf};

/// The layers, lowest first. A layer imports only from layers before it.
const LAYERS: [&str; 12] = [
    "raft", "kv", "sim", "check", "hunt", "trace", "narrate", "script", "session", "course",
    "view", "ui",
];

/// The most lines of a source file, without its tests.
const MOST_LINES: usize = 600;

/// Files that are longer, each with its reason. Divide one rather than add to this list.
const LONG_FILES: [(&str, &str); 0] = [];

/// Stylesheets that belong to no component.
const GLOBAL_STYLES: [&str; 6] = ["tokens", "base", "app", "shell", "failed", "reading"];

/// Words that are not plain English, or not the field's. Beside each, what to write.
const BANNED: [(&str, &str); 12] = [
    ("whoever", "name the server, the client or the reader"),
    ("hurried on", "delivered now"),
    ("in hand", "pending"),
    ("the very", "the same"),
    ("comes of", "results from"),
    ("goes by", "uses"),
    ("loyal", "has heard from a leader"),
    ("its time is up", "its election timer expired"),
    ("anew", "again"),
    ("asked of nobody", "duplicate"),
    ("promises of raft", "safety properties"),
    ("weather", "network faults"),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder whose name ends so, with its path from the root and its text.
fn files(folder: &str, end: &str) -> Vec<(String, String)> {
    let mut folders = vec![root().join(folder)];
    let mut paths: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|why| panic!("{folder:?}: {why}")) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(end) {
                paths.push(path);
            }
        }
    }
    paths.sort();
    assert!(!paths.is_empty(), "{folder} has files that end in {end}");
    let read = |path: PathBuf| {
        let name = path.strip_prefix(root()).unwrap().to_string_lossy();
        (
            name.replace('\\', "/"),
            fs::read_to_string(&path).unwrap_or_default(),
        )
    };
    paths.into_iter().map(read).collect()
}

/// The source without what only tests see: a file of tests has none.
fn without_tests<'a>(name: &str, text: &'a str) -> &'a str {
    if name.contains("/tests") || name.ends_with("/samples.rs") {
        return "";
    }
    text.split("\n#[cfg(test)]\n").next().unwrap_or(text)
}

/// Fails with one line for each thing that is wrong.
fn assert_none(found: &[String], advice: &str) {
    assert!(found.is_empty(), "{advice}:\n  {}", found.join("\n  "));
}

fn layer_of(name: &str) -> Option<usize> {
    let rest = name.strip_prefix("src/")?;
    let layer = rest.split(['/', '.']).next()?;
    LAYERS.iter().position(|known| *known == layer)
}

#[test]
fn imports_go_down_only() {
    let mut found = Vec::new();
    for (name, text) in files("src", ".rs") {
        let Some(own) = layer_of(&name) else { continue };
        for (number, line) in without_tests(&name, &text).lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            for imported in code.split("crate::").skip(1) {
                let word = imported
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .next();
                let layer = LAYERS.iter().position(|layer| Some(*layer) == word);
                if layer.is_some_and(|layer| layer > own) {
                    found.push(format!("{name}:{}: {}", number + 1, line.trim()));
                }
            }
        }
    }
    assert_none(
        &found,
        "a layer knows only the layers below it (ARCHITECTURE.md)",
    );
}

#[test]
fn every_module_of_the_library_is_a_layer() {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let modules = lib
        .lines()
        .filter_map(|line| line.trim().strip_prefix("pub mod "));
    let unknown: Vec<String> = modules
        .map(|module| module.trim_end_matches(';').to_string())
        .filter(|module| !LAYERS.contains(&module.as_str()))
        .collect();
    assert_none(
        &unknown,
        "give the module its place in LAYERS and in ARCHITECTURE.md",
    );
}

#[test]
fn files_stay_short() {
    let mut found = Vec::new();
    for (name, text) in files("src", ".rs") {
        let lines = without_tests(&name, &text).lines().count();
        let listed = LONG_FILES.iter().any(|(long, _)| *long == name);
        if lines > MOST_LINES && !listed {
            found.push(format!("{name}: {lines} lines"));
        }
        if lines <= MOST_LINES && listed {
            found.push(format!(
                "{name}: take it off LONG_FILES, it has {lines} lines"
            ));
        }
    }
    assert_none(&found, "divide what is longer than 600 lines");
}

#[test]
fn the_core_and_the_simulation_are_the_same_everywhere() {
    let mut found = Vec::new();
    for folder in ["src/raft", "src/sim"] {
        for (name, text) in files(folder, ".rs") {
            for (number, line) in without_tests(&name, &text).lines().enumerate() {
                let code = line.split("//").next().unwrap_or_default();
                let words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
                let banned = ["HashMap", "HashSet", "Instant", "SystemTime", "f32", "f64"];
                // Seconds as a fraction are for the eyes only; nothing in a run depends on them.
                let shown = name == "src/sim/time.rs" && code.contains("f64");
                if words.into_iter().any(|word| banned.contains(&word)) && !shown {
                    found.push(format!("{name}:{}: {}", number + 1, line.trim()));
                }
            }
        }
    }
    assert_none(
        &found,
        "no clock, no float and no hash order in raft and sim",
    );
}

#[test]
fn every_stylesheet_has_its_component_and_is_used() {
    let page = fs::read_to_string(root().join("index.html")).unwrap();
    let components = files("src/ui", ".rs");
    let mut found = Vec::new();
    for (name, _) in files("styles", ".css") {
        let stem = name.trim_start_matches("styles/").trim_end_matches(".css");
        let component = [format!("/{stem}.rs"), format!("/{stem}/mod.rs")];
        let mut paths = components.iter().map(|(path, _)| path);
        let has_component = paths.any(|path| component.iter().any(|end| path.ends_with(end)));
        if !has_component && !GLOBAL_STYLES.contains(&stem) {
            found.push(format!("{name}: there is no {stem}.rs in src/ui"));
        }
        if page.matches(&format!("href=\"{name}\"")).count() != 1 {
            found.push(format!("{name}: link it once in index.html"));
        }
    }
    assert_none(&found, "a stylesheet has the name of its component");
}

/// What people read: lessons, documents, and the texts of the page and the narrator.
fn prose() -> Vec<(String, String)> {
    let mut all = files("src/lessons", ".md");
    all.extend(files("docs", ".md"));
    for name in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let text = fs::read_to_string(root().join(name)).unwrap_or_default();
        all.push((name.into(), text));
    }
    for folder in ["src/ui", "src/narrate"] {
        for (name, text) in files(folder, ".rs") {
            let strings = without_tests(&name, &text).lines().map(strings_of);
            all.push((name, strings.collect::<Vec<_>>().join("\n")));
        }
    }
    all
}

/// The comments of the core, the simulation and the checkers: many read them beside the paper.
fn comments() -> Vec<(String, String)> {
    let folders = ["src/raft", "src/kv", "src/sim", "src/check", "src/hunt"];
    let all = folders.iter().flat_map(|folder| files(folder, ".rs"));
    let comment = |line: &str| line.split("//").nth(1).unwrap_or_default().to_string();
    all.map(|(name, text)| {
        let lines = without_tests(&name, &text).lines().map(comment);
        let lines = lines.collect::<Vec<_>>().join("\n");
        (name, lines)
    })
    .collect()
}

/// What stands between quotation marks on a line of code.
fn strings_of(line: &str) -> String {
    let code = line.trim_start();
    if code.starts_with("//") {
        return String::new();
    }
    let strings = code.split('"').skip(1).step_by(2);
    strings.collect::<Vec<_>>().join(" ")
}

#[test]
fn texts_are_in_plain_english() {
    let mut found = Vec::new();
    for (name, text) in prose().into_iter().chain(comments()) {
        for (number, line) in text.lines().enumerate() {
            let line = line.to_lowercase();
            for (word, instead) in BANNED {
                if contains_word(&line, word) {
                    found.push(format!(
                        "{name}:{}: \"{word}\": write {instead}",
                        number + 1
                    ));
                }
            }
        }
    }
    assert_none(&found, "words that keep readers out");
}

fn contains_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

#[test]
fn the_checks_themselves_are_awake() {
    assert!(contains_word("say whoever asks", "whoever"));
    assert!(!contains_word("a canewed chair", "anew"));
    assert_eq!(strings_of(r#"let a = "one"; let b = "two";"#), "one two");
    assert_eq!(layer_of("src/raft/node.rs"), Some(0));
    assert_eq!(layer_of("src/kv.rs"), Some(1));
    assert_eq!(layer_of("src/main.rs"), None);
    assert_eq!(
        without_tests("src/a.rs", "code\n#[cfg(test)]\nmod tests {\nmore"),
        "code"
    );
}
