//! A packet under way. Filled is a request, outlined a reply; each kind has its own shape.

use yew::prelude::*;

use crate::sim::PacketKind;
use crate::view::scene::PacketView;

/// What a packet looks like; where it is, is the frame loop's affair.
pub fn packet_shape(packet: &PacketView, chosen: bool) -> Html {
    let fate = match (packet.lost, packet.held) {
        (true, _) => "lost",
        (false, true) => "held",
        (false, false) => "",
    };
    let class = classes!(
        "packet",
        kind_class(packet.kind),
        fate,
        chosen.then_some("chosen")
    );
    html! {
        <g key={packet.id.0} {class} data-packet={packet.id.0.to_string()}>
            <circle class="packet-touch" r="20" />
            { shape(packet) }
        </g>
    }
}

fn kind_class(kind: PacketKind) -> &'static str {
    match kind {
        PacketKind::Append => "append",
        PacketKind::AppendReply => "append-reply",
        PacketKind::Heartbeat => "heartbeat",
        PacketKind::Reply => "client-reply",
        PacketKind::Request => "client-request",
        PacketKind::Vote => "vote",
        PacketKind::VoteReply => "vote-reply",
    }
}

fn shape(packet: &PacketView) -> Html {
    let sign = if packet.positive {
        "M-4.5 0h9M0-4.5v9"
    } else {
        "M-4.5 0h9"
    };
    let tone = if packet.positive { "yes" } else { "no" };
    match packet.kind {
        PacketKind::Append => html! {
            <>
                <rect x="-15" y="-11" width="30" height="22" rx="6" />
                <text y="4.7">{ &packet.label }</text>
            </>
        },
        PacketKind::AppendReply => html! {
            <>
                <rect class={tone} x="-12" y="-9.5" width="24" height="19" rx="6" />
                <path class={tone} d={sign} />
            </>
        },
        PacketKind::Heartbeat => html! { <circle class="dot" r="5.5" /> },
        PacketKind::Vote => html! {
            <>
                <rect x="-12.5" y="-10.5" width="25" height="21" rx="3" />
                <path class="tick" d="M-5 .5l3.6 3.6 6.6-7.4" />
            </>
        },
        PacketKind::VoteReply => html! {
            <>
                <rect class={tone} x="-12" y="-10" width="24" height="20" rx="3" />
                <path class={tone} d={sign} />
            </>
        },
        PacketKind::Request | PacketKind::Reply => {
            let half = 8 + 4 * packet.label.chars().count() as i32;
            let (x, width) = ((-half).to_string(), (2 * half).to_string());
            html! {
                <>
                    <rect {x} y="-10" {width} height="20" rx="10" />
                    <text y="4.4">{ &packet.label }</text>
                </>
            }
        }
    }
}
