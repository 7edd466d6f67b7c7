//! A client history of any implementation, read and checked: whether one machine that executes each
//! request once could have given these answers (linearizability; Herlihy and Wing 1990).
//!
//! Each key has a history of its own. The search is Wing and Gong's (1993): of the operations that
//! may come next, try each whose answer is right, and go back when there is none; where it has been,
//! with the same operations done and the same value, it need not go again (Lowe 2017).

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;

use serde_json::{Map, Value as Json};

use super::check::Unreadable;

/// The most points of a search, so that it ends.
const MOST_POINTS: usize = 2_000_000;

/// What came of a history.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Verdict {
    /// How many operations there are.
    pub operations: usize,
    /// How many of them nobody knows the outcome of.
    pub unknown: usize,
    /// How many keys.
    pub keys: usize,
    /// The first answer that nothing explains: its line, and a sentence.
    pub anomaly: Option<(usize, String)>,
    /// Keys whose search was given up.
    pub undecided: Vec<String>,
}

/// An operation.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Operation {
    line: usize,
    client: String,
    what: What,
    argument: String,
    /// What came of it; none if nobody knows.
    outcome: Option<String>,
    call: u64,
    /// Until when it may have taken effect.
    end: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum What {
    Add,
    Append,
    CompareAndSet,
    Delete,
    Get,
    Put,
}

/// Whether a text begins as a history does, and not as a trace.
pub fn begins(text: &[u8]) -> bool {
    let mut lines = text.split(|byte| *byte == b'\n');
    let first = lines.find(|line| !line.trim_ascii().is_empty());
    let first = first.unwrap_or_default();
    let first = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first);
    let fields = serde_json::from_slice::<Map<String, Json>>(first);
    fields.is_ok_and(|fields| fields.contains_key("op") && !fields.contains_key("e"))
}

/// Reads a history and checks it.
pub fn check(from: impl BufRead) -> Result<Verdict, Unreadable> {
    let mut keys: BTreeMap<String, Vec<Operation>> = BTreeMap::new();
    let mut verdict = Verdict::default();
    for (number, text) in (1..).zip(from.lines()) {
        let wrong = |message: String| Unreadable {
            line: number,
            message,
        };
        let text = text.map_err(|why| wrong(why.to_string()))?;
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            continue;
        }
        let (key, operation) = operation(number, text).map_err(wrong)?;
        verdict.operations += 1;
        verdict.unknown += usize::from(operation.outcome.is_none());
        keys.entry(key).or_default().push(operation);
    }
    verdict.keys = keys.len();
    for (key, operations) in &mut keys {
        operations.sort_by_key(|operation| (operation.call, operation.line));
        match explain(operations) {
            Explained::Yes => {}
            Explained::No(nth) => {
                let told = (operations[nth].line, told(key, &operations[nth]));
                let first = verdict.anomaly.get_or_insert_with(|| told.clone());
                if told.0 < first.0 {
                    *first = told;
                }
            }
            Explained::GivenUp => verdict.undecided.push(key.clone()),
        }
    }
    Ok(verdict)
}

fn told(key: &str, operation: &Operation) -> String {
    let what = match operation.what {
        What::Add => "add",
        What::Append => "append",
        What::CompareAndSet => "cas",
        What::Delete => "delete",
        What::Get => "get",
        What::Put => "put",
    };
    let argument = match &*operation.argument {
        "" => String::new(),
        argument => format!(" {argument}"),
    };
    format!(
        "client {} asked to {what} {key}{argument} and was answered {:?}, \
         but no order of the requests, each executed once, explains that",
        operation.client,
        operation.outcome.as_deref().unwrap_or("nothing")
    )
}

