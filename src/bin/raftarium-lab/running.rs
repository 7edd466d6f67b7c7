//! Runs: of scripts and of links.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use raftarium::check::{Property, Violation};
use raftarium::hunt::Schedule;
use raftarium::script::{self, Command, Condition, Runner};
use raftarium::session::link;
use raftarium::sim::Scenario;
use raftarium::sim::text::{LONGEST_TEXT, Said, TextError, statements};
use raftarium::trace::{self, Played};

use serde_json::{Value, json};

use crate::arguments::{Replay, Run};
use crate::hunting::link_of;
use crate::{Verdict, say};

/// A script that was played, and what it expects.
struct Script {
    schedule: Schedule,
    /// What it expected in vain.
    failed: Option<String>,
    /// The properties that it expects to be violated, and that were.
    expected: Vec<Property>,
}

/// Plays scripts, with each of the seeds.
pub(crate) fn run(run: &Run) -> Result<Verdict, String> {
    for out in [&run.trace, &run.history].into_iter().flatten() {
        may_write(out, &run.files)?;
    }
    let mut verdict = Verdict::Held;
    for file in &run.files {
        let text = read(file)?;
        if statements(&text).next().is_none() {
            return Err(format!(
                "{}: the script is empty; write statements as \"servers 3\"",
                file.display()
            ));
        }
        let seeds = match &run.seeds {
            None => vec![None],
            Some(seeds) => seeds.clone().map(Some).collect(),
        };
        for seed in seeds {
            if one(run, file, &text, seed)? == Verdict::Broken {
                verdict = Verdict::Broken;
            }
        }
    }
    Ok(verdict)
}

/// One run of a script; a second time if a trace or a history is wanted.
fn one(run: &Run, file: &Path, text: &str, seed: Option<u64>) -> Result<Verdict, String> {
    let script = play(run, file, text, seed)?;
    let schedule = &script.schedule;
    let played = watch(run, schedule)?;
    // What was expected in vain ends a script, but not its run: why may be seen on paper.
    let violations = played.checker.violations();
    let is_expected = |violation: &Violation| script.expected.contains(&violation.property());
    let as_expected = violations.iter().all(is_expected);
    let anomaly = played.history.check().err();
    let is_held = script.failed.is_none()
        && as_expected
        && (anomaly.is_none() || !script.expected.is_empty());
    let verdict = if is_held {
        Verdict::Held
    } else {
        Verdict::Broken
    };
    if run.json {
        let name = file.display().to_string();
        say(as_json(&name, schedule, &played, is_held, script.failed));
        return Ok(verdict);
    }
    if run.files.len() > 1
        || run
            .seeds
            .as_ref()
            .is_some_and(|seeds| seeds.end - seeds.start > 1)
    {
        say(format!(
            "{}, seed {}:",
            file.display(),
            schedule.scenario.seed
        ));
    }
    tell(&played, script.failed.as_deref());
    if is_held && !violations.is_empty() {
        say("As the script expects.");
    }
    if run.link || !violations.is_empty() {
        say(link_of(schedule));
    }
    Ok(verdict)
}

/// Plays a script, and prints what it prints. What stands below a statement after `#>` must be what
/// it prints.
fn play(run: &Run, file: &Path, text: &str, seed: Option<u64>) -> Result<Script, String> {
    let name = file.display();
    let wrong = |why: TextError| format!("{name}, {why}");
    let mut scenario = Scenario::default();
    scenario.seed = seed.unwrap_or(scenario.seed);
    let mut runner = Runner::of(scenario);
    let (mut failed, mut expected) = (None, Vec::new());
    for statement in statements(text) {
        let said = script::parse(&statement).map_err(wrong)?;
        if seed.is_some() && matches!(said, Command::Say(Said::Seed(_))) {
            continue;
        }
        match runner.execute(&statement) {
            Ok(printed) if printed.is_empty() || run.json => {}
            Ok(printed) => say(printed.trim_end_matches('\n')),
            Err(why) if expects(&said, &mut runner) || runner.was_refused() => {
                failed = Some(wrong(why));
                break;
            }
            Err(why) => return Err(wrong(why)),
        }
        if let Some(Condition::Violated(property)) = said.condition() {
            expected.push(*property);
        }
    }
    let is_golden = text.lines().any(|line| line.starts_with("#>"));
    if failed.is_none() && is_golden && seed.is_none() {
        let printed = script::golden(text).map_err(wrong)?;
        failed = differs(text, &printed).map(|why| format!("{name}, {why}"));
    }
    let end = runner.now() + run.rest;
    let schedule = Schedule {
        scenario: runner.scenario().clone(),
        actions: runner.actions().to_vec(),
        end,
    };
    Ok(Script {
        schedule,
        failed,
        expected,
    })
}

/// The first line that is not printed as a script says. Lines may be missing at its end.
fn differs(text: &str, printed: &str) -> Option<String> {
    let (mut said, mut is) = (text.lines(), printed.lines());
    for line in 1.. {
        match (said.next(), is.next()) {
            (None, None) => return None,
            (said, is) if said == is => {}
            (said, is) => {
                let (said, is) = (said.unwrap_or_default(), is.unwrap_or_default());
                return Some(format!(
                    "line {line}: the script says \"{said}\", but prints \"{is}\""
                ));
            }
        }
    }
    None
}

