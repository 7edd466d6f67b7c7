//! Our own icons, drawn in the colour of the text beside them.

use yew::prelude::*;

fn icon(path: &'static str) -> Html {
    html! {
        <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
            <path d={path} fill="currentColor" />
        </svg>
    }
}

pub fn play() -> Html {
    icon("M4 2.2v11.6L13.4 8z")
}

pub fn pause() -> Html {
    icon("M3.4 2h3.4v12H3.4zM9.2 2h3.4v12H9.2z")
}

pub fn step_forward() -> Html {
    icon("M3.6 3 10 8l-6.4 5zM10.8 3h2v10h-2z")
}

pub fn step_back() -> Html {
    icon("M12.4 3 6 8l6.4 5zM3.2 3h2v10h-2z")
}

pub fn undo() -> Html {
    icon("M6.2 2 2 6.2l4.2 4.2V7.6h2.6a2.4 2.4 0 0 1 0 4.8H6v2h2.8a4.4 4.4 0 0 0 0-8.8H6.2z")
}

pub fn redo() -> Html {
    icon("M9.8 2 14 6.2l-4.2 4.2V7.6H7.2a2.4 2.4 0 0 0 0 4.8H10v2H7.2a4.4 4.4 0 0 1 0-8.8h2.6z")
}

pub fn done() -> Html {
    icon("M6.4 13.2 1.6 8.4l2-2 2.8 2.8 6-6.4 2 1.9z")
}

pub fn holds() -> Html {
    icon(
        "M8 .8a7.2 7.2 0 1 1 0 14.4A7.2 7.2 0 0 1 8 .8zM4.2 8l2.7 2.8 5-5.4-1.1-1-3.9 4.2-1.6-1.7z",
    )
}

pub fn broken() -> Html {
    icon(
        "M8 .8a7.2 7.2 0 1 1 0 14.4A7.2 7.2 0 0 1 8 .8zM4.8 5.9 6.9 8l-2.1 2.1 1.1 1.1L8 9.1l2.1 2.1 1.1-1.1L9.1 8l2.1-2.1-1.1-1.1L8 6.9 5.9 4.8z",
    )
}

pub fn theme() -> Html {
    icon("M8 1.5a6.5 6.5 0 1 0 0 13zm0-1a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15z")
}

pub fn brand() -> Html {
    html! {
        <svg class="brand-mark" viewBox="0 0 22 22" width="22" height="22" aria-hidden="true">
            <circle class="brand-ring" cx="11" cy="11" r="9.4" />
            <circle class="brand-leader" cx="11" cy="5.6" r="2.1" />
            <circle class="brand-follower" cx="6.3" cy="13.6" r="2.1" />
            <circle class="brand-follower" cx="15.7" cy="13.6" r="2.1" />
        </svg>
    }
}
