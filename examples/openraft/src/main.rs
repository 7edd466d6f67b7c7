//! Three nodes of openraft under elections, partitions, losses, restarts and snapshots, and the
//! trace of what they did, as docs/trace.md tells it.
//!
//! `cargo run -- SEED > trace.jsonl`, then `raftarium-lab check trace.jsonl`.

mod cluster;
mod disk;
mod messages;
mod network;
mod types;

fn main() {
    raftarium_paper::print(|seed| cluster::run(seed, 3_000));
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use raftarium::trace::{self, Rule};

    /// What openraft does otherwise; docs/trace.md says why.
    const DEVIATIONS: [Rule; 5] = [
        Rule::VoteAsked,
        Rule::StartAsFollower,
        Rule::CommitOnlyChecked,
        Rule::AdoptTerm,
        Rule::AppendEntries,
    ];

    #[test]
    fn each_step_of_openraft_is_allowed_but_for_five_deviations() {
        let (mut steps, mut committed, mut snapshots, mut restarts) = (0, 0, 0, 0);
        let mut used = BTreeMap::new();
        for seed in 1..=100 {
            let trace = super::cluster::run(seed, 3_000);
            let report = trace::check_leniently(trace.as_bytes(), &DEVIATIONS);
            let report = report.unwrap_or_else(|why| panic!("seed {seed}: {why}"));
            if let Some(verdict) = report.verdicts.first() {
                let line = trace.lines().nth(verdict.line - 1).unwrap_or_default();
                panic!("seed {seed}: {verdict}\n{line}");
            }
            for (rule, times) in report.lenient {
                *used.entry(rule.name()).or_default() += times;
            }
            steps += report.summary.kinds.values().sum::<usize>();
            committed += report.summary.committed;
            snapshots += trace.matches("\"t\":\"ISR\"").count();
            restarts += trace.matches("\"e\":\"restart\"").count();
        }
        println!(
            "{steps} steps, {committed} committed, {snapshots} snapshots, {restarts} restarts, {used:?}"
        );
        assert!(steps > 10_000 && committed > 1_000 && snapshots > 10 && restarts > 10);
        // None is let pass for nothing.
        let in_vain = used.iter().filter(|(_, times): &(_, &usize)| **times == 0);
        assert_eq!(in_vain.collect::<Vec<_>>(), []);
    }

    #[test]
    fn a_seed_gives_the_same_run_each_time() {
        assert_eq!(super::cluster::run(7, 1_000), super::cluster::run(7, 1_000));
    }
}
