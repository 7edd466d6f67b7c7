//! The judge of traces: it finds what no rule allows, and nothing else.

// It serves other tests too.
#[allow(dead_code)]
mod chaos;

use chaos::Run;
use raftarium::hunt::Schedule;
use raftarium::sim::Time;
use raftarium::sim::text::parse_run;
use raftarium::trace;
use raftarium::trace::watch::Watch;

/// How many random runs are judged. `JUDGE_RUNS` asks for more.
fn runs() -> u64 {
    let asked = std::env::var("JUDGE_RUNS").ok();
    asked.and_then(|asked| asked.parse().ok()).unwrap_or(60)
}

fn written(text: &str, end: Time) -> String {
    let (scenario, actions) = parse_run(text).unwrap_or_else(|why| panic!("{why}"));
    let schedule = Schedule {
        scenario,
        actions,
        end,
    };
    let mut paper = Vec::new();
    trace::play(&schedule, Some(&mut paper)).unwrap_or_else(|why| panic!("{why}"));
    String::from_utf8(paper).expect("it is text")
}

/// The end of a healthy trace is healthy, though nobody knows what was before.
fn an_excerpt_is_allowed_too(trace: &str, seed: u64) {
    let mut watch = Watch::new(trace.len());
    watch.push(trace.as_bytes());
    watch.end();
    let (_, lines) = watch.progress();
    let line = lines / 2 + seed as usize * 7919 % (lines / 2);
    let excerpt = watch.excerpt(line);
    let moment = watch.moment(line);
    let same = trace.lines().nth(line - 1).expect("it has that line");
    assert!(moment.json == same || same.len() > 1_500, "{same}");
    // An excerpt has ten lines at least; of the tenth it has all.
    assert!(
        line <= 10 || excerpt.starts_with(r#"{"changes":true,"e":"init","founders""#),
        "seed {seed}, line {line}: the excerpt has all {lines} lines"
    );
}

#[test]
fn healthy_runs_with_all_parts_on_are_allowed() {
    let from = std::env::var("JUDGE_FROM").map_or(0, |from| from.parse().expect("a number"));
    let (mut alarms, mut steps, mut committed) = (Vec::new(), 0, 0);
    for seed in from..from + runs() {
        let mut run = Run::new(seed, &[]);
        if run.storm().is_err() {
            continue;
        }
        let end = run.world.now();
        let trace = written(&run.text(), end);
        let report = trace::check(trace.as_bytes());
        let report = report.unwrap_or_else(|why| panic!("seed {seed}: {why}"));
        if let Some(verdict) = report.verdicts.first() {
            let line = trace.lines().nth(verdict.line - 1).unwrap_or_default();
            if std::env::var("JUDGE_KEEP").is_ok() {
                std::fs::write(format!("target/judge-{seed}.jsonl"), &trace)
                    .expect("it can be written");
            }
            alarms.push(format!("seed {seed}: {verdict}\n{line}\n"));
        }
        an_excerpt_is_allowed_too(&trace, seed);
        steps += report.summary.kinds.values().sum::<usize>();
        committed += report.summary.committed;
    }
    println!("{steps} steps, {committed} entries committed");
    assert!(
        steps > 10_000 && committed > 100,
        "{steps} steps, {committed} entries"
    );
    let count = alarms.len();
    assert!(
        alarms.is_empty(),
        "{count} false alarms:\n{}",
        alarms.concat()
    );
}

/// How often a trace of another implementation breaks each of these rules. docs/trace.md says why
/// it does on purpose. Nothing else is found.
fn deviates(trace: &[u8], expected: &[(trace::Rule, usize)]) {
    let rules: Vec<_> = expected.iter().map(|(rule, _)| *rule).collect();
    let report = trace::check_leniently(trace, &rules).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!((report.verdicts, &*report.lenient), (vec![], expected));
    assert!(report.summary.committed > 20, "{:?}", report.summary);
}

/// Three nodes, as `examples/raft-rs` wrote it from seed 39.
#[test]
fn a_run_of_raft_rs_is_allowed_but_for_what_it_does_on_purpose() {
    let trace = include_bytes!("traces/raft-rs.jsonl");
    deviates(trace, &[(trace::Rule::CommitFromLeader, 2)]);
}

/// Three nodes, as `examples/openraft` wrote it from seed 49.
#[test]
fn a_run_of_openraft_is_allowed_but_for_what_it_does_on_purpose() {
    let trace = include_bytes!("traces/openraft.jsonl");
    let deviations = [
        (trace::Rule::VoteAsked, 8),
        (trace::Rule::CommitOnlyChecked, 2),
        (trace::Rule::StartAsFollower, 2),
    ];
    deviates(trace, &deviations);
}
