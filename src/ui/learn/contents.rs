//! The contents of the course: every chapter with its question, what was done of it and guessed
//! right; ways that leave chapters out; and a search.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::course::{CONTENTS, CUTS, Cut, Listed, Place, Progress, gallery, teaches};
use crate::narrate::{fill, say};
use crate::raft::Rule;
use crate::ui::delegate;
use crate::ui::language;
use crate::ui::learn::learning::{Learning, Wish};
use crate::ui::share;
use crate::ui::storage;

/// The most that is found of a kind.
const MOST_FOUND: usize = 8;

/// The contents, or what is found in them.
pub fn contents(learning: &Learning, on_wish: &Callback<Wish>) -> Html {
    let search = on_wish.reform(|event: InputEvent| {
        let field = event.target_dyn_into::<HtmlInputElement>();
        Wish::Search(field.map_or_else(String::new, |field| field.value()))
    });
    let notice = learning.notice.as_ref();
    let notice = notice.map(|why| html! { <p class="notice" role="alert">{ why }</p> });
    let sought = learning.search.trim().to_lowercase();
    let shown = if sought.is_empty() {
        html! { <>{ recall(learning, on_wish) }{ quiz(learning) }{ cuts(learning, on_wish) }{ chapters(learning, on_wish) }</> }
    } else {
        found(learning, &sought)
    };
    html! {
        <>
            <h1>{ say("The course") }</h1>
            { for notice }
            <input class="search" type="search" aria-label={say("Search the course")} placeholder={say("Search: figure 8, lease, no-op, ...")}
                value={learning.search.clone()} oninput={search} />
            <div role="region" aria-label={say("Contents")}>{ shown }</div>
            { language::choice() }
            { for_lecturers(learning.place) }
            { kept(learning, on_wish) }
        </>
    }
}

/// The questions that come back today, or when the next one does.
fn recall(learning: &Learning, on_wish: &Callback<Wish>) -> Html {
    let (memory, today) = (&learning.progress.memory, storage::today());
    let due = memory.due(today).len();
    if due > 0 {
        let label = match due {
            1 => say("1 question to come back to").into(),
            _ => fill("{} questions to come back to", &[&due]),
        };
        let onclick = on_wish.reform(|_: MouseEvent| Wish::Recall);
        return html! { <p class="recall"><button class="bordered small" {onclick}>{ label }</button></p> };
    }
    let Some(next) = memory.next() else {
        return Html::default();
    };
    let when = match next - today {
        1 => say("Tomorrow a question of the course comes back.").into(),
        days => fill("The next question comes back in {} days.", &[&days]),
    };
    html! { <p class="recall muted">{ when }</p> }
}

/// The way to the quiz.
fn quiz(learning: &Learning) -> Html {
    let taken = learning.progress.sittings().iter();
    let taken = taken.filter(|sitting| sitting.day.is_some()).count();
    let label = match taken {
        0 => say("Quiz: what do you know before the course?"),
        1 => say("Quiz: take it again after the course"),
        _ => say("Quiz: your points"),
    };
    html! {
        <p class="recall">
            <a class="bordered small" href="#/quiz">{ label }</a>{ " " }
            <a class="bordered small" href="#/be-a-server">{ say("Be a server: answer S3's messages") }</a>
        </p>
    }
}

/// What is kept of the learner, and how to take it along or to be rid of it.
fn kept(learning: &Learning, on_wish: &Callback<Wish>) -> Html {
    let button = |label: &'static str, wish: Wish| {
        let onclick = on_wish.reform(move |_: MouseEvent| wish.clone());
        html! { <button class="plain small" {onclick}>{ label }</button> }
    };
    let some = (learning.progress != Progress::default()).then(|| {
        html! {
            <>
                <p>{ say("What you did is kept in this browser, and nowhere else.") }</p>
                { button(say("Save it as a file"), Wish::Save) }
                <details>
                    <summary>{ say("Forget it") }</summary>
                    { button(say("Forget all that I did"), Wish::Forget) }
                </details>
            </>
        }
    });
    let on_wish = on_wish.clone();
    let chosen = Callback::from(move |event: Event| {
        let on_wish = on_wish.clone();
        share::read_chosen(&event, move |text| on_wish.emit(Wish::Import(text)));
    });
    html! {
        <div class="kept">
            { for some }
            <label class="plain small">
                <input class="visually-hidden" type="file" accept=".txt,text/plain" onchange={chosen} />
                { say("Read a saved file") }
            </label>
        </div>
    }
}

/// The ways that leave chapters out.
fn cuts(learning: &Learning, on_wish: &Callback<Wish>) -> Html {
    let cuts = CUTS.iter().map(|cut| {
        let chosen = learning.progress.cut == Some(cut);
        let chapters: Vec<String> = cut.chapters.iter().map(u16::to_string).collect();
        let about = fill("chapters {}", &[&chapters.join(", ")]);
        let wish = Wish::Cut((!chosen).then_some(cut));
        html! {
            <button key={cut.name} aria-pressed={chosen.to_string()} onclick={on_wish.reform(move |_: MouseEvent| wish.clone())}>
                <b>{ say(cut.title) }</b><small>{ about }</small>
            </button>
        }
    });
    html! { <div class="cuts" role="group" aria-label={say("Short ways")}>{ for cuts }</div> }
}

