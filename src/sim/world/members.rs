//! Who is there, who belongs to the cluster, and how that changes.

use super::World;
use crate::raft::configuration::majority;
use crate::raft::{Change, Configuration, Input, Log, Node, NodeId, Persistent, ServerSet};
use crate::sim::action::ClockRate;
use crate::sim::server::{Condition, Server};
use crate::sim::step::{Fact, Step};

impl World {
    /// Who the cluster consists of: as its leader has it, and without one as the server has it whose
    /// log is the most up to date.
    pub fn configuration(&self) -> Configuration {
        let leader = self.leader().map(|id| self.server(id).log());
        let log = leader.or_else(|| self.foremost_log());
        log.map_or_else(Configuration::default, Log::configuration)
    }

    /// The most up to date of all logs: what is committed is in it.
    fn foremost_log(&self) -> Option<&Log> {
        let logs = self.servers.iter().map(Server::log);
        // Of empty ones, one that knows of a cluster.
        let knows = |log: &Log| log.configuration() != Configuration::default();
        logs.max_by_key(|log| (log.last().term, log.last_index(), knows(log)))
    }

    /// The number of voters that are a majority.
    pub fn majority(&self) -> usize {
        majority(self.configuration().voters.len())
    }

    /// `S1 to S5`, or each by its name.
    pub(crate) fn who(&self) -> String {
        match self.servers.last() {
            Some(last) if last.id.number() == self.servers.len() => format!("S1 to {}", last.id),
            _ => self.ids().to_string(),
        }
    }

    /// Why nobody would change the cluster so, if nobody would.
    pub(super) fn check_change(&self, change: Change) -> Result<(), String> {
        let leader = self.leader().and_then(|id| self.server(id).node());
        let leader = leader.ok_or("nobody leads: only a leader can change the cluster")?;
        if let Some(why) = leader.change_rejected(change) {
            return Err(format!("{} refuses: {why}", leader.id()));
        }
        let mut new = wanted(change).except(self.ids()).iter();
        match new.find_map(|id| Some((id, self.who_remembers(id)?))) {
            Some((id, other)) => Err(format!(
                "{other} may take it for the {id} that was there before: choose another number"
            )),
            None => Ok(()),
        }
    }

    /// Whether a new server may have this number.
    pub fn is_free(&self, id: NodeId) -> bool {
        self.find(id).is_none() && self.who_remembers(id).is_none()
    }

    /// Somebody who may count on a server that was taken away, if there is anybody. A new server
    /// under its number would have forgotten what the old one promised. So the number is free only
    /// when everyone knows that the old one is gone; down, one knows nothing to be committed.
    fn who_remembers(&self, id: NodeId) -> Option<NodeId> {
        self.who_counts_on(id).filter(|_| self.retired.contains(id))
    }

    /// Another server that may count on this one, if there is any: for all it knows, this one is a
    /// member of the cluster.
    fn who_counts_on(&self, id: NodeId) -> Option<NodeId> {
        let counts_on_it = |server: &&Server| {
            let committed = server.node().map(Node::commit_index).unwrap_or_default();
            let mut possible = server.log().configurations_since(committed);
            server.id != id && possible.any(|configuration| configuration.members().contains(id))
        };
        self.servers
            .iter()
            .find(counts_on_it)
            .map(|server| server.id)
    }

    /// Whether a server belongs to the cluster no more, and everyone knows.
    pub fn is_forgotten(&self, id: NodeId) -> bool {
        self.check_retirement(id).is_ok() && self.who_counts_on(id).is_none()
    }

    pub(super) fn retire(&mut self, id: NodeId) {
        self.servers.remove(id);
        self.network.forget(id);
        self.retired.insert(id);
    }

    /// A server loses its disk. If nobody counts on it any more, it is a new server from then on, which knows
    /// of no cluster until it is told. Otherwise it is what Raft does not bear: one that has
    /// forgotten what it promised, and is believed all the same.
    pub(super) fn wipe(&mut self, id: NodeId) {
        if self.is_forgotten(id) {
            self.newcomers.insert(id);
            // What is under way between the old one and the others is not for the new one.
            self.network.forget(id);
        }
        let disk = self.new_disk(id);
        if let Some(server) = self.servers.find_mut(id) {
            server.condition = Condition::Down(disk);
            server.torn = None;
        }
    }

    /// Why a server may not be taken away, if it may not: its vote and its log may be needed, until
    /// it is committed that the cluster goes on without them.
    pub(super) fn check_retirement(&self, id: NodeId) -> Result<(), String> {
        let nodes = self.servers.iter().filter_map(Server::node);
        let committed = nodes.map(Node::commit_index).max().unwrap_or_default();
        let log = self.foremost_log().into_iter();
        let mut possible = log.flat_map(|log| log.configurations_since(committed));
        if possible.any(|configuration| configuration.members().contains(id)) {
            return Err(format!(
                "{id} is still a member of the cluster: remove it first"
            ));
        }
        Ok(())
    }

    /// Puts a new server there, switched off.
    pub(super) fn put(&mut self, id: NodeId) {
        let condition = Condition::Down(self.new_disk(id));
        self.servers.insert(Server {
            id,
            clock: ClockRate::TRUE,
            disk_time: None,
            torn: None,
            condition,
        });
    }

    pub(super) fn change(&mut self, change: Change, step: &mut Step) {
        let Some(leader) = self.leader() else {
            return;
        };
        // Who is not there yet is switched on.
        for server in wanted(change).except(self.ids()).iter() {
            self.retired.remove(server);
            self.newcomers.insert(server);
            self.put(server);
            step.facts.push(Fact::Joined { server });
            self.start(server, step);
        }
        step.facts.push(Fact::ChangeAsked { leader, change });
        self.tell(leader, Input::ChangeMembership(change), step);
    }

    /// The disk of a server that has never run. Who founds the cluster knows of the others; who
    /// comes later has to be told.
    pub(super) fn new_disk(&self, id: NodeId) -> Persistent {
        Persistent::new(if self.founders.except(self.newcomers).contains(id) {
            self.founders
        } else {
            ServerSet::EMPTY
        })
    }
}

/// The servers that must be there for a change.
fn wanted(change: Change) -> ServerSet {
    match change {
        Change::Add(id) | Change::Learn(id) => ServerSet::EMPTY.with(id),
        Change::Remove(_) => ServerSet::EMPTY,
        Change::Voters(voters) => voters,
    }
}
