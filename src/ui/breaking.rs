//! Break a rule: switch one off, say what will fall, and look for the schedule that shows it, by hand
//! or by a hunt that runs between the frames.

use gloo_timers::callback::Timeout;
use yew::prelude::*;

use super::markup::html;
use super::settings::{RunWish, options, value};
use crate::check::Property;
use crate::hunt::catches::{CATCHES, Catch, NEVER_MISSED};
use crate::hunt::{Find, Hunt, Tally};
use crate::raft::{Rule, Rules};
use crate::sim::Action;
use crate::sim::text::write_run;

/// How long the hunt may keep the page busy at a time, in milliseconds: a third of a frame.
const PORTION_MS: f64 = 5.0;

/// Steps between two looks at the clock.
const STEPS: u64 = 200;

/// Portions between two looks at how far it is.
const PORTIONS: u32 = 16;

/// What the user wants here, and what the hunt wants.
#[derive(Clone, PartialEq)]
pub enum Msg {
    /// Another rule.
    Choose(Rule),
    /// This promise will fall.
    Guess(Option<Property>),
    /// A hunt.
    Hunt,
    /// No hunt any more.
    Stop,
    /// To see what was found, with the rule or without it.
    Watch(bool),
    /// The next portion of the hunt.
    Work,
}

#[derive(Properties, PartialEq)]
pub struct BreakingProps {
    /// The rules of the run at hand.
    pub rules: Rules,
    pub on_act: Callback<Action>,
    pub on_wish: Callback<RunWish>,
}

/// The rule that is being broken, and how far that is.
#[derive(Default)]
pub struct Breaking {
    nth: usize,
    guess: Option<Property>,
    hunt: Option<Hunt>,
    found: Option<(Find, Tally)>,
    /// Whether a hunt found nothing.
    vain: bool,
    portions: u32,
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
            Msg::Hunt => {
                let catch = self.catch();
                self.hunt = catch.map(|catch| Hunt::new(catch.ground(), catch.seed));
                (self.found, self.vain) = (None, false);
                work_later(ctx);
            }
            Msg::Stop => self.hunt = None,
            Msg::Watch(with) => {
                let text = self.text(with).unwrap_or_default();
                ctx.props().on_wish.emit(RunWish::Watch(text));
            }
            Msg::Work => {
                let more = self.work();
                if more {
                    work_later(ctx);
                }
                self.portions += 1;
                return !more || self.portions.is_multiple_of(PORTIONS);
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
            let mut all = Property::ALL.into_iter();
            Msg::Guess(all.find(|property| property.name() == name))
        });
        let guesses = Property::ALL.iter().map(|property| {
            let chosen = self.guess == Some(*property);
            (property.name(), property.name(), chosen)
        });
        let guesses = [("", "…", self.guess.is_none())].into_iter().chain(guesses);
        let wish = |label, msg: Msg| button(label, link.callback(move |_| msg.clone()));
        let (rule, off) = (self.rule(), !props.rules.on(self.rule()));
        let switch = button(
            if off {
                "Switch it on here"
            } else {
                "Switch it off here"
            },
            props.on_act.reform(move |_| Action::Rule(rule, off)),
        );
        let hunt = match (&self.hunt, self.catch()) {
            (Some(_), _) => Some(wish("Stop the hunt", Msg::Stop)),
            (None, Some(_)) => Some(wish("Hunt for a schedule", Msg::Hunt)),
            (None, None) => None,
        };
        let watch = self.found.is_some().then(|| {
            html! {
                <div class="buttons">
                    { wish("Watch it without the rule", Msg::Watch(false)) }
                    { wish("The same with the rule", Msg::Watch(true)) }
                </div>
            }
        });
        html! {
            <details class="settings breaking">
                <summary>{ "Break a rule" }</summary>
                <div class="fields">
                    <label>{ "Rule" }<select onchange={choose}>{ options(rules) }</select></label>
                    <label>{ "Without it, what falls?" }
                        <select onchange={guess}>{ options(guesses) }</select></label>
                </div>
                <p>{ rule.sentence() }<small>{ format!(" See {}.", rule.place()) }</small></p>
                <div class="buttons">{ switch }{ for hunt }</div>
                <p role="status">{ self.told() }</p>
                <div>{ for watch }</div>
            </details>
        }
    }
}

/// The browser comes first.
fn work_later(ctx: &Context<Breaking>) {
    let link = ctx.link().clone();
    Timeout::new(0, move || link.send_message(Msg::Work)).forget();
}

fn button(label: &'static str, onclick: Callback<MouseEvent>) -> Html {
    html! { <button class="bordered small" {onclick}>{ label }</button> }
}

impl Breaking {
    fn rule(&self) -> Rule {
        Rule::ALL[self.nth]
    }

    /// Hunts on for a little while. Says whether there is more to do.
    fn work(&mut self) -> bool {
        let Some(hunt) = &mut self.hunt else {
            return false;
        };
        let clock = web_sys::window().and_then(|window| window.performance());
        let now = || clock.as_ref().map_or(f64::MAX, |clock| clock.now());
        let end = now() + PORTION_MS;
        let mut over = hunt.work(STEPS);
        while !over && now() < end {
            over = hunt.work(STEPS);
        }
        if over {
            self.found = hunt.found().map(|find| (find.clone(), hunt.tally()));
            self.vain = self.found.is_none();
            self.hunt = None;
        }
        !over
    }

    /// What was found, as text, with the rule or without it.
    fn text(&self, with: bool) -> Option<String> {
        let (find, _) = self.found.as_ref()?;
        let mut rules = Rules::default();
        rules.set(self.rule(), with);
        let schedule = find.schedule.with_rules(rules);
        Some(write_run(&schedule.scenario, &schedule.actions))
    }

    fn catch(&self) -> Option<&'static Catch> {
        CATCHES.iter().find(|catch| catch.rule == self.rule())
    }

    /// How it stands, in a sentence or two.
    fn told(&self) -> String {
        if let Some(hunt) = &self.hunt {
            let Tally {
                schedules, steps, ..
            } = hunt.tally();
            let what = if hunt.is_shrinking() {
                "Found one; making it short"
            } else {
                "Hunting"
            };
            return format!("{what}: {schedules} schedules, {steps} steps so far.");
        }
        if let Some((find, tally)) = &self.found {
            let fell = find.violation.property();
            let guess = match self.guess {
                Some(guess) if guess == fell => " As you said.".into(),
                Some(guess) => format!(" You said {}.", guess.name()),
                None => String::new(),
            };
            return format!(
                "{} falls, after {} schedules. Of {} actions {} were needed.{guess}",
                fell.name(),
                tally.schedules,
                find.length,
                find.schedule.actions.len(),
            );
        }
        let mut never = NEVER_MISSED.iter().filter(|(rule, _)| *rule == self.rule());
        match never.next() {
            Some((_, why)) => format!("No schedule needs it: {why}."),
            None if self.vain => "Nothing found this time.".into(),
            None => String::new(),
        }
    }
}
