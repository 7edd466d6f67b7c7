//! The trace in a thread of its own: there it is read, judged and kept; the page asks for the
//! moments that it shows. The worker is the same program as the page's, told by the first word of its
//! name. Both sides speak in texts: wishes in words, answers in JSON. To cancel is to end the worker.

use std::cell::RefCell;

use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::js_sys::{Date, Uint8Array, global};
use web_sys::{Blob, DedicatedWorkerGlobalScope, ErrorEvent, FileReaderSync, MessageEvent, Worker};

use crate::trace::histories;
use crate::trace::line::Role;
use crate::trace::watch::{Moment, Watch};
use crate::trace::{Report, Rule};

/// The first word of the worker's name.
pub const NAME: &str = "trace";

/// How much is read at once, in bytes.
const PIECE: usize = 1 << 19;

/// How often the worker tells how far it is, in milliseconds.
const TELL_MS: f64 = 80.0;

/// The most findings that are told.
const MOST_FINDINGS: usize = 200;

/// What the worker tells.
#[derive(Serialize, Deserialize)]
pub enum Told {
    /// It can be given a trace.
    Ready,
    /// So many bytes and lines are read.
    Read(usize, usize),
    /// It is judged.
    Judged(Findings),
    /// It is a history of clients, and judged.
    History(History),
    /// It cannot be read: why, in a sentence.
    Refused(String),
    /// A line that was asked for.
    At(Moment),
    /// An excerpt that was asked for.
    Excerpt(String),
}

/// What came of a trace.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    /// The servers' names.
    pub servers: Vec<String>,
    /// How many lines there are.
    pub lines: usize,
    /// What it amounts to, in words.
    pub summary: String,
    /// The steps that no rule allows.
    pub verdicts: Vec<Finding>,
    /// Rules that may be broken, and how often they were.
    pub lenient: Vec<(String, usize)>,
    /// What the trace tells of, and what it does not.
    pub told: (Vec<String>, Vec<String>),
    /// What else is to be said of it, in sentences.
    pub notes: Vec<String>,
    /// When servers changed their roles.
    pub turns: Vec<(usize, usize, Role)>,
}

/// A step that no rule allows.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    pub line: usize,
    pub server: String,
    /// The name of the rule.
    pub rule: String,
    pub told: String,
}

/// What came of a history of clients.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// The first answer that nothing explains: its line, a sentence, and the line itself.
    pub anomaly: Option<(usize, String, String)>,
    /// What it amounts to, in words.
    pub summary: String,
    /// Keys whose search was given up.
    pub undecided: Vec<String>,
}

/// What the page asks of the worker.
pub enum Wish {
    /// The trace again, where these rules may be broken.
    Again(Vec<Rule>),
    /// That line.
    At(usize),
    /// A trace of its own that ends with that line.
    Excerpt(usize),
}

/// A worker that has a trace, as long as this is kept.
pub struct Desk {
    worker: Worker,
    _heard: Closure<dyn FnMut(MessageEvent)>,
    _failed: Closure<dyn FnMut(ErrorEvent)>,
}

#[wasm_bindgen]
extern "C" {
    /// Starts the same program in a worker (`static/boot.js`).
    #[wasm_bindgen(js_name = startWorker)]
    fn start_worker(task: &str) -> Worker;
}

impl Desk {
    /// Starts a worker. `tell` hears what it tells.
    pub fn start(tell: impl Fn(Told) + Clone + 'static) -> Self {
        let worker = start_worker(NAME);
        let told = tell.clone();
        let heard = Closure::new(move |event: MessageEvent| {
            let text = event.data().as_string().unwrap_or_default();
            told(serde_json::from_str(&text).unwrap_or(Told::Refused(text)));
        });
        let failed = Closure::new(move |_: ErrorEvent| {
            tell(Told::Refused(
                "This browser could not hold the trace. Try a shorter one.".into(),
            ));
        });
        worker.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        worker.set_onerror(Some(failed.as_ref().unchecked_ref()));
        Self {
            worker,
            _heard: heard,
            _failed: failed,
        }
    }

    /// Gives it the trace.
    pub fn open(&self, blob: &Blob) {
        // A worker that is gone says so itself.
        let _ = self.worker.post_message(blob);
    }

