//! How long something takes: the median of some runs, in the plainest way.

use std::time::Duration;

use cpu_time::ThreadTime;

/// How often each workload is run.
const RUNS: usize = 7;

/// Whether this is `cargo bench`; otherwise it is only seen whether it runs at all.
pub(crate) fn is_bench() -> bool {
    std::env::args().any(|arg| arg == "--bench")
}

/// `full` when measuring, next to nothing otherwise.
pub(crate) fn amount(full: u64) -> u64 {
    if is_bench() { full } else { 64 }
}

/// Sets each scene, then does the work in it with the clock running, some times over; gives how
/// much work was done in a second, by the median run. The work says how much it was. The scenes
/// take turns, so that what else the machine does meanwhile slows all of them down.
pub(crate) fn median_rates<T, const N: usize>(
    scenes: [impl Fn() -> T; N],
    work: impl Fn(&mut T) -> u64,
) -> [u64; N] {
    let runs = if is_bench() { RUNS } else { 1 };
    let mut rates = [const { Vec::new() }; N];
    for _ in 0..runs {
        for (scene, rates) in scenes.iter().zip(&mut rates) {
            rates.push(timed(scene(), &work));
        }
    }
    rates.map(|mut rates: Vec<u64>| {
        rates.sort_unstable();
        rates[rates.len() / 2]
    })
}

/// The clock counts while this thread has a processor.
fn timed<T>(mut scene: T, work: impl Fn(&mut T) -> u64) -> u64 {
    let start = ThreadTime::now();
    let done = work(&mut scene);
    let took = start.elapsed().max(Duration::from_nanos(1));
    (u128::from(done) * 1_000_000_000 / took.as_nanos()) as u64
}

/// A number as people read it: `1.30 M`, `45.2 k`.
pub(crate) fn short(number: u64) -> String {
    match number {
        0..1_000 => number.to_string(),
        1_000..100_000 => format!("{:.1} k", number as f64 / 1e3),
        100_000..1_000_000 => format!("{:.0} k", number as f64 / 1e3),
        _ => format!("{:.2} M", number as f64 / 1e6),
    }
}
