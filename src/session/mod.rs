//! A session: a scenario plus the timed actions of its user. Everything else follows from it.
//!
//! The scenario and the actions are the truth; the rest is a cache of what they lead to: the world
//! at the cursor, checkpoints to get back to any moment quickly, and the record of the steps worth
//! telling. Going to a moment means taking the nearest checkpoint before it and replaying. An
//! action in the past makes another future; the old one is kept as a branch.
//!
//! - `recording`: what runs are determined by;
//! - `bookmarks`: moments to come back to;
//! - [`Beginning`]: a beginning of one's own, as it is typed;
//! - `branches`: the runs that were put aside;
//! - `checkpoint`: moments that are kept, to play on from;
//! - `history`: what happened, and what was quiet; `marks`: what stands out of it; `window`: which
//!   steps are told without playing them again;
//! - `export`: up to the cursor, as a trace and as what clients saw;
//! - [`open`]: scripts, opened and followed at the cursor;
//! - `parting`: the first step at which two runs differ;
//! - `spare`: what is known of the future that was left last;
//! - `travel`: to the next of its kind, and to the one before;
//! - `undo`: what was done last is taken back;
//! - [`link`](mod@link), [`pace`]: a session in a link, and how fast it is played;
//! - [`player`]: a session with a clock.

mod beginning;
mod bookmarks;
mod branches;
mod checkpoint;
mod export;
mod follow;
mod history;
pub mod link;
mod marks;
pub mod pace;
mod parting;
pub mod player;
mod recording;
mod review;
mod spare;
mod travel;
mod undo;
mod window;

use std::sync::Arc;

use self::branches::{Aside, Label};
use self::checkpoint::{Checkpoint, Checkpoints};
use self::recording::{Goals, Recording};
use self::spare::Spare;
use self::undo::Past;
use self::window::{LONG_WAY, Window};
use crate::check::Violation;
use crate::check::ghost::Settled;
use crate::raft::{LogIndex, Rules};
use crate::script::Goal;
use crate::sim::text::{self, TextError};
use crate::sim::{Action, Scenario, Setting, Step, StepId, Time, World};

pub use beginning::{Beginning, Refused, Row};
pub use bookmarks::{Bookmark, MAX_BOOKMARKS};
pub use branches::{Branch, LONGEST_NAME, MAX_BRANCHES, Outcome, RunId};
pub use follow::{Followed, Line, open};
pub use history::{QUIET, Record};
pub use marks::{Landmark, Mark};
pub use pace::Pace;
pub use parting::Happened;
pub use player::{BranchWish, Player, TimeWish};
pub use recording::Parting;
pub use review::Review;
pub use travel::Stop;
pub use window::Heartbeat;

/// The most actions a session may hold.
pub const MAX_ACTIONS: usize = 5_000;

/// A run, and a cursor in it.
#[derive(Clone, Debug)]
pub struct Session {
    recording: Recording,
    /// The moment the cursor stands at.
    present: Checkpoint,
    /// How far the run has been played.
    head: Time,
    checkpoints: Checkpoints,
    window: Window,
    marks: Vec<Mark>,
    rare_marks: usize,
    recorded: StepId,
    quiet: Vec<(Time, Time)>,
    /// What the present run is known by.
    label: Label,
    /// The branches, the oldest first.
    aside: Arc<Vec<Aside>>,
    /// What is known of the future that was left last.
    spare: Option<Spare>,
    undone: Vec<Past>,
    done: Vec<Past>,
    /// How often a future was given up for another.
    turns: u64,
    step: Step,
    /// The step that the cursor has followed causes and effects to, and its moment.
    thread: Option<(Time, StepId)>,
    bookmarks: Vec<Bookmark>,
    /// Which goal time does not pass.
    hold: Option<usize>,
}

