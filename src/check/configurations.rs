//! Configuration Safety: no two majorities without a common server can decide (§6, Figure 10).

use super::checker::{Breaches, Checker, Seen};
use super::violation::Breach;
use crate::raft::{Configuration, LogIndex, NodeId, ServerSet, Term};

/// A server that could be elected.
#[derive(Clone, Copy)]
struct Electable {
    server: NodeId,
    configuration: Configuration,
    /// Its supporters: the voters whose logs are not more up-to-date than its own (§5.4.1).
    supporters: ServerSet,
}

impl Checker {
    /// While the cluster changes, servers use different configurations. Any two servers that could
    /// be elected, each by its own configuration, must share a voter that both need. This checks
    /// what could happen next, not only what has happened: the danger begins at the moment that
    /// Figure 10 marks with an arrow, even if no election follows.
    pub(super) fn check_configurations(&self, breaches: &mut Breaches) {
        if self.agree_on_configuration() {
            return;
        }
        let electable = self.electable();
        for (nth, one) in electable.iter().enumerate() {
            for other in &electable[nth + 1..] {
                if let Some(groups) = apart(one, other) {
                    let servers = (one.server, other.server);
                    return breaches.push(Breach::MajoritiesApart { servers, groups });
                }
            }
        }
    }

    fn agree_on_configuration(&self) -> bool {
        let mut configurations = self.seen.iter().filter_map(configuration);
        let first = configurations.next();
        configurations.all(|other| Some(other) == first)
    }

    /// For each configuration in use, the voter with the most up-to-date log: it has the most
    /// supporters.
    fn electable(&self) -> Vec<Electable> {
        let mut electable: Vec<Electable> = Vec::new();
        for (server, seen) in NodeId::first(self.seen.len()).zip(&self.seen) {
            let Some(configuration) = configuration(seen) else {
                continue;
            };
            let supporters = self.supporters(seen);
            let may_win =
                configuration.all_voters().contains(server) && configuration.has_quorum(supporters);
            let found = Electable {
                server,
                configuration,
                supporters,
            };
            let same = |other: &&mut Electable| other.configuration == configuration;
            match electable.iter_mut().find(same) {
                _ if !may_win => {}
                Some(rival) if rival.supporters.len() >= supporters.len() => {}
                Some(rival) => *rival = found,
                None => electable.push(found),
            }
        }
        electable
    }

    fn supporters(&self, candidate: &Seen) -> ServerSet {
        let voters = NodeId::first(self.seen.len()).zip(&self.seen);
        voters
            .filter(|(_, seen)| is_there(seen) && last(seen) <= last(candidate))
            .map(|(id, _)| id)
            .collect()
    }
}

/// The configuration that a server uses, if it has one yet.
fn configuration(seen: &Seen) -> Option<Configuration> {
    let configuration = seen.log.configuration();
    (!configuration.voters.is_empty()).then_some(configuration)
}

/// Whether it may ever vote: it is up, or has a log to restart with.
fn is_there(seen: &Seen) -> bool {
    seen.up || configuration(seen).is_some()
}

/// The log with the greater key is more up-to-date (§5.4.1).
fn last(seen: &Seen) -> (Term, LogIndex) {
    let last = seen.log.last();
    (last.term, last.index)
}

/// Two groups without a common server that could each elect one of the two candidates. The first
/// group is minimal.
fn apart(one: &Electable, other: &Electable) -> Option<(ServerSet, ServerSet)> {
    let voters = other.configuration.all_voters();
    subsets(one.supporters.and(one.configuration.all_voters())).find_map(|group| {
        let rest = other.supporters.and(voters).except(group);
        let decide = one.configuration.has_quorum(group) && other.configuration.has_quorum(rest);
        decide.then_some((group, rest))
    })
}

/// All subsets of these servers, smaller ones before those that contain them.
fn subsets(servers: ServerSet) -> impl Iterator<Item = ServerSet> {
    (0..1_u32 << servers.len()).map(move |chosen| {
        let members = servers.iter().enumerate();
        let members = members.filter(|(place, _)| chosen >> place & 1 == 1);
        members.map(|(_, id)| id).collect()
    })
}
