//! The rules, live: Figure 2 as a panel whose lines light up as they act.

use yew::prelude::*;

use super::control::Control;
use super::events::clock;
use super::why::token;
use crate::raft::NodeId;
use crate::sim::StepId;
use crate::view::Question;
use crate::view::refs::named;
use crate::view::rules::{Frame, Line, Panel, Row, RuleBox};
use crate::view::why::Moment;

#[derive(Properties, PartialEq)]
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
    let mut boxes: Vec<&RuleBox> = panel.boxes.iter().collect();
    // While time stands, the boxes come in the order in which their lines acted.
    if !props.playing {
        boxes.sort_by_key(|of| of.first());
    }
    let boxes = boxes.into_iter().map(|of| match of.frame {
        Frame::State => state_box(of),
        _ => rule_box(of, props.playing, &props.on_line),
    });
    let server = panel
        .server
        .map(|id| html! { <b class="name" data-refs={named(id)}>{ id.to_string() }</b> });
    let acted = match panel.lit {
        1 => "1 rule acted".to_string(),
        count => format!("{count} rules acted"),
    };
    html! {
        <section class="rules" aria-label="Rules">
            <h2>{ "Figure 2, live" }<span>{ for server }{ " " }{ clock(panel.at) }{ " · " }{ acted }</span></h2>
            <div class="rules-list">{ for boxes }</div>
        </section>
    }
}

/// The server's state: what changed is bold.
fn state_box(of: &RuleBox) -> Html {
    let shown = of.rows.iter().filter(|row| !row.values.is_empty());
    let values = shown.map(|row| {
        let lit = row.order.map(|_| "lit");
        let asks = row.moment.map(|moment| token(Question::Event(moment)));
        html! {
            <div key={row.line.label()} class={classes!(lit, row.asked.then_some("asked"))} data-ask={asks}
                title={row.line.text()}>
                <dt>{ row.line.label() }</dt><dd>{ &row.values }</dd>
            </div>
        }
    });
    html! { <dl class="rules-state" aria-label="State">{ for values }</dl> }
}

/// A box: folded while time stands and none of its lines acted.
fn rule_box(of: &RuleBox, playing: bool, on_line: &Callback<Line>) -> Html {
    let lit = of.lit();
    let open = lit > 0 || playing && !of.frame.is_extension();
    let count = of.rows.len();
    let says = match lit {
        0 if count == 1 => "1 line, not in this step".to_string(),
        0 => format!("{count} lines, none in this step"),
        _ => format!("{lit} of {count}"),
    };
    let mut before = None;
    let rows = of.rows.iter().map(|row| {
        // The second half of a line has no number of its own.
        let label = row.line.label();
        let number = label.rsplit(' ').next().unwrap_or_default();
        let is_number = number.parse::<u8>().is_ok() && before != Some(label);
        before = Some(label);
        rule_row(row, if is_number { number } else { "" }, on_line)
    });
    html! {
        <details key={of.frame.title()} class={classes!("rules-box", (lit > 0).then_some("lit"))} {open}>
            <summary>{ of.frame.title() }<span>{ says }</span></summary>
            <ol>{ for rows }</ol>
        </details>
    }
}

fn rule_row(row: &Row, number: &'static str, on_line: &Callback<Line>) -> Html {
    let line = row.line;
    let lit = row.order.is_some();
    let asks = row.moment.map(|moment| token(Question::Event(moment)));
    let onclick = (!lit).then(|| on_line.reform(move |_: MouseEvent| line));
    let (verdict, word) = match row.holds.filter(|_| lit) {
        Some(true) => ("true", "✓ true"),
        Some(false) => ("false", "false"),
        None => ("", ""),
    };
    let title = if lit {
        "Why this acted"
    } else {
        "The last time that this line acted"
    };
    let off = row.off.map(|rule| {
        html! { <em class="rule-off">{ format!("{} is off", rule.name()) }</em> }
    });
    html! {
        <li key={line as usize}>
            <button class={classes!("rule-line", lit.then_some("lit"), row.asked.then_some("asked"))}
                data-ask={asks} data-line={line.label()} {onclick} {title}>
                <i>{ for row.order }</i>
                <span class="rule-number">{ number }</span>
                <span class="rule-text">{ line.text() }{ for off }</span>
                <code>{ &row.values }</code>
                { for (!word.is_empty()).then(|| html! { <b class={verdict}>{ word }</b> }) }
            </button>
        </li>
    }
}
