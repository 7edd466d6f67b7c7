//! One run: a script's, a link's, or somebody else's on paper.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

use raftarium::check::{Checker, History};
use raftarium::hunt::Schedule;
use raftarium::script::{self, Command, Runner};
use raftarium::session::link;
use raftarium::sim::text::{LONGEST_TEXT, Said, TextError, statements};
use raftarium::sim::{Scenario, Step, Time, World};
use raftarium::trace::{self, Finding, Recorder};

use crate::Verdict;
use crate::arguments::Run;

/// Plays a script, and its run again for whoever wants it on paper.
pub(crate) fn run(run: &Run) -> Result<Verdict, String> {
    let text = read(&run.file)?;
    let name = run.file.display();
    let wrong = |why: TextError| format!("{name}, {why}");
    let mut scenario = Scenario::default();
    scenario.seed = run.seed.unwrap_or(scenario.seed);
    let mut runner = Runner::of(scenario);
    for statement in statements(&text) {
        let said = script::parse(&statement).map_err(wrong)?;
        if run.seed.is_none() || !matches!(said, Command::Say(Said::Seed(_))) {
            print!("{}", runner.execute(&statement).map_err(wrong)?);
        }
    }
    let end = runner.world().now() + run.rest;
    let schedule = Schedule {
        scenario: runner.scenario().clone(),
        actions: runner.actions().to_vec(),
        end,
    };
    watch(&schedule, run.trace.as_deref(), run.history.as_deref())
}

/// Plays a link, and shows it as text.
pub(crate) fn replay(link: &str, rest: Time) -> Result<Verdict, String> {
    let code = link.rsplit(['/', '#']).next().unwrap_or_default();
    let session = link::read(code.trim())?;
    print!("{}", session.write());
    let schedule = Schedule {
        scenario: session.scenario().clone(),
        actions: session.actions().to_vec(),
        end: session.head() + rest,
    };
    watch(&schedule, None, None)
}

/// Plays a run to its end, writes it down for whoever wants that, and says what it broke.
fn watch(
    schedule: &Schedule,
    trace: Option<&Path>,
    history: Option<&Path>,
) -> Result<Verdict, String> {
    let mut step = Step::default();
    let mut world = World::new(&schedule.scenario, &mut step);
    let (mut checker, mut clients) = (Checker::new(&world), History::new(&world));
    let (mut recorder, init, mut lines) = Recorder::new(&world);
    let mut paper = trace.map(create).transpose()?;
    write(&mut paper, &init)?;
    let mut actions = schedule.actions.iter().peekable();
    loop {
        checker.observe(&world, &step);
        clients.note(&step);
        if paper.is_some() {
            recorder.note(&world, &step, &mut lines);
        }
        for line in lines.drain(..) {
            write(&mut paper, &line)?;
        }
        let next = world.next_at().filter(|at| *at <= schedule.end);
        // What is due at the moment of an action happens before it.
        match actions.next_if(|(at, _)| next.is_none_or(|next| *at < next)) {
            Some((at, action)) => {
                world.wait_until(*at);
                world.act(action, &mut step)?;
            }
            None if next.is_none() => break,
            None => {
                world.step(&mut step);
            }
        }
    }
    if let Some(mut paper) = paper {
        paper.flush().map_err(|why| why.to_string())?;
    }
    if let Some(path) = history {
        let text = trace::clients::write(&clients);
        std::fs::write(path, text).map_err(|why| format!("{}: {why}", path.display()))?;
    }
    Ok(tell(&checker, &clients, &world))
}

fn tell(checker: &Checker, clients: &History, world: &World) -> Verdict {
    for violation in checker.violations() {
        println!(
            "Step {}, at {}: {violation}",
            violation.step.0, violation.at
        );
    }
    let anomaly = clients.check().err();
    if let Some(anomaly) = &anomaly {
        println!("{anomaly}");
    }
    if anomaly.is_some() || !checker.violations().is_empty() {
        return Verdict::Broken;
    }
    println!(
        "Nothing is broken: {} steps up to {}.",
        world.last_step().0,
        world.now()
    );
    Verdict::Held
}

/// Reads a trace.
pub(crate) fn check(path: &Path) -> Result<Verdict, String> {
    let finding = if path == Path::new("-") {
        trace::check(io::stdin().lock())
    } else {
        let file = File::open(path).map_err(|why| format!("{}: {why}", path.display()))?;
        trace::check(BufReader::new(file))
    };
    match finding {
        Ok(summary) => {
            println!("Nothing is broken: {summary}.");
            Ok(Verdict::Held)
        }
        Err(broken @ Finding::Broken { .. }) => {
            println!("{broken}");
            Ok(Verdict::Broken)
        }
        Err(unreadable) => Err(format!("{}, {unreadable}", path.display())),
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

fn write(paper: &mut Option<BufWriter<File>>, line: &impl std::fmt::Display) -> Result<(), String> {
    match paper {
        Some(paper) => writeln!(paper, "{line}").map_err(|why| why.to_string()),
        None => Ok(()),
    }
}
