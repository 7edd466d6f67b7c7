//! Texts that nobody should write: garbage, and good scripts with something changed. Whatever a
//! text is, it is read, or refused with one clear sentence that says where; nothing else happens,
//! and it takes little memory.
//!
//! All chance here is hashed from a seed, so a failure repeats; it prints the text it fails on.
//! With `RAFTARIUM_INPUTS=100` in the environment there are a hundred times as many texts.

use std::fs;
use std::path::Path;

use allocation_counter::measure;
use raftarium::course::{self, Place, Progress};
use raftarium::script::{self, Runner};
use raftarium::session::{Session, link};
use raftarium::sim::random::{self, Purpose};
use raftarium::sim::text::{self, TextError, parse_run, statements, write_run};
use raftarium::sim::{Step, Time, World};
use raftarium::trace::watch::Watch;
use raftarium::trace::{self, Recorder};

/// A stream of numbers.
struct Random {
    seed: u64,
    nth: u64,
}

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.nth += 1;
        let bits = random::roll(self.seed, Purpose::Loss, 0, Time(self.nth));
        (bits % limit.max(1) as u64) as usize
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

/// Words of the grammar, and words that are none.
const WORDS: &[&str] = &[
    "0",
    "1",
    "2/1",
    "2:x=3",
    "5%",
    "99999999999999999999",
    "18446744073709551615",
    "4294967296",
    "-1",
    "80ms",
    "1s",
    "0us",
    "1.5s",
    "86400s",
    "S1",
    "S2",
    "S9",
    "S10",
    "S0",
    "C1",
    "C2",
    "C6",
    "S1>S2",
    "S2-S1",
    "S1>S1",
    "C1>S1",
    "all",
    "|",
    "·",
    ";",
    "#",
    "#>",
    "\n",
    "\t",
    "\u{a0}",
    "é",
    "𝄞",
    "\u{0}",
    "=",
    ":",
    ">",
    "..",
    "at",
    "append",
    "vote",
    "reply",
    "term",
    "log",
    "commit",
    "servers",
    "clients",
    "client",
    "seed",
    "writes",
    "every",
    "config",
    "timeout=1..2ms",
    "latency=1us",
    "latency=23s..24s",
    "loss=100%",
    "heartbeat=1ms",
    "batch=1",
    "window=1",
    "no-op=off",
    "send=at-once",
    "duplicate=100%",
    "fast-backup=off",
    "compact=1",
    "compact=off",
    "chunk=1",
    "disk=0us..1s",
    "compact",
    "slow-disk",
    "snapshot",
    "5:2",
    "rules",
    "on",
    "off",
    "commit-own-term",
    "crash",
    "restart",
    "wipe",
    "cut",
    "heal",
    "hold",
    "release",
    "isolate",
    "partition",
    "delay",
    "deliver",
    "drop",
    "duplicate",
    "timer",
    "timeout",
    "skew",
    "request",
    "read",
    "x",
    "x=5",
    "x+=1",
    "x?",
    "-x",
    "x:1>2",
    "x+=-2147483648",
    "run",
    "until",
    "step",
    "status",
    "events",
    "logs",
    "packets",
    "timers",
    "count",
    "forget",
    "expect",
    "leader",
    "no",
    "safe",
    "violated",
    "committed",
    "answered",
    "applied",
    "down",
    "up",
    "Log",
    "Matching",
];

/// The seeds of so many texts, or as many times more as the environment says.
fn seeds(texts: u64) -> std::ops::Range<u64> {
    let times = std::env::var("RAFTARIUM_INPUTS").ok();
    0..texts * times.and_then(|times| times.parse().ok()).unwrap_or(1)
}

#[test]
fn garbage_is_refused_with_a_place_and_a_reason() {
    for seed in seeds(4_000) {
        let mut random = Random { seed, nth: 0 };
        let mut garbage = String::new();
        for _ in 0..random.below(40) {
            garbage.push_str(random.pick(WORDS));
            garbage.push_str(random.pick(&[" ", " ", " ", "\n", "", " · "]));
        }
        bounded(&garbage, || read(&garbage));
    }
}

#[test]
fn changed_scripts_are_read_or_refused_with_a_place_and_a_reason() {
    let scripts = scripts();
    let mut read_well = 0;
    for seed in seeds(4_000) {
        let mut random = Random { seed, nth: 0 };
        let changed = changed(&scripts, &mut random);
        let run = run_of(&changed);
        read_well += usize::from(bounded(&run, || read(&run)));
    }
    assert!(
        10 * read_well as u64 > seeds(4_000).end,
        "enough of them make sense: {read_well}"
    );
}

