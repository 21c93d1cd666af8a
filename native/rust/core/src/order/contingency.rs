//! Orders that depend on each other: pairs of which one ends the other, and orders that follow the fills of a parent.

use crate::code::Code;
use crate::error::{Error, Result};
use crate::identifier::ClientOrderId;
use crate::order::{OrderIntent, vocabulary};
use crate::quantity::Quantity;

/// How often a venue may refuse what an order is due before it counts as refused for good.
pub const REFUSALS_MAX: u32 = 3;

vocabulary! {
    /// How the orders of a list depend on each other (FIX 1385). One cancels the other at its first fill; one updates the
    /// other by what it fills; one triggers the others for what it fills; a bracket triggers a stop and a target that
    /// update each other.
    Contingency { Oco = 0 "oco", Ouo = 1 "ouo", Oto = 2 "oto", Bracket = 3 "bracket" }
}

impl Contingency {
    /// Returns whether the list is a pair of equals; otherwise its first order is the parent of the others.
    #[must_use]
    pub const fn is_pair(self) -> bool {
        matches!(self, Self::Oco | Self::Ouo)
    }
}

/// The tie of an order to the other one of its pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pairing {
    /// The other order.
    pub other: ClientOrderId,
    /// Whether any fill of the other one ends this one, instead of taking its quantity off.
    pub cancels: bool,
    /// Quantity that this order has while the other one has filled nothing.
    pub base: Quantity,
    /// What the other one has filled.
    pub other_filled: Quantity,
    /// The quantity that the venue was last asked for.
    pub asked: Option<Quantity>,
    /// How often the venue has refused that.
    pub refused: u32,
    /// What an amendment that is not answered makes of the base: its quantity, with what the other one had filled when it was
    /// wished for.
    pub wish: Option<Quantity>,
    /// Whether the venue was asked to cancel this order because of the other one; it is asked once.
    pub cancel_asked: bool,
}

impl Pairing {
    /// Makes the tie of an order that may fill `base` as long as the other one has not.
    #[must_use]
    pub const fn new(other: ClientOrderId, cancels: bool, base: Quantity) -> Self {
        Self {
            other,
            cancels,
            base,
            other_filled: Quantity::ZERO,
            asked: None,
            refused: 0,
            wish: None,
            cancel_asked: false,
        }
    }

    /// Notes that the venue is asked for a quantity. One that is not asked for because of the other order is a wish of its
    /// own, and the other order takes from it what it fills from now on, also before the venue has answered.
    pub fn note_wished(&mut self, quantity: Quantity) {
        let is_wish = self.asked != Some(quantity);
        self.wish = is_wish.then(|| self.with_other(quantity));
    }

    /// Takes the quantity that is in force: the one that was asked for, or one that the venue made by itself.
    pub fn note_replaced(&mut self, quantity: Quantity) {
        let wish = self.wish.take();
        self.refused = 0;
        if self.asked != Some(quantity) {
            self.base = wish.unwrap_or_else(|| self.with_other(quantity));
            self.asked = None;
        }
    }

    /// Notes that the venue refused a quantity, and returns whether what is due is refused for good by that.
    pub fn note_refused(&mut self, quantity: Quantity) -> bool {
        let is_due = self.wish.take().is_none() && self.asked == Some(quantity);
        self.refused = self.refused.saturating_add(u32::from(is_due));
        is_due && self.is_refused()
    }

    /// Returns whether asking for what is due again does not help.
    #[must_use]
    pub const fn is_refused(&self) -> bool {
        self.refused >= REFUSALS_MAX
    }

    /// Notes what is due, and returns whether the venue is to be asked for it: it was not yet, or has refused it and may take
    /// it now.
    pub fn asks_for(&mut self, due: Quantity) -> bool {
        let is_asked = self.asked.is_some_and(|asked| asked <= due);
        if !is_asked {
            self.refused = 0;
        } else if self.refused == 0 || self.is_refused() {
            return false;
        }
        self.asked = Some(due);
        true
    }

    /// Forgets what the venue was asked for and cannot answer any more: the order lives again after an end.
    pub const fn forget_asked(&mut self) {
        self.asked = None;
        self.refused = 0;
        self.wish = None;
        self.cancel_asked = false;
    }

    fn with_other(&self, quantity: Quantity) -> Quantity {
        Quantity::from_lots(quantity.lots().saturating_add(self.other_filled.lots()))
    }

    /// Returns the quantity that the order is due to have, given what the other one has filled.
    #[must_use]
    pub fn due(&self) -> Quantity {
        if self.other_filled > Quantity::ZERO && self.cancels {
            return Quantity::ZERO;
        }
        let left = self.base.lots().saturating_sub(self.other_filled.lots());
        Quantity::from_lots(left.max(0))
    }
}

