//! What a handle holds, and how calls on it are contained.

use crate::failure::failure;
use crate::memory::SharedBytes;
use holdfast_core::{Code, Error, Result, contain};
use std::cell::RefCell;

/// The outcome of a function without result that failed.
pub(crate) const FAILED: u32 = u32::MAX;

/// The state behind a handle of JavaScript.
pub(crate) trait Held: Sized {
    /// Where the outcome of a function without result stands in the exchange.
    const OUTCOME: usize;

    /// Lets go of the state, so that a later call is an error.
    fn let_go(&mut self);

    /// Returns the exchange, and what a function without result failed with; `take_failure` throws it.
    fn outcome(&mut self) -> (&mut SharedBytes, &mut Option<Error>);

    /// Runs one call. After a panic the state is let go, because it may be half changed.
    fn contained<T>(&mut self, operation: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let outcome = contain::contain(|| operation(self));
        if outcome.as_ref().is_err_and(|error| error.code() == Code::NativePanic) {
            self.let_go();
        }
        outcome
    }

    /// Runs one call of a function without result.
    fn run(&mut self, operation: impl FnOnce(&mut Self) -> Result<u32>) {
        let outcome = self.contained(operation);
        let (exchange, failed) = self.outcome();
        let bytes = outcome.unwrap_or_else(|error| {
            *failed = Some(error);
            FAILED
        });
        exchange.put_u32(Self::OUTCOME, bytes);
    }
}

/// Runs one call of a handle; its error is what JavaScript throws.
pub(crate) fn call<H: Held, T>(
    held: &RefCell<H>,
    operation: impl FnOnce(&mut H) -> Result<T>,
) -> napi::Result<T, String> {
    held.borrow_mut().contained(operation).map_err(|error| failure(&error))
}
