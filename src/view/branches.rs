//! The branches of a session: where each parts from the present run, and what it came to.

use crate::narrate::{fill, say};
use crate::session::{Branch, Outcome, RunId, Session};
use crate::sim::Time;

/// A branch, as it is shown under the run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BranchMark {
    /// Which.
    pub id: RunId,
    /// What it is called: by its user, or else by what was done in it.
    pub name: String,
    /// Whether the name is its user's.
    pub is_named: bool,
    /// Where it parts from the present run.
    pub from: Time,
    /// How far it was played.
    pub to: Time,
    /// What it came to, in words.
    pub outcome: String,
    /// Whether a property is broken in it.
    pub is_broken: bool,
}

/// The branches of a session; the one that parts last is the first.
pub fn branches(session: &Session) -> Vec<BranchMark> {
    let mut marks: Vec<_> = session.branches().map(mark).collect();
    for (nth, branch) in session.branches().enumerate() {
        let alike = marks.iter().filter(|mark| mark.name == marks[nth].name);
        if alike.count() > 1
            && let Some((_, last)) = branch.last
        {
            marks[nth].name = format!("{} … {last}", marks[nth].name);
        }
    }
    marks.reverse();
    marks.sort_by_key(|mark| std::cmp::Reverse(mark.from));
    marks
}

fn mark(branch: Branch<'_>) -> BranchMark {
    BranchMark {
        id: branch.id,
        name: branch.name.map_or_else(|| by_deed(&branch), Into::into),
        is_named: branch.name.is_some(),
        from: branch.parting.at(),
        to: branch.head,
        outcome: words(branch.outcome),
        is_broken: branch.outcome.broken.is_some(),
    }
}

/// `crash S2 at 0.412 s`: what was done in it and not in the present run. Or, where nothing was:
/// `without crash S2`.
fn by_deed(branch: &Branch<'_>) -> String {
    match (branch.parting.there, branch.parting.here) {
        (Some((at, action)), _) => fill("{} at {}", &[&action, &seconds(*at)]),
        (None, Some((_, action))) => fill("without {}", &[action]),
        (None, None) => say("the same").into(),
    }
}

/// `S1 leads in term 2, 7 entries committed`
pub fn words(outcome: &Outcome) -> String {
    if let Some((property, _)) = outcome.broken {
        return fill("{} is broken", &[&say(property.name())]);
    }
    let leads = match outcome.leader {
        Some((id, term)) => fill("{} leads in term {}", &[&id, &term]),
        None => say("nobody leads").into(),
    };
    match outcome.committed.0 {
        1 => fill("{}, 1 entry committed", &[&leads]),
        count => fill("{}, {} entries committed", &[&leads, &count]),
    }
}

/// `0.412 s`
pub(super) fn seconds(at: Time) -> String {
    format!("{}.{:03} s", at.0 / 1_000_000, at.0 / 1000 % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::text::parse_action;

    #[test]
    fn a_branch_is_called_by_what_was_done_in_it() {
        let text = "servers 3 · seed 1 · clients 0\nat 0ms timeout S1\nat 412ms crash S2";
        let mut session = Session::read(text).unwrap();
        session.advance(Time::ms(600));
        session.seek(Time::ms(300));
        session.act(parse_action("isolate S3").unwrap()).unwrap();
        session.seek(Time::ms(200));
        session.act(parse_action("crash S1").unwrap()).unwrap();
        let names = |session: &Session| {
            let names = branches(session);
            names.into_iter().map(|mark| mark.name).collect::<Vec<_>>()
        };
        assert_eq!(
            names(&session),
            ["isolate S3 at 0.300 s", "crash S2 at 0.412 s"]
        );
        let marks = branches(&session);
        assert_eq!(marks[1].outcome, "S1 leads in term 1, 1 entry committed");
        assert_eq!((marks[1].from, marks[1].to), (Time::ms(200), Time::ms(600)));
        assert!(session.take_branch(marks[0].id));
        assert_eq!(
            names(&session),
            ["crash S2 at 0.412 s", "crash S1 at 0.200 s"]
        );
    }
}
