//! Finds the chapters of the course: every text in `src/lessons`, in the order of their numbers, and
//! the languages that each is translated into: `src/lessons/zh` holds texts of the same names.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-changed=src/lessons");
    let contents = contents(Path::new("src/lessons"));
    let target = Path::new(&env::var("OUT_DIR").expect("cargo says where")).join("contents.rs");
    fs::write(target, contents).expect("the contents can be written");
}

/// The contents of the course in `folder`, as Rust.
pub fn contents(folder: &Path) -> String {
    let all = paths(folder);
    // Beside the chapters stand the glossary and the other languages.
    let is_chapter = |path: &&PathBuf| path.extension().is_some_and(|end| end == "md");
    let files: Vec<PathBuf> = all.iter().filter(is_chapter).cloned().collect();
    let languages: Vec<&PathBuf> = all.iter().filter(|path| path.is_dir()).collect();
    let texts: Vec<String> = files.iter().map(|path| text(path)).collect();
    let chapters: Vec<String> = files
        .iter()
        .zip(&texts)
        .map(|(path, text)| chapter(path, text, &languages))
        .collect();
    // Its text, not its path: a checkout may be moved with what was built in it.
    let first = texts.first().expect("src/lessons holds a chapter");
    let others = languages.iter().flat_map(|folder| paths(folder));
    let every = all.iter().filter(|path| path.is_file()).cloned();
    // FNV-1a.
    let version = every
        .chain(others)
        .flat_map(|path| text(&path).into_bytes())
        .fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        });
    format!(
        "/// Every chapter there is, in the order of their numbers.\n\
         pub const CONTENTS: &[Listed] = &[{}];\n\
         /// The text of the first chapter.\n\
         pub const FIRST: &str = {first:?};\n\
         /// A number that changes with any of the texts, so that no old copy is taken for one of them.\n\
         pub const VERSION: u32 = {version};\n",
        chapters.concat()
    )
}

/// What stands in a folder, sorted.
fn paths(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("src/lessons holds the course");
    let entries = entries.map(|entry| entry.expect("src/lessons can be read").path());
    let mut paths: Vec<PathBuf> = entries.collect();
    paths.sort();
    paths
}

fn text(path: &Path) -> String {
    fs::read_to_string(path)
        .unwrap_or_else(|why| panic!("{} cannot be read: {why}", path.display()))
}

/// What the contents say of a chapter.
fn chapter(path: &Path, text: &str, languages: &[&PathBuf]) -> String {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let number = file
        .strip_suffix(".md")
        .and_then(|name| name.split_once('-'))
        .and_then(|(number, _)| number.parse::<u16>().ok())
        .unwrap_or_else(|| {
            panic!("src/lessons/{file}: name a chapter like 05-winning-an-election.md")
        });
    let title = text
        .lines()
        .find_map(|line| line.strip_prefix("# "))
        .unwrap_or_else(|| panic!("src/lessons/{file} has no title: begin it with # and one"));
    let question = text.lines().find_map(|line| line.strip_prefix("> "));
    let question = question.unwrap_or_default();
    let pages: Vec<&str> = text.split("\n## ").skip(1).collect();
    let right: Vec<Option<usize>> = pages.iter().map(|page| right(page)).collect();
    // Reading at 160 words a minute; half a minute a page to act and to watch.
    let minutes = text.split_whitespace().count().div_ceil(300) + pages.len().div_ceil(2);
    let pages = pages.len();
    let twins: Vec<_> = languages
        .iter()
        .filter(|folder| folder.join(&*file).exists())
        .map(|folder| folder.file_name().unwrap_or_default().to_string_lossy())
        .collect();
    format!(
        "Listed {{ number: {number}, title: {title:?}, question: {question:?}, pages: {pages}, \
         minutes: {minutes}, right: &{right:?}, file: {file:?}, twins: &{twins:?} }},"
    )
}

/// The place of a page's right answer among its answers.
fn right(page: &str) -> Option<usize> {
    let marks = page
        .lines()
        .filter_map(|line| line.trim_start().get(..2))
        .filter(|mark| matches!(*mark, "+ " | "- "));
    marks
        .enumerate()
        .find_map(|(nth, mark)| (mark == "+ ").then_some(nth))
}
