//! The books a second time, kept from the fills that the engine was given: what the engine's own must agree with.

use super::checks::violated;
use holdfast_core::{Amount, Instrument, Quantity, ReportKind, Result, TradeId, VenueReport};
use holdfast_engine::Engine;
use std::collections::BTreeSet;

/// Cash and positions after a set of fills.
#[derive(Debug)]
pub(super) struct Ledger {
    pub cash: Amount,
    pub positions: Vec<i64>,
    applied: BTreeSet<TradeId>,
}

impl Ledger {
    pub fn new(cash: Amount, instruments: usize) -> Self {
        Self { cash, positions: vec![0; instruments], applied: BTreeSet::new() }
    }

    /// Books a fill once; `false` for a repeated one.
    pub fn book(&mut self, report: &VenueReport, engine: &Engine) -> Result<bool> {
        if report.kind != ReportKind::Fill || !self.applied.insert(report.trade_id) {
            return Ok(false);
        }
        let Some(order) = engine.order(report.client_order_id) else {
            return Err(violated("a fill must find its order"));
        };
        let signed = order.intent.side.signed(report.last_quantity.lots());
        let index = order.intent.instrument.index();
        let value =
            instrument(engine, index)?.value(report.last_price, Quantity::from_lots(signed))?;
        self.cash = self.cash.minus(value)?.minus(report.fee)?;
        if let Some(position) = self.positions.get_mut(index) {
            *position += signed;
        }
        Ok(true)
    }

    /// How many fills were booked.
    pub fn count(&self) -> usize {
        self.applied.len()
    }

    /// The engine's cash and positions must be these.
    pub fn agree(&self, engine: &Engine) -> Result<()> {
        if engine.account().cash != self.cash {
            return Err(violated("cash must be the sum of the applied fills")
                .with("engine", engine.account().cash)
                .with("fills", self.cash));
        }
        for (state, lots) in engine.instruments().iter().zip(&self.positions) {
            if state.position.lots().lots() != *lots {
                return Err(violated("a position must be the sum of the applied fills")
                    .with("engine", state.position.lots().lots())
                    .with("fills", lots));
            }
        }
        Ok(())
    }
}

fn instrument(engine: &Engine, index: usize) -> Result<&Instrument> {
    engine
        .instruments()
        .get(index)
        .map(|state| &state.instrument)
        .ok_or_else(|| violated("an order must name an instrument of the session"))
}
