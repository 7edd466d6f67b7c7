//! A list that copies share, and whose beginning can be forgotten.
//!
//! A simulation keeps many moments of the same list (checkpoints, so that time can be scrubbed),
//! and a list may be long. So it is stored in chunks that copies share: cloning costs two
//! reference counts whatever the length, and the first push after a clone copies one chunk.
//!
//! Items keep their places when those before them are forgotten, and a chunk always begins at a
//! multiple of its size: so two lists can be compared chunk by chunk wherever they begin.
//!
//! # By example
//!
//! A list of 150 items, and a copy of it to which two items were added:
//!
//! ```text
//!              sealed                       tail
//!   original   [0..64)  [64..128)           [128..150)
//!                 ^        ^
//!   copy       [ shared ] [ shared ]        [128..152)
//! ```
//!
//! Adding to the copy copied the 22 items of the tail, once. If the original forgets the items before
//! 70, it drops its first chunk and keeps the second, of which the first six items mean nothing to it.
//! [`Chunks::common`] of the two compares the tails only: a shared chunk is equal to itself.
//!
//! Nothing here is about Raft. An implementation that keeps one copy of its log needs a list and a file.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A list that is cheap to clone, cheap to add to, and cheap to compare with an earlier self.
#[derive(Clone, Debug)]
pub struct Chunks<T> {
    /// The first place that is not forgotten.
    start: usize,
    /// Full chunks, all of [`CHUNK`] items; the first is the one with `start` in it. What it holds
    /// before `start` means nothing.
    sealed: Arc<Vec<Arc<[T]>>>,
    /// The items after them, fewer than [`CHUNK`].
    tail: Arc<Vec<T>>,
}

/// Items in a chunk: small enough to copy in a moment, large enough that chunks are few.
const CHUNK: usize = 64;

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Self::starting_at(0)
    }
}

impl<T> Chunks<T> {
    /// An empty list whose first item will have the place `start`.
    pub fn starting_at(start: usize) -> Self {
        Self {
            start,
            sealed: Arc::default(),
            tail: Arc::default(),
        }
    }
}

impl<T: Copy + Eq> Chunks<T> {
    /// Adds an item at the end.
    pub fn push(&mut self, item: T) {
        let before = self.end() % CHUNK;
        let tail = self.own_tail();
        // Only a list that begins in the middle of a chunk has a gap to fill.
        tail.resize(before, item);
        tail.push(item);
        if tail.len() == CHUNK {
            let chunk = Arc::from(tail.as_slice());
            tail.clear();
            Arc::make_mut(&mut self.sealed).push(chunk);
        }
    }

    /// Forgets the items from `end` on. What was forgotten before stays so.
    pub fn truncate(&mut self, end: usize) {
        if end >= self.end() {
            return;
        }
        let end = end.max(self.start);
        let chunks = end / CHUNK - self.start / CHUNK;
        if chunks < self.sealed.len() {
            let sealed = Arc::make_mut(&mut self.sealed);
            self.tail = Arc::new(sealed[chunks].to_vec());
            sealed.truncate(chunks);
        }
        self.own_tail().truncate(end % CHUNK);
    }

    /// Forgets the items before `start`, and gives their memory back.
    pub fn forget_before(&mut self, start: usize) {
        let start = start.min(self.end());
        if start <= self.start {
            return;
        }
        let gone = start / CHUNK - self.start / CHUNK;
        if gone > 0 {
            Arc::make_mut(&mut self.sealed).drain(..gone);
        }
        self.start = start;
    }

    /// The tail, as nobody else's: with room for a whole chunk, so that it is copied once.
    fn own_tail(&mut self) -> &mut Vec<T> {
        if Arc::strong_count(&self.tail) > 1 {
            let mut own = Vec::with_capacity(CHUNK);
            own.extend_from_slice(&self.tail);
            self.tail = Arc::new(own);
        }
        Arc::make_mut(&mut self.tail)
    }

    /// The first place that is not forgotten.
    pub fn start(&self) -> usize {
        self.start
    }

