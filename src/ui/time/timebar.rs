//! The time bar: play and pause, step, go to any moment, speed; and the run as a whole.

use std::rc::Rc;

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::narrate::{fill, say};
use crate::raft::{MAX_SERVERS, NodeId};
use crate::session::{Bookmark, TimeWish};
use crate::sim::Time;
use crate::ui::control::Control;
use crate::ui::icons;
use crate::ui::stage::paint::Paint;
use crate::ui::time::branches::Branches;
use crate::ui::time::compare::CompareWish;
use crate::ui::time::travel::Travel;
use crate::view::Timeline;
use crate::view::branches::BranchMark;
use crate::view::refs::named;
use crate::view::scene::Look;
use crate::view::timeline::{TickKind, span};

#[derive(Properties)]
pub struct TimeBarProps {
    pub timeline: Rc<Timeline>,
    pub playing: bool,
    pub speed: f64,
    pub hurrying: bool,
    pub can_undo: bool,
    pub can_redo: bool,
    pub branches: Rc<[BranchMark]>,
    pub on_compare: Callback<CompareWish>,
    pub bookmarks: Vec<Bookmark>,
    pub focus: Option<NodeId>,
    pub backwards: bool,
    /// Whether there is the menu of where time can go.
    pub travels: bool,
    /// The slider of time and the clock are part of what moves.
    pub paint: Paint,
    pub control: Control,
}

impl PartialEq for TimeBarProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.timeline, &other.timeline)
            && self.branches == other.branches
            && self.bookmarks == other.bookmarks
            && (self.focus, self.backwards, self.travels)
                == (other.focus, other.backwards, other.travels)
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
        (say("Pause"), icons::pause())
    } else {
        (say("Play"), icons::play())
    };
    let branches = (!props.branches.is_empty()).then(|| {
        html! { <Branches marks={props.branches.clone()} span={span(props.timeline.head)} control={&props.control} on_compare={&props.on_compare} /> }
    });
    html! {
        <footer class="timebar">
            <div class="controls" role="group" aria-label={say("Playing")}>
                <button class="quiet undo" aria-label={say("Undo")} title={say("Undo (Ctrl+Z)")} disabled={!props.can_undo}
                    onclick={send(|_| TimeWish::Undo)}>{ icons::undo() }</button>
                <button class="step" aria-label={say("Step back")} title={say("Step back (←; with Shift to the last event told)")}
                    onclick={send(|event| TimeWish::Back { story: event.shift_key() })}>{ icons::step_back() }</button>
                <button class="play" aria-label={label} title={fill("{} (Space)", &[&label])}
                    onclick={send(|_| TimeWish::Toggle)}>{ icon }</button>
                <button class="step" aria-label={say("Step forward")} title={say("Step forward (→; with Shift to the next event told)")}
                    onclick={send(|event| TimeWish::Forward { story: event.shift_key() })}>{ icons::step_forward() }</button>
                <button class="quiet undo" aria-label={say("Redo")} title={say("Redo (Shift+Ctrl+Z)")} disabled={!props.can_redo}
                    onclick={send(|_| TimeWish::Redo)}>{ icons::redo() }</button>
                { for props.travels.then(|| travel(props)) }
            </div>
            <div class="run">
                { run_picture(&props.timeline, &props.bookmarks) }
                { quiet_picture(&props.timeline) }
                { lane_names(&props.timeline) }
                <input ref={props.paint.slider.clone()} class="time-slider" type="range" aria-label={say("Time")}
                    min="0" max={(span(props.timeline.head).0 / 1000).to_string()} step="1" oninput={seek} />
            </div>
            <div class="speed">
                <b ref={props.paint.clock.clone()} class="clock"></b>
                <span class="speed-words">{ words(props.speed, props.hurrying) }</span>
                <input type="range" aria-label={say("Speed")} min="0" max="10" step="1"
                    value={place_of(props.speed).to_string()}
                    aria-valuetext={words(props.speed, false)} oninput={speed} />
            </div>
            { for branches }
        </footer>
    }
}

fn travel(props: &TimeBarProps) -> Html {
    html! {
        <Travel bookmarks={props.bookmarks.clone()} focus={props.focus} backwards={props.backwards}
            control={&props.control} />
    }
}

/// The width of the picture: fine enough for whole numbers.
const WIDTH: u64 = 10_000;

