//! The command line: it does and asks what the grammar can say, and completes it.

use web_sys::{HtmlInputElement, KeyboardEvent};
use yew::prelude::*;

use crate::narrate::{fill, say};
use crate::script;
use crate::sim::text::{Candidate, TextError};
use crate::ui::control::{Control, sentence};
use crate::ui::reasons::why::element;

/// The most candidates that are offered.
const OFFERED: usize = 40;

/// The texts around the line.
#[derive(Clone, Default, PartialEq)]
struct Shown {
    /// Where the word begins that a candidate takes the place of, and the candidates.
    offers: (usize, Vec<Candidate>),
    /// The candidate that is chosen.
    chosen: Option<usize>,
    /// The commands so far, the latest last, and the one that is shown again.
    past: Vec<String>,
    again: usize,
    /// What the last line printed, or why it was not done.
    outcome: Option<Result<String, String>>,
}

#[derive(Properties, PartialEq)]
pub struct ConsoleProps {
    pub control: Control,
}

/// The line, its completions, and its output.
#[component]
pub fn Console(props: &ConsoleProps) -> Html {
    let field = use_node_ref();
    let shown = use_state(Shown::default);
    let line = Line {
        field: field.clone(),
        shown: shown.clone(),
        control: props.control.clone(),
    };
    let oninput = line.on(|line: &Line, _: InputEvent| line.offer());
    let onkeydown = line.on(Line::key);
    // The list closes when the focus has left.
    let onblur = line.on(|line: &Line, _: FocusEvent| line.close());
    let onsubmit = line.on(|line: &Line, event: SubmitEvent| {
        event.prevent_default();
        line.submit();
    });
    let open = !shown.offers.1.is_empty();
    let chosen = shown.chosen.map(|nth| format!("offer-{nth}"));
    html! {
        <section class="console" aria-label={say("Console")}>
            { for shown.outcome.iter().map(outcome) }
            <form {onsubmit}>
                <label for="console-line">{ say("Command") }</label>
                <input id="console-line" ref={field} type="text" autocomplete="off" role="combobox"
                    aria-expanded={open.to_string()} aria-controls="offers" aria-autocomplete="list"
                    aria-activedescendant={chosen} autocapitalize="none" spellcheck="false"
                    placeholder="crash leader" {oninput} {onkeydown} {onblur} />
                <button class="bordered small">{ say("Go") }</button>
            </form>
            <ul id="offers" role="listbox" aria-label={say("Words that fit")} hidden={!open}>
                { for shown.offers.1.iter().enumerate().map(|(nth, one)| line.option(nth, one)) }
            </ul>
        </section>
    }
}

fn outcome(outcome: &Result<String, String>) -> Html {
    match outcome {
        Ok(printed) if printed.is_empty() => Html::default(),
        Ok(printed) => html! { <pre class="printed" role="status" tabindex="0">{ printed }</pre> },
        Err(why) => html! { <p class="error" role="alert">{ why }</p> },
    }
}

/// The field, and its output.
#[derive(Clone)]
struct Line {
    field: NodeRef,
    shown: UseStateHandle<Shown>,
    control: Control,
}

