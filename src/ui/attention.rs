//! Brings what matters now into view, makes it glow, or gives it the focus.

use crate::course::Touch;
use crate::raft::{NodeId, ServerSet};
use crate::sim::World;
use crate::ui::reasons::why;

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

/// The servers that glow.
pub fn inviting(touch: &[Touch], world: &World) -> ServerSet {
    let leader = world.leader();
    let is_wanted = |id: NodeId| {
        touch.iter().any(|one| match one {
            Touch::Follower => world.server(id).is_up() && leader != Some(id),
            Touch::Leader => leader == Some(id),
            Touch::Server(wanted) => *wanted == id,
            _ => false,
        })
    };
    let ids = world.servers().iter().map(|server| server.id);
    ids.filter(|id| is_wanted(*id)).collect()
}
