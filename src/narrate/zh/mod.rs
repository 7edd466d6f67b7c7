//! Simplified Chinese, in the terms of the common translations of the paper: 领导者, 跟随者, 候选人,
//! 任期, 日志条目, 提交, 多数派. Names of messages and of Figure 2's places stay as the paper has them.

mod action;
mod breach;
mod event;
mod fact;
mod rule;
mod state;
mod words;

use super::clause::Clause;
use super::language::Words;
use super::state::{Journey, Standing, Values};
use crate::check::{Property, Violation};
use crate::raft::{EntryId, NodeId, Payload, Term};
use crate::sim::{Action, Address, Fact, Step, World};

/// The Chinese words.
pub(super) struct Chinese;

impl Words for Chinese {
    fn fact(&self, step: &Step, place: usize, world: &World) -> String {
        spaced(&fact::text(step, place, world))
    }

    fn deed(&self, action: &Action, step: &Step) -> Option<String> {
        action::deed(action, step).map(|text| spaced(&text))
    }

    fn start(&self, servers: usize) -> String {
        spaced(&fact::start(servers))
    }

    fn no_effect(&self, step: &Step, world: &World) -> String {
        spaced(&fact::no_effect(step, world))
    }

    fn rule(&self, fact: &Fact) -> &'static str {
        rule::of(fact)
    }

    fn user_rule(&self) -> &'static str {
        "这是你做的：不是集群自己引起的。"
    }

    fn no_effect_rule(&self) -> &'static str {
        "迟到的和重复的消息不起作用。"
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
        spaced(&state::entry(id, position, payload, maker))
    }

    fn standing(&self, id: NodeId, standing: &Standing) -> String {
        spaced(&state::standing(id, standing))
    }

    fn journey(&self, to: Address, journey: Journey) -> String {
        match journey {
            Journey::Held => format!("你把它扣在了 {to} 之前。"),
            Journey::Lost => format!("它到不了 {to}：途中会丢失。"),
            Journey::UnderWay => format!("它正在发往 {to} 的途中。"),
        }
    }

    fn promise(&self, property: Property) -> &'static str {
        breach::promise(property)
    }

    fn violation(&self, violation: &Violation) -> String {
        spaced(&breach::violation(violation))
    }

    fn end(&self, sentence: &str) -> String {
        format!("{sentence}。")
    }

    fn leader(&self, written: Option<&str>, id: Option<NodeId>) -> String {
        match (written, id) {
            (None, None) => "领导者".into(),
            (None, Some(id)) => id.to_string(),
            (Some(written), None) => written.into(),
            (Some(written), Some(id)) => format!("{written}（现在是 {id}）"),
        }
    }

    fn following(&self, id: NodeId, term: Term, leader: Option<NodeId>) -> String {
        match leader {
            Some(leader) => format!("{id} 在任期 {term} 中跟随 {leader}。"),
            None => format!("{id} 不知道任期 {term} 的领导者是谁。"),
        }
    }
}

/// A text with one space between Chinese and Latin letters or digits, and none between Chinese
/// letters, as it is set in print.
fn spaced(text: &str) -> String {
    let is_han = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
    let mut result = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    let mut last = ' ';
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied().unwrap_or(' ');
        if letter == ' ' && is_han(last) && is_han(next) {
            continue;
        }
        let meet = is_han(last) && letter.is_ascii_alphanumeric()
            || last.is_ascii_alphanumeric() && is_han(letter);
        if meet {
            result.push(' ');
        }
        result.push(letter);
        last = letter;
    }
    result
}
