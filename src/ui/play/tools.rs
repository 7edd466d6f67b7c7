//! What a click on the stage does, and the messages that wait to be delivered.

use yew::prelude::*;

use crate::course;
use crate::narrate::{fill, say};
use crate::raft::{NodeId, ServerSet, Timer};
use crate::sim::action::Path;
use crate::sim::{Action, ClockRate, Group, Link, Packet, PacketId, Time, World};
use crate::ui::control::Control;
use crate::ui::delegate;
use crate::ui::icons;
use crate::ui::refs::told;
use crate::ui::stage::{PacketKey, Pick};
use crate::view::facts::is_isolated;
use crate::view::refs;

/// The most messages that are listed.
const SHOWN: usize = 12;

/// A clock of a server that is skewed by hand: twice as fast as the others.
const FAST: ClockRate = ClockRate { ticks: 2, per: 1 };

/// How long a disk takes that is slowed down by hand.
const SLOW: Time = Time::ms(60);

/// How long a message takes on a link that is slowed down by hand.
const LATE: (Time, Time) = (Time::ms(100), Time::ms(100));

/// How many messages a link loses that is made lossy by hand, in 1000.
const HALF: u16 = 500;

/// What a click on a server does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Tool {
    #[default]
    Crash,
    CutLink,
    FailDisk,
    Isolate,
    LossyLink,
    Partition,
    Pause,
    Skew,
    SlowDisk,
    SlowLink,
    TimeOut,
    Timer,
    Wipe,
}

impl From<course::Tool> for Tool {
    fn from(tool: course::Tool) -> Self {
        match tool {
            course::Tool::Crash => Self::Crash,
            course::Tool::CutOff => Self::Isolate,
            course::Tool::TimeOut => Self::TimeOut,
        }
    }
}

/// The tools of the course, as it names them.
const FEW: [Tool; 3] = [Tool::Crash, Tool::TimeOut, Tool::Isolate];

const SERVERS: [Tool; 8] = [
    Tool::Crash,
    Tool::Pause,
    Tool::TimeOut,
    Tool::Timer,
    Tool::Skew,
    Tool::SlowDisk,
    Tool::FailDisk,
    Tool::Wipe,
];

const NETWORK: [Tool; 5] = [
    Tool::Partition,
    Tool::Isolate,
    Tool::CutLink,
    Tool::SlowLink,
    Tool::LossyLink,
];

