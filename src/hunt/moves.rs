//! What schedules are made of: how they begin, what is done, and how long is waited between.
//!
//! A new action is a line in `MOVES`, a new setting one in `SETTINGS`.

use super::dice::Dice;
use crate::kv::{ClientId, MAX_CLIENTS, Op};
use crate::raft::{Change, Configuration, MAX_SERVERS, NodeId, ReadMode, Rule, Rules, SendPolicy};
use crate::sim::{
    Action, Address, ClockRate, Group, Link, PacketPick, Scenario, Server, Setting, Time, World,
};

/// What it is like where a schedule happens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Timing {
    /// Time is real: timers run out by themselves, packets take their time and may get lost. What
    /// hangs on time shows here, and chance does much of the work.
    Timed,
    /// Nothing happens by itself: timers are long, and every packet takes one [`HOP`]. What happens
    /// is what is done, so a schedule that breaks something is short to tell.
    Untimed,
}

/// How long a packet takes in still air.
pub const HOP: Time = Time::ms(10);

/// A way to find something to do that makes sense now.
type Find = fn(&World, &mut Dice) -> Option<Action>;

/// Everything that can be done: how, how often, and in which air (none: in both).
const MOVES: &[(Find, u32, Option<Timing>)] = &[
    (timeout, 6, None),
    (request, 6, None),
    (read, 2, None),
    (crash, 2, None),
    (restart, 4, None),
    (partition, 4, None),
    (isolate, 2, None),
    (cut, 2, None),
    (heal, 3, None),
    (hold, 2, None),
    (release, 2, None),
    (drop, 2, None),
    (duplicate, 1, None),
    (delay, 2, None),
    (compact, 1, None),
    (transfer, 1, None),
    (change, 1, None),
    (timer, 2, Some(Timing::Timed)),
    (slow_disk, 1, Some(Timing::Timed)),
    (skew, 2, Some(Timing::Timed)),
    (retime, 1, Some(Timing::Timed)),
];

/// What beginnings differ in: one of each line. What stands there twice is taken twice as often.
const SETTINGS: &[&[Setting]] = &[
    &[Setting::NoOp(true), Setting::NoOp(false)],
    &[Setting::FastBackup(true), Setting::FastBackup(false)],
    &[Setting::Batch(64), Setting::Batch(64), Setting::Batch(1)],
    &[Setting::Window(0), Setting::Window(0), Setting::Window(2)],
    &[
        Setting::Compact(0),
        Setting::Compact(0),
        Setting::Compact(0),
        Setting::Compact(2),
    ],
    &[Setting::Chunk(8), Setting::Chunk(1)],
    &[
        Setting::PreVote(false),
        Setting::PreVote(false),
        Setting::PreVote(true),
    ],
    &[
        Setting::Read(ReadMode::Log),
        Setting::Read(ReadMode::Log),
        Setting::Read(ReadMode::Index),
    ],
    &[
        Setting::Disk(Time::ZERO, Time::ZERO),
        Setting::Disk(Time::ZERO, Time::ZERO),
        Setting::Disk(Time::ZERO, Time::ZERO),
        Setting::Disk(HOP, HOP),
    ],
];

/// The same in still air alone.
const STILL: &[&[Setting]] = &[
    &[Setting::Send(SendPolicy::AtOnce)],
    &[Setting::Latency(HOP, HOP)],
    &[Setting::Election(Time::ms(100_000), Time::ms(100_000))],
    &[
        Setting::Heartbeat(Time::ms(50_000)),
        Setting::Heartbeat(Time::ms(100)),
    ],
    &[
        Setting::Patience(Time::ms(100_000)),
        Setting::Patience(Time::ms(100)),
    ],
];

/// They may be changed at any time: a lease hangs on them.
const TIMEOUTS: &[Setting] = &[
    Setting::Election(Time::ms(150), Time::ms(300)),
    Setting::Election(Time::ms(600), Time::ms(1_200)),
];

