//! The root: it holds what the page as a whole consists of. What only one component needs, that
//! component holds; what components do to the run, they do by [`Control`].
//!
//! - [`rooms`]: what there is to see, for all other components;
//! - [`acts`]: what a click or a key means;
//! - [`answer`]: the question "why?", and the answer that is being read;
//! - [`lecture`](mod@lecture): the course before an audience, in one window or two;
//! - [`listen`](mod@listen): what no component hears of;
//! - [`sheet`]: what a phone shows below the stage;
//! - [`way`](mod@way): the way between the rooms, and through the course.

mod acts;
mod answer;
mod lecture;
mod listen;
mod rooms;
mod sheet;
mod way;

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use wasm_bindgen::JsValue;
use web_sys::KeyboardEvent;
use yew::prelude::*;

use self::answer::Answer;
use self::listen::{Listener, listen};
use self::rooms::shown_lines;
use self::sheet::Sheet;
use self::way::{Resting, Route, lesson_address};
use crate::course::gallery::{self, Exhibit};
use crate::course::lab::crashes::Crashes;
use crate::course::{self, Listed, Place, Touch};
use crate::raft::{Event, MAX_SERVERS, NodeId, Rule, ServerSet};
use crate::session::{Player, Record, Session, Stop, TimeWish, link};
use crate::sim::{Action, Cause, Fact, Packet, PacketId, Server, StepId, Time, World};
use crate::ui::attention::{inviting, show_stage};
use crate::ui::bench::Bench;
use crate::ui::control::{Control, Heard};
use crate::ui::fault;
use crate::ui::fetch;
use crate::ui::foreign::YourRaft;
use crate::ui::help::help;
use crate::ui::keys::{Shortcut, shortcut};
use crate::ui::learn::learning::{Learning, Outcome, Wish};
use crate::ui::learn::lesson::{lesson, way};
use crate::ui::learn::present::{self, Presenting, Role};
use crate::ui::learn::print::Print;
use crate::ui::opening::{Opening, fresh_seed};
use crate::ui::play::beginning::Own;
use crate::ui::play::breaking::Breaking;
use crate::ui::play::challenge::Challenge;
use crate::ui::play::console::Console;
use crate::ui::play::divide::Divide;
use crate::ui::play::gallery::{Gallery, scenario_card};
use crate::ui::play::guide::{Progress, guide};
use crate::ui::play::kept::{self, Kept};
use crate::ui::play::request::Request;
use crate::ui::play::settings::{RunWish, Settings};
use crate::ui::play::tools::{self, Tool, few_tools, held, palette};
use crate::ui::play::unusual::strip;
use crate::ui::reasons::events::{Events, clock};
use crate::ui::reasons::inspector::{DELAY, inspector};
use crate::ui::reasons::logs::Logs;
use crate::ui::reasons::promises::{Broken, promises};
use crate::ui::reasons::rules::Rules;
use crate::ui::reasons::why::{self, Inquiry};
use crate::ui::refs::light;
use crate::ui::share::is_embed;
use crate::ui::stage::frame::FrameLoop;
use crate::ui::stage::geometry::Geometry;
use crate::ui::stage::paint::Paint;
use crate::ui::stage::server;
use crate::ui::stage::{PacketKey, Pick, Stage};
use crate::ui::time::chart::ChartView;
use crate::ui::time::compare::{self, CompareWish, Compared, Other};
use crate::ui::time::futures::Futures;
use crate::ui::time::timebar::TimeBar;
use crate::ui::topbar::{Room, TopBarProps, top_bar};
use crate::view::branches::{self, BranchMark};
use crate::view::events;
use crate::view::facts::{self, Subject};
use crate::view::kinds::Filter;
use crate::view::rules::{Line as RuleLine, Panel};
use crate::view::{Comparison, LogTable, Question, Scene, Timeline, Why};

/// How long something said at the top of the page stays, in milliseconds.
const SAID_MS: u32 = 8_000;

/// The most pages of the list of events: further back lead the filter and the time bar.
const MOST_PAGES: usize = 39;

