//! The run up to the cursor as files for other programs.

use super::Session;
use crate::hunt::Schedule;
use crate::trace;

impl Session {
    /// What is played up to the cursor.
    fn schedule(&self) -> Schedule {
        Schedule {
            scenario: self.recording.scenario.clone(),
            actions: self.recording.actions[..self.present.acted].to_vec(),
            end: self.now(),
        }
    }

    /// The trace of the servers up to the cursor, one JSON object a line.
    pub fn trace(&self) -> String {
        let mut written = Vec::new();
        // Neither can fail: a vector takes every byte, and the actions were done before.
        let _ = trace::play(&self.schedule(), Some(&mut written));
        String::from_utf8(written).unwrap_or_default()
    }

    /// What the clients asked and were answered up to the cursor, one JSON object a line.
    pub fn history(&self) -> String {
        let played = trace::play(&self.schedule(), None);
        let history = played.map(|played| trace::clients::write(&played.history));
        history.unwrap_or_default()
    }
}
