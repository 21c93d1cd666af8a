//! What left for the venue, counted once more outside of the fuse: nothing may leave beyond its ceilings.

use super::checks::violated;
use holdfast_core::{OrderIntent, Result, Side};
use holdfast_engine::Engine;
use holdfast_engine::gateway::Request;
use std::collections::BTreeSet;

const SECOND_NS: i64 = 1_000_000_000;

/// Every order that left and may open something, with its time.
#[derive(Debug, Default)]
pub(super) struct Departures {
    /// Most that may leave in any second and in any minute; nothing bounds them where there is none.
    bounds: Option<(usize, usize)>,
    /// Requests that the fuse refused.
    pub refused: u64,
    left: Vec<i64>,
    known: BTreeSet<u64>,
}

impl Departures {
    /// Counts from nothing, against bounds of a second and of a minute.
    pub fn within(second: usize, minute: usize) -> Self {
        Self { bounds: Some((second, minute)), ..Self::default() }
    }

    /// Counts a request that leaves. A placement that is repeated under its id is the same order.
    pub fn note(
        &mut self,
        request: &Request,
        left_before: bool,
        engine: &Engine,
        now: i64,
    ) -> Result<()> {
        let Request::Place(intent) = request else { return Ok(()) };
        if left_before || closes(engine, intent) || !self.known.insert(intent.client_order_id.0) {
            return Ok(());
        }
        self.left.push(now);
        let Some((second, minute)) = self.bounds else { return Ok(()) };
        for (most, span) in [(second, SECOND_NS), (minute, 60 * SECOND_NS)] {
            let within = self.left.iter().rev().take_while(|at| now - **at < span).count();
            if within > most {
                return Err(violated("nothing may leave beyond the fuse's ceilings")
                    .with("orders", within)
                    .with("span_ns", span));
            }
        }
        Ok(())
    }
}

/// Whether an order closes no more than is held.
fn closes(engine: &Engine, intent: &OrderIntent) -> bool {
    let held = engine.instruments().get(intent.instrument.index()).map_or(0, |state| {
        let lots = state.position.lots().lots();
        if intent.side == Side::Sell { lots } else { -lots }
    });
    intent.reduce_only || held >= intent.quantity.lots()
}
