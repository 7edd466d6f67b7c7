//! The strip of all that is off or unusual: each can be put right where it is shown.

use yew::prelude::*;

use crate::narrate::{fill, say};
use crate::sim::World;
use crate::ui::control::Control;
use crate::view::unusual::unusual;

/// The strip; nothing while all is as usual.
pub fn strip(world: &World, control: &Control) -> Html {
    let found = unusual(world);
    if found.is_empty() {
        return Html::default();
    }
    let chips = found.into_iter().map(|one| {
        let control = control.clone();
        let label = fill("Put right: {}", &[&one.words]);
        let onclick = move |_: MouseEvent| control.act_or_say(one.cure.clone());
        html! {
            <li key={one.words.clone()}>{ one.words }
                <button aria-label={label} {onclick}>{ "×" }</button>
            </li>
        }
    });
    html! { <ul class="unusual" aria-label={say("Off or unusual")}>{ for chips }</ul> }
}
