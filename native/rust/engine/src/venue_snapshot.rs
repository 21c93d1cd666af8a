//! What a venue says of an account at one time: open orders, fills, positions and balances, with how complete each is.

use crate::account_spec::PositionMode;
use crate::wallet::CurrencyId;
use holdfast_core::persist::Persist;
use holdfast_core::{
    Amount, ClientOrderId, Code, Error, InstrumentId, OrderIntent, OrderRole, OrderTerms,
    OrderType, Price, Quantity, Result, Side, TimeInForce, Timestamp, TradeId, persist_fields,
};
use std::collections::BTreeSet;

/// Most orders, fills, positions and balances of one snapshot together: it is one record of the journal.
pub const VENUE_ENTRIES_MAX: usize = 4_096;
/// Longest id of an order at a venue.
pub const VENUE_ORDER_ID_BYTES_MAX: usize = 64;

/// What a venue says an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum VenueOrderStatus {
    /// It can fill.
    Open = 0,
    /// It filled whole.
    Filled = 1,
    /// It was cancelled.
    Canceled = 2,
    /// Its time is over.
    Expired = 3,
    /// It was rejected.
    Rejected = 4,
}

impl VenueOrderStatus {
    /// Every status with its text.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Open, "open"),
        (Self::Filled, "filled"),
        (Self::Canceled, "canceled"),
        (Self::Expired, "expired"),
        (Self::Rejected, "rejected"),
    ];

    /// Returns the text.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(status, _)| *status == self).map_or("", |(_, text)| text)
    }

    /// Returns the status with this number.
    ///
    /// # Errors
    /// `ARGUMENT_INVALID`.
    pub fn from_number(number: u8) -> Result<Self> {
        let known = Self::ALL.iter().find(|(status, _)| *status as u8 == number);
        known.map(|(status, _)| *status).ok_or_else(|| {
            Error::new(Code::ArgumentInvalid, format!("status must be 0 to 4, was {number}"))
        })
    }
}

/// An order as the venue has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VenueOrder {
    /// The venue's id.
    pub venue_order_id: String,
    /// Ours, where the venue tells one that this account's bot gave.
    pub client_order_id: Option<ClientOrderId>,
    /// Which instrument.
    pub instrument: InstrumentId,
    /// Buy or sell.
    pub side: Side,
    /// Type.
    pub order_type: OrderType,
    /// Time in force.
    pub time_in_force: TimeInForce,
    /// Whether it only reduces.
    pub reduce_only: bool,
    /// What has become of it.
    pub status: VenueOrderStatus,
    /// Whole quantity, what has filled included.
    pub quantity: Quantity,
    /// What has filled.
    pub filled: Quantity,
    /// Average price of what has filled, where it is exact to the tick.
    pub average_price: Option<Price>,
    /// Limit price in force.
    pub limit_price: Option<Price>,
    /// Trigger in force.
    pub trigger_price: Option<Price>,
    /// Post-only, display quantity, trailing distance and expiry.
    pub terms: OrderTerms,
}
persist_fields!(VenueOrder {
    venue_order_id,
    client_order_id,
    instrument,
    side,
    order_type,
    time_in_force,
    reduce_only,
    status,
    quantity,
    filled,
    average_price,
    limit_price,
    trigger_price,
    terms,
});

/// One execution as the venue has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VenueFill {
    /// The venue's id of the execution.
    pub trade_id: TradeId,
    /// The venue's id of its order.
    pub venue_order_id: String,
    /// Our id of its order.
    pub client_order_id: Option<ClientOrderId>,
    /// Which instrument.
    pub instrument: InstrumentId,
    /// Buy or sell.
    pub side: Side,
    /// When hedging, whether it moved the short position.
    pub moves_short: bool,
    /// Price.
    pub price: Price,
    /// Quantity.
    pub quantity: Quantity,
    /// Fee; a rebate is negative.
    pub fee: Amount,
    /// Currency of the fee, as `VenueReport::fee_currency`.
    pub fee_currency: u16,
    /// When, by the venue's clock.
    pub ts_event: Timestamp,
}
persist_fields!(VenueFill {
    trade_id,
    venue_order_id,
    client_order_id,
    instrument,
    side,
    moves_short,
    price,
    quantity,
    fee,
    fee_currency,
    ts_event,
});

/// A position as the venue has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VenuePosition {
    /// Which instrument.
    pub instrument: InstrumentId,
    /// When hedging, whether it is the short one.
    pub is_short: bool,
    /// Signed lots.
    pub lots: Quantity,
    /// Entry price, where it is exact to the tick.
    pub average_price: Option<Price>,
}
persist_fields!(VenuePosition { instrument, is_short, lots, average_price });

/// Settled cash of one currency as the venue has it, without open profit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VenueBalance {
    /// Which currency of the account.
    pub currency: CurrencyId,
    /// How much.
    pub cash: Amount,
}
persist_fields!(VenueBalance { currency, cash });

/// Everything that a venue said at one time. What it does not claim to be complete proves nothing by being absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VenueSnapshot {
    /// When, by the venue's clock.
    pub ts_event: Timestamp,
    /// Every order that was sent up to here and is open is listed; `None` when orders may be missing.
    pub orders_complete_until: Option<Timestamp>,
    /// Every fill from here on is listed; `None` when fills may be missing.
    pub fills_complete_from: Option<Timestamp>,
    /// Whether an instrument that is not listed has no position.
    pub positions_complete: bool,
    /// Orders.
    pub orders: Vec<VenueOrder>,
    /// Fills.
    pub fills: Vec<VenueFill>,
    /// Positions.
    pub positions: Vec<VenuePosition>,
    /// Balances; one that is not listed is not compared.
    pub balances: Vec<VenueBalance>,
}
persist_fields!(VenueSnapshot {
    ts_event,
    orders_complete_until,
    fills_complete_from,
    positions_complete,
    orders,
    fills,
    positions,
    balances,
});
holdfast_core::persist_words!(VenueOrderStatus);

