//! Errors on their way to JavaScript: `code` is the stable code, the message is followed by the context as JSON on a
//! line of its own, which `ts/src/native` takes apart again.

use holdfast_core::{Error, contain};

pub(crate) fn failure(error: &Error) -> napi::Error<String> {
    let context: serde_json::Map<String, serde_json::Value> = error
        .context()
        .iter()
        .map(|(key, value)| ((*key).to_string(), value.clone().into()))
        .collect();
    let message = format!("{error}\n{}", serde_json::Value::Object(context));
    napi::Error::new(error.code().name().to_string(), message)
}

/// Runs a conversion with panics contained.
pub(crate) fn guarded<T>(
    operation: impl FnOnce() -> holdfast_core::Result<T>,
) -> napi::Result<T, String> {
    contain::contain(operation).map_err(|error| failure(&error))
}
