//! A price as an integer count of the instrument's ticks.

use crate::code::Code;
use crate::error::{Error, Result};

/// A price in ticks of its instrument; what one of the ticks is worth, only the instrument knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Price(i64);

impl Price {
    /// Zero ticks.
    pub const ZERO: Self = Self(0);

    /// Makes a price from its count of ticks.
    #[must_use]
    pub const fn from_ticks(ticks: i64) -> Self {
        Self(ticks)
    }

    /// Returns the count of ticks.
    #[must_use]
    pub const fn ticks(self) -> i64 {
        self.0
    }

    /// Returns the sum.
    ///
    /// # Errors
    /// Its range code when the sum leaves 64 bits.
    pub fn plus(self, other: Self) -> Result<Self> {
        self.0.checked_add(other.0).map(Self).ok_or_else(|| Self::out_of_range("sum"))
    }

    /// Returns the difference.
    ///
    /// # Errors
    /// Its range code when the difference leaves 64 bits.
    pub fn minus(self, other: Self) -> Result<Self> {
        self.0.checked_sub(other.0).map(Self).ok_or_else(|| Self::out_of_range("difference"))
    }

    #[cold]
    fn out_of_range(operation: &str) -> Error {
        Error::new(Code::PriceOutOfRange, format!("{operation} of ticks must fit 64 bits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_and_subtracts_with_checks() {
        let (a, b) = (Price::from_ticks(7), Price::from_ticks(5));
        assert_eq!(a.plus(b).map(Price::ticks), Ok(12));
        assert_eq!(a.minus(b).map(Price::ticks), Ok(2));
        let top = Price::from_ticks(i64::MAX);
        assert_eq!(top.plus(b).map_err(|e| e.code()), Err(Code::PriceOutOfRange));
        assert_eq!(
            Price::from_ticks(i64::MIN).minus(b).map_err(|e| e.code()),
            Err(Code::PriceOutOfRange)
        );
    }
}
