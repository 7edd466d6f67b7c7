//! How the run is set up: servers, seed, network, and the run as text.

use std::ops::Deref;
use std::rc::Rc;

use web_sys::{HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::control::{Control, sentence};
use super::opening::Opening;
use super::storage;
use crate::kv::MAX_CLIENTS;
use crate::raft::{Change, NodeId, Rule};
use crate::session::Session;
use crate::sim::text::parse_action;
use crate::sim::{Action, Setup};

/// What there is to choose: what it is about, and the choices, in the words of the grammar and in
/// those of the page.
const CHOICES: [(&str, &[(&str, &str)]); 8] = [
    (
        "Changes go",
        &[
            ("send=heartbeat", "with heartbeats"),
            ("send=at-once", "at once"),
            ("send=apart", "apart from heartbeats"),
        ],
    ),
    (
        "Packets lost",
        &[
            ("loss=0%", "none"),
            ("loss=2%", "2 in 100"),
            ("loss=10%", "10 in 100"),
            ("loss=30%", "30 in 100"),
        ],
    ),
    (
        "Before an election",
        &[
            ("prevote=off", "nobody is asked"),
            ("prevote=on", "others are asked"),
        ],
    ),
    (
        "A leader nobody answers",
        &[
            ("check-quorum=off", "goes on"),
            ("check-quorum=on", "steps down"),
        ],
    ),
    (
        "Reads go",
        &[
            ("read=log", "through the log"),
            ("read=index", "by ReadIndex"),
            ("read=lease", "by lease"),
        ],
    ),
    (
        "Logs compacted",
        &[
            ("compact=off", "never"),
            ("compact=8", "after 8"),
            ("compact=30", "after 30"),
        ],
    ),
    (
        "Clients remembered",
        &[
            ("sessions=off", "all, for ever"),
            ("sessions=3", "the last three"),
            ("sessions=2", "the last two"),
            ("sessions=1", "the last one"),
        ],
    ),
    (
        "Disks write",
        &[
            ("disk=0ms", "in no time"),
            ("disk=5..10ms", "in 5–10 ms"),
            ("disk=30..60ms", "in 30–60 ms"),
        ],
    ),
];

/// What the user wants of the run as a whole.
#[derive(Clone, PartialEq)]
pub enum RunWish {
    /// A new run.
    Begin(Opening),
    /// Another run, where its cursor stands.
    Open(Shared),
    /// Another run, from its beginning; beside it, if one is named, the same with that rule.
    Watch(Shared, Option<Rule>),
}

/// A run that is handed on.
#[derive(Clone)]
pub struct Shared(Rc<Session>);

impl From<Session> for Shared {
    fn from(session: Session) -> Self {
        Self(Rc::new(session))
    }
}

impl Deref for Shared {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.0
    }
}

impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

#[derive(Properties, PartialEq)]
pub struct SettingsProps {
    /// The server that can be added next.
    pub next: Option<NodeId>,
    /// How this run began.
    pub opening: Opening,
    /// How things are set.
    pub setup: Setup,
    pub control: Control,
    pub on_wish: Callback<RunWish>,
}

/// The settings.
#[component]
pub fn Settings(props: &SettingsProps) -> Html {
    let (line, area) = (use_node_ref(), use_node_ref());
    let error = use_state(|| None);
    let wish = &props.on_wish;
    let opening = props.opening;
    let begin = |with: fn(Opening, u64) -> Opening| {
        wish.reform(move |event: Event| {
            RunWish::Begin(with(opening, value(&event).parse().unwrap_or(1)))
        })
    };
    let servers = begin(|opening, count| Opening {
        servers: count as u8,
        ..opening
    });
    let clients = begin(|opening, count| Opening {
        clients: count as u8,
        ..opening
    });
    let seed = begin(|opening, seed| Opening { seed, ..opening });
    let act = {
        let (control, error) = (props.control.clone(), error.clone());
        Callback::from(move |line: String| error.set(command(&control, &line).err()))
    };
    let set = act.reform(|event: Event| format!("config {}", value(&event)));
    let open = {
        let (wish, error) = (wish.clone(), error.clone());
        Callback::from(move |text: String| match Session::read(&text) {
            Ok(session) => {
                error.set(None);
                wish.emit(RunWish::Open(session.into()));
            }
            Err(why) => error.set(Some(sentence(why.to_string()))),
        })
    };
    let say = {
        let error = error.clone();
        Callback::from(move |why| error.set(Some(why)))
    };
    let counts = |most, chosen| (1..=most).map(move |count| (count, count, count == chosen));
    html! {
        <details class="settings">
            <summary>{ "This run" }</summary>
            <div class="fields">
                <label>{ "Servers" }<select onchange={servers}>{ options(counts(9, opening.servers)) }</select></label>
                <label>{ "Clients" }<select onchange={clients}>{ options(counts(MAX_CLIENTS as u8, opening.clients)) }</select></label>
                <label>{ "Seed" }<input type="number" min="0" value={opening.seed.to_string()} onchange={seed} /></label>
                { for CHOICES.iter().map(|(about, choices)| html! {
                    <label>{ *about }<select onchange={set.clone()}>{ choose(choices, &props.setup) }</select></label>
                }) }
            </div>
            <div class="buttons">{ for props.next.map(|id| add_button(id, &props.control)) }</div>
            { console(&line, &act) }
            <div>{ for error.iter().map(|error| html! { <p class="error" role="alert">{ error }</p> }) }</div>
            { run_text(&area, &props.control, &open, &say) }
        </details>
    }
}

