//! What just happened, in sentences, the latest first; and why.

use std::rc::Rc;

use yew::prelude::*;

use crate::sim::{StepId, Time};

/// A line of the list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    pub step: StepId,
    /// Which sentence of its step.
    pub nth: usize,
    pub at: Time,
    pub text: String,
}

/// An answer to "why?".
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reason {
    /// The line it is about.
    pub step: StepId,
    pub nth: usize,
    /// The rule, with the values that decided.
    pub text: String,
    /// The step that led to it, in a sentence.
    pub led_by: Option<(Time, String)>,
}

#[derive(Properties, PartialEq)]
pub struct EventsProps {
    pub lines: Rc<[Line]>,
    pub reason: Option<Reason>,
    /// The sentence for which the reason is wanted.
    pub on_why: Callback<(StepId, usize)>,
    /// The moment to go to.
    pub on_seek: Callback<Time>,
}

/// The list of events.
#[component]
pub fn Events(props: &EventsProps) -> Html {
    let lines = props.lines.iter().map(|line| {
        let reason = props
            .reason
            .clone()
            .filter(|reason| (reason.step, reason.nth) == (line.step, line.nth));
        html! {
            <EventLine key={format!("{}-{}", line.step.0, line.nth)} line={line.clone()} {reason}
                on_why={&props.on_why} on_seek={&props.on_seek} />
        }
    });
    html! {
        <section class="events" aria-label="What just happened">
            <h2>{ "What just happened" }</h2>
            // Not live: a screen reader is told of what matters by the page's status line.
            <ol role="log" aria-live="off" aria-label="Events" tabindex="0">{ for lines }</ol>
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct LineProps {
    line: Line,
    reason: Option<Reason>,
    on_why: Callback<(StepId, usize)>,
    on_seek: Callback<Time>,
}

#[component]
fn EventLine(props: &LineProps) -> Html {
    let line = &props.line;
    let why = use_callback(
        (line.step, line.nth, props.on_why.clone()),
        |_: MouseEvent, (step, nth, on_why)| on_why.emit((*step, *nth)),
    );
    let seek = use_callback(
        (line.at, props.on_seek.clone()),
        |_: MouseEvent, (at, on)| on.emit(*at),
    );
    let open = props.reason.is_some();
    html! {
        <li>
            <button class="event-time" onclick={seek} title="Go to this moment">{ clock(line.at) }</button>
            <span class="event-text">{ &line.text }</span>
            <button class="why" onclick={why} aria-expanded={open.to_string()}>{ "why?" }</button>
            <div>{ for props.reason.as_ref().map(|reason| html! {
                <Because reason={reason.clone()} on_seek={&props.on_seek} />
            }) }</div>
        </li>
    }
}

#[derive(Properties, PartialEq)]
struct BecauseProps {
    reason: Reason,
    on_seek: Callback<Time>,
}

#[component]
fn Because(props: &BecauseProps) -> Html {
    let at = props.reason.led_by.as_ref().map(|(at, _)| *at);
    let seek = use_callback((at, props.on_seek.clone()), |_: MouseEvent, (at, on)| {
        if let Some(at) = at {
            on.emit(*at);
        }
    });
    html! {
        <div class="because">
            <p>{ &props.reason.text }</p>
            <div>{ for props.reason.led_by.as_ref().map(|(at, text)| html! {
                <p class="led-by">
                    { "It came of: " }
                    <button onclick={seek} title="Go to that moment">{ format!("{} {text}", clock(*at)) }</button>
                </p>
            }) }</div>
        </div>
    }
}

/// `1.312 s`
pub fn clock(at: Time) -> String {
    format!("{}.{:03} s", at.0 / 1_000_000, at.0 / 1000 % 1000)
}
