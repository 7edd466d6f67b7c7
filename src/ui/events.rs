//! What just happened, in sentences, the latest first.

use std::rc::Rc;

use yew::prelude::*;

use super::refs::told;
use super::why::{answer, token};
use crate::sim::Time;
use crate::view::why::{Moment, Question, Why};

/// A line of the list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// What it tells.
    pub moment: Moment,
    pub at: Time,
    pub text: String,
    /// The tokens of what it tells of.
    pub about: String,
}

#[derive(Properties, PartialEq)]
pub struct EventsProps {
    pub lines: Rc<[Line]>,
    /// What is being asked.
    pub asked: Option<Question>,
    /// The answer that is being read, if it stands here.
    pub why: Option<Why>,
    pub on_close: Callback<()>,
    /// Shows the rule that acted.
    pub on_rule: Option<Callback<()>>,
}

/// The list of events.
#[component]
pub fn Events(props: &EventsProps) -> Html {
    let lines = props.lines.iter().map(|line| event_line(line, props.asked));
    let why = props.why.as_ref();
    let why = why.map(|why| answer(why, &props.on_close, props.on_rule.as_ref()));
    html! {
        <section class="events" aria-label="What just happened">
            <h2>{ "What just happened" }
                <button class="ask" data-ask={token(Question::Waits)} title="What is waited for, and why it is not so">{ "why not?" }</button>
            </h2>
            <div class="events-list">
                <div>{ for why }</div>
                // Not live: a screen reader is told of what matters by the page's status line.
                <div role="log" aria-live="off" aria-label="Events"><ol>{ for lines }</ol></div>
            </div>
        </section>
    }
}

fn event_line(line: &Line, asked: Option<Question>) -> Html {
    let question = Question::Event(line.moment);
    let open = asked == Some(question);
    let token = token(question);
    html! {
        <li key={token.clone()} class={if open { "asked" } else { "" }}
            data-about={line.about.clone()} data-ask={token}>
            <button class="event-time" data-seek={line.at.0.to_string()} title="Go to this moment">
                { clock(line.at) }
            </button>
            <span class="event-text">{ for told(&line.text, false) }</span>
            <button class="ask" aria-expanded={open.to_string()}>{ "why?" }</button>
        </li>
    }
}

/// `1.312 s`
pub fn clock(at: Time) -> String {
    format!("{}.{:03} s", at.0 / 1_000_000, at.0 / 1000 % 1000)
}
