//! A learner does something else first: then the goal stays unmet, or that act leads to it as well.

use std::collections::BTreeSet;

use raftarium::course::{Page, Tool};
use raftarium::raft::NodeId;
use raftarium::session::Session;
use raftarium::sim::text::parse_actions;
use raftarium::sim::{Action, Time};

use super::{must, pages};

/// For how long the learner looks on after the act.
const LOOKS: Time = Time::ms(2_000);

/// Pages on which several first acts lead to the goal, and the text after Done is true of each.
const ANY_WAY: [&str; 2] = [
    // S3's own timer expires as well, a little later.
    "What does silence start?",
    // It depends on which server is elected: that is what the page says.
    "Is an uncommitted entry always lost?",
];

/// What a click on a server does.
fn click(page: &Page, session: &Session, id: NodeId) -> Action {
    let up = session.world().server(id).is_up();
    match page.tool {
        Tool::Crash if up => Action::Crash(id),
        Tool::Crash => Action::Restart(id),
        Tool::CutOff => Action::Isolate(id),
        Tool::TimeOut => Action::Timeout(id),
    }
}

/// Everything that can be done first: a click on each server, each message that waits, each button.
fn acts(page: &Page, session: &Session) -> Vec<Action> {
    let world = session.world();
    let clicks = world
        .servers()
        .iter()
        .map(|one| click(page, session, one.id));
    let packets = world.network().packets().iter();
    let held = packets.filter(|packet| packet.is_held());
    let delivered = held.filter_map(|packet| {
        let text = format!(
            "deliver {}>{} {}",
            packet.from,
            packet.to,
            packet.body.kind()
        );
        parse_actions(&text, raftarium::sim::text::Names::Fixed)
            .ok()?
            .pop()
    });
    let buttons = page
        .buttons
        .iter()
        .flat_map(|button| button.actions.clone());
    clicks.chain(delivered).chain(buttons).collect()
}

/// What the recorded answer does.
fn answer(name: &str, page: &Page) -> Vec<Action> {
    let mut runner = must(name, 1, page.runner(1));
    let begun = runner.actions().len();
    must(name, 1, page.answer.follow(&mut runner));
    let acts = runner.actions()[begun..].iter();
    acts.map(|(_, act)| act.clone()).collect()
}

#[test]
fn a_wrong_act_does_not_meet_the_goal() {
    let mut wrong = BTreeSet::new();
    let mut tried = 0;
    for (name, page) in pages() {
        let right = answer(&name, &page);
        let session = must(&name, 1, page.session(1));
        for act in acts(&page, &session) {
            if right.contains(&act) || ANY_WAY.iter().any(|title| name.contains(title)) {
                continue;
            }
            let mut session = must(&name, 1, page.session(1));
            session.hold_at(None);
            if session.act(act.clone()).is_err() {
                continue;
            }
            session.advance(session.now() + LOOKS);
            tried += 1;
            if page.is_met(&session) {
                wrong.insert(format!("{name}: \"{act}\" meets the goal: say in the goal what the text after Done says"));
            }
        }
    }
    assert!(tried > 100, "{tried} wrong acts");
    let wrong: Vec<String> = wrong.into_iter().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
