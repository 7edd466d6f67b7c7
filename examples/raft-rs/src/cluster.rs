//! The nodes, and a network that loses, delays and parts them. All hangs on a seed.

use raft::prelude::{Config, Message, RawNode};
use raft::storage::MemStorage;
use raft::{StateRole, Storage};
use raftarium_paper::{Dice, Paper, Shown, Step};
use slog::{Discard, Logger, o};

use crate::messages;

/// How many nodes there are.
const NODES: u64 = 3;

/// The least election timeout, in ticks.
const ELECTION: usize = 10;

/// A message under way, and where the trace says that it was sent.
struct Letter {
    message: Message,
    source: (usize, usize),
}

struct Cluster {
    nodes: Vec<RawNode<MemStorage>>,
    letters: Vec<Letter>,
    /// Who is cut off.
    cut: Option<u64>,
    paper: Paper,
    dice: Dice,
    pre_vote: bool,
    proposals: u64,
}

/// A run of that many turns, as a trace.
pub(crate) fn run(seed: u64, turns: u64) -> String {
    let pre_vote = seed.is_multiple_of(2);
    let voters: Vec<u64> = (1..=NODES).collect();
    let storage = || MemStorage::new_with_conf_state((voters.clone(), vec![]));
    let mut cluster = Cluster {
        nodes: voters
            .iter()
            .map(|id| node(*id, storage(), pre_vote))
            .collect(),
        letters: Vec::new(),
        cut: None,
        paper: Paper::new(NODES),
        dice: Dice::new(seed),
        pre_vote,
        proposals: 0,
    };
    for _ in 0..turns {
        cluster.turn();
    }
    cluster.paper.text
}

fn node(id: u64, storage: MemStorage, pre_vote: bool) -> RawNode<MemStorage> {
    let config = Config {
        id,
        election_tick: ELECTION,
        heartbeat_tick: 2,
        applied: storage.first_index().expect("it is in memory") - 1,
        max_size_per_msg: 64,
        max_inflight_msgs: 8,
        pre_vote,
        check_quorum: pre_vote,
        ..Config::default()
    };
    RawNode::new(&config, storage, &Logger::root(Discard, o!())).expect("a good configuration")
}

impl Cluster {
    /// Something happens.
    fn turn(&mut self) {
        let who = self.dice.below(NODES) as usize;
        match self.dice.below(400) {
            0 => self.cut = Some(who as u64 + 1),
            1..=3 => self.cut = None,
            4 => self.restart(who),
            5..=8 => self.compact(who),
            9..=40 => self.propose(who),
            41 => self.campaign(who),
            42..=90 => self.tick(who),
            _ => self.deliver(),
        }
    }

    fn tick(&mut self, who: usize) {
        let before = self.nodes[who].raft.term;
        let leads = self.nodes[who].raft.state == StateRole::Leader;
        // By itself it would draw the timeout from a chance that no seed rules.
        let timeout = ELECTION + self.dice.below(ELECTION as u64) as usize;
        self.nodes[who]
            .raft
            .set_randomized_election_timeout(timeout);
        self.nodes[who].tick();
        let kind = match (leads, self.nodes[who].raft.term > before) {
            (true, _) => "send",
            (false, true) => "timeout",
            (false, false) => "tick",
        };
        self.tell(kind, who, None);
    }

    fn campaign(&mut self, who: usize) {
        if self.nodes[who].raft.state != StateRole::Leader && self.nodes[who].campaign().is_ok() {
            self.tell("timeout", who, None);
        }
    }

    fn propose(&mut self, who: usize) {
        self.proposals += 1;
        let value = format!("x={}", self.proposals).into_bytes();
        // A follower passes it on to its leader, which is a message of raft-rs alone.
        if self.nodes[who].raft.state == StateRole::Leader
            && self.nodes[who].propose(vec![], value).is_ok()
        {
            self.tell("propose", who, None);
        }
    }

    fn restart(&mut self, who: usize) {
        let storage = self.nodes[who].store().clone();
        self.nodes[who] = node(who as u64 + 1, storage, self.pre_vote);
        self.tell("restart", who, None);
    }

    fn compact(&mut self, who: usize) {
        let applied = self.nodes[who].raft.raft_log.applied;
        let store = self.nodes[who].store().clone();
        if applied > store.first_index().expect("it is in memory") {
            store.wl().compact(applied).expect("it is applied");
            self.tell("compact", who, None);
        }
    }

    /// One of the messages arrives, or is lost.
    fn deliver(&mut self) {
        if self.letters.is_empty() {
            return;
        }
        // Mostly in their order.
        let ahead = self.letters.len().min(4) as u64;
        let place = self.dice.below(ahead) as usize;
        let letter = self.letters.remove(place);
        let Message { from, to, .. } = letter.message;
        let lost = self.cut.is_some_and(|cut| cut == from || cut == to) || self.dice.below(20) == 0;
        let who = to as usize - 1;
        if !lost && self.nodes[who].step(letter.message.clone()).is_ok() {
            self.tell("recv", who, Some(letter));
        }
    }

    /// Does what a node wants done, and tells the step.
    fn tell(&mut self, kind: &'static str, who: usize, received: Option<Letter>) {
        let sent = self.carry_out(who);
        let raft = &self.nodes[who].raft;
        let log = &raft.raft_log;
        let first = log.first_index();
        let entries = log.slice(
            first,
            log.last_index() + 1,
            None,
            raft::GetEntriesContext::empty(false),
        );
        let shown = Shown {
            term: raft.term,
            vote: (raft.vote != 0).then_some(raft.vote),
            role: match raft.state {
                StateRole::Leader => "L",
                StateRole::Candidate => "C",
                StateRole::Follower | StateRole::PreCandidate => "F",
            },
            first,
            entries: entries
                .expect("the log is in memory")
                .iter()
                .map(messages::entry)
                .collect(),
            commit: log.committed,
        };
        let step = Step {
            kind,
            received: received.map(|letter| (messages::message(&letter.message), letter.source)),
            sent: sent.iter().map(messages::message).collect(),
        };
        let line = self.paper.step(who, step, shown);
        let letters = sent.into_iter().zip(1..).map(|(message, place)| Letter {
            message,
            source: (line, place),
        });
        self.letters.extend(letters);
    }

    /// The work of a Ready, as raft-rs's examples do it.
    fn carry_out(&mut self, who: usize) -> Vec<Message> {
        let mut sent = Vec::new();
        while self.nodes[who].has_ready() {
            let mut ready = self.nodes[who].ready();
            sent.extend(ready.take_messages());
            let store = self.nodes[who].store().clone();
            if !ready.snapshot().get_metadata().index.eq(&0) {
                store
                    .wl()
                    .apply_snapshot(ready.snapshot().clone())
                    .expect("it is newer");
            }
            drop(ready.take_committed_entries());
            store.wl().append(ready.entries()).expect("there is room");
            if let Some(state) = ready.hs() {
                store.wl().set_hardstate(state.clone());
            }
            sent.extend(ready.take_persisted_messages());
            let mut light = self.nodes[who].advance(ready);
            if let Some(commit) = light.commit_index() {
                store.wl().mut_hard_state().set_commit(commit);
            }
            sent.extend(light.take_messages());
            drop(light.take_committed_entries());
            self.nodes[who].advance_apply();
        }
        // To itself, and what only raft-rs knows: nobody is told of it.
        sent.retain(|message| message.to != who as u64 + 1);
        sent
    }
}
