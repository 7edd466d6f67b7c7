//! The root: it holds what the page consists of, and hears what is wanted of it.
//!
//! - [`rooms`]: what there is to see, for all other components;
//! - [`acts`]: what the user wants, turned into acts upon the session;
//! - [`way`](mod@way): the way between the rooms, and through the course.

mod acts;
mod rooms;
mod way;

use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, EventTarget, HtmlElement, HtmlInputElement, KeyboardEvent, MediaQueryList};
use yew::prelude::*;

use self::way::{Route, lesson_address};
use super::bench::Bench;
use super::breaking::Breaking;
use super::events::{Events, Line, clock};
use super::frame::FrameLoop;
use super::geometry::Geometry;
use super::guide::{Progress, guide};
use super::help::help;
use super::inspector::{Subject, inspector};
use super::keys::{Shortcut, shortcut};
use super::learning::{self, Learning, Outcome, Wish, inviting};
use super::lesson::{lesson, way};
use super::logs::Logs;
use super::motion::Motion;
use super::player::Player;
use super::promises::{Broken, promises};
use super::refs::light;
use super::request::Request;
use super::settings::{Opening, RunWish, Settings};
use super::stage::{Pick, Stage};
use super::timebar::{TimeBar, TimeWish};
use super::tools::{held, tools};
use super::topbar::{Room, TopBarProps, top_bar};
use super::why::{self, Inquiry};
use super::{facts, fault, server, storage};
use crate::course::{self, Place, Tool, Touch};
use crate::kv::{ClientId, Op};
use crate::raft::{Event, MAX_SERVERS, NodeId, Rule, ServerSet};
use crate::session::{Session, link};
use crate::sim::text::parse_action;
use crate::sim::{Action, Fact, Link, Packet, PacketId, Scenario, Server, Time};
use crate::view::{LogTable, Scene, Timeline, Why, refs};

/// How long something said at the top of the page stays, in milliseconds.
const SAID_MS: u32 = 8_000;

/// Everything that can be wanted of the page.
pub enum Msg {
    Act(Action),
    Bench,
    Close,
    Compact(bool),
    Focus(NodeId),
    Happened,
    Help,
    Key(KeyboardEvent),
    Learn(Wish),
    Leaving,
    LetGo(PacketId),
    Link,
    New,
    Past(Inquiry),
    Pick(Pick),
    Placed,
    Run(RunWish),
    Said,
    Say(String),
    Send(String),
    Share,
    Theme,
    Time(TimeWish),
    Tool(Tool),
    Unask,
}

/// The page.
pub struct App {
    player: Rc<RefCell<Player>>,
    frames: FrameLoop,
    motion: Motions,
    slider: NodeRef,
    clock: NodeRef,
    wishes: Wishes,
    room: Room,
    bench: Option<Bench>,
    learning: Learning,
    tool: Tool,
    timeline: Rc<Timeline>,
    focus: Option<NodeId>,
    chosen: Option<PacketId>,
    why: Option<Why>,
    /// What had the focus before the answer took it.
    asked_at: Option<Element>,
    /// Whether the answer is to have the focus.
    answers: bool,
    said: Option<String>,
    said_until: Option<Timeout>,
    request_error: Option<String>,
    run_error: Option<String>,
    run_text: Option<String>,
    help: bool,
    compact: bool,
    touched: bool,
    broken: usize,
    /// Whether the goal that is met was seen to be.
    met: bool,
    _listeners: Vec<Listener>,
}

/// What moves on the stage, and on that of the twin.
type Motions = [Rc<Motion>; 2];

/// Hears of something that no component hears of, as long as it is kept.
type Listener = Closure<dyn FnMut(JsValue)>;

/// The callbacks that components get: always the same, so that none renders for their sake.
struct Wishes {
    act: Callback<Action>,
    close: Callback<()>,
    focus: Callback<NodeId>,
    focused: Callback<FocusEvent>,
    help: Callback<()>,
    learn: Callback<Wish>,
    let_go: Callback<PacketId>,
    new: Callback<()>,
    past: Callback<MouseEvent>,
    pick: Callback<Pick>,
    placed: Callback<()>,
    pointed: Callback<PointerEvent>,
    run: Callback<RunWish>,
    send: Callback<String>,
    share: Callback<()>,
    theme: Callback<()>,
    time: Callback<TimeWish>,
    tool: Callback<Tool>,
    unask: Callback<()>,
}

impl Wishes {
    fn new(ctx: &Context<App>) -> Self {
        let link = ctx.link();
        Self {
            act: link.callback(Msg::Act),
            close: link.callback(|()| Msg::Close),
            focus: link.callback(Msg::Focus),
            focused: Callback::from(|event: FocusEvent| light(&event)),
            help: link.callback(|()| Msg::Help),
            learn: link.callback(Msg::Learn),
            let_go: link.callback(Msg::LetGo),
            new: link.callback(|()| Msg::New),
            past: link.batch_callback(|event: MouseEvent| why::clicked(&event).map(Msg::Past)),
            pick: link.callback(Msg::Pick),
            placed: link.callback(|()| Msg::Placed),
            pointed: Callback::from(|event: PointerEvent| light(&event)),
            run: link.callback(Msg::Run),
            send: link.callback(Msg::Send),
            share: link.callback(|()| Msg::Share),
            theme: link.callback(|()| Msg::Theme),
            time: link.callback(Msg::Time),
            tool: link.callback(Msg::Tool),
            unask: link.callback(|()| Msg::Unask),
        }
    }
}

