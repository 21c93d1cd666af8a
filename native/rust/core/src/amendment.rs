//! What is to become of an open order: the wish of a strategy, and the values that follow from it.

use crate::clock::Timestamp;
use crate::code::Code;
use crate::error::{Error, Result};
use crate::identifier::ClientOrderId;
use crate::order::{Order, OrderIntent};
use crate::price::Price;
use crate::quantity::Quantity;
use crate::wire::{Encode, Reader, U64_BYTES_MAX, Writer};

/// A wish to change an open order; what is `None` stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amendment {
    /// Which order.
    pub client_order_id: ClientOrderId,
    /// Whole quantity afterwards, what has filled included (FIX 38).
    pub quantity: Option<Quantity>,
    /// Limit price afterwards (FIX 44).
    pub limit_price: Option<Price>,
    /// Trigger afterwards (FIX 99).
    pub trigger_price: Option<Price>,
    /// When it was wished for.
    pub ts: Timestamp,
}

/// Quantity and prices of an order after an amendment, each as it shall be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replacement {
    /// Which order.
    pub client_order_id: ClientOrderId,
    /// Whole quantity, what has filled included.
    pub quantity: Quantity,
    /// Limit price, where the order has one.
    pub limit_price: Option<Price>,
    /// Trigger, where the order has one.
    pub trigger_price: Option<Price>,
    /// Which amendment of the order this is, from 1; 0 is the order as it was placed (FIX: `ClOrdID`).
    pub number: u32,
    /// The amendment that this one follows, 0 for the order as it was placed (FIX: `OrigClOrdID`). A venue refuses one that
    /// follows a form which is not in force any more, so that a late copy changes nothing.
    pub follows: u32,
}

impl Amendment {
    /// Returns what the order shall be.
    ///
    /// # Errors
    /// `AMEND_INVALID` when nothing would change, when a price is none of the order's or not positive, or when the quantity is
    /// not above what has filled.
    pub fn resolve(&self, order: &Order) -> Result<Replacement> {
        let in_force = Replacement::of(order);
        let foreign = |wish: Option<Price>, now: Option<Price>| wish.is_some() && now.is_none();
        let positive = |price: Option<Price>| price.is_none_or(|each| each.ticks() > 0);
        let replacement = Replacement {
            quantity: self.quantity.unwrap_or(order.quantity),
            limit_price: self.limit_price.or(in_force.limit_price),
            trigger_price: self.trigger_price.or(in_force.trigger_price),
            ..in_force
        };
        let problem = if foreign(self.limit_price, in_force.limit_price) {
            Some("limit_price must be changed on an order that has one")
        } else if foreign(self.trigger_price, in_force.trigger_price) {
            Some("trigger_price must be changed on an order that has one")
        } else if !positive(self.limit_price) || !positive(self.trigger_price) {
            Some("prices must be positive")
        } else if replacement.quantity <= order.cum_quantity {
            Some("quantity must be above what has filled; cancel the order instead")
        } else if replacement == in_force {
            Some("quantity or a price must differ from what the order has")
        } else {
            None
        };
        match problem {
            None => Ok(replacement),
            Some(rule) => {
                Err(Error::new(Code::AmendInvalid, format!("amendment is contradictory: {rule}"))
                    .with("client_order_id", self.client_order_id.0)
                    .with("quantity_lots", replacement.quantity.lots())
                    .with("filled_lots", order.cum_quantity.lots()))
            }
        }
    }

    /// Reads the journal form; the time stands in the record's header.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT`.
    pub fn decode(reader: &mut Reader<'_>, ts: Timestamp) -> Result<Self> {
        Ok(Self {
            client_order_id: ClientOrderId(reader.u64()?),
            quantity: reader.optional_i64()?.map(Quantity::from_lots),
            limit_price: reader.optional_i64()?.map(Price::from_ticks),
            trigger_price: reader.optional_i64()?.map(Price::from_ticks),
            ts,
        })
    }
}

impl Encode for Amendment {
    fn encoded_bytes_max(&self) -> usize {
        4 * U64_BYTES_MAX
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        writer.u64(self.client_order_id.0);
        writer.optional_i64(self.quantity.map(Quantity::lots));
        writer.optional_i64(self.limit_price.map(Price::ticks));
        writer.optional_i64(self.trigger_price.map(Price::ticks));
    }
}

impl Replacement {
    /// Returns an order's values as they are in force. One that was held and is sent has no trigger at the venue.
    #[must_use]
    pub const fn of(order: &Order) -> Self {
        let is_released = order.released.is_some();
        Self {
            client_order_id: order.intent.client_order_id,
            quantity: order.quantity,
            limit_price: order.intent.limit_price,
            trigger_price: if is_released { None } else { order.intent.trigger_price },
            number: order.amended,
            follows: 0,
        }
    }

