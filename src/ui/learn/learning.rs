//! Where a learner is in the course, and what that does to the cluster on the stage.

use std::rc::Rc;

use crate::course::glossary::{self, Word};
use crate::course::lab::Lab;
use crate::course::{
    self, CONTENTS, Chapter, Cut, Page, Panel, Panels, Place, Progress, Question, Slide, Tool,
    Touch, exists,
};
use crate::narrate::{Language, fill, say, spoken};
use crate::session::{Player, Session, link};
use crate::sim::{StepId, Time};
pub use crate::ui::learn::wish::{Leaf, Wish};
use crate::ui::play::challenge;
use crate::ui::share::save_text;
use crate::ui::storage;

/// In a saved file, behind this word stand the best results in the challenges.
const CHALLENGES: &str = "challenges";

/// A course that is under way.
pub struct Learning {
    /// How far the learner has come, on this visit and on those before.
    pub progress: Progress,
    /// The page that is open.
    pub place: Place,
    /// The chapter it is of, once it has arrived.
    pub chapter: Option<Rc<Chapter>>,
    /// Why it has not.
    pub missing: Option<String>,
    /// Whether the page's goal was met on this visit.
    pub met: bool,
    /// What happened to the page's question.
    pub question: Question,
    /// The order in which the learner has put the page's cards.
    pub order: Vec<usize>,
    /// The pages whose questions come back today, while these are gone through.
    pub recall: Vec<Place>,
    /// How many hints are shown.
    pub hints: usize,
    /// Whether the contents are shown.
    pub contents: bool,
    /// What has their place.
    pub leaf: Leaf,
    /// What to say above the contents.
    pub notice: Option<String>,
    /// The glossary, once it has arrived.
    pub words: Option<Rc<Vec<Word>>>,
    /// The term whose meaning is shown.
    pub word: Option<String>,
    /// What is looked for in the contents.
    pub search: String,
    /// While a run shows why a prediction is wrong.
    pub detour: Option<Detour>,
    /// How many hands were up for each answer, by its place in the file: empty until one is.
    pub hands: Vec<u32>,
    /// The last step of the page's set-up.
    pub set_up: StepId,
    /// The number that the learner has chosen in the page's lab, in milliseconds.
    pub number: u64,
    /// Whether a run of the lab is shown.
    pub watches: bool,
    /// The seed of the page's cluster.
    pub seed: u64,
}

/// A run that shows why a prediction is wrong.
pub struct Detour {
    /// Which prediction.
    pub choice: usize,
    /// The learner's own cluster, to come back to.
    own: Player,
}

/// What is to come of a wish.
pub enum Outcome {
    /// Nothing but a look at the page.
    Look,
    /// This chapter is wanted.
    Fetch(u16),
    /// The page opens with this cluster.
    Show(Box<Player>),
    /// Do what the page offers.
    Act(Vec<crate::sim::Action>),
    /// Take back what was done last.
    Undo,
}

impl Learning {
    /// The course at the page that `at` names, or where the learner left it, or at its beginning.
    pub fn new(at: Option<Place>) -> Self {
        let text = storage::read(storage::COURSE).unwrap_or_default();
        let progress = Progress::read(&text);
        let first = Place {
            chapter: CONTENTS[0].number,
            page: 1,
        };
        let place = at.or(progress.at).filter(|place| exists(*place));
        Self {
            progress,
            place: place.unwrap_or(first),
            chapter: None,
            missing: None,
            met: false,
            question: Question::Open,
            order: Vec::new(),
            hints: 0,
            contents: false,
            leaf: Leaf::Contents,
            notice: None,
            words: None,
            word: None,
            search: String::new(),
            detour: None,
            hands: Vec::new(),
            recall: Vec::new(),
            set_up: StepId(0),
            number: 0,
            watches: false,
            seed: 1,
        }
    }

    /// Opens the page at `place`. One that was done is shown as it was when it was done: question,
    /// guess, answer, explanation.
    pub fn open(&mut self, place: Place, seed: u64) -> Outcome {
        self.recall.clear();
        let done = self.progress.is_done(place);
        self.begin_at(place, seed, done)
    }

