//! The rules, live: Figure 2 of the paper as a panel. Each line says whether it acted in the last
//! step, and with which values.
//!
//! - [`lines`]: the lines, in our words, with the labels of the paper;
//! - [`acts`](mod@acts): which lines an event shows at work.

pub mod acts;
pub mod lines;
mod reasons;

use std::ops::ControlFlow;

pub use acts::{Act, acts};
pub use lines::{Frame, Line};

use super::why::Moment;
use crate::narrate::{fill, say};
use crate::raft::{Node, NodeId, Role, Rule, Rules};
use crate::session::Session;
use crate::sim::{Address, Step, StepId, Time, World};

/// The most steps before the cursor that are searched for one in which a line acted.
const NEAR: u64 = 60;

/// The most steps before the cursor that are searched for the last time that a line acted. What is
/// told is searched further.
const FAR: u64 = 4_000;

/// The panel at a moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Panel {
    /// The step that is shown.
    pub step: StepId,
    /// When it was.
    pub at: Time,
    /// The server at which it was.
    pub server: Option<NodeId>,
    /// Every box, in the order of the panel.
    pub boxes: Vec<RuleBox>,
    /// How many lines acted.
    pub lit: usize,
}

/// A box of the panel.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuleBox {
    /// Which.
    pub frame: Frame,
    /// Its lines.
    pub rows: Vec<Row>,
}

/// A line of the panel.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// Which.
    pub line: Line,
    /// Its place in the order in which lines acted, from 1; none if it did not act.
    pub order: Option<usize>,
    /// The values that the core compared; of a line of the State box that did not change, the value.
    pub values: String,
    /// Whether its condition was true, if it has one and acted.
    pub holds: Option<bool>,
    /// The fact that shows it, to ask why.
    pub moment: Option<Moment>,
    /// Whether that is the fact that was asked about.
    pub asked: bool,
    /// The rule of this line that is switched off.
    pub off: Option<Rule>,
}

impl RuleBox {
    /// When the first of its lines acted, in the order of all; the State box is before all, and a box
    /// in which none acted after.
    pub fn first(&self) -> usize {
        let first = self.rows.iter().filter_map(|row| row.order).min();
        match self.frame {
            Frame::State => 0,
            _ => first.unwrap_or(usize::MAX),
        }
    }

    /// How many of its lines acted.
    pub fn lit(&self) -> usize {
        self.rows.iter().filter(|row| row.order.is_some()).count()
    }
}

/// A step with the lines that it lit, and the server's state after it.
struct Seen {
    step: StepId,
    at: Time,
    server: Option<NodeId>,
    lit: Vec<(usize, Act)>,
    state: Vec<(Line, String)>,
    rules: Rules,
}

impl Panel {
    /// The panel for the step of the event that is asked about, or else for the last step in which
    /// a line acted. Where none did, the state is that of `focus`.
    pub fn of(session: &Session, focus: Option<NodeId>, asked: Option<Moment>) -> Self {
        let last = session.world().last_step();
        let mut seen = None;
        let from = match asked {
            Some((id, _)) => id,
            None => StepId(last.0.saturating_sub(NEAR)),
        };
        session.review(from, &mut |step, world| {
            if step.id > last {
                return ControlFlow::Break(());
            }
            let lit = lit(step, world);
            if asked.is_some() || seen.is_none() || !lit.is_empty() {
                seen = Some(Seen::new(step, world, lit, focus));
            }
            match asked {
                Some(_) => ControlFlow::Break(()),
                None => ControlFlow::Continue(()),
            }
        });
        let seen = seen.unwrap_or_else(|| {
            let world = session.world();
            Seen::new(&Step::default(), world, Vec::new(), focus)
        });
        seen.panel(asked.and_then(|(_, place)| place))
    }

    /// The last event up to the cursor that a line decided.
    pub fn last(session: &Session, line: Line) -> Option<Moment> {
        let last = session.world().last_step();
        let (mut found, mut best) = (None, false);
        let from = StepId(last.0.saturating_sub(FAR));
        session.review(from, &mut |step, world| {
            if step.id > last {
                return ControlFlow::Break(());
            }
            for (place, act) in lit(step, world) {
                // What it did says more than where it did nothing.
                let acted = act.holds != Some(false);
                if act.line == line && (acted || !best) {
                    (found, best) = (Some((step.id, Some(place))), acted);
                }
            }
            ControlFlow::Continue(())
        });
        found.or_else(|| {
            let told = session.records()[..session.told()].iter().rev();
            told.flat_map(|record| {
                let acts = lit(&record.step, session.world()).into_iter();
                acts.map(|(place, act)| (act.line, (record.step.id, Some(place))))
            })
            .find_map(|(of, moment)| (of == line).then_some(moment))
        })
    }
}

/// The lines that a step lit, in the order in which they acted, each with the place of its fact.
pub fn lit(step: &Step, world: &World) -> Vec<(usize, Act)> {
    let places = 0..step.facts.len();
    places
        .flat_map(|place| {
            acts(step, place, world)
                .into_iter()
                .map(move |act| (place, act))
        })
        .collect()
}

