//! Our own icons, drawn in the colour of the text beside them.

use yew::prelude::*;

fn icon(path: &'static str) -> Html {
    html! {
        <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
            <path d={path} fill="currentColor" />
        </svg>
    }
}

/// An icon of lines.
fn lines(path: &'static str) -> Html {
    html! {
        <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
            <path d={path} fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"
                stroke-linejoin="round" />
        </svg>
    }
}

pub fn crash() -> Html {
    lines("M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8zM5.8 5.8l4.4 4.4m0-4.4-4.4 4.4")
}

pub fn clock() -> Html {
    lines("M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8zM8 4.6V8l2.4 1.6")
}

pub fn skew() -> Html {
    lines("M8 1.8a6.2 6.2 0 1 0 6.2 6.2H8zM10.6 1.6a5 5 0 0 1 3.8 3.8")
}

pub fn disk() -> Html {
    lines(
        "M3 4c0-1.2 2.2-2 5-2s5 .8 5 2v8c0 1.2-2.2 2-5 2s-5-.8-5-2zM3 4c0 1.2 2.2 2 5 2s5-.8 5-2M3 8c0 1.2 2.2 2 5 2s5-.8 5-2",
    )
}

pub fn wipe() -> Html {
    lines("M3 4c0-1.2 2.2-2 5-2s5 .8 5 2v8c0 1.2-2.2 2-5 2s-5-.8-5-2zM6 7.6l4 4m0-4-4 4")
}

pub fn partition() -> Html {
    lines(
        "M8 1.5v2m0 3v3m0 3v2M3.4 6.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6zm9.2 0a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6z",
    )
}

pub fn cut_off() -> Html {
    lines(
        "M8 5.4a2.6 2.6 0 1 1 0 5.2 2.6 2.6 0 0 1 0-5.2zM8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 11.8 13 13M13 3l-1.2 1.2M4.2 11.8 3 13",
    )
}

pub fn cut_link() -> Html {
    lines("M1 8h4.4M10.6 8H15M6 4.8v6.4M10 4.8v6.4")
}

pub fn pause_server() -> Html {
    lines("M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8zM6.5 5.8v4.4M9.5 5.8v4.4")
}

pub fn slow() -> Html {
    lines("M1.2 8c1.2-3.4 2.4-3.4 3.4 0s2.2 3.4 3.4 0 2.2-3.4 3.4 0 2.2 3.4 3.4 0")
}

pub fn lossy() -> Html {
    lines("M1 8h3M6 8h1M9.6 5.6l4.8 4.8m0-4.8-4.8 4.8")
}

pub fn hand() -> Html {
    lines(
        "M4.6 8V4.4a.9.9 0 0 1 1.8 0V7 3a.9.9 0 0 1 1.8 0v4-3.2a.9.9 0 0 1 1.8 0V7.4 5a.9.9 0 0 1 1.8 0v4.6c0 2.8-1.6 4.6-4 4.6-2 0-3-1-4-2.8L2.6 9.2c-.4-1 .8-1.8 1.4-1z",
    )
}

pub fn heal() -> Html {
    lines("M1.6 8h12.8M4.4 5.2 1.6 8l2.8 2.8M11.6 5.2 14.4 8l-2.8 2.8")
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

/// Where something is put in.
pub fn tray() -> Html {
    html! {
        <svg class="icon" viewBox="0 0 56 56" width="56" height="56" aria-hidden="true">
            <path d="M28 6v30M17 25l11 11 11-11M6 36v10a4 4 0 0 0 4 4h36a4 4 0 0 0 4-4V36" fill="none"
                stroke="currentColor" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round" />
        </svg>
    }
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
