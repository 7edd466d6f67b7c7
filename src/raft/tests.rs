//! What no script can say, or none shows: answers that come late or out of nowhere, rules that are
//! off, the edges of limits, and what only pictures ask.

use super::event::{Event, IgnoreReason};
use super::message::{AppendOutcome, SnapshotOutcome};
use super::*;
use crate::kv::{ClientId, Command, KvStore};

fn s(number: usize) -> NodeId {
    NodeId::new(number).unwrap()
}

fn servers(count: usize) -> ServerSet {
    NodeId::first(count).collect()
}

fn step(node: &mut Node, input: Input) -> Vec<Output> {
    let mut out = Vec::new();
    node.step(input, &mut out);
    out
}

fn receive(node: &mut Node, from: usize, message: Message) -> Vec<Output> {
    let from = s(from);
    step(node, Input::Message { from, message })
}

fn start(id: usize, count: usize, config: Config) -> Node {
    let disk = Persistent::new(servers(count));
    Node::start(s(id), config, disk, &mut Vec::new())
}

fn vote(node: &mut Node, from: usize, term: u64) {
    let (term, granted) = (Term(term), true);
    receive(node, from, Message::RequestVoteReply { term, granted });
}

/// S1 of so many servers, leading term 1, with what it has written on its disk.
fn leader(count: usize, config: Config) -> Node {
    let mut node = start(1, count, config);
    step(&mut node, Input::Timeout(Timer::Election));
    (2..=count / 2 + 1).for_each(|voter| vote(&mut node, voter, 1));
    write(&mut node);
    assert!(node.is_leader());
    node
}

fn write(node: &mut Node) {
    let written = node.persistent().written();
    step(node, written);
}

/// A follower says, in term 1, up to where its log agrees.
fn agree(node: &mut Node, from: usize, match_index: u64, round: u64) -> Vec<Output> {
    let message = Message::AppendEntriesReply {
        term: Term(1),
        round: Round(round),
        outcome: AppendOutcome::Accepted {
            match_index: LogIndex(match_index),
        },
    };
    receive(node, from, message)
}

fn beat(node: &mut Node) -> Vec<Output> {
    step(node, Input::Timeout(Timer::Heartbeat))
}

fn command(serial: u32) -> Command {
    Command {
        client: ClientId::new(1).unwrap(),
        session: None,
        serial,
        op: format!("x={serial}").parse().unwrap(),
    }
}

fn propose(node: &mut Node, serial: u32) -> Vec<Output> {
    step(node, Input::Propose(command(serial)))
}

fn without(rule: Rule) -> Config {
    let mut config = Config::default();
    config.rules.set(rule, false);
    config
}

fn noop(term: u64) -> Entry {
    Entry {
        term: Term(term),
        payload: Payload::Noop,
    }
}

/// AppendEntries of term 1 with one entry or none.
fn append(previous: (u64, u64), entry: Option<Entry>, commit: u64) -> Message {
    Message::AppendEntries {
        term: Term(1),
        prev_log: EntryId::new(LogIndex(previous.0), Term(previous.1)),
        entries: entry.map_or_else(Entries::default, Entries::one),
        leader_commit: LogIndex(commit),
        round: Round(1),
    }
}

fn sent(out: &[Output]) -> Vec<(usize, &Message)> {
    let sent = out.iter().filter_map(|output| match output {
        Output::Send { to, message } => Some((to.number(), message)),
        _ => None,
    });
    sent.collect()
}

fn receivers(out: &[Output]) -> Vec<usize> {
    sent(out).iter().map(|(to, _)| *to).collect()
}

/// How many entries are sent to a server, if AppendEntries is.
fn entries_for(out: &[Output], server: usize) -> Option<usize> {
    sent(out).iter().find_map(|(to, message)| match message {
        Message::AppendEntries { entries, .. } if *to == server => Some(entries.len()),
        _ => None,
    })
}

fn match_index(node: &Node, server: usize) -> u64 {
    let Role::Leader(leadership) = node.role() else {
        panic!("it leads");
    };
    leadership.progress(s(server)).match_index.0
}

// Elections.

