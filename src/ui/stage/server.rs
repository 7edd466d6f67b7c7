//! A server on the stage: a button. Its shape, word and colour show its role.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, SvgElement};
use yew::prelude::*;

use crate::narrate::{fill, say};
use crate::raft::{NodeId, ServerSet, Term};
use crate::ui::reasons::why::token;
use crate::ui::stage::geometry::{Geometry, px};
use crate::ui::stage::svg::{ORIGIN, circle, path, rect, text};
use crate::view::Question;
use crate::view::refs::{self, named};
use crate::view::scene::{Look, Part, ServerView};

#[derive(Properties, PartialEq)]
pub struct ServerProps {
    pub server: ServerView,
    pub geometry: Geometry,
    pub state: ServerState,
}

/// A server. Click, tap, Enter and Space crash it, or start it again. One that looks as before is not
/// rendered again.
#[component]
pub fn ServerShape(props: &ServerProps) -> Html {
    let ServerProps {
        server,
        geometry,
        state,
    } = props;
    let (x, y) = geometry.server_at(server.id);
    let focused = if state.focused { "focused" } else { "" };
    let invites = if state.invites { "invites" } else { "" };
    let class = format!("server {} {focused} {invites}", server.look.word());
    html! {
        <g {class} id={element_id(server.id)} role="button"
            data-server={server.id.number().to_string()} data-refs={named(server.id)} data-ask={token(Question::Role(server.id))}
            tabindex={if state.tabbable { "0" } else { "-1" }} aria-label={server.name(state.terms)}
            transform={format!("translate({} {})", px(x), px(y))}>
            { circle("server-ring", ORIGIN, geometry.server + 11.0) }
            <g>{ for body(server, geometry) }</g>
            <g>{ for server.writes.then(|| disk(geometry)) }</g>
            <g>{ for server.clock.as_ref().map(|rate| fault(geometry, -1.0, CLOCK, rate)) }</g>
            <g>{ for server.disk.as_ref().map(|time| fault(geometry, 1.0, PLATTERS, time)) }</g>
        </g>
    }
}

/// How a server stands out.
#[derive(Clone, Copy, PartialEq)]
pub struct ServerState {
    /// The tab key leads to it.
    pub tabbable: bool,
    /// The user looks at it.
    pub focused: bool,
    /// It invites a click.
    pub invites: bool,
    /// Its name says its term.
    pub terms: bool,
}

fn element_id(id: NodeId) -> String {
    format!("server-{}", id.number())
}

/// The arrows lead around the circle.
pub fn neighbour(key: &str, id: NodeId, ids: ServerSet) -> Option<NodeId> {
    let mut after = ids.iter().filter(|other| *other > id);
    let before = ids.iter().filter(|other| *other < id);
    let (first, last) = (|| ids.iter().next(), || ids.iter().last());
    match key {
        "ArrowRight" | "ArrowDown" => after.next().or_else(first),
        "ArrowLeft" | "ArrowUp" => before.last().or_else(last),
        "Home" => first(),
        "End" => last(),
        _ => None,
    }
}

/// Moves the keyboard's focus to a server.
pub fn focus(id: NodeId) {
    let document = web_sys::window().and_then(|window| window.document());
    let element: Option<Element> =
        document.and_then(|document| document.get_element_by_id(&element_id(id)));
    // An SVG element has the same `focus` as an HTML one.
    if let Some(element) = element.and_then(|element| element.dyn_into::<SvgElement>().ok()) {
        let _ = element.unchecked_ref::<HtmlElement>().focus();
    }
}

/// The shape and the words.
fn body(server: &ServerView, geometry: &Geometry) -> Vec<Html> {
    let r = geometry.server;
    let small = r < 40.0;
    let round = |r| circle("server-body", ORIGIN, r);
    let (mut parts, name) = match server.look {
        Look::Candidate => {
            let hexagon = html! { <polygon class="server-body" points={hexagon(r)} /> };
            (vec![hexagon], 2.0)
        }
        Look::PreCandidate => {
            let hexagon = html! { <polygon class="server-ghost" points={hexagon(r + 7.0)} /> };
            (vec![hexagon, round(r - 4.0)], 2.0)
        }
        Look::Down => {
            let cross = path("server-cross", "M-9-20l18 18m0-18l-18 18");
            (vec![round(r), cross], 20.0)
        }
        Look::Follower => (vec![round(r)], 2.0),
        Look::Learner | Look::Outside => {
            let square = rect("server-body", ORIGIN, (r - 3.0, r - 3.0), 10.0);
            (vec![square], 2.0)
        }
        Look::Leader => {
            let up = if small { -3.0 } else { -8.0 };
            let crown = html! {
                <path class="server-crown" transform={format!("translate(0 {up})")}
                    d="M-14-11l-3-14 9 6 8-10 8 10 9-6-3 14z" />
            };
            let outer = circle("server-outer", ORIGIN, r + 6.0);
            (vec![outer, round(r), crown], if small { 10.0 } else { 9.0 })
        }
    };
    parts.push(text(
        "server-name",
        (0.0, name),
        format!("{} ", server.label),
    ));
    if geometry.is_roomy() || server.look != Look::Follower || server.doing.is_some() {
        let (at, word) = (outer(server, geometry), say(server.look.word()));
        let doing = server.doing.as_ref();
        let words = doing.map_or_else(|| format!("{word} "), |doing| format!("{word}, {doing} "));
        parts.push(text("server-word", (0.0, at), words));
    }
    if server.look != Look::Down {
        let at = if small { r - 3.0 } else { 23.0 };
        parts.push(term_tag(server.term, at));
    }
    parts
}

