//! A run as text: to keep, to change, to open again; and what each line of a script came to.

use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use crate::narrate::{fill, say};
use crate::session::{self, Line};
use crate::ui::control::{Control, sentence};
use crate::ui::play::settings::RunWish;

/// A script that was opened, and why it goes no further.
#[derive(Default, PartialEq)]
struct Opened {
    lines: Vec<Line>,
    error: Option<String>,
}

#[derive(Properties, PartialEq)]
pub struct ScriptProps {
    pub control: Control,
    pub on_wish: Callback<RunWish>,
}

/// The text, and what came of it.
#[component]
pub fn Script(props: &ScriptProps) -> Html {
    let area = use_node_ref();
    let opened = use_state(Opened::default);
    let text = area.clone();
    let print = {
        let (area, control) = (area.clone(), props.control.clone());
        move |_: MouseEvent| {
            if let Some(area) = area.cast::<HtmlTextAreaElement>() {
                area.set_value(&control.player().session.write());
            }
        }
    };
    let open = {
        let (opened, wish) = (opened.clone(), props.on_wish.clone());
        move |_: MouseEvent| {
            let Some(area) = area.cast::<HtmlTextAreaElement>() else {
                return;
            };
            let (lines, error) = match session::open(&area.value()) {
                Ok(followed) => {
                    wish.emit(RunWish::Open(followed.session.into()));
                    (followed.lines, followed.error)
                }
                Err(why) => (Vec::new(), Some(why)),
            };
            let error = error.map(|why| sentence(why.to_string()));
            opened.set(Opened { lines, error });
        }
    };
    html! {
        <details class="run-text">
            <summary>{ say("As text") }</summary>
            <textarea ref={text} rows="5" spellcheck="false" autocapitalize="none"
                aria-label={say("The run as text")} placeholder="servers 3 · run until leader · expect S2 leader" />
            <div class="buttons">
                <button class="bordered small" onclick={print}>{ say("Write this run") }</button>
                <button class="bordered small" onclick={open}>{ say("Open this text") }</button>
            </div>
            <div>{ for opened.error.iter().map(|error| html! { <p class="error" role="alert" lang="en">{ error }</p> }) }</div>
            { lines(&opened) }
        </details>
    }
}

/// Each statement with its time and its output; and the number of expectations that hold.
fn lines(opened: &Opened) -> Html {
    if opened.lines.is_empty() {
        return Html::default();
    }
    let held = opened.lines.iter().filter(|line| line.expects).count();
    let said = match &opened.error {
        None => fill("The script ended. {} of its expectations hold.", &[&held]),
        Some(_) => fill("{} expectations hold. Then the script failed.", &[&held]),
    };
    let lines = opened.lines.iter().enumerate().map(|(nth, line)| {
        let mark = if line.expects { "✓" } else { "" };
        html! {
            <li key={nth}>
                <button data-seek={line.at.0.to_string()} title={say("Go to this moment")}>
                    <span aria-hidden="true">{ mark }</span>{ &line.text }
                </button>
                { for (!line.printed.is_empty()).then(|| html! { <pre class="printed" tabindex="0">{ &line.printed }</pre> }) }
            </li>
        }
    });
    html! {
        <>
        <p role="status">{ said }</p>
        <ol class="script-lines" aria-label={say("The script")}>{ for lines }</ol>
        </>
    }
}