/// Everything that the page hears.
pub enum Msg {
    Bench,
    Close,
    Compact(bool),
    Compare(CompareWish),
    Counter(bool),
    Filter(Filter),
    Focus(NodeId),
    Happened,
    Heard(Heard),
    Help,
    Keep,
    Key(KeyboardEvent),
    Learn(Wish),
    Leaving,
    Line(RuleLine),
    Lecture(present::Heard),
    Link,
    More,
    New,
    OneWay,
    Partition(Option<ServerSet>),
    Past(Inquiry),
    Pick(Pick),
    Placed,
    Run(RunWish),
    Said,
    Sheet(Sheet),
    Tool(Tool),
    Unask,
    View(View),
}

/// What stands beside the stage in Play, or in its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum View {
    Logs,
    Chart,
    Rules,
    Futures,
}

impl View {
    const ALL: [Self; 4] = [Self::Logs, Self::Chart, Self::Rules, Self::Futures];

    const fn name(self) -> &'static str {
        // Said by the page.
        match self {
            Self::Logs => "Logs",
            Self::Chart => "Chart",
            Self::Rules => "Rules",
            Self::Futures => "Futures",
        }
    }
}

/// The page.
pub struct App {
    control: Control,
    frames: FrameLoop,
    paint: Paint,
    wishes: Wishes,
    room: Room,
    bench: Option<Bench>,
    learning: Learning,
    /// While the course is shown to an audience.
    presenting: Option<Presenting>,
    tool: Tool,
    /// Whether what is done to a link is done in one direction.
    one_way: bool,
    /// The servers that were clicked for a partition, or for a link.
    picked: ServerSet,
    /// The clients that were moved to the other side of a partition, as bits.
    moved: u8,
    /// The scenario of the gallery that is open, and whether with its counter-measure.
    exhibit: Option<(Exhibit, bool)>,
    /// What the open scenario asks for, if it is a challenge.
    challenge: Option<Challenge>,
    /// Whether the gallery is shown.
    gallery: bool,
    /// The chapter that is shown as on paper.
    printing: Option<&'static Listed>,
    /// The address of the room for the traces of others, if it was ever entered: it keeps its trace.
    foreign: Option<String>,
    view: View,
    /// What is chosen of the list of events, and how many pages of it are shown beside the first.
    filter: Filter,
    pages: usize,
    timeline: Rc<Timeline>,
    branches: Rc<[BranchMark]>,
    /// What the run is compared with, as long as there is a twin.
    compared: Option<Compared>,
    /// The server, and else the packet, that the user looks at.
    focus: Option<NodeId>,
    chosen: Option<PacketId>,
    answer: Answer,
    /// What is said at the top of the page, and until when.
    said: Option<(String, Timeout)>,
    help: bool,
    /// What is open below the stage of a phone.
    sheet: Option<Sheet>,
    compact: bool,
    touched: bool,
    /// Whether the user acted on this run.
    acted: bool,
    /// The id under which this run is kept, once it is.
    kept: Option<u64>,
    /// The run of Play while the course has the stage, or that of the course.
    resting: Option<Resting>,
    broken: usize,
    /// Whether the glossary was asked for.
    words_asked: bool,
    _listeners: Vec<Listener>,
}

/// The callbacks that components get: always the same, so that none renders for their sake.
struct Wishes {
    close: Callback<()>,
    compare: Callback<CompareWish>,
    counter: Callback<bool>,
    focus: Callback<NodeId>,
    focused: Callback<FocusEvent>,
    help: Callback<()>,
    keep: Callback<()>,
    learn: Callback<Wish>,
    line: Callback<RuleLine>,
    new: Callback<()>,
    one_way: Callback<()>,
    partition: Callback<Option<ServerSet>>,
    past: Callback<MouseEvent>,
    pick: Callback<Pick>,
    placed: Callback<()>,
    pointed: Callback<PointerEvent>,
    run: Callback<RunWish>,
    sheet: Callback<Sheet>,
    tool: Callback<Tool>,
    unask: Callback<()>,
    view: Callback<View>,
    filter: Callback<Filter>,
    more: Callback<()>,
}

