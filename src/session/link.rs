//! A session as a short piece of a link: version, checksum, and the scenario and actions in a
//! compact binary form, in the 64 characters that need no escaping.

use serde::{Deserialize, Serialize};

use super::Session;
use crate::sim::{Action, Scenario, Time, text};

/// The longest link that is read, in characters.
pub const LONGEST_LINK: usize = 60_000;

/// Changes when old links can no longer be read.
const VERSION: u8 = 2;

/// The version of links whose scenario bounds the sessions of clients: there the bound comes first.
/// All others are as they were before there were sessions.
const WITH_SESSIONS: u8 = 3;

#[derive(Serialize, Deserialize)]
struct Content {
    scenario: Scenario,
    /// Each action with the time since the one before.
    actions: Vec<(Time, Action)>,
    cursor: Time,
}

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
    let sessions = content.scenario.config.sessions;
    let body = match sessions {
        0 => postcard::to_allocvec(&content),
        _ => postcard::to_allocvec(&(sessions, content)),
    };
    let Ok(body) = body else {
        return String::new();
    };
    let mut bytes = vec![if sessions == 0 {
        VERSION
    } else {
        WITH_SESSIONS
    }];
    bytes.extend(checksum(&body).to_le_bytes());
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
    if ![VERSION, WITH_SESSIONS].contains(version) {
        return Err(format!(
            "This link is of version {version}; this page reads version {WITH_SESSIONS} and older."
        ));
    }
    if sum != checksum(body).to_le_bytes() {
        return Err("This link is damaged: a character is missing or wrong.".into());
    }
    let read = match *version {
        WITH_SESSIONS => postcard::from_bytes(body),
        _ => postcard::from_bytes(body).map(|content| (0, content)),
    };
    let (sessions, mut content): (u8, Content) =
        read.map_err(|_| "This link does not hold a run.".to_string())?;
    content.scenario.config.sessions = sessions;
    let mut at = Time::ZERO;
    let actions = content.actions.into_iter().map(|(since, action)| {
        at = at + since;
        (at, action)
    });
    let actions: Vec<_> = actions.collect();
    if at.max(content.cursor) > Time::LONGEST {
        return Err("This link holds a run that is too long.".into());
    }
    // Bytes can hold what the grammar cannot say (a server 0, a key of no letters): what does not
    // read as it is written is no run.
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
mod tests {
    use super::*;
    use crate::sim::random::{Purpose, roll};

    /// Whole links that hold anything: they are runs, or refused.
    #[test]
    fn a_link_with_any_content_is_read_or_refused() {
        let scenario = Scenario::new(3, 7);
        let session = Session::replay(
            scenario,
            vec![(
                Time::ms(5),
                Action::Crash(crate::raft::NodeId::first(1).next().unwrap()),
            )],
        );
        let good = decode(&write(&session.unwrap())).unwrap();
        let mut read_well = 0;
        for seed in 0..20_000u64 {
            let random = |nth| roll(seed, Purpose::Loss, 0, Time(nth)) as usize;
            let mut body = good[5..].to_vec();
            for change in 0..=random(0) % 4 {
                let place = random(1 + 2 * change as u64) % body.len();
                body[place] = random(2 + 2 * change as u64) as u8;
            }
            let mut bytes = vec![VERSION];
            bytes.extend(checksum(&body).to_le_bytes());
            bytes.extend(body);
            match read(&encode(&bytes)) {
                Ok(_) => read_well += 1,
                Err(why) => assert!(why.ends_with('.') && why.len() < 300, "{why}"),
            }
        }
        assert!(read_well > 100, "some of them make sense: {read_well}");
    }
}
