//! Shrinking: the shortest schedule that breaks the same property.
//!
//! It tries one change after another on the schedule: remove an action, round a wait, remove a
//! server. It keeps a change if the same property still breaks. It ends when no change helps any more
//! (delta debugging, Zeller and Hildebrandt 2002).

use super::Find;
use super::walk::Schedule;
use crate::check::Violation;
use crate::kv::Op;
use crate::sim::text::parse_action;
use crate::sim::{Action, Scenario, Setting, Time};

/// A schedule that is being shrunk.
#[derive(Clone, Debug)]
pub struct Shrink {
    best: Schedule,
    violation: Violation,
    /// The number of actions at the start.
    length: usize,
    /// The kind of change that is tried next, and its number within that kind.
    pass: usize,
    nth: usize,
    /// Whether a change has helped in this round over all kinds.
    helped: bool,
}

/// A kind of change: returns the `nth` change of its kind, or none if there are fewer.
type Pass = fn(&Schedule, usize) -> Option<Try>;

/// One change.
enum Try {
    /// It would change nothing.
    Nothing,
    /// The changed schedule.
    This(Schedule),
}

const PASSES: &[Pass] = &[
    fewer_actions,
    fewer_servers,
    two_actions_less,
    fewer_clients,
    plain_settings,
    plain_requests,
    simpler_actions,
    round_waits,
    names_in_order,
];

/// How much longer a changed schedule is played than the original.
const SLACK: Time = Time::ms(1_000);

impl Shrink {
    /// Starts with a find.
    pub fn new(found: Schedule, violation: Violation) -> Self {
        Self {
            length: found.actions.len(),
            best: found,
            violation,
            pass: 0,
            nth: 0,
            helped: false,
        }
    }

    /// Tries one change. Returns the number of steps that it took.
    pub fn work(&mut self) -> u64 {
        let Some(pass) = PASSES.get(self.pass) else {
            return 0;
        };
        match pass(&self.best, self.nth) {
            Some(Try::This(schedule)) => return self.attempt(schedule),
            Some(Try::Nothing) => self.nth += 1,
            None => {
                (self.pass, self.nth) = (self.pass + 1, 0);
                if self.pass == PASSES.len() && self.helped {
                    (self.pass, self.helped) = (0, false);
                }
            }
        }
        0
    }

    fn attempt(&mut self, mut schedule: Schedule) -> u64 {
        schedule.end = schedule.end + SLACK;
        let walk = schedule.play();
        let property = self.violation.property();
        match walk
            .violation()
            .filter(|broken| broken.property() == property)
        {
            Some(violation) => {
                self.violation = *violation;
                // Actions that were refused, or that came too late, are dropped.
                self.best = walk.schedule();
                self.helped = true;
            }
            None => self.nth += 1,
        }
        walk.steps()
    }

    /// The result, once no change helps any more.
    pub fn done(&self) -> Option<Find> {
        (self.pass == PASSES.len()).then(|| Find {
            schedule: self.best.clone(),
            violation: self.violation,
            length: self.length,
        })
    }
}

impl Schedule {
    /// The same schedule without some of its actions.
    fn without(&self, leave_out: impl Fn(usize) -> bool) -> Self {
        let mut schedule = self.clone();
        let mut nth = 0;
        schedule.actions.retain(|_| {
            nth += 1;
            !leave_out(nth - 1)
        });
        schedule
    }

    /// The same schedule with one action changed.
    fn with(&self, nth: usize, action: Action) -> Try {
        if self.actions[nth].1 == action {
            return Try::Nothing;
        }
        let mut schedule = self.clone();
        schedule.actions[nth].1 = action;
        Try::This(schedule)
    }

    /// The same schedule with another scenario.
    fn beginning(&self, scenario: Scenario) -> Try {
        if scenario == self.scenario {
            return Try::Nothing;
        }
        Try::This(Self {
            scenario,
            ..self.clone()
        })
    }

    /// The same schedule with renumbered servers. Actions on a server without a number are dropped.
    fn renamed(&self, scenario: Scenario, number: impl Fn(usize) -> Option<usize>) -> Self {
        let actions = self.actions.iter().filter_map(|(at, action)| {
            let text = rename(&action.to_string(), &number);
            let text = match action {
                // A group of a partition just loses the server.
                Action::Partition(_) => text.replace(GONE, ""),
                _ => text,
            };
            Some((*at, parse_action(&text).ok()?))
        });
        Self {
            scenario,
            actions: actions.collect(),
            end: self.end,
        }
    }
}

/// Removes half of the actions, a quarter, ..., one.
fn fewer_actions(schedule: &Schedule, nth: usize) -> Option<Try> {
    let count = schedule.actions.len();
    let mut size = count.div_ceil(2);
    let mut first = 0;
    while size > 0 {
        let pieces = count.div_ceil(size);
        if nth < first + pieces {
            // From the end: the rest depends least on the last actions.
            let start = (pieces - 1 - (nth - first)) * size;
            let piece = start..start + size;
            return Some(Try::This(schedule.without(|nth| piece.contains(&nth))));
        }
        (first, size) = (first + pieces, size / 2);
    }
    None
}

/// Removes two actions at once: a crash and the restart after it.
fn two_actions_less(schedule: &Schedule, nth: usize) -> Option<Try> {
    let count = schedule.actions.len();
    let (one, other) = (nth.checked_div(count)?, nth % count);
    if one >= count {
        return None;
    }
    if one >= other {
        return Some(Try::Nothing);
    }
    let pair = [one, other];
    Some(Try::This(schedule.without(|nth| pair.contains(&nth))))
}

