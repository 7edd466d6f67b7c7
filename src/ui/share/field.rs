//! A text to copy. Where the browser does not let the page copy it, the reader can.

use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use super::export;

#[derive(Properties, PartialEq)]
pub struct CopyFieldProps {
    pub label: &'static str,
    pub text: String,
}

/// The text, and a button that copies it.
#[component]
pub fn CopyField(props: &CopyFieldProps) -> Html {
    let field = use_node_ref();
    // Whether the text shown was copied.
    let copied = use_state(|| None::<(String, bool)>);
    let select = {
        let field = field.clone();
        move || {
            if let Some(area) = field.cast::<HtmlTextAreaElement>() {
                area.select();
            }
        }
    };
    let onfocus = {
        let select = select.clone();
        move |_: FocusEvent| select()
    };
    let onclick = {
        let (text, copied) = (props.text.clone(), copied.clone());
        move |_: MouseEvent| {
            let (text, copied, select) = (text.clone(), copied.clone(), select.clone());
            spawn_local(async move {
                let done = export::copy(&text).await;
                if !done {
                    select();
                }
                copied.set(Some((text, done)));
            });
        }
    };
    let said = match &*copied {
        Some((text, true)) if *text == props.text => "Copied",
        Some((text, false)) if *text == props.text => "Press Ctrl+C",
        _ => "Copy",
    };
    html! {
        <div class="copy-field">
            <label><span>{ props.label }</span>
                <textarea ref={field} rows="2" readonly=true spellcheck="false" value={props.text.clone()} {onfocus} />
            </label>
            <button class="bordered small" aria-label={format!("{said}: {}", props.label)} {onclick}>{ said }</button>
        </div>
    }
}