impl Wishes {
    fn new(ctx: &Context<App>) -> Self {
        let link = ctx.link();
        Self {
            close: link.callback(|()| Msg::Close),
            compare: link.callback(Msg::Compare),
            counter: link.callback(Msg::Counter),
            one_way: link.callback(|()| Msg::OneWay),
            partition: link.callback(Msg::Partition),
            focus: link.callback(Msg::Focus),
            focused: Callback::from(|event: FocusEvent| light(&event)),
            help: link.callback(|()| Msg::Help),
            keep: link.callback(|()| Msg::Keep),
            learn: link.callback(Msg::Learn),
            line: link.callback(Msg::Line),
            new: link.callback(|()| Msg::New),
            past: link.batch_callback(|event: MouseEvent| why::clicked(&event).map(Msg::Past)),
            pick: link.callback(Msg::Pick),
            placed: link.callback(|()| Msg::Placed),
            pointed: Callback::from(|event: PointerEvent| light(&event)),
            run: link.callback(Msg::Run),
            sheet: link.callback(Msg::Sheet),
            tool: link.callback(Msg::Tool),
            unask: link.callback(|()| Msg::Unask),
            view: link.callback(Msg::View),
            filter: link.callback(Msg::Filter),
            more: link.callback(|()| Msg::More),
        }
    }
}

