//! Why it happened: the rule that acted, and where it stands.
//!
//! Every fact has one. The values to which the rule was applied are in the sentence for the fact;
//! what a sentence is too short for, [`values`] adds.

use super::Language;
use super::about;
use super::state::Values;
use crate::check::Violation;
use crate::sim::Fact;

/// A rule of the paper: where Figure 2 states it and which section explains it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Clause {
    /// Where in Figure 2, for example `AppendEntries 2`; or `Dissertation` for what is only there.
    pub place: &'static str,
    /// The section of the paper (or dissertation) that explains it, for example `5.3`.
    pub section: &'static str,
    /// What it says, in our words.
    pub text: &'static str,
}

/// The rule that acted where a user did, or the run began.
pub fn outside(language: Language) -> Clause {
    Clause {
        place: "",
        section: "",
        text: language.words().user_rule(),
    }
}

/// The rule that acted where something had no effect.
pub fn no_effect(language: Language) -> Clause {
    Clause {
        place: "",
        section: "5.1",
        text: language.words().no_effect_rule(),
    }
}

/// The rule that made a fact: the paper's where Raft decided, and otherwise what the network, the
/// client or the user did.
pub fn clause(language: Language, fact: &Fact) -> Clause {
    let about = about::fact(fact);
    Clause {
        place: about.place,
        section: about.section,
        text: language.words().rule(fact),
    }
}

/// The rule of the paper that should have prevented a broken property.
pub fn broken(language: Language, violation: &Violation) -> Clause {
    let property = violation.property();
    Clause {
        place: violation.guard.map_or("Figure 3", |rule| rule.place()),
        section: property.section(),
        text: language.words().promise(property),
    }
}

/// What was broken, and how; with its full stop.
pub fn violation(language: Language, violation: &Violation) -> String {
    language.words().violation(violation)
}

/// A sentence with its full stop.
pub fn end(language: Language, sentence: &str) -> String {
    language.words().end(sentence)
}

/// The values that decided it, where the sentence for it has no room for them.
pub fn values(language: Language, fact: &Fact) -> Option<String> {
    Values::of(fact).map(|values| language.words().values(&values))
}

/// Where a rule stands: `Figure 2, RequestVote 2; §5.2, 5.4.1`.
pub fn source(language: Language, clause: &Clause) -> String {
    language.words().source(clause)
}
