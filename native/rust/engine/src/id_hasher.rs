//! The hash of ids by which tables of orders are looked up.

use std::hash::Hasher;

/// The golden ratio of 64 bits.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
/// The bits of a hash by which a table tells keys of one place apart; the lowest bits say the place.
const TAG: u64 = 0x7F << 57;

/// Lays ids, which count up and come from nobody who could choose them, beside each other, so that few cache lines and
/// pages are touched. Every other place stays empty: a table clears a removed entry at once where an empty one is near.
#[derive(Debug, Default, Clone, Copy)]
pub struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(self.0.rotate_left(8) ^ u64::from(*byte));
        }
    }

    fn write_u64(&mut self, value: u64) {
        // Epochs, which stand in the upper half of an id, begin at places of their own.
        let epoch = (value >> 32).wrapping_mul(GOLDEN) >> 32;
        self.0 = (value.wrapping_mul(GOLDEN) & TAG) | ((value ^ epoch) << 1 & !TAG);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_count_up_lie_beside_each_other_with_room_between() {
        let place = |id: u64| {
            let mut hasher = IdHasher::default();
            hasher.write_u64(id);
            hasher.finish() % (1 << 14)
        };
        for epoch in [0_u64, 1, 7] {
            let places: Vec<u64> = (1..=4_096).map(|number| place(epoch << 32 | number)).collect();
            assert!(places.iter().all(|place| place % 2 == 0));
            let mut apart = places.clone();
            apart.sort_unstable();
            apart.dedup();
            assert_eq!(apart.len(), places.len());
            let near = places.windows(2).filter(|pair| pair[0].abs_diff(pair[1]) <= 64).count();
            assert!(near > 3_900, "{near}");
        }
        assert_ne!(place(1), place(1 << 32 | 1));
    }
}
