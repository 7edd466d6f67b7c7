//! The lesson room: what a page says and asks, and the way through the course.

use yew::prelude::*;

use crate::course::glossary::{self, Word};
use crate::course::lab::Lab;
use crate::course::{
    self, CONTENTS, Card, Choice, Page, Place, Prediction, Prose, Question, Span, Touch,
};
use crate::narrate::{fill, say};
use crate::session::Session;
use crate::sim::{Action, Cause, StepId};
use crate::ui::delegate;
use crate::ui::icons;
use crate::ui::learn::contents::contents;
use crate::ui::learn::lab::LabFigure;
use crate::ui::learn::learning::{Leaf, Learning, Wish};
use crate::ui::learn::present::hands;
use crate::ui::learn::quiz::Quiz;
use crate::ui::learn::scrub::Scrub;
use crate::ui::learn::serve::Serve;
use crate::ui::refs::told;
use crate::view::refs;

/// The lesson room.
pub fn lesson(learning: &Learning, session: &Session, on_wish: &Callback<Wish>) -> Html {
    let content = match (&learning.contents, learning.page()) {
        (true, _) => match learning.leaf {
            Leaf::Contents => contents(learning, on_wish),
            Leaf::Quiz => {
                html! { <Quiz sittings={learning.progress.sittings().to_vec()} {on_wish} /> }
            }
            Leaf::Server => html! { <Serve /> },
        },
        (false, Some(page)) => self::page(learning, page, session, on_wish),
        (false, None) => missing(learning, on_wish),
    };
    // Another page is another element: nothing of the one before is taken over.
    let key = format!(
        "{} {} {}",
        learning.place,
        learning.contents,
        learning.leaf.name()
    );
    // A tap beside the words closes what was said of one.
    let (on, open) = (on_wish.clone(), learning.word.is_some());
    let tapped = Callback::from(move |event: MouseEvent| {
        let word = delegate::around(&event, "[data-word]");
        let word = word.and_then(|word| word.get_attribute("data-word"));
        if open || word.is_some() {
            on.emit(Wish::Word(word));
        }
    });
    let english = (!learning.contents && learning.is_only_english()).then_some("en");
    html! {
        <section class="page" aria-label={say("Lesson")}>
            { heading(learning, on_wish) }
            <div {key} class="page-content" lang={english} onclick={tapped}>{ content }</div>
            { word_card(learning, on_wish) }
        </section>
    }
}

fn button(
    class: &'static str,
    label: impl Into<AttrValue>,
    wish: Wish,
    on: &Callback<Wish>,
) -> Html {
    let label: AttrValue = label.into();
    html! { <button {class} onclick={on.reform(move |_: MouseEvent| wish.clone())}>{ label }</button> }
}

fn heading(learning: &Learning, on_wish: &Callback<Wish>) -> Html {
    let place = learning.place;
    let title = course::listed(place.chapter).map_or("", |listed| say(listed.title));
    let way = learning.progress.cut;
    let way = match learning.recalled() {
        Some(nth) => {
            let all = learning.recall.len();
            Some(fill("Question {} of {}:", &[&(nth + 1), &all]) + " ")
        }
        None => way.map(|cut| format!("{}: ", say(cut.title))),
    };
    let here = if learning.shows_leaf() {
        say(learning.leaf.name()).to_owned()
    } else {
        format!("{}{} · {title}", way.unwrap_or_default(), place.chapter)
    };
    let there = match (learning.contents, learning.leaf) {
        (false, _) => button("plain small", say("Contents"), Wish::Contents, on_wish),
        (true, Leaf::Contents) => button("plain small", say("Close"), Wish::Contents, on_wish),
        (true, _) => html! { <a class="plain small" href="#/contents">{ say("Contents") }</a> },
    };
    html! {
        <p class="chapter">
            <span>{ here }</span>
            { there }
        </p>
    }
}

