//! What happened inside a server.

use std::cmp::Ordering;

use super::words::{self, configuration, entries, leader_name, position, servers, share, tally};
use crate::narrate::look::{self, is_forced_timeout, is_heartbeat, payload};
use crate::narrate::was_leader;
use crate::raft::event::{
    AppendRejected, Campaign, IgnoreReason, Reading, StepDown, TimerResetReason, TransferError,
    Unneeded, VoteRejected,
};
use crate::raft::membership::{ChangeAborted, ChangeRejected, Wait};
use crate::raft::{Configuration, EntryId, Event, LogIndex, NodeId, Payload, Rule, ServerSet};
use crate::sim::{Step, World};

/// The sentence for an event inside `id`.
pub(super) fn text(id: NodeId, event: &Event, step: &Step, world: &World) -> String {
    match event {
        Event::AppendAccepted {
            leader,
            first_new,
            match_index,
            ..
        } => accepted(id, *leader, *first_new, *match_index),
        Event::AppendRefused { leader, reason, .. } => rejected(id, *leader, reason, step),
        Event::Applied { index, .. } => format!("{id} 把条目 {index} 应用到状态机"),
        Event::BecameLeader { term, votes, of } => {
            let votes = votes.and(of.all_voters());
            let (share, votes) = (share(votes, of), servers(votes));
            format!("{id} 成为任期 {term} 的领导者：{votes} 投票给它，{share}")
        }
        Event::CatchUpBegun {
            learners,
            round,
            target,
        } => {
            let learners = servers(*learners);
            format!("{id} 让 {learners} 追赶到条目 {target}（第 {round} 轮）")
        }
        Event::CaughtUp {
            learners,
            heartbeats,
            ..
        } => {
            let learners = servers(*learners);
            let time = match heartbeats {
                0 => "在下一次心跳之前".into(),
                several => format!("在 {several} 次心跳内"),
            };
            format!("{learners} {time}追上了：{id} 可以给它投票权")
        }
        Event::ChangeAbandoned { goal, reason } => aborted(id, goal, *reason, world),
        Event::ChangeRefused { reason } => {
            format!("{id} 拒绝了配置变更：{}", change_rejected(reason))
        }
        Event::ChangeWaits { goal, reason } => {
            let goal = configuration(goal);
            let until = match reason {
                Wait::Configuration(index) => format!("当前配置（条目 {index}）提交"),
                Wait::OwnTerm => "自己任期的一个条目提交".into(),
            };
            format!("{id} 要等到{until}，才把集群改为 {goal}")
        }
        Event::CommitLearned {
            leader,
            leader_commit,
            index,
            ..
        } => {
            let learned = format!("{id} 从 {leader} 得知条目 {index} 已提交");
            if leader_commit > index && world.config().rules.on(Rule::CommitOnlyChecked) {
                format!(
                    "{learned}（{leader} 已提交到条目 {leader_commit}，但这条消息只核对了 {id} 的日志到条目 {index}）"
                )
            } else {
                learned
            }
        }
        Event::CommitWaits {
            position: EntryId { index, term: old },
            term,
        } => format!(
            "{id} 还不提交条目 {index}：多数派有它，但它来自任期 {old}，而 {id} 是任期 {term} 的领导者"
        ),
        Event::Committed {
            position,
            holders,
            of,
            ..
        } => committed(id, *position, *holders, of, world),
        Event::Compacted { first, last } => {
            let gone = entries(*first, *last);
            format!("{id} 压缩了日志：状态机的快照取代了{gone}")
        }
        Event::Configured {
            index,
            configuration: members,
            again,
        } => {
            let again_word = if *again { "重新" } else { "" };
            let of = match index.0 {
                0 if *again => "最初的配置".into(),
                0 => "快照中的配置".into(),
                _ => format!("条目 {index} 的配置"),
            };
            format!("{id} {again_word}采用{of}：{}", configuration(members))
        }
        Event::ElectionStarted { term, reason } => {
            let reason = match reason {
                Campaign::Silence { leader, .. } => expired(id, *leader, step),
                Campaign::Told { leader } => format!("{leader} 把领导权转移给 {id}"),
                Campaign::Welcome { votes } => {
                    let of = world.server(id).log().configuration();
                    let all = of.voters.len();
                    format!("{id} 可望得到 {all} 票中的 {} 票", votes.len())
                }
            };
            format!("{reason}：它成为任期 {term} 的候选人，并投票给自己")
        }
        Event::EntriesDeleted {
            first,
            last,
            own,
            leader,
        } => {
            let gone = entries(*first, *last);
            format!("{id} 删除了{gone}：它的条目 {first} 来自任期 {own}，领导者的来自任期 {leader}")
        }
        Event::EntryAppended { position } => appended(id, *position, world),
        Event::HandingOver { to } => format!(
            "{id} 拒绝了{}的请求：它正在把领导权转移给 {to}",
            client(step)
        ),
        Event::HeartbeatDue => {
            format!("{id} 的心跳计时器到期：它向所有服务器发送 AppendEntries")
        }
        Event::Ignored { from, reason } => ignored(id, *from, reason),
        Event::LeaderKnown { leader, term } => {
            format!("{id} 得知 {leader} 是任期 {term} 的领导者")
        }
        Event::LeaseEnded => format!("{id} 的租约到期"),
        Event::MatchAdvanced {
            follower,
            match_index,
        } => format!("{id} 得知 {follower} 的日志到条目 {match_index} 与自己的一致"),
        Event::MayNotStand => {
            format!("{id} 的选举计时器到期：它没有投票权，仍是跟随者")
        }
        Event::MinElectionTimeoutEnded { leader } => format!(
            "{id} 在最短选举超时内没有收到{}的消息：它可以投票给别的服务器",
            leader_name(*leader)
        ),
        Event::NextLowered { follower, from, to } => {
            format!("{id} 把 {follower} 的 nextIndex 从 {from} 减小到 {to}")
        }
        Event::NotLeader { leader } => {
            format!("{id} 拒绝了{}的请求：{}", client(step), not_leader(*leader))
        }
        Event::NotTransferred { to, reason } => not_transferred(id, *to, *reason),
        Event::PieceStored {
            leader,
            last,
            items,
        } => format!("{id} 保存了 {leader} 的快照（直到条目 {last}）的一块：现在有 {items} 项"),
        Event::PreVoteCounted {
            voter,
            granted,
            votes,
            needed,
            of,
        } => {
            let tally = tally(*votes, *needed, of);
            let would = if *granted { "愿意" } else { "不愿意" };
            format!("{voter} {would}投票给 {id}：{tally}")
        }
        Event::PreVoteDenied { candidate, reason } => {
            let because = vote_rejected(id, *candidate, reason);
            format!("{id} 不给 {candidate} 预投票：{because}")
        }
        Event::PreVoteGranted {
            candidate,
            next,
            candidate_last,
            own_last,
        } => {
            let reason = up_to_date(id, *candidate, candidate_last, own_last);
            format!("{id} 给 {candidate} 任期 {next} 的预投票{reason}")
        }
        Event::PreVoteStarted { next, silent } => {
            let expired = expired(id, *silent, step);
            format!("{expired}：它请求任期 {next} 的预投票")
        }
        Event::ReadAsked { leader, id: read } => {
            format!("{id} 向 {leader} 询问 {} 的读请求的读索引", read.client)
        }
        Event::ReadGivenUp { id: read, leader } => {
            let because = match leader {
                None => "它不知道领导者是谁".into(),
                Some(leader) => format!("现在的领导者是 {leader}"),
            };
            format!("{id} 放弃了 {} 的读请求：{because}", read.client)
        }
        Event::ReadHeld { id: read, term } => format!(
            "{id} 推迟 {} 的读请求：它还没有提交自己任期 {term} 的条目",
            read.client
        ),
        Event::ReadIndexKnown {
            leader,
            id: read,
            index,
            applied,
        } => {
            let learned = format!("{id} 从 {leader} 得知 {} 的读索引是 {index}", read.client);
            if index <= applied {
                format!("{learned}：它已应用该条目")
            } else {
                format!("{learned}：它只应用到条目 {applied}，要等待")
            }
        }
        Event::ReadNoted {
            id: read,
            index,
            how,
        } => {
            let how = match how {
                Reading::Lease => "租约表明它仍是领导者",
                Reading::Round(_) => "它等待多数派确认它仍是领导者",
                Reading::Unconfirmed => "它不核实自己是否仍是领导者",
            };
            format!("{id} 把 {} 的读索引定为 {index}：{how}", read.client)
        }
        Event::ReadsConfirmed { servers, .. } => format!(
            "{id} 确认了读请求到达时它仍是领导者：{} 在那之后回复了它",
            words::servers(*servers)
        ),
        Event::SnapshotInstalled { leader, last } => {
            format!("{id} 安装了 {leader} 直到条目 {last} 的快照：它取代了日志和状态机")
        }
        Event::SnapshotNeeded {
            follower,
            next,
            last,
        } => format!(
            "{id} 开始向 {follower} 发送直到条目 {last} 的快照：{follower} 需要的条目 {next} 已被压缩"
        ),
        Event::SnapshotRefused {
            leader,
            theirs,
            ours,
        } => format!(
            "{id} 拒绝了 {leader} 的快照：{}",
            old_term(id, *leader, theirs, ours)
        ),
        Event::SnapshotUnneeded {
            leader,
            last,
            reason,
        } => {
            let because = match reason {
                Unneeded::Committed { commit } => format!("它已提交条目 {commit}"),
                Unneeded::Held => "它的日志有该条目".into(),
            };
            format!("{id} 不需要 {leader} 直到条目 {last} 的快照：{because}")
        }
        Event::SteppedDown { reason } => stepped_down(id, reason, step),
        Event::TermAdopted { from, old, new } => {
            format!("{id} 从任期 {old} 进入任期 {new}：{from} 的消息带有该任期")
        }
        Event::TimerReset { reason } => {
            format!("{id} 重置了选举计时器：{}", timer_reset(reason))
        }
        Event::TransferStarted { to, lags } => {
            let first = if *lags {
                format!("：{to} 的日志要先追上")
            } else {
                String::new()
            };
            format!("{id} 不再接受请求，把领导权转移给 {to}{first}")
        }
        Event::VoteCounted {
            voter,
            granted,
            votes,
            needed,
            of,
        } => {
            let counted = if *granted { "得到" } else { "没有得到" };
            let tally = tally(*votes, *needed, of);
            format!("{id} {counted} {voter} 的一票：{tally}")
        }
        Event::VoteDenied {
            candidate, reason, ..
        } => {
            let because = vote_rejected(id, *candidate, reason);
            format!("{id} 不投票给 {candidate}：{because}")
        }
        Event::VoteGranted {
            candidate,
            term,
            candidate_last,
            own_last,
            ..
        } => {
            let reason = up_to_date(id, *candidate, candidate_last, own_last);
            format!("{id} 在任期 {term} 投票给 {candidate}{reason}")
        }
    }
}

