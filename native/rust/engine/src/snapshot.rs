//! The engine's state in exact text, for summaries and tools.

use crate::account_snapshot::AccountSnapshot;
use crate::engine::Engine;
use crate::position::Position;
use crate::trade_closed::OpenTripSnapshot;
use holdfast_core::journal_record::hex;
use holdfast_core::{Instrument, Price, Quantity, Result};
use serde::Serialize;

/// A position in exact text.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct PositionSnapshot {
    pub symbol: String,
    pub quantity: String,
    pub open_cost: String,
    pub avg_px: Option<f64>,
    pub mark_px: Option<String>,
    pub value: String,
    pub realized: String,
    pub unrealized: String,
}

/// Totals of a session in exact text.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct Snapshot {
    pub start_cash: String,
    pub cash: String,
    pub equity: String,
    pub realized: String,
    pub unrealized: String,
    pub fees: String,
    pub funding: String,
    pub slippage: String,
    pub turnover: String,
    pub gross_exposure: String,
    pub positions: Vec<PositionSnapshot>,
    pub marks: u64,
    pub marks_in_market: u64,
    pub exposure_frac_mean: f64,
    pub orders_submitted: u64,
    pub orders_accepted: u64,
    pub orders_denied: u64,
    pub orders_filled: u64,
    pub orders_partially_filled: u64,
    pub orders_canceled: u64,
    pub orders_expired: u64,
    pub orders_rejected: u64,
    pub orders_open: u64,
    pub strategy_orders_sent: u64,
    pub strategy_orders_filled: u64,
    pub fills: u64,
    pub alarms: u64,
    pub busiest_day_trades: u32,
    pub daily_loss_tripped: bool,
    pub drawdown_tripped: bool,
    pub limits_fingerprint: String,
    pub state_hash: String,
    /// Round trips that have not ended.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub open_trips: Vec<OpenTripSnapshot>,
    /// Currencies, margin and liquidation prices, where there is more than netted positions of one currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountSnapshot>,
}

impl Engine {
    /// Returns the state in exact text.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    pub fn snapshot(&self) -> Result<Snapshot> {
        let mut positions = Vec::new();
        for state in &self.instruments {
            let position = &state.position;
            let open = state.unrealized()?;
            let cost = position.open_cost()?.plus(state.short.open_cost()?)?;
            positions.push(PositionSnapshot {
                symbol: state.instrument.spec().symbol.clone(),
                quantity: state.instrument.format_quantity(state.net_lots()?),
                open_cost: cost.magnitude()?.to_string(),
                avg_px: average_price(&state.instrument, position)?,
                mark_px: state.mark.map(|(mark, _)| state.instrument.format_price(mark)),
                value: state.value.to_string(),
                realized: state.realized()?.to_string(),
                unrealized: open.to_string(),
            });
        }
        let (counts, statistics) = (&self.counts, &self.statistics);
        let totals = self.totals()?;
        #[allow(clippy::cast_precision_loss)]
        let marks = statistics.marks.max(1) as f64;
        Ok(Snapshot {
            start_cash: totals.start_cash.to_string(),
            cash: totals.cash.to_string(),
            equity: self.equity.to_string(),
            realized: totals.realized.to_string(),
            unrealized: totals.unrealized.to_string(),
            fees: totals.fees.to_string(),
            funding: totals.funding.to_string(),
            slippage: totals.slippage.to_string(),
            turnover: totals.turnover.to_string(),
            gross_exposure: self.gross_value.to_string(),
            positions,
            marks: statistics.marks,
            marks_in_market: statistics.marks_in_market,
            exposure_frac_mean: statistics.exposure_sum / marks,
            orders_submitted: counts.submitted,
            orders_accepted: counts.accepted,
            orders_denied: counts.denied,
            orders_filled: counts.filled,
            orders_partially_filled: counts.partially_filled,
            orders_canceled: counts.canceled,
            orders_expired: counts.expired,
            orders_rejected: counts.rejected,
            orders_open: self.orders.len() as u64,
            strategy_orders_sent: counts.strategy_sent,
            strategy_orders_filled: counts.strategy_filled,
            fills: counts.fills,
            alarms: counts.alarms,
            busiest_day_trades: self.gate.busiest_day_trades(),
            daily_loss_tripped: self.gate.guard().daily_loss_tripped(),
            drawdown_tripped: self.gate.guard().drawdown_tripped(),
            limits_fingerprint: hex(self.gate.table().fingerprint()),
            state_hash: hex(&self.state_hash()),
            open_trips: self.open_trips(),
            account: self.has_account_detail().then(|| self.account_snapshot()).transpose()?,
        })
    }
}

/// Returns the entry price in floats; for an inverse contract the one whose reciprocal is the average.
pub(crate) fn average_price(instrument: &Instrument, position: &Position) -> Result<Option<f64>> {
    if position.lots() == Quantity::ZERO {
        return Ok(None);
    }
    let lots = position.lots();
    let cost = position.open_cost()?.magnitude()?.to_f64();
    if let Some(numerator) = instrument.inverse_numerator() {
        #[allow(clippy::cast_precision_loss)]
        let ticks = numerator.to_f64() * lots.lots().unsigned_abs() as f64 / cost;
        return Ok(Some(ticks * instrument.price_f64(Price::from_ticks(1))));
    }
    let unit = instrument.tick_lot_value().to_f64()
        / instrument.price_f64(Price::from_ticks(1))
        / instrument.quantity_f64(Quantity::from_lots(1));
    Ok(Some(cost / instrument.quantity_f64(lots).abs() / unit))
}
