//! What schedules are made of: initial settings, actions, and the waits between them.
//!
//! Every verb of the grammar is in [`MOVES`] or in [`left_out`], which says why not. A setting is a
//! line in [`SETTINGS`], [`TIMED`] or [`UNTIMED`].

use crate::kv::{ClientId, MAX_CLIENTS, Op};
use crate::raft::configuration::majority;
use crate::raft::{Change, Configuration, MAX_SERVERS, NodeId, ReadMode, Rule, Rules, SendPolicy};
use crate::sim::text::Verb;
use crate::sim::{
    Action, Address, ClockRate, Group, Link, PacketPick, Rng, Scenario, Server, Setting, Time,
    World,
};

/// Whether time matters in a schedule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Timing {
    /// Timers expire by themselves, packets take random times and may get lost. This finds what
    /// depends on time, and random events do much of the work.
    Timed,
    /// Nothing happens by itself: timers are long, and every packet takes one [`HOP`]. Only actions
    /// make things happen, so a schedule that breaks something is short.
    Untimed,
}

/// The latency of a packet in untimed schedules.
pub const HOP: Time = Time::ms(10);

/// Finds an action that makes sense now.
type Find = fn(&World, &mut Rng) -> Option<Action>;

/// The actions of schedules: their verbs, how to find one, its weight, and the only timing in which
/// it is used (none: both). New lines go to the end: the order decides what a seed finds.
const MOVES: &[(&[Verb], Find, u32, Option<Timing>)] = &[
    (&[Verb::Timeout], timeout, 6, None),
    (&[Verb::Request], request, 6, None),
    (&[Verb::Read], read, 2, None),
    (&[Verb::Crash], crash, 2, None),
    (&[Verb::Restart], restart, 4, None),
    (&[Verb::Partition], partition, 4, None),
    (&[Verb::Isolate], isolate, 2, None),
    (&[Verb::Cut], cut, 2, None),
    (&[Verb::Heal], heal, 3, None),
    (&[Verb::Hold], hold, 2, None),
    (&[Verb::Release], release, 2, None),
    (&[Verb::Drop], drop, 2, None),
    (&[Verb::Duplicate], duplicate, 1, None),
    (&[Verb::Delay], delay, 2, None),
    (&[Verb::Compact], compact, 1, None),
    (&[Verb::Transfer], transfer, 1, None),
    (CHANGES, change, 1, None),
    (&[Verb::Timer], timer, 2, Some(Timing::Timed)),
    (&[Verb::SlowDisk], slow_disk, 1, Some(Timing::Timed)),
    (&[Verb::Skew], skew, 2, Some(Timing::Timed)),
    (&[Verb::Config], retime, 1, Some(Timing::Timed)),
];

/// The verbs of membership changes.
const CHANGES: &[Verb] = &[Verb::Add, Verb::Learner, Verb::Members, Verb::Remove];

/// Why schedules do not use a verb; none if [`MOVES`] has it.
pub fn left_out(verb: Verb) -> Option<&'static str> {
    Some(match verb {
        Verb::Client => "single requests do the same, and can be removed one by one",
        Verb::Deliver => "a release, or a wait, delivers a packet",
        Verb::FailDisk | Verb::MendDisk => "a slow disk and a crash have the same effects",
        Verb::Jump => "setting the timer, or letting it expire, does the same",
        Verb::Lossy | Verb::Slow => "a dropped or delayed packet says more exactly what matters",
        Verb::Pause | Verb::Resume => "a server whose links hold their packets does as little",
        Verb::Retire => "a removed server that crashes does the same",
        Verb::Wipe => "Raft does not survive the loss of a disk that counts",
        Verb::Rules => "the rule that is off stays off for the whole schedule",
        Verb::Add
        | Verb::Compact
        | Verb::Config
        | Verb::Crash
        | Verb::Cut
        | Verb::Delay
        | Verb::Drop
        | Verb::Duplicate
        | Verb::Heal
        | Verb::Hold
        | Verb::Isolate
        | Verb::Learner
        | Verb::Members
        | Verb::Partition
        | Verb::Read
        | Verb::Release
        | Verb::Remove
        | Verb::Request
        | Verb::Restart
        | Verb::Skew
        | Verb::SlowDisk
        | Verb::Timeout
        | Verb::Timer
        | Verb::Transfer => return None,
    })
}

/// The initial settings: one of each line. A setting that is listed twice is taken twice as often.
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

