//! How the run is set up: servers, seed, network, and the run as text.

use web_sys::{HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
use yew::prelude::*;

use crate::kv::MAX_CLIENTS;
use crate::raft::{Change, NodeId, Rule};
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
#[derive(Clone, PartialEq, Debug)]
pub enum RunWish {
    /// An action in the words of the grammar.
    Do(String),
    /// The run that this text describes.
    Open(String),
    /// The run as text.
    Print,
    /// The run of the last visit.
    Reopen,
    /// A new run.
    Begin(Opening),
    /// The run that this text describes, from its beginning; beside it, if one is named, the same
    /// with that rule.
    Watch(String, Option<Rule>),
}

/// How a new run begins.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Opening {
    pub servers: u8,
    pub clients: u8,
    pub seed: u64,
}

#[derive(Properties, PartialEq)]
pub struct SettingsProps {
    /// The server that can be added next.
    pub next: Option<NodeId>,
    /// How this run began.
    pub opening: Opening,
    /// How things are set.
    pub setup: Setup,
    /// The run as text, when it was asked for.
    pub text: Option<String>,
    /// What was wrong with what was asked.
    pub error: Option<String>,
    pub on_act: Callback<Action>,
    pub on_wish: Callback<RunWish>,
}

/// The settings.
#[component]
pub fn Settings(props: &SettingsProps) -> Html {
    let (line, area) = (use_node_ref(), use_node_ref());
    // The text is the user's to change: it is set when it was asked for, and not touched again.
    use_effect_with(props.text.clone(), {
        let area = area.clone();
        move |text| {
            if let (Some(area), Some(text)) = (area.cast::<HtmlTextAreaElement>(), text) {
                area.set_value(text);
            }
        }
    });
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
    let set = wish.reform(|event: Event| RunWish::Do(format!("config {}", value(&event))));
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
            <div class="buttons">{ for props.next.map(|id| add_button(id, &props.on_act)) }</div>
            { console(&line, wish) }
            <div>{ for props.error.as_ref().map(|error| html! { <p class="error" role="alert">{ error }</p> }) }</div>
            { run_text(&area, wish) }
        </details>
    }
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

fn add_button(id: NodeId, on_act: &Callback<Action>) -> Html {
    let onclick = on_act.reform(move |_: MouseEvent| Action::Change(Change::Add(id)));
    html! { <button class="bordered small" {onclick}>{ format!("Add {id} to the cluster") }</button> }
}

/// A line for an action in the words of the grammar.
fn console(line: &NodeRef, wish: &Callback<RunWish>) -> Html {
    let (field, on_wish) = (line.clone(), wish.clone());
    let onsubmit = Callback::from(move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(input) = field.cast::<HtmlInputElement>() {
            on_wish.emit(RunWish::Do(input.value()));
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
fn run_text(area: &NodeRef, wish: &Callback<RunWish>) -> Html {
    let (text, on_wish) = (area.clone(), wish.clone());
    let open = Callback::from(move |_: MouseEvent| {
        if let Some(area) = text.cast::<HtmlTextAreaElement>() {
            on_wish.emit(RunWish::Open(area.value()));
        }
    });
    let print = wish.reform(|_: MouseEvent| RunWish::Print);
    let reopen = wish.reform(|_: MouseEvent| RunWish::Reopen);
    html! {
        <details class="run-text">
            <summary>{ "As text" }</summary>
            <textarea ref={area.clone()} rows="5" spellcheck="false" autocapitalize="none"
                aria-label="The run as text" placeholder="servers 3 · seed 7" />
            <div class="buttons">
                <button class="bordered small" onclick={print}>{ "Write this run" }</button>
                <button class="bordered small" onclick={open}>{ "Open this text" }</button>
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
