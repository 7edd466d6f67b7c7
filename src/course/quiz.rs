//! The quiz of the Raft user study, to be taken before the course and after it: eight questions of
//! 60 points in all (dissertation, appendix A.1). An answer gets the points of the study's rubric.
//!
//! The study's students wrote their answers; here they are chosen. So points are easier to get here,
//! and the page says so.

use std::fmt;

use super::{Day, Place};

/// How many students took the study's quiz, after a lecture of 58 minutes (dissertation, 7.3.3).
pub const STUDENTS: u32 = 45;

/// The mean of their points, in hundredths of a point (dissertation, 7.4.1).
pub const MEAN: u32 = 2572;

/// The mean of their points for the hard questions, in hundredths (dissertation, 7.4.1).
pub const MEAN_OF_HARD: u32 = 794;

/// Points, in halves: the rubric divides some.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Points(pub u32);

/// A question, with its parts.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Item {
    /// Whether the study rated it as hard.
    pub hard: bool,
    /// The page of the course that teaches it.
    pub place: Option<Place>,
    /// What is given.
    pub text: String,
    /// The logs that are given.
    pub logs: Vec<Row>,
    /// What is asked, one at least.
    pub parts: Vec<Part>,
}

/// Something that is asked.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Part {
    /// What.
    pub text: String,
    /// The logs that it is about.
    pub logs: Vec<Row>,
    /// What may be answered, with the points for it.
    pub options: Vec<(Points, String)>,
    /// Why the right answer is right.
    pub because: String,
}

/// A log: the name of its server, and the term of each entry; none is a hole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// The server, or another name.
    pub name: String,
    /// The terms.
    pub terms: Vec<Option<u64>>,
}

/// What was answered: for each part of each question the place of the answer in the file, or none
/// where nothing was chosen.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sitting {
    /// The day on which it was finished; none while it is under way.
    pub day: Option<Day>,
    /// The answers.
    pub answers: Vec<Option<u8>>,
}

impl Item {
    /// The most points.
    pub fn most(&self) -> Points {
        sum(self.parts.iter().map(Part::most))
    }
}

impl Part {
    /// The most points.
    pub fn most(&self) -> Points {
        let points = self.options.iter().map(|(points, _)| *points);
        points.max().unwrap_or_default()
    }

    /// The points for this answer.
    pub fn points(&self, answer: Option<u8>) -> Points {
        let option = answer.and_then(|nth| self.options.get(usize::from(nth)));
        option.map_or(Points(0), |(points, _)| *points)
    }
}

impl Sitting {
    /// The answer to the part of that number, counted through all questions.
    pub fn answer(&self, part: usize) -> Option<u8> {
        self.answers.get(part).copied().flatten()
    }

    /// Answers a part.
    pub fn choose(&mut self, part: usize, answer: Option<u8>) {
        if self.answers.len() <= part {
            self.answers.resize(part + 1, None);
        }
        self.answers[part] = answer;
    }

    /// The points for each question.
    pub fn points(&self, items: &[Item]) -> Vec<Points> {
        let mut part = 0..;
        let mut of = |one: &Part| one.points(part.next().and_then(|part| self.answer(part)));
        items
            .iter()
            .map(|item| sum(item.parts.iter().map(&mut of)))
            .collect()
    }

    /// Reads what `Display` wrote.
    pub(super) fn read(day: &str, answers: &str) -> Option<Self> {
        let day = match day {
            "now" => None,
            day => Some(day.parse().ok()?),
        };
        let one = |letter: char| match letter {
            '-' => Some(None),
            digit => digit.to_digit(10).map(|digit| Some(digit as u8)),
        };
        let answers: Option<Vec<_>> = answers.chars().map(one).collect();
        answers.map(|answers| Self { day, answers })
    }
}

impl fmt::Display for Sitting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.day {
            Some(day) => write!(f, " {day}=")?,
            None => f.write_str(" now=")?,
        }
        for answer in &self.answers {
            match answer {
                Some(nth) => write!(f, "{nth}")?,
                None => f.write_str("-")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let half = if self.0 % 2 == 1 { ".5" } else { "" };
        write!(f, "{}{half}", self.0 / 2)
    }
}

/// All these points together.
pub fn sum(points: impl IntoIterator<Item = Points>) -> Points {
    Points(points.into_iter().map(|points| points.0).sum())
}

