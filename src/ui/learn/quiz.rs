//! The quiz: the questions of the Raft user study one by one, and what they came to, beside what
//! the study's students came to.

use web_sys::HtmlElement;
use yew::prelude::*;

use crate::course::quiz::{self, Item, MEAN, MEAN_OF_HARD, Part, Points, Row, STUDENTS};
use crate::course::{Place, Sitting, document};
use crate::narrate::{fill, say, spoken};
use crate::raft::Term;
use crate::ui::delegate;
use crate::ui::fetch;
use crate::ui::learn::learning::Wish;
use crate::ui::refs::told;
use crate::ui::stage::server::term_class;
use crate::ui::storage;

/// The licence of the questions.
const LICENCE: &str = "https://creativecommons.org/licenses/by/4.0/";

#[derive(Properties, PartialEq)]
pub struct QuizProps {
    /// What was answered so far.
    pub sittings: Vec<Sitting>,
    pub on_wish: Callback<Wish>,
}

/// The quiz.
pub struct Quiz {
    /// The questions, once they have arrived, or why they have not.
    items: Option<Result<Vec<Item>, String>>,
    /// Which question is shown; none of them at the beginning and at the end.
    at: Option<usize>,
    /// Whether the right answers are shown.
    judged: bool,
    /// The heading, which gets the focus when another question is shown.
    heading: NodeRef,
    turned: bool,
}

pub enum Msg {
    Arrived(Option<String>),
    /// This answer to that part; none where the reader does not know.
    Choose(usize, Option<u8>),
    /// Show this question, and whether with its answer.
    Turn(Option<usize>, bool),
    Finish,
}

impl Component for Quiz {
    type Message = Msg;
    type Properties = QuizProps;

