//! A difference between the engine and the venue, with what both say and an id that follows from it.

use crate::venue_snapshot::{VenueFill, VenueOrder, VenueOrderStatus};
use crate::wallet::CurrencyId;
use holdfast_core::order_fills::Fill;
use holdfast_core::persist::Persist;
use holdfast_core::wire::Reader;
use holdfast_core::{
    Amount, BaseState, ClientOrderId, InstrumentId, Price, Quantity, Result, persist_variants,
};
use std::fmt;

/// Name of a difference: the same difference has the same one after every restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ItemId(pub u64);

impl ItemId {
    /// Reads the sixteen hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_whole = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        u64::from_str_radix(text, 16).ok().filter(|_| is_whole).map(Self)
    }
}

impl fmt::Display for ItemId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:016x}", self.0)
    }
}

impl Persist for ItemId {
    fn save(&self, out: &mut Vec<u8>) {
        self.0.save(out);
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        u64::load(reader).map(Self)
    }
}

/// What differs; `here` is the engine's word and `there` the venue's.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Difference {
    /// The venue has an open order that is not known here, with its fills.
    OrderMissingHere { order: VenueOrder, fills: Vec<VenueFill> },
    /// An order that is open here is not among all open ones of the venue.
    OrderMissingThere { client_order_id: ClientOrderId, leaves: Quantity, fills_known: bool },
    /// The venue has an order open that ended here.
    OrderEndedHere { order: VenueOrder, client_order_id: ClientOrderId, base: BaseState },
    /// The venue says that an order ended which is open here.
    OrderEndedThere { client_order_id: ClientOrderId, status: VenueOrderStatus, filled: Quantity },
    /// The venue has another side or instrument under an id of ours.
    OrderConflict { order: VenueOrder, client_order_id: ClientOrderId },
    /// Another quantity is in force.
    QuantityDiffers { client_order_id: ClientOrderId, here: Quantity, there: Quantity },
    /// Another limit price or trigger is in force.
    PriceDiffers { client_order_id: ClientOrderId, is_trigger: bool, here: Price, there: Price },
    /// More or less has filled than the fills say that are known.
    FilledDiffers {
        client_order_id: ClientOrderId,
        here: Quantity,
        there: Quantity,
        price: Option<Price>,
    },
    /// A fill of a known order was not applied.
    FillMissingHere { client_order_id: ClientOrderId, fill: VenueFill },
    /// A fill of an order that is not known; `was_ours` when it was one that is forgotten.
    FillUnknown { fill: VenueFill, was_ours: bool },
    /// A trade id was applied with other numbers, or to an order of another side or instrument.
    TradeConflict { client_order_id: ClientOrderId, fill: VenueFill, known: Option<Fill> },
    /// The position differs by more than the fills that were not applied.
    PositionDiffers {
        instrument: InstrumentId,
        is_short: bool,
        here: Quantity,
        there: Quantity,
        explained: Quantity,
        price: Option<Price>,
    },
    /// Settled cash differs when fills and positions stand.
    BalanceDiffers { currency: CurrencyId, here: Amount, there: Amount },
}
persist_variants!(Difference {
    0 OrderMissingHere { order, fills },
    1 OrderMissingThere { client_order_id, leaves, fills_known },
    2 OrderEndedHere { order, client_order_id, base },
    3 OrderEndedThere { client_order_id, status, filled },
    4 OrderConflict { order, client_order_id },
    5 QuantityDiffers { client_order_id, here, there },
    6 PriceDiffers { client_order_id, is_trigger, here, there },
    7 FilledDiffers { client_order_id, here, there, price },
    8 FillMissingHere { client_order_id, fill },
    9 FillUnknown { fill, was_ours },
    10 TradeConflict { client_order_id, fill, known },
    11 PositionDiffers { instrument, is_short, here, there, explained, price },
    12 BalanceDiffers { currency, here, there },
});

