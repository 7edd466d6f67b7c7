//! The top of the page: its name, and what concerns the page as a whole.

use yew::prelude::*;

use super::icons;

/// What the top bar is given.
pub struct TopBarProps {
    /// What was just copied or failed to be, in a few words.
    pub said: Option<String>,
    pub on_share: Callback<()>,
    pub on_theme: Callback<()>,
    pub on_help: Callback<()>,
    pub on_new: Callback<()>,
}

/// The top bar.
pub fn top_bar(props: &TopBarProps) -> Html {
    let click = |callback: &Callback<()>| callback.reform(|_: MouseEvent| ());
    html! {
        <header class="topbar">
            <a class="brand" href="#" onclick={props.on_new.reform(|event: MouseEvent| event.prevent_default())}>
                { icons::brand() }{ "Raftarium" }
            </a>
            <p class="tagline">{ "A Raft cluster, alive" }</p>
            <p class="said" role="status">{ props.said.clone().unwrap_or_default() }</p>
            <nav aria-label="Page">
                <button class="plain new" onclick={click(&props.on_new)}>{ "New run" }</button>
                <button class="plain icon-button" aria-label="Light or dark" title="Light or dark"
                    onclick={click(&props.on_theme)}>{ icons::theme() }</button>
                <button class="plain icon-button" aria-label="Help" title="Help (?)"
                    onclick={click(&props.on_help)}>{ "?" }</button>
                <button class="bordered" onclick={click(&props.on_share)}>{ "Share" }</button>
            </nav>
        </header>
    }
}
