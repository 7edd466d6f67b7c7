//! A session: a scenario plus the timed actions of its user. Everything else follows from it.
//!
//! The scenario and the actions are the truth; the rest is a cache of what they lead to: the world
//! at the cursor, checkpoints to get back to any moment quickly, and the record of the steps worth
//! telling. Going to a moment means taking the nearest checkpoint before it and replaying. An
//! action in the past makes another future; the old one is kept, to be returned to by undo.

pub mod link;
pub mod pace;

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::check::ghost::Settled;
use crate::check::{Checker, Violation};
use crate::narrate::{self, Sentence, Weight};
use crate::raft::{LogIndex, Rules};
use crate::script::{Goal, Watch};
use crate::sim::text::{self, TextError};
use crate::sim::{Action, Fact, Packet, Scenario, Server, Step, StepId, Time, World};

pub use pace::Pace;

/// The most actions a session may hold.
pub const MAX_ACTIONS: usize = 5_000;

/// The most moments that undo goes back to.
const MAX_UNDO: usize = 200;

/// Steps between two checkpoints, at first; doubled whenever there are [`MAX_CHECKPOINTS`].
const SPACING: u64 = 512;
const MAX_CHECKPOINTS: usize = 256;

/// The most steps that are played again to find what came of one: a message that is held back may
/// never arrive.
const MAX_REVIEW: u64 = 5_000;

/// A time without any packet under way is quiet from this length on: whoever watches at the first
/// speed would have to wait, so it is passed quickly.
pub const QUIET: Time = Time((Pace::FIRST * pace::LONGEST_WAIT * 1e6) as u64);

/// The most steps that are looked ahead to find the end of a quiet stretch. Where servers do no
/// more than wake and go to sleep again there is none.
const FAR_AHEAD: usize = 40;

/// A run, and a cursor in it.
#[derive(Clone, Debug)]
pub struct Session {
    recording: Recording,
    /// The moment the cursor stands at.
    present: Checkpoint,
    /// How far the run has been played.
    head: Time,
    checkpoints: Vec<Checkpoint>,
    spacing: u64,
    records: Vec<Record>,
    recorded: StepId,
    quiet: Vec<(Time, Time)>,
    undone: Vec<UndoEntry>,
    done: Vec<UndoEntry>,
    step: Step,
    /// Which goal time does not pass.
    hold: Option<usize>,
}

/// What a run is determined by.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Recording {
    scenario: Scenario,
    actions: Vec<(Time, Action)>,
    goals: Goals,
}

/// What is watched for, and from which step on.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Goals {
    from: StepId,
    all: Vec<Arc<Goal>>,
}

/// A moment of the run: all that is needed to play on from there.
#[derive(Clone, Debug)]
struct Checkpoint {
    world: World,
    checker: Checker,
    /// How many of the actions have been done.
    acted: usize,
    /// How far each goal has come, from the step on that they are watched from.
    watches: Vec<Watch>,
}

/// Where undo and redo lead: another truth, and where its cursor stood.
#[derive(Clone, Debug)]
struct UndoEntry {
    recording: Recording,
    cursor: Time,
    head: Time,
}

/// A step that is worth telling, and how it is told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    /// What happened.
    pub step: Step,
    /// The same in sentences. Some look at the world as it was, so they are made on the spot.
    pub told: Vec<Sentence>,
}

/// A future that an action in the past has put aside.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ghost {
    /// Where it parted from the present run.
    pub from: Time,
    /// How far it went.
    pub to: Time,
}

/// The beginning of a run.
fn begin(scenario: &Scenario, step: &mut Step) -> Checkpoint {
    let world = World::new(scenario, step);
    let checker = Checker::new(&world);
    Checkpoint {
        world,
        checker,
        acted: 0,
        watches: Vec::new(),
    }
}

impl Checkpoint {
    /// Whether no packet is on its way. Those that are held come first, those that are due last.
    fn is_idle(&self) -> bool {
        let writes = |server: &Server| server.up().is_some_and(|up| up.disk.writing().is_some());
        let packets = self.world.network().packets();
        packets.last().is_none_or(Packet::is_held) && !self.world.servers().iter().any(writes)
    }

    /// Begins to watch, if it is time.
    fn begin_watches(&mut self, goals: &Goals) {
        if self.watches.len() < goals.all.len() && self.world.last_step() >= goals.from {
            let goals = goals.all.iter().cloned();
            self.watches = goals.map(|goal| Watch::new(goal, &self.world)).collect();
        }
    }

