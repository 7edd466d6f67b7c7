//! What a trace tells of: rules about what it does not tell of are not judged.

use super::super::line::Kind;
use super::super::read::Step;
use super::{Judge, Summary};

/// What there is to tell of, in the order of [`Summary::topics`].
pub const TOPICS: [&str; 13] = [
    "terms",
    "votes",
    "elections",
    "logs",
    "commits",
    "messages",
    "appends",
    "restarts",
    "snapshots",
    "members",
    "pre-votes",
    "transfers",
    "reads",
];

impl Judge {
    /// What a step tells of, a bit a topic.
    pub(super) fn topics(&self, step: &Step) -> u16 {
        let state = step.state.as_ref();
        let out = step.out.iter().flatten();
        let all = || step.received.iter().chain(out.clone());
        let carries = |kinds: &[&str]| all().any(|message| kinds.contains(&&*message.t));
        let tells = [
            state.is_some_and(|state| state.term.is_some()),
            state.is_some_and(|state| state.vote.is_some()),
            state.is_some_and(|state| state.role.is_some()),
            state.is_some_and(|state| state.log.is_some()),
            state.is_some_and(|state| state.commit.is_some()),
            all().next().is_some(),
            carries(&["AE", "AER"]),
            step.kind == Kind::Restart,
            step.kind == Kind::Compact
                || state.is_some_and(|state| state.first > Some(1))
                || carries(&["IS", "ISR"]),
            self.servers[step.server]
                .now
                .log
                .as_ref()
                .is_some_and(|log| log.members().is_some_and(|(at, _)| at > 0)),
            carries(&["PV", "PVR"]),
            carries(&["TN"]),
            carries(&["RI", "RIR"]),
        ];
        let bits = tells.into_iter().zip(0..);
        bits.map(|(tells, place)| u16::from(tells) << place).sum()
    }
}

impl Summary {
    /// What the trace tells of, and what it does not.
    pub fn told(&self) -> (Vec<&'static str>, Vec<&'static str>) {
        let place = |topic: &&str| TOPICS.iter().position(|other| other == topic);
        let tells = |topic: &&'static str| self.topics >> place(topic).unwrap_or(0) & 1 == 1;
        TOPICS.into_iter().partition(tells)
    }
}
