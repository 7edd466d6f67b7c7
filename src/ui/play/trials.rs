//! The settings of the run, tried on many crashes of its leader while one looks on: how often a vote
//! is split, and how long nobody leads. Each number opens a run of its kind.

use gloo_timers::callback::Timeout;
use yew::prelude::*;

use crate::course::lab::crashes::{CRASHES, Crashes};
use crate::course::lab::{Trial, split_share};
use crate::narrate::{fill, say, spoken_time};
use crate::sim::{Setting, Time};
use crate::ui::delegate;
use crate::ui::learn::lab::{play_some, tenths};
use crate::ui::play::settings::{RunWish, shown};

/// How many earlier timeouts stay in sight.
const OLDER: usize = 4;

#[derive(Properties, PartialEq)]
pub struct TrialsProps {
    pub crashes: Crashes,
    pub on_wish: Callback<RunWish>,
}

/// What the user, or the clock, wants.
pub enum Msg {
    Begin,
    More,
    Watch(u64),
}

/// What came of one election timeout: how often a vote was split, half of the times and 99 of 100,
/// each with the luck of a run.
#[derive(Clone)]
struct Found {
    timeout: String,
    numbers: [(String, Option<u64>); 3],
}

/// The trials.
#[derive(Default)]
pub struct Trials {
    begun: bool,
    trials: Vec<Trial>,
    older: Vec<Found>,
    next: Option<Timeout>,
}

impl Component for Trials {
    type Message = Msg;
    type Properties = TrialsProps;

    fn create(_: &Context<Self>) -> Self {
        Self::default()
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &TrialsProps) -> bool {
        let crashes = &ctx.props().crashes;
        if self.begun && *crashes != old.crashes {
            let found = found(&self.trials, &old.crashes);
            if !crashes.is_alike(&old.crashes) {
                self.older.clear();
            } else if self.is_done() {
                let again = |other: &Found| {
                    let tried = shown_timeout(crashes);
                    other.timeout != found.timeout && other.timeout != tried
                };
                self.older.retain(again);
                self.older.insert(0, found);
                self.older.truncate(OLDER);
            }
            self.trials.clear();
            self.go_on(ctx);
        }
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        let TrialsProps { crashes, on_wish } = ctx.props();
        match msg {
            Msg::Begin => self.begun = true,
            Msg::More => play_some(&mut self.trials, CRASHES, &|seed| crashes.trial(seed)),
            Msg::Watch(seed) => {
                on_wish.emit(RunWish::Open(crashes.session(seed).into()));
                return false;
            }
        }
        if !self.is_done() {
            self.go_on(ctx);
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        if !self.begun {
            let onclick = ctx.link().callback(|_: MouseEvent| Msg::Begin);
            let label = fill("Try these settings on {} crashes", &[&CRASHES]);
            return html! { <button class="bordered small trials" {onclick}>{ label }</button> };
        }
        let onclick = ctx.link().batch_callback(|event: MouseEvent| {
            delegate::number(&event, "data-seed").map(Msg::Watch)
        });
        let live = if self.is_done() { "polite" } else { "off" };
        let now = found(&self.trials, &ctx.props().crashes);
        let head = [
            say("Election timeout"),
            say("split votes"),
            say("median"),
            "99 %",
        ];
        html! {
            <div class="trials" {onclick}>
                <p aria-live={live}>{ fill(
                    "{} crashes of the leader: how often a vote is split, and for how long nobody leads.",
                    &[&self.trials.len()],
                ) }{ " " }{ say("A number opens its run.") }</p>
                <table>
                    <thead><tr>{ for head.map(|name| html! { <th scope="col">{ name }</th> }) }</tr></thead>
                    <tbody>{ row(&now, true) }{ for self.older.iter().map(|found| row(found, false)) }</tbody>
                </table>
            </div>
        }
    }
}

impl Trials {
    fn is_done(&self) -> bool {
        self.trials.len() as u64 >= CRASHES
    }

    fn go_on(&mut self, ctx: &Context<Self>) {
        let link = ctx.link().clone();
        self.next = Some(Timeout::new(0, move || link.send_message(Msg::More)));
    }
}

/// A row; the numbers of the latest one open runs.
fn row(found: &Found, opens: bool) -> Html {
    let cells = found.numbers.iter().map(|(number, seed)| match seed {
        Some(seed) if opens => {
            html! { <td><button class="ask" data-seed={seed.to_string()}>{ number }</button></td> }
        }
        _ => html! { <td>{ number }</td> },
    });
    html! { <tr key={found.timeout.clone()}><th scope="row">{ &found.timeout }</th>{ for cells }</tr> }
}

fn shown_timeout(crashes: &Crashes) -> String {
    let (low, high) = crashes.timeout();
    let words = Setting::Election(low, high).to_string();
    shown(words.trim_start_matches("timeout="))
}

fn found(trials: &[Trial], crashes: &Crashes) -> Found {
    let mut times: Vec<u64> = trials.iter().map(|trial| trial.took.0).collect();
    times.sort_unstable();
    let of = |place: usize| {
        let took = times.get(place).map_or(Time::ZERO, |took| Time(*took));
        let over = if took < crashes.given_up() { "" } else { "> " };
        let seed = trials.iter().find(|trial| trial.took == took);
        let text = format!("{over}{}", spoken_time(took));
        (text, seed.map(|trial| trial.seed))
    };
    let split = trials.iter().find(|trial| trial.split);
    let share = format!("{} %", tenths(split_share(trials)));
    let split = (share, split.map(|trial| trial.seed));
    Found {
        timeout: shown_timeout(crashes),
        numbers: [split, of(trials.len() / 2), of(trials.len() * 99 / 100)],
    }
}
