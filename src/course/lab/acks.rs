//! How long a write takes, in clusters of two to nine servers: when each follower's reply reaches
//! the leader, and which of them completes the majority.

use super::{Beginning, SHORTEST_WAY, Trial};
use crate::raft::configuration::majority;
use crate::raft::{Event, LogIndex, NodeId};
use crate::sim::text::{parse_action, parse_run};
use crate::sim::{Action, Step, Time, World};

/// The fewest servers, and the most.
pub const SERVERS: (u8, u8) = (2, 9);

/// The learner may be content if half of all writes of so many servers are committed within this
/// time.
pub const CONTENT: (u8, Time) = (5, Time::ms(40));

/// When the client sends its request: the leader has been elected and is not busy.
const REQUEST: Time = Time::ms(2_000);

/// How many servers the run of that luck has.
pub fn servers(seed: u64) -> u8 {
    let (fewest, most) = SERVERS;
    fewest + (seed % u64::from(most - fewest + 1)) as u8
}

/// Which acknowledgement commits an entry of so many servers: the leader has it without one.
pub fn needed(servers: u8) -> u64 {
    majority(servers.into()) as u64 - 1
}

/// One write, each message of which takes 10 ms to `slowest`.
pub fn trial(slowest: Time, seed: u64) -> Trial {
    let (beginning, mut world) = begun(slowest, seed);
    for (_, action) in &beginning.actions[1..] {
        let done = world.act(action, &mut Step::default());
        debug_assert!(done.is_ok());
    }
    let others = u64::from(servers(seed)) - 1;
    let (mut appended, mut points) = (None::<(Time, LogIndex)>, Vec::new());
    let mut step = Step::default();
    while (points.len() as u64) < others && world.step(&mut step) {
        for (_, event) in step.events() {
            match (event, appended) {
                (Event::EntryAppended { position }, None) => {
                    appended = Some((step.at, position.index));
                }
                (Event::MatchAdvanced { match_index, .. }, Some((at, index)))
                    if *match_index >= index =>
                {
                    points.push((step.at - at, points.len() as u64 + 1));
                }
                _ => {}
            }
        }
    }
    let last = points.iter().find(|(_, ack)| *ack == needed(servers(seed)));
    Trial {
        seed,
        took: last.map_or(Time::NEVER, |(took, _)| *took),
        split: false,
        points,
    }
}

pub(super) fn beginning(slowest: Time, seed: u64) -> Beginning {
    begun(slowest, seed).0
}

/// A cluster in the moment in which the client sends its request, and how it came there.
fn begun(slowest: Time, seed: u64) -> (Beginning, World) {
    let text = format!(
        "servers {} · seed {seed} · clients 1
        config timeout=5s..9s heartbeat=4s latency={SHORTEST_WAY}..{slowest} send=at-once",
        servers(seed)
    );
    let (scenario, _) = parse_run(&text).expect("the lab's own text can be read");
    let mut world = World::new(&scenario, &mut Step::default());
    let first = NodeId::first(1).next().expect("there is a first server");
    let elect = Action::Timeout(first);
    let done = world.act(&elect, &mut Step::default());
    debug_assert!(done.is_ok());
    let mut step = Step::default();
    while world.next_at().is_some_and(|at| at <= REQUEST) {
        world.step(&mut step);
    }
    world.wait_until(REQUEST);
    let request = parse_action("request C1 x=1").expect("the lab's own action can be read");
    let actions = vec![(Time::ZERO, elect), (REQUEST, request)];
    (Beginning { scenario, actions }, world)
}

/// How long half of all k-th acknowledgements of so many servers take at most, with the luck of the
/// run in the middle; by k from 1 on.
pub fn medians(trials: &[Trial], size: u8) -> Vec<(Time, u64)> {
    let runs = trials.iter().filter(|trial| servers(trial.seed) == size);
    let nth = |ack: usize| {
        let taken = runs
            .clone()
            .filter_map(|trial| Some((trial.points.get(ack)?.0, trial.seed)));
        let mut taken: Vec<(Time, u64)> = taken.collect();
        taken.sort_unstable();
        taken.get(taken.len() / 2).copied()
    };
    (0..usize::from(size) - 1).filter_map(nth).collect()
}