    pub fn ask(&self, wish: &Wish) {
        let _ = self.worker.post_message(&wish.write().into());
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

impl Wish {
    fn write(&self) -> String {
        match self {
            Self::Again(rules) => {
                let names: Vec<&str> = rules.iter().map(|rule| rule.name()).collect();
                format!("again {}", names.join(" "))
            }
            Self::At(line) => format!("at {line}"),
            Self::Excerpt(line) => format!("excerpt {line}"),
        }
    }

    fn read(text: &str) -> Option<Self> {
        let (word, rest) = text.split_once(' ')?;
        Some(match word {
            "again" => Self::Again(
                rest.split(' ')
                    .filter_map(|name| name.parse().ok())
                    .collect(),
            ),
            "at" => Self::At(rest.parse().ok()?),
            "excerpt" => Self::Excerpt(rest.parse().ok()?),
            _ => return None,
        })
    }
}

thread_local! {
    static KEPT: RefCell<Kept> = RefCell::default();
}

/// What a worker keeps.
#[derive(Default)]
struct Kept {
    watch: Option<Watch>,
    lenient: Vec<Rule>,
}

/// What a worker with that name does.
pub fn serve() {
    let scope: DedicatedWorkerGlobalScope = global().unchecked_into();
    let heard = Closure::<dyn FnMut(MessageEvent)>::new(|event: MessageEvent| {
        KEPT.with_borrow_mut(|kept| match event.data().as_string() {
            Some(wish) => kept.obey(Wish::read(&wish)),
            None => kept.open(&event.data().unchecked_into()),
        });
    });
    scope.set_onmessage(Some(heard.as_ref().unchecked_ref()));
    heard.forget();
    tell(&Told::Ready);
}

fn tell(told: &Told) {
    let scope: DedicatedWorkerGlobalScope = global().unchecked_into();
    if let Ok(text) = serde_json::to_string(told) {
        // A page that is gone needs no news.
        let _ = scope.post_message(&text.into());
    }
}

impl Kept {
    fn obey(&mut self, wish: Option<Wish>) {
        let Some(wish) = wish else { return };
        if let Wish::Again(lenient) = wish {
            self.lenient = lenient;
            if let Some(watch) = &mut self.watch {
                watch.again(&self.lenient);
                judge(watch);
            }
            return;
        }
        let Some(watch) = &mut self.watch else { return };
        match wish {
            Wish::At(line) => tell(&Told::At(watch.moment(line))),
            Wish::Excerpt(line) => tell(&Told::Excerpt(watch.excerpt(line))),
            Wish::Again(_) => {}
        }
    }

    /// Reads a file from its beginning to its end, and judges it meanwhile.
    fn open(&mut self, blob: &Blob) {
        let size = blob.size() as usize;
        let mut watch = Watch::new(size);
        watch.again(&self.lenient);
        let (mut from, mut last, mut history) = (0, Date::now(), None);
        while from < size {
            let until = (from + PIECE).min(size);
            let Some(piece) = piece(blob, from, until) else {
                return tell(&Told::Refused(
                    "The file cannot be read. Has it been moved or changed?".into(),
                ));
            };
            if from == 0 && histories::begins(&piece) {
                history = Some(Vec::with_capacity(size));
            }
            from = until;
            match &mut history {
                Some(text) => text.extend_from_slice(&piece),
                None => {
                    watch.push(&piece);
                    watch.work(usize::MAX);
                }
            }
            if watch.is_over() {
                break;
            }
            if Date::now() - last > TELL_MS {
                last = Date::now();
                let (_, lines) = watch.progress();
                tell(&Told::Read(from, lines));
            }
        }
        match history {
            Some(text) => tell_history(&text),
            None => {
                judge(&mut watch);
                self.watch = Some(watch);
            }
        }
    }
}

fn piece(blob: &Blob, from: usize, until: usize) -> Option<Vec<u8>> {
    let slice = blob
        .slice_with_f64_and_f64(from as f64, until as f64)
        .ok()?;
    let reader = FileReaderSync::new().ok()?;
    let buffer = reader.read_as_array_buffer(&slice).ok()?;
    Some(Uint8Array::new(&buffer).to_vec())
}

/// Judges what is left, and tells what came of it all.
fn judge(watch: &mut Watch) {
    let mut last = Date::now();
    while watch.work(PIECE) {
        if Date::now() - last > TELL_MS {
            last = Date::now();
            let (bytes, lines) = watch.progress();
            tell(&Told::Read(bytes, lines));
        }
    }
    watch.end();
    tell(&match watch.report() {
        Ok(report) => Told::Judged(findings(watch, report)),
        Err(why) => Told::Refused(format!("Line {}: {}.", why.line, why.message)),
    });
}

fn findings(watch: &Watch, report: Report) -> Findings {
    let (told, not) = report.summary.told();
    let own = |names: Vec<&str>| names.into_iter().map(String::from).collect();
    let mut notes = Vec::new();
    if let Some(line) = report.cut_off {
        notes.push(format!(
            "Line {line} is cut off: the lines before it are judged."
        ));
    }
    if let Some(why) = &report.stopped {
        notes.push(format!("Read no further than {why}."));
    }
    let lenient = report.lenient.iter();
    Findings {
        servers: watch.names(),
        lines: watch.progress().1,
        summary: report.summary.to_string(),
        lenient: lenient
            .map(|(rule, count)| (rule.name().into(), *count))
            .collect(),
        told: (own(told), own(not)),
        notes,
        turns: watch.turns().to_vec(),
        verdicts: report
            .verdicts
            .into_iter()
            .take(MOST_FINDINGS)
            .map(|verdict| Finding {
                line: verdict.line,
                server: verdict.server,
                rule: verdict.rule.name().into(),
                told: verdict.told,
            })
            .collect(),
    }
}

fn tell_history(text: &[u8]) {
    tell(&match histories::check(text) {
        Err(why) => Told::Refused(format!("Line {}: {}.", why.line, why.message)),
        Ok(found) => Told::History(History {
            summary: found.to_string(),
            anomaly: found.anomaly.map(|(line, told)| {
                let lines = text.split(|byte| *byte == b'\n');
                let json = lines.into_iter().nth(line - 1).unwrap_or_default();
                (line, told, String::from_utf8_lossy(json).into_owned())
            }),
            undecided: found.undecided,
        }),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_reads_as_it_is_written() {
        let wishes = [
            Wish::Again(vec![]),
            Wish::Again(vec![Rule::UpToDate, Rule::ReadIndex]),
            Wish::At(812),
            Wish::Excerpt(1),
        ];
        for wish in wishes {
            let read = Wish::read(&wish.write()).map(|wish| wish.write());
            assert_eq!(read, Some(wish.write()));
        }
        assert!(Wish::read("at nothing").is_none());
    }
}
