//! What there is, and the values behind what happened.

use super::words::{configuration, end_of_log, list, servers, share};
use crate::narrate::clause::Clause;
use crate::narrate::state::{Standing, Values};
use crate::raft::{EntryId, NodeId, Payload};

pub(super) fn entry(
    id: NodeId,
    position: EntryId,
    payload: Option<Payload>,
    maker: Option<NodeId>,
) -> String {
    let EntryId { index, term } = position;
    let says = match payload {
        Some(Payload::Command(command)) => {
            format!("是 {} 的命令 {}", command.client, command.op)
        }
        Some(Payload::Configuration(members)) => format!("是配置 {}", configuration(&members)),
        Some(Payload::Register(wish)) => format!("为 {} 打开会话 {index}", wish.client),
        Some(Payload::Noop) | None => "是空操作".into(),
    };
    let made = match maker {
        Some(maker) => format!("{maker} 作为任期 {term} 的领导者最先追加了它"),
        None => format!("它来自任期 {term}，早于这次运行"),
    };
    format!("{id} 的条目 {index} {says}：{made}")
}

pub(super) fn standing(id: NodeId, standing: &Standing) -> String {
    match standing {
        Standing::Known => format!("{id} 知道它已提交。"),
        Standing::KnownTo(leader) => {
            format!("它已提交，{leader} 最先知道；{id} 还不知道。")
        }
        Standing::Replaced(leader, term) => {
            format!("它没有提交，{leader} 在任期 {term} 的条目会取代它。")
        }
        Standing::Missing {
            leader,
            holders,
            of,
            missing,
        } => {
            let more = if of.is_joint() {
                String::new()
            } else {
                format!(" {missing} 台")
            };
            let all = of.all_voters().iter();
            let others = list(all.filter(|id| !holders.contains(*id)));
            format!(
                "它还没有提交：据 {leader} 所知，{}有它（{}）。还缺{more}，可以是 {others}。",
                share(*holders, of),
                servers(*holders)
            )
        }
        Standing::OldTerm {
            leader,
            holders,
            of,
            term,
            leader_term,
        } => format!(
            "它还没有提交：据 {leader} 所知，{}有它（{}）。但它来自任期 {term}，要等到多数派有任期 {leader_term} 的条目。",
            share(*holders, of),
            servers(*holders)
        ),
        Standing::NoLeader => "它没有提交：只有领导者能提交它，而现在没有领导者。".into(),
    }
}

pub(super) fn values(values: &Values) -> String {
    match values {
        Values::Match(index) => {
            let next = index.next();
            format!("所以 matchIndex 是 {index}，nextIndex 至少是 {next}。")
        }
        Values::LogEnds {
            candidate,
            theirs,
            ours,
        } => {
            let (theirs, ours) = (end_of_log(*theirs), end_of_log(*ours));
            format!("{candidate} 的日志末尾：{theirs}；投票者的日志末尾：{ours}。")
        }
    }
}

/// Where a rule stands: `图 2，RequestVote 2；§5.2, 5.4.1`.
pub(super) fn source(clause: &Clause) -> String {
    let place = match clause.place {
        "" | "Clients" => String::new(),
        "Dissertation" => "博士论文".into(),
        place => match place.strip_prefix("Figure ") {
            Some(figure) => format!("图 {}", figure.replacen(", ", "，", 1)),
            None => format!("图 2，{place}"),
        },
    };
    match clause.section {
        "" => place,
        section if place.is_empty() => format!("§{section}"),
        section => format!("{}；§{section}", place.replace(" and ", " 和 ")),
    }
}
