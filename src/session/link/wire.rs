//! How the values of a run are written as bytes.
//!
//! Every variant has a number here that never changes and is never used again: links are kept for
//! years. A new variant does not compile until it has a number; take the next free one. The test
//! `every_id_is_pinned` holds a link for each.
//!
//! Numbers are written as LEB128 (7 bits in a byte, the least first), signed ones in zigzag.

use crate::kv::{ClientId, Command, Key, Op};
use crate::raft::{
    Change, Configuration, Entry, EntryId, LogIndex, NodeId, Payload, ReadMode, Rule, SendPolicy,
    ServerSet, Term,
};
use crate::sim::{
    Action, Address, ClockJump, ClockRate, DiskImage, Group, Link, PacketKind, PacketPick, Path,
    Setting, Time,
};

/// A value that links hold.
pub(super) trait Wire: Sized {
    /// Writes it at the end.
    fn put(&self, out: &mut Vec<u8>);
    /// Reads it; None if there is no such value.
    fn take(from: &mut Reader<'_>) -> Option<Self>;
}

/// Reads bytes from the first to the last.
pub(super) struct Reader<'a> {
    pub(super) rest: &'a [u8],
    /// Whether a key has all its seven bytes, as in links of version 3 and older.
    pub(super) long_keys: bool,
}

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    pub(super) fn take<T: Wire>(&mut self) -> Option<T> {
        T::take(self)
    }
}

