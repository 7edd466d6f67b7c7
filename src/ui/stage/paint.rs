//! What moves on the page while time passes: both stages, the slider of time and the clock.

use std::rc::Rc;

use web_sys::{Element, HtmlInputElement};
use yew::NodeRef;

use crate::sim::Time;
use crate::ui::reasons::events::clock;
use crate::ui::stage::motion::Motion;

/// The moving parts of the page.
#[derive(Clone, Default)]
pub struct Paint {
    /// What moves on the stage, and on that of the twin.
    pub motion: [Rc<Motion>; 2],
    pub slider: NodeRef,
    pub clock: NodeRef,
}

impl Paint {
    /// Puts everything where it is at this time, on both stages.
    pub fn place(&self, now: Time, rate: f64) {
        for motion in &self.motion {
            motion.place(now, rate);
        }
    }

    /// Writes the time where the user sees it.
    pub fn show_time(&self, now: Time) {
        if let Some(input) = self.slider.cast::<HtmlInputElement>() {
            input.set_value_as_number(now.0 as f64 / 1000.0);
        }
        if let Some(element) = self.clock.cast::<Element>() {
            element.set_text_content(Some(&clock(now)));
        }
    }
}