impl Persist for CurrencyId {
    fn save(&self, out: &mut Vec<u8>) {
        self.0.save(out);
    }

    fn load(reader: &mut holdfast_core::wire::Reader<'_>) -> Result<Self> {
        u16::load(reader).map(Self)
    }
}

/// Returns whether an order on a side that moves a leg closes on it, see `PositionMode::leg`.
pub(crate) fn closes_leg(mode: PositionMode, side: Side, moves_short: bool) -> bool {
    mode == PositionMode::Hedging && (side == Side::Sell) != moves_short
}

fn invalid(what: &str, rule: &str, value: &impl ToString) -> Error {
    Error::new(Code::VenueSnapshotInvalid, format!("{what} {rule}, was {}", value.to_string()))
        .with("field", what)
        .with("value", value.to_string())
}

impl VenueOrder {
    /// Returns the order as an intent under an id.
    pub(crate) fn intent(&self, client_order_id: ClientOrderId, now: Timestamp) -> OrderIntent {
        OrderIntent {
            client_order_id,
            parent: ClientOrderId::NONE,
            instrument: self.instrument,
            side: self.side,
            order_type: self.order_type,
            time_in_force: self.time_in_force,
            role: OrderRole::External,
            reduce_only: self.reduce_only,
            quantity: self.quantity,
            limit_price: self.limit_price,
            trigger_price: self.trigger_price,
            stop_loss: None,
            take_profit: None,
            terms: self.terms,
            ts_intent: now,
        }
    }

    fn validate(&self) -> Result<()> {
        let id = &self.venue_order_id;
        if id.is_empty() || id.len() > VENUE_ORDER_ID_BYTES_MAX {
            return Err(invalid("orders.venue_order_id", "must have 1 to 64 bytes", id));
        }
        let (filled, quantity) = (self.filled, self.quantity);
        if filled < Quantity::ZERO || filled > quantity {
            return Err(invalid("orders.filled", "must be from 0 to the quantity", &filled.lots()));
        }
        if self.status == VenueOrderStatus::Open && filled == quantity {
            return Err(invalid("orders.status", "must not be open when all has filled", id));
        }
        self.intent(ClientOrderId(1), Timestamp(0)).validate().map_err(|error| {
            invalid("orders", "must be orders without contradiction", &format!("{id}: {error}"))
        })
    }
}

impl VenueSnapshot {
    /// Checks what needs no engine but its number of instruments and currencies.
    ///
    /// # Errors
    /// `VENUE_SNAPSHOT_INVALID` naming field and value.
    pub fn validate(&self, instruments: usize, currencies: usize) -> Result<()> {
        let entries =
            self.orders.len() + self.fills.len() + self.positions.len() + self.balances.len();
        if entries > VENUE_ENTRIES_MAX {
            return Err(invalid("entries", "must number at most 4096", &entries));
        }
        let known = |field: &str, id: InstrumentId| {
            let is_known = id.index() < instruments;
            if is_known { Ok(()) } else { Err(invalid(field, "must name an instrument", &id.0)) }
        };
        let (mut orders, mut clients) = (BTreeSet::new(), BTreeSet::new());
        for order in &self.orders {
            known("orders.instrument", order.instrument)?;
            order.validate()?;
            let is_new = orders.insert(order.venue_order_id.as_str())
                && order.client_order_id.is_none_or(|id| id.is_some() && clients.insert(id));
            if !is_new {
                return Err(invalid("orders", "must each stand once", &order.venue_order_id));
            }
        }
        let mut trades = BTreeSet::new();
        for fill in &self.fills {
            known("fills.instrument", fill.instrument)?;
            let id = &fill.venue_order_id;
            if id.is_empty() || id.len() > VENUE_ORDER_ID_BYTES_MAX {
                return Err(invalid("fills.venue_order_id", "must have 1 to 64 bytes", id));
            }
            let is_whole = fill.quantity > Quantity::ZERO
                && fill.price > Price::ZERO
                && fill.trade_id.0 > 0
                && usize::from(fill.fee_currency) <= currencies;
            if !is_whole || !trades.insert((fill.instrument, fill.trade_id)) {
                let rule = "must have a trade id of their own, price, quantity and a fee currency";
                return Err(invalid("fills", rule, &fill.trade_id.0));
            }
        }
        self.validate_money(currencies, &known)
    }

    fn validate_money(
        &self,
        currencies: usize,
        known: &impl Fn(&str, InstrumentId) -> Result<()>,
    ) -> Result<()> {
        let mut legs = BTreeSet::new();
        for position in &self.positions {
            known("positions.instrument", position.instrument)?;
            let wrong_side = position.is_short && position.lots > Quantity::ZERO;
            let priced = position.average_price.is_none_or(|price| price > Price::ZERO);
            if wrong_side || !priced || !legs.insert((position.instrument, position.is_short)) {
                let rule =
                    "must each stand once, a short one with negative lots, at a positive price";
                return Err(invalid("positions", rule, &position.lots.lots()));
            }
        }
        let mut wallets = BTreeSet::new();
        for balance in &self.balances {
            let is_known = usize::from(balance.currency.0) < currencies;
            if !is_known || !wallets.insert(balance.currency) {
                let rule = "must each name a currency of the account, once";
                return Err(invalid("balances.currency", rule, &balance.currency.0));
            }
        }
        Ok(())
    }
}
