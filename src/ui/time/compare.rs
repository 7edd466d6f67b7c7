//! Two runs side by side: stages, logs, where they differ first, and what each comes to. It shows any
//! two runs; what to compare with is chosen at its top.

use std::rc::Rc;

use yew::prelude::*;

use crate::narrate::{fill, say};
use crate::raft::{Rule, ServerSet};
use crate::session::{RunId, Session, TimeWish};
use crate::sim::{Setting, Time};
use crate::ui::control::Control;
use crate::ui::play::settings::value;
use crate::ui::reasons::events::clock;
use crate::ui::reasons::logs::Logs;
use crate::ui::refs::told;
use crate::ui::stage::Stage;
use crate::ui::stage::geometry::Geometry;
use crate::ui::stage::motion::Motion;
use crate::ui::stage::paint::Paint;
use crate::view::branches::BranchMark;
use crate::view::compare::{Side, telling_rule};
use crate::view::{Comparison, LogTable, Scene};

/// Entries of a log that are shown.
const SHOWN_ENTRIES: u64 = 12;

/// Settings that runs are compared with and without.
const SETTINGS: [(&str, &str); 4] = [
    ("Pre-Vote", "prevote"),
    ("CheckQuorum", "check-quorum"),
    ("No-op entry", "no-op"),
    ("Fast backup", "fast-backup"),
];

/// The place of the no-op.
const NO_OP: usize = 2;

/// What a run is compared with.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Other {
    Branch(RunId),
    /// The same steps with a rule on that is off, or off that is on.
    Rule(Rule),
    /// The same steps with another setting; its place among those there are.
    Setting(usize),
}

/// The messages of the comparison.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum CompareWish {
    Close,
    /// Compare with the default: the latest branch, or else a rule.
    Open,
    With(Other),
}

/// The two runs that are compared.
#[derive(Clone, PartialEq, Debug)]
pub struct Compared {
    pub other: Other,
    pub found: Comparison,
}

impl Other {
    /// The default, when nothing was chosen: the latest branch, the rule that is off, the rule that
    /// matters in this run, or the no-op, which matters as soon as somebody leads.
    pub fn first(session: &Session, marks: &[BranchMark]) -> Self {
        let rules = session.scenario().config.rules;
        let last = marks.iter().map(|mark| mark.id).max();
        if let Some(last) = last {
            return Self::Branch(last);
        }
        let rule = rules.off().next().or_else(|| telling_rule(session));
        rule.map_or(Self::Setting(NO_OP), Self::Rule)
    }

    /// The other run, and what both are called.
    pub fn run(self, session: &Session, marks: &[BranchMark]) -> Option<(Session, [String; 2])> {
        let sides = |name: &str, on: bool| {
            let word = |on| if on { say("on") } else { say("off") };
            [on, !on].map(|on| format!("{name}: {}", word(on)))
        };
        match self {
            Self::Branch(id) => {
                let mark = marks.iter().find(|mark| mark.id == id)?;
                let other = session.of_branch(id)?;
                Some((other, [say("This run").into(), mark.name.clone()]))
            }
            Self::Rule(rule) => {
                let mut rules = session.scenario().config.rules;
                let on = rules.on(rule);
                rules.set(rule, !on);
                Some((session.with_rules(rules), sides(rule.name(), on)))
            }
            Self::Setting(nth) => {
                let (name, key) = SETTINGS.get(nth)?;
                let on = format!("{key}=on").parse::<Setting>().ok()?;
                let is_on = session.scenario().settings().contains(&on);
                let other = format!("{key}={}", if is_on { "off" } else { "on" });
                let other = session.with_setting(other.parse().ok()?);
                Some((other, sides(name, is_on)))
            }
        }
    }

    /// As the value of an option.
    fn token(self) -> String {
        match self {
            Self::Branch(id) => format!("branch {}", id.0),
            Self::Rule(rule) => format!("rule {}", rule.name()),
            Self::Setting(nth) => format!("setting {nth}"),
        }
    }

    fn read(token: &str) -> Option<Self> {
        let (kind, which) = token.split_once(' ')?;
        Some(match kind {
            "branch" => Self::Branch(RunId(which.parse().ok()?)),
            "rule" => Self::Rule(which.parse().ok()?),
            _ => Self::Setting(which.parse().ok()?),
        })
    }
}

/// What the view is made of.
pub struct View<'a> {
    pub compared: &'a Compared,
    pub sessions: [&'a Session; 2],
    pub marks: &'a [BranchMark],
    pub control: &'a Control,
    pub paint: &'a Paint,
    pub on_wish: &'a Callback<CompareWish>,
    pub on_rendered: &'a Callback<()>,
}

