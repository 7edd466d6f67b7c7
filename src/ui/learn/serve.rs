//! Be a server: a message arrives, the reader says what S3 answers and what it is afterwards, and
//! the core says what it did.

use web_sys::HtmlElement;
use yew::prelude::*;

use crate::course::quiz::Row;
use crate::course::serve::{Answer, Puzzle, Round, State};
use crate::narrate::{fill, say, source, spoken};
use crate::raft::Message;
use crate::ui::delegate;
use crate::ui::learn::quiz::logs;
use crate::ui::opening::fresh_seed;
use crate::ui::refs::told;

/// A round of messages.
pub struct Serve {
    round: Round,
    /// Which message it is.
    at: usize,
    /// What the reader chose for each question about it, by place.
    chosen: Vec<Option<usize>>,
    judged: bool,
    /// How many questions were answered as the core did, and of how many.
    score: (usize, usize),
    heading: NodeRef,
    turned: bool,
}

pub enum Msg {
    Choose(usize, usize),
    Judge,
    Next,
    Again,
}

impl Serve {
    fn puzzle(&self) -> Option<&Puzzle> {
        self.round.puzzles.get(self.at)
    }

    fn begin(&mut self) {
        let questions = self.puzzle().map_or(0, |puzzle| puzzle.questions().len());
        self.chosen = vec![None; questions];
        (self.judged, self.turned) = (false, true);
    }
}

impl Component for Serve {
    type Message = Msg;
    type Properties = ();

    fn create(_: &Context<Self>) -> Self {
        let mut serve = Self {
            round: Round::new(fresh_seed()),
            at: 0,
            chosen: Vec::new(),
            judged: false,
            score: (0, 0),
            heading: NodeRef::default(),
            turned: false,
        };
        serve.begin();
        serve
    }

    fn update(&mut self, _: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Choose(question, answer) => {
                if let Some(chosen) = self.chosen.get_mut(question).filter(|_| !self.judged) {
                    *chosen = Some(answer);
                }
            }
            Msg::Judge => {
                let questions = self.puzzle().map_or(Vec::new(), Puzzle::questions);
                let asked = questions.len();
                let is_right = |(answers, chosen): (Vec<Answer>, &Option<usize>)| {
                    let answer = chosen.and_then(|chosen| answers.into_iter().nth(chosen));
                    let puzzle = self.puzzle();
                    answer.is_some_and(|it| puzzle.is_some_and(|puzzle| puzzle.is_right(&it)))
                };
                let answered = questions.into_iter().zip(&self.chosen);
                let right = answered.filter(|it| is_right((it.0.clone(), it.1))).count();
                self.score = (self.score.0 + right, self.score.1 + asked);
                self.judged = true;
            }
            Msg::Next => {
                self.at += 1;
                self.begin();
            }
            Msg::Again => {
                self.round = Round::new(fresh_seed());
                (self.at, self.score) = (0, (0, 0));
                self.begin();
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let shown = match self.puzzle() {
            Some(puzzle) => self.message(ctx, puzzle),
            None => self.end(ctx),
        };
        html! { <section class="quiz serve" aria-label={say("Be a server")}>{ shown }</section> }
    }

    fn rendered(&mut self, _: &Context<Self>, first: bool) {
        if std::mem::take(&mut self.turned)
            && !first
            && let Some(heading) = self.heading.cast::<HtmlElement>()
        {
            // A browser without focus shows the message all the same.
            let _ = heading.focus();
        }
    }
}

impl Serve {
    fn message(&self, ctx: &Context<Self>, puzzle: &Puzzle) -> Html {
        let chosen = ctx.link().batch_callback(|event: Event| {
            let question = delegate::number(&event, "data-question")? as usize;
            let answer = delegate::number(&event, "data-answer")? as usize;
            Some(Msg::Choose(question, answer))
        });
        let questions = puzzle.questions().into_iter().enumerate();
        let questions = questions.map(|(nth, answers)| self.question(puzzle, nth, &answers));
        let open = self.chosen.iter().any(Option::is_none);
        let judge = ctx.link().callback(|_: MouseEvent| Msg::Judge);
        let turn = if self.judged {
            let next = ctx.link().callback(|_: MouseEvent| Msg::Next);
            html! { <button class="primary" onclick={next}>{ say("Next message") }</button> }
        } else {
            html! { <button class="primary" disabled={open} onclick={judge}>{ say("That is my answer") }</button> }
        };
        let intro = (self.at == 0 && !self.judged).then(|| {
            html! { <p>{ say("You are S3, in a run with faults. Answer each message as Figure 2 says. The core of this page judges.") }</p> }
        });
        html! {
            <>
                <h1 tabindex="-1" ref={&self.heading}>{ fill("You are S3: message {} of {}", &[&(self.at + 1), &self.round.puzzles.len()]) }</h1>
                { for intro }
                <div class="serve-given">
                    <section>
                        <h2>{ say("S3 before it") }</h2>
                        { state(&puzzle.before) }
                    </section>
                    <section>
                        <h2>{ for told(&fill("{} sends {}", &[&puzzle.from, &name(&puzzle.message)]), false) }</h2>
                        { fields(&puzzle.message) }
                    </section>
                </div>
                <div key={self.at} onchange={chosen}>{ for questions }</div>
                <div role="status">{ for self.judged.then(|| self.verdict(puzzle)) }</div>
                <p class="turns"><span class="muted">{ fill("{} of {} right", &[&self.score.0, &self.score.1]) }</span>{ turn }</p>
            </>
        }
    }

