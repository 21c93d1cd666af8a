//! Decimal strings to scaled integers and back, exact for every representable value.

use crate::code::Code;
use crate::error::{Error, Result};

/// Longest text that is read; more digits than an `i128` holds, with sign and point.
pub const DECIMAL_LENGTH_MAX: usize = 64;

/// A decimal as `mantissa × 10^-scale`, as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    /// Digits with the sign.
    pub mantissa: i128,
    /// Number of digits after the point.
    pub scale: u32,
}

fn invalid(text: &str) -> Error {
    let shown: String = text.chars().take(DECIMAL_LENGTH_MAX).collect();
    Error::new(
        Code::DecimalInvalid,
        format!("value must be a plain decimal such as \"100.25\", was \"{shown}\""),
    )
    .with("value", shown)
}

impl Decimal {
    /// Reads a plain decimal such as `-12.50`.
    ///
    /// # Errors
    /// `DECIMAL_INVALID` for other text, `AMOUNT_OVERFLOW` past 128 bits.
    pub fn parse(text: &str) -> Result<Self> {
        if text.len() > DECIMAL_LENGTH_MAX {
            return Err(invalid(text));
        }
        let (negative, digits) = match text.as_bytes() {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            all => (false, all),
        };
        let mut mantissa: i128 = 0;
        let mut scale = 0_u32;
        let (mut seen_point, mut seen_digit) = (false, false);
        for &byte in digits {
            match byte {
                b'.' if !seen_point => seen_point = true,
                b'0'..=b'9' => {
                    seen_digit = true;
                    let digit = i128::from(byte - b'0');
                    let signed = if negative { -digit } else { digit };
                    mantissa = mantissa
                        .checked_mul(10)
                        .and_then(|m| m.checked_add(signed))
                        .ok_or_else(|| {
                            Error::new(
                                Code::AmountOverflow,
                                format!("value must fit 128 bits, was \"{text}\""),
                            )
                        })?;
                    scale += u32::from(seen_point);
                }
                _ => return Err(invalid(text)),
            }
        }
        if seen_digit { Ok(Self { mantissa, scale }) } else { Err(invalid(text)) }
    }

    /// Returns the mantissa at another scale, exactly.
    ///
    /// # Errors
    /// `AMOUNT_TOO_PRECISE` when digits would be lost, `AMOUNT_OVERFLOW` past 128 bits.
    pub fn at_scale(self, scale: u32) -> Result<i128> {
        let too_precise = || {
            Error::new(
                Code::AmountTooPrecise,
                format!("value must have at most {scale} decimals, has {}", self.scale),
            )
        };
        if self.scale <= scale {
            return power_of_ten(scale - self.scale)
                .and_then(|factor| self.mantissa.checked_mul(factor))
                .or(if self.mantissa == 0 { Some(0) } else { None })
                .ok_or_else(|| Error::new(Code::AmountOverflow, "value must fit 128 bits"));
        }
        let Some(divisor) = power_of_ten(self.scale - scale) else {
            return if self.mantissa == 0 { Ok(0) } else { Err(too_precise()) };
        };
        if self.mantissa % divisor == 0 { Ok(self.mantissa / divisor) } else { Err(too_precise()) }
    }

    /// Returns the same value without trailing zeros.
    #[must_use]
    pub fn normalized(self) -> Self {
        let mut value = self;
        while value.scale > 0 && value.mantissa % 10 == 0 {
            value = Self { mantissa: value.mantissa / 10, scale: value.scale - 1 };
        }
        value
    }
}

/// Returns `10^exponent` where it fits 128 bits.
#[must_use]
pub const fn power_of_ten(exponent: u32) -> Option<i128> {
    10_i128.checked_pow(exponent)
}

/// Prints `mantissa × 10^-scale` without exponent and without trailing zeros.
#[must_use]
pub fn format_scaled(mantissa: i128, scale: u32) -> String {
    let width = scale as usize + 1;
    let digits = format!("{:0>width$}", mantissa.unsigned_abs());
    let (whole, fraction) = digits.split_at(digits.len() - scale as usize);
    let fraction = fraction.trim_end_matches('0');
    let sign = if mantissa < 0 { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn zero_has_no_sign_and_a_text_may_be_as_long_as_the_bound() {
        assert_eq!([format_scaled(0, 0), format_scaled(0, 2)], ["0", "0"]);
        let at_bound = "0".repeat(DECIMAL_LENGTH_MAX);
        assert_eq!(Decimal::parse(&at_bound), Ok(Decimal { mantissa: 0, scale: 0 }));
        let code = Decimal::parse(&format!("{at_bound}0")).map_err(|e| e.code());
        assert_eq!(code, Err(Code::DecimalInvalid));
    }

    #[test]
    fn reads_plain_decimals_and_refuses_the_rest() {
        assert_eq!(Decimal::parse("-12.50"), Ok(Decimal { mantissa: -1250, scale: 2 }));
        assert_eq!(Decimal::parse("+.5"), Ok(Decimal { mantissa: 5, scale: 1 }));
        assert_eq!(Decimal::parse("7."), Ok(Decimal { mantissa: 7, scale: 0 }));
        for bad in ["", "-", ".", "1e5", "NaN", "Infinity", "1.2.3", " 1", "1_0", "0x10", "١"] {
            assert_eq!(
                Decimal::parse(bad).map_err(|e| e.code()),
                Err(Code::DecimalInvalid),
                "{bad}"
            );
        }
        let long = "9".repeat(65);
        assert_eq!(Decimal::parse(&long).map_err(|e| e.code()), Err(Code::DecimalInvalid));
        let big = "9".repeat(40);
        assert_eq!(Decimal::parse(&big).map_err(|e| e.code()), Err(Code::AmountOverflow));
    }

    #[test]
    fn rescales_exactly_or_not_at_all() {
        let value = Decimal { mantissa: 1250, scale: 3 };
        assert_eq!(value.at_scale(5), Ok(125_000));
        assert_eq!(value.at_scale(2), Ok(125));
        assert_eq!(value.at_scale(1).map_err(|e| e.code()), Err(Code::AmountTooPrecise));
        let large = Decimal { mantissa: i128::MAX, scale: 0 };
        assert_eq!(large.at_scale(1).map_err(|e| e.code()), Err(Code::AmountOverflow));
        assert_eq!(Decimal { mantissa: 0, scale: 50 }.at_scale(0), Ok(0));
        assert_eq!(Decimal { mantissa: 0, scale: 0 }.at_scale(50), Ok(0));
        let fine = Decimal { mantissa: 1, scale: 50 }.at_scale(0);
        assert_eq!(fine.map_err(|e| e.code()), Err(Code::AmountTooPrecise));
        assert_eq!(value.normalized(), Decimal { mantissa: 125, scale: 2 });
    }

    proptest! {
        #[test]
        fn parse_of_print_is_identity_for_every_value(mantissa in any::<i128>(), scale in 0_u32..=18) {
            let text = format_scaled(mantissa, scale);
            prop_assert_eq!(Decimal::parse(&text).unwrap().at_scale(scale).unwrap(), mantissa);
        }

        #[test]
        fn never_panics_on_any_text(text in ".{0,80}") {
            let _ = Decimal::parse(&text);
        }
    }
}
