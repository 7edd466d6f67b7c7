//! Scripts in the page: a statement followed at the cursor, and a whole script opened as a run.

use super::Session;
use crate::check::Checker;
use crate::script::{self, Command, Print, Runner, Timed, print};
use crate::sim::text::{self, Names, Said, Statement, TextError};
use crate::sim::{Action, Time, World};

/// The most sentences that `events` prints in the page: they are all in its list of events.
const EVENTS: usize = 8;

/// A script that was followed as far as it goes.
#[derive(Clone, Debug)]
pub struct Followed {
    /// The run, where the script ends or fails.
    pub session: Session,
    /// What each statement came to.
    pub lines: Vec<Line>,
    /// Why it goes no further.
    pub error: Option<TextError>,
}

/// A statement that was followed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// The statement.
    pub text: String,
    /// The moment to which it led.
    pub at: Time,
    /// Whether it expects something, which was so.
    pub expects: bool,
    /// What it printed.
    pub printed: String,
}

/// Opens a session, or follows a script: a text with commands between its statements.
pub fn open(text: &str) -> Result<Followed, TextError> {
    // A command that is wrong is one all the same.
    let is_script = |statement: Statement<'_>| {
        let first = statement.text.split_whitespace().next();
        match script::parse(&statement) {
            Ok(command) => !matches!(command, Command::Say(_)),
            Err(_) => first.is_some_and(script::is_command),
        }
    };
    if text.len() > text::LONGEST_TEXT || !text::statements(text).any(is_script) {
        let (lines, error) = (Vec::new(), None);
        let session = Session::read(text)?;
        return Ok(Followed {
            session,
            lines,
            error,
        });
    }
    let mut runner = Runner::new();
    let (mut lines, mut error) = (Vec::new(), None);
    for statement in text::statements(text) {
        match runner.execute(&statement) {
            Ok(printed) => lines.push(Line {
                text: statement.text.into(),
                at: runner.now(),
                expects: statement.text.starts_with("expect"),
                printed,
            }),
            Err(why) => {
                error = Some(why);
                break;
            }
        }
    }
    Ok(Followed {
        session: Session::of(&runner)?,
        lines,
        error,
    })
}

impl Session {
    /// The run of a script, at the moment to which it led.
    pub fn of(runner: &Runner) -> Result<Self, TextError> {
        let (scenario, actions) = (runner.scenario().clone(), runner.actions().to_vec());
        let mut session = Self::replay(scenario, actions).map_err(|(_, message)| TextError {
            line: 1,
            column: 1,
            message,
        })?;
        session.advance(runner.now());
        Ok(session)
    }

    /// Follows a statement of a script at the cursor, and returns what it prints.
    pub fn follow(&mut self, statement: &Statement<'_>) -> Result<String, TextError> {
        let wrong = |word| move |why: String| statement.error(word, why);
        match script::parse(statement)? {
            Command::Expect(condition, span) => self.expect(&condition, span).map_err(wrong(1))?,
            Command::ExpectRefused(actions) => self.expect_refused(&actions).map_err(wrong(1))?,
            Command::Forget | Command::Print(Print::Count) => {
                return Err(wrong(0)(
                    "this counts in a script: open it under \"As text\"".into(),
                ));
            }
            Command::Print(Print::Events { .. }) => return Ok(self.last_events()),
            Command::Print(what) => return Ok(print::world(what, self.world())),
            Command::Run(length) => {
                let to = self.now() + length;
                self.run_to(to).map_err(wrong(1))?;
            }
            Command::RunUntil(condition, limit) => {
                self.run_until(&condition, limit).map_err(wrong(2))?;
            }
            Command::Say(Said::Actions(at, _)) => {
                if let Some(at) = at {
                    self.run_up_to(at).map_err(wrong(1))?;
                }
                // Roles stand for the servers that have them now.
                let said = text::parse_with(statement, Names::Of(self.world()))?;
                let word = if at.is_some() { 2 } else { 0 };
                if let Said::Actions(_, actions) = said {
                    for action in actions {
                        self.act(action).map_err(wrong(word))?;
                    }
                }
            }
            Command::Say(Said::Workload(client, key, every)) => {
                let action = Action::Client(client, Some((key, every)));
                self.act(action).map_err(wrong(0))?;
            }
            Command::Say(_) => {
                return Err(wrong(0)(
                    "this belongs to the beginning of a run: write it under \"As text\"".into(),
                ));
            }
            Command::Step(count) => self.take_steps(count).map_err(wrong(1))?,
        }
        Ok(String::new())
    }

