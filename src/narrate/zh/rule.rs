//! The rules of the paper, in our words.

use crate::kv::Answer;
use crate::raft::Event;
use crate::raft::event::{
    AppendRejected, Campaign, IgnoreReason, Reading, StepDown, TimerResetReason, TransferError,
    Unneeded, VoteRejected,
};
use crate::raft::membership::ChangeAborted;
use crate::sim::{Fact, Loss, PacketKind};

/// The rule that made a fact.
pub(super) fn of(fact: &Fact) -> &'static str {
    match fact {
        Fact::Answered { .. } => {
            "条目已提交并由状态机执行之后，领导者才答复。从此这个改变不会丢失。"
        }
        Fact::Asked { attempt: 1, .. } => "客户端把请求发给它所知的最近的领导者。",
        Fact::Asked { .. } => {
            "没有得到答复，客户端无法知道请求是否已执行。它用同一个编号重试；状态机对一个编号只执行一次。"
        }
        Fact::ChangeAsked { .. } => "配置是日志条目，所以只有领导者能改变它。",
        Fact::Crashed { .. } => {
            "崩溃会丢失磁盘以外的一切；磁盘上有任期、投票和日志。哪些条目已提交，服务器要重新得知。"
        }
        Fact::Executed {
            answer: Answer::Expired,
            ..
        } => "会话过期后，状态机不再记得执行过哪些请求。执行这个请求可能使它执行两次，所以拒绝它。",
        Fact::Executed { .. } => "每台服务器都按日志的顺序执行已提交的命令。",
        Fact::Expired { .. } => {
            "这个请求要么在会话过期之前执行过，要么从未执行；现在也不会再执行。客户端可以读取当前值，并为下一个请求打开新会话。"
        }
        Fact::GaveUpWaiting { .. } => {
            "客户端无法区分慢的服务器和崩溃的服务器。超时之后，它请求另一台。"
        }
        Fact::Joined { .. } => "新服务器在领导者把日志发给它之前不参与任何事；日志中有集群的配置。",
        Fact::Lost { why, .. } => lost(*why),
        Fact::NetworkChanged => {
            "Raft 预期链路会出故障：消息可能丢失、延迟、重复或乱序；安全性不依赖于它们。"
        }
        Fact::Raft { event, .. } => self::event(event),
        Fact::Read { .. } => {
            "读不改变任何东西，所以不需要日志条目。服务器足够确定状态是最新的之后，用状态机答复。"
        }
        Fact::RecordDropped { .. } => {
            "只写了一半的记录校验和不对。服务器还没有做出任何依赖它的承诺，所以可以丢弃它。"
        }
        Fact::Redirected { .. } => "只有领导者接受请求。其他服务器如果知道，就说出谁是领导者。",
        Fact::Registered { .. } => {
            "打开会话的条目的索引就是会话的编号，所以每个会话的编号都不同。客户端在每个请求中带上它。"
        }
        Fact::Registers { attempt: 1, .. } => {
            "会话的数量有限时，每个客户端在第一个请求之前先打开会话。"
        }
        Fact::Registers { .. } => {
            "没有得到答复，会话也可能已经打开。那样就有两个会话，没有用到的那个会过期。"
        }
        Fact::Restarted { .. } => "每台服务器都作为跟随者启动，带着磁盘上的状态。",
        Fact::Retired { .. } => "不含某台服务器的配置提交之后，集群就不再需要那台服务器。",
        Fact::Sent { kind, .. } => sent(*kind),
        Fact::SessionEnded { .. } => {
            "所有服务器都按日志的顺序使用和打开会话，所以它们让同一个会话过期。"
        }
        Fact::SessionOpened { .. } => "会话通过日志打开，所以每台服务器都知道它们。",
        Fact::Wiped { .. } => "Raft 依赖磁盘：丢失投票或日志的服务器可能违背它的承诺。",
        Fact::WriteBegun { .. } => {
            "任期、投票和日志必须先写到磁盘，服务器才能发出依赖它们的投票或确认。只有领导者自己的消息不必等待。"
        }
        Fact::WriteCut { .. } => {
            "崩溃会丢失不在磁盘上的内容。还没有告诉过其他服务器，所以没有服务器依赖它。"
        }
        Fact::Written { .. } => {
            "磁盘上的内容不会因崩溃而丢失。现在可以发出依赖它的回复，领导者也把自己的副本计算在内。"
        }
    }
}

