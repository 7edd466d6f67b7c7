//! What came of a trace, in words.

use yew::prelude::*;

use super::letters::{Finding, Findings, History};
use super::{Msg, YourRaft, blob};

/// The left of the room.
pub fn verdict(room: &YourRaft, ctx: &Context<YourRaft>, findings: &Findings) -> Html {
    let link = ctx.link();
    let name = room.source.as_ref().map_or("", |(name, _)| name);
    let found = match findings.verdicts.get(room.nth) {
        Some(finding) => finding_view(room, ctx, findings, finding),
        None => html! {
            <section class="healthy">
                <p class="mark">{ "Nothing is broken" }</p>
                <h1>{ format!("{} lines, each allowed.", findings.lines) }</h1>
                <p>{ format!("{}.", findings.summary) }</p>
            </section>
        },
    };
    let notes = findings.notes.iter().map(|note| html! { <p>{ note }</p> });
    let (told, not) = (&findings.told, &findings.untold);
    html! {
        <div class="lesson verdict" role="region" aria-label="Verdict">
            <div class="lesson-scroll">
                <p class="source"><b>{ name }</b>{ format!(" · {} servers · {} lines", findings.servers.len(), findings.lines) }
                    <button class="plain small" onclick={link.callback(|_: MouseEvent| Msg::Close)}>{ "Open another" }</button></p>
                { found }
                { excerpt(room, ctx) }
                { on_purpose(ctx, findings) }
            </div>
            <section class="looked">
                <p><b>{ "Looked at: " }</b>{ listed(told) }</p>
                { for (!not.is_empty()).then(|| html! { <p><b>{ "Not in this trace, so not judged: " }</b>{ listed(not) }</p> }) }
                { for notes }
            </section>
        </div>
    }
}

fn listed(names: &[String]) -> String {
    match names {
        [] => "nothing.".into(),
        names => format!("{}.", names.join(", ")),
    }
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
        html! { <button class="bordered" onclick={seek}>{ format!("Line {stand}") }</button> }
    });
    html! {
        <section class="finding">
            <p class="mark" role="status">{ format!("No rule of Raft allows line {stand}") }</p>
            <h1>{ did }</h1>
            { for against.map(|against| html! { <p class="against">{ against }</p> }) }
            <p class="rule"><b>{ format!("{} ({}). ", rule.name(), rule.section()) }</b>{ rule.sentence() }</p>
            <p class="cause"><b>{ "Often the cause: " }</b>{ rule.cause() }</p>
            <p class="acts">
                { for (count > 1).then(|| html! {
                    <button class="primary" onclick={link.callback(move |_: MouseEvent| Msg::Finding(next))}>
                        { format!("Next finding: {} of {count}", next + 1) }</button>
                }) }
                <button class="bordered" onclick={link.callback(|_: MouseEvent| Msg::Excerpt)}>{ "Share this step" }</button>
                { for back }
            </p>
            <button class="as-link" onclick={link.callback(move |_: MouseEvent| Msg::Lenient(rule, true))}>
                { "We do this on purpose" }</button>
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
            <li key={rule.name()}><b>{ rule.name() }</b>{ format!(" · {count} times ") }
                <button class="as-link" onclick={judge}>{ "Judge it" }</button></li>
        }
    });
    let names: Vec<&str> = findings
        .lenient
        .iter()
        .map(|(rule, _)| rule.name())
        .collect();
    html! {
        <section class="on-purpose" aria-label="Broken on purpose">
            <h2>{ "Broken on purpose" }</h2>
            <ul>{ for rules }</ul>
            <p>{ "On the command line: " }<code>{ format!("--lenient {}", names.join(",")) }</code></p>
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
        <section class="excerpt" aria-label="Excerpt">
            <h2>{ format!("A trace of {lines} lines that ends here") }</h2>
            <textarea readonly={true} aria-label="The excerpt" value={text.clone()} spellcheck="false" />
            <p class="acts">
                <a class="bordered small" href={keep} download="excerpt.jsonl">{ "Keep as a file" }</a>
                <button class="plain small" onclick={ctx.link().callback(|_: MouseEvent| Msg::Fold)}>{ "Close" }</button>
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
        html! { <p>{ format!("Not decided, as there are too many orders: {keys}.") }</p> }
    });
    let found = match &history.anomaly {
        None => html! {
            <section class="healthy">
                <p class="mark">{ "Linearizable" }</p>
                <h1>{ "One order of the requests explains every answer." }</h1>
            </section>
        },
        Some((line, told, json)) => html! {
            <section class="finding">
                <p class="mark" role="status">{ format!("Nothing explains line {line}") }</p>
                <h1>{ format!("{told}.") }</h1>
                <pre class="lines"><code>{ json }</code></pre>
                <p class="rule"><b>{ "Linearizability (§8). " }</b>
                    { "Each request takes effect once, at one moment between its call and its answer." }</p>
            </section>
        },
    };
    html! {
        <main class="reading verdict">
            <p class="source"><b>{ name }</b>{ " · a client history" }</p>
            { found }
            <p>{ format!("{}.", history.summary) }</p>
            { for undecided }
            <button class="bordered" onclick={ctx.link().callback(|_: MouseEvent| Msg::Close)}>{ "Open another" }</button>
        </main>
    }
}
