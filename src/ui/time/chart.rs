//! The space-time chart: a lane for each client and server, messages as slanted lines.

use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::narrate::{fill, say};
use crate::sim::{Address, PacketKind, StepId, Time};
use crate::ui::control::Control;
use crate::ui::reasons::events::clock;
use crate::ui::reasons::why::{element, token};
use crate::ui::stage::server::term_class;
use crate::view::chart::{Lane, MarkKind, Message, Spell};
use crate::view::refs::{named, packet};
use crate::view::scene::Look;
use crate::view::{Chart, Question};

/// How much time the chart may show, in milliseconds.
const SPANS: [u64; 6] = [125, 250, 500, 1_000, 3_000, 10_000];

/// How much it shows at first, by its place in [`SPANS`].
const FIRST_SPAN: usize = 2;

/// While time runs, the chart is drawn again after this many milliseconds, not with each step.
const APART: u32 = 100;

/// A hand that is not quite still, in CSS pixels.
const SLIP: i32 = 5;

/// Where the lanes begin, the least and the greatest distance between two of them, and where the first one is.
const LEFT: f64 = 46.0;
const PITCHES: (f64, f64) = (44.0, 150.0);
const TOP: f64 = 48.0;

/// What the chart shows of a run: its last step at the cursor, the cursor, and the head.
pub type Moment = (StepId, Time, Time);

#[derive(Properties, PartialEq)]
pub struct ChartProps {
    pub control: Control,
    /// The chart is made anew when this changes, and not while time merely passes.
    pub moment: Moment,
    /// The question that is open.
    pub asked: Option<Question>,
}

