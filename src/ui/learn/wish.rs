//! What a learner wants of the course.

use crate::course::{Cut, Place, Sitting};

/// What a learner wants.
#[derive(Clone, PartialEq, Debug)]
pub enum Wish {
    /// Begin the page again.
    Again,
    /// Go through these chapters only; or through all of them.
    Cut(Option<&'static Cut>),
    /// Begin the page again with the same seed.
    Replay,
    /// The page before.
    Back,
    /// This is the prediction: the answer at that place, or an order with so many cards in theirs.
    Choose(usize),
    /// Show or hide the contents.
    Contents,
    /// Show the contents, and say that an address named nothing.
    Nowhere(String),
    /// What the page itself offers to do.
    Do(usize),
    /// A chapter's text has arrived, or why not.
    Fetched(u16, Result<String, String>),
    /// The glossary has arrived, or has not.
    Glossary(Option<String>),
    /// A hand is up for this answer, by its place in the file; or one less is.
    Hand {
        /// The answer.
        choice: usize,
        /// Whether it is one more.
        up: bool,
    },
    /// Forget all that was done.
    Forget,
    /// Show the next hint.
    Hint,
    /// Take in this file that was saved; or it could not be read.
    Import(Result<String, String>),
    /// The page after.
    Next,
    /// This page.
    Open(Place),
    /// Ask the questions that come back today.
    Recall,
    /// Back from the run that showed why a prediction is wrong.
    Return,
    /// This card comes next in the order; or, if it has its place, it gives it up.
    Place(usize),
    /// Save what was done as a file.
    Save,
    /// Look for this in the contents.
    Search(String),
    /// Rather see than predict.
    ShowMe,
    /// The quiz has come so far.
    Sit(Sitting),
    /// The number of the lab is so many milliseconds.
    Scrub(u64),
    /// Play the run that shows why this prediction is wrong.
    ShowWhyNot(usize),
    /// What the lab asks for is so.
    Solved,
    /// Take back what was done last.
    Undo,
    /// Show the lab's run of that luck.
    Watch(u64),
    /// Say what this term means; or nothing more of it.
    Word(Option<String>),
}

/// What has the page for itself when no page of the course is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Leaf {
    Contents,
    Quiz,
    Server,
}

impl Leaf {
    /// Its title.
    pub const fn name(self) -> &'static str {
        // Said by the page.
        match self {
            Self::Contents => "Contents",
            Self::Quiz => "Quiz",
            Self::Server => "Be a server",
        }
    }
}
