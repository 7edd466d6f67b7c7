//! A run in bad weather.

mod members;

use std::fmt;

use raftarium::check::{Checker, History, Property};
use raftarium::kv::{Answer, ClientId, Op};
use raftarium::raft::event::{
    AppendRejected, Campaign, Event, IgnoreReason, Reading, StepDown, TransferError, Unneeded,
    VoteRejected,
};
use raftarium::raft::{LogIndex, NodeId, ReadMode, Rule, SendPolicy, ServerSet, Term};
use raftarium::sim::text::write_run;
use raftarium::sim::{
    Action, ClockRate, Fact, Group, Link, Record, Scenario, Setting, Step, Time, World,
};

/// How long the weather is bad.
const STORM: Time = Time::ms(8_000);
/// How long a cluster may take to get over it.
const RECOVERY: Time = Time::ms(60_000);

/// A cluster, watched, with the actions that brought it here.
#[derive(Clone)]
pub(crate) struct Run {
    pub(crate) world: World,
    pub(crate) checker: Checker,
    pub(crate) history: History,
    pub(crate) coverage: Coverage,
    scenario: Scenario,
    actions: Vec<(Time, Action)>,
    dice: Dice,
    /// For what is beyond Figure 2: dice of its own, so that without it a seed is the same run.
    parts: Option<Dice>,
    /// How often servers come and go, where leaders hand over once and clients read once.
    members: u64,
    /// One in so many actions is about those parts.
    parts_every: u64,
    /// The same for how many sessions of clients are kept.
    sessions: Option<Dice>,
    step: Step,
    elections: Elections,
    /// The longest pause between two actions that is usual in this run, in milliseconds.
    pace: u64,
}

impl Run {
    /// The cluster of that seed, with some rules switched off.
    pub(crate) fn new(seed: u64, off: &[Rule]) -> Self {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut scenario = random_scenario(seed, &mut dice);
        // A rule of Figure 2 is missed by Figure 2 alone, one about reads or members with just that.
        let reads = off.iter().find_map(|rule| missed_by_reads(*rule));
        let members = off.iter().all(|rule| members::RULES.contains(rule));
        let mut parts = (members || reads.is_some()).then_some(Dice(!seed));
        if let Some(dice) = parts.as_mut().filter(|_| members) {
            add_parts(&mut scenario, dice);
        }
        if let Some(mode) = reads {
            scenario.config.read = mode;
            scenario.config.check_quorum = mode == ReadMode::Lease;
            scenario.timing.drift = 1_000;
        }
        let mut sessions = sessions_matter(off).then_some(Dice(seed.rotate_left(32)));
        if let Some(dice) = &mut sessions {
            scenario.config.sessions = *dice.pick(&SESSIONS);
        }
        // The first entry of a term would all but do the same.
        scenario.config.no_op &= !off.contains(&Rule::OwnTermBeforeChange);
        for rule in off {
            scenario.config.rules.set(*rule, false);
        }
        let often = members && (!off.is_empty() || seed.is_multiple_of(3));
        Self {
            members: if !members {
                0
            } else if off.is_empty() {
                2
            } else {
                30
            },
            parts_every: if often { 2 } else { 12 },
            sessions,
            ..Self::begin(scenario, dice, parts)
        }
    }

    fn begin(scenario: Scenario, mut dice: Dice, parts: Option<Dice>) -> Self {
        let pace = *dice.pick(&[30, 100, 300]);
        let mut step = Step::default();
        let world = World::new(&scenario, &mut step);
        let checker = Checker::new(&world);
        let history = History::new(&world);
        Self {
            world,
            checker,
            history,
            coverage: Coverage::default(),
            scenario,
            actions: Vec::new(),
            dice,
            parts,
            members: 0,
            parts_every: 12,
            sessions: None,
            step,
            elections: Elections::default(),
            pace,
        }
    }

