//! A chapter on paper: what every page says, asks and answers, and a figure of what happens on it,
//! made by the core from the recorded answer.

use std::rc::Rc;

use yew::prelude::*;

use crate::course::{Chapter, Listed, Page, Prediction, Prose, Span};
use crate::narrate::{fill, say};
use crate::session::Session;
use crate::sim::Time;
use crate::ui::learn::lab::LabFigure;
use crate::ui::time::chart::picture;
use crate::view::{Chart, refs};

/// The width of a figure, a sheet of A4 less its margins, and the distance between its lanes; in CSS
/// pixels.
const SIZE: (f64, f64) = (640.0, 46.0);

/// The luck of the runs in the figures, where the page names none.
const SEED: u64 = 1;

/// What happens just before the learner's first act belongs to the figure.
const BEFORE: Time = Time::ms(30);

#[derive(Properties, PartialEq)]
pub struct PrintProps {
    /// What the contents say of the chapter.
    pub listed: &'static Listed,
    /// The chapter, once it has arrived.
    pub chapter: Option<Rc<Chapter>>,
}

/// The chapter.
#[component]
pub fn Print(props: &PrintProps) -> Html {
    let listed = props.listed;
    let pages = props.chapter.iter().flat_map(|chapter| &chapter.pages);
    let print = |_: MouseEvent| {
        if let Some(window) = web_sys::window() {
            // A browser that does not print says so itself.
            let _ = window.print();
        }
    };
    html! {
        <main class="print" aria-label={say("Chapter to print")}>
            <nav class="print-bar">
                <button class="bordered" onclick={print}>{ say("Print") }</button>
                <a class="bordered" href={format!("#/lesson/{}/1", listed.number)}>{ say("Close") }</a>
            </nav>
            <article translate="yes">
                <h1>{ format!("{} · {}", listed.number, say(listed.title)) }</h1>
                <p class="print-question">{ say(listed.question) }</p>
                { for pages.map(page) }
                <footer>{ fill("Raftarium, chapter {}. Each figure is a run of the Raft core.", &[&listed.number]) }</footer>
            </article>
        </main>
    }
}

fn page(page: &Page) -> Html {
    let begun = page.session(SEED).ok();
    let begins = begun.as_ref().map(Session::now).unwrap_or_default();
    let ended = page.finished(SEED).ok();
    let figure = match (page.lab, &ended) {
        (Some(lab), _) => {
            html! { <LabFigure {lab} number={lab.number().first} on_wish={Callback::noop()} /> }
        }
        (None, Some(session)) => {
            let from = begins.saturating_sub(BEFORE);
            let chart = Chart::of(session, from, session.now());
            picture(&chart, SIZE, session.now(), None)
        }
        (None, None) => Html::default(),
    };
    html! {
        <section>
            <h2>{ &page.title }</h2>
            { prose(&page.before, begun.as_ref()) }
            { for page.prediction.as_ref().map(question) }
            <figure>{ figure }</figure>
            { prose(&page.after, ended.as_ref()) }
            <p class="sources">{ &page.source }</p>
        </section>
    }
}

/// The question, its answers, and why the right one is right.
fn question(asked: &Prediction) -> Html {
    let choices = asked.choices.iter().map(|choice| {
        let class = choice.right.then_some("right");
        let because = choice
            .right
            .then(|| html! { <small>{ &choice.because }</small> });
        html! { <li {class}>{ &choice.text }{ for because }</li> }
    });
    let cards = asked
        .cards
        .iter()
        .map(|card| html! { <li>{ &card.text }</li> });
    html! {
        <div class="print-asked">
            <p>{ &asked.question }</p>
            { if asked.cards.is_empty() {
                html! { <ul>{ for choices }</ul> }
            } else {
                html! { <ol>{ for cards }</ol> }
            } }
        </div>
    }
}

fn prose(paragraphs: &[Prose], session: Option<&Session>) -> Html {
    let span = |span: &Span| match (span, session) {
        (Span::Code(text), _) => html! { <code>{ text }</code> },
        (Span::Term(text), _) => html! { <dfn>{ text }</dfn> },
        (Span::Noun(noun, written), Some(session)) => {
            let (text, _) = refs::noun(*noun, written, session.world());
            html! { <b>{ text }</b> }
        }
        _ => html! { <>{ span.written() }</> },
    };
    let paragraphs = paragraphs.iter();
    html! { <>{ for paragraphs.map(|spans| html! { <p>{ for spans.iter().map(span) }</p> }) }</> }
}
