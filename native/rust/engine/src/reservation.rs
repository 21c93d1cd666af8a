//! What open orders may still do to the exposure: reserved when one is sent, given back when it is filled or has ended.

use crate::engine::Engine;
use holdfast_core::{OrderIntent, Quantity, Result};
use holdfast_risk::WorstCase;

impl Engine {
    pub(crate) fn reserve(&mut self, intent: &OrderIntent, lots: Quantity) -> Result<()> {
        self.capital_book.reserve(intent, lots)?;
        let state = self.state_mut(intent.instrument)?;
        state.case = if intent.reduce_only {
            state.case.reserve_reduction(intent.side, lots.lots())?
        } else {
            state.case.reserve(intent.side, lots.lots())?
        };
        self.refresh(intent.instrument)
    }

    pub(crate) fn release(&mut self, intent: &OrderIntent, lots: Quantity) -> Result<()> {
        if lots.lots() <= 0 {
            return Ok(());
        }
        self.capital_book.release(intent, lots);
        let state = self.state_mut(intent.instrument)?;
        state.case = released_case(state.case, intent, lots);
        self.refresh(intent.instrument)
    }
}

/// Returns the case with part of an order no longer open.
pub(crate) const fn released_case(
    case: WorstCase,
    intent: &OrderIntent,
    lots: Quantity,
) -> WorstCase {
    if intent.reduce_only {
        case.release_reduction(intent.side, lots.lots())
    } else {
        case.release(intent.side, lots.lots())
    }
}
