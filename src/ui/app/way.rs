//! The way between the rooms, and through the course: addresses, pages, and back again.

use super::*;
use crate::course::{Address, Panel};
use crate::ui::learn::learning::Leaf;

/// A run that waits in its room, Learn or Play, while the other has the stage.
pub(super) struct Resting {
    room: Room,
    player: Player,
    compared: Option<Compared>,
    exhibit: Option<(Exhibit, bool)>,
    challenge: Option<Challenge>,
    touched: bool,
    acted: bool,
    kept: Option<u64>,
}

/// The way between the rooms, and through the course.
impl App {
    /// Enters a room. Learn and Play have a run each: what is done to one leaves the other alone.
    fn enter(&mut self, room: Room) {
        self.room = room;
        // The page begins with the run of Play.
        let shown = match &self.resting {
            Some(resting) if resting.room == Room::Play => Room::Learn,
            _ => Room::Play,
        };
        if shown == room {
            return;
        }
        let mut player = self.control.player_mut();
        let next = self.resting.take();
        let next = next.unwrap_or_else(|| Resting::of(room, player.session.clone()));
        self.resting = Some(Resting {
            room: shown,
            player: std::mem::replace(&mut *player, next.player),
            compared: self.compared.take(),
            exhibit: self.exhibit.take(),
            challenge: self.challenge.take(),
            touched: self.touched,
            acted: self.acted,
            kept: self.kept,
        });
        drop(player);
        self.forget();
        (self.compared, self.exhibit, self.challenge) =
            (next.compared, next.exhibit, next.challenge);
        (self.touched, self.acted, self.kept) = (next.touched, next.acted, next.kept);
        self.broken = self.control.player().session.violations().len();
        self.tool = match room {
            Room::Learn => self.learning.tool().into(),
            _ => Tool::Crash,
        };
    }

    /// Opens what the address names.
    pub(super) fn go(&mut self, ctx: &Context<Self>, route: Route) {
        self.keep_run();
        self.bench = None;
        if !matches!(route, Route::Present(..)) {
            self.presenting = None;
        }
        self.gallery = matches!(route, Route::Gallery);
        self.printing = None;
        match route {
            Route::Bench => {
                self.enter(Room::Play);
                self.bench = Some(Bench::default());
                self.control.player_mut().pause();
                self.measure(ctx);
            }
            Route::Contents(notice) => {
                self.enter(Room::Learn);
                if self.learning.chapter.is_none() {
                    let outcome = self.learning.open(self.learning.place, fresh_seed());
                    self.follow(ctx, outcome);
                }
                (self.learning.contents, self.learning.notice) = (true, notice);
                self.learning.leaf = Leaf::Contents;
            }
            Route::Leaf(leaf) => {
                self.go(ctx, Route::Contents(None));
                self.learning.leaf = leaf;
            }
            Route::Lesson(place) => self.open_lesson(ctx, place),
            Route::Print(chapter) => {
                self.open_lesson(ctx, Some(Place { chapter, page: 1 }));
                self.printing = course::listed(chapter);
            }
            Route::Present(role, place) => self.present(ctx, role, place),
            Route::Drill => panic!("this is a drill: the address asks for a panic"),
            Route::Foreign(address) => {
                self.control.player_mut().pause();
                (self.room, self.foreign) = (Room::Foreign, Some(address));
            }
            Route::Gallery | Route::Play => self.enter(Room::Play),
            Route::Exhibit(exhibit) => {
                self.enter(Room::Play);
                self.tool = Tool::Crash;
                self.open_exhibit(*exhibit, false);
            }
            Route::Run(Ok(session)) => {
                self.enter(Room::Play);
                self.show(*session);
            }
            Route::Run(Err(why)) => {
                self.enter(Room::Play);
                self.say(ctx, why);
            }
        }
        self.want_words(ctx);
        self.wake();
    }