#[test]
fn changed_scripts_run_or_stop_with_a_place_and_a_reason() {
    let scripts = scripts();
    let mut stopped = 0;
    for seed in seeds(800) {
        let mut random = Random { seed, nth: 1 << 32 };
        let changed = changed(&scripts, &mut random);
        stopped += u64::from(bounded(&changed, || stops(&changed)));
    }
    let all = seeds(800).end;
    assert!(
        (all / 4..all / 8 * 7).contains(&stopped),
        "some of both: {stopped}"
    );
}

#[test]
fn changed_chapters_are_read_or_refused_with_a_place_and_a_reason() {
    let chapters = texts("src/lessons");
    let mut read_well = 0;
    for seed in seeds(2_000) {
        let mut random = Random { seed, nth: 2 << 32 };
        let changed = changed(&chapters, &mut random);
        match bounded(&changed, || course::read(&changed)) {
            Ok(_) => read_well += 1,
            Err(error) => check(&error, &changed),
        }
    }
    assert!(read_well > 0, "some of them make sense");
}

#[test]
fn changed_links_are_read_or_refused_with_a_reason() {
    let scripts = scripts();
    let runs: Vec<String> = scripts
        .iter()
        .filter_map(|script| Some(link::write(&Session::read(&run_of(script)).ok()?)))
        .collect();
    assert!(runs.len() > 20, "{} runs", runs.len());
    for seed in seeds(4_000) {
        let mut random = Random { seed, nth: 3 << 32 };
        let mut changed: Vec<char> = runs[random.below(runs.len())].chars().collect();
        for _ in 0..=random.below(3) {
            let place = random.below(changed.len());
            match random.below(3) {
                0 => changed.truncate(place),
                1 => changed.insert(
                    place,
                    random.pick(&["A", "_", "é", " "]).chars().next().unwrap(),
                ),
                _ => changed.push('x'),
            }
        }
        let changed: String = changed.into_iter().collect();
        if let Err(why) = bounded(&changed, || link::read(&changed)) {
            assert!(why.ends_with('.') && why.len() < 300, "{why}");
        }
    }
}

/// Shows some line of a trace, and the verdicts' excerpts.
fn look_at(trace: &str, random: &mut Random) {
    let mut watch = Watch::new(trace.len());
    watch.push(trace.as_bytes());
    watch.end();
    let (_, lines) = watch.progress();
    let moment = watch.moment(random.below(lines + 2));
    assert!((1..=lines.max(1)).contains(&moment.line));
    if let Ok(report) = watch.report()
        && let Some(verdict) = report.verdicts.first()
    {
        let excerpt = watch.excerpt(verdict.line);
        let again = trace::check(excerpt.as_bytes());
        let again = again.unwrap_or_else(|why| panic!("{why}: {excerpt}"));
        assert_eq!(
            again.verdicts.first().map(|first| first.rule),
            Some(verdict.rule)
        );
    }
}

#[test]
fn changed_traces_are_judged_or_refused_with_a_line_and_a_reason() {
    let traces: Vec<String> = scripts()
        .iter()
        .filter_map(|script| trace_of(script))
        .collect();
    assert!(traces.len() > 50, "{} traces", traces.len());
    let (mut passed, mut broken, mut refused) = (0, 0, 0);
    for seed in seeds(2_000) {
        let mut random = Random { seed, nth: 4 << 32 };
        let mut changed = traces[random.below(traces.len())].clone();
        for _ in 0..=random.below(3) {
            changed = change_trace(&changed, &mut random);
        }
        let lines = 1..=changed.lines().count().max(1);
        if seed % 8 == 0 {
            bounded(&changed, || look_at(&changed, &mut random));
        }
        match bounded(&changed, || trace::check(changed.as_bytes())) {
            Ok(report) => match report.verdicts.first() {
                None => passed += 1,
                Some(verdict) => {
                    assert!(
                        lines.contains(&verdict.line) && is_sentence(&verdict.told),
                        "{verdict}"
                    );
                    broken += 1;
                }
            },
            Err(why) => {
                assert!(
                    lines.contains(&why.line) && is_sentence(&why.message),
                    "{why}"
                );
                refused += 1;
            }
        }
    }
    let told = format!("{passed} passed, {broken} broken, {refused} refused");
    println!("{told}");
    let few = seeds(2_000).end / 100;
    assert!(passed > few && broken > few && refused > few, "{told}");
}

