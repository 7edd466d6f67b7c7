//! What servers may ask of each other.

use super::{Judge, Message, Moment, Rule};

impl Judge {
    /// What a server sent in a step.
    pub(super) fn judge_sent(&mut self, moment: &Moment<'_>) {
        for message in moment.out.unwrap_or_default() {
            if !self.judge_sender(moment, message) {
                continue;
            }
            match &*message.t {
                "RV" => self.judge_vote_request(moment, message),
                "AE" => self.judge_append_request(moment, message),
                "IS" => self.judge_snapshot_request(moment, message),
                "TN" => self.judge_transfer(moment, message),
                "RVR" => self.judge_vote_reply(moment, message),
                "AER" | "ISR" => self.judge_acknowledgement(moment, message),
                "PVR" => self.judge_pre_vote_reply(moment, message),
                "RIR" => self.judge_read_reply(moment, message),
                _ => {}
            }
        }
    }

    /// The term of a message is one that its sender is in, or was in since it runs.
    fn judge_sender(&mut self, moment: &Moment<'_>, message: &Message) -> bool {
        let (Some(term), Some(own)) = (message.term, moment.after.term) else {
            return true;
        };
        let memory = &self.servers[moment.id];
        let name = self.name(moment.id);
        if message.t != "PV" && !memory.terms.contains_key(&term) && memory.terms.len() > 1
            || term > own
        {
            let told = format!(
                "{name} sent {} with term {term}, but it is in term {own}",
                message.t
            );
            self.blame(moment.line, moment.id, Rule::MessageTerm, told);
            return false;
        }
        let rule = match &*message.t {
            "AE" => Rule::AppendByLeader,
            "IS" => Rule::SnapshotByLeader,
            "TN" => Rule::TransferByLeader,
            _ => return true,
        };
        let leader = self.led.get(&term).copied();
        if leader == Some(moment.id) || moment.after.role.is_none() {
            return true;
        }
        let who = leader.map_or("nobody", |leader| self.name(leader));
        let told = format!(
            "{name} sent {} in term {term}, which {who} leads",
            message.t
        );
        self.blame(moment.line, moment.id, rule, told);
        false
    }

    fn judge_vote_request(&mut self, moment: &Moment<'_>, message: &Message) {
        let Some(term) = message.term else { return };
        let name = self.name(moment.id);
        match self.servers[moment.id].campaigns.get(&term) {
            None if moment.after.role.is_none() => {}
            None => {
                let told = format!(
                    "{name} asked for votes in term {term}, but it does not stand in that term"
                );
                self.blame(moment.line, moment.id, Rule::VoteRequest, told);
            }
            Some(Some((index, last))) => {
                if let (Some(li), Some(lt)) = (message.li, message.lt)
                    && (li, lt) != (*index, *last)
                {
                    let told = format!(
                        "{name} asked for votes with a log up to ({li}, term {lt}), but its last entry is ({index}, term {last})"
                    );
                    self.blame(moment.line, moment.id, Rule::RequestLastEntry, told);
                }
            }
            Some(None) => {}
        }
    }

    /// What a leader sends is in its log. If it stepped down in this step, in its log before.
    fn judge_append_request(&mut self, moment: &Moment<'_>, message: &Message) {
        let leads = moment.after.leads() && moment.after.term == message.term;
        let led = moment.before.leads() && moment.before.term == message.term;
        let view = match (leads, led) {
            (true, _) => &moment.after,
            (false, true) => &moment.before,
            (false, false) => return,
        };
        let name = self.name(moment.id).to_owned();
        let mut blame = |rule, told: String| self.blame(moment.line, moment.id, rule, told);
        if let (Some(log), Some(previous), Some(term)) = (&view.log, message.pi, message.pt) {
            if log.holds(previous, term) == Some(false) {
                let own = match log.term(previous) {
                    Some(own) => format!("is of term {own}"),
                    None => format!("is beyond its log, which ends at {}", log.last()),
                };
                let told = format!(
                    "{name} sent entries after ({previous}, term {term}), but its entry {previous} {own}"
                );
                return blame(Rule::AppendPrevious, told);
            }
            for (index, entry) in (previous + 1..).zip(message.es.iter().flat_map(|es| es.iter())) {
                if index > log.base() && log.get(index) != Some(*entry) {
                    let own = log
                        .get(index)
                        .map_or_else(|| "nothing".into(), |own| self.entry(own));
                    let told = format!(
                        "{name} sent {} as entry {index}, but its log has {own} there",
                        self.entry(*entry)
                    );
                    return self.blame(moment.line, moment.id, Rule::AppendEntries, told);
                }
            }
        }
        let commit = moment.before.commit.max(moment.after.commit);
        if let (Some(told), Some(commit)) = (message.c, commit)
            && told > commit
        {
            let told =
                format!("{name} sent leaderCommit {told}, but it has committed up to {commit}");
            blame(Rule::AppendCommit, told);
        }
    }

    fn judge_snapshot_request(&mut self, moment: &Moment<'_>, message: &Message) {
        let (Some(index), Some(term)) = (message.li, message.lt) else {
            return;
        };
        let name = self.name(moment.id);
        let commit = moment.before.commit.max(moment.after.commit);
        if let Some(commit) = commit.filter(|commit| *commit < index) {
            let told = format!(
                "{name} sent a snapshot up to entry {index}, but it has committed up to {commit}"
            );
            return self.blame(moment.line, moment.id, Rule::SnapshotCommitted, told);
        }
        if let Some(known) = self.committed.get(&index)
            && known.entry.term != term
        {
            let told = format!(
                "{name} sent a snapshot that ends with ({index}, term {term}), but there {} is committed",
                self.entry(known.entry)
            );
            self.blame(moment.line, moment.id, Rule::SnapshotCommitted, told);
        }
    }

    fn judge_transfer(&mut self, moment: &Moment<'_>, message: &Message) {
        let memory = &self.servers[moment.id];
        let (Some(to), Some(log)) = (message.to, &moment.after.log) else {
            return;
        };
        let upto = memory.acknowledged.get(&to).copied().unwrap_or(0);
        if memory.answers_are_told && upto < log.last() {
            let told = format!(
                "{} told {} to stand for election, which has acknowledged {upto} of {} entries",
                self.name(moment.id),
                self.name(to),
                log.last()
            );
            self.blame(moment.line, moment.id, Rule::TransferComplete, told);
        }
    }
}
