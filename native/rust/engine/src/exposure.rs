//! What one instrument adds to equity, exposure and margin, kept up to date in O(1) after a change of it.

use crate::account_spec::PositionMode;
use crate::engine::{Engine, InstrumentState, unknown_instrument};
use crate::exposure_totals::Part;
use crate::position::Position;
use crate::wallet::{CurrencyId, PositionSums, exchange};
use holdfast_core::{
    Amount, AtPrice, InstrumentId, MarginMode, MarginTable, OrderIntent, Price, Quantity, Result,
    Side,
};
use holdfast_risk::WorstCase;

/// Where an order's fills are booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leg {
    /// The netted position, or the long one of two.
    Long,
    /// The short one of two.
    Short,
}

impl PositionMode {
    /// Returns the leg of an order: when hedging, an order that is not reduce-only opens on its own side, and a
    /// reduce-only one closes on the other.
    #[must_use]
    pub fn leg(self, side: Side, reduce_only: bool) -> Leg {
        match self {
            Self::Hedging if (side == Side::Sell) != reduce_only => Leg::Short,
            _ => Leg::Long,
        }
    }
}

/// What an instrument could come to hold when its open orders fill.
struct Reach {
    /// Whether it is held long, and short, or could be.
    sides: [bool; 2],
    /// Most and least signed lots; when hedging nobody asks for them.
    lots: Option<(i64, i64)>,
}

/// An instrument at its mark: exposures in the settlement currency, and its part of the wallet's sums.
struct Valued {
    net: Amount,
    gross: Amount,
    worst: Amount,
    sums: PositionSums,
}

impl InstrumentState {
    /// Returns the position that a leg is.
    #[must_use]
    pub const fn leg(&self, leg: Leg) -> &Position {
        match leg {
            Leg::Long => &self.position,
            Leg::Short => &self.short,
        }
    }

    /// Returns signed lots of both legs together.
    ///
    /// # Errors
    /// `QTY_OUT_OF_RANGE`.
    pub fn net_lots(&self) -> Result<Quantity> {
        self.position.lots().plus(self.short.lots())
    }

    /// Returns gross realised profit of both legs since the start.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    pub fn realized(&self) -> Result<Amount> {
        self.position.realized().plus(self.short.realized())
    }

    /// Returns the profit of what is open, at the mark; zero before there is one.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    pub fn unrealized(&self) -> Result<Amount> {
        let Some((mark, _)) = self.mark else { return Ok(Amount::ZERO) };
        let long = self.position.unrealized(&self.instrument, mark)?;
        if self.short.lots() == Quantity::ZERO {
            return Ok(long);
        }
        long.plus(self.short.unrealized(&self.instrument, mark)?)
    }

    /// Returns the largest lots that open orders can lead to; when hedging, of both sides together.
    ///
    /// # Errors
    /// `QTY_OUT_OF_RANGE`.
    pub fn worst_lots(&self, mode: PositionMode) -> Result<Quantity> {
        self.worst_lots_with(self.case, mode)
    }

    pub(crate) fn worst_lots_with(&self, case: WorstCase, mode: PositionMode) -> Result<Quantity> {
        if mode == PositionMode::Netting {
            return case.lots();
        }
        let (long, short) = self.gross_legs();
        Quantity::from_lots(long)
            .plus(Quantity::from_lots(short))?
            .plus(Quantity::from_lots(case.open_buy))?
            .plus(Quantity::from_lots(case.open_sell))
    }

    fn gross_legs(&self) -> (i64, i64) {
        (self.position.lots().lots().saturating_abs(), self.short.lots().lots().saturating_abs())
    }

    /// Returns the case by which the gate judges an order. When hedging the other side counts as if it were held on the
    /// order's own, because the two do not offset each other.
    ///
    /// # Errors
    /// `QTY_OUT_OF_RANGE`.
    pub fn case_of(&self, mode: PositionMode, intent: &OrderIntent) -> Result<WorstCase> {
        self.case_with(self.case, mode, intent)
    }

    /// As `case_of`, with these reservations instead of those that stand.
    pub(crate) fn case_with(
        &self,
        case: WorstCase,
        mode: PositionMode,
        intent: &OrderIntent,
    ) -> Result<WorstCase> {
        if mode == PositionMode::Netting {
            return Ok(case);
        }
        let leg = mode.leg(intent.side, intent.reduce_only);
        if intent.reduce_only {
            let position = self.leg(leg).lots().lots();
            return Ok(WorstCase { position, ..WorstCase::default() });
        }
        let worst = self.worst_lots_with(case, mode)?.lots();
        let position = if leg == Leg::Long { worst } else { -worst };
        Ok(WorstCase { position, ..WorstCase::default() })
    }

    fn reach(&self, mode: PositionMode) -> Result<Reach> {
        let case = &self.case;
        if mode == PositionMode::Netting {
            let (most, least) = (case.most()?, case.least()?);
            return Ok(Reach { sides: [most > 0, least < 0], lots: Some((most, least)) });
        }
        let long = self.position.lots() > Quantity::ZERO || case.open_buy > 0;
        let short = self.short.lots() != Quantity::ZERO || case.open_sell > 0;
        Ok(Reach { sides: [long, short], lots: None })
    }

    #[inline]
    fn valued(&self, mode: PositionMode, mark: Price, reach: &Reach) -> Result<Valued> {
        let at = self.instrument.at(mark);
        let long = at.exposure(self.position.lots())?;
        let short = if self.short.lots() == Quantity::ZERO {
            Amount::ZERO
        } else {
            at.exposure(self.short.lots())?
        };
        let (net, gross) = (long.plus(short)?, long.magnitude()?.plus(short.magnitude()?)?);
        let worst_lots = match reach.lots {
            Some(lots) => self.case.worst_of(lots)?,
            None => self.worst_lots(mode)?,
        };
        let worst = at.settlement_notional(worst_lots)?;
        let sums = match self.instrument.margin() {
            None => PositionSums {
                equity: net,
                collateral: long.min(Amount::ZERO).plus(short.min(Amount::ZERO))?,
                buys: self.cost_of_buys(&at)?,
                ..PositionSums::default()
            },
            Some(table) => self.margined(table, [long.magnitude()?, short.magnitude()?], worst)?,
        };
        Ok(Valued { net, gross, worst, sums })
    }

    /// Returns what all open buy orders would cost at the mark.
    #[inline]
    fn cost_of_buys(&self, at: &AtPrice<'_>) -> Result<Amount> {
        if self.case.open_buy == 0 {
            return Ok(Amount::ZERO);
        }
        at.settlement_notional(Quantity::from_lots(self.case.open_buy))
    }

    fn margined(
        &self,
        table: &MarginTable,
        legs: [Amount; 2],
        worst: Amount,
    ) -> Result<PositionSums> {
        let unrealized = self.unrealized()?;
        let needed = table.initial(worst)?;
        if table.mode() == MarginMode::Cross {
            let [long, short] = legs;
            return Ok(PositionSums {
                equity: unrealized,
                collateral: unrealized,
                initial: needed,
                isolated: Amount::ZERO,
                buys: Amount::ZERO,
                maintenance: table.maintenance(long)?.plus(table.maintenance(short)?)?,
            });
        }
        let locked = self.isolated_margin(table)?;
        let [long, short] = legs;
        let orders = needed.minus(table.initial(long.plus(short)?)?)?.max(Amount::ZERO);
        Ok(PositionSums {
            equity: unrealized,
            initial: locked.plus(orders)?,
            isolated: locked,
            ..PositionSums::default()
        })
    }

    /// Returns what isolated positions have locked: the initial margin of the entry cost of each leg.
    pub(crate) fn isolated_margin(&self, table: &MarginTable) -> Result<Amount> {
        let long = table.initial(self.position.open_cost()?.magnitude()?)?;
        long.plus(table.initial(self.short.open_cost()?.magnitude()?)?)
    }
}

