//! The client's voice: a field for a request, and a button to send it.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::control::{Control, sentence};
use crate::kv::{ClientId, Op};
use crate::sim::Action;

#[derive(Properties, PartialEq)]
pub struct RequestProps {
    pub control: Control,
}

/// The request form.
#[component]
pub fn Request(props: &RequestProps) -> Html {
    let field = use_node_ref();
    let error = use_state(|| None);
    let onsubmit = {
        let (field, control, error) = (field.clone(), props.control.clone(), error.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(input) = field.cast::<HtmlInputElement>() else {
                return;
            };
            let text = input.value();
            // What was sent makes room for a next one that can be told from it.
            if let Ok(Op::Set { key, value }) = text.parse()
                && !control.is_held()
            {
                input.set_value(&format!("{key}={}", value.wrapping_add(1)));
            }
            error.set(send(&control, &text).err());
        })
    };
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
            <div class="request-error">{ for error.iter().map(|error| html! { <p role="alert">{ error }</p> }) }</div>
            <div class="request-line">
                <label for="request-field" class="visually-hidden">{ "Request" }</label>
                <input id="request-field" ref={field} type="text" autocomplete="off" autocapitalize="none"
                    spellcheck="false" title="x=5, x+=1, x?, -x or x:1>2" />
                <button>{ "Send" }</button>
            </div>
        </form>
    }
}

fn send(control: &Control, text: &str) -> Result<(), String> {
    let op: Op = text.parse().map_err(sentence)?;
    let client = ClientId::new(1).ok_or("There is no client.")?;
    control.act(Action::Request(client, op))
}
