//! The emitters of `examples/trace`, run where their languages are at hand: what they write is a
//! trace, and each of its steps is allowed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use raftarium::trace::{self, Summary};

/// What a program prints; none where it cannot be started.
fn run(program: &str, arguments: &[&Path]) -> Option<Vec<u8>> {
    let output = Command::new(program).args(arguments).output().ok()?;
    assert!(output.status.success(), "{program}: {output:?}");
    Some(output.stdout)
}

#[test]
fn what_the_emitters_write_is_judged_and_allowed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/trace");
    let built = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("emitter");
    let file = |name: &str| folder.join(name);
    let compiled = |compiler: &str, name: &str| {
        let source = file(name);
        run(compiler, &[&source, Path::new("-o"), &built])?;
        run(built.to_str()?, &[])
    };
    let papers = [
        ("Python", run("python3", &[&file("trace.py")])),
        ("Java", run("java", &[&file("Trace.java")])),
        ("Go", run("go", &[Path::new("run"), &file("trace.go")])),
        ("C++", compiled("c++", "trace.cpp")),
        ("Rust", compiled("rustc", "trace.rs")),
    ];
    for (language, paper) in papers {
        let Some(paper) = paper else {
            println!("{language} is not at hand");
            continue;
        };
        let report = trace::check(&paper[..]).unwrap_or_else(|why| panic!("{language}: {why}"));
        assert_eq!(report.verdicts, [], "{language}");
        let steps: usize = report.summary.kinds.values().sum();
        assert_eq!((steps, report.summary.committed), (6, 1), "{language}");
        // And it is looked at: without the vote, n1 may not lead.
        let paper = String::from_utf8(paper).expect("it is text");
        let faulty = paper
            .replace("\"g\": true", "\"g\": false")
            .replace("\"g\":true", "\"g\":false");
        assert_ne!(faulty, paper, "{language}");
        let report = trace::check(faulty.as_bytes()).unwrap_or_else(|why| panic!("{why}"));
        let found = report
            .verdicts
            .first()
            .map(|verdict| (verdict.line, verdict.rule));
        assert_eq!(
            found,
            Some((4, trace::Rule::ElectionMajority)),
            "{language}"
        );
    }
}

/// The recipe for the MIT labs in docs/trace.md, followed by a Raft as students write it: five servers
/// in goroutines, four leaders one after another.
#[test]
fn the_recipe_for_the_labs_gives_a_trace_that_is_allowed() {
    let emitter = include_str!("../examples/trace/trace.go");
    // As the recipe says: without its main, and with another name for its state.
    let (emitter, _) = emitter.split_once("// Three servers").expect("a main");
    let emitter = emitter.replace("State", "TraceState");
    let page = include_str!("../docs/trace.md");
    let recipe = page.split("\n```go\n").nth(1).expect("a recipe");
    let recipe = recipe.split("\n```").next().expect("its end");
    let head = "package main\nimport (\n\"fmt\"\n\"strconv\"\n\"sync\"\n)\n";
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("lab");
    fs::create_dir_all(&folder).expect("a folder");
    let files = [
        ("trace.go", emitter),
        ("recipe.go", [head, recipe].concat()),
        ("lab.go", include_str!("emitters/lab.go").into()),
    ];
    let files = files.map(|(name, text)| {
        let file = folder.join(name);
        fs::write(&file, text).expect("it can be written");
        file
    });
    let arguments: Vec<&Path> = std::iter::once(Path::new("run"))
        .chain(files.iter().map(PathBuf::as_path))
        .collect();
    let Some(paper) = run("go", &arguments) else {
        return println!("Go is not at hand");
    };
    let report = trace::check(&paper[..]).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(report.verdicts, []);
    let Summary {
        servers,
        term,
        committed,
        ..
    } = report.summary;
    assert_eq!((servers, term, committed), (5, 4, 20));
    // And it is looked at: who does not compare the logs is found.
    let paper = String::from_utf8(paper).expect("it is text");
    let lies = paper.replacen("\"li\":5,\"lt\":1", "\"li\":4,\"lt\":1", 5);
    assert_ne!(lies, paper);
    let report = trace::check(lies.as_bytes()).unwrap_or_else(|why| panic!("{why}"));
    let found = report.verdicts.first().map(|found| found.rule);
    assert_eq!(found, Some(trace::Rule::RequestLastEntry));
}

/// The whole trace in docs/trace.md is one that passes, and it is what the emitters write.
#[test]
fn the_trace_in_the_docs_is_allowed() {
    let page = include_str!("../docs/trace.md");
    let blocks = page.split("\n```json\n").skip(1);
    let blocks = blocks.map(|block| block.split("\n```").next().expect("it has a beginning"));
    let whole: Vec<&str> = blocks.filter(|block| block.contains("init")).collect();
    assert_eq!(whole.len(), 1, "{whole:?}");
    let report = trace::check(whole[0].as_bytes()).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(report.verdicts, []);
    let steps: usize = report.summary.kinds.values().sum();
    assert_eq!((steps, report.summary.committed), (6, 1));
}
