//! The logs of all servers, side by side.

use std::rc::Rc;

use web_sys::Element;
use yew::prelude::*;

use crate::raft::NodeId;
use crate::view::LogTable;
use crate::view::logs::{Cell, Row};

#[derive(Properties, PartialEq)]
pub struct LogsProps {
    pub table: Rc<LogTable>,
    pub focus: Option<NodeId>,
    pub on_focus: Callback<NodeId>,
}

/// The logs: a row a server, a column an index. Dashed is uncommitted, solid committed, as far as
/// that server knows.
#[component]
pub fn Logs(props: &LogsProps) -> Html {
    let strip = use_node_ref();
    {
        let strip = strip.clone();
        let last = (props.table.first, props.table.last);
        // What is new is at the right; show it.
        use_effect_with(last, move |_| {
            if let Some(strip) = strip.cast::<Element>() {
                strip.set_scroll_left(strip.scroll_width());
            }
        });
    }
    let table = &props.table;
    let rows = table.rows.iter().map(|row| {
        let focused = props.focus == Some(row.server);
        html! { <LogRow key={row.server.number()} row={row.clone()} {focused} on_focus={&props.on_focus} /> }
    });
    let indexes = (table.first.0..=table.last.0).map(|index| {
        html! { <th key={index} scope="col">{ index }</th> }
    });
    html! {
        <section class="logs" aria-label="Logs">
            <h2>{ "Logs" }<span>{ format!("committed to {}", table.committed) }</span></h2>
            <div ref={strip} class="logs-strip" tabindex="0" role="group" aria-label="Log entries">
                <table>
                    <thead><tr><td></td>{ for indexes }<td></td></tr></thead>
                    <tbody>{ for rows }</tbody>
                </table>
            </div>
            <p class="logs-key" aria-hidden="true">
                <i class="entry sample"></i>{ "uncommitted" }
                <i class="entry sample committed"></i>{ "committed" }
                <span>{ "small: the entry's term" }</span>
            </p>
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct RowProps {
    row: Row,
    focused: bool,
    on_focus: Callback<NodeId>,
}

#[component]
fn LogRow(props: &RowProps) -> Html {
    let row = &props.row;
    let onclick = use_callback(
        (row.server, props.on_focus.clone()),
        |_: MouseEvent, (server, on_focus)| on_focus.emit(*server),
    );
    let cells = row.cells.iter().map(entry);
    let values: Vec<String> = row
        .values
        .iter()
        .map(|(key, value)| format!("{key} = {value}"))
        .collect();
    let span = (row.cells.is_empty()).then_some("1");
    html! {
        <tr class={classes!("log-row", row.look.word(), props.focused.then_some("focused"))}>
            <th scope="row">
                <button class="log-server" {onclick} title={format!("Look into {}", row.server)}>
                    { row.server.to_string() }
                </button>
            </th>
            { for cells }
            <td class="log-state" colspan={span} title="What its state machine holds">
                { values.join(" ") }
            </td>
        </tr>
    }
}

fn entry(cell: &Cell) -> Html {
    let state = if cell.committed {
        "committed"
    } else {
        "uncommitted"
    };
    let title = format!(
        "entry {}, term {}: {}, {state}",
        cell.index, cell.term, cell.text
    );
    html! {
        <td key={cell.index.0}>
            <span class={classes!("entry", cell.committed.then_some("committed"))} {title}>
                <b>{ &cell.text }</b>
                <small>{ cell.term.to_string() }</small>
            </span>
        </td>
    }
}
