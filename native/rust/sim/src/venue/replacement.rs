//! How the venue changes an order: less quantity keeps its place, anything else goes to the back of the queue.

use super::{Resting, SimulatedVenue, VenueEvent};
use holdfast_core::{OrderIntent, Quantity, Replacement, ReportKind, Timestamp, VenueReport};

impl SimulatedVenue {
    /// Answers with `Replaced` and what is in force, or refuses: an order that is gone, a trigger that was reached already.
    pub(super) fn replace(&mut self, replacement: &Replacement) {
        let id = replacement.client_order_id;
        let found = self
            .orders
            .iter_mut()
            .find(|order| order.intent.client_order_id == id && order.leaves > 0);
        let Some(order) = found else { return self.report(id, ReportKind::ReplaceRefused) };
        let before = order.intent;
        if order.triggered && before.trigger_price != replacement.trigger_price {
            return self.report(id, ReportKind::ReplaceRefused);
        }
        let filled = before.quantity.lots().saturating_sub(order.leaves);
        let quantity = Quantity::from_lots(replacement.quantity.lots().max(filled));
        order.intent = OrderIntent { quantity, ..replacement.on(&before) };
        order.leaves = quantity.lots().saturating_sub(filled);
        if keeps_its_place(&before, replacement) {
            return self.replaced(replacement, quantity);
        }
        let moved = Resting {
            arrival: Timestamp(self.now.0.saturating_add(self.assumptions.latency_ns)),
            placed_in: self.pass.as_ref().map(|pass| pass.phase),
            rested: false,
            ..*order
        };
        // The old entry stays as a hole until the event is over, because the pass counts its way through the list.
        order.leaves = 0;
        if moved.leaves > 0 {
            self.orders.push(moved);
        }
        self.replaced(replacement, quantity);
    }

    fn replaced(&mut self, replacement: &Replacement, quantity: Quantity) {
        let id = replacement.client_order_id;
        self.events.push_back(VenueEvent::Report(VenueReport {
            last_quantity: quantity,
            last_price: replacement.limit_price.unwrap_or_default(),
            ..VenueReport::without_fill(id, ReportKind::Replaced, self.now)
        }));
    }
}

fn keeps_its_place(before: &OrderIntent, after: &Replacement) -> bool {
    before.limit_price == after.limit_price
        && before.trigger_price == after.trigger_price
        && after.quantity <= before.quantity
}
