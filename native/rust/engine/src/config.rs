//! What an engine is made from; it stands in the first record of every journal.

use crate::account_spec::AccountSpec;
use crate::reconciliation::EXTERNAL_EPOCH;
use crate::self_trade::SelfTradeConfig;
use holdfast_core::{Amount, Code, Error, InstrumentSpec, Result};
use holdfast_risk::LimitsSpec;
use serde::{Deserialize, Serialize};

/// Most instruments of one engine.
pub const INSTRUMENTS_MAX: usize = 1_024;
/// Most open orders that can be asked for.
pub const OPEN_ORDERS_MAX: usize = 1 << 20;
/// Idempotency keys that are remembered unless a number is given.
pub const IDEMPOTENCY_DEFAULT: usize = 65_537;
/// Ended orders that are remembered, so that a late report finds its order.
pub const ENDED_ORDERS_KEPT: usize = 4_096;

/// Configuration of an engine.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EngineConfig {
    /// Instruments; an instrument's id is its place in this list.
    pub instruments: Vec<InstrumentSpec>,
    /// Limits of the gate.
    pub limits: LimitsSpec,
    /// Cash at the start, in the account's currency.
    pub start_cash: String,
    /// Capacity for open orders; beyond it an order is denied.
    pub max_open_orders: usize,
    /// How the account is kept.
    #[serde(default, skip_serializing_if = "AccountSpec::is_default")]
    pub account: AccountSpec,
    /// Order types that the venue lacks: the engine holds such an order until its trigger. Only kinds that wait can be held.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emulated_order_types: Vec<String>,
    /// How orders are named and kept apart.
    #[serde(default)]
    pub orders: OrderConfig,
}

/// How orders are named and kept apart; the defaults suit a single session of a single account.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OrderConfig {
    /// Which account the engine trades for; a report that names another is refused.
    pub account: u32,
    /// Epoch of the client order ids: above that of every session before on the account, see `ClientOrderId::next_epoch`.
    pub id_epoch: u32,
    /// Idempotency keys that are remembered; more than there can be open orders.
    pub idempotency_max: usize,
    /// What gives way when own orders would meet.
    pub self_trade: SelfTradeConfig,
    /// Whether whoever sends the orders, or the venue, keeps their stop loss and take profit, so that the engine places none.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub venue_protects: bool,
}

impl Default for OrderConfig {
    fn default() -> Self {
        Self {
            account: 0,
            id_epoch: 0,
            idempotency_max: IDEMPOTENCY_DEFAULT,
            self_trade: SelfTradeConfig::default(),
            venue_protects: false,
        }
    }
}

impl EngineConfig {
    /// Checks what needs no other part.
    pub(crate) fn validate(&self, start_cash: Amount) -> Result<()> {
        let invalid = |message: String| Err(Error::new(Code::ConfigInvalid, message));
        let known = self.instruments.len();
        if start_cash.raw() <= 0 {
            return invalid(format!("start_cash must be positive, was {}", self.start_cash));
        }
        if known == 0 || known > INSTRUMENTS_MAX {
            return invalid(format!(
                "instruments must number 1 to {INSTRUMENTS_MAX}, were {known}"
            ));
        }
        if self.max_open_orders == 0 || self.max_open_orders > OPEN_ORDERS_MAX {
            return invalid(format!(
                "max_open_orders must be 1 to {OPEN_ORDERS_MAX}, was {}",
                self.max_open_orders
            ));
        }
        if self.orders.id_epoch == EXTERNAL_EPOCH {
            return invalid(format!(
                "id_epoch must be below {EXTERNAL_EPOCH}, which is for orders of others"
            ));
        }
        if self.orders.idempotency_max <= self.max_open_orders {
            return invalid(format!(
                "idempotency_max must be above max_open_orders, was {}",
                self.orders.idempotency_max
            ));
        }
        let mut policies = self.orders.self_trade.by_instrument.keys();
        match policies.find(|id| **id as usize >= known) {
            Some(id) => invalid(format!("self_trade must name known instruments, named {id}")),
            None => Ok(()),
        }
    }
}
