//! Possible futures: everything that can happen next, each with what it would lead to. Each is tried
//! on a copy of the world; what is told of it is what the core then did.

use super::refs;
use crate::hunt::reach::{moves, take};
use crate::narrate::{self, Weight, fill, say};
use crate::raft::Timer;
use crate::session::Session;
use crate::sim::{Action, Cause, Packet, Step, World};

/// A step that can happen next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Future {
    /// What happens, as an action of the user.
    pub action: Action,
    /// The same in words.
    pub what: String,
    /// What it leads to, in a sentence.
    pub leads_to: String,
    /// The tokens of what it is about ([`refs`]).
    pub about: String,
}

/// Every step that can happen next: each message arrives, each election timer expires, each server
/// crashes or restarts.
pub fn futures(session: &Session) -> Vec<Future> {
    let world = session.world();
    let mut actions = moves(world);
    for server in world.servers() {
        actions.push(if server.is_up() {
            Action::Crash(server.id)
        } else {
            Action::Restart(server.id)
        });
    }
    let possible = actions.into_iter();
    let possible = possible.filter(|action| world.check(action).is_ok());
    possible.map(|action| future(world, action)).collect()
}

fn future(world: &World, action: Action) -> Future {
    let (what, about) = match &action {
        Action::Deliver(pick) => {
            let alike = |packet: &&&Packet| {
                (packet.from, packet.to) == (pick.from, pick.to) && pick.kind == Some(packet.kind())
            };
            let sent = world.network().as_sent();
            let nth = usize::from(pick.nth.max(1)) - 1;
            let about = sent.iter().filter(alike).nth(nth);
            let kind = super::facts::packet_name(about.map(|packet| &packet.body));
            (
                fill("{} {} → {} arrives", &[&kind, &pick.from, &pick.to]),
                about
                    .map(|packet| refs::packet(packet.id))
                    .unwrap_or_default(),
            )
        }
        Action::Timeout(id) => (fill("{} times out", &[&id]), refs::named(*id)),
        Action::Crash(id) => (fill("{} crashes", &[&id]), refs::named(*id)),
        Action::Restart(id) => (fill("{} restarts", &[&id]), refs::named(*id)),
        // The fan has no others.
        other => (format!("{other:?}"), String::new()),
    };
    let mut told: Vec<(Weight, String)> = Vec::new();
    let mut first = true;
    take(&mut world.clone(), &action, &mut |world, step| {
        // The first step is the act itself; what it did is told, but not that it was done.
        let own = first.then(|| of_itself(&action, step));
        let said = narrate::sentences(narrate::spoken(), own.as_ref().unwrap_or(step), world);
        let said = said.into_iter().filter(|one| !first || one.fact.is_some());
        told.extend(said.map(|one| (one.weight, one.text)));
        first = false;
    });
    let weight = told.iter().map(|(weight, _)| *weight).max();
    let mut most: Vec<String> = told
        .into_iter()
        .filter(|(of, _)| Some(*of) == weight)
        .map(|(_, text)| text)
        .collect();
    most.dedup();
    let more = most.len().saturating_sub(2);
    most.truncate(2);
    let mut leads_to = most.join("; ");
    if more > 0 {
        leads_to.push_str(&fill("; and {} more", &[&more]));
    }
    if leads_to.is_empty() {
        leads_to = say("nothing else changes").into();
    }
    Future {
        action,
        what,
        leads_to,
        about,
    }
}

/// The step as it would happen by itself: the user has not done it.
fn of_itself(action: &Action, step: &Step) -> Step {
    let mut own = step.clone();
    match *action {
        Action::Timeout(server) => {
            let timer = Timer::Election;
            own.cause = Cause::Timeout { server, timer };
        }
        Action::Crash(_) | Action::Restart(_) => own.cause = Cause::Start,
        // A message that arrives is told by what it does.
        _ => {}
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{Fact, Time};

    fn session() -> Session {
        let mut session =
            Session::read("servers 3\n seed 1\n clients 0\n config latency=10ms\n timeout S1")
                .unwrap();
        session.advance(Time::ms(5));
        session
    }

    #[test]
    fn the_fan_has_every_message_every_timeout_and_every_crash() {
        let session = session();
        let fan = futures(&session);
        let all: Vec<&str> = fan.iter().map(|future| future.what.as_str()).collect();
        assert_eq!(
            all,
            [
                "RequestVote S1 → S2 arrives",
                "RequestVote S1 → S3 arrives",
                "S1 times out",
                "S2 times out",
                "S3 times out",
                "S1 crashes",
                "S2 crashes",
                "S3 crashes",
            ]
        );
        assert!(
            fan[0].leads_to.starts_with("S2 voted for S1 in term 1"),
            "{}",
            fan[0].leads_to
        );
        assert!(
            fan[3].leads_to.contains("became a candidate"),
            "{}",
            fan[3].leads_to
        );
        // The user has done none of it.
        for future in &fan {
            assert!(!future.leads_to.contains("You"), "{}", future.leads_to);
        }
    }

    #[test]
    fn a_future_that_is_taken_does_what_was_told_and_can_be_taken_back() {
        let mut session = session();
        let before = session.world().fingerprint();
        let future = futures(&session).swap_remove(0);
        session.act(future.action).unwrap();
        let now = session.now();
        session.advance(now);
        let voted = |fact: &Fact| {
            matches!(
                fact,
                Fact::Raft {
                    event: crate::raft::Event::VoteGranted { .. },
                    ..
                }
            )
        };
        let records = session.records();
        assert!(
            records
                .iter()
                .any(|record| record.step.facts.iter().any(voted))
        );
        assert!(session.undo());
        assert_eq!(session.world().fingerprint(), before);
    }
}
