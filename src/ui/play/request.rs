//! The client's voice: a field for a request, and a button to send it.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::kv::{ClientId, Op};
use crate::narrate::{fill, say};
use crate::raft::{NodeId, ServerSet};
use crate::sim::Action;
use crate::ui::control::{Control, sentence};
use crate::ui::opening::{EVERY, KEYS};
use crate::ui::play::settings::{options, value};

#[derive(Properties, PartialEq)]
pub struct RequestProps {
    pub control: Control,
    /// How many clients there are.
    pub clients: usize,
    /// The servers that a request can be sent to, where that can be chosen.
    pub servers: ServerSet,
    /// Whether the clients write by themselves, where that can be switched.
    pub by_itself: Option<bool>,
}

/// The request form.
#[component]
pub fn Request(props: &RequestProps) -> Html {
    let field = use_node_ref();
    let error = use_state(|| None);
    let (client, to) = (use_state(|| 1), use_state(|| None::<NodeId>));
    let to_server = to.filter(|to| props.servers.contains(*to));
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
            // The sent text changes into a next one that differs from it.
            if let Ok(Op::Set { key, value }) = text.parse()
                && !control.is_held()
            {
                input.set_value(&format!("{key}={}", value.wrapping_add(1)));
            }
            error.set(send(&control, (sender, to_server), &text).err());
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
            { for props.by_itself.map(|on| own_writes(&props.control, props.clients, on)) }
            <div class="request-line">
                { for (props.clients > 1).then(|| clients(props.clients, sender, client.setter())) }
                <label for="request-field" class="visually-hidden">{ say("Request") }</label>
                <input id="request-field" ref={field} type="text" autocomplete="off" autocapitalize="none"
                    spellcheck="false" title={say("x=5, x+=1, x?, -x or x:1>2")} />
                { for (!props.servers.is_empty()).then(|| servers(props.servers, to_server, to.setter())) }
                <button>{ say("Send") }</button>
            </div>
        </form>
    }
}

/// Which client it is from.
fn clients(count: usize, sender: usize, set: UseStateSetter<usize>) -> Html {
    let onchange = move |event: Event| set.set(value(&event).parse().unwrap_or(1));
    let clients = (1..=count).map(|nth| (nth, format!("C{nth}"), nth == sender));
    html! { <select aria-label={say("Client")} {onchange}>{ options(clients) }</select> }
}

/// Which server is asked first.
fn servers(ids: ServerSet, to: Option<NodeId>, set: UseStateSetter<Option<NodeId>>) -> Html {
    let onchange = move |event: Event| {
        let id = value(&event).parse().ok().and_then(NodeId::new);
        set.set(id);
    };
    let own = (
        "0".to_string(),
        say("to the leader").to_string(),
        to.is_none(),
    );
    let each = ids.iter();
    let each = each.map(|id| {
        (
            id.number().to_string(),
            fill("to {}", &[&id]),
            to == Some(id),
        )
    });
    html! { <select aria-label={say("To")} {onchange}>{ options([own].into_iter().chain(each)) }</select> }
}

/// A switch for clients that write by themselves, each to a key of its own.
fn own_writes(control: &Control, clients: usize, on: bool) -> Html {
    let control = control.clone();
    let onclick = move |_: MouseEvent| {
        for (number, key) in (1..=clients).zip(KEYS) {
            if let (Some(id), Ok(key)) = (ClientId::new(number), key.parse()) {
                let writes = (!on).then_some((key, EVERY));
                control.act_or_say(Action::Client(id, writes));
            }
        }
    };
    html! {
        <button type="button" class="by-itself" aria-pressed={on.to_string()} {onclick}>
            { say("Clients write:") }{ " " }{ if on { say("on") } else { say("off") } }
        </button>
    }
}

fn send(
    control: &Control,
    (client, to): (usize, Option<NodeId>),
    text: &str,
) -> Result<(), String> {
    let op: Op = text.parse().map_err(sentence)?;
    let client = ClientId::new(client).ok_or_else(|| say("There is no client.").to_owned())?;
    control.act(match to {
        Some(to) => Action::RequestTo(client, op, to),
        None => Action::Request(client, op),
    })
}
