//! What an order may still fill counts towards the worst case from the moment it is sent, until it is proven that it cannot.

use crate::engine::Engine;
use holdfast_core::{OrderIntent, Result};
use holdfast_risk::WorstCase;

impl Engine {
    /// Counts lots of an order.
    pub(crate) fn reserve(&mut self, intent: &OrderIntent, lots: i64) -> Result<()> {
        if lots <= 0 {
            return Ok(());
        }
        let state = self.state_mut(intent.instrument)?;
        state.case = if intent.reduce_only {
            state.case.reserve_reducing(intent.side, lots)?
        } else {
            state.case.reserve(intent.side, lots)?
        };
        self.refresh(intent.instrument)
    }

    /// Takes lots of an order out of the count.
    pub(crate) fn release(&mut self, intent: &OrderIntent, lots: i64) -> Result<()> {
        if lots <= 0 {
            return Ok(());
        }
        let state = self.state_mut(intent.instrument)?;
        state.case = without(state.case, intent, lots);
        self.refresh(intent.instrument)
    }
}

/// Returns the case without lots of an order.
pub(crate) const fn without(case: WorstCase, intent: &OrderIntent, lots: i64) -> WorstCase {
    if intent.reduce_only {
        case.release_reducing(intent.side, lots)
    } else {
        case.release(intent.side, lots)
    }
}
