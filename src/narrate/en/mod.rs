//! English: plain, and in the paper's words. Subject, verb, object.

mod action;
mod event;
mod fact;
mod membership;
mod rule;
mod state;
mod words;

use super::clause::Clause;
use super::language::Words;
use super::state::{Journey, Standing, Values};
use crate::check::{Property, Violation};
use crate::raft::{EntryId, NodeId, Payload, Term};
use crate::sim::{Action, Address, Fact, Step, World};

/// The English words.
pub(super) struct English;

impl Words for English {
    fn fact(&self, step: &Step, place: usize, world: &World) -> String {
        fact::text(step, place, world)
    }

    fn deed(&self, action: &Action, step: &Step) -> Option<String> {
        action::deed(action, step)
    }

    fn start(&self, servers: usize) -> String {
        fact::start(servers)
    }

    fn no_effect(&self, step: &Step, world: &World) -> String {
        fact::no_effect(step, world)
    }

    fn rule(&self, fact: &Fact) -> &'static str {
        rule::of(fact)
    }

    fn user_rule(&self) -> &'static str {
        "You did this: nothing in the cluster caused it."
    }

    fn no_effect_rule(&self) -> &'static str {
        "Late and duplicate messages have no effect."
    }

    fn values(&self, values: &Values) -> String {
        state::values(values)
    }

    fn source(&self, clause: &Clause) -> String {
        state::source(clause)
    }

    fn entry(
        &self,
        id: NodeId,
        position: EntryId,
        payload: Option<Payload>,
        maker: Option<NodeId>,
    ) -> String {
        state::entry(id, position, payload, maker)
    }

    fn standing(&self, id: NodeId, standing: &Standing) -> String {
        state::standing(id, standing)
    }

    fn journey(&self, to: Address, journey: Journey) -> String {
        match journey {
            Journey::Held => format!("You hold it back before {to}."),
            Journey::Lost => format!("It will not reach {to}: it gets lost."),
            Journey::UnderWay => format!("It is under way to {to}."),
        }
    }

    fn promise(&self, property: Property) -> &'static str {
        property.promise()
    }

    fn violation(&self, violation: &Violation) -> String {
        violation.to_string()
    }

    fn end(&self, sentence: &str) -> String {
        format!("{sentence}.")
    }

    fn leader(&self, written: Option<&str>, id: Option<NodeId>) -> String {
        match (written, id) {
            (None, None) => "the leader".into(),
            (None, Some(id)) => id.to_string(),
            (Some(written), None) => written.into(),
            (Some(written), Some(id)) => format!("{written} (now {id})"),
        }
    }

    fn following(&self, id: NodeId, term: Term, leader: Option<NodeId>) -> String {
        match leader {
            Some(leader) => format!("{id} follows {leader} in term {term}."),
            None => format!("{id} knows no leader of term {term}."),
        }
    }
}