#[test]
fn votes_count_in_their_own_term_only() {
    let mut node = start(1, 3, Config::default());
    step(&mut node, Input::Timeout(Timer::Election));
    step(&mut node, Input::Timeout(Timer::Election));
    vote(&mut node, 2, 1);
    assert!(!node.is_leader(), "that was given in term 1");
    vote(&mut node, 2, 2);
    assert!(node.is_leader());
}

#[test]
fn where_votes_are_counted_instead_of_voters_a_copy_of_one_is_as_good() {
    for (config, elected) in [
        (Config::default(), [false; 3]),
        (without(Rule::CountVoters), [false, true, true]),
    ] {
        let mut node = start(1, 5, config);
        step(&mut node, Input::Timeout(Timer::Election));
        let leads = [(); 3].map(|()| {
            vote(&mut node, 2, 1);
            node.is_leader()
        });
        assert_eq!(leads, elected);
    }
}

#[test]
fn where_no_election_is_tried_again_a_candidate_waits_for_ever() {
    for (config, term) in [
        (Config::default(), Term(2)),
        (without(Rule::RetryElection), Term(1)),
    ] {
        let mut node = start(1, 3, config);
        step(&mut node, Input::Timeout(Timer::Election));
        step(&mut node, Input::Timeout(Timer::Election));
        assert_eq!(node.term(), term);
    }
}

#[test]
fn where_every_message_restarts_the_timer_a_leader_has_none() {
    let restarts = |node: &mut Node| {
        let (last_log, leadership_transfer) = (EntryId::ZERO, false);
        let message = Message::RequestVote {
            term: Term(0),
            last_log,
            leadership_transfer,
        };
        let out = receive(node, 2, message);
        let is_restart = |output: &Output| matches!(output, Output::ResetElectionTimer(_));
        out.iter().any(is_restart)
    };
    let off = without(Rule::ResetOnlyForCause);
    // A vote that is refused.
    let mut voted = leader(3, Config::default());
    assert!(!restarts(&mut voted));
    assert!(!restarts(&mut leader(3, off)));
    let mut follower = start(3, 3, off);
    receive(&mut follower, 1, append((0, 0), None, 0));
    assert!(restarts(&mut follower));
}

#[test]
fn who_starts_without_a_snapshot_restores_nothing() {
    let mut out: Vec<Output> = Vec::new();
    Node::start(
        s(1),
        Config::default(),
        Persistent::new(servers(3)),
        &mut out,
    );
    assert!(
        !out.iter()
            .any(|output| matches!(output, Output::Restore(_)))
    );
}

// Rules.

#[test]
fn rules_are_switched_one_by_one() {
    let mut rules = Rules::default();
    assert_eq!(rules.off().count(), 0);
    for rule in [Rule::UpToDate, Rule::StepDown, Rule::UpToDate] {
        rules.set(rule, false);
    }
    assert_eq!(
        rules.off().collect::<Vec<_>>(),
        [Rule::StepDown, Rule::UpToDate]
    );
    rules.set(Rule::StepDown, true);
    rules.set(Rule::PersistTerm, true);
    assert_eq!(rules.off().collect::<Vec<_>>(), [Rule::UpToDate]);
}

#[test]
fn a_setting_out_of_range_is_named_in_a_sentence() {
    let default = Config::default();
    let check = |change: fn(&mut Config)| {
        let mut config = default;
        change(&mut config);
        config.validate().err().unwrap_or_default()
    };
    assert_eq!(check(|_| ()), "");
    let of_batch = "batch must be between 1 and 1000, not 0";
    assert_eq!(check(|config| config.batch = 0), of_batch);
    let of_window = "window must be between 0 and 1000, not 1001";
    assert_eq!(check(|config| config.window = 1001), of_window);
    let of_compact = "compact must be between 0 and 10000, not 10001";
    assert_eq!(check(|config| config.compact = 10_001), of_compact);
    let of_chunk = "chunk must be between 1 and 1000, not 0";
    assert_eq!(check(|config| config.chunk = 0), of_chunk);
    let of_sessions = "sessions must be between 0 and 5, not 6";
    assert_eq!(check(|config| config.sessions = 6), of_sessions);
}

