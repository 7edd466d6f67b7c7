//! A lab: many runs as a figure that grows while they are played, some between two frames.
//! Each bar of it, and each piece of its line, opens a run of its kind.

use gloo_timers::callback::Timeout;
use yew::prelude::*;

use crate::course::lab::elections::Experiment;
use crate::course::lab::{
    BAR, BARS, Histogram, Lab, RUNS, SHORTEST, Trial, acks, commits, downtime, split_share,
};
use crate::narrate::{fill, say};
use crate::sim::Time;
use crate::ui::delegate;
use crate::ui::learn::figures;
use crate::ui::learn::learning::Wish;
use crate::ui::stage::geometry::{Point, px};
use crate::ui::stage::svg::{circle, line, path, text};

/// How many runs are played between two frames, and for how long at most, in milliseconds.
const SLICE: (usize, f64) = (20, 12.0);

/// Where the figure begins and ends.
pub(super) const LEFT: f32 = 8.0;
pub(super) const RIGHT: f32 = 292.0;
pub(super) const TOP: f32 = 14.0;
pub(super) const BOTTOM: f32 = 140.0;

/// The longest downtime in the figure.
const LONGEST_SHOWN: Time = Time::ms(1_000);

/// How many lines of other timeouts stay in sight.
const OLDER: usize = 4;

/// Plays some more of so many runs, until the browser should show them.
pub(in crate::ui) fn play_some(trials: &mut Vec<Trial>, runs: u64, trial: &dyn Fn(u64) -> Trial) {
    let clock = web_sys::window().and_then(|window| window.performance());
    let now = || clock.as_ref().map_or(0.0, |clock| clock.now());
    let begin = now();
    for _ in 0..SLICE.0 {
        let seed = trials.len() as u64 + 1;
        if seed > runs || now() - begin > SLICE.1 {
            break;
        }
        trials.push(trial(seed));
    }
}

#[derive(Properties, PartialEq)]
pub struct LabProps {
    pub lab: Lab,
    /// The number that the learner changes, in milliseconds.
    pub number: u64,
    pub on_wish: Callback<Wish>,
}

/// The figure.
pub struct LabFigure {
    /// The runs so far, in the order of their seeds.
    trials: Vec<Trial>,
    /// The lines of other numbers, with these.
    older: Vec<(u64, String)>,
    next: Option<Timeout>,
}

impl Component for LabFigure {
    /// Play some more runs.
    type Message = ();
    type Properties = LabProps;

    fn create(ctx: &Context<Self>) -> Self {
        let mut figure = Self {
            trials: Vec::new(),
            older: Vec::new(),
            next: None,
        };
        figure.go_on(ctx);
        figure
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &LabProps) -> bool {
        let props = ctx.props();
        if (props.lab, props.number) != (old.lab, old.number) {
            if self.trials.len() as u64 >= old.lab.runs() {
                self.older.retain(|(number, _)| *number != props.number);
                self.older.push((old.number, steps(&self.trials)));
                let surplus = self.older.len().saturating_sub(OLDER);
                self.older.drain(..surplus);
            }
            self.trials.clear();
            self.go_on(ctx);
        }
        true
    }

    fn update(&mut self, ctx: &Context<Self>, (): ()) -> bool {
        let LabProps { lab, number, .. } = *ctx.props();
        play_some(&mut self.trials, lab.runs(), &|seed| {
            lab.trial(Time::ms(number), seed)
        });
        if !self.is_done(lab) {
            self.go_on(ctx);
        } else if lab.is_solved(&self.trials) {
            ctx.props().on_wish.emit(Wish::Solved);
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let LabProps { lab, number, .. } = *ctx.props();
        let on_wish = &ctx.props().on_wish;
        let watch = delegate::pick(on_wish, |event: &MouseEvent| {
            Some(Wish::Watch(delegate::number(event, "data-seed")?))
        });
        let (figure, told) = match lab {
            Lab::Acks => (figures::acks(&self.trials), self.of_acks()),
            Lab::Commits => (figures::commits(&self.trials), self.of_commits()),
            Lab::Elections => (self.elections(number), self.of_elections(number)),
            Lab::Downtime => (self.downtime(number), self.of_downtime()),
        };
        let live = if self.is_done(lab) { "polite" } else { "off" };
        let examples = self.examples(lab).map(|(label, trial)| {
            let seed = trial.map(|trial| trial.seed.to_string());
            html! { <button class="bordered small" disabled={trial.is_none()} data-seed={seed}>{ label }</button> }
        });
        html! {
            <div class="lab" onclick={watch}>
                <svg class="figure" viewBox="0 0 300 168" role="img" aria-label={told.clone()}>{ figure }</svg>
                <p class="lab-told" aria-live={live}>{ told }</p>
                <div class="buttons">{ for examples }</div>
            </div>
        }
    }
}

impl LabFigure {
    fn is_done(&self, lab: Lab) -> bool {
        self.trials.len() as u64 >= lab.runs()
    }

