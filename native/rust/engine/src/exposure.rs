//! What one instrument adds to equity, exposure and margin, kept up to date in O(1) after a change of it.

use crate::account_spec::PositionMode;
use crate::engine::{Engine, InstrumentState};
use crate::exposure_totals::Part;
use crate::position::Position;
use crate::wallet::{CurrencyId, PositionSums};
use holdfast_core::{
    Amount, InstrumentId, MarginMode, MarginTable, OrderIntent, Price, Quantity, Result, Side,
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

    fn valued(&self, mode: PositionMode, mark: Price) -> Result<Valued> {
        let instrument = &self.instrument;
        let long = instrument.exposure(mark, self.position.lots())?;
        let short = if self.short.lots() == Quantity::ZERO {
            Amount::ZERO
        } else {
            instrument.exposure(mark, self.short.lots())?
        };
        let (net, gross) = (long.plus(short)?, long.magnitude()?.plus(short.magnitude()?)?);
        let worst = instrument.settlement_notional(mark, self.worst_lots(mode)?)?;
        let sums = match instrument.margin() {
            None => PositionSums {
                equity: net,
                collateral: long.min(Amount::ZERO).plus(short.min(Amount::ZERO))?,
                buys: self.cost_of_buys(mark)?,
                ..PositionSums::default()
            },
            Some(table) => self.margined(table, [long.magnitude()?, short.magnitude()?], worst)?,
        };
        Ok(Valued { net, gross, worst, sums })
    }

    /// Returns what all open buy orders would cost at the mark.
    fn cost_of_buys(&self, mark: Price) -> Result<Amount> {
        if self.case.open_buy == 0 {
            return Ok(Amount::ZERO);
        }
        self.instrument.settlement_notional(mark, Quantity::from_lots(self.case.open_buy))
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
        self.note_held(id)?;
        let state = self.state(id)?;
        let Some((mark, _)) = state.mark else { return Ok(()) };
        let valued = state.valued(mode, mark)?;
        let (currency, old_sums) = (state.currency, state.sums);
        let convert = |amount| -> Result<Amount> {
            Ok(self.wallets.convert(currency, amount)?.unwrap_or(Amount::ZERO))
        };
        let new = [convert(valued.net)?, convert(valued.gross)?, convert(valued.worst)?];
        let old_part = state.part;
        let part = if self.watches_totals {
            let (long, short) = state.one_sided(state.case, mark)?;
            let (long, short) = (convert(long)?, convert(short)?);
            let added = self.added_risk(id, long, short)?;
            Part { long, short, worst: new[2], added, ..old_part }
        } else {
            old_part
        };
        let [old_net, old_gross, old_worst] = [state.net, state.gross, state.worst];
        let [net, gross, worst] = new;
        self.net_value = self.net_value.minus(old_net)?.plus(net)?;
        self.gross_value = self.gross_value.minus(old_gross)?.plus(gross)?;
        self.worst_exposure = self.worst_exposure.minus(old_worst)?.plus(worst)?;
        if self.watches_totals {
            self.totals_of_exposure.exchange(&old_part, &part)?;
        }
        let wallet = self.wallets.get_mut(currency)?;
        wallet.sums = wallet.sums.exchange(old_sums, valued.sums)?;
        let state = self.state_mut(id)?;
        state.value = valued.net;
        state.part = part;
        (state.net, state.gross, state.worst, state.sums) = (net, gross, worst, valued.sums);
        Ok(())
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
