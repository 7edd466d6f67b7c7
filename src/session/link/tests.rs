use super::*;
use crate::raft::Rule;
use crate::sim::Setting;
use crate::sim::random::{Purpose, roll};

/// Whole links that hold anything: they are runs, or refused.
#[test]
fn a_link_with_any_content_is_read_or_refused() {
    let crash = |number| Action::Crash(crate::raft::NodeId::first(number).last().unwrap());
    let scenario = Scenario::new(3, 7);
    let mut session = Session::replay(scenario, vec![(Time::ms(5), crash(1))]).unwrap();
    let alone = decode(&write(&session)).unwrap();
    is_read_or_refused(&alone);
    session.seek(Time::ms(3));
    session.act(crash(2)).unwrap();
    let branched = decode(&write(&session)).unwrap();
    assert!(branched.len() > alone.len());
    is_read_or_refused(&branched);
}

fn is_read_or_refused(good: &[u8]) {
    let mut read_well = 0;
    for seed in 0..10_000u64 {
        let random = |nth| roll(seed, Purpose::Loss, 0, Time(nth)) as usize;
        let mut body = good[5..].to_vec();
        for change in 0..=random(0) % 4 {
            let place = random(1 + 2 * change as u64) % body.len();
            body[place] = random(2 + 2 * change as u64) as u8;
        }
        match read(&pack(VERSION, &body)) {
            Ok(_) => read_well += 1,
            Err(why) => assert!(why.ends_with('.') && why.len() < 300, "{why}"),
        }
    }
    assert!(read_well > 100, "some of them make sense: {read_well}");
}

#[test]
fn a_text_survives_a_link_and_a_damaged_one_is_told() {
    for text in ["", "{\"e\":\"init\"}\n", "Ünïcødé …"] {
        let link = write_text(text);
        assert_eq!(read_text(&link).as_deref(), Ok(text));
        assert!(read_text(&format!("{link}AAAA")).is_err());
    }
    assert!(read_text("AA").is_err());
    assert!(read_text("no link!").is_err());
}

/// A statement of the grammar for every id of [`wire`], and the bytes that links hold for it.
/// A line here never changes; a new variant adds one.
const PINNED: &str = include_str!("pinned.txt");

fn bytes_of(action: &Action) -> String {
    let mut bytes = Vec::new();
    action.put(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_id_is_pinned() {
    let (mut seen, mut wrong) = (Vec::new(), Vec::new());
    for line in PINNED.lines() {
        let (bytes, text) = line.split_once("  ").unwrap();
        let action = text::parse_action(text).unwrap();
        let now = bytes_of(&action);
        if now != bytes {
            wrong.push(format!("{now}  {text}"));
            continue;
        }
        let raw: Vec<u8> = (0..bytes.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&bytes[at..at + 2], 16).unwrap())
            .collect();
        let mut reader = Reader {
            rest: &raw,
            long_keys: false,
        };
        assert_eq!(reader.take::<Action>(), Some(action), "{text}");
        seen.push(raw);
    }
    assert!(wrong.is_empty(), "not as pinned:\n{}", wrong.join("\n"));
    // A number that no line of the table holds belongs to nothing.
    let is_pinned = |start: &[u8]| seen.iter().any(|raw| raw.starts_with(start));
    let known = |start: &[u8]| {
        let mut bytes = start.to_vec();
        bytes.extend([1; 12]);
        Reader {
            rest: &bytes,
            long_keys: false,
        }
        .take::<Action>()
    };
    for start in [
        &[][..],
        &[0],
        &[2],
        &[2, 15],
        &[2, 16],
        &[4],
        &[7, 1, 1, 1, 2, 1],
        &[15, 1],
        &[18],
        &[27, 1],
        &[28],
    ] {
        for id in 0..=127 {
            let start = [start, &[id]].concat();
            if let Some(action) = known(&start).filter(|_| !is_pinned(&start)) {
                let line = format!("{}  {action}", bytes_of(&action));
                panic!("add a line such as this to pinned.txt: {line}");
            }
        }
    }
    for rule in Rule::ALL {
        assert!(PINNED.contains(&format!("rules off {rule}\n")), "{rule}");
    }
}

/// Links that were written before every variant had a number of its own.
#[test]
fn old_links_still_open() {
    for line in include_str!("old.txt").lines() {
        let (link, text) = line.split_once("  ").unwrap();
        let session = read(link).unwrap_or_else(|why| panic!("{text}: {why}"));
        let run = text.replace(" | ", "\n").replace(" / ", " | ");
        assert_eq!(session.write().trim_end(), run);
        // What is written now says the same.
        let copy = read(&write(&session)).unwrap();
        assert_eq!(copy.world().fingerprint(), session.world().fingerprint());
    }
}

/// Bytes can hold numbers that the grammar refuses.
#[test]
fn a_link_with_a_setting_out_of_range_says_which() {
    let told = |start: Setting, later: Setting| {
        let mut scenario = Scenario::new(3, 1);
        scenario.set(start);
        let content = Content {
            scenario,
            actions: vec![(Time::ms(1), Action::Configure(later))],
            cursor: Time::ZERO,
            rest: None,
        };
        let mut body = Vec::new();
        content.put(&mut body);
        read(&pack(VERSION, &body)).err().unwrap_or_default()
    };
    assert_eq!(told(Setting::Batch(1), Setting::Chunk(1000)), "");
    assert_eq!(
        told(Setting::Batch(0), Setting::Chunk(8)),
        "This link holds a setting out of range: batch must be between 1 and 1000, not 0."
    );
    assert_eq!(
        told(Setting::Batch(64), Setting::Sessions(9)),
        "This link holds a setting out of range: sessions must be between 0 and 5, not 9."
    );
}

/// The defaults of the page may change; what a link means does not.
#[test]
fn a_link_gives_every_setting_that_is_not_fixed() {
    let mut scenario = Scenario::new(3, 7);
    for setting in [
        "window=7",
        "sessions=3",
        "compact=9",
        "latency=1..2ms",
        "no-op=off",
    ] {
        scenario.set(setting.parse().unwrap());
    }
    let session = Session::new(scenario);
    let copy = read(&write(&session)).unwrap();
    assert_eq!(copy.scenario(), session.scenario());
}