/// A line: the key, and the operation.
fn operation(line: usize, text: &str) -> Result<(String, Operation), String> {
    let fields: Map<String, Json> = match serde_json::from_str(text) {
        Ok(Json::Object(fields)) => fields,
        Ok(_) => return Err("it is no object; write one JSON object a line".into()),
        Err(why) => return Err(format!("column {}: this is not JSON", why.column())),
    };
    let text = |name: &str| match fields.get(name) {
        None | Some(Json::Null) => None,
        Some(Json::String(text)) => Some(text.clone()),
        Some(other) => Some(other.to_string()),
    };
    let time = |name: &str| match fields.get(name) {
        None | Some(Json::Null) => Ok(None),
        Some(value) => value
            .as_u64()
            .map(Some)
            .ok_or_else(|| format!("field \"{name}\" is {value}; write a time, a whole number")),
    };
    const KINDS: &str = "\"put\", \"get\", \"cas\", \"append\", \"add\" or \"delete\"";
    let what = match text("op").as_deref() {
        Some("add") => What::Add,
        Some("append") => What::Append,
        Some("cas") => What::CompareAndSet,
        Some("delete") => What::Delete,
        Some("get") => What::Get,
        Some("put") => What::Put,
        Some(other) => return Err(format!("field \"op\" is \"{other}\"; write {KINDS}")),
        None => return Err(format!("field \"op\" is missing; write {KINDS}")),
    };
    let argument = text("v").unwrap_or_default();
    if what == What::CompareAndSet && !argument.contains('>') {
        return Err(format!(
            "field \"v\" is \"{argument}\"; write \"old>new\" for cas"
        ));
    }
    if what == What::Add && argument.parse::<i64>().is_err() {
        return Err(format!(
            "field \"v\" is \"{argument}\"; write a whole number for add"
        ));
    }
    let key = text("k").ok_or("field \"k\" is missing; write the key")?;
    let call = time("call")?.ok_or("field \"call\" is missing; write when it was asked")?;
    let ret = time("ret")?;
    if let Some(ret) = ret.filter(|ret| *ret < call) {
        return Err(format!("field \"ret\" is {ret}, before \"call\", {call}"));
    }
    let operation = Operation {
        line,
        client: text("c").unwrap_or_default(),
        what,
        argument,
        outcome: ret.map(|_| text("o").unwrap_or_default()),
        call,
        end: ret.or(time("expired")?).unwrap_or(u64::MAX),
    };
    Ok((key, operation))
}

impl Operation {
    /// What it makes of a value, if its outcome is right; a key without a value is "".
    fn apply(&self, value: &str) -> Option<String> {
        let (new, outcome) = match self.what {
            What::Get => (value.to_owned(), value.to_owned()),
            What::Put => (self.argument.clone(), "ok".into()),
            What::Delete => (String::new(), "ok".into()),
            What::Append => (format!("{value}{}", self.argument), "ok".into()),
            What::Add => {
                let amount: i64 = self.argument.parse().unwrap_or(0);
                let sum = value.parse::<i64>().unwrap_or(0).wrapping_add(amount);
                (sum.to_string(), sum.to_string())
            }
            What::CompareAndSet => match self.argument.split_once('>') {
                Some((old, new)) if old == value => (new.to_owned(), "ok".into()),
                _ => (value.to_owned(), "fail".into()),
            },
        };
        let is_right = self.outcome.as_ref().is_none_or(|told| *told == outcome);
        is_right.then_some(new)
    }
}

enum Explained {
    Yes,
    /// The operation that could not be explained.
    No(usize),
    GivenUp,
}

/// A point of the search: what is done, the value then, and since when.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Point {
    done: Vec<u64>,
    value: String,
}

/// Looks for an order of operations, sorted by when they were asked.
fn explain(operations: &[Operation]) -> Explained {
    let required = operations.iter().filter(|it| it.outcome.is_some()).count();
    let start = Point {
        done: vec![0; operations.len().div_ceil(64)],
        value: String::new(),
    };
    let mut seen = BTreeSet::new();
    // A point, the moment that it has reached, and how many required operations are done.
    let mut stack = vec![(start, 0, 0)];
    let mut furthest = (0, 0);
    while let Some((point, now, count)) = stack.pop() {
        if count == required {
            return Explained::Yes;
        }
        if seen.len() > MOST_POINTS {
            return Explained::GivenUp;
        }
        let is_done = |nth: usize| point.done[nth / 64] >> (nth % 64) & 1 == 1;
        let open = (0..operations.len()).filter(|nth| !is_done(*nth));
        let waiting = open
            .clone()
            .filter(|nth| operations[*nth].outcome.is_some());
        let Some(first) = waiting.min_by_key(|nth| operations[*nth].end) else {
            continue;
        };
        if count >= furthest.0 {
            furthest = (count, first);
        }
        let deadline = operations[first].end;
        if now > deadline {
            continue;
        }
        let may_come = open.take_while(|nth| operations[*nth].call <= deadline);
        let mut next: Vec<_> = may_come
            .filter(|nth| now.max(operations[*nth].call) <= operations[*nth].end)
            .filter_map(|nth| {
                let value = operations[nth].apply(&point.value)?;
                // What changes nothing and is told to nobody need not happen.
                let idle = operations[nth].outcome.is_none() && value == point.value;
                (!idle).then_some((nth, value))
            })
            .collect();
        // What is known comes first.
        next.sort_by_key(|(nth, _)| {
            (
                operations[*nth].outcome.is_some(),
                std::cmp::Reverse(operations[*nth].end),
            )
        });
        for (nth, value) in next {
            let mut done = point.done.clone();
            done[nth / 64] |= 1 << (nth % 64);
            let point = Point { done, value };
            if seen.insert(point.clone()) {
                let is_required = usize::from(operations[nth].outcome.is_some());
                stack.push((point, now.max(operations[nth].call), count + is_required));
            }
        }
    }
    Explained::No(furthest.1)
}