    /// Opens the page at `place` with a cluster of its own. The chapter may have to be fetched.
    pub fn begin_at(&mut self, place: Place, seed: u64, done: bool) -> Outcome {
        let known = self
            .chapter
            .take()
            .filter(|_| self.place.chapter == place.chapter);
        (self.place, self.seed, self.contents) = (place, seed, false);
        (self.met, self.hints, self.missing) = (done, 0, None);
        (self.notice, self.word, self.detour) = (None, None, None);
        self.watches = false;
        self.progress.at = Some(place);
        self.keep();
        self.question = match (done, self.progress.guess(place)) {
            (false, _) => Question::Open,
            (true, Some(guess)) => Question::Predicted(guess),
            (true, None) => Question::Skipped,
        };
        self.order.clear();
        self.hands.clear();
        self.chapter = known;
        // The first chapter's English text comes with the page.
        if self.chapter.is_none() && place.chapter == CONTENTS[0].number && !self.is_translated() {
            self.take(course::FIRST);
        }
        if self.chapter.is_none() {
            return Outcome::Fetch(place.chapter);
        }
        self.begin()
    }

    /// Reads a chapter's text.
    fn take(&mut self, text: &str) {
        match course::read(text) {
            Ok(chapter) => self.chapter = Some(Rc::new(chapter)),
            Err(why) => {
                let file = course::listed(self.place.chapter).map(|listed| listed.file);
                self.missing = Some(format!("{}, {why}.", file.unwrap_or_default()));
            }
        }
    }

    /// Whether the chapter has a text in the language that is spoken, which is not English.
    pub fn is_translated(&self) -> bool {
        let listed = course::listed(self.place.chapter);
        listed.is_some_and(|listed| listed.language(spoken()) != Language::English)
    }

    /// Whether the chapter is in English though the reader chose another language.
    pub fn is_only_english(&self) -> bool {
        spoken() != Language::English && !self.is_translated()
    }

    /// The cluster of the page that is open.
    fn begin(&mut self) -> Outcome {
        self.number = self.lab().number().first;
        let Some(page) = self.page() else {
            return Outcome::Look;
        };
        if page.setup.is_empty() {
            return Outcome::Look;
        }
        let begun = page.session(self.seed);
        let session = match &begun {
            Ok(_) if self.met => page.finished(self.seed),
            _ => begun.clone(),
        };
        match session {
            Ok(session) => {
                let set_up = begun.map(|begun| begun.world().last_step());
                let mut player = Player::new(session);
                player.waits = page.waits;
                // A property that no page has named yet is not what the page is about.
                player.stops = self.panels().shows(Panel::Properties);
                if self.met || page.lab.is_some() || page.asks(&player.session) {
                    player.pause();
                }
                self.set_up = set_up.unwrap_or(StepId(0));
                Outcome::Show(Box::new(player))
            }
            Err(why) => {
                self.missing = Some(fill("This page cannot be set up: {}.", &[&why]));
                Outcome::Look
            }
        }
    }

