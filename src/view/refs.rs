//! Linked highlighting: each thing on the screen (a server, an entry, a message) has tokens, and a
//! sentence has the tokens of the things that it names. Pointing at one highlights all with the
//! same token.

use std::fmt::Display;

use crate::course::Noun;
use crate::narrate::{self, Sentence};
use crate::raft::{EntryId, Message, Role};
use crate::sim::{Body, Packet, PacketId, Server, World};

/// The token of all election timers together.
pub const TIMERS: &str = "timers";

/// The token of the latest term.
pub const TERM: &str = "term";

/// The token of a server or a client: `s4`.
pub fn named(who: impl Display) -> String {
    who.to_string().to_ascii_lowercase()
}

/// The token of an entry, the same one in all logs: `e7.2`.
pub fn entry(position: EntryId) -> String {
    format!("e{}.{}", position.index, position.term)
}

/// The token of a packet: `p12`.
pub fn packet(id: PacketId) -> String {
    format!("p{}", id.0)
}

/// The tokens of a message: its packet, and the last entry that it carries.
pub fn message(sent: &Packet) -> String {
    let carried = match &sent.body {
        Body::Raft(Message::AppendEntries {
            prev_log: previous,
            entries,
            ..
        }) => entries.last().map(|last| EntryId {
            index: previous.index.plus(entries.len()),
            term: last.term,
        }),
        _ => None,
    };
    join([packet(sent.id)].into_iter().chain(carried.map(entry)))
}

/// The tokens of the entry and the packets of a sentence. The servers that it names are found in
/// its text.
pub fn told(sentence: &Sentence) -> String {
    let entry = sentence.entry.map(entry);
    let packets = sentence.packets.iter().map(|id| packet(*id));
    join(entry.into_iter().chain(packets))
}

/// The servers and clients that a text names, with their places in it.
pub fn names(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let name = |(at, _)| Some((at, text.get(at..at + 2)?));
    let names = text.match_indices(['C', 'S']).filter_map(name);
    names.filter(|(_, name)| name.ends_with(|digit: char| digit.is_ascii_digit()))
}

/// The present meaning of a noun in the prose: its text, and its tokens.
pub fn noun(noun: Noun, written: &str, world: &World) -> (String, String) {
    let being = |is: fn(&Role) -> bool| {
        let is = move |server: &&Server| server.node().is_some_and(|node| is(node.role()));
        join(world.servers().iter().filter(is).map(|one| named(one.id)))
    };
    let tokens = match noun {
        Noun::Candidates => being(|role| matches!(role, Role::Candidate { .. })),
        Noun::Client => join(world.clients().iter().map(|one| named(one.id))),
        Noun::Entry => {
            let last = world.servers().iter().map(|server| server.log().last());
            let last = last.max_by_key(|last| (last.term, last.index));
            last.map(entry).unwrap_or_default()
        }
        Noun::Followers => being(|role| matches!(role, Role::Follower { .. })),
        Noun::Leader => {
            let written = (written != "leader").then_some(written);
            let text = narrate::spoken().words().leader(written, world.leader());
            return (text, world.leader().map(named).unwrap_or_default());
        }
        Noun::Messages => {
            let packets = world.network().as_sent().into_iter();
            join(packets.map(|one| packet(one.id)))
        }
        Noun::Term => TERM.into(),
        Noun::Timers => TIMERS.into(),
    };
    (written.into(), tokens)
}

fn join(tokens: impl Iterator<Item = String>) -> String {
    let mut all = String::new();
    for token in tokens {
        if !all.is_empty() {
            all.push(' ');
        }
        all.push_str(&token);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Session;
    use crate::sim::{Scenario, Time};

    #[test]
    fn names_are_found_with_their_places() {
        let found: Vec<_> = names("S4 told C1, S, Ŝ3 and SS5: S").collect();
        assert_eq!(found, [(0, "S4"), (8, "C1"), (24, "S5")]);
        assert_eq!(names("Send S").count(), 0);
    }

    #[test]
    fn nouns_mean_what_the_moment_says() {
        let mut session = Session::new(Scenario::new(3, 1));
        let now = |session: &Session, of: Noun, text: &str| noun(of, text, session.world());
        let none = now(&session, Noun::Leader, "leader");
        assert_eq!(none, ("the leader".into(), String::new()));
        let none = now(&session, Noun::Leader, "The leader");
        assert_eq!(none, ("The leader".into(), String::new()));
        let all = now(&session, Noun::Followers, "followers");
        assert_eq!(all, ("followers".into(), "s1 s2 s3".into()));
        while session.world().leader().is_none() {
            session.advance(session.now() + Time::ms(1));
        }
        session.advance(session.now() + Time::ms(30));
        let id = session.world().leader().unwrap();
        let token = named(id);
        let leader = now(&session, Noun::Leader, "leader");
        assert_eq!(leader, (id.to_string(), token.clone()));
        let leader = now(&session, Noun::Leader, "the leader");
        assert_eq!(leader, (format!("the leader (now {id})"), token.clone()));
        let (_, others) = now(&session, Noun::Followers, "followers");
        assert!(others.len() == 5 && !others.contains(&token), "{others}");
        let (_, messages) = now(&session, Noun::Messages, "messages");
        let under_way = session.world().network().as_sent().len();
        assert_eq!(messages.split_whitespace().count(), under_way);
    }

    #[test]
    fn a_sentence_tells_of_its_entry_and_its_packets() {
        let mut session = Session::new(Scenario::new(3, 1));
        session.advance(Time::ms(600));
        let told = session.records().iter().flat_map(|record| &record.told);
        let told: Vec<(&str, String)> = told
            .map(|one| (one.text.as_str(), super::told(one)))
            .collect();
        let find = |what: &str| {
            let mut found = told.iter().filter(|(text, _)| text.contains(what));
            found.next().map(|(_, tokens)| tokens.as_str()).unwrap()
        };
        assert_eq!(find("committed entry 1"), "e1.1");
        let asked = find("for a vote");
        assert!(asked.starts_with('p') && asked.contains(" p"), "{asked}");
    }
}
