//! Raftarium's workbench on the command line: run, replay, check, hunt. Exit code 0 when nothing
//! broke, 1 when something did, 2 for bad input.

#![cfg(not(target_arch = "wasm32"))]

mod arguments;
mod checking;
mod hunting;
mod running;
mod usage;

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use arguments::Command;

/// What came of a command.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Nothing is broken.
    Held,
    /// Something is, or a script expected something else.
    Broken,
}

fn main() -> ExitCode {
    match arguments::read().and_then(obey) {
        Ok(Verdict::Held) => ExitCode::SUCCESS,
        Ok(Verdict::Broken) => ExitCode::from(1),
        Err(why) => {
            eprintln!("raftarium-lab: {why}");
            ExitCode::from(2)
        }
    }
}

fn obey(command: Command) -> Result<Verdict, String> {
    match command {
        Command::Check(check) => checking::check(&check),
        Command::CheckRules(search) => hunting::check_rules(&search),
        Command::Completions(shell) => {
            say(usage::completions(&shell)?);
            Ok(Verdict::Held)
        }
        Command::Help => {
            say(usage::usage().trim_end());
            Ok(Verdict::Held)
        }
        Command::Hunt(campaign) => hunting::hunt(&campaign),
        Command::Replay(replay) => running::replay(&replay),
        Command::Rules => hunting::rules(),
        Command::Run(run) => running::run(&run),
    }
}

/// What a shell says of a program whose reader has gone.
const READER_GONE: i32 = 128 + 13;

/// Prints a line. If the reader has closed the pipe, as `head` does, the program ends.
fn say(line: impl Display) {
    let mut out = io::stdout().lock();
    if let Err(why) = writeln!(out, "{line}").and_then(|()| out.flush()) {
        if why.kind() == io::ErrorKind::BrokenPipe {
            std::process::exit(READER_GONE);
        }
        eprintln!("raftarium-lab: standard output: {why}");
        std::process::exit(2);
    }
}
