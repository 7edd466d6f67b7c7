//! What a link holds: a scenario, actions, and the moment that is looked at.

use super::super::bookmarks::{Bookmark, MAX_BOOKMARKS};
use super::super::branches::{Kept, MAX_BRANCHES};
use super::wire::{Reader, Wire};
use crate::raft::{ReadMode, Rule, SendPolicy};
use crate::sim::{Action, Scenario, Setting, Time};

/// A run, as links hold it.
pub(super) struct Content {
    pub(super) scenario: Scenario,
    /// Each action with its time.
    pub(super) actions: Vec<(Time, Action)>,
    pub(super) cursor: Time,
    /// What follows the cursor where there are branches or bookmarks; a page of before does not read so far.
    pub(super) rest: Option<Rest>,
}

/// Where the run goes on beyond the cursor, the branches beside it, and the bookmarks.
pub(super) struct Rest {
    pub(super) head: Time,
    pub(super) branches: Vec<Kept>,
    pub(super) bookmarks: Vec<Bookmark>,
}

impl Rest {
    fn fits(&self) -> bool {
        self.branches.len() <= MAX_BRANCHES && self.bookmarks.len() <= MAX_BOOKMARKS
    }
}

impl Wire for Rest {
    fn put(&self, out: &mut Vec<u8>) {
        self.head.put(out);
        self.branches.put(out);
        self.bookmarks.put(out);
    }

    fn take(from: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            head: from.take()?,
            branches: from.take()?,
            bookmarks: from.take()?,
        })
    }
}

impl Wire for Bookmark {
    fn put(&self, out: &mut Vec<u8>) {
        self.at.put(out);
        self.name.put(out);
    }

    fn take(from: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            at: from.take()?,
            name: from.take()?,
        })
    }
}

/// Each action with the time since the one before, or since the beginning.
impl Wire for Kept {
    fn put(&self, out: &mut Vec<u8>) {
        (self.shared as u64).put(out);
        since(&self.others).put(out);
        self.head.put(out);
        self.name.put(out);
    }

    fn take(from: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            shared: from.number()?.try_into().ok()?,
            others: at(from.take()?),
            head: from.take()?,
            name: from.take()?,
        })
    }
}

/// Each action with the time since the one before.
pub(super) fn since(actions: &[(Time, Action)]) -> Vec<(Time, Action)> {
    let mut before = Time::ZERO;
    let actions = actions.iter().map(|(at, action)| {
        let since = *at - before;
        before = *at;
        (since, action.clone())
    });
    actions.collect()
}

/// Each action with its time.
pub(super) fn at(since: Vec<(Time, Action)>) -> Vec<(Time, Action)> {
    let mut at = Time::ZERO;
    let actions = since.into_iter().map(|(since, action)| {
        at = at + since;
        (at, action)
    });
    actions.collect()
}

/// The settings of a link that does not give them. They never change: where the defaults of the
/// page do, links give more settings. A setting that is not among them is always given.
fn unless_given() -> [Setting; 19] {
    [
        Setting::Election(Time::ms(150), Time::ms(300)),
        Setting::Heartbeat(Time::ms(50)),
        Setting::Patience(Time::ms(400)),
        Setting::Latency(Time::ms(10), Time::ms(20)),
        Setting::Loss(0),
        Setting::Duplicate(0),
        Setting::Send(SendPolicy::OnHeartbeat),
        Setting::NoOp(true),
        Setting::FastBackup(true),
        Setting::PreVote(false),
        Setting::CheckQuorum(false),
        Setting::Read(ReadMode::Log),
        Setting::Drift(250),
        Setting::Batch(64),
        Setting::Window(0),
        Setting::Compact(0),
        Setting::Chunk(8),
        Setting::Sessions(0),
        Setting::Disk(Time::ZERO, Time::ZERO),
    ]
}

impl Wire for Content {
    fn put(&self, out: &mut Vec<u8>) {
        let scenario = &self.scenario;
        scenario.servers.put(out);
        scenario.members.put(out);
        scenario.clients.put(out);
        scenario.seed.put(out);
        let mut settings = scenario.settings().to_vec();
        settings.retain(|setting| !unless_given().contains(setting));
        settings.put(out);
        let off: Vec<Rule> = scenario.config.rules.off().collect();
        off.put(out);
        scenario.disks.put(out);
        scenario.workloads.put(out);
        since(&self.actions).put(out);
        self.cursor.put(out);
        if let Some(rest) = &self.rest {
            rest.put(out);
        }
    }

