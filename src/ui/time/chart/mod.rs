//! The space-time chart: a lane for each client and server, messages as slanted lines.

mod picture;

use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::narrate::{fill, say};
use crate::session::Player;
use crate::sim::{StepId, Time};
use crate::ui::control::Control;
use crate::ui::reasons::why::element;
use crate::view::chart::Charting;
use crate::view::{Chart, Question};

pub use picture::picture;

/// How much time the chart may show, in milliseconds.
const SPANS: [u64; 6] = [125, 250, 500, 1_000, 3_000, 10_000];

/// How much it shows at first, by its place in [`SPANS`].
const FIRST_SPAN: usize = 2;

/// While time runs, the chart is drawn again after this many milliseconds, not with each step.
const APART: u32 = 100;

/// A window that follows the cursor turns when the cursor is beyond this share of it.
const LAST: f64 = 0.95;

/// A hand that is not quite still, in CSS pixels.
const SLIP: i32 = 5;

/// The least and the greatest distance between two lanes.
const PITCHES: (f64, f64) = (44.0, 150.0);

/// What the chart shows of a run: its last step at the cursor, the cursor, and the head.
pub type Moment = (StepId, Time, Time);

#[derive(Clone, Properties, PartialEq)]
pub struct ChartProps {
    pub control: Control,
    /// The chart is made anew when this changes, and not while time merely passes.
    pub moment: Moment,
    /// The question that is open.
    pub asked: Option<Question>,
}

/// The chart.
#[component]
pub fn ChartView(props: &ChartProps) -> Html {
    let moment = use_calm(props.moment, props.control.player().playing);
    html! { <Window control={&props.control} {moment} asked={props.asked} /> }
}

