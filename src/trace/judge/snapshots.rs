//! Snapshots: what they may replace (§7).

use super::log::Log;
use super::{Cause, Judge, Message, Moment, Rule};

impl Judge {
    /// Entries that are gone must have been committed.
    pub(super) fn judge_compaction(&mut self, moment: &Moment<'_>, own: &Log, log: &Log) {
        let installs = matches!(moment.cause, Cause::Message(message) if message.t == "IS");
        let commit = moment.before.commit.max(moment.after.commit);
        if let Some(commit) = commit
            && log.base() > own.base()
            && log.base() > commit
            && !installs
        {
            let told = format!(
                "{} compacted its log up to entry {}, but has committed only up to {commit}",
                self.name(moment.id),
                log.base()
            );
            self.blame(moment.line, moment.id, Rule::CompactCommitted, told);
        }
    }

    pub(super) fn judge_install(
        &mut self,
        moment: &Moment<'_>,
        own: &Log,
        log: &Log,
        request: &Message,
    ) {
        let (Some(index), Some(term)) = (request.li, request.lt) else {
            return;
        };
        if request.term < moment.before.term {
            return;
        }
        let name = self.name(moment.id).to_owned();
        let mut blame = |rule, told: String| self.blame(moment.line, moment.id, rule, told);
        let changed = !own.is_same(log);
        let commit = moment.before.commit.unwrap_or(0);
        if changed && request.done == Some(false) {
            return blame(
                Rule::InstallWhole,
                format!(
                    "{name} installed the snapshot up to entry {index}, but this was not its last piece"
                ),
            );
        }
        if changed && index <= commit {
            return blame(
                Rule::IgnoreOldSnapshots,
                format!(
                    "{name} installed a snapshot up to entry {index}, but has committed up to {commit}"
                ),
            );
        }
        if changed && own.holds(index, term) == Some(true) {
            return blame(
                Rule::RetainAfterSnapshot,
                format!(
                    "{name} has entry ({index}, term {term}), but installed the snapshot and lost its log up to {}",
                    own.last()
                ),
            );
        }
        if changed && (log.base() != index || log.last() != index) {
            return blame(
                Rule::InstallWhole,
                format!(
                    "{name} installed a snapshot up to entry {index}, but its log is now from {} to {}",
                    log.base() + 1,
                    log.last()
                ),
            );
        }
        if moment.after.commit.is_none_or(|commit| commit >= index) {
            let stored = self.servers[moment.id]
                .stored
                .entry(request.term.unwrap_or(0));
            let stored = stored.or_default();
            *stored = (*stored).max(index);
        }
    }
}