    fn go_on(&mut self, ctx: &Context<Self>) {
        let link = ctx.link().clone();
        self.next = Some(Timeout::new(0, move || link.send_message(())));
    }

    /// The elections by the time until there was a leader: bars, and the formula's curve.
    fn elections(&self, longest: u64) -> Html {
        let histogram = Histogram::of(Time::ms(longest), &self.trials);
        let highest = histogram.height() as f32;
        let width = (RIGHT - LEFT) / BARS as f32;
        let left = |place: usize| LEFT + width * place as f32;
        let y = |count: f32| BOTTOM - (BOTTOM - TOP) * count / highest;
        let bars = histogram.bars.iter().enumerate().map(|(place, bar)| {
            let (first, split) = (bar.first as f32, bar.split as f32);
            let x = (left(place), width - 1.0);
            html! {
                <g key={place}>
                    { block("first", x, (y(first), BOTTOM)) }
                    { block("split", x, (y(first + split), y(first))) }
                    { hit((left(place), width), bar.seed) }
                </g>
            }
        });
        let curve = histogram.bars.iter().enumerate();
        let curve = curve.map(|(place, bar)| (left(place) + width / 2.0, y(bar.expected as f32)));
        let ticks = (0..BARS).step_by(5).map(|place| {
            let at = SHORTEST.0 + BAR.0 * place as u64;
            tick(left(place), at / 1000)
        });
        let end = axis(SHORTEST + Time(BAR.0 * BARS as u64));
        html! { <>{ for bars }{ path("curve", drawn(curve)) }{ end }{ for ticks }</> }
    }

    /// How many had a leader by when, as in Figure 16.
    fn downtime(&self, longest: u64) -> Html {
        let older = self
            .older
            .iter()
            .enumerate()
            .map(|(place, (longest, steps))| {
                let at = (RIGHT - 18.0, TOP + 18.0 + 14.0 * place as f32);
                html! {
                    <g key={*longest} class={format!("older older-{place}")}>
                        { path("line", steps.clone()) }
                        { line("sample", (at.0 - 34.0, at.1 - 4.0), (at.0 - 18.0, at.1 - 4.0)) }
                        { text("axis", at, longest) }
                    </g>
                }
            });
        let width = (RIGHT - LEFT) / 20.0;
        let hits = (0..20).map(|place| {
            let from = LONGEST_SHOWN.0 / 20 * place;
            let within = from..from + LONGEST_SHOWN.0 / 20;
            let trial = self
                .trials
                .iter()
                .find(|trial| within.contains(&trial.took.0));
            hit(
                (LEFT + width * place as f32, width),
                trial.map(|trial| trial.seed),
            )
        });
        let gates = downtime::CONTENT
            .map(|(count, within)| circle("gate", (x_of(within), y_of(count)), 4.5));
        html! {
            <>
                { for older }
                { path("line", steps(&self.trials)) }
                { for gates }
                { text("axis", (RIGHT - 18.0, TOP + 4.0), longest) }
                { line("sample", (RIGHT - 52.0, TOP), (RIGHT - 36.0, TOP)) }
                { axis(LONGEST_SHOWN) }
                { for [0, 250, 500, 750].map(|ms| tick(x_of(Time::ms(ms)), ms)) }
                { for hits }
            </>
        }
    }

    fn of_elections(&self, longest: u64) -> String {
        let expected = Experiment::with(Time::ms(longest)).expected();
        fill(
            "{} elections: {} % split, {} % by the formula.",
            &[
                &self.trials.len(),
                &tenths(split_share(&self.trials)),
                &tenths(expected),
            ],
        )
    }

    fn of_downtime(&self) -> String {
        let mut times: Vec<u64> = self
            .trials
            .iter()
            .map(|trial| trial.took.0 / 1000)
            .collect();
        times.sort_unstable();
        let count = times.len();
        match times.last() {
            None => String::new(),
            Some(slowest) => fill(
                "{} crashes: half are over in {} ms, 99 of 100 in {} ms, the slowest in {} ms.",
                &[&count, &times[count / 2], &times[count * 99 / 100], slowest],
            ),
        }
    }

