//! Settings and their values.

use std::ops::RangeInclusive;
use std::str::FromStr;

use super::verbs::did_you_mean;

use crate::raft::{Config, ReadMode, SendPolicy};
use crate::sim::disk::LONGEST_WRITE;
use crate::sim::scenario::Setting;
use crate::sim::time::Time;

impl FromStr for Setting {
    type Err = String;

    /// Reads `loss=5%`.
    fn from_str(word: &str) -> Result<Self, String> {
        setting(word)
    }
}

fn setting(word: &str) -> Result<Setting, String> {
    let (name, value) = word
        .split_once('=')
        .ok_or_else(|| format!("\"{word}\" lacks its =: write heartbeat=50ms"))?;
    let number = |range: RangeInclusive<u16>| match value.parse::<u16>() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => {
            let (low, high) = range.into_inner();
            Err(format!(
                "{name} is a number from {low} to {high}, not \"{value}\""
            ))
        }
    };
    // Where 0 means "off", the word is written.
    let or_off = |range: RangeInclusive<u16>| number(1..=*range.end());
    Ok(match name {
        "batch" => Setting::Batch(number(Config::BATCH)?),
        "check-quorum" => Setting::CheckQuorum(on_or_off(value)?),
        "chunk" => Setting::Chunk(number(Config::CHUNK)?),
        "compact" if value == "off" => Setting::Compact(0),
        "compact" => Setting::Compact(or_off(Config::COMPACT)?),
        "disk" => {
            let (low, high) = range(value)?;
            Setting::Disk(low, at_most(high, LONGEST_WRITE)?)
        }
        "drift" => Setting::Drift(per_mille(value)?),
        "duplicate" => Setting::Duplicate(per_mille(value)?),
        "fast-backup" => Setting::FastBackup(on_or_off(value)?),
        "heartbeat" => Setting::Heartbeat(at_least(value.parse()?, Time::ms(1))?),
        "latency" => {
            let (low, high) = range(value)?;
            Setting::Latency(at_least(low, Time(1))?, high)
        }
        "loss" => Setting::Loss(per_mille(value)?),
        "no-op" => Setting::NoOp(on_or_off(value)?),
        "patience" => Setting::Patience(at_least(value.parse()?, Time::ms(1))?),
        "prevote" => Setting::PreVote(on_or_off(value)?),
        "read" => Setting::Read(match value {
            "index" => ReadMode::Index,
            "lease" => ReadMode::Lease,
            "log" => ReadMode::Log,
            _ => return Err(format!("read is log, index or lease, not \"{value}\"")),
        }),
        "send" => Setting::Send(match value {
            "apart" => SendPolicy::Apart,
            "at-once" => SendPolicy::AtOnce,
            "heartbeat" => SendPolicy::OnHeartbeat,
            _ => {
                return Err(format!(
                    "send is heartbeat, at-once or apart, not \"{value}\""
                ));
            }
        }),
        "sessions" if value == "off" => Setting::Sessions(0),
        "sessions" => Setting::Sessions(or_off(Config::SESSIONS)? as u8),
        "timeout" => {
            let (low, high) = range(value)?;
            Setting::Election(at_least(low, Time::ms(1))?, high)
        }
        "window" => Setting::Window(number(Config::WINDOW)?),
        _ => {
            let names = || SETTINGS.iter().map(|(name, _)| *name);
            let all = names().collect::<Vec<_>>().join(", ");
            let near = did_you_mean(name, names());
            return Err(format!("\"{name}\" is no setting; there are {all}{near}"));
        }
    })
}

/// The settings, each with a value it may have.
pub(super) const SETTINGS: &[(&str, &str)] = &[
    ("batch", "64"),
    ("check-quorum", "on"),
    ("chunk", "8"),
    ("compact", "100"),
    ("disk", "2..5ms"),
    ("drift", "25%"),
    ("duplicate", "2%"),
    ("fast-backup", "on"),
    ("heartbeat", "50ms"),
    ("latency", "10..20ms"),
    ("loss", "5%"),
    ("no-op", "on"),
    ("patience", "400ms"),
    ("prevote", "on"),
    ("read", "index"),
    ("send", "at-once"),
    ("sessions", "3"),
    ("timeout", "150..300ms"),
    ("window", "16"),
];

pub(super) fn at_least(time: Time, least: Time) -> Result<Time, String> {
    if time < least {
        Err(format!("{time} is too short: {least} at least"))
    } else {
        Ok(time)
    }
}

pub(super) fn at_most(time: Time, most: Time) -> Result<Time, String> {
    if time > most {
        Err(format!("{time} is too long: {most} at most"))
    } else {
        Ok(time)
    }
}

/// `150..300ms`, or one time for a range of one.
pub(super) fn range(value: &str) -> Result<(Time, Time), String> {
    let Some((low, high)) = value.split_once("..") else {
        let time = value.parse()?;
        return Ok((time, time));
    };
    let unit = high.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let bare = low.ends_with(|c: char| c.is_ascii_digit());
    let low: Time = if bare {
        format!("{low}{unit}").parse()?
    } else {
        low.parse()?
    };
    let high: Time = high.parse()?;
    if low > high {
        return Err(format!(
            "\"{value}\" is no range: {low} is more than {high}"
        ));
    }
    Ok((low, high))
}

/// `5%` or `0.5%`, as so many in 1000.
pub(super) fn per_mille(value: &str) -> Result<u16, String> {
    let wrong = || format!("\"{value}\" is no share: write 5% or 0.5%, up to 100%");
    let number = value.strip_suffix('%').ok_or_else(wrong)?;
    let (whole, tenth) = number.split_once('.').unwrap_or((number, "0"));
    let whole: u16 = whole.parse().map_err(|_| wrong())?;
    let tenth: u16 = tenth
        .parse()
        .ok()
        .filter(|tenth| *tenth < 10)
        .ok_or_else(wrong)?;
    let share = whole
        .checked_mul(10)
        .and_then(|share| share.checked_add(tenth));
    share.filter(|share| *share <= 1000).ok_or_else(wrong)
}

pub(super) fn on_or_off(word: &str) -> Result<bool, String> {
    match word {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(format!("\"{word}\" is neither on nor off")),
    }
}
