//! What may come next in a line of a script, for a console.

use crate::sim::text::{self, Candidate};
use crate::sim::{PacketKind, World};

/// The commands beside the actions: how each is written, and what it does.
pub const COMMANDS: [(&str, &str); 9] = [
    ("clients", "Prints what each client does."),
    ("events", "Prints what happened last."),
    (
        "expect",
        "Says whether a condition holds: expect S2 leader.",
    ),
    ("logs", "Prints the logs."),
    ("packets", "Prints the packets under way."),
    ("run", "Lets time pass: run 500ms, or run until leader."),
    ("status", "Prints a line for each server."),
    ("step", "Lets the next things happen: step 4."),
    ("timers", "Prints the timers."),
];

/// What a condition may begin with.
pub const CONDITIONS: [(&str, &str); 7] = [
    ("leader", "A server leads the latest term."),
    ("no", "As in no leader."),
    ("not", "The opposite."),
    ("committed", "So many entries are committed: committed 3."),
    ("answered", "So many requests are answered: answered 3."),
    ("term", "The latest term: term 4."),
    ("safe", "No property is broken."),
];

/// What a condition may say of a server.
const TRAITS: [&str; 8] = [
    "leader",
    "follower",
    "candidate",
    "down",
    "up",
    "term",
    "committed",
    "log",
];

/// The words that may stand at the cursor (in bytes), and where the word there begins: those of
/// the grammar, and those of the commands.
pub fn complete(text: &str, cursor: usize, world: &World) -> (usize, Vec<Candidate>) {
    let (start, mut found) = text::complete(text, cursor, world);
    let typed = text.get(start..cursor).unwrap_or_default();
    let before = text.get(..start).unwrap_or_default();
    let statement = before.rsplit([';', '·', '\n']).next().unwrap_or_default();
    let words: Vec<&str> = statement.split_whitespace().collect();
    let candidate = |text: &str, help: &str| Candidate {
        text: text.into(),
        help: help.into(),
    };
    let mut add = |text: &str, help: &str| {
        if text.starts_with(typed) && text != typed {
            found.push(candidate(text, help));
        }
    };
    match *words {
        [] => COMMANDS.iter().for_each(|(word, help)| add(word, help)),
        ["run"] => {
            add("until", "As in run until leader.");
            add("500ms", "A time.");
        }
        ["run", "until"] | ["expect"] | [.., "and" | "or" | "not"] => {
            CONDITIONS.iter().for_each(|(word, help)| add(word, help));
            for id in world.ids().iter() {
                add(&id.to_string(), "A server.");
            }
            for kind in PacketKind::ALL {
                add(&kind.to_string(), "A kind of packet: append under way.");
            }
        }
        ["run", "until", server] | ["expect", server] if server.starts_with('S') => {
            TRAITS.iter().for_each(|word| add(word, ""));
        }
        _ => {}
    }
    if words.is_empty() {
        found.sort_unstable_by(|a, b| a.text.cmp(&b.text));
    }
    (start, found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{Scenario, Step};

    #[test]
    fn commands_are_offered_beside_the_actions() {
        let world = World::new(&Scenario::new(3, 1), &mut Step::default());
        let words = |text: &str| {
            let (start, found) = complete(text, text.len(), &world);
            (
                start,
                found.into_iter().map(|one| one.text).collect::<Vec<_>>(),
            )
        };
        assert_eq!(words("sta"), (0, vec!["status".into()]));
        assert_eq!(
            words("crash S1; r").1,
            [
                "read", "release", "remove", "request", "restart", "resume", "retire", "rules",
                "run"
            ]
        );
        assert_eq!(words("run u"), (4, vec!["until".into()]));
        assert_eq!(words("run until l").1, ["leader"]);
        assert!(words("expect S2 ").1.contains(&"follower".into()));
        assert!(words("crash ").1.contains(&"S3".into()));
    }
}
