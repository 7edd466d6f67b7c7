use super::*;
use crate::raft::io::{Input, Timer};
use crate::raft::message::{AppendOutcome, Message};
use crate::raft::types::{Round, Term};
use crate::raft::{Config, Entry, Persistent};

fn s(number: usize) -> NodeId {
    NodeId::new(number).unwrap()
}

fn servers(count: usize) -> ServerSet {
    NodeId::first(count).collect()
}

/// Lets something happen, with its disk in no time, and says what did.
fn step(node: &mut Node, input: Input) -> Vec<Event> {
    let (mut out, mut events) = (Vec::new(), Vec::new());
    node.step(input, &mut out);
    while !out.is_empty() {
        let wrote = out.contains(&Output::Persist);
        events.extend(out.drain(..).filter_map(|output| match output {
            Output::Event(event) => Some(event),
            _ => None,
        }));
        if wrote {
            let written = node.persistent().written();
            node.step(written, &mut out);
        }
    }
    events
}

/// S1, the only server, leading.
fn alone() -> Node {
    let disk = Persistent::new(servers(1));
    let mut node = Node::start(s(1), Config::default(), disk, &mut Vec::new());
    step(&mut node, Input::Timeout(Timer::Election));
    assert!(node.is_leader());
    node
}

fn acknowledge(node: &mut Node, from: NodeId, match_index: u64) -> Vec<Event> {
    let message = Message::AppendEntriesReply {
        term: Term(1),
        round: Round(0),
        outcome: AppendOutcome::Accepted {
            match_index: LogIndex(match_index),
        },
    };
    step(node, Input::Message { from, message })
}

#[test]
fn what_makes_no_sense_is_refused() {
    let mut node = alone();
    let refused = |node: &Node, change| node.change_rejected(change);
    assert_eq!(
        refused(&node, Change::Add(s(1))),
        Some(ChangeRejected::Nothing)
    );
    assert_eq!(
        refused(&node, Change::Remove(s(3))),
        Some(ChangeRejected::Nothing)
    );
    for change in [Change::Remove(s(1)), Change::Learn(s(1))] {
        assert_eq!(refused(&node, change), Some(ChangeRejected::NoVoters));
    }
    let add = Input::ChangeMembership(Change::Add(s(2)));
    step(&mut node, add.clone());
    assert_eq!(
        refused(&node, Change::Add(s(3))),
        Some(ChangeRejected::UnderWay)
    );
    let events = step(&mut node, Input::ChangeMembership(Change::Add(s(3))));
    let reason = ChangeRejected::UnderWay;
    assert_eq!(events, [Event::ChangeRefused { reason }]);
    assert_eq!(reason.to_string(), "it has a change in hand already");

    let disk = Persistent::new(servers(3));
    let mut follower = Node::start(s(1), Config::default(), disk, &mut Vec::new());
    let reason = ChangeRejected::NotLeader { leader: None };
    assert_eq!(step(&mut follower, add), [Event::ChangeRefused { reason }]);
}

#[test]
fn nothing_else_is_begun_in_a_joint_configuration_nor_during_a_transfer() {
    let add = Input::ChangeMembership(Change::Add(s(3)));
    let mut disk = Persistent::new(servers(2));
    let joint = Configuration {
        voters: servers(1),
        outgoing: servers(2),
        learners: ServerSet::EMPTY,
    };
    let payload = Payload::Configuration(joint);
    disk.log.append(Entry {
        term: Term(0),
        payload,
    });
    let mut node = Node::start(s(1), Config::default(), disk, &mut Vec::new());
    step(&mut node, Input::Timeout(Timer::Election));
    let (term, granted) = (Term(1), true);
    let message = Message::RequestVoteReply { term, granted };
    step(
        &mut node,
        Input::Message {
            from: s(2),
            message,
        },
    );
    // It has no change in hand; but it is to end the one that it found.
    let reason = ChangeRejected::UnderWay;
    assert_eq!(
        step(&mut node, add.clone()),
        [Event::ChangeRefused { reason }]
    );
    acknowledge(&mut node, s(2), 2);
    assert!(!node.configuration().is_joint() && node.change_rejected(Change::Add(s(3))).is_none());

    let mut node = alone();
    step(&mut node, Input::ChangeMembership(Change::Add(s(2))));
    acknowledge(&mut node, s(2), 2);
    acknowledge(&mut node, s(2), 3);
    assert_eq!(node.configuration().voters, servers(2));
    step(&mut node, Input::Transfer(s(2)));
    let reason = ChangeRejected::HandingOver(s(2));
    assert_eq!(step(&mut node, add), [Event::ChangeRefused { reason }]);
}

#[test]
fn a_change_touches_one_voter_or_goes_through_a_joint_configuration() {
    let voters = |node: &Node| (node.configuration().voters, node.configuration().outgoing);
    let mut config = Config::default();
    config.rules.set(Rule::CatchUpFirst, false);
    let mut node = alone();
    node.set_config(config);
    step(&mut node, Input::ChangeMembership(Change::Add(s(2))));
    assert_eq!(voters(&node), (servers(2), ServerSet::EMPTY));
    acknowledge(&mut node, s(2), 2);
    let four = Change::Voters(servers(4));
    step(&mut node, Input::ChangeMembership(four));
    assert_eq!(voters(&node), (servers(4), servers(2)));
    // Three of four hold it, but of the old ones only one.
    acknowledge(&mut node, s(3), 3);
    acknowledge(&mut node, s(4), 3);
    assert_eq!(voters(&node), (servers(4), servers(2)));
    acknowledge(&mut node, s(2), 3);
    assert_eq!(voters(&node), (servers(4), ServerSet::EMPTY));
    assert_eq!(node.commit_index(), LogIndex(3));
}

