//! A closer look at one server or one packet, and what can be done to it.

use yew::prelude::*;

use super::why::token;

use crate::raft::NodeId;
use crate::sim::{Action, Link, PacketId, PacketPick, Time};
use crate::view::Question;

/// What is being looked at.
#[derive(Clone, PartialEq, Debug)]
pub enum Subject {
    Packet(PacketFacts),
    Server(ServerFacts),
}

/// What there is to know of a packet.
#[derive(Clone, PartialEq, Debug)]
pub struct PacketFacts {
    pub id: PacketId,
    pub pick: PacketPick,
    pub title: String,
    /// Names and values, as the paper calls them.
    pub fields: Vec<(&'static str, String)>,
}

/// What there is to know of a server.
#[derive(Clone, PartialEq, Debug)]
pub struct ServerFacts {
    pub id: NodeId,
    pub role: &'static str,
    pub up: bool,
    /// Whether there is anything to compact.
    pub can_compact: bool,
    /// Whether its disk has been slowed down.
    pub slow: bool,
    pub isolated: bool,
    /// What may become of its membership.
    pub changes: Vec<(&'static str, Action)>,
    pub fields: Vec<(&'static str, String)>,
    /// For a leader: each follower with its next and match index.
    pub followers: Vec<(NodeId, String, String)>,
}

/// The closer look.
pub fn inspector(subject: &Subject, on_act: &Callback<Action>, on_close: &Callback<()>) -> Html {
    let (title, fields, actions, why, question) = match subject {
        Subject::Packet(packet) => (
            packet.title.clone(),
            &packet.fields,
            packet_actions(packet),
            "Why was it sent?".into(),
            Question::Packet(packet.id),
        ),
        Subject::Server(server) => (
            format!("{}, {}", server.id, server.role),
            &server.fields,
            server_actions(server),
            format!("Why {}?", server.role),
            Question::Role(server.id),
        ),
    };
    let followers = match subject {
        Subject::Server(server) if !server.followers.is_empty() => Some(followers(server)),
        _ => None,
    };
    let buttons = actions.into_iter().map(|(label, action)| {
        let onclick = on_act.reform(move |_: MouseEvent| action.clone());
        html! { <button key={label} class="bordered small" {onclick}>{ label }</button> }
    });
    let close = on_close.reform(|_: MouseEvent| ());
    html! {
        <section class="inspector" aria-label="Closer look">
            <h2>{ title }<button class="plain small" aria-label="Close" onclick={close}>{ "×" }</button></h2>
            <dl>{ for fields.iter().map(|(name, value)| html! {
                <div key={*name}><dt>{ *name }</dt><dd>{ value }</dd></div>
            }) }</dl>
            <div>{ for followers }</div>
            <div class="buttons">
                <button class="bordered small" data-ask={token(question)}>{ why }</button>
                { for buttons }
            </div>
        </section>
    }
}

fn packet_actions(packet: &PacketFacts) -> Vec<(&'static str, Action)> {
    vec![
        ("Drop", Action::Drop(packet.pick)),
        ("Delay by 50 ms", Action::Delay(packet.pick, Time::ms(50))),
        ("Send twice", Action::Duplicate(packet.pick)),
        ("Deliver now", Action::Deliver(packet.pick)),
    ]
}

fn server_actions(server: &ServerFacts) -> Vec<(&'static str, Action)> {
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
    if server.role != "leader" {
        actions.push(("Time out now", Action::Timeout(id)));
    }
    actions.push(if server.isolated {
        ("Reconnect all", Action::Heal(Link::All))
    } else {
        ("Cut off", Action::Isolate(id))
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
                <th scope="col">{ "follower" }</th><th scope="col">{ "nextIndex" }</th>
                <th scope="col">{ "matchIndex" }</th>
            </tr></thead>
            <tbody>{ for rows }</tbody>
        </table>
    }
}
