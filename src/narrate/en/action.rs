//! What the user did: "You crashed S1."

use super::fact::thing;
use super::words::{self, clock, wish};
use crate::kv::{ClientId, Op};
use crate::narrate::look::waits;
use crate::raft::{Change, NodeId};
use crate::sim::text::percent;
use crate::sim::{Action, ClockJump, Link, PacketPick, Path, Setting, Step, Time};

/// What was done, where no fact of the step says it.
pub(super) fn deed(action: &Action, step: &Step) -> Option<String> {
    Some(match action {
        Action::Configure(setting) => set(setting),
        Action::Delay(pick, delay) => format!("You delayed {} by {}", picked(pick), clock(*delay)),
        Action::Deliver(pick) => format!("You delivered {} now", picked(pick)),
        Action::Duplicate(pick) => format!("You duplicated {}", picked(pick)),
        Action::Read(client, key, _) => return queued(*client, &Op::Get { key: *key }, step),
        Action::Request(client, op) => return queued(*client, op, step),
        Action::Rule(rule, true) => format!("You switched the rule {rule} on"),
        Action::Rule(rule, false) => format!("You switched the rule {rule} off"),
        Action::SetTimer(id, length) => {
            format!(
                "You set {id}'s election timer to expire in {}",
                clock(*length)
            )
        }
        Action::Skew(id, rate) => format!(
            "You changed {id}'s clock: it counts {} while the others count {}",
            rate.ticks, rate.per
        ),
        Action::Client(client, Some((key, every))) => format!(
            "You let the client {client} write {key} every {}",
            clock(*every)
        ),
        Action::Client(client, None) => format!("You stopped the writes of the client {client}"),
        Action::FailDisk(id, true) => format!("You made {id}'s disk fail: no write completes"),
        Action::FailDisk(id, false) => format!("You mended {id}'s disk"),
        Action::Jump(id, ClockJump::Forward(by)) => {
            format!("You set {id}'s clock forward by {}", clock(*by))
        }
        Action::Jump(id, ClockJump::Back(by)) => {
            format!("You set {id}'s clock back by {}", clock(*by))
        }
        Action::Lossy(path, Some(share)) => format!(
            "You made {} lose {} of its messages",
            paths(path),
            percent(*share)
        ),
        Action::Lossy(path, None) => {
            format!("You gave {} the loss of the network", paths(path))
        }
        Action::Pause(id) => {
            format!("You paused {id}: its process does nothing, and messages to it wait")
        }
        Action::RequestTo(client, op, _) => return queued(*client, op, step),
        Action::Resume(id) => format!("You resumed {id}"),
        Action::Slow(path, Some((low, high))) if low == high => format!(
            "You slowed {} down: a message takes {}",
            paths(path),
            clock(*low)
        ),
        Action::Slow(path, Some((low, high))) => format!(
            "You slowed {} down: a message takes {} to {}",
            paths(path),
            clock(*low),
            clock(*high)
        ),
        Action::Slow(path, None) => {
            format!("You gave {} the latency of the network", paths(path))
        }
        Action::SlowDisk(id, Some(time)) => {
            format!(
                "You slowed {id}'s disk down: a write takes {}",
                clock(*time)
            )
        }
        Action::SlowDisk(id, None) => format!("You gave {id}'s disk its normal speed"),
        Action::Cut(link) => format!("You cut {}", links(link)),
        Action::Heal(link) => format!("You healed {}", links(link)),
        Action::Hold(link) => format!("You held {}", messages(link)),
        Action::Isolate(id) => format!("You isolated {id} from all other servers"),
        Action::Partition(groups) => {
            let sides: Vec<String> = groups.iter().map(ToString::to_string).collect();
            format!("You partitioned the network: {}", sides.join(" | "))
        }
        Action::Release(link) => format!("You released {}", messages(link)),
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
        Path::All => "all links".into(),
        Path::Both(a, b) => format!("the link between {a} and {b}"),
        Path::OneWay(a, b) => format!("the link from {a} to {b}"),
    }
}

/// A message that the user pointed at.
pub(super) fn picked(pick: &PacketPick) -> String {
    let what = pick.kind.map_or("a message", thing);
    format!("{what} from {} to {}", pick.from, pick.to)
}

/// A busy client sends its request later.
fn queued(client: ClientId, op: &Op, step: &Step) -> Option<String> {
    let wish = wish(op);
    waits(step).then(|| format!("The client {client} will ask for {wish} when it has its answer"))
}

/// What a user wants of the leader.
pub(super) fn change(leader: NodeId, change: Change) -> String {
    match change {
        Change::Add(id) => format!("You asked {leader} to add {id} as a voter"),
        Change::Learn(id) => format!("You asked {leader} to add {id} as a learner"),
        Change::Remove(id) => format!("You asked {leader} to remove {id} from the cluster"),
        Change::Voters(voters) => {
            let voters = words::servers(voters);
            format!("You asked {leader} to change the cluster to {voters}")
        }
    }
}

/// A setting, by the name that the page has for it.
fn set(setting: &Setting) -> String {
    let span = |low: Time, high: Time| match low == high {
        true => clock(low),
        false => format!("{} to {}", clock(low), clock(high)),
    };
    let switched = |what: &str, on: bool| {
        let on = if on { "on" } else { "off" };
        format!("You switched {what} {on}")
    };
    match *setting {
        Setting::CheckQuorum(on) => switched("CheckQuorum", on),
        Setting::Election(low, high) => {
            format!("You set the election timeout to {}", span(low, high))
        }
        Setting::Heartbeat(every) => {
            format!("You set the heartbeat interval to {}", clock(every))
        }
        Setting::Latency(low, high) => format!("You set the latency to {}", span(low, high)),
        Setting::Loss(share) => format!("You set the loss to {}", percent(share)),
        Setting::NoOp(on) => switched("the no-op entry", on),
        Setting::PreVote(on) => switched("Pre-Vote", on),
        _ => format!("You set {setting}"),
    }
}

fn messages(link: &Link) -> String {
    match link {
        Link::All => "all messages between servers".into(),
        Link::Of(id) => format!("the messages to and from {id}"),
        Link::Both(a, b) => format!("the messages between {a} and {b}"),
        Link::OneWay(a, b) => format!("the messages from {a} to {b}"),
    }
}

fn links(link: &Link) -> String {
    match link {
        Link::All => "all links between servers".into(),
        Link::Of(id) => format!("all links of {id}"),
        Link::Both(a, b) => format!("the link between {a} and {b}"),
        Link::OneWay(a, b) => format!("the link from {a} to {b}"),
    }
}
