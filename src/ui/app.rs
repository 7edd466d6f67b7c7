//! The root: what the user wants, turned into acts upon the session; and the pictures for all
//! other components, made anew whenever something happened.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, EventTarget, HtmlElement, HtmlInputElement, KeyboardEvent, MediaQueryList};
use yew::prelude::*;

use super::bench::Bench;
use super::events::{Events, Line, clock};
use super::frame::FrameLoop;
use super::geometry::Geometry;
use super::guide::{Progress, guide};
use super::help::help;
use super::inspector::{Subject, inspector};
use super::keys::{Shortcut, shortcut};
use super::kin::light;
use super::learning::{self, Learning, Outcome, Wish, inviting};
use super::lesson::{lesson, way};
use super::logs::Logs;
use super::markup::html;
use super::motion::Motion;
use super::player::Player;
use super::promises::{Broken, promises};
use super::request::Request;
use super::settings::{RunWish, Settings};
use super::stage::{Pick, Stage};
use super::timebar::{TimeBar, TimeWish};
use super::tools::{held, tools};
use super::topbar::{Room, TopBarProps, top_bar};
use super::why::{self, Inquiry};
use super::{facts, server, storage};
use crate::course::{self, Place, Tool, Touch};
use crate::machine::{ClientId, Op};
use crate::raft::{Event, MAX_SERVERS, NodeId, ServerSet};
use crate::session::{Session, link};
use crate::sim::text::parse_action;
use crate::sim::{Action, Fact, Link, Packet, PacketId, Scenario, Server, Time};
use crate::view::{LogTable, Scene, Timeline, Why, kin};

/// Entries of a log that are shown.
const SHOWN_ENTRIES: u64 = 30;

/// Sentences that are shown.
const SHOWN_LINES: usize = 25;

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
    motion: Rc<Motion>,
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
        let motion = Rc::new(Motion::default());
        let route = Route::here();
        let place = match &route {
            Route::Lesson(place) => *place,
            _ => None,
        };
        let player = Player::opening(opening_scenario(5, fresh_seed()));
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
                let mut player = self.player.borrow_mut();
                self.motion.place(player.session.now(), player.rate());
                return false;
            }
            Msg::Key(event) => return self.key(ctx, &event),
            Msg::Leaving => {
                storage::write(storage::RUN, &self.player.borrow().session.write());
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
                let servers = self.player.borrow().session.scenario().servers;
                self.begin(opening_scenario(servers, fresh_seed()));
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
        if std::mem::take(&mut self.answers) {
            why::show();
        }
    }
}

/// The four rooms.
impl App {
    fn left(&self) -> Html {
        let player = self.player.borrow();
        let (session, world) = (&player.session, player.session.world());
        let wishes = &self.wishes;
        let subject = self.subject();
        let subject = subject.map(|subject| inspector(&subject, &wishes.act, &wishes.close));
        let waits = world.network().holds_any();
        let held = waits.then(|| held(world, &wishes.let_go, &wishes.act));
        let room = match (&self.bench, self.room) {
            (Some(bench), _) => bench.view(),
            (_, Room::Learn) => lesson(&self.learning, session, &wishes.learn),
            (_, Room::Play) => guide(self.progress()),
        };
        let settings = (self.room == Room::Play).then(|| {
            html! {
                <Settings next={NodeId::first(MAX_SERVERS).find(|id| world.is_free(*id))}
                    servers={session.scenario().servers} seed={session.scenario().seed}
                    setup={world.setup()}
                    text={self.run_text.clone()} error={self.run_error.clone()}
                    on_act={&wishes.act} on_wish={&wishes.run} />
            }
        });
        html! {
            <div class="lesson">
                <div class="lesson-scroll">
                    <div key={self.room as usize}>{ room }</div>
                    <div class="held-messages">{ for held }</div>
                    <div class="subject">{ for subject }</div>
                    <div class="settings-room">{ for settings }</div>
                </div>
                <div>{ for (self.room == Room::Learn).then(|| way(&self.learning, &wishes.learn)) }</div>
            </div>
        }
    }