/// Whoever has Figure 2 open finds each of its numbered lines by searching for its label.
#[test]
fn each_numbered_line_of_figures_2_and_13_has_a_label() {
    let core = [
        include_str!("node.rs"),
        include_str!("follower.rs"),
        include_str!("candidate.rs"),
        include_str!("leader.rs"),
        include_str!("ext/snapshot.rs"),
    ];
    let boxes = [
        ("AppendEntries", 5),
        ("RequestVote", 2),
        ("All servers", 2),
        ("Followers", 2),
        ("Candidates", 4),
        ("Leaders", 4),
        ("InstallSnapshot", 8),
    ];
    for (name, lines) in boxes {
        for line in 1..=lines {
            let label = format!("// {name} {line}");
            assert!(core.iter().any(|text| text.contains(&label)), "{label}");
        }
    }
    for name in [
        "current_term",
        "voted_for",
        "commit_index",
        "last_applied",
        "progress",
    ] {
        assert!(core[0].contains(&format!("{name}:")), "State: {name}");
    }
}

#[test]
fn what_goes_through_the_log_needs_a_session() {
    let needs = |read, op: &str| {
        let config = Config {
            sessions: 1,
            read,
            ..Config::default()
        };
        config.needs_session(op.parse::<crate::kv::Op>().unwrap().is_read())
    };
    for (read, of_reads) in [(ReadMode::Log, true), (ReadMode::Index, false)] {
        assert!(needs(read, "x=1"));
        assert_eq!(needs(read, "x?"), of_reads);
    }
}

// Replication.

#[test]
fn what_is_stored_is_on_disk_before_the_answer() {
    let mut node = start(2, 3, Config::default());
    let persists = |out: &[Output]| {
        let writes = out.iter().position(|output| *output == Output::Persist);
        let answers = out
            .iter()
            .position(|output| matches!(output, Output::Send { .. }));
        assert!(writes < answers);
        writes.is_some()
    };
    // The first message brings a new term as well.
    receive(&mut node, 1, append((0, 0), None, 0));
    let one = append((0, 0), Some(noop(1)), 0);
    assert!(persists(&receive(&mut node, 1, one.clone())));
    assert!(
        !persists(&receive(&mut node, 1, one)),
        "it is there already"
    );
}

#[test]
fn a_leader_counts_the_entries_that_its_disk_has() {
    let mut node = leader(3, Config::default());
    propose(&mut node, 1);
    assert_eq!(match_index(&node, 1), 1);
    let persisted = |index, term| Input::Persisted {
        term: Term(term),
        last: EntryId::new(LogIndex(index), Term(term)),
    };
    step(&mut node, persisted(2, 7));
    assert_eq!(match_index(&node, 1), 1, "its disk had another entry there");
    step(&mut node, persisted(2, 1));
    step(&mut node, persisted(1, 1));
    assert_eq!(match_index(&node, 1), 2, "what is known only grows");
}

#[test]
fn a_first_entry_is_not_kept_back_until_the_next_heartbeat() {
    let config = Config {
        window: 8,
        no_op: false,
        send: SendPolicy::AtOnce,
        ..Config::default()
    };
    let mut node = leader(3, config);
    let out = propose(&mut node, 1);
    assert_eq!(
        (entries_for(&out, 2), entries_for(&out, 3)),
        (Some(1), Some(1))
    );
    // That was a question, and the next entry waits for the answer; without a window nothing does.
    assert!(receivers(&propose(&mut node, 2)).is_empty());
    node.set_config(Config {
        window: 0,
        ..config
    });
    assert_eq!(entries_for(&propose(&mut node, 3), 2), Some(3));
}

#[test]
fn whose_window_is_full_gets_a_heartbeat_and_the_others_their_entries() {
    let config = Config {
        window: 1,
        ..Config::default()
    };
    let mut node = leader(3, config);
    agree(&mut node, 2, 1, 1);
    agree(&mut node, 3, 1, 1);
    propose(&mut node, 1);
    let out = beat(&mut node);
    assert_eq!(
        (entries_for(&out, 2), entries_for(&out, 3)),
        (Some(1), Some(1))
    );
    agree(&mut node, 3, 2, 2);
    propose(&mut node, 2);
    let out = beat(&mut node);
    assert_eq!(
        (entries_for(&out, 2), entries_for(&out, 3)),
        (Some(0), Some(1))
    );
}

