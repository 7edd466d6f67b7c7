//! The rules, live: Figure 2 as a panel whose lines light up as they act.

use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::narrate::{fill, say};
use crate::raft::NodeId;
use crate::sim::StepId;
use crate::ui::control::Control;
use crate::ui::fetch;
use crate::ui::reasons::events::clock;
use crate::ui::reasons::why::token;
use crate::view::Question;
use crate::view::refs::named;
use crate::view::rules::{Frame, Line, Panel, Row, RuleBox};
use crate::view::why::Moment;

#[derive(Properties, Clone, PartialEq)]
pub struct RulesProps {
    pub control: Control,
    /// The last step at the cursor: the panel is made anew when that changes.
    pub step: StepId,
    pub playing: bool,
    pub focus: Option<NodeId>,
    /// The event that is asked about.
    pub asked: Option<Moment>,
    /// A line that did not act in this step was chosen.
    pub on_line: Callback<Line>,
}

/// The lines of the core around a label, as the build of this page found them (`tools/excerpts.mjs`).
#[derive(Clone, PartialEq, Debug)]
struct Excerpt {
    label: String,
    /// `src/raft/follower.rs:405`
    place: String,
    code: String,
}

/// The core's own code: on its way, here, or not to be had.
type Code = Option<Result<Rc<[Excerpt]>, ()>>;

/// The panel.
#[component]
pub fn Rules(props: &RulesProps) -> Html {
    let panel = {
        let control = props.control.clone();
        use_memo(
            (props.step, props.focus, props.asked),
            move |(_, focus, asked)| Panel::of(&control.player().session, *focus, *asked),
        )
    };
    let shows = use_state(|| false);
    let fetched = use_state(Code::default);
    {
        let fetched = fetched.clone();
        use_effect_with(*shows, move |shows| {
            // What could not be had is asked for again.
            if *shows && !matches!(*fetched, Some(Ok(_))) {
                spawn_local(async move {
                    let text = fetch_code().await;
                    fetched.set(Some(text.map(|text| read(&text)).ok_or(())));
                });
            }
        });
    }
    let code: Option<&[Excerpt]> = match &*fetched {
        Some(Ok(code)) if *shows => Some(code),
        _ => None,
    };
    let gone = *shows && *fetched == Some(Err(()));
    let mut boxes: Vec<&RuleBox> = panel.boxes.iter().collect();
    // While time stands, the boxes come in the order in which their lines acted.
    if !props.playing {
        boxes.sort_by_key(|of| of.first());
    }
    let boxes = boxes.into_iter().map(|of| match of.frame {
        Frame::State => state_box(of),
        _ => rule_box(of, props.playing, &props.on_line, &code),
    });
    let choice = |name: &'static str, chosen: bool| {
        let shows = shows.clone();
        let onclick = move |_: MouseEvent| shows.set(name == CODE);
        html! { <button aria-pressed={chosen.to_string()} {onclick}>{ say(name) }</button> }
    };
    let server = panel
        .server
        .map(|id| html! { <b class="name" data-refs={named(id)}>{ id.to_string() }</b> });
    let acted = match panel.lit {
        1 => say("1 rule acted").to_string(),
        count => fill("{} rules acted", &[&count]),
    };
    html! {
        <section class="rules" aria-label={say("Rules")}>
            <h2>{ say("Figure 2, live") }
                <div class="rules-choice" role="group" aria-label={say("Words")}>
                    { choice("In words", !*shows) }{ choice(CODE, *shows) }
                </div>
                <span>{ for server }{ " " }{ clock(panel.at) }{ " · " }{ acted }</span></h2>
            { for gone.then(|| html! { <p class="error">{ say(GONE) }</p> }) }
            <div class="rules-list">{ for boxes }</div>
        </section>
    }
}

/// Names the other way to show the rules.
const CODE: &str = "Our code";

/// Why there is no code to see.
// Said by the page.
const GONE: &str = "The code did not arrive: check the connection, then choose it again. A page that \
    `./dev serve` shows has none: `./dev build` makes it.";

/// The file that the build made of the core.
async fn fetch_code() -> Option<String> {
    let window = web_sys::window()?;
    // The name of the program that runs tells versions apart.
    let tag = window
        .document()?
        .query_selector("script[data-wasm]")
        .ok()??;
    let version = tag.get_attribute("data-wasm").unwrap_or_default();
    let address = format!("core.txt?{}", version.trim_start_matches("./"));
    let text = fetch::at(&address).await?;
    (!text.starts_with('<')).then_some(text)
}

/// Blocks with an empty line between them; the first line of each is `label|file|line`.
fn read(text: &str) -> Rc<[Excerpt]> {
    let block = |block: &str| {
        let (head, code) = block.trim_start_matches('\n').split_once('\n')?;
        let mut head = head.split('|');
        let (label, file, line) = (head.next()?, head.next()?, head.next()?);
        Some(Excerpt {
            label: label.into(),
            place: format!("{file}:{line}"),
            code: code.trim_end().into(),
        })
    };
    text.split("\n\n").filter_map(block).collect()
}

