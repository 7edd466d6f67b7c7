//! Mounts the page; nothing else.

use yew::prelude::*;

/// The page.
#[component]
fn App() -> Html {
    html! { <main>{ "Raftarium" }</main> }
}

fn main() {
    yew::Renderer::<App>::new().render();
}
