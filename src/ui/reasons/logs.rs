//! The logs of all servers, side by side.

use std::cmp::Ordering;
use std::rc::Rc;

use web_sys::{Element, KeyboardEvent};
use yew::prelude::*;

use crate::narrate::{fill, say};
use crate::raft::{EntryId, LogIndex, NodeId};
use crate::ui::delegate;
use crate::ui::reasons::why::{self, token};
use crate::ui::stage::server::term_class;
use crate::view::logs::{Cell, Row};
use crate::view::{LogTable, Question, refs};

#[derive(Properties, PartialEq)]
pub struct LogsProps {
    pub title: &'static str,
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
        // The newest entries are at the right: show them.
        use_effect_with(last, move |_| {
            if let Some(strip) = strip.cast::<Element>() {
                strip.set_scroll_left(strip.scroll_width());
            }
        });
    }
    let table = &props.table;
    let rows = table.rows.iter();
    let rows = rows.map(|row| log_row(row, table, props.focus == Some(row.server)));
    let onclick = delegate::pick(&props.on_focus, |event: &MouseEvent| {
        delegate::server(event)
    });
    let last = table.rows.iter().find_map(|row| {
        let cell = row.cells.last()?;
        Some(Question::Entry(row.server, cell.index))
    });
    let onkeydown = Callback::from(move |event: KeyboardEvent| on_key(&event, last));
    let columns = table.first..=table.last;
    let mut rows_of_leader = table.rows.iter().filter_map(|row| row.progress);
    let shows_next = rows_of_leader.any(|(next, _)| columns.contains(&next));
    let mut cells = table.rows.iter().flat_map(|row| &row.cells);
    let bare = cells.all(|cell| cell.is_noop);
    let told = if bare {
        say("each cell: the term of the entry")
    } else {
        say("term above, command below")
    };
    let class = if bare { "logs bare" } else { "logs" };
    let indexes = (table.first.0..=table.last.0).map(|index| {
        html! { <th key={index} scope="col">{ index }</th> }
    });
    html! {
        <section {class} aria-label={props.title}>
            <h2>{ props.title }<span>{ told }</span></h2>
            <div ref={strip} class="logs-strip" tabindex="0" role="group" aria-label={say("Log entries")} {onkeydown}>
                <table>
                    <thead><tr>
                        <td></td>
                        { for table.compacted.then(|| html! { <td></td> }) }
                        { for indexes }
                        <td></td>
                    </tr></thead>
                    <tbody {onclick}>{ for rows }</tbody>
                </table>
            </div>
            <p class="logs-key" aria-hidden="true">
                <span><i class="sample"></i>{ say("uncommitted") }</span>
                <span><i class="sample committed"></i>{ say("committed") }</span>
                <span><i class="sample-line"></i>{ say("known to be committed") }</span>
                { for shows_next.then(|| html! { <span><i class="sample-next">{ "▲" }</i>{ "nextIndex" }</span> }) }
            </p>
        </section>
    }
}

fn log_row(row: &Row, table: &LogTable, focused: bool) -> Html {
    let next = row.progress.map(|(next, _)| next);
    let cells = row.cells.iter().map(|cell| entry(row, cell, next));
    let values: Vec<String> = row
        .values
        .iter()
        .map(|(key, value)| format!("{key} = {value}"))
        .collect();
    // The compacted entries, as one block from the column before the first index.
    let before = usize::from(table.compacted);
    let compacted = row
        .compacted
        .map(|last| (last.0 + 1 - table.first.0) as usize + before);
    let stack = compacted
        .zip(row.compacted)
        .map(|(columns, last)| stack(columns, last));
    let stack = stack.or_else(|| (before > 0).then(|| gap(before)));
    // The values of the state machine have a column of their own, after the longest log.
    let own = table.first.0 + row.cells.len() as u64;
    let after = row.compacted.map_or(own, |last| own.max(last.0 + 1));
    let missing = missing(row, after, table.last.0, next);
    html! {
        <tr key={row.server.number()}
            class={classes!("log-row", row.look.word(), if focused { "focused" } else { "" })}>
            <th scope="row">
                <button class="log-server" data-server={row.server.number().to_string()} data-refs={refs::named(row.server)} title={fill("Look into {}", &[&row.label])}>
                    <i class="role" aria-hidden="true"></i>{ &row.label }
                </button>
            </th>
            { for stack }
            { for cells }
            { missing }
            <td class="log-state" title={say("What its state machine holds")}>
                { values.join(" ") }
            </td>
        </tr>
    }
}

