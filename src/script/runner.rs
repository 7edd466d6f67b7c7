//! Runs a script, statement by statement.

use std::collections::VecDeque;

use super::command::{Command, Print, parse};
use super::timed::Timed;
use super::{notation, print};
use crate::check::{Checker, Violation};
use crate::narrate::{self, Weight};
use crate::sim::text::{self, Names, ROLES, Said, Statement, TextError};
use crate::sim::{Action, Fact, PacketKind, Scenario, Step, Time, World};

/// The longest that a script may let pass in one statement.
pub const LONGEST_RUN: Time = Time::ms(60_000);

/// The most steps that a script may take in one statement.
pub const MOST_STEPS: u64 = 1_000_000;

/// The most lines that are kept for `events`.
const MOST_EVENTS: usize = 2_000;

/// A cluster that follows a script.
#[derive(Clone, Debug)]
pub struct Runner {
    scenario: Scenario,
    /// Once something has happened.
    watched: Option<Watched>,
    step: Step,
    /// What was done, and when.
    done: Vec<(Time, Action)>,
    /// Whether the leader refused the last change of the cluster.
    refused: bool,
    notes: Notes,
}

/// The world, and who watches that it keeps Raft's promises.
#[derive(Clone, Debug)]
struct Watched {
    world: World,
    checker: Checker,
}

/// What a runner remembers, to print it when asked.
#[derive(Clone, Debug, Default)]
struct Notes {
    /// What happened since the last `events`: the story and the details.
    told: VecDeque<(Time, Weight, String)>,
    /// How many lines were too many to keep.
    forgotten: usize,
    /// Packets sent since the last `count`, by kind.
    sent: [u64; KINDS.len()],
}

const KINDS: [PacketKind; 14] = [
    PacketKind::PreVote,
    PacketKind::PreVoteReply,
    PacketKind::TimeoutNow,
    PacketKind::ReadIndex,
    PacketKind::ReadIndexReply,
    PacketKind::Vote,
    PacketKind::VoteReply,
    PacketKind::Heartbeat,
    PacketKind::Append,
    PacketKind::AppendReply,
    PacketKind::Snapshot,
    PacketKind::SnapshotReply,
    PacketKind::Request,
    PacketKind::Reply,
];

impl Default for Runner {
    fn default() -> Self {
        Self::new()
    }
}

impl Runner {
    /// A runner with the default scenario.
    pub fn new() -> Self {
        Self::of(Scenario::default())
    }

    /// A runner that begins with `scenario`; its script may still change it.
    pub fn of(scenario: Scenario) -> Self {
        Self {
            scenario,
            watched: None,
            step: Step::default(),
            done: Vec::new(),
            refused: false,
            notes: Notes::default(),
        }
    }

    /// The world as it is now. The first to ask lets it begin.
    pub fn world(&mut self) -> &World {
        &self.begun().world
    }

    /// The moment it has come to.
    pub fn now(&self) -> Time {
        let watched = self.watched.as_ref();
        watched.map_or(Time::ZERO, |watched| watched.world.now())
    }

    /// What was found of properties broken so far.
    pub fn checker(&mut self) -> &Checker {
        &self.begun().checker
    }

    /// How the run began.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// What was done in it so far, and when. With [`Self::scenario`] it is the whole run.
    pub fn actions(&self) -> &[(Time, Action)] {
        &self.done
    }

    /// Whether the last error is a change of the cluster that its leader refused.
    pub fn was_refused(&self) -> bool {
        self.refused
    }

    fn begun(&mut self) -> &mut Watched {
        let Self {
            scenario,
            watched,
            step,
            notes,
            ..
        } = self;
        watched.get_or_insert_with(|| {
            let world = World::new(scenario, step);
            let checker = Checker::new(&world);
            notes.take(step, &world);
            Watched { world, checker }
        })
    }

    /// Follows a statement, and returns what it prints.
    pub fn execute(&mut self, statement: &Statement<'_>) -> Result<String, TextError> {
        let begun = self.watched.is_some();
        let command = parse(statement)?;
        if !begun && self.ends_beginning(&command) {
            let check = self.scenario.check();
            check.map_err(|message| statement.error(0, message))?;
        }
        let command = self.name(command, statement)?;
        self.obey(command)
            .map_err(|(word, message)| statement.error(word, message))
    }

    /// Whether a command needs a world, and so everything that belongs to the beginning is said.
    fn ends_beginning(&self, command: &Command) -> bool {
        match command {
            Command::Say(Said::Actions(at, actions)) => {
                let mut scenario = self.scenario.clone();
                at.is_some() || !actions.iter().all(|action| scenario.absorb(action))
            }
            Command::Say(_) => false,
            _ => true,
        }
    }

    /// In what is done, roles stand for the servers that have them *then*. So time passes first.
    fn name(&mut self, command: Command, statement: &Statement<'_>) -> Result<Command, TextError> {
        let is_role = |word: &str| word == "all" || ROLES.iter().any(|(role, _)| *role == word);
        let mut words = statement.text.split(|c: char| !c.is_ascii_alphanumeric());
        // A rule may have such a word in its name: step-down.
        let names_servers = |actions: &[Action]| {
            let settings =
                |action: &Action| matches!(action, Action::Rule(..) | Action::Configure(_));
            actions.is_empty() || !actions.iter().all(settings)
        };
        match command {
            Command::Say(Said::Actions(at, actions))
                if names_servers(&actions) && words.any(is_role) =>
            {
                if let Some(at) = at {
                    self.run_up_to(at).map_err(|why| statement.error(1, why))?;
                }
                text::parse_with(statement, Names::Of(self.world())).map(Command::Say)
            }
            // What a client does by itself can be changed at any time.
            Command::Say(Said::Workload(client, key, every)) if self.watched.is_some() => {
                let action = Action::Client(client, Some((key, every)));
                Ok(Command::Say(Said::Actions(None, vec![action])))
            }
            command => Ok(command),
        }
    }

