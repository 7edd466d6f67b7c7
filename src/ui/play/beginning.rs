//! The editor of an initial state: a form for the servers, their logs, and the links.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::narrate::{fill, say};
use crate::raft::{MAX_SERVERS, NodeId};
use crate::session::{Beginning, Refused, Row};
use crate::ui::control::{Control, sentence};
use crate::ui::play::settings::RunWish;
use crate::ui::share::close_popover;

#[derive(Properties, PartialEq)]
pub struct OwnProps {
    pub control: Control,
    pub on_wish: Callback<RunWish>,
}

/// The text that is being written, and the reason why it is refused.
type Draft = UseStateHandle<Option<(Beginning, Option<Refused>)>>;

/// The button, and the form that it opens. The browser closes it.
#[component]
pub fn Own(props: &OwnProps) -> Html {
    let draft: Draft = use_state(|| None);
    let onclick = {
        let (draft, control) = (draft.clone(), props.control.clone());
        move |_: MouseEvent| {
            draft.set(Some((Beginning::of(&control.player().session), None)));
        }
    };
    html! {
        <>
        <button class="bordered" popovertarget="own" {onclick}>{ say("Edit") }</button>
        <div id="own" class="own" popover="auto" role="dialog" aria-label={say("Your own beginning")}>
            { for (*draft).as_ref().map(|(beginning, refused)| form(props, &draft, beginning, refused.as_ref())) }
        </div>
        </>
    }
}

fn form(props: &OwnProps, draft: &Draft, beginning: &Beginning, refused: Option<&Refused>) -> Html {
    let onsubmit = {
        let (draft, beginning, wish) = (draft.clone(), beginning.clone(), props.on_wish.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            match beginning.open() {
                Ok(session) => {
                    close_popover("#own");
                    wish.emit(RunWish::Open(session.into()));
                }
                Err(refused) => draft.set(Some((beginning.clone(), Some(refused)))),
            }
        })
    };
    let wrong = refused.and_then(|refused| refused.row);
    let rows = NodeId::first(beginning.rows.len()).zip(&beginning.rows);
    let rows = rows.map(|(id, row)| server_row(draft, id, row, wrong == Some(id.slot())));
    let count = beginning.rows.len();
    let resize = |count: usize| {
        change(draft, move |it, _: MouseEvent| {
            it.rows.resize(count, Row::default())
        })
    };
    html! {
        <form {onsubmit}>
            <h2>{ say("Begin with these servers") }</h2>
            <div class="own-table">
                <table>
                    <thead><tr>
                        <td></td><th scope="col">{ say("Term") }</th><th scope="col">{ say("Vote") }</th>
                        <th scope="col">{ say("Log: terms, commands") }</th><th scope="col">{ say("Committed") }</th>
                        <th scope="col">{ say("Down") }</th>
                    </tr></thead>
                    <tbody>{ for rows }</tbody>
                </table>
            </div>
            <div class="buttons">
                <button type="button" class="bordered small" disabled={count == MAX_SERVERS}
                    onclick={resize(count + 1)}>{ say("Add a server") }</button>
                <button type="button" class="bordered small" disabled={count == 1}
                    onclick={resize(count - 1)}>{ say("Remove the last") }</button>
            </div>
            <div class="own-rest">
                { field(draft, say("Cut links"), "S1-S2 S3>S4", &beginning.cuts, |it| &mut it.cuts) }
                { field(draft, say("Clients"), "1", &beginning.clients, |it| &mut it.clients) }
                { field(draft, say("Seed"), "1", &beginning.seed, |it| &mut it.seed) }
            </div>
            { for refused.map(|refused| html! { <p class="error" role="alert">{ said(refused) }</p> }) }
            <button class="primary">{ say("Begin") }</button>
        </form>
    }
}

fn said(refused: &Refused) -> String {
    let row = refused.row.and_then(|row| NodeId::new(row + 1));
    let why = sentence(refused.why.clone());
    match row {
        Some(id) => format!("{id}: {why}"),
        None => why,
    }
}

/// Changes the text.
fn change<E: 'static>(draft: &Draft, act: impl Fn(&mut Beginning, E) + 'static) -> Callback<E> {
    let draft = draft.clone();
    Callback::from(move |event: E| {
        if let Some((beginning, _)) = &*draft {
            let mut beginning = beginning.clone();
            act(&mut beginning, event);
            draft.set(Some((beginning, None)));
        }
    })
}

fn server_row(draft: &Draft, id: NodeId, row: &Row, wrong: bool) -> Html {
    let slot = id.slot();
    let cell = |name: &str, value: &str, part: fn(&mut Row) -> &mut String| {
        let oninput = change(draft, move |it, event| {
            *part(&mut it.rows[slot]) = typed(&event)
        });
        html! {
            <td><input type="text" aria-label={fill("{} of {}", &[&name, &id])} value={value.to_string()}
                aria-invalid={wrong.to_string()} autocomplete="off" autocapitalize="none" spellcheck="false" {oninput} /></td>
        }
    };
    let onchange = change(draft, move |it, _: Event| it.rows[slot].down ^= true);
    html! {
        <tr key={slot}>
            <th scope="row">{ id.to_string() }</th>
            { cell(say("Term"), &row.term, |row| &mut row.term) }
            { cell(say("Vote"), &row.vote, |row| &mut row.vote) }
            { cell(say("Log"), &row.log, |row| &mut row.log) }
            { cell(say("Committed"), &row.commit, |row| &mut row.commit) }
            <td><input type="checkbox" aria-label={fill("{} is down", &[&id])} checked={row.down} {onchange} /></td>
        </tr>
    }
}

fn field(
    draft: &Draft,
    name: &'static str,
    hint: &'static str,
    value: &str,
    part: fn(&mut Beginning) -> &mut String,
) -> Html {
    let oninput = change(draft, move |it, event| *part(it) = typed(&event));
    html! {
        <label><span>{ name }</span>
            <input type="text" placeholder={hint} value={value.to_string()} autocomplete="off"
                autocapitalize="none" spellcheck="false" {oninput} /></label>
    }
}

fn typed(event: &InputEvent) -> String {
    let input = event.target_dyn_into::<HtmlInputElement>();
    input.map(|input| input.value()).unwrap_or_default()
}
