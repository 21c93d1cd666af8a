//! The trading mode, and what an emergency does by itself: it cancels what is open and closes what is held.

use crate::engine::Engine;
use crate::input::{Command, Input};
use crate::sink::Sink;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::wire::{Encode, Writer};
use holdfast_core::{
    ClientOrderId, Code, Error, InstrumentId, OrderIntent, OrderRole, Overlays, Quantity,
    ReportKind, Result, Side, TradingMode,
};
use holdfast_risk::limit_table::LimitTable;

/// Orders that one position is closed with at once, where the instrument bounds an order's quantity.
pub const LIQUIDATION_ORDERS_MAX: usize = 16;

/// Most bytes of the reason for a change of the mode.
pub const MODE_REASON_BYTES_MAX: usize = 1_024;

/// The content of a record of a change of the mode: the mode, and behind it the reason.
struct ModeChange<'a> {
    mode: TradingMode,
    reason: &'a str,
}

impl Encode for ModeChange<'_> {
    fn encoded_bytes_max(&self) -> usize {
        self.mode.encoded_bytes_max() + self.reason.len()
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        self.mode.encode(writer);
        writer.bytes(self.reason.as_bytes());
    }
}

impl Engine {
    pub(crate) fn change_mode(
        &mut self,
        mode: TradingMode,
        reason: &str,
        sink: &mut impl Sink,
    ) -> Result<()> {
        if reason.len() > MODE_REASON_BYTES_MAX {
            return Err(Error::new(
                Code::ArgumentInvalid,
                format!(
                    "reason must have at most {MODE_REASON_BYTES_MAX} bytes, has {}",
                    reason.len()
                ),
            ));
        }
        self.emit(RecordKind::ModeChanged, &ModeChange { mode, reason }, sink)?;
        self.request_mode(mode);
        Ok(())
    }

    /// Refuses a mode that is looser than the one in force: only the reset procedure loosens.
    ///
    /// # Errors
    /// `MODE_RESET_REQUIRED`.
    pub fn check_tightens(&self, mode: TradingMode) -> Result<()> {
        if mode as u8 >= self.mode() as u8 {
            return Ok(());
        }
        Err(Error::new(
            Code::ModeResetRequired,
            format!(
                "trading mode must not be loosened without a reset, it is {} and was to be {}",
                self.mode().name(),
                mode.name()
            ),
        )
        .with("mode", self.mode().name())
        .with("asked", mode.name()))
    }

    /// Returns the limits in force.
    #[must_use]
    pub const fn limits(&self) -> &LimitTable {
        self.gate.table()
    }

    /// Returns the mode in force.
    #[must_use]
    pub const fn mode(&self) -> TradingMode {
        self.gate.mode()
    }

    /// Does what an emergency needs after an input: late fills open positions, and a refused close must be tried again.
    ///
    /// A close that the venue refuses is tried again at the next market event, not at its refusal: a venue that refuses at once
    /// would keep the engine busy for ever.
    pub(crate) fn enforce_mode(
        &mut self,
        input: &Input<'_>,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        if self.mode() != TradingMode::Emergency {
            return Ok(());
        }
        match input {
            Input::Bar(_) | Input::Trade(_) | Input::Quote(_) | Input::ModeChanged { .. } => {}
            Input::Report(report) if report.kind == ReportKind::Fill => {}
            Input::Report(report) => {
                // An order that was thought to be over may live again; a liquidation is left alone.
                let order = self.orders.get(&report.client_order_id.0);
                if order.is_none_or(|order| order.intent.role == OrderRole::Liquidation) {
                    return Ok(());
                }
            }
            _ => return Ok(()),
        }
        self.cancel_all(sink, commands)?;
        (0..self.instruments.len())
            .try_for_each(|index| self.liquidate(InstrumentId(index as u32), sink, commands))
    }

    fn cancel_all(&mut self, sink: &mut impl Sink, commands: &mut Vec<Command>) -> Result<()> {
        let open: Vec<ClientOrderId> = self
            .open_orders()
            .filter(|order| {
                order.intent.role != OrderRole::Liquidation
                    && !order.state.load().1.has(Overlays::PENDING_CANCEL)
            })
            .map(|order| order.intent.client_order_id)
            .collect();
        open.into_iter().try_for_each(|id| self.request_cancel(id, sink, commands))
    }

    /// Closes what no liquidation is under way for. Reduce-only, so that nothing that fills meanwhile turns the position over.
    fn liquidate(
        &mut self,
        id: InstrumentId,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        let state = self.state(id)?;
        let legs = [state.position.lots(), state.short.lots()];
        for held in legs {
            self.liquidate_leg(id, held, sink, commands)?;
        }
        Ok(())
    }

    pub(crate) fn liquidate_leg(
        &mut self,
        id: InstrumentId,
        held: Quantity,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        let side = if held.lots() > 0 { Side::Sell } else { Side::Buy };
        let under_way: i64 = self
            .open_orders()
            .map(|order| (&order.intent, order.leaves()))
            .filter(|(intent, _)| {
                (intent.instrument, intent.side) == (id, side)
                    && intent.role == OrderRole::Liquidation
            })
            .map(|(_, leaves)| leaves.lots())
            .sum();
        let instrument = &self.state(id)?.instrument;
        let most = instrument.max_quantity.map_or(i64::MAX, Quantity::lots).max(1);
        let mut left = held.lots().saturating_abs().saturating_sub(under_way);
        for _ in 0..LIQUIDATION_ORDERS_MAX {
            if left <= 0 {
                break;
            }
            let quantity = Quantity::from_lots(left.min(most));
            left = left.saturating_sub(quantity.lots());
            let intent = OrderIntent {
                client_order_id: self.next_client_order_id(),
                role: OrderRole::Liquidation,
                reduce_only: true,
                ts_intent: self.now(),
                ..OrderIntent::market(id, side, quantity)
            };
            let verdict = self.submit(intent, RecordKind::OrderDerived, sink, commands)?;
            let approved = verdict.approved();
            self.recycle(verdict);
            if !approved {
                break;
            }
        }
        Ok(())
    }
}
