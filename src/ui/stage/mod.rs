//! The stage: servers in a circle, the network between them, and what travels on it.

pub mod frame;
pub mod geometry;
pub mod motion;
pub mod packet;
pub mod paint;
pub mod server;
pub mod still;
pub mod svg;

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};
use yew::prelude::*;

use crate::narrate::{fill, say};
use crate::raft::{NodeId, ServerSet};
use crate::sim::PacketId;
use crate::ui::delegate;
use crate::ui::reasons::why::element;
use crate::ui::stage::geometry::{Geometry, px};
use crate::ui::stage::motion::Motion;
use crate::ui::stage::packet::PacketShape;
use crate::ui::stage::server::{ServerShape, ServerState, focus, neighbour, quorum_row};
use crate::ui::stage::svg::{line, path, rect, text};
use crate::view::scene::{ClientView, LinkView, ServerView};
use crate::view::{Scene, refs};

/// How far from its middle a link is clicked before all others, in CSS pixels.
const MIDDLE: f64 = 12.0;

/// Something on the stage that can be clicked.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Pick {
    /// A client, by its place.
    Client(usize),
    /// What a key does to a packet.
    Key(PacketId, PacketKey),
    Link(NodeId, NodeId),
    /// A packet that is only looked at.
    Look(PacketId),
    Packet(PacketId),
    Server(NodeId),
    /// The timer of a server, set to a share of a full turn.
    Timer(NodeId, f32),
}

/// What a key does to a packet that has the focus.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PacketKey {
    Delay,
    Deliver,
    Drop,
    Duplicate,
}

impl PacketKey {
    fn of(key: &str) -> Option<Self> {
        Some(match key {
            "d" | "D" => Self::Drop,
            "l" | "L" => Self::Delay,
            "n" | "N" => Self::Deliver,
            "t" | "T" => Self::Duplicate,
            _ => return None,
        })
    }
}

#[derive(Properties)]
pub struct StageProps {
    pub scene: Rc<Scene>,
    pub geometry: Geometry,
    pub motion: Rc<Motion>,
    /// The server the user looks at.
    pub focus: Option<NodeId>,
    /// The packet the user looks at.
    pub chosen: Option<PacketId>,
    /// The servers that invite a click.
    pub invites: ServerSet,
    /// Whether a turn around a server sets its timer.
    #[prop_or_default]
    pub turns: bool,
    /// Whether a server's name says its term, and how far its log goes.
    #[prop_or(true)]
    pub terms: bool,
    pub on_pick: Callback<Pick>,
    pub on_focus: Callback<NodeId>,
    /// The moving elements are in place and belong to [`Motion`] now.
    pub on_rendered: Callback<()>,
}

impl PartialEq for StageProps {
    /// The callbacks are the same for the life of the page.
    fn eq(&self, other: &Self) -> bool {
        self.scene == other.scene
            && self.geometry == other.geometry
            && (self.focus, self.chosen, self.invites) == (other.focus, other.chosen, other.invites)
            && (self.turns, self.terms) == (other.turns, other.terms)
    }
}