    /// Opens a page of the course. It is as it was when the reader left it for Play.
    pub(super) fn open_lesson(&mut self, ctx: &Context<Self>, place: Option<Place>) {
        self.enter(Room::Learn);
        let (here, begun) = (self.learning.place, self.learning.chapter.is_some());
        let place = place.unwrap_or(here);
        if begun && place == here {
            self.learning.contents = false;
            self.learning.word = None;
            return self.wake();
        }
        let outcome = self.learning.open(place, fresh_seed());
        self.follow(ctx, outcome);
    }

    /// Measures a little more, then lets the browser show it.
    pub(super) fn measure(&mut self, ctx: &Context<Self>) {
        let Some(bench) = self.bench.as_mut().filter(|bench| !bench.is_done()) else {
            return;
        };
        bench.run();
        let link = ctx.link().clone();
        Timeout::new(0, move || link.send_message(Msg::Bench)).forget();
    }

    pub(super) fn learn(&mut self, ctx: &Context<Self>, wish: Wish) {
        let (place, on_detour) = (self.learning.place, self.learning.detour.is_some());
        let turns = matches!(wish, Wish::ShowWhyNot(_) | Wish::Return);
        let mut player = self.control.player_mut();
        let outcome = self.learning.wish(wish, &mut player, fresh_seed());
        drop(player);
        if turns || on_detour {
            self.forget();
        }
        self.follow(ctx, outcome);
        self.want_words(ctx);
        if self.learning.place != place {
            // The way back leads to where this page was opened from, named or not.
            let addresses = [place, self.learning.place].map(|place| self.page_address(place));
            if let [Some(before), Some(now)] = addresses {
                write_address(&before, false);
                write_address(&now, true);
            }
        }
        self.wake();
    }

    /// Fetches the glossary when it is first needed.
    fn want_words(&mut self, ctx: &Context<Self>) {
        if !self.words_asked && self.learning.wants_words() {
            self.words_asked = true;
            ctx.link()
                .send_future(async { Msg::Learn(Wish::Glossary(fetch::words().await)) });
        }
    }

    pub(super) fn follow(&mut self, ctx: &Context<Self>, outcome: Outcome) {
        match outcome {
            Outcome::Act(actions) => {
                for action in actions {
                    self.control.act_or_say(action);
                }
            }
            Outcome::Fetch(chapter) => ctx.link().send_future(async move {
                let text = fetch::chapter(chapter).await;
                Msg::Learn(Wish::Fetched(chapter, text))
            }),
            Outcome::Look => {}
            Outcome::Undo => self.control.time(TimeWish::Undo),
            Outcome::Show(player) => {
                *self.control.player_mut() = *player;
                self.tool = self.learning.tool().into();
                show_stage();
                self.touched = false;
                self.forget();
            }
        }
    }

    /// Which room this is, and what glows.
    pub(super) fn class(&self) -> String {
        let player = self.control.player();
        let room = match self.room {
            Room::Learn => "app learn",
            Room::Play if is_embed() => "app play-room embed",
            Room::Play => "app play-room",
            Room::Foreign => "app foreign-room",
        };
        let mut classes = String::from(room);
        if let Some(sheet) = self
            .sheet
            .filter(|_| self.compact && self.room == Room::Play)
        {
            classes.push_str(sheet.class());
        }
        if let Some(presenting) = &self.presenting {
            classes.push_str(presenting.class());
        }
        if self.room == Room::Learn {
            let panels = self.learning.panels();
            for panel in Panel::ALL.iter().filter(|panel| panels.shows(**panel)) {
                classes.push_str(" with-");
                classes.push_str(panel.name());
            }
            for panel in Panel::ALL.iter().filter(|panel| panels.is_about(**panel)) {
                classes.push_str(" about-");
                classes.push_str(panel.name());
            }
            if self.printing.is_some() {
                classes.push_str(" in-print");
            }
            if self.learning.contents {
                classes.push_str(" in-contents");
            }
            if self.learning.shows_leaf() {
                classes.push_str(" in-leaf");
            }
            if self.learning.shows_lab() {
                classes.push_str(" in-lab");
            }
            if self.learning.is_timeless(&player.session) {
                classes.push_str(" timeless");
            }
            for touch in self.learning.touch(&player.session) {
                classes.push_str(match touch {
                    Touch::Button => " touch-button",
                    Touch::Link => " touch-link",
                    Touch::Message => " touch-message",
                    Touch::Play => " touch-play",
                    Touch::Send => " touch-send",
                    Touch::Step => " touch-step",
                    Touch::Follower | Touch::Leader | Touch::Server(_) => continue,
                });
            }
        }
        classes
    }
}