/// Two runs side by side.
pub fn compare(view: &View<'_>) -> Html {
    let found = &view.compared.found;
    let parts = match found.at {
        Some(at) => fill("Up to {} they are equal in everything.", &[&clock(at)]),
        None => say("They are equal in everything.").into(),
    };
    let now = view.sessions[0].now();
    let breaks = found.sides.iter().filter_map(|side| side.breaks_at).min();
    let close = view.on_wish.reform(|_: MouseEvent| CompareWish::Close);
    let seek = |name: &'static str, at: Option<Time>| at.map(|at| go(view, name, at, at == now));
    let sides = found
        .sides
        .iter()
        .zip(view.sessions)
        .zip(&view.paint.motion);
    let sides = sides.enumerate().map(|(nth, ((side, session), motion))| {
        html! { <div key={nth} class="compare-side">{ one_side(view, side, session, motion, say(LOGS[nth])) }</div> }
    });
    html! {
        <section class="compare" aria-label={say("Compare")}>
            <header>
                <div>
                    <h2>{ say("Where do the two runs part?") }</h2>
                    <p>{ parts }</p>
                </div>
                <label>{ say("Compare with") }{ " " }{ chooser(view) }</label>
                <div class="compare-moments" role="group" aria-label={say("Moments")}>
                    { for seek(say("First difference"), found.at) }
                    { for seek(say("Where it breaks"), breaks) }
                    { for seek(say("End"), Some(found.end)) }
                </div>
                <button class="plain small" onclick={close}>{ say("Close") }</button>
            </header>
            <div class="compare-sides">{ for sides }</div>
        </section>
    }
}

fn go(view: &View<'_>, name: &'static str, at: Time, there: bool) -> Html {
    let control = view.control.clone();
    let onclick = move |_: MouseEvent| control.time(TimeWish::Seek(at));
    html! { <button key={name} class="bordered small" aria-pressed={there.to_string()} {onclick}>{ name }</button> }
}

/// What the logs of the two sides are called.
// Said by the page.
const LOGS: [&str; 2] = ["Logs of this run", "Logs of the other run"];

/// One run: its stage, its logs, the events where the runs differ, and its outcome.
fn one_side(
    view: &View<'_>,
    side: &Side,
    session: &Session,
    motion: &Rc<Motion>,
    title: &'static str,
) -> Html {
    let ids = session.world().ids();
    let scene = Rc::new(Scene::of_session(session, Time::ms(30)));
    let table = Rc::new(LogTable::of(session.world(), SHOWN_ENTRIES));
    let leads = classes!("compare-leads", side.breaks_at.map(|_| "broken"));
    html! {
        <>
        <h3>{ &side.title }</h3>
        <div class="compare-stage" inert={true}>
            <Stage {scene} motion={motion.clone()} geometry={Geometry::new(ids, true)} focus={None} chosen={None}
                invites={ServerSet::EMPTY} on_pick={Callback::noop()} on_focus={Callback::noop()}
                on_rendered={view.on_rendered} />
        </div>
        <Logs {title} {table} focus={None} on_focus={Callback::noop()} />
        <p class="compare-differs">
            { for view.compared.found.at.map(|at| html! { <small>{ clock(at) }</small> }) }
            <span>{ for told(&side.differs, true) }</span>
        </p>
        <p class={leads}>{ for told(&side.leads_to, true) }</p>
        </>
    }
}

/// What to compare with: the branches, the rules, some settings.
fn chooser(view: &View<'_>) -> Html {
    let chosen = view.compared.other;
    let option = |other: Other, label: String| {
        let value = other.token();
        html! { <option key={value.clone()} {value} selected={other == chosen}>{ label }</option> }
    };
    let rules = view.sessions[0].scenario().config.rules;
    let branches = view.marks.iter();
    let branches = branches.map(|mark| option(Other::Branch(mark.id), mark.name.clone()));
    let settings = SETTINGS.iter().enumerate();
    let settings = settings.map(|(nth, (name, _))| option(Other::Setting(nth), (*name).into()));
    let rules = Rule::ALL.iter().map(|rule| {
        let word = if rules.on(*rule) {
            say("without")
        } else {
            say("with")
        };
        option(Other::Rule(*rule), format!("{word} {}", rule.name()))
    });
    let on_wish = view.on_wish.clone();
    let onchange = move |event: Event| {
        if let Some(other) = Other::read(&value(&event)) {
            on_wish.emit(CompareWish::With(other));
        }
    };
    html! {
        <select {onchange}>
            <optgroup label="Branches">{ for branches }</optgroup>
            <optgroup label="Settings, on and off">{ for settings }</optgroup>
            <optgroup label="The same steps">{ for rules }</optgroup>
        </select>
    }
}
