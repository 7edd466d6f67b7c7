//! Random numbers in sequence, for what is chosen from outside a world: a schedule, an order of
//! answers. A world itself hashes its random numbers ([`super::random`]), with the same function.

use super::random::{STEP, mix};

/// A stream of random numbers that depends only on its seed: SplitMix64 (Steele, Lea, Flood 2014).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rng(u64);

impl Rng {
    /// The stream of that seed.
    pub fn new(seed: u64) -> Self {
        let mut rng = Self(seed.wrapping_mul(STEP));
        rng.bits();
        rng
    }

    /// The next number, even over all 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// A number below `limit`, which is more than 0.
    pub fn below(&mut self, limit: usize) -> usize {
        ((u128::from(self.bits()) * limit as u128) >> 64) as usize
    }

    /// True, on average once in `times` calls.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One element of a slice that is not empty.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// A place in a list of weights, in proportion to its weight. Their sum is more than 0.
    pub fn weigh(&mut self, weights: &[u32]) -> usize {
        let mut rest = self.below(weights.iter().sum::<u32>() as usize) as u32;
        weights
            .iter()
            .position(|weight| match rest.checked_sub(*weight) {
                None => true,
                Some(less) => {
                    rest = less;
                    false
                }
            })
            .unwrap_or(0)
    }

    /// Puts the elements in a random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, elements: &mut [T]) {
        for last in (1..elements.len()).rev() {
            elements.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_picked_and_weighed_is_in_proportion() {
        let mut rng = Rng::new(7);
        let mut counts = [0; 3];
        for _ in 0..60_000 {
            counts[rng.weigh(&[1, 0, 2])] += 1;
        }
        assert_eq!(counts[1], 0);
        assert!((19_000..=21_000).contains(&counts[0]), "{counts:?}");
    }

    #[test]
    fn every_order_comes_up() {
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..100 {
            let mut order = [1, 2, 3];
            Rng::new(seed).shuffle(&mut order);
            seen.insert(order);
        }
        assert_eq!(seen.len(), 6);
    }
}