/// The chart, and what changes its window.
#[component]
pub fn ChartView(props: &ChartProps) -> Html {
    let zoom = use_state(|| FIRST_SPAN);
    // How far the window lies before the cursor's, in microseconds.
    let back = use_state(|| 0_i64);
    // Whether every message is shown, for the moment in which the picture is saved.
    let whole = use_state(|| false);
    // Where it was taken hold of, and where it lay then; and whether it was moved since.
    let (hold, moved) = (use_mut_ref(|| None), use_mut_ref(|| false));
    let span = SPANS[*zoom];
    let (_, now, _) = use_calm(props.moment, props.control.player().playing);
    let chart = {
        let player = props.control.player();
        let (from, to) = window(now, span, *back);
        let make = if *whole { Chart::whole } else { Chart::of };
        make(&player.session, from, to)
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
    let pan_by = |by: i64| {
        let back = back.clone();
        let quarter = span as i64 * 250;
        Callback::from(move |()| back.set(if by == 0 { 0 } else { *back + by * quarter }))
    };
    let (closer, wider) = (zoom_by(-1), zoom_by(1));
    let (earlier, later, to_cursor) = (pan_by(1), pan_by(-1), pan_by(0));
    let click = |callback: &Callback<()>| callback.reform(|_: MouseEvent| ());
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
        let (hold, moved, back) = (hold.clone(), moved.clone(), back.clone());
        move |event: PointerEvent| {
            *hold.borrow_mut() = Some((event.client_x(), *back));
            *moved.borrow_mut() = false;
        }
    };
    let onpointermove = {
        let (moved, back) = (moved.clone(), back.clone());
        move |event: PointerEvent| {
            let Some((x, lay)) = (*hold.borrow()).filter(|_| event.buttons() == 1) else {
                return;
            };
            let by = event.client_x() - x;
            if by.abs() > SLIP || *moved.borrow() {
                *moved.borrow_mut() = true;
                back.set(lay + (f64::from(by) / room() * span as f64 * 1000.0) as i64);
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
                { sign(say("Earlier"), "←", false, &earlier) }
                <button class="bordered small" disabled={*back == 0} onclick={click(&to_cursor)}>{ say("Now") }</button>
                { sign(say("Later"), "→", *back <= 0, &later) }
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

/// The window: the cursor stands at three quarters of it, unless it lies further back.
fn window(now: Time, span: u64, back: i64) -> (Time, Time) {
    let before = i64::try_from(span * 750).unwrap_or(i64::MAX);
    let now = i64::try_from(now.0).unwrap_or(i64::MAX);
    let from = now.saturating_sub(before.saturating_add(back)).max(0);
    let from = Time(from.unsigned_abs());
    (from, from + Time::ms(span))
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
        "Solid: request. Dashed: reply. Brown: vote. Cross: lost. Thick: leader, or candidate (dashed). \
         ✓1: knows that entry 1 is committed. Zigzag: idle time.",
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
    let apart = (f64::from(room) - 262.0) / lanes.saturating_sub(1).max(1) as f64;
    apart.clamp(PITCHES.0, PITCHES.1)
}

/// The picture in a room of that width, its lanes so far apart.
pub fn picture(
    chart: &Chart,
    (width, pitch): (f64, f64),
    now: Time,
    asked: Option<Question>,
) -> Html {
    let x = |at: Time| LEFT + chart.place(at) * (width - LEFT - 8.0);
    let y = |lane: usize| TOP + pitch * lane as f64;
    let height = y(chart.lanes.len().saturating_sub(1)) + 40.0;
    let end = y(chart.lanes.len().saturating_sub(1)) + 30.0;
    let lanes = chart
        .lanes
        .iter()
        .enumerate()
        .map(|(nth, lane)| lane_picture(chart, lane, y(nth), &x));
    let messages = chart
        .messages
        .iter()
        .map(|message| message_picture(chart, message, (&x, &y), asked));
    // Words and marks stand over the messages.
    let marks = chart.lanes.iter().enumerate().map(|(nth, lane)| {
        html! { <>{ words(chart, lane, y(nth), &x) }{ marks_picture(lane, y(nth), &x) }</> }
    });
    let silences = chart.silences.iter().map(|(from, to)| {
        let (left, right) = (x(*from), x(*to));
        html! {
            <g class="chart-silence">
                <rect x={number(left)} y="24" width={number(right - left)} height={number(end - 24.0)} />
                <path d={zigzag(left, end)} /><path d={zigzag(right, end)} />
                <title>{ fill("{} ms of silence, folded", &[&((*to - *from).0 / 1000)]) }</title>
            </g>
        }
    });
    let is_folded = |at: Time| {
        chart
            .silences
            .iter()
            .any(|(from, to)| *from < at && at < *to)
    };
    let parts = if width < 480.0 { 2 } else { 4 };
    let ticks = (0..=parts).map(|nth| chart.from + Time((chart.to - chart.from).0 * nth / parts));
    let ticks = ticks.filter(|at| !is_folded(*at)).map(|at| {
        html! {
            <g class="chart-tick"><path d={format!("M{0} 24V{end}", number(x(at)))} />
                <text x={number(x(at).min(width - 50.0))} y="15">{ clock(at) }</text></g>
        }
    });
    let cursor = (chart.from <= now && now <= chart.to).then(|| {
        let left = x(now);
        html! {
            <>
                <rect class="chart-later" x={number(left)} y="20" width={number((x(chart.to) - left).max(0.0))}
                    height={number(end - 20.0)} />
                <path class="chart-now" d={format!("M{0} 20V{end}", number(left))} />
            </>
        }
    });
    html! {
        <svg class="chart-picture" xmlns="http://www.w3.org/2000/svg" role="img"
            aria-label={fill("Messages from {} to {}", &[&clock(chart.from), &clock(chart.to)])}
            width={number(width)} height={number(height)} viewBox={format!("0 0 {width} {height}")}>
            <defs>{ for ["entry", "vote", "client"].map(arrow) }</defs>
            { for ticks }{ for lanes }{ for silences }{ for messages }{ for marks }{ for cursor }
        </svg>
    }
}

fn arrow(kind: &'static str) -> Html {
    html! {
        <marker id={format!("chart-{kind}")} class={kind} viewBox="0 0 10 10" refX="9" refY="5"
            markerWidth="7" markerHeight="7" orient="auto"><path d="M0 1L10 5L0 9z" /></marker>
    }
}

/// A number as SVG has it: a tenth of a pixel is fine enough.
fn number(value: f64) -> String {
    format!("{value:.1}")
}

fn zigzag(x: f64, end: f64) -> String {
    let mut path = format!("M{} 24", number(x));
    let mut y = 24.0;
    while y + 12.0 < end {
        path.push_str("l4 6l-4 6");
        y += 12.0;
    }
    path
}

/// The spells of a lane with their ends.
fn spells(chart: &Chart, lane: &Lane) -> impl Iterator<Item = (usize, Spell, Time)> {
    let ends = lane.spells.iter().skip(1).map(|next| next.from);
    let spells = lane.spells.iter().zip(ends.chain([chart.to]));
    spells
        .enumerate()
        .map(|(nth, (spell, until))| (nth, *spell, until))
}

fn lane_picture(chart: &Chart, lane: &Lane, y: f64, x: &dyn Fn(Time) -> f64) -> Html {
    let spells = spells(chart, lane).map(|(nth, spell, until)| {
        let (left, right) = (x(spell.from), x(until));
        let role = spell.look.map_or("", Look::word);
        html! {
            <g key={nth} class={term_class(spell.term)}>
                <rect class="chart-band" x={number(left)} y={number(y - 20.0)}
                    width={number((right - left).max(0.0))} height="40" />
                <path class={format!("chart-role {role}")} d={format!("M{} {y}H{}", number(left), number(right))} />
            </g>
        }
    });
    let client = matches!(lane.who, Address::Client(_)).then(|| {
        html! {
            <path class="chart-client" d={format!("M{LEFT} {y}H{}", number(x(chart.to)))} />
        }
    });
    let who = lane.who.to_string();
    html! {
        <g data-refs={named(&who)}>{ for client }{ for spells }
            <text class="chart-name" x="6" y={number(y + 5.0)}>{ who }</text></g>
    }
}

/// The term and the role where they change, each where there is room for its words; both above the
/// line, if they fit: below it stand the marks.
fn words(chart: &Chart, lane: &Lane, y: f64, x: &dyn Fn(Time) -> f64) -> Html {
    let words = spells(chart, lane).map(|(nth, spell, until)| {
        let (left, right) = (x(spell.from), x(until));
        let before = nth.checked_sub(1).map(|nth| lane.spells[nth]);
        // A term that begins with a short role is written at the next.
        let mut same = spells(chart, lane).filter(|(other, one, _)| *other < nth && one.term == spell.term);
        let room = |from: Time, until: Time| x(until) - x(from);
        let term = !same.any(|(_, one, until)| room(one.from, until) > 7.0 * 6.0);
        let look = before.is_none_or(|before| before.look != spell.look);
        let role = say(spell.look.map_or("", Look::word));
        let fits = |text: &str| right - left > 7.0 * text.len() as f64;
        let number_of_term = fill("term {}", &[&spell.term]);
        let both = format!("{number_of_term} · {role}");
        if term && look && fits(&both) {
            return html! {
                <g key={nth} class={classes!("chart-words", term_class(spell.term))}>
                    <text x={number(left + 4.0)} y={number(y - 7.0)}>{ both }</text>
                </g>
            };
        }
        html! {
            <g key={nth} class={classes!("chart-words", term_class(spell.term))}>
                { for (term && fits(&number_of_term)).then(|| html! { <text x={number(left + 4.0)} y={number(y - 7.0)}>{ &number_of_term }</text> }) }
                { for (look && fits(role)).then(|| html! { <text class="muted" x={number(left + 4.0)} y={number(y + 16.0)}>{ role }</text> }) }
            </g>
        }
    });
    html! { <g>{ for words }</g> }
}

fn message_picture(
    chart: &Chart,
    message: &Message,
    (x, y): (&dyn Fn(Time) -> f64, &dyn Fn(usize) -> f64),
    asked: Option<Question>,
) -> Html {
    let (Some(from), Some(to)) = (chart.lane(message.from), chart.lane(message.to)) else {
        return Html::default();
    };
    // What crosses an edge of the window is cut there.
    let whole = message.arrives_at.saturating_sub(message.sent_at).0.max(1) as f64;
    let height = |at: Time| y(from) + (y(to) - y(from)) * (at - message.sent_at).0 as f64 / whole;
    let start = message.sent_at.max(chart.from);
    let ends = message.lost_at.unwrap_or(message.arrives_at).min(chart.to);
    let ends = ends.min(message.arrives_at).max(start);
    let (x1, y1, x2, y2) = (x(start), height(start), x(ends), height(ends));
    let (kind, reply) = family(message.kind);
    let arrives = message.lost_at.is_none() && message.arrives_at <= chart.to;
    let question = message.moment.map(Question::Event);
    let class = classes!(
        "chart-message",
        kind,
        reply.then_some("reply"),
        (question.is_some() && question == asked).then_some("asked"),
    );
    let line = format!(
        "M{} {}L{} {}",
        number(x1),
        number(y1),
        number(x2),
        number(y2)
    );
    let lost = message.lost_at.is_some().then(|| html! {
        <path class="chart-lost" d={format!("M{} {}l8 8m0-8l-8 8", number(x2 - 4.0), number(y2 - 4.0))} />
    });
    let kind_name = format!("{:?}", message.kind);
    // Said by the page.
    let title = if lost.is_some() {
        "{} from {} to {}, lost"
    } else {
        "{} from {} to {}"
    };

    let title = fill(title, &[&kind_name, &message.from, &message.to]);
    html! {
        <g key={message.id.0.to_string()} {class} data-refs={packet(message.id)} data-sent={message.id.0.to_string()}>
            <path class="line" d={line.clone()} marker-end={arrives.then(|| format!("url(#chart-{kind})"))} />
            { for lost }
            <path class="hit" d={line} data-ask={question.map(token)}>
                <title>{ title }</title>
            </path>
        </g>
    }
}

/// What a message is about, and whether it is a reply.
fn family(kind: PacketKind) -> (&'static str, bool) {
    match kind {
        PacketKind::Append
        | PacketKind::Heartbeat
        | PacketKind::Snapshot
        | PacketKind::ReadIndex => ("entry", false),
        PacketKind::AppendReply | PacketKind::SnapshotReply | PacketKind::ReadIndexReply => {
            ("entry", true)
        }
        PacketKind::PreVote | PacketKind::TimeoutNow | PacketKind::Vote => ("vote", false),
        PacketKind::PreVoteReply | PacketKind::VoteReply => ("vote", true),
        PacketKind::Request => ("client", false),
        PacketKind::Reply => ("client", true),
    }
}

fn marks_picture(lane: &Lane, y: f64, x: &dyn Fn(Time) -> f64) -> Html {
    let marks = lane.marks.iter().enumerate().map(|(nth, mark)| {
        let at = x(mark.at);
        let shape = match mark.kind {
            MarkKind::Commit(index) => {
                let text = format!("✓{index}");
                let width = 8.0 + 7.5 * text.chars().count() as f64;
                html! {
                    <><rect x={number(at - width / 2.0)} y={number(y + 7.0)} width={number(width)} height="16" rx="4" />
                    <text x={number(at - width / 2.0 + 4.0)} y={number(y + 19.0)}>{ text }</text></>
                }
            }
            MarkKind::Crash => html! { <path class="crash" d={format!("M{} {}l12 12m0-12l-12 12", number(at - 6.0), number(y - 6.0))} /> },
            MarkKind::Restart => html! { <circle class="restart" cx={number(at)} cy={number(y)} r="6" /> },
        };
        let title = match mark.kind {
            MarkKind::Commit(index) => fill("{} knows that entry {} is committed", &[&lane.who, &index]),
            MarkKind::Crash => fill("{} crashed", &[&lane.who]),
            MarkKind::Restart => fill("{} restarted", &[&lane.who]),
        };
        html! {
            <a key={nth} class="chart-mark" data-ask={token(Question::Event(mark.moment))}>
                { shape }<title>{ title }</title></a>
        }
    });
    html! { <g>{ for marks }</g> }
}

/// Saves the chart as an SVG file, with its style, so that it opens anywhere.
fn export() {
    let save = || -> Option<()> {
        let style = concat!(
            include_str!("../../../styles/tokens.css"),
            include_str!("../../../styles/chart.css")
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
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;
    use crate::session::Session;

    #[derive(Properties, PartialEq)]
    struct Props {
        chart: Chart,
    }

    #[component]
    fn Picture(props: &Props) -> Html {
        picture(&props.chart, (560.0, 60.0), Time::ms(600), None)
    }

    /// The chart as the page would hold it, and as it would be saved.
    fn rendered(chart: &Chart) -> String {
        let chart = chart.clone();
        let renderer = yew::LocalServerRenderer::<Picture>::with_props(Props { chart });
        let mut rendering = pin!(renderer.hydratable(false).render());
        loop {
            let mut context = Context::from_waker(Waker::noop());
            if let Poll::Ready(html) = rendering.as_mut().poll(&mut context) {
                return html;
            }
        }
    }

    #[test]
    fn the_picture_holds_every_message_of_the_window() {
        let text = "servers 5\n seed 7\n client C1 writes x every 120ms\n at 50ms timeout S1\n at 400ms crash S1\n at 900ms restart S1";
        let mut session = Session::read(text).unwrap();
        session.advance(Time::ms(1_500));
        for (from, to) in [(0, 500), (350, 850), (0, 1_500), (700, 1_200)] {
            let chart = Chart::of(&session, Time::ms(from), Time::ms(to));
            let html = rendered(&chart);
            let of = |class: &str| html.matches(class).count();
            assert_eq!(of("data-sent="), chart.messages.len(), "{from} to {to}");
            let lost = chart.messages.iter().filter(|one| one.lost_at.is_some());
            assert_eq!(of("chart-lost"), lost.count());
            let marks: usize = chart.lanes.iter().map(|lane| lane.marks.len()).sum();
            assert_eq!(of("chart-mark\""), marks);
            assert_eq!(of("chart-name"), 6);
        }
    }

    #[test]
    fn the_cursor_stands_at_three_quarters_of_the_window() {
        let ms = |from, to| (Time::ms(from), Time::ms(to));
        assert_eq!(window(Time::ms(1_000), 500, 0), ms(625, 1_125));
        assert_eq!(window(Time::ms(1_000), 500, 125_000), ms(500, 1_000));
        assert_eq!(window(Time::ms(100), 500, 0), ms(0, 500));
    }
}
