//! Reconciliation: the journal is the truth, and the venue a witness. What the two say of the account is compared; every
//! difference is an item with an id of its own, and trading stays reduced until each was adopted, flattened or ignored
//! with a reason. Nothing is guessed: what is not told is not decided.

mod adopt;
mod compare;
mod decide;
mod item;
mod json;
mod money;

pub use decide::{Decision, DecisionKind};
pub use item::{Difference, Item, ItemId};
pub(crate) use json::{closed_json, decision_json, item_json, state_json, venue_json};

use crate::engine::Engine;
use crate::sink::Sink;
use crate::venue_snapshot::VenueBalance;
use holdfast_core::identifier::EPOCH_MAX;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::persist::Persist;
use holdfast_core::{ClientOrderId, Code, Error, Result, Timestamp, TradingMode, persist_fields};
use std::collections::{BTreeMap, BTreeSet};

/// Epoch of the ids that are given to orders of others; no session may take it.
pub const EXTERNAL_EPOCH: u32 = EPOCH_MAX;
/// Most orders of others that are remembered, and most differences that are ignored.
pub const EXTERNAL_MAX: usize = 65_536;

/// What is known of the differences with the venue.
#[derive(Debug)]
pub(crate) struct Reconciliation {
    /// Differences that wait for a decision.
    open: BTreeMap<ItemId, Difference>,
    /// Those that were ignored, as long as they are found again.
    ignored: BTreeMap<ItemId, Difference>,
    /// The mode that was asked for; while items stand open a normal one is reduced.
    requested: TradingMode,
    /// Orders of others by the venue's id.
    external: BTreeMap<String, ClientOrderId>,
    /// Ids that the venue told of before they were given here.
    never_ours: BTreeSet<ClientOrderId>,
    /// Balances of the last snapshot, which are compared when fills and positions stand.
    balances: Vec<VenueBalance>,
    last_snapshot: Option<Timestamp>,
    /// Counts what was adopted without an id of the venue's.
    synthetic: u64,
}
persist_fields!(Reconciliation {
    open,
    ignored,
    requested,
    external,
    never_ours,
    balances,
    last_snapshot,
    synthetic,
});

impl Default for Reconciliation {
    fn default() -> Self {
        Self {
            open: BTreeMap::new(),
            ignored: BTreeMap::new(),
            requested: TradingMode::Normal,
            external: BTreeMap::new(),
            never_ours: BTreeSet::new(),
            balances: Vec::new(),
            last_snapshot: None,
            synthetic: 0,
        }
    }
}

