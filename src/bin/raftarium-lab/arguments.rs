//! What is asked for.

use std::ops::Range;
use std::path::PathBuf;

use lexopt::{Arg, Parser, ValueExt};
use raftarium::check::Property;
use raftarium::raft::{MAX_SERVERS, Rule, Rules};
use raftarium::sim::Time;
use raftarium::trace::Rule as JudgeRule;

use crate::usage::usage;

/// What is asked for.
pub(crate) enum Command {
    Check(Check),
    CheckRules(RulesCheck),
    /// For a shell.
    Completions(String),
    Help,
    Hunt(Campaign),
    Replay(Replay),
    Rules,
    Run(Run),
}

/// Traces or histories to read.
#[derive(Default)]
pub(crate) struct Check {
    pub(crate) files: Vec<PathBuf>,
    pub(crate) lenient: Vec<JudgeRule>,
    pub(crate) all: bool,
    pub(crate) json: bool,
    /// Whether the rules are listed.
    pub(crate) rules: bool,
    /// Whether these are histories of clients.
    pub(crate) history: bool,
}

/// Scripts to play.
pub(crate) struct Run {
    pub(crate) files: Vec<PathBuf>,
    /// With these seeds, if any, whatever the scripts say.
    pub(crate) seeds: Option<Range<u64>>,
    pub(crate) link: bool,
    pub(crate) json: bool,
    /// Whether each line of a trace has the whole state.
    pub(crate) whole: bool,
    pub(crate) rest: Time,
    pub(crate) trace: Option<PathBuf>,
    pub(crate) history: Option<PathBuf>,
}

/// Links to play.
pub(crate) struct Replay {
    pub(crate) links: Vec<String>,
    /// How long each goes on after its end.
    pub(crate) rest: Time,
    pub(crate) json: bool,
}

/// Hunts on some grounds.
pub(crate) struct Campaign {
    pub(crate) seeds: Range<u64>,
    pub(crate) off: Vec<Rule>,
    pub(crate) servers: Vec<u8>,
    pub(crate) property: Option<Property>,
    pub(crate) schedules: u64,
    /// How many at a time.
    pub(crate) jobs: usize,
    /// Which part of how many.
    pub(crate) shard: (u64, u64),
    pub(crate) all: bool,
    pub(crate) json: bool,
}

impl Campaign {
    pub(crate) fn rules(&self) -> Rules {
        let mut rules = Rules::default();
        for rule in &self.off {
            rules.set(*rule, false);
        }
        rules
    }
}

/// A hunt without each rule.
pub(crate) struct RulesCheck {
    pub(crate) only: Vec<Rule>,
    pub(crate) seeds: Option<Range<u64>>,
    pub(crate) schedules: u64,
    pub(crate) jobs: usize,
    pub(crate) save: Option<PathBuf>,
}

/// How long a run goes on after its end: what broke may be seen later only.
const REST: Time = Time::ms(2_000);

/// How many schedules a hunt has if nobody says anything else.
const SCHEDULES: u64 = 100_000;

/// Reads the command line.
pub(crate) fn read() -> Result<Command, String> {
    let words = std::env::args_os().skip(1);
    if words
        .take_while(|word| word != "--")
        .any(|word| word == "--help" || word == "-h")
    {
        return Ok(Command::Help);
    }
    let mut parser = Parser::from_env();
    let command = match next(&mut parser)? {
        None => return Err(format!("a command is missing\n\n{}", usage().trim_end())),
        Some(Arg::Value(word)) => word.string().map_err(said)?,
        Some(other) => return Err(said(other.unexpected())),
    };
    let parser = &mut parser;
    match command.as_str() {
        "check" => check(parser),
        "check-rules" => check_rules(parser),
        "completions" => completions(parser),
        "help" => Ok(Command::Help),
        "hunt" => hunt(parser),
        "replay" => replay(parser),
        "rules" => match next(parser)? {
            None => Ok(Command::Rules),
            Some(extra) => Err(said(extra.unexpected())),
        },
        "run" => run(parser),
        other => Err(format!("there is no command \"{other}\"; {SEE_HELP}")),
    }
}

const SEE_HELP: &str = "raftarium-lab --help says what there is";

