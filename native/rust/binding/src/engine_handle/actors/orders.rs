//! What is asked of actors about single orders: lists, amendments, cancels of all, and how an order stands.

use super::super::inspection::order_json;
use super::super::{COMMANDS, LAST_ORDER};
use super::{Inner, NativeActors};
use crate::amendment::{amendment, order_id};
use crate::command::list_at;
use crate::held::call;
use holdfast_core::{Code, Error, InstrumentId, Result};
use holdfast_engine::{ActorInput, Input};
use napi_derive::napi;
use serde_json::Value;

impl Inner {
    /// Judges the list in the command area by the actor of its instruments, and leaves the id of its first order.
    pub(super) fn submit_list(&mut self) -> Result<u32> {
        let listed = list_at(&self.exchange, COMMANDS)?;
        let Some((contingency, mut orders)) = listed else {
            return Err(Error::new(Code::OrderInvalid, "a list must have orders"));
        };
        let (now, desk) = (self.now(), self.desk()?);
        desk.check_room()?;
        orders.iter_mut().for_each(|order| order.ts_intent = now);
        let instrument = orders.first().map_or(InstrumentId(u32::MAX), |order| order.instrument);
        let first = desk.next_order_id(instrument)?;
        desk.hear(true)?;
        let bytes = self.sent(ActorInput::List { contingency, orders })?;
        self.exchange.put_f64(LAST_ORDER, &[first.0 as f64]);
        Ok(bytes)
    }
}

#[napi]
impl NativeActors {
    /// Changes an order to what stands in the command area. Returns bytes of notices; the verdict is among them.
    #[napi]
    pub fn amend(&mut self, client_order_id: f64) -> napi::Result<u32, String> {
        call(&self.inner, |inner| {
            let mut amendment = amendment(&inner.exchange, COMMANDS, client_order_id)?;
            amendment.ts = inner.now();
            inner.desk()?.hear(true)?;
            inner.sent(Input::Amend(amendment))
        })
    }

    /// Asks for every open order to be cancelled, of an instrument or of all. Returns bytes of notices.
    #[napi]
    pub fn cancel_all(&mut self, instrument: Option<u32>) -> napi::Result<u32, String> {
        call(&self.inner, |inner| {
            let (instrument, ts) = (instrument.map(InstrumentId), inner.now());
            inner.single(ActorInput::CancelAll { instrument, ts })
        })
    }

    /// Returns an order as JSON, also one that ended a while ago; null when it is not known.
    #[napi]
    pub fn order(&mut self, client_order_id: f64) -> napi::Result<Option<String>, String> {
        call(&self.inner, |inner| {
            let id = order_id(client_order_id)?;
            let found = inner.desk()?.read_order(id, order_json)?;
            Ok(found.map(|order| of_account(order).to_string()))
        })
    }

    /// Returns the orders that have not ended as a JSON list, actor by actor.
    #[napi]
    pub fn open_orders(&mut self) -> napi::Result<String, String> {
        call(&self.inner, |inner| {
            let open = inner.desk()?.read_open_orders(order_json)?;
            Ok(open.into_iter().map(of_account).collect::<Value>().to_string())
        })
    }
}

/// Names the instrument of an order as the account does.
fn of_account((instrument, mut order): (InstrumentId, Value)) -> Value {
    order["instrument"] = instrument.0.into();
    order
}