    /// Lets the next thing up to `to` happen, whichever is first: by itself, or by the user. What
    /// happens by itself at the very moment of an action happens before it.
    fn step(&mut self, recording: &Recording, to: Time, step: &mut Step) -> ControlFlow<()> {
        self.begin_watches(&recording.goals);
        let own = self.world.next_at().unwrap_or(Time::NEVER);
        let next = recording.actions.get(self.acted);
        let acts = next.map_or(Time::NEVER, |(at, _)| (*at).max(self.world.now()));
        if own.min(acts) > to {
            self.world.wait_until(to);
            return ControlFlow::Break(());
        }
        match next {
            Some((_, action)) if acts < own => {
                self.world.wait_until(acts);
                self.acted += 1;
                // Refused actions are never stored, so what is stored is never refused.
                let done = self.world.act(action, step);
                debug_assert!(done.is_ok(), "{action}: {done:?}");
            }
            _ => {
                self.world.step(step);
            }
        }
        self.checker.observe(&self.world, step);
        for watch in &mut self.watches {
            watch.observe(&self.world, &self.checker, step);
        }
        ControlFlow::Continue(())
    }
}

impl Session {
    /// A session at the beginning of a run.
    pub fn new(scenario: Scenario) -> Self {
        let mut step = Step::default();
        let present = begin(&scenario, &mut step);
        Self {
            recording: Recording {
                scenario,
                actions: Vec::new(),
                goals: Goals::default(),
            },
            checkpoints: vec![present.clone()],
            present,
            head: Time::ZERO,
            spacing: SPACING,
            records: Vec::new(),
            recorded: StepId(0),
            quiet: Vec::new(),
            undone: Vec::new(),
            done: Vec::new(),
            step,
            hold: None,
        }
    }

    /// Reads a session from its text. The actions are tried at once, so that one that makes no
    /// sense is told with its place in the text.
    pub fn read(text: &str) -> Result<Self, TextError> {
        let (scenario, actions) = text::parse_run(text)?;
        Self::replay(scenario, actions).map_err(|(nth, message)| {
            // A statement may hold several actions; settings before the first belong to the
            // scenario, so count from the end.
            let placed: Vec<_> = text::statements(text)
                .flat_map(|statement| match text::parse(&statement) {
                    Ok(text::Said::Actions(_, actions)) => vec![statement; actions.len()],
                    _ => Vec::new(),
                })
                .collect();
            let skipped = placed.len().saturating_sub(nth.1);
            match placed.get(skipped + nth.0) {
                Some(statement) => statement.error(0, message),
                None => TextError {
                    line: 1,
                    column: 1,
                    message,
                },
            }
        })
    }

    /// Plays a scenario with its actions. If an action is refused: which of how many, and why.
    pub fn replay(
        scenario: Scenario,
        actions: Vec<(Time, Action)>,
    ) -> Result<Self, ((usize, usize), String)> {
        let count = actions.len();
        if count > MAX_ACTIONS {
            return Err((
                (0, count),
                format!("{count} actions are too many: {MAX_ACTIONS} at most"),
            ));
        }
        let mut session = Self::new(scenario);
        for (nth, (at, action)) in actions.into_iter().enumerate() {
            session.advance(at);
            session
                .act(action)
                .map_err(|message| ((nth, count), message))?;
        }
        session.done.clear();
        Ok(session)
    }

    /// The same actions where other rules hold. What makes no sense there is not done.
    pub fn with_rules(&self, rules: Rules) -> Self {
        let mut scenario = self.scenario().clone();
        scenario.config.rules = rules;
        let mut other = Self::new(scenario);
        for (at, action) in self.actions() {
            other.advance(*at);
            let _ = other.act(action.clone());
        }
        other.done.clear();
        other
    }

    /// The session as text, which reads back as the same session.
    pub fn write(&self) -> String {
        text::write_run(&self.recording.scenario, &self.recording.actions)
    }

    /// Does something at the cursor. In the past this begins another future. Refused, with the
    /// reason, if it makes no sense there.
    pub fn act(&mut self, action: Action) -> Result<(), String> {
        // What an action before has made due at this very moment happens first.
        let now = self.now();
        self.advance(now);
        self.present.world.check(&action)?;
        if self.present.acted >= MAX_ACTIONS {
            return Err(format!("a session holds {MAX_ACTIONS} actions at most"));
        }
        self.remember();
        self.undone.clear();
        self.recording.actions.truncate(self.present.acted);
        self.forget_future();
        self.recording.actions.push((now, action));
        let happened = self.present.step(&self.recording, now, &mut self.step);
        debug_assert!(happened.is_continue(), "an action happens where it is done");
        self.record();
        Ok(())
    }

