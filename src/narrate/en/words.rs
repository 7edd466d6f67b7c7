//! Small words: lists, counts, positions.

use std::fmt::Display;

use crate::kv::{Answer, Op};
use crate::raft::{Configuration, EntryId, LogIndex, NodeId, ServerSet};
use crate::sim::Time;

/// `S1, S3 and S4`.
pub(super) fn list<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    match items.as_slice() {
        [] => "nobody".into(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The servers of a set, as a list.
pub(super) fn servers(set: ServerSet) -> String {
    list(set.iter())
}

/// `S1 and S2, with S3 as a learner`; joint, `S1 and S2 (old) with S1 and S3 (new)`.
pub(super) fn configuration(configuration: &Configuration) -> String {
    let Configuration {
        voters, outgoing, ..
    } = *configuration;
    let mut text = servers(voters);
    if configuration.is_joint() {
        text = format!("{} (old) with {text} (new)", servers(outgoing));
    }
    match configuration.learners {
        ServerSet::EMPTY => text,
        learners if learners.len() == 1 => {
            format!("{text}, with {} as a learner", servers(learners))
        }
        learners => format!("{text}, with {} as learners", servers(learners)),
    }
}

/// `two of three`; joint, `two of three in the old configuration and two of four in the new`.
pub(super) fn share(servers: ServerSet, of: &Configuration) -> String {
    let share = |voters: ServerSet| {
        let (some, all) = (servers.and(voters).len(), voters.len());
        format!("{} of {}", count(some), count(all))
    };
    let new = share(of.voters);
    if of.is_joint() {
        format!(
            "{} in the old configuration and {new} in the new",
            share(of.outgoing)
        )
    } else {
        new
    }
}

/// `two of the three votes it needs`
pub(super) fn tally(votes: ServerSet, needed: u8, of: &Configuration) -> String {
    if of.is_joint() {
        return format!("{}, and needs majorities of both", share(votes, of));
    }
    let have = count(votes.and(of.voters).len());
    format!(
        "{have} of the {} votes it needs",
        count(usize::from(needed))
    )
}

/// A count in words, as far as servers go.
pub(super) fn count(count: usize) -> &'static str {
    const WORDS: [&str; 10] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    ];
    WORDS.get(count).copied().unwrap_or("many")
}

/// `entry 7`, `entries 6 and 7`, `entries 5 to 7`.
pub(super) fn entries(first: LogIndex, last: LogIndex) -> String {
    if first == last {
        format!("entry {last}")
    } else if first.next() == last {
        format!("entries {first} and {last}")
    } else {
        format!("entries {first} to {last}")
    }
}

/// `index 3, term 2`, as the paper names a last entry.
pub(super) fn position(position: EntryId) -> String {
    format!("index {}, term {}", position.index, position.term)
}

/// What a log ends with.
pub(super) fn end_of_log(last: EntryId) -> String {
    if last == EntryId::ZERO {
        "nothing".into()
    } else {
        position(last)
    }
}

/// What a client asks for.
pub(super) fn wish(op: &Op) -> String {
    match op {
        Op::Get { key } => format!("the value of {key}"),
        Op::Add { .. } | Op::CompareAndSet { .. } | Op::Delete { .. } | Op::Set { .. } => {
            op.to_string()
        }
    }
}

/// What came of it.
pub(super) fn result(op: &Op, answer: &Answer) -> String {
    let key = op.key();
    match answer {
        Answer::Differs(Some(value)) => format!("{op} changed nothing: {key} is {value}"),
        Answer::Differs(None) => format!("{op} changed nothing: {key} has no value"),
        Answer::Done => format!("{op} is done"),
        Answer::Expired => format!("the client cannot know whether {op} was executed"),
        Answer::Value(Some(value)) => format!("{key} is {value}"),
        Answer::Value(None) => format!("{key} has no value"),
    }
}

/// A leader whose name may not be known.
pub(super) fn leader_name(leader: Option<NodeId>) -> String {
    leader.map_or_else(|| "a leader".into(), |leader| leader.to_string())
}

/// ` (attempt 2)`, from the second on.
pub(super) fn attempt(attempt: u32) -> String {
    match attempt {
        0 | 1 => String::new(),
        attempt => format!(" (attempt {attempt})"),
    }
}

/// A text with a capital letter at its beginning.
pub(super) fn upper(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + letters.as_str()
    })
}

/// A length of time as a person says it: `0.5 ms`, `102 ms`, `1.25 s`.
pub(super) fn clock(time: Time) -> String {
    crate::narrate::clock::write(time, " ms", " s")
}
