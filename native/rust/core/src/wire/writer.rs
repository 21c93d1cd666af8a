//! Writing values, in either layout.

use super::{AMOUNT_BYTES_MAX, Layout};
use crate::amount::Amount;

/// Writes values one after the other into a buffer of fixed size.
///
/// The longest form of a record is a bound checked by tests; a write past the end is dropped and shows as a wrong length.
#[derive(Debug)]
pub struct Writer<'a> {
    bytes: &'a mut [u8],
    position: usize,
    layout: Layout,
}

impl<'a> Writer<'a> {
    /// Starts at the beginning of the buffer.
    pub fn new(bytes: &'a mut [u8], layout: Layout) -> Self {
        Self { bytes, position: 0, layout }
    }

    /// Returns how many bytes were written.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.position
    }

    /// Returns whether nothing was written.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.position == 0
    }

    /// Writes raw bytes.
    pub fn bytes(&mut self, source: &[u8]) {
        let end = self.position + source.len();
        if let Some(target) = self.bytes.get_mut(self.position..end) {
            target.copy_from_slice(source);
        }
        self.position = end;
    }

    /// Writes one byte.
    pub fn u8(&mut self, value: u8) {
        self.bytes(&[value]);
    }

    /// Writes up to 16 bits.
    pub fn u16(&mut self, value: u16) {
        match self.layout {
            Layout::Compact => self.number(u64::from(value)),
            Layout::Fixed => self.low_bytes(u64::from(value), 2),
        }
    }

    /// Writes up to 32 bits, as `u64`.
    pub fn u32(&mut self, value: u32) {
        match self.layout {
            Layout::Compact => self.number(u64::from(value)),
            Layout::Fixed => self.low_bytes(u64::from(value), 4),
        }
    }

    /// Writes 64 bits.
    pub fn u64(&mut self, value: u64) {
        match self.layout {
            Layout::Compact => self.number(value),
            Layout::Fixed => self.low_bytes(value, 8),
        }
    }

    /// Writes a number in one to nine bytes: the count of trailing zeros of the first byte tells how many follow.
    fn number(&mut self, value: u64) {
        let significant_bits = u64::BITS - (value | 1).leading_zeros();
        let length = significant_bits.div_ceil(7) as usize;
        if length <= 8 {
            self.low_bytes(((value << 1) | 1) << (length - 1), length);
        } else {
            self.u8(0);
            self.low_bytes(value, 8);
        }
    }

    /// Writes 64 bits with sign; small magnitudes are short in the compact layout.
    pub fn i64(&mut self, value: i64) {
        match self.layout {
            Layout::Compact => self.number(zigzag(value)),
            Layout::Fixed => self.low_bytes(value.cast_unsigned(), 8),
        }
    }

    /// Writes 64 bits with sign, or that there are none; `i64::MIN` counts as none, and stands for it in the fixed layout.
    pub fn optional_i64(&mut self, value: Option<i64>) {
        match self.layout {
            Layout::Compact => self.number(value.map_or(0, |value| zigzag(value).wrapping_add(1))),
            Layout::Fixed => self.low_bytes(value.unwrap_or(i64::MIN).cast_unsigned(), 8),
        }
    }

    /// Writes an amount; compactly as its count of bytes, and those.
    pub fn amount(&mut self, value: Amount) {
        let raw = value.raw();
        if self.layout == Layout::Fixed {
            self.low_bytes(raw as u64, 8);
            self.low_bytes((raw >> 64) as u64, 8);
            return;
        }
        let word = ((raw << 1) ^ (raw >> 127)) as u128;
        let length = (u128::BITS - word.leading_zeros()).div_ceil(8) as usize;
        // As in `low_bytes`, all bytes at once where there is room.
        if let Some(target) = self.bytes.get_mut(self.position..self.position + AMOUNT_BYTES_MAX)
            && let Some((first, rest)) = target.split_first_mut()
        {
            *first = length as u8;
            rest.copy_from_slice(&word.to_le_bytes());
            self.position += 1 + length;
            return;
        }
        self.u8(length as u8);
        self.low_bytes(word as u64, length.min(8));
        if length > 8 {
            self.low_bytes((word >> 64) as u64, length - 8);
        }
    }

    fn low_bytes(&mut self, word: u64, length: usize) {
        let end = self.position + length;
        // A store of all eight bytes is cheaper than one of as many as count; what follows overwrites the rest.
        if let Some(target) = self.bytes.get_mut(self.position..self.position + 8) {
            target.copy_from_slice(&word.to_le_bytes());
            self.position = end;
        } else {
            self.bytes(&word.to_le_bytes()[..length]);
        }
    }
}

const fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}
