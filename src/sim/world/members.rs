//! Who is there, who belongs to the cluster, and how that changes.

use super::World;
use crate::raft::{Change, Configuration, Input, NodeId, Persistent, ServerSet};
use crate::sim::action::ClockRate;
use crate::sim::server::{Condition, Server};
use crate::sim::step::{Fact, Step};

impl World {
    /// Who the cluster consists of: as its leader has it, and without one as the server has it whose
    /// log is the most up to date.
    pub fn configuration(&self) -> Configuration {
        let rank = |server: &&Server| {
            let leads = server.is_leader().then(|| server.term());
            let last = server.log().last();
            (leads, last.term, last.index)
        };
        let foremost = self.servers.iter().max_by_key(rank);
        foremost.map_or_else(Configuration::default, |server| {
            server.log().configuration()
        })
    }

    /// How many of its voters are a majority.
    pub fn majority(&self) -> usize {
        self.configuration().voters.len() / 2 + 1
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
        match leader.objection(change) {
            Some(why) => Err(format!("{} refuses: {why}", leader.id())),
            None => Ok(()),
        }
    }

    /// Why a server may not be taken away, if it may not: its vote and its log may be needed, until
    /// the cluster has agreed to go on without them.
    pub(super) fn check_retirement(&self, id: NodeId) -> Result<(), String> {
        let nodes = || self.servers.iter().filter_map(Server::node);
        let knows = nodes().max_by_key(|node| node.commit_index());
        let agreed = knows.map(|node| node.log().configured_by(node.commit_index()).1);
        let wanted = nodes()
            .filter(|node| node.is_leader())
            .map(|node| node.log().configuration());
        let mut members = agreed.into_iter().chain(wanted).map(Configuration::members);
        if knows.is_none() || members.any(|members| members.contains(id)) {
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
        let wanted = match change {
            Change::Add(id) | Change::Learn(id) => ServerSet::EMPTY.with(id),
            Change::Remove(_) => ServerSet::EMPTY,
            Change::Voters(voters) => voters,
        };
        for server in wanted.except(self.ids()).iter() {
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
        Persistent::new(if self.founders.contains(id) {
            self.founders
        } else {
            ServerSet::EMPTY
        })
    }
}
