//! An order: what a strategy intends, and what has become of it.

mod contingency;
mod intent;
mod terms;
mod vocabulary;

pub use contingency::{Contingency, Follower, Followers, Pairing};
pub use intent::OrderIntent;
pub use terms::{OrderTerms, TrailingDistance};
pub(crate) use vocabulary::vocabulary;
pub use vocabulary::{OrderRole, OrderType, Side, TimeInForce};

use crate::amount::Amount;
use crate::applied_trades::AppliedTrades;
use crate::order_state::OrderState;
use crate::price::Price;
use crate::quantity::Quantity;

/// An order that the engine holds until its trigger, in place of a venue that lacks the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Held {
    /// The best price since it was submitted, for a trailing stop.
    pub best: Option<Price>,
    /// UTC day of the first market event that it met.
    pub first_day: Option<i64>,
}

/// An order that was judged, with its state and what has been filled.
#[derive(Debug)]
pub struct Order {
    /// What was asked for.
    pub intent: OrderIntent,
    /// State word.
    pub state: OrderState,
    /// Quantity in force; the other order of a pair shrinks it.
    pub quantity: Quantity,
    /// Filled quantity (FIX 14).
    pub cum_quantity: Quantity,
    /// Sum of price × lots over the fills, in ticks × lots: the average price is this over `cum_quantity`.
    pub filled_tick_lots: i128,
    /// Lots that still count towards worst-case exposure.
    pub reserved: Quantity,
    /// Fees of its fills.
    pub fees: Amount,
    /// Executions that were applied.
    pub applied_trades: AppliedTrades,
    /// The tie to the other order of a pair.
    pub pairing: Option<Pairing>,
    /// Where a stop of a venue that lacks the kind stands while the engine holds it; `None` when the venue has the order.
    pub held: Option<Held>,
    /// The orders that are sent for what this one fills.
    pub followers: Option<Box<Followers>>,
}

impl Order {
    /// Makes an order from an intent.
    #[must_use]
    pub fn new(intent: OrderIntent) -> Self {
        Self {
            intent,
            state: OrderState::new(),
            quantity: intent.quantity,
            cum_quantity: Quantity::ZERO,
            filled_tick_lots: 0,
            reserved: Quantity::ZERO,
            applied_trades: AppliedTrades::default(),
            fees: Amount::ZERO,
            pairing: None,
            held: None,
            followers: None,
        }
    }

    /// Takes the quantity that the venue says is in force. A pair only ever asks for less, so an answer to an earlier
    /// request that comes late does not enlarge the order again.
    pub fn replaced(&mut self, quantity: Quantity) {
        let shrinks = self.pairing.is_some_and(|pairing| pairing.asked.is_some());
        self.quantity = if shrinks { quantity.min(self.quantity) } else { quantity };
    }

    /// Returns what can still fill (FIX 151).
    #[must_use]
    pub fn leaves(&self) -> Quantity {
        Quantity::from_lots(self.quantity.lots().saturating_sub(self.cum_quantity.lots()).max(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identifier::ClientOrderId;

    #[test]
    fn leaves_are_never_negative() {
        let mut order = Order::new(intent::tests::intent());
        order.cum_quantity = Quantity::from_lots(12);
        assert_eq!(order.leaves(), Quantity::ZERO);
    }

    #[test]
    fn ord_13_a_late_answer_to_an_earlier_request_does_not_enlarge_an_order() {
        let mut order = Order::new(intent::tests::intent());
        order.replaced(Quantity::from_lots(12));
        assert_eq!(order.quantity.lots(), 12, "outside a pair the venue is right");
        let pairing = Pairing::new(ClientOrderId(9), false, Quantity::from_lots(10));
        order.pairing = Some(Pairing { asked: Some(Quantity::from_lots(6)), ..pairing });
        order.replaced(Quantity::from_lots(6));
        order.replaced(Quantity::from_lots(8));
        assert_eq!(order.quantity.lots(), 6);
    }
}
