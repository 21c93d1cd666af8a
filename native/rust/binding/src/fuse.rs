//! The egress fuse's latch from JavaScript, and how it stands as JSON.

use crate::failure::guarded;
use holdfast_core::{Code, Error, Result, Timestamp};
use holdfast_risk::fuse::latch::{Latch, LatchContent, LatchState, Trip, read, reset};
use napi_derive::napi;
use serde_json::{Value, json};
use std::path::Path;

/// Opens the latch of a folder and writes it; without a folder it lasts as long as its process.
pub(crate) fn armed_latch(folder: Option<&str>) -> Latch {
    folder.map_or_else(Latch::in_memory, |folder| {
        // A folder that cannot be made shows when the latch is written.
        let _ = std::fs::create_dir_all(folder);
        Latch::open(Path::new(folder), true)
    })
}

/// Returns how a latch stands.
pub(crate) fn state_json(state: &LatchState) -> String {
    let (name, trip, reason) = match state {
        LatchState::Armed => ("armed", Value::Null, Value::Null),
        LatchState::Tripped(trip) => ("tripped", trip_json(trip), Value::Null),
        LatchState::Unusable(reason) => ("unusable", Value::Null, json!(reason)),
    };
    json!({ "state": name, "trip": trip, "reason": reason }).to_string()
}

fn trip_json(trip: &Trip) -> Value {
    let text = |value: &str| match value.parse::<i128>() {
        Ok(raw) if trip.ceiling().is_money() => holdfast_core::Amount::from_raw(raw).to_string(),
        _ => value.to_owned(),
    };
    json!({
        "code": trip.code, "ceiling": trip.ceiling, "limit": text(&trip.limit), "observed": text(&trip.observed),
        "client_order_id": trip.client_order_id, "instrument": trip.instrument, "ts_ns": trip.ts_ns,
    })
}

fn content_json(content: &LatchContent) -> String {
    let resets: Vec<Value> = content
        .resets
        .iter()
        .map(|reset| {
            json!({
                "by": reset.by, "reason": reset.reason, "ts_ns": reset.ts_ns,
                "tripped": reset.tripped.as_ref().map(trip_json),
            })
        })
        .collect();
    let name = if content.tripped.is_some() { "tripped" } else { "armed" };
    json!({ "state": name, "trip": content.tripped.as_ref().map(trip_json), "resets": resets })
        .to_string()
}

fn folder_of(folder: &str) -> Result<&Path> {
    let path = Path::new(folder);
    if path.is_dir() {
        return Ok(path);
    }
    Err(Error::new(
        Code::JournalNotFound,
        format!("the fuse's folder must exist, {folder} does not"),
    )
    .with("path", folder))
}

/// Returns how the latch of a folder stands, with the resets before.
#[napi]
pub fn fuse_status(folder: String) -> napi::Result<String, String> {
    guarded(|| read(folder_of(&folder)?).map(|content| content_json(&content)))
}

/// Sets the latch of a folder back, and returns how it stands then.
#[napi]
pub fn fuse_reset(
    folder: String,
    by: String,
    reason: String,
    now_ms: f64,
) -> napi::Result<String, String> {
    guarded(|| {
        let now = Timestamp((now_ms * 1e6) as i64);
        reset(folder_of(&folder)?, &by, &reason, now).map(|content| content_json(&content))
    })
}
