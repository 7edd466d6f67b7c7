//! What the worker tells the page, and what the page asks of it: as lists of texts, which browsers
//! pass on as they are.

use std::str::FromStr;

use crate::trace::Rule;
use crate::trace::line::Role;
use crate::trace::watch::{Mail, Moment, Standing};

/// What the worker tells.
#[derive(Clone, PartialEq, Debug)]
pub enum Told {
    /// It can be given a trace.
    Ready,
    /// So many bytes and lines are read.
    Read(usize, usize),
    /// It is judged.
    Judged(Findings),
    /// It is a history of clients, and judged.
    History(History),
    /// It cannot be read: why, in a sentence.
    Refused(String),
    /// A line that was asked for.
    At(Moment),
    /// An excerpt that was asked for.
    Excerpt(String),
}

/// What came of a trace.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Findings {
    /// The servers' names.
    pub servers: Vec<String>,
    /// How many lines there are.
    pub lines: usize,
    /// How many lines of each kind, as the trace names them.
    pub kinds: String,
    /// The latest term, and the last index at which anything was committed.
    pub term: u64,
    pub committed: u64,
    /// The steps that no rule allows.
    pub verdicts: Vec<Finding>,
    /// Rules that may be broken, and how often they were.
    pub lenient: Vec<(Rule, usize)>,
    /// What the trace tells of, and what it does not.
    pub told: Vec<String>,
    pub untold: Vec<String>,
    /// The line that was cut off.
    pub cut_off: Option<usize>,
    /// Why it was read no further.
    pub stopped: Option<String>,
    /// When servers changed their roles.
    pub turns: Vec<(usize, usize, Role)>,
}

/// A step that no rule allows.
#[derive(Clone, PartialEq, Debug)]
pub struct Finding {
    pub line: usize,
    pub server: String,
    pub rule: Rule,
    pub told: String,
}

/// What came of a history of clients.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct History {
    /// The first answer that nothing explains: its line, a sentence, and the line itself.
    pub anomaly: Option<(usize, String, String)>,
    /// What it amounts to, in words.
    pub summary: String,
    /// Keys whose search was given up.
    pub undecided: Vec<String>,
}

/// What the page asks of the worker.
#[derive(Clone, PartialEq, Debug)]
pub enum Wish {
    /// The trace again, where these rules may be broken.
    Again(Vec<Rule>),
    /// That line.
    At(usize),
    /// A trace of its own that ends with that line.
    Excerpt(usize),
}

impl Wish {
    pub fn write(&self) -> String {
        match self {
            Self::Again(rules) => {
                let names: Vec<&str> = rules.iter().map(|rule| rule.name()).collect();
                format!("again {}", names.join(" "))
            }
            Self::At(line) => format!("at {line}"),
            Self::Excerpt(line) => format!("excerpt {line}"),
        }
    }

    pub fn read(text: &str) -> Option<Self> {
        let (word, rest) = text.split_once(' ')?;
        let rules = rest.split(' ').filter_map(|name| name.parse().ok());
        Some(match word {
            "again" => Self::Again(rules.collect()),
            "at" => Self::At(rest.parse().ok()?),
            "excerpt" => Self::Excerpt(rest.parse().ok()?),
            _ => return None,
        })
    }
}

/// A letter that is being written.
#[derive(Default)]
struct Pen(Vec<String>);

impl Pen {
    fn put(&mut self, what: impl ToString) {
        self.0.push(what.to_string());
    }

    /// Something that may be missing.
    fn maybe(&mut self, what: Option<impl ToString>) {
        self.put(u8::from(what.is_some()));
        if let Some(what) = what {
            self.put(what);
        }
    }

    fn all<T>(&mut self, list: &[T], mut write: impl FnMut(&mut Self, &T)) {
        self.put(list.len());
        for item in list {
            write(self, item);
        }
    }
}

/// A letter that is being read.
struct Eye(std::vec::IntoIter<String>);

impl Eye {
    fn text(&mut self) -> Option<String> {
        self.0.next()
    }

    fn take<T: FromStr>(&mut self) -> Option<T> {
        self.text()?.parse().ok()
    }

