//! Division with a named rounding mode: the only way to divide exact numbers.

use crate::code::Code;
use crate::error::{Error, Result};

/// What happens to a remainder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// Towards minus infinity.
    Floor,
    /// Towards plus infinity.
    Ceil,
    /// Towards zero.
    TowardsZero,
    /// To the nearest, ties to the even neighbour.
    HalfEven,
}

/// Returns `numerator / denominator` rounded as named.
///
/// # Errors
/// `DIVISION_BY_ZERO`, and `AMOUNT_OVERFLOW` for `i128::MIN / -1`.
pub fn divide(numerator: i128, denominator: i128, rounding: Rounding) -> Result<i128> {
    if denominator == 0 {
        return Err(Error::new(Code::DivisionByZero, "denominator must not be zero"));
    }
    let overflow = || Error::new(Code::AmountOverflow, "quotient must fit 128 bits");
    let quotient = numerator.checked_div(denominator).ok_or_else(overflow)?;
    // A second division would cost as much as the first.
    let remainder = numerator.wrapping_sub(quotient.wrapping_mul(denominator));
    if remainder == 0 {
        return Ok(quotient);
    }
    let negative = (remainder < 0) != (denominator < 0);
    let away = if negative { quotient - 1 } else { quotient + 1 };
    Ok(match rounding {
        Rounding::TowardsZero => quotient,
        Rounding::Floor => {
            if negative {
                away
            } else {
                quotient
            }
        }
        Rounding::Ceil => {
            if negative {
                quotient
            } else {
                away
            }
        }
        Rounding::HalfEven => {
            let twice = remainder.unsigned_abs().saturating_mul(2);
            match twice.cmp(&denominator.unsigned_abs()) {
                std::cmp::Ordering::Less => quotient,
                std::cmp::Ordering::Greater => away,
                std::cmp::Ordering::Equal => {
                    if quotient % 2 == 0 {
                        quotient
                    } else {
                        away
                    }
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rounds_every_sign_and_mode_by_name() {
        let cases = [
            (7, 2, 3, 4, 3, 4),
            (-7, 2, -4, -3, -3, -4),
            (7, -2, -4, -3, -3, -4),
            (-7, -2, 3, 4, 3, 4),
            (5, 2, 2, 3, 2, 2),
            (6, 3, 2, 2, 2, 2),
        ];
        for (n, d, floor, ceil, zero, half_even) in cases {
            assert_eq!(divide(n, d, Rounding::Floor), Ok(floor));
            assert_eq!(divide(n, d, Rounding::Ceil), Ok(ceil));
            assert_eq!(divide(n, d, Rounding::TowardsZero), Ok(zero));
            assert_eq!(divide(n, d, Rounding::HalfEven), Ok(half_even));
        }
    }

    #[test]
    fn refuses_zero_and_the_one_overflow() {
        assert_eq!(divide(1, 0, Rounding::Floor).map_err(|e| e.code()), Err(Code::DivisionByZero));
        let overflow = divide(i128::MIN, -1, Rounding::Floor).map_err(|e| e.code());
        assert_eq!(overflow, Err(Code::AmountOverflow));
    }

    proptest! {
        #[test]
        fn never_moves_a_whole_unit_and_floor_and_ceil_enclose(n in any::<i64>(), d in any::<i64>()) {
            prop_assume!(d != 0);
            let (n, d) = (i128::from(n), i128::from(d));
            let floor = divide(n, d, Rounding::Floor).unwrap();
            let ceil = divide(n, d, Rounding::Ceil).unwrap();
            let even = divide(n, d, Rounding::HalfEven).unwrap();
            prop_assert!(ceil - floor <= 1 && floor <= even && even <= ceil);
            prop_assert_eq!(floor == ceil, n % d == 0);
            prop_assert!((even * d - n).abs() * 2 <= d.abs());
        }
    }
}
