//! Randomness that is hashed, not drawn in sequence.
//!
//! Every roll is a function of the seed, of who rolls for what, and of when. So a run repeats
//! itself exactly, and a change (dropping one heartbeat, say) alters what it caused and nothing
//! else: no later roll depends on how often others rolled before.

use super::time::Time;

/// What is being decided.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// How long a write to disk takes.
    Disk = 6,
    /// A second delivery of the same packet.
    Duplicate = 1,
    /// When the second copy arrives.
    DuplicateLatency = 2,
    /// An election timeout.
    Election = 3,
    /// How long a packet travels.
    Latency = 4,
    /// Whether a packet is lost.
    Loss = 5,
}

/// A roll: evenly spread over all 64 bits.
pub fn roll(seed: u64, purpose: Purpose, who: u32, at: Time) -> u64 {
    let mut bits = mix(seed ^ STEP);
    bits = mix(bits ^ ((purpose as u64) << 32 | u64::from(who)));
    mix(bits ^ at.0)
}

/// A roll between `low` and `high`, both included.
pub fn between(bits: u64, low: Time, high: Time) -> Time {
    let span = high.saturating_sub(low).0 + 1;
    // The upper half of a 128-bit product: even, and the same on every machine.
    Time(low.0 + ((u128::from(bits) * u128::from(span)) >> 64) as u64)
}

/// Whether a roll comes out yes, `per_mille` times in 1000. What never happens is not rolled for.
pub fn chance(per_mille: u16, bits: impl FnOnce() -> u64) -> bool {
    per_mille > 0 && bits() % 1000 < u64::from(per_mille)
}

/// The step of SplitMix64: 2^64 divided by the golden ratio.
pub(super) const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// The finishing step of SplitMix64 (Steele, Lea, Flood 2014).
pub(crate) fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rolls_are_even() {
        let mut tenths = [0u32; 10];
        for nth in 0..100_000u64 {
            let bits = roll(7, Purpose::Election, 3, Time(nth));
            let time = between(bits, Time(0), Time(9));
            tenths[time.0 as usize] += 1;
        }
        for count in tenths {
            assert!((9_500..=10_500).contains(&count), "{tenths:?}");
        }
    }

    #[test]
    fn each_circumstance_has_its_own_numbers() {
        let base = roll(1, Purpose::Loss, 1, Time(1));
        assert_ne!(base, roll(2, Purpose::Loss, 1, Time(1)));
        assert_ne!(base, roll(1, Purpose::Latency, 1, Time(1)));
        assert_ne!(base, roll(1, Purpose::Loss, 2, Time(1)));
        assert_ne!(base, roll(1, Purpose::Loss, 1, Time(2)));
        assert_eq!(base, roll(1, Purpose::Loss, 1, Time(1)));
    }
}