    fn create(ctx: &Context<Self>) -> Self {
        ctx.link()
            .send_future(async { Msg::Arrived(fetch::text(spoken(), "quiz.txt").await) });
        Self {
            items: None,
            at: None,
            judged: false,
            heading: NodeRef::default(),
            turned: false,
        }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        let sit = |sitting| ctx.props().on_wish.emit(Wish::Sit(sitting));
        match msg {
            Msg::Arrived(text) => {
                let missing = say("The quiz did not arrive. Check the connection, then try again.");
                let text = text.ok_or_else(|| missing.to_owned());
                self.items = Some(text.and_then(|text| quiz::read(&text)));
            }
            Msg::Choose(part, answer) => {
                let mut sitting = under_way(&ctx.props().sittings);
                sitting.choose(part, answer);
                sit(sitting);
            }
            Msg::Turn(at, judged) => {
                (self.at, self.judged, self.turned) = (at, judged, true);
            }
            Msg::Finish => {
                let mut sitting = under_way(&ctx.props().sittings);
                sitting.day = Some(storage::today());
                sit(sitting);
                (self.at, self.turned) = (None, true);
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let sittings = &ctx.props().sittings;
        let shown = match &self.items {
            None => html! { <p class="muted">{ say("One moment.") }</p> },
            Some(Err(why)) => html! { <p role="alert">{ why }</p> },
            Some(Ok(items)) => match self.at.and_then(|at| Some((at, items.get(at)?))) {
                Some((at, item)) => self.question(ctx, items, at, item),
                None => self.begin(ctx, items, sittings),
            },
        };
        html! { <section class="quiz" aria-label={say("Quiz")}>{ shown }</section> }
    }

    fn rendered(&mut self, _: &Context<Self>, _: bool) {
        if std::mem::take(&mut self.turned)
            && let Some(heading) = self.heading.cast::<HtmlElement>()
        {
            // A browser without focus shows the question all the same.
            let _ = heading.focus();
        }
    }
}

/// The sitting that is under way, or a new one.
fn under_way(sittings: &[Sitting]) -> Sitting {
    let last = sittings.last().filter(|last| last.day.is_none());
    last.cloned().unwrap_or_default()
}

impl Quiz {
    /// What the quiz is, and what the sittings came to.
    fn begin(&self, ctx: &Context<Self>, items: &[Item], sittings: &[Sitting]) -> Html {
        let turn = |at, judged| {
            ctx.link()
                .callback(move |_: MouseEvent| Msg::Turn(at, judged))
        };
        let done: Vec<&Sitting> = sittings.iter().filter(|it| it.day.is_some()).collect();
        let label = match (sittings.last(), done.len()) {
            (Some(last), _) if last.day.is_none() => say("Go on with the quiz"),
            (_, 0) => say("Begin the quiz"),
            _ => say("Take it again"),
        };
        let answers = html! { <button class="plain small" onclick={turn(Some(0), true)}>{ say("Go through the answers") }</button> };
        let answers = match done.len() {
            0 => Html::default(),
            1 => html! {
                <details>
                    <summary>{ say("See the answers") }</summary>
                    <p>{ say("Who looks now knows them the second time.") }{ " " }{ answers }</p>
                </details>
            },
            _ => answers,
        };
        html! {
            <>
                <h1 tabindex="-1" ref={&self.heading}>{ say("Quiz: what do you know of Raft?") }</h1>
                <p>{ say("Take it before the course and again after it. The difference is what you learned.") }</p>
                <p>{ fill("Eight questions, {} points, about ten minutes. Do not guess: say that you do not know.", &[&all(items)]) }</p>
                <p class="buttons"><button class="bordered" onclick={turn(Some(0), false)}>{ label }</button></p>
                { for (!done.is_empty()).then(|| results(items, &done)) }
                { answers }
                <p class="muted">
                    { say("The questions and their points are those of Diego Ongaro's user study, shortened. Its students wrote their answers; you choose yours.") }{ " " }
                    <a href={document("dissertation")} target="_blank" rel="noopener">{ say("Dissertation, appendix A") }</a>{ ", " }
                    <a href={LICENCE} target="_blank" rel="noopener">{ "CC BY 4.0" }</a>{ "." }
                </p>
            </>
        }
    }

    fn question(&self, ctx: &Context<Self>, items: &[Item], at: usize, item: &Item) -> Html {
        let before: usize = items[..at].iter().map(|item| item.parts.len()).sum();
        let done = ctx.props().sittings.iter().rev();
        let sitting = match self.judged {
            true => done.clone().find(|it| it.day.is_some()).cloned(),
            false => Some(under_way(&ctx.props().sittings)),
        };
        let sitting = sitting.unwrap_or_default();
        let parts = item.parts.iter().enumerate();
        let parts = parts.map(|(nth, part)| {
            let nth = before + nth;
            self.part(nth, part, sitting.answer(nth))
        });
        let chosen = ctx.link().batch_callback(|event: Event| {
            let part = delegate::number(&event, "data-part")? as usize;
            let answer = delegate::number(&event, "data-answer").map(|answer| answer as u8);
            Some(Msg::Choose(part, answer))
        });
        let turn = |label: &'static str, at: Option<usize>, class: &'static str| {
            let judged = self.judged && at.is_some();
            let onclick = ctx
                .link()
                .callback(move |_: MouseEvent| Msg::Turn(at, judged));
            html! { <button {class} {onclick}>{ label }</button> }
        };
        let last = at + 1 == items.len();
        let next = match (last, self.judged) {
            (false, _) => turn(say("Next"), Some(at + 1), "primary"),
            (true, true) => turn(say("Close"), None, "primary"),
            (true, false) => {
                let onclick = ctx.link().callback(|_: MouseEvent| Msg::Finish);
                html! { <button class="primary" {onclick}>{ say("Finish") }</button> }
            }
        };
        let number = fill(
            "Question {} of {} · {} points",
            &[&(at + 1), &items.len(), &item.most()],
        );
        let teaches = item.place.filter(|_| self.judged).map(teaches);
        html! {
            <>
                <h1 tabindex="-1" ref={&self.heading}>{ number }</h1>
                <p>{ for told(&item.text, false) }</p>
                { logs(&item.logs) }
                <div onchange={chosen}>{ for parts }</div>
                { for teaches }
                <p class="turns">{ turn(say("Back"), at.checked_sub(1), "bordered") }{ next }</p>
            </>
        }
    }

    fn part(&self, nth: usize, part: &Part, chosen: Option<u8>) -> Html {
        let most = part.most();
        let options = part.options.iter().enumerate();
        let options = options.map(|(place, (points, text))| {
            let marks = self.judged.then_some((*points, *points == most));
            self.option(nth, Some(place as u8), chosen, text, marks)
        });
        let unknown =
            (!self.judged).then(|| self.option(nth, None, chosen, say("I do not know."), None));
        let because = self
            .judged
            .then(|| html! { <p class="because">{ &part.because }</p> });
        html! {
            <fieldset key={nth} data-part={nth.to_string()}>
                <legend>{ for told(&part.text, false) }</legend>
                { logs(&part.logs) }
                { for options }{ for unknown }{ for because }
            </fieldset>
        }
    }

    /// An answer; once judged with its points, and whether it is the right one.
    fn option(
        &self,
        part: usize,
        place: Option<u8>,
        chosen: Option<u8>,
        text: &str,
        marks: Option<(Points, bool)>,
    ) -> Html {
        let class = match marks {
            Some((_, true)) => "option right",
            _ => "option",
        };
        let marks = marks.map(|(points, right)| {
            let mark = if right { "✓ " } else { "" };
            let yours = (place == chosen).then(|| say("your answer").to_owned() + " · ");
            html! { <small>{ mark }{ for yours }{ fill("{} points", &[&points]) }</small> }
        });
        // Who has not answered does not know: so it is said from the beginning.
        let checked = place == chosen;
        html! {
            <label {class}>
                <input type="radio" name={format!("part-{part}")} {checked} disabled={self.judged}
                    data-answer={place.map(|place| place.to_string())} />
                <span>{ for told(text, false) }</span>{ for marks }
            </label>
        }
    }
}

/// All points that there are.
fn all(items: &[Item]) -> Points {
    quiz::sum(items.iter().map(Item::most))
}

/// Logs, as a table: a row a server, a column an index.
pub fn logs(rows: &[Row]) -> Html {
    let Some(longest) = rows.iter().map(|row| row.terms.len()).max() else {
        return Html::default();
    };
    let shown = rows.iter().map(|row| {
        let cells = row.terms.iter().map(|term| match term {
            Some(term) => {
                let class = classes!("entry", term_class(Term(*term)));
                html! { <td><span {class}><b>{ term.to_string() }</b></span></td> }
            }
            None => html! { <td>{ "–" }</td> },
        });
        html! { <tr><th scope="row">{ &row.name }</th>{ for cells }</tr> }
    });
    html! {
        <table class="quiz-logs">
            <caption class="visually-hidden">{ say("The term of each entry, by index") }</caption>
            <thead><tr><td></td>{ for (1..=longest).map(|index| html! { <th scope="col">{ index.to_string() }</th> }) }</tr></thead>
            <tbody>{ for shown }</tbody>
        </table>
    }
}

/// The page that teaches what a question asks.
fn teaches(place: Place) -> Html {
    let href = format!("#/lesson/{place}");
    html! { <p><a {href}>{ fill("Page {} teaches it", &[&place]) }</a></p> }
}

/// What the first sitting and the latest one came to, beside the study's means.
fn results(items: &[Item], done: &[&Sitting]) -> Html {
    let (first, last) = (done[0], done[done.len() - 1]);
    let (before, now) = (first.points(items), last.points(items));
    let again = done.len() > 1;
    let rows = items.iter().enumerate().map(|(nth, item)| {
        let place = item
            .place
            .map(|place| html! { <a href={format!("#/lesson/{place}")}>{ place.to_string() }</a> });
        html! {
            <tr>
                <th scope="row">{ nth + 1 }</th>
                <td>{ before[nth].to_string() }</td>
                { for again.then(|| html! { <td>{ now[nth].to_string() }</td> }) }
                <td>{ item.most().to_string() }</td>
                <td>{ for place }</td>
            </tr>
        }
    });
    let hard = |points: &[Points]| {
        let hard = items.iter().zip(points).filter(|(item, _)| item.hard);
        quiz::sum(hard.map(|(_, points)| *points))
    };
    let of_hard = items.iter().filter(|item| item.hard).map(Item::most);
    let of_hard = quiz::sum(of_hard);
    let bars = [
        Some((say("You, the first time"), quiz::sum(before.clone()))),
        again.then(|| (say("You, the last time"), quiz::sum(now.clone()))),
    ];
    let bars = bars.into_iter().flatten();
    let most = all(items).0 * 50;
    let bars = bars.map(|(label, points)| bar(label, &points.to_string(), points.0 * 50, most));
    let students = fill("{} students after a lecture, on average", &[&STUDENTS]);
    html! {
        <>
            <ul class="quiz-bars" aria-label={say("Points")}>
                { for bars }
                { bar(&students, &hundredths(MEAN), MEAN, most) }
            </ul>
            <p>
                { fill("The three hard questions: you {} of {}, the students {} on average.",
                    &[&hard(&now), &of_hard, &hundredths(MEAN_OF_HARD)]) }{ " " }
                <span class="muted">{ fill("Their mean for all is {} of 60 (dissertation, §7.4.1).", &[&hundredths(MEAN)]) }</span>
            </p>
            <table class="quiz-points">
                <thead><tr>
                    <th scope="col">{ say("Question") }</th>
                    <th scope="col">{ say("First") }</th>
                    { for again.then(|| html! { <th scope="col">{ say("Last") }</th> }) }
                    <th scope="col">{ say("Of") }</th>
                    <th scope="col">{ say("Page") }</th>
                </tr></thead>
                <tbody>{ for rows }</tbody>
            </table>
        </>
    }
}

/// A score as a bar: `value` and `most` are in hundredths of a point.
fn bar(label: &str, points: &str, value: u32, most: u32) -> Html {
    html! {
        <li>
            <span>{ label.to_owned() }</span>
            <b>{ format!("{points} / {}", most / 100) }</b>
            <meter max={most.to_string()} value={value.to_string()} aria-hidden="true"></meter>
        </li>
    }
}

fn hundredths(value: u32) -> String {
    format!("{}.{:02}", value / 100, value % 100)
}
