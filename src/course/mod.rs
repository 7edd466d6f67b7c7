//! The course: chapters of pages that a learner acts on, read from the texts in `src/lessons`.
//!
//! A chapter is one text file, `05-winning-an-election.md`. The build finds it ([`CONTENTS`]); the
//! first one comes with the page, the others are fetched when they are opened. How to write one is
//! told in `docs/lessons.md`; [`read()`] reads one.
//!
//! A page says something, may ask for a prediction, and has a goal that the learner brings about in
//! the cluster of its set-up. It also holds the answer, in the same grammar, so that a test can
//! replay it: unmet before, met after.

mod address;
mod cuts;
pub mod gallery;
pub mod glossary;
pub mod lab;
mod lecture;
mod memory;
mod panels;
mod progress;
pub mod quiz;
mod read;
mod run;
pub mod serve;
mod teach;

pub use address::Address;
pub use cuts::{CUTS, Cut, after, before, cut};
pub use lecture::{Question, Slide};
pub use memory::{Day, Memory};
pub use panels::{Panel, Panels};
pub use progress::{Place, Progress};
pub use quiz::Sitting;
pub use read::read;
pub use run::CounterRun;
pub use teach::teaches;

use self::lab::Lab;
use crate::narrate::Language;
use crate::raft::NodeId;
use crate::script::Goal;
use crate::sim::{Action, Rng};

include!(concat!(env!("OUT_DIR"), "/contents.rs"));

/// The most words between two acts of the learner.
pub const MOST_WORDS: usize = 40;

/// A chapter, as the contents list it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Listed {
    /// Its number, by which a link names it.
    pub number: u16,
    /// Its title.
    pub title: &'static str,
    /// The question that it answers.
    pub question: &'static str,
    /// How many pages it has.
    pub pages: u16,
    /// About how many minutes it takes.
    pub minutes: u16,
    /// For each page, the place of the right answer in the file; none where nothing is chosen.
    pub right: &'static [Option<u8>],
    /// The name of its file in `src/lessons`.
    pub file: &'static str,
    /// The languages into which it is translated, by their codes: their folders in `src/lessons`.
    pub twins: &'static [&'static str],
}

impl Listed {
    /// The language of the text that a reader of this language gets: English where there is no other.
    pub fn language(&self, wanted: Language) -> Language {
        if self.twins.contains(&wanted.code()) {
            wanted
        } else {
            Language::English
        }
    }
}

/// A chapter.
#[derive(Clone, PartialEq, Debug)]
pub struct Chapter {
    /// Its title.
    pub title: String,
    /// The question that it answers.
    pub question: String,
    /// Its pages, one at least.
    pub pages: Vec<Page>,
}

/// A page: something said, something asked, something to do.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Page {
    /// The line of the file at which it begins, from 1.
    pub line: usize,
    /// Its heading.
    pub title: String,
    /// What it says before the learner acts.
    pub before: Vec<Prose>,
    /// What it says once its goal is met.
    pub after: Vec<Prose>,
    /// The cluster it is about; without one, the page leaves the cluster as it is.
    pub setup: Script,
    /// What a click on a server does, if not what it usually does.
    pub tool: Tool,
    /// Whether time passes only while messages travel, so that they can be delivered one by one.
    pub waits: bool,
    /// What is to be touched.
    pub touch: Vec<Touch>,
    /// A thousand runs at once, in which something is to be brought about.
    pub lab: Option<Lab>,
    /// Things that only this page offers to do.
    pub buttons: Vec<Button>,
    /// What is asked before the outcome is seen.
    pub prediction: Option<Prediction>,
    /// What the learner is to bring about. A page that asks has a goal: then the outcome is seen.
    pub goal: Option<Goal>,
    /// When the goal can no longer be met, and the sentence that says so.
    pub lost: Option<(Goal, String)>,
    /// What the page is about: these panels come first.
    pub panels: Vec<Panel>,
    /// Where the paper or the dissertation says it.
    pub source: String,
    /// What the page covers: misconceptions (`M4`), statements (`S20`), questions of the user study
    /// (`UQ7`).
    pub covers: Vec<String>,
    /// Help, one after another.
    pub hints: Vec<String>,
    /// What brings it about, from the end of the set-up on.
    pub answer: Script,
}

/// A paragraph.
pub type Prose = Vec<Span>;

/// A piece of a paragraph.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Span {
    /// `` `x=1` ``: what is written in a log, a request, a message.
    Code(String),
    /// `[[leader]]`: something on the stage, as it is written.
    Noun(Noun, String),
    /// `{300}`: a number that can be changed where it stands.
    Number(String),
    /// `**term**`: a word that is met for the first time.
    Term(String),
    /// Plain words.
    Text(String),
}

impl Span {
    /// Its words, as they are written.
    pub fn written(&self) -> &str {
        match self {
            Self::Code(text)
            | Self::Noun(_, text)
            | Self::Number(text)
            | Self::Term(text)
            | Self::Text(text) => text,
        }
    }
}

