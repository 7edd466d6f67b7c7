//! A trace of a simulated cluster, as docs/trace.md tells it: one line a step, with what changed.

use std::io::Write;

use serde_json::{Map, Value, json};

/// Writes the trace of the seed that the command line names, or of seed 1.
pub fn print(run: impl FnOnce(u64) -> String) {
    let seed = std::env::args().nth(1);
    let seed = seed.and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let written = std::io::stdout().write_all(run(seed).as_bytes());
    written.unwrap_or_else(|why| eprintln!("standard output: {why}"));
}

/// Where chance comes from: all hangs on a seed.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// A node after a step.
#[derive(Clone, Default)]
pub struct Shown {
    pub term: u64,
    pub vote: Option<u64>,
    pub role: &'static str,
    /// The index of the first of the entries.
    pub first: u64,
    /// Each as `[term, value]`.
    pub entries: Vec<Value>,
    pub commit: u64,
}

/// What a step did beside changing its node.
pub struct Step {
    pub kind: &'static str,
    /// The message that arrived, and where it was sent: the line, and the place in its `out`.
    pub received: Option<(Value, (usize, usize))>,
    pub sent: Vec<Value>,
}

pub struct Paper {
    pub text: String,
    lines: usize,
    /// By node: what was last told of it.
    told: Vec<Shown>,
}

impl Paper {
    pub fn new(nodes: u64) -> Self {
        let names: Vec<u64> = (1..=nodes).collect();
        let begin = Shown {
            role: "F",
            first: 1,
            ..Shown::default()
        };
        Self {
            text: format!(
                "{}\n",
                json!({"e": "init", "servers": names, "changes": true})
            ),
            lines: 1,
            told: vec![begin; names.len()],
        }
    }

    /// What was last told of a node.
    pub fn told(&self, who: usize) -> &Shown {
        &self.told[who]
    }

    /// Tells a step of the node at that place, and says in which line. A step that changed nothing
    /// and sent nothing has no line.
    pub fn step(&mut self, who: usize, step: Step, now: Shown) -> usize {
        let state = changes(&self.told[who], &now, step.kind == "restart");
        self.told[who] = now;
        if step.kind == "tick" && state.is_empty() && step.sent.is_empty() {
            return self.lines;
        }
        let mut line = json!({"e": step.kind, "n": who + 1, "s": state, "out": step.sent});
        if let Some((message, source)) = step.received {
            line["m"] = message;
            line["src"] = json!([source.0, source.1]);
        }
        self.text.push_str(&format!("{line}\n"));
        self.lines += 1;
        self.lines
    }
}

fn changes(before: &Shown, now: &Shown, all: bool) -> Map<String, Value> {
    let mut state = Map::new();
    let mut tell = |name: &str, changed: bool, value: Value| {
        if changed || all {
            state.insert(name.into(), value);
        }
    };
    let voted = before.vote != now.vote || before.term != now.term;
    tell("term", before.term != now.term, json!(now.term));
    tell("vote", voted, json!(now.vote));
    tell("role", before.role != now.role, json!(now.role));
    tell("commit", before.commit != now.commit, json!(now.commit));
    if before.first != now.first {
        state.insert("first".into(), json!(now.first));
        state.insert("log".into(), json!(now.entries));
        return state;
    }
    let both = before.entries.iter().zip(&now.entries);
    let common = both.take_while(|(a, b)| a == b).count();
    if common < before.entries.len() || common < now.entries.len() {
        let from = now.first + common as u64;
        state.insert("+".into(), json!([from, now.entries[common..]]));
    }
    state
}
