//! Money: a 128-bit integer count of 10⁻¹⁸ units of its currency.

use crate::code::Code;
use crate::decimal::{Decimal, format_scaled};
use crate::error::{Error, Result};
use crate::rounding::{Rounding, divide};
use std::fmt;

/// An exact amount of one currency. Which currency is known by the field that holds it.
///
/// # Examples
/// ```
/// use holdfast_core::Amount;
/// let price = Amount::parse("0.1")?;
/// assert_eq!(price.plus(Amount::parse("0.2")?)?.to_string(), "0.3");
/// # Ok::<(), holdfast_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Amount(i128);

#[cold]
fn overflow(operation: &str) -> Error {
    Error::new(
        Code::AmountOverflow,
        format!("{operation} must stay within 128 bits at 18 decimals"),
    )
}

/// Bits of a number without its sign: a product of two has at most the sum of theirs.
#[inline]
const fn significant_bits(value: i128) -> u32 {
    128 - (value ^ (value >> 127)).leading_zeros()
}

impl Amount {
    /// Decimals of the representation.
    pub const SCALE: u32 = 18;
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// One unit of the currency.
    pub const ONE: Self = Self(1_000_000_000_000_000_000);

    /// Makes an amount from its count of 10⁻¹⁸ units.
    #[must_use]
    pub const fn from_raw(raw: i128) -> Self {
        Self(raw)
    }

    /// Returns the count of 10⁻¹⁸ units.
    #[must_use]
    pub const fn raw(self) -> i128 {
        self.0
    }

    /// Reads a decimal string.
    ///
    /// # Errors
    /// `DECIMAL_INVALID`, `AMOUNT_TOO_PRECISE` (more than 18 decimals), `AMOUNT_OVERFLOW`.
    pub fn parse(text: &str) -> Result<Self> {
        Decimal::parse(text)?.at_scale(Self::SCALE).map(Self)
    }

    /// Returns the sum.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    #[inline]
    pub fn plus(self, other: Self) -> Result<Self> {
        self.0.checked_add(other.0).map(Self).ok_or_else(|| overflow("sum"))
    }

    /// Returns the difference.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    #[inline]
    pub fn minus(self, other: Self) -> Result<Self> {
        self.0.checked_sub(other.0).map(Self).ok_or_else(|| overflow("difference"))
    }

    /// Returns the amount times an integer.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    #[inline]
    pub fn times(self, factor: i128) -> Result<Self> {
        // Two 64-bit factors cannot overflow 128 bits, and need one machine multiplication instead of a checked call.
        if let (Ok(left), Ok(right)) = (i64::try_from(self.0), i64::try_from(factor)) {
            return Ok(Self(i128::from(left) * i128::from(right)));
        }
        self.times_wide(factor)
    }

    #[inline(never)]
    fn times_wide(self, factor: i128) -> Result<Self> {
        // Numbers of so few bits together cannot either, and spare the call that looks for an overflow.
        if significant_bits(self.0) + significant_bits(factor) <= 126 {
            return Ok(Self(self.0.wrapping_mul(factor)));
        }
        self.0.checked_mul(factor).map(Self).ok_or_else(|| overflow("product"))
    }

    /// Returns `self × numerator ÷ denominator`, rounded once, as named.
    ///
    /// The whole part is taken out before multiplying, so that only a result past 128 bits overflows as long as the
    /// product of numerator and denominator fits.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`, `DIVISION_BY_ZERO`.
    pub fn times_ratio(
        self,
        numerator: i128,
        denominator: i128,
        rounding: Rounding,
    ) -> Result<Self> {
        // Where the product fits, one division does; ties of the halves are told apart by the whole part, so they stay below.
        let fits = significant_bits(self.0) + significant_bits(numerator) <= 126;
        if fits && rounding != Rounding::HalfEven {
            return divide(self.0.wrapping_mul(numerator), denominator, rounding).map(Self);
        }
        let whole = divide(self.0, denominator, Rounding::TowardsZero)?;
        let rest = self.0 - whole * denominator;
        let rest = Self(rest).times(numerator)?;
        Self(whole).times(numerator)?.plus(Self(divide(rest.0, denominator, rounding)?))
    }

    /// Returns the amount with the other sign.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW` for the smallest value.
    #[inline]
    pub fn negated(self) -> Result<Self> {
        self.0.checked_neg().map(Self).ok_or_else(|| overflow("negation"))
    }

    /// Returns the magnitude.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW` for the smallest value.
    #[inline]
    pub fn magnitude(self) -> Result<Self> {
        self.0.checked_abs().map(Self).ok_or_else(|| overflow("magnitude"))
    }

    /// Returns the nearest binary float, for analytics only.
    ///
    /// The count of 10⁻¹⁸ units itself is no float (10²³ is not), so whole units and the rest are converted apart.
    #[must_use]
    #[inline]
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
    pub fn to_f64(self) -> f64 {
        const WHOLE_MAX: f64 = 9e15;
        const TWO_POW_64: f64 = 18_446_744_073_709_551_616.0;
        let (high, low) = ((self.0 >> 64) as i64, self.0 as u64);
        let estimate = (high as f64 * TWO_POW_64 + low as f64) / 1e18;
        if estimate.abs() > WHOLE_MAX {
            return self.to_f64_of_large();
        }
        let whole = estimate as i64;
        let rest = self.0.wrapping_sub(i128::from(whole) * Self::ONE.0) as i64;
        whole as f64 + rest as f64 / 1e18
    }

