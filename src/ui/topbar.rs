//! The top of the page: its name, and what concerns the page as a whole.

use yew::prelude::*;

use super::control::Control;
use super::icons;
use super::share::share;
use super::theme::switch_theme;

/// What the page is used for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Room {
    /// A course.
    Learn,
    /// Whatever one likes.
    Play,
    /// The traces of others.
    Foreign,
}

/// What the top bar is given.
pub struct TopBarProps {
    pub room: Room,
    /// The address of the page of the course that is open.
    pub lesson: String,
    /// What was just copied or failed to be, in a few words.
    pub said: Option<String>,
    pub control: Control,
    pub on_help: Callback<()>,
    pub on_new: Callback<()>,
}

/// The top bar.
pub fn top_bar(props: &TopBarProps) -> Html {
    let click = |callback: &Callback<()>| callback.reform(|_: MouseEvent| ());
    let control = props.control.clone();
    let on_share = Callback::from(move |_: MouseEvent| share(&control));
    let room = |room, label: &'static str, href: String| {
        let current = (room == props.room).then_some("page");
        html! { <a class="plain" {href} aria-current={current}>{ label }</a> }
    };
    html! {
        <header class="topbar">
            <a class="brand" href="#" aria-label="Raftarium" onclick={props.on_new.reform(|event: MouseEvent| event.prevent_default())}>
                { icons::brand() }<span class="brand-name">{ "Raftarium" }</span>
            </a>
            <nav class="rooms" aria-label="Rooms">
                { room(Room::Learn, "Learn", props.lesson.clone()) }
                { room(Room::Play, "Play", "#/play".into()) }
                { room(Room::Foreign, "Your Raft", "#/your-raft".into()) }
            </nav>
            <p class="said" role="status">{ props.said.clone().unwrap_or_default() }</p>
            <nav aria-label="Page">
                <button class="plain new" onclick={click(&props.on_new)}>{ "New run" }</button>
                <button class="plain icon-button" aria-label="Light or dark" title="Light or dark"
                    onclick={|_: MouseEvent| switch_theme()}>{ icons::theme() }</button>
                <button class="plain icon-button" aria-label="Help" title="Help (?)"
                    onclick={click(&props.on_help)}>{ "?" }</button>
                <button class="bordered share" onclick={on_share}>{ "Share" }</button>
            </nav>
        </header>
    }
}
