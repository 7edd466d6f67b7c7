//! A small still of a moment: the stage without words, for a card.

use yew::prelude::*;

use crate::session::Session;
use crate::ui::stage::geometry::{Geometry, px};
use crate::ui::stage::server::term_class;
use crate::ui::stage::svg::{circle, line, path, text};
use crate::view::Scene;
use crate::view::scene::Look;

/// The still.
pub fn still(session: &Session) -> Html {
    let world = session.world();
    let scene = Scene::of(world);
    let geometry = Geometry::new(world.ids(), true);
    let links = scene.links.iter().map(|link| {
        let (a, b) = (geometry.server_at(link.a), geometry.server_at(link.b));
        line(if link.is_cut() { "cut" } else { "whole" }, a, b)
    });
    let servers = scene.servers.iter().map(|server| {
        let at = geometry.server_at(server.id);
        let look = server.look;
        html! {
            <g key={server.id.number()} class={look.word()}>
                { circle("body", at, 30.0) }
                { for (look == Look::Leader).then(|| circle("outer", at, 38.0)) }
                { if look == Look::Down {
                    path("cross", format!("M{} {}l20 20m0-20l-20 20", px(at.0 - 10.0), px(at.1 - 10.0)))
                } else {
                    html! { <g class={term_class(server.term)}>{ text("term", (at.0, at.1 + 10.0), server.term) }</g> }
                } }
            </g>
        }
    });
    let packets = scene.packets.iter().map(|packet| {
        let (from, to) = geometry.way(packet.from, packet.to);
        let share = packet.progress(session.now()).clamp(0.0, 1.0);
        let at = (
            from.0 + (to.0 - from.0) * share,
            from.1 + (to.1 - from.1) * share,
        );
        circle("packet", at, 9.0)
    });
    html! {
        <svg class="still" viewBox="0 30 400 340" aria-hidden="true">
            { for links }{ for servers }{ for packets }
        </svg>
    }
}
