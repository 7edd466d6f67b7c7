//! The stage: servers in a circle, the network between them, and what travels on it.

use std::rc::Rc;

use web_sys::{Element, KeyboardEvent, SvgsvgElement};
use yew::prelude::*;

use super::delegate;
use super::geometry::{Geometry, px};
use super::motion::Motion;
use super::packet::packet_shape;
use super::server::{ServerState, focus, neighbour, server_shape};
use crate::raft::NodeId;
use crate::sim::PacketId;
use crate::view::Scene;
use crate::view::scene::{ClientView, LinkView, ServerView};

/// Something on the stage that can be clicked.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Pick {
    Link(NodeId, NodeId),
    Packet(PacketId),
    Server(NodeId),
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
    /// The server that invites a click.
    pub invites: Option<NodeId>,
    pub on_pick: Callback<Pick>,
    pub on_focus: Callback<NodeId>,
    /// The moving elements are in place and belong to the frame loop now.
    pub on_rendered: Callback<()>,
}

impl PartialEq for StageProps {
    /// The callbacks are the same for the life of the page.
    fn eq(&self, other: &Self) -> bool {
        self.scene == other.scene
            && self.geometry == other.geometry
            && (self.focus, self.chosen, self.invites) == (other.focus, other.chosen, other.invites)
    }
}

