//! A closer look at one server or one packet, and what can be done to it.

use yew::prelude::*;

use crate::ui::control::Control;
use crate::ui::reasons::why::token;

use crate::narrate::{fill, say};
use crate::sim::{Action, Link, Time};
use crate::view::Question;
use crate::view::facts::{PacketFacts, ServerFacts, Subject};
use crate::view::scene::Look;

/// How much a packet is delayed by hand.
pub const DELAY: Time = Time::ms(50);

/// The closer look.
pub fn inspector(subject: &Subject, control: &Control, on_close: &Callback<()>) -> Html {
    let (title, fields, actions, why, question) = match subject {
        Subject::Packet(packet) => (
            packet.title.clone(),
            &packet.fields,
            packet_actions(packet),
            say("Why was it sent?").into(),
            Question::Packet(packet.id),
        ),
        Subject::Server(server) => (
            format!("{}, {}", server.id, say(server.role)),
            &server.fields,
            server_actions(server),
            fill("Why {}?", &[&say(server.role)]),
            Question::Role(server.id),
        ),
    };
    let class = match subject {
        Subject::Packet(_) => "inspector of-packet",
        Subject::Server(_) => "inspector",
    };
    let followers = match subject {
        Subject::Server(server) if !server.followers.is_empty() => Some(followers(server)),
        _ => None,
    };
    let lost = match subject {
        Subject::Packet(packet) => packet.lost.as_ref(),
        Subject::Server(_) => None,
    };
    let lost = lost.map(|lost| html! { <p>{ lost }</p> });
    let buttons = actions.into_iter().map(|(label, action)| {
        let control = control.clone();
        let onclick = move |_: MouseEvent| control.act_or_say(action.clone());
        html! { <button key={label} class="bordered small" {onclick}>{ say(label) }</button> }
    });
    let close = on_close.reform(|_: MouseEvent| ());
    html! {
        <section {class} aria-label={say("Closer look")}>
            <h2>{ title }<button class="plain small" aria-label={say("Close")} onclick={close}>{ "×" }</button></h2>
            <dl>{ for fields.iter().map(|(name, value)| html! {
                <div key={*name}><dt>{ say(name) }</dt><dd>{ value }</dd></div>
            }) }</dl>
            <div>{ for followers }{ for lost }</div>
            <div class="buttons">
                <button class="bordered small" data-ask={token(question)}>{ why }</button>
                { for buttons }
            </div>
        </section>
    }
}

fn packet_actions(packet: &PacketFacts) -> Vec<(&'static str, Action)> {
    // Said by the page.
    let drop = packet.lost.is_none();
    let drop = drop.then_some(("Drop", Action::Drop(packet.pick)));
    let others = [
        ("Delay by 50 ms", Action::Delay(packet.pick, DELAY)),
        ("Send twice", Action::Duplicate(packet.pick)),
        ("Deliver now", Action::Deliver(packet.pick)),
    ];
    drop.into_iter().chain(others).collect()
}

fn server_actions(server: &ServerFacts) -> Vec<(&'static str, Action)> {
    // Said by the page.
    let id = server.id;
    if !server.up {
        return vec![
            ("Restart", Action::Restart(id)),
            ("Wipe its disk", Action::Wipe(id)),
        ]
        .into_iter()
        .chain(server.changes.clone())
        .collect();
    }
    let mut actions = vec![("Crash", Action::Crash(id))];
    if server.role != Look::Leader.word() {
        actions.push(("Time out now", Action::Timeout(id)));
    }
    actions.push(if server.isolated {
        ("Heal its links", Action::Heal(Link::Of(id)))
    } else {
        ("Isolate", Action::Isolate(id))
    });
    actions.extend(server.changes.iter().cloned());
    if server.can_compact {
        actions.push(("Compact its log", Action::Compact(id)));
    }
    actions.push(if server.slow {
        ("Give it the usual disk", Action::SlowDisk(id, None))
    } else {
        (
            "Give it a slow disk",
            Action::SlowDisk(id, Some(Time::ms(60))),
        )
    });
    actions
}

fn followers(server: &ServerFacts) -> Html {
    let rows = server.followers.iter().map(|(id, next, match_index)| {
        html! { <tr key={id.number()}><th scope="row">{ id.to_string() }</th><td>{ next }</td><td>{ match_index }</td></tr> }
    });
    html! {
        <table class="followers">
            <thead><tr>
                <th scope="col">{ say("follower") }</th><th scope="col">{ "nextIndex" }</th>
                <th scope="col">{ "matchIndex" }</th>
            </tr></thead>
            <tbody>{ for rows }</tbody>
        </table>
    }
}
