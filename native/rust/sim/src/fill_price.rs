//! At which price, if any, an order fills in one phase of a bar.

use crate::assumptions::{Assumptions, LimitFill};
use holdfast_core::rounding::divide;
use holdfast_core::{Bar, Fraction, OrderIntent, OrderType, Price, Result, Rounding, Side};

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

/// The price before slippage.
pub(crate) fn reference(
    intent: &OrderIntent,
    triggered: bool,
    phase: Phase,
    bar: &Bar,
    assumptions: &Assumptions,
) -> Option<Price> {
    let order_type = if triggered { OrderType::Market } else { intent.order_type };
    match (order_type, phase) {
        (OrderType::Market, Phase::Open) => Some(bar.open),
        (OrderType::StopMarket, Phase::Open) => {
            let stop = intent.trigger_price?;
            let jumped = match intent.side {
                Side::Sell => bar.open <= stop,
                Side::Buy => bar.open >= stop,
            };
            jumped.then_some(bar.open)
        }
        (OrderType::StopMarket, Phase::Stops | Phase::LateStops) => {
            let stop = intent.trigger_price?;
            let (reached, price) = match intent.side {
                Side::Sell => (bar.low <= stop, stop.min(bar.open)),
                Side::Buy => (bar.high >= stop, stop.max(bar.open)),
            };
            reached.then_some(price)
        }
        (OrderType::Limit, Phase::Open) => {
            let limit = intent.limit_price?;
            let jumped = match intent.side {
                Side::Buy => beyond(bar.open, limit, assumptions.limit_fill),
                Side::Sell => beyond(limit, bar.open, assumptions.limit_fill),
            };
            jumped.then_some(bar.open)
        }
        (OrderType::Limit, Phase::Limits) => {
            let limit = intent.limit_price?;
            let reached = match intent.side {
                Side::Buy => beyond(bar.low, limit, assumptions.limit_fill),
                Side::Sell => beyond(limit, bar.high, assumptions.limit_fill),
            };
            reached.then_some(limit)
        }
        _ => None,
    }
}

fn beyond(lower: Price, upper: Price, rule: LimitFill) -> bool {
    match rule {
        LimitFill::Touch => lower <= upper,
        LimitFill::Through => lower < upper,
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
