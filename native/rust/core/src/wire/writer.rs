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

    /// Returns the layout.
    #[must_use]
    pub const fn layout(&self) -> Layout {
        self.layout
    }

    /// Returns whether nothing was written.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.position == 0
    }

    /// Writes several values in a row. The writer stands in registers meanwhile, which it cannot where a byte that is written
    /// through it could be one of its own; what is called inside is inlined for it to stay there.
    #[inline]
    pub fn row(&mut self, write: impl FnOnce(&mut Writer<'a>)) {
        let bytes = std::mem::take(&mut self.bytes);
        let mut row = Writer { bytes, position: self.position, layout: self.layout };
        write(&mut row);
        self.bytes = row.bytes;
        self.position = row.position;
    }

    /// Writes raw bytes.
    #[inline(always)]
    pub fn bytes(&mut self, source: &[u8]) {
        let end = self.position + source.len();
        if let Some(target) = self.bytes.get_mut(self.position..end) {
            target.copy_from_slice(source);
        }
        self.position = end;
    }

    /// Writes one byte.
    #[inline(always)]
    pub fn u8(&mut self, value: u8) {
        if let Some(target) = self.bytes.get_mut(self.position) {
            *target = value;
        }
        self.position += 1;
    }

    /// Writes up to 16 bits.
    #[inline(always)]
    pub fn u16(&mut self, value: u16) {
        match self.layout {
            Layout::Compact => self.number(u64::from(value)),
            Layout::Fixed => self.low_bytes(u64::from(value), 2),
        }
    }

    /// Writes up to 32 bits, as `u64`.
    #[inline(always)]
    pub fn u32(&mut self, value: u32) {
        match self.layout {
            Layout::Compact => self.number(u64::from(value)),
            Layout::Fixed => self.low_bytes(u64::from(value), 4),
        }
    }

    /// Writes 64 bits.
    #[inline(always)]
    pub fn u64(&mut self, value: u64) {
        match self.layout {
            Layout::Compact => self.number(value),
            Layout::Fixed => self.low_bytes(value, 8),
        }
    }

    /// Writes a number in one to nine bytes: the count of trailing zeros of the first byte tells how many follow.
    #[inline(always)]
    fn number(&mut self, value: u64) {
        // Most numbers of a record are this small.
        if value < 1 << 7 {
            self.u8((value << 1) as u8 | 1);
            return;
        }
        let significant_bits = u64::BITS - value.leading_zeros();
        // A seventh of the bits, rounded up, without a division; a test goes through all counts.
        let length = ((significant_bits * 9 + 64) >> 6) as usize;
        if length <= 8 {
            self.low_bytes(((value << 1) | 1) << (length - 1), length);
        } else {
            self.u8(0);
            self.low_bytes(value, 8);
        }
    }

    /// Writes 64 bits with sign; small magnitudes are short in the compact layout.
    #[inline(always)]
    pub fn i64(&mut self, value: i64) {
        match self.layout {
            Layout::Compact => self.number(zigzag(value)),
            Layout::Fixed => self.low_bytes(value.cast_unsigned(), 8),
        }
    }

    /// Writes 64 bits with sign, or that there are none; `i64::MIN` counts as none, and stands for it in the fixed layout.
    #[inline(always)]
    pub fn optional_i64(&mut self, value: Option<i64>) {
        match self.layout {
            Layout::Compact => self.number(value.map_or(0, |value| zigzag(value).wrapping_add(1))),
            Layout::Fixed => self.low_bytes(value.unwrap_or(i64::MIN).cast_unsigned(), 8),
        }
    }

    /// Writes an amount; compactly as its count of bytes, and those.
    #[inline(always)]
    pub fn amount(&mut self, value: Amount) {
        let raw = value.raw();
        if self.layout == Layout::Fixed {
            self.low_bytes(raw as u64, 8);
            self.low_bytes((raw >> 64) as u64, 8);
            return;
        }
        if raw == 0 {
            self.u8(0);
            return;
        }
        let word = ((raw << 1) ^ (raw >> 127)) as u128;
        let length = (u128::BITS - word.leading_zeros()).div_ceil(8) as usize;
        let place = self.bytes.get_mut(self.position..).and_then(|rest| rest.first_chunk_mut());
        // As with a store of eight bytes: what follows overwrites what does not count.
        if let Some(place) = place {
            let _: &mut [u8; AMOUNT_BYTES_MAX] = place;
            place[0] = length as u8;
            place[1..].copy_from_slice(&word.to_le_bytes());
            self.position += 1 + length;
            return;
        }
        self.u8(length as u8);
        self.bytes(word.to_le_bytes().get(..length).unwrap_or_default());
    }

    #[inline(always)]
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
