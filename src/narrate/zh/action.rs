//! What the user did.

use super::fact::thing;
use super::words::{clock, servers, wish};
use crate::kv::{ClientId, Op};
use crate::narrate::look::waits;
use crate::raft::{Change, NodeId};
use crate::sim::text::percent;
use crate::sim::{Action, ClockJump, Link, PacketPick, Path, Setting, Step, Time};

/// What was done, where no fact of the step says it.
pub(super) fn deed(action: &Action, step: &Step) -> Option<String> {
    Some(match action {
        Action::Configure(setting) => set(setting),
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
        Action::Client(client, Some((key, every))) => {
            format!("你让客户端 {client} 每 {} 写一次 {key}", clock(*every))
        }
        Action::Client(client, None) => format!("你停止了客户端 {client} 的写入"),
        Action::FailDisk(id, true) => format!("你让 {id} 的磁盘出故障：写操作都不会完成"),
        Action::FailDisk(id, false) => format!("你修好了 {id} 的磁盘"),
        Action::Jump(id, ClockJump::Forward(by)) => {
            format!("你把 {id} 的时钟拨快了 {}", clock(*by))
        }
        Action::Jump(id, ClockJump::Back(by)) => {
            format!("你把 {id} 的时钟拨慢了 {}", clock(*by))
        }
        Action::Lossy(path, Some(share)) => {
            format!("你让{}丢失 {} 的消息", paths(path), percent(*share))
        }
        Action::Lossy(path, None) => format!("你让{}的丢包率恢复正常", paths(path)),
        Action::Pause(id) => format!("你暂停了 {id}：它的进程什么也不做，发给它的消息等着"),
        Action::RequestTo(client, op, _) => return queued(*client, op, step),
        Action::Resume(id) => format!("你让 {id} 继续运行"),
        Action::Slow(path, Some((low, high))) if low == high => {
            format!("你让{}变慢：一条消息要 {}", paths(path), clock(*low))
        }
        Action::Slow(path, Some((low, high))) => format!(
            "你让{}变慢：一条消息要 {} 到 {}",
            paths(path),
            clock(*low),
            clock(*high)
        ),
        Action::Slow(path, None) => format!("你让{}的延迟恢复正常", paths(path)),
        Action::SlowDisk(id, Some(time)) => {
            format!("你让 {id} 的磁盘变慢：写一次要 {}", clock(*time))
        }
        Action::SlowDisk(id, None) => format!("你让 {id} 的磁盘恢复正常速度"),
        Action::Cut(link) => format!("你切断了{}的链路", between(link)),
        Action::Heal(link) => format!("你恢复了{}的链路", between(link)),
        Action::Hold(link) => format!("你扣住了{}的消息", between(link)),
        Action::Isolate(id) => format!("你把 {id} 与所有其他服务器隔离了"),
        Action::Partition(groups) => {
            let sides: Vec<String> = groups.iter().map(ToString::to_string).collect();
            format!("你造成了网络分区：{}", sides.join(" | "))
        }
        Action::Release(link) => format!("你放行了{}的消息", between(link)),
        // A fact of this step, or (for a dropped packet) of the next, says what came of these.
        Action::Change(_)
        | Action::Compact(_)
        | Action::Crash(_)
        | Action::Drop(_)
        | Action::Restart(_)
        | Action::Retire(_)
        | Action::Timeout(_)
        | Action::Transfer(_)
        | Action::Wipe(_) => return None,
    })
}

fn paths(path: &Path) -> String {
    match path {
        Path::All => "所有链路".into(),
        Path::Both(a, b) => format!("{a} 与 {b} 之间的链路"),
        Path::OneWay(a, b) => format!("从 {a} 到 {b} 的链路"),
    }
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

fn between(link: &Link) -> String {
    match link {
        Link::All => "所有服务器之间".into(),
        Link::Of(id) => format!("{id} 与所有其他服务器之间"),
        Link::Both(a, b) => format!("{a} 与 {b} 之间"),
        Link::OneWay(a, b) => format!("从 {a} 到 {b} "),
    }
}

/// A setting, by the name that the page has for it.
fn set(setting: &Setting) -> String {
    let span = |low: Time, high: Time| match low == high {
        true => clock(low),
        false => format!("{} 至 {}", clock(low), clock(high)),
    };
    let switched = |what: &str, on: bool| {
        let on = if on { "打开" } else { "关闭" };
        format!("你{on}了 {what}")
    };
    match *setting {
        Setting::CheckQuorum(on) => switched("CheckQuorum", on),
        Setting::Election(low, high) => format!("你把选举超时设为 {}", span(low, high)),
        Setting::Heartbeat(every) => format!("你把心跳间隔设为 {}", clock(every)),
        Setting::Latency(low, high) => format!("你把延迟设为 {}", span(low, high)),
        Setting::Loss(share) => format!("你把丢失率设为 {}", percent(share)),
        Setting::NoOp(on) => switched("no-op 条目", on),
        Setting::PreVote(on) => switched("Pre-Vote", on),
        _ => format!("你把设置改为 {setting}"),
    }
}
