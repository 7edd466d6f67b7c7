//! Where the core asks for memory, and where it does not.

use std::collections::VecDeque;

use allocation_counter::measure;
use raftarium::raft::{Config, Input, Message, Node, NodeId, Output, Persistent, ReadMode, Timer};
use raftarium::session::Session;
use raftarium::sim::Time;

/// Servers that hand each other messages through a queue, in buffers that are used again.
struct Cluster {
    nodes: Vec<Node>,
    queue: VecDeque<(NodeId, NodeId, Message)>,
    out: Vec<Output>,
}

impl Cluster {
    fn new(servers: usize, config: Config) -> Self {
        let mut out = Vec::new();
        let voters = NodeId::first(servers).collect();
        let start = |id| Node::start(id, config, Persistent::new(voters), &mut out);
        let mut cluster = Self {
            nodes: NodeId::first(servers).map(start).collect(),
            queue: VecDeque::new(),
            out: Vec::new(),
        };
        for node in &mut cluster.nodes {
            // So that nobody is loyal to whoever may have led before.
            node.step(Input::Timeout(Timer::MinElection), &mut out);
        }
        cluster.time_out(Timer::Election);
        assert!(cluster.nodes[0].is_leader());
        cluster
    }

    /// A timer of the first server runs out; then everything that comes of it.
    fn time_out(&mut self, timer: Timer) {
        self.step(0, Input::Timeout(timer));
        while let Some((from, to, message)) = self.queue.pop_front() {
            self.step(to.slot(), Input::Message { from, message });
        }
    }

    /// Rounds of heartbeats. With each, one lease begins and another ends.
    fn beat(&mut self, rounds: usize) {
        for _ in 0..rounds {
            for timer in [Timer::Heartbeat, Timer::EvenLease, Timer::OddLease] {
                self.time_out(timer);
            }
        }
    }

    fn step(&mut self, slot: usize, input: Input) {
        let node = &mut self.nodes[slot];
        node.step(input, &mut self.out);
        let mut wrote = false;
        for output in self.out.drain(..) {
            match output {
                Output::Send { to, message } => self.queue.push_back((node.id(), to, message)),
                Output::Persist => wrote = true,
                _ => {}
            }
        }
        if wrote {
            let written = node.persistent().written();
            self.step(slot, written);
        }
    }
}

#[test]
fn a_heartbeat_round_allocates_nothing() {
    let plain = Config::default();
    let busy = Config {
        window: 16,
        pre_vote: true,
        check_quorum: true,
        read: ReadMode::Lease,
        ..plain
    };
    for config in [plain, busy] {
        for servers in [3, 5, 9] {
            let mut cluster = None;
            let founding = measure(|| cluster = Some(Cluster::new(servers, config)));
            assert_ne!(founding.count_total, 0, "what is asked for is counted");
            let mut cluster = cluster.expect("just founded");
            // The first rounds bring everyone up to date, and the buffers to their size.
            cluster.beat(10);
            let beating = measure(|| cluster.beat(1_000));
            assert_eq!(beating.count_total, 0, "{servers} servers, {config:?}");
            assert!(cluster.nodes[0].is_leader());
        }
    }
}

/// What a second of a run leaves behind, in bytes, while three clients write: the entries, what stands
/// out, the moments that are kept. All that can be told of it would be ten times as much.
#[test]
fn a_long_run_keeps_little() {
    let text = "servers 3 · seed 1 · clients 3\nclient C1 writes x every 120ms\n\
                client C2 writes y every 120ms\nclient C3 writes z every 120ms\nat 0ms timeout S1";
    let mut session = Session::read(text).unwrap();
    let mut kept = |from: u64, to: u64| {
        let played = measure(|| {
            for second in from..to {
                session.advance(Time::ms(1_000 * second));
            }
        });
        played.bytes_current / i64::try_from(to - from).unwrap()
    };
    kept(0, 60);
    let in_a_second = kept(60, 180);
    assert!(in_a_second < 25_000, "{in_a_second} bytes in a second");
}