/// Further settings of untimed schedules.
const UNTIMED: &[&[Setting]] = &[
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

/// Election timeouts. They may change at any time, because leases depend on them.
const TIMEOUTS: &[Setting] = &[
    Setting::Election(Time::ms(150), Time::ms(300)),
    Setting::Election(Time::ms(600), Time::ms(1_200)),
];

/// Further settings of timed schedules.
const TIMED: &[&[Setting]] = &[
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

/// A random scenario for that timing.
pub fn scenario(timing: Timing, servers: u8, rules: Rules, seed: u64, rng: &mut Rng) -> Scenario {
    let mut scenario = Scenario::new(servers, seed);
    scenario.config.rules = rules;
    // Untimed, each client starts with another server, so that a leader has a client.
    scenario.clients = match timing {
        Timing::Untimed => servers.min(MAX_CLIENTS as u8),
        Timing::Timed => 1 + rng.below(3) as u8,
    };
    let own = match timing {
        Timing::Untimed => UNTIMED,
        Timing::Timed => TIMED,
    };
    for choice in SETTINGS.iter().chain(own) {
        scenario.set(rng.pick(choice));
    }
    scenario.config.sessions = sessions(rules, seed);
    if apart(rules, seed) {
        scenario.config.send = SendPolicy::Apart;
    }
    // A lease needs voters that ignore RequestVote while they hear from the leader (dissertation,
    // 6.4.1).
    scenario.config.check_quorum |= scenario.config.read == ReadMode::Lease;
    scenario
}

/// The most sessions that are kept.
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

/// A random choice that matters to `rule` only. It has a random stream of its own, and there is no
/// choice while another rule is off: so hunts for the other rules stay the same.
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
    Some(Rng::new(seed).pick(choice))
}

/// The weights of the moves in one schedule. Each schedule has its own: one without crashes goes
/// further with partitions, and one that mostly loses messages finds what depends on them (swarm
/// testing, Groce et al. 2012).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SwarmConfig {
    timing: Timing,
    weights: Vec<u32>,
    waits: [u32; WAITS.len()],
}

/// The waits between two moves, in hops; none: until no packet travels.
const WAITS: [Option<u64>; 5] = [Some(0), Some(1), Some(2), Some(3), None];

impl SwarmConfig {
    /// Random weights.
    pub fn new(timing: Timing, rng: &mut Rng) -> Self {
        let weights = MOVES.iter().map(|(_, _, weight, only)| {
            let swarm: u32 = rng.pick(&[0, 1, 1, 2, 4]);
            let fits = only.is_none_or(|only| only == timing);
            if fits { weight * swarm } else { 0 }
        });
        let mut weights: Vec<u32> = weights.collect();
        // A run without elections finds nothing.
        weights[0] = weights[0].max(3);
        Self {
            timing,
            weights,
            waits: std::array::from_fn(|_| rng.pick(&[1, 1, 3])),
        }
    }

    /// An action to do now.
    pub fn action(&self, world: &World, rng: &mut Rng) -> Option<Action> {
        let (verbs, find, ..) = MOVES[rng.weigh(&self.weights)];
        let action = find(world, rng)?;
        debug_assert!(verbs.contains(&Verb::of(&action)), "{action}");
        is_fair(&action, world).then_some(action)
    }

    /// The end of the wait after it; none: until no packet travels.
    pub fn wait(&self, world: &World, rng: &mut Rng) -> Option<Time> {
        let hops = WAITS[rng.weigh(&self.waits)];
        let length = match self.timing {
            Timing::Untimed => Time(hops? * HOP.0),
            Timing::Timed => Time::ms(rng.below(60 * hops.unwrap_or(10) as usize + 1) as u64),
        };
        Some(world.now() + length)
    }
}

/// Whether Raft guarantees its properties after this action. A lease is safe only while clocks stay in
/// their bound. A timer that is made to expire under a leader acts like a clock outside the bound.
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

/// The actions that end all faults: the network is healed and loses nothing. Crashed servers restart,
/// all or enough for a majority, and every idle client sends a request.
pub fn clearing(world: &World, rng: &mut Rng) -> Vec<Action> {
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
    // A new server without a log does not count for a majority.
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
        let is_needed = counts(&server) && up < majority(voters);
        if !server.is_up() && (is_needed || rng.once_in(2)) {
            actions.push(Action::Restart(server.id));
            up += usize::from(counts(&server));
        }
    }
    let idle = free(world).into_iter();
    actions.extend(idle.map(|client| Action::Request(client, op(rng))));
    actions
}

fn any<T: Copy>(of: &[T], rng: &mut Rng) -> Option<T> {
    (!of.is_empty()).then(|| rng.pick(of))
}

fn server(world: &World, rng: &mut Rng) -> Option<NodeId> {
    let ids: Vec<NodeId> = world.ids().iter().collect();
    any(&ids, rng)
}

/// A server that is up, or down.
fn server_that_is(up: bool, world: &World, rng: &mut Rng) -> Option<NodeId> {
    let fitting = world.servers().iter().filter(|server| server.is_up() == up);
    let ids: Vec<NodeId> = fitting.map(|server| server.id).collect();
    any(&ids, rng)
}

