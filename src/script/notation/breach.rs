//! Broken properties.

use super::{at, entry, maybe, set};
use crate::check::{Breach, Falling};
use crate::raft::Entry;

pub(super) fn notation(breach: &Breach) -> String {
    let held = |found: &Option<Entry>| maybe(found.as_ref().map(entry));
    match breach {
        Breach::AppliedDifferently {
            server,
            index,
            entry: applied,
            first,
            settled,
        } => format!(
            "{server} applied {index}={}, {first} applied {}",
            entry(applied),
            entry(settled)
        ),
        Breach::Backwards {
            server,
            what,
            from,
            to,
        } => {
            let what = match what {
                Falling::Applied => "applied",
                Falling::Commit => "commit",
                Falling::Term => "term",
            };
            format!("{server} {what} {from} -> {to}")
        }
        Breach::ExecutedTwice {
            server,
            index,
            command,
        } => format!(
            "{server} executed {index} {} of {}#{} again",
            command.op, command.client, command.serial
        ),
        Breach::LeaderLacks {
            leader,
            term,
            index,
            settled,
            committed_in,
            found,
        } => format!(
            "{leader} leads t{term} {index}={}, committed {} in t{committed_in}",
            held(found),
            entry(settled)
        ),
        Breach::LeaderRewrote {
            leader,
            term,
            index,
            had,
            found,
        } => format!(
            "{leader} leads t{term} {index}={}, was {}",
            held(found),
            entry(had)
        ),
        Breach::LogsDiffer {
            servers: (a, b),
            same,
            term,
            differ,
        } => format!("{a},{b} same={same}@{term} differ={differ}"),
        Breach::MachineDiffers {
            server,
            index,
            command,
        } => format!("{server} executed {index} {}: other state", command.op),
        Breach::MajoritiesApart {
            servers: (a, b),
            groups: (one, other),
        } => format!("{a} votes={}, {b} votes={}", set(*one), set(*other)),
        Breach::SnapshotDiffers {
            server,
            last,
            settled,
        } => format!(
            "{server} snapshot last={}, committed {}",
            at(*last),
            held(settled)
        ),
        Breach::StaleRead {
            server,
            command,
            told,
            index,
            value,
        } => format!(
            "{server} read {}#{} {}: {told}, known {index}: {}",
            command.client,
            command.serial,
            command.op,
            maybe(*value)
        ),
        Breach::Disturbed { server, index } => format!("{server} candidate, removed by {index}"),
        Breach::Starved { command, since } => {
            format!(
                "{}#{} {} waits since {since}",
                command.client, command.serial, command.op
            )
        }
        Breach::TwoLeaders {
            term,
            first,
            second,
        } => format!("{first},{second} lead t{term}"),
        Breach::Unfounded {
            server,
            command,
            told,
            executed,
        } => format!(
            "{server} answered {}#{} {}: {told}, committed {}",
            command.client,
            command.serial,
            command.op,
            maybe(*executed)
        ),
        Breach::WriteLost {
            server,
            index,
            command,
        } => format!(
            "{server} lacks {index} {} of {}#{}",
            command.op, command.client, command.serial
        ),
    }
}
