//! Errors on their way to JavaScript: `code` is the stable code, the message is followed by the context as JSON on a
//! line of its own, which `ts/src/native` takes apart again.

use holdfast_core::{Error, contain};
use serde_json::{Value, json};

pub(crate) fn failure(error: &Error) -> napi::Error<String> {
    let message = format!("{error}\n{}", context(error));
    napi::Error::new(error.code().name().to_string(), message)
}

/// An error as the answer of a task, since a rejection cannot carry a code of ours.
pub(crate) fn failure_json(error: &Error) -> Value {
    let (code, message) = (error.code().name(), error.to_string());
    json!({ "failure": { "code": code, "message": message, "context": context(error) } })
}

fn context(error: &Error) -> Value {
    let entries = error.context().iter();
    entries.map(|(key, value)| ((*key).to_string(), Value::from(value.clone()))).collect()
}

/// Runs a conversion with panics contained.
pub(crate) fn guarded<T>(
    operation: impl FnOnce() -> holdfast_core::Result<T>,
) -> napi::Result<T, String> {
    contain::contain(operation).map_err(|error| failure(&error))
}
