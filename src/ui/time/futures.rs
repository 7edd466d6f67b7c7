//! Possible futures: the fan of all next steps, and a search from here.

use yew::prelude::*;

use crate::check::Property;
use crate::hunt::reach::Aim;
use crate::narrate::{fill, say};
use crate::raft::ServerSet;
use crate::session::{Session, TimeWish};
use crate::sim::StepId;
use crate::ui::control::{Control, sentence};
use crate::ui::play::settings::{RunWish, options, value};
use crate::ui::task::Task;
use crate::ui::time::searcher::{self, End, Reached};
use crate::view::futures::{Future, futures};

/// The limits that can be chosen, in steps.
const LIMITS: [u8; 7] = [3, 4, 5, 6, 8, 10, 12];

/// What the user wants here, and what the search tells.
pub enum Msg {
    Aim(Aim),
    Limit(u8),
    Heard(Result<Reached, String>),
    Search,
    Stop,
    Take(usize),
    Watch,
}

#[derive(Properties, Clone, PartialEq)]
pub struct FuturesProps {
    pub control: Control,
    /// The last step at the cursor: the fan is made anew when that changes.
    pub step: StepId,
    pub playing: bool,
    pub can_undo: bool,
    pub servers: ServerSet,
    pub on_wish: Callback<RunWish>,
}

/// The fan, and the search.
pub struct Futures {
    fan: Vec<Future>,
    aim: Aim,
    limit: u8,
    searcher: Option<Task>,
    news: Option<Reached>,
    fault: Option<String>,
}

impl Component for Futures {
    type Message = Msg;
    type Properties = FuturesProps;

