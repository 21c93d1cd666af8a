//! What can be read from an engine: JSON in exact text, since this is no hot path, and the view of a position.

use super::{NativeEngine, POSITION_VIEW, closed};
use crate::amendment::order_id;
use crate::failure::guarded;
use crate::position_view::write_position_view;
use holdfast_core::{Code, Error, InstrumentId, Order, OrderIdText, Price, Result};
use napi_derive::napi;
use serde_json::{Value, json};

#[napi]
impl NativeEngine {
    /// Returns an order as JSON, also one that ended a while ago; null when it is not known.
    #[napi]
    pub fn order(&mut self, client_order_id: f64) -> napi::Result<Option<String>, String> {
        self.contained(|inner| {
            let id = order_id(client_order_id)?;
            let order = inner.desk()?.engine().order(id).map(order_json);
            Ok(order.map(|order| order.to_string()))
        })
    }

    /// Returns the index of an order's instrument; null when the order is not known.
    #[napi]
    pub fn instrument_of_order(
        &mut self,
        client_order_id: f64,
    ) -> napi::Result<Option<u32>, String> {
        self.contained(|inner| {
            let order = inner.desk()?.engine().order(order_id(client_order_id)?);
            Ok(order.map(|order| order.intent.instrument.0))
        })
    }

    /// Returns the orders that have not ended as a JSON list, by rising id.
    #[napi]
    pub fn open_orders(&mut self) -> napi::Result<String, String> {
        self.contained(|inner| {
            let orders: Vec<Value> = inner.desk()?.engine().open_orders().map(order_json).collect();
            Ok(Value::from(orders).to_string())
        })
    }

    /// Returns how many orders have not ended.
    #[napi]
    pub fn open_order_count(&mut self) -> napi::Result<u32, String> {
        self.contained(|inner| Ok(inner.desk()?.engine().open_order_count() as u32))
    }

    /// Writes the view of an instrument's position.
    #[napi]
    pub fn position(&mut self, instrument: u32) -> napi::Result<(), String> {
        self.contained(|inner| {
            let desk = inner.desk.as_ref();
            let desk = desk.ok_or_else(closed)?;
            let index = InstrumentId(instrument).index();
            let state = desk.engine().instruments().get(index).ok_or_else(|| {
                Error::new(
                    Code::InstrumentUnknown,
                    format!("instrument {instrument} must be registered before use"),
                )
            })?;
            write_position_view(&mut inner.exchange, POSITION_VIEW, state)
        })
    }

    /// Returns the ranges of an instrument's reports that are missing, as a JSON list of first and last numbers in text.
    #[napi]
    pub fn missing_reports(&mut self, instrument: u32) -> napi::Result<String, String> {
        self.contained(|inner| {
            let missing = inner.desk()?.engine().missing_reports(InstrumentId(instrument));
            let ranges: Vec<Value> =
                missing.map(|(from, to)| json!([from.to_string(), to.to_string()])).collect();
            Ok(Value::from(ranges).to_string())
        })
    }

    /// Returns the place of a currency among those of the account.
    #[napi]
    pub fn currency_index(&mut self, currency: String) -> napi::Result<u32, String> {
        self.contained(|inner| Ok(u32::from(inner.desk()?.engine().wallets().id(&currency)?.0)))
    }

    /// Returns the number of the trading mode in force.
    #[napi]
    pub fn mode(&mut self) -> napi::Result<u8, String> {
        self.contained(|inner| Ok(inner.desk()?.engine().mode() as u8))
    }

    /// Returns the state in exact text, as JSON.
    #[napi]
    pub fn snapshot(&mut self) -> napi::Result<String, String> {
        self.contained(|inner| text(&inner.desk()?.engine().snapshot()?))
    }

    /// Returns the account with currencies, margin and liquidation prices in exact text, as JSON.
    #[napi]
    pub fn account_snapshot(&mut self) -> napi::Result<String, String> {
        self.contained(|inner| text(&inner.desk()?.engine().account_snapshot()?))
    }
}

/// Returns the text that a venue sees of an order id.
#[napi]
pub fn order_id_text(prefix: String, client_order_id: f64) -> napi::Result<String, String> {
    guarded(|| Ok(OrderIdText::new(&prefix)?.write(order_id(client_order_id)?)))
}

/// Returns the order id of a text that a venue sent.
#[napi]
pub fn parse_order_id(prefix: String, text: String) -> napi::Result<f64, String> {
    guarded(|| Ok(OrderIdText::new(&prefix)?.parse(&text)?.0 as f64))
}

fn text(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| Error::new(Code::ArgumentInvalid, error.to_string()))
}

/// Writes an order; 64-bit numbers are texts.
pub(super) fn order_json(order: &Order) -> Value {
    let intent = &order.intent;
    let (base, overlays, _) = order.state.load();
    let ticks = |price: Option<Price>| price.map(|price| price.ticks().to_string());
    json!({
        "client_order_id": intent.client_order_id.0,
        "parent": intent.parent.0,
        "instrument": intent.instrument.0,
        "side": intent.side.name(),
        "order_type": intent.order_type.name(),
        "time_in_force": intent.time_in_force.name(),
        "role": intent.role.name(),
        "reduce_only": intent.reduce_only,
        "post_only": intent.terms.post_only,
        "strategy": intent.terms.strategy,
        "status": base.name(),
        "is_open": !base.is_end(),
        "overlays": overlays.bits(),
        "quantity_lots": order.quantity.lots().to_string(),
        "cum_lots": order.cum_quantity.lots().to_string(),
        "leaves_lots": order.leaves().lots().to_string(),
        "reserved_lots": order.reserved.lots().to_string(),
        "filled_tick_lots": order.filled_tick_lots.to_string(),
        "fees": order.fees.to_string(),
        "limit_ticks": ticks(intent.limit_price),
        "trigger_ticks": ticks(intent.trigger_price),
        "stop_loss_ticks": ticks(intent.stop_loss),
        "take_profit_ticks": ticks(intent.take_profit),
        "is_held": order.held.is_some(),
    })
}