/// A difference with its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item<'a> {
    /// Its id.
    pub id: ItemId,
    /// What differs.
    pub difference: &'a Difference,
}

impl Difference {
    /// Returns the name of its kind.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::OrderMissingHere { .. } => "order_missing_here",
            Self::OrderMissingThere { .. } => "order_missing_there",
            Self::OrderEndedHere { .. } => "order_ended_here",
            Self::OrderEndedThere { .. } => "order_ended_there",
            Self::OrderConflict { .. } => "order_conflict",
            Self::QuantityDiffers { .. } => "quantity_differs",
            Self::PriceDiffers { .. } => "price_differs",
            Self::FilledDiffers { .. } => "filled_differs",
            Self::FillMissingHere { .. } => "fill_missing_here",
            Self::FillUnknown { .. } => "fill_unknown",
            Self::TradeConflict { .. } => "trade_conflict",
            Self::PositionDiffers { .. } => "position_differs",
            Self::BalanceDiffers { .. } => "balance_differs",
        }
    }

    /// Returns its id: BLAKE3 of its content. How complete the venue's word was is no part of it.
    #[must_use]
    pub fn id(&self) -> ItemId {
        let mut content = Vec::new();
        match self {
            Self::OrderMissingThere { client_order_id, leaves, .. } => {
                let fills_known = false;
                let (client_order_id, leaves) = (*client_order_id, *leaves);
                Self::OrderMissingThere { client_order_id, leaves, fills_known }.save(&mut content);
            }
            Self::FillUnknown { fill, .. } => {
                Self::FillUnknown { fill: fill.clone(), was_ours: false }.save(&mut content);
            }
            _ => self.save(&mut content),
        }
        let hash = blake3::derive_key("holdfast 2026 reconciliation item", &content);
        let mut word = [0_u8; 8];
        word.copy_from_slice(&hash[..8]);
        ItemId(u64::from_le_bytes(word))
    }

    /// Returns the order that it is about, where that is known here.
    #[must_use]
    pub const fn client_order_id(&self) -> Option<ClientOrderId> {
        match self {
            Self::OrderMissingThere { client_order_id, .. }
            | Self::OrderEndedHere { client_order_id, .. }
            | Self::OrderEndedThere { client_order_id, .. }
            | Self::OrderConflict { client_order_id, .. }
            | Self::QuantityDiffers { client_order_id, .. }
            | Self::PriceDiffers { client_order_id, .. }
            | Self::FilledDiffers { client_order_id, .. }
            | Self::FillMissingHere { client_order_id, .. }
            | Self::TradeConflict { client_order_id, .. } => Some(*client_order_id),
            Self::OrderMissingHere { order, .. } => order.client_order_id,
            Self::FillUnknown { fill, .. } => fill.client_order_id,
            Self::PositionDiffers { .. } | Self::BalanceDiffers { .. } => None,
        }
    }

    /// Returns whether a balance cannot be compared before it is decided.
    pub(crate) const fn moves_cash(&self) -> bool {
        matches!(
            self,
            Self::OrderMissingHere { .. }
                | Self::FilledDiffers { .. }
                | Self::FillMissingHere { .. }
                | Self::FillUnknown { .. }
                | Self::PositionDiffers { .. }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ord_10_the_same_difference_has_the_same_id_and_another_one_another() {
        let id = ClientOrderId(7);
        let missing = |leaves: i64, fills_known: bool| {
            let leaves = Quantity::from_lots(leaves);
            Difference::OrderMissingThere { client_order_id: id, leaves, fills_known }.id()
        };
        assert_eq!(missing(3, true), missing(3, false));
        assert_ne!(missing(3, true), missing(4, true));
        assert_eq!(missing(3, true).to_string(), "0f45ab0de66055a5");
        assert_eq!(ItemId::parse(&missing(3, true).to_string()), Some(missing(3, true)));
        assert_eq!(ItemId::parse("0f45"), None);
        assert_eq!(ItemId::parse("+f45ab0de66055a5"), None);
    }
}