/// Does an action in the words of the grammar.
fn command(control: &Control, line: &str) -> Result<(), String> {
    control.act(parse_action(line).map_err(sentence)?)
}

pub(super) fn options<V: ToString, L: ToString>(
    choices: impl IntoIterator<Item = (V, L, bool)>,
) -> Html {
    let choice = |(value, label, selected): (V, L, bool)| {
        let value = value.to_string();
        html! { <option key={value.clone()} {value} {selected}>{ label.to_string() }</option> }
    };
    choices.into_iter().map(choice).collect()
}

/// The choices that there are for a setting. What was set in words may be none of them.
fn choose(choices: &[(&str, &str)], setup: &Setup) -> Html {
    let chosen = choices.iter().position(|(words, _)| setup.has(words));
    let other = chosen.is_none().then_some(("", "as set", true));
    let choices = choices.iter().enumerate();
    let choices = choices.map(|(nth, (words, label))| (*words, *label, chosen == Some(nth)));
    options(choices.chain(other))
}

fn add_button(id: NodeId, control: &Control) -> Html {
    let control = control.clone();
    let onclick = move |_: MouseEvent| control.act_or_say(Action::Change(Change::Add(id)));
    html! { <button class="bordered small" {onclick}>{ format!("Add {id} to the cluster") }</button> }
}

/// A line for an action in the words of the grammar.
fn console(line: &NodeRef, act: &Callback<String>) -> Html {
    let (field, act) = (line.clone(), act.clone());
    let onsubmit = Callback::from(move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(input) = field.cast::<HtmlInputElement>() {
            act.emit(input.value());
            input.select();
        }
    });
    html! {
        <form class="console" {onsubmit}>
            <label for="console-line">{ "Do" }</label>
            <input id="console-line" ref={line.clone()} type="text" autocomplete="off"
                autocapitalize="none" spellcheck="false" placeholder="cut S1-S2" />
            <button class="bordered small">{ "Go" }</button>
        </form>
    }
}

/// The run as text, to keep, to change and to open again.
fn run_text(
    area: &NodeRef,
    control: &Control,
    open: &Callback<String>,
    say: &Callback<String>,
) -> Html {
    let (text, reads) = (area.clone(), open.clone());
    let read = Callback::from(move |_: MouseEvent| {
        if let Some(area) = text.cast::<HtmlTextAreaElement>() {
            reads.emit(area.value());
        }
    });
    let (text, control) = (area.clone(), control.clone());
    let print = Callback::from(move |_: MouseEvent| {
        if let Some(area) = text.cast::<HtmlTextAreaElement>() {
            area.set_value(&control.player().session.write());
        }
    });
    let (open, say) = (open.clone(), say.clone());
    let reopen = Callback::from(move |_: MouseEvent| match storage::read(storage::RUN) {
        Some(text) => open.emit(text),
        None => say.emit("There is no run of an earlier visit.".into()),
    });
    html! {
        <details class="run-text">
            <summary>{ "As text" }</summary>
            <textarea ref={area.clone()} rows="5" spellcheck="false" autocapitalize="none"
                aria-label="The run as text" placeholder="servers 3 · seed 7" />
            <div class="buttons">
                <button class="bordered small" onclick={print}>{ "Write this run" }</button>
                <button class="bordered small" onclick={read}>{ "Open this text" }</button>
                <button class="bordered small" onclick={reopen}>{ "Open the last visit's run" }</button>
            </div>
        </details>
    }
}

/// What was chosen or written.
pub(super) fn value(event: &Event) -> String {
    let select = event
        .target_dyn_into::<HtmlSelectElement>()
        .map(|select| select.value());
    let input = || {
        event
            .target_dyn_into::<HtmlInputElement>()
            .map(|input| input.value())
    };
    select.or_else(input).unwrap_or_default()
}
