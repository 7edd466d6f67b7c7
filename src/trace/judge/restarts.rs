//! Crashes: what must survive them (Figure 2, persistent state).

use super::super::line::Role;
use super::{Judge, Moment, Rule};

impl Judge {
    pub(super) fn judge_start(&mut self, moment: &Moment<'_>, wiped: bool) {
        let after = &moment.after;
        let name = self.name(moment.id).to_owned();
        if after.role.is_some_and(|role| role != Role::F) {
            let told = format!(
                "{name} started as {}",
                match after.role {
                    Some(Role::L) => "a leader",
                    _ => "a candidate",
                }
            );
            self.blame(moment.line, moment.id, Rule::StartAsFollower, told);
        }
        if wiped {
            self.judge_empty(moment, &name);
        } else if !moment.opens {
            self.judge_survival(moment, &name);
        }
        let memory = &mut self.servers[moment.id];
        memory.crash();
        memory.durable_term = after.term.unwrap_or(memory.durable_term);
        match (wiped, after.term, after.vote) {
            (true, ..) => memory.voted.clear(),
            (false, Some(term), vote) => {
                memory.voted.retain(|voted, _| *voted <= term);
                if vote == Some(None) {
                    memory.voted.remove(&term);
                }
            }
            _ => {}
        }
        memory.durable_vote = match (after.term, after.vote) {
            (Some(term), Some(Some(vote))) => Some((term, vote)),
            (Some(_), Some(None)) => None,
            _ => memory.durable_vote.filter(|_| !wiped),
        };
        memory.durable_log = after.log.as_ref().map_or(0, super::Log::last);
    }

    fn judge_empty(&mut self, moment: &Moment<'_>, name: &str) {
        let after = &moment.after;
        let is_empty = after.term.unwrap_or(0) == 0
            && after.vote.flatten().is_none()
            && after.log.as_ref().is_none_or(|log| log.last() == 0);
        if !is_empty {
            let told = format!(
                "{name} lost its disk, but started in term {} with a log",
                after.term.unwrap_or(0)
            );
            self.blame(moment.line, moment.id, Rule::StartEmpty, told);
        }
    }

    fn judge_survival(&mut self, moment: &Moment<'_>, name: &str) {
        let (before, after) = (&moment.before, &moment.after);
        let memory = &self.servers[moment.id];
        let (kept_term, kept_vote, kept_log) =
            (memory.durable_term, memory.durable_vote, memory.durable_log);
        if let Some(term) = after.term {
            if term < kept_term {
                let told = format!(
                    "{name} had told others that it was in term {kept_term}, but started in term {term}"
                );
                return self.blame(moment.line, moment.id, Rule::PersistTerm, told);
            }
            if let Some(own) = before.term.filter(|own| *own < term) {
                let told =
                    format!("{name} was in term {own} when it crashed, but started in term {term}");
                return self.blame(moment.line, moment.id, Rule::TermRises, told);
            }
            if let Some(vote) = after.vote {
                let given = self.servers[moment.id].voted.get(&term).copied();
                let lost = kept_vote
                    .filter(|(voted, _)| *voted == term)
                    .map(|(_, whom)| whom);
                let say =
                    |who: Option<usize>| who.map_or("nobody", |who| self.name(who)).to_owned();
                let is_other =
                    lost.is_some() && vote != lost || vote.is_some() && before.term.is_some();
                // A vote that changed before the crash was no vote then: that was said there.
                if vote != given && is_other {
                    let told = format!(
                        "{name} had voted for {} in term {term}, but started with a vote for {}",
                        say(lost.or(given)),
                        say(vote)
                    );
                    return self.blame(moment.line, moment.id, Rule::PersistVote, told);
                }
            }
        }
        if let (Some(own), Some(log)) = (&before.log, &after.log) {
            let same = own.common(log).max(own.base().min(log.last()));
            if same < kept_log {
                let told = format!(
                    "{name} had acknowledged its log up to entry {kept_log}, but started with {}",
                    match log.last() {
                        last if last < kept_log => format!("a log that ends at {last}"),
                        _ => format!("another entry at {}", same + 1),
                    }
                );
                return self.blame(moment.line, moment.id, Rule::PersistLog, told);
            }
        }
        if let (Some(old), Some(new)) = (before.commit, after.commit)
            && new > old
        {
            let told =
                format!("{name} had committed up to {old} when it crashed, but started with {new}");
            self.blame(moment.line, moment.id, Rule::CommitFromLeader, told);
        }
    }

    /// What others were told must survive. Where a trace does not say what was sent, a step counts
    /// as told.
    pub(super) fn note_durable(&mut self, moment: &Moment<'_>) {
        let after = &moment.after;
        let memory = &mut self.servers[moment.id];
        if let (Some(own), Some(log)) = (&moment.before.log, &after.log)
            && log.base() <= own.last()
        {
            memory.durable_log = memory.durable_log.min(own.common(log));
        }
        let Some(out) = moment.out else {
            memory.durable_term = after.term.unwrap_or(memory.durable_term);
            if let (Some(term), Some(Some(vote))) = (after.term, after.vote) {
                memory.durable_vote = Some((term, vote));
            }
            memory.durable_log = after
                .log
                .as_ref()
                .map_or(memory.durable_log, super::Log::last);
            return;
        };
        for message in out {
            let Some(term) = message.term else { continue };
            if !matches!(&*message.t, "RV" | "RVR" | "AER" | "ISR") {
                continue;
            }
            memory.durable_term = memory.durable_term.max(term);
            let vote = match &*message.t {
                "RV" => Some(moment.id),
                "RVR" if message.g == Some(true) => message.to,
                _ => None,
            };
            let is_later = memory.durable_vote.is_none_or(|(voted, _)| voted < term);
            if let Some(vote) = vote.filter(|_| is_later) {
                memory.durable_vote = Some((term, vote));
            }
            if let (Some(upto), Some(log)) = (message.mi, &after.log)
                && message.ok != Some(false)
                && after.term == Some(term)
            {
                memory.durable_log = memory.durable_log.max(upto.min(log.last()));
            }
        }
    }
}
