//! Random numbers for what is done from outside, in sequence. Worlds hash theirs
//! ([`crate::sim::random`]), with the same function.

use crate::sim::random::mix;

/// A stream of numbers that depends on a seed alone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dice(u64);

impl Dice {
    /// The stream of that seed.
    pub fn new(seed: u64) -> Self {
        let mut dice = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        dice.roll();
        dice
    }

    /// The next number, evenly spread over all 64 bits: SplitMix64 (Steele, Lea, Flood 2014).
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below `limit`, which is more than 0.
    pub fn below(&mut self, limit: usize) -> usize {
        ((u128::from(self.roll()) * limit as u128) >> 64) as usize
    }

    /// Yes, once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of these.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// A place in a list of weights, more often the more it weighs.
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
}
