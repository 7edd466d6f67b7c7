//! The invitation: one sentence that says what to touch, and what to watch for then.

use yew::prelude::*;

use crate::check::Property;
use crate::narrate::{fill, say};
use crate::raft::NodeId;

/// How far a newcomer has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    /// A promise of Raft was broken, this one first.
    Broken(Property),
    /// Nothing is touched yet; this server leads.
    Invited(NodeId),
    /// Some servers cannot reach each other.
    Divided,
    /// There is no leader now; the number of servers that are up, and of all.
    Leaderless { up: usize, of: usize },
    /// The first leader is down, and this server leads; the number of servers that are up, and of
    /// all.
    Succeeded {
        leader: NodeId,
        up: usize,
        of: usize,
    },
}

/// The invitation.
pub fn guide(progress: Progress) -> Html {
    let (title, text) = words(progress);
    html! {
        <section class="guide" aria-label={say("What to do")}>
            <h1>{ title }</h1>
            <p>{ text }</p>
        </section>
    }
}

fn words(progress: Progress) -> (String, String) {
    match progress {
        Progress::Broken(property) => (
            fill("{} is broken.", &[&say(property.name())]),
            say(
                "Time stopped at the step that broke it. Ask why beside the property, and step back to see the cause.",
            )
            .into(),
        ),
        Progress::Invited(leader) => (
            say("Click the leader.").into(),
            fill(
                "These servers keep copies of one log. {} has the crown: it leads. It takes every write and \
                 copies it to the others. Click it, and it crashes.",
                &[&leader],
            ),
        ),
        Progress::Divided => (
            say("The network is cut.").into(),
            say(
                "The side with more than half of the servers can elect a leader and commit. The other side cannot. Click a \
                 crossed link to heal it, and see which log is repaired.",
            )
            .into(),
        ),
        Progress::Leaderless { up, of } if 2 * up <= of => (
            say("No majority.").into(),
            fill(
                "{} of {} servers are up, but a leader needs the votes of more than half of all. Click a server \
                 that is down to restart it.",
                &[&up, &of],
            ),
        ),
        Progress::Leaderless { .. } => (
            say("Nobody leads.").into(),
            say(
                "The rings are election timers. The server whose timer expires first asks the others for their votes. A \
                 majority makes it leader.",
            )
            .into(),
        ),
        Progress::Succeeded { leader, up, of } => succeeded(leader, up, of),
    }
}

/// What to do once there is another leader.
fn succeeded(leader: NodeId, up: usize, of: usize) -> (String, String) {
    // Said by the page.
    let (title, text) = if up == of {
        (
            "{} leads.",
            "Every member is up. Click a server to crash it. When it is back, the leader sends it the entries that it missed.",
        )
    } else if 2 * (up - 1) > of {
        (
            "{} leads now.",
            "The log continues where it was, and no committed entry is lost. Click a server that is down to restart \
             it, or crash another.",
        )
    } else if 2 * up > of {
        (
            "{} leads a bare majority.",
            "After one more crash there is no majority: no server can lead, and no entry is committed. Try it.",
        )
    } else {
        (
            "{} leads a minority.",
            "It takes writes, but no majority stores them, so none is committed. Click a server that is down.",
        )
    };

    (fill(title, &[&leader]), say(text).into())
}