    /// What comes of a wish. `player` shows the learner's cluster.
    pub fn wish(&mut self, wish: Wish, player: &mut Player, seed: u64) -> Outcome {
        match wish {
            Wish::Again => return self.begin_at(self.place, seed, false),
            Wish::Replay => return self.begin_at(self.place, self.seed, false),
            Wish::Back => {
                if let Some(place) = course::before(self.place) {
                    return self.open(place, seed);
                }
            }
            Wish::Choose(nth) => self.answer(Question::Predicted(nth), player),
            Wish::Contents => {
                (self.contents, self.leaf, self.notice) = (!self.contents, Leaf::Contents, None)
            }
            Wish::Nowhere(why) => {
                (self.contents, self.leaf, self.notice) = (true, Leaf::Contents, Some(why))
            }
            Wish::Undo => return Outcome::Undo,
            Wish::Do(nth) => {
                let button = self.page().and_then(|page| page.buttons.get(nth));
                if let Some(button) = button {
                    return Outcome::Act(button.actions.clone());
                }
            }
            Wish::Fetched(chapter, text) => {
                if chapter == self.place.chapter && self.chapter.is_none() {
                    match text {
                        Ok(text) => self.take(&text),
                        Err(why) => self.missing = Some(why),
                    }
                    return self.begin();
                }
            }
            Wish::Cut(cut) => return self.cut(cut, seed),
            Wish::Glossary(text) => {
                self.words = text.map(|text| Rc::new(glossary::read(&text)));
            }
            Wish::Search(search) => self.search = search,
            Wish::Word(word) => self.word = word,
            Wish::Hand { choice, up } => self.count(choice, up),
            Wish::Forget => {
                self.progress = Progress::default();
                challenge::forget();
                self.keep();
            }
            Wish::Import(text) => self.import(text),
            Wish::Recall => {
                self.recall = self.progress.memory.due(storage::today());
                if let Some(first) = self.recall.first() {
                    return self.begin_at(*first, seed, false);
                }
            }
            Wish::Save => {
                let text = format!("{}\n{CHALLENGES} {}\n", self.progress, challenge::bests());
                // A browser that saves nothing says so itself.
                let _ = save_text("raftarium-course.txt", &text);
            }
            Wish::Hint => self.hints += 1,
            Wish::Next => {
                if let Some(place) = self.after() {
                    let done = self.progress.is_done(place) && self.recall.is_empty();
                    return self.begin_at(place, seed, done);
                }
                self.recall.clear();
                // At the end of a short way.
                (self.contents, self.leaf) = (true, Leaf::Contents);
            }
            Wish::Open(place) if exists(place) => {
                // A chapter that the cut leaves out ends the cut.
                let cut = self.progress.cut;
                self.progress.cut = cut.filter(|cut| cut.chapters.contains(&place.chapter));
                return self.open(place, seed);
            }
            Wish::Open(_) => {}
            Wish::Place(card) => self.place(card),
            Wish::Return => self.end_detour(player),
            Wish::Scrub(number) => self.number = number,
            Wish::Solved => self.finish(),
            Wish::Watch(seed) => return self.watch(seed),
            Wish::Sit(sitting) => {
                self.progress.sit(sitting);
                self.keep();
            }
            Wish::ShowMe => self.answer(Question::Skipped, player),
            Wish::ShowWhyNot(nth) => self.show_why_not(nth, player),
        }
        Outcome::Look
    }

    /// Takes in a file that was saved, or says what is wrong with it.
    fn import(&mut self, text: Result<String, String>) {
        let taken = text.and_then(|text| {
            let (progress, bests) = text.split_once(CHALLENGES).unwrap_or((&text, ""));
            let mut joined = self.progress.clone();
            joined
                .import(progress)
                .and_then(|()| {
                    challenge::import(bests)?;
                    self.progress = joined;
                    Ok(())
                })
                .map_err(|word| match word.as_str() {
                    "" => say("There is nothing of the course in this file.").into(),
                    word => {
                        let short: String = word.chars().take(40).collect();
                        fill(
                            "This is no file of the course: {} makes no sense in it.",
                            &[&short],
                        )
                    }
                })
        });
        if taken.is_ok() {
            self.keep();
        }
        let read = || say("The file is read, and added to what you did here.").into();
        self.notice = Some(taken.map_or_else(|why| why, |()| read()));
    }

    /// Goes to the first page of a cut that is not done; or leaves the cut.
    fn cut(&mut self, cut: Option<&'static Cut>, seed: u64) -> Outcome {
        self.progress.cut = cut;
        self.keep();
        let Some(cut) = cut else {
            return Outcome::Look;
        };
        let first = Place {
            chapter: cut.chapters[0],
            page: 1,
        };
        let mut place = Some(first);
        while let Some(at) = place.filter(|at| self.progress.is_done(*at)) {
            place = course::after(at, Some(cut));
        }
        self.open(place.unwrap_or(first), seed)
    }

