//! The search of futures in a thread of its own, in the same worker as the hunt: the first word of its
//! name is `reach`, the rest is what is searched, and from where.

use std::rc::Rc;

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, js_sys};

use crate::check::Property;
use crate::hunt::reach::{Aim, Outcome, Search, moment, watchable};
use crate::raft::NodeId;
use crate::session::{Session, link};
use crate::sim::Time;
use crate::sim::text::write_run;
use crate::ui::task::Task;

/// The first word of the worker's name.
pub const WORD: &str = "reach";

/// States between two looks at the clock.
const STATES: u64 = 2_000;

/// How often the search tells how far it is, in milliseconds.
const TELL_MS: f64 = 150.0;

/// How far a search is.
#[derive(Clone, PartialEq, Debug)]
pub struct Reached {
    /// States visited so far.
    pub states: u64,
    /// States a second.
    pub rate: u64,
    /// How many steps its ways have.
    pub depth: u8,
    /// How it ended, if it has.
    pub end: Option<End>,
}

/// How a search ended.
#[derive(Clone, PartialEq, Debug)]
pub enum End {
    /// The aim is reached in so many steps; the run that shows it, as text.
    Found(usize, String),
    /// Not within the limit.
    Not,
    /// There were too many states.
    TooMany,
}

/// Begins to search from the cursor of `session`. `tell` hears how far it is, or why there is no
/// search.
pub fn start(
    session: &Session,
    aim: Aim,
    limit: u8,
    tell: impl Fn(Result<Reached, String>) + 'static,
) -> Task {
    let told = move |message: Option<JsValue>| {
        let gone = "This browser starts no worker. Any current one does.";
        let text = message.and_then(|message| message.as_string());
        let text = text.unwrap_or_else(|| gone.into());
        tell(read(&text).ok_or(text));
    };
    Task::start(&name(session, aim, limit), Rc::new(told))
}

/// `reach 0 3 8 1500 AgcH...`: the kind of the aim and its number, the limit, the cursor, the run.
fn name(session: &Session, aim: Aim, limit: u8) -> String {
    let (kind, number) = match aim {
        Aim::Broken(property) => (0, property as usize),
        Aim::Leads(id) => (1, id.number()),
    };
    let (now, link) = (session.now().0, link::write(session));
    format!("{WORD} {kind} {number} {limit} {now} {link}")
}

/// What a worker with such a name does: it searches to the end, and tells how far it is.
pub fn search(name: &str) -> Option<()> {
    let words: Vec<&str> = name.split(' ').collect();
    let number = |nth: usize| words.get(nth)?.parse::<u64>().ok();
    let aim = match number(1)? {
        0 => Aim::Broken(*Property::ALL.get(number(2)? as usize)?),
        _ => Aim::Leads(NodeId::new(number(2)? as usize)?),
    };
    let (limit, now) = (number(3)? as u8, Time(number(4)?));
    let session = link::read(words.get(5)?).ok()?;
    let scenario = session.scenario();
    let before: Vec<_> = session
        .actions()
        .iter()
        .filter(|(at, _)| *at <= now)
        .cloned()
        .collect();
    let (world, checker) = moment(scenario, &before, now)?;
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let mut search = Search::new(&world, &checker, aim, limit);
    let (began, mut told) = (js_sys::Date::now(), js_sys::Date::now());
    let mut over = false;
    while !over {
        over = search.work(STATES);
        let time = js_sys::Date::now();
        if over || time - told >= TELL_MS {
            told = time;
            let rate = search.visited() as f64 * 1000.0 / (time - began).max(1.0);
            let end = match search.outcome() {
                None => String::new(),
                Some(Outcome::Not) => "not".into(),
                Some(Outcome::TooMany(_)) => "many".into(),
                Some(Outcome::Found(way)) => {
                    let run = watchable(scenario, &before, now, way, aim);
                    format!("found\n{}\n{}", way.len(), write_run(scenario, &run))
                }
            };
            let depth = match search.outcome() {
                Some(Outcome::TooMany(depth)) => *depth,
                _ => search.depth(),
            };
            let text = format!("{}\n{}\n{depth}\n{end}", search.visited(), rate as u64);
            // A page that is gone needs no news.
            let _ = scope.post_message(&text.into());
        }
    }
    Some(())
}

fn read(text: &str) -> Option<Reached> {
    let mut lines = text.splitn(6, '\n');
    let (states, rate) = (lines.next()?.parse().ok()?, lines.next()?.parse().ok()?);
    let depth = lines.next()?.parse().ok()?;
    let end = match lines.next()? {
        "" => None,
        "not" => Some(End::Not),
        "many" => Some(End::TooMany),
        _ => Some(End::Found(
            lines.next()?.parse().ok()?,
            lines.next()?.into(),
        )),
    };
    Some(Reached {
        states,
        rate,
        depth,
        end,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_of_a_search_can_be_read() {
        let read = |text: &str| read(text).map(|news| news.end);
        assert_eq!(read("12\n900\n3\n"), Some(None));
        assert_eq!(read("12\n900\n3\nnot"), Some(Some(End::Not)));
        let run = "servers 3\nat 5ms crash S1\n";
        let found = format!("12\n900\n3\nfound\n6\n{run}");
        assert_eq!(read(&found), Some(Some(End::Found(6, run.into()))));
        assert_eq!(read("A part of the page did not arrive."), None);
    }
}
