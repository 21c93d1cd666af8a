//! The prices at which maintenance margin is breached, exact to the tick.
//!
//! With `B` what backs the position besides its own profit, `C` the signed cost of its lots and `V(p)` their value at a
//! price, the position is breached where `B + V(p) − C < M(p)`. The maintenance margin `M` is the largest of straight
//! lines in the notional, so that is one inequality for each pair of lines of the two legs: linear in the price for a
//! linear contract, in its reciprocal for an inverse one. Each gives one bound, and the outermost count.

use holdfast_core::margin::MarginLine;
use holdfast_core::rounding::divide;
use holdfast_core::{Amount, Code, Error, Fraction, Instrument, Price, Quantity, Result, Rounding};

/// One side of a position: how many lots, and what they cost as `Position::open_cost` tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Side {
    /// Lots, never negative.
    pub lots: i64,
    /// Cost of them.
    pub cost: Amount,
}

/// What is liquidated together, and what stands behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backed {
    /// The long side.
    pub long: Side,
    /// The short side.
    pub short: Side,
    /// Money besides the open profit, less the maintenance margin of everything else.
    pub backing: Amount,
}

/// Where maintenance is breached; a bound that no positive price reaches is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Liquidation {
    /// Breached at this price and below.
    pub at_or_below: Option<Price>,
    /// Breached at this price and above.
    pub at_or_above: Option<Price>,
}

/// Ticks by which rounding the value of an inverse contract can move a bound.
const SETTLE_TICKS_MAX: u32 = 8;

fn overflow() -> Error {
    Error::new(Code::AmountOverflow, "liquidation price must stay within 128 bits")
}

fn product(left: i128, right: i128) -> Result<i128> {
    left.checked_mul(right).ok_or_else(overflow)
}

fn sum(left: i128, right: i128) -> Result<i128> {
    left.checked_add(right).ok_or_else(overflow)
}

impl Backed {
    /// Returns whether maintenance is breached at a price.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`, `PRICE_OUT_OF_RANGE` for an inverse contract at a price that is not positive.
    pub fn is_breached(&self, instrument: &Instrument, price: Price) -> Result<bool> {
        let Some(table) = instrument.margin() else { return Ok(false) };
        let long = Quantity::from_lots(self.long.lots);
        let short = Quantity::from_lots(self.short.lots);
        let profit = instrument
            .value(price, long)?
            .minus(self.long.cost)?
            .minus(instrument.value(price, short)?)?
            .plus(self.short.cost)?;
        let kept = table
            .maintenance(instrument.settlement_notional(price, long)?)?
            .plus(table.maintenance(instrument.settlement_notional(price, short)?)?)?;
        Ok(self.backing.plus(profit)? < kept)
    }

    /// Returns where maintenance is breached.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    pub fn liquidation(&self, instrument: &Instrument) -> Result<Liquidation> {
        let Some(table) = instrument.margin() else { return Ok(Liquidation::default()) };
        if self.long.lots == 0 && self.short.lots == 0 {
            return Ok(Liquidation::default());
        }
        let lines = table.maintenance_lines();
        let none = [MarginLine { rate_millionths: 0, offset: 0 }];
        let of = |side: Side| if side.lots == 0 { &none[..] } else { lines };
        let (mut below, mut above): (Option<i128>, Option<i128>) = (None, None);
        for long in of(self.long) {
            for short in of(self.short) {
                let (low, high) = self.bounds(instrument, *long, *short)?;
                below = below.max(low);
                above = match (above, high) {
                    (Some(one), Some(other)) => Some(one.min(other)),
                    (one, other) => one.or(other),
                };
            }
        }
        Ok(Liquidation {
            at_or_below: self.settled(instrument, below, -1)?,
            at_or_above: self.settled(instrument, above, 1)?,
        })
    }

    /// Returns the highest breached price below a bound and the lowest above one, in ticks, for one pair of lines.
    fn bounds(
        &self,
        instrument: &Instrument,
        long: MarginLine,
        short: MarginLine,
    ) -> Result<(Option<i128>, Option<i128>)> {
        let parts = Fraction::PARTS;
        let (held, owed) = (i128::from(self.long.lots), i128::from(self.short.lots));
        let margin =
            sum(product(held, long.rate_millionths)?, product(owed, short.rate_millionths)?)?;
        let net = product(sum(held, -owed)?, parts)?;
        let money = self.backing.minus(self.long.cost)?.plus(self.short.cost)?;
        let fixed = sum(product(money.raw(), parts)?, sum(long.offset, short.offset)?)?;
        let (numerator, denominator) = match instrument.inverse_numerator() {
            // Breached where (margin − net) × tick value × p > fixed.
            None => (fixed, product(instrument.tick_lot_value().raw(), sum(margin, -net)?)?),
            // Breached where fixed × p < (margin + net) × K, that is −fixed × p > −(margin + net) × K.
            Some(per_tick) => {
                let owed = product(per_tick.raw(), sum(margin, net)?)?;
                (owed.checked_neg().ok_or_else(overflow)?, -fixed)
            }
        };
        // denominator × p > numerator.
        Ok(match denominator.signum() {
            1 => (None, Some(sum(divide(numerator, denominator, Rounding::Floor)?, 1)?)),
            -1 => (Some(sum(divide(numerator, denominator, Rounding::Ceil)?, -1)?), None),
            // The price drops out: breached everywhere or nowhere.
            _ => (None, (numerator < 0).then_some(1)),
        })
    }

    /// Makes a price of a bound. The value of an inverse contract is rounded where it is booked and not in the bound, so
    /// the last tick is found by asking; `outward` is the direction in which everything is breached.
    fn settled(
        &self,
        instrument: &Instrument,
        bound: Option<i128>,
        outward: i64,
    ) -> Result<Option<Price>> {
        let Some(bound) = bound else { return Ok(None) };
        let bound = if outward > 0 { bound.max(1) } else { bound };
        let Ok(mut ticks) = i64::try_from(bound) else { return Ok(None) };
        if ticks < 1 || ticks == i64::MAX {
            return Ok(None);
        }
        if instrument.inverse_numerator().is_some() {
            for _ in 0..SETTLE_TICKS_MAX {
                let inward = ticks - outward;
                if !self.is_breached(instrument, Price::from_ticks(ticks))? {
                    ticks += outward;
                } else if inward >= 1 && self.is_breached(instrument, Price::from_ticks(inward))? {
                    ticks = inward;
                } else {
                    break;
                }
                if ticks < 1 {
                    return Ok(None);
                }
            }
        }
        Ok(Some(Price::from_ticks(ticks)))
    }
}
