//! Reading values of the compact layout.

use crate::amount::Amount;
use crate::code::Code;
use crate::error::{Error, Result};

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

    /// Reads bytes as they stand.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT` at the end.
    pub fn bytes(&mut self, length: usize) -> Result<&'a [u8]> {
        let (head, tail) = self.bytes.split_at_checked(length).ok_or_else(short)?;
        self.bytes = tail;
        Ok(head)
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        match self.bytes.split_first_chunk::<N>() {
            Some((head, tail)) => {
                self.bytes = tail;
                Ok(*head)
            }
            None => Err(short()),
        }
    }

    /// Reads one byte.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT` at the end; so for every other read.
    #[inline]
    pub fn u8(&mut self) -> Result<u8> {
        self.take::<1>().map(|[byte]| byte)
    }

    fn narrow<T: TryFrom<u64>>(&mut self) -> Result<T> {
        T::try_from(self.u64()?).map_err(|_| {
            Error::new(Code::JournalCorrupt, "payload holds a number too large for its field")
        })
    }

    /// Reads up to 16 bits.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT` at the end, or when the number is larger.
    pub fn u16(&mut self) -> Result<u16> {
        self.narrow()
    }

    /// Reads up to 32 bits.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT` at the end, or when the number is larger.
    pub fn u32(&mut self) -> Result<u32> {
        self.narrow()
    }

    /// Reads up to 64 bits.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT` at the end.
    #[inline]
    pub fn u64(&mut self) -> Result<u64> {
        // Most numbers are small: they take one byte, which an odd one tells.
        if let [first, tail @ ..] = self.bytes
            && first & 1 == 1
        {
            self.bytes = tail;
            return Ok(u64::from(first >> 1));
        }
        self.long_u64()
    }

    fn long_u64(&mut self) -> Result<u64> {
        // A load of all eight bytes, where there are as many, is cheaper than one of as many as count.
        if let Some(eight) = self.bytes.first_chunk::<8>() {
            let length = eight[0].trailing_zeros() as usize + 1;
            if let (true, Some(tail)) = (length <= 8, self.bytes.get(length..)) {
                self.bytes = tail;
                let unused = 64 - 8 * length as u32;
                return Ok(u64::from_le_bytes(*eight) << unused >> unused >> length);
            }
        }
        self.u64_near_end()
    }

    fn u64_near_end(&mut self) -> Result<u64> {
        let length = self.bytes.first().ok_or_else(short)?.trailing_zeros() as usize + 1;
        if length > 8 {
            self.take::<1>()?;
            return self.low_bytes(8);
        }
        Ok(self.low_bytes(length)? >> length)
    }

    /// Reads 64 bits with sign.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT` at the end.
    #[inline]
    pub fn i64(&mut self) -> Result<i64> {
        self.u64().map(unzigzag)
    }

    /// Reads 64 bits with sign, or that there are none.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT` at the end.
    pub fn optional_i64(&mut self) -> Result<Option<i64>> {
        Ok(self.u64()?.checked_sub(1).map(unzigzag))
    }

    /// Reads an amount.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT` at the end, or when it claims more than 16 bytes.
    pub fn amount(&mut self) -> Result<Amount> {
        let length = usize::from(self.u8()?);
        if length > 16 {
            return Err(Error::new(Code::JournalCorrupt, "amount must have at most 16 bytes"));
        }
        if length <= 8 {
            let word = self.low_bytes(length)?;
            return Ok(Amount::from_raw(i128::from(word >> 1) ^ -i128::from(word & 1)));
        }
        let low = u128::from(self.low_bytes(8)?);
        let word = low | u128::from(self.low_bytes(length - 8)?) << 64;
        Ok(Amount::from_raw((word >> 1) as i128 ^ -((word & 1) as i128)))
    }

    fn low_bytes(&mut self, length: usize) -> Result<u64> {
        let (head, tail) = self.bytes.split_at_checked(length).ok_or_else(short)?;
        // A load of all eight bytes is cheaper than one of as many as count; the rest is masked.
        let word = if let Some(eight) = self.bytes.first_chunk::<8>() {
            let mask = u64::MAX.checked_shr(64 - 8 * length as u32).unwrap_or(0);
            u64::from_le_bytes(*eight) & mask
        } else {
            let mut word = [0_u8; 8];
            word[..length].copy_from_slice(head);
            u64::from_le_bytes(word)
        };
        self.bytes = tail;
        Ok(word)
    }
}

fn short() -> Error {
    Error::new(Code::JournalCorrupt, "payload is shorter than its kind needs")
}

const fn unzigzag(word: u64) -> i64 {
    (word >> 1) as i64 ^ -((word & 1) as i64)
}