    fn question(&self, puzzle: &Puzzle, nth: usize, answers: &[Answer]) -> Html {
        let is_vote = matches!(puzzle.message, Message::RequestVote { .. });
        let asked = match answers[0] {
            Answer::Reply(_) if is_vote => say("Do you grant the vote?"),
            Answer::Reply(_) => say("Do you accept it?"),
            Answer::Term(_) => say("Your currentTerm after it"),
            Answer::Vote(_) => say("Your votedFor after it"),
            Answer::Log(_) => say("Your log after it"),
            Answer::Commit(_) => say("Your commitIndex after it"),
        };
        let chosen = self.chosen.get(nth).copied().flatten();
        let options = answers.iter().enumerate().map(|(place, answer)| {
            let right = self.judged && puzzle.is_right(answer);
            let mark = match (right, self.judged && chosen == Some(place)) {
                (true, _) => "✓",
                (false, true) => "✗",
                (false, false) => "",
            };
            html! {
                <label class={if right { "option right" } else { "option" }}>
                    <input type="radio" name={format!("asked-{nth}")} checked={chosen == Some(place)}
                        disabled={self.judged} data-answer={place.to_string()} />
                    <span>{ shown(answer) }</span>
                    { for (!mark.is_empty()).then(|| html! { <small>{ mark }</small> }) }
                </label>
            }
        });
        html! {
            <fieldset key={nth} data-question={nth.to_string()}>
                <legend>{ asked }</legend>
                <div class="serve-options">{ for options }</div>
            </fieldset>
        }
    }

    /// What the core did, with the rules of Figure 2.
    fn verdict(&self, puzzle: &Puzzle) -> Html {
        let lines = puzzle.told.iter().map(|(text, rule)| {
            let source = source(spoken(), rule);
            html! { <li>{ for told(text, false) }{ " " }{ rule.text }<small>{ source }</small></li> }
        });
        html! {
            <>
                <h2>{ say("What the core did") }</h2>
                <ul class="serve-told">{ for lines }</ul>
                <p><a href={self.round.link(puzzle)}>{ say("See this moment in Play") }</a></p>
            </>
        }
    }

    fn end(&self, ctx: &Context<Self>) -> Html {
        let again = ctx.link().callback(|_: MouseEvent| Msg::Again);
        html! {
            <>
                <h1 tabindex="-1" ref={&self.heading}>{ say("Be a server") }</h1>
                <p>{ fill("You answered {} of {} questions as the core did.", &[&self.score.0, &self.score.1]) }</p>
                <p><button class="bordered" onclick={again}>{ say("Another round") }</button></p>
            </>
        }
    }
}

/// The name of a message, as in Figure 2.
fn name(message: &Message) -> &'static str {
    match message {
        Message::RequestVote { .. } => "RequestVote",
        _ => "AppendEntries",
    }
}

fn shown(answer: &Answer) -> String {
    match answer {
        Answer::Reply(true) => say("Yes").into(),
        Answer::Reply(false) => say("No").into(),
        Answer::Term(number) | Answer::Commit(number) => number.to_string(),
        Answer::Vote(None) => say("none").into(),
        Answer::Vote(Some(id)) => id.to_string(),
        Answer::Log(terms) if terms.is_empty() => say("empty").into(),
        Answer::Log(terms) => list(terms),
    }
}

fn list(terms: &[u64]) -> String {
    let terms: Vec<String> = terms.iter().map(u64::to_string).collect();
    terms.join(" ")
}

/// Values, each with its name in Figure 2.
fn values(values: &[(&str, String)]) -> Html {
    let values = values.iter().map(|(name, value)| {
        html! { <div><dt>{ (*name).to_owned() }</dt><dd>{ value.clone() }</dd></div> }
    });
    html! { <dl>{ for values }</dl> }
}

fn state(state: &State) -> Html {
    let vote = shown(&Answer::Vote(state.vote));
    let row = Row {
        name: "S3".into(),
        terms: state.log.iter().copied().map(Some).collect(),
    };
    html! {
        <>
            { values(&[
                (say("role"), say(state.role).into()),
                ("currentTerm", state.term.to_string()),
                ("votedFor", vote),
                ("commitIndex", state.commit.to_string()),
            ]) }
            <div class="logs-strip">{ if row.terms.is_empty() {
                html! { <p class="muted">{ say("Its log is empty.") }</p> }
            } else {
                logs(&[row])
            } }</div>
        </>
    }
}

fn fields(message: &Message) -> Html {
    match message {
        Message::RequestVote { term, last_log, .. } => values(&[
            ("term", term.to_string()),
            ("lastLogIndex", last_log.index.to_string()),
            ("lastLogTerm", last_log.term.to_string()),
        ]),
        Message::AppendEntries {
            term,
            prev_log,
            entries,
            leader_commit,
            ..
        } => {
            let sent: Vec<u64> = entries.iter().map(|entry| entry.term.0).collect();
            let sent = shown(&Answer::Log(sent));
            values(&[
                ("term", term.to_string()),
                ("prevLogIndex", prev_log.index.to_string()),
                ("prevLogTerm", prev_log.term.to_string()),
                (say("entries[], their terms"), sent),
                ("leaderCommit", leader_commit.to_string()),
            ])
        }
        _ => Html::default(),
    }
}
