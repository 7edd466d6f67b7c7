//! Brings what matters now into view, or gives it the focus.

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

/// Time waits for an answer: the question lights up. Neither the focus nor the page moves, so that
/// no key that was meant for the time answers it.
pub fn ask_first() {
    let Some(question) = why::element("#question") else {
        return;
    };
    let classes = question.class_list();
    // Taken away and given again, after a look at the layout, the animation of the class starts again.
    let _ = classes.remove_1("asks");
    let _ = question.get_bounding_client_rect();
    let _ = classes.add_1("asks");
}