/// The rule of the paper that made an event.
fn event(event: &Event) -> &'static str {
    match event {
        Event::AppendAccepted { .. } => "如果日志有新条目的前一条目，就追加日志还没有的条目。",
        Event::AppendRefused { reason, .. } => match reason {
            AppendRejected::OldTerm { .. } => "拒绝任期较旧的领导者。",
            AppendRejected::PreviousDiffers { .. } | AppendRejected::PreviousMissing { .. } => {
                "如果日志没有索引和任期都相同的前一条目，就拒绝这些条目。"
            }
        },
        Event::Applied { .. } => "按日志的顺序把已提交的条目应用到状态机。",
        Event::BecameLeader { .. } => "得到全体服务器的多数派投票的候选人成为领导者。",
        Event::CatchUpBegun { .. } => {
            "新服务器先接收日志，没有投票权。有投票权而日志为空，会拖延提交。"
        }
        Event::CaughtUp { .. } => {
            "一轮追赶所用的时间少于大约一个选举超时，新服务器才得到投票权。那样提交就不必等待它们。"
        }
        Event::ChangeAbandoned { reason, .. } => match reason {
            ChangeAborted::LeadsNoLonger => {
                "只有领导者能改变配置。已在日志中的，由下一个领导者完成；其余的必须重新请求。"
            }
            ChangeAborted::NoProgress | ChangeAborted::TooSlow => {
                "追不上的服务器得不到投票权；它的一票会降低集群的可用性。"
            }
        },
        Event::ChangeRefused { .. } | Event::ChangeWaits { .. } => {
            "领导者一次只做一个变更：要等前一个变更和自己任期的一个条目都提交。"
        }
        Event::CommitLearned { .. } => {
            "领导者已提交的，跟随者也提交，但不超过这条消息核对过的最后条目。"
        }
        Event::CommitWaits { .. } => {
            "领导者只对自己任期的条目计算副本数。更早的条目即使多数派已有，仍可能被覆盖。"
        }
        Event::Committed { .. } => {
            "领导者自己任期的条目，在全体服务器的多数派有它时就提交；它之前的条目也随之提交。"
        }
        Event::Compacted { .. } => {
            "服务器可以用状态机的快照取代已应用的条目。各服务器自行决定：已提交的条目不会改变。"
        }
        Event::Configured { .. } => {
            "服务器总是采用日志中最新的配置，无论是否已提交。如果该条目被删除，就采用前一个配置。"
        }
        Event::ElectionStarted { reason, .. } => match reason {
            Campaign::Silence { .. } => {
                "一个选举超时内没有收到领导者的消息：增大任期，投票给自己，重置计时器，向其他所有服务器请求投票。"
            }
            Campaign::Told { .. } => {
                "收到 TimeoutNow 的服务器立即开始选举，如同它的选举计时器到期。"
            }
            Campaign::Welcome { .. } => "使用预投票时，只有多数派愿意投票给它，服务器才开始选举。",
        },
        Event::EntriesDeleted { .. } => {
            "如果一个条目与领导者的冲突（索引相同，任期不同），就删除它和它之后的所有条目。"
        }
        Event::EntryAppended { .. } => "领导者先把请求追加到自己的日志。此时条目还没有提交。",
        Event::HandingOver { .. } => "领导权转移期间，领导者不接受请求，好让对方的日志追上。",
        Event::HeartbeatDue => {
            "领导者定期向所有服务器发送 AppendEntries，即使没有条目，以免有服务器开始选举。"
        }
        Event::Ignored { reason, .. } => ignored(reason),
        Event::LeaderKnown { .. } => "发送 AppendEntries 的服务器是该任期的领导者：跟随它。",
        Event::LeaseEnded => {
            "租约从一轮得到多数派回复的心跳开始，持续最短选举超时，再减去时钟可能的偏差。"
        }
        Event::MatchAdvanced { .. } => "跟随者保存了条目之后，更新它的 matchIndex 和 nextIndex。",
        Event::MayNotStand => "按最新配置和已知最后提交的配置都没有投票权的服务器，不开始选举。",
        Event::MinElectionTimeoutEnded { .. } => {
            "在最短选举超时内收到过领导者消息的服务器，不投票给其他服务器；在那之后才可以。"
        }
        Event::NextLowered { .. } => "跟随者拒绝条目时，减小它的 nextIndex 并重试，直到日志一致。",
        Event::NotLeader { .. } => "只有领导者接受请求。其他服务器如果知道，就说出谁是领导者。",
        Event::NotTransferred { reason, .. } => match reason {
            TransferError::TooLate => {
                "如果转移没有在大约一个选举超时内完成，领导者就中止它，并重新接受请求。"
            }
            TransferError::Cancelled
            | TransferError::LeadsAlready
            | TransferError::NoVoter
            | TransferError::UnderWay => TRANSFER,
        },
        Event::TransferStarted { .. } => TRANSFER,
        Event::PieceStored { .. } => "保存这一块，回复，并等待更多的块，直到最后一块。",
        Event::PreVoteCounted { .. } => "全体服务器的多数派愿意投票给它时，预候选人才开始选举。",
        Event::PreVoteDenied {
            reason: VoteRejected::LeaderAlive { .. },
            ..
        } => "在最短选举超时内收到过领导者消息的服务器，不给预投票。",
        Event::PreVoteDenied { .. } | Event::PreVoteGranted { .. } => {
            "愿意投票才给预投票：任期不旧，而且对方的日志至少与自己的一样新。"
        }
        Event::PreVoteStarted { .. } => {
            "开始新任期之前，服务器先问其他服务器是否愿意投票给它。这不改变任何任期、投票和计时器。"
        }
        Event::ReadAsked { .. } | Event::ReadIndexKnown { .. } => {
            "跟随者向领导者询问提交索引，应用到该条目之后才答复读请求。"
        }
        Event::ReadGivenUp { .. } => "只有领导者能给出读索引。客户端必须请求下一个领导者。",
        Event::ReadHeld { .. } => {
            "新领导者在提交自己任期的一个条目之前，不知道以前的领导者提交了什么。"
        }
        Event::ReadNoted { how, .. } => match how {
            Reading::Lease => {
                "租约有效期间，领导者不可能已被取代；它不用一轮心跳就可以答复读请求。"
            }
            Reading::Round(_) => {
                "领导者把提交索引记为读索引，再由现在开始的一轮心跳确认它仍是领导者。"
            }
            Reading::Unconfirmed => {
                "领导者必须先确认自己仍是领导者，才能答复。规则关闭时，它不这样做。"
            }
        },
        Event::ReadsConfirmed { .. } => {
            "多数派回复了一轮心跳，说明这一轮开始时没有更晚的领导者。一轮可以确认所有等待它的读请求。"
        }
        Event::SnapshotInstalled { .. } => {
            "如果日志没有快照的最后条目，快照就取代整个日志和状态机。"
        }
        Event::SnapshotNeeded { .. } => "跟随者需要的下一个条目已被压缩时，领导者改为发送快照。",
        Event::SnapshotRefused { .. } => "拒绝任期较旧的领导者。",
        Event::SnapshotUnneeded { reason, .. } => match reason {
            Unneeded::Committed { .. } => {
                "这台服务器已提交的比快照包含的多，所以迟到的快照不改变任何东西。"
            }
            Unneeded::Held => {
                "如果日志有快照的最后条目，就有快照的全部条目：保留日志和之后的条目。"
            }
        },
        Event::SteppedDown { reason } => match reason {
            StepDown::HigherTerm { .. } => "见到更高任期的服务器成为跟随者。",
            StepDown::LeaderElected { .. } => "收到本任期领导者消息的候选人成为它的跟随者。",
            StepDown::NoQuorum { .. } => {
                "使用 CheckQuorum 时，一个选举超时内没有收到多数派消息的领导者下台：它什么也提交不了。"
            }
            StepDown::Removed => {
                "不在新配置中的领导者继续领导，不把自己计算在内，直到新配置提交，然后下台。"
            }
            StepDown::Voted { .. } => "投票给别人的预候选人不再请求预投票。",
        },
        Event::TermAdopted { .. } => "每条消息都带有任期。见到更高任期的服务器采用它。",
        Event::TimerReset { reason } => match reason {
            TimerResetReason::HeardQuorum(_) => {
                "使用 CheckQuorum 时，领导者也有选举计时器；多数派回复之后重置它。"
            }
            TimerResetReason::Campaign
            | TimerResetReason::HeardLeader(_)
            | TimerResetReason::NoLongerLeader
            | TimerResetReason::SpokenTo(_)
            | TimerResetReason::Started
            | TimerResetReason::Voted(_) => {
                "投出一票或收到领导者的消息时，选举计时器重置为新的随机长度。别的都不重置它。"
            }
        },
        Event::VoteCounted { .. } => "候选人需要在同一任期得到全体服务器的多数派投票。",
        Event::VoteDenied { reason, .. } => match reason {
            VoteRejected::AlreadyVoted { .. } => "每个任期只投一票，先到先得。",
            VoteRejected::LeaderAlive { .. } => {
                "在最短选举超时内收到过领导者消息的服务器，不投票给其他服务器。"
            }
            VoteRejected::LogBehind { .. } => {
                "只投票给日志至少与自己一样新的候选人：最后条目任期大的较新；任期相同时，日志长的较新。"
            }
            VoteRejected::OldTerm { .. } => "拒绝任期较旧的候选人。",
        },
        Event::VoteGranted { .. } => "在一个任期中，投票给第一个日志至少与自己一样新的候选人。",
    }
}