/// The idle clients.
fn free(world: &World) -> Vec<ClientId> {
    let clients = world.clients().iter();
    let free = clients.filter(|client| client.current.is_none());
    free.map(|client| client.id).collect()
}

fn timeout(world: &World, rng: &mut Rng) -> Option<Action> {
    let servers = world.servers().iter();
    let waiting = servers.filter(|server| server.is_up() && !server.is_leader());
    let ids: Vec<NodeId> = waiting.map(|server| server.id).collect();
    any(&ids, rng).map(Action::Timeout)
}

fn request(world: &World, rng: &mut Rng) -> Option<Action> {
    // Mostly of a client that knows a leader: untimed, a client does not find one by itself.
    let leads = |id: &ClientId| {
        let server = world.find(world.clients()[id.slot()].target);
        server.is_some_and(|server| server.is_leader())
    };
    let (led, other): (Vec<_>, Vec<_>) = free(world).into_iter().partition(leads);
    let from = if led.is_empty() || rng.once_in(8) {
        other
    } else {
        led
    };
    any(&from, rng).map(|client| Action::Request(client, op(rng)))
}

fn op(rng: &mut Rng) -> Op {
    let requests = [
        "x=1", "x=2", "y=3", "x+=1", "x+=1", "x?", "x?", "-x", "x:1>2",
    ];
    rng.pick(&requests).parse().expect("it is a request")
}

fn read(world: &World, rng: &mut Rng) -> Option<Action> {
    // Mostly at a server that leads, or believes so: the others ask a leader.
    let leading = world.servers().iter().filter(|server| server.is_leader());
    let leaders: Vec<NodeId> = leading.map(|server| server.id).collect();
    let leader = any(&leaders, rng).filter(|_| !rng.once_in(3));
    let (client, at) = (
        any(&free(world), rng)?,
        leader.or_else(|| server(world, rng))?,
    );
    Some(Action::Read(client, "x".parse().expect("it is a key"), at))
}

fn crash(world: &World, rng: &mut Rng) -> Option<Action> {
    server_that_is(true, world, rng).map(Action::Crash)
}

fn restart(world: &World, rng: &mut Rng) -> Option<Action> {
    server_that_is(false, world, rng).map(Action::Restart)
}

fn isolate(world: &World, rng: &mut Rng) -> Option<Action> {
    let leader = world.leader().filter(|_| rng.once_in(2));
    leader.or_else(|| server(world, rng)).map(Action::Isolate)
}

fn partition(world: &World, rng: &mut Rng) -> Option<Action> {
    let mut groups = vec![Group::default(); 2];
    for id in world.ids().iter() {
        groups[rng.below(2)].servers.insert(id);
    }
    // Clients that are not named are in the last group.
    for client in world.clients().iter().filter(|_| rng.once_in(2)) {
        groups[0].clients |= 1 << client.id.slot();
    }
    Some(Action::Partition(groups))
}

fn pair(world: &World, rng: &mut Rng) -> Option<Link> {
    let (a, b) = (server(world, rng)?, server(world, rng)?);
    match (a == b, rng.once_in(2)) {
        (true, _) => None,
        (false, true) => Some(Link::OneWay(a, b)),
        (false, false) => Some(Link::Both(a, b)),
    }
}

fn cut(world: &World, rng: &mut Rng) -> Option<Action> {
    pair(world, rng).map(Action::Cut)
}

fn heal(world: &World, rng: &mut Rng) -> Option<Action> {
    let link = pair(world, rng).filter(|_| rng.once_in(2));
    Some(Action::Heal(link.unwrap_or(Link::All)))
}

fn hold(world: &World, rng: &mut Rng) -> Option<Action> {
    // Mostly on a link where a packet travels.
    let picked = packet(world, rng).filter(|_| !rng.once_in(4));
    let link = picked.and_then(|pick| link(pick.from, pick.to));
    link.or_else(|| pair(world, rng)).map(Action::Hold)
}

fn release(world: &World, rng: &mut Rng) -> Option<Action> {
    let packets = world.network().packets().iter();
    let held = packets.filter(|packet| packet.is_held());
    let links: Vec<Link> = held
        .filter_map(|packet| link(packet.from, packet.to))
        .collect();
    any(&links, rng).map(Action::Release)
}

fn link(from: Address, to: Address) -> Option<Link> {
    match (from, to) {
        (Address::Server(a), Address::Server(b)) => Some(Link::OneWay(a, b)),
        _ => None,
    }
}

