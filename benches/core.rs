//! How fast the core is: servers that hand each other messages through a queue in memory, and
//! disks that write in no time. `cargo bench --bench core`.

#[path = "measure/mod.rs"]
mod measure;

use std::collections::VecDeque;

use measure::{amount, rate, short};
use raftarium::machine::{ClientId, Command, Op};
use raftarium::raft::{
    Config, Input, LogIndex, Message, Node, NodeId, Output, Persistent, SendPolicy, Timer,
};

/// Commands in each workload.
const COMMANDS: u64 = 200_000;

/// Servers, and what is under way between them.
struct Cluster {
    nodes: Vec<Node>,
    queue: VecDeque<(NodeId, NodeId, Message)>,
    out: Vec<Output>,
    command: Command,
    /// How much the first server has applied.
    applied: u64,
    messages: u64,
}

impl Cluster {
    /// A cluster whose first server leads and has its first entry committed.
    fn new(servers: usize, send: SendPolicy) -> Self {
        let config = Config {
            send,
            window: 256,
            batch: 256,
            ..Config::default()
        };
        let mut out = Vec::new();
        let voters = NodeId::first(servers).collect();
        let start = |id| Node::start(id, config, Persistent::new(voters), &mut out);
        let mut cluster = Self {
            nodes: NodeId::first(servers).map(start).collect(),
            queue: VecDeque::new(),
            out: Vec::new(),
            command: Command {
                client: ClientId::new(1).expect("there is a first client"),
                serial: 0,
                op: "x=5".parse::<Op>().expect("a request"),
            },
            applied: 0,
            messages: 0,
        };
        cluster.step(0, Input::Timeout(Timer::Election));
        cluster.settle();
        assert!(cluster.nodes[0].is_leader());
        cluster
    }

    fn step(&mut self, slot: usize, input: Input) {
        self.nodes[slot].step(input, &mut self.out);
        while !self.out.is_empty() {
            let mut wrote = false;
            for output in self.out.drain(..) {
                match output {
                    Output::Send { to, message } => {
                        let from = self.nodes[slot].id();
                        self.queue.push_back((from, to, message));
                    }
                    Output::Apply { .. } if slot == 0 => self.applied += 1,
                    Output::Persist => wrote = true,
                    _ => {}
                }
            }
            if wrote {
                let written = self.nodes[slot].log().last();
                self.nodes[slot].step(Input::Persisted(written), &mut self.out);
            }
        }
    }

    fn deliver(&mut self) -> bool {
        let Some((from, to, message)) = self.queue.pop_front() else {
            return false;
        };
        self.messages += 1;
        self.step(to.slot(), Input::Message { from, message });
        true
    }

    fn settle(&mut self) {
        while self.deliver() {}
    }

    fn propose(&mut self) {
        self.command.serial += 1;
        self.step(0, Input::Propose(self.command));
    }

    /// Commits so many commands, with `in_flight` of them under way at any time.
    fn top_up(&mut self, commands: u64, in_flight: u64) -> u64 {
        let (mut proposed, begin) = (0, self.applied);
        while self.applied - begin < commands {
            while proposed < commands && proposed - (self.applied - begin) < in_flight {
                self.propose();
                proposed += 1;
            }
            self.deliver();
        }
        commands
    }

    /// Commits so many commands, `batch` in one message.
    fn batches(&mut self, commands: u64, batch: u64) -> u64 {
        let begin = self.applied;
        while self.applied - begin < commands {
            for _ in 0..batch {
                self.propose();
            }
            self.step(0, Input::Timeout(Timer::Heartbeat));
            self.settle();
        }
        self.applied - begin
    }

    /// Lets each server lead in turn.
    fn change_leaders(&mut self, changes: u64) -> u64 {
        let servers = self.nodes.len();
        for nth in 1..=changes {
            let next = nth as usize % servers;
            self.step(next, Input::Timeout(Timer::Election));
            self.settle();
            assert!(self.nodes[next].is_leader());
        }
        changes
    }

    fn heartbeats(&mut self, rounds: u64) -> u64 {
        for _ in 0..rounds {
            self.step(0, Input::Timeout(Timer::Heartbeat));
            self.settle();
        }
        rounds
    }
}

fn main() {
    let at_once = |servers| move || Cluster::new(servers, SendPolicy::AtOnce);
    let together = |servers| move || Cluster::new(servers, SendPolicy::OnHeartbeat);
    println!("core: in memory, one thread, all servers      3 servers   5 servers");
    let row = |what: &str, work: &dyn Fn(usize) -> u64| {
        println!("{what:<44} {:>10}  {:>10}", short(work(3)), short(work(5)));
    };
    let commands = amount(COMMANDS);
    row("commits/s, 1 in flight", &|n| {
        rate(at_once(n), |c| c.top_up(commands, 1))
    });
    row("commits/s, 64 in flight, topped up", &|n| {
        rate(at_once(n), |c| c.top_up(commands, 64))
    });
    row("commits/s, batches of 64", &|n| {
        rate(together(n), |c| c.batches(commands, 64))
    });
    row("messages/s, 1 in flight", &|n| {
        rate(at_once(n), |c| {
            let before = c.messages;
            c.top_up(commands, 1);
            c.messages - before
        })
    });
    row("leader changes/s", &|n| {
        rate(at_once(n), |c| c.change_leaders(commands / 16))
    });
    row("heartbeat rounds/s, nothing to do", &|n| {
        rate(at_once(n), |c| c.heartbeats(commands))
    });
    let mut cluster = Cluster::new(3, SendPolicy::AtOnce);
    cluster.top_up(1_000, 1);
    assert!(cluster.nodes[0].commit_index() > LogIndex(1_000));
}
