//! The course before a room full of people: on a projector in large type, and, if the lecturer
//! wants, in two windows, of which one has the notes and the other shows the same page at the same
//! moment. The windows talk over a `BroadcastChannel`: no server takes part.

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, KeyboardEvent, MessageEvent};
use yew::prelude::*;

use crate::course::{self, Slide};
use crate::narrate::{fill, say};
use crate::session::{Session, link};
use crate::sim::{Action, Time};
use crate::ui::learn::learning::{Learning, Wish};
use crate::ui::refs::told;

/// The name under which the windows find each other.
const CHANNEL: &str = "raftarium.lecture";

/// What a window says when it opens.
const AUDIENCE_IS_HERE: &str = "the audience is here";
const LECTURER_IS_HERE: &str = "the lecturer is here";

/// What a window is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// The only window: the audience sees what the lecturer does.
    Projector,
    /// The lecturer's own window, with notes.
    Lecturer,
    /// It shows what the lecturer's window shows.
    Audience,
}

/// A lecture that is under way.
pub struct Presenting {
    pub role: Role,
    /// Whether the audience sees nothing.
    pub blank: bool,
    /// Whether a window of the audience has answered.
    pub followed: bool,
    channel: Option<Channel>,
    /// What was told last, and what has to be shown as soon as its chapter has arrived.
    told: Option<Told>,
    pub heard: Option<Slide>,
    /// Whether this window was just opened, and may yet learn from the other one where it was.
    fresh: bool,
}

/// What the other window knows.
struct Told {
    slide: Slide,
    actions: Vec<(Time, Action)>,
    at: Time,
}

/// What a window hears from another.
pub enum Heard {
    /// The audience's window has opened.
    Audience,
    /// The lecturer's window has opened.
    Lecturer,
    /// What is to be shown.
    Slide(Box<Slide>),
}

impl Presenting {
    /// A window of that role. `on_heard` hears what another window says.
    pub fn new(role: Role, on_heard: Callback<Heard>) -> Self {
        let channel = match role {
            Role::Projector => None,
            Role::Lecturer | Role::Audience => Channel::open(on_heard),
        };
        let presenting = Self {
            role,
            blank: false,
            followed: false,
            channel,
            told: None,
            heard: None,
            fresh: role == Role::Lecturer,
        };
        presenting.say(match role {
            Role::Audience => AUDIENCE_IS_HERE,
            Role::Lecturer | Role::Projector => LECTURER_IS_HERE,
        });
        presenting
    }

    /// How the page looks: in large type for an audience, or with the lecturer's notes.
    pub fn class(&self) -> &'static str {
        match (self.role, self.blank) {
            (Role::Lecturer, _) => " lecturing",
            (_, true) => " presenting blank",
            (Role::Audience, false) => " presenting audience",
            (Role::Projector, false) => " presenting",
        }
    }

    fn say(&self, text: &str) {
        if let Some(channel) = &self.channel {
            // A channel that is closed has nobody to tell.
            let _ = channel.channel.post_message(&JsValue::from_str(text));
        }
    }

    /// Whether this window shows what the other one tells: the audience's always, the lecturer's
    /// only when it was just opened again.
    pub fn follows(&mut self) -> bool {
        self.role == Role::Audience || std::mem::take(&mut self.fresh)
    }

    /// The other window has opened: it is told what is shown.
    pub fn greet(&mut self) {
        match self.role {
            Role::Lecturer => (self.followed, self.fresh, self.told) = (true, false, None),
            Role::Audience => match &self.told {
                Some(told) => self.say(&told.slide.to_string()),
                None => self.say(AUDIENCE_IS_HERE),
            },
            Role::Projector => {}
        }
    }

    /// The lecturer has done something: from now on the audience follows.
    pub fn lead(&mut self) {
        self.fresh = false;
    }

    /// The audience's window keeps what it shows, for a lecturer's window that is opened again.
    pub fn keep(&mut self, slide: Slide) {
        if self.role == Role::Audience {
            self.told = Some(Told {
                slide,
                actions: Vec::new(),
                at: Time::ZERO,
            });
        }
    }

    /// Tells the audience's window what is shown, if it cannot know: while time passes both let it
    /// pass by themselves, and are put together once in a second of the wall clock.
    pub fn tell(&mut self, mut slide: Slide, session: &Session) {
        if self.role != Role::Lecturer || self.fresh {
            return;
        }
        slide.blank = self.blank;
        let at = session.now();
        let second = Time((slide.speed * 1e6) as u64);
        let apart = if slide.playing { second } else { Time::ZERO };
        let knows = self.told.as_ref().is_some_and(|told| {
            told.slide == slide
                && told.actions == session.actions()
                && at.0.abs_diff(told.at.0) <= apart.0
        });
        if knows {
            return;
        }
        let run = link::write(session);
        let full = Slide {
            run,
            ..slide.clone()
        };
        self.say(&full.to_string());
        self.told = Some(Told {
            slide,
            actions: session.actions().to_vec(),
            at,
        });
    }
}