/// What a term means that was tapped.
fn word_card(learning: &Learning, on_wish: &Callback<Wish>) -> Html {
    let Some(name) = &learning.word else {
        return html! {};
    };
    let words = learning.words.as_deref();
    let word = words.and_then(|words| glossary::find(words, name));
    let text = match (words, word) {
        (None, _) => say("One moment."),
        (_, None) => say("This term is not in the glossary."),
        (_, Some(word)) => word.text.as_str(),
    };
    let place = word.map(|word| word.place);
    let place = place.filter(|place| *place != learning.place);
    let link = place.map(|place| html! { <a href={format!("#/lesson/{place}")}>{ fill("Page {} teaches it", &[&place]) }</a> });
    html! {
        <aside class="word-card" role="status" aria-label={say("Term")}>
            <b>{ name }</b>
            { button("plain small", "×", Wish::Word(None), on_wish) }
            <p>{ text }{ " " }{ for link }</p>
        </aside>
    }
}

fn missing(learning: &Learning, on_wish: &Callback<Wish>) -> Html {
    match &learning.missing {
        None => html! { <p class="muted">{ say("One moment.") }</p> },
        Some(why) => html! {
            <>
                <p role="alert">{ why }</p>
                { button("bordered small", say("Try again"), Wish::Again, on_wish) }
            </>
        },
    }
}

fn page(learning: &Learning, page: &Page, session: &Session, on_wish: &Callback<Wish>) -> Html {
    let asked = page.prediction.as_ref();
    let asked = asked.filter(|_| learning.question != Question::Open || page.asks(session));
    // What a page offers belongs to the outcome: it comes after the answer, unless it leads to a
    // question in the middle of the run.
    let leads = page.is_asked_midway() && page.touch.contains(&Touch::Button);
    let answered = learning.question != Question::Open || leads && !page.asks(session);
    let answered = page.prediction.is_none() || answered;
    let buttons = page.buttons.iter().enumerate().map(|(nth, one)| {
        let did = has_done(&one.actions, learning, session);
        let onclick = on_wish.reform(move |_: MouseEvent| Wish::Do(nth));
        let mark = html! { <span aria-hidden="true">{ if did { "✓ " } else { "" } }</span> };
        html! { <button class="bordered offer" {onclick}>{ mark }{ &one.label }</button> }
    });
    // A question that comes up in the middle of a run: what was to be done before is done.
    let asks = learning.question == Question::Open && asked.is_some() && !learning.met;
    let class = match learning.met {
        _ if asks && page.is_asked_midway() => "lead done",
        true => "lead past",
        false => "lead",
    };
    let lost = page.why_lost(session).filter(|_| learning.detour.is_none());
    html! {
        <>
            { for learning.is_only_english().then(|| html! { <p class="muted">{ say("This chapter is not translated yet. Here it is in English.") }</p> }) }
            <h1 translate="yes">{ &page.title }</h1>
            <div {class}>{ for prose(&page.before, learning, session, on_wish) }</div>
            <div aria-live="polite">{ for asked.map(|asked| question(learning, asked, page, session, on_wish)) }</div>
            <div>{ for page.lab.map(|lab| html! { <LabFigure {lab} number={learning.number} {on_wish} /> }) }</div>
            <div class="buttons offers">{ for buttons.filter(|_| answered) }</div>
            <div class="lost" role="status">{ for lost.map(|why| self::lost(why, on_wish)) }</div>
            <div class="outcome" role="status">{ for learning.met.then(|| met(page, learning, session, on_wish)) }</div>
            <div class="help-line">{ help(learning, page, on_wish) }</div>
        </>
    }
}

/// Whether the learner did this here.
fn has_done(actions: &[Action], learning: &Learning, session: &Session) -> bool {
    let records = session.records()[..session.told()].iter();
    let steps = records.map(|record| &record.step);
    let steps = steps.filter(|step| step.id > learning.set_up);
    let done = |action: &Action| {
        let mut steps = steps.clone();
        steps.any(|step| matches!(&step.cause, Cause::Action(done) if **done == *action))
    };
    actions.iter().all(done)
}

