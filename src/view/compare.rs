//! Two runs side by side: where they differ first, in a sentence for each, and what each comes to.

use super::branches::{seconds, words};
use crate::check::Property;
use crate::narrate::{self, Sentence, fill, say};
use crate::raft::Rule;
use crate::session::{Happened, Session};
use crate::sim::{Cause, Fact, Time};

/// How two runs compare.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Comparison {
    /// The moment of the first step at which they differ; none, if they are the same.
    pub at: Option<Time>,
    /// Up to when both were played.
    pub end: Time,
    /// The runs.
    pub sides: [Side; 2],
}

/// One of two runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Side {
    /// What it is called.
    pub title: String,
    /// What happens in it where they differ.
    pub differs: String,
    /// What it comes to.
    pub leads_to: String,
    /// When a property breaks, if one does.
    pub breaks_at: Option<Time>,
}

impl Comparison {
    /// Compares two runs, each up to its head.
    pub fn of(sessions: [&Session; 2], titles: [String; 2]) -> Self {
        let [here, there] = sessions;
        let found = here.first_difference(there);
        let moments = found.iter().flatten().flatten().map(|(step, _)| step.at);
        let at = moments.min();
        let differs = match (&found, at) {
            (Some([one, two]), Some(at)) => [
                side(one.as_ref(), two.as_ref(), at),
                side(two.as_ref(), one.as_ref(), at),
            ],
            _ => [(); 2].map(|()| say("Both runs are the same, step by step.").into()),
        };
        let mut parts = titles.into_iter().zip(differs).zip(sessions);
        let sides = [(); 2].map(|()| {
            let ((title, differs), session) = parts.next().expect("there are two of each");
            let outcome = session.outcome();
            let until = outcome.broken.map_or_else(|| session.head(), |(_, at)| at);
            let holds = match outcome.broken {
                Some(_) => String::new(),
                None => fill(
                    "All {} properties hold.",
                    &[&(Property::FIGURE_3.len() + Property::CLIENTS.len())],
                ),
            };
            Side {
                title,
                differs,
                leads_to: fill(
                    "By {}: {}. {}",
                    &[&seconds(until), &words(&outcome), &holds],
                ),
                breaks_at: outcome.broken.map(|(_, at)| at),
            }
        });
        Self {
            at,
            end: here.head().max(there.head()),
            sides,
        }
    }
}

/// The most steps of a run with which every rule is tried: so many that the page does not stand still.
const TRIED_STEPS: u64 = 3_000;

/// The rule that matters most in a run: without it a property breaks, or at least something else
/// happens. None, if all are the same to it, or if the run is too long to try each.
pub fn telling_rule(session: &Session) -> Option<Rule> {
    if session.world().last_step().0 > TRIED_STEPS {
        return None;
    }
    let rules = session.scenario().config.rules;
    let mut telling = None;
    for rule in Rule::ALL.iter().copied().filter(|rule| rules.on(*rule)) {
        let mut without = rules;
        without.set(rule, false);
        let other = session.with_rules(without);
        if other.outcome().broken.is_some() {
            return Some(rule);
        }
        if telling.is_none() && session.first_difference(&other).is_some() {
            telling = Some(rule);
        }
    }
    telling
}

/// What happens in a run at the moment `at`, and in the other not.
fn side(own: Option<&Happened>, other: Option<&Happened>, at: Time) -> String {
    let Some((step, world)) = own else {
        return instead(other);
    };
    let differs = |fact: &Fact| match other {
        Some((other, _)) => other.at != step.at || !other.facts.contains(fact),
        None => true,
    };
    let told = narrate::sentences(narrate::spoken(), step, world);
    let by_user = matches!(step.cause, Cause::Action(_));
    let of_own = |one: &&Sentence| match one.fact {
        Some(place) => differs(&step.facts[place]),
        None => by_user,
    };
    let mut own: Vec<&Sentence> = told.iter().filter(of_own).collect();
    let most = own.iter().map(|one| one.weight).max();
    own.retain(|one| Some(one.weight) == most);
    let text: Vec<&str> = own.iter().take(2).map(|one| one.text.as_str()).collect();
    match (text.is_empty(), step.at > at) {
        (true, _) => instead(other),
        (false, true) => fill(
            "Nothing happens yet. At {}: {}.",
            &[&seconds(step.at), &text[0]],
        ),
        (false, false) => format!("{}.", text.join(". ")),
    }
}

