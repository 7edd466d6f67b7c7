//! A server on the stage: a button whose shape, word and colour say what it is.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, SvgElement};
use yew::prelude::*;

use super::geometry::{Geometry, Point, px};
use crate::raft::NodeId;
use crate::view::scene::{Look, Quorum, ServerView};

/// A server. Click, tap, Enter and Space crash it, or start it again.
pub fn server_shape(server: &ServerView, geometry: &Geometry, state: ServerState) -> Html {
    let (x, y) = geometry.server_at(server.id);
    let class = classes!(
        "server",
        server.look.word(),
        state.focused.then_some("focused"),
        state.invites.then_some("invites")
    );
    html! {
        <g key={server.id.number()} {class} id={element_id(server.id)} role="button"
            data-server={server.id.number().to_string()}
            tabindex={if state.tabbable { "0" } else { "-1" }} aria-label={server.name()}
            transform={format!("translate({} {})", px(x), px(y))}>
            <g>{ body(server, geometry.server) }</g>
            <g>{ words(server, geometry) }</g>
        </g>
    }
}

/// How a server stands out.
#[derive(Clone, Copy)]
pub struct ServerState {
    /// The tab key leads to it.
    pub tabbable: bool,
    /// The user looks at it.
    pub focused: bool,
    /// It invites a click.
    pub invites: bool,
}

fn element_id(id: NodeId) -> String {
    format!("server-{}", id.number())
}

/// The arrows lead around the circle.
pub fn neighbour(key: &str, id: NodeId, count: usize) -> Option<NodeId> {
    let slot = match key {
        "ArrowRight" | "ArrowDown" => (id.slot() + 1) % count,
        "ArrowLeft" | "ArrowUp" => (id.slot() + count - 1) % count,
        "Home" => 0,
        "End" => count - 1,
        _ => return None,
    };
    NodeId::new(slot + 1)
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

fn body(server: &ServerView, r: f32) -> Html {
    let circle = |class: &'static str, r: f32| html! { <circle {class} r={px(r)} /> };
    let name =
        |y: &'static str| html! { <text class="server-name" {y}>{ server.id.to_string() }</text> };
    let term = |y: &'static str| {
        html! { <text class="server-term" {y}>{ format!("term {}", server.term) }</text> }
    };
    match server.look {
        Look::Candidate => html! {
            <>
                <polygon class="server-body" points={hexagon(r + 3.0)} />
                { name("2") }
                { term("18") }
            </>
        },
        Look::Down => html! {
            <>
                { circle("server-body", r) }
                <path class="server-cross" d="M-9-18l18 18m0-18l-18 18" />
                { name("20") }
            </>
        },
        Look::Follower => html! {
            <>
                { circle("server-body", r) }
                { name("2") }
                { term("18") }
            </>
        },
        Look::Leader => html! {
            <>
                { circle("server-halo", r + 12.0) }
                { circle("server-outer", r + 6.0) }
                { circle("server-body", r) }
                <path class="server-crown" d="M-14-11l-3-14 9 6 8-10 8 10 9-6-3 14z" />
                { name("10") }
                { term("24") }
            </>
        },
    }
}

fn hexagon(r: f32) -> String {
    let (far, half) = (px(r * 0.866), px(r / 2.0));
    let r = px(r);
    format!("0,-{r} {far},-{half} {far},{half} 0,{r} -{far},{half} -{far},-{half}")
}

/// The role in a word, and beyond it the majority that is being gathered.
fn words(server: &ServerView, geometry: &Geometry) -> Html {
    let out = geometry.server
        + if server.look == Look::Leader {
            20.0
        } else {
            16.0
        };
    let above = geometry.words_above(server.id);
    let (word, beyond) = if above {
        (-out, -out - 17.0)
    } else {
        (out + 10.0, out + 27.0)
    };
    html! {
        <>
            <text class="server-word" y={px(word)}>{ server.look.word() }</text>
            <g>{ for server.quorum.as_ref().map(|quorum| gathering(quorum, (0.0, beyond))) }</g>
        </>
    }
}

/// A dot for each server, filled when it has said yes; a bar stands where the majority is reached.
fn gathering(quorum: &Quorum, (x, y): Point) -> Html {
    let count = quorum.yes.len();
    let (gap, yes) = (14.0, quorum.count());
    let left = x - gap * (count as f32 - 1.0) / 2.0;
    let dots = (0..count).map(|nth| {
        let cx = px(left + gap * nth as f32);
        let class = classes!("dot", (nth < yes).then_some("yes"));
        html! { <circle {class} {cx} cy={px(y - 4.0)} r="4.5" /> }
    });
    let bar = left + gap * (quorum.needed as f32 - 0.5);
    html! {
        <g class={classes!("quorum", (yes >= quorum.needed).then_some("reached"))}>
            <title>{ quorum.sentence() }</title>
            { for dots }
            <path class="majority" d={format!("M{} {}v15", px(bar), px(y - 11.5))} />
        </g>
    }
}