    fn middle(&self) -> Html {
        let player = self.player.borrow();
        let world = player.session.world();
        let wishes = &self.wishes;
        let invites = match (self.room, self.progress()) {
            (Room::Learn, _) => inviting(self.learning.touch(&player.session), world),
            (_, Progress::Invited(leader)) => ServerSet::EMPTY.with(leader),
            _ => ServerSet::EMPTY,
        };
        let held = self.is_held();
        let request = (!world.clients().is_empty()).then(|| {
            html! { <Request key={lesson_address(self.learning.place)} on_send={&wishes.send} {held}
            error={self.request_error.clone()} /> }
        });
        html! {
            <main class="stage">
                <Stage scene={Rc::new(Scene::of(world))} motion={self.motion.clone()}
                    geometry={Geometry::new(world.ids(), self.compact)}
                    focus={self.focus} chosen={self.chosen} {invites}
                    on_pick={&wishes.pick} on_focus={&wishes.focus} on_rendered={&wishes.placed} />
                <div class="acts">
                    { tools(self.tool, &wishes.tool) }
                    <div>{ for request }</div>
                </div>
                <p class="visually-hidden" role="status">{ self.announcement() }</p>
            </main>
        }
    }

    fn right(&self) -> Html {
        let player = self.player.borrow();
        let session = &player.session;
        let wishes = &self.wishes;
        let table = Rc::new(LogTable::of(session.world(), SHOWN_ENTRIES));
        html! {
            <aside class="side" aria-label="Logs, promises and events">
                <Logs {table} focus={self.focus} on_focus={&wishes.focus} />
                { promises(&broken(session)) }
                <Events lines={lines(session)} why={self.why.clone()} on_close={&wishes.unask} />
            </aside>
        }
    }

    fn bottom(&self) -> Html {
        let player = self.player.borrow();
        let session = &player.session;
        html! {
            <TimeBar timeline={self.timeline.clone()} playing={player.playing}
                speed={player.pace.speed} hurrying={player.pace.is_hurrying()}
                can_undo={session.can_undo()} can_redo={session.can_redo()}
                slider={self.slider.clone()} clock={self.clock.clone()}
                on_wish={&self.wishes.time} />
        }
    }
}

/// The way between the rooms, and through the course.
impl App {
    /// Opens what the address names.
    fn go(&mut self, ctx: &Context<Self>, route: Route) {
        self.bench = None;
        match route {
            Route::Bench => {
                self.room = Room::Play;
                self.bench = Some(Bench::default());
                self.player.borrow_mut().pause();
                self.measure(ctx);
            }
            // Whoever left the course for free play finds it as it was.
            Route::Lesson(place) => {
                self.room = Room::Learn;
                let (here, begun) = (self.learning.place, self.learning.chapter.is_some());
                let place = place.filter(|place| course::exists(*place)).unwrap_or(here);
                if begun && place == here {
                    return self.wake();
                }
                let outcome = self.learning.open(place, fresh_seed());
                self.follow(ctx, outcome);
            }
            Route::Play => self.room = Room::Play,
            Route::Run(Ok(session)) => {
                self.room = Room::Play;
                self.show(*session);
            }
            Route::Run(Err(why)) => {
                self.room = Room::Play;
                self.said = Some(why);
            }
        }
        self.wake();
    }

    /// Measures a little more, then lets the browser show it.
    fn measure(&mut self, ctx: &Context<Self>) {
        let Some(bench) = self.bench.as_mut().filter(|bench| !bench.is_done()) else {
            return;
        };
        bench.run();
        let link = ctx.link().clone();
        Timeout::new(0, move || link.send_message(Msg::Bench)).forget();
    }

    fn learn(&mut self, ctx: &Context<Self>, wish: Wish) {
        let (place, on_detour) = (self.learning.place, self.learning.detour.is_some());
        let turns = matches!(wish, Wish::ShowWhyNot(_) | Wish::Return);
        if turns {
            show_stage();
        }
        if matches!(wish, Wish::Choose(_) | Wish::ShowMe) {
            show_stage();
            bring(".offer");
        }
        let mut player = self.player.borrow_mut();
        let outcome = self.learning.wish(wish, &mut player, fresh_seed());
        drop(player);
        if turns || on_detour {
            self.forget();
        }
        self.follow(ctx, outcome);
        if self.learning.place != place {
            // The way back leads to where this page was opened from, named or not.
            write_address(&lesson_address(place), false);
            write_address(&lesson_address(self.learning.place), true);
        }
        self.wake();
    }