const TRANSFER: &str = "转移领导权时，领导者停止接受请求，把对方缺少的条目发给它（它须有投票权），再发给它 TimeoutNow。";

fn ignored(reason: &IgnoreReason) -> &'static str {
    match reason {
        IgnoreReason::EarlierSnapshot => "同一任期的领导者发来的两个快照，以较新的为准。",
        IgnoreReason::ElectionOver => "只有候选人计票，而这次选举已有结果。",
        IgnoreReason::LeaderAlive { .. } => {
            "使用 CheckQuorum 时，在最短选举超时内收到过领导者消息的服务器忽略投票请求，也忽略其中的任期。"
        }
        IgnoreReason::LeadsNoLonger => "只有领导者使用跟随者的回复。",
        IgnoreReason::NoVoter => "没有投票权的服务器不开始选举。",
        IgnoreReason::NotSending => "领导者不再发送这个快照：它已安装，或不需要，或被较新的取代。",
        IgnoreReason::OldTerm { .. } => "来自更早任期的回复，对现在的任期没有意义。",
        IgnoreReason::OtherPiece { .. } => "快照的块按顺序保存。回复说明缺哪一块。",
        IgnoreReason::Overtaken => "更晚的回复已表明，跟随者的日志一致到比这次拒绝所说更远的地方。",
        IgnoreReason::ReadOver => "读索引只对正在等待的读请求有用。",
        IgnoreReason::RivalLeader => "一个任期最多有一个领导者。只有关闭了某条规则才会这样。",
    }
}