/// What a browser keeps of a course is read as far as it makes sense.
#[test]
fn changed_progress_is_read_as_far_as_it_makes_sense() {
    let places = course::CONTENTS.iter().flat_map(|listed| {
        (1..=listed.pages).map(|page| Place {
            chapter: listed.number,
            page,
        })
    });
    let mut progress = Progress::default();
    for place in places {
        progress.at = Some(place);
        progress.finish(place);
        progress.note_guess(place, usize::from(place.page % 4));
    }
    let whole = progress.to_string();
    assert_eq!(Progress::read(&whole), progress);
    let kept = [whole];
    for seed in seeds(4_000) {
        let mut random = Random { seed, nth: 5 << 32 };
        let changed = changed(&kept, &mut random);
        let read = bounded(&changed, || Progress::read(&changed));
        assert_eq!(Progress::read(&read.to_string()), read, "{changed:?}");
    }
}

/// What a script's run looks like on paper, if it can be played and is short.
fn trace_of(script: &str) -> Option<String> {
    let (scenario, actions) = parse_run(&run_of(script)).ok()?;
    let mut step = Step::default();
    let mut world = World::new(&scenario, &mut step);
    let (mut recorder, init, mut lines) = Recorder::new(&world);
    let mut actions = actions.into_iter().peekable();
    while lines.len() < 60 && world.now() < Time::ms(2_000) {
        let next = world.next_at()?;
        match actions.next_if(|(at, _)| *at < next) {
            Some((at, action)) => {
                world.wait_until(at);
                world.act(&action, &mut step).ok()?;
            }
            None => _ = world.step(&mut step),
        }
        recorder.note(&world, &step, &mut lines);
    }
    let lines = lines.iter().map(|line| format!("{line}\n"));
    Some(format!("{init}\n{}", lines.collect::<String>()))
}

/// Changes something in a trace: a line, a number, a word, a character.
fn change_trace(trace: &str, random: &mut Random) -> String {
    const NUMBERS: &[&str] = &[
        "0",
        "1",
        "2",
        "3",
        "7",
        "-1",
        "1.5",
        "255",
        "4294967296",
        "18446744073709551615",
        "1e9",
    ];
    const WORDS: &[&str] = &[
        "\"S1\"",
        "\"S9\"",
        "null",
        "[]",
        "{}",
        "true",
        "\"\"",
        "\"recv\"",
        "\"leader\"",
        "\"AE\"",
    ];
    let mut lines: Vec<String> = trace.lines().map(str::to_string).collect();
    if lines.is_empty() {
        return String::new();
    }
    let nth = random.below(lines.len());
    match random.below(7) {
        0 => _ = lines.remove(nth),
        1 => lines.insert(random.below(lines.len()), lines[nth].clone()),
        2 => {
            let other = random.below(lines.len());
            lines.swap(nth, other);
        }
        3 => {
            let line = &mut lines[nth];
            let from = random.below(line.len() + 1);
            let to = (from + random.below(4)).min(line.len());
            if line.is_char_boundary(from) && line.is_char_boundary(to) {
                line.replace_range(
                    from..to,
                    random.pick(&["", "\"", "[", "]", "{", "}", ",", "7"]),
                );
            }
        }
        kind => {
            let is_number = kind < 6;
            let tokens = tokens(&lines[nth]);
            let alike: Vec<_> = tokens
                .iter()
                .filter(|token| lines[nth][(*token).clone()].starts_with('"') != is_number)
                .cloned()
                .collect();
            if !alike.is_empty() {
                let token = alike[random.below(alike.len())].clone();
                let other = random.pick(if is_number { NUMBERS } else { WORDS });
                lines[nth].replace_range(token, other);
            }
        }
    }
    lines.join("\n")
}

/// Where the numbers and words of a line of JSON are.
fn tokens(line: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut begin = 0;
    for (at, char) in line.char_indices().chain([(line.len(), ',')]) {
        if "{}[]:,".contains(char) {
            if begin < at {
                found.push(begin..at);
            }
            begin = at + char.len_utf8();
        }
    }
    found
}

fn is_sentence(text: &str) -> bool {
    !text.is_empty() && !text.contains('\n') && text.len() < 900
}

