//! One server of a Raft cluster: the whole protocol, as a function from inputs to outputs.
//!
//! Keep Figure 2 of the paper beside this directory ("In Search of an Understandable Consensus
//! Algorithm (Extended Version)", Ongaro and Ousterhout, 2014). Each numbered line of it is a label
//! here: search for `AppendEntries 3`, `RequestVote 2`, `All servers 1`, `Followers 2`,
//! `Candidates 4` or `Leaders 3`, and for `InstallSnapshot 6` of Figure 13. "Dissertation" is
//! Ongaro's ("Consensus: Bridging Theory and Practice", 2014).
//!
//! # The problem: one log, one state machine
//!
//! Several servers must behave like one that never fails. Each has a *log*, a list of commands, and
//! a *state machine* that executes the commands in the order of the log. State machines that start
//! equal and execute the same commands stay equal. So it is enough that the servers agree on the
//! log, while some of them crash and while messages are lost, late, duplicate or out of order.
//!
//! Raft agrees on the log as long as a *majority* of the servers works: more than half of all, up or
//! down. Any two majorities share at least one server. Nearly every argument below ends with that
//! server ([`configuration`]).
//!
//! # Terms and elections
//!
//! Raft lets one server decide: the *leader*. It appends commands to its own log and copies them to
//! the others, the *followers*. Time is divided into *terms*, numbered 1, 2, 3 ... A term begins
//! with an election and has at most one leader. Terms are a logical clock: they are in every
//! message, and a server that sees a later term than its own enters that term as a follower (All
//! servers 2). So a deposed leader finds out as soon as it hears from anyone.
//!
//! A follower expects to hear from a leader, at least by heartbeats. When its *election timeout*
//! elapses without that (Followers 2), it becomes a *candidate*: it enters the next term, votes for
//! itself and asks everyone else for their vote (Candidates 1). It becomes leader with the votes of
//! a majority (Candidates 2), becomes a follower again if another server leads the term (Candidates
//! 3), or tries again in the next term after another timeout (Candidates 4).
//!
//! - A server votes once in a term, and its vote is on disk before it leaves (RequestVote 2). Two
//!   leaders of one term would need two majorities, and the server in both would have voted twice.
//!   This is *Election Safety*.
//! - If several candidates divide the votes, no one wins. Election timeouts are random, so one
//!   candidate is usually much earlier than the others in the next attempt.
//!
//! # Replication
//!
//! An entry of the log has a command and the term of the leader that appended it. Its place in the
//! log is its *index*, from 1. A leader sends entries with AppendEntries, together with the index and
//! the term of the entry before them, `prev_log`. A follower that does not have that entry rejects
//! (AppendEntries 2). The leader then goes back in its log and tries again (Leaders 3), until it
//! finds the point where the two logs match. From there on, the follower deletes what conflicts and
//! stores what it lacks (AppendEntries 3 and 4).
//!
//! By induction, two logs that have an entry with the same index and term are equal up to that
//! entry. This is *Log Matching*. It lets a leader describe a follower's whole log with one number:
//! [`Progress::match_index`].
//!
//! # Commitment
//!
//! An entry is *committed* when no later leader can lack it. Then it may be executed, and the client
//! may be answered. A leader commits an entry *of its own term* when a majority holds it (Leaders
//! 4). Followers learn the leader's commit index with the next AppendEntries (AppendEntries 5).
//!
//! Why can no later leader lack it? A server rejects a candidate whose log is less up-to-date than
//! its own (RequestVote 2). A winner has the votes of a majority; the entry is on a majority; the
//! server in both would not have voted for a log without the entry. This is *Leader Completeness*.
//! Hence all servers execute the same command at the same index: *State Machine Safety*.
//!
//! Why only entries of its own term? A majority that holds an entry of an *earlier* term does not
//! stop a server with a later last term from being elected without it (Figure 8). Such entries are
//! committed together with the first one of the leader's own term. A new leader therefore appends an
//! empty entry at once ([`Config::no_op`]).
//!
//! # Clients
//!
//! Clients talk to the leader; the other servers say who it is. A client that gets no answer tries
//! again, perhaps at another server, so a command may be in the log twice. The state machine
//! remembers what it executed for each client, and does not execute it again (§8). Reads need no
//! entry in the log, but a leader must make sure that it was not deposed ([`ext::read`],
//! [`ext::lease`]).
//!
//! # A worked example
//!
//! Three servers; `x=5` is a command; `[1]` is a log whose only entry has term 1.
//!
//! ```text
//!     S1                          S2                          S3
//!  1  term 1, candidate           term 0, follower            term 0, follower
//!     RequestVote(1, last 0) -->  term 1, votes for S1        (the message is lost)
//!  2  leader, log [1] (no-op)
//!     AppendEntries(prev 0) --->  log [1], match 1
//!                       ------------------------------------> term 1, log [1], match 1
//!  3  1 is on a majority: commits 1, applies it
//!  4  client: x=5, log [1 1]
//!     AppendEntries(prev 1) --->  log [1 1], match 2          (the message is lost)
//!  5  2 is on S1 and S2: commits 2, executes x=5, answers the client
//!  6  crashes                                                 election timeout: term 2, candidate
//!                                 log [1 1] is longer   <---  RequestVote(2, last 1 of term 1)
//!                                 than [1]: rejects
//!  7                              election timeout: term 3
//!                                 RequestVote(3, last 2) ---> term 3, votes for S2
//!  8                              leader, log [1 1 3]
//!                                 AppendEntries(prev 2) --->  has no entry 2: rejects, "1 may match"
//!                                 AppendEntries(prev 1) --->  log [1 1 3], match 3
//!  9                              3 is on a majority and of term 3: commits 3, and with it 2
//! ```
//!
//! S3 could not win in step 6, because `x=5` was committed and S3 did not have it. In step 8 S2 finds
//! the last matching entry and repairs S3's log. `examples/three_nodes.rs` runs such a history.
//!
//! # How to read the code
//!
//! 1. [`types`], [`machine`], [`log`], [`message`], [`config`], [`rules`], [`event`], [`io`]: the nouns. The
//!    fields have the paper's names: `match_index`, `next_index`, `prev_log`, `leader_commit`.
//! 2. [`node`]: the State box, [`Node::step`], the rule for terms, and the four transitions
//!    `become_follower`, `become_pre_candidate`, `become_candidate` and `become_leader`. A role
//!    changes nowhere else.
//! 3. `follower.rs`, `candidate.rs`, `leader.rs`: one match each, with one arm for each message, and
//!    the rules of that role below it. [`progress`] is what a leader knows about a follower.
//! 4. [`ext`]: what Figure 2 does not have. Each file says what it adds and where it is called.
//!
//! A rule that can be switched off for a lesson ([`Rule`]) is asked where the paper states it:
//! `self.rule(Rule::OneVotePerTerm)`. With all rules on, which is Raft, each of these conditions can
//! be read as true.
//!
//! # What the caller does
//!
//! A node has no clock, no randomness and no I/O, and it cannot fail. The caller
//!
//! - keeps timers, and reports [`Input::Timeout`]; it draws the random election timeouts;
//! - sends and delivers messages, in any order, or never;
//! - writes [`Node::persistent`] to disk on [`Output::Persist`], before it sends any message behind
//!   that output for which [`Message::needs_durable_state`] is true, and then reports
//!   [`Input::Persisted`];
//! - executes committed entries ([`Output::Apply`]) and answers clients.
//!
//! # Caveats: what deviates from the paper, and why
//!
//! - *Messages, not RPCs.* Replies may come late or twice, so they say what they are about: an
//!   accepted AppendEntries has `match_index`, not just true. The leader need not remember requests.
//! - *Disk writes are asynchronous.* The paper writes before it responds. Here a leader's entries may
//!   travel while its own disk writes; it counts its own copy when the write is done (dissertation,
//!   10.2.1). A candidate counts its own vote in the same way.
//! - *nextIndex may run ahead* of the replies ([`Config::window`]); with 0 it is as in Figure 2.
//! - *Rejections carry a hint* ([`Config::fast_backup`]); without it nextIndex falls by one.
//! - *AppendEntries has a round number*, which the reply repeats. CheckQuorum, ReadIndex and leases
//!   use it to know since when a majority follows this leader.
//! - *A pre-candidate is a role of its own*, so that a candidate is always in a term of its own.
//! - *InstallSnapshot counts items, not bytes*, and its reply says how many arrived.
//!   InstallSnapshot 6 does not save the snapshot, because the log will be compacted there anyway.
//! - *Clients are told who leads; nothing is forwarded*. Duplicate detection is the state machine's.
//! - *A membership change is a goal*: the leader chooses the steps, one voter at a time or joint
//!   consensus, and waits for an entry of its own term (the correction of 2015).
//!
//! # What is simplified
//!
//! - At most [`MAX_SERVERS`] servers, with fixed numbers; a set of them is a bit mask.
//! - Commands are opaque, but of one size: a value that is copied, not bytes ([`machine`] says why).
//! - The log is in memory, in chunks that copies
//!   share, so that a simulation can keep many moments ([`chunks`]).
//! - [`Output::Persist`] writes everything; a real disk would append to the log.
//! - There is no limit on the size of uncommitted entries, and no priority among candidates.
//! - Heartbeats, not clocks, measure how long learners take to catch up.

pub mod chunks;
pub mod config;
pub mod configuration;
pub mod event;
pub mod ext;
pub mod io;
pub mod log;
pub mod machine;
pub mod message;
pub mod node;
pub mod progress;
pub mod rules;
pub mod types;

mod candidate;
mod follower;
mod leader;
mod observe;

#[cfg(test)]
mod tests;

pub use config::{Config, ReadMode, SendPolicy};
pub use configuration::Configuration;
pub use event::Event;
pub use ext::membership::{self, Change};
pub use ext::read::{Read, ReadId, Stage};
pub use ext::snapshot::Outgoing;
pub use ext::transfer::LeadershipTransfer;
pub use io::{Input, Output, Timer};
pub use log::{Entries, Entry, Log, Payload, Snapshot};
pub use machine::StateMachine;
pub use message::{AppendOutcome, Message, MessageKind, Piece, SnapshotOutcome};
pub use node::{LeaderState, Node, Persistent, Role};
pub use progress::{Flow, Progress};
pub use rules::{Rule, Rules};
pub use types::{
    ClientId, EntryId, LogIndex, MAX_CLIENTS, MAX_SERVERS, NodeId, Round, ServerSet, Term,
};
