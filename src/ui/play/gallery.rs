//! The gallery of scenarios, each with a still of the moment at which it opens.

use yew::prelude::*;

use crate::course::gallery::{Exhibit, exhibits};
use crate::narrate::{fill, say};
use crate::session::Session;
use crate::ui::play::challenge::best;
use crate::ui::stage::still::still;

#[derive(Properties, PartialEq)]
pub struct GalleryProps {
    /// The one that is open.
    pub open: Option<&'static str>,
}

/// The gallery.
#[component]
pub fn Gallery(props: &GalleryProps) -> Html {
    // Each still is a run: they are made once.
    let cards = use_memo((), |()| {
        let all = exhibits().unwrap_or_default().into_iter();
        let all = all.filter_map(|exhibit| {
            let session = exhibit.session().ok()?;
            Some((exhibit, session))
        });
        all.collect::<Vec<(Exhibit, Session)>>()
    });
    let group = use_state(|| None::<String>);
    let mut groups: Vec<(&str, usize)> = Vec::new();
    for (exhibit, _) in cards.iter() {
        match groups.iter_mut().find(|(name, _)| *name == exhibit.group) {
            Some((_, count)) => *count += 1,
            None => groups.push((&exhibit.group, 1)),
        }
    }
    let choice = |name: Option<&str>, count: usize| {
        let wanted = name.map(String::from);
        let pressed = (*group == wanted).to_string();
        let group = group.clone();
        let onclick = move |_: MouseEvent| group.set(wanted.clone());
        html! {
            <button key={name.unwrap_or("All").to_string()} aria-pressed={pressed} {onclick}>
                { name.map_or_else(|| say("All"), say) }<span>{ count }</span>
            </button>
        }
    };
    let shown = cards.iter().filter(|(exhibit, _)| {
        let group = group.as_ref();
        group.is_none_or(|group| *group == exhibit.group)
    });
    html! {
        <main class="gallery" aria-label={say("Scenarios")}>
            <div class="gallery-groups">
                <h1>{ say("Scenarios") }</h1>
                { choice(None, cards.len()) }
                { for groups.iter().map(|(name, count)| choice(Some(name), *count)) }
            </div>
            <div class="gallery-cards">
                <p>{ say("Each opens at a moment where something is about to happen.") }
                    <a class="bordered" href="#/play">{ say("Close") }</a></p>
                <ul>{ for shown.map(|(exhibit, session)| card(exhibit, session, props.open)) }</ul>
            </div>
        </main>
    }
}

fn card(exhibit: &Exhibit, session: &Session, open: Option<&str>) -> Html {
    let current = (open == Some(exhibit.name)).then_some("true");
    let counter = exhibit.counter.as_ref();
    let note = match (counter, best(exhibit.name)) {
        (Some(counter), _) => Some(fill("also with {}", &[&counter.name])),
        (None, Some(best)) => Some(fill("✓ done in {}", &[&best])),
        (None, None) => None,
    };
    html! {
        <li key={exhibit.name}>
            <a href={format!("#/play/{}", exhibit.name)} aria-current={current}>
                { still(session) }
                <span class="gallery-words">
                    <b>{ &exhibit.title }</b>
                    <span>{ &exhibit.ask }</span>
                    { for note.map(|note| html! { <small>{ note }</small> }) }
                </span>
            </a>
        </li>
    }
}

/// The scenario that is open: its question, what to try, and the same with its counter-measure; of a
/// challenge, how far it is.
pub fn scenario_card(
    exhibit: &Exhibit,
    countered: bool,
    on_counter: &Callback<bool>,
    challenge: Option<Html>,
) -> Html {
    let counter = exhibit.counter.as_ref().map(|counter| {
        let onclick = on_counter.reform(move |_: MouseEvent| !countered);
        let label = if countered {
            fill("The same without {}", &[&counter.name])
        } else {
            fill("The same with {}", &[&counter.name])
        };
        html! { <button class="bordered small wide" {onclick}>{ label }</button> }
    });
    html! {
        <section class="guide scenario" aria-label={say("Scenario")}>
            <h1>{ &exhibit.title }</h1>
            <p>{ &exhibit.ask }</p>
            <p class="try">{ &exhibit.hint }</p>
            { for counter }{ for challenge }
        </section>
    }
}
