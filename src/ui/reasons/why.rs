//! The answer to "why?", with the ways on to what it came of and what came of it; and how it is
//! asked: whatever can be asked bears its question in `data-ask`.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement};
use yew::prelude::*;

use crate::check::Property;
use crate::course::{listed, teaches};
use crate::narrate::{fill, say};
use crate::raft::{LogIndex, NodeId};
use crate::sim::{PacketId, StepId, Time};
use crate::ui::delegate;
use crate::ui::reasons::events::clock;
use crate::ui::refs::told;
use crate::view::why::not::Not;
use crate::view::why::{Link, Question, Why};

/// What a click, or a key, wants of the past.
pub enum Inquiry {
    /// Know why.
    Ask(Question),
    /// Go to a moment.
    Seek(Time),
    /// Go to a cause or an effect, and know why.
    Walk(Question),
}

/// The answer; `from` is the moment that one can go back to.
pub fn answer(
    why: &Why,
    from: Option<Time>,
    on_close: &Callback<()>,
    on_rule: Option<&Callback<()>>,
) -> Html {
    let close = on_close.reform(|_: MouseEvent| ());
    // Only what happened inside a server went by a line of Figure 2.
    let by_line = matches!(why.question, Question::Event((_, Some(_))));
    let rule = on_rule.filter(|_| by_line).map(|show| {
        let onclick = show.reform(|_: MouseEvent| ());
        html! { <button class="ask" {onclick}>{ say("see the rules") }</button> }
    });
    let back = from.map(|from| {
        let text = fill("Back to {}", &[&clock(from)]);
        html! { <p><button class="bordered small" data-seek={from.0.to_string()}>{ text }</button></p> }
    });
    html! {
        <section class="why" aria-label={say("Why")} tabindex="-1">
            <h2>{ say("Why?") }<span>{ clock(why.at) }</span>
                <button class="plain small" aria-label={say("Close the answer")} onclick={close}>{ "×" }</button>
            </h2>
            { for back }
            <p class="why-text" data-about={why.about.clone()}>{ for told(&why.text, false) }</p>
            <p>{ for why.values.iter().flat_map(|values| told(values, false)) }</p>
            <p class="why-rule">{ why.rule }{ " " }<cite>{ &why.source }</cite>{ for rule }{ for taught(why) }</p>
            { nots(&why.not) }
            { links(say("Because"), "because", &why.because) }
            { links(say("Led to"), "led-to", &why.led_to) }
        </section>
    }
}

/// What is not so, and what would have to happen.
fn nots(nots: &[Not]) -> Html {
    let nots = nots.iter().map(|not| {
        let line = not.line.map(|line| html! { <cite>{ line.label() }</cite> });
        html! {
            <div class="why-not" data-about={not.about.clone()}>
                <h3>{ say("Why not?") }{ " " }{ for told(&not.what, false) }</h3>
                <p>{ for told(&not.because, false) }{ " " }{ for line }</p>
                <p>{ for told(&not.needs, false) }</p>
            </div>
        }
    });
    html! { <>{ for nots }</> }
}

/// The page of the course that teaches the rule.
fn taught(why: &Why) -> Option<Html> {
    let place = teaches(&why.source)?;
    let chapter = listed(place.chapter)?;
    let text = fill("Learn it: {} {}", &[&place, &say(chapter.title)]);
    Some(html! { <><br /><a href={format!("#/lesson/{place}")}>{ text }</a></> })
}

fn links(title: &'static str, class: &'static str, links: &[Link]) -> Html {
    if links.is_empty() {
        return Html::default();
    }
    let links = links.iter().map(|link| {
        let token = token(Question::Event(link.to));
        html! {
            <li key={token.clone()} data-about={link.about.clone()}>
                <button data-walk={token}><small>{ clock(link.at) }</small><span>{ for told(&link.text, false) }</span></button>
            </li>
        }
    });
    html! { <><h3>{ title }</h3><ul {class}>{ for links }</ul></> }
}

/// A question as the value of `data-ask` or `data-walk`.
pub fn token(question: Question) -> String {
    let (kind, a, b) = match question {
        Question::Entry(server, index) => ('n', server.number() as u64, index.0),
        Question::Event((step, fact)) => ('e', step.0, fact.map_or(0, |fact| fact as u64 + 1)),
        Question::Packet(id) => ('p', id.0, 0),
        Question::Role(server) => ('r', server.number() as u64, 0),
        Question::Violation(property) => ('v', property as u64, 0),
        Question::Waits => ('w', 0, 0),
    };
    format!("{kind}{a}.{b}")
}

fn question(token: &str) -> Option<Question> {
    let (a, b) = token.get(1..)?.split_once('.')?;
    let (a, b): (u64, u64) = (a.parse().ok()?, b.parse().ok()?);
    Some(match token.as_bytes()[0] {
        b'n' => Question::Entry(NodeId::new(a as usize)?, LogIndex(b)),
        b'e' => Question::Event((StepId(a), b.checked_sub(1).map(|fact| fact as usize))),
        b'p' => Question::Packet(PacketId(a)),
        b'r' => Question::Role(NodeId::new(a as usize)?),
        b'w' => Question::Waits,
        b'v' => Question::Violation(*Property::ALL.get(a as usize)?),
        _ => return None,
    })
}

/// What a click on the page wants of the past. On the stage a click acts, and only a key asks.
pub fn clicked(event: &Event) -> Option<Inquiry> {
    let element = delegate::around(event, "[data-seek],[data-walk],[data-ask]:not(g)")?;
    let ask = |name, make: fn(Question) -> Inquiry| {
        let token = element.get_attribute(name)?;
        question(&token).map(make)
    };
    let seek = element.get_attribute("data-seek");
    let seek = seek.and_then(|at| Some(Inquiry::Seek(Time(at.parse().ok()?))));
    seek.or_else(|| ask("data-walk", Inquiry::Walk))
        .or_else(|| ask("data-ask", Inquiry::Ask))
}

/// What the element asks that the event came from.
pub fn asked_by(event: &Event) -> Option<Question> {
    let element = delegate::around(event, "[data-ask]")?;
    question(&element.get_attribute("data-ask")?)
}

/// What the latest event in the list asks.
pub fn latest() -> Option<Question> {
    find(".events ol [data-ask]", "data-ask")
}

/// The first cause, or the first effect, in the answer.
pub fn neighbour(list: &str) -> Option<Inquiry> {
    find(&format!(".{list} [data-walk]"), "data-walk").map(Inquiry::Walk)
}

fn find(selector: &str, name: &str) -> Option<Question> {
    question(&element(selector)?.get_attribute(name)?)
}

/// Gives the answer the focus, and shows it from its beginning.
pub fn show() {
    focus(".why");
    if let Some(answer) = element(".why") {
        answer.scroll_into_view();
    }
}

/// Moves the keyboard's focus.
pub fn focus(selector: &str) {
    if let Some(element) = element(selector) {
        let _ = element.unchecked_into::<HtmlElement>().focus();
    }
}

/// The first element that fits.
pub fn element(selector: &str) -> Option<Element> {
    let document = web_sys::window()?.document()?;
    document.query_selector(selector).ok()?
}