    /// Plays given actions, and on up to `end`.
    pub(crate) fn replay(scenario: &Scenario, actions: &[(Time, Action)], end: Time) -> Self {
        let mut run = Self::begin(scenario.clone(), Dice(0), None);
        for (at, action) in actions {
            run.advance(*at);
            run.act(action.clone());
        }
        run.advance(end);
        run
    }

    /// The run so far, as text.
    pub(crate) fn text(&self) -> String {
        write_run(&self.scenario, &self.actions)
    }

    /// The property that was broken first.
    pub(crate) fn first_broken(&self) -> Option<Property> {
        Some(self.checker.violations().first()?.property())
    }

    /// Bad weather, until it ends or a property is broken.
    pub(crate) fn storm(&mut self) -> Result<(), String> {
        while self.world.now() < STORM && self.checker.violations().is_empty() {
            let more = self
                .parts
                .as_mut()
                .and_then(|dice| dice.chance(self.parts_every).then_some(dice));
            let action = match more {
                Some(dice) => parts_action(&self.world, dice, self.members),
                None => random_action(&self.world, &mut self.dice),
            };
            self.act(self.gentle(action));
            if let Some(dice) = self
                .sessions
                .as_mut()
                .and_then(|dice| dice.chance(50).then_some(dice))
            {
                let most = *dice.pick(&SESSIONS);
                self.act(Action::Configure(Setting::Sessions(most)));
            }
            // Mostly a little later, at times at once, at times after a while.
            let pause = match self.dice.below(10) {
                0..3 => 0,
                3..9 => self.dice.below(self.pace),
                _ => self.dice.below(self.pace * 10),
            };
            self.advance(self.world.now() + Time::ms(pause));
        }
        self.verdict()
    }

    /// A lease is good only while clocks keep to what is supposed of them. A timer that is made to
    /// run out is a clock that does not.
    fn gentle(&self, action: Action) -> Action {
        match action {
            _ if self.world.config().read != ReadMode::Lease => action,
            Action::Skew(id, rate) if rate != ClockRate::TRUE => {
                // At most as much faster than a true clock as leases suppose.
                let ticks = 4 + (self.world.timing().drift / 250) as u8;
                Action::Skew(id, ClockRate { ticks, per: 4 })
            }
            Action::Timeout(_) => Action::Heal(Link::All),
            action => action,
        }
    }

    /// The weather clears: a leader must be found, every log become the same, every client be
    /// answered.
    pub(crate) fn recover(&mut self) -> Result<(), String> {
        for action in [
            Action::Heal(Link::All),
            Action::Release(Link::All),
            Action::Configure(Setting::Loss(0)),
            Action::Configure(Setting::Duplicate(0)),
            Action::Configure(Setting::Disk(Time::ZERO, Time::ms(5))),
            Action::Configure(Setting::Latency(Time::ms(5), Time::ms(15))),
            // Clients that ask again faster than a leader sends (one entry with each heartbeat, in
            // some of these clusters) would keep it busy for ever.
            Action::Configure(Setting::Patience(Time::ms(1_000))),
        ] {
            self.act(action);
        }
        for id in self.world.ids().iter() {
            self.act(Action::Skew(id, ClockRate::TRUE));
            self.act(Action::SlowDisk(id, None));
            self.act(Action::Restart(id));
        }
        let answered: u32 = self.world.clients().iter().map(|c| c.answered).sum();
        for client in (1..=self.world.clients().len()).filter_map(ClientId::new) {
            let op = random_op(&mut self.dice);
            self.act(Action::Request(client, op));
        }
        let end = self.world.now() + RECOVERY;
        while !self.is_recovered(answered) {
            if self.world.now() >= end {
                return Err(format!("no recovery within {RECOVERY}"));
            }
            // Without a no-op a leader commits nothing old before it is asked for something new.
            if self.is_idle() {
                let op = random_op(&mut self.dice);
                self.act(Action::Request(ClientId::new(1).expect("C1"), op));
            }
            for action in members::tidying(&self.world) {
                self.act(action);
            }
            self.advance(self.world.now() + Time::ms(1000));
            self.verdict()?;
        }
        self.history.check().map_err(|anomaly| anomaly.to_string())
    }

