//! The time bar: play and pause, step, go to any moment, speed; and the run as a whole.

use std::rc::Rc;

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::control::Control;
use super::icons;
use super::paint::Paint;
use crate::raft::{MAX_SERVERS, NodeId};
use crate::session::TimeWish;
use crate::sim::Time;
use crate::view::Timeline;
use crate::view::refs::named;
use crate::view::scene::Look;
use crate::view::timeline::TickKind;

#[derive(Properties)]
pub struct TimeBarProps {
    pub timeline: Rc<Timeline>,
    pub playing: bool,
    pub speed: f64,
    pub hurrying: bool,
    pub can_undo: bool,
    pub can_redo: bool,
    /// The slider of time and the clock are part of what moves.
    pub paint: Paint,
    pub control: Control,
}

impl PartialEq for TimeBarProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.timeline, &other.timeline)
            && (
                self.playing,
                self.speed,
                self.hurrying,
                self.can_undo,
                self.can_redo,
            ) == (
                other.playing,
                other.speed,
                other.hurrying,
                other.can_undo,
                other.can_redo,
            )
    }
}

/// The time bar.
#[component]
pub fn TimeBar(props: &TimeBarProps) -> Html {
    let control = props.control.clone();
    let wish = &Callback::from(move |wish| control.time(wish));
    let send =
        |make: fn(&MouseEvent) -> TimeWish| wish.reform(move |event: MouseEvent| make(&event));
    let seek = wish.reform(|event: InputEvent| {
        let ms = event
            .target_dyn_into::<HtmlInputElement>()
            .map_or(0.0, |input| input.value_as_number());
        TimeWish::Seek(Time((ms.max(0.0) * 1000.0) as u64))
    });
    let speed = wish.reform(|event: InputEvent| {
        let place = event
            .target_dyn_into::<HtmlInputElement>()
            .map_or(0.0, |input| input.value_as_number());
        TimeWish::Speed(speed_at(place))
    });
    let (label, icon) = if props.playing {
        ("Pause", icons::pause())
    } else {
        ("Play", icons::play())
    };
    html! {
        <footer class="timebar">
            <div class="controls" role="group" aria-label="Playing">
                <button class="quiet undo" aria-label="Undo" title="Undo (Ctrl+Z)" disabled={!props.can_undo}
                    onclick={send(|_| TimeWish::Undo)}>{ icons::undo() }</button>
                <button class="step" aria-label="Step back" title="Step back (←; with Shift to the last event told)"
                    onclick={send(|event| TimeWish::Back { story: event.shift_key() })}>{ icons::step_back() }</button>
                <button class="play" aria-label={label} title={format!("{label} (Space)")}
                    onclick={send(|_| TimeWish::Toggle)}>{ icon }</button>
                <button class="step" aria-label="Step forward" title="Step forward (→; with Shift to the next event told)"
                    onclick={send(|event| TimeWish::Forward { story: event.shift_key() })}>{ icons::step_forward() }</button>
                <button class="quiet undo" aria-label="Redo" title="Redo (Shift+Ctrl+Z)" disabled={!props.can_redo}
                    onclick={send(|_| TimeWish::Redo)}>{ icons::redo() }</button>
            </div>
            <div class="run">
                { run_picture(&props.timeline) }
                { quiet_picture(&props.timeline) }
                { lane_names(&props.timeline) }
                <input ref={props.paint.slider.clone()} class="time-slider" type="range" aria-label="Time"
                    min="0" max={(span(props.timeline.head).0 / 1000).to_string()} step="1" oninput={seek} />
            </div>
            <div class="speed">
                <b ref={props.paint.clock.clone()} class="clock"></b>
                <span class="speed-words">{ words(props.speed, props.hurrying) }</span>
                <input type="range" aria-label="Speed" min="0" max="10" step="1"
                    value={place_of(props.speed).to_string()}
                    aria-valuetext={words(props.speed, false)} oninput={speed} />
            </div>
        </footer>
    }
}

/// How much time the bar shows: more than has been played, in steps, so that it rests most of the
/// time.
pub fn span(head: Time) -> Time {
    let mut span = Time::ms(2000);
    while span.0 * 9 / 10 < head.0 {
        span.0 = span.0 * 3 / 2;
    }
    span
}

/// The width of the picture: fine enough for whole numbers.
const WIDTH: u64 = 10_000;

