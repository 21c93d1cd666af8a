//! What is asked of orders beside placing them.

use super::NativeFaultSession;
use crate::amendment::{amendment, order_id};
use holdfast_engine::idempotency::key_of;
use napi_derive::napi;

#[napi]
impl NativeFaultSession {
    /// Judges the order in the command area once for each key. Returns bytes of notices.
    #[napi]
    pub fn submit_once(&mut self, key: String) -> napi::Result<u32, String> {
        self.contained(|inner| inner.submit(Some(key_of(&key)?)))
    }

    /// Returns the index of an open order's instrument.
    #[napi]
    pub fn instrument_of_order(&mut self, client_order_id: f64) -> napi::Result<u32, String> {
        self.contained(|inner| {
            let id = order_id(client_order_id)?;
            Ok(inner.open()?.engine().open_order(id)?.intent.instrument.0)
        })
    }

    /// Cancels an order. Returns bytes of notices.
    #[napi]
    pub fn cancel(&mut self, client_order_id: f64) -> napi::Result<u32, String> {
        self.contained(|inner| {
            inner.open()?.cancel(order_id(client_order_id)?)?;
            inner.write_views()?;
            inner.take_notices()
        })
    }

    /// Changes an order to what stands in the command area. Returns bytes of notices.
    #[napi]
    pub fn amend(&mut self, client_order_id: f64) -> napi::Result<u32, String> {
        self.contained(|inner| {
            let amendment = amendment(&inner.exchange, inner.commands, client_order_id)?;
            inner.open()?.amend(amendment)?;
            inner.write_views()?;
            inner.take_notices()
        })
    }

    /// Takes a rate of exchange. Returns bytes of notices.
    #[napi]
    pub fn set_rate(&mut self, currency: String, rate: String) -> napi::Result<u32, String> {
        self.contained(|inner| {
            inner.open()?.set_rate(&currency, &rate)?;
            inner.write_views()?;
            inner.take_notices()
        })
    }
}
