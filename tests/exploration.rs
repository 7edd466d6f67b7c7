//! Small clusters, explored exhaustively: whatever order messages arrive in or get lost, whenever
//! timers run out and servers crash, the properties of Figure 3 hold. The core is the very
//! [`Node::step`] that the page runs; what surrounds it here is a bag of messages and no time.
//!
//! Which of the messages under way is delivered next is anybody's choice, and one that is never
//! delivered is lost. What is bounded is how often things happen: [`Bounds`]. The number of states
//! is printed by `cargo test --test exploration -- --nocapture`, and recorded in
//! `docs/exploration.md`.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use raftarium::kv::{ClientId, Command};
use raftarium::raft::{
    Config, Entry, Input, Message, Node, NodeId, Output, Payload, Persistent, Rule, SendPolicy,
    Term, Timer,
};
use stateright::{Checker, HasDiscoveries, Model, Property};

/// How far a world is explored.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    servers: usize,
    /// So many elections begin.
    elections: usize,
    /// So many requests of clients.
    requests: usize,
    /// So many heartbeats, beside the first word of each leader.
    heartbeats: usize,
    /// So many crashes, each with its restart.
    crashes: usize,
}

/// Three servers to which nothing happens.
const NOTHING: Bounds = Bounds {
    servers: 3,
    elections: 0,
    requests: 0,
    heartbeats: 0,
    crashes: 0,
};

/// What is explored: a cluster within bounds.
struct Cluster {
    bounds: Bounds,
    config: Config,
}

/// One state of the world, and of its history as much as the properties ask for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct World {
    nodes: Vec<Arc<Node>>,
    /// What is under way, in order: which order, means nothing.
    network: Vec<(NodeId, NodeId, Message)>,
    elections: usize,
    requests: usize,
    heartbeats: usize,
    crashes: usize,
    /// How many servers have ever stood for election: the first ones.
    stood: usize,
    /// Who has led each term, from term 1.
    leaders: Vec<Option<NodeId>>,
    /// What has been applied, by whoever was first.
    applied: Vec<Entry>,
    /// What was seen to be wrong when it happened.
    broken: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq)]
enum Happening {
    Arrives(usize),
    Beats(usize),
    Crashes(usize),
    Proposes(usize),
    TimesOut(usize),
}

const ELECTION_SAFETY: &str = "Election Safety";
const LEADER_COMPLETENESS: &str = "Leader Completeness";
const LOG_MATCHING: &str = "Log Matching";
const STATE_MACHINE_SAFETY: &str = "State Machine Safety";

impl Cluster {
    fn new(bounds: Bounds) -> Self {
        let config = Config {
            send: SendPolicy::AtOnce,
            no_op: false,
            ..Config::default()
        };
        Self { bounds, config }
    }

    fn without(mut self, rule: Rule) -> Self {
        self.config.rules.set(rule, false);
        self
    }

    /// Explores all of it, in depth first: the states on the way are few then.
    fn explore(self) -> impl Checker<Self> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let checker = self.checker().threads(threads);
        checker
            .finish_when(HasDiscoveries::AnyFailures)
            .spawn_dfs()
            .join()
    }
}

impl World {
    /// Lets something happen to a server, with a disk that takes no time.
    fn step(&mut self, slot: usize, input: Input) {
        let mut out = Vec::new();
        let node = Arc::make_mut(&mut self.nodes[slot]);
        node.step(input, &mut out);
        let mut done = 0;
        while done < out.len() {
            // What is written here may set free what waited for it, and that comes behind.
            if matches!(out[done], Output::Persist) {
                let written = node.persistent().written();
                node.step(written, &mut out);
            }
            done += 1;
        }
        let (id, leads, term) = (node.id(), node.is_leader(), node.term());
        for output in out {
            match output {
                Output::Send { to, message } => self.network.push((id, to, message)),
                Output::Apply { index, entry } => self.apply(index.0 as usize - 1, entry),
                _ => {}
            }
        }
        if leads {
            self.lead(id, term);
        }
        // An answer from an earlier term is ignored whenever it comes: it may as well be lost.
        let nodes = &self.nodes;
        self.network.retain(|(_, to, message)| {
            !is_reply(message) || message.term() >= nodes[to.slot()].term()
        });
        self.network.sort_by_cached_key(hash);
        self.network.dedup();
    }

    fn apply(&mut self, place: usize, entry: Entry) {
        match self.applied.get(place) {
            Some(other) if *other != entry => self.broken = Some(STATE_MACHINE_SAFETY),
            Some(_) => {}
            None => self.applied.push(entry),
        }
    }

    fn lead(&mut self, id: NodeId, term: Term) {
        let leader = &mut self.leaders[term.0 as usize - 1];
        if leader.is_some_and(|other| other != id) {
            self.broken = Some(ELECTION_SAFETY);
        }
        *leader = Some(id);
    }

    /// A leader's log holds whatever was applied in terms before its own.
    fn leaders_are_complete(&self) -> bool {
        self.nodes
            .iter()
            .filter(|node| node.is_leader())
            .all(|node| {
                let log: Vec<Entry> = node.log().iter().map(|(_, entry)| *entry).collect();
                let earlier = self
                    .applied
                    .iter()
                    .enumerate()
                    .filter(|(_, entry)| entry.term < node.term());
                let mut held = earlier.map(|(place, entry)| log.get(place) == Some(entry));
                held.all(|held| held)
            })
    }

    /// Logs that agree on the term of an entry agree on all entries up to it.
    fn logs_match(&self) -> bool {
        let logs = self
            .nodes
            .iter()
            .map(|node| node.log().iter().map(|(_, entry)| *entry).collect());
        let logs: Vec<Vec<Entry>> = logs.collect();
        logs.iter().enumerate().all(|(nth, one)| {
            logs[nth + 1..].iter().all(|other| {
                let agree = |(a, b): (&Entry, &Entry)| a.term == b.term;
                let last = one.iter().zip(other).rposition(agree);
                last.is_none_or(|last| one[..=last] == other[..=last])
            })
        })
    }
}