#[test]
fn newcomers_have_ten_rounds() {
    let mut node = alone();
    step(&mut node, Input::ChangeMembership(Change::Add(s(2))));
    let mut rounds = Vec::new();
    for round in 1..=u64::from(MOST_ROUNDS) {
        // While S2 gets what there is, which takes it long, more is written.
        let last = node.log().last_index().0;
        for _ in 0..=SHORT_ROUND {
            step(&mut node, Input::Timeout(Timer::Heartbeat));
        }
        let command = crate::kv::Command {
            client: crate::kv::ClientId::new(1).unwrap(),
            session: None,
            serial: round as u32,
            op: "x=1".parse().unwrap(),
        };
        step(&mut node, Input::Propose(command));
        rounds.extend(acknowledge(&mut node, s(2), last).into_iter().filter_map(
            |event| match event {
                Event::CatchUpBegun { round, .. } => Some(round),
                Event::ChangeAbandoned { reason, .. } => {
                    assert_eq!(reason, ChangeAborted::TooSlow);
                    Some(0)
                }
                _ => None,
            },
        ));
    }
    assert_eq!(rounds, [2, 3, 4, 5, 6, 7, 8, 9, 10, 0]);
    assert_eq!(node.configuration().voters, servers(1));
    assert_eq!(node.configuration().learners, ServerSet::EMPTY.with(s(2)));
}

#[test]
fn a_round_of_a_few_heartbeats_is_short_enough() {
    let mut node = alone();
    step(&mut node, Input::ChangeMembership(Change::Add(s(2))));
    for _ in 0..SHORT_ROUND {
        step(&mut node, Input::Timeout(Timer::Heartbeat));
    }
    acknowledge(&mut node, s(2), 2);
    assert_eq!(node.configuration().voters, servers(2));
}

#[test]
fn a_newcomer_is_given_up_when_it_gets_nowhere_not_when_it_is_slow() {
    let mut node = alone();
    for serial in 1..=9 {
        let client = crate::kv::ClientId::new(1).unwrap();
        let (session, op) = (None, "x=1".parse().unwrap());
        let command = crate::kv::Command {
            client,
            session,
            serial,
            op,
        };
        step(&mut node, Input::Propose(command));
    }
    step(&mut node, Input::ChangeMembership(Change::Add(s(2))));
    let heartbeats = |node: &mut Node, count| {
        let beats = (0..count).flat_map(|_| step(node, Input::Timeout(Timer::Heartbeat)));
        let given_up = |event: Event| matches!(event, Event::ChangeAbandoned { .. });
        beats.filter(|event| given_up(*event)).count()
    };
    for match_index in 1..=5 {
        assert_eq!(heartbeats(&mut node, PATIENCE), 0, "{match_index}");
        acknowledge(&mut node, s(2), match_index);
    }
    assert_eq!(
        heartbeats(&mut node, PATIENCE + 1),
        0,
        "the first sees the progress"
    );
    assert_eq!(heartbeats(&mut node, 1), 1);
}

#[test]
fn of_a_server_that_comes_again_nothing_is_known() {
    let mut config = Config::default();
    config.rules.set(Rule::CatchUpFirst, false);
    let mut node = alone();
    node.set_config(config);
    step(&mut node, Input::ChangeMembership(Change::Learn(s(2))));
    acknowledge(&mut node, s(2), 2);
    step(&mut node, Input::ChangeMembership(Change::Remove(s(2))));
    step(&mut node, Input::ChangeMembership(Change::Learn(s(2))));
    let Role::Leader(leadership) = node.role() else {
        panic!("it leads");
    };
    assert_eq!(leadership.progress(s(2)).match_index, LogIndex(0));
    assert_eq!(node.commit_index(), LogIndex(4));
    let last: Option<&Entry> = node.log().get(LogIndex(4));
    assert!(matches!(last.unwrap().payload, Payload::Configuration(_)));
    assert_eq!(node.log().last(), EntryId::new(LogIndex(4), Term(1)));
}

/// The number of heartbeats, out of `count`, with which S1 still sends to S2.
fn heartbeats_to_s2(node: &mut Node, count: u8) -> usize {
    let mut out = Vec::new();
    for _ in 0..count {
        node.step(Input::Timeout(Timer::Heartbeat), &mut out);
    }
    let to_s2 = |output: &Output| matches!(output, Output::Send { to, .. } if *to == s(2));
    out.into_iter().filter(to_s2).count()
}

#[test]
fn a_removed_server_that_makes_no_progress_is_let_go() {
    let mut node = alone();
    step(&mut node, Input::ChangeMembership(Change::Learn(s(2))));
    acknowledge(&mut node, s(2), 2);
    step(&mut node, Input::ChangeMembership(Change::Remove(s(2))));
    assert_eq!(node.commit_index(), LogIndex(3), "the removal is committed");
    // The first heartbeat sees what it held before.
    let most = PATIENCE + 2;
    assert_eq!(heartbeats_to_s2(&mut node, most), usize::from(most));
    assert_eq!(heartbeats_to_s2(&mut node, 1), 0);
}
