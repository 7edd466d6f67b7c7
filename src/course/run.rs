//! What a page says of a cluster, carried out: its set-up, its answer, the runs that show why a
//! prediction is wrong.

use super::{Page, Prediction, Script};
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
        let mut session = open(&runner)?;
        session.watch_for(self.goals());
        session.hold_at(self.prediction.as_ref().map(|_| ASK));
        Ok(session)
    }

    /// The run that shows why the `nth` answer is wrong: the cluster at the end of the set-up, and
    /// up to when to play it.
    pub fn counter_run(&self, nth: usize, seed: u64) -> Result<(Session, Time), TextError> {
        let mut runner = self.runner(seed)?;
        let from = runner.world().now();
        if let Some(Prediction { choices, .. }) = &self.prediction {
            choices[nth].run.follow(&mut runner)?;
        }
        let mut session = open(&runner)?;
        let to = session.now();
        session.seek(from);
        Ok((session, to))
    }

    /// A cluster at the end of the set-up.
    pub fn runner(&self, seed: u64) -> Result<Runner, TextError> {
        let mut runner = Runner::of(Scenario::new(SERVERS, seed));
        self.setup.follow(&mut runner)?;
        Ok(runner)
    }

    /// What is watched for: the goal, when the prediction is asked for, what is put in order.
    fn goals(&self) -> Vec<Goal> {
        let asked = self.prediction.iter().flat_map(|asked| {
            let cards = asked.cards.iter().map(|card| &card.goal);
            [&asked.ask].into_iter().chain(cards)
        });
        self.goal.iter().chain(asked).cloned().collect()
    }

    /// The step at which the `nth` card happened, if it did.
    pub fn happened(&self, nth: usize, session: &Session) -> Option<StepId> {
        session.met(CARDS + nth)
    }

    /// Whether the page's question is to be answered now.
    pub fn asks(&self, session: &Session) -> bool {
        self.prediction.is_some() && session.met(ASK).is_some()
    }

    /// Whether the page's goal is met at the cursor.
    pub fn is_met(&self, session: &Session) -> bool {
        session.met(GOAL).is_some()
    }
}

/// The places of a page's goals in its session.
const GOAL: usize = 0;
const ASK: usize = 1;
const CARDS: usize = 2;

/// The same run as a session, at the same moment.
fn open(runner: &Runner) -> Result<Session, TextError> {
    let (scenario, actions) = (runner.scenario().clone(), runner.actions().to_vec());
    let mut session = Session::replay(scenario, actions).map_err(|(_, message)| TextError {
        line: 1,
        column: 1,
        message,
    })?;
    session.advance(runner.now());
    Ok(session)
}
