//! The question "why?", and the answer that is being read.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::session::Session;
use crate::sim::Time;
use crate::ui::reasons::why;
use crate::view::{Question, Why};

/// The answer that is being read, if one is.
#[derive(Default)]
pub(super) struct Answer {
    pub(super) why: Option<Why>,
    /// The moment from which causes and effects were followed, if any was.
    pub(super) from: Option<Time>,
    /// What had the focus before the answer took it.
    asked_at: Option<Element>,
    /// Whether the answer gets the focus.
    wants_focus: bool,
}

impl Answer {
    pub(super) fn question(&self) -> Option<Question> {
        self.why.as_ref().map(|why| why.question)
    }

    /// Shows an answer, and keeps what had the focus.
    pub(super) fn open(&mut self, why: Why) {
        if self.why.is_none() {
            let document = web_sys::window().and_then(|window| window.document());
            self.asked_at = document.and_then(|document| document.active_element());
        }
        (self.why, self.wants_focus) = (Some(why), true);
    }

    /// Closes the answer, and gives the focus back.
    pub(super) fn close(&mut self) {
        (self.why, self.from) = (None, None);
        if let Some(element) = self.asked_at.take() {
            let _ = element.unchecked_into::<HtmlElement>().focus();
        }
    }

    /// At another moment the answer may be another, or none.
    pub(super) fn again(&mut self, session: &Session) {
        self.why = self.why.take().and_then(|why| why.again(session));
    }

    /// Once it is on the page, a new answer has the focus.
    pub(super) fn take_focus(&mut self) {
        if std::mem::take(&mut self.wants_focus) {
            why::show();
        }
    }
}
