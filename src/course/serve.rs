//! Be a server: messages arrive at S3, and the learner says what S3 answers and what it is
//! afterwards. What is right, the core says: each message was delivered in a run with faults, to a
//! node that took it as Figure 2 wants.

use crate::narrate::{self, Clause, clause, spoken};
use crate::raft::{Event, Message, Node, NodeId, Role};
use crate::session::{Session, link};
use crate::sim::text::{parse_action, parse_run};
use crate::sim::{Action, Address, Body, Cause, Fact, Rng, Scenario, Step, Time, World};

/// The server that the learner is.
const ME: usize = 3;

/// How many messages a round has.
pub const MESSAGES: usize = 10;

/// How long the run is from which they come.
const LENGTH: Time = Time::ms(6_000);

/// Messages to S3 in one run.
#[derive(Clone, Debug)]
pub struct Round {
    scenario: Scenario,
    actions: Vec<(Time, Action)>,
    /// The messages, as they arrived one after another.
    pub puzzles: Vec<Puzzle>,
}

/// A message to S3, and what the core made of it.
#[derive(Clone, Debug)]
pub struct Puzzle {
    /// When it arrived.
    pub at: Time,
    /// Who sent it.
    pub from: NodeId,
    /// The message: RequestVote or AppendEntries.
    pub message: Message,
    /// S3 before.
    pub before: State,
    /// S3 afterwards.
    pub after: State,
    /// Whether it granted its vote, or accepted.
    pub yes: bool,
    /// What it did, in sentences, each with the rule of Figure 2.
    pub told: Vec<(String, Clause)>,
}

/// What Figure 2 says of a server's state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct State {
    /// Its role, in a word.
    pub role: &'static str,
    /// currentTerm.
    pub term: u64,
    /// votedFor.
    pub vote: Option<NodeId>,
    /// The term of each entry.
    pub log: Vec<u64>,
    /// commitIndex.
    pub commit: u64,
}

/// What may be answered to one question about a message.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Answer {
    /// Whether S3 grants its vote, or accepts.
    Reply(bool),
    /// currentTerm afterwards.
    Term(u64),
    /// votedFor afterwards.
    Vote(Option<NodeId>),
    /// The log afterwards.
    Log(Vec<u64>),
    /// commitIndex afterwards.
    Commit(u64),
}

impl State {
    fn of(node: &Node) -> Self {
        Self {
            role: match node.role() {
                Role::Follower { .. } => "follower",
                Role::Candidate { .. } => "candidate",
                Role::PreCandidate { .. } => "pre-candidate",
                Role::Leader(_) => "leader",
            },
            term: node.term().0,
            vote: node.persistent().voted_for,
            log: node.log().iter().map(|(_, entry)| entry.term.0).collect(),
            commit: node.commit_index().0,
        }
    }
}

impl Puzzle {
    /// Each question about the message, as what may be answered to it: two answers at least.
    pub fn questions(&self) -> Vec<Vec<Answer>> {
        let before = &self.before;
        let reply = vec![Answer::Reply(true), Answer::Reply(false)];
        let term = self.message.term().0;
        let terms = several([before.term, term], before.term.max(term) + 1);
        let terms = terms.into_iter().map(Answer::Term).collect();
        match &self.message {
            Message::AppendEntries {
                prev_log,
                entries,
                leader_commit,
                ..
            } => {
                let own = &before.log;
                let sent: Vec<u64> = entries.iter().map(|entry| entry.term.0).collect();
                let kept = own.len().min(prev_log.index.0 as usize);
                let behind = own.len().min(kept + sent.len());
                // Unchanged; cut off where the entries begin; with the entries there, and with
                // what stood behind them; with the entries at the end.
                let with = [&own[..kept], &sent].concat();
                let mut logs = vec![
                    own.clone(),
                    own[..kept].to_vec(),
                    [&with[..], &own[behind..]].concat(),
                    with.clone(),
                    [&own[..], &sent].concat(),
                ];
                logs.sort();
                logs.dedup();
                if logs.len() < 2 {
                    // A heartbeat to a log that ends where it begins.
                    let short = &own[..own.len().saturating_sub(1)];
                    logs.insert(0, short.to_vec());
                    logs.dedup();
                }
                let commit = leader_commit.0.min(kept as u64 + sent.len() as u64);
                let commits = several([before.commit, commit], leader_commit.0);
                vec![
                    reply,
                    terms,
                    logs.into_iter().map(Answer::Log).collect(),
                    commits.into_iter().map(Answer::Commit).collect(),
                ]
            }
            _ => {
                let mut votes = vec![None, before.vote, Some(self.from), NodeId::new(ME)];
                votes.sort();
                votes.dedup();
                vec![reply, terms, votes.into_iter().map(Answer::Vote).collect()]
            }
        }
    }

