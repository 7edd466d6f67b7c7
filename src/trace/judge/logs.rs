//! Logs: what they may hold (§5.3).

use super::{Entry, Judge, Moment, Position, Rule};

impl Judge {
    /// The entries that a step brought into a log.
    pub(super) fn judge_log(&mut self, moment: &Moment<'_>) {
        let Some(log) = moment.after.log.clone() else {
            return;
        };
        let common = match &moment.before.log {
            Some(own) if !moment.opens => own.common(&log),
            _ => 0,
        };
        for index in common.max(log.base()) + 1..=log.last() {
            let Some(entry) = log.get(index) else {
                continue;
            };
            self.judge_entry(moment, index, entry, log.term(index - 1));
        }
    }

    fn judge_entry(&mut self, moment: &Moment<'_>, index: u64, entry: Entry, before: Option<u64>) {
        let name = self.name(moment.id).to_owned();
        let term = entry.term;
        let blame = |judge: &mut Self, rule, told| judge.blame(moment.line, moment.id, rule, told);
        if term == 0 {
            let told = format!("{name} has an entry of term 0 at index {index}");
            return blame(self, Rule::LegalTerm, told);
        }
        if let Some(own) = moment.after.term.filter(|own| *own < term) {
            let told = format!(
                "{name} is in term {own}, but has an entry of term {term} at index {index}"
            );
            return blame(self, Rule::LegalTerm, told);
        }
        if let Some(before) = before.filter(|before| *before > term) {
            let told = format!(
                "{name} has an entry of term {term} at index {index}, after one of term {before}"
            );
            return blame(self, Rule::TermsAlongLog, told);
        }
        let Some(known) = self.positions.get_mut(&(index, term)) else {
            self.judge_origin(moment, index, entry);
            let position = Position {
                value: entry.value,
                before,
                server: moment.id,
                line: moment.line,
            };
            self.positions.insert((index, term), position);
            return;
        };
        known.before = known.before.or(before);
        let known = *known;
        let (other, line) = (self.name(known.server), known.line);
        if known.value != entry.value {
            let theirs = self.reader.value(known.value);
            let told = format!(
                "{name} has {} at index {index}, but {other} has {theirs} of that term there (line {line})",
                self.entry(entry)
            );
            blame(self, Rule::LogMatching, told);
        } else if let (Some(theirs), Some(ours)) = (known.before, before)
            && theirs != ours
        {
            let told = format!(
                "{name} has term {ours} before entry ({index}, term {term}), but {other} has term {theirs} there (line {line})"
            );
            blame(self, Rule::LogMatching, told);
        }
    }

    /// An entry that is seen for the first time is with the leader of its term.
    fn judge_origin(&mut self, moment: &Moment<'_>, index: u64, entry: Entry) {
        if moment.opens {
            return;
        }
        let name = self.name(moment.id);
        let told = match self.led.get(&entry.term) {
            Some(leader) if *leader == moment.id => return,
            Some(leader) if !self.is_traced(*leader) => return,
            Some(leader) => format!(
                "{name} has entry {index} ({}), but {}, leader of that term, never had it",
                self.entry(entry),
                self.name(*leader)
            ),
            None if !self.everyone_is_traced() || !self.roles_are_told() => return,
            None => format!(
                "{name} has entry {index} ({}), but nobody has led that term",
                self.entry(entry)
            ),
        };
        self.blame(moment.line, moment.id, Rule::EntryOrigin, told);
    }

    /// Whether the trace says who leads.
    fn roles_are_told(&self) -> bool {
        self.servers.iter().all(|memory| memory.now.role.is_some())
    }
}
