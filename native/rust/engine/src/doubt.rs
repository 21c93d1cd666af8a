//! Doubt: a command was sent and its outcome is unknown. The order keeps its whole reservation until there is evidence.

use crate::engine::Engine;
use crate::input::Command;
use crate::sink::Sink;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::{ClientOrderId, Code, Error, Order, OrderEvent, Result, TradeId};

impl Engine {
    /// Returns an order, also one that ended a while ago.
    #[must_use]
    pub fn order(&self, id: ClientOrderId) -> Option<&Order> {
        self.orders.find(&id.0)
    }

    /// Returns the executions of every order that is remembered.
    pub fn applied_trades(&self) -> impl Iterator<Item = TradeId> {
        self.orders
            .values()
            .chain(self.orders.ended_values())
            .flat_map(|order| order.fills.trade_ids())
    }

    pub(crate) fn lose_track(
        &mut self,
        id: ClientOrderId,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        // What has ended is known: there is nothing to lose track of.
        if !self.orders.contains_key(&id.0) {
            return Err(Error::new(
                Code::OrderUnknown,
                format!("order {} must be open to be lost track of", id.0),
            )
            .with("client_order_id", id.0));
        }
        self.emit(RecordKind::TrackLost, &id, sink)?;
        self.transition(id, OrderEvent::LoseTrack, sink)?;
        commands.push(Command::Query(id));
        Ok(())
    }
}