    fn is_recovered(&self, answered: u32) -> bool {
        let (servers, members) = (self.world.servers(), self.world.configuration().members());
        let Some(leader) = self.world.leader() else {
            return false;
        };
        let log = self.world.server(leader).log();
        let now_answered: u32 = self.world.clients().iter().map(|c| c.answered).sum();
        self.is_idle()
            && now_answered > answered
            && servers
                .iter()
                .all(|server| server.is_up() && members.contains(server.id))
            && servers.iter().all(|server| {
                let commit = server.node().map(|node| node.commit_index());
                // Where their logs begin is each server's own affair.
                server.log().last() == log.last()
                    && server.log().common(log) == log.last_index()
                    && commit == Some(log.last_index())
            })
    }

    fn is_idle(&self) -> bool {
        let mut clients = self.world.clients().iter();
        clients.all(|client| client.current.is_none() && client.queue.is_empty())
    }

    fn verdict(&self) -> Result<(), String> {
        match self.checker.violations().first() {
            Some(violation) => Err(format!(
                "step {} at {}: {violation}",
                violation.step.0, violation.at
            )),
            None => Ok(()),
        }
    }

    fn advance(&mut self, until: Time) {
        while self.world.next_at().is_some_and(|at| at <= until)
            && self.checker.violations().is_empty()
        {
            self.world.step(&mut self.step);
            self.look();
        }
        self.world.wait_until(until);
    }

    /// Does what makes sense at the moment.
    fn act(&mut self, action: Action) {
        if self.world.act(&action, &mut self.step).is_ok() {
            self.look();
            self.actions.push((self.world.now(), action));
        }
    }

    fn look(&mut self) {
        self.checker.observe(&self.world, &self.step);
        self.history.note(&self.step);
        for fact in &self.step.facts {
            self.coverage
                .note(fact, &self.world, &self.checker, &mut self.elections);
        }
    }
}

fn random_scenario(seed: u64, dice: &mut Dice) -> Scenario {
    let servers = *dice.pick(&[3, 3, 3, 3, 5, 5, 5, 5, 1, 2, 4, 7]);
    let mut scenario = Scenario::new(servers, seed);
    scenario.clients = 1 + dice.below(3) as u8;
    let (low, high) = *dice.pick(&[(10, 20), (10, 20), (1, 50), (1, 100), (1, 300)]);
    scenario.faults.latency = (Time::ms(low), Time::ms(high));
    scenario.faults.loss = *dice.pick(&[0, 0, 50, 200]);
    scenario.faults.duplicate = *dice.pick(&[0, 0, 50, 200]);
    scenario.timing.patience = Time::ms(100 + dice.below(400));
    scenario.config.send = *dice.pick(&[
        SendPolicy::AtOnce,
        SendPolicy::OnHeartbeat,
        SendPolicy::Apart,
    ]);
    scenario.config.no_op = dice.chance(2);
    scenario.config.fast_backup = dice.chance(2);
    scenario.config.window = *dice.pick(&[0, 0, 2, 16]);
    scenario.config.batch = *dice.pick(&[1, 3, 64]);
    scenario.config.compact = *dice.pick(&[0, 0, 1, 4, 16]);
    let (low, high) = *dice.pick(&[(0, 0), (0, 0), (0, 5), (2, 40)]);
    scenario.timing.disk = (Time::ms(low), Time::ms(high));
    scenario.config.chunk = *dice.pick(&[1, 2, 8]);
    scenario
}

/// Parts of Raft beyond Figure 2.
fn add_parts(scenario: &mut Scenario, dice: &mut Dice) {
    scenario.config.pre_vote = dice.chance(2);
    scenario.config.check_quorum = dice.chance(2);
    scenario.config.read = *dice.pick(&[ReadMode::Log, ReadMode::Index, ReadMode::Lease]);
    scenario.timing.drift = *dice.pick(&[250, 1_000]);
    // Else reads may wait for a write that nobody wants.
    scenario.config.no_op |= scenario.config.read != ReadMode::Log;
}

