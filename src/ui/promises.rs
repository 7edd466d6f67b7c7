//! What Raft promises: a lamp for each property, lit as long as it holds.

use yew::prelude::*;

use super::why::token;

use crate::check::Property;
use crate::view::Question;

/// A property that was broken, in a sentence.
#[derive(Clone, PartialEq, Debug)]
pub struct Broken {
    pub property: Property,
    pub text: String,
}

/// The lamps.
pub fn promises(broken: &[Broken]) -> Html {
    let is_broken = |property| broken.iter().any(|broken| broken.property == property);
    let lamp = |property: &Property| {
        let state = if is_broken(*property) {
            "broken"
        } else {
            "holds"
        };
        html! {
            <li key={property.name()} class={state} title={property.promise()}>
                <i aria-hidden="true"></i>{ property.name() }
                <span class="visually-hidden">{ format!(": {state}") }</span>
            </li>
        }
    };
    // The rest have a lamp only once they are broken: there is not so much room.
    let besides = Property::ALL[Property::FIGURE_3.len()..].iter();
    let besides = besides.filter(|one| Property::CLIENTS.contains(one) || is_broken(**one));
    html! {
        <section class="promises" aria-label="What Raft promises">
            <h2>{ "What Raft promises" }<span>{ "checked at every step" }</span></h2>
            <ul>{ for Property::FIGURE_3.iter().map(lamp) }</ul>
            <ul class="to-clients" aria-label="Besides">{ for besides.map(lamp) }</ul>
            <div>{ for broken.iter().map(|broken| html! {
                <p key={broken.property.name()} class="breach" role="alert">
                    { &broken.text }{ " " }
                    <button class="ask" data-ask={token(Question::Violation(broken.property))}>{ "why?" }</button>
                </p>
            }) }</div>
        </section>
    }
}