fn accepted(id: NodeId, leader: NodeId, first_new: LogIndex, match_index: LogIndex) -> String {
    if first_new <= match_index {
        let stored = entries(first_new, match_index);
        format!("{id} 保存了来自 {leader} 的{stored}")
    } else if match_index == LogIndex(0) {
        format!("{id} 收到 {leader} 的消息：没有要保存的条目")
    } else {
        format!("{id} 收到 {leader} 的消息：没有新条目，日志到条目 {match_index} 一致")
    }
}

fn old_term(id: NodeId, sender: NodeId, theirs: impl ToString, ours: impl ToString) -> String {
    let (theirs, ours) = (theirs.to_string(), ours.to_string());
    format!("{sender} 在任期 {theirs}，而 {id} 已在任期 {ours}")
}

fn rejected(id: NodeId, leader: NodeId, reason: &AppendRejected, step: &Step) -> String {
    let what = if is_heartbeat(step) {
        "心跳"
    } else {
        "条目"
    };
    let because = match reason {
        AppendRejected::OldTerm { theirs, ours } => old_term(id, leader, theirs, ours),
        AppendRejected::PreviousDiffers {
            previous: EntryId { index, term },
            own,
        } => format!("前一条目（索引 {index}）在 {leader} 来自任期 {term}，在 {id} 来自任期 {own}"),
        AppendRejected::PreviousMissing { previous, last } => {
            let ends = if *last == LogIndex(0) {
                "是空的".into()
            } else {
                format!("只到 {last}")
            };
            format!("前一条目是 {}，而 {id} 的日志{ends}", previous.index)
        }
    };
    format!("{id} 拒绝了 {leader} 的{what}：{because}")
}

