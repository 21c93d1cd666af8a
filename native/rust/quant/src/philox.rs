//! Philox4x32-10, a counter-based generator (Salmon, Moraes, Dror, Shaw 2011): the words of a counter need no state, so that
//! a draw is the same on every device, in every batch and on any number of threads.

use crate::lanes::{LANES, LaneU32};

const MULTIPLIERS: [u32; 2] = [0xd251_1f53, 0xcd9e_8d57];
const WEYL: [u32; 2] = [0x9e37_79b9, 0xbb67_ae85];
const ROUNDS: usize = 10;

/// What a draw is for; uses of different streams never share a counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Stream {
    /// Normals that move prices.
    Diffusion = 0,
    /// Shocks of a variance.
    Variance = 1,
    /// Numbers and sizes of jumps.
    Jumps = 2,
    /// The common factor of a Student distribution.
    Mixing = 3,
    /// Rows of a history.
    Rows = 4,
    /// Changes of regime.
    Regime = 5,
    /// Whether a barrier was hit between two steps.
    Barrier = 6,
    /// Keys of scrambled sequences.
    Scramble = 7,
}

/// Returns the four words of a counter. The counter is (scenario, step, block, stream), the key the 64-bit seed.
#[must_use]
pub const fn words(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let ([mut a, mut b, mut c, mut d], [mut k0, mut k1]) = (counter, key);
    let mut round = 0;
    while round < ROUNDS {
        let (high0, low0) = wide(a, MULTIPLIERS[0]);
        let (high1, low1) = wide(c, MULTIPLIERS[1]);
        (a, b, c, d) = (high1 ^ b ^ k0, low1, high0 ^ d ^ k1, low0);
        k0 = k0.wrapping_add(WEYL[0]);
        k1 = k1.wrapping_add(WEYL[1]);
        round += 1;
    }
    [a, b, c, d]
}

const fn wide(a: u32, b: u32) -> (u32, u32) {
    let product = a as u64 * b as u64;
    ((product >> 32) as u32, product as u32)
}

/// One word of each lane, in the low half of a 64-bit number: the vector multiplication of 32-bit numbers takes the low halves
/// and gives 64 bits, whose high half is a shift away. What stands in the high half of a word is never read.
type Wide = [u64; LANES];

#[inline(always)]
const fn product(word: u64, multiplier: u32) -> u64 {
    (word & 0xffff_ffff) * multiplier as u64
}

/// The key of each round.
pub(crate) type RoundKeys = [[u64; 2]; ROUNDS];

/// Works the key of each round out beforehand.
pub(crate) fn round_keys([k0, k1]: [u32; 2]) -> RoundKeys {
    std::array::from_fn(|round| {
        let grown = |key: u32, weyl: u32| key.wrapping_add(weyl.wrapping_mul(round as u32));
        [u64::from(grown(k0, WEYL[0])), u64::from(grown(k1, WEYL[1]))]
    })
}

/// What the first two rounds make of consecutive scenarios, one a lane, before step and block are known. The first round
/// multiplies the scenario, the second what came of it: neither product holds step or block.
pub(crate) struct ScenarioWords {
    /// Product of the first round.
    first: Wide,
    /// Product of the second.
    second: Wide,
}

impl ScenarioWords {
    #[inline(always)]
    pub(crate) fn new(first_scenario: u32, stream: u32, keys: &RoundKeys) -> Self {
        let (mut first, mut second) = ([0; LANES], [0; LANES]);
        for lane in 0..LANES {
            let scenario = first_scenario.wrapping_add(lane as u32);
            first[lane] = product(u64::from(scenario), MULTIPLIERS[0]);
            let mixed = (first[lane] >> 32) ^ u64::from(stream) ^ keys[0][1];
            second[lane] = product(mixed, MULTIPLIERS[1]);
        }
        Self { first, second }
    }

    /// Returns the words of a step and a block.
    #[inline(always)]
    pub(crate) fn at(&self, step: u32, block: u32, keys: &RoundKeys) -> [LaneU32; 4] {
        // The rest of the first two rounds is the same for every lane.
        let outer = product(u64::from(block), MULTIPLIERS[1]);
        let inner = product((outer >> 32) ^ u64::from(step) ^ keys[0][0], MULTIPLIERS[0]);
        let (with_a, with_c) = (outer ^ keys[1][0], (inner >> 32) ^ keys[1][1]);
        let (mut a, mut b, mut c, mut d) = ([0; LANES], self.second, [0; LANES], [inner; LANES]);
        for lane in 0..LANES {
            a[lane] = (self.second[lane] >> 32) ^ with_a;
            c[lane] = self.first[lane] ^ with_c;
        }
        for [key0, key1] in &keys[2..] {
            for lane in 0..LANES {
                let (low0, low1) =
                    (product(a[lane], MULTIPLIERS[0]), product(c[lane], MULTIPLIERS[1]));
                a[lane] = (low1 >> 32) ^ b[lane] ^ key0;
                c[lane] = (low0 >> 32) ^ d[lane] ^ key1;
                (b[lane], d[lane]) = (low1, low0);
            }
        }
        [a, b, c, d].map(|words| {
            let mut lanes = LaneU32::all(0);
            for (lanes, words) in lanes.chunks_exact_mut(8).zip(words.chunks_exact(8)) {
                for (lane, word) in lanes.iter_mut().zip(words) {
                    *lane = *word as u32;
                }
            }
            lanes
        })
    }
}

/// Splits a seed into the key.
#[must_use]
pub const fn key_of(seed: u64) -> [u32; 2] {
    [seed as u32, (seed >> 32) as u32]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Known answers of Random123, `tests/kat_vectors`; `reference/figures.md` section 16.
    #[test]
    fn known_answers_of_random123() {
        let all = u32::MAX;
        let pi = [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344];
        let cases = [
            ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            ([all; 4], [all; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
            (pi, [0xa409_3822, 0x299f_31d0], [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]),
        ];
        for (counter, key, expected) in cases {
            assert_eq!(words(counter, key), expected);
        }
    }

    #[test]
    fn a_lane_is_the_scalar_word_of_its_scenario() {
        for first in [0, 5, u32::MAX - 3] {
            let keys = round_keys(key_of(0x1234_5678_9abc_def0));
            let lanes = ScenarioWords::new(first, 1, &keys).at(7, 3, &keys);
            for lane in 0..LANES {
                let scenario = first.wrapping_add(lane as u32);
                let expected = words([scenario, 7, 3, 1], [0x9abc_def0, 0x1234_5678]);
                assert_eq!(lanes.map(|word| word[lane]), expected);
            }
        }
    }
}
