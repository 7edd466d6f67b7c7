//! What a line shows of its server.

use super::super::line::{Kind, Role};
use super::super::read::{LogText, Members, Message, State, Step};
use super::{Judge, Log, View};

impl Judge {
    /// The server after the step, as far as it is known.
    pub(super) fn shown(&self, step: &Step, before: &View) -> Result<View, String> {
        let head = self.head.as_ref();
        let keeps = head.is_some_and(|head| head.changes);
        let Some(state) = &step.state else {
            // A message that was lost changes nothing.
            return Ok(match keeps || step.kind == Kind::Drop {
                true => before.clone(),
                false => View::default(),
            });
        };
        let known = |view: &View| if keeps { view.clone() } else { View::default() };
        let kept = known(before);
        let starts = step.kind == Kind::Restart;
        let log = self.shown_log(step, state, before)?;
        let view = View {
            term: state.term.or(kept.term),
            vote: state.vote.or(kept.vote),
            role: state.role.or(if starts && keeps {
                Some(Role::F)
            } else {
                kept.role
            }),
            log: log.or(kept.log),
            commit: state.commit.or(if starts { None } else { kept.commit }),
        };
        Ok(view)
    }

    fn shown_log(&self, step: &Step, state: &State, before: &View) -> Result<Option<Log>, String> {
        let own = before.log.as_ref();
        let (first, mut log) = match (&state.log, state.first, own) {
            (None, None, _) => return Ok(None),
            (None, Some(first), Some(own)) => {
                let mut log = own.clone();
                if first > log.last() + 1 {
                    log = self.compacted(step, first - 1, state.members);
                }
                log.forget_before(first);
                return Ok(Some(log));
            }
            (None, Some(_), None) => return Ok(None),
            (Some(LogText::Whole(entries)), first, own) => {
                let first = first.unwrap_or(1);
                let installs = first > 1 && self.replaces(step, before, first - 1);
                let fits = |own: &&Log| !installs && own.base() < first && first <= own.last() + 1;
                let mut log = match own.filter(fits) {
                    Some(own) => own.clone(),
                    None => self.compacted(step, first - 1, state.members),
                };
                log.put(first, entries, &self.reader);
                (first, log)
            }
            (Some(LogText::From(index, entries)), first, own) => {
                let installs =
                    first == Some(*index) && self.snapshot_up_to(step, index - 1).is_some();
                let mut log = match own {
                    _ if installs => self.compacted(step, index - 1, state.members),
                    Some(own) if own.base() < *index && *index <= own.last() + 1 => own.clone(),
                    // All before was compacted.
                    _ if first.is_some_and(|first| first >= *index) => {
                        self.compacted(step, index - 1, state.members)
                    }
                    // What was before is not known.
                    None => self.compacted(step, index - 1, state.members),
                    Some(own) => {
                        return Err(format!(
                            "field \"s.+\" begins at index {index}, but the log of {} is known from {} to {}; \
                             begin there, or write all of \"s.log\"",
                            self.name(step.server),
                            own.base() + 1,
                            own.last()
                        ));
                    }
                };
                log.put(*index, entries, &self.reader);
                (first.unwrap_or_else(|| log.base() + 1), log)
            }
        };
        log.forget_before(first);
        log.learn_base(
            self.committed
                .get(&log.base())
                .map(|known| known.entry.term),
        );
        Ok(Some(log))
    }

    /// A log of which the entries up to `base` are compacted. What a snapshot says of them counts.
    fn compacted(&self, step: &Step, base: u64, members: Option<Members>) -> Log {
        let snapshot = self.snapshot_up_to(step, base);
        let term = snapshot.as_ref().and_then(|snapshot| snapshot.lt);
        let settled = self.committed.get(&base).map(|known| known.entry.term);
        let founders = self.head.as_ref().map_or(0, |head| head.founders);
        let founding = Members {
            voters: founders,
            ..Members::default()
        };
        let is_founder = founders >> step.server & 1 == 1;
        let members = members
            .or_else(|| snapshot.and_then(|snapshot| snapshot.members))
            .or_else(|| self.members_by(base))
            .or_else(|| is_founder.then_some(founding).filter(|_| base == 0));
        Log::after(base, term.or(settled), members)
    }

    /// Whether a step received a snapshot that ends at `base`, with an entry that the log lacks.
    fn replaces(&self, step: &Step, before: &View, base: u64) -> bool {
        let snapshot = self.snapshot_up_to(step, base);
        let last = snapshot.and_then(|snapshot| snapshot.lt);
        let own = before.log.as_ref();
        last.is_some_and(|term| own.is_some_and(|own| own.holds(base, term) == Some(false)))
    }

    /// The snapshot that a step received, if it ends at `base`.
    fn snapshot_up_to(&self, step: &Step, base: u64) -> Option<Message> {
        let message = step.received.clone().or_else(|| self.origin(step))?;
        (message.t == "IS" && message.li == Some(base)).then_some(message)
    }

    /// The configuration that is committed at `index`, if every entry up to there is known.
    fn members_by(&self, index: u64) -> Option<Members> {
        if index == 0 {
            return None;
        }
        let entries = self.committed.range(1..=index);
        let mut known = entries.rev().map(|(_, known)| known.entry.value);
        let latest = known.find_map(|value| self.reader.members(value));
        let complete = self.committed.range(1..=index).count() as u64 == index;
        let founders = self.head.as_ref().map_or(0, |head| head.founders);
        latest.or_else(|| {
            complete.then_some(Members {
                voters: founders,
                ..Members::default()
            })
        })
    }
}
