//! Decimals as counts of a step: a tick of prices, a lot of quantities.

use crate::code::Code;
use crate::decimal::{Decimal, format_scaled, power_of_ten};
use crate::error::Error;
use crate::rounding::{Rounding, divide};

fn at_common_scale(value: Decimal, step: Decimal) -> Option<(i128, i128)> {
    let scale = value.scale.max(step.scale);
    Some((
        value.mantissa.checked_mul(power_of_ten(scale - value.scale)?)?,
        step.mantissa.checked_mul(power_of_ten(scale - step.scale)?)?,
    ))
}

pub(crate) fn exact_steps(value: Decimal, step: Decimal) -> Option<i64> {
    let (numerator, denominator) = at_common_scale(value.normalized(), step)?;
    if numerator % denominator == 0 { i64::try_from(numerator / denominator).ok() } else { None }
}

pub(crate) fn format_steps(steps: i64, step: Decimal) -> String {
    match i128::from(steps).checked_mul(step.mantissa) {
        Some(mantissa) => format_scaled(mantissa, step.scale),
        None => format!("{steps}×{}", format_scaled(step.mantissa, step.scale)),
    }
}

/// Tells the two ways in which a value is no count of steps apart: between two steps, or past 64 bits.
pub(crate) fn off_step(
    off: Code,
    range: Code,
    (field, size): (&str, &str),
    step: Decimal,
    value: Decimal,
    text: &str,
) -> Error {
    let floor = at_common_scale(value.normalized(), step)
        .and_then(|(n, d)| divide(n, d, Rounding::Floor).ok())
        .and_then(|steps| i64::try_from(steps).ok())
        .filter(|steps| *steps < i64::MAX);
    match floor {
        Some(below) => Error::new(off, format!("{field} must be a multiple of {size}, was {text}"))
            .with("value", text)
            .with("step", size)
            .with("below", format_steps(below, step))
            .with("above", format_steps(below + 1, step)),
        None => Error::new(range, format!("{field} must fit 64 bits of {size}, was {text}"))
            .with("value", text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_beyond_the_last_step_is_out_of_range_and_not_between_two() {
        let step = Decimal { mantissa: 10, scale: 0 };
        let code = |steps: i128| {
            let value = Decimal { mantissa: steps * 10 + 5, scale: 0 };
            let (off, range) = (Code::PriceOffTick, Code::PriceOutOfRange);
            off_step(off, range, ("price", "10"), step, value, "x").code()
        };
        let last = i128::from(i64::MAX);
        assert_eq!([code(0), code(last - 1)], [Code::PriceOffTick; 2]);
        assert_eq!([code(last), code(last + 1)], [Code::PriceOutOfRange; 2]);
    }
}