/// A script without commands, which are no part of a run: the rest can be read as one.
fn run_of(script: &str) -> String {
    let lines = script.lines();
    let run = lines.filter(|line| !COMMANDS.iter().any(|word| line.contains(word)));
    run.flat_map(|line| [line, "\n"]).collect()
}

const COMMANDS: &[&str] = &[
    "run", "status", "events", "logs", "packets", "timers", "count", "forget", "expect", "step",
];

/// The golden scripts, with what they print left out.
fn scripts() -> Vec<String> {
    let without_prints = |text: String| {
        let said = text
            .lines()
            .filter(|line| !line.starts_with(script::PRINTED));
        said.flat_map(|line| [line, "\n"]).collect()
    };
    texts("tests/scripts")
        .into_iter()
        .map(without_prints)
        .collect()
}

/// What is in the files of a folder, without those of folders in it.
fn texts(folder: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let paths = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    let mut texts: Vec<String> = paths
        .filter(|path| path.is_file())
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    texts.sort();
    texts
}

/// One of the texts, changed in up to four places.
fn changed(texts: &[String], random: &mut Random) -> String {
    let text = &texts[random.below(texts.len())];
    let changes = 1 + random.below(4);
    (0..changes).fold(text.clone(), |text, _| change(&text, random))
}

/// Changes something in a text: a character, a word or a line.
fn change(text: &str, random: &mut Random) -> String {
    let at = |random: &mut Random| {
        let place = random.below(text.chars().count() + 1);
        text.char_indices()
            .nth(place)
            .map_or(text.len(), |(at, _)| at)
    };
    let (mut from, mut to) = (at(random), at(random));
    if from > to {
        (from, to) = (to, from);
    }
    let word = random.pick(WORDS);
    match random.below(6) {
        0 => format!("{} {word} {}", &text[..from], &text[from..]),
        1 => format!("{}{word}{}", &text[..from], &text[from..]),
        2 => text[..to].into(),
        3 => format!(
            "{}{}",
            &text[..from],
            text[from..].chars().skip(1).collect::<String>()
        ),
        4 => {
            let mut lines: Vec<&str> = text.lines().collect();
            let (a, b) = (random.below(lines.len()), random.below(lines.len()));
            if a < lines.len() && b < lines.len() {
                lines.swap(a, b);
            }
            lines.join("\n")
        }
        _ => {
            let words: Vec<&str> = text.split(' ').collect();
            let nth = random.below(words.len());
            let mut changed = words;
            changed[nth] = word;
            changed.join(" ")
        }
    }
}

/// Reads a text, whatever it is. What is read must write itself down as what it is, and be able to
/// begin. True if it was read.
fn read(text: &str) -> bool {
    for statement in statements(text) {
        if let Err(error) = script::parse(&statement) {
            check(&error, text);
        }
        let _ = text::parse_action(statement.text);
    }
    match parse_run(text) {
        Err(error) => {
            check(&error, text);
            false
        }
        Ok((scenario, actions)) => {
            let written = write_run(&scenario, &actions);
            let again = parse_run(&written);
            assert_eq!(
                again,
                Ok((scenario.clone(), actions)),
                "{text:?}\n{written}"
            );
            World::new(&scenario, &mut Default::default());
            true
        }
    }
}

/// The memory to read a text with, or to play it, in bytes.
const MEMORY: u64 = 1 << 20;

/// What `act` makes of a text, if it never holds more than [`MEMORY`] for it.
fn bounded<T>(text: &str, act: impl FnOnce() -> T) -> T {
    let mut result = None;
    let memory = measure(|| result = Some(act()));
    assert!(
        memory.bytes_max <= MEMORY,
        "{} bytes for {text:?}",
        memory.bytes_max
    );
    result.expect("it was acted")
}

/// Plays a script, whatever it is. True if something in it stopped it.
fn stops(script: &str) -> bool {
    let mut runner = Runner::new();
    let error = statements(script).find_map(|statement| runner.execute(&statement).err());
    if let Some(error) = &error {
        check(error, script);
    }
    error.is_some()
}

/// An error points into the text, and is one plain sentence.
fn check(error: &TextError, text: &str) {
    let lines = text.lines().count().max(1);
    assert!((1..=lines).contains(&error.line), "{error}\n{text:?}");
    let line = text.lines().nth(error.line - 1).unwrap_or_default();
    let columns = line.chars().count() + 1;
    assert!((1..=columns).contains(&error.column), "{error}\n{text:?}");
    let message = &error.message;
    assert!(is_sentence(message) && !message.ends_with('.'), "{error}");
}