#[test]
fn an_answer_makes_room_for_what_waited_and_sends_nothing_twice() {
    let config = |window| Config {
        window,
        no_op: false,
        send: SendPolicy::Apart,
        ..Config::default()
    };
    let mut node = leader(3, config(1));
    agree(&mut node, 2, 0, 1);
    assert_eq!(entries_for(&propose(&mut node, 1), 2), Some(1));
    assert_eq!(entries_for(&propose(&mut node, 2), 2), None, "it is full");
    assert_eq!(entries_for(&agree(&mut node, 2, 1, 1), 2), Some(1));
    // Without a window both are under way, and the answer to the first is no reason to send again.
    let mut node = leader(3, config(0));
    agree(&mut node, 2, 0, 1);
    propose(&mut node, 1);
    propose(&mut node, 2);
    assert_eq!(entries_for(&agree(&mut node, 2, 1, 1), 2), None);
}

/// Leaders 3: while last log index >= nextIndex, a leader sends. Without a window each batch waits for
/// the reply to the one before, not for the next heartbeat.
#[test]
fn without_a_window_each_reply_is_followed_by_the_next_batch() {
    for send in [SendPolicy::AtOnce, SendPolicy::Apart] {
        let config = Config {
            window: 0,
            batch: 2,
            no_op: false,
            send,
            ..Config::default()
        };
        let mut node = leader(3, config);
        (1..=7).for_each(|serial| drop(propose(&mut node, serial)));
        let mut sent = Vec::new();
        let mut match_index = 0;
        while let Some(count) = entries_for(&agree(&mut node, 2, match_index, 1), 2) {
            sent.push(count);
            match_index += count as u64;
        }
        assert_eq!(sent, [2, 2, 2, 1], "{send:?}");
        // A duplicate of the last reply is no reason to send anything.
        assert_eq!(entries_for(&agree(&mut node, 2, 6, 1), 2), None);
    }
}

#[test]
fn a_refusal_takes_back_nothing_that_is_known() {
    let config = Config {
        window: 8,
        send: SendPolicy::AtOnce,
        ..Config::default()
    };
    let mut node = leader(3, config);
    agree(&mut node, 2, 1, 1);
    propose(&mut node, 1);
    propose(&mut node, 2);
    let message = Message::AppendEntriesReply {
        term: Term(1),
        round: Round(1),
        outcome: AppendOutcome::Refused {
            previous: LogIndex(2),
            hint: EntryId::ZERO,
        },
    };
    receive(&mut node, 2, message);
    let Role::Leader(leadership) = node.role() else {
        panic!("it leads");
    };
    let Progress {
        next_index,
        match_index,
        answered,
        ..
    } = *leadership.progress(s(2));
    assert_eq!(
        (next_index, match_index, answered),
        (LogIndex(2), LogIndex(1), Round(1))
    );
}

#[test]
fn where_heartbeats_are_not_checked_a_follower_agrees_to_what_it_lacks() {
    for (config, agrees) in [
        (Config::default(), false),
        (without(Rule::CheckHeartbeats), true),
    ] {
        let mut node = start(2, 3, config);
        let out = receive(&mut node, 1, append((4, 1), None, 0));
        let accepted = |(_, message): &(usize, &Message)| {
            let outcome = AppendOutcome::Accepted {
                match_index: LogIndex(4),
            };
            matches!(message, Message::AppendEntriesReply { outcome: is, .. } if *is == outcome)
        };
        assert_eq!(sent(&out).iter().any(accepted), agrees);
    }
}

