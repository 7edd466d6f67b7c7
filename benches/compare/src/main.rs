//! The core beside raft-rs: the same work, in one run. `./dev bench core`.
//!
//! Three and five servers in one thread. Messages wait in a queue in memory, in the form in which
//! each implementation makes them; disks write in no time; commands are of 16 bytes (ours of 28).
//! A server is handed one message at a time and does all that comes of it before the next. What
//! counts as committed is what the leader has applied.
//!
//! - *1 in flight*: a command is proposed when the one before is applied.
//! - *64 in flight*: so many are proposed one by one, and one more whenever one is applied.
//! - *batches of 64*: so many are proposed, then sent together; when all are applied, the next.
//! - *leader changes*: the election timeout of the next server in turn, until nothing is under way:
//!   it is elected, and its empty entry is committed.
//! - *idle rounds*: a tick of each server's clock and the heartbeat that comes of it, with its
//!   answers. Election timeouts are of 10 to 20 ticks, and a heartbeat is due with each tick.
//!
//! raft-rs keeps its log in its own `MemStorage`, and is driven as its examples do it. Once it is
//! as it comes, but for messages of more than one entry; once *tuned* with `batch_append` and
//! `skip_bcast_commit`, which make it faster. Ours is measured twice: once its writes go nowhere, once
//! (*storing*) each new entry is copied into a list under a lock, as `MemStorage` does it. Ours
//! records, besides, why it does what it does ([`raftarium::raft::Event`]); what raft-rs would log is
//! discarded.

#[path = "../../measure/mod.rs"]
mod measure;

mod ours;
mod raft_rs;

use measure::{amount, median_rates, short};

/// Commands in each workload.
const COMMANDS: u64 = 100_000;

/// A cluster whose first server leads.
trait Cluster {
    /// A client's command comes to the first server, which sends it on at once unless commands are
    /// to be sent in batches.
    fn propose(&mut self);

    /// The first server sends on what it has not sent yet.
    fn flush(&mut self);

    /// Delivers the next message, if there is one.
    fn deliver(&mut self) -> bool;

    /// Each server's clock goes on by one tick.
    fn tick(&mut self);

    /// A server's election timer runs out.
    fn time_out(&mut self, server: usize);

    /// Whether a server leads.
    fn leads(&self, server: usize) -> bool;

    /// How many commands the first server has applied.
    fn applied(&self) -> u64;
}

/// When commands are sent on.
#[derive(Clone, Copy, PartialEq)]
enum Sending {
    AtOnce,
    InBatches,
}

/// Makes a cluster of so many servers.
type Maker = fn(usize, Sending) -> Box<dyn Cluster>;

/// Does something so many times.
type Work = fn(&mut dyn Cluster, u64);

const MAKERS: [Maker; 4] = [
    |servers, sending| Box::new(ours::Cluster::new(servers, sending, false)),
    |servers, sending| Box::new(ours::Cluster::new(servers, sending, true)),
    |servers, sending| Box::new(raft_rs::Cluster::new(servers, sending, false)),
    |servers, sending| Box::new(raft_rs::Cluster::new(servers, sending, true)),
];

fn settle(cluster: &mut dyn Cluster) {
    while cluster.deliver() {}
}

fn keep_in_flight(cluster: &mut dyn Cluster, commands: u64, most: u64) {
    let (mut proposed, begin) = (0, cluster.applied());
    while cluster.applied() - begin < commands {
        while proposed < commands && proposed - (cluster.applied() - begin) < most {
            cluster.propose();
            proposed += 1;
        }
        cluster.deliver();
    }
}

fn send_in_batches(cluster: &mut dyn Cluster, commands: u64, of: u64) {
    let begin = cluster.applied();
    while cluster.applied() - begin < commands {
        for _ in 0..of {
            cluster.propose();
        }
        cluster.flush();
        settle(cluster);
    }
}

fn change_leaders(cluster: &mut dyn Cluster, servers: usize, changes: u64) {
    for nth in 1..=changes as usize {
        cluster.time_out(nth % servers);
        settle(cluster);
        assert!(cluster.leads(nth % servers));
    }
}

fn idle(cluster: &mut dyn Cluster, rounds: u64) {
    for _ in 0..rounds {
        cluster.tick();
        settle(cluster);
    }
    assert!(cluster.leads(0));
}

/// Measures all of them at the same work and prints what each does in a second.
fn compare(what: &str, servers: usize, sending: Sending, times: u64, work: Work) {
    let times = amount(times);
    let scenes = MAKERS.map(|make| move || make(servers, sending));
    let rates = median_rates(scenes, |cluster| {
        work(cluster.as_mut(), times);
        times
    });
    let [ours, storing, plain, tuned] = rates;
    let ratio = |ours: u64, other: u64| format!("{:.1} x", ours as f64 / other.max(1) as f64);
    println!(
        "{what:<24} {servers:>7} {:>10} {:>10} {:>8} {:>8} {:>8} {:>8} {:>10} {:>10}",
        short(ours),
        short(plain),
        ratio(ours, plain),
        short(tuned),
        ratio(ours, tuned),
        short(storing),
        ratio(storing, plain),
        ratio(storing, tuned),
    );
}

fn main() {
    println!(
        "{:<24} {:>7} {:>10} {:>10} {:>8} {:>8} {:>8} {:>8} {:>10} {:>10}",
        "in a second",
        "servers",
        "ours",
        "raft-rs",
        "",
        "tuned",
        "",
        "storing",
        "/ raft-rs",
        "/ tuned"
    );
    for servers in [3, 5] {
        let row = |what, sending, times, work| compare(what, servers, sending, times, work);
        row("commits, 1 in flight", Sending::AtOnce, COMMANDS, |c, n| {
            keep_in_flight(c, n, 1);
        });
        row(
            "commits, 64 in flight",
            Sending::AtOnce,
            COMMANDS,
            |c, n| {
                keep_in_flight(c, n, 64);
            },
        );
        let commands = COMMANDS / 64 * 64;
        row(
            "commits, batches of 64",
            Sending::InBatches,
            commands,
            |c, n| {
                send_in_batches(c, n, 64);
            },
        );
        let change: Work = match servers {
            3 => |c, n| change_leaders(c, 3, n),
            _ => |c, n| change_leaders(c, 5, n),
        };
        row("leader changes", Sending::AtOnce, COMMANDS / 4, change);
        row("idle rounds", Sending::AtOnce, 4 * COMMANDS, idle);
    }
}
