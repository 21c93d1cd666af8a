//! How much an engine may do; whoever writes it, the stricter one wins and only the reset procedure loosens.

use crate::code::Code;
use crate::error::{Error, Result};
use crate::order::vocabulary;
use crate::wire::{Encode, Writer};

vocabulary! {
    /// Trading mode, by rising strictness.
    TradingMode { Normal = 0 "normal", Paused = 1 "paused", Reduced = 2 "reduced", Emergency = 3 "emergency" }
}

impl TradingMode {
    /// Reads a mode word: what is not known is an emergency.
    #[must_use]
    pub fn read(word: u8) -> Self {
        Self::from_number(word).unwrap_or(Self::Emergency)
    }
}

/// The content of a record of a change of the mode.
impl Encode for TradingMode {
    fn encoded_bytes_max(&self) -> usize {
        1
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        writer.u8(*self as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ord_17_an_unknown_word_is_an_emergency() {
        for word in 0..=u8::MAX {
            let mode = TradingMode::read(word);
            assert_eq!(mode as u8, word.min(3));
        }
        assert_eq!(TradingMode::from_number(4).map_err(|e| e.code()), Err(Code::ArgumentInvalid));
    }
}