    /// As `to_f64` where whole units are no float: what conversion and division lose is added back.
    #[cold]
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
    fn to_f64_of_large(self) -> f64 {
        let high = self.0 as f64;
        let low = self.0.wrapping_sub(high as i128) as f64;
        let quotient = high / 1e18;
        let rest = (-quotient).mul_add(1e18, high) + low;
        quotient + rest / 1e18
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&format_scaled(self.0, Self::SCALE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_float_is_the_nearest_one_for_small_and_for_large_amounts() {
        for text in [
            "0.000000000000000001",
            "-1.1",
            "9000000000000000.25",
            "-9000000000000001.5",
            "123456789012345678901.1",
        ] {
            let exact: f64 = text.parse().unwrap();
            assert_eq!(Amount::parse(text).unwrap().to_f64(), exact, "{text}");
        }
    }

    #[test]
    fn one_tenth_and_two_tenths_are_three_tenths() {
        let sum = Amount::parse("0.1").unwrap().plus(Amount::parse("0.2").unwrap()).unwrap();
        assert_eq!(sum, Amount::parse("0.3").unwrap());
        assert_eq!(Amount::ONE.to_string(), "1");
    }

    #[test]
    fn overflow_is_always_an_error() {
        let top = Amount::from_raw(i128::MAX);
        let bottom = Amount::from_raw(i128::MIN);
        assert!(top.plus(Amount::from_raw(1)).is_err());
        assert!(bottom.minus(Amount::from_raw(1)).is_err());
        assert!(top.times(2).is_err());
        assert!(bottom.negated().is_err());
        assert!(bottom.magnitude().is_err());
        assert!(top.times_ratio(5, 4, Rounding::Floor).is_err());
        assert!(top.times_ratio(3, 4, Rounding::Floor).is_ok());
        assert!(top.times_ratio(1, 0, Rounding::Floor).is_err());
    }

    #[test]
    fn more_than_eighteen_decimals_are_refused() {
        let error = Amount::parse("0.0000000000000000001").unwrap_err();
        assert_eq!(error.code(), Code::AmountTooPrecise);
    }

    proptest! {
        #[test]
        fn the_float_is_the_one_that_the_text_reads_as(raw in -10_i128.pow(30)..10_i128.pow(30), shift in 0_u32..24) {
            let amount = Amount::from_raw(raw / 10_i128.pow(shift) * 10_i128.pow(shift));
            let nearest: f64 = amount.to_string().parse().unwrap();
            prop_assert_eq!(amount.to_f64().to_bits(), nearest.to_bits());
        }

        #[test]
        fn nat_10_parse_of_print_is_identity(raw in any::<i128>()) {
            let amount = Amount::from_raw(raw);
            prop_assert_eq!(Amount::parse(&amount.to_string()).unwrap(), amount);
        }

        #[test]
        fn a_float_is_the_nearest_to_what_the_decimal_says(cents in -10_i64.pow(15)..10_i64.pow(15)) {
            let amount = Amount::from_raw(i128::from(cents) * 10_i128.pow(16));
            prop_assert_eq!(amount.to_f64(), amount.to_string().parse::<f64>().unwrap());
        }

        #[test]
        fn a_float_is_within_one_step_of_any_amount(raw in any::<i128>(), shift in 0_u32..127) {
            let amount = Amount::from_raw(raw >> shift);
            let nearest = amount.to_string().parse::<f64>().unwrap();
            let float = amount.to_f64();
            prop_assert!(float >= nearest.next_down() && float <= nearest.next_up(), "{float} {nearest}");
        }

        #[test]
        fn nat_10_addition_is_associative_and_commutative(a in any::<i64>(), b in any::<i64>(), c in any::<i64>()) {
            let (a, b, c) = (Amount::from_raw(a.into()), Amount::from_raw(b.into()), Amount::from_raw(c.into()));
            prop_assert_eq!(a.plus(b).unwrap().plus(c).unwrap(), a.plus(b.plus(c).unwrap()).unwrap());
            prop_assert_eq!(a.plus(b).unwrap(), b.plus(a).unwrap());
        }

        /// The short ways of a product and of a ratio say the same as the long ones, errors included.
        #[test]
        fn nat_10_products_and_ratios_are_exact_at_every_width(
            a in any::<i128>(), b in any::<i128>(), c in any::<i64>(),
            shifts in (0_u32..127, 0_u32..127, 0_u32..63),
        ) {
            let (a, b, c) = (a >> shifts.0, b >> shifts.1, i128::from(c >> shifts.2));
            prop_assert_eq!(Amount::from_raw(a).times(b).ok().map(Amount::raw), a.checked_mul(b));
            prop_assume!(c != 0);
            for rounding in [Rounding::Floor, Rounding::Ceil, Rounding::TowardsZero, Rounding::HalfEven] {
                let ratio = Amount::from_raw(a).times_ratio(b, c, rounding).ok().map(Amount::raw);
                let (whole, rest) = (a / c, a % c);
                let long = rest.checked_mul(b).and_then(|product| {
                    whole.checked_mul(b)?.checked_add(divide(product, c, rounding).ok()?)
                });
                // The short way may fit where the long one does not.
                if long.is_some() {
                    prop_assert_eq!(ratio, long, "{:?}", rounding);
                }
            }
        }

        #[test]
        fn nat_10_checked_results_equal_wide_arithmetic_or_fail(a in any::<i128>(), b in any::<i128>()) {
            prop_assert_eq!(Amount::from_raw(a).plus(Amount::from_raw(b)).ok().map(Amount::raw), a.checked_add(b));
            prop_assert_eq!(Amount::from_raw(a).times(b).ok().map(Amount::raw), a.checked_mul(b));
        }
    }
}