    fn last_events(&self) -> String {
        let records = self.records()[..self.told()].iter().rev();
        let told = records.flat_map(|record| {
            let at = record.step.at;
            record
                .told
                .iter()
                .rev()
                .map(move |told| format!("{at}  {}\n", told.text))
        });
        let mut lines: Vec<String> = told.take(EVENTS).collect();
        lines.reverse();
        lines.concat()
    }
}

impl Timed for Session {
    fn watched(&mut self) -> (&World, &Checker) {
        (&self.present.world, &self.present.checker)
    }

    fn next_at(&mut self) -> Option<Time> {
        Self::next_at(self)
    }

    fn take_step(&mut self) {
        self.once(Time::LONGEST, true);
        self.head = self.head.max(self.now());
    }

    fn wait_until(&mut self, to: Time) {
        self.advance(to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raft::NodeId;

    fn follow(session: &mut Session, text: &str) -> Result<String, TextError> {
        text::statements(text)
            .map(|statement| session.follow(&statement))
            .collect()
    }

    fn three() -> Session {
        open("servers 3 · seed 1\nat 0ms timeout S1")
            .unwrap()
            .session
    }

    #[test]
    fn a_statement_is_followed_at_the_cursor() {
        let mut session = three();
        let printed = follow(&mut session, "run until leader; crash leader; status").unwrap();
        assert!(printed.contains("S1 down"), "{printed}");
        assert_eq!(session.world().leader(), None);
        follow(
            &mut session,
            "expect leader within 2s · expect not S1 leader",
        )
        .unwrap();
        assert!(session.world().leader() > NodeId::new(1));
        assert!(session.undo(), "what a line did can be undone");
    }

    #[test]
    fn an_error_has_its_place() {
        let error = |text| follow(&mut three(), text).unwrap_err();
        assert_eq!(error("crahs S1").column, 1);
        assert_eq!(error("crash S12").column, 7);
        assert_eq!(error("expect S2 leader").column, 8);
        assert!(error("servers 5").message.contains("beginning"));
    }

    #[test]
    fn what_a_line_does_in_the_past_begins_another_future() {
        let mut session = three();
        follow(&mut session, "run 500ms; crash S2; run 100ms").unwrap();
        session.seek(Time::ms(300));
        follow(&mut session, "run 250ms").unwrap();
        assert!(
            !session.world().server(NodeId::new(2).unwrap()).is_up(),
            "the future is kept"
        );
        session.seek(Time::ms(300));
        follow(&mut session, "crash S3; run 250ms").unwrap();
        assert!(session.world().server(NodeId::new(2).unwrap()).is_up());
    }

    #[test]
    fn a_script_says_what_came_to_pass_and_where_it_fails() {
        let text = "servers 3 · seed 1\nrun until leader\nexpect leader\nstatus\nexpect no leader";
        let followed = open(text).unwrap();
        let last = followed.lines.last().unwrap();
        assert_eq!((last.text.as_str(), followed.lines.len()), ("status", 5));
        assert!(followed.lines[3].expects && last.printed.contains("leader"));
        assert_eq!(followed.error.unwrap().line, 5);
        assert_eq!(followed.session.now(), last.at);

        let wrong = open("servers 3\nrun 999999999s").unwrap();
        let error = wrong.error.unwrap();
        assert_eq!((error.line, error.column), (2, 5), "{error}");

        // `clients` alone is a command, but not where a run begins.
        let run = open("servers 3 · clients 2\nat 3600s crash S1").unwrap();
        assert!(run.lines.is_empty() && run.error.is_none());
        assert_eq!(run.session.now(), Time::ms(3_600_000));
    }
}