/// The stage.
#[component]
pub fn Stage(props: &StageProps) -> Html {
    let (packets, rings) = (use_node_ref(), use_node_ref());
    {
        let nodes = (packets.clone(), rings.clone());
        let (scene, geometry) = (props.scene.clone(), props.geometry);
        let (motion, on_rendered) = (props.motion.clone(), props.on_rendered.clone());
        use_effect(move || {
            let layers = nodes.0.cast::<Element>().zip(nodes.1.cast::<Element>());
            if let Some((packets, rings)) = layers {
                motion.take_over((&packets, &rings), &scene, &geometry);
                on_rendered.emit(());
            }
        });
    }
    let StageProps {
        scene, geometry, ..
    } = props;
    let label = match scene.servers.len() {
        1 => say("A cluster of one server").to_owned(),
        count => fill("A cluster of {} servers", &[&count]),
    };
    let timed = || {
        let servers = scene.servers.iter();
        servers.filter(|server| server.timer.is_some())
    };
    let servers = scene.servers.iter().map(|server| {
        let state = ServerState {
            tabbable: is_tabbable(server.id, props),
            focused: props.focus == Some(server.id),
            invites: props.invites.contains(server.id),
            terms: props.terms,
        };
        html! { <ServerShape key={server.id.number()} server={server.clone()} geometry={*geometry} {state} /> }
    });
    let flying = scene.packets.iter();
    let flying = flying.map(|packet| {
        let direction = geometry.direction(packet.from, packet.to);
        let chosen = props.chosen == Some(packet.id);
        html! { <PacketShape key={packet.id.0} packet={packet.clone()} {direction} {chosen} /> }
    });
    let rows = scene.servers.iter().filter(|one| one.quorum.is_some());
    let rows = rows.enumerate();
    let rows = rows.filter_map(|(nth, server)| quorum_row(server, geometry, nth));
    let alone = scene.clients.len() == 1;
    let stop = (!scene.packets.is_empty()).then_some("0");
    let pressed = use_mut_ref(|| None);
    let onmousedown = {
        let pressed = pressed.clone();
        Callback::from(move |event: MouseEvent| *pressed.borrow_mut() = Press::of(&event))
    };
    let deps = (props.on_pick.clone(), props.turns);
    let onclick = use_callback(deps, move |event: MouseEvent, (on_pick, turns)| {
        let press = pressed.take();
        if let Some(turn) = press
            .as_ref()
            .filter(|_| *turns)
            .and_then(|press| press.turn(&event))
        {
            return on_pick.emit(turn);
        }
        let press = press.filter(|press| press.is_click(&event));
        if let Some(pick) = picked(&event).or_else(|| Some(press?.pick)) {
            on_pick.emit(pick);
        }
    });
    let onfocusin = delegate::pick(&props.on_focus, |event: &FocusEvent| {
        delegate::server(event)
    });
    let onkeydown = use_callback(
        (geometry.ids, props.on_pick.clone()),
        |event: KeyboardEvent, (ids, on_pick)| on_key(&event, *ids, on_pick),
    );
    html! {
        <svg class="stage-picture" viewBox={geometry.view_box()} role="group"
            aria-label={label} {onmousedown} {onclick} {onfocusin} {onkeydown}>
            <g class="links">{ for scene.links.iter().map(|link| link_line(link, geometry)) }</g>
            <g class="clients">
                { for scene.clients.iter().map(|client| client_box(client, geometry, alone)) }
            </g>
            <g aria-hidden="true">
                { for timed().map(|server| ring(server, geometry, "ring-track")) }
            </g>
            <g ref={rings} aria-hidden="true" data-refs={refs::TIMERS}>
                { for timed().map(|server| ring(server, geometry, "ring")) }
            </g>
            <g class="servers">{ for servers }</g>
            // Below what passes: a message is not hidden by a count.
            <g class="quorums" aria-hidden="true">{ for rows }</g>
            <g ref={packets} class="packets" role="group" tabindex={stop} aria-label={say("Messages under way")}>
                { for flying }
            </g>
        </svg>
    }
}

/// Where the mouse, or a finger, went down. What is there may have moved on, or have something else
/// pass over it, before it is let go; then the click is of neither.
struct Press {
    pick: Pick,
    at: (i32, i32),
}

impl Press {
    /// A hand that is not quite still, in CSS pixels.
    const SLIP: i32 = 10;

    fn of(event: &MouseEvent) -> Option<Self> {
        let at = (event.client_x(), event.client_y());
        picked(event).map(|pick| Self { pick, at })
    }

