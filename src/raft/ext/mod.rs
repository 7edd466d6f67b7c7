//! What Raft needs beyond Figure 2 to be used in practice. Each file opens with what it adds and
//! the hooks by which the core calls it. The core works without any of them.
//!
//! | file | adds | where it comes from |
//! |---|---|---|
//! | [`snapshot`] | a log that does not grow for ever | §7, Figure 13 |
//! | [`membership`] | servers that join and leave | §6; dissertation, chapter 4 |
//! | [`pre_vote`] | elections that do not disturb | dissertation, 9.6 |
//! | [`check_quorum`] | leaders that step down without a majority | dissertation, 6.2, 4.2.3 |
//! | [`transfer`] | a leader that hands its role to a chosen server | dissertation, 3.10 |
//! | [`read`] | reads without an entry in the log | §8; dissertation, 6.4 |
//! | [`lease`] | reads without a message | dissertation, 6.4.1 |

pub mod check_quorum;
pub mod lease;
pub mod membership;
pub mod pre_vote;
pub mod read;
pub mod snapshot;
pub mod transfer;
