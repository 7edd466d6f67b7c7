//! Changes of the cluster (§6; dissertation, chapter 4).

use super::{Judge, Members, Moment, Rule};

impl Judge {
    /// The configurations that a leader put into its log in this step.
    pub(super) fn judge_members(&mut self, moment: &Moment<'_>) {
        let leads = moment.after.leads()
            || moment.before.leads() && moment.before.term == moment.after.term;
        let (true, Some(own), Some(log)) = (leads, &moment.before.log, &moment.after.log) else {
            return;
        };
        for index in own.common(log) + 1..=log.last() {
            let Some(new) = log
                .get(index)
                .and_then(|entry| self.reader.members(entry.value))
            else {
                continue;
            };
            self.judge_change(moment, index, new);
        }
    }

    fn judge_change(&mut self, moment: &Moment<'_>, index: u64, new: Members) {
        let (Some(log), Some(term)) = (&moment.after.log, moment.after.term) else {
            return;
        };
        let Some((at, old)) = log.members_at(index - 1) else {
            return;
        };
        let name = self.name(moment.id).to_owned();
        let commit = moment.after.commit;
        if let Some(commit) = commit.filter(|commit| *commit < at) {
            let told = format!(
                "{name} changed the configuration in entry {index}, but the change before, entry {at}, \
                 is not committed (it has committed up to {commit})"
            );
            return self.blame(moment.line, moment.id, Rule::OneChangeAtATime, told);
        }
        if let Some(commit) = commit
            && let Some(settled) = log.term(commit).filter(|settled| *settled < term)
        {
            let told = format!(
                "{name}, leader of term {term}, changed the configuration in entry {index}, but has committed only entries of term {settled}"
            );
            return self.blame(moment.line, moment.id, Rule::OwnTermBeforeChange, told);
        }
        let changed = (old.voters ^ new.voters).count_ones();
        let is_allowed = match (old.outgoing, new.outgoing) {
            (0, 0) => changed <= 1,
            (0, outgoing) => outgoing == old.voters,
            (_, 0) => new.voters == old.voters,
            (before, after) => before == after && new.voters == old.voters,
        };
        if !is_allowed {
            let told = format!(
                "{name} changed the voters in entry {index} from {} to {} in one step",
                self.names(old.voters),
                self.names(new.voters)
            );
            self.blame(moment.line, moment.id, Rule::JointConsensus, told);
        }
    }
}
