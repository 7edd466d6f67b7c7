//! Undo and redo: from one run to another, and back.

use super::Session;
use super::recording::Recording;
use crate::sim::Time;

/// The most moments that undo goes back to.
const MAX_UNDO: usize = 200;

/// Where undo and redo lead: another truth, and where its cursor stood.
#[derive(Clone, Debug)]
pub(super) struct UndoEntry {
    recording: Recording,
    cursor: Time,
    head: Time,
}

/// A future that an action in the past has put aside.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ghost {
    /// Where it parted from the present run.
    pub from: Time,
    /// How far it went.
    pub to: Time,
}

impl Session {
    /// Takes the last action back (or the last fork).
    pub fn undo(&mut self) -> bool {
        let Some(past) = self.done.pop() else {
            return false;
        };
        self.undone.push(self.past());
        self.return_to(past);
        true
    }

    /// Does again what was undone.
    pub fn redo(&mut self) -> bool {
        let Some(past) = self.undone.pop() else {
            return false;
        };
        self.done.push(self.past());
        self.return_to(past);
        true
    }

    /// The futures that were put aside, the last one last.
    pub fn ghosts(&self) -> impl Iterator<Item = Ghost> + '_ {
        let ghosts = self.done.iter().filter(|past| past.cursor < past.head);
        ghosts.map(|past| Ghost {
            from: past.cursor,
            to: past.head,
        })
    }

    /// Whether there is something to undo.
    pub fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    /// Whether there is something to do again.
    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    fn past(&self) -> UndoEntry {
        UndoEntry {
            recording: self.recording.clone(),
            cursor: self.now(),
            head: self.head,
        }
    }

    pub(super) fn remember(&mut self) {
        if self.done.len() == MAX_UNDO {
            self.done.remove(0);
        }
        self.done.push(self.past());
    }

    fn return_to(&mut self, past: UndoEntry) {
        let (shared, parts_at) = self.recording.parting(&past.recording);
        self.restore(|moment| moment.acted <= shared && moment.world.now() <= parts_at);
        self.forget_future();
        self.recording = past.recording;
        // Play it again up to where it had been, so that its future can be seen, then go back.
        self.advance(past.head.max(past.cursor));
        self.seek(past.cursor);
    }
}
