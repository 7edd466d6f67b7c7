//! The list of events: what happened up to the cursor, the latest first, as far as a filter chooses
//! it. Heartbeats are folded.

use super::kinds::{Filter, Kind};
use super::refs;
use super::why::Moment;
use crate::raft::NodeId;
use crate::session::{Heartbeat, Record, Session};
use crate::sim::{StepId, Time};

/// The most pieces of the run that are told at once to find earlier events.
const MOST_PIECES: usize = 20;

/// A row of the list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Row {
    /// Something happened.
    Event(Line),
    /// Leaders sent heartbeats, and nothing else happened that is listed: the latest first.
    Heartbeats(Vec<Heartbeat>),
    /// Of what was before this moment only the rare events are listed.
    Gap(Time),
}

/// An event of the list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// What it tells.
    pub moment: Moment,
    /// When it happened.
    pub at: Time,
    /// The sentence.
    pub text: String,
    /// The tokens of what it tells of ([`refs`]).
    pub about: String,
}

/// The latest events that the filter chooses, `most` of them at most, and whether there may be more.
/// Without a filter nothing is folded either. Hidden records are left out.
pub fn rows(
    session: &Session,
    filter: Option<&Filter>,
    most: usize,
    hidden: &dyn Fn(&Record) -> bool,
) -> (Vec<Row>, bool) {
    let beats = filter.map_or(&[][..], |filter| heartbeats(session, filter));
    let mut list = List {
        rows: Vec::new(),
        beats,
        server: filter.and_then(|filter| filter.server),
    };
    for (count, (line, step)) in lines(session, filter, hidden).enumerate() {
        if filter.is_some() && step <= session.told_from() {
            list.gap(session);
        }
        if count == most {
            return (list.rows, true);
        }
        list.fold(step);
        list.rows.push(Row::Event(line));
    }
    list.fold(StepId(0));
    if filter.is_some() {
        list.gap(session);
    }
    (list.rows, false)
}

/// Sees to it that `most` events are told, and one more, if there are so many; or that a good deal of
/// the run before was looked through.
pub fn tell(session: &mut Session, filter: &Filter, most: usize) {
    for _ in 0..MOST_PIECES {
        let from = session.told_from();
        let told = lines(session, Some(filter), &|_| false).take_while(|(_, step)| *step > from);
        if from == StepId(0) || told.take(most + 1).count() > most {
            return;
        }
        session.tell_earlier();
    }
}

/// The events that the filter chooses, the latest first.
fn lines<'a>(
    session: &'a Session,
    filter: Option<&'a Filter>,
    hidden: &'a dyn Fn(&Record) -> bool,
) -> impl Iterator<Item = (Line, StepId)> {
    let filter = filter.filter(|filter| !filter.is_empty());
    let records = session.records()[..session.told()].iter().rev();
    let records = records.filter(move |record| !hidden(record));
    records.flat_map(move |record| {
        let (step, at) = (record.step.id, record.step.at);
        let told = record.told.iter().rev();
        let told = told.filter(move |told| filter.is_none_or(|it| it.chooses(record, told)));
        told.map(move |sentence| {
            let line = Line {
                moment: (step, sentence.fact),
                at,
                text: sentence.text.clone(),
                about: refs::told(sentence),
            };
            (line, step)
        })
    })
}

/// The heartbeats up to the cursor, if the filter chooses them.
fn heartbeats<'a>(session: &'a Session, filter: &Filter) -> &'a [Heartbeat] {
    let kind = matches!(filter.kind, None | Some(Kind::Replication));
    if !kind || !filter.words.is_empty() {
        return &[];
    }
    let all = session.heartbeats();
    let last = session.world().last_step();
    &all[..all.partition_point(|beat| beat.step <= last)]
}

/// The list as far as it is written.
struct List<'a> {
    rows: Vec<Row>,
    /// The heartbeats that are not in it yet.
    beats: &'a [Heartbeat],
    server: Option<NodeId>,
}

