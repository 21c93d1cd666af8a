//! A fast hash for keys that the account itself makes.

use std::hash::Hasher;

/// Folds products of words. The keys are the account's own orders, so nobody gains by choosing ones that collide, and the
/// order of a table is never looked at.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Folding(u64);

impl Hasher for Folding {
    #[inline]
    fn write_u64(&mut self, word: u64) {
        /// An odd number with as many ones as zeros: 2⁶⁴ over the golden ratio.
        const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
        let product = u128::from(self.0 ^ word ^ FACTOR.rotate_left(32)) * u128::from(FACTOR);
        self.0 = (product as u64) ^ ((product >> 64) as u64);
    }

    #[inline]
    fn write_i64(&mut self, word: i64) {
        self.write_u64(word.cast_unsigned());
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
