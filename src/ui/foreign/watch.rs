//! The cluster at a line of a trace, the lines around it, and the way through all of them.

use std::rc::Rc;

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::letters::Findings;
use super::{Msg, YourRaft, verdict};
use crate::narrate::{fill, say};
use crate::raft::{NodeId, ServerSet};
use crate::trace::line::Role;
use crate::trace::watch::Moment;
use crate::ui::icons;
use crate::ui::reasons::logs::Logs;
use crate::ui::stage::Stage;
use crate::ui::stage::geometry::Geometry;
use crate::view::foreign;

/// The width of the picture of all lines.
const WIDTH: usize = 10_000;

/// An open trace.
pub fn room(room: &YourRaft, ctx: &Context<YourRaft>, findings: &Findings) -> Html {
    html! {
        <>
        { verdict::verdict(room, ctx, findings) }
        { for room.moment.as_ref().map(|moment| stage(room, ctx, findings, moment)) }
        { for room.moment.as_ref().map(|moment| steps(room, ctx, findings, moment)) }
        { bar(room, ctx, findings) }
        </>
    }
}

/// The servers that are shown: that of the finding among them.
fn shown(room: &YourRaft, findings: &Findings) -> Vec<usize> {
    let finding = findings.verdicts.get(room.nth);
    let wanted = finding.and_then(|finding| {
        let mut names = findings.servers.iter();
        names.position(|name| *name == finding.server)
    });
    foreign::shown(findings.servers.len(), wanted)
}

fn stage(room: &YourRaft, ctx: &Context<YourRaft>, findings: &Findings, moment: &Moment) -> Html {
    let shown = shown(room, findings);
    let ids = NodeId::first(shown.len()).fold(ServerSet::EMPTY, ServerSet::with);
    let actor = moment
        .server
        .and_then(|server| foreign::number(&shown, server));
    let few = (shown.len() < findings.servers.len()).then(|| {
        let all = findings.servers.len();
        html! { <p class="few">{ fill("{} of {} servers are shown.", &[&shown.len(), &all]) }</p> }
    });
    let compact = ctx.props().compact || shown.len() > 5;
    html! {
        <main class="stage" aria-label={say("Stage")}>
            <div class="stages">
                <Stage scene={Rc::new(foreign::scene(moment, &shown))} motion={room.motion.clone()}
                    geometry={Geometry::new(ids, compact)} focus={actor} chosen={None} invites={ServerSet::EMPTY}
                    on_pick={Callback::noop()} on_focus={Callback::noop()}
                    on_rendered={ctx.link().callback(|()| Msg::Placed)} />
            </div>
            { for few }
            <Logs title={say("Logs")} table={Rc::new(foreign::logs(moment, &shown))} focus={actor} on_focus={Callback::noop()} />
        </main>
    }
}

/// The lines around the one that is shown.
fn steps(room: &YourRaft, ctx: &Context<YourRaft>, findings: &Findings, moment: &Moment) -> Html {
    let broken = |line: usize| {
        let mut all = findings.verdicts.iter();
        all.find(|finding| finding.line == line)
    };
    let rows = moment.told.iter().map(|(line, told)| {
        let line = *line;
        let here = line == moment.line;
        let finding = broken(line);
        let bad = finding.is_some().then_some("bad");
        let after = (line > moment.line).then_some("after");
        let seek = ctx.link().callback(move |_: MouseEvent| Msg::Seek(line));
        let fields = finding.map_or("", |finding| finding.rule.fields());
        html! {
            <li key={line} class={classes!(bad, after)} aria-current={here.then_some("step")}>
                <button onclick={seek}><b>{ line }</b><span lang="en">{ told }</span></button>
                { for here.then(|| framed(&moment.json, fields)) }
            </li>
        }
    });
    html! {
        <aside class="side steps" aria-label={say("The trace")}>
            <h2>{ say("The trace") }<span>{ fill("line {} of {}", &[&moment.line, &findings.lines]) }</span></h2>
            <ol ref={room.list.clone()} tabindex="0">{ for rows }</ol>
        </aside>
    }
}

/// A line as JSON, where some fields are framed with their values.
fn framed(json: &str, fields: &str) -> Html {
    let keys: Vec<String> = fields
        .split(' ')
        .filter(|field| !field.is_empty())
        .map(|field| format!("\"{field}\":"))
        .collect();
    let mut parts = Vec::new();
    let mut rest = json;
    loop {
        let next = keys
            .iter()
            .filter_map(|key| Some((rest.find(key.as_str())?, key.len())))
            .min();
        let Some((at, length)) = next else { break };
        let end = at + length + value_end(&rest[at + length..]);
        parts.push(html! { <>{ &rest[..at] }<mark>{ &rest[at..end] }</mark></> });
        rest = &rest[end..];
    }
    html! { <pre><code>{ for parts }{ rest }</code></pre> }
}