impl List<'_> {
    /// Adds the heartbeats after a step.
    fn fold(&mut self, after: StepId) {
        let place = self.beats.partition_point(|beat| beat.step <= after);
        let (before, these) = self.beats.split_at(place);
        self.beats = before;
        let these = these.iter().rev();
        let these = these.filter(|beat| self.server.is_none_or(|id| id == beat.from));
        let these: Vec<Heartbeat> = these.copied().collect();
        if !these.is_empty() {
            self.rows.push(Row::Heartbeats(these));
        }
    }

    /// Says from where on all is told, unless that is the beginning.
    fn gap(&mut self, session: &Session) {
        let said = self.rows.iter().any(|row| matches!(row, Row::Gap(_)));
        if said || session.told_from() == StepId(0) {
            return;
        }
        self.fold(session.told_from());
        let earliest = self.rows.iter().rev().find_map(|row| match row {
            Row::Event(line) => Some(line.at),
            Row::Heartbeats(beats) => beats.last().map(|beat| beat.at),
            Row::Gap(_) => None,
        });
        let at = earliest.unwrap_or_else(|| session.now());
        self.rows.push(Row::Gap(at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(until: u64) -> Session {
        let text = "servers 3\n seed 1\n clients 1\n client C1 writes x every 400ms\n timeout S1";
        let mut session = Session::read(text).unwrap();
        session.advance(Time::ms(until));
        session
    }

    fn texts(rows: &[Row]) -> Vec<String> {
        let text = |row: &Row| match row {
            Row::Event(line) => line.text.clone(),
            Row::Heartbeats(beats) => {
                format!("{}", beats.iter().map(|beat| beat.to).sum::<usize>())
            }
            Row::Gap(at) => format!("before {at}"),
        };
        rows.iter().map(text).collect()
    }

    #[test]
    fn heartbeats_are_folded_between_events() {
        let session = session(1_000);
        let (rows, more) = rows(&session, Some(&Filter::default()), 100, &|_| false);
        assert!(!more);
        let folds: Vec<usize> = rows
            .iter()
            .filter_map(|row| match row {
                Row::Heartbeats(beats) => Some(beats.len()),
                _ => None,
            })
            .collect();
        assert!(folds.iter().any(|count| *count > 3), "{:?}", texts(&rows));
        assert!(folds.iter().sum::<usize>() < 21, "each is there once");
        let times = rows.iter().flat_map(|row| match row {
            Row::Event(line) => vec![line.at],
            Row::Heartbeats(beats) => beats.iter().map(|beat| beat.at).collect(),
            Row::Gap(at) => vec![*at],
        });
        assert!(times.collect::<Vec<_>>().is_sorted_by(|a, b| a >= b));
        let (plain, _) = super::rows(&session, None, 100, &|_| false);
        assert!(plain.iter().all(|row| matches!(row, Row::Event(_))));
        let other = Filter {
            server: NodeId::new(2),
            ..Filter::default()
        };
        let (of_s2, _) = super::rows(&session, Some(&other), 100, &|_| false);
        assert!(
            !of_s2.iter().any(|row| matches!(row, Row::Heartbeats(_))),
            "S2 sent none"
        );
    }

    #[test]
    fn the_whole_run_is_listed_however_long_it_is() {
        let mut session = session(600_000);
        let first = "became a candidate";
        let filter = Filter {
            words: "client C1 asked".into(),
            ..Filter::default()
        };
        let asked = |session: &Session| texts(&rows(session, Some(&filter), 5_000, &|_| false).0);
        assert!(
            asked(&session).last().unwrap().starts_with("before"),
            "{:?}",
            asked(&session).last()
        );
        for _ in 0..40 {
            tell(&mut session, &filter, 5_000);
        }
        let all = asked(&session);
        assert!(all.len() > 1_400, "{}", all.len());
        assert!(!all.iter().any(|text| text.starts_with("before")));
        let (all, more) = rows(&session, Some(&Filter::default()), 100_000, &|_| false);
        assert!(!more && texts(&all).iter().any(|text| text.contains(first)));
    }
}