/// How many sessions are kept; 0: clients are remembered for ever.
const SESSIONS: [u8; 5] = [0, 0, 1, 2, 3];

/// Whether runs without these rules are the same without sessions.
fn sessions_matter(off: &[Rule]) -> bool {
    off.iter().all(|rule| *rule == Rule::RefuseExpired)
}

fn random_action(world: &World, dice: &mut Dice) -> Action {
    let servers = world.ids();
    let (a, b) = (dice.server(servers), dice.server(servers));
    let link = match (a == b, dice.chance(2)) {
        (true, _) => Link::All,
        (false, true) => Link::OneWay(a, b),
        (false, false) => Link::Both(a, b),
    };
    match dice.below(26) {
        0..2 => Action::Crash(a),
        2 => Action::Crash(world.leader().unwrap_or(a)),
        3..7 => Action::Restart(a),
        7..9 if a != b => Action::Cut(link),
        9 => Action::Isolate(a),
        10 => Action::Isolate(world.leader().unwrap_or(a)),
        11 => Action::Partition(random_groups(servers, dice)),
        12..14 => Action::Heal(link),
        14 => Action::Heal(Link::All),
        15 if a != b => Action::Hold(link),
        16 => Action::Release(Link::All),
        17 => Action::Timeout(a),
        18 if dice.chance(4) => Action::Skew(
            a,
            ClockRate {
                ticks: 1 + dice.below(3) as u8,
                per: 1 + dice.below(3) as u8,
            },
        ),
        19 => Action::Compact(a),
        20 if dice.chance(4) => Action::SlowDisk(a, Some(Time::ms(dice.below(60)))),
        _ => {
            let client = 1 + dice.below(world.clients().len() as u64) as usize;
            let client = ClientId::new(client).expect("a client of the scenario");
            Action::Request(client, random_op(dice))
        }
    }
}

/// The reads that go wrong without a rule, if it is about reads.
fn missed_by_reads(rule: Rule) -> Option<ReadMode> {
    match rule {
        Rule::ConfirmReads | Rule::ReadAfterOwnTerm => Some(ReadMode::Index),
        Rule::LeaseBound => Some(ReadMode::Lease),
        _ => None,
    }
}

/// Something to do with those parts.
fn parts_action(world: &World, dice: &mut Dice, members: u64) -> Action {
    match dice.below(2 + members) {
        0 => Action::Transfer(dice.server(world.ids())),
        1 => {
            let client = ClientId::new(1 + dice.below(world.clients().len() as u64) as usize);
            let client = client.expect("a client of the scenario");
            let key = dice.pick(&["x", "y"]).parse().expect("a key");
            Action::Read(client, key, dice.server(world.ids()))
        }
        _ => members::action(world, dice),
    }
}

fn random_groups(servers: ServerSet, dice: &mut Dice) -> Vec<Group> {
    let mut groups = vec![Group::default(); 2];
    for id in servers.iter() {
        groups[dice.below(2) as usize].servers.insert(id);
    }
    let client = ClientId::new(1).expect("there is a first client");
    groups[dice.below(2) as usize].add_client(client);
    groups
}

fn random_op(dice: &mut Dice) -> Op {
    let key = dice.pick(&["x", "y"]).parse().expect("a key");
    let value = dice.below(4) as i32;
    match dice.below(8) {
        0 => Op::Get { key },
        1 => Op::Delete { key },
        2 => Op::CompareAndSet {
            key,
            old: value,
            new: value + 1,
        },
        3..6 => Op::Set { key, value },
        _ => Op::Add { key, amount: 1 },
    }
}

/// Luck for what is done from outside (the worlds have their own).
#[derive(Clone)]
struct Dice(u64);