/// Something on the stage, by a name that holds for any run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Noun {
    /// Whoever asks for votes.
    Candidates,
    /// Whoever asks for changes.
    Client,
    /// The last entry of the most up-to-date log.
    Entry,
    /// Whoever follows.
    Followers,
    /// Whoever leads. `[[leader]]` is written as its name, `[[the leader]]` with its name.
    Leader,
    /// What is under way.
    Messages,
    /// The latest term.
    Term,
    /// The rings that run out.
    Timers,
}

/// Lines of a script, with their numbers in the file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Script(Vec<(usize, String)>);

/// A question that time waits for.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Prediction {
    /// From when on it is asked and time stands still: an empty goal is met at once.
    pub ask: Goal,
    /// The question.
    pub question: String,
    /// What may be answered: one of these;
    pub choices: Vec<Choice>,
    /// or else the order of these, which stand here in the right one.
    pub cards: Vec<Card>,
}

/// Something that will happen, to be put in order.
#[derive(Clone, PartialEq, Debug)]
pub struct Card {
    /// What.
    pub text: String,
    /// By what it is told.
    pub goal: Goal,
}

/// Something that may be answered.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Choice {
    /// The answer.
    pub text: String,
    /// Whether it is right.
    pub right: bool,
    /// Why it is right, or why not.
    pub because: String,
    /// For a wrong one: the run that shows it, from the end of the page's set-up on. Empty where
    /// the page's own run shows it.
    pub run: Script,
}

/// What a click on a server does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Tool {
    /// It crashes, or is started again.
    #[default]
    Crash,
    /// It is cut off from the others, or joined to them again.
    CutOff,
    /// Its election timer runs out.
    TimeOut,
}

/// Something that a page offers to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Button {
    /// What is written on it.
    pub label: String,
    /// What it does: one action, or the same to several.
    pub actions: Vec<Action>,
}

/// What is to be touched: it glows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Touch {
    /// What only this page offers to do.
    Button,
    /// Any server that follows.
    Follower,
    /// Whoever leads.
    Leader,
    /// A link between servers.
    Link,
    /// A message under way.
    Message,
    /// The button that lets time pass.
    Play,
    /// The button that sends a request.
    Send,
    /// This server.
    Server(NodeId),
    /// The button that goes to the next event.
    Step,
}

impl Prediction {
    /// The place of the right answer in the file.
    pub fn right(&self) -> usize {
        let right = self.choices.iter().position(|choice| choice.right);
        right.unwrap_or_default()
    }

    /// Whether this answer is the right one: its place in the file; of an order, how many cards are
    /// in theirs.
    pub fn is_right(&self, answer: usize) -> bool {
        if self.cards.is_empty() {
            return answer == self.right();
        }
        answer == self.cards.len()
    }

    /// The places of the answers in the file, in the order in which they are shown: another one at
    /// every visit, so that the place gives nothing away. What is kept is the place in the file.
    pub fn shuffled(&self, seed: u64) -> Vec<usize> {
        let mut places: Vec<usize> = (0..self.choices.len()).collect();
        Rng::new(seed).shuffle(&mut places);
        places
    }
}

/// The address of what a piece of a page's `source:` line names: the paper, the dissertation, or a
/// part of Eli Bendersky's series that implements it.
pub fn document(piece: &str) -> &'static str {
    const SERIES: [&str; 6] = [
        "https://eli.thegreenplace.net/2020/implementing-raft-part-0-introduction/",
        "https://eli.thegreenplace.net/2020/implementing-raft-part-1-elections/",
        "https://eli.thegreenplace.net/2020/implementing-raft-part-2-commands-and-log-replication/",
        "https://eli.thegreenplace.net/2020/implementing-raft-part-3-persistence-and-optimizations/",
        "https://eli.thegreenplace.net/2024/implementing-raft-part-4-keyvalue-database/",
        "https://eli.thegreenplace.net/2024/implementing-raft-part-5-exactly-once-delivery/",
    ];
    if let Some(part) = piece.strip_prefix("Bendersky, part ") {
        let nth = part.parse().ok();
        return nth
            .and_then(|nth: usize| SERIES.get(nth))
            .unwrap_or(&SERIES[0]);
    }
    if piece.starts_with("dissertation") {
        return "https://github.com/ongardie/dissertation/blob/master/stanford.pdf";
    }
    "https://raft.github.io/raft.pdf"
}

/// The place in the contents of the chapter of that number.
pub fn chapter(number: u16) -> Option<usize> {
    CONTENTS.iter().position(|listed| listed.number == number)
}

/// What the contents say of the chapter of that number.
pub fn listed(number: u16) -> Option<&'static Listed> {
    chapter(number).map(|nth| &CONTENTS[nth])
}

/// Whether there is such a page.
pub fn exists(place: Place) -> bool {
    listed(place.chapter).is_some_and(|listed| (1..=listed.pages).contains(&place.page))
}