pub(super) fn put_number(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Numbers for the variants of an enum: the number, the variant, names for its fields.
macro_rules! ids {
    ($type:ident { $($id:literal $variant:ident $(($($field:ident),*))? $({$($named:ident),*})?,)* }) => {
        impl Wire for $type {
            fn put(&self, out: &mut Vec<u8>) {
                match self {
                    $(Self::$variant $(($($field),*))? $({$($named),*})? => {
                        put_number($id, out);
                        $($($field.put(out);)*)?
                        $($($named.put(out);)*)?
                    })*
                }
            }

            fn take(from: &mut Reader<'_>) -> Option<Self> {
                Some(match from.number()? {
                    $($id => {
                        $($(let $field = from.take()?;)*)?
                        $($(let $named = from.take()?;)*)?
                        Self::$variant $(($($field),*))? $({$($named),*})?
                    })*
                    _ => return None,
                })
            }
        }
    };
}

/// The fields of a struct, in the order in which links hold them.
macro_rules! fields {
    ($type:ident { $($field:ident),* }) => {
        impl Wire for $type {
            fn put(&self, out: &mut Vec<u8>) {
                $(self.$field.put(out);)*
            }

            fn take(from: &mut Reader<'_>) -> Option<Self> {
                $(let $field = from.take()?;)*
                Some(Self { $($field),* })
            }
        }
    };
}

ids! { Action {
    0 Change(change),
    1 Compact(server),
    2 Configure(setting),
    3 Crash(server),
    4 Cut(link),
    5 Delay(packet, time),
    6 Deliver(packet),
    7 Drop(packet),
    8 Duplicate(packet),
    9 Heal(link),
    10 Hold(link),
    11 Isolate(server),
    12 Partition(groups),
    13 Read(client, key, server),
    14 Release(link),
    15 Request(client, op),
    16 Restart(server),
    17 Retire(server),
    18 Rule(rule, on),
    19 SetTimer(server, time),
    20 Skew(server, rate),
    21 SlowDisk(server, time),
    22 Timeout(server),
    23 Transfer(server),
    24 Wipe(server),
    25 Client(client, writes),
    26 FailDisk(server, fails),
    27 Jump(server, jump),
    28 Lossy(path, share),
    29 Pause(server),
    30 RequestTo(client, op, server),
    31 Resume(server),
    32 Slow(path, times),
} }

ids! { Change {
    0 Add(server),
    1 Learn(server),
    2 Remove(server),
    3 Voters(servers),
} }

ids! { Link {
    0 All,
    1 Both(a, b),
    2 OneWay(a, b),
    3 Of(server),
} }

ids! { Path {
    0 All,
    1 Both(a, b),
    2 OneWay(a, b),
} }

ids! { ClockJump {
    0 Forward(time),
    1 Back(time),
} }

ids! { Address {
    0 Client(id),
    1 Server(id),
} }

ids! { PacketKind {
    0 Append,
    1 AppendReply,
    2 Heartbeat,
    3 PreVote,
    4 PreVoteReply,
    5 ReadIndex,
    6 ReadIndexReply,
    7 Reply,
    8 Request,
    9 Snapshot,
    10 SnapshotReply,
    11 TimeoutNow,
    12 Vote,
    13 VoteReply,
} }

ids! { Setting {
    0 Batch(entries),
    1 CheckQuorum(on),
    2 Chunk(items),
    3 Compact(entries),
    4 Disk(low, high),
    5 Drift(share),
    6 Duplicate(share),
    7 Election(low, high),
    8 FastBackup(on),
    9 Heartbeat(time),
    10 Latency(low, high),
    11 Loss(share),
    12 NoOp(on),
    13 Patience(time),
    14 PreVote(on),
    15 Read(mode),
    16 Send(policy),
    17 Window(messages),
    18 Sessions(count),
} }

ids! { ReadMode {
    0 Log,
    1 Index,
    2 Lease,
} }

ids! { SendPolicy {
    0 AtOnce,
    1 OnHeartbeat,
    2 Apart,
} }

ids! { Rule {
    0 PersistTerm,
    1 PersistVote,
    2 PersistLog,
    3 SyncBeforeReply,
    4 StepDown,
    5 RefuseOldTerm,
    6 OneVotePerTerm,
    7 UpToDate,
    8 CompareLastTerm,
    9 IgnoreOldVotes,
    10 CountVoters,
    11 ElectionMajority,
    12 CheckPrevious,
    13 CheckHeartbeats,
    14 DeleteOnlyConflicts,
    15 CommitOnlyChecked,
    16 IgnoreOldSnapshots,
    17 RetainAfterSnapshot,
    18 IgnoreOldReplies,
    19 MatchWhatWasSent,
    20 CommitMajority,
    21 CommitOwnTerm,
    22 CommitNeverFalls,
    23 JointConsensus,
    24 OneChangeAtATime,
    25 OwnTermBeforeChange,
    26 CatchUpFirst,
    27 TellTheRemoved,
    28 ReadAfterOwnTerm,
    29 ConfirmReads,
    30 LeaseBound,
    31 ExactlyOnce,
    32 ResetOnlyForCause,
    33 RetryElection,
    34 RandomTimeouts,
    35 RefuseExpired,
} }

ids! { Op {
    0 Add { key, amount },
    1 CompareAndSet { key, old, new },
    2 Delete { key },
    3 Get { key },
    4 Set { key, value },
} }

// Registrations (3) are in no log that is written before a run.
impl Wire for Payload {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Command(command) => {
                out.push(0);
                (command.client, command.serial).put(out);
                command.op.put(out);
            }
            Self::Configuration(configuration) => {
                out.push(1);
                configuration.put(out);
            }
            Self::Noop => out.push(2),
            Self::Register(_) => out.push(3),
        }
    }

    fn take(from: &mut Reader<'_>) -> Option<Self> {
        Some(match from.number()? {
            0 => Self::Command(Command {
                client: from.take()?,
                session: None,
                serial: from.take()?,
                op: from.take()?,
            }),
            1 => Self::Configuration(from.take()?),
            2 => Self::Noop,
            _ => return None,
        })
    }
}

fields! { PacketPick { from, to, kind, nth } }
fields! { Group { servers, clients } }
fields! { ClockRate { ticks, per } }
fields! { DiskImage { server, term, vote, snapshot, entries, commit } }
fields! { Entry { term, payload } }
fields! { EntryId { index, term } }
fields! { Configuration { voters, outgoing, learners } }

/// The numbers: those of one byte as they are.
macro_rules! numbers {
    ($($type:ident)*) => {
        $(impl Wire for $type {
            fn put(&self, out: &mut Vec<u8>) {
                put_number(u64::from(*self), out);
            }

            fn take(from: &mut Reader<'_>) -> Option<Self> {
                from.number()?.try_into().ok()
            }
        })*
    };
}