/// Reads the questions: `quiz.txt` beside the chapters.
///
/// # Errors
/// A sentence that names the line and says what to write.
pub fn read(text: &str) -> Result<Vec<Item>, String> {
    let mut items: Vec<Item> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with("# ") {
            continue;
        }
        let wrong = |what: &str| format!("line {}: {what}", number + 1);
        if let Some(heading) = line.strip_prefix("## ") {
            items.push(heading_of(heading).ok_or_else(|| wrong("write ## hard 15/2"))?);
            continue;
        }
        let item = items.last_mut();
        let item = item.ok_or_else(|| wrong("begin a question with ## hard 15/2"))?;
        take(item, line).map_err(wrong)?;
    }
    Ok(items)
}

fn heading_of(heading: &str) -> Option<Item> {
    let (level, place) = heading.split_once(' ')?;
    let hard = level == "hard";
    (hard || matches!(level, "easy" | "medium")).then_some(())?;
    Some(Item {
        hard,
        place: Some(place.parse().ok()?),
        ..Item::default()
    })
}

/// A line of a question.
fn take(item: &mut Item, line: &str) -> Result<(), &'static str> {
    let Some((mark, rest)) = line.split_once(' ') else {
        item.text.push_str(line);
        return Ok(());
    };
    match (mark, item.parts.last_mut()) {
        ("?", _) => item.parts.push(Part {
            text: rest.into(),
            ..Part::default()
        }),
        ("|", part) => {
            let row = row(rest).ok_or("write | S1 1 1 - 2")?;
            part.map_or(&mut item.logs, |part| &mut part.logs).push(row);
        }
        ("=", Some(part)) => part.because = rest.into(),
        (mark, Some(part)) => {
            let points = halves(mark).ok_or("begin an answer with its points, such as 3.5")?;
            part.options.push((points, rest.into()));
        }
        (_, None) => item.text.push_str(line),
    }
    Ok(())
}

fn row(text: &str) -> Option<Row> {
    let mut words = text.split(' ');
    let name = words.next()?.into();
    let term = |word: &str| match word {
        "-" => Some(None),
        term => term.parse().ok().map(Some),
    };
    let terms: Option<Vec<_>> = words.map(term).collect();
    terms.map(|terms| Row { name, terms })
}

fn halves(text: &str) -> Option<Points> {
    let (whole, half) = match text.strip_suffix(".5") {
        Some(whole) => (whole, 1),
        None => (text, 0),
    };
    let whole: u32 = whole.parse().ok()?;
    Some(Points(whole.checked_mul(2)? + half))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Credit.\n\n## easy 11/2\nGiven.\n? (a)\n| S1 1 - 2\n0 Yes.\n0.5 No.\n= Why.\n\
                        ## hard 15/2\nGiven.\n| S1 1\n? Your answer\n3.5 Yes.\n10 No.\n= Why.\n";

    #[test]
    fn questions_are_read_and_answers_get_their_points() {
        let items = read(TEXT).unwrap();
        assert_eq!(items[0].parts[0].logs[0].terms, [Some(1), None, Some(2)]);
        assert_eq!((items[1].logs.len(), items[1].hard), (1, true));
        assert_eq!(items[1].most(), Points(20));
        let mut sitting = Sitting::default();
        assert_eq!(sitting.points(&items), [Points(0), Points(0)]);
        sitting.choose(1, Some(0));
        sitting.choose(0, Some(1));
        assert_eq!(sitting.points(&items), [Points(1), Points(7)]);
        assert_eq!(sum(sitting.points(&items)).to_string(), "4");
        assert_eq!(Points(7).to_string(), "3.5");
        // An answer that the text does not have gets nothing.
        sitting.choose(1, Some(7));
        assert_eq!(sum(sitting.points(&items)), Points(1));
    }

    #[test]
    fn a_sitting_is_kept_as_text() {
        let mut sitting = Sitting::default();
        sitting.choose(2, Some(3));
        assert_eq!(sitting.to_string(), " now=--3");
        assert_eq!(Sitting::read("now", "--3"), Some(sitting.clone()));
        sitting.day = Some(20_000);
        assert_eq!(sitting.to_string(), " 20000=--3");
        assert_eq!(Sitting::read("20000", "--3"), Some(sitting));
        assert_eq!(Sitting::read("20000", "-x"), None);
        assert_eq!(Sitting::read("soon", "---"), None);
    }

    #[test]
    fn a_mistake_is_told_with_its_line() {
        let wrong = [
            ("Given.", "line 1: begin a question with ## hard 15/2"),
            ("## grim 1/1", "line 1: write ## hard 15/2"),
            ("## hard 1/1\n| S1 x", "line 2: write | S1 1 1 - 2"),
            (
                "## hard 1/1\n? So\nten Yes.",
                "line 3: begin an answer with its points, such as 3.5",
            ),
        ];
        for (text, why) in wrong {
            assert_eq!(read(text).unwrap_err(), why);
        }
    }
}