    fn take(from: &mut Reader<'_>) -> Option<Self> {
        let mut scenario = take_start(from)?;
        let given: Vec<Setting> = from.take()?;
        for setting in unless_given().into_iter().chain(given) {
            scenario.set(setting);
        }
        let off: Vec<Rule> = from.take()?;
        for rule in off {
            scenario.config.rules.set(rule, false);
        }
        scenario.disks = from.take()?;
        scenario.workloads = from.take()?;
        let (actions, cursor) = (at(from.take()?), from.take()?);
        let rest = match from.rest {
            [] => None,
            _ => Some(from.take::<Rest>()?),
        };
        Some(Self {
            scenario,
            actions,
            cursor,
            rest: rest.filter(Rest::fits),
        })
    }
}

impl Content {
    /// The branches, if there are any.
    pub(super) fn branches(&self) -> impl Iterator<Item = &Kept> {
        self.rest.iter().flat_map(|rest| &rest.branches)
    }

    /// Whether a branch can go on where it says it does.
    pub(super) fn bears(&self, branch: &Kept) -> bool {
        let Some(stem) = self.actions.get(..branch.shared) else {
            return false;
        };
        let next = branch.others.first();
        let grows = stem
            .last()
            .zip(next)
            .is_none_or(|(last, next)| last.0 <= next.0);
        grows && (next.is_some() || self.actions.len() > branch.shared)
    }

    /// The last moment of all that it tells of.
    pub(super) fn end(&self) -> Time {
        let last = |actions: &[(Time, Action)]| actions.last().map_or(Time::ZERO, |(at, _)| *at);
        let rest = self.rest.iter().map(|rest| rest.head);
        let branches = self.branches();
        let branches = branches.map(|branch| last(&branch.others).max(branch.head));
        let own = last(&self.actions).max(self.cursor);
        rest.chain(branches).fold(own, Time::max)
    }
}

/// How every version begins: who is there, and the seed.
fn take_start(from: &mut Reader<'_>) -> Option<Scenario> {
    Some(Scenario {
        servers: from.take()?,
        members: from.take()?,
        clients: from.take()?,
        seed: from.take()?,
        ..Scenario::default()
    })
}

impl Content {
    /// Reads what links of version 3 and older hold: all settings of their time, in order. Those of
    /// version 2 come from before there were sessions.
    pub(super) fn take_old(version: u8, from: &mut Reader<'_>) -> Option<Self> {
        let sessions = if version < 3 { 0 } else { from.take()? };
        let mut scenario = take_start(from)?;
        let mut settings = vec![Setting::Election(from.take()?, from.take()?)];
        settings.push(Setting::Heartbeat(from.take()?));
        settings.push(Setting::Patience(from.take()?));
        settings.push(Setting::Disk(from.take()?, from.take()?));
        settings.push(Setting::Drift(from.take()?));
        settings.push(Setting::Latency(from.take()?, from.take()?));
        settings.push(Setting::Loss(from.take()?));
        settings.push(Setting::Duplicate(from.take()?));
        settings.push(Setting::Send(from.take()?));
        settings.push(Setting::NoOp(from.take()?));
        settings.push(Setting::FastBackup(from.take()?));
        settings.push(Setting::PreVote(from.take()?));
        settings.push(Setting::CheckQuorum(from.take()?));
        settings.push(Setting::Read(from.take()?));
        settings.push(Setting::Batch(from.take()?));
        settings.push(Setting::Window(from.take()?));
        settings.push(Setting::Compact(from.take()?));
        settings.push(Setting::Chunk(from.take()?));
        settings.push(Setting::Sessions(sessions));
        for setting in settings {
            scenario.set(setting);
        }
        // A bit for each rule, by its number.
        let off = from.number()?;
        for number in (0..64).filter(|number| off & 1 << number != 0) {
            let mut id = Reader {
                rest: &[number],
                long_keys: false,
            };
            scenario.config.rules.set(id.take()?, false);
        }
        scenario.disks = from.take()?;
        scenario.workloads = from.take()?;
        Some(Self {
            scenario,
            actions: at(from.take()?),
            cursor: from.take()?,
            rest: None,
        })
    }
}
