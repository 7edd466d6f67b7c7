//! The mail: what is received was sent, and arrives as it was.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::super::line::Kind;
use super::super::read::Step;
use super::{Judge, Message, Moment, Rule};

impl Judge {
    /// The message where `src` says that it was sent.
    pub(super) fn origin(&self, step: &Step) -> Option<Message> {
        let (line, place) = step.source?;
        self.sent.get(&line)?.get(place.checked_sub(1)?).cloned()
    }

    /// Where the message of a step was sent, as it says itself or as far as one can tell.
    pub(super) fn whence(&self, step: &Step) -> Option<(usize, usize)> {
        let posted = || self.posted.get(&number(step.received.as_ref()?)).copied();
        step.source.or_else(posted)
    }

    /// What a line says of messages must make sense.
    pub(super) fn check_mail(&self, step: &Step) -> Result<(), String> {
        for message in step.out.iter().flatten() {
            if let Some(from) = message.from.filter(|from| *from != step.server) {
                return Err(format!(
                    "field \"out\" of {} has a message of {}; write there what {} sends",
                    self.name(step.server),
                    self.name(from),
                    self.name(step.server)
                ));
            }
        }
        Ok(())
    }

    pub(super) fn judge_mail(
        &mut self,
        moment: &Moment<'_>,
        step: &Step,
        origin: Option<&Message>,
    ) {
        if !matches!(step.kind, Kind::Recv | Kind::Drop) {
            return;
        }
        let name = self.name(moment.id).to_owned();
        let mut blame = |rule, told| self.blame(moment.line, moment.id, rule, told);
        let message = step.received.as_ref().or(origin);
        if let (Some((line, place)), None) = (step.source, origin) {
            let told = format!(
                "{name} received the message sent in line {line} at place {place}, but there is none"
            );
            return blame(Rule::SentBeforeReceived, told);
        }
        let Some(message) = message else { return };
        if let Some(to) = message.to.filter(|to| *to != moment.id) {
            let told = format!(
                "{name} received {}, which is for {}",
                message.t,
                self.name(to)
            );
            return self.blame(moment.line, moment.id, Rule::SentBeforeReceived, told);
        }
        match origin {
            Some(sent) => {
                if let Some((field, was, is)) = difference(sent, message) {
                    let line = step.source.map_or(0, |(line, _)| line);
                    let told = format!(
                        "{name} received {} with {field} {is}, but it was sent in line {line} with {was}",
                        message.t
                    );
                    blame(Rule::Unaltered, told);
                }
            }
            None => {
                let told =
                    self.all_is_told && message.from.is_some_and(|from| self.is_traced(from));
                if told && !self.posted.contains_key(&number(message)) {
                    let from = message.from.map_or("nobody", |from| self.name(from));
                    let told = format!(
                        "{name} received {} of {from} in term {}, but no line up to here sent it",
                        message.t,
                        message.term.unwrap_or(0)
                    );
                    self.blame(moment.line, moment.id, Rule::SentBeforeReceived, told);
                }
            }
        }
    }

    /// Keeps what a line sent.
    pub(super) fn post(&mut self, line: usize, out: &[Message]) {
        if out.is_empty() {
            return;
        }
        let places = out.iter().zip(1..);
        self.posted
            .extend(places.map(|(message, place)| (number(message), (line, place))));
        self.sent.insert(line, out.to_vec());
    }
}

/// A message as a number: equal for equal messages.
fn number(message: &Message) -> u64 {
    let mut hasher = DefaultHasher::new();
    let unsigned = Message {
        from: None,
        ..message.clone()
    };
    unsigned.hash(&mut hasher);
    hasher.finish()
}

/// The first field in which two messages differ, of those that both tell.
fn difference(sent: &Message, received: &Message) -> Option<(&'static str, String, String)> {
    fn differ<T: PartialEq>(a: &Option<T>, b: &Option<T>) -> bool {
        a.is_some() && b.is_some() && a != b
    }
    if sent.t != received.t {
        return Some(("kind", sent.t.clone(), received.t.clone()));
    }
    let numbers = [
        ("term", sent.term, received.term),
        ("li", sent.li, received.li),
        ("lt", sent.lt, received.lt),
        ("pi", sent.pi, received.pi),
        ("pt", sent.pt, received.pt),
        ("c", sent.c, received.c),
        ("mi", sent.mi, received.mi),
        ("next", sent.next, received.next),
        ("g", sent.g.map(u64::from), received.g.map(u64::from)),
        ("ok", sent.ok.map(u64::from), received.ok.map(u64::from)),
        (
            "done",
            sent.done.map(u64::from),
            received.done.map(u64::from),
        ),
    ];
    let say =
        |number: Option<u64>| number.map_or_else(|| "nothing".into(), |number| number.to_string());
    let mut found = numbers.into_iter().filter(|(_, a, b)| differ(a, b));
    if let Some((field, was, is)) = found.next() {
        return Some((field, say(was), say(is)));
    }
    if differ(&sent.es, &received.es) {
        return Some(("other entries", "others".into(), "in es".into()));
    }
    differ(&sent.read, &received.read).then(|| ("another read", "another".into(), "in r".into()))
}
