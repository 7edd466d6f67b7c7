//! What breaks without each rule, and a hunt that finds it.

use super::Target;
use crate::check::Property;
use crate::raft::{Rule, Rules};

/// What breaks without a rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Detection {
    /// The rule that is switched off.
    pub rule: Rule,
    /// The property that breaks first.
    pub property: Property,
    /// The number of servers at the start.
    pub servers: u8,
    /// The seed of a hunt that finds the break.
    pub seed: u64,
    /// The number of schedules that the hunt needs.
    pub schedules: u64,
}

impl Detection {
    /// The detection of a rule.
    pub fn of(rule: Rule) -> Option<&'static Self> {
        DETECTIONS.iter().find(|detection| detection.rule == rule)
    }

    /// The target of the hunt.
    pub fn target(&self) -> Target {
        let mut rules = Rules::default();
        rules.set(self.rule, false);
        Target {
            servers: self.servers,
            rules,
            property: Some(self.property),
            schedules: self.schedules,
        }
    }
}

const fn detection(
    rule: Rule,
    property: Property,
    servers: u8,
    seed: u64,
    schedules: u64,
) -> Detection {
    Detection {
        rule,
        property,
        servers,
        seed,
        schedules,
    }
}

/// One for every rule, in the order of [`Rule::ALL`].
#[rustfmt::skip]
pub const DETECTIONS: &[Detection] = &[
    detection(Rule::PersistTerm, Property::ElectionSafety, 3, 0, 3686),
    detection(Rule::PersistVote, Property::ElectionSafety, 3, 0, 10246),
    detection(Rule::PersistLog, Property::LeaderCompleteness, 3, 0, 17),
    detection(Rule::SyncBeforeReply, Property::LeaderCompleteness, 3, 0, 227),
    detection(Rule::StepDown, Property::Progress, 3, 0, 329),
    detection(Rule::RefuseOldTerm, Property::LeaderCompleteness, 3, 0, 79),
    detection(Rule::OneVotePerTerm, Property::ElectionSafety, 3, 0, 17),
    detection(Rule::UpToDate, Property::LeaderCompleteness, 3, 0, 45),
    detection(Rule::CompareLastTerm, Property::LeaderCompleteness, 3, 0, 13),
    detection(Rule::IgnoreOldVotes, Property::ElectionSafety, 3, 0, 9111),
    detection(Rule::CountVoters, Property::ElectionSafety, 3, 0, 2817),
    detection(Rule::ElectionMajority, Property::ElectionSafety, 3, 0, 2),
    detection(Rule::CheckPrevious, Property::StateMachineSafety, 3, 0, 1989),
    detection(Rule::CheckHeartbeats, Property::StateMachineSafety, 3, 0, 391),
    detection(Rule::DeleteOnlyConflicts, Property::LeaderCompleteness, 3, 0, 361),
    detection(Rule::CommitOnlyChecked, Property::StateMachineSafety, 3, 0, 1343),
    detection(Rule::IgnoreOldSnapshots, Property::NeverBackwards, 3, 0, 66651),
    detection(Rule::RetainAfterSnapshot, Property::LeaderCompleteness, 3, 1, 3605),
    detection(Rule::IgnoreOldReplies, Property::LeaderCompleteness, 5, 2, 170354),
    detection(Rule::MatchWhatWasSent, Property::LeaderCompleteness, 3, 0, 95),
    detection(Rule::CommitMajority, Property::LeaderCompleteness, 3, 0, 69),
    detection(Rule::CommitOwnTerm, Property::LeaderCompleteness, 3, 0, 9324),
    detection(Rule::CommitNeverFalls, Property::NeverBackwards, 3, 0, 11),
    detection(Rule::JointConsensus, Property::ConfigurationSafety, 3, 0, 8801),
    detection(Rule::OneChangeAtATime, Property::ConfigurationSafety, 3, 0, 1057),
    detection(Rule::OwnTermBeforeChange, Property::ConfigurationSafety, 4, 0, 39164),
    detection(Rule::CatchUpFirst, Property::Progress, 3, 0, 33310),
    detection(Rule::TellTheRemoved, Property::Progress, 3, 0, 34219),
    detection(Rule::ReadAfterOwnTerm, Property::LinearizableReads, 3, 0, 1337),
    detection(Rule::ConfirmReads, Property::LinearizableReads, 3, 0, 356),
    detection(Rule::LeaseBound, Property::LinearizableReads, 3, 7, 242842),
    detection(Rule::ExactlyOnce, Property::ExactlyOnce, 3, 0, 2),
    detection(Rule::ResetOnlyForCause, Property::Progress, 3, 0, 18903),
    detection(Rule::RetryElection, Property::Progress, 3, 0, 167),
    detection(Rule::RandomTimeouts, Property::Progress, 3, 0, 108),
    detection(Rule::RefuseExpired, Property::ExactlyOnce, 3, 0, 30),
];
