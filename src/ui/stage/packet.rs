//! A packet under way. Filled is a request, outlined a reply; each kind has its own shape.

use yew::prelude::*;

use crate::sim::PacketKind;
use crate::ui::reasons::why::token;
use crate::ui::stage::geometry::{Point, px};
use crate::ui::stage::svg::{ORIGIN, circle, line, path, rect, text};
use crate::view::Question;
use crate::view::refs::named;
use crate::view::scene::PacketView;

#[derive(Properties, PartialEq)]
pub struct PacketProps {
    pub packet: PacketView,
    /// The direction in which it travels, of length 1.
    pub direction: Point,
    pub chosen: bool,
}

/// What a packet looks like; where it is, is the affair of [`crate::ui::stage::motion`]. A packet that
/// looks as before is not rendered again.
#[component]
pub fn PacketShape(props: &PacketProps) -> Html {
    let packet = &props.packet;
    let (ux, uy) = props.direction;
    let half = reach(packet);
    // From its edge back towards its sender, and the cross where it will be lost.
    let tail = line(
        "tail",
        (-ux * half, -uy * half),
        (-ux * (half + 26.0), -uy * (half + 26.0)),
    );
    let cross = packet.lost.then(|| {
        let (x, y) = (px(ux * (half + 12.0) - 7.0), px(uy * (half + 12.0) - 7.0));
        path("cross", format!("M{x} {y}l14 14m0-14l-14 14"))
    });
    let fate = match (packet.lost, packet.held) {
        (true, _) => "lost",
        (false, true) => "held",
        (false, false) => "",
    };
    let chosen = if props.chosen { "chosen" } else { "" };
    let class = format!("packet {} {fate} {chosen}", kind_class(packet.kind));
    html! {
        <g {class} role="button" tabindex="-1" data-packet={packet.id.0.to_string()}
            data-refs={packet.refs.clone()} data-about={format!("{} {}", named(packet.from), named(packet.to))}
            data-ask={token(Question::Packet(packet.id))}>
            <title>{ &packet.title }</title>
            { circle("packet-touch", ORIGIN, 20.0) }
            { tail }
            <g class="mark">{ for shape(packet) }</g>
            { for cross }
        </g>
    }
}

fn kind_class(kind: PacketKind) -> &'static str {
    match kind {
        PacketKind::Append => "append",
        PacketKind::AppendReply => "append-reply",
        PacketKind::Heartbeat => "heartbeat",
        PacketKind::PreVote => "vote pre",
        PacketKind::PreVoteReply => "vote-reply pre",
        PacketKind::ReadIndex => "read-index",
        PacketKind::ReadIndexReply => "read-index-reply",
        PacketKind::Reply => "client-reply",
        PacketKind::Request => "client-request",
        PacketKind::Snapshot => "snapshot",
        PacketKind::SnapshotReply => "snapshot-reply",
        PacketKind::TimeoutNow => "timeout-now",
        PacketKind::Vote => "vote",
        PacketKind::VoteReply => "vote-reply",
    }
}

/// Half the width of a shape that holds its label.
fn label_half(packet: &PacketView) -> f32 {
    8.0 + 4.0 * packet.label.chars().count().max(2) as f32
}

/// How far a packet's shape reaches from its middle.
fn reach(packet: &PacketView) -> f32 {
    match packet.kind {
        PacketKind::Heartbeat => 7.0,
        PacketKind::Append | PacketKind::Request | PacketKind::Reply => label_half(packet),
        _ => 14.0,
    }
}

fn shape(packet: &PacketView) -> Vec<Html> {
    let sign = |d| path(if packet.positive { "yes" } else { "no" }, d);
    let outline = |half_height, round| {
        let class = if packet.positive { "yes" } else { "no" };
        rect(class, ORIGIN, (12.0, half_height), round)
    };
    let sign = || {
        sign(if packet.positive {
            "M-4.5 0h9M0-4.5v9"
        } else {
            "M-4.5 0h9"
        })
    };
    let label = || text("label", (0.0, 5.0), &packet.label);
    match packet.kind {
        PacketKind::Append => vec![
            rect("body", ORIGIN, (label_half(packet), 12.0), 6.0),
            label(),
        ],
        PacketKind::AppendReply => vec![outline(10.0, 6.0), sign()],
        PacketKind::Heartbeat => vec![circle("dot", ORIGIN, 5.5)],
        // A snapshot is a stack: of all the entries that it stands for.
        PacketKind::Snapshot => vec![
            rect("sheet", (5.0, -6.0), (14.0, 10.0), 5.0),
            rect("sheet", (2.5, -3.0), (14.0, 10.0), 5.0),
            rect("body", ORIGIN, (14.0, 10.0), 5.0),
            label(),
        ],
        PacketKind::SnapshotReply => {
            vec![
                rect("sheet", (2.5, -3.0), (12.0, 10.0), 5.0),
                outline(10.0, 5.0),
                sign(),
            ]
        }
        PacketKind::ReadIndex => vec![
            rect("body", ORIGIN, (10.0, 10.0), 10.0),
            path("tick", "M-3-3.5a3.2 3.2 0 1 1 3 4.2v2M0 6v.1"),
        ],
        PacketKind::ReadIndexReply => vec![outline(10.0, 10.0), label()],
        PacketKind::TimeoutNow => vec![path("crown", "M-9 7l-3-12 7 5 5-9 5 9 7-5-3 12z")],
        PacketKind::Vote => {
            let ballot = rect("body", ORIGIN, (12.0, 10.0), 3.0);
            vec![ballot, path("tick", "M-5 .5l3.6 3.6 6.6-7.4")]
        }
        PacketKind::PreVote => {
            let ballot = rect("body", ORIGIN, (12.0, 10.0), 3.0);
            vec![ballot, path("tick", "M-3-3.5a3.2 3.2 0 1 1 3 4.2v2M0 6v.1")]
        }
        PacketKind::PreVoteReply | PacketKind::VoteReply => vec![outline(10.0, 3.0), sign()],
        PacketKind::Request | PacketKind::Reply => {
            vec![
                rect("body", ORIGIN, (label_half(packet), 11.0), 10.0),
                label(),
            ]
        }
    }
}
