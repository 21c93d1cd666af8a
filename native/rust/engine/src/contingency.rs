//! Orders that depend on each other, carried out once whatever order the venue's reports come in.
//!
//! Nothing here counts events. What is due follows from what has filled in all: the other order of a pair is due its quantity
//! less that, a follower is due as much as its parent has filled. A report that comes twice or late leaves what is due as it
//! was, so nothing is sent again.

use crate::coverage::covered_by;
use crate::engine::Engine;
use crate::input::Command;
use crate::sink::Sink;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::order::{Follower, Followers, Pairing};
use holdfast_core::{
    ClientOrderId, OrderIntent, OrderRole, OrderTerms, Overlays, Quantity, Replacement, Result,
};

impl Engine {
    /// Ties two orders together; each may fill its quantity as long as the other one has not.
    pub(crate) fn pair(&mut self, [one, other]: [ClientOrderId; 2], cancels: bool) {
        for (id, tied) in [(one, other), (other, one)] {
            if let Some(order) = self.orders.get_mut(&id.0) {
                order.pairing = Some(Pairing::new(tied, cancels, order.intent.quantity));
            }
        }
    }

    /// Carries out what a fill of an order means for the other one of its pair, and for itself.
    pub(crate) fn settle_fill(
        &mut self,
        id: ClientOrderId,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        let Some(order) = self.order_mut(id) else { return Ok(()) };
        let (filled, Some(pairing)) = (order.cum_quantity, order.pairing) else { return Ok(()) };
        if let Some(other) = self.order_mut(pairing.other).and_then(|o| o.pairing.as_mut()) {
            other.other_filled = filled;
        }
        self.settle_pair(pairing.other, sink, commands)?;
        self.settle_pair(id, sink, commands)
    }

    /// Asks the venue for what an order of a pair is due, unless that was asked already.
    pub(crate) fn settle_pair(
        &mut self,
        id: ClientOrderId,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        let Some(order) = self.orders.get_mut(&id.0) else { return Ok(()) };
        let is_protecting = covered_by(order) > Quantity::ZERO;
        let Some(pairing) = order.pairing.as_mut() else { return Ok(()) };
        let overlays = order.state.load().1;
        let due = pairing.due();
        if pairing.other_filled == Quantity::ZERO
            || pairing.cancel_asked
            || overlays.has(Overlays::PENDING_CANCEL)
        {
            return Ok(());
        }
        if due <= order.cum_quantity {
            pairing.cancel_asked = true;
            return self.request_cancel(id, sink, commands);
        }
        // While an answer is outstanding nothing further is asked; the answer leads here again.
        if due >= order.quantity || overlays.has(Overlays::PENDING_REPLACE) {
            return Ok(());
        }
        if !pairing.asks_for(due) {
            // Too large a stop closes no more than there is to close; without one nothing is protected.
            let goes = pairing.is_refused() && !is_protecting;
            pairing.cancel_asked = goes;
            return if goes { self.request_cancel(id, sink, commands) } else { Ok(()) };
        }
        let replacement = Replacement { quantity: due, ..Replacement::of(order) };
        self.request_replace(replacement, sink, commands)
    }

    /// Sends the followers of an order for what it has filled and they were not yet sent for.
    pub(crate) fn send_followers(
        &mut self,
        parent: ClientOrderId,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        let Some(order) = self.order_mut(parent) else { return Ok(()) };
        let filled = order.cum_quantity;
        let Some(mut followers) = order.followers.take() else { return Ok(()) };
        let sent = self.send_due(parent, filled, &mut followers, sink, commands);
        if let Some(order) = self.order_mut(parent) {
            order.followers = Some(followers);
        }
        sent
    }

    fn send_due(
        &mut self,
        parent: ClientOrderId,
        filled: Quantity,
        followers: &mut Followers,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        let mut sent = Vec::new();
        for follower in &mut followers.orders {
            let due = follower.due(filled);
            if due == Quantity::ZERO {
                continue;
            }
            follower.sent = follower.sent.plus(due)?;
            let intent = OrderIntent {
                client_order_id: self.next_client_order_id(),
                parent,
                ts_intent: self.now(),
                ..part(&follower.intent, due)
            };
            // Its date may have passed since the list was judged; what cannot be sent any more is told as an alarm.
            if intent.validate().is_err() {
                self.counts.alarms += 1;
                continue;
            }
            let verdict = self.submit(intent, RecordKind::OrderDerived, sink, commands)?;
            if verdict.approved() {
                sent.push(intent.client_order_id);
            }
        }
        if let (true, [one, other]) = (followers.paired, sent.as_slice()) {
            self.pair([*one, *other], false);
        }
        Ok(())
    }
}

/// Returns an order for a part of its quantity; an iceberg shows no more than there is.
fn part(intent: &OrderIntent, quantity: Quantity) -> OrderIntent {
    let display = intent.terms.display.map(|display| display.min(quantity));
    OrderIntent { quantity, terms: OrderTerms { display, ..intent.terms }, ..*intent }
}

/// Makes the followers of a list from its children; those of a bracket protect what the entry opened.
pub(crate) fn followers_of(children: &[OrderIntent], is_bracket: bool) -> Followers {
    let roles = [OrderRole::StopLoss, OrderRole::TakeProfit];
    let follower = |(index, child): (usize, &OrderIntent)| {
        let role = roles.get(index).copied().filter(|_| is_bracket).unwrap_or(child.role);
        Follower { intent: OrderIntent { role, ..*child }, sent: Quantity::ZERO }
    };
    Followers { paired: is_bracket, orders: children.iter().enumerate().map(follower).collect() }
}