/// The columns from `from` to `to`, where it has nothing: with what the leader sends next, and how
/// much it does have, which may be out of sight.
fn missing(row: &Row, from: u64, to: u64, next: Option<LogIndex>) -> Html {
    let stretch = |from: u64, to: u64, says: bool| {
        let columns = (to + 1).checked_sub(from).filter(|columns| *columns > 0)?;
        let behind = (says && columns > 4).then(|| behind(row));
        Some(html! { <td class="behind" colspan={columns.to_string()}>{ for behind }</td> })
    };
    match next.filter(|next| (from..=to).contains(&next.0)) {
        Some(LogIndex(next)) => {
            let before = next - from > to - next;
            html! {
                <>
                { for stretch(from, next - 1, before) }
                <td class="next"></td>
                { for stretch(next + 1, to, !before) }
                </>
            }
        }
        None => html! { <>{ for stretch(from, to, true) }</> },
    }
}

/// `← 4 entries`
fn behind(row: &Row) -> Html {
    let words = match row.last.0 {
        0 => say("empty").to_string(),
        1 => say("← 1 entry").to_string(),
        count => fill("← {} entries", &[&count]),
    };
    html! { <span>{ words }</span> }
}

fn gap(columns: usize) -> Html {
    html! { <td colspan={columns.to_string()}></td> }
}

/// Entries that a snapshot stands for.
fn stack(columns: usize, last: LogIndex) -> Html {
    let title = fill("a snapshot stands for the entries up to {}", &[&last]);
    html! {
        <td colspan={columns.to_string()}>
            <span class="entry committed stack" {title}><b>{ format!("…{last}") }</b></span>
        </td>
    }
}

fn entry(row: &Row, cell: &Cell, next: Option<LogIndex>) -> Html {
    let state = if cell.committed {
        "committed"
    } else {
        "uncommitted"
    };
    let (server, index, term) = (row.server, cell.index, cell.term);
    let text = match cell.configuration {
        Some(members) => fill("the members {}", &[&members]),
        None => cell.text.clone(),
    };
    let title = fill(
        "entry {} of {}, term {}: {}, {}",
        &[&index, &row.label, &term, &text, &say(state)],
    );
    // The line below the row ends where the server knows that nothing further is committed.
    let line = match index.cmp(&row.commit) {
        Ordering::Less => "known",
        Ordering::Equal => "known end",
        Ordering::Greater => "",
    };
    let next = (next == Some(index)).then_some("next");
    html! {
        <td key={cell.index.0} class={classes!(line, next)}>
            <button class={classes!("entry", state, term_class(term))} tabindex="-1" {title}
                data-refs={refs::entry(EntryId { index, term })} data-ask={token(Question::Entry(server, index))}>
                <b>{ term.to_string() }</b>
                <small>{ &cell.text }</small>
            </button>
        </td>
    }
}

/// The tab key leads to the logs as a whole; in there the arrows lead from entry to entry.
fn on_key(event: &KeyboardEvent, start: Option<Question>) {
    let (down, right) = match event.key().as_str() {
        "ArrowDown" => (1, 0),
        "ArrowLeft" => (0, -1),
        "ArrowRight" => (0, 1),
        "ArrowUp" => (-1, 0),
        _ => return,
    };
    let next = match why::asked_by(event) {
        Some(Question::Entry(server, index)) => {
            let server = NodeId::new(server.number().wrapping_add_signed(down));
            server
                .map(|server| Question::Entry(server, LogIndex(index.0.wrapping_add_signed(right))))
        }
        _ => start,
    };
    if let Some(next) = next {
        why::focus(&format!(".entry[data-ask='{}']", token(next)));
    }
    event.prevent_default();
    event.stop_propagation();
}
