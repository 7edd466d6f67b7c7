//! Progress: a majority that is up and connected serves its clients within a bounded time (§5.6).
//!
//! Raft is safe in every situation, but works only while enough servers and links work. So this
//! reports a waiting client only if, for a long time, nothing stood in the way: no action but
//! requests, the servers that are up form fully connected groups, cut off from each other, and one
//! of them is a quorum, no packet is lost or held, and all durations fit (broadcast time « election
//! timeout).
//!
//! Membership changes must not stand in the way either. No client waits for a server that got a
//! vote before it got a log (dissertation, 4.2.1). And a server that was removed, while connected
//! to its leader, starts no election any more (4.2.3).

use super::checker::Checker;
use super::violation::Breach;
use crate::kv::Command;
use crate::raft::{Configuration, Node, NodeId, Role, SendPolicy, ServerSet, Timer};
use crate::sim::world::MAX_LOG;
use crate::sim::{Action, Address, Cause, Client, Server, Step, Time, World};

/// The number of elections after which there must be a leader: so many split votes in a row do not
/// happen.
const ELECTIONS: u64 = 40;

/// No client counts as starving before this time.
const SHORTEST: Time = Time::ms(5_000);

/// The time since the last action other than a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Calm {
    since: Time,
    /// Whether the last action was a membership change.
    after_change: bool,
}

impl Checker {
    /// Checks whether a client starves, or a removed server disturbs the others.
    pub(super) fn check_progress(&mut self, world: &World, step: &Step) {
        let breach = match &step.cause {
            Cause::Action(action)
                if !matches!(
                    **action,
                    Action::Read(..) | Action::Request(..) | Action::RequestTo(..)
                ) =>
            {
                self.calm = Calm {
                    since: step.at,
                    after_change: matches!(**action, Action::Change(_)),
                };
                None
            }
            Cause::Timeout {
                server,
                timer: Timer::Election,
            } if self.calm.after_change => self.disturbs(*server, world),
            Cause::Client(_) | Cause::Timeout { .. } => {
                let mut clients = world.clients().iter();
                clients.find_map(|client| self.starved(client, world))
            }
            _ => None,
        };
        if let Some(breach) = breach {
            self.report(vec![breach], world.config().rules, step.id, step.at);
        }
    }

    /// A server's election timer expired. Does it start an election, although it was removed so
    /// close to its leader that it must know of its removal?
    fn disturbs(&self, id: NodeId, world: &World) -> Option<Breach> {
        let (server, leader) = (world.find(id)?, world.find(world.leader()?)?);
        let stands = !matches!(server.node()?.role(), Role::Follower { .. });
        let (log, network) = (leader.log(), world.network());
        let (index, latest) = log.configured();
        let (_, before) = log.configured_by(index.previous());
        let is_removed = before.members().contains(id)
            && !latest.members().contains(id)
            && leader.node()?.commit_index() >= index;
        // It lacks only this entry, of the leader that has led since.
        let lacks_this = server.log().last_index() == index.previous()
            && log.common(server.log()) == index.previous();
        let same_leader =
            log.term(index) == Some(leader.term()) && server.term().0 <= leader.term().0 + 1;
        let in_touch = is_whole(world)
            && !network.is_cut(id.into(), leader.id.into())
            && !network.is_cut(leader.id.into(), id.into())
            && world.now() >= self.calm.since + time_to_tell(world);
        (stands && is_removed && lacks_this && same_leader && in_touch)
            .then_some(Breach::Disturbed { server: id, index })
    }

    fn starved(&self, client: &Client, world: &World) -> Option<Breach> {
        let errand = client.current?;
        let since = errand.asked_at.max(self.calm.since);
        // A read at a chosen server may be at one that is cut off.
        if world.now() < since + SHORTEST || errand.from.is_some() {
            return None;
        }
        let group = working_group(world)?;
        let cut = group.iter().any(|id| {
            let network = world.network();
            network.is_cut(Address::Client(client.id), Address::Server(id))
        });
        // A leader without an entry of its term serves no read from its machine.
        let reads = !world.config().is_logged(errand.op.is_read());
        let waits = reads
            && group
                .iter()
                .any(|id| leads_without_an_entry(world.server(id)));
        if cut || waits || world.now() < since + long_enough(world) {
            return None;
        }
        Some(Breach::Starved {
            command: Command {
                client: client.id,
                session: client.session,
                serial: errand.serial,
                op: errand.op,
            },
            since,
        })
    }
}

/// Whether it leads without an entry of its term, because no-ops are off, or were off when it was
/// elected.
fn leads_without_an_entry(server: &Server) -> bool {
    server.node().is_some_and(Node::is_leader) && server.log().last().term < server.term()
}