    fn follow(&mut self, ctx: &Context<Self>, outcome: Outcome) {
        match outcome {
            Outcome::Act(action) => self.act(action),
            Outcome::Fetch(chapter) => ctx.link().send_future(async move {
                let text = learning::fetch(chapter).await;
                Msg::Learn(Wish::Fetched(chapter, text))
            }),
            Outcome::Look => {}
            Outcome::Show(player) => {
                *self.player.borrow_mut() = *player;
                self.tool = self.learning.tool();
                show_stage();
                self.touched = false;
                self.forget();
            }
        }
    }

    /// Whether the page's question is to be answered first.
    fn is_held(&self) -> bool {
        self.room == Room::Learn && self.learning.is_held(&self.player.borrow().session)
    }

    /// Which room this is, and what glows.
    fn class(&self) -> String {
        let player = self.player.borrow();
        let room = match self.room {
            Room::Learn => "app learn",
            Room::Play => "app play-room",
        };
        let mut classes = String::from(room);
        if self.room == Room::Learn {
            if self.learning.is_timeless(&player.session) {
                classes.push_str(" timeless");
            }
            for touch in self.learning.touch(&player.session) {
                classes.push_str(match touch {
                    Touch::Button => " touch-button",
                    Touch::Link => " touch-link",
                    Touch::Message => " touch-message",
                    Touch::Play => " touch-play",
                    Touch::Send => " touch-send",
                    Touch::Step => " touch-step",
                    Touch::Follower | Touch::Leader | Touch::Server(_) => continue,
                });
            }
        }
        classes
    }
}

/// What the user wants done.
impl App {
    fn act(&mut self, action: Action) {
        if self.is_held() {
            return ask_first();
        }
        let mut player = self.player.borrow_mut();
        let done = player.session.act(action);
        if player.waits {
            player.play();
        }
        drop(player);
        self.run_error = done.err().map(sentence);
        self.said = None;
        self.touched = true;
        self.wake();
    }

    fn pick(&mut self, pick: Pick) {
        match pick {
            Pick::Link(a, b) => {
                let cut = {
                    let player = self.player.borrow();
                    let network = player.session.world().network();
                    network.is_cut(a.into(), b.into()) || network.is_cut(b.into(), a.into())
                };
                let both = Link::Both(a, b);
                self.act(if cut {
                    Action::Heal(both)
                } else {
                    Action::Cut(both)
                });
            }
            Pick::Packet(id) if self.is_waiting(id) => self.let_go(id),
            // A packet moves: time waits while it is looked at.
            Pick::Look(id) | Pick::Packet(id) => {
                self.player.borrow_mut().pause();
                (self.chosen, self.focus) = (Some(id), None);
            }
            Pick::Server(id) => self.use_tool(id),
        }
    }

    fn is_waiting(&self, id: PacketId) -> bool {
        let player = self.player.borrow();
        let packet = player.session.world().network().packet(id);
        packet.is_some_and(Packet::is_held)
    }

    fn let_go(&mut self, id: PacketId) {
        let pick = match facts::packet(self.player.borrow().session.world(), id) {
            Some(Subject::Packet(packet)) => packet.pick,
            _ => return,
        };
        self.act(Action::Deliver(pick));
    }

    /// What a click on a server does. One that is down is started again, whatever the tool.
    fn use_tool(&mut self, id: NodeId) {
        let (up, leads, alone) = {
            let player = self.player.borrow();
            let world = player.session.world();
            let server = world.server(id);
            (
                server.is_up(),
                server.is_leader(),
                facts::is_isolated(world, id),
            )
        };
        match self.tool {
            Tool::CutOff if up && alone => self.act(Action::Heal(Link::All)),
            Tool::CutOff if up => self.act(Action::Isolate(id)),
            Tool::TimeOut if up && !leads => self.act(Action::Timeout(id)),
            Tool::TimeOut if up => {}
            _ => self.toggle(id),
        }
    }

