//! What came of a trace, in words.

use yew::prelude::*;

use super::letters::{Finding, Findings, History};
use super::{Msg, YourRaft, blob};
use crate::narrate::{fill, say};

/// The left of the room.
pub fn verdict(room: &YourRaft, ctx: &Context<YourRaft>, findings: &Findings) -> Html {
    let link = ctx.link();
    let name = room.source.as_ref().map_or("", |(name, _)| name);
    let found = match findings.verdicts.get(room.nth) {
        Some(finding) => finding_view(room, ctx, findings, finding),
        None => html! {
            <section class="healthy">
                <p class="mark">{ say("Nothing is broken") }</p>
                <h1>{ fill("{} lines, each allowed.", &[&findings.lines]) }</h1>
                <p>{ summary(findings) }</p>
            </section>
        },
    };
    let notes = notes(findings)
        .into_iter()
        .map(|note| html! { <p>{ note }</p> });
    let (told, not) = (&findings.told, &findings.untold);
    html! {
        <div class="lesson verdict" role="region" aria-label={say("Verdict")}>
            <div class="lesson-scroll">
                <p class="source"><b>{ name }</b>{ " · " }{ fill("{} servers · {} lines", &[&findings.servers.len(), &findings.lines]) }
                    <button class="plain small" onclick={link.callback(|_: MouseEvent| Msg::Close)}>{ say("Open another") }</button></p>
                { found }
                { excerpt(room, ctx) }
                { on_purpose(ctx, findings) }
            </div>
            <section class="looked">
                <p><b>{ say("Looked at:") }{ " " }</b>{ listed(told) }</p>
                { for (!not.is_empty()).then(|| html! { <p><b>{ say("Not in this trace, so not judged:") }{ " " }</b>{ listed(not) }</p> }) }
                { for notes }
            </section>
        </div>
    }
}

fn listed(names: &[String]) -> String {
    match names {
        [] => say("nothing.").into(),
        [first, others @ ..] => {
            let first = say(first).to_owned();
            let all = others
                .iter()
                .fold(first, |all, name| fill("{}, {}", &[&all, &say(name)]));
            fill("{}.", &[&all])
        }
    }
}

/// What a trace amounts to.
fn summary(findings: &Findings) -> String {
    let Findings {
        kinds,
        term,
        committed,
        ..
    } = findings;
    fill(
        "{}, up to term {}, committed up to entry {}.",
        &[kinds, term, committed],
    )
}

/// What else is to be said of it.
fn notes(findings: &Findings) -> Vec<String> {
    let cut_off = findings.cut_off.map(|line| {
        fill(
            "Line {} is cut off: the lines before it are judged.",
            &[&line],
        )
    });
    let stopped = findings
        .stopped
        .as_ref()
        .map(|why| fill("Read no further than {}.", &[why]));
    cut_off.into_iter().chain(stopped).collect()
}

fn finding_view(
    room: &YourRaft,
    ctx: &Context<YourRaft>,
    findings: &Findings,
    finding: &Finding,
) -> Html {
    let link = ctx.link();
    let count = findings.verdicts.len();
    let next = (room.nth + 1) % count;
    let rule = finding.rule;
    // Most sentences say what was done, and then what speaks against it.
    let (did, against) = match finding.told.split_once(", but ") {
        Some((did, against)) => (format!("{did},"), Some(format!("but {against}."))),
        None => (format!("{}.", finding.told), None),
    };
    let stand = finding.line;
    let back = (room.line() != stand).then(|| {
        let seek = link.callback(move |_: MouseEvent| Msg::Seek(stand));
        html! { <button class="bordered" onclick={seek}>{ fill("Line {}", &[&stand]) }</button> }
    });
    html! {
        <section class="finding">
            <p class="mark" role="status">{ fill("No rule of Raft allows line {}", &[&stand]) }</p>
            <h1 lang="en">{ did }</h1>
            { for against.map(|against| html! { <p class="against" lang="en">{ against }</p> }) }
            <p class="rule"><b>{ format!("{} ({}). ", rule.name(), rule.section()) }</b>{ say(rule.sentence()) }</p>
            <p class="cause"><b>{ say("Often the cause:") }{ " " }</b>{ say(rule.cause()) }</p>
            <p class="acts">
                { for (count > 1).then(|| html! {
                    <button class="primary" onclick={link.callback(move |_: MouseEvent| Msg::Finding(next))}>
                        { fill("Next finding: {} of {}", &[&(next + 1), &count]) }</button>
                }) }
                <button class="bordered" onclick={link.callback(|_: MouseEvent| Msg::Excerpt)}>{ say("Share this step") }</button>
                { for back }
            </p>
            <button class="as-link" onclick={link.callback(move |_: MouseEvent| Msg::Lenient(rule, true))}>
                { say("We do this on purpose") }</button>
        </section>
    }
}