/// The goal can no longer be met: why, and the way back.
fn lost(why: &str, on_wish: &Callback<Wish>) -> Html {
    html! {
        <>
            <p>{ for told(why, false) }</p>
            { button("bordered small", say("Undo"), Wish::Undo, on_wish) }
            { button("plain small", say("Start this page again"), Wish::Again, on_wish) }
        </>
    }
}

/// The goal is met: what there was to see in it.
fn met(page: &Page, learning: &Learning, session: &Session, on_wish: &Callback<Wish>) -> Html {
    html! {
        <div class="met">
            <p class="met-mark">{ icons::done() }{ say("Done") }</p>
            { for prose(&page.after, learning, session, on_wish) }
            { source(&page.source) }
        </div>
    }
}

/// Where the paper or the dissertation says it: each piece is a link to its document.
fn source(text: &str) -> Html {
    if text.is_empty() {
        return html! {};
    }
    let pieces = text.split(" · ").map(|piece| {
        html! { <a class="source" href={course::document(piece)} target="_blank" rel="noopener">{ piece }</a> }
    });
    html! { <p class="sources">{ for pieces }</p> }
}

fn help(learning: &Learning, page: &Page, on_wish: &Callback<Wish>) -> Html {
    let shown = page.hints.iter().take(learning.hints);
    let more = !learning.met && learning.hints < page.hints.len();
    html! {
        <>
            <div>{ for shown.map(|hint| html! { <p class="hint">{ for told(hint, false) }</p> }) }</div>
            <span>{ for more.then(|| button("plain small", say("Hint"), Wish::Hint, on_wish)) }</span>
            { for page.goal.as_ref().map(|_| button("plain small", say("Start this page again"), Wish::Again, on_wish)) }
        </>
    }
}

/// The question, and what was answered. Once the outcome was seen, each answer says why it is
/// right or wrong.
fn question(
    learning: &Learning,
    asked: &Prediction,
    page: &Page,
    session: &Session,
    on_wish: &Callback<Wish>,
) -> Html {
    let open = learning.question == Question::Open;
    let order = learning.shuffled().into_iter();
    let choices = order.map(|nth| answer(learning, nth, &asked.choices[nth], on_wish));
    let cards = in_order(learning, asked, page, session).enumerate();
    let cards = cards.map(|(place, (nth, step))| {
        card(
            learning,
            nth,
            &asked.cards[nth],
            step.map(|_| place),
            on_wish,
        )
    });
    let right = learning.order.iter().enumerate();
    let right = right.filter(|(place, card)| place == *card).count();
    let done = open && !asked.cards.is_empty() && learning.order.len() == asked.cards.len();
    let done = done.then(|| {
        button(
            "bordered offer",
            say("This is my order"),
            Wish::Choose(right),
            on_wish,
        )
    });
    let class = if open { "question open" } else { "question" };
    html! {
        <div {class} id="question" role="group" aria-label={say("Prediction")}>
            <p class="asked">{ for told(&asked.question, true) }</p>
            <div>{ for choices }{ for cards }</div>
            <div class="decide">{ for done }{ for open.then(|| button("plain small", say("Show me"), Wish::ShowMe, on_wish)) }</div>
        </div>
    }
}

/// The cards: first those that have happened, as they did; then in the order of the learner, and
/// before there is one in that of the alphabet.
fn in_order(
    learning: &Learning,
    asked: &Prediction,
    page: &Page,
    session: &Session,
) -> impl Iterator<Item = (usize, Option<StepId>)> {
    let open = learning.question == Question::Open;
    let happened = |nth| page.happened(nth, session).filter(|_| !open);
    let mut cards: Vec<_> = (0..asked.cards.len())
        .map(|nth| (nth, happened(nth)))
        .collect();
    let place = |&(nth, step): &(usize, Option<StepId>)| {
        let guess = learning.order.iter().position(|card| *card == nth);
        let guess = guess.filter(|_| !open).unwrap_or_default();
        let place = if step.is_some() { nth } else { guess };
        (
            step.map_or(u64::MAX, |step| step.0),
            place,
            &asked.cards[nth].text,
        )
    };
    cards.sort_by(|a, b| place(a).cmp(&place(b)));
    cards.into_iter()
}

