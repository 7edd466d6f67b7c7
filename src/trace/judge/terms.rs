//! Terms: a logical clock (§5.1).

use super::super::line::Role;
use super::{Cause, Judge, Moment, Rule};

impl Judge {
    pub(super) fn judge_terms(&mut self, moment: &Moment<'_>) {
        let (Some(before), Some(after)) = (moment.before.term, moment.after.term) else {
            return;
        };
        let name = self.name(moment.id).to_owned();
        let mut blame = |rule, told: String| self.blame(moment.line, moment.id, rule, told);
        if after < before {
            return blame(
                Rule::TermNeverFalls,
                format!("{name} was in term {before} and is now in term {after}"),
            );
        }
        if let Cause::Message(message) = moment.cause
            && let Some(theirs) = message.term
        {
            let binds = matches!(&*message.t, "AE" | "AER" | "RVR" | "IS" | "ISR" | "TN");
            if theirs > before && after < theirs && binds {
                return blame(
                    Rule::AdoptTerm,
                    format!(
                        "{name} received {} of term {theirs}, but stays in term {after}",
                        message.t
                    ),
                );
            }
            let is_follower = moment.after.role.is_none_or(|role| role == Role::F);
            if theirs > before && after == theirs && !is_follower && (binds || message.t == "RV") {
                return blame(
                    Rule::AdoptTerm,
                    format!(
                        "{name} received {} of term {theirs} in term {before}, but did not become a follower",
                        message.t
                    ),
                );
            }
            if theirs < before && matches!(&*message.t, "AE" | "IS" | "RV") && after == before {
                return self.judge_refusal(moment, theirs, before);
            }
        }
        if after > before && !self.may_rise(moment, before, after) {
            let told = format!(
                "{name} went from term {before} to term {after}, but neither a message nor its own candidacy leads there"
            );
            self.blame(moment.line, moment.id, Rule::TermRises, told);
        }
    }

    /// A request of an earlier term changes nothing.
    fn judge_refusal(&mut self, moment: &Moment<'_>, theirs: u64, ours: u64) {
        let (before, after) = (&moment.before, &moment.after);
        let what = if before.vote.is_some() && after.vote.is_some() && before.vote != after.vote {
            "vote"
        } else if let (Some(own), Some(log)) = (&before.log, &after.log)
            && !own.is_same(log)
        {
            "log"
        } else if let (Some(old), Some(new)) = (before.commit, after.commit)
            && old != new
        {
            "commit index"
        } else {
            return;
        };
        let name = self.name(moment.id);
        let told =
            format!("{name} is in term {ours}, but a request of term {theirs} changed its {what}");
        self.blame(moment.line, moment.id, Rule::RefuseOldTerm, told);
    }

    /// Whether a term may rise like that: to that of the message, or by one for an election.
    fn may_rise(&self, moment: &Moment<'_>, before: u64, after: u64) -> bool {
        let stands = moment.after.role.is_none_or(|role| role != Role::F)
            || moment.after.vote.is_none_or(|vote| vote == Some(moment.id));
        match moment.cause {
            Cause::Message(message) => {
                let Some(theirs) = message.term else {
                    return true;
                };
                // A pre-vote asks about a term that nobody need be in.
                let told = message.next.map_or(theirs, |next| next.max(theirs));
                after == theirs && theirs > before
                    || stands && after == before.max(theirs) + 1
                    || stands && message.t == "PVR" && after == told
            }
            Cause::Unknown => {
                let others = self
                    .servers
                    .iter()
                    .enumerate()
                    .filter(|(id, _)| *id != moment.id);
                let known = others.filter_map(|(id, memory)| {
                    memory
                        .now
                        .term
                        .or_else(|| (!self.is_traced(id)).then_some(u64::MAX))
                });
                stands && after == before + 1 || known.max().is_some_and(|known| known >= after)
            }
            Cause::Own => stands && after == before + 1,
        }
    }
}
