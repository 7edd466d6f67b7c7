//! What may come next in a line, for a console.

use super::setting::SETTINGS;
use super::verbs::Verb;
use crate::raft::Rule;
use crate::sim::network::PacketKind;
use crate::sim::world::World;

/// A word that may stand at the cursor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// The word.
    pub text: String,
    /// What it is, in one line.
    pub help: String,
}

/// The words that may stand at the cursor (in bytes), and where the word there begins. A console
/// replaces what is between by the chosen one. `world` says which servers and clients there are.
pub fn complete(text: &str, cursor: usize, world: &World) -> (usize, Vec<Candidate>) {
    let before = text.get(..cursor).unwrap_or(text);
    let line = before.rfind(['\n', ';']).map_or(0, |at| at + 1);
    let line = before[line..]
        .rfind('·')
        .map_or(line, |at| line + at + '·'.len_utf8());
    let start = before[line..]
        .rfind(char::is_whitespace)
        .map_or(line, |at| line + at + 1);
    let (typed, mut words) = (
        &before[start..],
        before[line..start].split_whitespace().collect::<Vec<_>>(),
    );
    if words.first() == Some(&"at") && words.len() > 1 {
        words.drain(..2);
    }
    let mut found = match words.split_first() {
        None => verbs(),
        Some((verb, rest)) => {
            Verb::find(verb).map_or_else(Vec::new, |verb| next(verb.form(), rest.len(), world))
        }
    };
    found.retain(|candidate| candidate.text.starts_with(typed) && candidate.text != typed);
    (start, found)
}

fn verbs() -> Vec<Candidate> {
    let all = Verb::ALL
        .iter()
        .map(|verb| candidate(verb.word(), verb.help()));
    all.collect()
}

fn candidate(text: impl Into<String>, help: impl Into<String>) -> Candidate {
    let (text, help) = (text.into(), help.into());
    Candidate { text, help }
}

/// What may be the `nth` word after the verb (from 0), by the examples of its form.
fn next(form: &str, nth: usize, world: &World) -> Vec<Candidate> {
    let bare = form.replace(['[', ']'], "");
    let mut examples: Vec<&str> = bare.split(' ').skip(1).collect();
    let repeats = examples.last() == Some(&"...");
    if repeats {
        examples.pop();
    }
    let sides = examples.contains(&"|");
    let example = match examples.get(nth) {
        _ if sides => "S1",
        Some(example) => example,
        None if repeats => examples.last().copied().unwrap_or_default(),
        None => return Vec::new(),
    };
    let mut found = like(example, world);
    if sides {
        found.extend(like("C1", world));
        found.push(candidate("|", "The other side."));
    }
    found
}

/// What may stand where a form has this example.
fn like(example: &str, world: &World) -> Vec<Candidate> {
    let servers = || world.ids().iter();
    let server = |word: &str| word.len() == 2 && word.starts_with('S');
    match example {
        "S1-S2" => {
            let pairs = servers().flat_map(|a| servers().map(move |b| (a, b)));
            let links = pairs.filter(|(a, b)| a != b).flat_map(|(a, b)| {
                let both = candidate(format!("{a}-{b}"), "Both directions.");
                let one = candidate(format!("{a}>{b}"), "One direction.");
                [Some(both).filter(|_| a < b), Some(one)]
            });
            let mut found: Vec<Candidate> = links.flatten().collect();
            found.push(candidate("all", "Every link."));
            found
        }
        "S1>S2" => {
            let mut found: Vec<Candidate> = Vec::new();
            for packet in world.network().as_sent() {
                let text = format!("{}>{}", packet.from, packet.to);
                if !found.iter().any(|other| other.text == text) {
                    let help = format!("{} travels here.", packet.kind());
                    found.push(candidate(text, help));
                }
            }
            found
        }
        "C1" => {
            let clients = world.clients().iter();
            clients
                .map(|client| candidate(client.id.to_string(), "A client."))
                .collect()
        }
        "append" => {
            let kinds = PacketKind::ALL.iter();
            kinds
                .map(|kind| candidate(kind.to_string(), "A kind of packet."))
                .collect()
        }
        "off" => ["off", "on"].map(|word| candidate(word, "")).to_vec(),
        "commit-own-term" => {
            let rules = Rule::ALL.iter();
            rules
                .map(|rule| candidate(rule.name(), rule.sentence()))
                .collect()
        }
        "heartbeat=50ms" => {
            let settings = SETTINGS.iter();
            settings
                .map(|(name, example)| candidate(format!("{name}={example}"), "A setting."))
                .collect()
        }
        word if server(word) => {
            let roles = super::ROLES
                .iter()
                .map(|(role, help)| candidate(*role, *help));
            let named = servers().map(|id| {
                let server = world.server(id);
                candidate(
                    id.to_string(),
                    if server.is_leader() {
                        "The leader."
                    } else if server.is_up() {
                        "It is up."
                    } else {
                        "It is down."
                    },
                )
            });
            named.chain(roles).collect()
        }
        word => vec![candidate(word, "")],
    }
}