/// The server's state: what changed is bold.
fn state_box(of: &RuleBox) -> Html {
    let shown = of.rows.iter().filter(|row| !row.values.is_empty());
    let values = shown.map(|row| {
        let lit = row.order.map(|_| "lit");
        let asks = row.moment.map(|moment| token(Question::Event(moment)));
        html! {
            <div key={row.line.label()} class={classes!(lit, row.asked.then_some("asked"))} data-ask={asks}
                title={say(row.line.text())}>
                <dt>{ row.line.label() }</dt><dd>{ &row.values }</dd>
            </div>
        }
    });
    let values: Vec<Html> = values.collect();
    if values.is_empty() {
        return Html::default();
    }
    html! { <dl class="rules-state" aria-label={say("State")}>{ for values }</dl> }
}

/// A box: folded while time stands and none of its lines acted.
fn rule_box(
    of: &RuleBox,
    playing: bool,
    on_line: &Callback<Line>,
    code: &Option<&[Excerpt]>,
) -> Html {
    let lit = of.lit();
    let open = lit > 0 || playing && !of.frame.is_extension();
    let count = of.rows.len();
    let says = match lit {
        0 if count == 1 => say("1 line, not in this step").to_string(),
        0 => fill("{} lines, none in this step", &[&count]),
        _ => fill("{} of {}", &[&lit, &count]),
    };
    let mut before = None;
    let rows = of.rows.iter().map(|row| {
        // The second half of a line has no number of its own.
        let label = row.line.label();
        let number = label.rsplit(' ').next().unwrap_or_default();
        let is_number = number.parse::<u8>().is_ok() && before != Some(label);
        // A box in which nothing acted was opened to be read: all of it is shown.
        let shows = !label.is_empty() && before != Some(label) && (lit == 0 || is_lit(of, label));
        before = Some(label);
        let mine = code.iter().flat_map(|code| code.iter());
        let mine = mine.filter(|excerpt| shows && excerpt.label == label);
        let mine = mine.map(|excerpt| html! {
            <figure class="rule-code"><figcaption>{ &excerpt.place }</figcaption><pre>{ &excerpt.code }</pre></figure>
        });
        html! {
            <>
            { rule_row(row, if is_number { number } else { "" }, on_line) }
            <li class="rule-codes">{ for mine }</li>
            </>
        }
    });
    html! {
        <details key={of.frame.title()} class={classes!("rules-box", (lit > 0).then_some("lit"))} {open}>
            <summary>{ say(of.frame.title()) }<span>{ says }</span></summary>
            <ol>{ for rows }</ol>
        </details>
    }
}

/// Whether a line with that label acted.
fn is_lit(of: &RuleBox, label: &str) -> bool {
    let mut rows = of.rows.iter();
    rows.any(|row| row.line.label() == label && row.order.is_some())
}

fn rule_row(row: &Row, number: &'static str, on_line: &Callback<Line>) -> Html {
    let line = row.line;
    let lit = row.order.is_some();
    let asks = row.moment.map(|moment| token(Question::Event(moment)));
    let onclick = (!lit).then(|| on_line.reform(move |_: MouseEvent| line));
    let (verdict, word) = match row.holds.filter(|_| lit) {
        Some(true) => ("true", say("✓ true")),
        Some(false) => ("false", say("false")),
        None => ("", ""),
    };
    let title = if lit {
        say("Why this acted")
    } else {
        say("The last time that this line acted")
    };
    let off = row.off.map(|rule| {
        html! { <em class="rule-off">{ fill("{} is off", &[&rule.name()]) }</em> }
    });
    html! {
        <li key={line as usize}>
            <button class={classes!("rule-line", lit.then_some("lit"), row.asked.then_some("asked"))}
                data-ask={asks} data-line={line.label()} {onclick} {title}>
                <i>{ for row.order }</i>
                <span class="rule-number">{ number }</span>
                <span class="rule-text">{ say(line.text()) }{ for off }</span>
                <code>{ &row.values }</code>
                { for (!word.is_empty()).then(|| html! { <b class={verdict}>{ word }</b> }) }
            </button>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpts_are_read_as_the_build_writes_them() {
        let text = "RequestVote 1|src/raft/follower.rs|405\n// one\nif a {\n}\n\nLeaders 4|src/raft/leader.rs|9\ncode\n";
        let code = read(text);
        let places: Vec<&str> = code.iter().map(|one| one.place.as_str()).collect();
        assert_eq!(places, ["src/raft/follower.rs:405", "src/raft/leader.rs:9"]);
        assert_eq!(code[0].code, "// one\nif a {\n}");
        assert_eq!(
            (code[1].label.as_str(), code[1].code.as_str()),
            ("Leaders 4", "code")
        );
    }
}