#[test]
fn a_commit_index_never_falls_but_where_the_rule_is_off() {
    for (config, after) in [(Config::default(), 2), (without(Rule::CommitNeverFalls), 1)] {
        let mut node = start(2, 3, config);
        receive(&mut node, 1, append((0, 0), Some(noop(1)), 0));
        receive(&mut node, 1, append((1, 1), Some(noop(1)), 2));
        assert_eq!(node.commit_index(), LogIndex(2));
        let learns = |out: &[Output]| {
            let is = |output: &Output| matches!(output, Output::Event(Event::CommitLearned { .. }));
            out.iter().any(is)
        };
        assert!(!learns(&receive(&mut node, 1, append((2, 1), None, 2))));
        receive(&mut node, 1, append((2, 1), None, 1));
        assert_eq!(node.commit_index(), LogIndex(after));
    }
}

/// A follower whose second entry its leader never had. The leader has committed another there,
/// which is still on its way. Meanwhile comes a bare heartbeat, as leaders send that keep them
/// apart from entries: it vouches for the first entry only.
#[test]
fn a_heartbeat_commits_no_further_than_it_vouches_for() {
    let message = |entries| Message::AppendEntries {
        term: Term(3),
        prev_log: EntryId::new(LogIndex(1), Term(1)),
        entries,
        leader_commit: LogIndex(2),
        round: Round(1),
    };
    let (heartbeat, late) = (message(Entries::default()), message(Entries::one(noop(3))));
    let applies = |node: &mut Node, message: &Message| {
        let (mut out, message) = (Vec::new(), message.clone());
        node.step(
            Input::Message {
                from: s(1),
                message,
            },
            &mut out,
        );
        let applied = out.into_iter().filter_map(|output| match output {
            Output::Apply { index, entry } => Some((index.0, entry.term.0)),
            _ => None,
        });
        applied.collect::<Vec<_>>()
    };
    for on in [true, false] {
        let mut disk = Persistent::new(servers(3));
        disk.current_term = Term(2);
        disk.log.append(noop(1));
        disk.log.append(noop(2));
        let mut config = Config::default();
        config.rules.set(Rule::CommitOnlyChecked, on);
        let mut node = Node::start(s(2), config, disk, &mut Vec::new());
        if on {
            assert_eq!(applies(&mut node, &heartbeat), [(1, 1)]);
            assert_eq!(applies(&mut node, &late), [(2, 3)]);
        } else {
            // The wrong entry 2, and the right one never.
            assert_eq!(applies(&mut node, &heartbeat), [(1, 1), (2, 2)]);
            assert_eq!(applies(&mut node, &late), []);
            assert_eq!(node.log().term(LogIndex(2)), Some(Term(3)));
        }
    }
}

// Another state machine: the core knows nothing of the one in `kv`.

/// A counter. Its commands are the numbers to add.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
struct Counter(u8);

impl FromIterator<u8> for Counter {
    fn from_iter<I: IntoIterator<Item = u8>>(items: I) -> Self {
        Self(items.into_iter().next().unwrap_or_default())
    }
}

impl StateMachine for Counter {
    type Command = u8;
    type Registration = ();
    type Item = u8;
    type Items = Vec<u8>;

    fn size(&self) -> usize {
        1
    }

    fn piece(&self, first: usize, most: usize) -> Vec<u8> {
        std::iter::once(self.0).skip(first).take(most).collect()
    }
}

#[test]
fn commands_are_opaque() {
    let disk = Persistent::<Counter>::new(servers(1));
    let mut out = Vec::new();
    let mut node = Node::start(s(1), Config::default(), disk, &mut out);
    node.step(Input::Timeout(Timer::Election), &mut out);
    node.step(node.persistent().written(), &mut out);
    node.step(Input::Propose(7), &mut out);
    node.step(node.persistent().written(), &mut out);
    let commands = out.iter().filter_map(|output| match output {
        Output::Apply { entry, .. } => Some(entry.payload),
        _ => None,
    });
    let applied: Vec<Payload<Counter>> = commands.collect();
    assert_eq!(applied, [Payload::Noop, Payload::Command(7)]);
}

// Members.

