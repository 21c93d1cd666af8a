//! Protective orders: what a fill opened gets its stop loss and take profit, one cancels the other, and none outlives
//! the position it protects.

use crate::engine::Engine;
use crate::input::Command;
use crate::sink::Sink;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::{
    ClientOrderId, InstrumentId, OrderIntent, OrderRole, OrderTerms, OrderType, Overlays, Price,
    Quantity, Result, TimeInForce,
};

impl Engine {
    /// Places the stop loss and the take profit of an order for the lots that its fill opened.
    pub(crate) fn protect(
        &mut self,
        parent: &OrderIntent,
        opened: Quantity,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        let is_protected = parent.stop_loss.is_some() || parent.take_profit.is_some();
        if !is_protected
            || self.venue_protects
            || parent.role != OrderRole::Strategy
            || opened.lots() <= 0
        {
            return Ok(());
        }
        let stop = self.place_protective(
            parent,
            OrderRole::StopLoss,
            parent.stop_loss,
            opened,
            sink,
            commands,
        )?;
        let target = self.place_protective(
            parent,
            OrderRole::TakeProfit,
            parent.take_profit,
            opened,
            sink,
            commands,
        )?;
        if let (Some(stop), Some(target)) = (stop, target) {
            self.pair([stop, target], false);
        }
        Ok(())
    }

    fn place_protective(
        &mut self,
        parent: &OrderIntent,
        role: OrderRole,
        price: Option<Price>,
        quantity: Quantity,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<Option<ClientOrderId>> {
        let Some(price) = price else { return Ok(None) };
        let is_stop = role == OrderRole::StopLoss;
        let intent = OrderIntent {
            client_order_id: self.next_client_order_id(),
            parent: parent.client_order_id,
            instrument: parent.instrument,
            side: parent.side.opposite(),
            order_type: if is_stop { OrderType::StopMarket } else { OrderType::Limit },
            time_in_force: TimeInForce::Gtc,
            role,
            reduce_only: true,
            quantity,
            limit_price: (!is_stop).then_some(price),
            trigger_price: is_stop.then_some(price),
            stop_loss: None,
            take_profit: None,
            ts_intent: self.now(),
            // What protects a strategy's position is the strategy's.
            terms: OrderTerms { strategy: parent.terms.strategy, ..OrderTerms::default() },
        };
        let verdict = self.submit(intent, RecordKind::OrderDerived, sink, commands)?;
        let approved = verdict.approved();
        self.recycle(verdict);
        Ok(approved.then_some(intent.client_order_id))
    }

    /// Cancels reduce-only orders that have nothing left to reduce.
    pub(crate) fn cancel_orphans(
        &mut self,
        id: InstrumentId,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        if self.orders.reduce_only_on(id) == 0 {
            return Ok(());
        }
        let (state, mode) = (self.state(id)?, self.position_mode);
        let direction =
            |intent: &OrderIntent| state.leg(mode.leg(intent.side, true)).lots().lots().signum();
        let orphans: Vec<ClientOrderId> = self
            .open_orders()
            .filter(|order| {
                let intent = &order.intent;
                intent.instrument == id
                    && intent.reduce_only
                    && intent.side.opposite().signed(1) != direction(intent)
                    && !order.state.load().1.has(Overlays::PENDING_CANCEL)
            })
            .map(|order| order.intent.client_order_id)
            .collect();
        orphans.into_iter().try_for_each(|orphan| self.request_cancel(orphan, sink, commands))
    }
}
