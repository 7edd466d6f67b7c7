//! The checker: finds what changed in a step, and checks it in a fixed order.

use std::sync::Arc;

use super::ghost::Ghost;
use super::progress::Calm;
use super::property::Property;
use super::violation::{Breach, Violation};
use crate::raft::{Log, LogIndex, MAX_SERVERS, NodeId, Rule, Rules, ServerSet, Snapshot, Term};
use crate::sim::{Address, Cause, Server, Step, StepId, Time, World};

/// Checks a run step by step. See the [module](super).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checker {
    pub(super) ghost: Ghost,
    pub(super) seen: Vec<Seen>,
    pub(super) calm: Calm,
    /// The first violation of each property, in the order in which they were found.
    violations: Arc<Vec<Violation>>,
}

/// A server, as it was after the last step that changed it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seen {
    /// Whether it is up.
    pub up: bool,
    /// The term that it leads, if it leads.
    pub leads: Option<Term>,
    /// Its current term.
    pub term: Term,
    /// Its commit index.
    pub commit: LogIndex,
    /// The last entry that it applied.
    pub applied: LogIndex,
    /// Its log.
    pub log: Log,
    /// The index up to which its log is known to equal the committed entries.
    pub(super) agreed: LogIndex,
}

/// The change of a server in a step.
pub(super) struct Change {
    pub(super) server: NodeId,
    pub(super) before: Seen,
    pub(super) now: Seen,
    /// The last index up to which the log is unchanged.
    pub(super) kept: LogIndex,
}

/// The entries that a server applied in a step.
#[derive(Clone, Copy)]
pub(super) struct Applied {
    pub(super) first: LogIndex,
    pub(super) last: LogIndex,
    /// Whether the first part of them came with a snapshot.
    pub(super) restored: bool,
}

/// The breaches of one step. Nearly always empty, and then it takes no memory.
pub(super) type Breaches = Vec<Breach>;

impl Checker {
    /// Starts with the state of a run at this moment: earlier entries are unknown.
    pub fn new(world: &World) -> Self {
        let mut checker = Self::of(ServerSet::EMPTY);
        let snapshots = world.servers().iter().map(|server| server.log().snapshot());
        if let Some(last) = snapshots.max_by_key(|snapshot| snapshot.last.index) {
            checker.ghost = Ghost::new(last);
        }
        let start = Step::default();
        checker.look_who_is_there(world);
        for server in world.servers() {
            checker.look_at(server.id, world, &start);
        }
        checker
    }

    /// Starts with servers about which nothing is known yet.
    pub fn of(voters: ServerSet) -> Self {
        Self {
            ghost: Ghost::default(),
            seen: vec![Seen::down(voters); voters.len()],
            calm: Calm::default(),
            violations: Arc::default(),
        }
    }

    /// The same, after a snapshot that ends here: the entries that it covers are unknown.
    pub fn since(voters: ServerSet, snapshot: &Snapshot) -> Self {
        Self {
            ghost: Ghost::new(snapshot),
            ..Self::of(voters)
        }
    }

    /// Checks `step`, which led to `world`. Returns the first property that it broke, among those
    /// that were not broken before.
    pub fn observe(&mut self, world: &World, step: &Step) -> Option<&Violation> {
        let known = self.violations.len();
        match step.cause {
            Cause::Action(_) | Cause::Start => {
                self.look_who_is_there(world);
                for server in world.servers() {
                    self.look_at(server.id, world, step);
                }
                self.look_at_answers(world, step);
            }
            Cause::Packet {
                to: Address::Client(_),
                ..
            }
            | Cause::Client(_) => self.look_at_answers(world, step),
            _ => {
                if let Some(id) = step.server() {
                    self.look_at(id, world, step);
                }
            }
        }
        self.check_progress(world, step);
        self.violations.get(known)
    }

    /// The first violation of each property so far, in the order of time.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// The first violation of `property`, if there is one.
    pub fn violation_of(&self, property: Property) -> Option<&Violation> {
        let mut found = self.violations.iter();
        found.find(|violation| violation.property() == property)
    }

    /// The ghost state.
    pub fn ghost(&self) -> &Ghost {
        &self.ghost
    }

    /// Forgets servers that were taken away: one that comes back is a new server. Committed entries
    /// stay known.
    fn look_who_is_there(&mut self, world: &World) {
        for id in NodeId::first(MAX_SERVERS) {
            let (known, there) = (id.slot() < self.seen.len(), world.ids().contains(id));
            if there && !known {
                self.seen
                    .resize(id.slot() + 1, Seen::down(ServerSet::EMPTY));
            } else if known && !there {
                self.seen[id.slot()] = Seen::down(ServerSet::EMPTY);
            }
        }
    }

    fn look_at(&mut self, id: NodeId, world: &World, step: &Step) {
        let Some(server) = world.find(id) else {
            return;
        };
        if self.seen[id.slot()].is_still(server) {
            return;
        }
        let rules = world.config().rules;
        let (applied, mut breaches) = self.compare(id, Seen::of(server), rules);
        if let Some(applied) = applied {
            self.check_machine(applied, server, step, &mut breaches);
        }
        self.report(breaches, rules, step.id, step.at);
    }

    /// Checks a server about which only its state `now` is known. Returns the first property that
    /// it broke, among those that were not broken before. For traces of other implementations:
    /// state machines and clients are not checked.
    pub fn look(&mut self, id: NodeId, now: Seen, nth: StepId, at: Time) -> Option<&Violation> {
        let known = self.violations.len();
        let (_, breaches) = self.compare(id, now, Rules::default());
        self.report(breaches, Rules::default(), nth, at);
        self.violations.get(known)
    }