/// A card, with the learner's number and, once it has happened, with its own.
fn card(
    learning: &Learning,
    nth: usize,
    card: &Card,
    place: Option<usize>,
    on_wish: &Callback<Wish>,
) -> Html {
    let open = learning.question == Question::Open;
    let guess = learning.order.iter().position(|card| *card == nth);
    let number = |place: usize| (place + 1).to_string();
    let (class, mark) = match (place, guess) {
        (Some(_), None) => ("choice card right", String::new()),
        (Some(place), Some(guess)) if place == guess => ("choice card right", "✓".into()),
        (Some(_), Some(guess)) => ("choice card wrong", fill("you: {}", &[&number(guess)])),
        (None, _) => ("choice card", String::new()),
    };
    let shown = place.or(guess).map(number);
    html! {
        <div key={nth} {class}>
            <button data-about="" aria-disabled={(!open).to_string()} aria-pressed={guess.is_some().to_string()}
                onclick={on_wish.reform(move |_: MouseEvent| Wish::Place(nth))}>
                <i>{ for shown }</i><span>{ for told(&card.text, false) }</span><small>{ mark }</small>
            </button>
        </div>
    }
}

fn answer(learning: &Learning, nth: usize, choice: &Choice, on_wish: &Callback<Wish>) -> Html {
    let chosen = learning.question == Question::Predicted(nth);
    let open = learning.question == Question::Open;
    let judged = learning.met || learning.detour.is_some();
    let here = learning
        .detour
        .as_ref()
        .is_some_and(|detour| detour.choice == nth);
    if judged && !choice.right && !chosen && !here {
        return folded(nth, choice, on_wish);
    }
    let class = match (judged, choice.right, chosen) {
        (true, true, _) => "choice right",
        (true, false, true) => "choice wrong chosen",
        (false, _, true) => "choice chosen",
        _ => "choice",
    };
    let mark = match (judged, choice.right) {
        (true, true) => "✓",
        (true, false) if chosen => "✗",
        _ => "",
    };
    let yours = (chosen && judged).then(|| html! { <small>{ say("your guess") }</small> });
    let because = (judged && (choice.right || chosen || here)).then(|| {
        html! { <p class="because" translate="yes">{ for told(&choice.because, false) }</p> }
    });
    let world = judged.then(|| detour(here, nth, choice, on_wish));
    html! {
        <div key={nth} {class}>
            <button data-about="" aria-disabled={(!open).to_string()} aria-pressed={chosen.to_string()}
                onclick={on_wish.reform(move |_: MouseEvent| Wish::Choose(nth))}>
                <i aria-hidden="true">{ mark }</i><span>{ for told(&choice.text, false) }</span>
                <span>{ for yours }{ for hands(learning, nth) }</span>
            </button>
            <div>{ for because }</div>
            <div>{ for world }</div>
        </div>
    }
}

/// A wrong answer that was not chosen: only its words, until somebody asks.
fn folded(nth: usize, choice: &Choice, on_wish: &Callback<Wish>) -> Html {
    html! {
        <details key={nth} class="choice folded">
            <summary>{ &choice.text }</summary>
            <p class="because" translate="yes">{ for told(&choice.because, false) }</p>
            { detour(false, nth, choice, on_wish) }
        </details>
    }
}

/// The way to the run that belongs to a wrong answer, and back. Where a rule is off in it, it is the
/// world in which the answer would be right.
fn detour(here: bool, nth: usize, choice: &Choice, on_wish: &Callback<Wish>) -> Html {
    if choice.run.is_empty() {
        return html! {};
    }
    if !here {
        let label = if choice.run.is_other_world() {
            say("See that world")
        } else {
            say("See why not")
        };
        return button("plain small world", label, Wish::ShowWhyNot(nth), on_wish);
    }
    html! {
        <div class="detour">
            { button("bordered small", say("Watch it again"), Wish::ShowWhyNot(nth), on_wish) }
            { button("bordered small", say("Back to my run"), Wish::Return, on_wish) }
        </div>
    }
}