fn run_picture(timeline: &Timeline) -> Html {
    let span = span(timeline.head).0;
    let x = |at: Time| (at.0 * WIDTH / span).to_string();
    let width = |from: Time, to: Time| {
        (to.saturating_sub(from).0 * WIDTH / span)
            .max(1)
            .to_string()
    };
    let lanes = || {
        let lanes = NodeId::first(MAX_SERVERS).zip(&timeline.lanes);
        lanes.filter(|(_, lane)| !lane.is_empty())
    };
    let pitch = 66 / lanes().count().max(1);
    let lanes = lanes().enumerate().map(|(nth, (id, lane))| {
        let y = (2 + pitch * nth).to_string();
        let height = (pitch - 3).clamp(2, 10).to_string();
        let stretches = lane.iter().enumerate().map(|(place, stretch)| {
            let until = lane.get(place + 1).map_or(timeline.head, |next| next.from);
            html! {
                <rect key={place} class={stretch.look.map_or("gone", Look::word)} x={x(stretch.from)} y={y.clone()}
                    width={width(stretch.from, until)} height={height.clone()} />
            }
        });
        html! { <g key={nth} data-refs={named(id)}>{ for stretches }</g> }
    });
    let ticks = timeline.ticks.iter().enumerate().map(|(nth, tick)| {
        let class = match tick.kind {
            TickKind::Action => "tick-action",
            TickKind::Answer => "tick-answer",
            TickKind::Leader => "tick-leader",
        };
        html! { <rect key={nth} {class} x={x(tick.at)} y="71" width="18" height="7" /> }
    });
    let ghosts = timeline.ghosts.iter().enumerate().map(|(nth, ghost)| {
        html! {
            <rect key={nth} x={x(ghost.from)} y="0" width={width(ghost.from, ghost.to.min(Time(span)))} height="1.5" />
        }
    });
    html! {
        <svg class="run-picture" viewBox="0 0 10000 84" preserveAspectRatio="none" aria-hidden="true">
            <g class="run-lanes">{ for lanes }</g>
            <g class="run-ghosts">{ for ghosts }</g>
            <g class="run-ticks">{ for ticks }</g>
        </svg>
    }
}

/// The servers' lanes, in the units of the picture: which, from where, how high.
fn lanes(timeline: &Timeline) -> impl Iterator<Item = (NodeId, usize, usize)> {
    let lanes = NodeId::first(MAX_SERVERS).zip(&timeline.lanes);
    let there: Vec<_> = lanes.filter(|(_, lane)| !lane.is_empty()).collect();
    let pitch = 66 / there.len().max(1);
    let there = there.into_iter().enumerate();
    there.map(move |(nth, (id, _))| (id, 2 + pitch * nth, (pitch - 3).clamp(2, 11)))
}

/// The lanes' names, beside them. A picture of its own, as the other one is stretched.
fn lane_names(timeline: &Timeline) -> Html {
    let lanes: Vec<_> = lanes(timeline).collect();
    // Where there are many, there is no room for names.
    let lanes = lanes.into_iter().filter(|(.., height)| *height >= 10);
    let names = lanes.map(|(id, y, height)| {
        let y = (y + height / 2 + 4).to_string();
        html! { <text key={id.number()} x="0" {y} data-refs={named(id)}>{ id.to_string() }</text> }
    });
    html! { <svg class="run-names" aria-hidden="true">{ for names }</svg> }
}

/// Where time was compressed. A picture of its own, as the other one is stretched, and would stretch
/// the hatching with it.
fn quiet_picture(timeline: &Timeline) -> Html {
    let span = span(timeline.head).0;
    let percent = |time: Time| {
        let hundredths = time.0 * WIDTH / span;
        format!("{}.{:02}%", hundredths / 100, hundredths % 100)
    };
    let quiet = timeline.quiet.iter().enumerate().map(|(nth, (from, to))| {
        html! {
            <rect key={nth} x={percent(*from)} width={percent(*to - *from)} height="100%" fill="url(#hatching)" />
        }
    });
    html! {
        <svg class="run-quiet" aria-hidden="true">
            <pattern id="hatching" width="6" height="6" patternUnits="userSpaceOnUse">
                <path d="M-2 8l10-10M-2 2l4-4M4 8l4-4" />
            </pattern>
            { for quiet }
        </svg>
    }
}

/// The speeds that can be chosen: how many times slower (below zero) or faster than real time.
const SPEEDS: [i16; 11] = [-200, -100, -50, -20, -10, -5, -2, 1, 2, 5, 10];

fn speed_at(place: f64) -> f64 {
    let times = SPEEDS[(place.max(0.0) as usize).min(SPEEDS.len() - 1)];
    if times < 0 {
        -1.0 / f64::from(times)
    } else {
        f64::from(times)
    }
}

fn place_of(speed: f64) -> usize {
    (0..SPEEDS.len())
        .find(|place| speed <= speed_at(*place as f64) * 1.01)
        .unwrap_or(SPEEDS.len() - 1)
}

/// `50 times slower`
fn words(speed: f64, hurrying: bool) -> String {
    match SPEEDS[place_of(speed)] {
        _ if hurrying => "idle: fast-forwarding".into(),
        1 => "real time".into(),
        times if times < 0 => format!("{} times slower", -times),
        times => format!("{times} times faster"),
    }
}
