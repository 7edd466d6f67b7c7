//! Labs: many runs at once, as a figure that grows before one's eyes. Each run is a cluster of the
//! core with the luck of another seed, and can be opened.

pub mod acks;
pub mod commits;
pub mod crashes;
pub mod downtime;
pub mod elections;

use std::str::FromStr;

use self::downtime::Outage;
use self::elections::Experiment;
use crate::raft::{Event, Term};
use crate::session::Session;
use crate::sim::{Action, Scenario, Step, Time, World};

/// How many runs the figures of elections and of downtimes show.
pub const RUNS: u64 = 1_000;

/// The shortest election timeout of every lab.
pub const SHORTEST: Time = Time::ms(150);

/// The shortest time that a message takes where these times differ.
pub const SHORTEST_WAY: Time = Time::ms(10);

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lab {
    /// `acks`: when each follower's reply reaches the leader, by the size of the cluster.
    Acks,
    /// `commits`: how the commit index rises, and stands still after a crash.
    Commits,
    /// `elections`: when there is a first leader, and how often a vote is split.
    Elections,
    /// `downtime`: for how long there is no leader after a crash, as in Figure 16.
    Downtime,
}

/// A number in the text of a lab that can be changed; in milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Number {
    /// What it is at first.
    pub first: u64,
    /// The least and the greatest that can be chosen, and the step between two.
    pub range: (u64, u64, u64),
}

/// How one run ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trial {
    /// Its luck.
    pub seed: u64,
    /// How long it took until there was a leader; or until a write was committed.
    pub took: Time,
    /// Whether a vote was split: two or more candidates of a term, and none was elected.
    pub split: bool,
    /// Of a write: when each acknowledgement arrived, and the how manieth it was. Of a run: its
    /// commit index, and since when. Of an election nothing.
    pub points: Vec<(Time, u64)>,
}

/// A run, up to the moment from which its trial is measured.
struct Beginning {
    scenario: Scenario,
    actions: Vec<(Time, Action)>,
}

impl Beginning {
    /// Nothing is done yet.
    fn of(scenario: Scenario) -> (Self, World) {
        let world = World::new(&scenario, &mut Step::default());
        let actions = Vec::new();
        (Self { scenario, actions }, world)
    }

    /// Does something now, which can be done.
    fn act(&mut self, world: &mut World, action: Action) {
        let done = world.act(&action, &mut Step::default());
        debug_assert!(done.is_ok());
        self.actions.push((world.now(), action));
    }

    /// The same to be watched.
    fn session(self) -> Session {
        let mut session = Session::new(self.scenario);
        for (at, action) in self.actions {
            session.advance(at);
            // What the trial did can be done here.
            let _ = session.act(action);
        }
        session
    }
}

/// Lets time pass up to `to`, and all that happens until then.
fn run_to(world: &mut World, to: Time) {
    let mut step = Step::default();
    while world.next_at().is_some_and(|at| at <= to) {
        world.step(&mut step);
    }
    world.wait_until(to);
}

/// Lets time pass until a leader is elected, and says whether a vote was split before. After
/// `latest` nobody waits.
fn until_elected(world: &mut World, latest: Time) -> bool {
    let mut step = Step::default();
    let (mut stood, mut elected): (Vec<Term>, _) = (Vec::new(), None);
    while elected.is_none() && world.now() < latest && world.step(&mut step) {
        for (_, event) in step.events() {
            match event {
                Event::ElectionStarted { term, .. } => stood.push(*term),
                Event::BecameLeader { term, .. } => elected = Some(*term),
                _ => {}
            }
        }
    }
    let mut split = stood.iter().enumerate();
    split.any(|(nth, term)| elected != Some(*term) && stood[..nth].contains(term))
}

impl Lab {
    /// How many runs the figure shows.
    pub fn runs(self) -> u64 {
        match self {
            Self::Acks => 800,
            Self::Commits => 100,
            Self::Downtime | Self::Elections => RUNS,
        }
    }

    /// The number that the learner changes: the longest election timeout; in `acks` and `commits`
    /// how long a message takes.
    pub fn number(self) -> Number {
        let (first, range) = match self {
            Self::Acks => (60, (15, 100, 5)),
            Self::Commits => (15, (5, 150, 5)),
            Self::Downtime | Self::Elections => (300, (155, 600, 5)),
        };
        Number { first, range }
    }

