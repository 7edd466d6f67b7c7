//! A run, played to its end, watched and written on the way.

use std::fmt::Display;
use std::io::Write;

use super::record::Recorder;
use crate::check::{Checker, History};
use crate::hunt::Schedule;
use crate::sim::{Step, World};

/// What came of a run.
pub struct Played {
    /// What it broke.
    pub checker: Checker,
    /// What its clients saw.
    pub history: History,
    /// The world at its end.
    pub world: World,
}

/// Plays a run to its end, and writes its trace, if that is wanted. What is due at the end happens,
/// and what is due at the moment of an action happens before it. An error says what could not be
/// done, or written.
pub fn play(schedule: &Schedule, trace: Option<&mut dyn Write>) -> Result<Played, String> {
    play_whole(schedule, trace, false)
}

/// The same; `whole` asks for the whole state of a server in each line, and not only what changed.
pub fn play_whole(
    schedule: &Schedule,
    mut trace: Option<&mut dyn Write>,
    whole: bool,
) -> Result<Played, String> {
    let mut step = Step::default();
    let mut world = World::new(&schedule.scenario, &mut step);
    let (mut checker, mut history) = (Checker::new(&world), History::new(&world));
    let (mut recorder, init, mut lines) = match whole {
        true => Recorder::whole(&world),
        false => Recorder::new(&world),
    };
    write(&mut trace, &init)?;
    let mut actions = schedule.actions.iter().peekable();
    loop {
        checker.observe(&world, &step);
        history.note(&step);
        if trace.is_some() {
            recorder.note(&world, &step, &mut lines);
        }
        for line in lines.drain(..) {
            write(&mut trace, &line)?;
        }
        let next = world.next_at().filter(|at| *at <= schedule.end);
        match actions.next_if(|(at, _)| next.is_none_or(|next| *at < next)) {
            Some((at, action)) => {
                world.wait_until(*at);
                world.act(action, &mut step)?;
            }
            None if next.is_none() => break,
            None => _ = world.step(&mut step),
        }
    }
    if let Some(trace) = trace {
        trace.flush().map_err(|why| why.to_string())?;
    }
    Ok(Played {
        checker,
        history,
        world,
    })
}

fn write(trace: &mut Option<&mut dyn Write>, line: &dyn Display) -> Result<(), String> {
    match trace {
        Some(trace) => writeln!(trace, "{line}").map_err(|why| why.to_string()),
        None => Ok(()),
    }
}
