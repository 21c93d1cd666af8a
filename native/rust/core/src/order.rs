//! An order: what a strategy intends, and what has become of it.

mod intent;
mod terms;
mod vocabulary;

pub use intent::OrderIntent;
pub use terms::{OrderTerms, TrailingDistance};
pub(crate) use vocabulary::vocabulary;
pub use vocabulary::{OrderRole, OrderType, Side, TimeInForce};

use crate::amount::Amount;
use crate::identifier::{ClientOrderId, TradeId};
use crate::order_state::OrderState;
use crate::quantity::Quantity;

/// An order that was judged, with its state and what has been filled.
#[derive(Debug)]
pub struct Order {
    /// What was asked for.
    pub intent: OrderIntent,
    /// State word.
    pub state: OrderState,
    /// Quantity in force; a one-cancels-other sibling shrinks it.
    pub quantity: Quantity,
    /// Filled quantity (FIX 14).
    pub cum_quantity: Quantity,
    /// Sum of price × lots over the fills, in ticks × lots: the average price is this over `cum_quantity`.
    pub filled_tick_lots: i128,
    /// Lots that still count towards worst-case exposure.
    pub reserved: Quantity,
    /// Fees of its fills.
    pub fees: Amount,
    /// Highest execution id applied; a venue's ids rise, so an older one is a duplicate.
    pub last_trade_id: TradeId,
    /// The other order of a one-cancels-other pair, or `NONE`.
    pub sibling: ClientOrderId,
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
            last_trade_id: TradeId(0),
            fees: Amount::ZERO,
            sibling: ClientOrderId::NONE,
        }
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

    #[test]
    fn leaves_are_never_negative() {
        let mut order = Order::new(intent::tests::intent());
        order.cum_quantity = Quantity::from_lots(12);
        assert_eq!(order.leaves(), Quantity::ZERO);
    }
}
