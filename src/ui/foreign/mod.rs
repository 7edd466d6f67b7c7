//! The room *Your Raft*: the trace of any implementation, judged and shown.
//!
//! - [`door`]: where a trace comes in;
//! - [`worker`]: where it is read, judged and kept; [`letters`]: how the page talks with it;
//! - [`verdict`]: what came of it, in words;
//! - [`watch`]: the cluster at a line, the lines around it, and the way through them.

mod door;
mod letters;
mod verdict;
mod watch;
mod worker;

use std::collections::BTreeSet;
use std::rc::Rc;

use gloo_timers::callback::Interval;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::js_sys::Array;
use web_sys::{Blob, DragEvent, Element, File, KeyboardEvent};
use yew::prelude::*;

use self::letters::{Findings, History, Told, Wish};
use self::worker::Desk;
use crate::narrate::{fill, say};
use crate::session::link;
use crate::sim::Time;
use crate::trace::Rule;
use crate::trace::watch::Moment;
use crate::ui::fetch;
use crate::ui::stage::motion::Motion;

pub use self::worker::{NAME, serve};

/// The largest file that is opened, in bytes.
const LARGEST: f64 = 50e6;

/// How long a line is shown while time passes, in milliseconds.
const PACE_MS: u32 = 700;

/// The longest excerpt that a link carries, in bytes.
const LONGEST_LINK: usize = 6_000;

/// What a pasted text is called.
// Said by the page.
const PASTED: &str = "What you pasted";

/// A trace of ten lines, with a fault.
const EXAMPLE: &str = include_str!("example.jsonl");

#[derive(Properties, PartialEq)]
pub struct YourRaftProps {
    /// Whether the room is the one that is seen.
    pub shown: bool,
    /// What stands in the address behind the room's name.
    pub address: String,
    /// Whether this is a phone.
    pub compact: bool,
}

/// The room.
pub struct YourRaft {
    state: State,
    /// What is open: its name, and its text.
    source: Option<(String, Blob)>,
    desk: Option<Desk>,
    moment: Option<Rc<Moment>>,
    /// The line that is waited for, and whether another one is wanted since.
    asked: Option<(usize, bool)>,
    /// The finding that is told, by place.
    nth: usize,
    /// Rules that are broken on purpose.
    lenient: BTreeSet<Rule>,
    /// What is wrong with what should have been opened.
    notice: Option<String>,
    /// The excerpt that is shared, and what became of its link.
    excerpt: Option<(String, String)>,
    /// Whether a file is held over the room.
    over: bool,
    pasting: bool,
    /// What was pasted last: it can be mended if it is no trace.
    pasted: String,
    playing: Option<Interval>,
    motion: Rc<Motion>,
    list: NodeRef,
    scrolled: usize,
    keys: Option<Closure<dyn FnMut(KeyboardEvent)>>,
}

/// What there is to see.
enum State {
    Door,
    /// So many bytes and lines are read.
    Reading(usize, usize),
    Open(Rc<Findings>),
    History(History),
}

/// What the room hears.
pub enum Msg {
    /// Somebody gave a text.
    Arrived(String, Blob),
    Close,
    Excerpt,
    /// The site gave one, or did not.
    Fetched(Result<(String, Blob), String>),
    Finding(usize),
    Fold,
    Key(KeyboardEvent),
    Lenient(Rule, bool),
    Over(bool),
    Paste(bool),
    Pasted(String),
    Placed,
    Play,
    Said(String),
    Seek(usize),
    Step(isize),
    Tick,
    Told(Told),
}

impl Component for YourRaft {
    type Message = Msg;
    type Properties = YourRaftProps;

