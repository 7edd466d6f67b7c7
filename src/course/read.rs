//! Reads a chapter from its text.

use super::{Button, Card, Chapter, Choice, Noun, Page, Prose, Script, Span, Tool, Touch};
use crate::script::Goal;
use crate::sim::text::{self, Statement, TextError};

/// The longest chapter that is read, in bytes.
const LONGEST_CHAPTER: usize = 100_000;

/// How the block of a page begins, and how it ends.
const FENCE: &str = "```page";
const END: &str = "```";

/// Reads a chapter. An error names line and column and says what to write.
pub fn read(text: &str) -> Result<Chapter, TextError> {
    if text.len() > LONGEST_CHAPTER {
        let message = format!("the chapter is too long: {LONGEST_CHAPTER} bytes at most");
        return Err(error(1, 1, message));
    }
    let mut reader = Reader::default();
    for (number, line) in text.lines().enumerate() {
        reader.line(number + 1, line.trim_end())?;
    }
    reader.finish(text.lines().count())
}

fn error(line: usize, column: usize, message: impl Into<String>) -> TextError {
    TextError {
        line,
        column,
        message: message.into(),
    }
}

/// How far a text was read.
#[derive(Default)]
struct Reader {
    title: String,
    question: String,
    pages: Vec<Page>,
    /// The paragraph that is being read.
    paragraph: String,
    within: Within,
}

/// What part of a page a line belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Within {
    /// What is said before the block.
    #[default]
    Before,
    /// The block.
    Block,
    /// What is said after the block.
    After,
}

impl Reader {
    fn line(&mut self, number: usize, line: &str) -> Result<(), TextError> {
        if self.within == Within::Block {
            return self.block_line(number, line);
        }
        if let Some(title) = line.strip_prefix("# ") {
            if !self.title.is_empty() {
                return Err(error(
                    number,
                    1,
                    "a chapter has one title: begin a page with ##",
                ));
            }
            self.title = title.into();
        } else if let Some(question) = line.strip_prefix("> ") {
            if !self.pages.is_empty() {
                let message = "the chapter's question stands below its title";
                return Err(error(number, 1, message));
            }
            self.question = question.into();
        } else if let Some(title) = line.strip_prefix("## ") {
            self.end_paragraph(number)?;
            self.within = Within::Before;
            self.pages.push(Page {
                line: number,
                title: title.into(),
                ..Page::default()
            });
        } else if line == FENCE {
            self.end_paragraph(number)?;
            if self.within == Within::After {
                return Err(error(number, 1, "a page has one block"));
            }
            self.page(number)?;
            self.within = Within::Block;
        } else if line.is_empty() {
            self.end_paragraph(number)?;
        } else {
            self.page(number)?;
            if !self.paragraph.is_empty() {
                self.paragraph.push(' ');
            }
            self.paragraph.push_str(line);
        }
        Ok(())
    }

    fn page(&mut self, number: usize) -> Result<&mut Page, TextError> {
        let missing = "this belongs to no page: begin one with a heading, ## What to do";
        self.pages
            .last_mut()
            .ok_or_else(|| error(number, 1, missing))
    }

    fn end_paragraph(&mut self, number: usize) -> Result<(), TextError> {
        if self.paragraph.is_empty() {
            return Ok(());
        }
        let text = std::mem::take(&mut self.paragraph);
        let prose = prose(&text).map_err(|message| error(number.saturating_sub(1), 1, message))?;
        let after = self.within == Within::After;
        let page = self.page(number)?;
        let paragraphs = if after {
            &mut page.after
        } else {
            &mut page.before
        };
        paragraphs.push(prose);
        Ok(())
    }