    /// Returns the values of an order as it was placed.
    #[must_use]
    pub const fn of_intent(intent: &OrderIntent) -> Self {
        Self {
            client_order_id: intent.client_order_id,
            quantity: intent.quantity,
            limit_price: intent.limit_price,
            trigger_price: intent.trigger_price,
            number: 0,
            follows: 0,
        }
    }

    /// Returns whether both are the same form of the order, whichever amendments led to it.
    #[must_use]
    pub fn is_form_of(&self, other: &Self) -> bool {
        self.quantity == other.quantity
            && self.limit_price == other.limit_price
            && self.trigger_price == other.trigger_price
    }

    /// Returns the intent with these values.
    #[must_use]
    pub const fn on(&self, intent: &OrderIntent) -> OrderIntent {
        OrderIntent {
            quantity: self.quantity,
            limit_price: self.limit_price,
            trigger_price: self.trigger_price,
            ..*intent
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Layout, append_encoded};
    use crate::{InstrumentId, Side};

    fn order() -> Order {
        let mut order = Order::new(OrderIntent {
            client_order_id: ClientOrderId(7),
            ..OrderIntent::limit(
                InstrumentId(0),
                Side::Buy,
                Quantity::from_lots(10),
                Price::from_ticks(100),
            )
        });
        order.cum_quantity = Quantity::from_lots(4);
        order
    }

    fn wish(quantity: Option<i64>, limit: Option<i64>, trigger: Option<i64>) -> Amendment {
        Amendment {
            client_order_id: ClientOrderId(7),
            quantity: quantity.map(Quantity::from_lots),
            limit_price: limit.map(Price::from_ticks),
            trigger_price: trigger.map(Price::from_ticks),
            ts: Timestamp(3),
        }
    }

    #[test]
    fn an_intent_takes_every_value_of_a_replacement() {
        let order = order();
        let values = Replacement {
            quantity: Quantity::from_lots(3),
            limit_price: Some(Price::from_ticks(71)),
            trigger_price: Some(Price::from_ticks(72)),
            ..Replacement::of(&order)
        };
        let intent = values.on(&order.intent);
        assert_eq!(
            (intent.quantity, intent.limit_price, intent.trigger_price),
            (values.quantity, values.limit_price, values.trigger_price)
        );
        assert_eq!(
            OrderIntent {
                quantity: order.intent.quantity,
                limit_price: order.intent.limit_price,
                trigger_price: order.intent.trigger_price,
                ..intent
            },
            order.intent
        );
    }

    #[test]
    fn the_room_asked_for_is_what_the_longest_amendment_takes() {
        let longest = Amendment {
            client_order_id: ClientOrderId(u64::MAX),
            quantity: Some(Quantity::from_lots(i64::MAX)),
            limit_price: Some(Price::from_ticks(i64::MAX)),
            trigger_price: Some(Price::from_ticks(i64::MAX)),
            ts: Timestamp(0),
        };
        assert_eq!(crate::wire::compact_length(&longest), longest.encoded_bytes_max());
    }

    #[test]
    fn what_is_not_named_stays() {
        let order = order();
        let resolved = wish(None, Some(105), None).resolve(&order).unwrap();
        assert_eq!(
            resolved,
            Replacement { limit_price: Some(Price::from_ticks(105)), ..Replacement::of(&order) }
        );
        let intent = wish(Some(5), None, None).resolve(&order).unwrap().on(&order.intent);
        assert_eq!((intent.quantity.lots(), intent.limit_price), (5, order.intent.limit_price));
    }

    #[test]
    fn contradictions_are_refused() {
        let wrong = [
            wish(None, None, None),
            wish(Some(10), Some(100), None),
            wish(Some(4), None, None),
            wish(Some(-1), None, None),
            wish(None, Some(0), None),
            wish(None, None, Some(90)),
        ];
        for wish in wrong {
            assert_eq!(
                wish.resolve(&order()).map_err(|e| e.code()),
                Err(Code::AmendInvalid),
                "{wish:?}"
            );
        }
        let mut market = order();
        market.intent.limit_price = None;
        let error = wish(None, Some(100), None).resolve(&market).unwrap_err();
        assert_eq!(error.code(), Code::AmendInvalid);
    }

    #[test]
    fn encodes_and_decodes_every_field() {
        for amendment in [wish(None, Some(i64::MAX), None), wish(Some(1), None, Some(-1))] {
            let mut bytes = Vec::new();
            append_encoded(&mut bytes, Layout::Compact, &amendment);
            assert_eq!(Amendment::decode(&mut Reader::new(&bytes), Timestamp(3)), Ok(amendment));
        }
    }
}