    /// The page after this one.
    pub fn after(&self) -> Option<Place> {
        if let Some(nth) = self.recalled() {
            return self.recall.get(nth + 1).copied();
        }
        course::after(self.place, self.progress.cut)
    }

    /// Which of the questions that come back this is.
    pub fn recalled(&self) -> Option<usize> {
        self.recall.iter().position(|place| *place == self.place)
    }

    /// Whether there is nothing after this page.
    pub fn is_last(&self) -> bool {
        self.after().is_none() && self.progress.cut.is_none() && self.recall.is_empty()
    }

    /// Whether the glossary is wanted, and not there.
    pub fn wants_words(&self) -> bool {
        let used = self.contents || self.word.is_some() || self.place.chapter > 0;
        self.words.is_none() && used
    }

    /// Time waited for this.
    fn answer(&mut self, answer: Question, player: &mut Player) {
        if self.question != Question::Open {
            return;
        }
        if let Question::Predicted(nth) = answer {
            let asked = self.page().and_then(|page| page.prediction.as_ref());
            let right = asked.is_some_and(|asked| asked.is_right(nth));
            self.progress.note_guess(self.place, nth);
            self.progress
                .memory
                .note(self.place, right, storage::today());
            self.keep();
        }
        self.question = answer;
        player.session.hold_at(None);
        player.play();
    }

    fn place(&mut self, card: usize) {
        if self.question != Question::Open {
            return;
        }
        let placed = self.order.len();
        self.order.retain(|other| *other != card);
        if self.order.len() == placed {
            self.order.push(card);
        }
    }

    fn count(&mut self, choice: usize, up: bool) {
        let asked = self.page().and_then(|page| page.prediction.as_ref());
        self.hands
            .resize(asked.map_or(0, |asked| asked.choices.len()), 0);
        if let Some(hands) = self.hands.get_mut(choice) {
            *hands = if up {
                *hands + 1
            } else {
                hands.saturating_sub(1)
            };
        }
    }

    /// The answer that most hands were up for, if one was.
    pub fn favourite(&self) -> Option<usize> {
        let counted = self.hands.iter().enumerate();
        let most = counted.max_by_key(|(choice, hands)| (**hands, std::cmp::Reverse(*choice)));
        most.filter(|(_, hands)| **hands > 0)
            .map(|(choice, _)| choice)
    }

    /// Shows a run of the lab in the place of the page's cluster.
    fn watch(&mut self, seed: u64) -> Outcome {
        let Some(lab) = self.page().and_then(|page| page.lab) else {
            return Outcome::Look;
        };
        self.watches = true;
        let session = lab.session(Time::ms(self.number), seed);
        Outcome::Show(Box::new(Player::new(session)))
    }

    fn finish(&mut self) {
        if !self.met {
            // What a term means makes room for what there was to see.
            (self.met, self.word) = (true, None);
            self.progress.finish(self.place);
            self.keep();
        }
    }

    pub fn show_why_not(&mut self, nth: usize, player: &mut Player) {
        self.end_detour(player);
        let Some(Ok(world)) = self.page().map(|page| page.counter_run(nth, self.seed)) else {
            return;
        };
        let mut run = Player::new(world.session);
        run.twin = world.twin;
        // Where the world is another, what it breaks is its point.
        run.stops = run.twin.is_some() || player.stops;
        run.until = Some(world.until);
        let own = std::mem::replace(player, run);
        self.detour = Some(Detour { choice: nth, own });
    }

    pub fn end_detour(&mut self, player: &mut Player) {
        if let Some(detour) = self.detour.take() {
            *player = detour.own;
            player.pause();
        }
    }

