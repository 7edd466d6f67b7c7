//! What the marks mean, and the keys.

use yew::prelude::*;

use crate::narrate::say;
use crate::ui::keys;
use crate::ui::language;

type Rows = &'static [(&'static str, &'static str)];

// Said by the page.
const MARKS: Rows = &[
    ("dot", "a heartbeat: AppendEntries without entries"),
    (
        "filled box",
        "AppendEntries, with its command or the index of its last entry",
    ),
    ("outlined box, + or −", "its reply: stored, or refused"),
    ("ballot with a tick", "RequestVote"),
    ("outlined ballot, + or −", "a vote, or its refusal"),
    (
        "ring around a server",
        "its election timer; when it is empty, the server asks for votes",
    ),
    (
        "row of numbered discs",
        "the servers that voted or stored an entry; the bar is the majority",
    ),
    (
        "hatched time",
        "idle: no message was on its way, so time ran faster",
    ),
    (
        "colour and number of an entry",
        "its term; the same on the server's tag",
    ),
    ("▲ below a log", "nextIndex: what the leader sends next"),
    (
        "dashed entry",
        "that server does not know it is committed; solid: it knows",
    ),
];

// Said by the page.
const KEYS: Rows = &[
    ("Space", "play or pause"),
    (
        "→ and ←",
        "to the next or previous moment at which something happens",
    ),
    (
        "Shift with → or ←",
        "to the next or previous event that is told",
    ),
    (
        "E, C, V and M",
        "to the next election, commit, broken property or message; with Shift, to the one before",
    ),
    (
        "S",
        "to the next event at the chosen server; with Shift, to the one before",
    ),
    (
        "[ and ]",
        "to the cause of what has just happened, or to its effect",
    ),
    ("B", "play backwards"),
    ("K", "put a bookmark at this moment, or take it away"),
    (
        "1 to 9",
        "go to a server; the arrows lead on from there, as they do among the messages",
    ),
    (
        "Enter",
        "crash the server, or start it again; of a message: why was it sent?",
    ),
    (
        "Space on a message",
        "hold time and read it; let go one that waits",
    ),
    (
        "D, L, T and N on a message",
        "drop it, delay it, send it twice, deliver it now",
    ),
    (
        "W",
        "why: of the event, entry or server that has the focus, or else of the last event",
    ),
    (
        "← and → in the answer",
        "to the cause, or to what came of it",
    ),
    ("Ctrl+Z", "undo; with Shift, redo"),
    (
        "PageDown and PageUp",
        "the next page of the course, or the one before",
    ),
    (
        "B, R, Enter and 1 to 9 in a lecture",
        "an empty screen, this page again, let it run, count a hand (with Shift one less)",
    ),
    ("Esc", "close"),
];

/// The help.
pub fn help(on_close: &Callback<()>) -> Html {
    let close = on_close.reform(|_: MouseEvent| ());
    html! {
        <section class="help" aria-label={say("Help")}>
            { language::choice() }
            <h2>{ say("What the marks mean") }
                <button class="plain small" aria-label={say("Close help")} onclick={close}>{ "×" }</button>
            </h2>
            <dl>{ rows(MARKS) }</dl>
            <h2>{ say("What can be touched") }</h2>
            <p>{ say("Click a server to crash it or start it again. Click a link between two servers to cut it or mend it. \
                  Click a message to hold time, read it, drop it or delay it. Click an event or an entry of a log to ask \
                  why.") }</p>
            <h2>{ say("Keys") }</h2>
            <KeySwitch />
            <dl>{ rows(KEYS) }</dl>
            <p>
                { say("Nothing here is acted: a whole Raft runs in this page, as in") }{ " " }
                <a href="https://raft.github.io/raft.pdf">{ say("the paper") }</a>
                { say(". More at") }{ " " }<a href="https://raft.github.io/">{ "raft.github.io" }</a>{ say(".") }
            </p>
            <p><a href="proof.html">{ say("How it is proved") }</a>{ " · " }
                <a href="changes.html">{ say("What changed") }</a></p>
        </section>
    }
}

/// Switches the keys of one letter off: who speaks to the computer types them without meaning to.
#[component]
fn KeySwitch() -> Html {
    let on = use_state(keys::single_keys);
    let onclick = {
        let on = on.clone();
        move |_: MouseEvent| {
            keys::set_single_keys(!*on);
            on.set(!*on);
        }
    };
    html! {
        <p class="key-switch">
            <label for="single-keys">{ say("Shortcuts of a single letter or digit") }</label>
            <button id="single-keys" class="switch" role="switch" aria-checked={on.to_string()} {onclick}></button>
        </p>
    }
}

fn rows(rows: Rows) -> Html {
    rows.iter()
        .map(|(name, text)| html! { <div key={*name}><dt>{ say(name) }</dt><dd>{ say(text) }</dd></div> })
        .collect()
}