    /// A line of a block: `key: value`, or a choice, or what belongs to the choice before.
    fn block_line(&mut self, number: usize, line: &str) -> Result<(), TextError> {
        let text = line.trim_start();
        let column = line.chars().count() - text.chars().count() + 1;
        let wrong = |message: String| error(number, column, message);
        if text.is_empty() || text.starts_with('#') {
            return Ok(());
        }
        if text == END {
            self.within = Within::After;
            return self.end_block(number);
        }
        let page = self.page(number)?;
        for (mark, right) in [("+ ", true), ("- ", false)] {
            if let Some(answer) = text.strip_prefix(mark) {
                let asked = page.prediction.as_mut();
                let asked =
                    asked.ok_or_else(|| wrong("write predict: and the question first".into()))?;
                asked.choices.push(Choice {
                    text: answer.into(),
                    right,
                    ..Choice::default()
                });
                return Ok(());
            }
        }
        let Some((key, value)) = text.split_once(':') else {
            return Err(wrong(format!(
                "\"{text}\" says nothing of the page: {KEYS}"
            )));
        };
        let value = value.trim();
        // Where the value begins, for what is wrong in it.
        let from = column
            + text[..value.as_ptr() as usize - text.as_ptr() as usize]
                .chars()
                .count();
        let goal = || read_goal(value, number, from);
        match key {
            "answer" => page.answer.push(number, value),
            "ask" => {
                page.prediction.get_or_insert_default().ask = goal()?;
            }
            "because" => match last_choice(page) {
                Some(choice) => choice.because = value.into(),
                None => {
                    return Err(wrong(
                        "because: belongs to an answer: - or + goes first".into(),
                    ));
                }
            },
            "covers" => {
                let marks = value.split_whitespace().map(String::from);
                page.covers.extend(marks);
            }
            "button" => {
                let Some((label, action)) = value.split_once(" = ") else {
                    return Err(wrong(
                        "write button: what is written on it = what it does".into(),
                    ));
                };
                let column = from + label.chars().count() + 3;
                let actions = text::parse_actions(action, text::Names::Fixed)
                    .map_err(|message| error(number, column, message))?;
                let label = label.trim().into();
                page.buttons.push(Button { label, actions });
            }
            "card" => {
                let (Some(asked), Some((text, goal))) =
                    (page.prediction.as_mut(), value.split_once(" = "))
                else {
                    return Err(wrong(
                        "write order: and what to do; then card: what happens = the goal that tells it".into(),
                    ));
                };
                let from = from + text.chars().count() + 3;
                asked.cards.push(Card {
                    text: text.into(),
                    goal: read_goal(goal, number, from)?,
                });
            }
            "goal" => page.goal = Some(goal()?),
            "hint" => page.hints.push(value.into()),
            "lab" => {
                let lab = value.parse();
                page.lab = Some(lab.map_err(|message: String| error(number, from, message))?);
            }
            "lost" => {
                let Some((goal, sentence)) = value.split_once(" = ") else {
                    return Err(wrong(
                        "write lost: the goal that tells it = the sentence that says so".into(),
                    ));
                };
                let goal = read_goal(goal, number, from)?;
                page.lost = Some((goal, sentence.into()));
            }
            "panels" => {
                for name in value.split_whitespace() {
                    let panel = name.parse();
                    page.panels
                        .push(panel.map_err(|message: String| error(number, from, message))?);
                }
            }
            "source" => page.source = value.into(),
            "order" | "predict" => {
                page.prediction.get_or_insert_default().question = value.into();
            }
            "run" => match last_choice(page) {
                Some(choice) => choice.run.push(number, value),
                None => return Err(wrong("run: belongs to an answer: - or + goes first".into())),
            },
            "setup" => page.setup.push(number, value),
            "time" if value == "waits" => page.waits = true,
            "time" => return Err(error(number, from, "write time: waits, or nothing of time")),
            "tool" => page.tool = tool(value).map_err(|message| error(number, from, message))?,
            "touch" => {
                for name in value.split_whitespace() {
                    let touch = touch(name).map_err(|message| error(number, from, message))?;
                    page.touch.push(touch);
                }
            }
            _ => return Err(wrong(format!("\"{key}:\" says nothing of a page: {KEYS}"))),
        }
        Ok(())
    }

    /// What a block must hold together.
    fn end_block(&mut self, number: usize) -> Result<(), TextError> {
        let page = self.page(number)?;
        let wrong = |message: &str| Err(error(number, 1, message));
        if page.goal.is_some() == page.answer.is_empty() {
            return wrong("a goal: needs an answer: that reaches it, and an answer a goal");
        }
        if page.goal.is_some() && page.hints.is_empty() {
            return wrong("a goal: needs a hint: that helps to reach it");
        }
        let Some(asked) = &page.prediction else {
            return Ok(());
        };
        if page.goal.is_none() {
            return wrong("a prediction needs a goal: that shows the outcome");
        }
        if asked.question.is_empty() {
            return wrong("ask: and card: need predict: or order: and a question");
        }
        if !asked.cards.is_empty() {
            if asked.cards.len() < 2 || !asked.choices.is_empty() {
                return wrong("an order is one of several cards, and has no answers besides");
            }
            return Ok(());
        }
        if asked.choices.iter().filter(|choice| choice.right).count() != 1 {
            return wrong("a prediction has one right answer, with + before it");
        }
        if asked.choices.len() < 2 {
            return wrong("a prediction has wrong answers too, with - before them");
        }
        for choice in &asked.choices {
            if choice.because.is_empty() {
                return wrong("each answer needs because: why it is right or wrong");
            }
            if choice.right && !choice.run.is_empty() {
                return wrong("the right answer has no run: the page's own run shows it");
            }
        }
        Ok(())
    }

