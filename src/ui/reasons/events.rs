//! What just happened, in sentences, the latest first.

use std::rc::Rc;

use yew::prelude::*;

use crate::narrate::{fill, say};
use crate::raft::{NodeId, ServerSet};
use crate::session::Heartbeat;
use crate::sim::Time;
use crate::ui::play::settings::{options, value};
use crate::ui::reasons::why::{answer, token};
use crate::ui::refs::told;
use crate::view::events::{Line, Row};
use crate::view::kinds::{Filter, Kind};
use crate::view::why::{Question, Why};

#[derive(Properties, Clone, PartialEq)]
pub struct EventsProps {
    pub rows: Rc<[Row]>,
    /// What is being asked.
    pub asked: Option<Question>,
    /// The answer that is being read, if it stands here.
    pub why: Option<Why>,
    /// The moment to which the answer leads back.
    pub from: Option<Time>,
    pub on_close: Callback<()>,
    /// Shows the rule that acted.
    pub on_rule: Option<Callback<()>>,
    /// What is chosen; none where nothing can be.
    pub filter: Option<Filter>,
    /// The servers there are.
    pub servers: ServerSet,
    /// Whether there are more than are shown.
    pub more: bool,
    pub on_filter: Callback<Filter>,
    pub on_more: Callback<()>,
}

/// The list of events.
#[component]
pub fn Events(props: &EventsProps) -> Html {
    let last = |beats: &[Heartbeat]| beats.last().map_or(0, |beat| beat.step.0);
    let rows = props.rows.iter().map(|row| match row {
        Row::Event(line) => event_line(line, props.asked),
        Row::Heartbeats(beats) => html! { <Fold key={last(beats)} beats={beats.clone()} /> },
        Row::Gap(at) => gap(*at, &props.on_more),
    });
    let why = props.why.as_ref();
    let why = why.map(|why| answer(why, props.from, &props.on_close, props.on_rule.as_ref()));
    let more = (props.filter.is_some() && props.more).then(|| {
        let onclick = props.on_more.reform(|_: MouseEvent| ());
        html! { <button class="bordered small" {onclick}>{ say("Earlier events") }</button> }
    });
    html! {
        <section class="events" aria-label={say("What just happened")}>
            <h2>{ say("What just happened") }
                <button class="ask" data-ask={token(Question::Waits)} title={say("What is waited for, and why it is not so")}>{ say("why not?") }</button>
            </h2>
            { for props.filter.as_ref().map(|filter| form(filter, props)) }
            <div class="events-list">
                <div>{ for why }</div>
                // Not live: a screen reader is told of what matters by the page's status line.
                <div role="log" aria-live="off" aria-label={say("Events")}><ol>{ for rows }</ol></div>
                { for more }
            </div>
        </section>
    }
}

/// What is chosen of the list.
fn form(filter: &Filter, props: &EventsProps) -> Html {
    let wish = |change: fn(&mut Filter, String)| {
        let filter = filter.clone();
        props.on_filter.reform(move |event: Event| {
            let mut filter = filter.clone();
            change(&mut filter, value(&event));
            filter
        })
    };
    let server = wish(|filter, name| filter.server = name.parse().ok().and_then(NodeId::new));
    let kind = wish(|filter, name| {
        filter.kind = Kind::ALL.into_iter().find(|kind| kind.name() == name);
    });
    let words = {
        let (filter, tell) = (filter.clone(), props.on_filter.clone());
        move |event: InputEvent| {
            let words = value(&event);
            tell.emit(Filter {
                words,
                ..filter.clone()
            });
        }
    };
    let all = |words: &'static str, chosen: bool| (String::new(), words.to_string(), chosen);
    let servers = props.servers.iter().map(|id| {
        (
            id.number().to_string(),
            id.to_string(),
            filter.server == Some(id),
        )
    });
    let kinds = Kind::ALL.into_iter().map(|kind| {
        (
            kind.name().to_string(),
            say(kind.name()).to_string(),
            filter.kind == Some(kind),
        )
    });
    html! {
        <div class="events-filter" role="group" aria-label={say("Filter")}>
            <select aria-label={say("Server")} onchange={server}>{ options([all(say("all servers"), filter.server.is_none())].into_iter().chain(servers)) }</select>
            <select aria-label={say("Kind")} onchange={kind}>{ options([all(say("all kinds"), filter.kind.is_none())].into_iter().chain(kinds)) }</select>
            <input type="search" aria-label={say("Words")} placeholder={say("x=1 or term 3")} value={filter.words.clone()} oninput={words} />
        </div>
    }
}

/// Says from where on all is listed.
fn gap(at: Time, on_more: &Callback<()>) -> Html {
    let onclick = on_more.reform(|_: MouseEvent| ());
    html! {
        <li key="gap" class="gap">
            <span>{ fill("Before {}: only the rare events.", &[&clock(at)]) }</span>
            <button class="bordered small" {onclick}>{ say("Search them all") }</button>
        </li>
    }
}

#[derive(Properties, PartialEq)]
struct FoldProps {
    beats: Vec<Heartbeat>,
}

/// Heartbeats, folded until somebody asks for them.
#[component]
fn Fold(props: &FoldProps) -> Html {
    let open = use_state(|| false);
    let sent: usize = props.beats.iter().map(|beat| beat.to).sum();
    let onclick = {
        let open = open.clone();
        move |event: MouseEvent| {
            event.stop_propagation();
            open.set(!*open);
        }
    };
    let times = props.beats.iter().filter(|_| *open).map(|beat| {
        let ask = token(Question::Event((beat.step, Some(beat.fact))));
        let text = fill("{} sent {} heartbeats", &[&beat.from, &beat.to]);
        html! {
            <li key={beat.step.0} data-ask={ask}>
                <button class="event-time" data-seek={beat.at.0.to_string()} title={say("Go to this moment")}>{ clock(beat.at) }</button>
                <span class="event-text">{ text }</span>
                <button class="ask">{ say("why?") }</button>
            </li>
        }
    });
    html! {
        <li class="fold">
            <button aria-expanded={open.to_string()} {onclick}>{ fill("{} heartbeats", &[&sent]) }</button>
            <ol>{ for times }</ol>
        </li>
    }
}

fn event_line(line: &Line, asked: Option<Question>) -> Html {
    let question = Question::Event(line.moment);
    let open = asked == Some(question);
    let token = token(question);
    html! {
        <li key={token.clone()} class={if open { "asked" } else { "" }}
            data-about={line.about.clone()} data-ask={token}>
            <button class="event-time" data-seek={line.at.0.to_string()} title={say("Go to this moment")}>
                { clock(line.at) }
            </button>
            <span class="event-text">{ for told(&line.text, false) }</span>
            <button class="ask" aria-expanded={open.to_string()}>{ say("why?") }</button>
        </li>
    }
}

/// `1.312 s`
pub fn clock(at: Time) -> String {
    format!("{}.{:03} s", at.0 / 1_000_000, at.0 / 1000 % 1000)
}
