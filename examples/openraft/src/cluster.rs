//! The nodes, and a network that loses, delays and parts them. All hangs on a seed.
//!
//! openraft is a bundle of tasks and timers. Here they share one thread, time stands still unless a
//! turn moves it, and a message waits until a turn delivers it. After each turn the tasks run until
//! none has anything left to do: so a turn is a step, and the trace tells what it changed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use openraft::{Config, EmptyNode, ServerState, SnapshotPolicy};
use raftarium_paper::{Paper, Shown, Step};
use tokio::runtime::Builder;

use crate::disk::Disk;
use crate::messages;
use crate::network::{Letter, Post, Way};
use crate::types::{Raft, below, sow};

/// How many nodes there are.
const NODES: u64 = 3;

/// A letter under way, and where the trace says that it was sent.
type Waiting = (Letter, (usize, usize));

struct Cluster {
    nodes: Vec<Raft>,
    disks: Vec<Disk>,
    post: Post,
    letters: Vec<Waiting>,
    /// Who is cut off.
    cut: Option<u64>,
    paper: Paper,
    proposals: u64,
}

/// A run of that many turns, as a trace.
pub(crate) fn run(seed: u64, turns: u64) -> String {
    sow(seed);
    let runtime = Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.expect("it needs nothing").block_on(async {
        let mut cluster = Cluster::begin().await;
        for _ in 0..turns {
            cluster.turn().await;
        }
        cluster.paper.text
    })
}

async fn node(id: u64, disk: &Disk, post: &Post) -> Raft {
    let config = Config {
        election_timeout_min: 150,
        election_timeout_max: 300,
        heartbeat_interval: 50,
        max_payload_entries: 4,
        // Snapshots are taken when a turn asks for one.
        snapshot_policy: SnapshotPolicy::Never,
        max_in_snapshot_log_to_keep: 2,
        replication_lag_threshold: 4,
        ..Config::default()
    };
    let way = Way {
        from: id,
        to: id,
        post: post.clone(),
    };
    let raft = Raft::new(id, Arc::new(config), way, disk.clone(), disk.clone()).await;
    raft.expect("a good configuration")
}

/// Lets the tasks run until none has anything left to do. One thing leads to at most some twenty
/// others, each a task's turn away.
async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

impl Cluster {
    async fn begin() -> Self {
        let disks: Vec<Disk> = (0..NODES).map(|_| Disk::default()).collect();
        let post = Post::default();
        let mut nodes = Vec::new();
        for (disk, id) in disks.iter().zip(1..) {
            nodes.push(node(id, disk, &post).await);
        }
        let mut cluster = Self {
            nodes,
            disks,
            post,
            letters: Vec::new(),
            cut: None,
            paper: Paper::new(NODES),
            proposals: 0,
        };
        // Each is told of the founding configuration, and stands for election at once.
        let members: BTreeMap<u64, EmptyNode> = (1..=NODES).map(|id| (id, EmptyNode {})).collect();
        for who in 0..NODES as usize {
            let founded = cluster.nodes[who].initialize(members.clone()).await;
            founded.expect("it is new");
            cluster.tell("timeout", who, None).await;
        }
        cluster
    }

    /// Something happens.
    async fn turn(&mut self) {
        let who = below(NODES) as usize;
        match below(400) {
            0 => self.cut = Some(who as u64 + 1),
            1..=3 => self.cut = None,
            4 => self.restart(who).await,
            5..=8 => self.compact(who).await,
            9..=40 => self.propose(who).await,
            41 => self.campaign(who).await,
            42..=90 => self.wait().await,
            _ => self.deliver().await,
        }
    }

    /// Some time passes: timers of any node may run out.
    async fn wait(&mut self) {
        tokio::time::advance(Duration::from_millis(1 + below(10))).await;
        settle().await;
        for who in 0..self.nodes.len() {
            let told = self.paper.told(who);
            let (term, leads) = (told.term, told.role == "L");
            let kind = match (leads, self.term(who) > term) {
                (true, false) => "send",
                (_, true) => "timeout",
                (false, false) => "tick",
            };
            self.tell(kind, who, None).await;
        }
    }