/// The way to the other windows.
struct Channel {
    channel: BroadcastChannel,
    _hears: Closure<dyn FnMut(MessageEvent)>,
}

impl Channel {
    /// None where the browser has none, as in a sandboxed frame.
    fn open(on_heard: Callback<Heard>) -> Option<Self> {
        let channel = BroadcastChannel::new(CHANNEL).ok()?;
        let hears = Closure::new(move |event: MessageEvent| {
            let text = event.data().as_string().unwrap_or_default();
            let heard = match text.as_str() {
                AUDIENCE_IS_HERE => Some(Heard::Audience),
                LECTURER_IS_HERE => Some(Heard::Lecturer),
                slide => slide.parse().ok().map(Box::new).map(Heard::Slide),
            };
            if let Some(heard) = heard {
                on_heard.emit(heard);
            }
        });
        channel.set_onmessage(Some(hears.as_ref().unchecked_ref()));
        Some(Self {
            channel,
            _hears: hears,
        })
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.channel.close();
    }
}

/// What a key or a clicker asks for in a lecture.
pub enum Key {
    /// Show the audience nothing, or again what there is.
    Blank,
    /// Back to the page of the course.
    Leave,
    /// Something of the page.
    Page(Wish),
}

/// What this key means in a lecture; other keys mean what they always do. `asks` says whether the
/// page's question is open.
pub fn key(event: &KeyboardEvent, learning: &Learning, asks: bool) -> Option<Key> {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return None;
    }
    match event.key().as_str() {
        "b" | "B" | "." => return Some(Key::Blank),
        "r" | "R" => return Some(Key::Page(Wish::Replay)),
        "Escape" => return Some(Key::Leave),
        "Enter" if asks => {
            let favourite = learning.favourite();
            return Some(Key::Page(favourite.map_or(Wish::ShowMe, Wish::Choose)));
        }
        _ => {}
    }
    // With Shift the key is another one, on each keyboard: its place tells the digit.
    let code = event.code();
    let digit: usize = code.strip_prefix("Digit")?.parse().ok()?;
    let choice = *learning.shuffled().get(digit.checked_sub(1)?)?;
    let up = !event.shift_key();
    asks.then_some(Key::Page(Wish::Hand { choice, up }))
}

// Said by the page.
const KEYS: [(&str, &str); 6] = [
    ("Page Down", "next"),
    ("1 2 3", "count a hand"),
    ("Enter", "let it run"),
    ("R", "this page again"),
    ("B", "nothing on the screen"),
    ("Esc", "leave"),
];

/// The keys, at the foot of the projector's window.
pub fn foot() -> Html {
    let keys = KEYS.iter();
    let keys = keys.map(|(key, text)| html! { <span><kbd>{ say(key) }</kbd>{ say(text) }</span> });
    html! { <footer class="lecture-keys" aria-label={say("Keys")}>{ for keys }</footer> }
}

/// What only the lecturer sees.
pub fn notes(presenting: &Presenting, learning: &Learning) -> Html {
    let page = learning.page();
    let asked = page.and_then(|page| page.prediction.as_ref());
    let right = asked.and_then(|asked| asked.choices.iter().find(|choice| choice.right));
    let right = right.map(
        |choice| html! { <p>{ say("Right:") }{ " " }<b>{ told(&choice.text, false) }</b></p> },
    );
    let next = learning.after().map(|place| {
        let same = place.chapter == learning.place.chapter;
        let chapter = learning.chapter.as_ref().filter(|_| same);
        let title = match chapter {
            Some(chapter) => chapter.pages[usize::from(place.page) - 1].title.as_str(),
            None => course::listed(place.chapter).map_or("", |listed| say(listed.title)),
        };
        html! { <p>{ say("Next:") }{ " " }{ title }</p> }
    });
    let state = match (presenting.followed, presenting.blank) {
        (false, _) => say("No audience window follows yet."),
        (true, true) => say("The audience sees an empty screen."),
        (true, false) => say("The audience window follows."),
    };
    html! {
        <section class="notes" aria-label={say("Notes")}>
            <h2>{ say("Notes") }<a href="#/audience" target="raftarium-audience">{ say("Audience window") }</a></h2>
            { for right }
            { for next }
            <p role="status">{ state }</p>
        </section>
    }
}

/// How many hands were up for an answer, once hands are counted.
pub fn hands(learning: &Learning, choice: usize) -> Option<Html> {
    let hands = match *learning.hands.get(choice)? {
        1 => say("1 hand").into(),
        count => fill("{} hands", &[&count]),
    };
    Some(html! { <small class="hands">{ hands }</small> })
}
