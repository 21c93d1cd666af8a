//! A currency's short text in a form that a record can carry.

use crate::code::Code;
use crate::error::{Error, Result};
use std::fmt;

/// Longest text of a currency.
pub const CURRENCY_CHARS_MAX: usize = 16;

/// The text of a currency: 1 to 16 letters, digits or one of `.-_`, as the venue writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CurrencyCode([u8; CURRENCY_CHARS_MAX]);

impl CurrencyCode {
    /// Reads a text.
    ///
    /// # Errors
    /// `ARGUMENT_INVALID`.
    pub fn parse(text: &str) -> Result<Self> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        let mut bytes = [0; CURRENCY_CHARS_MAX];
        match bytes.get_mut(..text.len()) {
            Some(room) if !text.is_empty() && text.bytes().all(allowed) => {
                room.copy_from_slice(text.as_bytes());
                Ok(Self(bytes))
            }
            _ => Err(Error::new(
                Code::ArgumentInvalid,
                format!("currency must be 1 to {CURRENCY_CHARS_MAX} letters or digits, was {text}"),
            )),
        }
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let length = self.0.iter().position(|byte| *byte == 0).unwrap_or(CURRENCY_CHARS_MAX);
        self.0.get(..length).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or("")
    }

    /// Returns the text as a number; `from_word` reads it.
    #[must_use]
    pub const fn word(self) -> u128 {
        u128::from_le_bytes(self.0)
    }

    /// Reads what `word` gave.
    ///
    /// # Errors
    /// `ARGUMENT_INVALID` for a number that is no text.
    pub fn from_word(word: u128) -> Result<Self> {
        let code = Self(word.to_le_bytes());
        let read = Self::parse(code.as_str())?;
        if read == code {
            Ok(read)
        } else {
            Err(Error::new(Code::ArgumentInvalid, "currency must end with its text"))
        }
    }
}

impl fmt::Display for CurrencyCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_round_trip_and_others_are_refused() {
        for text in ["USD", "1000SATS", "USD.e", "ABCDEFGHIJKLMNOP"] {
            let code = CurrencyCode::parse(text).unwrap();
            assert_eq!((code.as_str(), code.to_string().as_str()), (text, text));
            assert_eq!(CurrencyCode::from_word(code.word()), Ok(code));
        }
        for text in ["", "ABCDEFGHIJKLMNOPQ", "US D", "€", "U\0"] {
            assert_eq!(CurrencyCode::parse(text).map_err(|e| e.code()), Err(Code::ArgumentInvalid));
        }
        let trailing = CurrencyCode::parse("USD").unwrap().word() | 65_u128 << 100;
        assert!(CurrencyCode::from_word(trailing).is_err());
        assert!(CurrencyCode::from_word(0).is_err());
    }
}
