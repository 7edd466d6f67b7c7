//! Three servers driven by hand: what a user of `raftarium::raft` has to write.
//!
//! A node has no clock, no network and no disk. Its caller gives it one input at a time and carries
//! out the outputs in their order. Here the network is a queue, a disk is a value that is copied,
//! and time passes when `main` says so.
//!
//! `cargo run --example three_nodes`

use std::collections::VecDeque;

use raftarium::kv::{ClientId, Command, KvStore};
use raftarium::raft::{
    Config, Input, Message, Node, NodeId, Output, Payload, Persistent, SendPolicy, Timer,
};

/// A server: the node, and what its caller keeps for it.
struct Server {
    node: Node,
    /// What survives a crash.
    disk: Persistent,
    /// The replicated state machine.
    store: KvStore,
}

/// The servers, and the messages in flight between them.
struct Cluster {
    servers: Vec<Server>,
    network: VecDeque<(NodeId, NodeId, Message)>,
}

fn config() -> Config {
    Config {
        send: SendPolicy::AtOnce,
        window: 16,
        ..Config::default()
    }
}

impl Cluster {
    fn new(size: usize) -> Self {
        let voters = NodeId::first(size).collect();
        let servers = NodeId::first(size).map(|id| {
            let disk = Persistent::new(voters);
            // A new node asks for its election timer. Here `main` decides when timers expire.
            let node = Node::start(id, config(), disk.clone(), &mut Vec::new());
            let store = KvStore::default();
            Server { node, disk, store }
        });
        Self {
            servers: servers.collect(),
            network: VecDeque::new(),
        }
    }

    /// Gives a server an input, and carries out what it asks for.
    fn step(&mut self, id: NodeId, input: Input) {
        let mut out = Vec::new();
        let server = &mut self.servers[id.slot()];
        server.node.step(input, &mut out);
        let mut wrote = false;
        for output in out {
            match output {
                // The disk comes first: a message behind `Persist` may promise what it wrote.
                Output::Persist => {
                    server.disk = server.node.persistent().clone();
                    wrote = true;
                }
                Output::Send { to, message } => self.network.push_back((id, to, message)),
                Output::Apply { entry, .. } => {
                    if let Payload::Command(command) = entry.payload {
                        let answer = server.store.apply(&command, true);
                        println!("{id} applies {}: {answer:?}", command.op);
                    }
                }
                Output::Restore(store) => server.store = store,
                Output::Refuse { leader } => println!("{id} rejects; the leader is {leader:?}"),
                // A real caller starts and stops timers, and answers clients and reads.
                Output::ResetElectionTimer(_)
                | Output::SetTimer(_)
                | Output::StopTimer(_)
                | Output::Accept(_)
                | Output::ServeRead(_)
                | Output::RefuseRead { .. }
                | Output::Event(_) => {}
            }
        }
        if wrote {
            self.step(id, self.servers[id.slot()].disk.written());
        }
    }

    /// Delivers messages until none is in flight. Those from or to a server in `cut` are lost.
    fn deliver(&mut self, cut: &[NodeId]) {
        while let Some((from, to, message)) = self.network.pop_front() {
            if !cut.contains(&from) && !cut.contains(&to) {
                self.step(to, Input::Message { from, message });
            }
        }
    }

    /// A crash: the server loses all but its disk. Its state machine is rebuilt from the log.
    fn restart(&mut self, id: NodeId) {
        let server = &mut self.servers[id.slot()];
        server.store = KvStore::default();
        server.node = Node::start(id, config(), server.disk.clone(), &mut Vec::new());
    }
}

fn write(serial: u32, op: &str) -> Input {
    Input::Propose(Command {
        client: ClientId::new(1).expect("there is a client 1"),
        session: None,
        serial,
        op: op.parse().expect("an operation"),
    })
}

pub(crate) fn main() {
    let [s1, s2, s3] = [1, 2, 3].map(|number| NodeId::new(number).expect("a server"));
    let mut cluster = Cluster::new(3);

    println!("S1's election timer expires: it asks for votes and wins.");
    cluster.step(s1, Input::Timeout(Timer::Election));
    cluster.deliver(&[]);
    assert!(cluster.servers[s1.slot()].node.is_leader());

    println!("A client writes. S3 is cut off, but S1 and S2 are a majority.");
    cluster.step(s1, write(1, "x=5"));
    cluster.deliver(&[s3]);

    println!("S2 crashes, restarts from its disk, and wins the next election.");
    cluster.restart(s2);
    cluster.step(s2, Input::Timeout(Timer::Election));
    cluster.deliver(&[]);
    assert!(cluster.servers[s2.slot()].node.is_leader());

    println!("S2 leads. It repairs S3's log, and everyone applies the same entries.");
    cluster.step(s2, write(2, "x+=1"));
    cluster.deliver(&[]);
    // The followers learn from the next heartbeat what is committed.
    cluster.step(s2, Input::Timeout(Timer::Heartbeat));
    cluster.deliver(&[]);

    let x = "x".parse().expect("a key");
    for server in &cluster.servers {
        assert_eq!(server.store.get(x), Some(6));
    }
    println!("x is 6 on all three servers.");
}
