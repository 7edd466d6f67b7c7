//! The page in a lecture: what the lecturer's window tells, and what the audience's window shows of
//! it.

use super::way::write_address;
use super::*;
use crate::course::Slide;
use crate::ui::learn::present::{Heard as Other, Key};

impl App {
    /// Opens this window for a lecture, at a page if one is named.
    pub(super) fn present(&mut self, ctx: &Context<Self>, role: Role, place: Option<Place>) {
        if self.presenting.as_ref().map(|presenting| presenting.role) != Some(role) {
            let heard = ctx.link().callback(Msg::Lecture);
            self.presenting = Some(Presenting::new(role, heard));
        }
        self.open_lesson(ctx, place);
    }

    /// The address of a page, for this window.
    pub(super) fn page_address(&self, place: Place) -> Option<String> {
        match self.presenting.as_ref().map(|presenting| presenting.role) {
            None => Some(lesson_address(place)),
            Some(Role::Projector) => Some(format!("#/present/{place}")),
            Some(Role::Lecturer) => Some(format!("#/lecture/{place}")),
            Some(Role::Audience) => None,
        }
    }

    /// What only the lecturer sees.
    pub(super) fn notes(&self) -> Option<Html> {
        let presenting = self.presenting.as_ref();
        let presenting = presenting.filter(|presenting| presenting.role == Role::Lecturer);
        presenting.map(|presenting| present::notes(presenting, &self.learning))
    }

    /// The keys, where there is a projector and no time bar.
    pub(super) fn foot(&self) -> Option<Html> {
        let presenting = self.presenting.as_ref()?;
        (presenting.role == Role::Projector).then(present::foot)
    }

    /// You did something in this window: from now on the audience follows it.
    pub(super) fn lead(&mut self) {
        if let Some(presenting) = &mut self.presenting {
            presenting.lead();
        }
    }

    /// Another window said something.
    pub(super) fn hear(&mut self, ctx: &Context<Self>, heard: Other) {
        let Some(presenting) = &mut self.presenting else {
            return;
        };
        match heard {
            Other::Audience if presenting.role == Role::Lecturer => presenting.greet(),
            Other::Lecturer if presenting.role == Role::Audience => presenting.greet(),
            Other::Slide(slide) if presenting.follows() => {
                presenting.keep((*slide).clone());
                self.show_slide(ctx, *slide);
            }
            Other::Audience | Other::Lecturer | Other::Slide(_) => {}
        }
    }

    /// A key in a lecture. Says whether it meant something.
    pub(super) fn lecture_key(&mut self, ctx: &Context<Self>, event: &KeyboardEvent) -> bool {
        let Some(presenting) = &mut self.presenting else {
            return false;
        };
        if presenting.role == Role::Audience {
            // What the audience sees is the lecturer's to change.
            return true;
        }
        let asks = self.learning.is_held(&self.control.player().session);
        let Some(key) = present::key(event, &self.learning, asks) else {
            return false;
        };
        event.prevent_default();
        match key {
            Key::Blank => presenting.blank = !presenting.blank,
            Key::Page(wish) => self.learn(ctx, wish),
            Key::Leave => {
                self.presenting = None;
                write_address(&lesson_address(self.learning.place), false);
            }
        }
        true
    }

    /// Tells the audience's window, if there is one, what is to be seen now.
    pub(super) fn tell_audience(&mut self) {
        let Some(presenting) = &mut self.presenting else {
            return;
        };
        let player = self.control.player();
        let learning = &self.learning;
        let slide = Slide {
            place: learning.place,
            seed: learning.seed,
            question: learning.question,
            order: learning.order.clone(),
            hands: learning.hands.clone(),
            hints: learning.hints,
            met: learning.met,
            detour: learning.detour.as_ref().map(|detour| detour.choice),
            playing: player.playing,
            speed: player.pace.speed,
            blank: false,
            run: String::new(),
        };
        presenting.tell(slide, &player.session);
    }

    /// Shows what the lecturer's window shows. A chapter may have to be fetched first.
    pub(super) fn show_slide(&mut self, ctx: &Context<Self>, slide: Slide) {
        let learning = &mut self.learning;
        let here = learning.place == slide.place && learning.seed == slide.seed;
        if !here || learning.chapter.is_none() {
            let outcome = learning.begin_at(slide.place, slide.seed, false);
            let fetches = matches!(outcome, Outcome::Fetch(_));
            self.follow(ctx, outcome);
            if fetches {
                if let Some(presenting) = &mut self.presenting {
                    presenting.heard = Some(slide);
                }
                return;
            }
        }
        if let Some(presenting) = &mut self.presenting {
            presenting.blank = slide.blank;
        }
        self.learning
            .show_slide(&slide, &mut self.control.player_mut());
        self.wake();
    }

    /// A chapter has arrived: what waited for it is shown.
    pub(super) fn show_waiting_slide(&mut self, ctx: &Context<Self>) {
        let presenting = self.presenting.as_mut();
        if let Some(slide) = presenting.and_then(|presenting| presenting.heard.take()) {
            self.show_slide(ctx, slide);
        }
    }
}