impl Component for App {
    type Message = Msg;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let (slider, clock) = (NodeRef::default(), NodeRef::default());
        let motion = Motions::default();
        let route = Route::here();
        let place = match &route {
            Route::Lesson(place) => *place,
            _ => None,
        };
        let player = Player::opening(opening_scenario(Opening {
            servers: 5,
            clients: 1,
            seed: fresh_seed(),
        }));
        let player = Rc::new(RefCell::new(player));
        let frames = frame_loop(ctx, &player, &motion, (&slider, &clock));
        let (compact, listeners) = listen(ctx);
        let mut app = Self {
            player,
            frames,
            motion,
            slider,
            clock,
            wishes: Wishes::new(ctx),
            room: Room::Play,
            bench: None,
            learning: Learning::new(place),
            tool: Tool::Crash,
            timeline: Rc::default(),
            focus: None,
            chosen: None,
            why: None,
            asked_at: None,
            answers: false,
            said: None,
            said_until: None,
            request_error: None,
            run_error: None,
            run_text: None,
            help: false,
            compact,
            touched: false,
            broken: 0,
            met: false,
            _listeners: listeners,
        };
        app.go(ctx, route);
        app.look_again();
        app
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Placed => {
                self.place();
                return false;
            }
            Msg::Key(event) => return self.key(ctx, &event),
            Msg::Leaving => {
                let session = &self.player.borrow().session;
                // A run that nobody took a hand in does not replace one that somebody did.
                if !session.actions().is_empty() {
                    storage::write(storage::RUN, &session.write());
                }
                return false;
            }
            Msg::Happened => {}
            Msg::Act(action) => self.act(action),
            Msg::Bench => self.measure(ctx),
            Msg::Learn(wish) => self.learn(ctx, wish),
            Msg::LetGo(id) => self.let_go(id),
            Msg::Close => (self.focus, self.chosen) = (None, None),
            Msg::Compact(compact) => self.compact = compact,
            Msg::Focus(id) => (self.focus, self.chosen) = (Some(id), None),
            Msg::Help => self.help = !self.help,
            Msg::Link => self.go(ctx, Route::here()),
            Msg::New if self.room == Room::Learn => self.learn(ctx, Wish::Again),
            Msg::New => {
                let opening = opening(&self.player.borrow().session);
                self.begin(opening_scenario(Opening {
                    seed: fresh_seed(),
                    ..opening
                }));
            }
            Msg::Past(wish) => self.past(wish),
            Msg::Pick(pick) => self.pick(pick),
            Msg::Run(wish) => self.run(wish),
            Msg::Send(text) => self.send(&text),
            Msg::Said => self.said = None,
            Msg::Say(text) => self.say(ctx, text),
            Msg::Share => self.share(ctx),
            Msg::Theme => switch_theme(),
            Msg::Time(wish) => self.time(wish),
            Msg::Tool(tool) => self.tool = tool,
            Msg::Unask => self.unask(),
        }
        self.look_again();
        true
    }

    fn view(&self, _: &Context<Self>) -> Html {
        let wishes = &self.wishes;
        let top = TopBarProps {
            room: self.room,
            lesson: lesson_address(self.learning.place),
            said: self.said.clone(),
            on_share: wishes.share.clone(),
            on_theme: wishes.theme.clone(),
            on_help: wishes.help.clone(),
            on_new: wishes.new.clone(),
        };
        html! {
            <div class={self.class()} onclick={&wishes.past}
                onpointerover={&wishes.pointed} onfocusin={&wishes.focused}>
                { top_bar(&top) }
                { self.left() }
                { self.middle() }
                { self.right() }
                { self.bottom() }
                <div class="overlay">
                    { for self.help.then(|| help(&wishes.help)) }
                </div>
            </div>
        }
    }

    fn rendered(&mut self, _: &Context<Self>, _: bool) {
        show_time(
            &self.slider,
            &self.clock,
            self.player.borrow().session.now(),
        );
        // The stage may show the same scene as before, at another moment: then it is not rendered.
        self.place();
        if std::mem::take(&mut self.answers) {
            why::show();
        }
    }
}

impl App {
    fn place(&self) {
        let mut player = self.player.borrow_mut();
        place(&self.motion, player.session.now(), player.rate());
    }
}

