//! What just happened, in sentences, the latest first; and why.

use std::rc::Rc;

use yew::prelude::*;

use super::delegate;
use super::markup::html;

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

impl Line {
    /// A number of its own, that stays when others come before it.
    fn number(&self) -> u64 {
        self.step.0 * 64 + self.nth as u64 % 64
    }
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
        let reason = props.reason.as_ref();
        event_line(line, reason.filter(|reason| reason.is_of(line)))
    });
    let onclick = use_callback(
        (
            props.lines.clone(),
            props.reason.clone(),
            props.on_why.clone(),
            props.on_seek.clone(),
        ),
        |event: MouseEvent, (lines, reason, on_why, on_seek)| {
            let line = |name| {
                let number = delegate::number(&event, name)?;
                lines.iter().find(|line| line.number() == number)
            };
            if let Some(line) = line("data-why") {
                on_why.emit((line.step, line.nth));
            } else if let Some(line) = line("data-seek") {
                on_seek.emit(line.at);
            } else if delegate::number(&event, "data-cause").is_some()
                && let Some((at, _)) = reason.as_ref().and_then(|reason| reason.led_by.as_ref())
            {
                on_seek.emit(*at);
            }
        },
    );
    html! {
        <section class="events" aria-label="What just happened">
            <h2>{ "What just happened" }</h2>
            // Not live: a screen reader is told of what matters by the page's status line.
            <div class="events-list" role="log" aria-live="off" aria-label="Events" tabindex="0" {onclick}>
                <ol>{ for lines }</ol>
            </div>
        </section>
    }
}

impl Reason {
    fn is_of(&self, line: &Line) -> bool {
        (self.step, self.nth) == (line.step, line.nth)
    }
}

fn event_line(line: &Line, reason: Option<&Reason>) -> Html {
    let number = line.number();
    let key = number.to_string();
    let open = reason.is_some().to_string();
    html! {
        <li key={number}>
            <button class="event-time" data-seek={key.clone()} title="Go to this moment">
                { clock(line.at) }
            </button>
            <span class="event-text">{ &line.text }</span>
            <button class="why" data-why={key} aria-expanded={open}>{ "why?" }</button>
            <div>{ for reason.map(because) }</div>
        </li>
    }
}

fn because(reason: &Reason) -> Html {
    let led_by = reason.led_by.as_ref().map(|(at, text)| {
        html! {
            <p class="led-by">
                { "It came of: " }
                <button data-cause="1" title="Go to that moment">
                    { format!("{} {text}", clock(*at)) }
                </button>
            </p>
        }
    });
    html! {
        <div class="because">
            <p>{ &reason.text }</p>
            <div>{ for led_by }</div>
        </div>
    }
}

/// `1.312 s`
pub fn clock(at: Time) -> String {
    format!("{}.{:03} s", at.0 / 1_000_000, at.0 / 1000 % 1000)
}
