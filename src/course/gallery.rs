//! The gallery: scenarios for free play, read from the texts in `src/scenarios`.
//!
//! Each opens at a moment where something is about to happen, asks a question and says what to try.
//! Most have a counter-measure: the same run from the same step, with one setting or rule changed.
//! What is said of both is a script with expectations, and a test runs it.
//!
//! A challenge is a scenario with a goal. Its script brings it about: how many actions that takes is
//! the par.

use super::Script;
use crate::narrate::say;
use crate::script::{Goal, Runner};
use crate::session::Session;
use crate::sim::text::{TextError, parse_action};
use crate::sim::{Action, Scenario};

/// A scenario of the gallery.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Exhibit {
    /// Its name in a link.
    pub name: &'static str,
    /// Its title.
    pub title: String,
    /// What it is about: exhibits of a group stand together.
    pub group: String,
    /// What it asks.
    pub ask: String,
    /// What to try.
    pub hint: String,
    /// What is to be brought about, if it is a challenge.
    pub goal: Option<Goal>,
    /// The counter-measure, if it has one.
    pub counter: Option<Counter>,
    setup: Script,
    then: Script,
    counter_then: Script,
}

/// A counter-measure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Counter {
    /// Its name, as in "the same with Pre-Vote".
    pub name: String,
    /// What is done at the moment where the scenario opens.
    pub actions: Vec<Action>,
}

macro_rules! exhibits {
    ($($name:literal)*) => {
        /// The names of the texts, and the texts.
        const TEXTS: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../scenarios/", $name, ".txt")))),*];
    };
}

exhibits! {
    "first-election"
    "split-vote"
    "election-timeout"
    "stale-log"
    "returning-server"
    "lost-vote"
    "transfer"
    "figure-7"
    "figure-8"
    "commit-rule"
    "no-op"
    "two-leaders"
    "deaf-leader"
    "half-failed-switch"
    "partial-partition"
    "stranded-leader"
    "no-majority"
    "stale-read"
    "fast-clock"
    "double-increment"
    "joint-consensus"
    "switching-at-once"
    "flaw-of-2015"
    "snapshot"
    "slow-disk"
    "wiped-disk"
    "keep-two-leaders"
    "split-the-votes"
    "be-the-network"
    "lose-a-write"
    "save-a-write"
    "count-twice"
    "read-the-past"
    "two-in-one-term"
    "forget-the-log"
    "old-leader-commits"
    "beat-the-hunter"
    "old-replies"
}

/// All of them, in their order. An error names the text.
pub fn exhibits() -> Result<Vec<Exhibit>, String> {
    let exhibits = TEXTS.iter().map(|(name, text)| {
        Exhibit::read(name, text).map_err(|why| format!("scenario {name}: {why}"))
    });
    exhibits.collect()
}

/// The name, if there is a scenario of that name.
pub fn named(name: &str) -> Option<&'static str> {
    let mut names = TEXTS.iter().map(|(name, _)| *name);
    names.find(|other| *other == name)
}

/// The one of that name.
pub fn exhibit(name: &str) -> Option<Exhibit> {
    let (name, text) = TEXTS.iter().find(|(other, _)| *other == name)?;
    Exhibit::read(name, text).ok()
}

impl Exhibit {
    fn read(name: &'static str, text: &str) -> Result<Self, String> {
        let mut exhibit = Self {
            name,
            ..Self::default()
        };
        let mut section = "";
        for (nth, line) in text.lines().enumerate() {
            if let Some(title) = line.strip_prefix("## ") {
                section = title;
                continue;
            }
            match section {
                "" => exhibit.field(line)?,
                "setup" => exhibit.setup.push(nth + 1, line),
                "then" => exhibit.then.push(nth + 1, line),
                "counter" => exhibit.counter_then.push(nth + 1, line),
                _ => return Err(format!("there is no section \"{section}\"")),
            }
        }
        Ok(exhibit)
    }

