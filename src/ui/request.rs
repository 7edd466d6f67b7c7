//! The client's voice: a field for a request, and a button to send it.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::kv::Op;

#[derive(Properties, PartialEq)]
pub struct RequestProps {
    pub on_send: Callback<String>,
    /// Time waits for something else: nothing is sent.
    pub held: bool,
    /// What was wrong with the last one.
    pub error: Option<String>,
}

/// The request form.
#[component]
pub fn Request(props: &RequestProps) -> Html {
    let field = use_node_ref();
    let onsubmit = use_callback(
        (field.clone(), props.on_send.clone(), props.held),
        |event: SubmitEvent, (field, on_send, held)| {
            event.prevent_default();
            let Some(input) = field.cast::<HtmlInputElement>() else {
                return;
            };
            let text = input.value();
            // What was sent makes room for a next one that can be told from it.
            if let Ok(Op::Set { key, value }) = text.parse()
                && !held
            {
                input.set_value(&format!("{key}={}", value.wrapping_add(1)));
            }
            on_send.emit(text);
        },
    );
    // The field is the user's: only its first value is ours.
    use_effect_with((), {
        let field = field.clone();
        move |()| {
            if let Some(input) = field.cast::<HtmlInputElement>() {
                input.set_value("y=1");
            }
        }
    });
    html! {
        <form class="request" {onsubmit}>
            <div class="request-error">{ for props.error.as_ref().map(|error| html! { <p role="alert">{ error }</p> }) }</div>
            <div class="request-line">
                <label for="request-field" class="visually-hidden">{ "Request" }</label>
                <input id="request-field" ref={field} type="text" autocomplete="off" autocapitalize="none"
                    spellcheck="false" title="x=5, x+=1, x?, -x or x:1>2" />
                <button>{ "Send" }</button>
            </div>
        </form>
    }
}