impl Engine {
    /// Returns the differences with the venue that wait for a decision, in the order of their ids.
    pub fn open_items(&self) -> impl Iterator<Item = Item<'_>> {
        self.reconciliation.open.iter().map(|(id, difference)| Item { id: *id, difference })
    }

    /// Returns the differences that were ignored and were found again at the last comparison.
    pub fn ignored_items(&self) -> impl Iterator<Item = Item<'_>> {
        self.reconciliation.ignored.iter().map(|(id, difference)| Item { id: *id, difference })
    }

    /// Returns whether balances were told that are compared only when what moves cash is decided.
    #[must_use]
    pub fn balances_wait(&self) -> bool {
        let Reconciliation { open, balances, .. } = &self.reconciliation;
        !balances.is_empty() && open.values().any(Difference::moves_cash)
    }

    /// Returns what may be decided about a difference at the moment; ignoring is always possible.
    #[must_use]
    pub fn decisions(&self, difference: &Difference) -> Vec<DecisionKind> {
        let all = [DecisionKind::Adopt, DecisionKind::Flatten];
        let possible = all.into_iter().filter(|kind| self.obstacle(difference, *kind).is_none());
        possible.chain([DecisionKind::Ignore]).collect()
    }

    /// Returns the venue's id of an order that was adopted from it.
    #[must_use]
    pub fn venue_order_id(&self, id: ClientOrderId) -> Option<&str> {
        let found = self.reconciliation.external.iter().find(|(_, known)| **known == id);
        found.map(|(text, _)| text.as_str())
    }

    /// Takes the mode that somebody asks for; while differences stand open a normal one is reduced.
    pub(crate) fn request_mode(&mut self, mode: TradingMode) {
        self.reconciliation.requested = mode;
        self.gate.set_mode(self.reconciled_mode());
    }

    /// Returns the mode that was asked for last; differences with the venue may hold a stricter one in force.
    #[must_use]
    pub const fn requested_mode(&self) -> TradingMode {
        self.reconciliation.requested
    }

    fn reconciled_mode(&self) -> TradingMode {
        match self.reconciliation.requested {
            TradingMode::Normal if !self.reconciliation.open.is_empty() => TradingMode::Reduced,
            mode => mode,
        }
    }

    /// What came after the venue told its balances moves cash, so that they can be compared no more.
    pub(crate) fn forget_balances(&mut self) {
        self.reconciliation.balances.clear();
    }

    /// Puts the mode in force that the open items call for, and records how many there are.
    fn settle_reconciliation(&mut self, sink: &mut impl Sink) -> Result<()> {
        let mode = self.reconciled_mode();
        self.gate.set_mode(mode);
        let mut content = Vec::new();
        self.reconciliation.open.len().save(&mut content);
        self.reconciliation.ignored.len().save(&mut content);
        mode.save(&mut content);
        sink.record(RecordKind::ReconciliationState, self.now(), content.as_slice())
    }

    /// Returns the id under which an order of others is known, or will be: from the venue's id, and above every id of ours.
    fn external_id(&self, venue_order_id: &str) -> Result<ClientOrderId> {
        if let Some(known) = self.reconciliation.external.get(venue_order_id) {
            return Ok(*known);
        }
        let hash = blake3::derive_key("holdfast 2026 external order id", venue_order_id.as_bytes());
        let [first, second, third, fourth, ..] = hash;
        let mut number = u32::from_le_bytes([first, second, third, fourth]).max(1);
        loop {
            let id = ClientOrderId::compose(EXTERNAL_EPOCH, number)?;
            if self.order(id).is_none() {
                return Ok(id);
            }
            number = number.wrapping_add(1).max(1);
        }
    }

    fn remember_external(&mut self, venue_order_id: &str, id: ClientOrderId) -> Result<()> {
        let external = &mut self.reconciliation.external;
        if external.len() >= EXTERNAL_MAX && !external.contains_key(venue_order_id) {
            return Err(Error::new(
                Code::CapacityExhausted,
                format!("orders of others must number at most {EXTERNAL_MAX}"),
            ));
        }
        external.insert(venue_order_id.into(), id);
        Ok(())
    }

    /// Returns the id under which the venue's order is known here, if any.
    fn known_id(
        &self,
        venue_order_id: &str,
        client: Option<ClientOrderId>,
    ) -> Option<ClientOrderId> {
        client.or_else(|| self.reconciliation.external.get(venue_order_id).copied())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::config::EngineConfig;
    use crate::wallet::CurrencyId;
    use holdfast_core::Amount;

    pub(crate) fn engine() -> Engine {
        let config: EngineConfig = serde_json::from_value(serde_json::json!({
            "instruments": [{
                "symbol": "BTC", "venue": "SIM", "base_currency": "BTC", "quote_currency": "USD",
                "settlement_currency": "USD", "tick_size": "0.5", "lot_size": "0.001",
                "contract_multiplier": "1", "min_quantity": null, "max_quantity": null,
                "min_notional": null, "max_notional": null, "percent_price_frac": null,
                "perpetual": false,
            }],
            "limits": {
                "order_qty_max": "unlimited", "order_notional_quote_max": "unlimited",
                "position_frac_max": "unlimited", "gross_exposure_frac_max": "unlimited",
                "price_band_frac_max": "unlimited", "orders_per_minute_max": "unlimited",
                "daily_trades_max": "unlimited", "daily_loss_frac_max": "unlimited",
                "drawdown_frac_max": "unlimited", "stop_loss_required": false,
                "price_age_ms_max": "unlimited",
            },
            "start_cash": "1000", "max_open_orders": 4,
        }))
        .unwrap();
        Engine::new(&config).unwrap()
    }

    pub(super) fn differs(units: i64) -> Difference {
        let there = Amount::from_raw(units.into());
        Difference::BalanceDiffers { currency: CurrencyId(0), here: Amount::ZERO, there }
    }

    #[test]
    fn ord_10_so_many_orders_of_others_are_remembered_and_those_that_are_stay_so() {
        let mut engine = engine();
        let id = ClientOrderId::compose(EXTERNAL_EPOCH, 1).unwrap();
        for number in 0..EXTERNAL_MAX {
            engine.remember_external(&format!("X{number}"), id).unwrap();
        }
        let refused = engine.remember_external("one more", id).unwrap_err();
        assert_eq!(refused.code(), Code::CapacityExhausted);
        engine.remember_external("X7", id).unwrap();
        assert_eq!(engine.reconciliation.external.len(), EXTERNAL_MAX);
    }
}
