//! Hunts, on all cores.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use raftarium::hunt::detections::Detection;
use raftarium::hunt::{Find, Hunt, Schedule, Tally, Target};
use raftarium::raft::{Rule, Rules};
use raftarium::session::{Session, link};
use raftarium::sim::Time;
use raftarium::sim::text::write_run;
use serde_json::json;

use crate::arguments::{Campaign, RulesCheck};
use crate::{Verdict, say};

/// Steps between two looks at whether to go on.
const PORTION: u64 = 50_000;

/// A hunt that is over.
struct Done {
    seed: u64,
    target: Target,
    tally: Tally,
    find: Option<Find>,
    took: Duration,
}

/// Results of jobs that wait until all earlier ones are printed.
struct Told<T, F> {
    done: BTreeMap<u64, T>,
    next: u64,
    tell: F,
}

impl<T, F: FnMut(T)> Told<T, F> {
    /// Keeps what came of a job, and tells what can be told in order, up to `end`.
    fn take(&mut self, number: u64, came: T, end: u64) {
        self.done.insert(number, came);
        while self.next < end
            && let Some(came) = self.done.remove(&self.next)
        {
            (self.tell)(came);
            self.next += 1;
        }
    }
}

/// Does something for the numbers from 0 on, on several cores, until one says that it was the last;
/// all jobs before that one are done. Results are printed in order, as soon as possible.
fn on_cores<T: Send>(
    jobs: usize,
    count: u64,
    job: impl Fn(u64, &AtomicU64) -> Option<(T, bool)> + Sync,
    tell: impl FnMut(T) + Send,
) {
    let (next, end) = (AtomicU64::new(0), AtomicU64::new(count));
    let told = Mutex::new(Told {
        done: BTreeMap::new(),
        next: 0,
        tell,
    });
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= end.load(Ordering::Relaxed) {
                        return;
                    }
                    if let Some((came, is_last)) = job(number, &end) {
                        if is_last {
                            end.fetch_min(number + 1, Ordering::Relaxed);
                        }
                        let mut told = told.lock().expect("no job panics");
                        told.take(number, came, end.load(Ordering::Relaxed));
                    }
                }
            });
        }
    });
}

/// What a campaign amounts to.
#[derive(Default)]
struct Total {
    hunts: u64,
    schedules: u64,
    steps: u64,
    finds: u64,
}

/// Hunts over seeds and numbers of servers.
pub(crate) fn hunt(campaign: &Campaign) -> Result<Verdict, String> {
    let rules = campaign.rules();
    let (part, whole) = campaign.shard;
    let sizes = campaign.servers.len() as u64;
    let all = (campaign.seeds.end - campaign.seeds.start).saturating_mul(sizes);
    let count = all.saturating_sub(part).div_ceil(whole);
    let bar = bar(count.saturating_mul(campaign.schedules), "schedules");
    let began = Instant::now();
    let mut total = Total::default();
    let job = |number: u64, end: &AtomicU64| {
        let nth = number * whole + part;
        let target = Target {
            servers: campaign.servers[(nth % sizes) as usize],
            rules,
            property: campaign.property,
            schedules: campaign.schedules,
        };
        let seed = campaign.seeds.start + nth / sizes;
        let done = one(target, seed, &bar, || number < end.load(Ordering::Relaxed))?;
        let is_last = done.find.is_some() && !campaign.all;
        Some((done, is_last))
    };
    on_cores(campaign.jobs, count, job, |done: Done| {
        bar.suspend(|| report(campaign, &done));
        total.hunts += 1;
        total.schedules += done.tally.schedules;
        total.steps += done.tally.steps;
        total.finds += u64::from(done.find.is_some());
    });
    bar.finish_and_clear();
    if !campaign.json {
        say(in_total(&total, began.elapsed()));
    }
    Ok(match total.finds {
        0 => Verdict::Held,
        _ => Verdict::Broken,
    })
}

/// A hunt from beginning to end, as long as somebody wants it.
fn one(target: Target, seed: u64, bar: &ProgressBar, wanted: impl Fn() -> bool) -> Option<Done> {
    let began = Instant::now();
    let mut hunt = Hunt::new(target, seed);
    let mut told = 0;
    while !hunt.work(PORTION) {
        let schedules = hunt.tally().schedules;
        bar.inc(schedules - told);
        told = schedules;
        if !wanted() {
            return None;
        }
    }
    bar.inc(target.schedules - told);
    Some(Done {
        seed,
        target,
        tally: hunt.tally(),
        find: hunt.found().cloned(),
        took: began.elapsed(),
    })
}

fn report(campaign: &Campaign, hunt: &Done) {
    match &hunt.find {
        _ if campaign.json => say(in_json(hunt)),
        Some(find) => say(in_words(hunt, find)),
        None => {}
    }
}

fn in_total(total: &Total, took: Duration) -> String {
    let Total {
        hunts,
        schedules,
        steps,
        finds,
    } = total;
    let seconds = took.as_secs_f64();
    let s = if *hunts == 1 { "" } else { "s" };
    format!(
        "{hunts} hunt{s}, {schedules} schedules, {steps} steps in {seconds:.1} s, {:.0} steps a second: {}.",
        *steps as f64 / seconds,
        match finds {
            0 => "nothing is broken".into(),
            _ => format!("{finds} found something"),
        }
    )
}

fn in_words(hunt: &Done, find: &Find) -> String {
    format!(
        "{}\n\nSeed {}, {} servers, after {} schedules and {} steps. \
         Made short: {} actions of {}.\n\n{}\n{}\n",
        find.violation,
        hunt.seed,
        hunt.target.servers,
        hunt.tally.schedules,
        hunt.tally.steps,
        find.schedule.actions.len(),
        find.length,
        write_run(&find.schedule.scenario, &find.schedule.actions),
        link_of(&find.schedule)
    )
}

