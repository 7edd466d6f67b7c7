//! A beginning of one's own: what each server has on its disk, which are down, which links are cut.
//! It is made of words, as they are typed; the grammar reads them, and refuses what cannot be.

use std::fmt::Write;

use super::Session;
use crate::raft::NodeId;
use crate::sim::{DiskImage, Scenario, Server, World};

/// A beginning that is being written.
#[derive(Clone, PartialEq, Debug)]
pub struct Beginning {
    /// What it keeps of the run that it comes from: settings, rules, seed.
    scenario: Scenario,
    /// How many clients there are.
    pub clients: String,
    /// What chance depends on.
    pub seed: String,
    /// The servers, from S1 on.
    pub rows: Vec<Row>,
    /// The links that are cut: `S1-S2 S3>S4`.
    pub cuts: String,
}

/// A server, as it begins.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Row {
    /// Its term.
    pub term: String,
    /// The server that has its vote, if one has.
    pub vote: String,
    /// The terms of its entries, with their commands: `1 1 2:x=3`.
    pub log: String,
    /// How many entries it knows to be committed.
    pub commit: String,
    /// Whether it is down.
    pub down: bool,
}

/// Why a beginning cannot be: which server's row says so, if one does, and a sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    /// The row, from 0.
    pub row: Option<usize>,
    /// Why.
    pub why: String,
}

impl Row {
    fn of(server: &Server) -> Self {
        let image = DiskImage::of(server);
        let said = image.to_string();
        // The log as the grammar writes it, with a snapshot before it if there is one.
        let log = said.find(" snapshot ").or_else(|| said.find(" log "));
        let log = log.map_or("", |at| &said[at + 1..]);
        let log = log.split(" commit ").next().unwrap_or_default();
        Self {
            term: image.term.to_string(),
            vote: image.vote.map(|id| id.to_string()).unwrap_or_default(),
            log: log.strip_prefix("log ").unwrap_or(log).into(),
            commit: image.commit.to_string(),
            down: !server.is_up(),
        }
    }

    /// The statement of a server's disk.
    fn statement(&self, id: NodeId) -> String {
        let part = |name: &str, value: &str| match value.trim() {
            "" => String::new(),
            value => format!(" {name} {value}"),
        };
        let log = match self.log.trim() {
            log if log.starts_with("snapshot") => format!(" {log}"),
            log => part("log", log),
        };
        let term = part(
            "term",
            if self.term.trim().is_empty() {
                "0"
            } else {
                &self.term
            },
        );
        format!(
            "{id}{term}{}{log}{}",
            part("vote", &self.vote),
            part("commit", &self.commit)
        )
    }
}

impl Beginning {
    /// What there is at the cursor, as a beginning.
    pub fn of(session: &Session) -> Self {
        let world = session.world();
        let mut scenario = session.scenario().clone();
        scenario.disks.clear();
        Self {
            clients: scenario.clients.to_string(),
            seed: scenario.seed.to_string(),
            scenario,
            rows: world.servers().iter().map(Row::of).collect(),
            cuts: cuts(world),
        }
    }