fn lost(why: Loss) -> &'static str {
    match why {
        Loss::Chance => "网络有时会丢失消息。没有回复时，发送者重试。",
        Loss::Crowded => "途中的消息超过了这个模拟网络的容量。",
        Loss::Cut => "链路已切断。没有回复时，发送者重试。",
        Loss::Down => "接收者已停机。发送者重试，直到它恢复。",
        Loss::Dropped => "你丢弃了这条消息。没有回复时，发送者重试。",
        Loss::Gone => "接收者已被删除。",
    }
}

fn sent(kind: PacketKind) -> &'static str {
    match kind {
        PacketKind::Append => "领导者把每个跟随者缺少的条目发给它，并带上前一条目的索引和任期。",
        PacketKind::AppendReply => "跟随者回复是否保存了条目。",
        PacketKind::Heartbeat => "领导者定期发送心跳，以免有服务器开始选举。",
        PacketKind::PreVote => "开始新任期之前，服务器先问其他服务器是否愿意投票给它。",
        PacketKind::PreVoteReply => "服务器回复是否愿意投票。这还不是投票。",
        PacketKind::ReadIndex | PacketKind::ReadIndexReply => {
            "跟随者应用到请求时领导者已提交的条目之后，才答复读请求。"
        }
        PacketKind::Reply => "服务器答复客户端。",
        PacketKind::Request => "改变从客户端向领导者的请求开始。",
        PacketKind::Snapshot => {
            "跟随者需要的条目已被压缩时，领导者把状态机的快照一块一块地发给它。"
        }
        PacketKind::SnapshotReply => "跟随者回复快照已收到多少。",
        PacketKind::TimeoutNow => "领导者让接任的服务器立即开始选举。",
        PacketKind::Vote => "候选人同时向其他所有服务器请求投票：它需要全体服务器的多数派。",
        PacketKind::VoteReply => "服务器回复是否投票。",
    }
}
