//! A session as a short piece of a link: version, checksum, and the scenario and actions in a
//! compact binary form, in the 64 characters that need no escaping.

mod content;
mod wire;

use content::Content;
use wire::{Reader, Wire};

use super::Session;
use crate::sim::{Action, Scenario, Time, text};

/// The longest link that is read, in characters.
pub const LONGEST_LINK: usize = 60_000;

/// The version of the links that are written.
const VERSION: u8 = 4;

/// The oldest version that is read.
const OLDEST: u8 = 2;

/// The session, and where its cursor stands, as the end of a link.
pub fn write(session: &Session) -> String {
    let mut before = Time::ZERO;
    let actions = session.actions().iter().map(|(at, action)| {
        let since = *at - before;
        before = *at;
        (since, action.clone())
    });
    let content = Content {
        scenario: session.scenario().clone(),
        actions: actions.collect(),
        cursor: session.now(),
    };
    let mut body = Vec::new();
    content.put(&mut body);
    pack(VERSION, &body)
}

/// Any text as the end of a link.
pub fn write_text(text: &str) -> String {
    pack(VERSION, text.as_bytes())
}

/// Reads a text from the end of a link.
pub fn read_text(link: &str) -> Result<String, String> {
    let bytes = decode(link)?;
    let text = bytes.get(5..).unwrap_or_default();
    match bytes.get(1..5) {
        Some(sum) if sum == checksum(text).to_le_bytes() => {
            String::from_utf8(text.to_vec()).map_err(|_| "This link holds no text.".into())
        }
        Some(_) => Err("This link is damaged: a character is missing or wrong.".into()),
        None => Err("This link is cut short: copy it whole and try again.".into()),
    }
}

/// Puts the version and a checksum in front.
fn pack(version: u8, body: &[u8]) -> String {
    let mut bytes = vec![version];
    bytes.extend(checksum(body).to_le_bytes());
    bytes.extend(body);
    encode(&bytes)
}

/// Reads the end of a link. One sentence says what is wrong with it, if something is.
pub fn read(link: &str) -> Result<Session, String> {
    if link.len() > LONGEST_LINK {
        return Err(format!(
            "This link is too long: {LONGEST_LINK} characters at most."
        ));
    }
    let bytes = decode(link)?;
    let cut = || "This link is cut short: copy it whole and try again.".to_string();
    let (version, rest) = bytes.split_first().ok_or_else(cut)?;
    let (sum, body) = rest.split_at_checked(4).ok_or_else(cut)?;
    if !(OLDEST..=VERSION).contains(version) {
        return Err(format!(
            "This link has version {version}. This page reads versions {OLDEST} to {VERSION}."
        ));
    }
    if sum != checksum(body).to_le_bytes() {
        return Err("This link is damaged: a character is missing or wrong.".into());
    }
    let content = unpack(*version, body).ok_or("This link does not hold a run.")?;
    let mut at = Time::ZERO;
    let actions = content.actions.into_iter().map(|(since, action)| {
        at = at + since;
        (at, action)
    });
    let actions: Vec<_> = actions.collect();
    if at.max(content.cursor) > Time::LONGEST {
        return Err("This link holds a run that is too long.".into());
    }
    check_settings(&content.scenario, &actions)
        .map_err(|why| format!("This link holds a setting out of range: {why}."))?;
    // Bytes can hold what the grammar cannot say (ten servers, a clock that stands still). A run is
    // only what reads as it is written.
    let (scenario, actions) = text::parse_run(&text::write_run(&content.scenario, &actions))
        .ok()
        .filter(|read| *read == (content.scenario, actions))
        .ok_or("This link does not hold a run.")?;
    let mut session = Session::replay(scenario, actions).map_err(|((nth, _), why)| {
        format!("Action {} of this link makes no sense: {why}.", nth + 1)
    })?;
    session.seek(content.cursor);
    Ok(session)
}

/// Checks the settings that a run begins with, and those that it changes.
fn check_settings(scenario: &Scenario, actions: &[(Time, Action)]) -> Result<(), String> {
    scenario.config.validate()?;
    actions.iter().try_for_each(|(_, action)| match action {
        Action::Configure(setting) => setting.check(),
        _ => Ok(()),
    })
}

fn unpack(version: u8, body: &[u8]) -> Option<Content> {
    let mut reader = Reader {
        rest: body,
        long_keys: version < VERSION,
    };
    match version {
        VERSION => reader.take(),
        _ => Content::take_old(version, &mut reader),
    }
}

/// Adler-32 (RFC 1950): enough to tell a mistyped link from a whole one.
fn checksum(bytes: &[u8]) -> u32 {
    let (mut a, mut b) = (1u32, 0u32);
    for byte in bytes {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    b << 16 | a
}

/// Base64 for URLs (RFC 4648, section 5), without padding.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk
            .iter()
            .fold(0u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - chunk.len()));
        for nth in 0..=chunk.len() {
            text.push(char::from(DIGITS[(bits >> (18 - 6 * nth)) as usize & 63]));
        }
    }
    text
}

fn decode(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut count) = (0u32, 0);
    for (place, c) in text.chars().enumerate() {
        let digit = DIGITS
            .iter()
            .position(|digit| char::from(*digit) == c)
            .ok_or_else(|| {
                format!(
                    "This link is damaged: its character {}, \"{c}\", does not belong there.",
                    place + 1
                )
            })?;
        bits = bits << 6 | digit as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests;
