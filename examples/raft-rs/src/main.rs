//! Three nodes of raft-rs under elections, partitions, losses, restarts and snapshots, and the trace
//! of what they did, as docs/trace.md tells it.
//!
//! `cargo run -- SEED > trace.jsonl`, then `raftarium-lab check trace.jsonl`.

mod cluster;
mod messages;

fn main() {
    raftarium_paper::print(|seed| cluster::run(seed, 3_000));
}

#[cfg(test)]
mod tests {
    use raftarium::trace::{self, Rule};

    #[test]
    fn each_step_of_raft_rs_is_allowed_but_for_one_deviation() {
        let (mut steps, mut committed, mut snapshots, mut restarts) = (0, 0, 0, 0);
        for seed in 1..=100 {
            let trace = super::cluster::run(seed, 3_000);
            // Vote requests and their replies carry a commit index in raft-rs: on purpose.
            let report = trace::check_leniently(trace.as_bytes(), &[Rule::CommitFromLeader]);
            let report = report.unwrap_or_else(|why| panic!("seed {seed}: {why}"));
            if let Some(verdict) = report.verdicts.first() {
                let line = trace.lines().nth(verdict.line - 1).unwrap_or_default();
                panic!("seed {seed}: {verdict}\n{line}");
            }
            steps += report.summary.kinds.values().sum::<usize>();
            committed += report.summary.committed;
            snapshots += trace.matches("\"t\":\"IS\"").count();
            restarts += trace.matches("\"e\":\"restart\"").count();
        }
        println!(
            "{steps} steps, {committed} committed, {snapshots} snapshots, {restarts} restarts"
        );
        assert!(steps > 10_000 && committed > 1_000 && snapshots > 10 && restarts > 10);
    }

    #[test]
    fn a_seed_gives_the_same_run_each_time() {
        assert_eq!(super::cluster::run(7, 1_000), super::cluster::run(7, 1_000));
    }
}
