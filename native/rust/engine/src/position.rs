//! A position with exact accounting: the netted one of an instrument, or one of its two sides when hedging.
//!
//! The cost of the open lots is kept as a pool since the last increase: `pool_cost` for `pool_lots`, so the average
//! price is an exact ratio that a reduction leaves alone. What reductions release is derived from the pool in one
//! division, rounded half-even to 10⁻¹⁸; the remainder stays with the open lots, so realised plus unrealised profit
//! equals the cash that moved, to the last unit, after any sequence of fills.

use holdfast_core::{Amount, Code, Error, Instrument, Price, Quantity, Result, Rounding, Side};

/// The position on one instrument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    lots: i64,
    pool_cost: Amount,
    pool_lots: i64,
    realized: Amount,
}

/// What one fill did to a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PositionChange {
    /// Gross profit that the fill realised; fees stand apart.
    pub realized: Amount,
    /// Lots that were closed.
    pub closed: Quantity,
    /// Lots that were opened.
    pub opened: Quantity,
}

impl Position {
    /// Returns the signed lots.
    #[must_use]
    pub const fn lots(&self) -> Quantity {
        Quantity::from_lots(self.lots)
    }

    /// Returns gross realised profit since the start.
    #[must_use]
    pub const fn realized(&self) -> Amount {
        self.realized
    }

    /// Returns what the open lots cost: the average price is this over their count.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    pub fn open_cost(&self) -> Result<Amount> {
        self.cost_of(self.lots.abs())
    }

    fn cost_of(&self, lots: i64) -> Result<Amount> {
        // The whole pool needs no division: the common case, asked for at every market event.
        if lots == self.pool_lots {
            return Ok(self.pool_cost);
        }
        if lots == 0 || self.pool_lots == 0 {
            return Ok(Amount::ZERO);
        }
        self.pool_cost.times_ratio(i128::from(lots), i128::from(self.pool_lots), Rounding::HalfEven)
    }

    /// Returns the profit of the open lots at a price.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    pub fn unrealized(&self, instrument: &Instrument, mark: Price) -> Result<Amount> {
        let value = instrument.value(mark, self.lots())?;
        if self.lots >= 0 { value.minus(self.open_cost()?) } else { value.plus(self.open_cost()?) }
    }

    /// Applies a fill; on an error the position is as before.
    ///
    /// # Errors
    /// `QTY_OUT_OF_RANGE`, `AMOUNT_OVERFLOW`.
    pub fn apply(
        &mut self,
        instrument: &Instrument,
        side: Side,
        price: Price,
        quantity: Quantity,
    ) -> Result<PositionChange> {
        let signed = side.signed(quantity.lots());
        let after = self
            .lots
            .checked_add(signed)
            .ok_or_else(|| Error::new(Code::QtyOutOfRange, "position must fit 64 bits of lots"))?;
        let closed = if self.lots.signum() == -signed.signum() {
            quantity.lots().min(self.lots.abs())
        } else {
            0
        };
        let opened = quantity.lots() - closed;
        let mut next = *self;
        let mut realized = Amount::ZERO;
        // The fill is valued once. What it opens beyond what it closes is the rest of that value, so that an inverse
        // contract, whose values are rounded, loses nothing when it turns over.
        let mut value = instrument.value(price, quantity)?;
        if closed > 0 {
            let kept = self.lots.abs() - closed;
            let released = self.open_cost()?.minus(self.cost_of(kept)?)?;
            let proceeds = if opened > 0 {
                instrument.value(price, Quantity::from_lots(closed))?
            } else {
                value
            };
            value = value.minus(proceeds)?;
            realized =
                if self.lots > 0 { proceeds.minus(released)? } else { released.minus(proceeds)? };
            next.realized = self.realized.plus(realized)?;
            if kept == 0 {
                (next.pool_cost, next.pool_lots) = (Amount::ZERO, 0);
            }
        }
        if opened > 0 {
            let carried = if closed > 0 { Amount::ZERO } else { self.open_cost()? };
            next.pool_cost = carried.plus(value)?;
            next.pool_lots = after.checked_abs().ok_or_else(|| {
                Error::new(Code::QtyOutOfRange, "position must fit 64 bits of lots")
            })?;
        }
        next.lots = after;
        *self = next;
        Ok(PositionChange {
            realized,
            closed: Quantity::from_lots(closed),
            opened: Quantity::from_lots(opened),
        })
    }
}

holdfast_core::persist_fields!(Position { lots, pool_cost, pool_lots, realized });

#[cfg(test)]
mod tests {
    use super::*;
    use holdfast_core::InstrumentSpec;
    use proptest::prelude::*;

