//! Candidates: they ask for votes until one of them wins (§5.2). Pre-candidates ask whether they
//! could win ([`super::ext::pre_vote`]), and treat every other message as candidates do.
//!
//! # Three ends of an election
//!
//! - The candidate gets the votes of a majority: it leads (Candidates 2).
//! - Another server leads the term: the candidate follows it (Candidates 3).
//! - Neither happens, because the votes are divided or messages are lost: after another election
//!   timeout the candidate tries again, in the next term (Candidates 4).
//!
//! # Why a term has at most one leader
//!
//! A leader has the votes of a majority, a server votes once in a term, and two majorities share a
//! server. Three details carry this argument, and each has a switch that shows what it prevents: the
//! vote is on disk before it leaves; a vote counts only in its own term
//! ([`Rule::IgnoreOldVotes`]); and a duplicate of a vote counts once ([`Rule::CountVoters`]).
//!
//! # A split vote, by example
//!
//! Five servers in term 1; the leader S1 has crashed. S2 and S3 time out at nearly the same moment.
//!
//! | | S2 | S3 | S4 | S5 |
//! |---|---|---|---|---|
//! | both time out | term 2, own vote | term 2, own vote | | |
//! | requests arrive | rejects S3: it voted for itself | rejects S2 | votes for S2 | votes for S3 |
//! | replies | 2 of 5: not enough | 2 of 5: not enough | | |
//! | S3 times out first | | term 3, own vote | | |
//! | its request | term 3: follower, votes for S3 | | votes for S3 | votes for S3 |
//! | replies | | 4 of 5: leads term 3 | | |
//!
//! Nobody led term 2, and that is safe: a term has *at most* one leader. What helped in term 3 is that
//! election timeouts are random. S3 timed out so much earlier than S2 that its requests arrived before
//! S2 could try again (§5.2, end; dissertation, 9.2 says how likely that is).

use super::configuration::{QuorumSize, half, majority};
use super::event::{Campaign, Event, IgnoreReason, StepDown};
use super::io::{Output, Outputs};
use super::machine::StateMachine;
use super::message::Message;
use super::node::{Node, Role};
use super::rules::Rule;
use super::types::{NodeId, Term};

impl<M: StateMachine> Node<M> {
    pub(super) fn step_candidate(
        &mut self,
        from: NodeId,
        message: Message<M>,
        out: &mut Vec<Output<M>>,
    ) {
        match message {
            // Candidates 3 (§5.2): if AppendEntries RPC received from new leader: convert to
            // follower. A request of an earlier term comes from a deposed leader: it is rejected.
            Message::AppendEntries { term, .. } | Message::InstallSnapshot { term, .. } => {
                if !self.is_stale(term) {
                    self.become_follower(StepDown::LeaderElected { leader: from }, out);
                }
                self.step_follower(from, message, out);
            }
            // A candidate has voted for itself, so it rejects the others of its term; a
            // pre-candidate may still vote.
            Message::RequestVote { term, last_log, .. } => {
                self.request_vote(from, term, last_log, out);
            }
            // Candidates 2: each vote may be the one that completes a majority.
            Message::RequestVoteReply { term, granted } => {
                self.count_vote(from, term, granted, out);
            }
            Message::PreVote {
                next_term,
                last_log,
            } => self.pre_vote(from, next_term, last_log, out),
            Message::PreVoteReply {
                next_term, granted, ..
            } => self.count_pre_vote(from, next_term, granted, out),
            // The leader of this term chose this server: that is better than a pre-vote.
            Message::TimeoutNow { term } => self.timeout_now(from, term, out),
            Message::ReadIndex { term, .. } => self.ignore_as_no_leader(from, term, out),
            Message::ReadIndexReply { term, id, index } => {
                self.read_index_reply(from, term, id, index, out);
            }
            // It led an earlier term. These replies are late.
            Message::AppendEntriesReply { .. } | Message::InstallSnapshotReply { .. } => {
                self.ignore(from, IgnoreReason::LeadsNoLonger, out);
            }
        }
    }

    // Candidates 1 (§5.2): on conversion to candidate, start election: increment currentTerm, vote
    // for self, reset election timer (all three in `become_candidate`), ...
    //
    // The requests are behind the `Persist` of `become_candidate`, so they leave after the write.
    // A single server sends none: it leads when its own vote is on disk (`persisted`).
    pub(super) fn start_election(&mut self, reason: Campaign, out: &mut Vec<Output<M>>) {
        self.become_candidate(reason, out);
        // Candidates 1: ... send RequestVote RPCs to all other servers.
        for to in self.other_voters() {
            let message = Message::RequestVote {
                term: self.persistent.current_term,
                last_log: self.persistent.log.last(),
                leadership_transfer: matches!(reason, Campaign::Told { .. }),
            };
            out.send(to, message);
        }
    }

    /// RequestVote RPC, results: term and voteGranted.
    fn count_vote(&mut self, voter: NodeId, term: Term, granted: bool, out: &mut Vec<Output<M>>) {
        let ours = self.persistent.current_term;
        // A vote counts in its own term only: the voter may vote for another candidate in this one.
        if term < ours && self.rule(Rule::IgnoreOldVotes) {
            return self.ignore(voter, IgnoreReason::OldTerm { theirs: term, ours }, out);
        }
        let of = self.configuration();
        let needed = self.election_quorum()(of.voters.len()) as u8;
        // A vote that arrives twice counts once.
        let duplicates_count = !self.rule(Rule::CountVoters);
        let Role::Candidate { votes, counted } = &mut self.role else {
            return self.ignore(voter, IgnoreReason::ElectionOver, out);
        };
        if granted && (votes.insert(voter) || duplicates_count) {
            *counted = counted.saturating_add(1);
        }
        let votes = *votes;
        out.report(Event::VoteCounted {
            voter,
            granted,
            votes,
            needed,
            of,
        });
        self.lead_if_elected(out);
    }

    // Candidates 2 (§5.2): if votes received from majority of servers: become leader. A majority of
    // all servers, up or down: any two majorities share a server, and it votes once a term.
    pub(super) fn lead_if_elected(&mut self, out: &mut Vec<Output<M>>) {
        let Role::Candidate { votes, counted } = self.role else {
            return;
        };
        let (of, quorum) = (self.configuration(), self.election_quorum());
        let elected = if self.rule(Rule::CountVoters) {
            of.has(quorum, votes)
        } else {
            usize::from(counted) >= quorum(of.voters.len())
        };
        // Two transitions in one step: the role first, then what every new leader does.
        if elected {
            self.become_leader(out);
            self.start_leading(out);
        }
    }

    /// The number of votes that suffice: a majority, while the rule is on.
    pub(super) fn election_quorum(&self) -> QuorumSize {
        if self.rule(Rule::ElectionMajority) {
            majority
        } else {
            half
        }
    }
}