impl Session {
    /// A session at the beginning of a run.
    pub fn new(scenario: Scenario) -> Self {
        let mut step = Step::default();
        let present = Checkpoint::begin(&scenario, &mut step);
        Self {
            recording: Recording::new(scenario),
            checkpoints: Checkpoints::new(present.clone()),
            present,
            head: Time::ZERO,
            window: Window::default(),
            marks: Vec::new(),
            rare_marks: 0,
            recorded: StepId(0),
            quiet: Vec::new(),
            label: Label::default(),
            aside: Arc::default(),
            spare: None,
            undone: Vec::new(),
            done: Vec::new(),
            turns: 0,
            step,
            thread: None,
            bookmarks: Vec::new(),
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
        session.forget_undo();
        Ok(session)
    }

    /// The same actions where other rules hold. What makes no sense there is not done.
    pub fn with_rules(&self, rules: Rules) -> Self {
        let mut scenario = self.scenario().clone();
        scenario.config.rules = rules;
        self.again(scenario)
    }

    /// The same actions where this is set otherwise. What makes no sense there is not done.
    pub fn with_setting(&self, setting: Setting) -> Self {
        let mut scenario = self.scenario().clone();
        scenario.set(setting);
        self.again(scenario)
    }

    fn again(&self, scenario: Scenario) -> Self {
        let mut other = Self::new(scenario);
        for (at, action) in self.actions() {
            other.advance(*at);
            let _ = other.act(action.clone());
        }
        other.forget_undo();
        other
    }

    /// The session as text, which reads back as the same session.
    pub fn write(&self) -> String {
        text::write_run(&self.recording.scenario, &self.recording.actions)
    }

    /// Does something at the cursor. In the past this begins another future, and the old one becomes
    /// a branch. Refused, with the reason, if it makes no sense there.
    pub fn act(&mut self, action: Action) -> Result<(), String> {
        // What an action before has made due at this very moment happens first.
        let now = self.now();
        self.advance(now);
        self.present.world.check(&action)?;
        if self.present.acted >= MAX_ACTIONS {
            return Err(format!("a session holds {MAX_ACTIONS} actions at most"));
        }
        self.remember();
        if self.head > now {
            self.put_aside();
            self.spare = self.spare();
        }
        self.forget_future();
        let arrives = matches!(action, Action::Deliver(_));
        self.recording.act(self.present.acted, (now, action));
        self.forget_same();
        let happened = self.present.step(&self.recording, now, &mut self.step);
        debug_assert!(happened.is_continue(), "an action happens where it is done");
        self.record(true);
        // A message that is delivered now arrives, even where time stands still.
        if arrives {
            self.advance(now);
        }
        Ok(())
    }

    /// Lets time pass up to `to`.
    pub fn advance(&mut self, to: Time) {
        self.advance_seeing(to, &mut |_| ());
    }

    /// The same; each step that happens is looked at.
    fn advance_seeing(&mut self, to: Time, look: &mut dyn FnMut(&Step)) {
        let to = to.min(Time::LONGEST);
        let stays = to.saturating_sub(self.now()) < LONG_WAY;
        while !self.is_held() && self.once(to, stays) {
            look(&self.step);
        }
        self.head = self.head.max(self.now());
        self.look_back();
    }

    /// Lets the next thing up to `to` happen; false, at `to`, if there is none. On a long way nobody
    /// stays at it.
    fn once(&mut self, to: Time, stays: bool) -> bool {
        let (before, idle) = (self.now(), self.is_idle());
        let happened = self.present.step(&self.recording, to, &mut self.step);
        self.note_quiet(before, idle);
        if happened.is_continue() {
            self.record(stays);
        }
        happened.is_continue()
    }

    /// Goes to any moment, before or after, from the nearest checkpoint before it. On the way to a
    /// goal that time does not pass nothing is skipped.
    pub fn seek(&mut self, to: Time) {
        let now = self.now();
        let skips = |moment: &Checkpoint| moment.world.now() > now && self.hold.is_none();
        let nearest = self.checkpoints.latest(|moment| moment.world.now() <= to);
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
            let last = self.present.world.last_step();
            self.advance(at);
            if !story || self.last_told().is_some_and(|told| told.step.id > last) {
                break;
            }
        }
    }

    /// Goes to the moment before, at which something happened, or something worth telling.
    pub fn step_back(&mut self, story: bool) {
        let now = self.now();
        let to = if story {
            self.told_before(now)
        } else {
            self.moment_before(now)
        };
        self.seek(to);
    }

    /// Watches for these goals from the cursor on, instead of any watched for before. Whether each
    /// is met is a matter of the moment, like everything else: going back takes it back.
    pub fn watch_for(&mut self, goals: Vec<Goal>) {
        let from = self.present.world.last_step();
        let all = goals.into_iter().map(Arc::new).collect();
        self.recording.goals = Goals { from, all };
        self.forget_future();
        self.checkpoints.forget_watched();
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

    /// How often a future was given up for another: as long as this stays the same, what has
    /// happened stays true.
    pub fn turns(&self) -> u64 {
        self.turns
    }

    /// Whether its user did anything, in this run or in a branch.
    pub fn is_touched(&self) -> bool {
        let done = !self.recording.actions.is_empty() || !self.aside.is_empty();
        done || !self.bookmarks.is_empty()
    }

    /// What its user did, in order of time.
    pub fn actions(&self) -> &[(Time, Action)] {
        &self.recording.actions
    }

    /// The steps worth telling, up to the head. Of those that lie far from the cursor only the rare
    /// ones are here: who stood, who led, who crashed, what you did.
    pub fn records(&self) -> &[Record] {
        &self.window.records
    }

    /// The last step worth telling at or before the cursor.
    fn last_told(&self) -> Option<&Record> {
        self.records()[..self.told()].last()
    }

    /// When the last step before `now` happened that is worth telling.
    fn told_before(&mut self, now: Time) -> Time {
        loop {
            let before = self
                .records()
                .partition_point(|record| record.step.at < now);
            let last = before
                .checked_sub(1)
                .map(|place| &self.records()[place].step);
            match last {
                Some(last) if last.id > self.window.from => return last.at,
                _ if self.window.from > StepId(0) => self.tell_earlier(),
                Some(last) => return last.at,
                None => return Time::ZERO,
            }
        }
    }

    /// How many of the records lie at or before the cursor.
    pub fn told(&self) -> usize {
        let last = self.present.world.last_step();
        self.records()
            .partition_point(|record| record.step.id <= last)
    }

    /// The properties broken up to the cursor, each by its first violation.
    pub fn violations(&self) -> &[Violation] {
        self.present.checker.violations()
    }

    /// The entry that was committed at `index` up to the cursor, known to any server or not.
    pub fn settled(&self, index: LogIndex) -> Option<&Settled> {
        self.present.checker.ghost().at(index)
    }

    /// The stretches during which nothing was under way, up to the head.
    pub fn quiet(&self) -> &[(Time, Time)] {
        &self.quiet
    }

    /// The stretch without anything under way in which a moment lies, or which ends with it.
    pub fn quiet_around(&self, at: Time) -> Option<(Time, Time)> {
        let before = self.quiet.partition_point(|(from, _)| *from < at);
        let last = self.quiet.get(before.checked_sub(1)?)?;
        (last.1 >= at).then_some(*last)
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
    /// Goes to the latest checkpoint that will do; the first one always does.
    fn restore(&mut self, will_do: impl Fn(&Checkpoint) -> bool) {
        if let Some(moment) = self.checkpoints.latest(will_do) {
            self.present = moment.clone();
        }
    }
}

#[cfg(test)]
mod tests;
