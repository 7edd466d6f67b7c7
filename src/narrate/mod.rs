//! What happened, in sentences: one for every fact of a step, with the values that decided it, true
//! at any seed.
//!
//! The event list and the screen reader speak these sentences. They are made only when somebody
//! asks for them; [`is_story`] and [`has_story`] say without making any whether a fact belongs to
//! the story at all. Golden scripts print values instead ([`crate::script::notation`]).
//!
//! What a fact is stands in one place for all languages (`about`): how much it matters, what it is
//! about, where the paper states its rule, what it comes of. Its words stand in a [`Language`].

mod about;
mod cause;
mod clause;
mod clock;
mod en;
mod group;
mod language;
mod look;
mod page;
mod state;
mod zh;

pub use cause::{origin, trigger};
pub use clause::{Clause, broken, clause, end, no_effect, outside, source, values, violation};
pub use clock::spoken_time;
pub use group::{first_entry, is_told_before, recipients};
pub use language::{Language, Words};
pub use page::{fill, read as read_words, say, say_of, speak, spoken};
pub use state::{Journey, Standing, commitment, entry, following, journey};

use crate::raft::event::TimerResetReason;
use crate::raft::{EntryId, Event, LogIndex, NodeId, Term};
use crate::sim::{Cause, Fact, PacketId, Server, Step, World};

/// A sentence about something that came of a step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sentence {
    /// The sentence, without its full stop.
    pub text: String,
    /// How much it matters.
    pub weight: Weight,
    /// The server it is about, if it is about one.
    pub server: Option<NodeId>,
    /// The fact it tells, by its place in [`Step::facts`] (the first of those it tells together);
    /// none when it tells what was done from outside, or that nothing came of something.
    pub fact: Option<usize>,
    /// The log entry it is about, if it is about one.
    pub entry: Option<EntryId>,
    /// The term of that server then; else the latest of all servers.
    pub term: Term,
    /// The packets it tells of, sent or lost.
    pub packets: Vec<PacketId>,
}

/// How much a sentence matters to somebody who is learning.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Weight {
    /// Heartbeats and their replies, and what another sentence says already.
    Quiet,
    /// How it works: timers, acknowledgements, terms adopted.
    Detail,
    /// What happens: elections, entries, commits, answers, failures, repairs.
    Story,
}

/// Tells a step. `world` is the world as the step left it. There is always something to tell.
pub fn sentences(language: Language, step: &Step, world: &World) -> Vec<Sentence> {
    let words = language.words();
    let deed = match &step.cause {
        // A change of the network is a fact too, which says the same.
        Cause::Action(_) if step.facts.contains(&Fact::NetworkChanged) => None,
        Cause::Action(action) => words.deed(action, step),
        Cause::Start => Some(words.start(world.ids().len())),
        Cause::Client(_)
        | Cause::Compaction { .. }
        | Cause::Packet { .. }
        | Cause::Timeout { .. }
        | Cause::Written { .. } => None,
    };
    let deed = deed.map(|text| outline(text, Weight::Story, step, world));
    let mut told: Vec<Sentence> = deed.into_iter().collect();
    for (place, fact) in step.facts.iter().enumerate() {
        // What is sent to many is told once.
        if is_told_before(step, place, world) {
            continue;
        }
        let about = about::fact(fact);
        told.push(Sentence {
            text: words.fact(step, place, world),
            weight: about.weight,
            server: about.server,
            fact: Some(place),
            entry: about.server.zip(about.entry).and_then(|(server, index)| {
                let term = world.server(server).log().term(index)?;
                (index > LogIndex(0)).then_some(EntryId { index, term })
            }),
            term: term(about.server, world),
            packets: group::packets(step, place, world),
        });
    }
    if told.is_empty() {
        told.push(outline(
            words.no_effect(step, world),
            Weight::Quiet,
            step,
            world,
        ));
    }
    told
}

/// A sentence about a step rather than one of its facts.
fn outline(text: String, weight: Weight, step: &Step, world: &World) -> Sentence {
    Sentence {
        text,
        weight,
        server: step.server(),
        fact: None,
        entry: None,
        term: term(step.server(), world),
        packets: Vec::new(),
    }
}

/// The term of a server; else the latest of all.
fn term(server: Option<NodeId>, world: &World) -> Term {
    let own = server.and_then(|id| world.find(id));
    let latest = || world.servers().iter().map(Server::term).max();
    own.map(Server::term).or_else(latest).unwrap_or_default()
}

/// Whether a step has anything to tell to somebody who is learning.
pub fn has_story(step: &Step) -> bool {
    match &step.cause {
        Cause::Action(_) | Cause::Start => true,
        Cause::Client(_)
        | Cause::Compaction { .. }
        | Cause::Written { .. }
        | Cause::Packet { .. }
        | Cause::Timeout { .. } => step.facts.iter().any(is_story),
    }
}

/// Whether a fact belongs to the story.
pub fn is_story(fact: &Fact) -> bool {
    weight(fact) == Weight::Story
}

/// How much a fact matters.
pub fn weight(fact: &Fact) -> Weight {
    about::fact(fact).weight
}

/// Whether a server that became a follower in this step led before: only then does its election
/// timer restart for that reason.
pub fn was_leader(id: NodeId, step: &Step) -> bool {
    step.events().any(|(server, event)| {
        let waits = matches!(
            event,
            Event::TimerReset {
                reason: TimerResetReason::NoLongerLeader
            }
        );
        server == id && waits
    })
}

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