/// An order that follows the fills of its parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Follower {
    /// What to send, with the whole quantity; each fill of the parent sends its share under an id of its own.
    pub intent: OrderIntent,
    /// What was sent already.
    pub sent: Quantity,
}

impl Follower {
    /// Returns what is to be sent when the parent has filled `filled` in all.
    #[must_use]
    pub fn due(&self, filled: Quantity) -> Quantity {
        let due = self.intent.quantity.min(filled).lots().saturating_sub(self.sent.lots());
        Quantity::from_lots(due.max(0))
    }
}

/// The orders that follow a parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followers {
    /// Whether what is sent for one fill is a pair, of which one updates the other.
    pub paired: bool,
    /// The orders.
    pub orders: Vec<Follower>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::intent::tests::intent;

    #[test]
    fn ord_13_equals_are_pairs_and_the_others_have_a_parent() {
        use Contingency as C;
        assert_eq!(
            [C::Oco, C::Ouo, C::Oto, C::Bracket].map(C::is_pair),
            [true, true, false, false]
        );
    }

    #[test]
    fn ord_13_a_pair_is_due_what_the_other_one_left() {
        let lots = Quantity::from_lots;
        let due = |cancels: bool, filled: i64| {
            let pairing = Pairing::new(ClientOrderId(1), cancels, lots(10));
            Pairing { other_filled: lots(filled), ..pairing }.due().lots()
        };
        assert_eq!([due(false, 0), due(false, 3), due(false, 10), due(false, 12)], [10, 7, 0, 0]);
        assert_eq!([due(true, 0), due(true, 3)], [10, 0]);
    }

    #[test]
    fn ord_13_an_amendment_of_one_order_of_a_pair_is_what_the_other_takes_from() {
        let lots = Quantity::from_lots;
        let mut pairing = Pairing::new(ClientOrderId(1), false, lots(10));
        (pairing.other_filled, pairing.asked) = (lots(3), Some(lots(7)));
        pairing.note_replaced(lots(7));
        assert_eq!((pairing.base, pairing.due()), (lots(10), lots(7)));
        pairing.note_replaced(lots(5));
        assert_eq!((pairing.base, pairing.asked, pairing.due()), (lots(8), None, lots(5)));
        pairing.other_filled = lots(4);
        assert_eq!(pairing.due(), lots(4));
        // The other order may fill more while the answer to what was asked for is on its way.
        pairing.asked = Some(lots(4));
        pairing.other_filled = lots(6);
        pairing.note_replaced(lots(4));
        assert_eq!((pairing.base, pairing.due()), (lots(8), lots(2)));
    }

    #[test]
    fn ord_13_what_the_other_one_fills_before_the_answer_to_an_amendment_is_taken_from_it_too() {
        let lots = Quantity::from_lots;
        let mut pairing = Pairing::new(ClientOrderId(1), false, lots(10));
        pairing.note_wished(lots(12));
        pairing.other_filled = lots(4);
        pairing.note_replaced(lots(12));
        assert_eq!((pairing.base, pairing.due()), (lots(12), lots(8)));
        pairing.asked = Some(lots(8));
        pairing.note_wished(lots(8));
        pairing.note_replaced(lots(8));
        assert_eq!((pairing.wish, pairing.base), (None, lots(12)), "what was due is no wish");
    }

    #[test]
    fn ord_13_what_is_due_is_asked_for_again_after_a_refusal_but_not_for_ever() {
        let lots = Quantity::from_lots;
        let mut pairing = Pairing::new(ClientOrderId(1), false, lots(10));
        assert!(pairing.asks_for(lots(6)) && !pairing.asks_for(lots(6)), "it was not refused");
        pairing.note_wished(lots(6));
        for refused in 1..=REFUSALS_MAX {
            assert!(refused == 1 || pairing.asks_for(lots(6)));
            assert_eq!(pairing.note_refused(lots(6)), refused == REFUSALS_MAX);
        }
        assert!(!pairing.asks_for(lots(6)));
        assert!(pairing.asks_for(lots(5)), "less is another question");
        pairing.note_wished(lots(12));
        assert!(!pairing.note_refused(lots(12)), "a wish is none of what is due");
        assert_eq!((pairing.refused, pairing.wish), (0, None));
    }

    #[test]
    fn ord_13_a_follower_is_never_due_more_than_its_parent_filled() {
        let lots = Quantity::from_lots;
        let follower = |sent: i64| Follower { intent: intent(), sent: lots(sent) };
        assert_eq!(follower(0).due(lots(4)), lots(4));
        assert_eq!(follower(4).due(lots(4)), lots(0));
        assert_eq!(follower(4).due(lots(12)), lots(6), "its own quantity is the bound");
        assert_eq!(follower(4).due(lots(2)), lots(0));
    }
}
