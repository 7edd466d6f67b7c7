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
    /// There is no leader just now; this many servers are up, of so many.
    Leaderless { up: usize, of: usize },
    /// The first leader fell, and this one leads now; this many servers are up, of so many.
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
            "Time stopped where it happened. Ask why below the lamps, and step back to see what led to it.".into(),
        ),
        Progress::Invited(leader) => (
            "Click the leader.".into(),
            format!(
                "These servers keep one list. {leader}, crowned, leads: it takes every write and copies it to the \
                 others. Click it, and it crashes."
            ),
        ),
        Progress::Divided => (
            "The network is cut.".into(),
            "Whoever still reaches more than half of all servers can lead and commit; the others can only try. Click a \
             crossed link to mend it, and see whose log gives way."
                .into(),
        ),
        Progress::Leaderless { up, of } if 2 * up <= of => (
            "No majority.".into(),
            format!(
                "{up} of {of} servers are up, and a leader needs the votes of more than half of all. They will try in \
                 vain until you click one that is down."
            ),
        ),
        Progress::Leaderless { .. } => (
            "Nobody leads.".into(),
            "The rings are timers. Whoever's runs out first asks the others for their votes; more than half of all \
             servers make a leader."
                .into(),
        ),
        Progress::Succeeded { leader, up, of } if up == of => (
            format!("{leader} leads."),
            "Everyone is up. What a server missed, the leader sends it: watch its log catch up. Then crash another."
                .into(),
        ),
        Progress::Succeeded { leader, up, of } if 2 * (up - 1) > of => (
            format!("{leader} leads now."),
            "The list goes on where it was, and nothing committed is lost. Click a server that is down to start it \
             again, or crash another."
                .into(),
        ),
        Progress::Succeeded { leader, up, of } if 2 * up > of => (
            format!("{leader} leads, just."),
            "One more crash and there is no majority: nobody can lead, nothing is committed. Try it.".into(),
        ),
        Progress::Succeeded { leader, .. } => (
            format!("{leader} leads in vain."),
            "It takes writes, but without a majority to store them none is committed. Click a server that is down."
                .into(),
        ),
    }
}
