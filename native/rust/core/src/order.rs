//! An order: what a strategy intends, and what has become of it.

use crate::amendment::Replacement;
use crate::amount::Amount;
use crate::clock::Timestamp;
use crate::code::Code;
use crate::error::{Error, Result};
use crate::identifier::{ClientOrderId, InstrumentId};
use crate::order_fills::OrderFills;
use crate::order_state::OrderState;
use crate::price::Price;
use crate::quantity::Quantity;
use crate::wire::{Encode, Reader, U32_BYTES_MAX, U64_BYTES_MAX, Writer};

macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $number:literal $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        #[allow(missing_docs)]
        pub enum $name { $($variant = $number),* }

        impl $name {
            /// Every value with its number and its text in TypeScript, JSON and CSV.
            pub const VOCABULARY: &'static [(Self, u8, &'static str)] = &[$((Self::$variant, $number, $text)),*];

            /// Returns the text.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            /// Returns the value with this number.
            ///
            /// # Errors
            /// `ARGUMENT_INVALID`.
            pub fn from_number(number: u8) -> Result<Self> {
                match number {
                    $($number => Ok(Self::$variant),)*
                    _ => Err(Error::new(Code::ArgumentInvalid, format!(
                        "{} must be one of {:?}, was {number}", stringify!($name), [$($text),*]
                    ))),
                }
            }
        }
    };
}
pub(crate) use vocabulary;

vocabulary! {
    /// Order side (FIX 54).
    Side { Buy = 0 "buy", Sell = 1 "sell" }
}

vocabulary! {
    /// Order type (FIX 40).
    OrderType { Market = 0 "market", Limit = 1 "limit", StopMarket = 2 "stop_market" }
}

vocabulary! {
    /// Time in force (FIX 59).
    TimeInForce { Gtc = 0 "gtc", Ioc = 1 "ioc", Day = 2 "day" }
}

vocabulary! {
    /// Why an order exists: a strategy asked for it, it protects a position that one of its orders opened, or it
    /// closes a position in an emergency.
    OrderRole { Strategy = 0 "strategy", StopLoss = 1 "stop_loss", TakeProfit = 2 "take_profit", Liquidation = 3 "liquidation" }
}

impl Side {
    /// Returns the other side.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Buy => Self::Sell,
            Self::Sell => Self::Buy,
        }
    }

    /// Returns lots with the sign that a fill on this side gives a position.
    #[must_use]
    pub const fn signed(self, lots: i64) -> i64 {
        match self {
            Self::Buy => lots,
            Self::Sell => -lots,
        }
    }
}

/// What a strategy, or the engine for a protective order, wants done; nothing of it was judged yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderIntent {
    /// Our id (FIX 11).
    pub client_order_id: ClientOrderId,
    /// The order whose fill this one protects, or `NONE`.
    pub parent: ClientOrderId,
    /// Which instrument.
    pub instrument: InstrumentId,
    /// Buy or sell.
    pub side: Side,
    /// Market, limit or stop.
    pub order_type: OrderType,
    /// How long it rests.
    pub time_in_force: TimeInForce,
    /// Why it exists.
    pub role: OrderRole,
    /// Whether the venue must clip it to the position.
    pub reduce_only: bool,
    /// Ordered quantity.
    pub quantity: Quantity,
    /// Limit price of a limit order.
    pub limit_price: Option<Price>,
    /// Trigger of a stop order.
    pub trigger_price: Option<Price>,
    /// Stop loss to be placed for what fills.
    pub stop_loss: Option<Price>,
    /// Take profit to be placed for what fills, one-cancels-other with the stop loss.
    pub take_profit: Option<Price>,
    /// When the intent was formed.
    pub ts_intent: Timestamp,
}

impl OrderIntent {
    /// Checks that the fields fit each other.
    ///
    /// # Errors
    /// `ORDER_INVALID` naming the field.
    pub fn validate(&self) -> Result<()> {
        let positive = |price: Option<Price>| price.is_none_or(|p| p.ticks() > 0);
        let problem = if self.quantity.lots() <= 0 {
            Some("quantity must be positive")
        } else if (self.order_type == OrderType::Limit) != self.limit_price.is_some() {
            Some("limit_price must be set for a limit order and only there")
        } else if (self.order_type == OrderType::StopMarket) != self.trigger_price.is_some() {
            Some("trigger_price must be set for a stop_market order and only there")
        } else if ![self.limit_price, self.trigger_price, self.stop_loss, self.take_profit]
            .into_iter()
            .all(positive)
        {
            Some("prices must be positive")
        } else if self.reduce_only && (self.stop_loss.is_some() || self.take_profit.is_some()) {
            Some("a reduce_only order must not carry a stop_loss or take_profit")
        } else {
            None
        };
        match problem {
            None => Ok(()),
            Some(rule) => {
                Err(Error::new(Code::OrderInvalid, format!("order is contradictory: {rule}"))
                    .with("client_order_id", self.client_order_id.0)
                    .with("quantity_lots", self.quantity.lots()))
            }
        }
    }

