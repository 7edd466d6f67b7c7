//! What a link holds: a scenario, actions, and the moment that is looked at.

use super::wire::{Reader, Wire};
use crate::raft::{ReadMode, Rule, SendPolicy};
use crate::sim::{Action, Scenario, Setting, Time};

/// A run, as links hold it.
pub(super) struct Content {
    pub(super) scenario: Scenario,
    /// Each action with the time since the one before.
    pub(super) actions: Vec<(Time, Action)>,
    pub(super) cursor: Time,
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
        self.actions.put(out);
        self.cursor.put(out);
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
        Some(Self {
            scenario,
            actions: from.take()?,
            cursor: from.take()?,
        })
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
            actions: from.take()?,
            cursor: from.take()?,
        })
    }
}
