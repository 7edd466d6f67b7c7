//! How the run is set up: presets, settings in the field's words, and the run as text.

use std::ops::Deref;
use std::rc::Rc;

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::course::lab::crashes::Crashes;
use crate::kv::MAX_CLIENTS;
use crate::narrate::{fill, say};
use crate::raft::{Change, NodeId, Rule};
use crate::session::Session;
use crate::sim::text::parse_action;
use crate::sim::{Action, Setting, Setup};
use crate::ui::control::{Control, sentence};
use crate::ui::opening::Opening;
use crate::ui::play::presets::{PRESETS, wan};
use crate::ui::play::script::Script;
use crate::ui::play::trials::Trials;

/// A setting with choices: its name, its section, and the choices in the words of the grammar and
/// in those of the page.
type Choice = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

const READS: Choice = (
    // Said by the page.
    "Reads",
    "§6.4",
    &[
        ("read=log", "through the log"),
        ("read=index", "ReadIndex"),
        ("read=lease", "lease"),
    ],
);

const LOSS: Choice = (
    // Said by the page.
    "Loss",
    "",
    &[
        ("loss=0%", "none"),
        ("loss=2%", "2 %"),
        ("loss=10%", "10 %"),
        ("loss=30%", "30 %"),
    ],
);

/// Settings that are changed less often.
const MORE: [Choice; 5] = [
    // Said by the page.
    (
        "Entries are sent",
        "",
        &[
            ("send=heartbeat", "with heartbeats"),
            ("send=at-once", "at once"),
            ("send=apart", "apart from heartbeats"),
        ],
    ),
    (
        "No-op entry",
        "§8",
        &[("no-op=on", "on"), ("no-op=off", "off")],
    ),
    (
        "Snapshot threshold",
        "§7",
        &[
            ("compact=off", "never"),
            ("compact=8", "8 entries"),
            ("compact=30", "30 entries"),
        ],
    ),
    (
        "Client sessions kept",
        "§6.3",
        &[
            ("sessions=off", "unlimited"),
            ("sessions=3", "3"),
            ("sessions=2", "2"),
            ("sessions=1", "1"),
        ],
    ),
    (
        "fsync latency",
        "",
        &[
            ("disk=0ms", "none"),
            ("disk=5..10ms", "5–10 ms"),
            ("disk=30..60ms", "30–60 ms"),
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
    /// Another run, from its beginning; or, if a rule is named, beside the same with that rule.
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
    /// The same for many crashes.
    pub crashes: Crashes,
    pub control: Control,
    pub on_wish: Callback<RunWish>,
}

/// The settings.
#[component]
pub fn Settings(props: &SettingsProps) -> Html {
    let wish = &props.on_wish;
    let set = {
        let control = props.control.clone();
        Callback::from(
            move |words: String| match parse_action(&format!("config {words}")) {
                Ok(action) => control.act_or_say(action),
                Err(why) => control.say(sentence(why)),
            },
        )
    };
    let setup = &props.setup;
    let timing = setup.timing;
    let (low, high) = timing.election;
    let (near, far) = setup.faults.latency;
    html! {
        <section class="settings" aria-label={say("Settings")}>
            <h2>{ say("Settings") }</h2>
            <div class="fields">
                <Presets setup={*setup} on_set={set.clone()} />
                { range("Election timeout", "§5.2", Setting::Election(low, high), &set) }
                { range("Heartbeat", "§5.2", Setting::Heartbeat(timing.heartbeat), &set) }
                { range("Latency", say("one way, RTT ÷ 2"), Setting::Latency(near, far), &set) }
                { choose(&LOSS, setup, &set) }
                { switch("Pre-Vote", "§9.6", "prevote", setup, &set) }
                { switch("CheckQuorum", "§6.2", "check-quorum", setup, &set) }
                { choose(&READS, setup, &set) }
            </div>
            <Trials crashes={props.crashes.clone()} on_wish={wish} />
            <details>
                <summary>{ say("All settings") }</summary>
                <div class="fields">
                    { for MORE.iter().map(|choice| choose(choice, setup, &set)) }
                </div>
                <div class="buttons">{ for props.next.map(|id| add_button(id, &props.control)) }</div>
                <h3>{ say("Starts a new run") }</h3>
                <div class="fields">{ new_run(props.opening, wish) }</div>
            </details>
            <Script control={&props.control} on_wish={wish} />
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct PresetsProps {
    setup: Setup,
    on_set: Callback<String>,
}

/// The presets; for a wide-area network with a round-trip time to type.
#[component]
fn Presets(props: &PresetsProps) -> Html {
    let wide = use_state(|| false);
    let fitting = PRESETS.iter().position(|preset| preset.fits(&props.setup));
    let onchange = {
        let (wide, on_set) = (wide.clone(), props.on_set.clone());
        Callback::from(move |event: Event| {
            let chosen = value(&event);
            wide.set(chosen == "wan");
            let preset = chosen.parse().ok().and_then(|nth: usize| PRESETS.get(nth));
            for words in preset.iter().flat_map(|preset| preset.settings) {
                on_set.emit((*words).into());
            }
        })
    };
    let round_trip = props.on_set.clone();
    let round_trip = Callback::from(move |event: Event| {
        if let Ok(ms) = value(&event).parse() {
            for words in wan(ms) {
                round_trip.emit(words);
            }
        }
    });
    let presets = PRESETS.iter().enumerate();
    let presets = presets.map(|(nth, preset)| {
        let chosen = !*wide && fitting == Some(nth);
        (nth.to_string(), say(preset.name), chosen)
    });
    let wan = ("wan".to_string(), "WAN", *wide);
    let own = (!*wide && fitting.is_none()).then(|| (String::new(), say("none"), true));
    html! {
        <>
        { row("Preset", "", html! {
            <select id={id("Preset")} {onchange}>{ options(presets.chain([wan]).chain(own)) }</select>
        }) }
        { for wide.then(|| html! {
            <label><span>{ say("Round trip (RTT), ms") }</span>
                <input type="number" min="2" max="1000" placeholder="80" onchange={round_trip} /></label>
        }) }
        </>
    }
}

/// A row: a name, the section that explains it, and what sets it, which has the name as its `id`.
fn row(name: &'static str, section: &'static str, control: Html) -> Html {
    html! {
        <div class="field">
            <span><label for={id(name)}>{ say(name) }</label>{ " " }<small>{ section }</small></span>
            { control }
        </div>
    }
}

fn id(name: &str) -> String {
    format!("set-{}", name.to_ascii_lowercase().replace(' ', "-"))
}

/// A time, or a range of times, to type: `150..300ms`.
fn range(
    name: &'static str,
    section: &'static str,
    setting: Setting,
    set: &Callback<String>,
) -> Html {
    let words = setting.to_string();
    let (key, now) = words.split_once('=').unwrap_or((&words, ""));
    let key = key.to_string();
    let onchange = set.reform(move |event: Event| {
        let mut typed = value(&event).replace(['–', '-'], "..").replace(' ', "");
        if typed.ends_with(|last: char| last.is_ascii_digit()) {
            typed.push_str("ms");
        }
        format!("{key}={typed}")
    });
    let field = html! {
        <input id={id(name)} type="text" autocomplete="off" value={shown(now)} {onchange} />
    };
    row(name, section, field)
}

/// `150–300 ms` for `150ms..300ms`.
pub(super) fn shown(words: &str) -> String {
    let unit = |time: &str| time.find(char::is_alphabetic).unwrap_or(time.len());
    let (low, high) = words.split_once("..").unwrap_or((words, words));
    let ((low, of), (high, unit)) = (low.split_at(unit(low)), high.split_at(unit(high)));
    match (low == high, of == unit) {
        (true, true) => format!("{high} {unit}"),
        (false, true) => format!("{low}–{high} {unit}"),
        _ => format!("{low} {of}–{high} {unit}"),
    }
}

fn switch(
    name: &'static str,
    section: &'static str,
    key: &'static str,
    setup: &Setup,
    set: &Callback<String>,
) -> Html {
    let on = setup.has(&format!("{key}=on"));
    let onclick =
        set.reform(move |_: MouseEvent| format!("{key}={}", if on { "off" } else { "on" }));
    let switch = html! {
        <button id={id(name)} class="switch" role="switch" aria-checked={on.to_string()} {onclick}></button>
    };
    row(name, section, switch)
}

/// What starts a new run: servers, clients, seed.
fn new_run(opening: Opening, wish: &Callback<RunWish>) -> Html {
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
    let counts = |most, chosen| (1..=most).map(move |count| (count, count, count == chosen));
    html! {
        <>
        <label><span>{ say("Servers") }</span><select onchange={servers}>{ options(counts(9, opening.servers)) }</select></label>
        <label><span>{ say("Clients") }</span><select onchange={clients}>{ options(counts(MAX_CLIENTS as u8, opening.clients)) }</select></label>
        <label><span>{ say("Seed") }</span><input type="number" min="0" value={opening.seed.to_string()} onchange={seed} /></label>
        </>
    }
}

pub(in crate::ui) fn options<V: ToString, L: ToString>(
    choices: impl IntoIterator<Item = (V, L, bool)>,
) -> Html {
    let choice = |(value, label, selected): (V, L, bool)| {
        let value = value.to_string();
        html! { <option key={value.clone()} {value} {selected}>{ label.to_string() }</option> }
    };
    choices.into_iter().map(choice).collect()
}

/// A setting with its choices. A value that was written may be none of them.
fn choose((name, section, choices): &Choice, setup: &Setup, set: &Callback<String>) -> Html {
    let chosen = choices.iter().position(|(words, _)| setup.has(words));
    let other = chosen.is_none().then(|| ("", say("as set"), true));
    let choices = choices.iter().enumerate();
    let choices = choices.map(|(nth, (words, label))| (*words, say(label), chosen == Some(nth)));
    let onchange = set.reform(|event: Event| value(&event));
    let field =
        html! { <select id={id(name)} {onchange}>{ options(choices.chain(other)) }</select> };
    row(name, section, field)
}

fn add_button(id: NodeId, control: &Control) -> Html {
    let control = control.clone();
    let onclick = move |_: MouseEvent| control.act_or_say(Action::Change(Change::Add(id)));
    html! { <button class="bordered small" {onclick}>{ fill("Add {} to the cluster", &[&id]) }</button> }
}

/// The value that was chosen or written.
pub(in crate::ui) fn value(event: &Event) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_as_people_write_them() {
        assert_eq!(shown("150ms..300ms"), "150–300 ms");
        assert_eq!(shown("900ms..1s"), "900 ms–1 s");
        assert_eq!(shown("40ms..40ms"), "40 ms");
        assert_eq!(shown("50ms"), "50 ms");
    }

    #[test]
    fn every_choice_can_be_read() {
        for (_, _, choices) in MORE.iter().chain([&READS, &LOSS]) {
            for (words, _) in *choices {
                words.parse::<Setting>().unwrap();
            }
        }
    }
}