impl Tool {
    fn label(self) -> &'static str {
        // Said by the page.
        match self {
            Self::Crash => "Crash",
            Self::CutLink => "Cut link",
            Self::Isolate => "Isolate",
            Self::FailDisk => "Fail disk",
            Self::LossyLink => "Lossy link",
            Self::Partition => "Partition",
            Self::Pause => "Pause server",
            Self::Skew => "Skew clock",
            Self::SlowDisk => "Slow disk",
            Self::SlowLink => "Slow link",
            Self::TimeOut => "Time out",
            Self::Timer => "Align timers",
            Self::Wipe => "Wipe disk",
        }
    }

    fn icon(self) -> Html {
        match self {
            Self::Crash => icons::crash(),
            Self::CutLink => icons::cut_link(),
            Self::Isolate => icons::cut_off(),
            Self::LossyLink => icons::lossy(),
            Self::Partition => icons::partition(),
            Self::Pause => icons::pause_server(),
            Self::Skew => icons::skew(),
            Self::FailDisk | Self::SlowDisk => icons::disk(),
            Self::SlowLink => icons::slow(),
            Self::TimeOut | Self::Timer => icons::clock(),
            Self::Wipe => icons::wipe(),
        }
    }

    /// What a click means with it.
    pub fn hint(self) -> &'static str {
        // Said by the page.
        match self {
            Self::Crash => "",
            Self::CutLink => "Cut link: click a link, or click its two servers.",
            Self::Isolate => "Isolate: click a server to cut all its links; again to heal them.",
            Self::FailDisk => {
                "Fail disk: click a server; its disk is full, and completes no write."
            }
            Self::LossyLink => {
                "Lossy link: click two servers; half the messages between them are lost."
            }
            Self::Partition => {
                "Partition: draw a line, or click the servers and clients of one side."
            }
            Self::Pause => "Pause server: click a server; it keeps its memory and does nothing.",
            Self::Skew => "Skew clock: click a server; its clock runs twice as fast.",
            Self::SlowDisk => "Slow disk: click a server; each write takes 60 ms.",
            Self::SlowLink => "Slow link: click two servers; a message between them takes 100 ms.",
            Self::TimeOut => "Time out: click a follower to expire its election timer.",
            Self::Timer => {
                "Align timers: drag around a server; or click two: the second gets the timer of the first."
            }
            Self::Wipe => "Wipe disk: click a server; it crashes and loses its disk.",
        }
    }

    /// What the second click means, once a server is chosen.
    pub fn second_hint(self, first: NodeId) -> String {
        match self {
            Self::Timer => fill("Click the server that gets {}'s timer.", &[&first]),
            _ => fill("{} is chosen: click the other server.", &[&first]),
        }
    }

    /// Whether it acts on a link, and so needs two servers.
    pub fn needs_two(self) -> bool {
        self.is_of_links() || self == Self::Timer
    }

    /// Whether it acts on a link: in both directions, or in one.
    pub fn is_of_links(self) -> bool {
        matches!(self, Self::CutLink | Self::LossyLink | Self::SlowLink)
    }

    /// What it does to the link between two servers, or from the first to the second; what is done
    /// already is undone.
    pub fn link_action(self, world: &World, (a, b): (NodeId, NodeId), one_way: bool) -> Action {
        let network = world.network();
        let (path, link) = if one_way {
            (Path::OneWay(a.into(), b.into()), Link::OneWay(a, b))
        } else {
            (Path::Both(a.into(), b.into()), Link::Both(a, b))
        };
        let faults = network.link_faults(a.into(), b.into());
        let cut = |a: NodeId, b: NodeId| network.is_cut(a.into(), b.into());
        match self {
            Self::SlowLink => Action::Slow(path, faults.latency.is_none().then_some(LATE)),
            Self::LossyLink => Action::Lossy(path, faults.loss.is_none().then_some(HALF)),
            _ if cut(a, b) || !one_way && cut(b, a) => Action::Heal(link),
            _ => Action::Cut(link),
        }
    }

    /// What it does to a server; or why it cannot. One that is down is started again.
    pub fn actions(self, world: &World, id: NodeId) -> Result<Vec<Action>, String> {
        let server = world.server(id);
        let up = server.is_up();
        let action = match self {
            Self::Wipe if up => return Ok(vec![Action::Crash(id), Action::Wipe(id)]),
            Self::Wipe => Action::Wipe(id),
            Self::Skew if server.clock == ClockRate::TRUE => Action::Skew(id, FAST),
            Self::Skew => Action::Skew(id, ClockRate::TRUE),
            Self::FailDisk => Action::FailDisk(id, !server.disk_fails()),
            Self::SlowDisk => {
                let slow = server.disk_time.is_none().then_some(SLOW);
                Action::SlowDisk(id, slow)
            }
            _ if !up => Action::Restart(id),
            Self::Pause if server.is_paused() => Action::Resume(id),
            Self::Pause => Action::Pause(id),
            Self::Isolate if is_isolated(world, id) => Action::Heal(Link::Of(id)),
            Self::Isolate => Action::Isolate(id),
            Self::TimeOut if server.is_leader() => {
                return Err(fill(
                    "{} leads: a leader has no election timer. Time out a follower.",
                    &[&id],
                ));
            }
            Self::TimeOut => Action::Timeout(id),
            Self::Crash
            | Self::CutLink
            | Self::LossyLink
            | Self::Partition
            | Self::SlowLink
            | Self::Timer => Action::Crash(id),
        };
        Ok(vec![action])
    }
}

/// Gives a server the timer that another has; or says why not.
pub fn align(world: &World, from: NodeId, to: NodeId) -> Result<Action, String> {
    let left = |id: NodeId| {
        let timers = world.server(id).up().map(|up| &up.timers);
        let deadline = timers.map(|timers| timers.get(Timer::Election).deadline);
        let deadline = deadline.filter(|deadline| *deadline < Time::NEVER);
        deadline.ok_or_else(|| fill("{} has no election timer now.", &[&id]))
    };
    left(to)?;
    Ok(Action::SetTimer(
        to,
        left(from)?.saturating_sub(world.now()),
    ))
}

