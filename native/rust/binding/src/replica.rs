//! A replica as JavaScript feeds it: bytes of journal records go in, the state comes out as JSON.

use crate::failure::{failure, guarded};
use holdfast_core::{Code, Error, contain};
use holdfast_engine::Replica;
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;

#[napi]
#[derive(Default)]
pub struct NativeReplica {
    replica: Replica,
}

#[napi]
impl NativeReplica {
    /// Makes a replica that waits for its first record.
    #[napi(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes of the stream and returns how many records they completed.
    #[napi]
    pub fn feed(&mut self, bytes: Uint8Array) -> napi::Result<f64, String> {
        let outcome = contain::contain(|| self.replica.feed(&bytes));
        if outcome.as_ref().is_err_and(|error| error.code() == Code::NativePanic) {
            self.replica = Replica::default();
        }
        outcome.map(|records| records as f64).map_err(|error| failure(&error))
    }

    /// Returns the state in exact text, as JSON; null before the first record.
    #[napi]
    pub fn snapshot(&self) -> napi::Result<Option<String>, String> {
        guarded(|| {
            let Some(engine) = self.replica.engine() else { return Ok(None) };
            serde_json::to_string(&engine.snapshot()?)
                .map(Some)
                .map_err(|error| Error::new(Code::ArgumentInvalid, error.to_string()))
        })
    }

    /// Returns the sequence of the record that must come next.
    #[napi]
    pub fn next_sequence(&self) -> f64 {
        self.replica.next_sequence() as f64
    }

    /// Returns whether the closing record came.
    #[napi]
    pub fn is_closed(&self) -> bool {
        self.replica.is_closed()
    }
}
