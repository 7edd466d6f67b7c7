//! How fast the world is: what the page has to spend. `cargo bench --bench world`.

#[path = "measure/mod.rs"]
mod measure;

use measure::{amount, median_rates, short};
use raftarium::check::Checker;
use raftarium::hunt::Schedule;
use raftarium::kv::ClientId;
use raftarium::raft::{Entry, LogIndex, NodeId, Payload, SendPolicy, Term};
use raftarium::session::Session;
use raftarium::sim::{Action, DiskImage, Scenario, Step, Time, World};
use raftarium::trace;

/// Steps in each workload.
const STEPS: u64 = 500_000;

/// A world under watch.
struct Watched {
    world: World,
    checker: Checker,
    step: Step,
}

impl Watched {
    /// Five servers with a leader; their logs hold `entries` committed entries.
    fn new(entries: u64, writes: bool) -> Self {
        let mut scenario = Scenario::new(5, 7);
        scenario.config.send = SendPolicy::AtOnce;
        if writes {
            // Each writes as soon as it is answered, more or less.
            let key = "x".parse().expect("a key");
            scenario.clients = 5;
            let clients = (1..=5).filter_map(ClientId::new);
            scenario.workloads = clients.map(|id| (id, key, Time::ms(50))).collect();
        }
        let entry = Entry {
            term: Term(1),
            payload: Payload::Noop,
        };
        scenario.disks = NodeId::first(5)
            .map(|server| DiskImage {
                server,
                term: Term(1),
                vote: None,
                snapshot: Default::default(),
                entries: vec![entry; entries as usize],
                commit: LogIndex(entries),
            })
            .collect();
        let mut step = Step::default();
        let mut world = World::new(&scenario, &mut step);
        while world.now() < Time::ms(2_000) {
            world.step(&mut step);
        }
        assert!(world.leader().is_some());
        let checker = Checker::new(&world);
        Self {
            world,
            checker,
            step,
        }
    }

    fn steps(&mut self, steps: u64) -> u64 {
        for _ in 0..steps {
            self.world.step(&mut self.step);
        }
        steps
    }

    fn checked_steps(&mut self, steps: u64) -> u64 {
        for _ in 0..steps {
            self.world.step(&mut self.step);
            let found = self.checker.observe(&self.world, &self.step);
            assert!(found.is_none());
        }
        steps
    }

    /// Steps with a checkpoint kept every so often, as the page does it.
    fn kept_steps(&mut self, steps: u64) -> u64 {
        let mut kept = Vec::new();
        for nth in 0..steps {
            if nth % 256 == 0 {
                kept.push((self.world.clone(), self.checker.clone()));
            }
            self.checked_steps(1);
        }
        steps
    }

    fn clones(&self, clones: u64) -> u64 {
        for _ in 0..clones {
            std::hint::black_box((self.world.clone(), self.checker.clone()));
        }
        clones
    }

    fn seconds_in(&mut self, steps: u64) -> u64 {
        let begin = self.world.now();
        self.checked_steps(steps);
        (self.world.now() - begin).0 / 1_000_000
    }
}

fn rate<T>(scene: impl Fn() -> T, work: impl Fn(&mut T) -> u64) -> u64 {
    let [rate] = median_rates([scene], work);
    rate
}

