//! A session with a clock: it plays, or it stands still. Beside it there may be another, of the same
//! actions with other rules, which is always at the same moment.

use super::{Pace, Session};
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
    /// Up to when it is played, if not for ever.
    pub until: Option<Time>,
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
            until: None,
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
        let has_broken = self.session.violations().len() > broken;
        if has_broken || self.session.now() >= Time::LONGEST {
            self.pause();
            return true;
        }
        twin_happened || self.session.world().last_step() != before
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

    /// The session, for whoever changes what happens in it: the twin would go its own way.
    pub fn take_a_hand(&mut self) -> &mut Session {
        self.twin = None;
        &mut self.session
    }

    /// Seconds of the run in a second of the wall clock, from now until something happens.
    pub fn rate(&mut self) -> f64 {
        if self.playing {
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
        let sessions = [Some(&self.session), self.twin.as_ref()];
        let next = sessions.into_iter().flatten().filter_map(Session::next_at);
        let next = next.min().unwrap_or(Time::NEVER);
        let away = next.saturating_sub(self.session.now());
        (away.as_secs() * 1000.0 / self.rate()).min(CLOCK)
    }

    /// Plays from here on.
    pub fn play(&mut self) {
        self.playing = true;
        self.insists = false;
        self.last_frame = None;
    }

    /// Does what the user wants of time.
    pub fn time(&mut self, wish: TimeWish) {
        match wish {
            TimeWish::Back { .. } | TimeWish::Forward { .. } | TimeWish::Seek(_) => self.pause(),
            _ => {}
        }
        match wish {
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
        self.playing = false;
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