/// A packet that travels between servers.
fn packet(world: &World, rng: &mut Rng) -> Option<PacketPick> {
    let all = world.network().as_sent();
    let between = |place: &usize| {
        let packet = all[*place];
        link(packet.from, packet.to).is_some() && packet.fate.is_none()
    };
    let places: Vec<usize> = (0..all.len()).filter(between).collect();
    let place = any(&places, rng)?;
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

fn drop(world: &World, rng: &mut Rng) -> Option<Action> {
    packet(world, rng).map(Action::Drop)
}

fn duplicate(world: &World, rng: &mut Rng) -> Option<Action> {
    packet(world, rng).map(Action::Duplicate)
}

fn delay(world: &World, rng: &mut Rng) -> Option<Action> {
    let length = Time(HOP.0 * rng.pick(&[2, 4, 10, 30]));
    packet(world, rng).map(|pick| Action::Delay(pick, length))
}

fn compact(world: &World, rng: &mut Rng) -> Option<Action> {
    server_that_is(true, world, rng).map(Action::Compact)
}

fn transfer(world: &World, rng: &mut Rng) -> Option<Action> {
    server(world, rng).map(Action::Transfer)
}

/// Mostly one server is added or removed, sometimes several.
fn change(world: &World, rng: &mut Rng) -> Option<Action> {
    let new = NodeId::new((world.ids().len() + 1 + rng.below(2)).min(MAX_SERVERS))?;
    let known = server(world, rng)?;
    let some = world.ids().iter().filter(|_| !rng.once_in(3)).collect();
    Some(Action::Change(rng.pick(&[
        Change::Add(new),
        Change::Add(known),
        Change::Learn(new),
        Change::Remove(known),
        Change::Remove(known),
        Change::Voters(some),
    ])))
}

fn slow_disk(world: &World, rng: &mut Rng) -> Option<Action> {
    let time = rng.pick(&[None, Some(10), Some(40)]);
    server(world, rng).map(|id| Action::SlowDisk(id, time.map(Time::ms)))
}

/// A clock as fast as the usual bound on drift allows.
const FAST: ClockRate = ClockRate { ticks: 5, per: 4 };

/// Clocks that differ from the start, in one of three schedules. One clock is true, the others are as
/// fast as they may be. Often the server with the true clock is the first candidate: the lease of a
/// leader with a slow clock can outlive the minimum election timeout of its voters.
pub fn clocks(world: &World, rng: &mut Rng) -> Vec<Action> {
    let Some(slow) = server(world, rng).filter(|_| rng.once_in(3)) else {
        return Vec::new();
    };
    let fast = world.ids().without(slow);
    let skews = fast.iter().map(|id| Action::Skew(id, FAST));
    let first = Action::SetTimer(slow, world.timing().election.0 + Time::ms(1));
    let mut actions: Vec<Action> = skews.collect();
    actions.extend(rng.once_in(2).then_some(first));
    actions
}

/// The minimum election timeout, or a little more.
fn timer(world: &World, rng: &mut Rng) -> Option<Action> {
    let id = server_that_is(true, world, rng)?;
    let low = world.server(id).clock.stretch(world.timing().election.0);
    Some(Action::SetTimer(
        id,
        low + Time::ms(rng.pick(&[1, 20, 100])),
    ))
}

fn skew(world: &World, rng: &mut Rng) -> Option<Action> {
    server(world, rng).map(|id| Action::Skew(id, rate(rng)))
}

fn retime(_: &World, rng: &mut Rng) -> Option<Action> {
    Some(Action::Configure(rng.pick(TIMEOUTS)))
}

fn rate(rng: &mut Rng) -> ClockRate {
    let other = [(2, 1), (1, 2), (1, 1)].map(|(ticks, per)| ClockRate { ticks, per });
    rng.pick(&[FAST, FAST, other[0], other[1], other[2]])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::Step;

    #[test]
    fn every_verb_is_a_move_or_left_out() {
        for verb in Verb::ALL {
            let moves = MOVES.iter().filter(|(verbs, ..)| verbs.contains(verb));
            let expected = usize::from(left_out(*verb).is_none());
            assert_eq!(moves.count(), expected, "{}", verb.word());
        }
    }

    #[test]
    fn a_move_finds_actions_of_its_verbs_only() {
        let mut rng = Rng::new(1);
        let mut found = 0;
        for servers in 1..=5 {
            let scenario = scenario(Timing::Timed, servers, Rules::default(), 1, &mut rng);
            let mut step = Step::default();
            let mut world = World::new(&scenario, &mut step);
            for _ in 0..400 {
                world.step(&mut step);
                for (verbs, find, ..) in MOVES {
                    if let Some(action) = find(&world, &mut rng) {
                        assert!(verbs.contains(&Verb::of(&action)), "{action}");
                        found += 1;
                    }
                }
            }
        }
        assert!(found > 10_000, "{found}");
    }
}
