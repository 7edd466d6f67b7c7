//! What a page says of a cluster, carried out: its set-up, its answer, the runs that show why a
//! prediction is wrong.

use super::{Page, Script};
use crate::raft::{Rule, Rules};
use crate::script::{Goal, Runner};
use crate::session::Session;
use crate::sim::text::{self, Statement, TextError};
use crate::sim::{Scenario, StepId, Time};

/// The servers of a page that names no number.
const SERVERS: u8 = 5;

impl Script {
    pub(super) fn push(&mut self, line: usize, text: &str) {
        self.0.push((line, text.into()));
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it begins by switching a rule off: then it is a run in another world.
    pub fn is_other_world(&self) -> bool {
        let first = self.0.first();
        first.is_some_and(|(_, text)| text.starts_with("rules off "))
    }

    /// Whether one of its statements begins so.
    pub fn says(&self, beginning: &str) -> bool {
        let mut statements = self.0.iter().flat_map(|(_, text)| text::statements(text));
        statements.any(|statement| statement.text.starts_with(beginning))
    }

    /// The statements at its beginning that switch rules off, and the others.
    fn split_rules(self) -> (Self, Self) {
        let mut rules = Self::default();
        let mut others = Self::default();
        for (line, text) in &self.0 {
            for statement in text::statements(text) {
                let is_rule = statement.text.starts_with("rules off ") && others.is_empty();
                let part = if is_rule { &mut rules } else { &mut others };
                part.push(*line, statement.text);
            }
        }
        (rules, others)
    }

    /// Follows statements that belong to the beginning, before anything happens.
    fn follow_beginning(&self, runner: &mut Runner) -> Result<(), TextError> {
        for (line, text) in &self.0 {
            runner.execute(&Statement {
                text,
                line: *line,
                column: 1,
            })?;
        }
        Ok(())
    }

    /// Follows it. An error names its line in the file.
    pub fn follow(&self, runner: &mut Runner) -> Result<(), TextError> {
        for (line, text) in &self.0 {
            for statement in text::statements(text) {
                let statement = Statement {
                    line: *line,
                    ..statement
                };
                runner.execute(&statement)?;
            }
        }
        // What an action made due at its very moment happens too.
        let last = Statement {
            text: "run 0ms",
            line: self.0.last().map_or(1, |(line, _)| *line),
            column: 1,
        };
        runner.execute(&last).map(|_| ())
    }
}

impl Page {
    /// The cluster of the page, at the end of its set-up, with the luck of `seed` unless it names
    /// one; and what the page watches for.
    pub fn session(&self, seed: u64) -> Result<Session, TextError> {
        let runner = self.runner(seed)?;
        let mut session = Session::of(&runner)?;
        session.watch_for(self.goals());
        session.hold_at(self.prediction.as_ref().map(|_| ASK));
        Ok(session)
    }

    /// The same cluster after the recorded answer: what a page that was done shows when one comes
    /// back to it.
    pub fn finished(&self, seed: u64) -> Result<Session, TextError> {
        let mut runner = self.runner(seed)?;
        let begun = runner.actions().len();
        self.answer.follow(&mut runner)?;
        let mut session = self.session(seed)?;
        session.hold_at(None);
        for (at, action) in &runner.actions()[begun..] {
            session.advance(*at);
            // What the recorded answer did in the runner can be done here.
            let _ = session.act(action.clone());
        }
        session.advance(runner.now());
        Ok(session)
    }

    /// The page's cluster as it is in `run`, at the same moment: what a second window shows of the
    /// same page. A run that does not begin as the page does is shown as it is.
    pub fn resumed(&self, seed: u64, run: &Session) -> Result<Session, TextError> {
        let mut session = self.session(seed)?;
        let begun = session.actions().len();
        let own = run.scenario() == session.scenario()
            && run.actions().get(..begun) == Some(session.actions());
        if !own {
            return Ok(run.clone());
        }
        session.hold_at(None);
        for (at, action) in &run.actions()[begun..] {
            session.advance(*at);
            // What was done in the run can be done here: both are the same up to this action.
            let _ = session.act(action.clone());
        }
        session.seek(run.now());
        Ok(session)
    }

