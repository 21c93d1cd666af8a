//! The phases of a bar, and what slippage makes of a price.

use holdfast_core::rounding::divide;
use holdfast_core::{Fraction, Price, Result, Rounding, Side};

/// The phases of a bar, in the order in which they are played. Stops come before limits: when stop and target both lie
/// in a bar, the stop is assumed to have been first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// The first trade: market orders, and stops and limits that the open has jumped over.
    Open,
    /// Stops inside the bar.
    Stops,
    /// Limits inside the bar.
    Limits,
    /// Stops that protect what a limit opened inside this bar.
    LateStops,
}

impl Phase {
    pub(crate) const fn next(self) -> Option<Self> {
        match self {
            Self::Open => Some(Self::Stops),
            Self::Stops => Some(Self::Limits),
            Self::Limits => Some(Self::LateStops),
            Self::LateStops => None,
        }
    }
}

/// Moves a price against the order by a fraction, rounded to the worse tick; a price never falls below one tick.
pub(crate) fn slipped(price: Price, side: Side, slippage: Fraction) -> Result<Price> {
    let product = i128::from(price.ticks()) * i128::from(slippage.millionths());
    let ticks = divide(product, Fraction::PARTS, Rounding::Ceil)?;
    let ticks = Price::from_ticks(i64::try_from(ticks).unwrap_or(i64::MAX));
    match side {
        Side::Buy => price.plus(ticks),
        Side::Sell => Ok(price.minus(ticks)?.max(Price::from_ticks(1))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slippage_is_against_the_order_and_rounds_to_the_worse_tick() {
        let half_bp = Fraction::from_millionths(50);
        let price = Price::from_ticks(10_001);
        assert_eq!(slipped(price, Side::Buy, half_bp).unwrap().ticks(), 10_002);
        assert_eq!(slipped(price, Side::Sell, half_bp).unwrap().ticks(), 10_000);
        assert_eq!(slipped(price, Side::Buy, Fraction::default()).unwrap(), price);
        assert_eq!(
            slipped(Price::from_ticks(1), Side::Sell, Fraction::from_millionths(500_000))
                .unwrap()
                .ticks(),
            1
        );
    }
}