numbers! { u16 u32 u64 }

impl Wire for u8 {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(*self);
    }

    fn take(from: &mut Reader<'_>) -> Option<Self> {
        from.byte()
    }
}

impl Wire for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn take(from: &mut Reader<'_>) -> Option<Self> {
        match from.byte()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl Wire for i32 {
    fn put(&self, out: &mut Vec<u8>) {
        put_number(u64::from((self << 1 ^ self >> 31) as u32), out);
    }

    fn take(from: &mut Reader<'_>) -> Option<Self> {
        let zigzag: u32 = from.take()?;
        Some((zigzag >> 1) as Self ^ -((zigzag & 1) as Self))
    }
}

impl Wire for Time {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }

    fn take(from: &mut Reader<'_>) -> Option<Self> {
        from.take().map(Self)
    }
}

impl Wire for Term {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }

    fn take(from: &mut Reader<'_>) -> Option<Self> {
        from.take().map(Self)
    }
}

impl Wire for LogIndex {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }

    fn take(from: &mut Reader<'_>) -> Option<Self> {
        from.take().map(Self)
    }
}

impl Wire for NodeId {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(self.number() as u8);
    }

    fn take(from: &mut Reader<'_>) -> Option<Self> {
        Self::new(from.byte()?.into())
    }
}

impl Wire for ClientId {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(self.slot() as u8 + 1);
    }

    fn take(from: &mut Reader<'_>) -> Option<Self> {
        Self::new(from.byte()?.into())
    }
}

/// A bit for each server; that of S1 is worth 2.
impl Wire for ServerSet {
    fn put(&self, out: &mut Vec<u8>) {
        let bits: u64 = self.iter().map(|id| 1 << id.number()).sum();
        bits.put(out);
    }

    fn take(from: &mut Reader<'_>) -> Option<Self> {
        let bits: u16 = from.take()?;
        let ids = (0..16).filter(|number| bits & 1 << number != 0);
        ids.map(NodeId::new).collect()
    }
}

impl Wire for Key {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(self.as_str().len() as u8);
        out.extend(self.as_str().as_bytes());
    }

    fn take(from: &mut Reader<'_>) -> Option<Self> {
        let length = match from.long_keys {
            true => Self::LONGEST,
            false => from.byte()?.into(),
        };
        let (key, rest) = from.rest.split_at_checked(length)?;
        from.rest = rest;
        let key = std::str::from_utf8(key).ok()?;
        key.trim_end_matches('\0').parse().ok()
    }
}

/// As long as it says, in UTF-8.
impl Wire for String {
    fn put(&self, out: &mut Vec<u8>) {
        put_number(self.len() as u64, out);
        out.extend(self.as_bytes());
    }

    fn take(from: &mut Reader<'_>) -> Option<Self> {
        let length = from.number()?.try_into().ok()?;
        let (text, rest) = from.rest.split_at_checked(length)?;
        from.rest = rest;
        Self::from_utf8(text.to_vec()).ok()
    }
}

impl<T: Wire> Wire for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.is_some().put(out);
        if let Some(value) = self {
            value.put(out);
        }
    }

    fn take(from: &mut Reader<'_>) -> Option<Self> {
        match from.take()? {
            false => Some(None),
            true => from.take().map(Some),
        }
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        put_number(self.len() as u64, out);
        for value in self {
            value.put(out);
        }
    }

    fn take(from: &mut Reader<'_>) -> Option<Self> {
        let count = from.number()?;
        (0..count).map(|_| from.take()).collect()
    }
}

impl<A: Wire, B: Wire> Wire for (A, B) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }

    fn take(from: &mut Reader<'_>) -> Option<Self> {
        Some((from.take()?, from.take()?))
    }
}

impl<A: Wire, B: Wire, C: Wire> Wire for (A, B, C) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
        self.2.put(out);
    }

    fn take(from: &mut Reader<'_>) -> Option<Self> {
        Some((from.take()?, from.take()?, from.take()?))
    }
}
