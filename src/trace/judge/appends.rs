//! How a log may change: by its leader's own entries, or by AppendEntries (§5.3).

use super::super::line::Kind;
use super::log::{Log, Mismatch};
use super::{Cause, Judge, Message, Moment, Rule};

impl Judge {
    pub(super) fn judge_append(&mut self, moment: &Moment<'_>) {
        let (Some(own), Some(log)) = (&moment.before.log, &moment.after.log) else {
            return;
        };
        self.judge_compaction(moment, own, log);
        let (before, after) = (&moment.before, &moment.after);
        let leads = before.leads() && before.term == after.term || after.leads();
        match moment.cause {
            Cause::Message(message) if message.t == "AE" && !leads => {
                self.judge_request(moment, own, log, message);
            }
            Cause::Message(message) if message.t == "IS" && !leads => {
                self.judge_install(moment, own, log, message);
            }
            _ if leads => self.judge_leader(moment, own, log),
            Cause::Unknown => self.judge_unknown(moment, own, log),
            Cause::Message(_) | Cause::Own => {
                if !own.is_same(log) && log.base() <= own.last() {
                    let told = self.told_of_change(moment, own, log);
                    self.blame(moment.line, moment.id, Rule::LogChanges, told);
                }
            }
        }
    }

    fn told_of_change(&self, moment: &Moment<'_>, own: &Log, log: &Log) -> String {
        let at = own.common(log) + 1;
        let what = match moment.cause {
            Cause::Message(message) => format!("received {}", message.t),
            _ if moment.kind == Kind::Propose => "was asked by a client".into(),
            _ => format!("made a {} step", moment.kind),
        };
        let has = |log: &Log| match log.get(at) {
            Some(entry) => self.entry(entry),
            None if at <= log.base() => "a compacted entry".into(),
            None => "no entry".into(),
        };
        format!(
            "{} is no leader and {what}, but at index {at} its log had {} and now has {}",
            self.name(moment.id),
            has(own),
            has(log)
        )
    }

    /// A leader adds entries of its own term, and nothing else.
    fn judge_leader(&mut self, moment: &Moment<'_>, own: &Log, log: &Log) {
        let term = moment.after.term.unwrap_or(0);
        let common = own.common(log);
        let name = self.name(moment.id).to_owned();
        if common < own.last() {
            let now = log
                .get(common + 1)
                .map_or_else(|| "nothing".into(), |entry| self.entry(entry));
            let told = format!(
                "{name}, leader of term {term}, had entry {} ({}), and now has {now} there",
                common + 1,
                own.get(common + 1)
                    .map_or_else(|| "compacted".into(), |entry| self.entry(entry))
            );
            return self.blame(moment.line, moment.id, Rule::LeaderAppendOnly, told);
        }
        let added = (common + 1..=log.last()).filter_map(|index| Some((index, log.get(index)?)));
        let mut others = added.filter(|(_, entry)| entry.term != term);
        if let Some((index, entry)) = others.next() {
            let told = format!(
                "{name}, leader of term {term}, created entry {index} with term {}",
                entry.term
            );
            self.blame(moment.line, moment.id, Rule::OwnTermEntries, told);
        }
    }

    /// The log changed, and nobody says by which message: by one of the leader, then.
    fn judge_unknown(&mut self, moment: &Moment<'_>, own: &Log, log: &Log) {
        let common = own.common(log);
        if common < own.last()
            && log.last() == common
            && log.base() <= common
            && log.base() == own.base()
        {
            let told = format!(
                "{} deleted entry {}, but stored no other in its place",
                self.name(moment.id),
                common + 1
            );
            self.blame(moment.line, moment.id, Rule::DeleteOnlyConflicts, told);
        }
    }

    fn judge_request(&mut self, moment: &Moment<'_>, own: &Log, log: &Log, request: &Message) {
        if request.term < moment.before.term {
            return;
        }
        let Some(expected) = own.append(request, &self.reader) else {
            return;
        };
        let (previous, term) = (request.pi.unwrap_or(0), request.pt.unwrap_or(0));
        let name = self.name(moment.id).to_owned();
        match expected {
            Err(_) if own.is_same(log) && !agrees(moment, previous) => {}
            Err(why) => {
                let has = match why {
                    Mismatch::Missing => format!("its log ends at {}", own.last()),
                    Mismatch::Differs(own) => format!("its own entry there is of term {own}"),
                };
                let told = format!(
                    "{name} accepted a request with entries after ({previous}, term {term}), but {has}"
                );
                self.blame(moment.line, moment.id, Rule::CheckPrevious, told);
            }
            Ok(expected) if expected.is_same(log) => {
                let upto = previous + request.es.as_ref().map_or(0, |es| es.len()) as u64;
                let stored = self.servers[moment.id]
                    .stored
                    .entry(request.term.unwrap_or(0));
                let stored = stored.or_default();
                *stored = (*stored).max(upto);
            }
            // Whoever does not do as it is asked must not say that it did.
            Ok(_) if own.is_same(log) => {}
            Ok(expected) => self.judge_difference(moment, own, log, &expected),
        }
    }

    /// A log that is neither as before nor as the request makes it.
    fn judge_difference(&mut self, moment: &Moment<'_>, own: &Log, log: &Log, expected: &Log) {
        let index = expected.common(log) + 1;
        let name = self.name(moment.id).to_owned();
        let (was, is, should) = (own.get(index), log.get(index), expected.get(index));
        let say = |entry: Option<super::Entry>| {
            entry.map_or_else(|| "nothing".into(), |entry| self.entry(entry))
        };
        let (rule, told) = match (is, should) {
            (None, Some(entry)) if was == Some(entry) => (
                Rule::DeleteOnlyConflicts,
                format!(
                    "{name} deleted entry {index} ({}), which does not conflict with the request",
                    say(was)
                ),
            ),
            (Some(_), _) if is == was => (
                Rule::DeleteConflicts,
                format!(
                    "{name} kept entry {index} ({}), but by the request there is {}",
                    say(is),
                    say(should)
                ),
            ),
            _ => (
                Rule::EntriesOfRequest,
                format!(
                    "{name} has {} at index {index}, but by the request there is {}",
                    say(is),
                    say(should)
                ),
            ),
        };
        self.blame(moment.line, moment.id, rule, told);
    }
}

/// Whether a server answers in this step that its log agrees up to there.
fn agrees(moment: &Moment<'_>, previous: u64) -> bool {
    let out = moment.out.unwrap_or_default();
    let agrees = |message: &&Message| {
        message.t == "AER"
            && message.ok == Some(true)
            && message.term == moment.after.term
            && message.mi.is_some_and(|upto| upto > 0 && upto >= previous)
    };
    out.iter().any(|message| agrees(&message))
}