    /// The place after the last item.
    pub fn end(&self) -> usize {
        let stored = (self.start / CHUNK + self.sealed.len()) * CHUNK + self.tail.len();
        stored.max(self.start)
    }

    /// How many items it holds.
    pub fn len(&self) -> usize {
        self.end() - self.start
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item at `place`, from 0, unless it is forgotten.
    pub fn get(&self, place: usize) -> Option<&T> {
        if place < self.start {
            return None;
        }
        self.chunk(place).get(place % CHUNK)
    }

    /// Whether it is, in memory, the same list as `other`: then nothing was changed in either
    /// since one was cloned from the other.
    pub fn is_shared_with(&self, other: &Self) -> bool {
        self.start == other.start
            && Arc::ptr_eq(&self.tail, &other.tail)
            && Arc::ptr_eq(&self.sealed, &other.sealed)
    }

    /// The place up to which both are the same, as far as neither has forgotten. Chunks that both
    /// share are not looked into, so this is quick for a list and its earlier self, however long
    /// they are.
    pub fn common(&self, other: &Self) -> usize {
        let end = self.end().min(other.end());
        let mut place = self.start.max(other.start);
        if Arc::ptr_eq(&self.sealed, &other.sealed) {
            place = place.max((self.start / CHUNK + self.sealed.len()) * CHUNK);
        }
        while place < end {
            let (ours, theirs) = (self.chunk(place), other.chunk(place));
            let rest = place % CHUNK..CHUNK.min(end - place + place % CHUNK);
            if !std::ptr::eq(ours, theirs) {
                let pairs = ours[rest.clone()].iter().zip(&theirs[rest.clone()]);
                let same = pairs.take_while(|(a, b)| a == b).count();
                if same < rest.len() {
                    return place + same;
                }
            }
            place += rest.len();
        }
        end
    }

    /// The chunk with `place` in it; the one after the last sealed one is the tail.
    fn chunk(&self, place: usize) -> &[T] {
        let number = place / CHUNK - self.start / CHUNK;
        match self.sealed.get(number) {
            Some(chunk) => chunk,
            None if number == self.sealed.len() => &self.tail,
            None => &[],
        }
    }
}

impl<T: Copy + Eq> PartialEq for Chunks<T> {
    fn eq(&self, other: &Self) -> bool {
        let end = self.end();
        self.start == other.start && end == other.end() && self.common(other) == end
    }
}

impl<T: Copy + Eq> Eq for Chunks<T> {}

impl<T: Copy + Eq + Hash> Hash for Chunks<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.start, self.end()).hash(state);
        for place in self.start..self.end() {
            self.get(place).hash(state);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(items: impl IntoIterator<Item = u32>) -> Chunks<u32> {
        let mut list = Chunks::default();
        for item in items {
            list.push(item);
        }
        list
    }

    fn items(list: &Chunks<u32>) -> Vec<u32> {
        (list.start()..list.end())
            .filter_map(|n| list.get(n).copied())
            .collect()
    }

    #[test]
    fn it_keeps_what_was_pushed_across_chunks() {
        let list = chunks(0..200);
        assert_eq!(items(&list), (0..200).collect::<Vec<_>>());
        assert_eq!(list.get(200), None);
        assert!(!list.is_empty() && Chunks::<u32>::default().is_empty());
    }

    #[test]
    fn truncation_keeps_the_beginning() {
        for keep in [0, 1, 63, 64, 65, 127, 128, 129, 199, 200, 201] {
            let mut list = chunks(0..200);
            list.truncate(keep);
            let kept = keep.min(200) as u32;
            assert_eq!(items(&list), (0..kept).collect::<Vec<_>>(), "{keep}");
            list.push(999);
            assert_eq!(list.get(kept as usize), Some(&999), "{keep}");
        }
    }

    #[test]
    fn what_is_forgotten_is_gone_and_the_rest_keeps_its_place() {
        for gone in [0, 1, 63, 64, 65, 127, 128, 130, 199, 200, 201] {
            let whole = chunks(0..200);
            let mut list = whole.clone();
            list.forget_before(gone);
            let gone = gone.min(200);
            assert_eq!((list.start(), list.end()), (gone, 200));
            assert_eq!(items(&list), (gone as u32..200).collect::<Vec<_>>());
            assert_eq!(list.is_empty(), gone == 200);
            assert_eq!(list.sealed.len(), 200 / CHUNK - gone / CHUNK, "{gone}");
            assert_eq!((list.common(&whole), whole.common(&list)), (200, 200));
            assert_eq!(list == whole, gone == 0);
            list.push(200);
            assert_eq!((list.get(200), list.end()), (Some(&200), 201), "{gone}");
            list.truncate(0);
            assert_eq!((list.start(), list.end()), (gone, gone), "{gone}");
            list.push(7);
            assert_eq!(list.get(gone), Some(&7), "{gone}");
        }
    }

    #[test]
    fn a_list_may_begin_anywhere() {
        for start in [0, 1, 63, 64, 65, 130] {
            let mut list = Chunks::starting_at(start);
            assert!(list.is_empty());
            assert_eq!((list.end(), list.get(start)), (start, None));
            (start as u32..300).for_each(|item| list.push(item));
            assert_eq!(items(&list), (start as u32..300).collect::<Vec<_>>());
            let mut other = chunks(0..300);
            assert_eq!((list.common(&other), other.common(&list)), (300, 300));
            other.forget_before(start);
            assert_eq!(list, other);
            other.truncate(200);
            other.push(999);
            assert_eq!((list.common(&other), other.common(&list)), (200, 200));
        }
    }

    #[test]
    fn copies_that_differ_at_their_ends_only_are_seen_to() {
        for start in [0, 70, 200] {
            for end in (start + 1)..(start + 200) {
                let mut list = Chunks::starting_at(start);
                (start..end).for_each(|item| list.push(item as u32));
                let mut copy = list.clone();
                copy.truncate(end);
                assert!(copy.is_shared_with(&list), "nothing was taken away");
                list.push(1);
                copy.push(2);
                assert!(!copy.is_shared_with(&list));
                assert_eq!(copy.common(&list), end, "{start}");
                let hash = |list: &Chunks<u32>| {
                    let mut hasher = std::hash::DefaultHasher::new();
                    list.hash(&mut hasher);
                    hasher.finish()
                };
                assert_ne!(hash(&copy), hash(&list));
                assert_eq!(list.get(list.end() + CHUNK - 1), None);
            }
        }
    }

    #[test]
    fn what_is_forgotten_in_two_goes_is_the_same() {
        let mut list = chunks(0..300);
        for start in [70, 140, 260] {
            list.forget_before(start);
            let rest = start as u32..300;
            assert_eq!(items(&list), rest.collect::<Vec<_>>());
        }
    }

    #[test]
    fn lists_that_share_no_place_have_nothing_that_differs() {
        let (early, late) = (chunks(0..10), Chunks::starting_at(20));
        assert_eq!((early.common(&late), late.common(&early)), (10, 10));
    }

    #[test]
    fn a_copy_does_not_see_what_happens_to_the_original() {
        let mut original = chunks(0..130);
        let copy = original.clone();
        assert!(copy.is_shared_with(&original));
        original.truncate(10);
        original.push(7);
        assert_eq!(items(&copy), (0..130).collect::<Vec<_>>());
        assert!(!copy.is_shared_with(&original));
    }

    #[test]
    fn what_is_common_is_counted_across_chunks() {
        for (length, cut) in [(200, 0), (200, 63), (200, 64), (200, 130), (64, 64), (0, 0)] {
            let original = chunks(0..length);
            let mut changed = original.clone();
            changed.truncate(cut);
            assert_eq!(original.common(&changed), cut, "{length} {cut}");
            changed.push(999);
            assert_eq!(original.common(&changed), cut, "{length} {cut}");
            assert_eq!(changed.common(&original), cut, "{length} {cut}");
            let rebuilt = chunks(0..length);
            assert_eq!(original.common(&rebuilt), length as usize);
        }
        let mut grown = chunks(0..63);
        let before = grown.clone();
        grown.push(63);
        assert_eq!(before.common(&grown), 63, "the tail was sealed in between");
    }
}
