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

use crate::amendment::Replacement;
use crate::amount::Amount;
use crate::clock::Timestamp;
use crate::order_fills::OrderFills;
use crate::order_state::{BaseState, OrderState};
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

/// An order that was held and is sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Released {
    /// When its trigger was met.
    pub at: Timestamp,
    /// Whether the venue has shown that it has the order.
    pub shown: bool,
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
    /// Lots of a position that it protects as a live stop.
    pub covers: Quantity,
    /// Fees of its fills.
    pub fees: Amount,
    /// Fills that were applied.
    pub fills: OrderFills,
    /// What the venue was asked to make of it and has not answered yet.
    pub pending: Option<Replacement>,
    /// Amendments that the venue was asked for; each has its number.
    pub amendments: u32,
    /// Number of the amendment in force, 0 for the order as it was placed.
    pub amended: u32,
    /// The tie to the other order of a pair.
    pub pairing: Option<Pairing>,
    /// Where a stop of a venue that lacks the kind stands while the engine holds it; `None` when the venue has the order.
    pub held: Option<Held>,
    /// What became of it since the engine held it; `None` for one that was sent at once, or is held.
    pub released: Option<Released>,
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
            covers: Quantity::ZERO,
            fills: OrderFills::default(),
            pending: None,
            amendments: 0,
            amended: 0,
            fees: Amount::ZERO,
            pairing: None,
            held: None,
            released: None,
            followers: None,
        }
    }

    /// Returns whether it was sent and the venue has not shown yet that it has it.
    #[must_use]
    pub fn is_unshown(&self) -> bool {
        let is_new = self.state.base() == BaseState::Submitted && self.held.is_none();
        is_new || self.released.is_some_and(|released| !released.shown)
    }

    /// Returns what can still fill (FIX 151).
    #[must_use]
    pub fn leaves(&self) -> Quantity {
        Quantity::from_lots(self.quantity.lots().saturating_sub(self.cum_quantity.lots()).max(0))
    }

    /// Returns the larger of the quantity in force and the one that was asked for.
    #[must_use]
    pub fn most(&self) -> Quantity {
        self.pending.map_or(self.quantity, |asked| asked.quantity.max(self.quantity))
    }

    /// Returns whether more has filled than was asked for.
    #[must_use]
    pub fn overfilled(&self) -> bool {
        self.cum_quantity > self.most()
    }

    /// Returns the most that can still fill, whichever way the venue answers an amendment that is in flight.
    #[must_use]
    pub fn worst_leaves(&self) -> Quantity {
        Quantity::from_lots(self.most().lots().saturating_sub(self.cum_quantity.lots()).max(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ord_04_the_worst_that_can_fill_is_that_of_the_larger_quantity_while_an_amendment_waits() {
        let mut order = Order::new(intent::tests::intent());
        let worst = |order: &Order| (order.leaves().lots(), order.worst_leaves().lots());
        order.cum_quantity = Quantity::from_lots(4);
        assert_eq!(worst(&order), (6, 6));
        for (asked, most) in [(15, 11), (7, 6)] {
            order.pending = Some(Replacement {
                quantity: Quantity::from_lots(asked),
                ..Replacement::of_intent(&order.intent)
            });
            assert_eq!(worst(&order), (6, most), "asked for {asked}");
        }
    }

    #[test]
    fn more_than_was_asked_for_is_an_overfill() {
        let mut order = Order::new(intent::tests::intent());
        for (filled, overfilled) in [(9, false), (10, false), (11, true)] {
            order.cum_quantity = Quantity::from_lots(filled);
            assert_eq!(order.overfilled(), overfilled, "{filled} of 10");
        }
        order.pending = Some(Replacement {
            quantity: Quantity::from_lots(11),
            ..Replacement::of_intent(&order.intent)
        });
        assert!(!order.overfilled(), "11 were asked for");
    }

    #[test]
    fn leaves_are_never_negative() {
        let mut order = Order::new(intent::tests::intent());
        order.cum_quantity = Quantity::from_lots(12);
        assert_eq!(order.leaves(), Quantity::ZERO);
    }
}
