//! The invitation: one sentence that says what to touch, and what to watch for then.

use yew::prelude::*;

use crate::check::Property;
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
        <section class="guide" aria-label="What to do">
            <h1>{ title }</h1>
            <p>{ text }</p>
        </section>
    }
}

fn words(progress: Progress) -> (String, String) {
    match progress {
        Progress::Broken(property) => (
            format!("{} is broken.", property.name()),
            "Time stopped at the step that broke it. Ask why beside the property, and step back to see the cause.".into(),
        ),
        Progress::Invited(leader) => (
            "Click the leader.".into(),
            format!(
                "These servers keep copies of one log. {leader} has the crown: it leads. It takes every write and \
                 copies it to the others. Click it, and it crashes."
            ),
        ),
        Progress::Divided => (
            "The network is cut.".into(),
            "The side with more than half of the servers can elect a leader and commit. The other side cannot. Click a \
             crossed link to heal it, and see which log is repaired."
                .into(),
        ),
        Progress::Leaderless { up, of } if 2 * up <= of => (
            "No majority.".into(),
            format!(
                "{up} of {of} servers are up, but a leader needs the votes of more than half of all. Click a server \
                 that is down to restart it."
            ),
        ),
        Progress::Leaderless { .. } => (
            "Nobody leads.".into(),
            "The rings are election timers. The server whose timer expires first asks the others for their votes. A \
             majority makes it leader."
                .into(),
        ),
        Progress::Succeeded { leader, up, of } if up == of => (
            format!("{leader} leads."),
            "All servers are up. The leader sends each server the entries it missed: watch its log catch up. Then crash another."
                .into(),
        ),
        Progress::Succeeded { leader, up, of } if 2 * (up - 1) > of => (
            format!("{leader} leads now."),
            "The log continues where it was, and no committed entry is lost. Click a server that is down to restart \
             it, or crash another."
                .into(),
        ),
        Progress::Succeeded { leader, up, of } if 2 * up > of => (
            format!("{leader} leads a bare majority."),
            "After one more crash there is no majority: no server can lead, and no entry is committed. Try it.".into(),
        ),
        Progress::Succeeded { leader, .. } => (
            format!("{leader} leads a minority."),
            "It takes writes, but no majority stores them, so none is committed. Click a server that is down."
                .into(),
        ),
    }
}
