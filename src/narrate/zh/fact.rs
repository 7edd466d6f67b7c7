//! What happened between servers, clients and the network.

use super::words::{attempt, clock, entries, list, result, wish};
use super::{action, event, words};
use crate::kv::Answer;
use crate::narrate::group::{first_entry, recipients};
use crate::narrate::look::{command, is_yours, kept};
use crate::raft::{LogIndex, NodeId};
use crate::sim::{Action, Address, Cause, Fact, Loss, PacketKind, Record, Step, Time, World};

/// The sentence for the fact at `place`.
pub(super) fn text(step: &Step, place: usize, world: &World) -> String {
    match &step.facts[place] {
        Fact::Answered {
            client,
            op,
            asked_at,
            server,
            answer,
            ..
        } => {
            let took = clock(step.at.saturating_sub(*asked_at));
            format!(
                "客户端 {client} 在 {took}后得到 {server} 的答复：{}",
                result(op, answer)
            )
        }
        Fact::Asked {
            client, op, server, ..
        } if is_yours(step) => {
            format!("你以客户端 {client} 的身份请求 {server} {}", wish(op))
        }
        Fact::Asked {
            client,
            op,
            server,
            attempt: count,
            ..
        } => format!(
            "客户端 {client} 请求 {server} {}{}",
            wish(op),
            attempt(*count)
        ),
        Fact::ChangeAsked { leader, change } => action::change(*leader, *change),
        Fact::Crashed { server } => crashed(*server, step, world),
        Fact::Executed {
            server,
            index,
            client,
            answer,
            ..
        } => {
            let op = command(world, *server, *index);
            let what = op.map_or_else(String::new, |op| format!("，{op}"));
            if *answer == Answer::Expired {
                return format!(
                    "{server} 没有执行条目 {index}（{client} 的请求{what}）：会话已过期"
                );
            }
            let answer = words::answer(answer);
            format!("{server} 执行了条目 {index}（{client} 的请求{what}）：{answer}")
        }
        Fact::Expired {
            client, op, server, ..
        } => format!("客户端 {client} 从 {server} 得知它的会话已过期：它无法知道 {op} 是否执行过"),
        Fact::GaveUpWaiting { client, server, .. } => {
            format!("客户端 {client} 等待 {server} 超时")
        }
        Fact::Joined { server } => format!("{server} 以空磁盘启动：它还不知道任何集群"),
        Fact::Lost {
            from,
            to,
            kind,
            why,
            ..
        } => lost(*from, *to, *kind, *why),
        Fact::NetworkChanged => match &step.cause {
            Cause::Action(action) => {
                action::deed(action, step).unwrap_or_else(|| "你改变了网络".into())
            }
            Cause::Client(_)
            | Cause::Compaction { .. }
            | Cause::Packet { .. }
            | Cause::Start
            | Cause::Timeout { .. }
            | Cause::Written { .. } => "网络改变了".into(),
        },
        Fact::Raft { server, event } => event::text(*server, event, step, world),
        Fact::Read {
            server,
            index,
            client,
            op,
            answer,
            ..
        } => {
            let result = result(op, answer);
            format!("{server} 用状态机（应用到条目 {index}）答复了 {client} 的读请求：{result}")
        }
        Fact::RecordDropped { server, record } => {
            let record = match record {
                Record::TermAndVote => "新的任期和投票".into(),
                Record::Snapshot => "快照".into(),
                Record::Entry(index) => format!("条目 {index}"),
                Record::Trim => "对已压缩条目的删除".into(),
            };
            format!("{server} 在磁盘上发现一条只写了一半的记录并丢弃了它：{record}")
        }
        Fact::Redirected {
            client,
            from,
            leader,
        } => match leader {
            Some(leader) if leader == from => format!("客户端 {client} 稍后会再次请求 {from}"),
            Some(leader) => format!("{from} 让客户端 {client} 转向 {leader}"),
            None => format!("{from} 告诉客户端 {client}：它不知道领导者是谁"),
        },
        Fact::Registered {
            client,
            session,
            server,
        } => format!("客户端 {client} 有了会话 {session}，由 {server} 打开"),
        Fact::Registers {
            client,
            op,
            server,
            attempt: count,
            ..
        } => format!(
            "客户端 {client} 请求 {server} 打开会话，以便{}{}",
            wish(op),
            attempt(*count)
        ),
        Fact::Restarted { server } if is_yours(step) => {
            format!("你重启了 {server}：它是跟随者，只有磁盘上保存的状态")
        }
        Fact::Restarted { server } => format!("{server} 作为跟随者启动，只有磁盘上保存的状态"),
        Fact::Retired { server } => format!("你删除了 {server}"),
        Fact::Sent { kind, .. } => {
            let to = list(recipients(step, place, world));
            sent(*kind, &to, &step.facts[place], world)
        }
        Fact::SessionEnded {
            server,
            session,
            client,
            for_session,
            for_client,
        } => format!(
            "{server} 让最久未用的会话 {session}（属于 {client}）过期，为会话 {for_session}（属于 {for_client}）腾出位置"
        ),
        Fact::SessionOpened {
            server,
            session,
            client,
        } => format!("{server} 为 {client} 打开了会话 {session}"),
        Fact::Wiped { server } => format!("你清空了 {server} 的磁盘：任期、投票和日志都丢失了"),
        Fact::WriteBegun {
            server,
            done_at: Time::NEVER,
            ..
        } => format!("{server} 开始写磁盘，但磁盘没有反应"),
        Fact::WriteBegun {
            server, done_at, ..
        } => {
            let takes = clock(done_at.saturating_sub(step.at));
            format!("{server} 开始写磁盘，需要 {takes}")
        }
        Fact::WriteCut {
            server,
            last,
            unwritten,
            term,
        } => {
            let mut lost = Vec::new();
            if let Some(term) = term {
                lost.push(format!("磁盘上仍是任期 {term}"));
            }
            if unwritten > last {
                lost.push(format!("{}不在磁盘上", entries(last.next(), *unwritten)));
            }
            if lost.is_empty() {
                lost.push("日志没有丢失任何内容".into());
            }
            format!("{server} 的磁盘写入被中断：{}", lost.join("，"))
        }
        Fact::Written {
            server,
            last: LogIndex(0),
        } => format!("{server} 的任期和投票已在磁盘上"),
        Fact::Written { server, last } => format!("{server} 直到条目 {last} 的内容都已在磁盘上"),
    }
}