    /// The run of that luck, with that number.
    pub fn trial(self, number: Time, seed: u64) -> Trial {
        match self {
            Self::Acks => acks::trial(number, seed),
            Self::Commits => commits::trial(number, seed),
            Self::Elections => Experiment::with(number).trial(seed),
            Self::Downtime => Outage::with(number).trial(seed),
        }
    }

    /// The same run to be watched, from the moment at which there is no leader, or at which a
    /// client sends its request.
    pub fn session(self, number: Time, seed: u64) -> Session {
        match self {
            Self::Acks => acks::beginning(number, seed),
            Self::Commits => commits::beginning(number, seed),
            Self::Elections => Experiment::with(number).beginning(seed),
            Self::Downtime => Outage::with(number).beginning(seed),
        }
        .session()
    }

    /// Whether a learner may be content with these runs.
    pub fn is_solved(self, trials: &[Trial]) -> bool {
        let all = trials.len() as u64 == self.runs();
        all && match self {
            Self::Acks => {
                let (servers, within) = acks::CONTENT;
                let medians = acks::medians(trials, servers);
                medians[acks::needed(servers) as usize - 1].0 <= within
            }
            Self::Commits => {
                let still = trials.iter().filter(|trial| commits::stands_still(trial));
                still.count() >= commits::CONTENT
            }
            Self::Elections => split_share(trials) <= elections::CONTENT,
            Self::Downtime => downtime::CONTENT.iter().all(|(wanted, within)| {
                let over = trials.iter().filter(|trial| trial.took <= *within);
                over.count() >= *wanted
            }),
        }
    }
}

impl FromStr for Lab {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "acks" => Ok(Self::Acks),
            "commits" => Ok(Self::Commits),
            "elections" => Ok(Self::Elections),
            "downtime" => Ok(Self::Downtime),
            _ => Err("write lab: acks, commits, elections or downtime, or nothing of a lab".into()),
        }
    }
}

/// How many in a hundred were split.
pub fn split_share(trials: &[Trial]) -> f64 {
    let split = trials.iter().filter(|trial| trial.split).count();
    split as f64 * 100.0 / trials.len().max(1) as f64
}

/// A thousandth of a second, as a number with a fraction.
fn in_ms(time: Time) -> f64 {
    time.0 as f64 / 1000.0
}

/// The runs in bars of equal width.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Histogram {
    /// The bars, from the shortest time on; the last one holds all that took longer, too.
    pub bars: Vec<Bar>,
}

/// The runs that took about as long.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Bar {
    /// How many had a leader in the first term.
    pub first: u32,
    /// How many had a split vote before.
    pub split: u32,
    /// The luck of one of them.
    pub seed: Option<u64>,
    /// How many of a thousand the formula expects to have a leader in the first term.
    pub expected: f64,
}

/// The width of a bar.
pub const BAR: Time = Time::ms(20);

/// How many bars there are.
pub const BARS: usize = 25;

impl Histogram {
    /// Of these elections.
    pub fn of(longest: Time, trials: &[Trial]) -> Self {
        let experiment = Experiment::with(longest);
        let from = |place: usize| Time(SHORTEST.0 + BAR.0 * place as u64);
        let expected = |place| experiment.leaders_between(from(place), from(place + 1));
        let mut bars: Vec<Bar> = (0..BARS)
            .map(|place| Bar {
                expected: RUNS as f64 * expected(place),
                ..Bar::default()
            })
            .collect();
        for trial in trials {
            let place = (trial.took.0.saturating_sub(SHORTEST.0) / BAR.0) as usize;
            let bar = &mut bars[place.min(BARS - 1)];
            bar.first += u32::from(!trial.split);
            bar.split += u32::from(trial.split);
            bar.seed.get_or_insert(trial.seed);
        }
        Self { bars }
    }

    /// The highest that any bar is expected to be, or is.
    pub fn height(&self) -> f64 {
        let highest = |bar: &Bar| bar.expected.max(f64::from(bar.first + bar.split));
        self.bars.iter().map(highest).fold(1.0, f64::max)
    }
}
