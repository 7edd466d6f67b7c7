//! Why: for anything on the screen the rule that made it so, the values it acted on, what it came
//! of and what came of it. Each cause and each effect can be asked in turn, so one can walk the
//! chain both ways.

mod before;
pub mod not;

use before::{before, last, since, stores};

use not::Not;

use super::refs;
use super::scene::Look;
use crate::check::Property;
use crate::narrate::{self, Clause, Sentence};
use crate::raft::{EntryId, Event, LogIndex, NodeId};
use crate::session::{Record, Session};
use crate::sim::{Cause, Fact, PacketId, Step, StepId, Time};

/// The most causes, and the most effects, that are named.
pub const MOST_LINKS: usize = 8;

/// The most told steps after one that are searched for what came of it in a roundabout way.
const NEAR: usize = 60;

/// What can be asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Question {
    /// Why does this server hold this entry, and is it committed?
    Entry(NodeId, LogIndex),
    /// Why did this happen?
    Event(Moment),
    /// Why was this sent?
    Packet(PacketId),
    /// Why is this server what it is?
    Role(NodeId),
    /// Why was this property broken?
    Violation(Property),
    /// What is waited for, and why is it not so?
    Waits,
}

/// A fact of a step, by its place in [`Step::facts`]; without a place, the step itself.
pub type Moment = (StepId, Option<usize>);

/// The answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Why {
    /// To what.
    pub question: Question,
    /// The moment it is about.
    pub at: Time,
    /// What happened or what there is, with the values that decided it.
    pub text: String,
    /// The tokens of what that is about ([`refs`]).
    pub about: String,
    /// More values, where one sentence has no room for them.
    pub values: Option<String>,
    /// The rule that acted.
    pub rule: &'static str,
    /// Where it stands: `Figure 2, RequestVote 2; §5.4.1`.
    pub source: String,
    /// What it came of, the nearest first.
    pub because: Vec<Link>,
    /// What came of it, as far as the run has been played, in the order of time.
    pub led_to: Vec<Link>,
    /// What is not so, why, and what would have to happen.
    pub not: Vec<Not>,
}

/// A cause or an effect.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// Where to ask on.
    pub to: Moment,
    /// When it happened.
    pub at: Time,
    /// What happened.
    pub text: String,
    /// The tokens of what that is about ([`refs`]).
    pub about: String,
}

impl Why {
    /// The answer to `question` at the cursor of `session`. None if there is no such thing (any
    /// more).
    pub fn of(session: &Session, question: Question) -> Option<Self> {
        let why = match question {
            Question::Entry(server, index) => entry(session, server, index),
            Question::Event(moment) => event(session, moment),
            Question::Packet(id) => packet(session, id),
            Question::Role(id) => role(session, id),
            Question::Violation(property) => violation(session, property),
            Question::Waits => Some(waits(session)),
        };
        let world = session.world();
        let not = match question {
            Question::Entry(server, index) => {
                not::entry(world, server, index).into_iter().collect()
            }
            Question::Role(id) => {
                let mut not: Vec<Not> = not::of_server(world, id).into_iter().collect();
                not.extend(not::votes_denied(session, id));
                not
            }
            Question::Waits => not::all(session),
            Question::Event(_) | Question::Packet(_) | Question::Violation(_) => Vec::new(),
        };
        why.map(|why| Self {
            question,
            not,
            ..why
        })
    }

    /// The answer at another moment, or in another future, if it is about the same thing still.
    pub fn again(self, session: &Session) -> Option<Self> {
        let new = Self::of(session, self.question);
        match self.question {
            // In another future the same number stands for another event.
            Question::Event(_) => new.filter(|new| (new.at, &new.text) == (self.at, &self.text)),
            Question::Violation(_) | Question::Waits => new,
            // What was there a moment ago may be asked on.
            Question::Entry(..) | Question::Packet(_) | Question::Role(_) => new.or(Some(self)),
        }
    }

    fn new(at: Time, text: String, clause: &Clause) -> Self {
        Self {
            question: Question::Event((StepId(0), None)),
            at,
            text: narrate::end(narrate::spoken(), &text),
            about: String::new(),
            values: None,
            rule: clause.text,
            source: narrate::source(narrate::spoken(), clause),
            because: Vec::new(),
            led_to: Vec::new(),
            not: Vec::new(),
        }
    }
}