    fn maybe<T: FromStr>(&mut self) -> Option<Option<T>> {
        match self.take::<u8>()? {
            0 => Some(None),
            _ => self.take().map(Some),
        }
    }

    fn all<T>(&mut self, mut read: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count: usize = self.take()?;
        (0..count).map(|_| read(self)).collect()
    }

    fn role(&mut self) -> Option<Option<Role>> {
        let role = self.maybe::<char>()?;
        Some(role.map(|role| match role {
            'L' => Role::L,
            'C' => Role::C,
            _ => Role::F,
        }))
    }
}

fn letter(role: Role) -> char {
    match role {
        Role::L => 'L',
        Role::C => 'C',
        Role::F => 'F',
    }
}

impl Told {
    pub fn write(&self) -> Vec<String> {
        let mut pen = Pen::default();
        match self {
            Self::Ready => pen.put("ready"),
            Self::Read(bytes, lines) => {
                pen.put("read");
                pen.put(bytes);
                pen.put(lines);
            }
            Self::Judged(findings) => {
                pen.put("judged");
                findings.write(&mut pen);
            }
            Self::History(history) => {
                pen.put("history");
                pen.put(&history.summary);
                pen.all(&history.undecided, |pen, key| pen.put(key));
                let anomaly = history.anomaly.as_ref();
                pen.maybe(anomaly.map(|(line, ..)| line));
                if let Some((_, told, json)) = anomaly {
                    pen.put(told);
                    pen.put(json);
                }
            }
            Self::Refused(why) => {
                pen.put("refused");
                pen.put(why);
            }
            Self::At(moment) => {
                pen.put("at");
                write_moment(moment, &mut pen);
            }
            Self::Excerpt(text) => {
                pen.put("excerpt");
                pen.put(text);
            }
        }
        pen.0
    }

    /// Reads a letter; none if it is none.
    pub fn read(letter: Vec<String>) -> Option<Self> {
        let mut eye = Eye(letter.into_iter());
        Some(match &*eye.text()? {
            "ready" => Self::Ready,
            "read" => Self::Read(eye.take()?, eye.take()?),
            "judged" => Self::Judged(Findings::read(&mut eye)?),
            "history" => Self::History(History {
                summary: eye.text()?,
                undecided: eye.all(Eye::text)?,
                anomaly: match eye.maybe()? {
                    Some(line) => Some((line, eye.text()?, eye.text()?)),
                    None => None,
                },
            }),
            "refused" => Self::Refused(eye.text()?),
            "at" => Self::At(read_moment(&mut eye)?),
            "excerpt" => Self::Excerpt(eye.text()?),
            _ => return None,
        })
    }
}

impl Findings {
    fn write(&self, pen: &mut Pen) {
        pen.put(self.lines);
        pen.put(&self.kinds);
        pen.put(self.term);
        pen.put(self.committed);
        pen.maybe(self.cut_off);
        pen.maybe(self.stopped.as_ref());
        for texts in [&self.servers, &self.told, &self.untold] {
            pen.all(texts, |pen, text| pen.put(text));
        }
        pen.all(&self.verdicts, |pen, finding| {
            pen.put(finding.line);
            pen.put(&finding.server);
            pen.put(finding.rule.name());
            pen.put(&finding.told);
        });
        pen.all(&self.lenient, |pen, (rule, count)| {
            pen.put(rule.name());
            pen.put(count);
        });
        pen.all(&self.turns, |pen, (line, server, role)| {
            pen.put(line);
            pen.put(server);
            pen.maybe(Some(letter(*role)));
        });
    }

    fn read(eye: &mut Eye) -> Option<Self> {
        Some(Self {
            lines: eye.take()?,
            kinds: eye.text()?,
            term: eye.take()?,
            committed: eye.take()?,
            cut_off: eye.maybe()?,
            stopped: eye.maybe()?,
            servers: eye.all(Eye::text)?,
            told: eye.all(Eye::text)?,
            untold: eye.all(Eye::text)?,
            verdicts: eye.all(|eye| {
                Some(Finding {
                    line: eye.take()?,
                    server: eye.text()?,
                    rule: eye.take()?,
                    told: eye.text()?,
                })
            })?,
            lenient: eye.all(|eye| Some((eye.take()?, eye.take()?)))?,
            turns: eye.all(|eye| Some((eye.take()?, eye.take()?, eye.role()??)))?,
        })
    }
}

