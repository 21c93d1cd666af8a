//! Layouts that TypeScript compares with its own constants.

use holdfast_core::market_event::{MARKET_EVENT_BYTES, MARKET_EVENT_LAYOUT};
use napi_derive::napi;

/// Returns the market event's layout as JSON: its size, and the offset of each field.
#[napi]
pub fn market_event_layout() -> String {
    let fields: serde_json::Map<String, serde_json::Value> = MARKET_EVENT_LAYOUT
        .iter()
        .map(|(name, offset)| ((*name).to_string(), (*offset).into()))
        .collect();
    serde_json::json!({ "bytes": MARKET_EVENT_BYTES, "fields": fields }).to_string()
}