/// The same in living air alone.
const LIVING: &[&[Setting]] = &[
    &[
        Setting::Send(SendPolicy::AtOnce),
        Setting::Send(SendPolicy::OnHeartbeat),
    ],
    &[
        Setting::Latency(Time::ms(10), Time::ms(20)),
        Setting::Latency(Time::ms(1), Time::ms(1)),
        Setting::Latency(Time::ms(1), Time::ms(50)),
        Setting::Latency(Time::ms(1), Time::ms(300)),
    ],
    &[
        Setting::Loss(0),
        Setting::Loss(0),
        Setting::Loss(50),
        Setting::Loss(200),
    ],
    &[
        Setting::Duplicate(0),
        Setting::Duplicate(0),
        Setting::Duplicate(50),
        Setting::Duplicate(200),
    ],
    TIMEOUTS,
    &[
        Setting::Patience(Time::ms(400)),
        Setting::Patience(Time::ms(150)),
    ],
    &[Setting::CheckQuorum(false), Setting::CheckQuorum(true)],
    &[
        Setting::Read(ReadMode::Log),
        Setting::Read(ReadMode::Index),
        Setting::Read(ReadMode::Lease),
        Setting::Read(ReadMode::Lease),
    ],
];

/// A beginning in that air.
pub fn scenario(air: Timing, servers: u8, rules: Rules, seed: u64, dice: &mut Dice) -> Scenario {
    let mut scenario = Scenario::new(servers, seed);
    scenario.config.rules = rules;
    // In still air each client begins with a server of its own: one can always be asked.
    scenario.clients = match air {
        Timing::Untimed => servers.min(MAX_CLIENTS as u8),
        Timing::Timed => 1 + dice.below(3) as u8,
    };
    let own = match air {
        Timing::Untimed => STILL,
        Timing::Timed => LIVING,
    };
    for choice in SETTINGS.iter().chain(own) {
        scenario.set(dice.pick(choice));
    }
    scenario.config.sessions = sessions(rules, seed);
    if apart(rules, seed) {
        scenario.config.send = SendPolicy::Apart;
    }
    // There are no leases without loyal voters (dissertation, 6.4.1).
    scenario.config.check_quorum |= scenario.config.read == ReadMode::Lease;
    scenario
}

/// How many sessions are kept.
fn sessions(rules: Rules, seed: u64) -> u8 {
    pick_for(Rule::RefuseExpired, rules, !seed, &[1, 1, 2], &[0, 0, 1, 2]).unwrap_or(0)
}

/// Whether heartbeats carry no entries.
fn apart(rules: Rules, seed: u64) -> bool {
    let seed = seed.rotate_left(32);
    pick_for(
        Rule::CommitOnlyChecked,
        rules,
        seed,
        &[true],
        &[false, false, true],
    )
    .unwrap_or(false)
}

/// What only `rule` guards against. By dice of its own, and only where it may matter: a hunt for
/// what breaks without another rule is the same as if there were no such choice.
fn pick_for<T: Copy>(
    rule: Rule,
    rules: Rules,
    seed: u64,
    without: &[T],
    with_all: &[T],
) -> Option<T> {
    let choice = if !rules.on(rule) {
        without
    } else if rules == Rules::default() {
        with_all
    } else {
        return None;
    };
    Some(Dice::new(seed).pick(choice))
}

/// How much of each move a schedule has. Every one has its own taste: a schedule that never crashes
/// anybody gets further with partitions, and one that does little but lose messages finds what
/// hangs on those (swarm testing: Groce et al. 2012).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SwarmConfig {
    air: Timing,
    weights: Vec<u32>,
    waits: [u32; WAITS.len()],
}

/// How long is waited between two moves, in hops; none: until nothing is under way.
const WAITS: [Option<u64>; 5] = [Some(0), Some(1), Some(2), Some(3), None];

impl SwarmConfig {
    /// A taste of its own.
    pub fn new(air: Timing, dice: &mut Dice) -> Self {
        let weights = MOVES.iter().map(|(_, weight, only)| {
            let swarm: u32 = dice.pick(&[0, 1, 1, 2, 4]);
            let fits = only.is_none_or(|only| only == air);
            if fits { weight * swarm } else { 0 }
        });
        let mut weights: Vec<u32> = weights.collect();
        // Nothing comes of a run without elections.
        weights[0] = weights[0].max(3);
        Self {
            air,
            weights,
            waits: std::array::from_fn(|_| dice.pick(&[1, 1, 3])),
        }
    }

