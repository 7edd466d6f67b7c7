//! The properties, by name, and the rules of Raft that guard each.

use std::fmt;

use crate::raft::Rule;

/// A property that must hold at every moment of a run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Property {
    /// At most one leader can be elected in a given term (§5.2).
    ElectionSafety,
    /// A leader never overwrites or deletes entries in its log; it only appends (§5.3).
    LeaderAppendOnly,
    /// Two logs that hold an entry of the same index and term are identical up to it (§5.3).
    LogMatching,
    /// An entry committed in a term is in the logs of the leaders of all later terms (§5.4).
    LeaderCompleteness,
    /// No two servers apply different entries at the same index (§5.4.3).
    StateMachineSafety,
    /// A write that a client knows to be done is never lost.
    AcknowledgedWrites,
    /// A request is executed once, even if it is sent several times (§8).
    ExactlyOnce,
    /// A read returns all that any client knew before the read was sent (§8).
    LinearizableReads,
    /// No two groups without a common server could each elect a leader (§6).
    ConfigurationSafety,
    /// A running server's term, commit index and applied index never fall (Figure 2, State).
    NeverBackwards,
    /// A majority that is up and connected serves its clients within a bounded time (§5.6).
    Progress,
}

impl Property {
    /// The five of Figure 3, in its order.
    pub const FIGURE_3: [Self; 5] = [
        Self::ElectionSafety,
        Self::LeaderAppendOnly,
        Self::LogMatching,
        Self::LeaderCompleteness,
        Self::StateMachineSafety,
    ];

    /// Those that clients rely on.
    pub const CLIENTS: [Self; 3] = [
        Self::AcknowledgedWrites,
        Self::ExactlyOnce,
        Self::LinearizableReads,
    ];

    /// All properties: the five of Figure 3, then those of clients and servers.
    pub const ALL: [Self; 11] = [
        Self::ElectionSafety,
        Self::LeaderAppendOnly,
        Self::LogMatching,
        Self::LeaderCompleteness,
        Self::StateMachineSafety,
        Self::AcknowledgedWrites,
        Self::ExactlyOnce,
        Self::LinearizableReads,
        Self::ConfigurationSafety,
        Self::NeverBackwards,
        Self::Progress,
    ];

