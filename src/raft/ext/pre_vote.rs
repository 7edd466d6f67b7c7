//! Pre-Vote (dissertation, 9.6): a server asks whether it could win before it starts an election.
//!
//! # What it adds
//!
//! A server that is cut off hears no leader. It raises its term with each election that it cannot
//! win. When it is connected again, its term deposes a leader that everyone else was content with.
//! With Pre-Vote, the server first asks the others whether they *would* vote for it in the next
//! term. It starts the election only if a majority would.
//!
//! A pre-vote promises nothing. It changes no term, no vote and no election timer of the server
//! that is asked. So nothing about it needs to be on disk, and Election Safety rests on the votes
//! alone, as before. A pre-vote is rejected for the same reasons as a vote, and for one more: the
//! server heard from a leader within the minimum election timeout.
//!
//! # By example
//!
//! S3 of three servers is cut off in term 2, for ten election timeouts.
//!
//! | | without Pre-Vote | with Pre-Vote |
//! |---|---|---|
//! | S3 meanwhile | term 3, 4, ... 12 | term 2: nobody replies to its pre-votes |
//! | S3 comes back | its term 12 deposes the leader of term 2 | S1 and S2 reject: they hear the leader |
//! | then | an election, which S3 cannot win | S3 follows the leader of term 2 |
//!
//! # Hooks
//!
//! - `election_timeout` starts a pre-vote instead of an election, if `Config::pre_vote` is on;
//! - `become_pre_candidate` is the transition; `step_candidate` handles the messages;
//! - `observe_term` does not look at the terms of pre-votes
//!   (`Message::carries_senders_term`).

use crate::raft::event::{Campaign, Event, IgnoreReason, VoteRejected};
use crate::raft::io::{Output, Outputs};
use crate::raft::machine::StateMachine;
use crate::raft::message::Message;
use crate::raft::node::{Node, Role};
use crate::raft::types::{EntryId, NodeId, Term};

impl<M: StateMachine> Node<M> {
    /// Pre-Vote 1: the election timeout elapsed: ask every other server whether it would vote for this one.
    pub(in crate::raft) fn start_pre_vote(
        &mut self,
        silent: Option<NodeId>,
        out: &mut Vec<Output<M>>,
    ) {
        self.become_pre_candidate(silent, out);
        let next_term = self.persistent.current_term.next();
        let last_log = self.persistent.log.last();
        for to in self.other_voters() {
            let message = Message::PreVote {
                next_term,
                last_log,
            };
            out.send(to, message);
        }
        self.start_election_if_welcome(out);
    }

    /// Pre-Vote 2: the receiver says whether this server would grant its vote. Nothing else changes.
    pub(in crate::raft) fn pre_vote(
        &self,
        candidate: NodeId,
        next_term: Term,
        last_log: EntryId,
        out: &mut Vec<Output<M>>,
    ) {
        let alive = self
            .live_leader()
            .map(|leader| VoteRejected::LeaderAlive { leader });
        let rejected = alive.or_else(|| self.vote_rejected(candidate, next_term, last_log));
        out.report(match rejected {
            None => Event::PreVoteGranted {
                candidate,
                next: next_term,
                candidate_last: last_log,
                own_last: self.persistent.log.last(),
            },
            Some(reason) => Event::PreVoteDenied { candidate, reason },
        });
        let message = Message::PreVoteReply {
            term: self.persistent.current_term,
            next_term,
            granted: rejected.is_none(),
        };
        out.send(candidate, message);
    }

    /// PreVote, reply: a pre-candidate counts it.
    pub(in crate::raft) fn count_pre_vote(
        &mut self,
        voter: NodeId,
        next_term: Term,
        granted: bool,
        out: &mut Vec<Output<M>>,
    ) {
        let of = self.configuration();
        let needed = self.election_quorum()(of.voters.len()) as u8;
        let is_current = next_term == self.persistent.current_term.next();
        let votes = match &mut self.role {
            Role::PreCandidate { votes } if is_current => votes,
            _ => return self.ignore(voter, IgnoreReason::ElectionOver, out),
        };
        if granted {
            votes.insert(voter);
        }
        let votes = *votes;
        out.report(Event::PreVoteCounted {
            voter,
            granted,
            votes,
            needed,
            of,
        });
        self.start_election_if_welcome(out);
    }

    /// Pre-Vote 3: a majority would vote for this server: now it starts the election.
    fn start_election_if_welcome(&mut self, out: &mut Vec<Output<M>>) {
        if let Role::PreCandidate { votes } = self.role
            && self.configuration().has(self.election_quorum(), votes)
        {
            self.start_election(Campaign::Welcome { votes }, out);
        }
    }
}
