//! Of what kind an event is, to choose from the list of events: exhaustive, so that a new event is not
//! left out.

use crate::narrate::{self, Sentence};
use crate::raft::{Event, NodeId, Term};
use crate::session::Record;
use crate::sim::{Cause, Fact, PacketKind};

/// Of what kind an event is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Terms, votes, leaders, transfers.
    Elections,
    /// Entries, commits, snapshots.
    Replication,
    /// Requests, reads, answers, sessions.
    Clients,
    /// Who belongs to the cluster.
    Membership,
    /// Lost messages, cut links, crashes, disks.
    Faults,
    /// What the user did.
    Acts,
}

/// What is chosen from the list of events.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Filter {
    /// Only of this server.
    pub server: Option<NodeId>,
    /// Only of this kind.
    pub kind: Option<Kind>,
    /// Only with these words; their case does not matter. `term 3` means the events of term 3.
    pub words: String,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Elections,
        Self::Replication,
        Self::Clients,
        Self::Membership,
        Self::Faults,
        Self::Acts,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        // Said by the page.
        match self {
            Self::Elections => "elections",
            Self::Replication => "replication",
            Self::Clients => "clients",
            Self::Membership => "membership",
            Self::Faults => "faults",
            Self::Acts => "your acts",
        }
    }

    /// Whether a sentence of a record is of this kind. What the user did may be of another kind too.
    pub fn is_of(self, record: &Record, told: &Sentence) -> bool {
        let fact = told.fact.and_then(|place| record.step.facts.get(place));
        let acted = matches!(record.step.cause, Cause::Action(_));
        match self {
            Self::Acts => {
                let came = told
                    .fact
                    .and_then(|place| narrate::origin(&record.step, place));
                acted && came.is_none()
            }
            Self::Faults => fact.map_or(!acted, |fact| of_fact(fact) == self),
            Self::Clients | Self::Elections | Self::Membership | Self::Replication => {
                fact.is_some_and(|fact| of_fact(fact) == self)
            }
        }
    }
}

impl Filter {
    /// Whether it chooses everything.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it chooses a sentence of a record.
    pub fn chooses(&self, record: &Record, told: &Sentence) -> bool {
        let named = |id: NodeId| {
            let name = id.to_string();
            told.server == Some(id)
                || told
                    .text
                    .split(|c: char| !c.is_alphanumeric())
                    .any(|word| word == name)
        };
        self.server.is_none_or(named)
            && self.kind.is_none_or(|kind| kind.is_of(record, told))
            && self.has_words(told)
    }
}

impl Filter {
    fn has_words(&self, told: &Sentence) -> bool {
        let (text, words) = (told.text.to_lowercase(), self.words.to_lowercase());
        let mut words = words.split_whitespace().peekable();
        while let Some(word) = words.next() {
            let number = words.peek().and_then(|next| next.parse().ok());
            let has = match number.filter(|_| word == "term") {
                Some(term) => {
                    words.next();
                    told.term == Term(term)
                }
                None => text.contains(word),
            };
            if !has {
                return false;
            }
        }
        true
    }
}

fn of_fact(fact: &Fact) -> Kind {
    match fact {
        Fact::Raft { event, .. } => of_event(event),
        Fact::Answered { .. }
        | Fact::Asked { .. }
        | Fact::Executed { .. }
        | Fact::Expired { .. }
        | Fact::GaveUpWaiting { .. }
        | Fact::Read { .. }
        | Fact::Redirected { .. }
        | Fact::Registered { .. }
        | Fact::Registers { .. }
        | Fact::SessionEnded { .. }
        | Fact::SessionOpened { .. } => Kind::Clients,
        Fact::ChangeAsked { .. } | Fact::Joined { .. } | Fact::Retired { .. } => Kind::Membership,
        Fact::Sent { kind, .. } => of_packet(*kind),
        Fact::Crashed { .. }
        | Fact::Lost { .. }
        | Fact::NetworkChanged
        | Fact::RecordDropped { .. }
        | Fact::Restarted { .. }
        | Fact::Wiped { .. }
        | Fact::WriteBegun { .. }
        | Fact::WriteCut { .. }
        | Fact::Written { .. } => Kind::Faults,
    }
}

fn of_packet(kind: PacketKind) -> Kind {
    match kind {
        PacketKind::PreVote
        | PacketKind::PreVoteReply
        | PacketKind::TimeoutNow
        | PacketKind::Vote
        | PacketKind::VoteReply => Kind::Elections,
        PacketKind::Append
        | PacketKind::AppendReply
        | PacketKind::Heartbeat
        | PacketKind::Snapshot
        | PacketKind::SnapshotReply => Kind::Replication,
        PacketKind::ReadIndex
        | PacketKind::ReadIndexReply
        | PacketKind::Reply
        | PacketKind::Request => Kind::Clients,
    }
}

