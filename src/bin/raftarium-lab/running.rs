//! One run: a script's, a link's, or somebody else's on paper.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

use raftarium::hunt::Schedule;
use raftarium::script::{self, Command, Runner};
use raftarium::session::link;
use raftarium::sim::text::{LONGEST_TEXT, Said, TextError, statements};
use raftarium::sim::{Scenario, Time};
use raftarium::trace::{self, Played};

use crate::arguments::Run;
use crate::hunting::link_of;
use crate::{Verdict, say};

/// Plays a script, and its run again for whoever wants it on paper.
pub(crate) fn run(run: &Run) -> Result<Verdict, String> {
    let text = read(&run.file)?;
    let name = run.file.display();
    let wrong = |why: TextError| format!("{name}, {why}");
    let mut scenario = Scenario::default();
    scenario.seed = run.seed.unwrap_or(scenario.seed);
    let mut runner = Runner::of(scenario);
    let mut failed = None;
    for statement in statements(&text) {
        let said = script::parse(&statement).map_err(wrong)?;
        if run.seed.is_some() && matches!(said, Command::Say(Said::Seed(_))) {
            continue;
        }
        match runner.execute(&statement) {
            Ok(printed) if printed.is_empty() => {}
            Ok(printed) => say(printed.trim_end_matches('\n')),
            Err(why) if expects(&said, &mut runner) => {
                failed = Some(wrong(why));
                break;
            }
            Err(why) => return Err(wrong(why)),
        }
    }
    let end = runner.now() + run.rest;
    let schedule = Schedule {
        scenario: runner.scenario().clone(),
        actions: runner.actions().to_vec(),
        end,
    };
    let played = watch(&schedule, run.trace.as_deref(), run.history.as_deref())?;
    // What was expected in vain ends a script, but not its run: why may be seen on paper.
    let verdict = tell(&played, failed.as_deref());
    if !played.checker.violations().is_empty() {
        say(link_of(&schedule));
    }
    Ok(verdict)
}

/// Whether a statement waits for something that could be so.
fn expects(said: &Command, runner: &mut Runner) -> bool {
    match said {
        Command::Expect(condition) | Command::RunUntil(condition) => {
            condition.check(runner.world()).is_ok()
        }
        _ => false,
    }
}

/// Plays a link, and shows it as text.
pub(crate) fn replay(link: &str, rest: Time) -> Result<Verdict, String> {
    let code = link.rsplit(['/', '#']).next().unwrap_or_default();
    let session = link::read(code.trim())?;
    say(session.write().trim_end_matches('\n'));
    let schedule = Schedule {
        scenario: session.scenario().clone(),
        actions: session.actions().to_vec(),
        end: session.head() + rest,
    };
    Ok(tell(&watch(&schedule, None, None)?, None))
}

/// Plays a run to its end, and writes it down for whoever wants that.
fn watch(
    schedule: &Schedule,
    trace: Option<&Path>,
    history: Option<&Path>,
) -> Result<Played, String> {
    let mut paper = trace.map(create).transpose()?;
    let paper = paper.as_mut().map(|paper| paper as &mut dyn Write);
    let played = trace::play(schedule, paper)?;
    if let Some(path) = history {
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

/// Reads a trace, and says which step no rule of Raft allows.
pub(crate) fn check(path: &Path) -> Result<Verdict, String> {
    let report = if path == Path::new("-") {
        trace::check(io::stdin().lock())
    } else {
        let file = File::open(path).map_err(|why| format!("{}: {why}", path.display()))?;
        trace::check(BufReader::new(file))
    };
    let report = report.or_else(|why| match why.before.verdicts.is_empty() {
        true => Err(format!("{}, {why}", path.display())),
        false => Ok(why.before),
    })?;
    match report.verdicts.first() {
        None => {
            say(format!("Nothing is broken: {}.", report.summary));
            Ok(Verdict::Held)
        }
        Some(verdict) => {
            say(verdict);
            Ok(Verdict::Broken)
        }
    }
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
