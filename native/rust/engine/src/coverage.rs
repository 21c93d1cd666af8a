//! How much of each position a live protective stop covers, and since when it was not enough.

use crate::engine::{Engine, InstrumentState};
use holdfast_core::{
    BaseState, ClientOrderId, InstrumentId, Order, OrderType, Overlays, Quantity, Side, Timestamp,
};

/// The stops of one instrument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Lots of live stops that would sell, and buy, to close.
    pub(crate) sell_stops: i64,
    pub(crate) buy_stops: i64,
    /// Since when the position is not wholly covered.
    pub(crate) uncovered_since: Option<Timestamp>,
}

impl Coverage {
    /// Brings the time up to date after a change of stops or position.
    fn settle(&mut self, (long, short): (i64, i64), now: Timestamp) {
        let is_covered = self.sell_stops >= long && self.buy_stops >= short;
        self.uncovered_since = match (is_covered, self.uncovered_since) {
            (true, _) => None,
            (false, since) => since.or(Some(now)),
        };
    }
}

/// Lots for which an order is a live stop: the venue has it, and is not in doubt about it. A stop with a limit may not
/// fill, so it covers nothing.
pub(crate) fn covered_by(order: &Order) -> Quantity {
    let (base, overlays, _) = order.state.load();
    let is_live =
        matches!(base, BaseState::Accepted | BaseState::Triggered | BaseState::PartiallyFilled);
    let is_stop =
        matches!(order.intent.order_type, OrderType::StopMarket | OrderType::TrailingStop);
    if is_live && is_stop && order.intent.reduce_only && !overlays.has(Overlays::IN_DOUBT) {
        order.leaves()
    } else {
        Quantity::ZERO
    }
}

impl InstrumentState {
    /// Returns the lots that are held long and short, as far as they do not offset each other.
    fn sides(&self) -> (i64, i64) {
        let (netted, short) = (self.position.lots().lots(), self.short.lots().lots());
        let owed = netted.min(0).saturating_neg().saturating_add(short.saturating_abs());
        (netted.max(0), owed)
    }
}

impl Engine {
    /// Brings the coverage up to date after an order changed. Nothing is kept while no limit asks for it.
    #[inline]
    pub(crate) fn note_cover(&mut self, id: ClientOrderId) {
        if !self.watches_stops {
            return;
        }
        let now = self.now();
        let Some(order) = self.order_mut(id) else { return };
        let (before, after) = (order.covers.lots(), covered_by(order).lots());
        order.covers = Quantity::from_lots(after);
        let (side, instrument) = (order.intent.side, order.intent.instrument);
        let Some(state) = self.instruments.get_mut(instrument.index()) else { return };
        let sides = state.sides();
        let stops = match side {
            Side::Sell => &mut state.coverage.sell_stops,
            Side::Buy => &mut state.coverage.buy_stops,
        };
        *stops = stops.saturating_add(after.saturating_sub(before));
        state.coverage.settle(sides, now);
    }

    /// Counts the stops anew under other limits.
    pub(crate) fn watch_stops(&mut self) {
        let watched = self.gate.table().all().any(|limits| limits.stop_uncovered_ns.is_some());
        let begins = watched && !self.watches_stops;
        self.watches_stops = watched;
        if !begins {
            return;
        }
        let now = self.now();
        let open: Vec<ClientOrderId> =
            self.open_orders().map(|order| order.intent.client_order_id).collect();
        for state in &mut self.instruments {
            let sides = state.sides();
            state.coverage = Coverage::default();
            state.coverage.settle(sides, now);
        }
        for id in open {
            if let Some(order) = self.order_mut(id) {
                order.covers = Quantity::ZERO;
            }
            self.note_cover(id);
        }
    }

    /// Returns for how long the position has not been wholly covered.
    pub(crate) fn uncovered_ns(&self, id: InstrumentId) -> i64 {
        let since = self.instruments.get(id.index()).and_then(|s| s.coverage.uncovered_since);
        since.map_or(0, |since| self.now().since(since))
    }
}