/// The run: a path for each thing that a server was, and one for each kind of tick, however many there
/// are of them.
fn run_picture(timeline: &Timeline, bookmarks: &[Bookmark]) -> Html {
    let span = span(timeline.head).0;
    let x = |at: Time| at.0 * WIDTH / span;
    let lanes = lanes(timeline).map(|(id, y, height)| {
        let lane = &timeline.lanes[id.slot()];
        let mut paths = Vec::new();
        for (place, stretch) in lane.iter().enumerate() {
            let until = lane.get(place + 1).map_or(timeline.head, |next| next.from);
            let width = x(until).saturating_sub(x(stretch.from)).max(1);
            let bar = format!("M{} {y}h{width}v{height}h-{width}z", x(stretch.from));
            add(&mut paths, stretch.look.map_or("gone", Look::word), &bar);
        }
        html! { <g key={id.number()} data-refs={named(id)}>{ for drawn(paths) }</g> }
    });
    let mut ticks = Vec::new();
    for tick in &timeline.ticks {
        let class = match tick.kind {
            TickKind::Action => "tick-action",
            TickKind::Answer => "tick-answer",
            TickKind::Leader => "tick-leader",
        };
        add(&mut ticks, class, &format!("M{} 71h18v7h-18z", x(tick.at)));
    }
    let mut flags = Vec::new();
    for bookmark in bookmarks {
        add(
            &mut flags,
            "bookmark-flag",
            &format!("M{} 0h50l-25 10z", x(bookmark.at).saturating_sub(25)),
        );
    }
    html! {
        <svg class="run-picture" viewBox="0 0 10000 84" preserveAspectRatio="none" aria-hidden="true">
            <g class="run-lanes">{ for lanes }</g>
            <g class="run-ticks">{ for drawn(ticks) }</g>
            <g class="run-bookmarks">{ for drawn(flags) }</g>
        </svg>
    }
}

/// Adds to the path of a class.
fn add(paths: &mut Vec<(&'static str, String)>, class: &'static str, piece: &str) {
    match paths.iter_mut().find(|(other, _)| *other == class) {
        Some((_, path)) => path.push_str(piece),
        None => paths.push((class, piece.into())),
    }
}

fn drawn(paths: Vec<(&'static str, String)>) -> impl Iterator<Item = Html> {
    let path = |(class, d)| html! { <path key={class} {class} {d} /> };
    paths.into_iter().map(path)
}

/// The servers' lanes, in the units of the picture: which, from where, how high.
fn lanes(timeline: &Timeline) -> impl Iterator<Item = (NodeId, usize, usize)> {
    let lanes = NodeId::first(MAX_SERVERS).zip(&timeline.lanes);
    let there: Vec<_> = lanes.filter(|(_, lane)| !lane.is_empty()).collect();
    let pitch = 66 / there.len().max(1);
    let there = there.into_iter().enumerate();
    there.map(move |(nth, (id, _))| (id, 2 + pitch * nth, (pitch - 3).clamp(2, 11)))
}

/// The names of the lanes. They are a picture of their own, because the other one is stretched.
fn lane_names(timeline: &Timeline) -> Html {
    let lanes: Vec<_> = lanes(timeline).collect();
    // Where there are many, there is room for every second name.
    let every = if lanes.len() > 6 { 2 } else { 1 };
    let lanes = lanes.into_iter().step_by(every);
    let names = lanes.map(|(id, y, height)| {
        let y = (y + height / 2 + 4).to_string();
        html! { <text key={id.number()} x="0" {y} data-refs={named(id)}>{ id.to_string() }</text> }
    });
    html! { <svg class="run-names" aria-hidden="true">{ for names }</svg> }
}

/// The times that are fast-forwarded, and what their hatching means. A picture of its own, because the other one is stretched, and
/// the hatching must not be.
fn quiet_picture(timeline: &Timeline) -> Html {
    let span = span(timeline.head).0;
    let percent = |time: u64| {
        let hundredths = time * WIDTH / span;
        format!("{}.{:02}%", hundredths / 100, hundredths % 100)
    };
    let quiet = timeline.quiet.iter().enumerate().map(|(nth, (from, to))| {
        html! {
            <rect key={nth} x={percent(from.0)} width={percent(to.0 - from.0)} height="100%" fill="url(#hatching)" />
        }
    });
    let key = (!timeline.quiet.is_empty()).then(
        || html! { <small class="run-key" aria-hidden="true"><i></i>{ say("fast-forwarded") }</small> },
    );
    html! {
        <>
        <svg class="run-quiet" aria-hidden="true">
            <pattern id="hatching" width="6" height="6" patternUnits="userSpaceOnUse">
                <path d="M-2 8l10-10M-2 2l4-4M4 8l4-4" />
            </pattern>
            { for quiet }
        </svg>
        { for key }
        </>
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
        _ if hurrying => say("idle: fast-forwarding").into(),
        1 => say("real time").into(),
        times if times < 0 => fill("{} times slower", &[&-times]),
        times => fill("{} times faster", &[&times]),
    }
}