fn said(why: lexopt::Error) -> String {
    format!("{why}; {SEE_HELP}")
}

fn next(parser: &mut Parser) -> Result<Option<Arg<'_>>, String> {
    parser.next().map_err(said)
}

fn check(parser: &mut Parser) -> Result<Command, String> {
    let mut check = Check::default();
    while let Some(arg) = next(parser)? {
        match arg {
            Arg::Long("all") => check.all = true,
            Arg::Long("history") => check.history = true,
            Arg::Long("json") => check.json = true,
            Arg::Long("rules") => check.rules = true,
            Arg::Long("lenient") => {
                let rules = text(parser, "--lenient")?;
                let rules = rules
                    .split(',')
                    .map(str::trim)
                    .filter(|rule| !rule.is_empty());
                for rule in rules {
                    check.lenient.push(rule.parse()?);
                }
            }
            Arg::Value(word) => check.files.push(PathBuf::from(word)),
            other => return Err(said(other.unexpected())),
        }
    }
    if check.files.is_empty() && !check.rules {
        return Err(format!("a trace is missing; {SEE_HELP}"));
    }
    Ok(Command::Check(check))
}

fn replay(parser: &mut Parser) -> Result<Command, String> {
    let mut replay = Replay {
        links: Vec::new(),
        rest: REST,
        json: false,
    };
    while let Some(arg) = next(parser)? {
        match arg {
            Arg::Long("for") => replay.rest = text(parser, "--for")?.parse()?,
            Arg::Long("json") => replay.json = true,
            Arg::Value(word) => replay.links.push(word.string().map_err(said)?),
            other => return Err(said(other.unexpected())),
        }
    }
    match replay.links.is_empty() {
        true => Err(format!("a link is missing; {SEE_HELP}")),
        false => Ok(Command::Replay(replay)),
    }
}

fn completions(parser: &mut Parser) -> Result<Command, String> {
    match next(parser)? {
        Some(Arg::Value(shell)) => Ok(Command::Completions(shell.string().map_err(said)?)),
        Some(other) => Err(said(other.unexpected())),
        None => Err(format!("a shell is missing: bash, zsh or fish; {SEE_HELP}")),
    }
}

fn run(parser: &mut Parser) -> Result<Command, String> {
    let mut run = Run {
        files: Vec::new(),
        seeds: None,
        link: false,
        json: false,
        whole: false,
        rest: REST,
        trace: None,
        history: None,
    };
    while let Some(arg) = next(parser)? {
        match arg {
            Arg::Long("seed") => {
                let seed = number(parser, "--seed", u64::MAX - 1)?;
                run.seeds = Some(seed..seed + 1);
            }
            Arg::Long("seeds") => run.seeds = Some(seeds(&text(parser, "--seeds")?)?),
            Arg::Long("for") => run.rest = text(parser, "--for")?.parse()?,
            Arg::Long("link") => run.link = true,
            Arg::Long("json") => run.json = true,
            Arg::Long("whole-logs") => run.whole = true,
            Arg::Long("trace") => run.trace = Some(text(parser, "--trace")?.into()),
            Arg::Long("history") => run.history = Some(text(parser, "--history")?.into()),
            Arg::Value(word) => run.files.push(PathBuf::from(word)),
            other => return Err(said(other.unexpected())),
        }
    }
    if run.files.is_empty() {
        return Err(format!("a script is missing; {SEE_HELP}"));
    }
    let seeds = run
        .seeds
        .as_ref()
        .map_or(1, |seeds| seeds.end - seeds.start);
    let is_written = run.trace.is_some() || run.history.is_some();
    if is_written && (run.files.len() > 1 || seeds > 1) {
        return Err("--trace and --history take one run: name one script and one seed".into());
    }
    Ok(Command::Run(run))
}