impl Line {
    fn on<E: 'static>(&self, act: fn(&Self, E)) -> Callback<E> {
        let line = self.clone();
        Callback::from(move |event| act(&line, event))
    }

    fn input(&self) -> Option<HtmlInputElement> {
        self.field.cast::<HtmlInputElement>()
    }

    fn show(&self, change: impl FnOnce(&mut Shown)) {
        let mut shown = (*self.shown).clone();
        change(&mut shown);
        self.shown.set(shown);
    }

    /// Offers the words that fit at the cursor.
    fn offer(&self) {
        let Some(input) = self.input() else { return };
        let text = input.value();
        let typed = input.selection_start().ok().flatten();
        let typed = typed.unwrap_or(text.len() as u32) as usize;
        // The browser counts in UTF-16.
        let mut units = 0;
        let cursor = text.char_indices().find(|(_, c)| {
            units += c.len_utf16();
            units > typed
        });
        let cursor = cursor.map_or(text.len(), |(at, _)| at);
        let player = self.control.player();
        let (start, mut words) = script::complete(&text, cursor, player.session.world());
        words.truncate(OFFERED);
        self.show(|shown| (shown.offers, shown.chosen) = ((start, words), None));
    }

    fn close(&self) {
        self.show(|shown| (shown.offers, shown.chosen) = Default::default());
    }

    /// Puts a candidate in the place of the word at the cursor.
    fn accept(&self, nth: usize) {
        let (start, words) = &self.shown.offers;
        let (Some(input), Some(word)) = (self.input(), words.get(nth)) else {
            return;
        };
        let text = input.value();
        let rest = text.get(*start..).unwrap_or_default();
        let typed = rest.find([' ', ';', '·']).unwrap_or(rest.len());
        let after = rest[typed..].trim_start();
        let before = format!("{}{} ", text.get(..*start).unwrap_or_default(), word.text);
        input.set_value(&format!("{before}{after}"));
        let cursor = before.encode_utf16().count() as u32;
        let _ = input.set_selection_range(cursor, cursor);
        let _ = input.focus();
        self.offer();
    }

    fn submit(&self) {
        let Some(input) = self.input() else { return };
        let text = input.value();
        if text.trim().is_empty() {
            return;
        }
        let outcome = self.control.follow(&text);
        match &outcome {
            Ok(_) => input.set_value(""),
            Err(wrong) => {
                let from = wrong.column.saturating_sub(1);
                let word = text.chars().skip(from).take_while(|c| !c.is_whitespace());
                let to = from + word.count();
                let units =
                    |count| text.chars().take(count).map(char::len_utf16).sum::<usize>() as u32;
                let _ = input.set_selection_range(units(from), units(to));
            }
        }
        self.show(|shown| {
            shown.past.retain(|line| *line != text);
            shown.past.push(text);
            shown.again = shown.past.len();
            shown.outcome = Some(outcome.map_err(placed));
            (shown.offers, shown.chosen) = Default::default();
        });
    }

    fn key(&self, event: KeyboardEvent) {
        let count = self.shown.offers.1.len();
        let chosen = self.shown.chosen;
        match event.key().as_str() {
            "ArrowDown" if count > 0 => self.choose(chosen.map_or(0, |nth| (nth + 1) % count)),
            "ArrowUp" if chosen.is_some() => match chosen {
                Some(nth) if nth > 0 => self.choose(nth - 1),
                _ => self.show(|shown| shown.chosen = None),
            },
            "ArrowUp" => self.recall(self.shown.again.checked_sub(1)),
            "ArrowDown" if self.shown.again + 1 < self.shown.past.len() => {
                self.recall(Some(self.shown.again + 1));
            }
            "ArrowDown" => self.offer(),
            "Enter" if chosen.is_some() => self.accept(chosen.unwrap_or_default()),
            "Escape" if count > 0 => {
                self.close();
                event.stop_propagation();
            }
            _ => return,
        }
        event.prevent_default();
    }

    fn choose(&self, nth: usize) {
        self.show(|shown| shown.chosen = Some(nth));
        if let Some(option) = element(&format!("#offer-{nth}")) {
            option.scroll_into_view_with_bool(false);
        }
    }

    /// Shows a line that was done before.
    fn recall(&self, nth: Option<usize>) {
        let line = nth.and_then(|nth| self.shown.past.get(nth).map(|line| (nth, line)));
        if let (Some((nth, line)), Some(input)) = (line, self.input()) {
            input.set_value(line);
            self.show(|shown| {
                shown.again = nth;
                (shown.offers, shown.chosen) = Default::default();
            });
        }
    }

    fn option(&self, nth: usize, one: &Candidate) -> Html {
        let line = self.clone();
        // The focus stays in the field, so that the list stays open.
        let onmousedown = |event: MouseEvent| event.prevent_default();
        let onclick = move |_: MouseEvent| line.accept(nth);
        html! {
            <li key={one.text.clone()} id={format!("offer-{nth}")} role="option"
                aria-selected={(self.shown.chosen == Some(nth)).to_string()} {onmousedown} {onclick}>
                <b>{ &one.text }</b><span>{ say(&one.help) }</span>
            </li>
        }
    }
}

/// `Column 7: "S12" is no server: ...`
fn placed(wrong: TextError) -> String {
    fill("Column {}: {}", &[&wrong.column, &sentence(wrong.message)])
}