/// What the chart shows of one moment, and what changes its window.
#[component]
fn Window(props: &ChartProps) -> Html {
    let zoom = use_state(|| FIRST_SPAN);
    // Where the user put the window; none while it follows the cursor.
    let put = use_state(|| None::<Time>);
    // Whether every message is shown, for the moment in which the picture is saved.
    let whole = use_state(|| false);
    // Where it was taken hold of, and where it began then; and whether it was moved since.
    let (hold, moved) = (use_mut_ref(|| None), use_mut_ref(|| false));
    let follower = use_mut_ref(Follower::default);
    let span = Time::ms(SPANS[*zoom]);
    let now = props.moment.1;
    let (chart, head) = {
        let player = props.control.player();
        let chart = follower.borrow_mut().chart(&player, *put, span, *whole);
        (chart, player.session.head())
    };
    {
        let whole = whole.clone();
        use_effect_with(*whole, move |now| {
            if *now {
                export();
                whole.set(false);
            }
        });
    }
    let zoom_by = |by: isize| {
        let zoom = zoom.clone();
        Callback::from(move |()| zoom.set(zoom.saturating_add_signed(by).min(SPANS.len() - 1)))
    };
    let move_to = |to: Option<Time>| {
        let put = put.clone();
        Callback::from(move |()| put.set(to))
    };
    let quarter = Time(span.0 / 4);
    let (closer, wider) = (zoom_by(-1), zoom_by(1));
    let earlier = move_to(Some(chart.from.saturating_sub(quarter)));
    let later = move_to(Some(chart.from + quarter));
    let to_cursor = move_to(None).reform(|_: MouseEvent| ());
    let turned = {
        let (closer, wider) = (closer.clone(), wider.clone());
        move |event: WheelEvent| {
            if event.delta_y() < 0.0 {
                closer.emit(())
            } else {
                wider.emit(())
            }
        }
    };
    let keys = {
        let (closer, wider, earlier, later) = (
            closer.clone(),
            wider.clone(),
            earlier.clone(),
            later.clone(),
        );
        move |event: KeyboardEvent| {
            let wish = match event.key().as_str() {
                "+" => &closer,
                "-" => &wider,
                "ArrowLeft" => &earlier,
                "ArrowRight" => &later,
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            wish.emit(());
        }
    };
    let onpointerdown = {
        let (hold, moved, from) = (hold.clone(), moved.clone(), chart.from);
        move |event: PointerEvent| {
            *hold.borrow_mut() = Some((event.client_x(), from));
            *moved.borrow_mut() = false;
        }
    };
    let onpointermove = {
        let (moved, put) = (moved.clone(), put.clone());
        move |event: PointerEvent| {
            let Some((x, from)) = (*hold.borrow()).filter(|_| event.buttons() == 1) else {
                return;
            };
            let by = event.client_x() - x;
            if by.abs() > SLIP || *moved.borrow() {
                *moved.borrow_mut() = true;
                let by = f64::from(by) / room() * span.0 as f64;
                put.set(Some(Time((from.0 as f64 - by).max(0.0) as u64)));
            }
        }
    };
    // A drag is not a click.
    let onclick = move |event: MouseEvent| {
        if moved.replace(false) {
            event.stop_propagation();
        }
    };
    let save = move |_: MouseEvent| whole.set(true);
    html! {
        <section class="chart" aria-label={say("Chart")}>
            <div class="chart-bar">
                <h2>{ say("Who sent what, when") }</h2>
                { sign(say("Earlier"), "←", chart.from == Time::ZERO, &earlier) }
                <button class="bordered small" disabled={put.is_none()} onclick={to_cursor}>{ say("Now") }</button>
                { sign(say("Later"), "→", chart.to >= head, &later) }
                { sign(say("Zoom in"), "+", *zoom == 0, &closer) }
                { sign(say("Zoom out"), "−", *zoom + 1 == SPANS.len(), &wider) }
                <button class="bordered small" onclick={save}>{ say("Export") }</button>
            </div>
            <div class="chart-room" tabindex="0" role="group" aria-label={say("Chart window")} onwheel={turned} onkeydown={keys}
                {onpointerdown} {onpointermove} {onclick}>
                { picture(&chart, (room(), pitch(chart.lanes.len())), now, props.asked) }
            </div>
            <p class="chart-note">{ note(&chart) }</p>
        </section>
    }
}

/// The window that follows the cursor. It stands still as long as the cursor is in it, so what can be
/// read or clicked does not run away; then it turns to the next part of the run.
#[derive(Default)]
struct Follower {
    charting: Charting,
    /// Where the window lies, and what it shows.
    lies: Option<(Time, Time)>,
}

impl Follower {
    fn chart(&mut self, player: &Player, put: Option<Time>, span: Time, whole: bool) -> Chart {
        let now = player.session.now();
        let mut chart = |from| self.charting.chart(&player.session, from, span, whole);
        if let Some(from) = put {
            self.lies = None;
            return chart(from);
        }
        if let Some((from, _)) = self
            .lies
            .filter(|(from, shown)| *from <= now && *shown == span)
        {
            let same = chart(from);
            if now <= same.to && same.place(now) <= LAST {
                return same;
            }
        }
        let from = begins(now, span, player.playing && !player.backwards);
        self.lies = Some((from, span));
        chart(from)
    }
}

/// Where a new window begins: most of it is the past, or, while time runs, the room for what comes.
fn begins(now: Time, span: Time, runs: bool) -> Time {
    let before = Time(span.0 / 4 * if runs { 1 } else { 3 });
    now.saturating_sub(before)
}

/// The moment to draw: the present one, but while time runs no other before [`APART`] is over.
#[hook]
fn use_calm(moment: Moment, playing: bool) -> Moment {
    // The moment that is drawn, the latest one, and whether the next has to wait.
    let calm = use_mut_ref(|| (moment, moment, false));
    let again = use_force_update();
    let (drawn, latest, waits) = &mut *calm.borrow_mut();
    *latest = moment;
    if !playing || !*waits {
        *drawn = moment;
    }
    if playing && !std::mem::replace(waits, true) {
        let calm = calm.clone();
        Timeout::new(APART, move || {
            let (drawn, latest, _) = *calm.borrow();
            calm.borrow_mut().2 = false;
            if drawn != latest {
                again.force_update();
            }
        })
        .forget();
    }
    *drawn
}

/// A button that shows a sign, and says its name.
fn sign(name: &str, sign: &'static str, disabled: bool, on_click: &Callback<()>) -> Html {
    let onclick = on_click.reform(|_: MouseEvent| ());
    html! {
        <button class="bordered small sign" aria-label={name.to_owned()} title={name.to_owned()} {disabled} {onclick}>{ sign }</button>
    }
}

/// What the picture does not say by itself.
fn note(chart: &Chart) -> String {
    let heartbeats = match chart.heartbeats {
        0 => String::new(),
        count => fill(
            "{} heartbeats and replies are not drawn: zoom in to see them.",
            &[&count],
        ),
    };
    let marks = say(
        "Click an arrow or a mark to ask why. Solid: request. Dashed: reply. Brown: vote. 3/5: votes so far. Cross: lost. \
         Thick: leader, or candidate (dashed). ✓1: knows that entry 1 is committed. Zigzag: idle time.",
    );
    format!("{marks} {heartbeats}")
}

/// How wide the chart may be: as its room was when it was last rendered.
fn room() -> f64 {
    let room = element(".stage").map_or(0, |room| room.client_width());
    (f64::from(room) - 28.0).max(320.0)
}

/// The distance between two lanes: all of them in sight, if that can be.
fn pitch(lanes: usize) -> f64 {
    let room = element(".stage").map_or(0, |room| room.client_height());
    let apart = (f64::from(room) - 270.0) / lanes.saturating_sub(1).max(1) as f64;
    apart.clamp(PITCHES.0, PITCHES.1)
}

/// Saves the chart as an SVG file, with its style, so that it opens anywhere.
fn export() {
    let save = || -> Option<()> {
        let style = concat!(
            include_str!("../../../../styles/tokens.css"),
            include_str!("../../../../styles/chart.css")
        );
        let picture = element(".chart-picture")?.outer_html();
        let picture = picture.replacen("<defs>", &format!("<style>{style}</style><defs>"), 1);
        let address = format!(
            "data:image/svg+xml,{}",
            web_sys::js_sys::encode_uri_component(&picture)
        );
        let document = web_sys::window()?.document()?;
        let link: HtmlElement = document.create_element("a").ok()?.dyn_into().ok()?;
        link.set_attribute("href", &address).ok()?;
        link.set_attribute("download", "raftarium-chart.svg").ok()?;
        link.click();
        Some(())
    };
    // A page that may save nothing saves nothing.
    let _ = save();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Session;

    #[test]
    fn the_window_stands_still_until_the_cursor_leaves_it() {
        let mut player = Player::new(Session::read("servers 3\n at 50ms timeout S1").unwrap());
        let mut follower = Follower::default();
        let mut window = |player: &Player| {
            let chart = follower.chart(player, None, Time::ms(500), false);
            assert!((0.0..=LAST).contains(&chart.place(player.session.now())));
            chart.from
        };
        player.session.advance(Time::ms(1_000));
        let first = window(&player);
        assert_eq!(
            first,
            Time::ms(875),
            "while time runs there is room for what comes"
        );
        player.session.advance(Time::ms(1_100));
        assert_eq!(window(&player), first);
        player.session.advance(Time::ms(2_500));
        let next = window(&player);
        assert_eq!(next, Time::ms(2_375));
        player.playing = false;
        player.session.seek(Time::ms(2_450));
        assert_eq!(window(&player), next);
        player.session.seek(Time::ms(1_000));
        assert_eq!(
            window(&player),
            Time::ms(625),
            "the past, while time stands"
        );
    }
}