    /// Checks the changes of a server. Returns what it applied, if that was right.
    fn compare(&mut self, id: NodeId, mut now: Seen, rules: Rules) -> (Option<Applied>, Breaches) {
        let before = self.seen[id.slot()].clone();
        let kept = now.log.common(&before.log);
        now.agreed = before.agreed.min(kept);
        let mut change = Change {
            server: id,
            before,
            now,
            kept,
        };
        let mut breaches = Breaches::new();
        self.check_backwards(&change, &mut breaches);
        self.check_own_log(&change, &mut breaches);
        self.check_other_logs(&change, &mut breaches);
        self.settle(&mut change, rules, &mut breaches);
        self.check_snapshot(&change, &mut breaches);
        self.check_leader(&change, &mut breaches);
        let applied = self.check_applied(&change, &mut breaches);
        self.seen[id.slot()] = change.now;
        self.check_configurations(&mut breaches);
        (applied, breaches)
    }

    /// Records breaches, the properties of Figure 3 first.
    pub(super) fn report(&mut self, breaches: Breaches, rules: Rules, step: StepId, at: Time) {
        if breaches.is_empty() {
            return;
        }
        for property in Property::ALL {
            let mut of_property = breaches.iter().filter(|found| found.property() == property);
            if let Some(breach) = of_property.next().copied()
                && self.violation_of(property).is_none()
            {
                let guard = guard(property, rules);
                Arc::make_mut(&mut self.violations).push(Violation {
                    step,
                    at,
                    breach,
                    guard,
                });
            }
        }
    }
}

impl Change {
    /// Whether the server installed a snapshot in this step.
    pub(super) fn is_restored(&self) -> bool {
        let covered = self.now.log.snapshot().last.index;
        self.before.applied < covered && covered <= self.now.applied
    }
}

impl Seen {
    /// Whether nothing has changed that the checks depend on.
    fn is_still(&self, server: &Server) -> bool {
        let node = server.node();
        self.up == node.is_some()
            && self.term == server.term()
            && self.leads.is_some() == node.is_some_and(|node| node.is_leader())
            && node.is_none_or(|node| {
                self.commit == node.commit_index() && self.applied == node.last_applied()
            })
            && self.log.is_shared_with(server.log())
    }

    /// A server that is down, with an empty disk.
    pub fn down(voters: ServerSet) -> Self {
        Self {
            up: false,
            leads: None,
            term: Term(0),
            commit: LogIndex(0),
            applied: LogIndex(0),
            log: Log::new(voters),
            agreed: LogIndex(0),
        }
    }

    /// The server's present state.
    fn of(server: &Server) -> Self {
        let node = server.node();
        Self {
            up: node.is_some(),
            leads: node.filter(|node| node.is_leader()).map(|node| node.term()),
            term: server.term(),
            commit: node.map_or(LogIndex(0), |node| node.commit_index()),
            applied: node.map_or(LogIndex(0), |node| node.last_applied()),
            log: server.log().clone(),
            agreed: LogIndex(0),
        }
    }
}

/// The rule that would have prevented the breach: the first one of the property's rules that is
/// off.
fn guard(property: Property, rules: Rules) -> Option<Rule> {
    let guards = property.guards().iter().copied();
    let nearest = guards.clone().find(|rule| !rules.on(*rule));
    nearest.or_else(|| rules.off().next())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::text::parse_run;

    #[test]
    fn a_server_is_still_while_nothing_of_it_has_changed() {
        let text =
            "servers 2 · config send=at-once\n S1 term 1 log 1 1 commit 1\n S2 term 1 log 1 1
            at 0ms timeout S1 · crash S2";
        let (scenario, actions) = parse_run(text).unwrap();
        let mut step = Step::default();
        let mut world = World::new(&scenario, &mut step);
        for (_, action) in &actions {
            world.act(action, &mut step).unwrap();
        }
        for server in world.servers() {
            let still = Seen::of(server);
            assert!(still.is_still(server));
            let change = |change: fn(&mut Seen)| {
                let mut other = still.clone();
                change(&mut other);
                !other.is_still(server)
            };
            assert!(change(|seen| seen.up = !seen.up));
            assert!(change(|seen| seen.term = seen.term.next()));
            assert!(change(|seen| {
                seen.leads = match seen.leads {
                    None => Some(seen.term),
                    Some(_) => None,
                }
            }));
            assert!(change(|seen| seen.log.truncate(LogIndex(2))));
            // A crash loses the volatile state, so it may fall.
            let up = server.is_up();
            assert_eq!(change(|seen| seen.commit = seen.commit.next()), up);
            assert_eq!(change(|seen| seen.applied = seen.applied.next()), up);
        }
        let up = world.servers().iter().map(|server| server.is_up());
        assert_eq!(up.collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn the_nearest_rule_that_is_off_would_have_prevented_it() {
        use Rule::{CommitOwnTerm, ExactlyOnce, PersistLog, PersistVote, UpToDate};
        let property = Property::LeaderCompleteness;
        for (off, nearest) in [
            (&[][..], None),
            (&[PersistLog, UpToDate], Some(UpToDate)),
            (&[UpToDate, CommitOwnTerm], Some(CommitOwnTerm)),
            (&[ExactlyOnce, PersistLog], Some(PersistLog)),
            // None of the rules that are known to guard it is off: then any rule that is.
            (&[ExactlyOnce, PersistVote], Some(PersistVote)),
        ] {
            let mut rules = Rules::default();
            for rule in off {
                rules.set(*rule, false);
            }
            assert_eq!(guard(property, rules), nearest, "{off:?}");
        }
    }
}