fn committed(
    id: NodeId,
    position: EntryId,
    holders: ServerSet,
    of: &Configuration,
    world: &World,
) -> String {
    let index = position.index;
    let committed = match payload(world, id, position) {
        Some(Payload::Configuration(members)) => format!(
            "{id} 提交了条目 {index}（配置 {}）",
            configuration(&members)
        ),
        Some(Payload::Command(_) | Payload::Noop | Payload::Register(_)) | None => {
            format!("{id} 提交了条目 {index}")
        }
    };
    let (share, names) = (share(holders, of), servers(holders));
    if of.voters == ServerSet::EMPTY.with(id) && !of.is_joint() {
        let only = if of.learners.is_empty() {
            "服务器"
        } else {
            "投票成员"
        };
        format!("{committed}：它是唯一的{only}")
    } else if of.voters.len() == 1 && !of.is_joint() {
        format!("{committed}：唯一的投票成员 {} 有它", servers(of.voters))
    } else {
        format!("{committed}：{names} 有它，{share}")
    }
}

fn appended(id: NodeId, position: EntryId, world: &World) -> String {
    let EntryId { index, term } = position;
    let what = match payload(world, id, position) {
        Some(Payload::Command(command)) => command.op.to_string(),
        Some(Payload::Configuration(members)) => format!("配置 {}", configuration(&members)),
        Some(Payload::Register(wish)) => format!("{} 的会话请求", wish.client),
        Some(Payload::Noop) => {
            return format!("{id} 在日志中追加了一个空操作：条目 {index}，任期 {term} 的第一条");
        }
        None => return format!("{id} 在日志中追加了任期 {term} 的条目 {index}"),
    };
    format!("{id} 把 {what} 追加到日志，作为任期 {term} 的条目 {index}，尚未提交")
}