    fn of_acks(&self) -> String {
        let ms = |servers: u8| {
            let medians = acks::medians(&self.trials, servers);
            let last = medians.get(acks::needed(servers) as usize - 1);
            last.map_or(0, |(took, _)| took.0 / 1000)
        };
        fill(
            "{} writes: half are committed within {} ms with four servers, {} ms with five, {} ms with nine.",
            &[&self.trials.len(), &ms(4), &ms(5), &ms(9)],
        )
    }

    fn of_commits(&self) -> String {
        let still = self.trials.iter().filter(|one| commits::stands_still(one));
        let ends = self.trials.iter().filter_map(|one| one.points.last());
        let mut ends: Vec<u64> = ends.map(|(_, index)| *index).collect();
        ends.sort_unstable();
        fill(
            "{} runs: half commit up to {} entries; {} commit nothing after the crash.",
            &[
                &ends.len(),
                &ends.get(ends.len() / 2).copied().unwrap_or(0),
                &still.count(),
            ],
        )
    }

    /// Runs that are worth watching.
    fn examples(&self, lab: Lab) -> [(&'static str, Option<&Trial>); 2] {
        let trials = &self.trials;
        match lab {
            Lab::Elections => [
                (
                    say("Watch one with a leader at once"),
                    trials.iter().find(|trial| !trial.split),
                ),
                (
                    say("Watch a split vote"),
                    trials.iter().find(|trial| trial.split),
                ),
            ],
            Lab::Acks | Lab::Commits | Lab::Downtime => {
                let (servers, _) = acks::CONTENT;
                let shown = trials.iter();
                let shown =
                    shown.filter(|trial| lab != Lab::Acks || acks::servers(trial.seed) == servers);
                [
                    (
                        say("Watch the quickest"),
                        shown.clone().min_by_key(|trial| trial.took),
                    ),
                    (
                        say("Watch the slowest"),
                        shown.max_by_key(|trial| trial.took),
                    ),
                ]
            }
        }
    }
}

/// Where a downtime stands in the figure.
fn x_of(took: Time) -> f32 {
    let share = took.min(LONGEST_SHOWN).0 as f32 / LONGEST_SHOWN.0 as f32;
    LEFT + (RIGHT - LEFT) * share
}

/// The line that rises with each run that is over.
fn steps(trials: &[Trial]) -> String {
    let mut times: Vec<Time> = trials.iter().map(|trial| trial.took).collect();
    times.sort_unstable();
    // A hundred points are as many as can be told apart.
    let points = times.iter().enumerate().step_by(10);
    let last = times.last().map(|last| (times.len(), last));
    drawn(
        points
            .chain(last)
            .map(|(count, took)| (x_of(*took), y_of(count))),
    )
}

/// Where so many runs are over.
fn y_of(count: usize) -> f32 {
    BOTTOM - (BOTTOM - TOP) * count as f32 / RUNS as f32
}

/// A line through these points.
pub(super) fn drawn(points: impl Iterator<Item = Point>) -> String {
    let mut d = String::new();
    for (x, y) in points {
        d.push(if d.is_empty() { 'M' } else { 'L' });
        d.push_str(&px(x));
        d.push(' ');
        d.push_str(&px(y));
    }
    d
}

/// A block from the left on, so wide, between two heights.
fn block(class: &'static str, (x, width): Point, (top, bottom): Point) -> Html {
    html! { <rect {class} x={px(x)} y={px(top)} width={px(width)} height={px(bottom - top)} /> }
}

/// What can be clicked to open a run.
pub(super) fn hit((x, width): Point, seed: Option<u64>) -> Html {
    let Some(seed) = seed else {
        return Html::default();
    };
    let height = px(BOTTOM - TOP);
    html! { <rect class="hit" data-seed={seed.to_string()} x={px(x)} y={px(TOP)} width={px(width)} {height} /> }
}

/// The axis of time, up to a moment.
pub(super) fn axis(end: Time) -> Html {
    let unit = format!("{} ms", end.0 / 1000);
    html! {
        <>
            { line("base", (LEFT, BOTTOM), (RIGHT, BOTTOM)) }
            { text("axis", (RIGHT - 20.0, BOTTOM + 18.0), unit) }
        </>
    }
}

pub(super) fn tick(x: f32, ms: u64) -> Html {
    text("axis", (x.max(18.0), BOTTOM + 18.0), ms)
}

/// One digit behind the point, without the code for printing fractions.
pub(in crate::ui) fn tenths(share: f64) -> String {
    let tenths = (share * 10.0 + 0.5) as u64;
    format!("{}.{}", tenths / 10, tenths % 10)
}