    fn create(ctx: &Context<Self>) -> Self {
        let mut room = Self {
            state: State::Door,
            source: None,
            desk: None,
            moment: None,
            asked: None,
            nth: 0,
            lenient: BTreeSet::new(),
            notice: None,
            excerpt: None,
            over: false,
            pasting: false,
            pasted: String::new(),
            playing: None,
            motion: Rc::default(),
            list: NodeRef::default(),
            scrolled: 0,
            keys: None,
        };
        room.listen(ctx);
        room.visit(ctx);
        room
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &YourRaftProps) -> bool {
        if ctx.props().address != old.address {
            self.visit(ctx);
        }
        if !ctx.props().shown {
            self.playing = None;
        }
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Arrived(name, blob) => {
                leave_address(ctx);
                self.open(ctx, (name, blob));
            }
            Msg::Fetched(Ok(source)) => self.open(ctx, source),
            Msg::Fetched(Err(why)) => self.notice = Some(why),
            Msg::Close => {
                leave_address(ctx);
                self.close();
            }
            Msg::Excerpt => self.ask(&Wish::Excerpt(self.line())),
            Msg::Finding(nth) => {
                self.nth = nth;
                if let Some(line) = self.finding_line() {
                    self.seek(line);
                }
            }
            Msg::Fold => self.excerpt = None,
            Msg::Key(event) => return self.key(ctx, &event),
            Msg::Lenient(rule, may) => {
                if may {
                    self.lenient.insert(rule);
                } else {
                    self.lenient.remove(&rule);
                }
                self.state = State::Reading(0, 0);
                self.ask(&Wish::Again(self.lenient.iter().copied().collect()));
            }
            Msg::Over(over) if over == self.over => return false,
            Msg::Over(over) => self.over = over,
            Msg::Paste(pasting) => (self.pasting, self.notice) = (pasting, None),
            Msg::Pasted(text) => {
                leave_address(ctx);
                self.open(ctx, named(say(PASTED), &text));
                (self.pasting, self.pasted) = (self.desk.is_none(), text);
            }
            Msg::Placed => {
                self.motion.place(Time(self.line() as u64), 0.0);
                return false;
            }
            Msg::Play => self.play(ctx),
            Msg::Said(said) => {
                if let Some(excerpt) = &mut self.excerpt {
                    excerpt.1 = said;
                }
            }
            Msg::Seek(line) => self.seek(line),
            Msg::Step(by) => self.seek(self.line().saturating_add_signed(by)),
            Msg::Tick => {
                if self.line() >= self.lines() {
                    self.playing = None;
                } else if self.asked.is_none() {
                    self.seek(self.line() + 1);
                }
            }
            Msg::Told(told) => self.hear(ctx, told),
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        if !ctx.props().shown {
            return Html::default();
        }
        let link = ctx.link();
        let dragged = link.callback(|event: DragEvent| {
            event.prevent_default();
            Msg::Over(true)
        });
        // From one element of the room to another is not away.
        let left = link.batch_callback(|event: DragEvent| {
            let away = event.related_target().is_none();
            away.then_some(Msg::Over(false))
        });
        let dropped = link.batch_callback(|event: DragEvent| {
            event.prevent_default();
            let files = event.data_transfer().and_then(|data| data.files());
            let file = files.and_then(|files| files.item(0));
            let mut heard = vec![Msg::Over(false)];
            heard.extend(file.map(arrived));
            heard
        });
        let content = match &self.state {
            State::Door => door::door(self, ctx),
            State::Reading(bytes, lines) => door::reading(self, ctx, *bytes, *lines),
            State::Open(findings) => watch::room(self, ctx, findings),
            State::History(history) => verdict::history(self, ctx, history),
        };
        html! {
            <div class={classes!("your-raft", self.over.then_some("over"))} ondragover={dragged}
                ondragleave={left} ondrop={dropped} onclick={|event: MouseEvent| event.stop_propagation()}>
                { content }
            </div>
        }
    }

    fn rendered(&mut self, _: &Context<Self>, _: bool) {
        self.motion.place(Time(self.line() as u64), 0.0);
        // The line that is shown stands in the middle of the list.
        let line = self.line();
        let list = self.list.cast::<Element>();
        let here = list.as_ref().and_then(|list| {
            let here = list.query_selector("[aria-current]").ok()??;
            Some((list, here))
        });
        if let Some((list, here)) = here.filter(|_| self.scrolled != line) {
            self.scrolled = line;
            let (list_box, here_box) = (
                list.get_bounding_client_rect(),
                here.get_bounding_client_rect(),
            );
            let off =
                here_box.top() - list_box.top() - (list_box.height() - here_box.height()) / 3.0;
            list.set_scroll_top(list.scroll_top() + off as i32);
        }
    }