    fn toggle(&mut self, id: NodeId) {
        let up = {
            let player = self.player.borrow();
            player.session.world().find(id).map(Server::is_up)
        };
        match up {
            Some(true) => self.act(Action::Crash(id)),
            Some(false) => self.act(Action::Restart(id)),
            None => {}
        }
    }

    fn send(&mut self, text: &str) {
        if self.is_held() {
            return ask_first();
        }
        let done = text.parse::<Op>().and_then(|op| {
            let client = ClientId::new(1).ok_or("there is no client")?;
            self.player
                .borrow_mut()
                .session
                .act(Action::Request(client, op))
        });
        self.request_error = done.err().map(sentence);
        self.wake();
    }

    fn time(&self, wish: TimeWish) {
        let onward = matches!(wish, TimeWish::Forward { .. } | TimeWish::Toggle);
        if onward && self.is_held() {
            return ask_first();
        }
        let mut player = self.player.borrow_mut();
        match wish {
            TimeWish::Back { .. } | TimeWish::Forward { .. } | TimeWish::Seek(_) => player.pause(),
            _ => {}
        }
        match wish {
            TimeWish::Back { story } => player.session.step_back(story),
            TimeWish::Forward { story } => player.session.step_forward(story),
            TimeWish::Redo => drop(player.session.redo()),
            TimeWish::Seek(to) => {
                let head = player.session.head();
                player.session.seek(to.min(head));
            }
            TimeWish::Speed(speed) => player.pace.speed = speed,
            TimeWish::Toggle if player.playing => player.pause(),
            TimeWish::Toggle => player.insist(),
            TimeWish::Undo => drop(player.session.undo()),
        }
        drop(player);
        self.wake();
    }

    fn run(&mut self, wish: RunWish) {
        self.run_error = None;
        let scenario = self.player.borrow().session.scenario().clone();
        match wish {
            RunWish::Do(text) => match parse_action(&text) {
                Ok(action) => self.act(action),
                Err(why) => self.run_error = Some(sentence(why)),
            },
            RunWish::Open(text) => self.open_text(&text),
            RunWish::Print => self.run_text = Some(self.player.borrow().session.write()),
            RunWish::Reopen => match storage::read(storage::RUN) {
                Some(text) => self.open_text(&text),
                None => self.run_error = Some("There is no run of an earlier visit.".into()),
            },
            RunWish::Seed(seed) => self.begin(opening_scenario(scenario.servers, seed)),
            RunWish::Servers(servers) => self.begin(opening_scenario(servers, scenario.seed)),
        }
    }

    /// Opens a run that was kept as text; if it cannot be read, the present one stays.
    fn open_text(&mut self, text: &str) {
        match Session::read(text) {
            Ok(session) => self.show(session),
            Err(error) => self.run_error = Some(sentence(error.to_string())),
        }
    }

    fn begin(&mut self, scenario: Scenario) {
        *self.player.borrow_mut() = Player::opening(scenario);
        self.touched = false;
        self.forget();
    }

    fn show(&mut self, session: Session) {
        let mut player = Player::new(session);
        player.pause();
        *self.player.borrow_mut() = player;
        self.touched = true;
        self.forget();
    }

    /// What was said of another run does not hold of this one.
    fn forget(&mut self) {
        (self.focus, self.chosen, self.why) = (None, None, None);
        (self.said, self.request_error, self.run_text) = (None, None, None);
        self.timeline = Rc::default();
        self.broken = 0;
        self.wake();
    }

