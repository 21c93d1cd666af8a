//! What a fill costs, and what it changes at the venue.

use super::{SimulatedVenue, VenueEvent};
use crate::fill_price::slipped;
use crate::resting::{Execution, Working};
use holdfast_core::venue_report::LiquiditySide;
use holdfast_core::{
    Amount, Fraction, Instrument, OrderType, Quantity, ReportKind, Result, Rounding, Side, TradeId,
    VenueReport,
};
use holdfast_engine::exposure::Leg;

impl SimulatedVenue {
    /// Books an execution of an order and reports it.
    pub(super) fn fill(
        &mut self,
        index: usize,
        instrument: &Instrument,
        execution: Execution,
        lots: i64,
    ) -> Result<()> {
        let Some(order) = self.orders.get_mut(index) else { return Ok(()) };
        let intent = order.intent;
        let Execution { price: reference, maker, slips, bound } = execution;
        let slipped = if slips {
            slipped(reference, intent.side, self.assumptions.slippage)?
        } else {
            reference
        };
        let price = match (bound, intent.side) {
            (None, _) => slipped,
            (Some(limit), Side::Buy) => slipped.min(limit),
            (Some(limit), Side::Sell) => slipped.max(limit),
        };
        let quantity = Quantity::from_lots(lots);
        let notional = instrument.settlement_notional(price, quantity)?;
        let rate = if maker { self.assumptions.maker_fee } else { self.assumptions.taker_fee };
        let proportional = notional.times_ratio(
            i128::from(rate.millionths()),
            Fraction::PARTS,
            Rounding::HalfEven,
        )?;
        let units = instrument.units(quantity)?;
        let per_unit = self.assumptions.fee_per_unit.times_ratio(
            units.raw(),
            Amount::ONE.raw(),
            Rounding::HalfEven,
        )?;
        let slippage =
            notional.minus(instrument.settlement_notional(reference, quantity)?)?.magnitude()?;
        order.leaves -= lots;
        order.taken += lots;
        if intent.order_type == OrderType::MarketToLimit {
            order.working = Working::Limit(match order.working {
                Working::Limit(limit) => limit,
                _ => price,
            });
        }
        let held = match self.position_mode.leg(intent.side, intent.reduce_only) {
            Leg::Long => &mut self.positions,
            Leg::Short => &mut self.shorts,
        };
        if let Some(position) = held.get_mut(intent.instrument.index()) {
            *position += intent.side.signed(lots);
        }
        if let Some(pass) = self.pass.as_mut() {
            let capacity = pass.tape.capacity.of(intent.side);
            *capacity = capacity.saturating_sub(lots);
        }
        self.events.push_back(VenueEvent::Report(VenueReport {
            trade_id: TradeId(self.next_trade_id),
            last_price: price,
            last_quantity: quantity,
            liquidity_side: if maker { LiquiditySide::Maker } else { LiquiditySide::Taker },
            fee: proportional.plus(per_unit)?,
            slippage,
            ..VenueReport::without_fill(intent.client_order_id, ReportKind::Fill, self.now)
        }));
        self.next_trade_id += 1;
        Ok(())
    }
}
