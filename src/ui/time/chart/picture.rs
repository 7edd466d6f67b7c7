//! The picture of a chart: lanes, what servers were, messages and marks.

use yew::prelude::*;

use crate::narrate::{fill, say};
use crate::sim::{Address, PacketId, PacketKind, Time};
use crate::ui::reasons::events::clock;
use crate::ui::reasons::why::token;
use crate::ui::stage::server::term_class;
use crate::view::chart::{Lane, Mark, MarkKind, Message, Spell};
use crate::view::refs::{named, packet};
use crate::view::scene::Look;
use crate::view::{Chart, Question};

/// How many messages are rendered together.
const GROUP: u64 = 16;

/// Where the lanes begin, and where the first one is, in pixels.
const LEFT: f64 = 46.0;
const TOP: f64 = 56.0;

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
    let lines = chart.messages.iter();
    let lines = lines.filter_map(|message| line(chart, message, (&x, &y), asked));
    let lines: Vec<Line> = lines.collect();
    let group = |line: &Line| line.id.0 / GROUP;
    let messages = lines.chunk_by(|one, next| group(one) == group(next));
    let messages = messages.map(|lines| {
        let key = lines[0].id.0 / GROUP;
        html! { <Lines {key} lines={lines.to_vec()} /> }
    });
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

/// A message as it is drawn.
#[derive(Clone, PartialEq)]
struct Line {
    id: PacketId,
    kind: PacketKind,
    who: (Address, Address),
    /// Where it begins and ends, in tenths of a pixel.
    ends: [i32; 4],
    lost: bool,
    arrives: bool,
    question: Option<Question>,
    asked: bool,
}

/// The line of a message, if both its ends have lanes. What crosses an edge of the window is cut there.
fn line(
    chart: &Chart,
    message: &Message,
    (x, y): (&dyn Fn(Time) -> f64, &dyn Fn(usize) -> f64),
    asked: Option<Question>,
) -> Option<Line> {
    let (from, to) = (chart.lane(message.from)?, chart.lane(message.to)?);
    let whole = message.arrives_at.saturating_sub(message.sent_at).0.max(1) as f64;
    let height = |at: Time| y(from) + (y(to) - y(from)) * (at - message.sent_at).0 as f64 / whole;
    let start = message.sent_at.max(chart.from);
    let ends = message.lost_at.unwrap_or(message.arrives_at).min(chart.to);
    let ends = ends.min(message.arrives_at).max(start);
    let tenths = |value: f64| (value * 10.0).round() as i32;
    let question = message.moment.map(Question::Event);
    Some(Line {
        id: message.id,
        kind: message.kind,
        who: (message.from, message.to),
        ends: [x(start), height(start), x(ends), height(ends)].map(tenths),
        lost: message.lost_at.is_some(),
        arrives: message.lost_at.is_none() && message.arrives_at <= chart.to,
        question,
        asked: question.is_some() && question == asked,
    })
}

#[derive(Properties, PartialEq)]
struct LinesProps {
    lines: Vec<Line>,
}

/// Some messages: they are rendered anew only when one of them changes.
#[component]
fn Lines(props: &LinesProps) -> Html {
    html! { <g>{ for props.lines.iter().map(message_picture) }</g> }
}

fn message_picture(line: &Line) -> Html {
    let (kind, reply) = family(line.kind);
    let class = classes!(
        "chart-message",
        kind,
        reply.then_some("reply"),
        line.asked.then_some("asked"),
    );
    let [x1, y1, x2, y2] = line.ends.map(|tenths| f64::from(tenths) / 10.0);
    let path = format!("M{x1} {y1}L{x2} {y2}");
    let lost = line.lost.then(|| {
        html! { <path class="chart-lost" d={format!("M{} {}l8 8m0-8l-8 8", x2 - 4.0, y2 - 4.0)} /> }
    });
    let kind_name = format!("{:?}", line.kind);
    // Said by the page.
    let title = if line.lost {
        "{} from {} to {}, lost"
    } else {
        "{} from {} to {}"
    };

    let title = fill(title, &[&kind_name, &line.who.0, &line.who.1]);
    let id = line.id.0.to_string();
    html! {
        <g key={id.clone()} {class} data-refs={packet(line.id)} data-sent={id}>
            <path class="line" d={path.clone()} marker-end={line.arrives.then(|| format!("url(#chart-{kind})"))} />
            { for lost }
            <path class="hit" d={path} data-ask={line.question.map(token)}>
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
        html! {
            <a key={nth} class="chart-mark" data-ask={token(Question::Event(mark.moment))}>
                { mark_shape(mark, x(mark.at), y) }<title>{ mark_title(lane.who, mark.kind) }</title></a>
        }
    });
    html! { <g>{ for marks }</g> }
}

fn mark_shape(mark: &Mark, at: f64, y: f64) -> Html {
    let cross = |class: &'static str, arm: f64| {
        let (x, y, side) = (number(at - arm), number(y - arm), 2.0 * arm);
        html! { <path {class} d={format!("M{x} {y}l{side} {side}m0-{side}l-{side} {side}")} /> }
    };
    match mark.kind {
        MarkKind::Commit(index) => flag(&format!("✓{index}"), at, y + 7.0, ""),
        MarkKind::Vote {
            granted: true,
            votes,
            voters,
            decides,
        } => {
            let class = if decides { "vote decides" } else { "vote" };
            flag(&format!("{votes}/{voters}"), at, y - 37.0, class)
        }
        MarkKind::Vote { granted: false, .. } => flag("✗", at, y - 37.0, "vote"),
        MarkKind::Crash => cross("crash", 6.0),
        MarkKind::Restart => {
            html! { <circle class="restart" cx={number(at)} cy={number(y)} r="6" /> }
        }
    }
}

/// A short text in a frame, its middle at `x` and its top at `y`.
fn flag(text: &str, x: f64, y: f64, class: &'static str) -> Html {
    let width = 8.0 + 7.5 * text.chars().count() as f64;
    let left = x - width / 2.0;
    html! {
        <g {class}>
            <rect x={number(left)} y={number(y)} width={number(width)} height="16" rx="4" />
            <text x={number(left + 4.0)} y={number(y + 12.0)}>{ text.to_owned() }</text>
        </g>
    }
}

fn mark_title(who: Address, kind: MarkKind) -> String {
    match kind {
        MarkKind::Commit(index) => fill("{} knows that entry {} is committed", &[&who, &index]),
        MarkKind::Vote {
            granted: true,
            votes,
            voters,
            ..
        } => fill("{} has {} of {} votes", &[&who, &votes, &voters]),
        MarkKind::Vote { granted: false, .. } => fill("{} is denied a vote", &[&who]),
        MarkKind::Crash => fill("{} crashed", &[&who]),
        MarkKind::Restart => fill("{} restarted", &[&who]),
    }
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
}