/// What a crash leaves: all that must be on disk, unless a rule is off.
fn crashed(server: NodeId, step: &Step, world: &World) -> String {
    let crashed = if is_yours(step) {
        format!("你让 {server} 崩溃了")
    } else {
        format!("{server} 崩溃了")
    };
    let Some(kept) = kept(step, world) else {
        return format!("{crashed}：不在磁盘上的内容都丢失了");
    };
    let kept = ["任期", "投票", "日志"].into_iter().zip(kept);
    let kept: Vec<&str> = kept
        .filter(|(_, kept)| *kept)
        .map(|(what, _)| what)
        .collect();
    if kept.is_empty() {
        return format!("{crashed}：什么也没有保留");
    }
    format!("{crashed}：它保留{}，其余的都丢失了", kept.join("、"))
}

fn sent(kind: PacketKind, to: &str, fact: &Fact, world: &World) -> String {
    let Fact::Sent {
        packet,
        from,
        term,
        index,
        positive,
        ..
    } = fact
    else {
        return String::new();
    };
    match kind {
        PacketKind::Append => {
            let entries = match first_entry(world, *packet) {
                Some(first) => entries(first, *index),
                None => format!("直到 {index} 的条目"),
            };
            format!("{from} 把{entries} 发给 {to}")
        }
        PacketKind::AppendReply if *positive => {
            format!("{from} 告诉 {to}：直到条目 {index}，它的日志一致")
        }
        PacketKind::AppendReply => format!("{from} 告诉 {to}：它拒绝了这些条目"),
        PacketKind::Heartbeat => format!("{from} 向 {to} 发送心跳"),
        PacketKind::PreVote => format!("{from} 向 {to} 请求任期 {term} 的预投票"),
        PacketKind::PreVoteReply if *positive => format!("{from} 把预投票发给 {to}"),
        PacketKind::PreVoteReply => format!("{from} 告诉 {to}：不给它预投票"),
        PacketKind::ReadIndex => format!("{from} 向 {to} 询问读请求的索引"),
        PacketKind::ReadIndexReply => format!("{from} 告诉 {to} 读请求的索引：{index}"),
        PacketKind::Reply if *positive => format!("{from} 把答复发给客户端 {to}"),
        PacketKind::Reply => format!("{from} 告诉客户端 {to}：它不是领导者"),
        PacketKind::Request => format!("客户端 {from} 把请求发给 {to}"),
        PacketKind::Snapshot => format!("{from} 把直到条目 {index} 的快照的一块发给 {to}"),
        PacketKind::SnapshotReply => {
            format!("{from} 告诉 {to}：直到条目 {index} 的快照它已收到多少")
        }
        PacketKind::TimeoutNow => format!("{from} 让 {to} 立即开始选举"),
        PacketKind::Vote => format!("{from} 向 {to} 请求任期 {term} 的投票"),
        PacketKind::VoteReply if *positive => format!("{from} 把票投给 {to}"),
        PacketKind::VoteReply => format!("{from} 告诉 {to}：不投票给它"),
    }
}

