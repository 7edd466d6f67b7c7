//! A session as a short piece of a link: version, checksum, and the scenario and actions in a
//! compact binary form, in the 64 characters that need no escaping.

mod content;
mod wire;

use content::{Content, Rest};
use wire::{Reader, Wire};

use super::Session;
use crate::sim::{Action, Scenario, Time, text};

/// The longest link that is read, in characters.
pub const LONGEST_LINK: usize = 60_000;

/// The version of the links that are written.
const VERSION: u8 = 4;

/// The oldest version that is read.
const OLDEST: u8 = 2;

/// The longest that branches make a link, in characters: where they do not fit, it goes without
/// the oldest.
const LONGEST_WITH_BRANCHES: usize = 6_000;

/// The session, and where its cursor stands, as the end of a link: with its branches, as far as they
/// fit.
pub fn write(session: &Session) -> String {
    let mut content = content(session);
    loop {
        let link = written(&content);
        if link.len() <= LONGEST_WITH_BRANCHES {
            return link;
        }
        match &mut content.rest {
            Some(rest) if rest.branches.len() > 1 => _ = rest.branches.remove(0),
            Some(_) => content.rest = None,
            None => return link,
        }
    }
}

/// The session with all its branches, to be kept where length does not matter.
pub fn write_whole(session: &Session) -> String {
    written(&content(session))
}

fn content(session: &Session) -> Content {
    let branches: Vec<_> = session.kept().collect();
    Content {
        scenario: session.scenario().clone(),
        actions: session.actions().to_vec(),
        cursor: session.now(),
        rest: (!branches.is_empty() || !session.bookmarks.is_empty()).then(|| Rest {
            head: session.head(),
            branches,
            bookmarks: session.bookmarks.clone(),
        }),
    }
}

fn written(content: &Content) -> String {
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
    read_whole(link)
}

/// Reads what [`write_whole`] wrote. One sentence says what is wrong with it, if something is.
pub fn read_whole(link: &str) -> Result<Session, String> {
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
    let no_run = || "This link does not hold a run.".to_string();
    let content = unpack(*version, body).ok_or_else(no_run)?;
    if content.end() > Time::LONGEST {
        return Err("This link holds a run that is too long.".into());
    }
    check_settings(&content.scenario, &content.actions)
        .and_then(|()| {
            let mut branches = content.branches();
            branches.try_for_each(|branch| check_settings(&content.scenario, &branch.others))
        })
        .map_err(|why| format!("This link holds a setting out of range: {why}."))?;
    let is_run = |actions: &[(Time, Action)]| holds(&content.scenario, actions);
    if !is_run(&content.actions) || !content.branches().all(|branch| is_run(&branch.others)) {
        return Err(no_run());
    }
    if !content.branches().all(|branch| content.bears(branch)) {
        return Err("This link holds a branch that parts from nothing.".into());
    }
    let mut session =
        Session::replay(content.scenario, content.actions).map_err(|((nth, _), why)| {
            format!("Action {} of this link makes no sense: {why}.", nth + 1)
        })?;
    if let Some(rest) = content.rest {
        let (branches, bookmarks) = (rest.branches, rest.bookmarks);
        session.advance(rest.head);
        for bookmark in bookmarks {
            session.add_bookmark(bookmark);
        }
        for (nth, branch) in branches.into_iter().enumerate() {
            session
                .add_branch(branch)
                .map_err(|why| format!("Branch {} of this link makes no sense: {why}.", nth + 1))?;
        }
    }
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

/// Whether a run reads as it is written. Bytes can hold what the grammar cannot say (ten servers, a
/// clock that stands still).
fn holds(scenario: &Scenario, actions: &[(Time, Action)]) -> bool {
    let read = text::parse_run(&text::write_run(scenario, actions));
    read.is_ok_and(|(as_read, done)| as_read == *scenario && done == actions)
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