    /// The session that begins so; or why there is none.
    pub fn open(&self) -> Result<Session, Refused> {
        let refused = |row, why: String| Refused { row, why };
        let number = |text: &str, what: &str, most: u64| {
            let read = text
                .trim()
                .parse()
                .ok()
                .filter(|number: &u64| *number <= most);
            read.ok_or_else(|| refused(None, format!("\"{text}\" is no {what}: write 0 to {most}")))
        };
        let mut scenario = self.scenario.clone();
        scenario.servers = self.rows.len() as u8;
        scenario.clients = number(&self.clients, "number of clients", 5)? as u8;
        scenario.seed = number(&self.seed, "seed", u64::MAX)?;
        let clients = usize::from(scenario.clients);
        scenario
            .workloads
            .retain(|(client, ..)| client.slot() < clients);
        scenario.members = scenario.members.and(scenario.ids());
        let mut script = scenario.to_string();
        let first = script.lines().count();
        let ids = NodeId::first(self.rows.len());
        for (id, row) in ids.zip(&self.rows) {
            let _ = writeln!(script, "{}", row.statement(id));
        }
        let ids = NodeId::first(self.rows.len()).zip(&self.rows);
        for (id, _) in ids.filter(|(_, row)| row.down) {
            let _ = writeln!(script, "at 0ms crash {id}");
        }
        if !self.cuts.trim().is_empty() {
            let _ = writeln!(script, "at 0ms cut {}", self.cuts.trim());
        }
        Session::read(&script).map_err(|error| {
            let row = (error.line - 1).checked_sub(first);
            refused(row.filter(|row| *row < self.rows.len()), error.message)
        })
    }
}

/// The links that are cut, as the grammar names them.
fn cuts(world: &World) -> String {
    let cut = |a: NodeId, b: NodeId| world.network().is_cut(a.into(), b.into());
    let mut words = Vec::new();
    for a in world.ids().iter() {
        for b in world.ids().iter().filter(|b| *b > a) {
            match (cut(a, b), cut(b, a)) {
                (true, true) => words.push(format!("{a}-{b}")),
                (true, false) => words.push(format!("{a}>{b}")),
                (false, true) => words.push(format!("{b}>{a}")),
                (false, false) => {}
            }
        }
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raft::{LogIndex, Term};
    use crate::sim::Time;

    fn here(text: &str) -> Beginning {
        Beginning::of(&Session::read(text).unwrap())
    }

    #[test]
    fn what_is_there_is_a_beginning() {
        let text = "servers 3 · seed 7 · clients 1\nat 0ms timeout S1\nat 200ms request C1 x=1\nat 400ms crash S2\nat 400ms cut S1>S3";
        let beginning = here(text);
        assert_eq!(
            (
                beginning.rows[0].term.as_str(),
                beginning.rows[0].log.as_str()
            ),
            ("1", "1 1:x=1")
        );
        assert!(beginning.rows[1].down);
        assert_eq!(beginning.cuts, "S1>S3");
        let session = beginning.open().unwrap();
        assert_eq!(session.now(), Time::ZERO);
        assert_eq!(Beginning::of(&session).rows, beginning.rows);
    }

    #[test]
    fn a_log_that_is_typed_is_there() {
        let mut beginning = here("servers 3 · seed 7");
        beginning.rows[1] = Row {
            term: "5".into(),
            vote: "S3".into(),
            log: "1 4 4:x=2".into(),
            ..Row::default()
        };
        beginning.cuts = "S1-S2".into();
        let session = beginning.open().unwrap();
        let disk = session.world().server(NodeId::new(2).unwrap()).persistent();
        assert_eq!(
            (disk.current_term, disk.log.last_index()),
            (Term(5), LogIndex(3))
        );
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_row_and_the_reason() {
        let refused = |change: fn(&mut Beginning)| {
            let mut beginning = here("servers 3 · seed 7");
            change(&mut beginning);
            beginning.open().unwrap_err()
        };
        let wrong = refused(|it| it.rows[2].log = "4 1".into());
        assert_eq!(wrong.row, Some(2), "{}", wrong.why);
        let wrong = refused(|it| it.rows[1].vote = "S9".into());
        assert_eq!(wrong.row, Some(1), "{}", wrong.why);
        let wrong = refused(|it| {
            it.rows[0] = Row {
                term: "2".into(),
                log: "1 1".into(),
                commit: "2".into(),
                ..Row::default()
            };
        });
        assert!(wrong.why.contains("could be elected"), "{}", wrong.why);
        assert_eq!(refused(|it| it.cuts = "S1-S7".into()).row, None);
        assert!(
            refused(|it| it.clients = "many".into())
                .why
                .contains("0 to 5")
        );
    }
}