fn aborted(id: NodeId, goal: &Configuration, reason: ChangeAborted, world: &World) -> String {
    let current = world.server(id).log().configuration();
    let newcomers = servers(goal.voters.except(current.voters));
    let goal = configuration(goal);
    let because = match reason {
        ChangeAborted::LeadsNoLonger => "它不再是领导者".into(),
        ChangeAborted::NoProgress => format!("{newcomers} 没有进展"),
        ChangeAborted::TooSlow => format!("{newcomers} 没有及时追上"),
    };
    format!("{id} 放弃把集群改为 {goal}：{because}")
}

fn change_rejected(reason: &ChangeRejected) -> String {
    match reason {
        ChangeRejected::HandingOver(to) => format!("它正在把领导权转移给 {to}"),
        ChangeRejected::NoVoters => "将没有服务器有投票权".into(),
        ChangeRejected::NotLeader { leader } => not_leader(*leader),
        ChangeRejected::Nothing => "集群已经是这样".into(),
        ChangeRejected::UnderWay => "另一个变更正在进行".into(),
    }
}

fn not_leader(leader: Option<NodeId>) -> String {
    match leader {
        None => "它不是领导者，也不知道领导者是谁".into(),
        Some(leader) => format!("它不是领导者，{leader} 才是"),
    }
}

/// How the candidate's log compares to the voter's.
fn up_to_date(id: NodeId, candidate: NodeId, theirs: &EntryId, ours: &EntryId) -> String {
    let end = |last: &EntryId| (last.term, last.index);
    match end(theirs).cmp(&end(ours)) {
        // Only with a rule off.
        Ordering::Less => format!("，尽管 {candidate} 的日志较旧"),
        Ordering::Equal => format!("：{candidate} 的日志与 {id} 的一样新"),
        Ordering::Greater => format!("：{candidate} 的日志较新"),
    }
}

/// Why an election begins.
fn expired(id: NodeId, silent: Option<NodeId>, step: &Step) -> String {
    if is_forced_timeout(step) {
        // It may have heard from its leader a moment ago.
        return format!("你让 {id} 的选举计时器到期");
    }
    let leader = leader_name(silent);
    format!("{id} 的选举计时器到期，没有收到{leader}的消息")
}

/// The client whose request arrived.
fn client(step: &Step) -> String {
    look::client(step).map_or_else(|| "客户端".into(), |client| format!("客户端 {client} "))
}

