//! What a venue said, as text: symbols, currencies and exact decimals become instruments, ticks, lots and amounts.

use crate::engine::Engine;
use crate::venue_snapshot::{
    VenueBalance, VenueFill, VenueOrder, VenueOrderStatus, VenuePosition, VenueSnapshot,
};
use holdfast_core::{
    Amount, ClientOrderId, Code, Error, Fraction, Instrument, InstrumentId, OrderTerms, OrderType,
    Price, Quantity, Result, Side, TimeInForce, Timestamp, TradeId, TrailingDistance,
};
use serde::Deserialize;

/// The text form; times are nanoseconds since 1970 as text, numbers exact decimals as text.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct VenueText {
    ts_ns: String,
    orders_complete_until_ns: Option<String>,
    fills_complete_from_ns: Option<String>,
    positions_complete: bool,
    orders: Vec<OrderText>,
    fills: Vec<FillText>,
    positions: Vec<PositionText>,
    balances: Vec<BalanceText>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderText {
    venue_order_id: String,
    client_order_id: Option<String>,
    symbol: String,
    side: String,
    #[serde(rename = "type")]
    order_type: String,
    time_in_force: String,
    reduce_only: bool,
    status: String,
    quantity: String,
    filled: String,
    average_price: Option<String>,
    limit_price: Option<String>,
    trigger_price: Option<String>,
    post_only: bool,
    display: Option<String>,
    trailing_price: Option<String>,
    trailing_frac: Option<String>,
    expires_ns: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FillText {
    trade_id: String,
    venue_order_id: String,
    client_order_id: Option<String>,
    symbol: String,
    side: String,
    position_side: Option<String>,
    price: String,
    quantity: String,
    fee: String,
    fee_currency: Option<String>,
    ts_ns: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PositionText {
    symbol: String,
    position_side: Option<String>,
    quantity: String,
    entry_price: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BalanceText {
    currency: String,
    cash: String,
}

fn invalid(field: &str, rule: &str, value: &str) -> Error {
    Error::new(Code::VenueSnapshotInvalid, format!("{field} {rule}, was {value}"))
        .with("field", field)
        .with("value", value)
}

fn number<T: std::str::FromStr>(field: &str, text: &str) -> Result<T> {
    text.parse().map_err(|_| invalid(field, "must be a whole number", text))
}

fn time(field: &str, text: Option<&String>) -> Result<Option<Timestamp>> {
    text.map(|text| number(field, text).map(Timestamp)).transpose()
}

/// Finds a word of a vocabulary.
fn word<T: Copy>(field: &str, known: &[(T, u8, &'static str)], text: &str) -> Result<T> {
    let found = known.iter().find(|(_, _, name)| *name == text);
    found.map(|entry| entry.0).ok_or_else(|| invalid(field, "must be a known word", text))
}

fn client_id(text: Option<&String>) -> Result<Option<ClientOrderId>> {
    text.map(|text| number("client_order_id", text).map(ClientOrderId)).transpose()
}

fn is_short(text: Option<&String>) -> Result<bool> {
    match text.map(String::as_str) {
        None | Some("long") => Ok(false),
        Some("short") => Ok(true),
        Some(other) => Err(invalid("position_side", "must be long or short", other)),
    }
}

fn fits<T>(field: &str, value: Result<T>, text: &str) -> Result<T> {
    value.map_err(|error| invalid(field, &format!("must fit its instrument ({error})"), text))
}

fn price(instrument: &Instrument, field: &str, text: &str) -> Result<Price> {
    fits(field, instrument.parse_price(text), text)
}

fn prices(instrument: &Instrument, field: &str, text: Option<&String>) -> Result<Option<Price>> {
    text.map(|text| price(instrument, field, text)).transpose()
}

/// An average is an exact price only where it is a multiple of the tick; otherwise the venue told none.
fn average(instrument: &Instrument, field: &str, text: Option<&String>) -> Result<Option<Price>> {
    let Some(text) = text else { return Ok(None) };
    match instrument.parse_price(text) {
        Err(error) if error.code() == Code::PriceOffTick => Ok(None),
        read => fits(field, read, text).map(Some),
    }
}

fn quantity(instrument: &Instrument, field: &str, text: &str) -> Result<Quantity> {
    fits(field, instrument.parse_quantity(text), text)
}

impl Engine {
    /// Reads what a venue said from JSON.
    ///
    /// # Errors
    /// `VENUE_SNAPSHOT_INVALID` naming the field.
    pub fn read_venue(&self, json: &str) -> Result<VenueSnapshot> {
        let text: VenueText = serde_json::from_str(json)
            .map_err(|error| invalid("venue", "must have its fields", &error.to_string()))?;
        Ok(VenueSnapshot {
            ts_event: Timestamp(number("ts_ns", &text.ts_ns)?),
            orders_complete_until: time(
                "orders_complete_until_ns",
                text.orders_complete_until_ns.as_ref(),
            )?,
            fills_complete_from: time(
                "fills_complete_from_ns",
                text.fills_complete_from_ns.as_ref(),
            )?,
            positions_complete: text.positions_complete,
            orders: text.orders.iter().map(|each| self.read_order(each)).collect::<Result<_>>()?,
            fills: text.fills.iter().map(|each| self.read_fill(each)).collect::<Result<_>>()?,
            positions: text
                .positions
                .iter()
                .map(|each| self.read_position(each))
                .collect::<Result<_>>()?,
            balances: text
                .balances
                .iter()
                .map(|each| self.read_balance(each))
                .collect::<Result<_>>()?,
        })
    }

    fn find(&self, symbol: &str) -> Result<(InstrumentId, &Instrument)> {
        let mut numbered = self.instruments().iter().enumerate();
        let found = numbered.find(|(_, state)| state.instrument.spec().symbol == symbol);
        found.map(|(index, state)| (InstrumentId(index as u32), &state.instrument)).ok_or_else(
            || {
                let known = self.instruments().iter().take(8);
                let known: Vec<&str> =
                    known.map(|state| state.instrument.spec().symbol.as_str()).collect();
                let rule = format!("must be one of the session's, such as {}", known.join(", "));
                invalid("symbol", &rule, symbol)
            },
        )
    }

    fn read_order(&self, text: &OrderText) -> Result<VenueOrder> {
        let (id, instrument) = self.find(&text.symbol)?;
        let status = VenueOrderStatus::ALL.iter().find(|(_, name)| *name == text.status);
        let trailing = match (&text.trailing_price, &text.trailing_frac) {
            (None, None) => None,
            (Some(distance), _) => {
                let ticks = price(instrument, "trailing_price", distance)?.ticks();
                Some(TrailingDistance::Ticks(ticks))
            }
            (None, Some(share)) => {
                Some(TrailingDistance::Share(fits("trailing_frac", Fraction::parse(share), share)?))
            }
        };
        let display = text.display.as_ref();
        Ok(VenueOrder {
            venue_order_id: text.venue_order_id.clone(),
            client_order_id: client_id(text.client_order_id.as_ref())?,
            instrument: id,
            side: word("side", Side::VOCABULARY, &text.side)?,
            order_type: word("type", OrderType::VOCABULARY, &text.order_type)?,
            time_in_force: word("time_in_force", TimeInForce::VOCABULARY, &text.time_in_force)?,
            reduce_only: text.reduce_only,
            status: status
                .map(|(status, _)| *status)
                .ok_or_else(|| invalid("status", "must be a known word", &text.status))?,
            quantity: quantity(instrument, "quantity", &text.quantity)?,
            filled: quantity(instrument, "filled", &text.filled)?,
            average_price: average(instrument, "average_price", text.average_price.as_ref())?,
            limit_price: prices(instrument, "limit_price", text.limit_price.as_ref())?,
            trigger_price: prices(instrument, "trigger_price", text.trigger_price.as_ref())?,
            terms: OrderTerms {
                post_only: text.post_only,
                display: display.map(|shown| quantity(instrument, "display", shown)).transpose()?,
                trailing,
                expires: time("expires_ns", text.expires_ns.as_ref())?,
                // A venue does not know which strategy wanted an order, and why.
                ..OrderTerms::default()
            },
        })
    }

    fn read_fill(&self, text: &FillText) -> Result<VenueFill> {
        let (id, instrument) = self.find(&text.symbol)?;
        let fee_currency = match &text.fee_currency {
            None => 0,
            Some(name) => self.currency(name)?.0 + 1,
        };
        Ok(VenueFill {
            trade_id: TradeId(number("trade_id", &text.trade_id)?),
            venue_order_id: text.venue_order_id.clone(),
            client_order_id: client_id(text.client_order_id.as_ref())?,
            instrument: id,
            side: word("side", Side::VOCABULARY, &text.side)?,
            moves_short: is_short(text.position_side.as_ref())?,
            price: price(instrument, "price", &text.price)?,
            quantity: quantity(instrument, "quantity", &text.quantity)?,
            fee: fits("fee", Amount::parse(&text.fee), &text.fee)?,
            fee_currency,
            ts_event: Timestamp(number("fills.ts_ns", &text.ts_ns)?),
        })
    }

    fn read_position(&self, text: &PositionText) -> Result<VenuePosition> {
        let (id, instrument) = self.find(&text.symbol)?;
        Ok(VenuePosition {
            instrument: id,
            is_short: is_short(text.position_side.as_ref())?,
            lots: quantity(instrument, "quantity", &text.quantity)?,
            average_price: average(instrument, "entry_price", text.entry_price.as_ref())?,
        })
    }

    fn read_balance(&self, text: &BalanceText) -> Result<VenueBalance> {
        let cash = fits("cash", Amount::parse(&text.cash), &text.cash)?;
        Ok(VenueBalance { currency: self.currency(&text.currency)?, cash })
    }

    fn currency(&self, name: &str) -> Result<crate::wallet::CurrencyId> {
        let found = self.wallets().id(name);
        found.map_err(|_| invalid("currency", "must be one of the account's", name))
    }
}