    fn destroy(&mut self, _: &Context<Self>) {
        if let (Some(window), Some(keys)) = (web_sys::window(), &self.keys) {
            let keys = keys.as_ref().unchecked_ref();
            let _ = window.remove_event_listener_with_callback("keydown", keys);
        }
    }
}

impl YourRaft {
    fn listen(&mut self, ctx: &Context<Self>) {
        let link = ctx.link().clone();
        let keys = Closure::<dyn FnMut(_)>::new(move |event| link.send_message(Msg::Key(event)));
        if let Some(window) = web_sys::window() {
            let heard = keys.as_ref().unchecked_ref();
            let _ = window.add_event_listener_with_callback("keydown", heard);
        }
        self.keys = Some(keys);
    }

    /// Opens what the address names.
    fn visit(&mut self, ctx: &Context<Self>) {
        let address = ctx.props().address.trim_matches('/');
        let (word, rest) = address.split_once('/').unwrap_or((address, ""));
        match word {
            "" => {}
            "example" => self.open(ctx, named(say("Ten lines"), EXAMPLE)),
            "trace" => match link::read_text(rest) {
                Ok(text) => self.open(ctx, named(say("The trace of a link"), &text)),
                Err(why) => self.notice = Some(why),
            },
            name => {
                let name = name.to_owned();
                ctx.link()
                    .send_future(async move { Msg::Fetched(fetch_trace(&name).await) });
            }
        }
    }

    fn open(&mut self, ctx: &Context<Self>, (name, blob): (String, Blob)) {
        self.close();
        let size = blob.size();
        if size > LARGEST {
            let size = format!("{:.0}", size / 1e6);
            self.notice = Some(fill(
                "{} has {} MB; 50 MB are the most that this page opens. On the command line, raftarium-lab check reads any size.",
                &[&name, &size],
            ));
            return;
        }
        if size == 0.0 {
            self.notice = Some(fill("{} is empty.", &[&name]));
            return;
        }
        self.source = Some((name, blob));
        self.state = State::Reading(0, 0);
        let link = ctx.link().clone();
        self.desk = Some(Desk::start(move |told| link.send_message(Msg::Told(told))));
    }

    fn close(&mut self) {
        (self.state, self.source, self.desk) = (State::Door, None, None);
        (self.moment, self.asked, self.excerpt) = (None, None, None);
        (self.playing, self.notice, self.nth) = (None, None, 0);
        self.pasting = false;
    }

    fn ask(&self, wish: &Wish) {
        if let Some(desk) = &self.desk {
            desk.ask(wish);
        }
    }

    fn hear(&mut self, ctx: &Context<Self>, told: Told) {
        match told {
            Told::Ready => {
                if let (Some(desk), Some((_, blob))) = (&self.desk, &self.source) {
                    desk.ask(&Wish::Again(self.lenient.iter().copied().collect()));
                    desk.open(blob);
                }
            }
            Told::Read(bytes, lines) => self.state = State::Reading(bytes, lines),
            Told::Judged(findings) => {
                let line = findings.verdicts.first().map(|finding| finding.line);
                let line = line.unwrap_or(findings.lines);
                (self.nth, self.scrolled) = (0, 0);
                self.state = State::Open(Rc::new(findings));
                self.seek(line);
            }
            Told::History(history) => self.state = State::History(history),
            Told::Refused(why) => {
                let name = self
                    .source
                    .take()
                    .map_or_else(String::new, |(name, _)| name);
                self.close();
                self.pasting = name == say(PASTED);
                self.notice = Some(format!("{name}: {why}"));
            }
            Told::At(moment) => {
                let wanted = self.asked.take();
                self.moment = Some(Rc::new(moment));
                if let Some((line, true)) = wanted {
                    self.seek(line);
                }
            }
            Told::Excerpt(text) => self.share(ctx, text),
        }
    }

