//! Where time can go: to the next of a kind or the one before, backwards, and to bookmarks. A menu at
//! the time bar; each of it has a key.

use yew::prelude::*;

use crate::narrate::{fill, say};
use crate::raft::NodeId;
use crate::session::{Bookmark, Stop, TimeWish};
use crate::ui::control::Control;
use crate::ui::reasons::events::clock;

/// The things that one can go to, each with its key; with Shift it goes back.
const ROWS: [(&str, &str, Stop); 4] = [
    // Said by the page.
    ("election", "E", Stop::Election),
    ("commit", "C", Stop::Commit),
    ("broken property", "V", Stop::Violation),
    ("message", "M", Stop::Message),
];

#[derive(Properties, PartialEq)]
pub struct TravelProps {
    pub bookmarks: Vec<Bookmark>,
    /// The server that is looked at.
    pub focus: Option<NodeId>,
    pub backwards: bool,
    pub control: Control,
}

/// The menu, and the button that opens it.
#[component]
pub fn Travel(props: &TravelProps) -> Html {
    let control = &props.control;
    let rows = ROWS.iter();
    let rows = rows.map(|(what, key, stop)| row(say(what), key, *stop, control));
    let server = props.focus.map(|id| {
        let what = fill("event at {}", &[&id]);
        row(&what, "S", Stop::Server(id), control)
    });
    let bookmarks = props.bookmarks.iter().map(|one| bookmark(one, control));
    html! {
        <div class="travel">
            <button class="quiet" popovertarget="travel-menu" aria-label={say("Go to")} title={say("Go to ...")}>{ "⋯" }</button>
            <div id="travel-menu" popover="auto" role="group" aria-label={say("Go to a moment")}>
                <div class="travel-rows">
                    { for rows }
                    { for server }
                    { both(say("Cause, effect"), [say("Go to the cause"), say("Go to the effect")].map(Into::into), "[ ]", Stop::Thread, control) }
                </div>
                <div class="travel-acts">
                    <button class="bordered small" aria-pressed={props.backwards.to_string()}
                        onclick={wish(control, TimeWish::Backwards)}>{ say("Play backwards") }{ " " }<kbd>{ "B" }</kbd></button>
                    <button class="bordered small" onclick={wish(control, TimeWish::Bookmark)}>{ say("Bookmark") }{ " " }<kbd>{ "K" }</kbd></button>
                </div>
                <ul class="bookmarks" aria-label={say("Bookmarks")}>{ for bookmarks }</ul>
            </div>
        </div>
    }
}

fn wish(control: &Control, wish: TimeWish) -> Callback<MouseEvent> {
    let control = control.clone();
    Callback::from(move |_| control.time(wish))
}

/// The way to the next of its kind, and to the one before.
fn row(what: &str, key: &str, stop: Stop, control: &Control) -> Html {
    let ways = [fill("Previous {}", &[&what]), fill("Next {}", &[&what])];
    let mut name = what.to_string();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    both(&name, ways, key, stop, control)
}

/// A row: its name, back, on, and the key.
fn both(name: &str, ways: [String; 2], key: &str, stop: Stop, control: &Control) -> Html {
    let ways = ways.into_iter().zip(["‹", "›"]).enumerate();
    let ways = ways.map(|(nth, (label, sign))| {
        let onclick = wish(control, TimeWish::Go { stop, back: nth == 0 });
        html! { <button key={sign} aria-label={label.clone()} title={label} {onclick}>{ sign }</button> }
    });
    html! { <div key={name.to_string()}><span>{ name }</span>{ for ways }<kbd>{ key }</kbd></div> }
}

fn bookmark(one: &Bookmark, control: &Control) -> Html {
    let (at, name) = (one.at, format!("{} {}", clock(one.at), one.name));
    html! {
        <li key={at.0}>
            <button class="bookmark" onclick={wish(control, TimeWish::Seek(at))}>{ &name }</button>
            <button class="plain small" aria-label={fill("Forget {}", &[&name])}
                onclick={wish(control, TimeWish::Forget(at))}>{ "×" }</button>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;
    use crate::session::{Player, Session};
    use crate::sim::{Scenario, Time};

    #[test]
    fn every_way_has_a_name_and_a_key() {
        let control = || {
            Control::new(
                Player::new(Session::new(Scenario::new(3, 1))),
                Callback::noop(),
            )
        };
        let bookmark = Bookmark {
            at: Time::ms(412),
            name: "S1 crashed".into(),
        };
        let renderer = yew::LocalServerRenderer::<Travel>::with_props(TravelProps {
            bookmarks: vec![bookmark],
            focus: NodeId::new(2),
            backwards: false,
            control: control(),
        });
        let mut rendering = pin!(renderer.hydratable(false).render());
        let mut context = Context::from_waker(Waker::noop());
        let Poll::Ready(html) = rendering.as_mut().poll(&mut context) else {
            panic!("it waits for nothing");
        };
        for name in [
            "Previous election",
            "Next commit",
            "Next event at S2",
            "Go to the cause",
            "Forget 0.412 s S1 crashed",
        ] {
            assert!(
                html.contains(&format!("aria-label=\"{name}\"")),
                "{name}: {html}"
            );
        }
        assert_eq!(html.matches("<kbd>").count(), ROWS.len() + 4);
    }
}
