//! Labs: a thousand runs at once, as a figure that grows before one's eyes. Each run is a cluster
//! of the core with the luck of another seed, and can be opened.

pub mod downtime;
pub mod elections;

use std::str::FromStr;

use self::downtime::Outage;
use self::elections::Experiment;
use crate::session::Session;
use crate::sim::{Action, Scenario, Time};

/// How many runs a figure shows.
pub const RUNS: u64 = 1_000;

/// The shortest election timeout of every lab.
pub const SHORTEST: Time = Time::ms(150);

/// The longest election timeouts that can be chosen, and the step between two; in milliseconds.
pub const LONGEST: (u64, u64, u64) = (155, 600, 5);

/// The longest election timeout at first, in milliseconds.
pub const FIRST: u64 = 300;

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lab {
    /// `elections`: when there is a first leader, and how often a vote is split.
    Elections,
    /// `downtime`: for how long there is no leader after a crash, as in Figure 16.
    Downtime,
}

/// How one run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Trial {
    /// Its luck.
    pub seed: u64,
    /// How long it took until there was a leader.
    pub took: Time,
    /// Whether the first election ended without one.
    pub split: bool,
}

/// A run, up to the moment from which its trial is measured.
struct Beginning {
    scenario: Scenario,
    actions: Vec<(Time, Action)>,
}

impl Lab {
    /// The run of that luck, with timeouts of 150 ms to `longest`.
    pub fn trial(self, longest: Time, seed: u64) -> Trial {
        match self {
            Self::Elections => Experiment::with(longest).trial(seed),
            Self::Downtime => Outage::with(longest).trial(seed),
        }
    }

    /// The same run to be watched, from the moment at which there is no leader.
    pub fn session(self, longest: Time, seed: u64) -> Session {
        let beginning = match self {
            Self::Elections => Experiment::with(longest).beginning(seed),
            Self::Downtime => Outage::with(longest).beginning(seed),
        };
        let mut session = Session::new(beginning.scenario);
        for (at, action) in beginning.actions {
            session.advance(at);
            // What the trial did can be done here.
            let _ = session.act(action);
        }
        session
    }

    /// Whether a learner may be content with these runs.
    pub fn is_solved(self, trials: &[Trial]) -> bool {
        let all = trials.len() as u64 == RUNS;
        all && match self {
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
            "elections" => Ok(Self::Elections),
            "downtime" => Ok(Self::Downtime),
            _ => Err("write lab: elections or lab: downtime, or nothing of a lab".into()),
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
