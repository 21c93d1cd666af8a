//! The one source of chance: SplitMix64 (Steele, Lea, Flood 2014), seeded by the caller.

/// A generator whose whole state is one word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Random(u64);

impl Random {
    /// Streams of one seed are told apart by their number.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut random = Self(seed ^ stream.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        random.next();
        random
    }

    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number from 0 up to, not with, `bound`; the bias of the remainder is below 2⁻³² for the bounds in use.
    pub const fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { self.next() % bound }
    }

    /// A number from `low` to `high`, both included.
    pub const fn between(&mut self, low: i64, high: i64) -> i64 {
        low.saturating_add_unsigned(self.below(high.abs_diff(low).saturating_add(1)))
    }

    /// Whether something happens that does in `permille` of 1000 cases.
    pub const fn chance(&mut self, permille: u64) -> bool {
        self.below(1000) < permille
    }
}

/// The finalizer of SplitMix64, also used to fold events into a digest.
pub(super) const fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_published_sequence_and_stays_in_bounds() {
        // First value of SplitMix64 with seed 0, as in the reference implementation.
        let mut random = Random(0);
        assert_eq!(random.next(), 0xe220_a839_7b1d_cdaf);
        for _ in 0..1_000 {
            assert!((-3..=4).contains(&random.between(-3, 4)));
            assert!(random.below(7) < 7);
        }
        assert_ne!(Random::new(1, 0).next(), Random::new(1, 1).next());
    }
}
