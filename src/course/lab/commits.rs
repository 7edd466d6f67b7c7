//! The commit index over time: five servers whose client writes without a break, and whose leader
//! crashes after a second.

use super::{Beginning, SHORTEST, Trial};
use crate::raft::{Event, NodeId};
use crate::sim::text::parse_run;
use crate::sim::{Action, Step, Time, World};

/// When the leader crashes.
pub const CRASH: Time = Time::ms(1_000);

/// When nobody watches any longer.
pub const END: Time = Time::ms(3_000);

/// In so many of a hundred runs nothing is committed after the crash, for the learner to be
/// content: messages are too slow for these timeouts.
pub const CONTENT: usize = 50;

/// One run, in which each message takes so long.
pub fn trial(latency: Time, seed: u64) -> Trial {
    let (_, mut world, mut points) = crashed(latency, seed);
    let crash = world.now();
    let before = points.len();
    commit(&mut world, END, &mut points);
    let next = points.get(before).map_or(END, |(at, _)| *at);
    Trial {
        seed,
        took: next - crash,
        split: false,
        points,
    }
}

pub(super) fn beginning(latency: Time, seed: u64) -> Beginning {
    crashed(latency, seed).0
}

/// Whether nothing was committed after the crash.
pub fn stands_still(trial: &Trial) -> bool {
    trial.took >= END - CRASH
}

/// A cluster in the moment in which its leader has crashed, how it came there, and its commit index
/// until then.
fn crashed(latency: Time, seed: u64) -> (Beginning, World, Vec<(Time, u64)>) {
    let text = format!(
        "servers 5 · seed {seed} · client C1 writes x every 1ms
        config timeout={SHORTEST}..300ms heartbeat=50ms latency={latency} send=at-once"
    );
    let (scenario, _) = parse_run(&text).expect("the lab's own text can be read");
    let (mut beginning, mut world) = Beginning::of(scenario);
    let first = NodeId::first(1).next().expect("there is a first server");
    beginning.act(&mut world, Action::Timeout(first));
    let mut points = vec![(Time::ZERO, 0)];
    commit(&mut world, CRASH, &mut points);
    // With slow messages another may lead by now, or nobody.
    let leader = world.leader().unwrap_or(first);
    beginning.act(&mut world, Action::Crash(leader));
    (beginning, world, points)
}

/// Lets time pass until `end`, and notes each rise of the highest commit index.
fn commit(world: &mut World, end: Time, points: &mut Vec<(Time, u64)>) {
    let mut step = Step::default();
    while world.next_at().is_some_and(|at| at <= end) && world.step(&mut step) {
        for (_, event) in step.events() {
            if let Event::Committed { position, .. } = event
                && points.last().is_none_or(|last| last.1 < position.index.0)
            {
                points.push((step.at, position.index.0));
            }
        }
    }
    world.wait_until(end);
}
