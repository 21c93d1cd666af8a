//! What a strategy proposes, and the contradictions that are refused before anything is judged.

use crate::clock::Timestamp;
use crate::code::Code;
use crate::error::{Error, Result};
use crate::identifier::{ClientOrderId, InstrumentId};
use crate::order::{OrderRole, OrderTerms, OrderType, Side, TimeInForce, TrailingDistance};
use crate::price::Price;
use crate::quantity::Quantity;
use crate::wire::{Encode, Reader, U32_BYTES_MAX, U64_BYTES_MAX, Writer};

/// What a strategy, or the engine for a protective order, wants done; nothing of it was judged yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderIntent {
    /// Our id (FIX 11).
    pub client_order_id: ClientOrderId,
    /// The order whose fill this one protects or follows, or `NONE`.
    pub parent: ClientOrderId,
    /// Which instrument.
    pub instrument: InstrumentId,
    /// Buy or sell.
    pub side: Side,
    /// Market, limit, stop and the rest.
    pub order_type: OrderType,
    /// How long it rests.
    pub time_in_force: TimeInForce,
    /// Why it exists.
    pub role: OrderRole,
    /// Whether the venue must clip it to the position.
    pub reduce_only: bool,
    /// Ordered quantity.
    pub quantity: Quantity,
    /// Limit price of an order that has one.
    pub limit_price: Option<Price>,
    /// Trigger of a stop or take-profit order.
    pub trigger_price: Option<Price>,
    /// Stop loss to be placed for what fills.
    pub stop_loss: Option<Price>,
    /// Take profit to be placed for what fills, one-cancels-other with the stop loss.
    pub take_profit: Option<Price>,
    /// When the intent was formed.
    pub ts_intent: Timestamp,
    /// Post-only, display quantity, trailing distance, expiry.
    pub terms: OrderTerms,
}

/// Bits over the role's number in the encoded form.
const REDUCE_ONLY: u8 = 0x80;
const HAS_TERMS: u8 = 0x40;

impl OrderIntent {
    /// The plainest order: a strategy's own, at the market, good till cancelled, without an id yet.
    #[must_use]
    pub fn market(instrument: InstrumentId, side: Side, quantity: Quantity) -> Self {
        Self {
            client_order_id: ClientOrderId::NONE,
            parent: ClientOrderId::NONE,
            instrument,
            side,
            order_type: OrderType::Market,
            time_in_force: TimeInForce::Gtc,
            role: OrderRole::Strategy,
            reduce_only: false,
            quantity,
            limit_price: None,
            trigger_price: None,
            stop_loss: None,
            take_profit: None,
            ts_intent: Timestamp(0),
            terms: OrderTerms::default(),
        }
    }

    /// As `market`, at a price or better.
    #[must_use]
    pub fn limit(instrument: InstrumentId, side: Side, quantity: Quantity, price: Price) -> Self {
        let market = Self::market(instrument, side, quantity);
        Self { order_type: OrderType::Limit, limit_price: Some(price), ..market }
    }

    /// Checks that the fields fit each other.
    ///
    /// # Errors
    /// `ORDER_INVALID` naming the field.
    pub fn validate(&self) -> Result<()> {
        match self.price_problem().or_else(|| self.terms_problem()) {
            None => Ok(()),
            Some(rule) => {
                Err(Error::new(Code::OrderInvalid, format!("order is contradictory: {rule}"))
                    .with("client_order_id", self.client_order_id.0)
                    .with("quantity_lots", self.quantity.lots()))
            }
        }
    }

