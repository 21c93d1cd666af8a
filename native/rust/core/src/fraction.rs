//! A fraction in millionths: limits and rates relative to equity or price.

use crate::amount::Amount;
use crate::code::Code;
use crate::decimal::{Decimal, format_scaled};
use crate::error::{Error, Result};
use crate::rounding::{Rounding, divide};
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

    /// Returns `part ÷ whole`, rounded up; what is past the range is the largest number.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`, `DIVISION_BY_ZERO`.
    #[inline]
    pub fn of(part: Amount, whole: Amount) -> Result<Self> {
        /// Below it the product with the parts of a whole fits, and sums with it do.
        const PART_MAX: i128 = 1 << 105;
        let (part_raw, whole_raw) = (part.raw(), whole.raw());
        if whole_raw > 0 && (0..PART_MAX).contains(&part_raw) {
            if part_raw == 0 {
                return Ok(Self(0));
            }
            let scaled = part_raw.wrapping_mul(Self::PARTS);
            if let (Ok(scaled), Ok(whole)) = (u64::try_from(scaled), u64::try_from(whole_raw)) {
                return Ok(Self(i64::try_from(scaled.div_ceil(whole)).unwrap_or(i64::MAX)));
            }
            if let Some(parts) = quotient_up(scaled, whole_raw) {
                return Ok(Self(parts));
            }
        }
        let parts = divide(part.times(Self::PARTS)?.raw(), whole_raw, Rounding::Ceil)?;
        Ok(Self(i64::try_from(parts).unwrap_or(i64::MAX)))
    }

    /// Returns whether `part ≤ self × whole`, exactly.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    pub fn covers(self, part: Amount, whole: Amount) -> Result<bool> {
        Ok(part.times(Self::PARTS)?.raw() <= whole.times(i128::from(self.0))?.raw())
    }
}

#[inline]
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
fn to_float(value: i128) -> f64 {
    const TWO_POW_64: f64 = 18_446_744_073_709_551_616.0;
    ((value >> 64) as i64 as f64) * TWO_POW_64 + (value as u64 as f64)
}

/// Divides positive numbers and rounds up: floats guess and integers correct the guess, which costs a fraction of a
/// division of 128 bits. `None` where the guess could be further off than a step or two.
#[inline]
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
fn quotient_up(numerator: i128, denominator: i128) -> Option<i64> {
    /// Floats have 53 bits; conversions, sum and quotient lose less than three of them.
    const GUESS_MAX: f64 = (1_u64 << 49) as f64;
    let guess = to_float(numerator) / to_float(denominator);
    if guess >= GUESS_MAX {
        return None;
    }
    let mut quotient = guess as i64;
    let mut left = numerator.wrapping_sub(denominator.wrapping_mul(i128::from(quotient)));
    while left > 0 {
        quotient += 1;
        left -= denominator;
    }
    while left <= -denominator {
        quotient -= 1;
        left += denominator;
    }
    Some(quotient)
}

impl fmt::Display for Fraction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&format_scaled(i128::from(self.0), Self::SCALE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn nat_10_a_fraction_of_any_two_amounts_is_what_the_division_says(
            part in any::<i128>(), whole in any::<i128>(),
            shifts in (0_u32..128, 0_u32..128), near in -3_i128..=3, multiple in 0_i64..2_000_000_000,
        ) {
            let whole = whole >> shifts.1.min(127);
            // Half of the parts are a multiple of a millionth of the whole, or next to one.
            let part = if multiple % 2 == 0 {
                part >> shifts.0.min(127)
            } else {
                (whole / Fraction::PARTS).saturating_mul(i128::from(multiple)).saturating_add(near)
            };
            let (part, whole) = (Amount::from_raw(part), Amount::from_raw(whole));
            let divided = part
                .times(Fraction::PARTS)
                .and_then(|scaled| divide(scaled.raw(), whole.raw(), Rounding::Ceil))
                .map(|parts| i64::try_from(parts).unwrap_or(i64::MAX));
            prop_assert_eq!(Fraction::of(part, whole).map(Fraction::millionths).map_err(|e| e.code()),
                divided.map_err(|e| e.code()));
        }
    }

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