/// What is waited for at the cursor.
fn waits(session: &Session) -> Why {
    let text = if not::all(session).is_empty() {
        "Nobody waits for anything"
    } else {
        "This is waited for"
    };
    let mut why = Why::new(
        session.now(),
        text.into(),
        &narrate::outside(narrate::spoken()),
    );
    (why.rule, why.source) = ("", String::new());
    why
}

/// Why something happened.
fn event(session: &Session, (id, place): Moment) -> Option<Why> {
    let record = session.record_of(id)?;
    let told = record.sentence(place)?;
    let step = &record.step;
    let fact = place.and_then(|place| step.facts.get(place));
    let language = narrate::spoken();
    let clause = match fact {
        Some(fact) => narrate::clause(language, fact),
        None if told.weight == narrate::Weight::Quiet => narrate::no_effect(language),
        None => narrate::outside(language),
    };
    let mut why = Why::new(step.at, told.text.clone(), &clause);
    why.about = refs::told(told);
    why.values = fact.and_then(|fact| narrate::values(language, fact));
    why.because = causes(session, &record, place);
    why.led_to = effects(session, &record, told);
    Some(why)
}

/// What a fact came of: another fact of the same step, or one of the step that led to it; and what
/// else had to happen before.
fn causes(session: &Session, record: &Record, place: Option<usize>) -> Vec<Link> {
    let step = &record.step;
    let mut links = Vec::new();
    match place.and_then(|place| narrate::origin(step, place)) {
        Some(origin) => add(&mut links, record, Some(origin)),
        None => {
            if let Some(parent) = step.parent.and_then(|id| session.record_of(id)) {
                add(
                    &mut links,
                    &parent,
                    narrate::trigger(&parent.step, &step.cause),
                );
            }
        }
    }
    for (earlier, place) in before(session, step, place) {
        add(&mut links, earlier, Some(place));
    }
    links
}

/// What came of what a sentence tells.
fn effects(session: &Session, record: &Record, told: &Sentence) -> Vec<Link> {
    let step = &record.step;
    let is_told = |place: Option<usize>| {
        let sentence = record.sentence(place);
        sentence.is_some_and(|one| one.fact == told.fact)
    };
    let mut links = Vec::new();
    for place in 0..step.facts.len() {
        let origin = narrate::origin(step, place);
        if origin.is_some() && is_told(origin) {
            add(&mut links, record, Some(place));
        }
    }
    for child in session.effects_of(step.id) {
        if is_told(trigger(record, &child.step)) {
            add(&mut links, &child, first(&child));
        }
    }
    let came =
        |(earlier, place): &(&Record, usize)| earlier.step.id == step.id && is_told(Some(*place));
    for later in since(session, step.id).iter().take(NEAR) {
        for place in 0..later.step.facts.len() {
            if before(session, &later.step, Some(place)).iter().any(came) {
                add(&mut links, later, Some(place));
            }
        }
    }
    links
}

/// What of `parent` made `step` happen.
fn trigger(parent: &Record, step: &Step) -> Option<usize> {
    narrate::trigger(&parent.step, &step.cause).or_else(|| first(parent))
}

/// The most telling of what came of a step directly.
fn first(record: &Record) -> Option<usize> {
    let direct = |told: &&Sentence| {
        let origin = told
            .fact
            .and_then(|place| narrate::origin(&record.step, place));
        origin.is_none()
    };
    // Of equals the first: the last maximum of the reversed list.
    let told = record.told.iter().rev().filter(direct);
    told.max_by_key(|told| told.weight)?.fact
}

/// Adds a link in the order of time, unless it is there already or there are enough.
fn add(links: &mut Vec<Link>, record: &Record, place: Option<usize>) {
    let Some(told) = record.sentence(place) else {
        return;
    };
    let link = Link {
        to: (record.step.id, told.fact),
        at: record.step.at,
        text: told.text.clone(),
        about: refs::told(told),
    };
    if links.len() < MOST_LINKS && !links.contains(&link) {
        let place = links.partition_point(|other| other.to.0 <= link.to.0);
        links.insert(place, link);
    }
}

