//! The figures of two labs: acknowledgements by the size of the cluster, and the commit index over
//! time.

use yew::prelude::*;

use crate::course::lab::{Trial, acks, commits};
use crate::sim::Time;
use crate::ui::learn::lab::{BOTTOM, LEFT, RIGHT, TOP, axis, drawn, tick};
use crate::ui::stage::geometry::{Point, px};
use crate::ui::stage::svg::{circle, line, path, text};

/// Room for the numbers at the left.
const INNER: f32 = LEFT + 22.0;

/// The longest times in the figure of acknowledgements: where all of them are shorter than the
/// first, it is enough.
const LONGEST_ACKS: [Time; 2] = [Time::ms(125), Time::ms(200)];

/// How many bands the ends of the runs are gathered in.
const BANDS: u64 = 12;

/// When half of the k-th acknowledgements have arrived, for each k, by the number of servers. That
/// which commits the entry is filled.
pub fn acks(trials: &[Trial]) -> Html {
    let (fewest, most) = acks::SERVERS;
    let width = (RIGHT - INNER) / f32::from(most - fewest + 1);
    let x = |servers: u8| INNER + width * (f32::from(servers - fewest) + 0.5);
    let slowest = acks::medians(trials, most)
        .last()
        .map_or(Time::ZERO, |last| last.0);
    let longest = LONGEST_ACKS[usize::from(slowest > LONGEST_ACKS[0])];
    let y = |at: Time| BOTTOM - (BOTTOM - TOP) * share(at, longest);
    let mut committed: Vec<Point> = Vec::new();
    let columns = (fewest..=most).map(|servers| {
        let dots = acks::medians(trials, servers).into_iter().enumerate();
        let dots = dots.map(|(nth, (took, seed))| {
            let at = (x(servers), y(took));
            let commits = nth as u64 + 1 == acks::needed(servers);
            if commits {
                committed.push(at);
            }
            let (class, radius) = if commits { ("ack commits", 4.5) } else { ("ack", 2.5) };
            html! {
                <g key={nth}>
                    { circle(class, at, radius) }
                    <circle class="hit" data-seed={seed.to_string()} cx={px(at.0)} cy={px(at.1)} r="6" />
                </g>
            }
        });
        html! {
            <g key={servers}>
                { for dots }
                { text("axis", (x(servers), BOTTOM + 18.0), servers) }
            </g>
        }
    });
    let columns: Vec<Html> = columns.collect();
    let (servers, within) = acks::CONTENT;
    html! {
        <>
            { line("base", (INNER, BOTTOM), (RIGHT, BOTTOM)) }
            { for [50, 100, 150].into_iter().filter(|ms| Time::ms(*ms) < longest).map(|ms| scale(y(Time::ms(ms)), ms)) }
            { text("axis", (INNER - 13.0, TOP - 2.0), "ms") }
            { path("curve", drawn(committed.into_iter())) }
            { circle("gate", (x(servers), y(within)), 8.0) }
            { for columns }
        </>
    }
}

/// The commit index of each run over time.
pub fn commits(trials: &[Trial]) -> Html {
    let ends = trials.iter().filter_map(|trial| trial.points.last());
    let highest = ends.map(|(_, index)| *index).max().unwrap_or(0).max(10);
    let x = |at: Time| INNER + (RIGHT - INNER) * share(at, commits::END);
    let y = |index: u64| BOTTOM - (BOTTOM - TOP) * index as f32 / highest as f32;
    let lines = trials.iter().map(|trial| {
        let mut steps: Vec<Point> = Vec::new();
        for (at, index) in &trial.points {
            // The index stays until it rises.
            let before = steps.last().map(|last| last.1);
            steps.extend(before.map(|before| (x(*at), before)));
            steps.push((x(*at), y(*index)));
        }
        let last = steps.last().map(|last| last.1);
        steps.extend(last.map(|last| (RIGHT, last)));
        html! { <g key={trial.seed}>{ path("run", drawn(steps.into_iter())) }</g> }
    });
    let bands = (0..BANDS).map(|band| {
        let ends_here = |trial: &&Trial| {
            let end = trial.points.last().map_or(0, |(_, index)| *index);
            end * BANDS / (highest + 1) == band
        };
        let Some(trial) = trials.iter().find(ends_here) else {
            return Html::default();
        };
        let height = (BOTTOM - TOP) / BANDS as f32;
        let top = BOTTOM - height * (band + 1) as f32;
        let left = x(commits::CRASH);
        html! {
            <rect class="hit" data-seed={trial.seed.to_string()} x={px(left)} y={px(top)}
                width={px(RIGHT - left)} height={px(height)} />
        }
    });
    let middle = highest / 2;
    html! {
        <>
            { axis(commits::END) }
            { line("crash", (x(commits::CRASH), TOP), (x(commits::CRASH), BOTTOM)) }
            { tick(x(commits::CRASH), 1_000) }
            { tick(x(Time::ms(2_000)), 2_000) }
            { for [middle, highest].map(|index| scale(y(index), index)) }
            { for lines }
            { for bands }
        </>
    }
}

/// A number at the left.
fn scale(y: f32, number: u64) -> Html {
    html! {
        <>
            { line("grid", (INNER, y), (RIGHT, y)) }
            { text("axis", (INNER - 13.0, y + 4.0), number) }
        </>
    }
}

fn share(at: Time, of: Time) -> f32 {
    at.min(of).0 as f32 / of.0 as f32
}