fn main() {
    let steps = amount(STEPS);
    let row = |what: &str, per_second: u64| println!("{what:<56} {:>10}", short(per_second));
    println!("world: five servers, one thread");
    let idle = || Watched::new(0, false);
    let busy = || Watched::new(0, true);
    row("steps/s, heartbeats", rate(idle, |w| w.steps(steps)));
    row(
        "steps/s, heartbeats, checked",
        rate(idle, |w| w.checked_steps(steps)),
    );
    row(
        "virtual seconds/s, heartbeats, checked",
        rate(idle, |w| w.seconds_in(steps)),
    );
    row("steps/s, 5 clients writing", rate(busy, |w| w.steps(steps)));
    row(
        "steps/s, 5 clients writing, checked",
        rate(busy, |w| w.checked_steps(steps)),
    );
    let kept = rate(busy, |w| w.kept_steps(steps));
    row(
        "steps/s, 5 clients writing, checked, a checkpoint per 256",
        kept,
    );
    let curve = |what: &str, work: &dyn Fn(&mut Watched) -> u64| {
        let lengths = [100, 1_000, 10_000, 40_000];
        let scenes = lengths.map(|entries| move || Watched::new(entries, true));
        for (entries, rate) in lengths.into_iter().zip(median_rates(scenes, work)) {
            row(&format!("{what}, logs of {entries} entries"), rate);
        }
    };
    let few = amount(50_000);
    curve("steps/s, 5 clients writing, checked", &|w| {
        w.checked_steps(few)
    });
    curve("clones/s of world and checker", &|w| w.clones(few));
    let begun = || Session::new(Scenario::new(5, 7));
    let seconds = amount(20_000);
    row(
        "virtual seconds/s, heartbeats, in a session",
        rate(begun, |session| {
            session.advance(Time::ms(1_000 * seconds));
            seconds
        }),
    );
    long_runs("seeks/s", &|run| run.seeks(amount(200)));
    long_runs("actions done and undone/s", &|run| run.acts(amount(200)));
    judged(amount(60));
}

/// How many lines of a trace are judged in a second, and how many bytes.
fn judged(seconds: u64) {
    let mut scenario = Scenario::new(5, 7);
    let (client, key) = (ClientId::new(1), "x".parse());
    let (client, key) = client.zip(key.ok()).expect("a client and a key");
    scenario.workloads.push((client, key, Time::ms(20)));
    let schedule = Schedule {
        scenario,
        actions: Vec::new(),
        end: Time::ms(1_000 * seconds),
    };
    let mut paper = Vec::new();
    let played = trace::play(&schedule, Some(&mut paper));
    assert!(played.is_ok());
    let lines = paper.iter().filter(|byte| **byte == b'\n').count() as u64;
    let lines_per_second = rate(
        || (),
        |()| {
            let report = trace::check(&*paper).expect("it is a trace");
            assert!(report.verdicts.is_empty());
            lines
        },
    );
    let bytes = lines_per_second as f64 * paper.len() as f64 / lines as f64;
    let what = format!("lines/s judged, {:.0} MB/s", bytes / 1e6);
    println!("{what:<56} {:>10}", short(lines_per_second));
}

/// What is done in a run of a minute, of ten, and of an hour; and how many times slower than in the
/// first minute.
fn long_runs(what: &str, work: &dyn Fn(&mut Played) -> u64) {
    let lengths = [1, 10, 60].map(|minutes| amount(60 * minutes).min(60 * minutes));
    let rates = median_rates(lengths.map(|seconds| move || Played::new(seconds)), work);
    for (seconds, rate) in lengths.into_iter().zip(rates) {
        let slower = rates[0] as f64 / rate.max(1) as f64;
        let what = format!("{what} in a run of {seconds} s, {slower:.1} times slower");
        println!("{what:<56} {:>10}", short(rate));
    }
}

/// A session that was played for a while, with three clients writing.
struct Played {
    session: Session,
    length: Time,
}

impl Played {
    fn new(seconds: u64) -> Self {
        let mut scenario = Scenario::new(5, 7);
        scenario.clients = 3;
        for (number, key) in (1..).zip(["x", "y", "z"]) {
            let (client, key) = (ClientId::new(number), key.parse());
            let (client, key) = client.zip(key.ok()).expect("a client and a key");
            scenario.workloads.push((client, key, Time::ms(120)));
        }
        let mut session = Session::new(scenario);
        let length = Time::ms(1000 * seconds);
        session.advance(length);
        Self { session, length }
    }

    /// Crashes a server and takes it back, at the head.
    fn acts(&mut self, count: u64) -> u64 {
        let crash = NodeId::first(2).last().map(Action::Crash);
        for _ in 0..count {
            let done = crash.clone().map(|crash| self.session.act(crash));
            assert!(done.is_some_and(|done| done.is_ok()));
            assert!(self.session.undo());
        }
        count
    }

    /// Goes to moments all over the run, and says how often.
    fn seeks(&mut self, count: u64) -> u64 {
        for nth in 0..count {
            let place = nth * 617 % 1000;
            self.session.seek(Time(self.length.0 / 1000 * place));
        }
        count
    }
}
