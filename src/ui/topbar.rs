//! The top of the page: its name, and what concerns the page as a whole.

use yew::prelude::*;

use crate::narrate::{say, say_of};
use crate::ui::control::Control;
use crate::ui::icons;
use crate::ui::language;
use crate::ui::play::settings::RunWish;
use crate::ui::share::{ShareMenu, is_embed, own_page};
use crate::ui::theme::switch_theme;

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
    /// The title, where the page shows none: for who does not see the page.
    pub title: Option<String>,
    /// The address of the page of the course that is open.
    pub lesson: String,
    /// The text that was just copied, or the reason why it was not, in a few words.
    pub said: Option<String>,
    pub control: Control,
    pub on_help: Callback<()>,
    pub on_keep: Callback<()>,
    pub on_new: Callback<()>,
    pub on_run: Callback<RunWish>,
}

/// The top bar.
pub fn top_bar(props: &TopBarProps) -> Html {
    let click = |callback: &Callback<()>| callback.reform(|_: MouseEvent| ());
    let room = |room, label: &'static str, href: String| {
        let current = (room == props.room).then_some("page");
        html! { <a class="plain" {href} aria-current={current}>{ label }</a> }
    };
    html! {
        <header class="topbar">
            { brand(&props.on_new) }
            <nav class="rooms" aria-label={say("Rooms")}>
                { room(Room::Learn, say("Learn"), props.lesson.clone()) }
                { room(Room::Play, say_of("room", "Play"), "#/play".into()) }
                { room(Room::Foreign, say("Your Raft"), "#/your-raft".into()) }
            </nav>
            <h1 class="visually-hidden" hidden={props.title.is_none()}>{ props.title.clone().unwrap_or_default() }</h1>
            <p class="said" role="status">{ props.said.clone().unwrap_or_default() }</p>
            <nav aria-label={say("Page")}>
                { language::offer() }
                <button class="plain new" onclick={click(&props.on_new)}>{ say("New run") }</button>
                <button class="plain icon-button" aria-label={say("Light or dark")} title={say("Light or dark")}
                    onclick={|_: MouseEvent| switch_theme()}>{ icons::theme() }</button>
                <button class="plain icon-button" aria-label={say("Help")} title={say("Help (?)")}
                    onclick={click(&props.on_help)}>{ "?" }</button>
                <ShareMenu control={&props.control} on_keep={&props.on_keep} on_wish={&props.on_run} />
            </nav>
        </header>
    }
}

/// The name of the page. In an embedded page it opens the same run in a page of its own.
fn brand(on_new: &Callback<()>) -> Html {
    let name = html! { <>{ icons::brand() }<span class="brand-name">{ "Raftarium" }</span></> };
    if is_embed() {
        return html! { <a class="brand" href={own_page()} target="_blank" rel="noopener" aria-label={say("Open in Raftarium")}>{ name }</a> };
    }
    let onclick = on_new.reform(|event: MouseEvent| event.prevent_default());
    html! { <a class="brand" href="#" aria-label="Raftarium" {onclick}>{ name }</a> }
}