fn lost(from: Address, to: Address, kind: PacketKind, why: Loss) -> String {
    let why = match why {
        Loss::Chance => "网络丢失了它".into(),
        Loss::Crowded => "途中的消息太多".into(),
        Loss::Cut => "链路已切断".into(),
        Loss::Down => format!("{to} 已停机"),
        Loss::Dropped => "你丢弃了它".into(),
        Loss::Gone => format!("{to} 已被删除"),
    };
    format!("{from} 的 {} 没有到达 {to}：{why}", thing(kind))
}

/// A message.
pub(super) fn thing(kind: PacketKind) -> &'static str {
    match kind {
        PacketKind::Append => "AppendEntries",
        PacketKind::AppendReply => "AppendEntries 回复",
        PacketKind::Heartbeat => "心跳",
        PacketKind::PreVote => "PreVote",
        PacketKind::PreVoteReply => "PreVote 回复",
        PacketKind::ReadIndex => "ReadIndex",
        PacketKind::ReadIndexReply => "ReadIndex 回复",
        PacketKind::Reply => "答复",
        PacketKind::Request => "请求",
        PacketKind::Snapshot => "快照块",
        PacketKind::SnapshotReply => "快照块的回复",
        PacketKind::TimeoutNow => "TimeoutNow",
        PacketKind::Vote => "RequestVote",
        PacketKind::VoteReply => "RequestVote 回复",
    }
}

/// A step without facts, and without a deed that was told.
pub(super) fn no_effect(step: &Step, world: &World) -> String {
    match &step.cause {
        Cause::Packet { packet, to, .. } if world.network().packet(*packet).is_some() => {
            format!("一条消息被扣在 {to} 之前")
        }
        Cause::Packet { from, to, kind, .. } => {
            format!("{from} 的 {} 到达 {to}，没有起作用", thing(*kind))
        }
        Cause::Compaction { server } => format!("{server} 没有可压缩的内容"),
        Cause::Written { server } => format!("{server} 没有可写的内容"),
        Cause::Timeout { server, .. } => format!("{server} 的一个计时器到期，没有起作用"),
        Cause::Client(client) => format!("客户端 {client} 没有要请求的内容"),
        Cause::Action(action) => match action.as_ref() {
            Action::Drop(pick) => format!("你丢弃了{}", action::picked(pick)),
            action => format!("你做了这件事，没有起作用：{action}"),
        },
        Cause::Start => start(world.ids().len()),
    }
}

pub(super) fn start(servers: usize) -> String {
    match servers {
        1 => "唯一的服务器作为跟随者启动".into(),
        count => format!("{count} 台服务器都作为跟随者启动"),
    }
}
