//! A session with a clock: it plays, or it stands still. Beside it there may be another, of the same
//! actions with other rules, which is always at the same moment.

use super::{Pace, RunId, Session, Stop, pace};
use crate::sim::{Action, PacketKind, Scenario, Time};

/// How often the clock is written, at least, in milliseconds.
const CLOCK: f64 = 160.0;

/// A frame later than this (the tab was hidden) counts as this long, in milliseconds.
const LONGEST_FRAME: f64 = 250.0;

/// What a user wants of time.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum TimeWish {
    /// To the previous step, or to the previous event that is told.
    Back {
        /// Whether to the previous event that is told.
        story: bool,
    },
    /// To the next step, or to the next event that is told.
    Forward {
        /// Whether to the next event that is told.
        story: bool,
    },
    /// Play backwards, or no more.
    Backwards,
    /// Put a bookmark here, or take it away.
    Bookmark,
    /// Take a bookmark away.
    Forget(Time),
    /// To the next stop, or the one before.
    Go {
        /// Of which kind.
        stop: Stop,
        /// Whether to the one before.
        back: bool,
    },
    /// Do again what was undone.
    Redo,
    /// Go to a moment.
    Seek(Time),
    /// Play at another speed: seconds of the run in a second of the wall clock.
    Speed(f64),
    /// Play or pause.
    Toggle,
    /// Take the last action back.
    Undo,
}

/// What a user wants of a branch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BranchWish {
    /// Forget it.
    Delete(RunId),
    /// Call it by this name.
    Name(RunId, String),
    /// Exchange it with the present run.
    Take(RunId),
}

/// A session, and how it is being watched.
pub struct Player {
    /// The run, and the cursor in it.
    pub session: Session,
    /// The same with other rules, to compare with, until the user takes a hand in it.
    pub twin: Option<Session>,
    /// How fast it plays.
    pub pace: Pace,
    /// Whether it plays.
    pub playing: bool,
    /// Whether time stands still when all messages there are are held, until the user insists.
    pub waits: bool,
    /// Whether time stops when a property breaks.
    pub stops: bool,
    /// Up to when it is played, if not for ever.
    pub until: Option<Time>,
    /// Whether it plays backwards.
    pub backwards: bool,
    insists: bool,
    last_frame: Option<f64>,
}

impl Player {
    /// A session in the middle of its action.
    pub fn new(session: Session) -> Self {
        Self {
            session,
            twin: None,
            pace: Pace::new(Pace::FIRST),
            playing: true,
            waits: false,
            stops: true,
            until: None,
            backwards: false,
            insists: false,
            last_frame: None,
        }
    }

    /// The opening scene: a cluster with a leader, and entries on their way.
    pub fn opening(scenario: Scenario) -> Self {
        let mut session = Session::new(scenario);
        let limit = Time::ms(3000);
        while session.now() < limit && !is_busy(&session) {
            session.step_forward(false);
        }
        // A few milliseconds on, what was sent is in full view.
        let soon = session.now() + Time::ms(5);
        session.advance(soon);
        Self::new(session)
    }

    /// A frame is shown, `timestamp` milliseconds after some moment. Says whether anything
    /// happened since the last one.
    pub fn frame(&mut self, timestamp: f64) -> bool {
        let wall = self
            .last_frame
            .map_or(0.0, |last| (timestamp - last).clamp(0.0, LONGEST_FRAME));
        self.last_frame = Some(timestamp);
        if !self.playing {
            return false;
        }
        if self.backwards {
            return self.rewind(wall / 1000.0);
        }
        if self.session.is_held() || self.is_waiting() {
            self.pause();
            return true;
        }
        let before = self.session.world().last_step();
        let broken = self.session.violations().len();
        self.pace.play(&mut self.session, wall / 1000.0);
        if let Some(end) = self.until.take_if(|end| *end <= self.session.now()) {
            // A quiet stretch is crossed in leaps: the last one may have gone too far.
            self.session.seek(end);
            self.pause();
            return true;
        }
        let twin_happened = self.keep_together();
        let has_broken = self.stops && self.session.violations().len() > broken;
        if has_broken || self.session.now() >= Time::LONGEST {
            self.pause();
            return true;
        }
        twin_happened || self.session.world().last_step() != before
    }

    /// Lets `wall` seconds of watching pass backwards. Idle time is crossed as quickly as it was on the
    /// way here.
    fn rewind(&mut self, wall: f64) -> bool {
        let now = self.session.now();
        let quiet = self.session.quiet_around(now);
        let crossing = quiet.map_or(0.0, |(from, to)| (to - from).as_secs() / pace::LONGEST_WAIT);
        let passes = (wall * self.pace.speed.max(crossing) * 1e6).max(1.0);
        let before = self.session.world().last_step();
        self.session.seek(Time(now.0.saturating_sub(passes as u64)));
        self.keep_together();
        if self.session.now() == Time::ZERO {
            self.pause();
        }
        self.session.world().last_step() != before || !self.playing
    }

