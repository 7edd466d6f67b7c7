//! `#/bench`: how fast the simulation runs in this browser, on this machine.
//!
//! What is measured is what the page does all the time, without pictures: a session of five servers
//! with heartbeats, every step checked against every property, and the run kept so that any of its
//! moments can be seen again.

use yew::prelude::*;

use crate::session::Session;
use crate::sim::{Scenario, Time};

/// How long each run is, in simulated seconds.
const LENGTH: u64 = 1_000;

/// The simulated seconds of one measurement: other work of the machine falls between two.
const SLICE: u64 = 50;

/// Warm-up runs that do not count: browsers compile a program again while it runs.
const WARM_UP: u64 = 5;

/// Runs that count.
const RUNS: u64 = 20;

/// A measuring under way.
#[derive(Default)]
pub struct Bench {
    runs: u64,
    /// How long each slice took by the clock on the wall, in milliseconds, the shortest first.
    times: Vec<f64>,
    /// Steps in all slices: a packet arrived, a timer ran out.
    events: u64,
}

impl Bench {
    /// Plays one run more.
    pub fn run(&mut self) {
        let clock = web_sys::window().and_then(|window| window.performance());
        let now = || clock.as_ref().map_or(0.0, |clock| clock.now());
        let mut session = Session::new(Scenario::new(5, self.runs));
        for slice in 1..=LENGTH / SLICE {
            let (begin, before) = (now(), session.world().last_step().0);
            session.advance(Time::ms(1_000 * SLICE * slice));
            if self.runs >= WARM_UP {
                self.note(now() - begin, session.world().last_step().0 - before);
            }
        }
        self.runs += 1;
    }

    fn note(&mut self, time: f64, events: u64) {
        self.events += events;
        let place = self.times.partition_point(|other| *other < time);
        self.times.insert(place, time);
    }

    /// Whether all was measured.
    pub fn is_done(&self) -> bool {
        self.runs == WARM_UP + RUNS
    }

    /// How many events and simulated seconds there are in a second, by the median slice.
    fn rates(&self) -> (u64, u64) {
        let count = self.times.len();
        let Some(median) = self.times.get(count / 2) else {
            return (0, 0);
        };
        let rate = |in_slice: f64| (in_slice * 1_000.0 / median.max(0.1)) as u64;
        (rate(self.events as f64 / count as f64), rate(SLICE as f64))
    }

    /// The results so far.
    pub fn view(&self) -> Html {
        let (events, seconds) = self.rates();
        let result = self.is_done().then(|| {
            html! {
                <pre id="bench-result">
                    { format!("{{\"events_per_second\":{events},\"simulated_seconds_per_second\":{seconds}}}") }
                </pre>
            }
        });
        let runs = self.runs;
        html! {
            <section class="guide" aria-label="Speed">
                <h1>{ format!("{events} events a second.") }</h1>
                <p>{ format!("Or {seconds} simulated seconds in each: five servers with heartbeats, every step checked, \
                    and any moment can be seen again. The median of {runs} runs' slices, of {}.", WARM_UP + RUNS) }</p>
                { for result }
            </section>
        }
    }
}