/// What S1 sends when it is elected by S2, in a cluster of which S3 was a member by the first
/// configuration and is none by the second.
fn elected_after_a_removal(commit: u64) -> Vec<usize> {
    let mut disk = Persistent::new(servers(3));
    disk.log.append(Entry {
        term: Term(0),
        payload: Payload::Configuration(Configuration::of(servers(2))),
    });
    let mut node = Node::start(s(1), Config::default(), disk, &mut Vec::new());
    node.resume(LogIndex(commit), &mut Vec::new());
    step(&mut node, Input::Timeout(Timer::Election));
    let (term, granted) = (Term(1), true);
    receivers(&receive(
        &mut node,
        2,
        Message::RequestVoteReply { term, granted },
    ))
}

#[test]
fn who_is_removed_is_sent_the_log_until_it_is_told() {
    assert_eq!(elected_after_a_removal(0), [2, 3]);
    assert_eq!(elected_after_a_removal(1), [2]);

    let mut node = leader(3, Config::default());
    agree(&mut node, 2, 1, 1);
    step(&mut node, Input::ChangeMembership(Change::Remove(s(3))));
    write(&mut node);
    assert_eq!(receivers(&beat(&mut node)), [2, 3]);
    agree(&mut node, 2, 2, 2);
    assert_eq!(node.commit_index(), LogIndex(2));
    assert_eq!(receivers(&beat(&mut node)), [2, 3], "it lacks its removal");
    assert_eq!(receivers(&beat(&mut node)), [2, 3], "it lacks it still");
    agree(&mut node, 3, 2, 2);
    assert_eq!(receivers(&beat(&mut node)), [2, 3], "its last word");
    assert_eq!(receivers(&beat(&mut node)), [2]);
}

#[test]
fn a_change_that_has_to_wait_is_in_hand_and_appends_nothing_more() {
    let mut node = leader(3, Config::default());
    step(&mut node, Input::ChangeMembership(Change::Remove(s(3))));
    assert_eq!(
        node.log().last_index(),
        LogIndex(1),
        "its empty entry is under way"
    );
    let Role::Leader(leadership) = node.role() else {
        panic!("it leads");
    };
    let goal = Configuration::of(servers(2));
    assert_eq!(leadership.change().map(|change| change.goal), Some(goal));
}

// Leases.

#[test]
fn a_lease_is_renewed_while_it_runs() {
    let config = Config {
        check_quorum: true,
        read: ReadMode::Lease,
        ..Config::default()
    };
    let mut node = leader(3, config);
    assert_eq!((node.has_lease(), node.lease_timer()), (false, None));
    agree(&mut node, 2, 1, 1);
    assert!(node.has_lease());
    assert_eq!(node.lease_timer(), Some(Timer::EvenLease));
    beat(&mut node);
    assert_eq!(
        node.lease_timer(),
        Some(Timer::EvenLease),
        "nobody has answered the second round"
    );
    agree(&mut node, 2, 1, 2);
    assert_eq!(node.lease_timer(), Some(Timer::OddLease));
    let ends = |node: &mut Node, timer| {
        let out = step(node, Input::Timeout(timer));
        out.contains(&Output::Event(Event::LeaseEnded))
    };
    assert!(!ends(&mut node, Timer::EvenLease), "the other goes on");
    let mut other = node.clone();
    assert!(ends(&mut other, Timer::OddLease));
    assert!(!other.has_lease());
    // It holds while there are leases, and is not there again when there are again.
    node.set_config(config);
    assert!(node.has_lease());
    node.set_config(Config::default());
    assert_eq!((node.has_lease(), node.lease_timer()), (false, None));
    node.set_config(config);
    assert!(!node.has_lease());
}

// Reads.

fn read_of(serial: u32) -> ReadId {
    let client = ClientId::new(1).unwrap();
    ReadId { client, serial }
}

fn read(node: &mut Node, serial: u32) -> Vec<Output> {
    step(node, Input::Read(read_of(serial)))
}

fn is_refused(out: &[Output]) -> bool {
    out.iter()
        .any(|output| matches!(output, Output::RefuseRead { .. }))
}

#[test]
fn so_many_reads_wait_at_a_server_and_no_more() {
    let mut follower = start(2, 3, Config::default());
    receive(&mut follower, 1, append((0, 0), None, 0));
    for node in [&mut leader(3, Config::default()), &mut follower] {
        assert!((1..=64).all(|serial| !is_refused(&read(node, serial))));
        assert!(is_refused(&read(node, 65)));
        assert!(!is_refused(&read(node, 64)), "that one waits already");
        assert_eq!(node.reads().len(), 64);
    }
}

