//! A rate of exchange: what one unit of a currency costs in the account's.

use crate::amount::Amount;
use crate::code::Code;
use crate::decimal::{Decimal, format_scaled, power_of_ten};
use crate::error::{Error, Result};
use crate::persist::Persist;
use crate::rounding::Rounding;
use crate::wire::{Reader, U64_BYTES_MAX, Writer};
use std::fmt;

/// An exact positive rate, `mantissa × 10^-scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    mantissa: i64,
    scale: u8,
}

fn invalid(text: &str) -> Error {
    Error::new(
        Code::RateInvalid,
        format!("rate must be a positive decimal of at most 18 digits, was {text}"),
    )
    .with("rate", text)
}

impl Rate {
    /// Most decimals.
    pub const SCALE_MAX: u8 = 18;
    /// Most bytes of the encoded form.
    pub const BYTES_MAX: usize = U64_BYTES_MAX + 1;

    /// Makes a rate from a decimal.
    ///
    /// # Errors
    /// `RATE_INVALID` for a rate that is not positive or has more digits than can be kept.
    pub fn from_decimal(value: Decimal) -> Result<Self> {
        let short = value.normalized();
        let refused = || invalid(&format_scaled(value.mantissa, value.scale));
        let mantissa = i64::try_from(short.mantissa).map_err(|_| refused())?;
        let scale = u8::try_from(short.scale).map_err(|_| refused())?;
        if mantissa <= 0 || scale > Self::SCALE_MAX {
            return Err(refused());
        }
        Ok(Self { mantissa, scale })
    }

    /// Reads a decimal string.
    ///
    /// # Errors
    /// `DECIMAL_INVALID`, `RATE_INVALID`.
    pub fn parse(text: &str) -> Result<Self> {
        Self::from_decimal(Decimal::parse(text)?)
    }

    fn one(self) -> Result<i128> {
        power_of_ten(u32::from(self.scale)).ok_or_else(|| invalid("past its scale"))
    }

    /// Converts an amount of the currency into the account's.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    pub fn convert(self, amount: Amount, rounding: Rounding) -> Result<Amount> {
        amount.times_ratio(i128::from(self.mantissa), self.one()?, rounding)
    }

    /// Converts an amount of the account's currency back.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    pub fn convert_back(self, amount: Amount, rounding: Rounding) -> Result<Amount> {
        amount.times_ratio(self.one()?, i128::from(self.mantissa), rounding)
    }

    /// Writes the journal form.
    pub fn encode(self, writer: &mut Writer<'_>) {
        writer.i64(self.mantissa);
        writer.u8(self.scale);
    }

    /// Reads the journal form.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT`, `RATE_INVALID`.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self> {
        let (mantissa, scale) = (reader.i64()?, reader.u8()?);
        if mantissa <= 0 || scale > Self::SCALE_MAX {
            return Err(invalid("out of range in the journal"));
        }
        Ok(Self { mantissa, scale })
    }
}

impl Persist for Rate {
    fn save(&self, out: &mut Vec<u8>) {
        let Self { mantissa, scale } = self;
        mantissa.save(out);
        scale.save(out);
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        Self::decode(reader)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&format_scaled(i128::from(self.mantissa), u32::from(self.scale)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn converts_exactly_and_prints_as_it_was_read() {
        let rate = Rate::parse("50000.250").unwrap();
        assert_eq!(rate.to_string(), "50000.25");
        let btc = Amount::parse("1.5").unwrap();
        let usd = rate.convert(btc, Rounding::HalfEven).unwrap();
        assert_eq!(usd.to_string(), "75000.375");
        assert_eq!(rate.convert_back(usd, Rounding::Floor).unwrap(), btc);
    }

    #[test]
    fn rates_that_are_none_are_refused() {
        for text in ["0", "-1", "9999999999999999999", "0.0000000000000000001"] {
            assert_eq!(Rate::parse(text).map_err(|e| e.code()), Err(Code::RateInvalid), "{text}");
        }
        assert_eq!(Rate::parse("x").map_err(|e| e.code()), Err(Code::DecimalInvalid));
    }

    #[test]
    fn a_journal_holds_no_rate_that_is_none() {
        let decoded = |mantissa, scale| {
            let mut bytes = Vec::new();
            Rate { mantissa, scale }.save(&mut bytes);
            Rate::decode(&mut Reader::new(&bytes)).map_err(|e| e.code())
        };
        for (mantissa, scale) in [(0, 2), (-1, 2), (1, 19), (i64::MIN, u8::MAX)] {
            assert_eq!(decoded(mantissa, scale), Err(Code::RateInvalid), "{mantissa} {scale}");
        }
        assert_eq!(decoded(1, 18), Ok(Rate { mantissa: 1, scale: 18 }));
    }

    proptest! {
        #[test]
        fn nat_10_a_conversion_is_the_nearest_and_its_way_back_never_gives_more(
            mantissa in 1_i64..i64::MAX, scale in 0_u32..19, raw in 0_i128..1_000_000_000_000_000_000,
        ) {
            let rate = Rate::from_decimal(Decimal { mantissa: i128::from(mantissa), scale }).unwrap();
            let amount = Amount::from_raw(raw);
            let down = rate.convert(amount, Rounding::Floor).unwrap();
            let near = rate.convert(amount, Rounding::HalfEven).unwrap();
            prop_assert!(near.raw() - down.raw() == 0 || near.raw() - down.raw() == 1);
            prop_assert!(rate.convert_back(down, Rounding::Floor).unwrap() <= amount);
        }
    }
}
