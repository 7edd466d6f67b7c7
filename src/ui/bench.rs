//! `#/bench`: how fast the simulation runs in this browser, on this machine.
//!
//! What is measured is what the page does all the time, without pictures: a session of five servers
//! with heartbeats, every step checked against every property, and the run kept so that any of its
//! moments can be seen again.

use yew::prelude::*;

use super::markup::html;
use crate::session::Session;
use crate::sim::{Scenario, Time};

/// How long each run is, in simulated seconds.
const LENGTH: u64 = 1_000;

/// Runs that do not count: browsers translate a program anew when they see what it does.
const WARM_UP: u64 = 5;

/// Runs that count.
const RUNS: u64 = 20;

/// A measuring under way.
#[derive(Default)]
pub struct Bench {
    begun: u64,
    counted: u64,
    /// Steps: a packet arrived, a timer ran out.
    events: u64,
    /// By the clock on the wall, in milliseconds.
    took: f64,
}

impl Bench {
    /// Plays one run more.
    pub fn run(&mut self) {
        let clock = web_sys::window().and_then(|window| window.performance());
        let now = || clock.as_ref().map_or(0.0, |clock| clock.now());
        let begin = now();
        let mut session = Session::new(Scenario::new(5, self.begun));
        session.advance(Time::ms(1_000 * LENGTH));
        self.begun += 1;
        if self.begun > WARM_UP {
            self.counted += 1;
            self.events += session.world().last_step().0;
            self.took += now() - begin;
        }
    }

    /// Whether all was measured.
    pub fn is_done(&self) -> bool {
        self.counted == RUNS
    }

    /// How many of something there were in a second.
    fn rate(&self, count: u64) -> u64 {
        (count as f64 * 1_000.0 / self.took.max(1.0)) as u64
    }

    /// What is known so far.
    pub fn view(&self) -> Html {
        let (events, seconds) = (self.rate(self.events), self.rate(LENGTH * self.counted));
        let result = self.is_done().then(|| {
            html! {
                <pre id="bench-result">
                    { format!("{{\"events_per_second\":{events},\"simulated_seconds_per_second\":{seconds}}}") }
                </pre>
            }
        });
        let counted = self.counted;
        html! {
            <section class="guide" aria-label="Speed">
                <h1>{ format!("{events} events a second.") }</h1>
                <p>{ format!("Or {seconds} simulated seconds in each: five servers with heartbeats, every step checked, \
                    and any moment can be seen again. {counted} of {RUNS} runs are measured.") }</p>
                { for result }
            </section>
        }
    }
}
