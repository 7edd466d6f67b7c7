//! What a page of the course shows around the stage. A panel appears in the chapter that introduces
//! it and stays from then on; free play has all of them.

use crate::check::Property;

macro_rules! panels {
    ($($(#[doc = $doc:literal])* $name:ident = $text:literal, $since:literal, $sentence:literal;)*) => {
        /// Something that is shown beside the stage or upon it.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Panel { $($(#[doc = $doc])* $name,)* }

        impl Panel {
            /// All of them, in the order in which the course introduces them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The name in a page's `panels:` line.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The chapter that introduces it.
            pub fn since(self) -> u16 {
                match self { $(Self::$name => $since,)* }
            }

            /// The sentence with which it opens on the first page of that chapter.
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)* }
            }
        }
    };
}

panels! {
    /// The row of votes or copies, with the bar of the majority.
    Quorum = "quorum", 0, "Each disc is a server that voted or stored the entry. The bar marks the majority.";
    /// The table of logs, with the commands alone.
    Logs = "logs", 2, "Each row is one server's log. Entries stand in the order in which they are applied.";
    /// The servers that two majorities share.
    Shared = "shared", 3, "The two rows are two majorities. The server in both is marked.";
    /// Terms in the servers and in the entries.
    Terms = "terms", 4, "Each server shows its term. Each entry shows the term in which it was appended.";
    /// The time bar with a lane for each server.
    TimeBar = "time", 4, "The time bar shows the whole run, a lane for each server.";
    /// The list of events, with "why?".
    Events = "events", 5, "Each event is told in a sentence. Press why? to see its cause.";
    /// A server's own card: its term, its vote, its log.
    Card = "card", 5, "Select a server to see its term, its vote and its log.";
    /// Election timers that can be turned.
    Timers = "timers", 6, "The ring of a server is its election timer.";
    /// Plots of many runs.
    Plots = "plots", 7, "The plot counts the outcome of many runs.";
    /// The line below a log up to the entry that its server knows to be committed.
    CommitLine = "commit", 8, "The line below a log ends at commitIndex.";
    /// The state that a log leads to, at the end of its row.
    State = "state", 8, "At the end of each row stands the value that the log leads to.";
    /// The field that holds a client's request.
    Request = "request", 8, "Type a request and press Send.";
    /// nextIndex and matchIndex of each follower.
    NextIndex = "next", 9, "The triangle is nextIndex: the entry that the leader sends next.";
    /// A term for each side of a partition.
    Sides = "sides", 10, "Each side of the partition has its own term.";
    /// The line of safety properties.
    Properties = "properties", 10, "Election Safety is checked after every step.";
    /// Figure 2 with the values of this run.
    Rules = "rules", 13, "The rules of Figure 2, with the values of this run.";
    /// One run twice, with a rule and without it.
    Beside = "beside", 13, "The same run twice: with a rule, and without it.";
    /// What of a server is on its disk.
    Disk = "disk", 14, "A server's card shows what is on its disk.";
    /// Lanes of clients, their sessions and reads.
    Clients = "clients", 17, "Clients have lanes too: from a request to its reply.";
    /// The network's and the cluster's settings.
    Settings = "settings", 19, "Pre-Vote and CheckQuorum are settings of the cluster.";
    /// Whatever else there is for free play: gallery, tools, chart.
    Workshop = "workshop", 22, "From here on you have every tool of free play.";
}

/// What a page shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Panels {
    /// The chapter; none in free play, which shows everything.
    chapter: Option<u16>,
    /// Whether it is the chapter's first page.
    first: bool,
    /// What the page is about, as its `panels:` line says.
    about: Vec<Panel>,
}

impl Panels {
    /// Everything, as free play shows it.
    pub const ALL: Self = Self {
        chapter: None,
        first: false,
        about: Vec::new(),
    };

    /// What a page shows: `about` is named in its `panels:` line.
    pub fn of(chapter: u16, page: u16, about: &[Panel]) -> Self {
        Self {
            chapter: Some(chapter),
            first: page == 1,
            about: about.into(),
        }
    }

    /// Whether this panel is shown: it was introduced, or the page is about it.
    pub fn shows(&self, panel: Panel) -> bool {
        self.is_about(panel) || self.chapter.is_none_or(|chapter| panel.since() <= chapter)
    }

    /// Whether the page is about this panel: it is then the largest thing beside the stage, and on
    /// a phone it is on one screen with the text.
    pub fn is_about(&self, panel: Panel) -> bool {
        self.about.contains(&panel)
    }

    /// The panels that open here for the first time, each with its sentence.
    pub fn opening(&self) -> impl Iterator<Item = Panel> + '_ {
        let all = Panel::ALL.iter().copied();
        all.filter(|panel| self.first && self.chapter == Some(panel.since()))
    }

    /// Whether this property is shown: Election Safety from chapter 10, Leader Completeness from 13,
    /// the five of Figure 3 from 15, all from 18.
    pub fn shows_property(&self, property: Property) -> bool {
        let since = match property {
            Property::ElectionSafety => 10,
            Property::LeaderCompleteness => 13,
            five if Property::FIGURE_3.contains(&five) => 15,
            _ => 18,
        };
        self.chapter.is_none_or(|chapter| since <= chapter)
    }
}

impl std::str::FromStr for Panel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().copied().find(|one| one.name() == text);
        found.ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|one| one.name()).collect();
            format!("\"{text}\" is no panel: write {}", names.join(", "))
        })
    }
}
