//! Broken properties.

use super::words::{answer, clock, configuration};
use crate::check::{Breach, Falling, Property, Violation};
use crate::kv::Answer;
use crate::raft::{Entry, Payload};

/// What a property promises.
pub(super) fn promise(property: Property) -> &'static str {
    match property {
        Property::AcknowledgedWrites => "客户端已知完成的写入永不丢失。",
        Property::ConfigurationSafety => "没有共同服务器的两组服务器不能各自选出领导者。",
        Property::ElectionSafety => "一个任期最多有一个领导者。",
        Property::ExactlyOnce => "一个请求无论发送多少次，只执行一次。",
        Property::LeaderAppendOnly => "领导者从不覆盖或删除自己日志中的条目，只追加。",
        Property::LeaderCompleteness => {
            "在某个任期提交的条目，会出现在以后所有任期的领导者的日志中。"
        }
        Property::LinearizableReads => "一次读能看到它发出之前任何客户端已知的一切。",
        Property::LogMatching => {
            "如果两份日志有索引和任期都相同的条目，那么到这一条为止它们完全相同。"
        }
        Property::NeverBackwards => "运行中的服务器的任期、提交索引和应用索引从不减小。",
        Property::Progress => "一个在运行且互相连通的多数派会很快答复客户端，不受干扰。",
        Property::StateMachineSafety => "没有两台服务器在同一索引应用不同的条目。",
    }
}

/// Its name, with the paper's.
fn name(property: Property) -> String {
    let name = match property {
        Property::AcknowledgedWrites => "已确认的写入",
        Property::ConfigurationSafety => "配置安全性",
        Property::ElectionSafety => "选举安全性",
        Property::ExactlyOnce => "恰好一次",
        Property::LeaderAppendOnly => "领导者只追加",
        Property::LeaderCompleteness => "领导者完整性",
        Property::LinearizableReads => "线性一致读",
        Property::LogMatching => "日志匹配",
        Property::NeverBackwards => "从不后退",
        Property::Progress => "进展",
        Property::StateMachineSafety => "状态机安全性",
    };
    format!("{name}（{property}）")
}

/// What was broken, and how.
pub(super) fn violation(violation: &Violation) -> String {
    let (property, breach) = (name(violation.property()), text(&violation.breach));
    let broken = format!("{property}被破坏：{breach}。");
    match violation.guard {
        Some(rule) => format!("{broken}规则 {rule}（{}）是关闭的。", rule.place()),
        None => broken,
    }
}

/// What an entry says.
fn entry(entry: &Entry) -> String {
    let term = entry.term;
    match entry.payload {
        Payload::Command(command) => format!("任期 {term} 的 {}", command.op),
        Payload::Configuration(members) => {
            format!("任期 {term} 的配置 {}", configuration(&members))
        }
        Payload::Noop => format!("任期 {term} 的空操作"),
        Payload::Register(wish) => format!("任期 {term} 的 {} 的会话请求", wish.client),
    }
}

/// The same, if there is one.
fn held(found: &Option<Entry>) -> String {
    found.as_ref().map_or_else(|| "空缺".into(), entry)
}

fn text(breach: &Breach) -> String {
    match breach {
        Breach::AppliedDifferently {
            server,
            index,
            entry: applied,
            first,
            settled,
        } => {
            let (applied, settled) = (entry(applied), entry(settled));
            format!("在索引 {index}，{server} 应用了{applied}，而 {first} 先前应用了{settled}")
        }
        Breach::Backwards {
            server,
            what,
            from,
            to,
        } => {
            let what = match what {
                Falling::Applied => "应用索引",
                Falling::Commit => "提交索引",
                Falling::Term => "任期",
            };
            format!("{server} 的{what}从 {from} 减小到 {to}")
        }
        Breach::ExecutedTwice {
            server,
            index,
            command,
        } => format!(
            "{server} 在索引 {index} 再次执行了 {} 的 {}",
            command.client, command.op
        ),
        Breach::LeaderLacks {
            leader,
            term,
            index,
            settled,
            committed_in,
            found,
        } => format!(
            "{leader} 是任期 {term} 的领导者，索引 {index} 处{}，而任期 {committed_in} 已在那里提交了{}",
            found
                .as_ref()
                .map_or_else(|| "没有条目".into(), |found| format!("是{}", entry(found))),
            entry(settled)
        ),
        Breach::LeaderRewrote {
            leader,
            term,
            index,
            had,
            found,
        } => format!(
            "任期 {term} 的领导者 {leader} 在索引 {index} 原有{}，现在是{}",
            entry(had),
            held(found)
        ),
        Breach::LogsDiffer {
            servers: (a, b),
            same,
            term,
            differ,
        } => format!(
            "{a} 和 {b} 在索引 {same} 都有任期 {term} 的条目，但它们的日志在索引 {differ} 不同"
        ),
        Breach::MachineDiffers {
            server,
            index,
            command,
        } => format!(
            "{server} 在索引 {index} 执行 {} 之后，它的状态机与已提交的日志不符",
            command.op
        ),
        Breach::MajoritiesApart {
            servers: (a, b),
            groups: (one, other),
        } => format!("{a} 可由 {one} 选出，{b} 可由 {other} 选出：两个多数派没有共同的服务器"),
        Breach::SnapshotDiffers {
            server,
            last,
            settled,
        } => format!(
            "{server} 的快照以任期 {} 的条目 {} 结尾，但那里已提交的是{}",
            last.term,
            last.index,
            held(settled)
        ),
        Breach::StaleRead {
            server,
            command,
            told,
            index,
            value,
        } => format!(
            "{server} 对 {} 的 {} 答复“{told}”，但读请求发出时已有客户端知道条目 {index}：那里的值是“{}”，此后从未是“{told}”",
            command.client,
            command.op,
            answer(&Answer::Value(*value)),
            told = answer(told)
        ),
        Breach::Disturbed { server, index } => {
            format!("{server} 开始选举：它从未收到把它移出集群的条目 {index}")
        }
        Breach::Starved { command, since } => format!(
            "{} 从 {} 起一直在等待 {} 的答复，尽管有一个多数派在运行且互相连通",
            command.client,
            clock(*since),
            command.op
        ),
        Breach::TwoLeaders {
            term,
            first,
            second,
        } => format!("{first} 和 {second} 都当选为任期 {term} 的领导者"),
        Breach::Unfounded {
            server,
            command,
            told,
            executed,
        } => {
            let (client, op, told) = (command.client, command.op, answer(told));
            let but = match executed {
                Some(executed) => format!("按已提交的日志应是“{}”", answer(executed)),
                None => "从未提交过这样的请求".into(),
            };
            format!("{server} 对 {client} 的 {op} 答复“{told}”，但{but}")
        }
        Breach::WriteLost {
            server,
            index,
            command,
        } => format!(
            "{} 得到答复说 {} 已完成，但 {server} 在索引 {index} 没有它",
            command.client, command.op
        ),
    }
}