/// The partition that has `side` on one side. Each client goes with the server that it asks, but
/// for those that were moved to the other side (bits, by their place).
pub fn partition(world: &World, side: ServerSet, moved: u8) -> Vec<Group> {
    let mut groups = [Group::default(), Group::default()];
    groups[0].servers = side;
    groups[1].servers = world.ids().except(side);
    for client in world.clients() {
        let moves = moved >> client.id.slot() & 1 == 1;
        let there = side.contains(client.asks()) != moves;
        groups[usize::from(!there)].add_client(client.id);
    }
    groups.to_vec()
}

/// A choice of what a click on a server does, as short as the course needs it.
pub fn few_tools(chosen: Tool, on_tool: &Callback<Tool>) -> Html {
    let tools = FEW.iter().map(|tool| button(*tool, chosen, on_tool, false));
    let class = if chosen == Tool::Crash {
        "tools"
    } else {
        "tools special"
    };
    html! {
        <div {class} role="group" aria-label={say("A click on a server")}>{ for tools }</div>
    }
}

fn button(tool: Tool, chosen: Tool, on_tool: &Callback<Tool>, icon: bool) -> Html {
    let pressed = (tool == chosen).to_string();
    let onclick = on_tool.reform(move |_: MouseEvent| tool);
    html! {
        <button key={tool.label()} aria-pressed={pressed} {onclick}>
            { for icon.then(|| tool.icon()) }{ say(tool.label()) }
        </button>
    }
}

/// All tools, and what is done to the whole network at once.
pub fn palette(chosen: Tool, world: &World, control: &Control, on_tool: &Callback<Tool>) -> Html {
    let tool = |tool: &Tool| button(*tool, chosen, on_tool, true);
    let at_once = |label: &'static str, icon: Html, action: Action| {
        let control = control.clone();
        let onclick = move |_: MouseEvent| control.act_or_say(action.clone());
        html! { <button key={label} {onclick}>{ icon }{ label }</button> }
    };
    let hold = if world.network().holds_any() {
        at_once(
            say("Release all"),
            icons::hand(),
            Action::Release(Link::All),
        )
    } else {
        at_once(say("Hold all"), icons::hand(), Action::Hold(Link::All))
    };
    html! {
        <section class="palette" aria-label={say("Tools")}>
            <h2 class="visually-hidden">{ say("Tools") }</h2>
            <div role="group" aria-label={say("Servers")}>{ for SERVERS.iter().map(tool) }</div>
            <div role="group" aria-label={say("Network")}>
                { for NETWORK.iter().map(tool) }
                { hold }
                { at_once(say("Heal all"), icons::heal(), Action::Heal(Link::All)) }
            </div>
        </section>
    }
}

/// The messages that are held, each with a button that delivers it: the same as a click on it.
pub fn held(world: &World, control: &Control, on_pick: &Callback<Pick>) -> Html {
    let onclick = delegate::pick(on_pick, |event: &MouseEvent| {
        let id = |name| delegate::number(event, name).map(PacketId);
        let key = |name, key| id(name).map(|id| Pick::Key(id, key));
        let pick = id("data-let-go").map(Pick::Packet);
        let pick = pick.or_else(|| key("data-drop", PacketKey::Drop));
        pick.or_else(|| key("data-twice", PacketKey::Duplicate))
    });
    let packets = world.network().as_sent();
    let packets = packets.into_iter().filter(|packet| packet.is_held());
    let packets = packets.take(SHOWN).map(|packet| {
        let id = packet.id.0;
        let (title, number) = (title(packet), id.to_string());
        html! {
            <li key={id}>
                <button class="bordered small" data-refs={refs::message(packet)} data-let-go={number.clone()}>{ for told(&title, false) }</button>
                <button class="plain small" aria-label={fill("Drop {}", &[&title])} data-drop={number.clone()}>{ "×" }</button>
                <button class="plain small" aria-label={fill("×2: send twice {}", &[&title])} data-twice={number}>{ "×2" }</button>
            </li>
        }
    });
    let control = control.clone();
    let all = move |_: MouseEvent| control.act_or_say(Action::Release(Link::All));
    html! {
        <section class="held-list" aria-label={say("Messages that wait")}>
            <h2>{ say("Messages wait for you") }<button class="plain small" onclick={all}>{ say("Let all go") }</button></h2>
            <ul {onclick}>{ for packets }</ul>
        </section>
    }
}

/// `S3 to S1: vote`
fn title(packet: &Packet) -> String {
    fill("{} to {}: {}", &[&packet.from, &packet.to, &packet.kind()])
}