fn ignored(id: NodeId, from: NodeId, reason: &IgnoreReason) -> String {
    let (what, because) = match reason {
        IgnoreReason::EarlierSnapshot => ("快照块", "它正在接收较新的快照".to_string()),
        IgnoreReason::ElectionOver => ("回复", "选举已结束".into()),
        IgnoreReason::LeaderAlive { leader } if *leader == Some(id) => {
            ("投票请求", "据它所知，它是领导者".into())
        }
        IgnoreReason::LeaderAlive { leader } => (
            "投票请求",
            format!("它最近收到过{}的消息", leader_name(*leader)),
        ),
        IgnoreReason::LeadsNoLonger => ("回复", "它不再是领导者".into()),
        IgnoreReason::NoVoter => (" TimeoutNow", "它没有投票权".into()),
        IgnoreReason::NotSending => ("回复", "它不再发送那个快照".into()),
        IgnoreReason::OldTerm { theirs, ours } => (
            "回复",
            format!("回复来自任期 {theirs}，而 {id} 在任期 {ours}"),
        ),
        IgnoreReason::OtherPiece { offset, next } => (
            "快照块",
            format!("该块从第 {offset} 项开始，而 {id} 需要第 {next} 项"),
        ),
        IgnoreReason::Overtaken => ("拒绝", "更晚的回复已经更正了它".into()),
        IgnoreReason::ReadOver => ("回复", "没有这样的读请求在等待".into()),
        IgnoreReason::RivalLeader => ("条目", format!("{from} 是同一任期的第二个领导者")),
    };
    format!("{id} 忽略了 {from} 的{what}：{because}")
}

fn stepped_down(id: NodeId, reason: &StepDown, step: &Step) -> String {
    let was = if was_leader(id, step) {
        "不再担任领导者"
    } else {
        "放弃竞选"
    };
    let because = match reason {
        StepDown::HigherTerm { from, term } => format!("{from} 的任期更高，是 {term}"),
        StepDown::LeaderElected { leader } => format!("它所在任期的领导者是 {leader}"),
        StepDown::NoQuorum { heard } if heard.is_empty() => {
            "在一个选举超时内没有收到任何服务器的消息".into()
        }
        StepDown::NoQuorum { heard } => {
            let heard = servers(*heard);
            format!("在一个选举超时内只收到 {heard} 的消息，不够多数派")
        }
        StepDown::Removed => "新配置不给它投票权".into(),
        StepDown::Voted { candidate } => format!("它投票给了 {candidate}"),
    };
    format!("{id} {was}：{because}")
}

fn not_transferred(id: NodeId, to: NodeId, reason: TransferError) -> String {
    match reason {
        TransferError::Cancelled => format!("{id} 取消了向 {to} 的领导权转移"),
        TransferError::LeadsAlready => format!("{id} 已经是领导者"),
        TransferError::NoVoter => format!("{id} 拒绝了领导权转移：{to} 没有投票权"),
        TransferError::TooLate => {
            format!("{id} 仍是领导者：向 {to} 的领导权转移没有在一个选举超时内完成")
        }
        TransferError::UnderWay => format!("{id} 已在把领导权转移给 {to}"),
    }
}

fn timer_reset(reason: &TimerResetReason) -> String {
    match reason {
        TimerResetReason::Campaign => "它开始了选举".into(),
        TimerResetReason::HeardLeader(leader) => format!("它收到了领导者 {leader} 的消息"),
        TimerResetReason::HeardQuorum(heard) if heard.is_empty() => "它开始等待多数派的回复".into(),
        TimerResetReason::HeardQuorum(heard) => {
            format!("它是领导者，多数派回复了它（{}）", servers(*heard))
        }
        TimerResetReason::NoLongerLeader => "它不再是领导者".into(),
        TimerResetReason::SpokenTo(from) => {
            format!("它收到了 {from} 的消息，这本不该重置计时器")
        }
        TimerResetReason::Started => "它刚刚启动".into(),
        TimerResetReason::Voted(candidate) => format!("它投票给了 {candidate}"),
    }
}

fn vote_rejected(id: NodeId, candidate: NodeId, reason: &VoteRejected) -> String {
    match reason {
        VoteRejected::AlreadyVoted { term, voted_for } if *voted_for == id => {
            format!("它在任期 {term} 投票给了自己")
        }
        VoteRejected::AlreadyVoted { term, voted_for } => {
            format!("它在任期 {term} 已投票给 {voted_for}")
        }
        VoteRejected::LeaderAlive { leader } if *leader == Some(id) => "它是领导者".into(),
        VoteRejected::LeaderAlive { leader } => {
            format!("它最近收到过{}的消息", leader_name(*leader))
        }
        VoteRejected::LogBehind { theirs, ours } if *theirs == EntryId::ZERO => {
            let ours = position(*ours);
            format!("{candidate} 的日志是空的，而它自己的最后条目是（{ours}）")
        }
        VoteRejected::LogBehind { theirs, ours } => {
            let (theirs, ours) = (position(*theirs), position(*ours));
            format!("它自己的最后条目（{ours}）比 {candidate} 的（{theirs}）新")
        }
        VoteRejected::OldTerm { theirs, ours } => old_term(id, candidate, theirs, ours),
    }
}