#[test]
fn each_answer_is_for_one_read() {
    let mut node = start(2, 3, Config::default());
    receive(&mut node, 1, append((0, 0), None, 0));
    for serial in [1, 2] {
        let out = read(&mut node, serial);
        let (term, id) = (Term(1), read_of(serial));
        assert_eq!(sent(&out), [(1, &Message::ReadIndex { term, id })]);
    }
    let (term, id, index) = (Term(1), read_of(2), LogIndex(9));
    receive(&mut node, 1, Message::ReadIndexReply { term, id, index });
    let stages: Vec<Stage> = node.reads().iter().map(|read| read.stage).collect();
    let asked = Stage::Asked { leader: s(1), term };
    assert_eq!(stages, [asked, Stage::Applying { index }]);
}

#[test]
fn what_a_leader_was_asked_in_one_term_it_is_to_be_asked_again_in_the_next() {
    let mut node = start(2, 3, Config::default());
    receive(&mut node, 1, append((0, 0), None, 0));
    read(&mut node, 1);
    let message = Message::AppendEntries {
        term: Term(3),
        prev_log: EntryId::ZERO,
        entries: Entries::default(),
        leader_commit: LogIndex(0),
        round: Round(1),
    };
    assert!(is_refused(&receive(&mut node, 1, message)));
    assert!(node.reads().is_empty());
}

#[test]
fn a_question_from_an_earlier_term_is_not_answered() {
    let mut node = leader(3, Config::default());
    let (term, id) = (Term(0), read_of(1));
    receive(&mut node, 2, Message::ReadIndex { term, id });
    assert!(node.reads().is_empty());
}

#[test]
fn reads_wait_for_the_round_under_way_however_many_wait_for_that() {
    let config = Config {
        send: SendPolicy::AtOnce,
        ..Config::default()
    };
    let mut node = leader(3, config);
    agree(&mut node, 2, 1, 1);
    read(&mut node, 1);
    assert_eq!(node.reads()[0].round(), Some(Round(2)));
    // The next round begins with a heartbeat; now one read waits for each.
    read(&mut node, 2);
    assert_eq!(node.reads()[1].round(), Some(Round(3)));
    beat(&mut node);
    assert!(receivers(&read(&mut node, 3)).is_empty());
    assert_eq!(node.reads()[2].round(), Some(Round(4)));
}

// Snapshots.

/// S1 of three, leading term 1, with five entries of which S3 has none. It has compacted them, and
/// has S3's refusal: S3 is sent the snapshot, an item at a time.
fn sending() -> (Node, KvStore, Message) {
    let config = Config {
        chunk: 1,
        ..Config::default()
    };
    let mut node = leader(3, config);
    let mut machine = KvStore::default();
    for serial in 1..=4 {
        propose(&mut node, serial);
        machine.apply(&command(serial), true);
    }
    write(&mut node);
    agree(&mut node, 2, 5, 1);
    assert!(node.can_compact());
    compact(&mut node, &machine);
    assert_eq!(node.log().base().index, LogIndex(5));
    let message = Message::AppendEntriesReply {
        term: Term(1),
        round: Round(1),
        outcome: AppendOutcome::Refused {
            previous: LogIndex(0),
            hint: EntryId::ZERO,
        },
    };
    receive(&mut node, 3, message);
    let out = beat(&mut node);
    let (_, first) = *sent(&out).iter().find(|(to, _)| *to == 3).unwrap();
    let first = first.clone();
    (node, machine, first)
}

fn compact(node: &mut Node, machine: &KvStore) -> Vec<Output> {
    let machine = machine.clone();
    step(node, Input::Compact { machine, keep: 0 })
}

fn piece(message: &Message) -> &Piece {
    let Message::InstallSnapshot { piece, .. } = message else {
        panic!("a piece of a snapshot, not {message:?}");
    };
    piece
}