fn is_reply(message: &Message) -> bool {
    matches!(
        message,
        Message::AppendEntriesReply { .. } | Message::RequestVoteReply { .. }
    )
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

impl Model for Cluster {
    type State = World;
    type Action = Happening;

    fn init_states(&self) -> Vec<World> {
        let voters = NodeId::first(self.bounds.servers).collect();
        let start = |id| {
            Arc::new(Node::start(
                id,
                self.config,
                Persistent::new(voters),
                &mut Vec::new(),
            ))
        };
        vec![World {
            nodes: NodeId::first(self.bounds.servers).map(start).collect(),
            network: Vec::new(),
            elections: 0,
            requests: 0,
            heartbeats: 0,
            crashes: 0,
            stood: 0,
            leaders: vec![None; self.bounds.elections],
            applied: Vec::new(),
            broken: None,
        }]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Happening>) {
        let bounds = &self.bounds;
        actions.extend((0..world.network.len()).map(Happening::Arrives));
        for (slot, node) in world.nodes.iter().enumerate() {
            if node.is_leader() {
                actions.extend(
                    (world.heartbeats < bounds.heartbeats).then_some(Happening::Beats(slot)),
                );
                actions.extend(
                    (world.requests < bounds.requests).then_some(Happening::Proposes(slot)),
                );
            } else if world.elections < bounds.elections && slot <= world.stood {
                // One server is like the other, so the first to stand may be called S1, and so on.
                actions.push(Happening::TimesOut(slot));
            }
            actions.extend((world.crashes < bounds.crashes).then_some(Happening::Crashes(slot)));
        }
    }

    fn next_state(&self, world: &World, action: Happening) -> Option<World> {
        let mut world = world.clone();
        match action {
            Happening::Arrives(nth) => {
                let (from, to, message) = world.network.remove(nth);
                world.step(to.slot(), Input::Message { from, message });
            }
            Happening::Beats(slot) => {
                world.heartbeats += 1;
                world.step(slot, Input::Timeout(Timer::Heartbeat));
            }
            Happening::Crashes(slot) => {
                world.crashes += 1;
                let node = &world.nodes[slot];
                let disk = node.persistent().clone();
                world.nodes[slot] =
                    Arc::new(Node::start(node.id(), self.config, disk, &mut Vec::new()));
            }
            Happening::Proposes(slot) => {
                world.requests += 1;
                let command = Command {
                    client: ClientId::new(1)?,
                    session: None,
                    serial: world.requests as u32,
                    op: "x+=1".parse().ok()?,
                };
                world.step(slot, Input::Propose(command));
            }
            Happening::TimesOut(slot) => {
                world.elections += 1;
                world.stood = world.stood.max(slot + 1);
                world.step(slot, Input::Timeout(Timer::Election));
            }
        }
        Some(world)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(ELECTION_SAFETY, |_, world: &World| {
                world.broken != Some(ELECTION_SAFETY)
            }),
            Property::always(LOG_MATCHING, |_, world: &World| world.logs_match()),
            Property::always(LEADER_COMPLETENESS, |_, world: &World| {
                world.leaders_are_complete()
            }),
            Property::always(STATE_MACHINE_SAFETY, |_, world: &World| {
                world.broken != Some(STATE_MACHINE_SAFETY)
            }),
            Property::sometimes("a term has its leader", |_, world: &World| {
                world.leaders.iter().any(Option::is_some)
            }),
            Property::sometimes(
                "requests are applied everywhere",
                |model: &Self, world: &World| {
                    if model.bounds.requests == 0 {
                        return true;
                    }
                    let last = |node: &Arc<Node>| {
                        let entry = node.log().get(node.last_applied());
                        entry.is_some_and(|entry| matches!(entry.payload, Payload::Command(_)))
                    };
                    world.nodes.iter().all(last)
                },
            ),
        ]
    }
}

/// Explores, prints how many states there are, and sees to it that all properties hold and that
/// what is to be reached is reached.
fn holds(bounds: Bounds) {
    let checker = Cluster::new(bounds).explore();
    let (states, depth) = (checker.unique_state_count(), checker.max_depth());
    println!("{bounds:?}: {states} states, {depth} steps at most");
    checker.assert_properties();
}

#[test]
fn three_elections_and_a_crash() {
    holds(Bounds {
        elections: 3,
        crashes: 1,
        ..NOTHING
    });
}

#[test]
fn a_request_through_two_elections_and_a_crash() {
    holds(Bounds {
        elections: 2,
        requests: 1,
        crashes: 1,
        ..NOTHING
    });
}

#[test]
fn a_request_a_heartbeat_and_a_crash() {
    holds(Bounds {
        elections: 1,
        requests: 1,
        heartbeats: 1,
        crashes: 1,
        ..NOTHING
    });
}

/// What is explored can break: without a rule, a property falls.
#[test]
fn without_a_rule_exploration_finds_what_it_is_for() {
    let bounds = Bounds {
        elections: 2,
        requests: 1,
        ..NOTHING
    };
    for (rule, property) in [
        (Rule::OneVotePerTerm, ELECTION_SAFETY),
        (Rule::ElectionMajority, ELECTION_SAFETY),
        (Rule::UpToDate, LEADER_COMPLETENESS),
        (Rule::CommitMajority, LEADER_COMPLETENESS),
    ] {
        let checker = Cluster::new(bounds).without(rule).explore();
        checker.assert_any_discovery(property);
    }
}