    fn finish(mut self, lines: usize) -> Result<Chapter, TextError> {
        if self.within == Within::Block {
            return Err(error(
                lines,
                1,
                "the last block does not end: write ``` below it",
            ));
        }
        self.end_paragraph(lines + 1)?;
        if self.title.is_empty() {
            return Err(error(1, 1, "the chapter has no title: write # and one"));
        }
        if self.pages.is_empty() {
            return Err(error(
                lines,
                1,
                "the chapter has no page: begin one with ##",
            ));
        }
        if let Some(page) = self.pages.iter().find(|page| page.before.is_empty()) {
            return Err(error(page.line, 1, "this page says nothing"));
        }
        for page in &self.pages {
            let first = page.lab.map(|lab| lab.number().first.to_string());
            let spans = page.before.iter().chain(&page.after).flatten();
            let wrong =
                |span: &&Span| matches!(span, Span::Number(text) if Some(text) != first.as_ref());
            if spans.clone().any(|span| wrong(&span)) {
                let why = match first {
                    Some(first) => format!("this lab's number begins as {{{first}}}"),
                    None => "only a lab has a number that can be changed".into(),
                };
                return Err(error(page.line, 1, why));
            }
        }
        Ok(Chapter {
            title: self.title,
            question: self.question,
            pages: self.pages,
        })
    }
}

const KEYS: &str = "write setup:, tool:, time:, touch:, button:, panels:, lab:, ask:, predict:, order:, card:, \
    goal:, lost:, hint:, answer:, source: or covers:";

/// Reads a goal that stands from that column on.
fn read_goal(text: &str, line: usize, column: usize) -> Result<Goal, TextError> {
    let goal = Statement { text, line, column };
    Goal::parse(text).map_err(|(word, message)| goal.error(word, message))
}

fn last_choice(page: &mut Page) -> Option<&mut Choice> {
    page.prediction.as_mut()?.choices.last_mut()
}

fn tool(name: &str) -> Result<Tool, String> {
    Ok(match name {
        "crash" => Tool::Crash,
        "cut-off" => Tool::CutOff,
        "time-out" => Tool::TimeOut,
        _ => {
            return Err(format!(
                "\"{name}\" is no tool: write crash, cut-off or time-out"
            ));
        }
    })
}

fn touch(name: &str) -> Result<Touch, String> {
    Ok(match name {
        "button" => Touch::Button,
        "follower" => Touch::Follower,
        "leader" => Touch::Leader,
        "link" => Touch::Link,
        "message" => Touch::Message,
        "play" => Touch::Play,
        "send" => Touch::Send,
        "step" => Touch::Step,
        server => Touch::Server(text::server(server).map_err(|why| {
            format!("{why}; or touch leader, follower, button, link, message, play, send or step")
        })?),
    })
}

/// Reads a paragraph.
pub(super) fn prose(text: &str) -> Result<Prose, String> {
    let mut spans = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['*', '[', '`', '{']) {
        let (before, from) = rest.split_at(at);
        let mut marks = [("**", "**"), ("[[", "]]"), ("`", "`"), ("{", "}")].into_iter();
        let Some((open, close)) = marks.find(|(open, _)| from.starts_with(open)) else {
            return Err(format!("a single {} means nothing here", &from[..1]));
        };
        let Some((inner, behind)) = from[open.len()..].split_once(close) else {
            return Err(format!("{open} has no {close}"));
        };
        if !before.is_empty() {
            spans.push(Span::Text(before.into()));
        }
        spans.push(match open {
            "**" => Span::Term(inner.into()),
            "{" => Span::Number(inner.into()),
            "[[" => {
                // What stands behind a bar is how it is written in another language.
                let (name, written) = inner.split_once('|').unwrap_or((inner, inner));
                Span::Noun(noun(name)?, written.into())
            }
            _ => Span::Code(inner.into()),
        });
        rest = behind;
    }
    if !rest.is_empty() {
        spans.push(Span::Text(rest.into()));
    }
    Ok(spans)
}

/// What may stand in `[[ ]]`, one or several of it, with or without `the`.
const NOUNS: [(&str, Noun); 10] = [
    ("answer", Noun::Messages),
    ("candidate", Noun::Candidates),
    ("client", Noun::Client),
    ("entry", Noun::Entry),
    ("follower", Noun::Followers),
    ("leader", Noun::Leader),
    ("message", Noun::Messages),
    ("request", Noun::Messages),
    ("ring", Noun::Timers),
    ("term", Noun::Term),
];

fn noun(written: &str) -> Result<Noun, String> {
    let lower = written.to_ascii_lowercase();
    let one = lower.strip_prefix("the ").unwrap_or(&lower);
    let one = one.strip_suffix('s').unwrap_or(one);
    let found = NOUNS.iter().find(|(name, _)| *name == one);
    found.map(|(_, noun)| *noun).ok_or_else(|| {
        let names: Vec<&str> = NOUNS.iter().map(|(name, _)| *name).collect();
        format!(
            "[[{written}]] is nothing on the stage: write {}",
            names.join(", ")
        )
    })
}

impl Script {
    /// The line it begins at.
    pub fn line(&self) -> usize {
        self.0.first().map_or(1, |(line, _)| *line)
    }
}
