//! What a click on the stage does, and the messages that wait to be let go.

use yew::prelude::*;

use super::control::Control;
use super::delegate;
use super::refs::told;
use super::stage::Pick;
use crate::course::Tool;
use crate::sim::{Action, Link, Packet, PacketId, World};
use crate::view::refs;

/// The most messages that are listed.
const SHOWN: usize = 12;

const TOOLS: [(Tool, &str); 3] = [
    (Tool::Crash, "Crash"),
    (Tool::TimeOut, "Time out"),
    (Tool::CutOff, "Cut off"),
];

/// A choice of what a click on a server does.
pub fn tools(chosen: Tool, on_tool: &Callback<Tool>) -> Html {
    let onclick = delegate::pick(on_tool, |event: &MouseEvent| {
        let nth = delegate::number(event, "data-tool")? as usize;
        TOOLS.get(nth).map(|(tool, _)| *tool)
    });
    let tools = TOOLS.iter().enumerate().map(|(nth, (tool, label))| {
        let pressed = (*tool == chosen).to_string();
        html! { <button key={nth} data-tool={nth.to_string()} aria-pressed={pressed}>{ *label }</button> }
    });
    let class = if chosen == Tool::Crash {
        "tools"
    } else {
        "tools special"
    };
    html! {
        <div {class} role="group" aria-label="A click on a server" {onclick}>{ for tools }</div>
    }
}

/// The messages that are held, each with a button that lets it go: the same as a click on it.
pub fn held(world: &World, control: &Control, on_pick: &Callback<Pick>) -> Html {
    let onclick = delegate::pick(on_pick, |event: &MouseEvent| {
        delegate::number(event, "data-let-go").map(|id| Pick::Packet(PacketId(id)))
    });
    let packets = world.network().as_sent();
    let packets = packets.into_iter().filter(|packet| packet.is_held());
    let packets = packets.take(SHOWN).map(|packet| {
        let id = packet.id.0;
        html! { <li key={id}><button class="bordered small" data-refs={refs::message(packet)} data-let-go={id.to_string()}>{ for told(&title(packet), false) }</button></li> }
    });
    let control = control.clone();
    let all = move |_: MouseEvent| control.act_or_say(Action::Release(Link::All));
    html! {
        <section class="held-list" aria-label="Messages that wait">
            <h2>{ "Messages wait for you" }<button class="plain small" onclick={all}>{ "Let all go" }</button></h2>
            <ul {onclick}>{ for packets }</ul>
        </section>
    }
}

/// `S3 to S1: vote`
fn title(packet: &Packet) -> String {
    format!("{} to {}: {}", packet.from, packet.to, packet.kind())
}