    /// Something to do now.
    pub fn action(&self, world: &World, dice: &mut Dice) -> Option<Action> {
        let (find, ..) = MOVES[dice.weigh(&self.weights)];
        find(world, dice).filter(|action| is_fair(action, world))
    }

    /// Until when to wait then; none: until nothing is under way.
    pub fn wait(&self, world: &World, dice: &mut Dice) -> Option<Time> {
        let hops = WAITS[dice.weigh(&self.waits)];
        let length = match self.air {
            Timing::Untimed => Time(hops? * HOP.0),
            Timing::Timed => Time::ms(dice.below(60 * hops.unwrap_or(10) as usize + 1) as u64),
        };
        Some(world.now() + length)
    }
}

/// Whether Raft promises anything to somebody who does this. A lease is good only while clocks keep
/// to what is supposed of them, and a timer that is made to run out under a leader is a clock that
/// does not.
fn is_fair(action: &Action, world: &World) -> bool {
    match action {
        Action::Timeout(_) if world.config().read == ReadMode::Lease => {
            !world.servers().iter().any(Server::is_leader)
        }
        Action::Skew(_, rate) if world.config().read == ReadMode::Lease => {
            let drift = u64::from(world.timing().drift);
            let (ticks, per) = (u64::from(rate.ticks), u64::from(rate.per));
            ticks >= per && ticks * 1000 <= per * (1000 + drift)
        }
        _ => true,
    }
}

/// What ends the faults: the network is whole and loses nothing. Some of those who are down stay
/// so, as long as a majority is up; and whoever waits for nothing asks for something.
pub fn clearing(world: &World, dice: &mut Dice) -> Vec<Action> {
    let mut actions = vec![
        Action::Heal(Link::All),
        Action::Release(Link::All),
        Action::Configure(Setting::Loss(0)),
        Action::Configure(Setting::Duplicate(0)),
        Action::Configure(Setting::Latency(Time::ms(10), Time::ms(20))),
        Action::Configure(Setting::Patience(Time::ms(1_000))),
        Action::Configure(Setting::Disk(Time::ZERO, Time::ZERO)),
    ];
    let servers = world.servers();
    // A newcomer without a log is not one of those who count.
    let counts = |server: &&Server| server.log().configuration() != Configuration::default();
    let voters = servers.iter().filter(counts).count();
    let mut up = servers
        .iter()
        .filter(counts)
        .filter(|server| server.is_up())
        .count();
    for server in servers {
        if server.disk_time.is_some() {
            actions.push(Action::SlowDisk(server.id, None));
        }
        let is_needed = counts(&server) && up <= voters / 2;
        if !server.is_up() && (is_needed || dice.once_in(2)) {
            actions.push(Action::Restart(server.id));
            up += usize::from(counts(&server));
        }
    }
    let idle = free(world).into_iter();
    actions.extend(idle.map(|client| Action::Request(client, op(dice))));
    actions
}

fn any<T: Copy>(of: &[T], dice: &mut Dice) -> Option<T> {
    (!of.is_empty()).then(|| dice.pick(of))
}

fn server(world: &World, dice: &mut Dice) -> Option<NodeId> {
    let ids: Vec<NodeId> = world.ids().iter().collect();
    any(&ids, dice)
}

/// A server that is up, or down.
fn server_that_is(up: bool, world: &World, dice: &mut Dice) -> Option<NodeId> {
    let fitting = world.servers().iter().filter(|server| server.is_up() == up);
    let ids: Vec<NodeId> = fitting.map(|server| server.id).collect();
    any(&ids, dice)
}

/// The clients that wait for nothing.
fn free(world: &World) -> Vec<ClientId> {
    let clients = world.clients().iter();
    let free = clients.filter(|client| client.current.is_none());
    free.map(|client| client.id).collect()
}

fn timeout(world: &World, dice: &mut Dice) -> Option<Action> {
    let servers = world.servers().iter();
    let waiting = servers.filter(|server| server.is_up() && !server.is_leader());
    let ids: Vec<NodeId> = waiting.map(|server| server.id).collect();
    any(&ids, dice).map(Action::Timeout)
}

