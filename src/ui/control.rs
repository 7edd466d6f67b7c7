//! The player as components have it: they act on the run by themselves, show by themselves why an
//! action was refused, and the page hears that something changed.

use std::cell::{Cell, Ref, RefCell, RefMut};
use std::rc::Rc;

use yew::Callback;
use yew::html::ImplicitClone;

use crate::session::{BranchWish, Player, TimeWish};
use crate::sim::Action;
use crate::sim::text::{self, TextError};
use crate::ui::attention::ask_first;

/// What the page hears from its components.
#[derive(Clone, PartialEq, Debug)]
pub enum Heard {
    /// The user acted on the run.
    Acted,
    /// Show a message at the top of the page.
    Say(String),
    /// Another moment is shown, or time began to pass.
    Time,
}

/// The player, and how to tell the page.
#[derive(Clone)]
pub struct Control {
    player: Rc<RefCell<Player>>,
    /// Whether time waits until a question is answered: then nothing is done.
    held: Rc<Cell<bool>>,
    tell: Callback<Heard>,
}

impl ImplicitClone for Control {}

impl PartialEq for Control {
    /// There is one player for the life of the page.
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.player, &other.player)
    }
}

impl Control {
    pub fn new(player: Player, tell: Callback<Heard>) -> Self {
        Self {
            player: Rc::new(RefCell::new(player)),
            held: Rc::default(),
            tell,
        }
    }

    pub fn player(&self) -> Ref<'_, Player> {
        self.player.borrow()
    }

    /// For changes that the page makes itself, and so need not hear of.
    pub fn player_mut(&self) -> RefMut<'_, Player> {
        self.player.borrow_mut()
    }

    pub fn hold(&self, held: bool) {
        self.held.set(held);
    }

    pub fn is_held(&self) -> bool {
        self.held.get()
    }

    /// Does something now; or says why not, in a sentence.
    pub fn act(&self, action: Action) -> Result<(), String> {
        if self.is_held() {
            ask_first();
            return Ok(());
        }
        let mut player = self.player.borrow_mut();
        player.act(action).map_err(sentence)?;
        if player.waits {
            player.play();
        }
        drop(player);
        self.tell.emit(Heard::Acted);
        Ok(())
    }

    /// The same; the top of the page says why not.
    pub fn act_or_say(&self, action: Action) {
        if let Err(why) = self.act(action) {
            self.say(why);
        }
    }

    /// Follows a line of a script at the cursor, and returns what it prints. The statements before a
    /// wrong one are done.
    pub fn follow(&self, line: &str) -> Result<String, TextError> {
        let mut player = self.player.borrow_mut();
        player.pause();
        let session = player.take_a_hand();
        let before = session.actions().len();
        let printed = text::statements(line).map(|statement| session.follow(&statement));
        let printed = printed.collect();
        let acted = session.actions().len() != before;
        drop(player);
        self.tell
            .emit(if acted { Heard::Acted } else { Heard::Time });
        printed
    }

    pub fn say(&self, sentence: impl Into<String>) {
        self.tell.emit(Heard::Say(sentence.into()));
    }

    pub fn time(&self, wish: TimeWish) {
        let onward = matches!(
            wish,
            TimeWish::Forward { .. } | TimeWish::Go { back: false, .. } | TimeWish::Toggle
        );
        if onward && self.is_held() {
            return ask_first();
        }
        let went = self.player.borrow_mut().time(wish);
        self.tell.emit(Heard::Time);
        match wish {
            TimeWish::Bookmark if !went => self.say("There are too many bookmarks: take one away."),
            TimeWish::Go { back: true, .. } if !went => self.say("There is none before."),
            TimeWish::Go { .. } if !went => {
                self.say("There is none in the next minute of the run.")
            }
            _ => {}
        }
    }
}

/// Changes of branches.
impl Control {
    pub fn branch(&self, wish: BranchWish) {
        self.player.borrow_mut().branch(&wish);
        self.tell.emit(Heard::Time);
    }
}

/// A sentence for people: with a capital and a full stop.
pub fn sentence(text: impl Into<String>) -> String {
    let text: String = text.into();
    let mut chars = text.chars();
    let first = chars
        .next()
        .map(|c| c.to_ascii_uppercase().to_string())
        .unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}