    fn create(ctx: &Context<Self>) -> Self {
        Self {
            fan: fan(ctx.props()),
            aim: Aim::Broken(Property::ElectionSafety),
            limit: 6,
            searcher: None,
            news: None,
            fault: None,
        }
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &FuturesProps) -> bool {
        let props = ctx.props();
        if (props.step, props.playing) != (old.step, old.playing) {
            self.fan = fan(props);
            // What was found was found from another moment.
            (self.searcher, self.news) = (None, None);
        }
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        let props = ctx.props();
        match msg {
            Msg::Aim(aim) => (self.aim, self.news) = (aim, None),
            Msg::Limit(limit) => (self.limit, self.news) = (limit, None),
            Msg::Heard(Ok(news)) => {
                if news.end.is_some() {
                    self.searcher = None;
                }
                self.news = Some(news);
            }
            Msg::Heard(Err(fault)) => (self.searcher, self.fault) = (None, Some(fault)),
            Msg::Search => {
                let tell = ctx.link().callback(Msg::Heard);
                let tell = move |news| tell.emit(news);
                let player = props.control.player();
                let searcher = searcher::start(&player.session, self.aim, self.limit, tell);
                (self.searcher, self.news, self.fault) = (Some(searcher), None, None);
            }
            Msg::Stop => self.searcher = None,
            Msg::Take(nth) => {
                if let Some(future) = self.fan.get(nth) {
                    props.control.act_or_say(future.action.clone());
                }
            }
            Msg::Watch => {
                let found = self.news.as_ref().and_then(|news| match &news.end {
                    Some(End::Found(_, run)) => Some(Session::read(run)),
                    _ => None,
                });
                match found {
                    Some(Ok(mut run)) => {
                        run.seek(props.control.player().session.now());
                        props.on_wish.emit(RunWish::Open(run.into()));
                    }
                    Some(Err(error)) => self.fault = Some(sentence(error.to_string())),
                    None => {}
                }
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let (link, props) = (ctx.link(), ctx.props());
        let back = props.control.clone();
        let back = move |_: MouseEvent| back.time(TimeWish::Undo);
        let rows = self.fan.iter().enumerate().map(|(nth, future)| {
            let onclick = link.callback(move |_: MouseEvent| Msg::Take(nth));
            html! {
                <li key={future.what.clone()}>
                    <button class="future" data-refs={future.about.clone()} {onclick}>
                        <b>{ &future.what }</b><span>{ &future.leads_to }</span>
                    </button>
                </li>
            }
        });
        let fan = if props.playing {
            html! { <p class="futures-note">{ say("Pause, and see all that can happen next.") }</p> }
        } else {
            html! { <ol class="futures-fan">{ for rows }</ol> }
        };
        html! {
            <section class="futures" aria-label={say("Futures")}>
                <h2>{ say("What can happen next") }
                    <button class="bordered small" disabled={!props.can_undo} onclick={back}>{ say("Back") }</button>
                </h2>
                { fan }
                { self.search_form(ctx) }
            </section>
        }
    }
}

impl Futures {
    fn search_form(&self, ctx: &Context<Self>) -> Html {
        let (link, props) = (ctx.link(), ctx.props());
        let mut aims: Vec<(Aim, String)> = props
            .servers
            .iter()
            .map(|id| (Aim::Leads(id), fill("{} leads", &[&id])))
            .collect();
        let broken = |property: &Property| match property {
            Property::ElectionSafety => say("two leaders of one term").to_string(),
            other => fill("{} is broken", &[&say(other.name())]),
        };
        let properties = Property::FIGURE_3.iter();
        let properties = properties.map(|property| (Aim::Broken(*property), broken(property)));
        aims.splice(0..0, properties);
        let named: Vec<(String, String, bool)> = aims
            .iter()
            .enumerate()
            .map(|(nth, (aim, name))| (nth.to_string(), name.clone(), *aim == self.aim))
            .collect();
        let named = named
            .iter()
            .map(|(nth, name, chosen)| (nth.as_str(), name.as_str(), *chosen));
        let choices = options(named);
        let choose = link.batch_callback(move |event: Event| {
            let nth: usize = value(&event).parse().ok()?;
            aims.get(nth).map(|(aim, _)| Msg::Aim(*aim))
        });
        let limits: Vec<(String, bool)> = LIMITS
            .iter()
            .map(|limit| (limit.to_string(), *limit == self.limit))
            .collect();
        let limits = options(
            limits
                .iter()
                .map(|(limit, chosen)| (limit.as_str(), limit.as_str(), *chosen)),
        );
        let limit = link.callback(|event: Event| Msg::Limit(value(&event).parse().unwrap_or(6)));
        let (word, wish) = match self.searcher {
            Some(_) => (say("Cancel"), (|| Msg::Stop) as fn() -> Msg),
            None => (say("Search"), (|| Msg::Search) as fn() -> Msg),
        };
        let onclick = link.callback(move |_: MouseEvent| wish());
        let watch = matches!(
            &self.news,
            Some(Reached {
                end: Some(End::Found(..)),
                ..
            })
        );
        let watch = watch.then(|| {
            let onclick = link.callback(|_: MouseEvent| Msg::Watch);
            html! { <button class="bordered small" {onclick}>{ say("Watch it") }</button> }
        });
        html! {
            <div class="futures-search">
                <h2>{ say("Can it come to this?") }</h2>
                <p class="futures-form">
                    <select aria-label={say("What is searched for")} onchange={choose}>{ choices }</select>
                    <label>{ say("within") }{ " " }<select onchange={limit}>{ limits }</select>{ " " }{ say("steps") }</label>
                    <button class="bordered small" disabled={props.playing} {onclick}>{ word }</button>
                </p>
                <p role="status">{ self.told() }{ " " }{ for watch }</p>
                <p class="futures-note">{ say("A step is the arrival of a message or an election timeout. All orders are tried.") }</p>
            </div>
        }
    }

    /// How the search stands.
    fn told(&self) -> String {
        if let Some(fault) = &self.fault {
            return fault.clone();
        }
        let Some(news) = &self.news else {
            return self
                .searcher
                .as_ref()
                .map_or("", |_| say("Searching."))
                .into();
        };
        let Reached {
            states,
            rate,
            depth,
            end,
        } = news;
        let effort = fill("{} states visited, {} a second", &[&states, &rate]);
        match end {
            Some(End::Found(0, _)) => say("It is so now.").into(),
            Some(End::Found(steps, _)) => fill(
                "Yes, in {} steps, and not in fewer. {}.",
                &[&steps, &effort],
            ),
            Some(End::Not) => fill("Not within {} steps. {}.", &[&depth, &effort]),
            Some(End::TooMany) => fill(
                "Not within {} steps. Longer ways are too many: {}.",
                &[&depth, &effort],
            ),
            None if self.searcher.is_some() => {
                fill("Searching ways of {} steps: {}.", &[&depth, &effort])
            }
            None => fill("Cancelled at {} steps: {}.", &[&depth, &effort]),
        }
    }
}

fn fan(props: &FuturesProps) -> Vec<Future> {
    if props.playing {
        return Vec::new();
    }
    futures(&props.control.player().session)
}
