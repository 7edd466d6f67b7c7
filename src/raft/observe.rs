//! What callers and observers may ask a server. Nothing here changes the protocol's state, except
//! [`Node::set_config`] and [`Node::forget_leases`], for lessons that change options in a run.

use super::config::Config;
use super::configuration::Configuration;
use super::log::Log;
use super::machine::StateMachine;
use super::node::{Node, Persistent, Role};
use super::types::{LogIndex, NodeId, Term};

impl<M: StateMachine> Node<M> {
    /// The server's number.
    pub fn id(&self) -> NodeId {
        self.id
    }

    /// The state that survives a crash.
    pub fn persistent(&self) -> &Persistent<M> {
        &self.persistent
    }

    /// The log.
    pub fn log(&self) -> &Log<M> {
        &self.persistent.log
    }

    /// currentTerm.
    pub fn term(&self) -> Term {
        self.persistent.current_term
    }

    /// The role.
    pub fn role(&self) -> &Role<M> {
        &self.role
    }

    /// Whether it leads its term.
    pub fn is_leader(&self) -> bool {
        matches!(self.role, Role::Leader(_))
    }

    /// The leader of its term, as far as it knows.
    pub fn leader(&self) -> Option<NodeId> {
        match self.role {
            Role::Follower { leader } => leader,
            Role::Candidate { .. } | Role::PreCandidate { .. } => None,
            Role::Leader(_) => Some(self.id),
        }
    }

    /// commitIndex.
    pub fn commit_index(&self) -> LogIndex {
        self.commit_index
    }

    /// lastApplied.
    pub fn last_applied(&self) -> LogIndex {
        self.last_applied
    }

    /// The members of the cluster: the latest configuration in its log, committed or not (§6).
    pub fn configuration(&self) -> Configuration {
        self.persistent.log.configuration()
    }

    /// Its options.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Changes its options, from now on.
    pub fn set_config(&mut self, config: Config) {
        self.config = config;
        if !config.leases() {
            self.forget_leases();
        }
    }

    /// Ends all leases without an event: the clocks have changed, so a running lease means nothing.
    pub fn forget_leases(&mut self) {
        if let Role::Leader(leader) = &mut self.role {
            leader.leases.forget();
        }
    }
}