    /// Lets time pass up to `to`.
    pub fn advance(&mut self, to: Time) {
        let to = to.min(Time::LONGEST);
        while !self.is_held() {
            let (before, idle) = (self.now(), self.is_idle());
            if self
                .present
                .step(&self.recording, to, &mut self.step)
                .is_break()
            {
                self.note_quiet(before, idle);
                break;
            }
            self.note_quiet(before, idle);
            self.record();
        }
        self.head = self.head.max(self.now());
    }

    /// Goes to any moment, before or after, from the nearest checkpoint before it. On the way to a
    /// goal that time does not pass nothing is skipped.
    pub fn seek(&mut self, to: Time) {
        let now = self.now();
        let skips = |moment: &Checkpoint| moment.world.now() > now && self.hold.is_none();
        let nearest = self.checkpoint(|moment| moment.world.now() <= to);
        if to < now || nearest.is_some_and(skips) {
            self.restore(|moment| moment.world.now() <= to);
        }
        self.advance(to);
    }

    /// Goes to the next moment at which something happens, or something worth telling.
    pub fn step_forward(&mut self, story: bool) {
        let limit = Time::LONGEST;
        while let Some(at) = self.next_at().filter(|at| *at <= limit) {
            if self.is_held() {
                return;
            }
            let told = self.records.len().max(self.told());
            self.advance(at);
            if !story || self.told() > told || self.records.len() > told {
                break;
            }
        }
    }

    /// Goes to the moment before, at which something happened, or something worth telling.
    pub fn step_back(&mut self, story: bool) {
        let now = self.now();
        let to = if story {
            let before = self.records.partition_point(|record| record.step.at < now);
            before
                .checked_sub(1)
                .map_or(Time::ZERO, |place| self.records[place].step.at)
        } else {
            self.moment_before(now)
        };
        self.seek(to);
    }

    /// Takes the last action back (or the last fork).
    pub fn undo(&mut self) -> bool {
        let Some(past) = self.done.pop() else {
            return false;
        };
        self.undone.push(self.past());
        self.return_to(past);
        true
    }

    /// Does again what was undone.
    pub fn redo(&mut self) -> bool {
        let Some(past) = self.undone.pop() else {
            return false;
        };
        self.done.push(self.past());
        self.return_to(past);
        true
    }

    /// Watches for these goals from the cursor on, instead of any watched for before. Whether each
    /// is met is a matter of the moment, like everything else: going back takes it back.
    pub fn watch_for(&mut self, goals: Vec<Goal>) {
        let from = self.present.world.last_step();
        let all = goals.into_iter().map(Arc::new).collect();
        self.recording.goals = Goals { from, all };
        self.forget_future();
        self.checkpoints.retain(|moment| moment.watches.is_empty());
        self.present.watches.clear();
        self.present.begin_watches(&self.recording.goals);
    }

    /// Lets no time pass once the `nth` goal is met, until told otherwise.
    pub fn hold_at(&mut self, nth: Option<usize>) {
        self.hold = nth;
    }

    /// Whether time stands still at a goal.
    pub fn is_held(&self) -> bool {
        self.hold.is_some_and(|nth| self.met(nth).is_some())
    }

    /// The step that met the `nth` goal, if it is met at the cursor.
    pub fn met(&self, nth: usize) -> Option<StepId> {
        self.present.watches.get(nth)?.met()
    }

    /// Plays what happened from step `from` on again, until `look` has seen enough or the head is
    /// reached.
    pub fn review(&self, from: StepId, look: &mut dyn FnMut(&Step, &World) -> ControlFlow<()>) {
        let mut step = Step::default();
        let start = self.checkpoint(|moment| moment.world.last_step() < from);
        let mut moment = match start.filter(|_| from > StepId(0)) {
            Some(moment) => moment.clone(),
            None => begin(&self.recording.scenario, &mut step),
        };
        let mut flow = ControlFlow::Continue(());
        loop {
            if step.id >= from && flow.is_continue() {
                flow = look(&step, &moment.world);
            }
            let ends = flow.is_break() || moment.world.last_step() >= self.recorded;
            if ends
                || moment
                    .step(&self.recording, Time::LONGEST, &mut step)
                    .is_break()
            {
                return;
            }
        }
    }

