//! Members, majorities and joint majorities (§6; dissertation, chapter 4): pure arithmetic.
//!
//! Raft rests on one fact: any two majorities of the same voters share a server (§5.2). A joint
//! configuration has two sets of voters and needs a majority of each, so its decisions share a server
//! with the decisions of the configuration before it and of the one after it.
//!
//! # Why two majorities share a server
//!
//! Two majorities of five have at least 3 + 3 = 6 members together, and there are only five servers.
//! With two halves of four, 2 + 2 = 4, so they need not share one. A fourth server adds a copy but no
//! tolerance: three servers survive one crash, and so do four.
//!
//! # Why a change needs a step between (Figure 10)
//!
//! Three servers S1, S2, S3 become five with S4 and S5. If each server switched by itself, there would
//! be a moment at which S1 and S2 are a majority of the old three, and S3, S4 and S5 are one of the new
//! five. The two share nobody, and each could elect a leader. There are two ways around it:
//!
//! | | the step between | why it is safe |
//! |---|---|---|
//! | joint consensus (§6) | C_old,new: needs a majority of both | shares a server with the old and the new |
//! | one voter at a time (dissertation, 4.1) | none | majorities of n and n + 1 servers share a server |

use std::fmt;

use super::types::{MAX_SERVERS, NodeId, ServerSet};

/// The members of the cluster. It is an entry of the log. A server uses the latest one in its log from
/// the moment that it is there, committed or not (§6).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Configuration {
    /// The servers whose votes and copies count.
    pub voters: ServerSet,
    /// In a joint configuration C_old,new: the voters of C_old, whose majority is needed too (§6).
    /// Otherwise empty.
    pub outgoing: ServerSet,
    /// Servers that receive the log and have no vote (dissertation, 4.2.1).
    pub learners: ServerSet,
}

/// The number of voters that suffice, as a function of the number of all voters.
pub type QuorumSize = fn(usize) -> usize;

/// More than half.
pub fn majority(voters: usize) -> usize {
    voters / 2 + 1
}

/// Half: what counts as a majority while a rule is off. Two halves need not share a server.
pub(super) fn half(voters: usize) -> usize {
    (voters / 2).max(1)
}

impl Configuration {
    /// A cluster of these voters, without learners.
    pub fn of(voters: ServerSet) -> Self {
        Self {
            voters,
            ..Self::default()
        }
    }

    /// Whether it is C_old,new of the paper.
    pub fn is_joint(self) -> bool {
        !self.outgoing.is_empty()
    }

    /// All servers that have a vote.
    pub fn all_voters(self) -> ServerSet {
        self.voters.or(self.outgoing)
    }

    /// All servers that a leader sends its log to.
    pub fn members(self) -> ServerSet {
        self.all_voters().or(self.learners)
    }

    /// Whether these servers are a majority of all voters, up or down; in a joint configuration, of the
    /// old voters too.
    pub fn has_quorum(self, servers: ServerSet) -> bool {
        self.has(majority, servers)
    }

    pub(super) fn has(self, share: QuorumSize, servers: ServerSet) -> bool {
        self.majorities()
            .all(|voters| servers.and(voters).len() >= share(voters.len()))
    }

    /// The highest index (or round) that a majority has reached; in a joint configuration, that both
    /// majorities have reached. `reached` says how far each server is.
    pub fn reached_by_quorum<T: Ord + Copy + Default>(self, reached: impl Fn(NodeId) -> T) -> T {
        self.reached_by(majority, reached)
    }

    pub(super) fn reached_by<T: Ord + Copy + Default>(
        self,
        share: QuorumSize,
        reached: impl Fn(NodeId) -> T,
    ) -> T {
        // Sorted, with the highest last: the one that is `enough` from the end is on that many servers.
        let of = |voters: ServerSet| {
            let mut sorted = [T::default(); MAX_SERVERS];
            for (place, id) in sorted.iter_mut().zip(voters.iter()) {
                *place = reached(id);
            }
            let sorted = &mut sorted[..voters.len()];
            sorted.sort_unstable();
            let place = sorted.len().checked_sub(share(sorted.len()));
            place.map_or_else(T::default, |place| sorted[place])
        };
        self.majorities().map(of).min().unwrap_or_default()
    }

    /// The sets of voters that each need a majority: one, or two in a joint configuration.
    fn majorities(self) -> impl Iterator<Item = ServerSet> {
        let joint = self.is_joint().then_some(self.outgoing);
        std::iter::once(self.voters).chain(joint)
    }
}

