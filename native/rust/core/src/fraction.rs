//! A fraction in millionths: limits and rates relative to equity or price.

use crate::amount::Amount;
use crate::code::Code;
use crate::decimal::{Decimal, format_scaled};
use crate::error::{Error, Result};
use std::fmt;

/// An exact fraction; `0.02` is two per cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Fraction(i64);

impl Fraction {
    /// Decimals of the representation: millionths, one hundredth of a basis point.
    pub const SCALE: u32 = 6;
    /// Parts in one whole.
    pub const PARTS: i128 = 1_000_000;

    /// Makes a fraction from millionths.
    #[must_use]
    pub const fn from_millionths(millionths: i64) -> Self {
        Self(millionths)
    }

    /// Returns the count of millionths.
    #[must_use]
    pub const fn millionths(self) -> i64 {
        self.0
    }

    /// Reads a decimal string such as `0.02`.
    ///
    /// # Errors
    /// `DECIMAL_INVALID`, `AMOUNT_TOO_PRECISE` beyond six decimals, `AMOUNT_OVERFLOW`.
    pub fn parse(text: &str) -> Result<Self> {
        let raw = Decimal::parse(text)?.at_scale(Self::SCALE)?;
        i64::try_from(raw).map(Self).map_err(|_| {
            Error::new(Code::AmountOverflow, format!("fraction must fit 64 bits, was {text}"))
        })
    }

    /// Returns whether `part ≤ self × whole`, exactly.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    pub fn covers(self, part: Amount, whole: Amount) -> Result<bool> {
        Ok(part.times(Self::PARTS)?.raw() <= whole.times(i128::from(self.0))?.raw())
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&format_scaled(i128::from(self.0), Self::SCALE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_exactly_at_the_boundary() {
        let two_percent = Fraction::parse("0.02").unwrap();
        let whole = Amount::parse("100000").unwrap();
        assert!(two_percent.covers(Amount::parse("2000").unwrap(), whole).unwrap());
        let above = Amount::parse("2000.000000000000000001").unwrap();
        assert!(!two_percent.covers(above, whole).unwrap());
        assert_eq!(two_percent.to_string(), "0.02");
        assert!(Fraction::parse("0.0000001").is_err());
        assert!(Fraction::parse("99999999999999").is_err());
    }
}