    fn field(&mut self, line: &str) -> Result<(), String> {
        if line.is_empty() {
            return Ok(());
        }
        let (name, value) = line
            .split_once(": ")
            .ok_or_else(|| format!("\"{line}\" is no field"))?;
        match name {
            "title" => self.title = say(value).into(),
            "group" => self.group = say(value).into(),
            "ask" => self.ask = say(value).into(),
            "try" => self.hint = say(value).into(),
            "goal" => self.goal = Some(Goal::parse(value).map_err(|(_, message)| message)?),
            "counter" => {
                let (name, actions) = value
                    .split_once(" = ")
                    .ok_or_else(|| format!("\"{value}\" lacks its action"))?;
                let actions: Result<Vec<Action>, String> =
                    actions.split(" · ").map(parse_action).collect();
                self.counter = Some(Counter {
                    name: say(name).into(),
                    actions: actions?,
                });
            }
            _ => return Err(format!("there is no field \"{name}\"")),
        }
        Ok(())
    }

    fn runner(&self) -> Result<Runner, TextError> {
        let mut runner = Runner::of(Scenario::new(5, 1));
        self.setup.follow(&mut runner)?;
        Ok(runner)
    }

    /// The run, at the moment where something is about to happen.
    pub fn session(&self) -> Result<Session, TextError> {
        let mut session = Session::of(&self.runner()?)?;
        if let Some(goal) = &self.goal {
            session.watch_for(vec![goal.clone()]);
        }
        Ok(session)
    }

    /// A run of it that was kept, with an eye on what the challenge asks for; any other run as it
    /// is.
    pub fn resumed(&self, run: Session) -> Session {
        let Ok(mut session) = self.session() else {
            return run;
        };
        let begun = session.actions().len();
        let own = run.scenario() == session.scenario()
            && run.actions().get(..begun) == Some(session.actions());
        if !own || self.goal.is_none() {
            return run;
        }
        for (at, action) in &run.actions()[begun..] {
            session.advance(*at);
            // What was done in the run can be done here: both are the same up to this action.
            let _ = session.act(action.clone());
        }
        session.advance(run.head());
        session.adopt(&run);
        session.seek(run.now());
        session
    }

    /// How many actions have brought the run to the moment at which it opens.
    pub fn begun(&self) -> usize {
        self.runner().map_or(0, |runner| runner.actions().len())
    }

    /// The run in which the recorded actions have brought about what the challenge asks for.
    pub fn solution(&self) -> Result<Session, TextError> {
        let mut runner = self.runner()?;
        let begun = runner.actions().len();
        self.then.follow(&mut runner)?;
        let mut session = self.session()?;
        for (at, action) in &runner.actions()[begun..] {
            session.advance(*at);
            // What was done in the runner can be done here.
            let _ = session.act(action.clone());
        }
        session.advance(runner.now());
        Ok(session)
    }

    /// The same at the same moment, with the counter-measure.
    pub fn counter_session(&self) -> Result<Session, TextError> {
        let mut session = self.session()?;
        for action in self.counter.iter().flat_map(|counter| &counter.actions) {
            let done = session.act(action.clone());
            done.map_err(|message| TextError {
                line: 1,
                column: 1,
                message,
            })?;
        }
        Ok(session)
    }

