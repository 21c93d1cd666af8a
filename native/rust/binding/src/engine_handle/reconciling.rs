//! A running engine beside its venue: what a restart found, comparison and decisions, and what time brings.

use super::NativeEngine;
use crate::amendment::order_id;
use napi::bindgen_prelude::i64n;
use napi_derive::napi;

#[napi]
impl NativeEngine {
    /// Returns what the restart found, as JSON; null for a journal that was begun.
    #[napi]
    pub fn restart_report(&self) -> Option<String> {
        self.restart.clone()
    }

    /// Returns whether nothing was compared with the venue since the journal was resumed.
    #[napi]
    pub fn awaits_venue(&self) -> napi::Result<bool, String> {
        self.contained(|inner| Ok(inner.desk()?.awaits_venue()))
    }

    /// Compares with what the venue said. Returns bytes of notices.
    #[napi]
    pub fn reconcile(&mut self, venue: String) -> napi::Result<u32, String> {
        self.contained(|inner| {
            inner.desk_telling(false)?.compare(&venue)?;
            inner.take_notices()
        })
    }

    /// Decides about a difference. Returns bytes of notices.
    #[napi]
    pub fn decide(
        &mut self,
        item: String,
        decision: String,
        reason: String,
    ) -> napi::Result<u32, String> {
        self.contained(|inner| {
            let now = inner.now();
            inner.desk_telling(false)?.decide((&item, &decision), &reason, now)?;
            inner.take_notices()
        })
    }

    /// Returns items, mode and the requests that wait, as JSON.
    #[napi]
    pub fn reconciliation(&self) -> napi::Result<String, String> {
        self.contained(|inner| Ok(inner.desk()?.reconciliation().to_string()))
    }

    /// Returns the venue's id of an order that was adopted from it.
    #[napi]
    pub fn venue_order_id(&self, client_order_id: f64) -> napi::Result<Option<String>, String> {
        self.contained(|inner| {
            let id = order_id(client_order_id)?;
            Ok(inner.desk()?.engine().venue_order_id(id).map(str::to_string))
        })
    }

    /// Sets after how many nanoseconds a request without an answer is in doubt.
    #[napi]
    pub fn set_answer_limit(&mut self, limit_ns: f64) -> napi::Result<(), String> {
        self.contained(|inner| {
            inner.desk()?.set_answer_limit(Some(limit_ns as i64));
            Ok(())
        })
    }

    /// Lets time pass up to that of the call. Returns bytes of notices.
    #[napi]
    pub fn tick(&mut self) -> napi::Result<u32, String> {
        self.contained(|inner| {
            let now = inner.now();
            inner.desk_telling(false)?.tick(now)?;
            inner.take_notices()
        })
    }

    /// Returns when `tick` is due, in nanoseconds since 1970; null while nothing waits.
    #[napi]
    pub fn next_timer(&self) -> napi::Result<Option<i64n>, String> {
        self.contained(|inner| Ok(inner.desk()?.next_timer().map(|due| i64n(due.0))))
    }
}