    /// The step of that number, replayed, with all that can be told of it.
    pub fn record_of(&self, id: StepId) -> Option<Record> {
        let mut found = None;
        self.review(id, &mut |step, world| {
            found = (step.id == id).then(|| Record::new(step, world));
            ControlFlow::Break(())
        });
        found
    }

    /// The steps that came directly of step `id`, replayed, with all that can be told of them:
    /// those to which its packets and its timers led.
    pub fn effects_of(&self, id: StepId) -> Vec<Record> {
        let (mut found, mut seen) = (Vec::new(), 0);
        self.review(id, &mut |step, world| {
            if step.parent == Some(id) {
                found.push(Record::new(step, world));
            }
            seen += 1;
            if seen < MAX_REVIEW && (step.id <= id || world.is_busy_with(id)) {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        });
        found
    }
}

impl Record {
    fn new(step: &Step, world: &World) -> Self {
        Self {
            step: step.clone(),
            told: narrate::sentences(step, world),
        }
    }

    /// How the fact at `place` is told, or, without a place, the step itself.
    pub fn sentence(&self, place: Option<usize>) -> Option<&Sentence> {
        let packet = place.and_then(|place| match self.step.facts.get(place) {
            Some(Fact::Sent { packet, .. }) => Some(packet),
            _ => None,
        });
        let mut told = self.told.iter();
        told.find(|one| one.fact == place || packet.is_some_and(|id| one.packets.contains(id)))
    }
}

/// What can be seen.
impl Session {
    /// The world at the cursor.
    pub fn world(&self) -> &World {
        &self.present.world
    }

    /// The moment of the cursor.
    pub fn now(&self) -> Time {
        self.present.world.now()
    }

    /// How far the run has been played.
    pub fn head(&self) -> Time {
        self.head
    }

    /// Where it began.
    pub fn scenario(&self) -> &Scenario {
        &self.recording.scenario
    }

    /// What its user did, in order of time.
    pub fn actions(&self) -> &[(Time, Action)] {
        &self.recording.actions
    }

    /// The steps worth telling, up to the head.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// How many of the records lie at or before the cursor.
    pub fn told(&self) -> usize {
        let last = self.present.world.last_step();
        self.records
            .partition_point(|record| record.step.id <= last)
    }

    /// The properties broken up to the cursor, each by its first violation.
    pub fn violations(&self) -> &[Violation] {
        self.present.checker.violations()
    }

    /// What was committed at `index` up to the cursor, whoever knows it now.
    pub fn settled(&self, index: LogIndex) -> Option<&Settled> {
        self.present.checker.ghost().at(index)
    }

    /// The stretches during which nothing was under way, up to the head.
    pub fn quiet(&self) -> &[(Time, Time)] {
        &self.quiet
    }

    /// The futures that were put aside, the last one last.
    pub fn ghosts(&self) -> impl Iterator<Item = Ghost> + '_ {
        let ghosts = self.done.iter().filter(|past| past.cursor < past.head);
        ghosts.map(|past| Ghost {
            from: past.cursor,
            to: past.head,
        })
    }

    /// Whether there is something to undo.
    pub fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    /// Whether there is something to do again.
    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    /// When something happens next, by itself or by a recorded action.
    pub fn next_at(&self) -> Option<Time> {
        let action = self
            .recording
            .actions
            .get(self.present.acted)
            .map(|(at, _)| *at);
        let own = self.present.world.next_at();
        match (own, action) {
            (Some(own), Some(action)) => Some(own.min(action)),
            (own, action) => own.or(action),
        }
    }

    /// Whether nothing is under way between servers or to a disk: all that can happen next is a
    /// timer.
    pub fn is_idle(&self) -> bool {
        self.present.is_idle()
    }

    /// How long the quiet will last: when, as things stand, something is sent or is worth telling.
    /// None if nothing ever happens any more.
    pub fn quiet_until(&self) -> Option<Time> {
        let (mut moment, mut step) = (self.present.clone(), Step::default());
        for _ in 0..FAR_AHEAD {
            let happens = moment.step(&self.recording, Time::LONGEST, &mut step);
            if happens.is_break() {
                break;
            }
            if !moment.is_idle() || narrate::has_story(&step) {
                return Some(step.at);
            }
        }
        self.next_at()
    }

    /// The shortest and the longest way of a packet under way.
    pub fn journeys(&self) -> (Time, Time) {
        let packets = self.present.world.network().packets().iter();
        let mut journeys = (Time::NEVER, Time::ZERO);
        for packet in packets.filter(|packet| !packet.is_held()) {
            let journey = packet.arrives_at.saturating_sub(packet.sent_at);
            journeys = (journeys.0.min(journey), journeys.1.max(journey));
        }
        journeys
    }
}