    /// Follows what is said of it, or of its counter-run. An error is an expectation that fails.
    pub fn check(&self, counter: bool) -> Result<(), TextError> {
        let mut runner = self.runner()?;
        if !counter {
            return self.then.follow(&mut runner);
        }
        let mut measure = Script::default();
        for action in self.counter.iter().flat_map(|counter| &counter.actions) {
            measure.push(1, &action.to_string());
        }
        measure.follow(&mut runner)?;
        self.counter_then.follow(&mut runner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::Time;

    #[test]
    fn every_scenario_does_what_it_says_and_so_does_its_counter_run() {
        let exhibits = exhibits().unwrap();
        assert!(exhibits.len() >= 20);
        let mut failed = Vec::new();
        for exhibit in &exhibits {
            let mut note = |what: &str, result: Result<(), TextError>| {
                if let Err(error) = result {
                    failed.push(format!("{} ({what}): {error}", exhibit.name));
                }
            };
            note("run", exhibit.check(false));
            note("opening", exhibit.session().map(|_| ()));
            if exhibit.counter.is_some() {
                assert!(!exhibit.counter_then.is_empty(), "{}", exhibit.name);
                note("counter-run", exhibit.check(true));
                note("counter opening", exhibit.counter_session().map(|_| ()));
            }
        }
        assert!(failed.is_empty(), "{}", failed.join("\n"));
    }

    #[test]
    fn challenges_are_met_by_their_solutions_and_not_by_waiting() {
        let challenges = exhibits().unwrap();
        let challenges = challenges.iter().filter(|exhibit| exhibit.goal.is_some());
        let mut count = 0;
        for exhibit in challenges {
            let mut idle = exhibit.session().unwrap();
            let begun = idle.now();
            idle.advance(begun + Time::ms(5_000));
            assert_eq!(idle.met(0), None, "{} needs nothing", exhibit.name);
            let solution = exhibit.solution().unwrap();
            assert!(solution.met(0).is_some(), "{} is not met", exhibit.name);
            // The last act is needed, too.
            let (last, _) = solution.actions().last().unwrap();
            let mut without = solution.clone();
            without.undo();
            without.advance(*last + Time::ms(200));
            assert_eq!(without.met(0), None, "{} has an act too many", exhibit.name);
            assert!(solution.actions().len() > exhibit.begun());
            count += 1;
        }
        assert!(count >= 12);
    }

    #[test]
    fn a_challenge_that_is_opened_again_knows_what_was_done() {
        let challenge = exhibit("keep-two-leaders").unwrap();
        let solution = challenge.solution().unwrap();
        let kept = |session: &Session| {
            let actions = session.actions().to_vec();
            let mut kept = Session::replay(session.scenario().clone(), actions).unwrap();
            kept.advance(session.now());
            kept
        };
        assert_eq!(kept(&solution).met(0), None);
        let again = challenge.resumed(kept(&solution));
        assert_eq!(again.met(0), solution.met(0));
        assert_eq!(again.now(), solution.now());
        assert_eq!(again.actions(), solution.actions());
        let idle = challenge.resumed(kept(&challenge.session().unwrap()));
        assert_eq!(idle.met(0), None);
        // What was put aside is still there.
        let mut forked = kept(&solution);
        forked.seek(challenge.session().unwrap().now());
        forked.bookmark();
        forked.act(parse_action("crash S5").unwrap()).unwrap();
        assert_eq!(forked.branches().count(), 1);
        let again = challenge.resumed(forked.clone());
        let tips =
            |session: &Session| -> Vec<Time> { session.branches().map(|one| one.head).collect() };
        assert_eq!(tips(&again), tips(&forked));
        assert_eq!(again.bookmarks(), forked.bookmarks());
        assert_eq!(again.now(), forked.now());
        // Another run stays what it is.
        let other = Session::read("servers 3\ncrash S1").unwrap();
        assert_eq!(challenge.resumed(other.clone()).actions(), other.actions());
    }

    #[test]
    fn every_scenario_says_what_a_visitor_needs() {
        for exhibit in exhibits().unwrap() {
            let words = |text: &str| text.split_whitespace().count();
            assert!(!exhibit.title.is_empty() && !exhibit.group.is_empty());
            assert!((4..=20).contains(&words(&exhibit.ask)), "{}", exhibit.ask);
            assert!((2..=20).contains(&words(&exhibit.hint)), "{}", exhibit.hint);
            assert_eq!(super::exhibit(exhibit.name).unwrap(), exhibit);
        }
    }
}
