//! What a lecturer's window tells the audience's: which page is shown, what was answered, and the
//! run with its moment. Both are windows of one browser; what one writes here the other reads.

use std::fmt;
use std::str::FromStr;

use super::{Place, VERSION};

/// What happened to a page's question.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Question {
    /// It is not answered.
    #[default]
    Open,
    /// This was predicted; where cards were put in order, so many are in their places.
    Predicted(usize),
    /// The learner would rather see.
    Skipped,
}

/// What the audience sees: a page of the course, at a moment.
#[derive(Clone, PartialEq, Debug)]
pub struct Slide {
    /// The page.
    pub place: Place,
    /// The seed of its cluster, and of the order of its answers.
    pub seed: u64,
    /// What happened to its question.
    pub question: Question,
    /// The order in which its cards were put.
    pub order: Vec<usize>,
    /// How many hands were up for each answer, by its place in the file.
    pub hands: Vec<u32>,
    /// How many hints are shown.
    pub hints: usize,
    /// Whether its goal is met.
    pub met: bool,
    /// The wrong answer whose run is shown instead of the page's own.
    pub detour: Option<usize>,
    /// Whether time passes.
    pub playing: bool,
    /// Seconds of the run in a second of the wall clock.
    pub speed: f64,
    /// Whether the audience sees nothing, so that it looks at the lecturer.
    pub blank: bool,
    /// The run and its moment, as the end of a link.
    pub run: String,
}

impl fmt::Display for Slide {
    /// One line for each field, its name first; the first line names the build of the page.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let question = match self.question {
            Question::Open => "open".into(),
            Question::Skipped => "skipped".into(),
            Question::Predicted(nth) => nth.to_string(),
        };
        let detour = self.detour.map(|nth| nth.to_string());
        writeln!(f, "slide {VERSION:x}")?;
        writeln!(f, "place {}", self.place)?;
        writeln!(f, "seed {}", self.seed)?;
        writeln!(f, "question {question}")?;
        writeln!(f, "order {}", words(&self.order))?;
        writeln!(f, "hands {}", words(&self.hands))?;
        writeln!(f, "hints {}", self.hints)?;
        writeln!(f, "met {}", self.met)?;
        writeln!(f, "detour {}", detour.unwrap_or_default())?;
        writeln!(f, "playing {}", self.playing)?;
        writeln!(f, "speed {}", self.speed)?;
        writeln!(f, "blank {}", self.blank)?;
        write!(f, "run {}", self.run)
    }
}

fn words<T: ToString>(values: &[T]) -> String {
    let words: Vec<String> = values.iter().map(T::to_string).collect();
    words.join(" ")
}

impl FromStr for Slide {
    type Err = ();

    /// Reads what a window of the same build wrote. Another build may mean something else by it.
    fn from_str(text: &str) -> Result<Self, ()> {
        let mut lines = Lines(text.lines());
        if lines.field("slide")? != format!("{VERSION:x}") {
            return Err(());
        }
        Ok(Self {
            place: lines.value("place")?,
            seed: lines.value("seed")?,
            question: match lines.field("question")? {
                "open" => Question::Open,
                "skipped" => Question::Skipped,
                nth => Question::Predicted(nth.parse().map_err(drop)?),
            },
            order: lines.values("order")?,
            hands: lines.values("hands")?,
            hints: lines.value("hints")?,
            met: lines.value("met")?,
            detour: lines.values("detour")?.pop(),
            playing: lines.value("playing")?,
            speed: lines.value("speed")?,
            blank: lines.value("blank")?,
            run: lines.field("run")?.into(),
        })
    }
}

/// Lines that begin with the name of a field, in a fixed order.
struct Lines<'a>(std::str::Lines<'a>);

impl<'a> Lines<'a> {
    fn field(&mut self, name: &str) -> Result<&'a str, ()> {
        let (found, value) = self
            .0
            .next()
            .and_then(|line| line.split_once(' '))
            .ok_or(())?;
        if found == name { Ok(value) } else { Err(()) }
    }

    fn value<T: FromStr>(&mut self, name: &str) -> Result<T, ()> {
        self.field(name)?.parse().map_err(drop)
    }

    fn values<T: FromStr>(&mut self, name: &str) -> Result<Vec<T>, ()> {
        let words = self.field(name)?.split_whitespace();
        words.map(|word| word.parse().map_err(drop)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course;
    use crate::session::link;

    fn slide() -> Slide {
        Slide {
            place: Place {
                chapter: 0,
                page: 2,
            },
            seed: 4,
            question: Question::Predicted(2),
            order: vec![1, 0],
            hands: vec![9, 4, 31],
            hints: 1,
            met: false,
            detour: Some(1),
            playing: true,
            speed: 0.02,
            blank: false,
            run: "BAAA-_z".into(),
        }
    }

    #[test]
    fn a_slide_reads_as_it_is_written() {
        let full = slide();
        assert_eq!(full.to_string().parse(), Ok(full.clone()));
        let bare = Slide {
            question: Question::Open,
            order: Vec::new(),
            hands: Vec::new(),
            detour: None,
            ..full
        };
        assert_eq!(bare.to_string().parse(), Ok(bare));
    }

    #[test]
    fn what_is_damaged_or_of_another_build_is_no_slide() {
        let text = slide().to_string();
        let lines: Vec<&str> = text.lines().collect();
        for missing in 0..lines.len() {
            let mut fewer = lines.clone();
            fewer.remove(missing);
            assert_eq!(fewer.join("\n").parse::<Slide>(), Err(()), "{missing}");
        }
        let other = text.replacen(&format!("{VERSION:x}"), "another", 1);
        assert_eq!(other.parse::<Slide>(), Err(()));
    }

    #[test]
    fn another_window_shows_the_page_as_it_is_in_this_one() {
        let chapter = course::read(course::FIRST).unwrap();
        for page in chapter.pages.iter().filter(|page| !page.setup.is_empty()) {
            let mut here = page.finished(3).unwrap();
            let moment = here.now();
            here.advance(moment + crate::sim::Time::ms(100));
            here.seek(moment);
            let told = link::read(&link::write(&here)).unwrap();
            let there = page.resumed(3, &told).unwrap();
            assert_eq!(there.world(), here.world());
            assert_eq!(page.is_met(&there), page.is_met(&here));
            assert_eq!(page.asks(&there), page.asks(&here));
        }
    }
}