/// The servers that should be able to work, if there are any.
fn working_group(world: &World) -> Option<ServerSet> {
    if !is_whole(world) {
        return None;
    }
    let network = world.network();
    let up: ServerSet = up(world).map(|server| server.id).collect();
    let reaches = |a: NodeId, b: NodeId| !network.is_cut(a.into(), b.into());
    let group_of = |a: NodeId| up.iter().filter(|b| reaches(a, *b)).collect::<ServerSet>();
    let clean = up.iter().all(|a| {
        let group = group_of(a);
        group.iter().all(|b| group_of(b) == group)
    });
    let works = |group: &ServerSet| {
        group.iter().all(|id| {
            let log = world.server(id).log();
            let configuration = of_those_with_a_log(log.configuration(), world);
            // Removed servers that do not know it may disturb the others.
            let strangers = group.iter().any(|id| !configuration.members().contains(id));
            configuration.has_quorum(*group) && !strangers && log.last_index().0 < MAX_LOG
        })
    };
    clean.then(|| up.iter().map(group_of).find(works)).flatten()
}

/// The configuration without the voters that never had a log: no client should wait for them. With
/// catching up on, there are none.
fn of_those_with_a_log(configuration: Configuration, world: &World) -> Configuration {
    let is_blank = |id: &NodeId| {
        let log = world.find(*id).map(Server::log);
        log.is_none_or(|log| log.configuration() == Configuration::default())
    };
    let blank = configuration.voters.iter().filter(is_blank).collect();
    Configuration {
        voters: configuration.voters.except(blank),
        ..configuration
    }
}

/// Whether no packet is lost or held, and all durations fit.
fn is_whole(world: &World) -> bool {
    let network = world.network();
    network.faults.loss == 0 && !network.holds_any() && is_timely(world)
}

/// The longest time until a removed server knows of its removal: the entry goes out with a
/// heartbeat at the latest, and its commitment with the next.
fn time_to_tell(world: &World) -> Time {
    let beat = world.timing().heartbeat;
    let round = Time(2 * hop(world).0);
    Time(2 * (slowest_clock(world, beat) + round).0)
}

/// The longest time until a message takes effect: its latency, and a disk write.
fn hop(world: &World) -> Time {
    let usual = world.timing().disk.1;
    let writes = up(world).map(|server| server.disk_time.unwrap_or(usual));
    world.network().faults.latency.1 + writes.max().unwrap_or_default()
}

/// How long the slowest clock takes to measure this time.
fn slowest_clock(world: &World, time: Time) -> Time {
    let stretched = up(world).map(|server| server.clock.stretch(time));
    stretched.max().unwrap_or_default()
}

fn up(world: &World) -> impl Iterator<Item = &Server> {
    world.servers().iter().filter(|server| server.is_up())
}

/// Whether durations fit by every clock (§5.6): heartbeats arrive before a timeout, an election
/// ends before another begins, and timeouts differ enough for one server to be first.
fn is_timely(world: &World) -> bool {
    let (timing, config) = (world.timing(), world.config());
    let hop = hop(world);
    let round = hop + hop;
    let (low, high) = timing.election;
    let shortest = up(world).map(|server| server.clock.stretch(low)).min();
    let beat = slowest_clock(world, timing.heartbeat);
    // Clients that retry before they can have an answer keep a leader busy without end.
    let unhurried = match config.send {
        SendPolicy::AtOnce | SendPolicy::Apart => round + round + round,
        SendPolicy::OnHeartbeat => beat + beat + beat + beat + round + round,
    };
    shortest.is_some_and(|shortest| shortest > beat + hop && shortest > round)
        && high.saturating_sub(low) >= round
        && timing.patience >= unhurried
}

/// The longest time that all of it takes: the election of a leader, the replication of its log, and
/// the search of a client for it.
fn long_enough(world: &World) -> Time {
    let (timing, config) = (world.timing(), world.config());
    let election = slowest_clock(world, timing.election.1);
    let indexes = || {
        world
            .servers()
            .iter()
            .map(|server| server.log().last_index().0)
    };
    let behind = indexes().max().unwrap_or(0) - indexes().min().unwrap_or(0);
    let messages = 8 + 2 * behind / u64::from(config.batch);
    let beats = messages * (timing.heartbeat.0 + 4 * world.network().faults.latency.1.0);
    let search = 2 * (world.servers().len() as u64 + 1) * timing.patience.0;
    Time(ELECTIONS * election.0 + beats + search)
}

#[cfg(test)]
mod tests;