/// The rules that are broken on purpose.
fn on_purpose(ctx: &Context<YourRaft>, findings: &Findings) -> Html {
    if findings.lenient.is_empty() {
        return Html::default();
    }
    let rules = findings.lenient.iter().map(|(rule, count)| {
        let rule = *rule;
        let judge = ctx
            .link()
            .callback(move |_: MouseEvent| Msg::Lenient(rule, false));
        html! {
            <li key={rule.name()}><b>{ rule.name() }</b>{ " · " }{ fill("{} times", &[count]) }{ " " }
                <button class="as-link" onclick={judge}>{ say("Judge it") }</button></li>
        }
    });
    let names: Vec<&str> = findings
        .lenient
        .iter()
        .map(|(rule, _)| rule.name())
        .collect();
    html! {
        <section class="on-purpose" aria-label={say("Broken on purpose")}>
            <h2>{ say("Broken on purpose") }</h2>
            <ul>{ for rules }</ul>
            <p>{ say("On the command line:") }{ " " }<code>{ format!("--lenient {}", names.join(",")) }</code></p>
        </section>
    }
}

/// The last steps before a line, as a trace of its own.
fn excerpt(room: &YourRaft, ctx: &Context<YourRaft>) -> Html {
    let Some((text, said)) = &room.excerpt else {
        return Html::default();
    };
    let lines = text.lines().count();
    let keep = web_sys::Url::create_object_url_with_blob(&blob(text)).unwrap_or_default();
    html! {
        <section class="excerpt" aria-label={say("Excerpt")}>
            <h2>{ fill("A trace of {} lines that ends here", &[&lines]) }</h2>
            <textarea readonly={true} aria-label={say("The excerpt")} value={text.clone()} spellcheck="false" />
            <p class="acts">
                <a class="bordered small" href={keep} download="excerpt.jsonl">{ say("Keep as a file") }</a>
                <button class="plain small" onclick={ctx.link().callback(|_: MouseEvent| Msg::Fold)}>{ say("Close") }</button>
            </p>
            <p role="status">{ said }</p>
        </section>
    }
}

/// What came of a history of clients.
pub fn history(room: &YourRaft, ctx: &Context<YourRaft>, history: &History) -> Html {
    let name = room.source.as_ref().map_or("", |(name, _)| name);
    let undecided = (!history.undecided.is_empty()).then(|| {
        let keys = history.undecided.join(", ");
        html! { <p>{ fill("Not decided, as there are too many orders: {}.", &[&keys]) }</p> }
    });
    let found = match &history.anomaly {
        None => html! {
            <section class="healthy">
                <p class="mark">{ say("Linearizable") }</p>
                <h1>{ say("One order of the requests explains every answer.") }</h1>
            </section>
        },
        Some((line, told, json)) => html! {
            <section class="finding">
                <p class="mark" role="status">{ fill("Nothing explains line {}", &[line]) }</p>
                <h1 lang="en">{ format!("{told}.") }</h1>
                <pre class="lines"><code>{ json }</code></pre>
                <p class="rule"><b>{ say("Linearizability (§8).") }{ " " }</b>
                    { say("Each request takes effect once, at one moment between its call and its answer.") }</p>
            </section>
        },
    };
    html! {
        <main class="reading verdict">
            <p class="source"><b>{ name }</b>{ " · " }{ say("a client history") }</p>
            { found }
            <p lang="en">{ format!("{}.", history.summary) }</p>
            { for undecided }
            <button class="bordered" onclick={ctx.link().callback(|_: MouseEvent| Msg::Close)}>{ say("Open another") }</button>
        </main>
    }
}