/// The stage.
#[component]
pub fn Stage(props: &StageProps) -> Html {
    let (svg, packets, rings) = (use_node_ref(), use_node_ref(), use_node_ref());
    {
        let nodes = (svg.clone(), packets.clone(), rings.clone());
        let (scene, geometry) = (props.scene.clone(), props.geometry);
        let (motion, on_rendered) = (props.motion.clone(), props.on_rendered.clone());
        use_effect(move || {
            let svg = nodes.0.cast::<SvgsvgElement>();
            let layers = nodes.1.cast::<Element>().zip(nodes.2.cast::<Element>());
            if let Some((svg, (packets, rings))) = svg.zip(layers) {
                motion.take_over(&svg, (&packets, &rings), &scene, &geometry);
                on_rendered.emit(());
            }
        });
    }
    let StageProps {
        scene, geometry, ..
    } = props;
    let label = format!("A cluster of {} servers", scene.servers.len());
    let timed = || {
        let servers = scene.servers.iter();
        servers.filter(|server| server.timer.is_some())
    };
    let servers = scene.servers.iter().map(|server| {
        let state = ServerState {
            tabbable: is_tabbable(server.id, props),
            focused: props.focus == Some(server.id),
            invites: props.invites == Some(server.id),
        };
        server_shape(server, geometry, state)
    });
    let flying = scene.packets.iter();
    let flying = flying.map(|packet| packet_shape(packet, props.chosen == Some(packet.id)));
    let onclick = delegate::pick(&props.on_pick, picked);
    let onfocusin = delegate::pick(&props.on_focus, |event: &FocusEvent| {
        delegate::server(event)
    });
    let onkeydown = use_callback(
        (scene.servers.len(), props.on_pick.clone()),
        |event: KeyboardEvent, (count, on_pick)| on_key(&event, *count, on_pick),
    );
    html! {
        <svg ref={svg} class="stage-picture" viewBox={geometry.view_box()} role="group"
            aria-label={label} {onclick} {onfocusin} {onkeydown}>
            <g class="links">{ for scene.links.iter().map(|link| link_line(link, geometry)) }</g>
            <g class="middle" aria-hidden="true">{ middle(scene, geometry) }</g>
            <g class="clients">
                { for scene.clients.iter().map(|client| client_box(client, geometry)) }
            </g>
            <g aria-hidden="true">
                { for timed().map(|server| ring(server, geometry, "ring-track")) }
            </g>
            <g ref={rings} aria-hidden="true">
                { for timed().map(|server| ring(server, geometry, "ring")) }
            </g>
            <g class="servers">{ for servers }</g>
            <g ref={packets} class="packets" aria-hidden="true">{ for flying }</g>
        </svg>
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
    let link = delegate::number(event, "data-link")? as usize;
    Some(Pick::Link(NodeId::new(link / 10)?, NodeId::new(link % 10)?))
}

/// Enter and Space are a click on the server that has the focus; the arrows lead to another.
fn on_key(event: &KeyboardEvent, count: usize, on_pick: &Callback<Pick>) {
    let Some(id) = delegate::server(event) else {
        return;
    };
    if matches!(event.key().as_str(), "Enter" | " ") {
        on_pick.emit(Pick::Server(id));
    } else if let Some(other) = neighbour(&event.key(), id, count) {
        focus(other);
    } else {
        return;
    }
    event.prevent_default();
    event.stop_propagation();
}

/// One server can be reached with the tab key; from there the arrows lead to the others.
fn is_tabbable(id: NodeId, props: &StageProps) -> bool {
    let leader = props.invites;
    props
        .focus
        .or(leader)
        .map_or_else(|| id.slot() == 0, |tabbable| tabbable == id)
}

fn ring(server: &ServerView, geometry: &Geometry, class: &'static str) -> Html {
    let (x, y) = geometry.server_at(server.id);
    let radius = geometry.server + 7.0;
    html! {
        <circle key={server.id.number()} class={classes!(class, server.look.word())}
            cx={px(x)} cy={px(y)} r={px(radius)} pathLength="1000"
            transform={format!("rotate(-90 {} {})", px(x), px(y))} />
    }
}

/// The latest term; in a partition each side has its own, so there is no number to show.
fn middle(scene: &Scene, geometry: &Geometry) -> Html {
    let (x, y) = geometry.centre;
    let Some(term) = scene.term.filter(|_| scene.servers.len() > 2) else {
        return html! {};
    };
    html! {
        <g key="term">
            <text class="middle-word" x={px(x)} y={px(y - 14.0)}>{ "term" }</text>
            <text class="middle-term" x={px(x)} y={px(y + 20.0)}>{ term.to_string() }</text>
        </g>
    }
}

fn client_box(client: &ClientView, geometry: &Geometry) -> Html {
    let (x, y) = geometry.client_at(client.id);
    let to = geometry.server_at(client.target);
    let (mark, words) = (x < geometry.centre.0, geometry.client_words());
    let (text_x, anchor) = match (words, mark) {
        (None, _) => (x, "middle"),
        (Some(edge), true) => (edge, "start"),
        (Some(edge), false) => (geometry.size.0 - edge, "end"),
    };
    let line = client.waits.then(|| {
        html! {
            <line key="line" class="client-line" x1={px(x)} y1={px(y)}
                x2={px(to.0)} y2={px(to.1)} />
        }
    });
    html! {
        <g key={client.id.slot()} class="client">
            <g>{ for line }</g>
            <rect x={px(x - 32.0)} y={px(y - 17.0)} width="64" height="34" rx="9" />
            <text class="client-name" x={px(x)} y={px(y + 5.0)}>
                { "client" }
            </text>
            <text class="client-doing" text-anchor={anchor} x={px(text_x)}
                y={px(y + 35.0)}>
                { &client.doing }
            </text>
        </g>
    }
}

/// A link between two servers. A click cuts it, or mends it.
fn link_line(link: &LinkView, geometry: &Geometry) -> Html {
    let (a, b) = (geometry.server_at(link.a), geometry.server_at(link.b));
    let [x1, y1, x2, y2] = [a.0, a.1, b.0, b.1].map(px);
    let (x, y) = (px((a.0 + b.0) / 2.0), px((a.1 + b.1) / 2.0));
    let state = match (link.cut_there, link.cut_back) {
        (false, false) => "whole",
        (true, true) => "cut",
        _ => "half-cut",
    };
    let what = if link.is_cut() { "Mend" } else { "Cut" };
    let title = format!("{what} the link between {} and {}", link.a, link.b);
    let key = link.a.number() * 10 + link.b.number();
    html! {
        <g {key} class={classes!("link", state)} data-link={key.to_string()}>
            <title>{ title }</title>
            <line class="link-line" x1={x1.clone()} y1={y1.clone()} x2={x2.clone()} y2={y2.clone()} />
            <line class="link-touch" {x1} {y1} {x2} {y2} />
            <path class="link-cross" d="M-6-6 6 6M6-6-6 6"
                transform={format!("translate({x} {y})")} />
        </g>
    }
}
