//! Small words: lists, positions, results.

use std::fmt::Display;

use crate::kv::{Answer, Op};
use crate::raft::{Configuration, EntryId, LogIndex, NodeId, ServerSet};
use crate::sim::Time;

/// `S1、S3 和 S4`.
pub(super) fn list<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    match items.as_slice() {
        [] => "无".into(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} 和 {last}", first.join("、")),
    }
}

/// The servers of a set, as a list.
pub(super) fn servers(set: ServerSet) -> String {
    list(set.iter())
}

/// `S1 和 S2，学习者 S3`; joint, `S1 和 S2（旧）与 S1 和 S3（新）`.
pub(super) fn configuration(configuration: &Configuration) -> String {
    let Configuration {
        voters,
        outgoing,
        learners,
    } = *configuration;
    let mut text = servers(voters);
    if configuration.is_joint() {
        text = format!("{}（旧）与 {text}（新）", servers(outgoing));
    }
    if learners.is_empty() {
        text
    } else {
        format!("{text}，学习者 {}", servers(learners))
    }
}

/// `3 台中的 2 台`; joint, in both configurations.
pub(super) fn share(servers: ServerSet, of: &Configuration) -> String {
    let share = |voters: ServerSet| {
        let (some, all) = (servers.and(voters).len(), voters.len());
        format!("{all} 台中的 {some} 台")
    };
    let new = share(of.voters);
    if of.is_joint() {
        format!("旧配置 {}，新配置 {new}", share(of.outgoing))
    } else {
        new
    }
}

/// `需要 3 票，已有 2 票`
pub(super) fn tally(votes: ServerSet, needed: u8, of: &Configuration) -> String {
    if of.is_joint() {
        return format!("{}，两个配置都要有多数派", share(votes, of));
    }
    let have = votes.and(of.voters).len();
    format!("需要 {needed} 票，已有 {have} 票")
}

/// `条目 7`, `条目 5 到 7`.
pub(super) fn entries(first: LogIndex, last: LogIndex) -> String {
    if first == last {
        format!("条目 {last}")
    } else {
        format!("条目 {first} 到 {last}")
    }
}

/// `索引 3，任期 2`.
pub(super) fn position(position: EntryId) -> String {
    format!("索引 {}，任期 {}", position.index, position.term)
}

/// What a log ends with.
pub(super) fn end_of_log(last: EntryId) -> String {
    if last == EntryId::ZERO {
        "空日志".into()
    } else {
        position(last)
    }
}

/// A leader whose name may not be known.
pub(super) fn leader_name(leader: Option<NodeId>) -> String {
    leader.map_or_else(|| "领导者".into(), |leader| format!("领导者 {leader} "))
}

/// `（第 2 次）`, from the second on.
pub(super) fn attempt(attempt: u32) -> String {
    match attempt {
        0 | 1 => String::new(),
        attempt => format!("（第 {attempt} 次）"),
    }
}

/// What a client asks for.
pub(super) fn wish(op: &Op) -> String {
    match op {
        Op::Get { key } => format!("读取 {key}"),
        Op::Add { .. } | Op::CompareAndSet { .. } | Op::Delete { .. } | Op::Set { .. } => {
            format!("执行 {op}")
        }
    }
}

/// What came of it.
pub(super) fn result(op: &Op, answer: &Answer) -> String {
    let key = op.key();
    match answer {
        Answer::Differs(Some(value)) => format!("{op} 没有改变任何值，{key} 是 {value}"),
        Answer::Differs(None) => format!("{op} 没有改变任何值，{key} 没有值"),
        Answer::Done => format!("{op} 已完成"),
        Answer::Expired => format!("客户端无法知道 {op} 是否执行过"),
        Answer::Value(Some(value)) => format!("{key} 是 {value}"),
        Answer::Value(None) => format!("{key} 没有值"),
    }
}

/// An answer of the state machine.
pub(super) fn answer(answer: &Answer) -> String {
    match answer {
        Answer::Differs(Some(value)) => format!("未改变，值是 {value}"),
        Answer::Differs(None) => "未改变，没有值".into(),
        Answer::Done => "已完成".into(),
        Answer::Expired => "会话已过期".into(),
        Answer::Value(Some(value)) => value.to_string(),
        Answer::Value(None) => "没有值".into(),
    }
}

/// A length of time as a person says it.
pub(super) fn clock(time: Time) -> String {
    crate::narrate::clock::write(time, " 毫秒", " 秒")
}