    /// Reads the journal form.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT` when bytes are missing, `ARGUMENT_INVALID` for an unknown number.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self> {
        let (client_order_id, parent) =
            (ClientOrderId(reader.u64()?), ClientOrderId(reader.u64()?));
        let instrument = InstrumentId(reader.u32()?);
        let side = Side::from_number(reader.u8()?)?;
        let order_type = OrderType::from_number(reader.u8()?)?;
        let time_in_force = TimeInForce::from_number(reader.u8()?)?;
        let role = reader.u8()?;
        let quantity = Quantity::from_lots(reader.i64()?);
        let mut price = || Ok(reader.optional_i64()?.map(Price::from_ticks));
        Ok(Self {
            client_order_id,
            parent,
            instrument,
            side,
            order_type,
            time_in_force,
            role: OrderRole::from_number(role & 0x7f)?,
            reduce_only: role & 0x80 != 0,
            quantity,
            limit_price: price()?,
            trigger_price: price()?,
            stop_loss: price()?,
            take_profit: price()?,
            ts_intent: Timestamp(reader.i64()?),
        })
    }
}

impl Encode for OrderIntent {
    fn encoded_bytes_max(&self) -> usize {
        U32_BYTES_MAX + 8 * U64_BYTES_MAX + 4
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        writer.u64(self.client_order_id.0);
        writer.u64(self.parent.0);
        writer.u32(self.instrument.0);
        writer.u8(self.side as u8);
        writer.u8(self.order_type as u8);
        writer.u8(self.time_in_force as u8);
        writer.u8(self.role as u8 | (u8::from(self.reduce_only) << 7));
        writer.i64(self.quantity.lots());
        for price in [self.limit_price, self.trigger_price, self.stop_loss, self.take_profit] {
            writer.optional_i64(price.map(Price::ticks));
        }
        writer.i64(self.ts_intent.0);
    }
}

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
    /// OrderFills that were applied.
    pub fills: OrderFills,
    /// The other order of a one-cancels-other pair, or `NONE`.
    pub sibling: ClientOrderId,
    /// What the venue was asked to make of it and has not answered yet.
    pub pending: Option<Replacement>,
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
            fills: OrderFills::default(),
            fees: Amount::ZERO,
            sibling: ClientOrderId::NONE,
            pending: None,
        }
    }

    /// Returns what can still fill (FIX 151).
    #[must_use]
    pub fn leaves(&self) -> Quantity {
        Quantity::from_lots(self.quantity.lots().saturating_sub(self.cum_quantity.lots()).max(0))
    }

    /// Returns whether more has filled than was asked for.
    #[must_use]
    pub fn overfilled(&self) -> bool {
        let most = self.pending.map_or(self.quantity, |asked| asked.quantity.max(self.quantity));
        self.cum_quantity > most
    }

    /// Returns the most that can still fill, whichever way the venue answers an amendment that is in flight.
    #[must_use]
    pub fn worst_leaves(&self) -> Quantity {
        let most = self.pending.map_or(self.quantity, |asked| asked.quantity.max(self.quantity));
        Quantity::from_lots(most.lots().saturating_sub(self.cum_quantity.lots()).max(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Layout, append_encoded};

    pub(crate) fn intent() -> OrderIntent {
        OrderIntent {
            client_order_id: ClientOrderId(7),
            parent: ClientOrderId::NONE,
            instrument: InstrumentId(1),
            side: Side::Buy,
            order_type: OrderType::Limit,
            time_in_force: TimeInForce::Day,
            role: OrderRole::Strategy,
            reduce_only: false,
            quantity: Quantity::from_lots(10),
            limit_price: Some(Price::from_ticks(100)),
            trigger_price: None,
            stop_loss: Some(Price::from_ticks(90)),
            take_profit: None,
            ts_intent: Timestamp(5),
        }
    }

    #[test]
    fn encodes_and_decodes_every_field() {
        for reduce_only in [false, true] {
            let largest = Some(Price::from_ticks(i64::MAX));
            let intent = OrderIntent {
                reduce_only,
                role: OrderRole::TakeProfit,
                client_order_id: ClientOrderId(u64::MAX),
                parent: ClientOrderId(u64::MAX),
                instrument: InstrumentId(u32::MAX),
                quantity: Quantity::from_lots(i64::MIN),
                limit_price: largest,
                trigger_price: if reduce_only { None } else { largest },
                stop_loss: Some(Price::from_ticks(-1)),
                take_profit: largest,
                ts_intent: Timestamp(i64::MIN),
                ..intent()
            };
            let mut bytes = Vec::new();
            append_encoded(&mut bytes, Layout::Compact, &intent);
            assert_eq!(OrderIntent::decode(&mut Reader::new(&bytes)), Ok(intent));
        }
    }

    #[test]
    fn refuses_contradictions() {
        let base = intent();
        assert!(base.validate().is_ok());
        let broken = [
            OrderIntent { quantity: Quantity::ZERO, ..base },
            OrderIntent { limit_price: None, ..base },
            OrderIntent { order_type: OrderType::Market, ..base },
            OrderIntent { trigger_price: Some(Price::from_ticks(1)), ..base },
            OrderIntent { limit_price: Some(Price::ZERO), ..base },
            OrderIntent { reduce_only: true, ..base },
        ];
        for case in broken {
            assert_eq!(case.validate().map_err(|e| e.code()), Err(Code::OrderInvalid));
        }
    }

    #[test]
    fn numbers_and_texts_of_the_vocabulary_agree() {
        for (value, number, text) in OrderType::VOCABULARY {
            assert_eq!(OrderType::from_number(*number), Ok(*value));
            assert_eq!(value.name(), *text);
        }
        assert!(Side::from_number(2).is_err());
        assert_eq!(Side::Buy.opposite(), Side::Sell);
        assert_eq!((Side::Buy.signed(3), Side::Sell.signed(3)), (3, -3));
    }

    #[test]
    fn leaves_are_never_negative() {
        let mut order = Order::new(intent());
        order.cum_quantity = Quantity::from_lots(12);
        assert_eq!(order.leaves(), Quantity::ZERO);
    }
}
