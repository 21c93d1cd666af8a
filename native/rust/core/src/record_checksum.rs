//! The checksum of a record before which zeros stand.
//!
//! It is the CRC-32 of the record alone. Instructions that take sixteen bytes at once do all of it but for what is left at the
//! end, and that is taken byte by byte, which for records as short as these is the larger part of the work. Zeros before a
//! record fill it up to a multiple of sixteen instead; the register begins at the number which those zeros lead to where the
//! sum begins.

use crc32fast::Hasher;

/// Bytes that the fast instructions take, and zeros that stand before a record.
pub(crate) const PAD_BYTES: usize = 16;

/// The polynomial of CRC-32 with its bits reversed, as zip and Ethernet have it.
const POLYNOMIAL: u32 = 0xEDB8_8320;

/// Returns the register before a byte of zero, by the register behind it.
const fn before_zero(behind: u32) -> u32 {
    let mut register = behind;
    let mut bit = 0;
    while bit < 8 {
        // A step shifts a bit out and, where it was set, adds the polynomial, whose highest bit is set.
        register =
            if register >> 31 == 1 { (register ^ POLYNOMIAL) << 1 | 1 } else { register << 1 };
        bit += 1;
    }
    register
}

/// What a sum has to begin with so that so many zeros lead to its beginning; the library keeps the register inverted.
const BEFORE_ZEROS: [u32; PAD_BYTES] = {
    let mut begins = [0; PAD_BYTES];
    let mut register = u32::MAX;
    let mut count = 0;
    while count < PAD_BYTES {
        begins[count] = !register;
        register = before_zero(register);
        count += 1;
    }
    begins
};

/// Sums that begin before so many zeros; what the processor can do was found out once.
#[derive(Debug, Clone)]
pub(crate) struct Checksums([Hasher; PAD_BYTES]);

impl Default for Checksums {
    fn default() -> Self {
        Self(BEFORE_ZEROS.map(Hasher::new_with_initial))
    }
}

impl Checksums {
    /// Returns the checksum of what stands behind `PAD_BYTES` zeros.
    pub(crate) fn behind_zeros(&self, padded: &[u8]) -> u32 {
        let zeros = padded.len().wrapping_neg() % PAD_BYTES;
        let from = padded.get(PAD_BYTES - zeros..);
        let (Some(sum), Some(bytes)) = (self.0.get(zeros), from) else {
            return crc32fast::hash(padded.get(PAD_BYTES..).unwrap_or_default());
        };
        let mut sum = sum.clone();
        sum.update(bytes);
        sum.finalize()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn padded(record: &[u8]) -> Vec<u8> {
        [&[0; PAD_BYTES], record].concat()
    }

    #[test]
    fn every_length_has_the_checksum_of_the_record_alone() {
        let sums = Checksums::default();
        let bytes: Vec<u8> = (0..1_000_u32).map(|at| (at * 167 + 13) as u8).collect();
        for length in 0..bytes.len() {
            let record = &bytes[..length];
            assert_eq!(sums.behind_zeros(&padded(record)), crc32fast::hash(record), "{length}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn any_record_has_the_checksum_that_it_has_alone(record in prop::collection::vec(any::<u8>(), 0..700)) {
            let sum = Checksums::default().behind_zeros(&padded(&record));
            prop_assert_eq!(sum, crc32fast::hash(&record));
        }
    }
}
