//! CheckQuorum (dissertation, 6.2): a leader that cannot reach a majority stops leading.
//!
//! It could commit nothing anyway. But its clients would wait for it for ever, though the others may
//! have a leader; and whoever still hears it would, being loyal ([`super::loyalty`]), keep them
//! from having one. A leader has no use for its election timer otherwise, so it serves here: it
//! begins afresh when a majority has answered, and a leader whose timer runs out has waited for
//! that a whole election timeout.
//!
//! Together with it, a voter that is loyal disregards RequestVote altogether (4.2.3): it neither
//! votes nor takes over the candidate's term. A leader that reaches its majority cannot be deposed
//! by a server that does not hear it. Unless it wants to be: a transfer's request says so.

use super::event::{StepDown, TimerResetReason};
use super::message::Message;
use super::node::{Node, Output, Role, Timer};
use super::types::{NodeId, ServerSet};

/// Whom a leader has heard from since its election timer began.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Hearing {
    servers: ServerSet,
    /// Whether its election timer runs: [`super::Config::check_quorum`] may be switched.
    listens: bool,
}

impl Node {
    /// A leader begins to listen, or, if that is not asked of it, has no election timer.
    pub(super) fn listen(&mut self, out: &mut Vec<Output>) {
        let Role::Leader(leadership) = &mut self.role else {
            return;
        };
        if leadership.hearing.listens == self.config.check_quorum {
            return;
        }
        leadership.hearing.listens = self.config.check_quorum;
        if self.config.check_quorum {
            self.listen_anew(out);
        } else {
            out.push(Output::StopTimer(Timer::Election));
        }
    }

    /// A follower has answered in the leader's term.
    pub(super) fn hear(&mut self, follower: NodeId, out: &mut Vec<Output>) {
        if let Role::Leader(leadership) = &mut self.role
            && leadership.hearing.listens
        {
            leadership.hearing.servers.insert(follower);
            if self.hears_quorum() {
                self.listen_anew(out);
            }
        }
    }

    /// Servers that were just made members have had no time to answer.
    pub(super) fn count_as_heard(&mut self, servers: ServerSet) {
        if let Role::Leader(leadership) = &mut self.role {
            leadership.hearing.servers = leadership.hearing.servers.or(servers);
        }
    }

    /// A leader's election timer ran out.
    pub(super) fn check_quorum(&mut self, out: &mut Vec<Output>) {
        let Role::Leader(leadership) = &mut self.role else {
            return;
        };
        if !self.config.check_quorum {
            leadership.hearing.listens = false;
        } else if self.hears_quorum() {
            // It needs nobody else, or has new members.
            self.listen_anew(out);
        } else {
            let heard = self.heard();
            self.become_follower(StepDown::NoQuorum { heard }, out);
        }
    }

    /// Whether this message is to be disregarded, as if it had not come: a vote is asked for while
    /// the leader is alive. An election that nobody needs would raise the term and depose it.
    pub(super) fn disregards(&self, message: &Message) -> bool {
        self.config.check_quorum
            && matches!(
                message,
                Message::RequestVote {
                    leadership_transfer: false,
                    ..
                }
            )
            && self.loyal_to().is_some()
    }

    fn listen_anew(&mut self, out: &mut Vec<Output>) {
        let heard = self.heard();
        if let Role::Leader(leadership) = &mut self.role {
            leadership.hearing.servers = ServerSet::EMPTY;
        }
        self.reset_election_timer(TimerResetReason::HeardQuorum(heard), out);
    }

    fn hears_quorum(&self) -> bool {
        self.configuration().has_quorum(self.heard().with(self.id))
    }

    fn heard(&self) -> ServerSet {
        match &self.role {
            Role::Leader(leadership) => leadership.hearing.servers,
            _ => ServerSet::EMPTY,
        }
    }
}