/// The term, on the ground and with the edge of its colour.
fn term_tag(term: Term, y: f32) -> Html {
    let words = fill("term {}", &[&term]);
    // A letter of a wide script takes the place of two.
    let wide = words.chars().filter(|one| !one.is_ascii()).count();
    let half = 4.0 + 3.6 * (words.chars().count() + wide) as f32;
    html! {
        <g class={classes!("term-tag", term_class(term))} data-refs={refs::TERM}>
            { rect("ground", (0.0, y), (half, 9.5), 5.0) }
            { text("server-term", (0.0, y + 4.5), words) }
        </g>
    }
}

/// The class that has the colours of a term: eight, then again from the first.
pub fn term_class(term: Term) -> String {
    match term.0 {
        0 => "t0".into(),
        number => format!("t{}", (number - 1) % 8 + 1),
    }
}

/// The mark of a clock, and of a disk.
const CLOCK: &str = "M0-6.5a6.5 6.5 0 1 0 .01 0M0-3.5v3.5l2.5 2";
const PLATTERS: &str = "M-6.5-3.5a6.5 2.8 0 0 1 13 0v7a6.5 2.8 0 0 1-13 0zm0 0a6.5 2.8 0 0 0 13 0m-13 3.5a6.5 2.8 0 0 0 13 0";

/// What is unusual about a server's clock or disk, on its left or right.
fn fault(geometry: &Geometry, side: f32, mark: &'static str, words: &str) -> Html {
    let half = 14.0 + 3.8 * words.chars().count() as f32;
    let (x, y) = (
        side * (geometry.server * 0.8 + half * 0.6),
        -geometry.server * 0.72,
    );
    html! {
        <g class="server-fault" transform={format!("translate({} {})", px(x), px(y))}>
            { rect("ground", ORIGIN, (half, 10.5), 10.5) }
            <g transform={format!("translate({} 0)", px(12.0 - half))}>{ path("platters", mark) }</g>
            { text("number", (8.0, 4.3), words) }
        </g>
    }
}

/// A disk at work, on the rim.
fn disk(geometry: &Geometry) -> Html {
    let at = geometry.server * 0.88;
    html! {
        <g class="server-disk" transform={format!("translate({} {})", px(at), px(at))}>
            <title>{ say("writing to its disk") }</title>
            { circle("ground", ORIGIN, 12.0) }
            { path("platters", PLATTERS) }
        </g>
    }
}

fn hexagon(r: f32) -> String {
    let (far, half) = (px(r * 0.866), px(r / 2.0));
    let r = px(r);
    format!("0,-{r} {far},-{half} {far},{half} 0,{r} -{far},{half} -{far},-{half}")
}

/// Where a line of text stands on the outer side of a server.
fn outer(server: &ServerView, geometry: &Geometry) -> f32 {
    let halo = if server.look == Look::Leader {
        4.0
    } else {
        0.0
    };
    let out = geometry.server + 17.0 + halo;
    if geometry.words_above(server.id) {
        -out
    } else {
        out + 10.0
    }
}

/// A numbered disc for each voter, those that said yes first; a bar stands after the majority. In a
/// joint configuration the old voters come first.
pub fn quorum_row(server: &ServerView, geometry: &Geometry, nth: usize) -> Option<Html> {
    const BETWEEN: f32 = 24.0;
    let quorum = server.quorum.as_ref()?;
    let parts = &quorum.parts;
    let whole: f32 = parts.iter().map(|part| width(part) + BETWEEN).sum();
    let half = (whole - BETWEEN) / 2.0;
    let mut left = -half;
    let mut rows = Vec::new();
    for part in parts {
        if !rows.is_empty() {
            rows.push(text("server-term", (left - BETWEEN / 2.0, 4.0), "→"));
        }
        rows.push(row(part, left));
        left += width(part) + BETWEEN;
    }
    let (x, y) = geometry.row_at(server.id, half + 20.0, nth);
    let full = quorum.is_full().then_some("full");
    html! {
        <g key={server.id.number()} class={classes!("quorum", server.look.word(), full)}
            transform={format!("translate({} {})", px(x), px(y))}>
            <title>{ quorum.sentence() }</title>
            { text("quorum-label", (0.0, -21.0), quorum.label()) }
            { rect("ground", ORIGIN, (half + 15.0, 14.5), 14.5) }
            { for rows }
        </g>
    }
    .into()
}

/// From one disc to the next, and how large they are.
fn disc(part: &Part) -> (f32, f32) {
    if part.voters.len() > 5 {
        (20.0, 8.5)
    } else {
        (23.0, 10.0)
    }
}

fn width(part: &Part) -> f32 {
    disc(part).0 * (part.voters.len() as f32 - 1.0)
}

fn row(part: &Part, left: f32) -> Html {
    let (gap, r) = disc(part);
    let discs = part.voters.iter().enumerate().map(|(nth, voter)| {
        let class = if nth < part.yes { "disc yes" } else { "disc" };
        let x = left + gap * nth as f32;
        html! {
            <g key={voter.number()} {class}>
                { circle("dot", (x, 0.0), r) }
                { text("number", (x, 4.2), voter.number()) }
            </g>
        }
    });
    let bar = left + gap * (part.needed as f32 - 0.5);
    html! {
        <g>
            { for discs }
            { path("majority", format!("M{} -17v34", px(bar))) }
        </g>
    }
}