fn in_json(hunt: &Done) -> serde_json::Value {
    let off: Vec<&str> = hunt.target.rules.off().map(Rule::name).collect();
    let found = hunt.find.as_ref().map(|find| {
        json!({
            "property": find.violation.property().name(),
            "told": find.violation.to_string(),
            "actions": find.schedule.actions.len(),
            "text": write_run(&find.schedule.scenario, &find.schedule.actions),
            "link": link_of(&find.schedule),
        })
    });
    json!({
        "seed": hunt.seed,
        "servers": hunt.target.servers,
        "off": off,
        "schedules": hunt.tally.schedules,
        "steps": hunt.tally.steps,
        "features": hunt.tally.features,
        "missed": hunt.tally.missed,
        "seconds": hunt.took.as_secs_f64(),
        "found": found,
    })
}

/// What comes behind the page's address to see it there.
pub(crate) fn link_of(schedule: &Schedule) -> String {
    match Session::replay(schedule.scenario.clone(), schedule.actions.clone()) {
        Ok(mut session) => {
            session.advance(schedule.end);
            session.seek(Time::ZERO);
            match link::write(&session) {
                link if link.len() > link::LONGEST_LINK => "(no link: it would be too long)".into(),
                link => format!("#/run/{link}"),
            }
        }
        Err((_, why)) => format!("(no link: {why})"),
    }
}

/// Without each rule something breaks; with it the same schedule breaks nothing.
pub(crate) fn check_rules(check: &RulesCheck) -> Result<Verdict, String> {
    let wanted = |rule: &Rule| check.only.is_empty() || check.only.contains(rule);
    let rules: Vec<Rule> = Rule::ALL.iter().copied().filter(wanted).collect();
    if let Some(folder) = &check.save {
        // Before the hunt, which takes minutes.
        std::fs::create_dir_all(folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    }
    let bar = bar(rules.len() as u64, "rules");
    let mut rows = Vec::new();
    let job = |number: u64, _: &AtomicU64| {
        let row = row(rules[number as usize], check);
        bar.inc(1);
        Some((row, false))
    };
    on_cores(check.jobs, rules.len() as u64, job, |row| rows.push(row));
    bar.finish_and_clear();
    say(format!(
        "{:<22} {:<20} {:>7} {:>4} {:>9} {:>10} {:>7}  with it",
        "without", "breaks", "servers", "seed", "schedules", "steps", "actions"
    ));
    for row in &rows {
        let (Ok(told) | Err(told)) = row;
        say(told);
    }
    match rows.iter().all(Result::is_ok) {
        true => Ok(Verdict::Held),
        false => Ok(Verdict::Broken),
    }
}

/// A line of the table. It is an error if nothing was found, or the rule did not help.
fn row(rule: Rule, check: &RulesCheck) -> Result<String, String> {
    let name = rule.name();
    let known = Detection::of(rule);
    let known = known.ok_or_else(|| format!("{name:<22} nobody says what breaks without it"))?;
    let (seeds, schedules) = match &check.seeds {
        None => (known.seed..known.seed + 1, known.schedules),
        Some(seeds) => (seeds.clone(), check.schedules),
    };
    let mut tries = seeds.map(|seed| Detection {
        seed,
        schedules,
        ..*known
    });
    let property = known.property.name();
    let (detection, tally, find) = tries
        .find_map(|detection| {
            let done = one(
                detection.target(),
                detection.seed,
                &ProgressBar::hidden(),
                || true,
            )?;
            Some((detection, done.tally, done.find?))
        })
        .ok_or_else(|| format!("{name:<22} {property:<20} {:>7} not found", known.servers))?;
    if let Some(folder) = &check.save {
        let path = folder.join(format!("{name}.txt"));
        let said = |why| format!("{name:<22} {}: {why}", path.display());
        std::fs::write(&path, in_text(rule, &find)).map_err(said)?;
    }
    let line = format!(
        "{name:<22} {property:<20} {:>7} {:>4} {:>9} {:>10} {:>7} ",
        find.schedule.scenario.servers,
        detection.seed,
        tally.schedules,
        tally.steps,
        find.schedule.actions.len(),
    );
    let with = find.schedule.with_rules(Rules::default()).play();
    match with.violation() {
        None => Ok(format!("{line} safe")),
        Some(violation) => Err(format!("{line} {violation}")),
    }
}

/// A schedule, with what it breaks, as a script that can be run.
fn in_text(rule: Rule, find: &Find) -> String {
    let schedule = &find.schedule;
    let last = schedule.actions.last().map_or(Time::ZERO, |(at, _)| *at);
    format!(
        "# Without {rule} ({}): {}.\n\n{}run {}\nexpect violated {}\n",
        rule.place(),
        find.violation.breach,
        write_run(&schedule.scenario, &schedule.actions),
        schedule.end - last,
        find.violation.property()
    )
}

/// Every rule, and where it is stated.
pub(crate) fn rules() -> Result<Verdict, String> {
    for rule in Rule::ALL {
        say(format!("{:<24} {}", rule.name(), rule.place()));
    }
    Ok(Verdict::Held)
}

/// A progress bar; on a terminal only.
fn bar(length: u64, what: &str) -> ProgressBar {
    let template = format!("{{wide_bar}} {{human_pos}} of {{human_len}} {what}, {{eta}} to go");
    let bar = ProgressBar::new(length);
    match ProgressStyle::with_template(&template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
