//! Traces and histories, anybody's.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use raftarium::trace::{self, Report, Rule, histories};
use serde_json::json;

use crate::arguments::Check;
use crate::{Verdict, say};

/// Reads traces or histories, one after the other.
pub(crate) fn check(check: &Check) -> Result<Verdict, String> {
    if check.rules {
        for rule in Rule::ALL {
            say(format!(
                "{:<24} {}: {}",
                rule.name(),
                rule.section(),
                rule.sentence()
            ));
        }
    }
    let mut verdict = Verdict::Held;
    for path in &check.files {
        let name = match check.files.len() {
            1 => String::new(),
            _ => format!("{}: ", path.display()),
        };
        let one = match check.history {
            true => check_history(check, path, &name)?,
            false => check_trace(check, path, &name)?,
        };
        if one == Verdict::Broken {
            verdict = one;
        }
    }
    Ok(verdict)
}

fn open(path: &Path) -> Result<Box<dyn BufRead>, String> {
    if path == Path::new("-") {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    let file = File::open(path).map_err(|why| format!("{}: {why}", path.display()))?;
    Ok(Box::new(BufReader::new(file)))
}

fn check_trace(check: &Check, path: &Path, name: &str) -> Result<Verdict, String> {
    let report = trace::check_leniently(open(path)?, &check.lenient);
    let report = report.map_err(|why| format!("{}, {why}", path.display()))?;
    let verdict = match report.verdicts.is_empty() {
        true => Verdict::Held,
        false => Verdict::Broken,
    };
    if check.json {
        say(in_json(path, &report));
        return Ok(verdict);
    }
    match (&report.verdicts[..], check.all) {
        ([], _) => say(format!("{name}Nothing is broken: {}.", report.summary)),
        (verdicts, true) => verdicts
            .iter()
            .for_each(|verdict| say(format!("{name}{verdict}"))),
        ([first, others @ ..], false) => {
            say(format!("{name}{first}"));
            say(format!("{}: {}", first.rule.name(), first.rule.sentence()));
            say(format!("Often the cause: {}", first.rule.cause()));
            if !others.is_empty() {
                say(format!(
                    "Later lines break rules too ({}): --all says which.",
                    others.len()
                ));
            }
        }
    }
    for (rule, count) in report.lenient.iter().filter(|(_, count)| *count > 0) {
        say(format!("{name}Let pass: {} ({count} times).", rule.name()));
    }
    if let Some(line) = report.cut_off {
        say(format!(
            "{name}Line {line} is cut off: only the lines before it are judged."
        ));
    }
    if let Some(why) = &report.stopped {
        say(format!("{name}Read no further: {why}."));
    }
    if !report.summary.has_messages {
        say(format!(
            "{name}The trace tells no messages: only the states are judged."
        ));
    }
    Ok(verdict)
}

fn in_json(path: &Path, report: &Report) -> serde_json::Value {
    let verdicts = report.verdicts.iter().map(|verdict| {
        json!({
            "line": verdict.line,
            "server": verdict.server,
            "rule": verdict.rule.name(),
            "section": verdict.rule.section(),
            "told": verdict.told,
        })
    });
    let lenient = report
        .lenient
        .iter()
        .map(|(rule, count)| json!([rule.name(), count]));
    json!({
        "file": path.display().to_string(),
        "verdicts": verdicts.collect::<Vec<_>>(),
        "lenient": lenient.collect::<Vec<_>>(),
        "servers": report.summary.servers,
        "steps": report.summary.kinds.values().sum::<usize>(),
        "term": report.summary.term,
        "committed": report.summary.committed,
        "messages": report.summary.has_messages,
        "cutOff": report.cut_off,
        "stopped": report.stopped.as_ref().map(ToString::to_string),
    })
}

fn check_history(check: &Check, path: &Path, name: &str) -> Result<Verdict, String> {
    let found = histories::check(open(path)?);
    let found = found.map_err(|why| format!("{}, {why}", path.display()))?;
    let verdict = match found.anomaly {
        None => Verdict::Held,
        Some(_) => Verdict::Broken,
    };
    if check.json {
        let anomaly = found
            .anomaly
            .as_ref()
            .map(|(line, told)| json!({"line": line, "told": told}));
        say(json!({
            "file": path.display().to_string(),
            "anomaly": anomaly,
            "operations": found.operations,
            "unknown": found.unknown,
            "undecided": found.undecided,
        }));
        return Ok(verdict);
    }
    match &found.anomaly {
        None => say(format!("{name}Linearizable: {found}.")),
        Some((line, told)) => say(format!("{name}line {line}: {told}.")),
    }
    if !found.undecided.is_empty() {
        let keys = found.undecided.join(", ");
        say(format!(
            "{name}Not decided, as there are too many orders: {keys}."
        ));
    }
    Ok(verdict)
}