impl Component for App {
    type Message = Msg;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let route = Route::here();
        let place = match &route {
            Route::Lesson(place) | Route::Present(_, place) => *place,
            _ => None,
        };
        let player = Player::opening(Opening::default().scenario());
        let control = Control::new(player, ctx.link().callback(Msg::Heard));
        let paint = Paint::default();
        let (compact, listeners) = listen(ctx);
        let mut app = Self {
            frames: frame_loop(ctx, &control, &paint),
            control,
            paint,
            wishes: Wishes::new(ctx),
            room: Room::Play,
            bench: None,
            learning: Learning::new(place),
            presenting: None,
            tool: Tool::Crash,
            one_way: false,
            picked: ServerSet::EMPTY,
            moved: 0,
            exhibit: None,
            challenge: None,
            gallery: false,
            printing: None,
            foreign: None,
            view: View::Logs,
            filter: Filter::default(),
            pages: 0,
            timeline: Rc::default(),
            branches: Rc::default(),
            compared: None,
            focus: None,
            chosen: None,
            answer: Answer::default(),
            said: None,
            help: false,
            sheet: None,
            compact,
            touched: false,
            acted: false,
            kept: None,
            resting: None,
            broken: 0,
            words_asked: false,
            _listeners: listeners,
        };
        app.go(ctx, route);
        app.reopen();
        app.look_again();
        app
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Placed => {
                self.place();
                return false;
            }
            Msg::Key(event) if self.lecture_key(ctx, &event) => {}
            Msg::Key(event) => return self.key(ctx, &event),
            Msg::Keep | Msg::Leaving => {
                self.leave();
                return false;
            }
            Msg::Happened => {}
            Msg::Heard(Heard::Acted) => {
                (self.said, self.touched, self.acted) = (None, true, true);
                self.lead();
                self.wake();
            }
            Msg::Heard(Heard::Say(text)) => self.say(ctx, text),
            Msg::Heard(Heard::Time) => {
                self.lead();
                self.wake();
            }
            Msg::Bench => self.measure(ctx),
            Msg::Learn(wish @ Wish::Fetched(..)) => {
                self.learn(ctx, wish);
                self.show_waiting_slide(ctx);
            }
            Msg::Learn(wish) => {
                self.lead();
                self.learn(ctx, wish);
            }
            Msg::Lecture(heard) => self.hear(ctx, heard),
            Msg::Close => self.close(),
            Msg::Compare(wish) => self.compare(wish),
            Msg::Compact(compact) => self.compact = compact,
            Msg::Focus(id) => (self.focus, self.chosen) = (Some(id), None),
            Msg::Help => self.help = !self.help,
            Msg::Link => self.go(ctx, Route::here()),
            Msg::New if self.room == Room::Learn => self.learn(ctx, Wish::Again),
            Msg::New => {
                let opening = Opening::of(&self.control.player().session);
                self.begin(Opening {
                    seed: fresh_seed(),
                    ..opening
                });
            }
            Msg::Past(wish) => self.past(wish),
            Msg::Pick(pick) => self.pick(pick),
            Msg::Run(wish) => self.run(wish),
            Msg::Said => self.said = None,
            Msg::Sheet(sheet) => self.sheet = Some(sheet).filter(|_| self.sheet != Some(sheet)),
            // The stage has the room that the tool needs.
            Msg::Tool(tool) => {
                (self.tool, self.picked, self.sheet) = (tool, ServerSet::EMPTY, None);
                self.moved = 0;
            }
            Msg::Counter(counter) => self.counter(counter),
            Msg::OneWay => self.one_way = !self.one_way,
            Msg::Partition(side) => {
                self.picked = side.unwrap_or(self.picked);
                self.part();
            }
            Msg::Unask => self.answer.close(),
            Msg::Filter(filter) => (self.filter, self.pages) = (filter, 0),
            Msg::More => {
                self.pages = (self.pages + 1).min(MOST_PAGES);
                let mut player = self.control.player_mut();
                events::tell(&mut player.session, &self.filter, shown_lines(self.pages));
            }
            Msg::Line(line) => self.ask_line(ctx, line),
            // The view that is open gives way to the logs.
            Msg::View(view) if view == self.view => self.view = View::Logs,
            Msg::View(view) => self.view = view,
        }
        self.look_again();
        self.tell_audience();
        true
    }

    fn view(&self, _: &Context<Self>) -> Html {
        let wishes = &self.wishes;
        let top = TopBarProps {
            room: self.room,
            title: self.bare().then(|| self.title()),
            lesson: lesson_address(self.learning.place),
            said: self.said.as_ref().map(|(said, _)| said.clone()),
            control: self.control.clone(),
            on_help: wishes.help.clone(),
            on_keep: wishes.keep.clone(),
            on_new: wishes.new.clone(),
            on_run: wishes.run.clone(),
        };
        html! {
            // A browser's translator moves texts into elements of its own, and what changes would stand still:
            // only prose that stays as it is allows it.
            <div class={self.class()} translate="no" onclick={&wishes.past}
                onpointerover={&wishes.pointed} onfocusin={&wishes.focused}>
                { top_bar(&top) }
                { self.rooms() }
                { for self.foreign_room() }
                <div class="overlay">
                    { for self.help.then(|| help(&wishes.help)) }
                </div>
            </div>
        }
    }

    fn rendered(&mut self, _: &Context<Self>, _: bool) {
        self.paint.show_time(self.control.player().session.now());
        set_title(&self.title());
        // The stage may show the same scene as before, at another moment: then it is not rendered.
        self.place();
        self.answer.take_focus();
    }
}

impl App {
    fn place(&self) {
        let mut player = self.control.player_mut();
        self.paint.place(player.session.now(), player.rate());
    }
}

fn set_title(title: &str) {
    let document = web_sys::window().and_then(|window| window.document());
    if let Some(document) = document.filter(|document| document.title() != title) {
        document.set_title(title);
    }
}

fn frame_loop(ctx: &Context<App>, control: &Control, paint: &Paint) -> FrameLoop {
    let (control, paint) = (control.clone(), paint.clone());
    let link = ctx.link().clone();
    FrameLoop::new(move |timestamp| {
        let mut player = control.player_mut();
        let happened = player.frame(timestamp);
        let (playing, now, rate) = (player.playing, player.session.now(), player.rate());
        let pause = player.pause_until_next();
        drop(player);
        if happened {
            link.send_message(Msg::Happened);
        } else {
            paint.place(now, rate);
            paint.show_time(now);
        }
        playing.then_some(pause)
    })
}
