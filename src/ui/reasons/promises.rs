//! The safety properties: one line while all of them hold; the loudest thing on the page once one is
//! broken.

use yew::prelude::*;

use crate::ui::icons;
use crate::ui::reasons::why::token;

use crate::check::Property;
use crate::narrate::{fill, say, spoken};
use crate::view::Question;

/// A property that was broken, in a sentence.
#[derive(Clone, PartialEq, Debug)]
pub struct Broken {
    pub property: Property,
    pub text: String,
}

/// What broke, and how: a property's name first.
fn breach(broken: &Broken) -> Html {
    let name = broken.text.find(say("is broken")).unwrap_or_default();
    let (name, how) = broken.text.split_at(name);
    html! {
        <p key={broken.property.name()} class="breach" role="alert">
            <b>{ name }</b>{ how }{ " " }
            <button class="ask" data-ask={token(Question::Violation(broken.property))}>{ say("why?") }</button>
        </p>
    }
}

/// The line, and the list behind it.
pub fn promises(broken: &[Broken]) -> Html {
    let is_broken = |property| broken.iter().any(|broken| broken.property == property);
    let row = |property: &Property| {
        // Said by the page.
        let state = if is_broken(*property) {
            "broken"
        } else {
            "holds"
        };

        html! {
            <li key={property.name()} class={state}>
                <b>{ say(property.name()) }</b><span class="visually-hidden">{ format!(": {}. ", say(state)) }</span>
                <span>{ spoken().words().promise(*property) }</span>
            </li>
        }
    };
    // The others are listed only when they are broken: the reader has not met them yet.
    let besides = Property::ALL[Property::FIGURE_3.len()..].iter();
    let besides = besides.filter(|one| Property::CLIENTS.contains(one) || is_broken(**one));
    let shown: Vec<&Property> = Property::FIGURE_3.iter().chain(besides).collect();
    let (class, words) = match broken.len() {
        0 => ("promises", fill("{} properties hold", &[&shown.len()])),
        1 => ("promises breached", say("1 property is broken").to_string()),
        count => (
            "promises breached",
            fill("{} properties are broken", &[&count]),
        ),
    };
    let mark = if broken.is_empty() {
        icons::holds()
    } else {
        icons::broken()
    };
    html! {
        <section {class} aria-label={say("Safety properties")}>
            <div>{ for broken.iter().map(breach) }</div>
            <details>
                <summary>{ mark }<b>{ words }</b><span class="which">{ say("which?") }</span></summary>
                <ul>{ for shown.into_iter().map(row) }</ul>
            </details>
        </section>
    }
}
