//! What others expect of an implementation of Raft, in tables: each row is played as a script.

use raftarium::script::Runner;
use raftarium::sim::text::statements;

/// Plays a script, and gives back the last thing that it printed.
fn play(script: &str) -> String {
    let mut runner = Runner::new();
    let mut printed = String::new();
    for statement in statements(script) {
        let text = runner
            .execute(&statement)
            .unwrap_or_else(|error| panic!("{error}\n{script}"));
        if !text.is_empty() {
            printed = text;
        }
    }
    printed
}

/// A leader and a follower whose logs differ find where they agree in two messages (end of §5.3).
/// The rows are those of etcd's raft, whose hints are made the same way: the leader's log, the
/// follower's, where the follower says that they may agree, and the entry before those that the
/// leader sends next.
#[test]
fn a_refusal_takes_the_leader_to_where_the_logs_may_agree() {
    let rows = [
        ("1 2 2 4 4 4 4", "1 2 2 3 3 3 3 3 3 3 3", 7, 3),
        ("1 2 2 3 4 4 4 5", "1 2 2 3 3 3 3 3 3 3 3", 8, 4),
        ("1 1 1 1", "1 2 2 4", 1, 1),
        ("1 1 1 4 5", "1 1 1 4", 4, 4),
        ("2 5 5 5 5 5 5 5 5", "2 4 4 4 4 4", 6, 1),
        ("2 2 2 2 2", "2 4 4 4 4 4 4 4", 1, 1),
    ];
    for (leader, follower, hint, previous) in rows {
        // S3, with an empty log, elects anyone. S1 begins with a heartbeat at the end of its log.
        let begin = format!(
            "servers 3 · config latency=10ms timeout=10s heartbeat=5s send=at-once no-op=off
            S1 term 5 log {leader}
            S2 term 5 log {follower}
            timeout S1 · run until S1 leader · cut S1-S3 · run 15ms · packets"
        );
        let refusal = play(&begin);
        assert!(
            refusal.contains(&format!("may agree at {hint} of")),
            "{refusal}"
        );
        let second = play(&format!("{begin} · run 10ms · packets"));
        assert!(
            second.contains(&format!("previous {previous} of")),
            "{second}"
        );
        // And the second is accepted: the log is repaired.
        play(&format!("{begin} · run 20ms · expect S2 log {leader}"));
    }
}
