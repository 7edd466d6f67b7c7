//! Commits: what is settled (§5.3, §5.4).

use super::log::Log;
use super::pending::Proof;
use super::{Cause, Committed, Judge, Moment, Rule};

impl Judge {
    pub(super) fn judge_commit(&mut self, moment: &Moment<'_>) {
        let (before, Some(after)) = (moment.before.commit, moment.after.commit) else {
            return;
        };
        let name = self.name(moment.id).to_owned();
        if let Some(before) = before.filter(|before| after < *before) {
            let told = format!("{name} had committed up to {before}, and now up to {after}");
            return self.blame(moment.line, moment.id, Rule::CommitNeverFalls, told);
        }
        if let Some(log) = &moment.after.log
            && log.last() < after
        {
            let told = format!(
                "{name} has committed up to {after}, but its log ends at {}",
                log.last()
            );
            return self.blame(moment.line, moment.id, Rule::CommitInLog, told);
        }
        if before.is_none_or(|before| after == before) {
            return;
        }
        let leads = moment.after.leads()
            || moment.before.leads() && moment.before.term == moment.after.term;
        match leads {
            true => self.judge_leader_commit(moment, after),
            false => self.judge_follower_commit(moment, after),
        }
    }

    fn judge_leader_commit(&mut self, moment: &Moment<'_>, commit: u64) {
        let Some(term) = moment.after.term else {
            return;
        };
        let logs = [&moment.after.log, &moment.before.log];
        let known = logs
            .iter()
            .filter_map(|log| log.as_ref()?.term(commit))
            .next();
        let name = self.name(moment.id).to_owned();
        if let Some(own) = known.filter(|own| *own != term) {
            let told = format!(
                "{name}, leader of term {term}, committed entry {commit} of term {own}, \
                 with no entry of its own term behind it"
            );
            return self.blame(moment.line, moment.id, Rule::CommitOwnTerm, told);
        }
        let members = logs.map(|log| {
            log.as_ref()
                .and_then(Log::members)
                .map(|(_, members)| members)
        });
        let [Some(now), then] = members else { return };
        let memory = &self.servers[moment.id];
        let others = memory
            .acknowledged
            .iter()
            .filter(|(_, upto)| **upto >= commit);
        let holders = others.fold(1u64 << moment.id, |set, (id, _)| set | 1 << id);
        let is_enough =
            now.has_quorum(holders) || then.is_some_and(|then| then.has_quorum(holders));
        if is_enough {
            return;
        }
        if memory.answers_are_told && self.has_messages {
            let voters = then.unwrap_or(now).all_voters();
            let told = self.too_few_hold(&name, commit, holders, voters);
            self.blame(moment.line, moment.id, Rule::CommitMajority, told);
        } else if let Some(entry_term) = known {
            let index = commit;
            self.defer(
                moment,
                then.unwrap_or(now),
                Proof::Entry {
                    index,
                    term: entry_term,
                },
            );
        }
    }

    pub(super) fn too_few_hold(
        &self,
        name: &str,
        commit: u64,
        holders: u64,
        voters: u64,
    ) -> String {
        format!(
            "{name} committed entry {commit}, which {} of {} voters store ({})",
            (holders & voters).count_ones(),
            voters.count_ones(),
            self.names(holders & voters)
        )
    }

    fn judge_follower_commit(&mut self, moment: &Moment<'_>, commit: u64) {
        let name = self.name(moment.id).to_owned();
        let message = match moment.cause {
            Cause::Message(message) => message,
            Cause::Own => {
                let told = format!(
                    "{name} committed up to {commit} in a {} step, without a word of its leader",
                    moment.kind
                );
                return self.blame(moment.line, moment.id, Rule::CommitFromLeader, told);
            }
            Cause::Unknown => return self.judge_learned(moment, commit),
        };
        if message.t == "AE" {
            let own = moment.before.log.as_ref();
            if let Some(Err(_)) = own.and_then(|own| own.append(message, &self.reader)) {
                let told = format!(
                    "{name} committed up to {commit}, but its log does not have ({}, term {})",
                    message.pi.unwrap_or(0),
                    message.pt.unwrap_or(0)
                );
                return self.blame(moment.line, moment.id, Rule::CheckPrevious, told);
            }
        }
        let mut blame = |rule, told: String| self.blame(moment.line, moment.id, rule, told);
        match &*message.t {
            "AE" => {
                if let Some(leader) = message.c.filter(|leader| *leader < commit) {
                    return blame(
                        Rule::CommitFromLeader,
                        format!(
                            "{name} committed up to {commit}, but its leader has committed up to {leader}"
                        ),
                    );
                }
                let last = message
                    .pi
                    .zip(message.es.as_ref())
                    .map(|(index, es)| index + es.len() as u64);
                if let Some(last) = last.filter(|last| *last < commit) {
                    blame(
                        Rule::CommitOnlyChecked,
                        format!(
                            "{name} committed up to {commit}, but the last new entry of the request is {last}"
                        ),
                    );
                }
            }
            "IS" => {
                if let Some(last) = message.li.filter(|last| *last < commit) {
                    blame(
                        Rule::CommitOnlyChecked,
                        format!("{name} committed up to {commit}, but the snapshot ends at {last}"),
                    );
                }
            }
            "RV" | "RVR" | "AER" | "PV" | "PVR" | "TN" | "ISR" => blame(
                Rule::CommitFromLeader,
                format!(
                    "{name} committed up to {commit} by {}, which says nothing of that",
                    message.t
                ),
            ),
            _ => {}
        }
    }