    /// The world in which the `nth` answer would be right, or what shows that it is not.
    pub fn counter_run(&self, nth: usize, seed: u64) -> Result<CounterRun, TextError> {
        let run = self
            .prediction
            .as_ref()
            .map(|asked| &asked.choices[nth].run);
        let (rules, run) = run.cloned().unwrap_or_default().split_rules();
        let mut runner = Runner::of(Scenario::new(SERVERS, seed));
        rules.follow_beginning(&mut runner)?;
        self.setup.follow(&mut runner)?;
        let from = runner.world().now();
        run.follow(&mut runner)?;
        let mut session = Session::of(&runner)?;
        let until = session.now();
        session.seek(from);
        let twin = (!rules.is_empty()).then(|| {
            let mut here = runner.scenario().config.rules;
            let off: Vec<_> = rules_off(&rules, here).collect();
            for rule in off {
                here.set(rule, true);
            }
            let mut twin = session.with_rules(here);
            twin.seek(from);
            twin
        });
        Ok(CounterRun {
            session,
            twin,
            until,
        })
    }

    /// A cluster at the end of the set-up.
    pub fn runner(&self, seed: u64) -> Result<Runner, TextError> {
        let mut runner = Runner::of(Scenario::new(SERVERS, seed));
        self.setup.follow(&mut runner)?;
        Ok(runner)
    }

    /// What is watched for: the goal, when the prediction is asked for, when the goal is lost, what
    /// is put in order. What a page does not have is empty, so that each has its place.
    fn goals(&self) -> Vec<Goal> {
        let asked = self.prediction.as_ref();
        let goal = self.goal.clone().unwrap_or_default();
        let ask = asked.map(|asked| asked.ask.clone()).unwrap_or_default();
        let lost = self.lost.as_ref().map(|(goal, _)| goal.clone());
        let cards = asked.into_iter().flat_map(|asked| &asked.cards);
        let cards = cards.map(|card| card.goal.clone());
        [goal, ask, lost.unwrap_or_default()]
            .into_iter()
            .chain(cards)
            .collect()
    }

    /// The step at which the `nth` card happened, if it did.
    pub fn happened(&self, nth: usize, session: &Session) -> Option<StepId> {
        session.met(CARDS + nth)
    }

    /// Whether the page's question is to be answered now.
    pub fn asks(&self, session: &Session) -> bool {
        self.prediction.is_some() && session.met(ASK).is_some()
    }

    /// Whether the page's question comes up in the middle of its run.
    pub fn is_asked_midway(&self) -> bool {
        let asked = self.prediction.as_ref();
        asked.is_some_and(|asked| asked.ask != Goal::default())
    }

    /// Whether the page's goal is met at the cursor.
    pub fn is_met(&self, session: &Session) -> bool {
        self.goal.is_some() && session.met(GOAL).is_some()
    }

    /// Why the goal can no longer be met, if that is so at the cursor.
    pub fn why_lost(&self, session: &Session) -> Option<&str> {
        let (_, sentence) = self.lost.as_ref()?;
        let lost = session.met(LOST).is_some() && !self.is_met(session);
        lost.then_some(sentence)
    }
}

/// A run that shows what a wrong answer would mean.
pub struct CounterRun {
    /// The run, at the end of the page's set-up.
    pub session: Session,
    /// Where the run has a rule off: the same actions with the rule.
    pub twin: Option<Session>,
    /// Up to when it is to be watched.
    pub until: Time,
}

/// The places of a page's goals in its session.
const GOAL: usize = 0;
const ASK: usize = 1;
const LOST: usize = 2;
const CARDS: usize = 3;

/// The rules that `beginning` switches off, of those that are off.
fn rules_off(beginning: &Script, rules: Rules) -> impl Iterator<Item = Rule> {
    let named = |rule: &Rule| {
        let mut lines = beginning.0.iter();
        lines.any(|(_, text)| text.split_whitespace().any(|word| word == rule.name()))
    };
    rules.off().filter(named)
}