    /// Asks for a line; while another is waited for, the last wish counts.
    fn seek(&mut self, line: usize) {
        let line = line.clamp(1, self.lines().max(1));
        self.excerpt = None;
        if self.asked.is_some() {
            self.asked = Some((line, true));
        } else {
            self.asked = Some((line, false));
            self.ask(&Wish::At(line));
        }
    }

    /// The line that is shown.
    fn line(&self) -> usize {
        self.moment.as_ref().map_or(0, |moment| moment.line)
    }

    fn lines(&self) -> usize {
        match &self.state {
            State::Open(findings) => findings.lines,
            _ => 0,
        }
    }

    fn finding_line(&self) -> Option<usize> {
        match &self.state {
            State::Open(findings) => Some(findings.verdicts.get(self.nth)?.line),
            _ => None,
        }
    }

    fn play(&mut self, ctx: &Context<Self>) {
        if self.playing.take().is_some() {
            return;
        }
        if self.line() >= self.lines() {
            self.seek(1);
        }
        let link = ctx.link().clone();
        self.playing = Some(Interval::new(PACE_MS, move || link.send_message(Msg::Tick)));
    }

    fn key(&self, ctx: &Context<Self>, event: &KeyboardEvent) -> bool {
        let target: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
        let on = |selector| {
            let matches = target.as_ref().map(|element| element.matches(selector));
            matches.is_some_and(|matches| matches == Ok(true))
        };
        if !ctx.props().shown || self.lines() == 0 || event.ctrl_key() || event.meta_key() {
            return false;
        }
        let writes = on("input, textarea");
        let msg = match event.key().as_str() {
            "ArrowLeft" if !writes => Msg::Step(-1),
            "ArrowRight" if !writes => Msg::Step(1),
            "Home" if !writes => Msg::Seek(1),
            "End" if !writes => Msg::Seek(self.lines()),
            " " if !writes && !on("button, a, summary") => Msg::Play,
            _ => return false,
        };
        event.prevent_default();
        ctx.link().send_message(msg);
        false
    }

    /// Shows an excerpt; a short one gets a link.
    fn share(&mut self, ctx: &Context<Self>, text: String) {
        let short = text.len() <= LONGEST_LINK;
        self.excerpt = Some((text.clone(), String::new()));
        let Some(window) = web_sys::window().filter(|_| short) else {
            return;
        };
        let hash = format!("#/your-raft/trace/{}", link::write_text(&text));
        let address = window.location().href().unwrap_or_default();
        let address = address.split('#').next().unwrap_or_default();
        let copied = window.navigator().clipboard();
        let copied = copied.write_text(&format!("{address}{hash}"));
        let heard = ctx.link().clone();
        spawn_local(async move {
            let said = match JsFuture::from(copied).await {
                Ok(_) => say("A link that opens it is copied."),
                Err(_) => say("Copy the text, or keep it as a file."),
            };
            heard.send_message(Msg::Said(said.into()));
        });
    }
}

/// A file that somebody chose.
fn arrived(file: File) -> Msg {
    Msg::Arrived(file.name(), file.unchecked_into())
}

/// The address names what is not open any more: the room alone has the address that is left.
fn leave_address(ctx: &Context<YourRaft>) {
    if let Some(window) = web_sys::window().filter(|_| !ctx.props().address.is_empty()) {
        let _ = window.location().set_hash("#/your-raft");
    }
}

/// A text that is opened as a file would be.
fn named(name: &str, text: &str) -> (String, Blob) {
    (name.into(), blob(text))
}

fn blob(text: &str) -> Blob {
    let parts = Array::of1(&text.into());
    // Only a memory that is full refuses: then the page has other troubles.
    Blob::new_with_str_sequence(&parts).unwrap_or_else(|why| wasm_bindgen::throw_val(why))
}

/// A trace that the site has.
async fn fetch_trace(name: &str) -> Result<(String, Blob), String> {
    let known: String = name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect();
    let text = fetch::at(&format!("traces/{known}.jsonl")).await;
    let text = text.ok_or_else(|| fill("There is no trace {} here.", &[&known]))?;
    Ok(named(&format!("{known}.jsonl"), &text))
}
