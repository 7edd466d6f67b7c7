//! How the servers were at any line, for those who look at a trace after it was judged.

use std::collections::BTreeMap;

use serde_json::json;

use super::super::line::Role;
use super::super::read::{Message, Reader, Server, Step, everybody};
use super::{Judge, Memory, Moment, View};

/// What is kept of a trace so that it can be shown.
#[derive(Clone, Debug, Default)]
pub(in crate::trace) struct Trail {
    /// By where a message was sent (line, and place in it): the line where it was received or lost.
    pub(in crate::trace) arrivals: BTreeMap<(usize, usize), Arrival>,
    /// From which line on a server is what.
    pub(in crate::trace) turns: Vec<(usize, Server, Role)>,
}

/// The end of a message's way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::trace) struct Arrival {
    pub(in crate::trace) line: usize,
    pub(in crate::trace) is_lost: bool,
}

impl Judge {
    /// The same judge, who keeps what it takes to show the trace.
    pub(in crate::trace) fn watched(mut self) -> Self {
        self.trail = Some(Box::default());
        self
    }

    /// Keeps what a step is to show.
    pub(super) fn note_trail(&mut self, moment: &Moment<'_>, step: &Step) {
        let whence = match &self.trail {
            Some(_) => self.whence(step),
            None => return,
        };
        let Some(trail) = &mut self.trail else { return };
        if let Some(whence) = whence {
            let arrival = Arrival {
                line: moment.line,
                is_lost: moment.kind == super::Kind::Drop,
            };
            trail.arrivals.entry(whence).or_insert(arrival);
        }
        if let Some(role) = moment.after.role
            && moment.before.role != Some(role)
        {
            trail.turns.push((moment.line, moment.id, role));
        }
    }

    pub(in crate::trace) fn trail(&self) -> Option<&Trail> {
        self.trail.as_deref()
    }

    pub(in crate::trace) fn reader(&self) -> &Reader {
        &self.reader
    }

    /// The first line of a trace that begins in the middle of this one, with so many servers.
    pub(in crate::trace) fn head_line(&self, servers: usize) -> String {
        let names = |set| self.reader.names_of(set & everybody(servers));
        let head = self.head.as_ref();
        let mut line = json!({"e": "init", "middle": true, "servers": names(u64::MAX)});
        if let Some(head) = head {
            line["founders"] = names(head.founders).into();
            line["changes"] = head.changes.into();
            if head.rounds {
                line["rounds"] = true.into();
            }
            if head.traced & everybody(servers) != everybody(servers) {
                line["traced"] = names(head.traced).into();
            }
        }
        line.to_string()
    }

    /// The servers as they are now.
    pub(in crate::trace) fn states(&self) -> Vec<View> {
        let now = |memory: &Memory| memory.now.clone();
        self.servers.iter().map(now).collect()
    }

    /// These servers, and all others as they begin.
    pub(in crate::trace) fn with_all(&self, mut states: Vec<View>) -> Vec<View> {
        let others = states.len()..self.servers.len();
        states.extend(others.map(|id| self.beginning(id, true).now));
        states
    }

    /// Takes the step of a line again, on the servers as they were before it.
    pub(in crate::trace) fn take_again(
        &mut self,
        states: &mut [View],
        text: &[u8],
    ) -> Option<Step> {
        let step = self.reader.step(text).ok()?;
        let before = states.get_mut(step.server)?;
        *before = self.shown(&step, before).ok()?;
        Some(step)
    }

    /// What was sent in these lines: where, and what.
    pub(in crate::trace) fn sent_in(
        &self,
        lines: std::ops::RangeInclusive<usize>,
    ) -> impl Iterator<Item = ((usize, usize), &Message)> {
        let lines = self.sent.range(lines);
        lines.flat_map(|(line, out)| {
            out.iter()
                .zip(1..)
                .map(|(message, place)| ((*line, place), message))
        })
    }
}
