//! What servers may answer.

use super::{Cause, Judge, Log, Message, Moment, Rule};

impl Judge {
    pub(super) fn judge_vote_reply(&mut self, moment: &Moment<'_>, message: &Message) {
        let (Some(true), Some(to), Some(term)) = (message.g, message.to, message.term) else {
            return;
        };
        if moment.after.vote.is_none() {
            return;
        }
        let given = self.servers[moment.id].voted.get(&term).copied();
        if given != Some(to) {
            let whom = given.map_or("nobody", |whom| self.name(whom));
            let told = format!(
                "{} told {} that it has its vote for term {term}, but the vote is for {whom}",
                self.name(moment.id),
                self.name(to)
            );
            self.blame(moment.line, moment.id, Rule::VoteReply, told);
        }
    }

    pub(super) fn judge_acknowledgement(&mut self, moment: &Moment<'_>, message: &Message) {
        let (Some(upto), Some(term)) = (message.mi, message.term) else {
            return;
        };
        if message.ok == Some(false) || upto == 0 {
            return;
        }
        let memory = &self.servers[moment.id];
        let name = self.name(moment.id);
        let commit = moment.after.commit.max(moment.before.commit).unwrap_or(0);
        let stored = memory.stored.get(&term).copied().unwrap_or(0).max(commit);
        let told = if memory.requests_are_told && moment.after.log.is_some() && upto > stored {
            format!(
                "{name} acknowledged up to entry {upto}, but it stored what its leader sent up to {stored}"
            )
        } else if let Some(log) = &moment.after.log
            && upto > log.last()
            && moment.after.term == Some(term)
        {
            format!(
                "{name} acknowledged up to entry {upto}, but its log ends at {}",
                log.last()
            )
        } else {
            return;
        };
        self.blame(moment.line, moment.id, Rule::AcknowledgeStored, told);
    }

    pub(super) fn judge_pre_vote_reply(&mut self, moment: &Moment<'_>, message: &Message) {
        let (Cause::Message(request), Some(true)) = (moment.cause, message.g) else {
            return;
        };
        if request.t != "PV" {
            return;
        }
        let name = self.name(moment.id);
        let ours = moment.before.end();
        if let (Some((own_index, own_last)), Some(index), Some(last)) =
            (ours, request.li, request.lt)
            && (last, index) < (own_last, own_index)
        {
            let told = format!(
                "{name} granted a pre-vote, but its own last entry ({own_index}, term {own_last}) \
                 is later than ({index}, term {last})"
            );
            return self.blame(moment.line, moment.id, Rule::PreVoteUpToDate, told);
        }
        if let (Some(next), Some(own)) = (message.next, moment.before.term)
            && next < own
        {
            let told =
                format!("{name} granted a pre-vote for term {next}, but it is in term {own}");
            self.blame(moment.line, moment.id, Rule::PreVoteUpToDate, told);
        }
    }

    pub(super) fn judge_read_reply(&mut self, moment: &Moment<'_>, message: &Message) {
        let (Some(term), Some(commit), Some(log)) =
            (moment.after.term, moment.after.commit, &moment.after.log)
        else {
            return;
        };
        let name = self.name(moment.id);
        if let Some(settled) = log.term(commit).filter(|settled| *settled != term) {
            let told = format!(
                "{name} served a read in term {term}, but its last committed entry is of term {settled}"
            );
            return self.blame(moment.line, moment.id, Rule::ReadAfterOwnTerm, told);
        }
        let read = message.to.zip(message.read.clone());
        let asked = read.and_then(|read| self.servers[moment.id].reads.get(&read));
        let Some((asked, line)) = asked.copied() else {
            return;
        };
        if let Some(index) = message.li.filter(|index| *index < asked) {
            let told = format!(
                "{name} let a read see entry {index}, but {asked} was committed when it was asked"
            );
            return self.blame(moment.line, moment.id, Rule::ReadIndex, told);
        }
        self.judge_round(moment, log.clone(), line);
    }

    /// A leader that was asked for a read in that line has heard since that it leads still.
    fn judge_round(&mut self, moment: &Moment<'_>, log: Log, line: usize) {
        let memory = &self.servers[moment.id];
        let needed = self.head.as_ref().is_some_and(|head| head.rounds);
        let (true, true, Some((_, members))) = (needed, memory.answers_are_told, log.members())
        else {
            return;
        };
        let since = memory.answered.iter().filter(|(_, last)| **last >= line);
        let confirmed = since.fold(1 << moment.id, |set, (server, _)| set | 1 << server);
        if !members.has_quorum(confirmed) {
            let told = format!(
                "{} served a read that it was asked for in line {line}, but of its voters only {} confirmed since that it leads",
                self.name(moment.id),
                self.names(confirmed & members.all_voters())
            );
            self.blame(moment.line, moment.id, Rule::ReadRound, told);
        }
    }
}
