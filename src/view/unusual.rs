//! Everything that differs from the normal state at the moment: rules that are off, clocks, disks,
//! links. One action undoes each.

use crate::narrate::{fill, spoken_time};
use crate::raft::{NodeId, Rule};
use crate::sim::action::Path;
use crate::sim::{Action, ClockRate, Link, World};

/// One thing that differs from the normal state.
#[derive(Clone, PartialEq, Debug)]
pub struct Unusual {
    /// Its description, in a few words.
    pub words: String,
    /// The action that undoes it.
    pub cure: Action,
}

/// The most cut links that are named one by one.
const NAMED: usize = 3;

/// All that differs from the normal state, rules first.
pub fn unusual(world: &World) -> Vec<Unusual> {
    let mut all = Vec::new();
    let mut note = |words: String, cure: Action| all.push(Unusual { words, cure });
    let rules = world.config().rules;
    for rule in Rule::ALL.iter().filter(|rule| !rules.on(**rule)) {
        note(
            fill("{} is off", &[&rule.name()]),
            Action::Rule(*rule, true),
        );
    }
    for server in world.servers() {
        let id = server.id;
        if server.clock != ClockRate::TRUE {
            let ClockRate { ticks, per } = server.clock;
            let words = fill("{}'s clock: {} for {}", &[&id, &ticks, &per]);
            note(words, Action::Skew(id, ClockRate::TRUE));
        }
        if server.is_paused() {
            note(fill("{} is paused", &[&id]), Action::Resume(id));
        }
        if server.disk_fails() {
            note(fill("{}'s disk fails", &[&id]), Action::FailDisk(id, false));
        } else if let Some(time) = server.disk_time {
            let words = fill("{}'s disk: {} a write", &[&id, &spoken_time(time)]);
            note(words, Action::SlowDisk(id, None));
        }
    }
    for (a, b) in pairs(world) {
        let path = Path::Both(a.into(), b.into());
        let faults =
            [(a, b), (b, a)].map(|(from, to)| world.network().link_faults(from.into(), to.into()));
        if faults.iter().any(|faults| faults.latency.is_some()) {
            note(fill("{}–{} slow", &[&a, &b]), Action::Slow(path, None));
        }
        if faults.iter().any(|faults| faults.loss.is_some()) {
            note(fill("{}–{} lossy", &[&a, &b]), Action::Lossy(path, None));
        }
    }
    let cut = cut_links(world);
    if cut.len() > NAMED {
        note(fill("{} links cut", &[&cut.len()]), Action::Heal(Link::All));
    } else {
        for (a, b) in cut {
            note(fill("{}–{} cut", &[&a, &b]), Action::Heal(Link::Both(a, b)));
        }
    }
    all
}

/// Every pair of servers.
fn pairs(world: &World) -> impl Iterator<Item = (NodeId, NodeId)> {
    let ids = world.ids();
    ids.iter()
        .flat_map(move |a| ids.iter().filter(move |b| a < *b).map(move |b| (a, b)))
}

/// The pairs of servers whose link is cut in one direction at least.
fn cut_links(world: &World) -> Vec<(NodeId, NodeId)> {
    let fails = |a: NodeId, b: NodeId| world.network().is_cut(a.into(), b.into());
    pairs(world)
        .filter(|(a, b)| fails(*a, *b) || fails(*b, *a))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Session;

    #[test]
    fn what_is_unusual_is_named_and_its_cure_puts_it_right() {
        let text = "servers 3 · seed 1
            at 1ms skew S2 2/1 · slow-disk S3 20ms · cut S1-S2 · rules off one-vote-per-term
            at 2ms pause S1 · fail-disk S2 · slow S1-S3 80ms · lossy S2-S3 30%";
        let mut session = Session::read(text).unwrap();
        let found = unusual(session.world());
        let words: Vec<&str> = found.iter().map(|one| one.words.as_str()).collect();
        assert_eq!(
            words,
            [
                "one-vote-per-term is off",
                "S1 is paused",
                "S2's clock: 2 for 1",
                "S2's disk fails",
                "S3's disk: 20 ms a write",
                "S1–S3 slow",
                "S2–S3 lossy",
                "S1–S2 cut"
            ]
        );
        for one in found {
            session.act(one.cure).unwrap();
        }
        assert_eq!(unusual(session.world()), []);
    }
}
