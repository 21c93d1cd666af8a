//! Fills: from the report to order, position and account, and what follows for the orders around it.

use crate::engine::Engine;
use crate::input::Command;
use crate::output::PositionChanged;
use crate::position::PositionChange;
use crate::sink::Sink;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::order_fills::Fill;
use holdfast_core::{OrderEvent, OrderIntent, OrderRole, Quantity, Result, VenueReport};

impl Engine {
    pub(crate) fn on_fill(
        &mut self,
        report: &VenueReport,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        let fill = Fill::of(report);
        let report = &self.book_foreign_fee(report)?;
        let id = report.client_order_id;
        let Some(order) = self.order_mut(id) else { return Ok(()) };
        let (intent, first) = (order.intent, order.cum_quantity == Quantity::ZERO);
        order.fills.note(fill);
        order.cum_quantity = order.cum_quantity.plus(report.last_quantity)?;
        order.filled_tick_lots +=
            i128::from(report.last_price.ticks()) * i128::from(report.last_quantity.lots());
        order.fees = order.fees.plus(report.fee)?;
        let complete = order.worst_leaves() == Quantity::ZERO;
        let released = order.reserved.min(report.last_quantity);
        order.reserved = order.reserved.minus(released)?;
        let sibling = order.sibling;
        self.counts.fills += 1;
        self.counts.strategy_filled += u64::from(first && intent.role == OrderRole::Strategy);
        let change = self.book_fill(&intent, report, released, sink)?;
        self.transition(
            id,
            if complete { OrderEvent::CompleteFill } else { OrderEvent::PartialFill },
            sink,
        )?;
        self.protect(&intent, change.opened, sink, commands)?;
        self.shrink_sibling(sibling, report.last_quantity, sink, commands)?;
        self.cancel_orphans(intent.instrument, sink, commands)
    }

    /// Posts a fill: the reservation becomes position, value and fee leave cash.
    fn book_fill(
        &mut self,
        intent: &OrderIntent,
        report: &VenueReport,
        released: Quantity,
        sink: &mut impl Sink,
    ) -> Result<PositionChange> {
        let (price, quantity) = (report.last_price, report.last_quantity);
        let state = self.state_mut(intent.instrument)?;
        let change = state.position.apply(&state.instrument, intent.side, price, quantity)?;
        let value = state
            .instrument
            .value(price, Quantity::from_lots(intent.side.signed(quantity.lots())))?;
        state.case = state.case.release(intent.side, released.lots());
        state.case.position = state.position.lots().lots();
        let (lots, open_cost, realized) =
            (state.position.lots(), state.position.open_cost()?, state.position.realized());
        self.account.book_fill(value, report.fee, report.slippage)?;
        self.refresh(intent.instrument)?;
        let changed = PositionChanged {
            instrument: intent.instrument,
            client_order_id: intent.client_order_id,
            lots,
            open_cost,
            realized_by_fill: change.realized,
            realized,
            cash: self.account.cash,
        };
        self.emit(RecordKind::PositionChanged, &changed, sink)?;
        Ok(change)
    }
}