/// A sentence for people: with a capital and a full stop.
fn sentence(text: impl Into<String>) -> String {
    let text: String = text.into();
    let mut chars = text.chars();
    let first = chars
        .next()
        .map(|c| c.to_ascii_uppercase().to_string())
        .unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

/// How a run began.
fn opening(session: &Session) -> Opening {
    let Scenario {
        servers,
        clients,
        seed,
        ..
    } = *session.scenario();
    Opening {
        servers,
        clients,
        seed,
    }
}

/// A run to begin with: clients that keep writing, each where no other does, and ways so alike that
/// every message can be seen for its second.
fn opening_scenario(opening: Opening) -> Scenario {
    let mut scenario = Scenario::new(opening.servers, opening.seed);
    scenario.clients = opening.clients;
    scenario.faults.latency = (Time::ms(12), Time::ms(18));
    for (number, key) in (1..=opening.clients.into()).zip(["x", "y", "z", "u", "v"]) {
        if let (Some(client), Ok(key)) = (ClientId::new(number), key.parse()) {
            scenario.workloads.push((client, key, Time::ms(120)));
        }
    }
    scenario
}

/// A seed that nobody had before; small, so that it can be read out.
fn fresh_seed() -> u64 {
    u64::from(getrandom::u32().unwrap_or(1)) % 10_000
}

/// From the beginning: of the page on a phone, of the lesson elsewhere.
fn show_stage() {
    if let Some(window) = web_sys::window() {
        window.scroll_to_with_x_and_y(0.0, 0.0);
    }
    if let Some(lesson) = why::element(".lesson-scroll") {
        lesson.set_scroll_top(0);
    }
}

/// Time waits for an answer: the question is brought into view, and its first answer at hand.
fn ask_first() {
    // After the next rendering: the question may be part of it.
    Timeout::new(0, || {
        if let Some(question) = why::element("#question") {
            question.scroll_into_view();
        }
        why::focus("#question button");
    })
    .forget();
}

/// Brings into view what the next rendering shows, if it does: what was met, what is offered.
fn bring(selector: &'static str) {
    Timeout::new(0, move || {
        if let Some(element) = why::element(selector) {
            element.scroll_into_view_with_bool(false);
        }
    })
    .forget();
}

fn frame_loop(
    ctx: &Context<App>,
    player: &Rc<RefCell<Player>>,
    motion: &Motions,
    (slider, clock): (&NodeRef, &NodeRef),
) -> FrameLoop {
    let (player, motion) = (player.clone(), motion.clone());
    let (slider, clock) = (slider.clone(), clock.clone());
    let link = ctx.link().clone();
    FrameLoop::new(move |timestamp| {
        let mut player = player.borrow_mut();
        let happened = player.frame(timestamp);
        let (playing, now, rate) = (player.playing, player.session.now(), player.rate());
        let pause = player.pause_until_next();
        drop(player);
        if happened {
            link.send_message(Msg::Happened);
        } else {
            place(&motion, now, rate);
            show_time(&slider, &clock, now);
        }
        playing.then_some(pause)
    })
}

/// Puts everything where it is at this time, on both stages.
fn place(motion: &Motions, now: Time, rate: f64) {
    for motion in motion {
        motion.place(now, rate);
    }
}

/// Writes the time where the user sees it.
fn show_time(slider: &NodeRef, shown: &NodeRef, now: Time) {
    if let Some(input) = slider.cast::<HtmlInputElement>() {
        input.set_value_as_number(now.0 as f64 / 1000.0);
    }
    if let Some(element) = shown.cast::<Element>() {
        element.set_text_content(Some(&clock(now)));
    }
}

/// Listens to the keys, the width of the window, the address, the leaving.
fn listen(ctx: &Context<App>) -> (bool, Vec<Listener>) {
    let Some(window) = web_sys::window() else {
        return (false, Vec::new());
    };
    let mut listeners = Vec::new();
    let mut listen = |target: &EventTarget, name: &str, make: Box<dyn Fn(JsValue) -> Msg>| {
        let link = ctx.link().clone();
        let heard = Listener::new(move |event| link.send_message(make(event)));
        let _ = target.add_event_listener_with_callback(name, heard.as_ref().unchecked_ref());
        listeners.push(heard);
    };
    listen(
        &window,
        "keydown",
        Box::new(|event| Msg::Key(event.unchecked_into())),
    );
    listen(&window, "hashchange", Box::new(|_| Msg::Link));
    listen(&window, "pagehide", Box::new(|_| Msg::Leaving));
    if let Some(document) = window.document() {
        // A phone may end a hidden tab without another word.
        listen(&document, "visibilitychange", Box::new(|_| Msg::Leaving));
    }
    let media = window.match_media("(max-width: 820px)").ok().flatten();
    let compact = media.as_ref().is_some_and(MediaQueryList::matches);
    if let Some(media) = media {
        let query = media.clone();
        let changed = move |_| Msg::Compact(query.matches());
        listen(&media, "change", Box::new(changed));
    }
    (compact, listeners)
}
fn switch_theme() {
    let Some(window) = web_sys::window() else {
        return;
    };
    let root = window
        .document()
        .and_then(|document| document.document_element());
    let Some(root) = root else { return };
    let system = window
        .match_media("(prefers-color-scheme: dark)")
        .ok()
        .flatten();
    let prefers_dark = system.is_some_and(|query| query.matches());
    let dark = root
        .get_attribute("data-theme")
        .map_or(prefers_dark, |theme| theme == "dark");
    let theme = if dark { "light" } else { "dark" };
    let _ = root.set_attribute("data-theme", theme);
    storage::write(storage::THEME, theme);
}