    fn share(&mut self, ctx: &Context<Self>) {
        let link = format!("#/run/{}", link::write(&self.player.borrow().session));
        let Some(window) = web_sys::window() else {
            return;
        };
        // Replacing tells nobody of a change, so the page does not open its own link.
        let replaced = window
            .history()
            .and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(&link)));
        if replaced.is_err() {
            self.said = Some("This page may not change its address, so there is no link.".into());
            return;
        }
        let address = window.location().href().unwrap_or_default();
        let copied = JsFuture::from(window.navigator().clipboard().write_text(&address));
        // Whether it may be copied is the browser's affair; the address bar has it in any case.
        ctx.link().send_future(async move {
            Msg::Say(match copied.await {
                Ok(_) => "The link is copied, and in the address bar.".into(),
                Err(_) => "The link is in the address bar.".into(),
            })
        });
    }

    /// Says something at the top of the page, for a while.
    fn say(&mut self, ctx: &Context<Self>, text: String) {
        let link = ctx.link().clone();
        self.said = Some(text);
        self.said_until = Some(Timeout::new(SAID_MS, move || link.send_message(Msg::Said)));
    }

    /// Asks why, or goes to another moment. While somebody reads, time waits.
    fn past(&mut self, wish: Inquiry) {
        self.player.borrow_mut().pause();
        let open = self.why.as_ref().map(|why| why.question);
        match wish {
            Inquiry::Ask(question) if open == Some(question) => self.unask(),
            Inquiry::Ask(question) | Inquiry::Walk(question) => {
                let why = Why::of(&self.player.borrow().session, question);
                let Some(why) = why else { return };
                if matches!(wish, Inquiry::Walk(_)) {
                    self.time(TimeWish::Seek(why.at));
                }
                if open.is_none() {
                    let document = web_sys::window().and_then(|window| window.document());
                    self.asked_at = document.and_then(|document| document.active_element());
                }
                (self.why, self.answers) = (Some(why), true);
            }
            Inquiry::Seek(at) => self.time(TimeWish::Seek(at)),
        }
    }

    /// Closes the answer, and gives the focus back.
    fn unask(&mut self) {
        self.why = None;
        if let Some(element) = self.asked_at.take() {
            let _ = element.unchecked_into::<HtmlElement>().focus();
        }
    }

    fn key(&self, ctx: &Context<Self>, event: &KeyboardEvent) -> bool {
        let Some(wish) = shortcut(event) else {
            return false;
        };
        event.prevent_default();
        match wish {
            Shortcut::Close if self.help => ctx.link().send_message(Msg::Help),
            Shortcut::Close if self.why.is_some() => ctx.link().send_message(Msg::Unask),
            Shortcut::Close => ctx.link().send_message(Msg::Close),
            Shortcut::Page(wish) if self.room == Room::Learn => {
                ctx.link().send_message(Msg::Learn(wish));
            }
            Shortcut::Page(_) => {}
            Shortcut::Help => ctx.link().send_message(Msg::Help),
            Shortcut::Past(wish) => ctx.link().send_message(Msg::Past(wish)),
            Shortcut::Server(id) => server::focus(id),
            Shortcut::Time(wish) => ctx.link().send_message(Msg::Time(wish)),
        }
        false
    }

    /// Something changed while the page may be standing still.
    fn wake(&self) {
        if self.player.borrow().playing {
            self.frames.start();
        }
    }

    /// Takes in what has happened; a property that has just been broken stops the time.
    fn look_again(&mut self) {
        let mut player = self.player.borrow_mut();
        let mut timeline = (*self.timeline).clone();
        timeline.update(&player.session);
        if timeline.looks_other(&self.timeline) {
            self.timeline = Rc::new(timeline);
        }
        let broken = player.session.violations().len();
        if broken > self.broken {
            player.pause();
        }
        self.broken = broken;
        if self.room == Room::Learn {
            let was_held = !player.playing;
            self.learning.look_again(&mut player);
            if self.learning.is_held(&player.session) && !was_held {
                ask_first();
            }
            let was_met = std::mem::replace(&mut self.met, self.learning.met);
            if self.met && !was_met {
                bring(".met");
            }
        }
        if !player.playing {
            self.why = self.why.take().and_then(|why| why.again(&player.session));
        }
        let gone = |id| player.session.world().network().packet(id).is_none();
        self.chosen = self.chosen.filter(|id| !gone(*id));
    }
}

/// What there is to see.
impl App {
    fn subject(&self) -> Option<Subject> {
        let player = self.player.borrow();
        let world = player.session.world();
        let packet = self.chosen.and_then(|id| facts::packet(world, id));
        packet.or_else(|| facts::server(world, self.focus?))
    }