impl Dice {
    /// SplitMix64 (Steele, Lea, Flood 2014).
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn chance(&mut self, one_in: u64) -> bool {
        self.below(one_in) == 0
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u64) as usize]
    }

    fn server(&mut self, servers: ServerSet) -> NodeId {
        let nth = self.below(servers.len() as u64) as usize;
        servers.iter().nth(nth).expect("there are so many")
    }
}

/// What must have happened at some time in some run, or the weather was too fair.
pub(crate) const SOMETIMES: [&str; 80] = [
    "a leader was elected",
    "a server lost its disk",
    "a server stood for election",
    "a vote was split",
    "a vote was refused: given already",
    "a vote was refused: the log is behind",
    "a vote was refused: an old term",
    "an old vote was ignored",
    "a server asked before it stood",
    "a pre-vote was refused: there is a leader",
    "a pre-vote was refused: the log is behind",
    "a pre-vote was won",
    "a follower's loyalty ended",
    "a request for a vote was disregarded",
    "a leader heard from no majority",
    "a leader began to hand over",
    "a server stood because its leader told it",
    "a transfer was over too late",
    "a transfer was called off",
    "a request came during a transfer",
    "a leader noted a read's index",
    "a leader with a lease asked nobody",
    "a lease ended",
    "a read waited for an entry of the leader's own term",
    "a leader was confirmed for its reads",
    "a follower asked for a read's index",
    "a follower had to wait before it served a read",
    "a read was given up",
    "an index came for a read that was over",
    "entries were refused: the one before is missing",
    "entries were refused: the one before differs",
    "entries were refused: an old term",
    "an old acknowledgement was ignored",
    "an acknowledgement came to a deposed leader",
    "a refusal was overtaken",
    "conflicting entries were deleted",
    "a leader or candidate stepped down",
    "a candidate followed another",
    "an entry of an old term waited on a majority",
    "a leader committed after its successor was elected",
    "a client was sent to the leader",
    "nobody knew of a leader",
    "a client gave up waiting",
    "a client asked again",
    "a repeated request was committed",
    "a client was answered",
    "a session was opened",
    "a session expired",
    "a request of an expired session was refused",
    "a repeated request of an expired session was refused",
    "a client was told that its session had expired",
    "a packet was lost",
    "a log was compacted",
    "a snapshot was needed",
    "a snapshot was refused: an old term",
    "a snapshot was installed",
    "a snapshot was not needed: committed already",
    "a snapshot was not needed: the log held it",
    "a piece of a snapshot waited for more",
    "a piece of a snapshot was not the next",
    "a piece came of an earlier snapshot",
    "an answer about a snapshot came too late",
    "a server started from its snapshot",
    "a crash came in the middle of a write",
    "a crash tore an entry",
    "a crash tore a snapshot",
    "a server was switched on",
    "a server was taken away",
    "a change had to wait for an entry of the leader's term",
    "a change had to wait for the configuration before",
    "new servers caught up in the first round",
    "new servers caught up in a later round",
    "a change was abandoned: the leader led no longer",
    "a change was abandoned: no progress",
    "a configuration was adopted",
    "a configuration was rolled back",
    "a leader was elected by both majorities",
    "a joint configuration was committed by both majorities",
    "a leader was removed",
    "a server without a vote did not stand",
];

/// How often each of [`SOMETIMES`] happened.
#[derive(Clone)]
pub(crate) struct Coverage([u64; SOMETIMES.len()]);

impl Default for Coverage {
    fn default() -> Self {
        Self([0; SOMETIMES.len()])
    }
}

impl Coverage {
    pub(crate) fn add(&mut self, other: &Self) {
        for (count, more) in self.0.iter_mut().zip(other.0) {
            *count += more;
        }
    }

    pub(crate) fn counts(&self) -> impl Iterator<Item = (&'static str, u64)> {
        SOMETIMES.into_iter().zip(self.0)
    }