    /// A hand that turned around a server: by how much of a full turn, from the top, where the ring
    /// of a timer begins.
    fn turn(&self, event: &MouseEvent) -> Option<Pick> {
        let Pick::Server(id) = self.pick else {
            return None;
        };
        if self.is_click(event) {
            return None;
        }
        let body = element(&format!("#server-{} .server-body", id.number()))?;
        let place = body.get_bounding_client_rect();
        let x = f64::from(event.client_x()) - place.left() - place.width() / 2.0;
        let y = f64::from(event.client_y()) - place.top() - place.height() / 2.0;
        let turn = x.atan2(-y) / std::f64::consts::TAU;
        Some(Pick::Timer(id, turn.rem_euclid(1.0) as f32))
    }

    /// Whether it was let go where it was pressed: who moves away thinks better of it.
    fn is_click(&self, event: &MouseEvent) -> bool {
        let (x, y) = (event.client_x(), event.client_y());
        (x - self.at.0).abs() <= Self::SLIP && (y - self.at.1).abs() <= Self::SLIP
    }
}

/// What was clicked.
fn picked(event: &MouseEvent) -> Option<Pick> {
    if let Some(id) = delegate::number(event, "data-packet") {
        return Some(Pick::Packet(PacketId(id)));
    }
    if let Some(id) = delegate::server(event) {
        return Some(Pick::Server(id));
    }
    if let Some(slot) = delegate::number(event, "data-client") {
        return Some(Pick::Client(slot as usize));
    }
    let link = delegate::number(event, "data-link")?;
    let link = link_in_the_middle(event).unwrap_or(link) as usize;
    Some(Pick::Link(NodeId::new(link / 10)?, NodeId::new(link % 10)?))
}

/// The link that has its middle here: where many cross, the one drawn last would get every click.
fn link_in_the_middle(event: &MouseEvent) -> Option<u64> {
    let document = web_sys::window()?.document()?;
    let links = document.query_selector_all("main .link").ok()?;
    let links = (0..links.length()).filter_map(|nth| links.item(nth));
    let away = |link: Element| {
        let line = link.query_selector(".link-line").ok()??;
        let place = line.get_bounding_client_rect();
        let x = place.left() + place.width() / 2.0 - f64::from(event.client_x());
        let y = place.top() + place.height() / 2.0 - f64::from(event.client_y());
        let name = link.get_attribute("data-link")?.parse().ok()?;
        Some((x.hypot(y), name))
    };
    let near = links.filter_map(|link| away(link.unchecked_into()));
    let near = near.filter(|(distance, _)| *distance < MIDDLE);
    near.min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, link)| link)
}

/// Enter is a click on the server that has the focus; the arrows lead to another. Among
/// the messages Enter asks why, as it does not for a server.
fn on_key(event: &KeyboardEvent, ids: ServerSet, on_pick: &Callback<Pick>) {
    let Some(id) = delegate::server(event) else {
        return on_packet_key(event, on_pick);
    };
    if event.key() == "Enter" {
        on_pick.emit(Pick::Server(id));
    } else if let Some(other) = neighbour(&event.key(), id, ids) {
        focus(other);
    } else {
        return;
    }
    event.prevent_default();
    event.stop_propagation();
}

/// The tab key leads to the messages as a whole; in there the arrows lead from one to the next, and
/// time waits. Space is a click.
fn on_packet_key(event: &KeyboardEvent, on_pick: &Callback<Pick>) {
    let Some(packets) = delegate::around(event, ".packets") else {
        return;
    };
    let here = delegate::around(event, "[data-packet]");
    let next = match event.key().as_str() {
        " " => delegate::number(event, "data-packet").map(|id| Pick::Packet(PacketId(id))),
        "ArrowRight" | "ArrowDown" => {
            let next = here.and_then(|here| here.next_element_sibling());
            look(next.or_else(|| packets.first_element_child()))
        }
        "ArrowLeft" | "ArrowUp" => {
            let next = here.and_then(|here| here.previous_element_sibling());
            look(next.or_else(|| packets.last_element_child()))
        }
        key => {
            let id = delegate::number(event, "data-packet").filter(|_| !event.ctrl_key());
            id.and_then(|id| Some(Pick::Key(PacketId(id), PacketKey::of(key)?)))
        }
    };
    if let Some(next) = next {
        on_pick.emit(next);
        event.prevent_default();
        event.stop_propagation();
    }
}