    fn progress(&self) -> Progress {
        let player = self.player.borrow();
        let world = player.session.world();
        let voters = world.configuration().voters;
        let is_up = |id: &NodeId| world.find(*id).is_some_and(Server::is_up);
        let (up, of) = (voters.iter().filter(is_up).count(), voters.len());
        let network = world.network();
        let cut = |a: NodeId| {
            let others = world.ids().without(a);
            others.iter().any(|b| network.is_cut(a.into(), b.into()))
        };
        if world.ids().iter().any(cut) {
            return Progress::Divided;
        }
        match world.leader() {
            None => Progress::Leaderless { up, of },
            Some(leader) if !self.touched => Progress::Invited(leader),
            Some(leader) => Progress::Succeeded { leader, up, of },
        }
    }

    /// What a screen reader is told: the last thing that changed who leads or who is up.
    fn announcement(&self) -> String {
        let player = self.player.borrow();
        let matters = |fact: &Fact| match fact {
            Fact::Crashed { .. } | Fact::Restarted { .. } => true,
            Fact::Raft { event, .. } => matches!(event, Event::BecameLeader { .. }),
            _ => false,
        };
        let records = &player.session.records()[..player.session.told()];
        let mut told = records
            .iter()
            .rev()
            .filter(|_| self.touched)
            .flat_map(|record| {
                let facts = &record.step.facts;
                record
                    .told
                    .iter()
                    .filter(move |told| told.fact.is_some_and(|place| matters(&facts[place])))
            });
        told.next()
            .map(|sentence| sentence.text.clone())
            .unwrap_or_default()
    }
}

fn lines(session: &Session) -> Rc<[Line]> {
    let records = session.records()[..session.told()].iter().rev();
    let lines = records.flat_map(|record| {
        let (step, at) = (record.step.id, record.step.at);
        let told = record.told.iter().rev();
        told.map(move |sentence| Line {
            moment: (step, sentence.fact),
            at,
            text: sentence.text.clone(),
            about: kin::told(sentence),
        })
    });
    lines.take(SHOWN_LINES).collect()
}

fn broken(session: &Session) -> Vec<Broken> {
    let broken = session.violations().iter().map(|violation| Broken {
        property: violation.property(),
        text: format!("{}: {violation}", clock(violation.at)),
    });
    broken.collect()
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

/// A run to begin with: a client that keeps writing, and ways so alike that every message can be
/// seen for its second.
fn opening_scenario(servers: u8, seed: u64) -> Scenario {
    let mut scenario = Scenario::new(servers, seed);
    scenario.weather.latency = (Time::ms(12), Time::ms(18));
    if let (Some(client), Ok(key)) = (ClientId::new(1), "x".parse()) {
        scenario.habits.push((client, key, Time::ms(120)));
    }
    scenario
}

/// A seed that nobody had before; small, so that it can be read out.
fn fresh_seed() -> u64 {
    u64::from(getrandom::u32().unwrap_or(1)) % 10_000
}

/// What the address names.
enum Route {
    /// `#/bench`
    Bench,
    /// `#/lesson/5/2`; without a page, wherever the learner was.
    Lesson(Option<Place>),
    /// `#/play`
    Play,
    /// `#/run/...`: a run, or what is wrong with it.
    Run(Result<Box<Session>, String>),
}

impl Route {
    fn here() -> Self {
        let hash = web_sys::window().and_then(|window| window.location().hash().ok());
        let hash = hash.unwrap_or_default();
        if let Some(run) = hash.strip_prefix("#/run/") {
            return Self::Run(link::read(run).map(Box::new));
        }
        match hash.as_str() {
            "#/bench" => return Self::Bench,
            "#/play" => return Self::Play,
            _ => {}
        }
        let place = hash.strip_prefix("#/lesson/");
        Self::Lesson(place.and_then(|place| place.parse().ok()))
    }
}

fn lesson_address(place: Place) -> String {
    format!("#/lesson/{place}")
}

/// Writes the address without opening it, so that the browser's own way back leads here.
fn write_address(hash: &str, anew: bool) {
    let history = web_sys::window().and_then(|window| window.history().ok());
    let Some(history) = history else { return };
    // A page that may not change its address has no way back, and works all the same.
    let _ = if anew {
        history.push_state_with_url(&JsValue::NULL, "", Some(hash))
    } else {
        history.replace_state_with_url(&JsValue::NULL, "", Some(hash))
    };
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
    motion: &Rc<Motion>,
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
            motion.place(now, rate);
            show_time(&slider, &clock, now);
        }
        playing.then_some(pause)
    })
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