    fn instrument(tick: &str, lot: &str) -> Instrument {
        Instrument::new(InstrumentSpec {
            symbol: "T".into(),
            venue: "SIM".into(),
            base_currency: "T".into(),
            quote_currency: "USD".into(),
            settlement_currency: "USD".into(),
            tick_size: tick.into(),
            lot_size: lot.into(),
            contract_multiplier: "1".into(),
            min_quantity: None,
            max_quantity: None,
            min_notional: None,
            max_notional: None,
            percent_price_frac: None,
            perpetual: false,
            contract: holdfast_core::ContractSpec::default(),
        })
        .unwrap()
    }

    fn fill(
        position: &mut Position,
        instrument: &Instrument,
        side: Side,
        ticks: i64,
        lots: i64,
    ) -> PositionChange {
        position
            .apply(instrument, side, Price::from_ticks(ticks), Quantity::from_lots(lots))
            .unwrap()
    }

    #[test]
    fn ord_14_average_cost_realised_and_flip() {
        let unit = instrument("1", "1");
        let mut position = Position::default();
        fill(&mut position, &unit, Side::Buy, 100, 1);
        fill(&mut position, &unit, Side::Buy, 103, 2);
        assert_eq!(position.open_cost().unwrap().to_string(), "306");
        let sold = fill(&mut position, &unit, Side::Sell, 110, 1);
        assert_eq!(sold.realized.to_string(), "8");
        assert_eq!(position.open_cost().unwrap().to_string(), "204");
        let flipped = fill(&mut position, &unit, Side::Sell, 90, 5);
        assert_eq!((flipped.closed.lots(), flipped.opened.lots()), (2, 3));
        assert_eq!(flipped.realized.to_string(), "-24");
        assert_eq!(
            (position.lots().lots(), position.open_cost().unwrap().to_string()),
            (-3, "270".into())
        );
        assert_eq!(position.unrealized(&unit, Price::from_ticks(80)).unwrap().to_string(), "30");
        let covered = fill(&mut position, &unit, Side::Buy, 80, 3);
        assert_eq!(covered.realized.to_string(), "30");
        assert_eq!(position.open_cost().unwrap(), Amount::ZERO);
    }

    #[test]
    fn an_indivisible_cost_leaves_nothing_behind() {
        let unit = instrument("1", "1");
        let mut position = Position::default();
        fill(&mut position, &unit, Side::Buy, 100, 1);
        fill(&mut position, &unit, Side::Buy, 101, 2);
        for _ in 0..3 {
            fill(&mut position, &unit, Side::Sell, 100, 1);
        }
        assert_eq!(position.realized().to_string(), "-2");
        assert_eq!(position.open_cost().unwrap(), Amount::ZERO);
    }

    #[test]
    fn a_position_past_64_bits_is_refused_and_unchanged() {
        let unit = instrument("1", "1");
        let mut position = Position::default();
        fill(&mut position, &unit, Side::Buy, 1, i64::MAX);
        let before = position;
        let error = position
            .apply(&unit, Side::Buy, Price::from_ticks(1), Quantity::from_lots(1))
            .unwrap_err();
        assert_eq!(error.code(), Code::QtyOutOfRange);
        assert_eq!(position, before);
    }

    proptest! {
        /// Cash moved by the fills plus the value of what is open equals realised plus unrealised profit, to the last unit.
        #[test]
        fn port_profit_and_loss_is_conserved_for_any_fills(
            fills in prop::collection::vec((any::<bool>(), 1_i64..1_000_000, 1_i64..10_000_000), 1..60),
            mark in 1_i64..1_000_000,
            shape in prop::sample::select(vec![("0.01", "1"), ("0.05", "0.001"), ("0.00000001", "0.00000001"), ("0.25", "3")]),
        ) {
            let instrument = instrument(shape.0, shape.1);
            let mut position = Position::default();
            let mut cash = Amount::ZERO;
            for (buy, ticks, lots) in fills {
                let side = if buy { Side::Buy } else { Side::Sell };
                fill(&mut position, &instrument, side, ticks, lots);
                let value = instrument.value(Price::from_ticks(ticks), Quantity::from_lots(side.signed(lots))).unwrap();
                cash = cash.minus(value).unwrap();
            }
            let mark = Price::from_ticks(mark);
            let value = instrument.value(mark, position.lots()).unwrap();
            let profit = position.realized().plus(position.unrealized(&instrument, mark).unwrap()).unwrap();
            prop_assert_eq!(cash.plus(value).unwrap(), profit);
        }
    }
}