    /// Follows a command, and returns what it prints. An error says which word of the statement
    /// is to blame.
    fn obey(&mut self, command: Command) -> Result<String, (usize, String)> {
        match command {
            Command::Expect(condition, span) => {
                self.expect(&condition, span).map_err(|why| (1, why))?;
            }
            Command::ExpectRefused(actions) => {
                self.expect_refused(&actions).map_err(|why| (1, why))?;
            }
            Command::Forget => {
                self.world();
                self.notes = Notes::default();
            }
            Command::Print(what) => return Ok(self.print(what)),
            Command::Run(length) => {
                let to = self.world().now() + length;
                self.run_to(to).map_err(|why| (1, why))?;
            }
            Command::RunUntil(condition, limit) => {
                self.run_until(&condition, limit).map_err(|why| (2, why))?;
            }
            Command::Say(Said::Actions(at, actions)) => self.act(at, actions)?,
            Command::Say(said) => self.begin(said).map_err(|why| (0, why))?,
            Command::Step(count) => self.take_steps(count).map_err(|why| (1, why))?,
        }
        Ok(String::new())
    }

    fn begin(&mut self, said: Said) -> Result<(), String> {
        if self.watched.is_some() {
            return Err("this belongs to the beginning: write it before anything happens".into());
        }
        self.scenario.tell(said)
    }

    fn act(&mut self, at: Option<Time>, actions: Vec<Action>) -> Result<(), (usize, String)> {
        if let Some(at) = at {
            self.run_up_to(at).map_err(|why| (1, why))?;
        }
        for action in actions {
            if self.watched.is_none() && self.scenario.absorb(&action) {
                continue;
            }
            let word = if at.is_some() { 2 } else { 0 };
            // Steps that are due at the time of an action happen before it, as in a session.
            let now = self.world().now();
            self.run_to(now).map_err(|why| (word, why))?;
            let mut step = std::mem::take(&mut self.step);
            let done = self.begun().world.act(&action, &mut step);
            self.step = step;
            self.refused = done.is_err() && matches!(action, Action::Change(_));
            done.map_err(|why| (word, why))?;
            self.done.push((now, action));
            self.note();
        }
        Ok(())
    }
}

impl Timed for Runner {
    fn watched(&mut self) -> (&World, &Checker) {
        let Watched { world, checker } = self.begun();
        (world, checker)
    }

    fn next_at(&mut self) -> Option<Time> {
        self.world().next_at()
    }

    fn take_step(&mut self) {
        let mut step = std::mem::take(&mut self.step);
        self.begun().world.step(&mut step);
        self.step = step;
        self.note();
    }

    fn wait_until(&mut self, to: Time) {
        self.begun().world.wait_until(to);
    }
}

/// Noting and printing.
impl Runner {
    /// Notes what the step did, and what it broke.
    fn note(&mut self) {
        if let Some(Watched { world, checker }) = &mut self.watched {
            let violation = checker.observe(world, &self.step);
            self.notes.take(&self.step, world);
            if let Some(violation) = violation {
                self.notes.take_violation(violation);
            }
        }
    }

    fn print(&mut self, what: Print) -> String {
        self.world();
        match what {
            Print::Count => self.notes.count(),
            Print::Events { all } => self.notes.events(all),
            what => print::world(what, self.world()),
        }
    }
}

impl Notes {
    /// Notes what a step did.
    fn take(&mut self, step: &Step, world: &World) {
        for fact in &step.facts {
            if let Fact::Sent { kind, .. } = fact
                && let Some(place) = KINDS.iter().position(|other| other == kind)
            {
                self.sent[place] += 1;
            }
        }
        if let Some(line) = notation::deed(step, world) {
            self.keep(step.at, Weight::Story, line);
        }
        for (place, fact) in step.facts.iter().enumerate() {
            let weight = narrate::weight(fact);
            if weight > Weight::Quiet
                && !narrate::is_told_before(step, place, world)
                && let Some(line) = notation::fact(step, place, world)
            {
                self.keep(step.at, weight, line);
            }
        }
    }

    fn take_violation(&mut self, violation: &Violation) {
        self.keep(violation.at, Weight::Story, notation::violation(violation));
    }

    fn keep(&mut self, at: Time, weight: Weight, text: String) {
        if self.told.len() == MOST_EVENTS {
            self.told.pop_front();
            self.forgotten += 1;
        }
        self.told.push_back((at, weight, text));
    }

    fn events(&mut self, all: bool) -> String {
        let mut text = match std::mem::take(&mut self.forgotten) {
            0 => String::new(),
            count => format!("({count} earlier ones are forgotten)\n"),
        };
        for (at, weight, told) in self.told.drain(..) {
            if all || weight == Weight::Story {
                text.push_str(&format!("{:>9}  {told}\n", at.to_string()));
            }
        }
        if text.is_empty() {
            text.push_str("nothing happened\n");
        }
        text
    }

    fn count(&mut self) -> String {
        let sent = std::mem::take(&mut self.sent);
        let counts: Vec<String> = KINDS
            .iter()
            .zip(sent)
            .filter(|(_, count)| *count > 0)
            .map(|(kind, count)| format!("{kind} {count}"))
            .collect();
        if counts.is_empty() {
            "sent nothing\n".into()
        } else {
            format!("sent {}\n", counts.join(", "))
        }
    }
}