    fn note(&mut self, fact: &Fact, world: &World, checker: &Checker, elections: &mut Elections) {
        let what = match fact {
            Fact::Raft { server, event } => {
                let term = world.find(*server).map_or(Term(0), |server| server.term());
                self.count(members::of_event(event));
                if elections.note(event) {
                    self.count("a vote was split");
                }
                of_event(event, term < elections.led)
            }
            Fact::Redirected { leader, .. } if leader.is_some() => {
                "a client was sent to the leader"
            }
            Fact::Redirected { .. } => "nobody knew of a leader",
            Fact::GaveUpWaiting { .. } => "a client gave up waiting",
            Fact::Asked { attempt, .. } if *attempt > 1 => "a client asked again",
            Fact::Answered { .. } => "a client was answered",
            Fact::Executed { index, answer, .. } => {
                let effect = checker
                    .ghost()
                    .at(*index)
                    .and_then(|settled| settled.effect);
                let repeat = effect.is_some_and(|effect| effect.repeat);
                match (repeat, answer) {
                    (true, Answer::Expired) => {
                        "a repeated request of an expired session was refused"
                    }
                    (false, Answer::Expired) => "a request of an expired session was refused",
                    (true, _) => "a repeated request was committed",
                    (false, _) => "",
                }
            }
            Fact::Expired { .. } => "a client was told that its session had expired",
            Fact::Wiped { .. } => "a server lost its disk",
            Fact::SessionOpened { .. } => "a session was opened",
            Fact::SessionEnded { .. } => "a session expired",
            Fact::Lost { .. } => "a packet was lost",
            Fact::Joined { .. } => "a server was switched on",
            Fact::Retired { .. } => "a server was taken away",
            Fact::WriteCut { .. } => "a crash came in the middle of a write",
            Fact::RecordDropped { record, .. } => match record {
                Record::Entry(_) => "a crash tore an entry",
                Record::Snapshot => "a crash tore a snapshot",
                Record::TermAndVote | Record::Trim => "",
            },
            Fact::Restarted { server }
                if world.server(*server).log().snapshot().last.index > LogIndex(0) =>
            {
                "a server started from its snapshot"
            }
            _ => "",
        };
        self.count(what);
    }

    fn count(&mut self, what: &str) {
        if let Some(place) = SOMETIMES.iter().position(|name| *name == what) {
            self.0[place] += 1;
        }
    }
}

/// What is remembered of the elections of a run.
#[derive(Clone, Default)]
struct Elections {
    /// The latest term that had a leader.
    led: Term,
    /// The latest term that anybody stood in, and how many did.
    stood: (Term, u32),
}

impl Elections {
    /// Takes note, and says whether an election is over that was split: two candidates or more,
    /// and no leader.
    fn note(&mut self, event: &Event) -> bool {
        match *event {
            Event::BecameLeader { term, .. } => self.led = self.led.max(term),
            Event::ElectionStarted { term, .. } if term == self.stood.0 => self.stood.1 += 1,
            Event::ElectionStarted { term, .. } if term > self.stood.0 => {
                let split = self.stood.1 > 1 && self.led < self.stood.0;
                self.stood = (term, 1);
                return split;
            }
            _ => {}
        }
        false
    }
}