    /// A follower learns of commits from its leader, even if the message is not told.
    fn judge_learned(&mut self, moment: &Moment<'_>, commit: u64) {
        let Some(leader) = moment
            .after
            .term
            .and_then(|term| self.led.get(&term))
            .copied()
        else {
            return;
        };
        let theirs = &self.servers[leader].now;
        let name = self.name(moment.id);
        if theirs.term == moment.after.term
            && let Some(known) = theirs.commit.filter(|known| *known < commit)
        {
            let told = format!(
                "{name} committed up to {commit}, but {}, leader of its term, has committed up to {known}",
                self.name(leader)
            );
            self.blame(moment.line, moment.id, Rule::CommitFromLeader, told);
        }
    }

    /// What is committed is the same for everyone, and for ever.
    pub(super) fn judge_committed(&mut self, moment: &Moment<'_>) {
        let (Some(log), Some(commit), Some(term)) = (
            moment.after.log.clone(),
            moment.after.commit,
            moment.after.term,
        ) else {
            return;
        };
        let own = moment.before.log.as_ref().filter(|_| !moment.opens);
        let from = match moment.before.commit {
            Some(before) if !moment.opens => own.map_or(0, |own| own.common(&log)).min(before),
            _ => 0,
        };
        if let (Some(known), Some(own)) = (self.committed.get(&log.base()), log.term(log.base()))
            && known.entry.term != own
        {
            let told = format!(
                "the snapshot of {} ends with entry {} of term {own}, but {} committed {} there in line {}",
                self.name(moment.id),
                log.base(),
                self.name(known.server),
                self.entry(known.entry),
                known.line
            );
            self.blame(moment.line, moment.id, Rule::StateMachineSafety, told);
        }
        // What was compacted in the same step is still known; what a snapshot replaced is no more.
        let base = (log.base(), log.term(log.base()).unwrap_or(0));
        let own = own.filter(|own| own.holds(base.0, base.1) == Some(true));
        let logs = [Some(&log), own];
        for index in
            from.max(log.base().min(own.map_or(u64::MAX, Log::base))) + 1..=commit.min(log.last())
        {
            let Some(entry) = logs.iter().find_map(|log| (*log)?.get(index)) else {
                continue;
            };
            match self.committed.get(&index).copied() {
                Some(known) if known.entry == entry => {}
                Some(known) => {
                    let told = format!(
                        "{} committed {} at index {index}, but {} committed {} there in line {}",
                        self.name(moment.id),
                        self.entry(entry),
                        self.name(known.server),
                        self.entry(known.entry),
                        known.line
                    );
                    return self.blame(moment.line, moment.id, Rule::StateMachineSafety, told);
                }
                None => self.settle_entry(moment, index, entry, term),
            }
        }
    }

    fn settle_entry(&mut self, moment: &Moment<'_>, index: u64, entry: super::Entry, term: u64) {
        let known = Committed {
            entry,
            term,
            server: moment.id,
            line: moment.line,
        };
        self.committed.insert(index, known);
        let later = self
            .elected
            .iter()
            .rev()
            .take_while(|elected| elected.term > term);
        let lacks = |log: &Log| log.holds(index, entry.term) == Some(false);
        let mut without = later.filter(|elected| elected.log.as_ref().is_some_and(lacks));
        if let Some(elected) = without.next() {
            let told = format!(
                "{} committed entry {index} ({}) in term {term}, but {} was elected in term {} without it",
                self.name(moment.id),
                self.entry(entry),
                self.name(elected.server),
                elected.term
            );
            self.blame(moment.line, moment.id, Rule::LeaderCompleteness, told);
        }
    }
}
