//! Pre-Vote (dissertation, 9.6): to ask before one disturbs.
//!
//! A server that does not hear its leader, because it was cut off, raises its term with each
//! election that it cannot win. When it is heard again, that term deposes a leader with whom
//! everyone else was content. With Pre-Vote a server first asks whether the others *would* vote
//! for it in the next term, and only if a majority would does it begin that term.
//!
//! A pre-vote promises nothing. It changes no term, no vote and no election timer of the server
//! that is asked; so nothing about it need be on disk, and Election Safety rests on the votes
//! alone, as before. It is refused for the reasons for which a vote is, and for one more: the
//! server that is asked has heard from a leader lately ([`super::loyalty`]).

use super::event::{Campaign, Event, IgnoreReason, TimerResetReason, VoteRejected};
use super::message::Message;
use super::node::{Node, Output, Role};
use super::types::{EntryId, NodeId, ServerSet, Term};

impl Node {
    /// Nothing was heard from a leader for a whole election timeout: ask everyone else whether an
    /// election would be welcome.
    pub(super) fn start_pre_vote(&mut self, silent: Option<NodeId>, out: &mut Vec<Output>) {
        let next = self.persistent.current_term.next();
        let votes = ServerSet::EMPTY.with(self.id);
        self.role = Role::PreCandidate { votes };
        out.push(Output::Event(Event::PreVoteStarted { next, silent }));
        self.reset_election_timer(TimerResetReason::Campaign, out);
        let last = self.persistent.log.last();
        for to in self.other_voters() {
            out.push(Output::Send {
                to,
                message: Message::PreVote { next, last },
            });
        }
        self.stand_if_welcome(out);
    }

    /// PreVote, receiver: say whether the candidate would get this server's vote, and leave
    /// everything as it is.
    pub(super) fn pre_vote(
        &self,
        candidate: NodeId,
        next: Term,
        last: EntryId,
        out: &mut Vec<Output>,
    ) {
        let alive = self
            .loyal_to()
            .map(|leader| VoteRejected::LeaderAlive { leader });
        let denial = alive.or_else(|| self.denial(candidate, next, last));
        let own_last = self.persistent.log.last();
        out.push(Output::Event(match denial {
            None => Event::PreVoteGranted {
                candidate,
                next,
                candidate_last: last,
                own_last,
            },
            Some(reason) => Event::PreVoteDenied { candidate, reason },
        }));
        let message = Message::PreVoteReply {
            term: self.persistent.current_term,
            next,
            granted: denial.is_none(),
        };
        out.push(Output::Send {
            to: candidate,
            message,
        });
    }

    /// PreVote, answer: a pre-candidate counts.
    pub(super) fn count_pre_vote(
        &mut self,
        voter: NodeId,
        next: Term,
        granted: bool,
        out: &mut Vec<Output>,
    ) {
        let of = self.configuration();
        let needed = self.share_to_lead()(of.voters.len()) as u8;
        let current = next == self.persistent.current_term.next();
        let Role::PreCandidate { votes } = &mut self.role else {
            return self.ignore(voter, IgnoreReason::ElectionOver, out);
        };
        if !current {
            return self.ignore(voter, IgnoreReason::ElectionOver, out);
        }
        if granted {
            votes.insert(voter);
        }
        let votes = *votes;
        out.push(Output::Event(Event::PreVoteCounted {
            voter,
            granted,
            votes,
            needed,
            of,
        }));
        self.stand_if_welcome(out);
    }

    /// A majority would vote for it: now it stands for election.
    fn stand_if_welcome(&mut self, out: &mut Vec<Output>) {
        if let Role::PreCandidate { votes } = self.role
            && self.configuration().has(self.share_to_lead(), votes)
        {
            self.stand(Campaign::Welcome { votes }, out);
        }
    }
}
