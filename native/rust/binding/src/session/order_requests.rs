//! What is asked of orders beside placing and cancelling them.

use super::NativeSession;
use crate::amendment::{amendment, order_id};
use crate::failure::failure;
use holdfast_core::TradingMode;
use holdfast_engine::idempotency::key_of;
use napi_derive::napi;

#[napi]
impl NativeSession {
    /// Judges the order in the command area once for each key. Returns bytes of notices; a repeat's is the first verdict.
    #[napi]
    pub fn submit_once(&mut self, key: String) -> napi::Result<u32, String> {
        self.contained(|session| session.submit_with(Some(key_of(&key)?)))
    }

    /// Puts a trading mode in force that is as strict as the present one or stricter. Returns bytes of notices.
    #[napi]
    pub fn set_mode(&mut self, mode: u8, reason: String) -> napi::Result<u32, String> {
        self.contained(|session| {
            session.open()?.set_mode(TradingMode::read(mode), &reason)?;
            session.write_account()?;
            session.take_notices()
        })
    }

    /// Returns the number of the trading mode in force.
    #[napi]
    pub fn mode(&mut self) -> napi::Result<u8, String> {
        self.contained(|session| Ok(session.open()?.engine().mode() as u8))
    }

    /// Returns the index of an open order's instrument.
    #[napi]
    pub fn instrument_of_order(&mut self, client_order_id: f64) -> napi::Result<u32, String> {
        let id = order_id(client_order_id).map_err(|error| failure(&error))?;
        self.contained(|session| Ok(session.open()?.engine().open_order(id)?.intent.instrument.0))
    }

    /// Changes an order to what stands in the command area. Returns bytes of notices; the verdict is among them.
    #[napi]
    pub fn amend(&mut self, client_order_id: f64) -> napi::Result<u32, String> {
        self.contained(|session| {
            let amendment = amendment(&session.exchange, session.commands, client_order_id)?;
            session.open()?.amend(amendment)?;
            session.write_account()?;
            session.take_notices()
        })
    }
}
