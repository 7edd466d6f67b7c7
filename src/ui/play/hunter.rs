//! A hunt in a thread of its own ([`crate::ui::task`]). The first word of the worker's name is the rule;
//! it tells how far it is in messages, each some lines of text ([`News`]).

use std::rc::Rc;
use std::str::FromStr;

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, js_sys};

use crate::check::Property;
use crate::hunt::Hunt;
use crate::hunt::detections::Detection;
use crate::raft::Rule;
use crate::sim::text::write_run;
use crate::ui::task::Task;

/// How often the hunter tells how far it is, in milliseconds.
const TELL_MS: f64 = 100.0;

/// Steps between two looks at the clock.
const STEPS: u64 = 500;

/// How far a hunt is.
#[derive(Clone, PartialEq, Debug)]
pub struct News {
    /// Schedules played so far.
    pub schedules: u64,
    /// Steps taken so far.
    pub steps: u64,
    /// What it is at.
    pub stage: Stage,
}

/// What a hunt is at.
#[derive(Clone, PartialEq, Debug)]
pub enum Stage {
    /// It seeks a schedule.
    Seeking,
    /// It makes the one it has found short.
    Shortening,
    /// It is over.
    Found(Counterexample),
    /// It is over, for nothing.
    Vain,
}

/// What was found.
#[derive(Clone, PartialEq, Debug)]
pub struct Counterexample {
    /// What falls.
    pub property: Property,
    /// How many actions the schedule had.
    pub length: usize,
    /// How many of them were needed.
    pub needed: usize,
    /// The schedule as it was left, as text: a run without the rule.
    pub run: String,
}

/// Begins to hunt for what breaks without a rule. `tell` hears how far it is, or in a sentence why
/// there is no hunt.
pub fn start(rule: Rule, tell: impl Fn(Result<News, String>) + 'static) -> Task {
    let told = move |message: Option<JsValue>| {
        let gone = "This browser starts no hunter. Any current one does.";
        let text = message.and_then(|message| message.as_string());
        let text = text.unwrap_or_else(|| gone.into());
        tell(text.parse::<News>().map_err(|_| text));
    };
    Task::start(rule.name(), Rc::new(told))
}

/// What a worker does, and no page: it hunts for what breaks without the rule that its name begins with, to the end.
pub fn hunt() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let name = scope.name();
    let rule = name.split(' ').next().and_then(|rule| rule.parse().ok());
    let Some(detection) = rule.and_then(Detection::of) else {
        return;
    };
    let mut hunt = Hunt::new(detection.target(), detection.seed);
    let mut told = js_sys::Date::now();
    let mut over = false;
    while !over {
        over = hunt.work(STEPS);
        let now = js_sys::Date::now();
        if over || now - told >= TELL_MS {
            told = now;
            // A page that is gone needs no news.
            let _ = scope.post_message(&News::of(&hunt, over).write().into());
        }
    }
}

impl News {
    fn of(hunt: &Hunt, over: bool) -> Self {
        let tally = hunt.tally();
        let stage = match hunt.found() {
            Some(find) => Stage::Found(Counterexample {
                property: find.violation.property(),
                length: find.length,
                needed: find.schedule.actions.len(),
                run: write_run(&find.schedule.scenario, &find.schedule.actions),
            }),
            None if over => Stage::Vain,
            None if hunt.is_shrinking() => Stage::Shortening,
            None => Stage::Seeking,
        };
        Self {
            schedules: tally.schedules,
            steps: tally.steps,
            stage,
        }
    }

    /// As a message: the numbers, what it is at, and if something was found, that.
    fn write(&self) -> String {
        let Self {
            schedules, steps, ..
        } = self;
        let stage = match &self.stage {
            Stage::Seeking => "seeking".into(),
            Stage::Shortening => "shortening".into(),
            Stage::Vain => "vain".into(),
            Stage::Found(Counterexample {
                property,
                length,
                needed,
                run,
            }) => format!("found\n{property}\n{length}\n{needed}\n{run}"),
        };
        format!("{schedules}\n{steps}\n{stage}")
    }
}

impl FromStr for News {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut lines = text.splitn(7, '\n');
        let mut line = || lines.next().ok_or(());
        let (schedules, steps) = (number(line()?)?, number(line()?)?);
        let stage = match line()? {
            "seeking" => Stage::Seeking,
            "shortening" => Stage::Shortening,
            "vain" => Stage::Vain,
            "found" => Stage::Found(Counterexample {
                property: Property::named(line()?).ok_or(())?,
                length: number(line()?)? as usize,
                needed: number(line()?)? as usize,
                run: line()?.into(),
            }),
            _ => return Err(()),
        };
        Ok(Self {
            schedules,
            steps,
            stage,
        })
    }
}

fn number(text: &str) -> Result<u64, ()> {
    text.parse().map_err(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_reads_as_it_is_written() {
        let found = Stage::Found(Counterexample {
            property: Property::LeaderCompleteness,
            length: 9,
            needed: 1,
            run: "servers 3\nat 5ms crash S1\n".into(),
        });
        for stage in [Stage::Seeking, Stage::Shortening, Stage::Vain, found] {
            let news = News {
                schedules: 4_000_000_000,
                steps: 7,
                stage,
            };
            assert_eq!(news.write().parse(), Ok(news));
        }
    }

    #[test]
    fn what_is_no_news_is_a_sentence() {
        for text in [
            "",
            "A part of the page did not arrive.",
            "1\n2\nlost",
            "1\n2\nfound\nNothing\n3\n",
        ] {
            assert_eq!(text.parse::<News>(), Err(()));
        }
    }
}
