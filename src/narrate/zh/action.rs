//! What the user did.

use super::fact::thing;
use super::words::{clock, servers, wish};
use crate::kv::{ClientId, Op};
use crate::narrate::look::waits;
use crate::raft::{Change, NodeId};
use crate::sim::{Action, Link, PacketPick, Step};

/// What was done, where no fact of the step says it.
pub(super) fn deed(action: &Action, step: &Step) -> Option<String> {
    Some(match action {
        Action::Configure(setting) => format!("你把设置改为 {setting}"),
        Action::Delay(pick, delay) => format!("你把{}推迟了 {}", picked(pick), clock(*delay)),
        Action::Deliver(pick) => format!("你让{}立即送达", picked(pick)),
        Action::Duplicate(pick) => format!("你复制了{}", picked(pick)),
        Action::Read(client, key, _) => return queued(*client, &Op::Get { key: *key }, step),
        Action::Request(client, op) => return queued(*client, op, step),
        Action::Rule(rule, true) => format!("你打开了规则 {rule}"),
        Action::Rule(rule, false) => format!("你关闭了规则 {rule}"),
        Action::SetTimer(id, length) => {
            format!("你把 {id} 的选举计时器设为 {} 后到期", clock(*length))
        }
        Action::Skew(id, rate) => format!(
            "你改变了 {id} 的时钟：其他时钟走 {} 时它走 {}",
            rate.per, rate.ticks
        ),
        Action::SlowDisk(id, Some(time)) => {
            format!("你让 {id} 的磁盘变慢：写一次要 {}", clock(*time))
        }
        Action::SlowDisk(id, None) => format!("你让 {id} 的磁盘恢复正常速度"),
        // A fact of this step, or (for a dropped packet) of the next, says what came of these.
        Action::Change(_)
        | Action::Compact(_)
        | Action::Crash(_)
        | Action::Cut(_)
        | Action::Drop(_)
        | Action::Heal(_)
        | Action::Hold(_)
        | Action::Isolate(_)
        | Action::Partition(_)
        | Action::Release(_)
        | Action::Restart(_)
        | Action::Retire(_)
        | Action::Timeout(_)
        | Action::Transfer(_)
        | Action::Wipe(_) => return None,
    })
}

/// A message that the user pointed at.
pub(super) fn picked(pick: &PacketPick) -> String {
    let what = pick.kind.map_or("消息", thing);
    format!("从 {} 到 {} 的 {what}", pick.from, pick.to)
}

/// A busy client sends its request later.
fn queued(client: ClientId, op: &Op, step: &Step) -> Option<String> {
    let wish = wish(op);
    waits(step).then(|| format!("客户端 {client} 得到当前的答复后会请求{wish}"))
}

/// What a user wants of the leader.
pub(super) fn change(leader: NodeId, change: Change) -> String {
    match change {
        Change::Add(id) => format!("你请求 {leader} 把 {id} 加为投票成员"),
        Change::Learn(id) => format!("你请求 {leader} 把 {id} 加为学习者"),
        Change::Remove(id) => format!("你请求 {leader} 把 {id} 移出集群"),
        Change::Voters(voters) => {
            format!("你请求 {leader} 把集群改为 {}", servers(voters))
        }
    }
}

/// What became of the links.
pub(super) fn links(action: &Action) -> String {
    let between = |link: &Link| match link {
        Link::All => "所有服务器之间".into(),
        Link::Both(a, b) => format!("{a} 与 {b} 之间"),
        Link::OneWay(a, b) => format!("从 {a} 到 {b} "),
    };
    match action {
        Action::Cut(link) => format!("你切断了{}的链路", between(link)),
        Action::Heal(link) => format!("你恢复了{}的链路", between(link)),
        Action::Hold(link) => format!("你扣住了{}的消息", between(link)),
        Action::Isolate(id) => format!("你把 {id} 与所有其他服务器隔离了"),
        Action::Partition(groups) => {
            let sides: Vec<String> = groups.iter().map(ToString::to_string).collect();
            format!("你造成了网络分区：{}", sides.join(" | "))
        }
        Action::Release(link) => format!("你放行了{}的消息", between(link)),
        Action::Change(_)
        | Action::Compact(_)
        | Action::Configure(_)
        | Action::Crash(_)
        | Action::Delay(..)
        | Action::Deliver(_)
        | Action::Drop(_)
        | Action::Duplicate(_)
        | Action::Read(..)
        | Action::Request(..)
        | Action::Restart(_)
        | Action::Retire(_)
        | Action::Rule(..)
        | Action::SetTimer(..)
        | Action::Skew(..)
        | Action::SlowDisk(..)
        | Action::Timeout(_)
        | Action::Transfer(_)
        | Action::Wipe(_) => "你改变了网络".into(),
    }
}
