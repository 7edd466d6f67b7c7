//! The list of chapters, and what is kept of a learner's way through it.

use std::fs;
use std::path::Path;

use raftarium::course::{self, CONTENTS, Place, Progress};

use super::chapters;

#[test]
fn contents_list_every_chapter() {
    let chapters = chapters();
    assert_eq!(CONTENTS.len(), chapters.len());
    for (listed, (file, chapter)) in CONTENTS.iter().zip(&chapters) {
        assert_eq!(listed.file, file);
        assert_eq!(listed.title, chapter.title);
        assert_eq!(listed.question, chapter.question);
        assert_eq!(usize::from(listed.pages), chapter.pages.len());
        let right = chapter.pages.iter().map(|page| {
            let asked = page.prediction.as_ref()?;
            (!asked.choices.is_empty()).then_some(asked.right() as u8)
        });
        assert!(listed.right.iter().copied().eq(right), "{file}");
    }
    assert_eq!(course::read(course::FIRST).unwrap(), chapters[0].1);
    assert!(CONTENTS.is_sorted_by_key(|listed| listed.number));
}

#[allow(dead_code, unreachable_pub, reason = "the build calls main")]
#[path = "../../build.rs"]
mod build;

#[test]
fn a_new_chapter_is_listed_with_no_other_change() {
    let folder = std::env::temp_dir().join(format!("raftarium-lessons-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let texts = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lessons");
    for entry in fs::read_dir(texts).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
    }
    fs::create_dir_all(folder.join("fr")).unwrap();
    fs::write(folder.join("fr/98-dummy.md"), "# Un").unwrap();
    let before = build::contents(&folder);
    fs::write(
        folder.join("98-dummy.md"),
        "# A dummy\n\n## One\n\nWords.\n",
    )
    .unwrap();
    let after = build::contents(&folder);
    fs::remove_dir_all(&folder).unwrap();
    let listed = r#"Listed { number: 98, title: "A dummy", question: "", pages: 1, minutes: 2, right: &[None], file: "98-dummy.md", twins: &["fr"] }"#;
    assert!(
        !before.contains(listed) && after.contains(listed),
        "{after}"
    );
    assert!(after.matches("Listed {").count() == CONTENTS.len() + 1);
}

#[test]
fn progress_is_kept_as_text() {
    let place = |chapter, page| Place { chapter, page };
    let mut progress = Progress::default();
    progress.at = Some(place(5, 2));
    progress.cut = course::cut("lab");
    progress.finish(place(0, 1));
    progress.finish(place(0, 1));
    progress.note_guess(place(5, 1), 2);
    progress.note_guess(place(5, 1), 0);
    progress.memory.note(place(5, 1), false, 20_788);
    let text = progress.to_string();
    assert_eq!(text, "at 5/2 cut=lab done 0/1 guess 5/1=2 back 5/1=0@20789");
    assert_eq!(Progress::read(&text), progress);
    let damaged = Progress::read("at 5/2 done 0/1 0/x \u{0} guess 5/1=2 5/3=z 9=");
    assert_eq!(damaged.guess(place(5, 1)), Some(2));
    assert_eq!(damaged.at, Some(place(5, 2)));
    assert_eq!(Progress::read("??? 1/1"), Progress::default());
}
