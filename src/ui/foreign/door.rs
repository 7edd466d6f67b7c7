//! The door of the room: drop, choose or paste a trace, or look at one; and while it is read, how far.

use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::{EXAMPLE, Msg, YourRaft, arrived};
use crate::narrate::{fill, say};
use crate::ui::icons;

/// The emitters that the site has.
const EMITTERS: [(&str, &str); 5] = [
    ("Go", "trace.go"),
    ("Rust", "trace.rs"),
    ("Python", "trace.py"),
    ("Java", "Trace.java"),
    ("C++", "trace.cpp"),
];

/// Traces to look at, by their names in the address.
const SAMPLES: [&str; 3] = ["raft-rs", "openraft", "example"];

/// Of each, whose it is and what happens.
// Said by the page.
const SAMPLES_TOLD: [(&str, &str); 3] = [
    ("raft-rs, three servers", "elections, a partition, restarts"),
    (
        "openraft, three servers",
        "the same, and a leader that restarts as one",
    ),
    (
        "A student's lab, ten lines",
        "with a fault: which line is it?",
    ),
];

/// The fields of a line.
const FIELDS: [&str; 7] = ["e", "n", "s", "m", "out", "t f to term", "li lt g"];

/// The same, in short.
// Said by the page.
const FIELDS_TOLD: [&str; 7] = [
    "what happened: init in the first line, then timeout, send, propose, recv, drop, restart, compact or tick",
    "the server",
    "the server after it: term, vote, role (F, C or L), log as [term, value], commit",
    "in recv and drop: the message, as it arrived",
    "the messages that it sent",
    "of a message: RV, RVR, AE, AER …; from; to; the sender's term",
    "in RV: index and term of the last entry; in RVR: whether the vote is granted",
];

pub fn door(room: &YourRaft, ctx: &Context<YourRaft>) -> Html {
    html! {
        <div class="door">
            <main class="door-main">
                <h1>{ say("Your own Raft, on the stage") }</h1>
                <p class="lead">{ say("Drop what your servers wrote. Watch it like a run of ours, and see the first step that no rule of Raft allows.") }</p>
                { zone(room, ctx) }
                <p class="safe">{ say("It is read in this page. Nothing leaves this page.") }</p>
                <dl class="gives">
                    <div><dt>{ say("Any implementation") }</dt><dd>{ say("Servers of any name, values of any kind.") }</dd></div>
                    <div><dt>{ say("As much as you have") }</dt><dd>{ say("What a line does not say is unknown, not wrong.") }</dd></div>
                    <div><dt>{ say("A verdict you can use") }</dt><dd>{ say("Line, server, rule, section, both values.") }</dd></div>
                </dl>
            </main>
            { how() }
        </div>
    }
}

/// Where a trace is dropped, chosen or pasted.
fn zone(room: &YourRaft, ctx: &Context<YourRaft>) -> Html {
    let link = ctx.link();
    let notice = room.notice.as_ref();
    let notice = html! { <p class="notice" role="alert">{ for notice }</p> };
    if room.pasting {
        let text = NodeRef::default();
        let read = {
            let text = text.clone();
            link.batch_callback(move |_: MouseEvent| {
                let text = text.cast::<HtmlTextAreaElement>()?.value();
                Some(Msg::Pasted(text))
            })
        };
        return html! {
            <section class="zone" aria-label={say("Paste a trace")}>
                <textarea ref={text} aria-label={say("The trace, one JSON object a line")} placeholder={EXAMPLE.lines().next()} spellcheck="false" defaultvalue={room.pasted.clone()} />
                { notice }
                <p class="acts">
                    <button class="primary" onclick={read}>{ say("Read it") }</button>
                    <button class="bordered" onclick={link.callback(|_: MouseEvent| Msg::Paste(false))}>{ say("Back") }</button>
                </p>
            </section>
        };
    }
    let chosen = link.batch_callback(|event: Event| {
        let input: HtmlInputElement = event.target_dyn_into()?;
        let file = input.files()?.item(0)?;
        // The same file can be chosen again when it has changed.
        input.set_value("");
        Some(arrived(file))
    });
    html! {
        <section class="zone" aria-label={say("Open a trace")}>
            { icons::tray() }
            <b>{ if room.over { say("Let go") } else { say("Drop a trace here") } }</b>
            <p>{ say("JSON Lines, one step a line, up to 50 MB; or a client history") }</p>
            { notice }
            <p class="acts">
                <label class="bordered"><input class="visually-hidden" type="file" onchange={chosen} />{ say("Choose a file") }</label>
                <button class="bordered" onclick={link.callback(|_: MouseEvent| Msg::Paste(true))}>{ say("Paste") }</button>
                <a class="bordered" href="#/your-raft/example">{ say("Open ten lines") }</a>
            </p>
        </section>
    }
}

/// How a trace is written, and some to look at.
fn how() -> Html {
    let emitters = EMITTERS.iter().map(|(language, file)| {
        html! { <a key={*file} class="bordered small" href={format!("emitters/{file}")} download={*file}>{ *language }</a> }
    });
    let lines = EXAMPLE.lines().take(2).enumerate();
    let lines = lines.map(|(nth, line)| html! { <code key={nth}>{ line }</code> });
    let fields = FIELDS.iter().zip(FIELDS_TOLD).map(
        |(name, what)| html! { <div key={*name}><dt>{ *name }</dt><dd>{ say(what) }</dd></div> },
    );
    let samples = SAMPLES.iter().zip(SAMPLES_TOLD).map(|(name, (title, what))| {
        html! {
            <li key={*name}>
                <span>{ say(title) }<small>{ say(what) }</small></span>
                <a class="bordered small" href={format!("#/your-raft/{name}")}>{ say("Open") }</a>
            </li>
        }
    });
    html! {
        <aside class="how" aria-label={say("How to write a trace")}>
            <section>
                <h2>{ say("Write one in ten minutes") }</h2>
                <p>{ say("One line when a server has done a step, while it holds its lock: what happened, and the server afterwards.") }</p>
                <pre class="lines" tabindex="0">{ for lines }</pre>
                <p>{ say("An emitter of at most 60 lines, to copy:") }</p>
                <p class="emitters">{ for emitters }</p>
                <details>
                    <summary>{ say("The format in short") }</summary>
                    <dl class="fields">{ for fields }</dl>
                    <p>{ say("The first line names the servers. Leave out what you do not have: it is unknown, not wrong.") }</p>
                </details>
            </section>
            <section>
                <h2>{ say("Or look at one") }</h2>
                <ul>
                    { for samples }
                </ul>
            </section>
        </aside>
    }
}

/// While it is read.
pub fn reading(room: &YourRaft, ctx: &Context<YourRaft>, bytes: usize, lines: usize) -> Html {
    let (name, size) = room
        .source
        .as_ref()
        .map_or(("", 0.0), |(name, blob)| (name, blob.size()));
    let cancel = ctx.link().callback(|_: MouseEvent| Msg::Close);
    html! {
        <main class="reading">
            <h1>{ name }</h1>
            <progress max={size.to_string()} value={bytes.to_string()} aria-label={say("Read")}></progress>
            <p role="status">{ fill("{} lines are read.", &[&lines]) }</p>
            <button class="bordered" onclick={cancel}>{ say("Cancel") }</button>
        </main>
    }
}