/// Removes a server, and renumbers those after it.
fn fewer_servers(schedule: &Schedule, nth: usize) -> Option<Try> {
    let gone = usize::from(schedule.scenario.servers).checked_sub(nth)?;
    if gone == 0 || schedule.scenario.servers == 1 {
        return None;
    }
    let mut scenario = schedule.scenario.clone();
    scenario.servers -= 1;
    let number = |old: usize| (old != gone).then(|| old - usize::from(old > gone));
    Some(Try::This(schedule.renamed(scenario, number)))
}

/// Renumbers the servers in the order of the first action on each.
fn names_in_order(schedule: &Schedule, nth: usize) -> Option<Try> {
    let actions = schedule.actions.iter();
    let named = actions.flat_map(|(_, action)| numbers(&action.to_string()));
    let mut order: Vec<usize> = Vec::new();
    for number in named.chain(1..=schedule.scenario.servers.into()) {
        if !order.contains(&number) {
            order.push(number);
        }
    }
    // Servers that join later have higher numbers than the founders.
    if nth > 0 || order.is_sorted() || order.len() > schedule.scenario.servers.into() {
        return None;
    }
    let number = |old| {
        order
            .iter()
            .position(|number| *number == old)
            .map(|place| place + 1)
    };
    Some(Try::This(
        schedule.renamed(schedule.scenario.clone(), number),
    ))
}

/// Marks a server without a number. The grammar does not read it.
const GONE: &str = "S?";

/// The text of an action with renumbered servers. The grammar writes servers the same way in every
/// action, so this code knows no action.
fn rename(text: &str, mut number: impl FnMut(usize) -> Option<usize>) -> String {
    let mut renamed = String::new();
    let mut word = false;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let digit = letters.peek().and_then(|next| next.to_digit(10));
        match digit.filter(|_| letter == 'S' && !word) {
            Some(digit) => {
                letters.next();
                match number(digit as usize) {
                    Some(number) => renamed.push_str(&format!("S{number}")),
                    None => renamed.push_str(GONE),
                }
            }
            None => renamed.push(letter),
        }
        word = letter.is_ascii_alphanumeric();
    }
    renamed
}

/// The numbers of the servers in the text of an action.
fn numbers(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    rename(text, |number| {
        found.push(number);
        Some(number)
    });
    found
}

/// Removes a client.
fn fewer_clients(schedule: &Schedule, nth: usize) -> Option<Try> {
    let mut scenario = schedule.scenario.clone();
    scenario.clients = scenario.clients.checked_sub(1)?;
    (nth == 0).then(|| schedule.beginning(scenario))
}

/// Gives a setting its default. Durations stay, because the times of the actions depend on them.
fn plain_settings(schedule: &Schedule, nth: usize) -> Option<Try> {
    let plain = Scenario::new(schedule.scenario.servers, schedule.scenario.seed);
    let setting = *plain.settings().get(nth)?;
    if let Setting::Election(..)
    | Setting::Heartbeat(_)
    | Setting::Latency(..)
    | Setting::Patience(_)
    | Setting::Send(_) = setting
    {
        return Some(Try::Nothing);
    }
    let mut scenario = schedule.scenario.clone();
    scenario.set(setting);
    Some(schedule.beginning(scenario))
}

/// Replaces a request by a plain write.
fn plain_requests(schedule: &Schedule, nth: usize) -> Option<Try> {
    let (_, action) = schedule.actions.get(nth)?;
    let Action::Request(client, _) = action else {
        return Some(Try::Nothing);
    };
    let before = schedule.actions[..nth].iter();
    let before = before.filter(|(_, action)| matches!(action, Action::Request(..)));
    let op = Op::Set {
        key: "x".parse().ok()?,
        value: before.count() as i32 + 1,
    };
    Some(schedule.with(nth, Action::Request(*client, op)))
}

/// Replaces an action by a simpler one.
fn simpler_actions(schedule: &Schedule, nth: usize) -> Option<Try> {
    let (_, action) = schedule.actions.get(nth)?;
    let simpler = match action {
        Action::Partition(groups) => {
            let alone = groups.iter().find(|group| group.servers.len() == 1);
            let alone = alone.and_then(|group| group.servers.iter().next());
            alone.map(Action::Isolate)
        }
        _ => None,
    };
    Some(simpler.map_or(Try::Nothing, |simpler| schedule.with(nth, simpler)))
}

/// Waits, the preferred ones first: none, then long enough for all packets to arrive.
const WAITS: [Time; 11] = [
    Time::ZERO,
    Time::ms(100),
    Time::ms(200),
    Time::ms(10),
    Time::ms(20),
    Time::ms(30),
    Time::ms(40),
    Time::ms(50),
    Time::ms(60),
    Time::ms(80),
    Time::ms(300),
];

/// Replaces a wait by a preferred one.
fn round_waits(schedule: &Schedule, nth: usize) -> Option<Try> {
    let (place, better) = (nth / WAITS.len(), WAITS[nth % WAITS.len()]);
    let (at, _) = *schedule.actions.get(place)?;
    let before = match place {
        0 => Time::ZERO,
        _ => schedule.actions[place - 1].0,
    };
    let wait = at - before;
    let rank = |wait| WAITS.iter().position(|other| *other == wait);
    if rank(wait).is_some_and(|rank| rank <= nth % WAITS.len()) {
        return Some(Try::Nothing);
    }
    let shift = |time: Time| Time((time.0 + better.0).saturating_sub(wait.0));
    let mut schedule = schedule.clone();
    for (at, _) in &mut schedule.actions[place..] {
        *at = shift(*at);
    }
    schedule.end = shift(schedule.end);
    Some(Try::This(schedule))
}
