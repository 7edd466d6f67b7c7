//! Break a rule: switch one off, say what will fall, and look for the schedule that shows it, by hand
//! or by a hunt, and then watch that schedule without the rule and with it.

use yew::prelude::*;

use crate::check::Property;
use crate::hunt::detections::Detection;
use crate::narrate::{fill, say};
use crate::raft::{Rule, Rules};
use crate::session::Session;
use crate::sim::Action;
use crate::ui::control::{Control, sentence};
use crate::ui::play::hunter::{self, Counterexample, News, Stage};
use crate::ui::play::settings::{RunWish, options, value};
use crate::ui::task::Task;

/// The messages: what the user wants, and what the worker reports.
#[derive(Clone, PartialEq)]
pub enum Msg {
    /// Another rule.
    Choose(Rule),
    /// This promise will fall.
    Guess(Option<Property>),
    /// The hunter is so far, or cannot hunt.
    Heard(Result<News, String>),
    /// A hunt.
    Hunt,
    /// No hunt any more.
    Stop,
    /// Show the find; if true, beside the same run with the rule.
    Watch(bool),
}

#[derive(Properties, PartialEq)]
pub struct BreakingProps {
    /// The rules of the run at hand.
    pub rules: Rules,
    pub control: Control,
    pub on_wish: Callback<RunWish>,
}

/// The rule that is being broken, and how far that is.
#[derive(Default)]
pub struct Breaking {
    nth: usize,
    guess: Option<Property>,
    hunter: Option<Task>,
    /// How far the hunt is, or was when it was over.
    news: Option<News>,
    /// Why there is no hunt.
    fault: Option<String>,
}

impl Component for Breaking {
    type Message = Msg;
    type Properties = BreakingProps;

    fn create(_: &Context<Self>) -> Self {
        Self::default()
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Choose(rule) => {
                let nth = Rule::ALL.iter().position(|other| *other == rule);
                *self = Self {
                    nth: nth.unwrap_or_default(),
                    ..Self::default()
                };
            }
            Msg::Guess(property) => self.guess = property,
            Msg::Heard(Ok(news)) => {
                if matches!(news.stage, Stage::Found(_) | Stage::Vain) {
                    self.hunter = None;
                }
                self.news = Some(news);
            }
            Msg::Heard(Err(fault)) => (self.hunter, self.fault) = (None, Some(fault)),
            Msg::Hunt => {
                let tell = ctx.link().callback(Msg::Heard);
                let hunter = hunter::start(self.rule(), move |news| tell.emit(news));
                (self.hunter, self.news, self.fault) = (Some(hunter), None, None);
            }
            Msg::Stop => (self.hunter, self.news) = (None, None),
            Msg::Watch(beside) => {
                let run = self.counterexample().map(|found| Session::read(&found.run));
                let with = beside.then(|| self.rule());
                match run {
                    Some(Ok(run)) => ctx.props().on_wish.emit(RunWish::Watch(run.into(), with)),
                    Some(Err(error)) => self.fault = Some(sentence(error.to_string())),
                    None => {}
                }
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let (link, props) = (ctx.link(), ctx.props());
        let choose = link
            .callback(|event: Event| Msg::Choose(value(&event).parse().unwrap_or(Rule::ALL[0])));
        let rules = Rule::ALL.iter();
        let rules = rules.map(|rule| (rule.name(), rule.name(), *rule == self.rule()));
        let guess = link.callback(|event: Event| {
            let name = value(&event);
            Msg::Guess(Property::named(&name))
        });
        let guesses = Property::ALL.iter().map(|property| {
            let chosen = self.guess == Some(*property);
            (property.name(), say(property.name()), chosen)
        });
        let guesses = [("", "…", self.guess.is_none())].into_iter().chain(guesses);
        let wish = |label, msg: Msg| button(label, link.callback(move |_| msg.clone()));
        let (rule, off) = (self.rule(), !props.rules.on(self.rule()));
        let control = props.control.clone();
        let switch = button(
            if off {
                say("Switch it on here")
            } else {
                say("Switch it off here")
            },
            Callback::from(move |_| control.act_or_say(Action::Rule(rule, off))),
        );
        let hunt = match (&self.hunter, Detection::of(self.rule())) {
            (Some(_), _) => Some(wish(say("Stop the search"), Msg::Stop)),
            (None, Some(_)) => Some(wish(say("Search for a schedule"), Msg::Hunt)),
            (None, None) => None,
        };
        let watch = self.counterexample().map(|_| {
            html! {
                <div class="buttons">
                    { wish(say("Watch it without the rule"), Msg::Watch(false)) }
                    { wish(say("Watch both side by side"), Msg::Watch(true)) }
                </div>
            }
        });
        html! {
            <details class="settings breaking">
                <summary>{ say("Break a rule") }</summary>
                <div class="fields">
                    <label>{ say("Rule") }<select onchange={choose}>{ options(rules) }</select></label>
                    <label>{ say("What breaks without it?") }
                        <select onchange={guess}>{ options(guesses) }</select></label>
                </div>
                <p>{ say(rule.sentence()) }<small>{ " " }{ fill("See {}.", &[&rule.place()]) }</small></p>
                <div class="buttons">{ switch }{ for hunt }</div>
                <p role="status">{ self.told() }</p>
                <div>{ for watch }</div>
            </details>
        }
    }
}

fn button(label: &'static str, onclick: Callback<MouseEvent>) -> Html {
    html! { <button class="bordered small" {onclick}>{ label }</button> }
}

impl Breaking {
    fn rule(&self) -> Rule {
        Rule::ALL[self.nth]
    }

    fn counterexample(&self) -> Option<&Counterexample> {
        match &self.news.as_ref()?.stage {
            Stage::Found(counterexample) => Some(counterexample),
            _ => None,
        }
    }

    /// How it stands, in a sentence or two.
    fn told(&self) -> String {
        if let Some(fault) = &self.fault {
            return fault.clone();
        }
        match (&self.news, &self.hunter) {
            (Some(news), _) => self.told_of(news),
            (None, Some(_)) => say("Searching.").into(),
            (None, None) => String::new(),
        }
    }

    fn told_of(&self, news: &News) -> String {
        let News {
            schedules, steps, ..
        } = news;
        let what = match &news.stage {
            Stage::Seeking => say("Searching"),
            Stage::Shortening => say("Found one. Shrinking it"),
            Stage::Vain => return say("Nothing found this time.").into(),
            Stage::Found(counterexample) => {
                return self.told_of_counterexample(counterexample, *schedules);
            }
        };
        fill(
            "{}: {} schedules, {} steps so far.",
            &[&what, schedules, steps],
        )
    }

    fn told_of_counterexample(&self, counterexample: &Counterexample, schedules: u64) -> String {
        let fell = counterexample.property;
        let guess = match self.guess {
            Some(guess) if guess == fell => say("As you said.").into(),
            Some(guess) => fill("You said {}.", &[&say(guess.name())]),
            None => String::new(),
        };
        fill(
            "{} breaks, after {} schedules. {} of {} actions were needed. {}",
            &[
                &say(fell.name()),
                &schedules,
                &counterexample.needed,
                &counterexample.length,
                &guess,
            ],
        )
    }
}
