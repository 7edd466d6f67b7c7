//! Virtual time, in whole microseconds.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;

/// A moment of a run (since its start), or a length of time, in microseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Time(pub u64);

impl Time {
    /// The start of every run.
    pub const ZERO: Self = Self(0);
    /// Later than anything that happens.
    pub const NEVER: Self = Self(u64::MAX);
    /// How long a run may be: six hours.
    pub const LONGEST: Self = Self(6 * 3600 * 1_000_000);

    /// So many milliseconds.
    pub const fn ms(ms: u64) -> Self {
        Self(ms * 1000)
    }

    /// This less `other`; zero if `other` is more.
    #[must_use]
    pub fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The seconds, for showing.
    pub fn as_secs(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

impl Add for Time {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Time {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl fmt::Display for Time {
    /// Exact, as the grammar reads it: `312ms`, `312.45ms`, `2s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 != 0 && self.0.is_multiple_of(1_000_000) {
            return write!(f, "{}s", self.0 / 1_000_000);
        }
        let (whole, rest) = (self.0 / 1000, self.0 % 1000);
        if rest == 0 {
            return write!(f, "{whole}ms");
        }
        let digits = format!("{rest:03}");
        write!(f, "{whole}.{}ms", digits.trim_end_matches('0'))
    }
}

impl FromStr for Time {
    type Err = String;

    /// Reads `312ms`, `312.45ms`, `1.5s` or `20us`, up to [`Time::LONGEST`].
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("\"{text}\" is no time: write 312ms, 1.5s or 20us");
        let split = text
            .find(|c: char| c.is_ascii_alphabetic())
            .ok_or_else(wrong)?;
        let (number, unit) = text.split_at(split);
        let scale: u64 = match unit {
            "us" => 1,
            "ms" => 1000,
            "s" => 1_000_000,
            _ => return Err(wrong()),
        };
        let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
        if decimals.len() > 6 || !decimals.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong());
        }
        let whole: u64 = whole.parse().map_err(|_| wrong())?;
        let millionths: u64 = format!("{decimals:0<6}").parse().map_err(|_| wrong())?;
        let time = whole
            .checked_mul(scale)
            .and_then(|us| us.checked_add(millionths * scale / 1_000_000))
            .map(Self)
            .filter(|time| *time <= Self::LONGEST);
        time.ok_or_else(|| format!("\"{text}\" is too long: a run lasts six hours at most"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_they_are_written() {
        for text in ["0ms", "312ms", "312.45ms", "0.001ms", "2s"] {
            assert_eq!(text.parse::<Time>().unwrap().to_string(), text);
        }
        assert_eq!("1.5s".parse(), Ok(Time::ms(1500)));
        assert_eq!("20us".parse(), Ok(Time(20)));
        for bad in [
            "",
            "5",
            "ms",
            "-5ms",
            "1.2.3ms",
            "5h",
            "99999999999s",
            "1e3ms",
        ] {
            assert!(bad.parse::<Time>().is_err(), "{bad}");
        }
    }
}
