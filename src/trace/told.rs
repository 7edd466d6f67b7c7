//! A step of a trace in words: `n2 receives RV of n3, term 4, log up to (9, term 2): votes for n3`.

use super::judge::View;
use super::line::{Kind, Role};
use super::read::{Message, Reader, Server, Step};

/// The step, and what it changed.
pub(super) fn step(step: &Step, before: Option<&View>, after: &View, reader: &Reader) -> String {
    let name = reader.name(step.server);
    let message = step.received.as_ref();
    let message = message.map_or_else(|| "a message".into(), |message| letter(message, reader));
    let mut text = match step.kind {
        Kind::Recv => format!("{name} receives {message}"),
        Kind::Drop => format!("{name} never receives {message}"),
        Kind::Timeout => format!("{name}: the election timer runs out"),
        Kind::Send => format!("{name} sends what is due"),
        Kind::Propose => format!("{name} takes a request"),
        Kind::Restart => format!("{name} starts"),
        Kind::Compact => format!("{name} compacts its log"),
        Kind::Tick | Kind::Init => format!("{name} changes"),
    };
    let changes = before.map(|before| changes(before, after, step.server, reader));
    for change in changes.into_iter().flatten() {
        text.push_str(" · ");
        text.push_str(&change);
    }
    text
}

/// `RV of n3, term 4, log up to (9, term 2)`
fn letter(message: &Message, reader: &Reader) -> String {
    let mut text = message.t.clone();
    if let Some(from) = message.from {
        text.push_str(&format!(" of {}", reader.name(from)));
    }
    if let Some(term) = message.term {
        text.push_str(&format!(", term {term}"));
    }
    let position = |index: Option<u64>, term: Option<u64>| match (index, term) {
        (Some(index), Some(term)) => Some(format!("({index}, term {term})")),
        (Some(index), None) => Some(index.to_string()),
        _ => None,
    };
    match &*message.t {
        "RV" | "PV" | "IS" => {
            let end = position(message.li, message.lt);
            text.extend(end.map(|end| format!(", log up to {end}")));
        }
        "AE" => {
            let count = message.es.as_ref().map_or(0, |entries| entries.len());
            let after = position(message.pi, message.pt);
            match (count, after) {
                (0, Some(after)) => text.push_str(&format!(", nothing after {after}")),
                (1, Some(after)) => text.push_str(&format!(", 1 entry after {after}")),
                (count, Some(after)) => text.push_str(&format!(", {count} entries after {after}")),
                _ => {}
            }
        }
        _ => {}
    }
    match message.g.or(message.ok) {
        Some(true) => text.push_str(", yes"),
        Some(false) => text.push_str(", no"),
        None => {}
    }
    if let Some(index) = message.mi.filter(|index| *index > 0) {
        text.push_str(&format!(", up to {index}"));
    }
    text
}

/// What is other than before.
fn changes(before: &View, after: &View, own: Server, reader: &Reader) -> Vec<String> {
    let mut changes = Vec::new();
    let term = after.term.filter(|_| before.term != after.term);
    match after.role.filter(|_| before.role != after.role) {
        Some(Role::L) => changes.push("leads".into()),
        Some(Role::C) => changes.push("stands for election".into()),
        Some(Role::F) => changes.push("is a follower".into()),
        None => {}
    }
    changes.extend(term.map(|term| format!("term {term}")));
    if let Some(Some(vote)) = after.vote.filter(|_| before.vote != after.vote)
        && vote != own
    {
        changes.push(format!("votes for {}", reader.name(vote)));
    }
    if let (Some(old), Some(new)) = (&before.log, &after.log) {
        let kept = old.common(new).max(new.base());
        if kept < old.last() && new.last() < old.last() + 1 && kept < new.last().max(1) {
            changes.push(format!("deletes from {}", kept + 1));
        }
        if new.last() > kept {
            changes.push(format!("log up to {}", new.last()));
        }
    }
    if let Some(commit) = after.commit.filter(|_| before.commit != after.commit) {
        changes.push(format!("commits {commit}"));
    }
    changes
}
