//! Configuration Safety: no two majorities decide apart from each other (§6, Figure 10).

use super::checker::{Breaches, Checker, Seen};
use super::violation::Breach;
use crate::raft::{Configuration, LogIndex, NodeId, ServerSet, Term};

/// A server that could be elected.
#[derive(Clone, Copy)]
struct Electable {
    server: NodeId,
    configuration: Configuration,
    /// Those who would vote for it: its log is not behind theirs (§5.4.1).
    supporters: ServerSet,
}

impl Checker {
    /// Servers go by different configurations while the cluster changes. Whoever could be elected
    /// by its own, and then commit, must need a server that everybody else needs who could be. This
    /// looks at what could happen from here, not only at what did: the cluster is in danger from
    /// the moment that Figure 10 marks with an arrow, though nobody may ever stand for election.
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

    /// For each configuration that somebody goes by: of its voters the one whose log is most up to
    /// date, who has the most supporters.
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

/// The configuration that a server goes by, if it has one yet.
fn configuration(seen: &Seen) -> Option<Configuration> {
    let configuration = seen.log.configuration();
    (!configuration.voters.is_empty()).then_some(configuration)
}

/// Whether it may ever vote: it runs, or has a log to come back with.
fn is_there(seen: &Seen) -> bool {
    seen.up || configuration(seen).is_some()
}

/// Of two logs, the one for which this is greater is more up to date (§5.4.1).
fn last(seen: &Seen) -> (Term, LogIndex) {
    let last = seen.log.last();
    (last.term, last.index)
}

/// Two groups without a server in common, each enough to elect one of the two; of the first nobody
/// can be spared.
fn apart(one: &Electable, other: &Electable) -> Option<(ServerSet, ServerSet)> {
    let voters = other.configuration.all_voters();
    subsets(one.supporters.and(one.configuration.all_voters())).find_map(|group| {
        let rest = other.supporters.and(voters).except(group);
        let decide = one.configuration.has_quorum(group) && other.configuration.has_quorum(rest);
        decide.then_some((group, rest))
    })
}

/// All groups of these servers, each after those that are a part of it.
fn subsets(servers: ServerSet) -> impl Iterator<Item = ServerSet> {
    (0..1_u32 << servers.len()).map(move |chosen| {
        let members = servers.iter().enumerate();
        let members = members.filter(|(place, _)| chosen >> place & 1 == 1);
        members.map(|(_, id)| id).collect()
    })
}
