//! What an engine is made from; it stands in the first record of every journal.

use crate::account_spec::AccountSpec;
use holdfast_core::InstrumentSpec;
use holdfast_risk::LimitsSpec;
use serde::{Deserialize, Serialize};

/// Most instruments of one engine.
pub const INSTRUMENTS_MAX: usize = 1_024;
/// Most open orders that can be asked for.
pub const OPEN_ORDERS_MAX: usize = 65_536;
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
}