    /// Its name; for the first five, as in Figure 3.
    pub fn name(self) -> &'static str {
        match self {
            Self::ElectionSafety => "Election Safety",
            Self::LeaderAppendOnly => "Leader Append-Only",
            Self::LogMatching => "Log Matching",
            Self::LeaderCompleteness => "Leader Completeness",
            Self::StateMachineSafety => "State Machine Safety",
            Self::AcknowledgedWrites => "Acknowledged Writes",
            Self::ExactlyOnce => "Exactly Once",
            Self::LinearizableReads => "Linearizable Reads",
            Self::ConfigurationSafety => "Configuration Safety",
            Self::NeverBackwards => "Never Backwards",
            Self::Progress => "Progress",
        }
    }

    /// The property with that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|property| property.name() == name)
    }

    /// Its guarantee, in one sentence.
    pub fn promise(self) -> &'static str {
        match self {
            Self::ElectionSafety => "A term has at most one leader.",
            Self::LeaderAppendOnly => {
                "A leader never overwrites or deletes entries in its log; it only appends."
            }
            Self::LogMatching => {
                "If two logs have an entry with the same index and term, they are identical up to it."
            }
            Self::LeaderCompleteness => {
                "An entry committed in a term is in the logs of the leaders of all later terms."
            }
            Self::StateMachineSafety => "No two servers apply different entries at the same index.",
            Self::AcknowledgedWrites => "A write that a client knows is done is never lost.",
            Self::ExactlyOnce => "A request is executed once, however often it is sent.",
            Self::LinearizableReads => {
                "A read sees everything that any client knew before the read was sent."
            }
            Self::ConfigurationSafety => {
                "No two groups of servers with no server in common can both elect a leader."
            }
            Self::NeverBackwards => {
                "A running server's term, commit index and applied index never decrease."
            }
            Self::Progress => {
                "A majority that is up and connected serves its clients soon, undisturbed."
            }
        }
    }

    /// The section of the paper that states it.
    pub fn section(self) -> &'static str {
        match self {
            Self::ElectionSafety => "5.2",
            Self::LeaderAppendOnly | Self::LogMatching => "5.3",
            Self::LeaderCompleteness => "5.4",
            Self::StateMachineSafety => "5.4.3",
            Self::AcknowledgedWrites | Self::ExactlyOnce | Self::LinearizableReads => "8",
            Self::ConfigurationSafety => "6",
            Self::NeverBackwards => "5.1",
            Self::Progress => "5.6",
        }
    }

    /// The rules that guard it, the most direct one first.
    pub fn guards(self) -> &'static [Rule] {
        match self {
            Self::ElectionSafety => &[
                Rule::OneVotePerTerm,
                Rule::PersistVote,
                Rule::PersistTerm,
                Rule::SyncBeforeReply,
                Rule::IgnoreOldVotes,
                Rule::CountVoters,
                Rule::ElectionMajority,
                Rule::RefuseOldTerm,
            ],
            Self::LeaderAppendOnly => &[Rule::DeleteOnlyConflicts, Rule::StepDown],
            Self::LogMatching => &[
                Rule::CheckPrevious,
                Rule::RefuseOldTerm,
                Rule::PersistTerm,
                Rule::PersistLog,
                Rule::OneVotePerTerm,
            ],
            Self::LeaderCompleteness | Self::AcknowledgedWrites => &[
                Rule::CommitOwnTerm,
                Rule::UpToDate,
                Rule::CompareLastTerm,
                Rule::PersistLog,
                Rule::CommitMajority,
                Rule::MatchWhatWasSent,
                Rule::IgnoreOldReplies,
                Rule::DeleteOnlyConflicts,
                Rule::CheckPrevious,
                Rule::CheckHeartbeats,
                Rule::SyncBeforeReply,
                Rule::RetainAfterSnapshot,
                Rule::IgnoreOldSnapshots,
            ],
            Self::StateMachineSafety => &[
                Rule::CommitOnlyChecked,
                Rule::CheckHeartbeats,
                Rule::CheckPrevious,
                Rule::RefuseOldTerm,
            ],
            Self::ExactlyOnce => &[Rule::ExactlyOnce, Rule::RefuseExpired],
            Self::LinearizableReads => {
                &[Rule::ConfirmReads, Rule::ReadAfterOwnTerm, Rule::LeaseBound]
            }
            Self::ConfigurationSafety => &[
                Rule::JointConsensus,
                Rule::OneChangeAtATime,
                Rule::OwnTermBeforeChange,
            ],
            Self::NeverBackwards => &[Rule::CommitNeverFalls, Rule::IgnoreOldSnapshots],
            Self::Progress => &[
                Rule::RetryElection,
                Rule::RandomTimeouts,
                Rule::ResetOnlyForCause,
                Rule::StepDown,
                Rule::CatchUpFirst,
                Rule::TellTheRemoved,
            ],
        }
    }
}

impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_first_five_are_those_of_figure_3() {
        assert_eq!(Property::ALL[..5], Property::FIGURE_3);
        assert!(Property::ALL.is_sorted());
        assert!(
            Property::CLIENTS
                .iter()
                .all(|client| Property::ALL[5..].contains(client))
        );
    }

    #[test]
    fn a_property_is_found_by_its_name() {
        for property in Property::ALL {
            assert_eq!(Property::named(property.name()), Some(property));
        }
        assert_eq!(Property::named("Safety"), None);
        // The words of the paper, with the sections that it names.
        let figure = [
            ("Election Safety", "5.2"),
            ("Leader Append-Only", "5.3"),
            ("Log Matching", "5.3"),
            ("Leader Completeness", "5.4"),
            ("State Machine Safety", "5.4.3"),
        ];
        let named = Property::FIGURE_3.map(|property| (property.name(), property.section()));
        assert_eq!(named, figure);
        assert_eq!(Property::ElectionSafety.to_string(), "Election Safety");
    }

    #[test]
    fn every_property_is_told_apart_and_kept_by_rules() {
        let count = Property::ALL.len();
        for text in [Property::name, Property::promise] {
            let texts: BTreeSet<&str> = Property::ALL.map(text).into();
            assert_eq!(texts.len(), count);
        }
        for property in Property::ALL {
            let guards: BTreeSet<&Rule> = property.guards().iter().collect();
            assert_eq!(
                guards.len(),
                property.guards().len(),
                "{property}: none twice"
            );
            assert!(!guards.is_empty(), "{property}");
            assert!(property.promise().ends_with('.'), "{property}");
            assert!(
                property.section().starts_with(char::is_numeric),
                "{property}"
            );
        }
    }
}
