//! Brings what matters now into view, or gives it the focus.

use gloo_timers::callback::Timeout;

use super::why;

/// From the beginning: of the page on a phone, of the lesson elsewhere.
pub fn show_stage() {
    if let Some(window) = web_sys::window() {
        window.scroll_to_with_x_and_y(0.0, 0.0);
    }
    if let Some(lesson) = why::element(".lesson-scroll") {
        lesson.set_scroll_top(0);
    }
}

/// Time waits for an answer: the question is brought into view, and its first answer at hand.
pub fn ask_first() {
    // After the next rendering: the question may be part of it.
    Timeout::new(0, || {
        if let Some(question) = why::element("#question") {
            question.scroll_into_view();
        }
        why::focus("#question button");
    })
    .forget();
}

/// Brings into view what the next rendering shows, if it does: what was met, what is offered.
pub fn bring(selector: &'static str) {
    Timeout::new(0, move || {
        if let Some(element) = why::element(selector) {
            element.scroll_into_view_with_bool(false);
        }
    })
    .forget();
}