/// Why a packet was sent; and what became of it, once something did.
fn packet(session: &Session, id: PacketId) -> Option<Why> {
    let packet = session.world().network().packet(id)?;
    let record = session.record_of(packet.sent_by)?;
    let arrival = Cause::Packet {
        packet: id,
        from: packet.from,
        to: packet.to,
        kind: packet.kind(),
    };
    let mut why = event(
        session,
        (packet.sent_by, narrate::trigger(&record.step, &arrival)),
    )?;
    let mut came = session.effects_of(packet.sent_by).into_iter();
    why.about = refs::packet(id);
    why.led_to.clear();
    match came.find(|child| child.step.cause == arrival) {
        Some(child) => add(&mut why.led_to, &child, first(&child)),
        None => why.values = Some(narrate::journey(narrate::spoken(), packet)),
    }
    Some(why)
}

/// Why a server is what it is: the last thing that made it so.
fn role(session: &Session, id: NodeId) -> Option<Why> {
    let world = session.world();
    let server = world.find(id)?;
    let look = Look::of(server);
    let made = last(session, world.last_step(), &|_, fact| {
        let makes = match fact {
            Fact::Crashed { server } | Fact::Wiped { server } if *server == id => Look::Down,
            Fact::Joined { server } | Fact::Restarted { server } if *server == id => Look::Follower,
            Fact::Raft { server, event } if *server == id => match event {
                Event::BecameLeader { .. } => Look::Leader,
                Event::ElectionStarted { .. } | Event::PreVoteStarted { .. } => Look::Candidate,
                Event::LeaderKnown { .. } | Event::SteppedDown { .. } => Look::Follower,
                _ => return None,
            },
            _ => return None,
        };
        (makes == look).then_some(true)
    });
    let moment = made.map_or((StepId(0), None), |(record, place)| {
        (record.step.id, Some(place))
    });
    let mut why = event(session, moment)?;
    if let Some(node) = server.node().filter(|_| look == Look::Follower) {
        why.values = Some(narrate::following(narrate::spoken(), node));
    }
    Some(why)
}

/// Why a property was broken.
fn violation(session: &Session, property: Property) -> Option<Why> {
    let mut violations = session.violations().iter();
    let violation = violations.find(|violation| violation.property() == property)?;
    let language = narrate::spoken();
    let mut why = Why::new(
        violation.at,
        String::new(),
        &narrate::broken(language, violation),
    );
    why.text = narrate::violation(language, violation);
    if let Some(record) = session.record_of(violation.step) {
        add(&mut why.because, &record, first(&record));
    }
    Some(why)
}

/// Why a server holds an entry: who made it, how it came here, and whether it is committed.
fn entry(session: &Session, id: NodeId, index: LogIndex) -> Option<Why> {
    let world = session.world();
    let term = world.find(id)?.log().get(index)?.term;
    let position = EntryId { index, term };
    let now = world.last_step();
    let made = last(session, now, &|_, fact| match fact {
        Fact::Raft {
            event: Event::EntryAppended { position: made },
            ..
        } => (*made == position).then_some(true),
        _ => None,
    });
    let stored = last(session, now, &|_, fact| match fact {
        Fact::Raft { server, event } => (*server == id && stores(event, index)).then_some(true),
        _ => None,
    });
    let maker = made.and_then(|(record, place)| match &record.step.facts[place] {
        Fact::Raft { server, .. } => Some(*server),
        _ => None,
    });
    let language = narrate::spoken();
    let (clause, values) =
        narrate::commitment(language, world, id, position, session.settled(index));
    let mut why = Why::new(
        world.now(),
        narrate::entry(language, world, id, position, maker),
        &clause,
    );
    why.about = refs::entry(position);
    why.values = Some(values);
    for (record, place) in [made, stored].into_iter().flatten() {
        add(&mut why.because, record, Some(place));
    }
    if let Some((record, place)) = learned(session, id, index) {
        add(&mut why.led_to, record, Some(place));
    }
    Some(why)
}

/// When a server came to know that an entry is committed, if it knows.
fn learned(session: &Session, id: NodeId, index: LogIndex) -> Option<(&Record, usize)> {
    let mut first = None;
    for record in &session.records()[..session.told()] {
        for (place, fact) in record.step.facts.iter().enumerate() {
            match fact {
                Fact::Crashed { server } if *server == id => first = None,
                Fact::Raft { server, event } if *server == id && first.is_none() => match event {
                    Event::CommitLearned { index: upto, .. }
                    | Event::Committed {
                        position: EntryId { index: upto, .. },
                        ..
                    } if *upto >= index => {
                        first = Some((record, place));
                    }
                    _ => {}
                },
                _ => {}
            }
        }
    }
    first
}
