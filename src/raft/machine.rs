//! What the core knows about the replicated state machine: next to nothing.
//!
//! Raft does not care what a command means; it only promises that every server executes the same
//! commands in the same order (Figure 1). So the core is generic over the state machine. It copies
//! commands, compares them and hands them back, and it cuts a snapshot into pieces.
//!
//! Why a type parameter and not bytes: commands stay values. A log entry needs no allocation and no
//! decoding, and an observer of the log reads it without a parser. The default of the parameter is
//! the state machine of this program ([`crate::Machine`]), so that the layers above write `Node` and
//! not `Node<KvStore>`. Nothing in the core depends on that choice.

use std::fmt::Debug;
use std::hash::Hash;
use std::ops::Deref;

/// A replicated state machine. It is created from the items of a snapshot by `FromIterator`.
pub trait StateMachine:
    Clone + Eq + Hash + Debug + Default + FromIterator<Self::Item> + 'static
{
    /// A command, as it is in the log.
    type Command: Copy + Eq + Hash + Debug;
    /// A client's request to open a session, as it is in the log (dissertation, 6.3).
    type Registration: Copy + Eq + Hash + Debug;
    /// The smallest part of a snapshot.
    type Item: Copy + Eq + Hash + Debug;
    /// Consecutive items in a message.
    type Items: Clone + Eq + Hash + Debug + Deref<Target = [Self::Item]>;

    /// The number of items that a snapshot of it has.
    fn size(&self) -> usize;

    /// The items from the one numbered `first` on, from 0, at most `most`.
    fn piece(&self, first: usize, most: usize) -> Self::Items;
}
