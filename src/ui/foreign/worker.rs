//! The trace in a thread of its own: there it is read, judged and kept; the page asks for the
//! moments that it shows ([`super::super::task`]). Both write letters (`letters`).

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::js_sys::{Array, Date, Uint8Array, global};
use web_sys::{Blob, DedicatedWorkerGlobalScope, FileReaderSync, MessageEvent};

use super::super::task::Task;
use super::letters::{Finding, Findings, History, Told, Wish};
use crate::narrate::say;
use crate::trace::watch::Watch;
use crate::trace::{Report, Rule, histories};

/// The first word of the worker's name.
pub const NAME: &str = "trace";

/// How much is read at once, in bytes.
const PIECE: usize = 1 << 19;

/// How often the worker tells how far it is, in milliseconds.
const TELL_MS: f64 = 80.0;

/// The most findings that are told.
const MOST_FINDINGS: usize = 200;

/// A worker that has a trace, as long as this is kept.
pub struct Desk(Task);

impl Desk {
    /// Starts a worker. `tell` hears what it tells.
    pub fn start(tell: impl Fn(Told) + 'static) -> Self {
        let gone = say("This browser could not hold the trace. Try a shorter one.");
        let told = move |letter: Option<JsValue>| {
            tell(letter.map_or_else(|| Told::Refused(gone.into()), |letter| read(&letter)));
        };
        Self(Task::start(NAME, Rc::new(told)))
    }

    /// Gives it the trace.
    pub fn open(&self, blob: &Blob) {
        self.0.say(blob);
    }

    pub fn ask(&self, wish: &Wish) {
        self.0.say(&wish.write().into());
    }
}

/// A letter of the worker; a sentence, if the worker could not start.
fn read(letter: &JsValue) -> Told {
    if let Some(why) = letter.as_string() {
        return Told::Refused(why);
    }
    let texts = Array::from(letter).into_iter();
    let texts = texts.map(|text| text.as_string().unwrap_or_default());
    let read = Told::read(texts.collect());
    read.unwrap_or_else(|| Told::Refused(say("The trace could not be shown.").into()))
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
    let letter: Array = told.write().into_iter().map(JsValue::from).collect();
    // A page that is gone needs no news.
    let _ = scope.post_message(&letter);
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
    Findings {
        servers: watch.names(),
        lines: watch.progress().1,
        kinds: report.summary.told_kinds(),
        term: report.summary.term,
        committed: report.summary.committed,
        lenient: report.lenient,
        told: own(told),
        untold: own(not),
        cut_off: report.cut_off,
        stopped: report.stopped.as_ref().map(ToString::to_string),
        turns: watch.turns().to_vec(),
        verdicts: report
            .verdicts
            .into_iter()
            .take(MOST_FINDINGS)
            .map(|verdict| Finding {
                line: verdict.line,
                server: verdict.server,
                rule: verdict.rule,
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