/// Gives a packet the focus.
fn look(packet: Option<Element>) -> Option<Pick> {
    let packet = packet?;
    let id = packet.get_attribute("data-packet")?.parse().ok()?;
    let _ = packet.unchecked_into::<HtmlElement>().focus();
    Some(Pick::Look(PacketId(id)))
}

/// One server can be reached with the tab key; from there the arrows lead to the others.
fn is_tabbable(id: NodeId, props: &StageProps) -> bool {
    let ids = props.geometry.ids;
    let wanted = props.focus.or_else(|| props.invites.iter().next());
    let there = wanted.filter(|wanted| ids.contains(*wanted));
    there.or_else(|| ids.iter().next()) == Some(id)
}

fn ring(server: &ServerView, geometry: &Geometry, class: &'static str) -> Html {
    let (x, y) = geometry.server_at(server.id);
    html! {
        <circle key={server.id.number()} class={format!("{class} {}", server.look.word())}
            cx={px(x)} cy={px(y)} r={px(geometry.server + 7.0)} pathLength="1000"
            transform={format!("rotate(-90 {} {})", px(x), px(y))} />
    }
}

fn client_box(client: &ClientView, geometry: &Geometry, alone: bool) -> Html {
    let (x, y) = geometry.client_at(client.id);
    // Where there is no room around its middle, a client's words begin at the edge.
    let (words_x, class) = match geometry.client_words() {
        None => (x, "client-doing"),
        Some(_) if x == geometry.centre.0 => (x, "client-doing"),
        Some(edge) if x < geometry.centre.0 => (edge, "client-doing start"),
        Some(edge) => (geometry.size.0 - edge, "client-doing end"),
    };
    // Towards the edge of the stage, where no server is.
    let words_y = if y > geometry.centre.1 {
        y + 34.0
    } else if geometry.client_words().is_some() {
        y - 24.0
    } else {
        y + 36.0
    };
    let (from, to) = geometry.pointing(client.id, client.target);
    html! {
        <g key={client.id.slot()} class="client" data-client={client.id.slot().to_string()} data-refs={refs::named(client.id)}>
            <g>{ for client.waits.then(|| line("client-line", from, to)) }</g>
            { rect("client-body", (x, y), (32.0, 19.0), 9.0) }
            { text("client-name", (x, y + 5.0), if alone { say("client").into() } else { client.id.to_string() }) }
            { text(class, (words_x, words_y), &client.doing) }
        </g>
    }
}

/// A link between two servers. A click cuts it, or mends it.
fn link_line(link: &LinkView, geometry: &Geometry) -> Html {
    let (a, b) = (geometry.server_at(link.a), geometry.server_at(link.b));
    let state = match (link.cut_there, link.cut_back) {
        (false, false) => "whole",
        (true, true) => "cut",
        _ => "half-cut",
    };
    // Said by the page.
    let what = if link.is_cut() {
        "Mend the link between {} and {}"
    } else {
        "Cut the link between {} and {}"
    };

    let key = link.a.number() * 10 + link.b.number();
    let middle = (px((a.0 + b.0) / 2.0 - 6.0), px((a.1 + b.1) / 2.0 - 6.0));
    let noted = link.note.as_ref().map(|_| "noted");
    html! {
        <g {key} class={classes!("link", state, noted)} data-link={key.to_string()}>
            <title>{ fill(what, &[&link.a, &link.b]) }</title>
            { line("link-line", a, b) }
            { line("link-touch", a, b) }
            { path("link-cross", format!("M{} {}l12 12m0-12l-12 12", middle.0, middle.1)) }
            <g>{ for link.note.as_ref().map(|note| text("link-note", ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0 - 7.0), note)) }</g>
        </g>
    }
}