    /// Whether the core did so.
    pub fn is_right(&self, answer: &Answer) -> bool {
        match answer {
            Answer::Reply(yes) => *yes == self.yes,
            Answer::Term(term) => *term == self.after.term,
            Answer::Vote(vote) => *vote == self.after.vote,
            Answer::Log(log) => *log == self.after.log,
            Answer::Commit(commit) => *commit == self.after.commit,
        }
    }

    /// What kind of case it is.
    fn kind(&self) -> [bool; 7] {
        let (before, after) = (&self.before, &self.after);
        [
            matches!(self.message, Message::RequestVote { .. }),
            self.yes,
            before.term != after.term,
            before.vote != after.vote,
            before.log != after.log,
            !after.log.starts_with(&before.log),
            before.commit != after.commit,
        ]
    }
}

/// These numbers, and where they are all the same another one.
fn several(numbers: [u64; 2], other: u64) -> Vec<u64> {
    let mut all = vec![numbers[0], numbers[1], other];
    all.sort_unstable();
    all.dedup();
    if all.len() < 2 {
        all.push(all[0] + 1);
    }
    all
}

impl Round {
    /// The messages of a run with the luck of that seed: of each kind of case one, as long as there
    /// are others.
    pub fn new(seed: u64) -> Self {
        let text = format!(
            "servers 5 · seed {seed} · client C1 writes x every 350ms
            config timeout=150..300ms heartbeat=60ms latency=5..40ms loss=5% send=at-once"
        );
        let (scenario, _) = parse_run(&text).expect("the round's own text can be read");
        let mut world = World::new(&scenario, &mut Step::default());
        let (mut rng, mut actions, mut found) = (Rng::new(seed), Vec::new(), Vec::new());
        let mut next = Time::ms(250);
        while next < LENGTH {
            watch(&mut world, next, &mut found);
            let action = fault(&world, &mut rng);
            if let Some(action) = action.filter(|action| world.check(action).is_ok()) {
                let done = world.act(&action, &mut Step::default());
                debug_assert!(done.is_ok());
                actions.push((next, action));
            }
            next = next + Time::ms(80 + rng.below(320) as u64);
        }
        rng.shuffle(&mut found);
        let mut puzzles: Vec<Puzzle> = Vec::new();
        while puzzles.len() < MESSAGES && !found.is_empty() {
            let known: Vec<_> = puzzles.iter().map(Puzzle::kind).collect();
            let new = found.iter().position(|it| !known.contains(&it.kind()));
            puzzles.push(found.swap_remove(new.unwrap_or(0)));
        }
        puzzles.sort_by_key(|puzzle| puzzle.at);
        Self {
            scenario,
            actions,
            puzzles,
        }
    }

    /// The address of the run, at the moment before this message arrives.
    pub fn link(&self, puzzle: &Puzzle) -> String {
        let before = self.actions.iter().filter(|(at, _)| *at < puzzle.at);
        let session = Session::replay(self.scenario.clone(), before.cloned().collect());
        let mut session = session.unwrap_or_else(|_| Session::new(self.scenario.clone()));
        session.advance(puzzle.at.saturating_sub(Time(1)));
        format!("#/run/{}", link::write(&session))
    }
}