fn request(world: &World, dice: &mut Dice) -> Option<Action> {
    // Mostly of whoever leads: in still air a client does not find out by itself.
    let leads = |id: &ClientId| {
        let server = world.find(world.clients()[id.slot()].target);
        server.is_some_and(|server| server.is_leader())
    };
    let (led, other): (Vec<_>, Vec<_>) = free(world).into_iter().partition(leads);
    let from = if led.is_empty() || dice.once_in(8) {
        other
    } else {
        led
    };
    any(&from, dice).map(|client| Action::Request(client, op(dice)))
}

fn op(dice: &mut Dice) -> Op {
    let requests = [
        "x=1", "x=2", "y=3", "x+=1", "x+=1", "x?", "x?", "-x", "x:1>2",
    ];
    dice.pick(&requests).parse().expect("it is a request")
}

fn read(world: &World, dice: &mut Dice) -> Option<Action> {
    // Mostly at a server that takes itself for the leader: the others ask one.
    let leading = world.servers().iter().filter(|server| server.is_leader());
    let leaders: Vec<NodeId> = leading.map(|server| server.id).collect();
    let leader = any(&leaders, dice).filter(|_| !dice.once_in(3));
    let (client, at) = (
        any(&free(world), dice)?,
        leader.or_else(|| server(world, dice))?,
    );
    Some(Action::Read(client, "x".parse().expect("it is a key"), at))
}

fn crash(world: &World, dice: &mut Dice) -> Option<Action> {
    server_that_is(true, world, dice).map(Action::Crash)
}

fn restart(world: &World, dice: &mut Dice) -> Option<Action> {
    server_that_is(false, world, dice).map(Action::Restart)
}

fn isolate(world: &World, dice: &mut Dice) -> Option<Action> {
    let leader = world.leader().filter(|_| dice.once_in(2));
    leader.or_else(|| server(world, dice)).map(Action::Isolate)
}

fn partition(world: &World, dice: &mut Dice) -> Option<Action> {
    let mut groups = vec![Group::default(); 2];
    for id in world.ids().iter() {
        groups[dice.below(2)].servers.insert(id);
    }
    // Whoever is not named is in the last group.
    for client in world.clients().iter().filter(|_| dice.once_in(2)) {
        groups[0].clients |= 1 << client.id.slot();
    }
    Some(Action::Partition(groups))
}

fn pair(world: &World, dice: &mut Dice) -> Option<Link> {
    let (a, b) = (server(world, dice)?, server(world, dice)?);
    match (a == b, dice.once_in(2)) {
        (true, _) => None,
        (false, true) => Some(Link::OneWay(a, b)),
        (false, false) => Some(Link::Both(a, b)),
    }
}

fn cut(world: &World, dice: &mut Dice) -> Option<Action> {
    pair(world, dice).map(Action::Cut)
}

fn heal(world: &World, dice: &mut Dice) -> Option<Action> {
    let link = pair(world, dice).filter(|_| dice.once_in(2));
    Some(Action::Heal(link.unwrap_or(Link::All)))
}

fn hold(world: &World, dice: &mut Dice) -> Option<Action> {
    // Mostly where something is on its way.
    let picked = packet(world, dice).filter(|_| !dice.once_in(4));
    let link = picked.and_then(|pick| way(pick.from, pick.to));
    link.or_else(|| pair(world, dice)).map(Action::Hold)
}

fn release(world: &World, dice: &mut Dice) -> Option<Action> {
    let packets = world.network().packets().iter();
    let held = packets.filter(|packet| packet.is_held());
    let links: Vec<Link> = held
        .filter_map(|packet| way(packet.from, packet.to))
        .collect();
    any(&links, dice).map(Action::Release)
}

fn way(from: Address, to: Address) -> Option<Link> {
    match (from, to) {
        (Address::Server(a), Address::Server(b)) => Some(Link::OneWay(a, b)),
        _ => None,
    }
}

