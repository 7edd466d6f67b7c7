//! What a leader knows about one server: Figure 2's nextIndex and matchIndex, and how it sends.
//!
//! `match_index` is a measurement: the follower confirmed it, and it never falls. `next_index` is
//! a guess: it starts optimistic, falls with each rejection and rises with each success. Only the
//! measurement commits entries; the guess only decides what to send.
//!
//! ```text
//!                 rejected: next_index falls
//!               +------------------------------+
//!               v        accepted              |
//!   start --> Probe ----------------------> Replicate
//!               |                              |
//!               | next_index is compacted      | next_index is compacted
//!               v                              v
//!             Snapshot <-----------------------+
//!               |   all of it has arrived
//!               +-------------------------> Replicate
//! ```
//!
//! # By example
//!
//! A server with the log `[1 1 3 3]` is elected. The window is 2, and it appends no no-op. A follower has
//! `[1 1 2]`.
//!
//! | | flow | next_index | match_index |
//! |---|---|---|---|
//! | elected | Probe | 5 | 0 |
//! | sent prev 4: rejected, at most 2 may match | Probe | 3 | 0 |
//! | sent prev 2, entries 3 and 4 | Probe, asked | 3 | 0 |
//! | accepted up to 4 | Replicate | 5 | 4 |
//! | two proposals: 5 and 6 are sent, one message each | Replicate, 2 in flight | 7 | 4 |
//! | a third proposal: it waits, the window is full | Replicate, 2 in flight | 7 | 4 |
//! | accepted up to 6, which acknowledges both: 7 is sent | Replicate, 1 in flight | 8 | 6 |

use std::collections::VecDeque;

use super::ext::snapshot::Outgoing;
use super::machine::StateMachine;
use super::types::{LogIndex, Round};
use crate::Machine;

/// What a leader knows about one server.
///
/// Invariant, while all rules are on: `match_index < next_index <= last_log_index + 1`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Progress<M: StateMachine = Machine> {
    /// nextIndex: the index of the next entry to send to the server.
    pub next_index: LogIndex,
    /// matchIndex: the highest index at which the server's log is known to match the leader's.
    pub match_index: LogIndex,
    /// How the leader sends to the server.
    pub flow: Flow<M>,
    /// The latest round the server replied to. When that round began, the server knew of no later
    /// term.
    pub answered: Round,
}

/// How a leader sends to a follower. Every mode bounds what is in flight, so a follower that never
/// replies costs no more the longer it is silent.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Flow<M: StateMachine = Machine> {
    /// `next_index` is a guess. With a [`super::Config::window`], one message is sent, and again
    /// with each heartbeat until the follower replies.
    Probe {
        /// Whether that message was sent.
        asked: bool,
    },
    /// `next_index` is right. With a [`super::Config::window`], up to that many messages are sent
    /// before the first reply (pipelining; dissertation, 10.2.1).
    Replicate {
        /// The last entry of each message in flight, in the order of sending. Without a window,
        /// only of the latest one.
        under_way: VecDeque<LogIndex>,
    },
    /// The follower needs entries that are compacted: it is sent a snapshot, and no entries.
    Snapshot(Outgoing<M>),
}

impl<M: StateMachine> Default for Flow<M> {
    fn default() -> Self {
        Self::Probe { asked: false }
    }
}

impl<M: StateMachine> Progress<M> {
    /// A server whose log is unknown: guess that it is as long as the leader's (§5.3).
    pub(super) fn starting_at(next_index: LogIndex) -> Self {
        Self {
            next_index,
            ..Self::default()
        }
    }

    /// Whether no more entries may be sent before a reply comes.
    pub(super) fn waits(&self, window: u16) -> bool {
        match &self.flow {
            Flow::Probe { asked } => window > 0 && *asked,
            Flow::Replicate { under_way } => window > 0 && under_way.len() >= window.into(),
            Flow::Snapshot(_) => true,
        }
    }

    /// Notes that `count` entries from `next_index` on were sent.
    ///
    /// In Figure 2, nextIndex moves only when the follower has replied. With a window it runs ahead
    /// of the replies: a lost message shows as a rejection, and nextIndex falls back.
    pub(super) fn sent(&mut self, count: usize, window: u16) {
        if count == 0 {
            return;
        }
        let last = self.next_index.plus(count - 1);
        match &mut self.flow {
            Flow::Probe { asked } => *asked |= window > 0,
            Flow::Replicate { under_way } => {
                if window > 0 {
                    self.next_index = last.next();
                } else {
                    under_way.clear();
                }
                under_way.push_back(last);
            }
            Flow::Snapshot(_) => {}
        }
    }

    /// Whether the follower has confirmed all that it was sent.
    pub(super) fn is_idle(&self) -> bool {
        matches!(&self.flow, Flow::Replicate { under_way } if under_way.is_empty())
    }

    /// The server's log matches the leader's up to `match_index`. Replies may come late, so
    /// match_index only rises. Returns whether it was unknown before where the logs match.
    pub(super) fn accepted(&mut self, match_index: LogIndex, base: LogIndex) -> bool {
        self.match_index = self.match_index.max(match_index);
        self.next_index = self.next_index.max(match_index.next());
        match &mut self.flow {
            // Messages may be acknowledged together, or out of order.
            Flow::Replicate { under_way } => {
                while under_way.front().is_some_and(|last| *last <= match_index) {
                    under_way.pop_front();
                }
                return false;
            }
            // It still lacks what is compacted: only the snapshot helps.
            Flow::Snapshot(snapshot) if match_index < snapshot.last().min(base) => return false,
            Flow::Probe { .. } | Flow::Snapshot(_) => {}
        }
        let under_way = VecDeque::new();
        self.flow = Flow::Replicate { under_way };
        true
    }

    /// The server does not hold the entry before the ones it was sent: probe again from
    /// `next_index`, which is lower.
    pub(super) fn rejected(&mut self, next_index: LogIndex) {
        *self = Self {
            next_index,
            match_index: self.match_index,
            answered: self.answered,
            ..Self::default()
        };
    }

    /// Asserts the invariant of this type, for a leader whose log ends with `last`.
    pub(super) fn assert_invariant(&self, last: LogIndex) {
        let Self {
            next_index,
            match_index,
            ..
        } = self;
        assert!(
            match_index < next_index,
            "the entry to send next ({next_index}) comes after the entries known to match ({match_index})"
        );
        assert!(
            *next_index <= last.next(),
            "a leader sends what it has: next_index {next_index}, last entry {}",
            last
        );
    }
}
