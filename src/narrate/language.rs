//! Languages: all words of the narrator stand behind one interface.
//!
//! To add a language, add a folder like `en`, implement [`Words`] there, and name it in
//! [`Language`]. Nothing else in the program makes a sentence of its own about a run.

use super::clause::Clause;
use super::en::English;
use super::state::{Journey, Standing, Values};
use super::zh::Chinese;
use crate::check::{Property, Violation};
use crate::raft::{EntryId, NodeId, Payload, Term};
use crate::sim::{Action, Address, Fact, Step, World};

/// A language the narrator speaks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Language {
    /// Plain English.
    #[default]
    English,
    /// Simplified Chinese.
    Chinese,
}

impl Language {
    /// All languages.
    pub const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// By what an address, the storage and the browser name it; also the folder of its texts.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh",
        }
    }

    /// Its own name for itself.
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Chinese => "简体中文",
        }
    }

    /// The language of that code, or of one that names a region too: `zh-CN`.
    pub fn of_code(code: &str) -> Option<Self> {
        let code = code.split('-').next()?;
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    /// Its words.
    pub fn words(self) -> &'static dyn Words {
        match self {
            Self::English => &English,
            Self::Chinese => &Chinese,
        }
    }
}

/// What a language has to say. Sentences come without their full stop, unless it is said that they
/// have it.
pub trait Words: Sync {
    /// The sentence for the fact at `place`.
    fn fact(&self, step: &Step, place: usize, world: &World) -> String;

    /// What the user did, where no fact of the step says it.
    fn deed(&self, action: &Action, step: &Step) -> Option<String>;

    /// That the run begins, with so many servers.
    fn start(&self, servers: usize) -> String;

    /// That a step had no effect.
    fn no_effect(&self, step: &Step, world: &World) -> String;

    /// The rule that made a fact, with its full stop.
    fn rule(&self, fact: &Fact) -> &'static str;

    /// The rule where the user acted, or the run began.
    fn user_rule(&self) -> &'static str;

    /// The rule where something had no effect.
    fn no_effect_rule(&self) -> &'static str;

    /// The values that decided a fact, with a full stop.
    fn values(&self, values: &Values) -> String;

    /// Where a rule stands: `Figure 2, RequestVote 2; §5.2, 5.4.1`.
    fn source(&self, clause: &Clause) -> String;

    /// What an entry of a server's log says, and who made it (none: it is older than the run).
    fn entry(
        &self,
        id: NodeId,
        position: EntryId,
        payload: Option<Payload>,
        maker: Option<NodeId>,
    ) -> String;

    /// Whether an entry of `id`'s log is committed, or what is missing; with a full stop.
    fn standing(&self, id: NodeId, standing: &Standing) -> String;

    /// Where a message is that has not arrived yet; with a full stop.
    fn journey(&self, to: Address, journey: Journey) -> String;

    /// What a property promises; with a full stop.
    fn promise(&self, property: Property) -> &'static str;

    /// What was broken, and how; with a full stop.
    fn violation(&self, violation: &Violation) -> String;

    /// A sentence with its full stop.
    fn end(&self, sentence: &str) -> String;

    /// What prose calls the leader of the moment: `written`, or by its name alone.
    fn leader(&self, written: Option<&str>, id: Option<NodeId>) -> String;

    /// Whom a follower follows; with a full stop.
    fn following(&self, id: NodeId, term: Term, leader: Option<NodeId>) -> String;
}
