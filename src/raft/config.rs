//! How a server goes about it, where Raft leaves the choice.

use super::rules::Rules;
use crate::kv::Op;

/// The choices and the rules of one cluster; the same for all its servers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Config {
    /// When a leader sends on what it was asked.
    pub send: SendPolicy,
    /// Whether a new leader begins its term with an empty entry, so that what is left of earlier
    /// terms can be committed at once (§8).
    pub no_op: bool,
    /// Whether a refusal says where the logs can still agree (end of §5.3); without it the leader
    /// goes back one entry at a time.
    pub fast_backup: bool,
    /// Whether a server asks the others before it begins an election (dissertation, 9.6).
    pub pre_vote: bool,
    /// Whether a leader that does not hear from a majority steps down, and voters that hear from a
    /// leader elect no other (dissertation, 6.2 and 4.2.3).
    pub check_quorum: bool,
    /// How clients' reads are served (dissertation, 6.4).
    pub read: ReadMode,
    /// The most entries in one message, 1 to 1,000.
    pub batch: u16,
    /// How many messages with entries may be under way to a follower before the first is
    /// acknowledged. 0 is Figure 2 to the letter: what is not acknowledged is sent again.
    pub window: u16,
    /// How many applied entries are too many: a server that has them after its last snapshot takes
    /// another. 0: it never does by itself.
    pub compact: u16,
    /// The most items of a snapshot in one message, 1 to 1,000.
    pub chunk: u16,
    /// Which rules hold.
    pub rules: Rules,
    /// The most sessions of clients that a machine keeps, 1 to 5 (dissertation, 6.3). 0: nobody
    /// opens one, and clients are remembered for ever.
    pub sessions: u8,
}

/// How reads are served.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ReadMode {
    /// As an entry of the log, like everything else.
    Log,
    /// From the state machine, once a majority has confirmed that the leader leads.
    Index,
    /// From the state machine at once while the leader has a lease; else as [`Self::Index`]. There
    /// are leases only with [`Config::check_quorum`]: voters must be loyal.
    Lease,
}

/// When a leader passes new entries on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SendPolicy {
    /// At once, in parallel, as the paper has it and everyone does. A heartbeat carries what the
    /// follower lacks.
    AtOnce,
    /// With the next heartbeat: slower, and easier to follow with the eye.
    OnHeartbeat,
    /// At once, and apart from heartbeats: these carry no entries (§5.2). What was lost goes out
    /// again when the answer to a heartbeat shows that it is missing.
    Apart,
}

impl Config {
    /// Whether leaders have leases.
    pub fn leases(&self) -> bool {
        self.read == ReadMode::Lease && self.check_quorum
    }

    /// Whether a request goes through the log, rather than being read from the machine.
    pub fn is_logged(&self, op: &Op) -> bool {
        self.read == ReadMode::Log || !matches!(op, Op::Get { .. })
    }

    /// Whether a client needs a session to ask for this.
    pub fn needs_session(&self, op: &Op) -> bool {
        self.sessions > 0 && self.is_logged(op)
    }

    /// How many of the entries that a snapshot covers stay in the log when a server compacts by
    /// itself: a follower that lags by a few entries is better sent these than the whole state.
    pub fn kept(&self) -> usize {
        usize::from(self.compact / 4)
    }
}

impl Default for Config {
    /// What a newcomer sees: changes travel with the heartbeats, and Figure 2 to the letter.
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
