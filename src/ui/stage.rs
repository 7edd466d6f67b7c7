//! The stage: servers in a circle, the network between them, and what travels on it.

use std::rc::Rc;

use web_sys::{Element, SvgsvgElement};
use yew::prelude::*;

use super::geometry::Geometry;
use super::motion::Motion;
use super::packet::PacketShape;
use super::server::ServerShape;
use crate::raft::NodeId;
use crate::sim::{Action, Link, PacketId};
use crate::view::Scene;
use crate::view::scene::{ClientView, LinkView, ServerView};

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
    pub on_server: Callback<NodeId>,
    pub on_focus: Callback<NodeId>,
    pub on_packet: Callback<PacketId>,
    pub on_act: Callback<Action>,
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
    let timed = || scene.servers.iter().filter(|server| server.timer.is_some());
    let links = scene.links.iter().map(|link| {
        let key = link.a.number() * 16 + link.b.number();
        html! { <LinkLine {key} link={*link} geometry={*geometry} on_act={&props.on_act} /> }
    });
    let servers = scene.servers.iter().map(|server| {
        html! {
            <ServerShape key={server.id.number()} server={server.clone()} geometry={*geometry}
                tabbable={is_tabbable(server.id, props)}
                focused={props.focus == Some(server.id)}
                invites={props.invites == Some(server.id)} count={scene.servers.len()}
                on_server={&props.on_server} on_focus={&props.on_focus} />
        }
    });
    let flying = scene.packets.iter().map(|packet| {
        let chosen = props.chosen == Some(packet.id);
        let on_packet = &props.on_packet;
        html! { <PacketShape key={packet.id.0} packet={packet.clone()} {chosen} {on_packet} /> }
    });
    html! {
        <svg ref={svg} class="stage-picture" viewBox={geometry.view_box()} role="group"
            aria-label={label}>
            <g class="links">{ for links }</g>
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
            cx={x.to_string()} cy={y.to_string()} r={radius.to_string()} pathLength="1000"
            transform={format!("rotate(-90 {x} {y})")} />
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
            <text class="middle-word" x={x.to_string()} y={(y - 14.0).to_string()}>{ "term" }</text>
            <text class="middle-term" x={x.to_string()} y={(y + 20.0).to_string()}>{ term.to_string() }</text>
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
            <line key="line" class="client-line" x1={x.to_string()} y1={y.to_string()}
                x2={to.0.to_string()} y2={to.1.to_string()} />
        }
    });
    html! {
        <g key={client.id.slot()} class="client">
            <g>{ for line }</g>
            <rect x={(x - 32.0).to_string()} y={(y - 17.0).to_string()} width="64" height="34" rx="9" />
            <text class="client-name" x={x.to_string()} y={(y + 5.0).to_string()}>
                { "client" }
            </text>
            <text class="client-doing" text-anchor={anchor} x={text_x.to_string()}
                y={(y + 35.0).to_string()}>
                { &client.doing }
            </text>
        </g>
    }
}

#[derive(Properties, PartialEq)]
struct LinkProps {
    link: LinkView,
    geometry: Geometry,
    on_act: Callback<Action>,
}

/// A link between two servers. A click cuts it, or mends it.
#[component]
fn LinkLine(props: &LinkProps) -> Html {
    let LinkProps { link, geometry, .. } = props;
    let onclick = use_callback(
        (props.link, props.on_act.clone()),
        |_: MouseEvent, (link, on_act)| {
            let both = Link::Both(link.a, link.b);
            on_act.emit(if link.is_cut() {
                Action::Heal(both)
            } else {
                Action::Cut(both)
            });
        },
    );
    let (a, b) = (geometry.server_at(link.a), geometry.server_at(link.b));
    let [x1, y1, x2, y2] = [a.0, a.1, b.0, b.1].map(|number| number.to_string());
    let (x, y) = ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0);
    let state = match (link.cut_there, link.cut_back) {
        (false, false) => "whole",
        (true, true) => "cut",
        _ => "half-cut",
    };
    let what = if link.is_cut() { "Mend" } else { "Cut" };
    let title = format!("{what} the link between {} and {}", link.a, link.b);
    html! {
        <g class={classes!("link", state)} {onclick}>
            <title>{ title }</title>
            <line class="link-line" x1={x1.clone()} y1={y1.clone()} x2={x2.clone()} y2={y2.clone()} />
            <line class="link-touch" {x1} {y1} {x2} {y2} />
            <path class="link-cross" d="M-6-6 6 6M6-6-6 6" transform={format!("translate({x} {y})")} />
        </g>
    }
}
