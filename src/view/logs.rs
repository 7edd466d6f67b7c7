//! The logs of all servers side by side, aligned by index.

use super::scene::Look;
use crate::kv::{Key, KvStore};
use crate::raft::{Configuration, Entry, Log, LogIndex, NodeId, Payload, Role, Term};
use crate::sim::{Server, World};

/// The logs, from the first index shown on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogTable {
    /// The first index shown.
    pub first: LogIndex,
    /// Whether a column stands for the entries before the first index: a server has compacted at
    /// least those.
    pub compacted: bool,
    /// The last index of all logs.
    pub last: LogIndex,
    /// The rows, one for each server.
    pub rows: Vec<Row>,
}

/// One server's log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// The server.
    pub server: NodeId,
    /// Its name.
    pub label: String,
    /// Its role.
    pub look: Look,
    /// Its last compacted entry, unless it is before the columns shown.
    pub compacted: Option<LogIndex>,
    /// Its entries from [`LogTable::first`] on.
    pub cells: Vec<Cell>,
    /// Its last entry, shown or not.
    pub last: LogIndex,
    /// Its commit index.
    pub commit: LogIndex,
    /// Its last applied index.
    pub applied: LogIndex,
    /// Its state machine: values by key.
    pub values: Vec<(Key, i32)>,
    /// For a follower: nextIndex and matchIndex that its leader keeps for it.
    pub progress: Option<(LogIndex, LogIndex)>,
}

/// One entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cell {
    /// Its index.
    pub index: LogIndex,
    /// Its term.
    pub term: Term,
    /// The command; for a configuration what it changes; or `no-op`.
    pub text: String,
    /// Whether it has no command.
    pub is_noop: bool,
    /// The configuration, if it holds one.
    pub configuration: Option<Configuration>,
    /// Whether this server knows that it is committed.
    pub committed: bool,
}

impl LogTable {
    /// The last `most` entries of every log.
    pub fn of(world: &World, most: u64) -> Self {
        let lasts = world
            .servers()
            .iter()
            .map(|server| server.log().last_index());
        let last = lasts.max().unwrap_or_default();
        let recent = LogIndex(last.0.saturating_sub(most) + 1);
        // Entries that every server has compacted cannot be shown.
        let held = world
            .servers()
            .iter()
            .map(|server| server.log().first_index());
        let first = held.min().unwrap_or_default().max(recent);
        let rows = world
            .servers()
            .iter()
            .map(|server| Row::of(server, world, first));
        let rows: Vec<Row> = rows.collect();
        Self {
            first,
            compacted: rows.iter().any(|row| row.compacted.is_some()),
            last,
            rows,
        }
    }
}

impl Row {
    fn of(server: &Server, world: &World, first: LogIndex) -> Self {
        let node = server.node();
        let commit = node.map_or(LogIndex(0), |node| node.commit_index());
        let applied = node.map_or(LogIndex(0), |node| node.last_applied());
        let cell = |(index, entry): (LogIndex, &Entry)| Cell {
            index,
            term: entry.term,
            text: label(entry, index, server.log(), world),
            is_noop: matches!(entry.payload, Payload::Noop),
            configuration: match entry.payload {
                Payload::Configuration(configuration) => Some(configuration),
                Payload::Command(_) | Payload::Noop | Payload::Register(_) => None,
            },
            committed: index <= commit,
        };
        let machine = server.up().map(|up| &up.machine);
        let values = machine.map(|machine: &KvStore| machine.values().take(4).collect());
        Self {
            server: server.id,
            label: server.id.to_string(),
            look: Look::of(server),
            compacted: Some(server.log().base().index)
                .filter(|base| base.next() >= first && base.0 > 0),
            cells: server.log().iter_from(first).map(cell).collect(),
            last: server.log().last_index(),
            commit,
            applied,
            values: values.unwrap_or_default(),
            progress: progress(world, server.id),
        }
    }
}

fn label(entry: &Entry, index: LogIndex, log: &Log, world: &World) -> String {
    match entry.payload {
        Payload::Command(command) => command.op.to_string(),
        Payload::Configuration(configuration) => {
            // The log of a new server begins without a configuration. The entry changes the same
            // one on every server, so it must have the same text.
            let before = match log.configured_by(index.previous()).1 {
                none if none == Configuration::default() => Configuration::of(world.founders()),
                before => before,
            };
            change(before, configuration)
        }
        Payload::Noop => "no-op".into(),
        Payload::Register(wish) => wish.to_string(),
    }
}

/// The change of a configuration, as short as possible: `+S6`, `−S1`, `(S6)` for a learner,
/// `joint`, and after it `new`.
fn change(before: Configuration, now: Configuration) -> String {
    if now.is_joint() {
        return "joint".into();
    }
    let (known, voters) = (before.voters, now.voters);
    let voters = voters.except(known).or(known.except(voters));
    let learners = now.learners.except(before.learners);
    match (voters.iter().next(), learners.iter().next()) {
        (Some(id), _) if voters.len() == 1 && now.voters.contains(id) => format!("+{id}"),
        (Some(id), _) if voters.len() == 1 => format!("−{id}"),
        (None, Some(id)) if learners.len() == 1 => format!("({id})"),
        (None, Some(id)) => format!("({id}…)"),
        _ => "new".into(),
    }
}

fn progress(world: &World, id: NodeId) -> Option<(LogIndex, LogIndex)> {
    let leader = world.leader().filter(|leader| *leader != id)?;
    match world.server(leader).node()?.role() {
        Role::Leader(leadership) => {
            let progress = leadership.progress(id);
            Some((progress.next_index, progress.match_index))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Session;
    use crate::sim::Time;

    #[test]
    fn a_log_of_which_nothing_is_shown_is_not_empty() {
        let text = "servers 3 · seed 1 · client C1 writes x every 20ms
            at 10ms timeout S1
            at 150ms crash S3";
        let mut session = Session::read(text).unwrap();
        session.advance(Time::ms(3_000));
        let table = LogTable::of(session.world(), 10);
        let row = &table.rows[2];
        assert_eq!(row.cells, []);
        assert_eq!(row.last, session.world().servers()[2].log().last_index());
        assert!(row.last > LogIndex(0));
    }

    #[test]
    fn a_configuration_entry_reads_the_same_in_every_log() {
        let text = "servers 3 · seed 1
            at 10ms timeout S1
            at 500ms remove S3
            at 1s add S4";
        let mut session = Session::read(text).unwrap();
        session.advance(Time::ms(3_000));
        let table = LogTable::of(session.world(), 40);
        let texts = |row: &Row| -> Vec<String> {
            let cells = row.cells.iter().filter(|cell| cell.configuration.is_some());
            cells.map(|cell| cell.text.clone()).collect()
        };
        for server in [0, 1, 3] {
            assert_eq!(texts(&table.rows[server]), ["−S3", "(S4)", "+S4"]);
        }
    }
}
