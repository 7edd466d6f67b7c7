//! Pictures of another implementation's run: the same as of ours, from a line of its trace.
//!
//! Servers of a trace have any names, and there may be many. The stage has room for [`MAX_SERVERS`]:
//! those that are shown get our numbers and keep their names.

use super::logs::{Cell, Row};
use super::scene::{LinkView, Look, PacketView, ServerView};
use super::{LogTable, Scene};
use crate::raft::{LogIndex, MAX_SERVERS, NodeId, Term};
use crate::sim::{PacketId, PacketKind, Time};
use crate::trace::line::Role;
use crate::trace::read::Server;
use crate::trace::watch::{Mail, Moment, Standing};

/// The servers that are shown, by their places in the trace: the first ones, and that one.
pub fn shown(servers: usize, wanted: Option<Server>) -> Vec<Server> {
    let mut shown: Vec<Server> = (0..servers.min(MAX_SERVERS)).collect();
    if let (Some(wanted), Some(last)) = (wanted, shown.last_mut())
        && wanted > *last
    {
        *last = wanted;
    }
    shown
}

/// The number that a server gets on the stage.
pub fn number(shown: &[Server], server: Server) -> Option<NodeId> {
    let place = shown.iter().position(|other| *other == server)?;
    NodeId::new(place + 1)
}

/// The stage after a line. A line takes a microsecond.
pub fn scene(moment: &Moment, shown: &[Server]) -> Scene {
    let there = shown.iter().filter_map(|server| {
        let id = number(shown, *server)?;
        Some(server_view(id, moment.servers.get(*server)?))
    });
    let packets = moment.mail.iter().enumerate();
    let packets = packets.filter_map(|(nth, mail)| packet_view(nth, mail, moment, shown));
    let ids = NodeId::first(shown.len());
    let links = ids.flat_map(|a| NodeId::first(shown.len()).map(move |b| (a, b)));
    let whole = |(a, b)| LinkView {
        a,
        b,
        cut_there: false,
        cut_back: false,
        note: None,
    };
    Scene {
        servers: there.collect(),
        clients: Vec::new(),
        packets: packets.collect(),
        links: links.filter(|(a, b)| a < b).map(whole).collect(),
    }
}

/// What a server is, as far as the trace says.
fn look(standing: &Standing) -> Look {
    match standing.role {
        Some(Role::L) => Look::Leader,
        Some(Role::C) => Look::Candidate,
        Some(Role::F) | None => Look::Follower,
    }
}

fn server_view(id: NodeId, standing: &Standing) -> ServerView {
    ServerView {
        id,
        label: standing.name.clone(),
        look: look(standing),
        term: Term(standing.term.unwrap_or(0)),
        last: LogIndex(standing.log.map_or(0, |(_, last)| last)),
        commit: LogIndex(standing.commit.unwrap_or(0)),
        timer: None,
        doing: (standing.role.is_none()).then(|| "role not told".into()),
        clock: None,
        disk: None,
        quorum: None,
        writes: false,
    }
}

fn packet_view(nth: usize, mail: &Mail, moment: &Moment, shown: &[Server]) -> Option<PacketView> {
    let (from, to) = (number(shown, mail.from)?, number(shown, mail.to)?);
    let kind = match &*mail.t {
        "AE" if mail.last.is_some() => PacketKind::Append,
        "AER" => PacketKind::AppendReply,
        "IS" => PacketKind::Snapshot,
        "ISR" => PacketKind::SnapshotReply,
        "PV" => PacketKind::PreVote,
        "PVR" => PacketKind::PreVoteReply,
        "RI" => PacketKind::ReadIndex,
        "RIR" => PacketKind::ReadIndexReply,
        "RV" => PacketKind::Vote,
        "RVR" => PacketKind::VoteReply,
        "TN" => PacketKind::TimeoutNow,
        _ => PacketKind::Heartbeat,
    };
    let name = |server: Server| moment.servers.get(server).map_or("?", |one| &one.name);
    Some(PacketView {
        id: PacketId(nth as u64),
        from: from.into(),
        to: to.into(),
        title: format!("{} to {}: {}", name(mail.from), name(mail.to), mail.t),
        kind,
        positive: mail.positive,
        refs: String::new(),
        label: mail.last.map(|last| last.to_string()).unwrap_or_default(),
        sent_at: Time(mail.sent as u64),
        arrives_at: Time(mail.arrives as u64),
        lost: mail.is_lost,
        held: false,
    })
}

/// The logs after a line.
pub fn logs(moment: &Moment, shown: &[Server]) -> LogTable {
    let there = || {
        shown.iter().filter_map(|server| {
            let id = number(shown, *server)?;
            Some((id, moment.servers.get(*server)?))
        })
    };
    let last = there().filter_map(|(_, one)| Some(one.log?.1)).max();
    let first = there().filter(|(_, one)| one.log.is_some_and(|(base, last)| base < last));
    let first = first.map(|(_, one)| one.entries.0).min().unwrap_or(1);
    let rows: Vec<Row> = there().map(|(id, one)| row(id, one, first)).collect();
    LogTable {
        first: LogIndex(first),
        compacted: rows.iter().any(|row| row.compacted.is_some()),
        last: LogIndex(last.unwrap_or(0).max(first - 1)),
        rows,
    }
}

fn row(id: NodeId, standing: &Standing, first: u64) -> Row {
    let (from, entries) = &standing.entries;
    let commit = standing.commit.unwrap_or(0);
    let cell = |(index, (term, text)): (u64, &(u64, String))| Cell {
        index: LogIndex(index),
        term: Term(*term),
        text: text.clone(),
        is_noop: matches!(&**text, "no-op" | "null" | ""),
        configuration: None,
        committed: index <= commit,
    };
    Row {
        server: id,
        label: standing.name.clone(),
        look: look(standing),
        compacted: standing
            .log
            .map(|(base, _)| base)
            .filter(|base| *base > 0 && base + 1 >= first)
            .map(LogIndex),
        cells: (*from..).zip(entries).map(cell).collect(),
        last: LogIndex(standing.log.map_or(0, |(_, last)| last)),
        commit: LogIndex(commit),
        applied: LogIndex(commit),
        values: Vec::new(),
        progress: None,
    }
}