    async fn campaign(&mut self, who: usize) {
        let term = self.term(who);
        let asked = self.nodes[who].trigger().elect().await;
        asked.expect("it runs");
        settle().await;
        if self.term(who) > term {
            self.tell("timeout", who, None).await;
        }
    }

    async fn propose(&mut self, who: usize) {
        if self.paper.told(who).role == "L" {
            self.proposals += 1;
            let value = format!("x={}", self.proposals);
            drop(self.nodes[who].client_write_ff(value).await);
            self.tell("propose", who, None).await;
        }
    }

    async fn restart(&mut self, who: usize) {
        let stopped = self.nodes[who].shutdown().await;
        stopped.expect("it runs");
        // What it was about to send is lost with it.
        drop(self.post.take());
        self.nodes[who] = node(who as u64 + 1, &self.disks[who], &self.post).await;
        self.tell("restart", who, None).await;
    }

    async fn compact(&mut self, who: usize) {
        let asked = self.nodes[who].trigger().snapshot().await;
        asked.expect("it runs");
        settle().await;
        let compacted = self.shown(who).await.first > self.paper.told(who).first;
        let kind = if compacted { "compact" } else { "tick" };
        self.tell(kind, who, None).await;
    }

    /// One of the messages arrives, or is lost.
    async fn deliver(&mut self) {
        if self.letters.is_empty() {
            return;
        }
        // Mostly in their order.
        let place = below(self.letters.len().min(4) as u64) as usize;
        let (letter, source) = self.letters.remove(place);
        let Letter { from, to, .. } = letter;
        if self.cut.is_some_and(|cut| cut == from || cut == to) || below(20) == 0 {
            return;
        }
        let who = to as usize - 1;
        if (letter.deliver)(self.nodes[who].clone()) {
            self.tell("recv", who, Some((letter.told, source))).await;
        }
    }

    fn term(&self, who: usize) -> u64 {
        let vote = self.disks[who].read().vote;
        vote.map_or(0, |vote| vote.leader_id.term)
    }

    async fn shown(&self, who: usize) -> Shown {
        let state = self.nodes[who].with_raft_state(|state| (state.server_state, state.committed));
        let (role, committed) = state.await.expect("it runs");
        let disk = self.disks[who].read();
        Shown {
            term: disk.vote.map_or(0, |vote| vote.leader_id.term),
            vote: disk.vote.and_then(|vote| vote.leader_id.voted_for),
            role: match role {
                ServerState::Leader => "L",
                ServerState::Candidate => "C",
                ServerState::Follower | ServerState::Learner | ServerState::Shutdown => "F",
            },
            first: disk.purged.map_or(0, |last| last.index) + 1,
            entries: messages::entries(&disk.entries),
            commit: committed.map_or(0, |last| last.index),
        }
    }

    /// Lets a node finish what it began, and tells the step.
    async fn tell(
        &mut self,
        kind: &'static str,
        who: usize,
        received: Option<(serde_json::Value, (usize, usize))>,
    ) {
        settle().await;
        let from = who as u64 + 1;
        let (sent, others): (Vec<Letter>, Vec<Letter>) = self
            .post
            .take()
            .into_iter()
            .partition(|letter| letter.from == from);
        for letter in others {
            self.post.send(letter);
        }
        let step = Step {
            kind,
            received,
            sent: sent.iter().map(|letter| letter.told.clone()).collect(),
        };
        let shown = self.shown(who).await;
        let line = self.paper.step(who, step, shown);
        let sent = sent.into_iter().zip(1..);
        self.letters
            .extend(sent.map(|(letter, place)| (letter, (line, place))));
    }
}