/// Every chapter, with what was done of it.
fn chapters(learning: &Learning, on_wish: &Callback<Wish>) -> Html {
    let open = on_wish.reform(|event: MouseEvent| {
        let chapter = delegate::number(&event, "data-chapter").unwrap_or(0) as u16;
        Wish::Open(Place { chapter, page: 1 })
    });
    let chapters = CONTENTS
        .iter()
        .map(|listed| chapter(learning, listed, learning.progress.cut));
    html! { <ol class="contents" onclick={open}>{ for chapters }</ol> }
}

fn chapter(learning: &Learning, listed: &Listed, cut: Option<&Cut>) -> Html {
    let places = (1..=listed.pages).map(|page| Place {
        chapter: listed.number,
        page,
    });
    let done = places
        .clone()
        .filter(|place| learning.progress.is_done(*place));
    let done = done.count() as u16;
    let state = match done {
        0 => fill("{} pages · {} min", &[&listed.pages, &listed.minutes]),
        _ if done == listed.pages => say("done").into(),
        _ => fill("{} of {} done", &[&done, &listed.pages]),
    };
    let guesses = places.zip(listed.right).filter_map(|(place, right)| {
        let guess = learning.progress.guess(place)?;
        right.map(|right| guess == usize::from(right))
    });
    let (asked, right) = guesses.fold((0, 0), |(asked, right), is| {
        (asked + 1, right + u16::from(is))
    });
    let right = (asked > 0).then(|| fill(", {} of {} right", &[&right, &asked]));
    let current = (listed.number == learning.place.chapter).then_some("page");
    let class = cut.is_some_and(|cut| !cut.chapters.contains(&listed.number));
    html! {
        <li key={listed.number} class={class.then_some("left-out")}>
            <button data-chapter={listed.number.to_string()} aria-current={current}>
                <b>{ listed.number }</b>
                <span>{ say(listed.title) }</span>
                <small>{ state }{ for right }</small>
                <em>{ say(listed.question) }</em>
            </button>
        </li>
    }
}

/// What was found: chapters, terms, rules and scenarios.
fn found(learning: &Learning, sought: &str) -> Html {
    let words: Vec<&str> = sought.split_whitespace().collect();
    let fits = |texts: &[&str]| {
        let text = texts.join(" ").to_lowercase();
        words.iter().all(|word| text.contains(word))
    };
    let chapters = CONTENTS.iter();
    let chapters = chapters.map(|it| (it.number, say(it.title), say(it.question)));
    let chapters = chapters.filter(|(_, title, question)| fits(&[title, question]));
    let chapters = chapters.map(|(chapter, title, text)| hit(lesson(chapter, 1), title, text));
    let terms = learning.words.iter().flat_map(|words| words.iter());
    let terms = terms.filter(|it| fits(&[&it.names.join(" "), &it.text]));
    let terms = terms.map(|it| {
        hit(
            lesson(it.place.chapter, it.place.page),
            &it.names[0],
            &it.text,
        )
    });
    let rules = Rule::ALL.iter();
    let rules = rules.filter(|it| fits(&[it.name(), it.sentence(), it.place()]));
    let rules = rules.filter_map(|it| {
        let place = teaches(it.place())?;
        Some(hit(
            lesson(place.chapter, place.page),
            it.name(),
            it.sentence(),
        ))
    });
    let exhibits = gallery::exhibits().unwrap_or_default();
    let exhibits = exhibits.iter().filter(|it| fits(&[&it.title, &it.ask]));
    let exhibits = exhibits.map(|it| hit(format!("#/play/{}", it.name), &it.title, &it.ask));
    let kinds: [(&str, Vec<Html>); 4] = [
        (say("Chapters"), chapters.collect()),
        (say("Terms"), terms.take(MOST_FOUND).collect()),
        (say("Rules"), rules.take(MOST_FOUND).collect()),
        (say("Scenarios"), exhibits.take(MOST_FOUND).collect()),
    ];
    let nothing = kinds.iter().all(|(_, hits)| hits.is_empty());
    let nothing = nothing.then(
        || html! { <p class="muted">{ say("Nothing is found. Try one word, as in the paper.") }</p> },
    );
    let kinds = kinds.into_iter().filter(|(_, hits)| !hits.is_empty());
    let kinds = kinds.map(|(kind, hits)| html! { <><h2>{ kind }</h2><ul>{ for hits }</ul></> });
    html! { <div class="found">{ for nothing }{ for kinds }</div> }
}

fn lesson(chapter: u16, page: u16) -> String {
    format!("#/lesson/{}", Place { chapter, page })
}

fn hit(address: String, title: &str, text: &str) -> Html {
    html! { <li><a href={address}><b>{ title }</b><small>{ text }</small></a></li> }
}

/// The ways to show the course to an audience.
fn for_lecturers(place: Place) -> Html {
    html! {
        <p class="lecturers">
            { say("In a lecture:") }{ " " }
            <a href={format!("#/present/{place}")}>{ say("show this page on a projector") }</a>
            { say(", or") }{ " " }
            <a href={format!("#/lecture/{place}")}>{ say("lecture with two windows") }</a>
            { say(", of which only yours has the notes.") }{ " " }
            { say("On paper:") }{ " " }
            <a href={format!("#/print/{}", place.chapter)}>{ fill("print chapter {}", &[&place.chapter]) }</a>
            { say(". By hand:") }{ " " }
            <a href="#/play/scenarios">{ say("scenarios and challenges") }</a>
            { say(".") }
        </p>
    }
}
