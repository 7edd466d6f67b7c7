//! A list that copies share.
//!
//! A simulation keeps many moments of the same list (checkpoints, so that time can be scrubbed),
//! and a list may be long. So it is stored in chunks that copies share: cloning costs two
//! reference counts whatever the length, and the first push after a clone copies one chunk.

use std::sync::Arc;

/// A list that is cheap to clone, cheap to add to, and cheap to compare with an earlier self.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Chunks<T> {
    /// Full chunks, all of [`CHUNK`] items.
    sealed: Arc<Vec<Arc<[T]>>>,
    /// The items after them, fewer than [`CHUNK`].
    tail: Arc<Vec<T>>,
}

/// Items in a chunk: small enough to copy in a moment, large enough that chunks are few.
const CHUNK: usize = 64;

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Self {
            sealed: Arc::default(),
            tail: Arc::default(),
        }
    }
}

impl<T: Copy + Eq> Chunks<T> {
    /// Adds an item at the end.
    pub fn push(&mut self, item: T) {
        let tail = self.own_tail();
        tail.push(item);
        if tail.len() == CHUNK {
            let chunk = Arc::from(tail.as_slice());
            tail.clear();
            Arc::make_mut(&mut self.sealed).push(chunk);
        }
    }

    /// Keeps the first `keep` items.
    pub fn truncate(&mut self, keep: usize) {
        if keep >= self.len() {
            return;
        }
        let chunks = keep / CHUNK;
        if chunks < self.sealed.len() {
            let sealed = Arc::make_mut(&mut self.sealed);
            self.tail = Arc::new(sealed[chunks].to_vec());
            sealed.truncate(chunks);
        }
        self.own_tail().truncate(keep - chunks * CHUNK);
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

    /// How many items it holds.
    pub fn len(&self) -> usize {
        self.sealed.len() * CHUNK + self.tail.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item at `place`, from 0.
    pub fn get(&self, place: usize) -> Option<&T> {
        match self.sealed.get(place / CHUNK) {
            Some(chunk) => chunk.get(place % CHUNK),
            None => self.tail.get(place - self.sealed.len() * CHUNK),
        }
    }

    /// Whether it is, in memory, the same list as `other`: then nothing was changed in either
    /// since one was cloned from the other.
    pub fn is_shared_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.tail, &other.tail) && Arc::ptr_eq(&self.sealed, &other.sealed)
    }

    /// How many items at the beginning are the same in both. Chunks that both share are not
    /// looked into, so this is quick for a list and its earlier self, however long they are.
    pub fn common(&self, other: &Self) -> usize {
        if self.is_shared_with(other) {
            return self.len();
        }
        let same = |(a, b): &(&Arc<[T]>, &Arc<[T]>)| Arc::ptr_eq(a, b) || a == b;
        let chunks = if Arc::ptr_eq(&self.sealed, &other.sealed) {
            self.sealed.len()
        } else {
            let pairs = self.sealed.iter().zip(other.sealed.iter());
            pairs.take_while(same).count()
        };
        let (ours, theirs) = (self.chunk(chunks), other.chunk(chunks));
        let rest = ours.iter().zip(theirs).take_while(|(a, b)| a == b).count();
        chunks * CHUNK + rest
    }

    /// The chunk of that number; the one after the last sealed one is the tail.
    fn chunk(&self, number: usize) -> &[T] {
        match self.sealed.get(number) {
            Some(chunk) => chunk,
            None if number == self.sealed.len() => &self.tail,
            None => &[],
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
        (0..list.len())
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
