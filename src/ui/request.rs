//! The client's voice: a field for a request, and a button to send it.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::control::{Control, sentence};
use super::settings::{options, value};
use crate::kv::{ClientId, Op};
use crate::sim::Action;

#[derive(Properties, PartialEq)]
pub struct RequestProps {
    pub control: Control,
    /// How many clients there are.
    pub clients: usize,
}

/// The request form.
#[component]
pub fn Request(props: &RequestProps) -> Html {
    let field = use_node_ref();
    let error = use_state(|| None);
    let client = use_state(|| 1);
    // Another run may have fewer.
    let sender = if *client > props.clients { 1 } else { *client };
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
            error.set(send(&control, sender, &text).err());
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
                { for (props.clients > 1).then(|| clients(props.clients, sender, client.setter())) }
                <label for="request-field" class="visually-hidden">{ "Request" }</label>
                <input id="request-field" ref={field} type="text" autocomplete="off" autocapitalize="none"
                    spellcheck="false" title="x=5, x+=1, x?, -x or x:1>2" />
                <button>{ "Send" }</button>
            </div>
        </form>
    }
}

/// Which client it is from.
fn clients(count: usize, sender: usize, set: UseStateSetter<usize>) -> Html {
    let onchange = move |event: Event| set.set(value(&event).parse().unwrap_or(1));
    let clients = (1..=count).map(|nth| (nth, format!("C{nth}"), nth == sender));
    html! { <select aria-label="Client" {onchange}>{ options(clients) }</select> }
}

fn send(control: &Control, client: usize, text: &str) -> Result<(), String> {
    let op: Op = text.parse().map_err(sentence)?;
    let client = ClientId::new(client).ok_or("There is no client.")?;
    control.act(Action::Request(client, op))
}