/// Paragraphs, in which each term of the glossary can be tapped where it first stands.
fn prose(
    paragraphs: &[Prose],
    learning: &Learning,
    session: &Session,
    on_wish: &Callback<Wish>,
) -> Vec<Html> {
    let mut words: Vec<&Word> = learning
        .words
        .iter()
        .flat_map(|words| words.iter())
        .collect();
    let mut span = |span: &Span| match span {
        Span::Code(text) => html! { <code>{ text }</code> },
        Span::Noun(noun, written) => {
            let (text, refs) = refs::noun(*noun, written, session.world());
            html! { <b class="name" translate="no" tabindex="0" data-refs={refs}>{ text }</b> }
        }
        Span::Number(_) => html! {
            <Scrub label={number_label(learning.lab())} value={learning.number} range={learning.lab().number().range}
                on_change={on_wish.reform(Wish::Scrub)} />
        },
        Span::Term(text) => {
            words.retain(|word| !word.is_named(text));
            html! { <dfn>{ term(text, text) }</dfn> }
        }
        Span::Text(text) => html! { <>{ for with_terms(text, &mut words) }</> },
    };
    let paragraphs = paragraphs.iter();
    paragraphs
        .map(|spans| html! { <p translate="yes">{ for spans.iter().map(&mut span) }</p> })
        .collect()
}

/// What the number of a lab means.
fn number_label(lab: Lab) -> &'static str {
    match lab {
        Lab::Acks => say("Longest time that a message takes, in milliseconds"),
        Lab::Commits => say("Time that a message takes, in milliseconds"),
        Lab::Downtime | Lab::Elections => say("Longest election timeout, in milliseconds"),
    }
}

/// A text in which the first of each of these terms can be tapped. What was found is taken away.
fn with_terms(mut text: &str, words: &mut Vec<&Word>) -> Vec<Html> {
    let mut parts = Vec::new();
    while let Some((from, to, word)) = glossary::first(words, text) {
        parts.extend(told(&text[..from], true));
        parts.push(term(&word.names[0], &text[from..to]));
        words.retain(|other| *other != word);
        text = &text[to..];
    }
    parts.extend(told(text, true));
    parts
}

/// A term that can be tapped.
fn term(name: &str, written: &str) -> Html {
    html! { <button class="word" data-word={name.to_owned()}>{ written }</button> }
}

/// Back, Next, and how far this chapter has come: always in the same place.
pub fn way(learning: &Learning, on_wish: &Callback<Wish>) -> Html {
    let place = learning.place;
    let pages = course::listed(place.chapter).map_or(0, |listed| listed.pages);
    let dots = (1..=pages).map(|page| {
        let there = Place { page, ..place };
        let class = match (page == place.page, learning.progress.is_done(there)) {
            (true, _) => "dot here",
            (false, true) => "dot done",
            (false, false) => "dot",
        };
        html! {
            <button key={page} {class} aria-label={fill("Page {}", &[&page])} data-page={page.to_string()}
                aria-current={(page == place.page).then_some("page")} />
        }
    });
    let open = on_wish.reform(move |event: MouseEvent| {
        let page = delegate::number(&event, "data-page").map_or(place.page, |page| page as u16);
        Wish::Open(Place { page, ..place })
    });
    let first = place.page == 1 && place.chapter == CONTENTS[0].number;
    let next = if learning.met { "next ready" } else { "next" };
    let wish = |wish: Wish| on_wish.reform(move |_: MouseEvent| wish.clone());
    html! {
        <nav class="way" aria-label={say("Pages")}>
            <button class="bordered" disabled={first} onclick={wish(Wish::Back)}>{ say("Back") }</button>
            <span class="dots" onclick={open}>{ for dots }</span>
            <button class={next} disabled={learning.is_last()} onclick={wish(Wish::Next)}>{ say("Next") }</button>
        </nav>
    }
}