impl Session {
    fn record(&mut self) {
        let (step, world) = (&self.step, &self.present.world);
        if step.id <= self.recorded {
            return;
        }
        self.recorded = step.id;
        if narrate::has_story(step) {
            let mut record = Record::new(step, world);
            record.told.retain(|told| told.weight == Weight::Story);
            self.records.push(record);
        }
        let last = self
            .checkpoints
            .last()
            .map_or(0, |moment| moment.world.last_step().0);
        if world.last_step().0 >= last + self.spacing {
            self.checkpoints.push(self.present.clone());
            self.thin_out();
        }
    }

    /// Keeps the number of checkpoints bounded: every other one goes, and they grow rarer.
    fn thin_out(&mut self) {
        if self.checkpoints.len() >= MAX_CHECKPOINTS {
            let mut nth = 0;
            self.checkpoints.retain(|_| {
                nth += 1;
                nth % 2 == 1
            });
            self.spacing *= 2;
        }
    }

    fn note_quiet(&mut self, before: Time, idle: bool) {
        let now = self.now();
        if !idle || now <= self.head || now == before {
            return;
        }
        match self.quiet.last_mut() {
            Some((_, end)) if *end == before => *end = now,
            _ => self.quiet.push((before, now)),
        }
        // A stretch that ended too short to matter makes room for the next.
        if self.quiet.len() > 1 {
            let (from, to) = self.quiet[self.quiet.len() - 2];
            if to - from < QUIET {
                self.quiet.remove(self.quiet.len() - 2);
            }
        }
    }

    fn past(&self) -> UndoEntry {
        UndoEntry {
            recording: self.recording.clone(),
            cursor: self.now(),
            head: self.head,
        }
    }

    fn remember(&mut self) {
        if self.done.len() == MAX_UNDO {
            self.done.remove(0);
        }
        self.done.push(self.past());
    }

    /// Forgets what was known of the time after the cursor.
    fn forget_future(&mut self) {
        let (now, last) = (self.now(), self.present.world.last_step());
        self.head = now;
        self.recorded = self.recorded.min(last);
        self.records.retain(|record| record.step.id <= last);
        self.checkpoints
            .retain(|moment| moment.world.last_step() <= last);
        self.quiet.retain(|(from, _)| *from < now);
        if let Some((_, end)) = self.quiet.last_mut() {
            *end = (*end).min(now);
        }
    }

    fn return_to(&mut self, past: UndoEntry) {
        let same = |(a, b): &(&(Time, Action), &(Time, Action))| a == b;
        let (old, new) = (&self.recording, &past.recording);
        let shared = old
            .actions
            .iter()
            .zip(&new.actions)
            .take_while(same)
            .count();
        let parts_at = [&old.actions, &new.actions]
            .iter()
            .filter_map(|actions| actions.get(shared))
            .map(|(at, _)| *at)
            .min()
            .unwrap_or(Time::NEVER);
        self.restore(|moment| moment.acted <= shared && moment.world.now() <= parts_at);
        self.forget_future();
        self.recording = past.recording;
        // Play it again up to where it had been, so that its future can be seen, then go back.
        self.advance(past.head.max(past.cursor));
        self.seek(past.cursor);
    }

    /// Goes to the latest checkpoint that will do; the first one always does.
    fn restore(&mut self, will_do: impl Fn(&Checkpoint) -> bool) {
        if let Some(moment) = self.checkpoint(will_do) {
            self.present = moment.clone();
        }
    }

    fn checkpoint(&self, will_do: impl Fn(&Checkpoint) -> bool) -> Option<&Checkpoint> {
        let found = self.checkpoints.iter().rev().find(|moment| will_do(moment));
        found.or_else(|| self.checkpoints.first())
    }

    /// The last moment before `now` at which something happened.
    fn moment_before(&self, now: Time) -> Time {
        let Some(start) = self.checkpoint(|moment| moment.world.now() < now) else {
            return Time::ZERO;
        };
        let (mut moment, mut step) = (start.clone(), Step::default());
        let mut before = moment.world.now();
        let just_before = Time(now.0.saturating_sub(1));
        while moment
            .step(&self.recording, just_before, &mut step)
            .is_continue()
        {
            before = step.at;
        }
        before
    }
}

#[cfg(test)]
mod tests;