    fn price_problem(&self) -> Option<&'static str> {
        let kind = self.order_type;
        let positive = |price: Option<Price>| price.is_none_or(|p| p.ticks() > 0);
        let prices = [self.limit_price, self.trigger_price, self.stop_loss, self.take_profit];
        if self.quantity.lots() <= 0 {
            Some("quantity must be positive")
        } else if kind.has_limit() != self.limit_price.is_some() {
            Some(
                "limit_price must be set for a limit, stop_limit or take_profit_limit order and only there",
            )
        } else if kind.has_trigger() != self.trigger_price.is_some() {
            Some("trigger_price must be set for a stop or take_profit order and only there")
        } else if !prices.into_iter().all(positive) {
            Some("prices must be positive")
        } else if self.reduce_only && (self.stop_loss.is_some() || self.take_profit.is_some()) {
            Some("a reduce_only order must not carry a stop_loss or take_profit")
        } else {
            None
        }
    }

    fn terms_problem(&self) -> Option<&'static str> {
        let (kind, terms) = (self.order_type, &self.terms);
        let immediate = matches!(self.time_in_force, TimeInForce::Ioc | TimeInForce::Fok);
        if (kind == OrderType::TrailingStop) != terms.trailing.is_some() {
            Some("a trailing distance must be set for a trailing_stop order and only there")
        } else if !terms.trailing.is_none_or(TrailingDistance::is_valid) {
            Some("a trailing distance must be positive, and a share of the price less than 1")
        } else if immediate && kind.waits() {
            Some("an order that waits for a trigger must not be ioc or fok")
        } else if immediate && kind == OrderType::MarketToLimit {
            Some("a market_to_limit order must not be ioc or fok: its remainder rests")
        } else if terms.post_only && kind != OrderType::Limit {
            Some("post_only must be set for a limit order only")
        } else if terms.post_only && immediate {
            Some("a post_only order must not be ioc or fok: it must rest before it trades")
        } else if terms.display.is_some_and(|shown| shown.lots() <= 0 || shown > self.quantity) {
            Some("display quantity must be positive and at most the quantity")
        } else if terms.display.is_some() && (immediate || !kind.rests()) {
            Some("display quantity must be set for an order only that can rest in the book")
        } else if (self.time_in_force == TimeInForce::Gtd) != terms.expires.is_some() {
            Some("an expiry must be set for a gtd order and only there")
        } else if terms.expires.is_some_and(|expires| expires <= self.ts_intent) {
            Some("a gtd order must not expire before it was formed")
        } else {
            None
        }
    }

    /// Returns the highest price that the order names or implies at the mark: exposure is priced at it, so that no kind
    /// counts for less than it may cost.
    ///
    /// # Errors
    /// `PRICE_OUT_OF_RANGE`.
    #[inline]
    pub fn priced_at(&self, mark: Price) -> Result<Price> {
        if let Some(distance) = self.terms.trailing {
            return Ok(distance.stop(self.side, mark)?.max(mark));
        }
        Ok(self.limit_price.max(self.trigger_price).unwrap_or(mark))
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
            role: OrderRole::from_number(role & !(REDUCE_ONLY | HAS_TERMS))?,
            reduce_only: role & REDUCE_ONLY != 0,
            quantity,
            limit_price: price()?,
            trigger_price: price()?,
            stop_loss: price()?,
            take_profit: price()?,
            ts_intent: Timestamp(reader.i64()?),
            terms: if role & HAS_TERMS == 0 {
                OrderTerms::default()
            } else {
                OrderTerms::decode(reader)?
            },
        })
    }
}

impl Encode for OrderIntent {
    fn encoded_bytes_max(&self) -> usize {
        U32_BYTES_MAX + 8 * U64_BYTES_MAX + 4 + OrderTerms::BYTES_MAX
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        let has_terms = self.terms != OrderTerms::default();
        writer.row(|writer| {
            writer.u64(self.client_order_id.0);
            writer.u64(self.parent.0);
            writer.u32(self.instrument.0);
            writer.u8(self.side as u8);
            writer.u8(self.order_type as u8);
            writer.u8(self.time_in_force as u8);
            writer.u8(self.role as u8
                | if self.reduce_only { REDUCE_ONLY } else { 0 }
                | if has_terms { HAS_TERMS } else { 0 });
            writer.i64(self.quantity.lots());
            for price in [self.limit_price, self.trigger_price, self.stop_loss, self.take_profit] {
                writer.optional_i64(price.map(Price::ticks));
            }
            writer.i64(self.ts_intent.0);
        });
        if has_terms {
            self.terms.encode(writer);
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