/// A packet between servers.
fn packet(world: &World, dice: &mut Dice) -> Option<PacketPick> {
    let all = world.network().as_sent();
    let between = |place: &usize| {
        let packet = all[*place];
        way(packet.from, packet.to).is_some() && packet.fate.is_none()
    };
    let places: Vec<usize> = (0..all.len()).filter(between).collect();
    let place = any(&places, dice)?;
    let what = |place: usize| (all[place].from, all[place].to, all[place].kind());
    let (from, to, kind) = what(place);
    let before = (0..place).filter(|other| what(*other) == what(place));
    Some(PacketPick {
        from,
        to,
        kind: Some(kind),
        nth: u8::try_from(before.count() + 1).ok()?,
    })
}

fn drop(world: &World, dice: &mut Dice) -> Option<Action> {
    packet(world, dice).map(Action::Drop)
}

fn duplicate(world: &World, dice: &mut Dice) -> Option<Action> {
    packet(world, dice).map(Action::Duplicate)
}

fn delay(world: &World, dice: &mut Dice) -> Option<Action> {
    let length = Time(HOP.0 * dice.pick(&[2, 4, 10, 30]));
    packet(world, dice).map(|pick| Action::Delay(pick, length))
}

fn compact(world: &World, dice: &mut Dice) -> Option<Action> {
    server_that_is(true, world, dice).map(Action::Compact)
}

fn transfer(world: &World, dice: &mut Dice) -> Option<Action> {
    server(world, dice).map(Action::Transfer)
}

/// Mostly one server that comes or goes, at times several.
fn change(world: &World, dice: &mut Dice) -> Option<Action> {
    let new = NodeId::new((world.ids().len() + 1 + dice.below(2)).min(MAX_SERVERS))?;
    let known = server(world, dice)?;
    let some = world.ids().iter().filter(|_| !dice.once_in(3)).collect();
    Some(Action::Change(dice.pick(&[
        Change::Add(new),
        Change::Add(known),
        Change::Learn(new),
        Change::Remove(known),
        Change::Remove(known),
        Change::Voters(some),
    ])))
}

fn slow_disk(world: &World, dice: &mut Dice) -> Option<Action> {
    let time = dice.pick(&[None, Some(10), Some(40)]);
    server(world, dice).map(|id| Action::SlowDisk(id, time.map(Time::ms)))
}

/// A clock as fast as the usual bound on drift allows.
const FAST: ClockRate = ClockRate { ticks: 5, per: 4 };

/// Clocks that differ from the beginning, in one run of three. Somebody's keeps true and the
/// others' are as fast as they may be; often that one is the first to stand, for it is the lease of
/// a leader with a slow clock that outlives the loyalty of its voters.
pub fn clocks(world: &World, dice: &mut Dice) -> Vec<Action> {
    let Some(slow) = server(world, dice).filter(|_| dice.once_in(3)) else {
        return Vec::new();
    };
    let fast = world.ids().without(slow);
    let skews = fast.iter().map(|id| Action::Skew(id, FAST));
    let first = Action::SetTimer(slow, world.timing().election.0 + Time::ms(1));
    let mut actions: Vec<Action> = skews.collect();
    actions.extend(dice.once_in(2).then_some(first));
    actions
}

/// An election timeout that is as short as it may be, or a little longer.
fn timer(world: &World, dice: &mut Dice) -> Option<Action> {
    let id = server_that_is(true, world, dice)?;
    let low = world.server(id).clock.stretch(world.timing().election.0);
    Some(Action::SetTimer(
        id,
        low + Time::ms(dice.pick(&[1, 20, 100])),
    ))
}

fn skew(world: &World, dice: &mut Dice) -> Option<Action> {
    server(world, dice).map(|id| Action::Skew(id, rate(dice)))
}

fn retime(_: &World, dice: &mut Dice) -> Option<Action> {
    Some(Action::Configure(dice.pick(TIMEOUTS)))
}

fn rate(dice: &mut Dice) -> ClockRate {
    let other = [(2, 1), (1, 2), (1, 1)].map(|(ticks, per)| ClockRate { ticks, per });
    dice.pick(&[FAST, FAST, other[0], other[1], other[2]])
}
