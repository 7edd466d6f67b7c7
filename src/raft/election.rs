//! How a server comes to lead (§5.2), and who may (§5.4.1).

use super::configuration::{QuorumSize, half, majority};
use super::event::{Campaign, Event, IgnoreReason, StepDown, TimerResetReason, VoteRejected};
use super::message::Message;
use super::node::{Node, Output, Role, Timer};
use super::replication::LeaderState;
use super::rules::Rule;
use super::types::{EntryId, NodeId, ServerSet, Term};

impl Node {
    /// Followers 2, Candidates 4: nothing was heard from a leader for a whole election timeout, or
    /// an election came to nothing.
    pub(super) fn election_timeout(&mut self, out: &mut Vec<Output>) {
        let silent = match self.role {
            Role::Leader(_) => return self.check_quorum(out),
            Role::Candidate { .. } if !self.rule(Rule::RetryElection) => return,
            Role::Candidate { .. } | Role::PreCandidate { .. } => None,
            Role::Follower { leader } => leader,
        };
        self.give_up_loyalty(out);
        if !self.may_stand() {
            return out.push(Output::Event(Event::MayNotStand));
        }
        if self.config.pre_vote {
            self.start_pre_vote(silent, out);
        } else {
            self.stand(Campaign::Silence { leader: silent }, out);
        }
    }

    /// Candidates 1: next term; vote for oneself; ask everyone else.
    pub(super) fn stand(&mut self, reason: Campaign, out: &mut Vec<Output>) {
        let term = self.persistent.current_term.next();
        self.persistent.current_term = term;
        self.persistent.voted_for = Some(self.id);
        let votes = ServerSet::EMPTY.with(self.id);
        self.role = Role::Candidate { votes, counted: 1 };
        out.push(Output::Event(Event::ElectionStarted { term, reason }));
        // The new term and the vote must outlive a crash, or this server could vote again in the
        // same term: on disk first, then the requests.
        out.push(Output::Persist);
        self.reset_election_timer(TimerResetReason::Campaign, out);
        let leadership_transfer = matches!(reason, Campaign::Told { .. });
        let last = self.persistent.log.last();
        for to in self.other_voters() {
            out.push(Output::Send {
                to,
                message: Message::RequestVote {
                    term,
                    last,
                    leadership_transfer,
                },
            });
        }
        // Nor does its own vote count before that, should it be enough: `persisted`.
    }

    /// RequestVote, receiver: grant or refuse, and say so.
    pub(super) fn request_vote(
        &mut self,
        candidate: NodeId,
        term: Term,
        last: EntryId,
        out: &mut Vec<Output>,
    ) {
        let denial = self.denial(candidate, term, last);
        match denial {
            None => {
                self.persistent.voted_for = Some(candidate);
                let own_last = self.persistent.log.last();
                out.push(Output::Event(Event::VoteGranted {
                    candidate,
                    term,
                    candidate_last: last,
                    own_last,
                }));
                // The vote is a promise: on disk before it is given away.
                out.push(Output::Persist);
                if matches!(self.role, Role::PreCandidate { .. }) {
                    self.become_follower(StepDown::Voted { candidate }, out);
                }
                if !self.is_leader() {
                    self.reset_election_timer(TimerResetReason::Voted(candidate), out);
                }
            }
            Some(reason) => out.push(Output::Event(Event::VoteDenied { candidate, reason })),
        }
        let term = self.persistent.current_term;
        let message = Message::RequestVoteReply {
            term,
            granted: denial.is_none(),
        };
        out.push(Output::Send {
            to: candidate,
            message,
        });
    }

    /// Why the candidate may not have this server's vote, if it may not.
    pub(super) fn denial(
        &self,
        candidate: NodeId,
        term: Term,
        last: EntryId,
    ) -> Option<VoteRejected> {
        // RequestVote 1 (§5.1): whose term has passed cannot lead.
        let ours = self.persistent.current_term;
        if term < ours && self.rule(Rule::RefuseOldTerm) {
            return Some(VoteRejected::OldTerm { theirs: term, ours });
        }
        // RequestVote 2 (§5.2): one vote a term, so that two majorities cannot elect two leaders.
        // The same candidate may have it twice: its first answer may have been lost.
        if let Some(voted_for) = self.persistent.voted_for
            && voted_for != candidate
            && term <= ours
            && self.rule(Rule::OneVotePerTerm)
        {
            return Some(VoteRejected::AlreadyVoted {
                term: ours,
                voted_for,
            });
        }
        // RequestVote 2 (§5.4.1): a leader must hold everything committed. What is committed is on
        // a majority; a winner has asked a majority; so someone in both would refuse here.
        let ours = self.persistent.log.last();
        if self.rule(Rule::UpToDate) && self.is_behind(last, ours) {
            return Some(VoteRejected::LogBehind { theirs: last, ours });
        }
        None
    }

    /// §5.4.1: of two logs, the one whose last entry has the later term is more up to date; if
    /// they end in the same term, the longer one.
    fn is_behind(&self, theirs: EntryId, ours: EntryId) -> bool {
        if self.rule(Rule::CompareLastTerm) && theirs.term != ours.term {
            return theirs.term < ours.term;
        }
        theirs.index < ours.index
    }

    /// RequestVote, answer: a candidate counts.
    pub(super) fn count_vote(
        &mut self,
        voter: NodeId,
        term: Term,
        granted: bool,
        out: &mut Vec<Output>,
    ) {
        let ours = self.persistent.current_term;
        if term < ours && self.rule(Rule::IgnoreOldVotes) {
            return self.ignore(voter, IgnoreReason::OldTerm { theirs: term, ours }, out);
        }
        let of = self.configuration();
        let needed = self.share_to_lead()(of.voters.len()) as u8;
        let every_vote_counts = !self.rule(Rule::CountVoters);
        let Role::Candidate { votes, counted } = &mut self.role else {
            return self.ignore(voter, IgnoreReason::ElectionOver, out);
        };
        if granted && (votes.insert(voter) || every_vote_counts) {
            *counted = counted.saturating_add(1);
        }
        let votes = *votes;
        out.push(Output::Event(Event::VoteCounted {
            voter,
            granted,
            votes,
            needed,
            of,
        }));
        self.lead_if_elected(out);
    }

    /// Candidates 2: with votes of more than half of *all* servers, up or down, become leader. Two
    /// majorities share a server, and it has one vote a term: so one leader a term.
    pub(super) fn lead_if_elected(&mut self, out: &mut Vec<Output>) {
        let Role::Candidate { votes, counted } = self.role else {
            return;
        };
        let (of, share) = (self.configuration(), self.share_to_lead());
        let elected = if self.rule(Rule::CountVoters) {
            of.has(share, votes)
        } else {
            usize::from(counted) >= share(of.voters.len())
        };
        if !elected {
            return;
        }
        let term = self.persistent.current_term;
        out.push(Output::Event(Event::BecameLeader { term, votes, of }));
        out.push(Output::StopTimer(Timer::Election));
        self.role = Role::Leader(LeaderState::new(self.id, self.persistent.log.last_index()));
        self.listen(out);
        self.begin_leading(out);
    }

    pub(super) fn share_to_lead(&self) -> QuorumSize {
        if self.rule(Rule::ElectionMajority) {
            majority
        } else {
            half
        }
    }
}
