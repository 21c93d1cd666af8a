//! Reconciliation of a journal with its venue, as JavaScript drives it: texts go in, JSON comes out.

use crate::failure::{failure, guarded};
use holdfast_core::{Code, Error, Result, Timestamp, contain};
use holdfast_engine::{JournalOptions, Reconciler, SyncPolicy};
use napi_derive::napi;
use std::path::Path;

#[napi]
pub struct NativeReconciler {
    reconciler: Reconciler,
}

#[napi]
impl NativeReconciler {
    /// Rebuilds the engine of a journal; with `writes` the journal is opened for appending, and what is decided is in it.
    #[napi(constructor)]
    pub fn new(folder: String, writes: bool, now_ms: f64) -> napi::Result<Self, String> {
        guarded(|| {
            let folder = Path::new(&folder);
            let reconciler = if writes {
                let opened_at = Some(Timestamp((now_ms * 1e6) as i64));
                let options = JournalOptions::new(SyncPolicy::Always);
                Reconciler::open(folder, JournalOptions { opened_at, ..options })?
            } else {
                Reconciler::look(folder)?
            };
            Ok(Self { reconciler })
        })
    }

    /// Returns what the restart found, as JSON.
    #[napi]
    pub fn report(&self) -> String {
        self.reconciler.report().to_string()
    }

    /// Compares with what the venue said and returns the state, as JSON.
    #[napi]
    pub fn compare(&mut self, venue: String) -> napi::Result<String, String> {
        self.contained(|reconciler| {
            reconciler.compare(&venue)?;
            Ok(reconciler.state()?.to_string())
        })
    }

    /// Decides about an item and returns the state, as JSON.
    #[napi]
    pub fn decide(
        &mut self,
        item: String,
        decision: String,
        reason: String,
    ) -> napi::Result<String, String> {
        self.contained(|reconciler| {
            reconciler.decide(&item, &decision, &reason)?;
            Ok(reconciler.state()?.to_string())
        })
    }

    /// Returns items, mode and commands, as JSON.
    #[napi]
    pub fn state(&mut self) -> napi::Result<String, String> {
        self.contained(|reconciler| Ok(reconciler.state()?.to_string()))
    }

    /// Takes a snapshot and gives the journal back; closing twice does nothing.
    #[napi]
    pub fn close(&mut self) -> napi::Result<(), String> {
        self.contained(Reconciler::close)
    }
}

impl NativeReconciler {
    /// Runs one call. After a panic the engine may be half changed, so that it is let go of without a snapshot.
    fn contained<T>(
        &mut self,
        operation: impl FnOnce(&mut Reconciler) -> Result<T>,
    ) -> napi::Result<T, String> {
        let outcome = contain::contain(|| operation(&mut self.reconciler));
        if outcome.as_ref().is_err_and(|error: &Error| error.code() == Code::NativePanic) {
            self.reconciler.abandon();
        }
        outcome.map_err(|error| failure(&error))
    }
}
