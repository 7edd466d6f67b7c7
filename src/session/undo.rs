//! Undo and redo: what the user did last is taken back, be it an action, a return to a branch, or
//! what became of a branch.

use std::sync::Arc;

use super::Session;
use super::branches::{Aside, Run};

/// The most moments that undo goes back to.
const MAX_UNDO: usize = 200;

/// Where undo and redo lead: the runs there were, and which was the present one.
#[derive(Clone, Debug)]
pub(super) struct Past {
    run: Run,
    aside: Arc<Vec<Aside>>,
}

impl Session {
    /// Takes back what was done last.
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

    /// Whether there is something to undo.
    pub fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    /// Whether there is something to do again.
    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    fn past(&self) -> Past {
        Past {
            run: self.run(),
            aside: self.aside.clone(),
        }
    }

    /// Keeps what undo leads back to. What was undone before cannot be done again.
    pub(super) fn remember(&mut self) {
        if self.done.len() == MAX_UNDO {
            self.done.remove(0);
        }
        self.done.push(self.past());
        self.undone.clear();
    }

    /// Begins afresh: there is nothing to undo.
    pub(super) fn forget_undo(&mut self) {
        self.done.clear();
        self.undone.clear();
    }

    fn return_to(&mut self, past: Past) {
        self.aside = past.aside;
        self.go_to(past.run);
    }
}