impl Engine {
    /// Brings the sums over instruments up to date after a change of one of them, in O(1).
    pub(crate) fn refresh(&mut self, id: InstrumentId) -> Result<()> {
        let mode = self.position_mode;
        let state = self.instruments.get(id.index()).ok_or_else(|| unknown_instrument(id))?;
        let reach = state.reach(mode)?;
        let [long, short] = reach.sides;
        self.held_sides.set(id, long, short);
        let Some((mark, _)) = state.mark else { return Ok(()) };
        let valued = state.valued(mode, mark, &reach)?;
        let currency = state.currency;
        let convert = |amount| self.told(currency, amount);
        let net = convert(valued.net)?;
        let gross = convert(valued.gross)?;
        let worst = convert(valued.worst)?;
        let part = if self.watches_totals { Some(self.part_of(id, (mark, worst))?) } else { None };
        let Some(state) = self.instruments.get_mut(id.index()) else { return Ok(()) };
        exchange(&mut self.net_value, state.net, net)?;
        exchange(&mut self.gross_value, state.gross, gross)?;
        exchange(&mut self.worst_exposure, state.worst, worst)?;
        if let Some(part) = &part {
            self.totals_of_exposure.exchange(&state.part, part)?;
        }
        self.wallets.get_mut(currency)?.sums.exchange(&state.sums, &valued.sums)?;
        if let Some(part) = part {
            state.part = part;
        }
        state.value = valued.net;
        (state.net, state.gross, state.worst, state.sums) = (net, gross, worst, valued.sums);
        Ok(())
    }

    /// Converts an amount into the account's currency; without a rate it counts as nothing.
    #[inline]
    fn told(&self, currency: CurrencyId, amount: Amount) -> Result<Amount> {
        Ok(self.wallets.convert(currency, amount)?.unwrap_or(Amount::ZERO))
    }

    /// Returns what an instrument adds to the sums that the wider controls look at.
    fn part_of(&self, id: InstrumentId, (mark, worst): (Price, Amount)) -> Result<Part> {
        let state = self.state(id)?;
        let (long, short) = state.one_sided(state.case, mark)?;
        let (long, short) = (self.told(state.currency, long)?, self.told(state.currency, short)?);
        let added = self.added_risk(id, long, short)?;
        Ok(Part { long, short, worst, added, ..state.part })
    }

    /// Values anew every instrument that settles in a currency whose rate changed.
    pub(crate) fn refresh_currency(&mut self, currency: CurrencyId) -> Result<()> {
        for index in 0..self.instruments.len() {
            let settles =
                self.instruments.get(index).is_some_and(|state| state.currency == currency);
            if let (true, Ok(number)) = (settles, u32::try_from(index)) {
                self.refresh(InstrumentId(number))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ord_14_the_leg_of_an_order_follows_from_side_and_reduce_only() {
        let leg = |side, reduce_only| PositionMode::Hedging.leg(side, reduce_only);
        assert_eq!(leg(Side::Buy, false), Leg::Long);
        assert_eq!(leg(Side::Sell, true), Leg::Long);
        assert_eq!(leg(Side::Sell, false), Leg::Short);
        assert_eq!(leg(Side::Buy, true), Leg::Short);
        for side in [Side::Buy, Side::Sell] {
            for reduce_only in [false, true] {
                assert_eq!(PositionMode::Netting.leg(side, reduce_only), Leg::Long);
            }
        }
    }
}