fn of_event(event: &Event, deposed: bool) -> &'static str {
    match event {
        Event::BecameLeader { .. } => "a leader was elected",
        Event::ElectionStarted {
            reason: Campaign::Welcome { .. },
            ..
        } => "a pre-vote was won",
        Event::ElectionStarted {
            reason: Campaign::Told { .. },
            ..
        } => "a server stood because its leader told it",
        Event::ReadNoted { how, .. } => match how {
            Reading::Lease => "a leader with a lease asked nobody",
            _ => "a leader noted a read's index",
        },
        Event::LeaseEnded => "a lease ended",
        Event::ReadHeld { .. } => "a read waited for an entry of the leader's own term",
        Event::ReadsConfirmed { .. } => "a leader was confirmed for its reads",
        Event::ReadAsked { .. } => "a follower asked for a read's index",
        Event::ReadIndexKnown { index, applied, .. } if index > applied => {
            "a follower had to wait before it served a read"
        }
        Event::ReadGivenUp { .. } => "a read was given up",
        Event::HandingOver { .. } => "a request came during a transfer",
        Event::TransferStarted { .. } => "a leader began to hand over",
        Event::NotTransferred { reason, .. } => match reason {
            TransferError::Cancelled => "a transfer was called off",
            TransferError::TooLate => "a transfer was over too late",
            _ => "",
        },
        Event::ElectionStarted { .. } => "a server stood for election",
        Event::PreVoteStarted { .. } => "a server asked before it stood",
        Event::PreVoteDenied { reason, .. } => match reason {
            VoteRejected::LeaderAlive { .. } => "a pre-vote was refused: there is a leader",
            VoteRejected::LogBehind { .. } => "a pre-vote was refused: the log is behind",
            _ => "",
        },
        Event::MinElectionTimeoutEnded { .. } => "a follower's loyalty ended",
        Event::VoteDenied { reason, .. } => match reason {
            VoteRejected::AlreadyVoted { .. } => "a vote was refused: given already",
            VoteRejected::LeaderAlive { .. } => "",
            VoteRejected::LogBehind { .. } => "a vote was refused: the log is behind",
            VoteRejected::OldTerm { .. } => "a vote was refused: an old term",
        },
        Event::AppendRefused { reason, .. } => match reason {
            AppendRejected::PreviousMissing { .. } => {
                "entries were refused: the one before is missing"
            }
            AppendRejected::PreviousDiffers { .. } => {
                "entries were refused: the one before differs"
            }
            AppendRejected::OldTerm { .. } => "entries were refused: an old term",
        },
        Event::Ignored { reason, .. } => match reason {
            IgnoreReason::OldTerm { .. } => "an old acknowledgement was ignored",
            IgnoreReason::ElectionOver => "an old vote was ignored",
            IgnoreReason::Overtaken => "a refusal was overtaken",
            IgnoreReason::LeaderAlive { .. } => "a request for a vote was disregarded",
            IgnoreReason::LeadsNoLonger => "an acknowledgement came to a deposed leader",
            IgnoreReason::EarlierSnapshot => "a piece came of an earlier snapshot",
            IgnoreReason::NotSending => "an answer about a snapshot came too late",
            IgnoreReason::OtherPiece { .. } => "a piece of a snapshot was not the next",
            IgnoreReason::ReadOver => "an index came for a read that was over",
            IgnoreReason::NoVoter | IgnoreReason::RivalLeader => "",
        },
        Event::Compacted { .. } => "a log was compacted",
        Event::SnapshotNeeded { .. } => "a snapshot was needed",
        Event::SnapshotRefused { .. } => "a snapshot was refused: an old term",
        Event::SnapshotInstalled { .. } => "a snapshot was installed",
        Event::SnapshotUnneeded { reason, .. } => match reason {
            Unneeded::Committed { .. } => "a snapshot was not needed: committed already",
            Unneeded::Held => "a snapshot was not needed: the log held it",
        },
        Event::PieceStored { .. } => "a piece of a snapshot waited for more",
        Event::EntriesDeleted { .. } => "conflicting entries were deleted",
        Event::SteppedDown {
            reason: StepDown::HigherTerm { .. },
        } => "a leader or candidate stepped down",
        Event::SteppedDown {
            reason: StepDown::NoQuorum { .. },
        } => "a leader heard from no majority",
        Event::SteppedDown { .. } => "a candidate followed another",
        Event::CommitWaits { .. } => "an entry of an old term waited on a majority",
        Event::Committed { .. } if deposed => "a leader committed after its successor was elected",
        _ => "",
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, times) in self.counts() {
            writeln!(f, "{times:>10}  {what}")?;
        }
        Ok(())
    }
}
