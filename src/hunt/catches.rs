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
    /// Within how many schedules. 0: no hunt has found it yet, somebody has; the schedule is in
    /// `tests/hunts` all the same.
    pub schedules: u64,
}

impl Catch {
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

/// For every rule but those of [`NEVER_MISSED`], in their order.
#[rustfmt::skip]
pub const CATCHES: &[Catch] = &[
    catch(Rule::PersistTerm, Property::ElectionSafety, 3, 0, 289),
    catch(Rule::PersistVote, Property::ElectionSafety, 3, 0, 6342),
    catch(Rule::PersistLog, Property::LeaderCompleteness, 3, 0, 61),
    catch(Rule::SyncBeforeReply, Property::LeaderCompleteness, 3, 0, 1422),
    catch(Rule::StepDown, Property::Progress, 3, 0, 1089),
    catch(Rule::RefuseOldTerm, Property::LeaderCompleteness, 3, 0, 580),
    catch(Rule::OneVotePerTerm, Property::ElectionSafety, 3, 0, 95),
    catch(Rule::UpToDate, Property::LeaderCompleteness, 3, 0, 185),
    catch(Rule::CompareLastTerm, Property::LeaderCompleteness, 3, 0, 431),
    catch(Rule::IgnoreOldVotes, Property::ElectionSafety, 3, 0, 910),
    catch(Rule::CountVoters, Property::ElectionSafety, 3, 0, 4831),
    catch(Rule::ElectionMajority, Property::ElectionSafety, 3, 0, 10),
    catch(Rule::CheckPrevious, Property::StateMachineSafety, 3, 0, 174),
    catch(Rule::CheckHeartbeats, Property::StateMachineSafety, 3, 0, 279),
    catch(Rule::DeleteOnlyConflicts, Property::LeaderCompleteness, 3, 0, 2281),
    catch(Rule::IgnoreOldSnapshots, Property::NeverBackwards, 3, 0, 29291),
    catch(Rule::RetainAfterSnapshot, Property::LeaderCompleteness, 3, 3, 58599),
    catch(Rule::IgnoreOldReplies, Property::LeaderCompleteness, 5, 4, 171079),
    catch(Rule::MatchWhatWasSent, Property::LeaderCompleteness, 3, 0, 98),
    catch(Rule::CommitMajority, Property::LeaderCompleteness, 3, 0, 12),
    catch(Rule::CommitOwnTerm, Property::LeaderCompleteness, 3, 0, 7792),
    catch(Rule::CommitNeverFalls, Property::NeverBackwards, 3, 0, 9),
    catch(Rule::JointConsensus, Property::LeaderCompleteness, 3, 0, 3962),
    catch(Rule::OneChangeAtATime, Property::LeaderCompleteness, 3, 0, 850),
    catch(Rule::OwnTermBeforeChange, Property::LeaderCompleteness, 4, 0, 3749),
    catch(Rule::CatchUpFirst, Property::Progress, 3, 2, 27116),
    catch(Rule::TellTheRemoved, Property::Progress, 3, 4, 5109),
    catch(Rule::ReadAfterOwnTerm, Property::LinearizableReads, 3, 0, 5295),
    catch(Rule::ConfirmReads, Property::LinearizableReads, 3, 0, 10760),
    catch(Rule::LeaseBound, Property::LinearizableReads, 3, 0, 0),
    catch(Rule::ExactlyOnce, Property::ExactlyOnce, 3, 0, 151),
    catch(Rule::ResetOnlyForCause, Property::Progress, 3, 1, 15529),
    catch(Rule::RetryElection, Property::Progress, 3, 0, 645),
    catch(Rule::RandomTimeouts, Property::Progress, 3, 0, 1814),
];

/// Rules without which no schedule breaks anything, and why.
///
/// *`commit-only-checked`.* A follower that commits up to the end of its log, instead of the last
/// entry that a message vouches for, does harm only if beyond that entry it has one that the leader
/// has not, and the leader's commit index is beyond it too. Let A be the last index up to which the
/// two logs agree. (1) Once the follower has stored anything of this leader, its log is a part of
/// the leader's, and no harm is left in it. (2) Until then every message of the leader begins at A
/// or later: `next` begins behind the end of the leader's log, and a refusal lowers it to what may
/// still agree by terms, which is never below A. (3) So what a follower accepts before (1) begins
/// exactly at A. If it carries an entry, (1) holds. If it carries none, the leader had none to
/// send, and has committed nothing beyond A; or the window is full of entries beyond A that went
/// before, and then the message begins at the last of these, which by (2) the follower has only
/// if (1) holds. In Figure 2 heartbeats carry nothing while entries are on their way; leaders like
/// that, as many implementations have them, do need the rule.
pub const NEVER_MISSED: &[(Rule, &str)] = &[(
    Rule::CommitOnlyChecked,
    "never missed: what follows the entry that these leaders vouch for is always theirs",
)];