/// S3 says how many items it has of the snapshot that ends with `last`.
fn has(node: &mut Node, last: u64, offset: u32) -> Vec<Output> {
    let message = Message::InstallSnapshotReply {
        term: Term(1),
        round: Round(1),
        last: LogIndex(last),
        outcome: SnapshotOutcome::Received { offset },
    };
    receive(node, 3, message)
}

fn transfer(node: &Node) -> Option<(u64, u32)> {
    let Role::Leader(leadership) = node.role() else {
        panic!("it leads");
    };
    match &leadership.progress(s(3)).flow {
        Flow::Snapshot(transfer) => Some((transfer.last().0, transfer.arrived())),
        _ => None,
    }
}

#[test]
fn a_snapshot_that_has_begun_to_arrive_is_sent_to_its_end() {
    let (mut node, mut machine, first) = sending();
    assert_eq!((piece(&first).last.index.0, piece(&first).offset), (5, 0));
    assert_eq!(transfer(&node), Some((5, 0)));
    let out = has(&mut node, 5, 1);
    assert_eq!(piece(sent(&out)[0].1).offset, 1);
    assert_eq!(transfer(&node), Some((5, 1)));
    // Meanwhile the leader has a later one.
    propose(&mut node, 5);
    machine.apply(&command(5), true);
    write(&mut node);
    agree(&mut node, 2, 6, 1);
    compact(&mut node, &machine);
    assert_eq!(node.log().base().index, LogIndex(6));
    let out = beat(&mut node);
    let (_, next) = sent(&out)[1];
    assert_eq!((piece(next).last.index.0, piece(next).offset), (5, 1));
    // An answer about that one, or any other, says nothing about this one.
    has(&mut node, 6, 0);
    assert_eq!(transfer(&node), Some((5, 1)));
    // What S3 had acknowledged long before is no reason to send entries, which are not there.
    agree(&mut node, 3, 2, 1);
    assert_eq!(transfer(&node), Some((5, 1)));
    // But if it has all that the snapshot covers, that is over.
    agree(&mut node, 3, 5, 1);
    assert_eq!(transfer(&node), None);
}

#[test]
fn what_is_compacted_already_is_not_compacted_again() {
    let (mut node, machine, _) = sending();
    assert!(!node.can_compact());
    assert_eq!(compact(&mut node, &machine), []);
    let mut fresh = start(1, 3, Config::default());
    assert!(!fresh.can_compact() && !fresh.wants_compaction());
    assert_eq!(compact(&mut fresh, &machine), []);
    let after = |compact| {
        let config = Config {
            compact,
            ..Config::default()
        };
        let mut node = leader(1, config);
        propose(&mut node, 1);
        write(&mut node);
        assert_eq!(node.last_applied(), LogIndex(2));
        node.wants_compaction()
    };
    assert_eq!([0, 1, 2, 3].map(after), [false, true, true, false]);
}

/// A follower is sent pieces of two snapshots. The first of a later one of the same leader replaces
/// what there is of an earlier one; one of an earlier is passed over. Of another leader's the one
/// that comes is the one that it sends.
#[test]
fn of_one_leaders_snapshots_the_later_counts() {
    let (_, machine, _) = sending();
    let from = |term, last| {
        let piece = Piece {
            last: EntryId::new(LogIndex(last), Term(1)),
            configuration: Configuration::of(servers(3)),
            offset: 0,
            items: machine.piece(0, 1),
            done: false,
        };
        Message::InstallSnapshot {
            term: Term(term),
            round: Round(1),
            piece,
        }
    };
    let reason = IgnoreReason::EarlierSnapshot;
    let passed_over = |out: &[Output]| {
        let is = |output: &Output| matches!(output, Output::Event(Event::Ignored { reason: why, .. }) if *why == reason);
        out.iter().any(is)
    };
    let mut node = start(3, 3, Config::default());
    assert!(!passed_over(&receive(&mut node, 1, from(1, 5))));
    assert!(!passed_over(&receive(&mut node, 1, from(1, 7))));
    assert!(passed_over(&receive(&mut node, 1, from(1, 5))));
    assert!(!passed_over(&receive(&mut node, 2, from(2, 5))));
}
