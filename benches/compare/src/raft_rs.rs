//! raft-rs, as [`super::Cluster`].

use std::collections::VecDeque;

use raft::StateRole;
use raft::prelude::{Config, Entry, Message, RawNode};
use raft::storage::MemStorage;
use slog::{Discard, Logger, o};

use super::Sending;

/// Servers, and what is under way between them.
pub(crate) struct Cluster {
    nodes: Vec<RawNode<MemStorage>>,
    queue: VecDeque<Message>,
    sending: Sending,
    applied: u64,
}

impl Cluster {
    pub(crate) fn new(servers: usize, sending: Sending, tuned: bool) -> Self {
        let logger = Logger::root(Discard, o!());
        let voters: Vec<u64> = (1..=servers as u64).collect();
        let start = |id: &u64| {
            let config = Config {
                id: *id,
                election_tick: 10,
                heartbeat_tick: 1,
                max_size_per_msg: 1 << 20,
                batch_append: tuned,
                skip_bcast_commit: tuned,
                ..Config::default()
            };
            let storage = MemStorage::new_with_conf_state((voters.clone(), vec![]));
            RawNode::new(&config, storage, &logger).expect("a good configuration")
        };
        let mut cluster = Self {
            nodes: voters.iter().map(start).collect(),
            queue: VecDeque::new(),
            sending,
            applied: 0,
        };
        super::Cluster::time_out(&mut cluster, 0);
        super::settle(&mut cluster);
        cluster
    }

    /// Does what a server wants done, as raft-rs's examples do it.
    fn carry_out(&mut self, slot: usize) {
        while self.nodes[slot].has_ready() {
            let mut ready = self.nodes[slot].ready();
            self.queue.extend(ready.take_messages());
            self.apply(slot, ready.take_committed_entries());
            let storage = self.nodes[slot].store().clone();
            storage.wl().append(ready.entries()).expect("room");
            if let Some(state) = ready.hs() {
                storage.wl().set_hardstate(state.clone());
            }
            self.queue.extend(ready.take_persisted_messages());
            let mut light = self.nodes[slot].advance(ready);
            if let Some(commit) = light.commit_index() {
                storage.wl().mut_hard_state().set_commit(commit);
            }
            self.queue.extend(light.take_messages());
            self.apply(slot, light.take_committed_entries());
            self.nodes[slot].advance_apply();
        }
    }

    fn apply(&mut self, slot: usize, entries: Vec<Entry>) {
        if slot == 0 {
            let commands = entries.iter().filter(|entry| !entry.data.is_empty());
            self.applied += commands.count() as u64;
        }
    }
}

impl super::Cluster for Cluster {
    fn propose(&mut self) {
        let command = vec![5; 16];
        let proposed = self.nodes[0].propose(Vec::new(), command);
        proposed.expect("a leader takes proposals");
        if self.sending == Sending::AtOnce {
            self.carry_out(0);
        }
    }

    fn flush(&mut self) {
        self.carry_out(0);
    }

    fn deliver(&mut self) -> bool {
        let Some(message) = self.queue.pop_front() else {
            return false;
        };
        let slot = message.to as usize - 1;
        self.nodes[slot]
            .step(message)
            .expect("a message of a member");
        self.carry_out(slot);
        true
    }

    fn tick(&mut self) {
        for slot in 0..self.nodes.len() {
            self.nodes[slot].tick();
            self.carry_out(slot);
        }
    }

    fn time_out(&mut self, server: usize) {
        self.nodes[server].campaign().expect("a member may stand");
        self.carry_out(server);
    }

    fn leads(&self, server: usize) -> bool {
        self.nodes[server].raft.state == StateRole::Leader
    }

    fn applied(&self) -> u64 {
        self.applied
    }
}