impl Resting {
    /// A run of which nothing else is known.
    fn of(room: Room, session: Session) -> Self {
        Self {
            room,
            player: Player::new(session),
            compared: None,
            exhibit: None,
            challenge: None,
            touched: false,
            acted: false,
            kept: None,
        }
    }
}

/// What the address names.
pub(super) enum Route {
    /// `#/bench`
    Bench,
    /// `#/drill`: a panic on purpose, to see that it is shown as it should be.
    Drill,
    /// `#/contents`; with a sentence, if the address names nothing.
    Contents(Option<String>),
    /// `#/quiz`, `#/be-a-server`
    Leaf(Leaf),
    /// `#/lesson/5/2`; without a page, wherever the learner was.
    Lesson(Option<Place>),
    /// `#/your-raft`, and what stands behind it.
    Foreign(String),
    /// `#/print/5`: a chapter on paper.
    Print(u16),
    /// `#/present/5/2`, `#/lecture/5/2` or `#/audience`: a page before an audience.
    Present(Role, Option<Place>),
    /// `#/play/two-leaders`: a scenario of the gallery.
    Exhibit(Box<Exhibit>),
    /// `#/play/scenarios`
    Gallery,
    /// `#/play`
    Play,
    /// `#/run/...`: a run, or what is wrong with it.
    Run(Result<Box<Session>, String>),
}

impl Route {
    pub(super) fn here() -> Self {
        let hash = web_sys::window().and_then(|window| window.location().hash().ok());
        let hash = hash.unwrap_or_default();
        match Address::read(&hash) {
            Ok(Address::Bench) => Self::Bench,
            Ok(Address::Contents) => Self::Contents(None),
            Ok(Address::Drill) => Self::Drill,
            Ok(Address::Quiz) => Self::Leaf(Leaf::Quiz),
            Ok(Address::Server) => Self::Leaf(Leaf::Server),
            Ok(Address::Course) => Self::Lesson(None),
            Ok(Address::Lesson(place)) => Self::Lesson(Some(place)),
            Ok(Address::Present(place)) => Self::Present(Role::Projector, Some(place)),
            Ok(Address::Lecture(place)) => Self::Present(Role::Lecturer, Some(place)),
            Ok(Address::Print(chapter)) => Self::Print(chapter),
            Ok(Address::Audience) => Self::Present(Role::Audience, None),
            Ok(Address::Gallery) => Self::Gallery,
            Ok(Address::Play) => Self::Play,
            Ok(Address::Foreign(rest)) => Self::Foreign(rest.into()),
            Ok(Address::Scenario(name)) => match gallery::exhibit(name) {
                Some(exhibit) => Self::Exhibit(Box::new(exhibit)),
                None => Self::Gallery,
            },
            Ok(Address::Run(run)) => Self::Run(link::read(run).map(Box::new)),
            Err(why) => Self::Contents(Some(why)),
        }
    }
}

pub(super) fn lesson_address(place: Place) -> String {
    format!("#/lesson/{place}")
}

/// Writes the address without opening it, so that the browser's own way back leads here.
pub(super) fn write_address(hash: &str, anew: bool) {
    let history = web_sys::window().and_then(|window| window.history().ok());
    let Some(history) = history else { return };
    // A page that may not change its address has no way back, and works all the same.
    let _ = if anew {
        history.push_state_with_url(&JsValue::NULL, "", Some(hash))
    } else {
        history.replace_state_with_url(&JsValue::NULL, "", Some(hash))
    };
}