impl std::fmt::Display for Verdict {
    /// `120 operations on 3 keys, 4 of unknown outcome`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            operations,
            unknown,
            keys,
            ..
        } = self;
        write!(
            f,
            "{operations} operations on {keys} keys, {unknown} of unknown outcome"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(lines: &[&str]) -> Verdict {
        check(lines.join("\n").as_bytes()).unwrap_or_else(|why| panic!("{why}"))
    }

    const PUT: &str = r#"{"c":1,"op":"put","k":"x","v":"1","o":"ok","call":0,"ret":10}"#;

    #[test]
    fn what_one_machine_could_answer_is_allowed() {
        for lines in [
            &[
                PUT,
                r#"{"c":2,"op":"get","k":"x","o":"1","call":5,"ret":6}"#,
            ][..],
            &[PUT, r#"{"c":2,"op":"get","k":"x","o":"","call":5,"ret":6}"#],
            &[
                PUT,
                r#"{"c":2,"op":"get","k":"x","o":"1","call":10,"ret":11}"#,
            ],
            // Nobody knows: it may have happened, or not, or later.
            &[
                PUT,
                r#"{"c":2,"op":"put","k":"x","v":"2","call":20,"ret":null}"#,
                r#"{"c":3,"op":"get","k":"x","o":"2","call":90,"ret":91}"#,
            ],
            &[
                PUT,
                r#"{"c":2,"op":"put","k":"x","v":"2","call":20,"ret":null}"#,
                r#"{"c":3,"op":"get","k":"x","o":"1","call":90,"ret":91}"#,
            ],
            &[
                PUT,
                r#"{"c":2,"op":"put","k":"x","v":"2","call":20,"ret":null,"expired":50}"#,
                r#"{"c":3,"op":"get","k":"x","o":"2","call":90,"ret":91}"#,
            ],
            &[
                PUT,
                r#"{"c":2,"op":"cas","k":"x","v":"1>5","o":"ok","call":20,"ret":21}"#,
                r#"{"c":2,"op":"add","k":"x","v":"2","o":"7","call":22,"ret":23}"#,
            ],
            &[
                PUT,
                r#"{"c":2,"op":"append","k":"x","v":"b","o":"ok","call":20,"ret":21}"#,
                r#"{"c":2,"op":"get","k":"x","o":"1b","call":22,"ret":23}"#,
            ],
        ] {
            assert_eq!(verdict(lines).anomaly, None, "{lines:?}");
        }
    }

    #[test]
    fn what_no_machine_could_answer_is_told() {
        for (lines, line) in [
            // A read that is stale.
            (
                &[
                    PUT,
                    r#"{"c":2,"op":"get","k":"x","o":"","call":11,"ret":12}"#,
                ][..],
                2,
            ),
            // A request that was executed twice.
            (
                &[
                    r#"{"c":1,"op":"add","k":"x","v":"1","o":"1","call":0,"ret":9}"#,
                    r#"{"c":1,"op":"get","k":"x","o":"2","call":10,"ret":11}"#,
                ],
                2,
            ),
            // What was seen once is unseen.
            (
                &[
                    PUT,
                    r#"{"c":2,"op":"put","k":"x","v":"2","call":20,"ret":null}"#,
                    r#"{"c":3,"op":"get","k":"x","o":"2","call":30,"ret":31}"#,
                    r#"{"c":3,"op":"get","k":"x","o":"1","call":40,"ret":41}"#,
                ],
                4,
            ),
            // It took effect after its session had expired.
            (
                &[
                    PUT,
                    r#"{"c":2,"op":"put","k":"x","v":"2","call":20,"ret":null,"expired":50}"#,
                    r#"{"c":3,"op":"get","k":"x","o":"1","call":60,"ret":61}"#,
                    r#"{"c":3,"op":"get","k":"x","o":"2","call":90,"ret":91}"#,
                ],
                4,
            ),
        ] {
            let found = verdict(lines).anomaly;
            assert_eq!(
                found.as_ref().map(|(line, _)| *line),
                Some(line),
                "{found:?}"
            );
        }
    }

    #[test]
    fn what_is_no_history_is_told_with_its_field() {
        for (line, told) in [
            ("[]", "line 1: it is no object"),
            (
                "{\"op\":\"fly\"}",
                "line 1: field \"op\" is \"fly\"; write \"put\"",
            ),
            (
                "{\"op\":\"get\",\"k\":\"x\",\"call\":-1}",
                "line 1: field \"call\" is -1",
            ),
            (
                "{\"op\":\"get\",\"k\":\"x\",\"call\":5,\"ret\":4}",
                "line 1: field \"ret\" is 4, before",
            ),
            (
                "{\"op\":\"cas\",\"k\":\"x\",\"v\":\"5\",\"call\":5}",
                "line 1: field \"v\" is \"5\"; write \"old>new\"",
            ),
        ] {
            let why = check(line.as_bytes()).expect_err(line).to_string();
            assert!(why.starts_with(told), "{why}");
        }
    }
}
