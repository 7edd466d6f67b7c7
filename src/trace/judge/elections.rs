//! Elections: who may stand, and who may lead (§5.2).

use super::super::line::{Kind, Role};
use super::pending::Proof;
use super::{Cause, Elected, Judge, Moment, Rule};

impl Judge {
    /// Notes the votes and acknowledgements that a server receives.
    pub(super) fn hear(&mut self, moment: &Moment<'_>) {
        // The line that sent what this message answers; where that is not told, it is recent.
        let source = moment.source.and_then(|line| self.causes.get(&line));
        let asked = source.copied().unwrap_or(usize::MAX);
        let memory = &mut self.servers[moment.id];
        let message = match moment.cause {
            Cause::Own => return,
            Cause::Unknown => {
                (memory.votes_are_told, memory.answers_are_told) = (false, false);
                memory.requests_are_told = false;
                return;
            }
            Cause::Message(message) => message,
        };
        let in_its_term = message.term.is_none() || message.term == moment.before.term;
        let Some(from) = message.from else {
            (memory.votes_are_told, memory.answers_are_told) = (false, false);
            return;
        };
        match &*message.t {
            "RVR" if in_its_term && message.g == Some(true) => memory.granted |= 1 << from,
            "PVR" if message.g == Some(true) => {
                let about = message.next.unwrap_or(0);
                *memory.pre_votes.entry(about).or_default() |= 1 << from;
            }
            "AER" | "ISR" if in_its_term && message.ok != Some(false) => {
                let known = memory.acknowledged.entry(from).or_default();
                *known = (*known).max(message.mi.unwrap_or(0));
                memory.confirm(from, asked);
            }
            "AER" if in_its_term => memory.confirm(from, asked),
            "RI" => {
                let read = (from, message.read.clone().unwrap_or_default());
                let commit = moment.before.commit.unwrap_or(0);
                memory.reads.entry(read).or_insert((commit, moment.line));
            }
            _ => {}
        }
    }

    pub(super) fn judge_candidacy(&mut self, moment: &Moment<'_>) {
        let (before, after) = (&moment.before, &moment.after);
        let Some(term) = after.term else { return };
        if let (Cause::Message(message), Some(own)) = (moment.cause, before.term)
            && matches!(&*message.t, "PV" | "PVR")
            && term <= own
            && before.vote.is_some()
            && after.vote.is_some()
            && before.vote != after.vote
        {
            let told = format!(
                "{} received {} and changed its vote",
                self.name(moment.id),
                message.t
            );
            return self.blame(moment.line, moment.id, Rule::PreVoteChangesNothing, told);
        }
        let voted = after.vote == Some(Some(moment.id)) && before.term != Some(term);
        let stood = before.role == Some(Role::C) && before.term == Some(term);
        let name = self.name(moment.id).to_owned();
        if after.role == Some(Role::C) && before.term == Some(term) {
            let again = moment.kind == Kind::Timeout && stood;
            if again || before.role.is_some() && !stood {
                let told = format!(
                    "{name} stands for election in term {term}, but it was in that term before"
                );
                self.blame(moment.line, moment.id, Rule::NewTerm, told);
            }
        }
        if after.role == Some(Role::C) && after.vote.is_some_and(|vote| vote != Some(moment.id)) {
            let whom = after
                .vote
                .flatten()
                .map_or("nobody", |vote| self.name(vote));
            let told =
                format!("{name} stands for election in term {term}, but its vote is for {whom}");
            self.blame(moment.line, moment.id, Rule::VoteForItself, told);
        }
        let stands = after.role == Some(Role::C) || after.role == Some(Role::L) && voted;
        if stands && !stood {
            self.begin_campaign(moment, term);
        }
    }

