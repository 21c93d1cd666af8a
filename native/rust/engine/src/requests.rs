//! What is asked of the venue about an order that is open.

use crate::engine::Engine;
use crate::input::Command;
use crate::sink::Sink;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::{
    ClientOrderId, Code, Error, OrderEvent, Replacement, ReportKind, Result, VenueReport,
};

impl Engine {
    pub(crate) fn cancel(
        &mut self,
        id: ClientOrderId,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        if !self.orders.contains_key(&id.0) {
            return Err(Error::new(
                Code::OrderUnknown,
                format!("order {} must be open to be cancelled", id.0),
            )
            .with("client_order_id", id.0));
        }
        self.emit(RecordKind::CancelRequested, &id, sink)?;
        self.request_cancel(id, sink, commands)
    }

    pub(crate) fn request_cancel(
        &mut self,
        id: ClientOrderId,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        self.transition(id, OrderEvent::RequestCancel, sink)?;
        if self.let_go(id) {
            return self.transition(id, OrderEvent::Cancel, sink).map(|_| ());
        }
        self.note_message(id);
        commands.push(Command::Cancel(id));
        Ok(())
    }

    /// Counts a message about an open order.
    fn note_message(&mut self, id: ClientOrderId) {
        if let Some(intent) = self.orders.get(&id.0).map(|order| order.intent) {
            self.gate.note_message(&intent, self.now());
        }
    }

    /// Asks the venue to change an order; until it answers, the worse of old and new is reserved.
    pub(crate) fn request_replace(
        &mut self,
        replacement: Replacement,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        let id = replacement.client_order_id;
        self.transition(id, OrderEvent::RequestReplace, sink)?;
        let Some(order) = self.orders.get_mut(&id.0) else { return Ok(()) };
        order.amendments = order.amendments.saturating_add(1);
        let replacement =
            Replacement { number: order.amendments, follows: order.amended, ..replacement };
        order.pending = Some(replacement);
        if let Some(pairing) = order.pairing.as_mut() {
            pairing.note_wished(replacement.quantity);
        }
        self.reserve_worst(id)?;
        if !self.held.contains(&id.0) {
            self.note_message(id);
            commands.push(Command::Replace(replacement));
            return Ok(());
        }
        // The venue does not know the order yet: what is asked for is in force at once.
        let replaced = VenueReport {
            last_quantity: replacement.quantity,
            amendment: Some(replacement.number),
            ..VenueReport::without_fill(id, ReportKind::Replaced, self.now())
        };
        self.on_replaced(&replaced, sink, commands)
    }
}