/// Where a JSON value ends with which a text begins.
fn value_end(text: &str) -> usize {
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'[' | b'{' => depth += 1,
            b']' | b'}' if depth == 0 => return at,
            b']' | b'}' => depth -= 1,
            b',' if depth == 0 => return at,
            _ => {}
        }
    }
    text.len()
}

/// All lines, and the way through them.
fn bar(room: &YourRaft, ctx: &Context<YourRaft>, findings: &Findings) -> Html {
    let link = ctx.link();
    let (line, lines) = (room.line(), findings.lines);
    let step = |by: isize| link.callback(move |_: MouseEvent| Msg::Step(by));
    let slide = link.batch_callback(|event: InputEvent| {
        let input: HtmlInputElement = event.target_dyn_into()?;
        Some(Msg::Seek(input.value_as_number() as usize))
    });
    let (label, icon) = match room.playing {
        Some(_) => (say("Pause"), icons::pause()),
        None => (say("Play"), icons::play()),
    };
    let found = match findings.verdicts.len() {
        0 => say("no finding").into(),
        1 => say("1 finding").into(),
        count => fill("{} findings", &[&count]),
    };
    html! {
        <footer class="timebar">
            <div class="controls" role="group" aria-label={say("Playing")}>
                <button class="step" aria-label={say("Step back")} title={fill("{} (←)", &[&say("Step back")])} disabled={line <= 1} onclick={step(-1)}>{ icons::step_back() }</button>
                <button class="play" aria-label={label} title={fill("{} (Space)", &[&label])} onclick={link.callback(|_: MouseEvent| Msg::Play)}>{ icon }</button>
                <button class="step" aria-label={say("Step forward")} title={fill("{} (→)", &[&say("Step forward")])} disabled={line >= lines} onclick={step(1)}>{ icons::step_forward() }</button>
            </div>
            <div class="run">
                { lanes(room, findings) }
                <input class="time-slider" type="range" aria-label={say("Line")} min="1" max={lines.to_string()} step="1"
                    value={line.to_string()} oninput={slide} />
            </div>
            <div class="speed"><b class="clock">{ fill("line {}", &[&line]) }</b><span>{ found }</span></div>
        </footer>
    }
}

/// Who was what in which lines, and where rules are broken.
fn lanes(room: &YourRaft, findings: &Findings) -> Html {
    let shown = shown(room, findings);
    let x = |line: usize| line.saturating_sub(1) * WIDTH / findings.lines.saturating_sub(1).max(1);
    let pitch = 66 / shown.len().max(1);
    let lane = |(nth, server): (usize, &usize)| {
        let turns = findings.turns.iter().filter(|(_, of, _)| of == server);
        let turns: Vec<_> = std::iter::once((1, Role::F))
            .chain(turns.map(|(line, _, role)| (*line, *role)))
            .collect();
        let parts = turns.iter().enumerate().map(|(place, (from, role))| {
            let until = turns.get(place + 1).map_or(findings.lines, |next| next.0);
            let class = match role {
                Role::C => "candidate",
                Role::F => "follower",
                Role::L => "leader",
            };
            html! {
                <rect key={place} {class} x={x(*from).to_string()} y={(2 + pitch * nth).to_string()}
                    width={(x(until) - x(*from).min(x(until))).max(1).to_string()} height={(pitch - 3).clamp(2, 12).to_string()} />
            }
        });
        html! { <g key={nth}>{ for parts }</g> }
    };
    let broken = findings.verdicts.iter().enumerate().map(|(nth, finding)| {
        html! { <rect key={nth} class="tick-broken" x={x(finding.line).saturating_sub(12).to_string()} y="68" width="24" height="14" /> }
    });
    html! {
        <svg class="run-picture" viewBox="0 0 10000 84" preserveAspectRatio="none" aria-hidden="true">
            <g class="run-lanes">{ for shown.iter().enumerate().map(lane) }</g>
            { for broken }
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::value_end;

    #[test]
    fn a_value_ends_where_json_says() {
        for (text, value) in [
            (r#"1,"b":2}"#, "1"),
            (r#"[[1,"a,]"],[2,"\"}"]],"c":1"#, r#"[[1,"a,]"],[2,"\"}"]]"#),
            (r#"true}"#, "true"),
            (r#""n3"}"#, r#""n3""#),
        ] {
            assert_eq!(&text[..value_end(text)], value);
        }
    }
}