    /// Brings the twin to where the session is. Says whether anything happens there in between.
    pub fn keep_together(&mut self) -> bool {
        let Some(twin) = &mut self.twin else {
            return false;
        };
        let before = twin.world().last_step();
        twin.seek(self.session.now());
        twin.world().last_step() != before
    }

    /// Does something now.
    pub fn act(&mut self, action: Action) -> Result<(), String> {
        self.take_a_hand().act(action)
    }

    /// The session, for callers that change the run: a twin would diverge.
    pub fn take_a_hand(&mut self) -> &mut Session {
        self.twin = None;
        &mut self.session
    }

    /// Seconds of the run in a second of the wall clock, from now until something happens.
    pub fn rate(&mut self) -> f64 {
        if self.playing && !self.backwards {
            self.pace.rate(&self.session)
        } else {
            0.0
        }
    }

    /// How many milliseconds nothing is to be done: until the next event at most. Where nobody can
    /// read every event, the page is rendered less often.
    pub fn pause_until_next(&mut self) -> f64 {
        if self.pace.speed > Pace::READABLE {
            return CLOCK / 2.0;
        }
        if self.backwards {
            return 0.0;
        }
        let sessions = [Some(&self.session), self.twin.as_ref()];
        let next = sessions.into_iter().flatten().filter_map(Session::next_at);
        let next = next.min().unwrap_or(Time::NEVER);
        let away = next.saturating_sub(self.session.now());
        (away.as_secs() * 1000.0 / self.rate()).min(CLOCK)
    }

    /// Plays from here on.
    pub fn play(&mut self) {
        self.playing = true;
        self.backwards = false;
        self.insists = false;
        self.last_frame = None;
    }

    /// Does what the user wants of time. False if there is no such moment.
    pub fn time(&mut self, wish: TimeWish) -> bool {
        match wish {
            TimeWish::Back { .. }
            | TimeWish::Forward { .. }
            | TimeWish::Go { .. }
            | TimeWish::Seek(_) => self.pause(),
            _ => {}
        }
        match wish {
            TimeWish::Backwards if self.backwards => self.pause(),
            TimeWish::Backwards => {
                self.play();
                self.backwards = true;
            }
            TimeWish::Bookmark => return self.session.bookmark(),
            TimeWish::Forget(at) => return self.session.forget_bookmark(at),
            TimeWish::Go { stop, back: false } => return self.session.go_on(stop),
            TimeWish::Go { stop, back: true } => return self.session.go_back(stop),
            TimeWish::Back { story } => self.session.step_back(story),
            TimeWish::Forward { story } => self.session.step_forward(story),
            TimeWish::Redo => _ = self.take_a_hand().redo(),
            TimeWish::Seek(to) => {
                let head = self.session.head();
                self.session.seek(to.min(head));
            }
            TimeWish::Speed(speed) => self.pace.speed = speed,
            TimeWish::Toggle if self.playing => self.pause(),
            TimeWish::Toggle => self.insist(),
            TimeWish::Undo => _ = self.take_a_hand().undo(),
        }
        true
    }

    /// Does what the user wants of a branch. Says whether there is such a branch.
    pub fn branch(&mut self, wish: &BranchWish) -> bool {
        self.pause();
        let session = self.take_a_hand();
        match wish {
            BranchWish::Delete(id) => session.delete_branch(*id),
            BranchWish::Name(id, name) => session.name_branch(*id, name),
            BranchWish::Take(id) => session.take_branch(*id),
        }
    }

    /// Plays, even if there is nothing to watch for a while.
    pub fn insist(&mut self) {
        self.play();
        self.insists = true;
    }

    /// Whether nothing travels, and messages wait to be let go.
    fn is_waiting(&self) -> bool {
        let holds = self.session.world().network().holds_any();
        self.waits && !self.insists && holds && self.session.is_idle()
    }

    /// Stands still.
    pub fn pause(&mut self) {
        (self.playing, self.backwards) = (false, false);
        self.last_frame = None;
    }
}

/// Whether a leader has committed some entries and is sending the next.
fn is_busy(session: &Session) -> bool {
    let world = session.world();
    let Some(leader) = world.leader() else {
        return false;
    };
    let Some(node) = world.server(leader).node() else {
        return false;
    };
    let sending = world
        .network()
        .packets()
        .iter()
        .any(|packet| packet.kind() == PacketKind::Append);
    sending && node.commit_index().0 >= 3
}