fn write_moment(moment: &Moment, pen: &mut Pen) {
    pen.put(moment.line);
    pen.maybe(moment.server);
    pen.put(&moment.json);
    pen.all(&moment.told, |pen, (line, told)| {
        pen.put(line);
        pen.put(told);
    });
    pen.all(&moment.servers, |pen, one| {
        pen.put(&one.name);
        pen.maybe(one.term);
        pen.maybe(one.role.map(letter));
        pen.maybe(one.commit);
        pen.maybe(one.vote.as_ref());
        pen.maybe(one.log.map(|(base, _)| base));
        pen.maybe(one.log.map(|(_, last)| last));
        pen.put(one.entries.0);
        pen.all(&one.entries.1, |pen, (term, value)| {
            pen.put(term);
            pen.put(value);
        });
    });
    pen.all(&moment.mail, |pen, mail| {
        pen.put(&mail.t);
        for number in [mail.from, mail.to, mail.sent, mail.arrives] {
            pen.put(number);
        }
        pen.maybe(mail.last);
        pen.put(mail.positive);
        pen.put(mail.is_lost);
    });
}

fn read_moment(eye: &mut Eye) -> Option<Moment> {
    Some(Moment {
        line: eye.take()?,
        server: eye.maybe()?,
        json: eye.text()?,
        told: eye.all(|eye| Some((eye.take()?, eye.text()?)))?,
        servers: eye.all(|eye| {
            Some(Standing {
                name: eye.text()?,
                term: eye.maybe()?,
                role: eye.role()?,
                commit: eye.maybe()?,
                vote: eye.maybe()?,
                log: eye.maybe()?.zip(eye.maybe()?),
                entries: (
                    eye.take()?,
                    eye.all(|eye| Some((eye.take()?, eye.text()?)))?,
                ),
            })
        })?,
        mail: eye.all(|eye| {
            Some(Mail {
                t: eye.text()?,
                from: eye.take()?,
                to: eye.take()?,
                sent: eye.take()?,
                arrives: eye.take()?,
                last: eye.maybe()?,
                positive: eye.take()?,
                is_lost: eye.take()?,
            })
        })?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::watch::Watch;

    #[test]
    fn a_wish_reads_as_it_is_written() {
        let wishes = [
            Wish::Again(vec![]),
            Wish::Again(vec![Rule::UpToDate, Rule::ReadIndex]),
            Wish::At(812),
            Wish::Excerpt(1),
        ];
        for wish in wishes {
            assert_eq!(Wish::read(&wish.write()), Some(wish));
        }
        assert!(Wish::read("at nothing").is_none());
    }

    #[test]
    fn what_is_told_reads_as_it_is_written() {
        let text = include_str!("example.jsonl");
        let mut watch = Watch::new(text.len());
        watch.push(text.as_bytes());
        watch.end();
        let findings = Findings {
            servers: watch.names(),
            lines: 10,
            kinds: "two\nlines".into(),
            term: 3,
            cut_off: Some(11),
            stopped: Some("it is too long".into()),
            verdicts: vec![Finding {
                line: 9,
                server: "n2".into(),
                rule: Rule::UpToDate,
                told: String::new(),
            }],
            lenient: vec![(Rule::PersistTerm, 3)],
            told: vec!["terms".into()],
            turns: watch.turns().to_vec(),
            ..Findings::default()
        };
        let history = History {
            anomaly: Some((2, "told".into(), "{}".into())),
            ..History::default()
        };
        let mut all: Vec<Told> = (1..=10).map(|line| Told::At(watch.moment(line))).collect();
        all.extend([
            Told::Ready,
            Told::Read(50_000_000, 7),
            Told::Judged(findings),
            Told::History(history),
            Told::History(History::default()),
            Told::Refused("why.".into()),
            Told::Excerpt(watch.excerpt(9)),
        ]);
        for told in all {
            assert_eq!(Told::read(told.write()), Some(told));
        }
        assert_eq!(Told::read(vec!["The page has no worker.".into()]), None);
        assert_eq!(Told::read(vec!["at".into(), "7".into()]), None);
    }
}