/// Something that goes wrong, or is mended. S3 itself stays up.
fn fault(world: &World, rng: &mut Rng) -> Option<Action> {
    let others: Vec<NodeId> = world.ids().iter().filter(|id| id.number() != ME).collect();
    let one = rng.pick(&others);
    let down = others
        .iter()
        .find(|id| world.find(**id).is_some_and(|it| !it.is_up()));
    match (rng.below(7), down) {
        (0, None) => Some(Action::Crash(one)),
        (0..3, Some(down)) => Some(Action::Restart(*down)),
        (1, None) => Some(Action::Timeout(one)),
        // S3 and another, apart from the majority.
        (2 | 3, _) => {
            let rest: Vec<String> = others
                .iter()
                .filter(|id| **id != one)
                .map(NodeId::to_string)
                .collect();
            parse_action(&format!("partition S{ME} {one} | {}", rest.join(" "))).ok()
        }
        (4 | 5, _) => parse_action("heal").ok(),
        _ => Some(Action::Timeout(one)),
    }
}

/// Lets time pass until `to`, and notes the messages to S3 that it answered.
fn watch(world: &mut World, to: Time, found: &mut Vec<Puzzle>) {
    let mut step = Step::default();
    while world.next_at().is_some_and(|at| at <= to) {
        let before = world.clone();
        if !world.step(&mut step) {
            break;
        }
        found.extend(puzzle(&before, &step, world));
    }
    world.wait_until(to);
}

/// The message that this step delivered to S3, if it is one of the two RPCs.
fn puzzle(before: &World, step: &Step, after: &World) -> Option<Puzzle> {
    let me = NodeId::new(ME)?;
    let Cause::Packet { packet, to, .. } = step.cause else {
        return None;
    };
    let packet = before.network().packet(packet)?;
    let (Address::Server(from), Body::Raft(message)) = (packet.from, &packet.body) else {
        return None;
    };
    let answers = matches!(
        message,
        Message::RequestVote { .. } | Message::AppendEntries { .. }
    );
    if to != Address::Server(me) || !answers {
        return None;
    }
    let yes = step.events().find_map(|(_, event)| match event {
        Event::VoteGranted { .. } | Event::AppendAccepted { .. } => Some(true),
        Event::VoteDenied { .. } | Event::AppendRefused { .. } => Some(false),
        _ => None,
    })?;
    let state = |world: &World| Some(State::of(world.find(me)?.node()?));
    let told = narrate::sentences(spoken(), step, after).into_iter();
    let told = told.filter_map(|sentence| {
        let fact = step.facts.get(sentence.fact?)?;
        let rule = clause(spoken(), fact);
        let raft = matches!(fact, Fact::Raft { .. }) && !rule.place.is_empty();
        raft.then(|| (narrate::end(spoken(), &sentence.text), rule))
    });
    Some(Puzzle {
        at: step.at,
        from,
        message: message.clone(),
        before: state(before)?,
        after: state(after)?,
        yes,
        told: told.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_round_has_ten_messages_of_many_kinds_and_one_right_answer_to_each_question() {
        for seed in 1..=40 {
            let round = Round::new(seed);
            assert_eq!(round.puzzles.len(), MESSAGES, "seed {seed}");
            let mut kinds: Vec<_> = round.puzzles.iter().map(Puzzle::kind).collect();
            kinds.sort_unstable();
            kinds.dedup();
            assert!(kinds.len() >= 7, "seed {seed}: {} kinds", kinds.len());
            for puzzle in &round.puzzles {
                for answers in puzzle.questions() {
                    let right = answers.iter().filter(|answer| puzzle.is_right(answer));
                    assert_eq!(right.count(), 1, "seed {seed}: {answers:?}, {puzzle:?}");
                    assert!(answers.len() >= 2, "seed {seed}: {answers:?}");
                    assert!(answers.is_sorted() || matches!(answers[0], Answer::Reply(_)));
                }
                assert!(!puzzle.told.is_empty(), "seed {seed}: {puzzle:?}");
            }
        }
    }

    #[test]
    fn the_link_of_a_message_shows_s3_as_it_was_before() {
        let round = Round::new(7);
        for puzzle in &round.puzzles {
            let link = round.link(puzzle);
            let session = link::read(link.strip_prefix("#/run/").unwrap()).unwrap();
            let me = session.world().find(NodeId::new(ME).unwrap()).unwrap();
            assert_eq!(State::of(me.node().unwrap()).log, puzzle.before.log);
            let mut session = session;
            session.advance(puzzle.at);
            let me = session.world().find(NodeId::new(ME).unwrap()).unwrap();
            assert_eq!(State::of(me.node().unwrap()).term, puzzle.after.term);
        }
    }
}