/// Where nothing happens, what happens in the other run is told.
fn instead(other: Option<&Happened>) -> String {
    let told = other.map(|(step, world)| narrate::sentences(narrate::spoken(), step, world));
    let most = told.into_iter().flatten().max_by_key(|one| one.weight);
    match most {
        Some(one) => fill("This does not happen here: {}.", &[&one.text]),
        None => say("Nothing more happens here.").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::text::parse_action;

    fn compared(here: &Session, there: &Session) -> Comparison {
        Comparison::of([here, there], ["here", "there"].map(Into::into))
    }

    #[test]
    fn a_branch_differs_first_where_it_parts() {
        let text = "servers 3 · seed 1 · clients 0\nat 0ms timeout S1\nat 412ms crash S2";
        let mut session = Session::read(text).unwrap();
        session.advance(Time::ms(900));
        session.seek(Time::ms(300));
        session.act(parse_action("crash S1").unwrap()).unwrap();
        session.advance(Time::ms(900));
        let branch = session.branches().next().unwrap().id;
        let other = session.of_branch(branch).unwrap();
        let found = compared(&session, &other);
        assert_eq!((found.at, found.end), (Some(Time::ms(300)), Time::ms(900)));
        let [here, there] = &found.sides;
        assert!(
            here.differs.starts_with("You crashed S1"),
            "{}",
            here.differs
        );
        assert!(
            there
                .differs
                .starts_with("This does not happen here: You crashed S1"),
            "{}",
            there.differs
        );
        assert!(
            there
                .leads_to
                .starts_with("By 0.900 s: S1 leads in term 1, 1 entry committed. All"),
            "{}",
            there.leads_to
        );
        let same = compared(&session, &session);
        assert_eq!(same.at, None);
    }

    #[test]
    fn a_rule_that_is_off_is_told_where_it_would_have_acted() {
        let text = "servers 3 · seed 1 · clients 0\nrules off one-vote-per-term\nat 10ms timeout S1\nat 11ms timeout S2";
        let mut without = Session::read(text).unwrap();
        without.advance(Time::ms(200));
        let mut rules = without.scenario().config.rules;
        rules.set(Rule::OneVotePerTerm, true);
        let mut with = without.with_rules(rules);
        with.advance(Time::ms(200));
        let found = compared(&without, &with);
        let [here, there] = &found.sides;
        assert!(here.differs.contains("voted for"), "{}", here.differs);
        assert!(there.differs.contains("denied"), "{}", there.differs);
        assert!(
            here.leads_to.contains("Election Safety is broken"),
            "{}",
            here.leads_to
        );
        assert!(here.breaks_at.is_some() && there.breaks_at.is_none());
    }

    #[test]
    fn the_rule_that_matters_is_one_without_which_something_breaks_or_changes() {
        // S3 would vote twice in term 1, if it might.
        let two = "servers 3 · seed 1 · clients 0\nat 10ms timeout S1\nat 11ms timeout S2";
        let mut two = Session::read(two).unwrap();
        two.advance(Time::ms(200));
        let rule = telling_rule(&two).unwrap();
        let mut rules = two.scenario().config.rules;
        rules.set(rule, false);
        assert!(two.with_rules(rules).outcome().broken.is_some(), "{rule:?}");
        // Nothing has happened yet that any rule would forbid.
        let still = Session::read("servers 3 · seed 1 · clients 0").unwrap();
        assert_eq!(telling_rule(&still), None);
    }
}
