//! Limits on their own: checked as a whole without a session.

use crate::failure::guarded;
use holdfast_core::journal_record::hex;
use holdfast_core::{Code, Error, Result};
use holdfast_risk::LimitsSpec;
use holdfast_risk::limit_document::ChangeRules;
use holdfast_risk::limit_table::LimitTable;
use napi_derive::napi;

pub(crate) fn limits_of(json: &str) -> Result<LimitsSpec> {
    serde_json::from_str(json).map_err(|error| {
        Error::new(Code::LimitsInvalid, format!("limits must have their fields, {error}"))
    })
}

/// Checks limits as a whole and returns their fingerprint.
#[napi]
pub fn limits_fingerprint(limits: String) -> napi::Result<String, String> {
    guarded(|| {
        let table = LimitTable::new(&limits_of(&limits)?, &[])?;
        Ok(hex(table.fingerprint()))
    })
}

/// Returns the form in which limits keep the second key.
#[napi]
pub fn second_key_hash(key: String) -> String {
    ChangeRules::hash_of(&key)
}