impl fmt::Display for Configuration {
    /// `S1,S2,S3`; with a learner `S1,S2,S3+S4`; joint, from the old to the new voters,
    /// `S1,S2,S3>S1,S4,S5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, sign, servers: ServerSet| {
            let mut between = sign;
            servers.iter().try_for_each(|id| {
                write!(f, "{between}{id}")?;
                between = ",";
                Ok(())
            })
        };
        list(f, "", self.outgoing)?;
        list(f, if self.is_joint() { ">" } else { "" }, self.voters)?;
        list(f, "+", self.learners)
    }
}

#[cfg(test)]
mod tests {
    use super::super::types::LogIndex;
    use super::*;

    fn servers(numbers: &[usize]) -> ServerSet {
        numbers.iter().filter_map(|n| NodeId::new(*n)).collect()
    }

    fn joint(new: &[usize], old: &[usize]) -> Configuration {
        Configuration {
            voters: servers(new),
            outgoing: servers(old),
            learners: ServerSet::EMPTY,
        }
    }

    /// `reached[n]` is how far server n + 1 is; 0 is "not heard of yet".
    fn committed(configuration: Configuration, reached: &[u64]) -> u64 {
        let index = |id: NodeId| LogIndex(reached[id.slot()]);
        configuration.reached_by_quorum(index).0
    }

    #[test]
    fn a_majority_is_more_than_half_of_all() {
        let cases: [(&[u64], u64); 8] = [
            (&[12], 12),
            (&[12, 5], 5),
            (&[12, 5, 0], 5),
            (&[12, 5, 6], 6),
            (&[100, 101, 103], 101),
            (&[101, 104, 103, 103, 0], 103),
            (&[101, 102, 103, 103, 0], 102),
            (&[7, 0, 0], 0),
        ];
        for (reached, expected) in cases {
            let voters = NodeId::first(reached.len()).collect();
            let configuration = Configuration::of(voters);
            assert_eq!(committed(configuration, reached), expected, "{reached:?}");
        }
    }

    #[test]
    fn half_of_all_is_taken_for_a_majority_where_a_rule_is_off() {
        assert_eq!([1, 2, 3, 4, 5].map(half), [1, 1, 1, 2, 2]);
    }

    #[test]
    fn a_joint_configuration_commits_what_both_majorities_have() {
        let cases: [(Configuration, &[u64], u64); 6] = [
            (joint(&[1], &[2]), &[100, 0], 0),
            (joint(&[1], &[2]), &[13, 100], 13),
            (joint(&[1, 3], &[2]), &[100, 0, 50], 0),
            (joint(&[1, 3], &[2]), &[100, 45, 50], 45),
            (joint(&[1, 2], &[2]), &[100, 0], 0),
            (joint(&[1, 2, 3], &[3, 4, 5]), &[9, 8, 3, 7, 1], 3),
        ];
        for (configuration, reached, expected) in cases {
            let index = committed(configuration, reached);
            assert_eq!(index, expected, "{configuration:?} {reached:?}");
        }
    }

    #[test]
    fn a_joint_configuration_elects_with_both_majorities() {
        let four = joint(&[1, 2], &[3, 4]);
        for votes in [&[1, 2][..], &[1, 2, 3], &[2, 3, 4], &[3, 4], &[]] {
            assert!(!four.has_quorum(servers(votes)), "{votes:?}");
        }
        assert!(four.has_quorum(servers(&[1, 2, 3, 4])));
        let overlapping = joint(&[1, 2, 6], &[1, 2, 3]);
        assert!(overlapping.has_quorum(servers(&[1, 2])));
        assert!(!overlapping.has_quorum(servers(&[1, 6])));
        assert!(overlapping.has_quorum(servers(&[1, 3, 6])));
    }

    #[test]
    fn only_voters_count() {
        let mut configuration = Configuration::of(servers(&[1]));
        configuration.learners = servers(&[2, 3]);
        assert!(configuration.has_quorum(servers(&[1])));
        assert!(!configuration.has_quorum(servers(&[2, 3, 4])));
        assert_eq!(committed(configuration, &[4, 9, 9]), 4);
        assert_eq!(configuration.members(), servers(&[1, 2, 3]));
        assert!(!Configuration::default().has_quorum(servers(&[1, 2])));
    }
}