/// A file that is read is never written, and one that cannot be written is told of before the run.
fn may_write(out: &Path, inputs: &[PathBuf]) -> Result<(), String> {
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    if inputs
        .iter()
        .any(|input| real(input).is_some() && real(input) == real(out))
    {
        return Err(format!(
            "{}: this is the script itself; write to another file",
            out.display()
        ));
    }
    let opened = File::options().append(true).create(true).open(out);
    opened
        .map(|_| ())
        .map_err(|why| format!("{}: {why}", out.display()))
}

/// Whether a statement waits for something that could be so.
fn expects(said: &Command, runner: &mut Runner) -> bool {
    let refuses = matches!(said, Command::ExpectRefused(_));
    let condition = said.condition();
    refuses || condition.is_some_and(|condition| condition.check(runner.world()).is_ok())
}

/// What came of a run, for programs.
fn as_json(
    name: &str,
    schedule: &Schedule,
    played: &Played,
    is_held: bool,
    failed: Option<String>,
) -> Value {
    let violations = played.checker.violations().iter().map(|violation| {
        json!({
            "property": violation.property().name(),
            "at": violation.at.0,
            "told": violation.to_string(),
        })
    });
    json!({
        "file": name,
        "seed": schedule.scenario.seed,
        "held": is_held,
        "violations": violations.collect::<Vec<_>>(),
        "anomaly": played.history.check().err().map(|anomaly| anomaly.to_string()),
        "failed": failed,
        "steps": played.world.last_step().0,
        "link": link_of(schedule),
    })
}

/// Plays links, and shows them as text. A file has one in each line.
pub(crate) fn replay(replay: &Replay) -> Result<Verdict, String> {
    let mut verdict = Verdict::Held;
    for word in &replay.links {
        let lines = match word == "-" || Path::new(word).is_file() {
            true => read(Path::new(word))?,
            false => word.to_owned(),
        };
        for link in lines.lines().filter(|line| !line.trim().is_empty()) {
            if play_link(link, replay)? == Verdict::Broken {
                verdict = Verdict::Broken;
            }
        }
    }
    Ok(verdict)
}

fn play_link(link: &str, replay: &Replay) -> Result<Verdict, String> {
    if link.contains("#/lesson") {
        return Err(
            "this is the address of a lesson; replay takes a link with #/run/ in it".into(),
        );
    }
    let code = link.trim().rsplit(['/', '#']).next().unwrap_or_default();
    // As in mail, where a sentence ends behind it.
    let session = link::read(code.trim_end_matches(['.', ',', ')', '>']))?;
    let schedule = Schedule {
        scenario: session.scenario().clone(),
        actions: session.actions().to_vec(),
        end: session.head() + replay.rest,
    };
    let played = trace::play(&schedule, None)?;
    if replay.json {
        let is_held = played.checker.violations().is_empty() && played.history.check().is_ok();
        say(as_json(link, &schedule, &played, is_held, None));
        return Ok(if is_held {
            Verdict::Held
        } else {
            Verdict::Broken
        });
    }
    say(session.write().trim_end_matches('\n'));
    Ok(tell(&played, None))
}

/// Plays a run to its end, and writes the trace or history that is wanted.
fn watch(run: &Run, schedule: &Schedule) -> Result<Played, String> {
    let mut paper = run.trace.as_deref().map(create).transpose()?;
    let paper = paper.as_mut().map(|paper| paper as &mut dyn Write);
    let played = trace::play::play_whole(schedule, paper, run.whole);
    let played = played.map_err(|why| match &run.trace {
        Some(path) => format!("{}: {why}", path.display()),
        None => why,
    })?;
    if let Some(path) = &run.history {
        let text = trace::clients::write(&played.history);
        std::fs::write(path, text).map_err(|why| format!("{}: {why}", path.display()))?;
    }
    Ok(played)
}

/// Says what a run broke, and what a script expected in vain.
fn tell(played: &Played, failed: Option<&str>) -> Verdict {
    let violations = played.checker.violations();
    for violation in violations {
        say(format!(
            "Step {}, at {}: {violation}",
            violation.step.0, violation.at
        ));
    }
    let anomaly = played.history.check().err();
    if let Some(anomaly) = &anomaly {
        say(anomaly);
    }
    if let Some(failed) = failed {
        say(failed);
    }
    if anomaly.is_some() || failed.is_some() || !violations.is_empty() {
        return Verdict::Broken;
    }
    say(format!(
        "Nothing is broken: {} steps up to {}.",
        played.world.last_step().0,
        played.world.now()
    ));
    Verdict::Held
}

fn read(path: &Path) -> Result<String, String> {
    let named = |why: io::Error| format!("{}: {why}", path.display());
    let limit = LONGEST_TEXT as u64 + 1;
    let mut text = String::new();
    if path == Path::new("-") {
        let input = io::stdin().lock();
        input.take(limit).read_to_string(&mut text).map_err(named)?;
    } else {
        let file = File::open(path).map_err(named)?;
        file.take(limit).read_to_string(&mut text).map_err(named)?;
    }
    if text.len() > LONGEST_TEXT {
        let name = path.display();
        return Err(format!("{name}: too long, {LONGEST_TEXT} bytes at most"));
    }
    Ok(text)
}

fn create(path: &Path) -> Result<BufWriter<File>, String> {
    let file = File::create(path).map_err(|why| format!("{}: {why}", path.display()))?;
    Ok(BufWriter::new(file))
}
