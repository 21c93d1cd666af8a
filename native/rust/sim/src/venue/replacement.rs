//! How the venue changes an order: less quantity keeps its place, anything else goes to the back of the queue. One that has
//! filled as much already is cancelled.

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
        let Some(order) = found else { return self.report(id, ReportKind::ReplaceRejected) };
        let before = order.intent;
        let moves_trigger = before.trigger_price != replacement.trigger_price;
        if moves_trigger && !order.working.awaits_trigger() {
            return self.report(id, ReportKind::ReplaceRejected);
        }
        let filled = before.quantity.lots().saturating_sub(order.leaves);
        let quantity = replacement.quantity;
        order.intent = replacement.on(&before);
        order.leaves = (quantity.lots() - filled).max(0);
        if order.leaves == 0 {
            return self.report(id, ReportKind::Canceled);
        }
        order.working = order.working.amended(replacement);
        if keeps_its_place(&before, replacement) {
            return self.replaced(replacement, quantity);
        }
        let moved = Resting {
            arrival: Timestamp(self.now.0.saturating_add(self.assumptions.latency_ns)),
            placed_in: self.pass.as_ref().map(|pass| pass.phase),
            rested: false,
            // A post-only order is held against the market again.
            checked: !before.terms.post_only,
            ..*order
        };
        // The old entry stays as a hole until the event is over, because the pass counts its way through the list.
        order.leaves = 0;
        self.orders.push(moved);
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
