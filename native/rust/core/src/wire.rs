//! Little-endian encoding into fixed buffers: the journal's payloads and the exchange area with JavaScript.

use crate::amount::Amount;
use crate::code::Code;
use crate::error::{Error, Result};

/// Writes values one after the other into a buffer of fixed size.
///
/// Payload sizes are constants checked by tests; a write past the end is dropped and shows as a wrong length.
#[derive(Debug)]
pub struct Writer<'a> {
    bytes: &'a mut [u8],
    position: usize,
}

impl<'a> Writer<'a> {
    /// Starts at the beginning of the buffer.
    pub fn new(bytes: &'a mut [u8]) -> Self {
        Self { bytes, position: 0 }
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

    /// Writes 16 bits.
    pub fn u16(&mut self, value: u16) {
        self.bytes(&value.to_le_bytes());
    }

    /// Writes 32 bits.
    pub fn u32(&mut self, value: u32) {
        self.bytes(&value.to_le_bytes());
    }

    /// Writes 64 bits.
    pub fn u64(&mut self, value: u64) {
        self.bytes(&value.to_le_bytes());
    }

    /// Writes 64 bits with sign.
    pub fn i64(&mut self, value: i64) {
        self.bytes(&value.to_le_bytes());
    }

    /// Writes an amount as 128 bits.
    pub fn amount(&mut self, value: Amount) {
        self.bytes(&value.raw().to_le_bytes());
    }
}

/// Reads values one after the other.
#[derive(Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Starts at the beginning of the buffer.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// Returns the bytes that were not read.
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.bytes
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        match self.bytes.split_first_chunk::<N>() {
            Some((head, tail)) => {
                self.bytes = tail;
                Ok(*head)
            }
            None => Err(Error::new(Code::JournalCorrupt, "payload is shorter than its kind needs")),
        }
    }

    /// Reads one byte.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT` at the end; so for every other read.
    pub fn u8(&mut self) -> Result<u8> {
        self.take::<1>().map(|[byte]| byte)
    }

    /// Reads 16 bits.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT` at the end.
    pub fn u16(&mut self) -> Result<u16> {
        self.take().map(u16::from_le_bytes)
    }

    /// Reads 32 bits.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT` at the end.
    pub fn u32(&mut self) -> Result<u32> {
        self.take().map(u32::from_le_bytes)
    }

    /// Reads 64 bits.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT` at the end.
    pub fn u64(&mut self) -> Result<u64> {
        self.take().map(u64::from_le_bytes)
    }

    /// Reads 64 bits with sign.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT` at the end.
    pub fn i64(&mut self) -> Result<i64> {
        self.take().map(i64::from_le_bytes)
    }

    /// Reads an amount.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT` at the end.
    pub fn amount(&mut self) -> Result<Amount> {
        self.take().map(|bytes| Amount::from_raw(i128::from_le_bytes(bytes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_back() {
        let mut bytes = [0_u8; 64];
        let mut writer = Writer::new(&mut bytes);
        assert!(writer.is_empty());
        writer.u8(1);
        writer.u16(2);
        writer.u32(3);
        writer.u64(4);
        writer.i64(-5);
        writer.amount(Amount::from_raw(-6));
        let length = writer.len();
        let mut reader = Reader::new(&bytes[..length]);
        assert_eq!(reader.u8(), Ok(1));
        assert_eq!(reader.u16(), Ok(2));
        assert_eq!(reader.u32(), Ok(3));
        assert_eq!(reader.u64(), Ok(4));
        assert_eq!(reader.i64(), Ok(-5));
        assert_eq!(reader.amount(), Ok(Amount::from_raw(-6)));
        assert!(reader.rest().is_empty());
        assert!(reader.u8().is_err());
    }

    #[test]
    fn a_write_past_the_end_changes_nothing_but_the_length() {
        let mut bytes = [0_u8; 4];
        let mut writer = Writer::new(&mut bytes);
        writer.u64(u64::MAX);
        assert_eq!(writer.len(), 8);
        assert_eq!(bytes, [0; 4]);
    }
}
