//! The sheets of a phone: what stands beside the stage elsewhere.

/// A sheet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sheet {
    Tools,
    Logs,
    Events,
    Settings,
}

impl Sheet {
    pub const ALL: [Self; 4] = [Self::Tools, Self::Logs, Self::Events, Self::Settings];

    /// The label of its button.
    pub fn name(self) -> &'static str {
        // Said by the page.
        match self {
            Self::Tools => "Tools",
            Self::Logs => "Logs",
            Self::Events => "Events",
            Self::Settings => "Settings",
        }
    }

    /// The class of the page while it is open.
    pub fn class(self) -> &'static str {
        match self {
            Self::Tools => " sheet-tools",
            Self::Logs => " sheet-logs",
            Self::Events => " sheet-events",
            Self::Settings => " sheet-settings",
        }
    }
}