fn of_event(event: &Event) -> Kind {
    match event {
        Event::BecameLeader { .. }
        | Event::ElectionStarted { .. }
        | Event::HandingOver { .. }
        | Event::Ignored { .. }
        | Event::LeaderKnown { .. }
        | Event::LeaseEnded
        | Event::MayNotStand
        | Event::MinElectionTimeoutEnded { .. }
        | Event::NotTransferred { .. }
        | Event::PreVoteCounted { .. }
        | Event::PreVoteDenied { .. }
        | Event::PreVoteGranted { .. }
        | Event::PreVoteStarted { .. }
        | Event::SteppedDown { .. }
        | Event::TermAdopted { .. }
        | Event::TimerReset { .. }
        | Event::TransferStarted { .. }
        | Event::VoteCounted { .. }
        | Event::VoteDenied { .. }
        | Event::VoteGranted { .. } => Kind::Elections,
        Event::AppendAccepted { .. }
        | Event::AppendRefused { .. }
        | Event::Applied { .. }
        | Event::CommitLearned { .. }
        | Event::CommitWaits { .. }
        | Event::Committed { .. }
        | Event::Compacted { .. }
        | Event::EntriesDeleted { .. }
        | Event::EntryAppended { .. }
        | Event::HeartbeatDue
        | Event::MatchAdvanced { .. }
        | Event::NextLowered { .. }
        | Event::PieceStored { .. }
        | Event::SnapshotInstalled { .. }
        | Event::SnapshotNeeded { .. }
        | Event::SnapshotRefused { .. }
        | Event::SnapshotUnneeded { .. } => Kind::Replication,
        Event::NotLeader { .. }
        | Event::ReadAsked { .. }
        | Event::ReadGivenUp { .. }
        | Event::ReadHeld { .. }
        | Event::ReadIndexKnown { .. }
        | Event::ReadNoted { .. }
        | Event::ReadsConfirmed { .. } => Kind::Clients,
        Event::CatchUpBegun { .. }
        | Event::CaughtUp { .. }
        | Event::ChangeAbandoned { .. }
        | Event::ChangeRefused { .. }
        | Event::ChangeWaits { .. }
        | Event::Configured { .. } => Kind::Membership,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Session;
    use crate::sim::Time;

    #[test]
    fn a_filter_chooses_by_server_kind_and_words() {
        let text = "servers 5\n seed 7\n client C1 writes x every 120ms\n at 50ms timeout S1\n at 400ms crash S1\n at 900ms restart S1";
        let mut session = Session::read(text).unwrap();
        session.advance(Time::ms(1_500));
        let chosen = |filter: &Filter| -> Vec<String> {
            let records = session.records().iter();
            let told =
                records.flat_map(|record| record.told.iter().map(move |told| (record, told)));
            let told = told.filter(|(record, told)| filter.chooses(record, told));
            told.map(|(_, told)| told.text.clone()).collect()
        };
        let all = chosen(&Filter::default()).len();
        let of = |kind| {
            chosen(&Filter {
                kind: Some(kind),
                ..Filter::default()
            })
        };
        let sum: usize = Kind::ALL.into_iter().map(|kind| of(kind).len()).sum();
        assert!(sum >= all, "each event has a kind: {sum} of {all}");
        assert!(
            of(Kind::Acts)
                .iter()
                .any(|text| text.contains("crashed S1")),
            "{:?}",
            of(Kind::Acts)
        );
        assert!(
            of(Kind::Elections)
                .iter()
                .any(|text| text.contains("became a candidate"))
        );
        assert!(
            of(Kind::Replication)
                .iter()
                .any(|text| text.contains("committed entry"))
        );
        let server = NodeId::new(4);
        let of_s4 = chosen(&Filter {
            server,
            ..Filter::default()
        });
        assert!(!of_s4.is_empty() && of_s4.len() < all);
        assert!(of_s4.iter().all(|text| text.contains("S4")), "{of_s4:?}");
        let words = chosen(&Filter {
            words: "VOTED s".into(),
            ..Filter::default()
        });
        assert!(
            !words.is_empty() && words.iter().all(|text| text.contains("voted")),
            "{words:?}"
        );
        let of_term = |term: u64| {
            chosen(&Filter {
                words: format!("Term {term}"),
                ..Filter::default()
            })
        };
        let first = of_term(1);
        let crashed = |all: &[String]| all.iter().any(|text| text.contains("crashed S1"));
        assert!(crashed(&first) && !crashed(&of_term(2)), "{first:?}");
        assert!(!of_term(2).is_empty() && of_term(23).is_empty());
    }
}