    fn begin_campaign(&mut self, moment: &Moment<'_>, term: u64) {
        let memory = &mut self.servers[moment.id];
        memory.campaigns.insert(term, moment.before.end());
        memory.granted = 1 << moment.id;
        memory.votes_are_told = true;
        let name = self.name(moment.id).to_owned();
        let Some(log) = &moment.before.log else {
            return;
        };
        let since = log.members_since(moment.before.commit.unwrap_or(0));
        let possible: Vec<_> = since.collect();
        if !possible.is_empty()
            && possible
                .iter()
                .all(|members| members.all_voters() >> moment.id & 1 == 0)
        {
            let told = format!(
                "{name} stands for election in term {term}, but the voters are {}",
                self.names(possible[possible.len() - 1].all_voters())
            );
            self.blame(moment.line, moment.id, Rule::OnlyVotersStand, told);
        }
        if let Cause::Message(message) = moment.cause
            && message.t == "PVR"
            && let Some((_, members)) = log.members()
        {
            let votes = self.servers[moment.id]
                .pre_votes
                .get(&term)
                .copied()
                .unwrap_or(0);
            if !members.has_quorum(votes | 1 << moment.id) {
                let told = format!(
                    "{name} stands for election in term {term}, but only {} would vote for it",
                    self.names(votes | 1 << moment.id)
                );
                self.blame(moment.line, moment.id, Rule::PreVoteMajority, told);
            }
        }
    }

    pub(super) fn judge_election(&mut self, moment: &Moment<'_>) {
        let (before, after) = (&moment.before, &moment.after);
        let (true, Some(term)) = (after.leads(), after.term) else {
            return;
        };
        if before.leads() && before.term == Some(term) {
            return;
        }
        let name = self.name(moment.id).to_owned();
        let members = before
            .log
            .as_ref()
            .and_then(super::Log::members)
            .map(|(_, members)| members);
        let alone = members.is_some_and(|members| members.has_quorum(1 << moment.id));
        let stood = before.role.is_none()
            || before.role == Some(Role::C) && before.term.is_none_or(|own| own == term)
            || alone && after.vote == Some(Some(moment.id)) && before.term != Some(term);
        if let Some(other) = self
            .led
            .get(&term)
            .copied()
            .filter(|other| *other != moment.id)
        {
            let told = format!(
                "{name} leads term {term}, but {} leads it already",
                self.name(other)
            );
            self.blame(moment.line, moment.id, Rule::ElectionSafety, told);
        }
        self.led.entry(term).or_insert(moment.id);
        if !stood {
            let role = match before.role {
                Some(Role::C) => "candidate",
                Some(Role::L) => "leader",
                _ => "follower",
            };
            let told = format!(
                "{name} leads term {term}, but before it was a {role} in term {}",
                before.term.unwrap_or(0)
            );
            self.blame(moment.line, moment.id, Rule::CandidateFirst, told);
        }
        if let Some(members) = members {
            let memory = &self.servers[moment.id];
            let votes = memory.granted | 1 << moment.id;
            if memory.votes_are_told && self.has_messages {
                if !members.has_quorum(votes) {
                    let told = self.too_few(&name, term, votes, members.all_voters());
                    self.blame(moment.line, moment.id, Rule::ElectionMajority, told);
                }
            } else {
                self.defer(moment, members, Proof::Votes { term });
            }
        }
        self.judge_completeness(moment, term);
        let memory = &mut self.servers[moment.id];
        memory.acknowledged.clear();
        memory.answered.clear();
        memory.answers_are_told = !matches!(moment.cause, Cause::Unknown);
        self.elected.push(Elected {
            term,
            server: moment.id,
            log: after.log.clone(),
        });
    }

    pub(super) fn too_few(&self, name: &str, term: u64, votes: u64, voters: u64) -> String {
        format!(
            "{name} leads term {term} with {} of {} votes ({})",
            (votes & voters).count_ones(),
            voters.count_ones(),
            self.names(votes & voters)
        )
    }

    /// §5.4: what was committed in earlier terms is in a new leader's log.
    fn judge_completeness(&mut self, moment: &Moment<'_>, term: u64) {
        let Some(log) = &moment.after.log else { return };
        let mut settled = self.committed.iter().rev();
        let last = settled.find(|(_, known)| known.term < term);
        if let Some((index, known)) = last
            && log.holds(*index, known.entry.term) == Some(false)
        {
            let told = format!(
                "{} leads term {term} without entry {index} ({}), which {} committed in line {}",
                self.name(moment.id),
                self.entry(known.entry),
                self.name(known.server),
                known.line
            );
            self.blame(moment.line, moment.id, Rule::LeaderCompleteness, told);
        }
    }
}