    /// Shows what another window shows of this page, at the same moment.
    pub fn show_slide(&mut self, slide: &Slide, player: &mut Player) {
        (self.question, self.met, self.hints) = (slide.question, slide.met, slide.hints);
        self.order.clone_from(&slide.order);
        self.hands.clone_from(&slide.hands);
        let Ok(run) = link::read(&slide.run) else {
            return;
        };
        let detour = self.detour.as_ref().map(|detour| detour.choice);
        match slide.detour {
            Some(nth) if detour != Some(nth) => self.show_why_not(nth, player),
            Some(_) => {}
            None => self.end_detour(player),
        }
        let own = &player.session;
        let same = own.scenario() == run.scenario() && own.actions() == run.actions();
        if !same && slide.detour.is_none() {
            let page = self.page();
            let resumed = page.and_then(|page| page.resumed(slide.seed, &run).ok());
            player.session = resumed.unwrap_or_else(|| run.clone());
        }
        // While both play, a little apart is not seen; to jump would be.
        let apart = player.session.now().0.abs_diff(run.now().0);
        if !slide.playing || apart > (slide.speed * 0.4e6) as u64 {
            player.session.hold_at(None);
            player.session.seek(run.now());
        }
        player.keep_together();
        player.pace.speed = slide.speed;
        match slide.playing {
            true if !player.playing => player.play(),
            true => {}
            false => player.pause(),
        }
    }

    /// Takes in what has happened in the cluster.
    pub fn look_again(&mut self, player: &mut Player) {
        if self.detour.is_some() {
            return;
        }
        let Some(page) = self.page() else { return };
        if page.is_met(&player.session) {
            self.finish();
        }
        if self.is_held(&player.session) {
            player.pause();
        }
    }

    /// Whether time waits for an answer.
    pub fn is_held(&self, session: &Session) -> bool {
        let page = self.page().filter(|_| self.question == Question::Open);
        page.is_some_and(|page| page.asks(session)) && self.detour.is_none()
    }

    /// The page that is open.
    pub fn page(&self) -> Option<&Page> {
        self.chapter
            .as_ref()?
            .pages
            .get(usize::from(self.place.page) - 1)
    }

    /// Whether something has the place of the contents.
    pub fn shows_leaf(&self) -> bool {
        self.contents && self.leaf != Leaf::Contents
    }

    /// The page's lab; where there is none, any.
    pub fn lab(&self) -> Lab {
        let lab = self.page().and_then(|page| page.lab);
        lab.unwrap_or(Lab::Elections)
    }

    /// Whether the page's figure has the place of a run.
    pub fn shows_lab(&self) -> bool {
        self.page().is_some_and(|page| page.lab.is_some()) && !self.watches
    }

    /// Whether time is not what matters now: it waits for an answer, or the page holds elections of
    /// its own.
    pub fn is_timeless(&self, session: &Session) -> bool {
        self.is_held(session) || self.shows_lab()
    }

    /// What is shown beside the stage.
    pub fn panels(&self) -> Panels {
        let about = self.page().map_or(&[][..], |page| &page.panels);
        Panels::of(self.place.chapter, self.place.page, about)
    }

    /// The answers' places in the file, in the order in which this visit shows them.
    pub fn shuffled(&self) -> Vec<usize> {
        let asked = self.page().and_then(|page| page.prediction.as_ref());
        asked.map_or(Vec::new(), |asked| asked.shuffled(self.seed))
    }

    /// The title of the document.
    pub fn title(&self) -> String {
        let chapter = course::listed(self.place.chapter);
        let chapter = chapter.map_or(String::new(), |listed| {
            format!("{} {}", listed.number, say(listed.title))
        });
        match (self.contents, self.page()) {
            (true, _) => format!("{} · Raftarium", say(self.leaf.name())),
            (false, None) => format!("{chapter} · Raftarium"),
            (false, Some(page)) => format!("{} · {chapter} · Raftarium", page.title),
        }
    }

    /// What a click on a server does.
    pub fn tool(&self) -> Tool {
        self.page().map(|page| page.tool).unwrap_or_default()
    }

    /// What glows: what is to be touched, until it was.
    pub fn touch(&self, session: &Session) -> &[Touch] {
        let due = !self.met && !self.is_held(session) && self.detour.is_none();
        self.page().filter(|_| due).map_or(&[], |page| &page.touch)
    }

    fn keep(&self) {
        storage::write(storage::COURSE, &self.progress.to_string());
    }
}
