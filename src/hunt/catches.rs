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
    catch(Rule::PersistTerm, Property::ElectionSafety, 3, 0, 375),
    catch(Rule::PersistVote, Property::ElectionSafety, 3, 0, 3063),
    catch(Rule::PersistLog, Property::LeaderCompleteness, 3, 0, 17),
    catch(Rule::SyncBeforeReply, Property::LeaderCompleteness, 3, 0, 160),
    catch(Rule::StepDown, Property::Progress, 3, 0, 329),
    catch(Rule::RefuseOldTerm, Property::LeaderCompleteness, 3, 0, 79),
    catch(Rule::OneVotePerTerm, Property::ElectionSafety, 3, 0, 17),
    catch(Rule::UpToDate, Property::LeaderCompleteness, 3, 0, 45),
    catch(Rule::CompareLastTerm, Property::LeaderCompleteness, 3, 0, 13),
    catch(Rule::IgnoreOldVotes, Property::ElectionSafety, 3, 0, 3755),
    catch(Rule::CountVoters, Property::ElectionSafety, 3, 0, 1504),
    catch(Rule::ElectionMajority, Property::ElectionSafety, 3, 0, 2),
    catch(Rule::CheckPrevious, Property::StateMachineSafety, 3, 0, 1441),
    catch(Rule::CheckHeartbeats, Property::StateMachineSafety, 3, 0, 444),
    catch(Rule::DeleteOnlyConflicts, Property::LeaderCompleteness, 3, 0, 527),
    catch(Rule::CommitOnlyChecked, Property::StateMachineSafety, 3, 0, 387),
    catch(Rule::IgnoreOldSnapshots, Property::NeverBackwards, 3, 0, 10645),
    catch(Rule::RetainAfterSnapshot, Property::LeaderCompleteness, 3, 10, 58828),
    catch(Rule::IgnoreOldReplies, Property::LeaderCompleteness, 5, 0, 148886),
    catch(Rule::MatchWhatWasSent, Property::LeaderCompleteness, 3, 0, 95),
    catch(Rule::CommitMajority, Property::LeaderCompleteness, 3, 0, 69),
    catch(Rule::CommitOwnTerm, Property::LeaderCompleteness, 3, 0, 8689),
    catch(Rule::CommitNeverFalls, Property::NeverBackwards, 3, 0, 11),
    catch(Rule::JointConsensus, Property::ConfigurationSafety, 3, 0, 2382),
    catch(Rule::OneChangeAtATime, Property::ConfigurationSafety, 3, 0, 3429),
    catch(Rule::OwnTermBeforeChange, Property::ConfigurationSafety, 4, 0, 3376),
    catch(Rule::CatchUpFirst, Property::Progress, 3, 0, 55047),
    catch(Rule::TellTheRemoved, Property::Progress, 3, 0, 23891),
    catch(Rule::ReadAfterOwnTerm, Property::LinearizableReads, 3, 0, 1029),
    catch(Rule::ConfirmReads, Property::LinearizableReads, 3, 0, 356),
    catch(Rule::LeaseBound, Property::LinearizableReads, 3, 1, 30187),
    catch(Rule::ExactlyOnce, Property::ExactlyOnce, 3, 0, 2),
    catch(Rule::ResetOnlyForCause, Property::Progress, 3, 0, 28819),
    catch(Rule::RetryElection, Property::Progress, 3, 0, 167),
    catch(Rule::RandomTimeouts, Property::Progress, 3, 0, 306),
    catch(Rule::RefuseExpired, Property::ExactlyOnce, 3, 0, 1423),
];
