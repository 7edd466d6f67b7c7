//! What breaks without each rule, and a hunt that is known to find it.

use super::Ground;
use crate::check::Property;
use crate::raft::{Rule, Rules};

/// What breaks without a rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Catch {
    /// The rule that is off.
    pub rule: Rule,
    /// What breaks first in the run that is looked for.
    pub property: Property,
    /// With how many servers the hunt begins.
    pub servers: u8,
    /// The seed of a hunt that finds it.
    pub seed: u64,
    /// Within how many schedules.
    pub schedules: u64,
}

impl Catch {
    /// What breaks without that rule.
    pub fn of(rule: Rule) -> Option<&'static Self> {
        CATCHES.iter().find(|catch| catch.rule == rule)
    }

    /// Where to hunt for it.
    pub fn ground(&self) -> Ground {
        let mut rules = Rules::default();
        rules.set(self.rule, false);
        Ground {
            servers: self.servers,
            rules,
            property: Some(self.property),
            schedules: self.schedules,
        }
    }
}

const fn catch(rule: Rule, property: Property, servers: u8, seed: u64, schedules: u64) -> Catch {
    Catch {
        rule,
        property,
        servers,
        seed,
        schedules,
    }
}

/// For every rule, in their order.
#[rustfmt::skip]
pub const CATCHES: &[Catch] = &[
    catch(Rule::PersistTerm, Property::ElectionSafety, 3, 0, 1758),
    catch(Rule::PersistVote, Property::ElectionSafety, 3, 0, 832),
    catch(Rule::PersistLog, Property::LeaderCompleteness, 3, 0, 45),
    catch(Rule::SyncBeforeReply, Property::LeaderCompleteness, 3, 0, 1670),
    catch(Rule::StepDown, Property::Progress, 3, 0, 143),
    catch(Rule::RefuseOldTerm, Property::LeaderCompleteness, 3, 0, 89),
    catch(Rule::OneVotePerTerm, Property::ElectionSafety, 3, 0, 5),
    catch(Rule::UpToDate, Property::LeaderCompleteness, 3, 0, 4),
    catch(Rule::CompareLastTerm, Property::LeaderCompleteness, 3, 0, 3740),
    catch(Rule::IgnoreOldVotes, Property::ElectionSafety, 3, 0, 4422),
    catch(Rule::CountVoters, Property::ElectionSafety, 3, 0, 6996),
    catch(Rule::ElectionMajority, Property::ElectionSafety, 3, 0, 9),
    catch(Rule::CheckPrevious, Property::StateMachineSafety, 3, 0, 2186),
    catch(Rule::CheckHeartbeats, Property::StateMachineSafety, 3, 0, 15586),
    catch(Rule::DeleteOnlyConflicts, Property::LeaderCompleteness, 3, 0, 1545),
    catch(Rule::CommitOnlyChecked, Property::StateMachineSafety, 3, 0, 984),
    catch(Rule::IgnoreOldSnapshots, Property::NeverBackwards, 3, 0, 9947),
    catch(Rule::RetainAfterSnapshot, Property::LeaderCompleteness, 3, 7, 52451),
    catch(Rule::IgnoreOldReplies, Property::LeaderCompleteness, 5, 6, 132377),
    catch(Rule::MatchWhatWasSent, Property::LeaderCompleteness, 3, 0, 173),
    catch(Rule::CommitMajority, Property::LeaderCompleteness, 3, 0, 76),
    catch(Rule::CommitOwnTerm, Property::LeaderCompleteness, 3, 1, 5395),
    catch(Rule::CommitNeverFalls, Property::NeverBackwards, 3, 0, 46),
    catch(Rule::JointConsensus, Property::ConfigurationSafety, 3, 0, 8705),
    catch(Rule::OneChangeAtATime, Property::ConfigurationSafety, 3, 0, 3910),
    catch(Rule::OwnTermBeforeChange, Property::ConfigurationSafety, 4, 0, 7914),
    catch(Rule::CatchUpFirst, Property::Progress, 3, 4, 59097),
    catch(Rule::TellTheRemoved, Property::Progress, 3, 0, 41965),
    catch(Rule::ReadAfterOwnTerm, Property::LinearizableReads, 3, 0, 6075),
    catch(Rule::ConfirmReads, Property::LinearizableReads, 3, 0, 10437),
    catch(Rule::LeaseBound, Property::LinearizableReads, 3, 25, 66650),
    catch(Rule::ExactlyOnce, Property::ExactlyOnce, 3, 0, 1033),
    catch(Rule::ResetOnlyForCause, Property::Progress, 3, 2, 13568),
    catch(Rule::RetryElection, Property::Progress, 3, 0, 2104),
    catch(Rule::RandomTimeouts, Property::Progress, 3, 0, 13),
    catch(Rule::RefuseExpired, Property::ExactlyOnce, 3, 0, 357),
];
