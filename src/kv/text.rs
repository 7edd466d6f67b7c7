//! How keys, requests, answers and items are written and read.

use std::fmt;
use std::str::FromStr;

use super::{Answer, Item, Key, Op, Registration, Session, SessionId};

impl FromStr for Key {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let legal = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if !text.starts_with(|c: char| c.is_ascii_alphabetic()) || !text.chars().all(legal) {
            return Err(format!(
                "\"{text}\" is not a key: a key is letters, digits and _, beginning with a letter"
            ));
        }
        if text.len() > Self::LONGEST {
            return Err(format!(
                "the key \"{text}\" is too long: {} characters at most",
                Self::LONGEST
            ));
        }
        let mut bytes = [0; Self::LONGEST];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Ok(Self(bytes))
    }
}

impl FromStr for Op {
    type Err = String;

    /// Reads `x=5`, `x+=1`, `x-=1`, `x?`, `-x` or `x:1>2`. Spaces do not count.
    fn from_str(text: &str) -> Result<Self, String> {
        let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if let Some(key) = compact.strip_prefix('-') {
            return Ok(Self::Delete { key: key.parse()? });
        }
        if let Some(key) = compact.strip_suffix('?') {
            return Ok(Self::Get { key: key.parse()? });
        }
        if let Some((key, amount)) = compact.split_once("+=") {
            return Ok(Self::Add {
                key: key.parse()?,
                amount: number(amount)?,
            });
        }
        if let Some((key, amount)) = compact.split_once("-=") {
            let amount = number(amount)?.wrapping_neg();
            return Ok(Self::Add {
                key: key.parse()?,
                amount,
            });
        }
        if let Some((key, change)) = compact.split_once(':') {
            let (old, new) = change
                .split_once('>')
                .ok_or_else(|| format!("\"{text}\" lacks its >: write x:1>2"))?;
            let (old, new) = (number(old)?, number(new)?);
            return Ok(Self::CompareAndSet {
                key: key.parse()?,
                old,
                new,
            });
        }
        if let Some((key, value)) = compact.split_once('=') {
            return Ok(Self::Set {
                key: key.parse()?,
                value: number(value)?,
            });
        }
        Err(format!(
            "\"{text}\" is no request: write x=5, x+=1, x?, -x or x:1>2"
        ))
    }
}

fn number(text: &str) -> Result<i32, String> {
    text.parse().map_err(|_| {
        format!(
            "\"{text}\" is not a whole number from {} to {}",
            i32::MIN,
            i32::MAX
        )
    })
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{}", self.client)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The least number has no counterpart above zero.
            Self::Add { key, amount } if *amount < 0 && *amount != i32::MIN => {
                write!(f, "{key}-={}", amount.unsigned_abs())
            }
            Self::Add { key, amount } => write!(f, "{key}+={amount}"),
            Self::CompareAndSet { key, old, new } => write!(f, "{key}:{old}>{new}"),
            Self::Delete { key } => write!(f, "-{key}"),
            Self::Get { key } => write!(f, "{key}?"),
            Self::Set { key, value } => write!(f, "{key}={value}"),
        }
    }
}

impl fmt::Display for Item {
    /// `x=5`; `C1#7` for a client whose last request was its seventh; `C1@5#7` if it was in
    /// session 5, and `C1@5` if nothing was executed in that yet.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(client, done) => write!(f, "{client}#{}", done.serial),
            Self::Session(Session { id, client, last }) => {
                write!(f, "{client}@{id}")?;
                last.map_or(Ok(()), |done| write!(f, "#{}", done.serial))
            }
            Self::Value(key, value) => write!(f, "{key}={value}"),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Differs(Some(value)) => write!(f, "not changed: it is {value}"),
            Self::Differs(None) => f.write_str("not changed: there is no value"),
            Self::Done => f.write_str("done"),
            Self::Expired => f.write_str("session expired"),
            Self::Value(Some(value)) => write!(f, "{value}"),
            Self::Value(None) => f.write_str("no value"),
        }
    }
}
