//! A server's disk as text: its term, vote, snapshot, log and commit index.

use super::{Words, client, configuration, looks_like_servers, term};
use crate::kv::{Command, Key, Op};
use crate::raft::{Entry, EntryId, LogIndex, Payload, ServerSet, Term};
use crate::sim::scenario::DiskImage;

/// The most entries a disk image may have.
const MAX_ENTRIES: usize = 1_000;

/// The last entry that the snapshot of a disk image may cover.
const LAST_INDEX: u64 = 10_000;

impl Words<'_> {
    pub(super) fn disk(&mut self) -> Result<DiskImage, String> {
        let mut image = DiskImage {
            server: self.server()?,
            term: Term(0),
            vote: None,
            snapshot: (EntryId::ZERO, Vec::new()),
            entries: Vec::new(),
            commit: LogIndex(0),
        };
        while let Some(word) = self.next() {
            match word {
                "term" => image.term = term(self.expect("a term")?)?,
                "vote" => image.vote = Some(self.server()?),
                "snapshot" => image.snapshot = self.snapshot()?,
                "commit" => image.commit = LogIndex(self.read("an index")?),
                "log" => {
                    while let Some(word) = self
                        .peek()
                        .filter(|w| w.starts_with(|c: char| c.is_ascii_digit()))
                    {
                        self.next();
                        let place = image.snapshot.0.index.0 as usize + image.entries.len();
                        image.entries.push(entry(word, place)?);
                    }
                }
                _ => {
                    return Err(format!(
                        "\"{word}\" is no part of a disk: write term, vote, snapshot, log or commit"
                    ));
                }
            }
        }
        // What does not fit together is no single word's fault: the first stands for them all.
        image.check().inspect_err(|_| self.next = 1)?;
        Ok(image)
    }

    /// `5:2 x=3 y=1`: the last entry that a snapshot covers, its term, and what the machine held.
    fn snapshot(&mut self) -> Result<(EntryId, Vec<(Key, i32)>), String> {
        let word = self.expect("a snapshot like 5:2")?;
        let wrong = || format!("\"{word}\" is no snapshot: write 5:2 for entry 5 of term 2");
        let (index, of) = word.split_once(':').ok_or_else(wrong)?;
        let index = index.parse().ok().filter(|index| *index <= LAST_INDEX);
        let last = EntryId {
            index: LogIndex(index.filter(|index| *index > 0).ok_or_else(wrong)?),
            term: term(of)?,
        };
        if last.term == Term(0) {
            return Err("no entry is of term 0: terms begin at 1".into());
        }
        let mut values: Vec<(Key, i32)> = Vec::new();
        while let Some(word) = self.peek().filter(|word| word.contains('=')) {
            self.next();
            match word.parse()? {
                Op::Set { key, .. } if values.iter().any(|(other, _)| *other == key) => {
                    return Err(format!("{key} is set twice"));
                }
                Op::Set { key, value } => values.push((key, value)),
                _ => return Err(format!("\"{word}\" is no value: write x=5")),
            }
        }
        Ok((last, values))
    }
}

impl DiskImage {
    /// The servers that it takes to exist.
    pub(in crate::sim::text) fn named(&self) -> ServerSet {
        let members = self.entries.iter().map(|entry| match entry.payload {
            Payload::Configuration(configuration) => configuration.members(),
            Payload::Command(_) | Payload::Noop | Payload::Register(_) => ServerSet::EMPTY,
        });
        let others: ServerSet = self.vote.into_iter().chain([self.server]).collect();
        members.fold(others, ServerSet::or)
    }

    /// What no disk of a server can look like.
    fn check(&self) -> Result<(), String> {
        if self.entries.len() > MAX_ENTRIES {
            return Err(format!(
                "the log is too long: {MAX_ENTRIES} entries at most"
            ));
        }
        if let Some(pair) = self
            .entries
            .windows(2)
            .find(|pair| pair[0].term > pair[1].term)
        {
            let (before, after) = (pair[0].term, pair[1].term);
            return Err(format!(
                "term {after} follows term {before}: terms never fall along a log"
            ));
        }
        let covered = self.snapshot.0;
        if let Some(first) = self
            .entries
            .first()
            .filter(|first| first.term < covered.term)
        {
            let (before, after) = (covered.term, first.term);
            return Err(format!(
                "term {after} follows term {before}: terms never fall along a log"
            ));
        }
        let last = self.entries.last().map_or(covered.term, |last| last.term);
        if last > self.term {
            let term = self.term;
            return Err(format!(
                "the log holds an entry of term {last}, so the server's term cannot be {term}"
            ));
        }
        if self.commit > covered.index.plus(self.entries.len()) {
            return Err(format!(
                "the log ends before the committed entry {}",
                self.commit
            ));
        }
        Ok(())
    }
}

/// `4`, `4:x=3` or `4:S1,S2,S3`: an entry's term, and what it says where that matters.
pub(crate) fn entry(word: &str, place: usize) -> Result<Entry, String> {
    let (number, command) = match word.split_once(':') {
        Some((number, op)) => (number, Some(op)),
        None => (word, None),
    };
    let term = term(number).map_err(|_| format!("\"{word}\" is no entry: write 4 or 4:x=3"))?;
    if term == Term(0) {
        return Err("no entry is of term 0: terms begin at 1".into());
    }
    let payload = match command {
        None => Payload::Noop,
        Some(members) if looks_like_servers(members) => {
            Payload::Configuration(configuration(members)?)
        }
        Some(op) => {
            let client = client("C1")?;
            // Written before the run began: the serials of another life, all different.
            let serial = place as u32 + 1;
            Payload::Command(Command {
                client,
                session: None,
                serial,
                op: op.parse()?,
            })
        }
    };
    Ok(Entry { term, payload })
}