fn hunt(parser: &mut Parser) -> Result<Command, String> {
    let mut campaign = Campaign {
        seeds: 0..1,
        off: Vec::new(),
        servers: vec![3, 5],
        property: None,
        schedules: SCHEDULES,
        jobs: cores(),
        shard: (0, 1),
        all: false,
        json: false,
    };
    while let Some(option) = option(parser)? {
        match option.as_str() {
            "all" => campaign.all = true,
            "jobs" => campaign.jobs = jobs(parser)?,
            "json" => campaign.json = true,
            "off" => campaign.off.push(text(parser, "--off")?.parse()?),
            "property" => campaign.property = Some(property(&text(parser, "--property")?)?),
            "schedules" => campaign.schedules = number(parser, "--schedules", MOST_SCHEDULES)?,
            "seeds" => campaign.seeds = seeds(&text(parser, "--seeds")?)?,
            "servers" => campaign.servers = servers(&text(parser, "--servers")?)?,
            "shard" => campaign.shard = shard(&text(parser, "--shard")?)?,
            other => return Err(no_option(other)),
        }
    }
    Ok(Command::Hunt(campaign))
}

fn check_rules(parser: &mut Parser) -> Result<Command, String> {
    let mut check = RulesCheck {
        only: Vec::new(),
        seeds: None,
        schedules: SCHEDULES,
        jobs: cores(),
        save: None,
    };
    while let Some(option) = option(parser)? {
        match option.as_str() {
            "jobs" => check.jobs = jobs(parser)?,
            "off" => check.only.push(text(parser, "--off")?.parse()?),
            "save" => check.save = Some(text(parser, "--save")?.into()),
            "schedules" => check.schedules = number(parser, "--schedules", MOST_SCHEDULES)?,
            "seeds" => check.seeds = Some(seeds(&text(parser, "--seeds")?)?),
            other => return Err(no_option(other)),
        }
    }
    Ok(Command::CheckRules(check))
}

const MOST_SCHEDULES: u64 = 1_000_000_000;

fn no_option(name: &str) -> String {
    format!("there is no option --{name} here; {SEE_HELP}")
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn jobs(parser: &mut Parser) -> Result<usize, String> {
    Ok(number(parser, "--jobs", 1_000)?.max(1) as usize)
}

/// The name of the next option, where nothing else is expected.
fn option(parser: &mut Parser) -> Result<Option<String>, String> {
    match next(parser)? {
        None => Ok(None),
        Some(Arg::Long(name)) => Ok(Some(name.to_owned())),
        Some(other) => Err(said(other.unexpected())),
    }
}

fn text(parser: &mut Parser, option: &str) -> Result<String, String> {
    let value = parser.value().and_then(|value| value.string());
    value.map_err(|why| format!("{option}: {why}"))
}

fn number(parser: &mut Parser, option: &str, most: u64) -> Result<u64, String> {
    let word = text(parser, option)?;
    let number = word.parse().ok().filter(|number| *number <= most);
    number.ok_or_else(|| format!("{option} is a whole number up to {most}, not \"{word}\""))
}

fn seeds(word: &str) -> Result<Range<u64>, String> {
    let ends = word.split_once("..");
    let range = ends.and_then(|(low, high)| Some(low.parse().ok()?..high.parse().ok()?));
    range
        .filter(|range| !range.is_empty())
        .ok_or_else(|| format!("--seeds is a range as 0..100 (100 left out), not \"{word}\""))
}

fn servers(word: &str) -> Result<Vec<u8>, String> {
    let number = |word: &str| {
        let number = word.parse().ok();
        number.filter(|number| (1..=MAX_SERVERS as u8).contains(number))
    };
    let numbers: Option<Vec<u8>> = word.split(',').map(number).collect();
    numbers.ok_or_else(|| {
        format!("--servers is a number from 1 to {MAX_SERVERS}, or several as 3,5: not \"{word}\"")
    })
}

fn property(word: &str) -> Result<Property, String> {
    let plain = |name: &str| name.to_lowercase().replace(['-', ' '], "");
    let mut all = Property::ALL.into_iter();
    let found = all.find(|property| plain(property.name()) == plain(word));
    found.ok_or_else(|| {
        let names = Property::ALL.map(Property::name).join(", ");
        format!("there is no property \"{word}\"; there are {names}")
    })
}

fn shard(word: &str) -> Result<(u64, u64), String> {
    let ends = word.split_once('/');
    let shard = ends.and_then(|(part, whole)| Some((part.parse().ok()?, whole.parse().ok()?)));
    shard
        .filter(|(part, whole)| part < whole)
        .ok_or_else(|| format!("--shard is a part of a whole as 0/4, 1/4, ..., not \"{word}\""))
}