impl Seen {
    fn new(step: &Step, world: &World, lit: Vec<(usize, Act)>, focus: Option<NodeId>) -> Self {
        let server = lit.first().map(|(_, act)| act.server);
        let server = server.or(focus).or_else(|| world.leader());
        let node = server.and_then(|id| world.find(id)?.node());
        Self {
            step: step.id,
            at: step.at,
            server,
            lit,
            state: node.map(state).unwrap_or_default(),
            rules: world.config().rules,
        }
    }

    fn panel(self, asked: Option<usize>) -> Panel {
        let mut order: Vec<Line> = Vec::new();
        for (_, act) in &self.lit {
            if act.line.frame() != Frame::State && !order.contains(&act.line) {
                order.push(act.line);
            }
        }
        let of_box = |frame| {
            let lines = Line::ALL.iter().filter(|line| line.frame() == frame);
            RuleBox {
                frame,
                rows: lines.map(|line| self.row(*line, &order, asked)).collect(),
            }
        };
        Panel {
            step: self.step,
            at: self.at,
            server: self.server,
            boxes: Frame::ALL.into_iter().map(of_box).collect(),
            lit: order.len(),
        }
    }

    fn row(&self, line: Line, order: &[Line], asked: Option<usize>) -> Row {
        let mine: Vec<&(usize, Act)> = self
            .lit
            .iter()
            .filter(|(_, act)| act.line == line)
            .collect();
        let state = self.state.iter().find(|(of, _)| *of == line);
        // What was true says why it acted; of several the last one.
        let decided = mine.iter().rev().find_map(|(_, act)| act.holds);
        let of_asked = mine.iter().find(|(place, _)| Some(*place) == asked);
        let shown = of_asked.or_else(|| mine.first());
        let place = order.iter().position(|lit| *lit == line);
        let changed = (line.frame() == Frame::State && !mine.is_empty()).then_some(0);
        Row {
            line,
            order: place.map(|place| place + 1).or(changed),
            values: match (mine.is_empty(), state) {
                (true, Some((_, value))) => value.clone(),
                _ if CHANGES.contains(&line) => change(&mine),
                _ => joined(&mine),
            },
            holds: decided,
            moment: shown.map(|(place, _)| (self.step, Some(*place))),
            asked: of_asked.is_some(),
            off: off(line, self.rules),
        }
    }
}

/// The lines of the State box that hold one value: only the first and the last of it in a step matter.
const CHANGES: [Line; 4] = [
    Line::CurrentTerm,
    Line::VotedFor,
    Line::CommitIndex,
    Line::LastApplied,
];

/// From what it was before the first act to what it is after the last one.
fn change(acts: &[&(usize, Act)]) -> String {
    if acts.is_empty() {
        return String::new();
    }
    let values = |act: Option<&&(usize, Act)>| {
        let values = act.map(|(_, act)| act.values.clone()).unwrap_or_default();
        let (from, to) = values.split_once('→').unwrap_or(("", &values));
        (from.to_string(), to.to_string())
    };
    let (from, to) = (values(acts.first()).0, values(acts.last()).1);
    format!("{from}→{to}")
}

/// The values of a line that acted several times: the same one once, with all to whom it went.
fn joined(acts: &[&(usize, Act)]) -> String {
    let mut parts: Vec<(&str, Vec<Address>)> = Vec::new();
    for (_, act) in acts {
        match parts.iter_mut().find(|(values, _)| *values == act.values) {
            Some((_, to)) => to.extend(act.to),
            None => parts.push((&act.values, act.to.into_iter().collect())),
        }
    }
    let text = |(values, to): (&str, Vec<Address>)| {
        let to: Vec<String> = to.iter().map(Address::to_string).collect();
        match to.is_empty() {
            true => values.to_string(),
            false => format!("{values} → {}", to.join(" ")),
        }
    };
    let texts: Vec<String> = parts.into_iter().map(text).collect();
    texts.join(", ")
}

/// A rule that is off and stands in this line.
fn off(line: Line, rules: Rules) -> Option<Rule> {
    let stands = |rule: &&Rule| {
        let place = rule.place();
        let label = line.label();
        place.get(..place.len()).is_some_and(|place| {
            let (place, label) = (place.to_lowercase(), label.to_lowercase());
            place.contains(&label)
        })
    };
    let mut off = Rule::ALL.iter().filter(|rule| !rules.on(**rule));
    off.find(stands).copied()
}

/// What a server has in the State box.
fn state(node: &Node) -> Vec<(Line, String)> {
    let mut state = vec![
        (Line::CurrentTerm, node.term().to_string()),
        (
            Line::VotedFor,
            node.persistent()
                .voted_for
                .map_or_else(|| say("none").into(), |id| id.to_string()),
        ),
        (
            Line::Log,
            fill("up to entry {}", &[&node.log().last_index()]),
        ),
        (Line::CommitIndex, node.commit_index().to_string()),
        (Line::LastApplied, node.last_applied().to_string()),
    ];
    if let Role::Leader(leader) = node.role() {
        let followers = node.configuration().members().without(node.id());
        let each = |value: &dyn Fn(NodeId) -> u64| {
            let each = followers.iter().map(|id| format!("{id}: {}", value(id)));
            each.collect::<Vec<String>>().join(" ")
        };
        state.push((
            Line::NextIndex,
            each(&|id| leader.progress(id).next_index.0),
        ));
        state.push((
            Line::MatchIndex,
            each(&|id| leader.progress(id).match_index.0),
        ));
    }
    state
}

#[cfg(test)]
mod tests;
