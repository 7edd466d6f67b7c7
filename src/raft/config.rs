//! Options where the paper leaves a choice. Every setting says what it does, its default, its unit
//! and range, when to choose it, and where it comes from.
//!
//! How long the timers last is not here: a node has no clock, so its caller decides
//! ([`super::Timer`]).
//!
//! # Three sets of options
//!
//! | | Figure 2 to the letter | the default | in practice |
//! |---|---|---|---|
//! | [`Config::send`] | at once | with heartbeats, to watch | at once |
//! | [`Config::window`] | 0 | 0 | 8 to 64 |
//! | [`Config::no_op`] | off | on | on |
//! | [`Config::fast_backup`] | off | on | on |
//! | [`Config::pre_vote`], [`Config::check_quorum`] | off | off | on, together |
//! | [`Config::read`] | log | log | index |
//! | [`Config::compact`] | 0 | 0 | some thousands |
//!
//! All three are safe: options change how fast a cluster is and how long it is without a leader, never
//! which entries are committed. Only a lease read depends on more, on clocks ([`super::ext::lease`]).

use std::ops::RangeInclusive;

use super::rules::Rules;

/// The options of one cluster. All its servers should have the same.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Config {
    /// When a leader sends new entries (§5.3). Default: [`SendPolicy::OnHeartbeat`], which is easy to
    /// watch. Choose [`SendPolicy::AtOnce`] in practice: a write then takes one round trip.
    pub send: SendPolicy,
    /// Whether a new leader appends an entry without a command (§8). Default: on. Without it, entries
    /// of earlier terms stay uncommitted until a client writes something (§5.4.2).
    pub no_op: bool,
    /// Whether a rejection says where the logs may match, so that nextIndex skips a whole term (end
    /// of §5.3). Default: on. Off is Figure 2: nextIndex falls by one with each rejection.
    pub fast_backup: bool,
    /// Pre-Vote (dissertation, 9.6): a server asks whether it could win before it starts an election.
    /// Default: off, as in the paper. Choose it in practice, together with `check_quorum`.
    pub pre_vote: bool,
    /// CheckQuorum (dissertation, 6.2 and 4.2.3): a leader without a majority steps down, and servers
    /// that hear from a leader ignore RequestVote. Default: off, as in the paper. Choose it in
    /// practice, together with `pre_vote`: each alone can leave a cluster without a leader.
    pub check_quorum: bool,
    /// How reads are served (§8; dissertation, 6.4). Default: [`ReadMode::Log`], the simplest. Choose
    /// [`ReadMode::Index`] in practice.
    pub read: ReadMode,
    /// The most entries in one AppendEntries. Default: 64. Range: 1 to 1,000. More entries mean fewer
    /// messages, and longer ones (dissertation, 10.2.2).
    pub batch: u16,
    /// The most messages with entries in flight to a follower before its first reply (dissertation,
    /// 10.2.1). Default: 0, which is Figure 2: nextIndex moves only with a reply, and what is not
    /// acknowledged is sent again with the next message. Range: 0 to 1,000. Choose 8 to 64 in
    /// practice: a leader then sends ahead, and each entry once.
    pub window: u16,
    /// The number of applied entries after the last snapshot at which a server should compact its log
    /// (§7). Default: 0, never. Range: 0 to 10,000. Choose it so that a snapshot is smaller than the
    /// entries that it replaces.
    pub compact: u16,
    /// The most items of a snapshot in one InstallSnapshot (Figure 13). Default: 8. Range: 1 to 1,000.
    pub chunk: u16,
    /// The rules that are on. Default: all of them, which is Raft.
    pub rules: Rules,
    /// The most client sessions that the state machine keeps (§8; dissertation, 6.3). Default: 0:
    /// clients open no sessions, and their last requests are kept for ever. Range: 0 to 5. Choose it
    /// where clients come and go.
    pub sessions: u8,
}

/// How reads are served.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ReadMode {
    /// As an entry of the log, like a write.
    Log,
    /// ReadIndex: from the state machine, after a majority has confirmed that the leader leads.
    Index,
    /// Lease: from the state machine at once, while the leader has a lease; otherwise as
    /// [`Self::Index`]. Leases need [`Config::check_quorum`], and clocks that run at nearly the same
    /// speed.
    Lease,
}

/// When a leader sends new entries.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SendPolicy {
    /// At once, to all followers in parallel (§5.3). A heartbeat carries what a follower lacks.
    AtOnce,
    /// With the next heartbeat: slower, and easier to watch.
    OnHeartbeat,
    /// At once, and heartbeats carry no entries (§5.2). Lost entries are sent again when the reply to
    /// a heartbeat shows that they are missing.
    Apart,
}

impl Config {
    /// The range of [`Self::batch`], in entries.
    pub const BATCH: RangeInclusive<u16> = 1..=1000;
    /// The range of [`Self::window`], in messages.
    pub const WINDOW: RangeInclusive<u16> = 0..=1000;
    /// The range of [`Self::compact`], in entries.
    pub const COMPACT: RangeInclusive<u16> = 0..=10_000;
    /// The range of [`Self::chunk`], in items.
    pub const CHUNK: RangeInclusive<u16> = 1..=1000;
    /// The range of [`Self::sessions`].
    pub const SESSIONS: RangeInclusive<u16> = 0..=5;

    /// Checks that every setting is in its range. Call it before a node gets settings from
    /// outside (a file, a link, a form): [`super::Node`] takes them as they are.
    ///
    /// # Errors
    /// A clause that names the first setting out of its range, the range, and the value.
    pub fn validate(&self) -> Result<(), String> {
        let settings = [
            ("batch", self.batch, Self::BATCH),
            ("window", self.window, Self::WINDOW),
            ("compact", self.compact, Self::COMPACT),
            ("chunk", self.chunk, Self::CHUNK),
            ("sessions", self.sessions.into(), Self::SESSIONS),
        ];
        for (name, value, range) in settings {
            if !range.contains(&value) {
                let (least, most) = range.into_inner();
                return Err(format!(
                    "{name} must be between {least} and {most}, not {value}"
                ));
            }
        }
        Ok(())
    }

    /// Whether leaders have leases.
    pub fn leases(&self) -> bool {
        self.read == ReadMode::Lease && self.check_quorum
    }

    /// Whether a request becomes an entry of the log. If not, it is read from the state machine.
    pub fn is_logged(&self, is_read: bool) -> bool {
        self.read == ReadMode::Log || !is_read
    }

    /// Whether a client needs a session for this request.
    pub fn needs_session(&self, is_read: bool) -> bool {
        self.sessions > 0 && self.is_logged(is_read)
    }

    /// How many of the entries that a snapshot covers stay in the log when a server compacts by
    /// itself. A follower that lags by a few entries needs no snapshot then.
    pub fn kept(&self) -> usize {
        usize::from(self.compact / 4)
    }
}

impl Default for Config {
    /// Figure 2, with entries that travel with the heartbeats.
    fn default() -> Self {
        Self {
            send: SendPolicy::OnHeartbeat,
            no_op: true,
            fast_backup: true,
            pre_vote: false,
            check_quorum: false,
            read: ReadMode::Log,
            batch: 64,
            window: 0,
            compact: 0,
            chunk: 8,
            rules: Rules::default(),
            sessions: 0,
        }
    }
}
